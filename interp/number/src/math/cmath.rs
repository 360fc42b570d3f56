//! The functions of `cmath`, with branch cuts and signed zeros as C99 has them.
//!
//! The inverse functions are those of Kahan's "Branch cuts for complex elementary functions" (1987); arguments
//! near the ends of the range of doubles are scaled or take asymptotic forms.

use super::MathError;
use super::real::c;
use super::special;
use crate::float::complex::Complex;
use std::f64::consts::{E, LN_2, LN_10, PI};

type Answer = Result<Complex, MathError>;

/// A quarter of the largest double: sums and doubles of smaller numbers do not overflow.
const LARGE: f64 = f64::MAX / 4.0;

/// Products of smaller numbers do not overflow.
fn sqrt_large() -> f64 {
    LARGE.sqrt()
}

/// `exp` of smaller numbers does not overflow.
fn log_large() -> f64 {
    c::log(LARGE)
}

fn finite(z: Complex) -> bool {
    z.re.is_finite() && z.im.is_finite()
}

/// `i z`.
fn turned(z: Complex) -> Complex {
    Complex::new(-z.im, z.re)
}

/// `z / i`.
fn turned_back(z: Complex) -> Complex {
    Complex::new(z.im, -z.re)
}

/// Infinite results out of finite arguments are overflows.
fn bounded(z: Complex) -> Answer {
    if z.re.is_infinite() || z.im.is_infinite() { Err(MathError::Range) } else { Ok(z) }
}

/// `log(|z|)` where `|z|` itself might overflow.
fn log_size(z: Complex) -> f64 {
    c::log(c::hypot(z.re / 2.0, z.im / 2.0)) + LN_2 * 2.0
}

fn is_large(z: Complex) -> bool {
    z.re.abs() > LARGE || z.im.abs() > LARGE
}

/// `cmath.acos`.
pub fn acos(z: Complex) -> Answer {
    if !finite(z) {
        return special::ACOS.get(z);
    }
    if is_large(z) {
        let im = if z.re < 0.0 { -log_size(z).copysign(z.im) } else { log_size(z).copysign(-z.im) };
        return Ok(Complex::new(c::atan2(z.im.abs(), z.re), im));
    }
    let s1 = sqrt(Complex::new(1.0 - z.re, -z.im))?;
    let s2 = sqrt(Complex::new(1.0 + z.re, z.im))?;
    Ok(Complex::new(2.0 * c::atan2(s1.re, s2.re), c::asinh(s2.re * s1.im - s2.im * s1.re)))
}

/// `cmath.acosh`.
pub fn acosh(z: Complex) -> Answer {
    if !finite(z) {
        return special::ACOSH.get(z);
    }
    if is_large(z) {
        return Ok(Complex::new(log_size(z), c::atan2(z.im, z.re)));
    }
    let s1 = sqrt(Complex::new(z.re - 1.0, z.im))?;
    let s2 = sqrt(Complex::new(z.re + 1.0, z.im))?;
    Ok(Complex::new(c::asinh(s1.re * s2.re + s1.im * s2.im), 2.0 * c::atan2(s1.im, s2.re)))
}

/// `cmath.asin`.
pub fn asin(z: Complex) -> Answer {
    asinh(turned(z)).map(turned_back)
}

/// `cmath.asinh`.
pub fn asinh(z: Complex) -> Answer {
    if !finite(z) {
        return special::ASINH.get(z);
    }
    if is_large(z) {
        return Ok(Complex::new(log_size(z).copysign(z.re), c::atan2(z.im, z.re.abs())));
    }
    let s1 = sqrt(Complex::new(1.0 + z.im, -z.re))?;
    let s2 = sqrt(Complex::new(1.0 - z.im, z.re))?;
    Ok(Complex::new(c::asinh(s1.re * s2.im - s2.re * s1.im), c::atan2(z.im, s1.re * s2.re - s1.im * s2.im)))
}

/// `cmath.atan`.
pub fn atan(z: Complex) -> Answer {
    atanh(turned(z)).map(turned_back)
}

