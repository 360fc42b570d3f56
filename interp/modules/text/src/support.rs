//! What the modules here share: declaring payloads, and arguments as C's argument parser takes them.

use krait_object::TypeId;
use krait_object::arguments::c_ssize;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;

/// Implements [`krait_object::custom::Payload`] for a struct: its `Slot` fields, and its step function if it is an iterator.
macro_rules! payload {
    ($ty:ident, $name:literal, [$($slot:ident),*] $(, next $next:path)?) => {
        impl krait_object::custom::Payload for $ty {
            const NAME: &'static str = $name;
            $(const NEXT: Option<krait_object::custom::NextFn> = Some($next);)?
            fn trace(&self, tracer: &mut krait_gc::Tracer) {
                $(self.$slot.trace(tracer);)*
                let _ = tracer;
            }
        }
    };
}
pub(crate) use payload;

/// An argument of C's type `Py_ssize_t` with a default.
pub fn ssize_or(th: &Thread, v: Value, default: isize) -> Res<isize> {
    match v.given() {
        Some(v) => match v.small_int() {
            Some(n) => Ok(n as isize),
            None => c_ssize(th, v),
        },
        None => Ok(default),
    }
}

/// Issues a warning.
pub fn warn(th: &Thread, category: TypeId, text: &str) -> Res<()> {
    match th.interp.hooks.get() {
        Some(h) => (h.warn)(th, category, text, 1),
        None => Ok(()),
    }
}
