//! The recorder's maps by slot. Slots are small numbers, dense where frames are, and every snapshot goes through the
//! frames in order: so both maps are kept in order, and snapshots share what has not changed.

use crate::ir::Ref;
use std::rc::Rc;

/// What is known of a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub value: Ref,
    /// Memory has it, too.
    pub clean: bool,
}

/// What is known, by slot.
#[derive(Clone, Default)]
pub(super) struct Slots {
    /// The slot of the first word.
    low: i32,
    words: Vec<Option<Known>>,
}

/// Room made below the lowest slot when one below it is written.
const ROOM: i32 = 32;

impl Slots {
    fn index(&self, slot: i32) -> Option<usize> {
        usize::try_from(slot - self.low).ok().filter(|&n| n < self.words.len())
    }

    pub fn get(&self, slot: &i32) -> Option<&Known> {
        self.words[self.index(*slot)?].as_ref()
    }

    pub fn insert(&mut self, slot: i32, k: Known) {
        if self.words.is_empty() {
            self.low = slot;
        } else if slot < self.low {
            let more = self.low - slot + ROOM;
            self.words.splice(0..0, std::iter::repeat_n(None, more as usize));
            self.low -= more;
        }
        let n = (slot - self.low) as usize;
        if n >= self.words.len() {
            self.words.resize(n + 1, None);
        }
        self.words[n] = Some(k);
    }

    pub fn remove(&mut self, slot: &i32) {
        if let Some(n) = self.index(*slot) {
            self.words[n] = None;
        }
    }

    /// Keeps what `keep` says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&i32, &mut Known) -> bool) {
        for (slot, word) in (self.low..).zip(&mut self.words) {
            if word.as_mut().is_some_and(|k| !keep(&slot, k)) {
                *word = None;
            }
        }
        while self.words.last().is_some_and(Option::is_none) {
            self.words.pop();
        }
    }

    /// All, in order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (i32, &mut Known)> {
        (self.low..).zip(&mut self.words).filter_map(|(slot, k)| Some((slot, k.as_mut()?)))
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (i32, &Known)> {
        self.range(i32::MIN, i32::MAX)
    }

    /// Those from one slot to before another, in order.
    pub fn range(&self, from: i32, to: i32) -> impl Iterator<Item = (i32, &Known)> {
        let bound = |slot: i32| (slot.saturating_sub(self.low).max(0) as usize).min(self.words.len());
        let (first, end) = (bound(from), bound(to).max(bound(from)));
        let slots = self.low + first as i32..;
        slots.zip(&self.words[first..end]).filter_map(|(slot, k)| Some((slot, k.as_ref()?)))
    }
}

/// A set of slots, in order.
#[derive(Clone, Default)]
pub(super) struct SlotSet(Rc<Vec<i32>>);

impl SlotSet {
    pub fn contains(&self, slot: &i32) -> bool {
        self.0.binary_search(slot).is_ok()
    }

    pub fn insert(&mut self, slot: i32) {
        if let Err(n) = self.0.binary_search(&slot) {
            Rc::make_mut(&mut self.0).insert(n, slot);
        }
    }

    pub fn remove(&mut self, slot: &i32) {
        if let Ok(n) = self.0.binary_search(slot) {
            Rc::make_mut(&mut self.0).remove(n);
        }
    }

    /// The slots, for a snapshot.
    pub fn share(&self) -> Rc<Vec<i32>> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, SlotSet, Slots};
    use crate::ir::Ref;

    #[test]
    fn slots_come_in_order_from_below_zero_on() {
        let mut s = Slots::default();
        for slot in [3, 0, -40, 90, -1] {
            s.insert(slot, Known { value: Ref::NONE, clean: slot == 3 });
        }
        let all = |s: &Slots| s.range(i32::MIN, i32::MAX).map(|x| x.0).collect::<Vec<_>>();
        assert_eq!(all(&s), [-40, -1, 0, 3, 90]);
        assert_eq!(s.range(-1, 3).map(|x| x.0).collect::<Vec<_>>(), [-1, 0]);
        assert_eq!(s.range(95, 99).count() + s.range(-99, -90).count(), 0);
        s.remove(&0);
        s.remove(&1000);
        s.retain(|&slot, k| slot < 90 || k.clean);
        assert_eq!(all(&s), [-40, -1, 3]);
        assert!(s.get(&3).is_some_and(|k| k.clean) && s.get(&0).is_none() && s.get(&90).is_none());
        s.insert(91, Known { value: Ref::NONE, clean: false });
        assert_eq!(s.iter_mut().map(|x| x.0).collect::<Vec<_>>(), [-40, -1, 3, 91]);
    }

    #[test]
    fn what_was_shared_stays_as_it_is() {
        let mut s = SlotSet::default();
        [5, 1, 5, 3].into_iter().for_each(|n| s.insert(n));
        let before = s.share();
        s.remove(&3);
        s.insert(0);
        assert_eq!((before.as_slice(), s.share().as_slice()), (&[1, 3, 5][..], &[0, 1, 5][..]));
        assert!(s.contains(&0) && !s.contains(&3));
    }
}
