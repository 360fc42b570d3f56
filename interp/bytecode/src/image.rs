//! Reading blobs record by record: code that is never run is never decoded.
//!
//! An [`Image`] holds a checked blob. A [`Record`] gives the parts of one code block. Records are looked at long after the blob was checked,
//! and a blob may have been made to deceive the checksum, so nothing here panics: what does not
//! fit is `None`.
//!
//! This module must not know what becomes of the parts.

use crate::opcode::{Instr, Op};
use crate::serialize::{Error, HEADER, INHERITED, check, field, tag};
use crate::template::{CodeTemplate, Const, ExceptionEntry, Gap, Position};

/// Deeper nesting of code and tuples than any compiler output has.
const MAX_DEPTH: usize = 200;
/// Bytes of a record's numbers.
const HEAD: usize = 4 * field::COUNT;

/// A blob whose checksum was found right, or that was made here.
pub struct Image {
    blob: Box<[u8]>,
    texts: u32,
    text_bytes: u32,
    /// Place of the outermost block's record.
    root: u32,
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let b = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(b.try_into().ok()?))
}

impl Image {
    /// The image of a blob that this program just wrote.
    ///
    /// # Errors
    /// When it is too short.
    pub fn written(blob: Vec<u8>) -> Result<Image, Error> {
        Image::of(blob.into())
    }

    /// The image of a copy of the blob, checked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn copy_of(blob: &[u8]) -> Result<Image, Error> {
        Image::checked(blob.into())
    }

    /// The image of a blob from elsewhere, checked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn checked(blob: Box<[u8]>) -> Result<Image, Error> {
        check(&blob)?;
        Image::of(blob)
    }

    fn of(blob: Box<[u8]>) -> Result<Image, Error> {
        let mut image = Image { blob, texts: 0, text_bytes: 0, root: 0 };
        let numbers = [0, 4, 8].map(|i| u32_at(image.blob(), HEADER + i));
        let [Some(texts), Some(text_bytes), Some(root)] = numbers else {
            return Err(Error::Damaged("cut off".into()));
        };
        (image.texts, image.text_bytes, image.root) = (texts, text_bytes, root);
        Ok(image)
    }

    /// The whole blob.
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// The outermost block.
    pub fn root(&self) -> u32 {
        self.root
    }

    /// A text by its number.
    pub fn text(&self, i: u32) -> Option<&[u8]> {
        if i >= self.texts {
            return None;
        }
        let ends = HEADER + 12;
        let end = |i: u32| u32_at(self.blob(), ends + 4 * i as usize);
        let from = if i == 0 { 0 } else { end(i - 1)? };
        let texts = self.blob().get(ends + 4 * self.texts as usize..)?;
        texts.get(..self.text_bytes as usize)?.get(from as usize..end(i)? as usize)
    }

    /// The record at a place.
    pub fn record(&self, at: u32) -> Option<Record<'_>> {
        let start = HEADER + 12 + 4 * self.texts as usize + self.text_bytes as usize;
        let bytes = self.blob().get(start..)?.get(at as usize..)?;
        let mut r = Record { image: self, at, head: bytes.get(..HEAD)?, parts: [&[]; PARTS] };
        let n = |f: usize| u32_at(r.head, 4 * f).map(|n| n as usize);
        let sizes = [
            4 * n(field::VARNAMES)?,
            4 * n(field::FREEVARS)?,
            4 * n(field::NAMES)?,
            4 * n(field::CELLS)?,
            16 * n(field::EXCEPTIONS)?,
            8 * n(field::LIVENESS)?,
            12 * n(field::GAPS)?,
            n(field::CODE_BYTES)?,
            n(field::CONST_BYTES)?,
            n(field::POSITION_BYTES)?,
        ];
        let mut rest = &bytes[HEAD..];
        for (part, size) in r.parts.iter_mut().zip(sizes) {
            (*part, rest) = rest.split_at_checked(size)?;
        }
        Some(r)
    }

    /// The block at a place, with the blocks inside, as a template. The root's filename is everyone's unless told otherwise.
    pub fn template(&self, at: u32) -> Option<CodeTemplate> {
        // Each record counts once: a blob made to mislead could refer to the same one again and again.
        let mut left = self.blob().len() / HEAD + 1;
        let filename = self.text(self.record(self.root)?.number(field::FILENAME)).unwrap_or_default();
        self.record(at)?.template(filename, 0, &mut left)
    }
}

