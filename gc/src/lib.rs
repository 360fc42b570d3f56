//! krait-gc: the heap.
//!
//! Knows *cells* (memory with a header word) and *tracers* (functions that report a cell's references), and no
//! Python. Cells never move. Small ones are bump-allocated into free lines of blocks (Immix); large ones have a
//! space of their own. Generations are sticky mark bits: a young collection keeps the marks of the last one, so
//! what is marked is old, and only roots and cells on the remembered list are traced. Machine stacks are
//! scanned conservatively, everything else precisely.
//!
//! The map of this crate: `header` (the one word), `region` (address space), `map` (metadata arrays), `block`
//! and `large` (the two spaces), `alloc` (slow paths), `mark` (tracer), `parallel` (marking by several threads), `roots`
//! (own stack), `barrier`, `weak`, `finalize`, `collect` (the order of a collection), `garbage` (what it counts), `pace` (when), `stats`.
//!
//! Invariants that users keep:
//! - A reference is stored into a cell together with [`Heap::barrier`], without a collection between the two,
//!   unless the cell was allocated after the last possible collection.
//! - At every allocation, all that is needed later is reachable from a root, or from the current thread's stack
//!   or registers. A new cell reads as zero after its header and must be traceable as such.
//! - One thread at a time uses a heap (the interpreter's lock). Nothing in it depends on which. In a full collection of a
//!   large heap it starts threads of its own, which are gone when the collection is over.

use std::cell::{Cell, RefCell};
use std::mem::offset_of;

mod alloc;
mod barrier;
mod block;
mod collect;
mod complain;
mod finalize;
mod garbage;
pub mod header;
mod large;
mod map;
mod mark;
mod pace;
mod parallel;
mod region;
mod roots;
mod stats;
mod weak;

pub use header::{CellPtr, Header};
pub use map::CARD;
pub use mark::Tracer;
pub use region::{address_space_left, no_address_space};
pub use roots::with_saved_registers;
pub use stats::{CollectionStats, HeapStats, PauseStats};

use header::{OLD, REMEMBERED};
use map::GRANULE;

/// The largest cell that lies in a block, header included.
pub const MAX_SMALL: usize = 8 * 1024;

/// Byte offset in [`Heap`] of the allocation cursor (a `usize`), for machine code that allocates inline: add
/// the rounded size, compare with the limit, store the cursor, store the header.
pub const CURSOR_OFFSET: usize = offset_of!(Heap, cursor);
/// Byte offset in [`Heap`] of the limit (a `usize`) that the advanced cursor must not exceed.
pub const LIMIT_OFFSET: usize = offset_of!(Heap, limit);

/// How to trace the cells of a kind.
#[derive(Clone, Copy)]
pub struct KindInfo {
    /// For messages and statistics.
    pub name: &'static str,
    /// Reports all references of the cell, which may be all zero after its header. Must not allocate. It may run on a
    /// helper thread ([`Host::begin_marker`]) while others trace other cells: it reads, and counts nothing (no `Rc`, no
    /// `RefCell` that cells share); of other cells' headers it reads nothing.
    pub trace: unsafe fn(CellPtr, &mut Tracer),
    /// Reports the references in the slots of a large cell that lie in a range of bytes, counted from the start
    /// of the cell. With `None`, a large cell that was written to is traced as a whole.
    pub trace_range: Option<unsafe fn(CellPtr, usize, usize, &mut Tracer)>,
    /// Counts in what [`Heap::collect`] returns.
    pub container: bool,
    /// Frees what a dead cell owns outside the heap; called for registered cells only. Cells that it refers to
    /// may be dead too, but their memory is intact.
    pub release: Option<unsafe fn(CellPtr)>,
}

impl KindInfo {
    /// A kind without references.
    pub const fn leaf(name: &'static str) -> KindInfo {
        unsafe fn nothing(_: CellPtr, _: &mut Tracer) {}
        KindInfo { name, trace: nothing, trace_range: None, container: false, release: None }
    }
}

