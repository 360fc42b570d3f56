//! Making ints: `int()` with everything it accepts, and `PyNumber_Long`'s protocol for other native code.

use crate::bytearray::{self};
use crate::call::call_special;
use crate::class::{Class, type_name};
use crate::construct;
use crate::int::{self, from_buf};
use crate::kind::Kind;
use crate::names::Name;
use crate::string::Str;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, number_text, protocol};
use krait_number::int as num;
use krait_number::int::{IntBuf, ParseIntError};

/// `int.__new__(cls, x=0, /, base=10)`.
pub fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Int)?;
    let n = match (a[1].given(), a[2].given()) {
        (None, None) => Value::ZERO,
        (None, Some(_)) => return Err(th.type_error("int() missing string argument")),
        (Some(x), None) => from_object(th, x)?,
        (Some(x), Some(base)) => from_text(th, x, base)?,
    };
    if class.is(TypeId::Int) { Ok(n) } else { with_class(th, class, n) }
}

/// An instance of a subclass with the value of `n`.
pub fn with_class(th: &Thread, class: Class, n: Value) -> Res {
    let v = int::with_ref(n, |r| int::allocate(th, r.neg, r.limbs, class.shape.get(), class.tail_bytes()))?;
    class.init_tail(v.cell());
    Ok(v)
}

fn from_text(th: &Thread, x: Value, base: Value) -> Res {
    let base = protocol::index(th, base)?;
    let base = match int::to_i64(base) {
        Some(b @ (0 | 2..=36)) => b as u32,
        _ => return Err(th.value_error("int() base must be >= 2 and <= 36, or 0")),
    };
    if let Some(s) = Str::from_value(x) {
        return parse(th, &number_text::to_ascii(s.chars()), base, x);
    }
    match byte_text(x) {
        Some(text) => parse(th, text, base, x),
        None => Err(th.type_error("int() can't convert non-string with explicit base")),
    }
}

/// The data of bytes and bytearray objects.
fn byte_text<'a>(v: Value) -> Option<&'a [u8]> {
    bytes::get(v).or_else(|| bytearray::get(v).map(|b| b.as_slice()))
}

/// The integer that a text (of the object `shown` in errors) stands for.
///
/// # Errors
/// ValueError "invalid literal ..." or for too many digits.
pub fn parse(th: &Thread, text: &[u8], base: u32, shown: Value) -> Res {
    let mut out = IntBuf::new();
    match num::parse(text, base, th.interp.int_max_str_digits.get(), &mut out) {
        Ok(()) => from_buf(th, &out),
        Err(ParseIntError::TooManyDigits(n)) => Err(th.value_error(format!(
            "Exceeds the limit ({} digits) for integer string conversion: value has {n} digits; use sys.set_int_max_str_digits() to increase the limit",
            th.interp.int_max_str_digits.get()
        ))),
        Err(ParseIntError::Invalid | ParseIntError::Base) => {
            let shown = if shown.is_kind(Kind::ByteArray) { bytes::from_slice(th, text)? } else { shown };
            let r = number_text::short_repr(th, shown)?;
            Err(th.value_error(format!("invalid literal for int() with base {base}: {r}")))
        }
    }
}

/// `int(x)`: an exact int.
///
/// # Errors
/// TypeError for objects that are no numbers and no text; ValueError for text that is no integer.
pub fn from_object(th: &Thread, x: Value) -> Res {
    if x.is_small_int() {
        return Ok(x);
    }
    if let Some(s) = Str::from_value(x)
        && x.has_shape(crate::shape::fixed::STR)
    {
        return parse(th, &number_text::to_ascii(s.chars()), 10, x);
    }
    let class = Class::of_value(th, x);
    if let Some(f) = class.special(th, Name::__int__) {
        let r = call_special(th, f, x, &[])?;
        return checked(th, r, "__int__");
    }
    if let Some(i) = protocol::index_opt(th, x)? {
        return Ok(i);
    }
    if let Some(f) = class.special(th, Name::__trunc__) {
        (th.interp.hooks().warn)(
            th,
            TypeId::DeprecationWarning,
            "The delegation of int() to __trunc__ is deprecated.",
            1,
        )?;
        let r = call_special(th, f, x, &[])?;
        return match protocol::index_opt(th, r)? {
            Some(i) => Ok(i),
            None => {
                Err(th.type_error(format!("__trunc__ returned non-Integral (type {})", type_name(th, r))))
            }
        };
    }
    if let Some(s) = Str::from_value(x) {
        return parse(th, &number_text::to_ascii(s.chars()), 10, x);
    }
    if let Some(text) = byte_text(x) {
        return parse(th, text, 10, x);
    }
    if crate::buffer::has_buffer(th, x) {
        // A copy, because the errors show the bytes.
        let copy = bytes::from_slice(th, &crate::buffer::bytes_like(th, x)?)?;
        return parse(th, bytes::get(copy).unwrap_or_default(), 10, copy);
    }
    Err(th.type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        class.name_text()
    )))
}

/// What `__int__` or `__index__` returned, as an exact int; strict subclasses are deprecated.
pub(crate) fn checked(th: &Thread, r: Value, method: &str) -> Res {
    if !int::is_int(r) {
        return Err(th.type_error(format!("{method} returned non-int (type {})", type_name(th, r))));
    }
    if !r.is_small_int() && !r.has_shape(crate::shape::fixed::INT) {
        let text = format!(
            "{method} returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
            type_name(th, r)
        );
        (th.interp.hooks().warn)(th, TypeId::DeprecationWarning, &text, 1)?;
    }
    int::exact(th, r)
}
