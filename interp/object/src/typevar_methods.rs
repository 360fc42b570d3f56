//! What programs see of `TypeVar`, `ParamSpec` and `TypeVarTuple` (the C part of `typing`).
//!
//! Bounds and constraints of PEP 695 type parameters are functions that are called when
//! they are asked for the first time. Everything about substitution is written in Python,
//! in `typing`, and only called from here.

use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellref::Slot;
use crate::class::{Class, flag};
use crate::construct;
use crate::custom::{self, Custom, Payload};
use crate::descriptor::GetSetDef;
use crate::names::Name;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::type_params::{call_typing, caller_module, typing_function};
use crate::types::TypeId;
use crate::value::Value;
use crate::{attr, natives};
use krait_gc::Tracer;
use std::cell::Cell;

/// The variance of a type parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variance {
    Invariant,
    Covariant,
    Contravariant,
    Inferred,
}

/// A TypeVar, ParamSpec or TypeVarTuple.
struct TypeParam {
    name: Slot,
    /// The bound; `UNBOUND` while only the function is there.
    bound: Slot,
    /// A tuple; `UNBOUND` while only the function is there.
    constraints: Slot,
    /// Functions that compute them, or None.
    evaluate_bound: Slot,
    evaluate_constraints: Slot,
    variance: Cell<Variance>,
}

impl Payload for TypeParam {
    const NAME: &'static str = "typing.TypeVar";
    fn trace(&self, tracer: &mut Tracer) {
        for s in
            [&self.name, &self.bound, &self.constraints, &self.evaluate_bound, &self.evaluate_constraints]
        {
            s.trace(tracer);
        }
    }
}

fn own(v: Value) -> Custom<TypeParam> {
    Custom::of(v)
}

fn plain(th: &Thread, name: Value, variance: Variance) -> TypeParam {
    TypeParam {
        name: Slot::new(name),
        bound: Slot::new(Value::none()),
        constraints: Slot::new(th.interp.empty_tuple.get()),
        evaluate_bound: Slot::new(Value::none()),
        evaluate_constraints: Slot::new(Value::none()),
        variance: Cell::new(variance),
    }
}

/// The object, with `__module__` set to the module whose code makes it, or None.
fn made(th: &Thread, class: Class, p: TypeParam, module: Option<Value>) -> Res {
    let v = custom::alloc(th, class, p)?.value();
    attr::generic_set(th, v, th.name(Name::__module__), module.unwrap_or(Value::none()))?;
    Ok(v)
}

fn name_arg(th: &Thread, v: Value, function: &str) -> Res<Str> {
    string::expect(th, v, &format!("{function}() argument 'name'"))
}

fn flag_arg(th: &Thread, v: Value) -> Res<bool> {
    v.given().map_or(Ok(false), |v| protocol::truth(th, v))
}

/// The variance from the keyword arguments.
fn variance_of(th: &Thread, covariant: Value, contravariant: Value, infer: Value) -> Res<Variance> {
    let (covariant, contravariant) = (flag_arg(th, covariant)?, flag_arg(th, contravariant)?);
    let infer = flag_arg(th, infer)?;
    match (covariant, contravariant, infer) {
        (true, true, _) => Err(th.value_error("Bivariant types are not supported.")),
        (true, _, true) | (_, true, true) => {
            Err(th.value_error("Variance cannot be specified with infer_variance."))
        }
        (true, ..) => Ok(Variance::Covariant),
        (_, true, _) => Ok(Variance::Contravariant),
        (.., true) => Ok(Variance::Inferred),
        _ => Ok(Variance::Invariant),
    }
}

/// The bound argument, checked by `typing`.
fn bound_arg(th: &Thread, v: Value) -> Res<Option<Value>> {
    match v.given_not_none() {
        Some(b) => call_typing(th, "_type_check", &[b, string::new(th, "Bound must be a type.")]).map(Some),
        None => Ok(None),
    }
}

fn typevar_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::TypeVar)?;
    let name = name_arg(th, a[1], "typevar")?;
    let variance = variance_of(th, a[4], a[5], a[6])?;
    let bound = bound_arg(th, a[3])?;
    let constraints = Tuple::of(a[2]);
    if constraints.len() == 1 {
        return Err(th.type_error("A single constraint is not allowed"));
    }
    if !constraints.is_empty() && bound.is_some() {
        return Err(th.type_error("Constraints cannot be combined with bound=..."));
    }
    let p = plain(th, name.value(), variance);
    p.bound.init(bound.unwrap_or(Value::none()));
    p.constraints.init(constraints.value());
    made(th, class, p, caller_module(th))
}

