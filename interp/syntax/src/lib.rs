//! krait-syntax: source text to tree, tree to scopes, scopes to bytecode.
//!
//! - [`ast`]: the tree, in the shape of CPython 3.12's.
//! - [`asdl`]: the same as a table, for the `ast` module.
//! - [`compile`]: tree to bytecode.
//! - [`parse`]: source text to tree.
//! - [`error`]: errors and warnings with CPython's texts and positions.
//! - [`future`]: `from __future__ import ...`.
//! - [`scope`]: what every name means.
//!
//! This crate knows no runtime values: it turns bytes into plain data.

pub mod asdl;
pub mod ast;
pub mod compile;
mod diagnose;
pub mod error;
pub mod future;
pub mod parse;
pub mod scope;
mod stack;
pub mod token;

pub use compile::{compile_bytes, compile_source};
