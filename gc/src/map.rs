//! Where things are: the two regions and the arrays of metadata beside them.
//!
//! Blocks and large objects lie in one reservation, blocks first, so that one subtraction and one compare
//! decide whether a word is an address in the heap, and one index finds its mark bit. Everything is indexed
//! from the base of that reservation:
//!
//! - mark bits, one per granule, for both regions (a large object uses the bit of its head);
//! - start bits, one per granule of the block region;
//! - line marks, one byte per line of the block region;
//! - cards, one byte per 512 bytes of the large region;
//! - page entries, one per page of the large region, used for pages at which a cell starts.
//!
//! Invariant: an address handed to a method lies in its region. Callers have compared it with the bounds.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::region::{self, Reservation};

pub(crate) const GRANULE: usize = 16;
pub(crate) const LINE: usize = 256;
pub(crate) const BLOCK: usize = 32 * 1024;
pub(crate) const LINES: usize = BLOCK / LINE;
/// Blocks are committed in chunks of this size.
pub(crate) const CHUNK: usize = 4 << 20;
/// The unit of the large region.
pub(crate) const PAGE: usize = 4096;
/// The unit of the write barrier on large cells.
pub const CARD: usize = 512;
/// 64-bit words of mark bits (and of start bits) per block.
pub(crate) const BLOCK_WORDS: usize = BLOCK / GRANULE / 64;

/// What is known of the large cell that starts at a page.
#[repr(C)]
pub(crate) struct PageEntry {
    /// Its size in bytes; 0 when none starts here.
    pub size: usize,
    /// Its place on the list of young or of old large cells.
    pub index: u32,
    /// It is on the list of cells with dirty cards.
    pub carded: bool,
    /// It is to be traced again as a whole: all cards count as dirty.
    pub whole: bool,
}

/// The addresses; a copy lives in every tracer.
#[derive(Clone, Copy)]
pub(crate) struct Map {
    pub base: usize,
    /// Bytes of the block region, from `base`.
    pub block_bytes: usize,
    /// Bytes of both regions, from `base`.
    pub total: usize,
    marks: *mut u64,
    starts: *mut u64,
    lines: *mut u8,
    cards: *mut u8,
    pages: *mut PageEntry,
}

/// The metadata mappings; they live as long as the heap.
pub(crate) struct Arrays {
    marks: Reservation,
    starts: Reservation,
    lines: Reservation,
    cards: Reservation,
    pages: Reservation,
}

impl Arrays {
    /// Gives back what describes the space above the first `blocks` bytes of blocks and the first `large` bytes
    /// of large cells. `region` is the size of either region as it was reserved.
    pub fn shorten(&mut self, region: usize, blocks: usize, large: usize) {
        let mark_bytes = |bytes: usize| bytes / GRANULE / 8;
        self.marks.give_back(mark_bytes(blocks), mark_bytes(region));
        self.marks.give_back(mark_bytes(region + large), mark_bytes(2 * region));
        self.starts.give_back(mark_bytes(blocks), mark_bytes(region));
        self.lines.give_back(blocks / LINE, region / LINE);
        self.cards.give_back(large / CARD, region / CARD);
        self.pages.give_back(large / PAGE * size_of::<PageEntry>(), region / PAGE * size_of::<PageEntry>());
    }
}

/// Reserves a heap of up to `bytes` of blocks and as much of large objects, less when the system has less.
/// Returns `None` when it grants not even 16 MiB.
pub(crate) fn reserve(bytes: usize) -> Option<(Map, Reservation, Reservation, Arrays)> {
    let mut bytes = bytes.next_power_of_two().max(16 << 20);
    let limit = region::address_space_left().unwrap_or(usize::MAX);
    let data = region::data_limit().unwrap_or(usize::MAX);
    // Two regions and 5 % of metadata, which is writable from the start; a good part of the address space stays
    // for everything else.
    while bytes > 16 << 20 && (bytes > limit / 8 * 3 || bytes > data) {
        bytes /= 2;
    }
    loop {
        if let Ok(found) = try_reserve(bytes) {
            return Some(found);
        }
        bytes /= 2;
        if bytes < 16 << 20 {
            return None;
        }
    }
}