/// The type parameter of a PEP 695 list: `bound` and `constraints` are functions.
pub fn new_typevar(th: &Thread, name: Value, bound: Option<Value>, constraints: Option<Value>) -> Res {
    let p = plain(th, name, Variance::Inferred);
    if let Some(f) = bound {
        p.bound.init(Value::UNBOUND);
        p.evaluate_bound.init(f);
    }
    if let Some(f) = constraints {
        p.constraints.init(Value::UNBOUND);
        p.evaluate_constraints.init(f);
    }
    made(th, th.interp.class(TypeId::TypeVar), p, caller_module(th))
}

/// A parameter specification of a PEP 695 list.
pub fn new_paramspec(th: &Thread, name: Value) -> Res {
    let p = plain(th, name, Variance::Inferred);
    made(th, th.interp.class(TypeId::ParamSpec), p, caller_module(th))
}

/// A type variable tuple of a PEP 695 list.
pub fn new_typevartuple(th: &Thread, name: Value) -> Res {
    let p = plain(th, name, Variance::Invariant);
    made(th, th.interp.class(TypeId::TypeVarTuple), p, caller_module(th))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let p = own(a[0]);
    let name = Str::of(p.name.get());
    let sign = match p.variance.get() {
        Variance::Inferred => return Ok(p.name.get()),
        Variance::Covariant => "+",
        Variance::Contravariant => "-",
        Variance::Invariant => "~",
    };
    string::concat(th, Str::of(string::new(th, sign)), name)
}

fn get_bound(th: &Thread, v: Value) -> Res {
    let p = own(v);
    if p.bound.get() == Value::UNBOUND {
        let b = call::call(th, p.evaluate_bound.get(), &[])?;
        p.bound.set(th, p.cell(), b);
    }
    Ok(p.bound.get())
}

fn get_constraints(th: &Thread, v: Value) -> Res {
    let p = own(v);
    if p.constraints.get() == Value::UNBOUND {
        let c = call::call(th, p.evaluate_constraints.get(), &[])?;
        p.constraints.set(th, p.cell(), c);
    }
    Ok(p.constraints.get())
}

fn typevar_subst(th: &Thread, a: &[Value]) -> Res {
    call_typing(th, "_typevar_subst", a)
}

/// `__reduce__` of what is found again by its name.
fn reduce(_: &Thread, a: &[Value]) -> Res {
    Ok(own(a[0]).name.get())
}

#[cold]
fn no_subclass(th: &Thread, what: &str) -> Raised {
    th.type_error(format!("Cannot subclass an instance of {what}"))
}

fn typevar_mro_entries(th: &Thread, _: &[Value]) -> Res {
    Err(no_subclass(th, "TypeVar"))
}

/// `T | X`: made by `typing`, since `typing.Union` takes part.
pub fn or(th: &Thread, a: &[Value]) -> Res {
    call_typing(th, "_make_union", &[a[0], a[1]])
}

/// `X | T`.
pub fn ror(th: &Thread, a: &[Value]) -> Res {
    call_typing(th, "_make_union", &[a[1], a[0]])
}

fn paramspec_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::ParamSpec)?;
    let name = name_arg(th, a[1], "paramspec")?;
    let variance = variance_of(th, a[3], a[4], a[5])?;
    let p = plain(th, name.value(), variance);
    if let Some(b) = a[2].given() {
        // Unlike for type variables, a bound of None is checked, too, and shows as its type.
        let text = string::new(th, "Bound must be a type.");
        p.bound.init(call_typing(th, "_type_check", &[b, text])?);
    } else {
        let text = string::new(th, "Bound must be a type.");
        p.bound.init(call_typing(th, "_type_check", &[Value::none(), text])?);
    }
    made(th, class, p, caller_module(th))
}

fn paramspec_subst(th: &Thread, a: &[Value]) -> Res {
    call_typing(th, "_paramspec_subst", a)
}

fn paramspec_prepare(th: &Thread, a: &[Value]) -> Res {
    call_typing(th, "_paramspec_prepare_subst", a)
}

fn paramspec_mro_entries(th: &Thread, _: &[Value]) -> Res {
    Err(no_subclass(th, "ParamSpec"))
}

fn typevartuple_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::TypeVarTuple)?;
    let name = name_arg(th, a[1], "typevartuple")?;
    made(th, class, plain(th, name.value(), Variance::Invariant), caller_module(th))
}

fn typevartuple_repr(_: &Thread, a: &[Value]) -> Res {
    Ok(own(a[0]).name.get())
}

