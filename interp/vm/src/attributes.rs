//! Handlers of attributes and methods, with inline caches.
//!
//! Cache words of the quick forms: word 0 holds the shape (low half) and the shape's version
//! (high half); word 1 what was found (slot number, value, function, descriptor, name cell);
//! word 2 counts misses, so that a place that sees many shapes stays with the general form.

use crate::call::push_one;
use crate::machine::{Cont, Meta, Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_bytecode::opcode::special;
use krait_object::attr_cache::{self, AttrCache, Entry, Found, Place, tag};
use krait_object::cellvar::NameCell;
use krait_object::class::{Class, type_name};
use krait_object::descriptor::{ClassMethod, GetSet};
use krait_object::function::Function;
use krait_object::instance::Instance;
use krait_object::module::Module;
use krait_object::native::Native;
use krait_object::shape::Shape;
use krait_object::{Kind, Name, Res, Thread, TypeId, Value, attr};
use std::ptr::NonNull;

/// A place that missed this often becomes general and asks the global cache.
const MANY_MISSES: u64 = 64;
/// A general place tries a quick form again when it ran this often: it may see one shape by now.
const RETRY: u64 = 4096;

#[inline(always)]
fn shape_at(th: &Thread, index: u32) -> &Shape {
    // SAFETY: the index is that of a live cell's header, so it is inside the table.
    unsafe { &*th.shapes.add(index as usize) }
}

/// Does the object still have the shape and version in cache word 0?
#[inline(always)]
fn hit(th: &Thread, v: Value, cache: u64) -> bool {
    v.is_cell() && {
        let index = v.header().shape();
        index == cache as u32 && shape_at(th, index).version.get() == (cache >> 32) as u32
    }
}

pub extern "C" fn load_attr_slot(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_attr_missed(pc, regs, th, t);
    }
    // SAFETY: the shape says that the slot lies in the instance.
    regs.set(pc.a(), unsafe { *Instance::of(obj).slot_address(pc.extra(1) as usize) });
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_attr_class(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_attr_missed(pc, regs, th, t);
    }
    regs.set(pc.a(), Value(pc.extra(1)));
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_attr_module(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    // Word 0 is the module itself: its dict keeps the name cell.
    if obj.0 != pc.extra(0) {
        return load_attr_missed(pc, regs, th, t);
    }
    let v = name_cell(pc).value.get();
    if v == Value::UNBOUND {
        return load_attr_missed(pc, regs, th, t);
    }
    regs.set(pc.a(), v);
    next(pc.skip(4), regs, th, t)
}

#[inline(always)]
fn name_cell(pc: Pc) -> NameCell {
    // SAFETY: the module form is written with a name cell's address in word 1; namespaces keep their cells, and word 0
    // was compared with the live module.
    NameCell::from_cell(unsafe { NonNull::new_unchecked(pc.extra(1) as *mut krait_gc::Header) })
}

pub extern "C" fn load_attr_member(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_attr_missed(pc, regs, th, t);
    }
    // SAFETY: `__slots__` lie in the instance.
    let v = unsafe { *Instance::of(obj).slot_address(pc.extra(1) as usize) };
    if v == Value::UNBOUND {
        return load_attr_missed(pc, regs, th, t);
    }
    regs.set(pc.a(), v);
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_attr_property(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_attr_missed(pc, regs, th, t);
    }
    regs.save(pc);
    let getter = Value(pc.extra(1));
    match push_one(th, regs, Function::of(getter), obj, Meta::new(Cont::Normal, pc.a(), 4)) {
        Some(regs) => next(regs.pc(), regs, th, t),
        None => unwind(regs, th, t),
    }
}

pub extern "C" fn load_attr_type(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !obj.is_kind(Kind::Type) || attr_cache::key(th, obj) != pc.extra(0) {
        return load_attr_missed(pc, regs, th, t);
    }
    regs.set(pc.a(), Value(pc.extra(1)));
    next(pc.skip(4), regs, th, t)
}

