//! Builtin functions that consume a generator expression: `any(x for x in y)` and its like.
//!
//! The compiler puts the loop that the function would run into the frame of the caller, behind an instruction that
//! makes sure that the name still means the builtin. Nobody can tell the difference, as native functions have no frame, and the
//! generator is resumed like that of any loop. While the program is observed the function is called.

use crate::machine::{Pc, Regs, Table, next};
use krait_bytecode::Op;
use krait_bytecode::opcode::consumer;
use krait_object::native::Native;
use krait_object::string::Str;
use krait_object::{Kind, Thread, TypeId, Value};

pub extern "C" fn jump_if_not_builtin(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    const WORDS: usize = Op::JUMP_IF_NOT_BUILTIN.words();
    if is_consumer(th, pc, regs.get(pc.a())) && !crate::monitor::active() {
        next(pc.skip(WORDS), regs, th, t)
    } else {
        next(pc.jump(WORDS, pc.bc()), regs, th, t)
    }
}

/// Is the value the builtin that the instruction's data word names?
pub fn is_consumer(th: &Thread, pc: Pc, v: Value) -> bool {
    let class = match pc.extra(0) as u32 {
        consumer::LIST => TypeId::List,
        consumer::TUPLE => TypeId::Tuple,
        consumer::SET => TypeId::Set,
        _ => return is_function(pc, v),
    };
    v == th.interp.class_value(class)
}

/// The cache word has the definition found last; definitions live as long as the process.
fn is_function(pc: Pc, v: Value) -> bool {
    if !v.is_kind(Kind::Native) {
        return false;
    }
    let n = Native::of(v);
    let def = n.def();
    let address = std::ptr::from_ref(def) as u64;
    if pc.extra(1) == address {
        return true;
    }
    let name = match pc.extra(0) as u32 {
        consumer::ANY => "any",
        consumer::ALL => "all",
        consumer::SORTED => "sorted",
        _ => return false,
    };
    let found = def.name == name && Str::from_value(n.owner.get()).is_some_and(|s| s.to_text() == "builtins");
    if found {
        pc.set_extra(1, address);
    }
    found
}
