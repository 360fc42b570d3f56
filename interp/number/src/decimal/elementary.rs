//! Square root, exponential function and logarithms, correctly rounded (half to even, as the specification
//! wants whatever the context says).
//!
//! The exponential function and the logarithms of decimals are never halfway between two decimals (Lindemann),
//! apart from the exact cases, so an approximation decides the rounding once it is good enough: it is computed
//! with some digits more and, if those look like a tie or like an exact result, again with more (Ziv's method).

use super::coef::Coef;
use super::{Context, Decimal, Number, Rounding, fixed, status};
use crate::int::{self, IntBuf, IntRef};

/// Bits in a decimal digit.
const LOG2_10: f64 = 3.3219280948873626;
/// Precisions beyond this are not attempted: no machine has the memory.
const HOPELESS: i64 = 1 << 32;

/// Where an approximation with `digits` digits (off by up to 8 units) decides how it rounds when `cut` digits go.
fn decides(coef: &Coef, cut: i64) -> bool {
    if cut <= 1 {
        return false;
    }
    let low = coef.low_digits(cut);
    let (Some(half), Some(full)) = (Coef::Small(5).shl(cut - 1), Coef::Small(1).shl(cut)) else {
        return true;
    };
    let near = |a: &Coef, b: &Coef| {
        let (big, small) = if a.compare(b).is_ge() { (a, b) } else { (b, a) };
        big.sub(small).compare(&Coef::Small(8)).is_le()
    };
    !near(&low, &Coef::ZERO) && !near(&low, &half) && !near(&low, &full)
}

/// The decimal coefficient of `value * 10**places` for a non-negative fixed-point number.
fn to_coef(value: &IntBuf, scale: u64, places: i64) -> Coef<'static> {
    let mut power = IntBuf::new();
    let mut scaled = IntBuf::new();
    let exponent = [places.unsigned_abs()];
    // The caller limits the places: there is memory for the power.
    let _ = int::pow(IntRef::new(false, &[10]), IntRef::new(false, &exponent), &mut power);
    if places >= 0 {
        scaled = fixed::mul(value, &power, scale);
    } else {
        let _ = int::floordiv(fixed::shr(value, scale).as_ref(), power.as_ref(), &mut scaled);
    }
    let mut digits = Vec::new();
    int::write_radix(scaled.as_ref(), 10, &mut digits);
    Coef::parse(&digits)
}

/// A finite positive decimal in fixed point; digits far below the unit are left out.
fn from_decimal(a: &Number, scale: u64) -> IntBuf {
    let spare = (scale as f64 / LOG2_10) as i64 + 24;
    let cut = (-a.exp - spare).max(0);
    let (coef, exp) = (a.coef.shr(cut).0, a.exp + cut);
    let mut digits = Vec::new();
    coef.write(&mut digits);
    let (mut n, mut power, mut out) = (IntBuf::new(), IntBuf::new(), IntBuf::new());
    int::from_digits(&digits, 10, &mut n);
    let exponent = [exp.unsigned_abs()];
    let _ = int::pow(IntRef::new(false, &[10]), IntRef::new(false, &exponent), &mut power);
    let wide = fixed::shl(&n, scale);
    if exp >= 0 {
        int::mul(wide.as_ref(), power.as_ref(), &mut out);
    } else {
        let _ = int::floordiv(wide.as_ref(), power.as_ref(), &mut out);
    }
    out
}

/// Bits for `digits` decimal digits.
fn bits_for(digits: i64) -> u64 {
    (digits.max(1) as f64 * LOG2_10) as u64 + 16
}

impl Context {
    fn half_even(&self) -> Context {
        Context { rounding: Rounding::HalfEven, ..*self }
    }

