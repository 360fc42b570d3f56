//! Waiting without the interpreter lock.
//!
//! Whatever may block (system calls, waiting for another thread) runs inside
//! [`Thread::without_lock`]: registers are spilled, and the stack above is published, so that
//! a thread that collects meanwhile finds the values that this one holds. The closure must
//! not touch the heap; memory of cells that are kept reachable may be read and written, for
//! cells never move.

use crate::thread::Thread;

impl Thread {
    /// Runs `f`, which may block, while other threads run Python code.
    pub fn without_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        let mut work = Some(f);
        let mut result = None;
        krait_gc::with_saved_registers(&mut |sp| {
            let before = self.parked_at.replace(sp);
            if let Some(f) = work.take() {
                result = Some(f());
            }
            self.parked_at.set(before);
        });
        match result {
            Some(r) => r,
            None => unreachable!("with_saved_registers calls its closure once"),
        }
    }
}
