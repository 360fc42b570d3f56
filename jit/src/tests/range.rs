//! Range analysis.

use super::check;
use crate::range::run;

#[test]
fn a_counter_below_a_limit_does_not_overflow() {
    check(
        run,
        "
v2:int = KInt #1
b0():
    v0:val = Slot #0
    v1:val = Slot #1
    v3:int = UnboxI v0 !0
    v4:int = UnboxI v1 !0
    GuardI.lt v3 v4 !0
    v6:int = AddI v3 v2 !0
    jump b1 [v6]
b1(v7:int):
    GuardI.lt v7 v4 !0
    v9:int = AddI v7 v2 !0
    jump b1 [v9]",
        "
b0():
    v0:val = Slot #0
    v1:val = Slot #1
    v3:int = UnboxI v0
    v4:int = UnboxI v1
    GuardI.lt v3 v4
    v6:int = AddW v3 v2
    jump b1 [v6]
b1(v7:int):
    GuardI.lt v7 v4
    v9:int = AddW v7 v2
    jump b1 [v9]
",
    );
}

#[test]
fn a_sum_may_overflow() {
    let text = "
b0():
    v0:val = Slot #0
    v1:int = UnboxI v0
    v2:val = Slot #1
    v3:int = UnboxI v2
    jump b1 [v3]
b1(v4:int):
    v5:int = AddI v4 v1
    jump b1 [v5]
";
    let before = text.replace("UnboxI v0", "UnboxI v0 !0").replace("UnboxI v2", "UnboxI v2 !0");
    check(run, &before.replace("AddI v4 v1", "AddI v4 v1 !0"), text);
}

/// `while i < len(a): a[i]; i += 1` from 0 on.
const INDEXED: &str = "
v1:int = KInt #0
v2:int = KInt #1
b0():
    v0:val = Slot #0
    v3:int = LoadW.List v0 #16 ~0x1
    v4:ptr = LoadP.List v0 #8
    jump b1 [v1]
b1(v5:int):
    GuardI.lt v5 v3 !0
    GuardI.below v5 v3 !0
    v8:val = LoadEl.Items v4 v5 #16
    v9:int = AddI v5 v2 !0
    jump b1 [v9]";

#[test]
fn an_index_below_the_length_is_not_checked_twice() {
    check(
        run,
        INDEXED,
        "
b0():
    v0:val = Slot #0
    v3:int = LoadW.List v0 #16 ~0x1
    v4:ptr = LoadP.List v0 #8
    jump b1 [v1]
b1(v5:int):
    GuardI.lt v5 v3
    v8:val = LoadEl.Items v4 v5 #16
    v9:int = AddW v5 v2
    jump b1 [v9]
",
    );
}

#[test]
fn an_index_that_may_be_negative_is_checked() {
    // Counting down: below the length, but nothing says not below 0.
    let before = INDEXED.replace("AddI", "SubI").replace("KInt #1", "KInt #7");
    let after = "
b0():
    v0:val = Slot #0
    v3:int = LoadW.List v0 #16 ~0x1
    v4:ptr = LoadP.List v0 #8
    jump b1 [v1]
b1(v5:int):
    GuardI.below v5 v3
    v8:val = LoadEl.Items v4 v5 #16
    v9:int = SubW v5 v2
    jump b1 [v9]
";
    check(run, &before.replace("    GuardI.lt v5 v3 !0\n", ""), after);
}

#[test]
fn a_neighbour_of_a_checked_index_is_inside() {
    // i + 1 < n and i >= 0: so is i.
    check(
        run,
        "
v1:int = KInt #0
v2:int = KInt #1
b0():
    v0:val = Slot #0
    v3:int = LoadW.List v0 #16 ~0x1
    v4:val = Slot #1
    v5:int = UnboxI v4 !0
    v6:int = AddI v5 v2 !0
    GuardI.lt v6 v3 !0
    GuardI.ge v5 v1 !0
    GuardI.below v5 v3 !0
    GuardI.below v6 v3 !0
    exit !0",
        "
b0():
    v0:val = Slot #0
    v3:int = LoadW.List v0 #16 ~0x1
    v4:val = Slot #1
    v5:int = UnboxI v4
    v6:int = AddW v5 v2
    GuardI.lt v6 v3
    GuardI.ge v5 v1
    exit
",
    );
}

