//! Handlers of names: globals, builtins, and the namespaces of modules and classes.
//!
//! A global is reached through its name cell, held in the inline cache of the quick form.
//! That is right for one namespace; `Code::bind_namespace` undoes the quick forms of code
//! that comes to run in several.

use crate::basic::{name_error, unbound_free, unbound_local};
use crate::machine::{Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_object::cellvar::{CellVar, NameCell};
use krait_object::dict::Dict;
use krait_object::function::Function;
use krait_object::shape::fixed;
use krait_object::string::Str;
use krait_object::{Name, Raised, Res, Thread, TypeId, Value, protocol};
use std::ptr::NonNull;

/// The name cell in cache word 0.
#[inline(always)]
fn cached_cell(pc: Pc) -> NameCell {
    // SAFETY: quick forms are written with a name cell's address in the word; the namespace keeps its cells for good.
    NameCell::from_cell(unsafe { NonNull::new_unchecked(pc.extra(0) as *mut krait_gc::Header) })
}

pub extern "C" fn load_global_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = cached_cell(pc).value.get();
    if v == Value::UNBOUND {
        return load_global(pc, regs, th, t);
    }
    regs.set(pc.a(), v);
    next(pc.skip(3), regs, th, t)
}

pub extern "C" fn load_global_builtin(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = cached_cell(pc).value.get();
    if v == Value::UNBOUND || regs.function().globals().keys_version() as u64 != pc.extra(1) {
        return load_global(pc, regs, th, t);
    }
    regs.set(pc.a(), v);
    next(pc.skip(3), regs, th, t)
}

/// A function that the next instruction puts the missing receiver after: both at once.
pub extern "C" fn load_global_cell_callee(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = cached_cell(pc).value.get();
    if v == Value::UNBOUND {
        return load_global(pc, regs, th, t);
    }
    regs.set(pc.a(), v);
    regs.set(pc.a() + 1, Value::MISSING);
    next(pc.skip(4), regs, th, t)
}

pub extern "C" fn load_global_builtin_callee(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = cached_cell(pc).value.get();
    if v == Value::UNBOUND || regs.function().globals().keys_version() as u64 != pc.extra(1) {
        return load_global(pc, regs, th, t);
    }
    regs.set(pc.a(), v);
    regs.set(pc.a() + 1, Value::MISSING);
    next(pc.skip(4), regs, th, t)
}

