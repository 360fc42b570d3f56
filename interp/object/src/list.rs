//! `list` cells: a length and an array that is replaced when it is full. The methods are in `list_methods`.

use crate::attrs;
use crate::cellref::Owned;
use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::storage::{self, Slots, ValueVec};
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct ListCell {
    header: Header,
    storage: Owned,
    len: Cell<usize>,
}

handle!(
    /// A list.
    List, ListCell, Kind::List
);

/// Offset of the array's address in the cell.
pub const STORAGE_OFFSET: usize = std::mem::offset_of!(ListCell, storage);
/// Offset of the length in the cell.
pub const LEN_OFFSET: usize = std::mem::offset_of!(ListCell, len);

/// # Safety
/// The cell is a live list.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    List::from_cell(cell).storage.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// An empty list.
#[inline]
pub fn new(th: &Thread) -> List {
    new_with_shape(th, fixed::LIST, 0)
}

/// An empty list of a subclass: its shape and the bytes its class adds.
#[inline]
pub fn new_with_shape(th: &Thread, shape: u32, tail_bytes: usize) -> List {
    List::from_cell(th.heap.alloc(size_of::<ListCell>() + tail_bytes, shape, Kind::List as u8))
}

/// A list of the items.
pub fn from_slice(th: &Thread, items: &[Value]) -> Res {
    filled(th, items.len(), |s| {
        // SAFETY: a new array of as many elements.
        unsafe { storage::move_values(items.as_ptr(), s.data(), items.len()) }
    })
}

/// A list of `n` items, which `fill` puts into the new array. It must not allocate.
#[inline]
pub fn filled(th: &Thread, n: usize, fill: impl FnOnce(Slots)) -> Res {
    if n == 0 {
        return Ok(new(th).value());
    }
    // The array comes first: nothing is allocated before its items are in it, nor between the list and its field, so that
    // neither needs a barrier.
    let s = Slots::new(th, n)?;
    fill(s);
    let l = new(th);
    l.storage.init(s.raw());
    l.len.set(n);
    Ok(l.value())
}

/// A list that takes over the vector's array.
pub fn from_vec(th: &Thread, v: ValueVec) -> Value {
    let l = new(th);
    let (storage, len) = v.into_storage();
    l.storage.set(th, l.cell(), storage);
    l.len.set(len);
    l.value()
}

impl List {
    #[inline(always)]
    pub fn len(self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len.get() == 0
    }

    #[inline(always)]
    fn slots(self) -> Option<Slots> {
        // SAFETY: null or this list's array.
        unsafe { Slots::from_raw(self.storage.get()) }
    }

    /// Item `i`, or None when it is out of range.
    #[inline(always)]
    pub fn get(self, i: usize) -> Option<Value> {
        if i < self.len() { self.slots().map(|s| s.get(i)) } else { None }
    }

    /// Replaces item `i`; false when it is out of range.
    #[inline(always)]
    pub fn set(self, th: &Thread, i: usize, v: Value) -> bool {
        match self.slots() {
            Some(s) if i < self.len() => {
                s.set(th, i, v);
                true
            }
            _ => false,
        }
    }

    /// Makes room for `extra` more items.
    pub fn reserve(self, th: &Thread, extra: usize) -> Result<(), Raised> {
        let need = self.len().checked_add(extra).ok_or_else(|| th.memory_error())?;
        let have = self.slots().map_or(0, Slots::capacity);
        if need > have {
            self.grow(th, need)?;
        }
        Ok(())
    }

    #[cold]
    fn grow(self, th: &Thread, need: usize) -> Result<(), Raised> {
        let have = self.slots().map_or(0, Slots::capacity);
        let capacity = need.max(have + have / 8 + 6) & !1;
        let new = Slots::new(th, capacity.max(need))?;
        let old = self.slots();
        if let Some(old) = old {
            new.copy_from(th, 0, old.data(), self.len());
        }
        self.storage.set(th, self.cell(), new.raw());
        if let Some(old) = old {
            th.heap.free_now(old.cell());
        }
        Ok(())
    }

    /// Appends an item.
    #[inline(always)]
    pub fn push(self, th: &Thread, v: Value) -> Result<(), Raised> {
        let n = self.len();
        match self.slots() {
            Some(s) if n < s.capacity() => {
                s.set(th, n, v);
                self.len.set(n + 1);
                Ok(())
            }
            _ => self.push_slow(th, v),
        }
    }

    /// Appends an item where there is room already; else false.
    #[inline(always)]
    pub fn push_in_place(self, th: &Thread, v: Value) -> bool {
        let n = self.len();
        match self.slots() {
            Some(s) if n < s.capacity() => {
                s.set(th, n, v);
                self.len.set(n + 1);
                true
            }
            _ => false,
        }
    }

