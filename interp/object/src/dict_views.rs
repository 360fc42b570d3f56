//! `dict_keys`, `dict_values`, `dict_items`, and the iterators over dicts in both directions.

use crate::bootstrap::TypeTable;
use crate::cellref::Slot;
use crate::class::Class;
use crate::custom::{self, Custom, Payload};
use crate::descriptor::GetSetDef;
use crate::dict::Dict;
use crate::natives;
use crate::protocol::{self, Cmp};
use crate::repr_guard;
use crate::set;
use crate::set_ops;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;
use std::cell::Cell;

/// What of the items a view or iterator shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Keys,
    Values,
    Items,
}

impl Part {
    fn of(self, th: &Thread, k: Value, v: Value) -> Res {
        match self {
            Part::Keys => Ok(k),
            Part::Values => Ok(v),
            Part::Items => tuple::from_slice(th, &[k, v]),
        }
    }
}

/// A view of a dict.
pub struct DictView {
    pub dict: Slot,
    pub part: Part,
}

impl Payload for DictView {
    const NAME: &'static str = "dict view";
    fn trace(&self, tracer: &mut Tracer) {
        self.dict.trace(tracer);
    }
}

impl DictView {
    fn dict(&self) -> Dict {
        Dict::of(self.dict.get())
    }
}

/// A view of a dict.
pub fn new(th: &Thread, d: Value, part: Part) -> Res {
    let ty = match part {
        Part::Keys => TypeId::DictKeys,
        Part::Values => TypeId::DictValues,
        Part::Items => TypeId::DictItems,
    };
    custom::alloc_exact(th, ty, DictView { dict: Slot::new(d), part })
}

/// The view behind a value that is a `dict_keys` or `dict_items`.
fn set_like(v: Value) -> Option<Custom<DictView>> {
    Custom::<DictView>::from_value(v).filter(|d| d.part != Part::Values)
}

/// An iterator over a dict.
pub struct DictIter {
    /// The dict; the integer zero when the iterator is exhausted.
    dict: Slot,
    part: Part,
    reverse: bool,
    at: Cell<usize>,
    /// Length of the dict when the iterator was made; `usize::MAX` after the error about it.
    len: Cell<usize>,
    left: Cell<usize>,
}

impl Payload for DictIter {
    const NAME: &'static str = "dict iterator";
    const NEXT: Option<custom::NextFn> = Some(|th, v| Custom::<DictIter>::of(v).next(th));
    fn trace(&self, tracer: &mut Tracer) {
        self.dict.trace(tracer);
    }
}

/// An iterator in insertion order.
pub fn new_iter(th: &Thread, d: Dict, part: Part) -> Res {
    let ty = match part {
        Part::Keys => TypeId::DictKeyIter,
        Part::Values => TypeId::DictValueIter,
        Part::Items => TypeId::DictItemIter,
    };
    make_iter(th, d, part, false, ty)
}

/// An iterator in reverse order.
pub fn new_reverse_iter(th: &Thread, d: Dict, part: Part) -> Res {
    let ty = match part {
        Part::Keys => TypeId::DictReverseKeyIter,
        Part::Values => TypeId::DictReverseValueIter,
        Part::Items => TypeId::DictReverseItemIter,
    };
    make_iter(th, d, part, true, ty)
}

fn make_iter(th: &Thread, d: Dict, part: Part, reverse: bool, ty: TypeId) -> Res {
    let n = d.len();
    let i = DictIter {
        dict: Slot::new(d.value()),
        part,
        reverse,
        at: Cell::new(if reverse { usize::MAX } else { 0 }),
        len: Cell::new(n),
        left: Cell::new(n),
    };
    custom::alloc_exact(th, ty, i)
}

impl DictIter {
    /// The next key and value, None at the end (for good).
    ///
    /// # Errors
    /// RuntimeError when the dict was changed meanwhile.
    #[inline]
    pub fn step(&self, th: &Thread) -> Res<Option<(Value, Value)>> {
        let Some(d) = Dict::from_value(self.dict.get()) else { return Ok(None) };
        if d.len() != self.len.get() {
            self.len.set(usize::MAX);
            return Err(th.runtime_error("dictionary changed size during iteration"));
        }
        let mut at = self.at.get();
        let found = if self.reverse { d.previous(th, &mut at) } else { d.next(th, &mut at) };
        self.at.set(at);
        let Some(item) = found else {
            self.dict.init(Value::ZERO);
            return Ok(None);
        };
        if self.left.get() == 0 {
            self.dict.init(Value::ZERO);
            return Err(th.runtime_error("dictionary keys changed during iteration"));
        }
        self.left.set(self.left.get() - 1);
        Ok(Some(item))
    }