#[cold]
#[inline(never)]
pub extern "C" fn load_global(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.b());
    match global(th, regs, name, Some(pc)) {
        Ok(Some(v)) => {
            regs.set(pc.a(), v);
            next(pc.skip(3), regs, th, t)
        }
        Ok(None) => {
            not_defined(th, name);
            unwind(regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

/// `NameError: name 'x' is not defined`.
#[cold]
pub fn not_defined(th: &Thread, name: Value) -> Raised {
    name_error(th, TypeId::NameError, &format!("name '{}' is not defined", Str::of(name).to_text()), name)
}

/// Looks a name up in the globals, then the builtins; fills the inline cache at `quicken`.
pub fn global(th: &Thread, regs: Regs, name: Value, quicken: Option<Pc>) -> Res<Option<Value>> {
    let f = regs.function();
    let globals = f.globals();
    if !globals.value().has_shape(fixed::DICT) {
        // A derived class may look names up its own way.
        let r = protocol::getitem(th, globals.value(), name);
        return match th.catch(r, TypeId::KeyError)? {
            None => builtin(th, f, name),
            found => Ok(found),
        };
    }
    let cacheable = quicken.filter(|_| {
        let bound = f.code().bound_namespace.get();
        bound == globals.namespace_id() && bound != 0 && f.code() == regs.code()
    });
    if let Some(cell) = globals.name_cell(th, name) {
        if let Some(pc) = cacheable {
            pc.set_extra(0, cell.cell().as_ptr() as u64);
            pc.set_op(if before_push(pc) { Op::LOAD_GLOBAL_CELL_CALLEE } else { Op::LOAD_GLOBAL_CELL });
        }
        return Ok(Some(cell.value.get()));
    }
    if let Some(v) = globals.get(th, name)? {
        return Ok(Some(v));
    }
    if let Some(pc) = cacheable
        && let Some(d) = Dict::from_value(f.builtins.get()).filter(|d| d.value().has_shape(fixed::DICT))
        && let Some(cell) = d.name_cell(th, name)
    {
        pc.set_extra(0, cell.cell().as_ptr() as u64);
        pc.set_extra(1, globals.keys_version() as u64);
        pc.set_op(if before_push(pc) { Op::LOAD_GLOBAL_BUILTIN_CALLEE } else { Op::LOAD_GLOBAL_BUILTIN });
    }
    builtin(th, f, name)
}

/// Looks a name up in the builtins of a function.
fn builtin(th: &Thread, f: Function, name: Value) -> Res<Option<Value>> {
    let builtins = f.builtins.get();
    match Dict::from_value(builtins) {
        Some(d) if builtins.has_shape(fixed::DICT) => d.get(th, name),
        _ => {
            let r = protocol::getitem(th, builtins, name);
            th.catch(r, TypeId::KeyError)
        }
    }
}

/// Does a PUSH_MISSING into the register after the loader's follow it?
fn before_push(pc: Pc) -> bool {
    let after = pc.skip(3);
    after.op() == Op::PUSH_MISSING as u16 && after.a() == pc.a() + 1
}

pub extern "C" fn store_global_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let cell = cached_cell(pc);
    if cell.value.get() == Value::UNBOUND {
        return store_global(pc, regs, th, t);
    }
    cell.store(th, regs.get(pc.b()));
    next(pc.skip(3), regs, th, t)
}

#[cold]
#[inline(never)]
pub extern "C" fn store_global(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.a());
    let f = regs.function();
    let globals = f.globals();
    match globals.set(th, name, regs.get(pc.b())) {
        Ok(()) => {
            quicken_store(th, pc, f, regs, globals, name);
            next(pc.skip(3), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

fn quicken_store(th: &Thread, pc: Pc, f: Function, regs: Regs, globals: Dict, name: Value) {
    let bound = f.code().bound_namespace.get();
    if bound != 0
        && bound == globals.namespace_id()
        && f.code() == regs.code()
        && let Some(cell) = globals.name_cell(th, name)
    {
        pc.set_extra(0, cell.cell().as_ptr() as u64);
        pc.set_op(Op::STORE_GLOBAL_CELL);
    }
}

pub extern "C" fn delete_global(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.a());
    match regs.function().globals().remove(th, name) {
        Ok(Some(_)) => next(pc.skip(1), regs, th, t),
        Ok(None) => {
            not_defined(th, name);
            unwind(regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

/// The frame's namespace. A function made of a module's code has none: its globals are its locals then.
#[inline(always)]
fn namespace(regs: Regs) -> Value {
    let n = regs.namespace();
    if n.is_cell() { n } else { globals_as_namespace(regs) }
}

#[cold]
#[inline(never)]
fn globals_as_namespace(regs: Regs) -> Value {
    let globals = regs.function().globals.get();
    regs.set_namespace(globals);
    globals
}

/// A name in a namespace that may be any mapping.
fn namespace_get(th: &Thread, n: Value, name: Value) -> Res<Option<Value>> {
    if n.has_shape(krait_object::shape::fixed::DICT) {
        return Dict::of(n).get(th, name);
    }
    let r = protocol::getitem(th, n, name);
    th.catch(r, TypeId::KeyError)
}

#[inline(never)]
pub extern "C" fn load_name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.b());
    let n = namespace(regs);
    let found = if n == regs.function().globals.get() && n.has_shape(krait_object::shape::fixed::DICT) {
        global(th, regs, name, Some(pc))
    } else {
        namespace_get(th, n, name).and_then(|v| match v {
            Some(v) => Ok(Some(v)),
            None => global(th, regs, name, None),
        })
    };
    match found {
        Ok(Some(v)) => {
            regs.set(pc.a(), v);
            next(pc.skip(3), regs, th, t)
        }
        Ok(None) => {
            not_defined(th, name);
            unwind(regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
pub extern "C" fn store_name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.a());
    let value = regs.get(pc.b());
    let (n, f) = (namespace(regs), regs.function());
    let stored = if n == f.globals.get() && n.has_shape(krait_object::shape::fixed::DICT) {
        Dict::of(n).set(th, name, value).map(|()| quicken_store(th, pc, f, regs, Dict::of(n), name))
    } else {
        protocol::setitem(th, n, name, value)
    };
    match stored {
        Ok(()) => next(pc.skip(3), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn delete_name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.a());
    let n = namespace(regs);
    let gone = if n.has_shape(krait_object::shape::fixed::DICT) {
        Dict::of(n).remove(th, name).map(|v| v.is_some())
    } else {
        let r = protocol::delitem(th, n, name);
        th.catch(r, TypeId::KeyError).map(|v| v.is_some())
    };
    match gone {
        Ok(true) => next(pc.skip(1), regs, th, t),
        Ok(false) => {
            not_defined(th, name);
            unwind(regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn load_locals(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), namespace(regs));
    next(pc.skip(1), regs, th, t)
}

#[inline(never)]
pub extern "C" fn load_dict_or_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.extra(0) as usize);
    match namespace_get(th, regs.get(pc.b()), name) {
        Ok(Some(v)) => {
            regs.set(pc.a(), v);
            next(pc.skip(2), regs, th, t)
        }
        Ok(None) => {
            let v = CellVar::of(regs.get(pc.c())).value.get();
            if v == Value::UNBOUND {
                unbound_name(regs, th, name);
                return unwind(regs, th, t);
            }
            regs.set(pc.a(), v);
            next(pc.skip(2), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

/// The error for an empty cell by name: local when the code has it as a variable, else free.
#[cold]
fn unbound_name(regs: Regs, th: &Thread, name: Value) -> Raised {
    let code = regs.code();
    let find =
        |names: Value| krait_object::tuple::Tuple::of(names).as_slice().iter().position(|&n| n == name);
    match find(code.varnames()) {
        Some(i) => unbound_local(regs, th, i),
        None => unbound_free(regs, th, find(code.freevars()).unwrap_or(usize::MAX)),
    }
}

#[inline(never)]
pub extern "C" fn load_dict_or_global(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = regs.constant(pc.c());
    let found = namespace_get(th, regs.get(pc.b()), name).and_then(|v| match v {
        Some(v) => Ok(Some(v)),
        None => global(th, regs, name, None),
    });
    match found {
        Ok(Some(v)) => {
            regs.set(pc.a(), v);
            next(pc.skip(1), regs, th, t)
        }
        Ok(None) => {
            not_defined(th, name);
            unwind(regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

/// What `locals()` gives for a frame.
pub fn frame_locals(th: &Thread, regs: Regs) -> Res {
    let plain = !regs.code().has_flag(krait_bytecode::CodeFlags::OPTIMIZED);
    if plain && krait_object::tuple::Tuple::of(regs.code().varnames()).is_empty() {
        return Ok(namespace(regs));
    }
    krait_object::frame_methods::locals(th, crate::unwind::frame_object(th, regs)?)
}

pub extern "C" fn setup_annotations(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let name = th.name(Name::__annotations__);
    let n = namespace(regs);
    let done = namespace_get(th, n, name).and_then(|found| match found {
        Some(_) => Ok(()),
        None => protocol::setitem(th, n, name, krait_object::dict::new(th).value()),
    });
    match done {
        Ok(()) => next(pc.skip(1), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}
