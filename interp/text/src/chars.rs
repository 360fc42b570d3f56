//! Properties of single code points, as the str methods of CPython 3.12 see them.
//!
//! A two-stage table leads from a code point to a record shared by all that behave alike;
//! flags of latin-1 have a table of their own, computed by the compiler. Code points above
//! 0x10FFFF have no properties.

use crate::tables as t;
pub use crate::tables::{
    ALPHA, CASE_IGNORABLE, CASED, DECIMAL, DIGIT, LINEBREAK, LOWER, NUMERIC, PRINTABLE, SPACE, TITLE, UPPER,
    XID_CONTINUE, XID_START,
};

/// The mappings of one code point; up to three code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    codes: [u32; 3],
    len: u8,
}

impl Mapped {
    const fn one(c: u32) -> Mapped {
        Mapped { codes: [c, 0, 0], len: 1 }
    }

    /// The code points.
    #[inline]
    pub fn as_slice(&self) -> &[u32] {
        &self.codes[..self.len as usize]
    }
}

const RECORD: usize = 20;

/// A number of a table. Chunks make it one load with one check.
#[inline(always)]
pub(crate) const fn u16_at(table: &[u8], i: usize) -> u16 {
    u16::from_le_bytes(table.as_chunks::<2>().0[i])
}

/// A number of a table whose first byte is at `at`, a multiple of 4.
#[inline(always)]
pub(crate) const fn u32_at(table: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(table.as_chunks::<4>().0[at / 4])
}

/// Where the record of `c` starts.
#[inline]
const fn record(c: u32) -> usize {
    let block = u16_at(t::TYPE_INDEX, (c >> t::TYPE_SHIFT) as usize) as usize;
    let low = c as usize & ((1 << t::TYPE_SHIFT) - 1);
    u16_at(t::TYPE_BLOCKS, block << t::TYPE_SHIFT | low) as usize * RECORD
}

const fn latin1_flags() -> [u16; 256] {
    let mut out = [0; 256];
    let mut c = 0;
    while c < 256 {
        out[c] = u16_at(t::TYPE_RECORDS, record(c as u32) / 2);
        c += 1;
    }
    out
}
static LATIN1: [u16; 256] = latin1_flags();

/// All flags of a code point (`ALPHA`, `UPPER`, ... of this module).
#[inline]
pub fn flags(c: u32) -> u16 {
    if c < 256 {
        LATIN1[c as usize]
    } else if c < 0x110000 {
        u16_at(t::TYPE_RECORDS, record(c) / 2)
    } else {
        0
    }
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident = $flags:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(c: u32) -> bool {
            flags(c) & ($flags) != 0
        }
    )*};
}
predicates! {
    /// `str.isalpha`: categories L*.
    is_alpha = ALPHA;
    /// `str.isdecimal`.
    is_decimal = DECIMAL;
    /// `str.isdigit`.
    is_digit = DIGIT;
    /// `str.isnumeric`.
    is_numeric = NUMERIC;
    /// `str.isalnum`.
    is_alnum = ALPHA | DECIMAL | DIGIT | NUMERIC;
    /// `str.isspace`.
    is_space = SPACE;
    /// `str.isprintable`: shown by repr() as it is.
    is_printable = PRINTABLE;
    /// Ends a line for `str.splitlines`.
    is_linebreak = LINEBREAK;
    /// Derived property Uppercase.
    is_upper = UPPER;
    /// Derived property Lowercase.
    is_lower = LOWER;
    /// Category Lt.
    is_title = TITLE;
    /// Derived property Cased.
    is_cased = CASED;
    /// Derived property Case_Ignorable (told apart from Cased only where casing needs it).
    is_case_ignorable = CASE_IGNORABLE;
    /// May continue an identifier (XID_Continue).
    is_xid_continue = XID_CONTINUE;
    /// XID_Start; an identifier may also start with `_`.
    is_xid_start = XID_START;
}

/// May start a Python identifier.
#[inline]
pub fn is_identifier_start(c: u32) -> bool {
    c == '_' as u32 || is_xid_start(c)
}

