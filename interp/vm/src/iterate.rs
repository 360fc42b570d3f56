//! Handlers of loops over iterators and of unpacking.

use crate::build::action_handlers;
use crate::machine::{Cont, Meta, Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_object::class::{Class, type_name};
use krait_object::generator::{Generator, State};
use krait_object::iterators::{ListIter, RangeIter, TupleIter};
use krait_object::list::List;
use krait_object::shape::fixed;
use krait_object::tuple::Tuple;
use krait_object::{Kind, Name, Res, Thread, TypeId, Value, ValueVec, list, protocol};

/// Words of FOR_ITER: itself, the jump, the cache.
const WORDS: usize = 3;

#[inline(always)]
fn finish(pc: Pc, regs: Regs, th: &Thread, t: &Table, v: Option<Value>) -> Value {
    match v {
        Some(v) => {
            regs.set(pc.b(), v);
            next(pc.skip(WORDS), regs, th, t)
        }
        None => next(pc.jump(WORDS, pc.extra(0) as i32), regs, th, t),
    }
}

pub extern "C" fn for_iter(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let it = regs.get(pc.a());
    if it.is_kind(Kind::RangeIter) {
        return finish(pc, regs, th, t, RangeIter::of(it).step());
    }
    if it.is_kind(Kind::ListIter) {
        return finish(pc, regs, th, t, ListIter::of(it).step());
    }
    if it.is_kind(Kind::TupleIter) {
        return finish(pc, regs, th, t, TupleIter::of(it).step());
    }
    if it.has_shape(TypeId::Generator as u32) {
        return for_generator(pc, regs, th, t);
    }
    for_iter_slow(pc, regs, th, t)
}

#[inline(never)]
extern "C" fn for_generator(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let g = Generator::of(regs.get(pc.a()));
    regs.save(pc);
    match g.state() {
        State::Created | State::Suspended => {
            let meta = Meta::new(Cont::ForIter, pc.b(), WORDS);
            crate::chains::resume(regs, g, Value::none(), meta, th, t)
        }
        State::Finished => finish(pc, regs, th, t, None),
        State::Running => {
            th.value_error("generator already executing");
            unwind(regs, th, t)
        }
    }
}

#[inline(never)]
extern "C" fn for_iter_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let it = regs.get(pc.a());
    // Builtin iterators step natively.
    if it.is_kind(Kind::Custom)
        && it.header().shape() < TypeId::COUNT as u32
        && let Some(f) = krait_object::custom::next_fn(it)
    {
        if pc.extra(1) != NO_PAIR && crate::dispatch::may_join(t) {
            match pair_step(pc, regs, th, it) {
                Ok(Step::Item) => return next(pc.skip(WORDS + 1), regs, th, t),
                Ok(Step::End) => return finish(pc, regs, th, t, None),
                Ok(Step::NoPair) => {}
                Err(_) => return unwind(regs, th, t),
            }
        }
        return match f(th, it) {
            Ok(v) => finish(pc, regs, th, t, v),
            Err(_) => unwind(regs, th, t),
        };
    }
    // A Python `__next__` gets a frame of its own.
    if let Some(f) = Class::of_value(th, it).special(th, Name::__next__)
        && let Some(f) = krait_object::function::Function::from_value(f)
    {
        let meta = Meta::new(Cont::Next, pc.b(), WORDS);
        return match crate::call::push_one(th, regs, f, it, meta) {
            Some(callee) => next(callee.pc(), callee, th, t),
            None => unwind(regs, th, t),
        };
    }
    match step(th, it) {
        Ok(v) if v == Value::MISSING => finish(pc, regs, th, t, None),
        Ok(v) => finish(pc, regs, th, t, Some(v)),
        Err(_) => unwind(regs, th, t),
    }
}

/// What `pair_step` did.
enum Step {
    Item,
    End,
    NoPair,
}

/// Values of FOR_ITER's cache word: is the item a temporary that the next instruction unpacks into two registers?
const PAIR: u64 = 1;
const NO_PAIR: u64 = 2;

