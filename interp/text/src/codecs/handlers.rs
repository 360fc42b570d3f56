//! The built-in error handlers: strict, ignore, replace, and the rest of PEP 293, 383 and 3138.
//!
//! They work on any fault of any encoding, so that `codecs.lookup_error(name)` can be made
//! of them; the drivers use them directly.

use super::{DecodeFault, EncodeFault, Replacement};
use crate::buf::CharsBuf;
use crate::names;
use crate::repr::push_escape;
use crate::units::Chars;

/// A built-in error handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorMode {
    /// Raise.
    Strict,
    /// Leave the fault out.
    Ignore,
    /// `?` or U+FFFD.
    Replace,
    /// `\xNN`, `\uNNNN`, `\UNNNNNNNN`.
    BackslashReplace,
    /// Bytes 0x80..0xFF are U+DC80..U+DCFF (PEP 383).
    SurrogateEscape,
    /// Surrogates pass UTF-8, UTF-16 and UTF-32.
    SurrogatePass,
    /// `&#N;`; encoding only.
    XmlCharRefReplace,
    /// `\N{NAME}`; encoding only.
    NameReplace,
}

impl ErrorMode {
    /// The handler called so in Python.
    pub fn from_name(name: &[u8]) -> Option<ErrorMode> {
        Some(match name {
            b"strict" => ErrorMode::Strict,
            b"ignore" => ErrorMode::Ignore,
            b"replace" => ErrorMode::Replace,
            b"backslashreplace" => ErrorMode::BackslashReplace,
            b"surrogateescape" => ErrorMode::SurrogateEscape,
            b"surrogatepass" => ErrorMode::SurrogatePass,
            b"xmlcharrefreplace" => ErrorMode::XmlCharRefReplace,
            b"namereplace" => ErrorMode::NameReplace,
            _ => return None,
        })
    }

    /// Whether a decoding fault is beyond it (a TypeError).
    pub fn encodes_only(self) -> bool {
        matches!(self, ErrorMode::XmlCharRefReplace | ErrorMode::NameReplace)
    }
}

pub(super) fn is_surrogate(c: u32) -> bool {
    (0xD800..0xE000).contains(&c)
}

/// The byte that `surrogateescape` made this surrogate of.
pub(super) fn escaped_byte(c: u32) -> Option<u8> {
    (0xDC80..0xDD00).contains(&c).then_some(c as u8)
}

/// An encoding that can hold surrogates, and how.
#[derive(Clone, Copy)]
enum Wide {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

impl Wide {
    fn from_name(name: &str) -> Option<Wide> {
        if name == "CP_UTF8" {
            return Some(Wide::Utf8);
        }
        let name = name.to_ascii_lowercase();
        let rest = name.strip_prefix("utf")?;
        let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
        let order = |rest: &str| match rest.strip_prefix(['-', '_']).unwrap_or(rest) {
            "" if rest.is_empty() => Some(cfg!(target_endian = "big")),
            "le" => Some(false),
            "be" => Some(true),
            _ => None,
        };
        match (rest, rest.get(..2)) {
            ("8", _) => Some(Wide::Utf8),
            (_, Some("16")) => order(&rest[2..]).map(|big| Wide::Utf16 { big }),
            (_, Some("32")) => order(&rest[2..]).map(|big| Wide::Utf32 { big }),
            _ => None,
        }
    }

    fn width(self) -> usize {
        match self {
            Wide::Utf8 => 3,
            Wide::Utf16 { .. } => 2,
            Wide::Utf32 { .. } => 4,
        }
    }

    /// The surrogate that starts `bytes`.
    fn read(self, bytes: &[u8]) -> Option<u32> {
        let bytes = bytes.get(..self.width())?;
        let number = |big: bool| {
            let step = |n: u32, b: &u8| n << 8 | *b as u32;
            if big { bytes.iter().fold(0, step) } else { bytes.iter().rev().fold(0, step) }
        };
        let c = match self {
            Wide::Utf8 if bytes[0] & 0xF0 == 0xE0 && bytes[1] & 0xC0 == 0x80 && bytes[2] & 0xC0 == 0x80 => {
                (bytes[0] as u32 & 0xF) << 12 | (bytes[1] as u32 & 0x3F) << 6 | bytes[2] as u32 & 0x3F
            }
            Wide::Utf8 => return None,
            Wide::Utf16 { big } | Wide::Utf32 { big } => number(big),
        };
        is_surrogate(c).then_some(c)
    }

