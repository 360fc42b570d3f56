//! File descriptors: opening, closing, duplicating, their flags, terminals.

use crate::support::{args, oserror, path, sys};
use krait_object::{Raised, Res, Thread, Value, bytes, int, natives, protocol, string, tuple};
use std::ffi::CStr;

fn open(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("open").convert(th, a[0])?;
    let flags = args::c_int(th, a[1])? | libc::O_CLOEXEC;
    let mode = args::c_int_or(th, a[2], 0o777)?;
    let dir_fd = path::dir_fd(th, a[3])?;
    let r = sys::retry(th, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::openat(dir_fd, p.ptr(), flags, mode) as i64 }
    })?;
    match r {
        Ok(fd) => Ok(Value::small(fd)),
        Err(n) => Err(p.error(th, n)),
    }
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // Not repeated after a signal: the descriptor is gone in any case.
    match sys::attempt(th, || {
        // SAFETY: closes what the program asked for.
        unsafe { libc::close(fd) as i64 }
    }) {
        Ok(_) | Err(libc::EINTR) => Ok(Value::none()),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

fn closerange(th: &Thread, a: &[Value]) -> Res {
    let (low, high) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    th.without_lock(|| close_range(low.max(0), high - 1));
    Ok(Value::none())
}

/// Closes the descriptors `first..=last`, whether they are open or not.
pub fn close_range(first: i32, last: i32) {
    if first > last {
        return;
    }
    // SAFETY: closes what was asked for.
    if unsafe { libc::syscall(libc::SYS_close_range, first as u32, last as u32, 0) } == 0 {
        return;
    }
    // SAFETY: asks for a limit.
    let most = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) };
    for fd in first..=last.min(most.clamp(0, 1 << 20) as i32) {
        // SAFETY: as above.
        unsafe { libc::close(fd) };
    }
}

fn read(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let n = protocol::index_isize(th, a[1])?;
    if n < 0 {
        return Err(oserror::raise(th, libc::EINVAL));
    }
    let n = (n as usize).min(0x7fff_f000);
    let b = bytes::allocate(th, n, krait_object::shape::fixed::BYTES, 0)?;
    let to = b.as_slice().as_ptr().cast_mut();
    let got = sys::call(th, || {
        // SAFETY: the fresh object has room for n bytes.
        unsafe { libc::read(fd, to.cast(), n) as i64 }
    })? as usize;
    if got == n { Ok(b.value()) } else { bytes::from_slice(th, &b.as_slice()[..got]) }
}

fn write(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let data = crate::support::bytesarg::readable(th, a[1])?;
    let n = sys::call(th, || {
        // SAFETY: the view keeps the bytes in place.
        unsafe { libc::write(fd, data.ptr().cast(), data.len().min(0x7fff_f000)) as i64 }
    })?;
    // A signal may have cut the call short after some bytes were written.
    sys::check_signals(th)?;
    Ok(int::from_i64(th, n))
}

fn lseek(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let pos = args::c_long(th, a[1])?;
    let how = args::c_int(th, a[2])?;
    let r = sys::attempt(th, || {
        // SAFETY: moves a descriptor's position.
        unsafe { libc::lseek(fd, pos, how) }
    });
    r.map(|n| int::from_i64(th, n)).map_err(|n| oserror::raise(th, n))
}

fn dup(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: duplicates a descriptor.
    let r = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) };
    Ok(Value::small(sys::quick(th, r as i64)?))
}

fn dup2(th: &Thread, a: &[Value]) -> Res {
    let (fd, to) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    let inheritable = args::flag(th, a[2], true)?;
    if fd < 0 || to < 0 {
        return Err(oserror::raise(th, libc::EBADF));
    }
    let r = sys::attempt(th, || {
        // SAFETY: duplicates a descriptor; `dup3` refuses equal ones, for which `dup2` changes nothing.
        unsafe {
            if inheritable || fd == to {
                libc::dup2(fd, to) as i64
            } else {
                libc::dup3(fd, to, libc::O_CLOEXEC) as i64
            }
        }
    });
    r.map(Value::small).map_err(|n| oserror::raise(th, n))
}