/// What the heap asks of its user. Called during collections: none of these may allocate in the heap.
pub trait Host {
    /// The table of kinds. Asked once.
    fn kinds(&self) -> &'static [KindInfo; 256];
    /// Reports the precise roots, and the stacks of other threads with [`Tracer::conservative`].
    fn trace_roots(&self, tracer: &mut Tracer);
    /// Called by the collecting thread before it starts helpers: what `begin_marker` is to know.
    fn marker_identity(&self) -> usize {
        0
    }
    /// Called by a helper thread before it traces cells, makes it stand for the
    /// collecting thread, as far as tracers of cells ask which thread they run on.
    fn begin_marker(&self, _identity: usize) {}
    /// The highest address of the current thread's stack that is to be scanned.
    fn stack_base(&self) -> usize;
    /// The referent of a weak reference cell died: clear the cell. `alive`: the weak reference itself survives,
    /// so its callback, if it has one, is to be queued.
    fn clear_weakref(&self, weakref: CellPtr, alive: bool);
    /// Finalizers or callbacks are waiting: arrange for them to run at the next safe point.
    fn pending(&self);
    /// A collection is due. True when the host calls [`Heap::collect_pending`] at its next safe point, instead of a
    /// collection now.
    fn defers(&self) -> bool {
        false
    }
    /// A collection begins. Called while garbage is shown.
    fn collecting(&self, _full: bool) {}
    /// Unreachable containers of cycles, and what hangs on them, before their memory goes; all of it is intact. True
    /// to keep them: [`Heap::next_kept`] hands them out. Called while garbage is shown ([`Heap::show_garbage`]).
    fn garbage(&self, _cells: &[CellPtr]) -> bool {
        false
    }
    /// A collection is over.
    fn collected(&self, stats: &CollectionStats);
}

/// Sizes that can be chosen when a heap is made.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Bytes between two young collections, to begin with; twice that before the first one.
    pub nursery: usize,
    /// Bytes in use below which full collections come only when they cost little.
    pub min_major: usize,
    /// Address space to reserve for blocks, and as much for large cells; less is taken when there is less.
    pub reserve: usize,
    /// Memory is never taken from the system beyond this.
    pub max_bytes: usize,
    /// Collect at every nth allocation; 0 is off.
    pub stress: u32,
    /// Full collections of at least so many live bytes are marked by several threads.
    pub parallel_from: usize,
    /// By how many at most; 0 leaves it to the number of processors that the process may use.
    pub markers: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            nursery: 1 << 20,
            min_major: 8 << 20,
            reserve: 256 << 30,
            max_bytes: usize::MAX,
            stress: 0,
            parallel_from: 32 << 20,
            markers: 0,
        }
    }
}

/// A heap. See the crate's own page.
#[repr(C)]
pub struct Heap {
    cursor: Cell<usize>,
    limit: Cell<usize>,
    map: map::Map,
    bump: alloc::Bump,
    overflow: alloc::Bump,
    overflow_cursor: Cell<usize>,
    /// Bytes that may still be allocated before the next collection.
    budget: Cell<isize>,
    /// Bytes allocated since the last collection, without the holes in use.
    young_bytes: Cell<usize>,
    allocated: Cell<u64>,
    max_bytes: Cell<usize>,
    stress: Cell<u32>,
    stress_count: Cell<u32>,
    /// See [`Config`].
    parallel_from: usize,
    markers: usize,
    collecting: Cell<bool>,
    /// A collection is due, and the host was asked to do it.
    deferred: Cell<bool>,
    disabled: Cell<bool>,
    host: Cell<Option<*const dyn Host>>,
    kinds: Cell<Option<&'static [KindInfo; 256]>>,
    remembered: RefCell<Vec<CellPtr>>,
    /// The mark stack's memory between collections.
    mark_stack: Cell<Vec<CellPtr>>,
    pace: RefCell<pace::Pace>,
    record: RefCell<collect::Record>,
    weak: RefCell<weak::WeakTable>,
    finalizers: RefCell<finalize::Finalizers>,
    resources: RefCell<finalize::Resources>,
    shows_garbage: Cell<bool>,
    /// Garbage that the host kept and has not taken yet.
    kept: RefCell<std::collections::VecDeque<CellPtr>>,
    blocks: RefCell<block::Blocks>,
    large: RefCell<large::Large>,
    arrays: RefCell<map::Arrays>,
}

