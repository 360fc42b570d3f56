//! `ContextVar` and `Token`.

use super::context::{self, Context};
use super::persistent;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::native_class::NativeClass;
use krait_object::object_methods::address;
use krait_object::string::Str;
use krait_object::tuple::Tuple;
use krait_object::{Kind, Res, Thread, TypeId, Value, natives, payload, protocol, repr_guard, string};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// A variable whose value depends on the context.
pub struct Var {
    name: Slot,
    /// `UNBOUND`: none.
    default: Slot,
    /// A number of its own, by which contexts find it.
    pub number: u64,
}
payload!(Var, "ContextVar", [name, default]);

/// What `set` gives: the way back.
struct Token {
    context: Slot,
    var: Slot,
    /// The value before, or `UNBOUND`.
    old: Slot,
    used: Cell<bool>,
}
payload!(Token, "Token", [context, var, old]);

/// `Token.MISSING`.
struct Missing;
payload!(Missing, "Token.MISSING", []);

pub static VAR: NativeClass = NativeClass::new(
    ClassSpec::new("_contextvars.ContextVar", "", VAR_METHODS, VAR_GETSET).flags(flag::WEAKREF),
);
pub static TOKEN: NativeClass =
    NativeClass::new(ClassSpec::new("_contextvars.Token", "", TOKEN_METHODS, TOKEN_GETSET).flags(0));
static MISSING_CLASS: NativeClass =
    NativeClass::new(ClassSpec::new("Token.MISSING", "", MISSING_METHODS, &[]).flags(flag::NO_NEW));
static MISSING: InterpSlot = InterpSlot::new();

/// `Token.MISSING`.
pub fn missing(th: &Thread) -> Res {
    MISSING.get_or(th, |th| Ok(custom::alloc(th, MISSING_CLASS.get(th)?, Missing)?.value()))
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The variable, or TypeError.
pub fn key(th: &Thread, v: Value) -> Res<Custom<Var>> {
    match Custom::from_value(v) {
        Some(c) => Ok(c),
        None => {
            let shown = protocol::repr_text(th, v)?;
            Err(th.type_error(format!("a ContextVar key was expected, got {shown}")))
        }
    }
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = VAR.class_arg(th, a[0])?;
    let [name] = Tuple::of(a[1]).as_slice() else {
        let n = Tuple::of(a[1]).len();
        let most = if n == 0 { "exactly" } else { "at most" };
        return Err(th.type_error(format!("ContextVar() takes {most} 1 positional argument ({n} given)")));
    };
    if !name.is_kind(Kind::Str) {
        return Err(th.type_error("context variable name must be a str"));
    }
    let default = a[2].given().unwrap_or(Value::UNBOUND);
    let v = Var { name: Slot::new(*name), default: Slot::new(default), number: next_number() };
    Ok(custom::alloc(th, class, v)?.value())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let v = Custom::<Var>::of(a[0]);
    let mut text = format!("<ContextVar name={}", protocol::repr_text(th, v.name.get())?);
    if v.default.get() != Value::UNBOUND {
        // A default that shows the variable again would not end.
        match repr_guard::enter(th, a[0]) {
            Some(_guard) => text += &format!(" default={}", protocol::repr_text(th, v.default.get())?),
            None => text += " default=...",
        }
    }
    text += &format!(" at {:#x}>", address(a[0]));
    string::try_new(th, &text)
}

fn get(th: &Thread, a: &[Value]) -> Res {
    let v = Custom::<Var>::of(a[0]);
    if let Some(c) = context::current_if_any(th)
        && let Some(x) = persistent::get(c.map(), v)
    {
        return Ok(x);
    }
    if let Some(default) = a[1].given() {
        return Ok(default);
    }
    match v.default.get() {
        Value::UNBOUND => Err(th.raise_with(TypeId::LookupError, a[0])),
        default => Ok(default),
    }
}

fn set(th: &Thread, a: &[Value]) -> Res {
    let v = Custom::<Var>::of(a[0]);
    let c = context::current(th)?;
    let old = persistent::get(c.map(), v).unwrap_or(Value::UNBOUND);
    let token = Token {
        context: Slot::new(c.value()),
        var: Slot::new(a[0]),
        old: Slot::new(old),
        used: Cell::new(false),
    };
    let token = custom::alloc(th, TOKEN.get(th)?, token)?;
    context::set(th, c, v, a[1])?;
    Ok(token.value())
}

fn reset(th: &Thread, a: &[Value]) -> Res {
    let v = Custom::<Var>::of(a[0]);
    let shown = || protocol::repr_text(th, a[1]);
    let Some(t) = Custom::<Token>::from_value(a[1]) else {
        return Err(th.type_error(format!("expected an instance of Token, got {}", shown()?)));
    };
    if t.used.get() {
        return Err(th.runtime_error(format!("{} has already been used once", shown()?)));
    }
    if t.var.get() != a[0] {
        return Err(th.value_error(format!("{} was created by a different ContextVar", shown()?)));
    }
    let c: Custom<Context> = context::current(th)?;
    if t.context.get() != c.value() {
        return Err(th.value_error(format!("{} was created in a different Context", shown()?)));
    }
    t.used.set(true);
    match t.old.get() {
        Value::UNBOUND => context::remove(th, c, v)?,
        old => context::set(th, c, v, old)?,
    }
    Ok(Value::none())
}

fn name(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Var>::of(v).name.get())
}

