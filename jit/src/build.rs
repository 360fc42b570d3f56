//! The builder: appends instructions, folded (`fold.rs`), and without computing anything twice (`cse.rs`, `forward.rs`).
//! Cells made here that nobody else has seen yet are known field by field (`fresh.rs`).
//!
//! The loop's block starts with the facts that its own body cannot make false, which is what moves
//! invariant loads and guards out of the loop (`peel.rs`).

use crate::cse::Table;
use crate::fold::{Folded, fold, typed};
use crate::forward::Memory;
use crate::fresh::{FreshCells, Look};
use crate::ir::{Alias, EVERYTHING, Inst, Kind, Op, Ref, Region, Resume, Snapshot, Ty};
use crate::options::Options;
use crate::passes::{Pass, Passes};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// A recorded guard can not hold: what was seen and what is known contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction;

/// What is known at a place of a region. Where the two sides of a branch meet, what both know is known: a value that
/// both tables have was computed before they parted.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pure: Table,
    memory: Memory,
    pub(crate) cells: FreshCells,
}

impl Facts {
    /// What is known where this place and another one meet; new cells are no secret there (see
    /// [`Builder::escape_all`]).
    pub fn meet(&mut self, other: &Facts) {
        self.pure.meet(&other.pure);
        self.memory.meet(&other.memory);
        self.cells = FreshCells::default();
    }

    /// What a load would give here, if that is known; `Ref::NONE` for a check that would hold.
    pub fn at(&self, load: &Inst) -> Option<Ref> {
        self.memory.find(load)
    }

    /// The number that a word was found to hold.
    pub fn number(&self, word: Ref, ty: Ty) -> Option<Ref> {
        let op = if ty == Ty::Int { Op::UnboxI } else { Op::UnboxF };
        self.pure.find(&Inst::new(op, &[word]))
    }

    /// What is known on the other side of a guard that was the last thing to be learnt.
    pub fn refute(&mut self, guard: &Inst) {
        self.pure.refute(guard);
    }
}

/// Appends to one block of a region.
#[derive(Clone)]
pub struct Builder {
    pub region: Region,
    pub block: usize,
    pub off: Passes,
    pub facts: Facts,
    /// Constants and addresses of frames: one instruction for each in a region, at no place of it.
    constants: Table,
    /// The entry's registers.
    slots: HashMap<i32, Ref>,
    /// Blocks may be divided later: the entry's registers are read at the very start.
    pub divisible: bool,
}

impl Builder {
    /// A builder for a new region with one block.
    pub fn new() -> Builder {
        Builder::without(Options::get().disable)
    }

    /// A builder that leaves passes out.
    pub fn without(off: Passes) -> Builder {
        let mut region = Region::default();
        // Few recordings are shorter than this.
        region.insts.reserve(256);
        region.snaps.reserve(64);
        let block = region.block();
        region.blocks[block].body.reserve(128);
        let pure = Table::new(off.has(Pass::Cse));
        let memory = Memory::new(off.has(Pass::Forward));
        Builder {
            region,
            block,
            off,
            facts: Facts { pure, memory, cells: FreshCells::default() },
            constants: Table::new(false),
            slots: HashMap::default(),
            divisible: false,
        }
    }

    /// Forgets all that was computed; constants and the entry's registers stay.
    pub fn forget(&mut self) {
        self.facts.pure.clear();
        self.escape_all();
        self.kill(EVERYTHING | Alias::Constant.bit());
    }

    /// Goes on in another block that is dominated by this one; memory facts of the classes in `killed` are not
    /// carried over.
    pub fn enter_block(&mut self, block: usize, killed: u32) {
        self.block = block;
        self.escape_all();
        self.kill(killed);
    }

    /// A constant.
    pub fn constant(&mut self, op: Op, imm: i64) -> Ref {
        self.cached(Inst::new(op, &[]).imm(imm))
    }

    /// The constant integer.
    pub fn int(&mut self, n: i64) -> Ref {
        self.constant(Op::KInt, n)
    }

    /// The constant tagged word.
    pub fn val(&mut self, word: u64) -> Ref {
        self.constant(Op::KVal, word as i64)
    }

    /// The constant raw word.
    pub fn ptr(&mut self, word: u64) -> Ref {
        self.constant(Op::KPtr, word as i64)
    }

    /// Constants belong to no block: they are made where they are used.
    fn cached(&mut self, i: Inst) -> Ref {
        if i.op == Op::Slot {
            return self.slot(i.imm as i32);
        }
        if let Some(r) = self.constants.find(&i) {
            return r;
        }
        let r = self.region.push(i);
        self.constants.note(&i, r);
        if i.op.kind() != Kind::Const {
            self.region.blocks[self.block].body.push(r);
        }
        r
    }

    /// Register `slot` of the root frame as it was at the entry.
    pub fn slot(&mut self, slot: i32) -> Ref {
        if let Some(&r) = self.slots.get(&slot) {
            return r;
        }
        let r = self.region.push(Inst::new(Op::Slot, &[]).imm(slot as i64));
        self.slots.insert(slot, r);
        let body = &mut self.region.blocks[0].body;
        // A side of a branch may be dropped again, and what comes after it must know the value as well.
        let at = if self.block == 0 && !self.divisible { body.len() } else { 0 };
        body.insert(at, r);
        r
    }

    /// The entry word of a register, if anything asked for it.
    pub fn slot_if_any(&self, slot: i32) -> Option<Ref> {
        self.slots.get(&slot).copied()
    }

    /// Register `slot` of the root frame as it is in memory now.
    pub fn reload(&mut self, slot: i32) -> Result<Ref, Contradiction> {
        self.emit(Inst::new(Op::Reload, &[]).imm(slot as i64).alias(Alias::Frame))
    }

