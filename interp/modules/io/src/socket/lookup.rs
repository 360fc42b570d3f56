//! Names of hosts, services, protocols and interfaces.

use super::address::{self, Address, host_name};
use super::{HERROR, resolve};
use crate::support::{args, oserror, path, sys};
use krait_object::class::type_name;
use krait_object::tuple::{self, Tuple};
use krait_object::{
    Kind, Raised, Res, Str, Thread, TypeId, Value, bytes, int, list, natives, protocol, string,
};
use std::ffi::{CStr, CString};

fn getaddrinfo(th: &Thread, a: &[Value]) -> Res {
    let host = match a[0] {
        v if v.is_none() => None,
        v if v.is_kind(Kind::Str) || v.is_kind(Kind::Bytes) => Some(host_name(th, v)?),
        _ => return Err(th.type_error("getaddrinfo() argument 1 must be string or None")),
    };
    let port = match a[1] {
        v if v.is_none() => None,
        v if int::is_int(v) => {
            let text = krait_object::protocol::str_of(th, v)?;
            Some(Str::from_value(text).map(Str::to_text).unwrap_or_default().into_bytes())
        }
        v => match (Str::from_value(v), bytes::get(v)) {
            (Some(s), _) => Some(krait_object::codec::utf8(th, s)?.into_bytes()),
            (_, Some(b)) => Some(b.to_vec()),
            _ => return Err(th.raise_new(TypeId::OSError, "Int or String expected")),
        },
    };
    let port = port.map(CString::new).transpose().map_err(|_| th.value_error("embedded null byte"))?;
    let hints = resolve::hints(
        args::c_int_or(th, a[2], 0)?,
        args::c_int_or(th, a[3], 0)?,
        args::c_int_or(th, a[4], 0)?,
        args::c_int_or(th, a[5], 0)?,
    );
    let found = resolve::lookup(th, host.as_deref(), port.as_deref(), &hints)?;
    let all = list::new(th);
    for e in found.iter() {
        let at = address::value(th, &resolve::address_of(e))?;
        let name = if e.ai_canonname.is_null() {
            th.interp.empty_str.get()
        } else {
            // SAFETY: NUL-terminated, alive as long as the results.
            path::decode(th, unsafe { CStr::from_ptr(e.ai_canonname) }.to_bytes())?
        };
        let n = |x: i32| Value::small(x as i64);
        let fields = [n(e.ai_family), n(e.ai_socktype), n(e.ai_protocol), name, at];
        all.push(th, tuple::from_slice(th, &fields)?)?;
    }
    Ok(all.value())
}

