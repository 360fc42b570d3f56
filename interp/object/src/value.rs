//! The tagged word that every Python value is.
//!
//! The low bits tell the kind (self-tagging, Melançon, Serrano and Feeley, "Float
//! Self-Tagging", 2025):
//!
//! - bit 1 set: a float, its IEEE bits rotated left by 4, plus 3. Only magnitudes whose
//!   three top exponent bits are 000, 011, 100 or 111 fit; the rest are boxed.
//! - low bits 00: an integer of 62 bits, `n << 2`.
//! - low bits 001: a heap cell at the word minus 1.
//! - low bits 101: internal words that no program sees.
//!
//! A `Value` is plain data. It keeps nothing alive by itself: the collector finds it on
//! the machine stack, the value stack, or in a traced cell, and nowhere else.

use crate::kind::Kind;
use krait_gc::{CellPtr, Header};
use std::ptr::NonNull;

/// One Python value, or an internal word.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(pub u64);

/// Largest integer that needs no cell.
pub const SMALL_INT_MAX: i64 = (1 << 61) - 1;
/// Smallest integer that needs no cell.
pub const SMALL_INT_MIN: i64 = -(1 << 61);

/// A cell outside every heap, for the singletons; the header has the shape and kind fixed at link time.
#[repr(C, align(16))]
pub struct StaticCell {
    header: u64,
    payload: u64,
}

impl StaticCell {
    const fn new(shape: u32, kind: Kind, payload: u64) -> StaticCell {
        StaticCell { header: shape as u64 | (kind as u64) << 32 | krait_gc::header::OLD | 1 << 54, payload }
    }
}

static NONE: StaticCell = StaticCell::new(crate::shape::fixed::NONE, Kind::None, 0);
static NOT_IMPLEMENTED: StaticCell =
    StaticCell::new(crate::shape::fixed::NOT_IMPLEMENTED, Kind::NotImplemented, 0);
static ELLIPSIS: StaticCell = StaticCell::new(crate::shape::fixed::ELLIPSIS, Kind::Ellipsis, 0);
static FALSE: StaticCell = StaticCell::new(crate::shape::fixed::BOOL, Kind::Bool, 0);
static TRUE: StaticCell = StaticCell::new(crate::shape::fixed::BOOL, Kind::Bool, 1);

impl Value {
    /// Internal: a local, cell or slot without a value.
    pub const UNBOUND: Value = Value(0b101);
    /// Internal: an argument that was not given, no receiver, end of an iteration.
    pub const MISSING: Value = Value(0b1101);
    /// Internal: an exception is pending in the thread.
    pub const ERROR: Value = Value(0b1_0101);
    /// Internal: the handled-exception state of a generator's caller.
    pub const INHERIT: Value = Value(0b1_1101);
    /// Internal: what a dispatch loop gives that stopped after one instruction.
    pub const STOPPED: Value = Value(0b10_0101);
    /// The integer zero.
    pub const ZERO: Value = Value(0);

    /// None.
    #[inline(always)]
    pub fn none() -> Value {
        Value(&raw const NONE as u64 + 1)
    }

    /// NotImplemented.
    #[inline(always)]
    pub fn not_implemented() -> Value {
        Value(&raw const NOT_IMPLEMENTED as u64 + 1)
    }

    /// Ellipsis.
    #[inline(always)]
    pub fn ellipsis() -> Value {
        Value(&raw const ELLIPSIS as u64 + 1)
    }

    /// True or False.
    #[inline(always)]
    pub fn bool(b: bool) -> Value {
        if b { Value::true_() } else { Value::false_() }
    }

    /// True.
    #[inline(always)]
    pub fn true_() -> Value {
        Value(&raw const TRUE as u64 + 1)
    }

    /// False.
    #[inline(always)]
    pub fn false_() -> Value {
        Value(&raw const FALSE as u64 + 1)
    }

    /// An integer that is known to fit 62 bits.
    #[inline(always)]
    pub const fn small(n: i64) -> Value {
        debug_assert!(n >= SMALL_INT_MIN && n <= SMALL_INT_MAX);
        Value((n as u64) << 2)
    }

    /// An integer, when it fits 62 bits.
    #[inline(always)]
    pub const fn try_small(n: i64) -> Option<Value> {
        if n >= SMALL_INT_MIN && n <= SMALL_INT_MAX { Some(Value((n as u64) << 2)) } else { None }
    }

    /// A float, when its magnitude is one of the immediate ones.
    #[inline(always)]
    pub fn try_float(x: f64) -> Option<Value> {
        let w = x.to_bits().rotate_left(4).wrapping_add(3);
        if w & 2 != 0 { Some(Value(w)) } else { None }
    }

    /// The value that refers to a cell.
    #[inline(always)]
    pub fn from_cell(cell: CellPtr) -> Value {
        Value(cell.as_ptr() as u64 + 1)
    }

