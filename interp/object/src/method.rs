//! `method` cells: a function bound to a receiver.

use crate::cellref::Slot;
use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::Thread;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};

#[repr(C)]
pub struct MethodCell {
    header: Header,
    pub function: Slot,
    pub receiver: Slot,
}

handle!(
    /// A bound method.
    Method, MethodCell, Kind::Method
);

/// Offsets of the fields in a cell.
pub const FUNCTION: usize = std::mem::offset_of!(MethodCell, function);
pub const RECEIVER: usize = std::mem::offset_of!(MethodCell, receiver);

/// # Safety
/// The cell is a live bound method.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let m = Method::from_cell(cell);
    m.function.trace(tracer);
    m.receiver.trace(tracer);
}

pub fn new(th: &Thread, function: Value, receiver: Value) -> Value {
    let m = Method::from_cell(th.heap.alloc(size_of::<MethodCell>(), fixed::METHOD, Kind::Method as u8));
    m.function.init(function);
    m.receiver.init(receiver);
    m.value()
}
