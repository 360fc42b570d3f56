//! What programs see of `types.GenericAlias`.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellref::Slot;
use crate::class::{Class, ClassSpec, flag, type_name};
use crate::construct::{self, builtin};
use crate::custom::{self, Custom, Payload};
use crate::descriptor::GetSetDef;
use crate::generic_alias::{self, GenericAlias};
use crate::interp::InterpSlot;
use crate::natives;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::type_params::{self, write_argument, write_part};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;
use krait_text::CharsBuf;

/// Attributes that belong to the alias; all others are those of what is subscripted.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
];

fn own(v: Value) -> Custom<GenericAlias> {
    Custom::of(v)
}

fn args_of(a: Custom<GenericAlias>) -> Tuple {
    Tuple::of(a.args.get())
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::GenericAlias)?;
    generic_alias::with_class(th, class, a[1], a[2], false)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    th.check_native_stack()?;
    let alias = own(a[0]);
    let mut out = CharsBuf::new();
    if alias.starred.get() {
        out.push(u32::from(b'*'));
    }
    write_part(th, &mut out, alias.origin.get())?;
    out.push(u32::from(b'['));
    let args = args_of(alias).as_slice();
    for (i, &v) in args.iter().enumerate() {
        if i > 0 {
            out.extend_latin1(b", ");
        }
        write_argument(th, &mut out, v)?;
    }
    if args.is_empty() {
        out.extend_latin1(b"()");
    }
    out.push(u32::from(b']'));
    string::from_buf(th, &out)
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let alias = own(a[0]);
    let origin = protocol::hash(th, alias.origin.get())?;
    let args = protocol::hash(th, alias.args.get())?;
    Ok(Value::small(crate::hash::fit(origin ^ args)))
}

