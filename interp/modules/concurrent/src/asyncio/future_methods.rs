//! The class `Future`, and its iterator, which is what `await` drives.

use super::future::{AnyFut, Future, State, context_or_copy, opt};
use super::outside::{FUTURE_REPR, INVALID_STATE_ERROR};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload, SendFn};
use krait_object::descriptor::GetSetDef;
use krait_object::exception::Exception;
use krait_object::generator::Resumed;
use krait_object::native_class::NativeClass;
use krait_object::{Kind, Res, Thread, TypeId, Value, call, int, natives, protocol, string};

pub static FUTURE: NativeClass = NativeClass::new(
    ClassSpec::new("_asyncio.Future", "", METHODS, GETSET).flags(flag::BASE | flag::WEAKREF | flag::DICT),
);

fn new(th: &Thread, a: &[Value]) -> Res {
    Ok(custom::alloc(th, FUTURE.class_arg(th, a[0])?, Future::default())?.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    AnyFut::of(a[0]).init(th, a[1])?;
    Ok(Value::none())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    AnyFut::ready(th, a[0])?;
    FUTURE_REPR.call(th, &[a[0]])
}

fn del(th: &Thread, a: &[Value]) -> Res {
    AnyFut::of(a[0]).finalize(th)?;
    Ok(Value::none())
}

fn result(th: &Thread, a: &[Value]) -> Res {
    let f = AnyFut::of(a[0]);
    if f.event_loop.get() == Value::UNBOUND {
        return Err(INVALID_STATE_ERROR.raise(th, "Future object is not initialized."));
    }
    f.get_result(th)
}

fn exception(th: &Thread, a: &[Value]) -> Res {
    let f = AnyFut::of(a[0]);
    if f.event_loop.get() == Value::UNBOUND {
        return Err(INVALID_STATE_ERROR.raise(th, "Future object is not initialized."));
    }
    match f.state.get() {
        State::Cancelled => Err(f.raise_cancelled(th)),
        State::Pending => Err(INVALID_STATE_ERROR.raise(th, "Exception is not set.")),
        State::Finished => {
            f.log_traceback.set(false);
            Ok(opt(&f.exception).unwrap_or(Value::none()))
        }
    }
}

fn set_result(th: &Thread, a: &[Value]) -> Res {
    AnyFut::ready(th, a[0])?.set_result(th, a[1])?;
    Ok(Value::none())
}

fn set_exception(th: &Thread, a: &[Value]) -> Res {
    AnyFut::ready(th, a[0])?.set_exception(th, a[1])?;
    Ok(Value::none())
}

fn add_done_callback(th: &Thread, a: &[Value]) -> Res {
    let context = match a[2].given() {
        Some(c) => c,
        None => context_or_copy(th, Value::MISSING)?,
    };
    AnyFut::ready(th, a[0])?.add_done_callback(th, a[1], context)?;
    Ok(Value::none())
}

fn remove_done_callback(th: &Thread, a: &[Value]) -> Res {
    let n = AnyFut::ready(th, a[0])?.remove_done_callback(th, a[1])?;
    Ok(int::from_usize(th, n))
}

fn cancel(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(AnyFut::ready(th, a[0])?.cancel(th, a[1].given())?))
}

fn cancelled(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(AnyFut::of(a[0]).state.get() == State::Cancelled))
}

fn done(_: &Thread, a: &[Value]) -> Res {
    let f = AnyFut::of(a[0]);
    Ok(Value::bool(f.event_loop.get() != Value::UNBOUND && !f.is_pending()))
}

fn get_loop(th: &Thread, a: &[Value]) -> Res {
    Ok(AnyFut::ready(th, a[0])?.event_loop.get())
}

fn make_cancelled_error(th: &Thread, a: &[Value]) -> Res {
    AnyFut::of(a[0]).make_cancelled_error(th)
}

fn state(th: &Thread, v: Value) -> Res {
    let text = match AnyFut::ready(th, v)?.state.get() {
        State::Pending => "PENDING",
        State::Cancelled => "CANCELLED",
        State::Finished => "FINISHED",
    };
    Ok(th.interp.interned.intern_text(th, text))
}

