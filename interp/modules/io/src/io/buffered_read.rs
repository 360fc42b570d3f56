//! Reading through a buffer.

use super::buffered::{
    Buf, Guard, check_closed, check_init, checked_count, enter, flush_and_rewind, release_view, view,
};
use super::{Name, call0, call1, fileio};
use crate::support::{args, bytesarg};
use krait_object::bytearray::{self, ByteArray};
use krait_object::class::type_name;
use krait_object::{Raised, Res, Thread, TypeId, Value, attr, bytes, call, int};

/// One read of the raw stream into memory that stays in place; None when it would block.
///
/// # Safety
/// `to` has room for `len` bytes.
unsafe fn raw_read(th: &Thread, b: Buf, to: *mut u8, len: usize) -> Res<Option<usize>> {
    let got = match b.file() {
        // SAFETY: as the caller says.
        Some(f) => unsafe { fileio::read_into(th, f, to, len) }?,
        None => {
            // Into an array of its own: the raw stream may keep the view.
            let array = bytearray::zeroed(th, len)?;
            let n = raw_read_array(th, b, array, 0, len)?;
            if let Some(n) = n {
                // SAFETY: at most `len` bytes.
                unsafe { std::ptr::copy_nonoverlapping(array.as_slice().as_ptr(), to, n) };
            }
            n
        }
    };
    if let Some(n) = got {
        moved(b, n);
    }
    Ok(got)
}

fn moved(b: Buf, n: usize) {
    if n > 0 && b.abs_pos.get() != -1 {
        b.abs_pos.set(b.abs_pos.get() + n as i64);
    }
}

/// One `readinto` of a raw stream in Python.
fn raw_read_array(th: &Thread, b: Buf, array: ByteArray, from: usize, to: usize) -> Res<Option<usize>> {
    let v = view(th, array, from, to)?;
    let r = loop {
        match call1(th, b.raw.get(), Name::readinto, v) {
            Ok(r) => break r,
            Err(e) => {
                if !super::base::is_interrupted(th) {
                    return Err(e);
                }
                th.clear_pending();
                crate::support::sys::check_signals(th)?;
            }
        }
    };
    release_view(th, v)?;
    if r.is_none() {
        return Ok(None);
    }
    checked_count(th, r, to - from, "readinto").map(Some)
}

/// Fills the free part of the buffer by one read. The lock is held.
fn fill(th: &Thread, b: Buf) -> Res<Option<usize>> {
    let start = if b.valid_read() { b.read_end.get() as usize } else { 0 };
    let size = b.size.get() as usize;
    let Some(array) = bytearray::get(b.buffer.get()) else {
        return Err(th.value_error("I/O operation on closed file."));
    };
    let got = match b.file() {
        Some(f) => {
            let space = &mut b.bytes()[start..];
            // SAFETY: the space is the buffer's own, which stays in place.
            unsafe { fileio::read_into(th, f, space.as_mut_ptr(), space.len()) }?
        }
        None => raw_read_array(th, b, array, start, size)?,
    };
    if let Some(n) = got {
        moved(b, n);
        if n > 0 {
            b.read_end.set((start + n) as i64);
            b.raw_pos.set((start + n) as i64);
        }
    }
    Ok(got)
}

/// The next `n` bytes of the buffer, which has them.
fn take(th: &Thread, b: Buf, n: usize) -> Res {
    let pos = b.pos.get() as usize;
    let r = bytes::from_slice(th, &b.bytes()[pos..pos + n])?;
    b.pos.set((pos + n) as i64);
    Ok(r)
}

/// `n` bytes if the buffer has them.
#[inline]
fn read_fast(th: &Thread, b: Buf, n: usize) -> Res<Option<Value>> {
    if b.readahead() >= n as i64 { take(th, b, n).map(Some) } else { Ok(None) }
}

