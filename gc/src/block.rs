//! Blocks of 32 KiB in lines of 256 bytes: finding holes to allocate in, and cells in blocks.
//!
//! A hole is a run of unmarked lines, and what the allocator has taken is a *span*. Allocation leaves no trace
//! but the headers it writes: where cells start in a span is found by walking it, from size to size, and only
//! when somebody asks (a conservative pointer into the block, a heap walk).
//!
//! Invariants:
//! - After a collection, start bits equal mark bits in every block. Between collections, the cells of a block
//!   are its start bits and what its spans still hold unwalked.
//! - A block from which a span was taken since the last collection is `touched` and on no other list. Only
//!   touched blocks can change in a young collection; it looks at no others.
//! - A free line has no start bit. A block on `free` has no marked line.
//! - Cells do not cross blocks.

use crate::header::{CellPtr, Header};
use crate::map::{BLOCK, BLOCK_WORDS, CHUNK, GRANULE, LINE, LINES, Map};
use crate::region::{self, Reservation};

/// Shorter runs of free lines are not worth the visit.
const MIN_HOLE: usize = 1;
/// A block with fewer lines in usable holes counts as full.
const MIN_FREE_LINES: usize = 16;
/// A hole of so many lines has room for any medium cell.
const ROOMY: usize = crate::MAX_SMALL / LINE;
/// Blocks kept back, so that there is room to report that there is none.
const EMERGENCY: usize = 8;
/// Above this much committed memory, huge pages are asked for.
const HUGE_PAGES_FROM: usize = 64 << 20;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Info {
    /// The last span taken in this block since the last collection.
    spans: u32,
    /// Lines that were not free for use after the last sweep.
    used: u8,
    /// The whole block reads as zero.
    clean: bool,
}

struct Span {
    /// Cells before this address have their start bits.
    walked: usize,
    end: usize,
    /// The previous span of the same block.
    next: u32,
}

/// A run of free memory for bump allocation.
pub(crate) struct Hole {
    pub start: usize,
    pub end: usize,
    /// It reads as zero already.
    pub clean: bool,
    /// To be given back to [`Blocks::close`].
    pub span: u32,
}

/// How many blocks there are of each sort.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct BlockCounts {
    pub committed: usize,
    pub free: usize,
    pub partial: usize,
}

pub(crate) struct Blocks {
    map: Map,
    region: Reservation,
    info: Vec<Info>,
    free: Vec<u32>,
    /// Blocks with holes, all of them short.
    partial: Vec<u32>,
    /// Blocks with at least one long hole; medium cells go there.
    roomy: Vec<u32>,
    touched: Vec<u32>,
    emergency: Vec<u32>,
    spans: Vec<Span>,
    /// The partial block whose holes are being handed out, and the line to go on from.
    scanning: Option<(u32, usize)>,
    /// The sum of `used` of all blocks.
    used: usize,
}

impl Blocks {
    pub fn new(map: Map, region: Reservation) -> Blocks {
        let mut blocks = Blocks {
            map,
            region,
            info: Vec::new(),
            free: Vec::new(),
            partial: Vec::new(),
            roomy: Vec::new(),
            touched: Vec::new(),
            emergency: Vec::new(),
            spans: Vec::new(),
            scanning: None,
            used: 0,
        };
        blocks.commit_chunk();
        blocks.refill_emergency();
        blocks
    }

    /// Bytes of the block region that are committed.
    pub fn committed(&self) -> usize {
        self.region.committed()
    }

    /// Bytes of lines that the last sweep left in use, or free in too short runs.
    pub fn used(&self) -> usize {
        self.used * LINE
    }

    pub fn counts(&self) -> BlockCounts {
        BlockCounts {
            committed: self.info.len(),
            free: self.free.len(),
            partial: self.partial.len() + self.roomy.len(),
        }
    }

    /// Gets more blocks from the system. False when it refuses.
    pub fn commit_chunk(&mut self) -> bool {
        if !self.region.commit_more(CHUNK) {
            return false;
        }
        let first = self.info.len() as u32;
        let count = (CHUNK / BLOCK) as u32;
        self.info.resize((first + count) as usize, Info { spans: NONE, used: 0, clean: true });
        if self.region.committed() > HUGE_PAGES_FROM {
            region::prefer_huge_pages(self.map.block_addr(first), CHUNK);
        }
        self.free.extend((first..first + count).rev());
        true
    }

