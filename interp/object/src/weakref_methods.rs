//! What programs see of weak references, and the functions of `_weakref`. Proxies are in `weakproxy_methods`.

use crate::bootstrap::TypeTable;
use crate::class::{Class, flag, type_name};
use crate::construct;
use crate::descriptor::GetSetDef;
use crate::dict::Dict;
use crate::hash as hashing;
use crate::kind::Kind;
use crate::list;
use crate::names::Name;
use crate::natives;
use crate::object_methods::address;
use crate::protocol::{self, Cmp};
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::weakref::{self, WeakRef};
use crate::{attr, weakproxy_methods};

/// The weak references to an object: the shared ones, then the others, newest first.
pub fn references(th: &Thread, v: Value) -> Res<crate::ValueVec> {
    let mut cells = Vec::new();
    if v.is_cell() && is_weakly_referable(th, v) {
        th.heap.weakrefs_of(v.cell(), &mut |w| cells.push(w));
    }
    cells.sort_by_key(|&w| {
        let r = WeakRef::from_cell(w);
        match r.has_callback() {
            false if r.value().has_shape(TypeId::WeakRef as u32) => 0,
            false if weakproxy_methods::is_proxy(th, r.value()) => 1,
            _ => 2,
        }
    });
    // Nothing was allocated since the cells were found; from here on the vector keeps them.
    let mut out = crate::ValueVec::with_capacity(th, cells.len())?;
    for w in cells {
        out.push(th, WeakRef::from_cell(w).value())?;
    }
    Ok(out)
}

/// The first of [`references`] (`__weakref__`), or None.
pub fn first_reference(th: &Thread, v: Value) -> Res {
    Ok(references(th, v)?.as_slice().first().copied().unwrap_or(Value::none()))
}

/// Do instances of the object's class take weak references?
pub fn is_weakly_referable(th: &Thread, v: Value) -> bool {
    v.is_cell() && Class::of_value(th, v).has_flag(flag::WEAKREF)
}

/// TypeError unless the object can be weakly referenced.
pub fn check_referent(th: &Thread, v: Value) -> Result<(), Raised> {
    if is_weakly_referable(th, v) {
        return Ok(());
    }
    Err(th.type_error(format!("cannot create weak reference to '{}' object", type_name(th, v))))
}

/// The reference of exactly this shape and without a callback that the object has already: it is shared.
pub fn shared_reference(th: &Thread, v: Value, shape: u32) -> Option<Value> {
    let mut found = None;
    th.heap.weakrefs_of(v.cell(), &mut |w| {
        let r = WeakRef::from_cell(w);
        if r.value().has_shape(shape) && !r.has_callback() {
            found = Some(r.value());
        }
    });
    found
}

/// `weakref.ref(v, callback)`.
pub fn new_reference(th: &Thread, v: Value, callback: Value) -> Res {
    make(th, th.interp.class(TypeId::WeakRef), v, callback)
}

fn make(th: &Thread, c: Class, v: Value, callback: Value) -> Res {
    check_referent(th, v)?;
    if callback.is_none()
        && c.is(TypeId::WeakRef)
        && let Some(r) = shared_reference(th, v, TypeId::WeakRef as u32)
    {
        return Ok(r);
    }
    let r = weakref::new(th, v, callback, c.shape.get(), c.tail_bytes());
    c.init_tail(r.cell());
    Ok(r.value())
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::WeakRef)?;
    if c.is(TypeId::WeakRef) {
        no_keywords(th, a[2])?;
    }
    let args = Tuple::of(a[1]).as_slice();
    let (v, callback) = match args {
        [] => return Err(th.type_error("__new__ expected at least 1 argument, got 0")),
        [v] => (*v, Value::none()),
        [v, callback] => (*v, *callback),
        _ => {
            return Err(th.type_error(format!("__new__ expected at most 2 arguments, got {}", args.len())));
        }
    };
    make(th, c, v, callback)
}

fn no_keywords(th: &Thread, kwargs: Value) -> Result<(), Raised> {
    if Dict::from_value(kwargs).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error("ref() takes no keyword arguments"));
    }
    Ok(())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    no_keywords(th, a[2])?;
    match Tuple::of(a[1]).len() {
        0 => Err(th.type_error("__init__ expected at least 1 argument, got 0")),
        1 | 2 => Ok(Value::none()),
        n => Err(th.type_error(format!("__init__ expected at most 2 arguments, got {n}"))),
    }
}

