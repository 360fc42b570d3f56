//! What each part of the heap promises, one by one.

mod common;

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use common::*;
use krait_gc::{CARD, CellPtr, Config, Heap, MAX_SMALL, header};

/// Tests that look at the counters shared by all of them.
static COUNTERS: Mutex<()> = Mutex::new(());

#[test]
fn header_fields_do_not_overlap() {
    let heap = Heap::new(small());
    let cell = heap.alloc(40, 0xdead_beef, 0xa5);
    // SAFETY: just allocated.
    let header = unsafe { cell.as_ref() };
    assert_eq!((header.shape(), header.kind(), header.granules()), (0xdead_beef, 0xa5, 3));
    assert_eq!(header.flags(), 0);
    assert_eq!(heap.size_of(cell), 48);
    header.set_flag(header::USER_FLAGS);
    header.set_shape(3);
    header.set_kind(9);
    assert_eq!((header.shape(), header.kind(), header.granules()), (3, 9, 3));
    assert_eq!(header.flags(), header::USER_FLAGS);
    assert!(!header.has(header::OLD | header::FINALIZER));
    header.clear_flag(header::USER_FLAGS);
    assert_eq!(header.flags(), 0);
}

#[test]
fn cells_of_all_sizes_are_apart_and_zero() {
    let test = Test::new(small());
    let mut random = Random::new(5);
    let mut cells: Vec<(usize, usize)> = Vec::new();
    for i in 0..3000 {
        let slots = match random.below(20) {
            0 => random.below(3000),
            1..4 => random.below(1000),
            _ => random.below(12),
        };
        let cell = test.node(NODE, i, slots);
        test.root(cell);
        cells.push((cell.as_ptr() as usize, test.heap.size_of(cell)));
        assert_eq!(cell.as_ptr() as usize % 16, 0);
    }
    cells.sort_unstable();
    for pair in cells.windows(2) {
        assert!(pair[0].0 + pair[0].1 <= pair[1].0);
    }
    assert_eq!(test.live().len(), cells.len());
}

#[test]
fn young_collection_keeps_what_roots_reach() {
    let test = Test::new(small());
    let a = test.node(NODE, 1, 2);
    test.root(a);
    let b = test.node(NODE, 2, 0);
    test.store(a, 0, Some(b));
    test.node(NODE, 3, 0);
    assert_eq!(test.live().len(), 3);
    // Dropped, but in no cycle.
    assert_eq!(test.heap.collect(false), 0);
    assert_eq!(test.live(), [a, b]);
    // SAFETY: live.
    assert!(unsafe { a.as_ref() }.has(header::OLD));
    // An old cell that becomes unreachable stays until a full collection.
    test.store(a, 0, None);
    assert_eq!(test.heap.collect(false), 0);
    assert_eq!(test.live().len(), 2);
    assert_eq!(test.heap.collect(true), 0);
    assert_eq!(test.live(), [a]);
}

#[test]
fn barrier_remembers_old_cells() {
    let test = Test::new(small());
    let a = test.node(NODE, 1, 1);
    test.root(a);
    test.heap.collect(false);
    for i in 0..3 {
        let b = test.node(NODE, 10 + i, 0);
        test.store(a, 0, Some(b));
        test.heap.collect(false);
        assert_eq!(slot(a, 0).map(id), Some(10 + i));
        assert!(test.live().contains(&b));
    }
    test.heap.collect(true);
    assert_eq!(test.live().len(), 2);
}

#[test]
fn remember_traces_again_without_a_barrier() {
    let test = Test::new(small());
    for slots in [1, 4000] {
        test.clear_roots();
        let a = test.node(NODE, 1, slots);
        test.root(a);
        test.heap.collect(true);
        test.heap.remember(a);
        let b = test.node(NODE, 2, 0);
        set_word(a, 3, b.as_ptr() as u64 + 1);
        test.heap.collect(false);
        assert_eq!(test.live().len(), 2);
    }
}

