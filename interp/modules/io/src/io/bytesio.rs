//! `_io.BytesIO`: a stream over bytes in memory.
//!
//! The contents are a `bytes` object as long as nobody writes (the one given at the start, or
//! the one `getvalue` made), else a bytearray. `getbuffer` is a memoryview of that bytearray,
//! whose export count then forbids every change of size.

use super::BYTES_IO;
use super::base::closed_error;
use crate::support::class::{self, new_target};
use crate::support::{args, bytesarg};
use krait_gc::Tracer;
use krait_object::bytearray::{self, ByteArray};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::tuple::{self, Tuple};
use krait_object::{
    Raised, Res, Thread, TypeId, Value, ValueVec, attr, bytes, call, int, list, natives, protocol,
};
use std::cell::Cell;

pub struct BytesIo {
    /// Bytes or bytearray; `UNBOUND` when closed.
    data: Slot,
    pos: Cell<usize>,
}

impl Payload for BytesIo {
    const NAME: &'static str = "BytesIO";
    fn trace(&self, t: &mut Tracer) {
        self.data.trace(t);
    }
}

type This = Custom<BytesIo>;

/// The contents now; not to be held across anything that may run Python code.
fn contents<'a>(v: Value) -> &'a [u8] {
    match bytes::get(v) {
        Some(b) => b,
        None => bytearray::get(v).map_or(&[], ByteArray::as_slice),
    }
}

fn open<'a>(th: &Thread, b: This) -> Res<&'a [u8]> {
    let v = b.data.get();
    if v == Value::UNBOUND { Err(closed_error(th)) } else { Ok(contents(v)) }
}

fn check_exports(th: &Thread, b: This) -> Result<(), Raised> {
    match bytearray::get(b.data.get()) {
        Some(a) => a.check_resizable(th),
        None => Ok(()),
    }
}