/// `cmath.atanh`.
pub fn atanh(z: Complex) -> Answer {
    if !finite(z) {
        return special::ATANH.get(z);
    }
    if z.re < 0.0 || (z.re == 0.0 && z.re.is_sign_negative()) {
        let r = atanh(Complex::new(-z.re, -z.im))?;
        return Ok(Complex::new(-r.re, -r.im));
    }
    let y = z.im.abs();
    if z.re > sqrt_large() || y > sqrt_large() {
        let h = c::hypot(z.re / 2.0, z.im / 2.0);
        return Ok(Complex::new(z.re / 4.0 / h / h, -(PI / 2.0).copysign(-z.im)));
    }
    if z.re == 1.0 && y < f64::MIN_POSITIVE.sqrt() {
        if y == 0.0 {
            return Err(MathError::Domain);
        }
        let re = -c::log(y.sqrt() / c::hypot(y, 2.0).sqrt());
        return Ok(Complex::new(re, (c::atan2(2.0, -y) / 2.0).copysign(z.im)));
    }
    let re = log1p(4.0 * z.re / ((1.0 - z.re) * (1.0 - z.re) + y * y)) / 4.0;
    let im = -c::atan2(-2.0 * z.im, (1.0 - z.re) * (1.0 + z.re) - y * y) / 2.0;
    Ok(Complex::new(re, im))
}

fn log1p(x: f64) -> f64 {
    if x == 0.0 { x } else { c::log1p(x) }
}

/// Whether one part is infinite and the other an ordinary number, not zero: then the result is a direction.
fn has_direction(infinite: f64, angle: f64) -> bool {
    infinite.is_infinite() && angle.is_finite() && angle != 0.0
}

/// `cmath.cos`.
pub fn cos(z: Complex) -> Answer {
    cosh(turned(z))
}

/// `cmath.cosh`.
pub fn cosh(z: Complex) -> Answer {
    if !finite(z) {
        if has_direction(z.re, z.im) {
            let re = f64::INFINITY.copysign(c::cos(z.im));
            let im = f64::INFINITY.copysign(c::sin(z.im));
            return Ok(Complex::new(re, if z.re > 0.0 { im } else { -im }));
        }
        return special::COSH.get(z);
    }
    bounded(if z.re.abs() > log_large() {
        let x = z.re - 1.0f64.copysign(z.re);
        Complex::new(c::cos(z.im) * c::cosh(x) * E, c::sin(z.im) * c::sinh(x) * E)
    } else {
        Complex::new(c::cos(z.im) * c::cosh(z.re), c::sin(z.im) * c::sinh(z.re))
    })
}

/// `cmath.exp`.
pub fn exp(z: Complex) -> Answer {
    if !finite(z) {
        if has_direction(z.re, z.im) {
            let size = if z.re > 0.0 { f64::INFINITY } else { 0.0 };
            return Ok(Complex::new(size.copysign(c::cos(z.im)), size.copysign(c::sin(z.im))));
        }
        return special::EXP.get(z);
    }
    bounded(if z.re > log_large() {
        let l = c::exp(z.re - 1.0);
        Complex::new(l * c::cos(z.im) * E, l * c::sin(z.im) * E)
    } else {
        let l = c::exp(z.re);
        Complex::new(l * c::cos(z.im), l * c::sin(z.im))
    })
}

/// The natural logarithm.
pub fn log(z: Complex) -> Answer {
    if !finite(z) {
        return special::LOG.get(z);
    }
    let (x, y) = (z.re.abs(), z.im.abs());
    let re = if x > LARGE || y > LARGE {
        c::log(c::hypot(x / 2.0, y / 2.0)) + LN_2
    } else if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        if x == 0.0 && y == 0.0 {
            return Err(MathError::Domain);
        }
        c::log(c::hypot(c::ldexp(x, 53), c::ldexp(y, 53))) - 53.0 * LN_2
    } else {
        let h = c::hypot(x, y);
        if (0.71..=1.73).contains(&h) {
            let (big, small) = if x > y { (x, y) } else { (y, x) };
            log1p((big - 1.0) * (big + 1.0) + small * small) / 2.0
        } else {
            c::log(h)
        }
    };
    Ok(Complex::new(re, c::atan2(z.im, z.re)))
}

/// `cmath.log(z, base)`: a quotient of logarithms. The inner error is that of division by zero, a ValueError
/// "math domain error" as well.
pub fn log_base(z: Complex, base: Complex) -> Answer {
    log(z)?.divide(log(base)?).map_err(|_| MathError::Domain)
}

