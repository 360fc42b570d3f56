//! `groupby` and the iterators over its groups.

use super::deprecated;
use crate::support::{payload, reduce, reduce_exhausted, reduce_with, state_tuple, tup};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::native_class::NativeClass;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{call, natives, protocol};

struct GroupBy {
    iterator: Slot,
    /// The key function, or None.
    function: Slot,
    /// Key of the group given out last; `MISSING` before.
    target: Slot,
    /// Key and value of the item read last; `MISSING` when it was given out or none was read.
    key: Slot,
    value: Slot,
    /// The group that may read on, or None.
    group: Slot,
}

payload!(GroupBy, "groupby", [iterator, function, target, key, value, group], next groupby_step);

fn groupby_new(th: &Thread, a: &[Value]) -> Res {
    let class = GROUPBY.class_arg(th, a[0])?;
    let iterator = protocol::iter(th, a[1])?;
    let g = GroupBy {
        iterator: Slot::new(iterator),
        function: Slot::new(a[2].given().unwrap_or(Value::none())),
        target: Slot::new(Value::MISSING),
        key: Slot::new(Value::MISSING),
        value: Slot::new(Value::MISSING),
        group: Slot::new(Value::none()),
    };
    Ok(custom::alloc(th, class, g)?.value())
}

/// Reads one item; false at the end.
fn read(th: &Thread, g: Custom<GroupBy>) -> Res<bool> {
    let Some(value) = protocol::next(th, g.iterator.get())? else { return Ok(false) };
    let f = g.function.get();
    let key = if f.is_none() { value } else { call::call(th, f, &[value])? };
    g.value.set(th, g.cell(), value);
    g.key.set(th, g.cell(), key);
    Ok(true)
}

fn groupby_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let g = Custom::<GroupBy>::of(v);
    g.group.init(Value::none());
    loop {
        if g.key.get() != Value::MISSING {
            if g.target.get() == Value::MISSING {
                break;
            }
            if !protocol::equal(th, g.target.get(), g.key.get())? {
                break;
            }
        }
        if !read(th, g)? {
            return Ok(None);
        }
    }
    let key = g.key.get();
    g.target.set(th, g.cell(), key);
    let group = Grouper { parent: Slot::new(v), target: Slot::new(key) };
    let group = custom::alloc(th, GROUPER.get(th)?, group)?.value();
    g.group.set(th, g.cell(), group);
    tup(th, &[key, group]).map(Some)
}

fn groupby_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let g = Custom::<GroupBy>::of(a[0]);
    let args = [g.iterator.get(), g.function.get()];
    let state = [g.key.get(), g.value.get(), g.target.get()];
    if state.contains(&Value::MISSING) {
        return reduce(th, a[0], &args);
    }
    let state = tup(th, &state)?;
    reduce_with(th, a[0], &args, state)
}

fn groupby_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let state = state_tuple(th, a[1], 3, 3)?;
    let g = Custom::<GroupBy>::of(a[0]);
    g.key.set(th, g.cell(), state.get(0));
    g.value.set(th, g.cell(), state.get(1));
    g.target.set(th, g.cell(), state.get(2));
    Ok(Value::none())
}

natives! {
    static GROUPBY_METHODS = {
        staticmethod "__new__" "(cls, iterable, key=None)" groupby_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" groupby_reduce, "";
        method "__setstate__" "(state, /)" groupby_setstate, "";
    }
}

pub static GROUPBY: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.groupby", "groupby(iterable, key=None)\n--\n\n", GROUPBY_METHODS, &[])
        .flags(flag::BASE),
);

struct Grouper {
    parent: Slot,
    target: Slot,
}

payload!(Grouper, "_grouper", [parent, target], next grouper_step);

fn grouper_new(th: &Thread, a: &[Value]) -> Res {
    let class = GROUPER.class_arg(th, a[0])?;
    let Some(parent) = Custom::<GroupBy>::from_value(a[1]) else {
        let given = type_name(th, a[1]);
        return Err(th.type_error(format!("_grouper() argument 1 must be itertools.groupby, not {given}")));
    };
    let group = Grouper { parent: Slot::new(a[1]), target: Slot::new(a[2]) };
    let group = custom::alloc(th, class, group)?.value();
    parent.group.set(th, parent.cell(), group);
    Ok(group)
}

fn grouper_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let own = Custom::<Grouper>::of(v);
    let g = Custom::<GroupBy>::of(own.parent.get());
    if g.group.get() != v {
        return Ok(None);
    }
    if g.value.get() == Value::MISSING && !read(th, g)? {
        return Ok(None);
    }
    if g.key.get() == Value::MISSING || !protocol::equal(th, own.target.get(), g.key.get())? {
        return Ok(None);
    }
    let value = g.value.get();
    g.value.init(Value::MISSING);
    g.key.init(Value::MISSING);
    Ok(if value == Value::MISSING { None } else { Some(value) })
}

fn grouper_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let own = Custom::<Grouper>::of(a[0]);
    if Custom::<GroupBy>::of(own.parent.get()).group.get() != a[0] {
        return reduce_exhausted(th);
    }
    reduce(th, a[0], &[own.parent.get(), own.target.get()])
}

natives! {
    static GROUPER_METHODS = {
        staticmethod "__new__" "(cls, parent, tgtkey, /)" grouper_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" grouper_reduce, "";
    }
}

pub static GROUPER: NativeClass =
    NativeClass::new(ClassSpec::new("itertools._grouper", "", GROUPER_METHODS, &[]).flags(0));
