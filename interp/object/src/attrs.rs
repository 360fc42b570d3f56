//! The attribute word of instances of builtin layouts.
//!
//! A cell whose kind is not `Instance` but whose class gives its instances a `__dict__`
//! or `__slots__` (a Python subclass of `list`, an exception, a function) carries them in
//! its last words: the header flag `ATTRS` says that the last word of the cell holds the
//! attribute dict (or the integer zero before one is needed), and `__slots__` members
//! lie before it, counted from the end. So one rule fits every layout, the variable-sized too.

use crate::value::Value;
use krait_gc::{CellPtr, Tracer};

/// Header flag: the cell ends in an attribute word.
pub const ATTRS: u64 = 1 << 44;

/// The words at the end of a cell that its class added: `__slots__`, then the attribute word.
/// `index` counts from the end, 0 being the attribute word.
///
/// # Safety
/// The cell is live, has the flag `ATTRS`, and its class added more than `index` words.
#[inline]
pub unsafe fn tail(cell: CellPtr, index: usize) -> *mut Value {
    // SAFETY: small cells know their size in granules; the caller vouches for the tail words.
    unsafe {
        let size = cell_size(cell);
        cell.as_ptr().cast::<u8>().add(size - 8 * (index + 1)).cast()
    }
}

/// Size of a small cell in bytes; for a large one its heap is asked.
unsafe fn cell_size(cell: CellPtr) -> usize {
    // SAFETY: the cell is live.
    let granules = unsafe { cell.as_ref() }.granules();
    if granules != 0 { granules * 16 } else { crate::thread::Thread::current().heap.size_of(cell) }
}

/// Traces the tail words, when there are any. Tracers of builtin layouts end by calling this.
///
/// # Safety
/// The cell is live.
#[inline]
pub unsafe fn trace_attrs(cell: CellPtr, tracer: &mut Tracer) {
    // SAFETY: the cell is live.
    if unsafe { cell.as_ref() }.has(ATTRS) {
        // SAFETY: the flag says that the tail is there.
        unsafe { trace_tail(cell, tracer) };
    }
}

#[cold]
unsafe fn trace_tail(cell: CellPtr, tracer: &mut Tracer) {
    // SAFETY: the cell is live.
    let shape = unsafe { cell.as_ref() }.shape();
    let class = crate::thread::Thread::current().interp.shapes.get(shape).class.get();
    // Not by `Class::of_cell`: a tracer leaves alone the headers of other cells.
    let words = if class.is_cell() { crate::class::Class::of(class).tail_words.get() as usize } else { 1 };
    for i in 0..words {
        // SAFETY: i is below the class's count.
        tracer.visit(unsafe { *tail(cell, i) }.0);
    }
    // The class is held by its instances.
    tracer.visit(class.0);
}
