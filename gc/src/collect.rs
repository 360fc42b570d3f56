//! A collection, step by step.
//!
//! 1. Mark from the roots (young: also from remembered cells and dirty cards; full: after forgetting all marks, and
//!    with helper threads when much is live). The roots are collected by one thread, and so is all that follows.
//! 2. Find the finalizable cells that are dead; count the dead, if asked.
//! 3. Clear the weak references to everything dead, what only finalizable cells reach included.
//! 4. Mark from the dead finalizable cells: they wait in the queue, whole. Let the host see the other garbage, if it
//!    wants to, and keep it.
//! 5. Drop what died from the table of weak references; release resources of dead cells.
//! 6. Sweep: start bits become mark bits, blocks are sorted by their free lines, dead large cells are freed.
//!
//! Between 1 and 6 all memory is intact, also that of the dead.

use std::time::Instant;

use crate::header::{CellPtr, REMEMBERED};
use crate::stats::{CollectionStats, Pauses};
use crate::{GRANULE, Heap, Host, KindInfo, Tracer, roots};

/// In stress mode the bodies of dead cells are filled with this: no reference, no small integer, and no float.
const POISON: u64 = 0xdead_dead_dead_dead;
/// In stress mode one collection in so many is full.
const STRESS_FULL: u32 = 8;

/// Pauses so far, and when the last collection ended.
#[derive(Default)]
pub(crate) struct Record {
    pub young: Pauses,
    pub full: Pauses,
    ended: Option<Instant>,
}

/// Ends the state "collecting", however the collection ends.
struct Collecting<'h>(&'h Heap);

impl Drop for Collecting<'_> {
    fn drop(&mut self) {
        self.0.collecting.set(false);
    }
}

impl Heap {
    /// Collects now: the young generation or everything. Returns the number of containers found in
    /// unreachable cycles, or reachable only from these.
    /// Finalizers are queued, not run.
    pub fn collect(&self, full: bool) -> usize {
        self.collect_counting(full, true).unwrap_or(0)
    }

    /// The nursery is used up. True when there was a collection.
    pub(crate) fn collect_when_due(&self) -> bool {
        if !self.disabled.get() {
            if self.may_wait() {
                self.deferred.set(true);
            } else if self.collect_pending() {
                return true;
            }
        }
        self.budget.set(self.nursery_bytes() as isize);
        false
    }

    /// Will the host collect at its next safe point? It is asked once for each collection: when the nursery is used up
    /// again before that, it was too late.
    fn may_wait(&self) -> bool {
        // SAFETY: `set_host` was promised that the host stays.
        !self.deferred.get() && self.host.get().is_some_and(|host| unsafe { &*host }.defers())
    }

    /// The collection that waits for the host: is it a full one?
    pub fn deferred(&self) -> Option<bool> {
        (self.deferred.get() && !self.disabled.get()).then(|| self.pace.borrow().full_is_due())
    }

    /// Does the collection that is due. True when there was one.
    pub fn collect_pending(&self) -> bool {
        let full = self.pace.borrow().full_is_due();
        self.collect_counting(full, false).is_some()
    }

    /// The system gives no more memory. True when there was a collection.
    pub(crate) fn collect_for_room(&self) -> bool {
        self.collect_counting(true, false).is_some()
    }

    /// In stress mode: counts an allocation, and collects when it is the nth.
    #[inline]
    pub(crate) fn count_for_stress(&self) {
        let every = self.stress.get();
        if every == 0 || self.disabled.get() {
            return;
        }
        let count = self.stress_count.get().wrapping_add(1);
        self.stress_count.set(count);
        if count.is_multiple_of(every) {
            self.collect_counting((count / every).is_multiple_of(STRESS_FULL), false);
        }
    }

    /// `None` when no collection is possible: without a host, or inside a collection.
    fn collect_counting(&self, full: bool, count: bool) -> Option<usize> {
        let mut found = None;
        // Before anything else: words of this collection's own frames, which hold what earlier calls left there,
        // are below the address.
        roots::with_saved_registers(&mut |sp| found = self.collect_at(sp, full, count));
        found
    }

    #[inline(never)]
    fn collect_at(&self, sp: usize, full: bool, count: bool) -> Option<usize> {
        let (host, kinds) = (self.host.get()?, self.kinds.get()?);
        if self.collecting.replace(true) {
            return None;
        }
        let collecting = Collecting(self);
        self.deferred.set(false);
        // SAFETY: `set_host` was promised that the host stays.
        let host = unsafe { &*host };
        let begin = Instant::now();
        if self.shows_garbage.get() {
            host.collecting(full);
        }
        let mut stats = CollectionStats { full, ..Default::default() };
        self.collect_from(host, kinds, sp, count, &mut stats);
        stats.pause = begin.elapsed();
        self.set_pace(&stats, begin);
        if stats.finalizers != 0 || stats.weakrefs != 0 || stats.kept != 0 {
            host.pending();
        }
        drop(collecting);
        host.collected(&stats);
        Some(stats.unreachable)
    }

