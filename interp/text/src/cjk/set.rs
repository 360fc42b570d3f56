//! Sets of double-byte characters.
//!
//! Decoding reads the generated tables in place. Encoding needs the inverse, which is built
//! from them when a set first encodes: the lowest code of a character wins, but for the
//! exceptions that the tables list.

use super::tables as t;
use crate::chars::{u16_at, u32_at};
use std::sync::OnceLock;

/// What a code or a single byte stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    /// Nothing, but known as a code: the fault is all of it.
    Reserved,
    Char(u32),
    Pair(u32, u32),
}

/// The meaning of a double-byte code in a set.
#[inline]
pub(super) fn decode(set: usize, code: u16) -> Meaning {
    let block = u16_at(t::INDEX, set << 10 | (code >> 6) as usize) as usize;
    match u16_at(t::BLOCKS, block << 6 | (code & 63) as usize) as u32 {
        0 => Meaning::Nothing,
        0xFFFE => Meaning::Reserved,
        row @ 0xD800..0xE000 => {
            let at = (row - 0xD800) as usize * 8;
            match (u32_at(t::SIDE, at), u32_at(t::SIDE, at + 4)) {
                (c, 0) => Meaning::Char(c),
                (c, d) => Meaning::Pair(c, d),
            }
        }
        c => Meaning::Char(c),
    }
}

/// The inverse of a set.
pub(super) struct Inverse {
    /// For each 256 code points, their codes; 0 is none.
    blocks: Vec<Option<Box<[u16; 256]>>>,
    /// Pairs of code points with a code of their own.
    pairs: Vec<(u32, u32, u16)>,
}

impl Inverse {
    /// The code of a code point; below 256 it is a single byte.
    #[inline]
    pub(super) fn get(&self, c: u32) -> Option<u16> {
        let block = self.blocks.get((c >> 8) as usize)?.as_ref()?;
        Some(block[(c & 255) as usize]).filter(|&code| code != 0)
    }

    /// The code of two code points together.
    pub(super) fn pair(&self, first: u32, second: u32) -> Option<u16> {
        self.pairs.iter().find(|p| (p.0, p.1) == (first, second)).map(|p| p.2)
    }

    /// Whether a code point can start such a pair.
    pub(super) fn starts_pair(&self, c: u32) -> bool {
        !self.pairs.is_empty() && self.pairs.iter().any(|p| p.0 == c)
    }

    fn slot(&mut self, c: u32) -> Option<&mut u16> {
        let block = self.blocks.get_mut((c >> 8) as usize)?;
        Some(&mut block.get_or_insert_with(|| Box::new([0; 256]))[(c & 255) as usize])
    }

    fn build(set: usize, singles: Option<usize>) -> Inverse {
        let mut inverse = Inverse { blocks: vec![None; 0x300], pairs: Vec::new() };
        let single = |b: u16| match singles.map(|row| single(row, b as u8)) {
            Some(Single::Char(c)) => Meaning::Char(c),
            _ => Meaning::Nothing,
        };
        let all =
            (1..256).map(|b| (b, single(b))).chain((256..=u16::MAX).map(|code| (code, decode(set, code))));
        for (code, meaning) in all {
            if let Meaning::Char(c) = meaning
                && let Some(slot @ 0) = inverse.slot(c)
            {
                *slot = code;
            }
        }
        let rows = |table: &'static [u8], n: usize| {
            (0..table.len() / (4 * n)).map(move |i| move |k: usize| u32_at(table, (i * n + k) * 4))
        };
        for row in rows(t::EXCEPTIONS, 3).filter(|row| row(0) as usize == set) {
            if let Some(slot) = inverse.slot(row(1)) {
                *slot = row(2) as u16;
            }
        }
        let pairs = rows(t::PAIRS, 4).filter(|row| row(0) as usize == set);
        inverse.pairs = pairs.map(|row| (row(1), row(2), row(3) as u16)).collect();
        inverse
    }
}

/// A single byte of a codec.
pub(super) enum Single {
    Char(u32),
    Lead,
    Illegal,
}

/// What a single byte is in the codec of this row.
#[inline]
pub(super) fn single(row: usize, b: u8) -> Single {
    match u16_at(t::SINGLES, row << 8 | b as usize) {
        0xFFFE => Single::Lead,
        0xFFFF => Single::Illegal,
        c => Single::Char(c as u32),
    }
}

/// The inverse of a set; with the single bytes of a codec, if it has any.
pub(super) fn inverse(set: usize, singles: Option<usize>) -> &'static Inverse {
    const SETS: usize = t::INDEX.len() / 2048;
    static INVERSES: [OnceLock<Inverse>; SETS] = [const { OnceLock::new() }; SETS];
    INVERSES[set].get_or_init(|| Inverse::build(set, singles))
}
