//! Codecs by mappings: a string of characters, an `EncodingMap` made of one, or any object with `__getitem__`.

use super::encode::{self, text_arg};
use super::{decode as decoding, errors_arg};
use crate::support::payload;
use krait_object::buffer;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::codec::decode_into;
use krait_object::codec_registry::result;
use krait_object::custom::{self, Custom};
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, dict, int, natives, protocol};
use krait_text::CharsBuf;
use krait_text::codecs::{self, DecodedChar, EncodedChar, Latin1, TableDecoder};

/// Stands for "no character".
const NOTHING: u32 = 0xFFFE;

struct EncodingMap {
    map: codecs::EncodingMap,
}

payload!(EncodingMap, "EncodingMap", []);

fn size(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, Custom::<EncodingMap>::of(a[0]).map.size()))
}

natives! {
    static METHODS = {
        method "size" "!()" size, "Return the size (in bytes) of this object";
    }
}

static ENCODING_MAP: NativeClass =
    NativeClass::new(ClassSpec::new("EncodingMap", "", METHODS, &[]).flags(flag::NO_NEW));

/// `charmap_build(map)`.
pub fn build(th: &Thread, a: &[Value]) -> Res {
    let s = string::expect(th, a[0], "charmap_build() argument")?;
    let table = s.chars().slice(0..s.len().min(256));
    if let Some(map) = codecs::EncodingMap::build(table) {
        return Ok(custom::alloc(th, ENCODING_MAP.get(th)?, EncodingMap { map })?.value());
    }
    let d = dict::new(th);
    for (i, c) in table.iter().enumerate() {
        d.set(th, Value::small(c.into()), Value::small(i as i64))?;
    }
    Ok(d.value())
}

/// `mapping[n]`, or None.
fn look_up(th: &Thread, mapping: Value, n: u32) -> Res {
    let r = protocol::getitem(th, mapping, Value::small(n.into()));
    Ok(th.catch(r, TypeId::LookupError)?.unwrap_or(Value::none()))
}

/// What a mapping makes of a byte.
fn decoded(th: &Thread, mapping: Value, b: u8) -> Res<DecodedChar> {
    let v = look_up(th, mapping, b.into())?;
    if v.is_none() {
        return Ok(DecodedChar::Undefined);
    }
    if int::is_int(v) {
        return match int::to_i64(v).and_then(|n| u32::try_from(n).ok()) {
            Some(NOTHING) => Ok(DecodedChar::Undefined),
            Some(c) if c < 0x110000 => Ok(DecodedChar::Char(c)),
            _ => Err(th.type_error("character mapping must be in range(0x110000)")),
        };
    }
    match Str::from_value(v) {
        Some(s) if s.len() == 1 && s.at(0) == NOTHING => Ok(DecodedChar::Undefined),
        Some(s) if s.len() == 1 => Ok(DecodedChar::Char(s.at(0))),
        Some(s) => Ok(DecodedChar::Text(CharsBuf::from(s.chars()))),
        None => Err(th.type_error("character mapping must return integer, None or str")),
    }
}

/// `charmap_decode(data, errors, mapping)`.
pub fn decode(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let errors = errors_arg(th, a[1], "charmap_decode")?;
    let Some(mapping) = a[2].given_not_none() else {
        return decoding::latin_1_with(th, &data, errors.as_deref());
    };
    let mut out = CharsBuf::new();
    let mut run = |decoder: &mut dyn codecs::Decoder<Raised>| {
        decode_into(th, &data, true, decoder, errors.as_deref(), &mut out)
    };
    if mapping.has_shape(TypeId::Str as u32) {
        run(&mut TableDecoder::new(Str::of(mapping).chars()))?;
    } else {
        run(&mut codecs::map_decoded(|b| decoded(th, mapping, b)))?;
    }
    let text = string::from_buf(th, &out)?;
    result(th, text, data.len)
}

/// What a mapping makes of a code point.
fn encoded(th: &Thread, mapping: Value, c: u32) -> Res<EncodedChar> {
    let v = look_up(th, mapping, c)?;
    if v.is_none() {
        return Ok(EncodedChar::Undefined);
    }
    if int::is_int(v) {
        return match int::to_i64(v).and_then(|n| u8::try_from(n).ok()) {
            Some(b) => Ok(EncodedChar::Byte(b)),
            None => Err(th.type_error("character mapping must be in range(256)")),
        };
    }
    match bytes::get(v) {
        Some(b) => Ok(EncodedChar::Bytes(b.to_vec())),
        None => {
            let name = type_name(th, v);
            let text = format!("character mapping must return integer, bytes or None, not {name}");
            Err(th.type_error(text))
        }
    }
}

/// `charmap_encode(str, errors, mapping)`.
pub fn encode(th: &Thread, a: &[Value]) -> Res {
    let s = text_arg(th, a[0], "charmap_encode")?;
    let errors = errors_arg(th, a[1], "charmap_encode")?;
    let errors = errors.as_deref();
    let Some(mapping) = a[2].given_not_none() else { return encode::run(th, s, &mut Latin1, errors) };
    match Custom::<EncodingMap>::from_value(mapping) {
        Some(m) => encode::run(th, s, &mut &m.map, errors),
        None => encode::run(th, s, &mut codecs::map_encoded(|c| encoded(th, mapping, c)), errors),
    }
}
