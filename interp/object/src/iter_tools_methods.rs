//! What programs see of `enumerate`, `zip`, `map`, `filter` and `reversed`.

use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellref::Slot;
use crate::class::{Class, type_name};
use crate::construct;
use crate::custom::{self, Custom, NextFn, Payload, iter_method, next_method};
use crate::dict::Dict;
use crate::kind::Kind;
use crate::names::Name;
use crate::protocol;
use crate::storage::ValueVec;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{dict_views, int, int_arith, natives};
use krait_gc::Tracer;
use std::cell::Cell;

/// Keywords are refused unless a Python subclass takes them in its own `__init__`.
fn no_keywords(th: &Thread, class: Class, t: TypeId, kwargs: Value) -> Result<(), Raised> {
    match Dict::from_value(kwargs) {
        Some(d) if !d.is_empty() && crate::module_tools::inherits_init(th, class) => {
            Err(th.type_error(format!("{}() takes no keyword arguments", t.name())))
        }
        _ => Ok(()),
    }
}

/// The class of an object as a value, for `__reduce__`.
fn class_value(th: &Thread, v: Value) -> Value {
    Class::of_value(th, v).value()
}

struct Enumerate {
    iterator: Slot,
    /// Any int.
    count: Slot,
}

impl Payload for Enumerate {
    const NAME: &'static str = "enumerate";
    const NEXT: Option<NextFn> = Some(enumerate_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.iterator.trace(tracer);
        self.count.trace(tracer);
    }
}

fn enumerate_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Enumerate)?;
    if a[1] == Value::MISSING {
        if a[2].given().is_some() {
            return Err(th.type_error("'start' is an invalid keyword argument for enumerate()"));
        }
        return Err(th.type_error("enumerate() missing required argument 'iterable'"));
    }
    let count = match a[2].given() {
        Some(v) => protocol::index(th, v)?,
        None => Value::ZERO,
    };
    let iterator = protocol::iter(th, a[1])?;
    Ok(custom::alloc(th, class, Enumerate { iterator: Slot::new(iterator), count: Slot::new(count) })?
        .value())
}

fn enumerate_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    match enumerate_pair(th, Custom::of(v))? {
        Some((n, x)) => Ok(Some(tuple::from_slice(th, &[n, x])?)),
        None => Ok(None),
    }
}

#[inline]
fn enumerate_pair(th: &Thread, it: Custom<Enumerate>) -> Res<Option<(Value, Value)>> {
    let Some(x) = protocol::next(th, it.iterator.get())? else { return Ok(None) };
    let n = it.count.get();
    match n.small_int().and_then(|n| Value::try_small(n + 1)) {
        Some(next) => it.count.init(next),
        None => it.count.set(th, it.cell(), int_arith::add(th, n, Value::small(1))?),
    }
    Ok(Some((n, x)))
}

/// The next pair of a loop that takes pairs apart at once, so that no tuple is made. None when the iterator, of an
/// exact builtin type, is none that gives pairs.
pub fn next_pair(th: &Thread, v: Value) -> Option<Res<Option<(Value, Value)>>> {
    const ENUMERATE: u32 = TypeId::Enumerate as u32;
    const ZIP: u32 = TypeId::Zip as u32;
    const ITEMS: u32 = TypeId::DictItemIter as u32;
    match v.header().shape() {
        ENUMERATE => Some(enumerate_pair(th, Custom::of(v))),
        ITEMS => Some(dict_views::iterator(v)?.step(th)),
        ZIP => {
            let it = Custom::<Zip>::of(v);
            let &[a, b] = Tuple::of(it.iterators.get()).as_slice() else { return None };
            Some(zip_pair(th, it, a, b))
        }
        _ => None,
    }
}