/// The general form: a place that has not found its quick form yet, or one that sees many shapes.
pub extern "C" fn load_attr(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if pc.extra(2) < MANY_MISSES || !obj.is_cell() {
        return load_attr_missed(pc, regs, th, t);
    }
    pc.set_extra(2, pc.extra(2) + 1);
    let name = regs.constant(pc.c());
    let key = attr_cache::key(th, obj);
    let e = th.interp.attr_cache.at(key, name);
    if e.key.get() == key && e.name.get() == name && pc.extra(2) < RETRY {
        match e.tag.get() {
            tag::SLOT => {
                // SAFETY: the key says that the slot lies in the instance.
                regs.set(pc.a(), unsafe { *Instance::of(obj).slot_address(e.word.get() as usize) });
                return next(pc.skip(4), regs, th, t);
            }
            tag::VALUE => {
                regs.set(pc.a(), Value(e.word.get()));
                return next(pc.skip(4), regs, th, t);
            }
            _ => {}
        }
    }
    load_attr_many(pc, regs, th, t)
}

/// What the global cache has beside slots and values.
#[inline(never)]
extern "C" fn load_attr_many(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let obj = regs.get(pc.b());
    let name = regs.constant(pc.c());
    if pc.extra(2) >= RETRY {
        return load_attr_missed(pc, regs, th, t);
    }
    let e = cached(th, obj, name);
    let word = Value(e.word.get());
    let v = match e.tag.get() {
        tag::EXTENSION => Instance::of(obj).extension_slot(e.word.get() as usize),
        tag::MEMBER => {
            // SAFETY: `__slots__` lie in the instance.
            let v = unsafe { *Instance::of(obj).slot_address(e.word.get() as usize) };
            if v == Value::UNBOUND {
                return load_attr_general(pc, regs, th, t);
            }
            v
        }
        tag::PROPERTY => {
            return match push_one(th, regs, Function::of(word), obj, Meta::new(Cont::Normal, pc.a(), 4)) {
                Some(regs) => next(regs.pc(), regs, th, t),
                None => unwind(regs, th, t),
            };
        }
        tag::METHOD if word.is_kind(Kind::Function) => krait_object::method::new(th, word, obj),
        tag::SLOT | tag::VALUE => return load_attr(pc, regs, th, t),
        tag::GETSET => match (GetSet::of(word).def().get)(th, obj) {
            Ok(v) => v,
            Err(_) => {
                attr::add_context(th, obj, name);
                return unwind(regs, th, t);
            }
        },
        _ => return load_attr_general(pc, regs, th, t),
    };
    regs.set(pc.a(), v);
    next(pc.skip(4), regs, th, t)
}

/// The entry of the global cache for a cell, filled.
#[inline(never)]
fn cached(th: &Thread, obj: Value, name: Value) -> &Entry {
    let key = attr_cache::key(th, obj);
    let e = th.interp.attr_cache.at(key, name);
    if e.key.get() != key || e.name.get() != name {
        let found = attr_cache::classify(th, obj, name);
        th.interp.attr_cache.put(attr_cache::valid_key(th, obj), name, found);
        return th.interp.attr_cache.at(attr_cache::key(th, obj), name);
    }
    e
}

/// A quick form missed, or there is none yet: makes one for this object as long as that may pay.
#[inline(never)]
extern "C" fn load_attr_missed(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let obj = regs.get(pc.b());
    let name = regs.constant(pc.c());
    match missed(pc, Op::LOAD_ATTR) {
        true => {
            if let Some(op) = specialize_load(th, pc, obj, name, false) {
                pc.set_op(op);
                // The form just written hits now; it is run from the table of this loop's twin so that a recorder sees it once.
                return (crate::dispatch::PLAIN.handler(op as u16))(pc, regs, th, t);
            }
            load_attr_general(pc, regs, th, t)
        }
        false if obj.is_cell() => load_attr_many(pc, regs, th, t),
        false => load_attr_general(pc, regs, th, t),
    }
}

/// Counts a miss. True when a quick form may be tried; else the place is made general.
#[inline(always)]
fn missed(pc: Pc, general: Op) -> bool {
    let misses = pc.extra(2);
    if misses >= RETRY {
        pc.set_extra(2, MANY_MISSES - 1);
        return true;
    }
    if misses < MANY_MISSES {
        pc.set_extra(2, misses + 1);
        return true;
    }
    pc.set_op(general);
    false
}

