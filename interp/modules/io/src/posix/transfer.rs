//! Moving data between descriptors and memory, and between descriptors; syncing and sizing files.

use crate::support::bytesarg::{self, View};
use crate::support::{args, oserror, path, sys};
use krait_object::kind::Kind;
use krait_object::{Class, Name, Res, Thread, Value, ValueVec, buffer, bytes, int, natives, protocol};

fn pread(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let n = protocol::index_isize(th, a[1])?;
    let at = args::c_long(th, a[2])?;
    if n < 0 {
        return Err(oserror::raise(th, libc::EINVAL));
    }
    let n = (n as usize).min(0x7fff_f000);
    let b = bytes::allocate(th, n, krait_object::shape::fixed::BYTES, 0)?;
    let to = b.as_slice().as_ptr().cast_mut();
    let got = sys::call(th, || {
        // SAFETY: the fresh object has room for n bytes.
        unsafe { libc::pread(fd, to.cast(), n, at) as i64 }
    })? as usize;
    if got == n { Ok(b.value()) } else { bytes::from_slice(th, &b.as_slice()[..got]) }
}

fn pwrite(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let data = bytesarg::readable(th, a[1])?;
    let at = args::c_long(th, a[2])?;
    let n = sys::call(th, || {
        // SAFETY: the view keeps the bytes in place.
        unsafe { libc::pwrite(fd, data.ptr().cast(), data.len().min(0x7fff_f000), at) as i64 }
    })?;
    Ok(int::from_i64(th, n))
}

/// Buffers for a scattered call. The values are kept in `items`; the views count as exports.
struct Vectors {
    vectors: Vec<libc::iovec>,
    views: [Option<View>; 16],
    more: ValueVec,
}

/// Calls `f` with the buffers of a sequence argument.
fn with_vectors(
    th: &Thread,
    v: Value,
    writable: bool,
    what: &str,
    f: impl FnOnce(&[libc::iovec]) -> Res<i64>,
) -> Res<i64> {
    let is_sequence = Class::of_value(th, v).special(th, Name::__getitem__).is_some()
        && Class::of_value(th, v).special(th, Name::__len__).is_some()
        && !v.is_kind(Kind::Dict);
    if !is_sequence {
        return Err(th.type_error(format!("{what}() arg 2 must be a sequence")));
    }
    let items = protocol::collect(th, v)?;
    let mut all = Vectors { vectors: Vec::new(), views: Default::default(), more: ValueVec::new() };
    for (i, &item) in items.as_slice().iter().enumerate() {
        let wanted = if writable { buffer::flags::WRITABLE } else { buffer::flags::SIMPLE };
        let b = buffer::get_buffer(th, item, wanted)?;
        all.vectors.push(libc::iovec { iov_base: b.data.cast(), iov_len: b.len });
        if i < all.views.len() {
            all.views[i] = Some(View::from(b));
        } else {
            // Beyond a handful the export is kept by a memoryview.
            let m = krait_object::memoryview::from_buffer(th, b)?;
            all.more.push(th, m)?;
        }
    }
    let r = f(&all.vectors);
    for &m in all.more.as_slice() {
        krait_object::call::call_method_text(th, m, "release", &[])?;
    }
    r
}

fn readv(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let n = with_vectors(th, a[1], true, "readv", |v| {
        sys::call(th, || {
            // SAFETY: the vectors describe exported memory.
            unsafe { libc::readv(fd, v.as_ptr(), v.len() as i32) as i64 }
        })
    })?;
    Ok(int::from_i64(th, n))
}

fn writev(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let n = with_vectors(th, a[1], false, "writev", |v| {
        sys::call(th, || {
            // SAFETY: the vectors describe exported memory.
            unsafe { libc::writev(fd, v.as_ptr(), v.len() as i32) as i64 }
        })
    })?;
    Ok(int::from_i64(th, n))
}

fn preadv(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let at = args::c_long(th, a[2])?;
    let flags = args::c_int_or(th, a[3], 0)?;
    let n = with_vectors(th, a[1], true, "preadv", |v| {
        sys::call(th, || {
            // SAFETY: the vectors describe exported memory.
            unsafe { libc::preadv2(fd, v.as_ptr(), v.len() as i32, at, flags) as i64 }
        })
    })?;
    Ok(int::from_i64(th, n))
}

fn pwritev(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let at = args::c_long(th, a[2])?;
    let flags = args::c_int_or(th, a[3], 0)?;
    let n = with_vectors(th, a[1], false, "pwritev", |v| {
        sys::call(th, || {
            // SAFETY: the vectors describe exported memory.
            unsafe { libc::pwritev2(fd, v.as_ptr(), v.len() as i32, at, flags) as i64 }
        })
    })?;
    Ok(int::from_i64(th, n))
}

fn sendfile(th: &Thread, a: &[Value]) -> Res {
    let (out, input) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    let mut offset = match a[2].is_none() {
        true => None,
        false => Some(args::c_long(th, a[2])?),
    };
    let count = protocol::index_isize(th, a[3])?;
    let n = sys::call(th, || {
        let at = offset.as_mut().map_or(std::ptr::null_mut(), |o| o as *mut i64);
        // SAFETY: the offset is null or a variable.
        unsafe { libc::sendfile(out, input, at, count as usize) as i64 }
    })?;
    Ok(int::from_i64(th, n))
}

fn count_arg(th: &Thread, v: Value) -> Res<usize> {
    let n = protocol::index_isize(th, v)?;
    usize::try_from(n).map_err(|_| th.value_error("negative value for 'count' not allowed"))
}

