//! `unicode_escape`, `raw_unicode_escape`, and `escape_decode` for bytes.

use super::{Decoder, Encoder, Fault, Stop};
use crate::buf::CharsBuf;
use crate::names::{self, Named};
use crate::repr::{escape_bytes, push_escape};
use crate::units::{Chars, Unit};
use crate::with_units;

/// An escape that is accepted, but deserves a DeprecationWarning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadEscape {
    /// `invalid escape sequence '\C'`
    Letter(u8),
    /// `invalid octal escape sequence '\NNN'`
    Octal([u8; 3]),
}

/// The `unicode_escape` codec, for one conversion.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnicodeEscape {
    /// The first questionable escape that decoding met.
    pub bad_escape: Option<BadEscape>,
}

/// The `raw_unicode_escape` codec.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawUnicodeEscape;

/// What an escape is.
enum Escape {
    Char(u32),
    Nothing,
    /// The backslash stands for itself; go on behind it.
    Plain,
    /// Input ended inside.
    Incomplete(&'static str),
    Bad(&'static str),
}

/// Reads `count` hexadecimal digits.
fn hex(input: &[u8], at: &mut usize, count: usize, reason: &'static str) -> Escape {
    let mut c = 0;
    for _ in 0..count {
        let Some(&b) = input.get(*at) else { return Escape::Incomplete(reason) };
        let Some(digit) = (b as char).to_digit(16) else { return Escape::Bad(reason) };
        c = c << 4 | digit;
        *at += 1;
    }
    Escape::Char(c)
}

/// Up to three octal digits, the first of which is at `at - 1`.
fn octal(input: &[u8], at: &mut usize) -> u32 {
    let mut c = (input[*at - 1] - b'0') as u32;
    for _ in 0..2 {
        match input.get(*at) {
            Some(&b @ b'0'..=b'7') => c = c << 3 | (b - b'0') as u32,
            _ => break,
        }
        *at += 1;
    }
    c
}

/// What the simple escapes of str and bytes mean.
fn letter(b: u8) -> Option<u8> {
    Some(match b {
        b'\\' | b'\'' | b'"' => b,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        b'a' => 7,
        _ => return None,
    })
}

impl UnicodeEscape {
    fn complain(&mut self, bad: BadEscape) {
        self.bad_escape.get_or_insert(bad);
    }

    /// Reads the escape whose backslash is before `at`.
    fn escape(&mut self, input: &[u8], at: &mut usize) -> Escape {
        let Some(&b) = input.get(*at) else { return Escape::Incomplete("\\ at end of string") };
        *at += 1;
        match b {
            b'\n' => Escape::Nothing,
            b'0'..=b'7' => {
                let c = octal(input, at);
                if c > 0xFF {
                    self.complain(BadEscape::Octal([input[*at - 3], input[*at - 2], input[*at - 1]]));
                }
                Escape::Char(c)
            }
            b'x' => hex(input, at, 2, "truncated \\xXX escape"),
            b'u' => hex(input, at, 4, "truncated \\uXXXX escape"),
            b'U' => match hex(input, at, 8, "truncated \\UXXXXXXXX escape") {
                Escape::Char(0x110000..) => Escape::Bad("illegal Unicode character"),
                escape => escape,
            },
            b'N' => {
                let malformed = "malformed \\N character escape";
                match input.get(*at) {
                    None => return Escape::Incomplete(malformed),
                    Some(b'{') => *at += 1,
                    Some(_) => return Escape::Bad(malformed),
                }
                let Some(len) = memchr::memchr(b'}', &input[*at..]) else {
                    *at = input.len();
                    return Escape::Incomplete(malformed);
                };
                if len == 0 {
                    return Escape::Bad(malformed);
                }
                let name = &input[*at..*at + len];
                *at += len + 1;
                match names::lookup(name) {
                    Some(Named::Char(c)) => Escape::Char(c),
                    _ => Escape::Bad("unknown Unicode character name"),
                }
            }
            _ => match letter(b) {
                Some(c) => Escape::Char(c as u32),
                None => {
                    self.complain(BadEscape::Letter(b));
                    *at -= 1;
                    Escape::Plain
                }
            },
        }
    }
}

/// The loop that both codecs share: latin-1, with escapes read by `escape`.
fn run(
    input: &[u8],
    pos: usize,
    last: bool,
    out: &mut CharsBuf,
    mut escape: impl FnMut(&mut usize) -> Escape,
) -> Stop {
    let mut at = pos;
    loop {
        let plain = memchr::memchr(b'\\', &input[at..]).unwrap_or(input.len() - at);
        out.extend_latin1(&input[at..at + plain]);
        at += plain;
        if at == input.len() {
            return Stop::End(at);
        }
        let start = at;
        at += 1;
        match escape(&mut at) {
            Escape::Char(c) => out.push(c),
            Escape::Nothing => {}
            Escape::Plain => {
                // The next byte is a letter of its own, even if it is a backslash.
                out.push('\\' as u32);
                if let Some(&b) = input.get(at) {
                    out.push(b as u32);
                    at += 1;
                }
            }
            Escape::Incomplete(_) if !last => return Stop::End(start),
            Escape::Incomplete(reason) | Escape::Bad(reason) => {
                return Stop::Fault(Fault { start, end: at, reason });
            }
        }
    }
}

impl<E> Decoder<E> for UnicodeEscape {
    fn name(&self) -> &'static str {
        "unicodeescape"
    }

    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        Ok(run(input, pos, last, out, |at| self.escape(input, at)))
    }
}

