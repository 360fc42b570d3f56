//! What programs see of generators and coroutines.

use crate::generators::{close, delegate_of, resume, stop_with, throw};
use krait_object::bootstrap::TypeTable;
use krait_object::class::{Class, type_name};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::Dict;
use krait_object::exception::Exception;
use krait_object::frameobj::{self, Frame};
use krait_object::function::Function;
use krait_object::generator::{Generator, Resumed, State};
use krait_object::string::{self, Str};
use krait_object::{Kind, Res, Thread, TypeId, Value, attr, call, natives, protocol};

fn of(a: &[Value]) -> Generator {
    Generator::of(a[0])
}

/// A yielded value; a return is StopIteration with the value.
fn outcome(th: &Thread, r: Resumed) -> Res {
    match r {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(v) => Err(stop_with(th, v)),
    }
}

fn next(th: &Thread, a: &[Value]) -> Res {
    outcome(th, resume(th, of(a), Value::MISSING, false)?)
}

fn send(th: &Thread, a: &[Value]) -> Res {
    let g = of(a);
    if g.state() == State::Created && !a[1].is_none() {
        return Err(
            th.type_error(format!("can't send non-None value to a just-started {}", type_name(th, a[0])))
        );
    }
    if g.state() == State::Finished && g.value().has_shape(TypeId::Coroutine as u32) {
        return Err(th.runtime_error("cannot reuse already awaited coroutine"));
    }
    outcome(th, resume(th, g, a[1], false)?)
}

/// Makes the exception of `throw(typ[, val[, tb]])` pending; an error of the arguments is raised instead.
pub fn pend_thrown(th: &Thread, a: &[Value]) -> Res<()> {
    let (kind, value, tb) = (a[0], a[1].given_not_none(), a[2].given_not_none());
    if let Some(tb) = tb
        && !tb.is_kind(Kind::Traceback)
    {
        return Err(th.type_error("throw() third argument must be a traceback object"));
    }
    let base = th.interp.class(TypeId::BaseException);
    let e = if kind.is_kind(Kind::Exception) {
        if value.is_some() {
            return Err(th.type_error("instance exception may not have a separate value"));
        }
        kind
    } else if Class::from_value(kind).is_some_and(|c| c.is_subclass_of(base)) {
        let made = match value {
            Some(v) if Class::of_value(th, v).is_subclass_of(Class::of(kind)) => Ok(v),
            Some(v) => match krait_object::tuple::Tuple::from_value(v) {
                Some(t) => call::call(th, kind, t.as_slice()),
                None => call::call(th, kind, &[v]),
            },
            None => call::call(th, kind, &[]),
        };
        match made.and_then(|e| instance(th, kind, e)) {
            Ok(e) => e,
            // An exception of making the exception is the one that is thrown.
            Err(_) => return Ok(()),
        }
    } else {
        return Err(th.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            type_name(th, kind)
        )));
    };
    if let Some(tb) = tb {
        let ex = Exception::of(e);
        ex.traceback.set(th, ex.cell(), tb);
    }
    th.raise(e);
    Ok(())
}

/// `e`, which calling the exception class `kind` gave, if it is an exception.
fn instance(th: &Thread, kind: Value, e: Value) -> Res {
    if e.is_kind(Kind::Exception) {
        return Ok(e);
    }
    Err(th.type_error(format!(
        "calling {} should have returned an instance of BaseException, not {}",
        protocol::repr_text(th, kind)?,
        type_name(th, e)
    )))
}

fn throw_method(th: &Thread, a: &[Value]) -> Res {
    let g = of(a);
    if a[2].given().is_some() || a[3].given().is_some() {
        (th.interp.hooks().warn)(
            th,
            TypeId::DeprecationWarning,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    if g.state() == State::Finished && g.value().has_shape(TypeId::Coroutine as u32) {
        return Err(th.runtime_error("cannot reuse already awaited coroutine"));
    }
    pend_thrown(th, &a[1..])?;
    outcome(th, throw(th, g)?)
}

fn close_method(th: &Thread, a: &[Value]) -> Res {
    close(th, of(a))?;
    Ok(Value::none())
}

fn iter(_th: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

pub fn repr(th: &Thread, a: &[Value]) -> Res {
    let g = of(a);
    let name = Str::from_value(g.qualname.get()).map(Str::to_text).unwrap_or_default();
    Ok(string::new(th, &format!("<{} object {name} at {:#x}>", type_name(th, a[0]), a[0].0 - 1)))
}

pub fn get_name(_th: &Thread, v: Value) -> Res {
    Ok(Generator::of(v).name.get())
}

pub fn set_name(th: &Thread, v: Value, x: Value) -> Res<()> {
    if Str::from_value(x).is_none() {
        return Err(th.type_error("__name__ must be set to a string object"));
    }
    let g = Generator::of(v);
    g.name.set(th, g.cell(), x);
    Ok(())
}

pub fn get_qualname(_th: &Thread, v: Value) -> Res {
    Ok(Generator::of(v).qualname.get())
}

pub fn set_qualname(th: &Thread, v: Value, x: Value) -> Res<()> {
    if Str::from_value(x).is_none() {
        return Err(th.type_error("__qualname__ must be set to a string object"));
    }
    let g = Generator::of(v);
    g.qualname.set(th, g.cell(), x);
    Ok(())
}

fn running(_th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Generator::of(v).state() == State::Running))
}

pub fn suspended(_th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Generator::of(v).state() == State::Suspended))
}

