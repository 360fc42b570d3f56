//! The item types of arrays: their codes, sizes, and conversion to and from objects.

use krait_object::class::type_name;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{float, int, protocol};

/// One item type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Code {
    I8,
    U8,
    Char,
    I16,
    U16,
    I32,
    U32,
    Long,
    ULong,
    I64,
    U64,
    F32,
    F64,
}

impl Code {
    pub const ALL: [Code; 13] = [
        Code::I8,
        Code::U8,
        Code::Char,
        Code::I16,
        Code::U16,
        Code::I32,
        Code::U32,
        Code::Long,
        Code::ULong,
        Code::I64,
        Code::U64,
        Code::F32,
        Code::F64,
    ];

    /// Letter, bytes, and the format of the buffer protocol.
    const fn facts(self) -> (u8, usize, &'static str) {
        match self {
            Code::I8 => (b'b', 1, "b"),
            Code::U8 => (b'B', 1, "B"),
            Code::Char => (b'u', 4, "w"),
            Code::I16 => (b'h', 2, "h"),
            Code::U16 => (b'H', 2, "H"),
            Code::I32 => (b'i', 4, "i"),
            Code::U32 => (b'I', 4, "I"),
            Code::Long => (b'l', 8, "l"),
            Code::ULong => (b'L', 8, "L"),
            Code::I64 => (b'q', 8, "q"),
            Code::U64 => (b'Q', 8, "Q"),
            Code::F32 => (b'f', 4, "f"),
            Code::F64 => (b'd', 8, "d"),
        }
    }

    pub fn from_letter(c: u32) -> Option<Code> {
        Code::ALL.into_iter().find(|k| u32::from(k.letter()) == c)
    }

    pub const fn letter(self) -> u8 {
        self.facts().0
    }

    pub const fn size(self) -> usize {
        self.facts().1
    }

    pub const fn format(self) -> &'static str {
        self.facts().2
    }

    /// Signedness of an integer type.
    pub fn signed(self) -> Option<bool> {
        match self {
            Code::Char | Code::F32 | Code::F64 => None,
            _ => Some(self.letter().is_ascii_lowercase()),
        }
    }

    /// The number by which pickles name the type's form in memory.
    pub fn machine_format(self) -> i64 {
        let little = if cfg!(target_endian = "little") { 0 } else { 1 };
        match (self.size(), self.signed()) {
            (1, Some(signed)) => signed as i64,
            (2, Some(signed)) => 2 + 2 * signed as i64 + little,
            (4, Some(signed)) => 6 + 2 * signed as i64 + little,
            (_, Some(signed)) => 10 + 2 * signed as i64 + little,
            (_, None) => match self {
                Code::F32 => 14 + little,
                Code::F64 => 16 + little,
                _ => 20 + little,
            },
        }
    }
}

/// Reads an item from its bytes.
#[inline]
pub fn load(th: &Thread, code: Code, b: &[u8]) -> Res {
    macro_rules! read {
        ($t:ty) => {
            <$t>::from_ne_bytes(b.try_into().unwrap_or_default())
        };
    }
    Ok(match code {
        Code::I8 => Value::small(i64::from(b[0] as i8)),
        Code::U8 => Value::small(b[0].into()),
        Code::I16 => Value::small(read!(i16).into()),
        Code::U16 => Value::small(read!(u16).into()),
        Code::I32 => Value::small(read!(i32).into()),
        Code::U32 => Value::small(read!(u32).into()),
        Code::Long | Code::I64 => int::from_i64(th, read!(i64)),
        Code::ULong | Code::U64 => int::from_u64(th, read!(u64)),
        Code::F32 => float::new(th, read!(f32).into()),
        Code::F64 => float::new(th, read!(f64)),
        Code::Char => {
            let c = read!(u32);
            if c > 0x10ffff {
                return Err(th.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
            }
            string::from_code_point(th, c)?
        }
    })
}

/// An item's bytes, the first `Code::size()` of them.
pub type Bytes = [u8; 8];

fn bytes_of(b: &[u8]) -> Bytes {
    let mut out = [0; 8];
    out[..b.len()].copy_from_slice(b);
    out
}

#[cold]
fn range(th: &Thread, what: &str, too_large: bool) -> Raised {
    let how = if too_large { "greater than maximum" } else { "less than minimum" };
    th.overflow_error(format!("{what} is {how}"))
}

/// A C long.
fn long(th: &Thread, v: Value) -> Res<i64> {
    if let Some(n) = v.small_int() {
        return Ok(n);
    }
    let i = protocol::index(th, v)?;
    int::to_i64(i).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))
}

