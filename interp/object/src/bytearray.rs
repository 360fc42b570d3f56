//! `bytearray` cells: a growable raw array. The methods are in `bytearray_methods`.
//!
//! While a buffer is exported (`exports` > 0) the array must not be resized.

use crate::attrs;
use crate::cellref::Owned;
use crate::handle;
use crate::kind::Kind;
use crate::thread::{Raised, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct ByteArrayCell {
    header: Header,
    storage: Owned,
    start: Cell<usize>,
    len: Cell<usize>,
    capacity: Cell<usize>,
    pub exports: Cell<usize>,
}

handle!(
    /// A bytearray.
    ByteArray, ByteArrayCell, Kind::ByteArray
);

/// Offsets of the raw cell's address, of where the bytes begin behind its header word, and of their number.
pub const STORAGE_OFFSET: usize = std::mem::offset_of!(ByteArrayCell, storage);
pub const START_OFFSET: usize = std::mem::offset_of!(ByteArrayCell, start);
pub const LEN_OFFSET: usize = std::mem::offset_of!(ByteArrayCell, len);

/// # Safety
/// The cell is a live bytearray.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    ByteArray::from_cell(cell).storage.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// Text of the BufferError that a resize of an exported bytearray raises.
pub const EXPORTED: &str = "Existing exports of data: object cannot be re-sized";

/// An empty bytearray; also for subclasses (shape, bytes their class adds).
pub fn new(th: &Thread, shape: u32, tail_bytes: usize) -> ByteArray {
    ByteArray::from_cell(th.heap.alloc(size_of::<ByteArrayCell>() + tail_bytes, shape, Kind::ByteArray as u8))
}

/// A bytearray of `n` zero bytes.
pub fn zeroed(th: &Thread, n: usize) -> crate::thread::Res<ByteArray> {
    let b = new(th, TypeId::ByteArray as u32, 0);
    b.grow_zeroed(th, n)?;
    Ok(b)
}

/// A bytearray with the data.
pub fn from_slice(th: &Thread, data: &[u8]) -> crate::thread::Res {
    let b = new(th, TypeId::ByteArray as u32, 0);
    b.splice(th, 0, 0, data)?;
    Ok(b.value())
}

impl ByteArray {
    #[inline(always)]
    pub fn len(self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn data(self) -> *mut u8 {
        if self.storage.get().is_null() {
            return std::ptr::NonNull::dangling().as_ptr();
        }
        // SAFETY: the live part starts at `start` behind the raw cell's header word.
        unsafe { self.storage.get().cast::<u8>().add(8 + self.start.get()) }
    }

    /// The bytes as they are now; not to be held across anything that may change the bytearray or run Python code,
    /// unless an export is counted.
    pub fn as_slice<'a>(self) -> &'a [u8] {
        // SAFETY: `len` bytes from `data` on; see the rule above.
        unsafe { std::slice::from_raw_parts(self.data(), self.len()) }
    }

    /// The bytes for writing, under the same rule.
    #[allow(clippy::mut_from_ref)]
    pub fn as_mut_slice<'a>(self) -> &'a mut [u8] {
        // SAFETY: as in `as_slice`; callers hold one at a time.
        unsafe { std::slice::from_raw_parts_mut(self.data(), self.len()) }
    }

    /// BufferError while a buffer is exported. Views that nobody refers to any more still count until they are collected,
    /// so the bytearray looks for the dead before it refuses.
    pub fn check_resizable(self, th: &Thread) -> Result<(), Raised> {
        if self.exports.get() == 0 { Ok(()) } else { self.check_exports(th) }
    }

    #[cold]
    #[inline(never)]
    fn check_exports(self, th: &Thread) -> Result<(), Raised> {
        for full in [false, true] {
            th.heap.collect(full);
            if self.exports.get() == 0 {
                return Ok(());
            }
        }
        Err(th.raise_new(TypeId::BufferError, EXPORTED))
    }

    /// Replaces the bytes `from..to` by the given ones (not of this bytearray). BufferError when that resizes an exported one.
    pub fn splice(self, th: &Thread, from: usize, to: usize, data: &[u8]) -> Result<(), Raised> {
        let len = self.len();
        let new_len = len - (to - from) + data.len();
        if new_len != len {
            self.check_resizable(th)?;
        }
        if from == 0 && data.is_empty() {
            // Consuming from the front only moves the start.
            self.start.set(self.start.get() + to);
            self.len.set(new_len);
            return Ok(());
        }
        self.reserve(th, new_len)?;
        let p = self.data();
        // SAFETY: capacity was made sure of; `copy` allows the overlap of the tail.
        unsafe {
            std::ptr::copy(p.add(to), p.add(from + data.len()), len - to);
            std::ptr::copy_nonoverlapping(data.as_ptr(), p.add(from), data.len());
        }
        self.len.set(new_len);
        Ok(())
    }

    /// Makes the storage large enough for `new_len` bytes (and a NUL).
    fn reserve(self, th: &Thread, new_len: usize) -> Result<(), Raised> {
        if self.start.get() + new_len < self.capacity.get() {
            return Ok(());
        }
        let capacity = new_len.checked_add(new_len / 8 + 16).filter(|&n| n < 1 << 47);
        let capacity = capacity.ok_or_else(|| th.memory_error())?;
        let raw = th.heap.try_alloc(8 + capacity, 0, Kind::Raw as u8).ok_or_else(|| th.memory_error())?;
        // SAFETY: the fresh cell has room for the old bytes, which are copied out of the old storage.
        unsafe { std::ptr::copy_nonoverlapping(self.data(), raw.as_ptr().cast::<u8>().add(8), self.len()) };
        self.start.set(0);
        self.capacity.set(capacity);
        self.storage.set(th, self.cell(), raw.as_ptr());
        Ok(())
    }

    /// Empties an array that no program sees (nothing is exported), keeping its memory.
    pub fn reset(self) {
        debug_assert!(self.exports.get() == 0);
        self.start.set(0);
        self.len.set(0);
    }

    /// Appends bytes.
    pub fn extend(self, th: &Thread, data: &[u8]) -> Result<(), Raised> {
        self.splice(th, self.len(), self.len(), data)
    }

    pub fn push(self, th: &Thread, b: u8) -> Result<(), Raised> {
        self.extend(th, &[b])
    }
}

/// The bytearray of a value.
pub fn get(v: Value) -> Option<ByteArray> {
    ByteArray::from_value(v)
}

/// A bytearray of `len` bytes that `f` writes; they are zero before (`f` must not allocate in the heap).
pub fn fill(th: &Thread, len: usize, f: impl FnOnce(&mut [u8])) -> crate::thread::Res {
    let b = new(th, TypeId::ByteArray as u32, 0);
    b.grow_zeroed(th, len)?;
    f(b.as_mut_slice());
    Ok(b.value())
}

impl ByteArray {
    /// Appends `n` zero bytes.
    pub fn grow_zeroed(self, th: &Thread, n: usize) -> Result<(), Raised> {
        if n == 0 {
            return Ok(());
        }
        self.check_resizable(th)?;
        let new_len = self.len().checked_add(n).ok_or_else(|| th.memory_error())?;
        self.reserve(th, new_len)?;
        let from = self.len();
        self.len.set(new_len);
        self.as_mut_slice()[from..].fill(0);
        Ok(())
    }

    /// Drops the bytes from `len` on.
    pub fn truncate(self, th: &Thread, len: usize) -> Result<(), Raised> {
        if len < self.len() {
            self.check_resizable(th)?;
            self.len.set(len);
        }
        Ok(())
    }

    /// Bytes of storage behind the live part's start, as `__alloc__` counts.
    pub fn allocated(self) -> usize {
        self.capacity.get().saturating_sub(self.start.get())
    }
}
