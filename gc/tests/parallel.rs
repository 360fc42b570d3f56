//! Marking by several threads finds what marking by one does: the same graphs in two heaps, and what is left of them.

mod common;

use std::collections::BTreeSet;

use common::*;
use krait_gc::{CellPtr, Config};

/// Builds a graph, the same for the same seed, of which the first `rooted` cells are roots.
type Build = fn(&Test, &mut Random, &mut Vec<CellPtr>) -> usize;

/// Cells of all sizes with references anywhere; most can be reached, and in many ways.
fn tangle(test: &Test, random: &mut Random, cells: &mut Vec<CellPtr>) -> usize {
    for id in 0..30_000 {
        let slots = match random.below(1000) {
            0 => 2000 + random.below(4000),
            1..20 => random.below(500),
            20..100 => 0,
            _ => 1 + random.below(4),
        };
        cells.push(test.node(if random.below(2) == 0 { NODE } else { TABLE }, id, slots));
    }
    for i in 0..cells.len() {
        let slots = word(cells[i], 2) as usize;
        for slot in 0..slots.min(40) {
            let to = cells[random.below(cells.len())];
            test.store(cells[i], if slots > 40 { random.below(slots) } else { slot }, Some(to));
        }
    }
    3
}

/// Long chains that hang on one long array: half of them.
fn chains(test: &Test, random: &mut Random, cells: &mut Vec<CellPtr>) -> usize {
    const CHAINS: usize = 4000;
    cells.push(test.node(TABLE, 0, CHAINS));
    for chain in 0..CHAINS {
        let mut next = None;
        for _ in 0..random.below(30) {
            let cell = test.node(NODE, cells.len() as u64, 1 + random.below(3));
            test.store(cell, 0, next);
            next = Some(cell);
            cells.push(cell);
        }
        if random.below(2) == 0 {
            test.store(cells[0], chain, next);
        }
    }
    1
}

/// One chain: nothing can be shared.
fn chain(test: &Test, _: &mut Random, cells: &mut Vec<CellPtr>) -> usize {
    for id in 0..40_000 {
        let cell = test.node(NODE, id, 1);
        if let Some(&last) = cells.last() {
            test.store(last, 0, Some(cell));
        }
        cells.push(cell);
    }
    1
}

/// A binary tree, and as many cells that only refer into it.
fn tree(test: &Test, random: &mut Random, cells: &mut Vec<CellPtr>) -> usize {
    const INNER: usize = 20_000;
    for id in 0..2 * INNER as u64 {
        cells.push(test.node(NODE, id, 2));
    }
    for i in 1..INNER {
        test.store(cells[(i - 1) / 2], (i - 1) % 2, Some(cells[i]));
        test.store(cells[INNER + i], random.below(2), Some(cells[random.below(INNER)]));
    }
    1
}

/// The ids that are left, the cells and the bytes that were marked.
fn survivors(config: Config, build: Build, seed: u64) -> (BTreeSet<u64>, usize, usize) {
    let test = Test::new(config);
    // What is built stays until it is complete.
    test.heap.disable();
    let mut cells = Vec::new();
    let rooted = build(&test, &mut Random::new(seed), &mut cells);
    for &cell in &cells[..rooted] {
        test.root(cell);
    }
    test.heap.enable();
    let mut last = (BTreeSet::new(), 0, 0);
    // Twice: from fresh cells, and from old ones with marks.
    for round in 0..2 {
        test.heap.collect(true);
        let stats = test.host.last.get();
        let found = (test.live().into_iter().map(id).collect(), stats.marked_cells, stats.marked_bytes);
        assert!(round == 0 || found == last);
        last = found;
    }
    // Lines that should have been marked and were not would be overwritten now.
    for _ in 0..20_000 {
        test.heap.alloc(64, 0, LEAF);
    }
    test.heap.collect(true);
    assert_eq!(test.live().into_iter().map(id).collect::<BTreeSet<_>>(), last.0);
    last
}

fn compare(build: Build) {
    for seed in 1..4 {
        let one = survivors(Config { parallel_from: usize::MAX, ..small() }, build, seed);
        assert!(!one.0.is_empty());
        for markers in 2..=5 {
            let several = survivors(Config { parallel_from: 0, markers, ..small() }, build, seed);
            assert!(one == several, "seed {seed}, {markers} threads");
        }
    }
}

#[test]
fn a_tangle() {
    compare(tangle);
}

#[test]
fn chains_on_an_array() {
    compare(chains);
}

#[test]
fn one_chain() {
    compare(chain);
}

#[test]
fn a_tree() {
    compare(tree);
}

/// A child goes on with the heap, whose helpers were there before.
#[cfg(unix)]
#[test]
fn a_child_process_marks_in_parallel() {
    unsafe extern "C" {
        fn fork() -> i32;
        fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
        fn _exit(status: i32) -> !;
    }
    let test = Test::new(Config { parallel_from: 0, markers: 3, ..small() });
    let mut cells = Vec::new();
    test.heap.disable();
    tree(&test, &mut Random::new(7), &mut cells);
    test.root(cells[0]);
    test.heap.collect(true);
    let cells = test.host.last.get().marked_cells;
    // SAFETY: the child uses this heap alone and leaves without running anything else.
    let pid = unsafe { fork() };
    if pid == 0 {
        test.heap.collect(true);
        let same = test.host.last.get().marked_cells == cells;
        // SAFETY: ends the process.
        unsafe { _exit(if same { 0 } else { 1 }) };
    }
    let mut status = -1;
    // SAFETY: waits for the child.
    assert_eq!(unsafe { waitpid(pid, &mut status, 0) }, pid);
    assert_eq!(status, 0);
    test.heap.collect(true);
    assert_eq!(test.host.last.get().marked_cells, cells);
}
