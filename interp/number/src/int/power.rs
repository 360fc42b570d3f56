//! Powers, with and without a modulus, and modular inverses.

use super::{IntBuf, IntError, IntRef, MAX_LIMBS, arith, bits, convert, large, limbs};

/// Up to this length an odd modulus is used in Montgomery's form.
const MONTGOMERY_MAX: usize = 160;

/// `out = a ** e`.
///
/// Errors: [`IntError::NegativeExponent`] (the result is a float: the caller's business),
/// [`IntError::TooLarge`].
pub fn pow(a: IntRef, e: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    if e.neg {
        return Err(IntError::NegativeExponent);
    }
    if e.is_zero() {
        out.set_u64(1);
        return Ok(());
    }
    let neg = a.neg && e.is_odd();
    match a.limbs {
        [] => {
            out.clear();
            return Ok(());
        }
        [1] => {
            out.set_u64(1);
            out.neg = neg;
            return Ok(());
        }
        _ => {}
    }
    let n = e.to_u64().ok_or(IntError::TooLarge)?;
    let zeros = limbs::trailing_zeros(a.limbs);
    let mut odd = a.abs().to_buf();
    convert::strip_trailing_zeros(&mut odd);
    let shift = zeros.checked_mul(n).ok_or(IntError::TooLarge)?;
    if *odd.limbs == [1] {
        bits::shl(IntRef::ONE, shift, out)?;
        out.neg = neg;
        return Ok(());
    }
    let size = a.bit_length().checked_mul(n).ok_or(IntError::TooLarge)? / 64 + 1;
    if size > MAX_LIMBS as u64 || out.limbs.try_reserve(size as usize).is_err() {
        return Err(IntError::TooLarge);
    }
    pow_odd(odd.as_ref(), n, out);
    if shift > 0 {
        let odd = out.clone();
        bits::shl(odd.as_ref(), shift, out)?;
    }
    out.neg = neg;
    Ok(())
}

/// Binary powering from the top bit of `n > 0` down.
fn pow_odd(a: IntRef, n: u64, out: &mut IntBuf) {
    // As long as it fits two limbs, in registers.
    if let &[base] = a.limbs {
        let mut value = 1u128;
        let mut base = u128::from(base);
        let mut left = n;
        loop {
            if left & 1 == 1 {
                match value.checked_mul(base) {
                    Some(v) => value = v,
                    None => break,
                }
            }
            left >>= 1;
            if left == 0 {
                return out.set_u128(value);
            }
            match base.checked_mul(base) {
                Some(b) => base = b,
                None => break,
            }
        }
    }
    let mut next = IntBuf::new();
    out.set(a);
    for i in (0..63 - n.leading_zeros()).rev() {
        arith::square(out.as_ref(), &mut next);
        if n >> i & 1 == 1 {
            arith::mul(next.as_ref(), a, out);
        } else {
            std::mem::swap(out, &mut next);
        }
    }
}

/// `out = pow(a, e, m)`, with the sign of `m`.
///
/// Errors: [`IntError::ZeroDivision`] for `m == 0` (ValueError "pow() 3rd argument cannot be 0"),
/// [`IntError::NotInvertible`] if `e` is negative and `a` has no inverse.
pub fn modpow(a: IntRef, e: IntRef, m: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    if m.is_zero() {
        return Err(IntError::ZeroDivision);
    }
    let modulus = m.abs();
    if *modulus.limbs == [1] {
        out.clear();
        return Ok(());
    }
    let mut base = IntBuf::new();
    if e.neg {
        mod_inverse(a, modulus, &mut base)?;
    } else {
        arith::rem(a, modulus, &mut base)?;
    }
    let e = e.abs();
    if let &[modulus] = modulus.limbs {
        out.set_u64(modpow_small(base.as_ref().to_u64().unwrap_or(0), e, modulus));
    } else if modulus.is_odd() && modulus.limbs.len() <= MONTGOMERY_MAX && !e.is_zero() {
        montgomery_power(base.as_ref(), e, modulus.limbs, out);
    } else {
        modpow_plain(base.as_ref(), e, modulus, out)?;
    }
    if m.neg && !out.as_ref().is_zero() {
        let positive = out.clone();
        arith::add(positive.as_ref(), m, out);
    }
    Ok(())
}

fn modpow_small(base: u64, e: IntRef, m: u64) -> u64 {
    let mul = |x: u64, y: u64| {
        let (lo, hi) = x.carrying_mul(y, 0);
        limbs::div_2by1(hi, lo, m).1
    };
    let mut value = 1 % m;
    for bit in exponent_bits(e) {
        value = mul(value, value);
        if bit {
            value = mul(value, base);
        }
    }
    value
}

/// The bits of an exponent from the top.
fn exponent_bits(e: IntRef<'_>) -> impl Iterator<Item = bool> + '_ {
    (0..e.bit_length()).rev().map(move |i| e.limbs[(i / 64) as usize] >> (i % 64) & 1 == 1)
}

/// Squares and multiplies with a division each: for even and for very long moduli.
fn modpow_plain(base: IntRef, e: IntRef, m: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    let mut product = IntBuf::new();
    arith::rem(IntRef::ONE, m, out)?;
    for bit in exponent_bits(e) {
        arith::square(out.as_ref(), &mut product);
        arith::rem(product.as_ref(), m, out)?;
        if bit {
            arith::mul(out.as_ref(), base, &mut product);
            arith::rem(product.as_ref(), m, out)?;
        }
    }
    Ok(())
}

/// Arithmetic modulo an odd number in Montgomery's form: numbers are kept times `2**(64 n)`.
struct Montgomery<'a> {
    m: &'a [u64],
    /// `-1 / m[0]` modulo `2**64`.
    inverse: u64,
    scratch: Vec<u64>,
}

