//! Calling from native code. Python functions run in a nested dispatch loop; natives are called directly.

use crate::kind::Kind;
use crate::method::Method;
use crate::native::{self, Native};
use crate::thread::{Res, Thread};
use crate::value::Value;

/// Calls with positional arguments.
#[inline]
pub fn call(th: &Thread, f: Value, args: &[Value]) -> Res {
    call_kw(th, f, args, Value::MISSING)
}

/// Calls with positional arguments and then the values of the keyword names in `kwnames` (a tuple, or `MISSING`).
pub fn call_kw(th: &Thread, f: Value, args: &[Value], kwnames: Value) -> Res {
    if let Some(n) = Native::from_value(f) {
        th.check_native_stack()?;
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
    (th.interp.hooks().call)(th, f, args, kwnames)
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