pub fn code(_th: &Thread, v: Value) -> Res {
    Ok(Generator::of(v).code.get())
}

pub fn delegate(_th: &Thread, v: Value) -> Res {
    Ok(delegate_of(Generator::of(v)).unwrap_or(Value::none()))
}

fn origin(_th: &Thread, v: Value) -> Res {
    Ok(Generator::of(v).origin.get())
}

pub fn frame(th: &Thread, v: Value) -> Res {
    let g = Generator::of(v);
    match g.state() {
        State::Finished => return Ok(Value::none()),
        State::Running => {
            // Its frame is in the chain.
            let mut r = crate::machine::Regs(th.frame.get());
            while !r.is_null() {
                if r.meta().is_generator() && r.generator() == v {
                    return Ok(crate::unwind::frame_object(th, r)?.value());
                }
                r = r.previous();
            }
            return Ok(Value::none());
        }
        _ => {}
    }
    if let Some(f) = Frame::from_value(g.frame_object.get()) {
        return Ok(f.value());
    }
    let function = Function::of(g.function.get());
    let f = frameobj::new(
        th,
        g.code(),
        function.value(),
        function.globals.get(),
        function.builtins.get(),
        g.registers(),
    );
    f.lasti.set(g.code().offset_of(g.pc.get()) as i64 * 8);
    f.suspended.set(true);
    f.generator.set(th, f.cell(), g.value());
    g.frame_object.set(th, g.cell(), f.value());
    Ok(f.value())
}

/// A generator that nobody can reach any more is closed; an unawaited coroutine is reported.
pub fn finalize(th: &Thread, g: Generator) {
    if g.state() == State::Finished || g.state() == State::Running {
        return;
    }
    let shape = g.value().header().shape();
    if shape == TypeId::AsyncGenerator as u32 && crate::async_generators::finalize(th, g) {
        return;
    }
    if shape == TypeId::Coroutine as u32 && g.state() == State::Created {
        warn_unawaited(th, g);
        g.set_state(State::Finished);
        return;
    }
    if close(th, g).is_err() {
        (th.interp.hooks().unraisable)(th, g.value(), "Exception ignored in");
    }
}

/// Says that a coroutine was never awaited: by the function of `warnings`, which knows where it was made, else here.
fn warn_unawaited(th: &Thread, g: Generator) {
    let ignored = || (th.interp.hooks().unraisable)(th, g.value(), "Exception ignored in");
    let warned = match unawaited_hook(th, g) {
        Ok(None) => false,
        Ok(Some(f)) => match call::call(th, f, &[g.value()]) {
            Ok(_) => true,
            Err(_) => {
                let was_warning = th.pending_is(TypeId::RuntimeWarning);
                ignored();
                was_warning
            }
        },
        Err(_) => {
            ignored();
            false
        }
    };
    if !warned {
        let name = Str::from_value(g.qualname.get()).map(Str::to_text).unwrap_or_default();
        let text = format!("coroutine '{name}' was never awaited");
        if (th.interp.hooks().warn)(th, TypeId::RuntimeWarning, &text, 1).is_err() {
            ignored();
        }
    }
}

/// `warnings._warn_unawaited_coroutine`. The module is imported only for a coroutine that knows its origin.
fn unawaited_hook(th: &Thread, g: Generator) -> Res<Option<Value>> {
    let modules = Dict::of(th.interp.sys.get()).get_text(th, "modules").and_then(Dict::from_value);
    let module = match modules.and_then(|m| m.get_text(th, "warnings")) {
        Some(m) => m,
        None if g.origin.get().is_none() => return Ok(None),
        None => {
            let builtins = th.interp.builtins.get();
            let import = protocol::getitem(th, builtins, string::new(th, "__import__"))?;
            call::call(th, import, &[string::new(th, "warnings")])?
        }
    };
    attr::get_opt(th, module, th.interp.interned.intern_text(th, "_warn_unawaited_coroutine"))
}

