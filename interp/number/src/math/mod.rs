//! The mathematics behind `math`, `cmath` and `statistics`.
//!
//! Elementary functions are the platform's C library's, so that results equal CPython's to the bit; what
//! CPython computes itself (gamma, norms, sums) follows the same formulas in the same order of operations.

pub mod cmath;
pub mod gamma;
pub mod integer;
pub mod real;
mod special;
pub mod sums;

/// Why a function has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathError {
    /// ValueError "math domain error".
    Domain,
    /// OverflowError "math range error".
    Range,
}
