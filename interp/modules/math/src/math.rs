//! `math`: the functions of `krait_number::math` on objects.

use crate::support::tup;
use krait_number::int::{self as ints, IntBuf, IntError};
use krait_number::math::integer;
use krait_number::math::real;
use krait_number::math::sums::{ExactSum, FsumError, ProductSum, norm};
use krait_number::math::{MathError, gamma as gammas};
use krait_object::call::call_special;
use krait_object::class::{Class, type_name};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::operators::{self, BinOp};
use krait_object::shape::fixed;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{Name, float, int, int_arith, natives, protocol};

/// The `math` module.
pub static MODULE: ModuleDef = ModuleDef { name: "math", doc: "", functions: FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    use std::f64::consts;
    let constants = [
        ("pi", consts::PI),
        ("e", consts::E),
        ("tau", consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, x) in constants {
        m.add(th, name, float::new(th, x));
    }
    Ok(())
}

/// The exception of a function without a value.
#[cold]
pub fn math_error(th: &Thread, e: MathError) -> Raised {
    match e {
        MathError::Domain => th.value_error("math domain error"),
        MathError::Range => th.overflow_error("math range error"),
    }
}

fn give(th: &Thread, r: Result<f64, MathError>) -> Res {
    match r {
        Ok(x) => Ok(float::new(th, x)),
        Err(e) => Err(math_error(th, e)),
    }
}

/// A float argument, or anything that converts to one.
#[inline(always)]
fn real_arg(th: &Thread, v: Value) -> Res<f64> {
    if v.is_float_word() { Ok(v.as_float_word()) } else { protocol::to_f64(th, v) }
}

macro_rules! unary {
    ($($name:ident $f:path;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let x = real_arg(th, a[0])?;
            give(th, $f(x))
        })*
    };
}
unary! {
    acos real::acos; acosh real::acosh; asin real::asin; asinh real::asinh; atan real::atan; atanh real::atanh;
    cbrt real::cbrt; cos real::cos; cosh real::cosh; exp real::exp; exp2 real::exp2; expm1 real::expm1;
    log1p real::log1p; sin real::sin; sinh real::sinh; sqrt real::sqrt; tan real::tan; tanh real::tanh;
    gamma gammas::gamma; lgamma gammas::lgamma;
}

macro_rules! total {
    ($($name:ident $f:expr;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let x = real_arg(th, a[0])?;
            let f: fn(f64) -> f64 = $f;
            Ok(float::new(th, f(x)))
        })*
    };
}
total! {
    degrees real::degrees; radians real::radians; erf real::erf; erfc real::erfc; fabs f64::abs; ulp real::ulp;
}

macro_rules! binary {
    ($($name:ident $f:expr;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let x = real_arg(th, a[0])?;
            let y = real_arg(th, a[1])?;
            let f: fn(f64, f64) -> Result<f64, MathError> = $f;
            give(th, f(x, y))
        })*
    };
}
binary! {
    atan2 |y, x| Ok(real::atan2(y, x));
    copysign |x, y| Ok(x.copysign(y));
    fmod real::fmod;
    pow real::pow;
    remainder real::remainder;
}

macro_rules! tests {
    ($($name:ident $f:path;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let x = real_arg(th, a[0])?;
            Ok(Value::bool($f(x)))
        })*
    };
}
tests! { isfinite f64::is_finite; isinf f64::is_infinite; isnan f64::is_nan; }

/// `__ceil__` or `__floor__` of an object that is no exact float; else the rounded float as an int.
fn rounded(th: &Thread, v: Value, special: Name, f: fn(f64) -> f64) -> Res {
    if !float::is_exact(v) {
        if v.is_small_int() {
            return Ok(v);
        }
        if let Some(m) = Class::of_value(th, v).special(th, special) {
            return call_special(th, m, v, &[]);
        }
    }
    let x = protocol::to_f64(th, v)?;
    krait_object::float_methods::to_int(th, f(x))
}

fn ceil(th: &Thread, a: &[Value]) -> Res {
    rounded(th, a[0], Name::__ceil__, f64::ceil)
}

