//! `Decimal`: making one, operators, comparisons and conversions. Its other methods are in `number_methods`.

use super::context::{self, Ctx};
use super::number::{self, get, of};
use super::{number_methods, signals};
use krait_number::decimal::{
    Coef, Context as Arith, ConvertError, Decimal, Kind, Number, Rounding, parse_exact, status,
};
use krait_number::int::IntBuf;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::descriptor::GetSetDef;
use krait_object::interp::InterpSlot;
use krait_object::list::List;
use krait_object::native_class::NativeClass;
use krait_object::number_text::to_ascii;
use krait_object::protocol::{self, Cmp};
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{attr, call, float, int, module_tools as tools, natives};

/// `numbers.Rational`, for comparisons.
pub static RATIONAL: InterpSlot = InterpSlot::new();

// Making numbers.

/// Text as ASCII without the white space around it and without underscores.
fn clean(s: Str) -> Vec<u8> {
    let text = to_ascii(s.chars());
    let text = text.trim_ascii_start().trim_ascii_end();
    // The characters that Python strips and Rust does not.
    let strip = |c: &u8| matches!(c, 0x0b | 0x1c..=0x1f) || c.is_ascii_whitespace();
    let from = text.iter().position(|c| !strip(c)).unwrap_or(text.len());
    let to = text.iter().rposition(|c| !strip(c)).map_or(from, |i| i + 1);
    text[from..to].iter().copied().filter(|&c| c != b'_').collect()
}

/// The parts of a tuple `(sign, digits, exponent)`.
fn from_parts(th: &Thread, v: Value, exact: Option<&Arith>, status: &mut u32) -> Res<Decimal> {
    let items = |v: Value, text: &str| match Tuple::from_value(v) {
        Some(t) => Ok(t),
        None if List::from_value(v).is_some() => protocol::to_tuple(th, v),
        None => Err(th.value_error(text)),
    };
    let t = items(v, "argument must be a tuple or list")?;
    if t.len() != 3 {
        return Err(th.value_error("argument must be a sequence of length 3"));
    }
    let neg = match int::to_i64(t.get(0)) {
        Some(n @ (0 | 1)) => n == 1,
        _ => return Err(th.value_error("sign must be an integer with the value 0 or 1")),
    };
    let (kind, exp) = if let Some(s) = Str::from_value(t.get(2)) {
        let kind = match s.as_ascii() {
            Some("F") => Kind::Infinity,
            Some("n") => Kind::Nan,
            Some("N") => Kind::SignalingNan,
            _ => return Err(th.value_error("string argument in the third position must be 'F', 'n' or 'N'")),
        };
        (kind, 0)
    } else if int::is_int(t.get(2)) {
        match int::to_i64(t.get(2)) {
            Some(n) => (Kind::Finite, n),
            None => return Err(th.overflow_error("Python int too large to convert to C ssize_t")),
        }
    } else {
        return Err(th.value_error("exponent must be an integer"));
    };
    let wrong = "coefficient must be a tuple of digits";
    let mut digits = Vec::new();
    for &d in items(t.get(1), wrong)?.as_slice() {
        match int::to_i64(d) {
            Some(n @ 0..=9) => digits.push(n as u8),
            _ => return Err(th.value_error(wrong)),
        }
    }
    // No digits are zero, or no payload; those of an infinity do not count.
    if kind == Kind::Finite && digits.is_empty() {
        digits.push(0);
    }
    let exp = exp.clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000);
    let n = Number::from_parts(neg, kind, &digits, exp, status);
    Ok(match exact {
        None => n,
        Some(arith) => {
            // Rounded to a context: text goes the way that all text goes.
            *status = 0;
            let mut text = Vec::new();
            let full = Number { neg, kind, exp, coef: coef_of(&digits) };
            full.write(true, false, &mut text);
            arith.parse(&text, status)
        }
    })
}

fn coef_of(digits: &[u8]) -> Coef<'static> {
    let text: Vec<u8> = digits.iter().map(|d| b'0' + d).collect();
    Coef::parse(&text)
}

