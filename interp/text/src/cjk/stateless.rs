//! Codecs without state: EUC, Shift JIS, Big5, GBK and their variants.
//!
//! A byte is a character, the first of two, or illegal, as a table says; the EUC codecs of
//! Japan have a second set behind 0x8F. Two have sequences that are computed: GB 18030's four
//! bytes and KS X 1001's composed syllables.

use super::set::{self, Inverse, Meaning, Single};
use super::{Trouble, tables as t};
use crate::buf::CharsBuf;
use crate::chars::u32_at;
use crate::units::Chars;

/// Sequences that are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extra {
    None,
    Gb18030,
    /// KS X 1001, annex 3: a filler and three letters make a syllable.
    Composed,
}

/// A codec; its row of single bytes is its place in `CODECS`.
#[derive(Debug)]
pub(super) struct Codec {
    pub name: &'static str,
    row: usize,
    set: usize,
    /// The set behind 0x8F.
    third: Option<usize>,
    extra: Extra,
}

const fn codec(name: &'static str, row: usize, set: usize, third: Option<usize>, extra: Extra) -> Codec {
    Codec { name, row, set, third, extra }
}

pub(super) static CODECS: [Codec; 16] = [
    codec("gb2312", 0, t::GB2312, None, Extra::None),
    codec("gbk", 1, t::GBK, None, Extra::None),
    codec("gb18030", 2, t::GB18030, None, Extra::Gb18030),
    codec("big5", 3, t::BIG5, None, Extra::None),
    codec("cp950", 4, t::CP950, None, Extra::None),
    codec("big5hkscs", 5, t::BIG5HKSCS, None, Extra::None),
    codec("shift_jis", 6, t::SHIFT_JIS, None, Extra::None),
    codec("cp932", 7, t::CP932, None, Extra::None),
    codec("shift_jis_2004", 8, t::SHIFT_JIS_2004, None, Extra::None),
    codec("shift_jisx0213", 9, t::SHIFT_JISX0213, None, Extra::None),
    codec("euc_kr", 10, t::EUC_KR, None, Extra::Composed),
    codec("cp949", 11, t::CP949, None, Extra::None),
    codec("johab", 12, t::JOHAB, None, Extra::None),
    codec("euc_jp", 13, t::EUC_JP, Some(t::EUC_JP_3), Extra::None),
    codec("euc_jis_2004", 14, t::EUC_JIS_2004, Some(t::EUC_JIS_2004_3), Extra::None),
    codec("euc_jisx0213", 15, t::EUC_JISX0213, Some(t::EUC_JISX0213_3), Extra::None),
];

/// Appends what a code of `len` bytes means; false if that is nothing.
pub(super) fn push(meaning: Meaning, len: usize, out: &mut CharsBuf) -> Result<bool, Trouble> {
    match meaning {
        Meaning::Nothing => return Ok(false),
        Meaning::Reserved => return Err(Trouble::Illegal(len)),
        Meaning::Char(c) => out.push(c),
        Meaning::Pair(c, d) => {
            out.push(c);
            out.push(d);
        }
    }
    Ok(true)
}

impl Codec {
    /// Reads the character that starts `input`, which is not empty; returns its length.
    #[inline]
    pub(super) fn read(&self, input: &[u8], out: &mut CharsBuf) -> Result<usize, Trouble> {
        match set::single(self.row, input[0]) {
            Single::Char(c) => {
                out.push(c);
                return Ok(1);
            }
            Single::Illegal => return Err(Trouble::Illegal(1)),
            Single::Lead => {}
        }
        let &[first, second, ref rest @ ..] = input else { return Err(Trouble::Incomplete) };
        if let (0x8F, Some(third)) = (first, self.third) {
            let &[low, ..] = rest else { return Err(Trouble::Incomplete) };
            let meaning = set::decode(third, u16::from_be_bytes([second, low]));
            return if push(meaning, 3, out)? { Ok(3) } else { Err(Trouble::Illegal(1)) };
        }
        if push(set::decode(self.set, u16::from_be_bytes([first, second])), 2, out)? {
            return Ok(2);
        }
        match self.extra {
            Extra::Gb18030 if matches!(second, 0x30..=0x39) => {
                let Some((four, _)) = input.split_first_chunk::<4>() else { return Err(Trouble::Incomplete) };
                out.push(gb18030(*four).ok_or(Trouble::Illegal(1))?);
                Ok(4)
            }
            Extra::Composed if [first, second] == [LETTER, FILLER] => {
                let Some((eight, _)) = input.split_first_chunk::<8>() else {
                    return Err(Trouble::Incomplete);
                };
                out.push(composed(eight).ok_or(Trouble::Illegal(1))?);
                Ok(8)
            }
            _ => Err(Trouble::Illegal(1)),
        }
    }

