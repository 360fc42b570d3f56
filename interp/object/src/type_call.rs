//! Making instances: `type.__call__`, `object.__new__` and `object.__init__`.
//!
//! The interpreter has fast paths of its own for classes whose `__new__` is object's; this
//! is the general way, and the only place that decides which arguments are too many.

use crate::attr;
use crate::call;
use crate::class::{Class, flag, type_name};
use crate::construct;
use crate::dict::Dict;
use crate::instance;
use crate::kind::Kind;
use crate::names::Name;
use crate::native::Native;
use crate::protocol;
use crate::storage::ValueVec;
use crate::string::Str;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::type_new::{constructor, tp_name};
use crate::types::TypeId;
use crate::value::Value;

/// Calls a class whose metaclass does not override `__call__`: `__new__`, then `__init__` when that gave an instance.
/// `kwnames` as in [`call::call_kw`].
pub fn call_class(th: &Thread, c: Class, args: &[Value], kwnames: Value) -> Res {
    if kwnames == Value::MISSING
        && let Some(r) = crate::convert::call(th, c, args)
    {
        return r;
    }
    if c.is(TypeId::Type) {
        let keywords = if kwnames == Value::MISSING { 0 } else { Tuple::of(kwnames).len() };
        match args.len() - keywords {
            1 if keywords == 0 => return Ok(Class::of_value(th, args[0]).value()),
            1 => return Err(th.type_error("type() takes no keyword arguments")),
            3 => {}
            _ => return Err(th.type_error("type() takes 1 or 3 arguments")),
        }
    }
    if kwnames == Value::MISSING
        && let &[v] = args
        && let Some(r) = conversion(th, c, v)
    {
        return r;
    }
    if c.is(TypeId::Dict) {
        return crate::dict_methods::make(th, args, kwnames);
    }
    if c.has_flag(flag::NO_NEW) {
        return Err(th.type_error(format!("cannot create '{}' instances", tp_name(th, c))));
    }
    let with_self = |first: Value, f: Value| -> Res {
        let mut all = [Value::MISSING; 8];
        if args.len() < 8 {
            all[0] = first;
            all[1..=args.len()].copy_from_slice(args);
            return call::call_kw(th, f, &all[..=args.len()], kwnames);
        }
        let mut all = ValueVec::with_capacity(th, args.len() + 1)?;
        all.push(th, first)?;
        for &a in args {
            all.push(th, a)?;
        }
        call::call_kw(th, f, all.as_slice(), kwnames)
    };
    let is_plain = is_object_method(th, c, Name::__new__);
    let obj = if is_plain && (args.is_empty() || !is_object_method(th, c, Name::__init__)) {
        new_instance(th, c)?
    } else {
        match lenient_constructor(th, c) {
            Some(n) => (n.def().func)(th, &[c.value(), th.interp.empty_tuple.get(), Value::MISSING])?,
            None => {
                let f = constructor(th, c)?;
                with_self(c.value(), f)?
            }
        }
    };
    let own = Class::of_value(th, obj);
    // `object.__init__` does nothing, and has nothing to complain about that `object.__new__` did not refuse.
    if !own.is_subclass_of(c) || is_object_method(th, own, Name::__init__) {
        return Ok(obj);
    }
    let Some(init) = own.special(th, Name::__init__) else { return Ok(obj) };
    let plain =
        init.is_kind(Kind::Function) || Native::from_value(init).is_some_and(Native::is_method_descriptor);
    let r = if plain {
        with_self(obj, init)?
    } else {
        let bound = attr::bind(th, init, obj)?;
        call::call_kw(th, bound, args, kwnames)?
    };
    if !r.is_none() {
        return Err(init_result(th, r));
    }
    Ok(obj)
}

/// `str(v)` and the other conversions by a builtin class with one argument, without a call of `__new__`.
#[inline]
fn conversion(th: &Thread, c: Class, v: Value) -> Option<Res> {
    const STR: u16 = TypeId::Str as u16;
    const INT: u16 = TypeId::Int as u16;
    const FLOAT: u16 = TypeId::Float as u16;
    const BOOL: u16 = TypeId::Bool as u16;
    const TUPLE: u16 = TypeId::Tuple as u16;
    const LIST: u16 = TypeId::List as u16;
    Some(match c.type_id.get() {
        STR => protocol::str_of(th, v),
        INT => crate::int_new::from_object(th, v),
        FLOAT if crate::float::is_exact(v) => Ok(v),
        FLOAT => crate::float_methods::from_object(th, v).map(|x| crate::float::new(th, x)),
        BOOL => protocol::truth(th, v).map(Value::bool),
        TUPLE => crate::tuple_methods::from_iterable(th, v),
        LIST => crate::list_methods::from_iterable(th, v),
        _ => return None,
    })
}

