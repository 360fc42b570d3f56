//! Handlers of comparisons, alone and fused with a conditional jump, and of plain jumps.

use crate::arith::quick_truth;
use crate::call::{push_special, python_special};
use crate::machine::{Cont, Meta, Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_object::protocol::{self, Cmp};
use krait_object::{Class, Res, Thread, Value};

/// The comparison of two immediate numbers.
#[inline(always)]
fn quick(op: Cmp, a: Value, b: Value) -> Option<bool> {
    if a.both_small_int(b) {
        Some(op.of((a.0 as i64).cmp(&(b.0 as i64))))
    } else if a.both_float_word(b) {
        Some(op.of_floats(a.as_float_word(), b.as_float_word()))
    } else {
        None
    }
}

macro_rules! compare_handlers {
    ($($name:ident $jump:ident $jump_k:ident $op:ident;)*) => {
        $(
            pub extern "C" fn $name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                match quick(Cmp::$op, regs.get(pc.b()), regs.get(pc.c())) {
                    Some(r) => {
                        regs.set(pc.a(), Value::bool(r));
                        next(pc.skip(1), regs, th, t)
                    }
                    None => compare_slow(pc, regs, th, t),
                }
            }

            pub extern "C" fn $jump(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                match quick(Cmp::$op, regs.get(pc.a()), regs.get(pc.b())) {
                    Some(r) => fused(pc, regs, th, t, r),
                    None => jump_slow(pc, regs, th, t),
                }
            }

            pub extern "C" fn $jump_k(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                match quick(Cmp::$op, regs.get(pc.a()), regs.constant(pc.b())) {
                    Some(r) => fused(pc, regs, th, t, r),
                    None => jump_slow(pc, regs, th, t),
                }
            }
        )*
    };
}

compare_handlers! {
    lt jump_lt jump_lt_k Lt;
    le jump_le jump_le_k Le;
    eq jump_eq jump_eq_k Eq;
    ne jump_ne jump_ne_k Ne;
    gt jump_gt jump_gt_k Gt;
    ge jump_ge jump_ge_k Ge;
}

/// Ends a fused compare and jump: taken when the truth equals operand c.
#[inline(always)]
pub fn fused(pc: Pc, regs: Regs, th: &Thread, t: &Table, truth: bool) -> Value {
    if truth as usize == pc.c() {
        next(pc.jump(2, pc.extra(0) as i32), regs, th, t)
    } else {
        next(pc.skip(2), regs, th, t)
    }
}

fn operator_of(op: Op) -> Cmp {
    match op {
        Op::LT | Op::JUMP_LT | Op::JUMP_LT_K => Cmp::Lt,
        Op::LE | Op::JUMP_LE | Op::JUMP_LE_K => Cmp::Le,
        Op::EQ | Op::JUMP_EQ | Op::JUMP_EQ_K => Cmp::Eq,
        Op::NE | Op::JUMP_NE | Op::JUMP_NE_K => Cmp::Ne,
        Op::GT | Op::JUMP_GT | Op::JUMP_GT_K => Cmp::Gt,
        _ => Cmp::Ge,
    }
}

/// Is the right operand of a fused compare and jump a constant?
fn is_constant(pc: Pc) -> bool {
    matches!(
        Op::ALL[pc.op() as usize],
        Op::JUMP_LT_K | Op::JUMP_LE_K | Op::JUMP_EQ_K | Op::JUMP_NE_K | Op::JUMP_GT_K | Op::JUMP_GE_K
    )
}

/// The left operand's Python method, when the right one's reflected method does not go first.
#[inline(never)]
fn direct_method(th: &Thread, op: Cmp, a: Value, b: Value) -> Option<Value> {
    let f = python_special(th, a, op.special())?;
    let (ca, cb) = (Class::of_value(th, a), Class::of_value(th, b));
    if ca != cb && cb.is_subclass_of(ca) { None } else { Some(f) }
}

/// Goes on after the left operand's method declined; the instruction tells the operands.
#[inline(never)]
pub fn declined(pc: Pc, regs: Regs, th: &Thread, jump: bool) -> Res {
    let op = operator_of(Op::ALL[pc.op() as usize]);
    let (a, b) = if !jump {
        (regs.get(pc.b()), regs.get(pc.c()))
    } else if is_constant(pc) {
        (regs.get(pc.a()), regs.constant(pc.b()))
    } else {
        (regs.get(pc.a()), regs.get(pc.b()))
    };
    protocol::compare_reflected(th, op, a, b)
}

