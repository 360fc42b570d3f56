//! Kernels on little-endian limb slices, without signs and without allocation.
//!
//! Everything here works on `&[u64]` and `&mut [u64]` only; lengths are contracts of the callers inside this
//! crate (checked with `debug_assert!`). The quadratic algorithms are meant for short operands: `arith` sends
//! long ones to the library (see `large`).

/// Length without leading (most significant) zero limbs.
#[inline]
pub fn trimmed_len(a: &[u64]) -> usize {
    let mut n = a.len();
    while n > 0 && a[n - 1] == 0 {
        n -= 1;
    }
    n
}

/// The slice without leading zero limbs.
#[inline]
pub fn trim(a: &[u64]) -> &[u64] {
    &a[..trimmed_len(a)]
}

/// Compares two trimmed magnitudes.
#[inline]
pub fn cmp(a: &[u64], b: &[u64]) -> std::cmp::Ordering {
    if a.len() != b.len() {
        return a.len().cmp(&b.len());
    }
    for i in (0..a.len()).rev() {
        if a[i] != b[i] {
            return a[i].cmp(&b[i]);
        }
    }
    std::cmp::Ordering::Equal
}

/// Number of significant bits of a trimmed magnitude.
#[inline]
pub fn bit_length(a: &[u64]) -> u64 {
    match a.last() {
        None => 0,
        Some(&top) => a.len() as u64 * 64 - u64::from(top.leading_zeros()),
    }
}

/// Number of zero bits below the lowest set bit; 0 for zero.
pub fn trailing_zeros(a: &[u64]) -> u64 {
    for (i, &w) in a.iter().enumerate() {
        if w != 0 {
            return i as u64 * 64 + u64::from(w.trailing_zeros());
        }
    }
    0
}

/// `out = a + b` with `out.len() == a.len() >= b.len()`; returns the carry.
#[inline]
pub fn add(out: &mut [u64], a: &[u64], b: &[u64]) -> bool {
    debug_assert!(a.len() >= b.len() && out.len() == a.len());
    let mut carry = false;
    let (alow, ahigh) = a.split_at(b.len());
    let (olow, ohigh) = out.split_at_mut(b.len());
    for ((o, &x), &y) in olow.iter_mut().zip(alow).zip(b) {
        (*o, carry) = x.carrying_add(y, carry);
    }
    for (o, &x) in ohigh.iter_mut().zip(ahigh) {
        (*o, carry) = x.overflowing_add(u64::from(carry));
    }
    carry
}

/// `a += b` with `a.len() >= b.len()`; returns the carry.
#[inline]
pub fn add_assign(a: &mut [u64], b: &[u64]) -> bool {
    debug_assert!(a.len() >= b.len());
    let mut carry = false;
    let (low, high) = a.split_at_mut(b.len());
    for (x, &y) in low.iter_mut().zip(b) {
        (*x, carry) = x.carrying_add(y, carry);
    }
    for x in high {
        if !carry {
            break;
        }
        (*x, carry) = x.overflowing_add(1);
    }
    carry
}

/// `out = a - b` for `a >= b`, `out.len() == a.len() >= b.len()`.
#[inline]
pub fn sub(out: &mut [u64], a: &[u64], b: &[u64]) {
    debug_assert!(a.len() >= b.len() && out.len() == a.len());
    let mut borrow = false;
    let (alow, ahigh) = a.split_at(b.len());
    let (olow, ohigh) = out.split_at_mut(b.len());
    for ((o, &x), &y) in olow.iter_mut().zip(alow).zip(b) {
        (*o, borrow) = x.borrowing_sub(y, borrow);
    }
    for (o, &x) in ohigh.iter_mut().zip(ahigh) {
        (*o, borrow) = x.overflowing_sub(u64::from(borrow));
    }
    debug_assert!(!borrow);
}

