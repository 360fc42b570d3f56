//! `int` cells: what does not fit 62 bits. The arithmetic is `krait-number`'s; the methods are in `int_methods`.

use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::{Res, Thread};
use crate::value::Value;
use krait_gc::Header;
use krait_number::int::{IntBuf, IntRef};
use std::cell::Cell;

#[repr(C)]
pub struct IntCell {
    header: Header,
    /// Number of limbs; negative for a negative integer. Little-endian limbs follow.
    size: Cell<isize>,
}

handle!(
    /// An integer in a cell: big, or of a subclass of `int` (any size), never an immediate.
    BigInt, IntCell, Kind::Int
);

impl BigInt {
    /// The magnitude, without leading zero limbs.
    #[inline]
    pub fn limbs<'a>(self) -> &'a [u64] {
        // SAFETY: `|size|` limbs follow the struct; an integer never changes.
        unsafe {
            std::slice::from_raw_parts(
                self.cell().as_ptr().cast::<u8>().add(size_of::<IntCell>()).cast(),
                self.size.get().unsigned_abs(),
            )
        }
    }

    #[inline]
    pub fn is_negative(self) -> bool {
        self.size.get() < 0
    }

    #[inline]
    pub fn as_ref<'a>(self) -> IntRef<'a> {
        IntRef::new(self.is_negative(), self.limbs())
    }
}

/// An integer cell with the magnitude; also for subclasses (shape, bytes their class adds).
pub fn allocate(th: &Thread, neg: bool, limbs: &[u64], shape: u32, tail_bytes: usize) -> Res {
    let bytes = size_of::<IntCell>() + limbs.len() * 8 + tail_bytes;
    let cell = if bytes <= 4096 {
        th.heap.alloc(bytes, shape, Kind::Int as u8)
    } else {
        th.heap.try_alloc(bytes, shape, Kind::Int as u8).ok_or_else(|| th.memory_error())?
    };
    let i = BigInt::from_cell(cell);
    i.size.set(if neg { -(limbs.len() as isize) } else { limbs.len() as isize });
    // SAFETY: the fresh cell has room for the limbs.
    unsafe {
        std::ptr::copy_nonoverlapping(
            limbs.as_ptr(),
            cell.as_ptr().cast::<u8>().add(size_of::<IntCell>()).cast(),
            limbs.len(),
        );
    }
    Ok(i.value())
}

/// An integer of 64 bits.
#[inline]
pub fn from_i64(th: &Thread, n: i64) -> Value {
    match Value::try_small(n) {
        Some(v) => v,
        None => from_i128(th, n as i128),
    }
}

/// An unsigned integer of 64 bits.
#[inline]
pub fn from_u64(th: &Thread, n: u64) -> Value {
    if n <= crate::value::SMALL_INT_MAX as u64 { Value::small(n as i64) } else { from_i128(th, n as i128) }
}

/// An index or length.
#[inline]
pub fn from_usize(th: &Thread, n: usize) -> Value {
    from_u64(th, n as u64)
}

/// An integer of 128 bits.
#[cold]
pub fn from_i128(th: &Thread, n: i128) -> Value {
    if n >= crate::value::SMALL_INT_MIN as i128 && n <= crate::value::SMALL_INT_MAX as i128 {
        return Value::small(n as i64);
    }
    let m = n.unsigned_abs();
    let limbs = [m as u64, (m >> 64) as u64];
    // Two limbs always fit a small cell.
    allocate(th, n < 0, if limbs[1] == 0 { &limbs[..1] } else { &limbs }, fixed::INT, 0)
        .unwrap_or(Value::ZERO)
}

/// An integer of any size.
pub fn from_ref(th: &Thread, r: IntRef<'_>) -> Res {
    if let Some(n) = r.to_i64()
        && let Some(v) = Value::try_small(n)
    {
        return Ok(v);
    }
    allocate(th, r.signum() < 0, r.limbs, fixed::INT, 0)
}

/// An integer from a result buffer.
pub fn from_buf(th: &Thread, b: &IntBuf) -> Res {
    from_ref(th, b.as_ref())
}

/// Runs `f` with the integer as a limb view. The value is an integer (bool and subclasses included).
#[inline]
pub fn with_ref<R>(v: Value, f: impl FnOnce(IntRef<'_>) -> R) -> R {
    if let Some(n) = v.small_int() {
        let mut cell = 0;
        return f(IntRef::from_i64(n, &mut cell));
    }
    if v.is_kind(Kind::Int) {
        return f(BigInt::of(v).as_ref());
    }
    let mut cell = 0;
    f(IntRef::from_i64(v.is_true() as i64, &mut cell))
}

/// Is this an `int` (bool and subclasses included)?
#[inline(always)]
pub fn is_int(v: Value) -> bool {
    v.is_small_int() || v.is_kind(Kind::Int) || v.is_kind(Kind::Bool)
}

/// The value as i64, when it is an `int` that fits.
#[inline]
pub fn to_i64(v: Value) -> Option<i64> {
    if let Some(n) = v.small_int() {
        return Some(n);
    }
    if is_int(v) { with_ref(v, |r| r.to_i64()) } else { None }
}

/// The plain integer of a subclass instance or bool: an immediate or an exact `int` cell.
pub fn exact(th: &Thread, v: Value) -> Res {
    if v.is_small_int() || v.has_shape(fixed::INT) { Ok(v) } else { with_ref(v, |r| from_ref(th, r)) }
}
