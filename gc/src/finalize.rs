//! Cells that want to be told of their death: finalizable cells, and owners of outside resources.
//!
//! A finalizable cell that is found dead is marked after all (with what it refers to), loses its flag, and waits
//! in a queue until the host runs its finalizer. So it happens once, and the cell may live on. A resource is
//! released by the heap itself, when its cell really goes.
//!
//! Registered cells are on two lists, so that a young collection looks at new ones only.

use std::collections::{HashSet, VecDeque};

use crate::Heap;
use crate::header::{CellPtr, FINALIZER};

/// Entries that a removal looks through, from the newest.
const RECENT: usize = 8;
/// A list is rid of duplicates when it has doubled beyond this.
const DEDUP_FROM: usize = 4096;

#[derive(Default)]
pub(crate) struct Finalizers {
    /// Registered since the last collection. A cell whose flag is clear is no longer registered; one that was
    /// removed and added again may stand here twice, or here and in `old`.
    young: Vec<CellPtr>,
    old: Vec<CellPtr>,
    queue: VecDeque<CellPtr>,
    young_dedup_at: usize,
    old_dedup_at: usize,
}

/// Removes entries of cells that are no longer registered and repeated entries, in place and in order, once the list
/// has doubled since the last time. A program that removes and adds the same cells in turn must not fill it.
fn dedup(list: &mut Vec<CellPtr>, at: &mut usize) {
    if list.len() >= (*at).max(DEDUP_FROM) {
        // Most are of cells that were removed since.
        // SAFETY: registered cells are swept only after they were taken from the list.
        list.retain(|cell| unsafe { cell.as_ref() }.has(FINALIZER));
        let mut seen = HashSet::with_capacity(list.len());
        list.retain(|&cell| seen.insert(cell));
        *at = list.len() * 2;
    }
}

impl Finalizers {
    fn add(&mut self, cell: CellPtr) {
        dedup(&mut self.young, &mut self.young_dedup_at);
        self.young.push(cell);
    }

    fn remove(&mut self, cell: CellPtr) {
        let recent = self.young.len().saturating_sub(RECENT);
        if let Some(at) = self.young[recent..].iter().rposition(|&other| other == cell) {
            self.young.remove(recent + at);
        }
    }

    /// After marking: queues the dead ones and returns them. They count as registered no more.
    pub fn take_dead(&mut self, full: bool, is_marked: impl Fn(CellPtr) -> bool) -> Vec<CellPtr> {
        let mut dead = Vec::new();
        let mut keep = |cell: &CellPtr| {
            // SAFETY: registered cells are swept only after they were taken from the list.
            let header = unsafe { cell.as_ref() };
            if !header.has(FINALIZER) {
                return false;
            }
            let marked = is_marked(*cell);
            if !marked {
                header.clear_flag(FINALIZER);
                dead.push(*cell);
            }
            marked
        };
        if full {
            self.old.retain(&mut keep);
        }
        self.young.retain(&mut keep);
        self.young_dedup_at = 0;
        self.old.append(&mut self.young);
        dedup(&mut self.old, &mut self.old_dedup_at);
        self.queue.extend(&dead);
        dead
    }

    /// The cells that wait; they are roots.
    pub fn queue(&self) -> impl Iterator<Item = CellPtr> {
        self.queue.iter().copied()
    }
}

#[derive(Default)]
pub(crate) struct Resources {
    young: Vec<CellPtr>,
    old: Vec<CellPtr>,
}

impl Resources {
    /// After all marking: takes the dead ones from the lists.
    pub fn take_dead(&mut self, full: bool, is_marked: impl Fn(CellPtr) -> bool) -> Vec<CellPtr> {
        let mut dead = Vec::new();
        let mut keep = |cell: &CellPtr| {
            let marked = is_marked(*cell);
            if !marked {
                dead.push(*cell);
            }
            marked
        };
        if full {
            self.old.retain(&mut keep);
        }
        self.young.retain(&mut keep);
        self.old.append(&mut self.young);
        dead
    }
}

impl Heap {
    /// When the cell is found dead it is kept, with all it refers to, and queued for `next_finalizer`, once.
    /// Registering a cell again (after a removal or after it was queued) is possible.
    pub fn add_finalizer(&self, cell: CellPtr) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        if !header.has(FINALIZER) {
            header.set_flag(FINALIZER);
            self.finalizers.borrow_mut().add(cell);
        }
    }

    /// Undoes `add_finalizer`.
    pub fn remove_finalizer(&self, cell: CellPtr) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        if header.has(FINALIZER) {
            header.clear_flag(FINALIZER);
            self.finalizers.borrow_mut().remove(cell);
        }
    }

    /// Do cells wait for their finalizers?
    pub fn finalizers_wait(&self) -> bool {
        !self.finalizers.borrow().queue.is_empty()
    }

    /// The next cell whose finalizer is to be run. From here on only the caller keeps it alive.
    pub fn next_finalizer(&self) -> Option<CellPtr> {
        self.finalizers.borrow_mut().queue.pop_front()
    }

    /// Moves all registered cells to the queue, dead or not: the end of the interpreter. Returns how many.
    pub fn queue_all_finalizers(&self) -> usize {
        // Whatever is marked or not: nothing counts as live.
        self.finalizers.borrow_mut().take_dead(true, |_| false).len()
    }

    /// The `release` function of the cell's kind is called when the cell dies. Register a cell once.
    pub fn add_resource(&self, cell: CellPtr) {
        self.resources.borrow_mut().young.push(cell);
    }

    /// Calls the `release` function of every registered cell that is still there, newest first, and forgets
    /// them: the end of the interpreter.
    pub fn release_all(&self) {
        let mut all = std::mem::take(&mut *self.resources.borrow_mut());
        all.old.append(&mut all.young);
        for cell in all.old.into_iter().rev() {
            self.release_resource(cell);
        }
    }

    pub(crate) fn release_resource(&self, cell: CellPtr) {
        // SAFETY: registered cells are taken from the list before they are swept.
        let kind = unsafe { cell.as_ref() }.kind();
        if let Some(release) = self.kind_info(kind).and_then(|info| info.release) {
            // SAFETY: the kind's own function, with a cell of that kind.
            unsafe { release(cell) }
        }
    }
}
