//! Division, integer division and the remainders.

use super::coef::Coef;
use super::compare::zero;
use super::small;
use super::{Context, Decimal, Number, status};
use std::cmp::Ordering;

/// A result, or the special case that replaces it.
type Outcome<T> = Result<T, Decimal>;

impl Context {
    /// `a / b`.
    pub fn div(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        let neg = a.neg != b.neg;
        if !a.is_finite() || !b.is_finite() {
            if let Some(nan) = self.nan_result(&[a, b], status) {
                return nan;
            }
            return match (a.is_infinite(), b.is_infinite()) {
                (true, true) => Number::invalid(status),
                (true, false) => Number::infinity(neg),
                _ => {
                    *status |= status::CLAMPED;
                    zero(neg, self.etiny())
                }
            };
        }
        if b.coef.is_zero() {
            return self.by_zero(a, neg, status);
        }
        let ideal = a.exp - b.exp;
        if a.coef.is_zero() {
            return self.finish(neg, Coef::ZERO, ideal, status);
        }
        // One digit more than the precision, at least, and its lowest tells about the rest.
        let shift = b.coef.digits() - a.coef.digits() + self.prec + 1;
        let mut exp = ideal - shift;
        let (wide_a, wide_b);
        let (mut q, inexact) = if let (Coef::Small(x), Coef::Small(y)) = (&a.coef, &b.coef)
            && self.prec <= small::MAX_QUOTIENT_PREC
            && shift >= 0
        {
            let (q, inexact) = small::scaled_quotient(*x, shift, *y);
            (Coef::from_u128(q), inexact)
        } else if shift > 0 {
            wide_a = match a.coef.shl(shift) {
                Some(coef) => coef,
                None => return self.div_exact_only(a, b, status),
            };
            let (q, r) = wide_a.divmod(&b.coef);
            (q, !r.is_zero())
        } else {
            wide_b = match b.coef.shl(-shift) {
                Some(coef) => coef,
                None => return Number::no_memory(status),
            };
            let (q, r) = a.coef.divmod(&wide_b);
            (q, !r.is_zero())
        };
        if inexact {
            if q.digit(0) % 5 == 0 {
                q = q.increment();
            }
        } else if exp < ideal {
            let cut = q.trailing_zeros().min(ideal - exp);
            if cut > 0 {
                q = q.shr(cut).0;
                exp += cut;
            }
        }
        self.finish(neg, q, exp, status)
    }

    /// A quotient at a precision for which there is no memory. It can still be exact, and then it has no more
    /// digits than the dividend and four for each digit of the divisor (a power of two times one of five).
    fn div_exact_only(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        let prec = a.coef.digits() + 4 * b.coef.digits() + 2;
        if prec >= self.prec {
            return Number::no_memory(status);
        }
        let mut inner = 0;
        let result = Context { prec, ..Context::MAX }.div(a, b, &mut inner);
        if inner & (status::INEXACT | status::MALLOC_ERROR) != 0 {
            return Number::no_memory(status);
        }
        self.finish_number(&result, status)
    }

    fn by_zero(&self, a: &Number, neg: bool, status: &mut u32) -> Decimal {
        if a.is_zero() {
            *status |= status::DIVISION_UNDEFINED;
            return Number::nan();
        }
        *status |= status::DIVISION_BY_ZERO;
        Number::infinity(neg)
    }

    /// `a // b`, truncated (`divide_int`).
    pub fn div_int(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        let neg = a.neg != b.neg;
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        if a.is_infinite() {
            return if b.is_infinite() { Number::invalid(status) } else { Number::infinity(neg) };
        }
        if b.is_infinite() {
            return zero(neg, 0);
        }
        if b.coef.is_zero() {
            return self.by_zero(a, neg, status);
        }
        match self.integer_division(a, b, status) {
            Ok((q, _)) => self.finish(neg, q, 0, status),
            Err(special) => special,
        }
    }

    /// `a % b` with the sign of `a` (`remainder`).
    pub fn rem(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        if a.is_infinite() {
            return Number::invalid(status);
        }
        if b.is_infinite() {
            return self.finish_number(a, status);
        }
        if b.coef.is_zero() {
            *status |= if a.is_zero() { status::DIVISION_UNDEFINED } else { status::INVALID_OPERATION };
            return Number::nan();
        }
        match self.integer_division(a, b, status) {
            Ok((_, r)) => self.finish_number(&r, status),
            Err(special) => special,
        }
    }

