//! Exits: what an exit has to put where before the interpreter goes on, and what became of it.
//!
//! An exit is reached by a jump through its `target` word, so that growing a trace on it patches no code. While
//! nothing grew there, the word leads to a common routine that saves all machine registers and calls [`leave`].

use crate::ir::{Alias, Op, Resume, Ty};
use crate::options::Options;
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
    /// A cell that the exit makes, by its number.
    Object(usize),
}

/// A cell that an exit makes.
pub struct ExitObject {
    pub header: u64,
    /// How values refer to it: by its word, or its address.
    pub ty: Ty,
    /// The words that are not zero.
    pub fields: Vec<ExitField>,
}

/// A word of a cell that an exit makes.
pub struct ExitField {
    pub offset: i32,
    pub value: Entry,
    pub ty: Ty,
    /// The instruction that would store it, and its class.
    pub store: Op,
    pub alias: Alias,
}

impl ExitField {
    /// Is it written as it is, not as a tagged word?
    fn is_raw(&self) -> bool {
        self.store == Op::StoreW || self.ty == Ty::Ptr
    }
}

/// What is known of the side of a branch that an exit leads to (`record/join.rs`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArmState {
    /// It was not recorded yet.
    New,
    /// It was, and may become part of the trace.
    Kept,
    /// It can be no part of the trace.
    Never,
}

/// One exit of a trace. It lives as long as the trace's code, which has its address; traces that grow on it go before.
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
    /// What is known of the other side, if a branch leaves here.
    pub arm: Cell<ArmState>,
    pub entries: Vec<(i32, Entry, Ty)>,
    pub objects: Vec<ExitObject>,
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
    pub shapes: Rc<Vec<crate::ir::KnownShape>>,
    /// Is a failing of this exit, once, part of a test run?
    pub forced: Cell<bool>,
}

/// Offset of `target`.
pub const TARGET: i32 = std::mem::offset_of!(Exit, target) as i32;

/// Is an exit that was taken `n` times taken often enough for a trace to grow there?
fn is_hot(n: u32) -> bool {
    n.is_multiple_of(Options::get().exits)
}

/// Is it time to record the other side of the branch? That costs little and comes first: when the trace is recorded
/// anew, other branches' sides are there, too.
fn is_warm(n: u32) -> bool {
    n == (Options::get().exits / 8).max(1)
}

/// Is it time to record the trace anew with the sides that were found?
fn is_time_to_renew(n: u32) -> bool {
    n >= 4 * Options::get().exits
}

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
    if exit.resume == Resume::Ahead && is_hot(n) {
        crate::cache::unhoist(exit.trace);
    }
    if exit.resume == Resume::Run
        && !krait_vm::jit::is_observed()
        && (is_hot(n) || is_warm(n))
        && exit.attempts.get() < ATTEMPTS
        && exit.target.get() == crate::code::common_exit()
        && !record::is_active(th)
        && crate::cache::may_grow(exit)
    {
        table = grow(th, exit, root, n);
    }
    th.compiled.table.set((&raw const *table).cast());
    (exit.resume == Resume::Raise) as u64
}

/// An exit that is taken often: the trace gets the other side of the branch, or another trace grows here. The table to go on
/// with.
fn grow(th: &Thread, exit: &'static Exit, root: Regs, n: u32) -> &'static krait_vm::jit::Table {
    if exit.arm.get() == ArmState::New && crate::cache::takes_arms(exit) {
        if let Some(table) = record::start_arm(th, exit, root) {
            return table;
        }
        exit.arm.set(ArmState::Never);
    }
    let kept = exit.arm.get() == ArmState::Kept
        && crate::cache::takes_arms(exit)
        && record::is_worth_renewing(exit.trace);
    if !is_hot(n) || kept && (!is_time_to_renew(n) || crate::cache::renews(th, exit)) {
        return &krait_vm::jit::TABLE;
    }
    exit.attempts.set(exit.attempts.get() + 1);
    record::start_side(th, exit, root)
}

impl Exit {
    /// The recording of the other side is over.
    pub fn arm_ended(&self, done: bool) {
        self.arm.set(if done { ArmState::Kept } else { ArmState::Never });
    }

    /// All values that it needs, in the order in which a trace that grows here has them as parameters.
    pub fn values(&self) -> impl Iterator<Item = (Entry, Ty)> + '_ {
        let fields = self.objects.iter().flat_map(|o| o.fields.iter().map(|f| (f.value, f.ty)));
        self.entries.iter().map(|e| (e.1, e.2)).chain(fields)
    }

    /// The places of the values that are not constant, in this order.
    pub fn places(&self) -> Vec<Loc> {
        self.values().filter_map(|(e, _)| if let Entry::At(l) = e { Some(l) } else { None }).collect()
    }
}

