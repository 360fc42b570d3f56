//! `range` cells: start, stop, step and length as values of any size. The methods are in `range_methods`.

use crate::cellref::Slot;
use crate::handle;
use crate::kind::Kind;
use crate::thread::Thread;
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};

#[repr(C)]
pub struct RangeCell {
    header: Header,
    pub start: Slot,
    pub stop: Slot,
    pub step: Slot,
    pub length: Slot,
}

handle!(
    /// A range.
    Range, RangeCell, Kind::Range
);

/// Offsets of the fields in a cell.
pub const START: usize = std::mem::offset_of!(RangeCell, start);
pub const STOP: usize = std::mem::offset_of!(RangeCell, stop);
pub const STEP: usize = std::mem::offset_of!(RangeCell, step);
pub const LENGTH: usize = std::mem::offset_of!(RangeCell, length);

/// # Safety
/// The cell is a live range.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let r = Range::from_cell(cell);
    r.start.trace(tracer);
    r.stop.trace(tracer);
    r.step.trace(tracer);
    r.length.trace(tracer);
}

/// A range from integers whose length was computed.
pub fn new(th: &Thread, start: Value, stop: Value, step: Value, length: Value) -> Value {
    let r = Range::from_cell(th.heap.alloc(size_of::<RangeCell>(), TypeId::Range as u32, Kind::Range as u8));
    r.start.init(start);
    r.stop.init(stop);
    r.step.init(step);
    r.length.init(length);
    r.value()
}

/// The number of items of a range of machine numbers.
pub fn length(start: i64, stop: i64, step: i64) -> u64 {
    let (lo, hi, by) = if step > 0 { (start, stop, step as u64) } else { (stop, start, step.unsigned_abs()) };
    if lo >= hi { 0 } else { (hi.wrapping_sub(lo) as u64 - 1) / by + 1 }
}