/// The contents as a bytearray of this object's own.
fn array(th: &Thread, b: This) -> Res<ByteArray> {
    if let Some(a) = bytearray::get(b.data.get()) {
        return Ok(a);
    }
    let v = bytearray::from_slice(th, contents(b.data.get()))?;
    b.data.set(th, b.cell(), v);
    Ok(ByteArray::of(v))
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = new_target(th, a[0], class::get(th, &BYTES_IO)?)?;
    let empty = th.interp.empty_bytes.get();
    let b = custom::alloc(th, c, BytesIo { data: Slot::new(empty), pos: Cell::new(0) })?;
    super::stream_made(th, b.value(), c, &BYTES_IO);
    Ok(b.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    check_exports(th, b)?;
    b.pos.set(0);
    b.data.set(th, b.cell(), th.interp.empty_bytes.get());
    if let Some(v) = a[1].given_not_none() {
        let data = if v.has_shape(krait_object::shape::fixed::BYTES) {
            v
        } else {
            let view = bytesarg::readable(th, v)?;
            bytes::from_slice(th, view.as_slice())?
        };
        b.data.set(th, b.cell(), data);
    }
    Ok(Value::none())
}

fn checked(th: &Thread, a: &[Value]) -> Res {
    open(th, This::of(a[0]))?;
    Ok(Value::true_())
}

fn not_a_tty(th: &Thread, a: &[Value]) -> Res {
    open(th, This::of(a[0]))?;
    Ok(Value::false_())
}

fn flush(th: &Thread, a: &[Value]) -> Res {
    open(th, This::of(a[0]))?;
    Ok(Value::none())
}

fn tell(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    open(th, b)?;
    Ok(int::from_usize(th, b.pos.get()))
}

/// Bytes from the position on.
fn rest<'a>(th: &Thread, b: This) -> Res<&'a [u8]> {
    let all = open(th, b)?;
    Ok(&all[b.pos.get().min(all.len())..])
}

fn take(th: &Thread, b: This, n: usize) -> Res {
    let all = open(th, b)?;
    let from = b.pos.get().min(all.len());
    let n = n.min(all.len() - from);
    let data = b.data.get();
    if n > 1 && n == all.len() && data.has_shape(krait_object::shape::fixed::BYTES) {
        b.pos.set(from + n);
        return Ok(data);
    }
    let r = bytes::from_slice(th, &all[from..from + n])?;
    if n > 0 {
        b.pos.set(from + n);
    }
    Ok(r)
}

fn read(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    open(th, b)?;
    let n = args::opt_size(th, a[1])?;
    take(th, b, if n < 0 { usize::MAX } else { n as usize })
}

fn line_length(rest: &[u8], limit: isize) -> usize {
    let most = if limit < 0 { rest.len() } else { rest.len().min(limit as usize) };
    rest[..most].iter().position(|&c| c == b'\n').map_or(most, |i| i + 1)
}

fn readline(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    open(th, b)?;
    let limit = args::opt_size(th, a[1])?;
    let n = line_length(rest(th, b)?, limit);
    take(th, b, n)
}

fn readlines(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    open(th, b)?;
    let most = match a[1].given_not_none() {
        None => 0,
        Some(v) => match protocol::index_opt(th, v)? {
            Some(_) => protocol::index_isize(th, v)?,
            None => {
                return Err(th.type_error(format!("integer argument expected, got '{}'", type_name(th, v))));
            }
        },
    };
    let mut lines = ValueVec::new();
    let mut size = 0;
    loop {
        let n = line_length(rest(th, b)?, -1);
        if n == 0 {
            break;
        }
        let l = take(th, b, n)?;
        lines.push(th, l)?;
        size += n;
        if most > 0 && size >= most as usize {
            break;
        }
    }
    Ok(list::from_vec(th, lines))
}

fn next(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    let n = line_length(rest(th, b)?, -1);
    if n == 0 {
        return Err(th.stop_iteration());
    }
    take(th, b, n)
}

fn iter(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

fn readinto(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    let to = bytesarg::writable(th, a[1], "readinto() argument")?;
    let from = rest(th, b)?;
    let n = from.len().min(to.len());
    to.as_mut_slice()[..n].copy_from_slice(&from[..n]);
    b.pos.set(b.pos.get() + n);
    Ok(int::from_usize(th, n))
}

fn write_data(th: &Thread, b: This, v: Value) -> Res<usize> {
    open(th, b)?;
    check_exports(th, b)?;
    let view = bytesarg::readable(th, v)?;
    let data = view.as_slice();
    if data.is_empty() {
        return Ok(0);
    }
    // Writing an object to itself is possible through a view only, which is an export.
    let to = array(th, b)?;
    let pos = b.pos.get();
    let end = pos
        .checked_add(data.len())
        .filter(|&e| e < isize::MAX as usize)
        .ok_or_else(|| th.overflow_error("new buffer size too large"))?;
    let len = to.len();
    if pos > len {
        let gap = vec![0; pos - len];
        to.extend(th, &gap)?;
    }
    let over = to.len().min(end);
    to.splice(th, pos, over, data)?;
    b.pos.set(end);
    Ok(data.len())
}

fn write(th: &Thread, a: &[Value]) -> Res {
    let n = write_data(th, This::of(a[0]), a[1])?;
    Ok(int::from_usize(th, n))
}

fn writelines(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    open(th, b)?;
    protocol::for_each(th, a[1], &mut |l| write_data(th, b, l).map(|_| ()))?;
    Ok(Value::none())
}

fn seek(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    let pos = protocol::index_isize(th, a[1])?;
    let whence = args::c_int_or(th, a[2], 0)?;
    let size = open(th, b)?.len();
    if pos < 0 && whence == 0 {
        return Err(th.value_error(format!("negative seek value {pos}")));
    }
    let from = match whence {
        0 => 0,
        1 => b.pos.get() as isize,
        2 => size as isize,
        _ => return Err(th.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let Some(to) = from.checked_add(pos) else { return Err(th.overflow_error("new position too large")) };
    b.pos.set(to.max(0) as usize);
    Ok(int::from_usize(th, b.pos.get()))
}

fn truncate(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    let len = open(th, b)?.len();
    check_exports(th, b)?;
    let size = match a[1].given_not_none() {
        None => b.pos.get() as isize,
        Some(v) => args::opt_size(th, v)?,
    };
    if size < 0 {
        return Err(th.value_error(format!("negative size value {size}")));
    }
    if (size as usize) < len {
        array(th, b)?.splice(th, size as usize, len, b"")?;
    }
    Ok(Value::small(size as i64))
}

fn getvalue(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    let all = open(th, b)?;
    let v = b.data.get();
    if v.has_shape(krait_object::shape::fixed::BYTES) {
        return Ok(v);
    }
    let r = bytes::from_slice(th, all)?;
    if bytearray::get(v).is_some_and(|x| x.exports.get() == 0) {
        // Until the next write there is one copy only.
        b.data.set(th, b.cell(), r);
    }
    Ok(r)
}

fn getbuffer(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    open(th, b)?;
    let x = array(th, b)?;
    call::call(th, th.interp.class_value(TypeId::MemoryView), &[x.value()])
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    check_exports(th, b)?;
    b.data.set(th, b.cell(), Value::UNBOUND);
    Ok(Value::none())
}

fn getstate(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    let data = getvalue(th, a)?;
    let d = match attr::dict_of(th, a[0])? {
        Some(d) if !d.is_empty() => d.copy(th)?.value(),
        _ => Value::none(),
    };
    tuple::from_slice(th, &[data, int::from_usize(th, b.pos.get()), d])
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    let state = match Tuple::from_value(a[1]) {
        Some(t) if t.len() >= 3 => t,
        _ => {
            let own = krait_object::type_new::tp_name(th, class::get(th, &BYTES_IO)?);
            return Err(th.type_error(format!(
                "{own}.__setstate__ argument should be 3-tuple, got {}",
                type_name(th, a[1])
            )));
        }
    };
    check_exports(th, b)?;
    open(th, b)?;
    init(th, &[a[0], Value::MISSING])?;
    write_data(th, b, state.get(0))?;
    b.pos.set(0);
    let pos = state.get(1);
    if !int::is_int(pos) {
        return Err(
            th.type_error(format!("second item of state must be an integer, not {}", type_name(th, pos)))
        );
    }
    let pos = protocol::index_isize(th, pos)?;
    if pos < 0 {
        return Err(th.value_error("position value cannot be negative"));
    }
    b.pos.set(pos as usize);
    super::update_dict(th, a[0], state.get(2), "third")?;
    Ok(Value::none())
}

fn sizeof(_: &Thread, a: &[Value]) -> Res {
    let b = This::of(a[0]);
    Ok(Value::small(size_of::<BytesIo>() as i64 + 16 + contents(b.data.get()).len() as i64))
}

fn closed_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(This::of(v).data.get() == Value::UNBOUND))
}

/// Is this exactly a BytesIO (whose methods need not be looked up)?
pub fn exact(th: &Thread, v: Value) -> Option<This> {
    if super::is_exactly(th, v, &BYTES_IO) { Custom::from_value(v) } else { None }
}

/// `read1` of an exact object.
pub fn read_direct(th: &Thread, b: This, n: usize) -> Res {
    take(th, b, n)
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(initial_bytes=b'')" init, "";
        method "__iter__" "()" iter, "";
        method "__next__" "()" next, "";
        method "__getstate__" "()" getstate, "";
        method "__setstate__" "(state, /)" setstate, "";
        method "__sizeof__" "()" sizeof, "";
        method "readable" "()" checked, "";
        method "seekable" "()" checked, "";
        method "writable" "()" checked, "";
        method "close" "()" close, "";
        method "flush" "()" flush, "";
        method "isatty" "()" not_a_tty, "";
        method "tell" "()" tell, "";
        method "write" "(b, /)" write, "";
        method "writelines" "(lines, /)" writelines, "";
        method "read" "(size=-1, /)" read, "";
        method "read1" "(size=-1, /)" read, "";
        method "readinto" "(buffer, /)" readinto, "";
        method "readline" "(size=-1, /)" readline, "";
        method "readlines" "(size=None, /)" readlines, "";
        method "getbuffer" "()" getbuffer, "Return a memoryview of the contents.";
        method "getvalue" "()" getvalue, "Return the contents.";
        method "seek" "(pos, whence=0, /)" seek, "";
        method "truncate" "(size=None, /)" truncate, "";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("closed", closed_get, "True if the file is closed.")];

pub static SPEC: ClassSpec = ClassSpec::new(
    "_io.BytesIO",
    "BytesIO(initial_bytes=b'')\n--\n\nA stream over bytes in memory.",
    METHODS,
    GETSET,
);

/// The class that CPython's `getbuffer().obj` has; no instances here.
pub static BUFFER_SPEC: ClassSpec = ClassSpec::new("_io._BytesIOBuffer", "", &[], &[]).flags(flag::NO_NEW);
