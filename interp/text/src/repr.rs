//! repr() of str and bytes, and ascii().
//!
//! Single quotes unless the text has some and no double ones; what is not printable is
//! escaped, shortest form first.

use crate::buf::CharsBuf;
use crate::chars::is_printable;
use crate::units::{Chars, Unit};
use crate::with_units;

pub(crate) const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `\xNN`, `\uNNNN` or `\UNNNNNNNN`, whichever is the shortest for `c`.
pub fn push_escape(c: u32, mut push: impl FnMut(u8)) {
    push(b'\\');
    let (letter, digits) = match c {
        0..0x100 => (b'x', 2),
        0x100..0x10000 => (b'u', 4),
        _ => (b'U', 8),
    };
    push(letter);
    for i in (0..digits).rev() {
        push(HEX[(c >> (4 * i) & 15) as usize]);
    }
}

/// The quote that repr() chooses, given which ones occur.
fn choose(single: bool, double: bool) -> u8 {
    if single && !double { b'"' } else { b'\'' }
}

/// The letter after the backslash, for characters that have a short escape.
fn short(b: u8, quote: u8) -> Option<u8> {
    match b {
        b'\t' => Some(b't'),
        b'\n' => Some(b'n'),
        b'\r' => Some(b'r'),
        b'\\' => Some(b'\\'),
        _ if b == quote => Some(quote),
        _ => None,
    }
}

/// The bytes of repr() between the quotes: bytes above 0x7E are escaped.
pub(crate) fn escape_bytes(bytes: &[u8], quote: u8, out: &mut Vec<u8>) {
    for &b in bytes {
        if let Some(letter) = short(b, quote) {
            out.extend_from_slice(&[b'\\', letter]);
        } else if matches!(b, b' '..=b'~') {
            out.push(b);
        } else {
            push_escape(b as u32, |e| out.push(e));
        }
    }
}

fn quoted(bytes: &[u8], prefix: &[u8], quote: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + prefix.len() + 2);
    out.extend_from_slice(prefix);
    out.push(quote);
    // Mostly nothing needs an escape, and that is a quick test.
    let plain = |b: &u8| (matches!(*b, b' '..=b'~')) & (*b != b'\\') & (*b != quote);
    if bytes.iter().fold(true, |all, b| all & plain(b)) {
        out.extend_from_slice(bytes);
    } else {
        escape_bytes(bytes, quote, &mut out);
    }
    out.push(quote);
    out
}

/// `repr(bytes)`: ASCII. `prefix` is `b"b"`, or what stands before the quote.
pub fn repr_bytes(bytes: &[u8], prefix: &[u8]) -> Vec<u8> {
    quoted(bytes, prefix, choose(bytes.contains(&b'\''), bytes.contains(&b'"')))
}

fn has(text: Chars<'_>, c: u8) -> bool {
    crate::search::find_char(text, c as u32, 0).is_some()
}

fn repr_with(text: Chars<'_>, shown: impl Fn(u32) -> bool) -> CharsBuf {
    let quote = choose(has(text, b'\''), has(text, b'"'));
    if let Chars::One(s) = text
        && s.is_ascii()
    {
        return CharsBuf::from_ascii(quoted(s, b"", quote));
    }
    // The quote that was not chosen is plain; so is all that has no escape.
    let plain = |c: u32| match c {
        0..0x7F => c >= 0x20 && c != '\\' as u32 && c != quote as u32,
        _ => shown(c),
    };
    let mut out = CharsBuf::with_capacity(text.len() + 2);
    out.push(quote as u32);
    let mut escaped = Vec::new();
    with_units!(text, s => {
        let mut at = 0;
        while at < s.len() {
            let run = s[at..].iter().position(|u| !plain(u.code())).unwrap_or(s.len() - at);
            out.extend(Unit::chars(&s[at..at + run]));
            at += run;
            let Some(u) = s.get(at) else { break };
            match u.code() {
                c @ 0..0x80 => {
                    escaped.clear();
                    escape_bytes(&[c as u8], quote, &mut escaped);
                    out.extend_latin1(&escaped);
                }
                c => push_escape(c, |b| out.push(b as u32)),
            }
            at += 1;
        }
    });
    out.push(quote as u32);
    out
}

/// `repr(str)`.
pub fn repr_str(text: Chars<'_>) -> CharsBuf {
    repr_with(text, is_printable)
}

/// `ascii(str)`: as repr, with everything beyond ASCII escaped.
pub fn ascii_str(text: Chars<'_>) -> CharsBuf {
    repr_with(text, |_| false)
}

/// What `ascii()` makes of a repr: everything beyond ASCII escaped, the rest as it is.
pub fn escape_non_ascii(text: Chars<'_>) -> CharsBuf {
    if text.is_ascii() {
        return CharsBuf::from(text);
    }
    let mut out = CharsBuf::with_capacity(text.len() * 2);
    for c in text.iter() {
        match c {
            0..0x80 => out.push(c),
            _ => push_escape(c, |b| out.push(b as u32)),
        }
    }
    out
}
