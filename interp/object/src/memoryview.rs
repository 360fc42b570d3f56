//! `memoryview` cells: a window on memory that an exporter owns (PEP 3118).
//!
//! All views made from one export share a [`ManagedBuffer`], which holds the exporter. It
//! gives the export back when the last of them is released, or when it dies: since a
//! collector, not a count, finds dead views, a bytearray that is to be resized collects
//! first when it looks exported (see `ByteArray::check_resizable`).
//!
//! Methods are in `memoryview_methods`, items and formats in `memory_items`.

use crate::buffer::{self, Buffer, BufferProcs, Export, Layout, flags};
use crate::bytes;
use crate::cellref::Slot;
use crate::class::{Class, ClassSpec, type_name};
use crate::custom::{self, Custom, Payload};
use crate::interp::InterpSlot;
use crate::memory_items as items;
use crate::native::NativeDef;
use crate::natives;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;
use std::cell::Cell;

/// Most dimensions a view may have.
pub const MAX_NDIM: usize = 64;

/// One export, shared by the views made from it.
pub struct ManagedBuffer {
    exporter: Slot,
    /// The object whose `__buffer__` made the exporter, or zero.
    python: Slot,
    counted: Cell<bool>,
    /// Views that were not released.
    views: Cell<usize>,
}

impl Payload for ManagedBuffer {
    const NAME: &'static str = "managedbuffer";
    fn trace(&self, tracer: &mut Tracer) {
        self.exporter.trace(tracer);
        self.python.trace(tracer);
    }
}

impl ManagedBuffer {
    fn give_back(&self) {
        if self.counted.replace(false) {
            buffer::release(self.exporter.get());
        }
    }
}

impl Drop for ManagedBuffer {
    /// Comes from the collector: the exporter may be dead, too, but is readable.
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Releases what a Python exporter gave, when the last view was not released explicitly.
fn finalize(th: &Thread, a: &[Value]) -> Res {
    let m = Custom::<ManagedBuffer>::of(a[0]);
    release_managed(th, m);
    Ok(Value::none())
}

natives! {
    static MANAGED = {
        method "__del__" "()" finalize, "";
    }
}

const MANAGED_METHODS: &[NativeDef] = &[];
static MANAGED_CLASS: ClassSpec = ClassSpec::new("managedbuffer", "", MANAGED_METHODS, &[]).flags(0);
static FINALIZED_CLASS: InterpSlot = InterpSlot::new();
static PLAIN_CLASS: InterpSlot = InterpSlot::new();

fn managed_class(th: &Thread, python: bool) -> Res<Class> {
    let slot = if python { &FINALIZED_CLASS } else { &PLAIN_CLASS };
    let c = slot.get_or(th, |th| {
        let c = MANAGED_CLASS.make(th)?;
        if python {
            crate::native::add_methods(th, c, MANAGED);
            c.modified(th, None);
        }
        Ok(c.value())
    })?;
    Ok(Class::of(c))
}

fn release_managed(th: &Thread, m: Custom<ManagedBuffer>) {
    m.give_back();
    let python = m.python.get();
    if python != Value::ZERO {
        m.python.set(th, m.cell(), Value::ZERO);
        buffer::release_python(th, python, m.exporter.get());
    }
}

/// A view.
pub struct MemoryView {
    /// The shared export, or zero after `release()`.
    base: Slot,
    /// A string in the syntax of `struct`.
    format: Slot,
    /// Shape and strides of more than one dimension, in a bytes object; zero for one or none.
    dims: Slot,
    pub data: Cell<*mut u8>,
    /// Bytes that the items take together.
    pub len: Cell<usize>,
    pub itemsize: Cell<usize>,
    shape: Cell<isize>,
    stride: Cell<isize>,
    ndim: Cell<u8>,
    /// The letter of a native format, or 0 for others.
    pub code: Cell<u8>,
    pub readonly: Cell<bool>,
    pub c_contiguous: Cell<bool>,
    pub f_contiguous: Cell<bool>,
    /// 0: not computed yet.
    pub hash: Cell<i64>,
    /// Buffers taken from this view itself.
    pub exports: Cell<usize>,
}

impl Payload for MemoryView {
    const NAME: &'static str = "memoryview";
    const BUFFER: Option<&'static BufferProcs> =
        Some(&BufferProcs { get: export, release: |v| release_export(v) });
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace(tracer);
        self.format.trace(tracer);
        self.dims.trace(tracer);
    }
}

