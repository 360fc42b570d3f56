//! Which containers a thread is formatting: `repr` of a container inside itself is `...`.

use crate::thread::Thread;
use crate::value::Value;

/// Marks an object as being formatted until it is dropped.
pub struct ReprGuard<'a>(&'a Thread);

/// Enters the formatting of `v`; None when it is running already further out.
pub fn enter(th: &Thread, v: Value) -> Option<ReprGuard<'_>> {
    let mut running = th.repr_running.borrow_mut();
    if running.contains(&v.0) {
        return None;
    }
    // The caller holds the object; this list only compares words.
    running.push(v.0);
    Some(ReprGuard(th))
}

impl Drop for ReprGuard<'_> {
    fn drop(&mut self) {
        self.0.repr_running.borrow_mut().pop();
    }
}