fn equal(th: &Thread, a: &[Value]) -> Res<Option<bool>> {
    let x = own(a[0]);
    let Some(y) = Custom::<GenericAlias>::from_value(a[1]) else { return Ok(None) };
    Ok(Some(
        x.starred.get() == y.starred.get()
            && protocol::equal(th, x.origin.get(), y.origin.get())?
            && protocol::equal(th, x.args.get(), y.args.get())?,
    ))
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    Ok(equal(th, a)?.map_or(Value::not_implemented(), Value::bool))
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    Ok(equal(th, a)?.map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

fn unordered(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

/// `alias(...)`: the origin's instance, told what it was made by.
fn call_alias(th: &Thread, a: &[Value]) -> Res {
    let alias = own(a[0]);
    let v = call::call_dict(th, alias.origin.get(), Tuple::of(a[1]).as_slice(), a[2])?;
    let r = attr::set_text(th, v, "__orig_class__", a[0]);
    if r.is_err() && !th.pending_is(TypeId::AttributeError) && !th.pending_is(TypeId::TypeError) {
        return Err(th.raised());
    }
    if r.is_err() {
        th.clear_pending();
    }
    Ok(v)
}

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let Some(name) = Str::from_value(a[1]) else {
        let t = type_name(th, a[1]);
        return Err(th.type_error(format!("attribute name must be string, not '{t}'")));
    };
    let interned = string::intern(th, name);
    if OWN.iter().any(|o| name.is(o)) {
        return attr::generic_get_strict(th, a[0], Class::of_value(th, a[0]), interned);
    }
    attr::get_strict(th, own(a[0]).origin.get(), interned)
}

fn parameters_of(th: &Thread, alias: Custom<GenericAlias>) -> Res<Tuple> {
    if alias.parameters.get() == Value::UNBOUND {
        let p = type_params::collect(th, args_of(alias))?;
        alias.parameters.set(th, alias.cell(), p);
    }
    Ok(Tuple::of(alias.parameters.get()))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let alias = own(a[0]);
    let parameters = parameters_of(th, alias)?;
    let args = type_params::substitute(th, a[0], args_of(alias), parameters, a[1])?;
    let class = th.interp.class(TypeId::GenericAlias);
    generic_alias::with_class(th, class, alias.origin.get(), args, alias.starred.get())
}

fn mro_entries(th: &Thread, a: &[Value]) -> Res {
    tuple::from_slice(th, &[own(a[0]).origin.get()])
}

fn instancecheck(th: &Thread, _: &[Value]) -> Res {
    Err(th.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclasscheck(th: &Thread, _: &[Value]) -> Res {
    Err(th.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let alias = own(a[0]);
    let class = th.interp.class_value(TypeId::GenericAlias);
    if alias.starred.get() {
        let plain = generic_alias::new(th, alias.origin.get(), alias.args.get())?;
        let it = new_iter(th, plain)?;
        let args = tuple::from_slice(th, &[it])?;
        let next = builtin(th, "next")?;
        return tuple::from_slice(th, &[next, args]);
    }
    let args = tuple::from_slice(th, &[alias.origin.get(), alias.args.get()])?;
    tuple::from_slice(th, &[class, args])
}

fn dir(th: &Thread, a: &[Value]) -> Res {
    let f = builtin(th, "dir")?;
    let names = call::call(th, f, &[own(a[0]).origin.get()])?;
    for name in OWN {
        let name = th.interp.interned.intern_text(th, name);
        if !protocol::contains(th, names, name)? {
            call::call_method_text(th, names, "append", &[name])?;
        }
    }
    Ok(names)
}

fn or(th: &Thread, a: &[Value]) -> Res {
    crate::union_type::or(th, a[0], a[1])
}

fn ror(th: &Thread, a: &[Value]) -> Res {
    crate::union_type::or(th, a[1], a[0])
}

/// Iterator over an alias: gives it once, starred.
struct AliasIter {
    /// The alias, or `UNBOUND` at the end.
    alias: Slot,
}

impl Payload for AliasIter {
    const NAME: &'static str = "generic_alias_iterator";
    fn trace(&self, tracer: &mut Tracer) {
        self.alias.trace(tracer);
    }
}

static ITER_CLASS: InterpSlot = InterpSlot::new();

static ITER_SPEC: ClassSpec =
    ClassSpec::new("builtins.generic_alias_iterator", "", ITER_METHODS, &[]).flags(flag::NO_NEW);

fn new_iter(th: &Thread, alias: Value) -> Res {
    let class = ITER_CLASS.get_or(th, |th| Ok(ITER_SPEC.make(th)?.value()))?;
    Ok(custom::alloc(th, Class::of(class), AliasIter { alias: Slot::new(alias) })?.value())
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    new_iter(th, a[0])
}

fn iter_next(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<AliasIter>::of(a[0]);
    let Some(alias) = Custom::<GenericAlias>::from_value(it.alias.get()) else {
        return Err(th.stop_iteration());
    };
    it.alias.init(Value::UNBOUND);
    let class = th.interp.class(TypeId::GenericAlias);
    generic_alias::with_class(th, class, alias.origin.get(), alias.args.get(), true)
}

fn iter_reduce(th: &Thread, a: &[Value]) -> Res {
    let v = Custom::<AliasIter>::of(a[0]).alias.get();
    let v = if v == Value::UNBOUND { th.interp.empty_tuple.get() } else { v };
    crate::seq_iter_methods::reduce_empty(th, v)
}

natives! {
    static ITER_METHODS = {
        method "__iter__" "()" custom::iter_method, "";
        method "__next__" "()" iter_next, "";
        method "__reduce__" "()" iter_reduce, "";
    }
}

natives! {
    pub static CLASS_GETITEM = {
        classmethod "__class_getitem__" "(object, /)" construct::class_getitem, "A generic alias of the class.";
    }
}

/// The builtin classes that can be subscripted (PEP 585).
pub static GENERIC_CLASSES: &[TypeId] = &[
    TypeId::AsyncGenerator,
    TypeId::BaseExceptionGroup,
    TypeId::Dict,
    TypeId::Enumerate,
    TypeId::FrozenSet,
    TypeId::List,
    TypeId::MappingProxy,
    TypeId::Set,
    TypeId::Tuple,
    TypeId::WeakRef,
];

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, origin, args, /)" new, "";
        method "__repr__" "()" repr, "";
        method "__hash__" "()" hash, "";
        method "__call__" "(*args, **kwargs)" call_alias, "";
        method "__getattribute__" "(name, /)" getattribute, "";
        method "__lt__" "(value, /)" unordered, "";
        method "__le__" "(value, /)" unordered, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" unordered, "";
        method "__ge__" "(value, /)" unordered, "";
        method "__iter__" "()" iter, "";
        method "__or__" "(value, /)" or, "";
        method "__ror__" "(value, /)" ror, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__mro_entries__" "(bases, /)" mro_entries, "";
        method "__instancecheck__" "(instance, /)" instancecheck, "";
        method "__subclasscheck__" "(cls, /)" subclasscheck, "";
        method "__reduce__" "()" reduce, "";
        method "__dir__" "()" dir, "";
    }
}

fn get_origin(_: &Thread, v: Value) -> Res {
    Ok(own(v).origin.get())
}

fn get_args(_: &Thread, v: Value) -> Res {
    Ok(own(v).args.get())
}

fn get_unpacked(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(own(v).starred.get()))
}

fn get_parameters(th: &Thread, v: Value) -> Res {
    Ok(parameters_of(th, own(v))?.value())
}

fn get_unpacked_args(th: &Thread, v: Value) -> Res {
    let alias = own(v);
    let of_tuple = alias.origin.get() == th.interp.class_value(TypeId::Tuple);
    Ok(if alias.starred.get() && of_tuple { alias.args.get() } else { Value::none() })
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("__origin__", get_origin, "").member(),
    GetSetDef::ro("__args__", get_args, "").member(),
    GetSetDef::ro("__unpacked__", get_unpacked, "").member(),
    GetSetDef::ro("__parameters__", get_parameters, "Type variables in the GenericAlias."),
    GetSetDef::ro("__typing_unpacked_tuple_args__", get_unpacked_args, ""),
];

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::GenericAlias,
    "A generic type with its arguments, like list[int].",
    METHODS,
    GETSET,
)
.flags(flag::WEAKREF)];