/// Does a step of the iterator run native code alone, whatever it has to go through? `depth`: how far to look into
/// iterators over iterators.
pub fn is_plain(v: Value, depth: usize) -> bool {
    if !v.is_cell() || v.header().shape() as usize >= TypeId::COUNT {
        return false;
    }
    match TypeId::ALL[v.header().shape() as usize] {
        TypeId::RangeIter
        | TypeId::LongRangeIter
        | TypeId::ListIter
        | TypeId::ListReverseIter
        | TypeId::TupleIter
        | TypeId::StrIter
        | TypeId::StrAsciiIter
        | TypeId::BytesIter
        | TypeId::ByteArrayIter
        | TypeId::DictKeyIter
        | TypeId::DictValueIter
        | TypeId::DictItemIter
        | TypeId::DictReverseKeyIter
        | TypeId::DictReverseValueIter
        | TypeId::DictReverseItemIter
        | TypeId::SetIter => true,
        TypeId::Enumerate => depth > 0 && is_plain(Custom::<Enumerate>::of(v).iterator.get(), depth - 1),
        TypeId::Zip => {
            let all = Tuple::of(Custom::<Zip>::of(v).iterators.get());
            depth > 0 && all.as_slice().iter().all(|&it| is_plain(it, depth - 1))
        }
        _ => false,
    }
}

/// Offsets of what an `enumerate` cell has: its iterator, which never changes, and the next number.
pub const ENUMERATE_ITERATOR: usize = custom::PAYLOAD_OFFSET + std::mem::offset_of!(Enumerate, iterator);
pub const ENUMERATE_COUNT: usize = custom::PAYLOAD_OFFSET + std::mem::offset_of!(Enumerate, count);
/// Offsets of what a `zip` cell has: the tuple of its iterators, which never changes, and the word that says whether it is
/// strict.
pub const ZIP_ITERATORS: usize = custom::PAYLOAD_OFFSET + std::mem::offset_of!(Zip, iterators);
pub const ZIP_STRICT: usize = custom::PAYLOAD_OFFSET + std::mem::offset_of!(Zip, strict);

/// The iterator and the next number of an `enumerate` object.
pub fn enumerate_parts(v: Value) -> (Value, Value) {
    let it = Custom::<Enumerate>::of(v);
    (it.iterator.get(), it.count.get())
}

/// The tuple of iterators of a `zip` object; is it strict?
pub fn zip_parts(v: Value) -> (Value, bool) {
    let it = Custom::<Zip>::of(v);
    (it.iterators.get(), it.strict.get() != 0)
}

/// Does the `zip` object give pairs?
pub fn is_pair_zip(v: Value) -> bool {
    Tuple::of(Custom::<Zip>::of(v).iterators.get()).len() == 2
}

fn zip_pair(th: &Thread, it: Custom<Zip>, a: Value, b: Value) -> Res<Option<(Value, Value)>> {
    let Some(x) = protocol::next(th, a)? else { return Ok(zip_end(th, it, 0)?.map(|v| (v, v))) };
    let Some(y) = protocol::next(th, b)? else { return Ok(zip_end(th, it, 1)?.map(|v| (v, v))) };
    Ok(Some((x, y)))
}

fn enumerate_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Enumerate>::of(a[0]);
    let args = tuple::from_slice(th, &[it.iterator.get(), it.count.get()])?;
    tuple::from_slice(th, &[class_value(th, a[0]), args])
}

struct Zip {
    /// A tuple of iterators.
    iterators: Slot,
    /// Not zero: all must end together.
    strict: Cell<u64>,
}

impl Payload for Zip {
    const NAME: &'static str = "zip";
    const NEXT: Option<NextFn> = Some(zip_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.iterators.trace(tracer);
    }
}

/// A tuple of iterators over the items of a tuple.
fn iterators_of(th: &Thread, iterables: &[Value]) -> Res {
    let mut out = ValueVec::with_capacity(th, iterables.len())?;
    for &v in iterables {
        let it = protocol::iter(th, v)?;
        out.push(th, it)?;
    }
    tuple::from_vec(th, &out)
}

