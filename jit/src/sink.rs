//! Sinking: a new cell is made where it first gets out of the trace's hands, or in the exits, or never.
//!
//! The builder has turned loads from new cells into values; what is left of a cell that stays with the trace is its
//! `New`, the stores into it, and mentions in snapshots. This pass goes through the blocks in order and keeps such a
//! cell as a description: its header and what its words hold at this place. The `New` and the stores go. A snapshot
//! that mentions the cell gets the description as it is there, so the exit can make the cell (`exit.rs`). At
//! the first instruction that needs the cell itself, `New` and one store for each word that is not zero are put
//! before it; from there on it is a cell like any other.
//!
//! Cells whose description changes in another block than theirs, or that another block needs, are made at the
//! latest at the end of their own block. Snapshots also take a number instead of the word that holds it, so
//! numbers that only exits need boxed are never boxed here.

use crate::fresh::with_shape;
use crate::ir::{End, Inst, NO_SNAPSHOT, Object, Op, Ref, Region, Word};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;

/// Most cells that an exit makes.
pub const MOST: usize = 256;

/// A cell that is not made yet.
#[derive(Clone)]
struct Pending {
    header: i64,
    words: BTreeMap<i32, Word>,
}

struct Sink<'a> {
    region: &'a mut Region,
    pending: HashMap<Ref, Pending>,
    /// The new body of the block.
    body: Vec<Ref>,
    /// Snapshots that have their description, and what it is; and those that were copied for another one.
    described: HashMap<u32, Vec<u32>>,
}

/// Sinks; false if there was nothing that could be.
pub fn run(region: &mut Region) -> bool {
    if !region.insts.iter().any(|i| matches!(i.op, Op::New | Op::BoxI | Op::BoxF)) {
        return false;
    }
    let elsewhere = needed_elsewhere(region);
    let mut s = Sink { region, pending: HashMap::default(), body: Vec::new(), described: HashMap::default() };
    for n in 0..s.region.blocks.len() {
        s.block(n, &elsewhere);
    }
    true
}

/// Does the instruction leave the cells in its operand `k` as they are?
fn keeps(op: Op, k: usize) -> bool {
    match op {
        Op::Store | Op::StoreW => k == 0,
        Op::StoreShape | Op::BarrierAt => true,
        _ => false,
    }
}

/// New cells that a block other than their own changes or needs as such, or that come before their block in order.
fn needed_elsewhere(region: &Region) -> HashSet<Ref> {
    let mut home = HashMap::default();
    for (n, b) in region.blocks.iter().enumerate() {
        for &r in b.body.iter().filter(|r| region.inst(**r).op == Op::New) {
            home.insert(r, n);
        }
    }
    let mut found = HashSet::default();
    for (n, b) in region.blocks.iter().enumerate() {
        let mut uses: Vec<Ref> = Vec::new();
        let mentions = |snap: u32, other: bool, uses: &mut Vec<Ref>| {
            if let Some(s) = region.snaps.get(snap as usize) {
                uses.extend(s.values().filter(|v| other || home.get(v).is_some_and(|&h| h > n)));
            }
        };
        for &r in &b.body {
            let i = region.inst(r);
            uses.extend(i.operands());
            mentions(i.snap, i.op == Op::Step, &mut uses);
        }
        match &b.end {
            End::Jump(_, args) => uses.extend(args),
            End::Link(_, s) => mentions(*s, true, &mut uses),
            End::Return(v, s) => {
                uses.push(*v);
                mentions(*s, false, &mut uses);
            }
            End::Exit(s) => mentions(*s, false, &mut uses),
            End::Branch { guard, .. } => uses.extend(region.inst(*guard).operands()),
            End::Open => {}
        }
        found.extend(uses.into_iter().filter(|r| home.get(r).is_some_and(|&h| h != n)));
    }
    found
}

