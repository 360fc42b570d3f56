//! Codecs: bytes to text and back, with CPython's faults and error handlers.
//!
//! A codec only knows how to go on until the end or the first fault; the drivers here
//! (`decode`, `encode`) settle faults, by a built-in mode or by the caller's hook, and let
//! the codec go on where the handler says. So no codec knows handlers, and no handler
//! knows codecs. `E` is the caller's error type (a pending exception, say): it comes out of
//! hooks and of mappings that run the caller's code, and is passed through untouched.
//!
//! Decoding is incremental: with `last` unset, an incomplete sequence at the end is left
//! over, and the count of consumed bytes tells the caller where.

mod charmap;
mod escape;
mod handlers;
mod simple;
mod utf16;
mod utf32;
mod utf7;
mod utf8;

pub use charmap::{
    CharmapDecoder, CharmapEncoder, DecodedChar, EncodedChar, EncodingMap, TableDecoder, map_decoded,
    map_encoded,
};
pub use escape::{
    BadEscape, ByteEscapeError, ByteEscapeErrors, RawUnicodeEscape, UnicodeEscape, escape_decode,
    escape_encode,
};
pub use handlers::{ErrorMode, handle_decode, handle_encode, settle_text};
pub use simple::{Ascii, Latin1};
pub use utf7::Utf7;
pub use utf8::{Utf8, decode_utf8};
pub use utf16::Utf16;
pub use utf32::Utf32;

use crate::buf::CharsBuf;
use crate::units::Chars;

/// A stretch of input that a codec can not convert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it starts.
    pub start: usize,
    /// Where it ends (exclusive).
    pub end: usize,
    /// What is wrong, in CPython's words.
    pub reason: &'static str,
}

/// Where a decoder stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// There is no more to decode (yet); this many bytes are consumed.
    End(usize),
    /// Something can not be decoded.
    Fault(Fault),
}

/// Bytes to text.
pub trait Decoder<E> {
    /// The name for exceptions.
    fn name(&self) -> &'static str;
    /// Decodes `input` from `pos` on, appending to `out`, until the end or a fault. With
    /// `last`, an incomplete sequence at the end is a fault. `Err` comes from the caller's code.
    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E>;
}

/// Text to bytes.
pub trait Encoder<E> {
    /// The name for exceptions.
    fn name(&self) -> &'static str;
    /// Encodes `input` from `pos` on, appending to `out`, until the end (`None`) or a fault.
    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E>;
    /// Encodes the text that a handler gave; false if it can not be encoded.
    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E>;
    /// Whether a handler may give these bytes.
    fn takes(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        true
    }
    /// Whether `surrogateescape` takes the leading surrogates of a fault even if what follows
    /// them is beyond it, so that the exception starts later.
    fn escapes_prefix(&self) -> bool {
        false
    }
}

/// What a decoding hook is told; the fields of UnicodeDecodeError.
#[derive(Clone, Copy, Debug)]
pub struct DecodeFault<'a> {
    /// Name of the encoding.
    pub encoding: &'a str,
    /// The whole input.
    pub input: &'a [u8],
    /// Where and what.
    pub fault: Fault,
}

/// What a decoding hook answers.
#[derive(Clone, Debug)]
pub struct DecodeResume {
    /// Stands for the fault.
    pub text: CharsBuf,
    /// Where to go on; negative ones count from the end.
    pub position: isize,
    /// The input to go on with, if the hook changed it (it may assign to `exc.object`).
    pub input: Option<Vec<u8>>,
}

/// What a hook that settles decoding faults looks like.
pub type DecodeHook<'h, E> = dyn FnMut(&DecodeFault<'_>) -> Result<DecodeResume, E> + 'h;

/// How decoding faults are settled.
pub enum DecodeErrors<'h, E> {
    /// By a built-in handler.
    Mode(ErrorMode),
    /// By the caller.
    Hook(&'h mut DecodeHook<'h, E>),
}

