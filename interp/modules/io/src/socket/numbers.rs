//! Byte order, numeric addresses, sizes of control messages.

use super::{message, resolve};
use crate::support::{args, bytesarg, oserror};
use krait_object::class::type_name;
use krait_object::{Res, Thread, TypeId, Value, bytes, int, natives, protocol, string};
use std::ffi::{CStr, CString};

fn short(th: &Thread, v: Value, what: &str) -> Res<u16> {
    let n = args::c_int(th, v)?;
    if n < 0 {
        return Err(th.overflow_error(format!(
            "{what}: can't convert negative Python int to C 16-bit unsigned integer"
        )));
    }
    u16::try_from(n).map_err(|_| {
        th.overflow_error(format!("{what}: Python int too large to convert to C 16-bit unsigned integer"))
    })
}

fn htons(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(short(th, a[0], "htons")?.to_be() as i64))
}

fn ntohs(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(u16::from_be(short(th, a[0], "ntohs")?) as i64))
}

fn long(th: &Thread, v: Value) -> Res<u32> {
    if !int::is_int(v) {
        return Err(th.type_error(format!("expected int, {} found", type_name(th, v))));
    }
    let n = args::c_ulong(th, v)?;
    u32::try_from(n).map_err(|_| th.overflow_error("int larger than 32 bits"))
}

fn htonl(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(long(th, a[0])?.to_be() as i64))
}

fn ntohl(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(u32::from_be(long(th, a[0])?) as i64))
}

fn text_arg(th: &Thread, v: Value, what: &str) -> Res<CString> {
    let s = args::text(th, v, what)?;
    let t = krait_object::codec::utf8(th, s)?;
    CString::new(t).map_err(|_| th.value_error("embedded null character"))
}

fn inet_aton(th: &Thread, a: &[Value]) -> Res {
    let text = text_arg(th, a[0], "inet_aton() argument 1")?;
    let mut ip = libc::in_addr { s_addr: 0 };
    unsafe extern "C" {
        fn inet_aton(text: *const libc::c_char, to: *mut libc::in_addr) -> i32;
    }
    // SAFETY: the text is NUL-terminated; fills in the address.
    if unsafe { inet_aton(text.as_ptr(), &mut ip) } == 0 {
        let text = "illegal IP address string passed to inet_aton";
        return Err(th.raise_new(TypeId::OSError, text));
    }
    bytes::from_slice(th, &ip.s_addr.to_ne_bytes())
}

fn inet_ntoa(th: &Thread, a: &[Value]) -> Res {
    let data = bytesarg::readable(th, a[0])?;
    match *data.as_slice() {
        [p, q, r, s] => Ok(string::new(th, &format!("{p}.{q}.{r}.{s}"))),
        _ => Err(th.raise_new(TypeId::OSError, "packed IP wrong length for inet_ntoa")),
    }
}

fn inet_pton(th: &Thread, a: &[Value]) -> Res {
    let family = args::c_int(th, a[0])?;
    let text = text_arg(th, a[1], "inet_pton() argument 2")?;
    let mut packed = [0u8; 16];
    // SAFETY: the text is NUL-terminated; the room is that of the largest address.
    match unsafe { resolve::c::inet_pton(family, text.as_ptr(), packed.as_mut_ptr().cast()) } {
        -1 => Err(oserror::raise_last(th)),
        0 => Err(th.raise_new(TypeId::OSError, "illegal IP address string passed to inet_pton")),
        _ if family == libc::AF_INET => bytes::from_slice(th, &packed[..4]),
        _ if family == libc::AF_INET6 => bytes::from_slice(th, &packed),
        _ => Err(th.raise_new(TypeId::OSError, "unknown address family")),
    }
}

fn inet_ntop(th: &Thread, a: &[Value]) -> Res {
    let family = args::c_int(th, a[0])?;
    let packed = bytesarg::readable(th, a[1])?;
    let wanted = match family {
        libc::AF_INET => 4,
        libc::AF_INET6 => 16,
        _ => return Err(th.value_error(format!("unknown address family {family}"))),
    };
    if packed.len() != wanted {
        return Err(th.value_error("invalid length of packed IP address string"));
    }
    let mut buf = [0u8; 64];
    // SAFETY: the address has the family's length; the buffer has the length given.
    let p = unsafe {
        resolve::c::inet_ntop(family, packed.ptr().cast(), buf.as_mut_ptr().cast(), buf.len() as u32)
    };
    if p.is_null() {
        return Err(oserror::raise_last(th));
    }
    // SAFETY: the text was NUL-terminated.
    let text = unsafe { CStr::from_ptr(p) }.to_string_lossy();
    Ok(string::new(th, &text))
}

fn cmsg_len(th: &Thread, a: &[Value]) -> Res {
    match message::length(protocol::index_isize(th, a[0])?) {
        Some(n) => Ok(int::from_usize(th, n)),
        None => Err(th.overflow_error("CMSG_LEN() argument out of range")),
    }
}

fn cmsg_space(th: &Thread, a: &[Value]) -> Res {
    match message::space(protocol::index_isize(th, a[0])?) {
        Some(n) => Ok(int::from_usize(th, n)),
        None => Err(th.overflow_error("CMSG_SPACE() argument out of range")),
    }
}

natives! {
    pub static FUNCTIONS = {
        function "htons" "(x, /)" htons, "";
        function "ntohs" "(x, /)" ntohs, "";
        function "htonl" "(x, /)" htonl, "";
        function "ntohl" "(x, /)" ntohl, "";
        function "inet_aton" "(string, /)" inet_aton, "";
        function "inet_ntoa" "(packed_ip, /)" inet_ntoa, "";
        function "inet_pton" "(af, ip, /)" inet_pton, "";
        function "inet_ntop" "(af, packed_ip, /)" inet_ntop, "";
        function "CMSG_LEN" "(length, /)" cmsg_len, "";
        function "CMSG_SPACE" "(length, /)" cmsg_space, "";
    }
}
