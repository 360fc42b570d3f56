//! Iterators that need no fast path of the interpreter.

use crate::cellref::Slot;
use crate::custom::{self, Payload};
use crate::range::Range;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;
use std::cell::Cell;

/// Iterator over anything with `__getitem__`.
pub struct SequenceIter {
    pub seq: Slot,
    pub index: Cell<i64>,
}

impl Payload for SequenceIter {
    const NAME: &'static str = "iterator";
    fn trace(&self, tracer: &mut Tracer) {
        self.seq.trace(tracer);
    }
}

/// `iter(v)` for an object with `__getitem__` alone.
pub fn new_sequence_iter(th: &Thread, v: Value) -> Res {
    custom::alloc_exact(th, TypeId::SeqIter, SequenceIter { seq: Slot::new(v), index: Cell::new(0) })
}

/// Iterator over a range with numbers beyond the immediate ones.
pub struct LongRangeIter {
    pub range: Slot,
    /// Items given so far, any integer.
    pub index: Slot,
}

impl Payload for LongRangeIter {
    const NAME: &'static str = "longrange_iterator";
    fn trace(&self, tracer: &mut Tracer) {
        self.range.trace(tracer);
        self.index.trace(tracer);
    }
}

/// Iterator over any range.
pub fn new_long_range_iter(th: &Thread, r: Range) -> Res {
    let i = LongRangeIter { range: Slot::new(r.value()), index: Slot::new(Value::ZERO) };
    custom::alloc_exact(th, TypeId::LongRangeIter, i)
}

/// Iterator that calls a function until it gives the sentinel.
pub struct CallableIter {
    /// The callable, or the integer zero when the iterator is exhausted.
    pub callable: Slot,
    pub sentinel: Slot,
}

impl Payload for CallableIter {
    const NAME: &'static str = "callable_iterator";
    fn trace(&self, tracer: &mut Tracer) {
        self.callable.trace(tracer);
        self.sentinel.trace(tracer);
    }
}

/// `iter(callable, sentinel)`.
pub fn new_callable_iter(th: &Thread, callable: Value, sentinel: Value) -> Res {
    let i = CallableIter { callable: Slot::new(callable), sentinel: Slot::new(sentinel) };
    custom::alloc_exact(th, TypeId::CallableIter, i)
}