fn typevartuple_iter(th: &Thread, a: &[Value]) -> Res {
    let unpack = typing_function(th, "Unpack")?;
    let v = protocol::getitem(th, unpack, a[0])?;
    let t = tuple::from_slice(th, &[v])?;
    protocol::iter(th, t)
}

fn typevartuple_subst(th: &Thread, _: &[Value]) -> Res {
    Err(th.type_error("Substitution of bare TypeVarTuple is not supported"))
}

fn typevartuple_prepare(th: &Thread, a: &[Value]) -> Res {
    call_typing(th, "_typevartuple_prepare_subst", a)
}

fn typevartuple_mro_entries(th: &Thread, _: &[Value]) -> Res {
    Err(no_subclass(th, "TypeVarTuple"))
}

/// `P.args` or `P.kwargs`.
struct ParamSpecPart {
    origin: Slot,
}

impl Payload for ParamSpecPart {
    const NAME: &'static str = "typing.ParamSpecArgs";
    fn trace(&self, tracer: &mut Tracer) {
        self.origin.trace(tracer);
    }
}

fn part_new(th: &Thread, a: &[Value], t: TypeId) -> Res {
    let class = construct::class_arg(th, a[0], t)?;
    Ok(custom::alloc(th, class, ParamSpecPart { origin: Slot::new(a[1]) })?.value())
}

fn args_new(th: &Thread, a: &[Value]) -> Res {
    part_new(th, a, TypeId::ParamSpecArgs)
}

fn kwargs_new(th: &Thread, a: &[Value]) -> Res {
    part_new(th, a, TypeId::ParamSpecKwargs)
}

fn part_of(th: &Thread, v: Value, t: TypeId) -> Res {
    custom::alloc_exact(th, t, ParamSpecPart { origin: Slot::new(v) })
}

fn get_args(th: &Thread, v: Value) -> Res {
    part_of(th, v, TypeId::ParamSpecArgs)
}

fn get_kwargs(th: &Thread, v: Value) -> Res {
    part_of(th, v, TypeId::ParamSpecKwargs)
}

fn part_repr(th: &Thread, v: Value, suffix: &str) -> Res {
    let origin = Custom::<ParamSpecPart>::of(v).origin.get();
    let text = if origin.has_shape(TypeId::ParamSpec as u32) {
        Str::of(own(origin).name.get()).to_text()
    } else {
        protocol::repr_text(th, origin)?
    };
    string::try_new(th, &format!("{text}.{suffix}"))
}

fn args_repr(th: &Thread, a: &[Value]) -> Res {
    part_repr(th, a[0], "args")
}

fn kwargs_repr(th: &Thread, a: &[Value]) -> Res {
    part_repr(th, a[0], "kwargs")
}

fn part_equal(th: &Thread, a: &[Value]) -> Res<Option<bool>> {
    if Class::of_value(th, a[0]) != Class::of_value(th, a[1]) {
        return Ok(None);
    }
    let (x, y) = (Custom::<ParamSpecPart>::of(a[0]), Custom::<ParamSpecPart>::of(a[1]));
    protocol::equal(th, x.origin.get(), y.origin.get()).map(Some)
}

fn part_eq(th: &Thread, a: &[Value]) -> Res {
    Ok(part_equal(th, a)?.map_or(Value::not_implemented(), Value::bool))
}