fn getnameinfo(th: &Thread, a: &[Value]) -> Res {
    let flags = args::c_int(th, a[1])?;
    let Some(t) = Tuple::from_value(a[0]) else {
        return Err(th.type_error("getnameinfo() argument 1 must be a tuple"));
    };
    if !(2..=4).contains(&t.len()) {
        return Err(th.type_error("getnameinfo(): illegal sockaddr argument"));
    }
    let Some(host) = Str::from_value(t.get(0)) else {
        return Err(th.type_error("getnameinfo(): illegal sockaddr argument"));
    };
    let host = CString::new(krait_object::codec::utf8(th, host)?)
        .map_err(|_| th.value_error("embedded null character"))?;
    let port = args::c_int(th, t.get(1))?;
    let number = |i: usize| if t.len() > i { args::masked_u32(th, t.get(i)) } else { Ok(0) };
    let (flow, scope) = (number(2)?, number(3)?);
    if flow > 0xfffff {
        return Err(th.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
    }
    let port = CString::new(port.to_string()).map_err(|_| th.value_error("embedded null byte"))?;
    let hints = resolve::hints(libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST);
    let found = resolve::lookup(th, Some(&host), Some(&port), &hints)?;
    let mut entries = found.iter();
    let Some(first) = entries.next() else {
        return Err(th.raise_new(TypeId::OSError, "sockaddr resolved to no addresses"));
    };
    if entries.next().is_some() {
        return Err(th.raise_new(TypeId::OSError, "sockaddr resolved to multiple addresses"));
    }
    let mut at = resolve::address_of(first);
    match first.ai_family {
        libc::AF_INET if t.len() != 2 => {
            return Err(th.raise_new(TypeId::OSError, "IPv4 sockaddr must be 2 tuple"));
        }
        libc::AF_INET6 => {
            let p = at.mut_ptr().cast::<libc::sockaddr_in6>();
            // SAFETY: an address of this family.
            unsafe {
                (*p).sin6_flowinfo = flow.to_be();
                (*p).sin6_scope_id = scope;
            }
        }
        _ => {}
    }
    let (mut name, mut service) = ([0u8; 1025], [0u8; 32]);
    let (n, errno) = th.without_lock(|| {
        // SAFETY: the buffers have the lengths given.
        let n = unsafe {
            libc::getnameinfo(
                at.ptr(),
                at.len,
                name.as_mut_ptr().cast(),
                name.len() as u32,
                service.as_mut_ptr().cast(),
                service.len() as u32,
                flags,
            )
        };
        (n, oserror::errno())
    });
    if n != 0 {
        return Err(resolve::gai_error(th, n, errno));
    }
    let text = |b: &[u8]| path::decode(th, &b[..b.iter().position(|&c| c == 0).unwrap_or(0)]);
    tuple::from_slice(th, &[text(&name)?, text(&service)?])
}

/// A host name argument of the older functions.
fn host_arg(th: &Thread, v: Value, function: &str) -> Res<CString> {
    if !v.is_kind(Kind::Str) && !v.is_kind(Kind::Bytes) && !v.is_kind(Kind::ByteArray) {
        return Err(th.type_error(format!(
            "{function}() argument 1 must be str, bytes or bytearray, not {}",
            type_name(th, v)
        )));
    }
    host_name(th, v)
}

fn gethostbyname(th: &Thread, a: &[Value]) -> Res {
    let name = host_arg(th, a[0], "gethostbyname")?;
    let at = resolve::host(th, &name, libc::AF_INET)?;
    resolve::numeric(th, &at)
}

#[cold]
fn host_error(th: &Thread, n: i32) -> Raised {
    unsafe extern "C" {
        fn hstrerror(n: i32) -> *const libc::c_char;
    }
    // SAFETY: the text is static.
    let text = unsafe { CStr::from_ptr(hstrerror(n)) }.to_string_lossy();
    HERROR.raise_args(th, &[Value::small(n as i64), string::new(th, &text)])
}

/// The entry of a host: name, aliases, addresses.
fn host_entry(th: &Thread, h: &libc::hostent, family: i32) -> Res {
    let aliases = list::new(th);
    let mut p = h.h_aliases;
    // SAFETY: the arrays of an entry end with null; texts are NUL-terminated.
    unsafe {
        while !p.is_null() && !(*p).is_null() {
            aliases.push(th, path::decode(th, CStr::from_ptr(*p).to_bytes())?)?;
            p = p.add(1);
        }
    }
    let addresses = list::new(th);
    let mut p = h.h_addr_list;
    let size = h.h_length as usize;
    // SAFETY: as above; every address has the length of the entry.
    while !p.is_null() && !unsafe { *p }.is_null() {
        let mut at = Address::empty();
        at.storage.ss_family = family as u16;
        let offset = if family == libc::AF_INET6 { 8 } else { 4 };
        at.len = if family == libc::AF_INET6 {
            size_of::<libc::sockaddr_in6>() as u32
        } else {
            size_of::<libc::sockaddr_in>() as u32
        };
        // SAFETY: the address lies at this offset of its struct.
        unsafe {
            let to = at.mut_ptr().cast::<u8>().add(offset);
            std::ptr::copy_nonoverlapping((*p).cast::<u8>(), to, size.min(16));
        }
        addresses.push(th, resolve::numeric(th, &at)?)?;
        // SAFETY: as above.
        p = unsafe { p.add(1) };
    }
    // SAFETY: NUL-terminated.
    let name = path::decode(th, unsafe { CStr::from_ptr(h.h_name) }.to_bytes())?;
    tuple::from_slice(th, &[name, aliases.value(), addresses.value()])
}

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const libc::c_char,
        ret: *mut libc::hostent,
        buf: *mut libc::c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        error: *mut i32,
    ) -> i32;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        address_len: u32,
        kind: i32,
        ret: *mut libc::hostent,
        buf: *mut libc::c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        error: *mut i32,
    ) -> i32;
}

