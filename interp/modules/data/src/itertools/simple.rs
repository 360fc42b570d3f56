//! `count`, `repeat`, `cycle`, `pairwise`, `batched`.

use super::deprecated;
use crate::support::{payload, reduce, reduce_with, ssize, state_tuple};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::list::{self, List};
use krait_object::names::Name;
use krait_object::native_class::NativeClass;
use krait_object::operators::{self, BinOp};
use krait_object::storage::ValueVec;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{Kind, attr, call, int, natives, protocol, string, tuple};
use std::cell::Cell;

struct Count {
    value: Slot,
    step: Slot,
    /// The step is 1 and the value started as an int of the machine's size.
    plain: Cell<bool>,
}

payload!(Count, "count", [value, step], next count_step);

fn is_number(th: &Thread, v: Value) -> bool {
    let c = Class::of_value(th, v);
    v.is_kind(Kind::Complex)
        || [Name::__index__, Name::__int__, Name::__float__].iter().any(|&n| c.special(th, n).is_some())
}

fn count_new(th: &Thread, a: &[Value]) -> Res {
    let class = COUNT.class_arg(th, a[0])?;
    let start = a[1].given().unwrap_or(Value::ZERO);
    let step = a[2].given().unwrap_or(Value::small(1));
    if !is_number(th, start) || !is_number(th, step) {
        return Err(th.type_error("a number is required"));
    }
    let plain = int::is_int(start) && int::to_i64(start).is_some() && int::to_i64(step) == Some(1);
    let start = if plain { int::exact(th, start)? } else { start };
    let c = Count { value: Slot::new(start), step: Slot::new(step), plain: Cell::new(plain) };
    Ok(custom::alloc(th, class, c)?.value())
}

fn count_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Count>::of(v);
    let now = it.value.get();
    if it.plain.get()
        && let Some(next) = now.small_int().and_then(|n| Value::try_small(n + 1))
    {
        it.value.init(next);
        return Ok(Some(now));
    }
    let next = operators::binary(th, BinOp::Add, now, it.step.get())?;
    it.value.set(th, it.cell(), next);
    Ok(Some(now))
}

/// Does the value still fit the fast mode's machine integer?
fn is_plain(it: Custom<Count>) -> bool {
    it.plain.get() && int::to_i64(it.value.get()).is_some_and(|n| n != i64::MAX)
}

fn count_repr(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Count>::of(a[0]);
    let value = protocol::repr_text(th, it.value.get())?;
    let name = Class::of_value(th, a[0]).name_text();
    let step = it.step.get();
    if is_plain(it) || int::to_i64(step) == Some(1) {
        return string::try_new(th, &format!("{name}({value})"));
    }
    let step = protocol::repr_text(th, step)?;
    string::try_new(th, &format!("{name}({value}, {step})"))
}

fn count_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let it = Custom::<Count>::of(a[0]);
    if is_plain(it) {
        return reduce(th, a[0], &[it.value.get()]);
    }
    reduce(th, a[0], &[it.value.get(), it.step.get()])
}

natives! {
    static COUNT_METHODS = {
        staticmethod "__new__" "(cls, start=0, step=1)" count_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__repr__" "()" count_repr, "";
        method "__reduce__" "()" count_reduce, "";
    }
}

pub static COUNT: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.count", "count(start=0, step=1)\n--\n\n", COUNT_METHODS, &[]).flags(flag::BASE),
);

struct Repeat {
    element: Slot,
    /// Items left; negative: without end.
    left: Cell<i64>,
}

payload!(Repeat, "repeat", [element], next repeat_step);

fn repeat_new(th: &Thread, a: &[Value]) -> Res {
    let class = REPEAT.class_arg(th, a[0])?;
    let left = match a[2].given() {
        Some(v) => (ssize(th, v)? as i64).max(0),
        None => -1,
    };
    Ok(custom::alloc(th, class, Repeat { element: Slot::new(a[1]), left: Cell::new(left) })?.value())
}