/// `a -= b`, `a.len() >= b.len()`; returns the borrow.
#[inline]
pub fn sub_assign(a: &mut [u64], b: &[u64]) -> bool {
    debug_assert!(a.len() >= b.len());
    let mut borrow = false;
    let (low, high) = a.split_at_mut(b.len());
    for (x, &y) in low.iter_mut().zip(b) {
        (*x, borrow) = x.borrowing_sub(y, borrow);
    }
    for x in high {
        if !borrow {
            break;
        }
        (*x, borrow) = x.overflowing_sub(1);
    }
    borrow
}

/// `a += small`; returns the carry.
#[inline]
pub fn add_small(a: &mut [u64], small: u64) -> bool {
    let mut carry = small;
    for x in a {
        if carry == 0 {
            return false;
        }
        let (s, c) = x.overflowing_add(carry);
        *x = s;
        carry = u64::from(c);
    }
    carry != 0
}

/// `out = a * m + carry`, `out.len() == a.len()`; returns the outgoing limb.
#[inline]
pub fn mul_small(out: &mut [u64], a: &[u64], m: u64, mut carry: u64) -> u64 {
    debug_assert_eq!(out.len(), a.len());
    for (o, &x) in out.iter_mut().zip(a) {
        (*o, carry) = x.carrying_mul(m, carry);
    }
    carry
}

/// `a = a * m + carry`; returns the outgoing limb.
#[inline]
pub fn mul_small_assign(a: &mut [u64], m: u64, mut carry: u64) -> u64 {
    for x in a {
        (*x, carry) = x.carrying_mul(m, carry);
    }
    carry
}

/// `out += a * m`, `out.len() == a.len()`; returns the outgoing limb.
#[inline]
pub fn add_mul(out: &mut [u64], a: &[u64], m: u64) -> u64 {
    debug_assert_eq!(out.len(), a.len());
    let mut carry = 0;
    for (o, &x) in out.iter_mut().zip(a) {
        (*o, carry) = x.carrying_mul_add(m, *o, carry);
    }
    carry
}

/// `out -= a * m`, `out.len() == a.len()`; returns the outgoing (borrowed) limb.
#[inline]
pub fn sub_mul(out: &mut [u64], a: &[u64], m: u64) -> u64 {
    debug_assert_eq!(out.len(), a.len());
    let mut carry = 0u64;
    for (o, &x) in out.iter_mut().zip(a) {
        let (low, high) = x.carrying_mul(m, carry);
        let (d, borrow) = o.overflowing_sub(low);
        *o = d;
        carry = high + u64::from(borrow);
    }
    carry
}

/// Schoolbook product; `out.len() == a.len() + b.len()`, both non-empty. `out` is overwritten.
pub fn mul(out: &mut [u64], a: &[u64], b: &[u64]) {
    debug_assert_eq!(out.len(), a.len() + b.len());
    let n = a.len();
    out[n] = mul_small(&mut out[..n], a, b[0], 0);
    for (j, &y) in b.iter().enumerate().skip(1) {
        out[n + j] = add_mul(&mut out[j..n + j], a, y);
    }
}

/// Schoolbook square; `out.len() == 2 * a.len()`, `a` non-empty. `out` is overwritten.
pub fn square(out: &mut [u64], a: &[u64]) {
    debug_assert_eq!(out.len(), 2 * a.len());
    let n = a.len();
    if n == 1 {
        (out[0], out[1]) = a[0].carrying_mul(a[0], 0);
        return;
    }
    // The products above the diagonal, once ...
    out[0] = 0;
    out[n] = mul_small(&mut out[1..n], &a[1..], a[0], 0);
    for i in 1..n - 1 {
        let m = n - i - 1;
        let (low, high) = out.split_at_mut(2 * i + 1 + m);
        high[0] = add_mul(&mut low[2 * i + 1..], &a[i + 1..], a[i]);
    }
    out[2 * n - 1] = 0;
    // ... doubled, plus the diagonal.
    let mut top = 0;
    let mut carry = 0;
    for i in 0..n {
        let (lo, hi) = a[i].carrying_mul(a[i], 0);
        let (x, y) = (out[2 * i], out[2 * i + 1]);
        let (s, c) = ((x << 1) | top).overflowing_add(lo);
        let (s, c2) = s.overflowing_add(carry);
        out[2 * i] = s;
        let high = hi + u64::from(c) + u64::from(c2);
        let (t, c3) = ((y << 1) | (x >> 63)).overflowing_add(high);
        out[2 * i + 1] = t;
        carry = u64::from(c3);
        top = y >> 63;
    }
}

