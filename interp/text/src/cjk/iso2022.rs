//! ISO 2022: character sets designated by escape sequences (RFC 1468, 1554, 1557, 2237).
//!
//! State: the sets designated to G0, G1 and G2 by the last byte of their escape sequence (its
//! high bit set for double-byte sets), then flags. Escape sequences that ISO 2022 does not
//! know pass through as text up to their final byte.

use super::set;
use super::stateless::{paired, push};
use super::{State, Trouble, tables as t};
use crate::buf::CharsBuf;
use crate::units::Chars;

/// The state to start decoding with; encoding leaves G2 open, as CPython does.
pub(super) const DECODING: State = [ASCII, ASCII, ASCII, 0, 0, 0, 0, 0];
pub(super) const ENCODING: State = [ASCII, ASCII, 0, 0, 0, 0, 0, 0];

const G0: usize = 0;
const G1: usize = 1;
const G2: usize = 2;
const FLAGS: usize = 4;
const SHIFTED: u8 = 1;
const ESCAPED: u8 = 2;

const ESC: u8 = 0x1B;
const SO: u8 = 0x0E;
const SI: u8 = 0x0F;
/// Marks double-byte sets.
const DOUBLE: u8 = 0x80;

const ASCII: u8 = b'B';
const LATIN1: u8 = b'A';
const GREEK: u8 = b'F';
const ROMAN: u8 = b'J';
const KANA: u8 = b'I';
const JISX0208: u8 = b'B' | DOUBLE;

/// Where the characters of a designation come from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// A double-byte set.
    Set(usize),
    /// A double-byte set's pairs of code points only, when encoding.
    Pairs(usize),
    /// A double-byte set for decoding only.
    Reading(usize),
    Roman,
    Kana,
    /// Sets of 96 characters, only reached by single shifts.
    Upper,
}

#[derive(Debug)]
struct Designation {
    mark: u8,
    register: usize,
    source: Source,
}

const fn to(register: usize, mark: u8, source: Source) -> Designation {
    Designation { mark, register, source }
}

/// A codec: what it may designate, in the order that encoding tries.
#[derive(Debug)]
pub(super) struct Codec {
    pub name: &'static str,
    /// Shift in and out are text.
    no_shift: bool,
    /// Single shifts to G2 are known.
    use_g2: bool,
    /// `ESC & @ ESC $ B` is known.
    prefixed: bool,
    designations: &'static [Designation],
}

const JP: Designation = to(G0, JISX0208, Source::Set(t::ISO_JISX0208));
const JP_OLD: Designation = to(G0, b'@' | DOUBLE, Source::Reading(t::ISO_JISX0208));
const JP_MORE: Designation = to(G0, b'D' | DOUBLE, Source::Set(t::ISO_JISX0212));
const JP_ROMAN: Designation = to(G0, ROMAN, Source::Roman);

pub(super) static CODECS: [Codec; 7] = [
    Codec {
        name: "iso2022_kr",
        no_shift: false,
        use_g2: false,
        prefixed: false,
        designations: &[to(G1, b'C' | DOUBLE, Source::Set(t::ISO_KSX1001))],
    },
    japanese("iso2022_jp", false, &[JP, JP_ROMAN, JP_OLD]),
    japanese("iso2022_jp_1", false, &[JP, JP_MORE, JP_ROMAN, JP_OLD]),
    japanese(
        "iso2022_jp_2",
        true,
        &[
            JP,
            JP_MORE,
            to(G0, b'C' | DOUBLE, Source::Set(t::ISO_KSX1001)),
            to(G0, b'A' | DOUBLE, Source::Set(t::ISO_GB2312)),
            JP_ROMAN,
            JP_OLD,
            to(G2, LATIN1, Source::Upper),
            to(G2, GREEK, Source::Upper),
        ],
    ),
    japanese(
        "iso2022_jp_2004",
        false,
        &[
            to(G0, b'Q' | DOUBLE, Source::Pairs(t::ISO_JISX0213_2004_1)),
            JP,
            to(G0, b'Q' | DOUBLE, Source::Set(t::ISO_JISX0213_2004_1)),
            to(G0, b'P' | DOUBLE, Source::Set(t::ISO_JISX0213_2004_2)),
        ],
    ),
    japanese(
        "iso2022_jp_3",
        false,
        &[
            to(G0, b'O' | DOUBLE, Source::Pairs(t::ISO_JISX0213_2000_1)),
            JP,
            to(G0, b'O' | DOUBLE, Source::Set(t::ISO_JISX0213_2000_1)),
            to(G0, b'P' | DOUBLE, Source::Set(t::ISO_JISX0213_2000_2)),
        ],
    ),
    japanese("iso2022_jp_ext", false, &[JP, JP_MORE, JP_ROMAN, to(G0, KANA, Source::Kana), JP_OLD]),
];

