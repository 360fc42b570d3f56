//! Products and quotients of small coefficients whose intermediate results need up to 256 bits.
//!
//! With the default precision of 28 digits these are nearly all multiplications and divisions, so they run on
//! machine words on the stack instead of on words of base 10**18.

use super::coef::div_wide;
use super::words::{POW10, Rest};
use crate::int::limbs;
use std::cmp::Ordering;

/// The largest precision for which quotients stay below 2**128.
pub const MAX_QUOTIENT_PREC: i64 = 36;

/// 256-bit numbers, least significant limb first.
type Wide = [u64; 4];

/// Powers of ten up to 10**77.
const POW10_256: [Wide; 78] = {
    let mut table = [[0; 4]; 78];
    table[0][0] = 1;
    let mut i = 1;
    while i < 78 {
        let mut carry = 0u128;
        let mut j = 0;
        while j < 4 {
            carry += table[i - 1][j] as u128 * 10;
            table[i][j] = carry as u64;
            carry >>= 64;
            j += 1;
        }
        i += 1;
    }
    table
};

fn less(a: &Wide, b: &Wide) -> bool {
    a.iter().rev().cmp(b.iter().rev()) == Ordering::Less
}

/// Number of digits of a number that is not zero.
fn digits(a: &Wide) -> usize {
    let bits = limbs::bit_length(limbs::trim(a)) as usize;
    let guess = (bits * 1233) >> 12;
    guess + usize::from(!less(a, &POW10_256[guess]))
}

#[inline]
fn product(x: u128, y: u128) -> Wide {
    let mut out = [0; 4];
    let (x0, x1, y0, y1) = (x as u64, (x >> 64) as u64, y as u64, (y >> 64) as u64);
    let carry;
    (out[0], carry) = x0.carrying_mul(y0, 0);
    (out[1], out[2]) = x1.carrying_mul(y0, carry);
    let carry;
    (out[1], carry) = x0.carrying_mul_add(y1, out[1], 0);
    (out[2], out[3]) = x1.carrying_mul_add(y1, out[2], carry);
    out
}

/// The highest `prec` (at most 38) digits of `x * y`, which has more than that; what is cut off; and how many
/// digits that is.
pub fn rounded_product(x: u128, y: u128, prec: i64) -> (u128, Rest, i64) {
    let mut all = product(x, y);
    let cut = digits(&all) - prec as usize;
    let half = POW10_256[cut];
    // Long divisions by powers that fit a limb.
    let original = all;
    let mut left = cut;
    let mut n = 4;
    while left > 0 {
        while n > 0 && all[n - 1] == 0 {
            n -= 1;
        }
        let step = left.min(19);
        limbs::div_small_assign(&mut all[..n], POW10[step]);
        left -= step;
    }
    let kept = u128::from(all[1]) << 64 | u128::from(all[0]);
    // The remainder is below 10**cut; twice it may still need no more than 256 bits.
    let mut rest = original;
    let back = multiply(kept, &half);
    limbs::sub_assign(&mut rest, &back);
    if rest == [0; 4] {
        return (kept, Rest::Zero, cut as i64);
    }
    let mut twice = [0; 4];
    limbs::shl_bits(&mut twice, &rest, 1);
    let rest = match twice.iter().rev().cmp(half.iter().rev()) {
        Ordering::Less => Rest::Below,
        Ordering::Equal => Rest::Half,
        Ordering::Greater => Rest::Above,
    };
    (kept, rest, cut as i64)
}

/// `x * y` where it fits.
fn multiply(x: u128, y: &Wide) -> Wide {
    let mut out = [0; 4];
    limbs::mul_small(&mut out, y, x as u64, 0);
    let high = (x >> 64) as u64;
    if high != 0 {
        limbs::add_mul(&mut out[1..], &y[..3], high);
    }
    out
}

/// `a * 10**shift / b` and whether there is a remainder; the quotient must fit 128 bits and the dividend 77
/// digits.
pub fn scaled_quotient(a: u128, shift: i64, b: u128) -> (u128, bool) {
    let numerator = multiply(a, &POW10_256[shift as usize]);
    if numerator[2] == 0 && numerator[3] == 0 {
        let n = u128::from(numerator[1]) << 64 | u128::from(numerator[0]);
        if let Ok(b) = u64::try_from(b) {
            let (q, r) = div_wide(n, b);
            return (q, r != 0);
        }
        return (n / b, n % b != 0);
    }
    let mut q = [0; 4];
    let exact = if let Ok(b) = u64::try_from(b) {
        limbs::div_small(&mut q, &numerator, b) == 0
    } else {
        let normal = b << b.leading_zeros();
        let divisor = [normal as u64, (normal >> 64) as u64];
        let mut dividend = [0; 5];
        let (low, high) = dividend.split_at_mut(4);
        high[0] = limbs::shl_bits(low, &numerator, b.leading_zeros());
        limbs::div_knuth(&mut q[..3], &mut dividend, &divisor);
        dividend[0] == 0 && dividend[1] == 0
    };
    debug_assert!(q[2] == 0 && q[3] == 0);
    (u128::from(q[1]) << 64 | u128::from(q[0]), !exact)
}
