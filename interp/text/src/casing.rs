//! What the str methods do to whole texts: predicates, upper, lower, title, and their kin.
//!
//! ASCII and latin-1 take short cuts; the rest goes code point by code point through the
//! tables. Only capital sigma looks at its neighbours (Final_Sigma of the Unicode Standard,
//! section 3.13).

use crate::buf::CharsBuf;
use crate::chars::{self, *};
use crate::units::{Chars, Unit};
use crate::with_units;

#[inline]
fn all(text: Chars<'_>, wanted: u16) -> bool {
    !text.is_empty() && with_units!(text, s => s.iter().all(|u| flags(u.code()) & wanted != 0))
}

/// `str.isalpha`.
pub fn is_alpha(text: Chars<'_>) -> bool {
    all(text, ALPHA)
}

/// `str.isdecimal`.
pub fn is_decimal(text: Chars<'_>) -> bool {
    all(text, DECIMAL)
}

/// `str.isdigit`.
pub fn is_digit(text: Chars<'_>) -> bool {
    all(text, DIGIT)
}

/// `str.isnumeric`.
pub fn is_numeric(text: Chars<'_>) -> bool {
    all(text, NUMERIC)
}

/// `str.isalnum`.
pub fn is_alnum(text: Chars<'_>) -> bool {
    all(text, ALPHA | DECIMAL | DIGIT | NUMERIC)
}

/// `str.isspace`.
pub fn is_space(text: Chars<'_>) -> bool {
    all(text, SPACE)
}

/// `str.isprintable`: true for no text too.
pub fn is_printable(text: Chars<'_>) -> bool {
    text.is_empty() || all(text, PRINTABLE)
}

/// `str.isidentifier`.
pub fn is_identifier(text: Chars<'_>) -> bool {
    !text.is_empty() && is_identifier_start(text.at(0)) && text.iter().skip(1).all(is_xid_continue)
}

/// Whether a cased letter is there and all of them are in `wanted`, none in `other`.
fn one_case(text: Chars<'_>, wanted: u16, other: u16) -> bool {
    let mut seen = 0;
    let none = with_units!(text, s => s.iter().all(|u| {
        let f = flags(u.code());
        seen |= f & wanted;
        f & other == 0
    }));
    none && seen != 0
}

/// `str.isupper`.
pub fn is_upper(text: Chars<'_>) -> bool {
    one_case(text, UPPER, LOWER | TITLE)
}

/// `str.islower`.
pub fn is_lower(text: Chars<'_>) -> bool {
    one_case(text, LOWER, UPPER | TITLE)
}

/// `str.istitle`.
pub fn is_title(text: Chars<'_>) -> bool {
    let (mut cased, mut previous) = (false, false);
    for c in text.iter() {
        let f = flags(c);
        let (starts, goes_on) = (f & (UPPER | TITLE) != 0, f & LOWER != 0);
        if starts && previous || !starts && goes_on && !previous {
            return false;
        }
        previous = starts || goes_on;
        cased |= previous;
    }
    cased
}

#[inline]
fn push(out: &mut CharsBuf, mapped: Mapped) {
    match mapped.as_slice() {
        &[c] => out.push(c),
        more => more.iter().for_each(|&c| out.push(c)),
    }
}

/// Builds text much like `text` by giving each position and code point to `step`.
#[inline]
fn build(text: Chars<'_>, mut step: impl FnMut(&mut CharsBuf, usize, u32)) -> CharsBuf {
    let mut out = CharsBuf::shaped_like(text);
    with_units!(text, s => s.iter().enumerate().for_each(|(i, u)| step(&mut out, i, u.code())));
    out.canonical()
}

const SIGMA: u32 = 0x3A3;

/// Lower case of `c`, which stands at `i`.
fn push_lower(out: &mut CharsBuf, text: Chars<'_>, i: usize, c: u32) {
    if c == SIGMA {
        let counts = |&c: &u32| !is_case_ignorable(c);
        let before = text.slice(0..i).iter().rev().find(counts).is_some_and(is_cased);
        let after = text.slice(i + 1..text.len()).iter().find(counts).is_some_and(is_cased);
        out.push(if before && !after { 0x3C2 } else { 0x3C3 });
    } else if c < 0x80 {
        out.push((c as u8).to_ascii_lowercase() as u32);
    } else {
        push(out, to_lower(c));
    }
}

