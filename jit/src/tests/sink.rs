//! New cells as text: what stays with a trace is not made, what gets out is, and where.

use crate::build::Builder;
use crate::ir::{Alias, Cond, End, Inst, Op, Ref, Resume, Snapshot, Ty};
use crate::peel::{AtEnd, peel};
use crate::{dce, sink};
use krait_gc::Header;
use krait_object::TypeId;
use std::rc::Rc;

fn snapshot(b: &mut Builder, slots: &[(i32, Ref)]) -> u32 {
    b.region.snaps.push(Snapshot {
        slots: slots.to_vec(),
        objects: Vec::new(),
        shapes: Rc::default(),
        pc: 0,
        frame: 0,
        depth: 0,
        live: 4,
        in_memory: Rc::default(),
        all_in_memory: false,
        chain: Rc::new(Vec::new()),
        resume: Resume::Run,
    });
    b.region.snaps.len() as u32 - 1
}

fn emit(b: &mut Builder, i: Inst) -> Ref {
    b.emit(i).expect("no contradiction")
}

fn guarded(b: &mut Builder, i: Inst, slots: &[(i32, Ref)]) -> Ref {
    let snap = snapshot(b, slots);
    emit(b, Inst { snap, ..i })
}

/// An instance of shape 500 with two slots.
fn new(b: &mut Builder) -> Ref {
    emit(b, Inst::new(Op::New, &[]).imm(Header::pack(500, 9, 2) as i64))
}

fn store(b: &mut Builder, cell: Ref, offset: i64, v: Ref) {
    emit(b, Inst::new(Op::Store, &[cell, v]).imm(offset).alias(Alias::Attr));
}

fn load(b: &mut Builder, cell: Ref, offset: i64) -> Ref {
    emit(b, Inst::new(Op::Load, &[cell]).imm(offset).alias(Alias::Attr))
}

fn exit(b: &mut Builder, slots: &[(i32, Ref)]) {
    let s = snapshot(b, slots);
    let block = b.block;
    b.region.blocks[block].end = End::Exit(s);
}

/// The region after the passes, without constants; of snapshots only the cells that they make.
fn optimized(b: &mut Builder) -> String {
    dce::run(&mut b.region);
    sink::run(&mut b.region);
    dce::run(&mut b.region);
    let text = b.region.to_string();
    let kept = text.lines().filter_map(|l| match (l.starts_with("  !"), l.find('{')) {
        (true, Some(at)) => Some(format!("{} {}\n", &l[..l.find(':')?], &l[at..])),
        (true, None) => None,
        _ if l.starts_with('v') => None,
        _ => Some(format!("{l}\n")),
    });
    kept.collect()
}

