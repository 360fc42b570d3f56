//! The write barrier's cold half: which old cells may refer to young ones.
//!
//! A small old cell that is written to goes on a list, once (flag REMEMBERED), and is traced again as a whole
//! at the next young collection. A large one is never flagged: each write dirties the card of its slot, and
//! only dirty cards are traced again.

use crate::Heap;
use crate::header::{CellPtr, OLD, REMEMBERED};

impl Heap {
    #[cold]
    #[inline(never)]
    pub(crate) fn barrier_slow(&self, cell: CellPtr, slot: *const u64) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        if header.granules() != 0 {
            header.set_flag(REMEMBERED);
            self.remembered.borrow_mut().push(cell);
            return;
        }
        // SAFETY: the slot lies in the cell, which is large.
        unsafe { *self.map.card(slot as usize) = 1 };
        // A dirty card alone does not tell that the cell is on the list: memory that a cell gave back when it shrank may
        // have kept its dirty cards.
        self.note_carded(cell);
    }

    fn note_carded(&self, cell: CellPtr) {
        let entry = self.map.page_entry(cell.as_ptr() as usize);
        // SAFETY: the entry is in the array; nothing else refers to it now.
        if unsafe { !(*entry).carded } {
            self.large.borrow_mut().add_carded(cell);
        }
    }

    /// The cell is traced again at the next young collection, whatever is stored into it until then. To be
    /// repeated after each collection for which that shall hold. (A young cell is traced anyway.)
    #[inline(always)]
    pub fn remember(&self, cell: CellPtr) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        if header.word() & (OLD | REMEMBERED) == OLD {
            self.remember_old(cell);
        }
    }

    #[cold]
    #[inline(never)]
    fn remember_old(&self, cell: CellPtr) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        if header.granules() != 0 {
            header.set_flag(REMEMBERED);
            self.remembered.borrow_mut().push(cell);
        } else {
            self.note_carded(cell);
            // SAFETY: the entry is in the array; nothing else refers to it now.
            unsafe { (*self.map.page_entry(cell.as_ptr() as usize)).whole = true };
        }
    }

    /// As `remember`, for many slots stored at once: dirties the cards of `len` bytes from `start`.
    #[inline]
    pub fn barrier_range(&self, cell: CellPtr, start: *const u64, len: usize) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        if header.word() & (OLD | REMEMBERED) == OLD && len != 0 {
            self.barrier_range_slow(cell, start, len);
        }
    }

    #[cold]
    #[inline(never)]
    fn barrier_range_slow(&self, cell: CellPtr, start: *const u64, len: usize) {
        // SAFETY: the caller passes a cell of this heap.
        let header = unsafe { cell.as_ref() };
        if header.granules() != 0 {
            header.set_flag(REMEMBERED);
            self.remembered.borrow_mut().push(cell);
            return;
        }
        let first = self.map.card(start as usize);
        let last = self.map.card(start as usize + len - 1);
        // SAFETY: the bytes lie in the cell, and its cards in the array.
        unsafe { first.write_bytes(1, last.offset_from_unsigned(first) + 1) };
        self.note_carded(cell);
    }
}
