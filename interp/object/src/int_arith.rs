//! Integer arithmetic on values that are known to be ints (bools and subclasses included).
//!
//! Immediates and 64-bit integers are computed in machine words, everything else in
//! `krait-number`'s buffers. Results are always exact `int`s. Nothing here looks at
//! special methods; `numeric.rs` and the `*_methods` files decide who comes here.

use crate::int::{self, from_buf, from_i64, from_i128};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{float, tuple};
use krait_number::int as num;
use krait_number::int::{IntBuf, IntError, IntRef};

/// Both as machine integers, when they fit.
#[inline(always)]
fn words(a: Value, b: Value) -> Option<(i64, i64)> {
    Some((int::to_i64(a)?, int::to_i64(b)?))
}

/// Runs an operation of `krait-number` on two integers.
#[inline(never)]
fn big(th: &Thread, a: Value, b: Value, f: fn(IntRef, IntRef, &mut IntBuf)) -> Res {
    let mut out = IntBuf::new();
    int::with_ref(a, |x| int::with_ref(b, |y| f(x, y, &mut out)));
    from_buf(th, &out)
}

/// As [`big`], when it may fail.
#[inline(never)]
fn big_checked(
    th: &Thread,
    a: Value,
    b: Value,
    zero: &str,
    f: fn(IntRef, IntRef, &mut IntBuf) -> Result<(), IntError>,
) -> Res {
    let mut out = IntBuf::new();
    match int::with_ref(a, |x| int::with_ref(b, |y| f(x, y, &mut out))) {
        Ok(()) => from_buf(th, &out),
        Err(e) => Err(error(th, e, zero)),
    }
}

/// The exception of a failed operation; `zero` is the text of its ZeroDivisionError.
#[cold]
pub fn error(th: &Thread, e: IntError, zero: &str) -> Raised {
    match e {
        IntError::ZeroDivision => th.raise_new(TypeId::ZeroDivisionError, zero),
        IntError::NegativeShift => th.value_error("negative shift count"),
        IntError::TooLarge => th.memory_error(),
        IntError::NotInvertible => th.value_error("base is not invertible for the given modulus"),
        IntError::Overflow => th.overflow_error("int too big to convert"),
        IntError::Negative | IntError::NegativeExponent => {
            th.value_error("negative number cannot be used here")
        }
    }
}

/// `a + b`.
#[inline]
pub fn add(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) => match x.checked_add(y) {
            Some(n) => Ok(from_i64(th, n)),
            None => Ok(from_i128(th, x as i128 + y as i128)),
        },
        None => big(th, a, b, num::add),
    }
}

/// `a - b`.
#[inline]
pub fn sub(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) => match x.checked_sub(y) {
            Some(n) => Ok(from_i64(th, n)),
            None => Ok(from_i128(th, x as i128 - y as i128)),
        },
        None => big(th, a, b, num::sub),
    }
}

/// `a * b`.
#[inline]
pub fn mul(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) => match x.checked_mul(y) {
            Some(n) => Ok(from_i64(th, n)),
            None => Ok(from_i128(th, x as i128 * y as i128)),
        },
        None if a == b => {
            let mut out = IntBuf::new();
            int::with_ref(a, |x| num::square(x, &mut out));
            from_buf(th, &out)
        }
        None => big(th, a, b, num::mul),
    }
}

/// Quotient and remainder rounded to minus infinity; the divisor is not 0, and not -1 with the smallest number.
#[inline(always)]
fn divmod_words(x: i64, y: i64) -> (i64, i64) {
    let (q, r) = (x / y, x % y);
    if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) }
}

const FLOOR_BY_ZERO: &str = "integer division or modulo by zero";
const MOD_BY_ZERO: &str = "integer modulo by zero";

/// `a // b`.
#[inline]
pub fn floordiv(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) if y != 0 && y != -1 => Ok(from_i64(th, divmod_words(x, y).0)),
        Some((x, -1)) => Ok(from_i128(th, -(x as i128))),
        _ => big_checked(th, a, b, FLOOR_BY_ZERO, num::floordiv),
    }
}

/// `a % b`.
#[inline]
pub fn modulo(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) if y != 0 && y != -1 => Ok(from_i64(th, divmod_words(x, y).1)),
        Some((_, -1)) => Ok(Value::ZERO),
        _ => big_checked(th, a, b, MOD_BY_ZERO, num::rem),
    }
}

/// `divmod(a, b)`.
pub fn divmod(th: &Thread, a: Value, b: Value) -> Res {
    if let Some((x, y)) = words(a, b)
        && y != 0
        && y != -1
    {
        let (q, r) = divmod_words(x, y);
        let (q, r) = (from_i64(th, q), from_i64(th, r));
        return tuple::from_slice(th, &[q, r]);
    }
    let (mut q, mut r) = (IntBuf::new(), IntBuf::new());
    match int::with_ref(a, |x| int::with_ref(b, |y| num::divmod(x, y, &mut q, &mut r))) {
        Ok(()) => {
            let q = from_buf(th, &q)?;
            let r = from_buf(th, &r)?;
            tuple::from_slice(th, &[q, r])
        }
        Err(e) => Err(error(th, e, FLOOR_BY_ZERO)),
    }
}

/// `a / b`.
#[inline]
pub fn truediv(th: &Thread, a: Value, b: Value) -> Res {
    const EXACT: i64 = 1 << 53;
    if let Some((x, y)) = words(a, b)
        && y != 0
        && x.abs_diff(0) <= EXACT as u64
        && y.abs_diff(0) <= EXACT as u64
        && (x != 0 || y > 0)
    {
        return Ok(float::new(th, x as f64 / y as f64));
    }
    match int::with_ref(a, |x| int::with_ref(b, |y| num::true_divide(x, y))) {
        Ok(x) => Ok(float::new(th, x)),
        Err(IntError::ZeroDivision) => Err(th.raise_new(TypeId::ZeroDivisionError, "division by zero")),
        Err(_) => Err(th.overflow_error("integer division result too large for a float")),
    }
}

