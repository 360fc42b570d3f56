//! `a < b` for algorithms on lists: the common cases without a call.

use krait_object::protocol::{self, Cmp};
use krait_object::shape::fixed;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;

#[inline(always)]
fn numbers(a: Value, b: Value) -> Option<bool> {
    if a.both_small_int(b) {
        Some(a.as_small() < b.as_small())
    } else if a.both_float_word(b) {
        Some(a.as_float_word() < b.as_float_word())
    } else {
        None
    }
}

/// `a < b`, as a truth value.
#[inline]
pub fn less(th: &Thread, a: Value, b: Value) -> Res<bool> {
    if let Some(r) = numbers(a, b) {
        return Ok(r);
    }
    // Tuples whose first items are different numbers (priorities): those decide.
    if a.has_shape(fixed::TUPLE) && b.has_shape(fixed::TUPLE) {
        let (s, t) = (Tuple::of(a), Tuple::of(b));
        if !s.is_empty() && !t.is_empty() {
            let (x, y) = (s.get(0), t.get(0));
            match (numbers(x, y), numbers(y, x)) {
                (Some(true), _) => return Ok(true),
                (_, Some(true)) => return Ok(false),
                _ => {}
            }
        }
    }
    protocol::compare_bool(th, Cmp::Lt, a, b)
}
