//! Constants that are checked when they change, not when they are used.
//!
//! A trace that takes a name, a class's attributes or a function's code for constant is noted here with its *flag*, a
//! word that the trace tests once where it is entered and again after anything that may run Python code (the
//! instruction `GuardValid`). Whoever changes the constant reports it (`krait_object::watch`), which sets the flags. A
//! trace whose flag is set leaves, and is forgotten there (`cache::forget`).
//!
//! Between two tests nothing can change: it takes Python code, or another thread, which gets the lock only where a
//! trace leaves or where the interpreter does a step for it.
//!
//! What changes again and again is no constant: after [`LOSSES`] changes it is checked where it is used.

use krait_object::watch::Watched;
use rustc_hash::FxHashMap as HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Set once one of the constants has changed. Code has the address: it lives as long as the trace (see [`release`]).
pub type Flag = &'static AtomicU32;

/// Changes after which something is not taken for constant any more.
const LOSSES: u32 = 3;
/// Things whose changes are counted.
const MOST_LOSSES: usize = 20_000;

#[derive(Default)]
struct Watches {
    flags: HashMap<Watched, Vec<Flag>>,
    /// What the trace with a flag (its address) relies on.
    relied: HashMap<usize, Vec<Watched>>,
    losses: HashMap<Watched, u32>,
}

fn address(flag: Flag) -> usize {
    std::ptr::from_ref(flag) as usize
}

fn watches() -> MutexGuard<'static, Watches> {
    static WATCHES: OnceLock<Mutex<Watches>> = OnceLock::new();
    WATCHES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new flag.
pub fn flag() -> Flag {
    Box::leak(Box::new(AtomicU32::new(0)))
}

/// Is it set?
pub fn is_stale(flag: Flag) -> bool {
    flag.load(Ordering::Relaxed) != 0
}

/// The trace with this flag relies on it from now on. False: it changes too often for that.
pub fn rely(on: Watched, flag: Flag) -> bool {
    let mut w = watches();
    if w.losses.get(&on).is_some_and(|&n| n >= LOSSES) {
        return false;
    }
    let flags = w.flags.entry(on).or_default();
    if !flags.iter().any(|f| std::ptr::eq(*f, flag)) {
        flags.push(flag);
        w.relied.entry(address(flag)).or_default().push(on);
    }
    true
}

/// Frees a flag.
///
/// # Safety
/// Neither code nor an exit that may still be used has it.
pub unsafe fn release(flag: Flag) {
    let mut w = watches();
    let w = &mut *w;
    for on in w.relied.remove(&address(flag)).unwrap_or_default() {
        if let Some(flags) = w.flags.get_mut(&on) {
            flags.retain(|f| !std::ptr::eq(*f, flag));
            if flags.is_empty() {
                w.flags.remove(&on);
            }
        }
    }
    // SAFETY: made by `flag()`; promised by the caller.
    drop(unsafe { Box::from_raw(std::ptr::from_ref(flag).cast_mut()) });
}

/// It has changed.
pub fn changed(what: Watched) {
    let mut w = watches();
    if let Some(flags) = w.flags.remove(&what) {
        flags.iter().for_each(|f| f.store(1, Ordering::Relaxed));
        if w.losses.len() >= MOST_LOSSES {
            // Most of what changed is gone by now.
            w.losses.clear();
        }
        *w.losses.entry(what).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{LOSSES, changed, flag, is_stale, release, rely};
    use krait_object::watch::Watched;

    #[test]
    fn a_change_is_heard_by_who_relied_on_it() {
        let (a, b) = (flag(), flag());
        assert!(rely(Watched::Name(0x51), a) && rely(Watched::Name(0x61), b));
        changed(Watched::Name(0x51));
        assert!(is_stale(a) && !is_stale(b));
    }

    #[test]
    fn a_flag_goes() {
        let (a, b) = (flag(), flag());
        assert!(rely(Watched::Name(0x71), a) && rely(Watched::Name(0x71), b) && rely(Watched::Name(0x81), a));
        // SAFETY: nobody else has it.
        unsafe { release(a) };
        changed(Watched::Name(0x71));
        changed(Watched::Name(0x81));
        assert!(is_stale(b));
    }

    #[test]
    fn what_changes_often_is_not_relied_on() {
        for _ in 0..LOSSES {
            assert!(rely(Watched::Shape(77), flag()));
            changed(Watched::Shape(77));
        }
        assert!(!rely(Watched::Shape(77), flag()));
        // Changes of what nobody relies on do not count.
        (0..10).for_each(|_| changed(Watched::Shape(78)));
        assert!(rely(Watched::Shape(78), flag()));
    }
}
