//! Storage cells: arrays of values that belong to one list, instance, or builder.
//!
//! `Slots` is the array itself; `ValueVec` is a growable array for native code. A
//! `ValueVec` lives on the machine stack only (the conservative scan finds its storage
//! there); putting one into memory of Rust's allocator would hide its values.

use crate::kind::Kind;
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;
use std::ptr::NonNull;

/// The layout of an array of values.
#[repr(C)]
pub struct SlotsCell {
    header: Header,
    capacity: Cell<usize>,
}

/// Offset of the capacity in the cell.
pub const CAPACITY: usize = std::mem::offset_of!(SlotsCell, capacity);
/// Offset of the first element in the cell.
pub const DATA: usize = size_of::<SlotsCell>();

/// An array of values with a fixed capacity.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Slots(NonNull<SlotsCell>);

impl Slots {
    /// A fresh array; every element is the integer zero. MemoryError when there is no room.
    #[inline]
    pub fn new(th: &Thread, capacity: usize) -> Res<Slots> {
        let bytes =
            capacity.checked_mul(8).and_then(|n| n.checked_add(DATA)).ok_or_else(|| th.memory_error())?;
        let cell = if bytes <= 4096 {
            th.heap.alloc(bytes, 0, Kind::Slots as u8)
        } else {
            th.heap.try_alloc(bytes, 0, Kind::Slots as u8).ok_or_else(|| th.memory_error())?
        };
        let slots = Slots(cell.cast());
        // SAFETY: the cell was just allocated with room for the struct.
        unsafe { slots.0.as_ref() }.capacity.set(capacity);
        Ok(slots)
    }

    /// The array in an owner's field.
    ///
    /// # Safety
    /// The pointer is null or a live cell of kind `Slots`.
    #[inline(always)]
    pub unsafe fn from_raw(p: *mut Header) -> Option<Slots> {
        NonNull::new(p).map(|p| Slots(p.cast()))
    }

    #[inline(always)]
    pub fn raw(self) -> *mut Header {
        self.0.as_ptr().cast()
    }

    #[inline(always)]
    pub fn cell(self) -> CellPtr {
        self.0.cast()
    }

    #[inline(always)]
    pub fn capacity(self) -> usize {
        // SAFETY: the handle refers to a live array.
        unsafe { self.0.as_ref() }.capacity.get()
    }

    /// Address of the first element; valid until the owner replaces the array.
    #[inline(always)]
    pub fn data(self) -> *mut Value {
        // SAFETY: the elements start right after the struct, inside the cell.
        unsafe { self.0.as_ptr().cast::<u8>().add(DATA).cast() }
    }

    #[inline(always)]
    pub fn get(self, i: usize) -> Value {
        debug_assert!(i < self.capacity());
        // SAFETY: the caller keeps i below the capacity; checked in debug builds.
        unsafe { *self.data().add(i) }
    }

    /// Stores an element, with the write barrier.
    #[inline(always)]
    pub fn set(self, th: &Thread, i: usize, v: Value) {
        debug_assert!(i < self.capacity());
        // SAFETY: as in `get`.
        let slot = unsafe { self.data().add(i) };
        // SAFETY: the slot is inside the live array.
        unsafe { slot.write(v) };
        th.heap.barrier(self.cell(), slot.cast());
    }

    /// Stores an element into an array allocated since the last allocation, or a word that is no reference.
    #[inline(always)]
    pub fn init(self, i: usize, v: Value) {
        debug_assert!(i < self.capacity());
        // SAFETY: as in `get`.
        unsafe { self.data().add(i).write(v) };
    }

    /// Copies `n` elements from `source` (which may overlap) to `to`, with the barrier. `source` is readable for `n` values.
    #[inline]
    #[allow(clippy::not_unsafe_ptr_arg_deref)] // Called with places in the heap and on the value stack only.
    pub fn copy_from(self, th: &Thread, to: usize, source: *const Value, n: usize) {
        debug_assert!(to + n <= self.capacity());
        // SAFETY: the range is inside the array.
        unsafe { move_values(source, self.data().add(to), n) };
        self.barrier_range(th, to, n);
    }

    /// The barrier for a range that was written in bulk.
    #[inline]
    pub fn barrier_range(self, th: &Thread, from: usize, n: usize) {
        // SAFETY: the range is inside the array.
        th.heap.barrier_range(self.cell(), unsafe { self.data().add(from) }.cast(), n * size_of::<Value>());
    }
}