fn blocking(_: &Thread, v: Value) -> Res {
    let f = AnyFut::of(v);
    Ok(Value::bool(f.event_loop.get() != Value::UNBOUND && f.blocking.get()))
}

fn set_blocking(th: &Thread, v: Value, to: Value) -> Res<()> {
    let f = AnyFut::ready(th, v)?;
    if to == Value::MISSING {
        return Err(th.raise_new(TypeId::AttributeError, "cannot delete attribute"));
    }
    f.blocking.set(protocol::truth(th, to)?);
    Ok(())
}

fn event_loop(_: &Thread, v: Value) -> Res {
    Ok(opt(&AnyFut::of(v).event_loop).unwrap_or(Value::none()))
}

fn callbacks(th: &Thread, v: Value) -> Res {
    AnyFut::ready(th, v)?.callbacks(th)
}

fn result_field(th: &Thread, v: Value) -> Res {
    Ok(opt(&AnyFut::ready(th, v)?.result).unwrap_or(Value::none()))
}

fn exception_field(th: &Thread, v: Value) -> Res {
    Ok(opt(&AnyFut::ready(th, v)?.exception).unwrap_or(Value::none()))
}

fn log_traceback(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(AnyFut::ready(th, v)?.log_traceback.get()))
}

fn set_log_traceback(th: &Thread, v: Value, to: Value) -> Res<()> {
    if to == Value::MISSING {
        return Err(th.raise_new(TypeId::AttributeError, "cannot delete attribute"));
    }
    if protocol::truth(th, to)? {
        return Err(th.value_error("_log_traceback can only be set to False"));
    }
    AnyFut::of(v).log_traceback.set(false);
    Ok(())
}

fn source_traceback(_: &Thread, v: Value) -> Res {
    Ok(opt(&AnyFut::of(v).source_traceback).unwrap_or(Value::none()))
}

fn cancel_message(_: &Thread, v: Value) -> Res {
    Ok(opt(&AnyFut::of(v).cancel_message).unwrap_or(Value::none()))
}

fn set_cancel_message(th: &Thread, v: Value, to: Value) -> Res<()> {
    if to == Value::MISSING {
        return Err(th.raise_new(TypeId::AttributeError, "cannot delete attribute"));
    }
    AnyFut::of(v).set(th, |f| &f.cancel_message, to);
    Ok(())
}

/// The iterator of a future. It yields the future once if it is not done, and ends with its result.
struct FutureIter {
    /// `UNBOUND` after the end.
    future: Slot,
}

impl Payload for FutureIter {
    const NAME: &'static str = "_asyncio.FutureIter";
    const SEND: Option<SendFn> = Some(iter_send);
    fn trace(&self, t: &mut krait_gc::Tracer) {
        self.future.trace(t);
    }
}

static ITER: NativeClass =
    NativeClass::new(ClassSpec::new("_asyncio.FutureIter", "", ITER_METHODS, &[]).flags(flag::NO_NEW));

fn iter(th: &Thread, a: &[Value]) -> Res {
    AnyFut::ready(th, a[0])?;
    Ok(custom::alloc(th, ITER.get(th)?, FutureIter { future: Slot::new(a[0]) })?.value())
}

/// One step, as of a generator.
fn iter_send(th: &Thread, v: Value, _sent: Value) -> Res<Resumed> {
    let it = Custom::<FutureIter>::of(v);
    let Some(f) = opt(&it.future).map(AnyFut::of) else { return Ok(Resumed::Returned(Value::none())) };
    if f.is_pending() {
        if !f.blocking.replace(true) {
            return Ok(Resumed::Yielded(f.value()));
        }
        return Err(th.runtime_error("await wasn't used with future"));
    }
    it.future.set(th, it.cell(), Value::UNBOUND);
    Ok(Resumed::Returned(f.get_result(th)?))
}

fn iter_next(th: &Thread, a: &[Value]) -> Res {
    match iter_send(th, a[0], Value::none())? {
        Resumed::Yielded(v) => Ok(v),
        Resumed::Returned(v) => Err(krait_vm::generators::stop_with(th, v)),
    }
}

