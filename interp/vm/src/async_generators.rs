//! Async generators: `__anext__`, `asend`, `athrow`, `aclose` and their awaitables (PEP 525).
//!
//! An async generator is a generator whose own values come wrapped; what it awaits comes
//! through bare. The awaitables here drive it: a wrapped value ends the awaitable with
//! StopIteration carrying the value, everything else is passed to the event loop.

use crate::generator_methods::pend_thrown;
use crate::generators::{resume, stop_with, throw};
use krait_gc::Tracer;
use krait_object::bootstrap::TypeTable;
use krait_object::cellref::Slot;
use krait_object::custom::{self, Custom, Payload, SendFn};
use krait_object::descriptor::GetSetDef;
use krait_object::generator::{Generator, Resumed, State};
use krait_object::{Name, Res, Thread, TypeId, Value, call, natives};
use std::cell::Cell;

/// A value that an async generator yields, told apart from what it awaits.
pub struct Wrapped {
    pub value: Slot,
}

impl Payload for Wrapped {
    const NAME: &'static str = "async_generator_wrapped_value";
    fn trace(&self, tracer: &mut Tracer) {
        self.value.trace(tracer);
    }
}

/// Wraps a value yielded by an async generator.
pub fn wrap(th: &Thread, v: Value) -> Res {
    custom::alloc_exact(th, TypeId::AsyncGenWrapped, Wrapped { value: Slot::new(v) })
}

/// Where an awaitable is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Iterating,
    Closed,
}

/// `__anext__()` and `asend(value)`.
struct Send {
    generator: Slot,
    value: Slot,
    stage: Cell<Stage>,
}

impl Payload for Send {
    const NAME: &'static str = "async_generator_asend";
    const SEND: Option<SendFn> = Some(send_step);
    fn trace(&self, tracer: &mut Tracer) {
        self.generator.trace(tracer);
        self.value.trace(tracer);
    }
}

/// `athrow(...)`, and `aclose()`: then `args` is zero.
struct Throw {
    generator: Slot,
    /// Tuple of the three arguments.
    args: Slot,
    stage: Cell<Stage>,
}

impl Payload for Throw {
    const NAME: &'static str = "async_generator_athrow";
    fn trace(&self, tracer: &mut Tracer) {
        self.generator.trace(tracer);
        self.args.trace(tracer);
    }
}

/// The first use of an async generator tells the event loop's hook and remembers the finalizer.
fn init_hooks(th: &Thread, g: Generator) -> Res<()> {
    if g.hooks_inited.replace(true) {
        return Ok(());
    }
    let [first, finalizer] = [th.asyncgen_hooks[0].get(), th.asyncgen_hooks[1].get()];
    if !finalizer.is_none() {
        g.origin.set(th, g.cell(), finalizer);
    }
    if !first.is_none() {
        call::call(th, first, &[g.value()])?;
    }
    Ok(())
}

/// Gives a dropped async generator to the finalizer hook; false when there is none.
pub fn finalize(th: &Thread, g: Generator) -> bool {
    let hook = g.origin.get();
    if hook.is_none() || g.closed.get() {
        return false;
    }
    if call::call(th, hook, &[g.value()]).is_err() {
        (th.interp.hooks().unraisable)(th, g.value(), "Exception ignored in");
    }
    true
}

/// What a resumed async generator gives: a bare value; a return is StopAsyncIteration.
fn raw(th: &Thread, r: Res<Resumed>) -> Res {
    match r? {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(_) => Err(th.raise_args(TypeId::StopAsyncIteration, &[])),
    }
}

/// A wrapped value becomes StopIteration; the end closes the generator.
fn unwrap(th: &Thread, g: Generator, r: Res) -> Res {
    match r {
        Ok(v) => match Custom::<Wrapped>::from_value(v) {
            Some(w) => {
                g.running_async.set(false);
                Err(stop_with(th, w.value.get()))
            }
            None => Ok(v),
        },
        Err(e) => {
            if th.pending_is(TypeId::StopAsyncIteration) || th.pending_is(TypeId::GeneratorExit) {
                g.closed.set(true);
            }
            g.running_async.set(false);
            Err(e)
        }
    }
}

fn new_send(th: &Thread, g: Value, value: Value) -> Res {
    init_hooks(th, Generator::of(g))?;
    let s = Send { generator: Slot::new(g), value: Slot::new(value), stage: Cell::new(Stage::New) };
    custom::alloc_exact(th, TypeId::AsyncGenASend, s)
}

