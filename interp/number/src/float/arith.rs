//! Float operations whose results or errors Python defines beyond the machine's: floor division, powers,
//! rounding to decimal places, ratios, hashes.

use super::digits;
use crate::int::{self, HASH_MODULUS, IntBuf, IntRef};

/// Why a float operation has no float result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatError {
    /// ZeroDivisionError: "float division by zero", "float floor division by zero", "float modulo",
    /// "float divmod()", "0.0 cannot be raised to a negative power", ... by operation.
    ZeroDivision,
    /// OverflowError: "(34, 'Numerical result out of range')" of powers, "rounded value too large to represent",
    /// "cannot convert Infinity to integer ratio", ... by operation.
    Overflow,
    /// A negative number to a fractional power: the result is complex.
    Complex,
    /// The operation is not defined for NaN (ValueError).
    NotANumber,
}

unsafe extern "C" {
    safe fn fmod(x: f64, y: f64) -> f64;
    #[link_name = "pow"]
    safe fn c_pow(x: f64, y: f64) -> f64;
}

/// `x % y`. Errors: [`FloatError::ZeroDivision`].
#[inline]
pub fn rem(x: f64, y: f64) -> Result<f64, FloatError> {
    if y == 0.0 {
        return Err(FloatError::ZeroDivision);
    }
    let m = fmod(x, y);
    Ok(if m == 0.0 {
        0.0f64.copysign(y)
    } else if (y < 0.0) != (m < 0.0) {
        m + y
    } else {
        m
    })
}

/// `divmod(x, y)`. Errors: [`FloatError::ZeroDivision`].
#[inline]
pub fn divmod(x: f64, y: f64) -> Result<(f64, f64), FloatError> {
    if y == 0.0 {
        return Err(FloatError::ZeroDivision);
    }
    let mut m = fmod(x, y);
    // x - m is a multiple of y up to rounding, so the quotient is near an integer.
    let mut quotient = (x - m) / y;
    if m == 0.0 {
        m = 0.0f64.copysign(y);
    } else if (y < 0.0) != (m < 0.0) {
        m += y;
        quotient -= 1.0;
    }
    let quotient = if quotient == 0.0 {
        0.0f64.copysign(x / y)
    } else {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    };
    Ok((quotient, m))
}

/// `x // y`. Errors: [`FloatError::ZeroDivision`].
#[inline]
pub fn floordiv(x: f64, y: f64) -> Result<f64, FloatError> {
    Ok(divmod(x, y)?.0)
}

/// Whether `x` is an odd integer.
#[inline]
fn is_odd(x: f64) -> bool {
    fmod(x.abs(), 2.0) == 1.0
}