fn try_reserve(bytes: usize) -> std::io::Result<(Map, Reservation, Reservation, Arrays)> {
    let (blocks, large) = Reservation::data(2 * bytes, CHUNK)?.split(bytes);
    let marks = Reservation::lazy(2 * bytes / GRANULE / 8)?;
    let starts = Reservation::lazy(bytes / GRANULE / 8)?;
    let lines = Reservation::lazy(bytes / LINE)?;
    let cards = Reservation::lazy(bytes / CARD)?;
    let pages = Reservation::lazy(bytes / PAGE * size_of::<PageEntry>())?;
    let map = Map {
        base: blocks.start(),
        block_bytes: bytes,
        total: 2 * bytes,
        marks: marks.start() as *mut u64,
        starts: starts.start() as *mut u64,
        lines: lines.start() as *mut u8,
        cards: cards.start() as *mut u8,
        pages: pages.start() as *mut PageEntry,
    };
    let arrays = Arrays { marks, starts, lines, cards, pages };
    Ok((map, blocks, large, arrays))
}

impl Map {
    /// Whether `addr` lies in either region.
    #[inline(always)]
    pub fn contains(&self, addr: usize) -> bool {
        addr.wrapping_sub(self.base) < self.total
    }

    /// Whether `addr` lies in the block region.
    #[inline(always)]
    pub fn in_blocks(&self, addr: usize) -> bool {
        addr.wrapping_sub(self.base) < self.block_bytes
    }

    /// The first address of the large region.
    #[inline(always)]
    pub fn large_base(&self) -> usize {
        self.base + self.block_bytes
    }

    /// The address of block `block`.
    #[inline(always)]
    pub fn block_addr(&self, block: u32) -> usize {
        self.base + block as usize * BLOCK
    }

    /// The block of an address in the block region.
    #[inline(always)]
    pub fn block_of(&self, addr: usize) -> u32 {
        ((addr - self.base) / BLOCK) as u32
    }

    /// Sets the mark bit of the cell at `addr`. True when it was clear. `shared`: other threads mark too; of those that
    /// mark the same cell, one is told that it was clear.
    ///
    /// Relaxed order is enough: the bit only decides who traces the cell, and publishes nothing. What the cell holds was
    /// written before the marking threads were started, and the marks are read after they were joined.
    #[inline(always)]
    pub fn mark(&self, addr: usize, shared: bool) -> bool {
        let index = (addr - self.base) / GRANULE;
        let bit = 1u64 << (index & 63);
        // SAFETY: the array covers both regions (type invariant), and while several threads mark, all accesses are
        // atomic: this is the only one to the word.
        let word = unsafe { AtomicU64::from_ptr(self.marks.add(index >> 6)) };
        let old = word.load(Ordering::Relaxed);
        if old & bit != 0 {
            return false;
        }
        if shared {
            return word.fetch_or(bit, Ordering::Relaxed) & bit == 0;
        }
        word.store(old | bit, Ordering::Relaxed);
        true
    }

    /// Whether the mark bit of the cell at `addr` is set.
    #[inline(always)]
    pub fn is_marked(&self, addr: usize) -> bool {
        let index = (addr - self.base) / GRANULE;
        // SAFETY: the array covers both regions (type invariant).
        unsafe { *self.marks.add(index >> 6) & 1 << (index & 63) != 0 }
    }

    /// Clears the mark bit of the cell at `addr`.
    pub fn unmark(&self, addr: usize) {
        let index = (addr - self.base) / GRANULE;
        // SAFETY: the array covers both regions (type invariant).
        unsafe { *self.marks.add(index >> 6) &= !(1 << (index & 63)) }
    }

    /// Sets the start bit of the cell at `addr` in the block region.
    #[inline]
    pub fn set_start(&self, addr: usize) {
        let index = (addr - self.base) / GRANULE;
        // SAFETY: the array covers the block region (type invariant).
        unsafe { *self.starts.add(index >> 6) |= 1 << (index & 63) }
    }

