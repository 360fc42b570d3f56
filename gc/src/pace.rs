//! When to collect, and what: the size of the nursery and the threshold of full collections.
//!
//! A young collection comes when the nursery is used up. The nursery begins small, so that a small program
//! stays small and in the cache; it grows while the heap is large and collections take a noticeable share of
//! the time, and shrinks when a pause was long, because the pause follows what survives of it.
//! A full collection comes when the memory in use has grown, since the last one, by most of what was live then.
//! Memory in use counts whole lines: old cells that died in the meantime keep their lines, and survivors
//! scattered over many lines cost more than their bytes.

use std::time::Duration;

/// The nursery never exceeds this.
const MAX_NURSERY: usize = 32 << 20;
/// A pause above this makes the nursery smaller.
const LONG: Duration = Duration::from_micros(3500);
/// Nor does it grow beyond the point where the pause would exceed this.
const SHORT: Duration = Duration::from_micros(2000);

pub(crate) struct Pace {
    base: usize,
    min_full: usize,
    /// Bytes between two young collections.
    pub nursery: usize,
    /// Bytes in use above which a collection is full.
    pub threshold: usize,
    /// Bytes of cells that survived the last collection.
    pub live: usize,
    /// Bytes in use after the last collection, in whole lines and pages.
    pub used: usize,
}

impl Pace {
    pub fn new(base: usize, min_full: usize) -> Pace {
        Pace { base, min_full, nursery: base, threshold: min_full, live: 0, used: 0 }
    }

    /// Whether the next automatic collection is to be a full one.
    pub fn full_is_due(&self) -> bool {
        self.used > self.threshold
    }

    pub fn set_nursery(&mut self, bytes: usize) {
        self.base = bytes;
        self.nursery = bytes;
    }

    pub fn set_min_full(&mut self, bytes: usize) {
        self.min_full = bytes;
        self.threshold = self.threshold.max(bytes);
    }

    pub fn after_full(&mut self, live: usize, used: usize) {
        self.live = live;
        self.used = used;
        self.threshold = self.min_full.max(used + live / 5 * 4);
    }

    /// `running` is the time between the last collection and this one.
    pub fn after_young(&mut self, live: usize, used: usize, pause: Duration, running: Duration) {
        self.live = live;
        self.used = used;
        if pause > LONG {
            self.nursery = (self.nursery / 4 * 3).max(self.base.min(1 << 20));
        } else if pause < SHORT && self.nursery < self.base {
            self.nursery = self.base;
        } else if pause < SHORT && pause * 16 > running {
            let most = (live / 4).clamp(self.base, MAX_NURSERY.max(self.base));
            self.nursery = (self.nursery / 2 * 3).min(most);
        }
    }
}
