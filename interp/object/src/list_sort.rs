//! Sorting lists: stable, correct whatever comparisons do.
//!
//! Keys whose order needs no Python code (numbers, strings, tuples of such) are sorted by
//! the standard library, which may be trusted with a total order that never raises. All
//! other keys go through a merge sort of natural runs (Munro and Wild, "Nearly-Optimal
//! Mergesorts", 2018: powersort) that works on heap arrays, so that a comparison may
//! collect, raise or look at anything: at every comparison the arrays and the locals
//! together hold all items, and after an error the list has them all again.
//!
//! The list is empty while it is sorted; what a comparison puts in is found afterwards
//! and reported as "list modified during sort".

use crate::call;
use crate::list::List;
use crate::list_methods;
use crate::numeric;
use crate::protocol::{self, Cmp};
use crate::shape::fixed;
use crate::storage::Slots;
use crate::string::Str;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::value::Value;
use std::cmp::Ordering;

/// `l.sort(key=key, reverse=reverse)`.
///
/// # Errors
/// What the key function or a comparison raises; ValueError when the list was changed meanwhile.
pub fn sort(th: &Thread, l: List, key: Option<Value>, reverse: bool) -> Result<(), Raised> {
    let (storage, n) = l.take();
    // SAFETY: null or the list's array, which this function owns now.
    let items = unsafe { Slots::from_raw(storage) };
    let result = match items {
        Some(items) => sort_slots(th, items, n, key, reverse),
        None => Ok(()),
    };
    let modified = !l.take().0.is_null();
    l.give(th, storage, n);
    result?;
    if modified { Err(th.value_error("list modified during sort")) } else { Ok(()) }
}

fn sort_slots(th: &Thread, items: Slots, n: usize, key: Option<Value>, reverse: bool) -> Result<(), Raised> {
    let keys = match key {
        Some(f) => {
            let keys = Slots::new(th, n.max(1))?;
            for i in 0..n {
                keys.set(th, i, call::call(th, f, &[items.get(i)])?);
            }
            Some(keys)
        }
        None => None,
    };
    if n < 2 {
        return Ok(());
    }
    // Equal items keep their order when sorting descending, too: both ends are swapped before and after.
    if reverse {
        reverse_range(th, items, 0, n);
        keys.iter().for_each(|&k| reverse_range(th, k, 0, n));
    }
    let order = plain_order(th, slice(keys.unwrap_or(items), n));
    let result = match order {
        Some(order) => {
            sort_plain(th, items, keys, n, order);
            Ok(())
        }
        None => Merger { th, keys: keys.unwrap_or(items), values: keys.map(|_| items), spare: None }.sort(n),
    };
    if reverse {
        reverse_range(th, items, 0, n);
    }
    result
}

/// The first `n` elements.
fn slice<'a>(s: Slots, n: usize) -> &'a [Value] {
    debug_assert!(n <= s.capacity());
    // SAFETY: all elements of an array are initialized; callers hold the slice only while nothing writes to it.
    unsafe { std::slice::from_raw_parts(s.data(), n) }
}

/// As [`slice`], for writing; the caller does the barrier.
#[allow(clippy::mut_from_ref)]
fn slice_mut<'a>(s: Slots, n: usize) -> &'a mut [Value] {
    debug_assert!(n <= s.capacity());
    // SAFETY: as in `slice`; the callers have no other slice of the array at the time.
    unsafe { std::slice::from_raw_parts_mut(s.data(), n) }
}

fn reverse_range(th: &Thread, s: Slots, from: usize, to: usize) {
    slice_mut(s, to)[from..].reverse();
    s.barrier_range(th, from, to - from);
}

/// An order of keys that needs no Python code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    SmallInts,
    FloatWords,
    Numbers,
    Strings,
    /// Tuples of numbers and strings, the same at each position.
    Tuples,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Number,
    Text,
}

/// The class of a key item with a total order; None for NaN and everything else. Flattens ropes: comparing must
/// not allocate.
fn class_of(v: Value) -> Option<Class> {
    if v.is_small_int() {
        return Some(Class::Number);
    }
    if v.is_float_word() {
        return if v.as_float_word().is_nan() { None } else { Some(Class::Number) };
    }
    match v.header().shape() {
        // A float in a cell has a large or tiny magnitude; it is no NaN.
        fixed::INT | fixed::FLOAT | fixed::BOOL => Some(Class::Number),
        fixed::STR => {
            Str::of(v).chars();
            Some(Class::Text)
        }
        _ => None,
    }
}

