//! Methods of `bytes` and `bytearray` that look for bytes: find and its kin, prefixes, replace.
//!
//! All functions of the `bytes_*` files serve both types: they go by the receiver.

use crate::arguments;
use crate::buffer::{self, Buffer};
use crate::bytes_methods::{data, make, same};
use crate::class::type_name;
use crate::int;
use crate::kind::Kind;
use crate::protocol;
use crate::str_search::bounds;
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use krait_text::{Chars, search};

/// What is searched for: bytes, or one byte given as a number.
pub(crate) enum Part {
    Bytes(Buffer),
    Byte([u8; 1]),
}

impl Part {
    pub(crate) fn chars(&self) -> Chars<'_> {
        match self {
            Part::Bytes(b) => Chars::One(b),
            Part::Byte(b) => Chars::One(b),
        }
    }
}

/// The argument of `find` and its kin.
fn part(th: &Thread, v: Value) -> Res<Part> {
    if v.is_kind(Kind::Bytes) || buffer::has_buffer(th, v) {
        return Ok(Part::Bytes(buffer::bytes_like(th, v)?));
    }
    match protocol::index_opt(th, v)? {
        Some(i) => match int::to_i64(i) {
            Some(n @ 0..=255) => Ok(Part::Byte([n as u8])),
            _ => Err(th.value_error("byte must be in range(0, 256)")),
        },
        None => Err(th.type_error(format!(
            "argument should be integer or bytes-like object, not '{}'",
            type_name(th, v)
        ))),
    }
}

fn position(th: &Thread, a: &[Value], last: bool) -> Res<Option<usize>> {
    let part = part(th, a[1])?;
    let Some(r) = bounds(th, a[2], a[3], || data(a[0]).len())? else { return Ok(None) };
    let text = Chars::One(&data(a[0])[r.clone()]);
    let found = if last { search::rfind(text, part.chars()) } else { search::find(text, part.chars()) };
    Ok(found.map(|i| r.start + i))
}

fn or_minus_one(found: Option<usize>) -> Res {
    Ok(Value::small(found.map_or(-1, |i| i as i64)))
}

fn or_error(th: &Thread, found: Option<usize>) -> Res {
    match found {
        Some(i) => Ok(Value::small(i as i64)),
        None => Err(th.value_error("subsection not found")),
    }
}

pub(crate) fn find(th: &Thread, a: &[Value]) -> Res {
    or_minus_one(position(th, a, false)?)
}

pub(crate) fn rfind(th: &Thread, a: &[Value]) -> Res {
    or_minus_one(position(th, a, true)?)
}

pub(crate) fn index(th: &Thread, a: &[Value]) -> Res {
    let found = position(th, a, false)?;
    or_error(th, found)
}

pub(crate) fn rindex(th: &Thread, a: &[Value]) -> Res {
    let found = position(th, a, true)?;
    or_error(th, found)
}

pub(crate) fn count(th: &Thread, a: &[Value]) -> Res {
    let part = part(th, a[1])?;
    let Some(r) = bounds(th, a[2], a[3], || data(a[0]).len())? else { return Ok(Value::ZERO) };
    let text = Chars::One(&data(a[0])[r]);
    Ok(Value::small(search::count(text, part.chars(), usize::MAX) as i64))
}

/// `v in bytes`.
pub(crate) fn contains(th: &Thread, a: &[Value]) -> Res {
    if let Some(i) = protocol::index_opt(th, a[1])? {
        return match int::to_i64(i) {
            Some(n @ 0..=255) => {
                Ok(Value::bool(search::find_char(Chars::One(data(a[0])), n as u32, 0).is_some()))
            }
            _ => Err(th.value_error("byte must be in range(0, 256)")),
        };
    }
    let part = buffer::bytes_like(th, a[1])?;
    Ok(Value::bool(search::contains(Chars::One(data(a[0])), Chars::One(&part))))
}

fn starts_or_ends(th: &Thread, a: &[Value], at_end: bool) -> Res {
    let range = bounds(th, a[2], a[3], || data(a[0]).len())?;
    let fits = |v: Value| -> Res<bool> {
        let part = buffer::bytes_like(th, v)?;
        let Some(r) = range.clone() else { return Ok(false) };
        let text = data(a[0]).get(r).unwrap_or_default();
        Ok(if at_end { text.ends_with(&part) } else { text.starts_with(&part) })
    };
    if let Some(parts) = Tuple::from_value(a[1]) {
        for &p in parts.as_slice() {
            if fits(p)? {
                return Ok(Value::true_());
            }
        }
        return Ok(Value::false_());
    }
    let r = fits(a[1]);
    match th.catch(r, TypeId::TypeError)? {
        Some(b) => Ok(Value::bool(b)),
        None => Err(th.type_error(format!(
            "{} first arg must be bytes or a tuple of bytes, not {}",
            if at_end { "endswith" } else { "startswith" },
            type_name(th, a[1])
        ))),
    }
}

pub(crate) fn startswith(th: &Thread, a: &[Value]) -> Res {
    starts_or_ends(th, a, false)
}

pub(crate) fn endswith(th: &Thread, a: &[Value]) -> Res {
    starts_or_ends(th, a, true)
}

pub(crate) fn removeprefix(th: &Thread, a: &[Value]) -> Res {
    let part = buffer::bytes_like(th, a[1])?;
    match data(a[0]).strip_prefix(&*part) {
        Some(rest) if !part.is_empty() => make(th, a[0], rest),
        _ => same(th, a[0]),
    }
}

pub(crate) fn removesuffix(th: &Thread, a: &[Value]) -> Res {
    let part = buffer::bytes_like(th, a[1])?;
    match data(a[0]).strip_suffix(&*part) {
        Some(rest) if !part.is_empty() => make(th, a[0], rest),
        _ => same(th, a[0]),
    }
}

pub(crate) fn replace(th: &Thread, a: &[Value]) -> Res {
    let (old, new) = (buffer::bytes_like(th, a[1])?, buffer::bytes_like(th, a[2])?);
    let max = arguments::limit(th, a[3])?;
    let text = data(a[0]);
    // The size of the result is bounded before anything is written.
    let hits = if old.is_empty() { text.len() + 1 } else { text.len() / old.len() };
    if hits.min(max.unwrap_or(usize::MAX)).checked_mul(new.len()).is_none_or(|n| n > isize::MAX as usize / 2)
    {
        return Err(th.overflow_error("replace bytes is too long"));
    }
    let limit = max.unwrap_or(usize::MAX);
    if limit == 0 || old.len() > text.len() {
        return same(th, a[0]);
    }
    if old.is_empty() {
        return match search::replace(Chars::One(text), Chars::One(&old), Chars::One(&new), max) {
            Some(buf) => match buf.into_latin1() {
                Ok(bytes) => make(th, a[0], &bytes),
                Err(_) => same(th, a[0]),
            },
            None => same(th, a[0]),
        };
    }
    match search::replace_bytes(text, &old, &new, limit) {
        Some(bytes) => make(th, a[0], &bytes),
        None => same(th, a[0]),
    }
}
