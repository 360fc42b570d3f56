//! Dead code.

use super::{emit, guarded, snapshot, text};
use crate::build::Builder;
use crate::dce;
use crate::ir::{Alias, End, Inst, Op};

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
