//! Decimals from and to integers and floats, their hash and their ratio.

use super::coef::Coef;
use super::rounding::shift_round;
use super::text::exact;
use super::words::{BASE, Words};
use super::{Context, Decimal, Kind, Number, Rounding};
use crate::int::{self, HASH_MODULUS, IntBuf, IntRef};

/// Why a decimal has no integer, float or ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvertError {
    /// A NaN: ValueError "cannot convert NaN to integer" / "cannot convert NaN to integer ratio".
    Nan,
    /// An infinity: OverflowError "cannot convert Infinity to integer" / "... to integer ratio".
    Infinity,
    /// A signaling NaN as a float: ValueError "cannot convert signaling NaN to float".
    Signaling,
    /// MemoryError.
    NoMemory,
}

/// The coefficient with the value of an integer's magnitude.
fn coef_from_int(n: IntRef) -> Coef<'static> {
    match *n.limbs {
        [] => Coef::ZERO,
        [w] => Coef::Small(u128::from(w)),
        [lo, hi] => Coef::from_u128(u128::from(hi) << 64 | u128::from(lo)),
        _ => {
            let mut digits = Vec::with_capacity(n.limbs.len() * 20);
            int::write_radix(n, 10, &mut digits);
            Coef::parse(&digits)
        }
    }
}

/// Coefficient times 10**`zeros` as an integer; `None` if there is no memory for it.
fn coef_to_int(coef: &Coef, zeros: i64, out: &mut IntBuf) -> Option<()> {
    if coef.is_zero() {
        out.clear();
        return Some(());
    }
    if zeros <= 38
        && let Some(Coef::Small(x)) = coef.shl(zeros)
    {
        out.set_u128(x);
        return Some(());
    }
    let mut digits = Vec::new();
    let zeros = usize::try_from(zeros).ok()?;
    digits.try_reserve(usize::try_from(coef.digits()).ok()?.checked_add(zeros)?).ok()?;
    coef.write(&mut digits);
    digits.resize(digits.len() + zeros, b'0');
    int::from_digits(&digits, 10, out);
    Some(())
}

impl Number<'_> {
    /// The integer, exactly (`Decimal(int)`); too many digits for any context are invalid.
    pub fn from_int(n: IntRef, status: &mut u32) -> Decimal {
        if n.limbs.len() <= 2 {
            return Number::finite(n.neg, coef_from_int(n), 0);
        }
        let mut inner = 0;
        let number = Context::MAX.finish(n.neg, coef_from_int(n), 0, &mut inner);
        exact(number, inner, status)
    }

    /// The float, exactly (`Decimal.from_float`).
    pub fn from_f64(value: f64) -> Decimal {
        let neg = value.is_sign_negative();
        if value.is_nan() {
            return Number { neg, ..Number::nan() };
        }
        if value.is_infinite() {
            return Number::infinity(neg);
        }
        if value == 0.0 {
            return Number::finite(neg, Coef::ZERO, 0);
        }
        let (mantissa, exponent) = crate::float::arith::split(value);
        let zeros = mantissa.trailing_zeros();
        let (mantissa, exponent) = (mantissa >> zeros, exponent + zeros as i32);
        let mut w = Words::new();
        let mut rest = mantissa;
        while rest > 0 {
            w.push(rest % BASE);
            rest /= BASE;
        }
        // m / 2**k is m * 5**k / 10**k.
        let (step, chunk) = if exponent >= 0 { (2u64, 59) } else { (5u64, 25) };
        let mut left = exponent.unsigned_abs();
        while left > 0 {
            let n = left.min(chunk);
            super::words::mul_small(&mut w, step.pow(n));
            left -= n;
        }
        Number::finite(neg, Coef::from_words(w), i64::from(exponent.min(0)))
    }

    /// From the parts of a tuple: digits 0 to 9 from the most significant, exactly.
    pub fn from_parts(neg: bool, kind: Kind, digits: &[u8], exp: i64, status: &mut u32) -> Decimal {
        let text: Vec<u8> = digits.iter().map(|d| b'0' + d.min(&9)).collect();
        let coef = if kind == Kind::Infinity { Coef::ZERO } else { Coef::parse(&text) };
        let mut inner = 0;
        let number = Number { neg, kind, exp, coef };
        let number = Context::MAX.finish_number(&number, &mut inner);
        exact(number, inner, status)
    }

    /// The digits, 0 to 9, of the coefficient or payload.
    pub fn digits(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.coef.write(&mut out);
        for b in &mut out {
            *b -= b'0';
        }
        out
    }

    /// The integer that rounding gives (`int` rounds down, `round` half to even).
    pub fn to_int(&self, rounding: Rounding, out: &mut IntBuf) -> Result<(), ConvertError> {
        self.check_number()?;
        if self.exp >= 0 {
            coef_to_int(&self.coef, self.exp, out).ok_or(ConvertError::NoMemory)?;
        } else {
            let (coef, _) = shift_round(&self.coef, -self.exp, self.neg, rounding);
            coef_to_int(&coef, 0, out).ok_or(ConvertError::NoMemory)?;
        }
        out.neg = self.neg && !out.as_ref().is_zero();
        Ok(())
    }

    fn check_number(&self) -> Result<(), ConvertError> {
        match self.kind {
            Kind::Finite => Ok(()),
            Kind::Infinity => Err(ConvertError::Infinity),
            Kind::Nan | Kind::SignalingNan => Err(ConvertError::Nan),
        }
    }

    /// The nearest float; infinite if there is none.
    pub fn to_f64(&self) -> Result<f64, ConvertError> {
        let magnitude = match self.kind {
            Kind::SignalingNan => return Err(ConvertError::Signaling),
            Kind::Nan => f64::NAN,
            Kind::Infinity => f64::INFINITY,
            Kind::Finite => {
                let mut text = Vec::with_capacity(64);
                self.coef.write(&mut text);
                text.push(b'e');
                int::write_i64(self.exp, &mut text);
                crate::float::parse(&text).unwrap_or(f64::NAN)
            }
        };
        Ok(if self.neg { -magnitude } else { magnitude })
    }

    /// `as_integer_ratio`, in lowest terms.
    pub fn as_integer_ratio(
        &self,
        numerator: &mut IntBuf,
        denominator: &mut IntBuf,
    ) -> Result<(), ConvertError> {
        self.check_number()?;
        denominator.set_u64(1);
        if self.exp >= 0 {
            coef_to_int(&self.coef, self.exp, numerator).ok_or(ConvertError::NoMemory)?;
        } else if self.coef.is_zero() {
            numerator.clear();
        } else {
            let zeros = self.coef.trailing_zeros().min(-self.exp);
            let (mut n, mut d) = (IntBuf::new(), IntBuf::new());
            coef_to_int(&self.coef.shr(zeros).0, 0, &mut n).ok_or(ConvertError::NoMemory)?;
            coef_to_int(&Coef::Small(1), -self.exp - zeros, &mut d).ok_or(ConvertError::NoMemory)?;
            let mut common = IntBuf::new();
            int::gcd(n.as_ref(), d.as_ref(), &mut common);
            // The divisor is not zero.
            let _ = int::floordiv(n.as_ref(), common.as_ref(), numerator);
            let _ = int::floordiv(d.as_ref(), common.as_ref(), denominator);
        }
        numerator.neg = self.neg && !numerator.as_ref().is_zero();
        Ok(())
    }

    /// The numeric hash; `None` for NaNs (a quiet one hashes by identity, a signaling one is a TypeError).
    pub fn hash(&self) -> Option<i64> {
        match self.kind {
            Kind::Nan | Kind::SignalingNan => return None,
            Kind::Infinity => return Some(if self.neg { -314159 } else { 314159 }),
            Kind::Finite => {}
        }
        const P: u64 = HASH_MODULUS;
        let mul = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(P)) as u64;
        // The inverse of ten, so that negative exponents are powers as well.
        const TENTH: u64 = 2075258708292324556;
        let mut base = if self.exp < 0 { TENTH } else { 10 };
        let mut left = self.exp.unsigned_abs();
        let mut power = 1;
        while left > 0 {
            if left & 1 == 1 {
                power = mul(power, base);
            }
            base = mul(base, base);
            left >>= 1;
        }
        let view = self.coef.view();
        let rest = view.words().iter().rev().fold(0, |h, &w| (mul(h, BASE % P) + w % P) % P);
        let h = mul(rest, power) as i64;
        let h = if self.neg { -h } else { h };
        Some(if h == -1 { -2 } else { h })
    }
}

