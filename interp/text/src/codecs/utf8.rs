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

/// The sequence that starts `rest`, which is not empty.
#[inline(always)]
fn sequence(rest: &[u8]) -> Result<(u32, usize), Bad> {
    let lead = rest[0];
    // The second byte has a narrower range after some leads: no overlong forms, no
    // surrogates, nothing above 0x10FFFF.
    let (len, low, high) = match lead {
        0..0x80 => return Ok((lead as u32, 1)),
        0xC2..0xE0 => (2, 0x80, 0xBF),
        0xE0 => (3, 0xA0, 0xBF),
        0xED => (3, 0x80, 0x9F),
        0xE1..0xF0 => (3, 0x80, 0xBF),
        0xF0 => (4, 0x90, 0xBF),
        0xF1..0xF4 => (4, 0x80, 0xBF),
        0xF4 => (4, 0x80, 0x8F),
        _ => return Err(Bad::Start),
    };
    let &[second, ..] = &rest[1..] else { return Err(Bad::Truncated) };
    if second < low || second > high {
        return Err(Bad::Continuation(1));
    }
    let mut c = (lead as u32 & (0x7F >> len)) << 6 | (second & 0x3F) as u32;
    for i in 2..len {
        let &[next, ..] = &rest[i..] else { return Err(Bad::Truncated) };
        if next & 0xC0 != 0x80 {
            return Err(Bad::Continuation(i));
        }
        c = c << 6 | (next & 0x3F) as u32;
    }
    Ok((c, len))
}

enum Leave {
    /// This code point needs wider units.
    Widen(u32),
    Bad(Bad),
    End,
}

/// Decodes from `at` on into units of one width.
#[inline]
fn fill<T: Unit>(input: &[u8], at: &mut usize, out: &mut Vec<T>, bits: &mut u32) -> Leave {
    out.reserve((input.len() - *at) / if T::MAX > 0xFF { 2 } else { 1 });
    while let Some(&b) = input.get(*at) {
        if b < 0x80 {
            if let Some((word, _)) = input[*at..].split_first_chunk::<8>()
                && u64::from_ne_bytes(*word) & 0x8080_8080_8080_8080 == 0
            {
                out.extend_from_slice(&word.map(|b| T::of(b as u32)));
                *at += 8;
            } else {
                out.push(T::of(b as u32));
                *at += 1;
            }
            continue;
        }
        match sequence(&input[*at..]) {
            Ok((c, _)) if c > T::MAX => return Leave::Widen(c),
            Ok((c, len)) => {
                out.push(T::of(c));
                *bits |= c;
                *at += len;
            }
            Err(bad) => return Leave::Bad(bad),
        }
    }
    Leave::End
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
            rest[ascii..].iter().for_each(|&b| push_code(out, b as u32));
            return Ok(None);
        }
        out.reserve(3 * (input.len() - pos));
        Ok(with_units!(input, s => {
            let bad = s[pos..].iter().position(|u| {
                let c = u.code();
                if is_surrogate(c) {
                    return true;
                }
                push_code(out, c);
                false
            });
            bad.map(|n| {
                let start = pos + n;
                let len = s[start..].iter().take_while(|u| is_surrogate(u.code())).count();
                Fault { start, end: start + len, reason: "surrogates not allowed" }
            })
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