impl Sink<'_> {
    fn block(&mut self, n: usize, elsewhere: &HashSet<Ref>) {
        let old = std::mem::take(&mut self.region.blocks[n].body);
        let mut own = Vec::new();
        for r in old {
            if self.region.inst(r).op == Op::New {
                own.push(r);
            }
            self.inst(r);
        }
        match self.region.blocks[n].end.clone() {
            End::Jump(_, args) => args.into_iter().for_each(|a| self.make(a)),
            End::Branch { guard, .. } => {
                let args = self.region.inst(guard).args;
                args.into_iter().for_each(|a| self.make(a));
            }
            End::Link(_, s) => self.make_all(s),
            End::Return(v, s) => {
                self.make(v);
                let s = self.describe(s);
                self.region.blocks[n].end = End::Return(v, s);
            }
            End::Exit(s) => {
                let s = self.describe(s);
                self.region.blocks[n].end = End::Exit(s);
            }
            End::Open => {}
        }
        for r in own {
            if elsewhere.contains(&r) {
                self.make(r);
            }
        }
        self.region.blocks[n].body = std::mem::take(&mut self.body);
    }

    fn inst(&mut self, r: Ref) {
        let i = *self.region.inst(r);
        let [a, b, _] = i.args;
        match i.op {
            Op::New if self.pending.len() < MOST => {
                self.pending.insert(r, Pending { header: i.imm, words: BTreeMap::new() });
                return;
            }
            Op::Store | Op::StoreW => {
                if let Some(p) = self.pending.get_mut(&a) {
                    let offset = i.imm as i32;
                    p.words.insert(offset, Word { offset, value: b, store: i.op, alias: i.alias });
                    return;
                }
            }
            Op::StoreShape => {
                if let Some(p) = self.pending.get_mut(&a) {
                    p.header = with_shape(p.header, i.imm);
                    return;
                }
            }
            // What is made later is new then.
            Op::BarrierAt if self.pending.contains_key(&a) => return,
            _ => {}
        }
        for (k, &v) in i.args.iter().enumerate() {
            if v.is_some() && !keeps(i.op, k) {
                self.make(v);
            }
        }
        if i.op == Op::Step {
            self.make_all(i.snap);
        } else if i.snap != NO_SNAPSHOT {
            let snap = self.describe(i.snap);
            self.region.insts[r.index()].snap = snap;
        }
        self.body.push(r);
    }

    /// Everything that the snapshot mentions is a cell from here on.
    fn make_all(&mut self, snap: u32) {
        let slots: Vec<Ref> = self.region.snaps[snap as usize].slots.iter().map(|s| s.1).collect();
        slots.into_iter().for_each(|v| self.make(v));
    }

    /// The value is a cell from here on, and what it refers to.
    fn make(&mut self, r: Ref) {
        if !self.pending.contains_key(&r) {
            return;
        }
        let mut late = Vec::new();
        self.make_inner(r, &mut Vec::new(), &mut late);
        // Other cells were made between this cell and what it refers to.
        for (cell, w) in late {
            self.store(cell, w);
            let barrier = self.region.push(Inst::new(Op::BarrierAt, &[cell]).imm(w.offset as i64));
            self.body.push(barrier);
        }
    }

    fn make_inner(&mut self, r: Ref, open: &mut Vec<Ref>, late: &mut Vec<(Ref, Word)>) {
        let Some(p) = self.pending.remove(&r) else { return };
        open.push(r);
        let mut now = Vec::new();
        for w in p.words.into_values() {
            self.make_inner(w.value, open, late);
            if open.contains(&w.value) { late.push((r, w)) } else { now.push(w) }
        }
        open.pop();
        self.region.insts[r.index()].imm = p.header;
        self.body.push(r);
        for w in now {
            let i = self.region.inst(w.value);
            // A new cell is zero.
            if !(self.region.is_const(w.value) && i.imm == 0) {
                self.store(r, w);
            }
        }
    }

    fn store(&mut self, cell: Ref, w: Word) {
        let i = Inst::new(w.store, &[cell, w.value]).imm(w.offset as i64).alias(w.alias);
        let r = self.region.push(i);
        self.body.push(r);
    }

    /// The number of the snapshot with the cells that are not made described as they are here.
    fn describe(&mut self, snap: u32) -> u32 {
        let changes =
            |v: Ref| self.pending.contains_key(&v) || matches!(self.region.inst(v).op, Op::BoxI | Op::BoxF);
        let slots = &self.region.snaps[snap as usize].slots;
        // Most snapshots mention no cell that is not made yet.
        if !slots.iter().any(|s| changes(s.1)) {
            let variants = self.described.entry(snap).or_default();
            if variants.is_empty() {
                variants.push(snap);
            }
            let plain = |n: &&u32| self.region.snaps[**n as usize].objects.is_empty();
            if let Some(&known) = variants.iter().find(plain) {
                return known;
            }
        }
        let mut s = self.region.snaps[snap as usize].clone();
        let mut objects: Vec<Object> = Vec::new();
        for (_, v) in &mut s.slots {
            *v = self.mention(*v, &mut objects);
        }
        s.objects = objects;
        let variants = self.described.entry(snap).or_default();
        // Guards of one instruction share their snapshot: mostly the cells have not changed in between.
        for &known in variants.iter() {
            if self.region.snaps[known as usize].objects == s.objects {
                return known;
            }
        }
        let number = if variants.is_empty() {
            self.region.snaps[snap as usize] = s;
            snap
        } else {
            self.region.snaps.push(s);
            self.region.snaps.len() as u32 - 1
        };
        variants.push(number);
        number
    }

    /// The value as a snapshot has it.
    fn mention(&self, v: Ref, objects: &mut Vec<Object>) -> Ref {
        let i = self.region.inst(v);
        if matches!(i.op, Op::BoxI | Op::BoxF) {
            return i.args[0];
        }
        let Some(p) = self.pending.get(&v) else { return v };
        if objects.iter().any(|o| o.cell == v) {
            return v;
        }
        let at = objects.len();
        objects.push(Object { cell: v, header: p.header, words: Vec::new() });
        let mut words = Vec::new();
        for &w in p.words.values() {
            let boxed = w.store == Op::Store;
            let value = if boxed || self.pending.contains_key(&w.value) {
                self.mention(w.value, objects)
            } else {
                w.value
            };
            words.push(Word { value, ..w });
        }
        objects[at].words = words;
        v
    }
}