/// Can the keys be compared without Python code, and how?
fn plain_order(th: &Thread, keys: &[Value]) -> Option<Plain> {
    if keys.iter().all(|k| k.is_small_int()) {
        return Some(Plain::SmallInts);
    }
    if keys.iter().all(|k| k.is_float_word()) {
        return if keys.iter().any(|k| k.as_float_word().is_nan()) { None } else { Some(Plain::FloatWords) };
    }
    if keys[0].has_shape(fixed::TUPLE) {
        return plain_tuples(th, keys);
    }
    let class = class_of(keys[0])?;
    if !keys.iter().all(|&k| class_of(k) == Some(class)) {
        return None;
    }
    Some(if class == Class::Text { Plain::Strings } else { Plain::Numbers })
}

fn plain_tuples(_: &Thread, keys: &[Value]) -> Option<Plain> {
    const POSITIONS: usize = 8;
    let mut classes = [None; POSITIONS];
    for &k in keys {
        if !k.has_shape(fixed::TUPLE) || Tuple::of(k).len() > POSITIONS {
            return None;
        }
        for (i, &x) in Tuple::of(k).as_slice().iter().enumerate() {
            let c = class_of(x)?;
            if *classes[i].get_or_insert(c) != c {
                return None;
            }
        }
    }
    Some(Plain::Tuples)
}

fn compare_items(a: Value, b: Value) -> Ordering {
    if a.both_small_int(b) {
        return (a.0 as i64).cmp(&(b.0 as i64));
    }
    if a.has_shape(fixed::STR) && b.has_shape(fixed::STR) {
        return Str::of(a).chars().compare(Str::of(b).chars());
    }
    if numeric::compare(Cmp::Lt, a, b) == Some(true) {
        Ordering::Less
    } else if numeric::compare(Cmp::Gt, a, b) == Some(true) {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

fn compare_tuples(a: Value, b: Value) -> Ordering {
    let (a, b) = (Tuple::of(a).as_slice(), Tuple::of(b).as_slice());
    for (&x, &y) in a.iter().zip(b) {
        if x == y {
            continue;
        }
        let o = compare_items(x, y);
        if o != Ordering::Equal {
            return o;
        }
    }
    a.len().cmp(&b.len())
}

/// Sorts by a total order; nothing in here allocates in the heap.
fn sort_plain(th: &Thread, items: Slots, keys: Option<Slots>, n: usize, order: Plain) {
    let float = |v: Value| v.as_float_word();
    match keys {
        None => {
            let s = slice_mut(items, n);
            match order {
                // Equal integers are the same word, so stability does not show; the tag keeps the order.
                Plain::SmallInts => s.sort_unstable_by_key(|v| v.0 as i64),
                Plain::FloatWords => {
                    s.sort_by(|&a, &b| float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal))
                }
                Plain::Numbers => s.sort_by(|&a, &b| compare_items(a, b)),
                Plain::Strings => sort_strings(s),
                Plain::Tuples => s.sort_by(|&a, &b| compare_tuples(a, b)),
            }
        }
        Some(keys) => {
            // Pairs of key and item; both arrays keep everything alive meanwhile.
            let mut pairs: Vec<(Value, Value)> =
                slice(keys, n).iter().copied().zip(slice(items, n).iter().copied()).collect();
            match order {
                Plain::SmallInts => pairs.sort_by_key(|p| p.0.0 as i64),
                Plain::FloatWords => {
                    pairs.sort_by(|a, b| float(a.0).partial_cmp(&float(b.0)).unwrap_or(Ordering::Equal))
                }
                Plain::Numbers => pairs.sort_by(|a, b| compare_items(a.0, b.0)),
                Plain::Strings => pairs.sort_by(|a, b| Str::of(a.0).chars().compare(Str::of(b.0).chars())),
                Plain::Tuples => pairs.sort_by(|a, b| compare_tuples(a.0, b.0)),
            }
            for (to, p) in slice_mut(items, n).iter_mut().zip(&pairs) {
                *to = p.1;
            }
        }
    }
    items.barrier_range(th, 0, n);
}

/// Strings of one byte per character are compared by their first eight bytes first.
fn sort_strings(s: &mut [Value]) {
    let prefix = |v: Value| match Str::of(v).chars() {
        krait_text::Chars::One(b) => {
            let mut word = [0; 8];
            let n = b.len().min(8);
            word[..n].copy_from_slice(&b[..n]);
            Some(u64::from_be_bytes(word))
        }
        _ => None,
    };
    let pairs: Option<Vec<(u64, Value)>> = s.iter().map(|&v| Some((prefix(v)?, v))).collect();
    match pairs {
        Some(mut pairs) => {
            // The items are still in `s` while the pairs are sorted.
            pairs.sort_by(|a, b| {
                a.0.cmp(&b.0).then_with(|| Str::of(a.1).chars().compare(Str::of(b.1).chars()))
            });
            for (to, p) in s.iter_mut().zip(&pairs) {
                *to = p.1;
            }
        }
        None => s.sort_by(|&a, &b| Str::of(a).chars().compare(Str::of(b).chars())),
    }
}

/// A run of sorted keys, and the power of its boundary with the run before.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

/// Sorts with comparisons that may do anything. `values` follow their keys, when they are not the keys themselves.
struct Merger<'a> {
    th: &'a Thread,
    keys: Slots,
    values: Option<Slots>,
    /// Room for the shorter of two runs: keys and values.
    spare: Option<(Slots, Option<Slots>)>,
}

