//! Hoisting of checks.

use super::check;
use crate::hoist::run;

/// `for i in range(...): a[i + 1]; a[i]`, with the iterator's state in parameters.
const COUNTED: &str = "
v1:int = KInt #0
v2:int = KInt #1
b0():
    v0:val = Slot #0
    v3:int = LoadW.List v0 #16 ~0x1
    v4:int = LoadW.Iterator v0 #24 ~0x2
    v5:int = LoadW.Iterator v0 #8
    v6:int = LoadW.Iterator v0 #16
    v7:int = SubW v4 v2
    v8:int = AddW v5 v6
    v9:int = AddW v5 v2
    GuardI.below v9 v3 !0
    GuardI.below v5 v3 !0
    GuardEvents !0
    jump b1 [v7 v8]
b1(v13:int, v14:int):
    GuardI.ne v13 v1 !0
    v16:int = SubW v13 v2
    v17:int = AddW v14 v6
    v18:int = AddW v14 v2
    GuardI.below v18 v3 !0
    GuardI.below v14 v3 !0
    GuardEvents !0
    jump b1 [v16 v17]";

#[test]
fn indexes_that_a_counter_leads_are_checked_before_the_loop() {
    // The one that goes farthest, and that the step, which is not known, leads upward.
    check(
        run,
        COUNTED,
        "
b0():
    v0:val = Slot #0
    v3:int = LoadW.List v0 #16 ~0x1
    v4:int = LoadW.Iterator v0 #24 ~0x2
    v5:int = LoadW.Iterator v0 #8
    v6:int = LoadW.Iterator v0 #16
    v7:int = SubW v4 v2
    v8:int = AddW v5 v6
    v9:int = AddW v5 v2
    GuardI.below v9 v3
    GuardI.below v5 v3
    GuardEvents
    GuardI.gt v7 v22
    GuardI.gt v6 v22
    v25:int = MulI v6 v7
    v26:int = AddI v5 v25
    v28:int = AddI v26 v27
    GuardI.lt v28 v3
    jump b1 [v7 v8]
b1(v13:int, v14:int):
    GuardI.ne v13 v1
    v16:int = SubW v13 v2
    v17:int = AddW v14 v6
    v18:int = AddW v14 v2
    GuardEvents
    jump b1 [v16 v17]
",
    );
}

/// What comes of a region that is not to be changed.
fn stays(before: &str) {
    let after: String = before
        .lines()
        .skip_while(|l| !l.starts_with("b0("))
        .map(|l| format!("{}\n", l.split(" !").next().unwrap_or(l)))
        .collect();
    check(run, before, &after);
}

#[test]
fn an_index_that_is_no_sum_is_checked_in_every_turn() {
    stays(
        &COUNTED
            .replace("v18:int = AddW v14 v2", "v18:int = MulW v14 v14")
            .replace("    GuardI.below v14 v3 !0\n", ""),
    );
}

#[test]
fn an_index_without_a_known_last_turn_is_checked_in_every_turn() {
    stays(&COUNTED.replace("GuardI.ne v13 v1 !0", "GuardI.ne v13 v3 !0"));
}

#[test]
fn an_index_that_the_first_turn_did_not_check_is_checked_in_every_turn() {
    stays(&COUNTED.replace("    GuardI.below v9 v3 !0\n    GuardI.below v5 v3 !0\n", ""));
}

#[test]
fn an_index_is_checked_again_where_the_length_changes() {
    let length = "    v20:int = LoadW.List v0 #16 ~0x1\n";
    let text =
        COUNTED.replace("    GuardI.below v18 v3 !0\n", &format!("{length}    GuardI.below v18 v20 !0\n"));
    stays(&text.replace("    GuardI.below v14 v3 !0\n", ""));
}

#[test]
fn a_check_before_it_is_known_that_there_is_a_turn_stays() {
    let counter = "    GuardI.ne v13 v1 !0\n";
    let end = "    GuardEvents !0\n    jump b1 [v16";
    stays(&COUNTED.replace(counter, "").replace(end, &format!("{counter}{end}")));
}

/// `while i < n: a[i]; i += 1`.
const COMPARED: &str = "
v1:int = KInt #1
b0():
    v0:val = Slot #0
    v2:val = Slot #1
    v3:int = UnboxI v2 !0
    v4:val = Slot #2
    v5:int = UnboxI v4 !0
    v6:int = LoadW.List v0 #16 ~0x1
    GuardI.lt v3 v5 !0
    GuardI.below v3 v6 !0
    v9:int = AddW v3 v1
    GuardEvents !0
    jump b1 [v9]
b1(v11:int):
    GuardI.lt v11 v5 !0
    GuardI.below v11 v6 !0
    v14:int = AddW v11 v1
    GuardEvents !0
    jump b1 [v14]";

#[test]
fn an_index_below_a_limit_is_checked_before_the_loop() {
    check(
        run,
        COMPARED,
        "
b0():
    v0:val = Slot #0
    v2:val = Slot #1
    v3:int = UnboxI v2
    v4:val = Slot #2
    v5:int = UnboxI v4
    v6:int = LoadW.List v0 #16 ~0x1
    GuardI.lt v3 v5
    GuardI.below v3 v6
    v9:int = AddW v3 v1
    GuardEvents
    GuardI.lt v9 v5
    v18:int = AddI v3 v1
    v19:int = AddI v5 v1
    v21:int = SubI v5 v20
    GuardI.lt v21 v6
    jump b1 [v9]
b1(v11:int):
    GuardI.lt v11 v5
    v14:int = AddW v11 v1
    GuardEvents
    jump b1 [v14]
",
    );
}

#[test]
fn a_number_that_goes_away_from_its_limit_has_no_last_value() {
    stays(&COMPARED.replace("AddW", "SubW"));
}

#[test]
fn a_limit_that_changes_is_none() {
    let limit = "    v20:int = LoadW.List v0 #24 ~0x1\n    GuardI.lt v11 v20 !0\n";
    stays(&COMPARED.replace("    GuardI.lt v11 v5 !0\n", limit));
}
