//! Real functions of one and two arguments, with the errors of the `math` module.

use super::MathError;
use std::f64::consts::PI;

/// The C library.
pub(super) mod c {
    unsafe extern "C" {
        pub safe fn acos(x: f64) -> f64;
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asin(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atan(x: f64) -> f64;
        pub safe fn atan2(y: f64, x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn cbrt(x: f64) -> f64;
        pub safe fn cos(x: f64) -> f64;
        pub safe fn cosh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn exp(x: f64) -> f64;
        pub safe fn exp2(x: f64) -> f64;
        pub safe fn expm1(x: f64) -> f64;
        pub safe fn fmod(x: f64, y: f64) -> f64;
        pub safe fn hypot(x: f64, y: f64) -> f64;
        pub safe fn ldexp(x: f64, e: i32) -> f64;
        pub safe fn log(x: f64) -> f64;
        pub safe fn log10(x: f64) -> f64;
        pub safe fn log1p(x: f64) -> f64;
        pub safe fn log2(x: f64) -> f64;
        pub safe fn pow(x: f64, y: f64) -> f64;
        pub safe fn remainder(x: f64, y: f64) -> f64;
        pub safe fn sin(x: f64) -> f64;
        pub safe fn sinh(x: f64) -> f64;
        pub safe fn tan(x: f64) -> f64;
        pub safe fn tanh(x: f64) -> f64;
    }
}

/// The common rule: NaN out of a number is a domain error, an infinity out of a finite number an overflow or,
/// for functions that can not overflow, a pole.
#[inline]
fn checked(x: f64, result: f64, can_overflow: bool) -> Result<f64, MathError> {
    if result.is_nan() && !x.is_nan() {
        return Err(MathError::Domain);
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if can_overflow { MathError::Range } else { MathError::Domain });
    }
    Ok(result)
}

macro_rules! functions {
    ($($name:ident $overflow:literal;)*) => {
        $(
            #[doc = concat!("`math.", stringify!($name), "`.")]
            #[inline]
            pub fn $name(x: f64) -> Result<f64, MathError> {
                checked(x, c::$name(x), $overflow)
            }
        )*
    };
}

functions! {
    acos false;
    acosh false;
    asin false;
    asinh false;
    atan false;
    atanh false;
    cos false;
    cosh true;
    exp true;
    exp2 true;
    expm1 true;
    sin false;
    sinh true;
    tan false;
    tanh false;
}

/// `math.cbrt`.
pub fn cbrt(x: f64) -> Result<f64, MathError> {
    checked(x, platform_cbrt()(x), false)
}

/// The C library's `cbrt`. Rust's own runtime brings a function of that name, which the linker prefers and
/// which rounds differently in the last place, so that this one has to be asked for when the program runs.
#[cfg(target_os = "linux")]
fn platform_cbrt() -> extern "C" fn(f64) -> f64 {
    use std::ffi::{c_char, c_void};
    use std::sync::OnceLock;
    unsafe extern "C" {
        fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    }
    extern "C" fn fallback(x: f64) -> f64 {
        c::cbrt(x)
    }
    static FOUND: OnceLock<extern "C" fn(f64) -> f64> = OnceLock::new();
    *FOUND.get_or_init(|| {
        // SAFETY: the name ends in NUL, and a null handle means the libraries of the program.
        let symbol = unsafe { dlsym(std::ptr::null_mut(), c"cbrt".as_ptr()) };
        if symbol.is_null() {
            return fallback;
        }
        // SAFETY: C defines this name as `double cbrt(double)`.
        unsafe { std::mem::transmute::<*mut c_void, extern "C" fn(f64) -> f64>(symbol) }
    })
}

#[cfg(not(target_os = "linux"))]
fn platform_cbrt() -> extern "C" fn(f64) -> f64 {
    extern "C" fn direct(x: f64) -> f64 {
        c::cbrt(x)
    }
    direct
}

/// `math.sqrt`.
#[inline]
pub fn sqrt(x: f64) -> Result<f64, MathError> {
    checked(x, x.sqrt(), false)
}

/// `math.log1p`.
#[inline]
pub fn log1p(x: f64) -> Result<f64, MathError> {
    // Keeps the sign of zero on every platform.
    if x == 0.0 { Ok(x) } else { checked(x, c::log1p(x), false) }
}

/// `math.erf`.
#[inline]
pub fn erf(x: f64) -> f64 {
    c::erf(x)
}

/// `math.erfc`.
#[inline]
pub fn erfc(x: f64) -> f64 {
    c::erfc(x)
}

#[inline]
fn logarithm(x: f64, f: fn(f64) -> f64) -> Result<f64, MathError> {
    if x > 0.0 || x.is_nan() { Ok(f(x)) } else { Err(MathError::Domain) }
}

/// The natural logarithm (`math.log` of a float).
#[inline]
pub fn log(x: f64) -> Result<f64, MathError> {
    logarithm(x, |x| c::log(x))
}

/// `math.log2` of a float.
#[inline]
pub fn log2(x: f64) -> Result<f64, MathError> {
    logarithm(x, |x| c::log2(x))
}

/// `math.log10` of a float.
#[inline]
pub fn log10(x: f64) -> Result<f64, MathError> {
    logarithm(x, |x| c::log10(x))
}

/// `math.atan2`.
#[inline]
pub fn atan2(y: f64, x: f64) -> f64 {
    c::atan2(y, x)
}

/// `math.fmod`.
pub fn fmod(x: f64, y: f64) -> Result<f64, MathError> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    two(x, y, c::fmod(x, y))
}

