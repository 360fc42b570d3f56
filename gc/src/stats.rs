//! Figures: what one collection did, and what the heap has done so far.

use std::time::Duration;

/// What one collection did; handed to the host after it.
#[derive(Clone, Copy, Debug, Default)]
pub struct CollectionStats {
    /// The old generation was looked at too.
    pub full: bool,
    /// From beginning to end, without what the host does in `collected`.
    pub pause: Duration,
    /// Bytes of cells that are there afterwards.
    pub live_bytes: usize,
    /// Bytes of the cells marked by this collection: all live ones (full), the survivors (young).
    pub marked_bytes: usize,
    /// Number of those cells.
    pub marked_cells: usize,
    /// Bytes allocated since the collection before.
    pub allocated_bytes: usize,
    /// Cells that now wait in the queue of finalizers because of this collection.
    pub finalizers: usize,
    /// Weak references that were cleared.
    pub weakrefs: usize,
    /// Resources that were released.
    pub resources: usize,
    /// Garbage that was kept for the host to look at.
    pub kept: usize,
    /// Unreachable containers in or behind cycles; counted by explicit collections only.
    pub unreachable: usize,
}

/// Pauses of one sort of collection.
#[derive(Clone, Copy, Debug, Default)]
pub struct PauseStats {
    /// How many there were.
    pub count: u64,
    /// All of them together.
    pub total: Duration,
    /// The last one.
    pub last: Duration,
    /// The longest one.
    pub max: Duration,
    /// The median of the last 1,024.
    pub median: Duration,
}

/// The state of the heap.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeapStats {
    /// Bytes of the cells that survived the last collection.
    pub live_bytes: usize,
    /// Bytes allocated since the last collection, in blocks and as large cells.
    pub young_bytes: usize,
    /// Bytes allocated since the heap was made.
    pub allocated_bytes: u64,
    /// Young collections.
    pub young: PauseStats,
    /// Full collections.
    pub full: PauseStats,
    /// Bytes that may be allocated between two collections.
    pub nursery: usize,
    /// Bytes of the lines and pages that were in use after the last collection.
    pub used_bytes: usize,
    /// Used bytes above which the next automatic collection is a full one.
    pub full_threshold: usize,
    /// Blocks of 32 KiB that were taken from the system.
    pub blocks: usize,
    /// Blocks without any cell.
    pub free_blocks: usize,
    /// Blocks with cells and with room.
    pub partial_blocks: usize,
    /// Cells larger than 8 KiB.
    pub large_cells: usize,
    /// Bytes of their pages.
    pub large_bytes: usize,
    /// Bytes taken from the system; includes what was returned and would be taken again without asking.
    pub committed_bytes: usize,
}

const KEPT: usize = 1024;

/// Collects pauses.
#[derive(Default)]
pub(crate) struct Pauses {
    sum: PauseStats,
    last: Vec<u32>,
}

impl Pauses {
    pub fn add(&mut self, pause: Duration) {
        let at = self.sum.count as usize % KEPT;
        let nanos = u32::try_from(pause.as_nanos()).unwrap_or(u32::MAX);
        match self.last.get_mut(at) {
            Some(entry) => *entry = nanos,
            None => self.last.push(nanos),
        }
        self.sum.count += 1;
        self.sum.total += pause;
        self.sum.last = pause;
        self.sum.max = self.sum.max.max(pause);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.sum.count
    }

    pub fn stats(&self) -> PauseStats {
        let mut sorted = self.last.clone();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
        PauseStats { median: Duration::from_nanos(median as u64), ..self.sum }
    }
}
