//! The interpreter's side of the JIT: everything that the two know of each other.
//!
//! - *Heat*: loop headers and function entries count in their cache word; at the thread's threshold
//!   the hook is told, once, and the word starts over with a back-off.
//! - *Recording*: the hook may answer with another table. The frame goes on under it, and the
//!   recorder's handlers hand every instruction on to [`TABLE`].
//! - *Compiled code*: a trace is a [`Handler`]. `JUMP_BACK_TRACE` and `ENTER_TRACE` hold its address
//!   in their cache word and jump to it like to any handler. It leaves by storing what it kept in
//!   registers into the frame and jumping to the handler of the instruction to go on with.

pub use crate::dispatch::TABLE;
pub use crate::machine::{Handler, Pc, Regs, Table};

use krait_object::{Thread, Value};
use std::sync::OnceLock;

/// A hot place: the instruction that goes on (the loop's first, or the function's after `ENTER`), and its frame.
#[derive(Clone, Copy)]
pub struct Heat {
    pub pc: Pc,
    pub regs: Regs,
}

/// What the JIT does for the interpreter.
pub struct JitHooks {
    /// A place became hot. The table to go on with, or None for the interpreter's own.
    pub hot: fn(&Thread, Heat) -> Option<&'static Table>,
}

static HOOKS: OnceLock<JitHooks> = OnceLock::new();

/// Installs the JIT.
pub fn set_hooks(hooks: JitHooks) {
    // The first JIT stays: there is one per process.
    let _ = HOOKS.set(hooks);
}

/// Tells the JIT about a hot place and goes on there.
#[cold]
#[inline(never)]
pub extern "C" fn hot(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let table = answer(pc, regs, th).unwrap_or(t);
    crate::machine::next(pc, regs, th, table)
}

#[inline(never)]
fn answer(pc: Pc, regs: Regs, th: &Thread) -> Option<&'static Table> {
    HOOKS.get().and_then(|h| (h.hot)(th, Heat { pc, regs }))
}

/// Jumps into the trace whose address is in the cache word.
pub extern "C" fn enter_trace(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let address = pc.extra(0) as *const ();
    // SAFETY: the word of a trace instruction is written with the address of a live trace's code, whose entry has the
    // signature of a handler; forgetting a trace restores the general instruction first.
    let trace = unsafe { std::mem::transmute::<*const (), Handler>(address) };
    trace(pc, regs, th, t)
}
