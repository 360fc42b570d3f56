//! Sums, products of vectors and norms with more accuracy than the obvious loop.
//!
//! Built on error-free transformations (Ogita, Rump and Oishi, "Accurate sum and dot product", 2005): a sum or a
//! product of two doubles is exactly the pair of the rounded result and the error.

use super::real::frexp;

/// An exact sum: the rounded result and what rounding lost.
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let z = sum - a;
    (sum, (a - (sum - z)) + (b - z))
}

/// [`two_sum`] for `|a| >= |b|`.
#[inline]
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, (a - sum) + b)
}

/// An exact product.
#[inline]
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

/// The running sum of `sum()` over floats (Neumaier 1974), as CPython 3.12 has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    /// Begins with `start`.
    #[inline]
    pub fn new(start: f64) -> CompensatedSum {
        CompensatedSum { sum: start, lost: 0.0 }
    }

    /// Adds a float.
    #[inline]
    pub fn add(&mut self, x: f64) {
        let t = self.sum + x;
        self.lost += if self.sum.abs() >= x.abs() { (self.sum - t) + x } else { (x - t) + self.sum };
        self.sum = t;
    }

    /// Adds an integer among floats: without compensation.
    #[inline]
    pub fn add_int(&mut self, x: f64) {
        self.sum += x;
    }

    /// The sum so far.
    #[inline]
    pub fn value(self) -> f64 {
        // An infinity would have made the correction NaN.
        if self.lost != 0.0 && self.lost.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// Why `fsum` has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FsumError {
    /// OverflowError "intermediate overflow in fsum".
    Overflow,
    /// ValueError "-inf + inf in fsum".
    Infinities,
}

/// The exact running sum of `math.fsum` (Shewchuk 1997): partial sums that do not overlap, smallest first.
#[derive(Clone, Debug, Default)]
pub struct ExactSum {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
}

impl ExactSum {
    /// Zero.
    pub fn new() -> ExactSum {
        ExactSum::default()
    }

    /// Adds a float.
    pub fn add(&mut self, value: f64) -> Result<(), FsumError> {
        let mut x = value;
        let mut kept = 0;
        for j in 0..self.partials.len() {
            let y = self.partials[j];
            let (big, small) = if x.abs() < y.abs() { (y, x) } else { (x, y) };
            let (high, low) = {
                let high = big + small;
                (high, small - (high - big))
            };
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        if x == 0.0 {
            return Ok(());
        }
        if x.is_finite() {
            self.partials.push(x);
            return Ok(());
        }
        if value.is_finite() {
            return Err(FsumError::Overflow);
        }
        if value.is_infinite() {
            self.infinities += value;
        }
        self.special += value;
        self.partials.clear();
        Ok(())
    }

    /// The sum, rounded once.
    pub fn value(&self) -> Result<f64, FsumError> {
        if self.special != 0.0 {
            return if self.infinities.is_nan() { Err(FsumError::Infinities) } else { Ok(self.special) };
        }
        let Some((&top, rest)) = self.partials.split_last() else { return Ok(0.0) };
        let mut high = top;
        let mut low = 0.0;
        let mut left = rest.len();
        while left > 0 && low == 0.0 {
            left -= 1;
            let (x, y) = (high, rest[left]);
            high = x + y;
            low = y - (high - x);
        }
        // A tie was rounded to even: what lies below decides it.
        if left > 0 && ((low < 0.0 && rest[left - 1] < 0.0) || (low > 0.0 && rest[left - 1] > 0.0)) {
            let y = low * 2.0;
            let x = high + y;
            if y == x - high {
                high = x;
            }
        }
        Ok(high)
    }
}

/// The running sum of products of `math.sumprod` over floats: three doubles long.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProductSum {
    high: f64,
    low: f64,
    tiny: f64,
}

impl ProductSum {
    /// Zero.
    #[inline]
    pub fn new() -> ProductSum {
        ProductSum::default()
    }

    /// Adds `x * y`.
    #[inline]
    pub fn add(&mut self, x: f64, y: f64) {
        let (product, error) = two_product(x, y);
        let (high, a) = two_sum(self.high, product);
        let (b, tiny_b) = two_sum(self.low, error);
        let (low, tiny_a) = two_sum(b, a);
        *self = ProductSum { high, low, tiny: self.tiny + tiny_b + tiny_a };
    }

    /// The sum so far. If it is not finite, the caller is to add up the ordinary way, as CPython does.
    #[inline]
    pub fn value(self) -> f64 {
        let (last, _) = two_sum(self.low, self.tiny);
        self.high + last
    }
}

/// The Euclidean norm of `vector` (`math.hypot`, and `math.dist` of differences), which is overwritten.
pub fn norm(vector: &mut [f64]) -> f64 {
    let mut max = 0.0f64;
    let mut nan = false;
    for x in vector.iter_mut() {
        *x = x.abs();
        nan |= x.is_nan();
        if *x > max {
            max = *x;
        }
    }
    if max.is_infinite() {
        return max;
    }
    if nan {
        return f64::NAN;
    }
    if max == 0.0 || vector.len() <= 1 {
        return max;
    }
    if max < 2.0 * f64::MIN_POSITIVE && frexp(max).1 < -1023 {
        // Subnormal numbers become normal ones first.
        for x in vector.iter_mut() {
            *x /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * scaled_norm(vector, max / f64::MIN_POSITIVE);
    }
    scaled_norm(vector, max)
}

fn scaled_norm(vector: &[f64], max: f64) -> f64 {
    let exponent = frexp(max).1;
    let scale = super::real::c::ldexp(1.0, -exponent);
    // Beginning at one keeps the larger summand first.
    let (mut sum, mut lost1, mut lost2) = (1.0, 0.0, 0.0);
    for &x in vector {
        let x = x * scale;
        let (square, error) = two_product(x, x);
        let (next, error2) = fast_two_sum(sum, square);
        sum = next;
        lost1 += error;
        lost2 += error2;
    }
    let mut root = (sum - 1.0 + (lost1 + lost2)).sqrt();
    // One step of Newton's method on the exact rest.
    let (square, error) = two_product(-root, root);
    let (next, error2) = fast_two_sum(sum, square);
    lost1 += error;
    lost2 += error2;
    let rest = next - 1.0 + (lost1 + lost2);
    root += rest / (2.0 * root);
    root / scale
}
