//! `_io.FileIO`: a file descriptor as a raw stream.

use super::base;
use super::{FILE_IO, unsupported};
use crate::support::class::{self, cannot_pickle, new_target};
use crate::support::oserror;
use crate::support::{args, bytesarg, path, sys};
use krait_gc::Tracer;
use krait_object::class::{ClassSpec, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::{
    Kind, Name, Raised, Res, Str, Thread, TypeId, Value, attr, bytes, call, int, natives, protocol, string,
};
use std::cell::Cell;

/// Most bytes of one read or write call (the system's own limit).
const MAX_CALL: usize = 0x7fff_f000;
/// How much a read of everything asks for when the size is unknown.
const SMALL_CHUNK: usize = 8192;

pub struct FileIo {
    pub fd: Cell<i32>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    /// Not known yet: None.
    seekable: Cell<Option<bool>>,
    closefd: Cell<bool>,
    finalizing: Cell<bool>,
    pub blksize: Cell<u32>,
}

impl Payload for FileIo {
    const NAME: &'static str = "FileIO";
    fn trace(&self, _: &mut Tracer) {}
}

type File = Custom<FileIo>;

fn new(th: &Thread, a: &[Value]) -> Res {
    let own = class::get(th, &FILE_IO)?;
    let c = new_target(th, a[0], own)?;
    Ok(make(th, c)?.value())
}

fn make(th: &Thread, c: krait_object::Class) -> Res<File> {
    let f = custom::alloc(
        th,
        c,
        FileIo {
            fd: Cell::new(-1),
            created: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(None),
            closefd: Cell::new(true),
            finalizing: Cell::new(false),
            blksize: Cell::new(0),
        },
    )?;
    th.heap.add_finalizer(f.cell());
    Ok(f)
}

/// What a mode string says.
struct Mode {
    flags: i32,
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
}

fn parse_mode(th: &Thread, mode: &str) -> Res<Mode> {
    let mut m = Mode { flags: 0, created: false, readable: false, writable: false, appending: false };
    let (mut kinds, mut plus) = (0, 0);
    for c in mode.chars() {
        match c {
            'x' => {
                kinds += 1;
                m.created = true;
                m.writable = true;
                m.flags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => {
                kinds += 1;
                m.readable = true;
            }
            'w' => {
                kinds += 1;
                m.writable = true;
                m.flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                kinds += 1;
                m.writable = true;
                m.appending = true;
                m.flags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => {}
            '+' => {
                plus += 1;
                m.readable = true;
                m.writable = true;
            }
            _ => return Err(th.value_error(format!("invalid mode: {mode}"))),
        }
        if kinds > 1 || plus > 1 {
            return Err(bad_mode(th));
        }
    }
    if kinds == 0 {
        return Err(bad_mode(th));
    }
    m.flags |= match (m.readable, m.writable) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    m.flags |= libc::O_CLOEXEC;
    Ok(m)
}

#[cold]
fn bad_mode(th: &Thread) -> Raised {
    th.value_error("Must have exactly one of create/read/write/append mode and at most one plus")
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    let mode = match a[2].given() {
        None => "r".to_owned(),
        Some(v) => {
            let s = args::text(th, v, "FileIO() argument 'mode'")?.to_text();
            if s.contains('\0') {
                return Err(th.value_error("embedded null character"));
            }
            s
        }
    };
    let closefd = args::flag(th, a[3], true)?;
    let opener = a[4].given_not_none();
    open_file(th, f, a[1], &mode, closefd, opener)?;
    Ok(Value::none())
}

/// A new exact FileIO, opened.
pub fn open_exact(th: &Thread, file: Value, mode: &str, closefd: bool, opener: Option<Value>) -> Res {
    let f = make(th, class::get(th, &FILE_IO)?)?;
    open_file(th, f, file, mode, closefd, opener)?;
    Ok(f.value())
}

fn open_file(
    th: &Thread,
    f: File,
    file: Value,
    mode: &str,
    closefd: bool,
    opener: Option<Value>,
) -> Result<(), Raised> {
    if f.fd.get() >= 0 {
        if f.closefd.get() {
            internal_close(th, f)?;
        } else {
            f.fd.set(-1);
        }
    }
    let given = if int::is_int(file) || path::has_index(th, file) && !file.is_kind(Kind::Str) {
        let r = args::c_int(th, file);
        match th.catch(r, TypeId::OverflowError)? {
            Some(n) if n >= 0 => Some(n),
            _ => return Err(th.value_error("negative file descriptor")),
        }
    } else {
        None
    };
    let name = if given.is_none() { Some(path::fs_bytes(th, file)?) } else { None };
    let m = parse_mode(th, mode)?;
    f.created.set(m.created);
    f.readable.set(m.readable);
    f.writable.set(m.writable);
    f.appending.set(m.appending);
    f.seekable.set(None);
    f.closefd.set(closefd);
    let mut own = false;
    let opened = match (given, name) {
        (Some(fd), _) => Ok(fd),
        (None, _) if !closefd => Err(th.value_error("Cannot use closefd=False with file name")),
        (None, Some(name)) => match opener {
            None => {
                own = true;
                sys::retry(th, || {
                    // SAFETY: the name is NUL-terminated.
                    unsafe { libc::open(name.as_ptr(), m.flags, 0o666) as i64 }
                })?
                .map(|fd| fd as i32)
                .map_err(|n| oserror::raise_with_name(th, n, file))
            }
            Some(opener) => {
                let r = call::call(th, opener, &[file, Value::small(m.flags as i64)])?;
                if !int::is_int(r) {
                    return Err(th.type_error("expected integer from opener"));
                }
                let fd = args::c_int(th, r)?;
                if fd < 0 {
                    return Err(th.value_error(format!("opener returned {fd}")));
                }
                own = true;
                // SAFETY: sets a flag of a descriptor.
                if unsafe { libc::ioctl(fd, libc::FIOCLEX) } < 0 {
                    return Err(oserror::raise_last(th));
                }
                Ok(fd)
            }
        },
        (None, None) => Err(th.value_error("no file")),
    };
    f.fd.set(opened?);
    let done = finish_open(th, f, file);
    if done.is_err() {
        if !own {
            f.fd.set(-1);
        } else if f.fd.get() >= 0 {
            let e = th.take_pending();
            if internal_close(th, f).is_err() {
                th.clear_pending();
            }
            th.raise(e);
        }
    }
    done
}

/// Looks at what was opened: no directories; the block size; the name; the position of an appending file.
fn finish_open(th: &Thread, f: File, file: Value) -> Result<(), Raised> {
    f.blksize.set(super::DEFAULT_BUFFER_SIZE as u32);
    match fstat(th, f.fd.get()) {
        Err(libc::EBADF) => return Err(oserror::raise(th, libc::EBADF)),
        Err(_) => {}
        Ok(st) => {
            if st.st_mode & libc::S_IFMT == libc::S_IFDIR {
                return Err(oserror::raise_with_name(th, libc::EISDIR, file));
            }
            if st.st_blksize > 1 {
                f.blksize.set(st.st_blksize as u32);
            }
        }
    }
    attr::set(th, f.value(), th.name(Name::name), file)?;
    if f.appending.get() {
        // Not an error for a pipe.
        let r = lseek(th, f.fd.get(), 0, libc::SEEK_END);
        if let Err(n) = r
            && n != libc::ESPIPE
        {
            return Err(oserror::raise(th, n));
        }
    }
    Ok(())
}

pub fn fstat(th: &Thread, fd: i32) -> Result<libc::stat, i32> {
    // SAFETY: all-zero is a valid `stat`.
    let mut st: libc::stat = unsafe { std::mem::zeroed() };
    sys::attempt(th, || {
        // SAFETY: `st` has room for the result.
        unsafe { libc::fstat(fd, &mut st) as i64 }
    })?;
    Ok(st)
}

fn lseek(th: &Thread, fd: i32, pos: i64, whence: i32) -> Result<i64, i32> {
    sys::attempt(th, || {
        // SAFETY: changes a descriptor's position only.
        unsafe { libc::lseek(fd, pos, whence) }
    })
}

fn internal_close(th: &Thread, f: File) -> Result<(), Raised> {
    let fd = f.fd.replace(-1);
    if fd < 0 {
        return Ok(());
    }
    match sys::attempt(th, || {
        // SAFETY: the descriptor is this object's own.
        unsafe { libc::close(fd) as i64 }
    }) {
        Ok(_) => Ok(()),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

/// The descriptor of an open file.
fn fd_of(th: &Thread, f: File) -> Res<i32> {
    let fd = f.fd.get();
    if fd < 0 { Err(th.value_error("I/O operation on closed file")) } else { Ok(fd) }
}

#[cold]
fn wrong_mode(th: &Thread, what: &str) -> Raised {
    unsupported(th, &format!("File not open for {what}"))
}

fn check_readable(th: &Thread, f: File) -> Res<i32> {
    let fd = fd_of(th, f)?;
    if f.readable.get() { Ok(fd) } else { Err(wrong_mode(th, "reading")) }
}

/// Reads into memory that stays where it is; None when the descriptor would block.
///
/// # Safety
/// `to` has room for `len` bytes and nothing else uses them until this returns.
pub unsafe fn read_into(th: &Thread, f: File, to: *mut u8, len: usize) -> Res<Option<usize>> {
    let fd = check_readable(th, f)?;
    // SAFETY: as the caller says.
    unsafe { read_fd(th, fd, to, len) }
}

/// # Safety
/// As [`read_into`].
unsafe fn read_fd(th: &Thread, fd: i32, to: *mut u8, len: usize) -> Res<Option<usize>> {
    let r = sys::retry(th, || {
        // SAFETY: as the caller says.
        unsafe { libc::read(fd, to.cast(), len.min(MAX_CALL)) as i64 }
    })?;
    match r {
        Ok(n) => Ok(Some(n as usize)),
        Err(libc::EAGAIN) => Ok(None),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

/// Writes; None when the descriptor would block.
pub fn write_from(th: &Thread, f: File, from: *const u8, len: usize) -> Res<Option<usize>> {
    let fd = fd_of(th, f)?;
    if !f.writable.get() {
        return Err(wrong_mode(th, "writing"));
    }
    let r = sys::retry(th, || {
        // SAFETY: callers keep the bytes in place.
        unsafe { libc::write(fd, from.cast(), len.min(MAX_CALL)) as i64 }
    })?;
    match r {
        Ok(n) => Ok(Some(n as usize)),
        Err(libc::EAGAIN) => Ok(None),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

fn readinto(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    check_readable(th, f)?;
    let to = bytesarg::writable(th, a[1], "readinto() argument 1")?;
    // SAFETY: the view keeps the bytes in place.
    let n = unsafe { read_into(th, f, to.ptr(), to.len()) }?;
    Ok(n.map_or(Value::none(), |n| int::from_usize(th, n)))
}

/// `FileIO.readall`.
pub fn readall(th: &Thread, f: File) -> Res {
    let fd = fd_of(th, f)?;
    let size = fstat(th, fd).map_or(0, |st| st.st_size).max(0) as usize;
    let at = lseek(th, fd, 0, libc::SEEK_CUR).unwrap_or(-1);
    // One byte more than what is left, so that the end shows without another growth.
    let mut capacity = match (size, at) {
        (0, _) | (_, i64::MIN..0) => SMALL_CHUNK,
        (size, at) => size.saturating_sub(at as usize) + 1,
    };
    let mut data: Vec<u8> = Vec::new();
    let mut any = false;
    loop {
        if data.capacity() == data.len() {
            if any {
                let n = data.len();
                capacity = if n > 65536 { n / 8 } else { SMALL_CHUNK.max(n) };
            }
            data.try_reserve_exact(capacity).map_err(|_| th.memory_error())?;
        }
        let room = data.spare_capacity_mut();
        // SAFETY: the spare part of the vector is ours to write.
        let got = unsafe { read_fd(th, fd, room.as_mut_ptr().cast(), room.len()) }?;
        match got {
            None if !any => return Ok(Value::none()),
            None | Some(0) => break,
            Some(n) => {
                // SAFETY: the call has written so many bytes.
                unsafe { data.set_len(data.len() + n) };
                any = true;
            }
        }
    }
    bytes::from_slice(th, &data)
}

fn readall_method(th: &Thread, a: &[Value]) -> Res {
    readall(th, File::of(a[0]))
}

fn read(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    let fd = check_readable(th, f)?;
    let size = args::opt_size(th, a[1])?;
    if size < 0 {
        return readall(th, f);
    }
    let size = (size as usize).min(MAX_CALL);
    let b = bytes::allocate(th, size, krait_object::shape::fixed::BYTES, 0)?;
    // SAFETY: the fresh bytes object has room for `size` bytes.
    let got = unsafe { read_fd(th, fd, b.as_slice().as_ptr().cast_mut(), size) }?;
    match got {
        None => Ok(Value::none()),
        Some(n) if n == size => Ok(b.value()),
        Some(n) => bytes::from_slice(th, &b.as_slice()[..n]),
    }
}

fn write(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    fd_of(th, f)?;
    if !f.writable.get() {
        return Err(wrong_mode(th, "writing"));
    }
    let from = bytesarg::readable(th, a[1])?;
    let n = write_from(th, f, from.ptr(), from.len())?;
    // A signal may have cut the call short after some bytes were written.
    sys::check_signals(th)?;
    Ok(n.map_or(Value::none(), |n| int::from_usize(th, n)))
}

/// `seek` on an open file.
pub fn seek_to(th: &Thread, f: File, pos: i64, whence: i32) -> Res<i64> {
    let fd = fd_of(th, f)?;
    let r = lseek(th, fd, pos, whence);
    if f.seekable.get().is_none() {
        f.seekable.set(Some(r.is_ok()));
    }
    r.map_err(|n| oserror::raise(th, n))
}

fn seek(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    fd_of(th, f)?;
    let whence = args::c_int_or(th, a[2], 0)?;
    if krait_object::float::get(a[1]).is_some() {
        return Err(
            th.type_error(format!("'{}' object cannot be interpreted as an integer", type_name(th, a[1])))
        );
    }
    let pos = args::c_long(th, a[1])?;
    Ok(int::from_i64(th, seek_to(th, f, pos, whence)?))
}

fn tell(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, seek_to(th, File::of(a[0]), 0, libc::SEEK_CUR)?))
}

fn truncate(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    let fd = fd_of(th, f)?;
    if !f.writable.get() {
        return Err(wrong_mode(th, "writing"));
    }
    let size = match a[1].given_not_none() {
        None => int::from_i64(th, seek_to(th, f, 0, libc::SEEK_CUR)?),
        Some(v) => v,
    };
    let n = args::c_long(th, size)?;
    sys::call(th, || {
        // SAFETY: changes a file's length.
        unsafe { libc::ftruncate(fd, n) as i64 }
    })?;
    Ok(size)
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    let flushed = base::close(th, a[0]);
    if !f.closefd.get() {
        f.fd.set(-1);
        return flushed;
    }
    if f.finalizing.get() {
        let pending = flushed.is_err().then(|| th.take_pending());
        warn_unclosed(th, f, a[0]);
        if let Some(e) = pending {
            th.raise(e);
        }
    }
    let r = super::both(th, flushed, || internal_close(th, f).map(|()| Value::none()));
    if r.is_ok() && super::own_finalizer(th, a[0]) {
        th.heap.remove_finalizer(a[0].cell());
    }
    r
}

/// ResourceWarning for a file that nobody closed. `source` is the outermost stream.
fn warn_unclosed(th: &Thread, f: File, source: Value) {
    if f.fd.get() < 0 || !f.closefd.get() {
        return;
    }
    let text = match protocol::repr(th, source) {
        Ok(r) => format!("unclosed file {}", Str::of(r).to_text()),
        Err(_) => {
            th.clear_pending();
            return;
        }
    };
    if crate::support::warn::resource(th, &text, source).is_err() {
        if th.pending_is(TypeId::Warning) {
            (th.interp.hooks().unraisable)(th, f.value(), "Exception ignored in");
        } else {
            th.clear_pending();
        }
    }
}

fn dealloc_warn(th: &Thread, a: &[Value]) -> Res {
    warn_unclosed(th, File::of(a[0]), a[1]);
    Ok(Value::none())
}

fn fileno(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(fd_of(th, File::of(a[0]))? as i64))
}

fn readable(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    fd_of(th, f)?;
    Ok(Value::bool(f.readable.get()))
}

fn writable(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    fd_of(th, f)?;
    Ok(Value::bool(f.writable.get()))
}

fn seekable(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    fd_of(th, f)?;
    if f.seekable.get().is_none() && seek_to(th, f, 0, libc::SEEK_CUR).is_err() {
        th.clear_pending();
    }
    Ok(Value::bool(f.seekable.get().unwrap_or(false)))
}

fn isatty(th: &Thread, a: &[Value]) -> Res {
    let fd = fd_of(th, File::of(a[0]))?;
    let yes = sys::attempt(th, || {
        // SAFETY: asks about a descriptor.
        unsafe { libc::isatty(fd) as i64 }
    });
    Ok(Value::bool(yes == Ok(1)))
}

fn mode_text(f: File) -> &'static str {
    match (f.created.get(), f.appending.get(), f.readable.get(), f.writable.get()) {
        (true, _, true, _) => "xb+",
        (true, ..) => "xb",
        (_, true, true, _) => "ab+",
        (_, true, ..) => "ab",
        (_, _, true, true) => "rb+",
        (_, _, true, _) => "rb",
        _ => "wb",
    }
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let f = File::of(a[0]);
    let class = krait_object::type_new::tp_name(th, krait_object::Class::of_value(th, a[0]));
    if f.fd.get() < 0 {
        return string::try_new(th, &format!("<{class} [closed]>"));
    }
    let closefd = if f.closefd.get() { "True" } else { "False" };
    let mode = mode_text(f);
    let name = base::name_of(th, a[0])?;
    match name {
        None => {
            let fd = f.fd.get();
            string::try_new(th, &format!("<{class} fd={fd} mode='{mode}' closefd={closefd}>"))
        }
        Some(n) => {
            let r = base::guarded_repr(th, a[0], n)?;
            let mut out = krait_text::CharsBuf::new();
            out.extend_str(&format!("<{class} name="));
            out.extend(r.chars());
            out.extend_str(&format!(" mode='{mode}' closefd={closefd}>"));
            string::from_buf(th, &out)
        }
    }
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    Err(cannot_pickle(th, a[0]))
}

fn closed_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(File::of(v).fd.get() < 0))
}

fn closefd_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(File::of(v).closefd.get()))
}

fn mode_get(th: &Thread, v: Value) -> Res {
    Ok(string::new(th, mode_text(File::of(v))))
}

fn blksize_get(_: &Thread, v: Value) -> Res {
    Ok(Value::small(File::of(v).blksize.get() as i64))
}

fn blksize_set(th: &Thread, v: Value, to: Value) -> Result<(), Raised> {
    if to == Value::MISSING {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    File::of(v).blksize.set(args::c_int(th, to)? as u32);
    Ok(())
}

fn finalizing_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(File::of(v).finalizing.get()))
}