fn iter_throw(th: &Thread, a: &[Value]) -> Res {
    if a[2].given().is_some() || a[3].given().is_some() {
        (th.interp.hooks().warn)(
            th,
            TypeId::DeprecationWarning,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    let it = Custom::<FutureIter>::of(a[0]);
    let (kind, value, tb) = (a[1], a[2].given_not_none(), a[3].given_not_none());
    if let Some(tb) = tb
        && !tb.is_kind(Kind::Traceback)
    {
        return Err(th.type_error("throw() third argument must be a traceback"));
    }
    let e = match Class::from_value(kind) {
        Some(c) if c.is_subclass_of(th.interp.class(TypeId::BaseException)) => match value {
            Some(v) if Class::of_value(th, v).is_subclass_of(c) => v,
            Some(v) => call::call(th, kind, &[v])?,
            None => call::call(th, kind, &[])?,
        },
        _ if kind.is_kind(Kind::Exception) => {
            if value.is_some() {
                return Err(th.type_error("instance exception may not have a separate value"));
            }
            kind
        }
        _ => {
            return Err(th.type_error(
                "exceptions must be classes deriving BaseException or instances of such a class",
            ));
        }
    };
    it.future.set(th, it.cell(), Value::UNBOUND);
    if let Some(tb) = tb {
        let x = Exception::of(e);
        x.traceback.set(th, x.cell(), tb);
    }
    Err(th.raise(e))
}

fn iter_close(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<FutureIter>::of(a[0]);
    it.future.set(th, it.cell(), Value::UNBOUND);
    Ok(Value::none())
}

fn iter_repr(th: &Thread, a: &[Value]) -> Res {
    string::try_new(
        th,
        &format!("<_asyncio.FutureIter object at {:#x}>", krait_object::object_methods::address(a[0])),
    )
}

natives! {
    static ITER_METHODS = {
        method "__iter__" "()" custom::iter_method, "";
        method "__next__" "()" iter_next, "";
        method "__repr__" "()" iter_repr, "";
        method "send" "!(value, /)" iter_next, "";
        method "throw" "!(typ, val=None, tb=None, /)" iter_throw, "";
        method "close" "!()" iter_close, "";
    }
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, /, *args, **kwargs)" new, "";
        method "__init__" "(*, loop=None)" init, "";
        method "__repr__" "()" repr, "";
        method "__iter__" "()" iter, "";
        method "__await__" "()" iter, "";
        method "__del__" "()" del, "";
        method "result" "()" result, "The result, or the exception raised.";
        method "exception" "()" exception, "The exception that was set, or None.";
        method "set_result" "(result, /)" set_result, "Makes the future done, with a result.";
        method "set_exception" "(exception, /)" set_exception, "Makes the future done, with an exception.";
        method "add_done_callback" "(fn, /, *, context=<unrepresentable>)" add_done_callback, "Has a function called when the future is done.";
        method "remove_done_callback" "(fn, /)" remove_done_callback, "Takes a callback out again; gives the number of those removed.";
        method "cancel" "(msg=None)" cancel, "Cancels the future unless it is done.";
        method "cancelled" "()" cancelled, "Was the future cancelled?";
        method "done" "()" done, "Is the future done?";
        method "get_loop" "()" get_loop, "The event loop that the future belongs to.";
        method "_make_cancelled_error" "()" make_cancelled_error, "The CancelledError to raise.";
        classmethod "__class_getitem__" "!(item, /)" krait_object::construct::class_getitem, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("_state", state, ""),
    GetSetDef::rw("_asyncio_future_blocking", blocking, set_blocking, ""),
    GetSetDef::ro("_loop", event_loop, ""),
    GetSetDef::ro("_callbacks", callbacks, ""),
    GetSetDef::ro("_result", result_field, ""),
    GetSetDef::ro("_exception", exception_field, ""),
    GetSetDef::rw("_log_traceback", log_traceback, set_log_traceback, ""),
    GetSetDef::ro("_source_traceback", source_traceback, ""),
    GetSetDef::rw("_cancel_message", cancel_message, set_cancel_message, ""),
];
