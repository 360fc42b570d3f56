//! The data model's operations on any objects, for native code.
//!
//! Each looks for the exact builtin types first and falls back to the special methods.
//! The interpreter has fast paths of its own and comes here for the rest.

use crate::bytes::Bytes;
use crate::call::{self, call_special};
use crate::class::{Class, type_name};
use crate::dict::Dict;
use crate::iterators::{self, ListIter, RangeIter, TupleIter};
use crate::kind::Kind;
use crate::list::List;
use crate::names::Name;
use crate::native::Native;
use crate::range::Range;
use crate::shape::fixed;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{float, hash as hashing, int, set};

/// `bool(v)`.
pub fn truth(th: &Thread, v: Value) -> Res<bool> {
    if let Some(b) = v.as_bool() {
        return Ok(b);
    }
    if v.is_none() {
        return Ok(false);
    }
    if let Some(n) = v.small_int() {
        return Ok(n != 0);
    }
    if v.is_float_word() {
        return Ok(v.as_float_word() != 0.0);
    }
    match v.header().shape() {
        fixed::STR => return Ok(!Str::of(v).is_empty()),
        fixed::LIST => return Ok(!List::of(v).is_empty()),
        fixed::TUPLE => return Ok(!Tuple::of(v).is_empty()),
        fixed::DICT => return Ok(!Dict::of(v).is_empty()),
        fixed::BYTES => return Ok(!Bytes::of(v).is_empty()),
        fixed::INT => return Ok(true),
        _ => {}
    }
    let class = Class::of_value(th, v);
    if let Some(f) = class.special(th, Name::__bool__) {
        let r = call_special(th, f, v, &[])?;
        return r.as_bool().ok_or_else(|| {
            th.type_error(format!("__bool__ should return bool, returned {}", type_name(th, r)))
        });
    }
    if let Some(f) = class.special(th, Name::__len__) {
        let r = call_special(th, f, v, &[])?;
        return Ok(check_length(th, r)? != 0);
    }
    Ok(true)
}

