//! A lock that any thread may release, and whose waiting a signal interrupts.
//!
//! One word: 0 free, 1 held, 2 held and waited for. Waiting is the kernel's (futex), because
//! the standard library's waits do not come back for signals. Cells never move, so the word
//! lies in the Python object itself; whoever waits keeps the object alive on its stack.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How waiting ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waited {
    Acquired,
    TimedOut,
    /// A signal arrived; the lock was not acquired.
    Interrupted,
}

/// The lock.
#[derive(Default)]
pub struct RawLock(AtomicU32);

impl RawLock {
    /// Takes the lock if it is free.
    pub fn try_acquire(&self) -> bool {
        self.0.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// Waits for the lock until the time given, or for good.
    pub fn wait(&self, until: Option<Instant>) -> Waited {
        while self.0.swap(2, Ordering::Acquire) != 0 {
            let left = match until {
                None => None,
                Some(t) => match t.checked_duration_since(Instant::now()) {
                    None | Some(Duration::ZERO) => return Waited::TimedOut,
                    left => left,
                },
            };
            let spec = left.map(|d| libc::timespec {
                tv_sec: d.as_secs() as libc::time_t,
                tv_nsec: d.subsec_nanos() as _,
            });
            let timeout = spec.as_ref().map_or(std::ptr::null(), |s| s as *const libc::timespec);
            let op = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: the word lives as long as `self`; the timeout is null or a valid time.
            let r = unsafe { libc::syscall(libc::SYS_futex, self.0.as_ptr(), op, 2, timeout) };
            if r == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) {
                return Waited::Interrupted;
            }
        }
        Waited::Acquired
    }

    /// Frees the lock. The caller has made sure that it is held.
    pub fn release(&self) {
        if self.0.swap(0, Ordering::Release) == 2 {
            let op = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: waking touches no memory.
            unsafe { libc::syscall(libc::SYS_futex, self.0.as_ptr(), op, 1) };
        }
    }

    /// Makes the lock free whoever held it: for the child after a fork.
    pub fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