#[test]
fn cards_limit_what_is_traced_again() {
    let _lock = COUNTERS.lock();
    let test = Test::new(small());
    let table = test.node(TABLE, 1, 100_000);
    test.root(table);
    test.heap.collect(false);
    for i in [0, 70_000, 99_999] {
        let cell = test.node(NODE, i as u64, 0);
        test.store(table, i, Some(cell));
    }
    RANGED.store(0, Ordering::Relaxed);
    test.heap.collect(false);
    assert!(RANGED.load(Ordering::Relaxed) <= 3 * CARD / 8);
    assert_eq!(test.live().len(), 4);
    RANGED.store(0, Ordering::Relaxed);
    test.heap.collect(false);
    assert_eq!(RANGED.load(Ordering::Relaxed), 0);
    let start = word_address(table, 3 + 500);
    test.heap.barrier_range(table, start, 800 * 8);
    for i in 500..1300 {
        let cell = test.node(NODE, i as u64, 0);
        set_word(table, 3 + i, cell.as_ptr() as u64 + 1);
    }
    test.heap.collect(false);
    assert_eq!(test.live().len(), 804);
}

fn word_address(cell: CellPtr, i: usize) -> *const u64 {
    (cell.as_ptr() as *const u64).wrapping_add(i)
}

#[test]
fn large_cells_grow_in_place_and_are_freed() {
    let test = Test::new(small());
    let cell = test.node(NODE, 1, 5000);
    test.root(cell);
    for i in 0..5000 {
        set_word(cell, 3 + i, 4);
    }
    assert!(test.heap.grow_large(cell, 1 << 20));
    assert_eq!(test.heap.size_of(cell), 1 << 20);
    for i in 5003..(1 << 17) {
        assert_eq!(word(cell, i), 0);
    }
    assert!(test.heap.grow_large(cell, 10_000));
    assert!(test.heap.grow_large(cell, 60_000));
    for i in 1250..7500 {
        assert_eq!(word(cell, i), 0);
    }
    let small_cell = test.node(NODE, 2, 1);
    assert!(!test.heap.grow_large(small_cell, 100_000));
    // With another cell behind it there is no room.
    let other = test.node(NODE, 3, 5000);
    assert!(other > cell);
    assert!(!test.heap.grow_large(cell, 200_000));
    test.heap.free_now(other);
    assert!(test.heap.grow_large(cell, 200_000));
    assert_eq!(test.heap.stats().large_cells, 1);
    test.clear_roots();
    test.heap.collect(true);
    assert_eq!(test.heap.stats().large_cells, 0);
    assert_eq!(test.heap.stats().large_bytes, 0);
}

#[test]
fn freed_large_cells_are_reused_and_zero() {
    let test = Test::new(small());
    let mut random = Random::new(3);
    let mut held: Vec<CellPtr> = Vec::new();
    test.heap.disable();
    for i in 0..2000 {
        if held.len() > 20 {
            test.heap.free_now(held.swap_remove(random.below(held.len())));
        }
        let slots = MAX_SMALL / 8 + random.below(30_000);
        let cell = test.node(NODE, i, slots);
        for slot in 0..slots {
            set_word(cell, 3 + slot, !7);
        }
        held.push(cell);
    }
    assert_eq!(test.heap.stats().large_cells, held.len());
    assert!(test.heap.stats().committed_bytes < 32 << 20);
}

#[test]
fn interior_addresses_find_their_cell() {
    let test = Test::new(small());
    for slots in [0, 1, 100, 1000, 9000] {
        let cell = test.node(NODE, 1, slots);
        let (start, size) = (cell.as_ptr() as usize, test.heap.size_of(cell));
        for addr in [start, start + 1, start + 8, start + size / 2, start + size - 1] {
            assert_eq!(test.heap.contains(addr), Some(cell));
        }
        assert_ne!(test.heap.contains(start + size), Some(cell));
    }
    assert_eq!(test.heap.contains(0), None);
    assert_eq!(test.heap.contains(&test as *const _ as usize), None);
    test.heap.collect(true);
    let cell = test.node(NODE, 1, 1);
    let start = cell.as_ptr() as usize;
    test.heap.collect(true);
    assert_eq!(test.heap.contains(start), None);
}

