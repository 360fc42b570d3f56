//! A large machine stack for the main thread.
//!
//! The system gives the main thread a stack of a few megabytes. Python programs recurse through
//! native code deeper than that, so the interpreter runs on a mapping of its own; the thread
//! stays the process's main one, which signals and `native_id` show.

use krait_modules_core::start::MachineStack;

/// Bytes of the mapping: address space, committed when touched.
const SIZE: usize = 64 << 20;
/// Bytes below the stack that must not be touched.
const GUARD: usize = 1 << 16;

struct Job<F: FnOnce(MachineStack)> {
    f: Option<F>,
    stack: MachineStack,
}

extern "C" fn enter<F: FnOnce(MachineStack)>(job: *mut Job<F>) {
    // SAFETY: `run` passes its own job, which outlives the call.
    let job = unsafe { &mut *job };
    if let Some(f) = job.f.take() {
        f(job.stack);
    }
}

/// Runs `f` on the large stack; on the thread's own one where none can be had.
pub fn run<F: FnOnce(MachineStack)>(f: F) {
    // SAFETY: an anonymous private mapping at an address the kernel chooses.
    let base = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            SIZE,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    if base == libc::MAP_FAILED || !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        return f(MachineStack::current());
    }
    // SAFETY: the lowest pages of the mapping made above.
    unsafe { libc::mprotect(base, GUARD, libc::PROT_NONE) };
    let top = base as usize + SIZE;
    let stack = MachineStack { base: top, size: SIZE - GUARD };
    let mut job = Job { f: Some(f), stack };
    let job: *mut Job<F> = &raw mut job;
    // SAFETY: calls `enter` with the stack pointer at the top of the mapping, aligned to 16; the old stack pointer is kept
    // in a register that callees preserve. `enter` does not unwind: it is extern "C".
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "mov r12, rsp",
            "mov rsp, {top}",
            "call {f}",
            "mov rsp, r12",
            top = in(reg) top,
            f = in(reg) enter::<F> as extern "C" fn(*mut Job<F>),
            in("rdi") job,
            out("r12") _,
            clobber_abi("C"),
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "mov x20, sp",
            "mov sp, {top}",
            "blr {f}",
            "mov sp, x20",
            top = in(reg) top,
            f = in(reg) enter::<F> as extern "C" fn(*mut Job<F>),
            in("x0") job,
            out("x20") _,
            clobber_abi("C"),
        );
    }
}
