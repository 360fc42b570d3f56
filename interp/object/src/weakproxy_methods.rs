//! `weakref.proxy`: an object that behaves as its referent for as long as that lives.
//!
//! Every special method of the data model is passed on; operators take proxies off both operands.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::class::{Class, type_name};
use crate::names::Name;
use crate::natives;
use crate::object_methods::{address, name_arg};
use crate::operators::{self, BinOp};
use crate::protocol::{self, Cmp};
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::weakref::{self, WeakRef};
use crate::weakref_methods::{check_referent, shared_reference};

/// Is the value a proxy?
pub fn is_proxy(th: &Thread, v: Value) -> bool {
    let c = Class::of_value(th, v);
    c.is(TypeId::WeakProxy) || c.is(TypeId::WeakCallableProxy)
}

/// `weakref.proxy(v, callback)`.
pub fn new_proxy(th: &Thread, v: Value, callback: Value) -> Res {
    check_referent(th, v)?;
    let t = if call::is_callable(th, v) { TypeId::WeakCallableProxy } else { TypeId::WeakProxy };
    if callback.is_none()
        && let Some(p) = shared_reference(th, v, t as u32)
    {
        return Ok(p);
    }
    Ok(weakref::new(th, v, callback, t as u32, 0).value())
}

/// The object behind a proxy; other values as they are. ReferenceError when it is dead.
pub fn unwrap(th: &Thread, v: Value) -> Res {
    match WeakRef::from_value(v) {
        Some(r) if is_proxy(th, v) => r
            .referent()
            .ok_or_else(|| th.raise_new(TypeId::ReferenceError, "weakly-referenced object no longer exists")),
        _ => Ok(v),
    }
}

/// The referent of the receiver.
fn target(th: &Thread, a: &[Value]) -> Res {
    unwrap(th, a[0])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let shown = match WeakRef::of(a[0]).referent() {
        Some(v) => format!("{} at {:#x}", type_name(th, v), address(v)),
        None => String::from("NoneType at 0x0"),
    };
    Ok(string::new(th, &format!("<weakproxy at {:#x} to {shown}>", address(a[0]))))
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    protocol::str_of(th, target(th, a)?)
}

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::get_strict(th, target(th, a)?, name)
}

fn setattr(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::set(th, target(th, a)?, name, a[2])?;
    Ok(Value::none())
}

fn delattr(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::delete(th, target(th, a)?, name)?;
    Ok(Value::none())
}

fn call_target(th: &Thread, a: &[Value]) -> Res {
    call::call_dict(th, target(th, a)?, Tuple::of(a[1]).as_slice(), a[2])
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    protocol::compare(th, op, target(th, a)?, unwrap(th, a[1])?)
}

fn lt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Lt)
}
fn le(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Le)
}
fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}
fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}
fn gt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Gt)
}
fn ge(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ge)
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    protocol::iter(th, target(th, a)?)
}

fn next(th: &Thread, a: &[Value]) -> Res {
    let v = target(th, a)?;
    if !protocol::is_iterator(th, v) {
        return Err(
            th.type_error(format!("Weakref proxy referenced a non-iterator '{}' object", type_name(th, v)))
        );
    }
    protocol::next(th, v)?.ok_or_else(|| th.stop_iteration())
}

fn bool_(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::truth(th, target(th, a)?)?))
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(crate::int::from_usize(th, protocol::len(th, target(th, a)?)?))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    protocol::getitem(th, target(th, a)?, a[1])
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    protocol::setitem(th, target(th, a)?, a[1], a[2])?;
    Ok(Value::none())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    protocol::delitem(th, target(th, a)?, a[1])?;
    Ok(Value::none())
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::contains(th, target(th, a)?, a[1])?))
}

fn binary(th: &Thread, op: BinOp, left: Value, right: Value) -> Res {
    operators::binary(th, op, unwrap(th, left)?, unwrap(th, right)?)
}

fn inplace(th: &Thread, op: BinOp, a: &[Value]) -> Res {
    operators::inplace(th, op, target(th, a)?, unwrap(th, a[1])?)
}

