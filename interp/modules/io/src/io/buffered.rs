//! The state of the buffered streams, and what reading and writing share: positions, seeking, closing.
//!
//! One buffer serves both directions. `pos` is the user's place in it, `raw_pos` the place
//! that the raw stream's position corresponds to, `read_end` the end of what was read (-1:
//! nothing), `write_pos..write_end` what is still to be written (`write_end` -1: nothing),
//! `abs_pos` the raw stream's position if known (-1 if not). The buffer is a bytearray, of
//! which raw streams written in Python get a memoryview. Everything that calls the raw
//! stream happens under the object's own lock, since the interpreter lock is given up there.

use super::base::{self, check_seekable};
use super::fileio::{self, FileIo};
use super::{Name, call0, is_closed, offset_result};
use crate::support::lockword::LockWord;
use crate::support::oserror;
use krait_gc::Tracer;
use krait_object::bytearray::{self, ByteArray};
use krait_object::cellref::Slot;
use krait_object::custom::{Custom, Payload};
use krait_object::{Raised, Res, Thread, TypeId, Value, call, class, int, protocol, string};
use std::cell::Cell;

pub struct Buffered {
    pub raw: Slot,
    /// The buffer, or `UNBOUND` before initialization and after closing.
    pub buffer: Slot,
    pub ok: Cell<bool>,
    pub detached: Cell<bool>,
    pub readable: Cell<bool>,
    pub writable: Cell<bool>,
    pub finalizing: Cell<bool>,
    /// The raw stream is exactly a `FileIO` and this object exactly a native class.
    pub fast: Cell<bool>,
    pub size: Cell<i64>,
    pub abs_pos: Cell<i64>,
    pub pos: Cell<i64>,
    pub raw_pos: Cell<i64>,
    pub read_end: Cell<i64>,
    pub write_pos: Cell<i64>,
    pub write_end: Cell<i64>,
    pub lock: LockWord,
}

impl Payload for Buffered {
    const NAME: &'static str = "Buffered";
    fn trace(&self, t: &mut Tracer) {
        self.raw.trace(t);
        self.buffer.trace(t);
    }
}

pub type Buf = Custom<Buffered>;

impl Buffered {
    pub fn new() -> Buffered {
        Buffered {
            raw: Slot::new(Value::UNBOUND),
            buffer: Slot::new(Value::UNBOUND),
            ok: Cell::new(false),
            detached: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            finalizing: Cell::new(false),
            fast: Cell::new(false),
            size: Cell::new(0),
            abs_pos: Cell::new(-1),
            pos: Cell::new(0),
            raw_pos: Cell::new(0),
            read_end: Cell::new(-1),
            write_pos: Cell::new(0),
            write_end: Cell::new(-1),
            lock: LockWord::new(),
        }
    }

    #[inline]
    pub fn valid_read(&self) -> bool {
        self.readable.get() && self.read_end.get() != -1
    }

    #[inline]
    pub fn valid_write(&self) -> bool {
        self.writable.get() && self.write_end.get() != -1
    }

    /// How many bytes were read ahead of the user.
    #[inline]
    pub fn readahead(&self) -> i64 {
        if self.valid_read() { self.read_end.get() - self.pos.get() } else { 0 }
    }

    /// How far the raw stream is ahead of the user.
    pub fn raw_offset(&self) -> i64 {
        if (self.valid_read() || self.valid_write()) && self.raw_pos.get() >= 0 {
            self.raw_pos.get() - self.pos.get()
        } else {
            0
        }
    }

    pub fn adjust_position(&self, to: i64) {
        self.pos.set(to);
        if self.valid_read() && self.read_end.get() < to {
            self.read_end.set(to);
        }
    }

    pub fn reset_read(&self) {
        self.read_end.set(-1);
    }

    pub fn reset_write(&self) {
        self.write_pos.set(0);
        self.write_end.set(-1);
    }

    /// The buffer's memory. It stays in place while the object is open.
    #[inline]
    #[allow(clippy::mut_from_ref)]
    pub fn bytes(&self) -> &mut [u8] {
        match bytearray::get(self.buffer.get()) {
            Some(b) => b.as_mut_slice(),
            None => &mut [],
        }
    }

    /// The raw stream as a native file, when it may be called directly.
    #[inline]
    pub fn file(&self) -> Option<Custom<FileIo>> {
        if self.fast.get() { Custom::from_value(self.raw.get()) } else { None }
    }
}

