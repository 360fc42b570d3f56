//! The slow paths of allocation: the next piece of a hole, the next hole, large cells, and what to do when
//! memory runs out.
//!
//! A hole is zeroed piece by piece just before it is used, so that the zeroes are still in the cache when the
//! cell is filled. A medium cell that does not fit in the current hole goes to the overflow block, so that the
//! hole is not wasted.

use std::cell::Cell;

use crate::block::Hole;
use crate::header::{CellPtr, Header};
use crate::map::{CHUNK, GRANULE, LINE};
use crate::{Heap, MAX_SMALL};

/// A hole is zeroed in pieces of this size.
const PIECE: usize = 4096;

const NO_SPAN: u32 = u32::MAX;

/// What is known of a hole besides the cursor.
pub(crate) struct Bump {
    start: Cell<usize>,
    /// Up to here the memory reads as zero.
    zeroed: Cell<usize>,
    end: Cell<usize>,
    span: Cell<u32>,
}

impl Bump {
    pub fn new() -> Bump {
        Bump { start: Cell::new(0), zeroed: Cell::new(0), end: Cell::new(0), span: Cell::new(NO_SPAN) }
    }

    fn set(&self, hole: &Hole) {
        self.start.set(hole.start);
        self.zeroed.set(if hole.clean { hole.end } else { hole.start });
        self.end.set(hole.end);
        self.span.set(hole.span);
    }

    /// Makes sure that memory is zero up to `need`, and perhaps some more.
    #[inline]
    fn zero_to(&self, need: usize) {
        let from = self.zeroed.get();
        if need > from {
            let to = self.end.get().min(need.max(from + PIECE));
            // SAFETY: the rest of the hole belongs to the allocator.
            unsafe { (from as *mut u8).write_bytes(0, to - from) };
            self.zeroed.set(to);
        }
    }
}

impl Heap {
    /// The slow path of `alloc`. `size` is rounded.
    #[cold]
    #[inline(never)]
    pub(crate) fn alloc_slow(&self, size: usize, shape: u32, kind: u8) -> CellPtr {
        match self.alloc_any(size, shape, kind, true) {
            Some(cell) => cell,
            None => {
                crate::complain!("krait: out of memory (the heap can not give {size} bytes)");
                std::process::abort()
            }
        }
    }

    /// Any size, any state. `None` when memory can not be had; with `emergency`, small cells then come out of
    /// the last reserve.
    pub(crate) fn alloc_any(&self, size: usize, shape: u32, kind: u8, emergency: bool) -> Option<CellPtr> {
        self.count_for_stress();
        let (addr, granules) = if size <= MAX_SMALL {
            (self.bump_slow(size, emergency)?, size / GRANULE)
        } else {
            (self.alloc_large(size)?, 0)
        };
        let cell = CellPtr::new(addr as *mut Header)?;
        // SAFETY: the memory is the new cell's.
        unsafe { cell.as_ref() }.set_word(Header::pack(shape, kind, granules));
        Some(cell)
    }

    fn bump_slow(&self, size: usize, emergency: bool) -> Option<usize> {
        let mut collected = false;
        loop {
            let at = self.cursor.get();
            if at + size <= self.bump.end.get() {
                self.bump.zero_to(at + size);
                self.cursor.set(at + size);
                self.open_limit();
                return Some(at);
            }
            let medium = size > LINE;
            let over = self.overflow_cursor.get();
            if medium && over + size <= self.overflow.end.get() {
                self.overflow.zero_to(over + size);
                self.overflow_cursor.set(over + size);
                return Some(over);
            }
            if self.budget.get() <= 0 && self.collect_when_due() {
                continue;
            }
            if self.more_room(medium) {
                continue;
            }
            if !collected && self.collect_for_room() {
                collected = true;
                continue;
            }
            if !emergency {
                return None;
            }
            let hole = self.blocks.borrow_mut().emergency_block()?;
            self.use_either(&hole, medium);
        }
    }

    /// Takes another hole, or a block for medium cells beside a hole that is still of use.
    fn more_room(&self, medium: bool) -> bool {
        let mut blocks = self.blocks.borrow_mut();
        let mut hole = if medium { blocks.roomy_hole() } else { blocks.next_hole() };
        if hole.is_none() {
            let limit = self.max_bytes.get().saturating_sub(self.large.borrow().committed());
            if blocks.committed() + CHUNK <= limit && blocks.commit_chunk() {
                hole = blocks.free_block();
            }
        }
        drop(blocks);
        let Some(hole) = hole else { return false };
        self.use_either(&hole, medium);
        true
    }

    fn use_either(&self, hole: &Hole, medium: bool) {
        if medium && self.bump.end.get() - self.cursor.get() >= LINE {
            self.use_overflow(hole)
        } else {
            self.use_hole(hole)
        }
    }

