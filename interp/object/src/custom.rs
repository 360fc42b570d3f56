//! Cells of native types that modules define: a Rust struct in the heap.
//!
//! The struct implements [`Payload`]; its fields that hold values are `Slot`s and are
//! visited by `trace`. A payload that owns memory outside the heap (it needs dropping) is
//! registered and dropped when the cell dies. Python subclasses get their tail words
//! after it (see `attrs.rs`).

use crate::attrs;
use crate::buffer::BufferProcs;
use crate::class::Class;
use crate::kind::Kind;
use crate::thread::{Res, Thread};
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// What a native type keeps in its cells. Fields have interior mutability.
pub trait Payload: Sized + 'static {
    /// Name for diagnostics.
    const NAME: &'static str;

    /// For iterators: one step, `None` at the end. `protocol::next` calls it directly for exact builtin types; their
    /// `__next__` is [`next_method`].
    const NEXT: Option<NextFn> = None;
    /// How objects of the type export their memory (the buffer protocol), if they do.
    const BUFFER: Option<&'static BufferProcs> = None;
    /// For wrappers with `BUFFER`: the object whose memory it is. That one is asked instead, and is the memory's owner.
    const BUFFER_OF: Option<BufferOfFn> = None;

    /// For callable objects: what a call does. `call` goes here directly; their `__call__` is [`call_method`].
    const CALL: Option<CallFn> = None;

    /// For awaitables' iterators: one step like a generator's, with a value sent. `await` and `yield from` go by it, so
    /// that a result needs no StopIteration.
    const SEND: Option<SendFn> = None;

    /// Where the payload keeps machine values, for compiled code.
    const ITEMS: Option<&'static TypedItems> = None;

    /// Visits every `Slot`.
    fn trace(&self, tracer: &mut Tracer);

    const VTABLE: &'static VTable = &VTable {
        name: Self::NAME,
        trace: |p, t| {
            // SAFETY: `p` is the payload of a live cell with this vtable.
            unsafe { (*p.cast::<Self>()).trace(t) }
        },
        drop: |p| {
            // SAFETY: called once, when the cell is dead.
            unsafe { p.cast::<Self>().drop_in_place() }
        },
        id: std::any::TypeId::of::<Self>(),
        next: Self::NEXT,
        call: Self::CALL,
        send: Self::SEND,
        buffer: Self::BUFFER,
        buffer_of: Self::BUFFER_OF,
        items: Self::ITEMS,
    };
}

/// One step of an iterator: the item, or `None` at the end.
pub type NextFn = fn(&Thread, Value) -> Res<Option<Value>>;

/// One step of an iterator that is sent a value (None: as `__next__`).
pub type SendFn = fn(&Thread, Value, Value) -> Res<crate::generator::Resumed>;

/// A call of an object: the positional arguments, then the values of the names in `kwnames` (a tuple, or `MISSING`).
pub type CallFn = fn(&Thread, Value, &[Value], Value) -> Res;

/// What the collector and type tests know of a payload type.
pub struct VTable {
    pub name: &'static str,
    trace: fn(*mut u8, &mut Tracer),
    drop: fn(*mut u8),
    id: std::any::TypeId,
    next: Option<NextFn>,
    call: Option<CallFn>,
    send: Option<SendFn>,
    buffer: Option<&'static BufferProcs>,
    buffer_of: Option<BufferOfFn>,
    items: Option<&'static TypedItems>,
}

/// An array of machine values in a payload: offsets in the payload of the byte that names the type of the items, of
/// the address of the raw cell that has them behind its header word, and of their number; and the letter (as in
/// `struct`) that belongs to such a byte.
pub struct TypedItems {
    pub code: usize,
    pub storage: usize,
    pub len: usize,
    pub letter: fn(u8) -> u8,
}

/// Offset of the payload in a cell.
pub const PAYLOAD_OFFSET: usize = PAYLOAD;

/// How a custom cell's payload keeps machine values, and the byte that names the type of this one's items.
pub fn typed_items(v: Value) -> Option<(&'static TypedItems, u8)> {
    if !v.is_kind(Kind::Custom) {
        return None;
    }
    let items = vtable_of(v.cell()).items?;
    // SAFETY: the payload lies behind the cell's two words, and has a byte at this offset.
    let code = unsafe { *v.cell().as_ptr().cast::<u8>().add(PAYLOAD + items.code) };
    Some((items, code))
}

/// The object whose memory a wrapper's is.
pub type BufferOfFn = fn(&Thread, Value) -> Res;

/// The step function of a cell's payload type, when it is an iterator with one. `v` is a custom cell.
#[inline]
pub fn next_fn(v: Value) -> Option<NextFn> {
    debug_assert!(v.is_kind(Kind::Custom));
    vtable_of(v.cell()).next
}

/// The function for sending to an object whose class is a native one.
#[inline]
pub fn send_fn(th: &Thread, v: Value) -> Option<SendFn> {
    if !v.is_kind(Kind::Custom) {
        return None;
    }
    vtable_of(v.cell()).send.filter(|_| !Class::of_value(th, v).has_flag(crate::class::flag::HEAP))
}

/// `__next__` of the iterator types that have a step function.
pub fn next_method(th: &Thread, a: &[Value]) -> Res {
    let step = if a[0].is_kind(Kind::Custom) { next_fn(a[0]) } else { None };
    match step {
        Some(f) => f(th, a[0])?.ok_or_else(|| th.stop_iteration()),
        None => Err(th.type_error("the object is no native iterator")),
    }
}

