//! `compress`, `dropwhile`, `takewhile`, `filterfalse`, `starmap`.

use super::deprecated;
use crate::support::{payload, reduce, reduce_with};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::native_class::NativeClass;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, call, natives, protocol};
use std::cell::Cell;

struct Compress {
    data: Slot,
    selectors: Slot,
}

payload!(Compress, "compress", [data, selectors], next compress_step);

fn compress_new(th: &Thread, a: &[Value]) -> Res {
    let class = COMPRESS.class_arg(th, a[0])?;
    let data = protocol::iter(th, a[1])?;
    let selectors = protocol::iter(th, a[2])?;
    let c = Compress { data: Slot::new(data), selectors: Slot::new(selectors) };
    Ok(custom::alloc(th, class, c)?.value())
}

fn compress_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let c = Custom::<Compress>::of(v);
    loop {
        let Some(x) = protocol::next(th, c.data.get())? else { return Ok(None) };
        let Some(wanted) = protocol::next(th, c.selectors.get())? else { return Ok(None) };
        if protocol::truth(th, wanted)? {
            return Ok(Some(x));
        }
    }
}

fn compress_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let c = Custom::<Compress>::of(a[0]);
    reduce(th, a[0], &[c.data.get(), c.selectors.get()])
}

natives! {
    static COMPRESS_METHODS = {
        staticmethod "__new__" "(cls, data, selectors)" compress_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" compress_reduce, "";
    }
}

pub static COMPRESS: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.compress", "compress(data, selectors)\n--\n\n", COMPRESS_METHODS, &[])
        .flags(flag::BASE),
);

/// A function applied to the items of an iterator.
struct ByFunction {
    function: Slot,
    iterator: Slot,
    /// `dropwhile`: an item was given out; `takewhile`: it stopped.
    flag: Cell<bool>,
}

impl ByFunction {
    fn make(th: &Thread, a: &[Value], class: &'static NativeClass) -> Res<ByFunction> {
        class.class_arg(th, a[0])?;
        let iterator = protocol::iter(th, a[2])?;
        Ok(ByFunction { function: Slot::new(a[1]), iterator: Slot::new(iterator), flag: Cell::new(false) })
    }

    fn verdict(&self, th: &Thread, x: Value) -> Res<bool> {
        let r = call::call(th, self.function.get(), &[x])?;
        protocol::truth(th, r)
    }
}

macro_rules! by_function {
    ($ty:ident, $name:literal, $step:ident) => {
        struct $ty(ByFunction);
        impl krait_object::custom::Payload for $ty {
            const NAME: &'static str = $name;
            const NEXT: Option<krait_object::custom::NextFn> = Some($step);
            fn trace(&self, tracer: &mut krait_gc::Tracer) {
                self.0.function.trace(tracer);
                self.0.iterator.trace(tracer);
            }
        }
    };
}

by_function!(DropWhile, "dropwhile", dropwhile_step);
by_function!(TakeWhile, "takewhile", takewhile_step);
by_function!(FilterFalse, "filterfalse", filterfalse_step);
by_function!(StarMap, "starmap", starmap_step);

fn dropwhile_new(th: &Thread, a: &[Value]) -> Res {
    let p = DropWhile(ByFunction::make(th, a, &DROPWHILE)?);
    Ok(custom::alloc(th, DROPWHILE.class_arg(th, a[0])?, p)?.value())
}

fn dropwhile_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<DropWhile>::of(v);
    loop {
        let Some(x) = protocol::next(th, it.0.iterator.get())? else { return Ok(None) };
        if it.0.flag.get() {
            return Ok(Some(x));
        }
        if !it.0.verdict(th, x)? {
            it.0.flag.set(true);
            return Ok(Some(x));
        }
    }
}

fn takewhile_new(th: &Thread, a: &[Value]) -> Res {
    let p = TakeWhile(ByFunction::make(th, a, &TAKEWHILE)?);
    Ok(custom::alloc(th, TAKEWHILE.class_arg(th, a[0])?, p)?.value())
}

fn takewhile_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<TakeWhile>::of(v);
    if it.0.flag.get() {
        return Ok(None);
    }
    let Some(x) = protocol::next(th, it.0.iterator.get())? else { return Ok(None) };
    if it.0.verdict(th, x)? {
        return Ok(Some(x));
    }
    it.0.flag.set(true);
    Ok(None)
}

