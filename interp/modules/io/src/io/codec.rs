//! Encoding and decoding for text streams.
//!
//! UTF-8, ASCII and latin-1 are done natively; a decoder's state is then the bytes of an
//! unfinished sequence. All other encodings use the incremental encoders and decoders of
//! the codec registry.

use krait_object::codec;
use krait_object::codec_registry as registry;
use krait_object::{Name, Res, Str, Thread, TypeId, Value, attr, call, protocol, string};
use krait_text::CharsBuf;
use krait_text::codecs::{Ascii, Latin1, Shortcut, Utf8, shortcut};
use std::cell::Cell;
use std::ffi::CStr;

/// How text is encoded and decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Utf8,
    Ascii,
    Latin1,
    /// By the objects of the codec registry.
    Registry,
}

impl Way {
    pub fn of(encoding: &str) -> Way {
        match shortcut(encoding.as_bytes()) {
            Some(Shortcut::Utf8) => Way::Utf8,
            Some(Shortcut::Ascii) => Way::Ascii,
            Some(Shortcut::Latin1) => Way::Latin1,
            _ => Way::Registry,
        }
    }
}

/// The error handler's name as Rust text; strict when it is not text.
pub fn errors_name(errors: Value) -> String {
    Str::from_value(errors).map_or_else(|| "strict".to_owned(), Str::to_text)
}

/// Appends the text's bytes.
pub fn encode(th: &Thread, way: Way, s: Str, errors: Value, out: &mut Vec<u8>) -> Res<()> {
    let errors = errors_name(errors);
    let errors = Some(errors.as_str());
    match way {
        Way::Utf8 => codec::encode_with(th, s, &mut Utf8, errors, out),
        Way::Ascii => codec::encode_with(th, s, &mut Ascii, errors, out),
        Way::Latin1 => codec::encode_with(th, s, &mut Latin1, errors, out),
        Way::Registry => Err(th.runtime_error("the encoding has no native encoder")),
    }
}

/// Bytes of an unfinished sequence at the end of what was decoded so far.
#[derive(Clone, Copy, Default)]
pub struct Partial {
    bytes: [u8; 4],
    len: u8,
}

impl Partial {
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }

    /// The bytes, when there are few enough to be an unfinished sequence.
    pub fn of(b: &[u8]) -> Option<Partial> {
        let mut p = Partial { bytes: [0; 4], len: b.len() as u8 };
        if b.len() > 4 {
            return None;
        }
        p.bytes[..b.len()].copy_from_slice(b);
        Some(p)
    }
}

/// Decodes natively what comes next; `last`: nothing follows.
pub fn decode(
    th: &Thread,
    way: Way,
    partial: &Cell<Partial>,
    input: &[u8],
    errors: Value,
    last: bool,
) -> Res<Str> {
    let before = partial.get();
    if before.len == 0 && input.is_ascii() {
        return Ok(Str::of(string::from_latin1(th, input)?));
    }
    let joined;
    let data = if before.len == 0 {
        input
    } else {
        joined = [before.as_slice(), input].concat();
        &joined
    };
    let errors = errors_name(errors);
    let errors = Some(errors.as_str());
    let mut out = CharsBuf::with_capacity(data.len());
    let used = match way {
        Way::Utf8 => codec::decode_into(th, data, last, &mut Utf8, errors, &mut out)?,
        Way::Ascii => codec::decode_into(th, data, last, &mut Ascii, errors, &mut out)?,
        Way::Latin1 => codec::decode_into(th, data, last, &mut Latin1, errors, &mut out)?,
        Way::Registry => return Err(th.runtime_error("the encoding has no native decoder")),
    };
    let rest = if last { &[][..] } else { &data[used..] };
    partial.set(Partial::of(rest).unwrap_or_default());
    Ok(Str::of(string::from_buf(th, &out)?))
}

/// The codec of an encoding for text: LookupError when there is none, or it is not between text and bytes.
pub fn lookup_text(th: &Thread, encoding: &str, alternative: &str) -> Res {
    let info = registry::lookup(th, encoding)?.value();
    if !info.has_shape(krait_object::shape::fixed::TUPLE) {
        let name = th.interp.interned.intern_text(th, "_is_text_encoding");
        if let Some(v) = attr::get_opt(th, info, name)?
            && !protocol::truth(th, v)?
        {
            return Err(th.raise_new(
                TypeId::LookupError,
                format!("'{encoding}' is not a text encoding; use {alternative} to handle arbitrary codecs"),
            ));
        }
    }
    Ok(info)
}

/// An incremental encoder or decoder of a codec.
pub fn incremental(th: &Thread, info: Value, which: Name, errors: Value) -> Res {
    let make = attr::get_name(th, info, which)?;
    call::call(th, make, &[errors])
}

/// The encoding of the locale.
pub fn locale_encoding(th: &Thread) -> String {
    if th.interp.config.borrow().flags.get("utf8_mode").copied().unwrap_or(0) > 0 {
        return "utf-8".into();
    }
    // The program took over the locale of its environment when it started; the environment may have changed since.
    // SAFETY: the text is static until the locale changes; it is copied at once.
    let name = unsafe { CStr::from_ptr(libc::nl_langinfo(libc::CODESET)) }.to_string_lossy().into_owned();
    if name.is_empty() { "utf-8".into() } else { name }
}
