//! Exits: what an exit has to put where before the interpreter goes on, and what became of it.
//!
//! An exit is reached by a jump through its `target` word, so that growing a trace on it patches no code. While
//! nothing grew there, the word leads to a common routine that saves all machine registers and calls [`leave`].

use crate::ir::{Op, Resume, Ty};
use crate::record::{self, Frame};
use krait_object::{Thread, Value, float, int};
use krait_vm::jit::{Pc, Regs};
use std::cell::Cell;
use std::rc::Rc;

/// Where a value is in compiled code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loc {
    /// Nowhere: nobody needs it.
    None,
    /// A general register.
    Gpr(u8),
    /// A vector register.
    Xmm(u8),
    /// A word of the machine frame.
    Spill(u16),
}

/// One word to write at an exit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    At(Loc),
    /// A constant instruction and its immediate.
    Const(Op, i64),
}

/// One exit of a trace. It lives as long as the process: other traces' code may point to it.
pub struct Exit {
    /// Where the code jumps. The first field: code loads it through the exit's address.
    pub target: Cell<u64>,
    pub trace: u64,
    /// The trace's, if it relies on anything.
    pub flag: Option<crate::watch::Flag>,
    /// The instruction that leaves here.
    pub why: Op,
    pub count: Cell<u32>,
    /// Recordings that were begun here.
    pub attempts: Cell<u32>,
    pub entries: Vec<(i32, Entry, Ty)>,
    pub pc: u64,
    pub frame: i32,
    /// Added to the thread's depth.
    pub depth: i32,
    /// The thread's depth in memory, from the root frame's.
    pub depth_in_memory: i32,
    pub resume: Resume,
    pub chain: Rc<Vec<Frame>>,
    /// Words of the machine frame that may hold references, needed or not.
    pub stale: u128,
    /// What is known of registers' values here.
    pub shapes: Vec<crate::ir::KnownShape>,
    /// Is a failing of this exit, once, part of a test run?
    pub forced: Cell<bool>,
}

/// Offset of `target`.
pub const TARGET: i32 = std::mem::offset_of!(Exit, target) as i32;

/// Exits taken before a trace is grown there.
const HOT: u32 = 16;
/// Recordings begun at an exit before it stays as it is.
pub const ATTEMPTS: u32 = 3;

/// All machine registers at an exit, and the machine frame above them.
#[repr(C)]
pub struct Saved {
    pub gpr: [u64; 16],
    pub xmm: [f64; 16],
    pub spill: [u64; crate::alloc::SPILL_WORDS],
}

impl Saved {
    fn word(&self, at: Loc) -> u64 {
        match at {
            Loc::Gpr(n) => self.gpr[n as usize],
            Loc::Xmm(n) => self.xmm[n as usize].to_bits(),
            Loc::Spill(n) => self.spill[n as usize],
            Loc::None => 0,
        }
    }
}

/// Brings the interpreter's frames up to date. Returns 1 when the pending exception is to be raised there, else 0.
///
/// The root frame's registers are in r14; `saved` is the machine's state.
pub extern "C" fn leave(th: &Thread, exit: &'static Exit, saved: &Saved) -> u64 {
    let root = Regs(saved.gpr[14] as *mut Value);
    write_back(th, exit, saved, root);
    let regs = Regs(root.at_slot(exit.frame));
    th.frame.set(regs.0);
    th.depth.set(th.depth.get().wrapping_add_signed(exit.depth));
    let pc = Pc(exit.pc as *const u64);
    regs.save(pc);
    th.compiled.pc.set(pc.0);
    th.compiled.at.set(regs.0);
    if exit.flag.is_some_and(crate::watch::is_stale) {
        crate::cache::forget(exit.trace);
    }
    let mut table = &krait_vm::jit::TABLE;
    let n = exit.count.get().saturating_add(1);
    exit.count.set(n);
    if n == 1 {
        crate::stats::taken(exit, crate::cache::place_of);
    }
    if exit.resume == Resume::Run && !krait_vm::jit::is_observed() {
        if n >= HOT
            && n.is_multiple_of(HOT)
            && exit.attempts.get() < ATTEMPTS
            && exit.target.get() == crate::code::common_exit()
            && !record::is_active(th)
            && crate::cache::may_grow(exit)
        {
            exit.attempts.set(exit.attempts.get() + 1);
            table = record::start_side(th, exit, root, &exit.entries);
        }
    }
    th.compiled.table.set((&raw const *table).cast());
    (exit.resume == Resume::Raise) as u64
}

fn write_back(th: &Thread, exit: &Exit, saved: &Saved, root: Regs) {
    for &(slot, entry, ty) in &exit.entries {
        let (word, ty) = match entry {
            Entry::At(at) => (saved.word(at), ty),
            Entry::Const(Op::FrameAddr, at) => (root.at_slot(at as i32) as u64, Ty::Ptr),
            Entry::Const(_, imm) => (imm as u64, ty),
        };
        let v = match ty {
            Ty::Int => int::from_i64(th, word as i64),
            Ty::Float => float::new(th, f64::from_bits(word)),
            _ => Value(word),
        };
        // SAFETY: the slot lies in the value stack: the trace made sure of room for its extent when it was entered.
        unsafe { root.at_slot(slot).write(v) };
    }
}

/// After a single step that came to another place than expected: the table to go on under.
pub extern "C" fn landed(th: &Thread) {
    th.compiled.table.set((&raw const krait_vm::jit::TABLE).cast());
}
