//! Handlers that move values: constants, registers, cells, function entry, loop headers.

use crate::machine::{Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_object::cellvar::CellVar;
use krait_object::string::Str;
use krait_object::tuple::Tuple;
use krait_object::{Raised, Thread, TypeId, Value};
use std::sync::atomic::Ordering;

pub extern "C" fn nop(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    next(pc.skip(1), regs, th, t)
}

/// Words that only the interpreter writes never stand in code that it runs this way.
pub extern "C" fn never(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    th.raise_new(TypeId::SystemError, "unknown opcode");
    unwind(regs, th, t)
}

/// Stands at the start of code that was not run yet.
#[cold]
#[inline(never)]
pub extern "C" fn load_code(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let code = regs.code();
    let loaded = code.is_loaded() || krait_object::code_load::load(th, code).is_ok();
    if !loaded {
        // Code that cannot be loaded is empty from now on, so that tracebacks find it whole.
        code.data();
    }
    let start = Pc(code.start.get());
    regs.save(start);
    if start.op() == Op::LOAD_CODE as u16 {
        if !th.is_pending() {
            th.raise_new(TypeId::SystemError, "damaged code object");
        }
        return unwind(regs, th, t);
    }
    next(start, regs, th, t)
}

pub extern "C" fn enter(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if th.events.load(Ordering::Relaxed) != 0 {
        return enter_events(pc, regs, th, t);
    }
    let count = pc.extra(0) + 1;
    pc.set_extra(0, count);
    if count == th.hot_threshold.get() {
        return crate::jit::hot(pc, regs, th, t);
    }
    next(pc.skip(2), regs, th, t)
}

#[cold]
#[inline(never)]
pub extern "C" fn enter_events(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match crate::events::run(th) {
        Ok(()) => next(pc.skip(2), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn jump_back(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if th.events.load(Ordering::Relaxed) != 0 {
        return jump_back_events(pc, regs, th, t);
    }
    let count = pc.extra(0) + 1;
    pc.set_extra(0, count);
    if count == th.hot_threshold.get() {
        return crate::jit::hot(pc, regs, th, t);
    }
    next(pc.jump(2, pc.bc()), regs, th, t)
}

#[cold]
#[inline(never)]
pub extern "C" fn jump_back_events(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match crate::events::run(th) {
        Ok(()) => next(pc.jump(2, pc.bc()), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn mov(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), regs.get(pc.b()));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn load_const(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), regs.constant(pc.extra(0) as usize));
    next(pc.skip(2), regs, th, t)
}

pub extern "C" fn load_k(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), regs.constant(pc.b()));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn load_int(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), Value::small(pc.bc() as i64));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn load_none(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), Value::none());
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn load_bool(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), Value::bool(pc.b() != 0));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn clear(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), Value::UNBOUND);
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn check_bound(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if regs.get(pc.a()) != Value::UNBOUND {
        return next(pc.skip(1), regs, th, t);
    }
    regs.save(pc);
    unbound_local(regs, th, pc.a());
    unwind(regs, th, t)
}

/// UnboundLocalError for a named register.
#[cold]
#[inline(never)]
pub fn unbound_local(regs: Regs, th: &Thread, register: usize) -> Raised {
    let names = Tuple::of(regs.code().varnames());
    let name = if register < names.len() { names.get(register) } else { th.interp.empty_str.get() };
    name_error(
        th,
        TypeId::UnboundLocalError,
        &format!(
            "cannot access local variable '{}' where it is not associated with a value",
            Str::of(name).to_text()
        ),
        name,
    )
}

/// NameError with its `name` set, or UnboundLocalError.
#[cold]
pub fn name_error(th: &Thread, class: TypeId, text: &str, name: Value) -> Raised {
    let message = krait_object::string::new(th, text);
    // As in CPython only an exact NameError tells the name, for the suggestions in tracebacks.
    let name = if class == TypeId::NameError { name } else { Value::UNBOUND };
    match krait_object::exception::make(th, class, &[message]) {
        Ok(e) => match krait_object::exception::Exception::of(e).set_field(th, 0, name) {
            Ok(()) => krait_object::exception::raise(th, e),
            Err(r) => r,
        },
        Err(r) => r,
    }
}

/// NameError for a free variable without a value.
#[cold]
#[inline(never)]
pub fn unbound_free(regs: Regs, th: &Thread, index: usize) -> Raised {
    let names = Tuple::of(regs.code().freevars());
    let name = if index < names.len() { names.get(index) } else { th.interp.empty_str.get() };
    name_error(
        th,
        TypeId::NameError,
        &format!(
            "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
            Str::of(name).to_text()
        ),
        name,
    )
}

pub extern "C" fn make_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    regs.set(pc.a(), CellVar::new(th, regs.get(pc.a())).value());
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn load_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = CellVar::of(regs.get(pc.b())).value.get();
    if v != Value::UNBOUND {
        regs.set(pc.a(), v);
        return next(pc.skip(1), regs, th, t);
    }
    regs.save(pc);
    unbound_local(regs, th, pc.b());
    unwind(regs, th, t)
}

pub extern "C" fn store_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    CellVar::of(regs.get(pc.a())).store(th, regs.get(pc.b()));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn delete_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let c = CellVar::of(regs.get(pc.a()));
    if c.value.get() == Value::UNBOUND {
        regs.save(pc);
        unbound_local(regs, th, pc.a());
        return unwind(regs, th, t);
    }
    c.value.init(Value::UNBOUND);
    next(pc.skip(1), regs, th, t)
}

/// The cell of the running function's free variable `i`.
#[inline(always)]
pub fn free_cell(regs: Regs, i: usize) -> CellVar {
    CellVar::of(Tuple::of(regs.function().closure.get()).get(i))
}

pub extern "C" fn load_free(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = free_cell(regs, pc.b()).value.get();
    if v != Value::UNBOUND {
        regs.set(pc.a(), v);
        return next(pc.skip(1), regs, th, t);
    }
    regs.save(pc);
    unbound_free(regs, th, pc.b());
    unwind(regs, th, t)
}

pub extern "C" fn store_free(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    free_cell(regs, pc.a()).store(th, regs.get(pc.b()));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn delete_free(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let c = free_cell(regs, pc.a());
    if c.value.get() == Value::UNBOUND {
        regs.save(pc);
        unbound_free(regs, th, pc.a());
        return unwind(regs, th, t);
    }
    c.value.init(Value::UNBOUND);
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn load_free_cell(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), free_cell(regs, pc.b()).value());
    next(pc.skip(1), regs, th, t)
}
