//! `sendmsg` and `recvmsg`: several buffers and ancillary data.

use super::address::{self, Address};
use super::object::{For, This, call};
use crate::support::{args, bytesarg};
use krait_object::tuple;
use krait_object::{
    Kind, Raised, Res, Thread, TypeId, Value, ValueVec, buffer, bytes, int, list, memoryview, protocol,
};

/// Buffers for a message. They are exported by memoryviews that are released at the end.
struct Parts {
    vectors: Vec<libc::iovec>,
    views: ValueVec,
}

impl Parts {
    fn release(self, th: &Thread) -> Result<(), Raised> {
        for &v in self.views.as_slice() {
            krait_object::call::call_method_text(th, v, "release", &[])?;
        }
        Ok(())
    }
}

fn parts(th: &Thread, v: Value, writable: bool, what: &str) -> Res<Parts> {
    let it = protocol::iter(th, v);
    let Some(it) = th.catch(it, TypeId::TypeError)? else {
        return Err(th.type_error(format!("{what} must be an iterable")));
    };
    let mut p = Parts { vectors: Vec::new(), views: ValueVec::new() };
    while let Some(item) = protocol::next(th, it)? {
        let b = if writable {
            let text = format!("{what} must be an iterable of single-segment read-write buffers");
            if !buffer::has_buffer(th, item) {
                return Err(th.type_error(text));
            }
            let b = buffer::get_buffer(th, item, buffer::flags::WRITABLE);
            match th.catch(b, TypeId::BufferError)? {
                Some(b) => b,
                None => return Err(th.type_error(text)),
            }
        } else {
            buffer::bytes_like(th, item)?
        };
        p.vectors.push(libc::iovec { iov_base: b.data.cast(), iov_len: b.len });
        let m = memoryview::from_buffer(th, b)?;
        p.views.push(th, m)?;
    }
    Ok(p)
}

/// Bytes that a control message with `n` bytes of data takes; None when that is out of range.
pub fn space(n: isize) -> Option<usize> {
    // SAFETY: pure arithmetic.
    let n = u32::try_from(n).ok().filter(|&n| n <= i32::MAX as u32 - unsafe { libc::CMSG_SPACE(1) })?;
    // SAFETY: pure arithmetic.
    Some(unsafe { libc::CMSG_SPACE(n) } as usize)
}

/// As [`space`] without the padding at the end.
pub fn length(n: isize) -> Option<usize> {
    // SAFETY: pure arithmetic.
    let n = u32::try_from(n).ok().filter(|&n| n <= i32::MAX as u32 - unsafe { libc::CMSG_LEN(0) })?;
    // SAFETY: pure arithmetic.
    Some(unsafe { libc::CMSG_LEN(n) } as usize)
}

/// The control messages of an iterable of (level, type, data).
fn control(th: &Thread, v: Value) -> Res<Vec<u64>> {
    let it = protocol::iter(th, v);
    let Some(it) = th.catch(it, TypeId::TypeError)? else {
        return Err(th.type_error("sendmsg() argument 2 must be an iterable"));
    };
    let mut out: Vec<u8> = Vec::new();
    while let Some(item) = protocol::next(th, it)? {
        let name = "[sendmsg() ancillary data items]()";
        let t = match item.kind() {
            Kind::Tuple | Kind::List => protocol::to_tuple(th, item)?,
            _ => {
                let t = args::shown_type(th, item);
                return Err(th.type_error(format!("{name} argument must be 3-item sequence, not {t}")));
            }
        };
        if t.len() != 3 {
            return Err(
                th.type_error(format!("{name} argument must be sequence of length 3, not {}", t.len()))
            );
        }
        let (level, kind) = (args::c_int(th, t.get(0))?, args::c_int(th, t.get(1))?);
        let data = bytesarg::readable(th, t.get(2))?;
        let (Some(room), Some(len)) = (space(data.len() as isize), length(data.len() as isize)) else {
            return Err(th.raise_new(TypeId::OSError, "ancillary data item too large"));
        };
        let at = out.len();
        out.resize(at + room, 0);
        // The header of a control message: length (a word), level, type; then the data.
        out[at..at + 8].copy_from_slice(&(len as u64).to_ne_bytes());
        out[at + 8..at + 12].copy_from_slice(&level.to_ne_bytes());
        out[at + 12..at + 16].copy_from_slice(&kind.to_ne_bytes());
        out[at + 16..at + 16 + data.len()].copy_from_slice(data.as_slice());
    }
    // Aligned as headers must be.
    let mut words = vec![0u64; out.len().div_ceil(8)];
    for (w, c) in words.iter_mut().zip(out.chunks(8)) {
        let mut b = [0; 8];
        b[..c.len()].copy_from_slice(c);
        *w = u64::from_ne_bytes(b);
    }
    Ok(words)
}

