//! What programs see of `_io.TextIOWrapper`.

use super::base;
use super::fileio::bool_member;
use super::text::{self, TextIo, This, check_attached};
use super::{Name, TEXT_WRAPPER, call0, call1, is_closed, text_read as r, text_seek as s, text_write as w};
use crate::support::class::{self, cannot_pickle, new_target};
use krait_object::class::ClassSpec;
use krait_object::custom;
use krait_object::descriptor::GetSetDef;
use krait_object::{Raised, Res, Str, Thread, Value, attr, int, natives, protocol, string};

/// Is the value exactly a TextIOWrapper?
#[inline]
pub fn is_exact(th: &Thread, v: Value) -> bool {
    super::is_exactly(th, v, &TEXT_WRAPPER)
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = new_target(th, a[0], class::get(th, &TEXT_WRAPPER)?)?;
    let t = custom::alloc(th, c, TextIo::new())?;
    th.heap.add_finalizer(t.cell());
    Ok(t.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    text::init(th, This::of(a[0]), &a[1..])?;
    Ok(Value::none())
}

/// A new exact object: buffer, encoding, errors, newline, line_buffering (for `open()`).
pub fn create(th: &Thread, args: [Value; 6]) -> Res {
    let v = new(th, &[class::get(th, &TEXT_WRAPPER)?.value()])?;
    text::init(th, This::of(v), &args)?;
    Ok(v)
}

fn detach(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    check_attached(th, t)?;
    call0(th, a[0], Name::flush)?;
    let buffer = t.buffer.get();
    t.buffer.set(th, t.cell(), Value::UNBOUND);
    t.direct.set(false);
    t.detached.set(true);
    t.ok.set(false);
    super::release(th, buffer);
    Ok(buffer)
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    check_attached(th, t)?;
    if text::closed(th, t)? {
        return Ok(Value::none());
    }
    let buffer = t.buffer.get();
    if t.finalizing.get() && call1(th, buffer, Name::_dealloc_warn, a[0]).is_err() {
        th.clear_pending();
    }
    let flushed = call0(th, a[0], Name::flush);
    let r = super::both(th, flushed, || call0(th, buffer, Name::close));
    if super::own_finalizer(th, a[0]) {
        th.heap.remove_finalizer(a[0].cell());
    }
    r
}

/// Defines methods that only ask the buffer.
macro_rules! forward {
    ($($f:ident $name:ident;)*) => { $(
        fn $f(th: &Thread, a: &[Value]) -> Res {
            let t = This::of(a[0]);
            check_attached(th, t)?;
            call0(th, t.buffer.get(), Name::$name)
        }
    )* };
}

forward! {
    fileno fileno;
    seekable seekable;
    readable readable;
    writable writable;
    isatty isatty;
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    let mut out = krait_text::CharsBuf::new();
    out.extend_str("<_io.TextIOWrapper");
    if !t.ok.get() && !t.detached.get() {
        check_attached(th, t)?;
    }
    if let Some(n) = base::name_of(th, a[0])? {
        out.extend_str(" name=");
        out.extend(base::guarded_repr(th, a[0], n)?.chars());
    }
    let mode = attr::get_opt(th, a[0], th.name(Name::mode))?;
    if let Some(m) = mode {
        out.extend_str(" mode=");
        out.extend(base::guarded_repr(th, a[0], m)?.chars());
    }
    out.extend_str(" encoding=");
    let e = protocol::repr(th, t.encoding.get())?;
    out.extend(Str::of(e).chars());
    out.extend_str(">");
    string::from_buf(th, &out)
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    Err(cannot_pickle(th, a[0]))
}

fn name_get(th: &Thread, v: Value) -> Res {
    let t = This::of(v);
    check_attached(th, t)?;
    attr::get_name(th, t.buffer.get(), Name::name)
}

fn closed_get(th: &Thread, v: Value) -> Res {
    let t = This::of(v);
    check_attached(th, t)?;
    Ok(Value::bool(is_closed(th, t.buffer.get())?))
}

fn newlines_get(th: &Thread, v: Value) -> Res {
    let t = This::of(v);
    check_attached(th, t)?;
    if t.can_read.get() && t.mode.get().is_universal() {
        t.newlines.seen_value(th)
    } else {
        Ok(Value::none())
    }
}

fn errors_get(th: &Thread, v: Value) -> Res {
    let t = This::of(v);
    if !t.ok.get() && !t.detached.get() {
        check_attached(th, t)?;
    }
    Ok(t.errors.get())
}

/// A C object member: AttributeError-free, None when unset.
fn member(v: Value) -> Value {
    if v == Value::UNBOUND { Value::none() } else { v }
}

fn encoding_get(_: &Thread, v: Value) -> Res {
    Ok(member(This::of(v).encoding.get()))
}

fn buffer_get(_: &Thread, v: Value) -> Res {
    Ok(member(This::of(v).buffer.get()))
}

fn line_buffering_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(This::of(v).line_buffering.get()))
}