    /// Gives back reserved space beyond `len` that is not committed. Returns what is left.
    pub fn shorten(&mut self, len: usize) -> usize {
        self.region.shorten(len)
    }

    /// The next hole, in partly used blocks first.
    pub fn next_hole(&mut self) -> Option<Hole> {
        loop {
            let (block, from) = match self.scanning.take() {
                Some(at) => at,
                None => match self.partial.pop().or_else(|| self.roomy.pop()) {
                    Some(block) => {
                        self.touched.push(block);
                        (block, 0)
                    }
                    None => return self.free_block(),
                },
            };
            if let Some((start, end)) = next_run(self.map.block_lines(block), from) {
                self.scanning = Some((block, end));
                let addr = self.map.block_addr(block);
                return Some(self.open(block, addr + start * LINE, addr + end * LINE, false));
            }
        }
    }

    /// A hole with room for any medium cell: in a partly used block, or a whole block.
    pub fn roomy_hole(&mut self) -> Option<Hole> {
        let Some(block) = self.roomy.pop() else { return self.free_block() };
        self.touched.push(block);
        let lines = self.map.block_lines(block);
        let (mut best, mut from) = ((0, 0), 0);
        while let Some((start, end)) = next_run(lines, from) {
            if end - start > best.1 - best.0 {
                best = (start, end);
            }
            from = end;
        }
        let addr = self.map.block_addr(block);
        Some(self.open(block, addr + best.0 * LINE, addr + best.1 * LINE, false))
    }

    /// A hole that is a whole block.
    pub fn free_block(&mut self) -> Option<Hole> {
        let block = self.free.pop()?;
        Some(self.whole(block))
    }

    /// A hole out of the last reserve.
    pub fn emergency_block(&mut self) -> Option<Hole> {
        let block = self.emergency.pop()?;
        Some(self.whole(block))
    }

    fn whole(&mut self, block: u32) -> Hole {
        self.touched.push(block);
        let clean = std::mem::replace(&mut self.info[block as usize].clean, false);
        let addr = self.map.block_addr(block);
        self.open(block, addr, addr + BLOCK, clean)
    }

    fn open(&mut self, block: u32, start: usize, end: usize, clean: bool) -> Hole {
        let span = self.spans.len() as u32;
        let next = std::mem::replace(&mut self.info[block as usize].spans, span);
        self.spans.push(Span { walked: start, end: start, next });
        Hole { start, end, clean, span }
    }

    /// The cells of the span `span` reach up to `end`.
    pub fn close(&mut self, span: u32, end: usize) {
        self.spans[span as usize].end = end;
    }

    /// Sets the start bits of all cells.
    pub fn walk_all(&mut self) {
        for span in &mut self.spans {
            walk(&self.map, span);
        }
    }

    /// The cell that contains `addr`, an address in the block region.
    pub fn find(&mut self, addr: usize) -> Option<CellPtr> {
        let block = self.map.block_of(addr);
        let mut span = self.info.get(block as usize)?.spans;
        while span != NONE {
            let entry = &mut self.spans[span as usize];
            walk(&self.map, entry);
            span = entry.next;
        }
        let start = self.map.start_at_or_below(addr)?;
        let cell = CellPtr::new(start as *mut Header)?;
        // SAFETY: a start bit says that there is a cell.
        let size = unsafe { cell.as_ref() }.granules() * GRANULE;
        (addr < start + size).then_some(cell)
    }

    /// Calls `f` with every cell that has a start bit, in order of address. After `walk_all` that is all cells.
    /// `f` must not allocate in the heap.
    pub fn for_each(&self, f: &mut dyn FnMut(CellPtr)) {
        for block in 0..self.info.len() as u32 {
            for i in 0..BLOCK_WORDS {
                self.each_bit(block, i, self.map.start_word(block, i), f);
            }
        }
    }

    /// Calls `f` with every cell that has a start bit but is not marked: after marking, the dead. Looks at all
    /// blocks when `full`, else at those touched since the last collection.
    pub fn for_each_dead(&self, full: bool, f: &mut dyn FnMut(CellPtr)) {
        let mut one = |block: u32| {
            for i in 0..BLOCK_WORDS {
                let dead = self.map.start_word(block, i) & !self.map.mark_word(block, i);
                self.each_bit(block, i, dead, f);
            }
        };
        if full {
            (0..self.info.len() as u32).for_each(&mut one);
        } else {
            self.touched.iter().copied().for_each(&mut one);
        }
    }

