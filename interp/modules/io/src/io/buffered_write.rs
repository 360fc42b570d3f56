//! Writing through a buffer.

use super::buffered::{
    Buf, Guard, check_closed, check_init, checked_count, closed, enter, raw_seek, release_view, view,
    would_block,
};
use super::{Name, call1, fileio};
use crate::support::bytesarg;
use crate::support::sys::check_signals;
use krait_object::bytearray::{self, ByteArray};
use krait_object::{Raised, Res, Thread, TypeId, Value, int};

/// One write of the raw stream; None when it would block.
fn raw_write(th: &Thread, b: Buf, from: *const u8, len: usize) -> Res<Option<usize>> {
    let done = match b.file() {
        Some(f) => fileio::write_from(th, f, from, len)?,
        None => {
            let array = bytearray::zeroed(th, len)?;
            // SAFETY: the caller's bytes are `len` many and stay in place.
            unsafe { std::ptr::copy_nonoverlapping(from, array.as_mut_slice().as_mut_ptr(), len) };
            write_array(th, b, array, 0, len)?
        }
    };
    if let Some(n) = done
        && n > 0
        && b.abs_pos.get() != -1
    {
        b.abs_pos.set(b.abs_pos.get() + n as i64);
    }
    Ok(done)
}

/// One `write` of a raw stream in Python.
fn write_array(th: &Thread, b: Buf, array: ByteArray, from: usize, to: usize) -> Res<Option<usize>> {
    let v = view(th, array, from, to)?;
    let r = loop {
        match call1(th, b.raw.get(), Name::write, v) {
            Ok(r) => break r,
            Err(e) => {
                if !super::base::is_interrupted(th) {
                    return Err(e);
                }
                th.clear_pending();
                check_signals(th)?;
            }
        }
    };
    release_view(th, v)?;
    if r.is_none() {
        return Ok(None);
    }
    checked_count(th, r, to - from, "write").map(Some)
}

/// Writes what waits in the buffer. The lock is held.
pub fn flush_unlocked(th: &Thread, b: Buf) -> Result<(), Raised> {
    if b.valid_write() && b.write_pos.get() != b.write_end.get() {
        let rewind = b.raw_offset() + (b.pos.get() - b.write_pos.get());
        if rewind != 0 {
            raw_seek(th, b, -rewind, libc::SEEK_CUR)?;
            b.raw_pos.set(b.raw_pos.get() - rewind);
        }
        while b.write_pos.get() < b.write_end.get() {
            let (from, to) = (b.write_pos.get() as usize, b.write_end.get() as usize);
            let Some(n) = raw_write(th, b, b.bytes()[from..to].as_ptr(), to - from)? else {
                return Err(would_block(th, 0));
            };
            b.write_pos.set(b.write_pos.get() + n as i64);
            b.raw_pos.set(b.write_pos.get());
            check_signals(th)?;
        }
    }
    b.reset_write();
    Ok(())
}

pub fn write(th: &Thread, a: &[Value]) -> Res {
    let b = Buf::of(a[0]);
    check_init(th, b)?;
    let data = bytesarg::readable(th, a[1])?;
    let n = write_bytes(th, b, data.as_slice())?;
    Ok(int::from_usize(th, n))
}

/// `write` for callers that have the bytes, which stay in place.
pub fn write_bytes(th: &Thread, b: Buf, data: &[u8]) -> Res<usize> {
    let guard = enter(th, b)?;
    if closed(th, b)? {
        return Err(th.value_error("write to closed file"));
    }
    write_locked(th, b, data, &guard)
}

fn write_locked(th: &Thread, b: Buf, data: &[u8], _: &Guard) -> Res<usize> {
    let len = data.len();
    let size = b.size.get() as usize;
    if !b.valid_read() && !b.valid_write() {
        b.pos.set(0);
        b.raw_pos.set(0);
    }
    let room = size - b.pos.get() as usize;
    if len <= room && len < size {
        let pos = b.pos.get();
        b.bytes()[pos as usize..pos as usize + len].copy_from_slice(data);
        if !b.valid_write() || b.write_pos.get() > pos {
            b.write_pos.set(pos);
        }
        b.adjust_position(pos + len as i64);
        if b.write_end.get() < b.pos.get() {
            b.write_end.set(b.pos.get());
        }
        return Ok(len);
    }
    if let Err(e) = flush_unlocked(th, b) {
        if !th.pending_is(TypeId::BlockingIOError) {
            return Err(e);
        }
        if b.readable.get() {
            b.reset_read();
        }
        // The raw stream takes nothing now: keep as much as the buffer holds.
        let (from, to) = (b.write_pos.get(), b.write_end.get());
        b.bytes().copy_within(from as usize..to as usize, 0);
        b.write_end.set(to - from);
        b.raw_pos.set(b.raw_pos.get() - from);
        b.pos.set(b.pos.get() - from);
        b.write_pos.set(0);
        let end = b.write_end.get() as usize;
        let kept = (size - end).min(len);
        b.bytes()[end..end + kept].copy_from_slice(&data[..kept]);
        b.write_end.set((end + kept) as i64);
        b.pos.set(b.pos.get() + kept as i64);
        if kept == len {
            th.clear_pending();
            return Ok(len);
        }
        th.clear_pending();
        return Err(would_block(th, kept));
    }
    // The raw stream must be where the user is.
    let offset = b.raw_offset();
    if offset != 0 {
        raw_seek(th, b, -offset, libc::SEEK_CUR)?;
        b.raw_pos.set(b.raw_pos.get() - offset);
    }
    // What does not fit the buffer goes past it.
    let mut done = 0;
    while len - done > size {
        match raw_write(th, b, data[done..].as_ptr(), len - done)? {
            Some(n) => {
                done += n;
                check_signals(th)?;
            }
            None => {
                let left = len - done;
                if left > size {
                    b.bytes()[..size].copy_from_slice(&data[done..done + size]);
                    b.raw_pos.set(0);
                    b.adjust_position(size as i64);
                    b.write_pos.set(0);
                    b.write_end.set(size as i64);
                    return Err(would_block(th, done + size));
                }
                break;
            }
        }
    }
    if b.readable.get() {
        b.reset_read();
    }
    let left = len - done;
    if left > 0 {
        b.bytes()[..left].copy_from_slice(&data[done..]);
    }
    b.write_pos.set(0);
    b.write_end.set(left as i64);
    b.adjust_position(left as i64);
    b.raw_pos.set(0);
    Ok(len)
}

/// `flush` for callers that know the object.
pub fn flush_direct(th: &Thread, b: Buf) -> Result<(), Raised> {
    check_init(th, b)?;
    check_closed(th, b, "flush of closed file")?;
    let _guard = enter(th, b)?;
    flush_unlocked(th, b)
}
