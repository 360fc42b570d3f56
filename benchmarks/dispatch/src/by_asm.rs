//! Dispatcher 3: handlers written in machine code, assembled at start-up, dispatch at the end of each.
//!
//! The state lives in registers that calls preserve (rbx pc, rbp registers, r12 thread, r13 table), so that
//! a slow path needs no saving around it. At entry eax has the instruction word's low half. Slow paths lie
//! behind all handlers. The buffer lives for the rest of the process.

use crate::Op;
use crate::machine::*;
use dynasmrt::{AssemblyOffset, DynamicLabel, DynasmApi, DynasmLabelApi, ExecutableBuffer, dynasm, x64};
use std::mem::offset_of;
use std::sync::OnceLock;

/// What a slow path does with its result.
#[derive(Clone, Copy)]
enum Then {
    /// Nothing.
    Go,
    /// Into register a.
    Store,
    /// Jump by the instruction's b:c when it is zero.
    JumpWide,
    /// Jump by the first extra word when it equals c.
    JumpExtra,
}

struct Emitter {
    ops: x64::Assembler,
    slow: Vec<(DynamicLabel, Slow, usize, Then)>,
}

struct Code {
    buffer: ExecutableBuffer,
    entry: AssemblyOffset,
    table: Vec<*const u8>,
}

// SAFETY: the table points into the buffer, which nothing writes any more.
unsafe impl Send for Code {}
// SAFETY: as above.
unsafe impl Sync for Code {}

macro_rules! asm {
    ($e:ident $($t:tt)*) => { dynasm!($e.ops ; .arch x64 $($t)*) };
}

const CODE: i32 = offset_of!(Function, code) as i32 - 1;
const ITEMS: i32 = offset_of!(List, items) as i32 - 1;
const LEN: i32 = offset_of!(List, len) as i32 - 1;

impl Emitter {
    /// The next instruction, `words` on.
    fn go(&mut self, words: usize) {
        let bytes = words as i32 * 8;
        asm!(self
            ; mov rax, [rbx + bytes]
            ; add rbx, bytes
            ; movzx ecx, ax
            ; jmp QWORD [r13 + rcx * 8]);
    }

    /// The next instruction, `words` and the distance in rdx on.
    fn go_far(&mut self, words: usize) {
        let bytes = words as i32 * 8;
        asm!(self ; lea rbx, [rbx + rdx * 8 + bytes]);
        self.go_here();
    }

    /// The instruction at rbx.
    fn go_here(&mut self) {
        asm!(self ; mov rax, [rbx] ; movzx ecx, ax ; jmp QWORD [r13 + rcx * 8]);
    }

    /// A slow path's label; the path itself comes later.
    fn slow(&mut self, slow: Slow, words: usize, then: Then) -> DynamicLabel {
        let label = self.ops.new_dynamic_label();
        self.slow.push((label, slow, words, then));
        label
    }

    /// rdi = register b, rsi = register c or constant c.
    fn load_bc(&mut self, constant: bool) {
        asm!(self ; movzx ecx, WORD [rbx + 4] ; movzx edx, WORD [rbx + 6]);
        if constant {
            asm!(self ; mov rsi, [rbp + FRAME_CONSTS as i32 * 8] ; mov rsi, [rsi + rdx * 8]);
        } else {
            asm!(self ; mov rsi, [rbp + rdx * 8]);
        }
        asm!(self ; mov rdi, [rbp + rcx * 8] ; shr eax, 16);
    }

    /// xmm0 and xmm1 = the floats in rdi and rsi (both destroyed).
    fn untag_floats(&mut self) {
        asm!(self
            ; sub rdi, 3
            ; rol rdi, 60
            ; sub rsi, 3
            ; rol rsi, 60
            ; movq xmm0, rdi
            ; movq xmm1, rsi);
    }

    /// Register a = xmm0, or the slow path.
    fn store_float(&mut self, slow: DynamicLabel, words: usize) {
        asm!(self
            ; movq rdi, xmm0
            ; rol rdi, 4
            ; add rdi, 3
            ; test dil, 2
            ; jz =>slow
            ; mov [rbp + rax * 8], rdi);
        self.go(words);
    }

