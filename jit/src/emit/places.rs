//! Where values are, and moves between places.
//!
//! A value is fetched into a scratch register only when it has none of its own.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::Emitter;
use crate::exit::Loc;
use crate::ir::{Op, Ref};
use dynasmrt::{DynasmApi, dynasm};

/// Where a moved value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    Place(Loc),
    Imm(i64),
    Frame(i32),
}

impl Emitter<'_> {
    pub(super) fn loc(&self, r: Ref) -> Loc {
        self.places.of[r.index()]
    }

    /// A general register with the value; `scratch` if it must be made or fetched.
    pub(super) fn gpr(&mut self, r: Ref, scratch: u8) -> u8 {
        let i = *self.region.inst(r);
        match i.op {
            Op::KInt | Op::KVal | Op::KPtr | Op::KFloat => {
                self.load_imm(scratch, i.imm);
                return scratch;
            }
            Op::FrameAddr => {
                dynasm!(self.a ; .arch x64 ; lea Rq(scratch), [r14 + 8 * i.imm as i32]);
                return scratch;
            }
            _ => {}
        }
        match self.loc(r) {
            Loc::Gpr(n) => n,
            Loc::Spill(k) => {
                dynasm!(self.a ; .arch x64 ; mov Rq(scratch), [rsp + 8 * k as i32]);
                scratch
            }
            Loc::Xmm(n) => {
                dynasm!(self.a ; .arch x64 ; movq Rq(scratch), Rx(n));
                scratch
            }
            Loc::None => {
                debug_assert!(false, "{r:?} has no place");
                scratch
            }
        }
    }

    pub(super) fn load_imm(&mut self, register: u8, imm: i64) {
        if imm == 0 {
            dynasm!(self.a ; .arch x64 ; xor Rd(register), Rd(register));
        } else if let Ok(n) = i32::try_from(imm) {
            dynasm!(self.a ; .arch x64 ; mov Rq(register), n);
        } else {
            dynasm!(self.a ; .arch x64 ; mov Rq(register), QWORD imm);
        }
    }

    /// A vector register with the float.
    pub(super) fn xmm(&mut self, r: Ref, scratch: u8) -> u8 {
        let i = *self.region.inst(r);
        if i.op == Op::KFloat {
            if i.imm == 0 {
                dynasm!(self.a ; .arch x64 ; xorpd Rx(scratch), Rx(scratch));
            } else {
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD i.imm ; movq Rx(scratch), rax);
            }
            return scratch;
        }
        match self.loc(r) {
            Loc::Xmm(n) => n,
            Loc::Spill(k) => {
                dynasm!(self.a ; .arch x64 ; movsd Rx(scratch), [rsp + 8 * k as i32]);
                scratch
            }
            _ => {
                debug_assert!(false, "{r:?} is in no vector register");
                scratch
            }
        }
    }

    /// The register to compute an integer result in.
    pub(super) fn dst(&self, r: Ref) -> u8 {
        if let Loc::Gpr(n) = self.loc(r) { n } else { 0 }
    }

    pub(super) fn dst_x(&self, r: Ref) -> u8 {
        if let Loc::Xmm(n) = self.loc(r) { n } else { 0 }
    }

    /// Puts a computed general register where the result belongs.
    pub(super) fn finish(&mut self, r: Ref, from: u8) {
        match self.loc(r) {
            Loc::Gpr(n) if n != from => dynasm!(self.a ; .arch x64 ; mov Rq(n), Rq(from)),
            Loc::Spill(k) => dynasm!(self.a ; .arch x64 ; mov [rsp + 8 * k as i32], Rq(from)),
            _ => {}
        }
    }

    pub(super) fn finish_x(&mut self, r: Ref, from: u8) {
        match self.loc(r) {
            Loc::Xmm(n) if n != from => dynasm!(self.a ; .arch x64 ; movapd Rx(n), Rx(from)),
            Loc::Spill(k) => dynasm!(self.a ; .arch x64 ; movsd [rsp + 8 * k as i32], Rx(from)),
            _ => {}
        }
    }

    /// A small constant operand.
    pub(super) fn imm32(&self, r: Ref) -> Option<i32> {
        let i = self.region.inst(r);
        if matches!(i.op, Op::KInt | Op::KVal | Op::KPtr) { i32::try_from(i.imm).ok() } else { None }
    }

    pub(super) fn source(&self, r: Ref) -> Source {
        let i = self.region.inst(r);
        match i.op {
            Op::KInt | Op::KVal | Op::KPtr | Op::KFloat => Source::Imm(i.imm),
            Op::FrameAddr => Source::Frame(i.imm as i32),
            _ => Source::Place(self.loc(r)),
        }
    }

    /// Moves that happen at once.
    pub(super) fn parallel(&mut self, mut moves: Vec<(Source, Loc)>) {
        while !moves.is_empty() {
            let free = (0..moves.len()).find(|&k| {
                let dest = moves[k].1;
                !moves.iter().enumerate().any(|(j, m)| j != k && m.0 == Source::Place(dest))
            });
            match free {
                Some(k) => {
                    let (from, to) = moves.swap_remove(k);
                    self.mov(from, to);
                }
                None => {
                    // A cycle: one source is put aside. Vector and general registers may be in one cycle through memory.
                    let (from, _) = moves[0];
                    let Source::Place(place) = from else { return };
                    let aside = if let Loc::Xmm(_) = place { Loc::Xmm(1) } else { Loc::Gpr(2) };
                    self.mov(from, aside);
                    for m in &mut moves {
                        if m.0 == from {
                            m.0 = Source::Place(aside);
                        }
                    }
                }
            }
        }
    }

    pub(super) fn mov(&mut self, from: Source, to: Loc) {
        match (from, to) {
            (Source::Imm(n), Loc::Gpr(d)) => self.load_imm(d, n),
            (Source::Imm(n), Loc::Xmm(d)) => {
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD n ; movq Rx(d), rax);
            }
            (Source::Imm(n), Loc::Spill(k)) => {
                self.load_imm(0, n);
                dynasm!(self.a ; .arch x64 ; mov [rsp + 8 * k as i32], rax);
            }
            (Source::Frame(at), Loc::Gpr(d)) => dynasm!(self.a ; .arch x64 ; lea Rq(d), [r14 + 8 * at]),
            (Source::Frame(at), Loc::Spill(k)) => {
                dynasm!(self.a ; .arch x64 ; lea rax, [r14 + 8 * at] ; mov [rsp + 8 * k as i32], rax);
            }
            (Source::Place(Loc::Gpr(s)), Loc::Gpr(d)) => dynasm!(self.a ; .arch x64 ; mov Rq(d), Rq(s)),
            (Source::Place(Loc::Xmm(s)), Loc::Xmm(d)) => dynasm!(self.a ; .arch x64 ; movapd Rx(d), Rx(s)),
            (Source::Place(Loc::Gpr(s)), Loc::Spill(k)) => {
                dynasm!(self.a ; .arch x64 ; mov [rsp + 8 * k as i32], Rq(s))
            }
            (Source::Place(Loc::Xmm(s)), Loc::Spill(k)) => {
                dynasm!(self.a ; .arch x64 ; movsd [rsp + 8 * k as i32], Rx(s))
            }
            (Source::Place(Loc::Spill(s)), Loc::Gpr(d)) => {
                dynasm!(self.a ; .arch x64 ; mov Rq(d), [rsp + 8 * s as i32])
            }
            (Source::Place(Loc::Spill(s)), Loc::Xmm(d)) => {
                dynasm!(self.a ; .arch x64 ; movsd Rx(d), [rsp + 8 * s as i32])
            }
            (Source::Place(Loc::Spill(s)), Loc::Spill(k)) => dynasm!(self.a
                ; .arch x64
                ; mov rax, [rsp + 8 * s as i32]
                ; mov [rsp + 8 * k as i32], rax
            ),
            (Source::Place(Loc::Gpr(s)), Loc::Xmm(d)) => dynasm!(self.a ; .arch x64 ; movq Rx(d), Rq(s)),
            (Source::Place(Loc::Xmm(s)), Loc::Gpr(d)) => dynasm!(self.a ; .arch x64 ; movq Rq(d), Rx(s)),
            _ => debug_assert!(false, "no move {from:?} to {to:?}"),
        }
    }
}
