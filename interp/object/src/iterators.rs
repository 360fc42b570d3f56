//! The iterators that the interpreter steps in place: over lists, tuples and small ranges.

use crate::cellref::Slot;
use crate::handle;
use crate::kind::Kind;
use crate::list::List;
use crate::thread::Thread;
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct SeqIterCell {
    header: Header,
    /// The sequence, or the integer zero when the iterator is exhausted.
    pub seq: Slot,
    pub index: Cell<usize>,
}

/// Offsets of the fields in a cell.
pub const SEQ: usize = std::mem::offset_of!(SeqIterCell, seq);
pub const SEQ_INDEX: usize = std::mem::offset_of!(SeqIterCell, index);

handle!(
    /// An iterator over a list.
    ListIter, SeqIterCell, Kind::ListIter
);
handle!(
    /// An iterator over a tuple.
    TupleIter, SeqIterCell, Kind::TupleIter
);

/// # Safety
/// The cell is a live list or tuple iterator.
pub unsafe fn trace_seq_iter(cell: CellPtr, tracer: &mut Tracer) {
    ListIter(cell.cast()).seq.trace(tracer);
}

pub fn new_list_iter(th: &Thread, list: Value) -> Value {
    let i = ListIter::from_cell(th.heap.alloc(
        size_of::<SeqIterCell>(),
        TypeId::ListIter as u32,
        Kind::ListIter as u8,
    ));
    i.seq.init(list);
    i.value()
}

pub fn new_tuple_iter(th: &Thread, tuple: Value) -> Value {
    let i = TupleIter::from_cell(th.heap.alloc(
        size_of::<SeqIterCell>(),
        TypeId::TupleIter as u32,
        Kind::TupleIter as u8,
    ));
    i.seq.init(tuple);
    i.value()
}

impl ListIter {
    /// The next item, or None at the end (for good).
    #[inline(always)]
    pub fn step(self) -> Option<Value> {
        let seq = self.seq.get();
        if seq == Value::ZERO {
            return None;
        }
        let i = self.index.get();
        match List::of(seq).get(i) {
            Some(v) => {
                self.index.set(i + 1);
                Some(v)
            }
            None => {
                self.seq.init(Value::ZERO);
                None
            }
        }
    }
}

impl TupleIter {
    /// The next item, or None at the end (for good).
    #[inline(always)]
    pub fn step(self) -> Option<Value> {
        let seq = self.seq.get();
        if seq == Value::ZERO {
            return None;
        }
        let i = self.index.get();
        let t = Tuple::of(seq);
        if i < t.len() {
            self.index.set(i + 1);
            Some(t.get(i))
        } else {
            self.seq.init(Value::ZERO);
            None
        }
    }
}

#[repr(C)]
pub struct RangeIterCell {
    header: Header,
    pub next: Cell<i64>,
    pub step: Cell<i64>,
    /// Items left.
    pub left: Cell<u64>,
}

/// Offsets of the fields in a cell.
pub const RANGE_NEXT: usize = std::mem::offset_of!(RangeIterCell, next);
pub const RANGE_STEP: usize = std::mem::offset_of!(RangeIterCell, step);
pub const RANGE_LEFT: usize = std::mem::offset_of!(RangeIterCell, left);

handle!(
    /// An iterator over a range whose numbers are all immediate integers.
    RangeIter, RangeIterCell, Kind::RangeIter
);

pub fn new_range_iter(th: &Thread, start: i64, step: i64, count: u64) -> Value {
    let i = RangeIter::from_cell(th.heap.alloc(
        size_of::<RangeIterCell>(),
        TypeId::RangeIter as u32,
        Kind::RangeIter as u8,
    ));
    i.next.set(start);
    i.step.set(step);
    i.left.set(count);
    i.value()
}

impl RangeIter {
    /// The next number, or None at the end.
    #[inline(always)]
    pub fn step(self) -> Option<Value> {
        let left = self.left.get();
        if left == 0 {
            return None;
        }
        let n = self.next.get();
        self.left.set(left - 1);
        self.next.set(n.wrapping_add(self.step.get()));
        Some(Value::small(n))
    }
}
