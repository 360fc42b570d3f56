//! The map of traces for Linux perf (`-X perf`, `sys.activate_stack_trampoline`): `/tmp/perf-PID.map`, one line a trace.
//! Format: start and size in hexadecimal, then the name (linux/tools/perf/Documentation/jit-interface.txt).

//!
//! A forked child writes a map of its own, which begins with what its parent's had: it runs that code, too.

use krait_object::Thread;
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

/// The process that wrote last, or 0.
static WRITER: AtomicU32 = AtomicU32::new(0);

fn path(pid: u32) -> String {
    format!("/tmp/perf-{pid}.map")
}

/// Adds a trace to the map.
pub fn trace(th: &Thread, address: u64, bytes: usize, id: u64, symbol: impl FnOnce() -> String) {
    if !th.interp.stack_trampoline.get() {
        return;
    }
    let pid = std::process::id();
    let before = WRITER.swap(pid, Ordering::Relaxed);
    if before != 0 && before != pid {
        // A map without what the parent had is still a map.
        let _ = std::fs::copy(path(before), path(pid));
    }
    if let Ok(mut f) = std::fs::OpenOptions::new().create(true).append(true).open(path(pid)) {
        // perf reads to the end of the line.
        let _ = writeln!(f, "{address:x} {bytes:x} {} [trace {id}]", symbol().replace('\n', " "));
    }
}