#[test]
fn conservative_ranges_keep_cells() {
    let test = Test::new(small());
    let cells: Vec<CellPtr> = (0..4).map(|i| test.node(NODE, i, 2000 * (i as usize % 2))).collect();
    let words: Vec<usize> = vec![
        cells[0].as_ptr() as usize,
        cells[1].as_ptr() as usize + 1,
        cells[2].as_ptr() as usize + 16,
        cells[3].as_ptr() as usize + 9999,
        usize::MAX,
        0,
    ];
    let lo = words.as_ptr() as usize;
    test.host.other_stacks.borrow_mut().push((lo, lo + 8 * words.len()));
    for full in [false, true, false] {
        test.heap.collect(full);
        let mut ids: Vec<u64> = test.live().into_iter().map(id).collect();
        ids.sort_unstable();
        assert_eq!(ids, [0, 1, 2, 3]);
    }
    test.host.other_stacks.borrow_mut().clear();
    test.heap.collect(true);
    assert_eq!(test.live().len(), 0);
}

#[test]
fn own_stack_keeps_cells() {
    let test = Test::new(small());
    let marker = 0usize;
    test.host.stack_base.set(&marker as *const usize as usize + 8);
    // A frame below the base holds the only reference.
    #[inline(never)]
    fn inner(test: &Test) {
        let cell = std::hint::black_box(test.node(NODE, 42, 1));
        test.heap.collect(false);
        assert!(test.live().contains(&cell));
        test.heap.collect(true);
        assert!(test.live().contains(&cell));
        std::hint::black_box(cell);
    }
    inner(&test);
    std::hint::black_box(&marker);
}

#[test]
fn weak_references_are_cleared_newest_first() {
    let test = Test::new(small());
    let referent = test.node(NODE, 1, 0);
    let kept = test.root(referent);
    for i in 0..4 {
        let weakref = test.node(WEAK, 100 + i, 0);
        test.root(weakref);
        test.heap.add_weakref(referent, weakref);
        if i == 1 {
            test.heap.collect(false);
        }
    }
    let mut order = Vec::new();
    test.heap.weakrefs_of(referent, &mut |weakref| order.push(id(weakref)));
    assert_eq!(order, [103, 102, 101, 100]);
    // A weak reference that dies first leaves the table.
    test.host.roots.borrow_mut()[kept + 2] = None;
    test.heap.collect(true);
    assert_eq!(test.host.cleared.borrow().len(), 0);
    let mut second = None;
    test.heap.weakrefs_of(referent, &mut |weakref| {
        if id(weakref) == 102 {
            second = Some(weakref);
        }
    });
    test.heap.remove_weakref(referent, second.unwrap());
    test.host.roots.borrow_mut()[kept] = None;
    test.heap.collect(true);
    assert_eq!(*test.host.cleared.borrow(), [(103, true), (100, true)]);
    assert_eq!(test.host.pending.get(), 1);
}

#[test]
fn weak_reference_that_dies_with_its_referent_is_not_alive() {
    let test = Test::new(small());
    let referent = test.node(NODE, 1, 0);
    let weakref = test.node(WEAK, 2, 0);
    test.heap.add_weakref(referent, weakref);
    test.heap.collect(false);
    assert_eq!(*test.host.cleared.borrow(), [(2, false)]);
    assert_eq!(test.live().len(), 0);
}

#[test]
fn finalizers_run_once_and_resurrect() {
    let test = Test::new(small());
    let cell = test.node(NODE, 1, 1);
    let child = test.node(NODE, 2, 0);
    test.store(cell, 0, Some(child));
    let weakref = test.node(WEAK, 3, 0);
    test.root(weakref);
    test.heap.add_weakref(child, weakref);
    test.heap.add_finalizer(cell);
    test.heap.collect(false);
    // What only a finalizable cell reaches lost its weak references, and lives.
    assert_eq!(*test.host.cleared.borrow(), [(3, true)]);
    assert_eq!(test.live().len(), 3);
    assert_eq!(test.heap.next_finalizer(), Some(cell));
    assert_eq!(test.heap.next_finalizer(), None);
    test.root(cell);
    test.heap.collect(true);
    assert_eq!(test.live().len(), 3);
    test.clear_roots();
    assert_eq!(test.heap.collect(true), 0);
    assert_eq!(test.heap.next_finalizer(), None);
    assert_eq!(test.live().len(), 0);
}

