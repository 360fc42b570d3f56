//! Decimal floating-point arithmetic: the General Decimal Arithmetic specification (Cowlishaw, version 1.70), as
//! Python's `decimal` has it.
//!
//! A [`Number`] is a sign, a coefficient and an exponent, or an infinity or a NaN. Operations take a [`Context`]
//! and report conditions by setting bits of a status word ([`status`]); trapping is the caller's business. No
//! library serves: `bigdecimal` and `dashu-float` have no contexts, conditions, NaNs or subnormal numbers,
//! `fastnum` and `rust_decimal` a fixed size, `dec` binds the C library decNumber with sizes fixed when it is
//! compiled and quadratic algorithms. Measured here, with CPython's `_decimal` in parentheses (which includes some
//! 0.04 of interpreter), in microseconds: adding money 0.035 (0.099), multiplying it 0.027 (0.089), quantize 0.059
//! (0.192), 28 digits times 28 digits 0.074 (0.114), divided by 0.136 (0.218), `exp` 3.3 (8.4), `ln` 3.8 (27); the
//! manual's `pi()` at 28 digits 18 (30) and at 5000 digits 89,000 (109,000); a million digits squared 21,800 (48,000).
//!
//! Precision goes up to 999999999999999999, so no operation may take time or
//! memory proportional to it unless the result has that many digits; memory that can not be had is reported as
//! [`status::MALLOC_ERROR`].

mod arith;
mod coef;
mod compare;
mod convert;
mod digitwise;
mod divide;
mod elementary;
mod fixed;
mod format;
mod ntt;
mod power;
mod rounding;
mod small;
mod text;
mod words;

pub use coef::Coef;
pub use compare::total_order;
pub use convert::ConvertError;
pub use format::{DecimalSpec, parse_spec};
pub use text::parse_exact;
pub use words::BASE;

/// Bits of the status word.
pub mod status {
    /// The exponent was changed to fit (`Clamped`).
    pub const CLAMPED: u32 = 0x1;
    /// Text is no number (`ConversionSyntax`, an `InvalidOperation`).
    pub const CONVERSION_SYNTAX: u32 = 0x2;
    /// `DivisionByZero`.
    pub const DIVISION_BY_ZERO: u32 = 0x4;
    /// An integer quotient has too many digits (`DivisionImpossible`, an `InvalidOperation`).
    pub const DIVISION_IMPOSSIBLE: u32 = 0x8;
    /// `0 / 0` (`DivisionUndefined`, an `InvalidOperation`).
    pub const DIVISION_UNDEFINED: u32 = 0x10;
    /// `Inexact`.
    pub const INEXACT: u32 = 0x40;
    /// `InvalidContext`, an `InvalidOperation`.
    pub const INVALID_CONTEXT: u32 = 0x80;
    /// `InvalidOperation`.
    pub const INVALID_OPERATION: u32 = 0x100;
    /// Not enough memory (MemoryError).
    pub const MALLOC_ERROR: u32 = 0x200;
    /// `Overflow`.
    pub const OVERFLOW: u32 = 0x800;
    /// `Rounded`.
    pub const ROUNDED: u32 = 0x1000;
    /// `Subnormal`.
    pub const SUBNORMAL: u32 = 0x2000;
    /// `Underflow`.
    pub const UNDERFLOW: u32 = 0x4000;
    /// All that count as `InvalidOperation`.
    pub const ANY_INVALID: u32 = CONVERSION_SYNTAX
        | DIVISION_IMPOSSIBLE
        | DIVISION_UNDEFINED
        | INVALID_CONTEXT
        | INVALID_OPERATION
        | MALLOC_ERROR;
    /// All after which a result is not to be used.
    pub const ERRORS: u32 = ANY_INVALID | DIVISION_BY_ZERO;
}

/// The largest precision and exponent, and minus the smallest exponent (`MAX_PREC`, `MAX_EMAX`, `-MIN_EMIN`).
pub const MAX_PREC: i64 = 999_999_999_999_999_999;
/// The smallest exponent of a subnormal number (`MIN_ETINY`).
pub const MIN_ETINY: i64 = -1_999_999_999_999_999_997;

/// How results are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards infinity.
    Ceiling,
    /// Towards minus infinity.
    Floor,
    /// To the nearest, ties away from zero.
    HalfUp,
    /// To the nearest, ties towards zero.
    HalfDown,
    /// To the nearest, ties to an even last digit.
    HalfEven,
    /// Away from zero if the last digit would be 0 or 5, else towards zero.
    ZeroFiveUp,
}

/// What limits and rounds results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The precision, 1 to [`MAX_PREC`].
    pub prec: i64,
    /// The largest adjusted exponent, 0 to [`MAX_PREC`].
    pub emax: i64,
    /// The smallest adjusted exponent of a normal number, -[`MAX_PREC`] to 0.
    pub emin: i64,
    /// The rounding mode.
    pub rounding: Rounding,
    /// Whether exponents are lowered to fit `emax - prec + 1`.
    pub clamp: bool,
}

impl Context {
    /// The widest limits there are, rounding half to even: for exact results.
    pub const MAX: Context = Context {
        prec: MAX_PREC,
        emax: MAX_PREC,
        emin: -MAX_PREC,
        rounding: Rounding::HalfEven,
        clamp: false,
    };