    /// The next key, value or pair, whichever the iterator gives.
    #[inline]
    pub fn next(&self, th: &Thread) -> Res<Option<Value>> {
        match self.step(th)? {
            Some((k, v)) => self.part.of(th, k, v).map(Some),
            None => Ok(None),
        }
    }

    fn remaining(&self) -> usize {
        match Dict::from_value(self.dict.get()) {
            Some(d) if d.len() == self.len.get() => self.left.get(),
            _ => 0,
        }
    }
}

/// The iterator behind a value that is one of the six.
#[inline]
pub fn iterator(v: Value) -> Option<Custom<DictIter>> {
    Custom::from_value(v)
}

fn iter_length(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(Custom::<DictIter>::of(a[0]).remaining() as i64))
}

fn iter_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<DictIter>::of(a[0]);
    // A copy goes on where this one is; this one stays.
    let copy = DictIter {
        dict: Slot::new(it.dict.get()),
        part: it.part,
        reverse: it.reverse,
        at: it.at.clone(),
        len: it.len.clone(),
        left: it.left.clone(),
    };
    let mut rest = ValueVec::new();
    while let Some(v) = copy.next(th)? {
        rest.push(th, v)?;
    }
    let list = crate::list::from_vec(th, rest);
    crate::object_reduce::call_builtin(th, "iter", &[list])
}

natives! {
    static ITER_METHODS = {
        method "__iter__" "()" custom::iter_method, "Implement iter(self).", Pure;
        method "__next__" "()" custom::next_method, "Implement next(self).", Writes;
        method "__length_hint__" "()" iter_length, "Private method returning an estimate of len(list(it)).", Reads;
        method "__reduce__" "()" iter_reduce, "Return state information for pickling.";
    }
}

fn view(a: &[Value]) -> Custom<DictView> {
    Custom::of(a[0])
}

fn view_len(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(view(a).dict().len() as i64))
}

fn view_iter(th: &Thread, a: &[Value]) -> Res {
    let v = view(a);
    new_iter(th, v.dict(), v.part)
}

fn view_reversed(th: &Thread, a: &[Value]) -> Res {
    let v = view(a);
    new_reverse_iter(th, v.dict(), v.part)
}

fn view_repr(th: &Thread, a: &[Value]) -> Res {
    let v = view(a);
    let Some(_guard) = repr_guard::enter(th, a[0]) else { return Ok(string::new(th, "...")) };
    let mut items = ValueVec::with_capacity(th, v.dict().len())?;
    let mut at = 0;
    while let Some((k, w)) = v.dict().next(th, &mut at) {
        let x = v.part.of(th, k, w)?;
        items.push(th, x)?;
    }
    let list = crate::list::from_vec(th, items);
    let text = protocol::repr(th, list)?;
    let mut b = krait_text::CharsBuf::with_capacity(32);
    b.extend_str(&Class::of_value(th, a[0]).name_text());
    b.push('(' as u32);
    b.extend(Str::of(text).chars());
    b.push(')' as u32);
    string::from_buf(th, &b)
}

fn view_mapping(th: &Thread, v: Value) -> Res {
    crate::mappingproxy_methods::new(th, Custom::<DictView>::of(v).dict.get())
}

/// Is the value in the view?
fn view_has(th: &Thread, v: Custom<DictView>, x: Value) -> Res<bool> {
    if v.part == Part::Keys {
        return Ok(v.dict().get(th, x)?.is_some());
    }
    match Tuple::from_value(x) {
        Some(t) if t.len() == 2 => match v.dict().get(th, t.get(0))? {
            Some(w) => protocol::equal(th, w, t.get(1)),
            None => Ok(false),
        },
        _ => Ok(false),
    }
}

fn view_contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(view_has(th, view(a), a[1])?))
}

