//! What programs see of `set` and `frozenset`. The algebra is in `set_ops`.

use crate::bootstrap::TypeTable;
use crate::cellref::Slot;
use crate::class::{Class, flag, type_name};
use crate::construct;
use crate::custom::{self, Custom, Payload};
use crate::dict::{self, Dict};
use crate::hash as hashing;
use crate::kind::Kind;
use crate::list;
use crate::natives;
use crate::object_reduce;
use crate::protocol;
use crate::repr_guard;
use crate::set::{self, FrozenSet, Set};
use crate::set_ops;
use crate::shape::fixed;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;
use std::cell::Cell;

/// The elements of the receiver.
fn items(a: &[Value]) -> Dict {
    match set::items(a[0]) {
        Some(d) => d,
        None => unreachable!("the descriptor checks the receiver"),
    }
}

fn this(a: &[Value]) -> Set {
    Set::of(a[0])
}

/// The arguments of a method that takes any number of iterables.
fn others<'a>(a: &[Value]) -> &'a [Value] {
    Tuple::of(a[1]).as_slice()
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::Set)?;
    let d = dict::new(th);
    Ok(make(c, th, d, Kind::Set))
}

/// A set of a class with the elements.
fn make(c: Class, th: &Thread, d: Dict, kind: Kind) -> Value {
    let v = set::from_items(th, d, kind, c.shape.get(), c.tail_bytes());
    c.init_tail(v.cell());
    v
}

fn one_argument(th: &Thread, name: &str, args: Value) -> Res<Option<Value>> {
    match Tuple::of(args).as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        more => Err(th.type_error(format!("{name} expected at most 1 argument, got {}", more.len()))),
    }
}

fn no_keywords(th: &Thread, name: &str, kwargs: Value) -> Result<(), Raised> {
    if Dict::from_value(kwargs).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error(format!("{name}() takes no keyword arguments")));
    }
    Ok(())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    no_keywords(th, "set", a[2])?;
    let source = one_argument(th, "set", a[1])?;
    let s = this(a);
    if let Some(v) = source {
        let d = set_ops::from_iterable(th, v)?;
        s.replace(th, d);
    } else if !s.is_empty() {
        s.items().clear(th)?;
    }
    Ok(Value::none())
}

fn frozen_new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::FrozenSet)?;
    let own_init = c.special(th, crate::Name::__init__)
        != th.interp.class(TypeId::Object).special(th, crate::Name::__init__);
    if !own_init {
        no_keywords(th, "frozenset", a[2])?;
    }
    let source = one_argument(th, "frozenset", a[1])?;
    if c.is(TypeId::FrozenSet) {
        return match source {
            Some(v) if v.has_shape(TypeId::FrozenSet as u32) => Ok(v),
            Some(v) => Ok(set::new_frozen(th, set_ops::from_iterable(th, v)?)),
            None => Ok(th.interp.empty_frozenset.get()),
        };
    }
    let d = match source {
        Some(v) => set_ops::from_iterable(th, v)?,
        None => dict::new(th),
    };
    Ok(make(c, th, d, Kind::FrozenSet))
}

/// A set of the receiver's kind (subclasses give the builtin class) with the elements.
fn like(th: &Thread, model: Value, d: Dict) -> Value {
    if model.is_kind(Kind::FrozenSet) {
        set::new_frozen(th, d)
    } else {
        set::from_items(th, d, Kind::Set, fixed::SET, 0)
    }
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let name = type_name(th, a[0]);
    let Some(_guard) = repr_guard::enter(th, a[0]) else {
        return Ok(string::new(th, &format!("{name}(...)")));
    };
    let d = items(a);
    if d.is_empty() {
        return Ok(string::new(th, &format!("{name}()")));
    }
    let all = set_ops::to_list(th, d)?;
    let text = protocol::repr(th, all)?;
    let text = Str::of(text).chars();
    let exact = a[0].has_shape(fixed::SET);
    let mut b = krait_text::CharsBuf::with_capacity(text.len() + 16);
    if !exact {
        b.extend_str(&name);
        b.push('(' as u32);
    }
    // The list's brackets become braces.
    b.push('{' as u32);
    text.iter().take(text.len() - 1).skip(1).for_each(|c| b.push(c));
    b.push('}' as u32);
    if !exact {
        b.push(')' as u32);
    }
    string::from_buf(th, &b)
}

