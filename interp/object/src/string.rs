//! `str` cells: layout, creation, access, interning, hashing. The methods are in `str_methods`.
//!
//! A string keeps 1, 2 or 4 bytes per code point (the narrowest that fits), lone surrogates
//! included, knows whether it is ASCII, ends in a NUL unit when it is not shared, and caches its
//! hash. Text lies in the cell itself, or in a raw cell outside it.
//!
//! Repeated `s += t` is linear: a long result lies in a raw cell with room behind it, and the
//! next concatenation writes there, if nobody else did, and makes a cell that shares the raw
//! one. What a string shows of a raw cell never changes. Repeated `s = t + s` makes ropes,
//! cells that refer to their halves and are flattened into a raw cell on the first look.

use crate::attrs;
use crate::cellref::{Owned, Slot};
use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use krait_text::{Chars, CharsBuf};
use std::cell::Cell;

/// Flags in `StrCell::meta` (bits 48..).
const WIDTH_SHIFT: u64 = 48; // 0, 1, 2: log2 of the unit size
const ASCII: u64 = 1 << 50;
const INTERNED: u64 = 1 << 51;
const ROPE: u64 = 1 << 52;
/// The text is in a raw cell, not inline.
const OUTSIDE: u64 = 1 << 53;
const LENGTH: u64 = (1 << 48) - 1;

/// Results of concatenation shorter than this lie in their own cell.
const OUTSIDE_MINIMUM: usize = 512;

#[repr(C)]
pub struct StrCell {
    header: Header,
    /// Zero: not computed yet.
    hash: Cell<i64>,
    meta: Cell<u64>,
    /// Inline text starts here; for a rope the left half, for outside text its raw cell.
    left: Slot,
    right: Slot,
}

/// Offset of the word whose bits under [`LENGTH_MASK`] are the length.
pub const META_OFFSET: usize = std::mem::offset_of!(StrCell, meta);
pub const LENGTH_MASK: u64 = LENGTH;

/// Offset of inline text.
const INLINE: usize = 24;

/// Text outside string cells: units in use (by the longest of the strings that share it), room, then the units.
#[repr(C)]
struct OutsideCell {
    header: Header,
    used: Cell<usize>,
    capacity: Cell<usize>,
}

/// Offset of the text in a raw cell.
const OUTSIDE_TEXT: usize = size_of::<OutsideCell>();

handle!(
    /// A string.
    Str, StrCell, Kind::Str
);

/// # Safety
/// The cell is a live string.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let s = Str::from_cell(cell);
    let meta = s.meta.get();
    if meta & ROPE != 0 {
        s.left.trace(tracer);
        s.right.trace(tracer);
    } else if meta & OUTSIDE != 0 {
        tracer.visit_ptr(s.outside().get());
    }
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

