//! `traceback` cells.

use crate::cellref::Slot;
use crate::handle;
use crate::kind::Kind;
use crate::thread::Thread;
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct TracebackCell {
    header: Header,
    /// The next entry towards where the exception was raised, or None.
    pub next: Slot,
    pub frame: Slot,
    pub lasti: Cell<i64>,
    /// Line, or -1: from the frame's code and `lasti`.
    pub line: Cell<i64>,
}

handle!(
    /// A traceback entry.
    Traceback, TracebackCell, Kind::Traceback
);

/// # Safety
/// The cell is a live traceback.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let t = Traceback::from_cell(cell);
    t.next.trace(tracer);
    t.frame.trace(tracer);
}

pub fn new(th: &Thread, next: Value, frame: Value, lasti: i64, line: i64) -> Value {
    let t = Traceback::from_cell(th.heap.alloc(
        size_of::<TracebackCell>(),
        TypeId::Traceback as u32,
        Kind::Traceback as u8,
    ));
    t.next.init(next);
    t.frame.init(frame);
    t.lasti.set(lasti);
    t.line.set(line);
    t.value()
}
