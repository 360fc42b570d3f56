//! `collections.OrderedDict`.
//!
//! Every dict keeps its insertion order, so this is a dict with other methods: what is C's
//! linked list there is the order of the table's entries here (`Dict::move_to`).

use super::ordered_views::{self, ODICT_ITEMS, ODICT_KEYS, ODICT_VALUES};
use crate::support::{class_of, tup};
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::dict::Dict;
use krait_object::dict_views::Part;
use krait_object::names::Name;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{Kind, TypeId, attr, call, dict_methods, int, natives, protocol, repr_guard};

fn this(a: &[Value]) -> Dict {
    Dict::of(a[0])
}

fn is_exact(th: &Thread, v: Value) -> bool {
    ORDEREDDICT.is_exact(th, v)
}

/// `self[key] = value`; a class derived in Python may override it.
fn put(th: &Thread, d: Value, key: Value, value: Value) -> Res<()> {
    if is_exact(th, d) { Dict::of(d).set(th, key, value) } else { protocol::setitem(th, d, key, value) }
}

fn put_pairs(th: &Thread, d: Value, pairs: Value) -> Res<()> {
    let it = protocol::iter(th, pairs)?;
    while let Some(pair) = protocol::next(th, it)? {
        let parts = protocol::iter(th, pair)?;
        let Some(key) = protocol::next(th, parts)? else {
            return Err(th.value_error("need more than 0 values to unpack"));
        };
        let Some(value) = protocol::next(th, parts)? else {
            return Err(th.value_error("need more than 1 value to unpack"));
        };
        if protocol::next(th, parts)?.is_some() {
            return Err(th.value_error("too many values to unpack (expected 2)"));
        }
        put(th, d, key, value)?;
    }
    Ok(())
}

/// The items of an exact dict, one after the other, however it changes meanwhile.
fn put_dict(th: &Thread, d: Value, from: Dict) -> Res<()> {
    let mut items = krait_object::ValueVec::with_capacity(th, 2 * from.len())?;
    let mut at = 0;
    while let Some((k, v)) = from.next(th, &mut at) {
        items.push(th, k)?;
        items.push(th, v)?;
    }
    for i in 0..items.len() / 2 {
        put(th, d, items.get(2 * i), items.get(2 * i + 1))?;
    }
    Ok(())
}

fn update_from(th: &Thread, d: Value, other: Value) -> Res<()> {
    if other.has_shape(krait_object::shape::fixed::DICT) {
        return put_dict(th, d, Dict::of(other));
    }
    if let Some(f) = attr::get_opt(th, other, th.name(Name::keys))? {
        let keys = call::call(th, f, &[])?;
        let it = protocol::iter(th, keys)?;
        while let Some(k) = protocol::next(th, it)? {
            let v = protocol::getitem(th, other, k)?;
            put(th, d, k, v)?;
        }
        return Ok(());
    }
    if let Some(f) = attr::get_opt(th, other, th.name(Name::items))? {
        let items = call::call(th, f, &[])?;
        return put_pairs(th, d, items);
    }
    put_pairs(th, d, other)
}

fn update_with(th: &Thread, d: Value, args: &[Value], kwargs: Value) -> Res {
    if let Some(&other) = args.first() {
        update_from(th, d, other)?;
    }
    if let Some(k) = Dict::from_value(kwargs) {
        put_dict(th, d, k)?;
    }
    Ok(Value::none())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let args = Tuple::of(a[1]).as_slice();
    if args.len() > 1 {
        return Err(th.type_error(format!("expected at most 1 arguments, got {}", args.len())));
    }
    update_with(th, a[0], args, a[2])
}

fn update(th: &Thread, a: &[Value]) -> Res {
    let args = Tuple::of(a[1]).as_slice();
    if args.len() > 1 {
        let n = args.len();
        return Err(th.type_error(format!("update() takes at most 1 positional argument ({n} given)")));
    }
    update_with(th, a[0], args, a[2])
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    this(a).set(th, a[1], a[2])?;
    Ok(Value::none())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    match this(a).remove(th, a[1])? {
        Some(_) => Ok(Value::none()),
        None => Err(th.key_error(a[1])),
    }
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    ordered_views::new_iter(th, this(a), Part::Keys, false)
}