impl<E> Decoder<E> for RawUnicodeEscape {
    fn name(&self) -> &'static str {
        "rawunicodeescape"
    }

    fn run(&mut self, input: &[u8], pos: usize, last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        Ok(run(input, pos, last, out, |at| match input.get(*at) {
            None if last => Escape::Plain,
            None => Escape::Incomplete(""),
            Some(b'u') => {
                *at += 1;
                hex(input, at, 4, "truncated \\uXXXX escape")
            }
            Some(b'U') => {
                *at += 1;
                match hex(input, at, 8, "truncated \\UXXXXXXXX escape") {
                    Escape::Char(0x110000..) => Escape::Bad("\\Uxxxxxxxx out of range"),
                    escape => escape,
                }
            }
            Some(_) => Escape::Plain,
        }))
    }
}

impl<E> Encoder<E> for UnicodeEscape {
    fn name(&self) -> &'static str {
        "unicodeescape"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        out.reserve(input.len() - pos);
        with_units!(input, s => for u in &s[pos..] {
            match u.code() {
                // No quote is special here; a tab in that place escapes none.
                c @ 0..0x100 => escape_bytes(&[c as u8], b'\t', out),
                c => push_escape(c, |b| out.push(b)),
            }
        });
        Ok(None)
    }

    fn replace(&mut self, _text: Chars<'_>, _out: &mut Vec<u8>) -> Result<bool, E> {
        Ok(false)
    }
}

impl<E> Encoder<E> for RawUnicodeEscape {
    fn name(&self) -> &'static str {
        "rawunicodeescape"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        out.reserve(input.len() - pos);
        with_units!(input, s => for u in &s[pos..] {
            match u.code() {
                c @ 0..0x100 => out.push(c as u8),
                c => push_escape(c, |b| out.push(b)),
            }
        });
        Ok(None)
    }

    fn replace(&mut self, _text: Chars<'_>, _out: &mut Vec<u8>) -> Result<bool, E> {
        Ok(false)
    }
}

/// How `escape_decode` takes a bad `\x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteEscapeErrors {
    /// ValueError.
    Strict,
    /// `?`
    Replace,
    /// Nothing.
    Ignore,
    /// Any other name: a ValueError that names it.
    Unknown,
}

/// Why `escape_decode` failed; all are ValueErrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteEscapeError {
    /// `Trailing \ in string`
    Trailing,
    /// `invalid \x escape at position N`
    Hex(usize),
    /// `decoding error; unknown error handling code: NAME`
    Handler,
}

/// `codecs.escape_decode`: the escapes of a bytes literal; also tells the first that deserves
/// a DeprecationWarning.
pub fn escape_decode(
    input: &[u8],
    errors: ByteEscapeErrors,
) -> Result<(Vec<u8>, Option<BadEscape>), ByteEscapeError> {
    let (mut out, mut bad, mut at) = (Vec::with_capacity(input.len()), None, 0);
    while at < input.len() {
        let plain = memchr::memchr(b'\\', &input[at..]).unwrap_or(input.len() - at);
        out.extend_from_slice(&input[at..at + plain]);
        at += plain;
        if at == input.len() {
            break;
        }
        at += 1;
        let &b = input.get(at).ok_or(ByteEscapeError::Trailing)?;
        at += 1;
        match b {
            b'\n' => {}
            b'0'..=b'7' => {
                let c = octal(input, &mut at);
                if c > 0xFF {
                    bad.get_or_insert(BadEscape::Octal([input[at - 3], input[at - 2], input[at - 1]]));
                }
                out.push(c as u8);
            }
            b'x' => {
                let mut end = at;
                if let Escape::Char(c) = hex(input, &mut end, 2, "") {
                    out.push(c as u8);
                    at = end;
                    continue;
                }
                match errors {
                    ByteEscapeErrors::Strict => return Err(ByteEscapeError::Hex(at - 2)),
                    ByteEscapeErrors::Unknown => return Err(ByteEscapeError::Handler),
                    ByteEscapeErrors::Replace => out.push(b'?'),
                    ByteEscapeErrors::Ignore => {}
                }
                if input.get(at).is_some_and(u8::is_ascii_hexdigit) {
                    at += 1;
                }
            }
            _ => match letter(b) {
                Some(c) => out.push(c),
                None => {
                    bad.get_or_insert(BadEscape::Letter(b));
                    out.extend_from_slice(&[b'\\', b]);
                }
            },
        }
    }
    Ok((out, bad))
}

/// `codecs.escape_encode`: bytes as in a literal with single quotes.
pub fn escape_encode(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    escape_bytes(input, b'\'', &mut out);
    out
}