pub fn sendmsg(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let flags = args::c_int_or(th, a[3], 0)?;
    let to = match a[4].given_not_none() {
        None => None,
        Some(v) => Some(address::parse(th, s, v, "sendmsg")?),
    };
    let mut p = parts(th, a[1], false, "sendmsg() argument 1")?;
    let mut anc = match a[2].given() {
        None => Vec::new(),
        Some(v) => control(th, v)?,
    };
    let n = transmit(th, s, &mut p.vectors, &mut anc, flags, to)?;
    p.release(th)?;
    Ok(int::from_i64(th, n))
}

fn transmit(
    th: &Thread,
    s: This,
    vectors: &mut [libc::iovec],
    anc: &mut [u64],
    flags: i32,
    mut to: Option<Address>,
) -> Res<i64> {
    // SAFETY: all-zero is a valid `msghdr`.
    let mut m: libc::msghdr = unsafe { std::mem::zeroed() };
    if let Some(to) = &mut to {
        m.msg_namelen = to.len;
        m.msg_name = to.mut_ptr().cast();
    }
    m.msg_iov = vectors.as_mut_ptr();
    m.msg_iovlen = vectors.len();
    if !anc.is_empty() {
        m.msg_control = anc.as_mut_ptr().cast();
        m.msg_controllen = anc.len() * 8;
    }
    call(th, s, For::Writing, || {
        // SAFETY: the parts are exported, the control data and the address outlive the call.
        unsafe { libc::sendmsg(s.fd.get(), &m, flags) as i64 }
    })
}

/// `sendmsg` for the kernel's cryptography: operation, initialization vector, length of associated data.
pub fn sendmsg_afalg(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    if s.family.get() != libc::AF_ALG {
        return Err(th.raise_new(TypeId::OSError, "algset is only supported for AF_ALG"));
    }
    let op = args::c_int(th, a[2])? as u32;
    let iv = match a[3].given_not_none() {
        None => None,
        Some(v) => Some(bytesarg::readable(th, v)?.as_slice().to_vec()),
    };
    let assoclen = match a[4].given() {
        None => None,
        Some(v) => {
            let n = args::c_long(th, v)?;
            match u32::try_from(n) {
                Ok(n) => Some(n),
                Err(_) => return Err(th.type_error("assoclen must be positive")),
            }
        }
    };
    let flags = args::c_int_or(th, a[5], 0)?;
    let level = Value::small(libc::SOL_ALG as i64);
    let mut items = ValueVec::new();
    let mut add = |kind: i32, data: &[u8]| -> Res<()> {
        let data = bytes::from_slice(th, data)?;
        let t = tuple::from_slice(th, &[level, Value::small(kind as i64), data])?;
        items.push(th, t)
    };
    add(libc::ALG_SET_OP, &op.to_ne_bytes())?;
    if let Some(iv) = iv {
        add(libc::ALG_SET_IV, &[&(iv.len() as u32).to_ne_bytes(), &iv[..]].concat())?;
    }
    if let Some(n) = assoclen {
        add(libc::ALG_SET_AEAD_ASSOCLEN, &n.to_ne_bytes())?;
    }
    let items = tuple::from_vec(th, &items)?;
    let mut anc = control(th, items)?;
    let mut p = match a[1].given_not_none() {
        None => Parts { vectors: Vec::new(), views: ValueVec::new() },
        Some(v) => parts(th, v, false, "sendmsg_afalg() argument 1")?,
    };
    let n = transmit(th, s, &mut p.vectors, &mut anc, flags, None)?;
    p.release(th)?;
    Ok(int::from_i64(th, n))
}

