//! `gc.callbacks`: functions of the program that hear of every collection.
//!
//! An explicit collection tells them before and after, as CPython does. An automatic one happens inside an allocation,
//! where no Python can run: it is noted, and both calls are made at the next safe point.

use crate::interp::Interp;
use crate::list::List;
use crate::{Thread, Value, call, dict};

/// Which generation a collection is of, as CPython numbers them; there is no middle one.
pub fn generation(full: bool) -> i64 {
    if full { 2 } else { 0 }
}

fn functions(i: &Interp) -> Option<List> {
    List::from_value(i.gc_callbacks.get()).filter(|l| !l.is_empty())
}

/// Tells the callbacks that a collection starts or stops. Their exceptions are reported, not raised.
pub fn tell(th: &Thread, phase: &str, generation: i64, collected: i64) {
    let Some(functions) = functions(th.interp) else { return };
    let info = dict::new(th);
    for (k, v) in [("generation", generation), ("collected", collected), ("uncollectable", 0)] {
        info.set_text(th, k, Value::small(v));
    }
    let phase = th.interp.interned.intern_text(th, phase);
    let mut i = 0;
    while let Some(f) = functions.get(i) {
        if call::call(th, f, &[phase, info.value()]).is_err() {
            (th.interp.hooks().unraisable)(th, f, "Exception ignored in");
        }
        i += 1;
    }
}

/// An automatic collection is over. True when somebody is to hear of it.
pub fn note(i: &Interp, full: bool) -> bool {
    if functions(i).is_none() {
        return false;
    }
    let (young, old) = i.gc_untold.get();
    i.gc_untold.set(if full { (young, old + 1) } else { (young + 1, old) });
    true
}

/// Tells of the automatic collections since the last time. How much they found is not counted; 0 is said. What the
/// callbacks allocate may collect again: that is told at the next safe point, so that this ends.
pub fn tell_noted(th: &Thread) {
    let (young, old) = th.interp.gc_untold.replace((0, 0));
    for (full, times) in [(false, young), (true, old)] {
        for _ in 0..times {
            tell(th, "start", generation(full), 0);
            tell(th, "stop", generation(full), 0);
        }
    }
}
