//! `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`.

use super::{DEFAULT_BUFFER_SIZE, call0, call1, unsupported};
use crate::support::{args, bytesarg};
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::descriptor::GetSetDef;
use krait_object::{Name, Res, Thread, TypeId, Value, bytearray, bytes, call, natives, protocol};

fn raw_read(th: &Thread, a: &[Value]) -> Res {
    let n = args::size_or(th, a[1], -1)?;
    if n < 0 {
        return call0(th, a[0], Name::readall);
    }
    let b = bytearray::zeroed(th, n as usize)?;
    let r = call1(th, a[0], Name::readinto, b.value())?;
    if r.is_none() {
        return Ok(r);
    }
    let got = protocol::index_isize(th, r).map_err(|e| {
        args::replace_error(
            th,
            TypeId::OverflowError,
            TypeId::ValueError,
            "raw readinto() result is too large",
            e,
        )
    })?;
    let s = b.as_slice();
    let got = if got < 0 { 0 } else { (got as usize).min(s.len()) };
    bytes::from_slice(th, &s[..got])
}

fn readall(th: &Thread, a: &[Value]) -> Res {
    let mut all: Vec<u8> = Vec::new();
    let size = Value::small(DEFAULT_BUFFER_SIZE as i64);
    let mut any = false;
    loop {
        let data = match call1(th, a[0], Name::read, size) {
            Ok(d) => d,
            Err(e) => {
                if super::base::is_interrupted(th) {
                    th.clear_pending();
                    crate::support::sys::check_signals(th)?;
                    continue;
                }
                return Err(e);
            }
        };
        if data.is_none() {
            if !any {
                return Ok(data);
            }
            break;
        }
        let Some(b) = bytes::get(data) else { return Err(th.type_error("read() should return bytes")) };
        if b.is_empty() {
            break;
        }
        any = true;
        all.extend_from_slice(b);
    }
    bytes::from_slice(th, &all)
}

fn not_implemented(th: &Thread, _: &[Value]) -> Res {
    Err(th.raise_args(TypeId::NotImplementedError, &[]))
}

natives! {
    static RAW = {
        method "read" "(size=-1, /)" raw_read, "";
        method "readall" "()" readall, "Read until the end.";
        method "readinto" "(*args)" not_implemented, "";
        method "write" "(*args)" not_implemented, "";
    }
}

pub static RAW_SPEC: ClassSpec = ClassSpec::new("_io._RawIOBase", "Base of raw streams.", RAW, &[])
    .flags(flag::BASE | flag::WEAKREF)
    .plain();

fn no_detach(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "detach"))
}

fn no_read(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "read"))
}

fn no_read1(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "read1"))
}

fn no_write(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "write"))
}

fn no_readline(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "readline"))
}

fn readinto_by(th: &Thread, a: &[Value], which: Name, what: &str) -> Res {
    let to = bytesarg::writable(th, a[1], &format!("{what}() argument"))?;
    let r = call::call_method(th, a[0], th.name(which), &[krait_object::int::from_usize(th, to.len())])?;
    let Some(b) = bytes::get(r) else { return Err(th.type_error("read() should return bytes")) };
    if b.len() > to.len() {
        return Err(th.value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            to.len(),
            b.len()
        )));
    }
    to.as_mut_slice()[..b.len()].copy_from_slice(b);
    Ok(Value::small(b.len() as i64))
}

fn readinto(th: &Thread, a: &[Value]) -> Res {
    readinto_by(th, a, Name::read, "readinto")
}

fn readinto1(th: &Thread, a: &[Value]) -> Res {
    readinto_by(th, a, Name::read1, "readinto1")
}

natives! {
    static BUFFERED = {
        method "detach" "()" no_detach, "Separate the raw stream and return it.";
        method "read" "(size=-1, /)" no_read, "Read up to size bytes, or all.";
        method "read1" "(size=-1, /)" no_read1, "Read up to size bytes with at most one read of the raw stream.";
        method "readinto" "(buffer, /)" readinto, "";
        method "readinto1" "(buffer, /)" readinto1, "";
        method "write" "(b, /)" no_write, "Write bytes; returns how many.";
    }
}

pub static BUFFERED_SPEC: ClassSpec =
    ClassSpec::new("_io._BufferedIOBase", "Base of buffered streams.", BUFFERED, &[])
        .flags(flag::BASE | flag::WEAKREF)
        .plain();

fn text_write(th: &Thread, a: &[Value]) -> Res {
    if !a[1].is_kind(krait_object::Kind::Str) {
        return Err(th.type_error(format!("write() argument 1 must be str, not {}", type_name(th, a[1]))));
    }
    Err(unsupported(th, "write"))
}

fn none_get(_: &Thread, _: Value) -> Res {
    Ok(Value::none())
}

natives! {
    static TEXT = {
        method "detach" "()" no_detach, "Separate the buffer below and return it.";
        method "read" "(size=-1, /)" no_read, "Read up to size characters, or all.";
        method "readline" "(size=-1, /)" no_readline, "Read a line.";
        method "write" "(s, /)" text_write, "Write text; returns the number of characters.";
    }
}

static TEXT_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("encoding", none_get, ""),
    GetSetDef::ro("newlines", none_get, ""),
    GetSetDef::ro("errors", none_get, ""),
];

pub static TEXT_SPEC: ClassSpec =
    ClassSpec::new("_io._TextIOBase", "Base of text streams.", TEXT, TEXT_GETSET)
        .flags(flag::BASE | flag::WEAKREF)
        .plain();