/// `Decimal(v)` as an object of the class: exact.
fn exact(th: &Thread, class: Class, v: Value, ctx: Ctx) -> Res {
    if let Some(d) = get(v) {
        if class == DECIMAL.get(th)? && DECIMAL.is_exact(th, v) {
            return Ok(v);
        }
        return number::with_class(th, class, &d.view());
    }
    let mut status = 0;
    let n = if let Some(s) = Str::from_value(v) {
        parse_exact(&clean(s), &mut status)
    } else if int::is_int(v) {
        number::from_int(th, ctx, v)?
    } else if Tuple::from_value(v).is_some() || List::from_value(v).is_some() {
        from_parts(th, v, None, &mut status)?
    } else if let Some(n) = number::from_float(v) {
        context::add_status(th, ctx, signals::FLOAT_OPERATION)?;
        n
    } else {
        return Err(number::not_supported(th, v));
    };
    context::add_status(th, ctx, status)?;
    number::with_class(th, class, &n)
}

/// `context.create_decimal(v)`: rounded to the context.
pub fn create(th: &Thread, v: Value, ctx: Ctx) -> Res {
    let arith = ctx.arith();
    let mut status = 0;
    let n = if let Some(d) = get(v) {
        let n = d.view();
        if n.is_nan() && n.coef.digits() > arith.prec - i64::from(arith.clamp) && !n.coef.is_zero() {
            // The payload does not fit.
            context::add_status(th, ctx, status::CONVERSION_SYNTAX)?;
            return number::new(th, &Number::nan());
        }
        arith.finish_number(&n, &mut status)
    } else if let Some(s) = Str::from_value(v) {
        arith.parse(&to_ascii(s.chars()), &mut status)
    } else if int::is_int(v) {
        int::with_ref(v, |r| arith.from_int(r, &mut status))
    } else if Tuple::from_value(v).is_some() || List::from_value(v).is_some() {
        from_parts(th, v, Some(&arith), &mut status)?
    } else if let Some(n) = number::from_float(v) {
        context::add_status(th, ctx, signals::FLOAT_OPERATION)?;
        arith.finish_number(&n, &mut status)
    } else {
        return Err(number::not_supported(th, v));
    };
    number::result(th, ctx, status, &n)
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = DECIMAL.class_arg(th, a[0])?;
    let ctx = context::argument(th, a[2])?;
    match a[1].given() {
        Some(v) => exact(th, class, v, ctx),
        None => number::with_class(th, class, &Number::from_i64(0)),
    }
}

fn from_float(th: &Thread, a: &[Value]) -> Res {
    let n = float_or_int(th, a[1])?;
    let made = number::new(th, &n)?;
    if a[0] == DECIMAL.get(th)?.value() { Ok(made) } else { call::call(th, a[0], &[made]) }
}

/// A float or int argument, exactly.
pub fn float_or_int(th: &Thread, v: Value) -> Res<Decimal> {
    if int::is_int(v) {
        return number::from_int(th, context::current(th)?, v);
    }
    number::from_float(v).ok_or_else(|| th.type_error("argument must be int or float"))
}

// Operators.

type Binary = fn(&Arith, &Number, &Number, &mut u32) -> Decimal;
type Unary = fn(&Arith, &Number, &mut u32) -> Decimal;

#[inline]
fn binary(th: &Thread, a: Value, b: Value, op: Binary) -> Res {
    let ctx = context::current(th)?;
    let (Some(x), Some(y)) = (number::operand(th, ctx, a)?, number::operand(th, ctx, b)?) else {
        return Ok(Value::not_implemented());
    };
    let mut status = 0;
    let r = op(&ctx.arith(), &x, &y, &mut status);
    number::result(th, ctx, status, &r)
}

#[inline]
fn unary(th: &Thread, a: Value, op: Unary) -> Res {
    let ctx = context::current(th)?;
    let mut status = 0;
    let r = op(&ctx.arith(), &of(a), &mut status);
    number::result(th, ctx, status, &r)
}

