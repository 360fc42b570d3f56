//! UTF-8.
//!
//! Decoding writes units of the present width in a tight loop and leaves it only to widen
//! or to report. A fault is the longest prefix that could have started a sequence, as
//! Unicode recommends and CPython does.

use super::handlers::is_surrogate;
use super::{Decoder, Encoder, Fault, Stop};
use crate::buf::CharsBuf;
use crate::units::{Chars, Unit, ascii_prefix};
use crate::with_units;
use crate::wtf8::push_code;

/// The `utf-8` codec.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8;

/// Why a sequence is none.
enum Bad {
    Start,
    /// The byte after this many good ones is wrong.
    Continuation(usize),
    /// All are good, but some are missing.
    Truncated,
}

/// What is wrong with `rest`, which is not empty and starts with no sequence.
#[cold]
fn diagnose(rest: &[u8]) -> Bad {
    // The second byte has a narrower range after some leads: no overlong forms, no
    // surrogates, nothing above 0x10FFFF.
    let (len, low, high) = match rest[0] {
        0xC2..0xE0 => (2, 0x80, 0xBF),
        0xE0 => (3, 0xA0, 0xBF),
        0xED => (3, 0x80, 0x9F),
        0xE1..0xF0 => (3, 0x80, 0xBF),
        0xF0 => (4, 0x90, 0xBF),
        0xF1..0xF4 => (4, 0x80, 0xBF),
        0xF4 => (4, 0x80, 0x8F),
        _ => return Bad::Start,
    };
    for i in 1..len {
        let Some(&b) = rest.get(i) else { return Bad::Truncated };
        if b < if i == 1 { low } else { 0x80 } || b > if i == 1 { high } else { 0xBF } {
            return Bad::Continuation(i);
        }
    }
    Bad::Start
}

/// The sequence of three bytes or four that starts `rest`, and its length.
#[inline]
fn sequence(rest: &[u8]) -> Option<(u32, usize)> {
    match *rest {
        [a @ 0xE0..0xF0, b, c, ..] if is_tail(b) && is_tail(c) => {
            let code = (a as u32 & 0xF) << 12 | tail(b) << 6 | tail(c);
            (code >= 0x800 && !is_surrogate(code)).then_some((code, 3))
        }
        [a @ 0xF0..0xF5, b, c, d, ..] if is_tail(b) && is_tail(c) && is_tail(d) => {
            let code = (a as u32 & 7) << 18 | tail(b) << 12 | tail(c) << 6 | tail(d);
            (0x10000..0x110000).contains(&code).then_some((code, 4))
        }
        _ => None,
    }
}

#[inline(always)]
fn tail(b: u8) -> u32 {
    (b & 0x3F) as u32
}

#[inline(always)]
fn is_tail(b: u8) -> bool {
    b & 0xC0 == 0x80
}

enum Leave {
    /// This code point needs wider units.
    Widen(u32),
    Bad(Bad),
    End,
}

/// Decodes from `at` on into units of one width. They go through a small buffer, which
/// keeps the vector's bookkeeping out of the loop.
#[inline]
fn fill<T: Unit>(input: &[u8], at: &mut usize, out: &mut Vec<T>, bits: &mut u32) -> Leave {
    const ROOM: usize = 128;
    let (mut buf, mut n, mut pos, mut seen) = ([T::of(0); ROOM], 0, *at, 0);
    let leave = 'all: loop {
        if n > ROOM - 8 {
            out.extend_from_slice(&buf[..n]);
            n = 0;
        }
        let rest = &input[pos..];
        let Some(&b) = rest.first() else { break Leave::End };
        if b < 0x80 {
            if let Some((word, _)) = rest.split_first_chunk::<8>()
                && u64::from_ne_bytes(*word) & 0x8080_8080_8080_8080 == 0
            {
                buf[n..n + 8].copy_from_slice(&word.map(|b| T::of(b as u32)));
                n += 8;
                pos += 8;
            } else {
                buf[n] = T::of(b as u32);
                n += 1;
                pos += 1;
            }
            continue;
        }
        // Sequences of one length tend to follow one another.
        let before = pos;
        while n < ROOM
            && let [a @ 0xC2..0xE0, b, ..] = input[pos..]
            && is_tail(b)
        {
            let c = (a as u32 & 0x1F) << 6 | tail(b);
            if c > T::MAX {
                break 'all Leave::Widen(c);
            }
            buf[n] = T::of(c);
            n += 1;
            seen |= c;
            pos += 2;
        }
        while n < ROOM
            && T::MAX > 0xFF
            && let Some((word, _)) = input[pos..].split_first_chunk::<4>()
        {
            // Three bytes at once; the fourth is of no interest.
            let w = u32::from_le_bytes(*word);
            let c = (w & 0xF) << 12 | (w >> 2 & 0xFC0) | (w >> 16 & 0x3F);
            if w & 0xC0C0F0 != 0x8080E0 || c < 0x800 || is_surrogate(c) {
                break;
            }
            buf[n] = T::of(c);
            n += 1;
            seen |= c;
            pos += 3;
        }
        if pos > before {
            continue;
        }
        match sequence(rest) {
            Some((c, _)) if c > T::MAX => break Leave::Widen(c),
            Some((c, len)) => {
                buf[n] = T::of(c);
                n += 1;
                seen |= c;
                pos += len;
            }
            None => break Leave::Bad(diagnose(rest)),
        }
    };
    out.extend_from_slice(&buf[..n]);
    *at = pos;
    *bits |= seen;
    leave
}

