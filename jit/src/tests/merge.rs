//! Branches whose sides meet: copying regions with them, and what is known at the meeting.

use super::{instructions, read};
use crate::build::{Builder, Contradiction};
use crate::copy::{Host, Map, copied, copy};
use crate::ir::{Inst, Op, Ref, Region};

/// A host that has registers and snapshots as they are.
struct Plain<'a>(&'a mut Builder);

impl Host for Plain<'_> {
    type Error = Contradiction;

    fn builder(&mut self) -> &mut Builder {
        self.0
    }

    fn frame(&mut self, _r: Ref, i: &Inst) -> Result<Option<Ref>, Contradiction> {
        Ok(if i.op == Op::Slot { Some(self.0.slot(i.imm as i32)) } else { None })
    }

    fn flag(&mut self) -> Option<i64> {
        None
    }

    fn snapshot(&mut self, source: &Region, snap: u32, map: &Map) -> Result<u32, Contradiction> {
        let mut s = source.snaps[snap as usize].clone();
        for (_, v) in &mut s.slots {
            *v = copied(self.0, source, map, *v)?;
        }
        Ok(self.0.snapshot(s))
    }
}

/// The copy of a region into a new one.
fn copy_of(text: &str) -> String {
    let source = read(text);
    let mut b = Builder::new();
    b.divisible = true;
    copy(&mut Plain(&mut b), &source, &mut Map::default()).expect("no contradiction");
    b.region.sort_blocks();
    b.region.drop_same_params();
    instructions(&b.region)
}

const DIAMOND: &str = "
v0:val = KVal 0x2a
v1:int = KInt #1
v2:int = KInt #2
b0():
    v3:val = Slot #0
    v4:val = Slot #1
    branch b1 b2 GuardEq v3 v0
b1():
    v5:int = UnboxI v4 !0
    v6:int = AddI v5 v1 !0
    jump b3 [v6]
b2():
    v7:int = UnboxI v4 !0
    v8:int = AddI v7 v2 !0
    jump b3 [v8]
b3(v9:int):
    GuardI.lt v9 v2 !0
    open
";

#[test]
fn text_with_branches_reads_back() {
    let r = read(DIAMOND);
    let text = r.to_string();
    assert_eq!(crate::parse::round_trip(&r), Ok(()));
    assert!(text.contains("branch b1 b2 GuardEq v3 v0\n"), "{text}");
}

#[test]
fn a_diamond_is_copied_as_one() {
    let text = copy_of(DIAMOND);
    assert_eq!(text.matches("    branch ").count(), 1, "{text}");
    assert!(text.contains("b3(") && text.matches("AddI").count() == 2, "{text}");
}

#[test]
fn a_branch_that_is_decided_is_none() {
    let text = copy_of(&DIAMOND.replace("v3:val = Slot #0\n", "v3:val = KVal 0x2a\n"));
    assert_eq!(text.matches("    branch ").count(), 0, "{text}");
    assert_eq!(text.matches("AddI").count(), 1, "{text}");
    let text = copy_of(&DIAMOND.replace("v3:val = Slot #0\n", "v3:val = KVal 0x2e\n"));
    assert_eq!(text.matches("    branch ").count(), 0, "{text}");
    assert_eq!(text.matches("AddI").count(), 1, "{text}");
}

#[test]
fn only_what_both_sides_know_is_known_where_they_meet() {
    // Both sides unbox the register, each for itself: what follows does it once more. What was unboxed before is known.
    let before = "    v4:val = Slot #1\n";
    let unboxed = "    v4:val = Slot #1\n    v10:int = UnboxI v4 !0\n";
    let after = "    v11:int = UnboxI v4 !0\n    GuardI.lt v9 v11 !0\n    open\n";
    let one_side = DIAMOND.replace("    GuardI.lt v9 v2 !0\n    open\n", after);
    let text = copy_of(&one_side);
    assert_eq!(text.matches("UnboxI").count(), 3, "{text}");
    let text = copy_of(&one_side.replace(before, unboxed));
    assert_eq!(text.matches("UnboxI").count(), 1, "{text}");
}

#[test]
fn what_one_side_stores_is_not_known_where_they_meet() {
    let text = "
v0:val = KVal 0x2a
b0():
    v3:val = Slot #0
    v4:val = Load.Attr v3 #16
    v5:val = Load.List v3 #24
    branch b1 b2 GuardEq v4 v0
b1():
    Store.Attr v3 v0 #16
    jump b3 []
b2():
    jump b3 []
b3():
    v6:val = Load.Attr v3 #16
    v7:val = Load.List v3 #24
    GuardEq v6 v7 !0
    open
";
    let text = copy_of(text);
    assert_eq!(text.matches("Load.Attr").count(), 2, "{text}");
    assert_eq!(text.matches("Load.List").count(), 1, "{text}");
}

