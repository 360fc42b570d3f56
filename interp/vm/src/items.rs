//! Handlers of subscripts and slices.

use crate::call::{push_special, python_special};
use crate::machine::{Cont, Meta, Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_object::bytes::Bytes;
use krait_object::list::List;
use krait_object::shape::fixed;
use krait_object::string::Str;
use krait_object::tuple::Tuple;
use krait_object::{Class, Name, Res, Thread, Value, protocol, slice};

/// `list[int]`, `tuple[int]` and `bytes[int]` in place.
#[inline(always)]
fn quick(obj: Value, key: Value) -> Option<Value> {
    if !obj.is_cell() || !key.is_small_int() {
        return None;
    }
    match obj.header().shape() {
        fixed::LIST => {
            let l = List::of(obj);
            let i = key.as_small();
            l.get(if i < 0 { i.wrapping_add(l.len() as i64) } else { i } as usize)
        }
        fixed::TUPLE => {
            let t = Tuple::of(obj);
            let i = key.as_small();
            let i = if i < 0 { i.wrapping_add(t.len() as i64) } else { i } as usize;
            if i < t.len() { Some(t.get(i)) } else { None }
        }
        fixed::BYTES => {
            let b = Bytes::of(obj).as_slice();
            let i = key.as_small();
            let i = if i < 0 { i.wrapping_add(b.len() as i64) } else { i } as usize;
            b.get(i).map(|&n| Value::small(n as i64))
        }
        _ => None,
    }
}

pub extern "C" fn getitem(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    match quick(regs.get(pc.b()), regs.get(pc.c())) {
        Some(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(2), regs, th, t)
        }
        None => getitem_slow(pc, regs, th, t, regs.get(pc.c())),
    }
}

pub extern "C" fn getitem_k(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let key = regs.constant(pc.c());
    match quick(regs.get(pc.b()), key) {
        Some(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(2), regs, th, t)
        }
        None => getitem_slow(pc, regs, th, t, key),
    }
}

#[inline(never)]
extern "C" fn getitem_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table, key: Value) -> Value {
    regs.save(pc);
    let obj = regs.get(pc.b());
    if let Some(f) = python_special(th, obj, Name::__getitem__) {
        let meta = Meta::new(Cont::Normal, pc.a(), 2);
        return match push_special(th, regs, f, obj, key, Value::MISSING, meta) {
            Some(callee) => next(callee.pc(), callee, th, t),
            None => unwind(regs, th, t),
        };
    }
    match protocol::getitem(th, obj, key) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(2), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn setitem(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let (obj, key) = (regs.get(pc.a()), regs.get(pc.b()));
    if obj.has_shape(fixed::LIST) && key.is_small_int() {
        let l = List::of(obj);
        let i = key.as_small();
        let i = if i < 0 { i.wrapping_add(l.len() as i64) } else { i } as usize;
        if l.set(th, i, regs.get(pc.c())) {
            return next(pc.skip(2), regs, th, t);
        }
    }
    setitem_slow(pc, regs, th, t)
}

#[inline(never)]
extern "C" fn setitem_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let (obj, key, value) = (regs.get(pc.a()), regs.get(pc.b()), regs.get(pc.c()));
    if let Some(f) = python_special(th, obj, Name::__setitem__) {
        return match push_special(th, regs, f, obj, key, value, Meta::new(Cont::Discard, 0, 2)) {
            Some(callee) => next(callee.pc(), callee, th, t),
            None => unwind(regs, th, t),
        };
    }
    match protocol::setitem(th, obj, key, value) {
        Ok(()) => next(pc.skip(2), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn delitem(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match protocol::delitem(th, regs.get(pc.a()), regs.get(pc.b())) {
        Ok(()) => next(pc.skip(1), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn get_slice(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let obj = regs.get(pc.b());
    // No slice object is made for the builtin sequences.
    if matches!(Class::shape_of(obj), fixed::LIST | fixed::STR) {
        let bounds = slice::unpack(th, regs.get(pc.c()), regs.get(pc.c() + 1), Value::none())?;
        if obj.has_shape(fixed::LIST) {
            let l = List::of(obj);
            return krait_object::list_methods::sliced(th, l, slice::adjust(l.len(), bounds));
        }
        let s = Str::of(obj);
        return krait_object::str_build::stepped(th, s, slice::adjust(s.len(), bounds));
    }
    let s = slice::new(th, regs.get(pc.c()), regs.get(pc.c() + 1), Value::none());
    protocol::getitem(th, regs.get(pc.b()), s)
}

pub extern "C" fn getslice(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match get_slice(pc, regs, th) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(1), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn set_slice(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    let s = slice::new(th, regs.get(pc.b()), regs.get(pc.b() + 1), Value::none());
    protocol::setitem(th, regs.get(pc.a()), s, regs.get(pc.c()))
}

pub extern "C" fn setslice(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match set_slice(pc, regs, th) {
        Ok(()) => next(pc.skip(1), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn build_slice(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let b = pc.b();
    let step = if pc.c() == 3 { regs.get(b + 2) } else { Value::none() };
    regs.set(pc.a(), slice::new(th, regs.get(b), regs.get(b + 1), step));
    next(pc.skip(1), regs, th, t)
}
