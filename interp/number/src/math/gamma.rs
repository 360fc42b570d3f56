//! The gamma function and its logarithm by Lanczos's approximation.
//!
//! The rational function is the one for 53 bits that John Maddock published with Boost (g = 6.0246..., 13
//! terms); the error of adding g is fed back to first order, which keeps results within a few units.

#![allow(clippy::excessive_precision)] // coefficients as published

use super::MathError;
use super::real::c;
use std::f64::consts::PI;

const G: f64 = 6.024680040776729583740234375;
const G_MINUS_HALF: f64 = 5.524680040776729583740234375;
const LOG_PI: f64 = 1.144729885849400174143427351353058711647;

/// Numerator and denominator, from the constant term up.
const LANCZOS: [(f64, f64); 13] = [
    (23531376880.410759688572007674451636754734846804940, 0.0),
    (42919803642.649098768957899047001988850926355848959, 39916800.0),
    (35711959237.355668049440185451547166705960488635843, 120543840.0),
    (17921034426.037209699919755754458931112671403265390, 150917976.0),
    (6039542586.3520280050642916443072979210699388420708, 105258076.0),
    (1439720407.3117216736632230727949123939715485786372, 45995730.0),
    (248874557.86205415651146038641322942321632125127801, 13339535.0),
    (31426415.585400194380614231628318205362874684987640, 2637558.0),
    (2876370.6289353724412254090516208496135991145378768, 357423.0),
    (186056.26539522349504029498971604569928220784236328, 32670.0),
    (8071.6720023658162106380029022722506138218516325024, 1925.0),
    (210.82427775157934587250973392071336271166969580291, 66.0),
    (2.5066282746310002701649081771338373386264310793408, 1.0),
];

/// The rational function; for large arguments in powers of 1/x, which do not overflow.
fn lanczos_sum(x: f64) -> f64 {
    let (mut num, mut den) = (0.0, 0.0);
    if x < 5.0 {
        for &(n, d) in LANCZOS.iter().rev() {
            num = num * x + n;
            den = den * x + d;
        }
    } else {
        for &(n, d) in &LANCZOS {
            num = num / x + n;
            den = den / x + d;
        }
    }
    num / den
}

/// sin(pi x) without losing the integer part.
fn sinpi(x: f64) -> f64 {
    let y = c::fmod(x.abs(), 2.0);
    let r = match (2.0 * y).round() as i32 {
        0 => c::sin(PI * y),
        1 => c::cos(PI * (y - 0.5)),
        2 => c::sin(PI * (1.0 - y)),
        3 => -c::cos(PI * (y - 1.5)),
        _ => c::sin(PI * (y - 2.0)),
    };
    1.0f64.copysign(x) * r
}

/// `math.gamma`.
pub fn gamma(x: f64) -> Result<f64, MathError> {
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 { Ok(x) } else { Err(MathError::Domain) };
    }
    if x == 0.0 {
        return Err(MathError::Domain);
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(MathError::Domain);
        }
        if x <= 23.0 {
            // Exact up to 22!.
            return Ok((1..x as u64).fold(1.0, |product, n| product * n as f64));
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        let r = 1.0 / x;
        return if r.is_infinite() { Err(MathError::Range) } else { Ok(r) };
    }
    if size > 200.0 {
        return if x < 0.0 { Ok(0.0 / sinpi(x)) } else { Err(MathError::Range) };
    }
    let y = size + G_MINUS_HALF;
    // What rounding lost in y.
    let lost = if size > G_MINUS_HALF { (y - size) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - size };
    let z = lost * G / y;
    let r = if x < 0.0 {
        let mut r = -PI / sinpi(size) / size * c::exp(y) / lanczos_sum(size);
        r -= z * r;
        if size < 140.0 {
            r / c::pow(y, size - 0.5)
        } else {
            let root = c::pow(y, size / 2.0 - 0.25);
            r / root / root
        }
    } else {
        let mut r = lanczos_sum(size) / c::exp(y);
        r += z * r;
        if size < 140.0 {
            r * c::pow(y, size - 0.5)
        } else {
            let root = c::pow(y, size / 2.0 - 0.25);
            r * root * root
        }
    };
    if r.is_infinite() { Err(MathError::Range) } else { Ok(r) }
}

/// `math.lgamma`.
pub fn lgamma(x: f64) -> Result<f64, MathError> {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(MathError::Domain) } else { Ok(0.0) };
    }
    let size = x.abs();
    if size < 1e-20 {
        return Ok(-c::log(size));
    }
    let mut r = c::log(lanczos_sum(size)) - G;
    r += (size - 0.5) * (c::log(size + G - 0.5) - 1.0);
    if x < 0.0 {
        r = LOG_PI - c::log(sinpi(size).abs()) - c::log(size) - r;
    }
    if r.is_infinite() { Err(MathError::Range) } else { Ok(r) }
}
