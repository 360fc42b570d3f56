//! Iterators over bytes and bytearrays: `bytes_iterator`, `bytearray_iterator`.

use crate::bootstrap::TypeTable;
use crate::bytes_methods::data;
use crate::cellref::Slot;
use crate::custom::{self, Custom, NextFn, Payload};
use crate::kind::Kind;
use crate::natives;
use crate::protocol;
use crate::seq_iter_methods::{reduce_at, reduce_empty};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;
use std::cell::Cell;

/// An iterator over the bytes of an object.
pub struct BytesIter {
    /// The bytes or bytearray, or the integer zero when the iterator is exhausted.
    seq: Slot,
    index: Cell<usize>,
}

/// Offsets of the fields in a cell.
pub const SEQ: usize = custom::PAYLOAD_OFFSET + std::mem::offset_of!(BytesIter, seq);
pub const INDEX: usize = custom::PAYLOAD_OFFSET + std::mem::offset_of!(BytesIter, index);

/// The bytes of an iterator and its index; the integer zero for bytes when it is exhausted.
pub fn parts(v: Value) -> (Value, usize) {
    let it = Custom::<BytesIter>::of(v);
    (it.seq.get(), it.index.get())
}

impl Payload for BytesIter {
    const NAME: &'static str = "bytes_iterator";
    const NEXT: Option<NextFn> = Some(|_, v| Ok(Custom::<BytesIter>::of(v).step()));
    fn trace(&self, tracer: &mut Tracer) {
        self.seq.trace(tracer);
    }
}

/// `iter(v)` of a bytes or bytearray.
pub fn new(th: &Thread, v: Value) -> Res {
    let ty = if v.is_kind(Kind::Bytes) { TypeId::BytesIter } else { TypeId::ByteArrayIter };
    custom::alloc_exact(th, ty, BytesIter { seq: Slot::new(v), index: Cell::new(0) })
}

impl BytesIter {
    /// The next byte, or None at the end (for good).
    #[inline]
    pub fn step(&self) -> Option<Value> {
        let seq = self.seq.get();
        if seq == Value::ZERO {
            return None;
        }
        let i = self.index.get();
        match data(seq).get(i) {
            Some(&b) => {
                self.index.set(i + 1);
                Some(Value::small(b.into()))
            }
            None => {
                self.seq.init(Value::ZERO);
                None
            }
        }
    }
}

fn length_hint(_: &Thread, a: &[Value]) -> Res {
    let it = Custom::<BytesIter>::of(a[0]);
    let seq = it.seq.get();
    let left = if seq == Value::ZERO { 0 } else { data(seq).len().saturating_sub(it.index.get()) };
    Ok(Value::small(left as i64))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<BytesIter>::of(a[0]);
    let seq = it.seq.get();
    if seq == Value::ZERO {
        return reduce_empty(th, th.interp.empty_tuple.get());
    }
    reduce_at(th, "iter", seq, Value::small(it.index.get() as i64))
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<BytesIter>::of(a[0]);
    let i = protocol::index_isize(th, a[1])?.max(0) as usize;
    let seq = it.seq.get();
    if seq != Value::ZERO {
        it.index.set(i.min(data(seq).len()));
    }
    Ok(Value::none())
}

natives! {
    static METHODS = {
        method "__iter__" "()" custom::iter_method, "", Reads;
        method "__next__" "()" custom::next_method, "", Writes;
        method "__length_hint__" "!()" length_hint, "", Reads;
        method "__reduce__" "!()" reduce, "";
        method "__setstate__" "!(state, /)" setstate, "";
    }
}

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::BytesIter, "", METHODS, &[]),
    TypeTable::new(TypeId::ByteArrayIter, "", METHODS, &[]),
];
