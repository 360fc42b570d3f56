//! Complex arithmetic and text.

use super::arith::FloatError;
use super::parse::{parse_prefix, trim, without_underscores};
use super::text::{self, SIGN};
use std::ops::{Add, Mul, Sub};

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

unsafe extern "C" {
    safe fn hypot(x: f64, y: f64) -> f64;
    safe fn pow(x: f64, y: f64) -> f64;
    safe fn atan2(y: f64, x: f64) -> f64;
    safe fn exp(x: f64) -> f64;
    safe fn log(x: f64) -> f64;
    safe fn sin(x: f64) -> f64;
    safe fn cos(x: f64) -> f64;
}

impl Add for Complex {
    type Output = Complex;
    #[inline]
    fn add(self, b: Complex) -> Complex {
        Complex::new(self.re + b.re, self.im + b.im)
    }
}

impl Sub for Complex {
    type Output = Complex;
    #[inline]
    fn sub(self, b: Complex) -> Complex {
        Complex::new(self.re - b.re, self.im - b.im)
    }
}

impl Mul for Complex {
    type Output = Complex;
    #[inline]
    fn mul(self, b: Complex) -> Complex {
        Complex::new(self.re * b.re - self.im * b.im, self.re * b.im + self.im * b.re)
    }
}

impl Complex {
    /// A number from its parts.
    #[inline]
    pub fn new(re: f64, im: f64) -> Complex {
        Complex { re, im }
    }

    /// The quotient (Smith's method). Errors: [`FloatError::ZeroDivision`] ("complex division by zero").
    pub fn divide(self, b: Complex) -> Result<Complex, FloatError> {
        let (x, y) = (b.re.abs(), b.im.abs());
        Ok(if x >= y {
            if x == 0.0 {
                return Err(FloatError::ZeroDivision);
            }
            let ratio = b.im / b.re;
            let scale = b.re + b.im * ratio;
            Complex::new((self.re + self.im * ratio) / scale, (self.im - self.re * ratio) / scale)
        } else if y >= x {
            let ratio = b.re / b.im;
            let scale = b.re * ratio + b.im;
            Complex::new((self.re * ratio + self.im) / scale, (self.im * ratio - self.re) / scale)
        } else {
            // At least one part of b is NaN.
            Complex::new(f64::NAN, f64::NAN)
        })
    }

    /// `self ** e`. Errors: [`FloatError::ZeroDivision`] ("zero to a negative or complex power" in the form of
    /// the caller), [`FloatError::Overflow`] ("complex exponentiation").
    pub fn pow(self, e: Complex) -> Result<Complex, FloatError> {
        let result = if e.im == 0.0 && e.re == e.re.floor() && e.re.abs() <= 100.0 {
            self.pow_integer(e.re as i32)?
        } else {
            self.pow_general(e)?
        };
        if result.re.is_infinite() || result.im.is_infinite() {
            Err(FloatError::Overflow)
        } else {
            Ok(result)
        }
    }

    fn pow_integer(self, n: i32) -> Result<Complex, FloatError> {
        let one = Complex::new(1.0, 0.0);
        let power = |mut n: u32| {
            let (mut result, mut square) = (one, self);
            while n > 0 {
                if n & 1 == 1 {
                    result = result * square;
                }
                n >>= 1;
                if n > 0 {
                    square = square * square;
                }
            }
            result
        };
        if n > 0 { Ok(power(n as u32)) } else { one.divide(power(n.unsigned_abs())) }
    }

    fn pow_general(self, e: Complex) -> Result<Complex, FloatError> {
        if e.re == 0.0 && e.im == 0.0 {
            return Ok(Complex::new(1.0, 0.0));
        }
        if self.re == 0.0 && self.im == 0.0 {
            if e.im != 0.0 || e.re < 0.0 {
                return Err(FloatError::ZeroDivision);
            }
            return Ok(Complex::new(0.0, 0.0));
        }
        let size = hypot(self.re, self.im);
        let mut length = pow(size, e.re);
        let angle = atan2(self.im, self.re);
        let mut phase = angle * e.re;
        if e.im != 0.0 {
            length /= exp(angle * e.im);
            phase += e.im * log(size);
        }
        if phase.is_infinite() {
            // Sine and cosine have no value there: the C library's domain error, reported like that of zero.
            return Err(FloatError::ZeroDivision);
        }
        Ok(Complex::new(length * cos(phase), length * sin(phase)))
    }

    /// `abs(self)`. Errors: [`FloatError::Overflow`] ("absolute value too large").
    pub fn abs(self) -> Result<f64, FloatError> {
        if self.re.is_infinite() || self.im.is_infinite() {
            return Ok(f64::INFINITY);
        }
        if self.re.is_nan() || self.im.is_nan() {
            return Ok(f64::NAN);
        }
        let size = hypot(self.re, self.im);
        if size.is_finite() { Ok(size) } else { Err(FloatError::Overflow) }
    }

    /// `repr(self)`.
    pub fn repr(self) -> String {
        let mut out = Vec::with_capacity(40);
        if self.re == 0.0 && !self.re.is_sign_negative() {
            text::format(self.im, b'r', 0, 0, &mut out);
            out.push(b'j');
        } else {
            out.push(b'(');
            text::format(self.re, b'r', 0, 0, &mut out);
            text::format(self.im, b'r', 0, SIGN, &mut out);
            out.extend_from_slice(b"j)");
        }
        crate::ascii_string(out)
    }

    /// Reads `complex(text)`; `None` is ValueError "complex() arg is a malformed string". Unicode digits and
    /// spaces are to be turned to ASCII before.
    pub fn parse(text: &[u8]) -> Option<Complex> {
        if text.contains(&b'_') {
            return Complex::parse_clean(&without_underscores(text)?);
        }
        Complex::parse_clean(text)
    }

    fn parse_clean(text: &[u8]) -> Option<Complex> {
        let mut text = trim(text);
        if let [b'(', inner @ .., b')'] = text {
            text = trim(inner);
        }
        let is_j = |i: usize| matches!(text.get(i), Some(b'j' | b'J'));
        let signed = |i: usize| matches!(text.get(i), Some(b'+' | b'-'));
        let unit = |i: usize| if text.get(i) == Some(&b'-') { -1.0 } else { 1.0 };
        let (value, end) = match parse_prefix(text) {
            Some((first, n)) if is_j(n) => (Complex::new(0.0, first), n + 1),
            Some((first, n)) if signed(n) => {
                // A second part must follow, and it is the imaginary one.
                let (second, m) = parse_prefix(&text[n..]).unwrap_or((unit(n), 1));
                if !is_j(n + m) {
                    return None;
                }
                (Complex::new(first, second), n + m + 1)
            }
            Some((first, n)) => (Complex::new(first, 0.0), n),
            None => {
                let n = usize::from(signed(0));
                if !is_j(n) {
                    return None;
                }
                (Complex::new(0.0, unit(0)), n + 1)
            }
        };
        (end == text.len()).then_some(value)
    }
}