/// A node that refers to `to`; `size` slots of it are left.
fn pointing(test: &Test, size: usize, to: krait_gc::CellPtr) -> krait_gc::CellPtr {
    let cell = test.node(NODE, 0, size + 1);
    test.store(cell, 0, Some(to));
    cell
}

#[test]
fn cycles_and_what_hangs_on_them_are_counted() {
    let test = Test::new(small());
    let hanging = pointing(&test, 0, test.node(NODE, 0, 0));
    // Large, so that it is numbered after the small ones.
    let ring = test.node(NODE, 0, 2000);
    let other = pointing(&test, 1, ring);
    test.store(ring, 1999, Some(other));
    test.store(other, 1, Some(hanging));
    // Chains that refer to the ring, or to nothing, are no part of it.
    for _ in 0..100 {
        pointing(&test, 0, pointing(&test, 0, ring));
        pointing(&test, 0, pointing(&test, 0, test.node(NODE, 0, 0)));
    }
    let alone = test.node(NODE, 0, 1);
    test.store(alone, 0, Some(alone));
    let kept = pointing(&test, 1, test.node(NODE, 0, 1));
    test.root(kept);
    test.store(kept, 1, Some(kept));
    assert_eq!(test.heap.collect(true), 5);
    assert_eq!(test.live().len(), 2);
    test.clear_roots();
    assert_eq!(test.heap.collect(true), 2);
    assert_eq!(test.heap.collect(true), 0);
}

#[test]
fn finalizers_can_be_removed_and_added_again() {
    let test = Test::new(small());
    let cell = test.node(NODE, 1, 1);
    let root = test.root(cell);
    for i in 0..100_000 {
        test.heap.add_finalizer(cell);
        if i % 1000 == 0 {
            test.heap.collect(false);
        }
        test.heap.remove_finalizer(cell);
    }
    test.heap.add_finalizer(cell);
    test.host.roots.borrow_mut()[root] = None;
    test.heap.collect(true);
    assert_eq!(test.heap.next_finalizer(), Some(cell));
    assert_eq!(test.heap.next_finalizer(), None);
    test.heap.add_finalizer(cell);
    test.heap.remove_finalizer(cell);
    test.heap.collect(true);
    assert_eq!(test.heap.next_finalizer(), None);
    let cells: Vec<CellPtr> = (0..5).map(|i| test.node(NODE, i, 0)).collect();
    for &cell in &cells {
        test.root(cell);
        test.heap.add_finalizer(cell);
    }
    assert_eq!(test.heap.queue_all_finalizers(), 5);
    assert_eq!(std::iter::from_fn(|| test.heap.next_finalizer()).collect::<Vec<_>>(), cells);
}

#[test]
fn resources_are_released_when_they_die_or_at_the_end() {
    let _lock = COUNTERS.lock();
    RELEASED.store(0, Ordering::Relaxed);
    let test = Test::new(small());
    let kept = test.node(RESOURCE, 1, 0);
    test.root(kept);
    test.heap.add_resource(kept);
    let dead = test.node(RESOURCE, 2, 0);
    test.heap.add_resource(dead);
    test.heap.collect(false);
    assert_eq!(RELEASED.load(Ordering::Relaxed), 1);
    test.heap.collect(true);
    assert_eq!(RELEASED.load(Ordering::Relaxed), 1);
    test.heap.release_all();
    assert_eq!(RELEASED.load(Ordering::Relaxed), 2);
    test.clear_roots();
    test.heap.collect(true);
    assert_eq!(RELEASED.load(Ordering::Relaxed), 2);
}

#[test]
fn references_are_listed() {
    let test = Test::new(small());
    let cell = test.node(NODE, 1, 1000);
    let others: Vec<CellPtr> = (0..3).map(|i| test.node(NODE, i, 0)).collect();
    test.store(cell, 0, Some(others[0]));
    test.store(cell, 500, Some(others[1]));
    test.store(cell, 999, Some(others[2]));
    let mut found = Vec::new();
    test.heap.references_of(cell, &mut |other| found.push(other));
    assert_eq!(found, others);
}

