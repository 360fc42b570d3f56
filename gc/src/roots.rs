//! The current thread's registers and machine stack, and addresses to cells.
//!
//! Registers that a callee must preserve are written to an array in a frame of this module; everything else
//! that callers hold is in their frames already. The stack is then scanned from that frame upwards.
//! Frames below it belong to the collector: what lies there from earlier calls must keep nothing alive.

use crate::Heap;
use crate::header::CellPtr;

impl Heap {
    /// The cell that `addr` lies in (at any byte of it). Cells that died at an earlier collection are not found;
    /// those that nothing refers to since the last one are.
    pub fn contains(&self, addr: usize) -> Option<CellPtr> {
        self.note_cursors();
        self.find_cell(addr)
    }

    /// As `contains`, when the spans in use are noted already.
    pub(crate) fn find_cell(&self, addr: usize) -> Option<CellPtr> {
        if self.map.in_blocks(addr) {
            self.blocks.borrow_mut().find(addr)
        } else if self.map.contains(addr) {
            self.large.borrow().find(addr)
        } else {
            None
        }
    }
}

/// Calls `scan` with an address of the stack below which there is nothing but `scan` itself, with the registers
/// saved above it. A thread that gives up the heap while it waits does so inside of `scan`, and publishes that
/// address: others then scan its stack from there.
#[cfg(target_arch = "x86_64")]
#[inline(never)]
pub fn with_saved_registers(scan: &mut dyn FnMut(usize)) {
    let mut saved = [0usize; 6];
    // SAFETY: writes only to `saved`.
    unsafe {
        std::arch::asm!(
            "mov [{to}], rbx",
            "mov [{to} + 8], rbp",
            "mov [{to} + 16], r12",
            "mov [{to} + 24], r13",
            "mov [{to} + 32], r14",
            "mov [{to} + 40], r15",
            to = in(reg) saved.as_mut_ptr(),
            options(nostack, preserves_flags),
        );
    }
    // Not from the stack pointer: this frame may have unused words below the array.
    scan(saved.as_mut_ptr() as usize);
    std::hint::black_box(&mut saved);
}

/// As above: x19 to x29, and the callee-saved halves of the vector registers.
#[cfg(target_arch = "aarch64")]
#[inline(never)]
pub fn with_saved_registers(scan: &mut dyn FnMut(usize)) {
    let mut saved = [0usize; 20];
    // SAFETY: writes only to `saved`.
    unsafe {
        std::arch::asm!(
            "stp x19, x20, [{to}]",
            "stp x21, x22, [{to}, #16]",
            "stp x23, x24, [{to}, #32]",
            "stp x25, x26, [{to}, #48]",
            "stp x27, x28, [{to}, #64]",
            "str x29, [{to}, #80]",
            "stp d8, d9, [{to}, #96]",
            "stp d10, d11, [{to}, #112]",
            "stp d12, d13, [{to}, #128]",
            "stp d14, d15, [{to}, #144]",
            to = in(reg) saved.as_mut_ptr(),
            options(nostack, preserves_flags),
        );
    }
    scan(saved.as_mut_ptr() as usize);
    std::hint::black_box(&mut saved);
}

/// Elsewhere the C library's `setjmp` saves the registers; nothing ever jumps back.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[inline(never)]
pub fn with_saved_registers(scan: &mut dyn FnMut(usize)) {
    unsafe extern "C" {
        fn setjmp(buffer: *mut u64) -> i32;
    }
    let mut saved = [0u64; 128];
    // SAFETY: the buffer is larger than any jmp_buf.
    unsafe {
        setjmp(saved.as_mut_ptr());
    }
    scan(saved.as_mut_ptr() as usize);
    std::hint::black_box(&mut saved);
}
