//! `float` and `complex` cells: magnitudes that no immediate holds, and subclasses. The methods are in `float_methods`, `complex_methods`.

use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::Thread;
use crate::value::Value;
use krait_gc::Header;
use std::cell::Cell;

#[repr(C)]
pub struct FloatCell {
    header: Header,
    pub value: Cell<f64>,
}

handle!(
    /// A float in a cell.
    FloatBox, FloatCell, Kind::Float
);

/// A float.
#[inline(always)]
pub fn new(th: &Thread, x: f64) -> Value {
    match Value::try_float(x) {
        Some(v) => v,
        None => boxed(th, x, fixed::FLOAT, 0),
    }
}

/// A float in a cell: of a subclass (shape, bytes its class adds), or of a magnitude that needs one.
#[cold]
#[inline(never)]
pub fn boxed(th: &Thread, x: f64, shape: u32, tail_bytes: usize) -> Value {
    let f = FloatBox::from_cell(th.heap.alloc(size_of::<FloatCell>() + tail_bytes, shape, Kind::Float as u8));
    f.value.set(x);
    f.value()
}

/// The number, when the value is a `float` (subclasses included).
#[inline(always)]
pub fn get(v: Value) -> Option<f64> {
    if v.is_float_word() { Some(v.as_float_word()) } else { FloatBox::from_value(v).map(|f| f.value.get()) }
}

/// Is this a float of the exact class?
#[inline(always)]
pub fn is_exact(v: Value) -> bool {
    v.is_float_word() || v.has_shape(fixed::FLOAT)
}

#[repr(C)]
pub struct ComplexCell {
    header: Header,
    pub real: Cell<f64>,
    pub imag: Cell<f64>,
}

handle!(
    /// A complex number.
    Complex, ComplexCell, Kind::Complex
);

/// A complex number.
pub fn new_complex(th: &Thread, real: f64, imag: f64) -> Value {
    new_complex_with_shape(th, real, imag, fixed::COMPLEX, 0)
}

/// A complex number of a subclass.
pub fn new_complex_with_shape(th: &Thread, real: f64, imag: f64, shape: u32, tail_bytes: usize) -> Value {
    let c =
        Complex::from_cell(th.heap.alloc(size_of::<ComplexCell>() + tail_bytes, shape, Kind::Complex as u8));
    c.real.set(real);
    c.imag.set(imag);
    c.value()
}