/// `a ** b`: a float when `b` is negative.
pub fn pow(th: &Thread, a: Value, b: Value) -> Res {
    if let Some((x, y)) = words(a, b)
        && (0..64).contains(&y)
        && let Some(n) = x.checked_pow(y as u32)
    {
        return Ok(from_i64(th, n));
    }
    let mut out = IntBuf::new();
    match int::with_ref(a, |x| int::with_ref(b, |y| num::pow(x, y, &mut out))) {
        Ok(()) => from_buf(th, &out),
        Err(IntError::NegativeExponent) => {
            let (x, y) = (to_f64(th, a)?, to_f64(th, b)?);
            crate::float_methods::pow(th, x, y)
        }
        Err(e) => Err(error(th, e, "")),
    }
}

/// `pow(a, b, m)`.
pub fn pow_mod(th: &Thread, a: Value, b: Value, m: Value) -> Res {
    let mut out = IntBuf::new();
    let r = int::with_ref(a, |x| int::with_ref(b, |y| int::with_ref(m, |m| num::modpow(x, y, m, &mut out))));
    match r {
        Ok(()) => from_buf(th, &out),
        Err(IntError::ZeroDivision) => Err(th.value_error("pow() 3rd argument cannot be 0")),
        Err(e) => Err(error(th, e, "")),
    }
}

/// `a << b`.
#[inline]
pub fn lshift(th: &Thread, a: Value, b: Value) -> Res {
    if let Some((x, y)) = words(a, b)
        && (0..64).contains(&y)
    {
        let n = (x as i128) << y;
        return Ok(if n as i64 as i128 == n { from_i64(th, n as i64) } else { from_i128(th, n) });
    }
    lshift_big(th, a, b)
}

#[inline(never)]
fn lshift_big(th: &Thread, a: Value, b: Value) -> Res {
    if int::with_ref(b, |b| b.neg) {
        return Err(th.value_error("negative shift count"));
    }
    if int::to_i64(a) == Some(0) {
        return Ok(Value::ZERO);
    }
    let too_many = || th.overflow_error("too many digits in integer");
    let count = int::with_ref(b, |b| b.to_u64()).filter(|&n| n < 1 << 61).ok_or_else(too_many)?;
    let mut out = IntBuf::new();
    match int::with_ref(a, |x| num::shl(x, count, &mut out)) {
        Ok(()) => from_buf(th, &out),
        Err(_) => Err(th.memory_error()),
    }
}

/// `a >> b`.
#[inline]
pub fn rshift(th: &Thread, a: Value, b: Value) -> Res {
    if let Some((x, y)) = words(a, b)
        && y >= 0
    {
        return Ok(from_i64(th, x >> y.min(63)));
    }
    rshift_big(th, a, b)
}

#[inline(never)]
fn rshift_big(th: &Thread, a: Value, b: Value) -> Res {
    if int::with_ref(b, |b| b.neg) {
        return Err(th.value_error("negative shift count"));
    }
    let count = int::with_ref(b, |b| b.to_u64()).unwrap_or(u64::MAX);
    let mut out = IntBuf::new();
    int::with_ref(a, |x| num::shr(x, count, &mut out));
    from_buf(th, &out)
}

/// `a & b`.
#[inline]
pub fn and(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) => Ok(from_i64(th, x & y)),
        None => big(th, a, b, num::and),
    }
}

/// `a | b`.
#[inline]
pub fn or(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) => Ok(from_i64(th, x | y)),
        None => big(th, a, b, num::or),
    }
}

/// `a ^ b`.
#[inline]
pub fn xor(th: &Thread, a: Value, b: Value) -> Res {
    match words(a, b) {
        Some((x, y)) => Ok(from_i64(th, x ^ y)),
        None => big(th, a, b, num::xor),
    }
}

/// `-a`.
#[inline]
pub fn neg(th: &Thread, a: Value) -> Res {
    match int::to_i64(a) {
        Some(n) => Ok(from_i128(th, -(n as i128))),
        None => int::with_ref(a, |r| int::from_ref(th, r.negated())),
    }
}

/// `abs(a)`.
pub fn abs(th: &Thread, a: Value) -> Res {
    match int::to_i64(a) {
        Some(n) => Ok(from_i128(th, (n as i128).abs())),
        None => int::with_ref(a, |r| int::from_ref(th, r.abs())),
    }
}

/// `~a`.
pub fn invert(th: &Thread, a: Value) -> Res {
    match int::to_i64(a) {
        Some(n) => Ok(from_i64(th, !n)),
        None => {
            let mut out = IntBuf::new();
            int::with_ref(a, |r| num::invert(r, &mut out));
            from_buf(th, &out)
        }
    }
}

/// Orders two integers.
#[inline]
pub fn compare(a: Value, b: Value) -> std::cmp::Ordering {
    match words(a, b) {
        Some((x, y)) => x.cmp(&y),
        None => int::with_ref(a, |x| int::with_ref(b, |y| x.compare(y))),
    }
}

/// An integer as float; OverflowError when it is too large.
#[inline]
pub fn to_f64(th: &Thread, a: Value) -> Res<f64> {
    match a.small_int() {
        Some(n) => Ok(n as f64),
        None => {
            int::with_ref(a, num::to_f64).map_err(|_| th.overflow_error("int too large to convert to float"))
        }
    }
}
