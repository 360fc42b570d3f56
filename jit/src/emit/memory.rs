//! Cells, the write barrier, and calls: of helpers, and of the interpreter for one instruction.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::places::Source;
use super::{Emitter, RECORD_META, RECORD_OBJECT, RECORD_PC, RECORD_PREVIOUS, Slow, SlowPath};
use crate::exit::Loc;
use crate::ir::{Inst, Op, Ref, Resume, Ty};
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};
use krait_object::Value;

impl Emitter<'_> {
    /// Leaves unless the value is a cell; the register it is in.
    pub(super) fn check_cell(&mut self, v: Ref, exit: DynamicLabel) -> u8 {
        let s = self.gpr(v, 0);
        if self.cells.insert(v) {
            dynasm!(self.a ; .arch x64 ; lea ecx, [Rq(s) - 1] ; test cl, 7 ; jnz =>exit);
        }
        s
    }

    pub(super) fn barrier(&mut self, i: &Inst) {
        let [a, b, _] = i.args;
        let (label, back) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
        // A number that was stored is hardly ever a cell, which its tag tells at once.
        if let Some(v) = self.stored {
            let op = self.region.inst(v).op;
            if matches!(op, Op::BoxF | Op::BoxI) {
                let w = self.gpr(v, 1);
                if op == Op::BoxF {
                    dynasm!(self.a ; .arch x64 ; test Rb(w), 2 ; jne =>back);
                } else {
                    dynasm!(self.a ; .arch x64 ; test Rb(w), 1 ; je =>back);
                }
            }
        }
        let (base, disp) = self.address(a, i.imm, 0);
        let header = disp - i.imm as i32;
        // OLD and not REMEMBERED: bits 40 and 41 of the header.
        dynasm!(self.a
            ; .arch x64
            ; movzx ecx, BYTE [Rq(base) + header + 5]
            ; and ecx, 3
            ; cmp ecx, 1
            ; jne =>back
        );
        match (b.is_some(), self.imm32_opt(b)) {
            (false, _) => dynasm!(self.a ; .arch x64 ; lea rdx, [Rq(base) + disp]),
            (true, Some(n)) => dynasm!(self.a ; .arch x64 ; lea rdx, [Rq(base) + disp + 8 * n]),
            (true, None) => {
                let n = self.gpr(b, 1);
                dynasm!(self.a ; .arch x64 ; lea rdx, [Rq(base) + Rq(n) * 8 + disp]);
            }
        }
        if base != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(base));
        }
        dynasm!(self.a ; .arch x64 ; jmp =>label ; =>back);
        self.slow.push(Slow { label, back, what: SlowPath::Barrier });
    }

    pub(super) fn imm32_opt(&self, r: Ref) -> Option<i32> {
        if r.is_some() { self.imm32(r) } else { None }
    }

    /// Clears the words below the machine frame, as far as they are the frame's own to use (System V ABI 3.2.2): the frame of
    /// whoever is called next may have words that it does not write, and what calls before left in them would keep
    /// alive what the program let go of.
    fn clear_below(&mut self) {
        dynasm!(self.a ; .arch x64 ; pxor xmm0, xmm0);
        for at in (16..=128).step_by(16) {
            dynasm!(self.a ; .arch x64 ; movups [rsp - at], xmm0);
        }
    }

    /// The exit of a call. One that runs the instruction again may be forced, before the call.
    pub(super) fn call_exit(&mut self, i: &Inst) -> DynamicLabel {
        if self.region.snaps[i.snap as usize].resume != Resume::Raise {
            self.guard_exit(i)
        } else {
            self.exit(i.snap)
        }
    }

    /// A helper: the thread, then the operands.
    pub(super) fn call(&mut self, r: Ref, i: &Inst) {
        let exit = self.call_exit(i);
        self.call_with(i, i.imm);
        dynasm!(self.a ; .arch x64 ; cmp rax, Value::ERROR.0 as i32 ; je =>exit);
        self.finish(r, 0);
    }

    /// Calls a function with the thread and the operands; its result is in rax.
    pub(super) fn call_with(&mut self, i: &Inst, function: i64) {
        let targets = [6u8, 2, 1];
        let mut moves = Vec::new();
        for (arg, to) in i.operands().zip(targets) {
            moves.push((self.source(arg), Loc::Gpr(to)));
        }
        moves.retain(|(from, to)| *from != Source::Place(*to));
        self.parallel(moves);
        dynasm!(self.a ; .arch x64 ; mov rdi, r15 ; mov rax, QWORD function ; call rax);
    }

    /// What the interpreter's RETURN does for an ordinary frame.
    pub(super) fn return_value(&mut self, v: Ref, snap: u32) {
        use krait_vm::jit::Meta;
        let exit = self.exit(snap);
        let s = &self.region.snaps[snap as usize];
        let (base, depth) = (8 * s.frame, s.depth);
        let unusual = (0xff00 | Meta::GENERATOR) as i64;
        dynasm!(self.a
            ; .arch x64
            ; mov rax, [r14 + base - 8 * RECORD_META]
            ; mov rcx, QWORD unusual
            ; test rax, rcx
            ; jnz =>exit
            ; cmp QWORD [r14 + base - 8 * RECORD_OBJECT], 0
            ; jne =>exit
        );
        match self.region.ty(v) {
            Ty::Int => self.box_int(v),
            Ty::Float => self.box_float(v),
            _ => {
                let r = self.gpr(v, 0);
                if r != 0 {
                    dynasm!(self.a ; .arch x64 ; mov rax, Rq(r));
                }
            }
        }
        self.set_depth(depth - 1);
        // The destination and the length of the caller's instruction are in the meta word: see `Meta::new`.
        dynasm!(self.a
            ; .arch x64
            ; mov rsi, [r14 + base - 8 * RECORD_PREVIOUS]
            ; movzx ecx, WORD [r14 + base - 8 * RECORD_META + 2]
            ; mov [rsi + 8 * rcx], rax
            ; movzx ecx, BYTE [r14 + base - 8 * RECORD_META + 4]
            ; mov rdi, [rsi - 8 * RECORD_PC]
            ; lea rdi, [rdi + 8 * rcx]
            ; mov rax, QWORD self.cx.common.returned as i64
            ; jmp rax
        );
    }

    pub(super) fn step(&mut self, r: Ref, i: &Inst) {
        let s = &self.region.steps[i.imm as usize];
        let slots = self.region.snaps[i.snap as usize].slots.clone();
        self.write_slots(&slots);
        self.set_depth(s.depth);
        self.clear_stale(r);
        self.clear_below();
        let label = self.a.new_dynamic_label();
        self.landed.push(label);
        dynasm!(self.a
            ; .arch x64
            ; mov rdi, r15
            ; mov rsi, QWORD s.pc as i64
            ; lea rdx, [r14 + 8 * s.frame]
            ; mov rcx, QWORD s.next_pc as i64
            ; lea r8, [r14 + 8 * s.next_frame]
            ; mov rax, QWORD crate::helpers::step as *const () as i64
            ; call rax
            ; test eax, eax
            ; jnz =>label
        );
        self.depth = s.next_depth;
        self.memory.retain(|&k, _| k < s.top);
        // The interpreter saves addresses of instructions in the frames' records.
        self.memory.remove(&(s.frame - RECORD_PC));
        self.memory.remove(&(s.next_frame - RECORD_PC));
        match &s.writes {
            Some(w) if s.next_frame == s.frame => {
                for slot in w {
                    self.memory.remove(slot);
                }
            }
            // A frame was pushed or left: what lies above the lower one is not known.
            _ => {
                let edge = if s.next_frame > s.frame { s.next_frame } else { s.next_frame.min(s.frame) };
                self.memory.retain(|&k, _| k < edge - krait_bytecode::FRAME_WORDS as i32);
            }
        }
    }
}
