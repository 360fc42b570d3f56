//! What programs see of `float`, and float arithmetic with Python's errors for the operators.

use crate::bootstrap::TypeTable;
use crate::call::{self, call_special};
use crate::class::{Class, flag, type_name};
use crate::descriptor::GetSetDef;
use crate::float;
use crate::int::{self, from_buf};
use crate::names::Name;
use crate::number_text::{self, Number};
use crate::protocol::{self, Cmp};
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytearray, bytes, construct, hash as hashing, int_arith, natives, tuple};
use krait_number::float as num;
use krait_number::float::{FloatError, HexError};
use krait_number::int::IntBuf;

/// `x / y`.
#[inline]
pub fn div(th: &Thread, x: f64, y: f64) -> Res {
    if y == 0.0 {
        return Err(th.raise_new(TypeId::ZeroDivisionError, "float division by zero"));
    }
    Ok(float::new(th, x / y))
}

/// `x // y`.
#[inline]
pub fn floordiv(th: &Thread, x: f64, y: f64) -> Res {
    match num::floordiv(x, y) {
        Ok(q) => Ok(float::new(th, q)),
        Err(_) => Err(th.raise_new(TypeId::ZeroDivisionError, "float floor division by zero")),
    }
}

/// `x % y`.
#[inline]
pub fn modulo(th: &Thread, x: f64, y: f64) -> Res {
    match num::rem(x, y) {
        Ok(m) => Ok(float::new(th, m)),
        Err(_) => Err(th.raise_new(TypeId::ZeroDivisionError, "float modulo")),
    }
}

/// `divmod(x, y)`.
pub fn divmod(th: &Thread, x: f64, y: f64) -> Res {
    match num::divmod(x, y) {
        Ok((q, m)) => {
            let (q, m) = (float::new(th, q), float::new(th, m));
            tuple::from_slice(th, &[q, m])
        }
        Err(_) => Err(th.raise_new(TypeId::ZeroDivisionError, "float divmod()")),
    }
}

/// `x ** y`: complex for a negative number to a fractional power.
pub fn pow(th: &Thread, x: f64, y: f64) -> Res {
    match num::pow(x, y) {
        Ok(r) => Ok(float::new(th, r)),
        Err(FloatError::Complex) => crate::complex_methods::pow_parts(th, (x, 0.0), (y, 0.0)),
        Err(FloatError::ZeroDivision) => {
            Err(th.raise_new(TypeId::ZeroDivisionError, "0.0 cannot be raised to a negative power"))
        }
        Err(_) => Err(range_error(th)),
    }
}

/// OverflowError as the C library's range errors show up.
#[cold]
pub fn range_error(th: &Thread) -> crate::thread::Raised {
    let text = string::new(th, "Numerical result out of range");
    th.raise_args(TypeId::OverflowError, &[Value::small(34), text])
}

/// `x OP n` for an int `n` of any size, exactly.
pub fn compare_with_int(op: Cmp, x: f64, n: Value) -> bool {
    if let Some(n) = n.small_int()
        && n.unsigned_abs() <= 1 << 53
    {
        return op.of_floats(x, n as f64);
    }
    match int::with_ref(n, |r| r.compare_f64(x)) {
        Some(order) => op.of(order.reverse()),
        None => op == Cmp::Ne,
    }
}

/// The other operand as float: a float or an int; None for other types.
#[inline]
fn operand(th: &Thread, v: Value) -> Res<Option<f64>> {
    match float::get(v) {
        Some(x) => Ok(Some(x)),
        None if int::is_int(v) => int_arith::to_f64(th, v).map(Some),
        None => Ok(None),
    }
}

/// The number of a receiver, which is a float.
#[inline]
fn own(v: Value) -> f64 {
    float::get(v).unwrap_or(f64::NAN)
}

macro_rules! operators {
    ($($forward:ident $reflected:ident |$th:ident, $x:ident, $y:ident| $e:expr;)*) => {
        $(
            fn $forward($th: &Thread, a: &[Value]) -> Res {
                let $x = own(a[0]);
                match operand($th, a[1])? {
                    Some($y) => $e,
                    None => Ok(Value::not_implemented()),
                }
            }
            fn $reflected($th: &Thread, a: &[Value]) -> Res {
                let $y = own(a[0]);
                match operand($th, a[1])? {
                    Some($x) => $e,
                    None => Ok(Value::not_implemented()),
                }
            }
        )*
    };
}

