//! Cells above 8 KiB: runs of 4 KiB pages in a region of their own.
//!
//! Free runs are kept by size (best fit) and by place (joined with their neighbours); what lies above the last
//! run in use is one more free run without an end. A page that was used is dirty until it is zeroed for the
//! next owner or its memory is returned to the system.
//!
//! Invariants:
//! - A large cell starts at a page and only there: the page entry of its first page has its size, and the
//!   bitmap of heads its bit.
//! - Between collections a large cell is on the list `old` exactly if its header says OLD, else on `young`.
//! - Cards are set only for cells on the list `carded` (or were, before the cell died).

use std::collections::{BTreeMap, BTreeSet};

use crate::header::{CellPtr, Header, OLD};
use crate::map::{CARD, Map, PAGE};
use crate::region::{self, Reservation};

/// The region is committed in steps of this size.
const COMMIT: usize = 1 << 20;
/// Runs of at least this size ask for huge pages when they are new.
const HUGE_PAGES_FROM: usize = 8 << 20;

pub(crate) struct Large {
    map: Map,
    region: Reservation,
    /// Pages from here on have never been used, or are free again.
    top: u32,
    by_start: BTreeMap<u32, u32>,
    by_size: BTreeSet<(u32, u32)>,
    heads: Vec<u64>,
    dirty: Vec<u64>,
    dirty_free: usize,
    /// How many free pages may stay dirty.
    pub keep_dirty: usize,
    young: Vec<CellPtr>,
    old: Vec<CellPtr>,
    carded: Vec<CellPtr>,
    /// Bytes of pages in use.
    bytes: usize,
}

fn pages_for(size: usize) -> Option<u32> {
    u32::try_from(size.div_ceil(PAGE)).ok()
}

impl Large {
    pub fn new(map: Map, region: Reservation) -> Large {
        Large {
            map,
            region,
            top: 0,
            by_start: BTreeMap::new(),
            by_size: BTreeSet::new(),
            heads: Vec::new(),
            dirty: Vec::new(),
            dirty_free: 0,
            keep_dirty: (16 << 20) / PAGE,
            young: Vec::new(),
            old: Vec::new(),
            carded: Vec::new(),
            bytes: 0,
        }
    }

    /// Bytes of the region that are committed.
    pub fn committed(&self) -> usize {
        self.region.committed()
    }