fn zip_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Zip)?;
    let strict = match a[2].given() {
        Some(v) => protocol::truth(th, v)?,
        None => false,
    };
    let iterators = iterators_of(th, Tuple::of(a[1]).as_slice())?;
    Ok(custom::alloc(th, class, Zip { iterators: Slot::new(iterators), strict: Cell::new(strict.into()) })?
        .value())
}

fn zip_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Zip>::of(v);
    let iterators = Tuple::of(it.iterators.get());
    if iterators.is_empty() {
        return Ok(None);
    }
    // The common widths need no array in the heap.
    let mut few = [Value::ZERO; 4];
    if iterators.len() <= few.len() {
        for (i, &x) in iterators.as_slice().iter().enumerate() {
            match protocol::next(th, x)? {
                Some(v) => few[i] = v,
                None => return zip_end(th, it, i),
            }
        }
        return Ok(Some(tuple::from_slice(th, &few[..iterators.len()])?));
    }
    let mut items = ValueVec::with_capacity(th, iterators.len())?;
    for (i, &x) in iterators.as_slice().iter().enumerate() {
        match protocol::next(th, x)? {
            Some(v) => items.push(th, v)?,
            None => return zip_end(th, it, i),
        }
    }
    Ok(Some(tuple::from_vec(th, &items)?))
}

/// Iterator `at` is exhausted: fine, or with `strict` only when all are.
#[cold]
fn zip_end(th: &Thread, it: Custom<Zip>, at: usize) -> Res<Option<Value>> {
    if it.strict.get() == 0 {
        return Ok(None);
    }
    let plural = |n: usize| if n == 1 { " " } else { "s 1-" };
    if at > 0 {
        return Err(th.value_error(format!(
            "zip() argument {} is shorter than argument{}{at}",
            at + 1,
            plural(at)
        )));
    }
    for (i, &x) in Tuple::of(it.iterators.get()).as_slice().iter().enumerate().skip(1) {
        if protocol::next(th, x)?.is_some() {
            return Err(th.value_error(format!(
                "zip() argument {} is longer than argument{}{i}",
                i + 1,
                plural(i)
            )));
        }
    }
    Ok(None)
}

fn zip_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Zip>::of(a[0]);
    let class = class_value(th, a[0]);
    if it.strict.get() != 0 {
        tuple::from_slice(th, &[class, it.iterators.get(), Value::true_()])
    } else {
        tuple::from_slice(th, &[class, it.iterators.get()])
    }
}

fn zip_setstate(th: &Thread, a: &[Value]) -> Res {
    let strict = protocol::truth(th, a[1])?;
    Custom::<Zip>::of(a[0]).strict.set(strict.into());
    Ok(Value::none())
}

struct Map {
    function: Slot,
    /// A tuple of iterators.
    iterators: Slot,
}

impl Payload for Map {
    const NAME: &'static str = "map";
    const NEXT: Option<NextFn> = Some(map_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.function.trace(tracer);
        self.iterators.trace(tracer);
    }
}

fn map_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Map)?;
    no_keywords(th, class, TypeId::Map, a[2])?;
    let args = Tuple::of(a[1]).as_slice();
    let [function, iterables @ ..] = args else {
        return Err(th.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(th.type_error("map() must have at least two arguments."));
    }
    let iterators = iterators_of(th, iterables)?;
    Ok(custom::alloc(th, class, Map { function: Slot::new(*function), iterators: Slot::new(iterators) })?
        .value())
}

fn map_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Map>::of(v);
    let iterators = Tuple::of(it.iterators.get()).as_slice();
    let mut few = [Value::ZERO; 4];
    if iterators.len() <= few.len() {
        for (i, &x) in iterators.iter().enumerate() {
            match protocol::next(th, x)? {
                Some(v) => few[i] = v,
                None => return Ok(None),
            }
        }
        return call::call(th, it.function.get(), &few[..iterators.len()]).map(Some);
    }
    let mut items = ValueVec::with_capacity(th, iterators.len())?;
    for &x in iterators {
        match protocol::next(th, x)? {
            Some(v) => items.push(th, v)?,
            None => return Ok(None),
        }
    }
    call::call(th, it.function.get(), items.as_slice()).map(Some)
}

