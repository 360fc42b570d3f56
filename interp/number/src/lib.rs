//! Numeric algorithms that need no Python objects.
//!
//! Big integers, floats as text and back, the format-spec mini-language, printf-style formatting, the Mersenne
//! Twister, decimal arithmetic and the integer and float mathematics behind `math`, `cmath` and `statistics`.
//! Everything works on plain Rust values and on slices that the caller owns; nothing here knows about objects,
//! the heap or exceptions. Errors come back as small enums (or as the finished message where CPython's text has
//! parameters that only this crate knows); the caller makes exceptions of them.

pub mod decimal;
pub mod float;
pub mod format;
pub mod int;
pub mod math;
pub mod random;

/// Text that is known to be ASCII as a `String`.
pub(crate) fn ascii_string(bytes: Vec<u8>) -> String {
    debug_assert!(bytes.is_ascii());
    // Never replaces anything: all of it is ASCII.
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests;
