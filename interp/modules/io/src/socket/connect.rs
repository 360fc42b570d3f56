//! Naming, connecting, accepting.

use super::address::{self, Address};
use super::object::{Failed, For, This, attempt, deadline};
use crate::support::{args, oserror, sys};
use krait_object::{Res, Thread, Value, tuple};

pub fn bind(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let to = address::parse(th, s, a[1], "bind")?;
    let fd = s.fd.get();
    sys::attempt(th, || {
        // SAFETY: reads the address.
        unsafe { libc::bind(fd, to.ptr(), to.len) as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(Value::none())
}

/// Connects; the error number, or 0.
fn connect_to(th: &Thread, s: This, to: &Address) -> Result<(), Failed> {
    let fd = s.fd.get();
    let r = sys::attempt(th, || {
        // SAFETY: reads the address.
        unsafe { libc::connect(fd, to.ptr(), to.len) as i64 }
    });
    let n = match r {
        Ok(_) => return Ok(()),
        Err(n) => n,
    };
    let wait = if n == libc::EINTR {
        sys::check_signals(th).map_err(Failed::Signal)?;
        // The connection goes on being made.
        s.timeout.get() != 0
    } else {
        s.timeout.get() > 0 && n == libc::EINPROGRESS
    };
    if !wait {
        return Err(Failed::Os(n));
    }
    let check = || {
        let (mut e, mut len) = (0i32, 4u32);
        // SAFETY: fills in the number.
        let r =
            unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, (&raw mut e).cast(), &mut len) };
        if r < 0 {
            return -1;
        }
        if e == 0 || e == libc::EISCONN {
            return 0;
        }
        oserror::set_errno(e);
        -1
    };
    // Without a timeout (after a signal) the wait has no end.
    let end = deadline(s).unwrap_or(i64::MAX);
    super::object::attempt_until(th, s, For::Connecting, Some(end), check).map(|_| ())
}

pub fn connect(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let to = address::parse(th, s, a[1], "connect")?;
    connect_to(th, s, &to).map_err(|e| e.raise(th))?;
    Ok(Value::none())
}

pub fn connect_ex(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let to = address::parse(th, s, a[1], "connect_ex")?;
    match connect_to(th, s, &to) {
        Ok(()) => Ok(Value::ZERO),
        Err(Failed::Os(n)) => Ok(Value::small(n as i64)),
        Err(Failed::TimedOut) => Ok(Value::small(libc::EWOULDBLOCK as i64)),
        Err(Failed::Signal(r)) => Err(r),
    }
}

pub fn listen(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let n = args::c_int_or(th, a[1], 128)?.max(0);
    let fd = s.fd.get();
    sys::attempt(th, || {
        // SAFETY: changes the socket.
        unsafe { libc::listen(fd, n) as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(Value::none())
}

pub fn accept(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let mut from = Address::empty();
    let full = from.len;
    let fd = s.fd.get();
    let new = attempt(th, s, For::Reading, || {
        from.len = full;
        let len = &raw mut from.len;
        // SAFETY: fills in the address, at most its size.
        unsafe { libc::accept4(fd, from.mut_ptr(), len, libc::SOCK_CLOEXEC) as i64 }
    })
    .map_err(|e| e.raise(th))?;
    match address::value(th, &from) {
        Ok(v) => tuple::from_slice(th, &[Value::small(new), v]),
        Err(e) => {
            // SAFETY: the descriptor is ours, and nobody got it.
            unsafe { libc::close(new as i32) };
            Err(e)
        }
    }
}

fn name(th: &Thread, s: This, f: unsafe extern "C" fn(i32, *mut libc::sockaddr, *mut u32) -> i32) -> Res {
    let mut a = Address::empty();
    let fd = s.fd.get();
    sys::attempt(th, || {
        let len = &raw mut a.len;
        // SAFETY: fills in the address, at most its size.
        unsafe { f(fd, a.mut_ptr(), len) as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    address::value(th, &a)
}

pub fn getsockname(th: &Thread, a: &[Value]) -> Res {
    name(th, This::of(a[0]), libc::getsockname)
}

pub fn getpeername(th: &Thread, a: &[Value]) -> Res {
    name(th, This::of(a[0]), libc::getpeername)
}

pub fn shutdown(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let how = args::c_int(th, a[1])?;
    let fd = s.fd.get();
    sys::attempt(th, || {
        // SAFETY: changes the socket.
        unsafe { libc::shutdown(fd, how) as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(Value::none())
}