/// `math.remainder`: of IEEE 754, to the nearest multiple.
pub fn remainder(x: f64, y: f64) -> Result<f64, MathError> {
    let r = c::remainder(x, y);
    // Some C libraries lose the sign of a zero.
    two(x, y, if r == 0.0 { r.copysign(x) } else { r })
}

fn two(x: f64, y: f64, result: f64) -> Result<f64, MathError> {
    if result.is_nan() && !x.is_nan() && !y.is_nan() { Err(MathError::Domain) } else { Ok(result) }
}

/// `math.pow`.
pub fn pow(x: f64, y: f64) -> Result<f64, MathError> {
    if x.is_finite() && y.is_finite() {
        let result = c::pow(x, y);
        return match () {
            () if result.is_nan() => Err(MathError::Domain),
            () if result.is_infinite() && x == 0.0 => Err(MathError::Domain),
            () if result.is_infinite() => Err(MathError::Range),
            () => Ok(result),
        };
    }
    let odd = y.is_finite() && c::fmod(y.abs(), 2.0) == 1.0;
    Ok(if y == 0.0 || x == 1.0 {
        1.0
    } else if x.is_nan() {
        x
    } else if y.is_nan() {
        y
    } else if x.is_infinite() {
        match (y > 0.0, odd) {
            (true, true) => x,
            (true, false) => x.abs(),
            (false, true) => 0.0f64.copysign(x),
            (false, false) => 0.0,
        }
    } else if x.abs() == 1.0 {
        1.0
    } else if (y > 0.0) == (x.abs() > 1.0) {
        f64::INFINITY
    } else {
        0.0
    })
}

/// `math.ldexp(x, exponent)`; an exponent that does not fit is to be saturated by the caller.
pub fn ldexp(x: f64, exponent: i64) -> Result<f64, MathError> {
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    if exponent < i64::from(i32::MIN) {
        return Ok(0.0f64.copysign(x));
    }
    let Ok(exponent) = i32::try_from(exponent) else { return Err(MathError::Range) };
    let result = c::ldexp(x, exponent);
    if result.is_infinite() { Err(MathError::Range) } else { Ok(result) }
}

/// `math.frexp`: a mantissa in [0.5, 1) and an exponent; zero, infinities and NaN have exponent 0.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (scaled, offset) = if x.abs() < f64::MIN_POSITIVE { (x * 18014398509481984.0, 54) } else { (x, 0) };
    let raw = scaled.to_bits();
    let exponent = (raw >> 52 & 0x7ff) as i32 - 1022 - offset;
    (f64::from_bits(raw & !(0x7ff << 52) | 1022 << 52), exponent)
}

/// `math.modf`: the fractional and the integral part, both with the sign of `x`.
pub fn modf(x: f64) -> (f64, f64) {
    if x.is_nan() {
        return (x, x);
    }
    if x.is_infinite() {
        return (0.0f64.copysign(x), x);
    }
    let whole = x.trunc();
    ((x - whole).copysign(x), whole)
}

/// `math.degrees`.
#[inline]
pub fn degrees(x: f64) -> f64 {
    x * (180.0 / PI)
}

/// `math.radians`.
#[inline]
pub fn radians(x: f64) -> f64 {
    x * (PI / 180.0)
}

/// Floats as integers in their order: neighbours differ by one, both zeros are 0.
fn ordered(x: f64) -> i64 {
    let raw = x.to_bits() as i64;
    if raw < 0 { i64::MIN.wrapping_sub(raw) } else { raw }
}

