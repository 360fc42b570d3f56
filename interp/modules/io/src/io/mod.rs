//! The module `_io`: streams.
//!
//! Layers as in CPython: `FileIO` does system calls, the buffered classes keep a block of
//! bytes between them and their users, `TextIOWrapper` decodes and encodes on top. Each layer
//! calls the one below directly when it is the native class itself, and by its methods
//! otherwise. Whoever wraps a native stream also takes over its finalization, so that data
//! is flushed from the top down however the collector finds the layers.

mod base;
mod base_classes;
mod buffered;
mod buffered_classes;
mod buffered_read;
mod buffered_write;
mod bytesio;
mod codec;
mod fileio;
mod newline;
mod open;
mod pair;
mod stringio;
mod text;
mod text_methods;
mod text_read;
mod text_seek;
mod text_write;
mod textbuf;

use krait_object::class::Class;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Name, Raised, Res, Thread, TypeId, Value, attr, call, dict, exception, string, tuple};

use crate::support::class::{self, publish};

pub use codec::locale_encoding;
pub use fileio::fstat;
pub use open::{OpenArgs, flush_left_files, flush_std, open, standard_stream};

/// `io.DEFAULT_BUFFER_SIZE`
pub const DEFAULT_BUFFER_SIZE: usize = 8192;

static UNSUPPORTED: InterpSlot = InterpSlot::new();
static IO_BASE: InterpSlot = InterpSlot::new();
static RAW_BASE: InterpSlot = InterpSlot::new();
static BUFFERED_BASE: InterpSlot = InterpSlot::new();
static TEXT_BASE: InterpSlot = InterpSlot::new();
static FILE_IO: InterpSlot = InterpSlot::new();
static BYTES_IO: InterpSlot = InterpSlot::new();
static BYTES_IO_BUFFER: InterpSlot = InterpSlot::new();
static STRING_IO: InterpSlot = InterpSlot::new();
static READER: InterpSlot = InterpSlot::new();
static WRITER: InterpSlot = InterpSlot::new();
static RANDOM: InterpSlot = InterpSlot::new();
static RW_PAIR: InterpSlot = InterpSlot::new();
static TEXT_WRAPPER: InterpSlot = InterpSlot::new();
static NEWLINE_DECODER: InterpSlot = InterpSlot::new();

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "_io", doc: "Streams.", functions: open::FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_int(th, "DEFAULT_BUFFER_SIZE", DEFAULT_BUFFER_SIZE as i64);
    let namespace = dict::new(th);
    namespace.set_name(th, th.name(Name::__module__), string::new(th, "io"));
    let os_error = th.interp.class_value(TypeId::OSError);
    let bases = tuple::from_slice(th, &[os_error, th.interp.class_value(TypeId::ValueError)])?;
    let unsupported = call::call(
        th,
        th.interp.class_value(TypeId::Type),
        &[string::new(th, "UnsupportedOperation"), bases, namespace.value()],
    )?;
    UNSUPPORTED.set(th, unsupported);
    m.add(th, "UnsupportedOperation", unsupported);
    m.add(th, "BlockingIOError", th.interp.class_value(TypeId::BlockingIOError));
    let io = publish(th, m, &IO_BASE, &base::IO_SPEC, None)?;
    let raw = publish(th, m, &RAW_BASE, &base_classes::RAW_SPEC, Some(io))?;
    let buffered = publish(th, m, &BUFFERED_BASE, &base_classes::BUFFERED_SPEC, Some(io))?;
    let text = publish(th, m, &TEXT_BASE, &base_classes::TEXT_SPEC, Some(io))?;
    publish(th, m, &FILE_IO, &fileio::SPEC, Some(raw))?;
    publish(th, m, &BYTES_IO, &bytesio::SPEC, Some(buffered))?;
    publish(th, m, &BYTES_IO_BUFFER, &bytesio::BUFFER_SPEC, None)?;
    publish(th, m, &STRING_IO, &stringio::SPEC, Some(text))?;
    publish(th, m, &READER, &buffered_classes::READER_SPEC, Some(buffered))?;
    publish(th, m, &WRITER, &buffered_classes::WRITER_SPEC, Some(buffered))?;
    publish(th, m, &RANDOM, &buffered_classes::RANDOM_SPEC, Some(buffered))?;
    publish(th, m, &RW_PAIR, &pair::SPEC, Some(buffered))?;
    publish(th, m, &NEWLINE_DECODER, &newline::SPEC, None)?;
    publish(th, m, &TEXT_WRAPPER, &text_methods::SPEC, Some(text))?;
    Ok(())
}

