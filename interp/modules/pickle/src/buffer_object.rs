//! `PickleBuffer`: a wrapper that says that an object's memory may be pickled out of band.
//!
//! It holds a memoryview of the memory, which does the work.

use krait_object::buffer::{self, Buffer, BufferProcs, Export, flags};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, BufferOfFn, Custom, Payload};
use krait_object::memoryview::{self, MemoryView, Parts};
use krait_object::native_class::NativeClass;
use krait_object::{Raised, Res, Thread, TypeId, Value, natives};

pub struct PickleBuffer {
    /// A memoryview, or `UNBOUND` after `release`.
    view: Slot,
    /// The object that it is a view of. Whoever asks for the wrapper's memory is given this one's.
    object: Slot,
}

impl Payload for PickleBuffer {
    const NAME: &'static str = "pickle.PickleBuffer";
    const BUFFER: Option<&'static BufferProcs> = Some(&BufferProcs { get: export, release: give_back });
    const BUFFER_OF: Option<BufferOfFn> = Some(object_of);
    fn trace(&self, t: &mut krait_gc::Tracer) {
        self.view.trace(t);
        self.object.trace(t);
    }
}

pub static PICKLE_BUFFER: NativeClass = NativeClass::new(
    ClassSpec::new("pickle.PickleBuffer", "Wrapper for potentially out-of-band buffers", METHODS, &[])
        .flags(flag::WEAKREF),
);

fn released(th: &Thread) -> Raised {
    th.value_error("operation forbidden on released PickleBuffer object")
}

fn view(th: &Thread, v: Value) -> Res<Custom<MemoryView>> {
    match Custom::<PickleBuffer>::of(v).view.get() {
        Value::UNBOUND => Err(released(th)),
        m => memoryview::usable(th, m),
    }
}

fn object_of(th: &Thread, v: Value) -> Res {
    view(th, v)?;
    Ok(Custom::<PickleBuffer>::of(v).object.get())
}

/// The view's own export: it counts there.
fn export(th: &Thread, v: Value, wanted: u32) -> Res<Export> {
    let m = view(th, v)?;
    let Some(procs) = custom::buffer_procs(m.value()) else { return Err(released(th)) };
    (procs.get)(th, m.value(), wanted)
}

fn give_back(v: Value) {
    if let Some(p) = Custom::<PickleBuffer>::from_value(v)
        && let Some(m) = Custom::<MemoryView>::from_value(p.view.get())
    {
        m.exports.set(m.exports.get().saturating_sub(1));
    }
}

/// The memory if it is contiguous in any order, and whether it is read-only.
pub fn contents(th: &Thread, v: Value) -> Res<Option<(Buffer, bool)>> {
    let m = view(th, v)?;
    if !m.c_contiguous.get() && !m.f_contiguous.get() {
        return Ok(None);
    }
    let b = buffer::get_buffer(th, m.value(), flags::FULL_RO)?;
    Ok(Some((b, m.readonly.get())))
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = PICKLE_BUFFER.class_arg(th, a[0])?;
    let b = buffer::get_buffer(th, a[1], flags::FULL_RO)?;
    let view = memoryview::from_buffer(th, b)?;
    let object = Custom::<PickleBuffer>::from_value(a[1]).map_or(a[1], |p| p.object.get());
    let p = PickleBuffer { view: Slot::new(view), object: Slot::new(object) };
    Ok(custom::alloc(th, class, p)?.value())
}

/// A view of the memory as plain bytes.
fn raw(th: &Thread, a: &[Value]) -> Res {
    let m = view(th, a[0])?;
    if !m.c_contiguous.get() && !m.f_contiguous.get() {
        return Err(th.raise_new(TypeId::BufferError, "cannot extract raw buffer from non-contiguous buffer"));
    }
    let (shape, strides) = ([m.len.get() as isize], [1]);
    let format = th.interp.latin1(b'B');
    let p =
        Parts { itemsize: 1, code: b'B', format, shape: &shape, strides: &strides, ..memoryview::parts(&m) };
    memoryview::derive(th, m, &p)
}

fn release(th: &Thread, a: &[Value]) -> Res {
    let p = Custom::<PickleBuffer>::of(a[0]);
    if let Some(m) = Custom::<MemoryView>::from_value(p.view.get()) {
        memoryview::release(th, m)?;
        p.view.set(th, p.cell(), Value::UNBOUND);
    }
    Ok(Value::none())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, object, /)" new, "";
        method "raw" "()" raw, "A memoryview of the raw memory. It must be contiguous.";
        method "release" "()" release, "Releases the memory.";
    }
}
