//! Random graphs against a shadow model: what the heap keeps, clears, queues, and frees is compared with what
//! the model says, in stress mode and without.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use krait_gc::{CellPtr, Config};

struct Shadow {
    cell: CellPtr,
    slots: BTreeMap<usize, u64>,
    len: usize,
    finalizer: bool,
    /// Weak reference cells to this one, oldest first.
    weakrefs: Vec<u64>,
}

struct Model {
    test: Test,
    random: Random,
    next: u64,
    all: BTreeMap<u64, Shadow>,
    roots: Vec<Option<u64>>,
    released: usize,
}

const ROOTS: usize = 24;

impl Model {
    fn new(config: Config, seed: u64) -> Model {
        let test = Test::new(config);
        *test.host.roots.borrow_mut() = vec![None; ROOTS];
        Model {
            test,
            random: Random::new(seed),
            next: 1,
            all: BTreeMap::new(),
            roots: vec![None; ROOTS],
            released: 0,
        }
    }

    fn set_root(&mut self, at: usize, id: Option<u64>) {
        self.roots[at] = id;
        self.test.host.roots.borrow_mut()[at] = id.map(|id| self.all[&id].cell);
    }

    /// A reachable node: some steps from a root.
    fn pick(&mut self) -> Option<u64> {
        let mut id = self.roots[self.random.below(ROOTS)]?;
        for _ in 0..self.random.below(6) {
            let slots = &self.all[&id].slots;
            if slots.is_empty() {
                break;
            }
            let n = self.random.below(slots.len());
            id = *slots.values().nth(n).unwrap();
        }
        Some(id)
    }

    fn make(&mut self) {
        let len = match self.random.below(100) {
            0 => 1000 + self.random.below(5000),
            1..6 => self.random.below(900),
            6..16 => self.random.below(60),
            _ => self.random.below(6),
        };
        let kind = if self.random.below(2) == 0 { NODE } else { TABLE };
        let id = self.next;
        self.next += 1;
        let cell = self.test.node(kind, id, len);
        let shadow = Shadow { cell, slots: BTreeMap::new(), len, finalizer: false, weakrefs: Vec::new() };
        assert!(self.all.insert(id, shadow).is_none());
        let at = self.random.below(ROOTS);
        self.set_root(at, Some(id));
        // Fill it, from what is there; no allocation comes between.
        for _ in 0..self.random.below(4) {
            self.link_from(id);
        }
        // Hang it in, so that not everything hangs off the roots directly.
        if let Some(parent) = self.pick() {
            self.link(parent, id);
        }
    }

    fn link_from(&mut self, from: u64) {
        if let Some(to) = self.pick() {
            self.link(from, to);
        }
    }

    fn link(&mut self, from: u64, to: u64) {
        let target = self.all[&to].cell;
        let len = self.all[&from].len;
        if len > 0 {
            let slot = self.random.below(len);
            let shadow = self.all.get_mut(&from).unwrap();
            shadow.slots.insert(slot, to);
            self.test.store(shadow.cell, slot, Some(target));
        }
    }

    fn unlink(&mut self) {
        if let Some(from) = self.pick()
            && let Some(&slot) = self.all[&from].slots.keys().next()
        {
            let shadow = self.all.get_mut(&from).unwrap();
            shadow.slots.remove(&slot);
            self.test.store(shadow.cell, slot, None);
        }
    }

    fn add_weakref(&mut self) {
        let Some(referent) = self.pick() else { return };
        let id = self.next;
        self.next += 1;
        // The weak reference is a node like others, and is rooted like others.
        let cell = self.test.node(WEAK, id, 0);
        let shadow = Shadow { cell, slots: BTreeMap::new(), len: 0, finalizer: false, weakrefs: Vec::new() };
        self.all.insert(id, shadow);
        self.test.heap.add_weakref(self.all[&referent].cell, cell);
        self.all.get_mut(&referent).unwrap().weakrefs.push(id);
        let at = self.random.below(ROOTS);
        self.set_root(at, Some(id));
    }

    fn toggle_finalizer(&mut self) {
        if let Some(id) = self.pick() {
            let shadow = self.all.get_mut(&id).unwrap();
            if shadow.finalizer {
                self.test.heap.remove_finalizer(shadow.cell);
            } else {
                self.test.heap.add_finalizer(shadow.cell);
            }
            shadow.finalizer = !shadow.finalizer;
        }
    }

