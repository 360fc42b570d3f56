//! Strings made of strings: pieces, repetitions, joins. Every function computes the size first and writes once.

use crate::class::{Class, type_name};
use crate::list::List;
use crate::shape::fixed;
use crate::storage::ValueVec;
use crate::string::{self, Str, allocate, copy_units, from_chars};
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{protocol, slice};
use krait_text::{Chars, CharsBuf, Unit, with_units};
use std::ops::Range;

/// The string as an exact `str`: itself, or a copy of a subclass's instance.
#[inline]
pub fn exact(th: &Thread, s: Str) -> Res {
    if s.value().has_shape(fixed::STR) { Ok(s.value()) } else { from_chars(th, s.chars()) }
}

/// An instance of the class (`str` or a subclass) with the text.
pub fn with_class(th: &Thread, class: Class, s: Str) -> Res {
    if class.is(TypeId::Str) {
        return exact(th, s);
    }
    let v = string::copy_for_subclass(th, s, class.shape.get(), class.tail_bytes())?;
    class.init_tail(v.cell());
    Ok(v)
}

/// `s[from..to]`; the bounds are in range.
#[inline]
pub fn substring(th: &Thread, s: Str, range: Range<usize>) -> Res {
    let n = range.len();
    if n == s.len() {
        return exact(th, s);
    }
    piece(th, s, range)
}

fn piece(th: &Thread, s: Str, range: Range<usize>) -> Res {
    let chars = s.chars();
    let Chars::One(units) = chars else { return from_chars(th, chars.slice(range)) };
    match range.len() {
        0 => Ok(th.interp.empty_str.get()),
        1 => Ok(th.interp.latin1(units[range.start])),
        n if s.is_ascii() => {
            let (r, to) = allocate(th, n, 0, true)?;
            // SAFETY: `to` has room for as many bytes; the source is not the fresh cell.
            unsafe { std::ptr::copy_nonoverlapping(units[range].as_ptr(), to, n) };
            Ok(r.value())
        }
        _ => string::from_latin1(th, &units[range]),
    }
}

/// The items of an extended slice of a string.
pub fn stepped(th: &Thread, s: Str, span: slice::Span) -> Res {
    if span.step == 1 || span.count == 0 {
        let start = if span.count == 0 { 0 } else { span.start as usize };
        return substring(th, s, start..start + span.count);
    }
    with_units!(s.chars(), units => {
        let picked: Vec<_> = span.indexes().map(|i| units[i]).collect();
        from_chars(th, Unit::chars(&picked))
    })
}

/// ASCII text of `len` bytes that `f` writes (it must not allocate in the heap). `len` is more than 1.
pub fn ascii_with(th: &Thread, len: usize, f: impl FnOnce(&mut [u8])) -> Res {
    debug_assert!(len > 1);
    let (s, to) = allocate(th, len, 0, true)?;
    // SAFETY: the fresh cell has `len` bytes of text, which nobody else sees yet.
    let text = unsafe { std::slice::from_raw_parts_mut(to, len) };
    f(text);
    debug_assert!(text.is_ascii());
    Ok(s.value())
}

/// `s * n`.
///
/// # Errors
/// OverflowError "repeated string is too long"; MemoryError.
pub fn repeat(th: &Thread, s: Str, n: isize) -> Res {
    let len = s.len();
    if n <= 0 || len == 0 {
        return Ok(th.interp.empty_str.get());
    }
    if n == 1 {
        return exact(th, s);
    }
    let n = n as usize;
    let Some(total) = len.checked_mul(n).filter(|&t| t <= isize::MAX as usize) else {
        return Err(th.overflow_error("repeated string is too long"));
    };
    let log = s.width_log();
    let (r, to) = allocate(th, total, log, s.is_ascii())?;
    if len == 1 && log == 0 {
        // SAFETY: the fresh text has `total` bytes.
        unsafe { to.write_bytes(s.at(0) as u8, total) };
        return Ok(r.value());
    }
    copy_units(to, log, s.chars());
    // Doubling what is there already.
    let (mut done, all) = (len << log, total << log);
    while done < all {
        let now = done.min(all - done);
        // SAFETY: source and target lie in the fresh text and do not overlap.
        unsafe { std::ptr::copy_nonoverlapping(to, to.add(done), now) };
        done += now;
    }
    Ok(r.value())
}

