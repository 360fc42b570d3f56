//! Integers as text.

use super::{IntRef, large, limbs, parse};

/// From this number of limbs on the library prints decimal digits (it is subquadratic).
const LARGE: usize = 48;
/// The largest power of ten in a limb.
const TEN_19: u64 = 10_000_000_000_000_000_000;

const PAIRS: &[u8; 200] =
    b"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/// Whether `str()` of a number of this many bits must be refused under `max_digits`
/// (`sys.get_int_max_str_digits()`; 0: no limit) before trying. The answer is CPython's estimate, which lets
/// through a little more than the limit: the length of the result is to be checked as well
/// (ValueError "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits()
/// to increase the limit").
pub fn digits_exceed_limit(bit_length: u64, max_digits: usize) -> bool {
    const SHIFT: u64 = 30;
    let size = bit_length.div_ceil(SHIFT);
    let threshold = parse::CHECK_THRESHOLD as u64;
    size >= 10 * threshold / (3 * SHIFT) + 2
        && max_digits > 0
        && max_digits as u64 / (3 * SHIFT) <= (size - 11) / 10
}

/// Decimal digits of a limb, without leading zeros, at the end of `buffer`; returns where they start.
#[inline]
fn decimal_u64(mut value: u64, buffer: &mut [u8; 20]) -> usize {
    let mut at = 20;
    while value >= 100 {
        let pair = (value % 100) as usize * 2;
        value /= 100;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if value >= 10 {
        let pair = value as usize * 2;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        buffer[at] = b'0' + value as u8;
    }
    at
}

/// Appends the decimal digits of a small number with its sign.
#[inline]
pub fn write_i64(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let mut buffer = [0; 20];
    let at = decimal_u64(value.unsigned_abs(), &mut buffer);
    out.extend_from_slice(&buffer[at..]);
}

/// Appends the digits of the magnitude (no sign, no prefix), lower case. `radix` is 2 to 36 (else 10).
pub fn write_radix(a: IntRef, radix: u32, out: &mut Vec<u8>) {
    match radix {
        2 | 4 | 8 | 16 | 32 => write_binary(a.limbs, radix.trailing_zeros(), out),
        3..=36 if radix != 10 => {
            if a.is_zero() {
                out.push(b'0');
            } else {
                large::write_radix(a.limbs, radix, out);
            }
        }
        _ => write_decimal(a.limbs, out),
    }
}

fn write_decimal(a: &[u64], out: &mut Vec<u8>) {
    let mut buffer = [0; 20];
    if a.len() <= 1 {
        let at = decimal_u64(a.first().copied().unwrap_or(0), &mut buffer);
        return out.extend_from_slice(&buffer[at..]);
    }
    if a.len() >= LARGE {
        return large::write_radix(a, 10, out);
    }
    let mut rest = super::Limbs::from_slice(a);
    // 64 bits are more than 19 digits, so one part more than limbs is enough for 48 limbs.
    let mut parts = [0u64; LARGE + 2];
    let mut count = 0;
    while !rest.is_empty() {
        parts[count] = limbs::div_small_assign(&mut rest, TEN_19);
        count += 1;
        while rest.last() == Some(&0) {
            rest.pop();
        }
    }
    for (i, &part) in parts[..count].iter().enumerate().rev() {
        let at = decimal_u64(part, &mut buffer);
        let at = if i + 1 == count {
            at
        } else {
            buffer[1..at].fill(b'0');
            1
        };
        out.extend_from_slice(&buffer[at..]);
    }
}

fn write_binary(a: &[u64], bits: u32, out: &mut Vec<u8>) {
    let total = limbs::bit_length(a);
    let count = total.div_ceil(u64::from(bits)).max(1);
    let mask = (1u64 << bits) - 1;
    out.reserve(count as usize);
    for i in (0..count).rev() {
        let position = i * u64::from(bits);
        let (word, offset) = ((position / 64) as usize, (position % 64) as u32);
        let mut d = a.get(word).copied().unwrap_or(0) >> offset;
        if offset + bits > 64 {
            d |= a.get(word + 1).copied().unwrap_or(0) << (64 - offset);
        }
        let d = (d & mask) as u8;
        out.push(if d < 10 { b'0' + d } else { b'a' + d - 10 });
    }
}

/// The number with its sign; with `prefix`, as `bin()`, `oct()` and `hex()` write it.
pub fn to_string(a: IntRef, radix: u32, prefix: bool) -> String {
    let mut out = Vec::with_capacity(a.limbs.len() * 20 + 4);
    if a.neg {
        out.push(b'-');
    }
    if prefix {
        out.extend_from_slice(match radix {
            2 => b"0b",
            8 => b"0o",
            16 => b"0x",
            _ => b"",
        });
    }
    write_radix(a, radix, &mut out);
    crate::ascii_string(out)
}

/// Appends the decimal digits of a small number.
#[inline]
pub fn write_u64(value: u64, out: &mut Vec<u8>) {
    let mut buffer = [0; 20];
    let at = decimal_u64(value, &mut buffer);
    out.extend_from_slice(&buffer[at..]);
}