/// `cmath.log10`.
pub fn log10(z: Complex) -> Answer {
    let r = log(z)?;
    Ok(Complex::new(r.re / LN_10, r.im / LN_10))
}

/// `cmath.sin`.
pub fn sin(z: Complex) -> Answer {
    sinh(turned(z)).map(turned_back)
}

/// `cmath.sinh`.
pub fn sinh(z: Complex) -> Answer {
    if !finite(z) {
        if has_direction(z.re, z.im) {
            let re = f64::INFINITY.copysign(c::cos(z.im));
            let im = f64::INFINITY.copysign(c::sin(z.im));
            return Ok(Complex::new(if z.re > 0.0 { re } else { -re }, im));
        }
        return special::SINH.get(z);
    }
    bounded(if z.re.abs() > log_large() {
        let x = z.re - 1.0f64.copysign(z.re);
        Complex::new(c::cos(z.im) * c::sinh(x) * E, c::sin(z.im) * c::cosh(x) * E)
    } else {
        Complex::new(c::cos(z.im) * c::sinh(z.re), c::sin(z.im) * c::cosh(z.re))
    })
}

/// `cmath.sqrt`.
pub fn sqrt(z: Complex) -> Answer {
    if !finite(z) {
        return special::SQRT.get(z);
    }
    if z.re == 0.0 && z.im == 0.0 {
        return Ok(Complex::new(0.0, z.im));
    }
    let (x, y) = (z.re.abs(), z.im.abs());
    let s = if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE && (x > 0.0 || y > 0.0) {
        let x = c::ldexp(x, 53);
        c::ldexp((x + c::hypot(x, c::ldexp(y, 53))).sqrt(), -27)
    } else {
        let x = x / 8.0;
        2.0 * (x + c::hypot(x, y / 8.0)).sqrt()
    };
    let d = y / (2.0 * s);
    Ok(if z.re >= 0.0 { Complex::new(s, d.copysign(z.im)) } else { Complex::new(d, s.copysign(z.im)) })
}

/// `cmath.tan`.
pub fn tan(z: Complex) -> Answer {
    tanh(turned(z)).map(turned_back)
}

/// `cmath.tanh`.
pub fn tanh(z: Complex) -> Answer {
    if !finite(z) {
        if has_direction(z.re, z.im) {
            let im = 0.0f64.copysign(2.0 * c::sin(z.im) * c::cos(z.im));
            return Ok(Complex::new(1.0f64.copysign(z.re), im));
        }
        return special::TANH.get(z);
    }
    if z.re.abs() > log_large() {
        let im = 4.0 * c::sin(z.im) * c::cos(z.im) * c::exp(-2.0 * z.re.abs());
        return Ok(Complex::new(1.0f64.copysign(z.re), im));
    }
    let (tx, ty) = (c::tanh(z.re), c::tan(z.im));
    let cx = 1.0 / c::cosh(z.re);
    let both = tx * ty;
    let scale = 1.0 + both * both;
    Ok(Complex::new(tx * (1.0 + ty * ty) / scale, ((ty / scale) * cx) * cx))
}

/// `cmath.phase`.
pub fn phase(z: Complex) -> f64 {
    c::atan2(z.im, z.re)
}

/// `cmath.polar`: absolute value and phase. Errors: [`MathError::Range`].
pub fn polar(z: Complex) -> Result<(f64, f64), MathError> {
    let size = z.abs().map_err(|_| MathError::Range)?;
    Ok((size, phase(z)))
}

/// `cmath.rect`.
pub fn rect(size: f64, angle: f64) -> Answer {
    let z = Complex::new(size, angle);
    if !finite(z) {
        if has_direction(size, angle) {
            let re = f64::INFINITY.copysign(c::cos(angle));
            let im = f64::INFINITY.copysign(c::sin(angle));
            return Ok(if size > 0.0 { Complex::new(re, im) } else { Complex::new(-re, -im) });
        }
        return special::RECT.get(z);
    }
    // A zero angle keeps its sign even with an infinite size.
    Ok(if angle == 0.0 {
        Complex::new(size, size * angle)
    } else {
        Complex::new(size * c::cos(angle), size * c::sin(angle))
    })
}
