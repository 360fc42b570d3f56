//! Positions in text: `tell` and `seek`.
//!
//! A position is a cookie, an integer made of: the place in the buffer below where decoding
//! can start, the decoder's flags there, how many bytes to feed it from there, whether the
//! end of the input must be signalled, and how many of the resulting characters to skip. At
//! most positions all but the first are zero, and the cookie is the plain position.

use super::text::{self, This, check_open, decoder_state, set_decoder_state};
use super::text_write::write_pending;
use super::{Name, call0, call1, unsupported};
use crate::support::args;
use krait_object::class::type_name;
use krait_object::{Raised, Res, Str, Thread, TypeId, Value, bytes, call, int, protocol};

/// The parts of a cookie.
#[derive(Default, Clone, Copy, Debug, PartialEq)]
struct Cookie {
    start: i64,
    flags: i32,
    feed: i32,
    skip: i32,
    need_eof: bool,
}

impl Cookie {
    fn to_value(self, th: &Thread) -> Res {
        if self.flags == 0 && self.feed == 0 && self.skip == 0 && !self.need_eof {
            return Ok(int::from_i64(th, self.start));
        }
        let mut b = [0u8; 24];
        b[..8].copy_from_slice(&self.start.to_le_bytes());
        b[8..12].copy_from_slice(&self.flags.to_le_bytes());
        b[12..16].copy_from_slice(&self.feed.to_le_bytes());
        b[16..20].copy_from_slice(&self.skip.to_le_bytes());
        b[20] = self.need_eof as u8;
        let mut limbs = [0u64; 3];
        for (l, c) in limbs.iter_mut().zip(b.chunks_exact(8)) {
            *l = c.iter().rev().fold(0, |n, &x| n << 8 | x as u64);
        }
        let used = limbs.iter().rposition(|&l| l != 0).map_or(0, |i| i + 1);
        if used <= 1
            && let Some(v) = i64::try_from(limbs[0]).ok().and_then(Value::try_small)
        {
            return Ok(v);
        }
        int::allocate(th, false, &limbs[..used], krait_object::shape::fixed::INT, 0)
    }

    fn of(th: &Thread, v: Value) -> Res<Cookie> {
        let i = protocol::index(th, v)?;
        let parts = int::with_ref(i, |r| {
            let mut limbs = [0u64; 3];
            if r.limbs.len() > 3 || r.limbs.get(2).is_some_and(|&l| l >> 40 != 0) {
                return None;
            }
            limbs[..r.limbs.len()].copy_from_slice(r.limbs);
            Some(limbs)
        });
        let Some(l) = parts else { return Err(th.overflow_error("int too big to convert")) };
        Ok(Cookie {
            start: l[0] as i64,
            flags: l[1] as i32,
            feed: (l[1] >> 32) as i32,
            skip: l[2] as i32,
            need_eof: l[2] >> 32 & 0xFF != 0,
        })
    }
}

#[cold]
fn not_seekable(th: &Thread) -> Raised {
    unsupported(th, "underlying stream is not seekable")
}

#[cold]
fn os_error(th: &Thread, text: &str) -> Raised {
    th.raise_new(TypeId::OSError, text)
}

pub fn tell(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    check_open(th, t, a[0])?;
    if !t.seekable.get() {
        return Err(not_seekable(th));
    }
    if !t.telling.get() {
        return Err(os_error(th, "telling position disabled by next() call"));
    }
    write_pending(th, t)?;
    call0(th, a[0], Name::flush)?;
    let at = call0(th, t.buffer.get(), Name::tell)?;
    let Some(input) = bytes::get(t.snapshot.get()) else { return Ok(at) };
    if !t.can_read.get() {
        return Ok(at);
    }
    let mut c = Cookie { flags: t.snapshot_flags.get() as i32, ..Cookie::default() };
    c.start = super::offset_result(th, at)? - input.len() as i64;
    if t.used.get() == 0 || t.decoded.get() == Value::UNBOUND {
        return c.to_value(th);
    }
    let (saved, saved_flags) = decoder_state(th, t)?;
    let kept = (t.newlines.seen.get(), t.newlines.pending_cr.get());
    let found = locate(th, t, input, &mut c);
    // The decoder goes back to where it was in any case.
    let pending = found.is_err().then(|| th.take_pending());
    let restored = set_decoder_state(th, t, saved, saved_flags);
    t.newlines.seen.set(kept.0);
    t.newlines.pending_cr.set(kept.1);
    if let Some(e) = pending {
        if restored.is_err() {
            th.clear_pending();
        }
        return Err(th.raise(e));
    }
    restored?;
    c.to_value(th)
}

/// Number of characters that the decoder makes of the bytes.
fn decoded_len(th: &Thread, t: This, input: &[u8], last: bool) -> Res<usize> {
    let b = bytes::from_slice(th, input)?;
    Ok(text::decode(th, t, b, last)?.len())
}