    #[cold]
    #[inline(never)]
    fn push_slow(self, th: &Thread, v: Value) -> Result<(), Raised> {
        let n = self.len();
        self.grow(th, n + 1)?;
        if let Some(s) = self.slots() {
            s.set(th, n, v);
        }
        self.len.set(n + 1);
        Ok(())
    }

    /// Removes and returns the last item.
    #[inline]
    pub fn pop(self) -> Option<Value> {
        let n = self.len().checked_sub(1)?;
        let s = self.slots()?;
        let v = s.get(n);
        s.init(n, Value::ZERO);
        self.len.set(n);
        Some(v)
    }

    /// Replaces the items `from..to` by the given ones (which must not lie in this list's own array).
    #[inline]
    pub fn splice(self, th: &Thread, from: usize, to: usize, items: &[Value]) -> Result<(), Raised> {
        let len = self.len();
        let (from, to) = (from.min(len), to.clamp(from.min(len), len));
        if from + items.len() == to
            && let Some(s) = self.slots()
        {
            s.copy_from(th, from, items.as_ptr(), items.len());
            return Ok(());
        }
        self.splice_moving(th, from, to, items)
    }

    /// The same for another number of items, for bounds inside the list.
    #[inline(never)]
    fn splice_moving(self, th: &Thread, from: usize, to: usize, items: &[Value]) -> Result<(), Raised> {
        let len = self.len();
        let new_len = len - (to - from) + items.len();
        if new_len > len {
            self.reserve(th, new_len - len)?;
        }
        let Some(s) = self.slots() else { return Ok(()) };
        if from + items.len() != to {
            // SAFETY: source range is inside the array.
            let source = unsafe { s.data().add(to) };
            s.copy_from(th, from + items.len(), source, len - to);
        }
        s.copy_from(th, from, items.as_ptr(), items.len());
        for i in new_len..len {
            s.init(i, Value::ZERO);
        }
        self.len.set(new_len);
        Ok(())
    }

    /// Puts an item before item `at`, which may be the length.
    #[inline]
    pub fn insert(self, th: &Thread, at: usize, v: Value) -> Result<(), Raised> {
        self.reserve(th, 1)?;
        let len = self.len();
        let at = at.min(len);
        if let Some(s) = self.slots() {
            // SAFETY: there is room for one more item, and `at` is inside.
            unsafe { storage::move_values(s.data().add(at), s.data().add(at + 1), len - at) };
            s.init(at, v);
            s.barrier_range(th, at, len + 1 - at);
            self.len.set(len + 1);
        }
        Ok(())
    }

    /// Removes and returns item `i`; None when it is out of range.
    #[inline]
    pub fn remove(self, th: &Thread, i: usize) -> Option<Value> {
        let v = self.get(i)?;
        let s = self.slots()?;
        let last = self.len() - 1;
        // SAFETY: the items behind item `i`.
        s.copy_from(th, i, unsafe { s.data().add(i + 1) }, last - i);
        s.init(last, Value::ZERO);
        self.len.set(last);
        Some(v)
    }

    /// Removes all items; the array is dropped.
    pub fn clear(self) {
        self.len.set(0);
        // A null is no reference: no barrier.
        // SAFETY: the owner's field; nobody holds the array's slice across this by the rules of the crate.
        unsafe { (&raw const self.storage as *mut *mut Header).write(std::ptr::null_mut()) };
    }

    /// The items as they are now. The slice must not be held across anything that may run Python code or change the list;
    /// copy what is needed or use `get` with an index.
    #[inline(always)]
    pub fn as_slice<'a>(self) -> &'a [Value] {
        match self.slots() {
            // SAFETY: the first `len` elements are initialized; see the rule above.
            Some(s) => unsafe { std::slice::from_raw_parts(s.data(), self.len()) },
            None => &[],
        }
    }

    /// A copy of the items that stays valid whatever happens to the list.
    pub fn to_vec(self, th: &Thread) -> Res<ValueVec> {
        ValueVec::from_slice(th, self.as_slice())
    }

    /// Takes the items away for exclusive work (sorting): the list is empty meanwhile.
    pub fn take(self) -> (*mut Header, usize) {
        let r = (self.storage.get(), self.len());
        self.clear();
        r
    }

    /// Gives an array (and how many items it holds) to the list.
    pub fn give(self, th: &Thread, storage: *mut Header, len: usize) {
        self.storage.set(th, self.cell(), storage);
        self.len.set(len);
    }
}
