//! Floats as text: `repr` and the format codes `e f g r`.
//!
//! The one routine behind everything is [`format`]; `repr` of everyday numbers and fixed notation with few
//! places have shorter ways that give the same text.

use super::arith;
use super::digits::{self, Digits};

/// Flag: a sign also before numbers that are not negative.
pub const SIGN: u8 = 1;
/// Flag: end with `.0` what would look like an integer (only for `r` and `g`).
pub const ADD_DOT_0: u8 = 2;
/// Flag: the alternate form `#`: always a decimal point, trailing zeros kept by `g`.
pub const ALTERNATE: u8 = 4;
/// Flag: no minus sign before a result that is all zeros (`z` of format specs).
pub const NO_NEGATIVE_ZERO: u8 = 8;

/// Appends `value` in format `code`: `e`, `f`, `g` and their upper-case forms with `precision`, or `r` (as
/// `repr`; `precision` is ignored). Infinities and NaN are `inf` and `nan`, upper-case for upper-case codes.
pub fn format(value: f64, code: u8, precision: usize, flags: u8, out: &mut Vec<u8>) {
    let start = out.len();
    let lower = code.to_ascii_lowercase();
    if !value.is_finite() {
        if value < 0.0 {
            out.push(b'-');
        } else if flags & SIGN != 0 {
            out.push(b'+');
        }
        out.extend_from_slice(if value.is_nan() { b"nan" } else { b"inf" });
    } else if lower == b'f' {
        format_fixed(value, precision, flags, out);
    } else {
        let precision = if lower == b'g' { precision.max(1) } else { precision };
        let digits = match lower {
            b'e' => digits::exact(value, precision.saturating_add(1)),
            b'g' => few_digits(value, precision),
            _ => digits::shortest(value),
        };
        write_sign(value, digits.is_zero(), flags, out);
        let point = digits.point;
        let dot_0 = flags & ADD_DOT_0 != 0;
        let limit = (precision as i64).saturating_sub(i64::from(dot_0));
        let (exponential, places) = match lower {
            b'e' => (true, Some(precision)),
            b'g' => {
                let exponential = point <= -4 || i64::from(point) > limit;
                // The alternate form shows all the digits asked for.
                let shown = (flags & ALTERNATE != 0).then(|| {
                    let before = if exponential { 1 } else { i64::from(point) };
                    (precision as i64 - before).max(0) as usize
                });
                (exponential, shown)
            }
            _ => (point <= -4 || point > 16, None),
        };
        let before = if exponential { 1 } else { point };
        write_digits(&digits, before, places, dot_0 && !exponential, flags & ALTERNATE != 0, out);
        if exponential {
            write_exponent(point - 1, out);
        }
    }
    if code.is_ascii_uppercase() {
        out[start..].make_ascii_uppercase();
    }
}

/// `count` significant digits; the shortest ones serve where they are no more than that.
fn few_digits(value: f64, count: usize) -> Digits {
    // A decimal number of up to 15 digits survives the way through a double, unless that is subnormal.
    if count <= 15 && (value.abs() >= f64::MIN_POSITIVE || value == 0.0) {
        let short = digits::shortest(value);
        if short.digits.len() <= count {
            return short;
        }
    }
    digits::exact(value, count)
}

/// Appends `value` with `places` digits after the point. `value` must be finite.
pub fn format_fixed(value: f64, places: usize, flags: u8, out: &mut Vec<u8>) {
    if let Some(scaled) = arith::scaled_integer(value.abs(), places) {
        return write_scaled(value, scaled, places, flags, out);
    }
    let digits = digits::fixed(value, places.min(i32::MAX as usize) as i32);
    write_sign(value, digits.is_zero(), flags, out);
    write_digits(&digits, digits.point, Some(places), false, flags & ALTERNATE != 0, out);
}

/// Writes the integer `scaled` with the decimal point `places` digits from the right.
fn write_scaled(value: f64, scaled: u64, places: usize, flags: u8, out: &mut Vec<u8>) {
    write_sign(value, scaled == 0, flags, out);
    let mut buffer = [b'0'; 48];
    let mut at = buffer.len();
    let mut rest = scaled;
    while rest > 0 {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let point = buffer.len() - places;
    let start = at.min(point - 1);
    out.extend_from_slice(&buffer[start..point]);
    if places > 0 || flags & ALTERNATE != 0 {
        out.push(b'.');
    }
    out.extend_from_slice(&buffer[point..]);
}

#[inline]
fn write_sign(value: f64, all_zero: bool, flags: u8, out: &mut Vec<u8>) {
    if value.is_sign_negative() && !(all_zero && flags & NO_NEGATIVE_ZERO != 0) {
        out.push(b'-');
    } else if flags & SIGN != 0 {
        out.push(b'+');
    }
}

/// Writes the digits with `before` of them before the point and `places` (or all there are) behind it.
fn write_digits(
    digits: &Digits,
    before: i32,
    places: Option<usize>,
    dot_0: bool,
    always_point: bool,
    out: &mut Vec<u8>,
) {
    let all = &digits.digits[..];
    let whole = usize::try_from(before).unwrap_or(0);
    if whole == 0 {
        out.push(b'0');
    } else {
        let shown = whole.min(all.len());
        out.extend_from_slice(&all[..shown]);
        out.resize(out.len() + whole - shown, b'0');
    }
    let zeros = usize::try_from(-i64::from(before)).unwrap_or(0);
    let fraction = all.get(whole..).unwrap_or(&[]);
    let natural = if fraction.is_empty() { 0 } else { zeros + fraction.len() };
    let places = places.unwrap_or(natural).max(usize::from(dot_0));
    if places > 0 || always_point {
        out.push(b'.');
    }
    let end = out.len() + places;
    out.resize(out.len() + zeros.min(places), b'0');
    out.extend_from_slice(&fraction[..fraction.len().min(end - out.len())]);
    out.resize(end, b'0');
}

fn write_exponent(exponent: i32, out: &mut Vec<u8>) {
    out.push(b'e');
    out.push(if exponent < 0 { b'-' } else { b'+' });
    if exponent.abs() < 10 {
        out.push(b'0');
    }
    crate::int::write_i64(i64::from(exponent.abs()), out);
}

/// Appends `repr(value)`.
#[inline]
pub fn write_repr(value: f64, out: &mut Vec<u8>) {
    let magnitude = value.abs();
    if (1e-4..1e16).contains(&magnitude) {
        // Here the library's own notation is Python's.
        let mut buffer = zmij::Buffer::new();
        return out.extend_from_slice(buffer.format_finite(value).as_bytes());
    }
    format(value, b'r', 0, ADD_DOT_0, out);
}

/// `repr(value)`.
pub fn repr(value: f64) -> String {
    let mut out = Vec::with_capacity(24);
    write_repr(value, &mut out);
    crate::ascii_string(out)
}