/// The native `__new__` of a class, when it is one of those that leave all arguments to `__init__`.
fn lenient_constructor(th: &Thread, c: Class) -> Option<Native> {
    let n = c.special(th, Name::__new__).and_then(Native::from_value)?;
    if n.def().is_lenient_new() {
        return Some(n);
    }
    let owner = Class::from_value(n.owner.get())?;
    let lenient = [TypeId::Dict, TypeId::Set, TypeId::Module, TypeId::Super].into_iter().any(|t| owner.is(t));
    lenient.then_some(n)
}

/// TypeError for an `__init__` that returned something.
#[cold]
pub fn init_result(th: &Thread, r: Value) -> Raised {
    th.type_error(format!("__init__() should return None, not '{}'", type_name(th, r)))
}

/// Is the class's special method the one of `object`?
fn is_object_method(th: &Thread, c: Class, n: Name) -> bool {
    c.inherits_special(th, n, TypeId::Object)
}

/// `object.__new__(c)` for a class whose instances have no builtin layout: abstract classes are refused.
#[inline]
pub fn new_instance(th: &Thread, c: Class) -> Res {
    if c.has_flag(flag::ABSTRACT) {
        return Err(abstract_error(th, c));
    }
    if c.kind.get() != Kind::Instance {
        let solid = crate::type_new::solid_base(th, c);
        return Err(construct::unsafe_new(th, "object", c, solid));
    }
    c.instance_shape(th)?;
    let v = instance::new(th, c);
    if c.has_flag(flag::FINALIZER) {
        th.heap.add_finalizer(v.cell());
    }
    Ok(v)
}

#[cold]
fn abstract_error(th: &Thread, c: Class) -> Raised {
    abstract_text(th, c).map_or_else(|e| e, |t| th.type_error(t))
}

fn abstract_text(th: &Thread, c: Class) -> Res<String> {
    let methods = attr::get_name(th, c.value(), Name::__abstractmethods__)?;
    let items = protocol::collect(th, methods)?;
    let list = crate::list::from_vec(th, items);
    call::call_method(th, list, th.name(Name::sort), &[])?;
    let mut names: Vec<String> = Vec::new();
    for v in crate::list::List::of(list).to_vec(th)?.iter() {
        match Str::from_value(v) {
            Some(s) => names.push(s.to_text()),
            None => {
                return Err(th.type_error(format!(
                    "sequence item {}: expected str instance, {} found",
                    names.len(),
                    type_name(th, v)
                )));
            }
        }
    }
    Ok(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{} '{}'",
        c.name_text(),
        if names.len() == 1 { "" } else { "s" },
        names.join("', '")
    ))
}

fn has_excess(args: Value, kwargs: Value) -> bool {
    !Tuple::of(args).is_empty() || Dict::from_value(kwargs).is_some_and(|d| !d.is_empty())
}

/// `object.__new__(cls, /, *args, **kwargs)`.
pub fn object_new(th: &Thread, a: &[Value]) -> Res {
    let Some(c) = Class::from_value(a[0]) else {
        return Err(th.type_error(if a[0] == Value::MISSING {
            String::from("object.__new__(): not enough arguments")
        } else {
            format!("object.__new__(X): X is not a type object ({})", type_name(th, a[0]))
        }));
    };
    if has_excess(a[1], a[2]) {
        if !is_object_method(th, c, Name::__new__) {
            return Err(
                th.type_error("object.__new__() takes exactly one argument (the type to instantiate)")
            );
        }
        if is_object_method(th, c, Name::__init__) {
            return Err(th.type_error(format!("{}() takes no arguments", c.name_text())));
        }
    }
    if c.kind.get() != Kind::Instance {
        let mut own = c;
        while !own.special(th, Name::__new__).is_some_and(|f| f.is_kind(Kind::Native)) {
            match Class::from_value(own.base.get()) {
                Some(b) => own = b,
                None => break,
            }
        }
        return Err(construct::unsafe_new(th, "object", c, own));
    }
    new_instance(th, c)
}

/// `object.__init__(self, /, *args, **kwargs)`.
pub fn object_init(th: &Thread, a: &[Value]) -> Res {
    if has_excess(a[1], a[2]) {
        let c = Class::of_value(th, a[0]);
        if !is_object_method(th, c, Name::__init__) {
            return Err(
                th.type_error("object.__init__() takes exactly one argument (the instance to initialize)")
            );
        }
        if is_object_method(th, c, Name::__new__) {
            return Err(th.type_error(format!(
                "{}.__init__() takes exactly one argument (the instance to initialize)",
                c.name_text()
            )));
        }
    }
    Ok(Value::none())
}
