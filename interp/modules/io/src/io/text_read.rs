//! Reading text: chunks, characters, lines.

use super::newline::{Ending, line_end};
use super::text::{self, Mode, This, check_open};
use super::text_write::write_pending;
use super::{Name, buffered_read, bytesio, call0, call1, unsupported};
use crate::support::args;
use krait_object::class::type_name;
use krait_object::{Res, Str, Thread, TypeId, Value, bytes, string};
use krait_text::CharsBuf;

/// Up to `n` decoded characters (all of them: None).
fn take_decoded(th: &Thread, t: This, n: Option<usize>) -> Res<Str> {
    let Some(d) = Str::from_value(t.decoded.get()) else { return Ok(Str::of(th.interp.empty_str.get())) };
    let from = t.used.get();
    let n = n.map_or(d.len() - from, |n| n.min(d.len() - from));
    if from == 0 && n == d.len() {
        t.used.set(n);
        return Ok(d);
    }
    let r = Str::of(string::from_chars(th, d.chars().slice(from..from + n))?);
    t.used.set(from + n);
    Ok(r)
}

fn set_decoded(th: &Thread, t: This, s: Str) {
    t.decoded.set(th, t.cell(), s.value());
    t.used.set(0);
}

#[cold]
fn not_readable(th: &Thread) -> krait_object::Raised {
    unsupported(th, "not readable")
}

/// Reads and decodes the next chunk; false at the end.
fn read_chunk(th: &Thread, t: This, hint: usize) -> Res<bool> {
    if !t.can_read.get() {
        return Err(not_readable(th));
    }
    let state = if t.telling.get() { Some(text::decoder_state(th, t)?) } else { None };
    let mut size = t.chunk_size.get();
    if hint > 0 {
        size = size.max((t.ratio.get().max(1.0) * hint as f64) as usize);
    }
    let buffer = t.buffer.get();
    let input = if let Some(b) = t.native_buffer().filter(|b| b.readable.get()) {
        buffered_read::read1_direct(th, b, size as isize)?
    } else if let Some(b) =
        bytesio::exact(th, buffer).filter(|_| !super::is_closed(th, buffer).unwrap_or(true))
    {
        bytesio::read_direct(th, b, size)?
    } else {
        let method = if t.has_read1.get() { Name::read1 } else { Name::read };
        call1(th, buffer, method, Value::small(size as i64))?
    };
    let count = match bytes::get(input) {
        Some(b) => b.len(),
        None => {
            if !krait_object::buffer::has_buffer(th, input) {
                let name = if t.has_read1.get() { "read1" } else { "read" };
                return Err(th.type_error(format!(
                    "underlying {name}() should have returned a bytes-like object, not '{}'",
                    type_name(th, input)
                )));
            }
            crate::support::bytesarg::readable(th, input)?.len()
        }
    };
    let mut eof = count == 0;
    let s = text::decode(th, t, input, eof)?;
    let n = s.len();
    set_decoded(th, t, s);
    t.ratio.set(if n > 0 { count as f64 / n as f64 } else { 0.0 });
    if n > 0 {
        eof = false;
    }
    if let Some((before, flags)) = state {
        // A snapshot: at this point the decoder had these flags, and all of this input was still to come.
        let Some(before) = bytes::get(before) else { return Ok(!eof) };
        let whole = if before.is_empty() && bytes::get(input).is_some() {
            input
        } else {
            let view = crate::support::bytesarg::readable(th, input)?;
            bytes::from_slice(th, &[before, view.as_slice()].concat())?
        };
        t.snapshot.set(th, t.cell(), whole);
        t.snapshot_flags.set(flags);
    }
    Ok(!eof)
}

pub fn read(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    text::check_attached(th, t)?;
    let n = args::opt_size(th, a[1])?;
    check_open(th, t, a[0])?;
    if !t.can_read.get() {
        return Err(not_readable(th));
    }
    write_pending(th, t)?;
    if n < 0 {
        let input = call0(th, t.buffer.get(), Name::read)?;
        if input.is_none() {
            return Err(th.type_error("can't decode None: the stream would block"));
        }
        let rest = text::decode(th, t, input, true)?;
        let first = take_decoded(th, t, None)?;
        text::drop_decoded(th, t);
        text::drop_snapshot(th, t);
        return if first.is_empty() { Ok(rest.value()) } else { string::concat(th, first, rest) };
    }
    let n = n as usize;
    let first = take_decoded(th, t, Some(n))?;
    if first.len() == n {
        return Ok(first.value());
    }
    let mut out = CharsBuf::new();
    out.extend(first.chars());
    while out.len() < n {
        match read_chunk(th, t, n - out.len()) {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => {
                if !super::base::is_interrupted(th) {
                    return Err(e);
                }
                th.clear_pending();
                crate::support::sys::check_signals(th)?;
                continue;
            }
        }
        let more = take_decoded(th, t, Some(n - out.len()))?;
        out.extend(more.chars());
    }
    string::from_buf(th, &out)
}

