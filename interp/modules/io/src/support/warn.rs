//! Warnings from native code.

use krait_object::{Res, Thread, TypeId, Value, attr, call, dict, string};

/// ResourceWarning about an object, which the warning names as its source.
pub fn resource(th: &Thread, text: &str, source: Value) -> Res<()> {
    // `source` matters to tracemalloc's reports only, which need the `warnings` module anyway.
    let modules = dict::Dict::from_value(th.interp.modules.get());
    let Some(m) = modules.and_then(|d| d.get_text(th, "warnings")) else {
        return (th.interp.hooks().warn)(th, TypeId::ResourceWarning, text, 1);
    };
    let f = attr::get_text(th, m, "warn")?;
    let args =
        [string::new(th, text), th.interp.class_value(TypeId::ResourceWarning), Value::small(1), source];
    call::call(th, f, &args)?;
    Ok(())
}

/// A warning of a builtin category.
pub fn issue(th: &Thread, category: TypeId, text: &str, level: usize) -> Res<()> {
    (th.interp.hooks().warn)(th, category, text, level)
}

/// `EncodingWarning` of a default encoding (`-X warn_default_encoding`).
pub fn default_encoding(th: &Thread, level: usize) -> Res<()> {
    let on = th.interp.config.borrow().flags.get("warn_default_encoding").copied().unwrap_or(0) != 0;
    if !on {
        return Ok(());
    }
    issue(th, TypeId::EncodingWarning, "'encoding' argument not specified", level)
}
