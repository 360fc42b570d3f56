//! `tee`: iterators that share the items read from one source.
//!
//! The items lie in a chain of blocks; each iterator holds the block it is in, so that blocks
//! all iterators have passed can be collected.

use super::deprecated;
use super::simple::copy_method;
use crate::support::{payload, ssize, state_tuple, tup};
use krait_gc::Tracer;
use krait_object::cellref::{Owned, Slot};
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload, iter_method, next_method};
use krait_object::list::{self, List};
use krait_object::native_class::NativeClass;
use krait_object::storage::{Slots, ValueVec};
use krait_object::thread::{Res, Thread};
use krait_object::tuple;
use krait_object::value::Value;
use krait_object::{call, natives, protocol};
use std::cell::Cell;

/// Items per block.
const BLOCK: usize = 57;

struct TeeData {
    iterator: Slot,
    items: Owned,
    filled: Cell<usize>,
    running: Cell<bool>,
    /// The next block, or None.
    next: Slot,
}

impl Payload for TeeData {
    const NAME: &'static str = "_tee_dataobject";
    fn trace(&self, tracer: &mut Tracer) {
        self.iterator.trace(tracer);
        self.items.trace(tracer);
        self.next.trace(tracer);
    }
}

fn new_block(th: &Thread, iterator: Value) -> Res<Custom<TeeData>> {
    let items = Slots::new(th, BLOCK)?;
    let d = TeeData {
        iterator: Slot::new(iterator),
        items: Owned::new(items.raw()),
        filled: Cell::new(0),
        running: Cell::new(false),
        next: Slot::new(Value::none()),
    };
    custom::alloc(th, TEE_DATA.get(th)?, d)
}

fn slots(d: Custom<TeeData>) -> Option<Slots> {
    // SAFETY: null or this block's array.
    unsafe { Slots::from_raw(d.items.get()) }
}

/// Item `i` of a block, read from the source if it is the next one.
fn item(th: &Thread, d: Custom<TeeData>, i: usize) -> Res<Option<Value>> {
    let Some(s) = slots(d) else { return Ok(None) };
    if i < d.filled.get() {
        return Ok(Some(s.get(i)));
    }
    if d.running.get() {
        return Err(th.runtime_error("cannot re-enter the tee iterator"));
    }
    d.running.set(true);
    let r = protocol::next(th, d.iterator.get());
    d.running.set(false);
    if let Ok(Some(v)) = r {
        s.set(th, i, v);
        d.filled.set(i + 1);
    }
    r
}

fn next_block(th: &Thread, d: Custom<TeeData>) -> Res<Custom<TeeData>> {
    if let Some(n) = Custom::<TeeData>::from_value(d.next.get()) {
        return Ok(n);
    }
    let n = new_block(th, d.iterator.get())?;
    d.next.set(th, d.cell(), n.value());
    Ok(n)
}

fn data_new(th: &Thread, a: &[Value]) -> Res {
    TEE_DATA.class_arg(th, a[0])?;
    let Some(values) = List::from_value(a[2]) else {
        let given = type_name(th, a[2]);
        return Err(th.type_error(format!("_tee_dataobject() argument 2 must be list, not {given}")));
    };
    let d = new_block(th, a[1])?;
    let n = values.len();
    if n > BLOCK {
        return Err(th.value_error("Invalid arguments"));
    }
    if let Some(s) = slots(d) {
        s.copy_from(th, 0, values.as_slice().as_ptr(), n);
    }
    d.filled.set(n);
    let next = a[3];
    if !next.is_none() {
        if n != BLOCK || Custom::<TeeData>::from_value(next).is_none() {
            return Err(th.value_error("Invalid arguments"));
        }
        d.next.set(th, d.cell(), next);
    }
    Ok(d.value())
}

fn data_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let d = Custom::<TeeData>::of(a[0]);
    let mut values = ValueVec::with_capacity(th, d.filled.get())?;
    if let Some(s) = slots(d) {
        for i in 0..d.filled.get() {
            values.push(th, s.get(i))?;
        }
    }
    let values = list::from_vec(th, values);
    crate::support::reduce(th, a[0], &[d.iterator.get(), values, d.next.get()])
}

