//! Factorials, binomials, and logarithms of integers of any size.

use super::MathError;
use super::real;
use crate::int::{self, IntBuf, IntError, IntRef};

/// `out = n!`.
pub fn factorial(n: u64, out: &mut IntBuf) -> Result<(), IntError> {
    if n <= 33 {
        // 33! is the last that fits 128 bits.
        out.set_u128((1..=u128::from(n)).product());
        return Ok(());
    }
    // Beyond this the result could not be stored anyway.
    if n > 1 << 40 {
        return Err(IntError::TooLarge);
    }
    // n! is 2**(n - bits of n) times, for each k, the odd numbers up to n / 2**k: those of k are those of k + 1 and
    // a few more, so one running product serves all.
    let mut odd = IntBuf::from(1u64);
    let mut result = IntBuf::from(1u64);
    let [mut range, mut next] = [IntBuf::new(), IntBuf::new()];
    let mut below = 3;
    for k in (0..64 - n.leading_zeros()).rev() {
        let limit = n >> k;
        if limit < 3 {
            continue;
        }
        let above = (limit + 1) | 1;
        odd_product(below, above, &mut range);
        below = above;
        int::mul(odd.as_ref(), range.as_ref(), &mut next);
        std::mem::swap(&mut odd, &mut next);
        int::mul(result.as_ref(), odd.as_ref(), &mut next);
        std::mem::swap(&mut result, &mut next);
    }
    int::shl(result.as_ref(), n - u64::from(n.count_ones()), out)
}

/// The product of the odd numbers from `start` (odd) up to below `stop` (odd), halved until it is short.
fn odd_product(start: u64, stop: u64, out: &mut IntBuf) {
    let count = (stop.saturating_sub(start)) / 2;
    if count <= 12 {
        out.set_u64(1);
        let mut next = IntBuf::new();
        let mut word = 1u64;
        for i in 0..count {
            let factor = start + 2 * i;
            match word.checked_mul(factor) {
                Some(w) => word = w,
                None => {
                    int::mul(out.as_ref(), IntRef { neg: false, limbs: &[word] }, &mut next);
                    std::mem::swap(out, &mut next);
                    word = factor;
                }
            }
        }
        int::mul(out.as_ref(), IntRef { neg: false, limbs: &[word] }, &mut next);
        std::mem::swap(out, &mut next);
        return;
    }
    let middle = start + count / 2 * 2;
    let [mut low, mut high] = [IntBuf::new(), IntBuf::new()];
    odd_product(start, middle, &mut low);
    odd_product(middle, stop, &mut high);
    int::mul(low.as_ref(), high.as_ref(), out);
}

/// `out = n (n - 1) ... (n - k + 1)` (`math.perm`), for `n >= 0`.
pub fn perm(n: IntRef, k: u64, out: &mut IntBuf) -> Result<(), IntError> {
    if n.to_u64().is_some_and(|n| k > n) {
        out.clear();
        return Ok(());
    }
    if k > 1 << 40 {
        return Err(IntError::TooLarge);
    }
    match n.to_u64() {
        Some(n) if k < 2 || n <= 33 => {
            out.set_u128((n - k + 1..=n).map(u128::from).product());
            Ok(())
        }
        Some(n) if k == n => factorial(n, out),
        _ => {
            falling(n, 0, k, out);
            Ok(())
        }
    }
}

/// `(n - from) (n - from - 1) ... ` down to `n - to + 1`.
fn falling(n: IntRef, from: u64, to: u64, out: &mut IntBuf) {
    let count = to - from;
    if count <= 8 {
        out.set_u64(1);
        let [mut factor, mut next] = [IntBuf::new(), IntBuf::new()];
        // Factors of one limb are gathered first.
        let mut word = 1u64;
        for i in from..to {
            int::sub(n, IntRef::new(false, &[i]), &mut factor);
            if let Some(w) = factor.as_ref().to_u64().and_then(|f| word.checked_mul(f)) {
                word = w;
                continue;
            }
            int::mul(out.as_ref(), factor.as_ref(), &mut next);
            std::mem::swap(out, &mut next);
        }
        int::mul(out.as_ref(), IntRef::new(false, &[word]), &mut next);
        std::mem::swap(out, &mut next);
        return;
    }
    let middle = from + count / 2;
    let [mut high, mut low] = [IntBuf::new(), IntBuf::new()];
    falling(n, from, middle, &mut high);
    falling(n, middle, to, &mut low);
    int::mul(high.as_ref(), low.as_ref(), out);
}

/// `out = n! / (k! (n - k)!)` (`math.comb`), for `n >= 0`; zero if `k > n`.
pub fn comb(n: IntRef, k: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    let mut other = IntBuf::new();
    int::sub(n, k, &mut other);
    if other.neg {
        out.clear();
        return Ok(());
    }
    let smaller = if k.compare(other.as_ref()).is_le() { k } else { other.as_ref() };
    let k = smaller.to_u64().filter(|&k| k <= 1 << 40).ok_or(IntError::TooLarge)?;
    if let Some(n) = n.to_u64() {
        // Each partial result is a binomial itself, so the divisions are exact.
        let mut value = 1u128;
        let mut i = 0;
        while i < k {
            match value.checked_mul(u128::from(n - i)) {
                Some(v) => value = v / u128::from(i + 1),
                None => break,
            }
            i += 1;
        }
        if i == k {
            out.set_u128(value);
            return Ok(());
        }
    }
    let [mut numerator, mut denominator] = [IntBuf::new(), IntBuf::new()];
    perm(n, k, &mut numerator)?;
    factorial(k, &mut denominator)?;
    int::floordiv(numerator.as_ref(), denominator.as_ref(), out)
}

/// A positive number as mantissa in [0.5, 1) and exponent, rounded half to even.
pub fn frexp(n: IntRef) -> (f64, u64) {
    let length = n.bit_length();
    if length <= 960 {
        let (mantissa, exponent) = real::frexp(int::to_f64(n).unwrap_or(0.0));
        return (mantissa, exponent as u64);
    }
    // The top bits, and whether anything lies below them.
    let cut = length - 128;
    let mut top = IntBuf::new();
    int::shr(n.abs(), cut, &mut top);
    if crate::int::limbs::trailing_zeros(n.limbs) < cut
        && let Some(low) = top.limbs.first_mut()
    {
        *low |= 1;
    }
    let (mantissa, exponent) = real::frexp(int::to_f64(top.as_ref()).unwrap_or(0.0));
    (mantissa, exponent as u64 + cut)
}

/// A logarithm of an integer by the function for floats: `log`, `log2` or `log10` of [`real`].
pub fn logarithm(n: IntRef, f: fn(f64) -> Result<f64, MathError>) -> Result<f64, MathError> {
    if n.neg || n.is_zero() {
        return Err(MathError::Domain);
    }
    if let Ok(x) = int::to_f64(n) {
        return f(x);
    }
    let (mantissa, exponent) = frexp(n);
    Ok(f(mantissa)? + f(2.0)? * exponent as f64)
}
