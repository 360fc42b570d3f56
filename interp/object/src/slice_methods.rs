//! What programs see of `slice`.

use crate::bootstrap::TypeTable;
use crate::construct;
use crate::descriptor::GetSetDef;
use crate::protocol::{self, Cmp};
use crate::slice::{self, Slice};
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{hash as hashing, int, int_arith, natives};
use std::cmp::Ordering;

fn new(th: &Thread, a: &[Value]) -> Res {
    construct::class_arg(th, a[0], TypeId::Slice)?;
    Ok(match a[2].given() {
        None => slice::new(th, Value::none(), a[1], Value::none()),
        Some(stop) => slice::new(th, a[1], stop, a[3].given().unwrap_or(Value::none())),
    })
}

/// The three parts of a slice, evaluated: ints of any size; TypeError for other objects.
fn bound(th: &Thread, v: Value) -> Res {
    match protocol::index_opt(th, v)? {
        Some(i) => Ok(i),
        None => Err(th.type_error("slice indices must be integers or None or have an __index__ method")),
    }
}

/// Start, stop and step of a slice applied to a length of any size (`slice.indices`).
///
/// # Errors
/// ValueError for a step of zero; TypeError for parts that are no integers.
pub fn indices_of(th: &Thread, s: Slice, length: Value) -> Res<(Value, Value, Value)> {
    let step = match s.step.get() {
        v if v.is_none() => Value::small(1),
        v => bound(th, v)?,
    };
    if step == Value::ZERO {
        return Err(th.value_error("slice step cannot be zero"));
    }
    let back = int::with_ref(step, |r| r.neg);
    let (lower, upper) = if back {
        (Value::small(-1), int_arith::sub(th, length, Value::small(1))?)
    } else {
        (Value::ZERO, length)
    };
    let cut = |v: Value, default: Value| -> Res {
        if v.is_none() {
            return Ok(default);
        }
        let i = bound(th, v)?;
        if int::with_ref(i, |r| r.neg) {
            let i = int_arith::add(th, i, length)?;
            return Ok(if int_arith::compare(i, lower) == Ordering::Less { lower } else { i });
        }
        Ok(if int_arith::compare(i, upper) == Ordering::Greater { upper } else { i })
    };
    let start = cut(s.start.get(), if back { upper } else { lower })?;
    let stop = cut(s.stop.get(), if back { lower } else { upper })?;
    Ok((start, stop, step))
}

fn indices(th: &Thread, a: &[Value]) -> Res {
    let length = protocol::index(th, a[1])?;
    if int::with_ref(length, |r| r.neg) {
        return Err(th.value_error("length should not be negative"));
    }
    let (start, stop, step) = indices_of(th, Slice::of(a[0]), length)?;
    tuple::from_slice(th, &[start, stop, step])
}

fn parts(v: Value) -> [Value; 3] {
    let s = Slice::of(v);
    [s.start.get(), s.stop.get(), s.step.get()]
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let [start, stop, step] = parts(a[0]);
    let text = format!(
        "slice({}, {}, {})",
        protocol::repr_text(th, start)?,
        protocol::repr_text(th, stop)?,
        protocol::repr_text(th, step)?
    );
    string::try_new(th, &text)
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let mut acc = hashing::TUPLE_START;
    for v in parts(a[0]) {
        acc = hashing::tuple_lane(acc, protocol::hash(th, v)?);
    }
    Ok(Value::small(hashing::fit(acc as i64)))
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    if Slice::from_value(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    // As the tuples of the parts; a slice equals itself whatever its parts say.
    if a[0] == a[1] {
        return Ok(Value::bool(matches!(op, Cmp::Eq | Cmp::Le | Cmp::Ge)));
    }
    for (x, y) in parts(a[0]).into_iter().zip(parts(a[1])) {
        if !protocol::equal(th, x, y)? {
            return match op {
                Cmp::Eq => Ok(Value::false_()),
                Cmp::Ne => Ok(Value::true_()),
                _ => protocol::compare(th, op, x, y),
            };
        }
    }
    Ok(Value::bool(op.of(Ordering::Equal)))
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
    let args = tuple::from_slice(th, &parts(a[0]))?;
    tuple::from_slice(th, &[th.interp.class_value(TypeId::Slice), args])
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, start, stop=None, step=None, /)" new, "";
        method "__repr__" "()" repr, "";
        method "__hash__" "()" hash, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__reduce__" "()" reduce, "";
        method "indices" "(object, /)" indices, "Start, stop and step of the slice applied to a sequence of the given length.";
    }
}

fn get_start(_: &Thread, v: Value) -> Res {
    Ok(Slice::of(v).start.get())
}

fn get_stop(_: &Thread, v: Value) -> Res {
    Ok(Slice::of(v).stop.get())
}

fn get_step(_: &Thread, v: Value) -> Res {
    Ok(Slice::of(v).step.get())
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("start", get_start, "").member(),
    GetSetDef::ro("stop", get_stop, "").member(),
    GetSetDef::ro("step", get_step, "").member(),
];

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Slice,
    "slice(stop)\nslice(start, stop[, step])\n\nThe part of a sequence from start to stop by step.",
    METHODS,
    GETSET,
)];
