//! `stat` and its family, and their results.

use super::instance;
use crate::support::{args, oserror, path, sys};
use krait_object::interp::InterpSlot;
use krait_object::structseq::{self, StructSeq};
use krait_object::{Raised, Res, Thread, Value, float, int, natives};

pub static STAT_CLASS: InterpSlot = InterpSlot::new();
pub static STATVFS_CLASS: InterpSlot = InterpSlot::new();

pub static STAT_RESULT: StructSeq = StructSeq::new(
    "os.stat_result",
    "What stat() tells of a file.",
    &[
        ("st_mode", "protection bits"),
        ("st_ino", "inode"),
        ("st_dev", "device"),
        ("st_nlink", "number of hard links"),
        ("st_uid", "user ID of owner"),
        ("st_gid", "group ID of owner"),
        ("st_size", "total size, in bytes"),
        ("", ""),
        ("", ""),
        ("", ""),
        ("st_atime", "time of last access"),
        ("st_mtime", "time of last modification"),
        ("st_ctime", "time of last change"),
        ("st_atime_ns", "time of last access in nanoseconds"),
        ("st_mtime_ns", "time of last modification in nanoseconds"),
        ("st_ctime_ns", "time of last change in nanoseconds"),
        ("st_blksize", "blocksize for filesystem I/O"),
        ("st_blocks", "number of blocks allocated"),
        ("st_rdev", "device type (if inode device)"),
    ],
    10,
)
.methods(STAT_METHODS);

pub static STATVFS_RESULT: StructSeq = StructSeq::new(
    "os.statvfs_result",
    "What statvfs() tells of a file system.",
    &[
        ("f_bsize", ""),
        ("f_frsize", ""),
        ("f_blocks", ""),
        ("f_bfree", ""),
        ("f_bavail", ""),
        ("f_files", ""),
        ("f_ffree", ""),
        ("f_favail", ""),
        ("f_flag", ""),
        ("f_namemax", ""),
        ("f_fsid", ""),
    ],
    10,
);

/// `stat_result(sequence)`: times that were not given are the integer ones.
fn stat_new(th: &Thread, a: &[Value]) -> Res {
    let v = structseq::construct(th, a)?;
    let mut fields = [Value::none(); 19];
    for (i, f) in fields.iter_mut().enumerate() {
        *f = structseq::field(th, v, i);
    }
    if !(10..13).any(|i| fields[i].is_none()) {
        return Ok(v);
    }
    for i in 0..3 {
        if fields[10 + i].is_none() {
            fields[10 + i] = fields[7 + i];
        }
    }
    STAT_RESULT.instance(th, krait_object::Class::of_value(th, v), &fields)
}

natives! {
    static STAT_METHODS = {
        staticmethod "__new__" "(cls, sequence, dict={})" stat_new, "";
        method "__repr__" "()" structseq::repr, "";
        method "__reduce__" "()" structseq::reduce, "";
    }
}

/// The result object.
pub fn result(th: &Thread, st: &libc::stat) -> Res {
    let times =
        [(st.st_atime, st.st_atime_nsec), (st.st_mtime, st.st_mtime_nsec), (st.st_ctime, st.st_ctime_nsec)];
    let mut fields = [Value::none(); 19];
    fields[0] = Value::small(st.st_mode as i64);
    fields[1] = int::from_u64(th, st.st_ino);
    fields[2] = int::from_u64(th, st.st_dev);
    fields[3] = int::from_u64(th, st.st_nlink);
    fields[4] = args::id_value(st.st_uid);
    fields[5] = args::id_value(st.st_gid);
    fields[6] = int::from_i64(th, st.st_size);
    for (i, (s, ns)) in times.into_iter().enumerate() {
        fields[7 + i] = int::from_i64(th, s);
        fields[10 + i] = float::new(th, s as f64 + 1e-9 * ns as f64);
        fields[13 + i] = int::from_i128(th, s as i128 * 1_000_000_000 + ns as i128);
    }
    fields[16] = int::from_i64(th, st.st_blksize);
    fields[17] = int::from_i64(th, st.st_blocks);
    fields[18] = int::from_u64(th, st.st_rdev);
    instance(th, &STAT_RESULT, &STAT_CLASS, &fields)
}

