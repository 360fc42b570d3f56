//! Packing values into bytes and unpacking them, field by field.

use super::STRUCT_ERROR;
use super::format::{Code, Field, Format};
use krait_number::float::{pack_half, pack_single, unpack_half};
use krait_object::bytes;
use krait_object::storage::ValueVec;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytearray, float, int, protocol, tuple};

/// Stores the lowest bytes of a number.
#[inline(always)]
fn store(to: &mut [u8], n: u64, big_endian: bool) {
    let bytes = if big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let part = if big_endian { &bytes[8 - to.len()..] } else { &bytes[..to.len()] };
    to.copy_from_slice(part);
}

#[inline(always)]
fn load(from: &[u8], big_endian: bool) -> u64 {
    let mut b = [0; 8];
    if big_endian {
        b[8 - from.len()..].copy_from_slice(from);
        u64::from_be_bytes(b)
    } else {
        b[..from.len()].copy_from_slice(from);
        u64::from_le_bytes(b)
    }
}

#[cold]
fn out_of_range(th: &Thread, f: &Field, signed: bool) -> Raised {
    let bits = f.size as u32 * 8;
    let (min, max) =
        if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    STRUCT_ERROR.raise(th, format!("'{}' format requires {min} <= number <= {max}", f.letter as char))
}

/// An argument as an exact int.
fn int_arg(th: &Thread, v: Value) -> Res {
    match protocol::index_opt(th, v)? {
        Some(i) => Ok(i),
        None => Err(STRUCT_ERROR.raise(th, "required argument is not an integer")),
    }
}

fn pack_int(th: &Thread, f: &Field, signed: bool, to: &mut [u8], v: Value, big_endian: bool) -> Res<()> {
    let n = match v.small_int() {
        Some(n) => n,
        None => {
            let i = int_arg(th, v)?;
            match int::to_i64(i) {
                Some(n) => n,
                None if !signed && f.size == 8 => match int::with_ref(i, |r| r.to_u64()) {
                    Some(n) => {
                        store(to, n, big_endian);
                        return Ok(());
                    }
                    None => return Err(out_of_range(th, f, signed)),
                },
                None => return Err(out_of_range(th, f, signed)),
            }
        }
    };
    let bits = f.size as u32 * 8;
    let fits = if signed {
        bits == 64 || n >= -(1i64 << (bits - 1)) && n < 1i64 << (bits - 1)
    } else {
        n >= 0 && (bits == 64 || n < 1i64 << bits)
    };
    if !fits {
        return Err(out_of_range(th, f, signed));
    }
    store(to, n as u64, big_endian);
    Ok(())
}

fn float_arg(th: &Thread, v: Value) -> Res<f64> {
    if let Some(x) = float::get(v) {
        return Ok(x);
    }
    match protocol::to_f64(th, v) {
        Ok(x) => Ok(x),
        Err(_) => {
            th.clear_pending();
            Err(STRUCT_ERROR.raise(th, "required argument is not a float"))
        }
    }
}

fn pack_float(th: &Thread, native: bool, to: &mut [u8], v: Value, big_endian: bool) -> Res<()> {
    let x = float_arg(th, v)?;
    let bits = match to.len() {
        2 => match pack_half(x) {
            Some(h) => h.into(),
            None => return Err(th.overflow_error("float too large to pack with e format")),
        },
        4 => match pack_single(x) {
            Some(s) => s.to_bits().into(),
            None if native => (x as f32).to_bits().into(),
            None => return Err(th.overflow_error("float too large to pack with f format")),
        },
        _ => x.to_bits(),
    };
    store(to, bits, big_endian);
    Ok(())
}

/// An int that overflows as a float has an error of its own.
#[cold]
fn too_large(th: &Thread, v: Value, e: Raised) -> Raised {
    if int::is_int(v) && th.pending_is(TypeId::OverflowError) {
        th.clear_pending();
        return STRUCT_ERROR.raise(th, "int too large to convert");
    }
    e
}

fn pack_pointer(th: &Thread, to: &mut [u8], v: Value) -> Res<()> {
    let i = int_arg(th, v)?;
    let n = int::to_i64(i).map(|n| n as u64).or_else(|| int::with_ref(i, |r| r.to_u64()));
    match n {
        Some(n) => {
            to.copy_from_slice(&n.to_ne_bytes());
            Ok(())
        }
        None => Err(STRUCT_ERROR.raise(th, "int too large to convert")),
    }
}