fn token_new(th: &Thread, _: &[Value]) -> Res {
    Err(th.runtime_error("Tokens can only be created by ContextVars"))
}

fn token_repr(th: &Thread, a: &[Value]) -> Res {
    let t = Custom::<Token>::of(a[0]);
    let used = if t.used.get() { " used" } else { "" };
    let var = protocol::repr(th, t.var.get())?;
    string::try_new(th, &format!("<Token{used} var={} at {:#x}>", Str::of(var).to_text(), address(a[0])))
}

fn token_var(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Token>::of(v).var.get())
}

fn token_old(th: &Thread, v: Value) -> Res {
    match Custom::<Token>::of(v).old.get() {
        Value::UNBOUND => missing(th),
        old => Ok(old),
    }
}

fn missing_repr(th: &Thread, _: &[Value]) -> Res {
    string::try_new(th, "<Token.MISSING>")
}

/// Puts `MISSING` into the class.
pub fn finish_token_class(th: &Thread) -> Res<()> {
    let m = missing(th)?;
    let d: Dict = TOKEN.get(th)?.dict();
    d.set_text(th, "MISSING", m);
    Ok(())
}

natives! {
    static VAR_METHODS = {
        staticmethod "__new__" "(cls, /, *args, default=None)" new, "";
        method "__repr__" "()" repr, "";
        method "get" "!(default=None, /)" get, "The variable's value in the current context, else the default given, else its own.";
        method "set" "!(value, /)" set, "Sets the variable in the current context. The result is for `reset`.";
        method "reset" "!(token, /)" reset, "Undoes the `set` that gave the token.";
        classmethod "__class_getitem__" "!(item, /)" krait_object::construct::class_getitem, "";
    }
}

static VAR_GETSET: &[GetSetDef] = &[GetSetDef::ro("name", name, "").member()];

natives! {
    static TOKEN_METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" token_new, "";
        method "__repr__" "()" token_repr, "";
        classmethod "__class_getitem__" "!(item, /)" krait_object::construct::class_getitem, "";
    }
}

static TOKEN_GETSET: &[GetSetDef] =
    &[GetSetDef::ro("var", token_var, ""), GetSetDef::ro("old_value", token_old, "")];

natives! {
    static MISSING_METHODS = {
        method "__repr__" "()" missing_repr, "";
    }
}