/// What was received besides the data: ancillary items, flags, address.
fn receive(
    th: &Thread,
    s: This,
    vectors: &mut [libc::iovec],
    ancillary: usize,
    flags: i32,
) -> Res<(i64, [Value; 3])> {
    let mut from = Address::empty();
    let full = from.len;
    let mut anc = vec![0u64; ancillary.div_ceil(8)];
    // SAFETY: all-zero is a valid `msghdr`.
    let mut m: libc::msghdr = unsafe { std::mem::zeroed() };
    let got = call(th, s, For::Reading, || {
        m.msg_name = from.mut_ptr().cast();
        m.msg_namelen = full;
        m.msg_iov = vectors.as_mut_ptr();
        m.msg_iovlen = vectors.len();
        m.msg_control = if ancillary > 0 { anc.as_mut_ptr().cast() } else { std::ptr::null_mut() };
        m.msg_controllen = ancillary;
        // SAFETY: all parts outlive the call and have the lengths given.
        unsafe { libc::recvmsg(s.fd.get(), &mut m, flags) as i64 }
    })?;
    from.len = m.msg_namelen.min(full);
    let items = list::new(th);
    let end = m.msg_control as usize + m.msg_controllen;
    // SAFETY: the kernel filled in the control data.
    let mut c = unsafe { libc::CMSG_FIRSTHDR(&m) };
    while !c.is_null() {
        // SAFETY: the header is inside the control data.
        let h = unsafe { &*c };
        // SAFETY: as above.
        let data = unsafe { libc::CMSG_DATA(c) };
        let head = data as usize - c as usize;
        if h.cmsg_len < head {
            break;
        }
        // A truncated item ends where the buffer does.
        let n = (h.cmsg_len - head).min(end.saturating_sub(data as usize));
        // SAFETY: so many bytes are inside the control data.
        let data = bytes::from_slice(th, unsafe { std::slice::from_raw_parts(data, n) })?;
        let t = [Value::small(h.cmsg_level as i64), Value::small(h.cmsg_type as i64), data];
        items.push(th, tuple::from_slice(th, &t)?)?;
        // SAFETY: as above.
        c = unsafe { libc::CMSG_NXTHDR(&m, c) };
    }
    let from = address::value(th, &from)?;
    Ok((got, [items.value(), Value::small(m.msg_flags as i64), from]))
}

fn ancillary_arg(th: &Thread, v: Value) -> Res<usize> {
    let n = args::size_or(th, v, 0)?;
    match usize::try_from(n) {
        Ok(n) if n < i32::MAX as usize => Ok(n),
        _ => Err(th.value_error("invalid ancillary data buffer length")),
    }
}

pub fn recvmsg(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let n = protocol::index_isize(th, a[1])?;
    let Ok(n) = usize::try_from(n) else {
        return Err(th.value_error("negative buffer size in recvmsg()"));
    };
    let ancillary = ancillary_arg(th, a[2])?;
    let flags = args::c_int_or(th, a[3], 0)?;
    let b = bytes::allocate(th, n, krait_object::shape::fixed::BYTES, 0)?;
    let base = b.as_slice().as_ptr().cast_mut().cast();
    let mut vectors = [libc::iovec { iov_base: base, iov_len: n }];
    let (got, [items, flags, from]) = receive(th, s, &mut vectors, ancillary, flags)?;
    let data =
        if got as usize == n { b.value() } else { bytes::from_slice(th, &b.as_slice()[..got as usize])? };
    tuple::from_slice(th, &[data, items, flags, from])
}

pub fn recvmsg_into(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let ancillary = ancillary_arg(th, a[2])?;
    let flags = args::c_int_or(th, a[3], 0)?;
    let mut p = parts(th, a[1], true, "recvmsg_into() argument 1")?;
    let (got, [items, flags, from]) = receive(th, s, &mut p.vectors, ancillary, flags)?;
    p.release(th)?;
    tuple::from_slice(th, &[Value::small(got), items, flags, from])
}