    /// The address of a frame.
    pub fn frame_addr(&mut self, slot: i32) -> Ref {
        self.cached(Inst::new(Op::FrameAddr, &[]).imm(slot as i64))
    }

    pub(crate) fn append(&mut self, i: Inst) -> Ref {
        let r = self.region.push(i);
        self.region.blocks[self.block].body.push(r);
        r
    }

    /// Appends an instruction; the value that has its result. For guards that are known to hold: `Ref::NONE`.
    pub fn emit(&mut self, i: Inst) -> Result<Ref, Contradiction> {
        let given = i.args;
        let i = self.coerce(i)?;
        if i.op == Op::Store && i.args != given && self.region.inst(i.args[0]).op == Op::New {
            // What was a word in the recording is a number now, and making its cell may collect: the new cell is
            // then none that was made since.
            let r = self.emit_tagged(i)?;
            self.emit_tagged(Inst::new(Op::BarrierAt, &[i.args[0]]).imm(i.imm))?;
            return Ok(r);
        }
        self.emit_tagged(i)
    }

    fn emit_tagged(&mut self, i: Inst) -> Result<Ref, Contradiction> {
        let i = if self.off.has(Pass::Fold) { i } else { self.reduce(i) };
        let folded = match typed(&self.region, &i) {
            Folded::Keep if !self.off.has(Pass::Fold) => fold(&self.region, &i),
            f => f,
        };
        match folded {
            Folded::Keep => {}
            Folded::Value(r) => return Ok(r),
            Folded::Inst(j) if j.op.kind() == Kind::Const => return Ok(self.cached(j)),
            Folded::Inst(j) => return self.emit(Inst { snap: i.snap, ..j }),
            Folded::True => return Ok(Ref::NONE),
            Folded::Never => return Err(Contradiction),
        }
        if self.facts.memory.implies(&self.region, &i) {
            return Ok(Ref::NONE);
        }
        if let Look::Is(r) = self.look(&i)? {
            return Ok(r);
        }
        self.let_go(&i);
        match i.op.kind() {
            Kind::Const | Kind::Frame => Ok(self.cached(i)),
            Kind::Pure | Kind::Guard => {
                if let Some(r) = self.facts.pure.find(&i) {
                    return Ok(r);
                }
                let r = self.append(i);
                self.facts.pure.note(&i, r);
                Ok(r)
            }
            Kind::Load | Kind::LoadGuard => {
                if let Some(r) = self.facts.memory.find(&i) {
                    return Ok(r);
                }
                let r = self.append(i);
                self.facts.memory.note(&i, r);
                Ok(r)
            }
            Kind::Store if self.store_fresh(&i) => Ok(self.append(i)),
            Kind::Store => {
                self.facts.memory.store(&self.region, &i);
                Ok(self.append(i))
            }
            Kind::New => Ok(self.fresh_cell(i)),
            Kind::Call => {
                self.kill(i.aux);
                Ok(self.append(i))
            }
            Kind::Barrier => {
                if i.op == Op::Step {
                    self.kill(EVERYTHING);
                }
                Ok(self.append(i))
            }
        }
    }

    /// Operands that must be tagged words are made so: what was a word in the recording may be known as a number in the
    /// loop's later turns.
    fn coerce(&mut self, mut i: Inst) -> Result<Inst, Contradiction> {
        let tagged: &[usize] = match i.op {
            Op::Store => &[1],
            Op::StoreEl => &[2],
            Op::Append => &[1],
            Op::Arg => &[0],
            Op::CallRaise | Op::NewSlice | Op::GuardEq | Op::GuardNe => &[0, 1, 2],
            _ => return Ok(i),
        };
        for &n in tagged {
            let a = i.args[n];
            if !a.is_some() {
                continue;
            }
            i.args[n] = match self.region.ty(a) {
                Ty::Int => self.emit(Inst::new(Op::BoxI, &[a]))?,
                Ty::Float => self.emit(Inst::new(Op::BoxF, &[a]))?,
                _ => a,
            };
        }
        Ok(i)
    }

    /// Removes the memory facts of the alias classes.
    pub fn kill(&mut self, classes: u32) {
        self.facts.memory.kill(classes);
    }

    /// Adds a snapshot, with the shapes that are known here of its registers' values.
    pub fn snapshot(&mut self, mut s: Snapshot) -> u32 {
        let unchanged = |slot: i32| !s.all_in_memory && !s.in_memory.contains(&slot);
        // An instruction that raises may change anything before that.
        if s.resume == Resume::Run {
            s.shapes = self.facts.memory.known_shapes(&self.region, &s.slots, unchanged).into();
        }
        self.region.snaps.push(s);
        self.region.snaps.len() as u32 - 1
    }

    /// What the load or guard would give is known.
    pub(crate) fn know(&mut self, load: Inst, value: Ref) {
        self.facts.memory.note(&load, value);
    }

    /// What was stored is what a load would give.
    pub(crate) fn remember_store(&mut self, s: &Inst) {
        self.facts.memory.remember(&self.region, s);
    }
}

impl Default for Builder {
    fn default() -> Self {
        Builder::new()
    }
}

/// The alias classes that instructions write.
pub fn written(region: &Region, body: &[Ref]) -> u32 {
    let made: HashSet<Ref> = body.iter().copied().filter(|&r| region.inst(r).op == Op::New).collect();
    body.iter().fold(0, |set, &r| {
        let i = region.inst(r);
        set | match i.op.kind() {
            // A cell made in the same turn is none that anything is known of at the turn's start.
            Kind::Store if made.contains(&i.args[0]) => 0,
            Kind::Store => i.alias.bit(),
            Kind::Call => i.aux,
            Kind::Barrier if i.op == Op::Step => EVERYTHING,
            _ => 0,
        }
    })
}
