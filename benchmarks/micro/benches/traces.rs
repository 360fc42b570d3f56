//! The JIT: what it takes to record and compile a loop, and what compiled loops take.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use krait_bench_micro::session::Session;
use krait_bench_micro::{group, row};

/// Turns before a loop is compiled.
const THRESHOLD: u64 = 50;

/// Loops of different kinds. Making the function anew makes code that has no trace yet.
const LOOPS: [(&str, &str); 3] = [
    ("int loop", "def f():\n s = 0\n for i in range(60):\n  s += i & 7\n return s\n"),
    (
        "calls and attributes",
        "class C:\n def __init__(self):\n  self.n = 0\n def m(self, x):\n  self.n += x\n  return self.n\n\
         def f():\n o = C()\n for i in range(60):\n  o.m(i)\n return o.n\n",
    ),
    (
        "floats in lists",
        "def f():\n a = [0.5] * 8\n for i in range(60):\n  a[i & 7] = a[(i + 1) & 7] * 1.5 + i\n return a\n",
    ),
];

fn traces(criterion: &mut Criterion) {
    let on = krait_jit::Options { on: true, threshold: THRESHOLD, ..krait_jit::Options::default() };
    let session = Session::new(on);
    // Code memory is not given back: few samples, so that it lasts.
    let mut compile = group(criterion, "compile", 1);
    compile.sample_size(10).warm_up_time(std::time::Duration::from_millis(50));
    compile.measurement_time(std::time::Duration::from_millis(200));
    for (name, source) in LOOPS {
        let made = || session.exec(source);
        compile
            .bench_function(name, |b| b.iter_batched(made, |()| session.call("f"), BatchSize::PerIteration));
    }
    compile.finish();
    let mut run = group(criterion, "compiled", 60);
    for (name, source) in LOOPS {
        row(&mut run, &session, name, source);
    }
    run.finish();
}

criterion_group!(benches, traces);
criterion_main!(benches);