fn map_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Map>::of(a[0]);
    let iterators = Tuple::of(it.iterators.get()).as_slice();
    let mut args = ValueVec::with_capacity(th, iterators.len() + 1)?;
    args.push(th, it.function.get())?;
    for &x in iterators {
        args.push(th, x)?;
    }
    let args = tuple::from_vec(th, &args)?;
    tuple::from_slice(th, &[class_value(th, a[0]), args])
}

struct Filter {
    function: Slot,
    iterator: Slot,
}

impl Payload for Filter {
    const NAME: &'static str = "filter";
    const NEXT: Option<NextFn> = Some(filter_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.function.trace(tracer);
        self.iterator.trace(tracer);
    }
}

/// Exactly so many arguments, as `PyArg_UnpackTuple` checks.
fn exactly(th: &Thread, t: TypeId, args: &[Value], n: usize) -> Result<(), Raised> {
    if args.len() == n {
        return Ok(());
    }
    let s = if n == 1 { "" } else { "s" };
    Err(th.type_error(format!("{} expected {n} argument{s}, got {}", t.name(), args.len())))
}

fn filter_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Filter)?;
    no_keywords(th, class, TypeId::Filter, a[2])?;
    let args = Tuple::of(a[1]).as_slice();
    exactly(th, TypeId::Filter, args, 2)?;
    let iterator = protocol::iter(th, args[1])?;
    Ok(custom::alloc(th, class, Filter { function: Slot::new(args[0]), iterator: Slot::new(iterator) })?
        .value())
}

fn filter_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Filter>::of(v);
    let f = it.function.get();
    let by_truth = f.is_none() || f == th.interp.class_value(TypeId::Bool);
    while let Some(x) = protocol::next(th, it.iterator.get())? {
        let verdict = if by_truth { x } else { call::call(th, f, &[x])? };
        if protocol::truth(th, verdict)? {
            return Ok(Some(x));
        }
    }
    Ok(None)
}

fn filter_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Filter>::of(a[0]);
    let args = tuple::from_slice(th, &[it.function.get(), it.iterator.get()])?;
    tuple::from_slice(th, &[class_value(th, a[0]), args])
}

struct Reversed {
    /// The sequence, or `UNBOUND` at the end.
    seq: Slot,
    /// The next position; negative at the end.
    index: Cell<i64>,
}

impl Payload for Reversed {
    const NAME: &'static str = "reversed";
    const NEXT: Option<NextFn> = Some(reversed_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.seq.trace(tracer);
    }
}

fn reversed_new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Reversed)?;
    no_keywords(th, class, TypeId::Reversed, a[2])?;
    let args = Tuple::of(a[1]).as_slice();
    exactly(th, TypeId::Reversed, args, 1)?;
    reversed_of(th, class, args[0])
}

/// `reversed(v)`.
pub fn new_reversed(th: &Thread, v: Value) -> Res {
    reversed_of(th, th.interp.class(TypeId::Reversed), v)
}

fn reversed_of(th: &Thread, class: Class, seq: Value) -> Res {
    let refuse = || Err(th.type_error(format!("'{}' object is not reversible", type_name(th, seq))));
    let of = Class::of_value(th, seq);
    let method = of.lookup(th, th.name(Name::__reversed__));
    if let Some(f) = method {
        return if f.is_none() { refuse() } else { call::call_special(th, f, seq, &[]) };
    }
    if of.special(th, Name::__getitem__).is_none() || seq.is_kind(Kind::Dict) {
        return refuse();
    }
    let n = protocol::len(th, seq)? as i64;
    Ok(custom::alloc(th, class, Reversed { seq: Slot::new(seq), index: Cell::new(n - 1) })?.value())
}

