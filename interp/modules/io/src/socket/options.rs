//! Socket options.

use super::object::This;
use crate::support::{args, bytesarg, oserror};
use krait_object::tuple::Tuple;
use krait_object::{Raised, Res, Thread, TypeId, Value, bytes, int};

pub fn getsockopt(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let (level, option) = (args::c_int(th, a[1])?, args::c_int(th, a[2])?);
    let size = args::c_int_or(th, a[3], 0)?;
    if size == 0 {
        let (mut n, mut len) = (0i32, 4u32);
        // SAFETY: fills in the number.
        let r = unsafe { libc::getsockopt(s.fd.get(), level, option, (&raw mut n).cast(), &mut len) };
        return if r < 0 { Err(oserror::raise_last(th)) } else { Ok(Value::small(n as i64)) };
    }
    if !(1..=1024).contains(&size) {
        return Err(th.raise_new(TypeId::OSError, "getsockopt buflen out of range"));
    }
    let mut buf = [0u8; 1024];
    let mut len = size as u32;
    // SAFETY: the buffer is at least this long.
    let r = unsafe { libc::getsockopt(s.fd.get(), level, option, buf.as_mut_ptr().cast(), &mut len) };
    if r < 0 { Err(oserror::raise_last(th)) } else { bytes::from_slice(th, &buf[..len as usize]) }
}

/// Sets an option from memory.
fn set(th: &Thread, s: This, level: i32, option: i32, data: *const u8, len: u32) -> Result<(), Raised> {
    // SAFETY: the callers give `len` bytes, or null.
    let r = unsafe { libc::setsockopt(s.fd.get(), level, option, data.cast(), len) };
    if r < 0 { Err(oserror::raise_last(th)) } else { Ok(()) }
}

/// `setsockopt(level, option, int)`, `(level, option, bytes)`, `(level, option, None, length)`.
pub fn setsockopt(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let given = Tuple::of(a[1]).as_slice();
    let n = given.len();
    if !(3..=4).contains(&n) {
        return Err(th.type_error(format!("setsockopt() takes exactly 3 arguments ({n} given)")));
    }
    let (level, option) = (args::c_int(th, given[0])?, args::c_int(th, given[1])?);
    if n == 4 {
        if !given[2].is_none() {
            return Err(th.type_error("setsockopt() takes exactly 3 arguments (4 given)"));
        }
        let len = args::masked_u32(th, given[3])?;
        set(th, s, level, option, std::ptr::null(), len)?;
        return Ok(Value::none());
    }
    let number = if int::is_int(given[2]) || crate::support::path::has_index(th, given[2]) {
        let r = args::c_int(th, given[2]);
        th.catch(r, TypeId::OverflowError)?
    } else {
        None
    };
    if let Some(x) = number {
        set(th, s, level, option, (&raw const x).cast(), 4)?;
        return Ok(Value::none());
    }
    let data = bytesarg::readable(th, given[2])?;
    set(th, s, level, option, data.ptr(), data.len() as u32)?;
    Ok(Value::none())
}