const PARTS: usize = 10;
const VARNAMES: usize = 0;
const FREEVARS: usize = 1;
const NAMES: usize = 2;
const CELLS: usize = 3;
const EXCEPTIONS: usize = 4;
const LIVENESS: usize = 5;
const GAPS: usize = 6;
const CODE: usize = 7;
const CONSTS: usize = 8;
const POSITIONS: usize = 9;

/// One code block of an image.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    image: &'a Image,
    at: u32,
    head: &'a [u8],
    parts: [&'a [u8]; PARTS],
}

fn numbers(bytes: &[u8]) -> impl ExactSizeIterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b))
}

impl<'a> Record<'a> {
    fn number(&self, f: usize) -> u32 {
        u32_at(self.head, 4 * f).unwrap_or(0)
    }

    pub fn name(&self) -> Option<&'a str> {
        std::str::from_utf8(self.image.text(self.number(field::NAME))?).ok()
    }

    pub fn qualname(&self) -> Option<&'a str> {
        std::str::from_utf8(self.image.text(self.number(field::QUALNAME))?).ok()
    }

    /// The filename; None when it is that of the block around.
    pub fn filename(&self) -> Option<&'a [u8]> {
        let i = self.number(field::FILENAME);
        if i == INHERITED { None } else { self.image.text(i) }
    }

    pub fn first_line(&self) -> u32 {
        self.number(field::FIRST_LINE)
    }

    pub fn flags(&self) -> u32 {
        self.number(field::FLAGS)
    }

    pub fn arg_count(&self) -> u32 {
        self.number(field::ARG_COUNT)
    }

    pub fn posonly_count(&self) -> u32 {
        self.number(field::POSONLY_COUNT)
    }

    pub fn kwonly_count(&self) -> u32 {
        self.number(field::KWONLY_COUNT)
    }

    pub fn register_count(&self) -> u32 {
        self.number(field::REGISTER_COUNT)
    }

    pub fn has_docstring(&self) -> bool {
        self.number(field::HAS_DOCSTRING) != 0
    }

    /// How many named registers there are.
    pub fn local_count(&self) -> u32 {
        self.number(field::VARNAMES)
    }

    /// How many constants there are.
    pub fn const_count(&self) -> usize {
        self.number(field::CONSTS) as usize
    }

    /// The instructions; None when they make no sense.
    pub fn words(&self) -> Option<Vec<u64>> {
        let n = self.number(field::WORDS) as usize;
        let mut r = Bytes(self.parts[CODE]);
        // An instruction takes four bytes, and stands for a few words.
        let mut out = Vec::with_capacity(n.min(8 * r.0.len()));
        while out.len() < n {
            let op = *Op::ALL.get(usize::try_from(r.number()?).ok()?)?;
            let mut operand = || r.number().and_then(|n| u16::try_from(n).ok());
            out.push(Instr::new(op, operand()?, operand()?, operand()?).0);
            for _ in 0..op.data_words() {
                out.push(r.number()?);
            }
            out.resize(out.len() + op.cache_words(), 0);
        }
        (out.len() == n && r.0.is_empty()).then_some(out)
    }

    fn texts(&self, part: usize) -> impl ExactSizeIterator<Item = Option<&'a str>> + use<'a> {
        let image = self.image;
        numbers(self.parts[part]).map(move |i| std::str::from_utf8(image.text(i)?).ok())
    }

    pub fn varnames(&self) -> impl ExactSizeIterator<Item = Option<&'a str>> + use<'a> {
        self.texts(VARNAMES)
    }

    pub fn freevars(&self) -> impl ExactSizeIterator<Item = Option<&'a str>> + use<'a> {
        self.texts(FREEVARS)
    }

    pub fn names(&self) -> impl ExactSizeIterator<Item = Option<&'a str>> + use<'a> {
        self.texts(NAMES)
    }

    /// Registers that hold cells.
    pub fn cells(&self) -> Option<Vec<u16>> {
        numbers(self.parts[CELLS]).map(|r| u16::try_from(r).ok()).collect()
    }

    pub fn exceptions(&self) -> Option<Vec<ExceptionEntry>> {
        let entry = |b: &[u8; 16]| {
            let mut n = numbers(b);
            let mut next = || n.next();
            let (start, end, handler) = (next()?, next()?, next()?);
            Some(ExceptionEntry { start, end, handler, exc: u16::try_from(next()?).ok()? })
        };
        self.parts[EXCEPTIONS].as_chunks::<16>().0.iter().map(entry).collect()
    }

    pub fn liveness(&self) -> Option<Vec<(u32, u16)>> {
        let entry = |b: &[u8; 8]| {
            let mut n = numbers(b);
            Some((n.next()?, u16::try_from(n.next()?).ok()?))
        };
        self.parts[LIVENESS].as_chunks::<8>().0.iter().map(entry).collect()
    }

    pub fn gaps(&self) -> Vec<Gap> {
        let entry = |b: &[u8; 12]| {
            let word = |i: usize| u32_at(b, i).unwrap_or(0);
            Gap { start: word(0), end: word(4), first: word(8) as u16, count: (word(8) >> 16) as u16 }
        };
        self.parts[GAPS].as_chunks::<12>().0.iter().map(entry).collect()
    }

    /// The source ranges; the iteration ends where they make no sense.
    pub fn positions(&self) -> impl Iterator<Item = (u32, Position)> + use<'a> {
        let mut r = Bytes(self.parts[POSITIONS]);
        let (mut at, mut line) = (0u32, 0i64);
        std::iter::from_fn(move || {
            at = at.checked_add(u32::try_from(r.number()?).ok()?)?;
            line = line.checked_add(r.signed()?)?;
            let end_line = line.checked_add(r.signed()?)?;
            let col = u32::try_from(r.number()?).ok()?;
            let end_col = (col as i64).checked_add(r.signed()?)?;
            let p = Position {
                line: u32::try_from(line).ok()?,
                end_line: u32::try_from(end_line).ok()?,
                col,
                end_col: u32::try_from(end_col).ok()?,
            };
            Some((at, p))
        })
    }

    /// The constants, one after the other.
    pub fn consts(&self) -> Consts<'a> {
        Consts { image: self.image, before: self.at, bytes: Bytes(self.parts[CONSTS]) }
    }

    fn template(&self, around: &[u8], depth: usize, left: &mut usize) -> Option<CodeTemplate> {
        *left = left.checked_sub(1)?;
        if depth > MAX_DEPTH {
            return None;
        }
        let filename = self.filename().unwrap_or(around);
        let names = |i: &mut dyn Iterator<Item = Option<&str>>| -> Option<Vec<Box<str>>> {
            i.map(|n| n.map(Box::from)).collect()
        };
        let mut reader = self.consts();
        let mut consts = Vec::new();
        for _ in 0..self.const_count() {
            consts.push(self.template_const(&mut reader, filename, depth, left)?);
        }
        Some(CodeTemplate {
            name: self.name()?.into(),
            qualname: self.qualname()?.into(),
            filename: filename.into(),
            first_line: self.first_line(),
            flags: self.flags(),
            arg_count: self.arg_count(),
            posonly_count: self.posonly_count(),
            kwonly_count: self.kwonly_count(),
            varnames: names(&mut self.varnames())?,
            cell_registers: self.cells()?,
            freevars: names(&mut self.freevars())?,
            register_count: self.register_count(),
            consts,
            has_docstring: self.has_docstring(),
            code: self.words()?,
            positions: self.positions().collect(),
            exceptions: self.exceptions()?,
            liveness: self.liveness()?,
            gaps: self.gaps(),
            names: names(&mut self.names())?,
        })
    }

    fn template_const(
        &self,
        reader: &mut Consts<'a>,
        filename: &[u8],
        depth: usize,
        left: &mut usize,
    ) -> Option<Const> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut items = |n: usize, reader: &mut Consts<'a>| -> Option<Vec<Const>> {
            (0..n).map(|_| self.template_const(reader, filename, depth + 1, left)).collect()
        };
        Some(match reader.next()? {
            ConstRef::None => Const::None,
            ConstRef::True => Const::True,
            ConstRef::False => Const::False,
            ConstRef::Ellipsis => Const::Ellipsis,
            ConstRef::Int(n) => Const::Int(n),
            ConstRef::BigInt(negative, limbs) => Const::BigInt(negative, limbs),
            ConstRef::Float(x) => Const::Float(x),
            ConstRef::Complex(re, im) => Const::Complex(re, im),
            ConstRef::Str(s) => Const::Str(s.into()),
            ConstRef::Name(s) => Const::Name(s.into()),
            ConstRef::Bytes(s) => Const::Bytes(s.into()),
            ConstRef::Tuple(n) => Const::Tuple(items(n, reader)?),
            ConstRef::FrozenSet(n) => Const::FrozenSet(items(n, reader)?),
            ConstRef::Code(at) => {
                Const::Code(Box::new(self.image.record(at)?.template(filename, depth + 1, left)?))
            }
        })
    }
}

