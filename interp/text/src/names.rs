//! Character names (Unicode 15.0), both ways: `unicodedata.name`, `lookup` and `\N{...}`.
//!
//! A name is stored as codes of words. Rows are in the order of the code points, so that a
//! name is found by bisection; a second table gives the rows in the order of the names.
//! CJK ideographs and Hangul syllables have rules instead of rows. Aliases and named
//! sequences are rows with codes of 0x110000 and above.

use crate::chars::{u16_at, u32_at};
use crate::tables as t;
use std::cmp::Ordering;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A character, by its name or an alias.
    Char(u32),
    /// A named sequence: up to four code points, then zeros.
    Sequence([u32; 4]),
}

const LEADS: [&str; 19] =
    ["G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"];
const VOWELS: [&str; 21] = [
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI",
    "YU", "EU", "YI", "I",
];
const TAILS: [&str; 28] = [
    "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS",
    "S", "SS", "NG", "J", "C", "K", "T", "P", "H",
];
const HANGUL: &str = "HANGUL SYLLABLE ";
const CJK: &str = "CJK UNIFIED IDEOGRAPH-";

fn u24_at(table: &[u8], i: usize) -> usize {
    table[3 * i] as usize | (table[3 * i + 1] as usize) << 8 | (table[3 * i + 2] as usize) << 16
}

fn rows() -> usize {
    t::NAME_ORDER.len() / 2
}

/// Feeds the pieces of a row's name to `sink` until it says stop (false).
fn spell(row: usize, mut sink: impl FnMut(&[u8]) -> bool) {
    let (mut at, end) = (u24_at(t::NAME_STARTS, row), u24_at(t::NAME_STARTS, row + 1));
    let mut first = true;
    while at < end {
        let mut word = t::NAME_STREAM[at] as usize;
        at += 1;
        if let Some(high) = word.checked_sub(t::NAME_ONE_BYTE as usize) {
            word = t::NAME_ONE_BYTE as usize + (high << 8 | t::NAME_STREAM[at] as usize);
            at += 1;
        }
        let piece = &t::NAME_WORDS[u24_at(t::NAME_WORD_STARTS, word)..u24_at(t::NAME_WORD_STARTS, word + 1)];
        let spaced = first || matches!(piece[0], b' ' | b'-');
        if !spaced && !sink(b" ") || !sink(piece) {
            return;
        }
        first = false;
    }
}

fn is_cjk(c: u32) -> bool {
    t::CJK_RANGES.iter().any(|&(low, high)| (low..=high).contains(&c))
}

/// The name of a character, if it has one.
pub fn name(c: u32) -> Option<String> {
    if let s @ 0xAC00..=0xD7A3 = c {
        let s = (s - 0xAC00) as usize;
        return Some(format!("{HANGUL}{}{}{}", LEADS[s / 588], VOWELS[s % 588 / 28], TAILS[s % 28]));
    }
    if is_cjk(c) {
        return Some(format!("{CJK}{c:X}"));
    }
    if c > 0x10FFFF {
        return None;
    }
    let (mut low, mut high) = (0, rows());
    while low < high {
        let mid = (low + high) / 2;
        if u24_at(t::NAME_CODES, mid) < c as usize { low = mid + 1 } else { high = mid }
    }
    if low == rows() || u24_at(t::NAME_CODES, low) != c as usize {
        return None;
    }
    let mut out = String::new();
    spell(low, |piece| {
        out.push_str(std::str::from_utf8(piece).unwrap_or_default());
        true
    });
    Some(out)
}

/// Compares a row's name with a wanted one.
fn compare(row: usize, wanted: &[u8]) -> Ordering {
    let (mut rest, mut order) = (wanted, Ordering::Equal);
    spell(row, |piece| {
        let n = piece.len().min(rest.len());
        order = piece[..n].cmp(&rest[..n]);
        if order.is_eq() && n < piece.len() {
            order = Ordering::Greater;
        }
        rest = &rest[n..];
        order.is_eq()
    });
    if order.is_eq() && !rest.is_empty() { Ordering::Less } else { order }
}

fn longest(rest: &mut &[u8], parts: &[&str]) -> Option<u32> {
    let fits = |p: &str| rest.starts_with(p.as_bytes());
    let best = (0..parts.len()).filter(|&i| fits(parts[i])).max_by_key(|&i| parts[i].len())?;
    *rest = &rest[parts[best].len()..];
    Some(best as u32)
}

/// What a name (of a character, an alias or a sequence) stands for. Case does not matter,
/// except in the computed names of Hangul syllables and CJK ideographs.
pub fn lookup(wanted: &[u8]) -> Option<Named> {
    if let Some(mut rest) = wanted.strip_prefix(HANGUL.as_bytes()) {
        let l = longest(&mut rest, &LEADS)?;
        let v = longest(&mut rest, &VOWELS)?;
        let t = longest(&mut rest, &TAILS)?;
        return rest.is_empty().then_some(Named::Char(0xAC00 + (l * 21 + v) * 28 + t));
    }
    if let Some(digits) = wanted.strip_prefix(CJK.as_bytes()) {
        if !matches!(digits.len(), 4 | 5) {
            return None;
        }
        let mut c = 0;
        for &d in digits {
            c = c << 4 | (d as char).to_digit(16).filter(|_| !d.is_ascii_lowercase())?;
        }
        return is_cjk(c).then_some(Named::Char(c));
    }
    if wanted.len() > t::NAME_MAX {
        return None;
    }
    let mut upper = [0; t::NAME_MAX];
    let upper = &mut upper[..wanted.len()];
    upper.copy_from_slice(wanted);
    upper.make_ascii_uppercase();
    let (mut low, mut high) = (0, rows());
    while low < high {
        let mid = (low + high) / 2;
        let row = u16_at(t::NAME_ORDER, mid) as usize;
        match compare(row, upper) {
            Ordering::Less => low = mid + 1,
            Ordering::Greater => high = mid,
            Ordering::Equal => return Some(meaning(u24_at(t::NAME_CODES, row) as u32)),
        }
    }
    None
}

/// What the code of a row stands for.
fn meaning(code: u32) -> Named {
    let Some(extra) = code.checked_sub(0x110000) else { return Named::Char(code) };
    let codes = [0, 4, 8, 12].map(|o| u32_at(t::NAME_TARGETS, extra as usize * 16 + o));
    if extra < t::NAME_ALIASES { Named::Char(codes[0]) } else { Named::Sequence(codes) }
}
