//! Products of long numbers in base 10**18 by number-theoretic transforms.
//!
//! Words are split into digits of base 10**9. Their convolution is computed modulo two primes of more than 60
//! bits and put together by the Chinese remainder theorem; a sum of 2**32 products of such digits is still far
//! below the primes' product. Butterflies multiply by roots with a precomputed quotient (Shoup) and keep numbers
//! below four times the prime, so that they need no full reduction (Harvey, "Faster arithmetic for
//! number-theoretic transforms", 2014).

use super::words::{BASE, div_base};
use crate::int::limbs::div_2by1;

/// A prime `k * 2**m + 1` below 2**62.
#[derive(Clone, Copy)]
struct Field {
    p: u64,
    /// `-1 / p` modulo `2**64`, for Montgomery's reduction.
    inverse: u64,
    /// A generator of the multiplicative group.
    generator: u64,
}

const FIRST: Field = Field::new(4_179_340_454_199_820_289, 3); // 29 * 2**57 + 1
const SECOND: Field = Field::new(1_945_555_039_024_054_273, 5); // 27 * 2**56 + 1
const HALF_BASE: u64 = 1_000_000_000;

/// A factor and its quotient `factor * 2**64 / p`.
#[derive(Clone, Copy)]
struct Factor {
    value: u64,
    quotient: u64,
}

impl Field {
    const fn new(p: u64, generator: u64) -> Field {
        let mut inverse = p;
        let mut i = 0;
        while i < 5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(p.wrapping_mul(inverse)));
            i += 1;
        }
        Field { p, inverse: inverse.wrapping_neg(), generator }
    }

    /// `a * b` modulo p, the slow way.
    fn product(self, a: u64, b: u64) -> u64 {
        (u128::from(a) * u128::from(b) % u128::from(self.p)) as u64
    }

    fn pow(self, base: u64, mut e: u64) -> u64 {
        let (mut result, mut square) = (1, base);
        while e > 0 {
            if e & 1 == 1 {
                result = self.product(result, square);
            }
            square = self.product(square, square);
            e >>= 1;
        }
        result
    }

    fn factor(self, value: u64) -> Factor {
        Factor { value, quotient: div_2by1(value, 0, self.p).0 }
    }

    /// `x` times a factor, below `2 p`; `x` may be any number.
    #[inline]
    fn times(self, x: u64, f: Factor) -> u64 {
        let q = ((u128::from(x) * u128::from(f.quotient)) >> 64) as u64;
        x.wrapping_mul(f.value).wrapping_sub(q.wrapping_mul(self.p))
    }

    /// `a * b / 2**64`, below `2 p`, for factors below `4 p`.
    #[inline]
    fn montgomery(self, a: u64, b: u64) -> u64 {
        let t = u128::from(self.halve(a)) * u128::from(self.halve(b));
        let m = (t as u64).wrapping_mul(self.inverse);
        ((t + u128::from(m) * u128::from(self.p)) >> 64) as u64
    }

    /// From below `4 p` to below `2 p`.
    #[inline]
    fn halve(self, x: u64) -> u64 {
        x.min(x.wrapping_sub(2 * self.p))
    }

    /// The roots of all levels, one level after another: for blocks of `2 h`, the `h` first powers of the root of
    /// that order, at `h ..`.
    fn roots(self, n: usize) -> Vec<Factor> {
        let half = n / 2;
        let root = self.factor(self.pow(self.generator, (self.p - 1) / n as u64));
        let mut out = vec![Factor { value: 0, quotient: 0 }; n.max(2)];
        let mut power = 1;
        for slot in &mut out[half..n] {
            *slot = self.factor(power);
            power = self.times(power, root);
            if power >= self.p {
                power -= self.p;
            }
        }
        for h in (1..half).rev() {
            out[h] = out[2 * h];
        }
        // Level h begins at h and takes every other root of the level above; the loop above has placed exactly
        // those, since index 2 h + 2 i of a level is index h + i of the next.
        out
    }

    /// The transform, its result in bit-reversed order, below `2 p`.
    fn forward(self, a: &mut [u64], roots: &[Factor]) {
        let mut half = a.len() / 2;
        while half > 0 {
            let level = &roots[half..2 * half];
            for block in a.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for ((x, y), &w) in low.iter_mut().zip(high).zip(level) {
                    let (u, v) = (*x, *y);
                    *x = self.halve(u + v);
                    *y = self.times(u + 2 * self.p - v, w);
                }
            }
            half /= 2;
        }
    }

    /// The inverse transform from bit-reversed order, without the division by n; below `4 p`.
    fn backward(self, a: &mut [u64], roots: &[Factor]) {
        let n = a.len();
        let mut half = 1;
        while half < n {
            let level = &roots[half..2 * half];
            for block in a.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                // The inverse of the i-th root is minus the root that lies as far from the end.
                let (first, high_rest) = match high.split_first_mut() {
                    Some(parts) => parts,
                    None => continue,
                };
                let (u, v) = (self.halve(low[0]), self.halve(*first));
                low[0] = u + v;
                *first = u + 2 * self.p - v;
                for ((x, y), &w) in low[1..].iter_mut().zip(high_rest).zip(level[1..].iter().rev()) {
                    let (u, v) = (self.halve(*x), self.times(*y, w));
                    *x = u + 2 * self.p - v;
                    *y = u + v;
                }
            }
            half *= 2;
        }
    }

    /// The cyclic convolution of length `n`, a power of two.
    fn convolve(self, a: &[u64], b: &[u64], n: usize) -> Vec<u64> {
        let load = |words: &[u64]| {
            let mut out = Vec::with_capacity(n);
            out.extend(words.iter().flat_map(|&w| [w % HALF_BASE, w / HALF_BASE]));
            out.resize(n, 0);
            out
        };
        let roots = self.roots(n);
        let mut x = load(a);
        self.forward(&mut x, &roots);
        if std::ptr::eq(a, b) {
            for u in &mut x {
                *u = self.montgomery(*u, *u);
            }
        } else {
            let mut y = load(b);
            self.forward(&mut y, &roots);
            for (u, v) in x.iter_mut().zip(y) {
                *u = self.montgomery(*u, v);
            }
        }
        self.backward(&mut x, &roots);
        // Divides by n, and takes back the division by 2**64 of Montgomery's product.
        let power = ((1u128 << 64) % u128::from(self.p)) as u64;
        let scale = self.factor(self.product(self.pow(n as u64, self.p - 2), power));
        for u in &mut x {
            let r = self.times(*u, scale);
            *u = if r >= self.p { r - self.p } else { r };
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
    let inverse = q.factor(q.pow(p % q.p, q.p - 2));
    let mut carry = 0u128;
    let mut digit = |i: usize| {
        let (r, s) = (x[i], y[i]);
        // r is below p, which is less than 3 q: the difference stays positive, and need not be reduced.
        let t = q.times(s + 3 * q.p - r, inverse);
        let t = if t >= q.p { t - q.p } else { t };
        let sum = u128::from(r) + u128::from(p) * u128::from(t) + carry;
        let (high, low) = div_base(sum);
        // Divided by 10**9 with the help of the division by 10**18.
        let rest = low / HALF_BASE;
        carry = high * u128::from(HALF_BASE) + u128::from(rest);
        low - rest * HALF_BASE
    };
    for (i, target) in out.iter_mut().enumerate() {
        let low = digit(2 * i);
        let high = digit(2 * i + 1);
        *target = low + high * HALF_BASE;
        debug_assert!(*target < BASE);
    }
    debug_assert!(carry == 0);
}
