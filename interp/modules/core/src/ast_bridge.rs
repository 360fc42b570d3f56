//! `compile()` of `ast` trees, and to them.
//!
//! The crate that knows the node classes is told to this one when the program starts.

use krait_object::interp::CompileRequest;
use krait_object::{Res, Thread, Value, code};
use krait_syntax::ast::Mod;
use krait_syntax::parse::Mode;
use std::sync::OnceLock;

/// Bit of the flags: the result is a tree.
pub const ONLY_AST: u32 = 0x400;

/// What this crate needs of the one with the node classes.
pub struct Nodes {
    /// Is the value a node?
    pub is_node: fn(&Thread, Value) -> Res<bool>,
    /// The objects for a tree.
    pub to_object: fn(&Thread, &Mod) -> Res,
    /// The tree of an object, which must be the root that the mode wants.
    pub from_object: fn(&Thread, Value, Mode) -> Res<Mod>,
}

static NODES: OnceLock<Nodes> = OnceLock::new();

/// Tells who knows the node classes. To be called once, before any interpreter starts.
pub fn register(nodes: Nodes) {
    // A second call is a program that starts twice; the first one stays.
    let _ = NODES.set(nodes);
}

/// Is the value a node?
pub fn is_node(th: &Thread, v: Value) -> Res<bool> {
    NODES.get().map_or(Ok(false), |n| (n.is_node)(th, v))
}

/// Compiles a node to a code object.
pub fn compile_node(th: &Thread, v: Value, filename: Value, mode: &str, flags: u32, optimize: i32) -> Res {
    let Some(nodes) = NODES.get() else { return Err(th.runtime_error("there are no node classes")) };
    let mut tree = (nodes.from_object)(th, v, crate::source::mode(mode))?;
    let template = crate::source::compile_tree(th, &mut tree, filename, flags, optimize)?;
    Ok(code::new(th, &template)?.value())
}

/// The objects for the tree of a source in the language of Python 3.`version`.
pub fn parse(th: &Thread, r: &CompileRequest<'_>, version: u8) -> Res {
    let Some(nodes) = NODES.get() else { return Err(th.runtime_error("there are no node classes")) };
    let tree = crate::source::parse(th, r, version)?;
    (nodes.to_object)(th, &tree)
}