fn pair(th: &Thread, x: i32, y: i32) -> Res {
    tuple::from_slice(th, &[Value::small(x as i64), Value::small(y as i64)])
}

fn make_pipe(th: &Thread, flags: i32) -> Res {
    let mut fds = [0; 2];
    let r = sys::attempt(th, || {
        // SAFETY: the array takes two descriptors.
        unsafe { libc::pipe2(fds.as_mut_ptr(), flags) as i64 }
    });
    match r {
        Ok(_) => pair(th, fds[0], fds[1]),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

fn pipe(th: &Thread, _: &[Value]) -> Res {
    make_pipe(th, libc::O_CLOEXEC)
}

fn pipe2(th: &Thread, a: &[Value]) -> Res {
    let flags = args::c_int(th, a[0])?;
    make_pipe(th, flags)
}

/// Sets whether a descriptor survives `exec`.
pub fn set_inheritable_fd(th: &Thread, fd: i32, on: bool) -> Result<(), Raised> {
    // SAFETY: reads and sets a descriptor's flags.
    let r = unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        if flags < 0 {
            flags
        } else {
            let new = if on { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
            if new == flags { 0 } else { libc::fcntl(fd, libc::F_SETFD, new) }
        }
    };
    sys::quick(th, if r < 0 { -1 } else { 0 })?;
    Ok(())
}

fn get_inheritable(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: reads a descriptor's flags.
    let flags = sys::quick(th, unsafe { libc::fcntl(fd, libc::F_GETFD) } as i64)?;
    Ok(Value::bool(flags as i32 & libc::FD_CLOEXEC == 0))
}

fn set_inheritable(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let on = args::c_int(th, a[1])? != 0;
    set_inheritable_fd(th, fd, on)?;
    Ok(Value::none())
}

fn get_blocking(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: reads a descriptor's flags.
    let flags = sys::quick(th, unsafe { libc::fcntl(fd, libc::F_GETFL) } as i64)?;
    Ok(Value::bool(flags as i32 & libc::O_NONBLOCK == 0))
}

fn set_blocking(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let blocking = protocol::truth(th, a[1])?;
    // SAFETY: reads and sets a descriptor's flags.
    let r = unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        if flags < 0 {
            -1
        } else {
            let new = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
            libc::fcntl(fd, libc::F_SETFL, new)
        }
    };
    sys::quick(th, r as i64)?;
    Ok(Value::none())
}

fn isatty(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: asks about a descriptor.
    Ok(Value::bool(unsafe { libc::isatty(fd) } == 1))
}

fn ttyname(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let mut name = [0u8; 4096];
    // SAFETY: the buffer has the length given.
    let n = unsafe { libc::ttyname_r(fd, name.as_mut_ptr().cast(), name.len()) };
    if n != 0 {
        return Err(oserror::raise(th, n));
    }
    // SAFETY: the name was NUL-terminated.
    path::decode(th, unsafe { CStr::from_ptr(name.as_ptr().cast()) }.to_bytes())
}

fn ctermid(th: &Thread, _: &[Value]) -> Res {
    Ok(string::new(th, "/dev/tty"))
}

fn openpty(th: &Thread, _: &[Value]) -> Res {
    let (mut master, mut slave) = (0, 0);
    let null = std::ptr::null_mut();
    // SAFETY: fills in two descriptors; the rest is optional.
    let r = unsafe { libc::openpty(&mut master, &mut slave, null, null.cast(), null.cast()) };
    sys::quick(th, r as i64)?;
    set_inheritable_fd(th, master, false)?;
    set_inheritable_fd(th, slave, false)?;
    pair(th, master, slave)
}

fn login_tty(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    // SAFETY: makes a descriptor the controlling terminal.
    sys::quick(th, unsafe { libc::login_tty(fd) } as i64)?;
    Ok(Value::none())
}

fn tcgetpgrp(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: asks about a terminal.
    Ok(Value::small(sys::quick(th, unsafe { libc::tcgetpgrp(fd) } as i64)?))
}

fn tcsetpgrp(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let group = args::pid(th, a[1])?;
    // SAFETY: sets a terminal's foreground group.
    sys::quick(th, unsafe { libc::tcsetpgrp(fd, group) } as i64)?;
    Ok(Value::none())
}

fn device_encoding(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: asks about a descriptor.
    if unsafe { libc::isatty(fd) } != 1 {
        return Ok(Value::none());
    }
    Ok(string::new(th, &crate::io::locale_encoding(th)))
}

fn memfd_create(th: &Thread, a: &[Value]) -> Res {
    let name = path::fs_bytes(th, a[0])?;
    let flags = match a[1].given() {
        None => libc::MFD_CLOEXEC,
        Some(v) => args::masked_u32(th, v)?,
    };
    let r = sys::attempt(th, || {
        // SAFETY: the name is NUL-terminated.
        unsafe { libc::memfd_create(name.as_ptr(), flags) as i64 }
    });
    r.map(Value::small).map_err(|n| oserror::raise(th, n))
}

fn eventfd(th: &Thread, a: &[Value]) -> Res {
    let start = args::c_long(th, a[0])?;
    if start < 0 {
        return Err(th.value_error("value must be positive"));
    }
    if start > u32::MAX as i64 {
        return Err(th.overflow_error("Python int too large for C unsigned int"));
    }
    let flags = args::c_int_or(th, a[1], libc::EFD_CLOEXEC)?;
    // SAFETY: makes a descriptor.
    Ok(Value::small(sys::quick(th, unsafe { libc::eventfd(start as u32, flags) } as i64)?))
}

fn eventfd_read(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let mut value = 0u64;
    sys::attempt(th, || {
        // SAFETY: reads eight bytes.
        let n = unsafe { libc::read(fd, (&raw mut value).cast(), 8) };
        if n == 8 { 0 } else { -1 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(int::from_u64(th, value))
}

fn eventfd_write(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let value = args::c_ulong(th, a[1])?;
    sys::attempt(th, || {
        // SAFETY: writes eight bytes.
        let n = unsafe { libc::write(fd, (&raw const value).cast(), 8) };
        if n == 8 { 0 } else { -1 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(Value::none())
}

natives! {
    pub static FUNCTIONS = {
        function "open" "(path, flags, mode=511, *, dir_fd=None)" open, "Open a file; returns its descriptor.";
        function "close" "(fd)" close, "";
        function "closerange" "(fd_low, fd_high, /)" closerange, "";
        function "read" "(fd, length, /)" read, "";
        function "write" "(fd, data, /)" write, "";
        function "lseek" "(fd, position, whence, /)" lseek, "";
        function "dup" "(fd, /)" dup, "";
        function "dup2" "(fd, fd2, inheritable=True)" dup2, "";
        function "pipe" "()" pipe, "";
        function "pipe2" "(flags, /)" pipe2, "";
        function "get_inheritable" "(fd, /)" get_inheritable, "";
        function "set_inheritable" "(fd, inheritable, /)" set_inheritable, "";
        function "get_blocking" "(fd, /)" get_blocking, "";
        function "set_blocking" "(fd, blocking, /)" set_blocking, "";
        function "isatty" "(fd, /)" isatty, "";
        function "ttyname" "(fd, /)" ttyname, "";
        function "ctermid" "()" ctermid, "";
        function "openpty" "()" openpty, "";
        function "login_tty" "(fd, /)" login_tty, "";
        function "tcgetpgrp" "(fd, /)" tcgetpgrp, "";
        function "tcsetpgrp" "(fd, pgid, /)" tcsetpgrp, "";
        function "device_encoding" "(fd)" device_encoding, "";
        function "memfd_create" "(name, flags=1)" memfd_create, "";
        function "eventfd" "(initval, flags=524288)" eventfd, "";
        function "eventfd_read" "(fd)" eventfd_read, "";
        function "eventfd_write" "(fd, value)" eventfd_write, "";
    }
}
