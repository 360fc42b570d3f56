//! Importing modules from native code.

use krait_object::dict::Dict;
use krait_object::{Name, Res, Thread, Value, attr, call, string, tuple};

/// The module, from `sys.modules` or by `builtins.__import__`.
pub fn module(th: &Thread, name: &str) -> Res {
    if let Some(m) = Dict::from_value(th.interp.modules.get()).and_then(|d| d.get_text(th, name)) {
        return Ok(m);
    }
    let f = Dict::from_value(th.interp.builtins.get())
        .and_then(|d| d.get_name(th, th.name(Name::__import__)))
        .ok_or_else(|| th.raise_new(krait_object::TypeId::ImportError, "__import__ not found"))?;
    let from = tuple::from_slice(th, &[string::new(th, "*")])?;
    let args = [string::new(th, name), Value::none(), Value::none(), from, Value::ZERO];
    // A `from` list that names everything makes `a.b` give `b`, and looks for nothing when there is no `__all__`.
    call::call(th, f, &args)
}

/// `module.name` of a module that is imported if need be.
#[allow(dead_code)] // select and _socket, which come next, use it.
pub fn attribute(th: &Thread, module_name: &str, name: &str) -> Res {
    attr::get_text(th, module(th, module_name)?, name)
}

/// An attribute of `sys` (None when it has none, or before `sys` is there).
pub fn sys_attribute(th: &Thread, name: &str) -> Option<Value> {
    Dict::from_value(th.interp.sys.get()).and_then(|d| d.get_text(th, name))
}
