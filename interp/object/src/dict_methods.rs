//! What programs see of `dict`. Views and iterators are in `dict_views`.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::class::{Class, flag};
use crate::construct;
use crate::dict::{self, Dict};
use crate::dict_views::{self, Part};
use crate::names::Name;
use crate::natives;
use crate::protocol;
use crate::repr_guard;
use crate::set;
use crate::shape::fixed;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;

fn this(a: &[Value]) -> Dict {
    Dict::of(a[0])
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::Dict)?;
    if c.is(TypeId::Dict) {
        return Ok(dict::new(th).value());
    }
    let d = dict::new_with_shape(th, c.shape.get(), c.tail_bytes());
    c.init_tail(d.cell());
    Ok(d.value())
}

/// `dict(...)` for the exact class: arguments as a call gives them, without collecting the keyword ones first.
pub fn make(th: &Thread, args: &[Value], kwnames: Value) -> Res {
    let names = if kwnames == Value::MISSING { &[][..] } else { Tuple::of(kwnames).as_slice() };
    let (positional, keywords) = args.split_at(args.len() - names.len());
    let d = dict::new(th);
    match positional {
        [] => {}
        [one] => update_from(th, d, *one)?,
        more => {
            return Err(th.type_error(format!("dict expected at most 1 argument, got {}", more.len())));
        }
    }
    for (&k, &v) in names.iter().zip(keywords) {
        d.set(th, k, v)?;
    }
    Ok(d.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    update_with(th, this(a), "dict", a[1], a[2])
}

fn update(th: &Thread, a: &[Value]) -> Res {
    update_with(th, this(a), "update", a[1], a[2])
}

fn update_with(th: &Thread, d: Dict, what: &str, args: Value, kwargs: Value) -> Res {
    let args = Tuple::of(args).as_slice();
    match args {
        [] => {}
        [one] => update_from(th, d, *one)?,
        _ => {
            return Err(th.type_error(format!("{what} expected at most 1 argument, got {}", args.len())));
        }
    }
    if let Some(k) = Dict::from_value(kwargs) {
        merge_dict(th, d, k, true)?;
    }
    Ok(Value::none())
}

/// `d.update(v)`: a mapping (it has `keys`) or an iterable of pairs.
pub fn update_from(th: &Thread, d: Dict, v: Value) -> Result<(), Raised> {
    if v.has_shape(fixed::DICT) {
        return merge_dict(th, d, Dict::of(v), true);
    }
    if attr::get_opt(th, v, th.name(Name::keys))?.is_some() {
        return merge(th, d, v, true);
    }
    merge_pairs(th, d, v)
}

/// Copies the items of a mapping into `d`; keys that are there already are kept unless `replace`.
pub fn merge(th: &Thread, d: Dict, mapping: Value, replace: bool) -> Result<(), Raised> {
    if let Some(other) = Dict::from_value(mapping)
        && Class::of_value(th, mapping).inherits_special(th, Name::__iter__, TypeId::Dict)
    {
        return merge_dict(th, d, other, replace);
    }
    let keys = call::call_method(th, mapping, th.name(Name::keys), &[])?;
    let it = protocol::iter(th, keys)?;
    while let Some(k) = protocol::next(th, it)? {
        if !replace && d.get(th, k)?.is_some() {
            continue;
        }
        let v = protocol::getitem(th, mapping, k)?;
        d.set(th, k, v)?;
    }
    Ok(())
}

/// As [`merge`] for two dicts.
pub fn merge_dict(th: &Thread, d: Dict, other: Dict, replace: bool) -> Result<(), Raised> {
    if d == other {
        return Ok(());
    }
    let n = other.len();
    if n == 0 {
        return Ok(());
    }
    if d.is_empty() && d.clone_table(th, other)? {
        return Ok(());
    }
    d.reserve(th, n)?;
    let mut at = 0;
    while let Some((k, v, h)) = other.next_hashed(th, &mut at) {
        if replace || d.get_hashed(th, k, h)?.is_none() {
            d.set_hashed(th, k, h, v)?;
        }
        if other.len() != n {
            return Err(th.runtime_error("dict mutated during update"));
        }
    }
    Ok(())
}

/// Sets the pairs that an iterable gives.
fn merge_pairs(th: &Thread, d: Dict, v: Value) -> Result<(), Raised> {
    let it = protocol::iter(th, v)?;
    let mut i = 0;
    while let Some(item) = protocol::next(th, it)? {
        let pair = match protocol::to_sequence(th, item) {
            Ok(p) => p,
            Err(e) => {
                if th.pending_is(TypeId::TypeError) {
                    th.clear_pending();
                    return Err(th.type_error(format!(
                        "cannot convert dictionary update sequence element #{i} to a sequence"
                    )));
                }
                return Err(e);
            }
        };
        if pair.len() != 2 {
            return Err(th.value_error(format!(
                "dictionary update sequence element #{i} has length {}; 2 is required",
                pair.len()
            )));
        }
        d.set(th, pair.get(0), pair.get(1))?;
        i += 1;
    }
    Ok(())
}

fn fromkeys(th: &Thread, a: &[Value]) -> Res {
    let value = a[2].given().unwrap_or(Value::none());
    let made = call::call(th, a[0], &[])?;
    if made.has_shape(fixed::DICT) {
        let d = Dict::of(made);
        let source =
            set::items(a[1]).or_else(|| Dict::from_value(a[1]).filter(|d| d.value().has_shape(fixed::DICT)));
        if let Some(s) = source.filter(|s| s.value() != made) {
            d.reserve(th, s.len())?;
            let mut at = 0;
            while let Some((k, _, h)) = s.next_hashed(th, &mut at) {
                d.set_hashed(th, k, h, value)?;
            }
            return Ok(made);
        }
        protocol::for_each(th, a[1], &mut |k| d.set(th, k, value))?;
        return Ok(made);
    }
    protocol::for_each(th, a[1], &mut |k| protocol::setitem(th, made, k, value))?;
    Ok(made)
}

fn get(th: &Thread, a: &[Value]) -> Res {
    Ok(this(a).get(th, a[1])?.unwrap_or_else(|| a[2].given().unwrap_or(Value::none())))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    if let Some(v) = this(a).get(th, a[1])? {
        return Ok(v);
    }
    missing(th, a[0], a[1])
}

/// `d[key]` for a key that is not there: `__missing__` of a subclass, or KeyError.
pub fn missing(th: &Thread, d: Value, key: Value) -> Res {
    if !d.has_shape(fixed::DICT)
        && let Some(f) = Class::of_value(th, d).special(th, Name::__missing__)
    {
        return call::call_special(th, f, d, &[key]);
    }
    Err(th.key_error(key))
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

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(this(a).get(th, a[1])?.is_some()))
}

