//! The builder: appends instructions, folded, and without computing anything twice.
//!
//! Three tables make up what is known at the current place:
//! - pure values and passed guards by operation and operands: true for good;
//! - memory facts by alias class: what a load would give, from an earlier load or store;
//! - cells made here that nobody else has seen yet, field by field (`fresh.rs`).
//!
//! Stores and calls remove the facts that they may make false.
//!
//! The loop's block starts with the facts that its own body cannot make false, which is what moves
//! invariant loads and guards out of the loop (`peel.rs`).

use crate::fold::{Folded, fold};
use crate::fresh::{FreshCells, Look, may_be_same};
use crate::ir::{Alias, EVERYTHING, Inst, Kind, Op, Ref, Region, Ty};
use std::collections::{HashMap, HashSet};

/// A recorded guard can not hold: what was seen and what is known contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    op: Op,
    aux: u32,
    imm: i64,
    args: [Ref; 3],
}

impl Key {
    fn of(i: &Inst) -> Key {
        Key { op: i.op, aux: i.aux, imm: i.imm, args: i.args }
    }
}

/// What is known of a place in memory.
#[derive(Clone, Copy, Debug)]
struct Fact {
    alias: Alias,
    value: Ref,
}

/// Appends to one block of a region.
#[derive(Clone)]
pub struct Builder {
    pub region: Region,
    pub block: usize,
    pure: HashMap<Key, Ref>,
    memory: HashMap<Key, Fact>,
    pub(crate) cells: FreshCells,
}

impl Builder {
    /// A builder for a new region with one block.
    pub fn new() -> Builder {
        let mut region = Region::default();
        let block = region.block();
        Builder { region, block, pure: HashMap::new(), memory: HashMap::new(), cells: FreshCells::default() }
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
        let key = Key::of(&i);
        if let Some(&r) = self.pure.get(&key) {
            return r;
        }
        let r = self.region.push(i);
        self.pure.insert(key, r);
        if i.op.kind() != Kind::Const {
            self.region.blocks[self.block].body.push(r);
        }
        r
    }

    /// Register `slot` of the root frame as it was at the entry.
    pub fn slot(&mut self, slot: i32) -> Ref {
        self.cached(Inst::new(Op::Slot, &[]).imm(slot as i64))
    }

    /// The entry word of a register, if anything asked for it.
    pub fn slot_if_any(&self, slot: i32) -> Option<Ref> {
        self.pure.get(&Key::of(&Inst::new(Op::Slot, &[]).imm(slot as i64))).copied()
    }

    /// Register `slot` of the root frame as it is in memory now.
    pub fn reload(&mut self, slot: i32) -> Result<Ref, Contradiction> {
        self.emit(Inst::new(Op::Reload, &[]).imm(slot as i64).alias(Alias::Frame))
    }

    /// The address of a frame.
    pub fn frame_addr(&mut self, slot: i32) -> Ref {
        self.cached(Inst::new(Op::FrameAddr, &[]).imm(slot as i64))
    }

    fn append(&mut self, i: Inst) -> Ref {
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
        match fold(&self.region, &i) {
            Folded::Keep => {}
            Folded::Value(r) => return Ok(r),
            Folded::Inst(j) if j.op.kind() == Kind::Const => return Ok(self.cached(j)),
            Folded::Inst(j) => return self.emit(Inst { snap: i.snap, ..j }),
            Folded::True => return Ok(Ref::NONE),
            Folded::Never => return Err(Contradiction),
        }
        if let Look::Is(r) = self.look(&i)? {
            return Ok(r);
        }
        self.let_go(&i);
        match i.op.kind() {
            Kind::Const | Kind::Frame => Ok(self.cached(i)),
            Kind::Pure | Kind::Guard => {
                let key = Key::of(&i);
                if let Some(&r) = self.pure.get(&key) {
                    return Ok(r);
                }
                let r = self.append(i);
                self.pure.insert(key, r);
                Ok(r)
            }
            Kind::Load | Kind::LoadGuard => {
                let key = Key::of(&i);
                if let Some(f) = self.memory.get(&key) {
                    return Ok(f.value);
                }
                let r = self.append(i);
                self.memory.insert(key, Fact { alias: i.alias, value: r });
                Ok(r)
            }
            Kind::Store if self.store_fresh(&i) => Ok(self.append(i)),
            Kind::Store => {
                self.note_store(&i);
                let r = self.append(i);
                self.remember_store(&i);
                Ok(r)
            }
            Kind::New => {
                let r = self.append(i);
                self.add_fresh(r, &i);
                Ok(r)
            }
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
            Op::CallRaise | Op::GuardEq | Op::GuardNe => &[0, 1, 2],
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
        if classes != 0 {
            self.memory.retain(|_, f| classes & f.alias.bit() == 0);
        }
    }

    /// Removes what a store makes false.
    fn note_store(&mut self, s: &Inst) {
        let region = &self.region;
        self.memory.retain(|key, f| {
            let based = key.args[0].is_some();
            if f.alias != s.alias || based && !may_be_same(region, key.args[0], s.args[0]) {
                return true;
            }
            // An element at an index that is not known.
            let element = matches!(key.op, Op::LoadEl);
            match s.op {
                // Places at different constant offsets of the same class of objects are different places.
                Op::Store | Op::StoreW => !element && key.imm != s.imm,
                _ => false,
            }
        });
    }

    /// What the load or guard would give is known.
    pub(crate) fn know(&mut self, load: Inst, value: Ref) {
        self.memory.insert(Key::of(&load), Fact { alias: load.alias, value });
    }

    /// What was stored is what a load would give.
    pub(crate) fn remember_store(&mut self, s: &Inst) {
        let (load, value) = match s.op {
            Op::Store if self.region.ty(s.args[1]) == Ty::Ptr => (Op::LoadP, s.args[1]),
            Op::Store => (Op::Load, s.args[1]),
            Op::StoreW => (Op::LoadW, s.args[1]),
            Op::StoreEl => (Op::LoadEl, s.args[2]),
            Op::StoreShape => {
                let shape = Inst::new(Op::GuardShape, &[s.args[0]]).imm(s.imm).alias(Alias::Shape);
                self.memory.insert(Key::of(&shape), Fact { alias: Alias::Shape, value: Ref::NONE });
                return;
            }
            _ => return,
        };
        let mut args = s.args;
        args[if load == Op::LoadEl { 2 } else { 1 }] = Ref::NONE;
        let key = Key { op: load, aux: 0, imm: s.imm, args };
        self.memory.insert(key, Fact { alias: s.alias, value });
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
