//! The iterators over deques, in both directions.

use super::deque::{DEQUE, Deque, Handle};
use crate::support::ssize;
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, type_name};
use krait_object::custom::{self, Custom, NextFn, Payload, iter_method, next_method};
use krait_object::native_class::NativeClass;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{int, natives};
use std::cell::Cell;

struct State {
    deque: Slot,
    state: Cell<u64>,
    /// Items that were given out.
    done: Cell<usize>,
    left: Cell<usize>,
}

impl State {
    fn new(d: Handle) -> State {
        State {
            deque: Slot::new(d.value()),
            state: Cell::new(d.state.get()),
            done: Cell::new(0),
            left: Cell::new(d.len()),
        }
    }

    fn step(&self, th: &Thread, backward: bool) -> Res<Option<Value>> {
        let d = Custom::<Deque>::of(self.deque.get());
        if d.state.get() != self.state.get() {
            self.left.set(0);
            return Err(th.runtime_error("deque mutated during iteration"));
        }
        let left = self.left.get();
        if left == 0 {
            return Ok(None);
        }
        let v = d.get(if backward { left - 1 } else { self.done.get() });
        self.done.set(self.done.get() + 1);
        self.left.set(left - 1);
        Ok(Some(v))
    }

    fn skip(&self, th: &Thread, n: isize, backward: bool) -> Res<()> {
        for _ in 0..n.max(0) {
            if self.step(th, backward)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn reduce(&self, th: &Thread, v: Value) -> Res {
        let d = Custom::<Deque>::of(self.deque.get());
        let done = d.len() as i64 - self.left.get() as i64;
        crate::support::reduce(th, v, &[d.value(), int::from_i64(th, done)])
    }
}

struct Forward(State);
struct Backward(State);

impl Payload for Forward {
    const NAME: &'static str = "_deque_iterator";
    const NEXT: Option<NextFn> = Some(|th, v| Custom::<Forward>::of(v).0.step(th, false));
    fn trace(&self, tracer: &mut Tracer) {
        self.0.deque.trace(tracer);
    }
}

impl Payload for Backward {
    const NAME: &'static str = "_deque_reverse_iterator";
    const NEXT: Option<NextFn> = Some(|th, v| Custom::<Backward>::of(v).0.step(th, true));
    fn trace(&self, tracer: &mut Tracer) {
        self.0.deque.trace(tracer);
    }
}

/// `iter(d)`.
pub fn forward(th: &Thread, d: Handle) -> Res {
    Ok(custom::alloc(th, FORWARD.get(th)?, Forward(State::new(d)))?.value())
}

/// `reversed(d)`.
pub fn backward(th: &Thread, d: Handle) -> Res {
    Ok(custom::alloc(th, BACKWARD.get(th)?, Backward(State::new(d)))?.value())
}

fn deque_arg(th: &Thread, v: Value) -> Res<Handle> {
    if !DEQUE.is_instance(th, v) {
        let got = type_name(th, v);
        return Err(th.type_error(format!("argument 1 must be collections.deque, not {got}")));
    }
    Ok(Handle::of(v))
}

fn skipped(th: &Thread, v: Value) -> Res<isize> {
    v.given().map_or(Ok(0), |v| ssize(th, v))
}

fn forward_new(th: &Thread, a: &[Value]) -> Res {
    FORWARD.class_arg(th, a[0])?;
    let d = deque_arg(th, a[1])?;
    let n = skipped(th, a[2])?;
    let it = forward(th, d)?;
    Custom::<Forward>::of(it).0.skip(th, n, false)?;
    Ok(it)
}

fn backward_new(th: &Thread, a: &[Value]) -> Res {
    BACKWARD.class_arg(th, a[0])?;
    let d = deque_arg(th, a[1])?;
    let n = skipped(th, a[2])?;
    let it = backward(th, d)?;
    Custom::<Backward>::of(it).0.skip(th, n, true)?;
    Ok(it)
}

fn forward_hint(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(Custom::<Forward>::of(a[0]).0.left.get() as i64))
}

fn backward_hint(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(Custom::<Backward>::of(a[0]).0.left.get() as i64))
}

fn forward_reduce(th: &Thread, a: &[Value]) -> Res {
    Custom::<Forward>::of(a[0]).0.reduce(th, a[0])
}

fn backward_reduce(th: &Thread, a: &[Value]) -> Res {
    Custom::<Backward>::of(a[0]).0.reduce(th, a[0])
}

natives! {
    static FORWARD_METHODS = {
        staticmethod "__new__" "(cls, deque, index=0, /)" forward_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__length_hint__" "()" forward_hint, "";
        method "__reduce__" "()" forward_reduce, "";
    }
}

natives! {
    static BACKWARD_METHODS = {
        staticmethod "__new__" "(cls, deque, index=0, /)" backward_new, "";
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__length_hint__" "()" backward_hint, "";
        method "__reduce__" "()" backward_reduce, "";
    }
}

pub static FORWARD: NativeClass =
    NativeClass::new(ClassSpec::new("collections._deque_iterator", "", FORWARD_METHODS, &[]).flags(0));

pub static BACKWARD: NativeClass = NativeClass::new(
    ClassSpec::new("collections._deque_reverse_iterator", "", BACKWARD_METHODS, &[]).flags(0),
);