fn write_through_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(This::of(v).write_through.get()))
}

fn finalizing_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(This::of(v).finalizing.get()))
}

fn finalizing_set(th: &Thread, v: Value, to: Value) -> Result<(), Raised> {
    This::of(v).finalizing.set(bool_member(th, to)?);
    Ok(())
}

fn chunk_get(th: &Thread, v: Value) -> Res {
    let t = This::of(v);
    check_attached(th, t)?;
    Ok(int::from_usize(th, t.chunk_size.get()))
}

fn chunk_set(th: &Thread, v: Value, to: Value) -> Result<(), Raised> {
    let t = This::of(v);
    check_attached(th, t)?;
    if to == Value::MISSING {
        return Err(th.raise_new(krait_object::TypeId::AttributeError, "cannot delete attribute"));
    }
    let n = protocol::index_isize(th, to).map_err(|e| {
        crate::support::args::replace_error(
            th,
            krait_object::TypeId::OverflowError,
            krait_object::TypeId::ValueError,
            "cannot fit 'int' into an index-sized integer",
            e,
        )
    })?;
    if n <= 0 {
        return Err(th.value_error("a strictly positive integer is required"));
    }
    t.chunk_size.set(n as usize);
    Ok(())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)" init, "";
        method "__repr__" "()" repr, "";
        method "__next__" "()" r::next, "";
        method "__reduce__" "()" reduce, "";
        method "__reduce_ex__" "(protocol, /)" reduce, "";
        method "detach" "()" detach, "";
        method "reconfigure" "(*, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)" text::reconfigure, "Change codec, line ends or buffering.";
        method "write" "(text, /)" w::write, "Write text; returns the number of characters.";
        method "read" "(size=-1, /)" r::read, "";
        method "readline" "(size=-1, /)" r::readline, "";
        method "flush" "()" w::flush, "";
        method "close" "()" close, "";
        method "fileno" "()" fileno, "";
        method "seekable" "()" seekable, "";
        method "readable" "()" readable, "";
        method "writable" "()" writable, "";
        method "isatty" "()" isatty, "";
        method "seek" "(cookie, whence=0, /)" s::seek, "";
        method "tell" "()" s::tell, "";
        method "truncate" "(pos=None, /)" s::truncate, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("name", name_get, ""),
    GetSetDef::ro("closed", closed_get, ""),
    GetSetDef::ro("newlines", newlines_get, ""),
    GetSetDef::ro("errors", errors_get, ""),
    GetSetDef::rw("_CHUNK_SIZE", chunk_get, chunk_set, ""),
    GetSetDef::ro("encoding", encoding_get, "").member(),
    GetSetDef::ro("buffer", buffer_get, "").member(),
    GetSetDef::ro("line_buffering", line_buffering_get, "").member(),
    GetSetDef::ro("write_through", write_through_get, "").member(),
    GetSetDef::rw("_finalizing", finalizing_get, finalizing_set, "").member(),
];

pub static SPEC: ClassSpec = ClassSpec::new(
    "_io.TextIOWrapper",
    "TextIOWrapper(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)\n--\n\nText over a buffered stream of bytes.",
    METHODS,
    GETSET,
);
