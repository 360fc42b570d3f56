//! Resolving host names and printing numeric addresses.

use super::GAIERROR;
use super::address::Address;
use crate::support::oserror;
use krait_object::{Raised, Res, Thread, TypeId, Value, string};
use std::ffi::{CStr, CString};

/// The C library's own conversions of addresses.
pub mod c {
    unsafe extern "C" {
        pub fn inet_pton(family: i32, text: *const libc::c_char, to: *mut libc::c_void) -> i32;
        pub fn inet_ntop(
            family: i32,
            from: *const libc::c_void,
            text: *mut libc::c_char,
            len: u32,
        ) -> *const libc::c_char;
    }
}

/// `gaierror` of a failed lookup.
#[cold]
pub fn gai_error(th: &Thread, n: i32, errno: i32) -> Raised {
    if n == libc::EAI_SYSTEM {
        return oserror::raise(th, errno);
    }
    // SAFETY: the text is static.
    let text = unsafe { CStr::from_ptr(libc::gai_strerror(n)) }.to_string_lossy();
    GAIERROR.raise_args(th, &[Value::small(n as i64), string::new(th, &text)])
}

/// The results of `getaddrinfo`, freed when dropped.
pub struct Found(*mut libc::addrinfo);

impl Drop for Found {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the list is this object's own.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

impl Found {
    pub fn iter(&self) -> impl Iterator<Item = &libc::addrinfo> {
        let mut p = self.0;
        std::iter::from_fn(move || {
            // SAFETY: the list is alive as long as `self`.
            let e = unsafe { p.as_ref() }?;
            p = e.ai_next;
            Some(e)
        })
    }
}

/// The address of an entry.
pub fn address_of(e: &libc::addrinfo) -> Address {
    let mut a = Address::empty();
    a.len = e.ai_addrlen.min(a.len);
    // SAFETY: the entry's address is this long, and the storage is large enough.
    unsafe {
        std::ptr::copy_nonoverlapping(e.ai_addr.cast::<u8>(), a.mut_ptr().cast(), a.len as usize);
    }
    a
}

/// `getaddrinfo` without the lock.
pub fn lookup(th: &Thread, host: Option<&CStr>, port: Option<&CStr>, hints: &libc::addrinfo) -> Res<Found> {
    let mut found = std::ptr::null_mut();
    let p = |s: Option<&CStr>| s.map_or(std::ptr::null(), CStr::as_ptr);
    let (n, errno) = th.without_lock(|| {
        // SAFETY: the texts are NUL-terminated or null.
        let n = unsafe { libc::getaddrinfo(p(host), p(port), hints, &mut found) };
        (n, oserror::errno())
    });
    if n != 0 { Err(gai_error(th, n, errno)) } else { Ok(Found(found)) }
}

pub fn hints(family: i32, kind: i32, proto: i32, flags: i32) -> libc::addrinfo {
    // SAFETY: all-zero is a valid `addrinfo`.
    let mut h: libc::addrinfo = unsafe { std::mem::zeroed() };
    h.ai_family = family;
    h.ai_socktype = kind;
    h.ai_protocol = proto;
    h.ai_flags = flags;
    h
}

/// The address of a host in the family (0: any), with port 0. "" is the wildcard, "<broadcast>" the broadcast address.
pub fn host(th: &Thread, name: &CString, family: i32) -> Res<Address> {
    let text = name.to_bytes();
    if text.is_empty() {
        let h = hints(family, libc::SOCK_DGRAM, 0, libc::AI_PASSIVE);
        let found = lookup(th, None, Some(c"0"), &h)?;
        let mut entries = found.iter();
        let first = entries.next().map(address_of);
        if entries.next().is_some() {
            return Err(th.raise_new(TypeId::OSError, "wildcard resolved to multiple address"));
        }
        return first.ok_or_else(|| th.raise_new(TypeId::OSError, "unsupported address family"));
    }
    if text == b"255.255.255.255" || text == b"<broadcast>" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(th.raise_new(TypeId::OSError, "address family mismatched"));
        }
        return Ok(v4(u32::MAX.to_be()));
    }
    // Numeric addresses need no lookup.
    if family == libc::AF_INET || family == libc::AF_UNSPEC {
        let mut ip = libc::in_addr { s_addr: 0 };
        // SAFETY: the text is NUL-terminated; fills in the address.
        if unsafe { c::inet_pton(libc::AF_INET, name.as_ptr(), (&raw mut ip).cast()) } > 0 {
            return Ok(v4(ip.s_addr));
        }
    }
    let h = hints(family, 0, 0, 0);
    let found = lookup(th, Some(name), None, &h)?;
    let first = found.iter().next().map(address_of);
    first.ok_or_else(|| th.raise_new(TypeId::OSError, "unsupported address family"))
}

fn v4(ip: u32) -> Address {
    let mut a = Address::empty();
    // SAFETY: all-zero is a valid address.
    let mut sin: libc::sockaddr_in = unsafe { std::mem::zeroed() };
    sin.sin_family = libc::AF_INET as u16;
    sin.sin_addr.s_addr = ip;
    a.len = size_of::<libc::sockaddr_in>() as u32;
    // SAFETY: the storage is large enough for any address.
    unsafe { a.mut_ptr().cast::<libc::sockaddr_in>().write(sin) };
    a
}

/// The numeric text of an IP address.
pub fn numeric(th: &Thread, a: &Address) -> Res {
    let mut buf = [0u8; 1025];
    // SAFETY: the buffer has the length given; no service is asked for.
    let n = unsafe {
        libc::getnameinfo(
            a.ptr(),
            a.len,
            buf.as_mut_ptr().cast(),
            buf.len() as u32,
            std::ptr::null_mut(),
            0,
            libc::NI_NUMERICHOST,
        )
    };
    if n != 0 {
        return Err(gai_error(th, n, oserror::errno()));
    }
    let end = buf.iter().position(|&b| b == 0).unwrap_or(0);
    string::from_latin1(th, &buf[..end])
}
