//! The values of string, bytes and number literals, by CPython's rules.
//!
//! Strings come out as generalized UTF-8, because `"\ud800"` is a valid literal. Only the first invalid escape
//! of a literal is reported, as in CPython.

use crate::ast::{Constant, IntLit};

/// An escape sequence that means nothing and is kept as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidEscape {
    /// The text of the warning.
    pub msg: String,
}

/// A decoded literal body and the first invalid escape in it.
pub type Decoded = (Box<[u8]>, Option<InvalidEscape>);

/// A string literal token taken apart.
#[derive(Debug, Clone, Copy)]
pub struct StringParts<'a> {
    pub bytes: bool,
    pub raw: bool,
    pub unicode: bool,
    pub body: &'a str,
}

/// Splits prefix and quotes off a complete string literal (not an f-string).
pub fn split_string(token: &str) -> StringParts<'_> {
    let quote = token.find(['"', '\'']).unwrap_or(0);
    let mut parts = StringParts { bytes: false, raw: false, unicode: false, body: "" };
    for c in token[..quote].bytes() {
        match c | 0x20 {
            b'b' => parts.bytes = true,
            b'r' => parts.raw = true,
            b'u' => parts.unicode = token.starts_with('u'),
            _ => {}
        }
    }
    let rest = &token[quote..];
    let width =
        if rest.len() >= 6 && (rest.starts_with("\"\"\"") || rest.starts_with("'''")) { 3 } else { 1 };
    parts.body = &rest[width..rest.len() - width];
    parts
}

/// Appends a code point (a surrogate included) in generalized UTF-8.
pub fn push_wtf8(out: &mut Vec<u8>, code: u32) {
    match code {
        0..0x80 => out.push(code as u8),
        0x80..0x800 => out.extend([0xc0 | (code >> 6) as u8, 0x80 | (code & 0x3f) as u8]),
        0x800..0x10000 => out.extend([
            0xe0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 0x3f) as u8,
            0x80 | (code & 0x3f) as u8,
        ]),
        _ => out.extend([
            0xf0 | (code >> 18) as u8,
            0x80 | (code >> 12 & 0x3f) as u8,
            0x80 | (code >> 6 & 0x3f) as u8,
            0x80 | (code & 0x3f) as u8,
        ]),
    }
}

/// Decodes the body of a string that is not raw. The error is the text after "(unicode error) ".
pub fn decode_str(body: &str) -> Result<Decoded, String> {
    let bytes = body.as_bytes();
    let Some(first) = memchr::memchr(b'\\', bytes) else {
        return Ok((bytes.into(), None));
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut invalid = None;
    let mut done = 0;
    let mut at = first;
    loop {
        out.extend_from_slice(&bytes[done..at]);
        // CPython passes non-ASCII characters to the decoder as `\UXXXXXXXX`, so each of them counts as ten
        // in the positions of its errors.
        let fail = |len: usize, reason: &str| {
            let start = wide_len(&bytes[..at]);
            // A lone backslash at the end has become `\u005c`.
            let bad = &bytes[at..at + len];
            let lone = len > 1 && at + len == bytes.len() && trailing_backslashes(bad) % 2 == 1;
            let end = start + wide_len(bad) - 1 + if lone { 5 } else { 0 };
            Err(if end == start {
                format!("'unicodeescape' codec can't decode byte 0x5c in position {start}: {reason}")
            } else {
                format!("'unicodeescape' codec can't decode bytes in position {start}-{end}: {reason}")
            })
        };
        let Some(&c) = bytes.get(at + 1) else {
            // Only before a brace of a formatted string.
            out.push(b'\\');
            return Ok((out.into(), invalid));
        };
        let mut next = at + 2;
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                let (value, len) = octal(&bytes[at + 1..]);
                next = at + 1 + len;
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(invalid_octal(&bytes[at + 1..next]));
                }
                push_wtf8(&mut out, value);
            }
            b'x' | b'u' | b'U' => {
                let (digits, reason) = match c {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let mut value: u32 = 0;
                for _ in 0..digits {
                    match bytes.get(next).and_then(|&d| (d as char).to_digit(16)) {
                        Some(d) => value = value << 4 | d,
                        None => return fail(next - at, reason),
                    }
                    next += 1;
                }
                if value > 0x10ffff {
                    return fail(next - at, "illegal Unicode character");
                }
                push_wtf8(&mut out, value);
            }
            b'N' => {
                let malformed = "malformed \\N character escape";
                if bytes.get(next) != Some(&b'{') {
                    return fail(2, malformed);
                }
                let Some(len) = memchr::memchr(b'}', &bytes[next + 1..]) else {
                    return fail(bytes.len() - at, malformed);
                };
                let name = &body[next + 1..next + 1 + len];
                if name.is_empty() {
                    return fail(next + 1 - at, malformed);
                }
                next += len + 2;
                match krait_text::names::lookup(name.as_bytes()) {
                    Some(krait_text::names::Named::Char(c)) => push_wtf8(&mut out, c),
                    _ => return fail(next - at, "unknown Unicode character name"),
                }
            }
            _ => {
                out.push(b'\\');
                next = at + 1;
                // A backslash before a non-ASCII character reaches CPython's decoder as `\u005c`: no warning.
                if c < 0x80 && invalid.is_none() {
                    invalid = Some(invalid_escape(c));
                }
            }
        }
        done = next;
        match memchr::memchr(b'\\', &bytes[next..]) {
            Some(n) => at = next + n,
            None => break,
        }
    }
    out.extend_from_slice(&bytes[done..]);
    Ok((out.into(), invalid))
}

