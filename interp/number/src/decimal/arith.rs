//! Addition, multiplication, and operations that change exponents: quantize, rounding to integers, scaleb.

use super::coef::Coef;
use super::rounding::{rounds_up, shift_round};
use super::small;
use super::words::Rest;
use super::{Context, Decimal, Kind, Number, Rounding, status};
use std::cmp::Ordering;

impl Context {
    /// `a + b`.
    #[inline]
    pub fn add(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.add_signed(a, b, b.neg, status)
    }

    /// `a - b`.
    #[inline]
    pub fn sub(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        self.add_signed(a, b, !b.neg, status)
    }

    /// `a` plus `b` with another sign.
    #[inline]
    fn add_signed(&self, a: &Number, b: &Number, b_neg: bool, status: &mut u32) -> Decimal {
        if !a.is_finite() || !b.is_finite() {
            if let Some(nan) = self.nan_result(&[a, b], status) {
                return nan;
            }
            return match (a.is_infinite(), b.is_infinite()) {
                (true, true) if a.neg != b_neg => Number::invalid(status),
                (true, _) => Number::infinity(a.neg),
                _ => Number::infinity(b_neg),
            };
        }
        if a.exp == b.exp {
            return self.add_aligned(a.neg, &a.coef, b_neg, &b.coef, a.exp, status);
        }
        let swap = a.exp < b.exp;
        let ((big, big_neg), (small, small_neg)) =
            if swap { ((b, b_neg), (a, a.neg)) } else { ((a, a.neg), (b, b_neg)) };
        let mut small_coef = small.coef.borrow();
        let mut exp = small.exp;
        if big.coef.is_zero() {
            let zero = Coef::ZERO;
            return self.add_aligned(big_neg, &zero, small_neg, &small_coef, exp, status);
        }
        // What lies far below the last digit of the result only matters by not being zero.
        let digits = big.coef.digits();
        let floor = big.exp - 1 + if digits > self.prec { 0 } else { digits - self.prec - 1 };
        if small.adjusted() < floor {
            small_coef = Coef::Small(u128::from(!small.coef.is_zero()));
            exp = floor;
        }
        match big.coef.shl(big.exp - exp) {
            Some(aligned) => self.add_aligned(big_neg, &aligned, small_neg, &small_coef, exp, status),
            None => Number::no_memory(status),
        }
    }

    #[inline]
    fn add_aligned(
        &self,
        a_neg: bool,
        a: &Coef,
        b_neg: bool,
        b: &Coef,
        exp: i64,
        status: &mut u32,
    ) -> Decimal {
        if a_neg == b_neg {
            return self.finish(a_neg, a.add(b), exp, status);
        }
        match a.compare(b) {
            Ordering::Greater => self.finish(a_neg, a.sub(b), exp, status),
            Ordering::Less => self.finish(b_neg, b.sub(a), exp, status),
            Ordering::Equal => self.finish(self.rounding == Rounding::Floor, Coef::ZERO, exp, status),
        }
    }

    /// `a * b`.
    #[inline]
    pub fn mul(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let (Kind::Finite, Kind::Finite, Coef::Small(x), Coef::Small(y)) =
            (a.kind, b.kind, &a.coef, &b.coef)
            && x.leading_zeros() + y.leading_zeros() < 128
            && let Some(result) = self.mul_wide(a.neg != b.neg, *x, *y, a.exp + b.exp, status)
        {
            return result;
        }
        match self.product(a, b, status) {
            Ok((neg, coef, exp)) => self.finish(neg, coef, exp, status),
            Err(special) => special,
        }
    }

    /// A product of more than 128 bits that is rounded to fewer, unless it comes near the limits of exponents.
    fn mul_wide(&self, neg: bool, x: u128, y: u128, exp: i64, status: &mut u32) -> Option<Decimal> {
        if self.prec > 37 || self.clamp {
            return None;
        }
        let (mut kept, rest, cut) = small::rounded_product(x, y, self.prec);
        let exp = exp + cut;
        let adjusted = exp + self.prec - 1;
        if adjusted >= self.emax || adjusted < self.emin {
            return None;
        }
        *status |= status::ROUNDED | if rest == Rest::Zero { 0 } else { status::INEXACT };
        if rounds_up(self.rounding, neg, &Coef::Small(kept), rest) {
            kept += 1;
        }
        // Nines that became a power of ten are one digit too long: that is settled there.
        Some(self.finish(neg, Coef::Small(kept), exp, status))
    }