macro_rules! binary_operators {
    ($($name:ident $reflected:ident $op:ident;)*) => {
        $(
            fn $name(th: &Thread, a: &[Value]) -> Res {
                binary(th, a[0], a[1], Arith::$op)
            }
            fn $reflected(th: &Thread, a: &[Value]) -> Res {
                binary(th, a[1], a[0], Arith::$op)
            }
        )*
    };
}

binary_operators! {
    add radd add;
    sub rsub sub;
    mul rmul mul;
    truediv rtruediv div;
    floordiv rfloordiv div_int;
    modulo rmod rem;
}

fn neg(th: &Thread, a: &[Value]) -> Res {
    unary(th, a[0], Arith::minus)
}
fn pos(th: &Thread, a: &[Value]) -> Res {
    unary(th, a[0], Arith::plus)
}
fn abs(th: &Thread, a: &[Value]) -> Res {
    unary(th, a[0], Arith::abs)
}

fn divmod_of(th: &Thread, a: Value, b: Value) -> Res {
    let ctx = context::current(th)?;
    match (number::operand(th, ctx, a)?, number::operand(th, ctx, b)?) {
        (Some(x), Some(y)) => divmod_numbers(th, ctx, &x, &y),
        _ => Ok(Value::not_implemented()),
    }
}

/// Quotient and remainder as a tuple.
pub fn divmod_numbers(th: &Thread, ctx: Ctx, x: &Number, y: &Number) -> Res {
    let mut status = 0;
    let (q, r) = ctx.arith().divmod(x, y, &mut status);
    context::add_status(th, ctx, status)?;
    let q = number::new(th, &q)?;
    let r = number::new(th, &r)?;
    tools::tup(th, &[q, r])
}

fn divmod(th: &Thread, a: &[Value]) -> Res {
    divmod_of(th, a[0], a[1])
}
fn rdivmod(th: &Thread, a: &[Value]) -> Res {
    divmod_of(th, a[1], a[0])
}

fn power(th: &Thread, base: Value, exponent: Value, modulo: Value) -> Res {
    let ctx = context::current(th)?;
    let (Some(x), Some(y)) = (number::operand(th, ctx, base)?, number::operand(th, ctx, exponent)?) else {
        return Ok(Value::not_implemented());
    };
    let mut status = 0;
    let r = match modulo.given_not_none() {
        None => ctx.arith().pow(&x, &y, &mut status),
        Some(m) => match number::operand(th, ctx, m)? {
            Some(m) => ctx.arith().powmod(&x, &y, &m, &mut status),
            None => return Ok(Value::not_implemented()),
        },
    };
    number::result(th, ctx, status, &r)
}

fn pow(th: &Thread, a: &[Value]) -> Res {
    power(th, a[0], a[1], a[2])
}
fn rpow(th: &Thread, a: &[Value]) -> Res {
    power(th, a[1], a[0], a[2])
}

fn bool_(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(!of(a[0]).is_zero()))
}

// Comparisons.

