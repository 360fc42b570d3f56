//! What programs see of `range` and its iterators.
//!
//! Start, stop, step and length are ints of any size. While all fit 62 bits the
//! arithmetic is that of machine words; otherwise `int_arith` does it.

use crate::bootstrap::TypeTable;
use crate::cellref::Slot;
use crate::class::{flag, type_name};
use crate::construct::{self, builtin};
use crate::custom::{self, Custom, NextFn, Payload, iter_method, next_method};
use crate::descriptor::GetSetDef;
use crate::iterators::RangeIter;
use crate::protocol;
use crate::range::{self, Range};
use crate::slice::Slice;
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{hash as hashing, int, int_arith, natives};
use krait_gc::Tracer;
use std::cell::Cell;
use std::cmp::Ordering;

fn new(th: &Thread, a: &[Value]) -> Res {
    construct::class_arg(th, a[0], TypeId::Range)?;
    of_args(th, a[1], a[2].given(), a[3].given())
}

/// `range(stop)` or `range(first, stop, step=1)`.
///
/// # Errors
/// TypeError for arguments that are no integers, ValueError for a step of zero.
pub fn of_args(th: &Thread, first: Value, stop: Option<Value>, step: Option<Value>) -> Res {
    let Some(stop) = stop else {
        let stop = protocol::index(th, first)?;
        return make(th, Value::ZERO, stop, Value::small(1));
    };
    let start = protocol::index(th, first)?;
    let stop = protocol::index(th, stop)?;
    let step = match step {
        Some(v) => protocol::index(th, v)?,
        None => Value::small(1),
    };
    if step == Value::ZERO {
        return Err(th.value_error("range() arg 3 must not be zero"));
    }
    make(th, start, stop, step)
}

/// A range of exact ints; the step is not zero.
pub fn make(th: &Thread, start: Value, stop: Value, step: Value) -> Res {
    let length = length_of(th, start, stop, step)?;
    Ok(range::new(th, start, stop, step, length))
}

fn is_negative(v: Value) -> bool {
    int::with_ref(v, |r| r.neg)
}

fn length_of(th: &Thread, start: Value, stop: Value, step: Value) -> Res {
    if let (Some(start), Some(stop), Some(step)) = (start.small_int(), stop.small_int(), step.small_int()) {
        return Ok(int::from_u64(th, range::length(start, stop, step)));
    }
    let (lo, hi, by) =
        if is_negative(step) { (stop, start, int_arith::neg(th, step)?) } else { (start, stop, step) };
    if int_arith::compare(lo, hi) != Ordering::Less {
        return Ok(Value::ZERO);
    }
    // (hi - lo - 1) // by + 1
    let distance = int_arith::sub(th, hi, lo)?;
    let last = int_arith::sub(th, distance, Value::small(1))?;
    let q = int_arith::floordiv(th, last, by)?;
    int_arith::add(th, q, Value::small(1))
}

/// `start + i * step`.
fn item(th: &Thread, start: Value, step: Value, i: Value) -> Res {
    let d = int_arith::mul(th, i, step)?;
    int_arith::add(th, start, d)
}

fn own(v: Value) -> Range {
    Range::of(v)
}