fn gethostbyname_ex(th: &Thread, a: &[Value]) -> Res {
    let name = host_arg(th, a[0], "gethostbyname_ex")?;
    // Failures of the lookup are gaierrors, as CPython has them.
    resolve::host(th, &name, libc::AF_INET)?;
    let mut buf = vec![0 as libc::c_char; 16384];
    // SAFETY: all-zero is a valid entry.
    let mut h: libc::hostent = unsafe { std::mem::zeroed() };
    let (mut r, mut error) = (std::ptr::null_mut(), 0);
    th.without_lock(|| {
        // SAFETY: the name is NUL-terminated; the buffer has the length given.
        unsafe { gethostbyname_r(name.as_ptr(), &mut h, buf.as_mut_ptr(), buf.len(), &mut r, &mut error) }
    });
    if r.is_null() {
        return Err(host_error(th, error));
    }
    host_entry(th, &h, h.h_addrtype)
}

fn gethostbyaddr(th: &Thread, a: &[Value]) -> Res {
    let name = host_arg(th, a[0], "gethostbyaddr")?;
    let at = resolve::host(th, &name, libc::AF_UNSPEC)?;
    let family = at.storage.ss_family as i32;
    let (offset, size) = match family {
        libc::AF_INET => (4, 4),
        libc::AF_INET6 => (8, 16),
        _ => return Err(th.raise_new(TypeId::OSError, "unsupported address family")),
    };
    let mut buf = vec![0 as libc::c_char; 16384];
    // SAFETY: all-zero is a valid entry.
    let mut h: libc::hostent = unsafe { std::mem::zeroed() };
    let (mut r, mut error) = (std::ptr::null_mut(), 0);
    th.without_lock(|| {
        // SAFETY: the address lies at this offset of its struct; the buffer has the length given.
        unsafe {
            let p = at.ptr().cast::<u8>().add(offset).cast();
            gethostbyaddr_r(p, size, family, &mut h, buf.as_mut_ptr(), buf.len(), &mut r, &mut error)
        }
    });
    if r.is_null() {
        return Err(host_error(th, error));
    }
    host_entry(th, &h, family)
}

fn gethostname(th: &Thread, _: &[Value]) -> Res {
    let mut buf = [0u8; 1025];
    // SAFETY: the buffer has the length given, less one for NUL.
    sys::quick(th, unsafe { libc::gethostname(buf.as_mut_ptr().cast(), buf.len() - 1) } as i64)?;
    let end = buf.iter().position(|&b| b == 0).unwrap_or(0);
    path::decode(th, &buf[..end])
}

fn sethostname(th: &Thread, a: &[Value]) -> Res {
    let name = path::fs_bytes(th, a[0])?;
    // SAFETY: the name has the length given.
    sys::quick(th, unsafe { libc::sethostname(name.as_ptr(), name.as_bytes().len()) } as i64)?;
    Ok(Value::none())
}

fn text_arg(th: &Thread, v: Value, what: &str) -> Res<CString> {
    let s = args::text(th, v, what)?;
    CString::new(krait_object::codec::utf8(th, s)?).map_err(|_| th.value_error("embedded null character"))
}

fn opt_text(th: &Thread, v: Value, what: &str) -> Res<Option<CString>> {
    v.given().map(|v| text_arg(th, v, what)).transpose()
}

fn getservbyname(th: &Thread, a: &[Value]) -> Res {
    let name = text_arg(th, a[0], "getservbyname() argument 1")?;
    let proto = opt_text(th, a[1], "getservbyname() argument 2")?;
    // SAFETY: the texts are NUL-terminated or null; the entry is global state, used under the interpreter lock.
    let e = unsafe {
        libc::getservbyname(name.as_ptr(), proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr())).as_ref()
    };
    match e {
        Some(e) => Ok(Value::small(u16::from_be(e.s_port as u16) as i64)),
        None => Err(th.raise_new(TypeId::OSError, "service/proto not found")),
    }
}

