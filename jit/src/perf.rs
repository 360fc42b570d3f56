//! The map of traces for Linux perf (`-X perf`, `sys.activate_stack_trampoline`): `/tmp/perf-PID.map`, one line a trace.
//! Format: start and size in hexadecimal, then the name (linux/tools/perf/Documentation/jit-interface.txt).

use krait_object::Thread;
use std::io::Write;

/// Adds a trace to the map.
pub fn trace(th: &Thread, address: u64, bytes: usize, id: u64, symbol: &str) {
    if !th.interp.stack_trampoline.get() {
        return;
    }
    let path = format!("/tmp/perf-{}.map", std::process::id());
    if let Ok(mut f) = std::fs::OpenOptions::new().create(true).append(true).open(path) {
        // perf reads to the end of the line.
        let _ = writeln!(f, "{address:x} {bytes:x} {} [trace {id}]", symbol.replace('\n', " "));
    }
}
