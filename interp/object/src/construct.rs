//! What all `__new__` functions of builtin types share: the check of their class argument.

use crate::class::{Class, flag, type_name};
use crate::names::Name;
use crate::native::Native;
use crate::thread::{Raised, Res, Thread};
use crate::type_new::tp_name;
use crate::types::TypeId;
use crate::value::Value;

/// The class that a `__new__` of the builtin type `t` is to instantiate: `t` or a class derived from it that has
/// no other builtin's layout. TypeErrors are CPython's.
#[inline]
pub fn class_arg(th: &Thread, v: Value, t: TypeId) -> Res<Class> {
    if v == th.interp.class_value(t) { Ok(Class::of(v)) } else { check(th, v, t) }
}

#[cold]
fn check(th: &Thread, v: Value, t: TypeId) -> Res<Class> {
    let name = t.name();
    let Some(c) = Class::from_value(v) else {
        return Err(
            th.type_error(format!("{name}.__new__(X): X is not a type object ({})", type_name(th, v)))
        );
    };
    if !c.is_subclass_of(th.interp.class(t)) {
        let sub = c.name_text();
        return Err(th.type_error(format!("{name}.__new__({sub}): {sub} is not a subtype of {name}")));
    }
    // Every exception class shows a `__new__` of its own, all the same function.
    if t == TypeId::BaseException {
        return Ok(c);
    }
    // What native `__new__` the class would use, were it not for those written in Python, must be this type's.
    let mut own = c;
    loop {
        if own.has_flag(flag::NO_NEW) {
            return Err(unsafe_new(th, name, c, own));
        }
        match own.special(th, Name::__new__).and_then(Native::from_value) {
            Some(f) if f.owner.get() == th.interp.class_value(t) => return Ok(c),
            Some(_) => return Err(unsafe_new(th, name, c, own)),
            None => match Class::from_value(own.base.get()) {
                Some(b) => own = b,
                None => return Ok(c),
            },
        }
    }
}

/// TypeError of `object.__new__(int)` and the like.
#[cold]
pub fn unsafe_new(th: &Thread, name: &str, c: Class, own: Class) -> Raised {
    let (c, own) = (tp_name(th, c), tp_name(th, own));
    th.type_error(format!("{name}.__new__({c}) is not safe, use {own}.__new__()"))
}

/// `__class_getitem__` of generic builtin classes.
pub fn class_getitem(th: &Thread, a: &[Value]) -> Res {
    crate::generic_alias::new(th, a[0], a[1])
}

/// A function of the `builtins` module, for `__reduce__` results.
pub fn builtin(th: &Thread, name: &str) -> Res {
    let found = crate::dict::Dict::from_value(th.interp.builtins.get())
        .and_then(|d| d.get_name(th, th.interp.interned.intern_text(th, name)));
    found.ok_or_else(|| th.raise_new(TypeId::AttributeError, name))
}