    /// Marks the lines of a cell of `size` bytes at `addr` in the block region. Threads that mark at the same time may
    /// write the same byte; all write a one.
    #[inline(always)]
    pub fn mark_lines(&self, addr: usize, size: usize) {
        let offset = addr - self.base;
        let (first, last) = (offset / LINE, (offset + size - 1) / LINE);
        // SAFETY: the array covers the block region and cells do not leave it (type invariant).
        unsafe {
            AtomicU8::from_ptr(self.lines.add(first)).store(1, Ordering::Relaxed);
            for line in first + 1..=last {
                AtomicU8::from_ptr(self.lines.add(line)).store(1, Ordering::Relaxed);
            }
        }
    }

    /// The line marks of a block. The result must not be kept while marking goes on.
    #[inline]
    pub fn block_lines(&self, block: u32) -> &[u8; LINES] {
        // SAFETY: the array has `LINES` bytes for every block; only the heap's own thread writes them.
        unsafe { &*self.lines.add(block as usize * LINES).cast() }
    }

    /// Mark words of block `block`: word `i` covers granules `64*i..64*i+64`.
    #[inline]
    pub fn mark_word(&self, block: u32, i: usize) -> u64 {
        debug_assert!(i < BLOCK_WORDS);
        // SAFETY: the array covers every block (type invariant).
        unsafe { *self.marks.add(block as usize * BLOCK_WORDS + i) }
    }

    /// Start words of block `block`, as `mark_word`.
    #[inline]
    pub fn start_word(&self, block: u32, i: usize) -> u64 {
        debug_assert!(i < BLOCK_WORDS);
        // SAFETY: the array covers every block (type invariant).
        unsafe { *self.starts.add(block as usize * BLOCK_WORDS + i) }
    }

    /// The nearest cell at or below `addr` that starts in the same block.
    #[inline]
    pub fn start_at_or_below(&self, addr: usize) -> Option<usize> {
        let index = (addr - self.base) / GRANULE;
        let first = index >> 6 & !(BLOCK_WORDS - 1);
        let mut word = index >> 6;
        // SAFETY: the array covers the block region (type invariant).
        let mut bits = unsafe { *self.starts.add(word) } & (!0u64 >> (63 - (index & 63)));
        loop {
            if bits != 0 {
                let found = word * 64 + 63 - bits.leading_zeros() as usize;
                return Some(self.base + found * GRANULE);
            }
            if word == first {
                return None;
            }
            word -= 1;
            // SAFETY: `word` is still inside the block.
            bits = unsafe { *self.starts.add(word) };
        }
    }

    /// Forgets all marks of the first `blocks` blocks.
    pub fn clear_marks(&self, blocks: usize) {
        // SAFETY: the arrays cover every block.
        unsafe {
            self.marks.write_bytes(0, blocks * BLOCK_WORDS);
            self.lines.write_bytes(0, blocks * LINES);
        }
    }

    /// What is marked is what exists: start bits become the mark bits, for `count` blocks from `block`.
    pub fn starts_from_marks(&self, block: u32, count: usize) {
        let at = block as usize * BLOCK_WORDS;
        // SAFETY: the arrays cover every block and are distinct.
        unsafe { std::ptr::copy_nonoverlapping(self.marks.add(at), self.starts.add(at), count * BLOCK_WORDS) }
    }

    /// The card of an address in the large region.
    #[inline(always)]
    pub fn card(&self, addr: usize) -> *mut u8 {
        // SAFETY: the array covers the large region (type invariant).
        unsafe { self.cards.add((addr - self.large_base()) / CARD) }
    }
    /// The entry of the large cell at `addr`. Not to be dereferenced while another reference to it is in use.
    #[inline(always)]
    pub fn page_entry(&self, addr: usize) -> *mut PageEntry {
        // SAFETY: the array covers the large region (type invariant).
        unsafe { self.pages.add((addr - self.large_base()) / PAGE) }
    }

    /// The size of the large cell at `addr`; 0 when none starts there.
    #[inline]
    pub fn large_size(&self, addr: usize) -> usize {
        // SAFETY: the entry lies in the array and is always initialized (zero).
        unsafe { (*self.page_entry(addr)).size }
    }
}