fn reversed(th: &Thread, a: &[Value]) -> Res {
    ordered_views::new_iter(th, this(a), Part::Keys, true)
}

fn keys(th: &Thread, a: &[Value]) -> Res {
    ordered_views::new_view(th, a[0], Part::Keys, &ODICT_KEYS)
}

fn values(th: &Thread, a: &[Value]) -> Res {
    ordered_views::new_view(th, a[0], Part::Values, &ODICT_VALUES)
}

fn items(th: &Thread, a: &[Value]) -> Res {
    ordered_views::new_view(th, a[0], Part::Items, &ODICT_ITEMS)
}

fn clear(th: &Thread, a: &[Value]) -> Res {
    this(a).clear(th)?;
    Ok(Value::none())
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    let new = call::call(th, class_of(th, a[0]), &[])?;
    if is_exact(th, a[0]) {
        let (from, to) = (this(a), Dict::of(new));
        let mut at = 0;
        while let Some((k, v, h)) = from.next_hashed(th, &mut at) {
            to.set_hashed(th, k, h, v)?;
        }
        return Ok(new);
    }
    let keys = krait_object::dict_methods::key_list(th, this(a))?;
    for k in krait_object::list::List::of(keys).to_vec(th)?.iter() {
        let v = protocol::getitem(th, a[0], k)?;
        protocol::setitem(th, new, k, v)?;
    }
    Ok(new)
}

fn fromkeys(th: &Thread, a: &[Value]) -> Res {
    let value = a[2].given().unwrap_or(Value::none());
    let made = call::call(th, a[0], &[])?;
    protocol::for_each(th, a[1], &mut |k| protocol::setitem(th, made, k, value))?;
    Ok(made)
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    match this(a).remove(th, a[1])? {
        Some(v) => Ok(v),
        None => a[2].given().ok_or_else(|| th.key_error(a[1])),
    }
}

fn flag_arg(th: &Thread, v: Value) -> Res<bool> {
    v.given().map_or(Ok(true), |v| protocol::truth(th, v))
}

fn popitem(th: &Thread, a: &[Value]) -> Res {
    let last = flag_arg(th, a[1])?;
    let d = this(a);
    let found = if last {
        d.pop_last(th)?
    } else {
        let mut at = 0;
        match d.next_hashed(th, &mut at) {
            Some((k, _, h)) => d.remove_hashed(th, k, h)?.map(|v| (k, v)),
            None => None,
        }
    };
    match found {
        Some((k, v)) => tup(th, &[k, v]),
        None => Err(th.raise_new(TypeId::KeyError, "dictionary is empty")),
    }
}

fn setdefault(th: &Thread, a: &[Value]) -> Res {
    let default = a[2].given().unwrap_or(Value::none());
    if is_exact(th, a[0]) {
        let hash = protocol::hash(th, a[1])?;
        if let Some(v) = this(a).get_hashed(th, a[1], hash)? {
            return Ok(v);
        }
        this(a).set_hashed(th, a[1], hash, default)?;
        return Ok(default);
    }
    if protocol::contains(th, a[0], a[1])? {
        return protocol::getitem(th, a[0], a[1]);
    }
    protocol::setitem(th, a[0], a[1], default)?;
    Ok(default)
}

fn move_to_end(th: &Thread, a: &[Value]) -> Res {
    let last = flag_arg(th, a[2])?;
    if this(a).is_empty() || !this(a).move_to(th, a[1], last)? {
        return Err(th.key_error(a[1]));
    }
    Ok(Value::none())
}

#[cold]
fn mutated(th: &Thread) -> Raised {
    th.runtime_error("OrderedDict mutated during iteration")
}

