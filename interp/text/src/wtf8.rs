//! Generalized UTF-8: UTF-8 that also encodes surrogates, each on its own.
//!
//! It is the lossless byte form of a str (marshal and the code cache use it). Unlike strict
//! WTF-8, a high surrogate followed by a low one stays two code points, as they are in a str.

use crate::buf::CharsBuf;
use crate::units::{Chars, Unit, ascii_prefix};
use crate::with_units;

/// Appends one code point (at most 0x10FFFF) in generalized UTF-8.
#[inline]
pub fn push_code(out: &mut Vec<u8>, c: u32) {
    let tail = |shift: u32| 0x80 | (c >> shift & 0x3F) as u8;
    match c {
        0..0x80 => out.push(c as u8),
        0x80..0x800 => out.extend_from_slice(&[0xC0 | (c >> 6) as u8, tail(0)]),
        0x800..0x10000 => out.extend_from_slice(&[0xE0 | (c >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend_from_slice(&[0xF0 | (c >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// Appends text in generalized UTF-8.
pub fn encode(text: Chars<'_>, out: &mut Vec<u8>) {
    if let Chars::One(s) = text
        && s.is_ascii()
    {
        return out.extend_from_slice(s);
    }
    out.reserve(text.len() * if matches!(text, Chars::One(_)) { 2 } else { 3 });
    with_units!(text, s => s.iter().for_each(|u| push_code(out, u.code())));
}

/// The text of generalized UTF-8; the error is the position of the first bad byte.
pub fn decode(bytes: &[u8]) -> Result<CharsBuf, usize> {
    let mut at = ascii_prefix(bytes);
    if at == bytes.len() {
        return Ok(CharsBuf::from_ascii(bytes.to_vec()));
    }
    let mut out = CharsBuf::with_capacity(bytes.len());
    out.extend_latin1(&bytes[..at]);
    while at < bytes.len() {
        let tail =
            |i: usize| bytes.get(at + i).filter(|&b| b & 0xC0 == 0x80).map(|&b| (b & 0x3F) as u32).ok_or(at);
        let b = bytes[at] as u32;
        let (c, n, low) = match b {
            0..0x80 => (b, 1, 0),
            0xC2..0xE0 => ((b & 0x1F) << 6 | tail(1)?, 2, 0x80),
            0xE0..0xF0 => ((b & 0xF) << 12 | tail(1)? << 6 | tail(2)?, 3, 0x800),
            0xF0..0xF5 => ((b & 7) << 18 | tail(1)? << 12 | tail(2)? << 6 | tail(3)?, 4, 0x10000),
            _ => return Err(at),
        };
        if c < low || c > 0x10FFFF {
            return Err(at);
        }
        out.push(c);
        at += n;
    }
    Ok(out)
}