#[test]
fn small_integers_are_tagged_without_a_look_and_stored_without_a_barrier() {
    check(
        run,
        "
v1:int = KInt #255
b0():
    v0:val = Slot #0
    v2:int = LoadW.Iterator v0 #8
    v3:int = AndI v2 v1
    v4:val = BoxI v3
    Store.Attr v0 v4 #16
    BarrierAt v0 #16
    v7:val = BoxI v2
    Store.Attr v0 v7 #24
    BarrierAt v0 #24
    exit !0",
        "
b0():
    v0:val = Slot #0
    v2:int = LoadW.Iterator v0 #8
    v3:int = AndI v2 v1
    v4:val = TagI v3
    Store.Attr v0 v4 #16
    v7:val = BoxI v2
    Store.Attr v0 v7 #24
    BarrierAt v0 #24
    exit
",
    );
}

#[test]
fn numbers_of_a_range_are_small() {
    // The iterator's own next number may be beyond at the very end: it is not given.
    check(
        run,
        "
v1:int = KInt #0
v2:int = KInt #1
b0():
    v0:val = Slot #0
    v3:int = LoadW.Iterator v0 #8
    v4:int = LoadW.Iterator v0 #24 ~0x2
    jump b1 [v3 v4]
b1(v5:int, v6:int):
    GuardI.ne v6 v1 !0
    v8:int = SmallI v5
    v9:int = AddI v8 v2 !0
    v10:val = BoxI v8
    Store.Attr v0 v10 #16
    v12:int = SubI v6 v2 !0
    v13:int = AddW v8 v2
    jump b1 [v13 v12]",
        "
b0():
    v0:val = Slot #0
    v3:int = LoadW.Iterator v0 #8
    v4:int = LoadW.Iterator v0 #24 ~0x2
    jump b1 [v3 v4]
b1(v5:int, v6:int):
    GuardI.ne v6 v1
    v9:int = AddW v5 v2
    v10:val = TagI v5
    Store.Attr v0 v10 #16
    v12:int = SubW v6 v2
    v13:int = AddW v5 v2
    jump b1 [v13 v12]
",
    );
}

#[test]
fn a_sum_that_may_wrap_says_nothing() {
    // AddW of two numbers without bounds: the comparison stays.
    check(
        run,
        "
v1:int = KInt #0
b0():
    v0:val = Slot #0
    v2:int = LoadW.Iterator v0 #8
    v3:int = LoadW.Iterator v0 #16
    GuardI.ge v2 v1 !0
    GuardI.ge v3 v1 !0
    v6:int = AddW v2 v3
    GuardI.ge v6 v1 !0
    exit !0",
        "
b0():
    v0:val = Slot #0
    v2:int = LoadW.Iterator v0 #8
    v3:int = LoadW.Iterator v0 #16
    GuardI.ge v2 v1
    GuardI.ge v3 v1
    v6:int = AddW v2 v3
    GuardI.ge v6 v1
    exit
",
    );
}

#[test]
fn only_what_holds_on_all_ways_in_is_known_after_a_join() {
    // b1 is entered with 1 from b0 and with any integer from itself: the loop's parameter is unsteady.
    check(
        run,
        "
v1:int = KInt #1
v2:int = KInt #0
b0():
    v0:val = Slot #0
    v3:int = LoadW.Iterator v0 #8
    jump b1 [v1 v1]
b1(v4:int, v5:int):
    GuardI.gt v4 v2 !0
    GuardI.gt v5 v2 !0
    jump b1 [v3 v5]",
        "
b0():
    v0:val = Slot #0
    v3:int = LoadW.Iterator v0 #8
    jump b1 [v1 v1]
b1(v4:int, v5:int):
    GuardI.gt v4 v2
    jump b1 [v3 v5]
",
    );
}

#[test]
fn remainders_and_quotients_have_bounds() {
    check(
        run,
        "
v1:int = KInt #10
v2:int = KInt #0
v3:int = KInt #9
b0():
    v0:val = Slot #0
    v4:int = UnboxI v0 !0
    v5:int = ModI v4 v1
    GuardI.below v5 v1 !0
    v7:int = DivI v4 v1
    v8:int = MulI v7 v1 !0
    v9:int = ModI v4 v4
    GuardI.ge v9 v2 !0
    GuardI.eq v5 v3 !0
    exit !0",
        "
b0():
    v0:val = Slot #0
    v4:int = UnboxI v0
    v5:int = ModI v4 v1
    v7:int = DivI v4 v1
    v8:int = MulW v7 v1
    v9:int = ModI v4 v4
    GuardI.ge v9 v2
    GuardI.eq v5 v3
    exit
",
    );
}
