//! OSError: the class by the error number, and its fields.
//!
//! When a subclass has its own `__init__` but not its own `__new__`, `__new__` leaves the
//! arguments alone and `__init__` reads them; else `__new__` does and `__init__` nothing.

use crate::bootstrap::TypeTable;
use crate::class::Class;
use crate::construct;
use crate::descriptor::GetSetDef;
use crate::exception::{self, Exception};
use crate::exception_methods::{base_str, field, items, no_keywords, reduce_with, this};
use crate::int;
use crate::names::Name;
use crate::natives;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple;
use crate::types::TypeId;
use crate::value::Value;

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

/// The subclass of OSError for an error number.
pub fn class_for(errno: i64) -> Option<TypeId> {
    use TypeId::*;
    let Ok(e) = i32::try_from(errno) else { return None };
    Some(match e {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => BlockingIOError,
        libc::EPIPE | libc::ESHUTDOWN => BrokenPipeError,
        libc::ECHILD => ChildProcessError,
        libc::ECONNABORTED => ConnectionAbortedError,
        libc::ECONNREFUSED => ConnectionRefusedError,
        libc::ECONNRESET => ConnectionResetError,
        libc::EEXIST => FileExistsError,
        libc::ENOENT => FileNotFoundError,
        libc::EISDIR => IsADirectoryError,
        libc::ENOTDIR => NotADirectoryError,
        libc::EINTR => InterruptedError,
        libc::EACCES | libc::EPERM => PermissionError,
        libc::ESRCH => ProcessLookupError,
        libc::ETIMEDOUT => TimeoutError,
        _ => return None,
    })
}

/// Does `__init__` read the arguments, not `__new__`?
fn init_reads(th: &Thread, c: Class) -> bool {
    !c.inherits_special(th, Name::__init__, TypeId::OSError)
        && c.inherits_special(th, Name::__new__, TypeId::OSError)
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let mut c = construct::class_arg(th, a[0], TypeId::OSError)?;
    if init_reads(th, c) {
        return Ok(exception::allocate(th, c, th.interp.empty_tuple.get()).value());
    }
    no_keywords(th, c, a[2])?;
    let args = items(a[1]);
    if c.is(TypeId::OSError)
        && (2..=5).contains(&args.len())
        && let Some(n) = int::to_i64(args[0])
        && let Some(t) = class_for(n)
    {
        c = th.interp.class(t);
    }
    let e = exception::allocate(th, c, a[1]);
    read(th, e, c, a[1])?;
    Ok(e.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let c = Class::of_value(th, a[0]);
    if init_reads(th, c) {
        no_keywords(th, c, a[2])?;
        read(th, this(a), c, a[1])?;
    }
    Ok(Value::none())
}

fn is_number(th: &Thread, v: Value) -> bool {
    let c = Class::of_value(th, v);
    [Name::__index__, Name::__int__, Name::__float__].into_iter().any(|n| c.special(th, n).is_some())
        || v.is_kind(crate::kind::Kind::Complex)
}

/// Fields from the arguments: errno, strerror, filename, winerror (not on this system), filename2.
fn read(th: &Thread, e: Exception, c: Class, args: Value) -> Result<(), Raised> {
    let given = items(args);
    let mut kept = args;
    if (2..=5).contains(&given.len()) {
        e.set_field(th, ERRNO, given[0])?;
        e.set_field(th, STRERROR, given[1])?;
        if let Some(&f) = given.get(2).filter(|f| !f.is_none()) {
            if c.is(TypeId::BlockingIOError) && is_number(th, f) {
                let n = protocol::index_isize(th, f)?;
                e.set_field(th, WRITTEN, int::from_i64(th, n as i64))?;
            } else {
                e.set_field(th, FILENAME, f)?;
                if let Some(&g) = given.get(4).filter(|g| !g.is_none()) {
                    e.set_field(th, FILENAME2, g)?;
                }
                // File names are not arguments, for programs that unpack two.
                kept = tuple::from_slice(th, &given[..2])?;
            }
        }
    }
    e.args.set(th, e.cell(), kept);
    Ok(())
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    let given = |i: usize| Some(e.field(i)).filter(|&v| v != Value::UNBOUND);
    let (filename, second) = (given(FILENAME), given(FILENAME2));
    let (errno, text) = (given(ERRNO), given(STRERROR));
    if filename.is_none() && (errno.is_none() || text.is_none()) {
        return base_str(th, e);
    }
    let mut b = krait_text::CharsBuf::with_capacity(64);
    let mut put = |before: &str, v: Res| -> Result<(), Raised> {
        let v = v?;
        b.extend_str(before);
        b.extend(Str::of(v).chars());
        Ok(())
    };
    put("[Errno ", protocol::str_of(th, errno.unwrap_or(Value::none())))?;
    put("] ", protocol::str_of(th, text.unwrap_or(Value::none())))?;
    if let Some(f) = filename {
        put(": ", protocol::repr(th, f))?;
        if let Some(g) = second {
            put(" -> ", protocol::repr(th, g))?;
        }
    }
    string::from_buf(th, &b)
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    let args = e.args();
    let filename = e.field(FILENAME);
    if args.len() != 2 || filename == Value::UNBOUND {
        return reduce_with(th, e, e.args.get());
    }
    let mut all = vec_of(args.get(0), args.get(1), filename);
    let n = match e.field(FILENAME2) {
        Value::UNBOUND => 3,
        g => {
            all[4] = g;
            5
        }
    };
    let args = tuple::from_slice(th, &all[..n])?;
    reduce_with(th, e, args)
}

fn vec_of(a: Value, b: Value, c: Value) -> [Value; 5] {
    [a, b, c, Value::none(), Value::none()]
}

fn get_written(th: &Thread, v: Value) -> Res {
    match Exception::of(v).field(WRITTEN) {
        Value::UNBOUND => Err(th.raise_new(TypeId::AttributeError, "characters_written")),
        n => Ok(n),
    }
}

fn set_written(th: &Thread, v: Value, value: Value) -> Result<(), Raised> {
    let e = Exception::of(v);
    if value == Value::MISSING {
        get_written(th, v)?;
        return e.set_field(th, WRITTEN, Value::UNBOUND);
    }
    let n = protocol::index_isize(th, value)?;
    e.set_field(th, WRITTEN, int::from_i64(th, n as i64))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__str__" "()" str_, "Return str(self).";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        method "__reduce__" "()" reduce, "";
    }
}

