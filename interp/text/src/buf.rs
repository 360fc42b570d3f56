//! Text under construction: starts at one byte per code point and widens when it must.
//!
//! Invariant: the width is the narrowest that holds what was pushed, and `bits` is the
//! bitwise or of all of it, so that the finished text is canonical and knows whether it
//! is ASCII without another pass. `truncate` restores both.

use crate::units::{Chars, Unit};
use crate::with_units;

#[derive(Clone, Debug)]
enum Store {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// Growing text; see the module's head.
#[derive(Clone, Debug)]
pub struct CharsBuf {
    store: Store,
    bits: u32,
}

impl Default for CharsBuf {
    fn default() -> Self {
        CharsBuf::new()
    }
}

impl CharsBuf {
    /// No text.
    pub const fn new() -> CharsBuf {
        CharsBuf { store: Store::One(Vec::new()), bits: 0 }
    }

    /// No text, with room for `n` code points of one byte.
    pub fn with_capacity(n: usize) -> CharsBuf {
        CharsBuf { store: Store::One(Vec::with_capacity(n)), bits: 0 }
    }

    /// No text, at the width and with the room of `text`, for results that are much like it;
    /// to be closed by `canonical`.
    pub(crate) fn shaped_like(text: Chars<'_>) -> CharsBuf {
        let n = text.len();
        let store = match text {
            Chars::One(_) => Store::One(Vec::with_capacity(n)),
            Chars::Two(_) => Store::Two(Vec::with_capacity(n)),
            Chars::Four(_) => Store::Four(Vec::with_capacity(n)),
        };
        CharsBuf { store, bits: 0 }
    }

    /// Narrows what started too wide.
    pub(crate) fn canonical(mut self) -> CharsBuf {
        self.narrow();
        self
    }

    /// Takes latin-1 text over.
    pub fn from_latin1(units: Vec<u8>) -> CharsBuf {
        let bits = Chars::One(&units).bits();
        CharsBuf { store: Store::One(units), bits }
    }

    /// Takes text over that the caller knows to be ASCII.
    pub fn from_ascii(units: Vec<u8>) -> CharsBuf {
        debug_assert!(units.is_ascii());
        CharsBuf { store: Store::One(units), bits: 0x7F }
    }

    /// Takes two-byte units over; narrows them if they all fit one byte.
    pub fn from_ucs2(units: Vec<u16>) -> CharsBuf {
        let bits = Chars::Two(&units).bits();
        let mut buf = CharsBuf { store: Store::Two(units), bits };
        buf.narrow();
        buf
    }

    /// Takes four-byte units (at most 0x10FFFF each) over; narrows them if they fit.
    pub fn from_ucs4(units: Vec<u32>) -> CharsBuf {
        let bits = Chars::Four(&units).bits();
        let mut buf = CharsBuf { store: Store::Four(units), bits };
        buf.narrow();
        buf
    }

    /// The text so far.
    #[inline]
    pub fn as_chars(&self) -> Chars<'_> {
        match &self.store {
            Store::One(v) => Chars::One(v),
            Store::Two(v) => Chars::Two(v),
            Store::Four(v) => Chars::Four(v),
        }
    }

    /// Number of code points so far.
    #[inline]
    pub fn len(&self) -> usize {
        self.as_chars().len()
    }