/// `for a, b in ...` over an iterator that would make a tuple just to have it unpacked: the pair goes to the registers
/// that the UNPACK after the FOR_ITER writes.
#[inline(never)]
fn pair_step(pc: Pc, regs: Regs, th: &Thread, it: Value) -> Res<Step> {
    let unpack = pc.skip(WORDS);
    if pc.extra(1) != PAIR {
        let item = pc.b();
        let temporary = item >= regs.code().local_count.get() as usize;
        let pair = temporary && unpack.op() == Op::UNPACK as u16 && unpack.b() == item && unpack.c() == 2;
        pc.set_extra(1, if pair { PAIR } else { NO_PAIR });
        if !pair {
            return Ok(Step::NoPair);
        }
    }
    match krait_object::iter_tools_methods::next_pair(th, it) {
        None => Ok(Step::NoPair),
        Some(r) => Ok(match r? {
            Some((a, b)) => {
                regs.set(unpack.a(), a);
                regs.set(unpack.a() + 1, b);
                Step::Item
            }
            None => Step::End,
        }),
    }
}

/// `next(it)`, `MISSING` at the end.
#[inline(never)]
fn step(th: &Thread, it: Value) -> Res {
    Ok(protocol::next(th, it)?.unwrap_or(Value::MISSING))
}

action_handlers! {
    unpack 1 |pc, regs, th| {
        let (v, count) = (regs.get(pc.b()), pc.c());
        if v.has_shape(fixed::TUPLE) && Tuple::of(v).len() == count {
            let t = Tuple::of(v);
            for i in 0..count {
                regs.set(pc.a() + i, t.get(i));
            }
            return Ok(());
        }
        if v.has_shape(fixed::LIST) && List::of(v).len() == count {
            for i in 0..count {
                regs.set(pc.a() + i, List::of(v).get(i).unwrap_or(Value::UNBOUND));
            }
            return Ok(());
        }
        let items = take(th, v, count, None)?;
        for i in 0..count {
            regs.set(pc.a() + i, items.get(i));
        }
        Ok(())
    };
    unpack_star 2 |pc, regs, th| {
        let (v, before, after) = (regs.get(pc.b()), pc.c(), pc.extra(0) as usize);
        let items = take(th, v, before, Some(after))?;
        let rest = items.len() - before - after;
        let middle = list::from_slice(th, &items.as_slice()[before..before + rest])?;
        for i in 0..before {
            regs.set(pc.a() + i, items.get(i));
        }
        regs.set(pc.a() + before, middle);
        for i in 0..after {
            regs.set(pc.a() + before + 1 + i, items.get(before + rest + i));
        }
        Ok(())
    };
}

/// The items of an iterable for unpacking: exactly `count`, or with `after` at least `count + after`.
fn take(th: &Thread, v: Value, count: usize, after: Option<usize>) -> Res<ValueVec> {
    let class = Class::of_value(th, v);
    if !v.is_cell()
        || class.special(th, Name::__iter__).is_none_or(|f| f.is_none())
            && class.special(th, Name::__getitem__).is_none()
    {
        return Err(th.type_error(format!("cannot unpack non-iterable {} object", type_name(th, v))));
    }
    let it = protocol::iter(th, v)?;
    let mut items = ValueVec::new();
    while after.is_some() || items.len() < count {
        match protocol::next(th, it)? {
            Some(x) => items.push(th, x)?,
            None => break,
        }
    }
    let need = count + after.unwrap_or(0);
    if items.len() < need {
        let at_least = if after.is_some() { "at least " } else { "" };
        return Err(th.value_error(format!(
            "not enough values to unpack (expected {at_least}{need}, got {})",
            items.len()
        )));
    }
    if after.is_none() && protocol::next(th, it)?.is_some() {
        return Err(th.value_error(format!("too many values to unpack (expected {count})")));
    }
    Ok(items)
}
