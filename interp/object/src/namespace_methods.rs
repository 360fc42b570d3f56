//! `types.SimpleNamespace`: attributes and nothing else.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::class::Class;
use crate::construct;
use crate::custom::{self, Custom, Payload};
use crate::dict::{self, Dict};
use crate::dict_methods;
use crate::natives;
use crate::protocol::{self, Cmp};
use crate::repr_guard;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;

/// The payload: the attributes are in the attribute word.
struct Namespace;

impl Payload for Namespace {
    const NAME: &'static str = "SimpleNamespace";
    fn trace(&self, _: &mut Tracer) {}
}

/// A namespace with the attributes of a dict (copied).
pub fn from_dict(th: &Thread, attributes: Dict) -> Res {
    let n = custom::alloc_exact(th, TypeId::SimpleNamespace, Namespace)?;
    let d = own(th, n)?;
    dict_methods::merge_dict(th, d, attributes, true)?;
    Ok(n)
}

fn own(th: &Thread, v: Value) -> Res<Dict> {
    Ok(match attr::dict_of(th, v)? {
        Some(d) => d,
        None => dict::new(th),
    })
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::SimpleNamespace)?;
    Ok(custom::alloc(th, c, Namespace)?.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    if !Tuple::of(a[1]).is_empty() {
        return Err(th.type_error("no positional arguments expected"));
    }
    let d = own(th, a[0])?;
    if let Some(k) = Dict::from_value(a[2]) {
        dict_methods::merge_dict(th, d, k, true)?;
    }
    Ok(Value::none())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]);
    let name = if class.is(TypeId::SimpleNamespace) { String::from("namespace") } else { class.name_text() };
    let Some(_guard) = repr_guard::enter(th, a[0]) else {
        return string::try_new(th, &format!("{name}(...)"));
    };
    let d = own(th, a[0])?;
    let mut b = krait_text::CharsBuf::with_capacity(32);
    b.extend_str(&name);
    b.push('(' as u32);
    let mut at = 0;
    let mut first = true;
    while let Some((k, v)) = d.next(th, &mut at) {
        let Some(k) = Str::from_value(k).filter(|k| !k.is_empty()) else { continue };
        if !first {
            b.extend_str(", ");
        }
        first = false;
        b.extend(k.chars());
        b.push('=' as u32);
        let text = protocol::repr(th, v)?;
        b.extend(Str::of(text).chars());
    }
    b.push(')' as u32);
    string::from_buf(th, &b)
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    if Custom::<Namespace>::from_value(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    let (x, y) = (own(th, a[0])?, own(th, a[1])?);
    protocol::compare(th, op, x.value(), y.value())
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

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let d = own(th, a[0])?;
    tuple::from_slice(th, &[Class::of_value(th, a[0]).value(), th.interp.empty_tuple.get(), d.value()])
}

/// Sets an attribute of a namespace.
pub fn set(th: &Thread, n: Value, name: &str, v: Value) -> Result<(), Raised> {
    let d = own(th, n)?;
    d.set(th, th.interp.interned.intern_text(th, name), v)
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__lt__" "(value, /)" lt, "Return self<value.";
        method "__le__" "(value, /)" le, "Return self<=value.";
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__gt__" "(value, /)" gt, "Return self>value.";
        method "__ge__" "(value, /)" ge, "Return self>=value.";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        method "__reduce__" "()" reduce, "Return state information for pickling";
    }
}

/// The table of `SimpleNamespace`.
pub const TABLES: &[TypeTable] =
    &[TypeTable::new(TypeId::SimpleNamespace, "A simple attribute-based namespace.", METHODS, &[])];
