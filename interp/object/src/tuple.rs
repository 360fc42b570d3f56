//! `tuple` cells: length and items in the cell. The methods are in `tuple_methods`.

use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::{Res, Thread};
use crate::value::Value;
use crate::{attrs, storage::ValueVec};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct TupleCell {
    header: Header,
    len: Cell<usize>,
}

handle!(
    /// A tuple.
    Tuple, TupleCell, Kind::Tuple
);

/// Offset of the length in the cell.
pub const LEN_OFFSET: usize = std::mem::offset_of!(TupleCell, len);
/// Offset of the first item.
pub const FIRST_ITEM: usize = size_of::<TupleCell>();

/// # Safety
/// The cell is a live tuple.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let t = Tuple::from_cell(cell);
    // SAFETY: the tuple has as many items.
    unsafe { tracer.visit_slice(t.items() as *const u64, t.len()) };
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

impl Tuple {
    #[inline(always)]
    pub fn len(self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len.get() == 0
    }

    /// Address of the first item.
    #[inline(always)]
    pub fn items(self) -> *mut Value {
        // SAFETY: the items follow the struct inside the cell.
        unsafe { self.cell().as_ptr().cast::<u8>().add(FIRST_ITEM).cast() }
    }

    /// Item `i`, which is below the length.
    #[inline(always)]
    pub fn get(self, i: usize) -> Value {
        assert!(i < self.len());
        // SAFETY: i is below the length.
        unsafe { *self.items().add(i) }
    }

    /// The items. A tuple never changes and never moves, so the slice is good while the tuple is reachable.
    #[inline(always)]
    pub fn as_slice<'a>(self) -> &'a [Value] {
        // SAFETY: `len` initialized items; see above.
        unsafe { std::slice::from_raw_parts(self.items(), self.len()) }
    }

    /// Stores an item while the tuple is being built, with the barrier.
    #[inline]
    pub fn set_item(self, th: &Thread, i: usize, v: Value) {
        assert!(i < self.len());
        // SAFETY: i is below the length.
        let p = unsafe { self.items().add(i) };
        // SAFETY: as above.
        unsafe { p.write(v) };
        th.heap.barrier(self.cell(), p.cast());
    }
}

/// A tuple of `len` items, all the integer zero, to be filled by `set_item`; also for subclasses (shape, bytes their class adds).
pub fn allocate(th: &Thread, len: usize, shape: u32, tail_bytes: usize) -> Res<Tuple> {
    let bytes = len
        .checked_mul(8)
        .and_then(|n| n.checked_add(FIRST_ITEM + tail_bytes))
        .ok_or_else(|| th.memory_error())?;
    let cell = if bytes <= 4096 {
        th.heap.alloc(bytes, shape, Kind::Tuple as u8)
    } else {
        th.heap.try_alloc(bytes, shape, Kind::Tuple as u8).ok_or_else(|| th.memory_error())?
    };
    let t = Tuple::from_cell(cell);
    t.len.set(len);
    Ok(t)
}

/// A tuple of the items.
#[inline]
pub fn from_slice(th: &Thread, items: &[Value]) -> Res {
    if items.is_empty() {
        return Ok(th.interp.empty_tuple.get());
    }
    let t = allocate(th, items.len(), fixed::TUPLE, 0)?;
    // SAFETY: the fresh tuple has room for the items; no allocation happened since, so no barrier is needed.
    unsafe { std::ptr::copy_nonoverlapping(items.as_ptr(), t.items(), items.len()) };
    Ok(t.value())
}

/// A tuple of the vector's items.
pub fn from_vec(th: &Thread, v: &ValueVec) -> Res {
    from_slice(th, v.as_slice())
}

/// A short tuple of the items.
///
/// # Panics
/// Never: a few words are always there while the heap can serve small cells.
pub fn new(th: &Thread, items: &[Value]) -> Value {
    debug_assert!(items.len() < 64);
    from_slice(th, items).unwrap_or_else(|_| th.interp.empty_tuple.get())
}
