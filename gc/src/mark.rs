//! Marking: the tracer that roots and cells report their references to.
//!
//! A reference sets the mark bit of its cell; a newly marked cell is pushed, and later popped, prefetched, and
//! traced by the function of its kind. There is no recursion. Long slices are traced piece by piece, so that
//! the stack grows with the depth of the graph rather than with the length of its lists.
//!
//! All state of a marking thread is in its `Tracer`. Several share the work of a large heap by exchanging parts of
//! their stacks and slices (`parallel`); who sets the mark bit of a cell is the one to trace it.
//!
//! Must not know: why a cell is a root, weak references, finalizers, sweeping, other tracers.

use crate::header::{CellPtr, Header, OLD};
use crate::map::{GRANULE, Map};
use crate::{Heap, KindInfo};

/// Longer slices are traced in pieces of this many words.
const PIECE: usize = 128;
/// Cells between their prefetch and their turn.
const AHEAD: usize = 8;

/// Fewer cells than this are not worth giving away.
const LEAST_GIFT: usize = 4;
/// Nor are more than this given at once.
const MOST_GIFT: usize = 8192;

/// What one tracer leaves to another: marked cells that were not traced yet, or slots that were not looked at.
pub(crate) enum Work {
    Cells(Vec<CellPtr>),
    Slots(*const u64, usize),
}

// SAFETY: the addresses mean the same to every thread, and the cells are traced by whoever has them.
unsafe impl Send for Work {}

/// Receives references while the heap is marked (or while the references of one cell are listed).
pub struct Tracer {
    map: Map,
    kinds: &'static [KindInfo; 256],
    heap: *const Heap,
    young: bool,
    stack: Vec<CellPtr>,
    slices: Vec<(*const u64, usize)>,
    ring: [*mut Header; AHEAD],
    at: usize,
    bytes: usize,
    cells: usize,
    /// Other threads mark too.
    shared: bool,
    /// Registers are looked at before they are believed.
    checks: bool,
    /// What `visit_shared` was called with last.
    last_shared: u64,
    /// When references are listed: who wants them. The map is then empty.
    sink: Option<*mut dyn FnMut(CellPtr)>,
}

impl Tracer {
    pub(crate) fn new(heap: &Heap, kinds: &'static [KindInfo; 256], young: bool) -> Tracer {
        let checks = heap.stress.get() != 0;
        Tracer { young, stack: heap.mark_stack.take(), checks, ..Tracer::helper(heap, heap.map, kinds) }
    }

    /// The tracer of a thread that helps another one in a full collection. It does not follow `heap`.
    pub(crate) fn helper(heap: *const Heap, map: Map, kinds: &'static [KindInfo; 256]) -> Tracer {
        Tracer {
            map,
            kinds,
            heap,
            young: false,
            stack: Vec::new(),
            slices: Vec::new(),
            ring: [std::ptr::null_mut(); AHEAD],
            at: 0,
            bytes: 0,
            cells: 0,
            shared: false,
            checks: false,
            last_shared: 0,
            sink: None,
        }
    }

    /// Calls `f` with the cells that `cell` refers to, in the order and as often as its tracer reports them.
    pub(crate) fn list(
        heap: &Heap,
        kinds: &'static [KindInfo; 256],
        cell: CellPtr,
        f: &mut dyn FnMut(CellPtr),
    ) {
        let mut tracer = Tracer::new(heap, kinds, false);
        // Every address is then outside the heap, which is where the cold path asks for a sink.
        tracer.map.total = 0;
        // SAFETY: only the lifetime of the closure is forgotten; the tracer ends with this call.
        tracer.sink = Some(unsafe {
            std::mem::transmute::<*mut (dyn FnMut(CellPtr) + '_), *mut (dyn FnMut(CellPtr) + 'static)>(f)
        });
        // SAFETY: the caller passes a cell of this heap, of a kind of this host.
        unsafe { (kinds[cell.as_ref().kind() as usize].trace)(cell, &mut tracer) };
        while tracer.slice_piece() {}
    }

    /// Keeps the memory of the stack for the next collection, unless it is much.
    pub(crate) fn end(mut self) {
        self.stack.shrink_to(1 << 16);
        // SAFETY: the heap outlives its tracer.
        unsafe { &*self.heap }.mark_stack.set(self.stack);
    }

    /// Whether old cells count as live without being looked at.
    pub fn is_young_collection(&self) -> bool {
        self.young
    }

    /// Bytes of the cells marked so far.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Number of cells marked so far.
    pub(crate) fn cells(&self) -> usize {
        self.cells
    }

