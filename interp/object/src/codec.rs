//! Text to bytes and back: what `str.encode`, `bytes.decode` and native modules call.
//!
//! UTF-8, UTF-16, UTF-32, ASCII and latin-1 are done here; other encodings go to the
//! registry (`codec_registry`), which imports `encodings`. Faults of the encodings done here
//! are settled by a builtin mode, or by a handler registered under the name
//! (`codec_errors`).

use crate::buffer;
use crate::bytes;
use crate::class::type_name;
use crate::codec_errors as errors_of;
use crate::codec_registry as registry;
use crate::str_build;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_text::codecs::{
    self, Ascii, ByteOrder, CodecError, DecodeErrors, Decoder, EncodeErrors, Encoder, ErrorMode, Fault,
    Latin1, Shortcut, Utf8, Utf16, Utf32,
};
use krait_text::{Chars, CharsBuf};
use std::borrow::Cow;

/// The name of an encoding or error handler among the arguments (good while the argument is); None when it was not given.
///
/// # Errors
/// TypeError "WHAT must be str, not T", ValueError "embedded null character".
pub fn name<'a>(th: &Thread, v: Value, what: &str) -> Res<Option<Cow<'a, str>>> {
    let Some(v) = v.given() else { return Ok(None) };
    let s = string::expect(th, v, what)?;
    let text = match s.as_ascii() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(utf8(th, s)?),
    };
    if text.as_bytes().contains(&0) {
        return Err(th.value_error("embedded null character"));
    }
    Ok(Some(text))
}

/// As [`name`], as a copy.
///
/// # Errors
/// As [`name`].
pub fn name_arg(th: &Thread, v: Value, what: &str) -> Res<Option<String>> {
    Ok(name(th, v, what)?.map(Cow::into_owned))
}

/// The text as UTF-8, which lone surrogates have no place in.
///
/// # Errors
/// UnicodeEncodeError "surrogates not allowed".
pub fn utf8(th: &Thread, s: Str) -> Res<String> {
    match s.to_utf8() {
        Some(text) => Ok(text),
        None => {
            let mut out = Vec::new();
            encode_with(th, s, &mut Utf8, None, &mut out)?;
            Err(th.value_error("invalid text"))
        }
    }
}

/// The mode or the handler that faults go to.
pub enum Handler {
    Mode(ErrorMode),
    /// A registered callable.
    Callable(Value),
}

/// Finds the handler of a name (None: strict).
///
/// # Errors
/// LookupError "unknown error handler name 'NAME'".
pub fn handler(th: &Thread, errors: Option<&str>) -> Res<Handler> {
    match errors {
        None => Ok(Handler::Mode(ErrorMode::Strict)),
        Some(name) => match ErrorMode::from_name(name.as_bytes()) {
            Some(mode) => Ok(Handler::Mode(mode)),
            None => registry::lookup_error(th, name).map(Handler::Callable),
        },
    }
}

/// In development mode, do the encoding and the error handler exist?
///
/// # Errors
/// LookupError of the one that does not.
pub fn check_names(th: &Thread, encoding: Option<&str>, errors: Option<&str>) -> Res<()> {
    if th.interp.dev_mode.get() {
        if let Some(e) = encoding {
            registry::lookup(th, e)?;
        }
        if let Some(e) = errors {
            registry::lookup_error(th, e)?;
        }
    }
    Ok(())
}