impl Mode {
    fn ending(self) -> Ending<'static> {
        match self {
            Mode::Translate | Mode::Lf => Ending::Lf,
            Mode::Universal => Ending::Universal,
            Mode::Cr => Ending::Text(b"\r"),
            Mode::CrLf => Ending::Text(b"\r\n"),
        }
    }
}

/// A line of at most `limit` characters (negative: no limit).
fn line(th: &Thread, t: This, limit: isize) -> Res {
    let ending = t.mode.get().ending();
    let limit = if limit < 0 { usize::MAX } else { limit as usize };
    // The common case: the line lies in what is decoded.
    if let Some(d) = Str::from_value(t.decoded.get()) {
        let from = t.used.get();
        let most = d.len().min(from.saturating_add(limit));
        if let Ok(end) = line_end(d.chars().slice(0..most), from, ending) {
            t.used.set(end);
            return string::from_chars(th, d.chars().slice(from..end));
        }
    }
    write_pending(th, t)?;
    // The start of the line, from earlier chunks.
    let mut start = CharsBuf::new();
    loop {
        let mut more = true;
        while more && Str::from_value(t.decoded.get()).is_none_or(|d| d.len() == t.used.get()) {
            match read_chunk(th, t, 0) {
                Ok(m) => more = m,
                Err(e) => {
                    if !super::base::is_interrupted(th) {
                        return Err(e);
                    }
                    th.clear_pending();
                    crate::support::sys::check_signals(th)?;
                }
            }
        }
        let d = match Str::from_value(t.decoded.get()) {
            Some(d) if more => d,
            _ => {
                // The end of the file.
                text::drop_decoded(th, t);
                text::drop_snapshot(th, t);
                return string::from_buf(th, &start);
            }
        };
        let from = t.used.get();
        let room = limit - start.len();
        let most = d.len().min(from.saturating_add(room));
        let part = d.chars().slice(0..most);
        // A terminator of two characters may lie across the border of chunks.
        if let Ending::Text([a, b]) = ending
            && !start.is_empty()
            && start.as_chars().at(start.len() - 1) == *a as u32
            && from < most
            && part.at(from) == *b as u32
        {
            start.push(*b as u32);
            t.used.set(from + 1);
            return string::from_buf(th, &start);
        }
        match line_end(part, from, ending) {
            Ok(end) => {
                t.used.set(end);
                if start.is_empty() {
                    return string::from_chars(th, part.slice(from..end));
                }
                start.extend(part.slice(from..end));
                return string::from_buf(th, &start);
            }
            Err(_) => {
                start.extend(part.slice(from..most));
                t.used.set(most);
                if start.len() >= limit {
                    return string::from_buf(th, &start);
                }
                // All of it is used; the next chunk replaces it.
            }
        }
    }
}

pub fn readline(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    text::check_attached(th, t)?;
    let limit = args::size_or(th, a[1], -1)?;
    check_open(th, t, a[0])?;
    line(th, t, limit)
}

/// `__next__`: while iterating, positions are not kept.
pub fn next(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    text::check_attached(th, t)?;
    t.telling.set(false);
    let l = if super::text_methods::is_exact(th, a[0]) {
        if text::closed(th, t)? {
            return Err(super::base::closed_error(th));
        }
        line(th, t, -1)?
    } else {
        let l = call0(th, a[0], Name::readline)?;
        if Str::from_value(l).is_none() {
            return Err(th.raise_new(
                TypeId::OSError,
                format!("readline() should have returned a str object, not '{}'", type_name(th, l)),
            ));
        }
        l
    };
    if Str::of(l).is_empty() {
        text::drop_snapshot(th, t);
        t.telling.set(t.seekable.get());
        return Err(th.stop_iteration());
    }
    Ok(l)
}