fn release_export(v: Value) {
    if let Some(m) = Custom::<MemoryView>::from_value(v) {
        m.exports.set(m.exports.get().saturating_sub(1));
    }
}

/// Items in memory: what a view or a buffer describes.
#[derive(Clone, Copy)]
pub struct Items<'a> {
    pub data: *mut u8,
    pub itemsize: usize,
    /// The letter of a native format, or 0.
    pub code: u8,
    pub format: &'a str,
    pub shape: &'a [isize],
    pub strides: &'a [isize],
}

impl MemoryView {
    pub fn is_released(&self) -> bool {
        self.base.get() == Value::ZERO
    }

    pub fn ndim(&self) -> usize {
        self.ndim.get() as usize
    }

    fn dim(&self, second: bool) -> &[isize] {
        match self.ndim() {
            0 => &[],
            1 => {
                let cell = if second { &self.stride } else { &self.shape };
                // SAFETY: a `Cell<isize>` has the layout of the number, which is set before a view is shown to anyone.
                unsafe { std::slice::from_raw_parts(cell.as_ptr(), 1) }
            }
            n => {
                let all = bytes::get(self.dims.get()).unwrap_or_default();
                debug_assert!(all.len() == 2 * n * size_of::<isize>());
                let from = if second { n } else { 0 };
                // SAFETY: the bytes object has 2 * n numbers, from an address that is a multiple of 8 on.
                unsafe { std::slice::from_raw_parts(all.as_ptr().cast::<isize>().add(from), n) }
            }
        }
    }

    pub fn shape(&self) -> &[isize] {
        self.dim(false)
    }

    pub fn strides(&self) -> &[isize] {
        self.dim(true)
    }

    pub fn format_value(&self) -> Value {
        self.format.get()
    }

    /// The format; it is ASCII.
    pub fn format(&self) -> &str {
        Str::from_value(self.format.get()).and_then(Str::as_ascii).unwrap_or("B")
    }

    pub fn items(&self) -> Items<'_> {
        Items {
            data: self.data.get(),
            itemsize: self.itemsize.get(),
            code: self.code.get(),
            format: self.format(),
            shape: self.shape(),
            strides: self.strides(),
        }
    }

    /// The bytes of a C-contiguous view; not to be held across Python code.
    pub fn bytes(&self) -> &[u8] {
        if self.len.get() == 0 {
            return &[];
        }
        // SAFETY: the export keeps `len` bytes in place.
        unsafe { std::slice::from_raw_parts(self.data.get(), self.len.get()) }
    }

    /// The object that owns the memory, or None.
    pub fn obj(&self) -> Value {
        match Custom::<ManagedBuffer>::from_value(self.base.get()) {
            Some(m) if m.python.get() != Value::ZERO => m.python.get(),
            Some(m) => m.exporter.get(),
            None => Value::none(),
        }
    }

    /// Sets what follows from shape and strides.
    fn complete(&self) {
        let (shape, strides) = (self.shape(), self.strides());
        let count: isize = shape.iter().product();
        self.len.set(count as usize * self.itemsize.get());
        self.c_contiguous.set(is_contiguous(shape, strides, self.itemsize.get(), true));
        self.f_contiguous.set(is_contiguous(shape, strides, self.itemsize.get(), false));
    }
}

/// Do the items lie side by side, the last (`c`) or the first index varying fastest?
pub fn is_contiguous(shape: &[isize], strides: &[isize], itemsize: usize, c: bool) -> bool {
    if shape.contains(&0) {
        return true;
    }
    let mut expected = itemsize as isize;
    let mut check = |i: usize| {
        let good = shape[i] == 1 || strides[i] == expected;
        expected = expected.saturating_mul(shape[i]);
        good
    };
    if c { (0..shape.len()).rev().all(&mut check) } else { (0..shape.len()).all(&mut check) }
}

