//! Declarations: the tables that they fill, and their parser, which gets one whole declaration at a time.

use crate::chars::{is_space, name_len, space_len};
use crate::document::Problem;
use crate::values::{Reference, attribute, lines, reference, squeeze};
use crate::{EntityEvent, Event, code};
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

/// What an element may contain: type, quantifier, name and parts, with Expat's numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub kind: i32,
    pub quantifier: i32,
    pub name: Option<String>,
    pub parts: Vec<Model>,
}

const EMPTY: i32 = 1;
const ANY: i32 = 2;
const MIXED: i32 = 3;
const NAME: i32 = 4;
const CHOICE: i32 = 5;
const SEQUENCE: i32 = 6;

#[derive(Clone, Debug)]
pub struct Entity {
    /// The text of an internal one.
    pub value: Option<Rc<str>>,
    pub base: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
    /// Of one that is no text.
    pub notation: Option<String>,
}

/// A declared attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: String,
    pub cdata: bool,
    pub default: Option<String>,
}

/// Everything that was declared.
#[derive(Clone, Debug, Default)]
pub struct Dtd {
    pub entities: HashMap<String, Entity>,
    pub parameters: HashMap<String, Entity>,
    pub attributes: HashMap<String, Vec<Attribute>>,
    pub standalone: bool,
    /// There are external declarations, or references to parameter entities.
    pub has_more: bool,
    /// Declarations may have been missed, so the following ones do not count.
    pub ignoring: bool,
    /// Bytes of replaced entities, and of the document so far.
    grown: Cell<u64>,
    pub read: Cell<u64>,
}

/// From this size on, entities may not make the document this many times longer.
const GROWTH_START: u64 = 8 << 20;
const GROWTH_LIMIT: u64 = 100;

impl Dtd {
    /// Is every entity known that may be used?
    pub fn must_know(&self) -> bool {
        !self.has_more || self.standalone
    }

    /// Counts the text of an entity that is put in place of a reference.
    pub fn expanded(&self, len: usize) -> Result<(), u8> {
        self.grown.set(self.grown.get() + len as u64);
        self.check_growth(0)
    }

    pub fn check_growth(&self, more: usize) -> Result<(), u8> {
        let all = self.grown.get() + more as u64 + self.read.get();
        if all > GROWTH_START && all / GROWTH_LIMIT > self.read.get().max(1) {
            return Err(code::AMPLIFICATION_LIMIT_BREACH);
        }
        Ok(())
    }
}

