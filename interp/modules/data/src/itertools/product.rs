//! `product`.

use super::deprecated;
use crate::support::{class_of, payload, reduce, ssize, tup};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::dict::Dict;
use krait_object::native_class::NativeClass;
use krait_object::storage::ValueVec;
use krait_object::string::Str;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{int, natives, protocol};
use std::cell::{Cell, RefCell};

struct Product {
    /// Tuple of tuples.
    pools: Slot,
    indices: RefCell<Vec<usize>>,
    /// The last tuple given out, or None before the first.
    result: Slot,
    stopped: Cell<bool>,
}

payload!(Product, "product", [pools, result], next product_step);

fn product_new(th: &Thread, a: &[Value]) -> Res {
    let class = PRODUCT.class_arg(th, a[0])?;
    let mut repeat = 1;
    if let Some(d) = Dict::from_value(a[2]) {
        let mut at = 0;
        while let Some((k, v)) = d.next(th, &mut at) {
            match Str::from_value(k) {
                Some(s) if s.is("repeat") => repeat = ssize(th, v)?,
                _ => {
                    let name = Str::of(k).to_text();
                    return Err(
                        th.type_error(format!("'{name}' is an invalid keyword argument for product()"))
                    );
                }
            }
        }
    }
    if repeat < 0 {
        return Err(th.value_error("repeat argument cannot be negative"));
    }
    let args = if repeat == 0 { &[][..] } else { Tuple::of(a[1]).as_slice() };
    let total = args.len().checked_mul(repeat as usize).filter(|&n| n < isize::MAX as usize / 8);
    let Some(total) = total else { return Err(th.overflow_error("repeat argument too large")) };
    let mut pools = ValueVec::with_capacity(th, total)?;
    for &v in args {
        let t = protocol::to_tuple(th, v)?;
        pools.push(th, t.value())?;
    }
    for i in args.len()..total {
        let again = pools.get(i - args.len());
        pools.push(th, again)?;
    }
    let pools = tuple::from_vec(th, &pools)?;
    let p = Product {
        pools: Slot::new(pools),
        indices: RefCell::new(vec![0; total]),
        result: Slot::new(Value::none()),
        stopped: Cell::new(false),
    };
    Ok(custom::alloc(th, class, p)?.value())
}

fn pool(p: Custom<Product>, i: usize) -> Tuple {
    Tuple::of(Tuple::of(p.pools.get()).get(i))
}

fn product_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let p = Custom::<Product>::of(v);
    if p.stopped.get() {
        return Ok(None);
    }
    let n = Tuple::of(p.pools.get()).len();
    let last = p.result.get();
    let mut indices = p.indices.borrow_mut();
    let mut changed = 0;
    if last.is_none() {
        if (0..n).any(|i| pool(p, i).is_empty()) {
            p.stopped.set(true);
            return Ok(None);
        }
    } else {
        let mut i = n;
        loop {
            if i == 0 {
                p.stopped.set(true);
                return Ok(None);
            }
            i -= 1;
            indices[i] += 1;
            if indices[i] < pool(p, i).len() {
                changed = i;
                break;
            }
            indices[i] = 0;
        }
    }
    let t = tuple::allocate(th, n, krait_object::shape::fixed::TUPLE, 0)?;
    for i in 0..n {
        let x = if i < changed { Tuple::of(last).get(i) } else { pool(p, i).get(indices[i]) };
        t.set_item(th, i, x);
    }
    p.result.set(th, p.cell(), t.value());
    Ok(Some(t.value()))
}

fn product_reduce(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let p = Custom::<Product>::of(a[0]);
    let class = class_of(th, a[0]);
    if p.stopped.get() {
        return reduce(th, a[0], &[th.interp.empty_tuple.get()]);
    }
    if p.result.get().is_none() {
        return tup(th, &[class, p.pools.get()]);
    }
    let state: Vec<Value> = p.indices.borrow().iter().map(|&i| Value::small(i as i64)).collect();
    let state = tup(th, &state)?;
    tup(th, &[class, p.pools.get(), state])
}

fn product_setstate(th: &Thread, a: &[Value]) -> Res {
    deprecated(th)?;
    let p = Custom::<Product>::of(a[0]);
    let n = Tuple::of(p.pools.get()).len();
    let Some(state) = Tuple::from_value(a[1]).filter(|t| t.len() == n) else {
        return Err(th.value_error("invalid arguments"));
    };
    let mut result = ValueVec::with_capacity(th, n)?;
    for (i, &v) in state.as_slice().iter().enumerate() {
        let at = ssize(th, v)?;
        let pool = pool(p, i);
        if pool.is_empty() {
            p.stopped.set(true);
            return Ok(Value::none());
        }
        let at = at.clamp(0, pool.len() as isize - 1) as usize;
        p.indices.borrow_mut()[i] = at;
        result.push(th, pool.get(at))?;
    }
    let result = tuple::from_vec(th, &result)?;
    p.result.set(th, p.cell(), result);
    Ok(Value::none())
}

fn product_sizeof(th: &Thread, a: &[Value]) -> Res {
    let n = Custom::<Product>::of(a[0]).indices.borrow().len();
    Ok(int::from_usize(th, 16 + size_of::<Product>() + 8 * n))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *iterables, **kwargs)" product_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__reduce__" "()" product_reduce, "";
        method "__setstate__" "(state, /)" product_setstate, "";
        method "__sizeof__" "()" product_sizeof, "";
    }
}

pub static PRODUCT: NativeClass =
    NativeClass::new(ClassSpec::new("itertools.product", "", METHODS, &[]).flags(flag::BASE));
