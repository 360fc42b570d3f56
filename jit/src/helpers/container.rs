//! Operations on containers, strings and big numbers that compiled code leaves to a function.
//!
//! Each does all of it, or nothing and returns ERROR without a pending exception: the trace then leaves, and the
//! interpreter does the instruction again. None runs Python code (`krait_object::plain`).

use krait_object::dict::{self, Dict};
use krait_object::list::List;
use krait_object::protocol::Cmp;
use krait_object::set::{self, Set};
use krait_object::{Res, Thread, Value, list_methods, numeric, plain, slice, str_build, tuple};
use krait_vm::jit::operator_of;

#[inline]
pub(super) fn word(v: Option<Value>) -> Value {
    v.unwrap_or(Value::ERROR)
}

fn truth(v: Option<bool>) -> Value {
    v.map_or(Value::ERROR, Value::bool)
}

#[inline]
pub(super) fn done(yes: bool) -> Value {
    if yes { Value::none() } else { Value::ERROR }
}

#[inline]
pub(super) fn quiet(th: &Thread, r: Res) -> Value {
    r.unwrap_or_else(|_| {
        th.clear_pending();
        Value::ERROR
    })
}

/// The operands that a trace put into memory.
///
/// # Safety
/// There are `n` of them.
unsafe fn operands<'a>(args: *const Value, n: u64) -> &'a [Value] {
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(args, n as usize) }
}

/// Appends to a list.
pub extern "C" fn append(th: &Thread, list: Value, v: Value) -> Value {
    let r = List::of(list).push(th, v);
    quiet(th, r.map(|()| Value::none()))
}

/// `list.extend` of an exact list or tuple.
pub extern "C" fn extend(th: &Thread, list: Value, v: Value) -> Value {
    let r = list_methods::extend_from(th, List::of(list), v);
    quiet(th, r.map(|()| Value::none()))
}

/// `slice(a, b, c)`.
pub extern "C" fn new_slice(th: &Thread, a: Value, b: Value, c: Value) -> Value {
    slice::new(th, a, b, c)
}

/// `obj[key]`.
pub extern "C" fn getitem(th: &Thread, obj: Value, key: Value) -> Value {
    word(plain::getitem(th, obj, key))
}

/// `obj[key]` of an exact dict.
pub extern "C" fn dict_item(th: &Thread, obj: Value, key: Value) -> Value {
    word(Dict::of(obj).get_plain(th, key).flatten())
}

/// `obj.get(key, absent)` of an exact dict.
pub extern "C" fn dict_get(th: &Thread, obj: Value, key: Value, absent: Value) -> Value {
    word(Dict::of(obj).get_plain(th, key).map(|v| v.unwrap_or(absent)))
}

/// `obj[key] = v`.
pub extern "C" fn setitem(th: &Thread, obj: Value, key: Value, v: Value) -> Value {
    done(plain::setitem(th, obj, key, v))
}

/// `obj[key] = v` of an exact dict.
pub extern "C" fn set_dict_item(th: &Thread, obj: Value, key: Value, v: Value) -> Value {
    done(Dict::of(obj).set_plain(th, key, v).is_some())
}

/// `del obj[key]`.
pub extern "C" fn delitem(th: &Thread, obj: Value, key: Value) -> Value {
    done(plain::delitem(th, obj, key))
}

/// `obj[start:stop]`.
pub extern "C" fn get_slice(th: &Thread, obj: Value, start: Value, stop: Value) -> Value {
    word(plain::sliced(th, obj, start, stop, Value::none()))
}

/// `obj[start:stop:step]` of four operands.
pub extern "C" fn get_stepped(th: &Thread, args: *const Value, n: u64) -> Value {
    // SAFETY: the trace put them there.
    let a = unsafe { operands(args, n) };
    word(plain::sliced(th, a[0], a[1], a[2], a[3]))
}

