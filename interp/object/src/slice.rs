//! `slice` cells. The methods are in `slice_methods`.

use crate::cellref::Slot;
use crate::handle;
use crate::kind::Kind;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};

#[repr(C)]
pub struct SliceCell {
    header: Header,
    pub start: Slot,
    pub stop: Slot,
    pub step: Slot,
}

handle!(
    /// A slice.
    Slice, SliceCell, Kind::Slice
);

/// # Safety
/// The cell is a live slice.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let s = Slice::from_cell(cell);
    s.start.trace(tracer);
    s.stop.trace(tracer);
    s.step.trace(tracer);
}

pub fn new(th: &Thread, start: Value, stop: Value, step: Value) -> Value {
    let s = Slice::from_cell(th.heap.alloc(size_of::<SliceCell>(), TypeId::Slice as u32, Kind::Slice as u8));
    s.start.init(start);
    s.stop.init(stop);
    s.step.init(step);
    s.value()
}

/// A slice applied to a length: start, step and the number of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: isize,
    pub step: isize,
    pub count: usize,
}

impl Span {
    /// The indexes in order.
    pub fn indexes(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |i| (self.start + i as isize * self.step) as usize)
    }
}

/// Start, stop and step as machine numbers, before a length is known (what C calls `PySlice_Unpack`): calls `__index__`.
#[inline]
pub fn unpack(th: &Thread, start: Value, stop: Value, step: Value) -> Res<(isize, isize, isize)> {
    let index = |v: Value| -> Res<isize> {
        if let Some(n) = v.small_int() {
            return Ok(n as isize);
        }
        crate::protocol::slice_index(th, v)
    };
    let step = if step.is_none() { 1 } else { index(step)? };
    if step == 0 {
        return Err(th.value_error("slice step cannot be zero"));
    }
    let step = step.max(-isize::MAX);
    let start = if start.is_none() { if step < 0 { isize::MAX } else { 0 } } else { index(start)? };
    let stop = if stop.is_none() { if step < 0 { isize::MIN } else { isize::MAX } } else { index(stop)? };
    Ok((start, stop, step))
}

/// The same for bounds that are small integers or None, and a step that is one of them; None for any others, and for the step
/// zero.
#[inline(always)]
pub fn unpack_small(start: Value, stop: Value, step: Value) -> Option<(isize, isize, isize)> {
    let given = |v: Value, absent: isize| {
        if v.is_small_int() { Some(v.as_small() as isize) } else { v.is_none().then_some(absent) }
    };
    let step = given(step, 1)?;
    if step == 0 {
        return None;
    }
    let (first, last) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
    Some((given(start, first)?, given(stop, last)?, step))
}

/// Cuts unpacked bounds to a length.
#[inline(always)]
pub fn adjust(len: usize, (start, stop, step): (isize, isize, isize)) -> Span {
    let n = len as isize;
    let cut = |v: isize| {
        if v < 0 {
            let v = v.saturating_add(n);
            if v < 0 { if step < 0 { -1 } else { 0 } } else { v }
        } else if v >= n {
            if step < 0 { n - 1 } else { n }
        } else {
            v
        }
    };
    let (start, stop) = (cut(start), cut(stop));
    // The usual steps need no division.
    let count = if step == 1 {
        (stop - start).max(0) as usize
    } else if step == -1 {
        (start - stop).max(0) as usize
    } else if step < 0 {
        if stop < start { ((start - stop - 1) / -step + 1) as usize } else { 0 }
    } else if start < stop {
        ((stop - start - 1) / step + 1) as usize
    } else {
        0
    };
    Span { start, step, count }
}

/// A slice object applied to a sequence whose length `len` gives after the bounds' `__index__` ran.
pub fn resolve(th: &Thread, s: Slice, len: impl FnOnce() -> usize) -> Res<Span> {
    let bounds = unpack(th, s.start.get(), s.stop.get(), s.step.get())?;
    Ok(adjust(len(), bounds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusts_like_python() {
        assert_eq!(adjust(5, (0, isize::MAX, 1)), Span { start: 0, step: 1, count: 5 });
        assert_eq!(adjust(5, (isize::MAX, isize::MIN, -1)), Span { start: 4, step: -1, count: 5 });
        assert_eq!(adjust(5, (-2, isize::MAX, 1)).count, 2);
        assert_eq!(adjust(5, (1, 4, 2)).indexes().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(adjust(0, (0, isize::MAX, 1)).count, 0);
        assert_eq!(adjust(5, (4, 2, 1)).count, 0);
        assert_eq!(adjust(5, (2, 4, -1)).count, 0);
        assert_eq!(adjust(5, (3, isize::MIN, -1)), Span { start: 3, step: -1, count: 4 });
    }
}
