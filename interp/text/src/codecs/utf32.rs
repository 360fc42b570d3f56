//! UTF-32 in either order.

use super::handlers::is_surrogate;
use super::{ByteOrder, Decoder, Encoder, Fault, Stop};
use crate::buf::CharsBuf;
use crate::units::Chars;

/// The `utf-32` codecs, for one conversion.
#[derive(Clone, Copy, Debug)]
pub struct Utf32 {
    /// The byte order; a byte order mark changes `Native` to what it says.
    pub order: ByteOrder,
    started: bool,
}

impl Utf32 {
    /// A codec for the order. `Native` reads and writes a byte order mark.
    pub fn new(order: ByteOrder) -> Utf32 {
        Utf32 { order, started: false }
    }

    fn put(self, c: u32, out: &mut Vec<u8>) {
        out.extend_from_slice(&if self.order.is_big() { c.to_be_bytes() } else { c.to_le_bytes() });
    }
}

impl<E> Decoder<E> for Utf32 {
    fn name(&self) -> &'static str {
        if self.order.is_big() { "utf-32-be" } else { "utf-32-le" }
    }

    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        let mut at = pos;
        if !std::mem::replace(&mut self.started, true) && self.order == ByteOrder::Native {
            match input {
                [0xFF, 0xFE, 0, 0, ..] => self.order = ByteOrder::Little,
                [0, 0, 0xFE, 0xFF, ..] => self.order = ByteOrder::Big,
                _ => {}
            }
            if self.order != ByteOrder::Native {
                at = 4;
            }
        }
        let big = self.order.is_big();
        let (units, tail) = input[at..].as_chunks::<4>();
        for unit in units {
            let c = if big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
            let reason = match c {
                0xD800..0xE000 => "code point in surrogate code point range(0xd800, 0xe000)",
                0x110000.. => "code point not in range(0x110000)",
                _ => {
                    out.push(c);
                    at += 4;
                    continue;
                }
            };
            return Ok(Stop::Fault(Fault { start: at, end: at + 4, reason }));
        }
        if tail.is_empty() || !last {
            return Ok(Stop::End(at));
        }
        Ok(Stop::Fault(Fault { start: at, end: input.len(), reason: "truncated data" }))
    }
}

impl<E> Encoder<E> for Utf32 {
    fn name(&self) -> &'static str {
        match self.order {
            ByteOrder::Native => "utf-32",
            ByteOrder::Little => "utf-32-le",
            ByteOrder::Big => "utf-32-be",
        }
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        out.reserve(4 * (input.len() - pos) + 4);
        if !std::mem::replace(&mut self.started, true) && self.order == ByteOrder::Native {
            self.put(0xFEFF, out);
        }
        for (i, c) in input.slice(pos..input.len()).iter().enumerate() {
            if is_surrogate(c) {
                let start = pos + i;
                return Ok(Some(Fault { start, end: start + 1, reason: "surrogates not allowed" }));
            }
            self.put(c, out);
        }
        Ok(None)
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        text.iter().for_each(|c| self.put(c, out));
        Ok(text.is_ascii())
    }

    fn takes(&self, bytes: &[u8]) -> bool {
        bytes.len().is_multiple_of(4)
    }
}
