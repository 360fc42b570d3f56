//! An XML parser that reports what it reads as events, with the rules and error codes of Expat.
//!
//! The caller feeds bytes and takes events one at a time, so it may stop, change options or look at the position
//! between any two. Nothing here knows objects, files or the network: external entities are reported, and what they
//! hold is parsed by a child made with [`Parser::child`].
//!
//! | file | concern |
//! |---|---|
//! | `decode` | bytes to text, by byte order mark, declaration or the caller's word |
//! | `chars` | classes of characters |
//! | `document` | the parser; prolog and epilog |
//! | `content` | elements, text, references, CDATA sections |
//! | `names` | namespaces |
//! | `values` | references, values of attributes and entities |
//! | `dtd` | declarations |

mod chars;
mod content;
mod decode;
mod document;
mod dtd;
mod names;
mod values;

pub use decode::Encoding;
pub use document::{ParamEntities, Parser, Step};
pub use dtd::Model;

/// Numbers of errors, as Expat has them.
pub mod code {
    pub const SYNTAX: u8 = 2;
    pub const NO_ELEMENTS: u8 = 3;
    pub const INVALID_TOKEN: u8 = 4;
    pub const UNCLOSED_TOKEN: u8 = 5;
    pub const PARTIAL_CHAR: u8 = 6;
    pub const TAG_MISMATCH: u8 = 7;
    pub const DUPLICATE_ATTRIBUTE: u8 = 8;
    pub const JUNK_AFTER_DOC_ELEMENT: u8 = 9;
    pub const PARAM_ENTITY_REF: u8 = 10;
    pub const UNDEFINED_ENTITY: u8 = 11;
    pub const RECURSIVE_ENTITY_REF: u8 = 12;
    pub const ASYNC_ENTITY: u8 = 13;
    pub const BAD_CHAR_REF: u8 = 14;
    pub const BINARY_ENTITY_REF: u8 = 15;
    pub const ATTRIBUTE_EXTERNAL_ENTITY_REF: u8 = 16;
    pub const MISPLACED_XML_PI: u8 = 17;
    pub const UNKNOWN_ENCODING: u8 = 18;
    pub const INCORRECT_ENCODING: u8 = 19;
    pub const UNCLOSED_CDATA_SECTION: u8 = 20;
    pub const EXTERNAL_ENTITY_HANDLING: u8 = 21;
    pub const NOT_STANDALONE: u8 = 22;
    pub const ENTITY_DECLARED_IN_PE: u8 = 24;
    pub const CANT_CHANGE_FEATURE_ONCE_PARSING: u8 = 26;
    pub const UNBOUND_PREFIX: u8 = 27;
    pub const UNDECLARING_PREFIX: u8 = 28;
    pub const XML_DECL: u8 = 30;
    pub const TEXT_DECL: u8 = 31;
    pub const PUBLICID: u8 = 32;
    pub const FINISHED: u8 = 36;
    pub const RESERVED_PREFIX_XML: u8 = 38;
    pub const RESERVED_PREFIX_XMLNS: u8 = 39;
    pub const RESERVED_NAMESPACE_URI: u8 = 40;
    pub const AMPLIFICATION_LIMIT_BREACH: u8 = 43;
}

/// The texts of errors by number, from 1.
pub const MESSAGES: [&str; 43] = [
    "out of memory",
    "syntax error",
    "no element found",
    "not well-formed (invalid token)",
    "unclosed token",
    "partial character",
    "mismatched tag",
    "duplicate attribute",
    "junk after document element",
    "illegal parameter entity reference",
    "undefined entity",
    "recursive entity reference",
    "asynchronous entity",
    "reference to invalid character number",
    "reference to binary entity",
    "reference to external entity in attribute",
    "XML or text declaration not at start of entity",
    "unknown encoding",
    "encoding specified in XML declaration is incorrect",
    "unclosed CDATA section",
    "error in processing external entity reference",
    "document is not standalone",
    "unexpected parser state - please send a bug report",
    "entity declared in parameter entity",
    "requested feature requires XML_DTD support in Expat",
    "cannot change setting once parsing has begun",
    "unbound prefix",
    "must not undeclare prefix",
    "incomplete markup in parameter entity",
    "XML declaration not well-formed",
    "text declaration not well-formed",
    "illegal character(s) in public id",
    "parser suspended",
    "parser not suspended",
    "parsing aborted",
    "parsing finished",
    "cannot suspend in external parameter entity",
    "reserved prefix (xml) must not be undeclared or bound to another namespace name",
    "reserved prefix (xmlns) must not be declared or undeclared",
    "prefix must not be bound to one of the reserved namespace names",
    "invalid argument",
    "a successful prior call to function XML_GetBuffer is required",
    "limit on input amplification factor (from DTD and entities) breached",
];

/// A place in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In bytes.
    pub index: u64,
    /// From 1.
    pub line: u64,
    /// In characters, from 0.
    pub column: u64,
}

/// What was read. Names have their namespaces expanded when the parser was made so.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    /// The first `given` attributes are in the document, the others are defaults.
    Start {
        name: String,
        attributes: Vec<(String, String)>,
        given: usize,
    },
    End {
        name: String,
    },
    Text(String),
    Comment(String),
    Instruction {
        target: String,
        data: String,
    },
    StartCdata,
    EndCdata,
    /// `standalone`: -1 when nothing was said.
    Declaration {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i32,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    EndDoctype,
    Entity(EntityEvent),
    Notation {
        name: String,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    Element {
        name: String,
        model: Model,
    },
    Attribute {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    /// The caller answers with [`Parser::refuse`] when it does not want to go on.
    External {
        context: Option<String>,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    Skipped {
        name: String,
        parameter: bool,
    },
    /// The document depends on others and does not say that it is standalone. Answered as `External`.
    NotStandalone,
    /// The caller answers with [`Parser::set_map`].
    UnknownEncoding(String),
    /// Something without an event of its own.
    Other,
}

/// A declaration of an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityEvent {
    pub name: String,
    pub parameter: bool,
    pub value: Option<String>,
    pub base: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
}

/// An event and the text it was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub event: Event,
    /// Empty when the text belongs to another event.
    pub raw: String,
    /// It stands at the end of the text, as the end of an empty element does.
    pub at_end: bool,
}

/// The text of a declaration in the pieces that Expat reads it in: words, literals, marks, white space.
pub fn pieces(raw: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let n = match c {
            '"' | '\'' => rest[1..].find(c).map_or(rest.len(), |n| n + 2),
            '<' if rest.starts_with("<!") => 2 + chars::name_len(&rest[2..]),
            '#' => 1 + chars::name_len(&rest[1..]),
            _ if chars::is_space(c) => chars::space_len(rest),
            _ if chars::is_name(c) => rest.find(|c| !chars::is_name(c)).unwrap_or(rest.len()),
            _ => c.len_utf8(),
        };
        out.push(&rest[..n]);
        rest = &rest[n..];
    }
    out
}

/// Why parsing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: u8,
    pub place: Place,
}