fn len(th: &Thread, a: &[Value]) -> Res {
    let n = own(a[0]).length.get();
    match int::to_i64(n) {
        Some(_) => Ok(n),
        None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

fn truth(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(own(a[0]).length.get() != Value::ZERO))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let r = own(a[0]);
    if let Some(i) = protocol::index_opt(th, a[1])? {
        let n = r.length.get();
        let i = if is_negative(i) { int_arith::add(th, i, n)? } else { i };
        if is_negative(i) || int_arith::compare(i, n) != Ordering::Less {
            return Err(th.index_error("range object index out of range"));
        }
        return item(th, r.start.get(), r.step.get(), i);
    }
    match Slice::from_value(a[1]) {
        Some(s) => subrange(th, r, s),
        None => {
            Err(th
                .type_error(format!("range indices must be integers or slices, not {}", type_name(th, a[1]))))
        }
    }
}

fn subrange(th: &Thread, r: Range, s: Slice) -> Res {
    let (start, stop, step) = crate::slice_methods::indices_of(th, s, r.length.get())?;
    let (from, by) = (r.start.get(), r.step.get());
    let first = item(th, from, by, start)?;
    let last = item(th, from, by, stop)?;
    let step = int_arith::mul(th, by, step)?;
    make(th, first, last, step)
}

/// Is the int in the range?
fn has(th: &Thread, r: Range, v: Value) -> Res<bool> {
    let (start, stop, step) = (r.start.get(), r.stop.get(), r.step.get());
    let (lo, hi) = if is_negative(step) {
        (Ordering::Greater, Ordering::Less)
    } else {
        (Ordering::Less, Ordering::Greater)
    };
    // Between start (included) and stop (excluded), in the direction of the step.
    if int_arith::compare(v, start) == lo || int_arith::compare(stop, v) != hi {
        return Ok(false);
    }
    let distance = int_arith::sub(th, v, start)?;
    Ok(int_arith::modulo(th, distance, step)? == Value::ZERO)
}

fn is_exact_int(v: Value) -> bool {
    use crate::shape::fixed;
    v.is_small_int() || v.has_shape(fixed::INT) || v.has_shape(fixed::BOOL)
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    if is_exact_int(a[1]) {
        return Ok(Value::bool(has(th, own(a[0]), a[1])?));
    }
    Ok(Value::bool(protocol::contains_by_iteration(th, a[0], a[1])?))
}

fn count(th: &Thread, a: &[Value]) -> Res {
    if is_exact_int(a[1]) {
        return Ok(Value::small(has(th, own(a[0]), a[1])? as i64));
    }
    let it = protocol::range_iter(th, own(a[0]))?;
    let mut n = 0;
    while let Some(x) = protocol::next(th, it)? {
        n += protocol::equal(th, x, a[1])? as i64;
    }
    Ok(Value::small(n))
}

fn index(th: &Thread, a: &[Value]) -> Res {
    let r = own(a[0]);
    if is_exact_int(a[1]) {
        if has(th, r, a[1])? {
            let distance = int_arith::sub(th, a[1], r.start.get())?;
            return int_arith::floordiv(th, distance, r.step.get());
        }
        let shown = protocol::repr_text(th, a[1])?;
        return Err(th.value_error(format!("{shown} is not in range")));
    }
    let it = protocol::range_iter(th, r)?;
    let mut n = 0;
    while let Some(x) = protocol::next(th, it)? {
        if protocol::equal(th, x, a[1])? {
            return Ok(Value::small(n));
        }
        n += 1;
    }
    Err(th.value_error("sequence.index(x): x not in sequence"))
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    protocol::range_iter(th, own(a[0]))
}

fn reversed(th: &Thread, a: &[Value]) -> Res {
    let r = own(a[0]);
    let n = r.length.get();
    let last = int_arith::sub(th, n, Value::small(1))?;
    let start = item(th, r.start.get(), r.step.get(), last)?;
    let step = int_arith::neg(th, r.step.get())?;
    let stop = item(th, start, step, n)?;
    let back = Range::of(range::new(th, start, stop, step, n));
    protocol::range_iter(th, back)
}

/// Ranges are equal when they are as sequences.
fn equal(a: &[Value]) -> Option<bool> {
    let (x, y) = (own(a[0]), Range::from_value(a[1])?);
    let same = |p: Value, q: Value| int_arith::compare(p, q) == Ordering::Equal;
    let n = x.length.get();
    Some(
        x == y
            || same(n, y.length.get())
                && (n == Value::ZERO
                    || same(x.start.get(), y.start.get())
                        && (n == Value::small(1) || same(x.step.get(), y.step.get()))),
    )
}

fn eq(_: &Thread, a: &[Value]) -> Res {
    Ok(equal(a).map_or(Value::not_implemented(), Value::bool))
}

fn ne(_: &Thread, a: &[Value]) -> Res {
    Ok(equal(a).map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

fn unordered(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let r = own(a[0]);
    let n = r.length.get();
    // As the tuple (length, start, step) with None where it makes no difference.
    let (start, step) = if n == Value::ZERO {
        (Value::none(), Value::none())
    } else if n == Value::small(1) {
        (r.start.get(), Value::none())
    } else {
        (r.start.get(), r.step.get())
    };
    let mut acc = hashing::TUPLE_START;
    for v in [n, start, step] {
        acc = hashing::tuple_lane(acc, protocol::hash(th, v)?);
    }
    Ok(Value::small(hashing::tuple_finish(acc, 3)))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let r = own(a[0]);
    let (start, stop) = (protocol::repr_text(th, r.start.get())?, protocol::repr_text(th, r.stop.get())?);
    if r.step.get() == Value::small(1) {
        return string::try_new(th, &format!("range({start}, {stop})"));
    }
    let step = protocol::repr_text(th, r.step.get())?;
    string::try_new(th, &format!("range({start}, {stop}, {step})"))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let r = own(a[0]);
    let args = tuple::from_slice(th, &[r.start.get(), r.stop.get(), r.step.get()])?;
    tuple::from_slice(th, &[th.interp.class_value(TypeId::Range), args])
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, start, stop=None, step=1, /)" new, "";
        method "__repr__" "()" repr, "";
        method "__hash__" "()" hash, "";
        method "__bool__" "()" truth, "", Pure;
        method "__lt__" "(value, /)" unordered, "", Pure;
        method "__le__" "(value, /)" unordered, "", Pure;
        method "__eq__" "(value, /)" eq, "", Pure;
        method "__ne__" "(value, /)" ne, "", Pure;
        method "__gt__" "(value, /)" unordered, "", Pure;
        method "__ge__" "(value, /)" unordered, "", Pure;
        method "__iter__" "()" iter, "", Writes;
        method "__len__" "()" len, "", Pure;
        method "__contains__" "(key, /)" contains, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__reversed__" "()" reversed, "An iterator over the numbers from the end.", Writes;
        method "__reduce__" "()" reduce, "";
        method "count" "(object, /)" count, "How often the number occurs: 0 or 1.";
        method "index" "(object, /)" index, "The position of the number; ValueError if it is not there.";
    }
}

fn get_start(_: &Thread, v: Value) -> Res {
    Ok(own(v).start.get())
}

fn get_stop(_: &Thread, v: Value) -> Res {
    Ok(own(v).stop.get())
}

fn get_step(_: &Thread, v: Value) -> Res {
    Ok(own(v).step.get())
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("start", get_start, "").member(),
    GetSetDef::ro("stop", get_stop, "").member(),
    GetSetDef::ro("step", get_step, "").member(),
];

fn iter_next(th: &Thread, a: &[Value]) -> Res {
    RangeIter::of(a[0]).step().ok_or_else(|| th.stop_iteration())
}

fn iter_hint(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_u64(th, RangeIter::of(a[0]).left.get()))
}