/// `obj[start:stop] = v` of four operands.
pub extern "C" fn set_slice(th: &Thread, args: *const Value, n: u64) -> Value {
    // SAFETY: as above.
    let a = unsafe { operands(args, n) };
    done(plain::set_slice(th, a[0], a[1], a[2], a[3]))
}

/// `item in container`; with `negate`: `not in`.
pub extern "C" fn contains(th: &Thread, negate: u64, item: Value, container: Value) -> Value {
    truth(plain::contains(th, container, item).map(|b| b != (negate != 0)))
}

/// `a OP b`, by the operator's number.
pub extern "C" fn compare(th: &Thread, op: u64, a: Value, b: Value) -> Value {
    let op = [Cmp::Lt, Cmp::Le, Cmp::Eq, Cmp::Ne, Cmp::Gt, Cmp::Ge][op as usize];
    truth(plain::compare(th, op, a, b))
}

/// `bool(v)`.
pub extern "C" fn truth_of(th: &Thread, v: Value) -> Value {
    truth(plain::truth(th, v))
}

/// `a OP b` or `a OP= b`, by the opcode's number.
pub extern "C" fn binary(th: &Thread, op: u64, a: Value, b: Value) -> Value {
    let Some((op, in_place, _)) = operator_of(krait_bytecode::Op::ALL[op as usize]) else {
        return Value::ERROR;
    };
    word(plain::binary(th, op, in_place, a, b))
}

/// `-a` of a number.
pub extern "C" fn negative(th: &Thread, a: Value) -> Value {
    numeric::neg(th, a).map_or(Value::ERROR, |r| quiet(th, r))
}

/// `~a` of an integer.
pub extern "C" fn invert(th: &Thread, a: Value) -> Value {
    numeric::invert(th, a).map_or(Value::ERROR, |r| quiet(th, r))
}

/// An empty dict.
pub extern "C" fn new_dict(th: &Thread) -> Value {
    dict::new(th).value()
}

/// A dict of `n` operands, keys and values in turn.
pub extern "C" fn build_map(th: &Thread, args: *const Value, n: u64) -> Value {
    // SAFETY: the trace put them there.
    let a = unsafe { operands(args, n) };
    let d = match dict::with_capacity(th, a.len() / 2) {
        Ok(d) => d,
        Err(_) => {
            th.clear_pending();
            return Value::ERROR;
        }
    };
    for pair in a.chunks_exact(2) {
        if d.set_plain(th, pair[0], pair[1]).is_none() {
            return Value::ERROR;
        }
    }
    d.value()
}

/// A set of `n` operands.
pub extern "C" fn build_set(th: &Thread, args: *const Value, n: u64) -> Value {
    // SAFETY: as above.
    let a = unsafe { operands(args, n) };
    let s = set::new(th);
    for &v in a {
        if !add_plain(th, s, v) {
            return Value::ERROR;
        }
    }
    s.value()
}

fn add_plain(th: &Thread, s: Set, v: Value) -> bool {
    // The first of equal elements stays.
    s.items().add_plain(th, v, Value::none()).is_some()
}

/// Adds an element to a set.
pub extern "C" fn set_add(th: &Thread, s: Value, v: Value) -> Value {
    done(add_plain(th, Set::of(s), v))
}

/// The concatenation of `n` strings.
pub extern "C" fn build_string(th: &Thread, args: *const Value, n: u64) -> Value {
    // SAFETY: as above.
    let a = unsafe { operands(args, n) };
    quiet(th, str_build::concat_all(th, a))
}

/// `format(v, spec)`.
pub extern "C" fn format(th: &Thread, v: Value, spec: Value) -> Value {
    word(plain::format(th, v, spec))
}

/// `str`, `repr` or `ascii` of a value.
pub extern "C" fn convert(th: &Thread, how: u64, v: Value) -> Value {
    word(plain::convert(th, how as usize, v))
}

/// The items of a list as a tuple.
pub extern "C" fn list_to_tuple(th: &Thread, list: Value) -> Value {
    quiet(th, tuple::from_slice(th, List::of(list).as_slice()))
}
