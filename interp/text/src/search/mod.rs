//! Finding text in text: find, rfind, count, replace, over any mix of widths.
//!
//! Nothing is quadratic. Bytes go to `memchr`'s searchers; wider text uses a filter on the
//! first unit and changes over to the two-way algorithm once the filter has wasted more
//! than a fixed multiple of the text it passed. A needle of another width is brought to the
//! width of the haystack first; one that does not fit can not occur.

mod split;
mod two_way;

pub use split::*;

use crate::buf::CharsBuf;
use crate::units::{Chars, Unit};
use crate::with_units;
use std::borrow::Cow;

/// What a search needs of a unit beyond being one.
trait Searched: Unit {
    fn position(units: &[Self], unit: Self) -> Option<usize>;
    fn last_position(units: &[Self], unit: Self) -> Option<usize>;
    fn find(haystack: &[Self], needle: &[Self]) -> Option<usize>;
    fn rfind(haystack: &[Self], needle: &[Self]) -> Option<usize>;
    /// Calls `found` with the start of each match that begins at or after the end of the one
    /// before, until it says stop (false). The needle is not empty.
    fn each(haystack: &[Self], needle: &[Self], found: &mut dyn FnMut(usize) -> bool);
    /// A search for the last match that may be used again and again.
    fn reverse_finder(needle: &[Self]) -> impl Fn(&[Self]) -> Option<usize>;
    fn same_width(text: Chars<'_>) -> Option<&[Self]>;
    /// Whether str's splitlines ends a line here; in the unit's own arithmetic, for vectors.
    fn ends_line(self) -> bool;
}

/// The first unit that `wanted` takes. Whole chunks go through `hit`, which says whether there
/// is one in them, without branches, so that the compiler makes vector code of it.
#[inline(always)]
fn position_by_chunks<T: Copy>(
    units: &[T],
    hit: impl Fn(&[T; 32]) -> bool,
    wanted: impl Fn(T) -> bool,
) -> Option<usize> {
    let (chunks, _) = units.as_chunks::<32>();
    let from = chunks.iter().position(hit).unwrap_or(chunks.len()) * 32;
    units[from..].iter().position(|&u| wanted(u)).map(|i| from + i)
}

impl Searched for u8 {
    fn position(units: &[u8], unit: u8) -> Option<usize> {
        memchr::memchr(unit, units)
    }
    fn last_position(units: &[u8], unit: u8) -> Option<usize> {
        memchr::memrchr(unit, units)
    }
    fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
        find_bytes(haystack, needle)
    }
    fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
        memchr::memmem::rfind(haystack, needle)
    }
    fn each(haystack: &[u8], needle: &[u8], found: &mut dyn FnMut(usize) -> bool) {
        if let [unit] = needle {
            let _ = memchr::memchr_iter(*unit, haystack).all(found);
        } else {
            let _ = memchr::memmem::find_iter(haystack, needle).all(found);
        }
    }
    fn reverse_finder(needle: &[u8]) -> impl Fn(&[u8]) -> Option<usize> {
        let finder = memchr::memmem::FinderRev::new(needle);
        move |haystack| match needle {
            [unit] => memchr::memrchr(*unit, haystack),
            _ => finder.rfind(haystack),
        }
    }
    fn same_width(text: Chars<'_>) -> Option<&[u8]> {
        if let Chars::One(s) = text { Some(s) } else { None }
    }
    #[inline(always)]
    fn ends_line(self) -> bool {
        (self.wrapping_sub(10) < 4) | (self.wrapping_sub(0x1C) < 3) | (self == 0x85)
    }
}

