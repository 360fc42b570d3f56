//! Loop peeling.

use super::{emit, guarded, text};
use crate::build::Builder;
use crate::ir::{Alias, Cond, End, Inst, Op};
use crate::peel::{AtEnd, peel};

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
