//! What programs see of the types of `None`, `NotImplemented` and `Ellipsis`.

use crate::bootstrap::TypeTable;
use crate::hash as hashing;
use crate::natives;
use crate::string;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;

fn none_repr(th: &Thread, _: &[Value]) -> Res {
    Ok(th.name(crate::Name::None))
}

fn none_bool(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::false_())
}

fn none_hash(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(hashing::of_identity(a[0].0)))
}

/// The singleton's type called: it takes no arguments.
fn new(th: &Thread, a: &[Value], name: &str, v: Value) -> Res {
    let keywords = crate::dict::Dict::from_value(a[2]).is_some_and(|d| !d.is_empty());
    if keywords || !crate::tuple::Tuple::of(a[1]).is_empty() {
        return Err(th.type_error(format!("{name} takes no arguments")));
    }
    Ok(v)
}

fn none_new(th: &Thread, a: &[Value]) -> Res {
    new(th, a, "NoneType", Value::none())
}

fn not_implemented_new(th: &Thread, a: &[Value]) -> Res {
    new(th, a, "NotImplementedType", Value::not_implemented())
}

fn ellipsis_new(th: &Thread, a: &[Value]) -> Res {
    new(th, a, "EllipsisType", Value::ellipsis())
}

fn not_implemented_repr(th: &Thread, _: &[Value]) -> Res {
    string::try_new(th, "NotImplemented")
}

fn not_implemented_bool(th: &Thread, _: &[Value]) -> Res {
    let text = "NotImplemented should not be used in a boolean context";
    (th.interp.hooks().warn)(th, TypeId::DeprecationWarning, text, 1)?;
    Ok(Value::true_())
}

fn ellipsis_repr(th: &Thread, _: &[Value]) -> Res {
    string::try_new(th, "Ellipsis")
}

/// The name of a singleton: its pickle is a reference to the builtin.
fn not_implemented_reduce(th: &Thread, a: &[Value]) -> Res {
    not_implemented_repr(th, a)
}

natives! {
    static NONE = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" none_new, "";
        method "__repr__" "()" none_repr, "", Pure;
        method "__bool__" "()" none_bool, "", Pure;
        method "__hash__" "()" none_hash, "", Pure;
    }
}

natives! {
    static NOT_IMPLEMENTED = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" not_implemented_new, "";
        method "__repr__" "()" not_implemented_repr, "", Pure;
        method "__bool__" "()" not_implemented_bool, "";
        method "__reduce__" "()" not_implemented_reduce, "";
    }
}

natives! {
    static ELLIPSIS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" ellipsis_new, "";
        method "__repr__" "()" ellipsis_repr, "", Pure;
        method "__reduce__" "()" ellipsis_repr, "";
    }
}

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::NoneType, "", NONE, &[]),
    TypeTable::new(
        TypeId::NotImplementedType,
        "The type of the NotImplemented singleton.",
        NOT_IMPLEMENTED,
        &[],
    ),
    TypeTable::new(TypeId::Ellipsis, "The type of the Ellipsis singleton.", ELLIPSIS, &[]),
];