operators! {
    add radd |th, x, y| Ok(float::new(th, x + y));
    sub rsub |th, x, y| Ok(float::new(th, x - y));
    mul rmul |th, x, y| Ok(float::new(th, x * y));
    truediv rtruediv |th, x, y| div(th, x, y);
    floordiv_ rfloordiv |th, x, y| floordiv(th, x, y);
    mod_ rmod |th, x, y| modulo(th, x, y);
    divmod_ rdivmod |th, x, y| divmod(th, x, y);
    pow2 rpow2 |th, x, y| pow(th, x, y);
}

fn no_modulus(th: &Thread, m: Value) -> Res<()> {
    match m.given_not_none() {
        None => Ok(()),
        Some(_) => Err(th.type_error("pow() 3rd argument not allowed unless all arguments are integers")),
    }
}

fn pow_(th: &Thread, a: &[Value]) -> Res {
    no_modulus(th, a[2])?;
    pow2(th, a)
}

fn rpow(th: &Thread, a: &[Value]) -> Res {
    no_modulus(th, a[2])?;
    rpow2(th, a)
}

fn compare(a: &[Value], op: Cmp) -> Res {
    let x = own(a[0]);
    Ok(match float::get(a[1]) {
        Some(y) => Value::bool(op.of_floats(x, y)),
        None if int::is_int(a[1]) => Value::bool(compare_with_int(op, x, a[1])),
        None => Value::not_implemented(),
    })
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

/// `float.__new__(cls, x=0, /)`.
fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Float)?;
    let x = match a[1].given() {
        None => 0.0,
        Some(v) if float::is_exact(v) && class.is(TypeId::Float) => return Ok(v),
        Some(v) => from_object(th, v)?,
    };
    Ok(with_class(th, class, x))
}

/// A float of the class.
pub fn with_class(th: &Thread, class: Class, x: f64) -> Value {
    if class.is(TypeId::Float) {
        return float::new(th, x);
    }
    let v = float::boxed(th, x, class.shape.get(), class.tail_bytes());
    class.init_tail(v.cell());
    v
}

/// `float(v)` for any object.
///
/// # Errors
/// TypeError for objects that are no real numbers and no text; ValueError for text that is no number.
pub fn from_object(th: &Thread, v: Value) -> Res<f64> {
    if float::is_exact(v) {
        return Ok(own(v));
    }
    if let Some(n) = v.small_int() {
        return Ok(n as f64);
    }
    if v.has_shape(crate::shape::fixed::STR) {
        return parse(th, &number_text::to_ascii(Str::of(v).chars()), v);
    }
    let class = Class::of_value(th, v);
    if let Some(f) = class.special(th, Name::__float__) {
        let r = call_special(th, f, v, &[])?;
        return checked(th, class, r);
    }
    if let Some(i) = protocol::index_opt(th, v)? {
        return int_arith::to_f64(th, i);
    }
    if let Some(s) = Str::from_value(v) {
        return parse(th, &number_text::to_ascii(s.chars()), v);
    }
    if let Some(text) = bytes::get(v).or_else(|| bytearray::get(v).map(|b| b.as_slice())) {
        return parse(th, text, v);
    }
    if crate::buffer::has_buffer(th, v) {
        let text = crate::buffer::bytes_like(th, v)?;
        return parse(th, &text, v);
    }
    Err(th.type_error(format!(
        "float() argument must be a string or a real number, not '{}'",
        class.name_text()
    )))
}

/// What `__float__` returned; strict subclasses are deprecated.
fn checked(th: &Thread, class: Class, r: Value) -> Res<f64> {
    let Some(x) = float::get(r) else {
        return Err(th.type_error(format!(
            "{}.__float__ returned non-float (type {})",
            class.name_text(),
            type_name(th, r)
        )));
    };
    if !float::is_exact(r) {
        let text = format!(
            "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass of float is deprecated, and may be removed in a future version of Python.",
            class.name_text(),
            type_name(th, r)
        );
        (th.interp.hooks().warn)(th, TypeId::DeprecationWarning, &text, 1)?;
    }
    Ok(x)
}

