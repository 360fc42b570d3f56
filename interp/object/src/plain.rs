//! Operations on builtin types that run no Python code, or decline.
//!
//! Compiled code publishes no frames while it calls a helper, so what it calls must not run Python code. Every function
//! here looks at its operands first; when a method written in Python could have a say, or the operation would raise, it
//! answers None (or false) and has done nothing, so that the caller can have the interpreter do the whole operation again.
//!
//! *Plain* values are those whose hash, comparison and text depend on nothing but builtin types.

use crate::bytes::{self, Bytes};
use crate::class::Class;
use crate::dict::Dict;
use crate::kind::Kind;
use crate::list::List;
use crate::names::Name;
use crate::native::Native;
use crate::operators::{self, BinOp};
use crate::protocol::{self, Cmp};
use crate::range::Range;
use crate::set;
use crate::shape::fixed;
use crate::slice::{self, Slice};
use crate::string::Str;
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{hash as hashing, list_methods, numeric, plain_sets, str_build, str_methods};

/// How deep tuples may be nested.
const DEPTH: usize = 4;

/// The value, or nothing without a pending exception.
#[inline]
fn quiet<T>(th: &Thread, r: Res<T>) -> Option<T> {
    match r {
        Ok(v) => Some(v),
        Err(_) => {
            th.clear_pending();
            None
        }
    }
}

/// Is it an exact number, string, None or bool, or an exact tuple of such values? (Bytes are none: comparing them with
/// strings may warn.)
#[inline]
pub fn is_plain(v: Value) -> bool {
    if v.is_small_int() || v.is_float_word() {
        return true;
    }
    is_plain_cell(v, DEPTH)
}

fn is_plain_cell(v: Value, depth: usize) -> bool {
    if !v.is_cell() {
        return v.is_small_int() || v.is_float_word();
    }
    match v.header().shape() {
        fixed::STR | fixed::INT | fixed::FLOAT | fixed::BOOL | fixed::NONE => true,
        fixed::TUPLE => depth > 0 && Tuple::of(v).as_slice().iter().all(|&x| is_plain_cell(x, depth - 1)),
        _ => false,
    }
}

/// Do objects of the value's class compare and hash by identity?
fn by_identity(th: &Thread, v: Value) -> bool {
    if !v.is_cell() {
        return false;
    }
    let c = Class::of_value(th, v);
    let of_object = |n: Name| {
        c.special(th, n)
            .and_then(Native::from_value)
            .is_some_and(|f| f.owner.get() == th.interp.class_value(TypeId::Object))
    };
    of_object(Name::__eq__) && of_object(Name::__hash__)
}

/// `hash(v)`.
#[inline]
pub fn hash(th: &Thread, v: Value) -> Option<i64> {
    if v.is_small_int() {
        return Some(krait_number::int::hash_i64(v.as_small()));
    }
    hash_of_cell(th, v)
}

fn hash_of_cell(th: &Thread, v: Value) -> Option<i64> {
    if v.has_shape(fixed::STR) {
        return Some(Str::of(v).hash(th));
    }
    if can_hash(th, v, DEPTH) {
        return quiet(th, protocol::hash(th, v));
    }
    if by_identity(th, v) { Some(hashing::of_identity(v.0)) } else { None }
}

/// Is it a value, or a tuple of such, whose hash builtin types compute? (Frozensets have the hashes of their elements.)
fn can_hash(th: &Thread, v: Value, depth: usize) -> bool {
    if !v.is_cell() {
        return v.is_small_int() || v.is_float_word();
    }
    match v.header().shape() {
        fixed::STR | fixed::INT | fixed::FLOAT | fixed::BOOL | fixed::NONE | fixed::BYTES => true,
        _ if v.has_shape(TypeId::FrozenSet as u32) => true,
        _ if v.is_kind(Kind::Tuple) => {
            depth > 0
                && is_tuple(th, v, Name::__hash__)
                && Tuple::of(v).as_slice().iter().all(|&x| can_hash(th, x, depth - 1) || by_identity(th, x))
        }
        _ => false,
    }
}

