//! Runs one program under one dispatcher, for `perf stat` and objdump; without arguments, a quick table.

use krait_bench_dispatch::{DISPATCHERS, programs};
use std::time::Instant;

fn main() {
    let mut args = std::env::args().skip(1);
    let (dispatcher, program) = (args.next(), args.next());
    let n: i64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    for mut p in programs::all(n) {
        if program.as_ref().is_some_and(|x| x != p.name) {
            continue;
        }
        for (name, run) in DISPATCHERS {
            if dispatcher.as_ref().is_some_and(|x| x != name && x != "all") {
                continue;
            }
            let mut best = f64::INFINITY;
            let mut result = Ok(0);
            for _ in 0..15 {
                let start = Instant::now();
                result = p.run(*run);
                best = best.min(start.elapsed().as_secs_f64());
            }
            println!("{:12} {:14} {:8.3} ns  {:?}", p.name, name, best * 1e9 / n as f64, result);
        }
    }
}
