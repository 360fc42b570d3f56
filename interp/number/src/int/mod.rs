//! Integers of any size on storage that belongs to the caller.
//!
//! Operands are [`IntRef`]: a sign and little-endian 64-bit limbs, wherever they lie. Results go into an
//! [`IntBuf`], which keeps up to eight limbs in itself, so that common operations allocate nothing; the caller
//! copies the limbs to where it keeps numbers. Invariant of both: no leading zero limb, and zero is non-negative
//! with no limbs. Every operation takes and leaves normalized numbers.
//!
//! Short operands are handled here, directly on the slices; long ones go to a library (`large`). Which one was
//! settled by measuring on one machine (microseconds; operands of n limbs, quotient of 2n by n limbs; "in"
//! includes bringing the operands in from limb slices):
//!
//! | | dashu-int 0.6.2 | num-bigint 0.5.1 | ibig 0.3.6 | CPython 3.12 | here |
//! |---|---|---|---|---|---|
//! | mul 2, in | 0.065 | 0.109 | | 0.128 | 0.016 |
//! | mul 4, in | 0.078 | 0.122 | | 0.208 | 0.027 |
//! | mul 16, in | 0.229 | 0.350 | | 1.34 | 0.212 |
//! | mul 128 | 9.0 | 10.0 | 9.4 | 41 | |
//! | mul 1563 (100,000 bits) | 451 | 604 | 441 | 2322 | |
//! | mul 50000 | 42492 | 82875 | 82113 | | |
//! | div 4 | 0.164 | 0.145 | 0.135 | 0.356 | 0.101 |
//! | div 128 | 20 | 23 | 23 | 115 | |
//! | div 5000 | 6373 | 8590 | 6051 | 29794 | |
//! | str, 100,000 digits | 7835 | 8060 | 8040 | 22891 | |
//! | int, 100,000 digits | 4472 | 10165 | 4767 | 14597 | |
//! | sqrt, 5191 | 1450 | 26434 | | | |
//!
//! dashu-int (MIT or Apache-2.0, pure Rust, 64-bit limbs readable in place) is the fastest or close to it from
//! long operands on, and alone has a number-theoretic transform and a fast square root. GMP and malachite are
//! LGPL. `2**100000` squared takes 1.4 here (low zero limbs are left out), 211 in CPython; `str` of 16 limbs 0.9,
//! in CPython 2.1; `pow(b, e, m)` of 32 limbs (RSA-2048) 3197, in CPython 26024. At two to four limbs any library loses more to allocating and copying than the operation costs, hence
//! the kernels in `limbs`.

mod arith;
mod bits;
mod bytes;
mod convert;
mod large;
pub mod limbs;
mod parse;
mod power;
mod print;
mod root;

pub use arith::{add, divmod, divmod_near, floordiv, mul, rem, square, sub};
pub use bits::{and, bit_count, invert, or, shl, shr, xor};
pub use bytes::{from_bytes, to_bytes};
pub use convert::{HASH_MODULUS, from_f64, hash, hash_i64, round_scaled, to_f64, true_divide};
pub(crate) use parse::is_space;
pub use parse::{CHECK_THRESHOLD as STR_DIGITS_CHECK_THRESHOLD, ParseIntError, from_digits, parse};
pub use power::{mod_inverse, modpow, pow};
pub use print::{digits_exceed_limit, to_string, write_i64, write_radix, write_u64};
pub use root::{gcd, is_square, isqrt, lcm};

use smallvec::SmallVec;
use std::cmp::Ordering;

/// Limbs of a result; eight fit without allocation.
pub type Limbs = SmallVec<[u64; 8]>;

/// An integer somebody else stores: sign and normalized little-endian limbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntRef<'a> {
    /// Whether the number is below zero.
    pub neg: bool,
    /// The magnitude, least significant limb first, without leading zero limbs.
    pub limbs: &'a [u64],
}

/// An integer that owns its limbs: the target of every operation, to be used again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntBuf {
    /// Whether the number is below zero.
    pub neg: bool,
    /// The magnitude, least significant limb first, without leading zero limbs.
    pub limbs: Limbs,
}