/// The result of a `__len__` method.
pub fn check_length(th: &Thread, r: Value) -> Res<usize> {
    let i = index(th, r)?;
    match int::to_i64(i) {
        Some(n) if n >= 0 => Ok(n as usize),
        Some(_) => Err(th.value_error("__len__() should return >= 0")),
        None if int::with_ref(i, |r| r.signum() < 0) => Err(th.value_error("__len__() should return >= 0")),
        None => Err(th.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

/// `len(v)`.
pub fn len(th: &Thread, v: Value) -> Res<usize> {
    if v.is_cell() {
        match v.header().shape() {
            fixed::STR => return Ok(Str::of(v).len()),
            fixed::LIST => return Ok(List::of(v).len()),
            fixed::TUPLE => return Ok(Tuple::of(v).len()),
            fixed::DICT => return Ok(Dict::of(v).len()),
            fixed::BYTES => return Ok(Bytes::of(v).len()),
            fixed::SET => return Ok(set::items(v).map_or(0, Dict::len)),
            _ => {}
        }
    }
    match Class::of_value(th, v).special(th, Name::__len__) {
        Some(f) => {
            let r = call_special(th, f, v, &[])?;
            check_length(th, r)
        }
        None => Err(th.type_error(format!("object of type '{}' has no len()", type_name(th, v)))),
    }
}

/// `operator.length_hint(v, default)`, without raising for odd hints' types beyond what CPython does.
pub fn length_hint(th: &Thread, v: Value, default: usize) -> Res<usize> {
    let class = Class::of_value(th, v);
    if class.special(th, Name::__len__).is_some() {
        let r = len(th, v);
        if let Some(n) = th.catch(r, TypeId::TypeError)? {
            return Ok(n);
        }
    }
    let Some(f) = class.special(th, Name::__length_hint__) else { return Ok(default) };
    let r = call_special(th, f, v, &[]);
    let Some(r) = th.catch(r, TypeId::TypeError)? else { return Ok(default) };
    if r.is_not_implemented() {
        return Ok(default);
    }
    if !int::is_int(r) {
        return Err(th.type_error(format!("__length_hint__ must be an integer, not {}", type_name(th, r))));
    }
    match int::to_i64(r) {
        Some(n) if n >= 0 => Ok(n as usize),
        _ => Err(th.value_error("__length_hint__() should return >= 0")),
    }
}

/// `hash(v)`.
#[inline]
pub fn hash(th: &Thread, v: Value) -> Res<i64> {
    if v.is_small_int() {
        return Ok(krait_number::int::hash_i64(v.as_small()));
    }
    if v.has_shape(fixed::STR) {
        return Ok(Str::of(v).hash(th));
    }
    hash_slow(th, v)
}

#[inline(never)]
fn hash_slow(th: &Thread, v: Value) -> Res<i64> {
    match v.kind() {
        Kind::Tuple if v.has_shape(fixed::TUPLE) => return tuple_hash(th, Tuple::of(v)),
        Kind::None => return Ok(hashing::of_identity(v.0)),
        // The hash of the referent, taken once.
        Kind::WeakRef if v.has_shape(TypeId::WeakRef as u32) => {
            let known = crate::weakref::WeakRef::of(v).hash.get();
            if known != i64::MIN {
                return Ok(known);
            }
        }
        _ => {}
    }
    match Class::of_value(th, v).special(th, Name::__hash__) {
        Some(f) if !f.is_none() => {
            if Native::from_value(f).is_some_and(|n| n.owner.get() == th.interp.class_value(TypeId::Object)) {
                return Ok(hashing::of_identity(v.0));
            }
            let r = call_special(th, f, v, &[])?;
            match r.small_int() {
                Some(n) => Ok(hashing::fit(n)),
                None if int::is_int(r) => Ok(hashing::fit(int::with_ref(r, krait_number::int::hash))),
                None => Err(th.type_error("__hash__ method should return an integer")),
            }
        }
        _ => Err(th.type_error(format!("unhashable type: '{}'", type_name(th, v)))),
    }
}

/// The hash of a tuple's items, in order.
pub fn tuple_hash(th: &Thread, t: Tuple) -> Res<i64> {
    th.check_native_stack()?;
    let mut acc = hashing::TUPLE_START;
    for &item in t.as_slice() {
        acc = hashing::tuple_lane(acc, hash(th, item)?);
    }
    Ok(hashing::tuple_finish(acc, t.len()))
}

/// A comparison operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cmp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Cmp {
    pub const fn special(self) -> Name {
        [Name::__lt__, Name::__le__, Name::__eq__, Name::__ne__, Name::__gt__, Name::__ge__][self as usize]
    }

    pub const fn swapped(self) -> Cmp {
        [Cmp::Gt, Cmp::Ge, Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le][self as usize]
    }

    pub const fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// What the operator says of an ordering.
    #[inline(always)]
    pub fn of(self, o: std::cmp::Ordering) -> bool {
        match self {
            Cmp::Lt => o.is_lt(),
            Cmp::Le => o.is_le(),
            Cmp::Eq => o.is_eq(),
            Cmp::Ne => o.is_ne(),
            Cmp::Gt => o.is_gt(),
            Cmp::Ge => o.is_ge(),
        }
    }

    /// What the operator says of two floats.
    #[inline(always)]
    pub fn of_floats(self, a: f64, b: f64) -> bool {
        match self {
            Cmp::Lt => a < b,
            Cmp::Le => a <= b,
            Cmp::Eq => a == b,
            Cmp::Ne => a != b,
            Cmp::Gt => a > b,
            Cmp::Ge => a >= b,
        }
    }
}

/// `a OP b` as an object.
pub fn compare(th: &Thread, op: Cmp, a: Value, b: Value) -> Res {
    if a.both_small_int(b) {
        return Ok(Value::bool(op.of(a.as_small().cmp(&b.as_small()))));
    }
    if a.both_float_word(b) {
        return Ok(Value::bool(op.of_floats(a.as_float_word(), b.as_float_word())));
    }
    if a.has_shape(fixed::STR) && b.has_shape(fixed::STR) {
        let (x, y) = (Str::of(a), Str::of(b));
        return Ok(Value::bool(match op {
            Cmp::Eq => x.equals(y),
            Cmp::Ne => !x.equals(y),
            _ => op.of(x.chars().compare(y.chars())),
        }));
    }
    if let Some(r) = crate::numeric::compare(op, a, b) {
        return Ok(Value::bool(r));
    }
    if let Some(same) = by_identity(th, op, a, b) {
        return Ok(Value::bool(same));
    }
    let _nested = th.nest(" in comparison")?;
    let (ca, cb) = (Class::of_value(th, a), Class::of_value(th, b));
    let mut tried_b = false;
    if ca != cb
        && cb.is_subclass_of(ca)
        && let Some(f) = cb.special(th, op.swapped().special())
    {
        tried_b = true;
        let r = call_comparison(th, f, b, a)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if let Some(f) = ca.special(th, op.special()) {
        let r = call_comparison(th, f, a, b)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if !tried_b && let Some(f) = cb.special(th, op.swapped().special()) {
        let r = call_comparison(th, f, b, a)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    match op {
        Cmp::Eq => Ok(Value::bool(a == b)),
        Cmp::Ne => Ok(Value::bool(a != b)),
        _ => Err(th.type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            type_name(th, a),
            type_name(th, b)
        ))),
    }
}

/// `==` and `!=` of objects whose classes have `object`'s methods: the same object or not.
#[inline]
fn by_identity(th: &Thread, op: Cmp, a: Value, b: Value) -> Option<bool> {
    if !matches!(op, Cmp::Eq | Cmp::Ne) {
        return None;
    }
    let object = th.interp.class(TypeId::Object);
    let plain = |v: Value| {
        let c = Class::of_value(th, v);
        c.special(th, Name::__eq__) == object.special(th, Name::__eq__)
            && (op == Cmp::Eq || c.special(th, Name::__ne__) == object.special(th, Name::__ne__))
    };
    if plain(a) && plain(b) { Some((a == b) == (op == Cmp::Eq)) } else { None }
}

/// Goes on with a comparison after the left operand's method gave NotImplemented.
pub fn compare_reflected(th: &Thread, op: Cmp, a: Value, b: Value) -> Res {
    if let Some(f) = Class::of_value(th, b).special(th, op.swapped().special()) {
        let r = call_comparison(th, f, b, a)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    match op {
        Cmp::Eq => Ok(Value::bool(a == b)),
        Cmp::Ne => Ok(Value::bool(a != b)),
        _ => Err(th.type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            type_name(th, a),
            type_name(th, b)
        ))),
    }
}

/// Calls a comparison method. One that can not be bound to the object (a property that raises) declines.
fn call_comparison(th: &Thread, method: Value, receiver: Value, other: Value) -> Res {
    let is_method = Native::from_value(method).is_some_and(Native::is_method_descriptor);
    if method.is_kind(Kind::Function) || is_method {
        return call_special(th, method, receiver, &[other]);
    }
    match crate::attr::bind(th, method, receiver) {
        Ok(bound) => call::call(th, bound, &[other]),
        Err(_) => {
            th.clear_pending();
            Ok(Value::not_implemented())
        }
    }
}

/// `bool(a OP b)`.
pub fn compare_bool(th: &Thread, op: Cmp, a: Value, b: Value) -> Res<bool> {
    if matches!(op, Cmp::Eq | Cmp::Ne) && a.has_shape(fixed::STR) && b.has_shape(fixed::STR) {
        return Ok((a == b || Str::of(a).equals(Str::of(b))) == (op == Cmp::Eq));
    }
    let r = compare(th, op, a, b)?;
    truth(th, r)
}

/// `a is b or a == b`, as containers compare.
#[inline]
pub fn equal(th: &Thread, a: Value, b: Value) -> Res<bool> {
    if a == b {
        return Ok(true);
    }
    if a.both_small_int(b) {
        return Ok(false);
    }
    compare_bool(th, Cmp::Eq, a, b)
}

/// `repr(v)`.
pub fn repr(th: &Thread, v: Value) -> Res {
    if v.is_small_int() {
        return crate::int_methods::to_str(th, v);
    }
    let _nested = th.nest(" while getting the repr of an object")?;
    match Class::of_value(th, v).special(th, Name::__repr__) {
        Some(f) => {
            let r = call_special(th, f, v, &[])?;
            if r.is_kind(Kind::Str) {
                return Ok(r);
            }
            Err(th.type_error(format!("__repr__ returned non-string (type {})", type_name(th, r))))
        }
        None => Ok(string::new(th, &format!("<{} object at {:#x}>", type_name(th, v), v.0 - 1))),
    }
}

/// `str(v)`.
pub fn str_of(th: &Thread, v: Value) -> Res {
    if v.has_shape(fixed::STR) {
        return Ok(v);
    }
    if v.is_small_int() {
        return crate::int_methods::to_str(th, v);
    }
    let _nested = th.nest(" while getting the str of an object")?;
    match Class::of_value(th, v).special(th, Name::__str__) {
        Some(f) => {
            let r = call_special(th, f, v, &[])?;
            if r.is_kind(Kind::Str) {
                return Ok(r);
            }
            Err(th.type_error(format!("__str__ returned non-string (type {})", type_name(th, r))))
        }
        None => repr(th, v),
    }
}

/// `repr(v)` as Rust text, for messages.
pub fn repr_text(th: &Thread, v: Value) -> Res<String> {
    Ok(Str::of(repr(th, v)?).to_text())
}

/// `ascii(v)`.
pub fn ascii(th: &Thread, v: Value) -> Res {
    let r = repr(th, v)?;
    if Str::of(r).is_ascii() {
        return Ok(r);
    }
    string::from_buf(th, &krait_text::repr::escape_non_ascii(Str::of(r).chars()))
}

/// `format(v, spec)`.
pub fn format(th: &Thread, v: Value, spec: Value) -> Res {
    // Exact builtins need no look for `__format__`.
    if v.is_small_int() || v.has_shape(fixed::INT) {
        return crate::int_methods::format_int(th, v, Str::of(spec));
    }
    if float::is_exact(v) {
        return crate::float_methods::format_float(th, v, Str::of(spec));
    }
    if v.has_shape(fixed::STR) {
        return crate::str_methods::format_with(th, Str::of(v), Str::of(spec));
    }
    match Class::of_value(th, v).special(th, Name::__format__) {
        Some(f) => {
            let r = call_special(th, f, v, &[spec])?;
            if r.is_kind(Kind::Str) {
                return Ok(r);
            }
            Err(th.type_error(format!("__format__ must return a str, not {}", type_name(th, r))))
        }
        None => Err(th.type_error(format!("Type {} doesn't define __format__", type_name(th, v)))),
    }
}

/// `operator.index(v)`: an exact int (immediate or big).
pub fn index(th: &Thread, v: Value) -> Res {
    match index_opt(th, v)? {
        Some(i) => Ok(i),
        None => {
            Err(th.type_error(format!("'{}' object cannot be interpreted as an integer", type_name(th, v))))
        }
    }
}

/// As `index`, None when the object has no `__index__`.
pub fn index_opt(th: &Thread, v: Value) -> Res<Option<Value>> {
    if v.is_small_int() {
        return Ok(Some(v));
    }
    if int::is_int(v) {
        return int::exact(th, v).map(Some);
    }
    let Some(f) = Class::of_value(th, v).special(th, Name::__index__) else { return Ok(None) };
    let r = call_special(th, f, v, &[])?;
    crate::int_new::checked(th, r, "__index__").map(Some)
}

/// An integer argument that must fit i64; else OverflowError.
pub fn index_i64(th: &Thread, v: Value) -> Res<i64> {
    let i = index(th, v)?;
    int::to_i64(i).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))
}

