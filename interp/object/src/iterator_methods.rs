//! Iterators over objects with `__getitem__` alone. Their methods are in `seq_iter_methods`.

use crate::cellref::Slot;
use crate::custom::{self, NextFn, Payload};
pub use crate::seq_iter_methods::new_callable_iter;
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
    const NEXT: Option<NextFn> = Some(crate::seq_iter_methods::sequence_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.seq.trace(tracer);
    }
}

/// `iter(v)` for an object with `__getitem__` alone.
pub fn new_sequence_iter(th: &Thread, v: Value) -> Res {
    custom::alloc_exact(th, TypeId::SeqIter, SequenceIter { seq: Slot::new(v), index: Cell::new(0) })
}
