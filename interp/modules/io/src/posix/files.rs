//! Making, removing and renaming files and directories; the current directory.

use crate::support::{args, oserror, path, sys};
use krait_object::{Raised, Res, Thread, Value, bytes, int, natives};

/// Runs a call about a path without the lock.
fn about(th: &Thread, p: &path::Path, f: impl FnOnce() -> i32) -> Result<(), Raised> {
    match sys::attempt(th, || f() as i64) {
        Ok(_) => Ok(()),
        Err(n) => Err(p.error(th, n)),
    }
}

fn mkdir(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("mkdir").convert(th, a[0])?;
    let mode = args::c_int_or(th, a[1], 0o777)? as u32;
    let dir_fd = path::dir_fd(th, a[2])?;
    about(th, &p, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::mkdirat(dir_fd, p.ptr(), mode) }
    })?;
    Ok(Value::none())
}

fn rmdir(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("rmdir").convert(th, a[0])?;
    let dir_fd = path::dir_fd(th, a[1])?;
    about(th, &p, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::unlinkat(dir_fd, p.ptr(), libc::AT_REMOVEDIR) }
    })?;
    Ok(Value::none())
}

fn unlink_as(th: &Thread, a: &[Value], name: &'static str) -> Res {
    let p = path::Spec::new(name).convert(th, a[0])?;
    let dir_fd = path::dir_fd(th, a[1])?;
    about(th, &p, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::unlinkat(dir_fd, p.ptr(), 0) }
    })?;
    Ok(Value::none())
}

fn unlink(th: &Thread, a: &[Value]) -> Res {
    unlink_as(th, a, "unlink")
}

fn remove(th: &Thread, a: &[Value]) -> Res {
    unlink_as(th, a, "remove")
}

fn rename_as(th: &Thread, a: &[Value], name: &'static str) -> Res {
    let src = path::Spec::new(name).named("src").convert(th, a[0])?;
    let dst = path::Spec::new(name).named("dst").convert(th, a[1])?;
    let (from, to) = (path::dir_fd(th, a[2])?, path::dir_fd(th, a[3])?);
    let r = sys::attempt(th, || {
        // SAFETY: the paths are NUL-terminated.
        unsafe { libc::renameat(from, src.ptr(), to, dst.ptr()) as i64 }
    });
    match r {
        Ok(_) => Ok(Value::none()),
        Err(n) => Err(oserror::raise_with_names(th, n, src.object, dst.object)),
    }
}

fn rename(th: &Thread, a: &[Value]) -> Res {
    rename_as(th, a, "rename")
}

fn replace(th: &Thread, a: &[Value]) -> Res {
    rename_as(th, a, "replace")
}

fn chdir(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("chdir").fd().convert(th, a[0])?;
    about(th, &p, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { if p.is_fd() { libc::fchdir(p.fd) } else { libc::chdir(p.ptr()) } }
    })?;
    Ok(Value::none())
}

fn fchdir(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    sys::call(th, || {
        // SAFETY: changes the current directory.
        unsafe { libc::fchdir(fd) as i64 }
    })?;
    Ok(Value::none())
}

fn chroot(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("chroot").convert(th, a[0])?;
    about(th, &p, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::chroot(p.ptr()) }
    })?;
    Ok(Value::none())
}

fn current(th: &Thread) -> Res<Vec<u8>> {
    let mut size = 4096;
    loop {
        let mut buf = vec![0u8; size];
        // SAFETY: the buffer has the size given.
        let p = unsafe { libc::getcwd(buf.as_mut_ptr().cast(), size) };
        if !p.is_null() {
            let end = buf.iter().position(|&b| b == 0).unwrap_or(size);
            buf.truncate(end);
            return Ok(buf);
        }
        match oserror::errno() {
            libc::ERANGE => size *= 2,
            n => return Err(oserror::raise(th, n)),
        }
    }
}

fn getcwd(th: &Thread, _: &[Value]) -> Res {
    path::decode(th, &current(th)?)
}

fn getcwdb(th: &Thread, _: &[Value]) -> Res {
    bytes::from_slice(th, &current(th)?)
}

fn umask(th: &Thread, a: &[Value]) -> Res {
    let mask = args::c_int(th, a[0])?;
    // SAFETY: sets the mask of the process.
    Ok(Value::small(unsafe { libc::umask(mask as u32) } as i64))
}

fn mkfifo(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("mkfifo").convert(th, a[0])?;
    let mode = args::c_int_or(th, a[1], 0o666)? as u32;
    let dir_fd = path::dir_fd(th, a[2])?;
    about(th, &p, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::mkfifoat(dir_fd, p.ptr(), mode) }
    })?;
    Ok(Value::none())
}

/// A device number, as programs give it.
fn device(th: &Thread, v: Value) -> Res<u64> {
    if !int::is_int(v) {
        return Err(th.type_error("an integer is required"));
    }
    int::with_ref(v, |r| match (r.signum() < 0, r.limbs) {
        (true, _) => Err("can't convert negative int to unsigned"),
        (false, []) => Ok(0),
        (false, [n]) => Ok(*n),
        _ => Err("int too big to convert"),
    })
    .map_err(|e| th.overflow_error(e))
}

fn mknod(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("mknod").convert(th, a[0])?;
    let mode = args::c_int_or(th, a[1], 0o600)? as u32;
    let dev = a[2].given().map_or(Ok(0), |v| device(th, v))?;
    let dir_fd = path::dir_fd(th, a[3])?;
    about(th, &p, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { libc::mknodat(dir_fd, p.ptr(), mode, dev) }
    })?;
    Ok(Value::none())
}

fn major(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(libc::major(device(th, a[0])?) as i64))
}

fn minor(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(libc::minor(device(th, a[0])?) as i64))
}

fn makedev(th: &Thread, a: &[Value]) -> Res {
    let (major, minor) = (args::c_int(th, a[0])? as u32, args::c_int(th, a[1])? as u32);
    Ok(int::from_i64(th, libc::makedev(major, minor) as i64))
}

natives! {
    pub static FUNCTIONS = {
        function "mkdir" "(path, mode=511, *, dir_fd=None)" mkdir, "Create a directory.";
        function "rmdir" "(path, *, dir_fd=None)" rmdir, "Remove a directory.";
        function "unlink" "(path, *, dir_fd=None)" unlink, "Remove a file.";
        function "remove" "(path, *, dir_fd=None)" remove, "Remove a file.";
        function "rename" "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)" rename, "";
        function "replace" "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)" replace, "";
        function "chdir" "(path)" chdir, "";
        function "fchdir" "(fd)" fchdir, "";
        function "chroot" "(path)" chroot, "";
        function "getcwd" "()" getcwd, "";
        function "getcwdb" "()" getcwdb, "";
        function "umask" "(mask, /)" umask, "";
        function "mkfifo" "(path, mode=438, *, dir_fd=None)" mkfifo, "";
        function "mknod" "(path, mode=384, device=0, *, dir_fd=None)" mknod, "";
        function "major" "(device, /)" major, "";
        function "minor" "(device, /)" minor, "";
        function "makedev" "(major, minor, /)" makedev, "";
    }
}