/// Holds the object's lock while it lives.
pub struct Guard(Buf);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.lock.leave();
    }
}

/// Takes the object's lock; RuntimeError when this thread is inside the object already (a signal handler's print).
pub fn enter(th: &Thread, b: Buf) -> Res<Guard> {
    match b.lock.enter(th) {
        Ok(()) => Ok(Guard(b)),
        Err(_) => {
            let r = protocol::repr_text(th, b.value())?;
            Err(th.runtime_error(format!("reentrant call inside {r}")))
        }
    }
}

/// Raises unless the object is initialized and not detached.
#[inline]
pub fn check_init(th: &Thread, b: Buf) -> Result<(), Raised> {
    if b.ok.get() { Ok(()) } else { Err(not_usable(th, b)) }
}

#[cold]
fn not_usable(th: &Thread, b: Buf) -> Raised {
    th.value_error(if b.detached.get() {
        "raw stream has been detached"
    } else {
        "I/O operation on uninitialized object"
    })
}

/// Is the stream closed? (The raw one is asked.)
pub fn closed(th: &Thread, b: Buf) -> Res<bool> {
    check_init(th, b)?;
    if b.buffer.get() == Value::UNBOUND {
        return Ok(true);
    }
    match b.file() {
        Some(f) => Ok(fileio::is_closed(f)),
        None => is_closed(th, b.raw.get()),
    }
}

/// Raises unless the stream is open or has bytes left to read.
#[inline]
pub fn check_closed(th: &Thread, b: Buf, text: &str) -> Result<(), Raised> {
    if closed(th, b)? && b.readahead() == 0 { Err(th.value_error(text)) } else { Ok(()) }
}

/// Sets the stream up on a raw one.
pub fn init(th: &Thread, b: Buf, raw: Value, size: isize) -> Result<(), Raised> {
    if size <= 0 {
        return Err(th.value_error("buffer size must be strictly positive"));
    }
    let cell = b.cell();
    b.raw.set(th, cell, raw);
    let buffer = bytearray::zeroed(th, size as usize)?;
    b.buffer.set(th, cell, buffer.value());
    b.size.set(size as i64);
    b.abs_pos.set(-1);
    b.pos.set(0);
    b.raw_pos.set(0);
    b.reset_read();
    b.reset_write();
    b.fast.set(super::buffered_classes::is_native(th, b.value()) && fileio::exact(th, raw).is_some());
    if raw_tell(th, b).is_err() {
        th.clear_pending();
    }
    super::adopt(th, raw);
    b.detached.set(false);
    b.ok.set(true);
    Ok(())
}

/// The raw stream's position.
pub fn raw_tell(th: &Thread, b: Buf) -> Res<i64> {
    let n = match b.file() {
        Some(f) => fileio::seek_to(th, f, 0, libc::SEEK_CUR)?,
        None => {
            let r = call0(th, b.raw.get(), Name::tell)?;
            offset_result(th, r)?
        }
    };
    checked_position(th, b, n)
}

fn checked_position(th: &Thread, b: Buf, n: i64) -> Res<i64> {
    if n < 0 {
        let text = format!("Raw stream returned invalid position {n}");
        return Err(th.raise_new(TypeId::OSError, text));
    }
    b.abs_pos.set(n);
    Ok(n)
}

/// Moves the raw stream.
pub fn raw_seek(th: &Thread, b: Buf, target: i64, whence: i32) -> Res<i64> {
    let n = match b.file() {
        Some(f) => fileio::seek_to(th, f, target, whence)?,
        None => {
            let args = [int::from_i64(th, target), Value::small(whence as i64)];
            let r = call::call_method(th, b.raw.get(), th.name(Name::seek), &args)?;
            offset_result(th, r)?
        }
    };
    checked_position(th, b, n)
}

/// A memoryview of part of a bytearray, for raw streams written in Python.
pub fn view(th: &Thread, array: ByteArray, from: usize, to: usize) -> Res {
    let all = call::call(th, th.interp.class_value(TypeId::MemoryView), &[array.value()])?;
    if from == 0 && to == array.len() {
        return Ok(all);
    }
    let part =
        krait_object::slice::new(th, Value::small(from as i64), Value::small(to as i64), Value::none());
    let v = protocol::getitem(th, all, part)?;
    call::call_method_text(th, all, "release", &[])?;
    Ok(v)
}

