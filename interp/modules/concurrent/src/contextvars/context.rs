//! `Context`, the current one of a thread, and iterators over a context.
//!
//! `Thread::context` is the current context; it is made on first use. `Context.run` replaces it for the
//! time of a call. A context is a cell with a persistent map, so a copy costs one cell.

use super::persistent;
use super::var::{self, Var};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::dict::Dict;
use krait_object::list::{self, List};
use krait_object::native_class::NativeClass;
use krait_object::tuple::{self, Tuple};
use krait_object::{Name, Res, Thread, Value, call, int, natives, payload, protocol};
use std::cell::Cell;

/// A mapping of variables to values.
pub struct Context {
    /// A persistent map.
    map: Slot,
    len: Cell<usize>,
    /// Is it the current context of a thread, or will it be again when a call returns?
    entered: Cell<bool>,
}
payload!(Context, "Context", [map]);

impl Context {
    pub fn map(&self) -> Value {
        self.map.get()
    }
}

pub static CONTEXT: NativeClass =
    NativeClass::new(ClassSpec::new("_contextvars.Context", "", METHODS, &[]).flags(flag::WEAKREF));

fn make(th: &Thread, map: Value, len: usize) -> Res<Custom<Context>> {
    let c = Context { map: Slot::new(map), len: Cell::new(len), entered: Cell::new(false) };
    custom::alloc(th, CONTEXT.get(th)?, c)
}

/// The thread's context, if it needed one so far.
#[inline]
pub fn current_if_any(th: &Thread) -> Option<Custom<Context>> {
    match th.context.get() {
        Value::UNBOUND => None,
        c => Some(Custom::of(c)),
    }
}

/// The thread's context.
pub fn current(th: &Thread) -> Res<Custom<Context>> {
    if let Some(c) = current_if_any(th) {
        return Ok(c);
    }
    let c = make(th, Value::none(), 0)?;
    c.entered.set(true);
    th.context.set(c.value());
    Ok(c)
}

/// A copy of the thread's context.
pub fn copy_current(th: &Thread) -> Res<Custom<Context>> {
    match current_if_any(th) {
        Some(c) => make(th, c.map.get(), c.len.get()),
        None => make(th, Value::none(), 0),
    }
}

/// Sets a variable.
pub fn set(th: &Thread, c: Custom<Context>, v: Custom<Var>, value: Value) -> Res<()> {
    let (map, added) = persistent::set(th, c.map.get(), v, value)?;
    c.map.set(th, c.cell(), map);
    c.len.set(c.len.get() + usize::from(added));
    Ok(())
}

/// Takes a variable out.
///
/// # Errors
/// LookupError when it is not in the context.
pub fn remove(th: &Thread, c: Custom<Context>, v: Custom<Var>) -> Res<()> {
    match persistent::remove(th, c.map.get(), v)? {
        Some(map) => {
            c.map.set(th, c.cell(), map);
            c.len.set(c.len.get() - 1);
            Ok(())
        }
        None => Err(th.raise_with(krait_object::TypeId::LookupError, v.value())),
    }
}

/// Runs `f` with the context as the thread's own.
///
/// # Errors
/// RuntimeError when the context is in use.
pub fn run_in(th: &Thread, c: Custom<Context>, f: impl FnOnce() -> Res) -> Res {
    if c.entered.get() {
        let shown = protocol::repr_text(th, c.value())?;
        return Err(th.runtime_error(format!("cannot enter context: {shown} is already entered")));
    }
    // The one before is found by the collector on this machine stack.
    let before = th.context.replace(c.value());
    c.entered.set(true);
    let r = f();
    c.entered.set(false);
    th.context.set(before);
    r
}

fn new(th: &Thread, a: &[Value]) -> Res {
    if !Tuple::of(a[1]).is_empty() || a[2].given().and_then(Dict::from_value).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error("Context() does not accept any arguments"));
    }
    CONTEXT.class_arg(th, a[0])?;
    Ok(make(th, Value::none(), 0)?.value())
}

fn run(th: &Thread, a: &[Value]) -> Res {
    let [f, args @ ..] = Tuple::of(a[1]).as_slice() else {
        return Err(th.type_error("run() missing 1 required positional argument"));
    };
    run_in(th, Custom::of(a[0]), || call::call_dict(th, *f, args, a[2]))
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    let c = Custom::<Context>::of(a[0]);
    Ok(make(th, c.map.get(), c.len.get())?.value())
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, Custom::<Context>::of(a[0]).len.get()))
}

