//! Tasks: coroutines that the event loop drives.
//!
//! A task is in one of three states while it is not done: it waits for a future, whose callback is the task's
//! wake-up; its next step is scheduled; or the step runs. A step resumes the coroutine once and looks at
//! what it yielded.

use super::future::{AnyFut, Fut, opt};
use super::outside::{self, CANCELLED_ERROR, IS_COROUTINE};
use super::registry;
use super::task_methods::{STEP, TASK, WAKEUP};
use crate::contextvars::context;
use krait_object::cellref::Slot;
use krait_object::custom::{self, CallFn, Custom, Payload};
use krait_object::exception;
use krait_object::generator::Resumed;
use krait_object::native;
use krait_object::{Kind, Name, Raised, Res, Thread, TypeId, Value, attr, call, protocol, string};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The fields of a task. `UNBOUND` is "not there".
pub struct Task {
    pub fut: Fut,
    /// What it waits for.
    pub waiter: Slot,
    pub coro: Slot,
    /// A string, or the number for a name that nobody asked for yet.
    pub name: Slot,
    pub context: Slot,
    /// The callables that the loop is given: a step without an exception, and the callback for futures.
    step: Slot,
    wakeup: Slot,
    pub must_cancel: Cell<bool>,
    pub log_destroy_pending: Cell<bool>,
    pub cancel_requests: Cell<u32>,
}

impl Payload for Task {
    const NAME: &'static str = "_asyncio.Task";
    fn trace(&self, t: &mut krait_gc::Tracer) {
        self.fut.trace(t);
        for s in [&self.waiter, &self.coro, &self.name, &self.context, &self.step, &self.wakeup] {
            s.trace(t);
        }
    }
}

impl Default for Task {
    fn default() -> Task {
        let none = || Slot::new(Value::UNBOUND);
        Task {
            fut: Fut::default(),
            waiter: none(),
            coro: none(),
            name: none(),
            context: none(),
            step: none(),
            wakeup: none(),
            must_cancel: Cell::new(false),
            log_destroy_pending: Cell::new(false),
            cancel_requests: Cell::new(0),
        }
    }
}

/// One step, as the callable that the loop calls.
pub struct Step {
    pub task: Slot,
    /// The exception to throw into the coroutine, or `UNBOUND`.
    exception: Slot,
}

impl Payload for Step {
    const NAME: &'static str = "_asyncio.TaskStepMethWrapper";
    const CALL: Option<CallFn> = Some(call_step);
    fn trace(&self, t: &mut krait_gc::Tracer) {
        self.task.trace(t);
        self.exception.trace(t);
    }
}

fn call_step(th: &Thread, v: Value, args: &[Value], kwnames: Value) -> Res {
    if kwnames != Value::MISSING {
        return Err(th.type_error("function takes no keyword arguments"));
    }
    if !args.is_empty() {
        return Err(th.type_error("function takes no positional arguments"));
    }
    let s = Custom::<Step>::of(v);
    step(th, Custom::of(s.task.get()), opt(&s.exception))
}

type T = Custom<Task>;

fn any(t: T) -> AnyFut {
    AnyFut::of(t.value())
}