/// Copies `n` values to a place that may overlap with theirs. Most lists are short: a few words are faster moved here
/// than by the C library. All words of such a piece are read before the first is written.
///
/// # Safety
/// Both places have room for `n` values.
#[inline]
pub unsafe fn move_values(from: *const Value, to: *mut Value, n: usize) {
    /// Moves `n` values as two pieces of `N`, which overlap unless there are `2 * N`.
    ///
    /// # Safety
    /// As outside; `N <= n <= 2 * N`.
    #[inline(always)]
    unsafe fn pieces<const N: usize>(from: *const Value, to: *mut Value, n: usize) {
        // SAFETY: the caller's promise; both pieces lie in the `n` values.
        unsafe {
            let (a, b) = (from.cast::<[Value; N]>().read(), from.add(n - N).cast::<[Value; N]>().read());
            to.cast::<[Value; N]>().write(a);
            to.add(n - N).cast::<[Value; N]>().write(b);
        }
    }
    // SAFETY: the caller's promise.
    unsafe {
        match n {
            0 => {}
            1 => to.write(from.read()),
            2..=4 => pieces::<2>(from, to, n),
            5..=8 => pieces::<4>(from, to, n),
            9..=16 => pieces::<8>(from, to, n),
            _ => std::ptr::copy(from, to, n),
        }
    }
}

/// Copies `n` values in reverse order to a place that does not overlap with theirs.
///
/// # Safety
/// Both places have room for `n` values.
#[inline]
pub unsafe fn copy_reversed(from: *const Value, to: *mut Value, n: usize) {
    /// As in [`move_values`].
    ///
    /// # Safety
    /// As outside; `N <= n <= 2 * N`.
    #[inline(always)]
    unsafe fn pieces<const N: usize>(from: *const Value, to: *mut Value, n: usize) {
        // SAFETY: the caller's promise; both pieces lie in the `n` values.
        unsafe {
            let mut a = from.cast::<[Value; N]>().read();
            let mut b = from.add(n - N).cast::<[Value; N]>().read();
            a.reverse();
            b.reverse();
            to.add(n - N).cast::<[Value; N]>().write(a);
            to.cast::<[Value; N]>().write(b);
        }
    }
    // SAFETY: the caller's promise.
    unsafe {
        match n {
            0 => {}
            1 => to.write(from.read()),
            2..=4 => pieces::<2>(from, to, n),
            5..=8 => pieces::<4>(from, to, n),
            9..=16 => pieces::<8>(from, to, n),
            _ => {
                for k in 0..n {
                    to.add(k).write(from.add(n - 1 - k).read());
                }
            }
        }
    }
}

/// # Safety
/// The cell is a live `Slots` cell.
pub unsafe fn trace_slots(cell: CellPtr, tracer: &mut Tracer) {
    let slots = Slots(cell.cast());
    // SAFETY: the array has as many elements.
    unsafe { tracer.visit_slice(slots.data() as *const u64, slots.capacity()) };
}

/// # Safety
/// The cell is a live `Slots` cell; `lo..hi` is a byte range inside it.
pub unsafe fn trace_slots_range(cell: CellPtr, lo: usize, hi: usize, tracer: &mut Tracer) {
    let slots = Slots(cell.cast());
    let first = lo.max(DATA).div_ceil(8) * 8;
    let end = hi.min(DATA + slots.capacity() * 8);
    if first < end {
        // SAFETY: the range lies inside the cell's elements.
        let p = unsafe { cell.as_ptr().cast::<u8>().add(first) };
        // SAFETY: as above.
        unsafe { tracer.visit_slice(p as *const u64, (end - first) / 8) };
    }
}

/// A growable array of values for native code, on the machine stack.
pub struct ValueVec {
    storage: *mut Header,
    len: usize,
}

impl Default for ValueVec {
    fn default() -> Self {
        Self::new()
    }
}

impl ValueVec {
    pub fn new() -> ValueVec {
        ValueVec { storage: std::ptr::null_mut(), len: 0 }
    }

    pub fn with_capacity(th: &Thread, n: usize) -> Res<ValueVec> {
        Ok(ValueVec { storage: Slots::new(th, n.max(1))?.raw(), len: 0 })
    }

