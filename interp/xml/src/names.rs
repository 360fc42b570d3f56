//! Namespaces: bindings of prefixes, and names with the namespace in front.

use crate::code;
use crate::document::Problem;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// How names are written when namespaces are looked up.
#[derive(Clone, Debug)]
pub struct Style {
    /// Between namespace and name.
    pub separator: Option<char>,
    /// Whether the prefix follows the name.
    pub triplets: bool,
}

/// The bindings in force, innermost last. The empty prefix is the default namespace; an empty one unbinds it.
#[derive(Clone, Debug, Default)]
pub struct Bindings(Vec<(String, String)>);

impl Bindings {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Ends the bindings above a number of them; their prefixes, innermost first.
    pub fn unbind(&mut self, len: usize) -> Vec<String> {
        self.0.drain(len..).rev().map(|(prefix, _)| prefix).collect()
    }

    /// Binds a prefix.
    pub fn bind(&mut self, prefix: &str, uri: &str, style: &Style) -> Result<(), Problem> {
        let fault = |code| Err(Problem { code, at: 0 });
        match prefix {
            "xmlns" => return fault(code::RESERVED_PREFIX_XMLNS),
            "xml" if uri != XML => return fault(code::RESERVED_PREFIX_XML),
            "xml" => {}
            _ if uri == XML || uri == XMLNS => return fault(code::RESERVED_NAMESPACE_URI),
            "" => {}
            _ if uri.is_empty() => return fault(code::UNDECLARING_PREFIX),
            _ => {}
        }
        // A namespace with the separator in it could not be told from the name.
        if style.separator.is_some_and(|c| uri.contains(c) && !is_uri_char(c)) {
            return fault(code::SYNTAX);
        }
        self.0.push((prefix.to_owned(), uri.to_owned()));
        Ok(())
    }

    fn find(&self, prefix: &str) -> Option<&str> {
        let own = self.0.iter().rev().find(|(p, _)| p == prefix).map(|(_, uri)| uri.as_str());
        own.or((prefix == "xml").then_some(XML))
    }

    /// The name with its namespace. Attributes without a prefix have none.
    pub fn expand(&self, name: &str, attribute: bool, style: &Style) -> Result<String, Problem> {
        let (prefix, local) = match name.split_once(':') {
            Some((p, l)) => (p, l),
            None if attribute => return Ok(name.to_owned()),
            None => ("", name),
        };
        let uri = match self.find(prefix) {
            Some("") | None if prefix.is_empty() => return Ok(name.to_owned()),
            Some(uri) => uri,
            None => return Err(Problem { code: code::UNBOUND_PREFIX, at: 0 }),
        };
        let mut out = uri.to_owned();
        out.extend(style.separator);
        out.push_str(local);
        if style.triplets && !prefix.is_empty() {
            out.extend(style.separator);
            out.push_str(prefix);
        }
        Ok(out)
    }

    /// The bindings as a context for a child, see [`Bindings::parse`].
    pub fn context(&self) -> String {
        let mut seen: Vec<&str> = Vec::new();
        let mut out = String::new();
        let own = ("xml".to_owned(), XML.to_owned());
        for (prefix, uri) in self.0.iter().rev().chain([&own]) {
            if seen.contains(&prefix.as_str()) {
                continue;
            }
            seen.push(prefix);
            if uri.is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push('\x0c');
            }
            out.push_str(prefix);
            out.push('=');
            out.push_str(uri);
        }
        out
    }

    /// Adds the binding of one part of a context.
    pub fn add_context(&mut self, prefix: &str, uri: &str) {
        self.0.push((prefix.to_owned(), uri.to_owned()));
    }
}

/// Characters of URIs, by which a namespace may be told from a name only with knowledge of names.
fn is_uri_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "%-._~:/?#[]@!$&'()*+,;=".contains(c)
}