/// What was computed, for an exit to write.
struct State<'a> {
    saved: &'a Saved,
    root: Regs,
    /// The cells made so far: their addresses. The collector finds them here, on the machine stack.
    made: &'a [u64],
    objects: &'a [ExitObject],
}

impl State<'_> {
    /// The value as it is, and its type.
    fn raw(&self, entry: Entry, ty: Ty) -> (u64, Ty) {
        match entry {
            Entry::At(at) => (self.saved.word(at), ty),
            Entry::Const(Op::FrameAddr, at) => (self.root.at_slot(at as i32) as u64, Ty::Ptr),
            Entry::Const(_, imm) => (imm as u64, ty),
            // A cell's word is its address plus one.
            Entry::Object(k) => (self.made[k] + (self.objects[k].ty == Ty::Val) as u64, Ty::Val),
        }
    }

    fn value(&self, th: &Thread, entry: Entry, ty: Ty) -> Value {
        let (word, ty) = self.raw(entry, ty);
        match ty {
            Ty::Int => int::from_i64(th, word as i64),
            Ty::Float => float::new(th, f64::from_bits(word)),
            _ => Value(word),
        }
    }
}

/// Cells that are made with their addresses in a frame of the machine stack.
const FEW: usize = 16;

fn write_back(th: &Thread, exit: &Exit, saved: &Saved, root: Regs) {
    let (mut few, mut many);
    let made: &mut [u64] = if exit.objects.len() <= FEW {
        few = [0; FEW];
        &mut few
    } else {
        many = [0; crate::sink::MOST];
        &mut many
    };
    write_back_with(th, exit, saved, root, made);
    // The program may let go of the cells: no address may stay behind on the stack.
    made.fill(0);
    std::hint::black_box(made);
}

#[inline(never)]
fn write_back_with(th: &Thread, exit: &Exit, saved: &Saved, root: Regs, made: &mut [u64]) {
    // All cells first: they may refer to each other in a circle.
    for (o, at) in exit.objects.iter().zip(made.iter_mut()) {
        *at = crate::helpers::new_cell(th, o.header) as u64;
    }
    let state = State { saved, root, made: std::hint::black_box(made), objects: &exit.objects };
    // Words that say how long a cell is come before words that may need a cell of their own, and so a collection.
    for raw_words in [true, false] {
        for (o, &cell) in exit.objects.iter().zip(state.made) {
            for f in o.fields.iter().filter(|f| f.is_raw() == raw_words) {
                let word =
                    if raw_words { state.raw(f.value, f.ty).0 } else { state.value(th, f.value, f.ty).0 };
                let at = (cell + f.offset as u64) as *mut u64;
                // SAFETY: the offset lies in the new cell: the trace would have stored there itself.
                unsafe { at.write(word) };
                crate::helpers::barrier(th, cell, at as u64);
            }
        }
    }
    for &(slot, entry, ty) in &exit.entries {
        let v = state.value(th, entry, ty);
        // SAFETY: the slot lies in the value stack: the trace made sure of room for its extent when it was entered.
        unsafe { root.at_slot(slot).write(v) };
    }
}

/// After a single step that came to another place than expected: the table to go on under.
pub extern "C" fn landed(th: &Thread) {
    th.compiled.table.set((&raw const krait_vm::jit::TABLE).cast());
}
