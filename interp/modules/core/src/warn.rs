//! Warnings from native code, by way of the `warnings` module's filters.

use krait_object::dict::Dict;
use krait_object::{Res, Thread, TypeId, Value, attr, call, int, string};

/// Warns at the Python frame `level` levels up (1: the running one).
pub fn at_level(th: &Thread, category: TypeId, text: &str, level: usize) -> Res<()> {
    let Some(m) = warnings_module(th)? else { return Ok(()) };
    let f = attr::get_text(th, m, "warn")?;
    let args = [string::new(th, text), th.interp.class_value(category), int::from_i64(th, level as i64)];
    call::call(th, f, &args)?;
    Ok(())
}

/// Warns about a line of a file.
pub fn explicit(th: &Thread, category: TypeId, text: &str, filename: Value, line: u32) -> Res<()> {
    let Some(m) = warnings_module(th)? else { return Ok(()) };
    let f = attr::get_text(th, m, "warn_explicit")?;
    let args =
        [string::new(th, text), th.interp.class_value(category), filename, int::from_i64(th, line as i64)];
    call::call(th, f, &args)?;
    Ok(())
}

/// `_warnings`, when the interpreter is up that far.
fn warnings_module(th: &Thread) -> Res<Option<Value>> {
    let modules = th.interp.modules.get();
    Ok(Dict::from_value(modules).and_then(|d| d.get_text(th, "_warnings")))
}
