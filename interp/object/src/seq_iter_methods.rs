//! What programs see of the iterators over lists, tuples and anything with `__getitem__`, and of callable iterators.

use crate::bootstrap::TypeTable;
use crate::cellref::Slot;
use crate::class::Class;
use crate::construct::builtin;
use crate::custom::{self, Custom, NextFn, Payload, iter_method, next_method};
use crate::iterator_methods::SequenceIter;
use crate::iterators::{ListIter, TupleIter};
use crate::list::{self, List};
use crate::names::Name;
use crate::protocol::{self, Cmp};
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{call, int, natives};
use krait_gc::Tracer;
use std::cell::Cell;

/// The position argument of `__setstate__`.
pub fn state_arg(th: &Thread, v: Value) -> Res<i64> {
    if !int::is_int(v) {
        return Err(th.type_error("an integer is required"));
    }
    int::to_i64(v).ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
}

/// `(iter, (empty,))`: the reduced form of an exhausted iterator.
pub fn reduce_empty(th: &Thread, empty: Value) -> Res {
    let f = builtin(th, "iter")?;
    let args = tuple::from_slice(th, &[empty])?;
    tuple::from_slice(th, &[f, args])
}

/// `(function, (seq,), index)`.
pub fn reduce_at(th: &Thread, function: &str, seq: Value, index: Value) -> Res {
    let f = builtin(th, function)?;
    let args = tuple::from_slice(th, &[seq])?;
    tuple::from_slice(th, &[f, args, index])
}

fn list_next(th: &Thread, a: &[Value]) -> Res {
    ListIter::of(a[0]).step().ok_or_else(|| th.stop_iteration())
}

fn list_hint(th: &Thread, a: &[Value]) -> Res {
    let it = ListIter::of(a[0]);
    let n = List::from_value(it.seq.get()).map_or(0, |l| l.len().saturating_sub(it.index.get()));
    Ok(int::from_usize(th, n))
}

fn list_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = ListIter::of(a[0]);
    match List::from_value(it.seq.get()) {
        Some(l) => reduce_at(th, "iter", l.value(), int::from_usize(th, it.index.get())),
        None => reduce_empty(th, list::new(th).value()),
    }
}

fn list_setstate(th: &Thread, a: &[Value]) -> Res {
    let i = state_arg(th, a[1])?;
    let it = ListIter::of(a[0]);
    if let Some(l) = List::from_value(it.seq.get()) {
        it.index.set(i.clamp(0, l.len() as i64) as usize);
    }
    Ok(Value::none())
}

fn tuple_next(th: &Thread, a: &[Value]) -> Res {
    TupleIter::of(a[0]).step().ok_or_else(|| th.stop_iteration())
}

fn tuple_hint(th: &Thread, a: &[Value]) -> Res {
    let it = TupleIter::of(a[0]);
    let n = Tuple::from_value(it.seq.get()).map_or(0, |t| t.len().saturating_sub(it.index.get()));
    Ok(int::from_usize(th, n))
}

fn tuple_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = TupleIter::of(a[0]);
    match Tuple::from_value(it.seq.get()) {
        Some(t) => reduce_at(th, "iter", t.value(), int::from_usize(th, it.index.get())),
        None => reduce_empty(th, th.interp.empty_tuple.get()),
    }
}

fn tuple_setstate(th: &Thread, a: &[Value]) -> Res {
    let i = state_arg(th, a[1])?;
    let it = TupleIter::of(a[0]);
    if let Some(t) = Tuple::from_value(it.seq.get()) {
        it.index.set(i.clamp(0, t.len() as i64) as usize);
    }
    Ok(Value::none())
}

/// Iterator over a list from its end.
pub struct ListReverseIter {
    /// The list, or the integer zero at the end.
    list: Slot,
    /// The next position, plus one.
    left: Cell<usize>,
}

impl Payload for ListReverseIter {
    const NAME: &'static str = "list_reverseiterator";
    const NEXT: Option<NextFn> = Some(list_reverse_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.list.trace(tracer);
    }
}

/// `reversed(list)`.
pub fn new_list_reverse(th: &Thread, l: List) -> Res {
    let it = ListReverseIter { list: Slot::new(l.value()), left: Cell::new(l.len()) };
    custom::alloc_exact(th, TypeId::ListReverseIter, it)
}

fn list_reverse_step(_: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<ListReverseIter>::of(v);
    let Some(l) = List::from_value(it.list.get()) else { return Ok(None) };
    if let Some(i) = it.left.get().checked_sub(1)
        && let Some(x) = l.get(i)
    {
        it.left.set(i);
        return Ok(Some(x));
    }
    it.list.init(Value::ZERO);
    Ok(None)
}

fn list_reverse_hint(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<ListReverseIter>::of(a[0]);
    let left = it.left.get();
    let n = List::from_value(it.list.get()).filter(|l| l.len() >= left).map_or(0, |_| left);
    Ok(int::from_usize(th, n))
}

fn list_reverse_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<ListReverseIter>::of(a[0]);
    match List::from_value(it.list.get()) {
        Some(l) => reduce_at(th, "reversed", l.value(), Value::small(it.left.get() as i64 - 1)),
        None => reduce_empty(th, list::new(th).value()),
    }
}