fn floor(th: &Thread, a: &[Value]) -> Res {
    rounded(th, a[0], Name::__floor__, f64::floor)
}

fn trunc(th: &Thread, a: &[Value]) -> Res {
    if float::is_exact(a[0]) {
        let x = float::get(a[0]).unwrap_or(0.0);
        return krait_object::float_methods::to_int(th, x);
    }
    match Class::of_value(th, a[0]).special(th, Name::__trunc__) {
        Some(m) => call_special(th, m, a[0], &[]),
        None => {
            let t = type_name(th, a[0]);
            Err(th.type_error(format!("type {t} doesn't define __trunc__ method")))
        }
    }
}

fn int_result(th: &Thread, r: Result<(), IntError>, out: &IntBuf) -> Res {
    match r {
        Ok(()) => int::from_buf(th, out),
        Err(e) => Err(int_arith::error(th, e, "")),
    }
}

fn is_negative(v: Value) -> bool {
    int::with_ref(v, |r| r.signum() < 0)
}

fn factorial(th: &Thread, a: &[Value]) -> Res {
    let n = protocol::index(th, a[0])?;
    if is_negative(n) {
        return Err(th.value_error("factorial() not defined for negative values"));
    }
    let Some(n) = int::to_i64(n) else {
        let text = format!("factorial() argument should not exceed {}", i64::MAX);
        return Err(th.overflow_error(text));
    };
    let mut out = IntBuf::new();
    let r = integer::factorial(n as u64, &mut out);
    int_result(th, r, &out)
}

fn perm(th: &Thread, a: &[Value]) -> Res {
    let Some(k) = a[1].given_not_none() else { return factorial(th, &a[..1]) };
    let n = protocol::index(th, a[0])?;
    let k = protocol::index(th, k)?;
    if is_negative(n) {
        return Err(th.value_error("n must be a non-negative integer"));
    }
    if is_negative(k) {
        return Err(th.value_error("k must be a non-negative integer"));
    }
    if int_arith::compare(n, k).is_lt() {
        return Ok(Value::ZERO);
    }
    let Some(k) = int::to_i64(k) else {
        return Err(th.overflow_error(format!("k must not exceed {}", i64::MAX)));
    };
    let mut out = IntBuf::new();
    let r = int::with_ref(n, |n| integer::perm(n, k as u64, &mut out));
    int_result(th, r, &out)
}