fn trailing_backslashes(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|&&b| b == b'\\').count()
}

fn wide_len(bytes: &[u8]) -> usize {
    let mut len = 0;
    for (i, &b) in bytes.iter().enumerate() {
        len += match b {
            0..0x80 => 1,
            // The backslash itself has become `\u005c`.
            0xc0.. if i > 0 && bytes[i - 1] == b'\\' => 15,
            0xc0.. => 10,
            _ => 0,
        };
    }
    len
}

fn octal(bytes: &[u8]) -> (u32, usize) {
    let len = bytes.iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
    (bytes[..len].iter().fold(0, |n, b| n * 8 + (b - b'0') as u32), len)
}

fn invalid_octal(digits: &[u8]) -> InvalidEscape {
    InvalidEscape { msg: format!("invalid octal escape sequence '\\{}'", String::from_utf8_lossy(digits)) }
}

/// The warning for `\c`.
pub fn invalid_escape(c: u8) -> InvalidEscape {
    InvalidEscape { msg: format!("invalid escape sequence '\\{}'", c as char) }
}

/// Decodes the body of a bytes literal that is not raw. The error is the text after "(value error) ".
pub fn decode_bytes(body: &[u8]) -> Result<Decoded, String> {
    let mut out = Vec::with_capacity(body.len());
    let mut invalid = None;
    let mut at = 0;
    while at < body.len() {
        let c = body[at];
        at += 1;
        if c != b'\\' {
            out.push(c);
            continue;
        }
        let Some(&c) = body.get(at) else {
            return Err("Trailing \\ in string".into());
        };
        at += 1;
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                let (value, len) = octal(&body[at - 1..]);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(invalid_octal(&body[at - 1..at - 1 + len]));
                }
                at += len - 1;
                out.push(value as u8);
            }
            b'x' => {
                let digit = |i: usize| body.get(i).and_then(|&d| (d as char).to_digit(16));
                match (digit(at), digit(at + 1)) {
                    (Some(high), Some(low)) => out.push((high << 4 | low) as u8),
                    _ => return Err(format!("invalid \\x escape at position {}", at - 2)),
                }
                at += 2;
            }
            _ => {
                out.push(b'\\');
                out.push(c);
                if invalid.is_none() {
                    invalid = Some(invalid_escape(c));
                }
            }
        }
    }
    Ok((out.into(), invalid))
}

