//! Pickling of arrays: the form of protocol 3 and up names the items' form in memory.

use super::items::{Code, letter_arg};
use super::methods::ARRAY;
use super::{Handle, from_bytes, new, own_dict};
use crate::args::c_int;
use crate::support::{class_of, tup};
use krait_object::class::{Class, type_name};
use krait_object::native_module::ModuleDef;
use krait_object::storage::ValueVec;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::type_new::tp_name;
use krait_object::value::Value;
use krait_object::{attr, bytes, codec, float, int, list, object_reduce, protocol};

/// The items as a list.
pub fn to_list(th: &Thread, a: Handle) -> Res {
    let mut out = ValueVec::with_capacity(th, a.len())?;
    let mut i = 0;
    while let Some(v) = a.get(th, i)? {
        out.push(th, v)?;
        i += 1;
    }
    Ok(list::from_vec(th, out))
}

/// `__reduce_ex__(protocol)`.
pub fn reduce_ex(th: &Thread, a: &[Value]) -> Res {
    let level = protocol::index_i64(th, a[1])?;
    let array = Handle::of(a[0]);
    let class = class_of(th, a[0]);
    let d = own_dict(th, a[0])?;
    let code = string::new(th, &(array.code().letter() as char).to_string());
    if level < 3 {
        let items = to_list(th, array)?;
        let args = tup(th, &[code, items])?;
        return tup(th, &[class, args, d]);
    }
    let own: &ModuleDef = &super::MODULE;
    let module = object_reduce::import(th, own.name)?;
    let f = attr::get_text(th, module, "_array_reconstructor")?;
    let data = bytes::from_slice(th, array.bytes())?;
    let args = tup(th, &[class, code, Value::small(array.code().machine_format()), data])?;
    tup(th, &[f, args, d])
}

/// What a machine format number means: bytes of an item, signedness of integers, byte order.
fn describe(format: i64) -> Option<(usize, Option<bool>, bool)> {
    Some(match format {
        0 | 1 => (1, Some(format == 1), false),
        2..=13 => {
            let n = format - 2;
            (2 << (n / 4), Some(n / 2 % 2 == 1), n % 2 == 1)
        }
        14 | 15 => (4, None, format == 15),
        16 | 17 => (8, None, format == 17),
        // For text C asks for twice as many bytes as a unit has.
        18 | 19 => (4, None, format == 19),
        20 | 21 => (8, None, format == 21),
        _ => return None,
    })
}

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`.
pub fn reconstruct(th: &Thread, a: &[Value]) -> Res {
    let letter = letter_arg(th, a[1], "_array_reconstructor() argument 2")?;
    let format = c_int(th, a[2])?;
    let own = ARRAY.get(th)?;
    let Some(class) = Class::from_value(a[0]) else {
        let got = type_name(th, a[0]);
        return Err(th.type_error(format!("first argument must be a type object, not {got}")));
    };
    if !class.is_subclass_of(own) {
        let (sub, own) = (tp_name(th, class), tp_name(th, own));
        return Err(th.type_error(format!("{sub} is not a subtype of {own}")));
    }
    let Some(code) = Code::from_letter(letter) else {
        return Err(th.value_error("second argument must be a valid type code"));
    };
    let Some((size, signed, big)) = describe(format.into()) else {
        return Err(th.value_error("third argument must be a valid machine format code."));
    };
    let Some(data) = bytes::get(a[3]) else {
        let got = type_name(th, a[3]);
        return Err(th.type_error(format!("fourth argument should be bytes, not {got}")));
    };
    if code.machine_format() == i64::from(format) {
        if !data.len().is_multiple_of(code.size()) {
            return Err(th.value_error("bytes length not a multiple of item size"));
        }
        return Ok(from_bytes(th, class, code, data)?.value());
    }
    // From a machine with other types: item by item, in a type of the same size if there is one.
    if !data.len().is_multiple_of(size) {
        return Err(th.value_error("string length not a multiple of item size"));
    }
    let mut code = code;
    let mut out = ValueVec::new();
    match (format, signed) {
        (18.., _) => {
            let name = match format {
                18 => "utf-16-le",
                19 => "utf-16-be",
                20 => "utf-32-le",
                _ => "utf-32-be",
            };
            let text = codec::decode(th, data, Some(name), None)?;
            for i in 0..Str::of(text).len() {
                out.push(th, string::from_code_point(th, Str::of(text).at(i))?)?;
            }
        }
        (_, None) => {
            for part in data.chunks(size) {
                let x = if size == 4 {
                    let b: [u8; 4] = part.try_into().unwrap_or_default();
                    f64::from(if big { f32::from_be_bytes(b) } else { f32::from_le_bytes(b) })
                } else {
                    let b: [u8; 8] = part.try_into().unwrap_or_default();
                    if big { f64::from_be_bytes(b) } else { f64::from_le_bytes(b) }
                };
                out.push(th, float::new(th, x))?;
            }
        }
        (_, Some(signed)) => {
            let fits = |c: &Code| c.size() == size && c.signed() == Some(signed);
            if let Some(c) = Code::ALL.into_iter().rev().find(fits) {
                code = c;
            }
            for part in data.chunks(size) {
                let digit = |n: u64, b: &u8| n << 8 | u64::from(*b);
                let n = if big { part.iter().fold(0, digit) } else { part.iter().rev().fold(0, digit) };
                let shift = 64 - 8 * size as u32;
                let v = if signed {
                    int::from_i64(th, ((n << shift) as i64) >> shift)
                } else {
                    int::from_u64(th, n)
                };
                out.push(th, v)?;
            }
        }
    }
    let array = new(th, class, code)?;
    for v in out.iter() {
        super::append(th, array, v)?;
    }
    Ok(array.value())
}
