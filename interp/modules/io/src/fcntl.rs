//! The module `fcntl`: file control, device control, locks.

use crate::support::{args, bytesarg, oserror, sys};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Kind, Res, Str, Thread, Value, buffer, bytes, natives};

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "fcntl", doc: "", functions: FUNCTIONS, exec };

#[rustfmt::skip]
static INTS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1), ("DN_ATTRIB", 32), ("DN_CREATE", 4), ("DN_DELETE", 8),
    ("DN_MODIFY", 2), ("DN_MULTISHOT", 2147483648), ("DN_RENAME", 16), ("FASYNC", 8192),
    ("FD_CLOEXEC", 1), ("FICLONE", 1074041865), ("FICLONERANGE", 1075876877), ("F_ADD_SEALS", 1033),
    ("F_DUPFD", 0), ("F_DUPFD_CLOEXEC", 1030), ("F_EXLCK", 4), ("F_GETFD", 1),
    ("F_GETFL", 3), ("F_GETLEASE", 1025), ("F_GETLK", 5), ("F_GETLK64", 5),
    ("F_GETOWN", 9), ("F_GETPIPE_SZ", 1032), ("F_GETSIG", 11), ("F_GET_SEALS", 1034),
    ("F_NOTIFY", 1026), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37), ("F_OFD_SETLKW", 38),
    ("F_RDLCK", 0), ("F_SEAL_GROW", 4), ("F_SEAL_SEAL", 1), ("F_SEAL_SHRINK", 2),
    ("F_SEAL_WRITE", 8), ("F_SETFD", 2), ("F_SETFL", 4), ("F_SETLEASE", 1024),
    ("F_SETLK", 6), ("F_SETLK64", 6), ("F_SETLKW", 7), ("F_SETLKW64", 7),
    ("F_SETOWN", 8), ("F_SETPIPE_SZ", 1031), ("F_SETSIG", 10), ("F_SHLCK", 8),
    ("F_UNLCK", 2), ("F_WRLCK", 1), ("LOCK_EX", 2), ("LOCK_MAND", 32),
    ("LOCK_NB", 4), ("LOCK_READ", 64), ("LOCK_RW", 192), ("LOCK_SH", 1),
    ("LOCK_UN", 8), ("LOCK_WRITE", 128),
];

/// Most bytes that an argument may have.
const ROOM: usize = 1024;

fn exec(th: &Thread, m: Module) -> Res<()> {
    for &(name, n) in INTS {
        m.add_int(th, name, n);
    }
    Ok(())
}

/// The bytes of a text or bytes-like argument; None for others.
fn bytes_argument(th: &Thread, v: Value) -> Res<Option<Vec<u8>>> {
    if let Some(s) = Str::from_value(v) {
        return Ok(Some(krait_object::codec::utf8(th, s)?.into_bytes()));
    }
    if v.is_kind(Kind::Bytes) || buffer::has_buffer(th, v) {
        return Ok(Some(bytesarg::readable(th, v)?.as_slice().to_vec()));
    }
    Ok(None)
}

fn fcntl(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let command = args::c_int(th, a[1])?;
    if let Some(v) = a[2].given()
        && let Some(data) = bytes_argument(th, v)?
    {
        if data.len() > ROOM {
            return Err(th.value_error("fcntl string arg too long"));
        }
        let mut room = [0u8; ROOM];
        room[..data.len()].copy_from_slice(&data);
        sys::call(th, || {
            // SAFETY: the room is larger than any struct of this call.
            unsafe { libc::fcntl(fd, command, room.as_mut_ptr()) as i64 }
        })?;
        return bytes::from_slice(th, &room[..data.len()]);
    }
    let arg = a[2].given().map_or(Ok(0), |v| args::masked_u64(th, v))?;
    let r = sys::call(th, || {
        // SAFETY: the number is for commands that take one.
        unsafe { libc::fcntl(fd, command, arg as u32 as libc::c_long) as i64 }
    })?;
    Ok(Value::small(r))
}