/// `x ** y`. Errors: [`FloatError::ZeroDivision`] (zero to a negative power), [`FloatError::Complex`],
/// [`FloatError::Overflow`].
pub fn pow(x: f64, y: f64) -> Result<f64, FloatError> {
    if y == 0.0 {
        return Ok(1.0);
    }
    if x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(if x == 1.0 { 1.0 } else { y });
    }
    if y.is_infinite() {
        let x = x.abs();
        return Ok(if x == 1.0 {
            1.0
        } else if (y > 0.0) == (x > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if x.is_infinite() {
        return Ok(match (y > 0.0, is_odd(y)) {
            (true, true) => x,
            (true, false) => x.abs(),
            (false, true) => 0.0f64.copysign(x),
            (false, false) => 0.0,
        });
    }
    if x == 0.0 {
        if y < 0.0 {
            return Err(FloatError::ZeroDivision);
        }
        return Ok(if is_odd(y) { x } else { 0.0 });
    }
    if x < 0.0 && y != y.floor() {
        return Err(FloatError::Complex);
    }
    let negate = x < 0.0 && is_odd(y);
    let x = x.abs();
    let result = if x == 1.0 { 1.0 } else { c_pow(x, y) };
    if result.is_infinite() {
        return Err(FloatError::Overflow);
    }
    Ok(if negate { -result } else { result })
}

const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// `value * 10**places` rounded to an integer (below `2**53`), if floating point can tell that with certainty:
/// the power is exact and the product's error too small to reach across a tie.
#[inline]
pub(super) fn scaled_integer(value: f64, places: usize) -> Option<u64> {
    let power = *POWERS_OF_TEN.get(places)?;
    let product = value * power;
    if product >= 4503599627370496.0 || product.is_nan() {
        return None;
    }
    let floor = product as u64;
    let fraction = product - floor as f64;
    // The product is off by at most half a unit in its last place.
    let margin = product * f64::EPSILON;
    if (fraction - 0.5).abs() <= margin {
        return None;
    }
    Some(floor + u64::from(fraction > 0.5))
}

/// `round(value, places)` for a finite or infinite value. Errors: [`FloatError::Overflow`] ("rounded value too
/// large to represent").
pub fn round_to(value: f64, places: i64) -> Result<f64, FloatError> {
    // Beyond these every double is its own rounding, or vanishes.
    if !value.is_finite() || places > 323 {
        return Ok(value);
    }
    if places < -308 {
        return Ok(0.0 * value);
    }
    let magnitude = value.abs();
    let rounded = match usize::try_from(places).ok().and_then(|p| Some((scaled_integer(magnitude, p)?, p))) {
        // Both are exact, so their quotient is the float nearest to the decimal number.
        Some((scaled, p)) => scaled as f64 / POWERS_OF_TEN[p],
        None => {
            let digits = digits::fixed(magnitude, places as i32);
            let mut text = String::with_capacity(digits.digits.len() + 8);
            text.extend(digits.digits.iter().map(|&b| b as char));
            text.push('e');
            text.push_str(&(digits.point - digits.digits.len() as i32).to_string());
            text.parse().unwrap_or(magnitude)
        }
    };
    if rounded.is_infinite() { Err(FloatError::Overflow) } else { Ok(rounded.copysign(value)) }
}

/// `value.as_integer_ratio()` into `numerator` and `denominator`.
///
/// Errors: [`FloatError::Overflow`] ("cannot convert Infinity to integer ratio"), [`FloatError::NotANumber`]
/// ("cannot convert NaN to integer ratio").
pub fn as_integer_ratio(
    value: f64,
    numerator: &mut IntBuf,
    denominator: &mut IntBuf,
) -> Result<(), FloatError> {
    if value.is_nan() {
        return Err(FloatError::NotANumber);
    }
    if value.is_infinite() {
        return Err(FloatError::Overflow);
    }
    denominator.set_u64(1);
    let (mantissa, exponent) = split(value);
    if mantissa == 0 {
        numerator.clear();
        return Ok(());
    }
    let zeros = mantissa.trailing_zeros();
    let limb = [mantissa >> zeros];
    let odd = IntRef { neg: value < 0.0, limbs: &limb };
    let exponent = exponent + zeros as i32;
    // Shifts by at most 1074 bits: they can not fail.
    if exponent >= 0 {
        let _ = int::shl(odd, exponent as u64, numerator);
    } else {
        numerator.set(odd);
        let _ = int::shl(IntRef::ONE, u64::from(exponent.unsigned_abs()), denominator);
    }
    Ok(())
}

/// The magnitude of a finite number as `mantissa * 2**exponent`.
pub(crate) fn split(value: f64) -> (u64, i32) {
    let raw = value.to_bits();
    let fraction = raw & ((1 << 52) - 1);
    match (raw >> 52 & 0x7ff) as i32 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    }
}

/// `hash(value)`; `None` for NaN, whose hash is that of its identity.
#[inline]
pub fn hash(value: f64) -> Option<i64> {
    if value == value.trunc() && value.abs() < 2305843009213693951.0 {
        return Some(int::hash_i64(value as i64));
    }
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { 314159 } else { -314159 });
    }
    let (mantissa, exponent) = split(value);
    // Modulo 2**61 - 1 a power of two only turns the 61 bits.
    let turn = exponent.rem_euclid(61) as u32;
    let turned =
        if turn == 0 { mantissa } else { (mantissa << turn) & HASH_MODULUS | mantissa >> (61 - turn) };
    let h = if turned == HASH_MODULUS { 0 } else { turned as i64 };
    let h = if value < 0.0 { -h } else { h };
    Some(if h == -1 { -2 } else { h })
}

/// `hash(complex)` from the hashes of the parts.
#[inline]
pub fn hash_complex(real: i64, imag: i64) -> i64 {
    let h = real.wrapping_add(imag.wrapping_mul(1_000_003));
    if h == -1 { -2 } else { h }
}