/// Text in three parts: `left` times `fill`, the text, `right` times `fill` (`center`, format specs).
pub fn padded(th: &Thread, text: Chars<'_>, ascii: bool, fill: u32, left: usize, right: usize) -> Res {
    let bits = match text {
        _ if ascii => 0x7F,
        Chars::One(_) => 0xFF,
        _ => text.max_char(),
    };
    let total =
        text.len().checked_add(left).and_then(|n| n.checked_add(right)).ok_or_else(|| th.memory_error())?;
    let max = bits.max(if left + right > 0 { fill } else { 0 });
    if total < 2 || (max < 0x100 && (bits >= 0x80 || !matches!(text, Chars::One(_)))) {
        // Shared strings, latin-1 that may be ASCII after all, and text to be narrowed.
        let mut buf = CharsBuf::with_capacity(total);
        buf.extend_repeat(fill, left);
        buf.extend(text);
        buf.extend_repeat(fill, right);
        return string::from_buf(th, &buf);
    }
    let log = match max {
        0..0x100 => 0,
        0x100..0x10000 => 1,
        _ => 2,
    };
    let (r, to) = allocate(th, total, log, max < 0x80)?;
    let fill_at = |from: usize, n: usize| {
        for i in from..from + n {
            // SAFETY: the positions lie inside the fresh text of `total` units.
            unsafe {
                match log {
                    0 => to.add(i).write(fill as u8),
                    1 => to.cast::<u16>().add(i).write(fill as u16),
                    _ => to.cast::<u32>().add(i).write(fill),
                }
            }
        }
    };
    fill_at(0, left);
    // SAFETY: the text follows the filling inside the fresh cell.
    copy_units(unsafe { to.add(left << log) }, log, text);
    fill_at(left + text.len(), right);
    Ok(r.value())
}

/// `sep.join(iterable)`.
///
/// # Errors
/// TypeErrors of `str.join`; what iterating raises.
pub fn join(th: &Thread, sep: Str, iterable: Value) -> Res {
    if let Some(l) = List::from_value(iterable) {
        // Nothing below runs Python code, so the list keeps its array.
        return join_items(th, sep, l.as_slice());
    }
    if let Some(t) = Tuple::from_value(iterable) {
        return join_items(th, sep, t.as_slice());
    }
    let items = sequence(th, iterable, "can only join an iterable")?;
    join_items(th, sep, items.as_slice())
}

/// The items of an iterable; TypeError `text` when it is none.
pub fn sequence(th: &Thread, v: Value, text: &str) -> Res<ValueVec> {
    let it = protocol::iter(th, v);
    let Some(it) = th.catch(it, TypeId::TypeError)? else { return Err(th.type_error(text)) };
    let mut out = ValueVec::new();
    while let Some(x) = protocol::next(th, it)? {
        out.push(th, x)?;
    }
    Ok(out)
}

/// Joins strings. The slice stays valid during the call: no Python code runs.
pub fn join_items(th: &Thread, sep: Str, items: &[Value]) -> Res {
    let (mut total, mut log, mut ascii) = (0usize, 0, true);
    for (i, &v) in items.iter().enumerate() {
        let Some(s) = Str::from_value(v) else {
            return Err(th.type_error(format!(
                "sequence item {i}: expected str instance, {} found",
                type_name(th, v)
            )));
        };
        total = total.saturating_add(s.len());
        log = log.max(s.width_log());
        ascii &= s.is_ascii();
    }
    if items.len() == 1 && items[0].has_shape(fixed::STR) {
        return Ok(items[0]);
    }
    let gaps = items.len().saturating_sub(1);
    if gaps > 0 && !sep.is_empty() {
        total = total.saturating_add(sep.len().saturating_mul(gaps));
        log = log.max(sep.width_log());
        ascii &= sep.is_ascii();
    }
    if total > isize::MAX as usize {
        return Err(th.overflow_error("join() result is too long for a Python string"));
    }
    if total < 2 {
        let one = items.iter().find(|v| !Str::of(**v).is_empty());
        return match one {
            Some(&v) => exact(th, Str::of(v)),
            None => exact(th, if total == 0 { Str::of(th.interp.empty_str.get()) } else { sep }),
        };
    }
    let (r, to) = allocate(th, total, log, ascii)?;
    if log == 0 {
        // SAFETY: the fresh text has `total` bytes, and all parts are one byte wide.
        unsafe { write_bytes(to, sep, items) };
        return Ok(r.value());
    }
    let mut at = 0;
    for (i, &v) in items.iter().enumerate() {
        if i > 0 && !sep.is_empty() {
            // SAFETY: the sizes of all parts were summed up above, and strings never change.
            copy_units(unsafe { to.add(at << log) }, log, sep.chars());
            at += sep.len();
        }
        let s = Str::of(v);
        // SAFETY: as above.
        copy_units(unsafe { to.add(at << log) }, log, s.chars());
        at += s.len();
    }
    Ok(r.value())
}