/// A reader of the text of a declaration.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// The public and the system identifier of something external.
type ExternalId = (Option<String>, Option<String>);

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn problem<T>(&self, code: u8) -> Result<T, Problem> {
        Err(Problem { code, at: self.at })
    }

    /// Skips white space; was there any?
    fn space(&mut self) -> bool {
        let n = space_len(self.rest());
        self.at += n;
        n > 0
    }

    fn need_space(&mut self) -> Result<(), Problem> {
        if self.space() { Ok(()) } else { self.problem(code::INVALID_TOKEN) }
    }

    fn eat(&mut self, s: &str) -> bool {
        let found = self.rest().starts_with(s);
        if found {
            self.at += s.len();
        }
        found
    }

    fn need(&mut self, s: &str) -> Result<(), Problem> {
        if self.eat(s) { Ok(()) } else { self.problem(code::SYNTAX) }
    }

    fn name(&mut self) -> Result<&'a str, Problem> {
        let n = name_len(self.rest());
        if n == 0 {
            return self.problem(code::SYNTAX);
        }
        let name = &self.rest()[..n];
        self.at += n;
        Ok(name)
    }

    /// A name or a token of the same characters.
    fn token(&mut self) -> Result<&'a str, Problem> {
        let rest = self.rest();
        let n = rest.find(|c| !crate::chars::is_name(c)).unwrap_or(rest.len());
        if n == 0 {
            return self.problem(code::SYNTAX);
        }
        self.at += n;
        Ok(&rest[..n])
    }

    /// What stands between quotes.
    fn quoted(&mut self) -> Result<&'a str, Problem> {
        let rest = self.rest();
        let quote = match rest.chars().next() {
            Some(q @ ('"' | '\'')) => q,
            _ => return self.problem(code::SYNTAX),
        };
        match rest[1..].find(quote) {
            Some(n) => {
                self.at += n + 2;
                Ok(&rest[1..=n])
            }
            None => self.problem(code::UNCLOSED_TOKEN),
        }
    }

    /// `SYSTEM "..."` or `PUBLIC "..." "..."`: public and system identifier.
    fn external(&mut self, system_optional: bool) -> Result<Option<ExternalId>, Problem> {
        if self.eat("SYSTEM") {
            self.need_space()?;
            return Ok(Some((None, Some(lines(self.quoted()?)))));
        }
        if !self.eat("PUBLIC") {
            return Ok(None);
        }
        self.need_space()?;
        let at = self.at + 1;
        let id = self.quoted()?;
        if let Some(i) = id.find(|c: char| !is_public_char(c)) {
            return Err(Problem { code: code::PUBLICID, at: at + i });
        }
        let public = id.split(is_space).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
        let spaced = self.space();
        let system = if spaced && self.rest().starts_with(['"', '\'']) {
            Some(lines(self.quoted()?))
        } else if system_optional {
            None
        } else {
            return self.problem(code::SYNTAX);
        };
        Ok(Some((Some(public), system)))
    }

    fn end(&mut self) -> Result<(), Problem> {
        self.space();
        self.need(">")?;
        if self.rest().is_empty() { Ok(()) } else { self.problem(code::INVALID_TOKEN) }
    }
}

fn is_public_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || " \r\n-'()+,./:=?;!*#@$_%".contains(c)
}

/// The start of a document type declaration up to `[` or `>`.
pub struct Doctype {
    pub name: String,
    pub system: Option<String>,
    pub public: Option<String>,
    pub internal: bool,
}

/// Parses `<!DOCTYPE ...` up to and with `[` or `>`.
pub fn doctype(text: &str) -> Result<Doctype, Problem> {
    let mut r = Reader { text, at: "<!DOCTYPE".len() };
    r.need_space()?;
    let name = r.name()?.to_owned();
    let spaced = r.space();
    let (public, system) = match spaced {
        true => r.external(false)?.unwrap_or((None, None)),
        false => (None, None),
    };
    r.space();
    let internal = r.eat("[");
    if !internal {
        r.need(">")?;
    }
    Ok(Doctype { name, system, public, internal })
}

/// The replacement text of an entity, from what stands between its quotes.
fn entity_value(dtd: &Dtd, s: &str, external: bool, depth: usize) -> Result<String, Problem> {
    let mut out = String::new();
    let mut i = 0;
    while i < s.len() {
        let rest = &s[i..];
        match rest.as_bytes()[0] {
            b'&' => match reference(rest) {
                Ok(Some((Reference::Char(c), n))) => {
                    out.push(c);
                    i += n;
                }
                Ok(Some((Reference::Entity(_), n))) => {
                    out.push_str(&rest[..n]);
                    i += n;
                }
                Ok(None) => return Err(Problem { code: code::INVALID_TOKEN, at: i }),
                Err(p) => return Err(Problem { at: p.at + i, ..p }),
            },
            b'%' => {
                let n = name_len(&rest[1..]);
                if n == 0 || !rest[1 + n..].starts_with(';') {
                    return Err(Problem { code: code::INVALID_TOKEN, at: i });
                }
                if !external {
                    return Err(Problem { code: code::PARAM_ENTITY_REF, at: i });
                }
                if depth > 100 {
                    return Err(Problem { code: code::RECURSIVE_ENTITY_REF, at: i });
                }
                if let Some(value) = dtd.parameters.get(&rest[1..=n]).and_then(|e| e.value.clone()) {
                    dtd.expanded(value.len()).map_err(|code| Problem { code, at: i })?;
                    out.push_str(&entity_value(dtd, &value, true, depth + 1)?);
                }
                i += n + 2;
            }
            _ => {
                let n = rest.find(['&', '%']).unwrap_or(rest.len());
                out.push_str(&lines(&rest[..n]));
                i += n;
            }
        }
    }
    Ok(out)
}