fn class_getitem(th: &Thread, a: &[Value]) -> Res {
    call::call(th, th.interp.class_value(TypeId::GenericAlias), &[a[0], a[1]])
}

natives! {
    static GENERATOR = {
        method "__iter__" "()" iter, "Implement iter(self).";
        method "__next__" "()" next, "Implement next(self).";
        method "__repr__" "()" repr, "Return repr(self).";
        method "send" "(arg, /)" send, "Resumes the generator with a value.";
        method "throw" "(type, value=None, traceback=None, /)" throw_method, "Raises an exception inside the generator.";
        method "close" "()" close_method, "Raises GeneratorExit inside the generator.";
        classmethod "__class_getitem__" "(item, /)" class_getitem, "See PEP 585";
    }
}

natives! {
    static COROUTINE = {
        method "__await__" "()" await_method, "Return an iterator to be used in await expression.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "send" "(arg, /)" send, "Sends a value into coroutine, and runs it to its next suspension.";
        method "throw" "(type, value=None, traceback=None, /)" throw_method, "Raises an exception in coroutine, where it is suspended.";
        method "close" "()" close_method, "Raises GeneratorExit inside coroutine.";
        classmethod "__class_getitem__" "(item, /)" class_getitem, "See PEP 585";
    }
}

natives! {
    static WRAPPER = {
        method "__iter__" "()" iter, "Implement iter(self).";
        method "__next__" "()" wrapper_next, "Implement next(self).";
        method "send" "(arg, /)" wrapper_send, "Sends a value into coroutine, and runs it to its next suspension.";
        method "throw" "(type, value=None, traceback=None, /)" wrapper_throw, "Raises an exception in coroutine, where it is suspended.";
        method "close" "()" wrapper_close, "Raises GeneratorExit inside coroutine.";
    }
}

/// What `coroutine.__await__()` returns: an iterator that drives the coroutine.
struct CoroutineWrapper {
    coroutine: krait_object::cellref::Slot,
}

impl krait_object::custom::Payload for CoroutineWrapper {
    const NAME: &'static str = "coroutine_wrapper";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.coroutine.trace(tracer);
    }
}

fn await_method(th: &Thread, a: &[Value]) -> Res {
    let w = CoroutineWrapper { coroutine: krait_object::cellref::Slot::new(a[0]) };
    krait_object::custom::alloc_exact(th, TypeId::CoroutineWrapper, w)
}

fn wrapped(a: &[Value]) -> Value {
    krait_object::custom::Custom::<CoroutineWrapper>::of(a[0]).coroutine.get()
}

fn wrapper_next(th: &Thread, a: &[Value]) -> Res {
    send(th, &[wrapped(a), Value::none()])
}

fn wrapper_send(th: &Thread, a: &[Value]) -> Res {
    send(th, &[wrapped(a), a[1]])
}

fn wrapper_throw(th: &Thread, a: &[Value]) -> Res {
    throw_method(th, &[wrapped(a), a[1], a[2], a[3]])
}

fn wrapper_close(th: &Thread, a: &[Value]) -> Res {
    close_method(th, &[wrapped(a)])
}

static GENERATOR_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::rw("__name__", get_name, set_name, "name of the generator"),
    GetSetDef::rw("__qualname__", get_qualname, set_qualname, "qualified name of the generator"),
    GetSetDef::ro("gi_yieldfrom", delegate, "object being iterated by yield from, or None"),
    GetSetDef::ro("gi_running", running, ""),
    GetSetDef::ro("gi_frame", frame, ""),
    GetSetDef::ro("gi_suspended", suspended, ""),
    GetSetDef::ro("gi_code", code, ""),
];

static COROUTINE_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::rw("__name__", get_name, set_name, "The name of the coroutine."),
    GetSetDef::rw("__qualname__", get_qualname, set_qualname, "The qualified name of the coroutine."),
    GetSetDef::ro("cr_await", delegate, "object being awaited on, or None"),
    GetSetDef::ro("cr_running", running, ""),
    GetSetDef::ro("cr_frame", frame, ""),
    GetSetDef::ro("cr_suspended", suspended, ""),
    GetSetDef::ro("cr_code", code, ""),
    GetSetDef::ro("cr_origin", origin, "").member(),
];

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::Generator, "", GENERATOR, GENERATOR_ATTRIBUTES),
    TypeTable::new(TypeId::Coroutine, "", COROUTINE, COROUTINE_ATTRIBUTES),
    TypeTable::new(TypeId::CoroutineWrapper, "", WRAPPER, &[]),
];
