//! Templates as bytes: what cache files and `marshal` hold.
//!
//! A blob is: magic, format number, checksum of the rest, a table of all texts, and a record
//! for each code block. A record starts with numbers of a fixed size, so that a code object
//! can be made from them without looking at the rest; [`crate::image`] reads records one by one.
//! Blocks inside a block come before it. The format number contains a digest of the opcode
//! table, so that a change of the bytecode makes older blobs foreign by itself.
//!
//! Reading trusts nothing: the checksum finds damage, every length is checked against what
//! is left, and [`verify`](crate::verify) looks at the code before [`read`] hands it out.

use crate::image::Image;
use crate::opcode::{Instr, Op};
use crate::template::{CodeTemplate, Const};
use std::collections::HashMap;

/// First bytes of every blob.
const MAGIC: [u8; 4] = *b"KRTC";
/// Number of this layout; the opcodes come in by themselves.
const LAYOUT: u32 = 3;
/// Magic, format number, checksum.
pub(crate) const HEADER: usize = 4 + 4 + 8;

/// What makes a blob readable for this program: the layout and the opcode table.
pub const FORMAT: u32 = format_number();

const fn format_number() -> u32 {
    // What the compiler makes may change without the opcodes: its sources count, too.
    let mut h = 0x811c_9dc5u32 ^ LAYOUT ^ SOURCES;
    let mut i = 0;
    while i < Op::ALL.len() {
        let name = Op::ALL[i].name().as_bytes();
        let mut k = 0;
        while k < name.len() {
            h = (h ^ name[k] as u32).wrapping_mul(0x0100_0193);
            k += 1;
        }
        h = (h ^ Op::ALL[i].words() as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    h
}

/// A digest of the sources of the compiler and of this crate, made by the build script.
const SOURCES: u32 = {
    let text = env!("KRAIT_CODE_DIGEST").as_bytes();
    let (mut n, mut i) = (0u32, 0);
    while i < text.len() {
        n = n.wrapping_mul(10).wrapping_add((text[i] - b'0') as u32);
        i += 1;
    }
    n
};

/// Why a blob cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Written by another version.
    Foreign,
    /// Cut off or changed.
    Damaged(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Foreign => f.write_str("code of another version"),
            Error::Damaged(what) => write!(f, "damaged code: {what}"),
        }
    }
}

impl std::error::Error for Error {}

/// A quick digest; it guards against damage, not against malice.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut h = K ^ bytes.len() as u64;
    let (words, tail) = bytes.as_chunks::<8>();
    for w in words {
        h = (h ^ u64::from_le_bytes(*w)).wrapping_mul(K).rotate_left(29);
    }
    let mut last = [0; 8];
    last[..tail.len()].copy_from_slice(tail);
    h = (h ^ u64::from_le_bytes(last)).wrapping_mul(K);
    h ^ h >> 32
}

/// The blob of a template. None when it holds objects that are no constants (compiled from an `ast` tree with such).
pub fn write(t: &CodeTemplate) -> Option<Vec<u8>> {
    let mut w = Writer::default();
    let root = w.record(t, None)?;
    let mut texts = Vec::with_capacity(w.size + 4 * w.texts.len());
    let mut ends = Vec::with_capacity(4 * w.texts.len());
    for text in &w.texts {
        texts.extend_from_slice(text);
        ends.extend_from_slice(&(texts.len() as u32).to_le_bytes());
    }
    let mut out = Vec::with_capacity(HEADER + 12 + ends.len() + texts.len() + w.out.len());
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    for n in [w.texts.len() as u32, texts.len() as u32, root] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    out.extend_from_slice(&ends);
    out.extend_from_slice(&texts);
    out.extend_from_slice(&w.out);
    u32::try_from(out.len()).ok()?;
    let sum = checksum(&out[HEADER..]);
    out[8..HEADER].copy_from_slice(&sum.to_le_bytes());
    Some(out)
}

/// Is this a whole blob of this version? Reads it once, builds nothing.
///
/// # Errors
/// What is wrong with it.
pub fn check(blob: &[u8]) -> Result<(), Error> {
    let Some((head, body)) = blob.split_at_checked(HEADER) else {
        return Err(Error::Damaged("cut off".into()));
    };
    if head[..4] != MAGIC {
        return Err(Error::Damaged("no magic number".into()));
    }
    if head[4..8] != FORMAT.to_le_bytes() {
        return Err(Error::Foreign);
    }
    if head[8..] != checksum(body).to_le_bytes() {
        return Err(Error::Damaged("wrong checksum".into()));
    }
    Ok(())
}