/// Are all items of `a` in `b`?
fn all_in(th: &Thread, a: Value, b: Value) -> Res<bool> {
    let it = protocol::iter(th, a)?;
    while let Some(x) = protocol::next(th, it)? {
        if !protocol::contains(th, b, x)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn view_compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let other = a[1];
    if set::items(other).is_none() && set_like(other).is_none() {
        return Ok(Value::not_implemented());
    }
    let (n, m) = (protocol::len(th, a[0])?, protocol::len(th, other)?);
    let r = match op {
        Cmp::Eq | Cmp::Ne => (n == m && all_in(th, a[0], other)?) == (op == Cmp::Eq),
        Cmp::Lt => n < m && all_in(th, a[0], other)?,
        Cmp::Le => n <= m && all_in(th, a[0], other)?,
        Cmp::Gt => n > m && all_in(th, other, a[0])?,
        Cmp::Ge => n >= m && all_in(th, other, a[0])?,
    };
    Ok(Value::bool(r))
}

fn view_lt(th: &Thread, a: &[Value]) -> Res {
    view_compare(th, a, Cmp::Lt)
}
fn view_le(th: &Thread, a: &[Value]) -> Res {
    view_compare(th, a, Cmp::Le)
}
fn view_eq(th: &Thread, a: &[Value]) -> Res {
    view_compare(th, a, Cmp::Eq)
}
fn view_ne(th: &Thread, a: &[Value]) -> Res {
    view_compare(th, a, Cmp::Ne)
}
fn view_gt(th: &Thread, a: &[Value]) -> Res {
    view_compare(th, a, Cmp::Gt)
}
fn view_ge(th: &Thread, a: &[Value]) -> Res {
    view_compare(th, a, Cmp::Ge)
}

/// A set of an operand's items.
fn to_set(th: &Thread, v: Value) -> Res<set::Set> {
    let items = set_ops::from_iterable(th, v)?;
    let s = set::new(th);
    s.replace(th, items);
    Ok(s)
}

fn subtract(th: &Thread, left: Value, right: Value) -> Res {
    let s = to_set(th, left)?;
    set_ops::difference_update(th, s, right)?;
    Ok(s.value())
}

fn intersect(th: &Thread, left: Value, right: Value) -> Res {
    // The operation is symmetric; the view is the one that is asked.
    let (view, other) = if set_like(left).is_some() { (left, right) } else { (right, left) };
    let out = set::new(th);
    let (v, o) = match (set_like(view), set_like(other)) {
        (Some(v), Some(o)) if o.dict().len() > v.dict().len() => (o, view),
        (Some(v), _) => (v, other),
        _ => return Ok(Value::not_implemented()),
    };
    let it = protocol::iter(th, o)?;
    while let Some(x) = protocol::next(th, it)? {
        if view_has(th, v, x)? {
            out.add(th, x)?;
        }
    }
    Ok(out.value())
}

fn unite(th: &Thread, left: Value, right: Value) -> Res {
    let s = to_set(th, left)?;
    set_ops::update(th, s, right)?;
    Ok(s.value())
}

fn symmetric(th: &Thread, left: Value, right: Value) -> Res {
    let both_items = |v: Value| Custom::<DictView>::from_value(v).filter(|d| d.part == Part::Items);
    if let (Some(a), Some(b)) = (both_items(left), both_items(right)) {
        return symmetric_items(th, a.dict(), b.dict());
    }
    let s = to_set(th, left)?;
    set_ops::symmetric_update(th, s, right)?;
    Ok(s.value())
}

/// `items ^ items`: compares values by key, so that equal ones need not be hashed.
fn symmetric_items(th: &Thread, a: Dict, b: Dict) -> Res {
    let out = set::new(th);
    for (one, other) in [(a, b), (b, a)] {
        let mut at = 0;
        while let Some((k, v, h)) = one.next_hashed(th, &mut at) {
            let same = match other.get_hashed(th, k, h)? {
                Some(w) => protocol::equal(th, v, w)?,
                None => false,
            };
            if !same {
                let pair = tuple::from_slice(th, &[k, v])?;
                out.add(th, pair)?;
            }
        }
    }
    Ok(out.value())
}

fn view_sub(th: &Thread, a: &[Value]) -> Res {
    subtract(th, a[0], a[1])
}
fn view_rsub(th: &Thread, a: &[Value]) -> Res {
    subtract(th, a[1], a[0])
}
fn view_and(th: &Thread, a: &[Value]) -> Res {
    intersect(th, a[0], a[1])
}
fn view_rand(th: &Thread, a: &[Value]) -> Res {
    intersect(th, a[1], a[0])
}
fn view_xor(th: &Thread, a: &[Value]) -> Res {
    symmetric(th, a[0], a[1])
}
fn view_rxor(th: &Thread, a: &[Value]) -> Res {
    symmetric(th, a[1], a[0])
}
fn view_or(th: &Thread, a: &[Value]) -> Res {
    unite(th, a[0], a[1])
}
fn view_ror(th: &Thread, a: &[Value]) -> Res {
    unite(th, a[1], a[0])
}

fn view_isdisjoint(th: &Thread, a: &[Value]) -> Res {
    let other = a[1];
    if a[0] == other {
        return Ok(Value::bool(view(a).dict().is_empty()));
    }
    // Of two set-like operands the shorter is walked.
    let (walk, ask) = match set::items(other).map(Dict::len).or(set_like(other).map(|o| o.dict().len())) {
        Some(n) if n > view(a).dict().len() => (a[0], other),
        _ => (other, a[0]),
    };
    let it = protocol::iter(th, walk)?;
    while let Some(x) = protocol::next(th, it)? {
        if protocol::contains(th, ask, x)? {
            return Ok(Value::false_());
        }
    }
    Ok(Value::true_())
}

natives! {
    static SET_LIKE = {
        method "__repr__" "()" view_repr, "Return repr(self).";
        method "__lt__" "(value, /)" view_lt, "Return self<value.";
        method "__le__" "(value, /)" view_le, "Return self<=value.";
        method "__eq__" "(value, /)" view_eq, "Return self==value.";
        method "__ne__" "(value, /)" view_ne, "Return self!=value.";
        method "__gt__" "(value, /)" view_gt, "Return self>value.";
        method "__ge__" "(value, /)" view_ge, "Return self>=value.";
        method "__iter__" "()" view_iter, "Implement iter(self).", Reads;
        method "__sub__" "(value, /)" view_sub, "Return self-value.";
        method "__rsub__" "(value, /)" view_rsub, "Return value-self.";
        method "__and__" "(value, /)" view_and, "Return self&value.";
        method "__rand__" "(value, /)" view_rand, "Return value&self.";
        method "__xor__" "(value, /)" view_xor, "Return self^value.";
        method "__rxor__" "(value, /)" view_rxor, "Return value^self.";
        method "__or__" "(value, /)" view_or, "Return self|value.";
        method "__ror__" "(value, /)" view_ror, "Return value|self.";
        method "__len__" "()" view_len, "Return len(self).", Reads;
        method "__contains__" "(key, /)" view_contains, "Return key in self.";
        method "isdisjoint" "(other, /)" view_isdisjoint, "Return True if the view and the given iterable have a null intersection.";
        method "__reversed__" "()" view_reversed, "Return a reverse iterator over the view.", Reads;
    }
}

natives! {
    static VALUES = {
        method "__repr__" "()" view_repr, "Return repr(self).";
        method "__iter__" "()" view_iter, "Implement iter(self).", Reads;
        method "__len__" "()" view_len, "Return len(self).", Reads;
        method "__reversed__" "()" view_reversed, "Return a reverse iterator over the dict values.", Reads;
    }
}

static MAPPING: &[GetSetDef] =
    &[GetSetDef::ro("mapping", view_mapping, "dictionary that this view refers to")];

/// The tables of the views and iterators.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::DictKeys, "", SET_LIKE, MAPPING),
    TypeTable::new(TypeId::DictValues, "", VALUES, MAPPING),
    TypeTable::new(TypeId::DictItems, "", SET_LIKE, MAPPING),
    TypeTable::new(TypeId::DictKeyIter, "", ITER_METHODS, &[]),
    TypeTable::new(TypeId::DictValueIter, "", ITER_METHODS, &[]),
    TypeTable::new(TypeId::DictItemIter, "", ITER_METHODS, &[]),
    TypeTable::new(TypeId::DictReverseKeyIter, "", ITER_METHODS, &[]),
    TypeTable::new(TypeId::DictReverseValueIter, "", ITER_METHODS, &[]),
    TypeTable::new(TypeId::DictReverseItemIter, "", ITER_METHODS, &[]),
];
