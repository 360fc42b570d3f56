//! What programs see of `TypeAliasType` (`type X = ...`) and `Generic`.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellref::Slot;
use crate::construct;
use crate::custom::{self, Custom, Payload};
use crate::descriptor::GetSetDef;
use crate::names::Name;
use crate::storage::ValueVec;
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::type_params::{caller_module, typing_function, with_unpacked};
use crate::types::TypeId;
use crate::value::Value;
use crate::{generic_alias, natives, union_type};
use krait_gc::Tracer;

/// A type alias.
struct TypeAlias {
    name: Slot,
    /// A tuple, or None when the alias is not generic.
    type_params: Slot,
    /// A function that computes the value, or None.
    compute: Slot,
    /// `UNBOUND` before it is computed.
    value: Slot,
    /// `UNBOUND` when the function knows it.
    module: Slot,
}

impl Payload for TypeAlias {
    const NAME: &'static str = "typing.TypeAliasType";
    fn trace(&self, tracer: &mut Tracer) {
        for s in [&self.name, &self.type_params, &self.compute, &self.value, &self.module] {
            s.trace(tracer);
        }
    }
}

fn own(v: Value) -> Custom<TypeAlias> {
    Custom::of(v)
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::TypeAliasType)?;
    let name = string::expect(th, a[1], "typealias() argument 'name'")?;
    let params = match a[3].given() {
        None => Value::none(),
        Some(v) if v.has_shape(crate::shape::fixed::TUPLE) => v,
        Some(_) => return Err(th.type_error("type_params must be a tuple")),
    };
    let alias = TypeAlias {
        name: Slot::new(name.value()),
        type_params: Slot::new(params),
        compute: Slot::new(Value::none()),
        value: Slot::new(a[2]),
        module: Slot::new(caller_module(th).unwrap_or(Value::none())),
    };
    Ok(custom::alloc(th, class, alias)?.value())
}

/// The alias of a `type` statement: its name, type parameters (a tuple or None), and a function for the value.
pub fn new_alias(th: &Thread, name: Value, type_params: Value, compute: Value) -> Res {
    let alias = TypeAlias {
        name: Slot::new(name),
        type_params: Slot::new(type_params),
        compute: Slot::new(compute),
        value: Slot::new(Value::UNBOUND),
        module: Slot::new(Value::UNBOUND),
    };
    custom::alloc_exact(th, TypeId::TypeAliasType, alias)
}

fn repr(_: &Thread, a: &[Value]) -> Res {
    Ok(own(a[0]).name.get())
}

fn get_name(_: &Thread, v: Value) -> Res {
    Ok(own(v).name.get())
}

fn get_value(th: &Thread, v: Value) -> Res {
    let alias = own(v);
    if alias.value.get() == Value::UNBOUND {
        let value = call::call(th, alias.compute.get(), &[])?;
        alias.value.set(th, alias.cell(), value);
    }
    Ok(alias.value.get())
}

fn get_type_params(th: &Thread, v: Value) -> Res {
    let p = own(v).type_params.get();
    Ok(if p.is_none() { th.interp.empty_tuple.get() } else { p })
}

fn get_parameters(th: &Thread, v: Value) -> Res {
    match Tuple::from_value(own(v).type_params.get()) {
        Some(t) => with_unpacked(th, t),
        None => Ok(th.interp.empty_tuple.get()),
    }
}

fn get_module(th: &Thread, v: Value) -> Res {
    let alias = own(v);
    if alias.module.get() != Value::UNBOUND {
        return Ok(alias.module.get());
    }
    match attr::get_opt(th, alias.compute.get(), th.name(Name::__module__))? {
        Some(m) => Ok(m),
        None => Ok(Value::none()),
    }
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    if own(a[0]).type_params.get().is_none() {
        return Err(th.type_error("Only generic type aliases are subscriptable"));
    }
    generic_alias::new(th, a[0], a[1])
}

fn or(th: &Thread, a: &[Value]) -> Res {
    union_type::or(th, a[0], a[1])
}

fn ror(th: &Thread, a: &[Value]) -> Res {
    union_type::or(th, a[1], a[0])
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, name, value, *, type_params=())" new, "";
        method "__repr__" "()" repr, "";
        method "__or__" "(value, /)" or, "";
        method "__ror__" "(value, /)" ror, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__reduce__" "()" repr, "";
    }
}

static ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__name__", get_name, "").member(),
    GetSetDef::ro("__parameters__", get_parameters, ""),
    GetSetDef::ro("__type_params__", get_type_params, ""),
    GetSetDef::ro("__value__", get_value, ""),
    GetSetDef::ro("__module__", get_module, ""),
];

/// Calls a function of `typing` with the class and all arguments.
fn forward(th: &Thread, name: &str, a: &[Value]) -> Res {
    let f = typing_function(th, name)?;
    let rest = Tuple::of(a[1]).as_slice();
    let mut args = ValueVec::with_capacity(th, rest.len() + 1)?;
    args.push(th, a[0])?;
    for &v in rest {
        args.push(th, v)?;
    }
    call::call_dict(th, f, args.as_slice(), a[2])
}

fn generic_class_getitem(th: &Thread, a: &[Value]) -> Res {
    forward(th, "_generic_class_getitem", a)
}

fn generic_init_subclass(th: &Thread, a: &[Value]) -> Res {
    forward(th, "_generic_init_subclass", a)
}

/// `Generic[*params]`, the implicit base of a class with type parameters.
pub fn subscript_generic(th: &Thread, params: Value) -> Res {
    let f = typing_function(th, "_GenericAlias")?;
    let args = with_unpacked(th, Tuple::of(params))?;
    call::call(th, f, &[th.interp.class_value(TypeId::Generic), args])
}

/// The alias from the tuple that a `type` statement's code makes: name, type parameters or None, function.
pub fn from_parts(th: &Thread, parts: Value) -> Res {
    let t = Tuple::of(parts);
    new_alias(th, t.get(0), t.get(1), t.get(2))
}

natives! {
    static GENERIC = {
        classmethod "__class_getitem__" "(*args, **kwargs)" generic_class_getitem, "";
        classmethod "__init_subclass__" "(*args, **kwargs)" generic_init_subclass, "";
    }
}

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(
        TypeId::TypeAliasType,
        "A type alias, as the type statement makes it.",
        METHODS,
        ATTRIBUTES,
    ),
    TypeTable::new(TypeId::Generic, "The base class of generic classes.", GENERIC, &[]),
];
