//! Integers from and to bytes: `int.from_bytes`, `int.to_bytes`, `struct`.

use super::{IntBuf, IntError, IntRef};

/// Reads `bytes` as an integer; `signed` means two's complement. No bytes are zero.
pub fn from_bytes(bytes: &[u8], little: bool, signed: bool, out: &mut IntBuf) {
    out.clear();
    let mut chunk = |part: &[u8]| {
        // A part has at most eight bytes, in the order of the whole.
        let mut cell = [0; 8];
        if little {
            cell[..part.len()].copy_from_slice(part);
            out.limbs.push(u64::from_le_bytes(cell));
        } else {
            cell[8 - part.len()..].copy_from_slice(part);
            out.limbs.push(u64::from_be_bytes(cell));
        }
    };
    let top = if little {
        bytes.chunks(8).for_each(&mut chunk);
        bytes.last()
    } else {
        bytes.rchunks(8).for_each(&mut chunk);
        bytes.first()
    };
    if signed && top.is_some_and(|b| b & 0x80 != 0) {
        let used = bytes.len() % 8;
        let last = out.limbs.len() - 1;
        if used != 0 {
            out.limbs[last] |= u64::MAX << (used * 8);
        }
        let mut carry = true;
        for w in &mut out.limbs {
            (*w, carry) = (!*w).overflowing_add(u64::from(carry));
        }
        out.neg = true;
    }
    out.normalize();
}

/// Writes `a` into all of `target`.
///
/// Errors: [`IntError::Negative`] for a negative number if not `signed` (OverflowError "can't convert negative
/// int to unsigned"), [`IntError::Overflow`] if it needs more bytes (OverflowError "int too big to convert").
pub fn to_bytes(a: IntRef, target: &mut [u8], little: bool, signed: bool) -> Result<(), IntError> {
    if a.neg && !signed {
        return Err(IntError::Negative);
    }
    let bits = target.len() as u64 * 8;
    let needed = a.bit_length();
    let fits = if !signed {
        needed <= bits
    } else if !a.neg {
        needed < bits || needed == 0
    } else {
        // -2**k needs k + 1 bits, like every magnitude below it.
        let power = a
            .limbs
            .split_last()
            .is_some_and(|(top, low)| top.is_power_of_two() && low.iter().all(|&w| w == 0));
        needed - u64::from(power) < bits
    };
    if !fits {
        return Err(IntError::Overflow);
    }
    let n = target.len();
    let mut carry = true;
    for i in 0..n.div_ceil(8) {
        let mut w = a.limbs.get(i).copied().unwrap_or(0);
        if a.neg {
            (w, carry) = (!w).overflowing_add(u64::from(carry));
        }
        let (from, to) = (i * 8, (i * 8 + 8).min(n));
        if little {
            target[from..to].copy_from_slice(&w.to_le_bytes()[..to - from]);
        } else {
            target[n - to..n - from].copy_from_slice(&w.to_be_bytes()[8 - (to - from)..]);
        }
    }
    Ok(())
}
