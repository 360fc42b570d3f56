//! `islice` and `zip_longest`.

use super::deprecated;
use crate::support::{no_keywords, payload, reduce_with, tup};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::dict::Dict;
use krait_object::native_class::NativeClass;
use krait_object::shape::fixed;
use krait_object::storage::ValueVec;
use krait_object::string::Str;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{int, list, natives, protocol};
use std::cell::Cell;

struct Islice {
    /// The iterator, or None at the end.
    iterator: Slot,
    next: Cell<i64>,
    /// -1: no end.
    stop: Cell<i64>,
    step: Cell<i64>,
    count: Cell<i64>,
}

payload!(Islice, "islice", [iterator], next islice_step);

/// An index, or `None` when it is none or does not fit (the error is dropped).
fn bound(th: &Thread, v: Value) -> Option<i64> {
    match protocol::index(th, v) {
        Ok(i) => int::to_i64(i),
        Err(_) => {
            th.clear_pending();
            None
        }
    }
}

fn islice_new(th: &Thread, a: &[Value]) -> Res {
    let class = ISLICE.class_arg(th, a[0])?;
    no_keywords(th, "islice", crate::support::inherits_init(th, class), a[2])?;
    let args = Tuple::of(a[1]).as_slice();
    if !(2..=4).contains(&args.len()) {
        let (how, n) = if args.len() < 2 { ("least", 2) } else { ("most", 4) };
        return Err(th.type_error(format!("islice expected at {how} {n} arguments, got {}", args.len())));
    }
    let stop_error = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let read_stop = |v: Value| -> Res<i64> {
        if v.is_none() {
            return Ok(-1);
        }
        match bound(th, v) {
            Some(n) if n != -1 => Ok(n),
            _ => Err(th.value_error(stop_error)),
        }
    };
    let (start, stop) = if args.len() == 2 {
        (0, read_stop(args[1])?)
    } else {
        let start = if args[1].is_none() { 0 } else { bound(th, args[1]).unwrap_or(-1) };
        (start, read_stop(args[2])?)
    };
    if start < 0 || stop < -1 {
        return Err(th.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
    }
    let step = match args.get(3) {
        Some(v) if !v.is_none() => bound(th, *v).unwrap_or(-1),
        _ => 1,
    };
    if step < 1 {
        return Err(th.value_error("Step for islice() must be a positive integer or None."));
    }
    let iterator = protocol::iter(th, args[0])?;
    let p = Islice {
        iterator: Slot::new(iterator),
        next: Cell::new(start),
        stop: Cell::new(stop),
        step: Cell::new(step),
        count: Cell::new(0),
    };
    Ok(custom::alloc(th, class, p)?.value())
}

fn islice_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let s = Custom::<Islice>::of(v);
    let it = s.iterator.get();
    if it.is_none() {
        return Ok(None);
    }
    let r = islice_advance(th, s, it);
    if !matches!(r, Ok(Some(_))) {
        s.iterator.init(Value::none());
    }
    r
}

fn islice_advance(th: &Thread, s: Custom<Islice>, it: Value) -> Res<Option<Value>> {
    while s.count.get() < s.next.get() {
        if protocol::next(th, it)?.is_none() {
            return Ok(None);
        }
        s.count.set(s.count.get() + 1);
    }
    let stop = s.stop.get();
    if stop != -1 && s.count.get() >= stop {
        return Ok(None);
    }
    let Some(x) = protocol::next(th, it)? else { return Ok(None) };
    s.count.set(s.count.get() + 1);
    match s.next.get().checked_add(s.step.get()) {
        Some(n) if stop == -1 || n <= stop => s.next.set(n),
        _ => s.next.set(stop),
    }
    Ok(Some(x))
}

fn islice_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let s = Custom::<Islice>::of(a[0]);
    if s.iterator.get().is_none() {
        let empty = list::new(th).value();
        let it = protocol::iter(th, empty)?;
        return reduce_with(th, a[0], &[it, Value::ZERO], Value::ZERO);
    }
    let stop = if s.stop.get() == -1 { Value::none() } else { int::from_i64(th, s.stop.get()) };
    let (next, step) = (int::from_i64(th, s.next.get()), int::from_i64(th, s.step.get()));
    let count = int::from_i64(th, s.count.get());
    reduce_with(th, a[0], &[s.iterator.get(), next, stop, step], count)
}

