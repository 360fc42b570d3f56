//! The iterator over arrays.

use super::Handle;
use crate::support::{reduce_exhausted, ssize, tup};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::native_class::NativeClass;
use krait_object::payload;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{construct, int, natives};
use std::cell::Cell;

struct Iter {
    /// The array, or None at the end.
    array: Slot,
    index: Cell<usize>,
}

payload!(Iter, "arrayiterator", [array], next step);

/// `iter(a)`.
pub fn new(th: &Thread, a: Handle) -> Res {
    let it = Iter { array: Slot::new(a.value()), index: Cell::new(0) };
    Ok(custom::alloc(th, ITER.get(th)?, it)?.value())
}

fn step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Iter>::of(v);
    let Some(a) = Handle::from_value(it.array.get()) else { return Ok(None) };
    let i = it.index.get();
    match a.get(th, i)? {
        Some(x) => {
            it.index.set(i + 1);
            Ok(Some(x))
        }
        None => {
            it.array.init(Value::none());
            Ok(None)
        }
    }
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Iter>::of(a[0]);
    if it.array.get().is_none() {
        return reduce_exhausted(th);
    }
    let args = tup(th, &[it.array.get()])?;
    tup(th, &[construct::builtin(th, "iter")?, args, int::from_usize(th, it.index.get())])
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let n = ssize(th, a[1])?;
    let it = Custom::<Iter>::of(a[0]);
    if let Some(array) = Handle::from_value(it.array.get()) {
        it.index.set(n.clamp(0, array.len() as isize) as usize);
    }
    Ok(Value::none())
}

natives! {
    static METHODS = {
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" reduce, "";
        method "__setstate__" "(state, /)" setstate, "";
    }
}

static ITER: NativeClass =
    NativeClass::new(ClassSpec::new("array.arrayiterator", "", METHODS, &[]).flags(flag::NO_NEW));
