//! Items of memory: native formats, reading and writing single items, copying and comparing
//! arrays of any strides.

use crate::buffer::Buffer;
use crate::class::type_name;
use crate::dict::Dict;
use crate::memoryview::Items;
use crate::names::Name;
use crate::protocol;
use crate::string;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{attr, bytes, call, float, int, list};

/// Letter and size of a format that is one native C type, with an optional `@`.
pub fn native_code(format: &str) -> Option<(u8, usize)> {
    let &[c] = format.strip_prefix('@').unwrap_or(format).as_bytes() else { return None };
    let size = match c {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    };
    Some((c, size))
}

/// NotImplementedError "memoryview: format F not supported" for a view whose format is not native.
pub fn check_format(th: &Thread, code: u8, format: &str) -> Res<()> {
    if code != 0 {
        return Ok(());
    }
    Err(th.raise_new(TypeId::NotImplementedError, format!("memoryview: format {format} not supported")))
}

/// A half-precision float's value.
pub fn half_to_f64(h: u16) -> f64 {
    let sign = if h & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(h >> 10 & 0x1F), f64::from(h & 0x3FF));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1.0 + fraction / 1024.0) * 2f64.powi(e - 15),
    }
}

/// The nearest half-precision float, ties to even; None when the number is too large.
pub fn f64_to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        return Some(sign | 0x7E00);
    }
    let a = x.abs();
    if a.is_infinite() {
        return Some(sign | 0x7C00);
    }
    if a < 2f64.powi(-14) {
        // Subnormal: a multiple of 2^-24; a carry makes the smallest normal number by itself.
        return Some(sign | (a * 2f64.powi(24)).round_ties_even() as u16);
    }
    let bits = a.to_bits();
    let mut exponent = (bits >> 52) as i32 - 1023;
    let significand = (bits & ((1 << 52) - 1) | 1 << 52) as f64 * 2f64.powi(-42);
    let mut rounded = significand.round_ties_even() as u32;
    if rounded == 2048 {
        rounded = 1024;
        exponent += 1;
    }
    if exponent > 15 {
        return None;
    }
    Some(sign | ((exponent + 15) as u16) << 10 | (rounded - 1024) as u16)
}

/// Reads the item of a native format at an address.
///
/// # Safety
/// The address has as many readable bytes as the format's size.
pub unsafe fn unpack(th: &Thread, code: u8, at: *const u8) -> Res {
    macro_rules! read {
        ($t:ty) => {
            // SAFETY: the caller vouches for the bytes; alignment does not matter.
            unsafe { at.cast::<$t>().read_unaligned() }
        };
    }
    Ok(match code {
        b'B' => Value::small(read!(u8).into()),
        b'b' => Value::small(read!(i8).into()),
        b'c' => return bytes::from_slice(th, &[read!(u8)]),
        b'?' => Value::bool(read!(u8) != 0),
        b'h' => Value::small(read!(i16).into()),
        b'H' => Value::small(read!(u16).into()),
        b'i' => Value::small(read!(i32).into()),
        b'I' => Value::small(read!(u32).into()),
        b'l' | b'q' | b'n' => int::from_i64(th, read!(i64)),
        b'L' | b'Q' | b'N' | b'P' => int::from_u64(th, read!(u64)),
        b'f' => float::new(th, read!(f32).into()),
        b'd' => float::new(th, read!(f64)),
        _ => float::new(th, half_to_f64(read!(u16))),
    })
}

/// The bytes of an item of a native format, and how many they are. Runs the value's `__index__` and the like.
///
/// # Errors
/// TypeError "memoryview: invalid type for format 'F'", ValueError "memoryview: invalid value for format 'F'".
pub fn pack(th: &Thread, code: u8, format: &str, v: Value) -> Res<([u8; 8], usize)> {
    let wrong = |r: Raised| -> Raised {
        if th.pending_is(TypeId::TypeError) {
            th.clear_pending();
            th.type_error(format!("memoryview: invalid type for format '{format}'"))
        } else if th.pending_is(TypeId::OverflowError) || th.pending_is(TypeId::ValueError) {
            th.clear_pending();
            bad_value(th, format)
        } else {
            r
        }
    };
    to_bytes(th, code, v).map_err(wrong)?.ok_or_else(|| bad_value(th, format))
}

#[cold]
fn bad_value(th: &Thread, format: &str) -> Raised {
    th.value_error(format!("memoryview: invalid value for format '{format}'"))
}