#[test]
fn what_a_call_of_one_side_may_write_is_not_known_where_they_meet() {
    let text = "
v0:val = KVal 0x2a
b0():
    v3:val = Slot #0
    v4:val = Load.Attr v3 #16
    v5:val = Load.List v3 #24
    branch b1 b2 GuardEq v4 v0
b1():
    v6:val = CallRaise v3 0x40 ~0x2 !0
    jump b3 []
b2():
    jump b3 []
b3():
    v7:val = Load.Attr v3 #16
    v8:val = Load.List v3 #24
    GuardEq v7 v8 !0
    open
";
    let attributes = crate::ir::Alias::Attr.bit();
    let effects = |n: u32| text.replace("~0x2 ", &if n == 0 { String::new() } else { format!("~{n:#x} ") });
    let copy = copy_of(&effects(attributes));
    assert_eq!((copy.matches("Load.Attr").count(), copy.matches("Load.List").count()), (2, 1), "{copy}");
    let copy = copy_of(&effects(0));
    assert_eq!((copy.matches("Load.Attr").count(), copy.matches("Load.List").count()), (1, 1), "{copy}");
}

#[test]
fn both_sides_may_store_the_same() {
    let text = "
v0:val = KVal 0x2a
b0():
    v3:val = Slot #0
    v4:val = Slot #1
    branch b1 b2 GuardEq v4 v0
b1():
    Store.Attr v3 v4 #16
    jump b3 []
b2():
    Store.Attr v3 v4 #16
    jump b3 []
b3():
    v6:val = Load.Attr v3 #16
    GuardEq v6 v3 !0
    open
";
    assert_eq!(copy_of(text).matches("Load").count(), 0);
    let other = text.replacen("Store.Attr v3 v4", "Store.Attr v3 v0", 1);
    assert_eq!(copy_of(&other).matches("Load").count(), 1);
}

#[test]
fn a_new_cell_that_a_side_changes_is_made_before_the_branch() {
    let text = "
v0:val = KVal 0x2a
v1:val = KVal 0x2e
b0():
    v3:val = Slot #0
    v4:val = New 0x1f4
    Store.Attr v4 v1 #16
    branch b1 b2 GuardEq v3 v0
b1():
    Store.Attr v4 v3 #16
    jump b3 []
b2():
    jump b3 []
b3():
    v6:val = Load.Attr v4 #16
    GuardNe v6 v1 !0
    open
";
    let sunk = |text: &str| {
        let mut r = read(&copy_of(text).replace("    open\n", "    exit !0\n"));
        crate::sink::run(&mut r);
        instructions(&r)
    };
    let changed = sunk(text);
    let made = changed.find("New").unwrap_or(usize::MAX);
    assert!(made < changed.find("branch").unwrap_or(0) && changed.contains("Load.Attr"), "{changed}");
    // One that no side changes is known after the meeting, and not made.
    let kept =
        sunk(&text.replace("    Store.Attr v4 v3 #16\n", "").replace("GuardNe v6 v1", "GuardNe v6 v3"));
    assert!(!kept.contains("New") && !kept.contains("Load.Attr"), "{kept}");
}

#[test]
fn a_shape_that_one_side_found_is_not_known_where_they_meet() {
    let text = "
v0:val = KVal 0x2a
b0():
    v3:val = Slot #0
    v4:val = Slot #1
    branch b1 b2 GuardEq v4 v0
b1():
    GuardShape.Shape v3 #500 !0
    jump b3 []
b2():
    jump b3 []
b3():
    GuardShape.Shape v3 #500 !0
    open
";
    assert_eq!(copy_of(text).matches("GuardShape").count(), 2);
    let before = text.replace("    branch", "    GuardShape.Shape v3 #500 !0\n    branch");
    assert_eq!(copy_of(&before).matches("GuardShape").count(), 1);
}

#[test]
fn parameters_are_numbers_only_when_all_values_are() {
    let words =
        DIAMOND.replace("b3(v9:int):\n    GuardI.lt v9 v2 !0\n", "b3(v9:val):\n    GuardEq v9 v0 !0\n");
    // A word on one side, a number on the other: the number is tagged on its side.
    let mixed = words
        .replace("    v8:int = AddI v7 v2 !0\n    jump b3 [v8]\n", "    jump b3 [v4]\n")
        .replace("    jump b3 [v6]\n", "    v12:val = BoxI v6\n    jump b3 [v12]\n");
    let text = copy_of(&mixed);
    assert!(text.contains(":val):") && text.contains("BoxI"), "{text}");
}

#[test]
fn a_region_is_looked_through() {
    let r = read(&DIAMOND.replace("    open\n", "    exit !0\n"));
    assert_eq!(crate::verify::check(&r), Ok(()));
    // A value of one side only, needed where both meet.
    let r = read(&DIAMOND.replace("GuardI.lt v9 v2 !0\n    open\n", "GuardI.lt v6 v2 !0\n    exit !0\n"));
    assert!(crate::verify::check(&r).is_err());
}
