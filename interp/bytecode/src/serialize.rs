//! Templates as bytes: what cache files and `marshal` hold.
//!
//! A blob is: magic, format number, checksum of the rest, a table of all texts, and the
//! template as a tree of variable-length numbers. The format number contains a digest of the
//! opcode table, so that a change of the bytecode makes older blobs foreign by itself.
//! Reading trusts nothing: the checksum finds damage, every length is checked against what
//! is left, and [`verify`](crate::verify) looks at the code before it is handed out.

use crate::opcode::Op;
use crate::template::{CodeTemplate, Const, ExceptionEntry, Gap, Position};
use std::collections::HashMap;

/// First bytes of every blob.
const MAGIC: [u8; 4] = *b"KRTC";
/// Number of this layout; the opcodes come in by themselves.
const LAYOUT: u32 = 2;
/// Magic, format number, checksum.
const HEADER: usize = 4 + 4 + 8;
/// Deeper nesting of code and tuples than any compiler output has.
const MAX_DEPTH: usize = 200;

/// What makes a blob readable for this program: the layout and the opcode table.
pub const FORMAT: u32 = format_number();

const fn format_number() -> u32 {
    let mut h = 0x811c_9dc5u32 ^ LAYOUT;
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
fn checksum(bytes: &[u8]) -> u64 {
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
    w.template(t)?;
    let mut body = Vec::with_capacity(w.out.len() + w.size + 64);
    number(&mut body, w.texts.len() as u64);
    for text in &w.texts {
        number(&mut body, text.len() as u64);
        body.extend_from_slice(text);
    }
    body.extend_from_slice(&w.out);
    let mut out = Vec::with_capacity(HEADER + body.len());
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&checksum(&body).to_le_bytes());
    out.extend_from_slice(&body);
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
    check(blob)?;
    let mut r = Reader { bytes: &blob[HEADER..], texts: Vec::new(), depth: 0 };
    let t = r.whole().ok_or_else(|| Error::Damaged("bad structure".into()))?;
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

mod tag {
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

#[derive(Default)]
struct Writer<'a> {
    out: Vec<u8>,
    index: HashMap<&'a [u8], u64>,
    texts: Vec<&'a [u8]>,
    size: usize,
}

impl<'a> Writer<'a> {
    fn number(&mut self, n: u64) {
        number(&mut self.out, n);
    }

    fn text(&mut self, text: &'a [u8]) {
        let next = self.texts.len() as u64;
        let i = *self.index.entry(text).or_insert(next);
        if i == next {
            self.texts.push(text);
            self.size += text.len() + 4;
        }
        self.number(i);
    }

    fn names(&mut self, names: &'a [Box<str>]) {
        self.number(names.len() as u64);
        names.iter().for_each(|n| self.text(n.as_bytes()));
    }

    fn template(&mut self, t: &'a CodeTemplate) -> Option<()> {
        self.text(t.name.as_bytes());
        self.text(t.qualname.as_bytes());
        self.text(&t.filename);
        for n in [t.first_line, t.flags, t.arg_count, t.posonly_count, t.kwonly_count, t.register_count] {
            self.number(n as u64);
        }
        self.out.push(t.has_docstring as u8);
        self.names(&t.varnames);
        self.names(&t.freevars);
        self.names(&t.names);
        self.number(t.cell_registers.len() as u64);
        t.cell_registers.iter().for_each(|&r| self.number(r as u64));
        self.number(t.code.len() as u64);
        t.code.iter().for_each(|w| self.out.extend_from_slice(&w.to_le_bytes()));
        self.number(t.positions.len() as u64);
        let (mut offset, mut line) = (0, 0i64);
        for (at, p) in &t.positions {
            self.number((at - offset) as u64);
            self.signed(p.line as i64 - line);
            self.signed(p.end_line as i64 - p.line as i64);
            self.number(p.col as u64);
            self.signed(p.end_col as i64 - p.col as i64);
            (offset, line) = (*at, p.line as i64);
        }
        self.number(t.exceptions.len() as u64);
        for e in &t.exceptions {
            [e.start, e.end, e.handler, e.exc as u32].iter().for_each(|&n| self.number(n as u64));
        }
        self.number(t.liveness.len() as u64);
        let mut offset = 0;
        for (at, live) in &t.liveness {
            self.number((at - offset) as u64);
            self.number(*live as u64);
            offset = *at;
        }
        self.number(t.gaps.len() as u64);
        let mut offset = 0;
        for gap in &t.gaps {
            let fields = [gap.start - offset, gap.end - gap.start, gap.first as u32, gap.count as u32];
            fields.iter().for_each(|&n| self.number(n as u64));
            offset = gap.start;
        }
        self.number(t.consts.len() as u64);
        t.consts.iter().try_for_each(|c| self.constant(c))
    }

    fn signed(&mut self, n: i64) {
        self.number((n << 1 ^ n >> 63) as u64);
    }

    fn constant(&mut self, c: &'a Const) -> Option<()> {
        let mut tagged = |t: u8| self.out.push(t);
        match c {
            Const::None => tagged(tag::NONE),
            Const::True => tagged(tag::TRUE),
            Const::False => tagged(tag::FALSE),
            Const::Ellipsis => tagged(tag::ELLIPSIS),
            Const::Int(n) => {
                tagged(tag::INT);
                self.signed(*n);
            }
            Const::BigInt(negative, limbs) => {
                tagged(tag::BIG);
                self.out.push(*negative as u8);
                self.number(limbs.len() as u64);
                limbs.iter().for_each(|l| self.out.extend_from_slice(&l.to_le_bytes()));
            }
            Const::Float(x) => {
                tagged(tag::FLOAT);
                self.out.extend_from_slice(&x.to_bits().to_le_bytes());
            }
            Const::Complex(re, im) => {
                tagged(tag::COMPLEX);
                self.out.extend_from_slice(&re.to_bits().to_le_bytes());
                self.out.extend_from_slice(&im.to_bits().to_le_bytes());
            }
            Const::Str(s) => {
                tagged(tag::STR);
                self.text(s);
            }
            Const::Name(s) => {
                tagged(tag::NAME);
                self.text(s);
            }
            Const::Bytes(b) => {
                tagged(tag::BYTES);
                self.text(b);
            }
            Const::Tuple(items) => {
                tagged(tag::TUPLE);
                self.number(items.len() as u64);
                items.iter().try_for_each(|i| self.constant(i))?;
            }
            Const::FrozenSet(items) => {
                tagged(tag::FROZENSET);
                self.number(items.len() as u64);
                items.iter().try_for_each(|i| self.constant(i))?;
            }
            Const::Code(t) => {
                tagged(tag::CODE);
                self.template(t)?;
            }
            Const::Foreign(_) => return None,
        }
        Some(())
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    texts: Vec<&'a [u8]>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn whole(&mut self) -> Option<CodeTemplate> {
        let n = self.count(1)?;
        for _ in 0..n {
            let len = self.count(1)?;
            let text = self.take(len)?;
            self.texts.push(text);
        }
        let t = self.template()?;
        self.bytes.is_empty().then_some(t)
    }

    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(n)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn word(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
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

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    /// A number of things that take `size` bytes each at least.
    fn count(&mut self, size: usize) -> Option<usize> {
        let n = usize::try_from(self.number()?).ok()?;
        (n.checked_mul(size)? <= self.bytes.len()).then_some(n)
    }

    fn list<T>(&mut self, size: usize, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let n = self.count(size)?;
        let mut out = Vec::with_capacity(n);
        for _ in 0..n {
            out.push(one(self)?);
        }
        Some(out)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let i = usize::try_from(self.number()?).ok()?;
        self.texts.get(i).copied()
    }

    fn name(&mut self) -> Option<Box<str>> {
        Some(std::str::from_utf8(self.text()?).ok()?.into())
    }

    fn template(&mut self) -> Option<CodeTemplate> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let (name, qualname, filename) = (self.name()?, self.name()?, self.text()?.into());
        let (first_line, flags) = (self.small()?, self.small()?);
        let (arg_count, posonly_count, kwonly_count) = (self.small()?, self.small()?, self.small()?);
        let register_count = self.small()?;
        let has_docstring = self.byte()? != 0;
        let varnames = self.list(1, Self::name)?;
        let freevars = self.list(1, Self::name)?;
        let names = self.list(1, Self::name)?;
        let cell_registers = self.list(1, |r| u16::try_from(r.number()?).ok())?;
        let code = self.list(8, Self::word)?;
        let positions = self.positions()?;
        let exceptions = self.list(4, |r| {
            Some(ExceptionEntry {
                start: r.small()?,
                end: r.small()?,
                handler: r.small()?,
                exc: u16::try_from(r.number()?).ok()?,
            })
        })?;
        let n = self.count(2)?;
        let mut liveness = Vec::with_capacity(n);
        let mut at = 0u32;
        for _ in 0..n {
            at = at.checked_add(self.small()?)?;
            liveness.push((at, u16::try_from(self.number()?).ok()?));
        }
        let gaps = self.gaps()?;
        let consts = self.list(1, Self::constant)?;
        self.depth -= 1;
        Some(CodeTemplate {
            name,
            qualname,
            filename,
            first_line,
            flags,
            arg_count,
            posonly_count,
            kwonly_count,
            varnames,
            cell_registers,
            freevars,
            register_count,
            consts,
            has_docstring,
            code,
            positions,
            exceptions,
            liveness,
            gaps,
            names,
        })
    }

    fn gaps(&mut self) -> Option<Vec<Gap>> {
        let n = self.count(4)?;
        let mut out = Vec::with_capacity(n);
        let mut at = 0u32;
        for _ in 0..n {
            at = at.checked_add(self.small()?)?;
            let end = at.checked_add(self.small()?)?;
            let first = u16::try_from(self.number()?).ok()?;
            let count = u16::try_from(self.number()?).ok()?;
            out.push(Gap { start: at, end, first, count });
        }
        Some(out)
    }

    fn positions(&mut self) -> Option<Vec<(u32, Position)>> {
        let n = self.count(5)?;
        let mut out = Vec::with_capacity(n);
        let (mut at, mut line) = (0u32, 0i64);
        for _ in 0..n {
            at = at.checked_add(self.small()?)?;
            line = line.checked_add(self.signed()?)?;
            let end_line = line.checked_add(self.signed()?)?;
            let col = self.small()?;
            let end_col = (col as i64).checked_add(self.signed()?)?;
            let p = Position {
                line: u32::try_from(line).ok()?,
                end_line: u32::try_from(end_line).ok()?,
                col,
                end_col: u32::try_from(end_col).ok()?,
            };
            out.push((at, p));
        }
        Some(out)
    }

    fn constant(&mut self) -> Option<Const> {
        Some(match self.byte()? {
            tag::NONE => Const::None,
            tag::TRUE => Const::True,
            tag::FALSE => Const::False,
            tag::ELLIPSIS => Const::Ellipsis,
            tag::INT => Const::Int(self.signed()?),
            tag::BIG => {
                let negative = self.byte()? != 0;
                Const::BigInt(negative, self.list(8, Self::word)?.into())
            }
            tag::FLOAT => Const::Float(f64::from_bits(self.word()?)),
            tag::COMPLEX => Const::Complex(f64::from_bits(self.word()?), f64::from_bits(self.word()?)),
            tag::STR => Const::Str(self.text()?.into()),
            tag::NAME => Const::Name(self.text()?.into()),
            tag::BYTES => Const::Bytes(self.text()?.into()),
            t @ (tag::TUPLE | tag::FROZENSET) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return None;
                }
                let items = self.list(1, Self::constant)?;
                self.depth -= 1;
                if t == tag::TUPLE { Const::Tuple(items) } else { Const::FrozenSet(items) }
            }
            tag::CODE => Const::Code(Box::new(self.template()?)),
            _ => return None,
        })
    }
}
