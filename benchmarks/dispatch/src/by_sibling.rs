//! Dispatcher 2: sibling calls. Each handler ends in a call of the next one, which LLVM turns into a jump.
//!
//! The invariant: no handler calls anything and then goes on, so none has anything to save. A slow path is a
//! handler of its own with the same signature, entered by a jump; only it calls.

use crate::machine::*;
use crate::ops::{Op, for_each_handler};

/// A handler: the state in argument registers, the result what the run ends with.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Handler(unsafe extern "C" fn(*const u64, *mut u64, *const Thread, *const Handler) -> u64);

macro_rules! goto {
    ($s:ident, $pc:expr) => {{
        let pc = $pc;
        let w = *pc;
        let next = *($s.table as *const Handler).add(w as u16 as usize);
        return (next.0)(pc, $s.regs, $s.thread, $s.table as *const Handler);
    }};
}
macro_rules! go {
    ($s:ident, $n:literal) => {
        goto!($s, $s.pc.add($n))
    };
}
macro_rules! leave {
    ($s:ident, $v:expr) => {
        return $v
    };
}
/// Defines a slow path's handler and jumps to it.
macro_rules! cold {
    ($s:ident, $w:ident, $cold:ident, $body:block) => {{
        #[cold]
        #[inline(never)]
        unsafe extern "C" fn $cold(
            pc: *const u64,
            regs: *mut u64,
            thread: *const Thread,
            table: *const Handler,
        ) -> u64 {
            #[allow(unused_mut)]
            let mut $s = State { pc, regs, thread, table: table as *const () };
            // SAFETY: a handler runs only on a well-formed program.
            unsafe {
                let $w = At(pc);
                $body
            }
        }
        return $cold($s.pc, $s.regs, $s.thread, $s.table as *const Handler);
    }};
}
macro_rules! slow {
    ($s:ident, $w:ident, $cold:ident, $slow:ident, $n:literal, $store:literal) => {
        cold!($s, $w, $cold, {
            let r = $slow($s.thread, $s.regs, $s.pc);
            if r == ERROR {
                return ERROR;
            }
            if $store == 1 {
                $s.set($w, r);
            }
            go!($s, $n);
        })
    };
}
macro_rules! slow_jump {
    ($s:ident, $w:ident, $cold:ident, $slow:ident, $n:literal, $when:expr, $distance:expr) => {
        cold!($s, $w, $cold, {
            let r = $slow($s.thread, $s.regs, $s.pc);
            if r == ERROR {
                return ERROR;
            }
            let skip = if r == $when { $distance } else { 0 };
            goto!($s, $s.pc.offset($n + skip));
        })
    };
}

macro_rules! emit {
    ($s:ident $w:ident $($name:ident $handler:ident $body:block)*) => {
        $(
            #[allow(unreachable_code, unused_variables, clippy::needless_return, clippy::diverging_sub_expression)]
            unsafe extern "C" fn $handler(
                pc: *const u64,
                regs: *mut u64,
                thread: *const Thread,
                table: *const Handler,
            ) -> u64 {
                #[allow(unused_mut)]
                let mut $s = State { pc, regs, thread, table: table as *const () };
                // SAFETY: a handler runs only on a well-formed program.
                unsafe {
                    let $w = At(pc);
                    $body
                }
            }
        )*

        /// The handlers, by opcode number.
        static TABLE: [Handler; Op::ALL.len()] = [$(Handler($handler)),*];
    };
}
for_each_handler!(emit);

/// Runs from `state` until `EXIT` or an error.
///
/// # Safety
/// The program is well formed and the state is at its start.
#[inline(never)]
pub unsafe fn run(state: State) -> u64 {
    // SAFETY: the caller's promise; the table has a handler for every opcode.
    unsafe {
        let w = *state.pc;
        (TABLE[w as u16 as usize].0)(state.pc, state.regs, state.thread, TABLE.as_ptr())
    }
}