    /// `sqrt(a)`.
    pub fn sqrt(&self, a: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a], status) {
            return nan;
        }
        let ideal = a.exp.div_euclid(2);
        if a.is_zero() {
            return self.finish(a.neg, Coef::ZERO, ideal, status);
        }
        if a.neg {
            return Number::invalid(status);
        }
        if a.is_infinite() {
            return Number::infinity(false);
        }
        // One digit more than the precision; an even exponent.
        let odd = a.exp.rem_euclid(2);
        let digits = a.coef.digits() + odd;
        let shift = self.prec + 1 - (digits + 1) / 2;
        let by = odd + 2 * shift;
        let (radicand, lost) = if by >= 0 {
            match a.coef.shl(by) {
                Some(coef) => (coef, false),
                None => return self.sqrt_exact_only(a, status),
            }
        } else {
            let (coef, rest) = a.coef.shr(-by);
            (coef, rest != super::words::Rest::Zero)
        };
        let (root, exact) = integer_sqrt(&radicand);
        let exact = exact && !lost;
        let mut exp = ideal - shift;
        let mut root = root;
        if exact {
            if exp < ideal {
                let cut = root.trailing_zeros().min(ideal - exp);
                root = root.shr(cut).0;
                exp += cut;
            } else if exp > ideal && root.digits() + (exp - ideal) <= self.prec {
                match root.shl(exp - ideal) {
                    Some(coef) => root = coef,
                    None => return Number::no_memory(status),
                }
                exp = ideal;
            }
        } else if root.digit(0) % 5 == 0 {
            root = root.increment();
        }
        self.half_even().finish(false, root, exp, status)
    }

    /// A root at a precision for which there is no memory: an exact one has half as many digits as its square.
    fn sqrt_exact_only(&self, a: &Number, status: &mut u32) -> Decimal {
        let prec = a.coef.digits() / 2 + 2;
        if prec >= self.prec {
            return Number::no_memory(status);
        }
        let mut inner = 0;
        let result = Context { prec, ..Context::MAX }.sqrt(a, &mut inner);
        if inner & (status::INEXACT | status::MALLOC_ERROR) != 0 {
            return Number::no_memory(status);
        }
        self.finish_number(&result, status)
    }

    /// `exp(a)`.
    pub fn exp(&self, a: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a], status) {
            return nan;
        }
        if a.is_infinite() {
            return if a.neg { Number::finite(false, Coef::ZERO, 0) } else { Number::infinity(false) };
        }
        if a.is_zero() {
            return Number::from_i64(1);
        }
        let ctx = self.half_even();
        if a.adjusted() >= 19 {
            if a.neg {
                return ctx.finish(false, Coef::Small(1), -4 * super::MAX_PREC, status);
            }
            return ctx.overflow(false, status);
        }
        if a.adjusted() < -self.prec - 2 {
            return one_inexact(&ctx, status);
        }
        let mut spare = 6;
        loop {
            let wanted = self.prec + spare;
            if wanted > HOPELESS {
                return Number::no_memory(status);
            }
            let scale = bits_for(wanted);
            // a = k ln 10 + r; k may have 20 digits.
            let fine = scale + 72;
            let x = from_decimal(&a.copy_abs(), fine);
            let ln10 = fixed::ln10(fine);
            let (mut k, mut r) = (IntBuf::new(), IntBuf::new());
            let signed = IntBuf { neg: a.neg, ..x };
            // The divisor is not zero.
            let _ = int::divmod(signed.as_ref(), ln10.as_ref(), &mut k, &mut r);
            let Some(k) = k.to_i64() else { return Number::no_memory(status) };
            let power = fixed::exp(&fixed::shr(&r, 72), scale);
            let coef = to_coef(&power, scale, wanted - 1);
            let exp = k.saturating_sub(wanted - 1);
            if let Some(result) = ctx.decided(false, coef, exp, status) {
                return result;
            }
            spare *= 2;
        }
    }

    /// The approximation, rounded, if it decides the rounding.
    fn decided(&self, neg: bool, coef: Coef<'static>, exp: i64, status: &mut u32) -> Option<Decimal> {
        let digits = coef.digits();
        let cut = (digits - self.prec).max(self.etiny().saturating_sub(exp));
        // Far below the smallest number everything rounds to zero.
        if cut > digits + 2 || decides(&coef, cut) {
            return Some(self.finish(neg, coef, exp, status));
        }
        None
    }

    /// `ln(a)`.
    pub fn ln(&self, a: &Number, status: &mut u32) -> Decimal {
        match self.logarithm_special(a, status) {
            Some(special) => special,
            None => self.logarithm(a, false, status),
        }
    }

    /// `log10(a)`.
    pub fn log10(&self, a: &Number, status: &mut u32) -> Decimal {
        if a.is_finite() && !a.neg && a.coef.is_power_of_ten() {
            let n = Number::from_i64(a.adjusted());
            return self.half_even().finish(n.neg, n.coef, 0, status);
        }
        match self.logarithm_special(a, status) {
            Some(special) => special,
            None => self.logarithm(a, true, status),
        }
    }

    fn logarithm_special(&self, a: &Number, status: &mut u32) -> Option<Decimal> {
        if let Some(nan) = self.nan_result(&[a], status) {
            return Some(nan);
        }
        if a.is_zero() {
            return Some(Number::infinity(true));
        }
        if a.neg {
            return Some(Number::invalid(status));
        }
        if a.is_infinite() {
            return Some(Number::infinity(false));
        }
        if a.exp <= 0 && a.coef.is_power_of_ten() && a.adjusted() == 0 {
            return Some(Number::finite(false, Coef::ZERO, 0));
        }
        None
    }

    fn logarithm(&self, a: &Number, base10: bool, status: &mut u32) -> Decimal {
        let ctx = self.half_even();
        // a = m * 10**e with m in [1, 10), or in [0.1, 1) next to one.
        let adjusted = a.adjusted();
        let e = if adjusted == -1 { 0 } else { adjusted };
        // Digits that cancel: the logarithm of 1 + d is about d.
        let near = if e == 0 { distance_from_one(a) } else { 0 };
        let mut spare = 6;
        loop {
            let wanted = self.prec + spare;
            let places = wanted - 1 - near + 1;
            if places > HOPELESS {
                return Number::no_memory(status);
            }
            let scale = bits_for(places) + 8;
            let fine = scale + 72;
            let m = Number::finite(false, a.coef.borrow(), a.exp - e);
            let mut value = fixed::ln(&from_decimal(&m, scale), scale);
            if base10 {
                // Here the exponent is the whole part.
                value = fixed::div(&value, &fixed::ln10(scale), scale);
                value = fixed::add(&value, &fixed::shl(&IntBuf::from(e), scale));
            } else if e != 0 {
                let mut part = IntBuf::new();
                int::mul(fixed::ln10(fine).as_ref(), IntBuf::from(e).as_ref(), &mut part);
                value = fixed::add(&value, &fixed::shr(&part, fine - scale));
            }
            let neg = value.neg;
            value.neg = false;
            // Only as many places as leave the wanted number of digits.
            let size = ((value.as_ref().bit_length() as f64 - scale as f64) / LOG2_10).floor() as i64;
            let places = (wanted - size).min(places);
            let coef = to_coef(&value, scale, places);
            if let Some(result) = ctx.decided(neg, coef, -places, status) {
                return result;
            }
            spare *= 2;
        }
    }
}

