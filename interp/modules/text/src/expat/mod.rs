//! `pyexpat`: the parser of `krait-xml` with handlers in Python.
//!
//! | file | concern |
//! |---|---|
//! | `parser` | `xmlparser` objects |
//! | `dispatch` | events to calls of handlers |
//! | `constants` | numbers and texts of errors, content models |

mod constants;
mod dispatch;
mod parser;

use krait_object::arguments::bad_argument;
use krait_object::dict::Dict;
use krait_object::module::Module;
use krait_object::native_class::NativeException;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{codec, int, list, natives, tuple};
use krait_xml::Fault;

/// The `pyexpat` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "pyexpat", doc: "Python wrapper for Expat parser.", functions: FUNCTIONS, exec };

/// `ExpatError`.
static ERROR: NativeException = NativeException::new(
    "xml.parsers.expat.ExpatError",
    &[krait_object::native_class::ExceptionBase::Builtin(krait_object::TypeId::Exception)],
    "",
);

/// Raises a parser's error.
#[cold]
fn raise(th: &Thread, f: Fault) -> Raised {
    let text = constants::message(f.code.into()).unwrap_or("unknown error");
    let text = format!("{text}: line {}, column {}", f.place.line, f.place.column);
    let made = ERROR.get(th).and_then(|c| {
        let text = string::try_new(th, &text)?;
        let e = krait_object::call::call(th, c.value(), &[text])?;
        let fields = [("code", f.code.into()), ("offset", f.place.column), ("lineno", f.place.line)];
        for (name, n) in fields {
            let name = th.interp.interned.intern_text(th, name);
            krait_object::attr::set(th, e, name, int::from_i64(th, n as i64))?;
        }
        Ok(e)
    });
    match made {
        Ok(e) => krait_object::exception::raise(th, e),
        Err(r) => r,
    }
}

/// An argument that is text or None.
fn text_arg(th: &Thread, v: Value, what: &str) -> Res<Option<String>> {
    match v.given_not_none() {
        None => Ok(None),
        Some(v) => match Str::from_value(v) {
            Some(s) => codec::utf8(th, s).map(Some),
            None => Err(bad_argument(th, v, what, "str or None")),
        },
    }
}

fn error_string(th: &Thread, a: &[Value]) -> Res {
    let code = krait_object::protocol::index_i64(th, a[0])?;
    Ok(constants::message(code).map_or(Value::none(), |text| string::new(th, text)))
}

fn parser_create(th: &Thread, a: &[Value]) -> Res {
    let encoding = text_arg(th, a[0], "ParserCreate() argument 'encoding'")?;
    let separator = text_arg(th, a[1], "ParserCreate() argument 'namespace_separator'")?;
    if separator.as_ref().is_some_and(|s| s.chars().count() > 1) {
        return Err(th.value_error("namespace_separator must be at most one character, omitted, or None"));
    }
    let intern = match a[2].given() {
        None => krait_object::dict::new(th).value(),
        Some(v) if v.is_none() || Dict::from_value(v).is_some() => v,
        Some(_) => return Err(th.type_error("intern must be a dictionary")),
    };
    let namespaces = separator.map(|s| s.chars().next());
    parser::new(th, krait_xml::Parser::new(encoding.as_deref(), namespaces), intern)
}

natives! {
    static FUNCTIONS = {
        function "ErrorString" "(code, /)" error_string, "The text of an error number.";
        function "ParserCreate" "(encoding=None, namespace_separator=None, intern=<unrepresentable>)" parser_create, "A new parser.";
    }
}

const FEATURES: &[(&str, i64)] = &[
    ("sizeof(XML_Char)", 1),
    ("sizeof(XML_LChar)", 1),
    ("XML_DTD", 0),
    ("XML_CONTEXT_BYTES", 1024),
    ("XML_NS", 0),
    ("XML_BLAP_MAX_AMP", 100),
    ("XML_BLAP_ACT_THRES", 8_388_608),
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    let error = ERROR.get(th)?.value();
    m.add(th, "error", error);
    m.add(th, "ExpatError", error);
    m.add(th, "XMLParserType", parser::CLASS.get(th)?.value());
    m.add_str(th, "EXPAT_VERSION", "expat_2.5.0");
    m.add_str(th, "native_encoding", "UTF-8");
    let version = tuple::from_slice(th, &[Value::small(2), Value::small(5), Value::ZERO])?;
    m.add(th, "version_info", version);
    let features = list::new(th);
    for &(name, n) in FEATURES {
        let name = string::new(th, name);
        let pair = tuple::from_slice(th, &[name, Value::small(n)])?;
        features.push(th, pair)?;
    }
    m.add(th, "features", features.value());
    for (name, n) in [("NEVER", 0), ("UNLESS_STANDALONE", 1), ("ALWAYS", 2)] {
        m.add_int(th, &format!("XML_PARAM_ENTITY_PARSING_{name}"), n);
    }
    let modules = th.interp.modules.get();
    for (name, sub) in [("errors", constants::errors(th)?), ("model", constants::model(th))] {
        m.add(th, name, sub.value());
        if let Some(d) = Dict::from_value(modules) {
            d.set_text(th, &format!("pyexpat.{name}"), sub.value());
        }
    }
    Ok(())
}