/// An index- or length-sized argument; OverflowError "cannot fit 'T' into an index-sized integer".
pub fn index_isize(th: &Thread, v: Value) -> Res<isize> {
    if let Some(n) = v.small_int() {
        return Ok(n as isize);
    }
    let i = index(th, v)?;
    int::to_i64(i).map(|n| n as isize).ok_or_else(|| {
        th.overflow_error(format!("cannot fit '{}' into an index-sized integer", type_name(th, v)))
    })
}

/// An index used on a sequence; IndexError when it does not fit, as `seq[huge]` gives.
pub fn sequence_index(th: &Thread, v: Value) -> Res<isize> {
    if let Some(n) = v.small_int() {
        return Ok(n as isize);
    }
    let i = index(th, v)?;
    int::to_i64(i).map(|n| n as isize).ok_or_else(|| {
        th.index_error(format!("cannot fit '{}' into an index-sized integer", type_name(th, v)))
    })
}

/// A bound of a slice: saturates; TypeError for other types.
pub fn slice_index(th: &Thread, v: Value) -> Res<isize> {
    match index_opt(th, v)? {
        Some(i) => Ok(match int::to_i64(i) {
            Some(n) => n as isize,
            None if int::with_ref(i, |r| r.signum() < 0) => isize::MIN,
            None => isize::MAX,
        }),
        None => Err(th.type_error("slice indices must be integers or None or have an __index__ method")),
    }
}

