//! Raising OSError from an error number.

use krait_object::{Raised, Thread, TypeId, Value, int, string};

/// The error number of the last failed call on this machine thread.
pub fn errno() -> i32 {
    // SAFETY: the address of the thread's own errno.
    unsafe { *libc::__errno_location() }
}

/// Sets the error number, for calls that report failure by it alone.
pub fn set_errno(n: i32) {
    // SAFETY: the address of the thread's own errno.
    unsafe { *libc::__errno_location() = n };
}

/// The system's text for an error number.
pub fn strerror(n: i32) -> String {
    let mut buf = [0u8; 256];
    // SAFETY: the buffer has the length given; the call ends the text with NUL.
    unsafe { libc::strerror_r(n, buf.as_mut_ptr().cast(), buf.len()) };
    let end = buf.iter().position(|&b| b == 0).unwrap_or(0);
    String::from_utf8_lossy(&buf[..end]).into_owned()
}

/// OSError (the subclass for the number) without a file name.
#[cold]
pub fn raise(th: &Thread, n: i32) -> Raised {
    let args = [Value::small(n as i64), string::new(th, &strerror(n))];
    th.raise_args(TypeId::OSError, &args)
}

/// OSError for the last failed call.
#[cold]
pub fn raise_last(th: &Thread) -> Raised {
    raise(th, errno())
}

/// OSError with the name of the file (None: without).
#[cold]
pub fn raise_with_name(th: &Thread, n: i32, name: Value) -> Raised {
    if name.is_none() || name == Value::MISSING {
        return raise(th, n);
    }
    let args = [Value::small(n as i64), string::new(th, &strerror(n)), name];
    th.raise_args(TypeId::OSError, &args)
}

/// OSError with two file names.
#[cold]
pub fn raise_with_names(th: &Thread, n: i32, first: Value, second: Value) -> Raised {
    let args = [Value::small(n as i64), string::new(th, &strerror(n)), first, Value::none(), second];
    th.raise_args(TypeId::OSError, &args)
}

/// BlockingIOError of a buffered stream: nothing more can be written now.
#[cold]
pub fn raise_would_block(th: &Thread, text: &str, written: usize) -> Raised {
    let args = [Value::small(libc::EAGAIN as i64), string::new(th, text), int::from_usize(th, written)];
    th.raise_args(TypeId::BlockingIOError, &args)
}