fn parse(th: &Thread, text: &[u8], shown: Value) -> Res<f64> {
    match num::parse(text) {
        Some(x) => Ok(x),
        None => {
            let r = protocol::repr_text(th, shown)?;
            Err(th.value_error(format!("could not convert string to float: {r}")))
        }
    }
}

/// `repr(x)`.
pub fn to_str(th: &Thread, x: f64) -> Res {
    let mut out = Vec::with_capacity(24);
    num::write_repr(x, &mut out);
    string::from_latin1(th, &out)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    to_str(th, own(a[0]))
}

fn hash(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(num::hash(own(a[0])).unwrap_or_else(|| hashing::of_identity(a[0].0))))
}

fn truth(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(own(a[0]) != 0.0))
}

fn neg(th: &Thread, a: &[Value]) -> Res {
    Ok(float::new(th, -own(a[0])))
}

fn abs(th: &Thread, a: &[Value]) -> Res {
    Ok(float::new(th, own(a[0]).abs()))
}

/// The plain float.
fn exact(th: &Thread, a: &[Value]) -> Res {
    get_exact(th, a[0])
}

/// An integral float as int.
///
/// # Errors
/// OverflowError for an infinity, ValueError for NaN.
pub fn to_int(th: &Thread, x: f64) -> Res {
    if x.is_nan() {
        return Err(th.value_error("cannot convert float NaN to integer"));
    }
    if x.is_infinite() {
        return Err(th.overflow_error("cannot convert float infinity to integer"));
    }
    if x.abs() < 1e18 {
        return Ok(Value::small(x as i64));
    }
    let mut out = IntBuf::new();
    krait_number::int::from_f64(x, &mut out);
    from_buf(th, &out)
}

fn trunc(th: &Thread, a: &[Value]) -> Res {
    to_int(th, own(a[0]))
}

fn floor(th: &Thread, a: &[Value]) -> Res {
    to_int(th, own(a[0]).floor())
}

fn ceil(th: &Thread, a: &[Value]) -> Res {
    to_int(th, own(a[0]).ceil())
}

fn round(th: &Thread, a: &[Value]) -> Res {
    let x = own(a[0]);
    let Some(digits) = a[1].given_not_none() else {
        return to_int(th, x.round_ties_even());
    };
    let digits = protocol::index(th, digits)?;
    let places = int::to_i64(digits)
        .unwrap_or_else(|| int::with_ref(digits, |r| if r.neg { i64::MIN } else { i64::MAX }));
    match num::round_to(x, places) {
        Ok(r) => Ok(float::new(th, r)),
        Err(_) => Err(th.overflow_error("rounded value too large to represent")),
    }
}

fn format(th: &Thread, a: &[Value]) -> Res {
    let spec = number_text::spec_arg(th, a[1])?;
    if spec.is_empty() {
        return if float::is_exact(a[0]) { repr(th, a) } else { protocol::str_of(th, a[0]) };
    }
    format_float(th, a[0], spec)
}

/// `format(float, spec)`; of a subclass's instance for a spec that is not empty.
pub fn format_float(th: &Thread, v: Value, spec: Str) -> Res {
    if spec.is_empty() {
        return repr(th, &[v]);
    }
    let name = number_text::name_for_errors(th, v);
    number_text::format_number(th, Number::Float(own(v)), spec, &name)
}

fn as_integer_ratio(th: &Thread, a: &[Value]) -> Res {
    let (mut n, mut d) = (IntBuf::new(), IntBuf::new());
    match num::as_integer_ratio(own(a[0]), &mut n, &mut d) {
        Ok(()) => {
            let n = from_buf(th, &n)?;
            let d = from_buf(th, &d)?;
            tuple::from_slice(th, &[n, d])
        }
        Err(FloatError::NotANumber) => Err(th.value_error("cannot convert NaN to integer ratio")),
        Err(_) => Err(th.overflow_error("cannot convert Infinity to integer ratio")),
    }
}

fn is_integer(_: &Thread, a: &[Value]) -> Res {
    let x = own(a[0]);
    Ok(Value::bool(x.is_finite() && x == x.floor()))
}

fn to_hex(th: &Thread, a: &[Value]) -> Res {
    string::try_new(th, &num::to_hex(own(a[0])))
}