const fn japanese(name: &'static str, use_g2: bool, designations: &'static [Designation]) -> Codec {
    Codec { name, no_shift: true, use_g2, prefixed: true, designations }
}

pub(super) fn reset_decoder(state: &mut State) {
    state[G0] = ASCII;
    state[FLAGS] &= !SHIFTED;
}

pub(super) fn reset_encoder(state: &mut State, out: &mut Vec<u8>) {
    shift_in(state, out);
    if state[G0] != ASCII {
        out.extend_from_slice(&[ESC, b'(', ASCII]);
        state[G0] = ASCII;
    }
}

fn shift_in(state: &mut State, out: &mut Vec<u8>) {
    if state[FLAGS] & SHIFTED != 0 {
        out.push(SI);
        state[FLAGS] &= !SHIFTED;
    }
}

fn ends_escape(b: u8) -> bool {
    matches!(b, b'A'..=b'Z' | b'@')
}

impl Codec {
    pub(super) fn read(&self, state: &mut State, input: &[u8], out: &mut CharsBuf) -> Result<usize, Trouble> {
        let c = input[0];
        if state[FLAGS] & ESCAPED != 0 {
            out.push(c as u32);
            if ends_escape(c) {
                state[FLAGS] &= !ESCAPED;
            }
            return Ok(1);
        }
        match c {
            ESC => return self.read_escape(state, input, out),
            SI if !self.no_shift => state[FLAGS] &= !SHIFTED,
            SO if !self.no_shift => state[FLAGS] |= SHIFTED,
            b'\n' => {
                state[FLAGS] &= !SHIFTED;
                out.push(c as u32);
            }
            0..0x20 => out.push(c as u32),
            0x80.. => return Err(Trouble::Illegal(1)),
            _ => return self.read_char(state, input, out),
        }
        Ok(1)
    }

    fn read_char(&self, state: &State, input: &[u8], out: &mut CharsBuf) -> Result<usize, Trouble> {
        let c = input[0];
        let mark = state[if state[FLAGS] & SHIFTED != 0 { G1 } else { G0 }];
        let found = self.designations.iter().find(|d| d.mark == mark);
        let Some(designation) = found.filter(|_| mark != ASCII) else {
            out.push(c as u32);
            return Ok(1);
        };
        match designation.source {
            Source::Set(set) | Source::Pairs(set) | Source::Reading(set) => {
                let &second = input.get(1).ok_or(Trouble::Incomplete)?;
                let code = u16::from_be_bytes([c | 0x80, second | 0x80]);
                if second >= 0x80 || !push(set::decode(set, code), 2, out)? {
                    return Err(Trouble::Illegal(2));
                }
                return Ok(2);
            }
            Source::Roman => out.push(match c {
                b'\\' => 0xA5,
                b'~' => 0x203E,
                _ => c as u32,
            }),
            Source::Kana => match c {
                0x21..=0x5F => out.push(0xFF40 + c as u32),
                _ => return Err(Trouble::Illegal(1)),
            },
            Source::Upper => return Err(Trouble::Illegal(1)),
        }
        Ok(1)
    }

    fn read_escape(&self, state: &mut State, input: &[u8], out: &mut CharsBuf) -> Result<usize, Trouble> {
        match input.get(1) {
            None => Err(Trouble::Incomplete),
            Some(b'(' | b')' | b'$' | b'.' | b'&') => self.designate(state, input),
            Some(b'N') if self.use_g2 => {
                let &c = input.get(2).ok_or(Trouble::Incomplete)?;
                match (state[G2], c) {
                    (LATIN1, 0..0x80) => out.push(c as u32 + 0x80),
                    (GREEK, _) => out.push(greek(c ^ 0x80).ok_or(Trouble::Illegal(3))?),
                    (ASCII, 0..0x80) => out.push(c as u32),
                    _ => return Err(Trouble::Illegal(3)),
                }
                Ok(3)
            }
            Some(_) => {
                out.push(ESC as u32);
                state[FLAGS] |= ESCAPED;
                Ok(1)
            }
        }
    }

