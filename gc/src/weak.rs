//! Weak references: which cells refer weakly to which, and what becomes of them in a collection.
//!
//! The table maps a referent to its weak reference cells. It owns neither: after marking, references to dead
//! referents are cleared and entries of dead weak reference cells are dropped.
//!
//! Invariant: an entry between two cells that are both old can not change in a young collection; so a young
//! collection looks only at the referents of entries added since the last collection (`recent`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::Heap;
use crate::header::{CellPtr, WEAKREF};

/// Multiplies: the keys are addresses of cells.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ byte as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn write_usize(&mut self, n: usize) {
        let product = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ product >> 32;
    }
}

/// The weak references to one cell, oldest first. Nearly always there is one.
enum Refs {
    One(CellPtr),
    Many(Vec<CellPtr>),
}

impl Refs {
    fn as_slice(&self) -> &[CellPtr] {
        match self {
            Refs::One(weakref) => std::slice::from_ref(weakref),
            Refs::Many(all) => all,
        }
    }

    fn push(&mut self, weakref: CellPtr) {
        match self {
            Refs::One(first) => *self = Refs::Many(vec![*first, weakref]),
            Refs::Many(all) => all.push(weakref),
        }
    }

    /// False when nothing is left.
    fn retain(&mut self, mut keep: impl FnMut(CellPtr) -> bool) -> bool {
        match self {
            Refs::One(weakref) => keep(*weakref),
            Refs::Many(all) => {
                all.retain(|&weakref| keep(weakref));
                !all.is_empty()
            }
        }
    }
}

#[derive(Default)]
pub(crate) struct WeakTable {
    map: HashMap<usize, Refs, BuildHasherDefault<AddressHasher>>,
    recent: Vec<CellPtr>,
}

impl WeakTable {
    fn add(&mut self, referent: CellPtr, weakref: CellPtr) {
        let key = referent.as_ptr() as usize;
        self.map.entry(key).and_modify(|refs| refs.push(weakref)).or_insert(Refs::One(weakref));
        if self.recent.last() != Some(&referent) {
            self.recent.push(referent);
        }
    }

    /// False when the referent has no weak reference left.
    fn remove(&mut self, referent: CellPtr, weakref: CellPtr) -> bool {
        let key = referent.as_ptr() as usize;
        let Some(refs) = self.map.get_mut(&key) else { return false };
        let left = refs.retain(|other| other != weakref);
        if !left {
            self.map.remove(&key);
        }
        left
    }

    /// After marking: takes out the entries of dead referents. Returns their weak references, newest first for
    /// each referent.
    pub fn take_dead(&mut self, full: bool, is_marked: impl Fn(CellPtr) -> bool) -> Vec<CellPtr> {
        let mut dead: Vec<CellPtr> = if full {
            self.map
                .keys()
                .filter_map(|&key| CellPtr::new(key as *mut _))
                .filter(|&c| !is_marked(c))
                .collect()
        } else {
            self.recent.iter().copied().filter(|&c| !is_marked(c)).collect()
        };
        // The order of a hash table would differ from run to run.
        dead.sort_unstable();
        dead.dedup();
        let mut cleared = Vec::new();
        for referent in dead {
            if let Some(refs) = self.map.remove(&(referent.as_ptr() as usize)) {
                // SAFETY: dead, but not swept yet.
                unsafe { referent.as_ref() }.clear_flag(WEAKREF);
                cleared.extend(refs.as_slice().iter().rev());
            }
        }
        cleared
    }

    /// After finalizable cells were marked too: drops weak reference cells that died.
    pub fn drop_dead(&mut self, full: bool, is_marked: impl Fn(CellPtr) -> bool) {
        let keep = |key: usize, refs: &mut Refs| {
            let keep = refs.retain(&is_marked);
            if !keep && let Some(referent) = CellPtr::new(key as *mut crate::Header) {
                // SAFETY: entries of dead referents are gone, so this one lives.
                unsafe { referent.as_ref() }.clear_flag(WEAKREF);
            }
            keep
        };
        if full {
            self.map.retain(|&key, refs| keep(key, refs));
            // A full collection walks the table, empty places too.
            if self.map.len() < self.map.capacity() / 8 {
                self.map.shrink_to(self.map.len() * 2);
            }
        } else {
            for referent in &self.recent {
                let key = referent.as_ptr() as usize;
                if let Some(refs) = self.map.get_mut(&key)
                    && !keep(key, refs)
                {
                    self.map.remove(&key);
                }
            }
        }
        self.recent.clear();
    }
}

impl Heap {
    /// Notes that `weakref` refers weakly to `referent`. The host's `clear_weakref` is called when the referent
    /// dies; the entry is dropped when the weak reference dies first.
    pub fn add_weakref(&self, referent: CellPtr, weakref: CellPtr) {
        // SAFETY: the caller passes a cell of this heap.
        unsafe { referent.as_ref() }.set_flag(WEAKREF);
        self.weak.borrow_mut().add(referent, weakref);
    }

    /// Undoes `add_weakref`; nothing happens when there is no such entry.
    pub fn remove_weakref(&self, referent: CellPtr, weakref: CellPtr) {
        if !self.weak.borrow_mut().remove(referent, weakref) {
            // SAFETY: the caller passes a cell of this heap.
            unsafe { referent.as_ref() }.clear_flag(WEAKREF);
        }
    }

    /// Calls `f` with the weak references to a cell, newest first. `f` may allocate and may change the table.
    pub fn weakrefs_of(&self, referent: CellPtr, f: &mut dyn FnMut(CellPtr)) {
        let mut i = self.weak.borrow().count(referent);
        while i > 0 {
            i -= 1;
            let found = self.weak.borrow().get(referent, i);
            if let Some(weakref) = found {
                f(weakref);
            }
        }
    }
}

impl WeakTable {
    fn count(&self, referent: CellPtr) -> usize {
        self.map.get(&(referent.as_ptr() as usize)).map_or(0, |refs| refs.as_slice().len())
    }

    fn get(&self, referent: CellPtr, i: usize) -> Option<CellPtr> {
        self.map.get(&(referent.as_ptr() as usize))?.as_slice().get(i).copied()
    }
}
