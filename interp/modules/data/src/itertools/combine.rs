//! `combinations`, `combinations_with_replacement`, `permutations`.

use super::deprecated;
use crate::support::{class_of, payload, reduce, reduce_with, ssize, tup};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::native_class::NativeClass;
use krait_object::shape::fixed;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{int, natives, protocol};
use std::cell::{Cell, RefCell};

/// State of both kinds of combinations.
struct Combi {
    pool: Slot,
    indices: RefCell<Vec<usize>>,
    started: Cell<bool>,
    stopped: Cell<bool>,
}

impl Combi {
    fn new(th: &Thread, iterable: Value, r: Value) -> Res<Combi> {
        let pool = protocol::to_tuple(th, iterable)?;
        let r = ssize(th, r)?;
        if r < 0 {
            return Err(th.value_error("r must be non-negative"));
        }
        let indices = RefCell::new(Vec::new());
        let c = Combi {
            pool: Slot::new(pool.value()),
            indices,
            started: Cell::new(false),
            stopped: Cell::new(false),
        };
        let mut v = c.indices.borrow_mut();
        if v.try_reserve_exact(r as usize).is_err() {
            return Err(th.memory_error());
        }
        v.resize(r as usize, 0);
        drop(v);
        Ok(c)
    }

    fn pool(&self) -> Tuple {
        Tuple::of(self.pool.get())
    }

    fn give(&self, th: &Thread) -> Res<Option<Value>> {
        let indices = self.indices.borrow();
        items(th, self.pool(), &indices).map(Some)
    }

    fn stop(&self) -> Res<Option<Value>> {
        self.stopped.set(true);
        Ok(None)
    }

    fn reduce(&self, th: &Thread, v: Value) -> Res {
        deprecated(th)?;
        let r = int::from_usize(th, self.indices.borrow().len());
        if !self.started.get() {
            return reduce(th, v, &[self.pool.get(), r]);
        }
        if self.stopped.get() {
            return reduce(th, v, &[th.interp.empty_tuple.get(), r]);
        }
        let state = index_tuple(th, &self.indices.borrow())?;
        reduce_with(th, v, &[self.pool.get(), r], state)
    }

    /// Takes indices from a state, each cut to what `limit` gives for its place.
    fn restore(&self, th: &Thread, state: Value, limit: impl Fn(usize) -> isize) -> Res {
        deprecated(th)?;
        let r = self.indices.borrow().len();
        let Some(state) = Tuple::from_value(state).filter(|t| t.len() == r) else {
            return Err(th.value_error("invalid arguments"));
        };
        for (i, &v) in state.as_slice().iter().enumerate() {
            let at = ssize(th, v)?.min(limit(i)).max(0) as usize;
            self.indices.borrow_mut()[i] = at;
        }
        if self.pool().is_empty() && r > 0 {
            self.stopped.set(true);
        }
        self.started.set(true);
        Ok(Value::none())
    }
}

/// The items of the pool at the indices.
fn items(th: &Thread, pool: Tuple, indices: &[usize]) -> Res {
    if indices.is_empty() {
        return Ok(th.interp.empty_tuple.get());
    }
    let t = tuple::allocate(th, indices.len(), fixed::TUPLE, 0)?;
    for (i, &at) in indices.iter().enumerate() {
        t.set_item(th, i, pool.get(at));
    }
    Ok(t.value())
}

fn index_tuple(th: &Thread, indices: &[usize]) -> Res {
    let v: Vec<Value> = indices.iter().map(|&i| Value::small(i as i64)).collect();
    tup(th, &v)
}

macro_rules! combi {
    ($ty:ident, $name:literal, $step:ident) => {
        struct $ty(Combi);
        impl krait_object::custom::Payload for $ty {
            const NAME: &'static str = $name;
            const NEXT: Option<krait_object::custom::NextFn> = Some($step);
            fn trace(&self, tracer: &mut krait_gc::Tracer) {
                self.0.pool.trace(tracer);
            }
        }
    };
}

combi!(Combinations, "combinations", combinations_step);
combi!(WithReplacement, "combinations_with_replacement", replacement_step);

fn combinations_new(th: &Thread, a: &[Value]) -> Res {
    let class = COMBINATIONS.class_arg(th, a[0])?;
    let c = Combi::new(th, a[1], a[2])?;
    let mut indices = c.indices.borrow_mut();
    indices.iter_mut().enumerate().for_each(|(i, x)| *x = i);
    c.stopped.set(indices.len() > c.pool().len());
    drop(indices);
    Ok(custom::alloc(th, class, Combinations(c))?.value())
}

