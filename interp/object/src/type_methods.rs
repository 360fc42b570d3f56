//! What programs see of classes.

use crate::call;
use crate::class::Class;
use crate::names::Name;
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{attr, protocol};

/// `C[key]`: `__class_getitem__`; `type[key]` itself is a generic alias.
pub fn class_getitem(th: &Thread, c: Class, key: Value) -> Res {
    if let Some(f) = attr::get_opt(th, c.value(), th.name(Name::__class_getitem__))? {
        return call::call(th, f, &[key]);
    }
    Err(th.type_error(format!("type '{}' is not subscriptable", c.name_text())))
}

/// `isinstance` with a class-like object: by its `__bases__`.
pub fn abstract_is_instance(th: &Thread, v: Value, class: Value) -> Res<bool> {
    if Class::from_value(class).is_some() {
        return protocol::real_is_instance(th, v, Class::of(class));
    }
    if bases_of(th, class)?.is_none() {
        return Err(th.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match attr::get_opt(th, v, th.name(Name::__class__))? {
        Some(k) => abstract_derives(th, k, class),
        None => Ok(false),
    }
}

/// `issubclass` with class-like objects: by their `__bases__`.
pub fn abstract_is_subclass(th: &Thread, v: Value, class: Value) -> Res<bool> {
    if let (Some(a), Some(b)) = (Class::from_value(v), Class::from_value(class)) {
        return Ok(a.is_subclass_of(b));
    }
    if bases_of(th, v)?.is_none() {
        return Err(th.type_error("issubclass() arg 1 must be a class"));
    }
    if bases_of(th, class)?.is_none() {
        return Err(th.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_derives(th, v, class)
}

fn bases_of(th: &Thread, v: Value) -> Res<Option<Tuple>> {
    Ok(attr::get_opt(th, v, th.name(Name::__bases__))?.and_then(Tuple::from_value))
}

fn abstract_derives(th: &Thread, v: Value, class: Value) -> Res<bool> {
    th.check_native_stack()?;
    if v == class {
        return Ok(true);
    }
    let Some(bases) = bases_of(th, v)? else { return Ok(false) };
    for &b in bases.as_slice() {
        if abstract_derives(th, b, class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The most derived metaclass of a metaclass and the bases' metaclasses; TypeError on a conflict.
pub fn calculate_metaclass(th: &Thread, meta: Class, bases: &[Value]) -> Res<Class> {
    let mut winner = meta;
    for &b in bases {
        let c = Class::of_value(th, b);
        if winner.is_subclass_of(c) {
            continue;
        }
        if c.is_subclass_of(winner) {
            winner = c;
            continue;
        }
        return Err(th.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// Is the value `type` itself?
pub fn is_type_type(th: &Thread, v: Value) -> bool {
    v == th.interp.class_value(TypeId::Type)
}