fn prepare(th: &Thread, b: Buf) -> Result<(), Raised> {
    if b.writable.get() { flush_and_rewind(th, b) } else { Ok(()) }
}

pub fn peek(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    args::size_or(th, a[1], 0)?;
    check_closed(th, b, "peek of closed file")?;
    let _guard = enter(th, b)?;
    prepare(th, b)?;
    let ahead = b.readahead() as usize;
    if ahead > 0 {
        let pos = b.pos.get() as usize;
        return bytes::from_slice(th, &b.bytes()[pos..pos + ahead]);
    }
    b.reset_read();
    let n = fill(th, b)?.unwrap_or(0);
    b.pos.set(0);
    bytes::from_slice(th, &b.bytes()[..n])
}

pub fn read(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    let n = args::opt_size(th, a[1])?;
    if n < -1 {
        return Err(th.value_error("read length must be non-negative or -1"));
    }
    check_closed(th, b, "read of closed file")?;
    if n == -1 {
        let guard = enter(th, b)?;
        return read_all(th, b, &guard);
    }
    if let Some(v) = read_fast(th, b, n as usize)? {
        return Ok(v);
    }
    let guard = enter(th, b)?;
    read_exactly(th, b, n as usize, &guard)
}

/// Everything. The lock is held.
fn read_all(th: &Thread, b: Buf, _: &Guard) -> Res {
    let ahead = b.readahead() as usize;
    let data = if ahead > 0 { Some(take(th, b, ahead)?) } else { None };
    prepare(th, b)?;
    b.reset_read();
    let whole = match b.file() {
        Some(f) => Some(fileio::readall(th, f)?),
        None => match attr::get_opt(th, b.raw.get(), th.name(Name::readall))? {
            Some(f) => Some(call::call(th, f, &[])?),
            None => None,
        },
    };
    if let Some(rest) = whole {
        if !rest.is_none() && bytes::get(rest).is_none() {
            return Err(th.type_error("readall() should return bytes"));
        }
        return match (data, bytes::get(rest)) {
            (None, _) => Ok(rest),
            (Some(d), None) => Ok(d),
            (Some(d), Some(rest)) => joined(th, d, rest),
        };
    }
    let mut all = data.and_then(bytes::get).map(<[u8]>::to_vec).unwrap_or_default();
    loop {
        let part = call0(th, b.raw.get(), Name::read)?;
        if part.is_none() {
            if all.is_empty() {
                return Ok(part);
            }
            break;
        }
        let Some(p) = bytes::get(part) else { return Err(th.type_error("read() should return bytes")) };
        if p.is_empty() {
            break;
        }
        moved(b, p.len());
        all.extend_from_slice(p);
    }
    bytes::from_slice(th, &all)
}

fn joined(th: &Thread, first: Value, rest: &[u8]) -> Res {
    let first = bytes::get(first).unwrap_or_default();
    bytes::fill(th, first.len() + rest.len(), |to| {
        to[..first.len()].copy_from_slice(first);
        to[first.len()..].copy_from_slice(rest);
    })
}

