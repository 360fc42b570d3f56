//! BLAKE2b and BLAKE2s with every parameter: RFC 7693, and "BLAKE2: simpler, smaller, fast as MD5" for tree hashing.
//!
//! Both are the same function over words of 64 or 32 bits. The last block is known as such only when the digest is
//! asked for, so a full buffer is kept until more data comes.

/// The order in which the message words enter each round (RFC 7693, section 2.7).
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// What a digest is parameterized with. The default is sequential hashing without a key, at full length.
#[derive(Clone, Debug)]
pub struct Parameters<'a> {
    /// Bytes of the digest; `None` for the most.
    pub digest_size: Option<usize>,
    pub key: &'a [u8],
    pub salt: &'a [u8],
    pub person: &'a [u8],
    pub fan_out: u8,
    pub depth: u8,
    pub leaf_size: u32,
    pub node_offset: u64,
    pub node_depth: u8,
    pub inner_size: usize,
    pub last_node: bool,
}

impl Default for Parameters<'_> {
    fn default() -> Self {
        Parameters {
            digest_size: None,
            key: b"",
            salt: b"",
            person: b"",
            fan_out: 1,
            depth: 1,
            leaf_size: 0,
            node_offset: 0,
            node_depth: 0,
            inner_size: 0,
            last_node: false,
        }
    }
}

/// The parameter that is out of range, with its limit in the variant of BLAKE2 at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    DigestSize(usize),
    Key(usize),
    Salt(usize),
    Person(usize),
    Depth,
    NodeOffset,
    InnerSize(usize),
}

impl std::fmt::Display for Parameter {
    /// CPython's words; `NodeOffset` is the one that is an OverflowError.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Parameter::DigestSize(n) => write!(f, "digest_size must be between 1 and {n} bytes"),
            Parameter::Key(n) => write!(f, "maximum key length is {n} bytes"),
            Parameter::Salt(n) => write!(f, "maximum salt length is {n} bytes"),
            Parameter::Person(n) => write!(f, "maximum person length is {n} bytes"),
            Parameter::Depth => f.write_str("depth must be between 1 and 255"),
            Parameter::NodeOffset => f.write_str("node_offset is too large"),
            Parameter::InnerSize(n) => write!(f, "inner_size must be between 0 and is {n}"),
        }
    }
}

impl std::error::Error for Parameter {}