/// The text in an encoding (UTF-8 by default), as `bytes`.
///
/// # Errors
/// UnicodeEncodeError, LookupError; what a codec or handler raises.
pub fn encode(th: &Thread, s: Str, encoding: Option<&str>, errors: Option<&str>) -> Res {
    check_names(th, encoding, errors)?;
    let Some(way) = encoding.map_or(Some(Shortcut::Utf8), |e| codecs::shortcut(e.as_bytes())) else {
        return registry::encode_text(th, s.value(), encoding.unwrap_or_default(), errors);
    };
    let text = s.chars();
    match (way, text) {
        (Shortcut::Utf8 | Shortcut::Ascii, Chars::One(units)) if s.is_ascii() => {
            return bytes::from_slice(th, units);
        }
        (Shortcut::Latin1, Chars::One(units)) => return bytes::from_slice(th, units),
        _ => {}
    }
    let mut out = Vec::with_capacity(text.len());
    match way {
        Shortcut::Utf8 => encode_with(th, s, &mut Utf8, errors, &mut out),
        Shortcut::Ascii => encode_with(th, s, &mut Ascii, errors, &mut out),
        Shortcut::Latin1 => encode_with(th, s, &mut Latin1, errors, &mut out),
        Shortcut::Utf16 => encode_with(th, s, &mut Utf16::new(ByteOrder::Native), errors, &mut out),
        Shortcut::Utf32 => encode_with(th, s, &mut Utf32::new(ByteOrder::Native), errors, &mut out),
    }?;
    bytes::from_slice(th, &out)
}

/// Runs an encoder over the text, appending to `out`.
///
/// # Errors
/// As [`encode`].
pub fn encode_with(
    th: &Thread,
    s: Str,
    encoder: &mut dyn Encoder<Raised>,
    errors: Option<&str>,
    out: &mut Vec<u8>,
) -> Res<()> {
    // The first attempt needs no handler: one that does not exist matters only when there is a fault.
    let strict = matches!(errors, None | Some("strict"));
    let mode = errors.and_then(|e| ErrorMode::from_name(e.as_bytes()));
    let r = if strict {
        codecs::encode(encoder, s.chars(), &mut EncodeErrors::Mode(ErrorMode::Strict), out)
    } else if let Some(mode) = mode {
        codecs::encode(encoder, s.chars(), &mut EncodeErrors::Mode(mode), out)
    } else {
        let name = errors.unwrap_or_default();
        let mut state = errors_of::Caller::new(name, s.value());
        codecs::encode(encoder, s.chars(), &mut EncodeErrors::Hook(&mut |f| state.encode_fault(th, f)), out)
    };
    r.map_err(|e| raise_encode(th, e, s))
}

/// Turns a codec's failure to encode into the exception.
#[cold]
pub fn raise_encode(th: &Thread, e: CodecError<Raised>, s: Str) -> Raised {
    match e {
        CodecError::Fault(encoding, fault) => match str_build::exact(th, s) {
            Ok(object) => errors_of::raise_fault(th, TypeId::UnicodeEncodeError, encoding, object, fault),
            Err(r) => r,
        },
        CodecError::Position(p) => th.index_error(format!("position {p} from error handler out of bounds")),
        CodecError::Unsuitable => {
            th.type_error("don't know how to handle UnicodeEncodeError in error callback")
        }
        CodecError::Caller(r) => r,
    }
}

/// Text of bytes in an encoding (UTF-8 by default).
///
/// # Errors
/// UnicodeDecodeError, LookupError; what a codec or handler raises.
pub fn decode(th: &Thread, data: &[u8], encoding: Option<&str>, errors: Option<&str>) -> Res {
    check_names(th, encoding, errors)?;
    if data.is_empty() {
        return Ok(th.interp.empty_str.get());
    }
    let Some(way) = encoding.map_or(Some(Shortcut::Utf8), |e| codecs::shortcut(e.as_bytes())) else {
        let copy = bytes::from_slice(th, data)?;
        let view = crate::memoryview::from_object(th, copy)?;
        return registry::decode_text(th, view, encoding.unwrap_or_default(), errors);
    };
    decode_shortcut(th, way, data, errors)
}

