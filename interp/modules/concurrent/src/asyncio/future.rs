//! What futures and tasks have in common: the result to come, and who waits for it.

use super::outside::{self, CANCELLED_ERROR, EXTRACT_STACK, INVALID_STATE_ERROR};
use super::task::Task;
use crate::contextvars::context;
use krait_object::cellref::Slot;
use krait_object::class::Class;
use krait_object::custom::{Custom, Payload};
use krait_object::exception::{self, Exception};
use krait_object::list::{self, List};
use krait_object::tuple::{self, Tuple};
use krait_object::{Kind, Name, Raised, Res, Thread, TypeId, Value, call, protocol, string};
use std::cell::Cell;
use std::ptr::NonNull;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Pending,
    Cancelled,
    Finished,
}

/// The fields of every future. `UNBOUND` is "not there".
pub struct Fut {
    pub event_loop: Slot,
    /// The first callback and its context; most futures have one at most.
    callback: Slot,
    context: Slot,
    /// The others: a list of pairs.
    callbacks: Slot,
    pub exception: Slot,
    /// The exception's traceback when it was set: it is given back with it, whatever was added meanwhile.
    traceback: Slot,
    pub result: Slot,
    pub source_traceback: Slot,
    pub cancel_message: Slot,
    /// The CancelledError that a task ended with.
    pub cancelled_error: Slot,
    pub state: Cell<State>,
    /// An exception is there that nobody asked for yet.
    pub log_traceback: Cell<bool>,
    /// It was yielded to a task, which has not seen it yet.
    pub blocking: Cell<bool>,
}

impl Default for Fut {
    fn default() -> Fut {
        let none = || Slot::new(Value::UNBOUND);
        Fut {
            event_loop: none(),
            callback: none(),
            context: none(),
            callbacks: none(),
            exception: none(),
            traceback: none(),
            result: none(),
            source_traceback: none(),
            cancel_message: none(),
            cancelled_error: none(),
            state: Cell::new(State::Pending),
            log_traceback: Cell::new(false),
            blocking: Cell::new(false),
        }
    }
}

impl Fut {
    fn slots(&self) -> [&Slot; 10] {
        [
            &self.event_loop,
            &self.callback,
            &self.context,
            &self.callbacks,
            &self.exception,
            &self.traceback,
            &self.result,
            &self.source_traceback,
            &self.cancel_message,
            &self.cancelled_error,
        ]
    }

    pub fn trace(&self, t: &mut krait_gc::Tracer) {
        self.slots().iter().for_each(|s| s.trace(t));
    }
}

/// A future that is no task.
#[derive(Default)]
pub struct Future(Fut);

impl Payload for Future {
    const NAME: &'static str = "_asyncio.Future";
    fn trace(&self, t: &mut krait_gc::Tracer) {
        self.0.trace(t);
    }
}

/// A future or a task.
#[derive(Clone, Copy)]
pub struct AnyFut {
    value: Value,
    fut: NonNull<Fut>,
}

impl std::ops::Deref for AnyFut {
    type Target = Fut;
    #[inline]
    fn deref(&self) -> &Fut {
        // SAFETY: it points into the cell of `value`, which lies on the machine stack beside it and so keeps the cell.
        unsafe { self.fut.as_ref() }
    }
}

/// The value of a slot that may have none.
pub fn opt(s: &Slot) -> Option<Value> {
    s.get().given_bound()
}

/// `UNBOUND` as an absence.
pub trait Bound {
    fn given_bound(self) -> Option<Value>;
}

impl Bound for Value {
    #[inline]
    fn given_bound(self) -> Option<Value> {
        if self == Value::UNBOUND { None } else { Some(self) }
    }
}

impl AnyFut {
    #[inline]
    pub fn from_value(v: Value) -> Option<AnyFut> {
        let fut = match Custom::<Task>::from_value(v) {
            Some(t) => NonNull::from(&t.fut),
            None => NonNull::from(&Custom::<Future>::from_value(v)?.0),
        };
        Some(AnyFut { value: v, fut })
    }

    /// The receiver of a method.
    ///
    /// # Panics
    /// When it is neither future nor task, which the method's descriptor has ruled out.
    pub fn of(v: Value) -> AnyFut {
        match AnyFut::from_value(v) {
            Some(f) => f,
            None => panic!("a future was expected"),
        }
    }

    /// The receiver of a method, or RuntimeError when `__init__` was not called.
    pub fn ready(th: &Thread, v: Value) -> Res<AnyFut> {
        let f = AnyFut::of(v);
        if f.event_loop.get() == Value::UNBOUND {
            return Err(th.runtime_error("Future object is not initialized."));
        }
        Ok(f)
    }