/// The template of a blob, checked.
///
/// # Errors
/// What is wrong with the blob.
pub fn read(blob: &[u8]) -> Result<CodeTemplate, Error> {
    let image = Image::copy_of(blob)?;
    let t = image.template(image.root()).ok_or_else(|| Error::Damaged("bad structure".into()))?;
    crate::verify::verify(&t).map_err(Error::Damaged)?;
    Ok(t)
}

fn number(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn signed(out: &mut Vec<u8>, n: i64) {
    number(out, (n << 1 ^ n >> 63) as u64);
}

pub(crate) mod tag {
    pub const NONE: u8 = 0;
    pub const TRUE: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const ELLIPSIS: u8 = 3;
    pub const INT: u8 = 4;
    pub const BIG: u8 = 5;
    pub const FLOAT: u8 = 6;
    pub const COMPLEX: u8 = 7;
    pub const STR: u8 = 8;
    pub const NAME: u8 = 9;
    pub const BYTES: u8 = 10;
    pub const TUPLE: u8 = 11;
    pub const FROZENSET: u8 = 12;
    pub const CODE: u8 = 13;
}

/// The numbers at the start of a record, by their place.
pub(crate) mod field {
    pub const NAME: usize = 0;
    pub const QUALNAME: usize = 1;
    /// [`super::INHERITED`]: that of the block around.
    pub const FILENAME: usize = 2;
    pub const FIRST_LINE: usize = 3;
    pub const FLAGS: usize = 4;
    pub const ARG_COUNT: usize = 5;
    pub const POSONLY_COUNT: usize = 6;
    pub const KWONLY_COUNT: usize = 7;
    pub const REGISTER_COUNT: usize = 8;
    pub const HAS_DOCSTRING: usize = 9;
    // How many of what there are, in the order in which they follow.
    pub const WORDS: usize = 10;
    pub const VARNAMES: usize = 11;
    pub const FREEVARS: usize = 12;
    pub const NAMES: usize = 13;
    pub const CELLS: usize = 14;
    pub const EXCEPTIONS: usize = 15;
    pub const LIVENESS: usize = 16;
    pub const GAPS: usize = 17;
    pub const CONSTS: usize = 18;
    /// Bytes of the instructions, of the constants, and of the positions.
    pub const CODE_BYTES: usize = 19;
    pub const CONST_BYTES: usize = 20;
    pub const POSITION_BYTES: usize = 21;
    pub const COUNT: usize = 22;
}

/// The filename of a block that has that of the block around it.
pub(crate) const INHERITED: u32 = u32::MAX;

#[derive(Default)]
struct Writer<'a> {
    /// The records.
    out: Vec<u8>,
    index: HashMap<&'a [u8], u32>,
    texts: Vec<&'a [u8]>,
    size: usize,
}

impl<'a> Writer<'a> {
    fn text(&mut self, text: &'a [u8]) -> u32 {
        let next = self.texts.len() as u32;
        let i = *self.index.entry(text).or_insert(next);
        if i == next {
            self.texts.push(text);
            self.size += text.len();
        }
        i
    }

    /// Writes the records of the blocks inside, and then the block's own. Its place among the records.
    fn record(&mut self, t: &'a CodeTemplate, around: Option<&[u8]>) -> Option<u32> {
        let mut consts = Vec::new();
        for c in &t.consts {
            self.constant(c, &t.filename, &mut consts)?;
        }
        let (code, positions) = (instructions(t), positions(t));
        let mut head = [0u32; field::COUNT];
        head[field::NAME] = self.text(t.name.as_bytes());
        head[field::QUALNAME] = self.text(t.qualname.as_bytes());
        head[field::FILENAME] = if around == Some(&t.filename) { INHERITED } else { self.text(&t.filename) };
        head[field::FIRST_LINE] = t.first_line;
        head[field::FLAGS] = t.flags;
        head[field::ARG_COUNT] = t.arg_count;
        head[field::POSONLY_COUNT] = t.posonly_count;
        head[field::KWONLY_COUNT] = t.kwonly_count;
        head[field::REGISTER_COUNT] = t.register_count;
        head[field::HAS_DOCSTRING] = t.has_docstring as u32;
        let counts = [
            (field::WORDS, t.code.len()),
            (field::VARNAMES, t.varnames.len()),
            (field::FREEVARS, t.freevars.len()),
            (field::NAMES, t.names.len()),
            (field::CELLS, t.cell_registers.len()),
            (field::EXCEPTIONS, t.exceptions.len()),
            (field::LIVENESS, t.liveness.len()),
            (field::GAPS, t.gaps.len()),
            (field::CONSTS, t.consts.len()),
            (field::CODE_BYTES, code.len()),
            (field::CONST_BYTES, consts.len()),
            (field::POSITION_BYTES, positions.len()),
        ];
        for (i, n) in counts {
            head[i] = u32::try_from(n).ok()?;
        }
        let at = u32::try_from(self.out.len()).ok()?;
        let mut names = Vec::with_capacity(t.varnames.len() + t.freevars.len() + t.names.len());
        for n in t.varnames.iter().chain(&t.freevars).chain(&t.names) {
            names.push(self.text(n.as_bytes()));
        }
        let cells = t.cell_registers.iter().map(|&r| r as u32);
        let exceptions = t.exceptions.iter().flat_map(|e| [e.start, e.end, e.handler, e.exc as u32]);
        let liveness = t.liveness.iter().flat_map(|&(at, live)| [at, live as u32]);
        head.iter().for_each(|n| self.out.extend_from_slice(&n.to_le_bytes()));
        let gaps = t.gaps.iter().flat_map(|g| [g.start, g.end, g.first as u32 | (g.count as u32) << 16]);
        let small = names.into_iter().chain(cells).chain(exceptions).chain(liveness).chain(gaps);
        small.for_each(|n| self.out.extend_from_slice(&n.to_le_bytes()));
        self.out.extend_from_slice(&code);
        self.out.extend_from_slice(&consts);
        self.out.extend_from_slice(&positions);
        Some(at)
    }

