//! The `sys.stderr` of the time before there are files: messages of early imports (`-v`) go to the descriptor.

use crate::output;
use krait_gc::Tracer;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::{Res, Thread, Value, class, natives};
use krait_text::CharsBuf;

struct Printer;

impl Payload for Printer {
    const NAME: &'static str = "stderrprinter";
    fn trace(&self, _: &mut Tracer) {}
}

static PRINTER: NativeClass =
    NativeClass::new(ClassSpec::new("builtins.stderrprinter", "", METHODS, GETSET).flags(flag::NO_NEW));

/// Puts one into `sys`.
///
/// # Errors
/// MemoryError.
pub fn install(th: &Thread) -> Res<()> {
    let printer = custom::alloc(th, PRINTER.get(th)?, Printer)?.value();
    crate::sys::set(th, "stderr", printer);
    Ok(())
}

fn write(th: &Thread, a: &[Value]) -> Res {
    let Some(s) = Str::from_value(a[1]) else {
        return Err(
            th.type_error(format!("write() argument must be str, not {}", class::type_name(th, a[1])))
        );
    };
    let mut text = CharsBuf::new();
    text.extend(s.chars());
    output::write_descriptor(&text);
    Ok(Value::small(s.len() as i64))
}

fn nothing(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::none())
}

fn fileno(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::small(2))
}

fn isatty(_: &Thread, _: &[Value]) -> Res {
    // SAFETY: asks about a descriptor.
    Ok(Value::bool(unsafe { libc::isatty(2) } == 1))
}

natives! {
    static METHODS = {
        method "write" "(text, /)" write, "Write text.";
        method "flush" "()" nothing, "Does nothing: nothing is kept back.";
        method "close" "()" nothing, "Does nothing.";
        method "fileno" "()" fileno, "The file descriptor.";
        method "isatty" "()" isatty, "Is it a terminal?";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("closed", |_, _| Ok(Value::false_()), ""),
    GetSetDef::ro("encoding", |_, _| Ok(Value::none()), ""),
    GetSetDef::ro("mode", |th, _| Ok(string::new(th, "w")), ""),
];
