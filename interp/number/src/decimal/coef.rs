//! Coefficients: non-negative integers in decimal.
//!
//! Up to 38 digits are one `u128`, on which nearly all programs live; longer ones are words in base 10**18. The
//! form is canonical: a number of up to 38 digits is never stored in words.

use super::words::{self, BASE, POW10, Rest, WIDTH, Words, div_base};
use crate::int::limbs::div_2by1;
use std::cmp::Ordering;

/// Digits that fit the small form.
pub const SMALL_DIGITS: usize = 38;

/// A coefficient, owned or stored by somebody else.
#[derive(Clone, Debug)]
pub enum Coef<'a> {
    /// Fewer than 39 digits.
    Small(u128),
    /// More digits, in words of base 10**18, least significant first, owned.
    Owned(Words),
    /// The same, stored elsewhere.
    Borrowed(&'a [u64]),
}

/// Powers of ten up to 10**38.
const POW10_WIDE: [u128; 39] = {
    let mut table = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// Number of digits; 0 for 0.
#[inline]
fn small_digits(x: u128) -> usize {
    let guess = ((128 - x.leading_zeros() as usize) * 1233) >> 12;
    guess + usize::from(x >= POW10_WIDE[guess])
}

/// `x / 10**n` and the remainder, `n <= 38`, `x < 10**38`.
#[inline]
fn div_pow10(x: u128, n: usize) -> (u128, u128) {
    if let Ok(x) = u64::try_from(x) {
        if n >= 20 {
            return (0, u128::from(x));
        }
        return (u128::from(x / POW10[n]), u128::from(x % POW10[n]));
    }
    if n <= 19 {
        let (q, r) = div_wide(x, POW10[n]);
        return (q, u128::from(r));
    }
    let (q, low) = div_wide(x, POW10[19]);
    let (q, high) = div_wide(q, POW10[n - 19]);
    (q, u128::from(high) * u128::from(POW10[19]) + u128::from(low))
}

/// `x / d` and the remainder.
#[inline]
pub(super) fn div_wide(x: u128, d: u64) -> (u128, u64) {
    let (high, low) = ((x >> 64) as u64, x as u64);
    let (q1, r) = (high / d, high % d);
    let (q0, r) = div_2by1(r, low, d);
    (u128::from(q1) << 64 | u128::from(q0), r)
}

/// The words of a number below 2**128.
fn small_words(x: u128) -> ([u64; 3], usize) {
    let (q, w0) = div_base(x);
    let (q, w1) = div_base(q);
    let out = [w0, w1, q as u64];
    (out, words::digits(&out[..trimmed(&out)]).div_ceil(WIDTH))
}

fn trimmed(a: &[u64]) -> usize {
    a.iter().rposition(|&w| w != 0).map_or(0, |i| i + 1)
}

/// A coefficient's words, wherever they are.
pub enum View<'a> {
    /// Of a small coefficient.
    Stack([u64; 3], usize),
    /// Of a long one.
    Slice(&'a [u64]),
}

impl View<'_> {
    /// The words, trimmed.
    pub fn words(&self) -> &[u64] {
        match self {
            View::Stack(words, n) => &words[..*n],
            View::Slice(words) => words,
        }
    }
}

