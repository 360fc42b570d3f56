//! Machine values in arrays, appending, slices.

use super::{emit, guarded, snapshot, text};
use crate::build::Builder;
use crate::dce;
use crate::ir::{Alias, End, Inst, Item, LENGTH, Op, Ref, Ty};

fn typed(op: Op, args: &[Ref], item: Item) -> Inst {
    let ty = if op == Op::LoadT { item.ty() } else { Ty::None };
    Inst { ty, ..Inst::new(op, args).imm(8).alias(Alias::Raw).aux(item as u32) }
}

#[test]
fn a_machine_value_is_known_after_a_store() {
    let mut b = Builder::new();
    let s = b.slot(0);
    let i = guarded(&mut b, Inst::new(Op::UnboxI, &[s]));
    emit(&mut b, typed(Op::StoreT, &[s, i, i], Item::I64));
    assert_eq!(emit(&mut b, typed(Op::LoadT, &[s, i], Item::I64)), i);
}

#[test]
fn a_rounded_value_is_not() {
    let mut b = Builder::new();
    let s = b.slot(0);
    let i = guarded(&mut b, Inst::new(Op::UnboxI, &[s]));
    let x = emit(&mut b, Inst::new(Op::IntToF, &[i]));
    emit(&mut b, typed(Op::StoreT, &[s, i, x], Item::F32));
    assert_ne!(emit(&mut b, typed(Op::LoadT, &[s, i], Item::F32)), x);
}

#[test]
fn a_machine_value_is_read_again_as_another_type_and_after_other_stores() {
    let mut b = Builder::new();
    let (s, t) = (b.slot(0), b.slot(1));
    let i = guarded(&mut b, Inst::new(Op::UnboxI, &[s]));
    emit(&mut b, typed(Op::StoreT, &[s, i, i], Item::U8));
    assert_ne!(emit(&mut b, typed(Op::LoadT, &[s, i], Item::I8)), i);
    emit(&mut b, typed(Op::StoreT, &[t, i, i], Item::U8));
    assert_ne!(emit(&mut b, typed(Op::LoadT, &[s, i], Item::U8)), i);
}

#[test]
fn appending_changes_the_length() {
    let mut b = Builder::new();
    let (s, v) = (b.slot(0), b.slot(1));
    let len = Inst::new(Op::LoadW, &[s]).imm(16).alias(Alias::List);
    let attr = Inst::new(Op::Load, &[s]).imm(16).alias(Alias::Attr);
    let (before, kept) = (emit(&mut b, len), emit(&mut b, attr));
    guarded(&mut b, Inst::new(Op::Append, &[s, v]).aux(Alias::List.bit() | Alias::Items.bit()));
    assert_ne!(emit(&mut b, len), before);
    assert_eq!(emit(&mut b, attr), kept);
}

#[test]
fn a_length_that_was_stored_is_known_until_another_list_may_change() {
    let mut b = Builder::new();
    let (s, t) = (b.slot(0), b.slot(1));
    let len = |list| Inst::new(Op::LoadW, &[list]).imm(16).alias(Alias::List).aux(LENGTH);
    let n = emit(&mut b, len(s));
    let one = b.int(1);
    let less = emit(&mut b, Inst::new(Op::SubW, &[n, one]));
    emit(&mut b, Inst::new(Op::StoreW, &[s, less]).imm(16).alias(Alias::List));
    assert_eq!(emit(&mut b, len(s)), less);
    emit(&mut b, Inst::new(Op::StoreW, &[t, n]).imm(16).alias(Alias::List));
    assert_ne!(emit(&mut b, len(s)), less);
}

#[test]
fn what_a_helper_makes_has_a_known_shape() {
    let mut b = Builder::new();
    let (s, t) = (b.slot(0), b.slot(1));
    let made = guarded(&mut b, Inst::new(Op::CallRaise, &[s, t, t]));
    let other = guarded(&mut b, Inst::new(Op::CallRaise, &[s, t, t]));
    let shape = |v| Inst::new(Op::GuardShape, &[v]).imm(15).alias(Alias::Constant);
    b.know(shape(made), Ref::NONE);
    guarded(&mut b, shape(made));
    guarded(&mut b, shape(other));
    let text = text(&b);
    assert!(!text.contains(&format!("GuardShape.Constant {made:?} ")), "{text}");
    assert!(text.contains(&format!("GuardShape.Constant {other:?} ")), "{text}");
}

#[test]
fn a_slice_nobody_needs_is_not_made() {
    let mut b = Builder::new();
    let (x, y) = (b.slot(0), b.slot(1));
    let one = emit(&mut b, Inst::new(Op::NewSlice, &[x, y, y]));
    let two = emit(&mut b, Inst::new(Op::NewSlice, &[x, y, y]));
    assert_ne!(one, two);
    let s = snapshot(&mut b, &[(0, two)]);
    b.region.blocks[0].end = End::Exit(s);
    dce::run(&mut b.region);
    assert!(!b.region.blocks[0].body.contains(&one));
    assert!(b.region.blocks[0].body.contains(&two));
}
