//! The buffer protocol: access to an object's memory for native code (PEP 3118, PEP 688).
//!
//! [`get_buffer`] asks any object for its memory; [`bytes_like`] is the plain form for
//! arguments that are "bytes-like". A [`Buffer`] keeps its exporter alive and counts as one
//! export until it is dropped, so its bytes stay where they are meanwhile. It holds values:
//! it lives on the machine stack only.
//!
//! Exporters are `bytes`, `bytearray`, native types whose payload names [`BufferProcs`]
//! (`memoryview`, `array.array`, ...), and Python classes with `__buffer__`.

use crate::bytearray::ByteArray;
use crate::bytes::Bytes;
use crate::call::call_special;
use crate::class::{Class, type_name};
use crate::custom;
use crate::kind::Kind;
use crate::memoryview::MemoryView;
use crate::names::Name;
use crate::shape::fixed;
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;

/// What a consumer asks of an exporter: C's `PyBUF_*`.
pub mod flags {
    pub const SIMPLE: u32 = 0;
    pub const WRITABLE: u32 = 1;
    pub const FORMAT: u32 = 4;
    pub const ND: u32 = 8;
    pub const STRIDES: u32 = 0x10 | ND;
    pub const C_CONTIGUOUS: u32 = 0x20 | STRIDES;
    pub const F_CONTIGUOUS: u32 = 0x40 | STRIDES;
    pub const ANY_CONTIGUOUS: u32 = 0x80 | STRIDES;
    pub const INDIRECT: u32 = 0x100 | STRIDES;
    pub const FULL_RO: u32 = INDIRECT | FORMAT;
    pub const FULL: u32 = FULL_RO | WRITABLE;
}

/// How memory is divided into items, when it is more than plain bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// In the syntax of `struct`.
    pub format: String,
    pub itemsize: usize,
    /// One entry per dimension; none for a single item.
    pub shape: Vec<isize>,
    /// Bytes from one item to the next, per dimension.
    pub strides: Vec<isize>,
    /// Per dimension, or empty: C's pointers to follow. No exporter here has any.
    pub suboffsets: Vec<isize>,
}

impl Layout {
    /// A contiguous array of one dimension.
    pub fn linear(format: &str, itemsize: usize, items: usize) -> Layout {
        Layout {
            format: format.to_owned(),
            itemsize,
            shape: vec![items as isize],
            strides: vec![itemsize as isize],
            suboffsets: Vec::new(),
        }
    }
}

/// Memory as an exporter gives it.
pub struct Export {
    pub data: *mut u8,
    /// Bytes that the items take together.
    pub len: usize,
    pub readonly: bool,
    /// None: one dimension of unsigned bytes.
    pub layout: Option<Box<Layout>>,
}

/// How a native type exports its memory.
pub struct BufferProcs {
    /// Gives the memory and counts the export. The flags are a consumer's wishes; BufferError when they cannot be met.
    pub get: fn(&Thread, Value, u32) -> Res<Export>,
    /// Takes one export back. It may come from the collector when exporter and consumer die together: it must only
    /// change plain fields of the payload.
    pub release: fn(Value),
}

/// An object's memory, held until this is dropped. Derefs to the bytes when they are contiguous.
pub struct Buffer {
    exporter: Value,
    /// The object whose `__buffer__` made the exporter (a memoryview), or `MISSING`.
    python: Value,
    counted: bool,
    pub data: *mut u8,
    /// Bytes of all items together.
    pub len: usize,
    pub readonly: bool,
    /// None: one dimension of unsigned bytes.
    pub layout: Option<Box<Layout>>,
}

impl Buffer {
    /// The object that owns the memory.
    pub fn owner(&self) -> Value {
        if self.python == Value::MISSING { self.exporter } else { self.python }
    }

    /// Did a Python class's `__buffer__` give the memory?
    pub(crate) fn is_python(&self) -> bool {
        self.python != Value::MISSING
    }

    /// Size of an item.
    pub fn itemsize(&self) -> usize {
        self.layout.as_ref().map_or(1, |l| l.itemsize)
    }

    /// The format of the items.
    pub fn format(&self) -> &str {
        self.layout.as_ref().map_or("B", |l| &l.format)
    }

    /// Number of dimensions.
    pub fn ndim(&self) -> usize {
        self.layout.as_ref().map_or(1, |l| l.shape.len())
    }

