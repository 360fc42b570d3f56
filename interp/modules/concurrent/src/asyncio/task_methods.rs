//! The class `Task`, and the classes of what tasks hand to the loop.

use super::future::opt;
use super::future_methods::FUTURE;
use super::outside::{TASK_GET_STACK, TASK_PRINT_STACK, TASK_REPR};
use super::task::{self, Step, Task};
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::{Name, Res, Thread, TypeId, Value, attr, natives, protocol, string};

pub static TASK: NativeClass = NativeClass::derived(
    ClassSpec::new("_asyncio.Task", "A coroutine wrapped in a Future.", METHODS, GETSET)
        .flags(flag::BASE | flag::WEAKREF | flag::DICT),
    &FUTURE,
);

pub static STEP: NativeClass = NativeClass::new(
    ClassSpec::new("_asyncio.TaskStepMethWrapper", "", STEP_METHODS, STEP_GETSET).flags(flag::NO_NEW),
);

type T = Custom<Task>;

fn new(th: &Thread, a: &[Value]) -> Res {
    Ok(custom::alloc(th, TASK.class_arg(th, a[0])?, Task::default())?.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    task::init(th, T::of(a[0]), &a[1..])?;
    Ok(Value::none())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    TASK_REPR.call(th, &[a[0]])
}

fn del(th: &Thread, a: &[Value]) -> Res {
    task::finalize(th, T::of(a[0]))?;
    Ok(Value::none())
}

fn set_result(th: &Thread, _: &[Value]) -> Res {
    Err(th.runtime_error("Task does not support set_result operation"))
}

fn set_exception(th: &Thread, _: &[Value]) -> Res {
    Err(th.runtime_error("Task does not support set_exception operation"))
}

fn cancel(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(task::cancel(th, T::of(a[0]), a[1].given_not_none())?))
}

fn cancelling(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(T::of(a[0]).cancel_requests.get().into()))
}

fn uncancel(_: &Thread, a: &[Value]) -> Res {
    let t = T::of(a[0]);
    let n = t.cancel_requests.get().saturating_sub(1);
    t.cancel_requests.set(n);
    Ok(Value::small(n.into()))
}

fn get_stack(th: &Thread, a: &[Value]) -> Res {
    TASK_GET_STACK.call(th, &[a[0], a[1].given().unwrap_or(Value::none())])
}

fn print_stack(th: &Thread, a: &[Value]) -> Res {
    let or_none = |v: Value| v.given().unwrap_or(Value::none());
    TASK_PRINT_STACK.call(th, &[a[0], or_none(a[1]), or_none(a[2])])
}

fn get_name(th: &Thread, a: &[Value]) -> Res {
    let t = T::of(a[0]);
    match t.name.get() {
        n if n.is_small_int() => {
            let text = string::try_new(th, &format!("Task-{}", n.as_small()))?;
            t.name.set(th, t.cell(), text);
            Ok(text)
        }
        n if n == Value::UNBOUND => Ok(Value::none()),
        n => Ok(n),
    }
}

fn set_name(th: &Thread, a: &[Value]) -> Res {
    let t = T::of(a[0]);
    let name = if a[1].has_shape(TypeId::Str as u32) { a[1] } else { protocol::str_of(th, a[1])? };
    t.name.set(th, t.cell(), name);
    Ok(Value::none())
}

fn get_coro(_: &Thread, a: &[Value]) -> Res {
    Ok(opt(&T::of(a[0]).coro).unwrap_or(Value::none()))
}

fn get_context(_: &Thread, a: &[Value]) -> Res {
    Ok(opt(&T::of(a[0]).context).unwrap_or(Value::none()))
}

fn log_destroy_pending(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(T::of(v).log_destroy_pending.get()))
}

fn set_log_destroy_pending(th: &Thread, v: Value, to: Value) -> Res<()> {
    if to == Value::MISSING {
        return Err(th.raise_new(TypeId::AttributeError, "cannot delete attribute"));
    }
    T::of(v).log_destroy_pending.set(protocol::truth(th, to)?);
    Ok(())
}

fn must_cancel(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(T::of(v).must_cancel.get()))
}

fn coro(_: &Thread, v: Value) -> Res {
    Ok(opt(&T::of(v).coro).unwrap_or(Value::none()))
}

fn waiter(_: &Thread, v: Value) -> Res {
    Ok(opt(&T::of(v).waiter).unwrap_or(Value::none()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, /, *args, **kwargs)" new, "";
        method "__init__" "(coro, *, loop=None, name=None, context=None, eager_start=False)" init, "";
        method "__repr__" "()" repr, "";
        method "__del__" "()" del, "";
        method "set_result" "(result, /)" set_result, "";
        method "set_exception" "(exception, /)" set_exception, "";
        method "cancel" "(msg=None)" cancel, "Asks the task to cancel itself.";
        method "cancelling" "()" cancelling, "How many requests to cancel there are.";
        method "uncancel" "()" uncancel, "Takes one request to cancel back.";
        method "get_stack" "(*, limit=None)" get_stack, "The frames of the task's coroutine.";
        method "print_stack" "(*, limit=None, file=None)" print_stack, "Prints the stack or the traceback of the task's coroutine.";
        method "get_name" "()" get_name, "";
        method "set_name" "(value, /)" set_name, "";
        method "get_coro" "()" get_coro, "";
        method "get_context" "()" get_context, "";
        classmethod "__class_getitem__" "!(item, /)" krait_object::construct::class_getitem, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::rw("_log_destroy_pending", log_destroy_pending, set_log_destroy_pending, ""),
    GetSetDef::ro("_must_cancel", must_cancel, ""),
    GetSetDef::ro("_coro", coro, ""),
    GetSetDef::ro("_fut_waiter", waiter, ""),
];

natives! {
    pub static WAKEUP = {
        method "task_wakeup" "(future, /)" task::wakeup, "";
    }
}

fn step_self(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Step>::of(v).task.get())
}

/// The coroutine's: the step stands for it in the loop's messages.
fn step_qualname(th: &Thread, v: Value) -> Res {
    let t = T::of(Custom::<Step>::of(v).task.get());
    match opt(&t.coro) {
        Some(c) => attr::get_name(th, c, Name::__qualname__),
        None => Ok(Value::none()),
    }
}

natives! {
    static STEP_METHODS = {
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
    }
}

static STEP_GETSET: &[GetSetDef] =
    &[GetSetDef::ro("__self__", step_self, ""), GetSetDef::ro("__qualname__", step_qualname, "")];