/// The value of a decimal digit (what `int()` and `float()` accept).
#[inline]
pub fn to_decimal(c: u32) -> Option<u8> {
    if c < 0x80 {
        let d = (c as u8).wrapping_sub(b'0');
        return (d < 10).then_some(d);
    }
    value_at(c, 16)
}

/// The value of a digit (`unicodedata.digit`).
pub fn to_digit(c: u32) -> Option<u8> {
    value_at(c, 17)
}

fn value_at(c: u32, offset: usize) -> Option<u8> {
    if c > 0x10FFFF {
        return None;
    }
    Some(t::TYPE_RECORDS[record(c) + offset]).filter(|&v| v != 255)
}

/// The numeric value (`unicodedata.numeric`).
pub fn to_numeric(c: u32) -> Option<f64> {
    if c > 0x10FFFF {
        return None;
    }
    number(t::TYPE_RECORDS[record(c) + 18])
}

/// The value of a row of the table of numbers; row 0 means none.
pub(crate) fn number(row: u8) -> Option<f64> {
    let at = row as usize * 8;
    (row != 0)
        .then(|| f64::from_bits(u32_at(t::NUMBERS, at) as u64 | (u32_at(t::NUMBERS, at + 4) as u64) << 32))
}

#[derive(Clone, Copy)]
enum Case {
    Lower = 0,
    Upper = 1,
    Title = 2,
    Fold = 3,
}

#[inline]
fn simple_at(record: usize, c: u32, case: Case) -> u32 {
    let which = if matches!(case, Case::Fold) { 0 } else { case as usize };
    c.wrapping_add(u32_at(t::TYPE_RECORDS, record + 4 + 4 * which))
}

#[inline]
fn simple(c: u32, case: Case) -> u32 {
    if c > 0x10FFFF { c } else { simple_at(record(c), c, case) }
}

#[inline]
fn full(c: u32, case: Case) -> Mapped {
    if c > 0x10FFFF {
        return Mapped::one(c);
    }
    let at = record(c);
    if u16_at(t::TYPE_RECORDS, at / 2) & t::SPECIAL_CASE == 0 {
        return Mapped::one(simple_at(at, c, case));
    }
    let row = u16_at(t::TYPE_RECORDS, at / 2 + 1) as usize * 48 + case as usize * 12;
    let codes = [0, 4, 8].map(|o| u32_at(t::SPECIAL_CASES, row + o));
    Mapped { codes, len: 1 + (codes[1] != 0) as u8 + (codes[2] != 0) as u8 }
}

/// The full mapping if it is one code point, found at once.
#[inline]
fn single(c: u32, case: Case) -> Option<u32> {
    if c > 0x10FFFF {
        return Some(c);
    }
    let at = record(c);
    (u16_at(t::TYPE_RECORDS, at / 2) & t::SPECIAL_CASE == 0).then(|| simple_at(at, c, case))
}

/// As `to_lower`, for what has no special mapping.
#[inline]
pub(crate) fn single_lower(c: u32) -> Option<u32> {
    single(c, Case::Lower)
}

/// As `to_upper`, for what has no special mapping.
#[inline]
pub(crate) fn single_upper(c: u32) -> Option<u32> {
    single(c, Case::Upper)
}

/// As `to_folded`, for what has no special mapping.
#[inline]
pub(crate) fn single_folded(c: u32) -> Option<u32> {
    single(c, Case::Fold)
}

/// The simple lower-case mapping (what `re` uses).
pub fn simple_lower(c: u32) -> u32 {
    simple(c, Case::Lower)
}

/// The simple upper-case mapping.
pub fn simple_upper(c: u32) -> u32 {
    simple(c, Case::Upper)
}

/// The simple title-case mapping.
pub fn simple_title(c: u32) -> u32 {
    simple(c, Case::Title)
}

/// The full lower-case mapping, without context (capital sigma gives the medial form).
pub fn to_lower(c: u32) -> Mapped {
    full(c, Case::Lower)
}

/// The full upper-case mapping.
pub fn to_upper(c: u32) -> Mapped {
    full(c, Case::Upper)
}

/// The full title-case mapping.
pub fn to_title(c: u32) -> Mapped {
    full(c, Case::Title)
}

/// The full case folding.
pub fn to_folded(c: u32) -> Mapped {
    full(c, Case::Fold)
}
