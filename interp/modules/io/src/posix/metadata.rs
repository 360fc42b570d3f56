//! `utime`.

use crate::support::{args, path, sys, timearg};
use krait_object::tuple::Tuple;
use krait_object::{Res, Thread, Value, int, natives, operators, protocol};

fn pair(v: Value) -> Option<[Value; 2]> {
    let t = Tuple::from_value(v)?;
    if t.len() == 2 { Some([t.get(0), t.get(1)]) } else { None }
}

/// Nanoseconds as a time of the system.
fn of_ns(th: &Thread, v: Value) -> Res<libc::timespec> {
    let i = protocol::index(th, v)?;
    let parts = operators::binary(th, operators::BinOp::DivMod, i, Value::small(1_000_000_000))?;
    let t = Tuple::of(parts);
    match (int::to_i64(t.get(0)), t.get(1).small_int()) {
        (Some(tv_sec), Some(tv_nsec)) => Ok(libc::timespec { tv_sec, tv_nsec }),
        _ => Err(th.overflow_error("timestamp out of range for platform time_t")),
    }
}

fn utime(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("utime").fd().convert(th, a[0])?;
    let times = a[1].given_not_none();
    let ns = a[2].given();
    let dir_fd = path::dir_fd(th, a[3])?;
    let follow = args::flag(th, a[4], true)?;
    if times.is_some() && ns.is_some() {
        return Err(th.value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    let now = libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_NOW };
    let when = if let Some(v) = times {
        let Some([x, y]) = pair(v) else {
            return Err(th.type_error("utime: 'times' must be either a tuple of two ints or None"));
        };
        [timearg::timespec_floor(th, x)?, timearg::timespec_floor(th, y)?]
    } else if let Some(v) = ns {
        let Some([x, y]) = pair(v) else {
            return Err(th.type_error("utime: 'ns' must be a tuple of two ints"));
        };
        [of_ns(th, x)?, of_ns(th, y)?]
    } else {
        [now, now]
    };
    super::stat::check_fd(th, "utime", &p, dir_fd, follow)?;
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let r = sys::attempt(th, || {
        // SAFETY: the path is NUL-terminated; there are two times.
        unsafe {
            if p.is_fd() {
                libc::futimens(p.fd, when.as_ptr()) as i64
            } else {
                libc::utimensat(dir_fd, p.ptr(), when.as_ptr(), flags) as i64
            }
        }
    });
    r.map(|_| Value::none()).map_err(|n| p.error(th, n))
}

natives! {
    pub static FUNCTIONS = {
        function "utime" "(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)" utime, "Set the times of a file.";
    }
}