/// A number argument as float: floats, ints, `__float__`, `__index__`.
pub fn to_f64(th: &Thread, v: Value) -> Res<f64> {
    if let Some(x) = float::get(v) {
        return Ok(x);
    }
    if let Some(n) = v.small_int() {
        return Ok(n as f64);
    }
    let class = Class::of_value(th, v);
    if !int::is_int(v)
        && let Some(f) = class.special(th, Name::__float__)
    {
        let r = call_special(th, f, v, &[])?;
        return float::get(r).ok_or_else(|| {
            th.type_error(format!(
                "{}.__float__ returned non-float (type {})",
                class.name_text(),
                type_name(th, r)
            ))
        });
    }
    match index_opt(th, v)? {
        Some(i) => int::with_ref(i, krait_number::int::to_f64)
            .map_err(|_| th.overflow_error("int too large to convert to float")),
        None => Err(th.type_error(format!("must be real number, not {}", type_name(th, v)))),
    }
}

/// `iter(v)`.
pub fn iter(th: &Thread, v: Value) -> Res {
    if v.is_cell() {
        match v.header().shape() {
            fixed::LIST => return Ok(iterators::new_list_iter(th, v)),
            fixed::TUPLE => return Ok(iterators::new_tuple_iter(th, v)),
            fixed::STR => return crate::str_iter::new(th, Str::of(v)),
            _ => {}
        }
        if v.is_kind(Kind::Range) {
            return range_iter(th, Range::of(v));
        }
    }
    let class = Class::of_value(th, v);
    match class.special(th, Name::__iter__) {
        Some(f) if !f.is_none() => {
            let it = call_special(th, f, v, &[])?;
            if is_iterator(th, it) {
                return Ok(it);
            }
            Err(th.type_error(format!("iter() returned non-iterator of type '{}'", type_name(th, it))))
        }
        None if class.special(th, Name::__getitem__).is_some() && !v.is_kind(Kind::Dict) => {
            crate::iterator_methods::new_sequence_iter(th, v)
        }
        _ => Err(th.type_error(format!("'{}' object is not iterable", type_name(th, v)))),
    }
}