/// What an encoding hook is told; the fields of UnicodeEncodeError.
#[derive(Clone, Copy, Debug)]
pub struct EncodeFault<'a> {
    /// Name of the encoding.
    pub encoding: &'a str,
    /// The whole input.
    pub input: Chars<'a>,
    /// Where and what.
    pub fault: Fault,
}

/// What stands for an encoding fault.
#[derive(Clone, Debug)]
pub enum Replacement {
    /// Text, to be encoded in turn.
    Text(CharsBuf),
    /// Bytes of the output.
    Bytes(Vec<u8>),
}

/// What a hook that settles encoding faults looks like: replacement, and where to go on
/// (negative positions count from the end).
pub type EncodeHook<'h, E> = dyn FnMut(&EncodeFault<'_>) -> Result<(Replacement, isize), E> + 'h;

/// How encoding faults are settled.
pub enum EncodeErrors<'h, E> {
    /// By a built-in handler.
    Mode(ErrorMode),
    /// By the caller.
    Hook(&'h mut EncodeHook<'h, E>),
}

/// Why a conversion failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecError<E> {
    /// UnicodeDecodeError or UnicodeEncodeError with this encoding and fault.
    Fault(&'static str, Fault),
    /// IndexError: `position N from error handler out of bounds`.
    Position(isize),
    /// TypeError: the mode is for encoding only (`don't know how to handle UnicodeDecodeError
    /// in error callback`).
    Unsuitable,
    /// The caller's own.
    Caller(E),
}

impl<E> From<E> for CodecError<E> {
    fn from(error: E) -> Self {
        CodecError::Caller(error)
    }
}

/// Resolves a handler's position.
fn position<E>(position: isize, len: usize) -> Result<usize, CodecError<E>> {
    let absolute = if position < 0 { position.saturating_add_unsigned(len) } else { position };
    match usize::try_from(absolute) {
        Ok(p) if p <= len => Ok(p),
        _ => Err(CodecError::Position(absolute)),
    }
}

/// Decodes `input`, appending to `out`; returns the number of bytes consumed.
pub fn decode<E>(
    decoder: &mut dyn Decoder<E>,
    input: &[u8],
    last: bool,
    errors: &mut DecodeErrors<'_, E>,
    out: &mut CharsBuf,
) -> Result<usize, CodecError<E>> {
    let mut changed: Option<Vec<u8>> = None;
    let mut pos = 0;
    loop {
        let bytes = changed.as_deref().unwrap_or(input);
        let fault = match decoder.run(bytes, pos, last, out)? {
            // A hook may have changed the input; at the end all of the caller's is consumed.
            Stop::End(consumed) => return Ok(if last { input.len() } else { consumed }),
            Stop::Fault(fault) => fault,
        };
        let told = DecodeFault { encoding: decoder.name(), input: bytes, fault };
        match errors {
            DecodeErrors::Mode(mode) if mode.encodes_only() => return Err(CodecError::Unsuitable),
            DecodeErrors::Mode(mode) => match handle_decode(*mode, &told, out) {
                Some(next) => pos = next,
                None => return Err(CodecError::Fault(decoder.name(), fault)),
            },
            DecodeErrors::Hook(hook) => {
                let resume = hook(&told)?;
                let len = resume.input.as_ref().map_or(bytes.len(), Vec::len);
                pos = position(resume.position, len)?;
                out.extend(resume.text.as_chars());
                if resume.input.is_some() {
                    changed = resume.input;
                }
            }
        }
    }
}

