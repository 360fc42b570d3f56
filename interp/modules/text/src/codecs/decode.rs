//! Bytes to text: `(text, consumed)`.

use super::{Data, errors_arg, warn_escape};
use krait_object::arguments::c_int;
use krait_object::buffer;
use krait_object::codec::decode_into;
use krait_object::codec_registry::result;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{bytes, protocol, string, tuple};
use krait_text::CharsBuf;
use krait_text::codecs::{
    self, Ascii, ByteEscapeError, ByteEscapeErrors, ByteOrder, Decoder, Latin1, RawUnicodeEscape,
    UnicodeEscape, Utf7, Utf8, Utf16, Utf32,
};

/// The argument `final`.
fn final_arg(th: &Thread, v: Value, default: bool) -> Res<bool> {
    v.given().map_or(Ok(default), |v| protocol::truth(th, v))
}

/// Decodes all of `data`, or what is complete of it.
fn run(
    th: &Thread,
    data: &[u8],
    last: bool,
    decoder: &mut dyn Decoder<Raised>,
    errors: Option<&str>,
) -> Res<(Value, usize)> {
    let mut out = CharsBuf::new();
    let consumed = decode_into(th, data, last, decoder, errors, &mut out)?;
    Ok((string::from_buf(th, &out)?, consumed))
}

/// The common form: data, errors, and whether this is the last of it.
fn plain(
    th: &Thread,
    a: &[Value],
    function: &str,
    decoder: &mut dyn Decoder<Raised>,
    ascii_is_itself: bool,
) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let errors = errors_arg(th, a[1], function)?;
    let last = match a.get(2) {
        Some(&v) => final_arg(th, v, false)?,
        None => true,
    };
    if ascii_is_itself && data.is_ascii() {
        let text = string::from_latin1(th, &data)?;
        return result(th, text, data.len);
    }
    let (text, consumed) = run(th, &data, last, decoder, errors.as_deref())?;
    result(th, text, consumed)
}

macro_rules! decoders {
    ($($name:ident $function:literal $codec:expr, $ascii:literal;)*) => {$(
        pub fn $name(th: &Thread, a: &[Value]) -> Res {
            plain(th, a, $function, &mut $codec, $ascii)
        }
    )*};
}

decoders! {
    utf_8 "utf_8_decode" Utf8, true;
    utf_7 "utf_7_decode" Utf7::default(), false;
    utf_16 "utf_16_decode" Utf16::new(ByteOrder::Native), false;
    utf_16_le "utf_16_le_decode" Utf16::new(ByteOrder::Little), false;
    utf_16_be "utf_16_be_decode" Utf16::new(ByteOrder::Big), false;
    utf_32 "utf_32_decode" Utf32::new(ByteOrder::Native), false;
    utf_32_le "utf_32_le_decode" Utf32::new(ByteOrder::Little), false;
    utf_32_be "utf_32_be_decode" Utf32::new(ByteOrder::Big), false;
    ascii "ascii_decode" Ascii, true;
}

pub fn latin_1(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    errors_arg(th, a[1], "latin_1_decode")?;
    let text = string::from_latin1(th, &data)?;
    result(th, text, data.len)
}

/// Latin-1 for `charmap_decode` without a mapping.
pub fn latin_1_with(th: &Thread, data: &[u8], errors: Option<&str>) -> Res {
    let (text, consumed) = run(th, data, true, &mut Latin1, errors)?;
    result(th, text, consumed)
}

/// `utf_16_ex_decode`: also tells the byte order that the data is in.
pub fn utf_16_ex(th: &Thread, a: &[Value]) -> Res {
    ex(th, a, "utf_16_ex_decode", Utf16::new, |d| d.order)
}

/// `utf_32_ex_decode`, likewise.
pub fn utf_32_ex(th: &Thread, a: &[Value]) -> Res {
    ex(th, a, "utf_32_ex_decode", Utf32::new, |d| d.order)
}

fn ex<D: Decoder<Raised>>(
    th: &Thread,
    a: &[Value],
    function: &str,
    make: impl FnOnce(ByteOrder) -> D,
    order: impl FnOnce(&D) -> ByteOrder,
) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let errors = errors_arg(th, a[1], function)?;
    let number = a[2].given().map_or(Ok(0), |v| c_int(th, v))?;
    let last = final_arg(th, a[3], false)?;
    let mut decoder = make(ByteOrder::from_number(number));
    let (text, consumed) = run(th, &data, last, &mut decoder, errors.as_deref())?;
    let order = match order(&decoder) {
        ByteOrder::Native => 0,
        other => other.number(),
    };
    // A given order comes back as it was given.
    let order = if number == 0 { order } else { number };
    tuple::from_slice(th, &[text, Value::small(consumed as i64), Value::small(order.into())])
}

pub fn unicode_escape(th: &Thread, a: &[Value]) -> Res {
    let data = Data::new(th, a[0])?;
    let errors = errors_arg(th, a[1], "unicode_escape_decode")?;
    let last = final_arg(th, a[2], true)?;
    let mut decoder = UnicodeEscape::default();
    let (text, consumed) = run(th, &data, last, &mut decoder, errors.as_deref())?;
    warn_escape(th, decoder.bad_escape)?;
    result(th, text, consumed)
}

pub fn raw_unicode_escape(th: &Thread, a: &[Value]) -> Res {
    let data = Data::new(th, a[0])?;
    let errors = errors_arg(th, a[1], "raw_unicode_escape_decode")?;
    let last = final_arg(th, a[2], true)?;
    let (text, consumed) = run(th, &data, last, &mut RawUnicodeEscape, errors.as_deref())?;
    result(th, text, consumed)
}

/// `escape_decode`: the escapes of bytes literals; gives bytes.
pub fn escape(th: &Thread, a: &[Value]) -> Res {
    let data = Data::new(th, a[0])?;
    let errors = errors_arg(th, a[1], "escape_decode")?;
    let mode = match errors.as_deref() {
        None | Some("strict") => ByteEscapeErrors::Strict,
        Some("replace") => ByteEscapeErrors::Replace,
        Some("ignore") => ByteEscapeErrors::Ignore,
        Some(_) => ByteEscapeErrors::Unknown,
    };
    match codecs::escape_decode(&data, mode) {
        Ok((out, bad)) => {
            warn_escape(th, bad)?;
            let out = bytes::from_slice(th, &out)?;
            result(th, out, data.len())
        }
        Err(ByteEscapeError::Trailing) => Err(th.value_error("Trailing \\ in string")),
        Err(ByteEscapeError::Hex(at)) => Err(th.value_error(format!("invalid \\x escape at position {at}"))),
        Err(ByteEscapeError::Handler) => {
            let name: String = errors.unwrap_or_default().chars().take(400).collect();
            Err(th.value_error(format!("decoding error; unknown error handling code: {name}")))
        }
    }
}