/// Is the value an instance of exactly the class in the slot?
fn is_exactly(th: &Thread, v: Value, slot: &InterpSlot) -> bool {
    slot.get(th).is_some_and(|c| Class::of_value(th, v).value() == c)
}

/// `io.UnsupportedOperation(text)`.
#[cold]
fn unsupported(th: &Thread, text: &str) -> Raised {
    let made = class::get(th, &UNSUPPORTED).and_then(|c| call::call(th, c.value(), &[string::new(th, text)]));
    match made {
        Ok(e) => exception::raise(th, e),
        Err(r) => r,
    }
}

/// `v.closed` as a truth value.
fn is_closed(th: &Thread, v: Value) -> Res<bool> {
    let c = attr::get_name(th, v, Name::closed)?;
    krait_object::protocol::truth(th, c)
}

/// Calls the method without arguments.
fn call0(th: &Thread, v: Value, which: Name) -> Res {
    call::call_method(th, v, th.name(which), &[])
}

/// Calls the method with one argument.
fn call1(th: &Thread, v: Value, which: Name, arg: Value) -> Res {
    call::call_method(th, v, th.name(which), &[arg])
}

/// Calls a method that says yes or no.
fn ask(th: &Thread, v: Value, which: Name) -> Res<bool> {
    let r = call0(th, v, which)?;
    krait_object::protocol::truth(th, r)
}

/// Runs two closing steps, both in any case; when both fail, the second error has the first as context.
fn both(th: &Thread, first: Res, second: impl FnOnce() -> Res) -> Res {
    match first {
        Ok(_) => second(),
        Err(_) => {
            let e = th.take_pending();
            match second() {
                Ok(_) => Err(th.raise(e)),
                Err(_) => {
                    let later = th.take_pending();
                    if let (Some(l), true) = (exception::Exception::from_value(later), later != e) {
                        let mut at = l;
                        // The older error goes to the end of the newer one's chain of contexts.
                        while let Some(next) = exception::Exception::from_value(at.context.get()) {
                            if next.value() == e || next == l {
                                return Err(th.raise(later));
                            }
                            at = next;
                        }
                        at.context.set(th, at.cell(), e);
                    }
                    Err(th.raise(later))
                }
            }
        }
    }
}

/// `tell()` and `seek()` results: an integer that must fit an offset.
fn offset_result(th: &Thread, v: Value) -> Res<i64> {
    let i = krait_object::protocol::index(th, v)?;
    krait_object::int::to_i64(i)
        .ok_or_else(|| th.value_error("cannot fit 'int' into an offset-sized integer"))
}

/// An offset argument.
fn offset_arg(th: &Thread, v: Value) -> Res<i64> {
    let i = krait_object::protocol::index(th, v)?;
    krait_object::int::to_i64(i).ok_or_else(|| {
        th.overflow_error(format!(
            "cannot fit '{}' into an offset-sized integer",
            krait_object::class::type_name(th, v)
        ))
    })
}

/// The wrapper will finalize the native stream below it: unless that has a finalizer from Python, it needs none itself.
fn adopt(th: &Thread, inner: Value) {
    if inner.is_cell() && own_finalizer(th, inner) {
        th.heap.remove_finalizer(inner.cell());
    }
}

/// Undoes [`adopt`] (`detach()`).
fn release(th: &Thread, inner: Value) {
    if inner.is_cell() && own_finalizer(th, inner) {
        th.heap.add_finalizer(inner.cell());
    }
}

/// Is the object's `__del__` the one of `_io._IOBase`?
fn own_finalizer(th: &Thread, v: Value) -> bool {
    let Some(base) = IO_BASE.get(th) else { return false };
    let own = Class::of_value(th, v).special(th, Name::__del__);
    own.is_some() && own == Class::of(base).special(th, Name::__del__)
}

/// A new in-memory stream: subclasses get the finalizer that they inherit; the exact class has nothing to flush.
fn stream_made(th: &Thread, v: Value, c: Class, slot: &InterpSlot) {
    if slot.get(th) != Some(c.value()) {
        th.heap.add_finalizer(v.cell());
    }
}

/// Adds the dict of a pickled state to the object's own.
fn update_dict(th: &Thread, v: Value, state: Value, place: &str) -> Result<(), Raised> {
    if state.is_none() {
        return Ok(());
    }
    let Some(from) = dict::Dict::from_value(state) else {
        return Err(th.type_error(format!(
            "{place} item of state should be a dict, got a {}",
            krait_object::class::type_name(th, state)
        )));
    };
    if let Some(to) = attr::dict_of(th, v)? {
        let mut at = 0;
        while let Some((k, x)) = from.next(th, &mut at) {
            to.set(th, k, x)?;
        }
    }
    Ok(())
}