/// Encodes `input`, appending to `out`.
pub fn encode<E>(
    encoder: &mut dyn Encoder<E>,
    input: Chars<'_>,
    errors: &mut EncodeErrors<'_, E>,
    out: &mut Vec<u8>,
) -> Result<(), CodecError<E>> {
    let mut pos = 0;
    while let Some(mut fault) = encoder.run(input, pos, out)? {
        let (replacement, next) = match errors {
            EncodeErrors::Mode(mode) => {
                if *mode == ErrorMode::SurrogateEscape && encoder.escapes_prefix() {
                    let escaped =
                        input.slice(fault.start..fault.end).iter().map_while(handlers::escaped_byte);
                    let before = out.len();
                    out.extend(escaped);
                    fault.start += out.len() - before;
                    if fault.start == fault.end {
                        pos = fault.end;
                        continue;
                    }
                }
                let told = EncodeFault { encoding: encoder.name(), input, fault };
                match handle_encode(*mode, &told) {
                    Some(settled) => settled,
                    None => return Err(CodecError::Fault(encoder.name(), fault)),
                }
            }
            EncodeErrors::Hook(hook) => {
                let (replacement, next) = hook(&EncodeFault { encoding: encoder.name(), input, fault })?;
                (replacement, position(next, input.len())?)
            }
        };
        let taken = match replacement {
            Replacement::Text(text) => encoder.replace(text.as_chars(), out)?,
            Replacement::Bytes(bytes) => {
                let taken = encoder.takes(&bytes);
                out.extend_from_slice(&bytes);
                taken
            }
        };
        if !taken {
            return Err(CodecError::Fault(encoder.name(), fault));
        }
        pos = next;
    }
    Ok(())
}

/// The order of bytes in UTF-16 and UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// As the byte order mark says, else the machine's (CPython's 0).
    Native,
    /// Little-endian (CPython's -1).
    Little,
    /// Big-endian (CPython's 1).
    Big,
}

impl ByteOrder {
    /// CPython's number for it.
    pub fn number(self) -> i32 {
        match self {
            ByteOrder::Native => 0,
            ByteOrder::Little => -1,
            ByteOrder::Big => 1,
        }
    }

    /// From CPython's number; any negative or positive one counts.
    pub fn from_number(number: i32) -> ByteOrder {
        match number.signum() {
            0 => ByteOrder::Native,
            1 => ByteOrder::Big,
            _ => ByteOrder::Little,
        }
    }

    fn is_big(self) -> bool {
        match self {
            ByteOrder::Native => cfg!(target_endian = "big"),
            order => order == ByteOrder::Big,
        }
    }
}

/// Encodings that str.encode and bytes.decode know without the codec registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// utf-8
    Utf8,
    /// utf-16, with a byte order mark
    Utf16,
    /// utf-32, with a byte order mark
    Utf32,
    /// ascii
    Ascii,
    /// latin-1
    Latin1,
}

/// The encoding that a name means without asking the registry, in any usual spelling.
pub fn shortcut(name: &[u8]) -> Option<Shortcut> {
    match name {
        b"utf-8" | b"utf8" | b"UTF-8" => return Some(Shortcut::Utf8),
        b"ascii" => return Some(Shortcut::Ascii),
        b"latin-1" | b"latin1" => return Some(Shortcut::Latin1),
        _ if name.len() > 32 => return None,
        _ => {}
    }
    // As the registry does: runs of punctuation become one underscore.
    let (mut plain, mut punctuation) = (Vec::with_capacity(name.len()), false);
    for &b in name {
        if b.is_ascii_alphanumeric() || b == b'.' {
            if punctuation && !plain.is_empty() {
                plain.push(b'_');
            }
            punctuation = false;
            plain.push(b.to_ascii_lowercase());
        } else {
            punctuation = true;
        }
    }
    Some(match plain.as_slice() {
        b"utf8" | b"utf_8" => Shortcut::Utf8,
        b"utf16" | b"utf_16" => Shortcut::Utf16,
        b"utf32" | b"utf_32" => Shortcut::Utf32,
        b"ascii" | b"us_ascii" => Shortcut::Ascii,
        b"latin1" | b"latin_1" | b"iso_8859_1" | b"iso8859_1" => Shortcut::Latin1,
        _ => return None,
    })
}