/// The number of the next task without a name.
fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// `Task.__init__(coro, *, loop, name, context, eager_start)`, arguments in this order.
pub fn init(th: &Thread, t: T, a: &[Value]) -> Res<()> {
    let [coro, event_loop, name, context, eager] = *a else { return Ok(()) };
    let cell = t.cell();
    any(t).init(th, event_loop)?;
    if !coro.has_shape(TypeId::Coroutine as u32) {
        let yes = IS_COROUTINE.call(th, &[coro])?;
        if !protocol::truth(th, yes)? {
            t.log_destroy_pending.set(false);
            let shown = protocol::repr_text(th, coro)?;
            return Err(th.type_error(format!("a coroutine was expected, got {shown}")));
        }
    }
    let context = match context.given_not_none() {
        Some(c) => c,
        None => context::copy_current(th)?.value(),
    };
    t.context.set(th, cell, context);
    t.waiter.set(th, cell, Value::UNBOUND);
    t.step.set(th, cell, Value::UNBOUND);
    t.wakeup.set(th, cell, Value::UNBOUND);
    t.must_cancel.set(false);
    t.log_destroy_pending.set(true);
    t.cancel_requests.set(0);
    t.coro.set(th, cell, coro);
    let name = match name.given_not_none() {
        None => Value::small(next_number() as i64),
        Some(n) if n.has_shape(TypeId::Str as u32) => n,
        Some(n) => protocol::str_of(th, n)?,
    };
    t.name.set(th, cell, name);
    th.heap.add_finalizer(cell);
    if let Some(eager) = eager.given()
        && protocol::truth(th, eager)?
    {
        let running = call::call_method_text(th, t.fut.event_loop.get(), "is_running", &[])?;
        if protocol::truth(th, running)? {
            return eager_start(th, t);
        }
    }
    step_soon(th, t, None)?;
    registry::register(th, t.value())
}

/// Runs the first step now. A task that is not done then goes on as others do.
fn eager_start(th: &Thread, t: T) -> Res<()> {
    let event_loop = t.fut.event_loop.get();
    let before = registry::swap_current(th, event_loop, t.value())?;
    let eager = registry::eager_tasks(th)?;
    eager.add(th, t.value())?;
    let run = || step_within(th, t, None);
    let r = match Custom::from_value(t.context.get()) {
        Some(c) => context::run_in(th, c, run),
        None => Err(th.type_error("a Context was expected")),
    };
    let failure = if r.is_err() { Some(th.take_pending()) } else { None };
    let swapped = registry::swap_current(th, event_loop, before);
    eager.items().remove(th, t.value())?;
    if any(t).is_pending() {
        registry::register(th, t.value())?;
    } else {
        // A coroutine that is done keeps its frame no longer than it must.
        t.coro.set(th, t.cell(), Value::UNBOUND);
    }
    if let Some(e) = failure {
        th.clear_pending();
        return Err(th.raise(e));
    }
    swapped.map(|_| ())
}

/// Has the loop run a step soon, which throws the exception into the coroutine if there is one.
fn step_soon(th: &Thread, t: T, e: Option<Value>) -> Res<()> {
    let f = match (e, opt(&t.step)) {
        (None, Some(f)) => f,
        _ => {
            let s = Step { task: Slot::new(t.value()), exception: Slot::new(e.unwrap_or(Value::UNBOUND)) };
            let f = custom::alloc(th, STEP.get(th)?, s)?.value();
            if e.is_none() {
                t.step.set(th, t.cell(), f);
            }
            f
        }
    };
    outside::call_soon(th, t.fut.event_loop.get(), f, None, t.context.get())
}

/// The callback for futures that the task waits for.
fn wakeup_of(th: &Thread, t: T) -> Res {
    if let Some(f) = opt(&t.wakeup) {
        return Ok(f);
    }
    let f = native::new_bound(th, &WAKEUP[0], t.value(), TASK.get(th)?.value());
    t.wakeup.set(th, t.cell(), f);
    Ok(f)
}

/// A future that the task waits for is done.
pub fn wakeup(th: &Thread, a: &[Value]) -> Res {
    let t = T::of(a[0]);
    let failed = |_: Raised| Some(th.take_pending());
    let e = match exact(th, a[1]) {
        // Its result is what the coroutine will ask for itself.
        Some(f) => match f.outcome(th) {
            Ok(r) => r.err(),
            Err(r) => failed(r),
        },
        None => match call::call_method_text(th, a[1], "result", &[]) {
            Ok(_) => None,
            Err(r) => failed(r),
        },
    };
    step(th, t, e)
}