    /// Obeys the escape sequence that starts `input`; returns its length.
    fn designate(&self, state: &mut State, input: &[u8]) -> Result<usize, Trouble> {
        const LONGEST: usize = 16;
        let mut i = 1;
        let len = loop {
            if i >= LONGEST {
                return Err(Trouble::Illegal(1));
            }
            let &b = input.get(i).ok_or(Trouble::Incomplete)?;
            if ends_escape(b) {
                break i + 1;
            }
            if self.prefixed && b == b'&' && input.get(i + 1) == Some(&b'@') {
                i += 2;
            }
            i += 1;
        };
        let (register, mark) = match &input[..len] {
            [_, b'$', mark] => (G0, mark | DOUBLE),
            [_, b'(', mark] => (G0, *mark),
            [_, b')', mark] => (G1, *mark),
            [_, b'.', mark] if self.use_g2 => (G2, *mark),
            [_, b'$', b'(', mark] => (G0, mark | DOUBLE),
            [_, b'$', b')', mark] => (G1, mark | DOUBLE),
            [_, _, _, ESC, b'$', b'B'] if self.prefixed => (G0, JISX0208),
            _ => return Err(Trouble::Illegal(len)),
        };
        if mark != ASCII && self.designations.iter().all(|d| d.mark != mark) {
            return Err(Trouble::Illegal(len));
        }
        state[register] = mark;
        Ok(len)
    }

    pub(super) fn write(
        &self,
        state: &mut State,
        text: Chars<'_>,
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<usize, Trouble> {
        let c = text.at(0);
        if c < 0x80 {
            if state[G0] != ASCII {
                out.extend_from_slice(&[ESC, b'(', ASCII]);
                state[G0] = ASCII;
            }
            shift_in(state, out);
            out.push(c as u8);
            return Ok(1);
        }
        for d in self.designations {
            let (code, taken) = match d.source {
                Source::Pairs(set) => match paired(set::inverse(set, None), text, last)? {
                    Some(found) => found,
                    None => continue,
                },
                Source::Set(set) => match set::inverse(set, None).get(c) {
                    Some(code) => (code, 1),
                    None => continue,
                },
                Source::Roman if c == 0xA5 => (b'\\' as u16, 1),
                Source::Roman if c == 0x203E => (b'~' as u16, 1),
                Source::Kana if (0xFF61..=0xFF9F).contains(&c) => ((c - 0xFF40) as u16, 1),
                _ => continue,
            };
            designate_for_writing(state, d, out);
            match d.mark & DOUBLE {
                0 => out.push(code as u8),
                _ => out.extend_from_slice(&(code & 0x7F7F).to_be_bytes()),
            }
            return Ok(taken);
        }
        Err(Trouble::Illegal(1))
    }
}

/// Makes sure that a set is the one in use.
fn designate_for_writing(state: &mut State, d: &Designation, out: &mut Vec<u8>) {
    let mark = d.mark & !DOUBLE;
    if d.register == G0 {
        shift_in(state, out);
    }
    if state[d.register] != d.mark {
        let intermediate = if d.register == G0 { b'(' } else { b')' };
        match d.mark {
            JISX0208 if d.register == G0 => out.extend_from_slice(&[ESC, b'$', mark]),
            double if double & DOUBLE != 0 => out.extend_from_slice(&[ESC, b'$', intermediate, mark]),
            _ => out.extend_from_slice(&[ESC, intermediate, mark]),
        }
        state[d.register] = d.mark;
    }
    if d.register == G1 && state[FLAGS] & SHIFTED == 0 {
        out.push(SO);
        state[FLAGS] |= SHIFTED;
    }
}

/// ISO 8859-7 of 1987.
fn greek(b: u8) -> Option<u32> {
    Some(match b {
        0..=0xA0 | 0xA3 | 0xA6..=0xA9 | 0xAB..=0xAD | 0xB0..=0xB3 | 0xB7 | 0xBB | 0xBD => b as u32,
        0xA1 => 0x2018,
        0xA2 => 0x2019,
        0xAF => 0x2015,
        0xB4..=0xB6 | 0xB8..=0xBA | 0xBC | 0xBE..=0xD1 | 0xD3..=0xFE => 0x2D0 + b as u32,
        _ => return None,
    })
}
