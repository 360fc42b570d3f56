//! UTF-7 (RFC 2152): base 64 of UTF-16 between `+` and `-`.
//!
//! A shifted section is decoded as a whole: while more input may follow, one that has not
//! ended is left over, and what it already gave is taken back.

use super::{Decoder, Encoder, Fault, Stop};
use crate::buf::CharsBuf;
use crate::units::Chars;

/// The `utf-7` codec, for one conversion.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf7 {
    shifted: bool,
    /// Where the section's `+` is, and the length of the output there.
    start: usize,
    out_start: usize,
    bits: u32,
    buffer: u32,
    high: Option<u32>,
}

fn sextet(b: u8) -> Option<u32> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

fn letter(sextet: u32) -> u8 {
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[(sextet & 63) as usize]
}

/// Stands for itself when read.
fn direct(b: u8) -> bool {
    b < 0x80 && b != b'+'
}

impl Utf7 {
    /// Takes in a base-64 letter; gives code points once there are enough bits.
    fn feed(&mut self, sextet: u32, out: &mut CharsBuf) {
        self.buffer = self.buffer << 6 | sextet;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let unit = self.buffer >> self.bits;
        self.buffer &= (1 << self.bits) - 1;
        if let Some(high) = self.high.take() {
            if let 0xDC00..0xE000 = unit {
                return out.push(0x10000 + (((high - 0xD800) << 10) | (unit - 0xDC00)));
            }
            out.push(high);
        }
        match unit {
            0xD800..0xDC00 => self.high = Some(unit),
            _ => out.push(unit),
        }
    }

    /// What is wrong with a section that ends now.
    fn leftover(&self) -> Option<&'static str> {
        match self.bits {
            6.. => Some("partial character in shift sequence"),
            1.. if self.buffer != 0 => Some("non-zero padding bits in shift sequence"),
            _ => None,
        }
    }
}

impl<E> Decoder<E> for Utf7 {
    fn name(&self) -> &'static str {
        "utf7"
    }

    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        let mut at = pos;
        let fault = |start, end, reason| Ok(Stop::Fault(Fault { start, end, reason }));
        while let Some(&b) = input.get(at) {
            if self.shifted {
                if let Some(sextet) = sextet(b) {
                    self.feed(sextet, out);
                    at += 1;
                    continue;
                }
                self.shifted = false;
                if let Some(reason) = self.leftover() {
                    return fault(self.start, at + 1, reason);
                }
                if let Some(high) = self.high.take()
                    && direct(b)
                {
                    out.push(high);
                }
                if b == b'-' {
                    at += 1;
                }
            } else if b == b'+' {
                self.start = at;
                at += 1;
                match input.get(at) {
                    Some(b'-') => {
                        out.push('+' as u32);
                        at += 1;
                    }
                    Some(&next) if sextet(next).is_none() => {
                        return fault(self.start, at + 1, "ill-formed sequence");
                    }
                    _ => {
                        let (start, out_start) = (self.start, out.len());
                        *self = Utf7 { shifted: true, start, out_start, ..Utf7::default() };
                    }
                }
            } else if direct(b) {
                out.push(b as u32);
                at += 1;
            } else {
                return fault(at, at + 1, "unexpected special character");
            }
        }
        if self.shifted && last {
            self.shifted = false;
            if self.high.is_some() || self.leftover().is_some() {
                return fault(self.start, input.len(), "unterminated shift sequence");
            }
        } else if self.shifted {
            out.truncate(self.out_start);
            return Ok(Stop::End(self.start));
        }
        Ok(Stop::End(at))
    }
}

/// Written as itself: RFC 2152's sets D and O, and white space.
fn plain(c: u32) -> bool {
    matches!(c, 9 | 10 | 13 | 32..127) && !matches!(c as u8, b'+' | b'\\' | b'~')
}

impl<E> Encoder<E> for Utf7 {
    fn name(&self) -> &'static str {
        "utf7"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        let (mut shifted, mut buffer, mut bits) = (false, 0u32, 0u32);
        for c in input.slice(pos..input.len()).iter() {
            if plain(c) {
                if bits > 0 {
                    out.push(letter(buffer << (6 - bits)));
                    (buffer, bits) = (0, 0);
                }
                if shifted && (sextet(c as u8).is_some() || c == '-' as u32) {
                    out.push(b'-');
                }
                shifted = false;
                out.push(c as u8);
                continue;
            }
            if !shifted && c == '+' as u32 {
                out.extend_from_slice(b"+-");
                continue;
            }
            if !shifted {
                out.push(b'+');
                shifted = true;
            }
            let units = match c {
                0x10000.. => [Some(0xD800 + ((c - 0x10000) >> 10)), Some(0xDC00 + (c & 0x3FF))],
                _ => [Some(c), None],
            };
            for unit in units.into_iter().flatten() {
                buffer = buffer << 16 | unit;
                bits += 16;
                while bits >= 6 {
                    bits -= 6;
                    out.push(letter(buffer >> bits));
                }
                buffer &= (1 << bits) - 1;
            }
        }
        if bits > 0 {
            out.push(letter(buffer << (6 - bits)));
        }
        if shifted {
            out.push(b'-');
        }
        Ok(None)
    }

    fn replace(&mut self, _text: Chars<'_>, _out: &mut Vec<u8>) -> Result<bool, E> {
        Ok(false)
    }
}
