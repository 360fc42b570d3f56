//! A map from objects, by identity, to numbers. It does not keep them alive: its owner does.

/// The map: open addressing; 0 is no object's word.
#[derive(Default)]
pub struct IdMap {
    slots: Vec<(u64, u64)>,
    len: usize,
}

impl IdMap {
    pub fn len(&self) -> usize {
        self.len
    }

    fn start(&self, key: u64) -> usize {
        // The product's top bits depend on all bits of the address.
        let shift = 64 - self.slots.len().trailing_zeros();
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as usize
    }

    #[inline]
    pub fn get(&self, key: u64) -> Option<u64> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut i = self.start(key);
        loop {
            match self.slots[i] {
                (0, _) => return None,
                (k, n) if k == key => return Some(n),
                _ => i = (i + 1) & mask,
            }
        }
    }

    pub fn set(&mut self, key: u64, number: u64) {
        if (self.len + 1) * 3 > self.slots.len() * 2 {
            let bigger = (self.slots.len() * 2).max(16);
            let old = std::mem::replace(&mut self.slots, vec![(0, 0); bigger]);
            self.len = 0;
            for (k, n) in old.into_iter().filter(|s| s.0 != 0) {
                self.set(k, n);
            }
        }
        let mask = self.slots.len() - 1;
        let mut i = self.start(key);
        while self.slots[i].0 != 0 && self.slots[i].0 != key {
            i = (i + 1) & mask;
        }
        self.len += usize::from(self.slots[i].0 == 0);
        self.slots[i] = (key, number);
    }

    pub fn clear(&mut self) {
        *self = IdMap::default();
    }
}
