//! What programs see of `list`. Sorting is in `list_sort`.

use crate::bootstrap::TypeTable;
use crate::class::{Class, flag, type_name};
use crate::kind::Kind;
use crate::list::{self, List};
use crate::protocol::{self, Cmp};
use crate::shape::fixed;
use crate::slice::{self, Slice};
use crate::storage::{self, Slots, ValueVec};
use crate::string;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{construct, int, iterators, natives, repr_guard};
use krait_text::CharsBuf;

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::List)?;
    let l = list::new_with_shape(th, class.shape.get(), class.tail_bytes());
    class.init_tail(l.cell());
    Ok(l.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    l.clear();
    if let Some(iterable) = a[1].given() {
        extend_from(th, l, iterable)?;
    }
    Ok(Value::none())
}

/// `list(v)`: a new list of the items of an iterable.
pub fn from_iterable(th: &Thread, v: Value) -> Res {
    let l = list::new(th);
    extend_from(th, l, v)?;
    Ok(l.value())
}

/// `l.extend(v)`.
///
/// # Errors
/// What iterating over `v` raises; the items before are in the list then.
pub fn extend_from(th: &Thread, l: List, v: Value) -> Result<(), Raised> {
    if v.has_shape(fixed::TUPLE) {
        return l.splice(th, l.len(), l.len(), Tuple::of(v).as_slice());
    }
    if v.has_shape(fixed::LIST) {
        let other = List::of(v);
        if other == l {
            let items = l.to_vec(th)?;
            return l.splice(th, l.len(), l.len(), items.as_slice());
        }
        return l.splice(th, l.len(), l.len(), other.as_slice());
    }
    let it = protocol::iter(th, v)?;
    let hint = if it.is_kind(Kind::Generator) { 0 } else { protocol::length_hint(th, v, 0)? };
    // A hint is only that: a wrong one must not ask for all memory.
    l.reserve(th, hint.min(1 << 24))?;
    while let Some(x) = protocol::next(th, it)? {
        l.push(th, x)?;
    }
    Ok(())
}

/// The items of an iterable for slice assignment; TypeError `text` when it is none.
fn items_of(th: &Thread, v: Value, text: &str) -> Res<ValueVec> {
    if let Some(l) = List::from_value(v) {
        return l.to_vec(th);
    }
    let it = protocol::iter(th, v);
    let Some(it) = th.catch(it, TypeId::TypeError)? else { return Err(th.type_error(text)) };
    let mut out = ValueVec::new();
    while let Some(x) = protocol::next(th, it)? {
        out.push(th, x)?;
    }
    Ok(out)
}

fn append(th: &Thread, a: &[Value]) -> Res {
    List::of(a[0]).push(th, a[1])?;
    Ok(Value::none())
}

fn extend(th: &Thread, a: &[Value]) -> Res {
    extend_from(th, List::of(a[0]), a[1])?;
    Ok(Value::none())
}

fn insert(th: &Thread, a: &[Value]) -> Res {
    let i = protocol::index_isize(th, a[1])?;
    let l = List::of(a[0]);
    let n = l.len() as isize;
    let at = if i < 0 { (i + n).max(0) } else { i.min(n) } as usize;
    l.insert(th, at, a[2])?;
    Ok(Value::none())
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    let i = match a[1].given() {
        Some(v) => protocol::index_isize(th, v)?,
        None => -1,
    };
    if l.is_empty() {
        return Err(th.index_error("pop from empty list"));
    }
    let n = l.len() as isize;
    let i = if i < 0 { i + n } else { i };
    if i == n - 1 {
        return l.pop().ok_or_else(|| th.index_error("pop from empty list"));
    }
    // A negative one is no small number of the other kind.
    l.remove(th, i as usize).ok_or_else(|| th.index_error("pop index out of range"))
}