    /// The bytes. Only for buffers that were asked to be contiguous (every one without strides is).
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the exporter keeps `len` bytes in place while the export is counted.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }

    /// The bytes for writing; the buffer was asked for with `WRITABLE`. Nothing that may run Python code may be called
    /// while the slice is held.
    #[allow(clippy::mut_from_ref)]
    pub fn as_mut_slice(&self) -> &mut [u8] {
        if self.len == 0 {
            return &mut [];
        }
        debug_assert!(!self.readonly);
        // SAFETY: as in `as_slice`; the callers hold one slice at a time.
        unsafe { std::slice::from_raw_parts_mut(self.data, self.len) }
    }

    /// Gives the parts to a holder in the heap, which releases the export itself: exporter, Python object, whether the
    /// export is counted.
    pub(crate) fn into_parts(mut self) -> (Value, Value, bool) {
        let parts = (self.exporter, self.python, self.counted);
        self.counted = false;
        self.python = Value::MISSING;
        parts
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl Drop for Buffer {
    #[inline]
    fn drop(&mut self) {
        if self.counted {
            release(self.exporter);
        }
        if self.python != Value::MISSING {
            release_python(Thread::current(), self.python, self.exporter);
        }
    }
}

/// Takes back one export of an exporter that counts them.
pub(crate) fn release(exporter: Value) {
    if let Some(b) = ByteArray::from_value(exporter) {
        b.exports.set(b.exports.get().saturating_sub(1));
    } else if let Some(procs) = custom::buffer_procs(exporter) {
        (procs.release)(exporter);
    }
}

/// Calls `__release_buffer__` of an object whose `__buffer__` gave the memoryview. Errors go to the unraisable hook; a
/// pending exception stays pending.
pub(crate) fn release_python(th: &Thread, obj: Value, view: Value) {
    let Some(f) = Class::of_value(th, obj).special(th, Name::__release_buffer__) else { return };
    let pending = th.pending();
    th.clear_pending();
    if call_special(th, f, obj, &[view]).is_err() {
        (th.interp.hooks().unraisable)(th, obj, "");
        th.clear_pending();
    }
    if let Some(e) = pending {
        th.raise(e);
    }
}

/// Does the object export its memory?
pub fn has_buffer(th: &Thread, v: Value) -> bool {
    match v.kind() {
        Kind::Bytes | Kind::ByteArray => true,
        Kind::Custom if custom::buffer_procs(v).is_some() => true,
        _ => v.is_cell() && Class::of_value(th, v).special(th, Name::__buffer__).is_some(),
    }
}

#[cold]
fn not_bytes_like(th: &Thread, v: Value) -> Raised {
    th.type_error(format!("a bytes-like object is required, not '{}'", type_name(th, v)))
}

/// `v`'s memory.
///
/// # Errors
/// TypeError "a bytes-like object is required, not 'T'"; BufferError when the flags cannot be met.
pub fn get_buffer(th: &Thread, v: Value, wanted: u32) -> Res<Buffer> {
    if v.has_shape(fixed::BYTES) {
        return from_bytes(th, v, wanted);
    }
    if !v.is_cell() {
        return Err(not_bytes_like(th, v));
    }
    // A class from Python may have a `__buffer__` of its own.
    let class = Class::of_value(th, v);
    if class.type_id.get() == 0
        && let Some(f) = class.special(th, Name::__buffer__)
        && !f.is_kind(Kind::Native)
    {
        return from_python(th, v, f, wanted);
    }
    native(th, v, wanted)
}

/// The memory of a builtin or native exporter, whatever `__buffer__` its class has.
pub fn native(th: &Thread, v: Value, wanted: u32) -> Res<Buffer> {
    if let Some(b) = ByteArray::from_value(v) {
        b.exports.set(b.exports.get() + 1);
        let data = b.as_mut_slice();
        return Ok(Buffer {
            exporter: v,
            python: Value::MISSING,
            counted: true,
            data: data.as_mut_ptr(),
            len: data.len(),
            readonly: false,
            layout: None,
        });
    }
    if v.is_kind(Kind::Bytes) {
        return from_bytes(th, v, wanted);
    }
    if let Some(f) = custom::buffer_of(v) {
        let object = f(th, v)?;
        return get_buffer(th, object, wanted);
    }
    let Some(procs) = custom::buffer_procs(v) else { return Err(not_bytes_like(th, v)) };
    let e = (procs.get)(th, v, wanted)?;
    Ok(Buffer {
        exporter: v,
        python: Value::MISSING,
        counted: true,
        data: e.data,
        len: e.len,
        readonly: e.readonly,
        layout: e.layout,
    })
}

fn from_bytes(th: &Thread, v: Value, wanted: u32) -> Res<Buffer> {
    if wanted & flags::WRITABLE != 0 {
        return Err(th.raise_new(TypeId::BufferError, "Object is not writable."));
    }
    let data = Bytes::of(v).as_slice();
    Ok(Buffer {
        exporter: v,
        python: Value::MISSING,
        counted: false,
        data: data.as_ptr().cast_mut(),
        len: data.len(),
        readonly: true,
        layout: None,
    })
}

fn from_python(th: &Thread, v: Value, f: Value, wanted: u32) -> Res<Buffer> {
    let view = call_special(th, f, v, &[Value::small(wanted.into())])?;
    if custom::Custom::<MemoryView>::from_value(view).is_none() {
        return Err(th.type_error("__buffer__ returned non-memoryview object"));
    }
    let mut b = native(th, view, wanted)?;
    b.python = v;
    Ok(b)
}

/// The bytes of a bytes-like argument.
///
/// # Errors
/// TypeError "a bytes-like object is required, not 'T'"; BufferError for memory that is not contiguous.
#[inline]
pub fn bytes_like(th: &Thread, v: Value) -> Res<Buffer> {
    get_buffer(th, v, flags::SIMPLE)
}

/// The bytes of an argument that is to be written to (`readinto`).
///
/// # Errors
/// TypeError "WHAT must be read-write bytes-like object, not T", as C's argument parser has it.
pub fn writable(th: &Thread, v: Value, what: &str) -> Res<Buffer> {
    if has_buffer(th, v) {
        let b = get_buffer(th, v, flags::WRITABLE);
        if let Some(b) = th.catch(b, TypeId::BufferError)? {
            return Ok(b);
        }
    }
    Err(crate::arguments::bad_argument(th, v, what, "read-write bytes-like object"))
}
