//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: their tables and construction.

use super::base::{check_readable, check_seekable, check_writable};
use super::buffered::{self, Buf, Buffered};
use super::{DEFAULT_BUFFER_SIZE, RANDOM, READER, WRITER, buffered_read as r, buffered_write as w};
use crate::support::args;
use crate::support::class::{self, new_target};
use krait_object::class::{Class, ClassSpec};
use krait_object::custom;
use krait_object::descriptor::GetSetDef;
use krait_object::interp::InterpSlot;
use krait_object::{Res, Thread, Value, natives};

/// Is the value exactly of one of the native classes?
pub fn is_native(th: &Thread, v: Value) -> bool {
    let c = Class::of_value(th, v).value();
    [&READER, &WRITER, &RANDOM].into_iter().any(|s| s.get(th) == Some(c))
}

fn make(th: &Thread, class_value: Value, slot: &InterpSlot) -> Res {
    let c = new_target(th, class_value, class::get(th, slot)?)?;
    let b = custom::alloc(th, c, Buffered::new())?;
    th.heap.add_finalizer(b.cell());
    Ok(b.value())
}

fn new_reader(th: &Thread, a: &[Value]) -> Res {
    make(th, a[0], &READER)
}

fn new_writer(th: &Thread, a: &[Value]) -> Res {
    make(th, a[0], &WRITER)
}

fn new_random(th: &Thread, a: &[Value]) -> Res {
    make(th, a[0], &RANDOM)
}

fn start(th: &Thread, a: &[Value], readable: bool, writable: bool) -> Res {
    let b = Buf::of(a[0]);
    b.ok.set(false);
    b.detached.set(false);
    let (raw, size) = (a[1], args::size_or(th, a[2], DEFAULT_BUFFER_SIZE as isize)?);
    if readable && writable {
        check_seekable(th, raw)?;
    }
    if readable {
        check_readable(th, raw)?;
    }
    if writable {
        check_writable(th, raw)?;
    }
    b.readable.set(readable);
    b.writable.set(writable);
    buffered::init(th, b, raw, size)?;
    Ok(Value::none())
}

fn init_reader(th: &Thread, a: &[Value]) -> Res {
    start(th, a, true, false)
}

fn init_writer(th: &Thread, a: &[Value]) -> Res {
    start(th, a, false, true)
}

fn init_random(th: &Thread, a: &[Value]) -> Res {
    start(th, a, true, true)
}

/// A new object of a native class, for `open()`.
pub fn create(th: &Thread, raw: Value, size: isize, readable: bool, writable: bool) -> Res {
    let slot = match (readable, writable) {
        (true, false) => &READER,
        (false, _) => &WRITER,
        _ => &RANDOM,
    };
    let v = make(th, class::get(th, slot)?.value(), slot)?;
    start(th, &[v, raw, Value::small(size as i64)], readable, writable)?;
    Ok(v)
}

natives! {
    static READER_METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new_reader, "";
        method "__init__" "(raw, buffer_size=8192)" init_reader, "";
        method "__repr__" "()" buffered::repr, "";
        method "__next__" "()" r::next, "";
        method "__reduce__" "()" buffered::reduce, "";
        method "__reduce_ex__" "(protocol, /)" buffered::reduce, "";
        method "__sizeof__" "()" buffered::sizeof, "";
        method "_dealloc_warn" "(source, /)" buffered::dealloc_warn, "";
        method "detach" "()" buffered::detach, "";
        method "flush" "()" buffered::reader_flush, "";
        method "close" "()" buffered::close, "";
        method "seekable" "()" buffered::seekable, "";
        method "fileno" "()" buffered::fileno, "";
        method "isatty" "()" buffered::isatty, "";
        method "readable" "()" buffered::readable, "";
        method "read" "(size=-1, /)" r::read, "Read size bytes, or all.";
        method "peek" "(size=0, /)" r::peek, "Return buffered bytes without moving.";
        method "read1" "(size=-1, /)" r::read1, "Read at most size bytes with at most one raw read.";
        method "readinto" "(buffer, /)" r::readinto, "";
        method "readinto1" "(buffer, /)" r::readinto1, "";
        method "readline" "(size=-1, /)" r::readline, "";
        method "seek" "(target, whence=0, /)" buffered::seek, "";
        method "tell" "()" buffered::tell, "";
        method "truncate" "(pos=None, /)" buffered::truncate, "";
    }
}