    #[inline]
    fn each_bit(&self, block: u32, i: usize, mut bits: u64, f: &mut dyn FnMut(CellPtr)) {
        while bits != 0 {
            let granule = i * 64 + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let addr = self.map.block_addr(block) + granule * GRANULE;
            if let Some(cell) = CellPtr::new(addr as *mut Header) {
                f(cell);
            }
        }
    }

    /// Forgets all marks, before a full collection.
    pub fn clear_marks(&self) {
        self.map.clear_marks(self.info.len());
    }

    /// After the marking of a young collection: the dead are gone, and touched blocks can be used again.
    pub fn sweep_young(&mut self) {
        let touched = std::mem::take(&mut self.touched);
        self.spans.clear();
        self.scanning = None;
        // In reverse, so that they are used again in the same order.
        for &block in touched.iter().rev() {
            self.map.starts_from_marks(block, 1);
            self.info[block as usize].spans = NONE;
            self.classify(block);
        }
        self.touched = touched;
        self.touched.clear();
        self.refill_emergency();
    }

    /// After the marking of a full collection: sorts all blocks anew.
    pub fn sweep_full(&mut self) {
        self.touched.clear();
        self.spans.clear();
        self.free.clear();
        self.partial.clear();
        self.roomy.clear();
        self.emergency.clear();
        self.scanning = None;
        self.map.starts_from_marks(0, self.info.len());
        for block in (0..self.info.len() as u32).rev() {
            self.info[block as usize].spans = NONE;
            self.classify(block);
        }
        self.refill_emergency();
    }

    fn classify(&mut self, block: u32) {
        let lines = self.map.block_lines(block);
        let mut usable = 0;
        if lines.iter().all(|&mark| mark == 0) {
            usable = LINES;
            self.free.push(block);
        } else {
            let (mut from, mut longest) = (0, 0);
            while let Some((start, end)) = next_run(lines, from) {
                usable += end - start;
                longest = longest.max(end - start);
                from = end;
            }
            if longest >= ROOMY {
                self.roomy.push(block);
            } else if usable >= MIN_FREE_LINES {
                self.partial.push(block);
            } else {
                usable = 0;
            }
        }
        let used = (LINES - usable) as u8;
        self.used += used as usize;
        self.used -= std::mem::replace(&mut self.info[block as usize].used, used) as usize;
    }

    fn refill_emergency(&mut self) {
        while self.emergency.len() < EMERGENCY && !self.free.is_empty() {
            self.emergency.extend(self.free.pop());
        }
    }

    /// Returns the memory of free blocks beyond `keep` bytes to the system, highest addresses first.
    pub fn release_excess(&mut self, keep: usize) {
        let dirty = self.free.iter().filter(|&&block| !self.info[block as usize].clean).count();
        let mut excess = dirty.saturating_sub(keep / BLOCK);
        if excess == 0 {
            return;
        }
        self.free.sort_unstable_by(|a, b| b.cmp(a));
        let mut i = 0;
        while i < self.free.len() && excess > 0 {
            let high = self.free[i];
            i += 1;
            if self.info[high as usize].clean {
                continue;
            }
            let mut low = high;
            excess -= 1;
            while excess > 0 && i < self.free.len() && self.free[i] + 1 == low {
                if self.info[self.free[i] as usize].clean {
                    break;
                }
                low = self.free[i];
                i += 1;
                excess -= 1;
            }
            let zero = region::discard(self.map.block_addr(low), (high - low + 1) as usize * BLOCK);
            for block in low..=high {
                self.info[block as usize].clean = zero;
            }
        }
    }
}

/// Sets the start bits of the cells of a span that have none yet.
fn walk(map: &Map, span: &mut Span) {
    let mut at = span.walked;
    while at < span.end {
        map.set_start(at);
        // SAFETY: the span is a sequence of cells up to `end`, each with its header written.
        let granules = unsafe { &*(at as *const Header) }.granules();
        debug_assert!(granules != 0);
        if granules == 0 {
            break;
        }
        at += granules * GRANULE;
    }
    span.walked = at;
}

/// The next run of unmarked lines at or after line `from` that is worth using.
#[inline]
fn next_run(lines: &[u8; LINES], from: usize) -> Option<(usize, usize)> {
    let mut line = from;
    loop {
        while line < LINES && lines[line] != 0 {
            line += 1;
        }
        let start = line;
        while line < LINES && lines[line] == 0 {
            line += 1;
        }
        if line - start >= MIN_HOLE {
            return Some((start, line));
        }
        if line == LINES {
            return None;
        }
    }
}
