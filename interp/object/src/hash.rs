//! Hashes: every hash is cut so that it never needs a cell.
//!
//! CPython's hashes of numbers are residues modulo 2^61 - 1 and fit already; hashes of
//! text, tuples and identities are cut to the 62 bits of an immediate integer.

/// Cuts a 64-bit hash to one that fits an immediate integer; -1 is reserved for errors in C's interface and never comes out.
#[inline]
pub fn fit(h: i64) -> i64 {
    let h = (h << 2) >> 2;
    if h == -1 { -2 } else { h }
}

/// The hash of an address (`object.__hash__`).
#[inline]
pub fn of_identity(word: u64) -> i64 {
    fit(((word - 1) >> 4) as i64)
}

const PRIME_1: u64 = 11400714785074694791;
const PRIME_2: u64 = 14029467366897019727;
const PRIME_5: u64 = 2870177450012600261;

/// Tuple hash, one step: xxHash's lane as CPython uses it.
#[inline]
pub fn tuple_lane(acc: u64, item: i64) -> u64 {
    acc.wrapping_add((item as u64).wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1)
}

/// Tuple hash, start value.
pub const TUPLE_START: u64 = PRIME_5;

/// Tuple hash, end.
#[inline]
pub fn tuple_finish(acc: u64, len: usize) -> i64 {
    let acc = acc.wrapping_add(len as u64 ^ (PRIME_5 ^ 3527539));
    fit(if acc == u64::MAX { 1546275796 } else { acc as i64 })
}