/// An iterator over a range, the small one when all numbers are immediate.
pub fn range_iter(th: &Thread, r: Range) -> Res {
    if let (Some(start), Some(step), Some(count)) =
        (r.start.get().small_int(), r.step.get().small_int(), r.length.get().small_int())
        && let Some(end) = step.checked_mul(count).and_then(|d| start.checked_add(d))
        && Value::try_small(end).is_some()
    {
        return Ok(iterators::new_range_iter(th, start, step, count as u64));
    }
    crate::range_methods::new_long_range_iter(th, r)
}

/// Has the object `__next__`?
pub fn is_iterator(th: &Thread, v: Value) -> bool {
    v.is_kind(Kind::Generator) || Class::of_value(th, v).special(th, Name::__next__).is_some()
}

/// `next(it)`, None at the end.
#[inline]
pub fn next(th: &Thread, it: Value) -> Res<Option<Value>> {
    if it.is_cell() {
        match it.kind() {
            Kind::ListIter => return Ok(ListIter::of(it).step()),
            Kind::TupleIter => return Ok(TupleIter::of(it).step()),
            Kind::RangeIter => return Ok(RangeIter::of(it).step()),
            Kind::Generator if it.has_shape(TypeId::Generator as u32) => {
                let g = crate::generator::Generator::of(it);
                return match (th.interp.hooks().resume)(th, g, Value::MISSING, false)? {
                    crate::generator::Resumed::Yielded(v) => Ok(Some(v)),
                    crate::generator::Resumed::Returned(_) => Ok(None),
                };
            }
            // Native types only: a Python subclass may have a `__next__` of its own.
            Kind::Custom
                if it.header().shape() < TypeId::COUNT as u32
                    || !Class::of_value(th, it).has_flag(crate::class::flag::HEAP) =>
            {
                if let Some(f) = crate::custom::next_fn(it) {
                    return f(th, it);
                }
            }
            _ => {}
        }
    }
    match Class::of_value(th, it).special(th, Name::__next__) {
        Some(f) => {
            let r = call_special(th, f, it, &[]);
            th.catch(r, TypeId::StopIteration)
        }
        None => Err(th.type_error(format!("'{}' object is not an iterator", type_name(th, it)))),
    }
}