    /// Whether nothing was pushed.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether all code points are below 0x80.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.bits < 0x80
    }

    /// The largest code point (0 for none).
    pub fn max_char(&self) -> u32 {
        self.as_chars().max_char()
    }

    /// The units, if they are one byte wide; otherwise the buffer back.
    pub fn into_latin1(self) -> Result<Vec<u8>, CharsBuf> {
        match self.store {
            Store::One(v) => Ok(v),
            store => Err(CharsBuf { store, bits: self.bits }),
        }
    }

    /// Makes room for `n` more code points at the present width.
    pub fn reserve(&mut self, n: usize) {
        match &mut self.store {
            Store::One(v) => v.reserve(n),
            Store::Two(v) => v.reserve(n),
            Store::Four(v) => v.reserve(n),
        }
    }

    /// Appends a code point (at most 0x10FFFF; surrogates are fine).
    #[inline]
    pub fn push(&mut self, c: u32) {
        debug_assert!(c <= 0x10FFFF);
        match &mut self.store {
            Store::One(v) if c <= 0xFF => v.push(c as u8),
            Store::Two(v) if c <= 0xFFFF => v.push(c as u16),
            Store::Four(v) => v.push(c),
            _ => {
                self.widen(c);
                return self.push(c);
            }
        }
        self.bits |= c;
    }

    /// Appends text.
    #[inline]
    pub fn extend(&mut self, text: Chars<'_>) {
        if let Chars::One(units) = text {
            return self.extend_latin1(units);
        }
        let bits = text.bits();
        self.widen(bits);
        self.bits |= bits;
        match &mut self.store {
            Store::One(v) => with_units!(text, s => v.extend(s.iter().map(|&u| u.code() as u8))),
            Store::Two(v) => with_units!(text, s => v.extend(s.iter().map(|&u| u.code() as u16))),
            Store::Four(v) => with_units!(text, s => v.extend(s.iter().map(|&u| u.code()))),
        }
    }

    /// Appends latin-1 text.
    #[inline]
    pub fn extend_latin1(&mut self, units: &[u8]) {
        self.bits |= if units.is_ascii() { 0x7F } else { 0xFF };
        match &mut self.store {
            Store::One(v) => v.extend_from_slice(units),
            Store::Two(v) => v.extend(units.iter().map(|&u| u as u16)),
            Store::Four(v) => v.extend(units.iter().map(|&u| u as u32)),
        }
    }

    /// Appends Rust text.
    pub fn extend_str(&mut self, text: &str) {
        if text.is_ascii() {
            return self.extend_latin1(text.as_bytes());
        }
        text.chars().for_each(|c| self.push(c as u32));
    }

    /// Appends `c` `n` times.
    pub fn extend_repeat(&mut self, c: u32, n: usize) {
        if n == 0 {
            return;
        }
        self.widen(c);
        self.bits |= c;
        match &mut self.store {
            Store::One(v) => v.resize(v.len() + n, c as u8),
            Store::Two(v) => v.resize(v.len() + n, c as u16),
            Store::Four(v) => v.resize(v.len() + n, c),
        }
    }

    /// Cuts the text to `len` code points (no effect if it is not longer).
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        match &mut self.store {
            Store::One(v) => v.truncate(len),
            Store::Two(v) => v.truncate(len),
            Store::Four(v) => v.truncate(len),
        }
        self.bits = self.as_chars().bits();
        self.narrow();
    }

    /// The one-byte units of a buffer that is still one byte wide, for fast loops; the
    /// caller reports non-ASCII appends with `note`.
    #[inline]
    pub(crate) fn as_one(&mut self) -> Option<&mut Vec<u8>> {
        match &mut self.store {
            Store::One(v) => Some(v),
            _ => None,
        }
    }

    /// As `as_one`, for two-byte units.
    #[inline]
    pub(crate) fn as_two(&mut self) -> Option<&mut Vec<u16>> {
        match &mut self.store {
            Store::Two(v) => Some(v),
            _ => None,
        }
    }

    /// As `as_one`, for four-byte units.
    #[inline]
    pub(crate) fn as_four(&mut self) -> Option<&mut Vec<u32>> {
        match &mut self.store {
            Store::Four(v) => Some(v),
            _ => None,
        }
    }

    /// Records the or of code points appended through `as_one` and its sisters.
    #[inline]
    pub(crate) fn note(&mut self, bits: u32) {
        self.bits |= bits;
    }

    /// Makes the width sufficient for `bits`.
    pub(crate) fn widen(&mut self, bits: u32) {
        match &self.store {
            Store::One(v) if bits > 0xFFFF => self.store = Store::Four(widened(v)),
            Store::One(v) if bits > 0xFF => self.store = Store::Two(widened(v)),
            Store::Two(v) if bits > 0xFFFF => self.store = Store::Four(widened(v)),
            _ => {}
        }
    }

    fn narrow(&mut self) {
        match &self.store {
            Store::Two(v) if self.bits <= 0xFF => {
                self.store = Store::One(v.iter().map(|&u| u as u8).collect())
            }
            Store::Four(v) if self.bits <= 0xFF => {
                self.store = Store::One(v.iter().map(|&u| u as u8).collect())
            }
            Store::Four(v) if self.bits <= 0xFFFF => {
                self.store = Store::Two(v.iter().map(|&u| u as u16).collect())
            }
            _ => {}
        }
    }
}

/// A wider copy that keeps the room of the original and never starts tiny, so that a
/// text that widens early does not grow from nothing again.
fn widened<A: Unit, B: Unit>(units: &[A]) -> Vec<B> {
    let mut out = Vec::with_capacity(units.len() * 2 + 16);
    out.extend(units.iter().map(|u| B::of(u.code())));
    out
}

impl From<&str> for CharsBuf {
    fn from(text: &str) -> CharsBuf {
        let mut buf = CharsBuf::with_capacity(text.len());
        buf.extend_str(text);
        buf
    }
}

impl From<Chars<'_>> for CharsBuf {
    /// A canonical copy.
    fn from(text: Chars<'_>) -> CharsBuf {
        let mut buf = CharsBuf::with_capacity(if matches!(text, Chars::One(_)) { text.len() } else { 0 });
        buf.extend(text);
        buf
    }
}

impl FromIterator<u32> for CharsBuf {
    fn from_iter<I: IntoIterator<Item = u32>>(iter: I) -> CharsBuf {
        let mut buf = CharsBuf::new();
        iter.into_iter().for_each(|c| buf.push(c));
        buf
    }
}

impl PartialEq for CharsBuf {
    fn eq(&self, other: &Self) -> bool {
        self.as_chars() == other.as_chars()
    }
}
impl Eq for CharsBuf {}
