//! Which containers a thread is formatting: `repr` of a container inside itself is `...`.

use crate::thread::Thread;
use crate::value::Value;
use std::collections::HashSet;

/// The containers being formatted, outermost first. Their holders keep them alive; here only words are compared.
#[derive(Default)]
pub struct Running {
    few: Vec<u64>,
    /// Those nested deeper than `FEW`.
    many: HashSet<u64>,
}

/// So many are searched one by one.
const FEW: usize = 32;

/// Marks an object as being formatted until it is dropped.
pub struct ReprGuard<'a>(&'a Thread, Value);

/// Enters the formatting of `v`; None when it is running already further out.
pub fn enter(th: &Thread, v: Value) -> Option<ReprGuard<'_>> {
    let mut running = th.repr_running.borrow_mut();
    if running.few.contains(&v.0) {
        return None;
    }
    if running.few.len() < FEW {
        running.few.push(v.0);
    } else if !running.many.insert(v.0) {
        return None;
    }
    Some(ReprGuard(th, v))
}

impl Drop for ReprGuard<'_> {
    fn drop(&mut self) {
        let mut running = self.0.repr_running.borrow_mut();
        if !running.many.is_empty() {
            running.many.remove(&self.1.0);
        } else {
            running.few.pop();
        }
    }
}