    /// Is this an immediate integer?
    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.0 & 3 == 0
    }

    /// Are both immediate integers?
    #[inline(always)]
    pub const fn both_small_int(self, other: Value) -> bool {
        (self.0 | other.0) & 3 == 0
    }

    /// Is this an immediate float?
    #[inline(always)]
    pub const fn is_float_word(self) -> bool {
        self.0 & 2 != 0
    }

    /// Are both immediate floats?
    #[inline(always)]
    pub const fn both_float_word(self, other: Value) -> bool {
        self.0 & other.0 & 2 != 0
    }

    /// Does this refer to a cell?
    #[inline(always)]
    pub const fn is_cell(self) -> bool {
        self.0 & 7 == 1
    }

    /// Is this one of the words that no program sees?
    #[inline(always)]
    pub const fn is_internal(self) -> bool {
        self.0 & 7 == 5
    }

    /// The integer of an immediate integer word.
    #[inline(always)]
    pub const fn as_small(self) -> i64 {
        debug_assert!(self.is_small_int());
        (self.0 as i64) >> 2
    }

    /// The integer, when this is an immediate one.
    #[inline(always)]
    pub const fn small_int(self) -> Option<i64> {
        if self.is_small_int() { Some((self.0 as i64) >> 2) } else { None }
    }

    /// The float of an immediate float word.
    #[inline(always)]
    pub fn as_float_word(self) -> f64 {
        debug_assert!(self.is_float_word());
        f64::from_bits(self.0.wrapping_sub(3).rotate_right(4))
    }

    /// The cell referred to.
    #[inline(always)]
    pub fn cell(self) -> CellPtr {
        debug_assert!(self.is_cell(), "not a cell: {:#x}", self.0);
        // SAFETY: the tag is 001, so the word minus 1 is the non-null address of a cell.
        unsafe { NonNull::new_unchecked((self.0 - 1) as *mut Header) }
    }

    /// The cell's header, when this refers to a cell.
    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: a value that refers to a cell refers to a live one (the collector keeps what is reachable).
        unsafe { self.cell().as_ref() }
    }

    /// The kind of the cell, or what the immediate word stands for.
    #[inline(always)]
    pub fn kind(self) -> Kind {
        if self.is_cell() {
            Kind::from_u8(self.header().kind())
        } else if self.is_small_int() {
            Kind::Int
        } else if self.is_float_word() {
            Kind::Float
        } else {
            Kind::Free
        }
    }

    /// Is this a cell of the kind (subclasses of the builtin type included)?
    #[inline(always)]
    pub fn is_kind(self, kind: Kind) -> bool {
        self.is_cell() && self.header().kind() == kind as u8
    }

    /// Is this a cell with exactly the shape?
    #[inline(always)]
    pub fn has_shape(self, shape: u32) -> bool {
        self.is_cell() && self.header().shape() == shape
    }

    #[inline(always)]
    pub fn is_none(self) -> bool {
        self == Value::none()
    }

    #[inline(always)]
    pub fn is_true(self) -> bool {
        self == Value::true_()
    }

    #[inline(always)]
    pub fn is_false(self) -> bool {
        self == Value::false_()
    }

    /// Is this NotImplemented?
    #[inline(always)]
    pub fn is_not_implemented(self) -> bool {
        self == Value::not_implemented()
    }

    /// The argument unless it was not given.
    #[inline(always)]
    pub fn given(self) -> Option<Value> {
        if self == Value::MISSING { None } else { Some(self) }
    }

    /// The argument unless it was not given or None was.
    #[inline(always)]
    pub fn given_not_none(self) -> Option<Value> {
        if self == Value::MISSING || self.is_none() { None } else { Some(self) }
    }

    /// The payload of True and False.
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        if self.is_true() {
            Some(true)
        } else if self.is_false() {
            Some(false)
        } else {
            None
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(n) = self.small_int() {
            write!(f, "{n}")
        } else if self.is_float_word() {
            write!(f, "{:?}", self.as_float_word())
        } else if self.is_cell() {
            write!(f, "<cell {:#x}>", self.0 - 1)
        } else {
            write!(f, "<word {:#x}>", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_trip() {
        for x in [
            0.0,
            -0.0,
            1.0,
            -1.5,
            1e-70,
            1e70,
            f64::INFINITY,
            f64::NEG_INFINITY,
            3.7e-77,
            f64::MIN_POSITIVE / 8.0,
        ] {
            if let Some(v) = Value::try_float(x) {
                assert!(v.is_float_word() && !v.is_small_int() && !v.is_cell());
                assert_eq!(v.as_float_word().to_bits(), x.to_bits());
            }
        }
        assert!(Value::try_float(f64::NAN).is_some());
        assert!(Value::try_float(1.0).is_some());
        assert!(Value::try_float(1e200).is_none());
    }

    #[test]
    fn integers_round_trip() {
        for n in [0, 1, -1, SMALL_INT_MAX, SMALL_INT_MIN] {
            assert_eq!(Value::small(n).small_int(), Some(n));
        }
        assert!(Value::try_small(SMALL_INT_MAX + 1).is_none());
        assert!(Value::try_small(SMALL_INT_MIN - 1).is_none());
    }
}
