//! Chains of generators that delegate to one another (`yield from`, `await`), resumed and yielded through at once.
//!
//! When the outermost of a chain is resumed, those between it and the innermost one only hand on what goes down and
//! comes up. Their frames are pushed *thin*: with a complete record, but with the registers left in the generator,
//! where they are as they were suspended, and where they stay when the innermost one yields. [`fill`] makes a thin frame
//! an ordinary one, and must be called before anything looks at its registers: when its delegate returns or raises, when
//! a frame object is made for it, or when it is to execute an instruction after all. The collector finds a thin frame's
//! registers in the generator.

use crate::deliver::swap_handled_out;
use crate::generators::{SEND_WORDS, copy_registers, push_resumed, room_for, start_running};
use crate::machine::{Cont, Meta, Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_object::generator::{Generator, State};
use krait_object::{Thread, TypeId, Value};
use std::sync::atomic::Ordering;

/// Resumes a generator with a value on behalf of the instruction that `caller` is at, through all that only hand on to
/// the one that really goes on. `meta` says what that instruction does with what comes.
#[inline(always)]
pub fn resume(caller: Regs, mut g: Generator, value: Value, mut meta: Meta, th: &Thread, t: &Table) -> Value {
    let mut callee = caller;
    if crate::dispatch::may_join(t) && th.events.load(Ordering::Relaxed) == 0 {
        while let Some((send, inner)) = hands_on(g) {
            match push_thin(th, callee, g, meta, send) {
                Some(thin) => callee = thin,
                None => return unwind(callee, th, t),
            }
            g = inner;
            meta = Meta::new(Cont::Send, send.c(), SEND_WORDS);
        }
    }
    match push_resumed(th, callee, g, value, meta) {
        Some(callee) => next(callee.pc(), callee, th, t),
        None => unwind(callee, th, t),
    }
}

/// A generator that is suspended where it yields what its delegate yields, and whose delegate is a suspended generator
/// too: the SEND that it goes on with, and the delegate.
#[inline(always)]
fn hands_on(g: Generator) -> Option<(Pc, Generator)> {
    if g.state() != State::Suspended || g.frame_object.get() != Value::ZERO {
        return None;
    }
    let at = Pc(g.pc.get());
    let back = at.skip(1);
    if at.c() == 0 || back.op() != Op::JUMP_BACK as u16 {
        return None;
    }
    let send = back.jump(2, back.bc());
    // One register holds what is sent and what comes: what is in it while the frame is thin does not matter.
    let register = at.a();
    if send.op() != Op::SEND as u16
        || send.skip(SEND_WORDS) != at
        || (at.b(), send.b(), send.c()) != (register, register, register)
    {
        return None;
    }
    // SAFETY: an operand of the generator's code.
    let target = unsafe { *g.registers().add(send.a()) };
    if !target.has_shape(TypeId::Generator as u32) && !target.has_shape(TypeId::Coroutine as u32) {
        return None;
    }
    let inner = Generator::of(target);
    (inner.state() == State::Suspended).then_some((send, inner))
}

/// Pushes a thin frame that is at its SEND. None when there is no room: it raised.
#[inline(always)]
fn push_thin(th: &Thread, caller: Regs, g: Generator, meta: Meta, send: Pc) -> Option<Regs> {
    let code = g.code();
    let base = room_for(th, code)?;
    base.set_function(g.function.get());
    base.enter(code, caller, Meta(meta.0 | Meta::GENERATOR | Meta::THIN));
    base.save(send);
    base.set_namespace(g.namespace.get());
    base.set_generator(g.value());
    start_running(th, base, g);
    Some(base)
}

/// Pops a thin frame, the innermost now, as its delegate yielded: the generator is suspended as it was before.
#[inline(always)]
pub fn pop_thin(th: &Thread, regs: Regs) {
    let g = Generator::of(regs.generator());
    g.set_state(State::Suspended);
    swap_handled_out(th, regs, g);
}

/// Makes a thin frame an ordinary one; others stay as they are.
#[inline(always)]
pub fn fill(regs: Regs) {
    if regs.meta().is_thin() {
        fill_thin(regs);
    }
}

#[cold]
#[inline(never)]
fn fill_thin(regs: Regs) {
    let g = Generator::of(regs.generator());
    let count = regs.code().register_count.get() as usize;
    // SAFETY: both places have room for the registers.
    unsafe { copy_registers(g.registers(), regs.0, count) };
    regs.set_meta(Meta(regs.meta().0 & !Meta::THIN));
}
