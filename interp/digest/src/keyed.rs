//! What is built upon digests: HMAC (RFC 2104), PBKDF2 with HMAC (RFC 8018) and scrypt (RFC 7914).

use crate::algorithm::Algorithm;
use crate::hasher::{Engine, Hasher, Output, Visitor};

/// The algorithm has no digest of fixed length, so there is no HMAC with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHmac;

impl std::fmt::Display for NoHmac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unsupported hash type")
    }
}

impl std::error::Error for NoHmac {}

/// The largest block of any algorithm here.
const MAX_BLOCK: usize = 168;

/// An HMAC being computed. Cloning it is `hmac.copy()`.
#[derive(Clone, Debug)]
pub struct Hmac {
    inner: Hasher,
    outer: Hasher,
}

/// The key as a block, combined with `pad`.
fn padded(key: &[u8], pad: u8) -> [u8; MAX_BLOCK] {
    let mut block = [pad; MAX_BLOCK];
    for (b, k) in block.iter_mut().zip(key) {
        *b ^= k;
    }
    block
}

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

impl Hmac {
    /// Starts an HMAC.
    ///
    /// # Errors
    /// The algorithm has no fixed length.
    pub fn new(algorithm: Algorithm, key: &[u8]) -> Result<Hmac, NoHmac> {
        if algorithm.is_extendable() {
            return Err(NoHmac);
        }
        let short;
        let key = if key.len() > algorithm.block_size() {
            let mut h = Hasher::new(algorithm);
            h.update(key);
            short = h.digest();
            &short[..]
        } else {
            key
        };
        let keyed = |pad| {
            let mut h = Hasher::new(algorithm);
            h.update(&padded(key, pad)[..algorithm.block_size()]);
            h
        };
        Ok(Hmac { inner: keyed(INNER), outer: keyed(OUTER) })
    }

    /// The digest algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.inner.algorithm()
    }

    /// Adds data.
    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }

    /// The code of the data so far; more may be added afterwards.
    pub fn digest(&self) -> Output {
        let mut outer = self.outer.clone();
        outer.update(&self.inner.digest());
        outer.digest()
    }
}

/// The HMAC of `message` (`hmac.digest`).
///
/// # Errors
/// The algorithm has no fixed length.
pub fn hmac_digest(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Result<Output, NoHmac> {
    let mut h = Hmac::new(algorithm, key)?;
    h.update(message);
    Ok(h.digest())
}

struct Pbkdf2<'a> {
    key: &'a [u8],
    block_size: usize,
    salt: &'a [u8],
    iterations: u32,
    out: &'a mut [u8],
}

impl Visitor for Pbkdf2<'_> {
    type Result = ();

    fn visit<E: Engine>(self, engine: E) {
        let (mut inner, mut outer) = (engine.clone(), engine);
        inner.add(&padded(self.key, INNER)[..self.block_size]);
        outer.add(&padded(self.key, OUTER)[..self.block_size]);
        let hmac = |parts: [&[u8]; 2], out: &mut [u8; 64]| {
            let (mut inner, mut outer) = (inner.clone(), outer.clone());
            parts.into_iter().for_each(|p| inner.add(p));
            let len = inner.end(out);
            outer.add(&out[..len]);
            outer.end(out)
        };
        let mut u = [0; 64];
        // The length of a digest, by making one.
        let size = inner.clone().end(&mut u);
        for (number, out) in (1u32..).zip(self.out.chunks_mut(size)) {
            hmac([self.salt, &number.to_be_bytes()], &mut u);
            let mut sum = u;
            for _ in 1..self.iterations {
                let last = u;
                hmac([&last[..size], b""], &mut u);
                sum.iter_mut().zip(u).for_each(|(s, u)| *s ^= u);
            }
            out.copy_from_slice(&sum[..out.len()]);
        }
    }
}

/// Derives a key into `out`, which should have at most 2^32 - 1 digests' length. No iterations count as one.
///
/// # Errors
/// The algorithm has no fixed length.
pub fn pbkdf2_hmac(
    algorithm: Algorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    out: &mut [u8],
) -> Result<(), NoHmac> {
    let block_size = algorithm.block_size();
    let short;
    let key = if password.len() > block_size {
        let mut h = Hasher::new(algorithm);
        h.update(password);
        short = h.digest();
        &short[..]
    } else {
        password
    };
    algorithm.with(Pbkdf2 { key, block_size, salt, iterations, out }).ok_or(NoHmac)
}

/// Why there is no scrypt key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScryptError {
    /// `n` is not a power of 2 above 1.
    NotPowerOfTwo,
    /// `r` or `p` is 0.
    Invalid,
    /// More memory would be needed than allowed, or by an algorithm with these limits.
    MemoryLimit,
}

impl std::fmt::Display for ScryptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ScryptError::NotPowerOfTwo => "n must be a power of 2.",
            ScryptError::Invalid => "Invalid parameter combination for n, r, p, maxmem.",
            ScryptError::MemoryLimit => "[digital envelope routines] memory limit exceeded",
        })
    }
}

impl std::error::Error for ScryptError {}

/// The memory limit that stands for 0.
const DEFAULT_MAX_MEMORY: u64 = 32 << 20;

/// Derives a key into `out`. `max_memory` bounds what OpenSSL would need; 0 stands for its default of 32 MiB.
///
/// # Errors
/// The parameters do not fit together, or the memory does not suffice.
pub fn scrypt(
    password: &[u8],
    salt: &[u8],
    n: u64,
    r: u64,
    p: u64,
    max_memory: u64,
    out: &mut [u8],
) -> Result<(), ScryptError> {
    if n < 2 || !n.is_power_of_two() {
        return Err(ScryptError::NotPowerOfTwo);
    }
    let log_n = n.trailing_zeros();
    // The limits of RFC 7914: p below 2^30 / r, n below 2^(16 r).
    if r == 0 || p == 0 {
        return Err(ScryptError::Invalid);
    }
    if p > ((1 << 30) - 1) / r || (r < 4 && u64::from(log_n) >= 16 * r) {
        return Err(ScryptError::MemoryLimit);
    }
    let limit = if max_memory == 0 { DEFAULT_MAX_MEMORY } else { max_memory };
    let blocks = p.checked_mul(128 * r);
    let table = n.checked_add(2).and_then(|n| n.checked_mul(128 * r));
    match blocks.zip(table).and_then(|(b, t)| b.checked_add(t)) {
        Some(need) if need <= limit => {}
        _ => return Err(ScryptError::MemoryLimit),
    }
    let parameters =
        scrypt::Params::new(log_n as u8, r as u32, p as u32).map_err(|_| ScryptError::Invalid)?;
    scrypt::scrypt(password, salt, &parameters, out).map_err(|_| ScryptError::Invalid)
}
