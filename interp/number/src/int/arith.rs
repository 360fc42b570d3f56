//! Addition, multiplication and floor division.
//!
//! One- and two-limb operands take a path in 128-bit arithmetic; longer ones use the kernels in `limbs` up to
//! the sizes where the library's algorithms win.

use super::{IntBuf, IntError, IntRef, large, limbs};
use std::cmp::Ordering;

/// From this length of the shorter factor on the library multiplies.
const MUL_LARGE: usize = 28;
/// From this length on the library squares.
const SQUARE_LARGE: usize = 44;
/// From this length of both divisor and quotient on the library divides.
const DIV_LARGE: usize = 60;

/// `out = a + b`.
#[inline]
pub fn add(a: IntRef, b: IntRef, out: &mut IntBuf) {
    if a.limbs.len() <= 1 && b.limbs.len() <= 1 {
        // Both fit 65 bits with their signs.
        let (Some(x), Some(y)) = (a.to_i128(), b.to_i128()) else { return };
        return out.set_i128(x + y);
    }
    if a.neg == b.neg {
        add_magnitudes(a.limbs, b.limbs, a.neg, out)
    } else {
        sub_magnitudes(a.limbs, b.limbs, a.neg, out)
    }
}

/// `out = a - b`.
#[inline]
pub fn sub(a: IntRef, b: IntRef, out: &mut IntBuf) {
    add(a, b.negated(), out);
}

fn add_magnitudes(a: &[u64], b: &[u64], neg: bool, out: &mut IntBuf) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    out.neg = neg;
    let carry = limbs::add(out.zeroed(a.len()), a, b);
    if carry {
        out.limbs.push(1);
    }
}

fn sub_magnitudes(a: &[u64], b: &[u64], neg: bool, out: &mut IntBuf) {
    match limbs::cmp(a, b) {
        Ordering::Equal => out.clear(),
        Ordering::Greater => {
            out.neg = neg;
            limbs::sub(out.zeroed(a.len()), a, b);
            out.normalize();
        }
        Ordering::Less => {
            out.neg = !neg;
            limbs::sub(out.zeroed(b.len()), b, a);
            out.normalize();
        }
    }
}

/// `out = a * b`.
#[inline]
pub fn mul(a: IntRef, b: IntRef, out: &mut IntBuf) {
    match (a.limbs, b.limbs) {
        ([], _) | (_, []) => out.clear(),
        (&[x], &[y]) => {
            out.set_u128(u128::from(x) * u128::from(y));
            out.neg = a.neg != b.neg;
        }
        _ => {
            mul_magnitudes(a.limbs, b.limbs, out);
            out.neg = a.neg != b.neg;
        }
    }
}

/// `out = a * a`.
pub fn square(a: IntRef, out: &mut IntBuf) {
    mul(a, a, out);
}

fn mul_magnitudes(a: &[u64], b: &[u64], out: &mut IntBuf) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if let &[y] = b {
        let n = a.len();
        let carry = limbs::mul_small(out.zeroed(n), a, y, 0);
        if carry != 0 {
            out.limbs.push(carry);
        }
        return;
    }
    if std::ptr::eq(a, b) || a == b {
        if a.len() < SQUARE_LARGE {
            limbs::square(out.zeroed(2 * a.len()), a);
        } else {
            without_zeros(a, a, out, |a, _, out| large::square(a, out));
        }
    } else if b.len() < MUL_LARGE {
        limbs::mul(out.zeroed(a.len() + b.len()), a, b);
    } else {
        without_zeros(a, b, out, large::mul);
    }
    out.normalize();
}

/// Long factors often are shifted short ones (`1 << 100000`): multiplies without their low zero limbs.
fn without_zeros(a: &[u64], b: &[u64], out: &mut IntBuf, multiply: impl Fn(&[u64], &[u64], &mut IntBuf)) {
    let zeros = |x: &[u64]| x.iter().take_while(|&&w| w == 0).count();
    let (i, j) = (zeros(a), zeros(b));
    if i + j == 0 {
        return multiply(a, b, out);
    }
    let mut core = IntBuf::new();
    mul_magnitudes(&a[i..], &b[j..], &mut core);
    out.zeroed(i + j);
    out.limbs.extend_from_slice(&core.limbs);
}

