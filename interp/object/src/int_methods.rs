//! What programs see of `int`. Construction from text and other objects is in `int_new`.

use crate::bootstrap::TypeTable;
use crate::class::flag;
use crate::descriptor::GetSetDef;
use crate::int::{self, from_buf};
use crate::number_text::{self, Number};
use crate::protocol::{self, Cmp};
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, call, float, int_arith, natives, tuple};
use krait_number::int as num;
use krait_number::int::{IntBuf, IntError};

/// A special method whose other operand must be an int.
macro_rules! operators {
    ($($forward:ident $reflected:ident $f:path;)*) => {
        $(
            fn $forward(th: &Thread, a: &[Value]) -> Res {
                if int::is_int(a[1]) { $f(th, a[0], a[1]) } else { Ok(Value::not_implemented()) }
            }
            fn $reflected(th: &Thread, a: &[Value]) -> Res {
                if int::is_int(a[1]) { $f(th, a[1], a[0]) } else { Ok(Value::not_implemented()) }
            }
        )*
    };
}

operators! {
    add radd int_arith::add;
    sub rsub int_arith::sub;
    mul rmul int_arith::mul;
    truediv rtruediv int_arith::truediv;
    floordiv rfloordiv int_arith::floordiv;
    modulo rmod int_arith::modulo;
    divmod rdivmod int_arith::divmod;
    lshift rlshift int_arith::lshift;
    rshift rrshift int_arith::rshift;
    and rand int_arith::and;
    or ror int_arith::or;
    xor rxor int_arith::xor;
}

fn power(th: &Thread, base: Value, exponent: Value, modulus: Value) -> Res {
    if !int::is_int(base) || !int::is_int(exponent) {
        return Ok(Value::not_implemented());
    }
    match modulus.given_not_none() {
        None => int_arith::pow(th, base, exponent),
        Some(m) if int::is_int(m) => int_arith::pow_mod(th, base, exponent, m),
        Some(_) => Ok(Value::not_implemented()),
    }
}

fn pow(th: &Thread, a: &[Value]) -> Res {
    power(th, a[0], a[1], a[2])
}

fn rpow(th: &Thread, a: &[Value]) -> Res {
    power(th, a[1], a[0], a[2])
}

fn compare(a: &[Value], op: Cmp) -> Res {
    if !int::is_int(a[1]) {
        return Ok(Value::not_implemented());
    }
    Ok(Value::bool(op.of(int_arith::compare(a[0], a[1]))))
}

fn lt(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Lt)
}
fn le(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Le)
}
fn eq(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Eq)
}
fn ne(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Ne)
}
fn gt(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Gt)
}
fn ge(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Ge)
}

fn neg(th: &Thread, a: &[Value]) -> Res {
    int_arith::neg(th, a[0])
}

fn abs(th: &Thread, a: &[Value]) -> Res {
    int_arith::abs(th, a[0])
}

fn invert(th: &Thread, a: &[Value]) -> Res {
    int_arith::invert(th, a[0])
}

/// The plain int: `int()`, `+n`, `n.real` and so on.
fn exact(th: &Thread, a: &[Value]) -> Res {
    int::exact(th, a[0])
}

fn to_float(th: &Thread, a: &[Value]) -> Res {
    Ok(float::new(th, int_arith::to_f64(th, a[0])?))
}

fn truth(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(int::with_ref(a[0], |r| !r.is_zero())))
}

fn hash(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(int::with_ref(a[0], num::hash)))
}

/// The decimal digits of any int.
///
/// # Errors
/// ValueError beyond `sys.get_int_max_str_digits()`.
pub fn to_str(th: &Thread, v: Value) -> Res {
    if let Some(n) = int::to_i64(v) {
        let mut out = crate::str_build::ShortText::new();
        out.integer(n);
        return out.finish(th);
    }
    let mut out = Vec::with_capacity(24);
    let limit = th.interp.int_max_str_digits.get();
    let refuse = || {
        Err(th.value_error(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
        )))
    };
    let too_many = int::with_ref(v, |r| {
        if num::digits_exceed_limit(r.bit_length(), limit) {
            return true;
        }
        num::write_radix(r, 10, &mut out);
        let many = limit > 0 && out.len() > limit;
        if r.neg {
            out.insert(0, b'-');
        }
        many
    });
    if too_many { refuse() } else { string::from_latin1(th, &out) }
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    to_str(th, a[0])
}

fn format(th: &Thread, a: &[Value]) -> Res {
    let spec = number_text::spec_arg(th, a[1])?;
    if spec.is_empty() {
        return if a[0].is_small_int() { to_str(th, a[0]) } else { protocol::str_of(th, a[0]) };
    }
    format_int(th, a[0], spec)
}