/// The strides of a C-contiguous array.
pub fn c_strides(shape: &[isize], itemsize: usize) -> Vec<isize> {
    let mut strides = vec![itemsize as isize; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i] * shape[i];
    }
    strides
}

/// ValueError of a released view.
#[cold]
pub fn released(th: &Thread) -> Raised {
    th.value_error("operation forbidden on released memoryview object")
}

/// The view, unless it was released.
///
/// # Errors
/// ValueError.
#[inline]
pub fn usable(th: &Thread, v: Value) -> Res<Custom<MemoryView>> {
    let m = Custom::<MemoryView>::of(v);
    if m.is_released() { Err(released(th)) } else { Ok(m) }
}

/// What distinguishes a new view from the one it is made of.
pub struct Parts<'a> {
    pub data: *mut u8,
    pub itemsize: usize,
    pub code: u8,
    pub format: Value,
    pub readonly: bool,
    pub shape: &'a [isize],
    pub strides: &'a [isize],
}

/// Another view on the export of `base`, a managed buffer.
fn make(th: &Thread, base: Custom<ManagedBuffer>, p: &Parts<'_>) -> Res {
    let n = p.shape.len();
    let dims = if n > 1 {
        let numbers = || p.shape.iter().chain(p.strides);
        bytes::fill(th, 2 * n * size_of::<isize>(), |to| {
            for (place, number) in to.chunks_exact_mut(size_of::<isize>()).zip(numbers()) {
                place.copy_from_slice(&number.to_ne_bytes());
            }
        })?
    } else {
        Value::ZERO
    };
    let m = custom::alloc(
        th,
        th.interp.class(TypeId::MemoryView),
        MemoryView {
            base: Slot::new(base.value()),
            format: Slot::new(p.format),
            dims: Slot::new(dims),
            data: Cell::new(p.data),
            len: Cell::new(0),
            itemsize: Cell::new(p.itemsize),
            shape: Cell::new(p.shape.first().copied().unwrap_or(1)),
            stride: Cell::new(p.strides.first().copied().unwrap_or(p.itemsize as isize)),
            ndim: Cell::new(n as u8),
            code: Cell::new(p.code),
            readonly: Cell::new(p.readonly),
            c_contiguous: Cell::new(true),
            f_contiguous: Cell::new(true),
            hash: Cell::new(0),
            exports: Cell::new(0),
        },
    )?;
    m.complete();
    base.views.set(base.views.get() + 1);
    Ok(m.value())
}

/// A view that differs from `m` in some parts; `m` was not released.
pub fn derive(th: &Thread, m: Custom<MemoryView>, p: &Parts<'_>) -> Res {
    make(th, Custom::<ManagedBuffer>::of(m.base.get()), p)
}

/// The parts of a view, to be changed for another one.
pub fn parts<'a>(m: &'a Custom<MemoryView>) -> Parts<'a> {
    Parts {
        data: m.data.get(),
        itemsize: m.itemsize.get(),
        code: m.code.get(),
        format: m.format.get(),
        readonly: m.readonly.get(),
        shape: m.shape(),
        strides: m.strides(),
    }
}

/// `memoryview(v)`.
///
/// # Errors
/// TypeError "memoryview: a bytes-like object is required, not 'T'"; ValueError of a released view.
pub fn from_object(th: &Thread, v: Value) -> Res {
    from_flags(th, v, flags::FULL_RO)
}

/// `memoryview._from_flags(v, flags)`.
pub fn from_flags(th: &Thread, v: Value, wanted: u32) -> Res {
    if Custom::<MemoryView>::from_value(v).is_some() {
        let m = usable(th, v)?;
        return derive(th, m, &parts(&m));
    }
    if !buffer::has_buffer(th, v) {
        return Err(
            th.type_error(format!("memoryview: a bytes-like object is required, not '{}'", type_name(th, v)))
        );
    }
    let b = buffer::get_buffer(th, v, wanted)?;
    from_buffer(th, b)
}

