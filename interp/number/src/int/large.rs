//! The library's side: long operands go to dashu-int and come back as limbs.
//!
//! Nothing else in the crate knows the library. Copying in and out is linear, so it is lost in what these
//! operations cost from the lengths on at which they are called.

use super::IntBuf;
use dashu_base::{DivRem, ExtendedGcd, Gcd, SquareRootRem};
use dashu_int::UBig;

fn load(limbs: &[u64]) -> UBig {
    UBig::from_words(limbs)
}

fn store(value: &UBig, out: &mut IntBuf) {
    out.limbs.clear();
    out.limbs.extend_from_slice(value.as_words());
    out.normalize();
}

/// `out = a * b`.
pub fn mul(a: &[u64], b: &[u64], out: &mut IntBuf) {
    store(&(load(a) * load(b)), out);
}

/// `out = a * a`.
pub fn square(a: &[u64], out: &mut IntBuf) {
    store(&load(a).sqr(), out);
}

/// Truncating division, `d` not zero.
pub fn divmod(a: &[u64], d: &[u64], quotient: Option<&mut IntBuf>, remainder: &mut IntBuf) {
    match quotient {
        Some(quotient) => {
            let (q, r) = load(a).div_rem(load(d));
            store(&q, quotient);
            store(&r, remainder);
        }
        None => store(&(load(a) % load(d)), remainder),
    }
}

/// Greatest common divisor of two numbers that are not zero.
pub fn gcd(a: &[u64], b: &[u64], out: &mut IntBuf) {
    store(&load(a).gcd(load(b)), out);
}

/// Floor of the square root and the rest.
pub fn sqrt_rem(a: &[u64], root: &mut IntBuf, rest: &mut IntBuf) {
    let (s, r) = load(a).sqrt_rem();
    store(&s, root);
    store(&r, rest);
}

/// Lower-case digits in `radix` (2 to 36), appended to `out`.
pub fn write_radix(a: &[u64], radix: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(load(a).in_radix(radix as u8).to_string().as_bytes());
}

/// Reads digits (no sign, no underscore); `None` if one does not belong to `radix`.
pub fn parse_radix(digits: &str, radix: u32, out: &mut IntBuf) -> Option<()> {
    store(&UBig::from_str_radix(digits, radix).ok()?, out);
    Some(())
}

/// The inverse of `a` modulo `m` (both not zero, `a < m`), if there is one.
pub fn inverse(a: &[u64], m: &[u64], out: &mut IntBuf) -> Option<()> {
    let modulus = load(m);
    let (g, x, _) = load(a).gcd_ext(modulus.clone());
    if g != UBig::ONE {
        return None;
    }
    let (sign, magnitude) = x.into_parts();
    let rest = magnitude % &modulus;
    let rest = if sign == dashu_base::Sign::Negative && rest != UBig::ZERO { modulus - rest } else { rest };
    store(&rest, out);
    Some(())
}
