//! `str` methods about letters and columns: casing, predicates, padding, tabs.

use crate::arguments::{c_int, c_ssize};
use crate::class::type_name;
use crate::str_build::{self, padded};
use crate::str_methods::{own, unchanged};
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::value::Value;
use krait_text::{Chars, casing, search};

/// ASCII text mapped byte by byte.
fn mapped_ascii(th: &Thread, s: Str, f: impl FnOnce(&mut [u8])) -> Option<Res> {
    let text = s.as_ascii().filter(|t| t.len() > 1)?.as_bytes();
    Some(str_build::ascii_with(th, text.len(), |to| {
        to.copy_from_slice(text);
        f(to);
    }))
}

pub(crate) fn lower(th: &Thread, a: &[Value]) -> Res {
    match mapped_ascii(th, own(a), |t| t.make_ascii_lowercase()) {
        Some(done) => done,
        None => string::from_buf(th, &casing::lower(own(a).chars())),
    }
}

pub(crate) fn upper(th: &Thread, a: &[Value]) -> Res {
    match mapped_ascii(th, own(a), |t| t.make_ascii_uppercase()) {
        Some(done) => done,
        None => string::from_buf(th, &casing::upper(own(a).chars())),
    }
}

pub(crate) fn casefold(th: &Thread, a: &[Value]) -> Res {
    match mapped_ascii(th, own(a), |t| t.make_ascii_lowercase()) {
        Some(done) => done,
        None => string::from_buf(th, &casing::casefold(own(a).chars())),
    }
}

pub(crate) fn capitalize(th: &Thread, a: &[Value]) -> Res {
    string::from_buf(th, &casing::capitalize(own(a).chars()))
}

pub(crate) fn title(th: &Thread, a: &[Value]) -> Res {
    string::from_buf(th, &casing::title(own(a).chars()))
}

pub(crate) fn swapcase(th: &Thread, a: &[Value]) -> Res {
    string::from_buf(th, &casing::swapcase(own(a).chars()))
}

macro_rules! predicates {
    ($($name:ident $test:path;)*) => {$(
        pub(crate) fn $name(_: &Thread, a: &[Value]) -> Res {
            Ok(Value::bool($test(own(a).chars())))
        }
    )*};
}

predicates! {
    isalnum casing::is_alnum;
    isalpha casing::is_alpha;
    isdecimal casing::is_decimal;
    isdigit casing::is_digit;
    isidentifier casing::is_identifier;
    islower casing::is_lower;
    isnumeric casing::is_numeric;
    isprintable casing::is_printable;
    isspace casing::is_space;
    istitle casing::is_title;
    isupper casing::is_upper;
}

pub(crate) fn isascii(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(own(a).is_ascii()))
}

/// The `fillchar` argument.
fn fill_arg(th: &Thread, v: Value) -> Res<u32> {
    let Some(v) = v.given() else { return Ok(32) };
    match Str::from_value(v) {
        Some(s) if s.len() == 1 => Ok(s.at(0)),
        Some(_) => Err(th.type_error("The fill character must be exactly one character long")),
        None => Err(th
            .type_error(format!("The fill character must be a unicode character, not {}", type_name(th, v)))),
    }
}

/// Where the padding of `margin` columns goes in a text that is to be `width` wide: left and right. `center` puts the
/// odd column to the left when the width is odd, too.
pub(crate) fn center_split(margin: usize, width: usize) -> (usize, usize) {
    let left = margin / 2 + (margin & width & 1);
    (left, margin - left)
}

fn pad(th: &Thread, a: &[Value], split: fn(usize, usize) -> (usize, usize)) -> Res {
    let width = c_ssize(th, a[1])?;
    let fill = fill_arg(th, a[2])?;
    let s = own(a);
    if width <= s.len() as isize {
        return unchanged(th, s);
    }
    let (left, right) = split(width as usize - s.len(), width as usize);
    padded(th, s.chars(), s.is_ascii(), fill, left, right)
}

pub(crate) fn center(th: &Thread, a: &[Value]) -> Res {
    pad(th, a, center_split)
}

pub(crate) fn ljust(th: &Thread, a: &[Value]) -> Res {
    pad(th, a, |margin, _| (0, margin))
}

pub(crate) fn rjust(th: &Thread, a: &[Value]) -> Res {
    pad(th, a, |margin, _| (margin, 0))
}

pub(crate) fn zfill(th: &Thread, a: &[Value]) -> Res {
    let width = c_ssize(th, a[1])?;
    let s = own(a);
    if width <= s.len() as isize {
        return unchanged(th, s);
    }
    let zeros = width as usize - s.len();
    let text = s.chars();
    match text.get(0) {
        Some(c) if c == '+' as u32 || c == '-' as u32 => {
            let rest = text.slice(1..text.len());
            let digits = Str::of(padded(th, rest, s.is_ascii(), '0' as u32, zeros, 0)?);
            padded(th, digits.chars(), digits.is_ascii(), c, 1, 0)
        }
        _ => padded(th, text, s.is_ascii(), '0' as u32, zeros, 0),
    }
}

/// The `tabsize` argument; negative ones count as zero.
pub(crate) fn tab_arg(th: &Thread, v: Value) -> Res<usize> {
    match v.given() {
        Some(v) => Ok(c_int(th, v)?.max(0) as usize),
        None => Ok(8),
    }
}

/// Expands tabs, once it is known that the result is not beyond all memory.
pub(crate) fn expanded(th: &Thread, text: Chars<'_>, size: usize) -> Res<Option<krait_text::CharsBuf>> {
    let tabs = search::count(text, Chars::One(b"\t"), usize::MAX);
    let most = tabs.checked_mul(size).and_then(|n| n.checked_add(text.len()));
    if most.is_none_or(|n| n > 1 << 46) {
        return Err(th.overflow_error("new string is too long"));
    }
    if most.is_some_and(|n| n > 1 << 24 && Vec::<u8>::new().try_reserve_exact(n).is_err()) {
        return Err(th.memory_error());
    }
    search::expand_tabs(text, size, isize::MAX as usize)
        .map_err(|_| th.overflow_error("new string is too long"))
}

pub(crate) fn expandtabs(th: &Thread, a: &[Value]) -> Res {
    let size = tab_arg(th, a[1])?;
    let s = own(a);
    match expanded(th, s.chars(), size)? {
        Some(buf) => string::from_buf(th, &buf),
        None => unchanged(th, s),
    }
}
