//! How many objects a collection found that counting references would not have.
//!
//! Programs ask `gc.collect()` how much garbage there was, and expect an answer to which a value that was merely
//! dropped does not contribute. So the dead that no other dead refer to are taken away, then those that only they
//! referred to, and so on: what is left are the cycles and what hangs on them. Only explicit collections count
//! (and all while the host wants to see the garbage), and the time is linear in what is dead.
//!
//! Invariant: runs between marking and sweeping, when the memory of the dead is intact. A dead cell of a block is
//! known by its number among the dead, found by counting bits.

use crate::header::CellPtr;
use crate::map::{BLOCK_WORDS, GRANULE, Map};
use crate::{Heap, Host, KindInfo, Tracer};

/// The dead, numbered.
struct Dead {
    map: Map,
    cells: Vec<CellPtr>,
    /// The number of the first dead cell of each block.
    first: Vec<u32>,
    /// Addresses of the large ones, which come last, in order.
    large: Vec<usize>,
}

impl Dead {
    fn number(&self, cell: CellPtr) -> Option<usize> {
        let addr = cell.as_ptr() as usize;
        if !self.map.in_blocks(addr) {
            let place = self.large.binary_search(&addr).ok()?;
            return Some(self.cells.len() - self.large.len() + place);
        }
        let block = self.map.block_of(addr);
        let granule = (addr - self.map.block_addr(block)) / GRANULE;
        let dead = |i: usize| self.map.start_word(block, i) & !self.map.mark_word(block, i);
        let (word, bit) = (granule / 64, granule % 64);
        if dead(word) >> bit & 1 == 0 {
            return None;
        }
        let before: u32 = (0..word).map(|i| dead(i).count_ones()).sum();
        let below = (dead(word) & ((1 << bit) - 1)).count_ones();
        Some((*self.first.get(block as usize)? + before + below) as usize)
    }
}

impl Heap {
    fn number_dead(&self) -> Dead {
        let map = self.map;
        self.blocks.borrow_mut().walk_all();
        let blocks = self.blocks.borrow();
        let (mut cells, mut first) = (Vec::new(), Vec::new());
        for block in 0..blocks.counts().committed as u32 {
            first.push(cells.len() as u32);
            for i in 0..BLOCK_WORDS {
                let mut bits = map.start_word(block, i) & !map.mark_word(block, i);
                while bits != 0 {
                    let granule = i * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    cells.extend(CellPtr::new((map.block_addr(block) + granule * GRANULE) as *mut _));
                }
            }
        }
        let mut large = Vec::new();
        self.large.borrow().for_each_dead(true, &mut |cell| large.push(cell.as_ptr() as usize));
        large.retain(|&addr| !map.is_marked(addr));
        large.sort_unstable();
        cells.extend(large.iter().filter_map(|&addr| CellPtr::new(addr as *mut _)));
        Dead { map, cells, first, large }
    }

    /// Of the cells that marking left out, the containers that are in cycles or hang on them.
    pub(crate) fn find_garbage(&self, kinds: &'static [KindInfo; 256]) -> Vec<CellPtr> {
        let dead = self.number_dead();
        let mut referrers = vec![0u32; dead.cells.len()];
        for &cell in &dead.cells {
            Tracer::list(self, kinds, cell, &mut |to| {
                if let Some(n) = dead.number(to) {
                    referrers[n] = referrers[n].saturating_add(1);
                }
            });
        }
        let mut dropped: Vec<u32> = (0..).zip(&referrers).filter(|(_, n)| **n == 0).map(|(i, _)| i).collect();
        let mut gone = vec![false; dead.cells.len()];
        while let Some(i) = dropped.pop() {
            gone[i as usize] = true;
            Tracer::list(self, kinds, dead.cells[i as usize], &mut |to| {
                if let Some(n) = dead.number(to) {
                    referrers[n] -= 1;
                    if referrers[n] == 0 {
                        dropped.push(n as u32);
                    }
                }
            });
        }
        // SAFETY: dead, but not swept yet.
        let is_container = |cell: CellPtr| kinds[unsafe { cell.as_ref() }.kind() as usize].container;
        let found = dead.cells.iter().zip(&gone).filter(|(cell, gone)| !**gone && is_container(**cell));
        found.map(|(cell, _)| *cell).collect()
    }

    /// Whether every collection looks for unreachable cycles and shows them to the host ([`Host::garbage`]), which
    /// takes as long again as there are dead cells.
    ///
    /// [`Host::garbage`]: crate::Host::garbage
    pub fn show_garbage(&self, on: bool) {
        self.shows_garbage.set(on);
    }

    /// The next cell that the host wished to keep although nothing referred to it. From here on only the caller keeps
    /// it alive.
    pub fn next_kept(&self) -> Option<CellPtr> {
        self.kept.borrow_mut().pop_front()
    }

    /// Lets the host see the garbage, and keeps it if the host wishes so, with all that it refers to. What waits for
    /// its finalizer is found again when that has run. Returns how many cells are kept.
    pub(crate) fn offer_garbage(
        &self,
        mut found: Vec<CellPtr>,
        host: &dyn Host,
        tracer: &mut Tracer,
    ) -> usize {
        found.retain(|cell| !self.map.is_marked(cell.as_ptr() as usize));
        if found.is_empty() || !host.garbage(&found) {
            return 0;
        }
        for cell in &found {
            tracer.visit_ptr(cell.as_ptr());
        }
        tracer.drain();
        self.kept.borrow_mut().extend(&found);
        found.len()
    }
}