/// The bytes of a `bytes` or `bytearray` argument. Valid until Python code runs.
fn bytes_arg<'a>(th: &Thread, v: Value, letter: u8) -> Res<&'a [u8]> {
    if let Some(b) = bytes::get(v) {
        return Ok(b);
    }
    if let Some(b) = bytearray::get(v) {
        return Ok(b.as_slice());
    }
    Err(STRUCT_ERROR.raise(th, format!("argument for '{}' must be a bytes object", letter as char)))
}

/// Packs as many values as the format takes. The place is the size of the format, and zero where it is padding.
pub fn pack(th: &Thread, format: &Format, to: &mut [u8], values: &[Value]) -> Res<()> {
    let big = format.big_endian;
    let mut values = values.iter();
    for f in &format.fields {
        for i in 0..f.count {
            let Some(&v) = values.next() else { return Ok(()) };
            let at = f.offset + i * f.size;
            let place = &mut to[at..at + f.size];
            match f.code {
                Code::Int { signed } => pack_int(th, f, signed, place, v, big)?,
                Code::Float => {
                    pack_float(th, format.native, place, v, big).map_err(|e| too_large(th, v, e))?
                }
                Code::Bool => place[0] = protocol::truth(th, v)?.into(),
                Code::Pointer => pack_pointer(th, place, v)?,
                Code::Char => match bytes::get(v) {
                    Some(&[c]) => place[0] = c,
                    _ => {
                        let text = "char format requires a bytes object of length 1";
                        return Err(STRUCT_ERROR.raise(th, text));
                    }
                },
                Code::Bytes => {
                    let b = bytes_arg(th, v, b's')?;
                    let n = b.len().min(place.len());
                    place[..n].copy_from_slice(&b[..n]);
                }
                Code::Pascal => {
                    let b = bytes_arg(th, v, b'p')?;
                    if let Some((length, rest)) = place.split_first_mut() {
                        let n = b.len().min(rest.len());
                        rest[..n].copy_from_slice(&b[..n]);
                        *length = n.min(255) as u8;
                    }
                }
            }
        }
    }
    Ok(())
}

fn unpack_one(th: &Thread, format: &Format, f: &Field, from: &[u8]) -> Res {
    let big = format.big_endian;
    Ok(match f.code {
        Code::Int { signed: false } => int::from_u64(th, load(from, big)),
        Code::Int { signed: true } => {
            let shift = 64 - 8 * f.size as u32;
            int::from_i64(th, ((load(from, big) << shift) as i64) >> shift)
        }
        Code::Float => {
            let bits = load(from, big);
            float::new(
                th,
                match f.size {
                    2 => unpack_half(bits as u16),
                    4 => f32::from_bits(bits as u32).into(),
                    _ => f64::from_bits(bits),
                },
            )
        }
        Code::Bool => Value::bool(from[0] != 0),
        Code::Pointer => int::from_u64(th, load(from, cfg!(target_endian = "big"))),
        Code::Char | Code::Bytes => bytes::from_slice(th, from)?,
        Code::Pascal => match from.split_first() {
            Some((&n, rest)) => bytes::from_slice(th, &rest[..rest.len().min(n as usize)])?,
            None => {
                let text = "Negative size passed to PyBytes_FromStringAndSize";
                return Err(th.raise_new(TypeId::SystemError, text));
            }
        },
    })
}

/// Unpacks as many bytes as the format has into a tuple.
pub fn unpack(th: &Thread, format: &Format, from: &[u8]) -> Res {
    let mut few = [Value::ZERO; 8];
    if format.items <= few.len() {
        let mut n = 0;
        for f in &format.fields {
            for i in 0..f.count {
                let at = f.offset + i * f.size;
                few[n] = unpack_one(th, format, f, &from[at..at + f.size])?;
                n += 1;
            }
        }
        return tuple::from_slice(th, &few[..n]);
    }
    let mut all = ValueVec::with_capacity(th, format.items)?;
    for f in &format.fields {
        for i in 0..f.count {
            let at = f.offset + i * f.size;
            all.push(th, unpack_one(th, format, f, &from[at..at + f.size])?)?;
        }
    }
    tuple::from_vec(th, &all)
}