/// A number within the bounds of what C's argument parser calls `what`.
fn within(th: &Thread, v: Value, min: i64, max: i64, what: &str) -> Res<i64> {
    let n = long(th, v)?;
    if n < min || n > max { Err(range(th, what, n > max)) } else { Ok(n) }
}

/// A C unsigned long.
fn unsigned_long(th: &Thread, v: Value) -> Res<u64> {
    let i = protocol::index(th, v)?;
    if int::with_ref(i, |r| r.signum() < 0) {
        return Err(th.overflow_error("can't convert negative value to unsigned int"));
    }
    int::with_ref(i, |r| r.to_u64())
        .ok_or_else(|| th.overflow_error("Python int too large to convert to C unsigned long"))
}

/// Converts an object to an item. May run Python code.
#[inline]
pub fn store(th: &Thread, code: Code, v: Value) -> Res<Bytes> {
    const SHORT: &str = "signed short integer";
    Ok(match code {
        Code::I8 => {
            let n = within(th, v, i16::MIN.into(), i16::MAX.into(), SHORT)?;
            match i8::try_from(n) {
                Ok(n) => bytes_of(&n.to_ne_bytes()),
                Err(_) => return Err(range(th, "signed char", n > 0)),
            }
        }
        Code::U8 => bytes_of(&[within(th, v, 0, 255, "unsigned byte integer")? as u8]),
        Code::I16 => {
            bytes_of(&(within(th, v, i16::MIN.into(), i16::MAX.into(), SHORT)? as i16).to_ne_bytes())
        }
        Code::U16 => {
            let n = within(th, v, i32::MIN.into(), i32::MAX.into(), "signed integer")?;
            match u16::try_from(n) {
                Ok(n) => bytes_of(&n.to_ne_bytes()),
                Err(_) => return Err(range(th, "unsigned short", n > 0)),
            }
        }
        Code::I32 => bytes_of(
            &(within(th, v, i32::MIN.into(), i32::MAX.into(), "signed integer")? as i32).to_ne_bytes(),
        ),
        Code::U32 => match u32::try_from(unsigned_long(th, v)?) {
            Ok(n) => bytes_of(&n.to_ne_bytes()),
            Err(_) => return Err(range(th, "unsigned int", true)),
        },
        Code::Long => long(th, v)?.to_ne_bytes(),
        Code::ULong => unsigned_long(th, v)?.to_ne_bytes(),
        Code::I64 => {
            let i = protocol::index(th, v)?;
            let n = int::to_i64(i).ok_or_else(|| th.overflow_error("int too big to convert"))?;
            n.to_ne_bytes()
        }
        Code::U64 => {
            let i = protocol::index(th, v)?;
            if int::with_ref(i, |r| r.signum() < 0) {
                return Err(th.overflow_error("can't convert negative int to unsigned"));
            }
            let n = int::with_ref(i, |r| r.to_u64());
            n.ok_or_else(|| th.overflow_error("int too big to convert"))?.to_ne_bytes()
        }
        Code::F32 => bytes_of(&(protocol::to_f64(th, v)? as f32).to_ne_bytes()),
        Code::F64 => protocol::to_f64(th, v)?.to_ne_bytes(),
        Code::Char => match Str::from_value(v) {
            Some(s) if s.len() == 1 => bytes_of(&s.at(0).to_ne_bytes()),
            _ => return Err(th.type_error("array item must be unicode character")),
        },
    })
}

/// The argument that names an item type, as C's `C` format takes it.
pub fn letter_arg(th: &Thread, v: Value, what: &str) -> Res<u32> {
    match Str::from_value(v) {
        Some(s) if s.len() == 1 => Ok(s.at(0)),
        _ => {
            let got = type_name(th, v);
            Err(th.type_error(format!("{what} must be a unicode character, not {got}")))
        }
    }
}