fn getservbyport(th: &Thread, a: &[Value]) -> Res {
    let port = args::c_int(th, a[0])?;
    let proto = opt_text(th, a[1], "getservbyport() argument 2")?;
    let Ok(port) = u16::try_from(port) else {
        return Err(th.overflow_error("getservbyport: port must be 0-65535."));
    };
    // SAFETY: as in `getservbyname`.
    let e = unsafe {
        libc::getservbyport(port.to_be() as i32, proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr()))
            .as_ref()
    };
    match e {
        // SAFETY: NUL-terminated.
        Some(e) => path::decode(th, unsafe { CStr::from_ptr(e.s_name) }.to_bytes()),
        None => Err(th.raise_new(TypeId::OSError, "port/proto not found")),
    }
}

fn getprotobyname(th: &Thread, a: &[Value]) -> Res {
    let name = text_arg(th, a[0], "getprotobyname() argument 1")?;
    // SAFETY: as in `getservbyname`.
    match unsafe { libc::getprotobyname(name.as_ptr()).as_ref() } {
        Some(e) => Ok(Value::small(e.p_proto as i64)),
        None => Err(th.raise_new(TypeId::OSError, "protocol not found")),
    }
}

fn if_nameindex(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: the list ends with an entry of index 0 and is freed below.
    let start = unsafe { libc::if_nameindex() };
    if start.is_null() {
        return Err(oserror::raise_last(th));
    }
    let l = list::new(th);
    let mut p = start;
    let mut result = Ok(());
    // SAFETY: as above.
    while result.is_ok() && unsafe { (*p).if_index } != 0 {
        // SAFETY: as above; the name is NUL-terminated.
        let (index, name) = unsafe { ((*p).if_index, CStr::from_ptr((*p).if_name)) };
        result = path::decode(th, name.to_bytes())
            .and_then(|n| tuple::from_slice(th, &[Value::small(index as i64), n]))
            .and_then(|t| l.push(th, t));
        // SAFETY: as above.
        p = unsafe { p.add(1) };
    }
    // SAFETY: made by the call above.
    unsafe { libc::if_freenameindex(start) };
    result?;
    Ok(l.value())
}

fn if_nametoindex(th: &Thread, a: &[Value]) -> Res {
    let name = path::fs_bytes(th, a[0])?;
    // SAFETY: the name is NUL-terminated.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(th.raise_new(TypeId::OSError, "no interface with this name")),
        n => Ok(Value::small(n as i64)),
    }
}

fn if_indextoname(th: &Thread, a: &[Value]) -> Res {
    let i = protocol::index(th, a[0])?;
    let index = args::c_ulong(th, i)? as u32;
    let mut name = [0u8; libc::IF_NAMESIZE + 1];
    // SAFETY: the buffer is large enough for a name.
    if unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) }.is_null() {
        return Err(oserror::raise_last(th));
    }
    let end = name.iter().position(|&b| b == 0).unwrap_or(0);
    path::decode(th, &name[..end])
}

natives! {
    pub static FUNCTIONS = {
        function "getaddrinfo" "(host, port, family=0, type=0, proto=0, flags=0)" getaddrinfo, "";
        function "getnameinfo" "(sockaddr, flags, /)" getnameinfo, "";
        function "gethostbyname" "(host, /)" gethostbyname, "";
        function "gethostbyname_ex" "(host, /)" gethostbyname_ex, "";
        function "gethostbyaddr" "(host, /)" gethostbyaddr, "";
        function "gethostname" "()" gethostname, "";
        function "sethostname" "(name, /)" sethostname, "";
        function "getservbyname" "(servicename, protocolname=None, /)" getservbyname, "";
        function "getservbyport" "(port, protocolname=None, /)" getservbyport, "";
        function "getprotobyname" "(name, /)" getprotobyname, "";
        function "if_nameindex" "()" if_nameindex, "";
        function "if_nametoindex" "(if_name, /)" if_nametoindex, "";
        function "if_indextoname" "(if_index, /)" if_indextoname, "";
    }
}