fn combinations_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let c = Custom::<Combinations>::of(v);
    let c = &c.0;
    if c.stopped.get() {
        return Ok(None);
    }
    if !c.started.replace(true) {
        return c.give(th);
    }
    let mut indices = c.indices.borrow_mut();
    let (n, r) = (c.pool().len(), indices.len());
    // The rightmost index that can still grow.
    let Some(i) = (0..r).rev().find(|&i| indices[i] != i + n - r) else { return c.stop() };
    indices[i] += 1;
    for j in i + 1..r {
        indices[j] = indices[j - 1] + 1;
    }
    drop(indices);
    c.give(th)
}

fn combinations_reduce(th: &Thread, a: &[Value]) -> Res {
    Custom::<Combinations>::of(a[0]).0.reduce(th, a[0])
}

fn combinations_setstate(th: &Thread, a: &[Value]) -> Res {
    let c = Custom::<Combinations>::of(a[0]);
    let (n, r) = (c.0.pool().len() as isize, c.0.indices.borrow().len() as isize);
    c.0.restore(th, a[1], |i| i as isize + n - r)
}

fn replacement_new(th: &Thread, a: &[Value]) -> Res {
    let class = WITH_REPLACEMENT.class_arg(th, a[0])?;
    let c = Combi::new(th, a[1], a[2])?;
    c.stopped.set(c.pool().is_empty() && !c.indices.borrow().is_empty());
    Ok(custom::alloc(th, class, WithReplacement(c))?.value())
}

fn replacement_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let c = Custom::<WithReplacement>::of(v);
    let c = &c.0;
    if c.stopped.get() {
        return Ok(None);
    }
    if !c.started.replace(true) {
        return c.give(th);
    }
    let mut indices = c.indices.borrow_mut();
    let (n, r) = (c.pool().len(), indices.len());
    let Some(i) = (0..r).rev().find(|&i| indices[i] + 1 != n) else { return c.stop() };
    let next = indices[i] + 1;
    indices[i..].iter_mut().for_each(|x| *x = next);
    drop(indices);
    c.give(th)
}

fn replacement_reduce(th: &Thread, a: &[Value]) -> Res {
    Custom::<WithReplacement>::of(a[0]).0.reduce(th, a[0])
}

fn replacement_setstate(th: &Thread, a: &[Value]) -> Res {
    let c = Custom::<WithReplacement>::of(a[0]);
    let n = c.0.pool().len() as isize;
    c.0.restore(th, a[1], |_| n - 1)
}

fn combinations_sizeof(th: &Thread, a: &[Value]) -> Res {
    let n = Custom::<Combinations>::of(a[0]).0.indices.borrow().len();
    Ok(int::from_usize(th, 16 + size_of::<Combi>() + 8 * n))
}

fn replacement_sizeof(th: &Thread, a: &[Value]) -> Res {
    let n = Custom::<WithReplacement>::of(a[0]).0.indices.borrow().len();
    Ok(int::from_usize(th, 16 + size_of::<Combi>() + 8 * n))
}

natives! {
    static COMBINATIONS_METHODS = {
        staticmethod "__new__" "(cls, iterable, r)" combinations_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" combinations_reduce, "";
        method "__setstate__" "(state, /)" combinations_setstate, "";
        method "__sizeof__" "()" combinations_sizeof, "";
    }
}

pub static COMBINATIONS: NativeClass = NativeClass::new(
    ClassSpec::new("itertools.combinations", "combinations(iterable, r)\n--\n\n", COMBINATIONS_METHODS, &[])
        .flags(flag::BASE),
);

natives! {
    static REPLACEMENT_METHODS = {
        staticmethod "__new__" "(cls, iterable, r)" replacement_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" replacement_reduce, "";
        method "__setstate__" "(state, /)" replacement_setstate, "";
        method "__sizeof__" "()" replacement_sizeof, "";
    }
}

pub static WITH_REPLACEMENT: NativeClass = NativeClass::new(
    ClassSpec::new(
        "itertools.combinations_with_replacement",
        "combinations_with_replacement(iterable, r)\n--\n\n",
        REPLACEMENT_METHODS,
        &[],
    )
    .flags(flag::BASE),
);

struct Permutations {
    pool: Slot,
    r: Cell<usize>,
    indices: RefCell<Vec<usize>>,
    cycles: RefCell<Vec<usize>>,
    started: Cell<bool>,
    stopped: Cell<bool>,
}

payload!(Permutations, "permutations", [pool], next permutations_step);

