//! The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998) as `_random.Random` uses it.

use crate::int::{IntBuf, IntRef};

const N: usize = 624;
const M: usize = 397;

/// The generator. Equal seeds give CPython's sequences.
#[derive(Clone)]
pub struct MersenneTwister {
    state: [u32; N],
    /// How many words of the current block are used up; `N`: all.
    index: usize,
}

impl Default for MersenneTwister {
    fn default() -> Self {
        Self::new()
    }
}

impl MersenneTwister {
    /// A generator seeded with 0.
    pub fn new() -> MersenneTwister {
        let mut out = MersenneTwister { state: [0; N], index: N };
        out.seed(IntRef::ZERO);
        out
    }

    /// Seeds with one word (`init_genrand`).
    pub fn seed_word(&mut self, seed: u32) {
        self.state[0] = seed;
        for i in 1..N {
            let previous = self.state[i - 1];
            self.state[i] = (previous ^ previous >> 30).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        self.index = N;
    }

    /// Seeds with an array of words (`init_by_array`); an empty one counts as one zero.
    pub fn seed_words(&mut self, key: &[u32]) {
        let key = if key.is_empty() { &[0] } else { key };
        self.seed_word(19_650_218);
        let (mut i, mut j) = (1, 0);
        // After the last word the first takes its value and the walk goes on with the second.
        let step = |state: &mut [u32; N], i: &mut usize| {
            *i += 1;
            if *i == N {
                state[0] = state[N - 1];
                *i = 1;
            }
        };
        for _ in 0..N.max(key.len()) {
            let previous = self.state[i - 1];
            self.state[i] = (self.state[i] ^ (previous ^ previous >> 30).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            step(&mut self.state, &mut i);
            j = (j + 1) % key.len();
        }
        for _ in 0..N - 1 {
            let previous = self.state[i - 1];
            self.state[i] = (self.state[i] ^ (previous ^ previous >> 30).wrapping_mul(1_566_083_941))
                .wrapping_sub(i as u32);
            step(&mut self.state, &mut i);
        }
        self.state[0] = 0x8000_0000;
    }

    /// Seeds with an integer; its sign does not matter.
    pub fn seed(&mut self, value: IntRef) {
        let mut key: Vec<u32> = value.limbs.iter().flat_map(|&w| [w as u32, (w >> 32) as u32]).collect();
        if key.last() == Some(&0) {
            key.pop();
        }
        self.seed_words(&key);
    }

    /// Fills the next block of words.
    fn refill(&mut self) {
        let twist = |high: u32, low: u32| {
            let y = high & 0x8000_0000 | low & 0x7fff_ffff;
            y >> 1 ^ if low & 1 == 1 { 0x9908_b0df } else { 0 }
        };
        let s = &mut self.state;
        for i in 0..N - M {
            s[i] = s[i + M] ^ twist(s[i], s[i + 1]);
        }
        for i in N - M..N - 1 {
            s[i] = s[i + M - N] ^ twist(s[i], s[i + 1]);
        }
        s[N - 1] = s[M - 1] ^ twist(s[N - 1], s[0]);
        self.index = 0;
    }

    /// The next 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    /// `random()`: a float in [0, 1) with 53 random bits.
    #[inline]
    pub fn random(&mut self) -> f64 {
        let (a, b) = (self.next_u32() >> 5, self.next_u32() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `getrandbits(bits)` for up to 64 bits.
    #[inline]
    pub fn bits(&mut self, bits: u32) -> u64 {
        debug_assert!(bits <= 64);
        match bits {
            0 => 0,
            1..=32 => u64::from(self.next_u32() >> (32 - bits)),
            _ => {
                let low = u64::from(self.next_u32());
                low | u64::from(self.next_u32() >> (64 - bits)) << 32
            }
        }
    }

    /// `getrandbits(bits)` into `out`.
    pub fn bits_into(&mut self, bits: u64, out: &mut IntBuf) {
        out.clear();
        let mut left = bits;
        while left > 0 {
            let part = left.min(64);
            let word = self.bits(part as u32);
            out.limbs.push(word);
            left -= part;
        }
        out.normalize();
    }

    /// `_randbelow`: a number below `n > 0`, by rejection, consuming the generator as `random.Random` does.
    pub fn below(&mut self, n: u64) -> u64 {
        let k = 64 - n.leading_zeros();
        loop {
            let r = self.bits(k);
            if r < n {
                return r;
            }
        }
    }

    /// `getstate()`: the words and the index.
    pub fn state(&self) -> (&[u32; N], usize) {
        (&self.state, self.index)
    }

    /// `setstate()`. `None` (and no change) if `index` is above 624 (ValueError "invalid state").
    pub fn set_state(&mut self, words: &[u32; N], index: usize) -> Option<()> {
        if index > N {
            return None;
        }
        self.state = *words;
        self.index = index;
        Some(())
    }
}
