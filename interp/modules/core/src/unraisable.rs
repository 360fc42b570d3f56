//! Exceptions that nobody can catch: `sys.unraisablehook`.

use krait_object::class::{Class, type_name};
use krait_object::string::Str;
use krait_object::{Thread, Value, protocol};

/// Reports the pending exception: from which object, doing what.
pub fn report(th: &Thread, object: Value, what: &str) {
    let e = th.take_pending();
    let name = Class::of_value(th, e).name_text();
    let text = match protocol::str_of(th, e) {
        Ok(s) => Str::of(s).to_text(),
        Err(_) => {
            th.clear_pending();
            String::new()
        }
    };
    let shown = match protocol::repr_text(th, object) {
        Ok(s) => s,
        Err(_) => {
            th.clear_pending();
            format!("<{} object>", type_name(th, object))
        }
    };
    eprintln!("{what}: {shown}\n{name}: {text}");
}