    fn arithmetic(&mut self, op: Op, path: Slow) {
        let slow = self.slow(path, 2, Then::Store);
        let float = self.ops.new_dynamic_label();
        self.load_bc(matches!(op, Op::ADD_K | Op::MUL_K));
        asm!(self ; mov edx, edi ; or edx, esi ; test dl, 3 ; jnz =>float);
        match op {
            Op::ADD | Op::ADD_K => asm!(self ; add rdi, rsi),
            Op::SUB => asm!(self ; sub rdi, rsi),
            _ => asm!(self ; sar rdi, 2 ; imul rdi, rsi),
        }
        asm!(self ; jo =>slow ; mov [rbp + rax * 8], rdi);
        self.go(2);
        asm!(self ; =>float ; mov edx, edi ; and edx, esi ; test dl, 2 ; jz =>slow);
        self.untag_floats();
        match op {
            Op::ADD | Op::ADD_K => asm!(self ; addsd xmm0, xmm1),
            Op::SUB => asm!(self ; subsd xmm0, xmm1),
            _ => asm!(self ; mulsd xmm0, xmm1),
        }
        self.store_float(slow, 2);
    }

    /// Compares register a with register or constant b and jumps. The jump is a branch: chosen by a
    /// conditional move, the next instruction's address would wait for the compare's operands.
    fn jump_less(&mut self, constant: bool, path: Slow) {
        let slow = self.slow(path, 2, Then::JumpExtra);
        let float = self.ops.new_dynamic_label();
        let both = self.ops.new_dynamic_label();
        let stay = self.ops.new_dynamic_label();
        asm!(self ; movzx ecx, WORD [rbx + 4] ; shr eax, 16);
        if constant {
            asm!(self ; mov rsi, [rbp + FRAME_CONSTS as i32 * 8] ; mov rsi, [rsi + rcx * 8]);
        } else {
            asm!(self ; mov rsi, [rbp + rcx * 8]);
        }
        asm!(self
            ; mov rdi, [rbp + rax * 8]
            ; mov edx, edi
            ; or edx, esi
            ; test dl, 3
            ; jnz =>float
            ; xor ecx, ecx
            ; cmp rdi, rsi
            ; setl cl
            ; =>both
            ; cmp cl, BYTE [rbx + 6]
            ; jne =>stay
            ; mov rdx, [rbx + 8]);
        self.go_far(2);
        asm!(self ; =>stay);
        self.go(2);
        asm!(self ; =>float ; mov edx, edi ; and edx, esi ; test dl, 2 ; jz =>slow);
        self.untag_floats();
        asm!(self ; xor ecx, ecx ; ucomisd xmm1, xmm0 ; seta cl ; jmp =>both);
    }

    /// Jumps to `slow` unless rdi is an object whose header's low half is `shape`.
    fn guard_shape(&mut self, slow: DynamicLabel, shape: u64) {
        asm!(self
            ; lea edx, [rdi - 1]
            ; test dl, 7
            ; jnz =>slow
            ; cmp DWORD [rdi - 1], shape as i32
            ; jne =>slow);
    }

    /// `rsi` = the untagged index, checked against the list in rdi.
    fn check_index(&mut self, slow: DynamicLabel) {
        asm!(self
            ; test sil, 3
            ; jnz =>slow
            ; sar rsi, 2
            ; cmp rsi, [rdi + LEN]
            ; jae =>slow
            ; mov rdx, [rdi + ITEMS]);
    }

