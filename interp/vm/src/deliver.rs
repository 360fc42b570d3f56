//! What happens to a value when a frame ends or a generator yields: the continuation kinds.

use crate::call::check_init;
use crate::machine::{Cont, Meta, Regs, Table, next};
use crate::unwind::{frame_ended, unwind};
use krait_object::generator::{Generator, State};
use krait_object::{Thread, Value, protocol};

/// A frame returned a value.
#[cold]
#[inline(never)]
pub extern "C" fn returned(regs: Regs, th: &Thread, t: &Table, v: Value) -> Value {
    let meta = regs.meta();
    let instance = regs.namespace();
    frame_ended(th, regs);
    if meta.is_generator() {
        let g = Generator::of(regs.generator());
        g.set_state(State::Finished);
        crate::generators::unregister(g);
        th.handled.set(regs.caller_exc());
    }
    let caller = regs.previous();
    th.frame.set(caller.0);
    th.depth.set(th.depth.get() - 1);
    match meta.cont() {
        Cont::Entry => v,
        Cont::Normal => {
            caller.set(meta.dst(), v);
            next(caller.pc().skip(meta.words()), caller, th, t)
        }
        Cont::Init => match check_init(th, v) {
            Ok(()) => {
                caller.set(meta.dst(), instance);
                next(caller.pc().skip(meta.words()), caller, th, t)
            }
            Err(_) => unwind(caller, th, t),
        },
        Cont::Jump => match protocol::truth(th, v) {
            Ok(b) => crate::compare::fused(caller.pc(), caller, th, t, b),
            Err(_) => unwind(caller, th, t),
        },
        Cont::Bool | Cont::NotBool => match protocol::truth(th, v) {
            Ok(b) => {
                caller.set(meta.dst(), Value::bool(b != (meta.cont() == Cont::NotBool)));
                next(caller.pc().skip(meta.words()), caller, th, t)
            }
            Err(_) => unwind(caller, th, t),
        },
        Cont::Next => {
            caller.set(meta.dst(), v);
            next(caller.pc().skip(meta.words()), caller, th, t)
        }
        Cont::Discard => next(caller.pc().skip(meta.words()), caller, th, t),
        Cont::Binary | Cont::Reflected | Cont::Compare => {
            let pc = caller.pc();
            let r = if !v.is_not_implemented() {
                Ok(v)
            } else {
                match meta.cont() {
                    Cont::Binary => crate::arith::declined(pc, caller, th),
                    Cont::Reflected => crate::arith::refused(pc, caller, th),
                    _ => crate::compare::declined(pc, caller, th, false),
                }
            };
            match r {
                Ok(v) => {
                    caller.set(meta.dst(), v);
                    next(pc.skip(meta.words()), caller, th, t)
                }
                Err(_) => unwind(caller, th, t),
            }
        }
        Cont::CompareJump => {
            let pc = caller.pc();
            let r =
                if v.is_not_implemented() { crate::compare::declined(pc, caller, th, true) } else { Ok(v) };
            match r.and_then(|v| protocol::truth(th, v)) {
                Ok(b) => crate::compare::fused(pc, caller, th, t, b),
                Err(_) => unwind(caller, th, t),
            }
        }
        // The generator is exhausted: out of the loop.
        Cont::ForIter => {
            let pc = caller.pc();
            if crate::monitor::active() && crate::monitor::exhausted(caller, th, v).is_err() {
                return unwind(caller, th, t);
            }
            next(pc.jump(meta.words(), pc.extra(0) as i32), caller, th, t)
        }
        // The subgenerator returned: its value is the result of the `yield from`.
        Cont::Send => {
            crate::chains::fill(caller);
            let pc = caller.pc();
            caller.set(meta.dst(), v);
            next(pc.jump(meta.words(), pc.extra(0) as i32), caller, th, t)
        }
    }
}

/// A generator's frame yielded a value; its registers are already back in the generator.
#[inline(never)]
pub extern "C" fn yielded(regs: Regs, th: &Thread, t: &Table, v: Value) -> Value {
    let meta = regs.meta();
    let caller = regs.previous();
    th.frame.set(caller.0);
    th.depth.set(th.depth.get() - 1);
    match meta.cont() {
        Cont::ForIter | Cont::Send => {
            crate::chains::fill(caller);
            caller.set(meta.dst(), v);
            next(caller.pc().skip(meta.words()), caller, th, t)
        }
        _ => v,
    }
}

/// The handled exception of a generator goes in and out with it.
#[inline(always)]
pub fn swap_handled_in(th: &Thread, regs: Regs, g: Generator) {
    regs.set_caller_exc(th.handled.get());
    let own = g.handled.get();
    if !own.is_none() {
        regs.set_meta(Meta(regs.meta().0 | Meta::HANDLING));
        th.handled.set(own);
    }
}

/// On a yield: what the generator handles stays with it.
#[inline]
pub fn swap_handled_out(th: &Thread, regs: Regs, g: Generator) {
    let own = if regs.meta().is_handling() { th.handled.get() } else { Value::none() };
    if own != g.handled.get() {
        g.handled.set(th, g.cell(), own);
    }
    th.handled.set(regs.caller_exc());
}
