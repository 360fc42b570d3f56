//! The environment: the dict of the start, and changing the C library's own.

use crate::support::{oserror, path};
use krait_object::{Res, Thread, Value, bytes, dict, natives};
use std::ffi::{CStr, CString};

unsafe extern "C" {
    static environ: *const *const libc::c_char;
}

/// The environment as a dict of bytes.
pub fn environment(th: &Thread) -> Res {
    let d = dict::new(th);
    // SAFETY: the C library's environment is an array that ends with null; nobody changes it meanwhile.
    let mut p = unsafe { environ };
    if p.is_null() {
        return Ok(d.value());
    }
    loop {
        // SAFETY: as above.
        let entry = unsafe { *p };
        if entry.is_null() {
            return Ok(d.value());
        }
        // SAFETY: entries are NUL-terminated.
        let text = unsafe { CStr::from_ptr(entry) }.to_bytes();
        if let Some(at) = text.iter().position(|&b| b == b'=') {
            let key = bytes::from_slice(th, &text[..at])?;
            // Of names that occur twice the first counts, as for getenv().
            if d.get(th, key)?.is_none() {
                let value = bytes::from_slice(th, &text[at + 1..])?;
                d.set(th, key, value)?;
            }
        }
        // SAFETY: the array goes on up to its null.
        p = unsafe { p.add(1) };
    }
}

fn putenv(th: &Thread, a: &[Value]) -> Res {
    let name = path::fs_bytes(th, a[0])?;
    let value = path::fs_bytes(th, a[1])?;
    if name.to_bytes().contains(&b'=') {
        return Err(th.value_error("illegal environment variable name"));
    }
    // SAFETY: both are NUL-terminated; Python code runs under the interpreter lock.
    if unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) } != 0 {
        return Err(oserror::raise_last(th));
    }
    Ok(Value::none())
}

fn unsetenv(th: &Thread, a: &[Value]) -> Res {
    let name: CString = path::fs_bytes(th, a[0])?;
    // SAFETY: as in `putenv`.
    if unsafe { libc::unsetenv(name.as_ptr()) } != 0 {
        return Err(oserror::raise_last(th));
    }
    Ok(Value::none())
}

natives! {
    pub static FUNCTIONS = {
        function "putenv" "(name, value, /)" putenv, "";
        function "unsetenv" "(name, /)" unsetenv, "";
    }
}
