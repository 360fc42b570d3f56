//! A host for tests: nodes with slots, leaves, weak reference cells, resources, and a vector of roots.
//!
//! A node is: header, id, number of slots, slots. By default the own stack is not scanned (its base is 0), so
//! that what is live is exactly what the roots reach.
#![allow(dead_code)]

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};

use krait_gc::{CellPtr, CollectionStats, Config, Heap, Host, KindInfo, Tracer};

pub const LEAF: u8 = 0;
pub const NODE: u8 = 1;
/// A node whose dirty cards are traced one by one.
pub const TABLE: u8 = 2;
pub const WEAK: u8 = 3;
pub const RESOURCE: u8 = 4;

pub static RELEASED: AtomicUsize = AtomicUsize::new(0);
/// Slots looked at by `trace_range`.
pub static RANGED: AtomicUsize = AtomicUsize::new(0);

const FIRST_SLOT: usize = 3;

unsafe fn trace_node(cell: CellPtr, tracer: &mut Tracer) {
    // SAFETY: nodes have their length in word 2.
    unsafe {
        let words = cell.as_ptr() as *const u64;
        tracer.visit_slice(words.add(FIRST_SLOT), *words.add(2) as usize);
    }
}

unsafe fn trace_table_range(cell: CellPtr, from: usize, to: usize, tracer: &mut Tracer) {
    // SAFETY: as above, and the range lies in the cell.
    unsafe {
        let words = cell.as_ptr() as *const u64;
        let end = FIRST_SLOT + *words.add(2) as usize;
        for i in (from / 8).max(FIRST_SLOT)..(to / 8).min(end) {
            RANGED.fetch_add(1, Ordering::Relaxed);
            tracer.visit(*words.add(i));
        }
    }
}

unsafe fn release(_: CellPtr) {
    RELEASED.fetch_add(1, Ordering::Relaxed);
}

static KINDS: [KindInfo; 256] = {
    let mut kinds = [KindInfo::leaf("leaf"); 256];
    kinds[NODE as usize] =
        KindInfo { name: "node", trace: trace_node, trace_range: None, container: true, release: None };
    kinds[TABLE as usize] = KindInfo {
        name: "table",
        trace: trace_node,
        trace_range: Some(trace_table_range),
        container: true,
        release: None,
    };
    kinds[RESOURCE as usize].release = Some(release);
    kinds
};

#[derive(Default)]
pub struct TestHost {
    pub roots: RefCell<Vec<Option<CellPtr>>>,
    pub stack_base: Cell<usize>,
    pub other_stacks: RefCell<Vec<(usize, usize)>>,
    /// Cleared weak reference cells: id and whether they were alive.
    pub cleared: RefCell<Vec<(u64, bool)>>,
    pub pending: Cell<usize>,
    pub last: Cell<CollectionStats>,
}

impl Host for TestHost {
    fn kinds(&self) -> &'static [KindInfo; 256] {
        &KINDS
    }

    fn trace_roots(&self, tracer: &mut Tracer) {
        for root in self.roots.borrow().iter().flatten() {
            tracer.visit(root.as_ptr() as u64 + 1);
        }
        for &(lo, hi) in self.other_stacks.borrow().iter() {
            // SAFETY: tests put readable ranges there.
            unsafe { tracer.conservative(lo, hi) }
        }
    }

    fn stack_base(&self) -> usize {
        self.stack_base.get()
    }

    fn clear_weakref(&self, weakref: CellPtr, alive: bool) {
        self.cleared.borrow_mut().push((id(weakref), alive));
    }

    fn pending(&self) {
        self.pending.set(self.pending.get() + 1);
    }

    fn collected(&self, stats: &CollectionStats) {
        self.last.set(*stats);
    }
}

pub struct Test {
    pub heap: Heap,
    pub host: Box<TestHost>,
}

impl Test {
    pub fn new(config: Config) -> Test {
        let test = Test { heap: Heap::new(config), host: Box::default() };
        // SAFETY: the host is boxed, and dropped with the heap.
        unsafe { test.heap.set_host(&*test.host) };
        test
    }

    pub fn node(&self, kind: u8, id: u64, slots: usize) -> CellPtr {
        let cell = self.heap.try_alloc((FIRST_SLOT + slots) * 8, 7, kind).expect("memory");
        for i in 1..self.heap.size_of(cell) / 8 {
            assert_eq!(word(cell, i), 0, "a new cell is not zero at word {i}");
        }
        set_word(cell, 1, id);
        set_word(cell, 2, slots as u64);
        cell
    }

    pub fn store(&self, cell: CellPtr, slot: usize, to: Option<CellPtr>) {
        let value = to.map_or(0, |to| to.as_ptr() as u64 + 1);
        // SAFETY: only the address of the slot is computed.
        let at = unsafe { (cell.as_ptr() as *const u64).add(FIRST_SLOT + slot) };
        self.heap.barrier(cell, at);
        set_word(cell, FIRST_SLOT + slot, value);
    }

    pub fn root(&self, cell: CellPtr) -> usize {
        let mut roots = self.host.roots.borrow_mut();
        roots.push(Some(cell));
        roots.len() - 1
    }

    pub fn clear_roots(&self) {
        self.host.roots.borrow_mut().clear();
    }

    pub fn live(&self) -> Vec<CellPtr> {
        let mut all = Vec::new();
        self.heap.for_each_object(&mut |cell| all.push(cell));
        all
    }
}

pub fn word(cell: CellPtr, i: usize) -> u64 {
    // SAFETY: tests ask for words inside their cells.
    unsafe { *(cell.as_ptr() as *const u64).add(i) }
}

pub fn set_word(cell: CellPtr, i: usize, value: u64) {
    // SAFETY: as above.
    unsafe { *(cell.as_ptr() as *mut u64).add(i) = value }
}

pub fn id(cell: CellPtr) -> u64 {
    word(cell, 1)
}

pub fn slot(cell: CellPtr, slot: usize) -> Option<CellPtr> {
    match word(cell, FIRST_SLOT + slot) {
        0 => None,
        value => CellPtr::new((value - 1) as *mut _),
    }
}

pub fn small() -> Config {
    Config { nursery: 256 << 10, min_major: 1 << 20, reserve: 1 << 30, ..Config::default() }
}

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) as usize) % n
    }
}
