//! What the system tells of itself and of the process: names, times, limits, random bytes.

use super::constants::{CONFSTR_NAMES, SYSCONF_NAMES};
use super::instance;
use crate::support::{args, oserror, path, sys};
use krait_object::interp::InterpSlot;
use krait_object::structseq::StructSeq;
use krait_object::{Res, Str, Thread, TypeId, Value, bytes, float, int, natives, protocol, tuple};
use std::ffi::CStr;

pub static UNAME_CLASS: InterpSlot = InterpSlot::new();
pub static TIMES_CLASS: InterpSlot = InterpSlot::new();
pub static TERMINAL_CLASS: InterpSlot = InterpSlot::new();

pub static UNAME_RESULT: StructSeq = StructSeq::new(
    "posix.uname_result",
    "What uname() tells of the system.",
    &[
        ("sysname", "operating system name"),
        ("nodename", "name of machine on network (implementation-defined)"),
        ("release", "operating system release"),
        ("version", "operating system version"),
        ("machine", "hardware identifier"),
    ],
    5,
);

pub static TIMES_RESULT: StructSeq = StructSeq::new(
    "posix.times_result",
    "What times() tells of the process.",
    &[
        ("user", "user time"),
        ("system", "system time"),
        ("children_user", "user time of children"),
        ("children_system", "system time of children"),
        ("elapsed", "elapsed time since an arbitrary point in the past"),
    ],
    5,
);

pub static TERMINAL_SIZE: StructSeq = StructSeq::new(
    "os.terminal_size",
    "A tuple of (columns, lines) for holding terminal window size",
    &[
        ("columns", "width of the terminal window in characters"),
        ("lines", "height of the terminal window in characters"),
    ],
    2,
);

fn uname(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: all-zero is a valid `utsname`.
    let mut u: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the struct.
    sys::quick(th, unsafe { libc::uname(&mut u) } as i64)?;
    let mut fields = [Value::none(); 5];
    for (f, text) in fields.iter_mut().zip([&u.sysname, &u.nodename, &u.release, &u.version, &u.machine]) {
        // SAFETY: the texts are NUL-terminated.
        *f = path::decode(th, unsafe { CStr::from_ptr(text.as_ptr()) }.to_bytes())?;
    }
    instance(th, &UNAME_RESULT, &UNAME_CLASS, &fields)
}

fn times(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: all-zero is a valid `tms`.
    let mut t: libc::tms = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the struct.
    let elapsed = unsafe { libc::times(&mut t) };
    if elapsed == -1 {
        return Err(oserror::raise_last(th));
    }
    // SAFETY: asks for a constant.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    let fields = [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed]
        .map(|n| float::new(th, n as f64 / ticks));
    instance(th, &TIMES_RESULT, &TIMES_CLASS, &fields)
}

fn cpu_count(_: &Thread, _: &[Value]) -> Res {
    // SAFETY: asks for a number.
    let n = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    Ok(if n < 1 { Value::none() } else { Value::small(n) })
}

fn getloadavg(th: &Thread, _: &[Value]) -> Res {
    let mut l = [0.0; 3];
    // SAFETY: fills in three numbers.
    if unsafe { libc::getloadavg(l.as_mut_ptr(), 3) } != 3 {
        return Err(th.raise_new(TypeId::OSError, "Load averages are unobtainable"));
    }
    tuple::from_slice(th, &l.map(|x| float::new(th, x)))
}

fn urandom(th: &Thread, a: &[Value]) -> Res {
    let n = protocol::index_isize(th, a[0])?;
    if n < 0 {
        return Err(th.value_error("negative argument not allowed"));
    }
    let b = bytes::allocate(th, n as usize, krait_object::shape::fixed::BYTES, 0)?;
    let mut done = 0;
    while done < n as usize {
        // SAFETY: the fresh object has room for the rest.
        let to = unsafe { b.as_slice().as_ptr().cast_mut().add(done) };
        let r = sys::retry(th, || {
            // SAFETY: as above.
            unsafe { libc::getrandom(to.cast(), n as usize - done, 0) as i64 }
        })?;
        done += r.map_err(|n| oserror::raise(th, n))? as usize;
    }
    Ok(b.value())
}

