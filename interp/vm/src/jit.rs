//! The interpreter's side of the JIT: everything that the two know of each other.
//!
//! - *Heat*: loop headers and function entries count in their cache word; at the thread's threshold
//!   the hook is told, once, and the word starts over with a back-off.
//! - *Recording*: the hook may answer with another table. The frame goes on under it, and the
//!   recorder's handlers hand every instruction on to [`TABLE`].
//! - *Compiled code*: a trace is a [`Handler`]. `JUMP_BACK_TRACE` and `ENTER_TRACE` hold its address
//!   in their cache word and jump to it like to any handler. It leaves by storing what it kept in
//!   registers into the frame and jumping to the handler of the instruction to go on with.
//! - *Single steps*: a trace has the interpreter do one instruction by [`step`].

pub use crate::arith::operator_of;
pub use crate::attributes::plan_load;
pub use crate::call::plain_creation;
pub use crate::consume::is_consumer;
pub use crate::dispatch::TABLE;
pub use crate::functions::plain_function;
pub use crate::generators::{
    delegate_of, finalize as finalize_generator, finished as generator_finished,
    is_finalized as is_generator_finalized, started as coroutine_started, steps_over,
};
pub use crate::machine::{Cont, Handler, Meta, Pc, Regs, Table};
pub use crate::monitor::active as is_observed;
pub use crate::unwind::unwind;

use krait_bytecode::Op;
use krait_object::generator::{Generator, Resumed};
use krait_object::{Thread, Value};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

/// A hot place: the instruction that counted (`JUMP_BACK` or `ENTER`), and its frame.
#[derive(Clone, Copy)]
pub struct Heat {
    pub at: Pc,
    pub regs: Regs,
    /// The place runs under the interpreter's own table: nobody records it.
    pub plain: bool,
}

impl Heat {
    /// The instruction that goes on: the loop's first, or the function's after `ENTER`.
    pub fn target(self) -> Pc {
        target(self.at)
    }
}

/// What the JIT does for the interpreter.
pub struct JitHooks {
    /// A place became hot. The table to go on with, or None for the interpreter's own.
    pub hot: fn(&Thread, Heat) -> Option<&'static Table>,
    /// The dispatch loop that is being recorded (`Compiled::recording`) has ended: an exception left it, or its
    /// last frame returned.
    pub left: fn(&Thread),
}

static HOOKS: OnceLock<JitHooks> = OnceLock::new();

/// Installs the JIT.
pub fn set_hooks(hooks: JitHooks) {
    // The first JIT stays: there is one per process.
    let _ = HOOKS.set(hooks);
}

/// Tells the JIT that the dispatch loop which it records has ended.
#[cold]
#[inline(never)]
pub fn recording_left(th: &Thread) {
    if let Some(hooks) = HOOKS.get() {
        (hooks.left)(th);
    }
}

fn is_enter(pc: Pc) -> bool {
    pc.op() == Op::ENTER as u16 || pc.op() == Op::ENTER_TRACE as u16
}

/// Where a `JUMP_BACK` or an `ENTER` goes on.
pub fn target(pc: Pc) -> Pc {
    if is_enter(pc) { pc.skip(2) } else { pc.jump(2, pc.bc()) }
}

/// Tells the JIT about a hot place and goes on there.
#[cold]
#[inline(never)]
pub extern "C" fn hot(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let table = answer(pc, regs, th, t).unwrap_or(t);
    // The place may have a trace by now.
    if pc.op() == Op::ENTER_TRACE as u16 || pc.op() == Op::JUMP_BACK_TRACE as u16 {
        return enter_trace(pc, regs, th, table);
    }
    crate::machine::next(target(pc), regs, th, table)
}

#[inline(never)]
fn answer(at: Pc, regs: Regs, th: &Thread, t: &Table) -> Option<&'static Table> {
    let plain = std::ptr::eq(t, &TABLE);
    HOOKS.get().and_then(|h| (h.hot)(th, Heat { at, regs, plain }))
}

/// Jumps into the trace whose address is in the cache word.
pub extern "C" fn enter_trace(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if th.events.load(Ordering::Relaxed) != 0 || !std::ptr::eq(t, &TABLE) {
        return without_trace(pc, regs, th, t);
    }
    let address = pc.extra(0) as *const ();
    // SAFETY: the word of a trace instruction is written with the address of a live trace's code, whose entry has the
    // signature of a handler; forgetting a trace restores the general instruction first.
    let trace = unsafe { std::mem::transmute::<*const (), Handler>(address) };
    trace(pc, regs, th, t)
}

/// Goes on at a place with a trace without entering it: events wait, the trace has no room, or another table observes.
#[cold]
#[inline(never)]
pub extern "C" fn without_trace(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if th.events.load(Ordering::Relaxed) != 0 {
        return if is_enter(pc) {
            crate::basic::enter_events(pc, regs, th, t)
        } else {
            crate::basic::jump_back_events(pc, regs, th, t)
        };
    }
    crate::machine::next(target(pc), regs, th, t)
}

/// How a single step ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum Stepped {
    /// Where it was expected to.
    AsExpected = 0,
    /// Somewhere else: `Thread::compiled` has the instruction and the frame to go on with.
    Elsewhere = 1,
    /// The loop is to be left with the value in `Thread::compiled`.
    Left = 2,
}

/// Runs a generator to its next yield or its end, and what becomes of that in the frame that resumes it.
fn over(th: &Thread, pc: Pc, regs: Regs, g: Generator) -> Value {
    regs.save(pc);
    let op = Op::ALL[pc.op() as usize];
    let (sent, dst) = if op == Op::SEND { (regs.get(pc.b()), pc.c()) } else { (Value::none(), pc.b()) };
    let words = op.words();
    let next = match crate::generators::resume(th, g, sent, false) {
        Ok(Resumed::Yielded(v)) => {
            regs.set(dst, v);
            pc.skip(words)
        }
        Ok(Resumed::Returned(v)) => {
            if op == Op::SEND {
                regs.set(dst, v);
            }
            pc.jump(words, pc.extra(0) as i32)
        }
        Err(_) => return crate::unwind::unwind(regs, th, &STOP),
    };
    stop(next, regs, th, &STOP)
}

static STOP: Table = Table::new([stop as Handler; Op::COUNT]);

/// The handler of every instruction after a single step.
extern "C" fn stop(pc: Pc, regs: Regs, th: &Thread, _t: &Table) -> Value {
    th.compiled.pc.set(pc.0);
    th.compiled.at.set(regs.0);
    Value::STOPPED
}

/// Has the interpreter do the instruction at `pc`, with everything in memory as the interpreter expects it. `want`
/// and `frame` say where it should come to.
pub fn step(th: &Thread, pc: Pc, regs: Regs, want: Pc, frame: Regs) -> Stepped {
    let c = &th.compiled;
    let trace = c.frame.replace(std::ptr::null_mut());
    th.frame.set(regs.0);
    let v = match crate::generators::steps_over(th, pc, regs) {
        Some(g) => over(th, pc, regs, g),
        None => (TABLE.handler(pc.op()))(pc, regs, th, &STOP),
    };
    c.frame.set(trace);
    // Where it stopped is no sign of whether it did: loops inside the instruction leave their places there, too.
    if v != Value::STOPPED {
        c.value.set(v);
        return Stepped::Left;
    }
    if c.pc.get() == want.0 && c.at.get() == frame.0 && !is_observed() {
        Stepped::AsExpected
    } else {
        Stepped::Elsewhere
    }
}