/// A future or task of the very classes of this module: nothing overrides their methods.
fn exact(th: &Thread, v: Value) -> Option<AnyFut> {
    let f = AnyFut::from_value(v)?;
    if TASK.is_exact(th, v) || super::future_methods::FUTURE.is_exact(th, v) { Some(f) } else { None }
}

/// Runs a step as the loop's current task.
pub fn step(th: &Thread, t: T, e: Option<Value>) -> Res {
    let event_loop = t.fut.event_loop.get();
    registry::enter(th, event_loop, t.value())?;
    match step_within(th, t, e) {
        Ok(v) => {
            registry::leave(th, event_loop, t.value())?;
            Ok(v)
        }
        Err(_) => {
            let e = th.take_pending();
            if registry::leave(th, event_loop, t.value()).is_err() {
                th.clear_pending();
            }
            Err(th.raise(e))
        }
    }
}

fn step_within(th: &Thread, t: T, mut e: Option<Value>) -> Res {
    let fut = any(t);
    if !fut.is_pending() {
        let shown = protocol::repr_text(th, t.value())?;
        let what = e.map_or(Ok(String::new()), |e| protocol::repr_text(th, e))?;
        let text = format!("__step(): already done: {shown} {what}");
        return Err(outside::INVALID_STATE_ERROR.raise(th, &text));
    }
    if t.must_cancel.get() {
        let is_cancel = e.map_or(Ok(false), |e| CANCELLED_ERROR.is_class_of(th, e))?;
        if !is_cancel {
            e = Some(fut.make_cancelled_error(th)?);
        }
        t.must_cancel.set(false);
    }
    t.waiter.set(th, t.cell(), Value::UNBOUND);
    let Some(coro) = opt(&t.coro) else { return Err(th.runtime_error("uninitialized Task object")) };
    let r = match e {
        None => krait_vm::generators::send_to(th, coro, Value::none()),
        Some(e) => krait_vm::generators::throw_to(th, coro, e),
    };
    match r {
        Ok(Resumed::Yielded(v)) => yielded(th, t, v)?,
        Ok(Resumed::Returned(v)) => {
            if t.must_cancel.get() {
                // Cancelled right before it ended.
                t.must_cancel.set(false);
                fut.cancel(th, opt(&fut.cancel_message))?;
            } else {
                fut.set_result(th, v)?;
            }
            finished(th, t);
        }
        Err(_) => failed(th, t)?,
    }
    Ok(Value::none())
}

/// The coroutine raised: the task ends with the exception.
fn failed(th: &Thread, t: T) -> Res<()> {
    let fut = any(t);
    let e = th.take_pending();
    if CANCELLED_ERROR.is_class_of(th, e)? {
        // It is raised again from `result()`, traceback and all.
        fut.set(th, |f| &f.cancelled_error, e);
        fut.cancel(th, None)?;
        finished(th, t);
        return Ok(());
    }
    fut.set_exception(th, e)?;
    finished(th, t);
    if outside::ends_program(th, e) { Err(th.raise(e)) } else { Ok(()) }
}

/// Nothing is to be reported any more, unless an exception that nobody asked for.
fn finished(th: &Thread, t: T) {
    registry::unregister(th, t.value());
    if !t.fut.log_traceback.get() && TASK.is_exact(th, t.value()) {
        th.heap.remove_finalizer(t.cell());
    }
}

