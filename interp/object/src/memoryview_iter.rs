//! `memory_iterator`: the items of a view of one dimension.

use crate::bootstrap::TypeTable;
use crate::cellref::Slot;
use crate::custom::{self, Custom, NextFn, Payload};
use crate::memory_items;
use crate::memoryview::{MemoryView, usable};
use crate::natives;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;
use std::cell::Cell;

/// An iterator over a view.
pub struct MemoryIter {
    /// The view, or the integer zero when the iterator is exhausted.
    view: Slot,
    index: Cell<usize>,
    /// The length at the start.
    length: usize,
}

impl Payload for MemoryIter {
    const NAME: &'static str = "memory_iterator";
    const NEXT: Option<NextFn> = Some(|th, v| Custom::<MemoryIter>::of(v).step(th));
    fn trace(&self, tracer: &mut Tracer) {
        self.view.trace(tracer);
    }
}

/// `iter(view)`; the view has one dimension and a native format.
pub fn new(th: &Thread, view: Value) -> Res {
    let length = usable(th, view)?.shape().first().map_or(0, |&n| n as usize);
    custom::alloc_exact(
        th,
        TypeId::MemoryIter,
        MemoryIter { view: Slot::new(view), index: Cell::new(0), length },
    )
}

impl MemoryIter {
    fn step(&self, th: &Thread) -> Res<Option<Value>> {
        let view = self.view.get();
        if view == Value::ZERO {
            return Ok(None);
        }
        let i = self.index.get();
        if i >= self.length {
            self.view.init(Value::ZERO);
            return Ok(None);
        }
        let m: Custom<MemoryView> = usable(th, view)?;
        self.index.set(i + 1);
        // SAFETY: the view has as many items, of a native format.
        unsafe { memory_items::unpack(th, m.code.get(), m.items().row(i).data) }.map(Some)
    }
}

natives! {
    static METHODS = {
        method "__iter__" "()" custom::iter_method, "", Reads;
        method "__next__" "()" custom::next_method, "";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(TypeId::MemoryIter, "", METHODS, &[])];
