//! UTF-16 in either order.

use super::handlers::is_surrogate;
use super::{ByteOrder, Decoder, Encoder, Fault, Stop};
use crate::buf::CharsBuf;
use crate::units::Chars;

/// The `utf-16` codecs, for one conversion.
#[derive(Clone, Copy, Debug)]
pub struct Utf16 {
    /// The byte order; a byte order mark changes `Native` to what it says.
    pub order: ByteOrder,
    started: bool,
}

impl Utf16 {
    /// A codec for the order. `Native` reads and writes a byte order mark.
    pub fn new(order: ByteOrder) -> Utf16 {
        Utf16 { order, started: false }
    }

    fn unit(self, bytes: [u8; 2]) -> u32 {
        (if self.order.is_big() { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }) as u32
    }

    fn put(self, unit: u32, out: &mut Vec<u8>) {
        let unit = unit as u16;
        out.extend_from_slice(&if self.order.is_big() { unit.to_be_bytes() } else { unit.to_le_bytes() });
    }
}

impl<E> Decoder<E> for Utf16 {
    fn name(&self) -> &'static str {
        if self.order.is_big() { "utf-16-be" } else { "utf-16-le" }
    }

    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        let mut at = pos;
        if !std::mem::replace(&mut self.started, true) && self.order == ByteOrder::Native {
            match input {
                [0xFF, 0xFE, ..] => self.order = ByteOrder::Little,
                [0xFE, 0xFF, ..] => self.order = ByteOrder::Big,
                _ => {}
            }
            if self.order != ByteOrder::Native {
                at = 2;
            }
        }
        out.reserve(input.len().saturating_sub(at) / 2);
        let fault = |start, end, reason| Ok(Stop::Fault(Fault { start, end, reason }));
        loop {
            let (units, tail) = input[at..].as_chunks::<2>();
            let Some(&first) = units.first() else {
                if tail.is_empty() || !last {
                    return Ok(Stop::End(at));
                }
                return fault(at, input.len(), "truncated data");
            };
            // Runs without surrogates are most of it.
            let codes = units.iter().map(|&u| self.unit(u)).take_while(|&c| !is_surrogate(c));
            let before = out.len();
            codes.for_each(|c| out.push(c));
            let run = out.len() - before;
            if run > 0 {
                at += 2 * run;
                continue;
            }
            let high = self.unit(first);
            if high >= 0xDC00 {
                return fault(at, at + 2, "illegal encoding");
            }
            match units.get(1).map(|&u| self.unit(u)) {
                Some(low @ 0xDC00..0xE000) => {
                    out.push(0x10000 + (((high - 0xD800) << 10) | (low - 0xDC00)));
                    at += 4;
                }
                Some(_) => return fault(at, at + 2, "illegal UTF-16 surrogate"),
                None if !last => return Ok(Stop::End(at)),
                None => return fault(at, input.len(), "unexpected end of data"),
            }
        }
    }
}

impl<E> Encoder<E> for Utf16 {
    fn name(&self) -> &'static str {
        match self.order {
            ByteOrder::Native => "utf-16",
            ByteOrder::Little => "utf-16-le",
            ByteOrder::Big => "utf-16-be",
        }
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        out.reserve(2 * (input.len() - pos) + 2);
        if !std::mem::replace(&mut self.started, true) && self.order == ByteOrder::Native {
            self.put(0xFEFF, out);
        }
        for (i, c) in input.slice(pos..input.len()).iter().enumerate() {
            if is_surrogate(c) {
                let start = pos + i;
                return Ok(Some(Fault { start, end: start + 1, reason: "surrogates not allowed" }));
            }
            if c >= 0x10000 {
                self.put(0xD800 + ((c - 0x10000) >> 10), out);
                self.put(0xDC00 + (c & 0x3FF), out);
            } else {
                self.put(c, out);
            }
        }
        Ok(None)
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        text.iter().for_each(|c| self.put(c, out));
        Ok(text.is_ascii())
    }

    fn takes(&self, bytes: &[u8]) -> bool {
        bytes.len().is_multiple_of(2)
    }
}