/// The position of an equal item in `from..to` (to be cut to the length at each step).
fn find(th: &Thread, l: List, v: Value, from: usize, to: usize) -> Res<Option<usize>> {
    let mut i = from;
    while i < to
        && let Some(x) = l.get(i)
    {
        if protocol::equal(th, x, v)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn remove(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    match find(th, l, a[1], 0, usize::MAX)? {
        Some(i) => {
            l.splice(th, i, i + 1, &[])?;
            Ok(Value::none())
        }
        None => Err(th.value_error("list.remove(x): x not in list")),
    }
}

/// A start or stop argument of `index`: saturating, negative ones from the end.
pub fn search_bound(th: &Thread, v: Value, len: usize, default: usize) -> Res<usize> {
    let Some(v) = v.given() else { return Ok(default) };
    let is_index = int::is_int(v) || Class::of_value(th, v).special(th, crate::Name::__index__).is_some();
    if !is_index {
        return Err(th.type_error("slice indices must be integers or have an __index__ method"));
    }
    let i = protocol::slice_index(th, v)?;
    Ok(if i < 0 { i.saturating_add(len as isize).max(0) as usize } else { i as usize })
}

fn index(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    let from = search_bound(th, a[2], l.len(), 0)?;
    let to = search_bound(th, a[3], l.len(), usize::MAX)?;
    match find(th, l, a[1], from, to)? {
        Some(i) => Ok(int::from_usize(th, i)),
        None => Err(th.value_error(format!("{} is not in list", protocol::repr_text(th, a[1])?))),
    }
}

fn count(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    let (mut i, mut n) = (0, 0);
    while let Some(x) = l.get(i) {
        n += protocol::equal(th, x, a[1])? as usize;
        i += 1;
    }
    Ok(int::from_usize(th, n))
}

fn reverse(th: &Thread, a: &[Value]) -> Res {
    reverse_in_place(th, List::of(a[0]));
    Ok(Value::none())
}

/// `l.reverse()`.
pub fn reverse_in_place(th: &Thread, l: List) {
    let n = l.len();
    for i in 0..n / 2 {
        if let (Some(x), Some(y)) = (l.get(i), l.get(n - 1 - i)) {
            l.set(th, i, y);
            l.set(th, n - 1 - i, x);
        }
    }
}

fn clear(_: &Thread, a: &[Value]) -> Res {
    List::of(a[0]).clear();
    Ok(Value::none())
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    list::from_slice(th, List::of(a[0]).as_slice())
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, List::of(a[0]).len()))
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(find(th, List::of(a[0]), a[1], 0, usize::MAX)?.is_some()))
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    Ok(iterators::new_list_iter(th, a[0]))
}

fn reversed(th: &Thread, a: &[Value]) -> Res {
    crate::seq_iter_methods::new_list_reverse(th, List::of(a[0]))
}

/// TypeError for a subscript that is neither a number nor a slice.
#[cold]
fn bad_subscript(th: &Thread, key: Value) -> Raised {
    th.type_error(format!("list indices must be integers or slices, not {}", type_name(th, key)))
}

/// A subscript as position, negative ones from the end; None when it is no number.
fn position(th: &Thread, l: List, key: Value) -> Res<Option<isize>> {
    let is_index = key.is_small_int()
        || int::is_int(key)
        || Class::of_value(th, key).special(th, crate::Name::__index__).is_some();
    if !is_index {
        return Ok(None);
    }
    let i = protocol::sequence_index(th, key)?;
    Ok(Some(if i < 0 { i.saturating_add(l.len() as isize) } else { i }))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    if let Some(i) = position(th, l, a[1])? {
        return match l.get(i as usize) {
            Some(v) if i >= 0 => Ok(v),
            _ => Err(th.index_error("list index out of range")),
        };
    }
    match Slice::from_value(a[1]) {
        Some(s) => get_slice(th, l, s),
        None => Err(bad_subscript(th, a[1])),
    }
}

/// `l[s]`.
pub fn get_slice(th: &Thread, l: List, s: Slice) -> Res {
    let span = slice::resolve(th, s, || l.len())?;
    sliced(th, l, span)
}

/// The items of a span as a list.
#[inline]
pub fn sliced(th: &Thread, l: List, span: slice::Span) -> Res {
    if span.step == 1 {
        let from = span.start as usize;
        return list::from_slice(th, &l.as_slice()[from..from + span.count]);
    }
    if span.step == -1 && span.count > 0 {
        let end = span.start as usize + 1;
        let items = &l.as_slice()[end - span.count..end];
        return list::filled(th, span.count, |s| {
            // SAFETY: a new array of as many elements.
            unsafe { storage::copy_reversed(items.as_ptr(), s.data(), items.len()) }
        });
    }
    stepped(th, l, span)
}

fn stepped(th: &Thread, l: List, span: slice::Span) -> Res {
    let out = list::new(th);
    out.reserve(th, span.count)?;
    for i in span.indexes() {
        if let Some(v) = l.get(i) {
            out.push(th, v)?;
        }
    }
    Ok(out.value())
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    if let Some(i) = position(th, l, a[1])? {
        if i < 0 || !l.set(th, i as usize, a[2]) {
            return Err(th.index_error("list assignment index out of range"));
        }
        return Ok(Value::none());
    }
    match Slice::from_value(a[1]) {
        Some(s) => set_slice(th, l, s, a[2])?,
        None => return Err(bad_subscript(th, a[1])),
    }
    Ok(Value::none())
}

