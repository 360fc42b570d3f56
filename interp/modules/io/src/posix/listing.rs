//! Reading directories: `listdir` and `scandir`.

use super::direntry;
use crate::support::{oserror, path, sys, warn};
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::native_class::NativeClass;
use krait_object::{Raised, Res, Str, Thread, Value, ValueVec, list, natives, protocol};
use std::cell::Cell;
use std::ffi::CStr;

/// An open directory; closed when dropped.
struct Dir {
    dir: Cell<*mut libc::DIR>,
    /// Opened from a descriptor: its position is put back, since the descriptor's twin shares it.
    rewind: bool,
}

impl Drop for Dir {
    fn drop(&mut self) {
        self.close();
    }
}

impl Dir {
    fn open(th: &Thread, p: &path::Path) -> Res<Dir> {
        if p.is_fd() {
            // The descriptor stays the caller's: a copy is read.
            let fd = sys::attempt(th, || {
                // SAFETY: duplicates a descriptor.
                unsafe { libc::fcntl(p.fd, libc::F_DUPFD_CLOEXEC, 0) as i64 }
            })
            .map_err(|n| oserror::raise(th, n))? as i32;
            let dir = th.without_lock(|| {
                // SAFETY: the descriptor is ours.
                unsafe { libc::fdopendir(fd) }
            });
            if dir.is_null() {
                let n = oserror::errno();
                // SAFETY: the descriptor is ours and was not taken over.
                unsafe { libc::close(fd) };
                return Err(p.error(th, n));
            }
            return Ok(Dir { dir: Cell::new(dir), rewind: true });
        }
        let (dir, n) = th.without_lock(|| {
            // SAFETY: the path is NUL-terminated.
            let d = unsafe { libc::opendir(p.ptr()) };
            (d, oserror::errno())
        });
        if dir.is_null() {
            return Err(p.error(th, n));
        }
        Ok(Dir { dir: Cell::new(dir), rewind: false })
    }

    fn is_open(&self) -> bool {
        !self.dir.get().is_null()
    }

    fn close(&self) {
        let d = self.dir.replace(std::ptr::null_mut());
        if !d.is_null() {
            // SAFETY: the directory is open and used by nobody else.
            unsafe {
                if self.rewind {
                    libc::rewinddir(d);
                }
                libc::closedir(d);
            }
        }
    }

    /// The next entry that is not `.` or `..`: name, type, inode.
    fn next(&self, th: &Thread) -> Result<Option<(&CStr, u8, u64)>, i32> {
        loop {
            if !self.is_open() {
                return Ok(None);
            }
            let (entry, n) = th.without_lock(|| {
                oserror::set_errno(0);
                // SAFETY: the directory is open.
                let e = unsafe { libc::readdir(self.dir.get()) };
                (e, oserror::errno())
            });
            if entry.is_null() {
                return if n == 0 { Ok(None) } else { Err(n) };
            }
            // SAFETY: the entry is valid until the next call for this directory.
            let entry = unsafe { &*entry };
            // SAFETY: the name is NUL-terminated inside the entry.
            let name = unsafe { CStr::from_ptr(entry.d_name.as_ptr()) };
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            return Ok(Some((name, entry.d_type, entry.d_ino)));
        }
    }
}

fn listdir(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("listdir").fd().nullable().convert(th, a[0])?;
    let dir = Dir::open(th, &p)?;
    let mut names = ValueVec::new();
    loop {
        match dir.next(th) {
            Ok(Some((name, ..))) => {
                let v = path::name(th, name.to_bytes(), p.is_bytes)?;
                names.push(th, v)?;
            }
            Ok(None) => return Ok(list::from_vec(th, names)),
            Err(n) => return Err(p.error(th, n)),
        }
    }
}

/// What `scandir` returns.
struct Scan {
    dir: Dir,
    /// The path argument as given, or None.
    path: Slot,
    /// The directory's path for joining, as text.
    text: Vec<u8>,
    fd: i32,
    is_bytes: bool,
}

impl Payload for Scan {
    const NAME: &'static str = "ScandirIterator";
    fn trace(&self, t: &mut Tracer) {
        self.path.trace(t);
    }
}

static SCAN: NativeClass =
    NativeClass::new(ClassSpec::new("posix.ScandirIterator", "", SCAN_METHODS, &[]).flags(flag::NO_NEW));

type Iter = Custom<Scan>;

fn scandir(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("scandir").fd().nullable().convert(th, a[0])?;
    let dir = Dir::open(th, &p)?;
    let given = a[0].given_not_none();
    let scan = Scan {
        dir,
        path: Slot::new(if given.is_some() { p.object } else { Value::none() }),
        text: p.text.to_bytes().to_vec(),
        fd: p.fd,
        is_bytes: p.is_bytes,
    };
    let it = custom::alloc(th, SCAN.get(th)?, scan)?;
    th.heap.add_finalizer(it.cell());
    Ok(it.value())
}

fn finish(th: &Thread, it: Iter) {
    it.dir.close();
    th.heap.remove_finalizer(it.cell());
}

fn scan_next(th: &Thread, a: &[Value]) -> Res {
    let it = Iter::of(a[0]);
    match it.dir.next(th) {
        Ok(Some((name, kind, inode))) => {
            let name = name.to_bytes();
            let name_value = path::name(th, name, it.is_bytes)?;
            // Of a descriptor's entries the path is the name.
            let full = if it.fd != -1 {
                name_value
            } else {
                let mut full = it.text.clone();
                if full.last() != Some(&b'/') {
                    full.push(b'/');
                }
                full.extend_from_slice(name);
                path::name(th, &full, it.is_bytes)?
            };
            direntry::new(th, name_value, full, kind, inode, it.fd)
        }
        Ok(None) => {
            finish(th, it);
            Err(th.stop_iteration())
        }
        Err(n) => {
            finish(th, it);
            Err(oserror::raise_with_name(th, n, it.path.get()))
        }
    }
}

fn scan_iter(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

fn scan_close(th: &Thread, a: &[Value]) -> Res {
    finish(th, Iter::of(a[0]));
    Ok(Value::none())
}

/// A directory that nobody closed or read to its end.
fn scan_del(th: &Thread, a: &[Value]) -> Res {
    let it = Iter::of(a[0]);
    if it.dir.is_open() {
        let r = unclosed(th, a[0]);
        it.dir.close();
        r?;
    }
    Ok(Value::none())
}

fn unclosed(th: &Thread, v: Value) -> Result<(), Raised> {
    let r = Str::of(protocol::repr(th, v)?).to_text();
    warn::resource(th, &format!("unclosed scandir iterator {r}"), v)
}

natives! {
    static SCAN_METHODS = {
        method "__iter__" "()" scan_iter, "";
        method "__next__" "()" scan_next, "";
        method "__enter__" "()" scan_iter, "";
        method "__exit__" "(*args)" scan_close, "";
        method "close" "()" scan_close, "";
        method "__del__" "()" scan_del, "";
    }
}

natives! {
    pub static FUNCTIONS = {
        function "listdir" "(path=None)" listdir, "The names in a directory.";
        function "scandir" "(path=None)" scandir, "An iterator over the entries of a directory.";
    }
}
