//! `_io._IOBase`: what all streams inherit, written with the methods that they override.

use super::{call0, call1, is_closed, unsupported};
use crate::support::args;
use crate::support::sys::check_signals;
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::descriptor::GetSetDef;
use krait_object::list;
use krait_object::{Name, Raised, Res, Str, Thread, TypeId, Value, ValueVec, attr, bytes, natives, protocol};

/// ValueError of an operation on a closed stream.
#[cold]
pub fn closed_error(th: &Thread) -> Raised {
    th.value_error("I/O operation on closed file.")
}

/// Raises unless the stream is open.
pub fn check_closed(th: &Thread, v: Value) -> Result<(), Raised> {
    if is_closed(th, v)? { Err(closed_error(th)) } else { Ok(()) }
}

/// Was `_IOBase.close` called?
fn is_marked_closed(th: &Thread, v: Value) -> Res<bool> {
    Ok(attr::get_opt(th, v, th.name(Name::__IOBase_closed))?.is_some())
}

fn seek(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "seek"))
}

fn tell(th: &Thread, a: &[Value]) -> Res {
    krait_object::call::call_method(th, a[0], th.name(Name::seek), &[Value::ZERO, Value::small(1)])
}

fn truncate(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "truncate"))
}

fn fileno(th: &Thread, _: &[Value]) -> Res {
    Err(unsupported(th, "fileno"))
}

fn flush(th: &Thread, a: &[Value]) -> Res {
    if is_marked_closed(th, a[0])? {
        return Err(closed_error(th));
    }
    Ok(Value::none())
}

/// `_IOBase.close(v)`: flushes, and marks the stream closed in any case.
pub fn close(th: &Thread, v: Value) -> Res {
    if is_marked_closed(th, v)? {
        return Ok(Value::none());
    }
    let flushed = call0(th, v, Name::flush);
    super::both(th, flushed, || {
        attr::set(th, v, th.name(Name::__IOBase_closed), Value::true_())?;
        Ok(Value::none())
    })
}

fn close_method(th: &Thread, a: &[Value]) -> Res {
    close(th, a[0])
}

fn no(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::false_())
}

fn isatty(th: &Thread, a: &[Value]) -> Res {
    check_closed(th, a[0])?;
    Ok(Value::false_())
}

/// Raises UnsupportedOperation unless the method says True.
fn require(th: &Thread, v: Value, which: Name, text: &str) -> Result<(), Raised> {
    if call0(th, v, which)?.is_true() { Ok(()) } else { Err(unsupported(th, text)) }
}

pub fn check_readable(th: &Thread, v: Value) -> Result<(), Raised> {
    require(th, v, Name::readable, "File or stream is not readable.")
}

pub fn check_writable(th: &Thread, v: Value) -> Result<(), Raised> {
    require(th, v, Name::writable, "File or stream is not writable.")
}

pub fn check_seekable(th: &Thread, v: Value) -> Result<(), Raised> {
    require(th, v, Name::seekable, "File or stream is not seekable.")
}

fn check_readable_method(th: &Thread, a: &[Value]) -> Res {
    check_readable(th, a[0])?;
    Ok(Value::true_())
}

fn check_writable_method(th: &Thread, a: &[Value]) -> Res {
    check_writable(th, a[0])?;
    Ok(Value::true_())
}

fn check_seekable_method(th: &Thread, a: &[Value]) -> Res {
    check_seekable(th, a[0])?;
    Ok(Value::true_())
}

fn check_closed_method(th: &Thread, a: &[Value]) -> Res {
    check_closed(th, a[0])?;
    Ok(Value::none())
}

fn enter(th: &Thread, a: &[Value]) -> Res {
    check_closed(th, a[0])?;
    Ok(a[0])
}

fn exit(th: &Thread, a: &[Value]) -> Res {
    call0(th, a[0], Name::close)
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    check_closed(th, a[0])?;
    Ok(a[0])
}

fn next(th: &Thread, a: &[Value]) -> Res {
    let line = call0(th, a[0], Name::readline)?;
    if protocol::len(th, line)? == 0 {
        return Err(th.stop_iteration());
    }
    Ok(line)
}

fn expect_bytes<'a>(th: &Thread, v: Value, what: &str) -> Res<&'a [u8]> {
    bytes::get(v).ok_or_else(|| {
        th.raise_new(
            TypeId::OSError,
            format!("{what}() should have returned a bytes object, not '{}'", type_name(th, v)),
        )
    })
}