    /// `divmod(a, b)`: truncated quotient and remainder.
    pub fn divmod(&self, a: &Number, b: &Number, status: &mut u32) -> (Decimal, Decimal) {
        let neg = a.neg != b.neg;
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return (nan.clone(), nan);
        }
        if a.is_infinite() {
            *status |= status::INVALID_OPERATION;
            let q = if b.is_infinite() { Number::nan() } else { Number::infinity(neg) };
            return (q, Number::nan());
        }
        if b.is_infinite() {
            return (zero(neg, 0), self.finish_number(a, status));
        }
        if b.coef.is_zero() {
            if a.is_zero() {
                *status |= status::DIVISION_UNDEFINED;
                return (Number::nan(), Number::nan());
            }
            *status |= status::DIVISION_BY_ZERO | status::INVALID_OPERATION;
            return (Number::infinity(neg), Number::nan());
        }
        match self.integer_division(a, b, status) {
            Ok((q, r)) => (self.finish(neg, q, 0, status), self.finish_number(&r, status)),
            Err(special) => (special.clone(), special),
        }
    }

    /// Quotient and remainder of finite numbers, `b` not zero; the remainder is not rounded yet.
    fn integer_division(
        &self,
        a: &Number,
        b: &Number,
        status: &mut u32,
    ) -> Outcome<(Coef<'static>, Decimal)> {
        let ideal = a.exp.min(b.exp);
        if a.coef.is_zero() {
            return Ok((Coef::ZERO, zero(a.neg, ideal)));
        }
        let difference = a.adjusted() - b.adjusted();
        if difference < -1 {
            // The remainder is the operand, in the finer of the two exponents.
            let coef = a.coef.shl(a.exp - ideal).ok_or_else(|| Number::no_memory(status))?;
            return Ok((Coef::ZERO, Number::finite(a.neg, coef, ideal)));
        }
        if difference > self.prec {
            *status |= status::DIVISION_IMPOSSIBLE;
            return Err(Number::nan());
        }
        let (q, r) = aligned_division(a, b).ok_or_else(|| Number::no_memory(status))?;
        if q.digits() > self.prec {
            *status |= status::DIVISION_IMPOSSIBLE;
            return Err(Number::nan());
        }
        Ok((q, Number::finite(a.neg, r, ideal)))
    }

    /// `a - b * n` for the integer `n` nearest to `a / b` (`remainder_near`).
    pub fn rem_near(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        if a.is_infinite() {
            return Number::invalid(status);
        }
        if b.is_infinite() {
            return self.finish_number(a, status);
        }
        if b.coef.is_zero() {
            *status |= if a.is_zero() { status::DIVISION_UNDEFINED } else { status::INVALID_OPERATION };
            return Number::nan();
        }
        let ideal = a.exp.min(b.exp);
        if a.coef.is_zero() {
            return self.finish(a.neg, Coef::ZERO, ideal, status);
        }
        let difference = a.adjusted() - b.adjusted();
        if difference > self.prec {
            *status |= status::DIVISION_IMPOSSIBLE;
            return Number::nan();
        }
        if difference < -1 {
            return match a.coef.shl(a.exp - ideal) {
                Some(coef) => self.finish(a.neg, coef, ideal, status),
                None => Number::no_memory(status),
            };
        }
        let Some((q, r)) = aligned_division(a, b) else { return Number::no_memory(status) };
        let Some(divisor) = b.coef.shl((b.exp - ideal).max(0)) else { return Number::no_memory(status) };
        let twice = r.add(&r);
        let up = match twice.compare(&divisor) {
            Ordering::Less => false,
            Ordering::Equal => q.is_odd(),
            Ordering::Greater => true,
        };
        let (q, r, neg) = if up { (q.increment(), divisor.sub(&r), !a.neg) } else { (q, r, a.neg) };
        if q.digits() > self.prec {
            *status |= status::DIVISION_IMPOSSIBLE;
            return Number::nan();
        }
        self.finish(neg, r, ideal, status)
    }
}

/// Integer quotient and remainder of the coefficients brought to the smaller exponent.
fn aligned_division(a: &Number, b: &Number) -> Option<(Coef<'static>, Coef<'static>)> {
    Some(if a.exp >= b.exp {
        a.coef.shl(a.exp - b.exp)?.divmod(&b.coef)
    } else {
        a.coef.divmod(&b.coef.shl(b.exp - a.exp)?)
    })
}