/// A value as the bytes of a native format, with their number; None when it is out of range.
fn to_bytes(th: &Thread, code: u8, v: Value) -> Res<Option<([u8; 8], usize)>> {
    fn some<const N: usize>(b: [u8; N]) -> Option<([u8; 8], usize)> {
        let mut out = [0; 8];
        out[..N].copy_from_slice(&b);
        Some((out, N))
    }
    macro_rules! integer {
        ($t:ty) => {{
            let i = protocol::index(th, v)?;
            let wide = match int::to_i64(i) {
                Some(n) => Some(i128::from(n)),
                None => int::with_ref(i, |r| match (r.limbs, r.neg) {
                    ([limb], false) => Some(i128::from(*limb)),
                    _ => None,
                }),
            };
            wide.and_then(|n| <$t>::try_from(n).ok()).and_then(|n| some(n.to_ne_bytes()))
        }};
    }
    Ok(match code {
        b'B' => integer!(u8),
        b'b' => integer!(i8),
        b'h' => integer!(i16),
        b'H' => integer!(u16),
        b'i' => integer!(i32),
        b'I' => integer!(u32),
        b'l' | b'q' | b'n' => integer!(i64),
        b'L' | b'Q' | b'N' => integer!(u64),
        // An address may be given as a signed number, too.
        b'P' => match int::to_i64(protocol::index(th, v)?) {
            Some(n) => some(n.to_ne_bytes()),
            None => integer!(u64),
        },
        b'?' => some([u8::from(protocol::truth(th, v)?)]),
        b'c' => match bytes::get(v) {
            Some(&[b]) => some([b]),
            Some(_) => None,
            None => return Err(th.type_error(type_name(th, v))),
        },
        b'f' => {
            let x = protocol::to_f64(th, v)?;
            let narrow = x as f32;
            if narrow.is_infinite() && x.is_finite() {
                return Err(th.overflow_error("float too large to pack with f format"));
            }
            some(narrow.to_ne_bytes())
        }
        b'd' => some(protocol::to_f64(th, v)?.to_ne_bytes()),
        _ => f64_to_half(protocol::to_f64(th, v)?).and_then(|h| some(h.to_ne_bytes())),
    })
}

impl Items<'_> {
    /// The items below the first index.
    pub fn row(&self, i: usize) -> Items<'_> {
        // SAFETY: `i` is below the first dimension, so the address lies in the exported memory.
        let data = unsafe { self.data.offset(i as isize * self.strides[0]) };
        Items { data, shape: &self.shape[1..], strides: &self.strides[1..], ..*self }
    }

    /// The one item of a view without dimensions.
    pub fn single(&self, th: &Thread) -> Res {
        // SAFETY: the memory holds an item here.
        unsafe { unpack(th, self.code, self.data) }
    }

    /// All items as nested lists.
    pub fn to_list(&self, th: &Thread) -> Res {
        if self.shape.is_empty() {
            return self.single(th);
        }
        let l = list::new(th);
        for i in 0..self.shape[0] as usize {
            let v = self.row(i).to_list(th)?;
            l.push(th, v)?;
        }
        Ok(l.value())
    }

    /// Appends the items' bytes in C order.
    pub fn copy_out(&self, out: &mut Vec<u8>) {
        let n = self.itemsize;
        match self.shape {
            // SAFETY: the memory holds an item of this size here.
            [] => out.extend_from_slice(unsafe { std::slice::from_raw_parts(self.data, n) }),
            [count] if self.strides[0] == n as isize && *count > 0 => {
                // SAFETY: the items lie side by side.
                out.extend_from_slice(unsafe { std::slice::from_raw_parts(self.data, *count as usize * n) });
            }
            [count, ..] => (0..*count as usize).for_each(|i| self.row(i).copy_out(out)),
        }
    }

    /// Writes bytes in C order into the items; there are as many.
    pub fn copy_in(&self, data: &[u8]) {
        match self.shape {
            [] => {
                // SAFETY: the memory holds an item of this size here, and the source is a copy.
                unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), self.data, self.itemsize) }
            }
            [0, ..] => {}
            [count, ..] => {
                let step = data.len() / *count as usize;
                for (i, part) in data.chunks_exact(step.max(1)).enumerate().take(*count as usize) {
                    self.row(i).copy_in(part);
                }
            }
        }
    }
}