/// Joins strings of one byte per code point.
///
/// # Safety
/// `to` has room for all of them with separators in between, and they are strings.
unsafe fn write_bytes(to: *mut u8, sep: Str, items: &[Value]) {
    let mut at = to;
    let sep = if let Chars::One(s) = sep.chars() { s } else { &[] };
    for (i, &v) in items.iter().enumerate() {
        let Chars::One(part) = Str::of(v).chars() else { continue };
        // SAFETY: the caller gives room for all parts.
        unsafe {
            if i > 0 {
                if let [one] = sep {
                    at.write(*one);
                } else {
                    std::ptr::copy_nonoverlapping(sep.as_ptr(), at, sep.len());
                }
                at = at.add(sep.len());
            }
            copy_short(part, at);
            at = at.add(part.len());
        }
    }
}

/// Copies bytes that are mostly few.
///
/// # Safety
/// `to` has room for them.
#[inline(always)]
pub(crate) unsafe fn copy_short(from: &[u8], to: *mut u8) {
    let (n, p) = (from.len(), from.as_ptr());
    // SAFETY: two loads that overlap in the middle cover 4..=16 bytes; the caller gives the room.
    unsafe {
        match n {
            8..=16 => {
                let (a, b) = (p.cast::<u64>().read_unaligned(), p.add(n - 8).cast::<u64>().read_unaligned());
                to.cast::<u64>().write_unaligned(a);
                to.add(n - 8).cast::<u64>().write_unaligned(b);
            }
            4..8 => {
                let (a, b) = (p.cast::<u32>().read_unaligned(), p.add(n - 4).cast::<u32>().read_unaligned());
                to.cast::<u32>().write_unaligned(a);
                to.add(n - 4).cast::<u32>().write_unaligned(b);
            }
            0 => {}
            1..4 => {
                let (a, b, c) = (*p, *p.add(n / 2), *p.add(n - 1));
                to.write(a);
                to.add(n / 2).write(b);
                to.add(n - 1).write(c);
            }
            _ => std::ptr::copy_nonoverlapping(p, to, n),
        }
    }
}

/// Concatenates strings (an f-string's parts).
pub fn concat_all(th: &Thread, parts: &[Value]) -> Res {
    join_items(th, Str::of(th.interp.empty_str.get()), parts)
}

/// Text under construction that is mostly short and latin-1: it stays on the machine stack while it is.
pub struct ShortText {
    small: [std::mem::MaybeUninit<u8>; SMALL],
    len: usize,
    /// Everything, once it does not fit.
    large: Option<CharsBuf>,
}

const SMALL: usize = 256;

impl Default for ShortText {
    fn default() -> Self {
        Self::new()
    }
}

impl ShortText {
    pub fn new() -> ShortText {
        ShortText { small: [const { std::mem::MaybeUninit::uninit() }; SMALL], len: 0, large: None }
    }

    fn written(&self) -> &[u8] {
        // SAFETY: the first `len` bytes were written.
        unsafe { std::slice::from_raw_parts(self.small.as_ptr().cast(), self.len) }
    }

    /// Appends latin-1 text.
    #[inline]
    pub fn latin1(&mut self, text: &[u8]) {
        if self.large.is_none() && text.len() <= SMALL - self.len {
            // SAFETY: the room was checked.
            unsafe { copy_short(text, self.small.as_mut_ptr().cast::<u8>().add(self.len)) };
            self.len += text.len();
        } else {
            self.grown().extend_latin1(text);
        }
    }

    /// Appends text.
    #[inline]
    pub fn chars(&mut self, text: Chars<'_>) {
        match text {
            Chars::One(units) => self.latin1(units),
            wide => self.grown().extend(wide),
        }
    }

    /// Appends an integer's decimal digits.
    pub fn integer(&mut self, n: i64) {
        let (mut digits, mut at, mut rest) = ([0u8; 20], 20, n.unsigned_abs());
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if n < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        self.latin1(&digits[at..]);
    }

    #[cold]
    fn grown(&mut self) -> &mut CharsBuf {
        if self.large.is_none() {
            let mut buf = CharsBuf::with_capacity(2 * SMALL);
            buf.extend_latin1(self.written());
            self.large = Some(buf);
        }
        self.large.get_or_insert_default()
    }

    /// The string.
    pub fn finish(&self, th: &Thread) -> Res {
        match &self.large {
            Some(buf) => string::from_buf(th, buf),
            None => string::from_latin1(th, self.written()),
        }
    }
}
