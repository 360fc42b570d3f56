//! The hash of str and bytes: SipHash-1-3 (Aumasson and Bernstein), keyed per process.
//!
//! It equals CPython's for the same PYTHONHASHSEED: the key comes from the same linear
//! congruential generator, the input is the text in its native width.

/// The two key words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Key(pub u64, pub u64);

impl Key {
    /// The key for a PYTHONHASHSEED; 0 switches randomization off.
    pub fn from_seed(seed: u32) -> Key {
        if seed == 0 {
            return Key(0, 0);
        }
        let mut x = seed;
        let mut word = || {
            (0..8).fold(0, |w, i| {
                x = x.wrapping_mul(214013).wrapping_add(2531011);
                w | ((x >> 16 & 0xFF) as u64) << (8 * i)
            })
        };
        Key(word(), word())
    }
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

/// The hash of some bytes: 0 for none, never -1.
pub fn hash_bytes(key: Key, bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    let mut v = [
        key.0 ^ 0x736f_6d65_7073_6575,
        key.1 ^ 0x646f_7261_6e64_6f6d,
        key.0 ^ 0x6c79_6765_6e65_7261,
        key.1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, tail) = bytes.as_chunks::<8>();
    for word in words {
        let m = u64::from_le_bytes(*word);
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    let mut last = [0; 8];
    last[..tail.len()].copy_from_slice(tail);
    let m = u64::from_le_bytes(last) | (bytes.len() as u64) << 56;
    v[3] ^= m;
    round(&mut v);
    v[0] ^= m;
    v[2] ^= 0xFF;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    match (v[0] ^ v[1] ^ v[2] ^ v[3]) as i64 {
        -1 => -2,
        hash => hash,
    }
}