fn new_throw(th: &Thread, g: Value, args: Value) -> Res {
    init_hooks(th, Generator::of(g))?;
    let t = Throw { generator: Slot::new(g), args: Slot::new(args), stage: Cell::new(Stage::New) };
    custom::alloc_exact(th, TypeId::AsyncGenAThrow, t)
}

fn aiter(_th: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

fn anext(th: &Thread, a: &[Value]) -> Res {
    new_send(th, a[0], Value::none())
}

fn asend(th: &Thread, a: &[Value]) -> Res {
    new_send(th, a[0], a[1])
}

fn athrow(th: &Thread, a: &[Value]) -> Res {
    if a[2].given().is_some() || a[3].given().is_some() {
        (th.interp.hooks().warn)(
            th,
            TypeId::DeprecationWarning,
            "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    let given = |v: Value| v.given().unwrap_or(Value::none());
    let args = krait_object::tuple::from_slice(th, &[a[1], given(a[2]), given(a[3])])?;
    new_throw(th, a[0], args)
}

fn aclose(th: &Thread, a: &[Value]) -> Res {
    new_throw(th, a[0], Value::ZERO)
}

const REUSED_SEND: &str = "cannot reuse already awaited __anext__()/asend()";
const REUSED_THROW: &str = "cannot reuse already awaited aclose()/athrow()";

/// One step: what the generator awaits goes to the event loop; what it yields ends this.
fn send_step(th: &Thread, v: Value, mut value: Value) -> Res<Resumed> {
    let s = Custom::<Send>::of(v);
    let g = Generator::of(s.generator.get());
    match s.stage.get() {
        Stage::Closed => return Err(th.runtime_error(REUSED_SEND)),
        Stage::New => {
            if g.running_async.get() {
                s.stage.set(Stage::Closed);
                return Err(th.runtime_error("anext(): asynchronous generator is already running"));
            }
            if value.is_none() {
                value = s.value.get();
            }
            s.stage.set(Stage::Iterating);
        }
        Stage::Iterating => {}
    }
    g.running_async.set(true);
    if g.state() == State::Created && !value.is_none() {
        g.running_async.set(false);
        s.stage.set(Stage::Closed);
        return Err(th.type_error("can't send non-None value to a just-started async generator"));
    }
    match resume(th, g, value, false) {
        Ok(Resumed::Yielded(v)) => match Custom::<Wrapped>::from_value(v) {
            Some(w) => {
                g.running_async.set(false);
                s.stage.set(Stage::Closed);
                Ok(Resumed::Returned(w.value.get()))
            }
            None => Ok(Resumed::Yielded(v)),
        },
        r => {
            // It ended or raised.
            s.stage.set(Stage::Closed);
            unwrap(th, g, raw(th, r)).map(Resumed::Yielded)
        }
    }
}

fn send_send(th: &Thread, a: &[Value]) -> Res {
    match send_step(th, a[0], a[1])? {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(v) => Err(stop_with(th, v)),
    }
}

fn send_next(th: &Thread, a: &[Value]) -> Res {
    send_send(th, &[a[0], Value::none()])
}

fn send_throw(th: &Thread, a: &[Value]) -> Res {
    let s = Custom::<Send>::of(a[0]);
    let g = Generator::of(s.generator.get());
    match s.stage.get() {
        Stage::Closed => return Err(th.runtime_error(REUSED_SEND)),
        Stage::New if g.running_async.get() => {
            s.stage.set(Stage::Closed);
            return Err(th.runtime_error("anext(): asynchronous generator is already running"));
        }
        _ => s.stage.set(Stage::Iterating),
    }
    g.running_async.set(true);
    pend_thrown(th, &a[1..])?;
    let r = raw(th, throw(th, g));
    let r = unwrap(th, g, r);
    if r.is_err() {
        s.stage.set(Stage::Closed);
    }
    r
}

fn send_close(_th: &Thread, a: &[Value]) -> Res {
    Custom::<Send>::of(a[0]).stage.set(Stage::Closed);
    Ok(Value::none())
}

/// Ends an `aclose` or `athrow` that raised: for `aclose` the generator's end is success.
fn throw_failed(th: &Thread, t: Custom<Throw>, g: Generator, r: Res) -> Res {
    let Err(e) = r else { return r };
    g.running_async.set(false);
    t.stage.set(Stage::Closed);
    let ended = th.pending_is(TypeId::StopAsyncIteration) || th.pending_is(TypeId::GeneratorExit);
    if ended && t.args.get() == Value::ZERO {
        th.clear_pending();
        return Err(th.stop_iteration());
    }
    Err(e)
}

/// `aclose` on a generator that yields again.
fn ignored_exit(th: &Thread, t: Custom<Throw>, g: Generator) -> Res {
    g.running_async.set(false);
    t.stage.set(Stage::Closed);
    Err(th.runtime_error("async generator ignored GeneratorExit"))
}

fn throw_send(th: &Thread, a: &[Value]) -> Res {
    let t = Custom::<Throw>::of(a[0]);
    let g = Generator::of(t.generator.get());
    let closing = t.args.get() == Value::ZERO;
    if t.stage.get() == Stage::Closed {
        return Err(th.runtime_error(REUSED_THROW));
    }
    if g.state() == State::Finished {
        t.stage.set(Stage::Closed);
        return Err(th.stop_iteration());
    }
    if t.stage.get() == Stage::New {
        if g.running_async.get() {
            t.stage.set(Stage::Closed);
            let name = if closing { "aclose" } else { "athrow" };
            return Err(th.runtime_error(format!("{name}(): asynchronous generator is already running")));
        }
        if g.closed.get() {
            t.stage.set(Stage::Closed);
            return Err(th.raise_args(TypeId::StopAsyncIteration, &[]));
        }
        if !a[1].is_none() {
            return Err(th.runtime_error("can't send non-None value to a just-started coroutine"));
        }
        t.stage.set(Stage::Iterating);
        g.running_async.set(true);
        if closing {
            g.closed.set(true);
            th.raise_args(TypeId::GeneratorExit, &[]);
            let r = raw(th, throw(th, g));
            if let Ok(v) = r
                && Custom::<Wrapped>::from_value(v).is_some()
            {
                return ignored_exit(th, t, g);
            }
            return throw_failed(th, t, g, r);
        }
        let args = krait_object::tuple::Tuple::of(t.args.get());
        pend_thrown(th, args.as_slice())?;
        let r = raw(th, throw(th, g));
        let r = unwrap(th, g, r);
        return throw_failed(th, t, g, r);
    }
    let r = raw(th, resume(th, g, a[1], false));
    finish_throw(th, t, g, r)
}

/// A later step of `aclose` or `athrow`.
fn finish_throw(th: &Thread, t: Custom<Throw>, g: Generator, r: Res) -> Res {
    if t.args.get() != Value::ZERO {
        let r = unwrap(th, g, r);
        if r.is_err() {
            t.stage.set(Stage::Closed);
        }
        return r;
    }
    if let Ok(v) = r
        && Custom::<Wrapped>::from_value(v).is_some()
    {
        return ignored_exit(th, t, g);
    }
    throw_failed(th, t, g, r)
}

fn throw_next(th: &Thread, a: &[Value]) -> Res {
    throw_send(th, &[a[0], Value::none()])
}

fn throw_throw(th: &Thread, a: &[Value]) -> Res {
    let t = Custom::<Throw>::of(a[0]);
    let g = Generator::of(t.generator.get());
    if t.stage.get() == Stage::Closed {
        return Err(th.runtime_error(REUSED_THROW));
    }
    if t.stage.get() == Stage::New {
        if g.running_async.get() {
            t.stage.set(Stage::Closed);
            let name = if t.args.get() == Value::ZERO { "aclose" } else { "athrow" };
            return Err(th.runtime_error(format!("{name}(): asynchronous generator is already running")));
        }
        t.stage.set(Stage::Iterating);
        g.running_async.set(true);
    }
    pend_thrown(th, &a[1..])?;
    let r = raw(th, throw(th, g));
    finish_throw(th, t, g, r)
}

fn throw_close(_th: &Thread, a: &[Value]) -> Res {
    Custom::<Throw>::of(a[0]).stage.set(Stage::Closed);
    Ok(Value::none())
}

/// `anext(it, default)`: drives the awaitable of `__anext__`; at the end it gives the default.
struct AnextDefault {
    awaitable: Slot,
    default: Slot,
}

impl Payload for AnextDefault {
    const NAME: &'static str = "anext_awaitable";
    fn trace(&self, tracer: &mut Tracer) {
        self.awaitable.trace(tracer);
        self.default.trace(tracer);
    }
}

/// `anext(it, default)` for the awaitable that `__anext__` gave.
pub fn anext_with_default(th: &Thread, awaitable: Value, default: Value) -> Res {
    let a = AnextDefault { awaitable: Slot::new(awaitable), default: Slot::new(default) };
    custom::alloc_exact(th, TypeId::AnextAwaitable, a)
}

/// The iterator behind the awaitable; a coroutine is driven through its wrapper.
fn inner(th: &Thread, a: Value) -> Res {
    let c = Custom::<AnextDefault>::of(a);
    let it = crate::generators::awaitable(th, c.awaitable.get(), 0)?;
    if it.has_shape(TypeId::Coroutine as u32) {
        return call::call_method(th, it, th.name(Name::__await__), &[]);
    }
    Ok(it)
}

/// StopAsyncIteration from inside ends the awaitable with the default.
fn or_default(th: &Thread, a: Value, r: Res) -> Res {
    match r {
        Err(_) if th.pending_is(TypeId::StopAsyncIteration) => {
            th.clear_pending();
            Err(stop_with(th, Custom::<AnextDefault>::of(a).default.get()))
        }
        r => r,
    }
}

fn default_next(th: &Thread, a: &[Value]) -> Res {
    let it = inner(th, a[0])?;
    let r = match krait_object::Class::of_value(th, it).special(th, Name::__next__) {
        Some(f) => call::call_special(th, f, it, &[]),
        None => call::call_method(th, it, th.name(Name::send), &[Value::none()]),
    };
    or_default(th, a[0], r)
}

fn default_send(th: &Thread, a: &[Value]) -> Res {
    let it = inner(th, a[0])?;
    let r = call::call_method(th, it, th.name(Name::send), &[a[1]]);
    or_default(th, a[0], r)
}

fn default_throw(th: &Thread, a: &[Value]) -> Res {
    let it = inner(th, a[0])?;
    let count = 1 + a[2..].iter().take_while(|v| v.given().is_some()).count();
    let r = call::call_method(th, it, th.name(Name::throw), &a[1..=count]);
    or_default(th, a[0], r)
}

fn default_close(th: &Thread, a: &[Value]) -> Res {
    let it = inner(th, a[0])?;
    let r = call::call_method(th, it, th.name(Name::close), &[]);
    or_default(th, a[0], r)
}

natives! {
    static GENERATOR = {
        method "__aiter__" "()" aiter, "Return an awaitable, that resolves in asynchronous iterator.";
        method "__anext__" "()" anext, "Return a value or raise StopAsyncIteration.";
        method "__repr__" "()" crate::generator_methods::repr, "Return repr(self).";
        method "asend" "(value, /)" asend, "Send a value into the generator.";
        method "athrow" "(type, value=None, traceback=None, /)" athrow, "Raise an exception inside the generator.";
        method "aclose" "()" aclose, "Raise GeneratorExit inside the generator.";
        classmethod "__class_getitem__" "(item, /)" class_getitem, "See PEP 585";
    }
}

natives! {
    static SEND = {
        method "__await__" "()" aiter, "";
        method "__iter__" "()" aiter, "";
        method "__next__" "()" send_next, "";
        method "send" "(arg, /)" send_send, "";
        method "throw" "(type, value=None, traceback=None, /)" send_throw, "";
        method "close" "()" send_close, "";
    }
}

natives! {
    static THROW = {
        method "__await__" "()" aiter, "";
        method "__iter__" "()" aiter, "";
        method "__next__" "()" throw_next, "";
        method "send" "(arg, /)" throw_send, "";
        method "throw" "(type, value=None, traceback=None, /)" throw_throw, "";
        method "close" "()" throw_close, "";
    }
}

natives! {
    static DEFAULT = {
        method "__await__" "()" aiter, "";
        method "__iter__" "()" aiter, "";
        method "__next__" "()" default_next, "";
        method "send" "(arg, /)" default_send, "";
        method "throw" "(type, value=None, traceback=None, /)" default_throw, "";
        method "close" "()" default_close, "";
    }
}

fn class_getitem(th: &Thread, a: &[Value]) -> Res {
    call::call(th, th.interp.class_value(TypeId::GenericAlias), &[a[0], a[1]])
}

fn running(_th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Generator::of(v).running_async.get()))
}

static ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::rw("__name__", crate::generator_methods::get_name, crate::generator_methods::set_name, ""),
    GetSetDef::rw(
        "__qualname__",
        crate::generator_methods::get_qualname,
        crate::generator_methods::set_qualname,
        "",
    ),
    GetSetDef::ro("ag_await", crate::generator_methods::delegate, "object being awaited on, or None"),
    GetSetDef::ro("ag_running", running, ""),
    GetSetDef::ro("ag_frame", crate::generator_methods::frame, ""),
    GetSetDef::ro("ag_suspended", crate::generator_methods::suspended, ""),
    GetSetDef::ro("ag_code", crate::generator_methods::code, ""),
];

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::AsyncGenerator, "", GENERATOR, ATTRIBUTES),
    TypeTable::new(TypeId::AsyncGenASend, "", SEND, &[]),
    TypeTable::new(TypeId::AsyncGenAThrow, "", THROW, &[]),
    TypeTable::new(TypeId::AnextAwaitable, "", DEFAULT, &[]),
];