fn comb(th: &Thread, a: &[Value]) -> Res {
    let n = protocol::index(th, a[0])?;
    let k = protocol::index(th, a[1])?;
    if is_negative(n) {
        return Err(th.value_error("n must be a non-negative integer"));
    }
    if is_negative(k) {
        return Err(th.value_error("k must be a non-negative integer"));
    }
    if int_arith::compare(n, k).is_lt() {
        return Ok(Value::ZERO);
    }
    let rest = int_arith::sub(th, n, k)?;
    let least = if int_arith::compare(rest, k).is_lt() { rest } else { k };
    if int::to_i64(least).is_none() {
        return Err(th.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    }
    let mut out = IntBuf::new();
    let r = int::with_ref(n, |n| int::with_ref(least, |k| integer::comb(n, k, &mut out)));
    int_result(th, r, &out)
}

fn isqrt(th: &Thread, a: &[Value]) -> Res {
    let n = protocol::index(th, a[0])?;
    if is_negative(n) {
        return Err(th.value_error("isqrt() argument must be nonnegative"));
    }
    let mut out = IntBuf::new();
    let r = int::with_ref(n, |n| ints::isqrt(n, &mut out));
    int_result(th, r, &out)
}

fn gcd_small(mut x: u64, mut y: u64) -> u64 {
    while y != 0 {
        (x, y) = (y, x % y);
    }
    x
}

fn gcd(th: &Thread, a: &[Value]) -> Res {
    let mut result = Value::ZERO;
    for (i, &v) in Tuple::of(a[0]).as_slice().iter().enumerate() {
        let n = protocol::index(th, v)?;
        result = match (result.small_int(), n.small_int()) {
            (Some(x), Some(y)) => int::from_u64(th, gcd_small(x.unsigned_abs(), y.unsigned_abs())),
            _ if i == 0 => int_arith::abs(th, n)?,
            _ => {
                let mut out = IntBuf::new();
                int::with_ref(result, |x| int::with_ref(n, |y| ints::gcd(x, y, &mut out)));
                int::from_buf(th, &out)?
            }
        };
    }
    Ok(result)
}

fn lcm(th: &Thread, a: &[Value]) -> Res {
    let mut result = Value::small(1);
    for (i, &v) in Tuple::of(a[0]).as_slice().iter().enumerate() {
        let n = protocol::index(th, v)?;
        if i == 0 {
            result = int_arith::abs(th, n)?;
            continue;
        }
        // The rest is only checked for being integers.
        if result == Value::ZERO {
            continue;
        }
        let mut out = IntBuf::new();
        int::with_ref(result, |x| int::with_ref(n, |y| ints::lcm(x, y, &mut out)));
        result = int::from_buf(th, &out)?;
    }
    Ok(result)
}

/// A logarithm of an int of any size or of a float.
fn logarithm(th: &Thread, v: Value, f: fn(f64) -> Result<f64, MathError>) -> Res {
    if int::is_int(v) {
        return give(th, int::with_ref(v, |n| integer::logarithm(n, f)));
    }
    let x = real_arg(th, v)?;
    give(th, f(x))
}

fn log(th: &Thread, a: &[Value]) -> Res {
    let number = logarithm(th, a[0], real::log)?;
    match a[1].given() {
        None => Ok(number),
        Some(base) => {
            let base = logarithm(th, base, real::log)?;
            operators::binary(th, BinOp::TrueDiv, number, base)
        }
    }
}

fn log2(th: &Thread, a: &[Value]) -> Res {
    logarithm(th, a[0], real::log2)
}

fn log10(th: &Thread, a: &[Value]) -> Res {
    logarithm(th, a[0], real::log10)
}

fn frexp(th: &Thread, a: &[Value]) -> Res {
    let x = real_arg(th, a[0])?;
    let (m, e) = real::frexp(x);
    tup(th, &[float::new(th, m), Value::small(e.into())])
}

fn ldexp(th: &Thread, a: &[Value]) -> Res {
    let x = real_arg(th, a[0])?;
    if !int::is_int(a[1]) {
        return Err(th.type_error("Expected an int as second argument to ldexp."));
    }
    let e = int::to_i64(a[1]).unwrap_or(if is_negative(a[1]) { i64::MIN } else { i64::MAX });
    give(th, real::ldexp(x, e))
}

fn modf(th: &Thread, a: &[Value]) -> Res {
    let x = real_arg(th, a[0])?;
    let (fraction, whole) = real::modf(x);
    let fraction = float::new(th, fraction);
    tup(th, &[fraction, float::new(th, whole)])
}

fn nextafter(th: &Thread, a: &[Value]) -> Res {
    let x = real_arg(th, a[0])?;
    let y = real_arg(th, a[1])?;
    let steps = match a[2].given_not_none() {
        // One step as in the C library, whose zero keeps the sign of the side it is reached from.
        None => {
            let n = real::nextafter(x, y, 1);
            return Ok(float::new(th, if n == 0.0 && x != 0.0 { n.copysign(x) } else { n }));
        }
        Some(v) => {
            let n = protocol::index(th, v)?;
            if is_negative(n) {
                return Err(th.value_error("steps must be a non-negative integer"));
            }
            int::with_ref(n, |r| r.to_u64()).unwrap_or(u64::MAX)
        }
    };
    Ok(float::new(th, real::nextafter(x, y, steps)))
}

fn tolerance(th: &Thread, v: Value, default: f64) -> Res<f64> {
    v.given().map_or(Ok(default), |v| real_arg(th, v))
}

/// The tolerances of `isclose`, here and in `cmath`.
pub fn tolerances(th: &Thread, relative: Value, absolute: Value) -> Res<(f64, f64)> {
    let r = (tolerance(th, relative, 1e-9)?, tolerance(th, absolute, 0.0)?);
    if r.0 < 0.0 || r.1 < 0.0 {
        return Err(th.value_error("tolerances must be non-negative"));
    }
    Ok(r)
}

fn isclose(th: &Thread, a: &[Value]) -> Res {
    let x = real_arg(th, a[0])?;
    let y = real_arg(th, a[1])?;
    let (relative, absolute) = tolerances(th, a[2], a[3])?;
    Ok(Value::bool(real::isclose(x, y, relative, absolute)))
}

fn fsum(th: &Thread, a: &[Value]) -> Res {
    let error = |e| match e {
        FsumError::Overflow => th.overflow_error("intermediate overflow in fsum"),
        FsumError::Infinities => th.value_error("-inf + inf in fsum"),
    };
    let mut sum = ExactSum::new();
    let it = protocol::iter(th, a[0])?;
    while let Some(v) = protocol::next(th, it)? {
        let x = real_arg(th, v)?;
        sum.add(x).map_err(error)?;
    }
    Ok(float::new(th, sum.value().map_err(error)?))
}

fn prod(th: &Thread, a: &[Value]) -> Res {
    let it = protocol::iter(th, a[0])?;
    let mut result = a[1].given().unwrap_or(Value::small(1));
    while let Some(v) = protocol::next(th, it)? {
        result = operators::binary(th, BinOp::Mul, result, v)?;
    }
    Ok(result)
}

/// A vector of floats out of a tuple's items.
fn vector(th: &Thread, items: &[Value]) -> Res<Vec<f64>> {
    let mut v = Vec::with_capacity(items.len());
    for &x in items {
        v.push(real_arg(th, x)?);
    }
    Ok(v)
}

fn hypot(th: &Thread, a: &[Value]) -> Res {
    let mut v = vector(th, Tuple::of(a[0]).as_slice())?;
    Ok(float::new(th, norm(&mut v)))
}

fn dist(th: &Thread, a: &[Value]) -> Res {
    let p = protocol::to_tuple(th, a[0])?;
    let q = protocol::to_tuple(th, a[1])?;
    if p.len() != q.len() {
        return Err(th.value_error("both points must have the same number of dimensions"));
    }
    let mut v = Vec::with_capacity(p.len());
    for (&x, &y) in p.as_slice().iter().zip(q.as_slice()) {
        let x = real_arg(th, x)?;
        v.push((x - real_arg(th, y)?).abs());
    }
    Ok(float::new(th, norm(&mut v)))
}

/// An exact int of the machine's size.
fn machine_int(v: Value) -> Option<i64> {
    if v.is_small_int() || v.has_shape(fixed::INT) { int::to_i64(v) } else { None }
}

/// A float of the exact class.
fn exact_float(v: Value) -> Option<f64> {
    if float::is_exact(v) { float::get(v) } else { None }
}

/// The factors as floats, when both are exact floats, or one is and the other an int or bool that converts.
fn float_pair(p: Value, q: Value) -> Option<(f64, f64)> {
    let number = |v: Value| {
        exact_float(v).or_else(|| {
            let plain = v.is_small_int() || v.has_shape(fixed::INT) || v.as_bool().is_some();
            if plain { int::with_ref(v, ints::to_f64).ok() } else { None }
        })
    };
    if exact_float(p).is_none() && exact_float(q).is_none() {
        return None;
    }
    Some((number(p)?, number(q)?))
}

/// Sums products in machine integers first, then in floats of extended precision, then as objects; each way is left
/// for good at the first pair that does not fit it.
fn sumprod(th: &Thread, a: &[Value]) -> Res {
    let p_it = protocol::iter(th, a[0])?;
    let q_it = protocol::iter(th, a[1])?;
    let mut total = Value::ZERO;
    let (mut by_int, mut int_total) = (true, None::<i64>);
    let (mut by_float, mut float_total) = (true, None::<ProductSum>);
    loop {
        let p = protocol::next(th, p_it)?;
        let q = protocol::next(th, q_it)?;
        let pair = match (p, q) {
            (Some(p), Some(q)) => Some((p, q)),
            (None, None) => None,
            _ => return Err(th.value_error("Inputs are not the same length")),
        };
        if by_int {
            let next = pair.and_then(|(p, q)| {
                let product = machine_int(p)?.checked_mul(machine_int(q)?)?;
                int_total.unwrap_or(0).checked_add(product)
            });
            if next.is_some() {
                int_total = next;
                continue;
            }
            by_int = false;
            if let Some(n) = int_total.take() {
                total = operators::binary(th, BinOp::Add, total, int::from_i64(th, n))?;
            }
        }
        if by_float {
            let next = pair.and_then(|(p, q)| float_pair(p, q)).and_then(|(x, y)| {
                let mut sum = float_total.unwrap_or_default();
                sum.add(x, y);
                if sum.value().is_finite() { Some(sum) } else { None }
            });
            if next.is_some() {
                float_total = next;
                continue;
            }
            by_float = false;
            if let Some(sum) = float_total.take() {
                total = operators::binary(th, BinOp::Add, total, float::new(th, sum.value()))?;
            }
        }
        let Some((p, q)) = pair else { return Ok(total) };
        let product = operators::binary(th, BinOp::Mul, p, q)?;
        total = operators::binary(th, BinOp::Add, total, product)?;
    }
}

natives! {
    static FUNCTIONS = {
        function "acos" "(x, /)" acos, "";
        function "acosh" "(x, /)" acosh, "";
        function "asin" "(x, /)" asin, "";
        function "asinh" "(x, /)" asinh, "";
        function "atan" "(x, /)" atan, "";
        function "atan2" "(y, x, /)" atan2, "";
        function "atanh" "(x, /)" atanh, "";
        function "cbrt" "(x, /)" cbrt, "";
        function "ceil" "(x, /)" ceil, "";
        function "copysign" "(x, y, /)" copysign, "";
        function "cos" "(x, /)" cos, "";
        function "cosh" "(x, /)" cosh, "";
        function "degrees" "(x, /)" degrees, "";
        function "dist" "(p, q, /)" dist, "";
        function "erf" "(x, /)" erf, "";
        function "erfc" "(x, /)" erfc, "";
        function "exp" "(x, /)" exp, "";
        function "exp2" "(x, /)" exp2, "";
        function "expm1" "(x, /)" expm1, "";
        function "fabs" "(x, /)" fabs, "";
        function "factorial" "(n, /)" factorial, "";
        function "floor" "(x, /)" floor, "";
        function "fmod" "(x, y, /)" fmod, "";
        function "frexp" "(x, /)" frexp, "";
        function "fsum" "(seq, /)" fsum, "";
        function "gamma" "(x, /)" gamma, "";
        function "gcd" "(*integers)" gcd, "";
        function "hypot" "(*coordinates)" hypot, "";
        function "isclose" "(a, b, *, rel_tol=1e-09, abs_tol=0.0)" isclose, "";
        function "isfinite" "(x, /)" isfinite, "";
        function "isinf" "(x, /)" isinf, "";
        function "isnan" "(x, /)" isnan, "";
        function "isqrt" "(n, /)" isqrt, "";
        function "lcm" "(*integers)" lcm, "";
        function "ldexp" "(x, i, /)" ldexp, "";
        function "lgamma" "(x, /)" lgamma, "";
        function "log" "(x, base=math.e, /)" log, "";
        function "log1p" "(x, /)" log1p, "";
        function "log10" "(x, /)" log10, "";
        function "log2" "(x, /)" log2, "";
        function "modf" "(x, /)" modf, "";
        function "pow" "(x, y, /)" pow, "";
        function "radians" "(x, /)" radians, "";
        function "remainder" "(x, y, /)" remainder, "";
        function "sin" "(x, /)" sin, "";
        function "sinh" "(x, /)" sinh, "";
        function "sqrt" "(x, /)" sqrt, "";
        function "tan" "(x, /)" tan, "";
        function "tanh" "(x, /)" tanh, "";
        function "sumprod" "(p, q, /)" sumprod, "";
        function "trunc" "(x, /)" trunc, "";
        function "prod" "(iterable, /, *, start=1)" prod, "";
        function "perm" "(n, k=None, /)" perm, "";
        function "comb" "(n, k, /)" comb, "";
        function "nextafter" "(x, y, /, *, steps=None)" nextafter, "";
        function "ulp" "(x, /)" ulp, "";
    }
}
