//! `types.MappingProxyType`: a read-only view of any mapping; a class's `__dict__` is one.

use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellref::Slot;
use crate::class::type_name;
use crate::construct;
use crate::custom::{self, Custom, Payload};
use crate::kind::Kind;
use crate::names::Name;
use crate::natives;
use crate::operators::{self, BinOp};
use crate::protocol::{self, Cmp};
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;

/// The payload of a mapping proxy.
pub struct MappingProxy {
    pub mapping: Slot,
}

impl Payload for MappingProxy {
    const NAME: &'static str = "mappingproxy";
    fn trace(&self, tracer: &mut Tracer) {
        self.mapping.trace(tracer);
    }
}

/// A proxy of a mapping that is known to be one.
pub fn new(th: &Thread, mapping: Value) -> Res {
    custom::alloc_exact(th, TypeId::MappingProxy, MappingProxy { mapping: Slot::new(mapping) })
}

/// The mapping behind a proxy; other values as they are.
pub fn unwrap(v: Value) -> Value {
    Custom::<MappingProxy>::from_value(v).map_or(v, |p| p.mapping.get())
}

fn mapping(a: &[Value]) -> Value {
    Custom::<MappingProxy>::of(a[0]).mapping.get()
}

fn create(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::MappingProxy)?;
    let m = a[1];
    let class = crate::class::Class::of_value(th, m);
    let is_mapping =
        class.special(th, Name::__getitem__).is_some() && !m.is_kind(Kind::List) && !m.is_kind(Kind::Tuple);
    if !is_mapping {
        return Err(
            th.type_error(format!("mappingproxy() argument must be a mapping, not {}", type_name(th, m)))
        );
    }
    Ok(custom::alloc(th, c, MappingProxy { mapping: Slot::new(m) })?.value())
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(protocol::len(th, mapping(a))? as i64))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    protocol::getitem(th, mapping(a), a[1])
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::contains(th, mapping(a), a[1])?))
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    protocol::iter(th, mapping(a))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let text = protocol::repr(th, mapping(a))?;
    let mut b = krait_text::CharsBuf::with_capacity(32);
    b.extend_str("mappingproxy(");
    b.extend(Str::of(text).chars());
    b.push(')' as u32);
    string::from_buf(th, &b)
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    protocol::str_of(th, mapping(a))
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(protocol::hash(th, mapping(a))?))
}

fn forward(th: &Thread, a: &[Value], method: Name) -> Res {
    call::call_method(th, mapping(a), th.name(method), &[])
}

fn keys(th: &Thread, a: &[Value]) -> Res {
    forward(th, a, Name::keys)
}
fn values(th: &Thread, a: &[Value]) -> Res {
    forward(th, a, Name::values)
}
fn items(th: &Thread, a: &[Value]) -> Res {
    forward(th, a, Name::items)
}
fn copy(th: &Thread, a: &[Value]) -> Res {
    forward(th, a, Name::copy)
}
fn reversed(th: &Thread, a: &[Value]) -> Res {
    forward(th, a, Name::__reversed__)
}

fn get(th: &Thread, a: &[Value]) -> Res {
    let default = a[2].given().unwrap_or(Value::none());
    call::call_method(th, mapping(a), th.name(Name::get), &[a[1], default])
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    protocol::compare(th, op, mapping(a), a[1])
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

fn or(th: &Thread, a: &[Value]) -> Res {
    operators::binary(th, BinOp::Or, mapping(a), unwrap(a[1]))
}

fn ror(th: &Thread, a: &[Value]) -> Res {
    operators::binary(th, BinOp::Or, unwrap(a[1]), mapping(a))
}

fn ior(th: &Thread, a: &[Value]) -> Res {
    Err(th.type_error(format!("'|=' is not supported by {}; use '|' instead", type_name(th, a[0]))))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, mapping)" create, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__hash__" "()" hash, "Return hash(self).";
        method "__str__" "()" str_, "Return str(self).";
        method "__lt__" "(value, /)" lt, "Return self<value.";
        method "__le__" "(value, /)" le, "Return self<=value.";
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__gt__" "(value, /)" gt, "Return self>value.";
        method "__ge__" "(value, /)" ge, "Return self>=value.";
        method "__iter__" "()" iter, "Implement iter(self).";
        method "__or__" "(value, /)" or, "Return self|value.";
        method "__ror__" "(value, /)" ror, "Return value|self.";
        method "__ior__" "(value, /)" ior, "Return self|=value.";
        method "__len__" "()" len, "Return len(self).";
        method "__getitem__" "(key, /)" getitem, "Return self[key].";
        method "__contains__" "(key, /)" contains, "Return key in self.";
        method "get" "(key, default=None, /)" get, "The value for key if it is in the mapping, else default.";
        method "keys" "()" keys, "The mapping's keys.";
        method "values" "()" values, "The mapping's values.";
        method "items" "()" items, "The mapping's items.";
        method "copy" "()" copy, "A shallow copy of the mapping.";
        method "__reversed__" "()" reversed, "A reverse iterator over the keys.";
    }
}

/// The table of `mappingproxy`.
pub const TABLES: &[TypeTable] =
    &[TypeTable::new(TypeId::MappingProxy, "Read-only proxy of a mapping.", METHODS, &[])
        .flags(crate::class::flag::MAPPING)];