/// The coroutine yielded: a future to wait for, or None to go on soon.
fn yielded(th: &Thread, t: T, v: Value) -> Res<()> {
    let event_loop = t.fut.event_loop.get();
    if v == t.value() {
        return fail_soon(th, t, &[], "Task cannot await on itself: ");
    }
    if let Some(f) = exact(th, v) {
        if f.event_loop.get() != event_loop {
            return other_loop(th, t, v);
        }
        if !f.blocking.replace(false) {
            return wrong_yield(th, t, v, "yield was used instead of yield from in task ", " with ");
        }
        let wake = wakeup_of(th, t)?;
        f.add_done_callback(th, wake, t.context.get())?;
        return wait_for(th, t, v);
    }
    if v.is_none() {
        return step_soon(th, t, None);
    }
    let name = th.name(Name::_asyncio_future_blocking);
    if let Some(b) = attr::get_opt(th, v, name)?.filter(|b| !b.is_none()) {
        let blocking = protocol::truth(th, b)?;
        if outside::loop_of(th, v)? != event_loop {
            return other_loop(th, t, v);
        }
        if !blocking {
            return wrong_yield(th, t, v, "yield was used instead of yield from in task ", " with ");
        }
        attr::set(th, v, name, Value::false_())?;
        let wake = wakeup_of(th, t)?;
        outside::add_done_callback(th, v, wake, t.context.get())?;
        return wait_for(th, t, v);
    }
    if v.is_kind(Kind::Generator) && v.has_shape(TypeId::Generator as u32) {
        let text = "yield was used instead of yield from for generator in task ";
        return wrong_yield(th, t, v, text, " with ");
    }
    let shown = protocol::repr_text(th, v)?;
    let e = exception::make(
        th,
        TypeId::RuntimeError,
        &[string::try_new(th, &format!("Task got bad yield: {shown}"))?],
    )?;
    step_soon(th, t, Some(e))
}

/// The task's callback was given to the future.
fn wait_for(th: &Thread, t: T, v: Value) -> Res<()> {
    t.waiter.set(th, t.cell(), v);
    if t.must_cancel.get() && outside::cancel(th, v, opt(&t.fut.cancel_message))? {
        t.must_cancel.set(false);
    }
    Ok(())
}

/// Throws a RuntimeError into the coroutine soon; its text is `before`, the task, and pairs of text and value.
fn fail_soon(th: &Thread, t: T, rest: &[(&str, Value)], before: &str) -> Res<()> {
    let mut text = before.to_owned() + &protocol::repr_text(th, t.value())?;
    for (between, v) in rest {
        text += between;
        text += &protocol::repr_text(th, *v)?;
    }
    let e = exception::make(th, TypeId::RuntimeError, &[string::try_new(th, &text)?])?;
    step_soon(th, t, Some(e))
}

fn wrong_yield(th: &Thread, t: T, v: Value, before: &str, between: &str) -> Res<()> {
    fail_soon(th, t, &[(between, v)], before)
}

fn other_loop(th: &Thread, t: T, v: Value) -> Res<()> {
    let mut text = format!("Task {} got Future ", protocol::repr_text(th, t.value())?);
    text += &protocol::repr_text(th, v)?;
    text += " attached to a different loop";
    let e = exception::make(th, TypeId::RuntimeError, &[string::try_new(th, &text)?])?;
    step_soon(th, t, Some(e))
}

/// `cancel(msg)`: cancels what the task waits for, or has a CancelledError thrown at the next step.
pub fn cancel(th: &Thread, t: T, message: Option<Value>) -> Res<bool> {
    t.fut.log_traceback.set(false);
    if !any(t).is_pending() {
        return Ok(false);
    }
    t.cancel_requests.set(t.cancel_requests.get() + 1);
    if let Some(w) = opt(&t.waiter)
        && outside::cancel(th, w, message)?
    {
        return Ok(true);
    }
    t.must_cancel.set(true);
    any(t).set(th, |f| &f.cancel_message, message.unwrap_or(Value::UNBOUND));
    Ok(true)
}

/// What the collector has done when nothing refers to the task any more.
pub fn finalize(th: &Thread, t: T) -> Res<()> {
    let fut = any(t);
    if fut.is_pending() && t.log_destroy_pending.get() && fut.event_loop.get() != Value::UNBOUND {
        fut.report(th, "Task was destroyed but it is pending!", "task", None);
    }
    fut.finalize(th)
}
