//! The passes as text: what goes in is built here, what comes out is compared with what it must print.
//! Each optimization has a test that it happens and one that it holds back.

use crate::build::{Builder, Contradiction};
use crate::dce;
use crate::ir::{Alias, Cond, EVERYTHING, End, Inst, Op, Ref, Resume, Snapshot};
use crate::peel::{AtEnd, peel};
use std::rc::Rc;

fn snapshot(b: &mut Builder, slots: &[(i32, Ref)]) -> u32 {
    b.region.snaps.push(Snapshot {
        slots: slots.to_vec(),
        pc: 0,
        frame: 0,
        depth: 0,
        live: 4,
        in_memory: Vec::new(),
        all_in_memory: false,
        chain: Rc::new(Vec::new()),
        resume: Resume::Run,
    });
    b.region.snaps.len() as u32 - 1
}

fn emit(b: &mut Builder, i: Inst) -> Ref {
    b.emit(i).expect("no contradiction")
}

fn guarded(b: &mut Builder, i: Inst) -> Ref {
    let snap = snapshot(b, &[]);
    emit(b, Inst { snap, ..i })
}

/// The instructions of the region, without the snapshots.
fn text(b: &Builder) -> String {
    let all = b.region.to_string();
    all.lines()
        .filter(|l| !l.starts_with("  !"))
        .map(|l| format!("{}\n", l.split(" !").next().unwrap_or(l)))
        .collect()
}

#[test]
fn constants_are_folded() {
    let mut b = Builder::new();
    let (x, y) = (b.int(6), b.int(7));
    let p = guarded(&mut b, Inst::new(Op::MulI, &[x, y]));
    assert_eq!((b.region.inst(p).op, b.region.inst(p).imm), (Op::KInt, 42));
    assert_eq!(text(&b), "b0():\n    open\n");
}

#[test]
fn overflow_is_not_folded() {
    let mut b = Builder::new();
    let (x, y) = (b.int(i64::MAX), b.int(3));
    guarded(&mut b, Inst::new(Op::MulI, &[x, y]));
    assert_eq!(text(&b), "b0():\n    v2:int = MulI v0 v1\n    open\n");
}

#[test]
fn a_guard_that_cannot_hold_ends_the_recording() {
    let mut b = Builder::new();
    let x = b.val(krait_object::Value::none().0);
    assert_eq!(b.emit(Inst::new(Op::UnboxI, &[x])), Err(Contradiction));
}

#[test]
fn boxing_and_unboxing_cancel() {
    let mut b = Builder::new();
    let s = b.slot(0);
    let n = guarded(&mut b, Inst::new(Op::UnboxI, &[s]));
    let boxed = emit(&mut b, Inst::new(Op::BoxI, &[n]));
    assert_eq!(boxed, s);
}

#[test]
fn a_load_is_not_repeated() {
    let mut b = Builder::new();
    let s = b.slot(0);
    let load = Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Attr);
    let (x, y) = (emit(&mut b, load), emit(&mut b, load));
    assert_eq!(x, y);
}

#[test]
fn a_load_gives_what_was_stored() {
    let mut b = Builder::new();
    let (s, v) = (b.slot(0), b.slot(1));
    emit(&mut b, Inst::new(Op::Store, &[s, v]).imm(16).alias(Alias::Attr));
    assert_eq!(emit(&mut b, Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Attr)), v);
}

#[test]
fn a_store_to_what_may_be_the_same_place_makes_a_load_new() {
    let mut b = Builder::new();
    let (s, t, v) = (b.slot(0), b.slot(1), b.slot(2));
    let load = Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Attr);
    let other = Inst::new(Op::Load, &[s]).imm(24).alias(Alias::Attr);
    let (x, y) = (emit(&mut b, load), emit(&mut b, other));
    emit(&mut b, Inst::new(Op::Store, &[t, v]).imm(16).alias(Alias::Attr));
    assert_ne!(emit(&mut b, load), x);
    // Another offset is another place, whatever the object.
    assert_eq!(emit(&mut b, other), y);
}

#[test]
fn what_the_interpreter_did_makes_every_load_new() {
    let mut b = Builder::new();
    let s = b.slot(0);
    let load = Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Names);
    let constant = Inst::new(Op::Load, &[s]).imm(24).alias(Alias::Constant);
    let (x, y) = (emit(&mut b, load), emit(&mut b, constant));
    b.kill(EVERYTHING);
    assert_ne!(emit(&mut b, load), x);
    assert_eq!(emit(&mut b, constant), y);
}