fn finalizing_set(th: &Thread, v: Value, to: Value) -> Result<(), Raised> {
    File::of(v).finalizing.set(bool_member(th, to)?);
    Ok(())
}

/// The new value of a C boolean member.
pub fn bool_member(th: &Thread, to: Value) -> Res<bool> {
    if to == Value::MISSING {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    to.as_bool().ok_or_else(|| th.type_error("attribute value type must be bool"))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(file, mode='r', closefd=True, opener=None)" init, "";
        method "__repr__" "()" repr, "";
        method "__reduce__" "()" reduce, "";
        method "__reduce_ex__" "(protocol, /)" reduce, "";
        method "read" "(size=-1, /)" read, "Read at most size bytes with one system call, or all.";
        method "readall" "()" readall_method, "Read until the end.";
        method "readinto" "(buffer, /)" readinto, "Read into the buffer.";
        method "write" "(b, /)" write, "Write with one system call; returns how many bytes, or None.";
        method "seek" "(pos, whence=0, /)" seek, "Change the position.";
        method "tell" "()" tell, "Return the position.";
        method "truncate" "(size=None, /)" truncate, "Cut the file to the size.";
        method "close" "()" close, "Close the file.";
        method "seekable" "()" seekable, "";
        method "readable" "()" readable, "";
        method "writable" "()" writable, "";
        method "fileno" "()" fileno, "";
        method "isatty" "()" isatty, "";
        method "_dealloc_warn" "(source, /)" dealloc_warn, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("closed", closed_get, "True if the file is closed"),
    GetSetDef::ro("closefd", closefd_get, "True if the file descriptor will be closed by close()."),
    GetSetDef::ro("mode", mode_get, "String giving the file mode"),
    GetSetDef::rw("_blksize", blksize_get, blksize_set, "").member(),
    GetSetDef::rw("_finalizing", finalizing_get, finalizing_set, "").member(),
];

pub static SPEC: ClassSpec = ClassSpec::new(
    "_io.FileIO",
    "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nA file as a raw stream of bytes.",
    METHODS,
    GETSET,
);

/// The native file behind an exact FileIO.
pub fn exact(th: &Thread, v: Value) -> Option<File> {
    if super::is_exactly(th, v, &FILE_IO) { Custom::from_value(v) } else { None }
}

/// Is the file's descriptor gone?
pub fn is_closed(f: File) -> bool {
    f.fd.get() < 0
}
