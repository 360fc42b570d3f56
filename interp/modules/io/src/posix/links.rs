//! Hard and symbolic links.

use crate::support::{args, oserror, path, sys};
use krait_object::{Res, Thread, Value, natives};

fn link(th: &Thread, a: &[Value]) -> Res {
    let src = path::Spec::new("link").named("src").convert(th, a[0])?;
    let dst = path::Spec::new("link").named("dst").convert(th, a[1])?;
    let (from, to) = (path::dir_fd(th, a[2])?, path::dir_fd(th, a[3])?);
    let follow = args::flag(th, a[4], true)?;
    let plain = from == libc::AT_FDCWD && to == libc::AT_FDCWD && follow;
    let r = sys::attempt(th, || {
        // SAFETY: the paths are NUL-terminated.
        unsafe {
            if plain {
                libc::link(src.ptr(), dst.ptr()) as i64
            } else {
                let flags = if follow { libc::AT_SYMLINK_FOLLOW } else { 0 };
                libc::linkat(from, src.ptr(), to, dst.ptr(), flags) as i64
            }
        }
    });
    match r {
        Ok(_) => Ok(Value::none()),
        Err(n) => Err(oserror::raise_with_names(th, n, src.object, dst.object)),
    }
}

fn symlink(th: &Thread, a: &[Value]) -> Res {
    let src = path::Spec::new("symlink").named("src").convert(th, a[0])?;
    let dst = path::Spec::new("symlink").named("dst").convert(th, a[1])?;
    args::flag(th, a[2], false)?;
    let dir_fd = path::dir_fd(th, a[3])?;
    let r = sys::attempt(th, || {
        // SAFETY: the paths are NUL-terminated.
        unsafe { libc::symlinkat(src.ptr(), dir_fd, dst.ptr()) as i64 }
    });
    match r {
        Ok(_) => Ok(Value::none()),
        Err(n) => Err(oserror::raise_with_names(th, n, src.object, dst.object)),
    }
}

fn readlink(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("readlink").convert(th, a[0])?;
    let dir_fd = path::dir_fd(th, a[1])?;
    let mut buf = vec![0u8; libc::PATH_MAX as usize + 1];
    let r = sys::attempt(th, || {
        // SAFETY: the buffer has the size given.
        unsafe { libc::readlinkat(dir_fd, p.ptr(), buf.as_mut_ptr().cast(), buf.len()) as i64 }
    });
    match r {
        Ok(n) => path::name(th, &buf[..n as usize], p.is_bytes),
        Err(n) => Err(p.error(th, n)),
    }
}

natives! {
    pub static FUNCTIONS = {
        function "link" "(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)" link, "";
        function "symlink" "(src, dst, target_is_directory=False, *, dir_fd=None)" symlink, "";
        function "readlink" "(path, *, dir_fd=None)" readlink, "";
    }
}
