//! Observation of running code: `sys.monitoring`, `sys.settrace`, `sys.setprofile`.
//!
//! While somebody observes, every slot of the interpreter's dispatch table holds [`observed`], which
//! tells what is about to happen and then runs the instruction's own handler. Since
//! all code dispatches through that one table, observation starts and ends at the next
//! instruction everywhere, and costs nothing while nobody observes. What happens between
//! instructions (exceptions) asks [`active`].
//!
//! Some things are known only afterwards: where a branch went, how a native call ended. They are
//! noted as *open* (see `open.rs`) and told when the frame's next instruction comes, or when it raises.
//!
//! Invariant: [`observed`] saves every instruction's address, so that the address saved in a frame's
//! record is that of the instruction executed before.

mod events;
mod legacy;
mod open;

pub use events::{exhausted, handled, raised, reraised, stopped, thrown, unwound};

use crate::dispatch::{PLAIN, TABLE};
use crate::machine::{Handler, Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_object::thread::event;
use krait_object::{Thread, Value};
use std::sync::atomic::{AtomicBool, Ordering};

/// Somebody observes something, in some thread.
static ACTIVE: AtomicBool = AtomicBool::new(false);

/// Is anything observed? Compiled code must leave at its next safe point while this is so.
#[inline]
pub fn active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// To be called whenever trace or profile functions or the events of tools were changed.
pub fn refresh(th: &Thread) {
    let mut wanted = th.interp.monitor.any();
    for &t in th.interp.threads.borrow().iter().chain(std::iter::once(&std::ptr::from_ref(th))) {
        // SAFETY: threads leave the list before they are freed, which takes the lock that this thread holds.
        let t = unsafe { &*t };
        wanted |= has_functions(t);
        if !has_functions(t) && !th.interp.monitor.any() {
            // What is open now will not be told.
            t.monitor_open.set(Value::UNBOUND);
        }
        t.signal_event(event::MONITOR);
    }
    if wanted != active() {
        ACTIVE.store(wanted, Ordering::Relaxed);
        TABLE.replace_by(|op| if wanted { observed as Handler } else { PLAIN.handler(op) });
    }
}

fn has_functions(th: &Thread) -> bool {
    th.trace_function.get() != Value::UNBOUND || th.profile_function.get() != Value::UNBOUND
}

/// Is nothing of this thread observed at the moment?
fn is_quiet(th: &Thread) -> bool {
    th.monitor_depth.get() != 0 || !has_functions(th) && !th.interp.monitor.any()
}

/// One instruction under observation.
extern "C" fn observed(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if is_quiet(th) {
        return own_handler(pc, regs, th, t);
    }
    if !events::before(pc, regs, th) {
        return unwind(regs, th, t);
    }
    // A debugger may have moved the frame (`f_lineno = ...`).
    own_handler(regs.pc(), regs, th, t)
}

/// Runs the instruction. Compiled traces are not entered: nothing in them is observed.
#[inline]
fn own_handler(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    match Op::ALL[pc.op() as usize] {
        Op::ENTER_TRACE if th.events.load(Ordering::Relaxed) == 0 => next(pc.skip(2), regs, th, t),
        Op::JUMP_BACK_TRACE if th.events.load(Ordering::Relaxed) == 0 => {
            next(pc.jump(2, pc.bc()), regs, th, t)
        }
        Op::ENTER_TRACE => crate::basic::enter_events(pc, regs, th, t),
        Op::JUMP_BACK_TRACE => crate::basic::jump_back_events(pc, regs, th, t),
        _ => (PLAIN.handler(pc.op()))(pc, regs, th, t),
    }
}
