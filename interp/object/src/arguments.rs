//! Arguments as C's argument parser converts them, with its error texts.

use crate::class::type_name;
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;
use crate::{int, protocol};

/// An argument of C's type `int`.
///
/// # Errors
/// TypeError for objects that are no integers; OverflowError "Python int too large to convert to C int".
pub fn c_int(th: &Thread, v: Value) -> Res<i32> {
    let i = protocol::index(th, v)?;
    int::to_i64(i)
        .and_then(|n| i32::try_from(n).ok())
        .ok_or_else(|| th.overflow_error("Python int too large to convert to C int"))
}

/// An argument of C's type `Py_ssize_t`.
///
/// # Errors
/// TypeError for objects that are no integers; OverflowError "Python int too large to convert to C ssize_t".
pub fn c_ssize(th: &Thread, v: Value) -> Res<isize> {
    if let Some(n) = v.small_int() {
        return Ok(n as isize);
    }
    let i = protocol::index(th, v)?;
    int::to_i64(i)
        .map(|n| n as isize)
        .ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
}

/// A count argument (`maxsplit`, `count`): negative, or not given, means no limit.
///
/// # Errors
/// As [`c_ssize`].
pub fn limit(th: &Thread, v: Value) -> Res<Option<usize>> {
    match v.given() {
        None => Ok(None),
        Some(v) => Ok(usize::try_from(c_ssize(th, v)?).ok()),
    }
}

/// TypeError of an argument: "WHAT must be WANTED, not T" (None is shown by its name, not its type's).
#[cold]
pub fn bad_argument(th: &Thread, v: Value, what: &str, wanted: &str) -> Raised {
    let shown = if v.is_none() { "None".to_owned() } else { type_name(th, v) };
    th.type_error(format!("{what} must be {wanted}, not {shown}"))
}
