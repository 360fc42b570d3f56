//! What `gc.set_debug` asks the collector to tell and to keep (`gc.DEBUG_*`).
//!
//! Runs inside a collection: everything that is dead is intact, and nothing may allocate in the heap. So the text goes
//! to the file of standard error at once and not through `sys.stderr`, which may be a Python object.

use crate::class::Class;
use crate::interp::Interp;
use crate::kind::KINDS;
use crate::type_new::tp_name;
use crate::{Thread, Value, gc_callbacks};
use krait_gc::{CellPtr, CollectionStats, header};

/// `gc.DEBUG_STATS`: figures of every collection.
pub const STATS: i64 = 1;
/// `gc.DEBUG_COLLECTABLE`: name the garbage.
pub const COLLECTABLE: i64 = 2;
/// `gc.DEBUG_UNCOLLECTABLE`: name what cannot be collected; there never is any.
pub const UNCOLLECTABLE: i64 = 4;
/// `gc.DEBUG_SAVEALL`: garbage goes to `gc.garbage` instead of away.
pub const SAVEALL: i64 = 32;

/// A collection begins: its generation, and how many containers there are of each.
pub fn collecting(i: &Interp, full: bool) {
    if i.gc_debug.get() & STATS == 0 {
        return;
    }
    let (mut young, mut old) = (0usize, 0usize);
    i.heap.for_each_object(&mut |c| {
        // SAFETY: the walk gives cells that were not swept.
        let h = unsafe { c.as_ref() };
        if KINDS[h.kind() as usize].container {
            *(if h.has(header::OLD) { &mut old } else { &mut young }) += 1;
        }
    });
    crate::complain!("gc: collecting generation {}...", gc_callbacks::generation(full));
    crate::complain!("gc: objects in each generation: {young} 0 {old}");
    crate::complain!("gc: objects in permanent generation: 0");
}

/// Containers of unreachable cycles. True when they are to be kept for `gc.garbage`.
pub fn garbage(i: &Interp, cells: &[CellPtr]) -> bool {
    if i.gc_debug.get() & COLLECTABLE != 0 {
        let th = Thread::current();
        for &c in cells {
            let class = Class::of_value(th, Value::from_cell(c));
            crate::complain!("gc: collectable <{} {:p}>", tp_name(th, class), c.as_ptr());
        }
    }
    i.gc_debug.get() & SAVEALL != 0
}

/// A collection is over.
pub fn collected(i: &Interp, stats: &CollectionStats) {
    if i.gc_debug.get() & STATS != 0 {
        let seconds = stats.pause.as_secs_f64();
        crate::complain!(
            "gc: done, {} unreachable, 0 uncollectable, {seconds:.4}s elapsed",
            stats.unreachable
        );
    }
}