    /// A slot holds `word`. A word whose low three bits are 001 is a reference to the cell at `word - 1`, which
    /// must be a cell of this heap or lie outside of it altogether; other words are ignored.
    #[inline(always)]
    pub fn visit(&mut self, word: u64) {
        if word & 7 == 1 {
            self.visit_addr((word - 1) as usize)
        }
    }

    /// As [`Tracer::visit`], for what many cells in a row refer to: their class.
    #[inline(always)]
    pub fn visit_shared(&mut self, word: u64) {
        if word != self.last_shared {
            self.last_shared = word;
            self.visit(word);
        }
    }

    /// A field refers to `cell`, which may be null.
    #[inline(always)]
    pub fn visit_ptr(&mut self, cell: *mut Header) {
        self.visit_addr(cell as usize)
    }

    #[inline(always)]
    fn visit_addr(&mut self, addr: usize) {
        if !self.map.contains(addr) {
            self.visit_outside(addr);
        } else if self.map.mark(addr, self.shared) {
            self.push(addr);
        }
    }

    #[inline(always)]
    fn visit_outside(&mut self, addr: usize) {
        if self.sink.is_some() {
            self.list_one(addr);
        }
    }

    #[inline(always)]
    fn push(&mut self, addr: usize) {
        // SAFETY: an address inside the heap is not null.
        self.stack.push(unsafe { CellPtr::new_unchecked(addr as *mut Header) });
    }

    #[cold]
    fn list_one(&mut self, addr: usize) {
        if let (Some(sink), Some(cell)) = (self.sink, CellPtr::new(addr as *mut Header)) {
            // SAFETY: `list` set it from a closure that outlives the tracer.
            unsafe { (*sink)(cell) }
        }
    }

    /// A row of `len` slots starts at `slots`.
    ///
    /// # Safety
    /// The slots can be read, hold words as for [`Tracer::visit`], and stay in place until the collection ends.
    #[inline]
    pub unsafe fn visit_slice(&mut self, slots: *const u64, len: usize) {
        if len > PIECE {
            self.slices.push((slots, len));
            return;
        }
        // SAFETY: promised by the caller.
        unsafe { self.visit_words(slots, len) };
    }

    #[inline(always)]
    unsafe fn visit_words(&mut self, slots: *const u64, len: usize) {
        // Copies, because the compiler can not know that setting a mark leaves them as they are.
        let (map, shared) = (self.map, self.shared);
        for i in 0..len {
            // SAFETY: promised by the caller.
            let word = unsafe { *slots.add(i) };
            let addr = word.wrapping_sub(1) as usize;
            if word & 7 != 1 {
                continue;
            }
            if !map.contains(addr) {
                self.visit_outside(addr);
            } else if map.mark(addr, shared) {
                self.push(addr);
            }
        }
    }

    /// As [`Tracer::visit_slice`], for the registers of a frame: whether each of them holds something is what a
    /// compiler says, so in stress mode a reference to what is no cell ends the process, with its place.
    ///
    /// # Safety
    /// As for [`Tracer::visit_slice`].
    #[inline]
    pub unsafe fn visit_registers(&mut self, slots: *const u64, len: usize) {
        if self.checks {
            // SAFETY: promised by the caller.
            unsafe { self.check_registers(slots, len) };
        }
        // SAFETY: promised by the caller.
        unsafe { self.visit_slice(slots, len) };
    }

    #[cold]
    unsafe fn check_registers(&self, slots: *const u64, len: usize) {
        for i in 0..len {
            // SAFETY: promised by the caller.
            let word = unsafe { *slots.add(i) };
            let addr = word.wrapping_sub(1) as usize;
            if word & 7 != 1 || !self.map.contains(addr) {
                continue;
            }
            // SAFETY: the heap outlives its tracer.
            let found = unsafe { &*self.heap }.find_cell(addr);
            if found.is_none_or(|cell| cell.as_ptr() as usize != addr) {
                crate::complain!(
                    "krait: register {i} of {len} at {slots:p} holds {word:#x}, which is no cell"
                );
                std::process::abort();
            }
        }
    }

    /// Words between the addresses `lo` and `hi` may be references to cells, or to places inside cells, or
    /// anything else. For machine stacks and saved registers; tracers of cells must not ask for it.
    ///
    /// # Safety
    /// The range can be read.
    pub unsafe fn conservative(&mut self, lo: usize, hi: usize) {
        debug_assert!(!self.shared, "roots are reported to one thread");
        let mut at = lo.next_multiple_of(size_of::<usize>());
        while at + size_of::<usize>() <= hi {
            // SAFETY: promised by the caller. Volatile, because the words belong to other functions' frames.
            let word = unsafe { (at as *const usize).read_volatile() };
            at += size_of::<usize>();
            if self.map.contains(word) {
                // SAFETY: the heap outlives its tracer.
                if let Some(cell) = unsafe { &*self.heap }.find_cell(word) {
                    self.visit_ptr(cell.as_ptr());
                }
            }
        }
    }

