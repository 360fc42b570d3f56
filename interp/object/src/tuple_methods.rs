//! What programs see of `tuple`.

use crate::bootstrap::TypeTable;
use crate::class::{Class, flag, type_name};
use crate::list_methods::{repeat_count, search_bound};
use crate::protocol::{self, Cmp};
use crate::shape::fixed;
use crate::slice::{self, Slice};
use crate::storage::ValueVec;
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{construct, int, iterators, natives, repr_guard};
use krait_text::CharsBuf;

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Tuple)?;
    let plain = match a[1].given() {
        Some(v) => from_iterable(th, v)?,
        None => th.interp.empty_tuple.get(),
    };
    if class.is(TypeId::Tuple) { Ok(plain) } else { with_class(th, class, Tuple::of(plain).as_slice()) }
}

/// An instance of a class derived from `tuple`.
pub fn with_class(th: &Thread, class: Class, items: &[Value]) -> Res {
    let t = tuple::allocate(th, items.len(), class.shape.get(), class.tail_bytes())?;
    class.init_tail(t.cell());
    for (i, &v) in items.iter().enumerate() {
        t.set_item(th, i, v);
    }
    Ok(t.value())
}

/// `tuple(v)`: an exact tuple is returned as it is.
pub fn from_iterable(th: &Thread, v: Value) -> Res {
    if v.has_shape(fixed::TUPLE) {
        return Ok(v);
    }
    if v.has_shape(fixed::LIST) {
        return tuple::from_slice(th, crate::list::List::of(v).as_slice());
    }
    let it = protocol::iter(th, v)?;
    let mut out = ValueVec::new();
    while let Some(x) = protocol::next(th, it)? {
        out.push(th, x)?;
    }
    tuple::from_vec(th, &out)
}

fn own<'a>(v: Value) -> &'a [Value] {
    Tuple::of(v).as_slice()
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let items = own(a[0]);
    if items.is_empty() {
        return string::try_new(th, "()");
    }
    let Some(_guard) = repr_guard::enter(th, a[0]) else { return string::try_new(th, "(...)") };
    let mut out = CharsBuf::with_capacity(3 * items.len());
    out.push(u32::from(b'('));
    for (i, &x) in items.iter().enumerate() {
        if i > 0 {
            out.extend_latin1(b", ");
        }
        out.extend(string::Str::of(protocol::repr(th, x)?).chars());
    }
    out.extend_latin1(if items.len() == 1 { b",)" } else { b")" });
    string::from_buf(th, &out)
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(protocol::tuple_hash(th, Tuple::of(a[0]))?))
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let Some(y) = Tuple::from_value(a[1]) else { return Ok(Value::not_implemented()) };
    let (x, y) = (own(a[0]), y.as_slice());
    // Unlike lists, tuples of different lengths are compared item by item even for equality.
    for (&p, &q) in x.iter().zip(y) {
        if !protocol::equal(th, p, q)? {
            return match op {
                Cmp::Eq => Ok(Value::false_()),
                Cmp::Ne => Ok(Value::true_()),
                _ => protocol::compare(th, op, p, q),
            };
        }
    }
    Ok(Value::bool(op.of(x.len().cmp(&y.len()))))
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
    Ok(iterators::new_tuple_iter(th, a[0]))
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, own(a[0]).len()))
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    for &x in own(a[0]) {
        if protocol::equal(th, x, a[1])? {
            return Ok(Value::true_());
        }
    }
    Ok(Value::false_())
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let items = own(a[0]);
    if let Some(s) = Slice::from_value(a[1]) {
        let span = slice::resolve(th, s, || items.len())?;
        if span.step == 1 {
            if span.count == items.len() && a[0].has_shape(fixed::TUPLE) {
                return Ok(a[0]);
            }
            let from = span.start as usize;
            return tuple::from_slice(th, &items[from..from + span.count]);
        }
        if span.count == 0 {
            return Ok(th.interp.empty_tuple.get());
        }
        let t = tuple::allocate(th, span.count, fixed::TUPLE, 0)?;
        for (k, i) in span.indexes().enumerate() {
            t.set_item(th, k, items[i]);
        }
        return Ok(t.value());
    }
    let is_index =
        int::is_int(a[1]) || Class::of_value(th, a[1]).special(th, crate::Name::__index__).is_some();
    if !is_index {
        return Err(
            th.type_error(format!("tuple indices must be integers or slices, not {}", type_name(th, a[1])))
        );
    }
    let i = protocol::sequence_index(th, a[1])?;
    let i = if i < 0 { i.saturating_add(items.len() as isize) } else { i };
    if i >= 0
        && let Some(&v) = items.get(i as usize)
    {
        return Ok(v);
    }
    Err(th.index_error("tuple index out of range"))
}

