//! What programs see of `complex`.

use crate::bootstrap::TypeTable;
use crate::call::call_special;
use crate::class::{Class, type_name};
use crate::descriptor::GetSetDef;
use crate::float::{self, Complex as ComplexBox};
use crate::names::Name;
use crate::number_text::{self, Number};
use crate::protocol::{self, Cmp};
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{construct, float_methods, hash as hashing, int, int_arith, natives, tuple};
use krait_number::float as num;
use krait_number::float::FloatError;
use krait_number::float::complex::Complex;

/// The number, when the value is a `complex` (subclasses included).
pub fn get(v: Value) -> Option<Complex> {
    ComplexBox::from_value(v).map(|c| Complex::new(c.real.get(), c.imag.get()))
}

fn own(v: Value) -> Complex {
    get(v).unwrap_or(Complex::new(0.0, 0.0))
}

fn make(th: &Thread, c: Complex) -> Value {
    float::new_complex(th, c.re, c.im)
}

/// The other operand as a complex number; None for other types.
fn operand(th: &Thread, v: Value) -> Res<Option<Complex>> {
    if let Some(c) = get(v) {
        return Ok(Some(c));
    }
    if let Some(x) = float::get(v) {
        return Ok(Some(Complex::new(x, 0.0)));
    }
    if int::is_int(v) {
        return Ok(Some(Complex::new(int_arith::to_f64(th, v)?, 0.0)));
    }
    Ok(None)
}

fn divide(th: &Thread, x: Complex, y: Complex) -> Res {
    match x.divide(y) {
        Ok(q) => Ok(make(th, q)),
        Err(_) => Err(th.raise_new(TypeId::ZeroDivisionError, "complex division by zero")),
    }
}

fn power(th: &Thread, x: Complex, y: Complex) -> Res {
    match x.pow(y) {
        Ok(r) => Ok(make(th, r)),
        Err(FloatError::Overflow) => Err(th.overflow_error("complex exponentiation")),
        Err(_) => Err(th.raise_new(TypeId::ZeroDivisionError, "0.0 to a negative or complex power")),
    }
}

/// A complex power from real and imaginary parts.
pub fn pow_parts(th: &Thread, x: (f64, f64), y: (f64, f64)) -> Res {
    power(th, Complex::new(x.0, x.1), Complex::new(y.0, y.1))
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
    add radd |th, x, y| Ok(make(th, x + y));
    sub rsub |th, x, y| Ok(make(th, x - y));
    mul rmul |th, x, y| Ok(make(th, x * y));
    truediv rtruediv |th, x, y| divide(th, x, y);
    pow2 rpow2 |th, x, y| power(th, x, y);
}

/// ValueError of a power with a modulus.
#[cold]
pub fn modulus_error(th: &Thread) -> Raised {
    th.value_error("complex modulo")
}

fn pow(th: &Thread, a: &[Value]) -> Res {
    if a[2].given_not_none().is_some() {
        return Err(modulus_error(th));
    }
    pow2(th, a)
}

fn rpow(th: &Thread, a: &[Value]) -> Res {
    if a[2].given_not_none().is_some() {
        return Err(modulus_error(th));
    }
    rpow2(th, a)
}

/// Equality; other comparisons are not defined.
fn equal(a: &[Value]) -> Option<bool> {
    let x = own(a[0]);
    if let Some(y) = get(a[1]) {
        Some(x.re == y.re && x.im == y.im)
    } else if let Some(y) = float::get(a[1]) {
        Some(x.re == y && x.im == 0.0)
    } else if int::is_int(a[1]) {
        Some(x.im == 0.0 && float_methods::compare_with_int(Cmp::Eq, x.re, a[1]))
    } else {
        None
    }
}

fn eq(_: &Thread, a: &[Value]) -> Res {
    Ok(equal(a).map_or(Value::not_implemented(), Value::bool))
}