/// Parses a declaration from `<!` to `>`, and notes what it declares.
pub fn declaration(
    dtd: &mut Dtd,
    text: &str,
    external: bool,
    base: Option<&str>,
) -> Result<Vec<Event>, Problem> {
    let mut r = Reader { text, at: 2 };
    let kind = r.name()?;
    match kind {
        "ENTITY" => entity(dtd, &mut r, external, base),
        "ATTLIST" => attlist(dtd, &mut r),
        "ELEMENT" => element(&mut r),
        "NOTATION" => {
            r.need_space()?;
            let name = r.name()?.to_owned();
            r.need_space()?;
            let Some((public, system)) = r.external(true)? else { return r.problem(code::SYNTAX) };
            r.end()?;
            Ok(vec![Event::Notation { name, base: base.map(str::to_owned), system, public }])
        }
        _ => Err(Problem { code: code::SYNTAX, at: 0 }),
    }
}

fn entity(
    dtd: &mut Dtd,
    r: &mut Reader<'_>,
    external: bool,
    base: Option<&str>,
) -> Result<Vec<Event>, Problem> {
    r.need_space()?;
    let parameter = r.eat("%");
    if parameter {
        r.need_space()?;
    }
    let name = r.name()?.to_owned();
    r.need_space()?;
    let mut e =
        Entity { value: None, base: base.map(str::to_owned), system: None, public: None, notation: None };
    if r.rest().starts_with(['"', '\'']) {
        let at = r.at + 1;
        let value = r.quoted()?;
        let value = entity_value(dtd, value, external, 0).map_err(|p| Problem { at: p.at + at, ..p })?;
        e.value = Some(value.into());
        e.base = None;
    } else {
        let Some((public, system)) = r.external(false)? else { return r.problem(code::SYNTAX) };
        (e.public, e.system) = (public, system);
        let spaced = r.space();
        if !parameter && spaced && r.eat("NDATA") {
            r.need_space()?;
            e.notation = Some(r.name()?.to_owned());
        }
    }
    r.end()?;
    let table = if parameter { &mut dtd.parameters } else { &mut dtd.entities };
    // The first declaration counts, and is the only one that is told.
    if dtd.ignoring || table.contains_key(&name) || (!parameter && crate::values::predefined(&name).is_some())
    {
        return Ok(vec![Event::Other]);
    }
    let event = EntityEvent {
        name: name.clone(),
        parameter,
        value: e.value.as_deref().map(str::to_owned),
        base: base.map(str::to_owned),
        system: e.system.clone(),
        public: e.public.clone(),
        notation: e.notation.clone(),
    };
    table.insert(name, e);
    Ok(vec![Event::Entity(event)])
}