/// A constant of a record. The items of a tuple or set follow it.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstRef<'a> {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    BigInt(bool, Box<[u64]>),
    Float(f64),
    Complex(f64, f64),
    Str(&'a [u8]),
    Name(&'a [u8]),
    Bytes(&'a [u8]),
    Tuple(usize),
    FrozenSet(usize),
    /// The place of a record.
    Code(u32),
}

/// Reads the constants of a record.
pub struct Consts<'a> {
    image: &'a Image,
    before: u32,
    bytes: Bytes<'a>,
}

impl<'a> Consts<'a> {
    fn text(&mut self) -> Option<&'a [u8]> {
        self.image.text(u32::try_from(self.bytes.number()?).ok()?)
    }

    /// The next constant, or the next item of the one before.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<ConstRef<'a>> {
        let float = |b: &mut Bytes<'a>| b.word().map(f64::from_bits);
        Some(match self.bytes.byte()? {
            tag::NONE => ConstRef::None,
            tag::TRUE => ConstRef::True,
            tag::FALSE => ConstRef::False,
            tag::ELLIPSIS => ConstRef::Ellipsis,
            tag::INT => ConstRef::Int(self.bytes.signed()?),
            tag::BIG => {
                let negative = self.bytes.byte()? != 0;
                let n = self.bytes.count(8)?;
                ConstRef::BigInt(negative, (0..n).map(|_| self.bytes.word()).collect::<Option<_>>()?)
            }
            tag::FLOAT => ConstRef::Float(float(&mut self.bytes)?),
            tag::COMPLEX => ConstRef::Complex(float(&mut self.bytes)?, float(&mut self.bytes)?),
            tag::STR => ConstRef::Str(self.text()?),
            tag::NAME => ConstRef::Name(self.text()?),
            tag::BYTES => ConstRef::Bytes(self.text()?),
            tag::TUPLE => ConstRef::Tuple(self.bytes.count(1)?),
            tag::FROZENSET => ConstRef::FrozenSet(self.bytes.count(1)?),
            tag::CODE => {
                // Blocks inside come before the block, so that nothing can contain itself.
                let at = u32::try_from(self.bytes.number()?).ok().filter(|&at| at < self.before)?;
                ConstRef::Code(at)
            }
            _ => return None,
        })
    }
}

/// Numbers of variable length.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.0.split_at_checked(8)?;
        self.0 = rest;
        Some(u64::from_le_bytes(word.try_into().ok()?))
    }

    fn number(&mut self) -> Option<u64> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let b = self.byte()?;
            n |= ((b & 0x7f) as u64) << shift;
            if b < 0x80 {
                return Some(n);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let n = self.number()?;
        Some((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// A number of things that take `size` bytes each at least.
    fn count(&mut self, size: usize) -> Option<usize> {
        let n = usize::try_from(self.number()?).ok()?;
        (n.checked_mul(size)? <= self.0.len()).then_some(n)
    }
}
