//! A Rust value in a cell that works without the interpreter lock.
//!
//! While a compressor runs over long data other threads run Python code, and may come to
//! the same object: they wait until it is back in its place.

use krait_object::thread::Thread;
use std::cell::RefCell;

/// Data so short that handing the lock over costs more than the work.
pub const SHORT: usize = 1024;

/// The value, absent while it is at work.
pub struct Shared<T>(RefCell<Option<T>>);

impl<T> Shared<T> {
    pub fn new(v: T) -> Shared<T> {
        Shared(RefCell::new(Some(v)))
    }

    /// Takes the value out, waiting for other threads.
    fn take(&self, th: &Thread) -> T {
        loop {
            if let Some(v) = self.0.borrow_mut().take() {
                return v;
            }
            th.without_lock(std::thread::yield_now);
        }
    }

    /// Runs `f` on the value and `len` bytes of data, if these are many without the interpreter lock; `f` must not touch
    /// the heap.
    pub fn work<R>(&self, th: &Thread, len: usize, f: impl FnOnce(&mut T) -> R) -> R {
        if len < SHORT {
            return self.look(th, f);
        }
        let mut v = self.take(th);
        let r = th.without_lock(|| f(&mut v));
        *self.0.borrow_mut() = Some(v);
        r
    }

    /// Runs `f` on the value; for short looks at it.
    pub fn look<R>(&self, th: &Thread, f: impl FnOnce(&mut T) -> R) -> R {
        let mut v = self.take(th);
        let r = f(&mut v);
        *self.0.borrow_mut() = Some(v);
        r
    }
}
