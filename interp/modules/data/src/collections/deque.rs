//! `collections.deque`: a ring of slots whose size is a power of two.
//!
//! Every change of the items moves `state` on, by which iterators notice.

use crate::support::{class_of, tup};
use krait_gc::Tracer;
use krait_object::cellref::Owned;
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::names::Name;
use krait_object::native_class::NativeClass;
use krait_object::protocol::{self, Cmp};
use krait_object::storage::{Slots, ValueVec};
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{call, int, list, natives, repr_guard};
use std::cell::Cell;

/// A double-ended queue.
pub struct Deque {
    ring: Owned,
    head: Cell<usize>,
    len: Cell<usize>,
    /// `usize::MAX`: without limit.
    limit: Cell<usize>,
    pub state: Cell<u64>,
}

impl Payload for Deque {
    const NAME: &'static str = "deque";
    fn trace(&self, tracer: &mut Tracer) {
        self.ring.trace(tracer);
    }
}

/// A handle to a deque.
pub type Handle = Custom<Deque>;

const UNLIMITED: usize = usize::MAX;

fn slots(d: &Deque) -> Option<Slots> {
    // SAFETY: null or this deque's array.
    unsafe { Slots::from_raw(d.ring.get()) }
}

impl Deque {
    fn empty(limit: usize) -> Deque {
        Deque {
            ring: Owned::new(std::ptr::null_mut()),
            head: Cell::new(0),
            len: Cell::new(0),
            limit: Cell::new(limit),
            state: Cell::new(0),
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Item `i`, which is below the length.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Value {
        debug_assert!(i < self.len());
        match slots(self) {
            Some(s) => s.get((self.head.get() + i) & (s.capacity() - 1)),
            None => Value::none(),
        }
    }

    #[inline(always)]
    fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    fn set(&self, th: &Thread, i: usize, v: Value) {
        if let Some(s) = slots(self) {
            s.set(th, (self.head.get() + i) & (s.capacity() - 1), v);
        }
    }

    /// Empties the place of a removed item.
    fn vacate(&self, i: usize) {
        if let Some(s) = slots(self) {
            s.init((self.head.get() + i) & (s.capacity() - 1), Value::ZERO);
        }
    }

    fn pop_left(&self) -> Option<Value> {
        if self.len() == 0 {
            return None;
        }
        let v = self.get(0);
        self.vacate(0);
        self.head.set(self.head.get() + 1);
        self.len.set(self.len() - 1);
        self.changed();
        Some(v)
    }

    fn pop_right(&self) -> Option<Value> {
        let n = self.len().checked_sub(1)?;
        let v = self.get(n);
        self.vacate(n);
        self.len.set(n);
        self.changed();
        Some(v)
    }
}

/// Makes room for one more item.
#[inline(always)]
fn room(th: &Thread, d: Handle) -> Res<Slots> {
    match slots(&d) {
        Some(s) if d.len() < s.capacity() => Ok(s),
        _ => grow(th, d),
    }
}

#[cold]
#[inline(never)]
fn grow(th: &Thread, d: Handle) -> Res<Slots> {
    let new = Slots::new(th, (d.len() * 2).max(8))?;
    for i in 0..d.len() {
        new.set(th, i, d.get(i));
    }
    d.ring.set(th, d.cell(), new.raw());
    d.head.set(0);
    Ok(new)
}

fn push_right(th: &Thread, d: Handle, v: Value) -> Res<()> {
    let s = room(th, d)?;
    s.set(th, (d.head.get() + d.len()) & (s.capacity() - 1), v);
    d.len.set(d.len() + 1);
    if d.len() > d.limit.get() {
        d.pop_left();
    }
    d.changed();
    Ok(())
}

fn push_left(th: &Thread, d: Handle, v: Value) -> Res<()> {
    let s = room(th, d)?;
    let head = d.head.get().wrapping_sub(1) & (s.capacity() - 1);
    s.set(th, head, v);
    d.head.set(head);
    d.len.set(d.len() + 1);
    if d.len() > d.limit.get() {
        d.pop_right();
    }
    d.changed();
    Ok(())
}

fn this(a: &[Value]) -> Handle {
    Custom::of(a[0])
}

fn deque_new(th: &Thread, a: &[Value]) -> Res {
    let class = DEQUE.class_arg(th, a[0])?;
    Ok(custom::alloc(th, class, Deque::empty(UNLIMITED))?.value())
}

fn deque_init(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let limit = match a[2].given_not_none() {
        None => UNLIMITED,
        Some(v) if !int::is_int(v) => return Err(th.type_error("an integer is required")),
        Some(v) => match int::to_i64(v) {
            Some(n) if n >= 0 => n as usize,
            Some(_) => return Err(th.value_error("maxlen must be non-negative")),
            None => return Err(th.overflow_error("Python int too large to convert to C ssize_t")),
        },
    };
    d.limit.set(limit);
    clear_items(d);
    if let Some(v) = a[1].given() {
        extend_right(th, d, v)?;
    }
    Ok(Value::none())
}

fn clear_items(d: Handle) {
    if d.len() > 0 {
        d.ring.init_null();
        d.head.set(0);
        d.len.set(0);
        d.changed();
    }
}

/// All items as a fresh array.
fn items(th: &Thread, d: &Deque) -> Res<ValueVec> {
    let mut v = ValueVec::with_capacity(th, d.len())?;
    for i in 0..d.len() {
        v.push(th, d.get(i))?;
    }
    Ok(v)
}

fn extend_right(th: &Thread, d: Handle, v: Value) -> Res<()> {
    if v == d.value() {
        let copy = items(th, &d)?;
        return copy.iter().try_for_each(|x| push_right(th, d, x));
    }
    protocol::for_each(th, v, &mut |x| push_right(th, d, x))
}

fn extend_left(th: &Thread, d: Handle, v: Value) -> Res<()> {
    if v == d.value() {
        let copy = items(th, &d)?;
        return copy.iter().try_for_each(|x| push_left(th, d, x));
    }
    protocol::for_each(th, v, &mut |x| push_left(th, d, x))
}

fn append(th: &Thread, a: &[Value]) -> Res {
    push_right(th, this(a), a[1])?;
    Ok(Value::none())
}

fn appendleft(th: &Thread, a: &[Value]) -> Res {
    push_left(th, this(a), a[1])?;
    Ok(Value::none())
}

fn extend(th: &Thread, a: &[Value]) -> Res {
    extend_right(th, this(a), a[1])?;
    Ok(Value::none())
}

fn extendleft(th: &Thread, a: &[Value]) -> Res {
    extend_left(th, this(a), a[1])?;
    Ok(Value::none())
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    this(a).pop_right().ok_or_else(|| th.index_error("pop from an empty deque"))
}

fn popleft(th: &Thread, a: &[Value]) -> Res {
    this(a).pop_left().ok_or_else(|| th.index_error("pop from an empty deque"))
}

fn clear(_: &Thread, a: &[Value]) -> Res {
    clear_items(this(a));
    Ok(Value::none())
}

fn iadd(th: &Thread, a: &[Value]) -> Res {
    extend_right(th, this(a), a[1])?;
    Ok(a[0])
}

/// A deque like `v` with the same items: of the same class and limit.
fn copy_of(th: &Thread, v: Value) -> Res<Handle> {
    let d = Handle::of(v);
    if DEQUE.is_exact(th, v) {
        let new = custom::alloc(th, DEQUE.get(th)?, Deque::empty(d.limit.get()))?;
        extend_items(th, new, &items(th, &d)?)?;
        return Ok(new);
    }
    let class = class_of(th, v);
    let made = if d.limit.get() == UNLIMITED {
        call::call(th, class, &[v])?
    } else {
        call::call(th, class, &[v, int::from_usize(th, d.limit.get())])?
    };
    Handle::from_value(made).ok_or_else(|| {
        let (class, got) = (type_name(th, v), type_name(th, made));
        th.type_error(format!("{class}() must return a deque, not {got}"))
    })
}

fn extend_items(th: &Thread, d: Handle, items: &ValueVec) -> Res<()> {
    items.iter().try_for_each(|x| push_right(th, d, x))
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    Ok(copy_of(th, a[0])?.value())
}

fn add(th: &Thread, a: &[Value]) -> Res {
    let Some(other) = Handle::from_value(a[1]) else {
        let got = type_name(th, a[1]);
        return Err(th.type_error(format!("can only concatenate deque (not \"{got}\") to deque")));
    };
    let new = copy_of(th, a[0])?;
    extend_items(th, new, &items(th, &other)?)?;
    Ok(new.value())
}

fn repeat_in_place(th: &Thread, d: Handle, n: isize) -> Res<()> {
    if d.len() == 0 || n == 1 {
        return Ok(());
    }
    if n <= 0 {
        clear_items(d);
        return Ok(());
    }
    let one = items(th, &d)?;
    let mut times = n as usize - 1;
    // With a limit only the last items stay.
    if d.limit.get() != UNLIMITED {
        times = times.min(d.limit.get() / one.len() + 1);
    }
    if one.len().checked_mul(times).is_none_or(|n| n > isize::MAX as usize / 8) {
        return Err(th.memory_error());
    }
    (0..times).try_for_each(|_| extend_items(th, d, &one))
}

fn count_arg(th: &Thread, v: Value) -> Res<isize> {
    protocol::index_isize(th, v)
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    if protocol::index_opt(th, a[1])?.is_none() {
        let got = type_name(th, a[1]);
        return Err(th.type_error(format!("can't multiply sequence by non-int of type '{got}'")));
    }
    let n = count_arg(th, a[1])?;
    let new = copy_of(th, a[0])?;
    repeat_in_place(th, new, n)?;
    Ok(new.value())
}

fn imul(th: &Thread, a: &[Value]) -> Res {
    if protocol::index_opt(th, a[1])?.is_none() {
        let got = type_name(th, a[1]);
        return Err(th.type_error(format!("can't multiply sequence by non-int of type '{got}'")));
    }
    let n = count_arg(th, a[1])?;
    repeat_in_place(th, this(a), n)?;
    Ok(a[0])
}

fn rotate(th: &Thread, a: &[Value]) -> Res {
    let n = match a[1].given() {
        Some(v) => crate::support::ssize(th, v)?,
        None => 1,
    };
    let d = this(a);
    rotate_by(th, d, n);
    Ok(Value::none())
}

fn rotate_by(th: &Thread, d: Handle, n: isize) {
    let len = d.len();
    if len <= 1 {
        return;
    }
    let Some(s) = slots(&d) else { return };
    let right = n.rem_euclid(len as isize) as usize;
    let mask = s.capacity() - 1;
    // The shorter way round; a full ring only turns.
    if right <= len / 2 {
        for _ in 0..right {
            let last = d.get(len - 1);
            d.vacate(len - 1);
            let head = d.head.get().wrapping_sub(1) & mask;
            d.head.set(head);
            s.set(th, head, last);
        }
    } else {
        for _ in 0..len - right {
            let first = d.get(0);
            d.vacate(0);
            d.head.set((d.head.get() + 1) & mask);
            s.set(th, (d.head.get() + len - 1) & mask, first);
        }
    }
    d.changed();
}

fn reverse(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let n = d.len();
    for i in 0..n / 2 {
        let (x, y) = (d.get(i), d.get(n - 1 - i));
        d.set(th, i, y);
        d.set(th, n - 1 - i, x);
    }
    Ok(Value::none())
}

#[cold]
fn mutated(th: &Thread) -> Raised {
    th.runtime_error("deque mutated during iteration")
}

/// The place of an item equal to `v` within `from..to`.
fn find(th: &Thread, d: Handle, v: Value, from: usize, to: usize) -> Res<Option<usize>> {
    let state = d.state.get();
    for i in from..to {
        let same = protocol::equal(th, d.get(i), v)?;
        if d.state.get() != state {
            return Err(mutated(th));
        }
        if same {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn count(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let (state, mut n) = (d.state.get(), 0);
    for i in 0..d.len() {
        n += i64::from(protocol::equal(th, d.get(i), a[1])?);
        if d.state.get() != state {
            return Err(mutated(th));
        }
    }
    Ok(Value::small(n))
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    Ok(Value::bool(find(th, d, a[1], 0, d.len())?.is_some()))
}

#[cold]
fn not_in(th: &Thread, v: Value) -> Raised {
    match protocol::repr_text(th, v) {
        Ok(r) => th.value_error(format!("{r} is not in deque")),
        Err(e) => e,
    }
}

fn index(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let len = d.len() as isize;
    let bound = |v: Value, default: isize| -> Res<isize> {
        let Some(v) = v.given() else { return Ok(default) };
        if protocol::index_opt(th, v)?.is_none() {
            return Err(th.type_error("slice indices must be integers or have an __index__ method"));
        }
        let i = protocol::slice_index(th, v)?;
        Ok(if i < 0 { i.saturating_add(len).max(0) } else { i })
    };
    let (start, stop) = (bound(a[2], 0)?, bound(a[3], len)?);
    let stop = stop.min(len);
    match find(th, d, a[1], start.min(stop) as usize, stop as usize)? {
        Some(i) => Ok(Value::small(i as i64)),
        None => Err(not_in(th, a[1])),
    }
}

/// Removes item `i`.
fn delete_at(th: &Thread, d: Handle, i: usize) {
    let n = d.len();
    if i < n / 2 {
        for k in (0..i).rev() {
            d.set(th, k + 1, d.get(k));
        }
        d.pop_left();
    } else {
        for k in i + 1..n {
            d.set(th, k - 1, d.get(k));
        }
        d.pop_right();
    }
}

fn remove(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let state = d.state.get();
    for i in 0..d.len() {
        let same = protocol::equal(th, d.get(i), a[1])?;
        if d.state.get() != state {
            return Err(th.index_error("deque mutated during remove()."));
        }
        if same {
            delete_at(th, d, i);
            return Ok(Value::none());
        }
    }
    Err(not_in(th, a[1]))
}

fn insert(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let i = crate::support::ssize(th, a[1])?;
    let n = d.len();
    if n == d.limit.get() {
        return Err(th.index_error("deque already at its maximum size"));
    }
    let at = if i < 0 { i.saturating_add(n as isize).max(0) } else { i.min(n as isize) } as usize;
    if at < n / 2 {
        push_left(th, d, a[2])?;
        for k in 0..at {
            d.set(th, k, d.get(k + 1));
        }
    } else {
        push_right(th, d, a[2])?;
        for k in (at..n).rev() {
            d.set(th, k + 1, d.get(k));
        }
    }
    d.set(th, at, a[2]);
    Ok(Value::none())
}

/// An index argument as a place; IndexError when there is none.
fn place(th: &Thread, d: Handle, key: Value) -> Res<usize> {
    let i = match key.small_int() {
        Some(n) => n as isize,
        None if protocol::index_opt(th, key)?.is_none() => {
            let got = type_name(th, key);
            return Err(th.type_error(format!("sequence index must be integer, not '{got}'")));
        }
        None => protocol::sequence_index(th, key)?,
    };
    let n = d.len() as isize;
    let at = if i < 0 { i + n } else { i };
    if at < 0 || at >= n {
        return Err(th.index_error("deque index out of range"));
    }
    Ok(at as usize)
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let at = place(th, d, a[1])?;
    Ok(d.get(at))
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let at = place(th, d, a[1])?;
    d.set(th, at, a[2]);
    Ok(Value::none())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let at = place(th, d, a[1])?;
    delete_at(th, d, at);
    Ok(Value::none())
}

fn len(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(this(a).len() as i64))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let d = this(a);
    let Some(_guard) = repr_guard::enter(th, a[0]) else { return Ok(string::new(th, "[...]")) };
    let items = protocol::collect(th, a[0])?;
    let list = list::from_vec(th, items);
    let text = protocol::repr(th, list)?;
    let mut out = krait_text::CharsBuf::with_capacity(32);
    out.extend_str(&Class::of_value(th, a[0]).name_text());
    out.extend_str("(");
    out.extend(Str::of(text).chars());
    if d.limit.get() != UNLIMITED {
        out.extend_str(&format!(", maxlen={}", d.limit.get()));
    }
    out.extend_str(")");
    string::from_buf(th, &out)
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let Some(y) = Handle::from_value(a[1]) else { return Ok(Value::not_implemented()) };
    let x = this(a);
    if a[0] == a[1] && matches!(op, Cmp::Eq | Cmp::Ne) {
        return Ok(Value::bool(op == Cmp::Eq));
    }
    if x.len() != y.len() && matches!(op, Cmp::Eq | Cmp::Ne) {
        return Ok(Value::bool(op == Cmp::Ne));
    }
    th.check_native_stack_while(" in comparison")?;
    let (sx, sy) = (x.state.get(), y.state.get());
    let mut i = 0;
    while i < x.len() && i < y.len() {
        let (p, q) = (x.get(i), y.get(i));
        let same = protocol::equal(th, p, q)?;
        if !same {
            return match op {
                Cmp::Eq | Cmp::Ne => Ok(Value::bool(op == Cmp::Ne)),
                _ => protocol::compare(th, op, p, q).and_then(|r| protocol::truth(th, r)).map(Value::bool),
            };
        }
        if x.state.get() != sx || y.state.get() != sy {
            return Err(mutated(th));
        }
        i += 1;
    }
    Ok(Value::bool(op.of(x.len().cmp(&y.len()))))
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res { compare(th, a, Cmp::$op) })*
    };
}
comparisons! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let state = call::call_method(th, a[0], th.name(Name::__getstate__), &[])?;
    let it = protocol::iter(th, a[0])?;
    let d = this(a);
    let empty = th.interp.empty_tuple.get();
    let args = if d.limit.get() == UNLIMITED {
        empty
    } else {
        tup(th, &[empty, int::from_usize(th, d.limit.get())])?
    };
    tup(th, &[class_of(th, a[0]), args, state, it])
}

fn maxlen(th: &Thread, v: Value) -> Res {
    match Handle::of(v).limit.get() {
        UNLIMITED => Ok(Value::none()),
        n => Ok(int::from_usize(th, n)),
    }
}

fn sizeof(_: &Thread, a: &[Value]) -> Res {
    // What CPython's chain of blocks takes.
    let blocks = (this(a).len() / 64 + 1) as i64;
    Ok(Value::small(216 + blocks * 528))
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    super::deque_iter::forward(th, this(a))
}

fn reversed(th: &Thread, a: &[Value]) -> Res {
    super::deque_iter::backward(th, this(a))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" deque_new, "";
        method "__init__" "(iterable=(), maxlen=None)" deque_init, "";
        method "append" "(item, /)" append, "";
        method "appendleft" "(item, /)" appendleft, "";
        method "clear" "()" clear, "";
        method "__copy__" "()" copy, "";
        method "copy" "()" copy, "";
        method "count" "(value, /)" count, "";
        method "extend" "(iterable, /)" extend, "";
        method "extendleft" "(iterable, /)" extendleft, "";
        method "index" "(value, start=0, stop=None, /)" index, "";
        method "insert" "(index, value, /)" insert, "";
        method "pop" "()" pop, "";
        method "popleft" "()" popleft, "";
        method "__reduce__" "()" reduce, "";
        method "remove" "(value, /)" remove, "";
        method "__reversed__" "()" reversed, "";
        method "reverse" "()" reverse, "";
        method "rotate" "(n=1, /)" rotate, "";
        method "__sizeof__" "()" sizeof, "";
        classmethod "__class_getitem__" "(item, /)" krait_object::construct::class_getitem, "";
        method "__repr__" "()" repr, "";
        method "__iter__" "()" iter, "";
        method "__len__" "()" len, "";
        method "__contains__" "(key, /)" contains, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__add__" "(value, /)" add, "";
        method "__iadd__" "(value, /)" iadd, "";
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__imul__" "(value, /)" imul, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
    }
}

static GETSET: &[GetSetDef] =
    &[GetSetDef::ro("maxlen", maxlen, "maximum size of a deque or None if unbounded")];

pub static DEQUE: NativeClass = NativeClass::new(
    ClassSpec::new(
        "collections.deque",
        "A list-like sequence with fast appends and pops at both ends.",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE | flag::WEAKREF | flag::CONCAT | flag::SEQUENCE),
);