/// `format(int, spec)`; of a subclass's instance for a spec that is not empty.
pub fn format_int(th: &Thread, v: Value, spec: Str) -> Res {
    if spec.is_empty() {
        return to_str(th, v);
    }
    let name = number_text::name_for_errors(th, v);
    int::with_ref(v, |r| number_text::format_number(th, Number::Int(r), spec, &name))
}

fn round(th: &Thread, a: &[Value]) -> Res {
    let Some(digits) = a[1].given() else { return int::exact(th, a[0]) };
    let digits = protocol::index(th, digits)?;
    if int::with_ref(digits, |r| r.signum() >= 0) {
        return int::exact(th, a[0]);
    }
    let length = int::with_ref(a[0], |r| r.bit_length());
    // Ten to a power that is longer than the number by some digits rounds it to zero.
    let places = match int::to_i64(digits) {
        Some(n) if n.unsigned_abs() <= length / 3 + 2 => n.unsigned_abs(),
        _ => return Ok(Value::ZERO),
    };
    let unit = int_arith::pow(th, Value::small(10), Value::small(places as i64))?;
    let (mut q, mut r) = (IntBuf::new(), IntBuf::new());
    let divided = int::with_ref(a[0], |x| int::with_ref(unit, |u| num::divmod(x, u, &mut q, &mut r)));
    divided.map_err(|e| int_arith::error(th, e, ""))?;
    // Half goes to the even quotient.
    let mut twice = IntBuf::new();
    num::add(r.as_ref(), r.as_ref(), &mut twice);
    let up = match int::with_ref(unit, |u| twice.as_ref().compare(u)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => q.as_ref().is_odd(),
        std::cmp::Ordering::Less => false,
    };
    let mut out = IntBuf::new();
    int::with_ref(a[0], |x| num::sub(x, r.as_ref(), &mut out));
    if !up {
        return from_buf(th, &out);
    }
    let base = from_buf(th, &out)?;
    int_arith::add(th, base, unit)
}

fn as_integer_ratio(th: &Thread, a: &[Value]) -> Res {
    let n = int::exact(th, a[0])?;
    tuple::from_slice(th, &[n, Value::small(1)])
}

fn is_integer(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::true_())
}

fn bit_length(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_u64(th, int::with_ref(a[0], |r| r.bit_length())))
}

fn bit_count(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_u64(th, int::with_ref(a[0], num::bit_count)))
}

/// The byte order argument: is it little-endian?
fn little(th: &Thread, v: Value, function: &str) -> Res<bool> {
    let Some(v) = v.given() else { return Ok(false) };
    let s = string::expect(th, v, &format!("{function}() argument 'byteorder'"))?;
    if s.is("little") {
        Ok(true)
    } else if s.is("big") {
        Ok(false)
    } else {
        Err(th.value_error("byteorder must be either 'little' or 'big'"))
    }
}

fn signed(th: &Thread, v: Value) -> Res<bool> {
    v.given().map_or(Ok(false), |v| protocol::truth(th, v))
}

fn to_bytes(th: &Thread, a: &[Value]) -> Res {
    let length = match a[1].given() {
        Some(n) => protocol::index_isize(th, n)?,
        None => 1,
    };
    let little = little(th, a[2], "to_bytes")?;
    let signed = signed(th, a[3])?;
    if length < 0 {
        return Err(th.value_error("length argument must be non-negative"));
    }
    let mut result = Ok(());
    let v = bytes::fill(th, length as usize, |target| {
        result = int::with_ref(a[0], |r| num::to_bytes(r, target, little, signed));
    })?;
    match result {
        Ok(()) => Ok(v),
        Err(IntError::Negative) => Err(th.overflow_error("can't convert negative int to unsigned")),
        Err(_) => Err(th.overflow_error("int too big to convert")),
    }
}

fn from_bytes(th: &Thread, a: &[Value]) -> Res {
    let little = little(th, a[2], "from_bytes")?;
    let signed = signed(th, a[3])?;
    let data = crate::bytes_methods::from_object(th, a[1])?;
    let mut out = IntBuf::new();
    num::from_bytes(bytes::get(data).unwrap_or_default(), little, signed, &mut out);
    let n = from_buf(th, &out)?;
    if a[0] == th.interp.class_value(TypeId::Int) { Ok(n) } else { call::call(th, a[0], &[n]) }
}

