//! What the classes of this crate share.

use krait_object::class::{Class, ClassSpec, type_name};
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::{Raised, Res, Thread, Value};

/// The class that a `__new__` of the native class `own` is to instantiate.
pub fn new_target(th: &Thread, v: Value, own: Class) -> Res<Class> {
    if v == own.value() {
        return Ok(own);
    }
    let name = krait_object::type_new::tp_name(th, own);
    let Some(c) = Class::from_value(v) else {
        return Err(
            th.type_error(format!("{name}.__new__(X): X is not a type object ({})", type_name(th, v)))
        );
    };
    if !c.is_subclass_of(own) {
        let sub = krait_object::type_new::tp_name(th, c);
        return Err(th.type_error(format!("{name}.__new__({sub}): {sub} is not a subtype of {name}")));
    }
    Ok(c)
}

/// Makes a class, keeps it in the slot and adds it to the module.
pub fn publish(
    th: &Thread,
    m: Module,
    slot: &InterpSlot,
    spec: &'static ClassSpec,
    base: Option<Class>,
) -> Res<Class> {
    let c = match base {
        Some(b) => spec.make_with_base(th, b)?,
        None => spec.make(th)?,
    };
    slot.set(th, c.value());
    m.add_class(th, c);
    Ok(c)
}

/// The class in a slot.
///
/// # Errors
/// RuntimeError before its module was made.
pub fn get(th: &Thread, slot: &InterpSlot) -> Res<Class> {
    slot.get(th).map(Class::of).ok_or_else(|| th.runtime_error("the class's module is not imported"))
}

/// `cannot pickle 'X' instances`.
pub fn cannot_pickle(th: &Thread, v: Value) -> Raised {
    th.type_error(format!("cannot pickle '{}' instances", type_name(th, v)))
}