/// Why an integer operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntError {
    /// Division or modulo by zero.
    ZeroDivision,
    /// A negative shift count (ValueError "negative shift count").
    NegativeShift,
    /// The result would not fit in memory (MemoryError; a shift count of such size is an OverflowError).
    TooLarge,
    /// A negative power without a modulus: the result is a float.
    NegativeExponent,
    /// No inverse for the modulus (ValueError "base is not invertible for the given modulus").
    NotInvertible,
    /// The value does not fit the target (OverflowError "int too big to convert" and the like).
    Overflow,
    /// A negative number where only others are allowed (isqrt, unsigned bytes).
    Negative,
}

/// The largest number of limbs a result may have: beyond it an operation answers [`IntError::TooLarge`].
pub const MAX_LIMBS: usize = 1 << 40;

impl<'a> IntRef<'a> {
    /// Zero.
    pub const ZERO: IntRef<'static> = IntRef { neg: false, limbs: &[] };
    /// One.
    pub const ONE: IntRef<'static> = IntRef { neg: false, limbs: &[1] };

    /// A reference from limbs that may have leading zeros.
    #[inline]
    pub fn new(neg: bool, limbs: &'a [u64]) -> IntRef<'a> {
        let limbs = limbs::trim(limbs);
        IntRef { neg: neg && !limbs.is_empty(), limbs }
    }

    /// A small number, its magnitude stored in `cell`.
    #[inline]
    pub fn from_i64(value: i64, cell: &'a mut u64) -> IntRef<'a> {
        *cell = value.unsigned_abs();
        let limbs = if value == 0 { &[] } else { std::slice::from_ref(&*cell) };
        IntRef { neg: value < 0, limbs }
    }

    /// Whether this is zero.
    #[inline]
    pub fn is_zero(self) -> bool {
        self.limbs.is_empty()
    }

    /// Whether the lowest bit is set.
    #[inline]
    pub fn is_odd(self) -> bool {
        self.limbs.first().is_some_and(|w| w & 1 == 1)
    }

    /// -1, 0 or 1.
    #[inline]
    pub fn signum(self) -> i32 {
        if self.is_zero() {
            0
        } else if self.neg {
            -1
        } else {
            1
        }
    }

    /// The number without its sign.
    #[inline]
    pub fn abs(self) -> IntRef<'a> {
        IntRef { neg: false, limbs: self.limbs }
    }

    /// The number with the other sign.
    #[inline]
    pub fn negated(self) -> IntRef<'a> {
        IntRef { neg: !self.neg && !self.is_zero(), limbs: self.limbs }
    }

    /// Number of bits of the magnitude (`int.bit_length`).
    #[inline]
    pub fn bit_length(self) -> u64 {
        limbs::bit_length(self.limbs)
    }

    /// The value if it fits.
    #[inline]
    pub fn to_i64(self) -> Option<i64> {
        match *self.limbs {
            [] => Some(0),
            [w] if self.neg && w <= 1 << 63 => Some((w as i64).wrapping_neg()),
            [w] if !self.neg && w < 1 << 63 => Some(w as i64),
            _ => None,
        }
    }

    /// The value if it fits.
    #[inline]
    pub fn to_u64(self) -> Option<u64> {
        match *self.limbs {
            [] => Some(0),
            [w] if !self.neg => Some(w),
            _ => None,
        }
    }

    /// The value if it fits (magnitudes below 2**127).
    #[inline]
    pub fn to_i128(self) -> Option<i128> {
        let magnitude = match *self.limbs {
            [] => 0,
            [w] => i128::from(w),
            [lo, hi] if hi < 1 << 63 => i128::from(hi) << 64 | i128::from(lo),
            _ => return None,
        };
        Some(if self.neg { -magnitude } else { magnitude })
    }

    /// The low 64 bits in two's complement (C's conversion to an unsigned type).
    #[inline]
    pub fn to_u64_wrapping(self) -> u64 {
        let low = self.limbs.first().copied().unwrap_or(0);
        if self.neg { low.wrapping_neg() } else { low }
    }

