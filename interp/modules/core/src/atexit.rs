//! `atexit`.

use crate::unraisable;
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::tuple::{self, Tuple};
use krait_object::{Res, Thread, Value, call, natives, protocol};

/// The functions in order of their registration: tuples of function, arguments, keyword arguments; None when unregistered.
static CALLBACKS: InterpSlot = InterpSlot::new();

fn callbacks(th: &Thread) -> Res<List> {
    Ok(List::of(CALLBACKS.get_or(th, |th| Ok(list::new(th).value()))?))
}

fn register(th: &Thread, a: &[Value]) -> Res {
    if !call::is_callable(th, a[0]) {
        return Err(th.type_error("the first argument must be callable"));
    }
    let kwargs = a[2].given().unwrap_or(Value::none());
    let entry = tuple::from_slice(th, &[a[0], a[1], kwargs])?;
    callbacks(th)?.push(th, entry)?;
    Ok(a[0])
}

fn unregister(th: &Thread, a: &[Value]) -> Res {
    let l = callbacks(th)?;
    let mut i = 0;
    while let Some(v) = l.get(i) {
        if let Some(t) = Tuple::from_value(v)
            && protocol::equal(th, t.get(0), a[0])?
            && l.get(i) == Some(v)
        {
            l.set(th, i, Value::none());
        }
        i += 1;
    }
    Ok(Value::none())
}

fn clear(th: &Thread, _a: &[Value]) -> Res {
    callbacks(th)?.clear();
    Ok(Value::none())
}

fn count(th: &Thread, _a: &[Value]) -> Res {
    let l = callbacks(th)?;
    Ok(Value::small(l.as_slice().iter().filter(|v| !v.is_none()).count() as i64))
}

/// Calls the functions, the last one first; what they raise is reported.
pub fn run(th: &Thread) {
    let Ok(l) = callbacks(th) else { return th.clear_pending() };
    while let Some(v) = l.pop() {
        let Some(t) = Tuple::from_value(v) else { continue };
        let args = Tuple::of(t.get(1));
        if call::call_dict(th, t.get(0), args.as_slice(), t.get(2)).is_err() {
            unraisable::report(th, t.get(0), "Exception ignored in atexit callback");
        }
    }
}

fn run_function(th: &Thread, _a: &[Value]) -> Res {
    run(th);
    Ok(Value::none())
}

natives! {
    static FUNCTIONS = {
        function "register" "(func, /, *args, **kwargs)" register, "Register a function to be executed upon normal program termination.";
        function "_clear" "()" clear, "Clear the list of exit functions.";
        function "unregister" "(func, /)" unregister, "Unregister an exit function.";
        function "_run_exitfuncs" "()" run_function, "Run all registered exit functions.";
        function "_ncallbacks" "()" count, "The number of registered exit functions.";
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "atexit",
    doc: "Functions to be called when the interpreter ends.",
    functions: FUNCTIONS,
    exec: no_exec,
};