    pub fn value(self) -> Value {
        self.value
    }

    #[inline]
    pub fn set(self, th: &Thread, s: impl FnOnce(&Fut) -> &Slot, v: Value) {
        s(&self).set(th, self.value.cell(), v);
    }

    pub fn is_pending(self) -> bool {
        self.state.get() == State::Pending
    }

    /// `Future.__init__`.
    pub fn init(self, th: &Thread, event_loop: Value) -> Res<()> {
        for s in self.slots() {
            s.set(th, self.value.cell(), Value::UNBOUND);
        }
        self.state.set(State::Pending);
        self.log_traceback.set(false);
        self.blocking.set(false);
        let event_loop =
            if event_loop.given_not_none().is_none() { outside::event_loop(th)? } else { event_loop };
        self.set(th, |f| &f.event_loop, event_loop);
        let debug = call::call_method(th, event_loop, th.name(Name::get_debug), &[])?;
        if debug.is_true() || !debug.is_false() && protocol::truth(th, debug)? {
            let stack = EXTRACT_STACK.call(th, &[])?;
            self.set(th, |f| &f.source_traceback, stack);
        }
        Ok(())
    }

    /// Has every callback called soon.
    fn schedule(self, th: &Thread) -> Res<()> {
        let event_loop = self.event_loop.get();
        if let Some(f) = opt(&self.callback) {
            let context = self.context.get();
            self.set(th, |f| &f.callback, Value::UNBOUND);
            self.set(th, |f| &f.context, Value::UNBOUND);
            outside::call_soon(th, event_loop, f, Some(self.value), context)?;
        }
        let Some(list) = opt(&self.callbacks).and_then(List::from_value) else { return Ok(()) };
        self.set(th, |f| &f.callbacks, Value::UNBOUND);
        let mut i = 0;
        while let Some(pair) = list.get(i) {
            let pair = Tuple::of(pair);
            outside::call_soon(th, event_loop, pair.get(0), Some(self.value), pair.get(1))?;
            i += 1;
        }
        Ok(())
    }

    /// Calls `f(self)` in the context when the future is done.
    pub fn add_done_callback(self, th: &Thread, f: Value, context: Value) -> Res<()> {
        if !self.is_pending() {
            return outside::call_soon(th, self.event_loop.get(), f, Some(self.value), context);
        }
        // The first one's place is free for one only as long as no others wait, which are called after it.
        if opt(&self.callbacks).is_none() && opt(&self.callback).is_none() {
            self.set(th, |x| &x.callback, f);
            self.set(th, |x| &x.context, context);
            return Ok(());
        }
        let list = match opt(&self.callbacks) {
            Some(l) => List::of(l),
            None => {
                let l = list::new(th);
                self.set(th, |x| &x.callbacks, l.value());
                l
            }
        };
        list.push(th, tuple::from_slice(th, &[f, context])?)
    }

    /// Takes out the callbacks that equal `f`; gives their number.
    pub fn remove_done_callback(self, th: &Thread, f: Value) -> Res<usize> {
        let mut removed = 0;
        if let Some(first) = opt(&self.callback)
            && protocol::equal(th, first, f)?
        {
            self.set(th, |x| &x.callback, Value::UNBOUND);
            self.set(th, |x| &x.context, Value::UNBOUND);
            removed = 1;
        }
        let Some(list) = opt(&self.callbacks).map(List::of) else { return Ok(removed) };
        // Comparing may run Python code that changes the list.
        let kept = list::new(th);
        let mut i = 0;
        while let Some(pair) = list.get(i) {
            if protocol::equal(th, Tuple::of(pair).get(0), f)? {
                removed += 1;
            } else {
                kept.push(th, pair)?;
            }
            i += 1;
        }
        if opt(&self.callbacks).is_some() {
            let new = if kept.is_empty() { Value::UNBOUND } else { kept.value() };
            self.set(th, |x| &x.callbacks, new);
        }
        Ok(removed)
    }

    /// `_callbacks`: a list of all of them, or None.
    pub fn callbacks(self, th: &Thread) -> Res {
        let all = list::new(th);
        if let Some(f) = opt(&self.callback) {
            all.push(th, tuple::from_slice(th, &[f, self.context.get()])?)?;
        }
        if let Some(l) = opt(&self.callbacks).and_then(List::from_value) {
            for pair in l.to_vec(th)?.iter() {
                all.push(th, pair)?;
            }
        }
        Ok(if all.is_empty() { Value::none() } else { all.value() })
    }

    pub fn set_result(self, th: &Thread, v: Value) -> Res<()> {
        if !self.is_pending() {
            return Err(INVALID_STATE_ERROR.raise(th, "invalid state"));
        }
        self.set(th, |f| &f.result, v);
        self.state.set(State::Finished);
        self.schedule(th)
    }

