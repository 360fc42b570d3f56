//! Three ways to dispatch the same register bytecode, to be measured against each other.
//!
//! `machine` has the words, cells and slow paths, `ops` the opcodes' bodies, `programs` what is run. Each
//! dispatcher is a module with one function `run`. `listing` checks machine code that objdump prints: it
//! knows nothing of this crate and guards the real interpreter as well.

#[cfg(target_arch = "x86_64")]
pub mod by_asm;
pub mod by_match;
pub mod by_sibling;
pub mod by_sibling_call;
pub mod by_sibling_word;
pub mod listing;
pub mod machine;
mod ops;
pub mod programs;

pub use ops::Op;

/// A dispatcher's entry: runs from a state until `EXIT` or an error.
pub type Run = unsafe fn(machine::State) -> u64;

/// The dispatchers by name.
pub const DISPATCHERS: &[(&str, Run)] = &[
    ("match", by_match::run),
    ("sibling", by_sibling::run),
    ("sibling_word", by_sibling_word::run),
    ("sibling_call", by_sibling_call::run),
    #[cfg(target_arch = "x86_64")]
    ("asm", by_asm::run),
];
