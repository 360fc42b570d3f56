//! Path arguments of the core functions.

use krait_object::class::type_name;
use krait_object::string::{self, Str};
use krait_object::{Res, Thread, Value, call, names::Name};

/// A filename argument (`str`, `bytes` or `os.PathLike`) as a string.
pub fn decoded_path(th: &Thread, v: Value) -> Res {
    if Str::from_value(v).is_some() {
        return Ok(v);
    }
    if let Some(b) = krait_object::bytes::get(v) {
        return decode(th, b);
    }
    let class = krait_object::Class::of_value(th, v);
    let Some(f) = class.special(th, Name::__fspath__) else {
        return Err(
            th.type_error(format!("expected str, bytes or os.PathLike object, not {}", class.name_text()))
        );
    };
    let r = call::call_special(th, f, v, &[])?;
    if Str::from_value(r).is_some() {
        return Ok(r);
    }
    match krait_object::bytes::get(r) {
        Some(b) => decode(th, b),
        None => Err(th.type_error(format!(
            "expected {}.__fspath__() to return str or bytes, not {}",
            class.name_text(),
            type_name(th, r)
        ))),
    }
}

/// Bytes of the operating system as text: UTF-8 with `surrogateescape`.
pub fn decode(th: &Thread, bytes: &[u8]) -> Res {
    if let Ok(t) = std::str::from_utf8(bytes) {
        return string::try_new(th, t);
    }
    let mut buf = krait_text::CharsBuf::new();
    for chunk in bytes.utf8_chunks() {
        buf.extend_str(chunk.valid());
        for &b in chunk.invalid() {
            buf.push(0xdc00 + b as u32);
        }
    }
    string::from_buf(th, &buf)
}

/// Text for the operating system: the reverse of `decode`. None when it cannot be encoded.
pub fn encode(s: Str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for c in s.chars().iter() {
        match char::from_u32(c) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None if (0xdc80..=0xdcff).contains(&c) => out.push((c - 0xdc00) as u8),
            None => return None,
        }
    }
    Some(out)
}
