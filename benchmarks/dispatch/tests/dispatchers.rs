//! All dispatchers compute the same, slow paths and errors included; the sibling handlers end in jumps.

use krait_bench_dispatch::listing::{Fault, check};
use krait_bench_dispatch::machine::{float, int};
use krait_bench_dispatch::programs::{self, Assembler, Program};
use krait_bench_dispatch::{DISPATCHERS, Op};
use std::path::Path;

fn everywhere(make: impl Fn() -> Program) -> Result<u64, &'static str> {
    let mut results = DISPATCHERS.iter().map(|(name, run)| (name, make().run(*run)));
    let (_, first) = results.next().expect("there are dispatchers");
    for (name, other) in results {
        assert_eq!(first, other, "{name}");
    }
    first
}

#[test]
fn programs_agree() {
    for i in 0..programs::all(0).len() {
        for n in [0, 1, 2, 1000] {
            everywhere(|| programs::all(n).swap_remove(i)).expect("programs do not fail");
        }
    }
    assert_eq!(everywhere(|| programs::calls(1000)), Ok(int(499_500)));
}

/// Runs `r0 = r1 op r2` or `r0 = r1 op constant` and compares the result's value by a second operation.
fn binary(op: Op, x: u64, y: u64) -> Result<u64, &'static str> {
    everywhere(|| {
        let mut p = Assembler::default();
        let k = p.constant(y);
        p.init(1, x);
        p.init(2, y);
        p.op(op, 0, 1, if matches!(op, Op::ADD_K | Op::MUL_K) { k } else { 2 });
        p.op(Op::EXIT, 0, 0, 0);
        p.finish("binary")
    })
}

#[test]
fn arithmetic_slow_paths() {
    let big = int(i64::MAX >> 2);
    let float_of = |n: i64| Ok(float(n as f64));
    assert_eq!(binary(Op::ADD, int(1), int(2)), Ok(int(3)));
    assert_eq!(binary(Op::ADD, int(1), float(0.5)), Ok(float(1.5)));
    assert_eq!(binary(Op::ADD, big, int(1)), float_of((i64::MAX >> 2) + 1));
    assert_eq!(binary(Op::SUB, int(-4), big), float_of(-4 - (i64::MAX >> 2)));
    assert_eq!(binary(Op::MUL_K, float(3.0), int(2)), Ok(float(6.0)));
    assert_eq!(binary(Op::TRUEDIV, float(3.0), float(2.0)), Ok(float(1.5)));
    assert_eq!(binary(Op::TRUEDIV, int(3), int(2)), Ok(float(1.5)));
    assert_eq!(binary(Op::TRUEDIV, float(3.0), float(0.0)), Err("division by zero"));
    assert_eq!(binary(Op::TRUEDIV, float(3.0), float(-0.0)), Err("division by zero"));
    assert_eq!(binary(Op::AND, int(6), float(1.0)), Err("unsupported operand type(s) for &"));
    // 1e-300 is boxed.
    assert_eq!(binary(Op::MUL, float(1e-300), float(1e300)), Ok(float(1e-300 * 1e300)));
}

#[test]
fn comparisons_and_nan() {
    for (x, y, less) in [
        (int(1), int(2), true),
        (int(-1), int(-2), false),
        (float(1.0), float(2.0), true),
        (float(f64::NAN), float(2.0), false),
        (int(1), float(1.5), true),
        (float(1e-300), int(0), false),
    ] {
        for when in 0..2 {
            let taken = everywhere(|| {
                let mut p = Assembler::default();
                p.init(1, x);
                p.init(2, y);
                let label = p.label();
                p.op(Op::LOAD_INT, 0, 1, 0);
                p.jump(Op::JUMP_LT, 1, 2, when, label);
                p.op(Op::LOAD_INT, 0, 0, 0);
                p.bind(label);
                p.op(Op::EXIT, 0, 0, 0);
                p.finish("compare")
            });
            assert_eq!(taken, Ok(int((less == (when == 1)) as i64)));
        }
    }
}

#[test]
fn lists_and_errors() {
    let get = |list: fn() -> u64, index| {
        everywhere(|| {
            let mut p = Assembler::default();
            p.init(1, list());
            p.init(2, index);
            p.op(Op::GETITEM_LIST, 0, 1, 2);
            p.op(Op::EXIT, 0, 0, 0);
            p.finish("get")
        })
    };
    let three = || programs::list(vec![int(10), int(20), int(30)]);
    assert_eq!(get(three, int(0)), Ok(int(10)));
    assert_eq!(get(three, int(-1)), Ok(int(30)));
    assert_eq!(get(three, int(3)), Err("list index out of range"));
    assert_eq!(get(three, float(0.0)), Err("object is not subscriptable"));
    assert_eq!(get(|| int(5), int(3)), Err("object is not subscriptable"));
    assert_eq!(get(|| programs::instance([0; 8]), int(3)), Err("object is not subscriptable"));
}

#[test]
fn recursion_hits_the_stack_limit() {
    let result = everywhere(|| {
        let mut p = Assembler::default();
        let (main, top) = (p.label(), p.label());
        p.jump(Op::JUMP, 0, 0, 0, main);
        let f = p.function(32);
        p.bind(top);
        p.op(Op::MOVE, 12, 0, 0);
        p.op(Op::MOVE, 14, 0, 0);
        p.call(13, 1, 1);
        p.op(Op::RETURN, 1, 0, 0);
        p.bind(main);
        p.init(0, f);
        p.jump(Op::JUMP, 0, 0, 0, top);
        p.finish("recursion")
    });
    assert_eq!(result, Err("object is not callable"));
}

#[test]
fn sibling_handlers_jump() {
    let binary = Path::new(env!("CARGO_BIN_EXE_dispatch-run"));
    for module in ["by_sibling", "by_sibling_word"] {
        let prefix = format!("krait_bench_dispatch::{module}::op_");
        let report = check(binary, &prefix).expect("objdump runs");
        assert!(report.handlers >= 20 && report.indirect_jumps >= 20, "{report:?}");
        // With debug assertions rustc adds pointer checks that call, so that any handler may save registers.
        let findings: Vec<_> = report
            .findings
            .iter()
            .filter(|f| f.fault == Fault::TableCall || !cfg!(debug_assertions))
            .collect();
        assert!(findings.is_empty(), "{findings:#?}");
    }
    // The third form calls its slow paths: it must still jump to the next handler, but it saves registers.
    let report = check(binary, "krait_bench_dispatch::by_sibling_call::op_").expect("objdump runs");
    assert!(report.findings.iter().all(|f| f.fault == Fault::FastPathSaves), "{:#?}", report.findings);
    assert!(!report.findings.is_empty());
}
