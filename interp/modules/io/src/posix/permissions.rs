//! Permissions and owners.

use crate::support::{args, oserror, path, sys};
use krait_object::{Res, Thread, TypeId, Value, natives};

fn access(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("access").convert(th, a[0])?;
    let mode = args::c_int(th, a[1])?;
    let dir_fd = path::dir_fd(th, a[2])?;
    let effective = args::flag(th, a[3], false)?;
    let follow = args::flag(th, a[4], true)?;
    let mut flags = 0;
    if effective {
        flags |= libc::AT_EACCESS;
    }
    if !follow {
        flags |= libc::AT_SYMLINK_NOFOLLOW;
    }
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::faccessat(dir_fd, p.ptr(), mode, flags) as i64 }
    });
    Ok(Value::bool(r.is_ok()))
}

fn chmod(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("chmod").fd().convert(th, a[0])?;
    let mode = args::c_int(th, a[1])? as u32;
    let dir_fd = path::dir_fd(th, a[2])?;
    let follow = args::flag(th, a[3], true)?;
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated.
        unsafe {
            if p.is_fd() {
                libc::fchmod(p.fd, mode) as i64
            } else if follow {
                libc::fchmodat(dir_fd, p.ptr(), mode, 0) as i64
            } else {
                libc::fchmodat(dir_fd, p.ptr(), mode, libc::AT_SYMLINK_NOFOLLOW) as i64
            }
        }
    });
    match r {
        Ok(_) => Ok(Value::none()),
        Err(libc::ENOTSUP) if !follow => {
            if dir_fd != libc::AT_FDCWD {
                return Err(th.value_error("chmod: cannot use dir_fd and follow_symlinks together"));
            }
            Err(th.raise_new(
                TypeId::NotImplementedError,
                "chmod: follow_symlinks unavailable on this platform",
            ))
        }
        Err(n) => Err(p.error(th, n)),
    }
}

fn fchmod(th: &Thread, a: &[Value]) -> Res {
    let (fd, mode) = (args::c_int(th, a[0])?, args::c_int(th, a[1])? as u32);
    sys::call(th, || {
        // SAFETY: changes a file's mode.
        unsafe { libc::fchmod(fd, mode) as i64 }
    })?;
    Ok(Value::none())
}

fn chown(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("chown").fd().convert(th, a[0])?;
    let (uid, gid) = (args::id(th, a[1], "uid")?, args::id(th, a[2], "gid")?);
    let dir_fd = path::dir_fd(th, a[3])?;
    let follow = args::flag(th, a[4], true)?;
    if p.is_fd() && dir_fd != libc::AT_FDCWD {
        return Err(th.value_error("chown: can't specify both dir_fd and fd"));
    }
    if p.is_fd() && !follow {
        return Err(th.value_error("chown: cannot use fd and follow_symlinks together"));
    }
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated.
        unsafe {
            if p.is_fd() {
                libc::fchown(p.fd, uid, gid) as i64
            } else {
                libc::fchownat(dir_fd, p.ptr(), uid, gid, flags) as i64
            }
        }
    });
    r.map(|_| Value::none()).map_err(|n| p.error(th, n))
}

fn fchown(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let (uid, gid) = (args::id(th, a[1], "uid")?, args::id(th, a[2], "gid")?);
    sys::call(th, || {
        // SAFETY: changes a file's owner.
        unsafe { libc::fchown(fd, uid, gid) as i64 }
    })?;
    Ok(Value::none())
}

fn lchown(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("lchown").convert(th, a[0])?;
    let (uid, gid) = (args::id(th, a[1], "uid")?, args::id(th, a[2], "gid")?);
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::lchown(p.ptr(), uid, gid) as i64 }
    });
    r.map(|_| Value::none()).map_err(|n| p.error(th, n))
}

/// `-1` results of calls about configuration: an error only when the number says so.
fn limit(th: &Thread, r: i64) -> Res {
    if r == -1 && oserror::errno() != 0 {
        return Err(oserror::raise_last(th));
    }
    Ok(krait_object::int::from_i64(th, r))
}

fn pathconf(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("pathconf").fd().convert(th, a[0])?;
    let name = super::info::config_name(th, a[1], super::constants::PATHCONF_NAMES)?;
    oserror::set_errno(0);
    // SAFETY: the path is NUL-terminated.
    let r = unsafe { if p.is_fd() { libc::fpathconf(p.fd, name) } else { libc::pathconf(p.ptr(), name) } };
    if r == -1 && oserror::errno() != 0 {
        let n = oserror::errno();
        return Err(if n == libc::EINVAL { oserror::raise(th, n) } else { p.error(th, n) });
    }
    limit(th, r)
}

fn fpathconf(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let name = super::info::config_name(th, a[1], super::constants::PATHCONF_NAMES)?;
    oserror::set_errno(0);
    // SAFETY: asks about a descriptor.
    limit(th, unsafe { libc::fpathconf(fd, name) })
}

natives! {
    pub static FUNCTIONS = {
        function "access" "(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)" access, "";
        function "chmod" "(path, mode, *, dir_fd=None, follow_symlinks=True)" chmod, "";
        function "fchmod" "(fd, mode)" fchmod, "";
        function "chown" "(path, uid, gid, *, dir_fd=None, follow_symlinks=True)" chown, "";
        function "fchown" "(fd, uid, gid)" fchown, "";
        function "lchown" "(path, uid, gid)" lchown, "";
        function "pathconf" "(path, name)" pathconf, "";
        function "fpathconf" "(fd, name, /)" fpathconf, "";
    }
}
