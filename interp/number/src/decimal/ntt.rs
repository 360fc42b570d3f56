//! Products of long numbers in base 10**18 by number-theoretic transforms.
//!
//! Words are split into digits of base 10**9. Their convolution is computed modulo two primes of more than 60
//! bits and put together by the Chinese remainder theorem; a sum of 2**32 products of such digits is still far
//! below the primes' product.

use super::words::{BASE, div_base};

/// A prime `k * 2**m + 1` with Montgomery's constants.
#[derive(Clone, Copy)]
struct Field {
    p: u64,
    /// `-1 / p` modulo `2**64`.
    inverse: u64,
    /// `2**128` modulo p.
    square: u64,
    /// A generator of the multiplicative group.
    generator: u64,
}

const FIRST: Field = Field::new(4_179_340_454_199_820_289, 3); // 29 * 2**57 + 1
const SECOND: Field = Field::new(1_945_555_039_024_054_273, 5); // 27 * 2**56 + 1
const HALF_BASE: u64 = 1_000_000_000;

impl Field {
    const fn new(p: u64, generator: u64) -> Field {
        let mut inverse = p;
        let mut i = 0;
        while i < 5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(p.wrapping_mul(inverse)));
            i += 1;
        }
        let r = ((1u128 << 64) % p as u128) as u64;
        let square = (r as u128 * r as u128 % p as u128) as u64;
        Field { p, inverse: inverse.wrapping_neg(), square, generator }
    }

    /// `a * b / 2**64`.
    #[inline]
    fn mul(self, a: u64, b: u64) -> u64 {
        let t = u128::from(a) * u128::from(b);
        let m = (t as u64).wrapping_mul(self.inverse);
        let r = ((t + u128::from(m) * u128::from(self.p)) >> 64) as u64;
        if r >= self.p { r - self.p } else { r }
    }

    #[inline]
    fn add(self, a: u64, b: u64) -> u64 {
        let s = a + b;
        if s >= self.p { s - self.p } else { s }
    }

    #[inline]
    fn sub(self, a: u64, b: u64) -> u64 {
        if a >= b { a - b } else { a + self.p - b }
    }

    /// Into Montgomery's form.
    fn enter(self, a: u64) -> u64 {
        self.mul(a % self.p, self.square)
    }

    /// `base ** e`, both in Montgomery's form.
    fn pow(self, base: u64, mut e: u64) -> u64 {
        let (mut result, mut square) = (self.enter(1), base);
        while e > 0 {
            if e & 1 == 1 {
                result = self.mul(result, square);
            }
            square = self.mul(square, square);
            e >>= 1;
        }
        result
    }

    /// Powers of a root of unity of order `n`: `n / 2` of them.
    fn roots(self, n: usize, inverse: bool) -> Vec<u64> {
        let step = (self.p - 1) / n as u64;
        let e = if inverse { self.p - 1 - step } else { step };
        let root = self.pow(self.enter(self.generator), e);
        let mut out = Vec::with_capacity(n / 2);
        let mut power = self.enter(1);
        for _ in 0..n / 2 {
            out.push(power);
            power = self.mul(power, root);
        }
        out
    }

    /// The transform, its result in bit-reversed order.
    fn forward(self, a: &mut [u64]) {
        let n = a.len();
        let roots = self.roots(n, false);
        let mut length = n;
        while length > 1 {
            let half = length / 2;
            let stride = n / length;
            for block in a.chunks_exact_mut(length) {
                let (low, high) = block.split_at_mut(half);
                for (i, (x, y)) in low.iter_mut().zip(high).enumerate() {
                    let (u, v) = (*x, *y);
                    *x = self.add(u, v);
                    *y = self.mul(self.sub(u, v), roots[i * stride]);
                }
            }
            length = half;
        }
    }

    /// The inverse transform from bit-reversed order, without the division by n.
    fn backward(self, a: &mut [u64]) {
        let n = a.len();
        let roots = self.roots(n, true);
        let mut length = 2;
        while length <= n {
            let half = length / 2;
            let stride = n / length;
            for block in a.chunks_exact_mut(length) {
                let (low, high) = block.split_at_mut(half);
                for (i, (x, y)) in low.iter_mut().zip(high).enumerate() {
                    let (u, v) = (*x, self.mul(*y, roots[i * stride]));
                    *x = self.add(u, v);
                    *y = self.sub(u, v);
                }
            }
            length *= 2;
        }
    }

    /// The cyclic convolution of length `n`, a power of two.
    fn convolve(self, a: &[u64], b: &[u64], n: usize) -> Vec<u64> {
        let load = |words: &[u64]| {
            let mut out = Vec::with_capacity(n);
            for &w in words {
                out.push(self.enter(w % HALF_BASE));
                out.push(self.enter(w / HALF_BASE));
            }
            out.resize(n, 0);
            out
        };
        let mut x = load(a);
        self.forward(&mut x);
        if std::ptr::eq(a, b) {
            for u in &mut x {
                *u = self.mul(*u, *u);
            }
        } else {
            let mut y = load(b);
            self.forward(&mut y);
            for (u, v) in x.iter_mut().zip(y) {
                *u = self.mul(*u, v);
            }
        }
        self.backward(&mut x);
        // 1 / n, and out of Montgomery's form with the same multiplication.
        let scale = self.pow(self.enter(n as u64), self.p - 2);
        let scale = self.mul(scale, 1);
        for u in &mut x {
            *u = self.mul(*u, scale);
        }
        x
    }
}

/// `out = a * b`; `out.len() == a.len() + b.len()`.
pub fn mul(out: &mut [u64], a: &[u64], b: &[u64]) {
    let n = (2 * out.len()).next_power_of_two();
    let x = FIRST.convolve(a, b, n);
    let y = SECOND.convolve(a, b, n);
    // The number that is x modulo the first prime and y modulo the second.
    let (p, q) = (FIRST.p, SECOND);
    let inverse = q.pow(q.enter(p), q.p - 2);
    let mut carry = 0u128;
    for (i, target) in out.iter_mut().enumerate() {
        let mut word = 0;
        for (j, weight) in [1, HALF_BASE].into_iter().enumerate() {
            let (r, s) = (x[2 * i + j], y[2 * i + j]);
            // The inverse is in Montgomery's form, the difference is not: the product is not either.
            let t = q.mul(q.sub(s, r % q.p), inverse);
            let sum = u128::from(r) + u128::from(p) * u128::from(t) + carry;
            carry = sum / u128::from(HALF_BASE);
            word += (sum % u128::from(HALF_BASE)) as u64 * weight;
        }
        debug_assert!(word < BASE);
        *target = word;
    }
    debug_assert!(div_base(carry) == (0, 0));
}