// SAFETY: nothing in a heap belongs to a thread; who holds the interpreter's lock may use it.
unsafe impl Send for Heap {}

/// Where a heap keeps what compiled code needs to allocate small cells as [`Heap::alloc`] does.
pub mod offsets {
    /// Where the next small cell goes: its address.
    pub const CURSOR: usize = std::mem::offset_of!(super::Heap, cursor);
    /// No small cell may end above this without the slow path.
    pub const LIMIT: usize = std::mem::offset_of!(super::Heap, limit);
}

impl Heap {
    /// A new, empty heap. Ends the process when the system grants no address space at all.
    pub fn new(config: Config) -> Heap {
        let Some((map, blocks, large, arrays)) = map::reserve(config.reserve) else {
            no_address_space("the heap")
        };
        Heap {
            cursor: Cell::new(0),
            limit: Cell::new(0),
            map,
            bump: alloc::Bump::new(),
            overflow: alloc::Bump::new(),
            overflow_cursor: Cell::new(0),
            budget: Cell::new(config.nursery.saturating_mul(2).min(isize::MAX as usize) as isize),
            young_bytes: Cell::new(0),
            allocated: Cell::new(0),
            max_bytes: Cell::new(config.max_bytes),
            stress: Cell::new(config.stress),
            stress_count: Cell::new(0),
            parallel_from: config.parallel_from,
            markers: config.markers,
            collecting: Cell::new(false),
            deferred: Cell::new(false),
            disabled: Cell::new(false),
            host: Cell::new(None),
            kinds: Cell::new(None),
            remembered: RefCell::default(),
            mark_stack: Cell::default(),
            pace: RefCell::new(pace::Pace::new(config.nursery, config.min_major)),
            record: RefCell::default(),
            weak: RefCell::default(),
            finalizers: RefCell::default(),
            resources: RefCell::default(),
            shows_garbage: Cell::new(false),
            kept: RefCell::default(),
            blocks: RefCell::new(block::Blocks::new(map, blocks)),
            large: RefCell::new(large::Large::new(map, large)),
            arrays: RefCell::new(arrays),
        }
    }

    /// Connects the heap with its user. Without a host there are no collections.
    ///
    /// # Safety
    /// The host stays where it is, and usable, as long as the heap is used.
    pub unsafe fn set_host(&self, host: *const dyn Host) {
        // SAFETY: promised by the caller.
        self.kinds.set(Some(unsafe { &*host }.kinds()));
        self.host.set(Some(host));
    }