fn len(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(this(a).len() as i64))
}

fn setdefault(th: &Thread, a: &[Value]) -> Res {
    this(a).get_or_add(th, a[1], a[2].given().unwrap_or(Value::none()))
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    match this(a).remove(th, a[1])? {
        Some(v) => Ok(v),
        None => a[2].given().ok_or_else(|| th.key_error(a[1])),
    }
}

fn popitem(th: &Thread, a: &[Value]) -> Res {
    match this(a).pop_last(th)? {
        Some((k, v)) => tuple::from_slice(th, &[k, v]),
        None => Err(th.raise_new(TypeId::KeyError, "popitem(): dictionary is empty")),
    }
}

fn clear(th: &Thread, a: &[Value]) -> Res {
    this(a).clear(th)?;
    Ok(Value::none())
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    Ok(this(a).copy(th)?.value())
}

fn keys(th: &Thread, a: &[Value]) -> Res {
    dict_views::new(th, a[0], Part::Keys)
}

fn values(th: &Thread, a: &[Value]) -> Res {
    dict_views::new(th, a[0], Part::Values)
}

fn items(th: &Thread, a: &[Value]) -> Res {
    dict_views::new(th, a[0], Part::Items)
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    dict_views::new_iter(th, this(a), Part::Keys)
}

fn reversed(th: &Thread, a: &[Value]) -> Res {
    dict_views::new_reverse_iter(th, this(a), Part::Keys)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    repr_of(th, this(a))
}

/// `{k: v, ...}`.
pub fn repr_of(th: &Thread, d: Dict) -> Res {
    let Some(_guard) = repr_guard::enter(th, d.value()) else { return Ok(string::new(th, "{...}")) };
    if d.is_empty() {
        return Ok(string::new(th, "{}"));
    }
    let mut b = krait_text::CharsBuf::with_capacity(32);
    let mut at = 0;
    let mut first = true;
    while let Some((k, v)) = d.next(th, &mut at) {
        b.extend_str(if first { "{" } else { ", " });
        first = false;
        let text = protocol::repr(th, k)?;
        b.extend(Str::of(text).chars());
        b.extend_str(": ");
        let text = protocol::repr(th, v)?;
        b.extend(Str::of(text).chars());
    }
    b.push('}' as u32);
    string::from_buf(th, &b)
}