fn unary(th: &Thread, n: Name, a: &[Value]) -> Res {
    operators::unary(th, n, target(th, a)?)
}

fn special(th: &Thread, n: Name, a: &[Value]) -> Res {
    let v = target(th, a)?;
    let f = attr::get_name(th, v, n)?;
    call::call(th, f, &[])
}

fn power(th: &Thread, left: Value, right: Value, m: Value) -> Res {
    let m = m.given().unwrap_or(Value::none());
    operators::power(th, unwrap(th, left)?, unwrap(th, right)?, unwrap(th, m)?)
}

fn pow(th: &Thread, a: &[Value]) -> Res {
    power(th, a[0], a[1], a[2])
}
fn rpow(th: &Thread, a: &[Value]) -> Res {
    power(th, a[1], a[0], a[2])
}
fn ipow(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::Pow, a)
}
fn index(th: &Thread, a: &[Value]) -> Res {
    protocol::index(th, target(th, a)?)
}
fn int(th: &Thread, a: &[Value]) -> Res {
    let v = target(th, a)?;
    call::call(th, th.interp.class_value(TypeId::Int), &[v])
}
fn float(th: &Thread, a: &[Value]) -> Res {
    let v = target(th, a)?;
    call::call(th, th.interp.class_value(TypeId::Float), &[v])
}
fn bytes(th: &Thread, a: &[Value]) -> Res {
    special(th, Name::__bytes__, a)
}
fn reversed(th: &Thread, a: &[Value]) -> Res {
    special(th, Name::__reversed__, a)
}
fn neg(th: &Thread, a: &[Value]) -> Res {
    unary(th, Name::__neg__, a)
}
fn pos(th: &Thread, a: &[Value]) -> Res {
    unary(th, Name::__pos__, a)
}
fn abs(th: &Thread, a: &[Value]) -> Res {
    unary(th, Name::__abs__, a)
}
fn invert(th: &Thread, a: &[Value]) -> Res {
    unary(th, Name::__invert__, a)
}

fn add(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Add, a[0], a[1])
}
fn radd(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Add, a[1], a[0])
}
fn iadd(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::Add, a)
}
fn sub(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Sub, a[0], a[1])
}
fn rsub(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Sub, a[1], a[0])
}
fn isub(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::Sub, a)
}
fn mul(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Mul, a[0], a[1])
}
fn rmul(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Mul, a[1], a[0])
}
fn imul(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::Mul, a)
}
fn mod_(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Mod, a[0], a[1])
}
fn rmod(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Mod, a[1], a[0])
}
fn imod(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::Mod, a)
}
fn divmod(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::DivMod, a[0], a[1])
}
fn rdivmod(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::DivMod, a[1], a[0])
}
fn lshift(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::LShift, a[0], a[1])
}
fn rlshift(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::LShift, a[1], a[0])
}
fn ilshift(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::LShift, a)
}
fn rshift(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::RShift, a[0], a[1])
}
fn rrshift(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::RShift, a[1], a[0])
}
fn irshift(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::RShift, a)
}
fn and(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::And, a[0], a[1])
}
fn rand(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::And, a[1], a[0])
}
fn iand(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::And, a)
}
fn xor(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Xor, a[0], a[1])
}
fn rxor(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Xor, a[1], a[0])
}
fn ixor(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::Xor, a)
}
fn or(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Or, a[0], a[1])
}
fn ror(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::Or, a[1], a[0])
}
fn ior(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::Or, a)
}
fn floordiv(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::FloorDiv, a[0], a[1])
}
fn rfloordiv(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::FloorDiv, a[1], a[0])
}
fn ifloordiv(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::FloorDiv, a)
}
fn truediv(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::TrueDiv, a[0], a[1])
}
fn rtruediv(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::TrueDiv, a[1], a[0])
}
fn itruediv(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::TrueDiv, a)
}
fn matmul(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::MatMul, a[0], a[1])
}
fn rmatmul(th: &Thread, a: &[Value]) -> Res {
    binary(th, BinOp::MatMul, a[1], a[0])
}
fn imatmul(th: &Thread, a: &[Value]) -> Res {
    inplace(th, BinOp::MatMul, a)
}

