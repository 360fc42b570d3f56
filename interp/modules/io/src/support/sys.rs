//! System calls: without the interpreter lock, retried after signals (PEP 475).

use super::oserror::{errno, raise};
use krait_object::thread::event;
use krait_object::{Raised, Res, Thread};
use std::sync::atomic::Ordering;

/// Runs a call without the lock. `Ok(Err(errno))` when it gave -1.
pub fn attempt(th: &Thread, f: impl FnOnce() -> i64) -> Result<i64, i32> {
    th.without_lock(|| match f() {
        -1 => Err(errno()),
        n => Ok(n),
    })
}

/// As [`attempt`], repeated after a signal interrupted it and the signal's handler ran without raising.
///
/// # Errors
/// `Err` is a handler's exception; `Ok(Err(n))` an error number.
pub fn retry(th: &Thread, mut f: impl FnMut() -> i64) -> Res<Result<i64, i32>> {
    loop {
        match attempt(th, &mut f) {
            Err(libc::EINTR) => check_signals(th)?,
            other => return Ok(other),
        }
    }
}

/// As [`retry`]; an error number raises OSError.
pub fn call(th: &Thread, f: impl FnMut() -> i64) -> Res<i64> {
    retry(th, f)?.map_err(|n| raise(th, n))
}

/// As [`attempt`] for quick calls that cannot block: the lock is kept, an error raises OSError.
pub fn quick(th: &Thread, r: i64) -> Res<i64> {
    if r == -1 { Err(raise(th, errno())) } else { Ok(r) }
}

/// Runs the Python handlers of signals that arrived, if any.
#[inline]
pub fn check_signals(th: &Thread) -> Result<(), Raised> {
    if th.events.load(Ordering::Acquire) & event::SIGNAL == 0 {
        return Ok(());
    }
    th.events.fetch_and(!event::SIGNAL, Ordering::AcqRel);
    crate::signal::run_handlers(th)
}

/// The monotonic clock in nanoseconds.
pub fn monotonic() -> i64 {
    clock(libc::CLOCK_MONOTONIC).unwrap_or(0)
}

/// A clock in nanoseconds; the error number when there is no such clock.
pub fn clock(id: libc::clockid_t) -> Result<i64, i32> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills in the struct.
    if unsafe { libc::clock_gettime(id, &mut t) } != 0 {
        return Err(errno());
    }
    Ok(t.tv_sec.saturating_mul(1_000_000_000).saturating_add(t.tv_nsec))
}
