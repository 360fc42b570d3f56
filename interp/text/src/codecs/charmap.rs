//! Character maps: the codecs of one byte per character.
//!
//! Most maps are a string of 256 characters for decoding (`TableDecoder`) and an
//! `EncodingMap` made of it for encoding. Any other mapping (a dict, say) is the caller's
//! code, given as a closure that may fail.

use super::{Decoder, Encoder, Fault, Stop};
use crate::buf::CharsBuf;
use crate::units::Chars;

const UNDEFINED: &str = "character maps to <undefined>";

/// Stands for "no character" in decoding tables.
const NOTHING: u32 = 0xFFFE;

/// Decodes by a table of characters; U+FFFE and bytes beyond its end are undefined.
#[derive(Clone, Copy, Debug)]
pub struct TableDecoder<'a> {
    table: Chars<'a>,
}

impl<'a> TableDecoder<'a> {
    /// A decoder for the table.
    pub fn new(table: Chars<'a>) -> TableDecoder<'a> {
        TableDecoder { table }
    }
}

fn undefined(start: usize, end: usize) -> Fault {
    Fault { start, end, reason: UNDEFINED }
}

impl<E> Decoder<E> for TableDecoder<'_> {
    fn name(&self) -> &'static str {
        "charmap"
    }

    fn run(&mut self, input: &[u8], pos: usize, _last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        out.reserve(input.len() - pos);
        for (i, &b) in input.iter().enumerate().skip(pos) {
            match self.table.get(b as usize) {
                Some(c) if c != NOTHING => out.push(c),
                _ => return Ok(Stop::Fault(undefined(i, i + 1))),
            }
        }
        Ok(Stop::End(input.len()))
    }
}

/// What a byte means in a mapping.
#[derive(Clone, Debug)]
pub enum DecodedChar {
    /// Nothing (None, a missing key, U+FFFE).
    Undefined,
    /// A code point.
    Char(u32),
    /// Any text.
    Text(CharsBuf),
}

/// Decodes by the caller's mapping.
pub struct CharmapDecoder<F> {
    lookup: F,
}

/// A decoder that asks `lookup` for the meaning of each byte.
pub fn map_decoded<E, F: FnMut(u8) -> Result<DecodedChar, E>>(lookup: F) -> CharmapDecoder<F> {
    CharmapDecoder { lookup }
}

impl<E, F: FnMut(u8) -> Result<DecodedChar, E>> Decoder<E> for CharmapDecoder<F> {
    fn name(&self) -> &'static str {
        "charmap"
    }

    fn run(&mut self, input: &[u8], pos: usize, _last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        for (i, &b) in input.iter().enumerate().skip(pos) {
            match (self.lookup)(b)? {
                DecodedChar::Undefined => return Ok(Stop::Fault(undefined(i, i + 1))),
                DecodedChar::Char(c) => out.push(c),
                DecodedChar::Text(text) => out.extend(text.as_chars()),
            }
        }
        Ok(Stop::End(input.len()))
    }
}

/// What a code point is in a mapping.
#[derive(Clone, Debug)]
pub enum EncodedChar {
    /// Nothing.
    Undefined,
    /// One byte.
    Byte(u8),
    /// Any bytes.
    Bytes(Vec<u8>),
}

/// The reverse of a decoding table (`codecs.charmap_build`).
///
/// Three stages over 16 bits, as in CPython's EncodingMap, but only as many blocks as the
/// map needs; 0 means undefined, except for U+0000, which is always byte 0.
#[derive(Clone, Debug)]
pub struct EncodingMap {
    first: [u8; 32],
    second: Vec<[u8; 16]>,
    third: Vec<[u8; 128]>,
}

impl EncodingMap {
    /// Reverses a table of at most 256 characters that maps byte 0 to U+0000 and all others
    /// to the rest of the BMP (or to U+FFFE); `None` for other tables, which take a dict.
    pub fn build(table: Chars<'_>) -> Option<EncodingMap> {
        if table.len() > 256 || table.get(0) != Some(0) {
            return None;
        }
        let mut map = EncodingMap { first: [0; 32], second: vec![[0; 16]], third: vec![[0; 128]] };
        for (byte, c) in table.iter().enumerate().skip(1) {
            if c == 0 || c > 0xFFFF {
                return None;
            }
            if c == NOTHING {
                continue;
            }
            let (a, b, c) = EncodingMap::place(c);
            if map.first[a] == 0 {
                map.first[a] = u8::try_from(map.second.len()).ok()?;
                map.second.push([0; 16]);
            }
            let row = &mut map.second[map.first[a] as usize][b];
            if *row == 0 {
                *row = u8::try_from(map.third.len()).ok()?;
                map.third.push([0; 128]);
            }
            map.third[*row as usize][c] = byte as u8;
        }
        Some(map)
    }

    fn place(c: u32) -> (usize, usize, usize) {
        ((c >> 11) as usize, (c >> 7 & 15) as usize, (c & 127) as usize)
    }

    /// The byte for a code point.
    #[inline]
    pub fn get(&self, c: u32) -> Option<u8> {
        if c == 0 || c > 0xFFFF {
            return (c == 0).then_some(0);
        }
        let (a, b, c) = EncodingMap::place(c);
        let byte = self.third[self.second[self.first[a] as usize][b] as usize][c];
        (byte != 0).then_some(byte)
    }

    /// `EncodingMap.size()`: what CPython's takes, whose empty blocks are not stored.
    pub fn size(&self) -> usize {
        63 + 16 * (self.second.len() - 1) + 128 * (self.third.len() - 1)
    }
}

/// Encodes by a mapping.
pub struct CharmapEncoder<F> {
    lookup: F,
}

/// An encoder that asks `lookup` what each code point is.
pub fn map_encoded<E, F: FnMut(u32) -> Result<EncodedChar, E>>(lookup: F) -> CharmapEncoder<F> {
    CharmapEncoder { lookup }
}

impl<E, F: FnMut(u32) -> Result<EncodedChar, E>> CharmapEncoder<F> {
    /// Appends one code point; false if it is undefined.
    fn put(&mut self, c: u32, out: &mut Vec<u8>) -> Result<bool, E> {
        match (self.lookup)(c)? {
            EncodedChar::Undefined => return Ok(false),
            EncodedChar::Byte(b) => out.push(b),
            EncodedChar::Bytes(bytes) => out.extend_from_slice(&bytes),
        }
        Ok(true)
    }
}

impl<E, F: FnMut(u32) -> Result<EncodedChar, E>> Encoder<E> for CharmapEncoder<F> {
    fn name(&self) -> &'static str {
        "charmap"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        out.reserve(input.len() - pos);
        for i in pos..input.len() {
            if self.put(input.at(i), out)? {
                continue;
            }
            // All that is undefined from here on makes one fault.
            let mut end = i + 1;
            while end < input.len() && matches!((self.lookup)(input.at(end))?, EncodedChar::Undefined) {
                end += 1;
            }
            return Ok(Some(undefined(i, end)));
        }
        Ok(None)
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        for c in text.iter() {
            if !self.put(c, out)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl<E> Encoder<E> for &EncodingMap {
    fn name(&self) -> &'static str {
        "charmap"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        map_encoded(|c| Ok(self.get(c).map_or(EncodedChar::Undefined, EncodedChar::Byte)))
            .run(input, pos, out)
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        map_encoded(|c| Ok(self.get(c).map_or(EncodedChar::Undefined, EncodedChar::Byte))).replace(text, out)
    }
}
