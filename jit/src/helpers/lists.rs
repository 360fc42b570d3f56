//! What compiled code does with exact lists by functions: cutting, replacing and moving items.
//!
//! The trace has made sure of the list and of the types of bounds (an integer, or None where that may be). As in
//! `container.rs`, each does all of it, or returns ERROR without a pending exception.

use krait_object::list::List;
use krait_object::slice::{adjust, unpack_small};
use krait_object::{Thread, Value, list_methods, plain};

use super::container::{done, quiet, word};

/// `list[start:stop]`.
pub extern "C" fn part(th: &Thread, list: Value, start: Value, stop: Value) -> Value {
    cut(th, list, start, stop, Value::none())
}

/// `list[start:stop:-1]`.
pub extern "C" fn part_backwards(th: &Thread, list: Value, start: Value, stop: Value) -> Value {
    cut(th, list, start, stop, Value::small(-1))
}

#[inline(always)]
fn cut(th: &Thread, list: Value, start: Value, stop: Value, step: Value) -> Value {
    let Some(bounds) = unpack_small(start, stop, step) else { return Value::ERROR };
    let l = List::of(list);
    quiet(th, list_methods::sliced(th, l, adjust(l.len(), bounds)))
}

/// `list[:stop] = items` of another list, or a tuple.
pub extern "C" fn set_start(th: &Thread, list: Value, stop: Value, items: Value) -> Value {
    done(plain::set_slice(th, list, Value::none(), stop, items))
}

/// `list[start:] = items` of another list, or a tuple.
pub extern "C" fn set_end(th: &Thread, list: Value, start: Value, items: Value) -> Value {
    done(plain::set_slice(th, list, start, Value::none(), items))
}

/// `list.insert(i, v)`.
pub extern "C" fn insert(th: &Thread, list: Value, i: Value, v: Value) -> Value {
    if !i.is_small_int() {
        return Value::ERROR;
    }
    let (l, i) = (List::of(list), i.as_small());
    let n = l.len() as i64;
    let at = if i < 0 { (i + n).max(0) } else { i.min(n) };
    quiet(th, l.insert(th, at as usize, v).map(|()| Value::none()))
}

/// `list.pop(i)`.
pub extern "C" fn pop(th: &Thread, list: Value, i: Value) -> Value {
    if !i.is_small_int() {
        return Value::ERROR;
    }
    let (l, i) = (List::of(list), i.as_small());
    let i = if i < 0 { i + l.len() as i64 } else { i };
    word(l.remove(th, i as usize))
}
