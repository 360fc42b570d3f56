//! Addresses: from Python values for calls, and back.

use super::object::This;
use super::resolve;
use crate::support::{args, bytesarg, path};
use krait_object::class::type_name;
use krait_object::tuple::{self, Tuple};
use krait_object::{Raised, Res, Str, Thread, TypeId, Value, bytearray, bytes, codec, int};
use std::ffi::CString;
use std::mem::offset_of;

/// An address as calls take it.
pub struct Address {
    pub storage: libc::sockaddr_storage,
    pub len: u32,
}

impl Address {
    pub fn empty() -> Address {
        // SAFETY: all-zero is a valid address.
        let storage = unsafe { std::mem::zeroed() };
        Address { storage, len: size_of::<libc::sockaddr_storage>() as u32 }
    }

    pub fn ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    pub fn mut_ptr(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }

    fn of<T: Copy>(value: T, len: usize) -> Address {
        const { assert!(size_of::<T>() <= size_of::<libc::sockaddr_storage>()) };
        let mut a = Address::empty();
        a.len = len as u32;
        // SAFETY: the storage is large enough for any address.
        unsafe { a.mut_ptr().cast::<T>().write(value) };
        a
    }

    fn read<T: Copy>(&self) -> T {
        // SAFETY: the storage is large and aligned enough for any address.
        unsafe { self.ptr().cast::<T>().read() }
    }
}

#[cold]
fn not_tuple(th: &Thread, caller: &str, family: &str, v: Value) -> Raised {
    th.type_error(format!("{caller}(): {family} address must be tuple, not {}", type_name(th, v)))
}

/// A host name argument: text in IDNA, bytes.
pub fn host_name(th: &Thread, v: Value) -> Res<CString> {
    let b = if let Some(s) = Str::from_value(v) {
        match s.as_ascii() {
            Some(t) => t.as_bytes().to_vec(),
            None => {
                let e = codec::encode(th, s, Some("idna"), None);
                let Some(e) = th.catch(e, TypeId::UnicodeError)? else {
                    return Err(th.type_error("encoding of hostname failed"));
                };
                bytes::get(e).unwrap_or_default().to_vec()
            }
        }
    } else if let Some(b) = bytes::get(v) {
        b.to_vec()
    } else if let Some(b) = bytearray::get(v) {
        b.as_slice().to_vec()
    } else {
        return Err(th.type_error(format!("str, bytes or bytearray expected, not {}", type_name(th, v))));
    };
    CString::new(b).map_err(|_| th.type_error("host name must not contain null character"))
}

/// The address for a socket of this family.
///
/// # Errors
/// CPython's for each family; OSError "CALLER(): bad family" for families without addresses here.
pub fn parse(th: &Thread, s: This, v: Value, caller: &str) -> Res<Address> {
    match s.family.get() {
        libc::AF_UNIX => unix(th, v),
        libc::AF_INET => {
            let Some(t) = Tuple::from_value(v) else { return Err(not_tuple(th, caller, "AF_INET", v)) };
            if t.len() != 2 {
                return Err(th.type_error("AF_INET address must be a pair (host, port)"));
            }
            let host = host_name(th, t.get(0))?;
            // As in C the port's type is looked at before the name is resolved.
            let n = args::c_int(th, t.get(1))?;
            let mut a = resolve::host(th, &host, libc::AF_INET)?;
            let n = u16::try_from(n)
                .map_err(|_| th.overflow_error(format!("{caller}(): port must be 0-65535.")))?;
            let mut sin: libc::sockaddr_in = a.read();
            sin.sin_port = n.to_be();
            a = Address::of(sin, size_of::<libc::sockaddr_in>());
            Ok(a)
        }
        libc::AF_INET6 => inet6(th, v, caller),
        libc::AF_NETLINK => {
            let Some(t) = Tuple::from_value(v) else { return Err(not_tuple(th, caller, "AF_NETLINK", v)) };
            if t.len() != 2 {
                return Err(th.type_error("AF_NETLINK address must be a pair (pid, groups)"));
            }
            // SAFETY: all-zero is a valid address.
            let mut nl: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
            nl.nl_family = libc::AF_NETLINK as u16;
            nl.nl_pid = args::masked_u32(th, t.get(0))?;
            nl.nl_groups = args::masked_u32(th, t.get(1))?;
            Ok(Address::of(nl, size_of::<libc::sockaddr_nl>()))
        }
        libc::AF_VSOCK => {
            let Some(t) = Tuple::from_value(v) else {
                return Err(th.type_error(format!(
                    "getsockaddrarg: AF_VSOCK address must be tuple, not {}",
                    type_name(th, v)
                )));
            };
            if t.len() != 2 {
                return Err(th.type_error("getsockaddrarg: AF_VSOCK address must be a pair (cid, port)"));
            }
            // SAFETY: all-zero is a valid address.
            let mut vm: libc::sockaddr_vm = unsafe { std::mem::zeroed() };
            vm.svm_family = libc::AF_VSOCK as u16;
            vm.svm_cid = args::masked_u32(th, t.get(0))?;
            vm.svm_port = args::masked_u32(th, t.get(1))?;
            Ok(Address::of(vm, size_of::<libc::sockaddr_vm>()))
        }
        libc::AF_PACKET => packet(th, v, caller),
        _ => Err(th.raise_new(TypeId::OSError, format!("{caller}(): bad family"))),
    }
}