fn getnewargs(th: &Thread, a: &[Value]) -> Res {
    let n = int::exact(th, a[0])?;
    tuple::from_slice(th, &[n])
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    // As CPython counts: a header of 24 bytes and 30 bits in every four.
    let digits = int::with_ref(a[0], |r| r.bit_length()).div_ceil(30).max(1);
    Ok(int::from_u64(th, 24 + 4 * digits))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, x=0, /, base=10)" crate::int_new::new, "";
        method "__repr__" "()" repr, "", Pure;
        method "__hash__" "()" hash, "", Pure;
        method "__bool__" "()" truth, "", Pure;
        method "__int__" "()" exact, "", Pure;
        method "__index__" "()" exact, "", Pure;
        method "__float__" "()" to_float, "", Pure;
        method "__neg__" "()" neg, "", Pure;
        method "__pos__" "()" exact, "", Pure;
        method "__abs__" "()" abs, "", Pure;
        method "__invert__" "()" invert, "", Pure;
        method "__lt__" "(value, /)" lt, "", Pure;
        method "__le__" "(value, /)" le, "", Pure;
        method "__eq__" "(value, /)" eq, "", Pure;
        method "__ne__" "(value, /)" ne, "", Pure;
        method "__gt__" "(value, /)" gt, "", Pure;
        method "__ge__" "(value, /)" ge, "", Pure;
        method "__add__" "(value, /)" add, "", Pure;
        method "__radd__" "(value, /)" radd, "", Pure;
        method "__sub__" "(value, /)" sub, "", Pure;
        method "__rsub__" "(value, /)" rsub, "", Pure;
        method "__mul__" "(value, /)" mul, "", Pure;
        method "__rmul__" "(value, /)" rmul, "", Pure;
        method "__truediv__" "(value, /)" truediv, "", Pure;
        method "__rtruediv__" "(value, /)" rtruediv, "", Pure;
        method "__floordiv__" "(value, /)" floordiv, "", Pure;
        method "__rfloordiv__" "(value, /)" rfloordiv, "", Pure;
        method "__mod__" "(value, /)" modulo, "", Pure;
        method "__rmod__" "(value, /)" rmod, "", Pure;
        method "__divmod__" "(value, /)" divmod, "", Pure;
        method "__rdivmod__" "(value, /)" rdivmod, "", Pure;
        method "__pow__" "(value, mod=None, /)" pow, "", Pure;
        method "__rpow__" "(value, mod=None, /)" rpow, "", Pure;
        method "__lshift__" "(value, /)" lshift, "", Pure;
        method "__rlshift__" "(value, /)" rlshift, "", Pure;
        method "__rshift__" "(value, /)" rshift, "", Pure;
        method "__rrshift__" "(value, /)" rrshift, "", Pure;
        method "__and__" "(value, /)" and, "", Pure;
        method "__rand__" "(value, /)" rand, "", Pure;
        method "__or__" "(value, /)" or, "", Pure;
        method "__ror__" "(value, /)" ror, "", Pure;
        method "__xor__" "(value, /)" xor, "", Pure;
        method "__rxor__" "(value, /)" rxor, "", Pure;
        method "__round__" "(ndigits=<unrepresentable>, /)" round, "Round to a multiple of a power of ten, half to even.";
        method "__trunc__" "()" exact, "The integer itself.", Pure;
        method "__floor__" "()" exact, "The integer itself.", Pure;
        method "__ceil__" "()" exact, "The integer itself.", Pure;
        method "__format__" "(format_spec, /)" format, "Convert to a string according to format_spec.";
        method "__getnewargs__" "()" getnewargs, "";
        method "__sizeof__" "()" sizeof, "Size in memory, in bytes.";
        method "as_integer_ratio" "()" as_integer_ratio, "A pair of integers whose ratio is equal to the integer.\n\n   >>> (-7).as_integer_ratio()\n   (-7, 1)", Pure;
        method "bit_count" "()" bit_count, "Number of ones in the binary representation of the absolute value.\n\n   >>> (-7).bit_count()\n   3", Pure;
        method "bit_length" "()" bit_length, "Number of bits necessary to represent the absolute value in binary.\n\n   >>> (-8).bit_length()\n   4", Pure;
        method "conjugate" "()" exact, "The integer itself.", Pure;
        method "is_integer" "()" is_integer, "Always true; for duck type compatibility with float.", Pure;
        method "to_bytes" "(length=1, byteorder='big', *, signed=False)" to_bytes, "An array of bytes that represents the integer.";
        classmethod "from_bytes" "(bytes, byteorder='big', *, signed=False)" from_bytes, "The integer that an array of bytes represents.";
    }
}

fn get_exact(th: &Thread, v: Value) -> Res {
    int::exact(th, v)
}

fn get_zero(_: &Thread, _: Value) -> Res {
    Ok(Value::ZERO)
}

fn get_one(_: &Thread, _: Value) -> Res {
    Ok(Value::small(1))
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("real", get_exact, "the real part of a complex number"),
    GetSetDef::ro("imag", get_zero, "the imaginary part of a complex number"),
    GetSetDef::ro("numerator", get_exact, "the numerator of a rational number in lowest terms"),
    GetSetDef::ro("denominator", get_one, "the denominator of a rational number in lowest terms"),
];

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Int,
    "int([x]) -> integer\nint(x, base=10) -> integer\n\nAn integer of any size, from a number or from text in a base.\n\n   >>> int('ff', 16)\n   255",
    METHODS,
    GETSET,
)
.flags(flag::MATCH_SELF)];