    /// Writes the character that starts `text`; returns the number of code points it took.
    pub(super) fn write(&self, text: Chars<'_>, last: bool, out: &mut Vec<u8>) -> Result<usize, Trouble> {
        let c = text.at(0);
        if c == 0 {
            out.push(0);
            return Ok(1);
        }
        let inverse = set::inverse(self.set, Some(self.row));
        if let Some((code, taken)) = paired(inverse, text, last)? {
            put(code, out);
            return Ok(taken);
        }
        if let Some(code) = inverse.get(c) {
            put(code, out);
        } else if let Some(code) = self.third.and_then(|third| set::inverse(third, None).get(c)) {
            out.push(0x8F);
            put(code, out);
        } else {
            match self.extra {
                Extra::Gb18030 => out.extend_from_slice(&four_bytes(c).ok_or(Trouble::Illegal(1))?),
                Extra::Composed => out.extend_from_slice(&compose(c).ok_or(Trouble::Illegal(1))?),
                Extra::None => return Err(Trouble::Illegal(1)),
            }
        }
        Ok(1)
    }
}

/// The code of the first character of `text` if it may be the first of a pair: together with
/// the second or alone; and the number of code points taken.
pub(super) fn paired(
    inverse: &Inverse,
    text: Chars<'_>,
    last: bool,
) -> Result<Option<(u16, usize)>, Trouble> {
    let c = text.at(0);
    if !inverse.starts_pair(c) {
        return Ok(None);
    }
    let Some(second) = text.get(1) else {
        return if last { Ok(None) } else { Err(Trouble::Incomplete) };
    };
    Ok(inverse.pair(c, second).map(|code| (code, 2)))
}

fn put(code: u16, out: &mut Vec<u8>) {
    match code.to_be_bytes() {
        [0, b] => out.push(b),
        two => out.extend_from_slice(&two),
    }
}

/// Index of the first four-byte code beyond the BMP.
const BEYOND: u32 = 15 * 12600;

fn gb18030([a, b, c, d]: [u8; 4]) -> Option<u32> {
    if !matches!(c, 0x81..=0xFE) || !matches!(d, 0x30..=0x39) {
        return None;
    }
    let part = |x: u8, base: u8| x.wrapping_sub(base) as u32;
    let n = (part(a, 0x81) * 10 + part(b, 0x30)) * 1260 + part(c, 0x81) * 10 + part(d, 0x30);
    if n >= BEYOND {
        return Some(0x10000 + n - BEYOND).filter(|&c| c <= 0x10FFFF);
    }
    gb_ranges()
        .find(|&(first, last, index)| (index..=index + last - first).contains(&n))
        .map(|r| r.0 + n - r.2)
}

fn gb_ranges() -> impl Iterator<Item = (u32, u32, u32)> {
    let table = t::GB18030_RANGES;
    (0..table.len() / 12)
        .map(move |i| (u32_at(table, i * 12), u32_at(table, i * 12 + 4), u32_at(table, i * 12 + 8)))
}

fn four_bytes(c: u32) -> Option<[u8; 4]> {
    let n = match c {
        0x10000.. => BEYOND + c - 0x10000,
        _ => gb_ranges().find(|r| (r.0..=r.1).contains(&c)).map(|r| r.2 + c - r.0)?,
    };
    Some([
        0x81 + (n / 12600) as u8,
        0x30 + (n / 1260 % 10) as u8,
        0x81 + (n / 10 % 126) as u8,
        0x30 + (n % 10) as u8,
    ])
}

const LETTER: u8 = 0xA4;
const FILLER: u8 = 0xD4;
/// KS X 1001's letters for the initial and the final consonants, in the order of syllables.
const INITIALS: [u8; 19] = [
    0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC,
    0xBD, 0xBE,
];
const FINALS: [u8; 28] = [
    FILLER, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1,
    0xB2, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE,
];

fn composed(eight: &[u8; 8]) -> Option<u32> {
    let &[_, _, LETTER, initial, LETTER, vowel @ 0xBF..=0xD3, LETTER, last] = eight else { return None };
    let initial = INITIALS.iter().position(|&l| l == initial)? as u32;
    let last = FINALS.iter().position(|&l| l == last)? as u32;
    Some(0xAC00 + (initial * 21 + (vowel - 0xBF) as u32) * 28 + last)
}

fn compose(c: u32) -> Option<[u8; 8]> {
    let n = c.checked_sub(0xAC00).filter(|&n| n < 19 * 21 * 28)? as usize;
    let vowel = 0xBF + (n / 28 % 21) as u8;
    Some([LETTER, FILLER, LETTER, INITIALS[n / 588], LETTER, vowel, LETTER, FINALS[n % 28]])
}