natives! {
    static WRITER_METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new_writer, "";
        method "__init__" "(raw, buffer_size=8192)" init_writer, "";
        method "__repr__" "()" buffered::repr, "";
        method "__reduce__" "()" buffered::reduce, "";
        method "__reduce_ex__" "(protocol, /)" buffered::reduce, "";
        method "__sizeof__" "()" buffered::sizeof, "";
        method "_dealloc_warn" "(source, /)" buffered::dealloc_warn, "";
        method "detach" "()" buffered::detach, "";
        method "flush" "()" buffered::flush, "";
        method "close" "()" buffered::close, "";
        method "seekable" "()" buffered::seekable, "";
        method "fileno" "()" buffered::fileno, "";
        method "isatty" "()" buffered::isatty, "";
        method "writable" "()" buffered::writable, "";
        method "write" "(buffer, /)" w::write, "Write bytes; returns how many.";
        method "seek" "(target, whence=0, /)" buffered::seek, "";
        method "tell" "()" buffered::tell, "";
        method "truncate" "(pos=None, /)" buffered::truncate, "";
    }
}

natives! {
    static RANDOM_METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new_random, "";
        method "__init__" "(raw, buffer_size=8192)" init_random, "";
        method "__repr__" "()" buffered::repr, "";
        method "__next__" "()" r::next, "";
        method "__reduce__" "()" buffered::reduce, "";
        method "__reduce_ex__" "(protocol, /)" buffered::reduce, "";
        method "__sizeof__" "()" buffered::sizeof, "";
        method "_dealloc_warn" "(source, /)" buffered::dealloc_warn, "";
        method "detach" "()" buffered::detach, "";
        method "flush" "()" buffered::flush, "";
        method "close" "()" buffered::close, "";
        method "seekable" "()" buffered::seekable, "";
        method "fileno" "()" buffered::fileno, "";
        method "isatty" "()" buffered::isatty, "";
        method "readable" "()" buffered::readable, "";
        method "writable" "()" buffered::writable, "";
        method "read" "(size=-1, /)" r::read, "Read size bytes, or all.";
        method "peek" "(size=0, /)" r::peek, "Return buffered bytes without moving.";
        method "read1" "(size=-1, /)" r::read1, "Read at most size bytes with at most one raw read.";
        method "readinto" "(buffer, /)" r::readinto, "";
        method "readinto1" "(buffer, /)" r::readinto1, "";
        method "readline" "(size=-1, /)" r::readline, "";
        method "write" "(buffer, /)" w::write, "Write bytes; returns how many.";
        method "seek" "(target, whence=0, /)" buffered::seek, "";
        method "tell" "()" buffered::tell, "";
        method "truncate" "(pos=None, /)" buffered::truncate, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("closed", buffered::closed_get, ""),
    GetSetDef::ro("name", buffered::name_get, ""),
    GetSetDef::ro("mode", buffered::mode_get, ""),
    GetSetDef::ro("raw", buffered::raw_get, "").member(),
    GetSetDef::rw("_finalizing", buffered::finalizing_get, buffered::finalizing_set, "").member(),
];

pub static READER_SPEC: ClassSpec = ClassSpec::new(
    "_io.BufferedReader",
    "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer for reading from a raw stream.",
    READER_METHODS,
    GETSET,
);

pub static WRITER_SPEC: ClassSpec = ClassSpec::new(
    "_io.BufferedWriter",
    "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer for writing to a raw stream.",
    WRITER_METHODS,
    GETSET,
);

pub static RANDOM_SPEC: ClassSpec = ClassSpec::new(
    "_io.BufferedRandom",
    "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer for reading from and writing to a raw stream with a position.",
    RANDOM_METHODS,
    GETSET,
);
