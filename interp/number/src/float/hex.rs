//! `float.hex` and `float.fromhex`.

use super::parse::trim;
use crate::int::round_scaled;

/// Why a text is no hexadecimal float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// ValueError "invalid hexadecimal floating-point string".
    Invalid,
    /// OverflowError "hexadecimal value too large to represent as a float".
    TooLarge,
}

/// `value.hex()`.
pub fn to_hex(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}inf");
    }
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let raw = value.to_bits();
    let mantissa = raw & ((1 << 52) - 1);
    let biased = (raw >> 52 & 0x7ff) as i32;
    let (lead, exponent) = if biased == 0 { (0, -1022) } else { (1, biased - 1023) };
    format!("{sign}0x{lead}.{mantissa:013x}p{exponent:+}")
}

/// `float.fromhex(text)`.
pub fn from_hex(text: &[u8]) -> Result<f64, HexError> {
    let mut rest = trim(text);
    let mut negative = false;
    if let [sign @ (b'+' | b'-'), tail @ ..] = rest {
        negative = *sign == b'-';
        rest = tail;
    }
    let magnitude = if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
        f64::INFINITY
    } else if rest.eq_ignore_ascii_case(b"nan") {
        f64::NAN
    } else {
        read_magnitude(rest)?
    };
    Ok(if negative { -magnitude } else { magnitude })
}

fn read_magnitude(mut rest: &[u8]) -> Result<f64, HexError> {
    if let [b'0', b'x' | b'X', tail @ ..] = rest {
        rest = tail;
    }
    // The first 28 significant digits, then only whether more than zeros follow.
    let mut mantissa = 0u128;
    let mut exponent = 0i64;
    let mut digits = 0usize;
    let mut point = false;
    let mut used = 0;
    for &b in rest {
        if b == b'.' && !point {
            point = true;
        } else if let Some(d) = (b as char).to_digit(16) {
            digits += 1;
            if mantissa >> 112 == 0 {
                mantissa = mantissa << 4 | u128::from(d);
                exponent -= 4 * i64::from(point);
            } else {
                mantissa |= u128::from(d != 0);
                exponent += 4 * i64::from(!point);
            }
        } else {
            break;
        }
        used += 1;
    }
    if digits == 0 {
        return Err(HexError::Invalid);
    }
    rest = &rest[used..];
    if let [b'p' | b'P', tail @ ..] = rest {
        let (negative, number) = match tail {
            [b'+', n @ ..] => (false, n),
            [b'-', n @ ..] => (true, n),
            n => (false, n),
        };
        let length = number.iter().take_while(|b| b.is_ascii_digit()).count();
        if length == 0 {
            return Err(HexError::Invalid);
        }
        let (number, tail) = number.split_at(length);
        rest = tail;
        let add = |v: i64, b: &u8| v.saturating_mul(10).saturating_add(i64::from(b - b'0'));
        let value = number.iter().fold(0, add).min(1 << 60);
        exponent += if negative { -value } else { value };
    }
    // Far outside the range of doubles the exact exponent does not matter.
    let value = round_scaled(mantissa, exponent.clamp(-4000, 4000) as i32);
    if value.is_infinite() {
        return Err(HexError::TooLarge);
    }
    if rest.is_empty() { Ok(value) } else { Err(HexError::Invalid) }
}
