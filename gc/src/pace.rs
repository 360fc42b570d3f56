//! When to collect, and what: the size of the nursery and the threshold of full collections.
//!
//! A young collection comes when the nursery is used up. The nursery begins small, so that a small program
//! stays small and in the cache; it grows while the heap is large and collections take a noticeable share of
//! the time, and shrinks when a pause was long, because the pause follows what survives of it.
//! A full collection comes when the live bytes have nearly doubled since the last one.

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
    /// Live bytes above which a collection is full.
    pub threshold: usize,
    /// Live bytes after the last collection.
    pub live: usize,
}

impl Pace {
    pub fn new(base: usize, min_full: usize) -> Pace {
        Pace { base, min_full, nursery: base, threshold: min_full, live: 0 }
    }

    /// Whether the next automatic collection is to be a full one.
    pub fn full_is_due(&self) -> bool {
        self.live > self.threshold
    }

    pub fn set_nursery(&mut self, bytes: usize) {
        self.base = bytes;
        self.nursery = bytes;
    }

    pub fn set_min_full(&mut self, bytes: usize) {
        self.min_full = bytes;
        self.threshold = self.threshold.max(bytes);
    }

    pub fn after_full(&mut self, live: usize) {
        self.live = live;
        self.threshold = self.min_full.max(live / 5 * 9);
    }

    /// `running` is the time between the last collection and this one.
    pub fn after_young(&mut self, live: usize, pause: Duration, running: Duration) {
        self.live = live;
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
