//! Operations on digits: logical ones, shifts and rotations.

use super::coef::Coef;
use super::words::{POW10, WIDTH, Words};
use super::{Context, Decimal, Number};

/// Whether `a` is a logical operand: a non-negative integer of zeros and ones with exponent 0.
fn is_logical(a: &Number) -> bool {
    if !a.is_finite() || a.neg || a.exp != 0 {
        return false;
    }
    let mut digits = Vec::new();
    a.coef.write(&mut digits);
    digits.iter().all(|d| matches!(d, b'0' | b'1'))
}

impl Context {
    /// `logical_and`.
    pub fn and(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.logical(a, b, |x, y| x & y, status)
    }

    /// `logical_or`.
    pub fn or(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.logical(a, b, |x, y| x | y, status)
    }

    /// `logical_xor`.
    pub fn xor(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.logical(a, b, |x, y| x ^ y, status)
    }

    fn logical(&self, a: &Number, b: &Number, op: fn(u64, u64) -> u64, status: &mut u32) -> Decimal {
        if !is_logical(a) || !is_logical(b) {
            return Number::invalid(status);
        }
        let (x, y) = (a.coef.view(), b.coef.view());
        let (x, y) = (x.words(), y.words());
        let mut out = Words::new();
        for i in 0..x.len().max(y.len()) {
            let (mut v, mut w) = (x.get(i).copied().unwrap_or(0), y.get(i).copied().unwrap_or(0));
            let mut word = 0;
            for weight in &POW10[..WIDTH] {
                word += op(v % 10, w % 10) * weight;
                v /= 10;
                w /= 10;
            }
            out.push(word);
        }
        super::words::trim(&mut out);
        Number::finite(false, Coef::from_words(out).low_digits(self.prec), 0)
    }

    /// `logical_invert`: of all the digits of the precision.
    pub fn invert(&self, a: &Number, status: &mut u32) -> Decimal {
        if !is_logical(a) {
            return Number::invalid(status);
        }
        let Some(nines) = Coef::nines(self.prec) else { return Number::no_memory(status) };
        let (ones, _) = nines.divmod(&Coef::Small(9));
        Number::finite(false, ones.sub(&a.coef.low_digits(self.prec)), 0)
    }

    /// The count of places of a shift or rotation, if it is allowed.
    fn places(&self, b: &Number) -> Option<i64> {
        if !b.is_finite() || b.exp != 0 {
            return None;
        }
        let n = i64::try_from(b.coef.to_u64()?).ok().filter(|&n| n <= self.prec)?;
        Some(if b.neg { -n } else { n })
    }

    /// `shift`: by digits, within the precision; positive counts to the left.
    pub fn shift(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        let Some(n) = self.places(b) else { return Number::invalid(status) };
        if a.is_infinite() {
            return a.to_owned();
        }
        let coef = a.coef.low_digits(self.prec);
        let coef = if n >= 0 {
            match coef.low_digits(self.prec - n).shl(n) {
                Some(coef) => coef,
                None => return Number::no_memory(status),
            }
        } else {
            coef.shr(-n).0
        };
        Number::finite(a.neg, coef, a.exp)
    }

    /// `rotate`: the digits of the precision.
    pub fn rotate(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        let Some(n) = self.places(b) else { return Number::invalid(status) };
        if a.is_infinite() {
            return a.to_owned();
        }
        let left = if n >= 0 { n } else { self.prec + n };
        let coef = a.coef.low_digits(self.prec);
        let (high, _) = coef.shr(self.prec - left);
        match coef.low_digits(self.prec - left).shl(left) {
            Some(low) => Number::finite(a.neg, low.add(&high), a.exp),
            None => Number::no_memory(status),
        }
    }
}