impl Context {
    /// An operand from an integer, rounded to this context (`create_decimal(int)`).
    pub fn from_int(&self, n: IntRef, status: &mut u32) -> Decimal {
        self.finish(n.neg, coef_from_int(n), 0, status)
    }

    /// `pow(a, b, m)` for integers.
    ///
    /// Sets `INVALID_OPERATION` if an operand is no integer, the exponent negative, the modulus zero or longer
    /// than the precision, or for `pow(0, 0, m)`.
    pub fn powmod(&self, a: &Number, b: &Number, m: &Number, status: &mut u32) -> Decimal {
        if let Some(nan) = self.nan_result(&[a, b, m], status) {
            return nan;
        }
        let wrong = !a.is_integer()
            || !b.is_integer()
            || !m.is_integer()
            || (b.neg && !b.is_zero())
            || m.is_zero()
            || m.coef.digits() + m.exp > self.prec
            || (a.is_zero() && b.is_zero());
        if wrong {
            return Number::invalid(status);
        }
        let neg = a.neg && b.is_odd_integer();
        let [mut base, mut exponent, mut modulus, mut out] = [(); 4].map(|()| IntBuf::new());
        let magnitude = |x: &Number, out: &mut IntBuf| {
            let done = x.to_int(Rounding::Down, out);
            out.neg = false;
            done
        };
        if magnitude(m, &mut modulus).is_err() {
            return Number::no_memory(status);
        }
        // Powers of ten are reduced first: exponents of decimals may be enormous.
        if reduce(a, modulus.as_ref(), &mut base).is_none() || magnitude(b, &mut exponent).is_err() {
            return Number::no_memory(status);
        }
        // Neither the modulus nor the exponent makes trouble: checked above.
        if int::modpow(base.as_ref(), exponent.as_ref(), modulus.as_ref(), &mut out).is_err() {
            return Number::invalid(status);
        }
        // At most as long as the modulus, so it fits.
        Number::finite(neg, coef_from_int(out.as_ref()), 0)
    }
}

/// The magnitude of an integer modulo `m`.
fn reduce(a: &Number, m: IntRef, out: &mut IntBuf) -> Option<()> {
    let mut whole = IntBuf::new();
    if a.exp <= 0 {
        coef_to_int(&a.coef.shr(-a.exp).0, 0, &mut whole)?;
        return int::rem(whole.as_ref(), m, out).ok();
    }
    let [mut power, mut product] = [IntBuf::new(), IntBuf::new()];
    coef_to_int(&a.coef, 0, &mut whole)?;
    let exp = [a.exp as u64];
    int::modpow(IntRef::new(false, &[10]), IntRef::new(false, &exp), m, &mut power).ok()?;
    int::mul(whole.as_ref(), power.as_ref(), &mut product);
    int::rem(product.as_ref(), m, out).ok()
}
