//! `check-handlers BINARY PREFIX [--allow-saves] [--except NAME]...`
//!
//! Exits with 1 when a function of BINARY whose demangled name starts with PREFIX calls through the dispatch
//! table, or uses the stack on a path without calls. `--except` leaves out functions whose name ends so.

use krait_bench_dispatch::listing::{Fault, check};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut plain, mut except, mut allow_saves) = (Vec::new(), Vec::new(), false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--allow-saves" => allow_saves = true,
            "--except" => except.extend(args.next()),
            _ => plain.push(arg),
        }
    }
    let [binary, prefix] = plain.as_slice() else {
        eprintln!("usage: check-handlers BINARY PREFIX [--allow-saves] [--except NAME]...");
        return ExitCode::from(2);
    };
    let mut report = match check(Path::new(binary), prefix) {
        Ok(report) => report,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::from(2);
        }
    };
    if report.handlers == 0 {
        eprintln!("no function of {binary} starts with {prefix}");
        return ExitCode::from(2);
    }
    report.findings.retain(|f| {
        let excused = allow_saves && f.fault == Fault::FastPathSaves;
        !excused && !except.iter().any(|e| f.handler.ends_with(e.as_str()))
    });
    for finding in &report.findings {
        println!("{finding}");
    }
    println!(
        "{} handlers, {} indirect jumps, {} faults",
        report.handlers,
        report.indirect_jumps,
        report.findings.len()
    );
    ExitCode::from(!report.findings.is_empty() as u8)
}