/// What a buffer describes, as items. The dimensions of plain bytes need a place of their own.
pub fn items_of<'a>(b: &'a Buffer, plain: &'a mut [isize; 2]) -> Items<'a> {
    *plain = [b.len as isize, 1];
    match &b.layout {
        None => Items {
            data: b.data,
            itemsize: 1,
            code: b'B',
            format: "B",
            shape: &plain[..1],
            strides: &plain[1..],
        },
        Some(l) => Items {
            data: b.data,
            itemsize: l.itemsize,
            code: native_code(&l.format).map_or(0, |c| c.0),
            format: &l.format,
            shape: &l.shape,
            strides: &l.strides,
        },
    }
}

/// How to get items of a format as values.
pub enum Reader {
    Native(u8),
    /// A `struct.Struct`'s `unpack` method.
    Struct(Value),
}

impl Reader {
    /// The reader of a format; None when `struct` does not know the format.
    pub fn new(th: &Thread, code: u8, format: &str) -> Res<Option<Reader>> {
        if code != 0 {
            return Ok(Some(Reader::Native(code)));
        }
        let import = Dict::from_value(th.interp.builtins.get())
            .and_then(|d| d.get_name(th, th.name(Name::__import__)));
        let Some(import) = import else { return Ok(None) };
        let name = th.interp.interned.intern_text(th, "struct");
        let module = call::call(th, import, &[name])?;
        let class = attr::get_text(th, module, "Struct")?;
        let error = attr::get_text(th, module, "error")?;
        let format = string::try_new(th, format)?;
        match call::call(th, class, &[format]) {
            Ok(s) => Ok(Some(Reader::Struct(attr::get_text(th, s, "unpack")?))),
            Err(r) => {
                let e = th.pending().unwrap_or(Value::none());
                th.clear_pending();
                if protocol::is_instance(th, e, error)? {
                    return Ok(None);
                }
                th.raise(e);
                Err(r)
            }
        }
    }

    fn read(&self, th: &Thread, at: *const u8, size: usize) -> Res {
        match self {
            // SAFETY: callers give addresses of items.
            Reader::Native(code) => unsafe { unpack(th, *code, at) },
            Reader::Struct(unpack) => {
                // SAFETY: as above.
                let item = bytes::from_slice(th, unsafe { std::slice::from_raw_parts(at, size) })?;
                let t = call::call(th, *unpack, &[item])?;
                Ok(match Tuple::from_value(t) {
                    Some(t) if t.len() == 1 => t.get(0),
                    _ => t,
                })
            }
        }
    }
}

/// Are two arrays of the same shape equal item by item?
pub fn equal(th: &Thread, a: &Items<'_>, ra: &Reader, b: &Items<'_>, rb: &Reader) -> Res<bool> {
    match (a.shape, ra, rb) {
        ([], ..) => {
            let x = ra.read(th, a.data, a.itemsize)?;
            let y = rb.read(th, b.data, b.itemsize)?;
            protocol::compare_bool(th, protocol::Cmp::Eq, x, y)
        }
        ([n], Reader::Native(x), Reader::Native(y))
            if x == y
                && !matches!(x, b'f' | b'd' | b'e' | b'?')
                && a.strides[0] == a.itemsize as isize
                && b.strides[0] == a.strides[0] =>
        {
            let len = *n as usize * a.itemsize;
            if len == 0 {
                return Ok(true);
            }
            // SAFETY: both arrays have `len` bytes side by side.
            let (p, q) =
                unsafe { (std::slice::from_raw_parts(a.data, len), std::slice::from_raw_parts(b.data, len)) };
            Ok(p == q)
        }
        ([n, ..], ..) => {
            for i in 0..*n as usize {
                if !equal(th, &a.row(i), ra, &b.row(i), rb)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        for h in 0..=0xFFFFu16 {
            let x = half_to_f64(h);
            if x.is_nan() {
                assert_eq!(f64_to_half(x).map(|h| h & 0x7C00), Some(0x7C00));
            } else {
                assert_eq!(f64_to_half(x), Some(h), "{h:x}");
            }
        }
        assert_eq!(f64_to_half(65520.0), None);
        assert_eq!(f64_to_half(65519.0), Some(0x7BFF));
        assert_eq!(f64_to_half(2f64.powi(-25)), Some(0));
        assert_eq!(f64_to_half(2f64.powi(-25) * 1.5), Some(1));
    }
}