    /// The smallest exponent of a subnormal number.
    #[inline]
    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    /// The largest exponent of a number with a full coefficient.
    #[inline]
    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A finite number.
    Finite,
    /// An infinity.
    Infinity,
    /// A quiet NaN; the coefficient is its payload.
    Nan,
    /// A signaling NaN; the coefficient is its payload.
    SignalingNan,
}

/// A decimal number; [`Coef::Borrowed`] coefficients belong to somebody else.
#[derive(Clone, Debug)]
pub struct Number<'a> {
    /// Whether the sign is minus.
    pub neg: bool,
    /// What the number is.
    pub kind: Kind,
    /// The exponent; 0 for infinities and NaNs.
    pub exp: i64,
    /// The coefficient; 0 for infinities, the payload of NaNs.
    pub coef: Coef<'a>,
}

/// A decimal number that owns its coefficient.
pub type Decimal = Number<'static>;

impl<'a> Number<'a> {
    /// A finite number.
    #[inline]
    pub fn finite(neg: bool, coef: Coef<'a>, exp: i64) -> Number<'a> {
        Number { neg, kind: Kind::Finite, exp, coef }
    }

    /// A small integer.
    pub fn from_i64(value: i64) -> Decimal {
        Number::finite(value < 0, Coef::Small(u128::from(value.unsigned_abs())), 0)
    }

    /// An infinity.
    pub fn infinity(neg: bool) -> Decimal {
        Number { neg, kind: Kind::Infinity, exp: 0, coef: Coef::ZERO }
    }

    /// A quiet NaN without payload.
    pub fn nan() -> Decimal {
        Number { neg: false, kind: Kind::Nan, exp: 0, coef: Coef::ZERO }
    }

    /// Sets `INVALID_OPERATION` and gives a NaN.
    pub(crate) fn invalid(status: &mut u32) -> Decimal {
        *status |= status::INVALID_OPERATION;
        Number::nan()
    }

    /// Sets `MALLOC_ERROR` and gives a NaN.
    pub(crate) fn no_memory(status: &mut u32) -> Decimal {
        *status |= status::MALLOC_ERROR;
        Number::nan()
    }

    /// The same number without copying a long coefficient.
    pub fn borrow(&self) -> Number<'_> {
        Number { neg: self.neg, kind: self.kind, exp: self.exp, coef: self.coef.borrow() }
    }

    /// A copy that owns its coefficient.
    pub fn to_owned(&self) -> Decimal {
        Number { neg: self.neg, kind: self.kind, exp: self.exp, coef: self.coef.to_owned() }
    }

    /// A copy without sign (`copy_abs`).
    pub fn copy_abs(&self) -> Decimal {
        Number { neg: false, ..self.to_owned() }
    }

    /// A copy with the other sign (`copy_negate`).
    pub fn copy_negate(&self) -> Decimal {
        Number { neg: !self.neg, ..self.to_owned() }
    }

    /// A copy with the sign of `other` (`copy_sign`).
    pub fn copy_sign(&self, other: &Number) -> Decimal {
        Number { neg: other.neg, ..self.to_owned() }
    }

    /// Whether this is finite.
    #[inline]
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    /// Whether this is an infinity.
    #[inline]
    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinity
    }

    /// Whether this is a NaN of either kind.
    #[inline]
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Nan | Kind::SignalingNan)
    }

    /// Whether this is a signaling NaN.
    #[inline]
    pub fn is_signaling(&self) -> bool {
        self.kind == Kind::SignalingNan
    }

    /// Whether this is a zero of either sign.
    #[inline]
    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coef.is_zero()
    }

    /// The exponent of the first digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exp + self.coef.digits() - 1
    }

    /// Whether this is finite, not zero, and not subnormal in `ctx`.
    pub fn is_normal(&self, ctx: &Context) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() >= ctx.emin
    }

    /// Whether this is finite, not zero, and below the normal range of `ctx`.
    pub fn is_subnormal(&self, ctx: &Context) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() < ctx.emin
    }

    /// Whether this is finite without a fraction.
    pub fn is_integer(&self) -> bool {
        self.is_finite() && (self.exp >= 0 || self.is_zero() || self.coef.trailing_zeros() >= -self.exp)
    }

    /// Whether this is an odd integer.
    pub fn is_odd_integer(&self) -> bool {
        self.is_integer() && self.exp <= 0 && self.coef.digit(-self.exp) & 1 == 1
    }

    /// `number_class`.
    pub fn class(&self, ctx: &Context) -> &'static str {
        let names: [&str; 2] = match self.kind {
            Kind::Nan => ["NaN", "NaN"],
            Kind::SignalingNan => ["sNaN", "sNaN"],
            Kind::Infinity => ["+Infinity", "-Infinity"],
            Kind::Finite if self.is_zero() => ["+Zero", "-Zero"],
            Kind::Finite if self.is_subnormal(ctx) => ["+Subnormal", "-Subnormal"],
            Kind::Finite => ["+Normal", "-Normal"],
        };
        names[usize::from(self.neg)]
    }
}

#[cfg(test)]
mod tests;