macro_rules! searched_wide {
    ($ty:ty, $variant:ident) => {
        impl Searched for $ty {
            fn position(units: &[$ty], unit: $ty) -> Option<usize> {
                let hit = |c: &[$ty; 32]| c.iter().fold(false, |any, &u| any | (u == unit));
                position_by_chunks(units, hit, |u| u == unit)
            }
            fn last_position(units: &[$ty], unit: $ty) -> Option<usize> {
                units.iter().rposition(|&u| u == unit)
            }
            fn find(haystack: &[$ty], needle: &[$ty]) -> Option<usize> {
                find_wide(haystack, needle)
            }
            fn rfind(haystack: &[$ty], needle: &[$ty]) -> Option<usize> {
                if needle.len() == 1 {
                    return Self::last_position(haystack, needle[0]);
                }
                let at = two_way::find(two_way::Backward(haystack), two_way::Backward(needle), 0)?;
                Some(haystack.len() - at - needle.len())
            }
            fn each(haystack: &[$ty], needle: &[$ty], found: &mut dyn FnMut(usize) -> bool) {
                let mut from = 0;
                while let Some(at) = find_wide(&haystack[from..], needle) {
                    if !found(from + at) {
                        return;
                    }
                    from += at + needle.len();
                }
            }
            fn reverse_finder(needle: &[$ty]) -> impl Fn(&[$ty]) -> Option<usize> {
                |haystack| Self::rfind(haystack, needle)
            }
            fn same_width(text: Chars<'_>) -> Option<&[$ty]> {
                if let Chars::$variant(s) = text { Some(s) } else { None }
            }
            #[inline(always)]
            fn ends_line(self) -> bool {
                let latin1 = (self.wrapping_sub(10) < 4) | (self.wrapping_sub(0x1C) < 3) | (self == 0x85);
                latin1 | (self.wrapping_sub(0x2028) < 2)
            }
        }
    };
}
searched_wide!(u16, Two);
searched_wide!(u32, Four);

/// Looks for the first byte by itself as long as that goes well, since a searcher takes long to make.
fn find_bytes(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let Some((&first, rest)) = needle.split_first() else { return Some(0) };
    let starts = haystack.get(..=haystack.len().checked_sub(needle.len())?)?;
    let (mut at, mut work) = (0, 0);
    while let Some(skip) = memchr::memchr(first, &starts[at..]) {
        at += skip;
        let same = haystack[at + 1..].iter().zip(rest).take_while(|(a, b)| a == b).count();
        if same == rest.len() {
            return Some(at);
        }
        work += same + 8;
        at += 1;
        if work > at + 128 {
            return memchr::memmem::find(&haystack[at..], needle).map(|i| at + i);
        }
    }
    None
}

fn find_wide<T: Searched>(haystack: &[T], needle: &[T]) -> Option<usize> {
    let Some((&first, rest)) = needle.split_first() else { return Some(0) };
    if needle.len() > haystack.len() {
        return None;
    }
    if rest.is_empty() {
        return T::position(haystack, first);
    }
    let (mut at, mut work) = (0, 0);
    let starts = &haystack[..=haystack.len() - needle.len()];
    while let Some(skip) = T::position(&starts[at..], first) {
        at += skip;
        let same = haystack[at + 1..].iter().zip(rest).take_while(|(a, b)| a == b).count();
        if same == rest.len() {
            return Some(at);
        }
        work += same + 1;
        at += 1;
        if work > 4 * at + 256 {
            return two_way::find(two_way::Forward(haystack), two_way::Forward(needle), at);
        }
    }
    None
}

