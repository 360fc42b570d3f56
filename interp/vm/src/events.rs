//! Safe points: what waits is done at loop headers and function entries.

use krait_object::list::List;
use krait_object::thread::event;
use krait_object::weakref::WeakRef;
use krait_object::{Class, Name, Res, Thread, call, gc_callbacks};
use std::sync::atomic::Ordering;

/// Runs what waits for this thread. An error is an exception to raise at the safe point (a signal handler's).
#[cold]
#[inline(never)]
pub fn run(th: &Thread) -> Res<()> {
    let bits = th.events.swap(0, Ordering::AcqRel);
    if bits & event::FINALIZERS != 0 {
        finalizers(th);
    }
    if bits & !event::FINALIZERS != 0
        && let Some(f) = th.interp.hooks().on_events
    {
        f(th, bits)?;
    }
    Ok(())
}

/// Levels of recursion that finalizers have, however deep the code is that they interrupt.
const SLACK: u32 = 50;

/// Runs waiting weak reference callbacks and finalizers. Their exceptions are reported, not raised.
///
/// They run wherever the program happens to be, and they are not part of what recurses there: a collection just below the
/// recursion limit must not make them fail.
pub fn finalizers(th: &Thread) {
    let slack = th.depth.get().min(SLACK);
    th.depth.set(th.depth.get() - slack);
    finalize_waiting(th);
    th.depth.set(th.depth.get() + slack);
}

fn finalize_waiting(th: &Thread) {
    let pending = th.pending();
    th.clear_pending();
    // Else the first function called here would run the others before its own body.
    th.events.fetch_and(!event::FINALIZERS, Ordering::AcqRel);
    gc_callbacks::safe_point(th);
    loop {
        let callback = th.interp.callbacks.borrow_mut().pop_front();
        let Some(r) = callback else { break };
        let w = WeakRef::of(r);
        let f = w.callback.get();
        w.callback.set(th, w.cell(), krait_object::Value::none());
        if call::call(th, f, &[r]).is_err() {
            (th.interp.hooks().unraisable)(th, f, "Exception ignored in");
        }
    }
    while let Some(cell) = th.heap.next_finalizer() {
        let v = krait_object::Value::from_cell(cell);
        if let Some(g) = krait_object::generator::Generator::from_value(v) {
            crate::generator_methods::finalize(th, g);
            continue;
        }
        let class = Class::of_value(th, v);
        if let Some(f) = class.special(th, Name::__del__)
            && call::call_special(th, f, v, &[]).is_err()
        {
            (th.interp.hooks().unraisable)(th, f, "Exception ignored in");
        }
    }
    if let Some(garbage) = List::from_value(th.interp.garbage.get()) {
        while let Some(cell) = th.heap.next_kept() {
            // Without memory for the list the object is what it would be without debugging: gone.
            if garbage.push(th, krait_object::Value::from_cell(cell)).is_err() {
                th.clear_pending();
            }
        }
    }
    if let Some(e) = pending {
        th.raise(e);
    }
}