    fn handler(&mut self, op: Op) {
        match op {
            Op::MOVE => {
                asm!(self
                    ; movzx ecx, WORD [rbx + 4]
                    ; shr eax, 16
                    ; mov rdi, [rbp + rcx * 8]
                    ; mov [rbp + rax * 8], rdi);
                self.go(1);
            }
            Op::LOAD_INT => {
                asm!(self ; movsxd rdi, DWORD [rbx + 4] ; shr eax, 16 ; shl rdi, 2 ; mov [rbp + rax * 8], rdi);
                self.go(1);
            }
            Op::LOAD_K => {
                asm!(self
                    ; movzx ecx, WORD [rbx + 4]
                    ; mov rdi, [rbp + FRAME_CONSTS as i32 * 8]
                    ; shr eax, 16
                    ; mov rdi, [rdi + rcx * 8]
                    ; mov [rbp + rax * 8], rdi);
                self.go(1);
            }
            Op::ADD => self.arithmetic(op, slow_add),
            Op::SUB => self.arithmetic(op, slow_sub),
            Op::MUL => self.arithmetic(op, slow_mul),
            Op::ADD_K => self.arithmetic(op, slow_add_k),
            Op::MUL_K => self.arithmetic(op, slow_mul_k),
            Op::TRUEDIV => {
                let slow = self.slow(slow_truediv, 2, Then::Store);
                self.load_bc(false);
                asm!(self ; mov edx, edi ; and edx, esi ; test dl, 2 ; jz =>slow);
                self.untag_floats();
                // All bits but the sign zero: a division by zero.
                asm!(self ; add rsi, rsi ; jz =>slow ; divsd xmm0, xmm1);
                self.store_float(slow, 2);
            }
            Op::AND => {
                let slow = self.slow(slow_and, 2, Then::Store);
                self.load_bc(false);
                asm!(self
                    ; mov edx, edi
                    ; or edx, esi
                    ; test dl, 3
                    ; jnz =>slow
                    ; and rdi, rsi
                    ; mov [rbp + rax * 8], rdi);
                self.go(2);
            }
            Op::LT => {
                let slow = self.slow(slow_lt, 1, Then::Store);
                let float = self.ops.new_dynamic_label();
                let (t, f) = (offset_of!(Thread, true_word) as i32, offset_of!(Thread, false_word) as i32);
                self.load_bc(false);
                asm!(self
                    ; mov edx, edi
                    ; or edx, esi
                    ; test dl, 3
                    ; jnz =>float
                    ; mov rdx, [r12 + f]
                    ; cmp rdi, rsi
                    ; cmovl rdx, [r12 + t]
                    ; mov [rbp + rax * 8], rdx);
                self.go(1);
                asm!(self ; =>float ; mov edx, edi ; and edx, esi ; test dl, 2 ; jz =>slow);
                self.untag_floats();
                asm!(self
                    ; mov rdx, [r12 + f]
                    ; ucomisd xmm1, xmm0
                    ; cmova rdx, [r12 + t]
                    ; mov [rbp + rax * 8], rdx);
                self.go(1);
            }
            Op::JUMP => {
                asm!(self ; movsxd rdx, DWORD [rbx + 4]);
                self.go_far(1);
            }
            Op::JUMP_IF_FALSE => {
                let slow = self.slow(slow_truth, 1, Then::JumpWide);
                let not = self.ops.new_dynamic_label();
                asm!(self
                    ; shr eax, 16
                    ; mov rdi, [rbp + rax * 8]
                    ; cmp rdi, [r12 + offset_of!(Thread, true_word) as i32]
                    ; jne =>not);
                self.go(1);
                asm!(self
                    ; =>not
                    ; cmp rdi, [r12 + offset_of!(Thread, false_word) as i32]
                    ; jne =>slow
                    ; movsxd rdx, DWORD [rbx + 4]);
                self.go_far(1);
            }
            Op::JUMP_BACK => {
                let slow = self.slow(slow_jump_back, 2, Then::JumpWide);
                asm!(self
                    ; dec QWORD [rbx + 8]
                    ; jz =>slow
                    ; cmp QWORD [r12 + offset_of!(Thread, events) as i32], 0
                    ; jne =>slow
                    ; movsxd rdx, DWORD [rbx + 4]);
                self.go_far(2);
            }
            Op::JUMP_LT => self.jump_less(false, slow_jump_lt),
            Op::JUMP_LT_K => self.jump_less(true, slow_jump_lt_k),
            Op::GETITEM_LIST => {
                let slow = self.slow(slow_getitem, 2, Then::Store);
                self.load_bc(false);
                self.guard_shape(slow, LIST);
                self.check_index(slow);
                asm!(self ; mov rdi, [rdx + rsi * 8] ; mov [rbp + rax * 8], rdi);
                self.go(2);
            }
            Op::SETITEM_LIST => {
                let slow = self.slow(slow_setitem, 2, Then::Go);
                asm!(self
                    ; shr eax, 16
                    ; movzx ecx, WORD [rbx + 4]
                    ; mov rdi, [rbp + rax * 8]
                    ; mov rsi, [rbp + rcx * 8]
                    ; lea edx, [rdi - 1]
                    ; test dl, 7
                    ; jnz =>slow
                    ; cmp QWORD [rdi - 1], LIST as i32
                    ; jne =>slow);
                self.check_index(slow);
                asm!(self
                    ; movzx ecx, WORD [rbx + 6]
                    ; mov rdi, [rbp + rcx * 8]
                    ; mov [rdx + rsi * 8], rdi);
                self.go(2);
            }
            Op::LOAD_ATTR_SLOT => {
                let slow = self.slow(slow_load_attr, 4, Then::Store);
                asm!(self
                    ; movzx ecx, WORD [rbx + 4]
                    ; shr eax, 16
                    ; mov rdi, [rbp + rcx * 8]
                    ; lea edx, [rdi - 1]
                    ; test dl, 7
                    ; jnz =>slow
                    ; mov edx, [rbx + 8]
                    ; cmp edx, [rdi - 1]
                    ; jne =>slow
                    ; mov ecx, [rbx + 12]
                    ; mov rdi, [rdi + rcx * 8 + 7]
                    ; mov [rbp + rax * 8], rdi);
                self.go(4);
            }
            Op::STORE_ATTR_SLOT => {
                let slow = self.slow(slow_store_attr, 4, Then::Go);
                asm!(self
                    ; shr eax, 16
                    ; mov rdi, [rbp + rax * 8]
                    ; lea edx, [rdi - 1]
                    ; test dl, 7
                    ; jnz =>slow
                    ; mov edx, [rbx + 8]
                    ; cmp rdx, [rdi - 1]
                    ; jne =>slow
                    ; movzx ecx, WORD [rbx + 4]
                    ; mov rsi, [rbp + rcx * 8]
                    ; mov ecx, [rbx + 12]
                    ; mov [rdi + rcx * 8 + 7], rsi);
                self.go(4);
            }
            Op::CALL_PY => {
                let slow = self.slow(slow_call, 3, Then::Go);
                asm!(self ; shr eax, 16 ; lea rsi, [rbp + rax * 8] ; mov rdi, [rsi - 8]);
                self.guard_shape(slow, FUNCTION);
                asm!(self
                    ; mov rdx, [rdi + CODE]
                    ; cmp rdx, [rbx + 8]
                    ; jne =>slow
                    ; mov rcx, [rdx + offset_of!(crate::machine::Code, frame_bytes) as i32]
                    ; lea rcx, [rcx + rsi + 8]
                    ; cmp rcx, [r12 + offset_of!(Thread, stack_end) as i32]
                    ; ja =>slow
                    ; mov [rsi], rdi
                    ; mov rcx, [rdx + offset_of!(crate::machine::Code, consts) as i32]
                    ; mov [rsi + 8 + FRAME_CONSTS as i32 * 8], rcx
                    ; mov [rsi + 8 + FRAME_PC as i32 * 8], rbx
                    ; mov [rsi + 8 + FRAME_REGS as i32 * 8], rbp
                    ; lea rbp, [rsi + 8]
                    ; mov rbx, [rdx + offset_of!(crate::machine::Code, entry) as i32]);
                self.go_here();
            }
            Op::RETURN => {
                asm!(self
                    ; shr eax, 16
                    ; mov rdi, [rbp + rax * 8]
                    ; mov rbx, [rbp + FRAME_PC as i32 * 8]
                    ; mov rbp, [rbp + FRAME_REGS as i32 * 8]
                    ; movzx ecx, WORD [rbx + 6]
                    ; mov [rbp + rcx * 8], rdi);
                self.go(3);
            }
            Op::FOR_ITER_RANGE => {
                let slow = self.slow(slow_for_iter, 3, Then::Go);
                let (down, some, end) = (
                    self.ops.new_dynamic_label(),
                    self.ops.new_dynamic_label(),
                    self.ops.new_dynamic_label(),
                );
                let at = |field: usize| field as i32 - 1;
                asm!(self ; shr eax, 16 ; mov rdi, [rbp + rax * 8]);
                self.guard_shape(slow, RANGE_ITER);
                asm!(self
                    ; mov rsi, [rdi + at(offset_of!(RangeIter, current))]
                    ; mov rdx, [rdi + at(offset_of!(RangeIter, step))]
                    ; test rdx, rdx
                    ; js =>down
                    ; cmp rsi, [rdi + at(offset_of!(RangeIter, stop))]
                    ; jge =>end
                    ; =>some
                    ; add rdx, rsi
                    ; mov [rdi + at(offset_of!(RangeIter, current))], rdx
                    ; movzx ecx, WORD [rbx + 4]
                    ; mov [rbp + rcx * 8], rsi);
                self.go(3);
                asm!(self
                    ; =>down
                    ; cmp rsi, [rdi + at(offset_of!(RangeIter, stop))]
                    ; jg =>some
                    ; =>end
                    ; mov rdx, [rbx + 8]);
                self.go_far(3);
            }
            Op::EXIT => {
                asm!(self ; shr eax, 16 ; mov rax, [rbp + rax * 8] ; jmp ->leave);
            }
        }
    }

