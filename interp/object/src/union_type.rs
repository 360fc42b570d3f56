//! `types.UnionType`: `int | str`.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::cellref::Slot;
use crate::class::{Class, type_name};
use crate::custom::{self, Custom, Payload};
use crate::descriptor::GetSetDef;
use crate::kind::Kind;
use crate::operators::{self, BinOp};
use crate::protocol;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::type_params::{self, is_generic_alias, write_part};
use crate::types::TypeId;
use crate::value::Value;
use crate::{call, natives};
use krait_gc::Tracer;
use krait_text::CharsBuf;

/// A union of types.
pub struct UnionType {
    /// A tuple of at least two different types, none of them a union.
    args: Slot,
    /// The type parameters in `args`; `UNBOUND` until asked for.
    parameters: Slot,
}

impl Payload for UnionType {
    const NAME: &'static str = "types.UnionType";
    fn trace(&self, tracer: &mut Tracer) {
        self.args.trace(tracer);
        self.parameters.trace(tracer);
    }
}

/// The types in a union; None when the value is none.
pub fn args_of(v: Value) -> Option<Tuple> {
    Custom::<UnionType>::from_value(v).map(|u| Tuple::of(u.args.get()))
}

/// May the value stand in a union?
fn is_unionable(v: Value) -> bool {
    v.is_none()
        || v.is_kind(Kind::Type)
        || is_generic_alias(v)
        || args_of(v).is_some()
        || v.has_shape(TypeId::TypeAliasType as u32)
}

/// `a | b` for types: NotImplemented when one of them is none.
pub fn or(th: &Thread, a: Value, b: Value) -> Res {
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(Value::not_implemented());
    }
    of_types(th, &[a, b])
}

/// The union of types: unions among them are opened, duplicates dropped; a single type stays alone.
pub fn of_types(th: &Thread, types: &[Value]) -> Res {
    let mut out = ValueVec::new();
    for &t in types {
        let single = [t];
        for &v in args_of(t).map_or(&single[..], Tuple::as_slice) {
            let v = if v.is_none() { th.interp.class_value(TypeId::NoneType) } else { v };
            let mut known = false;
            for i in 0..out.len() {
                known = known || protocol::equal(th, v, out.get(i))?;
            }
            if !known {
                out.push(th, v)?;
            }
        }
    }
    if let &[one] = out.as_slice() {
        return Ok(one);
    }
    let args = tuple::from_vec(th, &out)?;
    custom::alloc_exact(
        th,
        TypeId::UnionType,
        UnionType { args: Slot::new(args), parameters: Slot::new(Value::UNBOUND) },
    )
}

fn own(v: Value) -> Custom<UnionType> {
    Custom::of(v)
}

/// `__or__` of types.
pub fn or_method(th: &Thread, a: &[Value]) -> Res {
    or(th, a[0], a[1])
}

/// `__ror__` of types.
pub fn ror_method(th: &Thread, a: &[Value]) -> Res {
    or(th, a[1], a[0])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    th.check_native_stack()?;
    let mut out = CharsBuf::new();
    for (i, &v) in Tuple::of(own(a[0]).args.get()).as_slice().iter().enumerate() {
        if i > 0 {
            out.extend_latin1(b" | ");
        }
        if v == th.interp.class_value(TypeId::NoneType) {
            out.extend_latin1(b"None");
        } else {
            write_part(th, &mut out, v)?;
        }
    }
    string::from_buf(th, &out)
}

/// The types as a set of which only equality and hash matter.
fn as_set(th: &Thread, v: Value) -> Res {
    call::call(th, th.interp.class_value(TypeId::FrozenSet), &[own(v).args.get()])
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let s = as_set(th, a[0])?;
    Ok(Value::small(protocol::hash(th, s)?))
}

fn equal(th: &Thread, a: &[Value]) -> Res<Option<bool>> {
    if Custom::<UnionType>::from_value(a[1]).is_none() {
        return Ok(None);
    }
    let (x, y) = (as_set(th, a[0])?, as_set(th, a[1])?);
    protocol::equal(th, x, y).map(Some)
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

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let Some(name) = Str::from_value(a[1]) else {
        let t = type_name(th, a[1]);
        return Err(th.type_error(format!("attribute name must be string, not '{t}'")));
    };
    let interned = string::intern(th, name);
    let class = Class::of_value(th, a[0]);
    if name.is("__module__") {
        return attr::get_strict(th, class.value(), interned);
    }
    attr::generic_get_strict(th, a[0], class, interned)
}

fn parameters_of(th: &Thread, u: Custom<UnionType>) -> Res<Tuple> {
    if u.parameters.get() == Value::UNBOUND {
        let p = type_params::collect(th, Tuple::of(u.args.get()))?;
        u.parameters.set(th, u.cell(), p);
    }
    Ok(Tuple::of(u.parameters.get()))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let u = own(a[0]);
    let parameters = parameters_of(th, u)?;
    let args = type_params::substitute(th, a[0], Tuple::of(u.args.get()), parameters, a[1])?;
    let args = Tuple::of(args).as_slice();
    let Some((&first, rest)) = args.split_first() else { return of_types(th, &[]) };
    // What was put in may be anything that `|` accepts.
    let mut out = first;
    for &v in rest {
        out = operators::binary(th, BinOp::Or, out, v)?;
    }
    Ok(out)
}

natives! {
    static METHODS = {
        method "__repr__" "()" repr, "";
        method "__hash__" "()" hash, "";
        method "__getattribute__" "(name, /)" getattribute, "";
        method "__lt__" "(value, /)" unordered, "";
        method "__le__" "(value, /)" unordered, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" unordered, "";
        method "__ge__" "(value, /)" unordered, "";
        method "__or__" "(value, /)" or_method, "";
        method "__ror__" "(value, /)" ror_method, "";
        method "__getitem__" "(key, /)" getitem, "";
    }
}

fn get_args(_: &Thread, v: Value) -> Res {
    Ok(own(v).args.get())
}

fn get_parameters(th: &Thread, v: Value) -> Res {
    Ok(parameters_of(th, own(v))?.value())
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("__args__", get_args, "").member(),
    GetSetDef::ro("__parameters__", get_parameters, "Type variables in the types.UnionType."),
];

pub static TABLES: &[TypeTable] =
    &[TypeTable::new(TypeId::UnionType, "A union of types, like int | str.", METHODS, GETSET)];
