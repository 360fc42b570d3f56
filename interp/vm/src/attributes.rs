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
use krait_object::cellvar::NameCell;
use krait_object::class::{Class, type_name};
use krait_object::descriptor::{Member, Property};
use krait_object::function::Function;
use krait_object::instance::Instance;
use krait_object::module::Module;
use krait_object::native::Native;
use krait_object::shape::{DICT_MODE, Shape};
use krait_object::{Kind, Name, Res, Thread, TypeId, Value, attr};
use std::ptr::NonNull;

/// A place that missed this often stays general.
const MANY_MISSES: u64 = 64;

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

fn cache_word(th: &Thread, obj: Value) -> u64 {
    let shape = Class::shape_of(obj);
    shape as u64 | (th.interp.shapes.validate(shape) as u64) << 32
}

pub extern "C" fn load_attr_slot(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_attr(pc, regs, th, t);
    }
    // SAFETY: the shape says that the slot lies in the instance.
    regs.set(pc.a(), unsafe { *Instance::of(obj).slot_address(pc.extra(1) as usize) });
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_attr_class(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_attr(pc, regs, th, t);
    }
    regs.set(pc.a(), Value(pc.extra(1)));
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_attr_module(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    // Word 0 is the module itself: its dict keeps the name cell.
    if obj.0 != pc.extra(0) {
        return load_attr(pc, regs, th, t);
    }
    let v = name_cell(pc).value.get();
    if v == Value::UNBOUND {
        return load_attr(pc, regs, th, t);
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
        return load_attr(pc, regs, th, t);
    }
    // SAFETY: `__slots__` lie in the instance.
    let v = unsafe { *Instance::of(obj).slot_address(pc.extra(1) as usize) };
    if v == Value::UNBOUND {
        return load_attr(pc, regs, th, t);
    }
    regs.set(pc.a(), v);
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_attr_property(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_attr(pc, regs, th, t);
    }
    regs.save(pc);
    let getter = Value(pc.extra(1));
    match push_one(th, regs, Function::of(getter), obj, Meta::new(Cont::Normal, pc.a(), 4)) {
        Some(regs) => next(regs.pc(), regs, th, t),
        None => unwind(regs, th, t),
    }
}

