//! What `_asyncio` uses of the modules around it: exceptions, functions of `asyncio`, methods of event loops.
//!
//! `asyncio` imports this module while it is being imported itself, so everything is looked up at first use.

use krait_object::class::Class;
use krait_object::interp::InterpSlot;
use krait_object::{
    Name, Raised, Res, Thread, TypeId, Value, attr, call, exception, object_reduce, string, tuple,
};

/// Something that another module defines, kept once it was found.
pub struct Outside {
    module: &'static str,
    name: &'static str,
    slot: InterpSlot,
}

impl Outside {
    const fn new(module: &'static str, name: &'static str) -> Outside {
        Outside { module, name, slot: InterpSlot::new() }
    }

    pub fn get(&self, th: &Thread) -> Res {
        self.slot.get_or(th, |th| {
            let m = object_reduce::import(th, self.module)?;
            attr::get_text(th, m, self.name)
        })
    }

    pub fn call(&self, th: &Thread, args: &[Value]) -> Res {
        let f = self.get(th)?;
        call::call(th, f, args)
    }

    /// Raises a new instance of the exception class that this is.
    #[cold]
    pub fn raise(&self, th: &Thread, text: &str) -> Raised {
        let text = string::new(th, text);
        match self.call(th, &[text]) {
            Ok(e) => exception::raise(th, e),
            Err(r) => r,
        }
    }

    /// Is the value an instance of the class that this is?
    pub fn is_class_of(&self, th: &Thread, v: Value) -> Res<bool> {
        let c = self.get(th)?;
        Ok(Class::from_value(c).is_some_and(|c| Class::of_value(th, v).is_subclass_of(c)))
    }
}

pub static CANCELLED_ERROR: Outside = Outside::new("asyncio.exceptions", "CancelledError");
pub static INVALID_STATE_ERROR: Outside = Outside::new("asyncio.exceptions", "InvalidStateError");
pub static FUTURE_REPR: Outside = Outside::new("asyncio.base_futures", "_future_repr");
pub static TASK_REPR: Outside = Outside::new("asyncio.base_tasks", "_task_repr");
pub static TASK_GET_STACK: Outside = Outside::new("asyncio.base_tasks", "_task_get_stack");
pub static TASK_PRINT_STACK: Outside = Outside::new("asyncio.base_tasks", "_task_print_stack");
pub static IS_COROUTINE: Outside = Outside::new("asyncio.coroutines", "iscoroutine");
pub static EXTRACT_STACK: Outside = Outside::new("traceback", "extract_stack");
static EVENT_LOOP_POLICY: Outside = Outside::new("asyncio.events", "get_event_loop_policy");

/// The names of keyword arguments, for calls: `("context",)` and `("msg",)`.
static CONTEXT_NAMES: InterpSlot = InterpSlot::new();
static MSG_NAMES: InterpSlot = InterpSlot::new();

fn names(th: &Thread, slot: &InterpSlot, n: Name) -> Res {
    slot.get_or(th, |th| tuple::from_slice(th, &[th.name(n)]))
}

/// Calls a method with positional arguments and one keyword argument as the last.
fn call_method_kw<const N: usize>(th: &Thread, obj: Value, n: Name, args: [Value; N], kw: Value) -> Res {
    if let Some((f, true)) = attr::find_method(th, obj, th.name(n))? {
        let mut all = [obj; 4];
        all[1..=N].copy_from_slice(&args);
        return call::call_kw(th, f, &all[..=N], kw);
    }
    let f = attr::get_name(th, obj, n)?;
    call::call_kw(th, f, &args, kw)
}

/// `loop.call_soon(f, arg, context=context)`; without `arg` if there is none.
pub fn call_soon(th: &Thread, event_loop: Value, f: Value, arg: Option<Value>, context: Value) -> Res<()> {
    let kw = names(th, &CONTEXT_NAMES, Name::context)?;
    match arg {
        Some(a) => call_method_kw(th, event_loop, Name::call_soon, [f, a, context], kw)?,
        None => call_method_kw(th, event_loop, Name::call_soon, [f, context], kw)?,
    };
    Ok(())
}

/// `future.add_done_callback(f, context=context)`.
pub fn add_done_callback(th: &Thread, future: Value, f: Value, context: Value) -> Res<()> {
    let kw = names(th, &CONTEXT_NAMES, Name::context)?;
    call_method_kw(th, future, Name::add_done_callback, [f, context], kw)?;
    Ok(())
}

/// `future.cancel(msg=msg)`; without the message if there is none.
pub fn cancel(th: &Thread, future: Value, msg: Option<Value>) -> Res<bool> {
    let r = match msg {
        Some(m) => {
            let kw = names(th, &MSG_NAMES, Name::msg)?;
            call_method_kw(th, future, Name::cancel, [m], kw)?
        }
        None => call::call_method(th, future, th.name(Name::cancel), &[])?,
    };
    krait_object::protocol::truth(th, r)
}

/// The event loop of a future-like object that is none of this module's.
pub fn loop_of(th: &Thread, future: Value) -> Res {
    if let Some(f) = attr::get_opt(th, future, th.interp.interned.intern_text(th, "get_loop"))? {
        return call::call(th, f, &[]);
    }
    attr::get_text(th, future, "_loop")
}

/// The loop that runs in this thread.
pub fn running_loop(th: &Thread) -> Option<Value> {
    match th.running_loop.get() {
        v if v == Value::UNBOUND || v.is_none() => None,
        v => Some(v),
    }
}

/// The loop that runs in this thread, or RuntimeError.
pub fn need_running_loop(th: &Thread) -> Res {
    running_loop(th).ok_or_else(|| th.runtime_error("no running event loop"))
}

/// The loop that runs in this thread, else the policy's.
pub fn event_loop(th: &Thread) -> Res {
    if let Some(l) = running_loop(th) {
        return Ok(l);
    }
    let policy = EVENT_LOOP_POLICY.call(th, &[])?;
    call::call_method_text(th, policy, "get_event_loop", &[])
}

/// Reports a problem to the event loop. What goes wrong with that is reported as unraisable.
pub fn call_exception_handler(th: &Thread, event_loop: Value, context: Value, about: Value) {
    if call::call_method_text(th, event_loop, "call_exception_handler", &[context]).is_err() {
        (th.interp.hooks().unraisable)(th, about, "Exception ignored in");
    }
}

/// Is the exception one that ends the program?
pub fn ends_program(th: &Thread, e: Value) -> bool {
    let c = Class::of_value(th, e);
    [TypeId::KeyboardInterrupt, TypeId::SystemExit].iter().any(|&t| c.is_subclass_of(th.interp.class(t)))
}
