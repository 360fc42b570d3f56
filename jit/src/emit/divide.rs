//! Floor division and modulo.
//!
//! By a constant: a multiplication with the reciprocal, rounded up (Granlund and Montgomery, "Division by Invariant
//! Integers using Multiplication", 1994). The dividend is made a number of 63 bits without a sign: `!n` stands for a
//! negative `n`, and floor(n / d) is `!floor(!n / d)`. For 63 bits the factor always fits 64.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::Emitter;
use crate::ir::{Inst, Op, Ref};
use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

/// Factor and shift for dividing numbers below 2^63 by `d`, which is at least 2: `(n * factor >> 64) >> shift`.
fn reciprocal(d: u64) -> (u64, u32) {
    // With 2^l the next power of two, 2^(63 + l) / d, rounded up, is wrong by less than one in 2^63.
    let l = 64 - (d - 1).leading_zeros();
    let factor = (1u128 << (63 + l)).div_ceil(d as u128);
    debug_assert!(factor >> 64 == 0 && l >= 1, "2^(63 + l) / d is at most 2^64 and d more than 2^(l - 1)");
    (factor as u64, l - 1)
}

impl Emitter<'_> {
    /// Floor division and modulo: the processor's truncate.
    pub(super) fn divide(&mut self, r: Ref, i: &Inst) {
        let [a, b, _] = i.args;
        if let Some(d) = self.imm32(b)
            && d >= 2
        {
            self.divide_by(r, i, d);
            return;
        }
        let done = self.a.new_dynamic_label();
        let x = self.gpr(a, 0);
        if x != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
        }
        let y = self.gpr(b, 1);
        dynasm!(self.a ; .arch x64 ; cqo ; idiv Rq(y) ; test rdx, rdx ; je =>done);
        if i.op == Op::DivI {
            // The remainder has the dividend's sign: other than the divisor's means one less.
            dynasm!(self.a ; .arch x64 ; xor rdx, Rq(y) ; jns =>done ; dec rax ; =>done);
            self.finish(r, 0);
        } else {
            dynasm!(self.a ; .arch x64 ; mov rax, rdx ; xor rax, Rq(y) ; jns =>done ; add rdx, Rq(y) ; =>done);
            self.finish(r, 2);
        }
    }

    /// By a constant from 2 on.
    fn divide_by(&mut self, r: Ref, i: &Inst, d: i32) {
        let (factor, shift) = reciprocal(d as u64);
        let x = self.gpr(i.args[0], 0);
        if x != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
        }
        dynasm!(self.a
            ; .arch x64
            ; mov rcx, rax
            ; sar rcx, 63
            ; xor rax, rcx
            ; mov rdx, QWORD factor as i64
            ; mul rdx
            ; shr rdx, shift as i8
            ; xor rdx, rcx
        );
        if i.op == Op::DivI {
            self.finish(r, 2);
            return;
        }
        // The dividend is fetched again if it was in no register.
        let x = self.gpr(i.args[0], 0);
        dynasm!(self.a ; .arch x64 ; imul rdx, rdx, d);
        if x != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
        }
        dynasm!(self.a ; .arch x64 ; sub rax, rdx);
        self.finish(r, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::reciprocal;

    #[test]
    fn quotients_are_exact() {
        let most = (1u64 << 63) - 1;
        for d in [2u64, 3, 5, 6, 7, 9, 10, 11, 13, 100, 641, 1000, 65_535, 65_537, 1 << 30, i32::MAX as u64] {
            let (factor, shift) = reciprocal(d);
            let near = (most / d).saturating_sub(2) * d;
            for n in (0..300).chain(near..near + 2 * d.min(100)).chain([d - 1, d, d + 1, most - 1, most]) {
                if n > most {
                    continue;
                }
                let high = ((n as u128 * factor as u128) >> 64) as u64;
                assert_eq!(high >> shift, n / d, "{n} / {d}");
            }
        }
    }
}