fn add(th: &Thread, a: &[Value]) -> Res {
    let Some(y) = Tuple::from_value(a[1]) else {
        return Err(
            th.type_error(format!("can only concatenate tuple (not \"{}\") to tuple", type_name(th, a[1])))
        );
    };
    let (x, y) = (own(a[0]), y.as_slice());
    if x.is_empty() && a[1].has_shape(fixed::TUPLE) {
        return Ok(a[1]);
    }
    if y.is_empty() && a[0].has_shape(fixed::TUPLE) {
        return Ok(a[0]);
    }
    if x.is_empty() && y.is_empty() {
        return Ok(th.interp.empty_tuple.get());
    }
    let t = tuple::allocate(th, x.len() + y.len(), fixed::TUPLE, 0)?;
    for (i, &v) in x.iter().chain(y).enumerate() {
        t.set_item(th, i, v);
    }
    Ok(t.value())
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    let n = repeat_count(th, a[1])?;
    let items = own(a[0]);
    if n == 1 && a[0].has_shape(fixed::TUPLE) {
        return Ok(a[0]);
    }
    let total = items.len().checked_mul(n).ok_or_else(|| th.memory_error())?;
    if total == 0 {
        return Ok(th.interp.empty_tuple.get());
    }
    let t = tuple::allocate(th, total, fixed::TUPLE, 0)?;
    for i in 0..total {
        t.set_item(th, i, items[i % items.len()]);
    }
    Ok(t.value())
}

fn index(th: &Thread, a: &[Value]) -> Res {
    let items = own(a[0]);
    let from = search_bound(th, a[2], items.len(), 0)?;
    let to = search_bound(th, a[3], items.len(), usize::MAX)?.min(items.len());
    for (i, &x) in items.iter().enumerate().take(to).skip(from) {
        if protocol::equal(th, x, a[1])? {
            return Ok(int::from_usize(th, i));
        }
    }
    Err(th.value_error("tuple.index(x): x not in tuple"))
}

fn count(th: &Thread, a: &[Value]) -> Res {
    let mut n = 0;
    for &x in own(a[0]) {
        n += protocol::equal(th, x, a[1])? as usize;
    }
    Ok(int::from_usize(th, n))
}

fn getnewargs(th: &Thread, a: &[Value]) -> Res {
    let plain = tuple::from_slice(th, own(a[0]))?;
    tuple::from_slice(th, &[plain])
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, iterable=(), /)" new, "";
        method "__repr__" "()" repr, "";
        method "__hash__" "()" hash, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__iter__" "()" iter, "", Writes;
        method "__len__" "()" len, "", Pure;
        method "__contains__" "(key, /)" contains, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__add__" "(value, /)" add, "", Pure;
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__getnewargs__" "()" getnewargs, "";
        method "count" "(value, /)" count, "How many items equal value.";
        method "index" "(value, start=0, stop=9223372036854775807, /)" index, "The first position of value; ValueError if it is not there.";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Tuple,
    "tuple(iterable=(), /)\n--\n\nAn unchangeable sequence, empty or with the items of an iterable.",
    METHODS,
    &[],
)
.flags(flag::MATCH_SELF | flag::SEQUENCE | flag::CONCAT)];
