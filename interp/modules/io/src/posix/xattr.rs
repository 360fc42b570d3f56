//! Extended attributes of files.

use crate::support::{args, bytesarg, path, sys};
use krait_object::{Raised, Res, Thread, Value, bytes, list, natives};

/// Largest value of an attribute.
const MOST: usize = 65536;

fn check(th: &Thread, name: &str, p: &path::Path, follow: bool) -> Result<(), Raised> {
    if p.is_fd() && !follow {
        return Err(th.value_error(format!("{name}: cannot use fd and follow_symlinks together")));
    }
    Ok(())
}

fn getxattr(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("getxattr").fd().convert(th, a[0])?;
    let name = path::Spec::new("getxattr").named("attribute").convert(th, a[1])?;
    let follow = args::flag(th, a[2], true)?;
    check(th, "getxattr", &p, follow)?;
    let mut size = 128;
    loop {
        let mut buf = vec![0u8; size];
        let r = sys::attempt(th, || {
            let to = buf.as_mut_ptr().cast();
            // SAFETY: the texts are NUL-terminated, the buffer has the size given.
            unsafe {
                (if p.is_fd() {
                    libc::fgetxattr(p.fd, name.ptr(), to, size)
                } else if follow {
                    libc::getxattr(p.ptr(), name.ptr(), to, size)
                } else {
                    libc::lgetxattr(p.ptr(), name.ptr(), to, size)
                }) as i64
            }
        });
        match r {
            Ok(n) => return bytes::from_slice(th, &buf[..n as usize]),
            Err(libc::ERANGE) if size < MOST => size = MOST,
            Err(n) => return Err(p.error(th, n)),
        }
    }
}

fn setxattr(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("setxattr").fd().convert(th, a[0])?;
    let name = path::Spec::new("setxattr").named("attribute").convert(th, a[1])?;
    let value = bytesarg::readable(th, a[2])?;
    let flags = args::c_int_or(th, a[3], 0)?;
    let follow = args::flag(th, a[4], true)?;
    check(th, "setxattr", &p, follow)?;
    let r = sys::attempt(th, || {
        let (from, n) = (value.ptr().cast(), value.len());
        // SAFETY: the texts are NUL-terminated, the view keeps the bytes in place.
        unsafe {
            (if p.is_fd() {
                libc::fsetxattr(p.fd, name.ptr(), from, n, flags)
            } else if follow {
                libc::setxattr(p.ptr(), name.ptr(), from, n, flags)
            } else {
                libc::lsetxattr(p.ptr(), name.ptr(), from, n, flags)
            }) as i64
        }
    });
    r.map(|_| Value::none()).map_err(|n| p.error(th, n))
}

fn removexattr(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("removexattr").fd().convert(th, a[0])?;
    let name = path::Spec::new("removexattr").named("attribute").convert(th, a[1])?;
    let follow = args::flag(th, a[2], true)?;
    check(th, "removexattr", &p, follow)?;
    let r = sys::attempt(th, || {
        // SAFETY: the texts are NUL-terminated.
        unsafe {
            (if p.is_fd() {
                libc::fremovexattr(p.fd, name.ptr())
            } else if follow {
                libc::removexattr(p.ptr(), name.ptr())
            } else {
                libc::lremovexattr(p.ptr(), name.ptr())
            }) as i64
        }
    });
    r.map(|_| Value::none()).map_err(|n| p.error(th, n))
}

fn listxattr(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("listxattr").fd().nullable().convert(th, a[0])?;
    let follow = args::flag(th, a[1], true)?;
    check(th, "listxattr", &p, follow)?;
    let mut size = 256;
    loop {
        let mut buf = vec![0u8; size];
        let r = sys::attempt(th, || {
            let to = buf.as_mut_ptr().cast();
            // SAFETY: the text is NUL-terminated, the buffer has the size given.
            unsafe {
                (if p.is_fd() {
                    libc::flistxattr(p.fd, to, size)
                } else if follow {
                    libc::listxattr(p.ptr(), to, size)
                } else {
                    libc::llistxattr(p.ptr(), to, size)
                }) as i64
            }
        });
        match r {
            Ok(n) => {
                let l = list::new(th);
                for name in buf[..n as usize].split(|&b| b == 0).filter(|s| !s.is_empty()) {
                    l.push(th, path::decode(th, name)?)?;
                }
                return Ok(l.value());
            }
            Err(libc::ERANGE) if size < MOST => size = MOST,
            Err(n) => return Err(p.error(th, n)),
        }
    }
}

natives! {
    pub static FUNCTIONS = {
        function "getxattr" "(path, attribute, *, follow_symlinks=True)" getxattr, "";
        function "setxattr" "(path, attribute, value, flags=0, *, follow_symlinks=True)" setxattr, "";
        function "removexattr" "(path, attribute, *, follow_symlinks=True)" removexattr, "";
        function "listxattr" "(path=None, *, follow_symlinks=True)" listxattr, "";
    }
}
