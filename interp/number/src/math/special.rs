//! What the functions of `cmath` give when a part of the argument is infinite or not a number.
//!
//! The values are those of C99's annex G, written as tables: rows are classes of the real part, columns of the
//! imaginary part, in the order -inf, negative, -0, +0, positive, +inf, NaN. An entry is two letters, one for
//! each part of the result: `i` infinity, `n` NaN, `0`, `1`, and of pi: `p` the whole, `h` a half, `q` a quarter,
//! `t` three quarters; capitals are negative (`o` is -0, `l` is -1). `DD` is a domain error, `--` is not looked
//! up.

use super::MathError;
use crate::float::complex::Complex;
use std::f64::consts::PI;

/// Results by classes of the parts.
pub(super) struct Table([&'static str; 7]);

fn class(x: f64) -> usize {
    match () {
        () if x.is_nan() => 6,
        () if x.is_infinite() => usize::from(x > 0.0) * 5,
        () if x == 0.0 => 3 - usize::from(x.is_sign_negative()),
        () => 1 + usize::from(x > 0.0) * 3,
    }
}

fn value(letter: u8) -> f64 {
    let size = match letter.to_ascii_lowercase() {
        b'i' => f64::INFINITY,
        b'0' | b'o' => 0.0,
        b'1' | b'l' => 1.0,
        b'p' => PI,
        b'h' => PI / 2.0,
        b'q' => PI / 4.0,
        b't' => 3.0 * PI / 4.0,
        _ => f64::NAN,
    };
    if letter.is_ascii_uppercase() || matches!(letter, b'o' | b'l') { -size } else { size }
}

impl Table {
    /// The entry for `z`, of which at least one part is not finite.
    pub(super) fn get(&self, z: Complex) -> Result<Complex, MathError> {
        let row = self.0[class(z.re)].as_bytes();
        let at = class(z.im) * 3;
        if row[at] == b'D' {
            return Err(MathError::Domain);
        }
        Ok(Complex::new(value(row[at]), value(row[at + 1])))
    }
}

/// Of `acos`.
pub(super) const ACOS: Table = Table([
    "ti pi pi pI pI tI ni",
    "hi -- -- -- -- hI nn",
    "hi -- -- -- -- hI hn",
    "hi -- -- -- -- hI hn",
    "hi -- -- -- -- hI nn",
    "qi 0i 0i 0I 0I qI ni",
    "ni nn nn nn nn nI nn",
]);

/// Of `acosh`.
pub(super) const ACOSH: Table = Table([
    "iT iP iP ip ip it in",
    "iH -- -- -- -- ih nn",
    "iH -- -- -- -- ih nn",
    "iH -- -- -- -- ih nn",
    "iH -- -- -- -- ih nn",
    "iQ io io i0 i0 iq in",
    "in nn nn nn nn in nn",
]);

/// Of `asinh`.
pub(super) const ASINH: Table = Table([
    "IQ Io Io I0 I0 Iq In",
    "IH -- -- -- -- Ih nn",
    "IH -- -- -- -- Ih nn",
    "iH -- -- -- -- ih nn",
    "iH -- -- -- -- ih nn",
    "iQ io io i0 i0 iq in",
    "in nn no n0 nn in nn",
]);

/// Of `atanh`.
pub(super) const ATANH: Table = Table([
    "oH oH oH oh oh oh on",
    "oH -- -- -- -- oh nn",
    "oH -- -- -- -- oh on",
    "0H -- -- -- -- 0h 0n",
    "0H -- -- -- -- 0h nn",
    "0H 0H 0H 0h 0h 0h 0n",
    "0H nn nn nn nn 0h nn",
]);

/// Of `cosh`.
pub(super) const COSH: Table = Table([
    "DD Ii i0 io II DD in",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD n0",
    "DD -- -- -- -- DD n0",
    "DD -- -- -- -- DD nn",
    "DD II io i0 Ii DD in",
    "nn nn n0 n0 nn nn nn",
]);

/// Of `exp`.
pub(super) const EXP: Table = Table([
    "00 oo 0o 00 o0 00 00",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD nn",
    "DD II io i0 Ii DD in",
    "nn nn no n0 nn nn nn",
]);

/// Of `log`.
pub(super) const LOG: Table = Table([
    "iT iP iP ip ip it in",
    "iH -- -- -- -- ih nn",
    "iH -- -- -- -- ih nn",
    "iH -- -- -- -- ih nn",
    "iH -- -- -- -- ih nn",
    "iQ io io i0 i0 iq in",
    "in nn nn nn nn in nn",
]);

/// Of `sinh`.
pub(super) const SINH: Table = Table([
    "DD iI Io I0 ii DD in",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD 0n",
    "DD -- -- -- -- DD 0n",
    "DD -- -- -- -- DD nn",
    "DD II io i0 Ii DD in",
    "nn nn no n0 nn nn nn",
]);

/// Of `sqrt`.
pub(super) const SQRT: Table = Table([
    "iI 0I 0I 0i 0i ii ni",
    "iI -- -- -- -- ii nn",
    "iI -- -- -- -- ii nn",
    "iI -- -- -- -- ii nn",
    "iI -- -- -- -- ii nn",
    "iI io io i0 i0 ii in",
    "iI nn nn nn nn ii nn",
]);

/// Of `tanh`.
pub(super) const TANH: Table = Table([
    "l0 l0 lo l0 lo l0 l0",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD nn",
    "DD -- -- -- -- DD nn",
    "10 10 1o 10 1o 10 10",
    "nn nn no n0 nn nn nn",
]);

/// Of `rect`.
pub(super) const RECT: Table = Table([
    "DD ii I0 Io iI DD in",
    "DD -- -- -- -- DD nn",
    "00 -- -- -- -- 00 00",
    "00 -- -- -- -- 00 00",
    "DD -- -- -- -- DD nn",
    "DD II io i0 Ii DD in",
    "nn nn n0 n0 nn nn nn",
]);