fn frozen_hash(_: &Thread, a: &[Value]) -> Res {
    let s = FrozenSet::of(a[0]);
    if s.hash.get() != 0 {
        return Ok(Value::small(s.hash.get()));
    }
    let d = items(a);
    let th = Thread::current();
    let shuffle = |h: u64| ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167);
    let mut hash: u64 = 0;
    let mut at = 0;
    while let Some((_, _, h)) = d.next_hashed(th, &mut at) {
        hash ^= shuffle(h as u64);
    }
    hash ^= (d.len() as u64 + 1).wrapping_mul(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69069).wrapping_add(907133923);
    let h = hashing::fit(if hash == u64::MAX { 590923713 } else { hash as i64 });
    s.hash.set(h);
    Ok(Value::small(h))
}

fn len(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(items(a).len() as i64))
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(has(th, items(a), a[1])?))
}

/// Is the element there? A set is looked up as the frozenset of its elements.
pub fn has(th: &Thread, d: Dict, v: Value) -> Res<bool> {
    let (key, hash) = set_ops::lookup_key(th, v)?;
    Ok(d.get_hashed(th, key, hash)?.is_some())
}

// ---- Comparisons: only with sets.

fn compare(th: &Thread, a: &[Value], f: impl FnOnce(&Thread, Dict, Dict) -> Res<bool>) -> Res {
    match set::items(a[1]) {
        Some(b) => Ok(Value::bool(f(th, items(a), b)?)),
        None => Ok(Value::not_implemented()),
    }
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, set_ops::same)
}
fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, |th, x, y| Ok(!set_ops::same(th, x, y)?))
}
fn le(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, set_ops::is_subset)
}
fn lt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, |th, x, y| Ok(x.len() < y.len() && set_ops::is_subset(th, x, y)?))
}
fn ge(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, |th, x, y| set_ops::is_subset(th, y, x))
}
fn gt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, |th, x, y| Ok(y.len() < x.len() && set_ops::is_subset(th, y, x)?))
}

fn issubset(th: &Thread, a: &[Value]) -> Res {
    let other = match set::items(a[1]) {
        Some(d) => d,
        None => set_ops::from_iterable(th, a[1])?,
    };
    Ok(Value::bool(set_ops::is_subset(th, items(a), other)?))
}

fn issuperset(th: &Thread, a: &[Value]) -> Res {
    if let Some(other) = set::items(a[1]) {
        return Ok(Value::bool(set_ops::is_subset(th, other, items(a))?));
    }
    let it = protocol::iter(th, a[1])?;
    while let Some(x) = protocol::next(th, it)? {
        if !has(th, items(a), x)? {
            return Ok(Value::false_());
        }
    }
    Ok(Value::true_())
}

fn isdisjoint(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(set_ops::is_disjoint(th, items(a), a[1])?))
}

// ---- Operators: only between sets.

/// The result of an operator on two sets, of the left one's kind; NotImplemented for other operands.
fn operator(
    th: &Thread,
    left: Value,
    right: Value,
    f: impl FnOnce(&Thread, Dict, Value) -> Res<Dict>,
) -> Res {
    let (Some(l), Some(_)) = (set::items(left), set::items(right)) else {
        return Ok(Value::not_implemented());
    };
    let d = f(th, l, right)?;
    Ok(like(th, left, d))
}

fn unite(th: &Thread, a: Dict, v: Value) -> Res<Dict> {
    let d = a.copy(th)?;
    set_ops::add_all(th, d, v)?;
    Ok(d)
}