impl Str {
    /// Number of code points.
    #[inline(always)]
    pub fn len(self) -> usize {
        (self.meta.get() & LENGTH) as usize
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Are all code points below 0x80?
    #[inline(always)]
    pub fn is_ascii(self) -> bool {
        self.meta.get() & ASCII != 0
    }

    /// Is this the one string of its text in the interned table?
    #[inline(always)]
    pub fn is_interned(self) -> bool {
        self.meta.get() & INTERNED != 0
    }

    /// Bytes per code point.
    #[inline(always)]
    pub fn width(self) -> usize {
        1 << self.width_log()
    }

    /// Binary logarithm of the width.
    #[inline(always)]
    pub(crate) fn width_log(self) -> u64 {
        self.meta.get() >> WIDTH_SHIFT & 3
    }

    #[inline(always)]
    fn data(self) -> *const u8 {
        let meta = self.meta.get();
        if meta & (ROPE | OUTSIDE) != 0 {
            return self.far_data();
        }
        // SAFETY: inline text starts at this offset of the cell.
        unsafe { self.cell().as_ptr().cast::<u8>().add(INLINE) }
    }

    #[cold]
    #[inline(never)]
    fn far_data(self) -> *const u8 {
        if self.meta.get() & ROPE != 0 {
            flatten(Thread::current(), self);
        }
        // SAFETY: OUTSIDE: the word holds the raw cell's address; its bytes follow its header.
        unsafe { self.outside().get().cast::<u8>().add(OUTSIDE_TEXT) }
    }

    /// The word that holds the raw cell's address when `OUTSIDE` is set.
    #[inline]
    fn outside(&self) -> &Owned {
        // SAFETY: `Owned` and `Slot` are both one word, and with OUTSIDE the word is an `Owned`.
        unsafe { &*(&raw const self.left).cast::<Owned>() }
    }

    /// The text. Valid while the string is reachable (its storage never moves); flattens a rope.
    #[inline(always)]
    pub fn chars<'a>(self) -> Chars<'a> {
        let (data, len) = (self.data(), self.len());
        // SAFETY: the cell holds `len` units of its width from `data` on; the text is never changed after creation,
        // and the caller keeps the string reachable, as for every handle.
        unsafe {
            match self.meta.get() >> WIDTH_SHIFT & 3 {
                0 => Chars::One(std::slice::from_raw_parts(data, len)),
                1 => Chars::Two(std::slice::from_raw_parts(data.cast(), len)),
                _ => Chars::Four(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    /// The text as Rust's `str` when it is ASCII.
    #[inline]
    pub fn as_ascii<'a>(self) -> Option<&'a str> {
        match self.chars() {
            // SAFETY: ASCII is valid UTF-8.
            Chars::One(s) if self.is_ascii() => Some(unsafe { std::str::from_utf8_unchecked(s) }),
            _ => None,
        }
    }

    /// A copy as Rust text; lone surrogates become U+FFFD. For messages.
    pub fn to_text(self) -> String {
        self.chars().to_string_lossy()
    }

    /// A copy in UTF-8; None when there are lone surrogates.
    pub fn to_utf8(self) -> Option<String> {
        if let Some(s) = self.as_ascii() {
            return Some(s.to_owned());
        }
        self.chars().iter().map(char::from_u32).collect()
    }

    /// Code point number `i`; `i` is below the length.
    #[inline]
    pub fn at(self, i: usize) -> u32 {
        self.chars().at(i)
    }

    /// Same text?
    #[inline]
    pub fn equals(self, other: Str) -> bool {
        if self == other {
            return true;
        }
        let m = LENGTH | 3 << WIDTH_SHIFT;
        if (self.meta.get() ^ other.meta.get()) & m != 0 {
            return false;
        }
        if self.is_interned() && other.is_interned() {
            return false;
        }
        self.chars() == other.chars()
    }

    /// Same text as the Rust string?
    pub fn is(self, text: &str) -> bool {
        match self.as_ascii() {
            Some(s) => s == text,
            None => !text.is_ascii() && self.to_utf8().as_deref() == Some(text),
        }
    }

    /// The hash, as `hash()` gives it: cached, never zero internally.
    #[inline(always)]
    pub fn hash(self, th: &Thread) -> i64 {
        let h = self.hash.get();
        if h != 0 { h } else { self.compute_hash(th) }
    }

    #[cold]
    #[inline(never)]
    fn compute_hash(self, th: &Thread) -> i64 {
        let h =
            crate::hash::fit(krait_text::hash::hash_bytes(th.interp.hash_key, self.chars().native_bytes()));
        // An empty string hashes to zero, which stays uncached and cheap.
        self.hash.set(h);
        h
    }
}

/// Room for an exact string of `len` units; the text is to be filled in.
pub(crate) fn allocate(th: &Thread, len: usize, width_log: u64, ascii: bool) -> Res<(Str, *mut u8)> {
    let bytes = len
        .checked_add(1)
        .and_then(|n| n.checked_mul(1 << width_log))
        .and_then(|n| n.checked_add(INLINE))
        .filter(|&n| n < 1 << 47)
        .ok_or_else(|| th.memory_error())?;
    let cell = if bytes <= 4096 {
        th.heap.alloc(bytes, fixed::STR, Kind::Str as u8)
    } else {
        th.heap.try_alloc(bytes, fixed::STR, Kind::Str as u8).ok_or_else(|| th.memory_error())?
    };
    let s = Str::from_cell(cell);
    s.meta.set(len as u64 | width_log << WIDTH_SHIFT | if ascii { ASCII } else { 0 });
    // SAFETY: the cell has room for the text at this offset; the memory is zero, so the NUL is there.
    Ok((s, unsafe { cell.as_ptr().cast::<u8>().add(INLINE) }))
}

/// A string from code points in any form; narrowed to the smallest width.
pub fn from_chars(th: &Thread, chars: Chars<'_>) -> Res {
    match chars {
        Chars::One(s) => from_latin1(th, s),
        Chars::Two(s) => {
            let bits = chars.bits();
            if bits < 0x100 {
                return narrow(th, s, bits);
            }
            let (r, to) = allocate(th, s.len(), 1, false)?;
            // SAFETY: `to` has room for as many u16 units.
            unsafe { std::ptr::copy_nonoverlapping(s.as_ptr(), to.cast(), s.len()) };
            Ok(r.value())
        }
        Chars::Four(s) => {
            let bits = chars.bits();
            if bits < 0x100 {
                return narrow(th, s, bits);
            }
            let max = if bits < 0x10000 { bits } else { chars.max_char() };
            let log = if max < 0x10000 { 1 } else { 2 };
            let (r, to) = allocate(th, s.len(), log, false)?;
            for (i, &c) in s.iter().enumerate() {
                // SAFETY: i is below the allocated length.
                unsafe {
                    if log == 1 {
                        to.cast::<u16>().add(i).write(c as u16)
                    } else {
                        to.cast::<u32>().add(i).write(c)
                    }
                }
            }
            Ok(r.value())
        }
    }
}

fn narrow<U: krait_text::Unit>(th: &Thread, s: &[U], bits: u32) -> Res {
    if s.is_empty() {
        return Ok(th.interp.empty_str.get());
    }
    if s.len() == 1 {
        return Ok(th.interp.latin1(s[0].code() as u8));
    }
    let (r, to) = allocate(th, s.len(), 0, bits < 0x80)?;
    for (i, c) in s.iter().enumerate() {
        // SAFETY: i is below the allocated length.
        unsafe { to.add(i).write(c.code() as u8) };
    }
    Ok(r.value())
}

/// A string from latin-1 bytes.
pub fn from_latin1(th: &Thread, bytes: &[u8]) -> Res {
    match bytes.len() {
        0 => return Ok(th.interp.empty_str.get()),
        1 => return Ok(th.interp.latin1(bytes[0])),
        _ => {}
    }
    let (s, to) = allocate(th, bytes.len(), 0, bytes.is_ascii())?;
    // SAFETY: `to` has room for as many bytes; the source is not the fresh cell.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    Ok(s.value())
}

/// A fresh string cell for bootstrap, when the interpreter's tables are still empty; also never shares one-character strings.
pub fn fresh_latin1(th: &Thread, bytes: &[u8]) -> Res {
    let (s, to) = allocate(th, bytes.len(), 0, bytes.is_ascii())?;
    // SAFETY: as in `from_latin1`.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    Ok(s.value())
}

/// A string from the builder.
pub fn from_buf(th: &Thread, buf: &CharsBuf) -> Res {
    from_chars(th, buf.as_chars())
}

/// A string from Rust text; MemoryError when there is no room.
pub fn try_new(th: &Thread, text: &str) -> Res {
    if text.is_ascii() {
        return from_latin1(th, text.as_bytes());
    }
    let mut buf = CharsBuf::with_capacity(text.len());
    buf.extend_str(text);
    from_buf(th, &buf)
}

/// A string from Rust text that is known to be short (names, messages).
///
/// # Panics
/// When memory is exhausted.
pub fn new(th: &Thread, text: &str) -> Value {
    try_new(th, text).unwrap_or_else(|_| {
        th.clear_pending();
        th.interp.empty_str.get()
    })
}

/// A string of one code point.
pub fn from_code_point(th: &Thread, c: u32) -> Res {
    if c < 0x100 {
        return Ok(th.interp.latin1(c as u8));
    }
    from_chars(th, Chars::Four(&[c]))
}

/// A string from generalized UTF-8 (constants of code templates).
pub fn from_wtf8(th: &Thread, bytes: &[u8]) -> Res {
    if bytes.is_ascii() {
        return from_latin1(th, bytes);
    }
    match krait_text::wtf8::decode(bytes) {
        Ok(buf) => from_buf(th, &buf),
        Err(at) => Err(th.value_error(format!("invalid text at byte {at}"))),
    }
}

/// `a + b` for two strings.
pub fn concat(th: &Thread, a: Str, b: Str) -> Res {
    let (n, m) = (a.len(), b.len());
    if n == 0 && b.value().has_shape(fixed::STR) {
        return Ok(b.value());
    }
    if m == 0 && a.value().has_shape(fixed::STR) {
        return Ok(a.value());
    }
    let log = a.width_log().max(b.width_log());
    let ascii = a.is_ascii() && b.is_ascii();
    if n + m >= OUTSIDE_MINIMUM {
        return concat_long(th, a, b, log, ascii);
    }
    let (s, to) = allocate(th, n + m, log, ascii)?;
    copy_units(to, log, a.chars());
    // SAFETY: the second text follows the first inside the cell.
    copy_units(unsafe { to.add(n << log) }, log, b.chars());
    Ok(s.value())
}

fn concat_long(th: &Thread, a: Str, b: Str, log: u64, ascii: bool) -> Res {
    let (n, m) = (a.len(), b.len());
    let make = |flag: u64| {
        let s = Str::from_cell(th.heap.alloc(size_of::<StrCell>(), fixed::STR, Kind::Str as u8));
        s.meta.set((n + m) as u64 | log << WIDTH_SHIFT | if ascii { ASCII } else { 0 } | flag);
        s
    };
    if n < m {
        let s = make(ROPE);
        s.left.init(a.value());
        s.right.init(b.value());
        return Ok(s.value());
    }
    let mut room = 0;
    if a.meta.get() & OUTSIDE != 0 && a.width_log() == log {
        let raw = a.outside().get();
        // SAFETY: with OUTSIDE the word holds the address of a live raw cell with this layout.
        let cell = unsafe { &*raw.cast::<OutsideCell>() };
        if cell.used.get() == n {
            if n + m <= cell.capacity.get() {
                let text = b.chars();
                // SAFETY: the text goes behind what strings show of the raw cell, inside its room.
                copy_units(unsafe { raw.cast::<u8>().add(OUTSIDE_TEXT + (n << log)) }, log, text);
                cell.used.set(n + m);
                let s = make(OUTSIDE);
                // SAFETY: the fresh cell's first word holds the raw cell's address; no barrier is needed for it.
                unsafe { (&raw const s.left).cast_mut().cast::<*mut Header>().write(raw) };
                return Ok(s.value());
            }
            // It grows again and again: make room.
            room = n + m;
        }
    }
    let raw = allocate_outside(th, n + m, room, log).ok_or_else(|| th.memory_error())?;
    // SAFETY: the raw cell has room for both texts.
    let to = unsafe { raw.as_ptr().cast::<u8>().add(OUTSIDE_TEXT) };
    copy_units(to, log, a.chars());
    // SAFETY: the second text follows the first.
    copy_units(unsafe { to.add(n << log) }, log, b.chars());
    let s = make(OUTSIDE);
    // SAFETY: as above.
    unsafe { (&raw const s.left).cast_mut().cast::<*mut Header>().write(raw.as_ptr()) };
    Ok(s.value())
}

/// A raw cell for `len` units, all in use, with room for some more and a NUL.
fn allocate_outside(th: &Thread, len: usize, room: usize, log: u64) -> Option<CellPtr> {
    let capacity = len.checked_add(room)?;
    let bytes = capacity.checked_add(1)?.checked_mul(1 << log)?.checked_add(OUTSIDE_TEXT)?;
    let raw = th.heap.try_alloc(bytes, 0, Kind::Raw as u8)?;
    // SAFETY: the fresh cell is large enough for this layout.
    let cell = unsafe { raw.cast::<OutsideCell>().as_ref() };
    cell.used.set(len);
    cell.capacity.set(capacity);
    Some(raw)
}

/// Writes text in units of the given width.
pub(crate) fn copy_units(to: *mut u8, log: u64, chars: Chars<'_>) {
    // SAFETY: callers give `to` room for `chars.len()` units of the width, and the width holds every code point.
    unsafe {
        match (chars, log) {
            (Chars::One(s), 0) => std::ptr::copy_nonoverlapping(s.as_ptr(), to, s.len()),
            (Chars::Two(s), 1) => std::ptr::copy_nonoverlapping(s.as_ptr(), to.cast(), s.len()),
            (Chars::Four(s), 2) => std::ptr::copy_nonoverlapping(s.as_ptr(), to.cast(), s.len()),
            (c, 1) => c.iter().enumerate().for_each(|(i, c)| to.cast::<u16>().add(i).write(c as u16)),
            (c, _) => c.iter().enumerate().for_each(|(i, c)| to.cast::<u32>().add(i).write(c)),
        }
    }
}

/// Turns a rope into flat text, in place. The text is written from the right end with an explicit stack, since a
/// rope built by repeated appending is as deep as it is long.
fn flatten(th: &Thread, rope: Str) {
    let (len, log) = (rope.len(), rope.meta.get() >> WIDTH_SHIFT & 3);
    let Some(raw) = allocate_outside(th, len, 0, log) else {
        // The halves exist, so this much memory was had before; there is no way to report from here.
        crate::complain!("krait: out of memory while joining a string of {len} characters");
        std::process::abort();
    };
    // SAFETY: the raw cell has room for the text after its header word.
    let base = unsafe { raw.as_ptr().cast::<u8>().add(OUTSIDE_TEXT) };
    // Holds only parts of `rope`, which the caller keeps reachable.
    let mut pending = vec![rope];
    let mut end = len;
    while let Some(s) = pending.pop() {
        if s.meta.get() & ROPE != 0 {
            pending.push(Str::of(s.left.get()));
            pending.push(Str::of(s.right.get()));
        } else {
            end -= s.len();
            // SAFETY: parts fill the text exactly from the end to the start.
            copy_units(unsafe { base.add(end << log) }, log, s.chars());
        }
    }
    rope.meta.set(rope.meta.get() & !ROPE | OUTSIDE);
    rope.right.init(Value::ZERO);
    rope.outside().set(th, rope.cell(), raw.as_ptr());
}

/// The string of a value, or None when it is no `str`.
#[inline(always)]
pub fn get(v: Value) -> Option<Str> {
    Str::from_value(v)
}

/// The one string of this text. The interned table keeps it alive.
pub fn intern(th: &Thread, s: Str) -> Value {
    if s.is_interned() {
        return s.value();
    }
    th.interp.interned.intern(th, s)
}

/// Marks a string as interned; only the interned table calls this.
pub fn mark_interned(s: Str) {
    s.meta.set(s.meta.get() | INTERNED);
}

/// Gives a string cell of a subclass its text: a copy of `s` with room for the class's tail words.
pub fn copy_for_subclass(th: &Thread, s: Str, shape: u32, tail_bytes: usize) -> Res {
    let log = s.meta.get() >> WIDTH_SHIFT & 3;
    let bytes = INLINE + ((s.len() + 1) << log) + 8 + tail_bytes;
    let cell = th.heap.try_alloc(bytes, shape, Kind::Str as u8).ok_or_else(|| th.memory_error())?;
    let r = Str::from_cell(cell);
    r.meta.set(s.meta.get() & !(INTERNED | ROPE | OUTSIDE));
    // SAFETY: the cell has room for the text at this offset.
    copy_units(unsafe { cell.as_ptr().cast::<u8>().add(INLINE) }, log, s.chars());
    Ok(r.value())
}

/// The text of an argument that must be a string; else TypeError "WHAT must be str, not T", as C's argument parser has it.
pub fn expect(th: &Thread, v: Value, what: &str) -> Result<Str, Raised> {
    Str::from_value(v).ok_or_else(|| crate::arguments::bad_argument(th, v, what, "str"))
}
