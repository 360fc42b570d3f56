//! When to collect, and what: the size of the nursery and the threshold of full collections.
//!
//! A young collection comes when the nursery is used up. The nursery begins small, so that a small program
//! stays small and in the cache; it grows while collections take a noticeable share of the time, and shrinks when
//! a pause was long, because the pause follows what survives of it.
//!
//! A full collection comes when there may be something to gain and the time since the last one was many times
//! what it will cost: so a program's memory stays near what it really uses as long as that costs a few percent
//! at most. When memory grows faster than that, it comes once the memory in use has grown by half of what was
//! live after the last one. If such collections take more than a tenth of the time, that share grows up to three
//! times, until they do not. Memory in use counts whole lines: old cells that died in the meantime keep their lines,
//! and survivors scattered over many lines cost more than their bytes.

use std::time::{Duration, Instant};

/// The nursery never exceeds this.
const MAX_NURSERY: usize = 32 << 20;
/// A pause above this makes the nursery smaller.
const LONG: Duration = Duration::from_micros(3500);
/// Nor does it grow beyond the point where the pause would exceed this.
const SHORT: Duration = Duration::from_micros(2000);

/// The nursery may grow to this, however little is live.
const SMALL_NURSERY: usize = 2 << 20;
/// A full collection that memory does not demand takes at most one part in so many of the time.
const FULL_SHARE: u32 = 14;
/// Nor does it come for less than this.
const MIN_GAIN: usize = 1 << 20;
/// Full collections that memory demands and that take more than one part in so many of the time come later.
const MOST_SHARE: u32 = 10;
/// By how many eighths of what is live memory may grow before a full collection: at least, and at most.
const GROWTH: std::ops::RangeInclusive<usize> = 4..=12;
/// Before there was a full collection: what it takes to mark a megabyte.
const FULL_PER_MB: Duration = Duration::from_micros(1000);

pub(crate) struct Pace {
    base: usize,
    min_full: usize,
    /// Memory in use after the last full collection.
    floor: usize,
    /// Eighths of what is live that memory may grow by.
    growth: usize,
    /// What the last full collection took, or what the first one may take.
    full_cost: Duration,
    /// When the last full collection ended.
    full_ended: Instant,
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
        Pace {
            base,
            min_full,
            floor: 0,
            growth: *GROWTH.start(),
            full_cost: FULL_PER_MB,
            full_ended: Instant::now(),
            nursery: base,
            threshold: min_full,
            live: 0,
            used: 0,
        }
    }

    /// Whether the next automatic collection is to be a full one.
    pub fn full_is_due(&self) -> bool {
        self.used > self.threshold
            || self.used > self.floor + (self.floor / 8).max(MIN_GAIN)
                && self.full_ended.elapsed() > self.full_cost * FULL_SHARE
    }

    pub fn set_nursery(&mut self, bytes: usize) {
        self.base = bytes;
        self.nursery = bytes;
    }

    pub fn set_min_full(&mut self, bytes: usize) {
        self.min_full = bytes;
        self.threshold = self.threshold.max(bytes);
    }

    pub fn after_full(&mut self, live: usize, used: usize, pause: Duration) {
        let last = std::mem::replace(&mut self.full_ended, Instant::now());
        if self.used > self.threshold {
            self.adapt_growth(pause, self.full_ended - last);
        }
        self.live = live;
        self.used = used;
        self.floor = used;
        self.full_cost = pause;
        self.threshold = self.min_full.max(used + live / 8 * self.growth);
    }

    /// A full collection that memory demanded and that ends now took `pause`; the last one ended `since` ago.
    fn adapt_growth(&mut self, pause: Duration, since: Duration) {
        let next = if pause * MOST_SHARE > since {
            self.growth + 2
        } else if pause * (2 * MOST_SHARE) < since {
            self.growth - 1
        } else {
            self.growth
        };
        self.growth = next.clamp(*GROWTH.start(), *GROWTH.end());
    }

    /// `running` is the time between the last collection and this one.
    pub fn after_young(&mut self, live: usize, used: usize, pause: Duration, running: Duration) {
        self.live = live;
        self.used = used;
        if self.floor == 0 {
            self.full_cost = FULL_PER_MB * (live >> 20) as u32;
        }
        if pause > LONG {
            self.nursery = (self.nursery / 4 * 3).max(self.base.min(1 << 20));
        } else if pause < SHORT && self.nursery < self.base {
            self.nursery = self.base;
        } else if pause < SHORT && pause * 16 > running {
            let most = (live / 6).clamp(SMALL_NURSERY, MAX_NURSERY).max(self.base);
            self.nursery = (self.nursery / 2 * 3).min(most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn memory_grows_more_where_full_collections_cost_much() {
        let mut p = Pace::new(1 << 20, 0);
        p.adapt_growth(MS, 5 * MS);
        assert_eq!(p.growth, 6);
        for _ in 0..10 {
            p.adapt_growth(MS, 5 * MS);
        }
        assert_eq!(p.growth, *GROWTH.end());
        p.adapt_growth(MS, 15 * MS);
        assert_eq!(p.growth, *GROWTH.end());
        for _ in 0..10 {
            p.adapt_growth(MS, 50 * MS);
        }
        assert_eq!(p.growth, *GROWTH.start());
    }

    #[test]
    fn a_collection_that_was_asked_for_changes_nothing() {
        let mut p = Pace::new(1 << 20, 1 << 20);
        p.after_full(1 << 20, 1 << 20, MS);
        p.after_full(1 << 20, 1 << 20, MS);
        assert_eq!(p.growth, *GROWTH.start());
        p.used = p.threshold + 1;
        p.after_full(1 << 20, 1 << 20, MS);
        assert_eq!(p.growth, 6);
    }
}
