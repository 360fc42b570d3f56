//! Writing text: line ends, encoding, gathering.

use super::codec::{self, Way};
use super::newline;
use super::text::{self, This, check_open, pending};
use super::{Name, buffered_write, call0, call1, stringio, unsupported};
use krait_object::class::type_name;
use krait_object::{Raised, Res, Str, Thread, Value, bytes, int, string};
use krait_text::{Chars, CharsBuf};

/// Hands the gathered bytes to the buffer.
pub fn write_pending(th: &Thread, t: This) -> Result<(), Raised> {
    let Some(p) = krait_object::bytearray::get(t.pending.get()) else { return Ok(()) };
    if p.is_empty() {
        return Ok(());
    }
    let data = bytes::from_slice(th, p.as_slice())?;
    p.reset();
    hand_down(th, t, data)
}

fn hand_down(th: &Thread, t: This, data: Value) -> Result<(), Raised> {
    if let Some(b) = t.native_buffer().filter(|b| b.writable.get()) {
        super::buffered::check_init(th, b)?;
        buffered_write::write_bytes(th, b, bytes::get(data).unwrap_or_default())?;
        return Ok(());
    }
    loop {
        match call1(th, t.buffer.get(), Name::write, data) {
            Ok(_) => return Ok(()),
            Err(e) => {
                if !super::base::is_interrupted(th) {
                    return Err(e);
                }
                th.clear_pending();
                crate::support::sys::check_signals(th)?;
            }
        }
    }
}

pub fn write(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    let Some(s) = Str::from_value(a[1]) else {
        return Err(th.type_error(format!(
            "write() argument must be str, not {}",
            crate::support::args::shown_type(th, a[1])
        )));
    };
    check_open(th, t, a[0])?;
    if !t.can_write.get() {
        return Err(unsupported(th, "not writable"));
    }
    write_str(th, t, s)?;
    Ok(int::from_usize(th, s.len()))
}

/// Encodes and gathers the text, which the stream is known to take.
fn write_str(th: &Thread, t: This, s: Str) -> Result<(), Raised> {
    let mode = t.mode.get();
    let line_buffering = t.line_buffering.get();
    let mut flush = false;
    let mut text = s;
    if line_buffering || mode.written().is_some() {
        let has_lf = newline::find(s.chars(), b'\n').is_some();
        flush = line_buffering && (has_lf || newline::find(s.chars(), b'\r').is_some());
        if has_lf && let Some(end) = mode.written() {
            let mut out = CharsBuf::with_capacity(s.len() + 8);
            stringio::replace_newlines(s.chars(), end, &mut out);
            text = Str::of(string::from_buf(th, &out)?);
        }
    }
    let way = t.way.get();
    let chunk = t.chunk_size.get();
    // What can go out as it is needs no intermediate bytes.
    let ready = match text.chars() {
        Chars::One(b) if way != Way::Registry && (text.is_ascii() || way == Way::Latin1) => Some(b),
        _ => None,
    };
    let encoded;
    let data = match ready {
        Some(b) => b,
        None if way == Way::Registry => {
            let v = call1(th, t.encoder.get(), Name::encode, text.value())?;
            if bytes::get(v).is_none() {
                let name = type_name(th, v);
                return Err(th.type_error(format!("encoder should return a bytes object, not '{name}'")));
            }
            encoded = bytes::get(v).unwrap_or_default().to_vec();
            &encoded[..]
        }
        None => {
            let mut out = Vec::with_capacity(text.len() * 2);
            codec::encode(th, way, text, t.errors.get(), &mut out)?;
            encoded = out;
            &encoded[..]
        }
    };
    let p = pending(th, t)?;
    if p.len() + data.len() > chunk {
        // Large text goes down by itself: gathering is for small pieces.
        write_pending(th, t)?;
    }
    if data.len() >= chunk && p.is_empty() {
        let data = bytes::from_slice(th, data)?;
        hand_down(th, t, data)?;
    } else {
        p.extend(th, data)?;
        if p.len() >= chunk || flush || t.write_through.get() {
            write_pending(th, t)?;
        }
    }
    if flush {
        flush_buffer(th, t)?;
    }
    if t.decoded.get() != Value::UNBOUND || t.snapshot.get() != Value::UNBOUND {
        text::drop_decoded(th, t);
        text::drop_snapshot(th, t);
    }
    if t.can_read.get() {
        text::reset_decoder(th, t)?;
    }
    Ok(())
}

/// Flushes the buffer below.
pub fn flush_buffer(th: &Thread, t: This) -> Result<(), Raised> {
    match t.native_buffer().filter(|b| b.writable.get() && !b.readable.get()) {
        Some(b) => buffered_write::flush_direct(th, b),
        None => call0(th, t.buffer.get(), Name::flush).map(|_| ()),
    }
}

pub fn flush(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    check_open(th, t, a[0])?;
    t.telling.set(t.seekable.get());
    write_pending(th, t)?;
    call0(th, t.buffer.get(), Name::flush)
}