#[test]
fn a_cell_that_only_an_exit_needs_is_made_there() {
    let mut b = Builder::new();
    let x = b.slot(0);
    let cell = new(&mut b);
    store(&mut b, cell, 16, x);
    assert_eq!(load(&mut b, cell, 16), x);
    exit(&mut b, &[(1, cell)]);
    let expected = "\
b0():
    v0:val = Slot #0
    exit !0
  !0 {v1=0x800009000001f4 Store.Attr#16=v0}
";
    assert_eq!(optimized(&mut b), expected);
}

#[test]
fn each_exit_makes_the_cell_as_it_is_there() {
    let mut b = Builder::new();
    let (x, y) = (b.slot(0), b.slot(1));
    let cell = new(&mut b);
    store(&mut b, cell, 16, x);
    guarded(&mut b, Inst::new(Op::GuardCell, &[x]), &[(2, cell)]);
    store(&mut b, cell, 16, y);
    emit(&mut b, Inst::new(Op::StoreShape, &[cell]).imm(501).alias(Alias::Shape));
    exit(&mut b, &[(2, cell)]);
    let expected = "\
b0():
    v0:val = Slot #0
    v1:val = Slot #1
    GuardCell v0 !0
    exit !1
  !0 {v2=0x800009000001f4 Store.Attr#16=v0}
  !1 {v2=0x800009000001f5 Store.Attr#16=v1}
";
    assert_eq!(optimized(&mut b), expected);
}

#[test]
fn cells_in_cells_are_made_once() {
    let mut b = Builder::new();
    let x = b.slot(0);
    let (inner, outer) = (new(&mut b), new(&mut b));
    store(&mut b, inner, 16, x);
    store(&mut b, outer, 16, inner);
    store(&mut b, outer, 24, inner);
    // A circle.
    store(&mut b, inner, 24, outer);
    exit(&mut b, &[(1, outer), (2, inner)]);
    let expected = "\
b0():
    v0:val = Slot #0
    exit !0
  !0 {v2=0x800009000001f4 Store.Attr#16=v1 Store.Attr#24=v1} {v1=0x800009000001f4 Store.Attr#16=v0 Store.Attr#24=v2}
";
    assert_eq!(optimized(&mut b), expected);
}

#[test]
fn a_cell_is_made_where_it_gets_out() {
    // The helper sees the cell: `New` and what it holds then come right before, without barriers.
    let mut b = Builder::new();
    let (x, y) = (b.slot(0), b.slot(1));
    let cell = new(&mut b);
    store(&mut b, cell, 16, x);
    emit(&mut b, Inst::new(Op::BarrierAt, &[cell]).imm(16));
    guarded(&mut b, Inst::new(Op::GuardCell, &[y]), &[(2, cell)]);
    store(&mut b, cell, 16, y);
    guarded(&mut b, Inst::new(Op::CallRaise, &[cell]), &[]);
    exit(&mut b, &[(2, cell)]);
    let expected = "\
b0():
    v0:val = Slot #0
    v1:val = Slot #1
    GuardCell v1 !0
    v2:val = New 0x800009000001f4
    Store.Attr v2 v1 #16
    v7:val = CallRaise v2 0x0 !1
    exit !2
  !0 {v2=0x800009000001f4 Store.Attr#16=v0}
";
    assert_eq!(optimized(&mut b), expected);
}

#[test]
fn what_a_circle_gets_late_has_a_barrier() {
    let mut b = Builder::new();
    let (one, two) = (new(&mut b), new(&mut b));
    store(&mut b, one, 16, two);
    store(&mut b, two, 16, one);
    guarded(&mut b, Inst::new(Op::CallRaise, &[one]), &[]);
    exit(&mut b, &[]);
    let text = optimized(&mut b);
    assert!(
        text.contains("Store.Attr v0 v1 #16\n    Store.Attr v1 v0 #16\n    BarrierAt v1 #16\n"),
        "{text}"
    );
}

#[test]
fn a_cell_stored_into_a_known_one_gets_out() {
    let mut b = Builder::new();
    let x = b.slot(0);
    let cell = new(&mut b);
    store(&mut b, x, 16, cell);
    exit(&mut b, &[]);
    assert!(optimized(&mut b).contains("v1:val = New 0x800009000001f4\n    Store.Attr v0 v1 #16\n"));
}

#[test]
fn a_number_that_only_exits_need_is_not_boxed() {
    let mut b = Builder::new();
    let x = b.slot(0);
    let x = guarded(&mut b, Inst::new(Op::UnboxF, &[x]), &[]);
    let y = emit(&mut b, Inst::new(Op::AddF, &[x, x]));
    let cell = new(&mut b);
    store(&mut b, cell, 16, y);
    exit(&mut b, &[(1, cell)]);
    let text = optimized(&mut b);
    assert!(!text.contains("BoxF") && text.contains("Store.Attr#16=v2"), "{text}");
}

#[test]
fn a_store_elsewhere_does_not_change_what_is_known_of_a_new_cell() {
    let mut b = Builder::new();
    let (x, y) = (b.slot(0), b.slot(1));
    let cell = new(&mut b);
    store(&mut b, cell, 16, x);
    store(&mut b, y, 16, y);
    assert_eq!(load(&mut b, cell, 16), x);
    // Nor does a store into the cell change what is known of others.
    store(&mut b, cell, 16, y);
    assert_eq!(load(&mut b, y, 16), y);
    // Words that were not written are zero.
    let zero = load(&mut b, cell, 24);
    assert_eq!((b.region.inst(zero).op, b.region.inst(zero).imm), (Op::KVal, 0));
}

#[test]
fn what_got_out_may_be_what_is_loaded_later() {
    let mut b = Builder::new();
    let (x, y) = (b.slot(0), b.slot(1));
    let cell = new(&mut b);
    store(&mut b, cell, 16, x);
    store(&mut b, y, 24, cell);
    guarded(&mut b, Inst::new(Op::CallRaise, &[y]).aux(Alias::Items.bit()), &[]);
    assert_eq!(load(&mut b, cell, 16), x);
    let other = load(&mut b, y, 32);
    store(&mut b, other, 16, y);
    assert_ne!(load(&mut b, cell, 16), x);
}

/// `p = Point(p.x + 1)`: the cell of one turn is what the next begins with.
fn point_loop(gets_out: bool) -> Builder {
    let mut b = Builder::new();
    let p = b.slot(0);
    let shape = Inst::new(Op::GuardShape, &[p]).imm(500).alias(Alias::Shape);
    guarded(&mut b, shape, &[]);
    let x = load(&mut b, p, 16);
    let x = guarded(&mut b, Inst::new(Op::UnboxI, &[x]), &[]);
    let one = b.int(1);
    let next = guarded(&mut b, Inst::new(Op::AddI, &[x, one]), &[]);
    let cell = new(&mut b);
    store(&mut b, cell, 16, next);
    if gets_out {
        guarded(&mut b, Inst::new(Op::CallRaise, &[cell]), &[]);
    }
    peel(&mut b, &[(0, AtEnd::Known(cell))]).expect("the turns agree");
    b
}

#[test]
fn a_cell_goes_from_turn_to_turn_as_what_it_holds() {
    let expected = "\
b0():
    v0:val = Slot #0
    GuardShape.Shape v0 #500 !0
    v2:val = Load.Attr v0 #16
    v3:int = UnboxI v2 !1
    v5:int = AddI v3 v4 !2
    jump b1 [v5]
b1(v10:int):
    v15:int = AddI v10 v4 !5
    jump b1 [v15]
  !5 {v11=0x800009000001f4 Store.Attr#16=v10}
";
    assert_eq!(optimized(&mut point_loop(false)), expected);
}

#[test]
fn a_cell_that_got_out_goes_from_turn_to_turn_itself() {
    let text = optimized(&mut point_loop(true));
    assert!(text.contains(":val):\n    GuardShape"), "{text}");
    assert_eq!(text.matches("New").count(), 2, "{text}");
}

#[test]
fn a_cell_is_not_taken_apart_when_another_one_leads_to_it() {
    // What slot 1 begins with is a cell of the turn before that comes to hold this turn's.
    let mut b = Builder::new();
    let (p, q) = (b.slot(0), b.slot(1));
    for r in [p, q] {
        let shape = Inst::new(Op::GuardShape, &[r]).imm(500).alias(Alias::Shape);
        guarded(&mut b, shape, &[]);
    }
    let cell = new(&mut b);
    store(&mut b, p, 16, cell);
    peel(&mut b, &[(0, AtEnd::Known(cell)), (1, AtEnd::Known(p))]).expect("the turns agree");
    let text = optimized(&mut b);
    assert_eq!(text.matches("New").count(), 2, "{text}");
}

#[test]
fn numbers_are_compared_before_cells_are_made() {
    // A cell that only the failing side of a guard needs is not made on the way.
    let mut b = Builder::new();
    let x = b.slot(0);
    let x = guarded(&mut b, Inst::new(Op::UnboxI, &[x]), &[]);
    let cell = emit(
        &mut b,
        Inst { ty: Ty::Val, ..Inst::new(Op::New, &[]).imm(Header::pack(TypeId::Tuple as u32, 3, 2) as i64) },
    );
    let one = b.int(1);
    emit(&mut b, Inst::new(Op::StoreW, &[cell, one]).imm(8).alias(Alias::Constant));
    store(&mut b, cell, 16, x);
    let zero = b.int(0);
    guarded(&mut b, Inst::new(Op::GuardI, &[x, zero]).aux(Cond::Lt as u32), &[(1, cell)]);
    exit(&mut b, &[(1, x)]);
    let text = optimized(&mut b);
    assert!(!text.contains("New") && !text.contains("BoxI"), "{text}");
    assert!(text.contains("StoreW.Constant#8=v3 Store.Attr#16=v0"), "{text}");
}
