//! Dispatcher 1: one `match` in a loop.

use crate::machine::*;
use crate::ops::for_each_handler;

macro_rules! go {
    ($s:ident, $n:literal) => {{
        $s.pc = $s.pc.add($n);
        continue;
    }};
}
macro_rules! goto {
    ($s:ident, $pc:expr) => {{
        $s.pc = $pc;
        continue;
    }};
}
macro_rules! leave {
    ($s:ident, $v:expr) => {
        return $v
    };
}
macro_rules! slow {
    ($s:ident, $w:ident, $cold:ident, $slow:ident, $n:literal, $store:literal) => {{
        let r = $slow($s.thread, $s.regs, $s.pc);
        if r == ERROR {
            return ERROR;
        }
        if $store == 1 {
            $s.set($w, r);
        }
        go!($s, $n);
    }};
}
macro_rules! slow_jump {
    ($s:ident, $w:ident, $cold:ident, $slow:ident, $n:literal, $when:expr, $distance:expr) => {{
        let r = $slow($s.thread, $s.regs, $s.pc);
        if r == ERROR {
            return ERROR;
        }
        let skip = if r == $when { $distance } else { 0 };
        goto!($s, $s.pc.offset($n + skip));
    }};
}

macro_rules! emit {
    ($s:ident $w:ident $($name:ident $handler:ident $body:block)*) => {
        /// The opcodes' numbers as patterns.
        mod code {
            $(pub const $name: u16 = crate::ops::Op::$name as u16;)*
        }

        /// Runs from `state` until `EXIT` or an error.
        ///
        /// # Safety
        /// The program is well formed and the state is at its start.
        #[inline(never)]
        pub unsafe fn run(state: State) -> u64 {
            let mut $s = state;
            // SAFETY: the caller's promise.
            unsafe {
                loop {
                    let $w = *$s.pc;
                    match $w as u16 {
                        $(code::$name => $body)*
                        _ => std::hint::unreachable_unchecked(),
                    }
                }
            }
        }
    };
}
for_each_handler!(emit);