/// The call function of an object whose class does not override it.
#[inline]
pub fn call_fn(th: &Thread, v: Value) -> Option<CallFn> {
    if !v.is_kind(Kind::Custom) {
        return None;
    }
    let f = vtable_of(v.cell()).call?;
    let class = Class::of_value(th, v);
    if !class.has_flag(crate::class::flag::HEAP) {
        return Some(f);
    }
    let own = class.special(th, crate::names::Name::__call__).and_then(crate::native::Native::from_value)?;
    if std::ptr::fn_addr_eq(own.def().func, call_method as crate::native::NativeFn) { Some(f) } else { None }
}

/// `__call__(*args, **kwargs)` of the types that have a call function.
pub fn call_method(th: &Thread, a: &[Value]) -> Res {
    let f = if a[0].is_kind(Kind::Custom) { vtable_of(a[0].cell()).call } else { None };
    let Some(f) = f else { return Err(th.type_error("the object is no native callable")) };
    let args = crate::tuple::Tuple::of(a[1]).as_slice();
    let Some(d) = crate::dict::Dict::from_value(a[2]).filter(|d| !d.is_empty()) else {
        return f(th, a[0], args, Value::MISSING);
    };
    let (all, names) = crate::call::flatten(th, args, d)?;
    f(th, a[0], all.as_slice(), names)
}

/// `__iter__` of iterators.
pub fn iter_method(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

/// The buffer functions of a custom cell's type; None for other values and types without.
#[inline]
pub fn buffer_procs(v: Value) -> Option<&'static BufferProcs> {
    if v.is_kind(Kind::Custom) { vtable_of(v.cell()).buffer } else { None }
}

/// For a wrapper of another object's memory: that object.
#[inline]
pub fn buffer_of(v: Value) -> Option<BufferOfFn> {
    if v.is_kind(Kind::Custom) { vtable_of(v.cell()).buffer_of } else { None }
}

#[repr(C)]
struct CustomCell {
    header: Header,
    vtable: Cell<*const VTable>,
}

const PAYLOAD: usize = size_of::<CustomCell>();

/// A handle to a cell with a payload of type `T`.
pub struct Custom<T>(NonNull<CustomCell>, PhantomData<T>);

impl<T> Clone for Custom<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Custom<T> {}

impl<T: Payload> std::ops::Deref for Custom<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a handle is made only from a live cell with T's vtable; payloads are 8-byte aligned at this offset.
        unsafe { &*self.0.as_ptr().cast::<u8>().add(PAYLOAD).cast::<T>() }
    }
}

#[inline(always)]
fn vtable_of(cell: CellPtr) -> &'static VTable {
    // SAFETY: the cell is a live custom cell, whose second word is its vtable.
    unsafe { &*cell.cast::<CustomCell>().as_ref().vtable.get() }
}

impl<T: Payload> Custom<T> {
    /// The handle, when the value is a cell with a payload of this type (subclasses included).
    #[inline]
    pub fn from_value(v: Value) -> Option<Custom<T>> {
        if !v.is_kind(Kind::Custom) {
            return None;
        }
        let vt = vtable_of(v.cell());
        if std::ptr::eq(vt, T::VTABLE) || vt.id == std::any::TypeId::of::<T>() {
            Some(Custom(v.cell().cast(), PhantomData))
        } else {
            None
        }
    }

    /// The handle of a value known to have the payload (the receiver of a method was checked by its descriptor).
    ///
    /// # Panics
    /// When it has another: a method was put into a class that does not have the layout.
    #[inline]
    pub fn of(v: Value) -> Custom<T> {
        match Self::from_value(v) {
            Some(c) => c,
            None => panic!("a {} was expected", T::NAME),
        }
    }

    #[inline(always)]
    pub fn value(self) -> Value {
        Value::from_cell(self.0.cast())
    }

    /// The cell, for barriers.
    #[inline(always)]
    pub fn cell(self) -> CellPtr {
        self.0.cast()
    }
}

/// A cell of the class (the native one or a Python subclass of it) with the payload.
/// Values in `payload`'s slots are safe: it is on the machine stack until it is moved in.
pub fn alloc<T: Payload>(th: &Thread, class: Class, payload: T) -> Res<Custom<T>> {
    const { assert!(align_of::<T>() <= 16) };
    let tail = 8 * class.tail_words.get() as usize;
    let bytes = PAYLOAD + size_of::<T>() + tail;
    let shape = class.shape.get();
    let cell = if bytes <= 4096 {
        th.heap.alloc(bytes, shape, Kind::Custom as u8)
    } else {
        th.heap.try_alloc(bytes, shape, Kind::Custom as u8).ok_or_else(|| th.memory_error())?
    };
    let c: Custom<T> = Custom(cell.cast(), PhantomData);
    // SAFETY: the fresh cell has room for the payload.
    unsafe {
        c.0.as_ref().vtable.set(T::VTABLE);
        cell.as_ptr().cast::<u8>().add(PAYLOAD).cast::<T>().write(payload);
    }
    class.init_tail(cell);
    if std::mem::needs_drop::<T>() {
        th.heap.add_resource(cell);
    }
    Ok(c)
}

/// As [`alloc`] for a builtin type's exact class.
pub fn alloc_exact<T: Payload>(th: &Thread, ty: crate::types::TypeId, payload: T) -> Res {
    Ok(alloc(th, th.interp.class(ty), payload)?.value())
}

/// # Safety
/// The cell is a live custom cell.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let vt = vtable_of(cell);
    // SAFETY: the payload lies at this offset.
    (vt.trace)(unsafe { cell.as_ptr().cast::<u8>().add(PAYLOAD) }, tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// # Safety
/// The cell is a dead custom cell, released once.
pub unsafe fn release(cell: CellPtr) {
    let vt = vtable_of(cell);
    // SAFETY: the payload lies at this offset.
    (vt.drop)(unsafe { cell.as_ptr().cast::<u8>().add(PAYLOAD) });
}