/// `(iter, (range(...),), None)`: the rest of an iteration.
fn reduce_rest(th: &Thread, start: Value, step: Value, left: Value) -> Res {
    let stop = item(th, start, step, left)?;
    let rest = range::new(th, start, stop, step, left);
    let f = builtin(th, "iter")?;
    let args = tuple::from_slice(th, &[rest])?;
    tuple::from_slice(th, &[f, args, Value::none()])
}

fn iter_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = RangeIter::of(a[0]);
    let (start, step) = (int::from_i64(th, it.next.get()), int::from_i64(th, it.step.get()));
    reduce_rest(th, start, step, int::from_u64(th, it.left.get()))
}

fn iter_setstate(th: &Thread, a: &[Value]) -> Res {
    let it = RangeIter::of(a[0]);
    let i = crate::seq_iter_methods::state_arg(th, a[1])?.max(0) as u64;
    let i = i.min(it.left.get());
    it.next.set(it.next.get().wrapping_add((i as i64).wrapping_mul(it.step.get())));
    it.left.set(it.left.get() - i);
    Ok(Value::none())
}

natives! {
    static ITER = {
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" iter_next, "", Writes;
        method "__length_hint__" "()" iter_hint, "", Reads;
        method "__reduce__" "()" iter_reduce, "";
        method "__setstate__" "(object, /)" iter_setstate, "";
    }
}