fn order(th: &Thread, ctx: Ctx, x: &Number, y: &Number, op: Cmp) -> Res {
    match x.order(y) {
        Some(o) => Ok(Value::bool(op.of(o))),
        None => {
            // Signaling NaNs, and NaNs that are to be ordered, are invalid.
            let equality = matches!(op, Cmp::Eq | Cmp::Ne);
            if x.is_signaling() || y.is_signaling() || !equality {
                context::add_status(th, ctx, status::INVALID_OPERATION)?;
            }
            Ok(Value::bool(op == Cmp::Ne))
        }
    }
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let ctx = context::current(th)?;
    let x = of(a[0]);
    let v = a[1];
    if let Some(y) = number::operand(th, ctx, v)? {
        return order(th, ctx, &x, &y, op);
    }
    let equality = matches!(op, Cmp::Eq | Cmp::Ne);
    let float_value = match v.is_kind(krait_object::kind::Kind::Complex) && equality {
        true if float::get(attr::get_text(th, v, "imag")?) == Some(0.0) => attr::get_text(th, v, "real")?,
        _ => v,
    };
    if let Some(y) = number::from_float(float_value) {
        if equality {
            ctx.status.set(ctx.status.get() | signals::FLOAT_OPERATION);
        } else {
            context::add_status(th, ctx, signals::FLOAT_OPERATION)?;
        }
        return order(th, ctx, &x, &y, op);
    }
    if is_plain(v) {
        return Ok(Value::not_implemented());
    }
    let Some(rational) = RATIONAL.get(th) else { return Ok(Value::not_implemented()) };
    if !protocol::is_instance(th, v, rational)? {
        return Ok(Value::not_implemented());
    }
    // Exactly: this times the denominator with the numerator.
    let (n, d) = (attr::get_text(th, v, "numerator")?, attr::get_text(th, v, "denominator")?);
    if !int::is_int(n) || !int::is_int(d) {
        return Err(th.type_error("numerator and denominator must be integers"));
    }
    let (n, d) = (number::from_int(th, ctx, n)?, number::from_int(th, ctx, d)?);
    if !x.is_finite() {
        return order(th, ctx, &x, &n, op);
    }
    // The product is only compared: its exponent may be out of bounds.
    let mut status = 0;
    let mut product = Arith::MAX.mul(&Number { exp: 0, ..x.borrow() }, &d, &mut status);
    product.exp += x.exp;
    if status & (status::INEXACT | status::ERRORS) != 0 {
        return Err(th.value_error("exact conversion for comparison failed"));
    }
    order(th, ctx, &product, &n, op)
}

/// Values of builtin types that no `Rational` is.
fn is_plain(v: Value) -> bool {
    use krait_object::kind::Kind;
    v.is_none() || matches!(v.kind(), Kind::Str | Kind::Bytes | Kind::Tuple | Kind::List | Kind::Dict)
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}
fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}
fn lt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Lt)
}
fn le(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Le)
}
fn gt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Gt)
}
fn ge(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ge)
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let n = of(a[0]);
    if n.is_signaling() {
        return Err(th.type_error("Cannot hash a signaling NaN value"));
    }
    Ok(Value::small(n.hash().unwrap_or_else(|| krait_object::hash::of_identity(a[0].0))))
}

// Conversions.

#[cold]
fn no_integer(th: &Thread, e: ConvertError, what: &str) -> Raised {
    match e {
        ConvertError::Infinity => th.overflow_error(format!("cannot convert Infinity to {what}")),
        ConvertError::NoMemory => th.memory_error(),
        _ => th.value_error(format!("cannot convert NaN to {what}")),
    }
}

fn to_int(th: &Thread, v: Value, rounding: Rounding) -> Res {
    let mut out = IntBuf::new();
    match of(v).to_int(rounding, &mut out) {
        Ok(()) => int::from_buf(th, &out),
        Err(e) => Err(no_integer(th, e, "integer")),
    }
}

fn trunc(th: &Thread, a: &[Value]) -> Res {
    to_int(th, a[0], Rounding::Down)
}
fn floor(th: &Thread, a: &[Value]) -> Res {
    to_int(th, a[0], Rounding::Floor)
}
fn ceil(th: &Thread, a: &[Value]) -> Res {
    to_int(th, a[0], Rounding::Ceiling)
}

fn round(th: &Thread, a: &[Value]) -> Res {
    let Some(n) = a[1].given() else { return to_int(th, a[0], Rounding::HalfEven) };
    if !int::is_int(n) {
        return Err(th.type_error("optional arg must be an integer"));
    }
    let Some(n) = int::to_i64(n) else {
        return Err(th.overflow_error("Python int too large to convert to C ssize_t"));
    };
    let ctx = context::current(th)?;
    let exp = n.checked_neg().unwrap_or(i64::MAX);
    let like = Number::finite(false, Coef::Small(1), exp);
    let mut status = 0;
    let r = ctx.arith().quantize(&of(a[0]), &like, &mut status);
    number::result(th, ctx, status, &r)
}

fn to_float(th: &Thread, v: Value) -> Res<f64> {
    of(v).to_f64().map_err(|_| th.value_error("cannot convert signaling NaN to float"))
}

fn float_(th: &Thread, a: &[Value]) -> Res {
    Ok(float::new(th, to_float(th, a[0])?))
}

