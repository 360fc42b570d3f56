//! Identities of the long algorithms, and values from the specification.

use super::words::{self, BASE, Words};
use super::*;
use std::cmp::Ordering;

fn random(state: &mut u64, n: usize) -> Words {
    let mut out = Words::new();
    for _ in 0..n {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        out.push(match *state % 7 {
            0 => 0,
            1 => BASE - 1,
            _ => (*state >> 3) % BASE,
        });
    }
    words::trim(&mut out);
    out
}

#[test]
fn products_agree() {
    let mut s = 88172645463325252;
    // (a + b) * c == a * c + b * c across the limits of the algorithms.
    for (n, m) in [
        (3, 2),
        (47, 49),
        (60, 50),
        (200, 60),
        (130, 129),
        (700, 350),
        (1000, 950),
        (3000, 901),
        (1800, 1800),
    ] {
        let (a, b, c) = (random(&mut s, n), random(&mut s, n), random(&mut s, m));
        let left = words::mul(&words::add(&a, &b), &c);
        let right = words::add(&words::mul(&a, &c), &words::mul(&b, &c));
        assert!(left == right, "{n} {m}");
        assert!(words::mul(&a, &a) == words::mul(&a, &Words::from_slice(&a)), "{n}");
    }
}

#[test]
fn division_inverts_multiplication() {
    let mut s = 1234567891011;
    for (n, m) in
        [(4, 2), (30, 9), (170, 85), (161, 80), (400, 81), (401, 200), (2000, 999), (1000, 3), (2400, 1201)]
    {
        for _ in 0..4 {
            let (a, d) = (random(&mut s, n), random(&mut s, m));
            if d.is_empty() {
                continue;
            }
            let (q, r) = words::divmod(&a, &d);
            assert_eq!(words::cmp(&r, &d), Ordering::Less);
            assert!(words::add(&words::mul(&q, &d), &r) == a, "{n} {m}");
        }
    }
}

fn number(text: &str) -> Decimal {
    parse_exact(text.as_bytes(), &mut 0)
}

const CTX: Context = Context { prec: 9, emax: 999, emin: -999, rounding: Rounding::HalfUp, clamp: false };

#[test]
fn arithmetic() {
    let mut s = 0;
    let text = |d: Decimal| d.to_sci(true);
    assert_eq!(text(CTX.add(&number("12"), &number("7.00"), &mut s)), "19.00");
    assert_eq!(text(CTX.div(&number("1"), &number("3"), &mut s)), "0.333333333");
    assert_eq!(s, status::INEXACT | status::ROUNDED);
    assert_eq!(text(CTX.mul(&number("1.20"), &number("3"), &mut s)), "3.60");
    assert_eq!(text(CTX.quantize(&number("2.17"), &number("0.1"), &mut s)), "2.2");
    assert_eq!(text(CTX.sqrt(&number("10"), &mut s)), "3.16227766");
    assert_eq!(text(CTX.exp(&number("1"), &mut s)), "2.71828183");
    assert_eq!(text(CTX.ln(&number("10"), &mut s)), "2.30258509");
    assert_eq!(text(CTX.log10(&number("0.001"), &mut s)), "-3");
    assert_eq!(text(CTX.pow(&number("2"), &number("-3"), &mut s)), "0.125");
    assert_eq!(text(CTX.rem_near(&number("10"), &number("6"), &mut s)), "-2");
    s = 0;
    assert_eq!(text(CTX.div(&number("1"), &number("0"), &mut s)), "Infinity");
    assert_eq!(s, status::DIVISION_BY_ZERO);
    assert_eq!(text(CTX.next_plus(&number("1"), &mut s)), "1.00000001");
    assert_eq!(number("123E+1").to_eng(true), "1.23E+3");
    assert_eq!(number("0.5").hash(), crate::float::hash(0.5));
}

#[test]
fn enormous_precision_is_no_obstacle() {
    let mut s = 0;
    let sum = Context::MAX.add(&number("1"), &number("2.5"), &mut s);
    assert_eq!((sum.to_sci(true).as_str(), s), ("3.5", 0));
    let half = Context::MAX.div(&number("1"), &number("2"), &mut s);
    assert_eq!((half.to_sci(true).as_str(), s), ("0.5", 0));
    let root = Context::MAX.sqrt(&number("4"), &mut s);
    assert_eq!((root.to_sci(true).as_str(), s), ("2", 0));
    let power = Context::MAX.pow(&number("2"), &number("-3"), &mut s);
    assert_eq!((power.to_sci(true).as_str(), s), ("0.125", 0));
    // Results with as many digits as the precision are refused, not attempted.
    s = 0;
    Context::MAX.next_plus(&number("1"), &mut s);
    Context::MAX.exp(&number("1"), &mut s);
    assert_eq!(s & status::MALLOC_ERROR, status::MALLOC_ERROR);
}