natives! {
    static DATA_METHODS = {
        staticmethod "__new__" "(cls, iterable, values, next, /)" data_new, "";
        method "__reduce__" "()" data_reduce, "";
    }
}

pub static TEE_DATA: NativeClass =
    NativeClass::new(ClassSpec::new("itertools._tee_dataobject", "", DATA_METHODS, &[]).flags(0));

struct Tee {
    data: Slot,
    index: Cell<usize>,
}

payload!(Tee, "_tee", [data], next tee_step);

fn tee_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let t = Custom::<Tee>::of(v);
    let mut d = Custom::<TeeData>::of(t.data.get());
    if t.index.get() >= BLOCK {
        d = next_block(th, d)?;
        t.data.set(th, t.cell(), d.value());
        t.index.set(0);
    }
    let r = item(th, d, t.index.get())?;
    if r.is_some() {
        t.index.set(t.index.get() + 1);
    }
    Ok(r)
}

fn copy_of(th: &Thread, t: Custom<Tee>) -> Res {
    let copy = Tee { data: Slot::new(t.data.get()), index: Cell::new(t.index.get()) };
    Ok(custom::alloc(th, TEE.get(th)?, copy)?.value())
}

fn from_iterable(th: &Thread, v: Value) -> Res {
    let it = protocol::iter(th, v)?;
    if let Some(t) = Custom::<Tee>::from_value(it) {
        return copy_of(th, t);
    }
    let data = new_block(th, it)?;
    let t = Tee { data: Slot::new(data.value()), index: Cell::new(0) };
    Ok(custom::alloc(th, TEE.get(th)?, t)?.value())
}

fn tee_new(th: &Thread, a: &[Value]) -> Res {
    TEE.class_arg(th, a[0])?;
    from_iterable(th, a[1])
}

fn tee_copy(th: &Thread, a: &[Value]) -> Res {
    copy_of(th, Custom::of(a[0]))
}

fn tee_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let t = Custom::<Tee>::of(a[0]);
    let state = tup(th, &[t.data.get(), Value::small(t.index.get() as i64)])?;
    crate::support::reduce_with(th, a[0], &[th.interp.empty_tuple.get()], state)
}

fn tee_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let state = state_tuple(th, a[1], 2, 2)?;
    if Custom::<TeeData>::from_value(state.get(0)).is_none() {
        let given = type_name(th, state.get(0));
        return Err(th.type_error(format!("argument 1 must be itertools._tee_dataobject, not {given}")));
    }
    let index = ssize(th, state.get(1))?;
    if !(0..=BLOCK as isize).contains(&index) {
        return Err(th.value_error("Index out of range"));
    }
    let t = Custom::<Tee>::of(a[0]);
    t.data.set(th, t.cell(), state.get(0));
    t.index.set(index as usize);
    Ok(Value::none())
}

natives! {
    static TEE_METHODS = {
        staticmethod "__new__" "(cls, iterable, /)" tee_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__copy__" "()" tee_copy, "";
        method "__reduce__" "()" tee_reduce, "";
        method "__setstate__" "(state, /)" tee_setstate, "";
    }
}

pub static TEE: NativeClass = NativeClass::new(
    ClassSpec::new("itertools._tee", "_tee(iterable, /)\n--\n\n", TEE_METHODS, &[]).flags(flag::WEAKREF),
);

/// `itertools.tee(iterable, n=2)`.
pub fn tee(th: &Thread, a: &[Value]) -> Res {
    let n = match a[1].given() {
        Some(v) => ssize(th, v)?,
        None => 2,
    };
    if n < 0 {
        return Err(th.value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(th.interp.empty_tuple.get());
    }
    let mut it = protocol::iter(th, a[0])?;
    let copy = match copy_method(th, it)? {
        Some(f) => f,
        None => {
            it = from_iterable(th, it)?;
            copy_method(th, it)?.ok_or_else(|| th.runtime_error("a tee without a copy"))?
        }
    };
    let mut out = ValueVec::with_capacity(th, n as usize)?;
    out.push(th, it)?;
    while out.len() < n as usize {
        let c = call::call(th, copy, &[])?;
        out.push(th, c)?;
    }
    tuple::from_vec(th, &out)
}
