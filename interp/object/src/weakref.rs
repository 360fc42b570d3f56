//! Weak reference cells. The methods and proxies are in `weakref_methods`.
//!
//! The heap's weak table leads from a referent to its references; the reference holds the
//! referent's word, which is not traced and is cleared when the referent dies.

use crate::attrs;
use crate::cellref::Slot;
use crate::handle;
use crate::kind::Kind;
use crate::thread::Thread;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct WeakRefCell {
    header: Header,
    /// Not traced: the referent, or `UNBOUND` once it is dead.
    referent: Cell<Value>,
    pub callback: Slot,
    /// Hash of the referent, once asked for; `i64::MIN` before.
    pub hash: Cell<i64>,
}

handle!(
    /// A weak reference or proxy, by its type.
    WeakRef, WeakRefCell, Kind::WeakRef
);

/// # Safety
/// The cell is a live weak reference.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    WeakRef::from_cell(cell).callback.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// A weak reference to a cell; `callback` is None or a callable.
pub fn new(th: &Thread, referent: Value, callback: Value, shape: u32, tail_bytes: usize) -> WeakRef {
    let r =
        WeakRef::from_cell(th.heap.alloc(size_of::<WeakRefCell>() + tail_bytes, shape, Kind::WeakRef as u8));
    r.callback.init(callback);
    r.hash.set(i64::MIN);
    r.referent.set(referent);
    th.heap.add_weakref(referent.cell(), r.cell());
    r
}

impl WeakRef {
    /// The referent, or None when it is dead.
    #[inline]
    pub fn referent(self) -> Option<Value> {
        let v = self.referent.get();
        if v == Value::UNBOUND { None } else { Some(v) }
    }

    /// The referent died.
    pub fn clear(self) {
        self.referent.set(Value::UNBOUND);
    }

    pub fn has_callback(self) -> bool {
        self.callback.get().is_cell() && !self.callback.get().is_none()
    }
}
