//! Floats: text in all of Python's forms, parsing, rounding, and the arithmetic whose results or errors differ
//! from the machine's.
//!
//! Shortest digits come from `zmij` (MIT; 16 ns a number where `ryu` takes 28 and the standard library's `{:e}`
//! 105, each measured on random numbers up to 1000); correctly rounded digits of a chosen count and correctly
//! rounded parsing (22 ns) come from the standard library, which is exact at every length. All of Python's
//! spellings are made here from digits and a decimal point position.

pub mod arith;
pub mod complex;
mod digits;
mod hex;
mod narrow;
mod parse;
mod text;

pub use arith::{FloatError, as_integer_ratio, divmod, floordiv, hash, hash_complex, pow, rem, round_to};
pub use digits::{Digits, exact, fixed, shortest};
pub use hex::{HexError, from_hex, to_hex};
pub use narrow::{pack_half, pack_single, unpack_half};
pub use parse::{parse, parse_prefix};
pub use text::{ADD_DOT_0, ALTERNATE, NO_NEGATIVE_ZERO, SIGN, format, format_fixed, repr, write_repr};