/// An all-zero result to be filled in.
pub fn empty() -> libc::stat {
    // SAFETY: all-zero is a valid `stat`.
    unsafe { std::mem::zeroed() }
}

/// `stat` of a converted path.
pub fn stat_path(th: &Thread, p: &path::Path, dir_fd: i32, follow: bool) -> Res<libc::stat> {
    let mut st = empty();
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated; `st` has room for the result.
        unsafe {
            if p.is_fd() {
                libc::fstat(p.fd, &mut st) as i64
            } else {
                libc::fstatat(dir_fd, p.ptr(), &mut st, flags) as i64
            }
        }
    });
    match r {
        Ok(_) => Ok(st),
        Err(n) => Err(p.error(th, n)),
    }
}

/// ValueErrors of arguments that exclude each other.
pub fn check_fd(
    th: &Thread,
    function: &str,
    p: &path::Path,
    dir_fd: i32,
    follow: bool,
) -> Result<(), Raised> {
    if p.is_fd() && dir_fd != libc::AT_FDCWD {
        return Err(th.value_error(format!("{function}: can't specify dir_fd without matching path")));
    }
    if p.is_fd() && !follow {
        return Err(th.value_error(format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok(())
}

fn stat(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("stat").fd().convert(th, a[0])?;
    let dir_fd = path::dir_fd(th, a[1])?;
    let follow = args::flag(th, a[2], true)?;
    check_fd(th, "stat", &p, dir_fd, follow)?;
    result(th, &stat_path(th, &p, dir_fd, follow)?)
}

fn lstat(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("lstat").convert(th, a[0])?;
    let dir_fd = path::dir_fd(th, a[1])?;
    result(th, &stat_path(th, &p, dir_fd, false)?)
}

fn fstat(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let mut st = empty();
    sys::call(th, || {
        // SAFETY: `st` has room for the result.
        unsafe { libc::fstat(fd, &mut st) as i64 }
    })?;
    result(th, &st)
}

fn statvfs_result(th: &Thread, st: &libc::statvfs) -> Res {
    let n = |x: u64| int::from_u64(th, x);
    let fields = [
        n(st.f_bsize),
        n(st.f_frsize),
        n(st.f_blocks),
        n(st.f_bfree),
        n(st.f_bavail),
        n(st.f_files),
        n(st.f_ffree),
        n(st.f_favail),
        n(st.f_flag),
        n(st.f_namemax),
        n(st.f_fsid),
    ];
    instance(th, &STATVFS_RESULT, &STATVFS_CLASS, &fields)
}

fn statvfs(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("statvfs").fd().convert(th, a[0])?;
    // SAFETY: all-zero is a valid `statvfs`.
    let mut st: libc::statvfs = unsafe { std::mem::zeroed() };
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated; `st` has room for the result.
        unsafe {
            if p.is_fd() {
                libc::fstatvfs(p.fd, &mut st) as i64
            } else {
                libc::statvfs(p.ptr(), &mut st) as i64
            }
        }
    });
    match r {
        Ok(_) => statvfs_result(th, &st),
        Err(n) => Err(p.error(th, n)),
    }
}

fn fstatvfs(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: all-zero is a valid `statvfs`.
    let mut st: libc::statvfs = unsafe { std::mem::zeroed() };
    let r = sys::retry(th, || {
        // SAFETY: `st` has room for the result.
        unsafe { libc::fstatvfs(fd, &mut st) as i64 }
    })?;
    match r {
        Ok(_) => statvfs_result(th, &st),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

natives! {
    pub static FUNCTIONS = {
        function "stat" "(path, *, dir_fd=None, follow_symlinks=True)" stat, "Tell about a file.";
        function "lstat" "(path, *, dir_fd=None)" lstat, "As stat, of a symbolic link itself.";
        function "fstat" "(fd)" fstat, "As stat, of an open file.";
        function "statvfs" "(path)" statvfs, "Tell about a file system.";
        function "fstatvfs" "(fd, /)" fstatvfs, "";
    }
}