fn attlist(dtd: &mut Dtd, r: &mut Reader<'_>) -> Result<Vec<Event>, Problem> {
    r.need_space()?;
    let element = r.name()?.to_owned();
    let mut out = Vec::new();
    loop {
        let spaced = r.space();
        if r.rest() == ">" {
            break;
        }
        if !spaced {
            return r.problem(code::INVALID_TOKEN);
        }
        let name = r.name()?.to_owned();
        r.need_space()?;
        let kind =
            if r.rest().starts_with('(') {
                choices(r, "(")?
            } else {
                match r.name()? {
                    "NOTATION" => {
                        r.need_space()?;
                        choices(r, "NOTATION(")?
                    }
                    k @ ("CDATA" | "ID" | "IDREF" | "IDREFS" | "ENTITY" | "ENTITIES" | "NMTOKEN"
                    | "NMTOKENS") => k.to_owned(),
                    _ => return r.problem(code::SYNTAX),
                }
            };
        r.need_space()?;
        let cdata = kind == "CDATA";
        let (mut default, mut required) = (None, false);
        if r.eat("#REQUIRED") {
            required = true;
        } else if !r.eat("#IMPLIED") {
            if r.eat("#FIXED") {
                r.need_space()?;
                required = true;
            }
            let at = r.at + 1;
            let value = r.quoted()?;
            let mut text = String::new();
            attribute(dtd, value, &mut text, &mut Vec::new()).map_err(|p| Problem { at: p.at + at, ..p })?;
            default = Some(if cdata { text } else { squeeze(&text) });
        }
        if dtd.ignoring {
            continue;
        }
        let known = dtd.attributes.entry(element.clone()).or_default();
        if !known.iter().any(|a| a.name == name) {
            known.push(Attribute { name: name.clone(), cdata, default: default.clone() });
        }
        out.push(Event::Attribute { element: element.clone(), name, kind, default, required });
    }
    r.end()?;
    if out.is_empty() {
        out.push(Event::Other);
    }
    Ok(out)
}

/// `(a|b|c)` without spaces, behind a start.
fn choices(r: &mut Reader<'_>, start: &str) -> Result<String, Problem> {
    r.need("(")?;
    let mut out = start.to_owned();
    loop {
        r.space();
        out.push_str(r.token()?);
        r.space();
        if r.eat(")") {
            out.push(')');
            return Ok(out);
        }
        r.need("|")?;
        out.push('|');
    }
}

fn element(r: &mut Reader<'_>) -> Result<Vec<Event>, Problem> {
    r.need_space()?;
    let name = r.name()?.to_owned();
    r.need_space()?;
    let plain = |kind| Model { kind, quantifier: 0, name: None, parts: Vec::new() };
    let model = if r.eat("EMPTY") {
        plain(EMPTY)
    } else if r.eat("ANY") {
        plain(ANY)
    } else {
        r.need("(")?;
        r.space();
        if r.eat("#PCDATA") { mixed(r)? } else { group(r, 0)? }
    };
    r.end()?;
    Ok(vec![Event::Element { name, model }])
}

fn mixed(r: &mut Reader<'_>) -> Result<Model, Problem> {
    let mut parts = Vec::new();
    loop {
        r.space();
        if r.eat(")") {
            break;
        }
        r.need("|")?;
        r.space();
        let name = Some(r.name()?.to_owned());
        parts.push(Model { kind: NAME, quantifier: 0, name, parts: Vec::new() });
    }
    let starred = r.eat("*");
    if !starred && !parts.is_empty() {
        return r.problem(code::SYNTAX);
    }
    Ok(Model { kind: MIXED, quantifier: if starred { 2 } else { 0 }, name: None, parts })
}

fn quantifier(r: &mut Reader<'_>) -> i32 {
    for (s, n) in [("?", 1), ("*", 2), ("+", 3)] {
        if r.eat(s) {
            return n;
        }
    }
    0
}

/// The rest of a group after its parenthesis.
fn group(r: &mut Reader<'_>, depth: usize) -> Result<Model, Problem> {
    if depth > 1000 {
        return r.problem(code::SYNTAX);
    }
    let mut parts = Vec::new();
    let mut joint = None;
    loop {
        r.space();
        if r.eat("(") {
            parts.push(group(r, depth + 1)?);
        } else {
            let name = Some(r.name()?.to_owned());
            let quantifier = quantifier(r);
            parts.push(Model { kind: NAME, quantifier, name, parts: Vec::new() });
        }
        r.space();
        if r.eat(")") {
            break;
        }
        let c = if r.eat("|") { '|' } else { ',' };
        if c == ',' {
            r.need(",")?;
        }
        if joint.is_some_and(|j| j != c) {
            r.at -= 1;
            return r.problem(code::SYNTAX);
        }
        joint = Some(c);
    }
    let kind = if joint == Some('|') { CHOICE } else { SEQUENCE };
    Ok(Model { kind, quantifier: quantifier(r), name: None, parts })
}