impl Coef<'_> {
    /// Zero.
    pub const ZERO: Coef<'static> = Coef::Small(0);

    /// The coefficient with the value of trimmed words.
    #[inline]
    pub fn from_words(w: Words) -> Coef<'static> {
        if w.len() <= 3 && (w.len() < 3 || w[2] < 100) {
            let value = w.iter().rev().fold(0u128, |v, &x| v * u128::from(BASE) + u128::from(x));
            return Coef::Small(value);
        }
        Coef::Owned(w)
    }

    /// A number of up to 128 bits.
    pub fn from_u128(x: u128) -> Coef<'static> {
        if x < POW10_WIDE[SMALL_DIGITS] {
            return Coef::Small(x);
        }
        let (w, n) = small_words(x);
        Coef::Owned(Words::from_slice(&w[..n]))
    }

    /// A copy that owns its words.
    pub fn to_owned(&self) -> Coef<'static> {
        match self {
            Coef::Small(x) => Coef::Small(*x),
            Coef::Owned(w) => Coef::Owned(w.clone()),
            Coef::Borrowed(w) => Coef::Owned(Words::from_slice(w)),
        }
    }

    /// The same without copying.
    pub fn borrow(&self) -> Coef<'_> {
        match self {
            Coef::Small(x) => Coef::Small(*x),
            Coef::Owned(w) => Coef::Borrowed(w),
            Coef::Borrowed(w) => Coef::Borrowed(w),
        }
    }

    /// The words.
    pub fn view(&self) -> View<'_> {
        match self {
            Coef::Small(x) => {
                let (w, n) = small_words(*x);
                View::Stack(w, n)
            }
            Coef::Owned(w) => View::Slice(w),
            Coef::Borrowed(w) => View::Slice(w),
        }
    }

    /// Whether this is zero.
    #[inline]
    pub fn is_zero(&self) -> bool {
        matches!(self, Coef::Small(0))
    }

    /// The value if it fits.
    pub fn to_u64(&self) -> Option<u64> {
        match self {
            Coef::Small(x) => u64::try_from(*x).ok(),
            _ => None,
        }
    }

    /// Number of digits; 1 for 0.
    #[inline]
    pub fn digits(&self) -> i64 {
        match self {
            Coef::Small(x) => small_digits(*x).max(1) as i64,
            Coef::Owned(w) => words::digits(w) as i64,
            Coef::Borrowed(w) => words::digits(w) as i64,
        }
    }

    /// The digit that counts 10**`i`.
    pub fn digit(&self, i: i64) -> u64 {
        let Ok(i) = usize::try_from(i) else { return 0 };
        match self {
            Coef::Small(x) if i < 39 => (x / POW10_WIDE[i] % 10) as u64,
            Coef::Small(_) => 0,
            Coef::Owned(w) => words::digit(w, i),
            Coef::Borrowed(w) => words::digit(w, i),
        }
    }

    /// Number of zero digits at the end; 0 for 0.
    pub fn trailing_zeros(&self) -> i64 {
        match self {
            Coef::Small(0) => 0,
            Coef::Small(x) => {
                let (mut x, mut n) = (*x, 0);
                for step in [16, 8, 4, 2, 1] {
                    loop {
                        let (q, r) = div_pow10(x, step);
                        if r != 0 {
                            break;
                        }
                        x = q;
                        n += step as i64;
                    }
                }
                n
            }
            _ => words::trailing_zeros(self.view().words()) as i64,
        }
    }

    /// Whether the lowest digit is odd.
    pub fn is_odd(&self) -> bool {
        match self {
            Coef::Small(x) => x & 1 == 1,
            Coef::Owned(w) => w[0] & 1 == 1,
            Coef::Borrowed(w) => w[0] & 1 == 1,
        }
    }

    /// `self * 10**n`; `None` if there is no memory for it.
    #[inline]
    pub fn shl(&self, n: i64) -> Option<Coef<'static>> {
        if let Coef::Small(x) = self {
            if *x == 0 {
                return Some(Coef::ZERO);
            }
            if small_digits(*x) as i64 + n <= SMALL_DIGITS as i64 {
                return Some(Coef::Small(*x * POW10_WIDE[n as usize]));
            }
        }
        Some(Coef::from_words(words::shl(self.view().words(), usize::try_from(n).ok()?)?))
    }

    /// `self / 10**n` and what was cut off.
    #[inline]
    pub fn shr(&self, n: i64) -> (Coef<'static>, Rest) {
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        if let Coef::Small(x) = self {
            if n > SMALL_DIGITS {
                return (Coef::ZERO, if *x == 0 { Rest::Zero } else { Rest::Below });
            }
            let (q, r) = div_pow10(*x, n);
            let rest = if r == 0 {
                Rest::Zero
            } else {
                match (r * 2).cmp(&POW10_WIDE[n]) {
                    Ordering::Less => Rest::Below,
                    Ordering::Equal => Rest::Half,
                    Ordering::Greater => Rest::Above,
                }
            };
            return (Coef::Small(q), rest);
        }
        let (q, rest) = words::shr(self.view().words(), n);
        (Coef::from_words(q), rest)
    }

    /// The lowest `n` digits.
    pub fn low_digits(&self, n: i64) -> Coef<'static> {
        let n = usize::try_from(n).unwrap_or(0);
        match self {
            Coef::Small(x) if n > SMALL_DIGITS => Coef::Small(*x),
            Coef::Small(x) => Coef::Small(div_pow10(*x, n).1),
            _ => Coef::from_words(words::low_digits(self.view().words(), n)),
        }
    }

    /// `self + other`.
    #[inline]
    pub fn add(&self, other: &Coef) -> Coef<'static> {
        if let (Coef::Small(x), Coef::Small(y)) = (self, other) {
            // Twice 10**38 is less than 2**128.
            return Coef::from_u128(x + y);
        }
        Coef::from_words(words::add(self.view().words(), other.view().words()))
    }

    /// `self - other` for `self >= other`.
    #[inline]
    pub fn sub(&self, other: &Coef) -> Coef<'static> {
        if let (Coef::Small(x), Coef::Small(y)) = (self, other) {
            return Coef::Small(x - y);
        }
        Coef::from_words(words::sub(self.view().words(), other.view().words()))
    }

    /// `self + 1`.
    pub fn increment(&self) -> Coef<'static> {
        if let Coef::Small(x) = self {
            return Coef::from_u128(x + 1);
        }
        let mut w = Words::from_slice(self.view().words());
        words::increment(&mut w);
        Coef::from_words(w)
    }

    /// `self * other`.
    #[inline]
    pub fn mul(&self, other: &Coef) -> Coef<'static> {
        if let (Coef::Small(x), Coef::Small(y)) = (self, other) {
            if let (Ok(x), Ok(y)) = (u64::try_from(*x), u64::try_from(*y)) {
                return Coef::from_u128(u128::from(x) * u128::from(y));
            }
            if x.leading_zeros() + y.leading_zeros() >= 128 {
                return Coef::from_u128(x * y);
            }
        }
        // A square is recognized by the identity of the words.
        let (a, b) = (self.view(), other.view());
        Coef::from_words(words::mul(a.words(), b.words()))
    }

    /// Quotient and remainder; `other` is not zero.
    pub fn divmod(&self, other: &Coef) -> (Coef<'static>, Coef<'static>) {
        if let (Coef::Small(x), Coef::Small(y)) = (self, other) {
            if let Ok(y) = u64::try_from(*y) {
                let (q, r) = div_wide(*x, y);
                return (Coef::Small(q), Coef::Small(u128::from(r)));
            }
            return (Coef::Small(x / y), Coef::Small(x % y));
        }
        let (q, r) = words::divmod(self.view().words(), other.view().words());
        (Coef::from_words(q), Coef::from_words(r))
    }

    /// Compares by value.
    #[inline]
    pub fn compare(&self, other: &Coef) -> Ordering {
        match (self, other) {
            (Coef::Small(x), Coef::Small(y)) => x.cmp(y),
            (Coef::Small(_), _) => Ordering::Less,
            (_, Coef::Small(_)) => Ordering::Greater,
            _ => words::cmp(self.view().words(), other.view().words()),
        }
    }

    /// Whether this is a power of ten (1, 10, ...).
    pub fn is_power_of_ten(&self) -> bool {
        let zeros = self.trailing_zeros();
        !self.is_zero() && zeros + 1 == self.digits() && self.digit(zeros) == 1
    }

    /// `n` nines.
    pub fn nines(n: i64) -> Option<Coef<'static>> {
        if n <= 0 {
            return Some(Coef::ZERO);
        }
        let power = Coef::Small(1).shl(n)?;
        Some(power.sub(&Coef::Small(1)))
    }

    /// Appends the digits.
    pub fn write(&self, out: &mut Vec<u8>) {
        if let Coef::Small(x) = self
            && let Ok(x) = u64::try_from(*x)
        {
            return crate::int::write_u64(x, out);
        }
        let view = self.view();
        let mut all = view.words().iter().rev();
        match all.next() {
            Some(&top) => crate::int::write_u64(top, out),
            None => out.push(b'0'),
        }
        for &w in all {
            let start = out.len();
            out.resize(start + WIDTH, b'0');
            let mut w = w;
            for slot in out[start..].iter_mut().rev() {
                *slot = b'0' + (w % 10) as u8;
                w /= 10;
            }
        }
    }

    /// Reads ASCII digits.
    pub fn parse(digits: &[u8]) -> Coef<'static> {
        let zeros = digits.iter().take_while(|&&b| b == b'0').count();
        let digits = &digits[zeros..];
        let value = |part: &[u8]| part.iter().fold(0u64, |v, &b| v * 10 + u64::from(b - b'0'));
        if digits.len() <= 19 {
            return Coef::Small(u128::from(value(digits)));
        }
        let mut w = Words::with_capacity(digits.len().div_ceil(WIDTH));
        w.extend(digits.rchunks(WIDTH).map(value));
        Coef::from_words(w)
    }
}
