//! Exceptions that nobody can catch: `sys.unraisablehook`.

use crate::{output, sys, traceback_print};
use krait_object::exception::Exception;
use krait_object::interp::InterpSlot;
use krait_object::structseq::StructSeq;
use krait_object::tuple::Tuple;
use krait_object::{Class, Name, Res, Thread, Value, call, string};
use krait_text::CharsBuf;

static ARGS: StructSeq = StructSeq::new(
    "UnraisableHookArgs",
    "Type used to pass arguments to sys.unraisablehook.",
    &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("err_msg", "Error message"),
        ("object", "Object causing the exception"),
    ],
    5,
);
static CLASS: InterpSlot = InterpSlot::new();

fn class(th: &Thread) -> Res<Class> {
    Ok(Class::of(CLASS.get_or(th, |th| Ok(ARGS.make(th)?.value()))?))
}

/// Reports the pending exception: from which object, doing what.
pub fn report(th: &Thread, object: Value, what: &str) {
    let e = th.take_pending();
    if hook(th, e, object, what).is_err() {
        let second = th.take_pending();
        output::write_error(th, "Exception ignored in sys.unraisablehook\n");
        let text = traceback_print::exception(th, second);
        output::write_error_chars(th, &text);
    }
}

fn hook(th: &Thread, e: Value, object: Value, what: &str) -> Res<()> {
    let message = if what == "Exception ignored in" { Value::none() } else { string::new(th, what) };
    let tb = Exception::of(e).traceback.get();
    let parts = [Class::of_value(th, e).value(), e, tb, message, object];
    let args = ARGS.instance(th, class(th)?, &parts)?;
    match sys::get(th, "unraisablehook") {
        Some(f) if !f.is_none() => call::call(th, f, &[args])?,
        _ => default_hook(th, args)?,
    };
    Ok(())
}

/// `sys.__unraisablehook__`.
///
/// # Errors
/// TypeError for an argument of another type, and what writing raises.
pub fn default_hook(th: &Thread, args: Value) -> Res {
    if Class::of_value(th, args) != class(th)? {
        return Err(th.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    let t = Tuple::of(args);
    let (kind, e, tb, message, object) = (t.get(0), t.get(1), t.get(2), t.get(3), t.get(4));
    let mut out = CharsBuf::new();
    if !object.is_none() {
        if message.is_none() {
            out.extend_str("Exception ignored in: ");
        } else {
            output::push_str(th, &mut out, message, "");
            out.extend_str(": ");
        }
        match krait_object::protocol::repr(th, object) {
            Ok(r) => out.extend(string::Str::of(r).chars()),
            Err(_) => {
                th.clear_pending();
                out.extend_str("<object repr() failed>");
            }
        }
        out.extend_str("\n");
    } else if !message.is_none() {
        output::push_str(th, &mut out, message, "");
        out.extend_str(":\n");
    }
    if !tb.is_none() {
        let lines = traceback_print::traceback(th, tb);
        out.extend(lines.as_chars());
    }
    if let Some(c) = Class::from_value(kind) {
        let name = traceback_print::class_text(th, c);
        out.extend(name.as_chars());
        if !e.is_none() {
            out.extend_str(": ");
            output::push_str(th, &mut out, e, "<exception str() failed>");
        }
        out.extend_str("\n");
    }
    match output::stream(th, Name::stderr) {
        Some(f) if f.is_none() => {}
        Some(f) => {
            output::write_to(th, f, &out)?;
            call::call_method(th, f, th.name(Name::flush), &[])?;
        }
        None => output::write_descriptor(&out),
    }
    Ok(Value::none())
}
