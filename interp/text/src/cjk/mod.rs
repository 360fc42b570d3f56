//! The CJK codecs of `_codecs_cn`, `_hk`, `_iso2022`, `_jp`, `_kr` and `_tw`.
//!
//! They are data: sets of double-byte characters (`set`), which three kinds of codec combine:
//! those without state (`stateless`), ISO 2022 (`iso2022`) and HZ (`hz`). All read characters
//! through the same sets, which agree with CPython's character for character (encoding_rs,
//! which follows the WHATWG's tables, does not).
//!
//! A codec's state is eight bytes, laid out as CPython's, so that `getstate()` gives the same
//! numbers.

mod hz;
mod iso2022;
mod set;
mod stateless;
mod tables;

use crate::buf::CharsBuf;
use crate::codecs::{Decoder, Encoder, Fault, Stop};
use crate::units::Chars;

/// The state between two calls.
pub type State = [u8; 8];

const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

#[derive(Clone, Copy, Debug)]
enum Kind {
    Stateless(&'static stateless::Codec),
    Iso2022(&'static iso2022::Codec),
    Hz,
}

/// Why reading or writing one character failed.
enum Trouble {
    /// This many bytes (or code points) make no sense.
    Illegal(usize),
    /// More input is needed.
    Incomplete,
}

/// A codec, as `getcodec(name)` gives it.
#[derive(Clone, Copy, Debug)]
pub struct Codec {
    name: &'static str,
    kind: Kind,
}

impl Codec {
    /// The codec of this name, as the encodings package spells it (`euc_jp`, `iso2022_kr`).
    pub fn from_name(name: &str) -> Option<Codec> {
        if name == "hz" {
            return Some(Codec { name: "hz", kind: Kind::Hz });
        }
        let stateless = stateless::CODECS.iter().find(|c| c.name == name);
        let iso = iso2022::CODECS.iter().find(|c| c.name == name);
        let stateless = stateless.map(|c| Codec { name: c.name, kind: Kind::Stateless(c) });
        stateless.or(iso.map(|c| Codec { name: c.name, kind: Kind::Iso2022(c) }))
    }

    /// The name.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// A decoder at its start.
    pub fn decoder(self) -> MultibyteDecoder {
        let iso = matches!(self.kind, Kind::Iso2022(_));
        MultibyteDecoder { codec: self, state: if iso { iso2022::DECODING } else { [0; 8] } }
    }

    /// An encoder at its start.
    pub fn encoder(self) -> MultibyteEncoder {
        let iso = matches!(self.kind, Kind::Iso2022(_));
        let state = if iso { iso2022::ENCODING } else { [0; 8] };
        MultibyteEncoder { codec: self, state, last: true, consumed: 0 }
    }
}

/// A decoder and its state.
#[derive(Clone, Copy, Debug)]
pub struct MultibyteDecoder {
    codec: Codec,
    /// The state; `getstate` and `setstate` of incremental decoders.
    pub state: State,
}

impl MultibyteDecoder {
    /// `IncrementalDecoder.reset()`.
    pub fn reset(&mut self) {
        match self.codec.kind {
            Kind::Stateless(_) => {}
            Kind::Iso2022(_) => iso2022::reset_decoder(&mut self.state),
            Kind::Hz => self.state[0] = 0,
        }
    }
}

impl<E> Decoder<E> for MultibyteDecoder {
    fn name(&self) -> &'static str {
        self.codec.name
    }

    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        let mut at = pos;
        while at < input.len() {
            let step = match self.codec.kind {
                Kind::Stateless(c) => c.read(&input[at..], out),
                Kind::Iso2022(c) => c.read(&mut self.state, &input[at..], out),
                Kind::Hz => hz::read(&mut self.state, &input[at..], out),
            };
            match step {
                Ok(read) => at += read,
                Err(Trouble::Illegal(n)) => {
                    let end = input.len().min(at + n);
                    return Ok(Stop::Fault(Fault { start: at, end, reason: ILLEGAL }));
                }
                Err(Trouble::Incomplete) if !last => return Ok(Stop::End(at)),
                Err(Trouble::Incomplete) => {
                    return Ok(Stop::Fault(Fault { start: at, end: input.len(), reason: INCOMPLETE }));
                }
            }
        }
        Ok(Stop::End(at))
    }
}

/// An encoder and its state.
#[derive(Clone, Copy, Debug)]
pub struct MultibyteEncoder {
    codec: Codec,
    /// The state; `getstate` and `setstate` of incremental encoders.
    pub state: State,
    /// Whether the input is the last: nothing is left over and the state is reset at the end.
    pub last: bool,
    /// Code points consumed by the last conversion; less than all only without `last`, if one
    /// may be the first of a pair. The caller gives the rest again.
    pub consumed: usize,
}

impl MultibyteEncoder {
    /// `reset()` of encoders and stream writers: writes what brings the output back to ASCII.
    pub fn reset(&mut self, out: &mut Vec<u8>) {
        match self.codec.kind {
            Kind::Stateless(_) => {}
            Kind::Iso2022(_) => iso2022::reset_encoder(&mut self.state, out),
            Kind::Hz => hz::reset_encoder(&mut self.state, out),
        }
    }

    /// Writes the character that starts `text`; returns the number of code points it took.
    fn write(&mut self, text: Chars<'_>, last: bool, out: &mut Vec<u8>) -> Result<usize, Trouble> {
        match self.codec.kind {
            Kind::Stateless(c) => c.write(text, last, out),
            Kind::Iso2022(c) => c.write(&mut self.state, text, last, out),
            Kind::Hz => hz::write(&mut self.state, text.at(0), out),
        }
    }
}

impl<E> Encoder<E> for MultibyteEncoder {
    fn name(&self) -> &'static str {
        self.codec.name
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        out.reserve(input.len() - pos);
        self.consumed = pos;
        while self.consumed < input.len() {
            let start = self.consumed;
            match self.write(input.slice(start..input.len().min(start + 2)), self.last, out) {
                Ok(taken) => self.consumed += taken,
                Err(Trouble::Incomplete) => return Ok(None),
                Err(Trouble::Illegal(n)) => {
                    return Ok(Some(Fault { start, end: start + n, reason: ILLEGAL }));
                }
            }
        }
        if self.last {
            self.reset(out);
        }
        Ok(None)
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        let mut at = 0;
        while at < text.len() {
            match self.write(text.slice(at..text.len().min(at + 2)), true, out) {
                Ok(taken) => at += taken,
                Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }
}
