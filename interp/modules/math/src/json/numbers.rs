//! Numbers in JSON text.

use krait_object::string;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{float, int_new};
use krait_text::Chars;

/// A number found in a text: where it ends, and whether it is a float.
pub struct Found {
    pub end: usize,
    pub is_float: bool,
}

fn is_digit(c: Option<u32>) -> bool {
    c.is_some_and(|c| (0x30..0x3a).contains(&c))
}

/// The number at `start`, if there is one.
pub fn find(text: Chars<'_>, start: usize) -> Option<Found> {
    let mut i = start;
    let mut is_float = false;
    let last = text.len().checked_sub(1)?;
    if text.get(i) == Some('-' as u32) {
        i += 1;
    }
    match text.get(i)? {
        0x31..0x3a => {
            while is_digit(text.get(i)) {
                i += 1;
            }
        }
        0x30 => i += 1,
        _ => return None,
    }
    if i < last && text.at(i) == '.' as u32 && is_digit(text.get(i + 1)) {
        is_float = true;
        i += 2;
        while is_digit(text.get(i)) {
            i += 1;
        }
    }
    if i < last && matches!(text.at(i), 0x65 | 0x45) {
        let before = i;
        i += 1;
        if i < last && matches!(text.at(i), 0x2b | 0x2d) {
            i += 1;
        }
        while is_digit(text.get(i)) {
            i += 1;
        }
        if is_digit(text.get(i - 1)) {
            is_float = true;
        } else {
            i = before;
        }
    }
    Some(Found { end: i, is_float })
}

/// The number as `int` or `float`. The text is ASCII digits, sign, point and exponent.
pub fn parse(th: &Thread, text: Chars<'_>, is_float: bool) -> Res {
    let mut copy = [0u8; 64];
    let mut long = Vec::new();
    let bytes: &[u8] = match text {
        Chars::One(s) => s,
        _ if text.len() <= copy.len() => {
            text.iter().enumerate().for_each(|(i, c)| copy[i] = c as u8);
            &copy[..text.len()]
        }
        _ => {
            long.extend(text.iter().map(|c| c as u8));
            &long
        }
    };
    if is_float {
        return Ok(float::new(th, krait_number::float::parse(bytes).unwrap_or(f64::NAN)));
    }
    if bytes.len() <= 18 {
        let (negative, digits) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, bytes),
        };
        let n = digits.iter().fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
        return Ok(Value::small(if negative { -n } else { n }));
    }
    let shown = string::from_latin1(th, bytes)?;
    int_new::parse(th, bytes, 10, shown)
}
