//! The matching engine of Python's `re`: runs the code lists that `re._compiler` of Python 3.12 emits.
//!
//! It knows nothing of Python objects. A code list becomes a [`Program`] ([`Program::compile`] checks every word), a
//! text is a slice of 1-, 2- or 4-byte code units, characters beyond Latin-1 are asked of the caller
//! ([`CharTables`]), and the outcome of [`Program::run`] is a set of spans in a [`State`].
//!
//! What a match is follows the manual of `re`; the order of attempts is the one of a backtracking matcher, so that the
//! first match found is the one to report. Nothing here recurses or panics on account of its input; long runs ask
//! now and then whether to go on, and memory for going back is bounded.
//!
//! | file | concern |
//! |---|---|
//! | `opcodes` | the numbers in a code list |
//! | `parse` | code list to program, with every check |
//! | `program` | the program |
//! | `charset`, `tables` | sets of characters, and what a character is |
//! | `first` | which characters can come next, to skip useless attempts |
//! | `vm` | one attempt |
//! | `prefilter`, `search` | where to make attempts |
//! | `unit` | what depends on the width of a code unit |

#![forbid(unsafe_code)]

mod charset;
mod first;
mod opcodes;
mod parse;
mod prefilter;
mod program;
mod search;
mod tables;
mod unit;
mod vm;

pub use opcodes::{CODESIZE, MAGIC, MAXGROUPS, MAXREPEAT};
pub use parse::InvalidCode;
pub use program::Program;
pub use search::{Error, Host, Kind, Text};
pub use tables::{CharTables, StdTables};
pub use tables::{ascii_is_cased, ascii_lower, unicode_is_cased, unicode_lower};
pub use vm::State;
