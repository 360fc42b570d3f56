//! A lock of one object, for native state that must stay whole while the interpreter lock is given up.
//!
//! The word and the owner lie in the object's payload. A thread that finds the lock held by
//! another waits without the interpreter lock; one that holds it already is told so, since
//! waiting for itself would never end.

use krait_object::Thread;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// The lock. 0: free, 1: held, 2: held and waited for.
#[derive(Default)]
pub struct LockWord {
    word: AtomicU32,
    owner: Cell<usize>,
}

/// The thread holds the lock already.
pub struct Reentrant;

impl LockWord {
    pub const fn new() -> LockWord {
        LockWord { word: AtomicU32::new(0), owner: Cell::new(0) }
    }

    /// Takes the lock.
    #[inline]
    pub fn enter(&self, th: &Thread) -> Result<(), Reentrant> {
        let me = th as *const Thread as usize;
        if self.word.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
            if self.owner.get() == me {
                return Err(Reentrant);
            }
            th.without_lock(|| self.wait());
        }
        self.owner.set(me);
        Ok(())
    }

    #[cold]
    fn wait(&self) {
        while self.word.swap(2, Ordering::Acquire) != 0 {
            // SAFETY: the word is in a live object; the call only waits while it is 2.
            unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    self.word.as_ptr(),
                    libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
                    2,
                    std::ptr::null::<libc::timespec>(),
                );
            }
        }
    }

    /// Gives the lock up; the thread holds it.
    #[inline]
    pub fn leave(&self) {
        self.owner.set(0);
        if self.word.swap(0, Ordering::Release) == 2 {
            // SAFETY: wakes one waiter on the word.
            unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    self.word.as_ptr(),
                    libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
                    1,
                );
            }
        }
    }

    /// Does the thread hold the lock?
    #[allow(dead_code)] // select and _socket, which come next, use it.
    pub fn is_mine(&self, th: &Thread) -> bool {
        self.owner.get() == th as *const Thread as usize
    }

    /// After `fork()`: only this thread is left.
    #[allow(dead_code)] // select and _socket, which come next, use it.
    pub fn reset(&self) {
        self.word.store(0, Ordering::Relaxed);
        self.owner.set(0);
    }
}