    /// The slow paths, the entry and the way out.
    fn rest(&mut self) -> AssemblyOffset {
        for (label, slow, words, then) in std::mem::take(&mut self.slow) {
            asm!(self
                ; .align 16
                ; =>label
                ; mov rdi, r12
                ; mov rsi, rbp
                ; mov rdx, rbx
                ; mov rax, QWORD slow as usize as i64
                ; call rax
                ; cmp rax, ERROR as i32
                ; je ->leave);
            match then {
                Then::Go => self.go(words),
                Then::Store => {
                    asm!(self ; movzx ecx, WORD [rbx + 2] ; mov [rbp + rcx * 8], rax);
                    self.go(words);
                }
                Then::JumpWide => {
                    asm!(self ; xor edx, edx ; movsxd rcx, DWORD [rbx + 4] ; test rax, rax ; cmovz rdx, rcx);
                    self.go_far(words);
                }
                Then::JumpExtra => {
                    asm!(self ; xor edx, edx ; cmp ax, WORD [rbx + 6] ; cmove rdx, [rbx + 8]);
                    self.go_far(words);
                }
            }
        }
        asm!(self ; .align 16);
        let entry = self.ops.offset();
        asm!(self
            ; push rbx
            ; push rbp
            ; push r12
            ; push r13
            ; sub rsp, 8
            ; mov rbx, rdi
            ; mov rbp, rsi
            ; mov r12, rdx
            ; mov r13, rcx);
        self.go_here();
        asm!(self
            ; ->leave:
            ; add rsp, 8
            ; pop r13
            ; pop r12
            ; pop rbp
            ; pop rbx
            ; ret);
        entry
    }
}