    fn use_hole(&self, hole: &Hole) {
        self.retire(&self.bump, self.cursor.get());
        self.bump.set(hole);
        self.cursor.set(hole.start);
        self.charge(hole.end - hole.start);
    }

    fn use_overflow(&self, hole: &Hole) {
        self.retire(&self.overflow, self.overflow_cursor.get());
        self.overflow.set(hole);
        self.overflow_cursor.set(hole.start);
        self.charge(hole.end - hole.start);
    }

    fn retire(&self, bump: &Bump, cursor: usize) {
        if bump.span.get() != NO_SPAN {
            self.blocks.borrow_mut().close(bump.span.get(), cursor);
            self.young_bytes.set(self.young_bytes.get() + (cursor - bump.start.get()));
        }
    }

    fn charge(&self, bytes: usize) {
        self.budget.set(self.budget.get().saturating_sub_unsigned(bytes));
    }

    /// The limit that the inline path compares with: nothing passes while every allocation is to be counted.
    fn open_limit(&self) {
        self.limit.set(if self.stress.get() == 0 { self.bump.zeroed.get() } else { 0 });
    }

    /// Closes the inline path until the next slow allocation.
    pub(crate) fn close_limit(&self) {
        self.limit.set(0);
    }

    /// Writes down how far the current holes are used, for those who look for cells.
    pub(crate) fn note_cursors(&self) {
        let mut blocks = self.blocks.borrow_mut();
        if self.bump.span.get() != NO_SPAN {
            blocks.close(self.bump.span.get(), self.cursor.get());
        }
        if self.overflow.span.get() != NO_SPAN {
            blocks.close(self.overflow.span.get(), self.overflow_cursor.get());
        }
    }

    /// Gives up the current holes, before a collection.
    pub(crate) fn retire_holes(&self) {
        self.retire(&self.bump, self.cursor.get());
        self.retire(&self.overflow, self.overflow_cursor.get());
        for (bump, cursor) in [(&self.bump, &self.cursor), (&self.overflow, &self.overflow_cursor)] {
            bump.start.set(0);
            bump.zeroed.set(0);
            bump.end.set(0);
            bump.span.set(NO_SPAN);
            cursor.set(0);
        }
        self.close_limit();
    }

    /// Bytes allocated since the last collection.
    pub(crate) fn young_bytes_now(&self) -> usize {
        let open = self.cursor.get() - self.bump.start.get();
        let overflow = self.overflow_cursor.get() - self.overflow.start.get();
        self.young_bytes.get() + open + overflow
    }

    fn alloc_large(&self, size: usize) -> Option<usize> {
        if size > self.map.block_bytes {
            return None;
        }
        self.charge(size);
        if self.budget.get() <= 0 && self.collect_when_due() {
            self.charge(size);
        }
        let mut cell = self.try_large(size);
        if cell.is_none() && self.collect_for_room() {
            self.charge(size);
            cell = self.try_large(size);
        }
        if cell.is_some() {
            self.young_bytes.set(self.young_bytes.get() + size);
        }
        cell
    }

    fn large_limit(&self) -> usize {
        self.max_bytes.get().saturating_sub(self.blocks.borrow().committed())
    }

    fn try_large(&self, size: usize) -> Option<usize> {
        let limit = self.large_limit();
        Some(self.large.borrow_mut().alloc(size, limit)?.as_ptr() as usize)
    }

    /// Changes the size of a large cell in place; what it grows by reads as zero. False, and no change, when
    /// the cell is not large or there is no room behind it.
    pub fn grow_large(&self, cell: CellPtr, new_size: usize) -> bool {
        // SAFETY: the caller passes a cell of this heap.
        if unsafe { cell.as_ref() }.granules() != 0 || new_size > self.map.block_bytes {
            return false;
        }
        let Some(new_size) = new_size.checked_next_multiple_of(GRANULE) else { return false };
        let size = self.map.large_size(cell.as_ptr() as usize);
        let limit = self.large_limit();
        if !self.large.borrow_mut().resize(cell, new_size, limit) {
            return false;
        }
        if new_size > size {
            self.charge(new_size - size);
            self.young_bytes.set(self.young_bytes.get() + (new_size - size));
        }
        true
    }

    /// The caller holds the only reference to `cell` and gives it up. A large cell is freed at once; a small
    /// one waits for the next collection like any other. Nothing happens to a cell with weak references or a
    /// finalizer.
    pub fn free_now(&self, cell: CellPtr) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        let kept = header.has(crate::header::WEAKREF | crate::header::FINALIZER);
        if header.granules() != 0 || kept || self.collecting.get() {
            return;
        }
        let size = self.map.large_size(cell.as_ptr() as usize);
        if !header.has(crate::header::OLD) {
            // It used up none of the nursery after all.
            let most = self.nursery_bytes() as isize;
            self.budget.set(self.budget.get().saturating_add_unsigned(size).min(most));
        }
        self.large.borrow_mut().free_now(cell);
    }
}
