//! Unicode text without Python objects: what str, bytes, `_codecs` and `unicodedata` share.
//!
//! Text is borrowed as `Chars` (1, 2 or 4 bytes per code point, lone surrogates allowed) and
//! built in a `CharsBuf`. All properties are those of CPython 3.12 (Unicode 15.0.0), read
//! from tables that a script derives from it. The crate knows no Python object, no heap and
//! no exception: errors are values that the wrapper turns into exceptions.

mod buf;
pub mod casing;
pub mod chars;
pub mod cjk;
pub mod codecs;
pub mod hash;
pub mod names;
pub mod normalize;
pub mod repr;
pub mod search;
mod tables;
pub mod ucd;
mod units;
pub mod wtf8;

pub use buf::CharsBuf;
pub use units::{Chars, CharsIter, Unit, ascii_prefix};
