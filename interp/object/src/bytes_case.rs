//! Methods of `bytes` and `bytearray` about letters and columns (ASCII), and `translate`.

use crate::arguments::{bad_argument, c_int, c_ssize};
use crate::buffer;
use crate::bytes_methods::{data, fill, make, same};
use crate::kind::Kind;
use crate::str_case::{center_split, expanded, tab_arg};
use crate::thread::{Res, Thread};
use crate::value::Value;
use crate::{bytearray, bytes};
use krait_text::Chars;

fn mapped(th: &Thread, receiver: Value, f: impl Fn(u8) -> u8) -> Res {
    let from = data(receiver);
    fill(th, receiver, from.len(), |to| to.iter_mut().zip(from).for_each(|(t, &b)| *t = f(b)))
}

pub(crate) fn lower(th: &Thread, a: &[Value]) -> Res {
    mapped(th, a[0], |b| b.to_ascii_lowercase())
}

pub(crate) fn upper(th: &Thread, a: &[Value]) -> Res {
    mapped(th, a[0], |b| b.to_ascii_uppercase())
}

pub(crate) fn swapcase(th: &Thread, a: &[Value]) -> Res {
    mapped(th, a[0], |b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { b })
}

pub(crate) fn capitalize(th: &Thread, a: &[Value]) -> Res {
    let from = data(a[0]);
    fill(th, a[0], from.len(), |to| {
        to.copy_from_slice(from);
        to.make_ascii_lowercase();
        if let Some(first) = to.first_mut() {
            first.make_ascii_uppercase();
        }
    })
}

pub(crate) fn title(th: &Thread, a: &[Value]) -> Res {
    let from = data(a[0]);
    fill(th, a[0], from.len(), |to| {
        let mut in_word = false;
        for (t, &b) in to.iter_mut().zip(from) {
            *t = if in_word { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
            in_word = b.is_ascii_alphabetic();
        }
    })
}

fn all(a: &[Value], test: impl Fn(u8) -> bool) -> Res {
    let d = data(a[0]);
    Ok(Value::bool(!d.is_empty() && d.iter().all(|&b| test(b))))
}

pub(crate) fn isalnum(_: &Thread, a: &[Value]) -> Res {
    all(a, |b| b.is_ascii_alphanumeric())
}

pub(crate) fn isalpha(_: &Thread, a: &[Value]) -> Res {
    all(a, |b| b.is_ascii_alphabetic())
}

pub(crate) fn isascii(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(data(a[0]).is_ascii()))
}

pub(crate) fn isdigit(_: &Thread, a: &[Value]) -> Res {
    all(a, |b| b.is_ascii_digit())
}

pub(crate) fn isspace(_: &Thread, a: &[Value]) -> Res {
    all(a, |b| matches!(b, b'\t'..=b'\r' | b' '))
}

pub(crate) fn islower(_: &Thread, a: &[Value]) -> Res {
    let d = data(a[0]);
    let cased = d.iter().any(u8::is_ascii_lowercase);
    Ok(Value::bool(cased && !d.iter().any(u8::is_ascii_uppercase)))
}

pub(crate) fn isupper(_: &Thread, a: &[Value]) -> Res {
    let d = data(a[0]);
    let cased = d.iter().any(u8::is_ascii_uppercase);
    Ok(Value::bool(cased && !d.iter().any(u8::is_ascii_lowercase)))
}

pub(crate) fn istitle(_: &Thread, a: &[Value]) -> Res {
    let (mut seen, mut in_word) = (false, false);
    for b in data(a[0]) {
        // A capital starts a word, a small letter goes on in one.
        if b.is_ascii_uppercase() && in_word || b.is_ascii_lowercase() && !in_word {
            return Ok(Value::false_());
        }
        in_word = b.is_ascii_alphabetic();
        seen |= in_word;
    }
    Ok(Value::bool(seen))
}

/// The `fillchar` argument.
fn fill_arg(th: &Thread, v: Value, name: &str) -> Res<u8> {
    let Some(v) = v.given() else { return Ok(b' ') };
    if let Some(&[b]) = bytes::get(v) {
        return Ok(b);
    }
    if let Some(&[b]) = bytearray::get(v).as_ref().map(|b| b.as_slice()) {
        return Ok(b);
    }
    Err(bad_argument(th, v, &format!("{name}() argument 2"), "a byte string of length 1"))
}