/// Is it a tuple, or an instance of a derived class that leaves the method alone?
fn is_tuple(th: &Thread, v: Value, n: Name) -> bool {
    v.has_shape(fixed::TUPLE) || v.is_kind(Kind::Tuple) && has_own(th, v, n, TypeId::Tuple)
}

/// `a == b` of two tuples, item by item; None for others and for items whose comparison may run Python code.
fn equal_tuples(th: &Thread, a: Value, b: Value, depth: usize) -> Option<bool> {
    if depth == 0 || !is_tuple(th, a, Name::__eq__) || !is_tuple(th, b, Name::__eq__) {
        return None;
    }
    let (a, b) = (Tuple::of(a).as_slice(), Tuple::of(b).as_slice());
    for (&x, &y) in a.iter().zip(b) {
        let same = if x == y {
            true
        } else if x.is_kind(Kind::Tuple) && y.is_kind(Kind::Tuple) {
            equal_tuples(th, x, y, depth - 1)?
        } else {
            equal(th, x, y)?
        };
        if !same {
            return Some(false);
        }
    }
    Some(a.len() == b.len())
}

/// `a is b or a == b`, as containers compare.
#[inline]
pub fn equal(th: &Thread, a: Value, b: Value) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    if a.both_small_int(b) {
        return Some(false);
    }
    equal_slow(th, a, b)
}

fn equal_slow(th: &Thread, a: Value, b: Value) -> Option<bool> {
    if a.has_shape(fixed::STR) && b.has_shape(fixed::STR) {
        return Some(Str::of(a).equals(Str::of(b)));
    }
    let (x, y) = (is_plain(a), is_plain(b));
    if x && y {
        return quiet(th, protocol::equal(th, a, b));
    }
    if a.has_shape(fixed::BYTES) && b.has_shape(fixed::BYTES) {
        return Some(Bytes::of(a).as_slice() == Bytes::of(b).as_slice());
    }
    if a.is_kind(Kind::Tuple) && b.is_kind(Kind::Tuple) {
        return equal_tuples(th, a, b, DEPTH);
    }
    if (x || by_identity(th, a)) && (y || by_identity(th, b)) { Some(false) } else { None }
}

/// `a OP b`.
pub fn compare(th: &Thread, op: Cmp, a: Value, b: Value) -> Option<bool> {
    if let Some(r) = numeric::compare(op, a, b) {
        return Some(r);
    }
    if is_plain(a) && is_plain(b) {
        let r = quiet(th, protocol::compare(th, op, a, b))?;
        return r.as_bool();
    }
    if let Some((a, b)) = plain_sets::both(a, b) {
        return plain_sets::compare(th, op, a, b);
    }
    match op {
        Cmp::Eq if a.is_kind(Kind::Tuple) && b.is_kind(Kind::Tuple) => equal_tuples(th, a, b, DEPTH),
        Cmp::Ne if is_tuple(th, a, Name::__ne__) && is_tuple(th, b, Name::__ne__) => {
            equal_tuples(th, a, b, DEPTH).map(|same| !same)
        }
        Cmp::Eq | Cmp::Ne => {
            let bytes = a.has_shape(fixed::BYTES) && b.has_shape(fixed::BYTES);
            let known = |v: Value| is_plain(v) || by_identity(th, v);
            if bytes {
                return Some(equal(th, a, b)? == (op == Cmp::Eq));
            }
            if known(a) && known(b) { Some((a == b) == (op == Cmp::Eq)) } else { None }
        }
        _ => None,
    }
}