    /// A copy of values, which may lie in a cell that is reachable.
    pub fn from_slice(th: &Thread, items: &[Value]) -> Res<ValueVec> {
        let s = Slots::new(th, items.len().max(1))?;
        s.copy_from(th, 0, items.as_ptr(), items.len());
        Ok(ValueVec { storage: s.raw(), len: items.len() })
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    fn slots(&self) -> Option<Slots> {
        // SAFETY: `storage` is null or the array this vector owns.
        unsafe { Slots::from_raw(self.storage) }
    }

    /// Appends; MemoryError when there is no room.
    #[inline]
    pub fn push(&mut self, th: &Thread, v: Value) -> Result<(), Raised> {
        if self.len == self.slots().map_or(0, Slots::capacity) {
            self.grow(th)?;
        }
        if let Some(slots) = self.slots() {
            slots.set(th, self.len, v);
        }
        self.len += 1;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, th: &Thread) -> Result<(), Raised> {
        let bigger = Slots::new(th, (self.len * 2).max(8))?;
        if let Some(old) = self.slots() {
            bigger.copy_from(th, 0, old.data(), self.len);
        }
        self.storage = bigger.raw();
        Ok(())
    }

    pub fn pop(&mut self) -> Option<Value> {
        if self.len == 0 {
            return None;
        }
        self.len -= 1;
        self.slots().map(|s| s.get(self.len))
    }

    /// The element at `i`.
    ///
    /// # Panics
    /// When `i` is out of range.
    #[inline]
    pub fn get(&self, i: usize) -> Value {
        assert!(i < self.len);
        self.slots().map_or(Value::UNBOUND, |s| s.get(i))
    }

    /// Replaces the element at `i`.
    ///
    /// # Panics
    /// When `i` is out of range.
    pub fn set(&mut self, th: &Thread, i: usize, v: Value) {
        assert!(i < self.len);
        if let Some(s) = self.slots() {
            s.set(th, i, v);
        }
    }

    /// The elements. The slice must not be held across a push.
    pub fn as_slice(&self) -> &[Value] {
        match self.slots() {
            // SAFETY: the first `len` elements are initialized, and pushing needs `&mut self`.
            Some(s) => unsafe { std::slice::from_raw_parts(s.data(), self.len) },
            None => &[],
        }
    }

    /// The elements for in-place work (sorting, reversing). A barrier follows from the caller's `finish` functions
    /// only for fresh vectors; use on vectors that no collection can have aged, or call `touch` afterwards.
    pub fn as_mut_slice(&mut self) -> &mut [Value] {
        match self.slots() {
            // SAFETY: as in `as_slice`; `&mut self` makes it unique.
            Some(s) => unsafe { std::slice::from_raw_parts_mut(s.data(), self.len) },
            None => &mut [],
        }
    }

    /// The barrier after writing through `as_mut_slice`.
    pub fn touch(&self, th: &Thread) {
        if let Some(s) = self.slots() {
            s.barrier_range(th, 0, self.len);
        }
    }

    pub fn truncate(&mut self, n: usize) {
        self.len = self.len.min(n);
    }

    pub fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len).map(|i| self.get(i))
    }

    /// Gives the storage away (for a list that takes it over): the array, or none when nothing was pushed.
    pub fn into_storage(self) -> (*mut Header, usize) {
        (self.storage, self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize) -> Vec<Value> {
        (0..n as i64).map(Value::small).collect()
    }

    #[test]
    fn values_move_over_themselves() {
        for n in 0..40 {
            for shift in [0, 1, 3] {
                let all = numbers(n + shift);
                let (mut up, mut down) = (all.clone(), all.clone());
                // SAFETY: both places lie in the vector.
                unsafe {
                    let (u, d) = (up.as_mut_ptr(), down.as_mut_ptr());
                    move_values(u, u.add(shift), n);
                    move_values(d.add(shift), d, n);
                }
                assert!(up[..shift] == all[..shift] && up[shift..] == all[..n]);
                assert!(down[..n] == all[shift..] && down[n..] == all[n..]);
            }
        }
    }

    #[test]
    fn values_are_reversed() {
        for n in 0..40 {
            let from = numbers(n);
            let mut to = vec![Value::none(); n + 1];
            // SAFETY: both have as many values.
            unsafe { copy_reversed(from.as_ptr(), to.as_mut_ptr(), n) };
            assert!(to[..n].iter().eq(from.iter().rev()) && to[n] == Value::none());
        }
    }
}
