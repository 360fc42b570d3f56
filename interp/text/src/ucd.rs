//! The character database behind `unicodedata` and `unicodedata.ucd_3_2_0`.
//!
//! Both versions share one pool of blocks and records; only the first stage differs.

use crate::chars::{number, u16_at};
use crate::tables as t;

/// A version of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Unicode 15.0.0: what the module itself answers from.
    V15,
    /// Unicode 3.2.0: `unicodedata.ucd_3_2_0` (IDNA's nameprep needs it).
    V3_2,
}

impl Version {
    /// `unidata_version`.
    pub fn name(self) -> &'static str {
        match self {
            Version::V15 => "15.0.0",
            Version::V3_2 => "3.2.0",
        }
    }
}

/// What the database says of one code point.
#[derive(Clone, Copy, Debug)]
pub struct Record(&'static [u8; 8]);

/// The record of a code point (above 0x10FFFF: that of an unassigned one).
#[inline]
pub fn record(version: Version, c: u32) -> Record {
    let c = c.min(0x10FFFF);
    let index: &[u8] = match version {
        Version::V15 => t::DATA_INDEX,
        Version::V3_2 => t::DATA_INDEX1,
    };
    let block = u16_at(index, (c >> t::DATA_SHIFT) as usize) as usize;
    let low = c as usize & ((1 << t::DATA_SHIFT) - 1);
    let row = u16_at(t::DATA_BLOCKS, block << t::DATA_SHIFT | low) as usize;
    Record(&t::DATA_RECORDS.as_chunks::<8>().0[row])
}

impl Record {
    /// `unicodedata.category`.
    pub fn category(self) -> &'static str {
        t::CATEGORIES[self.0[0] as usize]
    }

    /// `unicodedata.bidirectional`: empty if undefined.
    pub fn bidirectional(self) -> &'static str {
        t::BIDI_CLASSES[self.0[1] as usize]
    }

    /// `unicodedata.combining`: canonical combining class.
    pub fn combining(self) -> u8 {
        self.0[2]
    }

    /// `unicodedata.east_asian_width`.
    pub fn east_asian_width(self) -> &'static str {
        t::WIDTHS[(self.0[3] & 0x7F) as usize]
    }

    /// `unicodedata.mirrored`.
    pub fn mirrored(self) -> bool {
        self.0[3] & 0x80 != 0
    }

    /// `unicodedata.decimal`.
    pub fn decimal(self) -> Option<u8> {
        Some(self.0[4]).filter(|&v| v != 255)
    }

    /// `unicodedata.digit`.
    pub fn digit(self) -> Option<u8> {
        Some(self.0[5]).filter(|&v| v != 255)
    }

    /// `unicodedata.numeric`.
    pub fn numeric(self) -> Option<f64> {
        number(self.0[6])
    }

    /// Neither combines nor changes in any form.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        (self.0[2] | self.0[7]) == 0
    }

    /// Two bits for each of NFC, NFD, NFKC, NFKD: 0 is normalized, 1 maybe, 2 not.
    pub(crate) fn quick_check(self) -> u8 {
        self.0[7]
    }
}

/// A decomposition as the database stores it: one step, not the full one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decomposition {
    /// Index of the tag; 0 for canonical ones.
    pub tag: usize,
    at: usize,
    len: usize,
}

impl Decomposition {
    /// The code points.
    pub fn codes(self) -> impl Iterator<Item = u32> {
        let units = (self.at..self.at + self.len).map(|i| u16_at(t::DECOMP_POOL, i));
        char::decode_utf16(units).map(|c| c.map_or(0xFFFD, u32::from))
    }
}

/// The decomposition of `c`, if it has one (Hangul syllables, which are computed, have none here).
pub(crate) fn decomposition_of(version: Version, c: u32) -> Option<Decomposition> {
    if !(0xA0..=0x10FFFF).contains(&c) || version == Version::V3_2 && record(version, c).category() == "Cn" {
        return None;
    }
    let block = u16_at(t::DECOMP_INDEX, (c >> t::DECOMP_SHIFT) as usize) as usize;
    let low = c as usize & ((1 << t::DECOMP_SHIFT) - 1);
    let at = u16_at(t::DECOMP_BLOCKS, block << t::DECOMP_SHIFT | low) as usize;
    let head = u16_at(t::DECOMP_POOL, at);
    (at != 0).then(|| Decomposition { tag: (head >> 8) as usize, at: at + 1, len: (head & 0xFF) as usize })
}

/// `unicodedata.decomposition`: tag and hexadecimal code points, or nothing.
pub fn decomposition(version: Version, c: u32) -> String {
    let Some(d) = decomposition_of(version, c) else { return String::new() };
    let mut out = String::from(t::DECOMP_PREFIXES[d.tag]);
    for code in d.codes() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&format!("{code:04X}"));
    }
    out
}
