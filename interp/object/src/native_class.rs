//! Classes and exceptions of native modules, made on first use and kept per interpreter.
//!
//! A module declares each of its classes as a `static` [`NativeClass`]; everything that
//! makes instances or tests types goes by it, so no class is made twice.

use crate::call;
use crate::class::{Class, ClassSpec, flag, type_name};
use crate::dict;
use crate::exception;
use crate::interp::InterpSlot;
use crate::names::Name;
use crate::string;
use crate::thread::{Raised, Res, Thread};
use crate::tuple;
use crate::type_new::tp_name;
use crate::types::TypeId;
use crate::value::Value;

/// A native class of a module. Declare as a `static`.
pub struct NativeClass {
    spec: ClassSpec,
    base: Option<&'static NativeClass>,
    slot: InterpSlot,
}

impl NativeClass {
    pub const fn new(spec: ClassSpec) -> NativeClass {
        NativeClass { spec, base: None, slot: InterpSlot::new() }
    }

    /// A class derived from another native class.
    pub const fn derived(spec: ClassSpec, base: &'static NativeClass) -> NativeClass {
        NativeClass { spec, base: Some(base), slot: InterpSlot::new() }
    }

    /// The class; made if this is the first use.
    pub fn get(&'static self, th: &Thread) -> Res<Class> {
        if let Some(v) = self.slot.get(th) {
            return Ok(Class::of(v));
        }
        let c = match self.base {
            Some(b) => {
                let base = b.get(th)?;
                self.spec.make_with_base(th, base)?
            }
            None => self.spec.make(th)?,
        };
        self.slot.set(th, c.value());
        Ok(c)
    }

    /// Is the value an instance of the class itself, not of one derived from it?
    #[inline]
    pub fn is_exact(&self, th: &Thread, v: Value) -> bool {
        self.slot.get(th) == Some(Class::of_value(th, v).value())
    }

    /// Is the value an instance of the class or one derived from it?
    #[inline]
    pub fn is_instance(&self, th: &Thread, v: Value) -> bool {
        let c = Class::of_value(th, v);
        self.slot.get(th).is_some_and(|own| c.value() == own || c.is_subclass_of(Class::of(own)))
    }

    /// The class that this class's `__new__` is to instantiate: this one, or one from Python derived from it.
    ///
    /// # Errors
    /// CPython's TypeErrors for anything else.
    #[inline]
    pub fn class_arg(&'static self, th: &Thread, v: Value) -> Res<Class> {
        let own = self.get(th)?;
        if v == own.value() { Ok(own) } else { check(th, v, own) }
    }
}

#[cold]
fn check(th: &Thread, v: Value, own: Class) -> Res<Class> {
    let name = tp_name(th, own);
    let Some(c) = Class::from_value(v) else {
        let given = type_name(th, v);
        return Err(th.type_error(format!("{name}.__new__(X): X is not a type object ({given})")));
    };
    let sub = tp_name(th, c);
    if !c.is_subclass_of(own) {
        return Err(th.type_error(format!("{name}.__new__({sub}): {sub} is not a subtype of {name}")));
    }
    let native = c
        .mro()
        .iter()
        .map(|&k| Class::of(k))
        .find(|k| !k.has_flag(flag::HEAP) && !k.is(TypeId::Object) && !k.is(TypeId::Generic));
    match native {
        Some(n) if n != own => {
            let n = tp_name(th, n);
            Err(th.type_error(format!("{name}.__new__({sub}) is not safe, use {n}.__new__()")))
        }
        _ => Ok(c),
    }
}

/// An exception class of a module, as C's `PyErr_NewException` makes them. Declare as a `static`.
pub struct NativeException {
    /// `module.name`.
    name: &'static str,
    bases: &'static [ExceptionBase],
    doc: &'static str,
    slot: InterpSlot,
}

/// A base of a [`NativeException`].
pub enum ExceptionBase {
    Builtin(TypeId),
    Native(&'static NativeException),
}

impl NativeException {
    pub const fn new(
        name: &'static str,
        bases: &'static [ExceptionBase],
        doc: &'static str,
    ) -> NativeException {
        NativeException { name, bases, doc, slot: InterpSlot::new() }
    }

    /// The class; made if this is the first use.
    pub fn get(&'static self, th: &Thread) -> Res<Class> {
        if let Some(v) = self.slot.get(th) {
            return Ok(Class::of(v));
        }
        let mut bases = crate::storage::ValueVec::new();
        for b in self.bases {
            let c = match b {
                ExceptionBase::Builtin(t) => th.interp.class(*t),
                ExceptionBase::Native(n) => n.get(th)?,
            };
            bases.push(th, c.value())?;
        }
        let bases = tuple::from_vec(th, &bases)?;
        let (module, name) = self.name.rsplit_once('.').unwrap_or(("builtins", self.name));
        let namespace = dict::new(th);
        namespace.set_name(th, th.name(Name::__module__), string::new(th, module));
        if !self.doc.is_empty() {
            namespace.set_name(th, th.name(Name::__doc__), string::new(th, self.doc));
        }
        let name = th.interp.interned.intern_text(th, name);
        let made = call::call(th, th.interp.class_value(TypeId::Type), &[name, bases, namespace.value()])?;
        self.slot.set(th, made);
        Ok(Class::of(made))
    }

    /// Raises a new instance with one text argument.
    #[cold]
    pub fn raise(&'static self, th: &Thread, text: impl AsRef<str>) -> Raised {
        let message = string::new(th, text.as_ref());
        self.raise_args(th, &[message])
    }

    /// Raises a new instance with the arguments.
    #[cold]
    pub fn raise_args(&'static self, th: &Thread, args: &[Value]) -> Raised {
        let made = self.get(th).and_then(|c| call::call(th, c.value(), args));
        match made {
            Ok(e) => exception::raise(th, e),
            Err(r) => r,
        }
    }

    /// Is the pending exception one of this class?
    pub fn is_pending(&'static self, th: &Thread) -> bool {
        match (th.pending(), self.slot.get(th)) {
            (Some(e), Some(c)) => Class::of_value(th, e).is_subclass_of(Class::of(c)),
            _ => false,
        }
    }
}
