//! What native modules share: declaring payloads, and small pieces of argument checks, `__reduce__` and `__setstate__`.

use crate::class::Class;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{construct, int, protocol};

/// Implements [`Payload`](crate::custom::Payload) for a struct: its `Slot` fields, and its step function if it is an iterator.
#[macro_export]
macro_rules! payload {
    ($ty:ident, $name:literal, [$($slot:ident),*] $(, next $next:path)?) => {
        impl $crate::custom::Payload for $ty {
            const NAME: &'static str = $name;
            $(const NEXT: Option<$crate::custom::NextFn> = Some($next);)?
            fn trace(&self, tracer: &mut krait_gc::Tracer) {
                $(self.$slot.trace(tracer);)*
                let _ = tracer;
            }
        }
    };
}
/// `type(v)` as a value.
pub fn class_of(th: &Thread, v: Value) -> Value {
    Class::of_value(th, v).value()
}

/// A tuple of a few values.
pub fn tup(th: &Thread, items: &[Value]) -> Res {
    tuple::from_slice(th, items)
}

/// `(type(v), args)`.
pub fn reduce(th: &Thread, v: Value, args: &[Value]) -> Res {
    let args = tup(th, args)?;
    tup(th, &[class_of(th, v), args])
}

/// `(type(v), args, state)`.
pub fn reduce_with(th: &Thread, v: Value, args: &[Value], state: Value) -> Res {
    let args = tup(th, args)?;
    tup(th, &[class_of(th, v), args, state])
}

/// The items of a state that must be a tuple of `least..=most` items.
pub fn state_tuple(th: &Thread, v: Value, least: usize, most: usize) -> Res<Tuple> {
    let Some(t) = Tuple::from_value(v) else { return Err(th.type_error("state is not a tuple")) };
    let n = t.len();
    if (least..=most).contains(&n) {
        return Ok(t);
    }
    let how = match (least == most, n < least) {
        (true, _) => "exactly",
        (false, true) => "at least",
        (false, false) => "at most",
    };
    let limit = if n < least { least } else { most };
    let s = if limit == 1 { "" } else { "s" };
    Err(th.type_error(format!("function takes {how} {limit} argument{s} ({n} given)")))
}

/// An argument of C's `n` format: an index that fits; OverflowError otherwise.
pub fn ssize(th: &Thread, v: Value) -> Res<isize> {
    let i = protocol::index(th, v)?;
    int::to_i64(i)
        .map(|n| n as isize)
        .ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
}

/// Does the class, derived from a native one, leave `__init__` as it is? Then keywords are for nobody.
pub fn inherits_init(th: &Thread, class: Class) -> bool {
    class.inherits_special(th, crate::names::Name::__init__, TypeId::Object)
}

/// TypeError for keywords given to a class that takes none; classes derived from it in Python may.
pub fn no_keywords(th: &Thread, name: &str, exact: bool, kwargs: Value) -> Result<(), Raised> {
    match crate::dict::Dict::from_value(kwargs) {
        Some(d) if exact && !d.is_empty() => {
            Err(th.type_error(format!("{name}() takes no keyword arguments")))
        }
        _ => Ok(()),
    }
}

/// `(iter, ((),))`: what an exhausted iterator reduces to.
pub fn reduce_exhausted(th: &Thread) -> Res {
    let iter = construct::builtin(th, "iter")?;
    let args = tup(th, &[th.interp.empty_tuple.get()])?;
    tup(th, &[iter, args])
}

/// Issues a warning.
pub fn warn(th: &Thread, category: TypeId, text: &str) -> Result<(), Raised> {
    match th.interp.hooks.get() {
        Some(h) => (h.warn)(th, category, text, 1),
        None => Ok(()),
    }
}