fn from_hex(th: &Thread, a: &[Value]) -> Res {
    let Some(s) = Str::from_value(a[1]) else {
        return Err(th.type_error("bad argument type for built-in operation"));
    };
    let text = s.to_text();
    let x = match num::from_hex(text.as_bytes()) {
        Ok(x) => float::new(th, x),
        Err(HexError::Invalid) => {
            return Err(th.value_error("invalid hexadecimal floating-point string"));
        }
        Err(HexError::TooLarge) => {
            return Err(th.overflow_error("hexadecimal value too large to represent as a float"));
        }
    };
    if a[0] == th.interp.class_value(TypeId::Float) { Ok(x) } else { call::call(th, a[0], &[x]) }
}

fn getnewargs(th: &Thread, a: &[Value]) -> Res {
    let x = exact(th, a)?;
    tuple::from_slice(th, &[x])
}

fn getformat(th: &Thread, a: &[Value]) -> Res {
    let kind = string::expect(th, a[1], "__getformat__() argument")?;
    if !kind.is("double") && !kind.is("float") {
        return Err(th.value_error("__getformat__() argument 1 must be 'double' or 'float'"));
    }
    let order = if cfg!(target_endian = "little") { "little" } else { "big" };
    string::try_new(th, &format!("IEEE, {order}-endian"))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, x=0, /)" new, "";
        method "__repr__" "()" repr, "", Pure;
        method "__hash__" "()" hash, "", Pure;
        method "__bool__" "()" truth, "", Pure;
        method "__int__" "()" trunc, "", Pure;
        method "__float__" "()" exact, "", Pure;
        method "__neg__" "()" neg, "", Pure;
        method "__pos__" "()" exact, "", Pure;
        method "__abs__" "()" abs, "", Pure;
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
        method "__floordiv__" "(value, /)" floordiv_, "", Pure;
        method "__rfloordiv__" "(value, /)" rfloordiv, "", Pure;
        method "__mod__" "(value, /)" mod_, "", Pure;
        method "__rmod__" "(value, /)" rmod, "", Pure;
        method "__divmod__" "(value, /)" divmod_, "", Pure;
        method "__rdivmod__" "(value, /)" rdivmod, "", Pure;
        method "__pow__" "(value, mod=None, /)" pow_, "", Pure;
        method "__rpow__" "(value, mod=None, /)" rpow, "", Pure;
        method "__round__" "(ndigits=None, /)" round, "Round to the given number of decimal places, half to even.";
        method "__trunc__" "()" trunc, "The integer toward zero.", Pure;
        method "__floor__" "()" floor, "The largest integer that is not greater.", Pure;
        method "__ceil__" "()" ceil, "The smallest integer that is not less.", Pure;
        method "__format__" "(format_spec, /)" format, "Format the float according to format_spec.";
        method "__getnewargs__" "()" getnewargs, "";
        method "as_integer_ratio" "()" as_integer_ratio, "A pair of integers whose ratio is exactly equal to the float.\n\n   >>> (-0.375).as_integer_ratio()\n   (-3, 8)", Pure;
        method "conjugate" "()" exact, "The number itself.", Pure;
        method "hex" "()" to_hex, "A hexadecimal representation of the number.\n\n   >>> 0.75.hex()\n   '0x1.8000000000000p-1'", Pure;
        method "is_integer" "()" is_integer, "True if the number has no fractional part.", Pure;
        classmethod "fromhex" "(string, /)" from_hex, "The float that a hexadecimal string represents.\n\n   >>> float.fromhex('0x1.8p-1')\n   0.75";
        classmethod "__getformat__" "(typestr, /)" getformat, "The format of C's double or float.";
    }
}

fn get_exact(th: &Thread, v: Value) -> Res {
    if float::is_exact(v) { Ok(v) } else { Ok(float::new(th, own(v))) }
}

fn get_zero(th: &Thread, _: Value) -> Res {
    Ok(float::new(th, 0.0))
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("real", get_exact, "the real part of a complex number"),
    GetSetDef::ro("imag", get_zero, "the imaginary part of a complex number"),
];

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Float,
    "float(x=0, /)\n--\n\nA floating point number, from a number or from text.",
    METHODS,
    GETSET,
)
.flags(flag::MATCH_SELF)];
