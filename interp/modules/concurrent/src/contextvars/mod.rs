//! `_contextvars`: variables whose values belong to a context, which tasks and callbacks carry along.

pub mod context;
mod persistent;
pub mod var;

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, Value, natives};

/// The `_contextvars` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_contextvars", doc: "Context Variables", functions: FUNCTIONS, exec };

fn copy_context(th: &Thread, _: &[Value]) -> Res {
    Ok(context::copy_current(th)?.value())
}

natives! {
    static FUNCTIONS = {
        function "copy_context" "()" copy_context, "A copy of the current context.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    for c in [&context::CONTEXT, &var::VAR, &var::TOKEN] {
        m.add_class(th, c.get(th)?);
    }
    var::finish_token_class(th)?;
    context::finish_classes(th)
}
