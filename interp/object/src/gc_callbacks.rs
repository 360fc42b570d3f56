//! `gc.callbacks`: functions of the program that hear of every collection, before and after.
//!
//! An automatic collection is due inside an allocation, where no Python can run. While there are callbacks it waits for
//! the next safe point, so that they can measure it. If the nursery is used up once more before that, it can not wait:
//! then it is told afterwards, both calls together.

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
fn tell(th: &Thread, phase: &str, generation: i64, collected: i64) {
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

/// An automatic collection is due. True when it is to be done by [`safe_point`].
pub fn defer(i: &Interp) -> bool {
    !i.gc_telling.get() && functions(i).is_some()
}

/// A collection is over. True when somebody is to hear of it who has not.
pub fn note(i: &Interp, full: bool) -> bool {
    if !defer(i) {
        return false;
    }
    let (young, old) = i.gc_untold.get();
    i.gc_untold.set(if full { (young, old + 1) } else { (young + 1, old) });
    true
}

/// Runs `collect`, and tells the callbacks before and after. What it returns is how much was found.
pub fn telling(th: &Thread, generation: i64, collect: impl FnOnce() -> i64) -> i64 {
    let outer = th.interp.gc_telling.replace(true);
    tell(th, "start", generation, 0);
    let found = collect();
    tell(th, "stop", generation, found);
    th.interp.gc_telling.set(outer);
    found
}

/// Does the collection that waited for a safe point, and tells of those that could not wait. How much an automatic
/// collection finds is not counted; 0 is said. What the callbacks allocate may collect again: nobody hears of that, as
/// in CPython, which does not collect meanwhile.
pub fn safe_point(th: &Thread) {
    let i = th.interp;
    if let Some(full) = i.heap.deferred() {
        telling(th, generation(full), || {
            i.heap.collect_pending();
            0
        });
    }
    let (young, old) = i.gc_untold.replace((0, 0));
    for (full, times) in [(false, young), (true, old)] {
        for _ in 0..times {
            telling(th, generation(full), || 0);
        }
    }
}