impl Montgomery<'_> {
    fn new(m: &[u64]) -> Montgomery<'_> {
        // Newton's iteration doubles the valid bits, beginning with three.
        let mut inverse = m[0];
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(m[0].wrapping_mul(inverse)));
        }
        Montgomery { m, inverse: inverse.wrapping_neg(), scratch: vec![0; 2 * m.len()] }
    }

    /// `out = a * b / 2**(64 n)` modulo m; all have n limbs. `b` absent: a square.
    fn mul(&mut self, a: &[u64], b: Option<&[u64]>, out: &mut [u64]) {
        match b {
            Some(b) => limbs::mul(&mut self.scratch, a, b),
            None => limbs::square(&mut self.scratch, a),
        }
        self.reduce(out);
    }

    /// `out = scratch / 2**(64 n)` modulo m.
    fn reduce(&mut self, out: &mut [u64]) {
        let n = self.m.len();
        let mut top = 0u64;
        for i in 0..n {
            let u = self.scratch[i].wrapping_mul(self.inverse);
            let carry = limbs::add_mul(&mut self.scratch[i..i + n], self.m, u);
            let (s, c1) = self.scratch[i + n].overflowing_add(carry);
            let (s, c2) = s.overflowing_add(top);
            self.scratch[i + n] = s;
            top = u64::from(c1) + u64::from(c2);
        }
        out.copy_from_slice(&self.scratch[n..]);
        let below = |x: &[u64], y: &[u64]| {
            x.iter().rev().zip(y.iter().rev()).find(|(a, b)| a != b).is_some_and(|(a, b)| a < b)
        };
        if top != 0 || !below(out, self.m) {
            limbs::sub_assign(out, self.m);
        }
    }
}

/// Sliding windows over the exponent; `base < m`, `m` odd with two limbs or more, `e > 0`.
fn montgomery_power(base: IntRef, e: IntRef, m: &[u64], out: &mut IntBuf) {
    let n = m.len();
    let mut ring = Montgomery::new(m);
    // The base times 2**(64 n).
    let mut shifted = IntBuf::new();
    shifted.zeroed(n);
    shifted.limbs.extend_from_slice(base.limbs);
    shifted.normalize();
    let mut start = IntBuf::new();
    arith::div_magnitudes(&shifted.limbs, m, None, &mut start);
    start.limbs.resize(n, 0);
    let length = e.bit_length();
    let window = match length {
        0..=24 => 1,
        25..=80 => 2,
        81..=240 => 3,
        241..=672 => 4,
        673..=1792 => 5,
        _ => 6,
    };
    // The odd powers of the base, one after another.
    let mut powers = vec![0u64; n << (window - 1)];
    powers[..n].copy_from_slice(&start.limbs);
    if window > 1 {
        let mut twice = vec![0; n];
        ring.mul(&start.limbs, None, &mut twice);
        for i in 1..1usize << (window - 1) {
            let (done, rest) = powers.split_at_mut(i * n);
            ring.mul(&done[(i - 1) * n..], Some(&twice), &mut rest[..n]);
        }
    }
    let bit = |i: u64| e.limbs[(i / 64) as usize] >> (i % 64) & 1;
    let mut value = vec![0u64; n];
    let mut next = vec![0u64; n];
    let mut started = false;
    let mut i = length;
    while i > 0 {
        if bit(i - 1) == 0 {
            // Only met after a window: the top bit is one.
            ring.mul(&value, None, &mut next);
            std::mem::swap(&mut value, &mut next);
            i -= 1;
            continue;
        }
        let mut low = i.saturating_sub(window);
        while bit(low) == 0 {
            low += 1;
        }
        let mut digits = 0usize;
        for j in (low..i).rev() {
            digits = digits << 1 | bit(j) as usize;
            if started {
                ring.mul(&value, None, &mut next);
                std::mem::swap(&mut value, &mut next);
            }
        }
        let power = &powers[(digits >> 1) * n..][..n];
        if started {
            ring.mul(&value, Some(power), &mut next);
            std::mem::swap(&mut value, &mut next);
        } else {
            value.copy_from_slice(power);
            started = true;
        }
        i = low;
    }
    ring.scratch[..n].copy_from_slice(&value);
    ring.scratch[n..].fill(0);
    ring.reduce(&mut value);
    out.neg = false;
    out.limbs.clear();
    out.limbs.extend_from_slice(&value);
    out.normalize();
}

/// `out` with `a * out == 1` modulo `m > 0`, in 0..m. Errors: [`IntError::NotInvertible`].
pub fn mod_inverse(a: IntRef, m: IntRef, out: &mut IntBuf) -> Result<(), IntError> {
    if *m.limbs == [1] {
        out.clear();
        return Ok(());
    }
    let mut base = IntBuf::new();
    arith::rem(a, m, &mut base)?;
    match (&*base.limbs, m.limbs) {
        ([], _) => Err(IntError::NotInvertible),
        (&[x], &[m]) => {
            out.set_u64(inverse_small(x, m).ok_or(IntError::NotInvertible)?);
            Ok(())
        }
        (x, y) => large::inverse(x, y, out).ok_or(IntError::NotInvertible),
    }
}

/// Extended Euclid on one limb.
fn inverse_small(a: u64, m: u64) -> Option<u64> {
    let (mut r0, mut r1) = (i128::from(m), i128::from(a));
    let (mut s0, mut s1) = (0i128, 1i128);
    while r1 != 0 {
        let q = (r0 as u64 / r1 as u64) as i128;
        (r0, r1) = (r1, r0 - q * r1);
        (s0, s1) = (s1, s0 - q * s1);
    }
    (r0 == 1).then(|| (if s0 < 0 { s0 + i128::from(m) } else { s0 }) as u64)
}