    /// Traces everything that was reported and what follows from it.
    pub(crate) fn drain(&mut self) {
        while self.drain_some(usize::MAX) {}
    }

    /// As `drain`, but at most `most` cells and pieces. False when nothing is left.
    #[inline(always)]
    pub(crate) fn drain_some(&mut self, most: usize) -> bool {
        for _ in 0..most {
            if let Some(cell) = self.stack.pop() {
                prefetch(cell);
                let turn = std::mem::replace(&mut self.ring[self.at], cell.as_ptr());
                self.at = (self.at + 1) % AHEAD;
                self.process(turn);
            } else if !self.ring_round() && !self.slice_piece() {
                return false;
            }
        }
        true
    }

    /// Whether other threads mark too from now on.
    pub(crate) fn set_shared(&mut self, shared: bool) {
        self.shared = shared;
    }

    /// Gives away part of what is still to be traced: half of the oldest slice, or cells that were reported long ago,
    /// which more hangs on than on the latest. `None` when there is too little to share.
    pub(crate) fn give(&mut self) -> Option<Work> {
        if let Some((slots, len)) = self.slices.first_mut()
            && *len >= 2 * PIECE
        {
            let kept = *len / 2;
            let given = *len - kept;
            *len = kept;
            // SAFETY: stays inside the slice.
            return Some(Work::Slots(unsafe { slots.add(kept) }, given));
        }
        let len = self.stack.len();
        if len < LEAST_GIFT {
            return None;
        }
        if len / 2 > MOST_GIFT {
            // The lower end would have to be filled up again.
            return Some(Work::Cells(self.stack.split_off(len - MOST_GIFT)));
        }
        let kept = self.stack.split_off(len / 2);
        Some(Work::Cells(std::mem::replace(&mut self.stack, kept)))
    }

    /// Takes over what another tracer gave away.
    pub(crate) fn take(&mut self, work: Work) {
        match work {
            Work::Slots(slots, len) => self.slices.push((slots, len)),
            Work::Cells(cells) if self.stack.is_empty() => self.stack = cells,
            Work::Cells(cells) => self.stack.extend(cells),
        }
    }

    /// Adds what a helper has marked.
    pub(crate) fn add(&mut self, bytes: usize, cells: usize) {
        self.bytes += bytes;
        self.cells += cells;
    }

    /// With nothing left to prefetch: the turn of those that were. False when there are none.
    fn ring_round(&mut self) -> bool {
        for _ in 0..AHEAD {
            let turn = std::mem::replace(&mut self.ring[self.at], std::ptr::null_mut());
            self.at = (self.at + 1) % AHEAD;
            if !turn.is_null() {
                self.process(turn);
                return true;
            }
        }
        false
    }

    /// Reports the next piece of the last slice. False when there is none.
    fn slice_piece(&mut self) -> bool {
        let Some((slots, len)) = self.slices.pop() else { return false };
        if len > PIECE {
            // SAFETY: stays inside the slice.
            self.slices.push((unsafe { slots.add(PIECE) }, len - PIECE));
        }
        // SAFETY: promised by the caller of `visit_slice`.
        unsafe { self.visit_words(slots, len.min(PIECE)) };
        true
    }

    #[inline(always)]
    fn process(&mut self, cell: *mut Header) {
        let Some(cell) = CellPtr::new(cell) else { return };
        // SAFETY: marked cells are cells of this heap, as those who reported them promise.
        let header = unsafe { cell.as_ref() };
        let word = header.word();
        // Not written when it is set already: a forked child shares the page.
        if word & OLD == 0 {
            header.set_flag(OLD);
        }
        let addr = cell.as_ptr() as usize;
        let size = header.granules() * GRANULE;
        self.cells += 1;
        if size != 0 {
            self.bytes += size;
            self.map.mark_lines(addr, size);
        } else {
            self.bytes += self.map.large_size(addr);
        }
        // SAFETY: the kind was given by whoever made the cell; its tracer knows it.
        unsafe { (self.kinds[header.kind() as usize].trace)(cell, self) }
    }
}

#[inline(always)]
fn prefetch(cell: CellPtr) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect that a program can see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch(cell.as_ptr() as *const i8, _MM_HINT_T0);
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) cell.as_ptr(), options(nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = cell;
}