    /// The steps above. `sp`: from here on upwards the own stack is scanned.
    fn collect_from(
        &self,
        host: &dyn Host,
        kinds: &'static [KindInfo; 256],
        sp: usize,
        count: bool,
        stats: &mut CollectionStats,
    ) {
        let full = stats.full;
        self.retire_holes();
        stats.allocated_bytes = self.young_bytes.replace(0);
        self.allocated.set(self.allocated.get() + stats.allocated_bytes as u64);
        let map = self.map;
        let is_marked = |cell: CellPtr| map.is_marked(cell.as_ptr() as usize);

        let mut tracer = Tracer::new(self, kinds, !full);
        if full {
            self.blocks.borrow().clear_marks();
            self.large.borrow().clear_marks();
        }
        self.trace_remembered(&mut tracer, kinds, full);
        for cell in self.finalizers.borrow().queue() {
            tracer.visit_ptr(cell.as_ptr());
        }
        for cell in self.kept.borrow().iter() {
            tracer.visit_ptr(cell.as_ptr());
        }
        host.trace_roots(&mut tracer);
        // SAFETY: between its stack pointer and its stack's base a thread can read.
        unsafe { tracer.conservative(sp, host.stack_base()) };
        match self.markers_for(full, stats.allocated_bytes) {
            0 | 1 => tracer.drain(),
            markers => self.drain_together(&mut tracer, markers, host, kinds),
        }

        let finalizable = self.finalizers.borrow_mut().take_dead(full, is_marked);
        let shows = self.shows_garbage.get();
        let mut garbage = Vec::new();
        if count || shows {
            garbage = self.find_garbage(kinds);
            stats.unreachable = garbage.len();
        }
        let cleared = self.weak.borrow_mut().take_dead(full, is_marked);
        for &weakref in &cleared {
            host.clear_weakref(weakref, is_marked(weakref));
        }
        for &cell in &finalizable {
            tracer.visit_ptr(cell.as_ptr());
        }
        tracer.drain();
        if shows {
            stats.kept = self.offer_garbage(garbage, host, &mut tracer);
        }
        self.weak.borrow_mut().drop_dead(full, is_marked);
        let resources = self.resources.borrow_mut().take_dead(full, is_marked);
        for &cell in &resources {
            self.release_resource(cell);
        }

        if self.stress.get() != 0 {
            self.poison_dead(full);
        }
        self.large.borrow_mut().sweep(full);
        if full {
            self.blocks.borrow_mut().sweep_full();
        } else {
            self.blocks.borrow_mut().sweep_young();
        }
        stats.marked_bytes = tracer.bytes();
        stats.marked_cells = tracer.cells();
        stats.live_bytes = if full { tracer.bytes() } else { self.pace.borrow().live + tracer.bytes() };
        tracer.end();
        stats.finalizers = finalizable.len();
        stats.weakrefs = cleared.len();
        stats.resources = resources.len();
    }

    /// Young: traces the old cells that were written to. Full: only forgets which they were.
    fn trace_remembered(&self, tracer: &mut Tracer, kinds: &'static [KindInfo; 256], full: bool) {
        let mut remembered = std::mem::take(&mut *self.remembered.borrow_mut());
        for cell in remembered.drain(..) {
            // SAFETY: small cells stay until they are swept, and none was since it was remembered.
            let header = unsafe { cell.as_ref() };
            header.clear_flag(REMEMBERED);
            if !full {
                // SAFETY: the tracer of the cell's own kind.
                unsafe { (kinds[header.kind() as usize].trace)(cell, tracer) };
            }
        }
        // The list's memory is used again.
        *self.remembered.borrow_mut() = remembered;
        self.large.borrow_mut().take_cards(&mut |cell, from, to| {
            if full {
                return;
            }
            // SAFETY: cards are listed only for cells that are there.
            let kind = &kinds[unsafe { cell.as_ref() }.kind() as usize];
            // SAFETY: the tracer of the cell's own kind.
            unsafe {
                match kind.trace_range {
                    Some(trace_range) => trace_range(cell, from, to, tracer),
                    None => (kind.trace)(cell, tracer),
                }
            }
        });
    }

    fn for_each_dead(&self, full: bool, f: &mut dyn FnMut(CellPtr)) {
        self.blocks.borrow_mut().walk_all();
        self.blocks.borrow().for_each_dead(full, f);
        self.large.borrow().for_each_dead(full, f);
    }

    fn poison_dead(&self, full: bool) {
        self.for_each_dead(full, &mut |cell| {
            let words = self.size_of(cell) / size_of::<u64>();
            debug_assert!(words * size_of::<u64>() >= GRANULE);
            let start = cell.as_ptr() as *mut u64;
            for i in 1..words {
                // SAFETY: the body of a cell that nothing can reach.
                unsafe { *start.add(i) = POISON };
            }
        });
    }

    /// Sets budget and thresholds, and keeps free memory only in proportion to what may be needed.
    fn set_pace(&self, stats: &CollectionStats, begin: Instant) {
        let mut record = self.record.borrow_mut();
        let mut pace = self.pace.borrow_mut();
        let used = self.blocks.borrow().used() + self.large.borrow().bytes();
        if stats.full {
            record.full.add(stats.pause);
            pace.after_full(stats.live_bytes, used, stats.pause);
            let room = pace.nursery + pace.threshold.saturating_sub(used);
            self.blocks.borrow_mut().release_excess(room);
            let mut large = self.large.borrow_mut();
            large.keep_dirty = (stats.live_bytes / 4).max(16 << 20) / crate::map::PAGE;
            large.trim_above_keep();
        } else {
            record.young.add(stats.pause);
            let running = record.ended.map_or(stats.pause * 100, |ended| begin.duration_since(ended));
            pace.after_young(stats.live_bytes, used, stats.pause, running);
        }
        self.budget.set(pace.nursery as isize);
        record.ended = Some(Instant::now());
    }
}
