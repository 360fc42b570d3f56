//! Folding, common subexpressions and memory facts, as the builder appends.

use super::{emit, guarded, snapshot, text};
use crate::build::{Builder, Contradiction};
use crate::ir::{Alias, EVERYTHING, Inst, Op, Ref};

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
fn exits_know_the_shapes_of_registers() {
    let mut b = Builder::new();
    let (s, t) = (b.slot(0), b.slot(1));
    guarded(&mut b, Inst::new(Op::GuardShape, &[s]).imm(1000).alias(Alias::Shape));
    let known = |b: &Builder, snap: u32| -> Vec<i32> {
        b.region.snaps[snap as usize].shapes.iter().map(|k| k.slot).collect()
    };
    // Register 0 is as it was, register 2 has the same value now.
    let snap = snapshot(&mut b, &[(1, t), (2, s)]);
    assert_eq!(known(&b, snap), [0, 2]);
    // Register 0 has another value now.
    let snap = snapshot(&mut b, &[(0, t)]);
    assert!(known(&b, snap).is_empty());
    b.kill(Alias::Shape.bit());
    let snap = snapshot(&mut b, &[(2, s)]);
    assert!(known(&b, snap).is_empty());
}

#[test]
fn a_cell_is_no_internal_word() {
    let mut b = Builder::new();
    let (s, t) = (b.slot(0), b.slot(1));
    let missing = b.val(krait_object::Value::MISSING.0);
    guarded(&mut b, Inst::new(Op::GuardShape, &[s]).imm(1000).alias(Alias::Shape));
    assert_eq!(guarded(&mut b, Inst::new(Op::GuardNe, &[s, missing])), Ref::NONE);
    assert_eq!(guarded(&mut b, Inst::new(Op::GuardCell, &[s])), Ref::NONE);
    // Nothing is known of the other one.
    assert_ne!(guarded(&mut b, Inst::new(Op::GuardNe, &[t, missing])), Ref::NONE);
    assert_ne!(guarded(&mut b, Inst::new(Op::GuardCell, &[t])), Ref::NONE);
}

#[test]
fn cells_of_different_shapes_are_different_cells() {
    let mut b = Builder::new();
    let (s, t, v) = (b.slot(0), b.slot(1), b.slot(2));
    let shape = |o, n| Inst::new(Op::GuardShape, &[o]).imm(n).alias(Alias::Shape);
    let load = Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Attr);
    let store = Inst::new(Op::Store, &[t, v]).imm(16).alias(Alias::Attr);
    guarded(&mut b, shape(s, 1000));
    let x = emit(&mut b, load);
    guarded(&mut b, shape(t, 1001));
    emit(&mut b, store);
    assert_eq!(emit(&mut b, load), x);
    // What was the shape once says nothing.
    b.kill(Alias::Shape.bit());
    emit(&mut b, store);
    assert_ne!(emit(&mut b, load), x);
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
