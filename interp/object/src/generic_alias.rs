//! `types.GenericAlias` cells: `list[int]`. The methods are in `generic_alias_methods`.

use crate::cellref::Slot;
use crate::custom::{self, Payload};
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{class::Class, tuple};
use krait_gc::Tracer;
use std::cell::Cell;

/// An alias: what is subscripted, with what.
pub struct GenericAlias {
    pub origin: Slot,
    /// A tuple.
    pub args: Slot,
    /// The type variables in `args`, a tuple; `UNBOUND` until asked for.
    pub parameters: Slot,
    /// `*tuple[int]`: the alias stands for its unpacked items.
    pub starred: Cell<bool>,
}

impl Payload for GenericAlias {
    const NAME: &'static str = "types.GenericAlias";
    fn trace(&self, tracer: &mut Tracer) {
        self.origin.trace(tracer);
        self.args.trace(tracer);
        self.parameters.trace(tracer);
    }
}

/// `origin[args]`; arguments that are no tuple are one argument.
pub fn new(th: &Thread, origin: Value, args: Value) -> Res {
    with_class(th, th.interp.class(TypeId::GenericAlias), origin, args, false)
}

/// As [`new`] for a class derived from `GenericAlias`.
pub fn with_class(th: &Thread, class: Class, origin: Value, args: Value, starred: bool) -> Res {
    let args = match Tuple::from_value(args) {
        Some(t) => t.value(),
        None => tuple::from_slice(th, &[args])?,
    };
    let alias = GenericAlias {
        origin: Slot::new(origin),
        args: Slot::new(args),
        parameters: Slot::new(Value::UNBOUND),
        starred: Cell::new(starred),
    };
    Ok(custom::alloc(th, class, alias)?.value())
}
