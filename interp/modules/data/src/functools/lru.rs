//! The wrapper that `functools.lru_cache` makes.
//!
//! The cache maps keys to values or, with a limit, to numbers of nodes: keys and results of
//! the nodes lie in one array, and a list through their numbers has them in the order of
//! their use. A hit only relinks numbers, so it needs no write barrier.

use krait_gc::Tracer;
use krait_object::cellref::{Owned, Slot};
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, CallFn, Custom, Payload};
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::native_class::NativeClass;
use krait_object::shape::fixed;
use krait_object::storage::{Slots, ValueVec};
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{Name, TypeId, attr, call, int, method, natives, protocol};
use std::cell::{Cell, RefCell};

/// How results are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    None,
    Unlimited,
    /// At most so many.
    Limited(usize),
}

/// Neighbours of a node, and the hash of its key. Node 0 is the ring's anchor: the newest comes before it.
#[derive(Clone, Copy)]
struct Link {
    before: u32,
    after: u32,
    hash: i64,
}

struct Lru {
    function: Slot,
    /// Key to value, or to number of node.
    cache: Slot,
    info: Slot,
    mode: Mode,
    typed: bool,
    hits: Cell<u64>,
    misses: Cell<u64>,
    /// Keys and results by number of node.
    nodes: Owned,
    links: RefCell<Vec<Link>>,
}

impl Payload for Lru {
    const NAME: &'static str = "_lru_cache_wrapper";
    const CALL: Option<CallFn> = Some(run);
    fn trace(&self, tracer: &mut Tracer) {
        self.function.trace(tracer);
        self.cache.trace(tracer);
        self.info.trace(tracer);
        self.nodes.trace(tracer);
    }
}

const ANCHOR: Link = Link { before: 0, after: 0, hash: 0 };

fn lru_new(th: &Thread, a: &[Value]) -> Res {
    let class = LRU.class_arg(th, a[0])?;
    if !call::is_callable(th, a[1]) {
        return Err(th.type_error("the first argument must be callable"));
    }
    let mode = if a[2].is_none() {
        Mode::Unlimited
    } else if let Some(n) = protocol::index_opt(th, a[2])? {
        let n = crate::support::ssize(th, n)?;
        if n <= 0 { Mode::None } else { Mode::Limited(n as usize) }
    } else {
        return Err(th.type_error("maxsize should be integer or None"));
    };
    let typed = protocol::truth(th, a[3])?;
    let cache = dict::new(th);
    let c = Lru {
        function: Slot::new(a[1]),
        cache: Slot::new(cache.value()),
        info: Slot::new(a[4]),
        mode,
        typed,
        hits: Cell::new(0),
        misses: Cell::new(0),
        nodes: Owned::new(std::ptr::null_mut()),
        links: RefCell::new(vec![ANCHOR]),
    };
    Ok(custom::alloc(th, class, c)?.value())
}

/// The object between positional and keyword arguments in keys.
fn keyword_mark(th: &Thread) -> Res {
    static MARK: InterpSlot = InterpSlot::new();
    MARK.get_or(th, |th| call::call(th, th.interp.class_value(TypeId::Object), &[]))
}

fn make_key(th: &Thread, c: &Lru, args: &[Value], kwnames: Value) -> Res {
    let names = Tuple::from_value(kwnames).map_or(&[][..], Tuple::as_slice);
    if !c.typed && names.is_empty() {
        // A single string or int stands for itself.
        if let [one] = args
            && (one.is_small_int() || one.has_shape(fixed::STR) || one.has_shape(fixed::INT))
        {
            return Ok(*one);
        }
        return tuple::from_slice(th, args);
    }
    let (positional, values) = args.split_at(args.len() - names.len());
    let mut key = ValueVec::with_capacity(th, 2 * args.len() + 1 + names.len())?;
    positional.iter().try_for_each(|&v| key.push(th, v))?;
    if !names.is_empty() {
        key.push(th, keyword_mark(th)?)?;
        for (&k, &v) in names.iter().zip(values) {
            key.push(th, k)?;
            key.push(th, v)?;
        }
    }
    if c.typed {
        args.iter().try_for_each(|&v| key.push(th, Class::of_value(th, v).value()))?;
    }
    tuple::from_vec(th, &key)
}

fn bump(n: &Cell<u64>) {
    n.set(n.get() + 1);
}

fn run(th: &Thread, v: Value, args: &[Value], kwnames: Value) -> Res {
    let c = Custom::<Lru>::of(v);
    let limit = match c.mode {
        Mode::None => {
            bump(&c.misses);
            return call::call_kw(th, c.function.get(), args, kwnames);
        }
        Mode::Unlimited => usize::MAX,
        Mode::Limited(n) => n,
    };
    let key = make_key(th, &c, args, kwnames)?;
    let hash = protocol::hash(th, key)?;
    let cache = Dict::of(c.cache.get());
    // Comparing keys may run Python code that clears the cache: its nodes are gone then.
    if let Some(found) = cache.get_hashed(th, key, hash)?
        && c.cache.get() == cache.value()
    {
        bump(&c.hits);
        if limit == usize::MAX {
            return Ok(found);
        }
        let node = found.as_small() as u32;
        return Ok(touch(&c, node));
    }
    bump(&c.misses);
    let result = call::call_kw(th, c.function.get(), args, kwnames)?;
    // The function may have called this wrapper, or cleared it.
    let cache = Dict::of(c.cache.get());
    if limit == usize::MAX {
        cache.set_hashed(th, key, hash, result)?;
        return Ok(result);
    }
    if cache.get_hashed(th, key, hash)?.is_none() {
        insert(th, c, cache, key, hash, result, limit)?;
    }
    Ok(result)
}

