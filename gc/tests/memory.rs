//! Memory stays flat when what is allocated is dropped, and comes back when much was dropped at once.

mod common;

use common::*;
use krait_gc::Config;

fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// One test, because the resident size is the process's.
#[test]
#[cfg(target_os = "linux")]
fn resident_size_is_flat() {
    let test = Test::new(Config { nursery: 4 << 20, min_major: 16 << 20, ..Config::default() });

    // Ten million cells, each dropped at once.
    let cycle = |n: u64| {
        for i in 0..n {
            let cell = test.heap.alloc(48, 0, LEAF);
            set_word(cell, 1, i);
        }
    };
    cycle(500_000);
    let before = resident();
    cycle(10_000_000);
    assert!(resident() < before + (1 << 20));

    // Ten million that live for a while in a ring of old and new.
    let ring = test.node(TABLE, 0, 5000);
    test.root(ring);
    let cycle = |n: usize| {
        for i in 0..n {
            let cell = test.heap.alloc(48, 0, NODE);
            test.store(ring, i % 5000, Some(cell));
        }
    };
    // How much of the dead waits for a full collection depends on the time, up to `min_major` and a nursery.
    cycle(18_000_000);
    assert!(resident() < before + (22 << 20), "{} {}", before >> 10, resident() >> 10);

    // Large cells of varying size.
    let mut random = Random::new(1);
    let mut cycle = |n: usize| {
        for i in 0..n {
            let cell = test.node(LEAF, 0, 1100 + random.below(20_000));
            test.store(ring, i % 20, Some(cell));
        }
    };
    cycle(2000);
    let before = resident();
    cycle(10_000);
    assert!(resident() < before + (8 << 20));

    // A hundred megabytes live, then dropped.
    test.clear_roots();
    test.heap.collect(true);
    let before = resident();
    let root = test.node(NODE, 0, 1);
    test.root(root);
    for _ in 0..2_000_000 {
        let cell = test.heap.alloc(48, 0, NODE);
        set_word(cell, 2, 1);
        test.store(cell, 0, slot(root, 0));
        test.store(root, 0, Some(cell));
    }
    assert!(resident() > before + (60 << 20));
    assert!(resident() < before + (160 << 20));
    test.clear_roots();
    test.heap.collect(true);
    assert!(resident() < before + (24 << 20), "{} {}", before >> 10, resident() >> 10);
}