/// Iterator over a range with numbers beyond the immediate ones.
pub struct LongRangeIter {
    range: Slot,
    /// Items given so far, any int.
    index: Slot,
    /// Nothing is left.
    done: Cell<bool>,
}

impl Payload for LongRangeIter {
    const NAME: &'static str = "longrange_iterator";
    const NEXT: Option<NextFn> = Some(long_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.range.trace(tracer);
        self.index.trace(tracer);
    }
}

/// Iterator over any range.
pub fn new_long_range_iter(th: &Thread, r: Range) -> Res {
    let i = LongRangeIter {
        range: Slot::new(r.value()),
        index: Slot::new(Value::ZERO),
        done: Cell::new(r.length.get() == Value::ZERO),
    };
    custom::alloc_exact(th, TypeId::LongRangeIter, i)
}

fn long_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<LongRangeIter>::of(v);
    if it.done.get() {
        return Ok(None);
    }
    let (r, i) = (Range::of(it.range.get()), it.index.get());
    let x = item(th, r.start.get(), r.step.get(), i)?;
    set_index(th, it, int_arith::add(th, i, Value::small(1))?);
    Ok(Some(x))
}

fn set_index(th: &Thread, it: Custom<LongRangeIter>, i: Value) {
    let n = Range::of(it.range.get()).length.get();
    it.done.set(int_arith::compare(i, n) != Ordering::Less);
    it.index.set(th, it.cell(), i);
}

fn long_left(th: &Thread, it: Custom<LongRangeIter>) -> Res {
    int_arith::sub(th, Range::of(it.range.get()).length.get(), it.index.get())
}

fn long_hint(th: &Thread, a: &[Value]) -> Res {
    long_left(th, Custom::of(a[0]))
}

fn long_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<LongRangeIter>::of(a[0]);
    let r = Range::of(it.range.get());
    let start = item(th, r.start.get(), r.step.get(), it.index.get())?;
    let left = long_left(th, it)?;
    reduce_rest(th, start, r.step.get(), left)
}

fn long_setstate(th: &Thread, a: &[Value]) -> Res {
    if !int::is_int(a[1]) {
        return Err(th.type_error(format!("state must be an int, not {}", type_name(th, a[1]))));
    }
    let it = Custom::<LongRangeIter>::of(a[0]);
    let left = long_left(th, it)?;
    let by = if is_negative(a[1]) {
        Value::ZERO
    } else if int_arith::compare(a[1], left) == Ordering::Greater {
        left
    } else {
        int::exact(th, a[1])?
    };
    let i = int_arith::add(th, it.index.get(), by)?;
    set_index(th, it, i);
    Ok(Value::none())
}

natives! {
    static LONG_ITER = {
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "", Writes;
        method "__length_hint__" "()" long_hint, "", Reads;
        method "__reduce__" "()" long_reduce, "";
        method "__setstate__" "(object, /)" long_setstate, "";
    }
}

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(
        TypeId::Range,
        "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nThe integers from start (inclusive) to stop (exclusive) by step.",
        METHODS,
        GETSET,
    )
    .flags(flag::SEQUENCE),
    TypeTable::new(TypeId::RangeIter, "", ITER, &[]),
    TypeTable::new(TypeId::LongRangeIter, "", LONG_ITER, &[]),
];