/// The value of a number literal. The error is the number of decimal digits when there are more than
/// `max_digits` of them (0: no limit).
pub fn number(token: &str, max_digits: usize) -> Result<Constant, usize> {
    let cleaned;
    let text = if token.contains('_') {
        cleaned = token.replace('_', "");
        &cleaned
    } else {
        token
    };
    let bytes = text.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'0' {
        let bits = match bytes[1] | 0x20 {
            b'x' => 4,
            b'o' => 3,
            b'b' => 1,
            _ => 0,
        };
        if bits > 0 {
            return Ok(Constant::Int(radix_power_of_two(&bytes[2..], bits)));
        }
    }
    if let Some(imaginary) = text.strip_suffix(['j', 'J']) {
        return Ok(Constant::Complex(0.0, imaginary.parse().unwrap_or(0.0)));
    }
    if bytes.iter().any(|b| matches!(b, b'.' | b'e' | b'E')) {
        return Ok(Constant::Float(text.parse().unwrap_or(0.0)));
    }
    match text.parse::<i64>() {
        Ok(n) => Ok(Constant::Int(IntLit::Small(n))),
        Err(_) => {
            let digits = text.trim_start_matches('0');
            if max_digits > 0 && digits.len() > max_digits {
                return Err(digits.len());
            }
            Ok(Constant::Int(decimal(digits.as_bytes())))
        }
    }
}

fn radix_power_of_two(digits: &[u8], bits: u32) -> IntLit {
    let mut limbs = vec![0u64; (digits.len() * bits as usize).div_ceil(64) + 1];
    let mut position = 0usize;
    for &d in digits.iter().rev() {
        let value = (d as char).to_digit(16).unwrap_or(0) as u64;
        let (limb, shift) = (position / 64, position % 64);
        limbs[limb] |= value << shift;
        if shift + bits as usize > 64 {
            limbs[limb + 1] |= value >> (64 - shift);
        }
        position += bits as usize;
    }
    IntLit::from_limbs(false, limbs)
}

fn decimal(digits: &[u8]) -> IntLit {
    let mut limbs: Vec<u64> = Vec::with_capacity(digits.len() / 19 + 1);
    let head = digits.len() % 19;
    let chunks = std::iter::once(&digits[..head]).chain(digits[head..].chunks(19));
    for chunk in chunks {
        let mut carry = chunk.iter().fold(0u64, |n, d| n * 10 + (d - b'0') as u64);
        let scale = 10u64.pow(chunk.len() as u32);
        for limb in &mut limbs {
            let wide = *limb as u128 * scale as u128 + carry as u128;
            *limb = wide as u64;
            carry = (wide >> 64) as u64;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    IntLit::from_limbs(false, limbs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(body: &str) -> Vec<u8> {
        decode_str(body).unwrap().0.into_vec()
    }

    #[test]
    fn escapes() {
        assert_eq!(decoded(r"a\n\x41\101\u00e9\N{BULLET}"), "a\nAA\u{e9}\u{2022}".as_bytes());
        assert_eq!(decoded("\\ud800"), b"\xed\xa0\x80");
        assert_eq!(decoded("a\\\nb"), b"ab");
        assert_eq!(decode_str(r"\d\q").unwrap().1.unwrap().msg, r"invalid escape sequence '\d'");
        assert_eq!(decode_str(r"\777").unwrap().1.unwrap().msg, r"invalid octal escape sequence '\777'");
        assert!(decode_str("\\\u{e9}").unwrap().1.is_none());
        let truncated = "'unicodeescape' codec can't decode bytes in position 1-3: truncated \\xXX escape";
        assert_eq!(decode_str(r"a\x1").unwrap_err(), truncated);
        assert_eq!(decode_bytes(b"\\xff\\0").unwrap().0.as_ref(), b"\xff\0");
        assert_eq!(decode_bytes(b"a\\x1").unwrap_err(), "invalid \\x escape at position 1");
    }

    #[test]
    fn numbers() {
        let int = |text: &str| match number(text, 4300) {
            Ok(Constant::Int(n)) => n,
            other => panic!("{other:?}"),
        };
        assert_eq!(int("0x_ff"), IntLit::Small(255));
        assert_eq!(int("0o17"), IntLit::Small(15));
        assert_eq!(int("9223372036854775807"), IntLit::Small(i64::MAX));
        assert_eq!(int("9223372036854775808"), IntLit::Big { negative: false, limbs: [1 << 63].into() });
        assert_eq!(int("18446744073709551616"), IntLit::Big { negative: false, limbs: [0, 1].into() });
        assert_eq!(int("0x1_0000_0000_0000_0000"), int("18446744073709551616"));
        assert_eq!(number(&"1".repeat(4301), 4300).unwrap_err(), 4301);
        assert!(matches!(number("1_0.5e1", 0), Ok(Constant::Float(n)) if n == 105.0));
        assert!(matches!(number("2J", 0), Ok(Constant::Complex(0.0, n)) if n == 2.0));
    }
}
