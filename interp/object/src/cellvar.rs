//! Cells: captured variables (`cell`), and the name cells of namespaces.

use crate::cellref::Slot;
use crate::handle;
use crate::kind::Kind;
use crate::thread::Thread;
use crate::types::TypeId;
use crate::value::Value;
use crate::watch::{self, Watched};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct CellVarCell {
    header: Header,
    /// The variable's value, or `UNBOUND`.
    pub value: Slot,
}

/// Offset of the value in the cell.
pub const VALUE: usize = std::mem::offset_of!(CellVarCell, value);

handle!(
    /// A captured variable.
    CellVar, CellVarCell, Kind::CellVar
);

impl CellVar {
    pub fn new(th: &Thread, value: Value) -> CellVar {
        let c = CellVar::from_cell(th.heap.alloc(
            size_of::<CellVarCell>(),
            TypeId::Cell as u32,
            Kind::CellVar as u8,
        ));
        c.value.init(value);
        c
    }

    #[inline(always)]
    pub fn store(self, th: &Thread, v: Value) {
        self.value.set(th, self.cell(), v);
    }
}

/// # Safety
/// The cell is a live captured variable.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    CellVar::from_cell(cell).value.trace(tracer);
}

#[repr(C)]
pub struct NameCellCell {
    header: Header,
    /// The name's value, or `UNBOUND` after it was deleted.
    pub value: Slot,
    /// How often the value was replaced, and [`WATCHED`]: compiled code takes a name for a constant while it was
    /// replaced only a few times.
    writes: Cell<u64>,
}

/// Somebody wants to know when the value is replaced.
const WATCHED: u64 = 1 << 63;

/// Offset of the value in the cell.
pub const NAME_VALUE: usize = std::mem::offset_of!(NameCellCell, value);

handle!(
    /// The cell of one name in a namespace. Never seen by programs.
    NameCell, NameCellCell, Kind::NameCell
);

impl NameCell {
    pub fn new(th: &Thread, value: Value) -> NameCell {
        let c = NameCell::from_cell(th.heap.alloc(size_of::<NameCellCell>(), 0, Kind::NameCell as u8));
        c.value.init(value);
        c
    }

    #[inline(always)]
    pub fn store(self, th: &Thread, v: Value) {
        self.note_writes(1);
        self.value.set(th, self.cell(), v);
    }

    /// How often the value was replaced.
    pub fn times_written(self) -> u64 {
        self.writes.get() & !WATCHED
    }

    /// The value is, or will be, replaced so many times without [`NameCell::store`].
    #[inline(always)]
    pub fn note_writes(self, n: u64) {
        let writes = self.writes.get() + n;
        self.writes.set(writes);
        if writes & WATCHED != 0 {
            self.report();
        }
    }

    /// The next change is reported ([`crate::watch`]).
    pub fn watch(self) {
        self.writes.set(self.writes.get() | WATCHED);
    }

    #[cold]
    #[inline(never)]
    fn report(self) {
        self.writes.set(self.writes.get() & !WATCHED);
        watch::changed(Watched::Name(Value::from_cell(self.cell()).0));
    }
}

/// # Safety
/// The cell is a live name cell.
pub unsafe fn trace_name_cell(cell: CellPtr, tracer: &mut Tracer) {
    NameCell::from_cell(cell).value.trace(tracer);
}