fn permutations_new(th: &Thread, a: &[Value]) -> Res {
    let class = PERMUTATIONS.class_arg(th, a[0])?;
    let pool = protocol::to_tuple(th, a[1])?;
    let n = pool.len();
    let r = match a[2].given_not_none() {
        None => n,
        Some(v) if !int::is_int(v) => return Err(th.type_error("Expected int as r")),
        Some(v) => {
            let r = ssize(th, v)?;
            if r < 0 {
                return Err(th.value_error("r must be non-negative"));
            }
            r as usize
        }
    };
    // More items than there are: no permutation needs the cycles.
    let cycles = if r > n { Vec::new() } else { (0..r).map(|i| n - i).collect() };
    let p = Permutations {
        pool: Slot::new(pool.value()),
        r: Cell::new(r),
        indices: RefCell::new((0..n).collect()),
        cycles: RefCell::new(cycles),
        started: Cell::new(false),
        stopped: Cell::new(r > n),
    };
    Ok(custom::alloc(th, class, p)?.value())
}

fn permutations_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let p = Custom::<Permutations>::of(v);
    if p.stopped.get() {
        return Ok(None);
    }
    let pool = Tuple::of(p.pool.get());
    let (n, r) = (pool.len(), p.r.get());
    let mut indices = p.indices.borrow_mut();
    if p.started.replace(true) {
        let mut cycles = p.cycles.borrow_mut();
        let mut i = r;
        loop {
            if i == 0 || n == 0 {
                p.stopped.set(true);
                return Ok(None);
            }
            i -= 1;
            cycles[i] -= 1;
            if cycles[i] > 0 {
                indices.swap(i, n - cycles[i]);
                break;
            }
            indices[i..].rotate_left(1);
            cycles[i] = n - i;
        }
    }
    items(th, pool, &indices[..r]).map(Some)
}

fn permutations_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let p = Custom::<Permutations>::of(a[0]);
    let r = int::from_usize(th, p.r.get());
    if !p.started.get() {
        return reduce(th, a[0], &[p.pool.get(), r]);
    }
    if p.stopped.get() {
        return reduce(th, a[0], &[th.interp.empty_tuple.get(), r]);
    }
    let indices = index_tuple(th, &p.indices.borrow())?;
    let cycles = index_tuple(th, &p.cycles.borrow())?;
    let state = tup(th, &[indices, cycles])?;
    let args = tup(th, &[p.pool.get(), r])?;
    tup(th, &[class_of(th, a[0]), args, state])
}

fn permutations_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let p = Custom::<Permutations>::of(a[0]);
    let state = crate::support::state_tuple(th, a[1], 2, 2)?;
    let part = |i: usize| -> Res<Tuple> {
        Tuple::from_value(state.get(i)).ok_or_else(|| {
            let given = type_name(th, state.get(i));
            th.type_error(format!("argument {} must be tuple, not {given}", i + 1))
        })
    };
    let (indices, cycles) = (part(0)?, part(1)?);
    let n = Tuple::of(p.pool.get()).len();
    if indices.len() != n || cycles.len() != p.r.get() || p.r.get() > n {
        return Err(th.value_error("invalid arguments"));
    }
    for (i, &v) in indices.as_slice().iter().enumerate() {
        let at = ssize(th, v)?.min(n as isize - 1).max(0) as usize;
        p.indices.borrow_mut()[i] = at;
    }
    for (i, &v) in cycles.as_slice().iter().enumerate() {
        let at = ssize(th, v)?.min((n - i) as isize).max(1) as usize;
        p.cycles.borrow_mut()[i] = at;
    }
    p.started.set(true);
    Ok(Value::none())
}

fn permutations_sizeof(th: &Thread, a: &[Value]) -> Res {
    let p = Custom::<Permutations>::of(a[0]);
    let n = p.indices.borrow().len() + p.cycles.borrow().len();
    Ok(int::from_usize(th, 16 + size_of::<Permutations>() + 8 * n))
}

natives! {
    static PERMUTATIONS_METHODS = {
        staticmethod "__new__" "(cls, iterable, r=None)" permutations_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" permutations_reduce, "";
        method "__setstate__" "(state, /)" permutations_setstate, "";
        method "__sizeof__" "()" permutations_sizeof, "";
    }
}

pub static PERMUTATIONS: NativeClass = NativeClass::new(
    ClassSpec::new(
        "itertools.permutations",
        "permutations(iterable, r=None)\n--\n\n",
        PERMUTATIONS_METHODS,
        &[],
    )
    .flags(flag::BASE),
);
