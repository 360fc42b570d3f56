//! `bytes` cells: hash, length and data in the cell, NUL at the end. The methods are in `bytes_methods`.

use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::{Res, Thread};
use crate::value::Value;
use krait_gc::Header;
use std::cell::Cell;

#[repr(C)]
pub struct BytesCell {
    header: Header,
    hash: Cell<i64>,
    len: Cell<usize>,
}

handle!(
    /// A bytes object.
    Bytes, BytesCell, Kind::Bytes
);

/// Offset of the length in the cell.
pub const LEN_OFFSET: usize = std::mem::offset_of!(BytesCell, len);
/// Offset of the data in the cell.
pub const DATA: usize = size_of::<BytesCell>();

impl Bytes {
    #[inline(always)]
    pub fn len(self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    fn data(self) -> *mut u8 {
        // SAFETY: the data follows the struct inside the cell.
        unsafe { self.cell().as_ptr().cast::<u8>().add(size_of::<BytesCell>()) }
    }

    /// The bytes; they never change or move while the object is reachable.
    #[inline(always)]
    pub fn as_slice<'a>(self) -> &'a [u8] {
        // SAFETY: `len` bytes from `data` on.
        unsafe { std::slice::from_raw_parts(self.data(), self.len()) }
    }

    /// The hash as `hash()` gives it.
    pub fn hash(self, th: &Thread) -> i64 {
        let h = self.hash.get();
        if h != 0 {
            return h;
        }
        let h = crate::hash::fit(krait_text::hash::hash_bytes(th.interp.hash_key, self.as_slice()));
        self.hash.set(h);
        h
    }
}

/// A bytes object of `len` zero bytes for a subclass or to be filled by `fill`.
pub fn allocate(th: &Thread, len: usize, shape: u32, tail_bytes: usize) -> Res<Bytes> {
    let total = len.checked_add(size_of::<BytesCell>() + 8 + tail_bytes).ok_or_else(|| th.memory_error())?;
    let cell = if total <= 4096 {
        th.heap.alloc(total, shape, Kind::Bytes as u8)
    } else {
        th.heap.try_alloc(total, shape, Kind::Bytes as u8).ok_or_else(|| th.memory_error())?
    };
    let b = Bytes::from_cell(cell);
    b.len.set(len);
    Ok(b)
}

/// A bytes object with the data.
pub fn from_slice(th: &Thread, data: &[u8]) -> Res {
    if data.is_empty() && th.interp.empty_bytes.get() != Value::UNBOUND {
        return Ok(th.interp.empty_bytes.get());
    }
    fill(th, data.len(), |to| to.copy_from_slice(data))
}

/// A bytes object of `len` bytes that `f` writes (it must not allocate in the heap or run Python code).
pub fn fill(th: &Thread, len: usize, f: impl FnOnce(&mut [u8])) -> Res {
    let b = allocate(th, len, fixed::BYTES, 0)?;
    // SAFETY: the object is fresh, so nobody else sees its bytes yet.
    f(unsafe { std::slice::from_raw_parts_mut(b.data(), len) });
    Ok(b.value())
}

/// A bytes object of a subclass with the data.
pub fn copy_for_subclass(th: &Thread, data: &[u8], shape: u32, tail_bytes: usize) -> Res {
    let b = allocate(th, data.len(), shape, tail_bytes)?;
    // SAFETY: the fresh cell has room for the data.
    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), b.data(), data.len()) };
    Ok(b.value())
}

/// The data of a `bytes` value.
pub fn get<'a>(v: Value) -> Option<&'a [u8]> {
    Bytes::from_value(v).map(Bytes::as_slice)
}
