//! Methods of `bytes` and `bytearray` that cut and join: split, partition, strip, splitlines, join.

use crate::arguments;
use crate::buffer::{self, Buffer};
use crate::bytearray;
use crate::bytes_methods::{data, fill, make, same};
use crate::class::type_name;
use crate::kind::Kind;
use crate::list;
use crate::protocol;
use crate::shape::fixed;
use crate::storage::ValueVec;
use crate::str_build;
use crate::thread::{Res, Thread};
use crate::tuple;
use crate::value::Value;
use crate::{bytes, list::List, tuple::Tuple};
use krait_text::Chars;
use krait_text::search::{self, Rules, Sides};
use std::ops::Range;

/// A list of the pieces. Nothing here runs Python code, so the receiver's bytes stay.
fn pieces(th: &Thread, receiver: Value, ranges: &[Range<usize>]) -> Res {
    let whole = data(receiver);
    if let [r] = ranges
        && r.len() == whole.len()
    {
        let piece = same(th, receiver)?;
        return list::from_slice(th, &[piece]);
    }
    let mut out = ValueVec::with_capacity(th, ranges.len())?;
    for r in ranges {
        let piece = make(th, receiver, &whole[r.clone()])?;
        out.push(th, piece)?;
    }
    Ok(list::from_vec(th, out))
}

/// The separator argument of split: None means white space.
fn separator(th: &Thread, v: Value) -> Res<Option<Buffer>> {
    let Some(v) = v.given_not_none() else { return Ok(None) };
    let sep = buffer::bytes_like(th, v)?;
    if sep.is_empty() {
        return Err(th.value_error("empty separator"));
    }
    Ok(Some(sep))
}

pub(crate) fn split(th: &Thread, a: &[Value]) -> Res {
    let max = arguments::limit(th, a[2])?;
    let sep = separator(th, a[1])?;
    let text = Chars::One(data(a[0]));
    let ranges = match &sep {
        Some(sep) => search::split(text, Chars::One(sep), max),
        None => search::split_space(text, Rules::Bytes, max),
    };
    pieces(th, a[0], &ranges)
}

pub(crate) fn rsplit(th: &Thread, a: &[Value]) -> Res {
    let max = arguments::limit(th, a[2])?;
    let sep = separator(th, a[1])?;
    let text = Chars::One(data(a[0]));
    let ranges = match &sep {
        Some(sep) => search::rsplit(text, Chars::One(sep), max),
        None => search::rsplit_space(text, Rules::Bytes, max),
    };
    pieces(th, a[0], &ranges)
}

pub(crate) fn splitlines(th: &Thread, a: &[Value]) -> Res {
    let keep = match a[1].given() {
        Some(v) => protocol::truth(th, v)?,
        None => false,
    };
    pieces(th, a[0], &search::split_lines(Chars::One(data(a[0])), Rules::Bytes, keep))
}

fn parts(th: &Thread, a: &[Value], last: bool) -> Res {
    let sep = buffer::bytes_like(th, a[1])?;
    if sep.is_empty() {
        return Err(th.value_error("empty separator"));
    }
    let text = data(a[0]);
    let (t, s) = (Chars::One(text), Chars::One(&sep));
    let found = if last { search::rfind(t, s) } else { search::find(t, s) };
    let Some(i) = found else {
        // Of bytes the object itself, also of a subclass.
        let whole = if a[0].is_kind(Kind::Bytes) { a[0] } else { same(th, a[0])? };
        let (x, y) = (make(th, a[0], b"")?, make(th, a[0], b"")?);
        return tuple::from_slice(th, &if last { [x, y, whole] } else { [whole, x, y] });
    };
    let before = make(th, a[0], &text[..i])?;
    // Of bytes the separator itself comes back, of a bytearray a copy.
    let middle = if a[0].is_kind(Kind::Bytes) { a[1] } else { make(th, a[0], &sep)? };
    let after = make(th, a[0], &text[i + sep.len()..])?;
    tuple::from_slice(th, &[before, middle, after])
}

pub(crate) fn partition(th: &Thread, a: &[Value]) -> Res {
    parts(th, a, false)
}

pub(crate) fn rpartition(th: &Thread, a: &[Value]) -> Res {
    parts(th, a, true)
}

fn stripped(th: &Thread, a: &[Value], sides: Sides) -> Res {
    let kept = match a[1].given_not_none() {
        None => search::strip(Chars::One(data(a[0])), Rules::Bytes, sides),
        Some(v) => {
            let set = buffer::bytes_like(th, v)?;
            search::strip_chars(Chars::One(data(a[0])), Chars::One(&set), sides)
        }
    };
    let text = data(a[0]);
    if kept.len() == text.len() { same(th, a[0]) } else { make(th, a[0], &text[kept]) }
}

pub(crate) fn strip(th: &Thread, a: &[Value]) -> Res {
    stripped(th, a, Sides::Both)
}

pub(crate) fn lstrip(th: &Thread, a: &[Value]) -> Res {
    stripped(th, a, Sides::Left)
}

pub(crate) fn rstrip(th: &Thread, a: &[Value]) -> Res {
    stripped(th, a, Sides::Right)
}

/// The data of an item that needs no buffer to be taken.
fn plain<'a>(v: Value) -> Option<&'a [u8]> {
    bytes::get(v).or_else(|| bytearray::get(v).map(|b| b.as_slice()))
}

pub(crate) fn join(th: &Thread, a: &[Value]) -> Res {
    // Whatever Python code runs meanwhile, the separator stays as it is.
    let _held = match a[0].kind() {
        Kind::ByteArray => Some(buffer::native(th, a[0], buffer::flags::SIMPLE)?),
        _ => None,
    };
    let copied;
    let items: &[Value] = if let Some(t) = Tuple::from_value(a[1]) {
        t.as_slice()
    } else if a[1].has_shape(fixed::LIST) && List::of(a[1]).as_slice().iter().all(|v| plain(*v).is_some()) {
        // No item runs Python code, so the list keeps its array.
        List::of(a[1]).as_slice()
    } else {
        copied = str_build::sequence(th, a[1], "can only join an iterable")?;
        copied.as_slice()
    };
    if let [one] = items
        && one.has_shape(fixed::BYTES)
        && a[0].is_kind(Kind::Bytes)
    {
        return Ok(*one);
    }
    if items.iter().all(|v| plain(*v).is_some()) {
        let sep = data(a[0]);
        let parts = || items.iter().map(|v| plain(*v).unwrap_or_default());
        let total =
            parts().map(<[u8]>::len).sum::<usize>() + sep.len().saturating_mul(items.len().saturating_sub(1));
        return fill(th, a[0], total, |to| {
            let mut at = 0;
            for (i, p) in parts().enumerate() {
                let before = if i > 0 { sep } else { &[] };
                for piece in [before, p] {
                    to[at..at + piece.len()].copy_from_slice(piece);
                    at += piece.len();
                }
            }
        });
    }
    let sep = data(a[0]);
    let mut out = Vec::new();
    for (i, &v) in items.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(sep);
        }
        if !buffer::has_buffer(th, v) {
            return Err(th.type_error(format!(
                "sequence item {i}: expected a bytes-like object, {} found",
                type_name(th, v)
            )));
        }
        out.extend_from_slice(&buffer::bytes_like(th, v)?);
    }
    make(th, a[0], &out)
}