/// `bool(v)`.
pub fn truth(th: &Thread, v: Value) -> Option<bool> {
    if v.is_cell() {
        match v.header().shape() {
            fixed::SET => return set::items(v).map(|d| !d.is_empty()),
            fixed::STR
            | fixed::LIST
            | fixed::TUPLE
            | fixed::DICT
            | fixed::BYTES
            | fixed::INT
            | fixed::FLOAT => {}
            fixed::NONE | fixed::BOOL => {}
            _ => return if is_always_true(th, v) { Some(true) } else { None },
        }
    }
    quiet(th, protocol::truth(th, v))
}

/// Has the object neither `__bool__` nor `__len__`?
pub fn is_always_true(th: &Thread, v: Value) -> bool {
    let c = Class::of_value(th, v);
    c.special(th, Name::__bool__).is_none() && c.special(th, Name::__len__).is_none()
}

/// Has the value's class the method of this builtin type and no other?
fn has_own(th: &Thread, v: Value, n: Name, t: TypeId) -> bool {
    Class::of_value(th, v).special(th, n) == th.interp.class(t).special(th, n)
}

/// Is it a slice of small integers and None?
fn plain_slice(v: Value) -> Option<Slice> {
    let s = Slice::from_value(v)?;
    let bound = |v: Value| v.is_none() || v.is_small_int();
    if bound(s.start.get()) && bound(s.stop.get()) && bound(s.step.get()) { Some(s) } else { None }
}

/// `obj[key]`; the item must be there.
pub fn getitem(th: &Thread, obj: Value, key: Value) -> Option<Value> {
    if !obj.is_cell() {
        return None;
    }
    match obj.kind() {
        Kind::Dict => {
            if !obj.has_shape(fixed::DICT) && !has_own(th, obj, Name::__getitem__, TypeId::Dict) {
                return None;
            }
            Dict::of(obj).get_plain(th, key)?
        }
        Kind::Str if obj.has_shape(fixed::STR) => {
            if !key.is_small_int() {
                plain_slice(key)?;
            }
            quiet(th, str_methods::getitem(th, Str::of(obj), key))
        }
        Kind::List | Kind::Tuple | Kind::Bytes | Kind::ByteArray | Kind::Range => {
            if obj.header().shape() as usize >= TypeId::COUNT {
                return None;
            }
            if !key.is_small_int() {
                let s = plain_slice(key)?;
                return sliced(th, obj, s.start.get(), s.stop.get(), s.step.get());
            }
            quiet(th, protocol::getitem(th, obj, key))
        }
        _ => None,
    }
}

/// `obj[start:stop:step]`; the bounds are small integers or None.
pub fn sliced(th: &Thread, obj: Value, start: Value, stop: Value, step: Value) -> Option<Value> {
    if obj.has_shape(fixed::LIST) {
        let bounds = slice::unpack_small(start, stop, step)?;
        let l = List::of(obj);
        return quiet(th, list_methods::sliced(th, l, slice::adjust(l.len(), bounds)));
    }
    let bound = |v: Value| v.is_none() || v.is_small_int();
    if !bound(start) || !bound(stop) || !bound(step) || !obj.is_cell() {
        return None;
    }
    match obj.header().shape() {
        fixed::STR => {
            let bounds = quiet(th, slice::unpack(th, start, stop, step))?;
            let s = Str::of(obj);
            quiet(th, str_build::stepped(th, s, slice::adjust(s.len(), bounds)))
        }
        fixed::TUPLE => {
            let items = Tuple::of(obj).as_slice();
            let bounds = quiet(th, slice::unpack(th, start, stop, step))?;
            let span = slice::adjust(items.len(), bounds);
            if span.step == 1 {
                if span.count == items.len() {
                    return Some(obj);
                }
                let from = span.start as usize;
                return quiet(th, tuple::from_slice(th, &items[from..from + span.count]));
            }
            slice_object(th, obj, start, stop, step)
        }
        fixed::BYTES => {
            let items = Bytes::of(obj).as_slice();
            let bounds = quiet(th, slice::unpack(th, start, stop, step))?;
            let span = slice::adjust(items.len(), bounds);
            if span.step == 1 && span.count < items.len() {
                let from = span.start as usize;
                return quiet(th, bytes::from_slice(th, &items[from..from + span.count]));
            }
            slice_object(th, obj, start, stop, step)
        }
        _ if obj.is_kind(Kind::ByteArray) || obj.is_kind(Kind::Range) => {
            if obj.header().shape() as usize >= TypeId::COUNT {
                return None;
            }
            slice_object(th, obj, start, stop, step)
        }
        _ => None,
    }
}