/// `n` bytes, more than the buffer has, fewer only at the end or when the raw stream would block. The lock is held.
fn read_exactly(th: &Thread, b: Buf, n: usize, _: &Guard) -> Res {
    let ahead = b.readahead() as usize;
    if n <= ahead {
        return take(th, b, n);
    }
    let out = bytes::allocate(th, n, krait_object::shape::fixed::BYTES, 0)?;
    let to = out.as_slice().as_ptr().cast_mut();
    let mut done = 0;
    if ahead > 0 {
        let pos = b.pos.get() as usize;
        // SAFETY: the fresh object has room for n > ahead bytes.
        unsafe { std::ptr::copy_nonoverlapping(b.bytes()[pos..].as_ptr(), to, ahead) };
        done = ahead;
        b.pos.set((pos + ahead) as i64);
    }
    prepare(th, b)?;
    b.reset_read();
    let size = b.size.get() as usize;
    let finish = |done: usize| -> Res {
        if done == n { Ok(out.value()) } else { bytes::from_slice(th, &out.as_slice()[..done]) }
    };
    // Whole blocks go past the buffer.
    while n - done >= size {
        let whole = (n - done) / size * size;
        // SAFETY: the rest of the object has room for them.
        let got = unsafe { raw_read(th, b, to.add(done), whole) }?;
        match got {
            None | Some(0) => {
                if done > 0 || got == Some(0) {
                    return finish(done);
                }
                return Ok(Value::none());
            }
            Some(k) => done += k,
        }
    }
    b.pos.set(0);
    b.raw_pos.set(0);
    b.read_end.set(0);
    while n > done && b.read_end.get() < b.size.get() {
        match fill(th, b)? {
            None if done == 0 => return Ok(Value::none()),
            None | Some(0) => return finish(done),
            Some(k) => {
                let k = k.min(n - done);
                let pos = b.pos.get() as usize;
                // SAFETY: as above.
                unsafe { std::ptr::copy_nonoverlapping(b.bytes()[pos..].as_ptr(), to.add(done), k) };
                done += k;
                b.pos.set((pos + k) as i64);
            }
        }
    }
    finish(done)
}

pub fn read1(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    let n = args::size_or(th, a[1], -1)?;
    read1_direct(th, b, n)
}

/// `read1` for callers that know the object.
pub fn read1_direct(th: &Thread, b: Buf, n: isize) -> Res {
    check_init(th, b)?;
    let n = if n < 0 { b.size.get() as usize } else { n as usize };
    check_closed(th, b, "read of closed file")?;
    if n == 0 {
        return bytes::from_slice(th, b"");
    }
    let ahead = b.readahead() as usize;
    if ahead > 0 {
        return take(th, b, n.min(ahead));
    }
    let _guard = enter(th, b)?;
    prepare(th, b)?;
    b.reset_read();
    if n <= 65536 {
        // Through the stack: short reads (a pipe's lines) need no second object.
        let mut room = [std::mem::MaybeUninit::<u8>::uninit(); 65536];
        let to = room.as_mut_ptr().cast::<u8>();
        // SAFETY: n is at most the room.
        let got = unsafe { raw_read(th, b, to, n) }?.unwrap_or(0);
        // SAFETY: so many bytes were written.
        return bytes::from_slice(th, unsafe { std::slice::from_raw_parts(to, got) });
    }
    let out = bytes::allocate(th, n, krait_object::shape::fixed::BYTES, 0)?;
    // SAFETY: the fresh object has room for n bytes.
    let got = unsafe { raw_read(th, b, out.as_slice().as_ptr().cast_mut(), n) }?.unwrap_or(0);
    if got == n { Ok(out.value()) } else { bytes::from_slice(th, &out.as_slice()[..got]) }
}

fn read_to(th: &Thread, a: &[Value], once: bool) -> Res {
    let b = Buf::of(a[0]);
    let what = if once { "readinto1() argument" } else { "readinto() argument" };
    let out = bytesarg::writable(th, a[1], what)?;
    check_init(th, b)?;
    check_closed(th, b, "readinto of closed file")?;
    let (to, len) = (out.ptr(), out.len());
    let ahead = b.readahead() as usize;
    let mut done = ahead.min(len);
    if ahead > 0 {
        let pos = b.pos.get() as usize;
        out.as_mut_slice()[..done].copy_from_slice(&b.bytes()[pos..pos + done]);
        b.pos.set((pos + done) as i64);
        if done == len {
            return Ok(int::from_usize(th, len));
        }
    }
    let _guard = enter(th, b)?;
    prepare(th, b)?;
    b.reset_read();
    b.pos.set(0);
    while done < len {
        let left = len - done;
        let got = if left as i64 > b.size.get() {
            // SAFETY: the caller's buffer has room for what is left.
            unsafe { raw_read(th, b, to.add(done), left) }?
        } else if once && done > 0 {
            Some(0)
        } else {
            let got = fill(th, b)?;
            if let Some(n) = got
                && n > 0
            {
                let n = n.min(left);
                let pos = b.pos.get() as usize;
                out.as_mut_slice()[done..done + n].copy_from_slice(&b.bytes()[pos..pos + n]);
                b.pos.set((pos + n) as i64);
                done += n;
                if once {
                    break;
                }
                if done < len {
                    b.reset_read();
                    b.pos.set(0);
                }
                continue;
            }
            got
        };
        match got {
            None if done == 0 => return Ok(Value::none()),
            None | Some(0) => break,
            Some(n) => done += n,
        }
        if once {
            break;
        }
    }
    Ok(int::from_usize(th, done))
}