    fn write(self, c: u32, out: &mut Vec<u8>) {
        match self {
            Wide::Utf8 => crate::wtf8::push_code(out, c),
            Wide::Utf16 { big: false } => out.extend_from_slice(&(c as u16).to_le_bytes()),
            Wide::Utf16 { big: true } => out.extend_from_slice(&(c as u16).to_be_bytes()),
            Wide::Utf32 { big: false } => out.extend_from_slice(&c.to_le_bytes()),
            Wide::Utf32 { big: true } => out.extend_from_slice(&c.to_be_bytes()),
        }
    }
}

/// Settles a decoding fault: appends to `out` and tells where to go on; `None` raises the
/// fault. Modes for encoding only raise too (see `ErrorMode::encodes_only`).
pub fn handle_decode(mode: ErrorMode, told: &DecodeFault<'_>, out: &mut CharsBuf) -> Option<usize> {
    let fault = told.fault;
    let end = fault.end.min(told.input.len());
    let bad = told.input.get(fault.start..end).unwrap_or_default();
    match mode {
        ErrorMode::Strict | ErrorMode::XmlCharRefReplace | ErrorMode::NameReplace => return None,
        ErrorMode::Ignore => {}
        ErrorMode::Replace => out.push(0xFFFD),
        ErrorMode::BackslashReplace => {
            bad.iter().for_each(|&b| push_escape(b as u32, |e| out.push(e as u32)))
        }
        ErrorMode::SurrogateEscape => {
            let n = bad.iter().take(4).take_while(|b| **b >= 0x80).count();
            bad[..n].iter().for_each(|&b| out.push(0xDC00 + b as u32));
            return (n > 0).then_some(fault.start + n);
        }
        ErrorMode::SurrogatePass => {
            let wide = Wide::from_name(told.encoding)?;
            out.push(wide.read(told.input.get(fault.start..)?)?);
            return Some(fault.start + wide.width());
        }
    }
    Some(fault.end)
}

fn push_decimal(out: &mut CharsBuf, n: u32) {
    out.extend_str(&n.to_string());
}

/// What stands for faulty text, for the modes that answer with text; `None` for the others.
pub fn settle_text(mode: ErrorMode, bad: Chars<'_>) -> Option<CharsBuf> {
    let mut out = CharsBuf::new();
    match mode {
        ErrorMode::Ignore => {}
        ErrorMode::Replace => out.extend_repeat('?' as u32, bad.len()),
        ErrorMode::BackslashReplace => bad.iter().for_each(|c| push_escape(c, |e| out.push(e as u32))),
        ErrorMode::XmlCharRefReplace => {
            for c in bad.iter() {
                out.extend_latin1(b"&#");
                push_decimal(&mut out, c);
                out.push(';' as u32);
            }
        }
        ErrorMode::NameReplace => {
            for c in bad.iter() {
                match names::name(c) {
                    Some(name) => {
                        out.extend_latin1(b"\\N{");
                        out.extend_str(&name);
                        out.push('}' as u32);
                    }
                    None => push_escape(c, |e| out.push(e as u32)),
                }
            }
        }
        ErrorMode::Strict | ErrorMode::SurrogateEscape | ErrorMode::SurrogatePass => return None,
    }
    Some(out)
}

/// Settles an encoding fault: what stands for it and where to go on; `None` raises the fault.
pub fn handle_encode(mode: ErrorMode, told: &EncodeFault<'_>) -> Option<(Replacement, usize)> {
    let end = told.fault.end.min(told.input.len());
    let bad = told.input.slice(told.fault.start.min(end)..end);
    let replacement = match mode {
        ErrorMode::SurrogateEscape => {
            Replacement::Bytes(bad.iter().map(escaped_byte).collect::<Option<_>>()?)
        }
        ErrorMode::SurrogatePass => {
            let wide = Wide::from_name(told.encoding)?;
            let mut out = Vec::new();
            for c in bad.iter() {
                wide.write(Some(c).filter(|&c| is_surrogate(c))?, &mut out);
            }
            Replacement::Bytes(out)
        }
        _ => Replacement::Text(settle_text(mode, bad)?),
    };
    Some((replacement, told.fault.end))
}