    pub fn set_exception(self, th: &Thread, v: Value) -> Res<()> {
        let invalid = || INVALID_STATE_ERROR.raise(th, "invalid state");
        if !self.is_pending() {
            return Err(invalid());
        }
        let base = th.interp.class(TypeId::BaseException);
        let e = match Class::from_value(v) {
            Some(c) if c.is_subclass_of(base) => call::call(th, v, &[])?,
            _ => v,
        };
        if !self.is_pending() {
            return Err(invalid());
        }
        if !e.is_kind(Kind::Exception) {
            return Err(th.type_error("invalid exception object"));
        }
        if Class::of_value(th, e).is(TypeId::StopIteration) {
            let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
            return Err(th.type_error(text));
        }
        self.set(th, |f| &f.exception, e);
        self.set(th, |f| &f.traceback, Exception::of(e).traceback.get());
        self.state.set(State::Finished);
        self.schedule(th)?;
        self.log_traceback.set(true);
        th.heap.add_finalizer(self.value.cell());
        Ok(())
    }

    /// The CancelledError to raise for a cancelled future.
    pub fn make_cancelled_error(self, th: &Thread) -> Res {
        if let Some(e) = opt(&self.cancelled_error) {
            self.set(th, |f| &f.cancelled_error, Value::UNBOUND);
            return Ok(e);
        }
        match opt(&self.cancel_message).filter(|m| !m.is_none()) {
            Some(m) => CANCELLED_ERROR.call(th, &[m]),
            None => CANCELLED_ERROR.call(th, &[]),
        }
    }

    #[cold]
    pub fn raise_cancelled(self, th: &Thread) -> Raised {
        match self.make_cancelled_error(th) {
            Ok(e) => exception::raise(th, e),
            Err(r) => r,
        }
    }

    /// The outcome: a result, or an exception that was set. An error when there is none yet or it was cancelled.
    pub fn outcome(self, th: &Thread) -> Res<Result<Value, Value>> {
        match self.state.get() {
            State::Cancelled => return Err(self.raise_cancelled(th)),
            State::Pending => return Err(INVALID_STATE_ERROR.raise(th, "Result is not set.")),
            State::Finished => {}
        }
        self.log_traceback.set(false);
        let Some(e) = opt(&self.exception) else { return Ok(Ok(self.result.get())) };
        let tb = opt(&self.traceback).unwrap_or(Value::none());
        let exception = Exception::of(e);
        exception.traceback.set(th, exception.cell(), tb);
        self.set(th, |f| &f.traceback, Value::UNBOUND);
        Ok(Err(e))
    }

    /// `result()`.
    pub fn get_result(self, th: &Thread) -> Res {
        match self.outcome(th)? {
            Ok(v) => Ok(v),
            Err(e) => Err(exception::raise(th, e)),
        }
    }

    /// Cancels unless it is done; the message is kept for the error.
    pub fn cancel(self, th: &Thread, message: Option<Value>) -> Res<bool> {
        self.log_traceback.set(false);
        if !self.is_pending() {
            return Ok(false);
        }
        self.state.set(State::Cancelled);
        self.set(th, |f| &f.cancel_message, message.unwrap_or(Value::UNBOUND));
        self.schedule(th)?;
        Ok(true)
    }

    /// Tells the event loop about an exception that nobody asked for.
    pub fn finalize(self, th: &Thread) -> Res<()> {
        if !self.log_traceback.replace(false) {
            return Ok(());
        }
        let Some(e) = opt(&self.exception) else { return Ok(()) };
        let text = format!("{} exception was never retrieved", Class::of_value(th, self.value).name_text());
        self.report(th, &text, "future", Some(e));
        Ok(())
    }

    /// Calls the loop's exception handler about this future.
    pub fn report(self, th: &Thread, message: &str, what: &str, e: Option<Value>) {
        let d = krait_object::dict::new(th);
        d.set_text(th, "message", string::new(th, message));
        if let Some(e) = e {
            d.set_text(th, "exception", e);
        }
        d.set_text(th, what, self.value);
        if let Some(s) = opt(&self.source_traceback) {
            d.set_text(th, "source_traceback", s);
        }
        outside::call_exception_handler(th, self.event_loop.get(), d.value(), self.value);
    }
}

/// The context that a callback gets: the one given, else a copy of the current one.
pub fn context_or_copy(th: &Thread, given: Value) -> Res {
    match given.given_not_none() {
        Some(c) => Ok(c),
        None => Ok(context::copy_current(th)?.value()),
    }
}