    /// The exact product of finite numbers, or the special result.
    #[inline]
    fn product(
        &self,
        a: &Number,
        b: &Number,
        status: &mut u32,
    ) -> Result<(bool, Coef<'static>, i64), Decimal> {
        let neg = a.neg != b.neg;
        if !a.is_finite() || !b.is_finite() {
            return Err(match self.nan_result(&[a, b], status) {
                Some(nan) => nan,
                None if a.is_zero() || b.is_zero() => Number::invalid(status),
                None => Number::infinity(neg),
            });
        }
        Ok((neg, a.coef.mul(&b.coef), a.exp + b.exp))
    }

    /// `a * b + c`, rounded once.
    pub fn fma(&self, a: &Number, b: &Number, c: &Number, status: &mut u32) -> Decimal {
        // An undefined product comes before a NaN in the sum.
        let undefined = (a.is_infinite() && b.is_zero()) || (a.is_zero() && b.is_infinite());
        if !undefined && let Some(nan) = self.nan_result(&[a, b, c], status) {
            return nan;
        }
        match self.product(a, b, status) {
            Ok((neg, coef, exp)) => self.add(&Number::finite(neg, coef, exp), c, status),
            Err(special) if special.is_nan() => special,
            Err(special) => self.add(&special, c, status),
        }
    }

    /// `+a`: the operand, rounded; a zero loses its sign unless rounding goes down.
    pub fn plus(&self, a: &Number, status: &mut u32) -> Decimal {
        let neg = if a.is_zero() { self.rounding == Rounding::Floor && a.neg } else { a.neg };
        self.with_sign(a, neg, status)
    }

    /// `-a`.
    pub fn minus(&self, a: &Number, status: &mut u32) -> Decimal {
        let neg = if a.is_zero() { self.rounding == Rounding::Floor && !a.neg } else { !a.neg };
        self.with_sign(a, neg, status)
    }

    /// `abs(a)`.
    pub fn abs(&self, a: &Number, status: &mut u32) -> Decimal {
        self.with_sign(a, false, status)
    }