/// `_IOBase.readline`: by `peek`, if there is one, else byte by byte.
fn readline(th: &Thread, a: &[Value]) -> Res {
    let limit = args::opt_size(th, a[1])?;
    let stream = a[0];
    let peek = attr::get_opt(th, stream, th.name(Name::peek))?;
    let mut line: Vec<u8> = Vec::new();
    while limit < 0 || line.len() < limit as usize {
        let mut wanted = 1;
        if let Some(peek) = peek {
            let ahead = krait_object::call::call(th, peek, &[Value::small(1)]);
            let ahead = match ahead {
                Ok(v) => v,
                Err(e) => {
                    if is_interrupted(th) {
                        th.clear_pending();
                        check_signals(th)?;
                        continue;
                    }
                    return Err(e);
                }
            };
            let ahead = expect_bytes(th, ahead, "peek")?;
            if !ahead.is_empty() {
                let most = if limit < 0 { ahead.len() } else { ahead.len().min(limit as usize - line.len()) };
                wanted = ahead[..most].iter().position(|&b| b == b'\n').map_or(most, |i| i + 1);
            }
        }
        let got = match call1(th, stream, Name::read, Value::small(wanted as i64)) {
            Ok(v) => v,
            Err(e) => {
                if is_interrupted(th) {
                    th.clear_pending();
                    check_signals(th)?;
                    continue;
                }
                return Err(e);
            }
        };
        let got = expect_bytes(th, got, "read")?;
        if got.is_empty() {
            break;
        }
        line.extend_from_slice(got);
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    bytes::from_slice(th, &line)
}

/// Is the pending exception an OSError for EINTR?
pub fn is_interrupted(th: &Thread) -> bool {
    let Some(e) = th.pending() else { return false };
    th.pending_is(TypeId::OSError)
        && krait_object::exception::Exception::of(e).field(0) == Value::small(libc::EINTR as i64)
}

fn readlines(th: &Thread, a: &[Value]) -> Res {
    let hint = args::opt_size(th, a[1])?;
    let mut lines = ValueVec::new();
    let mut length = 0usize;
    let it = protocol::iter(th, a[0])?;
    while let Some(line) = protocol::next(th, it)? {
        lines.push(th, line)?;
        if hint > 0 {
            length += protocol::len(th, line)?;
            if length > hint as usize {
                break;
            }
        }
    }
    Ok(list::from_vec(th, lines))
}

fn writelines(th: &Thread, a: &[Value]) -> Res {
    check_closed(th, a[0])?;
    let it = protocol::iter(th, a[1])?;
    while let Some(line) = protocol::next(th, it)? {
        while let Err(e) = call1(th, a[0], Name::write, line) {
            if !is_interrupted(th) {
                return Err(e);
            }
            th.clear_pending();
            check_signals(th)?;
        }
    }
    Ok(Value::none())
}

/// `__del__`: closes a stream that is still open. Errors are lost, as nobody could handle them.
fn del(th: &Thread, a: &[Value]) -> Res {
    let stream = a[0];
    let closed = match is_closed(th, stream) {
        Ok(c) => c,
        Err(_) => {
            // It is no longer usable as a stream; closing is tried all the same.
            th.clear_pending();
            false
        }
    };
    if closed {
        return Ok(Value::none());
    }
    if attr::set(th, stream, th.name(Name::_finalizing), Value::true_()).is_err() {
        th.clear_pending();
    }
    if let Err(e) = call0(th, stream, Name::close) {
        let dev_mode = th.interp.config.borrow().flags.get("dev_mode").copied().unwrap_or(0);
        if dev_mode != 0 {
            (th.interp.hooks().unraisable)(th, stream, "Exception ignored in");
        } else {
            let _ = e;
            th.clear_pending();
        }
    }
    Ok(Value::none())
}

fn closed_get(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(is_marked_closed(th, v)?))
}

natives! {
    static METHODS = {
        method "seek" "(offset, whence=0, /)" seek, "Change the position; returns the new one.";
        method "tell" "()" tell, "Return the position.";
        method "truncate" "(size=None, /)" truncate, "Cut the file to a size (default: the position).";
        method "flush" "()" flush, "Write what is buffered.";
        method "close" "()" close_method, "Flush and close.";
        method "seekable" "()" no, "Can the position be changed?";
        method "readable" "()" no, "Can it be read?";
        method "writable" "()" no, "Can it be written?";
        method "_checkClosed" "(*args)" check_closed_method, "";
        method "_checkSeekable" "(*args)" check_seekable_method, "";
        method "_checkReadable" "(*args)" check_readable_method, "";
        method "_checkWritable" "(*args)" check_writable_method, "";
        method "fileno" "()" fileno, "Return the file descriptor.";
        method "isatty" "()" isatty, "Is it a terminal?";
        method "__enter__" "()" enter, "";
        method "__exit__" "(*args)" exit, "";
        method "__iter__" "()" iter, "";
        method "__next__" "()" next, "";
        method "__del__" "()" del, "";
        method "readline" "(size=-1, /)" readline, "Read a line, of at most size bytes when size is given.";
        method "readlines" "(hint=-1, /)" readlines, "Return a list of lines, stopping after about hint bytes.";
        method "writelines" "(lines, /)" writelines, "Write all lines; no line ends are added.";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("closed", closed_get, "")];

pub static IO_SPEC: ClassSpec = ClassSpec::new("_io._IOBase", "Base of all streams.", METHODS, GETSET)
    .flags(flag::BASE | flag::WEAKREF | flag::DICT)
    .plain();

/// The name attribute for `repr`: None when there is none (AttributeError and ValueError are no matter).
pub fn name_of(th: &Thread, v: Value) -> Res<Option<Value>> {
    let r = attr::get_name(th, v, Name::name);
    match r {
        Ok(n) => Ok(Some(n)),
        Err(_) if th.pending_is(TypeId::AttributeError) || th.pending_is(TypeId::ValueError) => {
            th.clear_pending();
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// `repr(v.name)` guarded against recursion: RuntimeError "reentrant call inside T.__repr__".
pub fn guarded_repr(th: &Thread, owner: Value, v: Value) -> Res<Str> {
    let Some(_guard) = krait_object::repr_guard::enter(th, owner) else {
        let name = krait_object::type_new::tp_name(th, Class::of_value(th, owner));
        return Err(th.runtime_error(format!("reentrant call inside {name}.__repr__")));
    };
    Ok(Str::of(protocol::repr(th, v)?))
}
