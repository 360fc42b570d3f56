//! The machine code that all traces share, and their machine frame.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use crate::exit;
use crate::helpers;
use crate::memory;
use dynasmrt::{DynasmApi, DynasmLabelApi, VecAssembler, dynasm, x64::X64Relocation};
use krait_object::Thread;
use krait_object::thread::Compiled;
use std::mem::offset_of;
use std::sync::OnceLock;

/// The assembler.
pub type Asm = VecAssembler<X64Relocation>;

/// Words of a trace's machine frame: values, the thread's compiled words at the entry, and operands of a call. With the
/// six registers pushed and the caller's return address the stack is aligned for calls.
pub const FRAME_BYTES: i32 = ARGS + (8 * ARG_WORDS) as i32;
/// Where operands of a call are that takes them in memory, and how many there may be.
pub const ARGS: i32 = (8 * (crate::alloc::SPILL_WORDS + 3)) as i32;
pub const ARG_WORDS: usize = 32;
/// Where the frame keeps `compiled.frame` and `compiled.extent` of whoever was there before.
pub const OUTER_FRAME: i32 = (8 * crate::alloc::SPILL_WORDS) as i32;
pub const OUTER_EXTENT: i32 = OUTER_FRAME + 8;
/// Where the frame keeps the code object of the trace's place: what the trace refers to is held by it.
pub const ROOT_CODE: i32 = OUTER_EXTENT + 8;

/// Offsets in the thread.
pub mod thread {
    use super::*;
    const COMPILED: usize = offset_of!(Thread, compiled);
    pub const FRAME: i32 = offset_of!(Thread, frame) as i32;
    pub const HEAP: i32 = offset_of!(Thread, heap) as i32;
    pub const DEPTH: i32 = offset_of!(Thread, depth) as i32;
    pub const INTERP: i32 = offset_of!(Thread, interp) as i32;
    pub const RECURSION_LIMIT: i32 = offset_of!(krait_object::Interp, recursion_limit) as i32;
    pub const EVENTS: i32 = offset_of!(Thread, events) as i32;
    pub const LIMIT: i32 = offset_of!(Thread, stack_limit) as i32;
    pub const C_FRAME: i32 = (COMPILED + offset_of!(Compiled, frame)) as i32;
    pub const C_EXTENT: i32 = (COMPILED + offset_of!(Compiled, extent)) as i32;
    pub const C_PC: i32 = (COMPILED + offset_of!(Compiled, pc)) as i32;
    pub const C_AT: i32 = (COMPILED + offset_of!(Compiled, at)) as i32;
    pub const C_VALUE: i32 = (COMPILED + offset_of!(Compiled, value)) as i32;
    pub const C_TABLE: i32 = (COMPILED + offset_of!(Compiled, table)) as i32;
}

/// Puts finished code into code memory; its address, or None when there is no room.
pub fn install(asm: Asm) -> Option<u64> {
    memory::install(&asm.finalize().ok()?)
}

/// The routines that all traces share.
#[derive(Clone, Copy)]
pub struct Common {
    /// Leaves for the interpreter through the exit in rax.
    pub exit: u64,
    /// Leaves after a single step that came elsewhere; its outcome is in rax.
    pub landed: u64,
    /// Leaves for the interpreter at the instruction in rdi, in the frame in rsi.
    pub returned: u64,
    /// rax = the integer in rax as a value; keeps all other registers.
    pub box_int: u64,
    /// rax = the float in xmm0 as a value; keeps all other registers.
    pub box_float: u64,
    /// Clears the words of the machine frame above its return address.
    pub clear: u64,
    /// The write barrier of the cell in rax for the slot in rdx; keeps all other registers.
    pub barrier: u64,
    /// rax = the address of a new cell with the header in rax; keeps all other registers.
    pub new: u64,
    /// Appends the value in rdx to the list in rax; rax = the outcome; keeps all other registers.
    pub append: u64,
}

/// The shared routines; None when there is no code memory.
pub fn common() -> Option<&'static Common> {
    static COMMON: OnceLock<Option<Common>> = OnceLock::new();
    COMMON
        .get_or_init(|| {
            Some(Common {
                exit: install(exit_routine())?,
                landed: install(landed_routine())?,
                returned: install(returned_routine())?,
                box_int: install(keeping(helpers::box_int as *const () as i64, Argument::Rax))?,
                box_float: install(keeping(helpers::box_float as *const () as i64, Argument::Xmm0))?,
                clear: install(clear_routine())?,
                barrier: install(keeping(helpers::barrier as *const () as i64, Argument::RaxRdx))?,
                new: install(keeping(helpers::new_cell as *const () as i64, Argument::Rax))?,
                append: install(keeping(helpers::container::append as *const () as i64, Argument::RaxRdx))?,
            })
        })
        .as_ref()
}

/// Address of the common exit routine.
pub fn common_exit() -> u64 {
    common().map_or(0, |c| c.exit)
}

/// Restores the thread's compiled words and the registers of whoever entered the trace.
macro_rules! pop_frame {
    ($a:ident) => {
        dynasm!($a
            ; .arch x64
            ; mov rcx, [rsp + OUTER_FRAME]
            ; mov [r15 + thread::C_FRAME], rcx
            ; mov rcx, [rsp + OUTER_EXTENT]
            ; mov [r15 + thread::C_EXTENT], rcx
            ; mov rdi, [r15 + thread::C_PC]
            ; mov rsi, [r15 + thread::C_AT]
            ; mov rcx, [r15 + thread::C_TABLE]
            ; mov r8, [r15 + thread::C_VALUE]
            ; mov rdx, r15
            ; add rsp, FRAME_BYTES
            ; pop r15
            ; pop r14
            ; pop r13
            ; pop r12
            ; pop rbp
            ; pop rbx
        )
    };
}