/// A view that takes a buffer over.
pub fn from_buffer(th: &Thread, mut b: Buffer) -> Res {
    let layout = b.layout.take();
    let (data, len, readonly) = (b.data, b.len, b.readonly);
    let class = managed_class(th, b.is_python())?;
    let (exporter, python, counted) = b.into_parts();
    let managed = ManagedBuffer {
        exporter: Slot::new(exporter),
        python: Slot::new(if python == Value::MISSING { Value::ZERO } else { python }),
        counted: Cell::new(counted),
        views: Cell::new(0),
    };
    let base = custom::alloc(th, class, managed)?;
    if python != Value::MISSING {
        th.heap.add_finalizer(base.cell());
    }
    match layout {
        None => make(
            th,
            base,
            &Parts {
                data,
                itemsize: 1,
                code: b'B',
                format: th.interp.latin1(b'B'),
                readonly,
                shape: &[len as isize],
                strides: &[1],
            },
        ),
        Some(l) => {
            let format = string::try_new(th, &l.format)?;
            let strides = if l.strides.len() == l.shape.len() {
                l.strides.clone()
            } else {
                c_strides(&l.shape, l.itemsize)
            };
            let code = items::native_code(&l.format).map_or(0, |c| c.0);
            make(
                th,
                base,
                &Parts {
                    data,
                    itemsize: l.itemsize,
                    code,
                    format,
                    readonly,
                    shape: &l.shape,
                    strides: &strides,
                },
            )
        }
    }
}

/// `m.release()`.
///
/// # Errors
/// BufferError "memoryview has N exported buffers".
pub fn release(th: &Thread, m: Custom<MemoryView>) -> Res<()> {
    if m.is_released() {
        return Ok(());
    }
    let n = m.exports.get();
    if n > 0 {
        let s = if n == 1 { "" } else { "s" };
        return Err(th.raise_new(TypeId::BufferError, format!("memoryview has {n} exported buffer{s}")));
    }
    let base = Custom::<ManagedBuffer>::of(m.base.get());
    m.base.set(th, m.cell(), Value::ZERO);
    base.views.set(base.views.get().saturating_sub(1));
    if base.views.get() == 0 {
        release_managed(th, base);
    }
    Ok(())
}

/// The view's memory for a consumer.
fn export(th: &Thread, v: Value, wanted: u32) -> Res<Export> {
    let m = usable(th, v)?;
    let refuse = |text: &str| Err(th.raise_new(TypeId::BufferError, text));
    let asks = |flag: u32| wanted & flag == flag;
    if asks(flags::WRITABLE) && m.readonly.get() {
        return refuse("memoryview: underlying buffer is not writable");
    }
    if asks(flags::C_CONTIGUOUS) && !m.c_contiguous.get() {
        return refuse("memoryview: underlying buffer is not C-contiguous");
    }
    if asks(flags::F_CONTIGUOUS) && !m.f_contiguous.get() {
        return refuse("memoryview: underlying buffer is not Fortran contiguous");
    }
    if asks(flags::ANY_CONTIGUOUS) && !m.c_contiguous.get() && !m.f_contiguous.get() {
        return refuse("memoryview: underlying buffer is not contiguous");
    }
    if !asks(flags::STRIDES) && !m.c_contiguous.get() {
        return refuse("memoryview: underlying buffer is not C-contiguous");
    }
    let plain = m.code.get() == b'B' && m.ndim() == 1 && m.c_contiguous.get();
    let layout = if !asks(flags::ND) {
        if asks(flags::FORMAT) {
            return refuse("memoryview: cannot cast to unsigned bytes if the format flag is present");
        }
        None
    } else if plain {
        None
    } else {
        Some(Box::new(Layout {
            format: if asks(flags::FORMAT) { m.format().to_owned() } else { "B".to_owned() },
            itemsize: m.itemsize.get(),
            shape: m.shape().to_vec(),
            strides: m.strides().to_vec(),
            suboffsets: Vec::new(),
        }))
    };
    m.exports.set(m.exports.get() + 1);
    Ok(Export { data: m.data.get(), len: m.len.get(), readonly: m.readonly.get(), layout })
}
