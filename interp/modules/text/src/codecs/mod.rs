//! `_codecs`: the registry, and one pair of functions for each codec that is implemented natively.
//!
//! | file | concern |
//! |---|---|
//! | `registry` | `register`, `lookup`, `encode`, ... |
//! | `decode` | bytes to text |
//! | `encode` | text to bytes |
//! | `charmap` | codecs by mappings |

mod charmap;
mod decode;
mod encode;
mod registry;

use krait_object::arguments::bad_argument;
use krait_object::buffer::{self, Buffer};
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::string::Str;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, codec, natives};
use krait_text::codecs::BadEscape;

/// The `_codecs` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_codecs", doc: "", functions: FUNCTIONS, exec: no_exec };

/// The argument `errors` of codec functions: a name, or None for strict.
fn errors_arg(th: &Thread, v: Value, function: &str) -> Res<Option<String>> {
    match v.given_not_none() {
        None => Ok(None),
        Some(v) if Str::from_value(v).is_none() => {
            Err(bad_argument(th, v, &format!("{function}() argument 2"), "str or None"))
        }
        Some(v) => codec::name_arg(th, v, ""),
    }
}

/// Bytes of an argument that may also be a string, which stands for its UTF-8.
enum Data {
    Text(String),
    Bytes(Buffer),
}

impl Data {
    fn new(th: &Thread, v: Value) -> Res<Data> {
        match Str::from_value(v) {
            Some(s) => codec::utf8(th, s).map(Data::Text),
            None => buffer::bytes_like(th, v).map(Data::Bytes),
        }
    }
}

impl std::ops::Deref for Data {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Data::Text(t) => t.as_bytes(),
            Data::Bytes(b) => b,
        }
    }
}

/// The warning that a questionable escape deserves.
fn warn_escape(th: &Thread, bad: Option<BadEscape>) -> Res<()> {
    let text = match bad {
        None => return Ok(()),
        Some(BadEscape::Letter(c)) => format!("invalid escape sequence '\\{}'", c as char),
        Some(BadEscape::Octal(digits)) => {
            format!("invalid octal escape sequence '\\{}'", String::from_utf8_lossy(&digits))
        }
    };
    crate::support::warn(th, TypeId::DeprecationWarning, &text)
}

natives! {
    static FUNCTIONS = {
        function "register" "(search_function, /)" registry::register, "";
        function "unregister" "(search_function, /)" registry::unregister, "";
        function "lookup" "(encoding, /)" registry::lookup, "";
        function "encode" "(obj, encoding='utf-8', errors='strict')" registry::encode, "";
        function "decode" "(obj, encoding='utf-8', errors='strict')" registry::decode, "";
        function "register_error" "(errors, handler, /)" registry::register_error, "";
        function "lookup_error" "(name, /)" registry::lookup_error, "";
        function "escape_encode" "(data, errors=None, /)" encode::escape, "";
        function "escape_decode" "(data, errors=None, /)" decode::escape, "";
        function "utf_8_encode" "(str, errors=None, /)" encode::utf_8, "";
        function "utf_8_decode" "(data, errors=None, final=False, /)" decode::utf_8, "";
        function "utf_7_encode" "(str, errors=None, /)" encode::utf_7, "";
        function "utf_7_decode" "(data, errors=None, final=False, /)" decode::utf_7, "";
        function "utf_16_encode" "(str, errors=None, byteorder=0, /)" encode::utf_16, "";
        function "utf_16_le_encode" "(str, errors=None, /)" encode::utf_16_le, "";
        function "utf_16_be_encode" "(str, errors=None, /)" encode::utf_16_be, "";
        function "utf_16_decode" "(data, errors=None, final=False, /)" decode::utf_16, "";
        function "utf_16_le_decode" "(data, errors=None, final=False, /)" decode::utf_16_le, "";
        function "utf_16_be_decode" "(data, errors=None, final=False, /)" decode::utf_16_be, "";
        function "utf_16_ex_decode" "(data, errors=None, byteorder=0, final=False, /)" decode::utf_16_ex, "";
        function "utf_32_encode" "(str, errors=None, byteorder=0, /)" encode::utf_32, "";
        function "utf_32_le_encode" "(str, errors=None, /)" encode::utf_32_le, "";
        function "utf_32_be_encode" "(str, errors=None, /)" encode::utf_32_be, "";
        function "utf_32_decode" "(data, errors=None, final=False, /)" decode::utf_32, "";
        function "utf_32_le_decode" "(data, errors=None, final=False, /)" decode::utf_32_le, "";
        function "utf_32_be_decode" "(data, errors=None, final=False, /)" decode::utf_32_be, "";
        function "utf_32_ex_decode" "(data, errors=None, byteorder=0, final=False, /)" decode::utf_32_ex, "";
        function "unicode_escape_encode" "(str, errors=None, /)" encode::unicode_escape, "";
        function "unicode_escape_decode" "(data, errors=None, final=True, /)" decode::unicode_escape, "";
        function "raw_unicode_escape_encode" "(str, errors=None, /)" encode::raw_unicode_escape, "";
        function "raw_unicode_escape_decode" "(data, errors=None, final=True, /)" decode::raw_unicode_escape, "";
        function "latin_1_encode" "(str, errors=None, /)" encode::latin_1, "";
        function "latin_1_decode" "(data, errors=None, /)" decode::latin_1, "";
        function "ascii_encode" "(str, errors=None, /)" encode::ascii, "";
        function "ascii_decode" "(data, errors=None, /)" decode::ascii, "";
        function "charmap_encode" "(str, errors=None, mapping=None, /)" charmap::encode, "";
        function "charmap_decode" "(data, errors=None, mapping=None, /)" charmap::decode, "";
        function "charmap_build" "(map, /)" charmap::build, "";
        function "readbuffer_encode" "(data, errors=None, /)" encode::readbuffer, "";
    }
}