/// Calls `f` with every item of an iterable.
pub fn for_each(th: &Thread, v: Value, f: &mut dyn FnMut(Value) -> Result<(), Raised>) -> Result<(), Raised> {
    if v.has_shape(fixed::TUPLE) {
        for &x in Tuple::of(v).as_slice() {
            f(x)?;
        }
        return Ok(());
    }
    if v.has_shape(fixed::LIST) {
        let l = List::of(v);
        let mut i = 0;
        while let Some(x) = l.get(i) {
            f(x)?;
            i += 1;
        }
        return Ok(());
    }
    let it = iter(th, v)?;
    while let Some(x) = next(th, it)? {
        f(x)?;
    }
    Ok(())
}

/// All items of an iterable.
pub fn collect(th: &Thread, v: Value) -> Res<ValueVec> {
    let mut out = ValueVec::new();
    for_each(th, v, &mut |x| out.push(th, x))?;
    Ok(out)
}

/// A tuple argument's items, or all items of another iterable as a fresh tuple.
pub fn to_tuple(th: &Thread, v: Value) -> Res<Tuple> {
    if v.has_shape(fixed::TUPLE) {
        return Ok(Tuple::of(v));
    }
    if v.has_shape(fixed::LIST) {
        return Ok(Tuple::of(crate::tuple::from_slice(th, List::of(v).as_slice())?));
    }
    let items = collect(th, v)?;
    Ok(Tuple::of(crate::tuple::from_vec(th, &items)?))
}

/// As `PySequence_Fast`: a list's or tuple's items as they are now, or all items of another iterable, as a tuple.
pub fn to_sequence(th: &Thread, v: Value) -> Res<Tuple> {
    if let Some(l) = List::from_value(v) {
        let items = l.to_vec(th)?;
        return Ok(Tuple::of(crate::tuple::from_vec(th, &items)?));
    }
    match Tuple::from_value(v) {
        Some(t) => Ok(t),
        None => to_tuple(th, v),
    }
}

