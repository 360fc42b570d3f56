//! `set` and `frozenset` cells. The elements are the keys of a dict that no program sees,
//! so sets keep insertion order. The methods are in `set_methods`.

use crate::attrs;
use crate::cellref::Slot;
use crate::dict::{self, Dict};
use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct SetCell {
    header: Header,
    items: Slot,
    /// Cached hash of a frozenset, 0 before it is computed.
    pub hash: Cell<i64>,
}

handle!(
    /// A set.
    Set, SetCell, Kind::Set
);

handle!(
    /// A frozenset.
    FrozenSet, SetCell, Kind::FrozenSet
);

/// # Safety
/// The cell is a live set or frozenset.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let s = Set(cell.cast());
    s.items.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// A set (or frozenset, by kind) with the elements in `items`, a dict that it takes over.
pub fn from_items(th: &Thread, items: Dict, kind: Kind, shape: u32, tail_bytes: usize) -> Value {
    let s = Set(th.heap.alloc(size_of::<SetCell>() + tail_bytes, shape, kind as u8).cast());
    s.items.init(items.value());
    s.value()
}

/// An empty set.
pub fn new(th: &Thread) -> Set {
    let items = dict::new(th);
    Set::of(from_items(th, items, Kind::Set, fixed::SET, 0))
}

/// A set of the elements in `items`.
pub fn of_items(th: &Thread, items: Dict) -> Value {
    from_items(th, items, Kind::Set, fixed::SET, 0)
}

/// A frozenset of the elements in `items`.
pub fn new_frozen(th: &Thread, items: Dict) -> Value {
    if items.is_empty() && th.interp.empty_frozenset.get() != Value::UNBOUND {
        return th.interp.empty_frozenset.get();
    }
    from_items(th, items, Kind::FrozenSet, TypeId::FrozenSet as u32, 0)
}

/// The elements of a set or frozenset (subclasses included), as the keys of a dict.
#[inline]
pub fn items(v: Value) -> Option<Dict> {
    if v.is_kind(Kind::Set) || v.is_kind(Kind::FrozenSet) {
        Some(Dict::of(Set(v.cell().cast()).items.get()))
    } else {
        None
    }
}

impl Set {
    #[inline]
    pub fn items(self) -> Dict {
        Dict::of(self.items.get())
    }

    pub fn len(self) -> usize {
        self.items().len()
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Adds an element.
    pub fn add(self, th: &Thread, v: Value) -> Result<(), Raised> {
        let hash = crate::protocol::hash(th, v)?;
        self.items().add_hashed(th, v, hash, Value::none()).map(|_| ())
    }

    /// Is the element there?
    pub fn contains(self, th: &Thread, v: Value) -> Res<bool> {
        Ok(self.items().get(th, v)?.is_some())
    }

    /// Replaces the elements.
    pub fn replace(self, th: &Thread, items: Dict) {
        self.items.set(th, self.cell(), items.value());
    }
}