    /// Bytes in use, in whole pages.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many large cells there are.
    pub fn count(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Gives back reserved space beyond `len` that is not committed. Returns what is left.
    pub fn shorten(&mut self, len: usize) -> usize {
        self.region.shorten(len)
    }

    fn addr(&self, page: u32) -> usize {
        self.map.large_base() + page as usize * PAGE
    }

    fn page(&self, addr: usize) -> u32 {
        ((addr - self.map.large_base()) / PAGE) as u32
    }

    /// A young cell of `size` zero bytes; the caller writes the header at once. `None` when the region would
    /// have to be committed beyond `limit` or the system refuses.
    pub fn alloc(&mut self, size: usize, limit: usize) -> Option<CellPtr> {
        let pages = pages_for(size)?;
        let best = self.by_size.range((pages, 0)..).next().copied();
        let page = match best {
            Some((len, start)) => {
                self.remove_run(start, len);
                if len > pages {
                    self.insert_run(start + pages, len - pages);
                }
                start
            }
            None => {
                let start = self.top;
                self.raise_top(pages, limit)?;
                start
            }
        };
        self.claim(page, pages);
        let cell = CellPtr::new(self.addr(page) as *mut Header)?;
        self.heads[page as usize / 64] |= 1 << (page % 64);
        let index = self.young.len() as u32;
        self.young.push(cell);
        // SAFETY: the entry is in the array; no other reference to it exists.
        let entry = unsafe { &mut *self.map.page_entry(self.addr(page)) };
        entry.size = size;
        entry.index = index;
        entry.carded = false;
        entry.whole = false;
        self.bytes += pages as usize * PAGE;
        Some(cell)
    }

    /// Takes `pages` pages above the last run in use.
    fn raise_top(&mut self, pages: u32, limit: usize) -> Option<()> {
        let end = (self.top as usize).checked_add(pages as usize)?;
        let missing = (end * PAGE).saturating_sub(self.region.committed());
        if missing > 0 {
            let step = missing.next_multiple_of(COMMIT);
            if self.region.committed() + step > limit || !self.region.commit_more(step) {
                return None;
            }
            let words = (self.region.committed() / PAGE).div_ceil(64);
            self.heads.resize(words, 0);
            self.dirty.resize(words, 0);
        }
        self.top = end as u32;
        Some(())
    }

    fn insert_run(&mut self, start: u32, len: u32) {
        self.by_start.insert(start, len);
        self.by_size.insert((len, start));
    }

    fn remove_run(&mut self, start: u32, len: u32) {
        self.by_start.remove(&start);
        self.by_size.remove(&(len, start));
    }

    fn is_dirty(&self, page: u32) -> bool {
        self.dirty[page as usize / 64] & 1 << (page % 64) != 0
    }

    /// Makes free pages ready for an owner: all zero, and dirty from now on.
    fn claim(&mut self, start: u32, len: u32) {
        if len as usize * PAGE >= HUGE_PAGES_FROM && !self.is_dirty(start) {
            region::prefer_huge_pages(self.addr(start), len as usize * PAGE);
        }
        let end = start + len;
        let mut page = start;
        while page < end {
            let first = page;
            while page < end && self.is_dirty(page) {
                page += 1;
            }
            if page > first {
                // SAFETY: the pages are committed, free, and ours to hand out.
                unsafe { (self.addr(first) as *mut u8).write_bytes(0, (page - first) as usize * PAGE) };
                self.dirty_free -= (page - first) as usize;
            }
            while page < end && !self.is_dirty(page) {
                self.dirty[page as usize / 64] |= 1 << (page % 64);
                page += 1;
            }
        }
    }

    /// Takes pages back from an owner.
    fn release(&mut self, start: u32, len: u32) {
        self.bytes -= len as usize * PAGE;
        self.dirty_free += len as usize;
        let (mut first, mut count) = (start, len);
        if let Some((&before, &n)) = self.by_start.range(..start).next_back()
            && before + n == start
        {
            self.remove_run(before, n);
            first = before;
            count += n;
        }
        if let Some(&n) = self.by_start.get(&(start + len)) {
            self.remove_run(start + len, n);
            count += n;
        }
        if first + count == self.top {
            self.top = first;
        } else {
            self.insert_run(first, count);
        }
        if !region::DISCARD_ZEROES {
            return;
        }
        if len as usize > self.keep_dirty {
            self.discard(start, len);
        } else if self.dirty_free > self.keep_dirty {
            self.trim();
        }
    }

    /// As `trim`, when more pages are dirty than may be.
    pub fn trim_above_keep(&mut self) {
        if self.dirty_free > self.keep_dirty {
            self.trim();
        }
    }

    /// Returns the memory of all free dirty pages to the system.
    fn trim(&mut self) {
        if self.dirty_free == 0 {
            return;
        }
        let runs: Vec<(u32, u32)> = self.by_start.iter().map(|(&start, &len)| (start, len)).collect();
        for (start, len) in runs {
            self.discard(start, len);
        }
        let end = (self.region.committed() / PAGE) as u32;
        self.discard(self.top, end - self.top);
    }

    /// Returns the memory of the dirty ones of some free pages to the system.
    fn discard(&mut self, start: u32, len: u32) {
        let end = start + len;
        let mut page = start;
        while page < end {
            // Whole words of clean pages are common above the top.
            if page.is_multiple_of(64) && self.dirty[page as usize / 64] == 0 {
                page += 64;
                continue;
            }
            let first = page;
            while page < end && self.is_dirty(page) {
                page += 1;
            }
            if page == first {
                page += 1;
            } else if region::discard(self.addr(first), (page - first) as usize * PAGE) {
                for clean in first..page {
                    self.dirty[clean as usize / 64] &= !(1 << (clean % 64));
                }
                self.dirty_free -= (page - first) as usize;
            }
        }
    }

    /// Changes the size of a cell in place. False, and no change, when there is no room.
    pub fn resize(&mut self, cell: CellPtr, new_size: usize, limit: usize) -> bool {
        let addr = cell.as_ptr() as usize;
        let size = self.map.large_size(addr);
        let (Some(old_pages), Some(new_pages)) = (pages_for(size), pages_for(new_size.max(1))) else {
            return false;
        };
        let end = self.page(addr) + old_pages;
        if new_pages > old_pages {
            let need = new_pages - old_pages;
            match self.by_start.get(&end).copied() {
                Some(len) if len >= need => {
                    self.remove_run(end, len);
                    if len > need {
                        self.insert_run(end + need, len - need);
                    }
                }
                None if end == self.top => {
                    if self.raise_top(need, limit).is_none() {
                        return false;
                    }
                }
                _ => return false,
            }
            self.claim(end, need);
            self.bytes += need as usize * PAGE;
        } else if new_size < size {
            let kept = new_pages as usize * PAGE;
            let used = size.min(kept);
            // SAFETY: the bytes are the cell's own; what grows into them later must find zeroes.
            unsafe { ((addr + new_size) as *mut u8).write_bytes(0, used.saturating_sub(new_size)) };
            if new_pages < old_pages {
                self.release(end - (old_pages - new_pages), old_pages - new_pages);
            }
        }
        // SAFETY: the entry is in the array; no other reference to it exists.
        unsafe { (*self.map.page_entry(addr)).size = new_size };
        true
    }

    /// Frees a cell that nothing refers to any more, between collections.
    pub fn free_now(&mut self, cell: CellPtr) {
        let addr = cell.as_ptr() as usize;
        // SAFETY: the entry is in the array; the reference ends here.
        let index = unsafe { (*self.map.page_entry(addr)).index } as usize;
        // SAFETY: the cell is still allocated.
        let old = unsafe { cell.as_ref() }.has(OLD);
        let list = if old { &mut self.old } else { &mut self.young };
        debug_assert_eq!(list[index], cell);
        list.swap_remove(index);
        if let Some(moved) = list.get(index) {
            // SAFETY: as above, for the cell that took the place.
            unsafe { (*self.map.page_entry(moved.as_ptr() as usize)).index = index as u32 };
        }
        self.map.unmark(addr);
        self.free(cell);
    }

    /// Frees a cell that is on no list.
    fn free(&mut self, cell: CellPtr) {
        let addr = cell.as_ptr() as usize;
        let page = self.page(addr);
        // SAFETY: the entry is in the array; the reference ends with this block.
        let size = unsafe {
            let entry = &mut *self.map.page_entry(addr);
            if std::mem::take(&mut entry.carded) {
                self.map.card(addr).write_bytes(0, entry.size.div_ceil(CARD));
            }
            std::mem::take(&mut entry.size)
        };
        self.heads[page as usize / 64] &= !(1 << (page % 64));
        if let Some(pages) = pages_for(size) {
            self.release(page, pages);
        }
    }

    /// The cell that contains `addr`, an address in the large region.
    pub fn find(&self, addr: usize) -> Option<CellPtr> {
        let page = self.page(addr);
        if page >= self.top {
            return None;
        }
        let mut word = page as usize / 64;
        let mut bits = self.heads[word] & (!0u64 >> (63 - page % 64));
        while bits == 0 {
            word = word.checked_sub(1)?;
            bits = self.heads[word];
        }
        let head = self.addr((word * 64) as u32 + 63 - bits.leading_zeros());
        (addr < head + self.map.large_size(head)).then(|| CellPtr::new(head as *mut Header))?
    }

    /// Puts an old cell on the list of those with dirty cards.
    pub fn add_carded(&mut self, cell: CellPtr) {
        // SAFETY: the entry is in the array; no other reference to it exists.
        unsafe { (*self.map.page_entry(cell.as_ptr() as usize)).carded = true };
        self.carded.push(cell);
    }

    /// Calls `f(cell, from, to)` for each range of bytes of a cell that is covered by dirty cards, and makes
    /// all cards clean.
    pub fn take_cards(&mut self, f: &mut dyn FnMut(CellPtr, usize, usize)) {
        for cell in std::mem::take(&mut self.carded) {
            let addr = cell.as_ptr() as usize;
            // SAFETY: the entry is in the array; the reference ends with this block.
            let (size, whole) = unsafe {
                let entry = &mut *self.map.page_entry(addr);
                // Freed meanwhile, and perhaps allocated again.
                if entry.size == 0 || !std::mem::take(&mut entry.carded) {
                    continue;
                }
                (entry.size, std::mem::take(&mut entry.whole))
            };
            // SAFETY: the cards of this cell; nothing else refers to them while `f` runs.
            let cards = unsafe { std::slice::from_raw_parts_mut(self.map.card(addr), size.div_ceil(CARD)) };
            if whole {
                cards.fill(0);
                f(cell, 0, size);
                continue;
            }
            let mut card = 0;
            while let Some(first) = cards[card..].iter().position(|&dirty| dirty != 0) {
                let from = card + first;
                let mut to = from;
                while to < cards.len() && cards[to] != 0 {
                    cards[to] = 0;
                    to += 1;
                }
                f(cell, from * CARD, (to * CARD).min(size));
                card = to;
            }
        }
    }

    /// Forgets all marks, before a full collection.
    pub fn clear_marks(&self) {
        for cell in &self.old {
            self.map.unmark(cell.as_ptr() as usize);
        }
    }

    /// After marking: frees dead cells, the old ones too when `full`.
    pub fn sweep(&mut self, full: bool) {
        let mut old = std::mem::take(&mut self.old);
        if full {
            old.retain(|&cell| self.keep_marked(cell));
            for (index, cell) in old.iter().enumerate() {
                // SAFETY: the entry is in the array; the reference ends here.
                unsafe { (*self.map.page_entry(cell.as_ptr() as usize)).index = index as u32 };
            }
        }
        for cell in std::mem::take(&mut self.young) {
            if self.keep_marked(cell) {
                // SAFETY: as above.
                unsafe { (*self.map.page_entry(cell.as_ptr() as usize)).index = old.len() as u32 };
                old.push(cell);
            }
        }
        self.old = old;
    }

    fn keep_marked(&mut self, cell: CellPtr) -> bool {
        let marked = self.map.is_marked(cell.as_ptr() as usize);
        if !marked {
            self.free(cell);
        }
        marked
    }

    /// Calls `f` with every cell. `f` must not allocate in the heap.
    pub fn for_each(&self, f: &mut dyn FnMut(CellPtr)) {
        self.old.iter().chain(&self.young).copied().for_each(f)
    }

    /// Calls `f` with every cell that is not marked, of the young ones or of all.
    pub fn for_each_dead(&self, full: bool, f: &mut dyn FnMut(CellPtr)) {
        let old = if full { &self.old[..] } else { &[] };
        let dead = |cell: &CellPtr| !self.map.is_marked(cell.as_ptr() as usize);
        old.iter().chain(&self.young).copied().filter(dead).for_each(f)
    }
}
