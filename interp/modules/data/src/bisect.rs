//! `_bisect`: binary search.

use crate::order::less;
use crate::support::ssize;
use krait_object::list::List;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::shape::fixed;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{call, int, natives, protocol};

/// The `_bisect` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_bisect", doc: "", functions: FUNCTIONS, exec: no_exec };

/// The item at an index, as C's `PySequence_GetItem`.
fn item(th: &Thread, a: Value, i: isize) -> Res {
    if a.has_shape(fixed::LIST)
        && let Some(v) = List::of(a).get(i as usize)
    {
        return Ok(v);
    }
    protocol::getitem(th, a, int::from_i64(th, i as i64))
}

/// Where `x` (by its key already) belongs: before or after items equal to it. Arguments as in the signature.
fn search(th: &Thread, a: &[Value], x: Value, after: bool) -> Res<isize> {
    let mut lo = a[2].given().map_or(Ok(0), |v| ssize(th, v))?;
    if lo < 0 {
        return Err(th.value_error("lo must be non-negative"));
    }
    let mut hi = match a[3].given_not_none() {
        Some(v) => ssize(th, v)?,
        None => -1,
    };
    if hi == -1 {
        hi = protocol::len(th, a[0])? as isize;
    }
    let key = a[4].given_not_none();
    while lo < hi {
        let mid = ((lo as usize + hi as usize) / 2) as isize;
        let mut v = item(th, a[0], mid)?;
        if let Some(f) = key {
            v = call::call(th, f, &[v])?;
        }
        let go_left = if after { less(th, x, v)? } else { !less(th, v, x)? };
        if go_left {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    Ok(lo)
}

fn bisect_right(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, search(th, a, a[1], true)? as i64))
}

fn bisect_left(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, search(th, a, a[1], false)? as i64))
}

fn insort(th: &Thread, a: &[Value], after: bool) -> Res {
    let x = match a[4].given_not_none() {
        Some(f) => call::call(th, f, &[a[1]])?,
        None => a[1],
    };
    let at = search(th, a, x, after)?;
    if a[0].has_shape(fixed::LIST) {
        List::of(a[0]).splice(th, at as usize, at as usize, &[a[1]])?;
    } else {
        let insert = th.interp.interned.intern_text(th, "insert");
        call::call_method(th, a[0], insert, &[int::from_i64(th, at as i64), a[1]])?;
    }
    Ok(Value::none())
}

fn insort_right(th: &Thread, a: &[Value]) -> Res {
    insort(th, a, true)
}

fn insort_left(th: &Thread, a: &[Value]) -> Res {
    insort(th, a, false)
}

natives! {
    static FUNCTIONS = {
        function "bisect_right" "(a, x, lo=0, hi=None, *, key=None)" bisect_right, "";
        function "bisect_left" "(a, x, lo=0, hi=None, *, key=None)" bisect_left, "";
        function "insort_right" "(a, x, lo=0, hi=None, *, key=None)" insort_right, "";
        function "insort_left" "(a, x, lo=0, hi=None, *, key=None)" insort_left, "";
    }
}