fn call(th: &Thread, a: &[Value]) -> Res {
    let given = Tuple::of(a[1]).len();
    if given > 0 {
        return Err(th.type_error(format!("weakref expected 0 arguments, got {given}")));
    }
    Ok(WeakRef::of(a[0]).referent().unwrap_or(Value::none()))
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let r = WeakRef::of(a[0]);
    if r.hash.get() == i64::MIN {
        let Some(v) = r.referent() else { return Err(th.type_error("weak object has gone away")) };
        let h = protocol::hash(th, v)?;
        r.hash.set(hashing::fit(h));
    }
    Ok(Value::small(r.hash.get()))
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let is_reference = |v: Value| v.is_kind(Kind::WeakRef) && !weakproxy_methods::is_proxy(th, v);
    if !is_reference(a[1]) {
        return Ok(Value::not_implemented());
    }
    match (WeakRef::of(a[0]).referent(), WeakRef::of(a[1]).referent()) {
        (Some(x), Some(y)) => protocol::compare(th, op, x, y),
        _ => Ok(Value::bool((a[0] == a[1]) == (op == Cmp::Eq))),
    }
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let at = address(a[0]);
    let Some(v) = WeakRef::of(a[0]).referent() else {
        return Ok(string::new(th, &format!("<weakref at {at:#x}; dead>")));
    };
    // As of a special method: the object's own attributes, and a __getattr__, do not count.
    let name = match Class::of_value(th, v).lookup(th, th.name(Name::__name__)) {
        Some(name) => Str::from_value(attr::bind(th, name, v)?),
        None => None,
    };
    let class = type_name(th, v);
    let text = match name {
        Some(n) => format!("<weakref at {at:#x}; to '{class}' at {:#x} ({})>", address(v), n.to_text()),
        None => format!("<weakref at {at:#x}; to '{class}' at {:#x}>", address(v)),
    };
    string::try_new(th, &text)
}

fn get_callback(_: &Thread, v: Value) -> Res {
    let r = WeakRef::of(v);
    Ok(if r.referent().is_some() { r.callback.get() } else { Value::none() })
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__hash__" "()" hash, "Return hash(self).";
        method "__call__" "(*args, **kwargs)" call, "Call self as a function.";
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        classmethod "__class_getitem__" "(object, /)" construct::class_getitem, "See PEP 585";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("__callback__", get_callback, "").member()];

// ---- The functions of `_weakref`

fn getweakrefcount(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(references(th, a[0])?.len() as i64))
}

fn getweakrefs(th: &Thread, a: &[Value]) -> Res {
    let all = references(th, a[0])?;
    Ok(list::from_vec(th, all))
}

fn proxy(th: &Thread, a: &[Value]) -> Res {
    weakproxy_methods::new_proxy(th, a[0], a[1].given().unwrap_or(Value::none()))
}

fn remove_dead(th: &Thread, a: &[Value]) -> Res {
    let Some(d) = Dict::from_value(a[0]) else {
        return Err(th.type_error(format!(
            "_remove_dead_weakref() argument 1 must be dict, not {}",
            type_name(th, a[0])
        )));
    };
    let Some(v) = d.get(th, a[1])? else { return Ok(Value::none()) };
    match WeakRef::from_value(v) {
        Some(r) if r.referent().is_none() => {
            d.remove(th, a[1])?;
            Ok(Value::none())
        }
        Some(_) => Ok(Value::none()),
        None => Err(th.type_error("not a weakref")),
    }
}

// The functions of the module `_weakref`; its classes are the types `WeakRef`, `WeakProxy`, `WeakCallableProxy`.
natives! {
    pub static FUNCTIONS = {
        function "getweakrefcount" "(object, /)" getweakrefcount, "Return the number of weak references to 'object'.";
        function "getweakrefs" "(object, /)" getweakrefs, "Return a list of all weak reference objects pointing to 'object'.";
        function "proxy" "(object, callback=None, /)" proxy, "Create a proxy object that weakly references 'object'.";
        function "_remove_dead_weakref" "(dct, key, /)" remove_dead, "Atomically remove key from dict if it points to a dead weakref.";
    }
}

/// The table of `weakref.ref`.
pub const TABLES: &[TypeTable] = &[TypeTable::new(TypeId::WeakRef, "", METHODS, GETSET)];
