//! The bytecode: one table of opcodes, the instruction word, and the code template.
//!
//! This crate is what the compiler and the interpreter agree on. It knows neither
//! source nor objects: a template is plain data that can be written to a cache file
//! and mapped back.

pub mod disassemble;
pub mod image;
pub mod library;
pub mod opcode;
pub mod serialize;
pub mod template;
pub mod verify;

pub use opcode::{Instr, Op, Operand};
pub use template::{CodeFlags, CodeTemplate, Const, ExceptionEntry, Gap, Position, live_runs};

/// Words of a frame record; it lies directly below the frame's register 0.
///
/// A call window is laid out by the compiler as `FRAME_WORDS` free words, the self
/// slot `S`, and the arguments from `S + 1`. The callable is in `S - 1`. When the
/// call binds a receiver it is put in `S` and the callee's registers start at `S`;
/// otherwise the callable moves up to `S` and they start at `S + 1`. Either way the
/// arguments are already the callee's first registers and nothing is copied.
pub const FRAME_WORDS: usize = 9;
