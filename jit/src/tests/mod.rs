//! The passes as text: IR in, IR out. Each optimization has a test that it happens and one that it holds back.
//!
//! What goes in is text, or is built by hand where the builder is what is tested. Regions recorded from real programs,
//! in `regions/`, must read back as they are.

mod build;
mod containers;
mod dce;
mod hoist;
mod merge;
mod parse;
mod peel;
mod range;
mod sink;

use crate::build::Builder;
use crate::ir::{Inst, Ref, Region, Resume, Snapshot};
use std::rc::Rc;

fn snapshot(b: &mut Builder, slots: &[(i32, Ref)]) -> u32 {
    b.snapshot(Snapshot {
        slots: slots.to_vec(),
        objects: Vec::new(),
        pc: 0,
        frame: 0,
        depth: 0,
        live: 4,
        in_memory: Rc::default(),
        all_in_memory: false,
        chain: Rc::new(Vec::new()),
        resume: Resume::Run,
        shapes: Rc::default(),
    })
}

fn emit(b: &mut Builder, i: Inst) -> Ref {
    b.emit(i).expect("no contradiction")
}

fn guarded(b: &mut Builder, i: Inst) -> Ref {
    let snap = snapshot(b, &[]);
    emit(b, Inst { snap, ..i })
}

/// The instructions of a builder's region.
fn text(b: &Builder) -> String {
    instructions(&b.region)
}

/// The blocks with their instructions: without constants and snapshots.
fn instructions(r: &Region) -> String {
    let all = r.to_string();
    all.lines()
        .skip_while(|l| !l.starts_with("b0("))
        .filter(|l| !l.starts_with("  !") && !l.starts_with("  step "))
        .map(|l| format!("{}\n", l.split(" !").next().unwrap_or(l)))
        .collect()
}

/// Reads a region; every instruction that needs a snapshot has `!0`, which is added here.
fn read(blocks: &str) -> Region {
    let text = format!("{blocks}\n  !0: Run pc 0x0 frame 0 depth 0 live 4 []\n");
    crate::parse::region(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Runs a pass over a region that is given as text, and compares what comes out.
fn check(pass: fn(&mut Region), before: &str, after: &str) {
    let mut r = read(before);
    pass(&mut r);
    let left = instructions(&r);
    let right: String = after.trim_start_matches('\n').to_owned();
    assert_eq!(left, right, "\n{left}");
}