/// The needle in the haystack's width, or `None` if it does not fit (and so can not occur).
fn cast<T: Searched>(needle: Chars<'_>) -> Option<Cow<'_, [T]>> {
    if let Some(same) = T::same_width(needle) {
        return Some(Cow::Borrowed(same));
    }
    with_units!(needle, s => {
        s.iter().map(|u| (u.code() <= T::MAX).then(|| T::of(u.code()))).collect::<Option<Vec<T>>>().map(Cow::Owned)
    })
}

/// Position of the first `c` at or after `from`.
#[inline]
pub fn find_char(text: Chars<'_>, c: u32, from: usize) -> Option<usize> {
    fn go<T: Searched>(s: &[T], c: u32, from: usize) -> Option<usize> {
        if c > T::MAX {
            return None;
        }
        T::position(s.get(from..)?, T::of(c)).map(|i| from + i)
    }
    with_units!(text, s => go(s, c, from))
}

/// Position of the last `c`.
#[inline]
pub fn rfind_char(text: Chars<'_>, c: u32) -> Option<usize> {
    fn go<T: Searched>(s: &[T], c: u32) -> Option<usize> {
        if c > T::MAX { None } else { T::last_position(s, T::of(c)) }
    }
    with_units!(text, s => go(s, c))
}

/// Position of the first occurrence (an empty needle is found at 0).
#[inline]
pub fn find(haystack: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    if needle.len() > haystack.len() {
        return None;
    }
    if needle.len() == 1 {
        return find_char(haystack, needle.at(0), 0);
    }
    with_units!(haystack, h => Searched::find(h, &cast(needle)?))
}

/// Position of the last occurrence (an empty needle is found at the end).
pub fn rfind(haystack: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    if needle.len() > haystack.len() {
        return None;
    }
    if needle.is_empty() {
        return Some(haystack.len());
    }
    with_units!(haystack, h => Searched::rfind(h, &cast(needle)?))
}

/// Whether the needle occurs.
#[inline]
pub fn contains(haystack: Chars<'_>, needle: Chars<'_>) -> bool {
    find(haystack, needle).is_some()
}

/// Calls `found` with the start of each match, none overlapping the one before, until it
/// says stop (false). The needle must not be empty.
pub fn each_match(haystack: Chars<'_>, needle: Chars<'_>, mut found: impl FnMut(usize) -> bool) {
    debug_assert!(!needle.is_empty());
    if needle.is_empty() || needle.len() > haystack.len() {
        return;
    }
    with_units!(haystack, h => if let Some(n) = cast(needle) {
        Searched::each(h, &n, &mut found);
    });
}

/// Number of occurrences that do not overlap (of no text: one more than the length), at most `max`.
pub fn count(haystack: Chars<'_>, needle: Chars<'_>, max: usize) -> usize {
    if needle.is_empty() {
        return haystack.len().saturating_add(1).min(max);
    }
    if let (Chars::One(h), Some(c), 1) = (haystack, needle.get(0), needle.len()) {
        let hits = if c > 0xFF { 0 } else { memchr::memchr_iter(c as u8, h).count() };
        return hits.min(max);
    }
    let mut n = 0;
    if max > 0 {
        each_match(haystack, needle, |_| {
            n += 1;
            n < max
        });
    }
    n
}

/// Replaces the first `max` occurrences; `None` if there is nothing to replace. An empty
/// `old` stands before each code point and at the end.
pub fn replace(text: Chars<'_>, old: Chars<'_>, new: Chars<'_>, max: Option<usize>) -> Option<CharsBuf> {
    let max = max.unwrap_or(usize::MAX);
    if max == 0 || old.len() > text.len() || old.is_empty() && new.is_empty() {
        return None;
    }
    if old.is_empty() {
        let mut out =
            CharsBuf::with_capacity(text.len() + new.len() * (text.len().saturating_add(1)).min(max));
        for (i, c) in text.iter().enumerate() {
            if i < max {
                out.extend(new);
            }
            out.push(c);
        }
        if text.len() < max {
            out.extend(new);
        }
        return Some(out);
    }
    if let (Chars::One(t), Chars::One(o), Chars::One(n)) = (text, old, new) {
        return replace_bytes(t, o, n, max).map(CharsBuf::from_latin1);
    }
    // A replacement that fits the text's width makes a list of its units, a wider one widens.
    let wide = match text {
        Chars::One(_) => None,
        Chars::Two(t) => {
            cast(new).map(|n| replace_units::<u16>(t, &cast(old)?, &n, max).map(CharsBuf::from_ucs2))
        }
        Chars::Four(t) => {
            cast(new).map(|n| replace_units::<u32>(t, &cast(old)?, &n, max).map(CharsBuf::from_ucs4))
        }
    };
    if let Some(done) = wide {
        return done;
    }
    let (mut out, mut done, mut left) = (CharsBuf::new(), 0, max);
    each_match(text, old, |at| {
        out.extend(text.slice(done..at));
        out.extend(new);
        done = at + old.len();
        left -= 1;
        left > 0
    });
    if left == max {
        return None;
    }
    out.extend(text.slice(done..text.len()));
    Some(out)
}

/// `replace` for bytes (and one-byte text); `old` is not empty, `max` not 0.
pub fn replace_bytes(text: &[u8], old: &[u8], new: &[u8], max: usize) -> Option<Vec<u8>> {
    if let ([o], [n]) = (old, new) {
        let first = memchr::memchr(*o, text)?;
        let mut out = text.to_vec();
        if max == usize::MAX {
            out[first..].iter_mut().for_each(|b| *b = if *b == *o { *n } else { *b });
        } else {
            out[first..].iter_mut().filter(|b| **b == *o).take(max).for_each(|b| *b = *n);
        }
        return Some(out);
    }
    replace_units(text, old, new, max)
}

fn replace_units<T: Searched>(text: &[T], old: &[T], new: &[T], max: usize) -> Option<Vec<T>> {
    let (mut out, mut done, mut left) = (Vec::new(), 0, max);
    T::each(text, old, &mut |at| {
        if left == max {
            out.reserve(text.len() + new.len());
        }
        out.extend_from_slice(&text[done..at]);
        out.extend_from_slice(new);
        done = at + old.len();
        left -= 1;
        left > 0
    });
    if left == max {
        return None;
    }
    out.extend_from_slice(&text[done..]);
    Some(out)
}