    /// The ids that the roots and some more cells reach.
    fn reachable(&self, more: impl Iterator<Item = u64>) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        let mut work: Vec<u64> = self.roots.iter().flatten().copied().chain(more).collect();
        while let Some(id) = work.pop() {
            if found.insert(id) {
                work.extend(self.all[&id].slots.values());
            }
        }
        found
    }

    fn check_contents(&self, reachable: &BTreeSet<u64>) {
        for id in reachable {
            let shadow = &self.all[id];
            assert_eq!(common::id(shadow.cell), *id);
            assert_eq!(word(shadow.cell, 2) as usize, shadow.len);
            for i in 0..shadow.len {
                let expected = shadow.slots.get(&i).map(|to| self.all[to].cell);
                assert_eq!(slot(shadow.cell, i), expected, "slot {i} of {id}");
            }
            // SAFETY: reachable, so it is there.
            let flag = unsafe { shadow.cell.as_ref() }.has(krait_gc::header::FINALIZER);
            assert_eq!(flag, shadow.finalizer);
        }
    }

    /// Lets everything die that is to die, and compares at every step.
    fn settle(&mut self) {
        while self.settle_once() {}
    }

    /// Collects, and compares with the model. True when finalizable cells died: then more may follow, because
    /// what they hold lives until they are gone for good.
    fn settle_once(&mut self) -> bool {
        let reachable = self.reachable(std::iter::empty());
        self.check_contents(&reachable);
        self.test.heap.collect(true);
        let held: Vec<CellPtr> = std::iter::from_fn(|| self.test.heap.next_finalizer()).collect();
        self.test.host.roots.borrow_mut().extend(held.iter().copied().map(Some));
        for cell in &held {
            let shadow = self.all.get_mut(&id(*cell)).unwrap();
            assert!(std::mem::take(&mut shadow.finalizer), "queued without reason, or twice");
            assert!(!reachable.contains(&id(*cell)));
        }
        let kept = self.reachable(held.iter().map(|&cell| id(cell)));
        for (id, shadow) in &self.all {
            assert!(!shadow.finalizer || kept.contains(id), "{id} died without its finalizer");
        }

        // Weak references: those to cells that are gone are cleared, those to cells that never died are not.
        let mut cleared: BTreeSet<u64> = BTreeSet::new();
        for (id, _) in self.test.host.cleared.take() {
            assert!(cleared.insert(id), "cleared twice");
        }
        for (id, shadow) in &mut self.all {
            if kept.contains(id) {
                shadow.weakrefs.retain(|weakref| kept.contains(weakref) && !cleared.contains(weakref));
                let mut found = Vec::new();
                self.test.heap.weakrefs_of(shadow.cell, &mut |weakref| found.push(common::id(weakref)));
                assert!(found.iter().rev().eq(&shadow.weakrefs), "{found:?} {:?}", shadow.weakrefs);
            }
            for weakref in &shadow.weakrefs {
                assert!(!(reachable.contains(id) && cleared.contains(weakref)));
                // One that died first was dropped.
                let there = kept.contains(weakref);
                assert!(kept.contains(id) || !there || cleared.contains(weakref), "{weakref} to {id}");
            }
        }
        self.check_contents(&kept);
        let live: BTreeSet<u64> = self.test.live().into_iter().map(id).collect();
        assert_eq!(live, kept);

        // One in three comes back to life.
        self.test.host.roots.borrow_mut().truncate(ROOTS);
        for &cell in &held {
            if self.random.below(3) == 0 {
                let at = self.random.below(ROOTS);
                self.set_root(at, Some(id(cell)));
            }
        }
        self.released += self.all.len() - kept.len();
        self.all.retain(|id, _| kept.contains(id));
        !held.is_empty()
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..40 => self.make(),
            40..60 => {
                if let Some(from) = self.pick() {
                    self.link_from(from);
                }
            }
            60..75 => self.unlink(),
            75..85 => {
                let at = self.random.below(ROOTS);
                self.set_root(at, None);
            }
            85..91 => self.add_weakref(),
            91..95 => self.toggle_finalizer(),
            95..98 => {
                self.test.heap.collect(false);
                let reachable = self.reachable(std::iter::empty());
                self.check_contents(&reachable);
            }
            98 => {
                self.test.heap.collect(true);
            }
            _ => {
                // Cells that nothing holds, of all sizes.
                for size in [16, 64, 300, 5000, 20_000] {
                    self.test.heap.alloc(size, 0, LEAF);
                }
            }
        }
    }
}

fn run(config: Config, seeds: std::ops::Range<u64>, rounds: usize, steps: usize) {
    for seed in seeds {
        let mut model = Model::new(config, seed);
        for _ in 0..rounds {
            for _ in 0..steps {
                model.step();
            }
            model.settle();
        }
        assert!(model.released > 0);
    }
}

#[test]
fn random_graphs() {
    run(Config { nursery: 64 << 10, ..small() }, 1..9, 6, 800);
}

#[test]
fn random_graphs_with_a_collection_at_every_allocation() {
    run(Config { stress: 1, ..small() }, 20..24, 3, 300);
}

#[test]
fn random_graphs_with_a_collection_at_every_seventh_allocation() {
    run(Config { stress: 7, ..small() }, 30..34, 4, 600);
}

#[test]
fn random_graphs_with_full_collections_often() {
    run(Config { nursery: 32 << 10, min_major: 64 << 10, ..small() }, 40..44, 6, 800);
}

#[test]
fn random_graphs_marked_by_several_threads() {
    let several = Config { nursery: 64 << 10, parallel_from: 0, markers: 3, ..small() };
    run(several, 50..54, 6, 800);
}