/// `quotient = a // b`, `remainder = a % b`, both as Python rounds: the remainder has the divisor's sign.
#[inline]
pub fn divmod(a: IntRef, b: IntRef, quotient: &mut IntBuf, remainder: &mut IntBuf) -> Result<(), IntError> {
    if b.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    div_magnitudes(a.limbs, b.limbs, Some(&mut *quotient), remainder);
    quotient.neg = a.neg != b.neg && !quotient.limbs.is_empty();
    remainder.neg = a.neg && !remainder.limbs.is_empty();
    if !remainder.limbs.is_empty() && a.neg != b.neg {
        adjust_remainder(b, remainder);
        // One further from zero: the quotient is negative or zero here.
        quotient.neg = true;
        if limbs::add_small(&mut quotient.limbs, 1) || quotient.limbs.is_empty() {
            quotient.limbs.push(1);
        }
    }
    Ok(())
}

/// Quotient rounded half to even, and what remains (`round(int, -n)` subtracts the remainder by `10**n`).
/// `b` is positive.
pub fn divmod_near(
    a: IntRef,
    b: IntRef,
    quotient: &mut IntBuf,
    remainder: &mut IntBuf,
) -> Result<(), IntError> {
    divmod(a, b, quotient, remainder)?;
    let mut twice = IntBuf::new();
    add(remainder.as_ref(), remainder.as_ref(), &mut twice);
    let order = limbs::cmp(&twice.limbs, b.limbs);
    if order == Ordering::Greater || (order == Ordering::Equal && quotient.as_ref().is_odd()) {
        let (q, r) = (quotient.clone(), remainder.clone());
        add(q.as_ref(), IntRef::ONE, quotient);
        sub(r.as_ref(), b, remainder);
    }
    Ok(())
}

/// `out = a // b`.
pub fn floordiv(a: IntRef, b: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    divmod(a, b, out, &mut IntBuf::new())
}

/// `out = a % b` with the sign of `b`.
pub fn rem(a: IntRef, b: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    if b.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    div_magnitudes(a.limbs, b.limbs, None, out);
    out.neg = a.neg && !out.limbs.is_empty();
    if !out.limbs.is_empty() && a.neg != b.neg {
        adjust_remainder(b, out);
    }
    Ok(())
}

/// Turns a truncated remainder into a floored one: adds the divisor, whose sign is the other.
fn adjust_remainder(b: IntRef, remainder: &mut IntBuf) {
    debug_assert!(remainder.limbs.len() <= b.limbs.len());
    remainder.limbs.resize(b.limbs.len(), 0);
    // |b| - |r|, in place.
    let mut borrow = false;
    for (r, &d) in remainder.limbs.iter_mut().zip(b.limbs) {
        (*r, borrow) = d.borrowing_sub(*r, borrow);
    }
    debug_assert!(!borrow);
    remainder.neg = b.neg;
    remainder.normalize();
}

/// Truncating division of magnitudes, `d` not zero. The signs of the results are left alone.
pub(super) fn div_magnitudes(a: &[u64], d: &[u64], quotient: Option<&mut IntBuf>, remainder: &mut IntBuf) {
    if a.len() <= 2 && d.len() <= 2 {
        let value = |x: &[u64]| match *x {
            [] => 0,
            [lo] => u128::from(lo),
            _ => u128::from(x[1]) << 64 | u128::from(x[0]),
        };
        let (x, y) = (value(a), value(d));
        if let Some(quotient) = quotient {
            quotient.set_u128(x / y);
        }
        return remainder.set_u128(x % y);
    }
    if limbs::cmp(a, d) == Ordering::Less {
        if let Some(quotient) = quotient {
            quotient.clear();
        }
        return remainder.set(IntRef { neg: false, limbs: a });
    }
    if let &[d] = d {
        let r = match quotient {
            Some(quotient) => {
                let r = limbs::div_small(quotient.zeroed(a.len()), a, d);
                quotient.normalize();
                r
            }
            None => limbs::rem_small(a, d),
        };
        return remainder.set_u64(r);
    }
    if d.len() >= DIV_LARGE && a.len() - d.len() >= DIV_LARGE {
        return large::divmod(a, d, quotient, remainder);
    }
    let n = d.len();
    let shift = d[n - 1].leading_zeros();
    let rest = remainder.zeroed(a.len() + 1);
    rest[a.len()] = limbs::shl_bits(&mut rest[..a.len()], a, shift);
    let mut unused = IntBuf::new();
    let quotient = quotient.unwrap_or(&mut unused);
    let q = quotient.zeroed(a.len() + 1 - n);
    if shift == 0 {
        limbs::div_knuth(q, rest, d);
    } else {
        let mut divisor = IntBuf::new();
        limbs::shl_bits(divisor.zeroed(n), d, shift);
        limbs::div_knuth(q, rest, &divisor.limbs);
    }
    quotient.normalize();
    remainder.limbs.truncate(n);
    limbs::shr_bits_assign(&mut remainder.limbs, shift);
    remainder.normalize();
}