/// `while i < n: i += 1`, i in slot 0 and n in slot 1.
fn counting_loop() -> Builder {
    let mut b = Builder::new();
    let (i, n) = (b.slot(0), b.slot(1));
    let i = guarded(&mut b, Inst::new(Op::UnboxI, &[i]));
    let n = guarded(&mut b, Inst::new(Op::UnboxI, &[n]));
    guarded(&mut b, Inst::new(Op::GuardI, &[i, n]).aux(Cond::Lt as u32));
    let one = b.int(1);
    let next = guarded(&mut b, Inst::new(Op::AddI, &[i, one]));
    peel(&mut b, &[(0, AtEnd::Known(next))]).expect("types agree");
    b
}

#[test]
fn peeling_leaves_what_changes_in_the_loop() {
    // The limit is unboxed once; the counter stays an integer without a tag.
    let expected = "\
b0():
    v0:val = Slot #0
    v1:val = Slot #1
    v2:int = UnboxI v0
    v3:int = UnboxI v1
    GuardI.lt v2 v3
    v6:int = AddI v2 v5
    jump b1 [v6]
b1(v7:int):
    GuardI.lt v7 v3
    v9:int = AddI v7 v5
    jump b1 [v9]
";
    assert_eq!(text(&counting_loop()), expected);
}

#[test]
fn exits_of_later_turns_know_what_the_first_one_left() {
    let b = counting_loop();
    let End::Jump(1, _) = b.region.blocks[0].end else { panic!("no loop") };
    let param = b.region.blocks[1].params[0];
    let guard = b.region.inst(b.region.blocks[1].body[0]);
    assert_eq!(b.region.snaps[guard.snap as usize].slots, vec![(0, param)]);
}

#[test]
fn a_load_stays_in_a_loop_that_stores_to_its_class() {
    let mut b = Builder::new();
    let (s, v) = (b.slot(0), b.slot(1));
    emit(&mut b, Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Attr));
    emit(&mut b, Inst::new(Op::Load, &[s]).imm(32).alias(Alias::List));
    emit(&mut b, Inst::new(Op::Store, &[v, s]).imm(24).alias(Alias::Attr));
    peel(&mut b, &[]).expect("nothing changes");
    let expected = "\
b0():
    v0:val = Slot #0
    v1:val = Slot #1
    v2:val = Load.Attr v0 #16
    v3:val = Load.List v0 #32
    Store.Attr v1 v0 #24
    jump b1 []
b1():
    v5:val = Load.Attr v0 #16
    Store.Attr v1 v0 #24
    jump b1 []
";
    assert_eq!(text(&b), expected);
}

#[test]
fn a_number_is_boxed_where_a_word_is_stored() {
    // The first turn stores the entry's word; later turns know the value as an integer.
    let mut b = Builder::new();
    let (s, list) = (b.slot(0), b.slot(1));
    let n = guarded(&mut b, Inst::new(Op::UnboxI, &[s]));
    emit(&mut b, Inst::new(Op::Store, &[list, s]).imm(16).alias(Alias::Attr));
    let one = b.int(1);
    let next = guarded(&mut b, Inst::new(Op::AddI, &[n, one]));
    peel(&mut b, &[(0, AtEnd::Known(next))]).expect("types agree");
    assert!(text(&b).contains("v7:val = BoxI v6\n    Store.Attr v1 v7 #16\n"), "{}", text(&b));
}

#[test]
fn dead_code_goes_and_checks_stay() {
    let mut b = Builder::new();
    let (s, t) = (b.slot(0), b.slot(1));
    let x = guarded(&mut b, Inst::new(Op::UnboxF, &[s]));
    emit(&mut b, Inst::new(Op::AddF, &[x, x]));
    emit(&mut b, Inst::new(Op::Load, &[t]).imm(16).alias(Alias::Attr));
    let end = snapshot(&mut b, &[]);
    b.region.blocks[0].end = End::Exit(end);
    dce::run(&mut b.region);
    assert_eq!(text(&b), "b0():\n    v0:val = Slot #0\n    v2:float = UnboxF v0\n    exit\n");
}

#[test]
fn what_an_exit_needs_stays() {
    let mut b = Builder::new();
    let s = b.slot(0);
    let x = guarded(&mut b, Inst::new(Op::UnboxF, &[s]));
    let sum = emit(&mut b, Inst::new(Op::AddF, &[x, x]));
    let end = snapshot(&mut b, &[(3, sum)]);
    b.region.blocks[0].end = End::Exit(end);
    dce::run(&mut b.region);
    assert!(text(&b).contains("AddF"));
}