/// Assembles the interpreter.
fn assemble() -> Code {
    let ops = x64::Assembler::new().expect("memory for machine code");
    let mut emitter = Emitter { ops, slow: Vec::new() };
    let offsets: Vec<AssemblyOffset> = Op::ALL
        .iter()
        .map(|&op| {
            asm!(emitter ; .align 16);
            let at = emitter.ops.offset();
            emitter.handler(op);
            at
        })
        .collect();
    let entry = emitter.rest();
    let buffer = emitter.ops.finalize().expect("no assembler refers to the buffer any more");
    let table = offsets.into_iter().map(|at| buffer.ptr(at)).collect();
    Code { buffer, entry, table }
}

/// Runs from `state` until `EXIT` or an error.
///
/// # Safety
/// The program is well formed and the state is at its start.
pub unsafe fn run(state: State) -> u64 {
    static CODE: OnceLock<Code> = OnceLock::new();
    let code = CODE.get_or_init(assemble);
    // SAFETY: the entry has this signature; the buffer lives as long as the process.
    unsafe {
        let entry: unsafe extern "C" fn(*const u64, *mut u64, *const Thread, *const *const u8) -> u64 =
            std::mem::transmute(code.buffer.ptr(code.entry));
        entry(state.pc, state.regs, state.thread, code.table.as_ptr())
    }
}