    fn constant(&mut self, c: &'a Const, filename: &'a [u8], out: &mut Vec<u8>) -> Option<()> {
        match c {
            Const::None => out.push(tag::NONE),
            Const::True => out.push(tag::TRUE),
            Const::False => out.push(tag::FALSE),
            Const::Ellipsis => out.push(tag::ELLIPSIS),
            Const::Int(n) => {
                out.push(tag::INT);
                signed(out, *n);
            }
            Const::BigInt(negative, limbs) => {
                out.extend_from_slice(&[tag::BIG, *negative as u8]);
                number(out, limbs.len() as u64);
                limbs.iter().for_each(|l| out.extend_from_slice(&l.to_le_bytes()));
            }
            Const::Float(x) => {
                out.push(tag::FLOAT);
                out.extend_from_slice(&x.to_bits().to_le_bytes());
            }
            Const::Complex(re, im) => {
                out.push(tag::COMPLEX);
                out.extend_from_slice(&re.to_bits().to_le_bytes());
                out.extend_from_slice(&im.to_bits().to_le_bytes());
            }
            Const::Str(s) | Const::Name(s) | Const::Bytes(s) => {
                out.push(match c {
                    Const::Str(_) => tag::STR,
                    Const::Name(_) => tag::NAME,
                    _ => tag::BYTES,
                });
                number(out, self.text(s) as u64);
            }
            Const::Tuple(items) | Const::FrozenSet(items) => {
                out.push(if matches!(c, Const::Tuple(_)) { tag::TUPLE } else { tag::FROZENSET });
                number(out, items.len() as u64);
                for i in items {
                    self.constant(i, filename, out)?;
                }
            }
            Const::Code(t) => {
                let at = self.record(t, Some(filename))?;
                out.push(tag::CODE);
                number(out, at as u64);
            }
            Const::Foreign(_) => return None,
        }
        Some(())
    }
}

/// The instructions with their data words; cache words are zero and left out.
fn instructions(t: &CodeTemplate) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 * t.code.len());
    let mut rest = t.code.as_slice();
    while let Some((&word, after)) = rest.split_first() {
        let i = Instr(word);
        number(&mut out, i.number().into());
        [i.a(), i.b(), i.c()].iter().for_each(|&n| number(&mut out, n as u64));
        // Code of no opcode can be written, too; `verify` will not let it through.
        let (data, cache) =
            Op::ALL.get(i.number() as usize).map_or((0, 0), |o| (o.data_words(), o.cache_words()));
        after.iter().take(data).for_each(|&n| number(&mut out, n));
        rest = after.get(data + cache..).unwrap_or_default();
    }
    out
}

/// The positions as differences from each other.
fn positions(t: &CodeTemplate) -> Vec<u8> {
    let mut out = Vec::with_capacity(6 * t.positions.len());
    let (mut offset, mut line) = (0, 0i64);
    for (at, p) in &t.positions {
        number(&mut out, (at - offset) as u64);
        signed(&mut out, p.line as i64 - line);
        signed(&mut out, p.end_line as i64 - p.line as i64);
        number(&mut out, p.col as u64);
        signed(&mut out, p.end_col as i64 - p.col as i64);
        (offset, line) = (*at, p.line as i64);
    }
    out
}
