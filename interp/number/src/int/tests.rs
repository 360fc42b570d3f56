//! Identities on random numbers, and values computed by hand.

use super::*;

/// Xorshift numbers of up to `max` limbs, with runs of ones and zeros in some limbs.
fn random(state: &mut u64, max: usize) -> IntBuf {
    let mut next = || {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    };
    let n = (next() % (max as u64 + 1)) as usize;
    let mut out = IntBuf::new();
    for _ in 0..n {
        let w = match next() % 5 {
            0 => 0,
            1 => u64::MAX,
            2 => next() & (u64::MAX >> (next() % 64)),
            _ => next(),
        };
        out.limbs.push(w);
    }
    out.neg = next() & 1 == 1;
    out.normalize();
    out
}

#[test]
fn division_inverts_multiplication() {
    let mut s = 88172645463325252;
    for round in 0..6000 {
        let max = if round % 100 == 0 { 200 } else { 9 };
        let (a, b) = (random(&mut s, 2 * max), random(&mut s, max));
        let (mut q, mut r) = (IntBuf::new(), IntBuf::new());
        if divmod(a.as_ref(), b.as_ref(), &mut q, &mut r).is_err() {
            assert!(b.as_ref().is_zero());
            continue;
        }
        let (mut p, mut back) = (IntBuf::new(), IntBuf::new());
        mul(q.as_ref(), b.as_ref(), &mut p);
        add(p.as_ref(), r.as_ref(), &mut back);
        assert_eq!(a, back);
        assert!(r.as_ref().is_zero() || r.neg == b.neg);
        assert!(limbs::cmp(&r.limbs, &b.limbs).is_lt());
        let mut only = IntBuf::new();
        rem(a.as_ref(), b.as_ref(), &mut only).unwrap();
        assert_eq!(only, r);
        sub(back.as_ref(), r.as_ref(), &mut only);
        assert_eq!(only, p);
    }
}

#[test]
fn text_round_trips() {
    let mut s = 1234567;
    for _ in 0..600 {
        let a = random(&mut s, 70);
        for radix in [2, 3, 8, 10, 16, 32, 36] {
            let text = to_string(a.as_ref(), radix, true);
            let mut back = IntBuf::new();
            parse(text.as_bytes(), radix, 0, &mut back).unwrap();
            assert_eq!(a, back, "{text}");
        }
    }
}

#[test]
fn bitwise_identities() {
    let mut s = 7;
    for _ in 0..3000 {
        let (a, b) = (random(&mut s, 5), random(&mut s, 5));
        let [mut x, mut y, mut z, mut t] = [(); 4].map(|()| IntBuf::new());
        // a + b == (a ^ b) + 2 * (a & b); a | b == a ^ b ^ (a & b)
        xor(a.as_ref(), b.as_ref(), &mut x);
        and(a.as_ref(), b.as_ref(), &mut y);
        or(a.as_ref(), b.as_ref(), &mut t);
        xor(x.as_ref(), y.as_ref(), &mut z);
        assert_eq!(t, z);
        shl(y.as_ref(), 1, &mut z).unwrap();
        add(x.as_ref(), z.as_ref(), &mut t);
        add(a.as_ref(), b.as_ref(), &mut z);
        assert_eq!(t, z);
        // Bytes, signed.
        let n = (a.as_ref().bit_length() / 8 + 1) as usize;
        let mut bytes = vec![0; n];
        for little in [true, false] {
            to_bytes(a.as_ref(), &mut bytes, little, true).unwrap();
            from_bytes(&bytes, little, true, &mut z);
            assert_eq!(a, z);
        }
        // Shifts: floor division by a power of two.
        shl(IntRef::ONE, 67, &mut y).unwrap();
        floordiv(a.as_ref(), y.as_ref(), &mut z).unwrap();
        shr(a.as_ref(), 67, &mut t);
        assert_eq!(t, z);
    }
}

#[test]
fn grammar() {
    let value = |text: &str, base| {
        let mut out = IntBuf::new();
        parse(text.as_bytes(), base, 4300, &mut out).map(|()| to_string(out.as_ref(), 10, false))
    };
    assert_eq!(value(" -1_000\n", 10).unwrap(), "-1000");
    assert_eq!(value("0x_ff", 0).unwrap(), "255");
    assert_eq!(value("0b1", 16).unwrap(), "177");
    assert_eq!(value("00_0", 0).unwrap(), "0");
    for bad in ["", "_1", "1_", "1__0", "- 1", "0x", "010", "1 2"] {
        assert_eq!(value(bad, 0), Err(ParseIntError::Invalid), "{bad}");
    }
    assert_eq!(value("1", 37), Err(ParseIntError::Base));
    assert_eq!(value(&"9".repeat(5000), 10), Err(ParseIntError::TooManyDigits(5000)));
}

#[test]
fn powers() {
    let mut s = 99;
    for _ in 0..200 {
        let (mut a, mut m) = (random(&mut s, 6), random(&mut s, 6));
        m.neg = false;
        a.neg = false;
        if m.as_ref().is_zero() {
            continue;
        }
        let mut e = IntBuf::new();
        e.set_u64(s % 40);
        let [mut full, mut want, mut got] = [(); 3].map(|()| IntBuf::new());
        pow(a.as_ref(), e.as_ref(), &mut full).unwrap();
        rem(full.as_ref(), m.as_ref(), &mut want).unwrap();
        modpow(a.as_ref(), e.as_ref(), m.as_ref(), &mut got).unwrap();
        assert_eq!(want, got);
        if mod_inverse(a.as_ref(), m.as_ref(), &mut got).is_ok() {
            mul(a.as_ref(), got.as_ref(), &mut full);
            rem(full.as_ref(), m.as_ref(), &mut want).unwrap();
            rem(IntRef::ONE, m.as_ref(), &mut full).unwrap();
            assert_eq!(want, full);
        }
        let mut root = IntBuf::new();
        square(a.as_ref(), &mut full);
        isqrt(full.as_ref(), &mut root).unwrap();
        assert_eq!(root, a);
    }
}
