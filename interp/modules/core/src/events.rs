//! What waits for a thread at its safe points, apart from finalizers.

use krait_object::thread::event;
use krait_object::{Class, Kind, Res, Thread, Value, call, exception, int};
use std::sync::OnceLock;

/// Runs the Python handlers of signals that arrived; called in the main thread.
pub type RunHandlers = fn(&Thread) -> Res<()>;

static SIGNALS: OnceLock<RunHandlers> = OnceLock::new();

/// Tells who handles signals. To be called once, before any interpreter starts.
pub fn register_signals(run: RunHandlers) {
    // A second call is a program that starts twice; the first one stays.
    let _ = SIGNALS.set(run);
}

/// `_thread.interrupt_main`: the signal arrives in the main thread, if the program handles it.
pub fn trip(th: &Thread, signum: i32) {
    let main = th.interp.threads.borrow()[0];
    // SAFETY: asks for the action of a signal; main is in the list as long as the interpreter lives.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signum, std::ptr::null(), &mut action) == 0
            && action.sa_sigaction != libc::SIG_DFL
            && action.sa_sigaction != libc::SIG_IGN
        {
            libc::pthread_kill((*main).ident.get() as libc::pthread_t, signum);
        }
    }
}

/// Is this the interpreter's main thread?
pub fn is_main(th: &Thread) -> bool {
    th.interp.threads.borrow().first().is_some_and(|&t| std::ptr::eq(t, th))
}

/// Runs what waits for this thread, outside of the dispatch loop.
///
/// # Errors
/// What a signal's handler raises.
pub fn check(th: &Thread) -> Res<()> {
    krait_vm::run_events(th)
}

/// The hook for safe points.
pub fn on_events(th: &Thread, bits: u32) -> Res<()> {
    if bits & event::HANDOVER != 0 {
        th.hand_over();
    }
    if bits & event::SIGNAL != 0
        && let Some(run) = SIGNALS.get()
        && let Err(e) = run(th)
    {
        // What else waits is looked at the next time.
        th.signal_event(bits & !(event::HANDOVER | event::SIGNAL | event::FINALIZERS));
        return Err(e);
    }
    if bits & event::ASYNC_EXC != 0 {
        return asynchronous(th);
    }
    Ok(())
}

/// Raises the exception that another thread set.
fn asynchronous(th: &Thread) -> Res<()> {
    let e = th.async_exc.replace(Value::UNBOUND);
    if e == Value::UNBOUND {
        return Ok(());
    }
    let e = match Class::from_value(e) {
        Some(c) => call::call(th, c.value(), &[])?,
        None => e,
    };
    if !e.is_kind(Kind::Exception) {
        return Err(th.type_error("exceptions must derive from BaseException"));
    }
    Err(exception::raise(th, e))
}

/// The thread of an identity, for `PyThreadState_SetAsyncExc`: sets (or with None removes) its exception.
pub fn set_async_exc(th: &Thread, ident: u64, e: Option<Value>) -> bool {
    let threads = th.interp.threads.borrow();
    for &t in threads.iter() {
        // SAFETY: threads are removed from the list before they are freed.
        let t = unsafe { &*t };
        if t.ident.get() == ident {
            t.async_exc.set(e.unwrap_or(Value::UNBOUND));
            t.signal_event(event::ASYNC_EXC);
            return true;
        }
    }
    false
}

/// The identity as a value.
pub fn ident_value(th: &Thread, t: &Thread) -> Value {
    int::from_u64(th, t.ident.get())
}