    /// The number in a buffer of its own.
    pub fn to_buf(self) -> IntBuf {
        IntBuf { neg: self.neg, limbs: Limbs::from_slice(self.limbs) }
    }

    /// Compares by value.
    #[inline]
    pub fn compare(self, other: IntRef) -> Ordering {
        match (self.neg, other.neg) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => limbs::cmp(self.limbs, other.limbs),
            (true, true) => limbs::cmp(other.limbs, self.limbs),
        }
    }

    /// Compares with a float by value; `None` for NaN.
    pub fn compare_f64(self, other: f64) -> Option<Ordering> {
        if other.is_nan() {
            return None;
        }
        if other.is_infinite() {
            return Some(if other > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        let sign = if other > 0.0 {
            1
        } else if other < 0.0 {
            -1
        } else {
            0
        };
        if self.signum() != sign {
            return Some(self.signum().cmp(&sign));
        }
        let mut whole = IntBuf::new();
        convert::from_f64(other.trunc(), &mut whole);
        let order = self.compare(whole.as_ref());
        if order != Ordering::Equal {
            return Some(order);
        }
        let fraction = other - other.trunc();
        0.0f64.partial_cmp(&fraction)
    }
}

impl IntBuf {
    /// Zero.
    #[inline]
    pub fn new() -> IntBuf {
        IntBuf { neg: false, limbs: Limbs::new() }
    }

    /// The number as an operand.
    #[inline]
    #[allow(clippy::should_implement_trait)]
    pub fn as_ref(&self) -> IntRef<'_> {
        IntRef { neg: self.neg, limbs: &self.limbs }
    }

    /// The value if it fits.
    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        self.as_ref().to_i64()
    }

    /// Makes this zero.
    #[inline]
    pub fn clear(&mut self) {
        self.neg = false;
        self.limbs.clear();
    }

    /// Copies `value` here.
    #[inline]
    pub fn set(&mut self, value: IntRef) {
        self.neg = value.neg;
        self.limbs.clear();
        self.limbs.extend_from_slice(value.limbs);
    }

    /// Makes this a small number.
    #[inline]
    pub fn set_i64(&mut self, value: i64) {
        self.set_u64(value.unsigned_abs());
        self.neg = value < 0;
    }

    /// Makes this a small number.
    #[inline]
    pub fn set_u64(&mut self, value: u64) {
        self.clear();
        if value != 0 {
            self.limbs.push(value);
        }
    }

    /// Makes this a number of up to two limbs.
    #[inline]
    pub fn set_i128(&mut self, value: i128) {
        self.set_u128(value.unsigned_abs());
        self.neg = value < 0;
    }

    /// Makes this a number of up to two limbs.
    #[inline]
    pub fn set_u128(&mut self, value: u128) {
        self.clear();
        if value != 0 {
            self.limbs.push(value as u64);
            if value >> 64 != 0 {
                self.limbs.push((value >> 64) as u64);
            }
        }
    }

    /// Drops leading zero limbs; zero loses its sign. For callers that fill `limbs` themselves.
    #[inline]
    pub fn normalize(&mut self) {
        let n = limbs::trimmed_len(&self.limbs);
        self.limbs.truncate(n);
        if n == 0 {
            self.neg = false;
        }
    }

    /// Changes the sign.
    #[inline]
    pub fn negate(&mut self) {
        self.neg = !self.neg && !self.limbs.is_empty();
    }

    /// Zeroed limbs to write into.
    #[inline]
    fn zeroed(&mut self, n: usize) -> &mut [u64] {
        self.limbs.clear();
        self.limbs.resize(n, 0);
        &mut self.limbs
    }
}

impl From<i64> for IntBuf {
    fn from(value: i64) -> IntBuf {
        let mut out = IntBuf::new();
        out.set_i64(value);
        out
    }
}

impl From<u64> for IntBuf {
    fn from(value: u64) -> IntBuf {
        let mut out = IntBuf::new();
        out.set_u64(value);
        out
    }
}

#[cfg(test)]
mod tests;
