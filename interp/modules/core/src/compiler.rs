//! The compile hook: from source to a code object, and syntax errors as exceptions.

use krait_object::interp::CompileRequest;
use krait_object::string::Str;
use krait_object::{Res, Thread, Value, code};

/// Compiles source to a code object.
pub fn compile(th: &Thread, r: &CompileRequest<'_>) -> Res {
    crate::source::compile(th, r).and_then(|template| Ok(code::new(th, &template)?.value()))
}

/// The filename as the compiler wants it.
pub fn filename_text(v: Value) -> String {
    Str::from_value(v).map(Str::to_text).unwrap_or_default()
}