fn slice_object(th: &Thread, obj: Value, start: Value, stop: Value, step: Value) -> Option<Value> {
    let s = slice::new(th, start, stop, step);
    quiet(th, protocol::getitem(th, obj, s))
}

/// `obj[key] = v`; false: not done.
pub fn setitem(th: &Thread, obj: Value, key: Value, v: Value) -> bool {
    if !can_setitem(th, obj, key) {
        return false;
    }
    match obj.kind() {
        Kind::Dict => Dict::of(obj).set_plain(th, key, v).is_some(),
        _ => {
            let Some(s) = Slice::from_value(key) else {
                return quiet(th, protocol::setitem(th, obj, key, v)).is_some();
            };
            set_slice(th, obj, s.start.get(), s.stop.get(), v)
        }
    }
}

/// May `obj[key] = v` be done by [`setitem`]?
pub fn can_setitem(th: &Thread, obj: Value, key: Value) -> bool {
    if !obj.is_cell() {
        return false;
    }
    match obj.kind() {
        Kind::Dict => {
            (obj.has_shape(fixed::DICT) || has_own(th, obj, Name::__setitem__, TypeId::Dict))
                && Dict::of(obj).mode() == crate::dict::TABLE
        }
        Kind::List if obj.has_shape(fixed::LIST) => {
            key.is_small_int() || plain_slice(key).is_some_and(|s| s.step.get().is_none())
        }
        _ => false,
    }
}

/// `obj[start:stop] = v` of an exact list and a list or tuple; false: not done.
pub fn set_slice(th: &Thread, obj: Value, start: Value, stop: Value, v: Value) -> bool {
    if !obj.has_shape(fixed::LIST) || obj == v || !v.is_cell() {
        return false;
    }
    let Some(bounds) = slice::unpack_small(start, stop, Value::none()) else { return false };
    let items = match v.header().shape() {
        fixed::LIST => List::of(v).as_slice(),
        fixed::TUPLE => Tuple::of(v).as_slice(),
        _ => return false,
    };
    let l = List::of(obj);
    let span = slice::adjust(l.len(), bounds);
    let from = (span.start as usize).min(l.len());
    quiet(th, l.splice(th, from, from + span.count, items)).is_some()
}

/// `del obj[key]`; the item must be there. False: not done.
pub fn delitem(th: &Thread, obj: Value, key: Value) -> bool {
    if !obj.is_cell() {
        return false;
    }
    match obj.kind() {
        Kind::Dict => {
            (obj.has_shape(fixed::DICT) || has_own(th, obj, Name::__delitem__, TypeId::Dict))
                && Dict::of(obj).remove_plain(th, key).is_some()
        }
        Kind::List if obj.has_shape(fixed::LIST) => {
            (key.is_small_int() || plain_slice(key).is_some())
                && quiet(th, protocol::delitem(th, obj, key)).is_some()
        }
        _ => false,
    }
}

