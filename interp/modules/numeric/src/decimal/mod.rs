//! `_decimal`: decimal arithmetic with contexts. The arithmetic is `krait_number::decimal`; here are the objects.
//!
//! Every operation takes a context, usually the current one, runs on numbers borrowed from the objects' cells, adds the
//! conditions that came up to the context's flags, and raises when one of them is trapped.

mod context;
mod context_methods;
mod number;
mod number_class;
mod number_methods;
mod signal_dict;
mod signals;

use krait_number::decimal::{MAX_PREC, MIN_ETINY};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::object_reduce::import;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{attr, call, natives, string};

/// The `_decimal` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_decimal", doc: "C decimal arithmetic module", functions: FUNCTIONS, exec };

natives! {
    static FUNCTIONS = {
        function "getcontext" "()" context::getcontext, "Get the current default context.";
        function "setcontext" "(context, /)" context::setcontext, "Set a new default context.";
        function "localcontext" "?(ctx=None, **kwargs)" context::localcontext, "Return a context manager that will set the default context to a copy of ctx\non entry to the with-statement and restore the previous default context when\nexiting the with-statement. If no context is supplied, a copy of the current\ndefault context is used.";
    }
}

/// The class of what `as_tuple` gives.
fn decimal_tuple(th: &Thread) -> Res {
    let collections = import(th, "collections")?;
    let text = |t: &str| string::new(th, t);
    let named = call::call_method_text(
        th,
        collections,
        "namedtuple",
        &[text("DecimalTuple"), text("sign digits exponent")],
    )?;
    attr::set_text(th, named, "__module__", text("decimal"))?;
    Ok(named)
}

/// Fills the module. When it is made again, it gets the same classes and contexts.
fn exec(th: &Thread, m: Module) -> Res<()> {
    let decimal = number_class::finish(th)?;
    m.add_class(th, decimal);
    m.add_class(th, context::finish(th)?);
    // What this module takes from others.
    let numbers = import(th, "numbers")?;
    let number = attr::get_text(th, numbers, "Number")?;
    call::call_method_text(th, number, "register", &[decimal.value()])?;
    number_class::RATIONAL.set(th, attr::get_text(th, numbers, "Rational")?);
    m.add(th, "DecimalTuple", number_methods::DECIMAL_TUPLE.get_or(th, decimal_tuple)?);
    signals::publish(th, m)?;
    signal_dict::set_up(th)?;
    let templates = context::set_up(th)?;
    for (name, c) in ["DefaultContext", "BasicContext", "ExtendedContext"].iter().zip(templates) {
        m.add(th, name, c.value());
    }
    for (name, _) in context::ROUNDINGS {
        m.add(th, name, th.interp.interned.intern_text(th, name));
    }
    m.add_int(th, "MAX_PREC", MAX_PREC);
    m.add_int(th, "MAX_EMAX", MAX_PREC);
    m.add_int(th, "MIN_EMIN", -MAX_PREC);
    m.add_int(th, "MIN_ETINY", MIN_ETINY);
    m.add(th, "HAVE_THREADS", Value::true_());
    m.add(th, "HAVE_CONTEXTVAR", Value::true_());
    m.add_str(th, "__version__", "1.70");
    m.add_str(th, "__libmpdec_version__", "2.5.1");
    Ok(())
}
