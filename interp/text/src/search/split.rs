//! Cutting text up: split, splitlines, strip, expandtabs.
//!
//! Results are ranges, not slices, so that a caller can make its objects afterwards, when
//! the text may no longer be borrowed. The `next_*` functions go step by step for callers
//! that want no list at all.

use super::{Searched, each_match};
use crate::buf::CharsBuf;
use crate::chars::{SPACE, flags};
use crate::units::{Chars, Unit};
use crate::with_units;
use std::ops::Range;

/// Whose idea of white space and line ends applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// str: Unicode's white space, and its line ends.
    Str,
    /// bytes and bytearray: ASCII white space; lines end in \n, \r or \r\n only.
    Bytes,
}

impl Rules {
    // The str sets beyond latin-1 are written out, which is faster than the tables (a test
    // compares them).
    #[inline(always)]
    fn space(self, c: u32) -> bool {
        match self {
            Rules::Bytes => matches!(c, 9..=13 | 32),
            Rules::Str if c < 256 => flags(c) & SPACE != 0,
            Rules::Str => matches!(c, 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000),
        }
    }

    #[inline(always)]
    fn line_end(self, c: u32) -> bool {
        match self {
            Rules::Str => c.ends_line(),
            Rules::Bytes => (c == 10) | (c == 13),
        }
    }

    /// The first line end.
    #[inline]
    fn find_line_end<T: Searched>(self, units: &[T]) -> Option<usize> {
        match self {
            Rules::Str => {
                // A sum, because the compiler makes no vectors of this test or-ed up.
                let hit = |c: &[T; 32]| c.iter().map(|&u| u.ends_line() as u8).sum::<u8>() != 0;
                super::position_by_chunks(units, hit, T::ends_line)
            }
            Rules::Bytes => units.iter().position(|u| self.line_end(u.code())),
        }
    }
}

#[cfg(test)]
#[test]
fn rules_agree_with_the_tables() {
    for c in 0..0x110000 {
        assert_eq!(Rules::Str.space(c), crate::chars::is_space(c), "{c:x}");
        assert_eq!(Rules::Str.line_end(c), crate::chars::is_linebreak(c), "{c:x}");
    }
}

/// The next run of non-space at or after `from`.
#[inline]
pub fn next_word(text: Chars<'_>, rules: Rules, from: usize) -> Option<Range<usize>> {
    with_units!(text, s => {
        let start = from + s.get(from..)?.iter().position(|u| !rules.space(u.code()))?;
        let len = s[start..].iter().position(|u| rules.space(u.code()));
        Some(start..len.map_or(s.len(), |n| start + n))
    })
}

/// The last run of non-space before `to`.
#[inline]
pub fn previous_word(text: Chars<'_>, rules: Rules, to: usize) -> Option<Range<usize>> {
    with_units!(text, s => {
        let end = s.get(..to)?.iter().rposition(|u| !rules.space(u.code()))? + 1;
        let start = s[..end].iter().rposition(|u| rules.space(u.code())).map_or(0, |i| i + 1);
        Some(start..end)
    })
}

/// `split()` at white space, at most `max` times; then the rest keeps its trailing space.
pub fn split_space(text: Chars<'_>, rules: Rules, max: Option<usize>) -> Vec<Range<usize>> {
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(word) = next_word(text, rules, at) {
        if Some(out.len()) == max {
            out.push(word.start..text.len());
            break;
        }
        at = word.end;
        out.push(word);
    }
    out
}

/// `rsplit()` at white space, at most `max` times (then the rest keeps its leading space);
/// pieces in the order of the text.
pub fn rsplit_space(text: Chars<'_>, rules: Rules, max: Option<usize>) -> Vec<Range<usize>> {
    let (mut out, mut at) = (Vec::new(), text.len());
    while let Some(word) = previous_word(text, rules, at) {
        if Some(out.len()) == max {
            out.push(0..word.end);
            break;
        }
        at = word.start;
        out.push(word);
    }
    out.reverse();
    out
}

/// `split(sep)`, at most `max` times. `sep` must not be empty.
pub fn split(text: Chars<'_>, sep: Chars<'_>, max: Option<usize>) -> Vec<Range<usize>> {
    let (mut out, mut done) = (Vec::new(), 0);
    if max != Some(0) {
        each_match(text, sep, |at| {
            out.push(done..at);
            done = at + sep.len();
            Some(out.len()) != max
        });
    }
    out.push(done..text.len());
    out
}