/// The bytes between paddings.
fn padded(th: &Thread, receiver: Value, c: u8, left: usize, right: usize) -> Res {
    let d = data(receiver);
    let total =
        d.len().checked_add(left).and_then(|n| n.checked_add(right)).ok_or_else(|| th.memory_error())?;
    fill(th, receiver, total, |to| {
        to[..left].fill(c);
        to[left..left + d.len()].copy_from_slice(d);
        to[left + d.len()..].fill(c);
    })
}

fn pad(th: &Thread, a: &[Value], name: &str, split: fn(usize, usize) -> (usize, usize)) -> Res {
    let width = c_ssize(th, a[1])?;
    let c = fill_arg(th, a[2], name)?;
    let len = data(a[0]).len();
    if width <= len as isize {
        return same(th, a[0]);
    }
    let (left, right) = split(width as usize - len, width as usize);
    padded(th, a[0], c, left, right)
}

pub(crate) fn center(th: &Thread, a: &[Value]) -> Res {
    pad(th, a, "center", center_split)
}

pub(crate) fn ljust(th: &Thread, a: &[Value]) -> Res {
    pad(th, a, "ljust", |margin, _| (0, margin))
}

pub(crate) fn rjust(th: &Thread, a: &[Value]) -> Res {
    pad(th, a, "rjust", |margin, _| (margin, 0))
}

pub(crate) fn zfill(th: &Thread, a: &[Value]) -> Res {
    let width = c_ssize(th, a[1])?;
    let d = data(a[0]);
    if width <= d.len() as isize {
        return same(th, a[0]);
    }
    let zeros = width as usize - d.len();
    let total = d.len().checked_add(zeros).ok_or_else(|| th.memory_error())?;
    fill(th, a[0], total, |to| {
        to[..zeros].fill(b'0');
        to[zeros..].copy_from_slice(d);
        if matches!(d.first(), Some(b'+' | b'-')) {
            to.swap(0, zeros);
        }
    })
}

pub(crate) fn expandtabs(th: &Thread, a: &[Value]) -> Res {
    let size = tab_arg(th, a[1])?;
    match expanded(th, Chars::One(data(a[0])), size)?.map(krait_text::CharsBuf::into_latin1) {
        Some(Ok(bytes)) => make(th, a[0], &bytes),
        _ => same(th, a[0]),
    }
}

/// The count of bytes between separators, an argument of `hex`.
pub(crate) fn group_arg(th: &Thread, v: Value) -> Res<i32> {
    v.given().map_or(Ok(1), |v| c_int(th, v))
}

pub(crate) fn translate(th: &Thread, a: &[Value]) -> Res {
    let table = match a[1].given_not_none() {
        Some(v) => {
            let t = buffer::bytes_like(th, v)?;
            if t.len() != 256 {
                return Err(th.value_error("translation table must be 256 characters long"));
            }
            Some(t)
        }
        None => None,
    };
    let dropped = match a[2].given() {
        Some(v) => Some(buffer::bytes_like(th, v)?),
        None => None,
    };
    let mut gone = [false; 256];
    if let Some(d) = &dropped {
        d.iter().for_each(|&b| gone[b as usize] = true);
    }
    let from = data(a[0]);
    let to = |b: u8| table.as_ref().map_or(b, |t| t[b as usize]);
    if dropped.as_ref().is_none_or(|d| d.is_empty()) {
        if table.is_none() {
            return same(th, a[0]);
        }
        let out: Vec<u8> = from.iter().map(|&b| to(b)).collect();
        if out == from && a[0].is_kind(Kind::Bytes) {
            return same(th, a[0]);
        }
        return make(th, a[0], &out);
    }
    let out: Vec<u8> = from.iter().filter(|b| !gone[**b as usize]).map(|&b| to(b)).collect();
    if out == from { same(th, a[0]) } else { make(th, a[0], &out) }
}

/// `bytes.maketrans(frm, to)`: always `bytes`.
pub(crate) fn maketrans(th: &Thread, a: &[Value]) -> Res {
    let (from, to) = (buffer::bytes_like(th, a[0])?, buffer::bytes_like(th, a[1])?);
    if from.len() != to.len() {
        return Err(th.value_error("maketrans arguments must have same length"));
    }
    bytes::fill(th, 256, |table| {
        table.iter_mut().enumerate().for_each(|(i, b)| *b = i as u8);
        from.iter().zip(to.iter()).for_each(|(&x, &y)| table[x as usize] = y);
    })
}
