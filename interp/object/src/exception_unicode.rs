//! UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError.

use crate::bootstrap::TypeTable;
use crate::class::type_name;
use crate::descriptor::GetSetDef;
use crate::exception::Exception;
use crate::exception_methods::{base_init, field, get_field, items, set_fields, this};
use crate::int;
use crate::kind::Kind;
use crate::natives;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{buffer, bytes};

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

fn count(th: &Thread, args: &[Value], want: usize) -> Result<(), Raised> {
    if args.len() == want {
        return Ok(());
    }
    Err(th.type_error(format!("function takes exactly {want} arguments ({} given)", args.len())))
}

fn text_argument(th: &Thread, args: &[Value], i: usize) -> Result<(), Raised> {
    if args[i].is_kind(Kind::Str) {
        return Ok(());
    }
    Err(th.type_error(format!("argument {} must be str, not {}", i + 1, type_name(th, args[i]))))
}

fn position(th: &Thread, v: Value) -> Res {
    Ok(int::from_i64(th, protocol::index_isize(th, v)? as i64))
}

fn encode_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], a[2])?;
    let args = items(a[1]);
    count(th, args, 5)?;
    text_argument(th, args, 0)?;
    text_argument(th, args, 1)?;
    let (start, end) = (position(th, args[2])?, position(th, args[3])?);
    text_argument(th, args, 4)?;
    set_fields(th, e, ENCODING, &[args[0], args[1], start, end, args[4]])?;
    Ok(Value::none())
}

fn decode_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], a[2])?;
    let args = items(a[1]);
    count(th, args, 5)?;
    text_argument(th, args, 0)?;
    let (start, end) = (position(th, args[2])?, position(th, args[3])?);
    text_argument(th, args, 4)?;
    let object = match args[1].kind() {
        Kind::Bytes => args[1],
        _ => {
            let view = buffer::bytes_like(th, args[1])?;
            bytes::from_slice(th, view.as_slice())?
        }
    };
    set_fields(th, e, ENCODING, &[args[0], object, start, end, args[4]])?;
    Ok(Value::none())
}

fn translate_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], a[2])?;
    let args = items(a[1]);
    count(th, args, 4)?;
    text_argument(th, args, 0)?;
    let (start, end) = (position(th, args[1])?, position(th, args[2])?);
    text_argument(th, args, 3)?;
    set_fields(th, e, OBJECT, &[args[0], start, end, args[3]])?;
    Ok(Value::none())
}

/// `str()` of a field as Rust text.
fn shown(th: &Thread, e: Exception, i: usize) -> Res<String> {
    match e.field(i) {
        Value::UNBOUND => Ok(String::from("<NULL>")),
        v => Ok(Str::of(protocol::str_of(th, v)?).to_text()),
    }
}

fn range(e: Exception) -> (i64, i64) {
    let n = |i| int::to_i64(e.field(i)).unwrap_or(0);
    (n(START), n(END))
}

/// The one character that a range means, written as an escape.
fn one_character(object: Str, start: i64, end: i64) -> Option<String> {
    let i = usize::try_from(start).ok().filter(|&i| i < object.len() && end == start + 1)?;
    let c = object.at(i);
    Some(match c {
        0..=0xff => format!("\\x{c:02x}"),
        0x100..=0xffff => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    })
}

fn encode_str(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    let Some(object) = Str::from_value(e.field(OBJECT)) else { return Ok(th.interp.empty_str.get()) };
    let (encoding, reason) = (shown(th, e, ENCODING)?, shown(th, e, REASON)?);
    let (start, end) = range(e);
    let what = match one_character(object, start, end) {
        Some(c) => format!("character '{c}' in position {start}"),
        None => format!("characters in position {start}-{}", end - 1),
    };
    string::try_new(th, &format!("'{encoding}' codec can't encode {what}: {reason}"))
}

fn decode_str(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    let Some(object) = bytes::Bytes::from_value(e.field(OBJECT)) else {
        return Ok(th.interp.empty_str.get());
    };
    let (encoding, reason) = (shown(th, e, ENCODING)?, shown(th, e, REASON)?);
    let (start, end) = range(e);
    let byte =
        usize::try_from(start).ok().and_then(|i| object.as_slice().get(i)).filter(|_| end == start + 1);
    let what = match byte {
        Some(b) => format!("byte 0x{b:02x} in position {start}"),
        None => format!("bytes in position {start}-{}", end - 1),
    };
    string::try_new(th, &format!("'{encoding}' codec can't decode {what}: {reason}"))
}

fn translate_str(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    let Some(object) = Str::from_value(e.field(OBJECT)) else { return Ok(th.interp.empty_str.get()) };
    let reason = shown(th, e, REASON)?;
    let (start, end) = range(e);
    let what = match one_character(object, start, end) {
        Some(c) => format!("character '{c}' in position {start}"),
        None => format!("characters in position {start}-{}", end - 1),
    };
    string::try_new(th, &format!("can't translate {what}: {reason}"))
}

fn get_position<const I: usize>(th: &Thread, v: Value) -> Res {
    let n = get_field::<I>(th, v)?;
    Ok(if n.is_none() { Value::ZERO } else { n })
}

fn set_position<const I: usize>(th: &Thread, v: Value, value: Value) -> Result<(), Raised> {
    if value == Value::MISSING {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    if !int::is_int(value) {
        return Err(th.type_error("an integer is required"));
    }
    let n = protocol::index_isize(th, value)?;
    Exception::of(v).set_field(th, I, int::from_i64(th, n as i64))
}

natives! {
    static ENCODE = {
        method "__init__" "(*args, **kwargs)" encode_init, "Initialize self.";
        method "__str__" "()" encode_str, "Return str(self).";
    }
}
natives! {
    static DECODE = {
        method "__init__" "(*args, **kwargs)" decode_init, "Initialize self.";
        method "__str__" "()" decode_str, "Return str(self).";
    }
}
natives! {
    static TRANSLATE = {
        method "__init__" "(*args, **kwargs)" translate_init, "Initialize self.";
        method "__str__" "()" translate_str, "Return str(self).";
    }
}

static FIELDS: &[GetSetDef] = &[
    field::<ENCODING>("encoding"),
    field::<OBJECT>("object"),
    GetSetDef::rw("start", get_position::<START>, set_position::<START>, "").member(),
    GetSetDef::rw("end", get_position::<END>, set_position::<END>, "").member(),
    field::<REASON>("reason"),
];

/// The tables of the three classes.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::UnicodeEncodeError, "Unicode encoding error.", ENCODE, FIELDS),
    TypeTable::new(TypeId::UnicodeDecodeError, "Unicode decoding error.", DECODE, FIELDS),
    TypeTable::new(TypeId::UnicodeTranslateError, "Unicode translation error.", TRANSLATE, FIELDS),
];
