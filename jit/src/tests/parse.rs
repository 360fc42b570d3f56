//! Text is read as it was written.

use crate::parse::{region, round_trip};

#[test]
fn what_is_read_prints_the_same() {
    let text = "\
v1:int = KInt #0
v2:float = KFloat -0.5
v3:val = KVal 0x51
b0(v4:val, v5:float):
    v0:val = Slot #-1
    v6:int = UnboxI v4 !0
    GuardI.below v6 v1 !0
    GuardF.not-lt v5 v2 !0
    v9:int = LoadW.List v0 #16 ~0x1
    StoreEl.Items v0 v6 v3 #16
    v11:val = CallRaise v0 v3 0x7f00 ~0xc !2
    Step #0 !0
    jump b1 [v6 v1]
b1(v13:int, v14:int):
    v15:int = AddI v13 v14 !0
    jump b1 [v15 v14]
  !0: Run pc 0x10 frame 0 depth 0 live 4 [0=v4 2=v1] memory [1 3]
  !2: Raise pc 0xffffffffffffff00 frame 12 depth 1 live 4 [] memory all
  step 0: pc 0x10 frame 0 top 7 depth 0 next 0x18 frame 0 depth 0 writes [1 2]
";
    let r = region(text).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(r.to_string(), text);
    assert_eq!(round_trip(&r), Ok(()));
}

#[test]
fn recorded_regions_read_back() {
    let recorded = [
        include_str!("regions/nbody.txt"),
        include_str!("regions/spectral_norm.txt"),
        include_str!("regions/fannkuch.txt"),
        include_str!("regions/float.txt"),
    ];
    for text in recorded {
        let r = region(text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(r.to_string(), text);
    }
}

#[test]
fn cells_that_exits_make_may_have_the_highest_number() {
    let text = "\
b0(v0:int):
    v1:int = NegW v0
    GuardEvents !0
    open
  !0: Run pc 0x10 frame 0 depth 0 live 4 [0=v9] {v9=0xc0001d00000231 Store.Attr#16=v1}
";
    let r = region(text).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(r.to_string(), text);
    assert_eq!(round_trip(&r), Ok(()));
}

#[test]
fn mistakes_are_told_with_their_line() {
    let wrong = [
        ("b0():\n    v0:int = Plus v1 v2\n", "line 2: no instruction is called 'Plus'"),
        ("b0():\n    v0:int = KInt #x\n", "line 2: 'x' is no number"),
        ("b0():\n    v0:int = NegW v7\n    open\n", "v7 is used and not computed"),
        ("b0():\n    v0:val = Slot #0\n    v0:val = Slot #1\n", "line 3: v0 is there already"),
        ("b0():\n    GuardEvents !4\n    open\n", "there is no snapshot !4"),
        ("b0():\n    jump b3 []\n", "a block's end does not fit"),
        ("    v0:val = Slot #0\n", "line 1: only constants stand before the blocks"),
        ("b1():\n", "line 1: block b0 is expected"),
    ];
    for (text, message) in wrong {
        let e = region(text).expect_err(text);
        assert!(e.starts_with(message), "{e}");
    }
}