    fn with_sign(&self, a: &Number, neg: bool, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a], status) {
            return nan;
        }
        self.finish_number(&Number { neg, ..a.borrow() }, status)
    }

    /// `a` with the exponent of `b` (`quantize`).
    pub fn quantize(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if !a.is_finite() || !b.is_finite() {
            if let Some(nan) = self.nan_result(&[a, b], status) {
                return nan;
            }
            if a.is_infinite() && b.is_infinite() {
                return Number::infinity(a.neg);
            }
            return Number::invalid(status);
        }
        self.rescale(a, b.exp, status)
    }

    /// A finite number with the exponent `exp`; invalid if it or the result does not fit the context.
    pub fn rescale(&self, a: &Number, exp: i64, status: &mut u32) -> Decimal {
        if exp > self.emax || exp < self.etiny() {
            return Number::invalid(status);
        }
        if a.coef.is_zero() {
            return self.finish(a.neg, Coef::ZERO, exp, status);
        }
        let shift = a.exp - exp;
        let coef = if shift >= 0 {
            if a.coef.digits() + shift > self.prec {
                return Number::invalid(status);
            }
            match a.coef.shl(shift) {
                Some(coef) => coef,
                None => return Number::no_memory(status),
            }
        } else {
            let (coef, inexact) = shift_round(&a.coef, -shift, a.neg, self.rounding);
            if coef.digits() > self.prec || coef.digits() + exp - 1 > self.emax {
                return Number::invalid(status);
            }
            *status |= status::ROUNDED | if inexact { status::INEXACT } else { 0 };
            coef
        };
        if exp + coef.digits() - 1 > self.emax {
            return Number::invalid(status);
        }
        self.finish(a.neg, coef, exp, status)
    }

    /// `to_integral_exact`: rounded to an integer, reporting what was lost.
    pub fn to_integral_exact(&self, a: &Number, status: &mut u32) -> Decimal {
        self.to_integral(a, self.rounding, true, status)
    }

    /// `to_integral_value`: rounded to an integer, silently.
    pub fn to_integral_value(&self, a: &Number, rounding: Rounding, status: &mut u32) -> Decimal {
        self.to_integral(a, rounding, false, status)
    }

    fn to_integral(&self, a: &Number, rounding: Rounding, report: bool, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a], status) {
            return nan;
        }
        if a.is_infinite() || a.exp >= 0 {
            return a.to_owned();
        }
        if a.coef.is_zero() {
            return Number::finite(a.neg, Coef::ZERO, 0);
        }
        let (coef, inexact) = shift_round(&a.coef, -a.exp, a.neg, rounding);
        if report {
            *status |= status::ROUNDED | if inexact { status::INEXACT } else { 0 };
        }
        Number::finite(a.neg, coef, 0)
    }

    /// `a` without trailing zeros (`normalize`, in the specification `reduce`).
    pub fn normalize(&self, a: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a], status) {
            return nan;
        }
        let rounded = self.finish_number(a, status);
        if !rounded.is_finite() {
            return rounded;
        }
        if rounded.coef.is_zero() {
            return Number::finite(rounded.neg, Coef::ZERO, 0);
        }
        let top = if self.clamp { self.etop() } else { self.emax };
        let cut = rounded.coef.trailing_zeros().min(top - rounded.exp).max(0);
        Number::finite(rounded.neg, rounded.coef.shr(cut).0, rounded.exp + cut)
    }

    /// `a * 10**b` (`scaleb`).
    pub fn scaleb(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        if !b.is_finite() || b.exp != 0 {
            return Number::invalid(status);
        }
        let limit = 2 * (self.emax.saturating_add(self.prec));
        let by = match b.coef.to_u64().and_then(|n| i64::try_from(n).ok()) {
            Some(n) if n <= limit => n,
            _ => return Number::invalid(status),
        };
        if a.is_infinite() {
            return a.to_owned();
        }
        let exp = a.exp.saturating_add(if b.neg { -by } else { by });
        self.finish(a.neg, a.coef.borrow(), exp, status)
    }

    /// The exponent of the first digit as a number (`logb`).
    pub fn logb(&self, a: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a], status) {
            return nan;
        }
        if a.is_infinite() {
            return Number::infinity(false);
        }
        if a.coef.is_zero() {
            *status |= status::DIVISION_BY_ZERO;
            return Number::infinity(true);
        }
        let n = Number::from_i64(a.adjusted());
        self.finish(n.neg, n.coef, 0, status)
    }

    /// The largest number of this context that is smaller than `a`.
    pub fn next_minus(&self, a: &Number, status: &mut u32) -> Decimal {
        self.neighbour(a, true, status)
    }

    /// The smallest number of this context that is larger than `a`.
    pub fn next_plus(&self, a: &Number, status: &mut u32) -> Decimal {
        self.neighbour(a, false, status)
    }

    fn neighbour(&self, a: &Number, down: bool, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a], status) {
            return nan;
        }
        if a.is_infinite() {
            if a.neg == down {
                return Number::infinity(a.neg);
            }
            return match Coef::nines(self.prec) {
                Some(coef) => Number::finite(a.neg, coef, self.etop()),
                None => Number::no_memory(status),
            };
        }
        // Rounding away by less than any digit can tell gives the neighbour.
        let rounding = if down { Rounding::Floor } else { Rounding::Ceiling };
        let ctx = Context { rounding, ..*self };
        let mut inner = 0;
        let tiny = Number::finite(down, Coef::Small(1), self.etiny() - 1);
        let rounded = ctx.finish_number(a, &mut inner);
        let moved = match rounded.is_infinite() {
            true => rounded,
            false if ctx.order(&rounded, a) != Some(Ordering::Equal) => rounded,
            false => ctx.add(a, &tiny, &mut inner),
        };
        *status |= inner & status::MALLOC_ERROR;
        moved
    }

    /// The neighbour of `a` in the direction of `b`.
    pub fn next_toward(&self, a: &Number, b: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b], status) {
            return nan;
        }
        let result = match self.order(a, b) {
            Some(Ordering::Less) => self.next_plus(a, status),
            Some(Ordering::Greater) => self.next_minus(a, status),
            _ => return a.copy_sign(b),
        };
        if result.is_infinite() {
            *status |= status::OVERFLOW | status::ROUNDED | status::INEXACT;
        } else if result.kind == Kind::Finite && result.adjusted() < self.emin {
            *status |= status::UNDERFLOW | status::SUBNORMAL | status::ROUNDED | status::INEXACT;
            if result.is_zero() {
                *status |= status::CLAMPED;
            }
        }
        result
    }
}