macro_rules! blake2 {
    ($(#[$doc:meta])* $name:ident, $word:ty, $counter:ty, $bytes:expr, $rounds:expr, $rotate:expr, $iv:expr,
     $offset_bytes:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            h: [$word; 8],
            /// Bytes hashed, without those in the buffer.
            count: $counter,
            buffer: [u8; $bytes * 16],
            filled: usize,
            digest_size: usize,
            last_node: bool,
        }

        impl Default for $name {
            /// Sequential hashing without a key, at full length.
            fn default() -> Self {
                let (mut h, parameters) = (Self::IV, 0x0101_0000 + Self::MAX_SIZE as $word);
                h[0] ^= parameters;
                Self::with_state(h, Self::MAX_SIZE, false)
            }
        }

        impl $name {
            /// Most bytes of a digest, a key, and an inner digest.
            pub const MAX_SIZE: usize = $bytes * 8;
            /// Most bytes of a salt and of a personalization.
            pub const MAX_SALT: usize = $bytes * 2;
            const BLOCK: usize = $bytes * 16;
            const IV: [$word; 8] = $iv;

            /// Starts a digest.
            ///
            /// # Errors
            /// The first parameter that is out of range.
            pub fn new(p: &Parameters<'_>) -> Result<Self, Parameter> {
                let digest_size = p.digest_size.unwrap_or(Self::MAX_SIZE);
                let offset_bits = 8 * $offset_bytes;
                if !(1..=Self::MAX_SIZE).contains(&digest_size) {
                    return Err(Parameter::DigestSize(Self::MAX_SIZE));
                } else if p.salt.len() > Self::MAX_SALT {
                    return Err(Parameter::Salt(Self::MAX_SALT));
                } else if p.person.len() > Self::MAX_SALT {
                    return Err(Parameter::Person(Self::MAX_SALT));
                } else if p.depth == 0 {
                    return Err(Parameter::Depth);
                } else if offset_bits < 64 && p.node_offset >> (offset_bits % 64) != 0 {
                    return Err(Parameter::NodeOffset);
                } else if p.inner_size > Self::MAX_SIZE {
                    return Err(Parameter::InnerSize(Self::MAX_SIZE));
                } else if p.key.len() > Self::MAX_SIZE {
                    return Err(Parameter::Key(Self::MAX_SIZE));
                }
                let mut block = [0u8; $bytes * 8];
                block[0] = digest_size as u8;
                block[1] = p.key.len() as u8;
                block[2] = p.fan_out;
                block[3] = p.depth;
                block[4..8].copy_from_slice(&p.leaf_size.to_le_bytes());
                block[8..8 + $offset_bytes].copy_from_slice(&p.node_offset.to_le_bytes()[..$offset_bytes]);
                block[8 + $offset_bytes] = p.node_depth;
                block[9 + $offset_bytes] = p.inner_size as u8;
                block[$bytes * 4..][..p.salt.len()].copy_from_slice(p.salt);
                block[$bytes * 6..][..p.person.len()].copy_from_slice(p.person);
                let mut h = Self::IV;
                for (h, word) in h.iter_mut().zip(block.chunks_exact($bytes)) {
                    *h ^= Self::word(word);
                }
                let mut new = Self::with_state(h, digest_size, p.last_node);
                if !p.key.is_empty() {
                    new.buffer[..p.key.len()].copy_from_slice(p.key);
                    new.filled = Self::BLOCK;
                }
                Ok(new)
            }

            fn with_state(h: [$word; 8], digest_size: usize, last_node: bool) -> Self {
                $name { h, count: 0, buffer: [0; $bytes * 16], filled: 0, digest_size, last_node }
            }

            /// Bytes of the digest.
            pub fn digest_size(&self) -> usize {
                self.digest_size
            }

            fn word(bytes: &[u8]) -> $word {
                let mut word = [0; $bytes];
                word.copy_from_slice(&bytes[..$bytes]);
                <$word>::from_le_bytes(word)
            }

            /// Adds data.
            pub fn update(&mut self, mut data: &[u8]) {
                let room = Self::BLOCK - self.filled;
                if data.len() > room {
                    let (head, rest) = data.split_at(room);
                    self.buffer[self.filled..].copy_from_slice(head);
                    self.count = self.count.wrapping_add(Self::BLOCK as $counter);
                    Self::compress(&mut self.h, &self.buffer, self.count, [0; 2]);
                    self.filled = 0;
                    data = rest;
                    while data.len() > Self::BLOCK {
                        let (block, rest) = data.split_at(Self::BLOCK);
                        self.count = self.count.wrapping_add(Self::BLOCK as $counter);
                        Self::compress(&mut self.h, block, self.count, [0; 2]);
                        data = rest;
                    }
                }
                self.buffer[self.filled..][..data.len()].copy_from_slice(data);
                self.filled += data.len();
            }

            /// Ends the digest; `out` must have room for the most bytes, and gets the digest at its start.
            pub(crate) fn finish(mut self, out: &mut [u8; 64]) -> usize {
                self.buffer[self.filled..].fill(0);
                let count = self.count.wrapping_add(self.filled as $counter);
                let last_node = if self.last_node { <$word>::MAX } else { 0 };
                Self::compress(&mut self.h, &self.buffer, count, [<$word>::MAX, last_node]);
                for (bytes, word) in out.chunks_exact_mut($bytes).zip(self.h) {
                    bytes.copy_from_slice(&word.to_le_bytes());
                }
                self.digest_size
            }

            fn compress(h: &mut [$word; 8], block: &[u8], count: $counter, last: [$word; 2]) {
                let mut m = [0; 16];
                for (m, word) in m.iter_mut().zip(block.chunks_exact($bytes)) {
                    *m = Self::word(word);
                }
                let mut v = [0; 16];
                v[..8].copy_from_slice(h);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= count as $word;
                v[13] ^= (count >> <$word>::BITS) as $word;
                v[14] ^= last[0];
                v[15] ^= last[1];
                const ROTATE: [u32; 4] = $rotate;
                macro_rules! mix {
                    ($a:literal $b:literal $c:literal $d:literal $x:expr, $y:expr) => {
                        v[$a] = v[$a].wrapping_add(v[$b]).wrapping_add($x);
                        v[$d] = (v[$d] ^ v[$a]).rotate_right(ROTATE[0]);
                        v[$c] = v[$c].wrapping_add(v[$d]);
                        v[$b] = (v[$b] ^ v[$c]).rotate_right(ROTATE[1]);
                        v[$a] = v[$a].wrapping_add(v[$b]).wrapping_add($y);
                        v[$d] = (v[$d] ^ v[$a]).rotate_right(ROTATE[2]);
                        v[$c] = v[$c].wrapping_add(v[$d]);
                        v[$b] = (v[$b] ^ v[$c]).rotate_right(ROTATE[3]);
                    };
                }
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    mix!(0 4 8 12 m[s[0]], m[s[1]]);
                    mix!(1 5 9 13 m[s[2]], m[s[3]]);
                    mix!(2 6 10 14 m[s[4]], m[s[5]]);
                    mix!(3 7 11 15 m[s[6]], m[s[7]]);
                    mix!(0 5 10 15 m[s[8]], m[s[9]]);
                    mix!(1 6 11 12 m[s[10]], m[s[11]]);
                    mix!(2 7 8 13 m[s[12]], m[s[13]]);
                    mix!(3 4 9 14 m[s[14]], m[s[15]]);
                }
                for i in 0..8 {
                    h[i] ^= v[i] ^ v[i + 8];
                }
            }
        }
    };
}

blake2!(
    /// BLAKE2b: words of 64 bits, digests of up to 64 bytes.
    Blake2b,
    u64,
    u128,
    8,
    12,
    [32, 24, 16, 63],
    [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ],
    8
);

blake2!(
    /// BLAKE2s: words of 32 bits, digests of up to 32 bytes.
    Blake2s,
    u32,
    u64,
    4,
    10,
    [16, 12, 8, 7],
    [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19
    ],
    6
);
