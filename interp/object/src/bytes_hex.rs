//! Bytes as hexadecimal text and back: `hex` and `fromhex` of bytes, bytearray and memoryview, and `binascii`'s.

use crate::bytes;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::value::Value;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The `sep` argument: one ASCII character.
///
/// # Errors
/// ValueErrors "sep must be length 1.", "sep must be ASCII."; TypeError "sep must be str or bytes.".
pub fn separator(th: &Thread, v: Value) -> Res<Option<u8>> {
    let Some(v) = v.given() else { return Ok(None) };
    if protocol::len(th, v)? != 1 {
        return Err(th.value_error("sep must be length 1."));
    }
    let c = if let Some(s) = Str::from_value(v) {
        s.at(0)
    } else if let Some(b) = bytes::get(v) {
        b[0].into()
    } else {
        return Err(th.type_error("sep must be str or bytes."));
    };
    if c > 127 {
        return Err(th.value_error("sep must be ASCII."));
    }
    Ok(Some(c as u8))
}

/// The hexadecimal digits of the bytes; `group` bytes between separators, counted from the right, or from the left when
/// it is negative.
pub fn to_hex(data: &[u8], separator: Option<u8>, group: i32) -> Vec<u8> {
    let size = group.unsigned_abs() as usize;
    let mut out = Vec::with_capacity(data.len() * 3);
    let offset = if group > 0 && size > 0 { data.len() % size } else { 0 };
    for (i, &b) in data.iter().enumerate() {
        if let Some(c) = separator
            && size > 0
            && i > 0
            && (i + size - offset).is_multiple_of(size)
        {
            out.push(c);
        }
        out.extend_from_slice(&[DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]]);
    }
    out
}

/// `data.hex(sep, bytes_per_sep)` with the arguments as given.
pub fn hex(th: &Thread, data: &[u8], sep: Value, group: Value) -> Res {
    let separator = separator(th, sep)?;
    let group = crate::bytes_case::group_arg(th, group)?;
    string::from_latin1(th, &to_hex(data, separator, group))
}

/// The bytes that hexadecimal text stands for; white space may lie between them.
///
/// # Errors
/// ValueError "non-hexadecimal number found in fromhex() arg at position N".
pub fn from_hex(th: &Thread, text: Str) -> Res<Vec<u8>> {
    let bad = |at: usize| {
        Err(th.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}")))
    };
    let chars = text.chars();
    let digit = |i: usize| chars.get(i).and_then(char::from_u32).and_then(|c| c.to_digit(16));
    let mut out = Vec::with_capacity(chars.len() / 2);
    let mut i = 0;
    while let Some(c) = chars.get(i) {
        if matches!(c, 9..=13 | 32) {
            i += 1;
            continue;
        }
        let Some(high) = digit(i) else { return bad(i) };
        let Some(low) = digit(i + 1) else { return bad(i + 1) };
        out.push((high << 4 | low) as u8);
        i += 2;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        assert_eq!(to_hex(b"abcde", None, 2), b"6162636465");
        assert_eq!(to_hex(b"abcde", Some(b':'), 2), b"61:6263:6465");
        assert_eq!(to_hex(b"abcde", Some(b':'), -2), b"6162:6364:65");
        assert_eq!(to_hex(b"abcde", Some(b':'), 0), b"6162636465");
        assert_eq!(to_hex(b"abc", Some(b'-'), 9), b"616263");
    }
}
