//! New cells: what `Heap::alloc` does for small ones, in line.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::{Emitter, Slow, SlowPath};
use crate::code::thread;
use crate::ir::{Inst, Ref, Ty};
use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};
use krait_gc::{header::GRANULES_SHIFT, offsets};

impl Emitter<'_> {
    /// The memory between the heap's cursor and its limit is zero. While every allocation is to be counted the limit
    /// is 0, and the slow path has them all.
    pub(super) fn new_cell(&mut self, r: Ref, i: &Inst) {
        let size = ((i.imm as u64 >> GRANULES_SHIFT) * 16) as i32;
        let (label, back) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
        dynasm!(self.a
            ; .arch x64
            ; mov rcx, [r15 + thread::HEAP]
            ; mov rax, [rcx + offsets::CURSOR as i32]
            ; lea rdx, [rax + size]
            ; cmp rdx, [rcx + offsets::LIMIT as i32]
            ; ja =>label
            ; mov [rcx + offsets::CURSOR as i32], rdx
            ; mov rdx, QWORD i.imm
            ; mov [rax], rdx
            ; =>back
        );
        self.slow.push(Slow { label, back, what: SlowPath::New(i.imm) });
        if i.ty == Ty::Val {
            // A cell's word is its address plus one.
            dynasm!(self.a ; .arch x64 ; inc rax);
            self.cells.insert(r);
        }
        self.finish(r, 0);
    }
}