fn set_slice(th: &Thread, l: List, s: Slice, v: Value) -> Result<(), Raised> {
    let bounds = slice::unpack(th, s.start.get(), s.stop.get(), s.step.get())?;
    if bounds.2 == 1 {
        let span = slice::adjust(l.len(), bounds);
        // Nothing runs between here and the end that could change another list.
        let given = match Class::shape_of(v) {
            fixed::LIST if v != l.value() => Some(List::of(v).as_slice()),
            fixed::TUPLE => Some(Tuple::of(v).as_slice()),
            _ => None,
        };
        if let Some(items) = given {
            let from = (span.start as usize).min(l.len());
            return l.splice(th, from, from + span.count, items);
        }
        let items = items_of(th, v, "can only assign an iterable")?;
        let from = (span.start as usize).min(l.len());
        return l.splice(th, from, from + span.count, items.as_slice());
    }
    let items = items_of(th, v, "must assign iterable to extended slice")?;
    let span = slice::adjust(l.len(), bounds);
    if items.len() != span.count {
        return Err(th.value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            items.len(),
            span.count
        )));
    }
    for (i, x) in span.indexes().zip(items.iter()) {
        l.set(th, i, x);
    }
    Ok(())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    if let Some(i) = position(th, l, a[1])? {
        if i < 0 || i as usize >= l.len() {
            return Err(th.index_error("list assignment index out of range"));
        }
        l.splice(th, i as usize, i as usize + 1, &[])?;
        return Ok(Value::none());
    }
    match Slice::from_value(a[1]) {
        Some(s) => del_slice(th, l, s)?,
        None => return Err(bad_subscript(th, a[1])),
    }
    Ok(Value::none())
}

fn del_slice(th: &Thread, l: List, s: Slice) -> Result<(), Raised> {
    let span = slice::resolve(th, s, || l.len())?;
    if span.count == 0 {
        return Ok(());
    }
    if span.step == 1 {
        return l.splice(th, span.start as usize, span.start as usize + span.count, &[]);
    }
    // Close the gaps from the lowest index up.
    let last = (span.count - 1) as isize * span.step;
    let (first, step) = if span.step > 0 { (span.start, span.step) } else { (span.start + last, -span.step) };
    let (first, step) = (first as usize, step as usize);
    let end = first + (span.count - 1) * step;
    let mut to = first;
    for i in first..l.len() {
        let dropped = i <= end && (i - first) % step == 0;
        if !dropped && let Some(v) = l.get(i) {
            l.set(th, to, v);
            to += 1;
        }
    }
    l.splice(th, to, l.len(), &[])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let l = List::of(a[0]);
    if l.is_empty() {
        return string::try_new(th, "[]");
    }
    let Some(_guard) = repr_guard::enter(th, a[0]) else { return string::try_new(th, "[...]") };
    let mut out = CharsBuf::with_capacity(3 * l.len());
    out.push(u32::from(b'['));
    let mut i = 0;
    // The list may change while its items are formatted.
    while let Some(x) = l.get(i) {
        if i > 0 {
            out.extend_latin1(b", ");
        }
        out.extend(string::Str::of(protocol::repr(th, x)?).chars());
        i += 1;
    }
    out.push(u32::from(b']'));
    string::from_buf(th, &out)
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let (x, y) = match List::from_value(a[1]) {
        Some(y) => (List::of(a[0]), y),
        None => return Ok(Value::not_implemented()),
    };
    if x.len() != y.len() && matches!(op, Cmp::Eq | Cmp::Ne) {
        return Ok(Value::bool(op == Cmp::Ne));
    }
    let mut i = 0;
    while let (Some(p), Some(q)) = (x.get(i), y.get(i)) {
        if !protocol::equal(th, p, q)? {
            // The comparison may have emptied the lists: then the lengths decide.
            if i >= x.len() || i >= y.len() {
                break;
            }
            return match op {
                Cmp::Eq => Ok(Value::false_()),
                Cmp::Ne => Ok(Value::true_()),
                _ => protocol::compare(th, op, p, q),
            };
        }
        i += 1;
    }
    Ok(Value::bool(op.of(x.len().cmp(&y.len()))))
}

fn lt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Lt)
}
fn le(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Le)
}
fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}
fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}
fn gt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Gt)
}
fn ge(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ge)
}

fn add(th: &Thread, a: &[Value]) -> Res {
    let Some(y) = List::from_value(a[1]) else {
        return Err(
            th.type_error(format!("can only concatenate list (not \"{}\") to list", type_name(th, a[1])))
        );
    };
    concat(th, List::of(a[0]), y)
}

/// `x + y`.
pub fn concat(th: &Thread, x: List, y: List) -> Res {
    let n = x.len().checked_add(y.len()).ok_or_else(|| th.memory_error())?;
    let out = list::new(th);
    if n > 0 {
        let storage = Slots::new(th, n)?;
        storage.copy_from(th, 0, x.as_slice().as_ptr(), x.len());
        storage.copy_from(th, x.len(), y.as_slice().as_ptr(), y.len());
        out.give(th, storage.raw(), n);
    }
    Ok(out.value())
}

