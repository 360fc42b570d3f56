//! `str` methods that cut text up: split, partition, strip, splitlines.

use crate::arguments;
use crate::class::type_name;
use crate::protocol;
use crate::storage::ValueVec;
use crate::str_build::substring;
use crate::str_methods::{must_be_str, own};
use crate::string::Str;
use crate::thread::{Res, Thread};
use crate::value::Value;
use crate::{list, tuple};
use krait_text::search::{self, Rules, Sides};
use std::ops::Range;

/// A list of the pieces.
fn pieces(th: &Thread, s: Str, ranges: &[Range<usize>]) -> Res {
    if ranges.is_empty() {
        return Ok(list::new(th).value());
    }
    let mut out = ValueVec::with_capacity(th, ranges.len())?;
    for r in ranges {
        let piece = substring(th, s, r.clone())?;
        out.push(th, piece)?;
    }
    Ok(list::from_vec(th, out))
}

/// The separator argument of split: None means white space.
fn separator(th: &Thread, v: Value) -> Res<Option<Str>> {
    let Some(v) = v.given_not_none() else { return Ok(None) };
    match Str::from_value(v) {
        Some(sep) if sep.is_empty() => Err(th.value_error("empty separator")),
        Some(sep) => Ok(Some(sep)),
        None => Err(th.type_error(format!("must be str or None, not {}", type_name(th, v)))),
    }
}

pub(crate) fn split(th: &Thread, a: &[Value]) -> Res {
    let max = arguments::limit(th, a[2])?;
    let s = own(a);
    let ranges = match separator(th, a[1])? {
        Some(sep) => search::split(s.chars(), sep.chars(), max),
        None => search::split_space(s.chars(), Rules::Str, max),
    };
    pieces(th, s, &ranges)
}

pub(crate) fn rsplit(th: &Thread, a: &[Value]) -> Res {
    let max = arguments::limit(th, a[2])?;
    let s = own(a);
    let ranges = match separator(th, a[1])? {
        Some(sep) => search::rsplit(s.chars(), sep.chars(), max),
        None => search::rsplit_space(s.chars(), Rules::Str, max),
    };
    pieces(th, s, &ranges)
}

pub(crate) fn splitlines(th: &Thread, a: &[Value]) -> Res {
    let keep = match a[1].given() {
        Some(v) => protocol::truth(th, v)?,
        None => false,
    };
    let s = own(a);
    pieces(th, s, &search::split_lines(s.chars(), Rules::Str, keep))
}

fn parts(th: &Thread, a: &[Value], last: bool) -> Res {
    let (s, sep) = (own(a), must_be_str(th, a[1])?);
    if sep.is_empty() {
        return Err(th.value_error("empty separator"));
    }
    let (text, wanted) = (s.chars(), sep.chars());
    let found = if last { search::rfind(text, wanted) } else { search::find(text, wanted) };
    let empty = th.interp.empty_str.get();
    let Some(i) = found else {
        // The object itself, also of a subclass.
        let whole = s.value();
        return tuple::from_slice(th, &if last { [empty, empty, whole] } else { [whole, empty, empty] });
    };
    let before = substring(th, s, 0..i)?;
    let after = substring(th, s, i + sep.len()..s.len())?;
    tuple::from_slice(th, &[before, sep.value(), after])
}

pub(crate) fn partition(th: &Thread, a: &[Value]) -> Res {
    parts(th, a, false)
}

pub(crate) fn rpartition(th: &Thread, a: &[Value]) -> Res {
    parts(th, a, true)
}

fn stripped(th: &Thread, a: &[Value], sides: Sides, name: &str) -> Res {
    let s = own(a);
    let kept = match a[1].given_not_none() {
        None => search::strip(s.chars(), Rules::Str, sides),
        Some(v) => match Str::from_value(v) {
            Some(set) => search::strip_chars(s.chars(), set.chars(), sides),
            None => return Err(th.type_error(format!("{name} arg must be None or str"))),
        },
    };
    substring(th, s, kept)
}

pub(crate) fn strip(th: &Thread, a: &[Value]) -> Res {
    stripped(th, a, Sides::Both, "strip")
}

pub(crate) fn lstrip(th: &Thread, a: &[Value]) -> Res {
    stripped(th, a, Sides::Left, "lstrip")
}

pub(crate) fn rstrip(th: &Thread, a: &[Value]) -> Res {
    stripped(th, a, Sides::Right, "rstrip")
}