/// `a <<= bits` with `bits < 64` into `out` of the same length; returns the bits shifted out.
#[inline]
pub fn shl_bits(out: &mut [u64], a: &[u64], bits: u32) -> u64 {
    debug_assert!(bits < 64 && out.len() == a.len());
    if bits == 0 {
        out.copy_from_slice(a);
        return 0;
    }
    let mut carry = 0;
    for (o, &x) in out.iter_mut().zip(a) {
        *o = (x << bits) | carry;
        carry = x >> (64 - bits);
    }
    carry
}

/// `a >>= bits` in place with `bits < 64`.
#[inline]
pub fn shr_bits_assign(a: &mut [u64], bits: u32) {
    debug_assert!(bits < 64);
    if bits == 0 {
        return;
    }
    let mut carry = 0;
    for x in a.iter_mut().rev() {
        let low = *x << (64 - bits);
        *x = (*x >> bits) | carry;
        carry = low;
    }
}

/// Quotient and remainder of `hi:lo / d` for `hi < d`.
#[inline]
pub fn div_2by1(hi: u64, lo: u64, d: u64) -> (u64, u64) {
    debug_assert!(hi < d);
    #[cfg(target_arch = "x86_64")]
    {
        let (q, r);
        // SAFETY: hi < d, so the quotient fits one register and `div` can not fault; no memory is touched.
        unsafe {
            std::arch::asm!("div {}", in(reg) d, inlateout("rax") lo => q, inlateout("rdx") hi => r,
                options(pure, nomem, nostack));
        }
        (q, r)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let n = (u128::from(hi) << 64) | u128::from(lo);
        ((n / u128::from(d)) as u64, (n % u128::from(d)) as u64)
    }
}

/// A normalized divisor (top bit set) with its reciprocal (Möller and Granlund, "Improved division by
/// invariant integers", 2011): division by two multiplications.
#[derive(Clone, Copy)]
pub struct Reciprocal {
    d: u64,
    v: u64,
}

impl Reciprocal {
    /// `d` must have its top bit set.
    #[inline]
    pub fn new(d: u64) -> Reciprocal {
        debug_assert!(d >> 63 == 1);
        Reciprocal { d, v: div_2by1(!d, u64::MAX, d).0 }
    }

    /// A divisor whose reciprocal `v`, `(2**128 - 1) / d - 2**64`, is known.
    pub const fn from_parts(d: u64, v: u64) -> Reciprocal {
        Reciprocal { d, v }
    }

    /// Quotient and remainder of `hi:lo / d` for `hi < d`.
    #[inline]
    pub fn div(self, hi: u64, lo: u64) -> (u64, u64) {
        let (q0, q1) = self.v.carrying_mul(hi, lo);
        let q1 = q1.wrapping_add(hi).wrapping_add(1);
        let mut r = lo.wrapping_sub(q1.wrapping_mul(self.d));
        let mut q = q1;
        if r > q0 {
            q = q.wrapping_sub(1);
            r = r.wrapping_add(self.d);
        }
        if r >= self.d {
            q = q.wrapping_add(1);
            r -= self.d;
        }
        (q, r)
    }
}

/// `q = a / d`, `q.len() == a.len()`, `d != 0`; returns the remainder. `q` may hold anything before.
pub fn div_small(q: &mut [u64], a: &[u64], d: u64) -> u64 {
    debug_assert!(d != 0 && q.len() == a.len());
    let mut r = 0;
    if a.len() <= 3 {
        for (o, &x) in q.iter_mut().zip(a).rev() {
            (*o, r) = div_2by1(r, x, d);
        }
        return r;
    }
    let s = d.leading_zeros();
    let inv = Reciprocal::new(d << s);
    if s == 0 {
        for (o, &x) in q.iter_mut().zip(a).rev() {
            (*o, r) = inv.div(r, x);
        }
        return r;
    }
    let n = a.len();
    r = a[n - 1] >> (64 - s);
    for i in (0..n).rev() {
        let below = if i > 0 { a[i - 1] >> (64 - s) } else { 0 };
        (q[i], r) = inv.div(r, (a[i] << s) | below);
    }
    r >> s
}