fn part_ne(th: &Thread, a: &[Value]) -> Res {
    Ok(part_equal(th, a)?.map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

fn unordered(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

fn args_mro_entries(th: &Thread, _: &[Value]) -> Res {
    Err(no_subclass(th, "ParamSpecArgs"))
}

fn kwargs_mro_entries(th: &Thread, _: &[Value]) -> Res {
    Err(no_subclass(th, "ParamSpecKwargs"))
}

natives! {
    static TYPEVAR = {
        staticmethod "__new__" "(cls, /, name, *constraints, bound=None, covariant=False, contravariant=False, infer_variance=False)" typevar_new, "";
        method "__repr__" "()" repr, "";
        method "__or__" "(value, /)" or, "";
        method "__ror__" "(value, /)" ror, "";
        method "__typing_subst__" "(arg, /)" typevar_subst, "";
        method "__reduce__" "()" reduce, "";
        method "__mro_entries__" "(bases, /)" typevar_mro_entries, "";
    }
}

natives! {
    static PARAMSPEC = {
        staticmethod "__new__" "(cls, /, name, *, bound=None, covariant=False, contravariant=False, infer_variance=False)" paramspec_new, "";
        method "__repr__" "()" repr, "";
        method "__or__" "(value, /)" or, "";
        method "__ror__" "(value, /)" ror, "";
        method "__typing_subst__" "(arg, /)" paramspec_subst, "";
        method "__typing_prepare_subst__" "(alias, args, /)" paramspec_prepare, "";
        method "__reduce__" "()" reduce, "";
        method "__mro_entries__" "(bases, /)" paramspec_mro_entries, "";
    }
}

natives! {
    static TYPEVARTUPLE = {
        staticmethod "__new__" "(cls, /, name)" typevartuple_new, "";
        method "__repr__" "()" typevartuple_repr, "";
        method "__iter__" "()" typevartuple_iter, "";
        method "__typing_subst__" "(arg, /)" typevartuple_subst, "";
        method "__typing_prepare_subst__" "(alias, args, /)" typevartuple_prepare, "";
        method "__reduce__" "()" reduce, "";
        method "__mro_entries__" "(bases, /)" typevartuple_mro_entries, "";
    }
}

natives! {
    static ARGS = {
        staticmethod "__new__" "(cls, /, origin)" args_new, "";
        method "__repr__" "()" args_repr, "";
        method "__lt__" "(value, /)" unordered, "";
        method "__le__" "(value, /)" unordered, "";
        method "__eq__" "(value, /)" part_eq, "";
        method "__ne__" "(value, /)" part_ne, "";
        method "__gt__" "(value, /)" unordered, "";
        method "__ge__" "(value, /)" unordered, "";
        method "__mro_entries__" "(bases, /)" args_mro_entries, "";
    }
}

natives! {
    static KWARGS = {
        staticmethod "__new__" "(cls, /, origin)" kwargs_new, "";
        method "__repr__" "()" kwargs_repr, "";
        method "__lt__" "(value, /)" unordered, "";
        method "__le__" "(value, /)" unordered, "";
        method "__eq__" "(value, /)" part_eq, "";
        method "__ne__" "(value, /)" part_ne, "";
        method "__gt__" "(value, /)" unordered, "";
        method "__ge__" "(value, /)" unordered, "";
        method "__mro_entries__" "(bases, /)" kwargs_mro_entries, "";
    }
}

fn get_name(_: &Thread, v: Value) -> Res {
    Ok(own(v).name.get())
}

fn get_covariant(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(own(v).variance.get() == Variance::Covariant))
}

fn get_contravariant(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(own(v).variance.get() == Variance::Contravariant))
}

fn get_infer_variance(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(own(v).variance.get() == Variance::Inferred))
}

fn get_origin(_: &Thread, v: Value) -> Res {
    Ok(Custom::<ParamSpecPart>::of(v).origin.get())
}

static TYPEVAR_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__name__", get_name, "").member(),
    GetSetDef::ro("__covariant__", get_covariant, "").member(),
    GetSetDef::ro("__contravariant__", get_contravariant, "").member(),
    GetSetDef::ro("__infer_variance__", get_infer_variance, "").member(),
    GetSetDef::ro("__bound__", get_bound, ""),
    GetSetDef::ro("__constraints__", get_constraints, ""),
];

static PARAMSPEC_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__name__", get_name, "").member(),
    GetSetDef::ro("__bound__", get_bound, "").member(),
    GetSetDef::ro("__covariant__", get_covariant, "").member(),
    GetSetDef::ro("__contravariant__", get_contravariant, "").member(),
    GetSetDef::ro("__infer_variance__", get_infer_variance, "").member(),
    GetSetDef::ro("args", get_args, "Represents positional arguments."),
    GetSetDef::ro("kwargs", get_kwargs, "Represents keyword arguments."),
];

static TYPEVARTUPLE_ATTRIBUTES: &[GetSetDef] = &[GetSetDef::ro("__name__", get_name, "").member()];

static PART_ATTRIBUTES: &[GetSetDef] = &[GetSetDef::ro("__origin__", get_origin, "").member()];

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::TypeVar, "A type variable.", TYPEVAR, TYPEVAR_ATTRIBUTES).flags(flag::WEAKREF),
    TypeTable::new(TypeId::ParamSpec, "A parameter specification.", PARAMSPEC, PARAMSPEC_ATTRIBUTES)
        .flags(flag::WEAKREF),
    TypeTable::new(TypeId::ParamSpecArgs, "The args of a ParamSpec.", ARGS, PART_ATTRIBUTES)
        .flags(flag::WEAKREF),
    TypeTable::new(TypeId::ParamSpecKwargs, "The kwargs of a ParamSpec.", KWARGS, PART_ATTRIBUTES)
        .flags(flag::WEAKREF),
    TypeTable::new(
        TypeId::TypeVarTuple,
        "A type variable that stands for any number of types.",
        TYPEVARTUPLE,
        TYPEVARTUPLE_ATTRIBUTES,
    )
    .flags(flag::WEAKREF),
];