fn unix(th: &Thread, v: Value) -> Res<Address> {
    let name = match Str::from_value(v) {
        Some(s) => path::encode(th, s)?,
        None => bytesarg::readable(th, v)?.as_slice().to_vec(),
    };
    // SAFETY: all-zero is a valid address.
    let mut un: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    un.sun_family = libc::AF_UNIX as u16;
    let room = un.sun_path.len();
    // A name that starts with NUL is in Linux's abstract space and needs no NUL at the end.
    let is_abstract = name.first() == Some(&0);
    if name.len() > room || !is_abstract && name.len() >= room {
        return Err(th.raise_new(TypeId::OSError, "AF_UNIX path too long"));
    }
    for (to, &b) in un.sun_path.iter_mut().zip(&name) {
        *to = b as libc::c_char;
    }
    let len = offset_of!(libc::sockaddr_un, sun_path) + name.len() + usize::from(!is_abstract);
    Ok(Address::of(un, len))
}

fn inet6(th: &Thread, v: Value, caller: &str) -> Res<Address> {
    let Some(t) = Tuple::from_value(v) else { return Err(not_tuple(th, caller, "AF_INET6", v)) };
    if !(2..=4).contains(&t.len()) {
        return Err(th.type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"));
    }
    let host = host_name(th, t.get(0))?;
    let n = args::c_int(th, t.get(1))?;
    let number = |i: usize| if t.len() > i { args::masked_u32(th, t.get(i)) } else { Ok(0) };
    let (flow, scope) = (number(2)?, number(3)?);
    let a = resolve::host(th, &host, libc::AF_INET6)?;
    let n = u16::try_from(n).map_err(|_| th.overflow_error(format!("{caller}(): port must be 0-65535.")))?;
    if flow > 0xfffff {
        return Err(th.overflow_error(format!("{caller}(): flowinfo must be 0-1048575.")));
    }
    let mut sin: libc::sockaddr_in6 = a.read();
    sin.sin6_family = libc::AF_INET6 as u16;
    sin.sin6_port = n.to_be();
    sin.sin6_flowinfo = flow.to_be();
    sin.sin6_scope_id = scope;
    Ok(Address::of(sin, size_of::<libc::sockaddr_in6>()))
}

/// `(ifname, proto[, pkttype[, hatype[, addr]]])`
fn packet(th: &Thread, v: Value, caller: &str) -> Res<Address> {
    let Some(t) = Tuple::from_value(v) else { return Err(not_tuple(th, caller, "AF_PACKET", v)) };
    if !(2..=5).contains(&t.len()) {
        return Err(th.type_error("AF_PACKET address must be a tuple of two to five elements"));
    }
    let name = path::fs_bytes(th, t.get(0))?;
    // SAFETY: the name is NUL-terminated.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    if index == 0 && !name.is_empty() {
        return Err(crate::support::oserror::raise_last(th));
    }
    let proto = args::c_int(th, t.get(1))?;
    let Ok(proto) = u16::try_from(proto) else {
        return Err(th.overflow_error(format!("{caller}(): proto must be 0-65535.")));
    };
    // SAFETY: all-zero is a valid address.
    let mut ll: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    ll.sll_family = libc::AF_PACKET as u16;
    ll.sll_protocol = proto.to_be();
    ll.sll_ifindex = index as i32;
    if t.len() > 2 {
        ll.sll_pkttype = args::c_int(th, t.get(2))? as u8;
    }
    if t.len() > 3 {
        ll.sll_hatype = args::c_int(th, t.get(3))? as u16;
    }
    if t.len() > 4 {
        let hardware = bytesarg::readable(th, t.get(4))?;
        if hardware.len() > 8 {
            return Err(th.value_error("Hardware address must be 8 bytes or less"));
        }
        ll.sll_addr[..hardware.len()].copy_from_slice(hardware.as_slice());
        ll.sll_halen = hardware.len() as u8;
    }
    Ok(Address::of(ll, size_of::<libc::sockaddr_ll>()))
}

