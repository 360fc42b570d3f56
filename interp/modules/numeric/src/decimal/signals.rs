//! Conditions and the exceptions of trapped ones.

use krait_number::decimal::status as s;
use krait_object::class::Class;
use krait_object::list::{self, List};
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::types::TypeId;
use krait_object::value::Value;
use krait_object::{Str, exception, tuple};

/// The bit of `FloatOperation`, which arithmetic knows nothing of.
pub const FLOAT_OPERATION: u32 = 0x400;
/// All conditions that the signal `InvalidOperation` stands for.
pub const INVALID: u32 = s::ANY_INVALID | 0x20;
/// Number of signals.
pub const COUNT: usize = 9;

/// An exception and the conditions that it stands for.
pub struct Signal {
    pub class: &'static NativeException,
    pub bits: u32,
}

static DECIMAL_EXCEPTION: NativeException =
    NativeException::new("decimal.DecimalException", &[ExceptionBase::Builtin(TypeId::ArithmeticError)], "");

macro_rules! exceptions {
    ($($ident:ident $name:literal [$($base:expr),*];)*) => {
        $(pub static $ident: NativeException =
            NativeException::new(concat!("decimal.", $name), &[$($base),*], "");)*
    };
}

use ExceptionBase::{Builtin, Native};

exceptions! {
    INVALID_OPERATION "InvalidOperation" [Native(&DECIMAL_EXCEPTION)];
    FLOAT "FloatOperation" [Native(&DECIMAL_EXCEPTION), Builtin(TypeId::TypeError)];
    DIVISION_BY_ZERO "DivisionByZero" [Native(&DECIMAL_EXCEPTION), Builtin(TypeId::ZeroDivisionError)];
    OVERFLOW "Overflow" [Native(&INEXACT), Native(&ROUNDED)];
    UNDERFLOW "Underflow" [Native(&INEXACT), Native(&ROUNDED), Native(&SUBNORMAL)];
    SUBNORMAL "Subnormal" [Native(&DECIMAL_EXCEPTION)];
    INEXACT "Inexact" [Native(&DECIMAL_EXCEPTION)];
    ROUNDED "Rounded" [Native(&DECIMAL_EXCEPTION)];
    CLAMPED "Clamped" [Native(&DECIMAL_EXCEPTION)];
    CONVERSION_SYNTAX "ConversionSyntax" [Native(&INVALID_OPERATION)];
    DIVISION_IMPOSSIBLE "DivisionImpossible" [Native(&INVALID_OPERATION)];
    DIVISION_UNDEFINED "DivisionUndefined" [Native(&INVALID_OPERATION), Builtin(TypeId::ZeroDivisionError)];
    INVALID_CONTEXT "InvalidContext" [Native(&INVALID_OPERATION)];
}

/// The signals, in the order in which they are listed.
pub static SIGNALS: [Signal; COUNT] = [
    Signal { class: &INVALID_OPERATION, bits: INVALID },
    Signal { class: &FLOAT, bits: FLOAT_OPERATION },
    Signal { class: &DIVISION_BY_ZERO, bits: s::DIVISION_BY_ZERO },
    Signal { class: &OVERFLOW, bits: s::OVERFLOW },
    Signal { class: &UNDERFLOW, bits: s::UNDERFLOW },
    Signal { class: &SUBNORMAL, bits: s::SUBNORMAL },
    Signal { class: &INEXACT, bits: s::INEXACT },
    Signal { class: &ROUNDED, bits: s::ROUNDED },
    Signal { class: &CLAMPED, bits: s::CLAMPED },
];

/// What exactly is invalid.
static CONDITIONS: [Signal; 5] = [
    Signal { class: &INVALID_OPERATION, bits: s::INVALID_OPERATION },
    Signal { class: &CONVERSION_SYNTAX, bits: s::CONVERSION_SYNTAX },
    Signal { class: &DIVISION_IMPOSSIBLE, bits: s::DIVISION_IMPOSSIBLE },
    Signal { class: &DIVISION_UNDEFINED, bits: s::DIVISION_UNDEFINED },
    Signal { class: &INVALID_CONTEXT, bits: s::INVALID_CONTEXT },
];

/// The names of the signals of single bits, from the lowest.
const BIT_NAMES: [&str; 15] = [
    "Clamped",
    "InvalidOperation",
    "DivisionByZero",
    "InvalidOperation",
    "InvalidOperation",
    "InvalidOperation",
    "Inexact",
    "InvalidOperation",
    "InvalidOperation",
    "InvalidOperation",
    "FloatOperation",
    "Overflow",
    "Rounded",
    "Subnormal",
    "Underflow",
];

/// `[Inexact, Rounded]`: the signals of the bits, as the repr of a context shows them.
pub fn names(bits: u32) -> String {
    let mut out: Vec<&str> = Vec::new();
    for (i, name) in BIT_NAMES.iter().enumerate() {
        if bits >> i & 1 == 1 && !out.contains(name) {
            out.push(name);
        }
    }
    format!("[{}]", out.join(", "))
}

/// The exception of trapped conditions: its argument is the list of them all.
#[cold]
#[inline(never)]
pub fn raise(th: &Thread, trapped: u32) -> Raised {
    match make(th, trapped) {
        Ok(e) => exception::raise(th, e),
        Err(e) => e,
    }
}

fn make(th: &Thread, trapped: u32) -> Res {
    let found: List = list::new(th);
    for c in CONDITIONS.iter().chain(&SIGNALS[1..]) {
        if trapped & c.bits != 0 {
            found.push(th, c.class.get(th)?.value())?;
        }
    }
    for c in &SIGNALS {
        if trapped & c.bits != 0 {
            return krait_object::call::call(th, c.class.get(th)?.value(), &[found.value()]);
        }
    }
    Err(th.runtime_error("a trapped condition has no signal"))
}

/// The list of the signals of the bits, for pickles.
pub fn as_list(th: &Thread, bits: u32) -> Res {
    let out = list::new(th);
    for c in &SIGNALS {
        if bits & c.bits != 0 {
            out.push(th, c.class.get(th)?.value())?;
        }
    }
    Ok(out.value())
}

/// The tuple of all signals.
pub fn all(th: &Thread) -> Res {
    let mut classes = [Value::none(); COUNT];
    for (to, c) in classes.iter_mut().zip(&SIGNALS) {
        *to = c.class.get(th)?.value();
    }
    tuple::from_slice(th, &classes)
}

/// The bits of a signal given as its class.
///
/// # Errors
/// KeyError for anything else.
pub fn bits_of(th: &Thread, v: Value) -> Res<u32> {
    for c in &SIGNALS {
        if c.class.get(th)?.value() == v {
            return Ok(c.bits);
        }
    }
    let text = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
    Err(th.raise_new(TypeId::KeyError, text))
}

/// Adds the exceptions to the module.
pub fn publish(th: &Thread, m: Module) -> Res<()> {
    let add = |e: &'static NativeException| -> Res<()> {
        let c: Class = e.get(th)?;
        if let Some(name) = Str::from_value(c.name.get()) {
            m.add(th, &name.to_text(), c.value());
        }
        Ok(())
    };
    add(&DECIMAL_EXCEPTION)?;
    for c in SIGNALS.iter().chain(&CONDITIONS) {
        add(c.class)?;
    }
    Ok(())
}