#[inline(never)]
pub extern "C" fn load_attr(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let obj = regs.get(pc.b());
    let name = regs.constant(pc.c());
    if pc.extra(2) < MANY_MISSES {
        pc.set_extra(2, pc.extra(2) + 1);
        if let Some(op) = specialize_load(th, pc, obj, name, false) {
            pc.set_op(op);
            // The form just written hits now; it is run from the table of this loop's twin so that a recorder sees it once.
            return (crate::dispatch::TABLE.handler(op as u16))(pc, regs, th, t);
        }
    }
    match attr::get_strict(th, obj, name) {
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
    let class = Class::of_value(th, obj);
    if let Some(m) = Module::from_value(obj) {
        if !class.is(TypeId::Module) || class.lookup(th, name).is_some() {
            return None;
        }
        let cell = m.dict().name_cell(th, name)?;
        pc.set_extra(0, obj.0);
        pc.set_extra(1, cell.cell().as_ptr() as u64);
        return Some(if method { Op::LOAD_METHOD_MODULE } else { Op::LOAD_ATTR_MODULE });
    }
    if obj.is_kind(Kind::Type) || !attr_is_default(th, class) {
        return None;
    }
    let on_class = class.lookup(th, name);
    let write = |word: Value| {
        pc.set_extra(0, cache_word(th, obj));
        pc.set_extra(1, word.0);
    };
    if let Some(v) = on_class {
        match v.kind() {
            Kind::Member if !method && obj.is_kind(Kind::Instance) => {
                Member::of(v).get(obj)?;
                write(Value(Member::of(v).index.get() as u64));
                return Some(Op::LOAD_ATTR_MEMBER);
            }
            // An AttributeError of the getter is `__getattr__`'s turn: not in the quick form.
            Kind::Property
                if !method
                    && v.has_shape(TypeId::Property as u32)
                    && class.special(th, Name::__getattr__).is_none() =>
            {
                let f = Function::from_value(Property::of(v).get.get())?;
                if !f.code().simple.get() || f.code().arg_count.get() != 1 {
                    return None;
                }
                write(f.value());
                return Some(Op::LOAD_ATTR_PROPERTY);
            }
            _ if attr::is_data_descriptor(th, v) => return None,
            _ => {}
        }
    }
    if obj.is_kind(Kind::Instance) {
        let index = obj.header().shape();
        let shape = shape_at(th, index);
        if shape.flags.get() & DICT_MODE != 0 {
            return None;
        }
        if let Some(i) = th.interp.shapes.slot_of(index, name) {
            let physical = class.fixed_slots.get() as u32 + i;
            if physical >= shape.inline_capacity.get() as u32 {
                return None;
            }
            write(Value(physical as u64));
            return Some(if method { Op::LOAD_METHOD_SLOT } else { Op::LOAD_ATTR_SLOT });
        }
    } else if attr::own(th, obj, name).is_some() || has_own_dict(th, obj, class) {
        return None;
    }
    let v = on_class?;
    if method {
        let plain =
            v.is_kind(Kind::Function) || Native::from_value(v).is_some_and(Native::is_method_descriptor);
        if !plain {
            return None;
        }
        write(v);
        return Some(Op::LOAD_METHOD_CLASS);
    }
    // Values that do not bind: no `__get__`.
    let binds = v.is_kind(Kind::Function)
        || v.is_kind(Kind::Native)
        || Class::of_value(th, v).special(th, Name::__get__).is_some();
    if binds {
        return None;
    }
    write(v);
    Some(Op::LOAD_ATTR_CLASS)
}

/// May an object that is no ordinary instance get attributes of its own, which its shape does not show?
fn has_own_dict(_th: &Thread, obj: Value, class: Class) -> bool {
    class.has_flag(krait_object::class::flag::DICT) && !obj.is_kind(Kind::Instance)
}

fn attr_is_default(th: &Thread, class: Class) -> bool {
    // `__getattr__` only matters when nothing is found, and then no quick form is made.
    class
        .special(th, Name::__getattribute__)
        .and_then(Native::from_value)
        .and_then(|n| Class::from_value(n.owner.get()))
        .is_some_and(|c| c.is(TypeId::Object))
}

pub extern "C" fn load_method_class(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_method(pc, regs, th, t);
    }
    let s = pc.a();
    regs.set(s - 1, Value(pc.extra(1)));
    regs.set(s, obj);
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_method_slot(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let obj = regs.get(pc.b());
    if !hit(th, obj, pc.extra(0)) {
        return load_method(pc, regs, th, t);
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
        return load_method(pc, regs, th, t);
    }
    let v = name_cell(pc).value.get();
    if v == Value::UNBOUND {
        return load_method(pc, regs, th, t);
    }
    let s = pc.a();
    regs.set(s - 1, v);
    regs.set(s, Value::MISSING);
    next(pc.skip(4), regs, th, t)
}

#[inline(never)]
pub extern "C" fn load_method(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let obj = regs.get(pc.b());
    let name = regs.constant(pc.c());
    let s = pc.a();
    if pc.extra(2) < MANY_MISSES {
        pc.set_extra(2, pc.extra(2) + 1);
        if let Some(op) = specialize_load(th, pc, obj, name, true) {
            pc.set_op(op);
            return (crate::dispatch::TABLE.handler(op as u16))(pc, regs, th, t);
        }
    }
    match general_method(th, regs, obj, name, s) {
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
        return store_attr(pc, regs, th, t);
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
        return store_attr(pc, regs, th, t);
    }
    let word = pc.extra(1);
    obj.header().set_shape(word as u32);
    store_slot(th, obj, (word >> 32) as usize, regs.get(pc.b()));
    next(pc.skip(4), regs, th, t)
}

#[inline(never)]
pub extern "C" fn store_attr(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let (obj, value) = (regs.get(pc.a()), regs.get(pc.b()));
    let name = regs.constant(pc.c());
    if pc.extra(2) < MANY_MISSES {
        pc.set_extra(2, pc.extra(2) + 1);
        if let Some(op) = specialize_store(th, pc, obj, name) {
            pc.set_op(op);
            return (crate::dispatch::TABLE.handler(op as u16))(pc, regs, th, t);
        }
    }
    match attr::set(th, obj, name, value) {
        Ok(()) => next(pc.skip(4), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn specialize_store(th: &Thread, pc: Pc, obj: Value, name: Value) -> Option<Op> {
    if !obj.is_kind(Kind::Instance) {
        return None;
    }
    let class = Class::of_value(th, obj);
    if !attr::is_generic_set(th, class) {
        return None;
    }
    let write = |word: u64| {
        pc.set_extra(0, cache_word(th, obj));
        pc.set_extra(1, word);
    };
    if let Some(v) = class.lookup(th, name) {
        if v.is_kind(Kind::Member) {
            write(Member::of(v).index.get() as u64);
            return Some(Op::STORE_ATTR_SLOT);
        }
        if attr::is_data_descriptor(th, v) {
            return None;
        }
    }
    let index = obj.header().shape();
    let shape = shape_at(th, index);
    if shape.flags.get() & DICT_MODE != 0 || !class.has_flag(krait_object::class::flag::DICT) {
        return None;
    }
    let fixed = class.fixed_slots.get() as u32;
    let inline = shape.inline_capacity.get() as u32;
    if let Some(i) = th.interp.shapes.slot_of(index, name) {
        if fixed + i >= inline {
            return None;
        }
        write((fixed + i) as u64);
        return Some(Op::STORE_ATTR_SLOT);
    }
    let physical = fixed + shape.slot_count.get();
    if physical >= inline {
        return None;
    }
    let to = th.interp.shapes.with_name(index, name)?;
    write(to as u64 | (physical as u64) << 32);
    Some(Op::STORE_ATTR_ADD)
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
