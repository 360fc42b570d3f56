//! Borrowed text of 1, 2 or 4 bytes per code point.
//!
//! Invariants: every unit is at most 0x10FFFF; lone surrogates are ordinary code points.
//! Callers normally hold the narrowest form, but nothing here relies on it: a `Two` whose
//! units would fit one byte compares, searches and encodes as the same text.

use std::cmp::Ordering;
use std::ops::Range;

/// A storage unit that holds one code point.
pub trait Unit: Copy + Ord + std::fmt::Debug + 'static {
    /// Largest code point a unit can hold.
    const MAX: u32;
    /// The code point.
    fn code(self) -> u32;
    /// The unit for `code`, which is at most `MAX` (higher bits are cut off).
    fn of(code: u32) -> Self;
    /// A slice of units as text.
    fn chars(units: &[Self]) -> Chars<'_>;
}

macro_rules! unit {
    ($ty:ty, $max:expr, $variant:ident) => {
        impl Unit for $ty {
            const MAX: u32 = $max;
            #[inline(always)]
            fn code(self) -> u32 {
                self as u32
            }
            #[inline(always)]
            fn of(code: u32) -> Self {
                code as $ty
            }
            #[inline(always)]
            fn chars(units: &[Self]) -> Chars<'_> {
                Chars::$variant(units)
            }
        }
    };
}
unit!(u8, 0xFF, One);
unit!(u16, 0xFFFF, Two);
unit!(u32, 0x10FFFF, Four);

/// Borrowed text: latin-1, UCS-2 or UCS-4.
#[derive(Clone, Copy, Debug)]
pub enum Chars<'a> {
    /// One byte per code point.
    One(&'a [u8]),
    /// Two bytes per code point.
    Two(&'a [u16]),
    /// Four bytes per code point.
    Four(&'a [u32]),
}

/// Runs an expression with `$units` bound to the slice inside a `Chars`, once per width.
#[macro_export]
macro_rules! with_units {
    ($chars:expr, $units:ident => $body:expr) => {
        match $chars {
            $crate::Chars::One($units) => $body,
            $crate::Chars::Two($units) => $body,
            $crate::Chars::Four($units) => $body,
        }
    };
}

impl<'a> Chars<'a> {
    /// Number of code points.
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, s => s.len())
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code point at `i`. Panics if `i` is not below the length.
    #[inline]
    pub fn at(self, i: usize) -> u32 {
        with_units!(self, s => s[i].code())
    }

    /// The code point at `i`, if there is one.
    #[inline]
    pub fn get(self, i: usize) -> Option<u32> {
        with_units!(self, s => s.get(i).map(|u| u.code()))
    }

    /// The code points of `range`. Panics if it is out of bounds.
    #[inline]
    pub fn slice(self, range: Range<usize>) -> Chars<'a> {
        with_units!(self, s => Unit::chars(&s[range]))
    }

    /// All code points in order.
    pub fn iter(self) -> CharsIter<'a> {
        CharsIter { chars: self, front: 0, back: self.len() }
    }

    /// The storage as bytes, in the machine's order: what a string's hash is taken over.
    pub fn native_bytes(self) -> &'a [u8] {
        match self {
            Chars::One(s) => s,
            // SAFETY: every byte of a u16 or u32 slice is initialised, u8 has no alignment,
            // and the length is that of the same memory counted in bytes.
            Chars::Two(s) => unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), s.len() * 2) },
            // SAFETY: as above.
            Chars::Four(s) => unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), s.len() * 4) },
        }
    }

    /// The bitwise or of all code points: an upper bound that tells which width is needed
    /// (and is below 0x80 exactly if all are ASCII).
    pub fn bits(self) -> u32 {
        match self {
            Chars::One(s) if s.is_ascii() => (!s.is_empty()) as u32 * 0x7F,
            Chars::One(_) => 0xFF,
            Chars::Two(s) => s.iter().fold(0, |a, &u| a | u) as u32,
            Chars::Four(s) => s.iter().fold(0, |a, &u| a | u),
        }
    }

    /// Whether all code points are below 0x80.
    #[inline]
    pub fn is_ascii(self) -> bool {
        match self {
            Chars::One(s) => s.is_ascii(),
            wide => wide.bits() < 0x80,
        }
    }

    /// The largest code point (0 for none).
    pub fn max_char(self) -> u32 {
        with_units!(self, s => s.iter().max().map_or(0, |u| u.code()))
    }

    /// Lossy copy as Rust text, for messages: lone surrogates become U+FFFD.
    pub fn to_string_lossy(self) -> String {
        self.iter().map(|c| char::from_u32(c).unwrap_or('\u{FFFD}')).collect()
    }

    /// Order by code points, whatever the widths.
    pub fn compare(self, other: Chars<'_>) -> Ordering {
        fn mixed<A: Unit, B: Unit>(a: &[A], b: &[B]) -> Ordering {
            match a.iter().zip(b).find(|(x, y)| x.code() != y.code()) {
                Some((x, y)) => x.code().cmp(&y.code()),
                None => a.len().cmp(&b.len()),
            }
        }
        match (self, other) {
            (Chars::One(a), Chars::One(b)) => a.cmp(b),
            (a, b) => with_units!(a, a => with_units!(b, b => mixed(a, b))),
        }
    }

    /// Equality by code points, whatever the widths.
    #[inline]
    pub fn same(self, other: Chars<'_>) -> bool {
        match (self, other) {
            (Chars::One(a), Chars::One(b)) => a == b,
            (Chars::Two(a), Chars::Two(b)) => a == b,
            (Chars::Four(a), Chars::Four(b)) => a == b,
            (a, b) => a.len() == b.len() && a.compare(b) == Ordering::Equal,
        }
    }

    /// Whether `part` stands at `pos`.
    #[inline]
    pub fn has_at(self, pos: usize, part: Chars<'_>) -> bool {
        let end = match pos.checked_add(part.len()) {
            Some(end) if end <= self.len() => end,
            _ => return false,
        };
        self.slice(pos..end).same(part)
    }
}

impl PartialEq for Chars<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.same(*other)
    }
}
impl Eq for Chars<'_> {}

/// Iterator over the code points of a `Chars`.
#[derive(Clone, Debug)]
pub struct CharsIter<'a> {
    chars: Chars<'a>,
    front: usize,
    back: usize,
}

impl Iterator for CharsIter<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.front == self.back {
            return None;
        }
        self.front += 1;
        Some(self.chars.at(self.front - 1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.back - self.front, Some(self.back - self.front))
    }
}

impl DoubleEndedIterator for CharsIter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.front == self.back {
            return None;
        }
        self.back -= 1;
        Some(self.chars.at(self.back))
    }
}

impl ExactSizeIterator for CharsIter<'_> {}

/// Number of leading ASCII bytes.
#[inline]
pub fn ascii_prefix(bytes: &[u8]) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut done = 0;
    let mut chunks = bytes.chunks_exact(32);
    for chunk in &mut chunks {
        if !chunk.iter().fold(0, |a, &b| a | b).is_ascii() {
            break;
        }
        done += 32;
    }
    let rest = &bytes[done..];
    let mut words = rest.chunks_exact(8);
    for word in &mut words {
        let bits =
            u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]])
                & HIGH;
        if bits != 0 {
            return done + (bits.trailing_zeros() / 8) as usize;
        }
        done += 8;
    }
    let tail = words.remainder();
    done + tail.iter().position(|b| !b.is_ascii()).unwrap_or(tail.len())
}
