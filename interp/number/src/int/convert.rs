//! Between integers and floats: conversion, true division, and the numeric hash.

use super::{IntBuf, IntError, IntRef, arith, bits, limbs};

/// The modulus of numeric hashes, 2**61 - 1 (`sys.hash_info.modulus`).
pub const HASH_MODULUS: u64 = (1 << 61) - 1;

/// The nearest float, ties to even. Errors: [`IntError::Overflow`] ("int too large to convert to float").
#[inline]
pub fn to_f64(a: IntRef) -> Result<f64, IntError> {
    let magnitude = match *a.limbs {
        [] => return Ok(0.0),
        [w] => w as f64,
        [lo, hi] => (u128::from(hi) << 64 | u128::from(lo)) as f64,
        _ => long_to_f64(a.limbs)?,
    };
    Ok(if a.neg { -magnitude } else { magnitude })
}

fn long_to_f64(a: &[u64]) -> Result<f64, IntError> {
    let n = a.len();
    if n > 16 {
        return Err(IntError::Overflow);
    }
    let shift = a[n - 1].leading_zeros();
    let below = a[n - 2];
    let mut top = if shift == 0 { a[n - 1] } else { a[n - 1] << shift | below >> (64 - shift) };
    // All that lies below counts only as "more than the bits above": 64 bits are well more than 53.
    if below << shift != 0 || a[..n - 2].iter().any(|&w| w != 0) {
        top |= 1;
    }
    let exponent = (n as i32 - 1) * 64 - shift as i32;
    let value = scale_by_power(top as f64, exponent);
    if value.is_infinite() { Err(IntError::Overflow) } else { Ok(value) }
}

/// `x * 2**exponent` where the product is exact, or overflows.
fn scale_by_power(x: f64, exponent: i32) -> f64 {
    let power = |e: i32| f64::from_bits(((e + 1023) as u64) << 52);
    // In two steps, since 2**1023 is the largest power.
    if exponent > 1000 { x * power(1000) * power((exponent - 1000).min(1000)) } else { x * power(exponent) }
}

/// `out = int(value)`, the fraction dropped. `value` must be finite (anything else gives zero).
pub fn from_f64(value: f64, out: &mut IntBuf) {
    let magnitude = value.abs();
    if magnitude < 9007199254740992.0 {
        return out.set_i64(value as i64);
    }
    if !value.is_finite() {
        return out.clear();
    }
    let raw = magnitude.to_bits();
    let mantissa = (raw & ((1 << 52) - 1)) | 1 << 52;
    let exponent = (raw >> 52) - 1075;
    // At most 1024 bits: can not fail.
    let _ = bits::shl(IntRef { neg: value < 0.0, limbs: &[mantissa] }, exponent, out);
}

/// `a / b`, correctly rounded.
///
/// Errors: [`IntError::ZeroDivision`] ("division by zero"), [`IntError::Overflow`] ("integer division result
/// too large for a float").
pub fn true_divide(a: IntRef, b: IntRef) -> Result<f64, IntError> {
    if b.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    let neg = a.neg != b.neg;
    if a.is_zero() {
        return Ok(if neg { -0.0 } else { 0.0 });
    }
    const EXACT: u64 = 1 << 53;
    if let (&[x], &[y]) = (a.limbs, b.limbs)
        && x <= EXACT
        && y <= EXACT
    {
        let q = x as f64 / y as f64;
        return Ok(if neg { -q } else { q });
    }
    let difference = a.bit_length() as i64 - b.bit_length() as i64;
    if difference > 1025 {
        return Err(IntError::Overflow);
    }
    if difference < -1080 {
        return Ok(if neg { -0.0 } else { 0.0 });
    }
    // Scale so that the quotient has 64 or 65 bits, divide, and keep "there was a rest" in the lowest bit.
    let shift = 64 - difference;
    let (mut n, mut d) = (IntBuf::new(), IntBuf::new());
    if shift >= 0 {
        bits::shl(a.abs(), shift as u64, &mut n)?;
        d.set(b.abs());
    } else {
        n.set(a.abs());
        bits::shl(b.abs(), -shift as u64, &mut d)?;
    }
    let (mut q, mut r) = (IntBuf::new(), IntBuf::new());
    arith::div_magnitudes(&n.limbs, &d.limbs, Some(&mut q), &mut r);
    let mut quotient = match *q.limbs {
        [lo] => u128::from(lo),
        [lo, hi] => u128::from(hi) << 64 | u128::from(lo),
        _ => return Err(IntError::Overflow),
    };
    if !r.as_ref().is_zero() {
        quotient |= 1;
    }
    let value = round_scaled(quotient, -shift as i32);
    if value.is_infinite() {
        return Err(IntError::Overflow);
    }
    Ok(if neg { -value } else { value })
}

/// `mantissa * 2**exponent` rounded once, ties to even, gradual underflow included; infinity on overflow.
/// The lowest bit of `mantissa` may stand for "and something more" if it has at least 56 bits.
pub fn round_scaled(mantissa: u128, exponent: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let length = 128 - mantissa.leading_zeros() as i32;
    // The exponent of the last bit kept: 53 bits, fewer below the normal range.
    let last = (exponent + length - 53).max(-1074);
    let drop = last - exponent;
    let kept = if drop <= 0 {
        mantissa << -drop
    } else if drop > 127 {
        0
    } else {
        let half = 1u128 << (drop - 1);
        let rest = mantissa & ((half << 1) - 1);
        let floor = mantissa >> drop;
        floor + u128::from(rest > half || (rest == half && floor & 1 == 1))
    };
    // Both factors and, unless it overflows, the product are exact.
    let kept = kept as f64;
    if last < -1000 {
        kept * f64::from_bits(1 << 52) * f64::from_bits(((last + 1022 + 1023) as u64) << 52)
    } else if last > 971 {
        f64::INFINITY
    } else {
        kept * f64::from_bits(((last + 1023) as u64) << 52)
    }
}

/// `hash(int)`: the value modulo 2**61 - 1 with its sign; never -1.
#[inline]
pub fn hash(a: IntRef) -> i64 {
    let mut h = 0u64;
    for &w in a.limbs.iter().rev() {
        // 2**64 is 8 modulo 2**61 - 1: multiplying by it turns the 61 bits by three places.
        h = ((h << 3) & HASH_MODULUS) | h >> 58;
        h += (w & HASH_MODULUS) + (w >> 61);
        h = (h & HASH_MODULUS) + (h >> 61);
        if h >= HASH_MODULUS {
            h -= HASH_MODULUS;
        }
    }
    let h = if a.neg { -(h as i64) } else { h as i64 };
    if h == -1 { -2 } else { h }
}

/// [`hash()`] of a small number.
#[inline]
pub fn hash_i64(value: i64) -> i64 {
    const M: i64 = HASH_MODULUS as i64;
    let h = if -M < value && value < M { value } else { value % M };
    if h == -1 { -2 } else { h }
}

/// Divides out the common power of two of `limbs`, returning its exponent. For ratio computations.
pub fn strip_trailing_zeros(a: &mut IntBuf) -> u64 {
    let zeros = limbs::trailing_zeros(&a.limbs);
    if zeros > 0 {
        let source = a.clone();
        bits::shr(source.as_ref(), zeros, a);
    }
    zeros
}
