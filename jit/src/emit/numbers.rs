//! Arithmetic and comparisons of integers and floats.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::Emitter;
use crate::exit::Loc;
use crate::ir::{Cond, Inst, NOT, Op, Ref};
use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

impl Emitter<'_> {
    pub(super) fn checked(&mut self, r: Ref, i: &Inst) {
        let exit = self.guard_exit(i);
        let [a, b, _] = i.args;
        // In rax: the exit must find the operands as they were.
        match i.op {
            Op::NegI => {
                let x = self.gpr(a, 0);
                if x != 0 {
                    dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
                }
                dynasm!(self.a ; .arch x64 ; neg rax ; jo =>exit);
            }
            Op::ShlI => {
                let n = self.imm32(b).unwrap_or(0) as i8;
                let x = self.gpr(a, 2);
                dynasm!(self.a
                    ; .arch x64
                    ; mov rax, Rq(x)
                    ; shl rax, n
                    ; mov rcx, rax
                    ; sar rcx, n
                    ; cmp rcx, Rq(x)
                    ; jne =>exit
                );
            }
            Op::MulI => {
                let x = self.gpr(a, 0);
                if let Some(n) = self.imm32(b) {
                    dynasm!(self.a ; .arch x64 ; imul rax, Rq(x), n ; jo =>exit);
                } else {
                    let y = self.gpr(b, 1);
                    if x != 0 {
                        dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
                    }
                    dynasm!(self.a ; .arch x64 ; imul rax, Rq(y) ; jo =>exit);
                }
            }
            _ => {
                let x = self.gpr(a, 0);
                if x != 0 {
                    dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
                }
                match (self.imm32(b), i.op) {
                    (Some(n), Op::AddI) => dynasm!(self.a ; .arch x64 ; add rax, n),
                    (Some(n), _) => dynasm!(self.a ; .arch x64 ; sub rax, n),
                    (None, op) => {
                        let y = self.gpr(b, 1);
                        if op == Op::AddI {
                            dynasm!(self.a ; .arch x64 ; add rax, Rq(y));
                        } else {
                            dynasm!(self.a ; .arch x64 ; sub rax, Rq(y));
                        }
                    }
                }
                dynasm!(self.a ; .arch x64 ; jo =>exit);
            }
        }
        self.finish(r, 0);
    }

    pub(super) fn integer(&mut self, r: Ref, i: &Inst) {
        let [a, b, _] = i.args;
        let d = self.dst(r);
        let x = self.gpr(a, 0);
        if let Some(n) = self.imm32(b) {
            match i.op {
                Op::AddW if d != x => dynasm!(self.a ; .arch x64 ; lea Rq(d), [Rq(x) + n]),
                Op::SubW if d != x && n != i32::MIN => {
                    dynasm!(self.a ; .arch x64 ; lea Rq(d), [Rq(x) + -n])
                }
                Op::MulW => dynasm!(self.a ; .arch x64 ; imul Rq(d), Rq(x), n),
                _ => {
                    if d != x {
                        dynasm!(self.a ; .arch x64 ; mov Rq(d), Rq(x));
                    }
                    match i.op {
                        Op::AddW => dynasm!(self.a ; .arch x64 ; add Rq(d), n),
                        Op::SubW => dynasm!(self.a ; .arch x64 ; sub Rq(d), n),
                        Op::AndI => dynasm!(self.a ; .arch x64 ; and Rq(d), n),
                        Op::OrI => dynasm!(self.a ; .arch x64 ; or Rq(d), n),
                        _ => dynasm!(self.a ; .arch x64 ; xor Rq(d), n),
                    }
                }
            }
            self.finish(r, d);
            return;
        }
        let y = self.gpr(b, 1);
        if i.op == Op::AddW && d != x && d != y {
            dynasm!(self.a ; .arch x64 ; lea Rq(d), [Rq(x) + Rq(y)]);
            self.finish(r, d);
            return;
        }
        // The result's register may be the second operand's: where the order does not matter, it is the first.
        let commutes = i.op != Op::SubW;
        let (x, y) = if d == y && commutes { (y, x) } else { (x, y) };
        let t = if d == y && d != x { 0 } else { d };
        if t != x {
            dynasm!(self.a ; .arch x64 ; mov Rq(t), Rq(x));
        }
        match i.op {
            Op::AddW => dynasm!(self.a ; .arch x64 ; add Rq(t), Rq(y)),
            Op::SubW => dynasm!(self.a ; .arch x64 ; sub Rq(t), Rq(y)),
            Op::MulW => dynasm!(self.a ; .arch x64 ; imul Rq(t), Rq(y)),
            Op::AndI => dynasm!(self.a ; .arch x64 ; and Rq(t), Rq(y)),
            Op::OrI => dynasm!(self.a ; .arch x64 ; or Rq(t), Rq(y)),
            _ => dynasm!(self.a ; .arch x64 ; xor Rq(t), Rq(y)),
        }
        self.finish(r, t);
    }

    /// Integers made of one other, without a check.
    pub(super) fn one_integer(&mut self, r: Ref, i: &Inst) {
        let [a, b, _] = i.args;
        let d = self.dst(r);
        let x = self.gpr(a, 0);
        if i.op == Op::TagI && d != x {
            dynasm!(self.a ; .arch x64 ; lea Rq(d), [Rq(x) * 4]);
            self.finish(r, d);
            return;
        }
        if d != x {
            dynasm!(self.a ; .arch x64 ; mov Rq(d), Rq(x));
        }
        match i.op {
            Op::TagI => dynasm!(self.a ; .arch x64 ; shl Rq(d), 2),
            Op::ShlW => {
                let n = self.imm32(b).unwrap_or(0) as i8;
                dynasm!(self.a ; .arch x64 ; shl Rq(d), n);
            }
            Op::NegW => dynasm!(self.a ; .arch x64 ; neg Rq(d)),
            _ => {}
        }
        self.finish(r, d);
    }

    pub(super) fn shift_right(&mut self, r: Ref, a: Ref, b: Ref) {
        let x = self.gpr(a, 0);
        if x != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
        }
        match self.imm32(b) {
            Some(n) => dynasm!(self.a ; .arch x64 ; sar rax, n as i8),
            None => {
                let n = self.gpr(b, 1);
                if n != 1 {
                    dynasm!(self.a ; .arch x64 ; mov rcx, Rq(n));
                }
                dynasm!(self.a ; .arch x64 ; sar rax, cl);
            }
        }
        self.finish(r, 0);
    }

    pub(super) fn float(&mut self, r: Ref, i: &Inst) {
        let [a, b, _] = i.args;
        let d = self.dst_x(r);
        let (mut a, mut b) = (a, b);
        // The result's register may be the second operand's: where the order does not matter, that one is the first.
        if matches!(i.op, Op::AddF | Op::MulF) && self.loc(b) == Loc::Xmm(d) {
            std::mem::swap(&mut a, &mut b);
        }
        // What lies in the machine's frame is used where it is.
        if let Loc::Spill(k) = self.loc(b)
            && a != b
        {
            let x = self.xmm(a, d);
            if d != x {
                dynasm!(self.a ; .arch x64 ; movapd Rx(d), Rx(x));
            }
            let at = 8 * k as i32;
            match i.op {
                Op::AddF => dynasm!(self.a ; .arch x64 ; addsd Rx(d), QWORD [rsp + at]),
                Op::SubF => dynasm!(self.a ; .arch x64 ; subsd Rx(d), QWORD [rsp + at]),
                Op::MulF => dynasm!(self.a ; .arch x64 ; mulsd Rx(d), QWORD [rsp + at]),
                _ => dynasm!(self.a ; .arch x64 ; divsd Rx(d), QWORD [rsp + at]),
            }
            self.finish_x(r, d);
            return;
        }
        let y = if a == b { None } else { Some(self.xmm(b, 1)) };
        let t = if y == Some(d) { 0 } else { d };
        let x = self.xmm(a, t);
        let y = y.unwrap_or(x);
        if t != x {
            dynasm!(self.a ; .arch x64 ; movapd Rx(t), Rx(x));
        }
        match i.op {
            Op::AddF => dynasm!(self.a ; .arch x64 ; addsd Rx(t), Rx(y)),
            Op::SubF => dynasm!(self.a ; .arch x64 ; subsd Rx(t), Rx(y)),
            Op::MulF => dynasm!(self.a ; .arch x64 ; mulsd Rx(t), Rx(y)),
            _ => dynasm!(self.a ; .arch x64 ; divsd Rx(t), Rx(y)),
        }
        self.finish_x(r, t);
    }

    pub(super) fn compare(&mut self, a: Ref, b: Ref) {
        let x = self.gpr(a, 0);
        match self.imm32(b) {
            Some(n) => dynasm!(self.a ; .arch x64 ; cmp Rq(x), n),
            None => {
                let y = self.gpr(b, 1);
                dynasm!(self.a ; .arch x64 ; cmp Rq(x), Rq(y));
            }
        }
    }

    pub(super) fn guard_int(&mut self, i: &Inst) {
        let exit = self.guard_exit(i);
        let [a, b, _] = i.args;
        let cond = Cond::from_u32(i.aux);
        if self.imm32(a).is_some() && self.imm32(b).is_none() {
            // The processor compares with a constant on the right only.
            self.compare(b, a);
            match cond {
                Cond::Lt => dynasm!(self.a ; .arch x64 ; jle =>exit),
                Cond::Le => dynasm!(self.a ; .arch x64 ; jl =>exit),
                Cond::Eq => dynasm!(self.a ; .arch x64 ; jne =>exit),
                Cond::Ne => dynasm!(self.a ; .arch x64 ; je =>exit),
                Cond::Gt => dynasm!(self.a ; .arch x64 ; jge =>exit),
                Cond::Ge => dynasm!(self.a ; .arch x64 ; jg =>exit),
                Cond::Below => dynasm!(self.a ; .arch x64 ; jbe =>exit),
            }
            return;
        }
        self.compare(a, b);
        match cond {
            Cond::Lt => dynasm!(self.a ; .arch x64 ; jge =>exit),
            Cond::Le => dynasm!(self.a ; .arch x64 ; jg =>exit),
            Cond::Eq => dynasm!(self.a ; .arch x64 ; jne =>exit),
            Cond::Ne => dynasm!(self.a ; .arch x64 ; je =>exit),
            Cond::Gt => dynasm!(self.a ; .arch x64 ; jle =>exit),
            Cond::Ge => dynasm!(self.a ; .arch x64 ; jl =>exit),
            Cond::Below => dynasm!(self.a ; .arch x64 ; jae =>exit),
        }
    }

    /// With a NaN the comparison sets the parity flag, and those of below and equal.
    pub(super) fn guard_float(&mut self, i: &Inst) {
        let exit = self.guard_exit(i);
        let not = i.aux & NOT != 0;
        let [a, b, _] = i.args;
        let cond = Cond::from_u32(i.aux & !NOT);
        // a < b is b > a, which a NaN does not satisfy by the carry flag alone.
        let (a, b) = if matches!(cond, Cond::Lt | Cond::Le) { (b, a) } else { (a, b) };
        let y = self.xmm(b, 1);
        let x = self.xmm(a, 0);
        dynasm!(self.a ; .arch x64 ; ucomisd Rx(x), Rx(y));
        match (cond, not) {
            (Cond::Lt | Cond::Gt | Cond::Below, false) => dynasm!(self.a ; .arch x64 ; jbe =>exit),
            (Cond::Lt | Cond::Gt | Cond::Below, true) => dynasm!(self.a ; .arch x64 ; ja =>exit),
            (Cond::Le | Cond::Ge, false) => dynasm!(self.a ; .arch x64 ; jb =>exit),
            (Cond::Le | Cond::Ge, true) => dynasm!(self.a ; .arch x64 ; jae =>exit),
            (Cond::Eq, false) | (Cond::Ne, true) => {
                dynasm!(self.a ; .arch x64 ; jne =>exit ; jp =>exit);
            }
            (Cond::Eq, true) | (Cond::Ne, false) => {
                let on = self.a.new_dynamic_label();
                dynasm!(self.a ; .arch x64 ; jp =>on ; je =>exit ; =>on);
            }
        }
    }
}
