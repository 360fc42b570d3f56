//! How plain objects are pickled and copied: `object.__reduce_ex__`, `__getstate__`.
//!
//! Protocol 2 and up is done here; below, `copyreg._reduce_ex` does it in Python.
//! The functions that a pickle names (`copyreg.__newobj__`) are `copyreg`'s own.

use crate::attr;
use crate::call;
use crate::class::{Class, flag, type_name};
use crate::dict::{self, Dict};
use crate::kind::Kind;
use crate::list::List;
use crate::names::Name;
use crate::native::Native;
use crate::protocol;
use crate::storage::ValueVec;
use crate::string::Str;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::type_new::tp_name;
use crate::types::TypeId;
use crate::value::Value;

/// The module of the name: from `sys.modules`, or imported now.
pub fn import(th: &Thread, name: &str) -> Res {
    let text = th.interp.interned.intern_text(th, name);
    if let Some(d) = Dict::from_value(th.interp.modules.get())
        && let Some(m) = d.get(th, text)?
    {
        return Ok(m);
    }
    let import =
        Dict::from_value(th.interp.builtins.get()).and_then(|d| d.get_name(th, th.name(Name::__import__)));
    match import {
        Some(f) => {
            call::call(th, f, &[text])?;
            match Dict::from_value(th.interp.modules.get()) {
                Some(d) => Ok(d.get(th, text)?.unwrap_or(Value::none())),
                None => Ok(Value::none()),
            }
        }
        None => Err(th.raise_new(TypeId::ImportError, "__import__ not found")),
    }
}

/// What `__reduce__` of an iterator gives: the function of `builtins` with the name, and its arguments.
pub fn call_builtin(th: &Thread, name: &str, args: &[Value]) -> Res {
    let f = match Dict::from_value(th.interp.builtins.get()) {
        Some(d) => d.get_text(th, name),
        None => None,
    };
    let Some(f) = f else { return Err(th.raise_new(TypeId::AttributeError, name)) };
    let args = tuple::from_slice(th, args)?;
    tuple::from_slice(th, &[f, args])
}

fn copyreg(th: &Thread, name: &str) -> Res {
    let m = import(th, "copyreg")?;
    attr::get_text(th, m, name)
}

#[cold]
fn cannot_pickle(th: &Thread, v: Value) -> Raised {
    th.type_error(format!("cannot pickle '{}' object", tp_name(th, Class::of_value(th, v))))
}

/// A special method of the object, bound; looked up on the class as the data model does.
fn special(th: &Thread, v: Value, n: Name) -> Res<Option<Value>> {
    match Class::of_value(th, v).lookup(th, th.name(n)) {
        Some(f) => Ok(Some(attr::bind(th, f, v)?)),
        None => Ok(None),
    }
}

/// Arguments for `__new__` when the object is restored: positional and keyword, or None each.
fn new_arguments(th: &Thread, v: Value) -> Res<(Option<Value>, Option<Value>)> {
    if let Some(f) = special(th, v, Name::__getnewargs_ex__)? {
        let r = call::call(th, f, &[])?;
        let Some(t) = Tuple::from_value(r) else {
            return Err(
                th.type_error(format!("__getnewargs_ex__ should return a tuple, not '{}'", type_name(th, r)))
            );
        };
        if t.len() != 2 {
            return Err(th.value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                t.len()
            )));
        }
        for (i, kind, what, want) in [(0, Kind::Tuple, "first", "tuple"), (1, Kind::Dict, "second", "dict")] {
            if !t.get(i).is_kind(kind) {
                return Err(th.type_error(format!(
                    "{what} item of the tuple returned by __getnewargs_ex__ must be a {want}, not '{}'",
                    type_name(th, t.get(i))
                )));
            }
        }
        return Ok((Some(t.get(0)), Some(t.get(1))));
    }
    if let Some(f) = special(th, v, Name::__getnewargs__)? {
        let r = call::call(th, f, &[])?;
        if !r.is_kind(Kind::Tuple) {
            return Err(
                th.type_error(format!("__getnewargs__ should return a tuple, not '{}'", type_name(th, r)))
            );
        }
        return Ok((Some(r), None));
    }
    Ok((None, None))
}

/// Names of the slots in a class and its bases as `copyreg._slotnames` finds them (it keeps the list in the class).
fn slot_names(th: &Thread, c: Class) -> Res<Option<List>> {
    let cached = c.dict().get_text(th, "__slotnames__");
    let names = match cached {
        Some(n) => n,
        // Without members anywhere there is nothing to find; most classes are so.
        None if c.fixed_slots.get() == 0 && c.tail_words.get() <= 1 => return Ok(None),
        None => {
            let f = copyreg(th, "_slotnames")?;
            call::call(th, f, &[c.value()])?
        }
    };
    if names.is_none() {
        return Ok(None);
    }
    match List::from_value(names) {
        Some(l) => Ok(Some(l)),
        None => Err(th.type_error("copyreg._slotnames didn't return a list or None")),
    }
}

