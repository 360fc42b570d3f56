//! What programs see of weak references.

use crate::thread::{Res, Thread};
use crate::value::Value;
use crate::weakref::WeakRef;

/// The oldest weak reference to an object (`__weakref__`), or None.
pub fn first_reference(th: &Thread, v: Value) -> Res {
    let mut first = Value::none();
    if v.is_cell() {
        th.heap.weakrefs_of(v.cell(), &mut |w| first = WeakRef::from_cell(w).value());
    }
    Ok(first)
}