#[test]
fn long_chains_need_no_recursion() {
    let test = Test::new(Config { nursery: 64 << 20, ..small() });
    let first = test.node(NODE, 0, 1);
    let mut last = first;
    test.root(first);
    for i in 1..500_000 {
        let next = test.heap.alloc(32, 0, NODE);
        set_word(next, 1, i);
        set_word(next, 2, 1);
        test.store(last, 0, Some(next));
        last = next;
    }
    test.heap.collect(true);
    assert_eq!(test.host.last.get().marked_cells, 500_000);
    test.heap.collect(true);
    assert_eq!(test.heap.stats().live_bytes, 500_000 * 32);
}

#[test]
fn memory_that_can_not_be_had_is_refused() {
    let test = Test::new(Config { max_bytes: 16 << 20, ..small() });
    assert_eq!(test.heap.try_alloc(usize::MAX - 8, 0, LEAF), None);
    assert_eq!(test.heap.try_alloc(isize::MAX as usize, 0, LEAF), None);
    assert_eq!(test.heap.try_alloc(600 << 20, 0, LEAF), None);
    let keep = test.node(NODE, 0, 1);
    test.root(keep);
    let mut count = 0;
    while let Some(cell) = test.heap.try_alloc(48, 0, NODE) {
        set_word(cell, 2, 1);
        test.store(cell, 0, slot(keep, 0));
        test.store(keep, 0, Some(cell));
        count += 1;
        assert!(count < 1 << 20);
    }
    assert!(count * 48 > 14 << 20);
    // The last reserve still gives enough to report it.
    for _ in 0..1000 {
        test.heap.alloc(100, 0, LEAF);
    }
    test.store(keep, 0, None);
    assert!(test.heap.try_alloc(48, 0, LEAF).is_some());
    assert!(test.heap.try_alloc(1000, 0, LEAF).is_some());
}

#[test]
fn without_collections_nothing_is_collected() {
    let test = Test::new(small());
    test.heap.disable();
    assert!(!test.heap.is_enabled());
    for i in 0..100_000 {
        test.node(NODE, i, 1);
    }
    assert_eq!(test.heap.stats().young.count, 0);
    test.heap.enable();
    for i in 0..100_000 {
        test.node(NODE, i, 1);
    }
    let stats = test.heap.stats();
    assert!(stats.young.count > 0);
    assert!(stats.allocated_bytes >= 200_000 * 32);
}

#[test]
fn a_forked_child_goes_on() {
    let test = Test::new(small());
    let cell = test.node(NODE, 1, 1);
    test.root(cell);
    // SAFETY: the child only uses the heap and leaves.
    let child = unsafe { libc::fork() };
    for i in 0..50_000 {
        let next = test.heap.alloc(32, 0, NODE);
        set_word(next, 1, i);
        test.store(cell, 0, Some(next));
    }
    test.heap.collect(true);
    let good = slot(cell, 0).map(id) == Some(49_999) && test.live().len() == 2;
    if child == 0 {
        // SAFETY: ends the child without running the harness's exit code.
        unsafe { libc::_exit(if good { 0 } else { 1 }) }
    }
    let mut status = 0;
    // SAFETY: waits for the child made above.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert!(good);
    assert_eq!(status, 0);
}

#[test]
fn reserved_addresses_can_be_given_back() {
    let test = Test::new(Config { nursery: 256 << 10, min_major: 1 << 20, ..Config::default() });
    let fill = |n: u64| {
        for i in 0..n {
            let cell = test.node(TABLE, i, if i % 100 == 0 { 5000 } else { 3 });
            if i % 10 == 0 {
                test.root(cell);
            }
        }
    };
    fill(1000);
    test.heap.limit_address_space(64 << 20);
    fill(1000);
    assert_eq!(test.heap.try_alloc(40 << 20, 0, LEAF), None);
    test.heap.limit_address_space(32 << 20);
    test.heap.collect(true);
    assert_eq!(test.live().len(), 200);
    test.clear_roots();
    test.heap.collect(true);
    assert_eq!(test.live().len(), 0);
    assert!(test.heap.try_alloc(10 << 20, 0, LEAF).is_some());
}