static GETSET: &[GetSetDef] = &[
    field::<ERRNO>("errno"),
    field::<STRERROR>("strerror"),
    field::<FILENAME>("filename"),
    field::<FILENAME2>("filename2"),
    GetSetDef::rw("characters_written", get_written, set_written, ""),
];

/// Raises the OSError of an error number, as C's `PyErr_SetFromErrnoWithFilenameObjects`; file names may be `MISSING`.
#[cold]
pub fn raise_errno(th: &Thread, errno: i32, filename: Value, filename2: Value) -> Raised {
    let text = string::new(th, &errno_text(errno));
    let n = Value::small(errno as i64);
    let class = class_for(errno as i64).unwrap_or(TypeId::OSError);
    match (filename.given(), filename2.given()) {
        (None, _) => th.raise_args(class, &[n, text]),
        (Some(f), None) => th.raise_args(class, &[n, text, f]),
        (Some(f), Some(g)) => th.raise_args(class, &[n, text, f, Value::none(), g]),
    }
}

/// `os.strerror(errno)`.
pub fn errno_text(errno: i32) -> String {
    let mut buf = [0u8; 256];
    // SAFETY: the buffer and its length belong together; the XSI function writes a NUL-ended text.
    unsafe { libc::strerror_r(errno, buf.as_mut_ptr().cast(), buf.len()) };
    let end = buf.iter().position(|&b| b == 0).unwrap_or(buf.len());
    String::from_utf8_lossy(&buf[..end]).into_owned()
}

/// The table of `OSError`.
pub const TABLES: &[TypeTable] =
    &[TypeTable::new(TypeId::OSError, "Base class for I/O related errors.", METHODS, GETSET)];
