//! Calls of builtin classes that are conversions: `int(x)`, `str(x)`, `list(x)` and so on.
//!
//! They give what `__new__` and `__init__` would, without looking either up. Only the
//! exact builtin classes come here; nothing can change what calling them means.

use crate::class::Class;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{
    dict, float, float_methods, int_new, list, list_methods, protocol, range_methods, set, set_ops,
    tuple_methods, weakref_methods,
};

/// `c(*args)` for a class and arguments of which this file knows; else None, and the general way is to be gone.
#[inline]
pub fn call(th: &Thread, c: Class, args: &[Value]) -> Option<Res> {
    // Zero for classes that are not in the table of builtin types.
    let id = c.type_id.get();
    if id == 0 || id > TypeId::Range as u16 && id != TypeId::WeakRef as u16 {
        return None;
    }
    call_builtin(th, c, args)
}

fn call_builtin(th: &Thread, c: Class, args: &[Value]) -> Option<Res> {
    Some(match *args {
        [] if c.is(TypeId::List) => Ok(list::new(th).value()),
        [] if c.is(TypeId::Dict) => Ok(dict::new(th).value()),
        [v] if c.is(TypeId::Int) => int_new::from_object(th, v),
        [v] if c.is(TypeId::Str) => protocol::str_of(th, v),
        [v] if c.is(TypeId::Float) => {
            if float::is_exact(v) {
                return Some(Ok(v));
            }
            float_methods::from_object(th, v).map(|x| float::new(th, x))
        }
        [v] if c.is(TypeId::Bool) => protocol::truth(th, v).map(Value::bool),
        [v] if c.is(TypeId::Type) => Ok(Class::of_value(th, v).value()),
        [v] if c.is(TypeId::WeakRef) => weakref_methods::new_reference(th, v, Value::none()),
        [] if c.is(TypeId::Set) => Ok(set::new(th).value()),
        [v] if c.is(TypeId::Set) => set_ops::from_iterable(th, v).map(|items| set::of_items(th, items)),
        [v] if c.is(TypeId::List) => list_methods::from_iterable(th, v),
        [v] if c.is(TypeId::Tuple) => tuple_methods::from_iterable(th, v),
        [v] if c.is(TypeId::Range) => range_methods::of_args(th, v, None, None),
        [v, w] if c.is(TypeId::Range) => range_methods::of_args(th, v, Some(w), None),
        [v, w, x] if c.is(TypeId::Range) => range_methods::of_args(th, v, Some(w), Some(x)),
        _ => return None,
    })
}