#[inline(never)]
extern "C" fn load_attr_general(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    match attr::get_strict(th, regs.get(pc.b()), regs.constant(pc.c())) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(4), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

/// Finds the quick form for what this object and name show, and fills the cache words.
/// The quick form must not decline at once: it would come straight back here.
/// Not inlined: its locals' addresses must not be in a handler's frame.
#[inline(never)]
fn specialize_load(th: &Thread, pc: Pc, obj: Value, name: Value, method: bool) -> Option<Op> {
    if !obj.is_cell() {
        return None;
    }
    let module = obj.is_kind(Kind::Module);
    let Some((op, word)) = plan_load(th, obj, name, method) else {
        if !module {
            // No quick form: on to the global cache.
            pc.set_extra(2, MANY_MISSES);
        }
        return None;
    };
    pc.set_extra(0, if module { obj.0 } else { attr_cache::valid_key(th, obj) });
    pc.set_extra(1, word);
    Some(op)
}

/// How an attribute of this cell is found, as a quick form and its cache word 1: a slot number, a value, a function, a
/// name cell's address. It holds for objects of the same shape while the shape's version stays; for the module
/// forms, for the same module while the cell has a value.
pub fn plan_load(th: &Thread, obj: Value, name: Value, method: bool) -> Option<(Op, u64)> {
    if let Some(m) = Module::from_value(obj) {
        let class = Class::of_value(th, obj);
        if !class.is(TypeId::Module) || class.lookup(th, name).is_some() {
            return None;
        }
        let cell = m.dict().name_cell(th, name)?;
        let op = if method { Op::LOAD_METHOD_MODULE } else { Op::LOAD_ATTR_MODULE };
        return Some((op, cell.cell().as_ptr() as u64));
    }
    let of_class = obj.is_kind(Kind::Type);
    Some(match attr_cache::classify(th, obj, name)? {
        Found::Slot(i) if method => (Op::LOAD_METHOD_SLOT, i as u64),
        Found::Slot(i) => (Op::LOAD_ATTR_SLOT, i as u64),
        Found::Member(i) if !method => (Op::LOAD_ATTR_MEMBER, i as u64),
        Found::Property(f) if !method => (Op::LOAD_ATTR_PROPERTY, f.0),
        Found::Value(v) if of_class && method => (Op::LOAD_METHOD_TYPE, v.0),
        Found::Value(v) if of_class => (Op::LOAD_ATTR_TYPE, v.0),
        Found::Value(v) if !method => (Op::LOAD_ATTR_CLASS, v.0),
        Found::Method(f) if method && !of_class => (Op::LOAD_METHOD_CLASS, f.0),
        _ => return None,
    })
}

pub extern "C" fn load_method_type(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !obj.is_kind(Kind::Type) || attr_cache::key(th, obj) != pc.extra(0) {
        return load_method_missed(pc, regs, th, t);
    }
    let s = pc.a();
    regs.set(s - 1, Value(pc.extra(1)));
    regs.set(s, Value::MISSING);
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_method_class(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_method_missed(pc, regs, th, t);
    }
    let s = pc.a();
    regs.set(s - 1, Value(pc.extra(1)));
    regs.set(s, obj);
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_method_slot(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_method_missed(pc, regs, th, t);
    }
    let s = pc.a();
    // SAFETY: the shape says that the slot lies in the instance.
    regs.set(s - 1, unsafe { *Instance::of(obj).slot_address(pc.extra(1) as usize) });
    regs.set(s, Value::MISSING);
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_method_module(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if obj.0 != pc.extra(0) {
        return load_method_missed(pc, regs, th, t);
    }
    let v = name_cell(pc).value.get();
    if v == Value::UNBOUND {
        return load_method_missed(pc, regs, th, t);
    }
    let s = pc.a();
    regs.set(s - 1, v);
    regs.set(s, Value::MISSING);
    next(pc.skip(4), regs, th, t)
}

/// The general form: a place that has not found its quick form yet, or one that sees many shapes.
pub extern "C" fn load_method(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if pc.extra(2) < MANY_MISSES || !obj.is_cell() {
        return load_method_missed(pc, regs, th, t);
    }
    pc.set_extra(2, pc.extra(2) + 1);
    let name = regs.constant(pc.c());
    let key = attr_cache::key(th, obj);
    let e = th.interp.attr_cache.at(key, name);
    if e.key.get() != key || e.name.get() != name || pc.extra(2) >= RETRY {
        return load_method_many(pc, regs, th, t);
    }
    let s = pc.a();
    match e.tag.get() {
        tag::METHOD => {
            regs.set(s - 1, Value(e.word.get()));
            regs.set(s, obj);
        }
        tag::VALUE => {
            regs.set(s - 1, Value(e.word.get()));
            regs.set(s, Value::MISSING);
        }
        tag::SLOT => {
            // SAFETY: the key says that the slot lies in the instance.
            regs.set(s - 1, unsafe { *Instance::of(obj).slot_address(e.word.get() as usize) });
            regs.set(s, Value::MISSING);
        }
        _ => return load_method_general(pc, regs, th, t),
    }
    next(pc.skip(4), regs, th, t)
}

#[inline(never)]
extern "C" fn load_method_many(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if pc.extra(2) >= RETRY {
        return load_method_missed(pc, regs, th, t);
    }
    regs.save(pc);
    cached(th, regs.get(pc.b()), regs.constant(pc.c()));
    load_method(pc, regs, th, t)
}

#[inline(never)]
extern "C" fn load_method_missed(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let obj = regs.get(pc.b());
    let name = regs.constant(pc.c());
    match missed(pc, Op::LOAD_METHOD) {
        true => {
            if let Some(op) = specialize_load(th, pc, obj, name, true) {
                pc.set_op(op);
                return (crate::dispatch::PLAIN.handler(op as u16))(pc, regs, th, t);
            }
            load_method_general(pc, regs, th, t)
        }
        false if obj.is_cell() => load_method_many(pc, regs, th, t),
        false => load_method_general(pc, regs, th, t),
    }
}

#[inline(never)]
extern "C" fn load_method_general(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match general_method(th, regs, regs.get(pc.b()), regs.constant(pc.c()), pc.a()) {
        Ok(()) => next(pc.skip(4), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn general_method(th: &Thread, regs: Regs, obj: Value, name: Value, s: usize) -> Res<()> {
    let (f, receiver) = match attr::find_method(th, obj, name)? {
        Some((f, _)) => (f, obj),
        None => (attr::get_strict(th, obj, name)?, Value::MISSING),
    };
    regs.set(s - 1, f);
    regs.set(s, receiver);
    Ok(())
}

pub extern "C" fn store_attr_slot(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.a());
    if !hit(th, obj, pc.extra(0)) {
        return store_attr_missed(pc, regs, th, t);
    }
    store_slot(th, obj, pc.extra(1) as usize, regs.get(pc.b()));
    next(pc.skip(4), regs, th, t)
}

#[inline(always)]
fn store_slot(th: &Thread, obj: Value, i: usize, v: Value) {
    let p = Instance::of(obj).slot_address(i);
    // SAFETY: the shape says that the slot lies in the instance.
    unsafe { p.write(v) };
    th.heap.barrier(obj.cell(), p.cast());
}

pub extern "C" fn store_attr_add(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.a());
    if !hit(th, obj, pc.extra(0)) {
        return store_attr_missed(pc, regs, th, t);
    }
    let word = pc.extra(1);
    obj.header().set_shape(word as u32);
    store_slot(th, obj, (word >> 32) as usize, regs.get(pc.b()));
    next(pc.skip(4), regs, th, t)
}

/// The general form: a place that has not found its quick form yet, or one that sees many shapes.
pub extern "C" fn store_attr(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.a());
    if pc.extra(2) < MANY_MISSES || !obj.is_cell() {
        return store_attr_missed(pc, regs, th, t);
    }
    pc.set_extra(2, pc.extra(2) + 1);
    let name = AttrCache::store_name(regs.constant(pc.c()));
    let key = attr_cache::key(th, obj);
    let e = th.interp.attr_cache.at(key, name);
    if e.key.get() != key || e.name.get() != name || pc.extra(2) >= RETRY {
        return store_attr_many(pc, regs, th, t);
    }
    let word = e.word.get();
    match e.tag.get() {
        tag::SLOT => store_slot(th, obj, word as usize, regs.get(pc.b())),
        tag::ADD => {
            obj.header().set_shape(word as u32);
            store_slot(th, obj, (word >> 32) as usize, regs.get(pc.b()));
        }
        _ => return store_attr_many(pc, regs, th, t),
    }
    next(pc.skip(4), regs, th, t)
}

#[inline(never)]
extern "C" fn store_attr_many(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    if pc.extra(2) >= RETRY {
        return store_attr_missed(pc, regs, th, t);
    }
    let obj = regs.get(pc.a());
    let e = cached_place(th, obj, regs.constant(pc.c()));
    match e.tag.get() {
        tag::SLOT | tag::ADD => store_attr(pc, regs, th, t),
        tag::EXTENSION => {
            Instance::of(obj).set_extension_slot(th, e.word.get() as usize, regs.get(pc.b()));
            next(pc.skip(4), regs, th, t)
        }
        _ => store_attr_general(pc, regs, th, t),
    }
}

/// The entry of the global cache for an assignment to a cell's attribute, filled.
#[inline(never)]
fn cached_place(th: &Thread, obj: Value, name: Value) -> &Entry {
    let key = attr_cache::key(th, obj);
    let e = th.interp.attr_cache.at(key, AttrCache::store_name(name));
    if e.key.get() != key || e.name.get() != AttrCache::store_name(name) {
        let place = attr_cache::classify_store(th, obj, name);
        th.interp.attr_cache.put_place(attr_cache::valid_key(th, obj), name, place);
        return th.interp.attr_cache.at(attr_cache::key(th, obj), AttrCache::store_name(name));
    }
    e
}

#[inline(never)]
extern "C" fn store_attr_missed(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let obj = regs.get(pc.a());
    match missed(pc, Op::STORE_ATTR) {
        true => {
            if let Some(op) = specialize_store(th, pc, obj, regs.constant(pc.c())) {
                pc.set_op(op);
                return (crate::dispatch::PLAIN.handler(op as u16))(pc, regs, th, t);
            }
            store_attr_general(pc, regs, th, t)
        }
        false if obj.is_cell() => store_attr_many(pc, regs, th, t),
        false => store_attr_general(pc, regs, th, t),
    }
}

#[inline(never)]
extern "C" fn store_attr_general(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    match attr::set(th, regs.get(pc.a()), regs.constant(pc.c()), regs.get(pc.b())) {
        Ok(()) => next(pc.skip(4), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn specialize_store(th: &Thread, pc: Pc, obj: Value, name: Value) -> Option<Op> {
    let Some((op, word)) = plan_store(th, obj, name) else {
        pc.set_extra(2, MANY_MISSES);
        return None;
    };
    pc.set_extra(0, attr_cache::valid_key(th, obj));
    pc.set_extra(1, word);
    Some(op)
}

/// How an attribute of this cell is stored, as a quick form and its cache word 1: a slot number; with the new shape of an
/// object that gets the attribute below it. Holds as `plan_load` does.
pub fn plan_store(th: &Thread, obj: Value, name: Value) -> Option<(Op, u64)> {
    match attr_cache::classify_store(th, obj, name)? {
        Place::Slot(i) => Some((Op::STORE_ATTR_SLOT, i as u64)),
        Place::Add(shape, i) => Some((Op::STORE_ATTR_ADD, shape as u64 | (i as u64) << 32)),
        Place::Extension(_) => None,
    }
}

pub extern "C" fn delete_attr(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match attr::delete(th, regs.get(pc.a()), regs.constant(pc.b())) {
        Ok(()) => next(pc.skip(1), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

/// `super(class, receiver).name`: the value found after `class` in the MRO, and what it binds to (`MISSING`: bound already).
fn super_lookup(
    th: &Thread,
    class: Value,
    receiver: Value,
    name: Value,
    method: bool,
) -> Res<(Value, Value)> {
    let Some(start) = Class::from_value(class) else {
        return Err(th.type_error(format!("super() argument 1 must be a type, not {}", type_name(th, class))));
    };
    let own = Class::of_value(th, receiver);
    // An unbound super object has its own attributes only.
    if receiver.is_none() {
        let s = krait_object::call::call(th, th.interp.class_value(TypeId::Super), &[class, receiver])?;
        return Ok((attr::get_strict(th, s, name)?, Value::MISSING));
    }
    // The object's class, or the object itself when it is a class below `start` (class methods).
    let (mro_of, instance) = match Class::from_value(receiver) {
        Some(c) if c.is_subclass_of(start) => (c, Value::MISSING),
        _ if own.is_subclass_of(start) => (own, receiver),
        _ => match attr::get_opt(th, receiver, th.name(Name::__class__))?.and_then(Class::from_value) {
            Some(c) if c != own && c.is_subclass_of(start) => (c, receiver),
            _ => return Err(th.type_error("super(type, obj): obj must be an instance or subtype of type")),
        },
    };
    if name != th.name(Name::__class__) {
        let after = mro_of.mro().iter().skip_while(|&&c| c != class).skip(1);
        for &c in after {
            if let Some(v) = Class::of(c).dict().get_name(th, name) {
                let plain = v.is_kind(Kind::Function)
                    || Native::from_value(v).is_some_and(Native::is_method_descriptor);
                if method && plain && instance != Value::MISSING {
                    return Ok((v, instance));
                }
                // A class method needs no method object only to be called; traces rely on that.
                if method && instance == Value::MISSING && v.has_shape(TypeId::ClassMethod as u32) {
                    let f = ClassMethod::of(v).function.get();
                    if f.is_kind(Kind::Function) {
                        return Ok((f, receiver));
                    }
                }
                return Ok((attr::bind_to(th, v, instance, mro_of)?, Value::MISSING));
            }
        }
    }
    let s = krait_object::call::call(th, th.interp.class_value(TypeId::Super), &[class, receiver])?;
    Ok((attr::get_strict(th, s, name)?, Value::MISSING))
}

#[inline(never)]
fn super_attr(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let name = regs.constant(pc.extra(0) as usize);
    Ok(super_lookup(th, regs.get(pc.b()), regs.get(pc.c()), name, false)?.0)
}

#[inline(never)]
fn super_method(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    let name = regs.constant(pc.extra(0) as usize);
    let (f, receiver) = super_lookup(th, regs.get(pc.b()), regs.get(pc.c()), name, true)?;
    regs.set(pc.a() - 1, f);
    regs.set(pc.a(), receiver);
    Ok(())
}

pub extern "C" fn load_super_attr(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match super_attr(pc, regs, th) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(5), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn load_super_method(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match super_method(pc, regs, th) {
        Ok(()) => next(pc.skip(5), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn load_special(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match special_method(pc, regs, th) {
        Ok(()) => next(pc.skip(1), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn special_method(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    let obj = regs.get(pc.b());
    let (n, protocol) = match pc.c() as u16 {
        special::ENTER => (Name::__enter__, "the context manager protocol"),
        special::EXIT => (Name::__exit__, "the context manager protocol (missed __exit__ method)"),
        special::AENTER => (Name::__aenter__, "the asynchronous context manager protocol"),
        _ => (Name::__aexit__, "the asynchronous context manager protocol (missed __aexit__ method)"),
    };
    let class = Class::of_value(th, obj);
    let Some(f) = class.special(th, n) else {
        return Err(th.type_error(format!(
            "'{}' object does not support {protocol}",
            krait_object::type_new::tp_name(th, class)
        )));
    };
    let plain = f.is_kind(Kind::Function) || Native::from_value(f).is_some_and(Native::is_method_descriptor);
    let (f, receiver) = if plain { (f, obj) } else { (attr::bind(th, f, obj)?, Value::MISSING) };
    regs.set(pc.a() - 1, f);
    regs.set(pc.a(), receiver);
    Ok(())
}
