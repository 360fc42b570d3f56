//! `compile()` of `ast` trees.

use krait_object::{Res, Thread, Value};

/// Compiles an `ast` object; None when the value is none.
pub fn compile_object(
    _th: &Thread,
    _source: Value,
    _filename: Value,
    _mode: &str,
    _flags: u32,
    _optimize: i32,
) -> Res<Option<Value>> {
    Ok(None)
}
