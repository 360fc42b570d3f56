//! The interpreter lock, and waiting without it.
//!
//! One thread of an interpreter runs at a time. Whatever may block (system calls, waiting
//! for another thread) runs inside [`Thread::without_lock`]: registers are spilled, and the
//! stack above is published, so that a thread that collects meanwhile finds the values that
//! this one holds. The closure must not touch the heap; memory of cells that are kept
//! reachable may be read and written, for cells never move.
//!
//! Who wants the lock and has waited for the switch interval sets `event::HANDOVER` in the
//! holder; the holder gives the lock up at its next safe point ([`Thread::hand_over`]) and
//! waits until another thread has had it.

use crate::thread::{Thread, event};
use std::cell::UnsafeCell;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The lock of an interpreter.
pub struct InterpLock(UnsafeCell<Inner>);

struct Inner {
    state: Mutex<State>,
    freed: Condvar,
    switched: Condvar,
}

struct State {
    held: bool,
    /// Who holds the lock, or held it last.
    holder: *const Thread,
    /// How often the lock went to another thread.
    switches: u64,
    /// How long a waiting thread lets the holder run.
    interval: Duration,
    /// At the end: nobody but this thread gets the lock.
    last: *const Thread,
    /// Threads that wait for the lock.
    waiting: usize,
}

// SAFETY: the state is behind the mutex; its pointers are followed only while the mutex shows that the thread holds the
// lock, and a thread is freed only after it released it. `after_fork` runs when there is one thread.
unsafe impl Sync for InterpLock {}
// SAFETY: as above.
unsafe impl Send for InterpLock {}

impl Default for InterpLock {
    fn default() -> Self {
        InterpLock(UnsafeCell::new(Inner::new(Duration::from_millis(5))))
    }
}

impl Inner {
    fn new(interval: Duration) -> Inner {
        let none = std::ptr::null();
        Inner {
            state: Mutex::new(State {
                held: false,
                holder: none,
                switches: 0,
                interval,
                last: none,
                waiting: 0,
            }),
            freed: Condvar::new(),
            switched: Condvar::new(),
        }
    }
}

impl InterpLock {
    fn inner(&self) -> &Inner {
        // SAFETY: written only by `after_fork_in_child`, when no other thread exists.
        unsafe { &*self.0.get() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the mutex is held leaves a consistent state: every change is one assignment.
        self.inner().state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the lock. A thread that comes after the end waits for good.
    fn acquire(&self, th: &Thread) {
        let inner = self.inner();
        let mut s = self.state();
        s.waiting += 1;
        loop {
            if !s.last.is_null() && !std::ptr::eq(s.last, th) {
                drop(s);
                loop {
                    std::thread::park();
                }
            }
            if !s.held {
                break;
            }
            let (switches, interval) = (s.switches, s.interval);
            let (guard, timeout) =
                inner.freed.wait_timeout(s, interval).unwrap_or_else(PoisonError::into_inner);
            s = guard;
            if timeout.timed_out() && s.held && s.switches == switches {
                // SAFETY: the thread holds the lock, so it has not been freed.
                unsafe { (*s.holder).signal_event(event::HANDOVER) };
            }
        }
        s.waiting -= 1;
        s.held = true;
        if !std::ptr::eq(s.holder, th) {
            s.holder = th;
            s.switches += 1;
            inner.switched.notify_all();
        }
    }

    /// Gives the lock up; with `hand_over`, waits until another thread that waits for it has had it.
    fn release(&self, th: &Thread, hand_over: bool) {
        let inner = self.inner();
        let mut s = self.state();
        s.held = false;
        // Waking is a system call whether somebody waits or not.
        if s.waiting > 0 {
            inner.freed.notify_one();
        }
        while hand_over && s.waiting > 0 && std::ptr::eq(s.holder, th) && s.last.is_null() {
            s = inner.switched.wait(s).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// `sys.getswitchinterval`.
    pub fn interval(&self) -> Duration {
        self.state().interval
    }

    /// `sys.setswitchinterval`.
    pub fn set_interval(&self, d: Duration) {
        self.state().interval = d;
    }

    /// From now on only this thread gets the lock.
    pub fn close(&self, th: &Thread) {
        self.state().last = th;
    }

    /// Keeps the state steady around `fork()`: runs `fork` with nobody inside of the lock's own code, and makes the
    /// lock new in the child, held by the only thread that is left there.
    pub fn around_fork(&self, th: &Thread, fork: impl FnOnce() -> libc::pid_t) -> libc::pid_t {
        let guard = self.state();
        let interval = guard.interval;
        let pid = fork();
        if pid == 0 {
            std::mem::forget(guard);
            // SAFETY: the child has one thread; the old state is overwritten without being dropped, as its mutex is
            // locked.
            unsafe { self.0.get().write(Inner::new(interval)) };
            let mut s = self.state();
            s.held = true;
            s.holder = th;
        }
        pid
    }
}

impl Thread {
    /// Waits for the interpreter lock. For threads that begin; others come back through `without_lock`.
    pub fn acquire_lock(&self) {
        self.interp.lock.acquire(self);
    }

    /// Gives the interpreter lock up for good.
    pub fn release_lock(&self) {
        self.interp.lock.release(self, false);
    }

    /// Runs `f`, which may block, while other threads run Python code.
    pub fn without_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        self.parked(false, f)
    }

    /// Lets a thread that waits for the lock run, at a safe point.
    pub fn hand_over(&self) {
        self.parked(true, || {});
    }

    fn parked<R>(&self, hand_over: bool, f: impl FnOnce() -> R) -> R {
        let mut work = Some(f);
        let mut result = None;
        krait_gc::with_saved_registers(&mut |sp| {
            let before = self.parked_at.replace(sp);
            self.interp.lock.release(self, hand_over);
            if let Some(f) = work.take() {
                result = Some(f());
            }
            self.interp.lock.acquire(self);
            self.parked_at.set(before);
        });
        match result {
            Some(r) => r,
            None => unreachable!("with_saved_registers calls its closure once"),
        }
    }

    /// `fork()` in the calling thread: the child's interpreter has this thread alone.
    pub fn fork(&self, fork: impl FnOnce() -> libc::pid_t) -> libc::pid_t {
        let pid = self.interp.lock.around_fork(self, fork);
        if pid == 0 {
            // The other threads are gone with their stacks; what they held is garbage.
            self.interp.threads.borrow_mut().retain(|&t| std::ptr::eq(t, self));
            // An event loop does not go on running in two processes.
            self.running_loop.set(crate::value::Value::UNBOUND);
        }
        pid
    }
}