/// As `build`, where `quick` maps most code points to one of the text's own width; the rest
/// goes to `step`. The quick ones go through a small buffer, to keep the loop tight.
#[inline]
fn build_quickly(
    text: Chars<'_>,
    quick: impl Fn(u32) -> Option<u32>,
    mut step: impl FnMut(&mut CharsBuf, usize, u32),
) -> CharsBuf {
    const ROOM: usize = 128;
    let mut out = CharsBuf::shaped_like(text);
    with_units!(text, s => {
        let widest = max_of(s);
        let (mut buf, mut n) = ([Unit::of(0); ROOM], 0);
        for (i, u) in s.iter().enumerate() {
            match quick(u.code()) {
                Some(c) if c <= widest => {
                    buf[n] = like(s, c);
                    n += 1;
                    if n < ROOM {
                        continue;
                    }
                    out.extend(Unit::chars(&buf));
                }
                _ => {
                    out.extend(Unit::chars(&buf[..n]));
                    step(&mut out, i, u.code());
                }
            }
            n = 0;
        }
        out.extend(Unit::chars(&buf[..n]));
    });
    out.canonical()
}

/// The largest code point of a slice's width.
fn max_of<T: Unit>(_: &[T]) -> u32 {
    T::MAX
}

/// A unit of a slice's width.
#[inline(always)]
fn like<T: Unit>(_: &[T], c: u32) -> T {
    T::of(c)
}

/// `str.lower`.
pub fn lower(text: Chars<'_>) -> CharsBuf {
    if let Chars::One(s) = text {
        if s.is_ascii() {
            return CharsBuf::from_ascii(s.to_ascii_lowercase());
        }
        // Latin-1 stays latin-1: capitals lie 32 below their small letters.
        let low =
            |&b: &u8| if matches!(b, 0xC0..=0xDE) && b != 0xD7 { b + 32 } else { b.to_ascii_lowercase() };
        return CharsBuf::from_latin1(s.iter().map(low).collect());
    }
    let quick = |c: u32| if c == SIGMA { None } else { chars::single_lower(c) };
    build_quickly(text, quick, |out, i, c| push_lower(out, text, i, c))
}

/// `str.upper`.
pub fn upper(text: Chars<'_>) -> CharsBuf {
    if let Chars::One(s) = text
        && s.is_ascii()
    {
        return CharsBuf::from_ascii(s.to_ascii_uppercase());
    }
    build_quickly(text, chars::single_upper, |out, _, c| push(out, to_upper(c)))
}

/// `str.casefold`.
pub fn casefold(text: Chars<'_>) -> CharsBuf {
    if let Chars::One(s) = text
        && s.is_ascii()
    {
        return CharsBuf::from_ascii(s.to_ascii_lowercase());
    }
    build_quickly(text, chars::single_folded, |out, _, c| push(out, to_folded(c)))
}

/// `str.capitalize`.
pub fn capitalize(text: Chars<'_>) -> CharsBuf {
    if let Chars::One(s) = text
        && s.is_ascii()
    {
        let mut out = s.to_ascii_lowercase();
        if let Some(first) = out.first_mut() {
            first.make_ascii_uppercase();
        }
        return CharsBuf::from_ascii(out);
    }
    build(text, |out, i, c| match i {
        0 => push(out, to_title(c)),
        _ => push_lower(out, text, i, c),
    })
}

/// `str.title`.
pub fn title(text: Chars<'_>) -> CharsBuf {
    let mut in_word = false;
    build(text, |out, i, c| {
        if in_word {
            push_lower(out, text, i, c);
        } else {
            push(out, to_title(c));
        }
        in_word = is_cased(c);
    })
}

/// `str.swapcase`.
pub fn swapcase(text: Chars<'_>) -> CharsBuf {
    build(text, |out, i, c| {
        if chars::is_upper(c) {
            push_lower(out, text, i, c);
        } else if chars::is_lower(c) {
            push(out, to_upper(c));
        } else {
            out.push(c);
        }
    })
}