fn find(th: &Thread, c: Value, k: Value) -> Res<Option<Value>> {
    let k = var::key(th, k)?;
    Ok(persistent::get(Custom::<Context>::of(c).map.get(), k))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    find(th, a[0], a[1])?.ok_or_else(|| th.key_error(a[1]))
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(find(th, a[0], a[1])?.is_some()))
}

fn get(th: &Thread, a: &[Value]) -> Res {
    Ok(find(th, a[0], a[1])?.unwrap_or(a[2].given().unwrap_or(Value::none())))
}

/// Same variables with equal values.
fn equal(th: &Thread, a: Custom<Context>, b: Custom<Context>) -> Res<bool> {
    if a.len.get() != b.len.get() {
        return Ok(false);
    }
    let other = b.map.get();
    let mut same = true;
    persistent::for_each(a.map.get(), &mut |k, v| {
        if same {
            same = match persistent::get(other, Custom::of(k)) {
                Some(w) => protocol::equal(th, v, w)?,
                None => false,
            };
        }
        Ok(())
    })?;
    Ok(same)
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    match Custom::<Context>::from_value(a[1]) {
        Some(b) => Ok(Value::bool(equal(th, Custom::of(a[0]), b)?)),
        None => Ok(Value::not_implemented()),
    }
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    match Custom::<Context>::from_value(a[1]) {
        Some(b) => Ok(Value::bool(!equal(th, Custom::of(a[0]), b)?)),
        None => Ok(Value::not_implemented()),
    }
}

/// Goes over what was in a context when it was made.
struct Items {
    /// A list of what it gives.
    list: Slot,
    at: Cell<usize>,
}
payload!(Items, "context iterator", [list], next items_next);

static KEYS: NativeClass =
    NativeClass::new(ClassSpec::new("keys", "", ITEMS_METHODS, &[]).flags(flag::NO_NEW));
static VALUES: NativeClass =
    NativeClass::new(ClassSpec::new("values", "", ITEMS_METHODS, &[]).flags(flag::NO_NEW));
static ITEMS: NativeClass =
    NativeClass::new(ClassSpec::new("items", "", ITEMS_METHODS, &[]).flags(flag::NO_NEW));

fn items_next(_: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Items>::of(v);
    let at = it.at.get();
    it.at.set(at.saturating_add(1));
    Ok(List::of(it.list.get()).get(at))
}

fn items_len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, List::of(Custom::<Items>::of(a[0]).list.get()).len()))
}

fn iterate(th: &Thread, c: Value, class: Class, f: fn(&Thread, Value, Value) -> Res) -> Res {
    let l = list::new(th);
    persistent::for_each(Custom::<Context>::of(c).map.get(), &mut |k, v| l.push(th, f(th, k, v)?))?;
    Ok(custom::alloc(th, class, Items { list: Slot::new(l.value()), at: Cell::new(0) })?.value())
}

fn keys(th: &Thread, a: &[Value]) -> Res {
    iterate(th, a[0], KEYS.get(th)?, |_, k, _| Ok(k))
}

fn values(th: &Thread, a: &[Value]) -> Res {
    iterate(th, a[0], VALUES.get(th)?, |_, _, v| Ok(v))
}

fn items(th: &Thread, a: &[Value]) -> Res {
    iterate(th, a[0], ITEMS.get(th)?, |th, k, v| tuple::from_slice(th, &[k, v]))
}

/// Contexts and tokens cannot be hashed.
pub fn finish_classes(th: &Thread) -> Res<()> {
    for c in [&CONTEXT, &var::TOKEN] {
        c.get(th)?.dict().set_name(th, th.name(Name::__hash__), Value::none());
    }
    Ok(())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "";
        method "__len__" "()" len, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__contains__" "(key, /)" contains, "";
        method "__iter__" "()" keys, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "get" "!(key, default=None, /)" get, "The value of the variable, or the default.";
        method "keys" "!()" keys, "The variables.";
        method "values" "!()" values, "The variables' values.";
        method "items" "!()" items, "Pairs of variables and their values.";
        method "copy" "!()" copy, "A copy; it takes no time.";
        method "run" "!(*args, **kwargs)" run, "Calls a function with this context as the current one.";
    }
}

natives! {
    static ITEMS_METHODS = {
        method "__iter__" "()" custom::iter_method, "";
        method "__next__" "()" custom::next_method, "";
        method "__len__" "()" items_len, "";
    }
}
