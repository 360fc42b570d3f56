//! Fitting results into a context: precision, exponent limits, NaN payloads.

use super::coef::Coef;
use super::words::Rest;
use super::{Context, Decimal, Kind, Number, Rounding, status};

/// Whether cutting off `rest` behind `kept` raises the last digit.
#[inline]
pub fn rounds_up(rounding: Rounding, neg: bool, kept: &Coef, rest: Rest) -> bool {
    if rest == Rest::Zero {
        return false;
    }
    match rounding {
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::Ceiling => !neg,
        Rounding::Floor => neg,
        Rounding::HalfUp => rest != Rest::Below,
        Rounding::HalfDown => rest == Rest::Above,
        Rounding::HalfEven => rest == Rest::Above || (rest == Rest::Half && kept.is_odd()),
        Rounding::ZeroFiveUp => kept.digit(0).is_multiple_of(5),
    }
}

/// `coef / 10**n`, rounded; and whether it is inexact.
pub fn shift_round(coef: &Coef, n: i64, neg: bool, rounding: Rounding) -> (Coef<'static>, bool) {
    let (kept, rest) = coef.shr(n);
    if rounds_up(rounding, neg, &kept, rest) {
        return (kept.increment(), true);
    }
    (kept, rest != Rest::Zero)
}

impl Context {
    /// A finite result, rounded and fitted.
    #[inline]
    pub fn finish(&self, neg: bool, coef: Coef, exp: i64, status: &mut u32) -> Decimal {
        let digits = coef.digits();
        let adjusted = exp + digits - 1;
        // The everyday case.
        if digits <= self.prec && adjusted <= self.emax && adjusted >= self.emin && !self.clamp {
            return Number::finite(neg, into_owned(coef), exp);
        }
        self.fit(neg, into_owned(coef), exp, digits, status)
    }

    fn fit(&self, neg: bool, coef: Coef<'static>, exp: i64, digits: i64, status: &mut u32) -> Decimal {
        let adjusted = exp + digits - 1;
        if coef.is_zero() {
            let top = if self.clamp { self.etop() } else { self.emax };
            let fitted = exp.clamp(self.etiny(), top.max(self.etiny()));
            if fitted != exp {
                *status |= status::CLAMPED;
            }
            return Number::finite(neg, Coef::ZERO, fitted);
        }
        if adjusted > self.emax {
            return self.overflow(neg, status);
        }
        let etiny = self.etiny();
        if adjusted < self.emin {
            *status |= status::SUBNORMAL;
            if exp < etiny {
                let (kept, inexact) = shift_round(&coef, etiny - exp, neg, self.rounding);
                *status |= status::ROUNDED;
                if inexact {
                    *status |= status::INEXACT | status::UNDERFLOW;
                }
                if kept.is_zero() {
                    *status |= status::CLAMPED;
                }
                return Number::finite(neg, kept, etiny);
            }
            return self.clamp_exponent(neg, coef, exp, status);
        }
        if digits > self.prec {
            let cut = digits - self.prec;
            let (mut kept, inexact) = shift_round(&coef, cut, neg, self.rounding);
            let mut exp = exp + cut;
            *status |= status::ROUNDED;
            if inexact {
                *status |= status::INEXACT;
            }
            // Nines may have become a power of ten.
            if kept.digits() > self.prec {
                kept = kept.shr(1).0;
                exp += 1;
                if exp + self.prec - 1 > self.emax {
                    return self.overflow(neg, status);
                }
            }
            return self.clamp_exponent(neg, kept, exp, status);
        }
        self.clamp_exponent(neg, coef, exp, status)
    }

    fn clamp_exponent(&self, neg: bool, coef: Coef<'static>, exp: i64, status: &mut u32) -> Decimal {
        if !self.clamp || exp <= self.etop() {
            return Number::finite(neg, coef, exp);
        }
        *status |= status::CLAMPED;
        match coef.shl(exp - self.etop()) {
            Some(coef) => Number::finite(neg, coef, self.etop()),
            None => Number::no_memory(status),
        }
    }

    /// The result of an overflow: infinity or the largest finite number, by the rounding mode.
    pub(super) fn overflow(&self, neg: bool, status: &mut u32) -> Decimal {
        *status |= status::OVERFLOW | status::INEXACT | status::ROUNDED;
        let largest = match self.rounding {
            Rounding::Down | Rounding::ZeroFiveUp => true,
            Rounding::Ceiling => neg,
            Rounding::Floor => !neg,
            _ => false,
        };
        if !largest {
            return Number::infinity(neg);
        }
        match Coef::nines(self.prec) {
            Some(coef) => Number::finite(neg, coef, self.etop()),
            None => Number::no_memory(status),
        }
    }

    /// Fits an operand that is returned as a result; payloads of NaNs are cut to the precision.
    pub fn finish_number(&self, a: &Number, status: &mut u32) -> Decimal {
        match a.kind {
            Kind::Finite => self.finish(a.neg, a.coef.borrow(), a.exp, status),
            Kind::Infinity => Number::infinity(a.neg),
            Kind::Nan | Kind::SignalingNan => self.fit_nan(a),
        }
    }

    fn fit_nan(&self, a: &Number) -> Decimal {
        let room = self.prec - i64::from(self.clamp);
        let coef = if !a.coef.is_zero() && a.coef.digits() > room {
            a.coef.low_digits(room)
        } else {
            a.coef.to_owned()
        };
        Number { neg: a.neg, kind: a.kind, exp: 0, coef }
    }

    /// The result if an operand is a NaN: the first signaling one, else the first; always quiet.
    pub(super) fn nan_result(&self, operands: &[&Number], status: &mut u32) -> Option<Decimal> {
        let signaling = operands.iter().find(|a| a.is_signaling());
        if signaling.is_some() {
            *status |= status::INVALID_OPERATION;
        }
        let nan = signaling.or_else(|| operands.iter().find(|a| a.is_nan()))?;
        Some(Number { kind: Kind::Nan, ..self.fit_nan(nan) })
    }
}

/// The coefficient, copied only if it is borrowed.
#[inline]
fn into_owned(coef: Coef) -> Coef<'static> {
    match coef {
        Coef::Small(x) => Coef::Small(x),
        Coef::Owned(w) => Coef::Owned(w),
        Coef::Borrowed(_) => coef.to_owned(),
    }
}
