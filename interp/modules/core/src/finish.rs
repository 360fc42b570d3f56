//! The end of an interpreter, in CPython's order: threads, atexit functions, files.

use crate::{atexit, import, output, unraisable};
use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::{Name, Thread, Value, attr, call, protocol};
use std::sync::OnceLock;

static FINALIZING: InterpSlot = InterpSlot::new();
static FLUSH_LEFT: OnceLock<fn(&Thread)> = OnceLock::new();

/// Tells who writes out files that nobody closed. To be called once, before any interpreter starts.
pub fn register_flush(f: fn(&Thread)) {
    // A second call is a program that starts twice; the first one stays.
    let _ = FLUSH_LEFT.set(f);
}

/// Is the interpreter going down (`sys.is_finalizing`)?
pub fn is_finalizing(th: &Thread) -> bool {
    FINALIZING.get(th).is_some()
}

/// Ends the interpreter from its main thread; false when the standard files could not be flushed.
pub fn finish(th: &Thread) -> bool {
    wait_for_threads(th);
    atexit::run(th);
    let flushed = flush_files(th);
    FINALIZING.set(th, Value::true_());
    // Daemon threads stop where they are.
    th.interp.lock.close(th);
    drop_modules(th);
    // Output that could not be written was reported; finalizers may have written more.
    let flushed_again = !flushed || flush_files(th);
    if let Some(f) = FLUSH_LEFT.get() {
        f(th);
    }
    th.heap.release_all();
    flushed && flushed_again
}

/// `threading._shutdown()`: waits for threads that are no daemons.
fn wait_for_threads(th: &Thread) {
    let modules = th.interp.modules.get();
    let Some(m) = Dict::from_value(modules).and_then(|d| d.get_text(th, "threading")) else { return };
    if call::call_method_text(th, m, "_shutdown", &[]).is_err() {
        unraisable::report(th, m, "Exception ignored on threading shutdown");
    }
}

/// Flushes `sys.stdout` and `sys.stderr`; false when stdout fails.
pub fn flush_files(th: &Thread) -> bool {
    let mut fine = true;
    if let Some(f) = output::stream(th, Name::stdout).filter(|f| !f.is_none())
        && !closed(th, f)
        && call::call_method(th, f, th.name(Name::flush), &[]).is_err()
    {
        unraisable::report(th, f, "Exception ignored in");
        fine = false;
    }
    if let Some(f) = output::stream(th, Name::stderr).filter(|f| !f.is_none())
        && !closed(th, f)
        && call::call_method(th, f, th.name(Name::flush), &[]).is_err()
    {
        th.clear_pending();
        fine = false;
    }
    fine
}

fn closed(th: &Thread, f: Value) -> bool {
    match attr::get(th, f, th.name(Name::closed)).and_then(|v| protocol::truth(th, v)) {
        Ok(b) => b,
        Err(_) => {
            th.clear_pending();
            false
        }
    }
}

/// Lets go of the modules' contents, `__main__` first, so that finalizers of what they hold run.
fn drop_modules(th: &Thread) {
    krait_vm::finalizers(th);
    import::clear_modules(th);
    th.heap.collect(true);
    krait_vm::finalizers(th);
}
