//! The modules `pyexpat.errors` and `pyexpat.model`.

use krait_object::dict;
use krait_object::module::{self, Module};
use krait_object::string;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_xml::MESSAGES;

/// Names of errors by number, from 1.
const NAMES: [&str; 43] = [
    "NO_MEMORY",
    "SYNTAX",
    "NO_ELEMENTS",
    "INVALID_TOKEN",
    "UNCLOSED_TOKEN",
    "PARTIAL_CHAR",
    "TAG_MISMATCH",
    "DUPLICATE_ATTRIBUTE",
    "JUNK_AFTER_DOC_ELEMENT",
    "PARAM_ENTITY_REF",
    "UNDEFINED_ENTITY",
    "RECURSIVE_ENTITY_REF",
    "ASYNC_ENTITY",
    "BAD_CHAR_REF",
    "BINARY_ENTITY_REF",
    "ATTRIBUTE_EXTERNAL_ENTITY_REF",
    "MISPLACED_XML_PI",
    "UNKNOWN_ENCODING",
    "INCORRECT_ENCODING",
    "UNCLOSED_CDATA_SECTION",
    "EXTERNAL_ENTITY_HANDLING",
    "NOT_STANDALONE",
    "UNEXPECTED_STATE",
    "ENTITY_DECLARED_IN_PE",
    "FEATURE_REQUIRES_XML_DTD",
    "CANT_CHANGE_FEATURE_ONCE_PARSING",
    "UNBOUND_PREFIX",
    "UNDECLARING_PREFIX",
    "INCOMPLETE_PE",
    "XML_DECL",
    "TEXT_DECL",
    "PUBLICID",
    "SUSPENDED",
    "NOT_SUSPENDED",
    "ABORTED",
    "FINISHED",
    "SUSPEND_PE",
    "RESERVED_PREFIX_XML",
    "RESERVED_PREFIX_XMLNS",
    "RESERVED_NAMESPACE_URI",
    "INVALID_ARGUMENT",
    "NO_BUFFER",
    "AMPLIFICATION_LIMIT_BREACH",
];

const MODEL: &[(&str, i64)] = &[
    ("XML_CQUANT_NONE", 0),
    ("XML_CQUANT_OPT", 1),
    ("XML_CQUANT_PLUS", 3),
    ("XML_CQUANT_REP", 2),
    ("XML_CTYPE_ANY", 2),
    ("XML_CTYPE_CHOICE", 5),
    ("XML_CTYPE_EMPTY", 1),
    ("XML_CTYPE_MIXED", 3),
    ("XML_CTYPE_NAME", 4),
    ("XML_CTYPE_SEQ", 6),
];

/// The text of an error number.
pub fn message(code: i64) -> Option<&'static str> {
    MESSAGES.get(usize::try_from(code).ok()?.checked_sub(1)?).copied()
}

/// `pyexpat.errors`.
pub fn errors(th: &Thread) -> Res<Module> {
    let m = module::new(th, "pyexpat.errors", Some("Constants used to describe error conditions."));
    let (codes, messages) = (dict::new(th), dict::new(th));
    for (i, (name, text)) in NAMES.iter().zip(MESSAGES).enumerate() {
        let (code, text) = (Value::small(i as i64 + 1), string::new(th, text));
        m.add(th, &format!("XML_ERROR_{name}"), text);
        codes.set(th, text, code)?;
        messages.set(th, code, text)?;
    }
    m.add(th, "codes", codes.value());
    m.add(th, "messages", messages.value());
    Ok(m)
}

/// `pyexpat.model`.
pub fn model(th: &Thread) -> Module {
    let m = module::new(th, "pyexpat.model", Some("Constants used to interpret content model information."));
    for &(name, n) in MODEL {
        m.add_int(th, name, n);
    }
    m
}