fn reversed_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Reversed>::of(v);
    let i = it.index.get();
    if i >= 0 {
        let r = protocol::getitem(th, it.seq.get(), int::from_i64(th, i));
        match r {
            Ok(x) => {
                it.index.set(i - 1);
                return Ok(Some(x));
            }
            Err(_) if th.pending_is(TypeId::IndexError) || th.pending_is(TypeId::StopIteration) => {
                th.clear_pending();
            }
            Err(e) => return Err(e),
        }
    }
    it.index.set(-1);
    it.seq.init(Value::UNBOUND);
    Ok(None)
}

fn reversed_hint(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Reversed>::of(a[0]);
    let left = it.index.get() + 1;
    if left == 0 || it.seq.get() == Value::UNBOUND {
        return Ok(Value::ZERO);
    }
    // A sequence that shrank has nothing at the position any more.
    let n = protocol::len(th, it.seq.get())? as i64;
    Ok(int::from_i64(th, if n < left { 0 } else { left }))
}

fn reversed_reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Reversed>::of(a[0]);
    let class = class_value(th, a[0]);
    if it.seq.get() == Value::UNBOUND {
        let args = tuple::from_slice(th, &[th.interp.empty_tuple.get()])?;
        return tuple::from_slice(th, &[class, args]);
    }
    let args = tuple::from_slice(th, &[it.seq.get()])?;
    tuple::from_slice(th, &[class, args, int::from_i64(th, it.index.get())])
}

fn reversed_setstate(th: &Thread, a: &[Value]) -> Res {
    let i = crate::seq_iter_methods::state_arg(th, a[1])?;
    let it = Custom::<Reversed>::of(a[0]);
    if it.seq.get() != Value::UNBOUND {
        let n = protocol::len(th, it.seq.get())? as i64;
        it.index.set(i.clamp(-1, n - 1));
    }
    Ok(Value::none())
}

natives! {
    static ENUMERATE = {
        staticmethod "__new__" "(cls, /, iterable=None, start=0)" enumerate_new, "";
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" enumerate_reduce, "";
    }
}

natives! {
    static ZIP = {
        staticmethod "__new__" "(cls, /, *iterables, strict=False)" zip_new, "";
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" zip_reduce, "";
        method "__setstate__" "(object, /)" zip_setstate, "";
    }
}

natives! {
    static MAP = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" map_new, "";
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" map_reduce, "";
    }
}

natives! {
    static FILTER = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" filter_new, "";
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" filter_reduce, "";
    }
}

natives! {
    static REVERSED = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" reversed_new, "";
        method "__iter__" "()" iter_method, "", Reads;
        method "__next__" "()" next_method, "";
        method "__length_hint__" "()" reversed_hint, "";
        method "__reduce__" "()" reversed_reduce, "";
        method "__setstate__" "(object, /)" reversed_setstate, "";
    }
}

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(
        TypeId::Enumerate,
        "enumerate(iterable, start=0)\n--\n\nPairs of a count and an item of the iterable.",
        ENUMERATE,
        &[],
    ),
    TypeTable::new(
        TypeId::Zip,
        "zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.\n\n   >>> list(zip('ab', range(5)))\n   [('a', 0), ('b', 1)]",
        ZIP,
        &[],
    ),
    TypeTable::new(
        TypeId::Map,
        "map(func, *iterables) --> map object\n\nThe results of calling the function with items of the iterables.",
        MAP,
        &[],
    ),
    TypeTable::new(
        TypeId::Filter,
        "filter(function or None, iterable) --> filter object\n\nThe items for which the function is true, or that are true themselves.",
        FILTER,
        &[],
    ),
    TypeTable::new(
        TypeId::Reversed,
        "reversed(sequence, /)\n--\n\nAn iterator over the sequence from its end.",
        REVERSED,
        &[],
    ),
];
