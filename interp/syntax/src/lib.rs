//! krait-syntax: source text to tree, tree to scopes, scopes to bytecode.
//!
//! - [`ast`]: the tree, in the shape of CPython 3.12's.
//!
//! This crate knows no runtime values: it turns bytes into plain data.

pub mod ast;