fn unordered(n: i64, zero_sign: f64) -> f64 {
    if n == 0 {
        return 0.0f64.copysign(zero_sign);
    }
    f64::from_bits(if n < 0 { i64::MIN.wrapping_sub(n) as u64 } else { n as u64 })
}

/// `math.nextafter(x, y, steps=steps)`.
pub fn nextafter(x: f64, y: f64, steps: u64) -> f64 {
    if steps == 0 || x.is_nan() {
        return x;
    }
    if y.is_nan() {
        return y;
    }
    let (from, to) = (ordered(x), ordered(y));
    if from == to || from.abs_diff(to) <= steps {
        return y;
    }
    let steps = steps as i64;
    let n = if to > from { from + steps } else { from - steps };
    // Zero is reached from one side: it keeps the sign of that side.
    unordered(n, x)
}

/// `math.ulp`.
pub fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if x.is_nan() || x.is_infinite() {
        return x;
    }
    let next = x.next_up();
    if next.is_infinite() { x - x.next_down() } else { next - x }
}

/// `math.isclose` (and `cmath`'s on absolute values) for tolerances that are not negative.
pub fn isclose(a: f64, b: f64, relative: f64, absolute: f64) -> bool {
    if a == b {
        return true;
    }
    if a.is_infinite() || b.is_infinite() {
        return false;
    }
    let difference = (b - a).abs();
    difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute
}

/// `statistics.NormalDist.inv_cdf` for `0 < p < 1` and `sigma > 0`: Wichura's algorithm AS 241 (PPND16, 1988).
#[allow(clippy::excessive_precision)] // as published
pub fn normal_dist_inv_cdf(p: f64, mu: f64, sigma: f64) -> f64 {
    let horner =
        |coefficients: [f64; 8], r: f64| coefficients[1..].iter().fold(coefficients[0], |v, k| v * r + k);
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        let numerator = horner(
            [
                2.5090809287301226727e+3,
                3.3430575583588128105e+4,
                6.7265770927008700853e+4,
                4.5921953931549871457e+4,
                1.3731693765509461125e+4,
                1.9715909503065514427e+3,
                1.3314166789178437745e+2,
                3.3871328727963666080e+0,
            ],
            r,
        ) * q;
        let denominator = horner(
            [
                5.2264952788528545610e+3,
                2.8729085735721942674e+4,
                3.9307895800092710610e+4,
                2.1213794301586595867e+4,
                5.3941960214247511077e+3,
                6.8718700749205790830e+2,
                4.2313330701600911252e+1,
                1.0,
            ],
            r,
        );
        return mu + numerator / denominator * sigma;
    }
    let r = c::log(if q <= 0.0 { p } else { 1.0 - p });
    let r = (-r).sqrt();
    let (numerator, denominator) = if r <= 5.0 {
        let r = r - 1.6;
        (
            horner(
                [
                    7.74545014278341407640e-4,
                    2.27238449892691845833e-2,
                    2.41780725177450611770e-1,
                    1.27045825245236838258e+0,
                    3.64784832476320460504e+0,
                    5.76949722146069140550e+0,
                    4.63033784615654529590e+0,
                    1.42343711074968357734e+0,
                ],
                r,
            ),
            horner(
                [
                    1.05075007164441684324e-9,
                    5.47593808499534494600e-4,
                    1.51986665636164571966e-2,
                    1.48103976427480074590e-1,
                    6.89767334985100004550e-1,
                    1.67638483018380384940e+0,
                    2.05319162663775882187e+0,
                    1.0,
                ],
                r,
            ),
        )
    } else {
        let r = r - 5.0;
        (
            horner(
                [
                    2.01033439929228813265e-7,
                    2.71155556874348757815e-5,
                    1.24266094738807843860e-3,
                    2.65321895265761230930e-2,
                    2.96560571828504891230e-1,
                    1.78482653991729133580e+0,
                    5.46378491116411436990e+0,
                    6.65790464350110377720e+0,
                ],
                r,
            ),
            horner(
                [
                    2.04426310338993978564e-15,
                    1.42151175831644588870e-7,
                    1.84631831751005468180e-5,
                    7.86869131145613259100e-4,
                    1.48753612908506148525e-2,
                    1.36929880922735805310e-1,
                    5.99832206555887937690e-1,
                    1.0,
                ],
                r,
            ),
        )
    };
    let x = numerator / denominator;
    mu + (if q < 0.0 { -x } else { x }) * sigma
}
