//! Kernels on numbers in base 10**18, least significant word first.
//!
//! A word product stays below 10**36, so that a column of up to 256 of them adds up in 128 bits and is reduced
//! once: schoolbook multiplication costs hardly more than in binary, while shifts by digits, rounding and text
//! stay linear. Long factors go to Karatsuba's method and to number-theoretic transforms (`ntt`), long
//! divisions to the recursive method of Burnikel and Ziegler (1998).

use super::ntt;
use crate::int::limbs::{Reciprocal, div_2by1};
use smallvec::SmallVec;
use std::cmp::Ordering;

/// The base.
pub const BASE: u64 = 1_000_000_000_000_000_000;
/// Decimal digits in a word.
pub const WIDTH: usize = 18;
/// Words of a result; six fit without allocation.
pub type Words = SmallVec<[u64; 6]>;

/// Powers of ten up to 10**19.
pub const POW10: [u64; 20] = {
    let mut table = [1; 20];
    let mut i = 1;
    while i < 20 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// For each power of ten the multiplier and the shift that divide a word by it.
const MAGIC: [(u64, u32); WIDTH + 1] = {
    let mut table = [(0, 0); WIDTH + 1];
    let mut i = 1;
    while i <= WIDTH {
        let shift = 63 - POW10[i].leading_zeros();
        table[i] = ((1u128 << (64 + shift)).div_ceil(POW10[i] as u128) as u64, shift);
        i += 1;
    }
    table
};

/// Quotient and remainder of a word by 10**`n`, `0 < n <= 18`. The multiplier is too large by less than the
/// divisor, which is less than 2**(shift + 1), so that below 2**60 the error never reaches a unit.
#[inline]
fn split_word(w: u64, n: usize) -> (u64, u64) {
    let (multiplier, shift) = MAGIC[n];
    let q = ((u128::from(w) * u128::from(multiplier)) >> 64) as u64 >> shift;
    (q, w - q * POW10[n])
}

/// From this length of both factors on: Karatsuba.
const KARATSUBA: usize = 48;
/// From this length of both factors on: transforms.
const NTT: usize = 900;
/// From this length of divisor and quotient on: recursive division.
const RECURSIVE: usize = 80;

/// Quotient and remainder by the base.
#[inline]
pub fn div_base(x: u128) -> (u128, u64) {
    const NORMAL: u64 = BASE << 4;
    const INVERSE: Reciprocal =
        Reciprocal::from_parts(NORMAL, (u128::MAX / NORMAL as u128 - (1 << 64)) as u64);
    let (high, low) = ((x >> 64) as u64, x as u64);
    let (top, rest) = (high / BASE, high % BASE);
    let (q, r) = INVERSE.div(rest << 4 | low >> 60, low << 4);
    (u128::from(top) << 64 | u128::from(q), r >> 4)
}

/// Drops leading zero words.
#[inline]
pub fn trim(a: &mut Words) {
    while a.last() == Some(&0) {
        a.pop();
    }
}

fn trimmed(mut a: &[u64]) -> &[u64] {
    while let [rest @ .., 0] = a {
        a = rest;
    }
    a
}

/// Number of digits of a word; 0 for 0.
#[inline]
pub fn word_digits(w: u64) -> usize {
    // 1233 / 4096 is just above log10(2).
    let guess = ((64 - w.leading_zeros() as usize) * 1233) >> 12;
    guess + usize::from(w >= POW10[guess])
}

/// Number of digits of a trimmed number; 0 for 0.
#[inline]
pub fn digits(a: &[u64]) -> usize {
    match a.last() {
        None => 0,
        Some(&top) => (a.len() - 1) * WIDTH + word_digits(top),
    }
}

/// The digit that counts 10**`i`.
#[inline]
pub fn digit(a: &[u64], i: usize) -> u64 {
    a.get(i / WIDTH).map_or(0, |w| w / POW10[i % WIDTH] % 10)
}

/// Number of zero digits at the end; 0 for 0.
pub fn trailing_zeros(a: &[u64]) -> usize {
    let Some(i) = a.iter().position(|&w| w != 0) else { return 0 };
    let mut w = a[i];
    let mut n = i * WIDTH;
    while w.is_multiple_of(10) {
        w /= 10;
        n += 1;
    }
    n
}

/// Compares trimmed numbers.
pub fn cmp(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a += b`; returns the carry out of `a`, which is at least as long as `b`.
fn add_into(a: &mut [u64], b: &[u64]) -> bool {
    let mut carry = 0;
    let (low, high) = a.split_at_mut(b.len());
    for (x, &y) in low.iter_mut().zip(b) {
        let s = *x + y + carry;
        carry = u64::from(s >= BASE);
        *x = s - if carry == 1 { BASE } else { 0 };
    }
    for x in high {
        if carry == 0 {
            return false;
        }
        carry = u64::from(*x + 1 == BASE);
        *x = if carry == 1 { 0 } else { *x + 1 };
    }
    carry == 1
}

/// `a -= b`; returns the borrow out of `a`, which is at least as long as `b`.
fn sub_from(a: &mut [u64], b: &[u64]) -> bool {
    let mut borrow = 0;
    let (low, high) = a.split_at_mut(b.len());
    for (x, &y) in low.iter_mut().zip(b) {
        let (d, under) = x.overflowing_sub(y + borrow);
        *x = if under { d.wrapping_add(BASE) } else { d };
        borrow = u64::from(under);
    }
    for x in high {
        if borrow == 0 {
            return false;
        }
        let (d, under) = x.overflowing_sub(1);
        *x = if under { BASE - 1 } else { d };
        borrow = u64::from(under);
    }
    borrow == 1
}

/// `a + b`.
pub fn add(a: &[u64], b: &[u64]) -> Words {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut out = Words::with_capacity(a.len() + 1);
    out.extend_from_slice(a);
    if add_into(&mut out, b) {
        out.push(1);
    }
    out
}

/// `a - b` for `a >= b`.
pub fn sub(a: &[u64], b: &[u64]) -> Words {
    let mut out = Words::from_slice(a);
    let borrow = sub_from(&mut out, b);
    debug_assert!(!borrow);
    trim(&mut out);
    out
}

/// `a += 1`.
pub fn increment(a: &mut Words) {
    for w in a.iter_mut() {
        *w += 1;
        if *w < BASE {
            return;
        }
        *w = 0;
    }
    a.push(1);
}

/// `a *= m` for `m < 2**60`.
pub fn mul_small(a: &mut Words, m: u64) {
    let mut carry = 0;
    for w in a.iter_mut() {
        (carry, *w) = div_base(u128::from(*w) * u128::from(m) + carry);
    }
    while carry != 0 {
        let (q, r) = div_base(carry);
        a.push(r);
        carry = q;
    }
    trim(a);
}

/// `a /= d` for `0 < d <= BASE`; returns the remainder.
pub fn div_small(a: &mut Words, d: u64) -> u64 {
    let mut rest = 0u64;
    for w in a.iter_mut().rev() {
        let x = u128::from(rest) * u128::from(BASE) + u128::from(*w);
        (*w, rest) = div_2by1((x >> 64) as u64, x as u64, d);
    }
    trim(a);
    rest
}

/// `a * b`.
pub fn mul(a: &[u64], b: &[u64]) -> Words {
    let mut out = Words::from_elem(0, a.len() + b.len());
    mul_to(&mut out, a, b);
    trim(&mut out);
    out
}

/// `out = a * b`; `out.len() == a.len() + b.len()`.
fn mul_to(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let n = b.len();
    if n == 0 {
        out.fill(0);
    } else if n < KARATSUBA {
        schoolbook(out, a, b);
    } else if a.len() > 2 * n && n < NTT {
        // Pieces of the longer factor.
        out.fill(0);
        for (i, part) in a.chunks(n).enumerate() {
            let product = mul(part, b);
            add_into(&mut out[i * n..], &product);
        }
    } else if n < NTT {
        karatsuba(out, a, b);
    } else {
        ntt::mul(out, a, b);
    }
}

/// By columns; `b` is the shorter and has at most 256 words.
fn schoolbook(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (n, m) = (a.len(), b.len());
    let mut sum = 0u128;
    for k in 0..n + m - 1 {
        let first = k.saturating_sub(n - 1);
        let last = k.min(m - 1);
        for (x, y) in b[first..=last].iter().zip(a[k - last..=k - first].iter().rev()) {
            sum += u128::from(*x) * u128::from(*y);
        }
        (sum, out[k]) = div_base(sum);
    }
    out[n + m - 1] = sum as u64;
}

/// Three products of half the length.
fn karatsuba(out: &mut [u64], a: &[u64], b: &[u64]) {
    let half = a.len().div_ceil(2);
    if b.len() <= half {
        // Too unequal to split both: one product for each half of `a`.
        out.fill(0);
        for (i, part) in [&a[..half], &a[half..]].into_iter().enumerate() {
            let product = mul(part, b);
            add_into(&mut out[i * half..], &product);
        }
        return;
    }
    let ((a0, a1), (b0, b1)) = (a.split_at(half), b.split_at(half));
    let (low, high) = out.split_at_mut(2 * half);
    mul_to(low, a0, b0);
    mul_to(high, a1, b1);
    let mut middle = mul(&add(a0, a1), &add(b0, b1));
    sub_from(&mut middle, trimmed(low));
    sub_from(&mut middle, trimmed(high));
    add_into(&mut out[half..], trimmed(&middle));
}

/// `a * 10**n`; `None` if there is no memory for it.
pub fn shl(a: &[u64], n: usize) -> Option<Words> {
    let (words, places) = (n / WIDTH, n % WIDTH);
    let mut out = Words::new();
    if a.is_empty() {
        return Some(out);
    }
    out.try_reserve_exact(a.len() + words + 1).ok()?;
    out.resize(words, 0);
    if places == 0 {
        out.extend_from_slice(a);
        return Some(out);
    }
    let up = POW10[places];
    let mut carry = 0;
    out.extend(a.iter().map(|&w| {
        let (high, low) = split_word(w, WIDTH - places);
        low * up + std::mem::replace(&mut carry, high)
    }));
    if carry != 0 {
        out.push(carry);
    }
    Some(out)
}

/// How what was cut off compares with half a unit of what was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing was cut off but zeros.
    Zero,
    /// Less than a half.
    Below,
    /// A half.
    Half,
    /// More than a half.
    Above,
}

impl Rest {
    /// From the highest digit cut off and whether others are not zero.
    pub fn from_digit(digit: u64, more: bool) -> Rest {
        match digit {
            0 if !more => Rest::Zero,
            0..=4 => Rest::Below,
            5 if !more => Rest::Half,
            _ => Rest::Above,
        }
    }
}

/// `a / 10**n` and what was cut off.
pub fn shr(a: &[u64], n: usize) -> (Words, Rest) {
    if n == 0 {
        return (Words::from_slice(a), Rest::Zero);
    }
    let total = digits(a);
    if n > total {
        return (Words::new(), if total == 0 { Rest::Zero } else { Rest::Below });
    }
    // The highest digit cut off, and what lies below it.
    let (top, below) = ((n - 1) / WIDTH, (n - 1) % WIDTH);
    let (high, low) = if below == 0 { (a[top], 0) } else { split_word(a[top], below) };
    let more = low != 0 || a[..top].iter().any(|&w| w != 0);
    let rest = Rest::from_digit(high % 10, more);
    let (words, places) = (n / WIDTH, n % WIDTH);
    let kept = a.get(words..).unwrap_or(&[]);
    let mut out = Words::with_capacity(kept.len());
    if places == 0 {
        out.extend_from_slice(kept);
    } else {
        let up = POW10[WIDTH - places];
        let mut high = kept.first().map_or(0, |&w| split_word(w, places).0);
        out.extend(kept.iter().skip(1).map(|&w| {
            let (next, low) = split_word(w, places);
            std::mem::replace(&mut high, next) + low * up
        }));
        out.push(high);
    }
    trim(&mut out);
    (out, rest)
}

/// The lowest `n` digits.
pub fn low_digits(a: &[u64], n: usize) -> Words {
    let (words, places) = (n / WIDTH, n % WIDTH);
    let mut out = Words::from_slice(&a[..a.len().min(words + 1)]);
    if words < a.len() {
        out[words] %= POW10[places];
    }
    trim(&mut out);
    out
}

/// Quotient and remainder of trimmed numbers; `d` is not zero.
pub fn divmod(a: &[u64], d: &[u64]) -> (Words, Words) {
    if cmp(a, d) == Ordering::Less {
        return (Words::new(), Words::from_slice(a));
    }
    if let &[d] = d {
        let mut q = Words::from_slice(a);
        let r = div_small(&mut q, d);
        return (q, if r == 0 { Words::new() } else { Words::from_slice(&[r]) });
    }
    // Scaling makes the divisor's top word at least half the base.
    let factor = BASE / (d[d.len() - 1] + 1);
    let mut scaled = Words::from_slice(a);
    mul_small(&mut scaled, factor);
    let mut divisor = Words::from_slice(d);
    mul_small(&mut divisor, factor);
    let (mut q, mut r) = if d.len() < RECURSIVE || a.len() - d.len() < RECURSIVE {
        let mut q = Words::from_elem(0, scaled.len() + 1 - divisor.len());
        scaled.push(0);
        knuth(&mut q, &mut scaled, &divisor);
        scaled.truncate(divisor.len());
        (q, scaled)
    } else {
        divide_blocks(&scaled, &divisor)
    };
    trim(&mut q);
    trim(&mut r);
    div_small(&mut r, factor);
    (q, r)
}

/// Algorithm D: `q.len() == a.len() - d.len()`, the top of `a` is below `d`, whose top word is at least half the
/// base. The remainder is left in `a`.
fn knuth(q: &mut [u64], a: &mut [u64], d: &[u64]) {
    let n = d.len();
    let (d1, d0) = (d[n - 1], d[n - 2]);
    for j in (0..q.len()).rev() {
        let window = &mut a[j..=j + n];
        let top = u128::from(window[n]) * u128::from(BASE) + u128::from(window[n - 1]);
        let (mut guess, mut rest) = if window[n] >= d1 {
            (BASE - 1, top - u128::from(BASE - 1) * u128::from(d1))
        } else {
            let (q, r) = div_2by1((top >> 64) as u64, top as u64, d1);
            (q, u128::from(r))
        };
        // At most two corrections.
        while rest < u128::from(BASE)
            && u128::from(guess) * u128::from(d0) > rest * u128::from(BASE) + u128::from(window[n - 2])
        {
            guess -= 1;
            rest += u128::from(d1);
        }
        let mut carry = 0u128;
        let mut borrow = 0u64;
        for (x, &y) in window[..n].iter_mut().zip(d) {
            let (high, low) = div_base(u128::from(guess) * u128::from(y) + carry);
            carry = high;
            let (diff, under) = x.overflowing_sub(low + borrow);
            *x = if under { diff.wrapping_add(BASE) } else { diff };
            borrow = u64::from(under);
        }
        let (diff, under) = window[n].overflowing_sub(carry as u64 + borrow);
        window[n] = diff;
        if under {
            guess -= 1;
            add_into(&mut window[..n], d);
            window[n] = 0;
        }
        q[j] = guess;
    }
}

/// Divides block by block, each as long as the divisor.
fn divide_blocks(a: &[u64], d: &[u64]) -> (Words, Words) {
    let n = d.len();
    let blocks = a.len().div_ceil(n);
    let mut q = Words::from_elem(0, blocks * n);
    let mut rest = Words::new();
    for i in (0..blocks).rev() {
        let block = &a[i * n..a.len().min((i + 1) * n)];
        let mut top = Words::from_slice(block);
        top.resize(n, 0);
        top.extend_from_slice(&rest);
        trim(&mut top);
        let (part, r) = divide_two_by_one(&top, d);
        q[i * n..i * n + part.len()].copy_from_slice(&part);
        rest = r;
    }
    (q, rest)
}

/// `a / d` for `a < d * BASE**n`, `d` normalized with `n` words: two steps of three halves by two.
fn divide_two_by_one(a: &[u64], d: &[u64]) -> (Words, Words) {
    let n = d.len();
    if cmp(a, d) == Ordering::Less {
        return (Words::new(), Words::from_slice(a));
    }
    if n < RECURSIVE || n % 2 == 1 {
        let mut rest = Words::from_slice(a);
        rest.push(0);
        let mut q = Words::from_elem(0, rest.len() - n);
        if n == 1 {
            rest.pop();
            let r = div_small(&mut rest, d[0]);
            return (rest, if r == 0 { Words::new() } else { Words::from_slice(&[r]) });
        }
        if n >= RECURSIVE {
            // Odd lengths: one zero word below both makes them even.
            let mut even = Words::from_slice(&[0]);
            even.extend_from_slice(d);
            let mut wide = Words::from_slice(&[0]);
            wide.extend_from_slice(a);
            let (q, r) = divide_two_by_one(&wide, &even);
            return (q, Words::from_slice(r.get(1..).unwrap_or(&[])));
        }
        knuth(&mut q, &mut rest, d);
        rest.truncate(n);
        trim(&mut q);
        trim(&mut rest);
        return (q, rest);
    }
    let half = n / 2;
    let low = |a: &[u64], from: usize, to: usize| -> Words {
        let mut out = Words::from_slice(a.get(from..to.min(a.len())).unwrap_or(&[]));
        trim(&mut out);
        out
    };
    let (q1, r1) = divide_three_by_two(&low(a, half, usize::MAX), d, half);
    // The remainder before the last quarter.
    let mut rest = low(a, 0, half);
    rest.resize(half, 0);
    rest.extend_from_slice(&r1);
    trim(&mut rest);
    let (q0, r) = divide_three_by_two(&rest, d, half);
    let mut q = q0;
    q.resize(half, 0);
    q.extend_from_slice(&q1);
    trim(&mut q);
    (q, r)
}

/// `a / d` where `a` has up to three and `d` exactly two halves and `a < d * BASE**half`.
fn divide_three_by_two(a: &[u64], d: &[u64], half: usize) -> (Words, Words) {
    let (d0, d1) = d.split_at(half);
    let top = a.get(half..).unwrap_or(&[]);
    let high = a.get(2 * half..).unwrap_or(&[]);
    let (mut q, r) = if cmp(trimmed(high), d1) == Ordering::Less {
        divide_two_by_one(trimmed(top), d1)
    } else {
        // The quotient of the tops would not fit a half: the largest that does.
        let q = Words::from_elem(BASE - 1, half);
        // top - q * d1 = top - d1 * BASE**half + d1
        let mut shifted = Words::from_elem(0, half);
        shifted.extend_from_slice(d1);
        let r = sub(&add(trimmed(top), d1), &shifted);
        (q, r)
    };
    let product = mul(&q, trimmed(d0));
    let mut rest = Words::from_slice(&a[..half.min(a.len())]);
    rest.resize(half, 0);
    rest.extend_from_slice(&r);
    trim(&mut rest);
    while cmp(&rest, &product) == Ordering::Less {
        rest = add(&rest, d);
        decrement(&mut q);
    }
    (q, sub(&rest, &product))
}

fn decrement(a: &mut Words) {
    for w in a.iter_mut() {
        if *w > 0 {
            *w -= 1;
            break;
        }
        *w = BASE - 1;
    }
    trim(a);
}