/// Finds a point at or before the position from which it can be reached with the least decoding.
fn locate(th: &Thread, t: This, input: &[u8], c: &mut Cookie) -> Result<(), Raised> {
    let empty = th.interp.empty_bytes.get();
    let mut skip_chars = t.used.get();
    // A guess by the average, going back until the decoder is clean at or before the position.
    let mut skip_bytes = ((t.ratio.get() * skip_chars as f64) as i64).min(input.len() as i64);
    let mut step = 1;
    while skip_bytes > 0 {
        set_decoder_state(th, t, empty, c.flags as u64)?;
        let n = decoded_len(th, t, &input[..skip_bytes as usize], false)?;
        if n <= skip_chars {
            let (left, flags) = decoder_state(th, t)?;
            let left = bytes::get(left).map_or(0, <[u8]>::len);
            if left == 0 {
                c.flags = flags as i32;
                skip_chars -= n;
                break;
            }
            skip_bytes -= left as i64;
            step = 1;
        } else {
            skip_bytes -= step;
            step *= 2;
        }
    }
    if skip_bytes <= 0 {
        skip_bytes = 0;
        set_decoder_state(th, t, empty, c.flags as u64)?;
    }
    c.start += skip_bytes;
    c.skip = skip_chars as i32;
    if skip_chars == 0 {
        return Ok(());
    }
    // The rest byte by byte.
    let mut n = 0;
    let mut reached = false;
    for &byte in &input[skip_bytes as usize..] {
        n += decoded_len(th, t, &[byte], false)?;
        c.feed += 1;
        let (left, flags) = decoder_state(th, t)?;
        if bytes::get(left).is_none_or(<[u8]>::is_empty) && n <= skip_chars {
            c.start += c.feed as i64;
            skip_chars -= n;
            c.flags = flags as i32;
            c.feed = 0;
            n = 0;
        }
        if n >= skip_chars {
            reached = true;
            break;
        }
    }
    if !reached {
        n += decoded_len(th, t, &[], true)?;
        c.need_eof = true;
        if n < skip_chars {
            return Err(os_error(th, "can't reconstruct logical file position"));
        }
    }
    c.skip = skip_chars as i32;
    Ok(())
}

pub fn seek(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    check_open(th, t, a[0])?;
    let whence = args::c_int_or(th, a[2], 0)?;
    if !t.seekable.get() {
        return Err(not_seekable(th));
    }
    let mut cookie = a[1];
    let buffer = t.buffer.get();
    match whence {
        libc::SEEK_SET => {}
        libc::SEEK_CUR => {
            if !protocol::equal(th, cookie, Value::ZERO)? {
                return Err(unsupported(th, "can't do nonzero cur-relative seeks"));
            }
            // Where the user is, to which the buffer below is brought.
            cookie = call0(th, a[0], Name::tell)?;
        }
        libc::SEEK_END => {
            if !protocol::equal(th, cookie, Value::ZERO)? {
                return Err(unsupported(th, "can't do nonzero end-relative seeks"));
            }
            call0(th, a[0], Name::flush)?;
            text::drop_decoded(th, t);
            text::drop_snapshot(th, t);
            text::reset_decoder(th, t)?;
            let end = call::call_method(th, buffer, th.name(Name::seek), &[Value::ZERO, Value::small(2)])?;
            let empty = protocol::equal(th, end, Value::ZERO)?;
            text::reset_encoder(th, t, empty)?;
            return Ok(end);
        }
        _ => {
            return Err(th.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)")));
        }
    }
    if protocol::compare_bool(th, protocol::Cmp::Lt, cookie, Value::ZERO)? {
        let r = protocol::repr_text(th, cookie)?;
        return Err(th.value_error(format!("negative seek position {r}")));
    }
    call0(th, a[0], Name::flush)?;
    let c = Cookie::of(th, cookie)?;
    call1(th, buffer, Name::seek, int::from_i64(th, c.start))?;
    text::drop_decoded(th, t);
    text::drop_snapshot(th, t);
    let at_start = c.start == 0 && c.flags == 0;
    if t.can_read.get() {
        if at_start {
            text::reset_decoder(th, t)?;
        } else {
            set_decoder_state(th, t, th.interp.empty_bytes.get(), c.flags as u64)?;
        }
        if c.skip != 0 {
            let input = call1(th, buffer, Name::read, Value::small(c.feed as i64))?;
            if bytes::get(input).is_none() {
                return Err(th.type_error(format!(
                    "underlying read() should have returned a bytes object, not '{}'",
                    type_name(th, input)
                )));
            }
            t.snapshot.set(th, t.cell(), input);
            t.snapshot_flags.set(c.flags as u64);
            let s: Str = text::decode(th, t, input, c.need_eof)?;
            t.decoded.set(th, t.cell(), s.value());
            t.used.set(0);
            if s.len() < c.skip as usize {
                return Err(os_error(th, "can't restore logical file position"));
            }
            t.used.set(c.skip as usize);
        } else {
            t.snapshot.set(th, t.cell(), th.interp.empty_bytes.get());
            t.snapshot_flags.set(c.flags as u64);
        }
    }
    text::reset_encoder(th, t, at_start)?;
    Ok(cookie)
}

pub fn truncate(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    text::check_attached(th, t)?;
    call0(th, a[0], Name::flush)?;
    let pos = a[1].given().unwrap_or(Value::none());
    call1(th, t.buffer.get(), Name::truncate, pos)
}
