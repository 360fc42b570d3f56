//! What the benches share: an interpreter in the process (`session.rs`) and event counters (`counters.rs`).
//!
//! ```text
//! cargo bench -p krait-bench-micro [-- FILTER]
//! ```
//!
//! `benches/interpreter.rs` measures dispatch, dicts and allocation without the JIT; `benches/traces.rs` compiling and
//! running traces. Beside criterion's times each row prints what the machine's counters say of one run.

pub mod counters;
pub mod session;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use session::Session;
use std::time::Duration;

/// Runs counted by the event counters.
const COUNTED: u64 = 200;

/// A group whose rows are quick: the whole of a bench is to take a minute, not ten.
pub fn group<'a>(criterion: &'a mut Criterion, name: &str, elements: u64) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(elements));
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(20);
    group
}

/// One row: calls of `f()`, which `source` defines.
pub fn row(group: &mut BenchmarkGroup<'_, WallTime>, session: &Session, name: &str, source: &str) {
    session.exec(source);
    group.bench_function(name, |b| b.iter(|| session.call("f")));
    // What criterion's filter leaves out has not run and is counted all the same: it costs little.
    let counts = counters::count(COUNTED, || session.call("f"));
    println!("{:24}{counts}", "");
}
