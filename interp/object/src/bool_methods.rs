//! What programs see of `bool`, beyond what it inherits from `int`.

use crate::bootstrap::TypeTable;
use crate::class::flag;
use crate::names::Name;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{construct, int, int_arith, natives, protocol};

fn new(th: &Thread, a: &[Value]) -> Res {
    construct::class_arg(th, a[0], TypeId::Bool)?;
    match a[1].given() {
        Some(v) => Ok(Value::bool(protocol::truth(th, v)?)),
        None => Ok(Value::false_()),
    }
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    Ok(th.name(if a[0].is_true() { Name::True } else { Name::False }))
}

/// Two bools give a bool, with another int the operation is that of ints.
fn bitwise(
    th: &Thread,
    a: &[Value],
    bools: fn(bool, bool) -> bool,
    ints: fn(&Thread, Value, Value) -> Res,
) -> Res {
    match (a[0].as_bool(), a[1].as_bool()) {
        (Some(x), Some(y)) => Ok(Value::bool(bools(x, y))),
        _ if int::is_int(a[1]) => ints(th, a[0], a[1]),
        _ => Ok(Value::not_implemented()),
    }
}

fn and(th: &Thread, a: &[Value]) -> Res {
    bitwise(th, a, |x, y| x & y, int_arith::and)
}

fn or(th: &Thread, a: &[Value]) -> Res {
    bitwise(th, a, |x, y| x | y, int_arith::or)
}

fn xor(th: &Thread, a: &[Value]) -> Res {
    bitwise(th, a, |x, y| x ^ y, int_arith::xor)
}

fn invert(th: &Thread, a: &[Value]) -> Res {
    warn_of_inversion(th)?;
    int_arith::invert(th, a[0])
}

/// Warns of `~` on a bool, in the name of the code that runs.
///
/// # Errors
/// What the filter makes of the warning.
pub fn warn_of_inversion(th: &Thread) -> Res<()> {
    (th.interp.hooks().warn)(
        th,
        TypeId::DeprecationWarning,
        "Bitwise inversion '~' on bool is deprecated. This returns the bitwise inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.",
        1,
    )
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, x=False, /)" new, "";
        method "__repr__" "()" repr, "", Pure;
        method "__and__" "(value, /)" and, "", Pure;
        method "__rand__" "(value, /)" and, "", Pure;
        method "__or__" "(value, /)" or, "", Pure;
        method "__ror__" "(value, /)" or, "", Pure;
        method "__xor__" "(value, /)" xor, "", Pure;
        method "__rxor__" "(value, /)" xor, "", Pure;
        method "__invert__" "()" invert, "";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Bool,
    "bool(x) -> bool\n\nTrue when x is true, else False. The two are the only instances.",
    METHODS,
    &[],
)
.flags(flag::MATCH_SELF)];