/// Ends the exports of a view that a raw stream was given.
pub fn release_view(th: &Thread, v: Value) -> Result<(), Raised> {
    call::call_method_text(th, v, "release", &[]).map(|_| ())
}

/// Writes what waits and puts the raw stream where the user is. The lock is held.
pub fn flush_and_rewind(th: &Thread, b: Buf) -> Result<(), Raised> {
    super::buffered_write::flush_unlocked(th, b)?;
    if b.readable.get() {
        // Only reading moves the raw stream ahead of the user.
        raw_seek(th, b, -b.raw_offset(), libc::SEEK_CUR)?;
        b.reset_read();
    }
    Ok(())
}

pub fn flush(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    check_closed(th, b, "flush of closed file")?;
    let _guard = enter(th, b)?;
    if b.writable.get() && !b.readable.get() {
        super::buffered_write::flush_unlocked(th, b)?;
    } else {
        flush_and_rewind(th, b)?;
    }
    Ok(Value::none())
}

/// `flush` of `BufferedReader` is the base class's: it only forwards to the raw stream.
pub fn reader_flush(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    call0(th, b.raw.get(), Name::flush)
}

pub fn tell(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    let pos = raw_tell(th, b)? - b.raw_offset();
    // A raw stream without position says 0 for ever.
    Ok(int::from_i64(th, pos.max(0)))
}

pub fn seek(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    let whence = crate::support::args::c_int_or(th, a[2], 0)?;
    if !(0..=2).contains(&whence) && whence != libc::SEEK_HOLE && whence != libc::SEEK_DATA {
        return Err(th.value_error(format!("whence value {whence} unsupported")));
    }
    check_closed(th, b, "seek of closed file")?;
    if b.file().is_none() {
        check_seekable(th, b.raw.get())?;
    } else {
        let seekable = call0(th, b.raw.get(), Name::seekable)?;
        if !seekable.is_true() {
            return Err(super::unsupported(th, "File or stream is not seekable."));
        }
    }
    let mut target = super::offset_arg(th, a[1])?;
    if (whence == libc::SEEK_SET || whence == libc::SEEK_CUR) && b.readable.get() {
        // Staying inside the buffer needs no system call and keeps what was read ahead.
        let current = if b.abs_pos.get() != -1 { b.abs_pos.get() } else { raw_tell(th, b)? };
        let ahead = b.readahead();
        if ahead > 0 {
            let here = current - b.raw_offset();
            let offset = if whence == libc::SEEK_SET { target - here } else { target };
            if offset >= -b.pos.get() && offset <= ahead {
                b.pos.set(b.pos.get() + offset);
                return Ok(int::from_i64(th, here + offset));
            }
        }
    }
    let _guard = enter(th, b)?;
    if b.writable.get() {
        super::buffered_write::flush_unlocked(th, b)?;
    }
    if whence == libc::SEEK_CUR {
        target -= b.raw_offset();
    }
    let n = raw_seek(th, b, target, whence)?;
    b.raw_pos.set(-1);
    if b.readable.get() {
        b.reset_read();
    }
    Ok(int::from_i64(th, n))
}

pub fn truncate(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    check_closed(th, b, "truncate of closed file")?;
    if !b.writable.get() {
        return Err(super::unsupported(th, "truncate"));
    }
    let _guard = enter(th, b)?;
    flush_and_rewind(th, b)?;
    let pos = a[1].given().unwrap_or(Value::none());
    let r = super::call1(th, b.raw.get(), Name::truncate, pos)?;
    // The position that is remembered may be wrong now.
    if raw_tell(th, b).is_err() {
        th.clear_pending();
    }
    Ok(r)
}

pub fn close(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    {
        let _guard = enter(th, b)?;
        if closed(th, b)? {
            return Ok(Value::none());
        }
        if b.finalizing.get() {
            warn(th, b, a[0]);
        }
    }
    // Flushing takes the lock itself (and may be a subclass's).
    let flushed = call0(th, a[0], Name::flush);
    let _guard = enter(th, b)?;
    let r = super::both(th, flushed, || call0(th, b.raw.get(), Name::close));
    b.buffer.set(th, b.cell(), Value::UNBOUND);
    b.reset_read();
    b.pos.set(0);
    if super::own_finalizer(th, a[0]) {
        th.heap.remove_finalizer(a[0].cell());
    }
    r
}