fn repeat_step(_: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Repeat>::of(v);
    match it.left.get() {
        0 => return Ok(None),
        n if n > 0 => it.left.set(n - 1),
        _ => {}
    }
    Ok(Some(it.element.get()))
}

fn repeat_repr(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Repeat>::of(a[0]);
    let element = protocol::repr_text(th, it.element.get())?;
    let name = Class::of_value(th, a[0]).name_text();
    match it.left.get() {
        n if n < 0 => string::try_new(th, &format!("{name}({element})")),
        n => string::try_new(th, &format!("{name}({element}, {n})")),
    }
}

fn repeat_hint(th: &Thread, a: &[Value]) -> Res {
    match Custom::<Repeat>::of(a[0]).left.get() {
        n if n < 0 => Err(th.type_error("len() of unsized object")),
        n => Ok(int::from_i64(th, n)),
    }
}

fn repeat_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let it = Custom::<Repeat>::of(a[0]);
    match it.left.get() {
        n if n < 0 => reduce(th, a[0], &[it.element.get()]),
        n => reduce(th, a[0], &[it.element.get(), int::from_i64(th, n)]),
    }
}

natives! {
    static REPEAT_METHODS = {
        staticmethod "__new__" "(cls, object, times=None)" repeat_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__repr__" "()" repeat_repr, "";
        method "__length_hint__" "()" repeat_hint, "";
        method "__reduce__" "()" repeat_reduce, "";
    }
}

pub static REPEAT: NativeClass =
    NativeClass::new(ClassSpec::new("itertools.repeat", "", REPEAT_METHODS, &[]).flags(flag::BASE));

struct Cycle {
    /// The iterator of the first pass, or None after it.
    iterator: Slot,
    saved: Slot,
    index: Cell<usize>,
    /// The saved list has the items of the first pass already (unpickled).
    complete: Cell<bool>,
}

payload!(Cycle, "cycle", [iterator, saved], next cycle_step);

fn cycle_new(th: &Thread, a: &[Value]) -> Res {
    let class = CYCLE.class_arg(th, a[0])?;
    let it = protocol::iter(th, a[1])?;
    let saved = list::new(th).value();
    let c = Cycle {
        iterator: Slot::new(it),
        saved: Slot::new(saved),
        index: Cell::new(0),
        complete: Cell::new(false),
    };
    Ok(custom::alloc(th, class, c)?.value())
}

fn cycle_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Cycle>::of(v);
    let source = it.iterator.get();
    if !source.is_none() {
        if let Some(x) = protocol::next(th, source)? {
            if !it.complete.get() {
                List::of(it.saved.get()).push(th, x)?;
            }
            return Ok(Some(x));
        }
        it.iterator.init(Value::none());
    }
    let saved = List::of(it.saved.get());
    let i = it.index.get();
    let Some(x) = saved.get(i) else { return Ok(None) };
    it.index.set(if i + 1 >= saved.len() { 0 } else { i + 1 });
    Ok(Some(x))
}

fn cycle_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let it = Custom::<Cycle>::of(a[0]);
    let saved = it.saved.get();
    let source = it.iterator.get();
    if source.is_none() {
        let again = protocol::iter(th, saved)?;
        if it.index.get() != 0 {
            let i = int::from_usize(th, it.index.get());
            call::call_method(th, again, th.name(Name::__setstate__), &[i])?;
        }
        let state = tuple::from_slice(th, &[saved, Value::true_()])?;
        return reduce_with(th, a[0], &[again], state);
    }
    let state = tuple::from_slice(th, &[saved, Value::false_()])?;
    reduce_with(th, a[0], &[source], state)
}

fn cycle_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let state = state_tuple(th, a[1], 2, 2)?;
    if !state.get(0).is_kind(Kind::List) {
        let given = type_name(th, state.get(0));
        return Err(th.type_error(format!("argument 1 must be list, not {given}")));
    }
    let complete = protocol::index_i64(th, state.get(1))? != 0;
    let it = Custom::<Cycle>::of(a[0]);
    it.saved.set(th, it.cell(), state.get(0));
    it.complete.set(complete);
    it.index.set(0);
    Ok(Value::none())
}