fn ne(_: &Thread, a: &[Value]) -> Res {
    Ok(equal(a).map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

fn unordered(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    string::from_latin1(th, own(a[0]).repr().as_bytes())
}

fn hash(_: &Thread, a: &[Value]) -> Res {
    let c = own(a[0]);
    let part = |x: f64| num::hash(x).unwrap_or_else(|| hashing::of_identity(a[0].0));
    Ok(Value::small(hashing::fit(num::hash_complex(part(c.re), part(c.im)))))
}

fn truth(_: &Thread, a: &[Value]) -> Res {
    let c = own(a[0]);
    Ok(Value::bool(c.re != 0.0 || c.im != 0.0))
}

fn neg(th: &Thread, a: &[Value]) -> Res {
    let c = own(a[0]);
    Ok(make(th, Complex::new(-c.re, -c.im)))
}

fn exact(th: &Thread, a: &[Value]) -> Res {
    if a[0].has_shape(crate::shape::fixed::COMPLEX) { Ok(a[0]) } else { Ok(make(th, own(a[0]))) }
}

fn abs(th: &Thread, a: &[Value]) -> Res {
    match own(a[0]).abs() {
        Ok(x) => Ok(float::new(th, x)),
        Err(_) => Err(th.overflow_error("absolute value too large")),
    }
}

fn conjugate(th: &Thread, a: &[Value]) -> Res {
    let c = own(a[0]);
    Ok(make(th, Complex::new(c.re, -c.im)))
}

fn format(th: &Thread, a: &[Value]) -> Res {
    let spec = number_text::spec_arg(th, a[1])?;
    if spec.is_empty() {
        return protocol::str_of(th, a[0]);
    }
    let name = number_text::name_for_errors(th, a[0]);
    number_text::format_number(th, Number::Complex(own(a[0])), spec, &name)
}

fn getnewargs(th: &Thread, a: &[Value]) -> Res {
    let c = own(a[0]);
    let (re, im) = (float::new(th, c.re), float::new(th, c.im));
    tuple::from_slice(th, &[re, im])
}

/// A complex number of the class.
fn with_class(th: &Thread, class: Class, c: Complex) -> Value {
    let v = float::new_complex_with_shape(th, c.re, c.im, class.shape.get(), class.tail_bytes());
    class.init_tail(v.cell());
    v
}

/// `v.__complex__()`, when there is one.
///
/// # Errors
/// TypeError when it returns something else.
pub fn special(th: &Thread, v: Value) -> Res<Option<Complex>> {
    let Some(f) = Class::of_value(th, v).special(th, Name::__complex__) else { return Ok(None) };
    let r = call_special(th, f, v, &[])?;
    let Some(c) = get(r) else {
        return Err(th.type_error(format!("__complex__ returned non-complex (type {})", type_name(th, r))));
    };
    if !r.has_shape(crate::shape::fixed::COMPLEX) {
        let text = format!(
            "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass of complex is deprecated, and may be removed in a future version of Python.",
            type_name(th, r)
        );
        (th.interp.hooks().warn)(th, TypeId::DeprecationWarning, &text, 1)?;
    }
    Ok(Some(c))
}

/// Can `float()` make a number of it (text aside)?
fn is_real(th: &Thread, v: Value) -> bool {
    let class = Class::of_value(th, v);
    class.special(th, Name::__float__).is_some() || class.special(th, Name::__index__).is_some()
}

/// `complex.__new__(cls, real=0, imag=0)`.
fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Complex)?;
    let real = a[1].given().unwrap_or(Value::ZERO);
    let imag = a[2].given();
    let plain = class.is(TypeId::Complex);
    if plain && imag.is_none() && real.has_shape(crate::shape::fixed::COMPLEX) {
        return Ok(real);
    }
    if let Some(s) = Str::from_value(real) {
        if imag.is_some() {
            return Err(th.type_error("complex() can't take second arg if first is a string"));
        }
        return match Complex::parse(&number_text::to_ascii(s.chars())) {
            Some(c) => Ok(with_class(th, class, c)),
            None => Err(th.value_error("complex() arg is a malformed string")),
        };
    }
    if imag.and_then(Str::from_value).is_some() {
        return Err(th.type_error("complex() second arg can't be a string"));
    }
    let mut r = get(real);
    if !real.has_shape(crate::shape::fixed::COMPLEX)
        && let Some(c) = special(th, real)?
    {
        r = Some(c);
    }
    if r.is_none() && !is_real(th, real) {
        return Err(th.type_error(format!(
            "complex() first argument must be a string or a number, not '{}'",
            type_name(th, real)
        )));
    }
    if let Some(i) = imag
        && get(i).is_none()
        && !is_real(th, i)
    {
        return Err(
            th.type_error(format!("complex() second argument must be a number, not '{}'", type_name(th, i)))
        );
    }
    let first = match r {
        Some(c) => c,
        None => Complex::new(float_methods::from_object(th, real)?, 0.0),
    };
    let mut out = first;
    if let Some(i) = imag {
        // real + imag*1j, without disturbing signed zeros of parts that are not there.
        match get(i) {
            Some(c) => {
                out.re -= c.im;
                out.im = c.re;
            }
            None => out.im = float_methods::from_object(th, i)?,
        }
        if r.is_some() {
            out.im += first.im;
        }
    }
    Ok(with_class(th, class, out))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, real=0, imag=0)" new, "";
        method "__repr__" "()" repr, "", Pure;
        method "__hash__" "()" hash, "", Pure;
        method "__bool__" "()" truth, "", Pure;
        method "__complex__" "()" exact, "Convert this value to exact type complex.", Pure;
        method "__neg__" "()" neg, "", Pure;
        method "__pos__" "()" exact, "", Pure;
        method "__abs__" "()" abs, "", Pure;
        method "__lt__" "(value, /)" unordered, "", Pure;
        method "__le__" "(value, /)" unordered, "", Pure;
        method "__eq__" "(value, /)" eq, "", Pure;
        method "__ne__" "(value, /)" ne, "", Pure;
        method "__gt__" "(value, /)" unordered, "", Pure;
        method "__ge__" "(value, /)" unordered, "", Pure;
        method "__add__" "(value, /)" add, "", Pure;
        method "__radd__" "(value, /)" radd, "", Pure;
        method "__sub__" "(value, /)" sub, "", Pure;
        method "__rsub__" "(value, /)" rsub, "", Pure;
        method "__mul__" "(value, /)" mul, "", Pure;
        method "__rmul__" "(value, /)" rmul, "", Pure;
        method "__truediv__" "(value, /)" truediv, "", Pure;
        method "__rtruediv__" "(value, /)" rtruediv, "", Pure;
        method "__pow__" "(value, mod=None, /)" pow, "", Pure;
        method "__rpow__" "(value, mod=None, /)" rpow, "", Pure;
        method "__format__" "(format_spec, /)" format, "Convert to a string according to format_spec.";
        method "__getnewargs__" "()" getnewargs, "";
        method "conjugate" "()" conjugate, "The complex conjugate of the number.", Pure;
    }
}

fn get_real(th: &Thread, v: Value) -> Res {
    Ok(float::new(th, own(v).re))
}

fn get_imag(th: &Thread, v: Value) -> Res {
    Ok(float::new(th, own(v).im))
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("real", get_real, "the real part of a complex number").member(),
    GetSetDef::ro("imag", get_imag, "the imaginary part of a complex number").member(),
];

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Complex,
    "complex(real=0, imag=0)\n--\n\nA complex number, from real and imaginary parts or from text.",
    METHODS,
    GETSET,
)];