/// Hands a warning about an unclosed stream down to the file.
fn warn(th: &Thread, b: Buf, source: Value) {
    if super::call1(th, b.raw.get(), Name::_dealloc_warn, source).is_err() {
        th.clear_pending();
    }
}

pub fn dealloc_warn(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    if b.ok.get() && b.raw.get() != Value::UNBOUND {
        warn(th, b, a[1]);
    }
    Ok(Value::none())
}

pub fn detach(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    call0(th, a[0], Name::flush)?;
    let raw = b.raw.get();
    b.raw.set(th, b.cell(), Value::UNBOUND);
    b.detached.set(true);
    b.ok.set(false);
    b.fast.set(false);
    super::release(th, raw);
    Ok(raw)
}

/// Defines methods that only ask the raw stream.
macro_rules! forward {
    ($($f:ident $name:ident;)*) => { $(
        pub fn $f(th: &Thread, a: &[Value]) -> Res {
            let b = Buf::of(a[0]);
            check_init(th, b)?;
            call0(th, b.raw.get(), Name::$name)
        }
    )* };
}

forward! {
    seekable seekable;
    readable readable;
    writable writable;
    fileno fileno;
    isatty isatty;
}

pub fn closed_get(th: &Thread, v: Value) -> Res {
    let b = Buf::of(v);
    check_init(th, b)?;
    krait_object::attr::get_name(th, b.raw.get(), Name::closed)
}

pub fn name_get(th: &Thread, v: Value) -> Res {
    let b = Buf::of(v);
    check_init(th, b)?;
    krait_object::attr::get_name(th, b.raw.get(), Name::name)
}

pub fn mode_get(th: &Thread, v: Value) -> Res {
    let b = Buf::of(v);
    check_init(th, b)?;
    krait_object::attr::get_name(th, b.raw.get(), Name::mode)
}

pub fn raw_get(th: &Thread, v: Value) -> Res {
    let raw = Buf::of(v).raw.get();
    if raw == Value::UNBOUND {
        // A C member that is NULL reads as None.
        let _ = th;
        return Ok(Value::none());
    }
    Ok(raw)
}

pub fn finalizing_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Buf::of(v).finalizing.get()))
}

pub fn finalizing_set(th: &Thread, v: Value, to: Value) -> Result<(), Raised> {
    Buf::of(v).finalizing.set(fileio::bool_member(th, to)?);
    Ok(())
}

pub fn repr(th: &Thread, a: &[Value]) -> Res {
    let name = krait_object::type_new::tp_name(th, class::Class::of_value(th, a[0]));
    match base::name_of(th, a[0])? {
        None => string::try_new(th, &format!("<{name}>")),
        Some(n) => {
            let r = base::guarded_repr(th, a[0], n)?;
            let mut out = krait_text::CharsBuf::new();
            out.extend_str(&format!("<{name} name="));
            out.extend(r.chars());
            out.extend_str(">");
            string::from_buf(th, &out)
        }
    }
}

pub fn reduce(th: &Thread, a: &[Value]) -> Res {
    Err(crate::support::class::cannot_pickle(th, a[0]))
}

pub fn sizeof(_: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    Ok(Value::small(size_of::<Buffered>() as i64 + b.size.get()))
}

/// A raw stream's count of bytes: an index between 0 and `len`.
pub fn checked_count(th: &Thread, r: Value, len: usize, what: &str) -> Res<usize> {
    let n = match protocol::index_isize(th, r) {
        Ok(n) => n,
        Err(e) => {
            // The error of a wrong type becomes the cause.
            let cause = th.take_pending();
            let _ = e;
            let e = krait_object::exception::make(
                th,
                TypeId::OSError,
                &[string::new(th, &format!("raw {what}() failed"))],
            )?;
            let x = krait_object::exception::Exception::of(e);
            x.cause.set(th, x.cell(), cause);
            x.context.set(th, x.cell(), cause);
            x.suppress_context.set(true);
            return Err(th.raise(e));
        }
    };
    if n < 0 || n as usize > len {
        return Err(th.raise_new(
            TypeId::OSError,
            format!("raw {what}() returned invalid length {n} (should have been between 0 and {len})"),
        ));
    }
    Ok(n as usize)
}

/// BlockingIOError: the raw stream takes no more.
#[cold]
pub fn would_block(th: &Thread, written: usize) -> Raised {
    oserror::raise_would_block(th, "write could not complete without blocking", written)
}