/// The (negative) exponent of `a - 1` for `a` in [0.1, 10), not 1; 0 at most.
fn distance_from_one(a: &Number) -> i64 {
    let one = Number::from_i64(1);
    let mut ignored = 0;
    let ctx = Context {
        prec: 3,
        emax: super::MAX_PREC,
        emin: -super::MAX_PREC,
        rounding: Rounding::Up,
        clamp: false,
    };
    // Aligned exactly: the difference of numbers this close needs no more digits than `a` has.
    let exact = Context { prec: a.coef.digits() + 2, ..ctx };
    let difference = exact.sub(a, &one, &mut ignored);
    difference.adjusted().min(0)
}

/// One with as many zeros as the precision allows: the rounded result of something next to it.
pub(super) fn one_inexact(ctx: &Context, status: &mut u32) -> Decimal {
    *status |= status::INEXACT | status::ROUNDED;
    match Coef::Small(1).shl(ctx.prec - 1) {
        Some(coef) => ctx.finish(false, coef, 1 - ctx.prec, status),
        None => Number::no_memory(status),
    }
}

/// Floor of the root, and whether it is exact.
fn integer_sqrt(a: &Coef) -> (Coef<'static>, bool) {
    if let Coef::Small(x) = a {
        let root = x.isqrt();
        return (Coef::Small(root), root * root == *x);
    }
    let mut digits = Vec::new();
    a.write(&mut digits);
    let [mut n, mut root, mut square] = [(); 3].map(|()| IntBuf::new());
    int::from_digits(&digits, 10, &mut n);
    // Not negative: can not fail.
    let _ = int::isqrt(n.as_ref(), &mut root);
    int::square(root.as_ref(), &mut square);
    digits.clear();
    int::write_radix(root.as_ref(), 10, &mut digits);
    (Coef::parse(&digits), square == n)
}