#[cold]
#[inline(never)]
extern "C" fn compare_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let op = operator_of(Op::ALL[pc.op() as usize]);
    let (a, b) = (regs.get(pc.b()), regs.get(pc.c()));
    if let Some(f) = direct_method(th, op, a, b) {
        let meta = Meta::new(Cont::Compare, pc.a(), 1);
        return match push_special(th, regs, f, a, b, Value::MISSING, meta) {
            Some(callee) => next(callee.pc(), callee, th, t),
            None => unwind(regs, th, t),
        };
    }
    match protocol::compare(th, op, a, b) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(1), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

#[cold]
#[inline(never)]
extern "C" fn jump_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let op = operator_of(Op::ALL[pc.op() as usize]);
    let a = regs.get(pc.a());
    let b = if is_constant(pc) { regs.constant(pc.b()) } else { regs.get(pc.b()) };
    if let Some(f) = direct_method(th, op, a, b) {
        return match push_special(th, regs, f, a, b, Value::MISSING, Meta::new(Cont::CompareJump, 0, 2)) {
            Some(callee) => next(callee.pc(), callee, th, t),
            None => unwind(regs, th, t),
        };
    }
    match protocol::compare_bool(th, op, a, b) {
        Ok(r) => fused(pc, regs, th, t, r),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn is(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), Value::bool(regs.get(pc.b()) == regs.get(pc.c())));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn is_not(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), Value::bool(regs.get(pc.b()) != regs.get(pc.c())));
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn jump_is(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    fused(pc, regs, th, t, regs.get(pc.a()) == regs.get(pc.b()))
}

#[inline(never)]
fn contains(pc: Pc, regs: Regs, th: &Thread, item: Value, container: Value) -> Res<bool> {
    regs.save(pc);
    protocol::contains(th, container, item)
}

macro_rules! in_handlers {
    ($($name:ident $negate:literal;)*) => {
        $(
            pub extern "C" fn $name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                match contains(pc, regs, th, regs.get(pc.b()), regs.get(pc.c())) {
                    Ok(r) => {
                        regs.set(pc.a(), Value::bool(r != $negate));
                        next(pc.skip(1), regs, th, t)
                    }
                    Err(_) => unwind(regs, th, t),
                }
            }
        )*
    };
}

in_handlers! {
    contains_in false;
    contains_not_in true;
}

pub extern "C" fn jump_in(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    match contains(pc, regs, th, regs.get(pc.a()), regs.get(pc.b())) {
        Ok(r) => fused(pc, regs, th, t, r),
        Err(_) => unwind(regs, th, t),
    }
}

pub extern "C" fn jump(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    next(pc.jump(1, pc.bc()), regs, th, t)
}

macro_rules! branch_handlers {
    ($($name:ident $slow:ident $sense:literal;)*) => {
        $(
            pub extern "C" fn $name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                match quick_truth(regs.get(pc.a())) {
                    Some(b) if b == $sense => next(pc.jump(1, pc.bc()), regs, th, t),
                    Some(_) => next(pc.skip(1), regs, th, t),
                    None => $slow(pc, regs, th, t),
                }
            }

            #[cold]
            #[inline(never)]
            extern "C" fn $slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                regs.save(pc);
                match protocol::truth(th, regs.get(pc.a())) {
                    Ok(b) if b == $sense => next(pc.jump(1, pc.bc()), regs, th, t),
                    Ok(_) => next(pc.skip(1), regs, th, t),
                    Err(_) => unwind(regs, th, t),
                }
            }
        )*
    };
}

branch_handlers! {
    jump_if_true jump_if_true_slow true;
    jump_if_false jump_if_false_slow false;
}

pub extern "C" fn jump_if_none(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if regs.get(pc.a()).is_none() {
        next(pc.jump(1, pc.bc()), regs, th, t)
    } else {
        next(pc.skip(1), regs, th, t)
    }
}

pub extern "C" fn jump_if_not_none(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if regs.get(pc.a()).is_none() {
        next(pc.skip(1), regs, th, t)
    } else {
        next(pc.jump(1, pc.bc()), regs, th, t)
    }
}

pub extern "C" fn jump_if_not_super(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if regs.get(pc.a()) == th.interp.class_value(krait_object::TypeId::Super) {
        next(pc.skip(1), regs, th, t)
    } else {
        next(pc.jump(1, pc.bc()), regs, th, t)
    }
}