/// `obj[key]`.
pub fn getitem(th: &Thread, obj: Value, key: Value) -> Res {
    if obj.is_cell() {
        match obj.header().shape() {
            fixed::LIST if key.is_small_int() => return list_item(th, List::of(obj), key.as_small()),
            fixed::TUPLE if key.is_small_int() => {
                let t = Tuple::of(obj);
                let i = key.as_small();
                let i = if i < 0 { i + t.len() as i64 } else { i };
                if i >= 0 && (i as usize) < t.len() {
                    return Ok(t.get(i as usize));
                }
                return Err(th.index_error("tuple index out of range"));
            }
            fixed::STR => return crate::str_methods::getitem(th, Str::of(obj), key),
            fixed::DICT => {
                return match Dict::of(obj).get(th, key)? {
                    Some(v) => Ok(v),
                    None => Err(th.key_error(key)),
                };
            }
            _ => {}
        }
    }
    let class = Class::of_value(th, obj);
    if let Some(f) = class.special(th, Name::__getitem__) {
        return call_special(th, f, obj, &[key]);
    }
    if obj.is_kind(Kind::Type) {
        return crate::type_methods::class_getitem(th, Class::of(obj), key);
    }
    Err(th.type_error(format!("'{}' object is not subscriptable", type_name(th, obj))))
}

fn list_item(th: &Thread, l: List, i: i64) -> Res {
    let i = if i < 0 { i + l.len() as i64 } else { i };
    if i >= 0
        && let Some(v) = l.get(i as usize)
    {
        return Ok(v);
    }
    Err(th.index_error("list index out of range"))
}

/// `obj[key] = value`.
pub fn setitem(th: &Thread, obj: Value, key: Value, value: Value) -> Result<(), Raised> {
    if obj.has_shape(fixed::DICT) {
        return Dict::of(obj).set(th, key, value);
    }
    match Class::of_value(th, obj).special(th, Name::__setitem__) {
        Some(f) => call_special(th, f, obj, &[key, value]).map(|_| ()),
        None => {
            Err(th.type_error(format!("'{}' object does not support item assignment", type_name(th, obj))))
        }
    }
}

/// `del obj[key]`.
pub fn delitem(th: &Thread, obj: Value, key: Value) -> Result<(), Raised> {
    match Class::of_value(th, obj).special(th, Name::__delitem__) {
        Some(f) => call_special(th, f, obj, &[key]).map(|_| ()),
        None => Err(no_deletion(th, obj, key)),
    }
}

/// The TypeError of `del obj[key]`: of a sequence asked with an index it has other words.
#[cold]
fn no_deletion(th: &Thread, obj: Value, key: Value) -> Raised {
    let class = Class::of_value(th, obj);
    let sequence = class.has_flag(crate::class::flag::HEAP) || class.special(th, Name::__len__).is_some();
    let index = int::is_int(key) || Class::of_value(th, key).special(th, Name::__index__).is_some();
    let verb = if sequence && index { "doesn't" } else { "does not" };
    th.type_error(format!("'{}' object {verb} support item deletion", type_name(th, obj)))
}

/// `item in container`.
pub fn contains(th: &Thread, container: Value, item: Value) -> Res<bool> {
    match container.kind() {
        Kind::Dict if container.has_shape(fixed::DICT) => {
            return Ok(Dict::of(container).get(th, item)?.is_some());
        }
        Kind::Set | Kind::FrozenSet if is_exact_set(container) => {
            let Some(d) = set::items(container) else { return Ok(false) };
            return crate::set_methods::has(th, d, item);
        }
        Kind::Str if container.has_shape(fixed::STR) => {
            return crate::str_methods::contains(th, Str::of(container), item);
        }
        Kind::List | Kind::Tuple if container.has_shape(fixed::LIST) || container.has_shape(fixed::TUPLE) => {
            return contains_by_iteration(th, container, item);
        }
        _ => {}
    }
    let class = Class::of_value(th, container);
    match class.special(th, Name::__contains__) {
        Some(f) if f.is_none() => {
            Err(th.type_error(format!("'{}' object is not a container", type_name(th, container))))
        }
        Some(f) => {
            let r = call_special(th, f, container, &[item])?;
            truth(th, r)
        }
        None if class.special(th, Name::__iter__).is_none()
            && class.special(th, Name::__getitem__).is_none() =>
        {
            Err(th.type_error(format!("argument of type '{}' is not iterable", type_name(th, container))))
        }
        None => contains_by_iteration(th, container, item),
    }
}