fn iadd(th: &Thread, a: &[Value]) -> Res {
    extend_from(th, List::of(a[0]), a[1])?;
    Ok(a[0])
}

/// The count of a sequence repetition; TypeError for no integer, zero for a negative one.
pub fn repeat_count(th: &Thread, v: Value) -> Res<usize> {
    if let Some(n) = v.small_int() {
        return Ok(n.max(0) as usize);
    }
    match protocol::index_opt(th, v)? {
        Some(i) => match int::to_i64(i) {
            Some(n) => Ok(n.max(0) as usize),
            None => {
                Err(th
                    .overflow_error(format!("cannot fit '{}' into an index-sized integer", type_name(th, v))))
            }
        },
        None => {
            Err(th.type_error(format!("can't multiply sequence by non-int of type '{}'", type_name(th, v))))
        }
    }
}

/// An array with `items` repeated `n` times; `items` lies in no array that changes meanwhile.
fn repeated(th: &Thread, items: &[Value], n: usize) -> Res<Option<(Slots, usize)>> {
    let total = items.len().checked_mul(n).ok_or_else(|| th.memory_error())?;
    if total == 0 {
        return Ok(None);
    }
    let storage = Slots::new(th, total)?;
    if let &[one] = items {
        // SAFETY: the fresh array has `total` elements, all initialized.
        unsafe { std::slice::from_raw_parts_mut(storage.data(), total) }.fill(one);
        storage.barrier_range(th, 0, total);
    } else {
        for k in 0..n {
            storage.copy_from(th, k * items.len(), items.as_ptr(), items.len());
        }
    }
    Ok(Some((storage, total)))
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    let n = repeat_count(th, a[1])?;
    let out = list::new(th);
    if let Some((storage, total)) = repeated(th, List::of(a[0]).as_slice(), n)? {
        out.give(th, storage.raw(), total);
    }
    Ok(out.value())
}

fn imul(th: &Thread, a: &[Value]) -> Res {
    let n = repeat_count(th, a[1])?;
    let l = List::of(a[0]);
    match repeated(th, l.as_slice(), n)? {
        Some((storage, total)) => l.give(th, storage.raw(), total),
        None => l.clear(),
    }
    Ok(a[0])
}

fn sort(th: &Thread, a: &[Value]) -> Res {
    let key = a[1].given_not_none();
    let reverse = match a[2].given() {
        Some(v) => protocol::truth(th, v)?,
        None => false,
    };
    crate::list_sort::sort(th, List::of(a[0]), key, reverse)?;
    Ok(Value::none())
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    // As CPython counts: header, length, pointer, capacity, garbage collector's links; a word per item.
    let tail = Class::of_value(th, a[0]).tail_bytes();
    Ok(int::from_usize(th, 40 + 8 * List::of(a[0]).len() + tail))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "";
        method "__init__" "(iterable=(), /)" init, "";
        method "__repr__" "()" repr, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__iter__" "()" iter, "", Writes;
        method "__len__" "()" len, "", Reads;
        method "__contains__" "(key, /)" contains, "";
        method "__getitem__" "(index, /)" getitem, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__add__" "(value, /)" add, "", Writes;
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__iadd__" "(value, /)" iadd, "";
        method "__imul__" "(value, /)" imul, "";
        method "__reversed__" "()" reversed, "An iterator over the list from its end.", Writes;
        method "__sizeof__" "()" sizeof, "Size in memory, in bytes.", Reads;
        method "append" "(object, /)" append, "Append object to the end of the list.", Writes;
        method "clear" "()" clear, "Remove all items from the list.", Writes;
        method "copy" "()" copy, "A shallow copy of the list.", Writes;
        method "count" "(value, /)" count, "How many items equal value.";
        method "extend" "(iterable, /)" extend, "Append the items of the iterable.";
        method "index" "(value, start=0, stop=9223372036854775807, /)" index, "The first position of value; ValueError if it is not there.";
        method "insert" "(index, object, /)" insert, "Insert object before index.";
        method "pop" "(index=-1, /)" pop, "Remove and return the item at index (the last one by default).";
        method "remove" "(value, /)" remove, "Remove the first item that equals value; ValueError if there is none.";
        method "reverse" "()" reverse, "Reverse the list in place.", Writes;
        method "sort" "(*, key=None, reverse=False)" sort, "Sort the list in place, ascending; the sort is stable.";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::List,
    "list(iterable=(), /)\n--\n\nA changeable sequence, empty or with the items of an iterable.",
    METHODS,
    &[],
)
.flags(flag::MATCH_SELF | flag::SEQUENCE | flag::CONCAT)];
