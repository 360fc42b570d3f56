//! Nanoseconds per loop iteration, by program and dispatcher (the throughput column's inverse).

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use krait_bench_dispatch::{DISPATCHERS, programs};
use std::time::Duration;

/// Loop iterations per run of a program.
const N: i64 = 1000;

fn dispatch(criterion: &mut Criterion) {
    for mut program in programs::all(N) {
        let mut group = criterion.benchmark_group(program.name);
        group.throughput(Throughput::Elements(N as u64));
        group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
        for (name, run) in DISPATCHERS {
            group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| program.run(*run)));
        }
        group.finish();
    }
}

criterion_group!(benches, dispatch);
criterion_main!(benches);
