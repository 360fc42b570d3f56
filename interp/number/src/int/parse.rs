//! `int(text, base)`: the grammar and the conversion.

use super::{IntBuf, large, limbs};

/// From this number of digits on the library converts (it is subquadratic).
const LARGE: usize = 400;
/// Limits on digits do not apply up to here (`sys.int_info.str_digits_check_threshold`).
pub const CHECK_THRESHOLD: usize = 640;

/// Why a text is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseIntError {
    /// The base is not 0 or 2 to 36 (ValueError "int() base must be >= 2 and <= 36, or 0").
    Base,
    /// Not an integer in that base (ValueError "invalid literal for int() with base %d: %r").
    Invalid,
    /// More digits than allowed: this many (ValueError "Exceeds the limit (%d digits) for integer string
    /// conversion: value has %d digits; use sys.set_int_max_str_digits() to increase the limit").
    TooManyDigits(usize),
}

/// The value of an ASCII digit or letter; 36 or more for anything else.
#[inline]
pub(crate) fn digit_value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'a'..=b'z' => u32::from(byte - b'a') + 10,
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 37,
    }
}

/// C's `isspace` in the C locale.
#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Reads all of `text`: white space, sign, prefix (base 0, or that of the base), digits with single underscores
/// between them. `max_digits` is `sys.get_int_max_str_digits()` (0: no limit). Unicode digits and spaces are
/// to be turned to ASCII before.
pub fn parse(text: &[u8], base: u32, max_digits: usize, out: &mut IntBuf) -> Result<(), ParseIntError> {
    if base == 1 || base > 36 {
        return Err(ParseIntError::Base);
    }
    let start = text.iter().position(|&b| !is_space(b)).unwrap_or(text.len());
    let mut rest = &text[start..];
    let mut neg = false;
    if let [sign @ (b'+' | b'-'), tail @ ..] = rest {
        neg = *sign == b'-';
        rest = tail;
    }
    let prefix = match rest {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    // `int("010", 0)` is an old octal literal and refused; zeros alone pass.
    let only_zero = base == 0 && prefix == 0 && rest.first() == Some(&b'0');
    let base = match (base, prefix) {
        (0, 0) => 10,
        (0, p) => p,
        (b, _) => b,
    };
    if prefix == base {
        rest = &rest[2..];
        if let [b'_', tail @ ..] = rest {
            rest = tail;
        }
    }
    let (count, length, underscores) = scan_digits(rest, base).ok_or(ParseIntError::Invalid)?;
    if !base.is_power_of_two() && max_digits > 0 && count > CHECK_THRESHOLD && count > max_digits {
        return Err(ParseIntError::TooManyDigits(count));
    }
    let (digits, tail) = rest.split_at(length);
    if !tail.iter().all(|&b| is_space(b)) {
        return Err(ParseIntError::Invalid);
    }
    let clean;
    let digits = if underscores {
        clean = digits.iter().copied().filter(|&b| b != b'_').collect::<Vec<u8>>();
        &clean[..]
    } else {
        digits
    };
    from_digits(digits, base, out);
    if only_zero && !out.limbs.is_empty() {
        return Err(ParseIntError::Invalid);
    }
    out.neg = neg && !out.limbs.is_empty();
    Ok(())
}

/// The digits at the start of `text`: how many, over how many bytes, and whether underscores are among them.
fn scan_digits(text: &[u8], base: u32) -> Option<(usize, usize, bool)> {
    let mut count = 0;
    let mut underscores = false;
    let mut last_was_digit = false;
    let mut length = 0;
    for &b in text {
        if b == b'_' {
            if !last_was_digit {
                return None;
            }
            underscores = true;
            last_was_digit = false;
        } else if digit_value(b) < base {
            count += 1;
            last_was_digit = true;
        } else {
            break;
        }
        length += 1;
    }
    last_was_digit.then_some((count, length, underscores))
}

/// `out` becomes the value of `digits` (ASCII), which all belong to `base`, 2 to 36.
pub fn from_digits(digits: &[u8], base: u32, out: &mut IntBuf) {
    out.clear();
    if base.is_power_of_two() {
        return convert_binary(digits, base.trailing_zeros(), out);
    }
    if digits.len() >= LARGE
        && let Ok(text) = std::str::from_utf8(digits)
        && large::parse_radix(text, base, out).is_some()
    {
        return;
    }
    // As many digits at a time as fit a limb.
    let mut chunk = 1;
    let mut power = u64::from(base);
    while let Some(next) = power.checked_mul(u64::from(base)) {
        power = next;
        chunk += 1;
    }
    let (first, rest) = digits.split_at(digits.len() % chunk);
    let value = |part: &[u8]| part.iter().fold(0, |v, &b| v * u64::from(base) + u64::from(digit_value(b)));
    out.set_u64(value(first));
    for part in rest.chunks(chunk) {
        let carry = limbs::mul_small_assign(&mut out.limbs, power, value(part));
        if carry != 0 {
            out.limbs.push(carry);
        }
    }
}

fn convert_binary(digits: &[u8], bits: u32, out: &mut IntBuf) {
    let mut word = 0u64;
    let mut used = 0;
    for &b in digits.iter().rev() {
        let d = u64::from(digit_value(b));
        word |= d << used;
        used += bits;
        if used >= 64 {
            out.limbs.push(word);
            used -= 64;
            word = if used > 0 { d >> (bits - used) } else { 0 };
        }
    }
    out.limbs.push(word);
    out.normalize();
}
