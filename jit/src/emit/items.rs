//! Containers: items of arrays of machine values, appending to lists, calls with operands in memory.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::{Emitter, Slow, SlowPath};
use crate::code::ARGS;
use crate::ir::{Inst, Item, Ref};
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};
use krait_object::Value;
use krait_object::list::{LEN_OFFSET, STORAGE_OFFSET};
use krait_object::storage::{CAPACITY, DATA};

/// Offsets in a list, whose word is its address plus one, and in an array.
const LEN: i32 = LEN_OFFSET as i32 - 1;
const STORAGE: i32 = STORAGE_OFFSET as i32 - 1;
const ROOM: i32 = CAPACITY as i32;
const FIRST: i32 = DATA as i32;

impl Emitter<'_> {
    pub(super) fn load_item(&mut self, r: Ref, i: &Inst) {
        let item = Item::from_u32(i.aux);
        let n = self.gpr(i.args[1], 1);
        let (b, at) = self.address(i.args[0], i.imm, 0);
        let (d, x) = (self.dst(r), self.dst_x(r));
        match item {
            Item::I8 => dynasm!(self.a ; .arch x64 ; movsx Rq(d), BYTE [Rq(b) + Rq(n) + at]),
            Item::U8 => dynasm!(self.a ; .arch x64 ; movzx Rd(d), BYTE [Rq(b) + Rq(n) + at]),
            Item::I16 => dynasm!(self.a ; .arch x64 ; movsx Rq(d), WORD [Rq(b) + Rq(n) * 2 + at]),
            Item::U16 => dynasm!(self.a ; .arch x64 ; movzx Rd(d), WORD [Rq(b) + Rq(n) * 2 + at]),
            Item::I32 => dynasm!(self.a ; .arch x64 ; movsxd Rq(d), DWORD [Rq(b) + Rq(n) * 4 + at]),
            Item::U32 => dynasm!(self.a ; .arch x64 ; mov Rd(d), [Rq(b) + Rq(n) * 4 + at]),
            Item::I64 => dynasm!(self.a ; .arch x64 ; mov Rq(d), [Rq(b) + Rq(n) * 8 + at]),
            Item::F32 => dynasm!(self.a
                ; .arch x64
                ; xorps Rx(x), Rx(x)
                ; cvtss2sd Rx(x), DWORD [Rq(b) + Rq(n) * 4 + at]
            ),
            Item::F64 => dynasm!(self.a ; .arch x64 ; movsd Rx(x), [Rq(b) + Rq(n) * 8 + at]),
        }
        match item {
            Item::F32 | Item::F64 => self.finish_x(r, x),
            _ => self.finish(r, d),
        }
    }

    pub(super) fn store_item(&mut self, i: &Inst) {
        let item = Item::from_u32(i.aux);
        let v = i.args[2];
        // Before the base: making a float's constant needs rax.
        let x = if matches!(item, Item::F32 | Item::F64) { self.xmm(v, 0) } else { 0 };
        let n = self.gpr(i.args[1], 1);
        let (b, at) = self.address(i.args[0], i.imm, 0);
        match item {
            Item::F32 => dynasm!(self.a
                ; .arch x64
                ; cvtsd2ss xmm1, Rx(x)
                ; movss [Rq(b) + Rq(n) * 4 + at], xmm1
            ),
            Item::F64 => dynasm!(self.a ; .arch x64 ; movsd [Rq(b) + Rq(n) * 8 + at], Rx(x)),
            _ => {
                let v = self.gpr(v, 2);
                match item {
                    Item::I8 | Item::U8 => dynasm!(self.a ; .arch x64 ; mov [Rq(b) + Rq(n) + at], Rb(v)),
                    Item::I16 | Item::U16 => {
                        dynasm!(self.a ; .arch x64 ; mov [Rq(b) + Rq(n) * 2 + at], Rw(v))
                    }
                    Item::I32 | Item::U32 => {
                        dynasm!(self.a ; .arch x64 ; mov [Rq(b) + Rq(n) * 4 + at], Rd(v))
                    }
                    _ => dynasm!(self.a ; .arch x64 ; mov [Rq(b) + Rq(n) * 8 + at], Rq(v)),
                }
            }
        }
    }

    /// An operand of the next call with operands in memory.
    pub(super) fn argument(&mut self, i: &Inst) {
        let at = ARGS + 8 * i.imm as i32;
        match self.imm32(i.args[0]) {
            Some(n) => dynasm!(self.a ; .arch x64 ; mov QWORD [rsp + at], n),
            None => {
                let r = self.gpr(i.args[0], 0);
                dynasm!(self.a ; .arch x64 ; mov [rsp + at], Rq(r));
            }
        }
    }

    /// A helper: the thread, the address of the operands, and a word.
    pub(super) fn call_args(&mut self, r: Ref, i: &Inst) {
        let exit = self.call_exit(i);
        self.load_imm(2, self.region.inst(i.args[0]).imm);
        dynasm!(self.a
            ; .arch x64
            ; lea rsi, [rsp + ARGS]
            ; mov rdi, r15
            ; mov rax, QWORD i.imm
            ; call rax
        );
        // The collector scans the machine frame: nothing stays there that is not needed.
        for n in 0..self.region.inst(i.args[0]).imm as i32 {
            dynasm!(self.a ; .arch x64 ; mov QWORD [rsp + ARGS + 8 * n], 0);
        }
        dynasm!(self.a
            ; .arch x64
            ; cmp rax, Value::ERROR.0 as i32
            ; je =>exit
        );
        self.finish(r, 0);
    }

    pub(super) fn new_slice(&mut self, r: Ref, i: &Inst) {
        self.call_with(i, crate::helpers::container::new_slice as *const () as i64);
        self.finish(r, 0);
    }

    /// Appends in place when there is room; else a helper does it.
    pub(super) fn append(&mut self, i: &Inst) {
        let exit = self.call_exit(i);
        let (list, v) = (i.args[0], i.args[1]);
        let (slow, back) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
        let l = self.gpr(list, 0);
        dynasm!(self.a
            ; .arch x64
            ; mov rcx, [Rq(l) + LEN]
            ; mov rax, [Rq(l) + STORAGE]
            ; test rax, rax
            ; jz =>slow
            ; cmp rcx, [rax + ROOM]
            ; jae =>slow
        );
        let w = self.gpr(v, 2);
        dynasm!(self.a ; .arch x64 ; mov [rax + rcx * 8 + FIRST], Rq(w));
        let number = i.imm != 0;
        if !number {
            let (barrier, stored) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
            // OLD and not REMEMBERED, as in `barrier`.
            dynasm!(self.a
                ; .arch x64
                ; lea rdx, [rax + rcx * 8 + FIRST]
                ; movzx ecx, BYTE [rax + 5]
                ; and ecx, 3
                ; cmp ecx, 1
                ; je =>barrier
                ; =>stored
            );
            self.slow.push(Slow { label: barrier, back: stored, what: SlowPath::Barrier });
        }
        let l = self.gpr(list, 0);
        dynasm!(self.a ; .arch x64 ; inc QWORD [Rq(l) + LEN] ; =>back);
        self.slow.push(Slow { label: slow, back, what: SlowPath::Append(list, v, exit) });
    }

    /// The slow part, out of line: nothing was written yet.
    pub(super) fn append_slow(&mut self, list: Ref, v: Ref, exit: DynamicLabel, back: DynamicLabel) {
        let w = self.gpr(v, 2);
        if w != 2 {
            dynasm!(self.a ; .arch x64 ; mov rdx, Rq(w));
        }
        let l = self.gpr(list, 0);
        if l != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(l));
        }
        dynasm!(self.a
            ; .arch x64
            ; mov rcx, QWORD self.cx.common.append as i64
            ; call rcx
            ; cmp rax, Value::ERROR.0 as i32
            ; je =>exit
            ; jmp =>back
        );
    }
}