fn symmetric(th: &Thread, a: Dict, v: Value) -> Res<Dict> {
    let s = set::new(th);
    let copy = a.copy(th)?;
    s.replace(th, copy);
    set_ops::symmetric_update(th, s, v)?;
    Ok(s.items())
}

fn or(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[0], a[1], unite)
}
fn ror(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[1], a[0], unite)
}
fn and(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[0], a[1], set_ops::intersection)
}
fn rand(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[1], a[0], set_ops::intersection)
}
fn sub(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[0], a[1], set_ops::difference)
}
fn rsub(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[1], a[0], set_ops::difference)
}
fn xor(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[0], a[1], symmetric)
}
fn rxor(th: &Thread, a: &[Value]) -> Res {
    operator(th, a[1], a[0], symmetric)
}

fn in_place(th: &Thread, a: &[Value], f: fn(&Thread, Set, Value) -> Result<(), Raised>) -> Res {
    if set::items(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    f(th, this(a), a[1])?;
    Ok(a[0])
}

fn ior(th: &Thread, a: &[Value]) -> Res {
    in_place(th, a, set_ops::update)
}
fn iand(th: &Thread, a: &[Value]) -> Res {
    in_place(th, a, keep_common)
}
fn isub(th: &Thread, a: &[Value]) -> Res {
    in_place(th, a, set_ops::difference_update)
}
fn ixor(th: &Thread, a: &[Value]) -> Res {
    in_place(th, a, set_ops::symmetric_update)
}

fn keep_common(th: &Thread, s: Set, v: Value) -> Result<(), Raised> {
    let d = set_ops::intersection(th, s.items(), v)?;
    s.replace(th, d);
    Ok(())
}

// ---- Methods with any iterables.

fn union(th: &Thread, a: &[Value]) -> Res {
    let d = items(a).copy(th)?;
    for &v in others(a) {
        set_ops::add_all(th, d, v)?;
    }
    Ok(like(th, a[0], d))
}

fn intersection(th: &Thread, a: &[Value]) -> Res {
    let mut d = items(a);
    for &v in others(a) {
        d = set_ops::intersection(th, d, v)?;
    }
    let d = if others(a).is_empty() { d.copy(th)? } else { d };
    Ok(like(th, a[0], d))
}

fn difference(th: &Thread, a: &[Value]) -> Res {
    let mut d = items(a);
    for &v in others(a) {
        d = set_ops::difference(th, d, v)?;
    }
    let d = if others(a).is_empty() { d.copy(th)? } else { d };
    Ok(like(th, a[0], d))
}

fn symmetric_difference(th: &Thread, a: &[Value]) -> Res {
    let d = symmetric(th, items(a), a[1])?;
    Ok(like(th, a[0], d))
}

fn update(th: &Thread, a: &[Value]) -> Res {
    for &v in others(a) {
        set_ops::update(th, this(a), v)?;
    }
    Ok(Value::none())
}

fn intersection_update(th: &Thread, a: &[Value]) -> Res {
    let mut d = items(a);
    for &v in others(a) {
        d = set_ops::intersection(th, d, v)?;
    }
    if !others(a).is_empty() {
        this(a).replace(th, d);
    }
    Ok(Value::none())
}

fn difference_update(th: &Thread, a: &[Value]) -> Res {
    for &v in others(a) {
        set_ops::difference_update(th, this(a), v)?;
    }
    Ok(Value::none())
}

fn symmetric_difference_update(th: &Thread, a: &[Value]) -> Res {
    set_ops::symmetric_update(th, this(a), a[1])?;
    Ok(Value::none())
}

fn add(th: &Thread, a: &[Value]) -> Res {
    this(a).add(th, a[1])?;
    Ok(Value::none())
}

fn discard(th: &Thread, a: &[Value]) -> Res {
    let (key, hash) = set_ops::lookup_key(th, a[1])?;
    items(a).remove_hashed(th, key, hash)?;
    Ok(Value::none())
}

fn remove(th: &Thread, a: &[Value]) -> Res {
    let (key, hash) = set_ops::lookup_key(th, a[1])?;
    match items(a).remove_hashed(th, key, hash)? {
        Some(_) => Ok(Value::none()),
        None => Err(th.key_error(a[1])),
    }
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    match items(a).pop_last(th)? {
        Some((k, _)) => Ok(k),
        None => Err(th.raise_new(TypeId::KeyError, "pop from an empty set")),
    }
}

fn clear(th: &Thread, a: &[Value]) -> Res {
    items(a).clear(th)?;
    Ok(Value::none())
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    if a[0].has_shape(TypeId::FrozenSet as u32) {
        return Ok(a[0]);
    }
    let d = items(a).copy(th)?;
    Ok(like(th, a[0], d))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let all = set_ops::to_list(th, items(a))?;
    let args = tuple::from_slice(th, &[all])?;
    let state = object_reduce::getstate(th, &a[..1])?;
    tuple::from_slice(th, &[Class::of_value(th, a[0]).value(), args, state])
}

fn sizeof(_: &Thread, a: &[Value]) -> Res {
    // CPython's structure has room for eight; then its table of 16-byte entries, at most three fifths full.
    let n = items(a).len();
    let mut places = 8usize;
    while n * 5 > places * 3 {
        places *= 4;
    }
    Ok(Value::small(200 + if places > 8 { places as i64 * 16 } else { 0 }))
}

// ---- Iteration.

/// An iterator over a set.
pub struct SetIter {
    /// The set; the integer zero when the iterator is exhausted.
    set: Slot,
    at: Cell<usize>,
    len: Cell<usize>,
}

impl Payload for SetIter {
    const NAME: &'static str = "set_iterator";
    const NEXT: Option<custom::NextFn> = Some(|th, v| Custom::<SetIter>::of(v).next(th));
    fn trace(&self, tracer: &mut Tracer) {
        self.set.trace(tracer);
    }
}

impl SetIter {
    /// The next element, None at the end (for good).
    ///
    /// # Errors
    /// RuntimeError when the set was changed meanwhile.
    #[inline]
    pub fn next(&self, th: &Thread) -> Res<Option<Value>> {
        let Some(d) = set::items(self.set.get()) else { return Ok(None) };
        if d.len() != self.len.get() {
            self.len.set(usize::MAX);
            return Err(th.runtime_error("Set changed size during iteration"));
        }
        let mut at = self.at.get();
        let found = d.next(th, &mut at);
        self.at.set(at);
        if found.is_none() {
            self.set.init(Value::ZERO);
        }
        Ok(found.map(|(k, _)| k))
    }
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    let i = SetIter { set: Slot::new(a[0]), at: Cell::new(0), len: Cell::new(items(a).len()) };
    custom::alloc_exact(th, TypeId::SetIter, i)
}

fn rest(th: &Thread, it: Custom<SetIter>) -> Res<ValueVec> {
    let copy = SetIter { set: Slot::new(it.set.get()), at: it.at.clone(), len: it.len.clone() };
    let mut out = ValueVec::new();
    while let Some(v) = copy.next(th)? {
        out.push(th, v)?;
    }
    Ok(out)
}

fn iter_length(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<SetIter>::of(a[0]);
    match set::items(it.set.get()) {
        Some(d) if d.len() == it.len.get() => Ok(Value::small(rest(th, it)?.len() as i64)),
        _ => Ok(Value::ZERO),
    }
}

fn iter_reduce(th: &Thread, a: &[Value]) -> Res {
    let all = rest(th, Custom::<SetIter>::of(a[0]))?;
    let all = list::from_vec(th, all);
    object_reduce::call_builtin(th, "iter", &[all])
}

natives! {
    static ITER = {
        method "__iter__" "()" custom::iter_method, "Implement iter(self).", Pure;
        method "__next__" "()" custom::next_method, "Implement next(self).", Writes;
        method "__length_hint__" "()" iter_length, "Private method returning an estimate of len(list(it)).", Reads;
        method "__reduce__" "()" iter_reduce, "Return state information for pickling.";
    }
}

natives! {
    static SHARED = {
        method "__repr__" "()" repr, "Return repr(self).";
        method "__lt__" "(value, /)" lt, "Return self<value.";
        method "__le__" "(value, /)" le, "Return self<=value.";
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__gt__" "(value, /)" gt, "Return self>value.";
        method "__ge__" "(value, /)" ge, "Return self>=value.";
        method "__iter__" "()" iter, "Implement iter(self).", Reads;
        method "__sub__" "(value, /)" sub, "Return self-value.";
        method "__rsub__" "(value, /)" rsub, "Return value-self.";
        method "__and__" "(value, /)" and, "Return self&value.";
        method "__rand__" "(value, /)" rand, "Return value&self.";
        method "__xor__" "(value, /)" xor, "Return self^value.";
        method "__rxor__" "(value, /)" rxor, "Return value^self.";
        method "__or__" "(value, /)" or, "Return self|value.";
        method "__ror__" "(value, /)" ror, "Return value|self.";
        method "__len__" "()" len, "Return len(self).", Reads;
        method "__contains__" "(object, /)" contains, "x.__contains__(y) <==> y in x.";
        method "copy" "()" copy, "Return a shallow copy of a set.";
        method "difference" "(*others)" difference, "The elements that are in none of the others.";
        method "intersection" "(*others)" intersection, "The elements that are in all the others.";
        method "isdisjoint" "(other, /)" isdisjoint, "Return True if two sets have a null intersection.";
        method "issubset" "(other, /)" issubset, "Report whether another set contains this set.";
        method "issuperset" "(other, /)" issuperset, "Report whether this set contains another set.";
        method "__reduce__" "()" reduce, "Return state information for pickling.";
        method "__sizeof__" "()" sizeof, "S.__sizeof__() -> size of S in memory, in bytes.";
        method "symmetric_difference" "(other, /)" symmetric_difference, "The elements that are in exactly one of both.";
        method "union" "(*others)" union, "The elements of all.";
        classmethod "__class_getitem__" "(object, /)" construct::class_getitem, "See PEP 585";
    }
}

natives! {
    static SET_ONLY = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        method "__isub__" "(value, /)" isub, "Return self-=value.";
        method "__iand__" "(value, /)" iand, "Return self&=value.";
        method "__ixor__" "(value, /)" ixor, "Return self^=value.";
        method "__ior__" "(value, /)" ior, "Return self|=value.";
        method "add" "(object, /)" add, "Adds an element.";
        method "clear" "()" clear, "Removes all elements.";
        method "discard" "(object, /)" discard, "Removes an element if it is there.";
        method "difference_update" "(*others)" difference_update, "Removes all elements of the others.";
        method "intersection_update" "(*others)" intersection_update, "Keeps the elements that are in all the others.";
        method "pop" "()" pop, "Removes and returns an element.";
        method "remove" "(object, /)" remove, "Removes an element; KeyError if it is not there.";
        method "symmetric_difference_update" "(other, /)" symmetric_difference_update, "Keeps the elements that are in exactly one of both.";
        method "update" "(*others)" update, "Adds all elements of the others.";
    }
}

natives! {
    static FROZEN_ONLY = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" frozen_new, "Create and return a new object.";
        method "__hash__" "()" frozen_hash, "Return hash(self).", Reads;
    }
}

/// The tables of the sets and their iterator.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::Set, "Build an unordered collection of unique elements.", SHARED, &[])
        .flags(flag::MATCH_SELF),
    TypeTable::new(TypeId::Set, "Build an unordered collection of unique elements.", SET_ONLY, &[]),
    TypeTable::new(
        TypeId::FrozenSet,
        "Build an immutable unordered collection of unique elements.",
        SHARED,
        &[],
    )
    .flags(flag::MATCH_SELF),
    TypeTable::new(
        TypeId::FrozenSet,
        "Build an immutable unordered collection of unique elements.",
        FROZEN_ONLY,
        &[],
    ),
    TypeTable::new(TypeId::SetIter, "", ITER, &[]),
];
