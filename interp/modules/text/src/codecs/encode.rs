//! Text to bytes: `(bytes, consumed)`.

use super::{Data, errors_arg};
use krait_object::arguments::{bad_argument, c_int};
use krait_object::bytes;
use krait_object::codec::encode_with;
use krait_object::codec_registry::result;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_text::Chars;
use krait_text::codecs::{
    self, Ascii, ByteOrder, Encoder, Latin1, RawUnicodeEscape, UnicodeEscape, Utf7, Utf8, Utf16, Utf32,
};

/// The string to encode.
pub fn text_arg(th: &Thread, v: Value, function: &str) -> Res<Str> {
    string::expect(th, v, &format!("{function}() argument 1"))
}

/// Encodes a text.
pub fn run(th: &Thread, s: Str, encoder: &mut dyn Encoder<Raised>, errors: Option<&str>) -> Res {
    let mut out = Vec::with_capacity(s.len());
    encode_with(th, s, encoder, errors, &mut out)?;
    let made = bytes::from_slice(th, &out)?;
    result(th, made, s.len())
}

/// Texts whose bytes are the encoded form already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Same {
    Ascii,
    Latin1,
    None,
}

fn plain(th: &Thread, a: &[Value], function: &str, encoder: &mut dyn Encoder<Raised>, same: Same) -> Res {
    let s = text_arg(th, a[0], function)?;
    let errors = errors_arg(th, a[1], function)?;
    if let Chars::One(units) = s.chars()
        && (same == Same::Latin1 || same == Same::Ascii && s.is_ascii())
    {
        let made = bytes::from_slice(th, units)?;
        return result(th, made, s.len());
    }
    run(th, s, encoder, errors.as_deref())
}

macro_rules! encoders {
    ($($name:ident $function:literal $codec:expr, $same:ident;)*) => {$(
        pub fn $name(th: &Thread, a: &[Value]) -> Res {
            plain(th, a, $function, &mut $codec, Same::$same)
        }
    )*};
}

encoders! {
    utf_8 "utf_8_encode" Utf8, Ascii;
    utf_7 "utf_7_encode" Utf7::default(), None;
    utf_16_le "utf_16_le_encode" Utf16::new(ByteOrder::Little), None;
    utf_16_be "utf_16_be_encode" Utf16::new(ByteOrder::Big), None;
    utf_32_le "utf_32_le_encode" Utf32::new(ByteOrder::Little), None;
    utf_32_be "utf_32_be_encode" Utf32::new(ByteOrder::Big), None;
    unicode_escape "unicode_escape_encode" UnicodeEscape::default(), None;
    raw_unicode_escape "raw_unicode_escape_encode" RawUnicodeEscape, None;
    latin_1 "latin_1_encode" Latin1, Latin1;
    ascii "ascii_encode" Ascii, Ascii;
}

/// The argument `byteorder`.
fn order_arg(th: &Thread, v: Value) -> Res<ByteOrder> {
    v.given().map_or(Ok(0), |v| c_int(th, v)).map(ByteOrder::from_number)
}

pub fn utf_16(th: &Thread, a: &[Value]) -> Res {
    let order = order_arg(th, a[2])?;
    plain(th, a, "utf_16_encode", &mut Utf16::new(order), Same::None)
}

pub fn utf_32(th: &Thread, a: &[Value]) -> Res {
    let order = order_arg(th, a[2])?;
    plain(th, a, "utf_32_encode", &mut Utf32::new(order), Same::None)
}

/// `escape_encode`: bytes as in a literal.
pub fn escape(th: &Thread, a: &[Value]) -> Res {
    let Some(data) = bytes::get(a[0]) else {
        return Err(bad_argument(th, a[0], "escape_encode() argument 1", "bytes"));
    };
    errors_arg(th, a[1], "escape_encode")?;
    let made = bytes::from_slice(th, &codecs::escape_encode(data))?;
    result(th, made, data.len())
}

/// `readbuffer_encode`: the bytes themselves.
pub fn readbuffer(th: &Thread, a: &[Value]) -> Res {
    let data = Data::new(th, a[0])?;
    errors_arg(th, a[1], "readbuffer_encode")?;
    let made = bytes::from_slice(th, &data)?;
    result(th, made, data.len())
}