fn is_exact_set(v: Value) -> bool {
    v.has_shape(fixed::SET) || v.has_shape(TypeId::FrozenSet as u32)
}

/// Searches an iterable for an item by identity or equality.
pub fn contains_by_iteration(th: &Thread, container: Value, item: Value) -> Res<bool> {
    if container.has_shape(fixed::LIST) {
        let l = List::of(container);
        let mut i = 0;
        while let Some(x) = l.get(i) {
            if equal(th, x, item)? {
                return Ok(true);
            }
            i += 1;
        }
        return Ok(false);
    }
    if container.has_shape(fixed::TUPLE) {
        for &x in Tuple::of(container).as_slice() {
            if equal(th, x, item)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let it = iter(th, container)?;
    while let Some(x) = next(th, it)? {
        if equal(th, x, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `isinstance(v, class)`, with `__instancecheck__` and tuples and unions.
pub fn is_instance(th: &Thread, v: Value, class: Value) -> Res<bool> {
    if Class::of_value(th, v).value() == class {
        return Ok(true);
    }
    if let Some(c) = Class::from_value(class)
        && Class::of_value(th, class).is(TypeId::Type)
    {
        return real_is_instance(th, v, c);
    }
    if let Some(t) = Tuple::from_value(class).or_else(|| crate::union_type::args_of(class)) {
        let _nested = th.nest(" in __instancecheck__")?;
        for &c in t.as_slice() {
            if is_instance(th, v, c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(f) = Class::of_value(th, class).special(th, Name::__instancecheck__) {
        let _nested = th.nest(" in __instancecheck__")?;
        let r = call_special(th, f, class, &[v])?;
        return truth(th, r);
    }
    crate::type_methods::abstract_is_instance(th, v, class)
}

/// `type.__instancecheck__`: by the MRO, then by `__class__`.
pub fn real_is_instance(th: &Thread, v: Value, c: Class) -> Res<bool> {
    let own = Class::of_value(th, v);
    if own.is_subclass_of(c) {
        return Ok(true);
    }
    if !v.is_cell()
        || crate::attr::is_generic(th, own)
            && own.lookup(th, th.name(Name::__class__))
                == th.interp.class(TypeId::Object).lookup(th, th.name(Name::__class__))
    {
        return Ok(false);
    }
    match crate::attr::get_opt(th, v, th.name(Name::__class__))? {
        Some(k) => Ok(Class::from_value(k).is_some_and(|k| k != own && k.is_subclass_of(c))),
        None => Ok(false),
    }
}

/// `issubclass(v, class)`.
pub fn is_subclass(th: &Thread, v: Value, class: Value) -> Res<bool> {
    if let (Some(a), Some(b)) = (Class::from_value(v), Class::from_value(class))
        && Class::of_value(th, class).is(TypeId::Type)
    {
        return Ok(a.is_subclass_of(b));
    }
    if let Some(t) = Tuple::from_value(class).or_else(|| crate::union_type::args_of(class)) {
        let _nested = th.nest(" in __subclasscheck__")?;
        for &c in t.as_slice() {
            if is_subclass(th, v, c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(f) = Class::of_value(th, class).special(th, Name::__subclasscheck__) {
        let _nested = th.nest(" in __subclasscheck__")?;
        let r = call_special(th, f, class, &[v])?;
        return truth(th, r);
    }
    crate::type_methods::abstract_is_subclass(th, v, class)
}