    pub(crate) fn kind_info(&self, kind: u8) -> Option<&'static KindInfo> {
        Some(&self.kinds.get()?[kind as usize])
    }

    /// A new cell of `size` bytes, header included (rounded up to 16), zero after the header. Collects when
    /// that is due. Ends the process when memory can not be had: sizes that a program chooses go through
    /// [`Heap::try_alloc`].
    #[inline(always)]
    pub fn alloc(&self, size: usize, shape: u32, kind: u8) -> CellPtr {
        debug_assert!(size >= size_of::<Header>());
        let size = (size + (GRANULE - 1)) & !(GRANULE - 1);
        let at = self.cursor.get();
        if size > MAX_SMALL || at + size > self.limit.get() {
            return self.alloc_slow(size, shape, kind);
        }
        self.cursor.set(at + size);
        // SAFETY: the memory between cursor and limit is the allocator's, zero, and not at address 0.
        unsafe {
            let cell = CellPtr::new_unchecked(at as *mut Header);
            cell.as_ref().set_word(Header::pack(shape, kind, size / GRANULE));
            cell
        }
    }

    /// As [`Heap::alloc`], for any size; `None` when memory can not be had (even after a full collection).
    pub fn try_alloc(&self, size: usize, shape: u32, kind: u8) -> Option<CellPtr> {
        let rounded = size.max(GRANULE).checked_next_multiple_of(GRANULE)?;
        if rounded <= MAX_SMALL && self.cursor.get() + rounded <= self.limit.get() {
            return Some(self.alloc(rounded, shape, kind));
        }
        self.alloc_any(rounded, shape, kind, false)
    }

    /// The write barrier: a reference is (or will be, before the next allocation) stored at `slot` in `cell`.
    #[inline(always)]
    pub fn barrier(&self, cell: CellPtr, slot: *const u64) {
        // SAFETY: the caller passes a cell of this heap.
        if unsafe { cell.as_ref() }.word() & (OLD | REMEMBERED) == OLD {
            self.barrier_slow(cell, slot);
        }
    }

    /// The size of a cell in bytes, header included.
    #[inline]
    pub fn size_of(&self, cell: CellPtr) -> usize {
        // SAFETY: the caller passes a cell of this heap.
        match unsafe { cell.as_ref() }.granules() {
            0 => self.map.large_size(cell.as_ptr() as usize),
            granules => granules * GRANULE,
        }
    }

    /// Calls `f` with every cell that was not found dead yet: live ones, and those that died since the last
    /// collection. `f` must not allocate in the heap, nor free or resize large cells.
    pub fn for_each_object(&self, f: &mut dyn FnMut(CellPtr)) {
        self.note_cursors();
        self.blocks.borrow_mut().walk_all();
        self.blocks.borrow().for_each(f);
        self.large.borrow().for_each(f);
    }

    /// Calls `f` with each cell that `cell` refers to, as often as its tracer reports it. `f` must not change
    /// the cell.
    pub fn references_of(&self, cell: CellPtr, f: &mut dyn FnMut(CellPtr)) {
        if let Some(kinds) = self.kinds.get() {
            Tracer::list(self, kinds, cell, f);
        }
    }

    /// Stops automatic collections. Memory then only grows, except that a full collection is tried before an
    /// allocation fails.
    pub fn disable(&self) {
        self.disabled.set(true);
    }

    /// Allows automatic collections again.
    pub fn enable(&self) {
        self.disabled.set(false);
    }

    /// Whether collections happen by themselves.
    pub fn is_enabled(&self) -> bool {
        !self.disabled.get()
    }

    /// Collects at every `n`th allocation; 0 ends it. Every eighth of these collections is a full one, and dead
    /// cells are overwritten, so that a missing root or barrier shows soon.
    pub fn set_stress(&self, n: u32) {
        self.stress.set(n);
        self.stress_count.set(0);
        self.close_limit();
    }

    /// Sets the bytes between two young collections; they may grow from there.
    pub fn set_nursery(&self, bytes: usize) {
        self.pace.borrow_mut().set_nursery(bytes);
        self.budget.set(self.budget.get().min(bytes as isize));
    }

    /// Sets the bytes in use below which full collections come only when they cost little.
    pub fn set_min_major(&self, bytes: usize) {
        self.pace.borrow_mut().set_min_full(bytes);
    }

    /// Memory is never taken from the system beyond this; allocations fail instead.
    pub fn set_max_bytes(&self, bytes: usize) {
        self.max_bytes.set(bytes);
    }

    /// Gives reserved addresses back, so that the heap spans at most about `bytes` (or what it uses already):
    /// for a program that limits its own address space, where the reservation would use up the limit. Only
    /// the first call does much.
    pub fn limit_address_space(&self, bytes: usize) {
        let blocks = self.blocks.borrow_mut().shorten(bytes / 2);
        let large = self.large.borrow_mut().shorten(bytes / 2);
        self.arrays.borrow_mut().shorten(self.map.block_bytes, blocks, large);
    }

    pub(crate) fn nursery_bytes(&self) -> usize {
        self.pace.borrow().nursery
    }

    /// The state of the heap in figures.
    pub fn stats(&self) -> HeapStats {
        let counts = self.blocks.borrow().counts();
        let record = self.record.borrow();
        let pace = self.pace.borrow();
        let large = self.large.borrow();
        let young_bytes = self.young_bytes_now();
        HeapStats {
            live_bytes: pace.live,
            young_bytes,
            allocated_bytes: self.allocated.get() + young_bytes as u64,
            young: record.young.stats(),
            full: record.full.stats(),
            nursery: pace.nursery,
            used_bytes: pace.used,
            full_threshold: pace.threshold,
            blocks: counts.committed,
            free_blocks: counts.free,
            partial_blocks: counts.partial,
            large_cells: large.count(),
            large_bytes: large.bytes(),
            committed_bytes: self.blocks.borrow().committed() + large.committed(),
        }
    }
}
