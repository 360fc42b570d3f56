//! `str.format` and `str.format_map` (PEP 3101).

use crate::format_markup::{self as markup, Markup, MarkupError, Step};
use crate::protocol;
use crate::str_methods::own;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{attr, dict::Dict, int};
use krait_text::CharsBuf;
use std::ops::Range;

/// How fields without a name are numbered: the first numbered field decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Undecided,
    Automatic(usize),
    Manual,
}

/// Where fields take their values from.
struct Source {
    /// None in `format_map`.
    args: Option<Tuple>,
    /// The mapping, or `MISSING` when there are no keywords.
    named: Value,
    numbering: Numbering,
}

#[cold]
fn bad(th: &Thread, text: MarkupError) -> Raised {
    th.value_error(text)
}

pub(crate) fn format(th: &Thread, a: &[Value]) -> Res {
    let source = Source { args: Some(Tuple::of(a[1])), named: a[2], numbering: Numbering::Undecided };
    run(th, own(a), source)
}

pub(crate) fn format_map(th: &Thread, a: &[Value]) -> Res {
    let source = Source { args: None, named: a[1], numbering: Numbering::Undecided };
    run(th, own(a), source)
}

fn run(th: &Thread, template: Str, mut source: Source) -> Res {
    let mut out = CharsBuf::with_capacity(template.len() + 32);
    fill(th, template, 0..template.len(), &mut source, 2, &mut out)?;
    string::from_buf(th, &out)
}

/// Writes the part `range` of the template; `depth` levels of nesting are left.
fn fill(
    th: &Thread,
    template: Str,
    range: Range<usize>,
    source: &mut Source,
    depth: usize,
    out: &mut CharsBuf,
) -> Result<(), Raised> {
    if depth == 0 {
        return Err(th.value_error("Max string recursion exceeded"));
    }
    let text = template.chars();
    let mut walk = Markup::new(text, range);
    while let Some(part) = walk.next().map_err(|e| bad(th, e))? {
        out.extend(text.slice(part.literal));
        let Some(field) = part.field else { continue };
        let mut v = value_of(th, template, field.name, source)?;
        if let Some(c) = field.conversion {
            v = convert(th, v, c)?;
        }
        let shown = if field.spec.is_empty() {
            simple(th, v)?
        } else if field.nested {
            let mut spec = CharsBuf::new();
            fill(th, template, field.spec, source, depth - 1, &mut spec)?;
            let spec = string::from_buf(th, &spec)?;
            protocol::format(th, v, spec)?
        } else {
            let spec = string::from_chars(th, text.slice(field.spec))?;
            protocol::format(th, v, spec)?
        };
        out.extend(Str::of(shown).chars());
    }
    Ok(())
}

/// `format(v, "")`.
fn simple(th: &Thread, v: Value) -> Res {
    protocol::format(th, v, th.interp.empty_str.get())
}

/// What `!r`, `!s` and `!a` do.
fn convert(th: &Thread, v: Value, c: u32) -> Res {
    match char::from_u32(c) {
        Some('r') => protocol::repr(th, v),
        Some('s') => protocol::str_of(th, v),
        Some('a') => protocol::ascii(th, v),
        Some(c @ '!'..='~') => Err(th.value_error(format!("Unknown conversion specifier {c}"))),
        _ => Err(th.value_error(format!("Unknown conversion specifier \\x{c:x}"))),
    }
}

/// The value that a field name stands for.
fn value_of(th: &Thread, template: Str, name: Range<usize>, source: &mut Source) -> Res {
    let text = template.chars();
    let (first, mut path) = markup::split_name(text, name);
    let number = markup::integer(text.slice(first.clone())).map_err(|e| bad(th, e))?;
    let mut v = match number_field(th, number, first.is_empty(), source)? {
        Some(i) => match source.args {
            None => return Err(th.value_error("Format string contains positional fields")),
            Some(args) if i < args.len() => args.get(i),
            Some(_) => {
                return Err(
                    th.index_error(format!("Replacement index {i} out of range for positional args tuple"))
                );
            }
        },
        None => {
            let key = string::from_chars(th, text.slice(first))?;
            named(th, source.named, key)?
        }
    };
    while let Some(step) = path.next().map_err(|e| bad(th, e))? {
        v = match step {
            Step::Attribute(r) => {
                let name = Str::of(string::from_chars(th, text.slice(r))?);
                attr::get(th, v, string::intern(th, name))?
            }
            Step::Index(i) => protocol::getitem(th, v, int::from_usize(th, i))?,
            Step::Key(r) => {
                let key = string::from_chars(th, text.slice(r))?;
                protocol::getitem(th, v, key)?
            }
        };
    }
    Ok(v)
}

fn named(th: &Thread, mapping: Value, key: Value) -> Res {
    if mapping == Value::MISSING {
        return Err(th.key_error(key));
    }
    if mapping.has_shape(TypeId::Dict as u32) {
        return Dict::of(mapping).get(th, key)?.ok_or_else(|| th.key_error(key));
    }
    protocol::getitem(th, mapping, key)
}

/// The position of a numbered or unnamed field; None for a named one.
fn number_field(
    th: &Thread,
    number: Option<usize>,
    unnamed: bool,
    source: &mut Source,
) -> Res<Option<usize>> {
    if !unnamed && number.is_none() {
        return Ok(None);
    }
    match (source.numbering, unnamed) {
        (Numbering::Manual, true) => {
            Err(th.value_error("cannot switch from manual field specification to automatic field numbering"))
        }
        (Numbering::Automatic(_), false) => {
            Err(th.value_error("cannot switch from automatic field numbering to manual field specification"))
        }
        (_, false) => {
            source.numbering = Numbering::Manual;
            Ok(number)
        }
        (state, true) => {
            let n = if let Numbering::Automatic(n) = state { n } else { 0 };
            source.numbering = Numbering::Automatic(n + 1);
            Ok(Some(n))
        }
    }
}
