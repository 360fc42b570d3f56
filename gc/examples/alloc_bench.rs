//! Quick figures: the price of an allocation, collections included, and the pauses of a heap with much live
//! data. Run with `cargo run --release -p krait-gc --example alloc_bench [live megabytes]`.

use std::cell::Cell;
use std::time::Instant;

use krait_gc::{CellPtr, CollectionStats, Config, Header, Heap, Host, KindInfo, Tracer};

const NODE: u8 = 1;
/// Words of a node: header and five slots.
const WORDS: usize = 6;

unsafe fn trace_node(cell: CellPtr, tracer: &mut Tracer) {
    // SAFETY: nodes have five slots.
    unsafe { tracer.visit_slice((cell.as_ptr() as *const u64).add(1), WORDS - 1) }
}

unsafe fn trace_array(cell: CellPtr, tracer: &mut Tracer) {
    // SAFETY: arrays have their length after the header.
    unsafe {
        let words = cell.as_ptr() as *const u64;
        tracer.visit_slice(words.add(2), *words.add(1) as usize / 8);
    }
}

unsafe fn trace_array_range(cell: CellPtr, from: usize, to: usize, tracer: &mut Tracer) {
    // SAFETY: as above, and the range lies in the cell.
    unsafe {
        let words = cell.as_ptr() as *const u64;
        let from = (from / 8).max(2);
        tracer.visit_slice(words.add(from), (to / 8).saturating_sub(from));
    }
}

static KINDS: [KindInfo; 256] = {
    let mut kinds = [KindInfo::leaf("leaf"); 256];
    kinds[1].trace = trace_node;
    kinds[2].trace = trace_array;
    kinds[2].trace_range = Some(trace_array_range);
    kinds
};

struct BenchHost {
    base: Cell<usize>,
    root: Cell<*mut Header>,
}

impl Host for BenchHost {
    fn kinds(&self) -> &'static [KindInfo; 256] {
        &KINDS
    }
    fn trace_roots(&self, tracer: &mut Tracer) {
        tracer.visit_ptr(self.root.get());
    }
    fn stack_base(&self) -> usize {
        self.base.get()
    }
    fn clear_weakref(&self, _: CellPtr, _: bool) {}
    fn pending(&self) {}
    fn collected(&self, stats: &CollectionStats) {
        if std::env::var_os("GC_LOG").is_some() {
            eprintln!("{stats:?}");
        }
    }
}

fn store(heap: &Heap, cell: CellPtr, word: usize, to: CellPtr) {
    // SAFETY: callers name a slot of the cell.
    unsafe {
        let slot = (cell.as_ptr() as *mut u64).add(word);
        heap.barrier(cell, slot);
        *slot = to.as_ptr() as u64 + 1;
    }
}

#[inline(never)]
fn drop_all(heap: &Heap, n: usize) {
    for i in 0..n {
        std::hint::black_box(heap.alloc(48, i as u32, NODE));
    }
}

/// Keeps the last `keep` cells alive in a ring.
#[inline(never)]
fn keep_some(heap: &Heap, array: CellPtr, len: usize, n: usize, keep_every: usize) {
    for i in 0..n {
        let cell = heap.alloc(48, i as u32, NODE);
        if i % keep_every == 0 {
            store(heap, array, 2 + i / keep_every % len, cell);
        }
    }
}

fn array(heap: &Heap, len: usize) -> CellPtr {
    let cell = heap.try_alloc(16 + len * 8, 0, 2).expect("memory");
    // SAFETY: word 1 of the array is its length.
    unsafe { *(cell.as_ptr() as *mut u64).add(1) = len as u64 * 8 };
    cell
}

fn report(heap: &Heap, what: &str, n: usize, begin: Instant) {
    let nanos = begin.elapsed().as_nanos() as f64 / n as f64;
    let stats = heap.stats();
    println!(
        "{what:44} {nanos:6.2} ns/op   young {:5} (median {:?}, max {:?})  full {} (median {:?})",
        stats.young.count, stats.young.median, stats.young.max, stats.full.count, stats.full.median
    );
}

fn rss() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

fn main() {
    let megabytes: usize = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(1024);
    let marker = 0usize;
    let base = &marker as *const usize as usize;

    let small = |f: &dyn Fn(&Heap, &BenchHost)| {
        let heap = Heap::new(Config::default());
        let host = BenchHost { base: Cell::new(base), root: Cell::new(std::ptr::null_mut()) };
        // SAFETY: the host outlives the heap's use.
        unsafe { heap.set_host(&host as *const BenchHost) };
        f(&heap, &host);
    };
    small(&|heap, _| {
        let n = 50_000_000;
        let begin = Instant::now();
        drop_all(heap, n);
        report(heap, "48 bytes, dropped", n, begin);
        println!("resident: {} KiB", rss() >> 10);
    });
    small(&|heap, host| {
        let n = 20_000_000;
        let ring = array(heap, 10_000);
        host.root.set(ring.as_ptr());
        let begin = Instant::now();
        keep_some(heap, ring, 10_000, n, 10);
        report(heap, "48 bytes, one in 10 kept for a while", n, begin);
        println!("resident: {} KiB", rss() >> 10);
    });
    small(&|heap, host| {
        let count = (megabytes << 20) / 48;
        large_heap(heap, host, count, megabytes);
        // The long-lived frame of `main` may hold a stale word: the stack is left out.
        host.root.set(std::ptr::null_mut());
        host.base.set(0);
        heap.collect(true);
        println!("  all dropped; resident {} MiB", rss() >> 20);
    });
}

#[inline(never)]
fn large_heap(heap: &Heap, host: &BenchHost, count: usize, megabytes: usize) {
    let table = array(heap, count / 4);
    host.root.set(table.as_ptr());
    let begin = Instant::now();
    for i in 0..count / 4 {
        let first = heap.alloc(48, 0, NODE);
        store(heap, table, 2 + i, first);
        for word in 1..4 {
            let next = heap.alloc(48, 0, NODE);
            store(heap, first, word, next);
        }
    }
    report(heap, &format!("building {megabytes} MB of live cells"), count, begin);
    println!("resident: {} MiB, nursery {} KiB", rss() >> 20, heap.stats().nursery >> 10);

    let before = heap.stats().young.count;
    let n = 30_000_000;
    let begin = Instant::now();
    drop_all(heap, n);
    report(heap, "  then 48 bytes, dropped", n, begin);
    println!("  last young pause {:?}", heap.stats().young.last);

    // A tenth survives for a while and replaces old cells at random places.
    let begin = Instant::now();
    let mut at = 1usize;
    for i in 0..n {
        let cell = heap.alloc(48, 0, NODE);
        if i % 10 == 0 {
            at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            store(heap, table, 2 + (at >> 20) % (count / 4), cell);
        }
    }
    report(heap, "  then one in 10 replaces an old one", n, begin);
    println!("  young {} last {:?}", heap.stats().young.count - before, heap.stats().young.last);

    let begin = Instant::now();
    heap.collect(true);
    println!("  explicit full collection {:?}; resident {} MiB", begin.elapsed(), rss() >> 20);
}