fn while_state(f: &ByFunction) -> Value {
    Value::small(f.flag.get().into())
}

fn dropwhile_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let it = Custom::<DropWhile>::of(a[0]);
    reduce_with(th, a[0], &[it.0.function.get(), it.0.iterator.get()], while_state(&it.0))
}

fn takewhile_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let it = Custom::<TakeWhile>::of(a[0]);
    reduce_with(th, a[0], &[it.0.function.get(), it.0.iterator.get()], while_state(&it.0))
}

fn dropwhile_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let on = protocol::truth(th, a[1])?;
    Custom::<DropWhile>::of(a[0]).0.flag.set(on);
    Ok(Value::none())
}

fn takewhile_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let on = protocol::truth(th, a[1])?;
    Custom::<TakeWhile>::of(a[0]).0.flag.set(on);
    Ok(Value::none())
}

natives! {
    static DROPWHILE_METHODS = {
        staticmethod "__new__" "(cls, predicate, iterable, /)" dropwhile_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" dropwhile_reduce, "";
        method "__setstate__" "(state, /)" dropwhile_setstate, "";
    }
}

pub static DROPWHILE: NativeClass = NativeClass::new(
    ClassSpec::new(
        "itertools.dropwhile",
        "dropwhile(predicate, iterable, /)\n--\n\n",
        DROPWHILE_METHODS,
        &[],
    )
    .flags(flag::BASE),
);

natives! {
    static TAKEWHILE_METHODS = {
        staticmethod "__new__" "(cls, predicate, iterable, /)" takewhile_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" takewhile_reduce, "";
        method "__setstate__" "(state, /)" takewhile_setstate, "";
    }
}

pub static TAKEWHILE: NativeClass = NativeClass::new(
    ClassSpec::new(
        "itertools.takewhile",
        "takewhile(predicate, iterable, /)\n--\n\n",
        TAKEWHILE_METHODS,
        &[],
    )
    .flags(flag::BASE),
);

fn filterfalse_new(th: &Thread, a: &[Value]) -> Res {
    let p = FilterFalse(ByFunction::make(th, a, &FILTERFALSE)?);
    Ok(custom::alloc(th, FILTERFALSE.class_arg(th, a[0])?, p)?.value())
}

fn filterfalse_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<FilterFalse>::of(v);
    let f = it.0.function.get();
    let by_truth = f.is_none() || f == th.interp.class_value(TypeId::Bool);
    while let Some(x) = protocol::next(th, it.0.iterator.get())? {
        let hit = if by_truth { protocol::truth(th, x)? } else { it.0.verdict(th, x)? };
        if !hit {
            return Ok(Some(x));
        }
    }
    Ok(None)
}

fn filterfalse_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let it = Custom::<FilterFalse>::of(a[0]);
    reduce(th, a[0], &[it.0.function.get(), it.0.iterator.get()])
}

natives! {
    static FILTERFALSE_METHODS = {
        staticmethod "__new__" "(cls, function, iterable, /)" filterfalse_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" filterfalse_reduce, "";
    }
}

pub static FILTERFALSE: NativeClass = NativeClass::new(
    ClassSpec::new(
        "itertools.filterfalse",
        "filterfalse(function, iterable, /)\n--\n\n",
        FILTERFALSE_METHODS,
        &[],
    )
    .flags(flag::BASE),
);

fn starmap_new(th: &Thread, a: &[Value]) -> Res {
    let p = StarMap(ByFunction::make(th, a, &STARMAP)?);
    Ok(custom::alloc(th, STARMAP.class_arg(th, a[0])?, p)?.value())
}

fn starmap_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<StarMap>::of(v);
    let Some(x) = protocol::next(th, it.0.iterator.get())? else { return Ok(None) };
    let args = protocol::to_tuple(th, x)?;
    call::call(th, it.0.function.get(), args.as_slice()).map(Some)
}

fn starmap_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let it = Custom::<StarMap>::of(a[0]);
    reduce(th, a[0], &[it.0.function.get(), it.0.iterator.get()])
}

natives! {
    static STARMAP_METHODS = {
        staticmethod "__new__" "(cls, function, iterable, /)" starmap_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" starmap_reduce, "";
    }
}

pub static STARMAP: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.starmap", "starmap(function, iterable, /)\n--\n\n", STARMAP_METHODS, &[])
        .flags(flag::BASE),
);
