//! Powers with small half-integral exponents, in line, with exactly the C library's results.
//!
//! The library's `pow` is not rounded correctly but nearly so: its authors give 0.511 units in the last place, and less than 2^-14.2
//! more for each unit of the result's logarithm, so below 0.514 for the results that come about here. So `x ** y` is computed
//! as a sum of two floats, far more precisely than needed. Where the sum is not close to the middle between two
//! floats, both ways must give the same float; the others, one in 33, are left to the library. (Ziv's rounding test: a low part
//! that 33/32 times as large changes nothing is below 0.4848 units, which leaves 0.0151 for the library.)
//!
//! It must not know where exponents come from: the recorder guards them.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::Emitter;
use crate::ir::{Inst, Ref};
use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

/// Exponents beyond which the library is asked: its error grows with the logarithm of the result, and the small
/// parts must not be subnormal.
const RANGE: i32 = 40;

/// How much larger the low part is made to see whether it matters.
const ROUNDING: f64 = 33.0 / 32.0;

/// Twice the exponent, if powers with it are computed in line on this machine.
pub fn twice(y: f64) -> Option<i64> {
    let known = [2.0, 0.5, -0.5, 1.5, -1.5].contains(&y);
    (known && std::arch::is_x86_feature_detected!("fma")).then_some((y * 2.0) as i64)
}

impl Emitter<'_> {
    /// `a ** (imm / 2)`. For the allocator this is a call, so all vector registers are free.
    pub(super) fn power(&mut self, r: Ref, i: &Inst) {
        let x = self.xmm(i.args[0], 0);
        if x != 0 {
            dynasm!(self.a ; .arch x64 ; movapd xmm0, Rx(x));
        }
        let slow = self.a.new_dynamic_label();
        let done = self.a.new_dynamic_label();
        dynasm!(self.a
            ; .arch x64
            ; movq rax, xmm0
            ; shr rax, 52
            ; and eax, 0x7ff
            ; sub eax, 1023 - RANGE
            ; cmp eax, 2 * RANGE
            ; ja =>slow
        );
        // The result as xmm2 + xmm3.
        if i.imm == 4 {
            dynasm!(self.a
                ; .arch x64
                ; movapd xmm2, xmm0
                ; mulsd xmm2, xmm0
                ; movapd xmm3, xmm0
                ; vfmsub213sd xmm3, xmm0, xmm2
            );
        } else {
            // The root s, and (x - s * s) / 2s.
            dynasm!(self.a
                ; .arch x64
                ; sqrtsd xmm2, xmm0
                ; movapd xmm3, xmm2
                ; vfnmadd213sd xmm3, xmm2, xmm0
                ; movapd xmm4, xmm2
                ; addsd xmm4, xmm4
                ; divsd xmm3, xmm4
            );
        }
        if i.imm.abs() == 3 {
            dynasm!(self.a
                ; .arch x64
                ; movapd xmm4, xmm2
                ; mulsd xmm4, xmm0
                ; vfmsub213sd xmm2, xmm0, xmm4
                ; mulsd xmm3, xmm0
                ; addsd xmm3, xmm2
                ; movapd xmm2, xmm4
            );
        }
        if i.imm < 0 {
            // q = 1 / xmm2, and what it lacks times q.
            dynasm!(self.a
                ; .arch x64
                ; mov rax, QWORD 1f64.to_bits() as i64
                ; movq xmm4, rax
                ; movapd xmm5, xmm4
                ; divsd xmm5, xmm2
                ; vfnmadd231sd xmm4, xmm5, xmm2
                ; vfnmadd231sd xmm4, xmm5, xmm3
                ; mulsd xmm4, xmm5
                ; movapd xmm2, xmm5
                ; movapd xmm3, xmm4
            );
        }
        let exponent = i.imm as f64 / 2.0;
        dynasm!(self.a
            ; .arch x64
            ; movapd xmm1, xmm2
            ; addsd xmm1, xmm3
            ; subsd xmm2, xmm1
            ; addsd xmm2, xmm3
            ; mov rax, QWORD ROUNDING.to_bits() as i64
            ; movq xmm4, rax
            ; mulsd xmm2, xmm4
            ; addsd xmm2, xmm1
            ; ucomisd xmm2, xmm1
            ; movapd xmm5, xmm0
            ; movapd xmm0, xmm1
            ; je =>done
            ; movapd xmm0, xmm5
            ; =>slow
            ; mov rax, QWORD exponent.to_bits() as i64
            ; movq xmm1, rax
            ; mov rax, QWORD crate::helpers::float_pow as *const () as i64
            ; call rax
            ; =>done
        );
        self.finish_x(r, 0);
    }
}