fn getrandom(th: &Thread, a: &[Value]) -> Res {
    let n = protocol::index_isize(th, a[0])?;
    let flags = args::c_int_or(th, a[1], 0)?;
    if n < 0 {
        return Err(oserror::raise(th, libc::EINVAL));
    }
    let b = bytes::allocate(th, n as usize, krait_object::shape::fixed::BYTES, 0)?;
    let to = b.as_slice().as_ptr().cast_mut();
    let got = sys::call(th, || {
        // SAFETY: the fresh object has room for n bytes.
        unsafe { libc::getrandom(to.cast(), n as usize, flags as u32) as i64 }
    })? as usize;
    if got == n as usize { Ok(b.value()) } else { bytes::from_slice(th, &b.as_slice()[..got]) }
}

/// A configuration name: a number, or a text from the table.
pub fn config_name(th: &Thread, v: Value, table: &[(&str, i64)]) -> Res<i32> {
    if let Some(s) = Str::from_value(v) {
        return match table.iter().find(|e| s.is(e.0)) {
            Some(e) => Ok(e.1 as i32),
            None => Err(th.value_error("unrecognized configuration name")),
        };
    }
    if !path::has_index(th, v) {
        return Err(th.type_error("configuration names must be strings or integers"));
    }
    args::c_int(th, v)
}

fn sysconf(th: &Thread, a: &[Value]) -> Res {
    let name = config_name(th, a[0], SYSCONF_NAMES)?;
    oserror::set_errno(0);
    // SAFETY: asks for a number.
    let n = unsafe { libc::sysconf(name) };
    if n == -1 && oserror::errno() != 0 {
        return Err(oserror::raise_last(th));
    }
    Ok(int::from_i64(th, n))
}

fn confstr(th: &Thread, a: &[Value]) -> Res {
    let name = config_name(th, a[0], CONFSTR_NAMES)?;
    oserror::set_errno(0);
    // SAFETY: asks for the length.
    let n = unsafe { libc::confstr(name, std::ptr::null_mut(), 0) };
    if n == 0 {
        return if oserror::errno() != 0 { Err(oserror::raise_last(th)) } else { Ok(Value::none()) };
    }
    let mut buf = vec![0u8; n];
    // SAFETY: the buffer has the length given.
    unsafe { libc::confstr(name, buf.as_mut_ptr().cast(), n) };
    path::decode(th, &buf[..n - 1])
}

fn get_terminal_size(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int_or(th, a[0], 1)?;
    // SAFETY: all-zero is a valid `winsize`.
    let mut w: libc::winsize = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the struct.
    sys::quick(th, unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut w) } as i64)?;
    let fields = [Value::small(w.ws_col as i64), Value::small(w.ws_row as i64)];
    instance(th, &TERMINAL_SIZE, &TERMINAL_CLASS, &fields)
}

fn getlogin(th: &Thread, _: &[Value]) -> Res {
    oserror::set_errno(0);
    // SAFETY: the text is static until the next call; it is copied at once.
    let p = unsafe { libc::getlogin() };
    if p.is_null() {
        return Err(match oserror::errno() {
            0 => th.raise_new(TypeId::OSError, "unable to determine login name"),
            n => oserror::raise(th, n),
        });
    }
    // SAFETY: NUL-terminated.
    path::decode(th, unsafe { CStr::from_ptr(p) }.to_bytes())
}

natives! {
    pub static FUNCTIONS = {
        function "uname" "()" uname, "";
        function "times" "()" times, "";
        function "cpu_count" "()" cpu_count, "";
        function "getloadavg" "()" getloadavg, "";
        function "urandom" "(size, /)" urandom, "";
        function "getrandom" "(size, flags=0)" getrandom, "";
        function "sysconf" "(name, /)" sysconf, "";
        function "confstr" "(name, /)" confstr, "";
        function "get_terminal_size" "(fd=1, /)" get_terminal_size, "";
        function "getlogin" "()" getlogin, "";
    }
}