fn exit_routine() -> Asm {
    let mut a = Asm::new(0);
    dynasm!(a ; .arch x64 ; sub rsp, 256);
    for r in 0..16u8 {
        dynasm!(a ; .arch x64 ; mov [rsp + 8 * r as i32], Rq(r) ; movsd [rsp + 128 + 8 * r as i32], Rx(r));
    }
    dynasm!(a
        ; .arch x64
        ; mov rdi, r15
        ; mov rsi, rax
        ; mov rdx, rsp
        ; mov rax, QWORD exit::leave as *const () as i64
        ; call rax
        ; add rsp, 256
    );
    pop_frame!(a);
    dynasm!(a
        ; .arch x64
        ; test eax, eax
        ; jnz >raise
        ; movzx eax, WORD [rdi]
        ; jmp QWORD [rcx + rax * 8]
        ; raise:
        ; mov rdi, rsi
        ; mov rsi, rdx
        ; mov rdx, rcx
        ; mov rax, QWORD krait_vm::jit::unwind as *const () as i64
        ; jmp rax
    );
    a
}

fn landed_routine() -> Asm {
    let mut a = Asm::new(0);
    dynasm!(a
        ; .arch x64
        ; mov rbx, rax
        ; mov rdi, r15
        ; mov rax, QWORD exit::landed as *const () as i64
        ; call rax
        ; mov rax, rbx
    );
    pop_frame!(a);
    dynasm!(a
        ; .arch x64
        ; cmp eax, 2
        ; je >left
        ; movzx eax, WORD [rdi]
        ; jmp QWORD [rcx + rax * 8]
        ; left:
        ; mov rax, r8
        ; ret
    );
    a
}

fn returned_routine() -> Asm {
    let mut a = Asm::new(0);
    let table = (&raw const krait_vm::jit::TABLE) as i64;
    dynasm!(a
        ; .arch x64
        ; mov [r15 + thread::FRAME], rsi
        ; mov rcx, [rsp + OUTER_FRAME]
        ; mov [r15 + thread::C_FRAME], rcx
        ; mov rcx, [rsp + OUTER_EXTENT]
        ; mov [r15 + thread::C_EXTENT], rcx
        ; mov rdx, r15
        ; mov rcx, QWORD table
        ; add rsp, FRAME_BYTES
        ; pop r15
        ; pop r14
        ; pop r13
        ; pop r12
        ; pop rbp
        ; pop rbx
        ; movzx eax, WORD [rdi]
        ; jmp QWORD [rcx + rax * 8]
    );
    a
}

/// What was on the machine stack before a trace was entered is nobody's business any more, and the collector scans it.
fn clear_routine() -> Asm {
    let mut a = Asm::new(0);
    let places = |by: usize| {
        let values = (0..crate::alloc::SPILL_WORDS).step_by(by).map(|n| 8 * n as i32);
        values.chain((0..ARG_WORDS).step_by(by).map(|n| ARGS + 8 * n as i32))
    };
    // The first word is at the stack pointer, below the return address.
    if std::is_x86_feature_detected!("avx") {
        dynasm!(a ; .arch x64 ; vxorps ymm0, ymm0, ymm0);
        for at in places(4) {
            dynasm!(a ; .arch x64 ; vmovups [rsp + 8 + at], ymm0);
        }
        dynasm!(a ; .arch x64 ; vzeroupper ; ret);
    } else {
        dynasm!(a ; .arch x64 ; xorps xmm0, xmm0);
        for at in places(2) {
            dynasm!(a ; .arch x64 ; movups [rsp + 8 + at], xmm0);
        }
        dynasm!(a ; .arch x64 ; ret);
    }
    a
}

/// What a register-keeping routine passes on after the thread.
enum Argument {
    Rax,
    Xmm0,
    RaxRdx,
}

/// A routine that calls a helper and keeps every register but rax.
fn keeping(helper: i64, argument: Argument) -> Asm {
    let mut a = Asm::new(0);
    let general = [1u8, 2, 6, 7, 8, 9, 10, 11];
    // The return address is on the stack: 8 more make it aligned.
    let bytes = 8 * general.len() as i32 + 8 * 16 + 8;
    dynasm!(a ; .arch x64 ; sub rsp, bytes);
    for (k, &r) in general.iter().enumerate() {
        dynasm!(a ; .arch x64 ; mov [rsp + 8 * k as i32], Rq(r));
    }
    for r in 0..16u8 {
        dynasm!(a ; .arch x64 ; movsd [rsp + 64 + 8 * r as i32], Rx(r));
    }
    match argument {
        Argument::Rax => dynasm!(a ; .arch x64 ; mov rsi, rax),
        Argument::Xmm0 => {}
        Argument::RaxRdx => dynasm!(a ; .arch x64 ; mov rsi, rax),
    }
    dynasm!(a ; .arch x64 ; mov rdi, r15 ; mov rax, QWORD helper ; call rax);
    for (k, &r) in general.iter().enumerate() {
        dynasm!(a ; .arch x64 ; mov Rq(r), [rsp + 8 * k as i32]);
    }
    for r in 0..16u8 {
        dynasm!(a ; .arch x64 ; movsd Rx(r), [rsp + 64 + 8 * r as i32]);
    }
    dynasm!(a ; .arch x64 ; add rsp, bytes ; ret);
    a
}