fn list_reverse_setstate(th: &Thread, a: &[Value]) -> Res {
    let i = state_arg(th, a[1])?;
    let it = Custom::<ListReverseIter>::of(a[0]);
    if let Some(l) = List::from_value(it.list.get()) {
        it.left.set((i.clamp(-1, l.len() as i64 - 1) + 1) as usize);
    }
    Ok(Value::none())
}

/// One step over an object with `__getitem__`.
pub fn sequence_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<SequenceIter>::of(v);
    let seq = it.seq.get();
    if seq == Value::UNBOUND {
        return Ok(None);
    }
    let i = it.index.get();
    if i == i64::MAX {
        return Err(th.overflow_error("iter index too large"));
    }
    let r = protocol::getitem(th, seq, int::from_i64(th, i));
    if r.is_err() && (th.pending_is(TypeId::IndexError) || th.pending_is(TypeId::StopIteration)) {
        th.clear_pending();
        it.seq.init(Value::UNBOUND);
        return Ok(None);
    }
    let r = r?;
    it.index.set(i + 1);
    Ok(Some(r))
}

fn sequence_hint(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<SequenceIter>::of(a[0]);
    let seq = it.seq.get();
    if seq == Value::UNBOUND {
        return Ok(Value::ZERO);
    }
    if Class::of_value(th, seq).special(th, Name::__len__).is_none() {
        return Ok(Value::not_implemented());
    }
    let n = protocol::len(th, seq)? as i64;
    Ok(int::from_i64(th, (n - it.index.get()).max(0)))
}

fn sequence_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<SequenceIter>::of(a[0]);
    let seq = it.seq.get();
    if seq == Value::UNBOUND {
        return reduce_empty(th, th.interp.empty_tuple.get());
    }
    reduce_at(th, "iter", seq, int::from_i64(th, it.index.get()))
}

fn sequence_setstate(th: &Thread, a: &[Value]) -> Res {
    let i = state_arg(th, a[1])?;
    let it = Custom::<SequenceIter>::of(a[0]);
    if it.seq.get() != Value::UNBOUND {
        it.index.set(i.max(0));
    }
    Ok(Value::none())
}

/// `iter(callable, sentinel)`.
pub struct CallableIter {
    /// Both are `UNBOUND` at the end.
    callable: Slot,
    sentinel: Slot,
}

impl Payload for CallableIter {
    const NAME: &'static str = "callable_iterator";
    const NEXT: Option<NextFn> = Some(callable_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.callable.trace(tracer);
        self.sentinel.trace(tracer);
    }
}

/// `iter(callable, sentinel)`; the caller checked that it can be called.
pub fn new_callable_iter(th: &Thread, callable: Value, sentinel: Value) -> Res {
    let it = CallableIter { callable: Slot::new(callable), sentinel: Slot::new(sentinel) };
    custom::alloc_exact(th, TypeId::CallableIter, it)
}

fn callable_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<CallableIter>::of(v);
    let f = it.callable.get();
    if f == Value::UNBOUND {
        return Ok(None);
    }
    let r = call::call(th, f, &[]);
    let r = th.catch(r, TypeId::StopIteration)?;
    // The call may have exhausted the iterator itself.
    let sentinel = it.sentinel.get();
    if let Some(r) = r
        && sentinel != Value::UNBOUND
        && !(r == sentinel || protocol::compare_bool(th, Cmp::Eq, r, sentinel)?)
    {
        return Ok(Some(r));
    }
    it.callable.init(Value::UNBOUND);
    it.sentinel.init(Value::UNBOUND);
    Ok(None)
}

fn callable_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<CallableIter>::of(a[0]);
    if it.callable.get() == Value::UNBOUND {
        return reduce_empty(th, th.interp.empty_tuple.get());
    }
    let f = builtin(th, "iter")?;
    let args = tuple::from_slice(th, &[it.callable.get(), it.sentinel.get()])?;
    tuple::from_slice(th, &[f, args])
}

natives! {
    static LIST_ITER = {
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" list_next, "", Writes;
        method "__length_hint__" "()" list_hint, "", Reads;
        method "__reduce__" "()" list_reduce, "";
        method "__setstate__" "(object, /)" list_setstate, "";
    }
}

natives! {
    static LIST_REVERSE_ITER = {
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "", Writes;
        method "__length_hint__" "()" list_reverse_hint, "", Reads;
        method "__reduce__" "()" list_reverse_reduce, "";
        method "__setstate__" "(object, /)" list_reverse_setstate, "";
    }
}

natives! {
    static TUPLE_ITER = {
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" tuple_next, "", Writes;
        method "__length_hint__" "()" tuple_hint, "", Reads;
        method "__reduce__" "()" tuple_reduce, "";
        method "__setstate__" "(object, /)" tuple_setstate, "";
    }
}

natives! {
    static SEQUENCE_ITER = {
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "";
        method "__length_hint__" "()" sequence_hint, "";
        method "__reduce__" "()" sequence_reduce, "";
        method "__setstate__" "(object, /)" sequence_setstate, "";
    }
}

natives! {
    static CALLABLE_ITER = {
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" callable_reduce, "";
    }
}

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::ListIter, "", LIST_ITER, &[]),
    TypeTable::new(TypeId::ListReverseIter, "", LIST_REVERSE_ITER, &[]),
    TypeTable::new(TypeId::TupleIter, "", TUPLE_ITER, &[]),
    TypeTable::new(TypeId::SeqIter, "", SEQUENCE_ITER, &[]),
    TypeTable::new(TypeId::CallableIter, "", CALLABLE_ITER, &[]),
];