/// Have both the same keys in the same order?
fn same_keys(th: &Thread, x: Dict, y: Dict) -> Res<bool> {
    let (vx, vy) = (x.keys_version(), y.keys_version());
    let (mut i, mut j) = (0, 0);
    loop {
        match (x.next(th, &mut i), y.next(th, &mut j)) {
            (None, None) => return Ok(true),
            (Some((p, _)), Some((q, _))) => {
                let same = protocol::equal(th, p, q)?;
                if x.keys_version() != vx || y.keys_version() != vy {
                    return Err(mutated(th));
                }
                if !same {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
    }
}

/// None: the other operand is no dict.
fn equal(th: &Thread, a: &[Value]) -> Res<Option<bool>> {
    let Some(other) = Dict::from_value(a[1]) else { return Ok(None) };
    if !dict_methods::equal(th, this(a), other)? {
        return Ok(Some(false));
    }
    if !ORDEREDDICT.is_instance(th, a[1]) {
        return Ok(Some(true));
    }
    same_keys(th, this(a), other).map(Some)
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    Ok(equal(th, a)?.map_or(Value::not_implemented(), Value::bool))
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    Ok(equal(th, a)?.map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

fn declined(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

fn union(th: &Thread, class: Value, left: Value, right: Value) -> Res {
    let new = call::call(th, class, &[left])?;
    if !new.is_kind(Kind::Dict) {
        return Err(th.type_error("the class of an OrderedDict made no dict"));
    }
    update_from(th, new, right)?;
    Ok(new)
}

fn or(th: &Thread, a: &[Value]) -> Res {
    if Dict::from_value(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    union(th, class_of(th, a[0]), a[0], a[1])
}

fn ror(th: &Thread, a: &[Value]) -> Res {
    if Dict::from_value(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    let like = if ORDEREDDICT.is_instance(th, a[1]) { a[1] } else { a[0] };
    union(th, class_of(th, like), a[1], a[0])
}

fn ior(th: &Thread, a: &[Value]) -> Res {
    update_from(th, a[0], a[1])?;
    Ok(a[0])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let name = Class::of_value(th, a[0]).name_text();
    let d = this(a);
    if d.is_empty() {
        return string::try_new(th, &format!("{name}()"));
    }
    let Some(_guard) = repr_guard::enter(th, a[0]) else { return Ok(string::new(th, "...")) };
    let plain = if is_exact(th, a[0]) {
        d.copy(th)?.value()
    } else {
        let items = call::call_method(th, a[0], th.name(Name::items), &[])?;
        call::call(th, th.interp.class_value(TypeId::Dict), &[items])?
    };
    let text = protocol::repr(th, plain)?;
    let mut out = krait_text::CharsBuf::with_capacity(32);
    out.extend_str(&name);
    out.extend_str("(");
    out.extend(Str::of(text).chars());
    out.extend_str(")");
    string::from_buf(th, &out)
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let state = call::call_method(th, a[0], th.name(Name::__getstate__), &[])?;
    let items = call::call_method(th, a[0], th.name(Name::items), &[])?;
    let it = protocol::iter(th, items)?;
    tup(th, &[class_of(th, a[0]), th.interp.empty_tuple.get(), state, Value::none(), it])
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, 272 + 56 * this(a).len()))
}

natives! {
    static METHODS = {
        method "__init__" "(/, *args, **kwargs)" init, "";
        classmethod "fromkeys" "(iterable, value=None)" fromkeys, "";
        method "__sizeof__" "()" sizeof, "";
        method "__reduce__" "()" reduce, "";
        method "setdefault" "(key, default=None)" setdefault, "";
        method "pop" "(key, default=<unrepresentable>)" pop, "";
        method "popitem" "(last=True)" popitem, "";
        method "keys" "()" keys, "";
        method "values" "()" values, "";
        method "items" "()" items, "";
        method "update" "(/, *args, **kwargs)" update, "";
        method "clear" "()" clear, "";
        method "copy" "()" copy, "";
        method "__reversed__" "()" reversed, "";
        method "move_to_end" "(key, last=True)" move_to_end, "";
        method "__repr__" "()" repr, "";
        method "__iter__" "()" iter, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__lt__" "(value, /)" declined, "";
        method "__le__" "(value, /)" declined, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" declined, "";
        method "__ge__" "(value, /)" declined, "";
        method "__or__" "(value, /)" or, "";
        method "__ror__" "(value, /)" ror, "";
        method "__ior__" "(value, /)" ior, "";
    }
}

pub static ORDEREDDICT: NativeClass = NativeClass::new(
    ClassSpec::new("collections.OrderedDict", "Dictionary that remembers insertion order", METHODS, &[])
        .flags(flag::BASE | flag::WEAKREF | flag::DICT)
        .base(TypeId::Dict),
);