pub fn readinto(th: &Thread, a: &[Value]) -> Res {
    read_to(th, a, false)
}

pub fn readinto1(th: &Thread, a: &[Value]) -> Res {
    read_to(th, a, true)
}

pub fn readline(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    let limit = args::opt_size(th, a[1])?;
    line(th, b, limit)
}

/// The end of the line in the bytes, after its newline.
#[inline]
fn line_end(s: &[u8]) -> Option<usize> {
    memchr(s).map(|i| i + 1)
}

fn memchr(s: &[u8]) -> Option<usize> {
    // SAFETY: searches inside the slice.
    let p = unsafe { libc::memchr(s.as_ptr().cast(), b'\n' as i32, s.len()) };
    if p.is_null() { None } else { Some(p as usize - s.as_ptr() as usize) }
}

fn line(th: &Thread, b: Buf, limit: isize) -> Res {
    check_closed(th, b, "readline of closed file")?;
    let mut left = if limit < 0 { usize::MAX } else { limit as usize };
    let n = (b.readahead() as usize).min(left);
    let pos = b.pos.get() as usize;
    if let Some(end) = line_end(&b.bytes()[pos..pos + n]) {
        return take(th, b, end);
    }
    if n == left {
        return take(th, b, n);
    }
    let _guard = enter(th, b)?;
    let mut all: Vec<u8> = Vec::new();
    // Another thread may have read meanwhile.
    let n = (b.readahead() as usize).min(left);
    if n > 0 {
        let pos = b.pos.get() as usize;
        all.extend_from_slice(&b.bytes()[pos..pos + n]);
        b.pos.set((pos + n) as i64);
        left -= n;
        if let Some(end) = line_end(&all) {
            b.pos.set(b.pos.get() - (all.len() - end) as i64);
            all.truncate(end);
            return bytes::from_slice(th, &all);
        }
    }
    prepare(th, b)?;
    loop {
        b.reset_read();
        let got = fill(th, b)?;
        let n = got.unwrap_or(0);
        b.pos.set(0);
        if n == 0 {
            break;
        }
        let n = n.min(left);
        let s = &b.bytes()[..n];
        if let Some(end) = line_end(s) {
            b.pos.set(end as i64);
            if all.is_empty() {
                return bytes::from_slice(th, &s[..end]);
            }
            all.extend_from_slice(&s[..end]);
            break;
        }
        all.extend_from_slice(s);
        b.pos.set(n as i64);
        left -= n;
        if left == 0 {
            break;
        }
    }
    bytes::from_slice(th, &all)
}

/// `__next__`.
pub fn next(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    let l = if super::buffered_classes::is_native(th, a[0]) {
        line(th, b, -1)?
    } else {
        let l = call0(th, a[0], Name::readline)?;
        if bytes::get(l).is_none() {
            let text = format!("readline() should have returned a bytes object, not '{}'", type_name(th, l));
            return Err(th.raise_new(TypeId::OSError, text));
        }
        l
    };
    if bytes::get(l).is_none_or(<[u8]>::is_empty) {
        return Err(th.stop_iteration());
    }
    Ok(l)
}
