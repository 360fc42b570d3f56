//! `power`.
//!
//! As libmpdec computes it: integer powers by squaring with a few digits more than the precision, other ones as
//! `exp(b ln a)`; exact cases of the latter are not treated apart.

use super::coef::Coef;
use super::elementary::one_inexact;
use super::{Context, Decimal, Number, Rounding, status};
use crate::int::{IntBuf, IntRef};
use std::cmp::Ordering;

/// Digits of the largest exponent.
const EXPONENT_DIGITS: i64 = 19;

impl Context {
    /// `a ** b`.
    pub fn pow(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        let neg = a.neg && b.is_odd_integer();
        if a.is_zero() {
            return match (b.is_zero(), b.neg) {
                (true, _) => Number::invalid(status),
                (false, true) => Number::infinity(neg),
                (false, false) => Number::finite(neg, Coef::ZERO, 0),
            };
        }
        if a.neg && !b.is_integer() {
            return Number::invalid(status);
        }
        let one = Number::from_i64(1);
        let size = Number { neg: false, ..a.borrow() };
        let against_one = size.order(&one).unwrap_or(Ordering::Equal);
        if b.is_infinite() {
            return match against_one {
                Ordering::Equal => one_inexact(self, status),
                Ordering::Less if b.neg => Number::infinity(neg),
                Ordering::Greater if !b.neg => Number::infinity(neg),
                _ => Number::finite(neg, Coef::ZERO, 0),
            };
        }
        if a.is_infinite() {
            return match (b.is_zero(), b.neg) {
                (true, _) => Number::from_i64(1),
                (false, true) => Number::finite(neg, Coef::ZERO, 0),
                (false, false) => Number::infinity(neg),
            };
        }
        if b.is_zero() {
            return Number::from_i64(1);
        }
        if against_one == Ordering::Equal {
            return self.power_of_one(&size, b, neg, status);
        }
        if let Some(result) = self.out_of_bounds(&size, b, neg, status) {
            return result;
        }
        if b.is_integer() {
            return self.integer_power(a, b, neg, status);
        }
        let result = self.real_power(a, b, status);
        if result.order(&one) == Some(Ordering::Equal) {
            return one_inexact(self, status);
        }
        result
    }

    /// `1 ** b` and `(-1) ** b`, with the zeros that repeated multiplication would give.
    fn power_of_one(&self, a: &Number, b: &Number, neg: bool, status: &mut u32) -> Decimal {
        if !b.is_integer() {
            return one_inexact(self, status);
        }
        if b.neg {
            return Number::finite(neg, Coef::Small(1), 0);
        }
        let mut n = IntBuf::new();
        let zeros = if a.exp == 0 {
            Some(0)
        } else if b.adjusted() <= EXPONENT_DIGITS && b.to_int(Rounding::Down, &mut n).is_ok() {
            n.to_i64().and_then(|n| n.checked_mul(-a.exp))
        } else {
            None
        };
        let zeros = match zeros {
            Some(zeros) if zeros < self.prec => zeros,
            _ => {
                *status |= status::ROUNDED;
                self.prec - 1
            }
        };
        match Coef::Small(1).shl(zeros) {
            Some(coef) => Number::finite(neg, coef, -zeros),
            None => Number::no_memory(status),
        }
    }

    /// Powers that overflow or vanish whatever the digits say.
    fn out_of_bounds(&self, a: &Number, b: &Number, neg: bool, status: &mut u32) -> Option<Decimal> {
        // A lower bound for the exponent of the exponent of the result.
        let bound = log_size(a) + b.adjusted();
        let grows = a.adjusted() >= 0;
        let (limit, exp) =
            if grows != b.neg { (self.emax, 4 * super::MAX_PREC) } else { (self.etiny(), self.etiny() - 1) };
        (length(limit) < bound).then(|| self.finish(neg, Coef::Small(1), exp, status))
    }

    fn integer_power(&self, a: &Number, b: &Number, neg: bool, status: &mut u32) -> Decimal {
        let mut inner = 0;
        let spare = b.coef.digits() + b.exp + 2 + i64::from(b.neg);
        let prec = self.prec.saturating_add(spare).min(super::MAX_PREC);
        let ctx = Context { prec, rounding: Rounding::HalfEven, clamp: false, ..*self };
        let base = if b.neg { ctx.div(&Number::from_i64(1), a, &mut inner) } else { a.to_owned() };
        let mut n = IntBuf::new();
        if b.to_int(Rounding::Down, &mut n).is_err() {
            return Number::no_memory(status);
        }
        let mut result = ctx.power_by_squaring(&base, n.as_ref(), &mut inner);
        if inner & status::MALLOC_ERROR != 0 {
            return Number::no_memory(status);
        }
        *status |= inner;
        if result.is_infinite() {
            // Directed rounding wants the largest finite number.
            result = Number::finite(neg, Coef::Small(1), 4 * super::MAX_PREC);
        }
        result.neg = neg;
        self.finish_number(&result, status)
    }

    /// From the top bit down, rounding every product.
    fn power_by_squaring(&self, base: &Number, n: IntRef, status: &mut u32) -> Decimal {
        let mut result = base.to_owned();
        for i in (0..n.bit_length().saturating_sub(1)).rev() {
            result = self.mul(&result, &result, status);
            if n.limbs[(i / 64) as usize] >> (i % 64) & 1 == 1 {
                result = self.mul(&result, base, status);
            }
            if !result.is_finite() || result.is_zero() {
                break;
            }
        }
        result
    }

    fn real_power(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        let prec = a.coef.digits().max(self.prec) + 4 + EXPONENT_DIGITS;
        let ctx = Context { prec: prec.min(super::MAX_PREC), ..Context::MAX };
        let mut inner = 0;
        let ln = ctx.ln(a, &mut inner);
        let exponent = ctx.mul(&ln, b, &mut inner);
        let mut result = ctx.exp(&exponent, &mut inner);
        if inner & status::ERRORS != 0 {
            *status |= inner & status::ERRORS;
            return Number::nan();
        }
        *status |= status::INEXACT | status::ROUNDED;
        if result.is_zero() {
            *status |= inner & (status::SUBNORMAL | status::UNDERFLOW | status::CLAMPED);
        }
        if result.is_infinite() {
            result = Number::finite(false, Coef::Small(1), 4 * super::MAX_PREC);
        }
        self.finish_number(&result, status)
    }
}

/// Number of digits of an exponent.
fn length(exp: i64) -> i64 {
    Coef::Small(u128::from(exp.unsigned_abs())).digits()
}

/// A lower bound for the exponent of `log10 a`, for positive `a` other than one.
fn log_size(a: &Number) -> i64 {
    match a.adjusted() {
        e if e > 0 => length(e) - 1,
        e if e < -1 => length(e + 1) - 1,
        e => {
            // |log10(1 + d)| is at least 0.39 |d| below ten, and 0.43 |d| below one.
            let ctx = Context { prec: a.coef.digits() + 2, ..Context::MAX };
            let difference = ctx.sub(a, &Number::from_i64(1), &mut 0);
            difference.adjusted() - if e == 0 { 2 } else { 1 }
        }
    }
}