natives! {
    static CYCLE_METHODS = {
        staticmethod "__new__" "(cls, iterable, /)" cycle_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" cycle_reduce, "";
        method "__setstate__" "(state, /)" cycle_setstate, "";
    }
}

pub static CYCLE: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.cycle", "cycle(iterable, /)\n--\n\n", CYCLE_METHODS, &[]).flags(flag::BASE),
);

struct Pairwise {
    /// The iterator, or None at the end.
    iterator: Slot,
    /// The last item, or `MISSING` before the first.
    old: Slot,
}

payload!(Pairwise, "pairwise", [iterator, old], next pairwise_step);

fn pairwise_new(th: &Thread, a: &[Value]) -> Res {
    let class = PAIRWISE.class_arg(th, a[0])?;
    let it = protocol::iter(th, a[1])?;
    let p = Pairwise { iterator: Slot::new(it), old: Slot::new(Value::MISSING) };
    Ok(custom::alloc(th, class, p)?.value())
}

fn pairwise_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let p = Custom::<Pairwise>::of(v);
    if p.iterator.get().is_none() {
        return Ok(None);
    }
    let end = |r: Res<Option<Value>>| {
        p.iterator.init(Value::none());
        p.old.init(Value::MISSING);
        r
    };
    let mut old = p.old.get();
    if old == Value::MISSING {
        match protocol::next(th, p.iterator.get()) {
            Ok(Some(x)) => old = x,
            other => return end(other),
        }
        p.old.set(th, p.cell(), old);
        // The iterator may have come back here and used itself up.
        if p.iterator.get().is_none() {
            return end(Ok(None));
        }
    }
    match protocol::next(th, p.iterator.get()) {
        Ok(Some(new)) => {
            p.old.set(th, p.cell(), new);
            tuple::from_slice(th, &[old, new]).map(Some)
        }
        other => end(other),
    }
}

natives! {
    static PAIRWISE_METHODS = {
        staticmethod "__new__" "(cls, iterable, /)" pairwise_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
    }
}

pub static PAIRWISE: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.pairwise", "pairwise(iterable, /)\n--\n\n", PAIRWISE_METHODS, &[])
        .flags(flag::BASE),
);

struct Batched {
    /// The iterator, or None at the end.
    iterator: Slot,
    size: Cell<usize>,
}

payload!(Batched, "batched", [iterator], next batched_step);

fn batched_new(th: &Thread, a: &[Value]) -> Res {
    let class = BATCHED.class_arg(th, a[0])?;
    let n = ssize(th, a[2])?;
    if n < 1 {
        return Err(th.value_error("n must be at least one"));
    }
    let it = protocol::iter(th, a[1])?;
    let b = Batched { iterator: Slot::new(it), size: Cell::new(n as usize) };
    Ok(custom::alloc(th, class, b)?.value())
}

fn batched_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let b = Custom::<Batched>::of(v);
    let it = b.iterator.get();
    if it.is_none() {
        return Ok(None);
    }
    let mut items = ValueVec::with_capacity(th, b.size.get().min(1024))?;
    while items.len() < b.size.get() {
        match protocol::next(th, it) {
            Ok(Some(x)) => items.push(th, x)?,
            Ok(None) => break,
            Err(e) => {
                b.iterator.init(Value::none());
                return Err(e);
            }
        }
    }
    if items.is_empty() {
        b.iterator.init(Value::none());
        return Ok(None);
    }
    tuple::from_vec(th, &items).map(Some)
}

natives! {
    static BATCHED_METHODS = {
        staticmethod "__new__" "(cls, iterable, n)" batched_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
    }
}

pub static BATCHED: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.batched", "batched(iterable, n)\n--\n\n", BATCHED_METHODS, &[])
        .flags(flag::BASE),
);

/// `obj.__copy__`, if it has one.
pub fn copy_method(th: &Thread, v: Value) -> Res<Option<Value>> {
    attr::get_opt(th, v, th.name(Name::__copy__))
}