/// `item in container`.
pub fn contains(th: &Thread, container: Value, item: Value) -> Option<bool> {
    if !container.is_cell() {
        return None;
    }
    let exact_set = || container.has_shape(fixed::SET) || container.has_shape(TypeId::FrozenSet as u32);
    match container.kind() {
        Kind::Dict if container.has_shape(fixed::DICT) => {
            Some(Dict::of(container).get_plain(th, item)?.is_some())
        }
        Kind::Set | Kind::FrozenSet if exact_set() => {
            Some(set::items(container)?.get_plain(th, item)?.is_some())
        }
        Kind::Str if container.has_shape(fixed::STR) && item.has_shape(fixed::STR) => {
            quiet(th, protocol::contains(th, container, item))
        }
        Kind::Bytes if container.has_shape(fixed::BYTES) => {
            if item.is_small_int() || item.has_shape(fixed::BYTES) {
                quiet(th, protocol::contains(th, container, item))
            } else {
                None
            }
        }
        Kind::List if container.has_shape(fixed::LIST) => among(th, List::of(container).as_slice(), item),
        Kind::Tuple if container.has_shape(fixed::TUPLE) => among(th, Tuple::of(container).as_slice(), item),
        Kind::Range if item.is_small_int() => {
            Range::from_value(container)?;
            quiet(th, protocol::contains(th, container, item))
        }
        _ => None,
    }
}

fn among(th: &Thread, items: &[Value], item: Value) -> Option<bool> {
    // Comparing plain values changes no list.
    for &x in items {
        if equal(th, x, item)? {
            return Some(true);
        }
    }
    Some(false)
}

/// Is `a OP b` (or `a OP= b`) an operation of builtin types that [`binary`] may try?
pub fn can_binary(th: &Thread, op: BinOp, in_place: bool, a: Value, b: Value) -> bool {
    let number = |v: Value| {
        v.is_small_int()
            || v.is_float_word()
            || v.is_cell() && matches!(v.header().shape(), fixed::INT | fixed::BOOL | fixed::FLOAT)
    };
    if number(a) && number(b) {
        return op != BinOp::MatMul;
    }
    let sequence = |v: Value| {
        v.is_cell() && matches!(v.header().shape(), fixed::LIST | fixed::TUPLE | fixed::STR | fixed::BYTES)
    };
    match op {
        BinOp::Add if sequence(a) && b.is_cell() => {
            let (x, y) = (a.header().shape(), b.header().shape());
            x == y || in_place && x == fixed::LIST && y == fixed::TUPLE
        }
        BinOp::Mul => sequence(a) && b.is_small_int() || sequence(b) && a.is_small_int(),
        BinOp::Mod => a.has_shape(fixed::STR) && is_plain(b),
        BinOp::Sub | BinOp::And | BinOp::Or | BinOp::Xor => {
            // A set that is changed in place is the interpreter's business: what traces know of it may be stale then.
            (!in_place || !a.has_shape(fixed::SET)) && plain_sets::are_plain(th, a, b)
        }
        _ => false,
    }
}

/// `a OP b`, or `a OP= b`, of exact builtin types.
pub fn binary(th: &Thread, op: BinOp, in_place: bool, a: Value, b: Value) -> Option<Value> {
    if let Some(r) = numeric::binary(th, op, a, b) {
        return quiet(th, r);
    }
    if !can_binary(th, op, in_place, a, b) {
        return None;
    }
    quiet(th, if in_place { operators::inplace(th, op, a, b) } else { operators::binary(th, op, a, b) })
}

/// `str(v)`, `repr(v)` or `ascii(v)` (1, 2, 3) of a plain value.
pub fn convert(th: &Thread, how: usize, v: Value) -> Option<Value> {
    if !is_plain(v) {
        return None;
    }
    quiet(
        th,
        match how {
            1 => protocol::str_of(th, v),
            2 => protocol::repr(th, v),
            _ => protocol::ascii(th, v),
        },
    )
}

/// `format(v, spec)` of an exact number or string.
pub fn format(th: &Thread, v: Value, spec: Value) -> Option<Value> {
    let exact = v.is_small_int()
        || v.is_float_word()
        || v.is_cell() && matches!(v.header().shape(), fixed::INT | fixed::FLOAT | fixed::STR);
    if !exact || !spec.has_shape(fixed::STR) {
        return None;
    }
    if v.has_shape(fixed::STR) && Str::of(spec).is_empty() {
        return Some(v);
    }
    quiet(th, protocol::format(th, v, spec))
}
