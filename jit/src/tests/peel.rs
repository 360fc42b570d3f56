//! Loop peeling.

use super::{emit, guarded, text};
use crate::build::Builder;
use crate::ir::{Alias, Cond, End, Inst, Op, Ref};
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

/// A turn that loads a word of slot 0's cell and stores one of slot 1's, at the offset.
fn load_and_store(offset: i64) -> Builder {
    let mut b = Builder::new();
    let (s, v) = (b.slot(0), b.slot(1));
    emit(&mut b, Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Attr));
    emit(&mut b, Inst::new(Op::Load, &[s]).imm(32).alias(Alias::List));
    emit(&mut b, Inst::new(Op::Store, &[v, s]).imm(offset).alias(Alias::Attr));
    peel(&mut b, &[]).expect("nothing changes");
    b
}

#[test]
fn a_load_stays_in_a_loop_that_may_store_to_its_place() {
    // The two may be the same cell.
    let expected = "\
b0():
    v0:val = Slot #0
    v1:val = Slot #1
    v2:val = Load.Attr v0 #16
    v3:val = Load.List v0 #32
    Store.Attr v1 v0 #16
    jump b1 []
b1():
    v5:val = Load.Attr v0 #16
    Store.Attr v1 v0 #16
    jump b1 []
";
    assert_eq!(text(&load_and_store(16)), expected);
}

#[test]
fn a_load_leaves_a_loop_that_stores_elsewhere() {
    let b = text(&load_and_store(24));
    assert!(b.ends_with("b1():\n    Store.Attr v1 v0 #24\n    jump b1 []\n"), "{b}");
}

/// `o.n += 1`, the word boxed; `between` stands before the store.
fn counter_in_memory(between: impl FnOnce(&mut Builder, Ref)) -> Builder {
    let mut b = Builder::new();
    let o = b.slot(0);
    let n = emit(&mut b, Inst::new(Op::Load, &[o]).imm(16).alias(Alias::Attr));
    let n = guarded(&mut b, Inst::new(Op::UnboxI, &[n]));
    let one = b.int(1);
    let next = guarded(&mut b, Inst::new(Op::AddI, &[n, one]));
    let word = emit(&mut b, Inst::new(Op::BoxI, &[next]));
    emit(&mut b, Inst::new(Op::Store, &[o, word]).imm(16).alias(Alias::Attr));
    between(&mut b, o);
    peel(&mut b, &[]).expect("nothing changes");
    b
}

#[test]
fn what_a_turn_stores_the_next_one_knows() {
    let b = text(&counter_in_memory(|_, _| ()));
    let turn = "\
b1(v7:int):
    v8:int = AddI v7 v3
    v9:val = BoxI v8
    Store.Attr v0 v9 #16
    jump b1 [v8]
";
    assert!(b.ends_with(turn), "{b}");
}

#[test]
fn what_a_call_may_write_is_read_again() {
    let b = text(&counter_in_memory(|b, _| {
        let args = [b.int(0)];
        emit(b, Inst::new(Op::CallRaise, &args).aux(Alias::Attr.bit()));
    }));
    let turn = b.split("b1(").nth(1).expect("a loop");
    assert!(turn.starts_with("):\n") && turn.contains("Load.Attr v0 #16"), "{b}");
}

#[test]
fn a_check_after_a_call_holds_at_the_start_of_the_next_turn() {
    let mut b = Builder::new();
    let version = Inst::new(Op::GuardVersion, &[]).imm(7).alias(Alias::Version);
    guarded(&mut b, version);
    let args = [b.int(0)];
    guarded(&mut b, Inst::new(Op::CallRaise, &args).aux(Alias::Version.bit()));
    guarded(&mut b, version);
    peel(&mut b, &[]).expect("nothing changes");
    let b = text(&b);
    let turn = b.split("b1(").nth(1).expect("a loop");
    assert!(turn.starts_with("):\n") && turn.matches("GuardVersion").count() == 1, "{b}");
}

#[test]
fn what_another_turn_may_write_is_read_again() {
    // The cell that the store goes to changes from turn to turn.
    let mut b = Builder::new();
    let (o, other) = (b.slot(0), b.slot(1));
    emit(&mut b, Inst::new(Op::Load, &[o]).imm(16).alias(Alias::Attr));
    let next = emit(&mut b, Inst::new(Op::Load, &[other]).imm(24).alias(Alias::List));
    emit(&mut b, Inst::new(Op::Store, &[next, o]).imm(16).alias(Alias::Attr));
    peel(&mut b, &[(1, AtEnd::Known(next))]).expect("types agree");
    let b = text(&b);
    assert!(b.split("b1(").nth(1).expect("a loop").contains("Load.Attr v0 #16"), "{b}");
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
