//! Comparisons, the total order, minima and maxima.

use super::coef::Coef;
use super::{Context, Decimal, Kind, Number, status};
use std::cmp::Ordering;

/// Compares the magnitudes of two finite numbers that are not zero.
fn magnitudes(a: &Number, b: &Number) -> Ordering {
    let by_size = a.adjusted().cmp(&b.adjusted());
    if by_size != Ordering::Equal || a.exp == b.exp {
        return by_size.then_with(|| a.coef.compare(&b.coef));
    }
    // The same size, different lengths: the longer one ends in digits that the shorter one has not.
    let (long, short, order) = if a.exp < b.exp { (a, b, false) } else { (b, a, true) };
    let (top, rest) = long.coef.shr(short.exp - long.exp);
    let result = top.compare(&short.coef);
    let result = match result {
        Ordering::Equal if rest != super::words::Rest::Zero => Ordering::Greater,
        other => other,
    };
    if order { result.reverse() } else { result }
}

/// Compares by value; neither is a NaN.
fn by_value(a: &Number, b: &Number) -> Ordering {
    let sign = |x: &Number| match (x.is_zero(), x.neg) {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    };
    let (s, t) = (sign(a), sign(b));
    if s != t || s == 0 {
        return s.cmp(&t);
    }
    let size = match (a.is_infinite(), b.is_infinite()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => magnitudes(a, b),
    };
    if a.neg { size.reverse() } else { size }
}

/// `compare_total`: every representation has its place.
pub fn total_order(a: &Number, b: &Number) -> Ordering {
    if a.neg != b.neg {
        return b.neg.cmp(&a.neg);
    }
    let rank = |x: &Number| match x.kind {
        Kind::Finite => 0,
        Kind::Infinity => 1,
        Kind::SignalingNan => 2,
        Kind::Nan => 3,
    };
    let size = rank(a).cmp(&rank(b)).then_with(|| match a.kind {
        Kind::Finite => match (a.is_zero(), b.is_zero()) {
            (false, false) => magnitudes(a, b),
            (za, zb) => zb.cmp(&za),
        }
        .then_with(|| a.exp.cmp(&b.exp)),
        Kind::Infinity => Ordering::Equal,
        _ => a.coef.compare(&b.coef),
    });
    if a.neg { size.reverse() } else { size }
}

fn as_number(order: Ordering) -> Decimal {
    Number::from_i64(match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    })
}

impl Number<'_> {
    /// Compares by value; `None` if either is a NaN.
    pub fn order(&self, other: &Number) -> Option<Ordering> {
        if self.is_nan() || other.is_nan() { None } else { Some(by_value(self, other)) }
    }

    /// `compare_total`.
    pub fn compare_total(&self, other: &Number) -> Decimal {
        as_number(total_order(self, other))
    }

    /// `compare_total_mag`.
    pub fn compare_total_mag(&self, other: &Number) -> Decimal {
        as_number(total_order(&unsigned(self), &unsigned(other)))
    }

    /// `same_quantum`.
    pub fn same_quantum(&self, other: &Number) -> bool {
        match (self.kind, other.kind) {
            (Kind::Finite, Kind::Finite) => self.exp == other.exp,
            (Kind::Infinity, Kind::Infinity) => true,
            _ => self.is_nan() && other.is_nan(),
        }
    }
}

fn unsigned<'a>(a: &'a Number) -> Number<'a> {
    Number { neg: false, ..a.borrow() }
}

impl Context {
    /// Compares by value; `None` if either is a NaN.
    pub fn order(&self, a: &Number, b: &Number) -> Option<Ordering> {
        a.order(b)
    }

    /// `compare`: -1, 0 or 1, or a NaN.
    pub fn compare(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        match self.nan_result(&[a, b], status) {
            Some(nan) => nan,
            None => as_number(by_value(a, b)),
        }
    }

    /// `compare_signal`: like [`Context::compare`], but quiet NaNs signal too.
    pub fn compare_signal(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if a.is_nan() || b.is_nan() {
            *status |= status::INVALID_OPERATION;
        }
        self.compare(a, b, status)
    }

    /// `max`.
    pub fn max(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.select(a, b, false, true, status)
    }

    /// `min`.
    pub fn min(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.select(a, b, false, false, status)
    }

    /// `max_mag`.
    pub fn max_mag(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.select(a, b, true, true, status)
    }

    /// `min_mag`.
    pub fn min_mag(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.select(a, b, true, false, status)
    }

    /// The larger or smaller operand; a number wins over a quiet NaN.
    fn select(&self, a: &Number, b: &Number, by_size: bool, larger: bool, status: &mut u32) -> Decimal {
        if a.is_nan() || b.is_nan() {
            return match (a.kind, b.kind) {
                (Kind::Nan, Kind::Finite | Kind::Infinity) => self.finish_number(b, status),
                (Kind::Finite | Kind::Infinity, Kind::Nan) => self.finish_number(a, status),
                _ => self.nan_result(&[a, b], status).unwrap_or_else(Number::nan),
            };
        }
        let order = if by_size { by_value(&unsigned(a), &unsigned(b)) } else { by_value(a, b) };
        let order = order.then_with(|| total_order(a, b));
        let first = if larger { order != Ordering::Less } else { order != Ordering::Greater };
        self.finish_number(if first { a } else { b }, status)
    }
}

/// Zero with an exponent, for results of comparisons made elsewhere.
pub fn zero(neg: bool, exp: i64) -> Decimal {
    Number::finite(neg, Coef::ZERO, exp)
}