/// Shorter runs are extended by binary insertion to this length or up to twice of it.
const MIN_RUN: usize = 32;
/// So many wins in a row make a merge look ahead.
const GALLOP: usize = 7;

impl Merger<'_> {
    fn less(&self, a: Value, b: Value) -> Res<bool> {
        protocol::compare_bool(self.th, Cmp::Lt, a, b)
    }

    fn sort(mut self, n: usize) -> Result<(), Raised> {
        let mut runs: Vec<Run> = Vec::new();
        let min_run = min_run(n);
        let mut start = 0;
        while start < n {
            let mut len = self.count_run(start, n)?;
            let wanted = min_run.min(n - start);
            if len < wanted {
                self.insertion(start, start + len, start + wanted)?;
                len = wanted;
            }
            if let Some(&last) = runs.last() {
                let power = boundary_power(n, last.start, last.len, len);
                while runs.len() > 1 && runs[runs.len() - 1].power > power {
                    self.merge_top(&mut runs)?;
                }
                runs.push(Run { start, len, power });
            } else {
                runs.push(Run { start, len, power: 0 });
            }
            start += len;
        }
        while runs.len() > 1 {
            self.merge_top(&mut runs)?;
        }
        Ok(())
    }

    /// Length of the run at `start`; a strictly descending one is turned around.
    fn count_run(&self, start: usize, end: usize) -> Res<usize> {
        let mut i = start + 1;
        if i >= end {
            return Ok(end - start);
        }
        let descending = self.less(self.keys.get(i), self.keys.get(i - 1))?;
        i += 1;
        while i < end && self.less(self.keys.get(i), self.keys.get(i - 1))? == descending {
            i += 1;
        }
        if descending {
            reverse_range(self.th, self.keys, start, i);
            if let Some(v) = self.values {
                reverse_range(self.th, v, start, i);
            }
        }
        Ok(i - start)
    }

    /// Extends the sorted part `from..sorted` to `to` by binary insertion.
    fn insertion(&self, from: usize, sorted: usize, to: usize) -> Result<(), Raised> {
        for i in sorted..to {
            let key = self.keys.get(i);
            let (mut lo, mut hi) = (from, i);
            while lo < hi {
                let mid = lo + (hi - lo) / 2;
                if self.less(key, self.keys.get(mid))? {
                    hi = mid;
                } else {
                    lo = mid + 1;
                }
            }
            self.rotate(self.keys, lo, i);
            if let Some(v) = self.values {
                self.rotate(v, lo, i);
            }
        }
        Ok(())
    }

    /// Moves the element at `last` to `first`, those between one up.
    fn rotate(&self, s: Slots, first: usize, last: usize) {
        slice_mut(s, last + 1)[first..].rotate_right(1);
        s.barrier_range(self.th, first, last + 1 - first);
    }

    /// Merges the two topmost runs.
    fn merge_top(&mut self, runs: &mut Vec<Run>) -> Result<(), Raised> {
        let (Some(b), Some(a)) = (runs.pop(), runs.pop()) else { return Ok(()) };
        runs.push(Run { start: a.start, len: a.len + b.len, power: a.power });
        self.merge(a.start, a.len, b.len)
    }

    /// Merges the neighbouring runs of `na` and `nb` elements at `start`.
    fn merge(&mut self, start: usize, na: usize, nb: usize) -> Result<(), Raised> {
        let middle = start + na;
        // What is in its place already at both ends stays out of the merge.
        let skip = self.upper(self.keys.get(middle), self.keys, start, middle, true)? - start;
        if skip == na {
            return Ok(());
        }
        let end = self.lower(self.keys.get(middle - 1), self.keys, middle, middle + nb, false)?;
        let (start, na, nb) = (start + skip, na - skip, end - middle);
        if nb == 0 {
            return Ok(());
        }
        if na <= nb { self.merge_low(start, na, nb) } else { self.merge_high(start, na, nb) }
    }

    /// The first place in `from..to` of `s` whose key is greater than `key`; looks from the left end or the right one.
    fn upper(&self, key: Value, s: Slots, from: usize, to: usize, from_left: bool) -> Res<usize> {
        self.search(s, from, to, from_left, |x| Ok(!self.less(key, x)?))
    }

    /// The first place in `from..to` of `s` whose key is not less than `key`.
    fn lower(&self, key: Value, s: Slots, from: usize, to: usize, from_left: bool) -> Res<usize> {
        self.search(s, from, to, from_left, |x| self.less(x, key))
    }

    /// The end of the elements for which `before` holds: steps that double from one end, then halving.
    fn search(
        &self,
        s: Slots,
        from: usize,
        to: usize,
        from_left: bool,
        before: impl Fn(Value) -> Res<bool>,
    ) -> Res<usize> {
        let (mut lo, mut hi) = (from, to);
        let mut step = 1;
        if from_left {
            while lo < hi {
                let at = (from + step - 1).min(hi - 1);
                if !before(s.get(at))? {
                    hi = at;
                    break;
                }
                lo = at + 1;
                step *= 2;
            }
        } else {
            while lo < hi {
                let at = to.saturating_sub(step).max(lo);
                if before(s.get(at))? {
                    lo = at + 1;
                    break;
                }
                hi = at;
                step *= 2;
            }
        }
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            if before(s.get(mid))? {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        Ok(lo)
    }

    /// Room for `n` elements outside, with copies of those at `start`.
    fn save(&mut self, start: usize, n: usize) -> Res<(Slots, Option<Slots>)> {
        let room = match self.spare {
            Some(room) if room.0.capacity() >= n => room,
            _ => {
                let keys = Slots::new(self.th, n)?;
                let values = match self.values {
                    Some(_) => Some(Slots::new(self.th, n)?),
                    None => None,
                };
                *self.spare.insert((keys, values))
            }
        };
        self.copy(room, 0, (self.keys, self.values), start, n);
        Ok(room)
    }

    /// Copies `n` elements, keys and values.
    fn copy(
        &self,
        to: (Slots, Option<Slots>),
        at: usize,
        from: (Slots, Option<Slots>),
        start: usize,
        n: usize,
    ) {
        if n == 0 {
            return;
        }
        // SAFETY: the source range is inside its array.
        to.0.copy_from(self.th, at, unsafe { from.0.data().add(start) }, n);
        if let (Some(t), Some(f)) = (to.1, from.1) {
            // SAFETY: as above.
            t.copy_from(self.th, at, unsafe { f.data().add(start) }, n);
        }
    }

    /// Merges from the left: the left run is saved, its place is filled.
    fn merge_low(&mut self, start: usize, na: usize, nb: usize) -> Result<(), Raised> {
        let saved = self.save(start, na)?;
        let main = (self.keys, self.values);
        let (mut i, mut j, mut to, end) = (0, start + na, start, start + na + nb);
        let mut result = Ok(());
        let (mut wins_a, mut wins_b) = (0, 0);
        while i < na && j < end {
            if wins_a >= GALLOP || wins_b >= GALLOP {
                let step = self.gallop_low(saved.0, i, na, j, end);
                let (a, b) = match step {
                    Ok(s) => s,
                    Err(e) => {
                        result = Err(e);
                        break;
                    }
                };
                self.copy(main, to, saved, i, a);
                (i, to) = (i + a, to + a);
                self.copy(main, to, main, j, b);
                (j, to) = (j + b, to + b);
                if a < GALLOP && b < GALLOP {
                    (wins_a, wins_b) = (0, 0);
                }
                continue;
            }
            match self.less(self.keys.get(j), saved.0.get(i)) {
                Ok(true) => {
                    self.copy(main, to, main, j, 1);
                    j += 1;
                    (wins_a, wins_b) = (0, wins_b + 1);
                }
                Ok(false) => {
                    self.copy(main, to, saved, i, 1);
                    i += 1;
                    (wins_a, wins_b) = (wins_a + 1, 0);
                }
                Err(e) => {
                    result = Err(e);
                    break;
                }
            }
            to += 1;
        }
        // What is left of the saved run fills the gap, after an error too.
        self.copy(main, to, saved, i, na - i);
        result
    }

    /// How many elements come next from the saved left run, and after them from the right run.
    fn gallop_low(&self, saved: Slots, i: usize, na: usize, j: usize, end: usize) -> Res<(usize, usize)> {
        let a = self.upper(self.keys.get(j), saved, i, na, true)? - i;
        if i + a == na {
            return Ok((a, 0));
        }
        let b = self.lower(saved.get(i + a), self.keys, j, end, true)? - j;
        Ok((a, b))
    }

    /// Merges from the right: the right run is saved, its place is filled from the end.
    fn merge_high(&mut self, start: usize, na: usize, nb: usize) -> Result<(), Raised> {
        let saved = self.save(start + na, nb)?;
        let main = (self.keys, self.values);
        // Elements before `i` and `j` are left; the next place to fill ends at `to`.
        let (mut i, mut j, mut to) = (start + na, nb, start + na + nb);
        let mut result = Ok(());
        let (mut wins_a, mut wins_b) = (0, 0);
        while i > start && j > 0 {
            if wins_a >= GALLOP || wins_b >= GALLOP {
                let (a, b) = match self.gallop_high(saved.0, start, i, j) {
                    Ok(s) => s,
                    Err(e) => {
                        result = Err(e);
                        break;
                    }
                };
                (i, to) = (i - a, to - a);
                self.copy(main, to, main, i, a);
                (j, to) = (j - b, to - b);
                self.copy(main, to, saved, j, b);
                if a < GALLOP && b < GALLOP {
                    (wins_a, wins_b) = (0, 0);
                }
                continue;
            }
            match self.less(saved.0.get(j - 1), self.keys.get(i - 1)) {
                Ok(true) => {
                    i -= 1;
                    self.copy(main, to - 1, main, i, 1);
                    (wins_a, wins_b) = (wins_a + 1, 0);
                }
                Ok(false) => {
                    j -= 1;
                    self.copy(main, to - 1, saved, j, 1);
                    (wins_a, wins_b) = (0, wins_b + 1);
                }
                Err(e) => {
                    result = Err(e);
                    break;
                }
            }
            to -= 1;
        }
        self.copy(main, to - j, saved, 0, j);
        result
    }

    /// How many elements come last from the left run, and before them from the saved right run.
    fn gallop_high(&self, saved: Slots, start: usize, i: usize, j: usize) -> Res<(usize, usize)> {
        let a = i - self.upper(saved.get(j - 1), self.keys, start, i, false)?;
        if i - a == start {
            return Ok((a, 0));
        }
        let b = j - self.lower(self.keys.get(i - a - 1), saved, 0, j, false)?;
        Ok((a, b))
    }
}

/// A run length between 32 and 64 that makes the number of runs a power of two or a little less.
fn min_run(n: usize) -> usize {
    let (mut n, mut rest) = (n, 0);
    while n >= 2 * MIN_RUN {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// The depth at which the boundary between two neighbouring runs lies in the ideal merge tree: the first binary digit
/// in which the runs' midpoints, as fractions of the whole, differ.
fn boundary_power(n: usize, start: usize, a: usize, b: usize) -> u32 {
    let n2 = 2 * n as u128;
    // Midpoints times two; scaled so that 64 binary digits follow the point.
    let (x, y) = (2 * start + a, 2 * start + 2 * a + b);
    let digits = |m: usize| (((m as u128) << 62) / n2) as u64;
    (digits(x) ^ digits(y)).leading_zeros()
}

/// `sorted(iterable)` for native code: a new list.
pub fn sorted(th: &Thread, v: Value, key: Option<Value>, reverse: bool) -> Res {
    let l = list_methods::from_iterable(th, v)?;
    sort(th, List::of(l), key, reverse)?;
    Ok(l)
}