fn offset_arg(th: &Thread, v: Value) -> Res<Option<i64>> {
    v.given_not_none().map(|v| args::c_long(th, v)).transpose()
}

fn copy_file_range(th: &Thread, a: &[Value]) -> Res {
    let (src, dst) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    let count = count_arg(th, a[2])?;
    let (mut from, mut to) = (offset_arg(th, a[3])?, offset_arg(th, a[4])?);
    let n = sys::call(th, || {
        let p = |o: &mut Option<i64>| o.as_mut().map_or(std::ptr::null_mut(), |o| o as *mut i64);
        // SAFETY: the offsets are null or variables.
        unsafe { libc::copy_file_range(src, p(&mut from), dst, p(&mut to), count, 0) as i64 }
    })?;
    Ok(int::from_i64(th, n))
}

fn splice(th: &Thread, a: &[Value]) -> Res {
    let (src, dst) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    let count = count_arg(th, a[2])?;
    let (mut from, mut to) = (offset_arg(th, a[3])?, offset_arg(th, a[4])?);
    let flags = a[5].given().map_or(Ok(0), |v| args::masked_u32(th, v))?;
    let n = sys::call(th, || {
        let p = |o: &mut Option<i64>| o.as_mut().map_or(std::ptr::null_mut(), |o| o as *mut i64);
        // SAFETY: the offsets are null or variables.
        unsafe { libc::splice(src, p(&mut from), dst, p(&mut to), count, flags) as i64 }
    })?;
    Ok(int::from_i64(th, n))
}

fn fsync(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    sys::call(th, || {
        // SAFETY: syncs a file.
        unsafe { libc::fsync(fd) as i64 }
    })?;
    Ok(Value::none())
}

fn fdatasync(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    sys::call(th, || {
        // SAFETY: syncs a file.
        unsafe { libc::fdatasync(fd) as i64 }
    })?;
    Ok(Value::none())
}

fn sync(th: &Thread, _: &[Value]) -> Res {
    th.without_lock(|| {
        // SAFETY: has no arguments.
        unsafe { libc::sync() }
    });
    Ok(Value::none())
}

fn ftruncate(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let n = args::c_long(th, a[1])?;
    sys::call(th, || {
        // SAFETY: changes a file's length.
        unsafe { libc::ftruncate(fd, n) as i64 }
    })?;
    Ok(Value::none())
}

fn truncate(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("truncate").fd().convert(th, a[0])?;
    let n = args::c_long(th, a[1])?;
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated.
        unsafe { if p.is_fd() { libc::ftruncate(p.fd, n) as i64 } else { libc::truncate(p.ptr(), n) as i64 } }
    });
    r.map(|_| Value::none()).map_err(|n| p.error(th, n))
}

fn posix_fallocate(th: &Thread, a: &[Value]) -> Res {
    let (fd, at, len) = (args::c_int(th, a[0])?, args::c_long(th, a[1])?, args::c_long(th, a[2])?);
    report(th, || {
        // SAFETY: changes a file's allocation.
        unsafe { libc::posix_fallocate(fd, at, len) }
    })
}

fn posix_fadvise(th: &Thread, a: &[Value]) -> Res {
    let (fd, at, len) = (args::c_int(th, a[0])?, args::c_long(th, a[1])?, args::c_long(th, a[2])?);
    let advice = args::c_int(th, a[3])?;
    report(th, || {
        // SAFETY: advises the kernel.
        unsafe { libc::posix_fadvise(fd, at, len, advice) }
    })
}

/// Runs a call that returns its error number.
fn report(th: &Thread, mut f: impl FnMut() -> i32) -> Res {
    loop {
        match th.without_lock(&mut f) {
            0 => return Ok(Value::none()),
            libc::EINTR => sys::check_signals(th)?,
            n => return Err(oserror::raise(th, n)),
        }
    }
}

fn lockf(th: &Thread, a: &[Value]) -> Res {
    let (fd, command) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    let len = args::c_long(th, a[2])?;
    sys::call(th, || {
        // SAFETY: locks a part of a file.
        unsafe { libc::lockf(fd, command, len) as i64 }
    })?;
    Ok(Value::none())
}

natives! {
    pub static FUNCTIONS = {
        function "pread" "(fd, length, offset, /)" pread, "";
        function "pwrite" "(fd, buffer, offset, /)" pwrite, "";
        function "readv" "(fd, buffers, /)" readv, "";
        function "writev" "(fd, buffers, /)" writev, "";
        function "preadv" "(fd, buffers, offset, flags=0, /)" preadv, "";
        function "pwritev" "(fd, buffers, offset, flags=0, /)" pwritev, "";
        function "sendfile" "(out_fd, in_fd, offset, count)" sendfile, "";
        function "copy_file_range" "(src, dst, count, offset_src=None, offset_dst=None)" copy_file_range, "";
        function "splice" "(src, dst, count, offset_src=None, offset_dst=None, flags=0)" splice, "";
        function "fsync" "(fd)" fsync, "";
        function "fdatasync" "(fd)" fdatasync, "";
        function "sync" "()" sync, "";
        function "ftruncate" "(fd, length, /)" ftruncate, "";
        function "truncate" "(path, length)" truncate, "";
        function "posix_fallocate" "(fd, offset, length, /)" posix_fallocate, "";
        function "posix_fadvise" "(fd, offset, length, advice, /)" posix_fadvise, "";
        function "lockf" "(fd, command, length, /)" lockf, "";
    }
}