/// `a /= d` in place; returns the remainder.
pub fn div_small_assign(a: &mut [u64], d: u64) -> u64 {
    debug_assert!(d != 0);
    let mut r = 0;
    if a.len() <= 3 {
        for x in a.iter_mut().rev() {
            (*x, r) = div_2by1(r, *x, d);
        }
        return r;
    }
    let s = d.leading_zeros();
    let inv = Reciprocal::new(d << s);
    if s == 0 {
        for x in a.iter_mut().rev() {
            (*x, r) = inv.div(r, *x);
        }
        return r;
    }
    let n = a.len();
    r = a[n - 1] >> (64 - s);
    for i in (0..n).rev() {
        let below = if i > 0 { a[i - 1] >> (64 - s) } else { 0 };
        (a[i], r) = inv.div(r, (a[i] << s) | below);
    }
    r >> s
}

/// `a % d` for `d != 0`.
pub fn rem_small(a: &[u64], d: u64) -> u64 {
    debug_assert!(d != 0);
    let mut r = 0;
    if a.len() <= 3 {
        for &x in a.iter().rev() {
            (_, r) = div_2by1(r, x, d);
        }
        return r;
    }
    let s = d.leading_zeros();
    let inv = Reciprocal::new(d << s);
    if s == 0 {
        for &x in a.iter().rev() {
            (_, r) = inv.div(r, x);
        }
        return r;
    }
    let n = a.len();
    r = a[n - 1] >> (64 - s);
    for i in (0..n).rev() {
        let below = if i > 0 { a[i - 1] >> (64 - s) } else { 0 };
        (_, r) = inv.div(r, (a[i] << s) | below);
    }
    r >> s
}

/// Knuth's algorithm D on a normalized divisor.
///
/// `d` has at least two limbs and its top bit set; `a` is the dividend shifted by the same amount, with a limb
/// more at the top such that `a[a.len() - d.len() ..] < d`. On return `a[..d.len()]` is the remainder and `q`
/// (`q.len() == a.len() - d.len()`) the quotient.
pub fn div_knuth(q: &mut [u64], a: &mut [u64], d: &[u64]) {
    let n = d.len();
    debug_assert!(n >= 2 && d[n - 1] >> 63 == 1 && q.len() == a.len() - n);
    let (d1, d0) = (d[n - 1], d[n - 2]);
    let inv = Reciprocal::new(d1);
    for j in (0..q.len()).rev() {
        let window = &mut a[j..=j + n];
        let (a2, a1, a0) = (window[n], window[n - 1], window[n - 2]);
        let mut guess;
        if a2 >= d1 {
            // Then a2 == d1, and the quotient limb is at most the largest limb.
            guess = u64::MAX;
            let (r, overflow) = a1.overflowing_add(d1);
            if !overflow && too_big(guess, d0, r, a0) {
                guess -= 1;
            }
        } else {
            let r;
            (guess, r) = inv.div(a2, a1);
            if too_big(guess, d0, r, a0) {
                guess -= 1;
                let (r, overflow) = r.overflowing_add(d1);
                if !overflow && too_big(guess, d0, r, a0) {
                    guess -= 1;
                }
            }
        }
        let borrow = sub_mul(&mut window[..n], d, guess);
        let (top, under) = a2.overflowing_sub(borrow);
        window[n] = top;
        if under {
            guess -= 1;
            let carry = add_assign(&mut window[..n], d);
            window[n] = window[n].wrapping_add(u64::from(carry));
        }
        q[j] = guess;
    }
}

/// `guess * d0 > r:a0`.
#[inline]
fn too_big(guess: u64, d0: u64, r: u64, a0: u64) -> bool {
    u128::from(guess) * u128::from(d0) > (u128::from(r) << 64 | u128::from(a0))
}