natives! {
    static METHODS = {
        method "__repr__" "()" repr, "Return repr(self).";
        method "__str__" "()" str_, "Return str(self).";
        method "__getattribute__" "(name, /)" getattribute, "Return getattr(self, name).";
        method "__setattr__" "(name, value, /)" setattr, "Implement setattr(self, name, value).";
        method "__delattr__" "(name, /)" delattr, "Implement delattr(self, name).";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__iter__" "()" iter, "Implement iter(self).";
        method "__next__" "()" next, "Implement next(self).";
        method "__pow__" "(value, mod=None, /)" pow, "";
        method "__rpow__" "(value, mod=None, /)" rpow, "";
        method "__ipow__" "(value, /)" ipow, "";
        method "__neg__" "()" neg, "-self";
        method "__pos__" "()" pos, "+self";
        method "__abs__" "()" abs, "abs(self)";
        method "__invert__" "()" invert, "~self";
        method "__bool__" "()" bool_, "True if self else False";
        method "__int__" "()" int, "int(self)";
        method "__float__" "()" float, "float(self)";
        method "__index__" "()" index, "operator.index(self)";
        method "__len__" "()" len, "Return len(self).";
        method "__getitem__" "(key, /)" getitem, "Return self[key].";
        method "__setitem__" "(key, value, /)" setitem, "Set self[key] to value.";
        method "__delitem__" "(key, /)" delitem, "Delete self[key].";
        method "__contains__" "(key, /)" contains, "Return key in self.";
        method "__bytes__" "()" bytes, "";
        method "__reversed__" "()" reversed, "";
        method "__add__" "(value, /)" add, "";
        method "__radd__" "(value, /)" radd, "";
        method "__iadd__" "(value, /)" iadd, "";
        method "__sub__" "(value, /)" sub, "";
        method "__rsub__" "(value, /)" rsub, "";
        method "__isub__" "(value, /)" isub, "";
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" rmul, "";
        method "__imul__" "(value, /)" imul, "";
        method "__mod__" "(value, /)" mod_, "";
        method "__rmod__" "(value, /)" rmod, "";
        method "__imod__" "(value, /)" imod, "";
        method "__divmod__" "(value, /)" divmod, "";
        method "__rdivmod__" "(value, /)" rdivmod, "";
        method "__lshift__" "(value, /)" lshift, "";
        method "__rlshift__" "(value, /)" rlshift, "";
        method "__ilshift__" "(value, /)" ilshift, "";
        method "__rshift__" "(value, /)" rshift, "";
        method "__rrshift__" "(value, /)" rrshift, "";
        method "__irshift__" "(value, /)" irshift, "";
        method "__and__" "(value, /)" and, "";
        method "__rand__" "(value, /)" rand, "";
        method "__iand__" "(value, /)" iand, "";
        method "__xor__" "(value, /)" xor, "";
        method "__rxor__" "(value, /)" rxor, "";
        method "__ixor__" "(value, /)" ixor, "";
        method "__or__" "(value, /)" or, "";
        method "__ror__" "(value, /)" ror, "";
        method "__ior__" "(value, /)" ior, "";
        method "__floordiv__" "(value, /)" floordiv, "";
        method "__rfloordiv__" "(value, /)" rfloordiv, "";
        method "__ifloordiv__" "(value, /)" ifloordiv, "";
        method "__truediv__" "(value, /)" truediv, "";
        method "__rtruediv__" "(value, /)" rtruediv, "";
        method "__itruediv__" "(value, /)" itruediv, "";
        method "__matmul__" "(value, /)" matmul, "";
        method "__rmatmul__" "(value, /)" rmatmul, "";
        method "__imatmul__" "(value, /)" imatmul, "";
    }
}

natives! {
    static CALL = {
        method "__call__" "(*args, **kwargs)" call_target, "Call self as a function.";
    }
}

/// The tables of both proxy types.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::WeakProxy, "", METHODS, &[]),
    TypeTable::new(TypeId::WeakCallableProxy, "", METHODS, &[]),
    TypeTable::new(TypeId::WeakCallableProxy, "", CALL, &[]),
];