/// An address as Python has it; None when there is none.
pub fn value(th: &Thread, a: &Address) -> Res {
    if a.len == 0 {
        return Ok(Value::none());
    }
    let small = |n: i64| Value::small(n);
    match a.storage.ss_family as i32 {
        libc::AF_INET => {
            let sin: libc::sockaddr_in = a.read();
            let ip = resolve::numeric(th, a)?;
            tuple::from_slice(th, &[ip, small(u16::from_be(sin.sin_port) as i64)])
        }
        libc::AF_INET6 => {
            let sin: libc::sockaddr_in6 = a.read();
            // The scope is an item of its own.
            let plain = libc::sockaddr_in6 { sin6_scope_id: 0, ..sin };
            let ip = resolve::numeric(th, &Address::of(plain, size_of::<libc::sockaddr_in6>()))?;
            tuple::from_slice(
                th,
                &[
                    ip,
                    small(u16::from_be(sin.sin6_port) as i64),
                    small(u32::from_be(sin.sin6_flowinfo) as i64),
                    small(sin.sin6_scope_id as i64),
                ],
            )
        }
        libc::AF_UNIX => {
            let un: libc::sockaddr_un = a.read();
            let start = offset_of!(libc::sockaddr_un, sun_path);
            let n = (a.len as usize).saturating_sub(start).min(un.sun_path.len());
            let name: Vec<u8> = un.sun_path[..n].iter().map(|&c| c as u8).collect();
            if name.first() == Some(&0) {
                return bytes::from_slice(th, &name);
            }
            let end = name.iter().position(|&b| b == 0).unwrap_or(n);
            path::decode(th, &name[..end])
        }
        libc::AF_NETLINK => {
            let nl: libc::sockaddr_nl = a.read();
            tuple::from_slice(th, &[small(nl.nl_pid as i64), small(nl.nl_groups as i64)])
        }
        libc::AF_VSOCK => {
            let vm: libc::sockaddr_vm = a.read();
            tuple::from_slice(th, &[small(vm.svm_cid as i64), small(vm.svm_port as i64)])
        }
        libc::AF_PACKET => {
            let ll: libc::sockaddr_ll = a.read();
            let mut name = [0u8; libc::IF_NAMESIZE];
            // SAFETY: the buffer is large enough for a name.
            let p = unsafe { libc::if_indextoname(ll.sll_ifindex as u32, name.as_mut_ptr().cast()) };
            let end = if p.is_null() { 0 } else { name.iter().position(|&b| b == 0).unwrap_or(0) };
            let hardware = &ll.sll_addr[..(ll.sll_halen as usize).min(8)];
            let fields = [
                path::decode(th, &name[..end])?,
                small(u16::from_be(ll.sll_protocol) as i64),
                small(ll.sll_pkttype as i64),
                small(ll.sll_hatype as i64),
                bytes::from_slice(th, hardware)?,
            ];
            tuple::from_slice(th, &fields)
        }
        family => {
            let plain: libc::sockaddr = a.read();
            let data: Vec<u8> = plain.sa_data.iter().map(|&c| c as u8).collect();
            let data = bytes::from_slice(th, &data)?;
            tuple::from_slice(th, &[int::from_i64(th, family as i64), data])
        }
    }
}