/// `rsplit(sep)`, at most `max` times; pieces in the order of the text. `sep` must not be empty.
pub fn rsplit(text: Chars<'_>, sep: Chars<'_>, max: Option<usize>) -> Vec<Range<usize>> {
    fn go<T: Searched>(text: &[T], sep: &[T], max: usize, out: &mut Vec<Range<usize>>) -> usize {
        let mut end = text.len();
        let finder = T::reverse_finder(sep);
        while out.len() < max
            && let Some(at) = finder(&text[..end])
        {
            out.push(at + sep.len()..end);
            end = at;
        }
        end
    }
    let mut out = Vec::new();
    let max = max.unwrap_or(usize::MAX);
    let end = with_units!(text, s => match super::cast(sep) {
        Some(sep) if !sep.is_empty() => go(s, &sep, max, &mut out),
        _ => s.len(),
    });
    out.push(0..end);
    out.reverse();
    out
}

/// The line that starts at `from`: where it ends, without and with its line end.
#[inline]
pub fn next_line(text: Chars<'_>, rules: Rules, from: usize) -> Option<(usize, usize)> {
    with_units!(text, s => {
        let rest = s.get(from..).filter(|r| !r.is_empty())?;
        let Some(len) = rules.find_line_end(rest) else { return Some((s.len(), s.len())) };
        let crlf = rest[len].code() == 13 && rest.get(len + 1).is_some_and(|u| u.code() == 10);
        Some((from + len, from + len + 1 + crlf as usize))
    })
}

/// `splitlines(keepends)`.
pub fn split_lines(text: Chars<'_>, rules: Rules, keep_ends: bool) -> Vec<Range<usize>> {
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some((end, next)) = next_line(text, rules, at) {
        out.push(at..if keep_ends { next } else { end });
        at = next;
    }
    out
}

/// The sides that strip works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// lstrip
    Left,
    /// rstrip
    Right,
    /// strip
    Both,
}

fn strip_if(text: Chars<'_>, sides: Sides, cut: impl Fn(u32) -> bool) -> Range<usize> {
    with_units!(text, s => {
        let mut range = 0..s.len();
        if sides != Sides::Right {
            range.start = s.iter().position(|u| !cut(u.code())).unwrap_or(s.len());
        }
        if sides != Sides::Left {
            let kept = s[range.start..].iter().rposition(|u| !cut(u.code()));
            range.end = kept.map_or(range.start, |i| range.start + i + 1);
        }
        range
    })
}

/// `strip()` of white space: what is left.
pub fn strip(text: Chars<'_>, rules: Rules, sides: Sides) -> Range<usize> {
    strip_if(text, sides, |c| rules.space(c))
}

/// `strip(chars)`: what is left.
pub fn strip_chars(text: Chars<'_>, chars: Chars<'_>, sides: Sides) -> Range<usize> {
    if chars.len() == 1 {
        let only = chars.at(0);
        return strip_if(text, sides, |c| c == only);
    }
    let filter = chars.iter().fold(0u64, |f, c| f | 1 << (c & 63));
    strip_if(text, sides, |c| filter >> (c & 63) & 1 != 0 && super::find_char(chars, c, 0).is_some())
}

/// `expandtabs(size)`: `None` if there is no tab. Columns start again after \n and \r. The
/// result has at most `limit` code points; more is an error.
pub fn expand_tabs(text: Chars<'_>, size: usize, limit: usize) -> Result<Option<CharsBuf>, TooLong> {
    if super::find_char(text, 9, 0).is_none() {
        return Ok(None);
    }
    let (mut out, mut column) = (CharsBuf::with_capacity(text.len()), 0);
    for c in text.iter() {
        match c {
            9 => {
                let fill = if size == 0 { 0 } else { size - column % size };
                if fill > limit.saturating_sub(out.len()) {
                    return Err(TooLong);
                }
                out.extend_repeat(32, fill);
                column += fill;
            }
            _ => {
                out.push(c);
                column = if matches!(c, 10 | 13) { 0 } else { column + 1 };
            }
        }
    }
    Ok(Some(out))
}

/// The result would be longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;
