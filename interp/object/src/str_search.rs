//! `str` methods that look for text: find and its kin, prefixes, replace.

use crate::arguments;
use crate::class::type_name;
use crate::protocol;
use crate::str_build::{self, substring};
use crate::str_methods::{must_be_str, own, unchanged};
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::value::Value;
use krait_text::{Chars, search};
use std::ops::Range;

/// The optional `start` and `end` arguments on a text of `len` units: None when the start lies behind the end (where
/// not even the empty text is found). Runs `__index__`, so a bytearray's length is asked for afterwards.
///
/// # Errors
/// TypeError "slice indices must be integers or None or have an __index__ method".
pub fn bounds(
    th: &Thread,
    start: Value,
    end: Value,
    len: impl FnOnce() -> usize,
) -> Res<Option<Range<usize>>> {
    let start = match start.given_not_none() {
        Some(v) => protocol::slice_index(th, v)?,
        None => 0,
    };
    let end = match end.given_not_none() {
        Some(v) => protocol::slice_index(th, v)?,
        None => isize::MAX,
    };
    let n = len() as isize;
    let cut = |v: isize| if v < 0 { v.saturating_add(n).max(0) } else { v };
    let (start, end) = (cut(start), cut(end).min(n));
    Ok(if start <= end { Some(start as usize..end as usize) } else { None })
}

/// The searched text, what is searched for, and where the range starts.
fn finding<'a>(th: &Thread, a: &[Value]) -> Res<Option<(Chars<'a>, Chars<'a>, usize)>> {
    let part = must_be_str(th, a[1])?;
    let s = own(a);
    Ok(bounds(th, a[2], a[3], || s.len())?.map(|r| (s.chars().slice(r.clone()), part.chars(), r.start)))
}

fn position(th: &Thread, a: &[Value], last: bool) -> Res<Option<usize>> {
    let Some((text, part, start)) = finding(th, a)? else { return Ok(None) };
    let found = if last { search::rfind(text, part) } else { search::find(text, part) };
    Ok(found.map(|i| start + i))
}

fn or_minus_one(found: Option<usize>) -> Res {
    Ok(Value::small(found.map_or(-1, |i| i as i64)))
}

fn or_error(th: &Thread, found: Option<usize>) -> Res {
    match found {
        Some(i) => Ok(Value::small(i as i64)),
        None => Err(th.value_error("substring not found")),
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
    Ok(match finding(th, a)? {
        Some((text, part, _)) => Value::small(search::count(text, part, usize::MAX) as i64),
        None => Value::ZERO,
    })
}

fn tail_match(text: Chars<'_>, part: Chars<'_>, at_end: bool) -> bool {
    if at_end {
        text.len().checked_sub(part.len()).is_some_and(|i| text.has_at(i, part))
    } else {
        text.has_at(0, part)
    }
}

fn starts_or_ends(th: &Thread, a: &[Value], at_end: bool) -> Res {
    let s = own(a);
    let range = bounds(th, a[2], a[3], || s.len())?;
    let name = if at_end { "endswith" } else { "startswith" };
    let fits =
        |part: Str| range.clone().is_some_and(|r| tail_match(s.chars().slice(r), part.chars(), at_end));
    if let Some(parts) = Tuple::from_value(a[1]) {
        for &p in parts.as_slice() {
            let Some(p) = Str::from_value(p) else {
                return Err(th.type_error(format!(
                    "tuple for {name} must only contain str, not {}",
                    type_name(th, p)
                )));
            };
            if fits(p) {
                return Ok(Value::true_());
            }
        }
        return Ok(Value::false_());
    }
    match Str::from_value(a[1]) {
        Some(p) => Ok(Value::bool(fits(p))),
        None => Err(th.type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
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
    let (s, part) = (own(a), string::expect(th, a[1], "removeprefix() argument")?);
    if tail_match(s.chars(), part.chars(), false) {
        return substring(th, s, part.len()..s.len());
    }
    unchanged(th, s)
}

pub(crate) fn removesuffix(th: &Thread, a: &[Value]) -> Res {
    let (s, part) = (own(a), string::expect(th, a[1], "removesuffix() argument")?);
    if tail_match(s.chars(), part.chars(), true) {
        return substring(th, s, 0..s.len() - part.len());
    }
    unchanged(th, s)
}

pub(crate) fn replace(th: &Thread, a: &[Value]) -> Res {
    let s = own(a);
    let old = string::expect(th, a[1], "replace() argument 1")?;
    let new = string::expect(th, a[2], "replace() argument 2")?;
    let max = arguments::limit(th, a[3])?;
    // The size of the result is bounded before anything is written.
    let hits = if old.is_empty() { s.len() + 1 } else { s.len() / old.len() };
    if hits.min(max.unwrap_or(usize::MAX)).checked_mul(new.len()).is_none_or(|n| n > isize::MAX as usize / 4)
    {
        return Err(th.overflow_error("replace string is too long"));
    }
    if s.is_ascii()
        && new.is_ascii()
        && !old.is_empty()
        && let Some(done) = replace_ascii(th, s, old, new, max.unwrap_or(usize::MAX))
    {
        return done;
    }
    match search::replace(s.chars(), old.chars(), new.chars(), max) {
        Some(buf) => string::from_buf(th, &buf),
        None => unchanged(th, s),
    }
}

/// Replaces in ASCII text: the occurrences are counted, then the result is written in place. None for tiny results.
fn replace_ascii(th: &Thread, s: Str, old: Str, new: Str, max: usize) -> Option<Res> {
    let (Chars::One(text), Chars::One(by)) = (s.chars(), new.chars()) else { return None };
    let hits = search::count(s.chars(), old.chars(), max);
    if hits == 0 {
        return Some(unchanged(th, s));
    }
    let len = text.len() - hits * old.len() + hits * by.len();
    if len < 2 {
        return None;
    }
    Some(str_build::ascii_with(th, len, |to| {
        if let ([to_byte], 1, true) = (by, old.len(), hits < max) {
            let from = old.at(0) as u8;
            to.iter_mut().zip(text).for_each(|(t, &b)| *t = if b == from { *to_byte } else { b });
            return;
        }
        let (mut at, mut done, mut left) = (0, 0, hits);
        let mut put = |piece: &[u8]| {
            let place = &mut to[at..at + piece.len()];
            // SAFETY: the place is as long as the piece.
            unsafe { str_build::copy_short(piece, place.as_mut_ptr()) };
            at += piece.len();
        };
        search::each_match(s.chars(), old.chars(), |i| {
            put(&text[done..i]);
            put(by);
            done = i + old.len();
            left -= 1;
            left > 0
        });
        put(&text[done..]);
    }))
}