fn complex(th: &Thread, a: &[Value]) -> Res {
    Ok(float::new_complex(th, to_float(th, a[0])?, 0.0))
}

fn as_integer_ratio(th: &Thread, a: &[Value]) -> Res {
    let (mut n, mut d) = (IntBuf::new(), IntBuf::new());
    match of(a[0]).as_integer_ratio(&mut n, &mut d) {
        Ok(()) => {
            let n = int::from_buf(th, &n)?;
            let d = int::from_buf(th, &d)?;
            tools::tup(th, &[n, d])
        }
        Err(e) => Err(no_integer(th, e, "integer ratio")),
    }
}

/// The number as text with the context's E.
pub fn text(ctx: Ctx, n: &Number, engineering: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(48);
    n.write(ctx.capitals(), engineering, &mut out);
    out
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    string::from_latin1(th, &text(context::current(th)?, &of(a[0]), false))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let mut out = b"Decimal('".to_vec();
    of(a[0]).write(context::current(th)?.capitals(), false, &mut out);
    out.extend_from_slice(b"')");
    string::from_latin1(th, &out)
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let text = str_(th, a)?;
    tools::reduce(th, a[0], &[text])
}

fn same(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

fn real(_: &Thread, v: Value) -> Res {
    Ok(v)
}

fn imag(th: &Thread, _: Value) -> Res {
    number::new(th, &Number::from_i64(0))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!?(cls, value='0', context=None)" construct, "";
        method "__repr__" "()" repr, "";
        method "__str__" "()" str_, "";
        method "__hash__" "()" hash, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__add__" "(value, /)" add, "";
        method "__radd__" "(value, /)" radd, "";
        method "__sub__" "(value, /)" sub, "";
        method "__rsub__" "(value, /)" rsub, "";
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" rmul, "";
        method "__truediv__" "(value, /)" truediv, "";
        method "__rtruediv__" "(value, /)" rtruediv, "";
        method "__floordiv__" "(value, /)" floordiv, "";
        method "__rfloordiv__" "(value, /)" rfloordiv, "";
        method "__mod__" "(value, /)" modulo, "";
        method "__rmod__" "(value, /)" rmod, "";
        method "__divmod__" "(value, /)" divmod, "";
        method "__rdivmod__" "(value, /)" rdivmod, "";
        method "__pow__" "(value, mod=None, /)" pow, "";
        method "__rpow__" "(value, mod=None, /)" rpow, "";
        method "__neg__" "()" neg, "";
        method "__pos__" "()" pos, "";
        method "__abs__" "()" abs, "";
        method "__bool__" "()" bool_, "", Pure;
        method "__int__" "()" trunc, "";
        method "__float__" "()" float_, "";
        method "__complex__" "!()" complex, "";
        method "__trunc__" "!()" trunc, "";
        method "__floor__" "!()" floor, "";
        method "__ceil__" "!()" ceil, "";
        method "__round__" "!(ndigits=None, /)" round, "";
        method "__reduce__" "!()" reduce, "";
        method "__copy__" "!()" same, "";
        method "__deepcopy__" "!(memo, /)" same, "";
        method "as_integer_ratio" "()" as_integer_ratio, "Return a pair of integers, whose ratio is exactly equal to the original.";
        classmethod "from_float" "(f, /)" from_float, "Class method that converts a float to a decimal number, exactly.";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("real", real, ""), GetSetDef::ro("imag", imag, "")];

/// The class.
pub static DECIMAL: NativeClass = NativeClass::new(
    ClassSpec::new(
        "decimal.Decimal",
        "Decimal(value=\"0\", context=None)\n--\n\nConstruct a new Decimal object. 'value' can be an integer, string, tuple,\nor another Decimal object. If no value is given, return Decimal('0'). The\ncontext does not affect the conversion and is only passed to determine if\nthe InvalidOperation trap is active.\n\n",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE),
);

/// Adds what does not fit the table above.
pub fn finish(th: &Thread) -> Res<Class> {
    let c = DECIMAL.get(th)?;
    krait_object::native::add_methods(th, c, number_methods::METHODS);
    Ok(c)
}
