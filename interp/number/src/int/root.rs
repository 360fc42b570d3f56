//! Greatest common divisors and square roots.

use super::{IntBuf, IntError, IntRef, arith, large};

/// `out = gcd(a, b)`, never negative.
pub fn gcd(a: IntRef, b: IntRef, out: &mut IntBuf) {
    match (a.limbs, b.limbs) {
        ([], _) => out.set(b.abs()),
        (_, []) => out.set(a.abs()),
        (&[x], &[y]) => out.set_u64(gcd_u64(x, y)),
        (&[x], y) => out.set_u64(match super::limbs::rem_small(y, x) {
            0 => x,
            r => gcd_u64(x, r),
        }),
        (x, &[y]) => out.set_u64(match super::limbs::rem_small(x, y) {
            0 => y,
            r => gcd_u64(r, y),
        }),
        (&[x0, x1], &[y0, y1]) => {
            let wide = |lo, hi| u128::from(hi) << 64 | u128::from(lo);
            out.set_u128(gcd_u128(wide(x0, x1), wide(y0, y1)));
        }
        (x, y) => large::gcd(x, y, out),
    }
}

/// Binary algorithm; neither is zero.
fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
        if b == 0 {
            return a << twos;
        }
    }
}

fn gcd_u128(mut a: u128, mut b: u128) -> u128 {
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if let (Ok(x), Ok(y)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(gcd_u64(x, y)) << twos;
        }
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
        if b == 0 {
            return a << twos;
        }
    }
}

/// `out = lcm(a, b)`, never negative; zero if either is.
pub fn lcm(a: IntRef, b: IntRef, out: &mut IntBuf) {
    if a.is_zero() || b.is_zero() {
        return out.clear();
    }
    let (mut divisor, mut part) = (IntBuf::new(), IntBuf::new());
    gcd(a, b, &mut divisor);
    arith::div_magnitudes(a.limbs, &divisor.limbs, Some(&mut part), &mut IntBuf::new());
    part.neg = false;
    arith::mul(part.as_ref(), b.abs(), out);
}

/// `out = isqrt(a)`: the floor of the root. Errors: [`IntError::Negative`].
pub fn isqrt(a: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    if a.neg {
        return Err(IntError::Negative);
    }
    match *a.limbs {
        [] => out.clear(),
        [w] => out.set_u64(w.isqrt()),
        [lo, hi] => out.set_u128((u128::from(hi) << 64 | u128::from(lo)).isqrt()),
        _ => {
            out.neg = false;
            large::sqrt_rem(a.limbs, out, &mut IntBuf::new());
        }
    }
    Ok(())
}

/// Whether `a` is the square of an integer; if so, `root` is its root.
pub fn is_square(a: IntRef, root: &mut IntBuf) -> bool {
    if isqrt(a, root).is_err() {
        return false;
    }
    let mut back = IntBuf::new();
    arith::mul(root.as_ref(), root.as_ref(), &mut back);
    back.as_ref() == a
}
