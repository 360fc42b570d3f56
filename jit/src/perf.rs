//! The map of traces for Linux perf (`-X perf`): `/tmp/perf-PID.map`, one line a trace.
//! Format: start and size in hexadecimal, then the name (linux/tools/perf/Documentation/jit-interface.txt).

use crate::options::Options;
use std::io::Write;

/// Adds a trace to the map.
pub fn trace(address: u64, bytes: usize, id: u64, name: &str) {
    if !Options::get().perf {
        return;
    }
    let path = format!("/tmp/perf-{}.map", std::process::id());
    if let Ok(mut f) = std::fs::OpenOptions::new().create(true).append(true).open(path) {
        // perf reads to the end of the line.
        let _ = writeln!(f, "{address:x} {bytes:x} py::{} [trace {id}]", name.replace('\n', " "));
    }
}