fn slots(c: &Lru) -> Option<Slots> {
    // SAFETY: null or this cache's array.
    unsafe { Slots::from_raw(c.nodes.get()) }
}

fn unlink(links: &mut [Link], n: u32) {
    let Link { before, after, .. } = links[n as usize];
    links[before as usize].after = after;
    links[after as usize].before = before;
}

fn link_newest(links: &mut [Link], n: u32) {
    let last = links[0].before;
    links[n as usize].before = last;
    links[n as usize].after = 0;
    links[last as usize].after = n;
    links[0].before = n;
}

/// Makes a node the newest and returns its result.
fn touch(c: &Lru, node: u32) -> Value {
    let mut links = c.links.borrow_mut();
    if links[0].before != node {
        unlink(&mut links, node);
        link_newest(&mut links, node);
    }
    slots(c).map_or(Value::none(), |s| s.get(2 * node as usize + 1))
}

fn insert(
    th: &Thread,
    c: Custom<Lru>,
    cache: Dict,
    key: Value,
    hash: i64,
    result: Value,
    limit: usize,
) -> Res<()> {
    let count = c.links.borrow().len() - 1;
    let node = if count < limit {
        let node = count as u32 + 1;
        reserve(th, c, node as usize)?;
        c.links.borrow_mut().push(ANCHOR);
        node
    } else {
        // The oldest node is used again.
        let (node, old_hash) = {
            let links = c.links.borrow();
            let node = links[0].after;
            (node, links[node as usize].hash)
        };
        let old_key = slots(&c).map_or(Value::none(), |s| s.get(2 * node as usize));
        cache.remove_hashed(th, old_key, old_hash)?;
        // That may have run Python code that changed the cache: then this result is not kept.
        if c.links.borrow().len() - 1 != count || c.links.borrow()[0].after != node {
            return Ok(());
        }
        unlink(&mut c.links.borrow_mut(), node);
        node
    };
    if let Some(s) = slots(&c) {
        s.set(th, 2 * node as usize, key);
        s.set(th, 2 * node as usize + 1, result);
    }
    {
        let mut links = c.links.borrow_mut();
        links[node as usize].hash = hash;
        link_newest(&mut links, node);
    }
    cache.set_hashed(th, key, hash, Value::small(node as i64))
}

/// Makes room for node number `n`.
fn reserve(th: &Thread, c: Custom<Lru>, n: usize) -> Res<()> {
    let have = slots(&c).map_or(0, Slots::capacity);
    if 2 * n + 2 <= have {
        return Ok(());
    }
    let new = Slots::new(th, (2 * have).max(16))?;
    if let Some(old) = slots(&c) {
        new.copy_from(th, 0, old.data(), have);
    }
    c.nodes.set(th, c.cell(), new.raw());
    Ok(())
}

fn cache_info(th: &Thread, a: &[Value]) -> Res {
    let c = Custom::<Lru>::of(a[0]);
    let limit = match c.mode {
        Mode::None => Value::ZERO,
        Mode::Unlimited => Value::none(),
        Mode::Limited(n) => int::from_usize(th, n),
    };
    let (hits, misses) = (int::from_u64(th, c.hits.get()), int::from_u64(th, c.misses.get()));
    let size = int::from_usize(th, Dict::of(c.cache.get()).len());
    call::call(th, c.info.get(), &[hits, misses, limit, size])
}

fn cache_clear(th: &Thread, a: &[Value]) -> Res {
    let c = Custom::<Lru>::of(a[0]);
    let empty = dict::new(th);
    c.cache.set(th, c.cell(), empty.value());
    c.nodes.init_null();
    *c.links.borrow_mut() = vec![ANCHOR];
    c.hits.set(0);
    c.misses.set(0);
    Ok(Value::none())
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    attr::get_name(th, a[0], Name::__qualname__)
}

fn itself(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

fn get(th: &Thread, a: &[Value]) -> Res {
    match a[1].given_not_none() {
        Some(obj) => Ok(method::new(th, a[0], obj)),
        None if a[2].given_not_none().is_none() => Err(th.type_error("__get__(None, None) is invalid")),
        None => Ok(a[0]),
    }
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, user_function, maxsize, typed, cache_info_type)" lru_new, "";
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
        method "cache_info" "()" cache_info, "";
        method "cache_clear" "()" cache_clear, "";
        method "__reduce__" "()" reduce, "";
        method "__copy__" "()" itself, "";
        method "__deepcopy__" "(memo, /)" itself, "";
        method "__get__" "(instance, owner=None, /)" get, "";
    }
}

pub static LRU: NativeClass = NativeClass::new(
    ClassSpec::new("functools._lru_cache_wrapper", "", METHODS, &[]).flags(flag::WEAKREF | flag::DICT),
);