impl<E> Decoder<E> for Utf8 {
    fn name(&self) -> &'static str {
        "utf-8"
    }

    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        let ascii = ascii_prefix(&input[pos..]);
        if ascii > 0 {
            out.extend_latin1(&input[pos..pos + ascii]);
        }
        let (mut at, mut bits) = (pos + ascii, 0);
        let bad = loop {
            let leave = if let Some(units) = out.as_one() {
                fill(input, &mut at, units, &mut bits)
            } else if let Some(units) = out.as_two() {
                fill(input, &mut at, units, &mut bits)
            } else if let Some(units) = out.as_four() {
                fill(input, &mut at, units, &mut bits)
            } else {
                Leave::End
            };
            match leave {
                Leave::Widen(c) => out.widen(c),
                Leave::End => break None,
                Leave::Bad(bad) => break Some(bad),
            }
        };
        out.note(bits);
        let fault = |len: usize, reason| Ok(Stop::Fault(Fault { start: at, end: at + len, reason }));
        match bad {
            None => Ok(Stop::End(at)),
            Some(Bad::Truncated) if !last => Ok(Stop::End(at)),
            Some(Bad::Truncated) => fault(input.len() - at, "unexpected end of data"),
            Some(Bad::Start) => fault(1, "invalid start byte"),
            // The third byte may yet make it a surrogate, which surrogatepass accepts.
            Some(Bad::Continuation(1)) if !last && matches!(input[at..], [0xED, 0xA0..=0xBF]) => {
                Ok(Stop::End(at))
            }
            Some(Bad::Continuation(len)) => fault(len, "invalid continuation byte"),
        }
    }
}

/// Encodes up to the first surrogate; returns the number of code points written. As in
/// `fill`, a small buffer keeps the loop tight.
fn write<T: Unit>(units: &[T], out: &mut Vec<u8>) -> usize {
    const ROOM: usize = 512;
    let (mut buf, mut n) = ([0; ROOM], 0);
    let tail = |c: u32, shift: u32| 0x80 | (c >> shift & 0x3F) as u8;
    let mut done = units.len();
    for (i, u) in units.iter().enumerate() {
        if n > ROOM - 4 {
            out.extend_from_slice(&buf[..n]);
            n = 0;
        }
        let c = u.code();
        if c < 0x80 {
            buf[n] = c as u8;
            n += 1;
        } else if c < 0x800 {
            buf[n..n + 2].copy_from_slice(&[0xC0 | (c >> 6) as u8, tail(c, 0)]);
            n += 2;
        } else if is_surrogate(c) {
            done = i;
            break;
        } else if c < 0x10000 {
            // One store of four bytes, the last of which does not count.
            buf[n..n + 4].copy_from_slice(&[0xE0 | (c >> 12) as u8, tail(c, 6), tail(c, 0), 0]);
            n += 3;
        } else {
            buf[n..n + 4].copy_from_slice(&[0xF0 | (c >> 18) as u8, tail(c, 12), tail(c, 6), tail(c, 0)]);
            n += 4;
        }
    }
    out.extend_from_slice(&buf[..n]);
    done
}

impl<E> Encoder<E> for Utf8 {
    fn name(&self) -> &'static str {
        "utf-8"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        if let Chars::One(s) = input {
            let rest = &s[pos..];
            let ascii = ascii_prefix(rest);
            out.extend_from_slice(&rest[..ascii]);
            out.reserve(2 * (rest.len() - ascii));
            write(&rest[ascii..], out);
            return Ok(None);
        }
        out.reserve(2 * (input.len() - pos));
        Ok(with_units!(input, s => {
            let start = pos + write(&s[pos..], out);
            let len = s[start..].iter().take_while(|u| is_surrogate(u.code())).count();
            (len > 0).then(|| Fault { start, end: start + len, reason: "surrogates not allowed" })
        }))
    }

    fn escapes_prefix(&self) -> bool {
        true
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        text.iter().for_each(|c| push_code(out, c));
        Ok(text.is_ascii())
    }
}

/// Decodes UTF-8 strictly (source files, names from the system).
pub fn decode_utf8(input: &[u8]) -> Result<CharsBuf, Fault> {
    let mut out = CharsBuf::new();
    match Decoder::<std::convert::Infallible>::run(&mut Utf8, input, 0, true, &mut out) {
        Ok(Stop::End(_)) => Ok(out),
        Ok(Stop::Fault(fault)) => Err(fault),
        Err(never) => match never {},
    }
}
