//! The two-way algorithm of Crochemore and Perrin (1991), in either direction.
//!
//! Time is linear in needle plus haystack, space constant. A 64-bit filter over the needle's
//! units skips windows whose last unit the needle does not have.

use crate::units::Unit;

/// A sequence of units that is searched from its `at(0)` on.
pub(super) trait Sequence: Copy {
    fn at(self, i: usize) -> u32;
    fn len(self) -> usize;
}

/// Units in their order.
#[derive(Clone, Copy)]
pub(super) struct Forward<'a, T>(pub &'a [T]);

/// Units from the last to the first.
#[derive(Clone, Copy)]
pub(super) struct Backward<'a, T>(pub &'a [T]);

impl<T: Unit> Sequence for Forward<'_, T> {
    #[inline(always)]
    fn at(self, i: usize) -> u32 {
        self.0[i].code()
    }
    fn len(self) -> usize {
        self.0.len()
    }
}

impl<T: Unit> Sequence for Backward<'_, T> {
    #[inline(always)]
    fn at(self, i: usize) -> u32 {
        self.0[self.0.len() - 1 - i].code()
    }
    fn len(self) -> usize {
        self.0.len()
    }
}

/// Start and period of the greatest suffix, by the order of the units or its reverse.
fn greatest_suffix<S: Sequence>(needle: S, reverse: bool) -> (usize, usize) {
    let (mut start, mut other, mut offset, mut period) = (0, 1, 0, 1);
    while other + offset < needle.len() {
        let (a, b) = (needle.at(start + offset), needle.at(other + offset));
        if a == b {
            offset += 1;
            if offset == period {
                other += period;
                offset = 0;
            }
        } else if (b < a) != reverse {
            other += offset + 1;
            offset = 0;
            period = other - start;
        } else {
            start = other;
            other += 1;
            offset = 0;
            period = 1;
        }
    }
    (start, period)
}

fn bit(c: u32) -> u64 {
    1 << (c & 63)
}

/// The first match at or after `from`.
pub(super) fn find<S: Sequence>(haystack: S, needle: S, from: usize) -> Option<usize> {
    let m = needle.len();
    if m == 0 {
        return (from <= haystack.len()).then_some(from);
    }
    let (cut, period) = greatest_suffix(needle, false).max(greatest_suffix(needle, true));
    let periodic = cut + period <= m && (0..cut).all(|i| needle.at(i) == needle.at(i + period));
    let shift = if periodic { period } else { cut.max(m - cut) + 1 };
    let filter = (0..m).fold(0, |f, i| f | bit(needle.at(i)));
    let (mut pos, mut known) = (from, 0);
    while pos + m <= haystack.len() {
        if filter & bit(haystack.at(pos + m - 1)) == 0 {
            pos += m;
            known = 0;
            continue;
        }
        let right = (cut.max(known)..m).find(|&i| needle.at(i) != haystack.at(pos + i));
        if let Some(i) = right {
            pos += i - cut + 1;
            known = 0;
            continue;
        }
        if (known..cut).rev().all(|i| needle.at(i) == haystack.at(pos + i)) {
            return Some(pos);
        }
        pos += shift;
        known = if periodic { m - period } else { 0 };
    }
    None
}