fn decode_shortcut(th: &Thread, way: Shortcut, data: &[u8], errors: Option<&str>) -> Res {
    match way {
        Shortcut::Utf8 | Shortcut::Ascii if data.is_ascii() => {
            if data.len() < 2 {
                return string::from_latin1(th, data);
            }
            return str_build::ascii_with(th, data.len(), |to| to.copy_from_slice(data));
        }
        Shortcut::Latin1 => return string::from_latin1(th, data),
        Shortcut::Utf8 if matches!(errors, None | Some("strict")) => {
            return match codecs::decode_utf8(data) {
                Ok(buf) => string::from_buf(th, &buf),
                Err(fault) => Err(raise_decode_fault(th, "utf-8", data, fault)),
            };
        }
        _ => {}
    }
    match way {
        Shortcut::Utf8 => decode_with(th, data, &mut Utf8, errors),
        Shortcut::Ascii => decode_with(th, data, &mut Ascii, errors),
        Shortcut::Latin1 => decode_with(th, data, &mut Latin1, errors),
        Shortcut::Utf16 => decode_with(th, data, &mut Utf16::new(ByteOrder::Native), errors),
        Shortcut::Utf32 => decode_with(th, data, &mut Utf32::new(ByteOrder::Native), errors),
    }
}

fn decode_with(th: &Thread, data: &[u8], decoder: &mut dyn Decoder<Raised>, errors: Option<&str>) -> Res {
    let mut out = CharsBuf::with_capacity(data.len());
    decode_into(th, data, true, decoder, errors, &mut out)?;
    string::from_buf(th, &out)
}

/// Runs a decoder over the bytes, appending to `out`; the number of bytes consumed. Without `last`, an incomplete
/// sequence at the end is left over.
///
/// # Errors
/// As [`decode`].
pub fn decode_into(
    th: &Thread,
    data: &[u8],
    last: bool,
    decoder: &mut dyn Decoder<Raised>,
    errors: Option<&str>,
    out: &mut CharsBuf,
) -> Res<usize> {
    let mode = match errors {
        None => Some(ErrorMode::Strict),
        Some(e) => ErrorMode::from_name(e.as_bytes()),
    };
    let r = if let Some(mode) = mode {
        codecs::decode(decoder, data, last, &mut DecodeErrors::Mode(mode), out)
    } else {
        let mut state = errors_of::Caller::new(errors.unwrap_or_default(), Value::MISSING);
        codecs::decode(decoder, data, last, &mut DecodeErrors::Hook(&mut |f| state.decode_fault(th, f)), out)
    };
    r.map_err(|e| raise_decode(th, e, data))
}

/// Turns a codec's failure to decode into the exception.
#[cold]
pub fn raise_decode(th: &Thread, e: CodecError<Raised>, data: &[u8]) -> Raised {
    match e {
        CodecError::Fault(encoding, fault) => raise_decode_fault(th, encoding, data, fault),
        CodecError::Position(p) => th.index_error(format!("position {p} from error handler out of bounds")),
        CodecError::Unsuitable => {
            th.type_error("don't know how to handle UnicodeDecodeError in error callback")
        }
        CodecError::Caller(r) => r,
    }
}

/// UnicodeDecodeError of a fault in the bytes.
#[cold]
pub fn raise_decode_fault(th: &Thread, encoding: &str, data: &[u8], fault: Fault) -> Raised {
    match bytes::from_slice(th, data) {
        Ok(object) => errors_of::raise_fault(th, TypeId::UnicodeDecodeError, encoding, object, fault),
        Err(r) => r,
    }
}

/// `str(object, encoding, errors)`: decodes an object with a buffer.
///
/// # Errors
/// TypeErrors "decoding str is not supported", "decoding to str: need a bytes-like object, T found"; as [`decode`].
pub fn decode_object(th: &Thread, v: Value, encoding: Option<&str>, errors: Option<&str>) -> Res {
    if Str::from_value(v).is_some() {
        return Err(th.type_error("decoding str is not supported"));
    }
    if !buffer::has_buffer(th, v) {
        return Err(
            th.type_error(format!("decoding to str: need a bytes-like object, {} found", type_name(th, v)))
        );
    }
    check_names(th, encoding, errors)?;
    let data = buffer::bytes_like(th, v)?;
    if data.is_empty() {
        return Ok(th.interp.empty_str.get());
    }
    match encoding.map_or(Some(Shortcut::Utf8), |e| codecs::shortcut(e.as_bytes())) {
        Some(way) => decode_shortcut(th, way, &data, errors),
        None => {
            let view = crate::memoryview::from_object(th, v)?;
            registry::decode_text(th, view, encoding.unwrap_or_default(), errors)
        }
    }
}
