//! Exponential function and logarithm in binary fixed point.
//!
//! A number is an integer in units of 2**-`scale`. Results are off by a few units at most; callers keep spare
//! bits. Long multiplication is the library's, so that these stay usable at many thousand digits: the
//! exponential function needs about `2 sqrt(scale)` products, constants come from binary splitting.

use crate::int::{self, IntBuf, IntRef};
use std::sync::Mutex;

/// `a * b`.
pub fn mul(a: &IntBuf, b: &IntBuf, scale: u64) -> IntBuf {
    let (mut product, mut out) = (IntBuf::new(), IntBuf::new());
    int::mul(a.as_ref(), b.as_ref(), &mut product);
    int::shr(product.as_ref(), scale, &mut out);
    out
}

/// `a / b` for `b` not zero.
pub fn div(a: &IntBuf, b: &IntBuf, scale: u64) -> IntBuf {
    let mut out = IntBuf::new();
    // Shifting fails only for lack of memory, which a quotient of zero then reports by its imprecision.
    let _ = int::floordiv(shl(a, scale).as_ref(), b.as_ref(), &mut out);
    out
}

/// `a * 2**n`.
pub fn shl(a: &IntBuf, n: u64) -> IntBuf {
    let mut out = IntBuf::new();
    let _ = int::shl(a.as_ref(), n, &mut out);
    out
}

/// `a / 2**n`, rounded down.
pub fn shr(a: &IntBuf, n: u64) -> IntBuf {
    let mut out = IntBuf::new();
    int::shr(a.as_ref(), n, &mut out);
    out
}

/// `a + b`.
pub fn add(a: &IntBuf, b: &IntBuf) -> IntBuf {
    let mut out = IntBuf::new();
    int::add(a.as_ref(), b.as_ref(), &mut out);
    out
}

/// `a - b`.
pub fn sub(a: &IntBuf, b: &IntBuf) -> IntBuf {
    let mut out = IntBuf::new();
    int::sub(a.as_ref(), b.as_ref(), &mut out);
    out
}

/// `a / d`, rounded down.
fn div_small(a: &IntBuf, d: u64) -> IntBuf {
    let mut out = IntBuf::new();
    let _ = int::floordiv(a.as_ref(), IntRef { neg: false, limbs: &[d] }, &mut out);
    out
}

/// `e**x` for `0 <= x < 4`.
pub fn exp(x: &IntBuf, scale: u64) -> IntBuf {
    // The series runs on x / 2**halvings; squaring as often doubles the error each time.
    let halvings = (scale as f64).sqrt() as u64 / 2 + 2;
    let inner = scale + 2 * halvings + 16;
    let r = if inner >= scale + halvings {
        shl(x, inner - scale - halvings)
    } else {
        shr(x, halvings + scale - inner)
    };
    let one = shl(&IntBuf::from(1u64), inner);
    // sinh by its series, then e**r = sinh + sqrt(1 + sinh**2) would need a root: plain Taylor on r.
    let mut sum = add(&one, &r);
    let mut term = r.clone();
    let mut n = 2;
    loop {
        term = div_small(&mul(&term, &r, inner), n);
        if term.as_ref().is_zero() {
            break;
        }
        sum = add(&sum, &term);
        n += 1;
    }
    for _ in 0..halvings {
        sum = mul(&sum, &sum, inner);
    }
    shr(&sum, inner - scale)
}

/// `ln x` for `1/16 < x < 16`, to `scale` bits after the point.
pub fn ln(x: &IntBuf, scale: u64) -> IntBuf {
    // Halley's method on e**y = x triples the valid bits: 48 to begin with.
    let mut scales = vec![scale];
    while let Some(&s) = scales.last()
        && s > 140
    {
        scales.push(s / 3 + 16);
    }
    let top = shr(x, scale.saturating_sub(60));
    let approximate = int::to_f64(top.as_ref()).unwrap_or(1.0) / (1u64 << scale.min(60)) as f64;
    let mut y = IntBuf::new();
    let mut y_scale = 60;
    int::from_f64((approximate.ln() * (1u64 << 60) as f64).round(), &mut y);
    for &s in scales.iter().rev() {
        // A few bits more than asked for.
        let s = s + 8;
        let y_here = rescale(&y, y_scale, s);
        let x_here = rescale(x, scale, s);
        // The exponential function takes no negative argument: e**-y is the inverse.
        let size = IntBuf { neg: false, ..y_here.clone() };
        let power = exp(&size, s);
        let power = if y_here.neg { div(&shl(&IntBuf::from(1u64), s), &power, s) } else { power };
        let step = div(&sub(&x_here, &power), &add(&x_here, &power), s);
        y = add(&y_here, &shl(&step, 1));
        y_scale = s;
    }
    rescale(&y, y_scale, scale)
}

/// The same number in another unit.
fn rescale(a: &IntBuf, from: u64, to: u64) -> IntBuf {
    if to >= from { shl(a, to - from) } else { shr(a, from - to) }
}

/// `ln 10`. The longest value computed so far is kept.
pub fn ln10(scale: u64) -> IntBuf {
    static KNOWN: Mutex<Option<(u64, IntBuf)>> = Mutex::new(None);
    let mut known = match KNOWN.lock() {
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    };
    if let Some((s, value)) = &*known
        && *s >= scale
    {
        return shr(value, s - scale);
    }
    let s = scale + scale / 4 + 256;
    let mut sum = IntBuf::new();
    for (weight, n) in [(46, 31), (34, 49), (20, 161)] {
        let mut part = IntBuf::new();
        int::mul(inverse_atanh(n, s + 16).as_ref(), IntRef { neg: false, limbs: &[weight] }, &mut part);
        sum = add(&sum, &part);
    }
    let value = shr(&sum, 16);
    let out = shr(&value, s - scale);
    *known = Some((s, value));
    out
}

/// `atanh(1 / n)`, the sum of `1 / ((2 k + 1) n**(2 k + 1))`.
fn inverse_atanh(n: u64, scale: u64) -> IntBuf {
    let terms = (scale as f64 / (2.0 * (n as f64).log2())) as u64 + 2;
    let (t, b, q) = split(n * n, 0, terms);
    // The sum of 1 / ((2 k + 1) n**(2 k)) is t n**2 / (b q): the first term has a factor n**2 too many in q.
    let (mut numerator, mut denominator) = (IntBuf::new(), IntBuf::new());
    int::mul(t.as_ref(), IntRef { neg: false, limbs: &[n] }, &mut numerator);
    int::mul(b.as_ref(), q.as_ref(), &mut denominator);
    div(&numerator, &denominator, scale)
}

/// Terms `from..to` of the sum of `1 / ((2 k + 1) * square**(k - from + 1))` as `t / (b q)`.
fn split(square: u64, from: u64, to: u64) -> (IntBuf, IntBuf, IntBuf) {
    if to - from == 1 {
        return (IntBuf::from(1u64), IntBuf::from(2 * from + 1), IntBuf::from(square));
    }
    let middle = from + (to - from) / 2;
    let (t1, b1, q1) = split(square, from, middle);
    let (t2, b2, q2) = split(square, middle, to);
    let product = |x: &IntBuf, y: &IntBuf| {
        let mut out = IntBuf::new();
        int::mul(x.as_ref(), y.as_ref(), &mut out);
        out
    };
    let t = add(&product(&product(&b2, &q2), &t1), &product(&b1, &t2));
    (t, product(&b1, &b2), product(&q1, &q2))
}