/// Same keys with equal values?
pub fn equal(th: &Thread, a: Dict, b: Dict) -> Res<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    th.check_native_stack_while(" in comparison")?;
    let mut at = 0;
    while let Some((k, v, h)) = a.next_hashed(th, &mut at) {
        match b.get_hashed(th, k, h)? {
            Some(w) if protocol::equal(th, v, w)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    match Dict::from_value(a[1]) {
        Some(b) => Ok(Value::bool(equal(th, this(a), b)?)),
        None => Ok(Value::not_implemented()),
    }
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    match Dict::from_value(a[1]) {
        Some(b) => Ok(Value::bool(!equal(th, this(a), b)?)),
        None => Ok(Value::not_implemented()),
    }
}

fn declined(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

fn union(th: &Thread, left: Value, right: Value) -> Res {
    let (Some(l), Some(r)) = (Dict::from_value(left), Dict::from_value(right)) else {
        return Ok(Value::not_implemented());
    };
    let d = l.copy(th)?;
    merge(th, d, r.value(), true)?;
    Ok(d.value())
}

fn or(th: &Thread, a: &[Value]) -> Res {
    union(th, a[0], a[1])
}

fn ror(th: &Thread, a: &[Value]) -> Res {
    union(th, a[1], a[0])
}

fn ior(th: &Thread, a: &[Value]) -> Res {
    update_from(th, this(a), a[1])?;
    Ok(a[0])
}

fn sizeof(_: &Thread, a: &[Value]) -> Res {
    // What CPython's table of the same capacity takes.
    let n = this(a).len();
    if n == 0 {
        return Ok(Value::small(48));
    }
    let mut size = 8usize;
    while size * 2 / 3 < n {
        size *= 2;
    }
    Ok(Value::small((48 + 32 + size + size * 2 / 3 * 24 + 16) as i64))
}

/// The keys of a dict as a list.
pub fn key_list(th: &Thread, d: Dict) -> Res {
    let l = crate::list::new(th);
    let mut at = 0;
    while let Some((k, _)) = d.next(th, &mut at) {
        l.push(th, k)?;
    }
    Ok(l.value())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__lt__" "(value, /)" declined, "Return self<value.", Pure;
        method "__le__" "(value, /)" declined, "Return self<=value.", Pure;
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__gt__" "(value, /)" declined, "Return self>value.", Pure;
        method "__ge__" "(value, /)" declined, "Return self>=value.", Pure;
        method "__iter__" "()" iter, "Implement iter(self).", Reads;
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        method "__or__" "(value, /)" or, "Return self|value.";
        method "__ror__" "(value, /)" ror, "Return value|self.";
        method "__ior__" "(value, /)" ior, "Return self|=value.";
        method "__len__" "()" len, "Return len(self).", Reads;
        method "__getitem__" "(key, /)" getitem, "Return self[key].";
        method "__setitem__" "(key, value, /)" setitem, "Set self[key] to value.";
        method "__delitem__" "(key, /)" delitem, "Delete self[key].";
        method "__contains__" "(key, /)" contains, "True if the dictionary has the specified key, else False.";
        method "__sizeof__" "()" sizeof, "Size of the dictionary in memory, in bytes.", Reads;
        method "get" "(key, default=None, /)" get, "The value for key if it is in the dictionary, else default.";
        method "setdefault" "(key, default=None, /)" setdefault, "The value for key; inserts default first if the key is missing.";
        method "pop" "(key, default=<unrepresentable>, /)" pop, "Removes a key and returns its value; default, or KeyError, if it is missing.";
        method "popitem" "()" popitem, "Removes the last item and returns it as a pair.";
        method "keys" "()" keys, "A view of the keys.", Reads;
        method "items" "()" items, "A view of the items.", Reads;
        method "values" "()" values, "A view of the values.", Reads;
        method "update" "(*args, **kwargs)" update, "Sets items from a mapping or an iterable of pairs, and from keywords.";
        classmethod "fromkeys" "(iterable, value=None, /)" fromkeys, "A new dictionary with keys from iterable, all with the same value.";
        method "clear" "()" clear, "Removes all items.";
        method "copy" "()" copy, "A shallow copy.", Reads;
        method "__reversed__" "()" reversed, "A reverse iterator over the keys.", Reads;
    }
}

/// The table of `dict`.
pub const TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Dict,
    "A mapping of keys to values: dict(mapping_or_pairs, **items).",
    METHODS,
    &[],
)
.flags(flag::MATCH_SELF | flag::MAPPING)];