fn ioctl(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let request = args::masked_u32(th, a[1])? as libc::c_ulong;
    let mutate = args::flag(th, a[3], true)?;
    let Some(v) = a[2].given() else { return ioctl_number(th, fd, request, 0) };
    // A writable buffer is changed in place.
    let writable = if Str::from_value(v).is_some() || v.is_kind(Kind::Bytes) || !buffer::has_buffer(th, v) {
        None
    } else {
        let b = buffer::get_buffer(th, v, buffer::flags::WRITABLE);
        th.catch(b, krait_object::TypeId::BufferError)?
    };
    if let Some(b) = writable {
        let n = b.len;
        let mut room = [0u8; ROOM + 1];
        if mutate && n > ROOM {
            let r = sys::attempt(th, || {
                // SAFETY: the buffer is what the program gave for this request.
                unsafe { libc::ioctl(fd, request, b.data) as i64 }
            });
            return r.map(Value::small).map_err(|n| oserror::raise(th, n));
        }
        if n > ROOM {
            return Err(th.value_error("ioctl string arg too long"));
        }
        room[..n].copy_from_slice(b.as_slice());
        let r = sys::attempt(th, || {
            // SAFETY: the room is larger than the program's own buffer.
            unsafe { libc::ioctl(fd, request, room.as_mut_ptr()) as i64 }
        })
        .map_err(|n| oserror::raise(th, n))?;
        if mutate {
            b.as_mut_slice().copy_from_slice(&room[..n]);
            return Ok(Value::small(r));
        }
        return bytes::from_slice(th, &room[..n]);
    }
    if let Some(data) = bytes_argument(th, v)? {
        if data.len() > ROOM {
            return Err(th.value_error("ioctl string arg too long"));
        }
        let mut room = [0u8; ROOM + 1];
        room[..data.len()].copy_from_slice(&data);
        sys::attempt(th, || {
            // SAFETY: as above.
            unsafe { libc::ioctl(fd, request, room.as_mut_ptr()) as i64 }
        })
        .map_err(|n| oserror::raise(th, n))?;
        return bytes::from_slice(th, &room[..data.len()]);
    }
    let arg = args::masked_u64(th, v)?;
    ioctl_number(th, fd, request, arg)
}

fn ioctl_number(th: &Thread, fd: i32, request: libc::c_ulong, arg: u64) -> Res {
    let r = sys::attempt(th, || {
        // SAFETY: the number is for requests that take one.
        unsafe { libc::ioctl(fd, request, arg as libc::c_long) as i64 }
    });
    r.map(Value::small).map_err(|n| oserror::raise(th, n))
}

fn flock(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let operation = args::c_int(th, a[1])?;
    sys::call(th, || {
        // SAFETY: locks a file.
        unsafe { libc::flock(fd, operation) as i64 }
    })?;
    Ok(Value::none())
}

fn lockf(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let command = args::c_int(th, a[1])?;
    let len = a[2].given().map_or(Ok(0), |v| args::c_long(th, v))?;
    let start = a[3].given().map_or(Ok(0), |v| args::c_long(th, v))?;
    let whence = args::c_int_or(th, a[4], 0)?;
    // SAFETY: all-zero is a valid `flock`.
    let mut l: libc::flock = unsafe { std::mem::zeroed() };
    l.l_type = if command & libc::LOCK_UN != 0 {
        libc::F_UNLCK as i16
    } else if command & libc::LOCK_SH != 0 {
        libc::F_RDLCK as i16
    } else if command & libc::LOCK_EX != 0 {
        libc::F_WRLCK as i16
    } else {
        return Err(th.value_error("unrecognized lockf argument"));
    };
    l.l_start = start;
    l.l_len = len;
    l.l_whence = whence as i16;
    let how = if command & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
    sys::call(th, || {
        // SAFETY: reads the struct.
        unsafe { libc::fcntl(fd, how, &l) as i64 }
    })?;
    Ok(Value::none())
}

natives! {
    static FUNCTIONS = {
        function "fcntl" "(fd, cmd, arg=0, /)" fcntl, "";
        function "ioctl" "(fd, request, arg=0, mutate_flag=True, /)" ioctl, "";
        function "flock" "(fd, operation, /)" flock, "";
        function "lockf" "(fd, cmd, len=0, start=0, whence=0, /)" lockf, "";
    }
}
