//! Receiving and sending bytes.

use super::address::{self, Address};
use super::object::{For, This, attempt_until, call, deadline};
use crate::support::sys::check_signals;
use crate::support::{args, bytesarg};
use krait_object::tuple::{self, Tuple};
use krait_object::{Res, Thread, Value, bytes, int, protocol};

/// A fresh bytes object of which a call fills at most `n` bytes.
fn received(th: &Thread, n: usize, f: impl FnOnce(*mut u8) -> Res<i64>) -> Res {
    if n <= 16384 {
        // Through the stack: what arrives is usually less than asked for.
        let mut room = [std::mem::MaybeUninit::<u8>::uninit(); 16384];
        let p = room.as_mut_ptr().cast::<u8>();
        let got = f(p)? as usize;
        // SAFETY: the call wrote so many bytes.
        return bytes::from_slice(th, unsafe { std::slice::from_raw_parts(p, got) });
    }
    let b = bytes::allocate(th, n, krait_object::shape::fixed::BYTES, 0)?;
    let got = f(b.as_slice().as_ptr().cast_mut())? as usize;
    if got == n { Ok(b.value()) } else { bytes::from_slice(th, &b.as_slice()[..got]) }
}

fn size(th: &Thread, v: Value, what: &str) -> Res<usize> {
    let n = protocol::index_isize(th, v)?;
    usize::try_from(n).map_err(|_| th.value_error(format!("negative buffersize in {what}")))
}

pub fn recv(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let n = size(th, a[1], "recv")?;
    let flags = args::c_int_or(th, a[2], 0)?;
    if n == 0 {
        return bytes::from_slice(th, b"");
    }
    received(th, n, |to| {
        call(th, s, For::Reading, || {
            // SAFETY: `to` has room for n bytes.
            unsafe { libc::recv(s.fd.get(), to.cast(), n, flags) as i64 }
        })
    })
}

pub fn recv_into(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let to = bytesarg::writable(th, a[1], "recv_into() argument 1")?;
    let n = args::size_or(th, a[2], 0)?;
    let flags = args::c_int_or(th, a[3], 0)?;
    let Ok(n) = usize::try_from(n) else {
        return Err(th.value_error("negative buffersize in recv_into"));
    };
    let n = if n == 0 { to.len() } else { n };
    if to.len() < n {
        return Err(th.value_error("buffer too small for requested bytes"));
    }
    if n == 0 {
        return Ok(Value::ZERO);
    }
    let got = call(th, s, For::Reading, || {
        // SAFETY: the view keeps the bytes in place.
        unsafe { libc::recv(s.fd.get(), to.ptr().cast(), n, flags) as i64 }
    })?;
    Ok(Value::small(got))
}

fn from_address(th: &Thread, s: This, to: *mut u8, n: usize, flags: i32, from: &mut Address) -> Res<i64> {
    let full = from.len;
    call(th, s, For::Reading, || {
        from.len = full;
        let len = &raw mut from.len;
        // SAFETY: `to` has room for n bytes; fills in the address, at most its size.
        unsafe { libc::recvfrom(s.fd.get(), to.cast(), n, flags, from.mut_ptr(), len) as i64 }
    })
}

pub fn recvfrom(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let n = size(th, a[1], "recvfrom")?;
    let flags = args::c_int_or(th, a[2], 0)?;
    let mut from = Address::empty();
    let data = received(th, n, |to| from_address(th, s, to, n, flags, &mut from))?;
    let from = address::value(th, &from)?;
    tuple::from_slice(th, &[data, from])
}

pub fn recvfrom_into(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let to = bytesarg::writable(th, a[1], "recvfrom_into() argument 1")?;
    let n = args::size_or(th, a[2], 0)?;
    let flags = args::c_int_or(th, a[3], 0)?;
    let Ok(n) = usize::try_from(n) else {
        return Err(th.value_error("negative buffersize in recvfrom_into"));
    };
    let n = if n == 0 { to.len() } else { n };
    if n > to.len() {
        return Err(th.value_error("nbytes is greater than the length of the buffer"));
    }
    let mut from = Address::empty();
    let got = from_address(th, s, to.ptr(), n, flags, &mut from)?;
    let from = address::value(th, &from)?;
    tuple::from_slice(th, &[Value::small(got), from])
}

pub fn send(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let data = bytesarg::readable(th, a[1])?;
    let flags = args::c_int_or(th, a[2], 0)?;
    let n = call(th, s, For::Writing, || {
        // SAFETY: the view keeps the bytes in place.
        unsafe { libc::send(s.fd.get(), data.ptr().cast(), data.len(), flags) as i64 }
    })?;
    Ok(int::from_i64(th, n))
}

pub fn sendall(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let data = bytesarg::readable(th, a[1])?;
    let flags = args::c_int_or(th, a[2], 0)?;
    let end = deadline(s);
    let mut done = 0;
    loop {
        // SAFETY: `done` is at most the length.
        let (from, n) = (unsafe { data.ptr().add(done) }, data.len() - done);
        done += attempt_until(th, s, For::Writing, end, || {
            // SAFETY: the view keeps the bytes in place.
            unsafe { libc::send(s.fd.get(), from.cast(), n, flags) as i64 }
        })
        .map_err(|e| e.raise(th))? as usize;
        if done >= data.len() {
            return Ok(Value::none());
        }
        check_signals(th)?;
    }
}

pub fn sendto(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let given = Tuple::of(a[1]).as_slice();
    let (data, flags, to) = match *given {
        [data, to] => (data, Value::MISSING, to),
        [data, flags, to] => (data, flags, to),
        _ => {
            return Err(th.type_error(format!("sendto() takes 2 or 3 arguments ({} given)", given.len())));
        }
    };
    let data = bytesarg::readable(th, data)?;
    let flags = args::c_int_or(th, flags, 0)?;
    let to = address::parse(th, s, to, "sendto")?;
    let n = call(th, s, For::Writing, || {
        // SAFETY: the view keeps the bytes in place; reads the address.
        unsafe { libc::sendto(s.fd.get(), data.ptr().cast(), data.len(), flags, to.ptr(), to.len) as i64 }
    })?;
    Ok(int::from_i64(th, n))
}
