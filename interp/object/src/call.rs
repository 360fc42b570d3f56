//! Calling from native code. Python functions run in a nested dispatch loop; natives are called directly.

use crate::class::{Class, type_name};
use crate::dict::Dict;
use crate::kind::Kind;
use crate::method::Method;
use crate::names::Name;
use crate::native::{self, Native};
use crate::storage::ValueVec;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{tuple, type_call};

/// Calls with positional arguments.
#[inline]
pub fn call(th: &Thread, f: Value, args: &[Value]) -> Res {
    call_kw(th, f, args, Value::MISSING)
}

/// Calls with positional arguments and then the values of the keyword names in `kwnames` (a tuple, or `MISSING`).
pub fn call_kw(th: &Thread, f: Value, args: &[Value], kwnames: Value) -> Res {
    if let Some(n) = Native::from_value(f) {
        th.check_native_stack_while(" while calling a Python object")?;
        return native::call_native(th, n, args, kwnames);
    }
    if let Some(m) = Method::from_value(f)
        && args.len() < 8
    {
        let mut all = [Value::MISSING; 8];
        all[0] = m.receiver.get();
        all[1..=args.len()].copy_from_slice(args);
        return call_kw(th, m.function.get(), &all[..=args.len()], kwnames);
    }
    if let Some(c) = Class::from_value(f)
        && Class::of_value(th, f).inherits_special(th, Name::__call__, TypeId::Type)
    {
        th.check_native_stack_while(" while calling a Python object")?;
        return type_call::call_class(th, c, args, kwnames);
    }
    if let Some(run) = crate::custom::call_fn(th, f) {
        th.check_native_stack_while(" while calling a Python object")?;
        return run(th, f, args, kwnames);
    }
    match th.interp.hooks.get() {
        Some(h) => (h.call)(th, f, args, kwnames),
        None => Err(th.type_error(format!("'{}' object is not callable", type_name(th, f)))),
    }
}

/// Calls with positional arguments and the keyword arguments in a dict (or `MISSING`), as `f(*args, **kwargs)` does.
///
/// # Errors
/// TypeError for keys that are no strings, and whatever the call raises.
pub fn call_dict(th: &Thread, f: Value, args: &[Value], kwargs: Value) -> Res {
    let Some(d) = Dict::from_value(kwargs).filter(|d| !d.is_empty()) else { return call(th, f, args) };
    let (all, names) = flatten(th, args, d)?;
    call_kw(th, f, all.as_slice(), names)
}

/// Positional arguments and a dict of keyword arguments in the form of [`call_kw`]: all values, and the names.
///
/// # Errors
/// TypeError for keys that are no strings.
pub fn flatten(th: &Thread, args: &[Value], kwargs: Dict) -> Res<(ValueVec, Value)> {
    let mut all = ValueVec::with_capacity(th, args.len() + kwargs.len())?;
    let mut names = ValueVec::with_capacity(th, kwargs.len())?;
    for &a in args {
        all.push(th, a)?;
    }
    let mut at = 0;
    while let Some((k, v)) = kwargs.next(th, &mut at) {
        if !k.is_kind(Kind::Str) {
            return Err(th.type_error("keywords must be strings"));
        }
        names.push(th, k)?;
        all.push(th, v)?;
    }
    let names = tuple::from_vec(th, &names)?;
    Ok((all, names))
}

/// Calls the method `name` (interned) of an object.
pub fn call_method(th: &Thread, obj: Value, name: Value, args: &[Value]) -> Res {
    if let Some((f, bind)) = crate::attr::find_method(th, obj, name)? {
        if !bind {
            return call(th, f, args);
        }
        if args.len() < 8 {
            let mut all = [Value::MISSING; 8];
            all[0] = obj;
            all[1..=args.len()].copy_from_slice(args);
            return call(th, f, &all[..=args.len()]);
        }
    }
    let m = crate::attr::get(th, obj, name)?;
    call(th, m, args)
}

/// Calls the method with the text name.
pub fn call_method_text(th: &Thread, obj: Value, name: &str, args: &[Value]) -> Res {
    call_method(th, obj, th.interp.interned.intern_text(th, name), args)
}

/// Calls a special method found on a class with the receiver in front of the arguments; binds descriptors that are
/// neither Python nor native functions.
#[inline]
pub fn call_special(th: &Thread, method: Value, receiver: Value, args: &[Value]) -> Res {
    debug_assert!(args.len() < 4);
    if let Some(n) = Native::from_value(method)
        && n.is_method_descriptor()
        && n.def().sig.passes(args.len())
        && Class::of_value(th, receiver).is_subclass_of(Class::of(n.owner.get()))
    {
        th.check_native_stack_while(" while calling a Python object")?;
        let mut all = [Value::MISSING; 4];
        all[0] = receiver;
        all[1..=args.len()].copy_from_slice(args);
        return (n.def().func)(th, &all[..=args.len()]);
    }
    if method.is_kind(Kind::Function) || Native::from_value(method).is_some_and(Native::is_method_descriptor)
    {
        let mut all = [Value::MISSING; 4];
        all[0] = receiver;
        all[1..=args.len()].copy_from_slice(args);
        return call(th, method, &all[..=args.len()]);
    }
    let bound = crate::attr::bind(th, method, receiver)?;
    call(th, bound, args)
}

/// Can the value be called?
pub fn is_callable(th: &Thread, v: Value) -> bool {
    crate::class::Class::of_value(th, v).special(th, crate::names::Name::__call__).is_some()
}
