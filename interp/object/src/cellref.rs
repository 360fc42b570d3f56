//! Typed handles to cells, and the fields that cells are made of.
//!
//! A handle is a `Copy` pointer to a live cell of one kind; it derefs to the cell's
//! struct, whose fields have interior mutability, so no `&mut` into the heap exists.
//! Storing a reference goes through [`Slot::set`], which carries the write barrier.

use crate::thread::Thread;
use crate::value::Value;
use krait_gc::{CellPtr, Tracer};
use std::cell::Cell;

/// A field of a cell that holds a value.
#[repr(transparent)]
pub struct Slot(Cell<Value>);

impl Slot {
    #[inline(always)]
    pub fn get(&self) -> Value {
        self.0.get()
    }

    /// A field of a cell that is still being made on the machine stack.
    pub const fn new(v: Value) -> Slot {
        Slot(Cell::new(v))
    }

    /// Stores a value into a field of `owner`, with the write barrier.
    #[inline(always)]
    pub fn set(&self, th: &Thread, owner: CellPtr, value: Value) {
        self.0.set(value);
        th.heap.barrier(owner, self as *const Slot as *const u64);
    }

    /// Stores without a barrier: only into a cell allocated since the last allocation, or a word that is no reference.
    #[inline(always)]
    pub fn init(&self, value: Value) {
        self.0.set(value);
    }

    /// Visits the field.
    #[inline(always)]
    pub fn trace(&self, tracer: &mut Tracer) {
        tracer.visit(self.0.get().0);
    }
}

/// A field that holds a storage cell belonging to its owner alone, or null.
#[repr(transparent)]
pub struct Owned(Cell<*mut krait_gc::Header>);

impl Owned {
    /// A field of a cell that is still being made on the machine stack.
    pub const fn new(storage: *mut krait_gc::Header) -> Owned {
        Owned(Cell::new(storage))
    }

    #[inline(always)]
    pub fn get(&self) -> *mut krait_gc::Header {
        self.0.get()
    }

    /// Stores the storage cell, with the write barrier on `owner`.
    #[inline(always)]
    pub fn set(&self, th: &Thread, owner: CellPtr, storage: *mut krait_gc::Header) {
        self.0.set(storage);
        th.heap.barrier(owner, self as *const Owned as *const u64);
    }

    /// Stores without a barrier: only into a cell allocated since the last allocation.
    #[inline(always)]
    pub fn init(&self, storage: *mut krait_gc::Header) {
        self.0.set(storage);
    }

    /// Drops the storage cell; a null needs no barrier.
    #[inline(always)]
    pub fn init_null(&self) {
        self.0.set(std::ptr::null_mut());
    }

    #[inline(always)]
    pub fn trace(&self, tracer: &mut Tracer) {
        tracer.visit_ptr(self.0.get());
    }
}

/// Defines a handle type for the cells of one kind.
#[macro_export]
macro_rules! handle {
    ($(#[doc = $doc:literal])* $name:ident, $cell:ident, $kind:expr) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(transparent)]
        pub struct $name(std::ptr::NonNull<$cell>);

        impl $name {
            /// The handle, when the value is a cell of the kind (subclasses included).
            #[inline(always)]
            pub fn from_value(v: $crate::value::Value) -> Option<$name> {
                if v.is_kind($kind) { Some($name(v.cell().cast())) } else { None }
            }

            /// The handle of a value that is known to be of the kind.
            #[inline(always)]
            pub fn of(v: $crate::value::Value) -> $name {
                debug_assert!(v.is_kind($kind), "wrong kind: {v:?} is {:?}", v.kind());
                $name(v.cell().cast())
            }

            /// The handle of a cell that is known to be of the kind.
            #[inline(always)]
            pub fn from_cell(cell: krait_gc::CellPtr) -> $name {
                $name(cell.cast())
            }

            #[inline(always)]
            pub fn value(self) -> $crate::value::Value {
                $crate::value::Value::from_cell(self.0.cast())
            }

            /// The cell, for barriers and the heap's interface.
            #[inline(always)]
            pub fn cell(self) -> krait_gc::CellPtr {
                self.0.cast()
            }
        }

        impl std::ops::Deref for $name {
            type Target = $cell;
            #[inline(always)]
            fn deref(&self) -> &$cell {
                // SAFETY: a handle is made only from a live cell of this kind, and the collector keeps it
                // while the handle is on a scanned stack; fields have interior mutability.
                unsafe { self.0.as_ref() }
            }
        }
    };
}
