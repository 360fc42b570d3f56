//! `chain` and `accumulate`.

use super::deprecated;
use super::slice::ISLICE;
use crate::support::{class_of, payload, reduce, reduce_with, state_tuple, tup};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::construct::class_getitem;
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::native_class::NativeClass;
use krait_object::operators::{self, BinOp};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{call, natives, protocol};

struct Chain {
    /// Iterator over the iterables, or None at the end.
    source: Slot,
    /// The current iterator, or None.
    active: Slot,
}

payload!(Chain, "chain", [source, active], next chain_step);

fn make(th: &Thread, class: Class, source: Value) -> Res {
    let c = Chain { source: Slot::new(source), active: Slot::new(Value::none()) };
    Ok(custom::alloc(th, class, c)?.value())
}

/// `chain(*iterables)`.
fn chain_of(th: &Thread, iterables: &[Value]) -> Res {
    let args = tup(th, iterables)?;
    let source = protocol::iter(th, args)?;
    make(th, CHAIN.get(th)?, source)
}

fn chain_new(th: &Thread, a: &[Value]) -> Res {
    let class = CHAIN.class_arg(th, a[0])?;
    crate::support::no_keywords(th, "chain", crate::support::inherits_init(th, class), a[2])?;
    let source = protocol::iter(th, a[1])?;
    make(th, class, source)
}

fn from_iterable(th: &Thread, a: &[Value]) -> Res {
    let class = CHAIN.class_arg(th, a[0])?;
    let source = protocol::iter(th, a[1])?;
    make(th, class, source)
}

fn chain_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let c = Custom::<Chain>::of(v);
    while !c.source.get().is_none() {
        if c.active.get().is_none() {
            let opened = match protocol::next(th, c.source.get()) {
                Ok(Some(iterable)) => protocol::iter(th, iterable).map(Some),
                Ok(None) => Ok(None),
                Err(e) => Err(e),
            };
            match opened {
                Ok(Some(it)) => c.active.set(th, c.cell(), it),
                other => {
                    c.source.init(Value::none());
                    return other;
                }
            }
        }
        if let Some(x) = protocol::next(th, c.active.get())? {
            return Ok(Some(x));
        }
        c.active.init(Value::none());
    }
    Ok(None)
}

fn chain_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let c = Custom::<Chain>::of(a[0]);
    let (source, active) = (c.source.get(), c.active.get());
    if source.is_none() {
        return reduce(th, a[0], &[]);
    }
    let state = if active.is_none() { tup(th, &[source])? } else { tup(th, &[source, active])? };
    reduce_with(th, a[0], &[], state)
}

fn chain_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let state = state_tuple(th, a[1], 1, 2)?.as_slice();
    if !state.iter().all(|&v| protocol::is_iterator(th, v)) {
        return Err(th.type_error("Arguments must be iterators."));
    }
    let c = Custom::<Chain>::of(a[0]);
    c.source.set(th, c.cell(), state[0]);
    c.active.set(th, c.cell(), state.get(1).copied().unwrap_or(Value::none()));
    Ok(Value::none())
}

natives! {
    static CHAIN_METHODS = {
        staticmethod "__new__" "(cls, *iterables, **kwargs)" chain_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        classmethod "from_iterable" "(iterable, /)" from_iterable, "";
        method "__reduce__" "()" chain_reduce, "";
        method "__setstate__" "(state, /)" chain_setstate, "";
        classmethod "__class_getitem__" "(object, /)" class_getitem, "";
    }
}

pub static CHAIN: NativeClass =
    NativeClass::new(ClassSpec::new("itertools.chain", "", CHAIN_METHODS, &[]).flags(flag::BASE));

struct Accumulate {
    iterator: Slot,
    /// The function, or None for addition.
    function: Slot,
    /// `MISSING` before the first item.
    total: Slot,
    /// None when it was not given, or given out already.
    initial: Slot,
}

payload!(Accumulate, "accumulate", [iterator, function, total, initial], next accumulate_step);

fn accumulate_new(th: &Thread, a: &[Value]) -> Res {
    let class = ACCUMULATE.class_arg(th, a[0])?;
    let iterator = protocol::iter(th, a[1])?;
    let c = Accumulate {
        iterator: Slot::new(iterator),
        function: Slot::new(a[2].given().unwrap_or(Value::none())),
        total: Slot::new(Value::MISSING),
        initial: Slot::new(a[3].given().unwrap_or(Value::none())),
    };
    Ok(custom::alloc(th, class, c)?.value())
}

fn accumulate_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let c = Custom::<Accumulate>::of(v);
    let initial = c.initial.get();
    if !initial.is_none() {
        c.initial.init(Value::none());
        c.total.set(th, c.cell(), initial);
        return Ok(Some(initial));
    }
    let Some(x) = protocol::next(th, c.iterator.get())? else { return Ok(None) };
    let total = c.total.get();
    let new = if total == Value::MISSING {
        x
    } else if c.function.get().is_none() {
        operators::binary(th, BinOp::Add, total, x)?
    } else {
        call::call(th, c.function.get(), &[total, x])?
    };
    c.total.set(th, c.cell(), new);
    Ok(Some(new))
}

fn accumulate_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let c = Custom::<Accumulate>::of(a[0]);
    let (it, f, total) = (c.iterator.get(), c.function.get(), c.total.get());
    if !c.initial.get().is_none() {
        let first = tup(th, &[c.initial.get()])?;
        let it = chain_of(th, &[first, it])?;
        return reduce_with(th, a[0], &[it, f], Value::none());
    }
    if total.is_none() {
        let first = tup(th, &[total])?;
        let it = chain_of(th, &[first, it])?;
        let again = call::call(th, class_of(th, a[0]), &[it, f])?;
        let args = tup(th, &[again, Value::small(1), Value::none()])?;
        return tup(th, &[ISLICE.get(th)?.value(), args]);
    }
    reduce_with(th, a[0], &[it, f], total.given().unwrap_or(Value::none()))
}

fn accumulate_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let c = Custom::<Accumulate>::of(a[0]);
    c.total.set(th, c.cell(), a[1]);
    Ok(Value::none())
}

natives! {
    static ACCUMULATE_METHODS = {
        staticmethod "__new__" "(cls, iterable, func=None, *, initial=None)" accumulate_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" accumulate_reduce, "";
        method "__setstate__" "(state, /)" accumulate_setstate, "";
    }
}

pub static ACCUMULATE: NativeClass = NativeClass::new(
    ClassSpec::new(
        "itertools.accumulate",
        "accumulate(iterable, func=None, *, initial=None)\n--\n\n",
        ACCUMULATE_METHODS,
        &[],
    )
    .flags(flag::BASE),
);
