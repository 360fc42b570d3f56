//! Conversions of arguments that several modules here need, with the errors of C's argument parser.

use krait_object::buffer::{self, Buffer};
use krait_object::class::type_name;
use krait_object::string::Str;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{int, protocol};

/// `i`: a C int.
pub fn c_int(th: &Thread, v: Value) -> Res<i32> {
    let i = protocol::index(th, v)?;
    match int::to_i64(i) {
        Some(n) => i32::try_from(n).map_err(|_| {
            let how = if n > 0 { "greater than maximum" } else { "less than minimum" };
            th.overflow_error(format!("signed integer is {how}"))
        }),
        None => Err(th.overflow_error("Python int too large to convert to C long")),
    }
}

/// An optional C int.
pub fn c_int_or(th: &Thread, v: Value, default: i32) -> Res<i32> {
    v.given().map_or(Ok(default), |v| c_int(th, v))
}

/// `k`-like converters that refuse negative numbers: an unsigned 64-bit number. `name` is C's name of the type.
pub fn unsigned(th: &Thread, v: Value, name: &str) -> Res<u64> {
    if !int::is_int(v) && protocol::index_opt(th, v)?.is_none() {
        return Err(th.type_error("an integer is required"));
    }
    let i = protocol::index(th, v)?;
    if int::with_ref(i, |r| r.signum() < 0) {
        return Err(th.value_error("value must be positive"));
    }
    int::with_ref(i, |r| r.to_u64()).ok_or_else(|| {
        th.overflow_error(if name == "unsigned long long" {
            String::from("int too big to convert")
        } else {
            format!("Python int too large to convert to C {name}")
        })
    })
}

/// `I`-like: the low 32 bits of an int of any size.
pub fn masked_u32(th: &Thread, v: Value) -> Res<u32> {
    if !int::is_int(v) {
        let i = protocol::index(th, v)?;
        return Ok(int::with_ref(i, |r| r.to_u64_wrapping()) as u32);
    }
    Ok(int::with_ref(v, |r| r.to_u64_wrapping()) as u32)
}

/// ASCII text or a bytes-like object, as `binascii` takes it: the bytes, and what keeps them.
pub enum AsciiOrBytes {
    Text(Str),
    Data(Buffer),
}

impl AsciiOrBytes {
    pub fn get(th: &Thread, v: Value) -> Res<AsciiOrBytes> {
        if let Some(s) = Str::from_value(v) {
            if s.is_ascii() {
                return Ok(AsciiOrBytes::Text(s));
            }
            return Err(th.value_error("string argument should contain only ASCII characters"));
        }
        if !buffer::has_buffer(th, v) {
            let got = type_name(th, v);
            return Err(
                th.type_error(format!("argument should be bytes, buffer or ASCII string, not '{got}'"))
            );
        }
        Ok(AsciiOrBytes::Data(buffer::bytes_like(th, v)?))
    }

    pub fn as_slice(&self) -> &[u8] {
        match self {
            AsciiOrBytes::Text(s) => s.as_ascii().unwrap_or_default().as_bytes(),
            AsciiOrBytes::Data(b) => b,
        }
    }
}
