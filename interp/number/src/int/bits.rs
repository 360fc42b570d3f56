//! Shifts and bitwise operations; negative numbers behave as endless two's complement.

use super::{IntBuf, IntError, IntRef, MAX_LIMBS, limbs};

/// `out = a << count`. Errors: [`IntError::TooLarge`] if the result can not be stored.
pub fn shl(a: IntRef, count: u64, out: &mut IntBuf) -> Result<(), IntError> {
    if a.is_zero() {
        out.clear();
        return Ok(());
    }
    let whole = usize::try_from(count / 64).map_err(|_| IntError::TooLarge)?;
    let n = a.limbs.len();
    if whole >= MAX_LIMBS - n || out.limbs.try_reserve(whole + n + 1).is_err() {
        return Err(IntError::TooLarge);
    }
    out.neg = a.neg;
    let target = out.zeroed(whole + n);
    let carry = limbs::shl_bits(&mut target[whole..], a.limbs, (count % 64) as u32);
    if carry != 0 {
        out.limbs.push(carry);
    }
    Ok(())
}

/// `out = a >> count`, rounding to minus infinity.
pub fn shr(a: IntRef, count: u64, out: &mut IntBuf) {
    let whole = usize::try_from(count / 64).unwrap_or(usize::MAX);
    if whole >= a.limbs.len() {
        return out.set_i64(if a.neg { -1 } else { 0 });
    }
    let bits = (count % 64) as u32;
    out.neg = a.neg;
    out.limbs.clear();
    out.limbs.extend_from_slice(&a.limbs[whole..]);
    let lost =
        a.neg && (a.limbs[..whole].iter().any(|&w| w != 0) || a.limbs[whole] & ((1u64 << bits) - 1) != 0);
    limbs::shr_bits_assign(&mut out.limbs, bits);
    if lost && limbs::add_small(&mut out.limbs, 1) {
        out.limbs.push(1);
    }
    out.normalize();
}

/// `out = ~a`.
pub fn invert(a: IntRef, out: &mut IntBuf) {
    super::sub(IntRef { neg: true, limbs: &[1] }, a, out);
}

/// Number of ones in the magnitude (`int.bit_count`).
pub fn bit_count(a: IntRef) -> u64 {
    a.limbs.iter().map(|w| u64::from(w.count_ones())).sum()
}

/// The limbs of the two's complement form, one at a time, from the lowest.
struct Twos<'a> {
    limbs: &'a [u64],
    neg: bool,
    carry: bool,
}

impl Twos<'_> {
    fn of(a: IntRef) -> Twos {
        Twos { limbs: a.limbs, neg: a.neg, carry: true }
    }

    #[inline]
    fn at(&mut self, i: usize) -> u64 {
        let w = self.limbs.get(i).copied().unwrap_or(0);
        if !self.neg {
            return w;
        }
        let (w, carry) = (!w).overflowing_add(u64::from(self.carry));
        self.carry = carry;
        w
    }
}

#[inline]
fn bitwise(a: IntRef, b: IntRef, out: &mut IntBuf, op: impl Fn(u64, u64) -> u64) {
    if !a.neg && !b.neg {
        let (a, b) = if a.limbs.len() >= b.limbs.len() { (a, b) } else { (b, a) };
        out.neg = false;
        out.limbs.clear();
        out.limbs.extend(a.limbs.iter().zip(b.limbs).map(|(&x, &y)| op(x, y)));
        out.limbs.extend(a.limbs[b.limbs.len()..].iter().map(|&x| op(x, 0)));
        return out.normalize();
    }
    // One limb more than the longer operand holds the sign.
    let n = a.limbs.len().max(b.limbs.len()) + 1;
    let (mut x, mut y) = (Twos::of(a), Twos::of(b));
    out.limbs.clear();
    out.limbs.extend((0..n).map(|i| op(x.at(i), y.at(i))));
    out.neg = out.limbs[n - 1] >> 63 == 1;
    if out.neg {
        let mut carry = true;
        for w in &mut out.limbs {
            (*w, carry) = (!*w).overflowing_add(u64::from(carry));
        }
    }
    out.normalize();
}

/// `out = a & b`.
pub fn and(a: IntRef, b: IntRef, out: &mut IntBuf) {
    bitwise(a, b, out, |x, y| x & y);
}

/// `out = a | b`.
pub fn or(a: IntRef, b: IntRef, out: &mut IntBuf) {
    bitwise(a, b, out, |x, y| x | y);
}

/// `out = a ^ b`.
pub fn xor(a: IntRef, b: IntRef, out: &mut IntBuf) {
    bitwise(a, b, out, |x, y| x ^ y);
}
