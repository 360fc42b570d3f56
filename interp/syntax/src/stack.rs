//! Machine stack for what recurses as deeply as the source nests.
//!
//! `stacker` ends the process when it cannot map a new stack. Where address space is limited that is no rare case, and
//! too little memory to compile a text is an error of the compilation: so it is asked for first.

use crate::error::{ErrorKind, SyntaxError};

/// Runs `run` here when `need` bytes of stack are left, else on a new stack of `size` bytes. The error of `refused`
/// when there is no memory for one.
pub(crate) fn with<T, E>(
    need: usize,
    size: usize,
    refused: impl FnOnce() -> E,
    run: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    if stacker::remaining_stack().is_some_and(|left| left >= need) {
        return run();
    }
    on_new(size, run).unwrap_or_else(|| Err(refused()))
}

/// Runs `run` on a new stack of `size` bytes; None, and `run` is only dropped, when there is no memory for one.
pub(crate) fn on_new<T>(size: usize, run: impl FnOnce() -> T) -> Option<T> {
    can_map(size).then(|| stacker::grow(size, run))
}

/// The error for a stack that could not be had: a MemoryError.
#[cold]
pub(crate) fn no_memory() -> Box<SyntaxError> {
    Box::new(SyntaxError::bare(ErrorKind::Memory, ""))
}

/// Would the system map so many bytes, with room for guard pages? Another thread may take them before they are used,
/// which is a matter of microseconds.
fn can_map(size: usize) -> bool {
    let size = size + (64 << 10);
    // SAFETY: a new anonymous mapping at an address of the system's choice, which nobody else knows and which is
    // unmapped at once.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        let at = libc::mmap(std::ptr::null_mut(), size, libc::PROT_NONE, flags, -1, 0);
        at != libc::MAP_FAILED && libc::munmap(at, size) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_stack_is_not_replaced() {
        let here = 0u8;
        let distance = |there: *const u8| (there as usize).abs_diff(&raw const here as usize);
        let inside = with(
            1 << 10,
            1 << 20,
            || (),
            || {
                let there = 0u8;
                Ok(distance(&raw const there))
            },
        );
        assert!(inside.unwrap() < 1 << 16);
    }

    #[test]
    fn a_new_stack_has_the_size_asked_for() {
        fn fill(levels: usize) -> usize {
            let block = std::hint::black_box([1u8; 1024]);
            if levels == 0 { 0 } else { block[levels % 1024] as usize + fill(levels - 1) }
        }
        assert_eq!(with(usize::MAX, 16 << 20, || (), || Ok(fill(8 << 10))), Ok(8 << 10));
    }

    #[test]
    fn a_stack_that_cannot_be_had_is_an_error() {
        let ran = with(usize::MAX, 1 << 60, || "refused", || Ok(()));
        assert_eq!(ran, Err("refused"));
        assert!(on_new(1 << 60, || ()).is_none());
    }
}
