//! `odict_keys`, `odict_values`, `odict_items` and `odict_iterator`.

use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, NextFn, Payload, iter_method, next_method};
use krait_object::dict::Dict;
use krait_object::dict_views::{DictView, Part};
use krait_object::native_class::NativeClass;
use krait_object::storage::ValueVec;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, construct, list, natives, tuple};
use std::cell::Cell;

struct Iter {
    /// The dict; the integer zero when the iterator is exhausted.
    dict: Slot,
    part: Part,
    reverse: bool,
    at: Cell<usize>,
    version: Cell<u32>,
    len: Cell<usize>,
}

impl Payload for Iter {
    const NAME: &'static str = "odict_iterator";
    const NEXT: Option<NextFn> = Some(|th, v| step(th, &Custom::<Iter>::of(v)));
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.dict.trace(tracer);
    }
}

fn step(th: &Thread, it: &Iter) -> Res<Option<Value>> {
    let Some(d) = Dict::from_value(it.dict.get()) else { return Ok(None) };
    if d.keys_version() != it.version.get() {
        it.dict.init(Value::ZERO);
        return Err(th.runtime_error("OrderedDict mutated during iteration"));
    }
    if d.len() != it.len.get() {
        it.dict.init(Value::ZERO);
        return Err(th.runtime_error("OrderedDict changed size during iteration"));
    }
    let mut at = it.at.get();
    let found = if it.reverse { d.previous(th, &mut at) } else { d.next(th, &mut at) };
    it.at.set(at);
    let Some((k, v)) = found else {
        it.dict.init(Value::ZERO);
        return Ok(None);
    };
    match it.part {
        Part::Keys => Ok(Some(k)),
        Part::Values => Ok(Some(v)),
        Part::Items => tuple::from_slice(th, &[k, v]).map(Some),
    }
}

/// An iterator over an ordered dict.
pub fn new_iter(th: &Thread, d: Dict, part: Part, reverse: bool) -> Res {
    let it = Iter {
        dict: Slot::new(d.value()),
        part,
        reverse,
        at: Cell::new(if reverse { usize::MAX } else { 0 }),
        version: Cell::new(d.keys_version()),
        len: Cell::new(d.len()),
    };
    Ok(custom::alloc(th, ODICT_ITERATOR.get(th)?, it)?.value())
}

fn iter_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Iter>::of(a[0]);
    // A copy goes on where this one is; this one stays.
    let copy = Iter {
        dict: Slot::new(it.dict.get()),
        part: it.part,
        reverse: it.reverse,
        at: it.at.clone(),
        version: it.version.clone(),
        len: it.len.clone(),
    };
    let mut rest = ValueVec::new();
    while let Some(v) = step(th, &copy)? {
        rest.push(th, v)?;
    }
    let rest = list::from_vec(th, rest);
    let args = tuple::from_slice(th, &[rest])?;
    tuple::from_slice(th, &[construct::builtin(th, "iter")?, args])
}

natives! {
    static ITER_METHODS = {
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" iter_reduce, "";
    }
}

static ODICT_ITERATOR: NativeClass =
    NativeClass::new(ClassSpec::new("odict_iterator", "", ITER_METHODS, &[]).flags(flag::NO_NEW));

/// A view of an ordered dict.
pub fn new_view(th: &Thread, d: Value, part: Part, class: &'static NativeClass) -> Res {
    Ok(custom::alloc(th, class.get(th)?, DictView { dict: Slot::new(d), part })?.value())
}

fn view_iter(th: &Thread, a: &[Value]) -> Res {
    let v = Custom::<DictView>::of(a[0]);
    new_iter(th, Dict::of(v.dict.get()), v.part, false)
}

fn view_reversed(th: &Thread, a: &[Value]) -> Res {
    let v = Custom::<DictView>::of(a[0]);
    new_iter(th, Dict::of(v.dict.get()), v.part, true)
}

macro_rules! views {
    ($($class:ident $name:literal $base:ident $methods:ident;)*) => {
        $(natives! {
            static $methods = {
                method "__iter__" "()" view_iter, "";
                method "__reversed__" "()" view_reversed, "";
            }
        }
        /// The class of the views of an ordered dict.
        pub static $class: NativeClass =
            NativeClass::new(ClassSpec::new($name, "", $methods, &[]).flags(flag::NO_NEW).base(TypeId::$base));)*
    };
}

views! {
    ODICT_KEYS "odict_keys" DictKeys KEYS_METHODS;
    ODICT_VALUES "odict_values" DictValues VALUES_METHODS;
    ODICT_ITEMS "odict_items" DictItems ITEMS_METHODS;
}