/// `object.__getstate__`; `required`: an object with native parts that no state shows is refused.
fn default_state(th: &Thread, v: Value, required: bool) -> Res {
    let c = Class::of_value(th, v);
    let plain = matches!(v.kind(), Kind::Instance | Kind::None | Kind::NotImplemented | Kind::Ellipsis);
    if required && !plain {
        if c.is(TypeId::MemoryView) {
            return Err(th.type_error("cannot pickle memoryview objects"));
        }
        return Err(cannot_pickle(th, v));
    }
    let mut state = Value::none();
    if c.has_flag(flag::DICT) || matches!(v.kind(), Kind::Function | Kind::Module) {
        let empty = match v.kind() {
            Kind::Instance => crate::instance::Instance::of(v).slot_count() == 0,
            _ => attr::dict_of(th, v)?.is_none_or(Dict::is_empty),
        };
        if !empty && let Some(d) = attr::dict_of(th, v)? {
            state = d.value();
        }
    }
    let Some(names) = slot_names(th, c)? else { return Ok(state) };
    let slots = dict::new(th);
    let n = names.len();
    for i in 0..n {
        let Some(name) = names.get(i) else { break };
        let Some(s) = Str::from_value(name) else { continue };
        if let Some(x) = attr::get_opt(th, v, crate::string::intern(th, s))? {
            slots.set(th, name, x)?;
        }
        if names.len() != n {
            return Err(th.runtime_error("__slotsname__ changed size during iteration"));
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    tuple::from_slice(th, &[state, slots.value()])
}

/// The state by the object's own `__getstate__`, or the default.
fn state_of(th: &Thread, v: Value, required: bool) -> Res {
    let f = attr::get_name(th, v, Name::__getstate__)?;
    if let Some(n) = Native::from_value(f)
        && n.owner.get() == th.interp.class_value(TypeId::Object)
        && n.receiver.get() == v
    {
        return default_state(th, v, required);
    }
    call::call(th, f, &[])
}

fn reduce_newobj(th: &Thread, v: Value) -> Res {
    let c = Class::of_value(th, v);
    if c.has_flag(flag::NO_NEW) {
        return Err(cannot_pickle(th, v));
    }
    let (args, kwargs) = new_arguments(th, v)?;
    let kwargs = kwargs.filter(|&k| Dict::from_value(k).is_some_and(|d| !d.is_empty()));
    let (f, new_args) = match (args, kwargs) {
        (Some(a), Some(k)) => (copyreg(th, "__newobj_ex__")?, tuple::from_slice(th, &[c.value(), a, k])?),
        _ => {
            let f = copyreg(th, "__newobj__")?;
            let mut all = ValueVec::new();
            all.push(th, c.value())?;
            if let Some(a) = args {
                for &x in Tuple::of(a).as_slice() {
                    all.push(th, x)?;
                }
            }
            (f, tuple::from_vec(th, &all)?)
        }
    };
    let (is_list, is_dict) = (v.is_kind(Kind::List), v.is_kind(Kind::Dict));
    let state = state_of(th, v, !(args.is_some() || is_list || is_dict))?;
    let list_items = if is_list { protocol::iter(th, v)? } else { Value::none() };
    let dict_items = if is_dict {
        let items = call::call_method(th, v, th.name(Name::items), &[])?;
        protocol::iter(th, items)?
    } else {
        Value::none()
    };
    tuple::from_slice(th, &[f, new_args, state, list_items, dict_items])
}

fn common(th: &Thread, v: Value, protocol: i64) -> Res {
    if protocol >= 2 {
        return reduce_newobj(th, v);
    }
    let f = copyreg(th, "_reduce_ex")?;
    call::call(th, f, &[v, Value::small(protocol)])
}

/// `object.__reduce__()`.
pub fn reduce(th: &Thread, a: &[Value]) -> Res {
    common(th, a[0], 0)
}

/// `object.__reduce_ex__(protocol)`: a `__reduce__` that the class overrides goes first.
pub fn reduce_ex(th: &Thread, a: &[Value]) -> Res {
    let p = protocol::index_i64(th, a[1])?;
    let name = th.name(Name::__reduce__);
    if let Some(f) = attr::get_opt(th, a[0], name)? {
        let class = Class::of_value(th, a[0]).value();
        let on_class = attr::get(th, class, name)?;
        let own = th.interp.class(TypeId::Object).dict().get_name(th, name);
        if Some(on_class) != own {
            return call::call(th, f, &[]);
        }
    }
    common(th, a[0], p)
}

/// `object.__getstate__()`.
pub fn getstate(th: &Thread, a: &[Value]) -> Res {
    default_state(th, a[0], false)
}