fn islice_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let n = crate::support::ssize(th, a[1])?;
    Custom::<Islice>::of(a[0]).count.set(n as i64);
    Ok(Value::none())
}

natives! {
    static ISLICE_METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" islice_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" islice_reduce, "";
        method "__setstate__" "(state, /)" islice_setstate, "";
    }
}

pub static ISLICE: NativeClass =
    NativeClass::new(ClassSpec::new("itertools.islice", "", ISLICE_METHODS, &[]).flags(flag::BASE));

struct ZipLongest {
    /// A private tuple of the iterators; an exhausted one is replaced by `UNBOUND`.
    iterators: Slot,
    fill: Slot,
    active: Cell<usize>,
}

payload!(ZipLongest, "zip_longest", [iterators, fill], next zip_longest_step);

fn zip_longest_new(th: &Thread, a: &[Value]) -> Res {
    let class = ZIP_LONGEST.class_arg(th, a[0])?;
    let mut fill = Value::none();
    if let Some(d) = Dict::from_value(a[2]) {
        let mut at = 0;
        while let Some((k, v)) = d.next(th, &mut at) {
            if !Str::from_value(k).is_some_and(|s| s.is("fillvalue")) || d.len() > 1 {
                return Err(th.type_error("zip_longest() got an unexpected keyword argument"));
            }
            fill = v;
        }
    }
    let args = Tuple::of(a[1]).as_slice();
    let iterators = tuple::allocate(th, args.len(), fixed::TUPLE, 0)?;
    for (i, &v) in args.iter().enumerate() {
        let it = protocol::iter(th, v)?;
        iterators.set_item(th, i, it);
    }
    let p = ZipLongest {
        iterators: Slot::new(iterators.value()),
        fill: Slot::new(fill),
        active: Cell::new(args.len()),
    };
    Ok(custom::alloc(th, class, p)?.value())
}

fn zip_longest_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let z = Custom::<ZipLongest>::of(v);
    if z.active.get() == 0 {
        return Ok(None);
    }
    let its = Tuple::of(z.iterators.get());
    let mut items = ValueVec::with_capacity(th, its.len())?;
    for i in 0..its.len() {
        let it = its.get(i);
        let mut item = z.fill.get();
        if it != Value::UNBOUND {
            match protocol::next(th, it) {
                Ok(Some(x)) => item = x,
                Ok(None) => {
                    z.active.set(z.active.get().saturating_sub(1));
                    if z.active.get() == 0 {
                        return Ok(None);
                    }
                    its.set_item(th, i, Value::UNBOUND);
                }
                Err(e) => {
                    z.active.set(0);
                    return Err(e);
                }
            }
        }
        items.push(th, item)?;
    }
    tuple::from_vec(th, &items).map(Some)
}

fn zip_longest_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let z = Custom::<ZipLongest>::of(a[0]);
    let its = Tuple::of(z.iterators.get());
    let mut args = ValueVec::with_capacity(th, its.len())?;
    for &it in its.as_slice() {
        args.push(th, if it == Value::UNBOUND { th.interp.empty_tuple.get() } else { it })?;
    }
    let args = tuple::from_vec(th, &args)?;
    tup(th, &[crate::support::class_of(th, a[0]), args, z.fill.get()])
}

fn zip_longest_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let z = Custom::<ZipLongest>::of(a[0]);
    z.fill.set(th, z.cell(), a[1]);
    Ok(Value::none())
}

natives! {
    static ZIP_LONGEST_METHODS = {
        staticmethod "__new__" "(cls, *iterables, **kwargs)" zip_longest_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" zip_longest_reduce, "";
        method "__setstate__" "(state, /)" zip_longest_setstate, "";
    }
}

pub static ZIP_LONGEST: NativeClass =
    NativeClass::new(ClassSpec::new("itertools.zip_longest", "", ZIP_LONGEST_METHODS, &[]).flags(flag::BASE));
