//! The methods of `Decimal` that are no operators, and `as_tuple` and formats.

use super::context::{self, Ctx};
use super::number::{self, get, of, operand_arg};
use super::number_class::text;
use krait_number::decimal::{Context as Arith, Decimal, Kind, Number, parse_spec};
use krait_number::format::Locale;
use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::number_text::{self, TextSink};
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{call, codec, int, natives, tuple};
use krait_text::with_units;

/// `decimal.DecimalTuple`.
pub static DECIMAL_TUPLE: InterpSlot = InterpSlot::new();

/// Runs an operation on one number.
pub fn unary(th: &Thread, ctx: Ctx, n: &Number, op: fn(&Arith, &Number, &mut u32) -> Decimal) -> Res {
    let mut status = 0;
    let r = op(&ctx.arith(), n, &mut status);
    number::result(th, ctx, status, &r)
}

/// Runs an operation on two numbers.
pub fn binary(
    th: &Thread,
    ctx: Ctx,
    x: &Number,
    y: &Number,
    op: fn(&Arith, &Number, &Number, &mut u32) -> Decimal,
) -> Res {
    let mut status = 0;
    let r = op(&ctx.arith(), x, y, &mut status);
    number::result(th, ctx, status, &r)
}

macro_rules! unary_methods {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            unary(th, context::argument(th, a[1])?, &of(a[0]), Arith::$op)
        })*
    };
}

macro_rules! binary_methods {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let ctx = context::argument(th, a[2])?;
            let y = operand_arg(th, ctx, a[1])?;
            binary(th, ctx, &of(a[0]), &y, Arith::$op)
        })*
    };
}

unary_methods! {
    exp exp;
    ln ln;
    log10 log10;
    logb logb;
    logical_invert invert;
    next_minus next_minus;
    next_plus next_plus;
    normalize normalize;
    sqrt sqrt;
}

binary_methods! {
    compare compare;
    compare_signal compare_signal;
    logical_and and;
    logical_or or;
    logical_xor xor;
    max max;
    max_mag max_mag;
    min min;
    min_mag min_mag;
    next_toward next_toward;
    remainder_near rem_near;
    rotate rotate;
    scaleb scaleb;
    shift shift;
}

fn compare_total(th: &Thread, a: &[Value]) -> Res {
    let y = operand_arg(th, context::argument(th, a[2])?, a[1])?;
    number::new(th, &of(a[0]).compare_total(&y))
}

fn compare_total_mag(th: &Thread, a: &[Value]) -> Res {
    let y = operand_arg(th, context::argument(th, a[2])?, a[1])?;
    number::new(th, &of(a[0]).compare_total_mag(&y))
}

fn copy_sign(th: &Thread, a: &[Value]) -> Res {
    let y = operand_arg(th, context::argument(th, a[2])?, a[1])?;
    number::new(th, &Number { neg: y.neg, ..of(a[0]) })
}

fn same_quantum(th: &Thread, a: &[Value]) -> Res {
    let y = operand_arg(th, context::argument(th, a[2])?, a[1])?;
    Ok(Value::bool(of(a[0]).same_quantum(&y)))
}

fn copy_abs(th: &Thread, a: &[Value]) -> Res {
    number::new(th, &Number { neg: false, ..of(a[0]) })
}

fn copy_negate(th: &Thread, a: &[Value]) -> Res {
    let n = of(a[0]);
    number::new(th, &Number { neg: !n.neg, ..n })
}

fn fma(th: &Thread, a: &[Value]) -> Res {
    let ctx = context::argument(th, a[3])?;
    let (y, z) = (operand_arg(th, ctx, a[1])?, operand_arg(th, ctx, a[2])?);
    fma_numbers(th, ctx, &of(a[0]), &y, &z)
}

/// `x * y + z`, rounded once.
pub fn fma_numbers(th: &Thread, ctx: Ctx, x: &Number, y: &Number, z: &Number) -> Res {
    let mut status = 0;
    let r = ctx.arith().fma(x, y, z, &mut status);
    number::result(th, ctx, status, &r)
}

/// The context's arithmetic with another rounding, when one is given.
fn with_rounding(th: &Thread, ctx: Ctx, v: Value) -> Res<Arith> {
    let mut arith = ctx.arith();
    if let Some(v) = v.given_not_none() {
        arith.rounding = context::rounding_arg(th, v)?;
    }
    Ok(arith)
}

fn quantize(th: &Thread, a: &[Value]) -> Res {
    let ctx = context::argument(th, a[3])?;
    let arith = with_rounding(th, ctx, a[2])?;
    let like = operand_arg(th, ctx, a[1])?;
    let mut status = 0;
    let r = arith.quantize(&of(a[0]), &like, &mut status);
    number::result(th, ctx, status, &r)
}

fn to_integral_value(th: &Thread, a: &[Value]) -> Res {
    let ctx = context::argument(th, a[2])?;
    let arith = with_rounding(th, ctx, a[1])?;
    let mut status = 0;
    let r = arith.to_integral_value(&of(a[0]), arith.rounding, &mut status);
    number::result(th, ctx, status, &r)
}

fn to_integral_exact(th: &Thread, a: &[Value]) -> Res {
    let ctx = context::argument(th, a[2])?;
    let arith = with_rounding(th, ctx, a[1])?;
    let mut status = 0;
    let r = arith.to_integral_exact(&of(a[0]), &mut status);
    number::result(th, ctx, status, &r)
}

fn adjusted(th: &Thread, a: &[Value]) -> Res {
    let n = of(a[0]);
    Ok(int::from_i64(th, if !n.is_finite() { 0 } else { adjusted_of(&n) }))
}

/// The exponent of the first digit; zero has one digit.
fn adjusted_of(n: &Number) -> i64 {
    n.exp + n.coef.digits().max(1) - 1
}

fn canonical(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

fn radix(th: &Thread, _: &[Value]) -> Res {
    number::new(th, &Number::from_i64(10))
}

fn is_canonical(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::true_())
}
fn is_finite(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).is_finite()))
}
fn is_infinite(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).is_infinite()))
}
fn is_nan(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).is_nan()))
}
fn is_qnan(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).kind == Kind::Nan))
}
fn is_snan(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).is_signaling()))
}
fn is_signed(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).neg))
}
fn is_zero(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).is_zero()))
}
fn is_normal(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).is_normal(&context::argument(th, a[1])?.arith())))
}
fn is_subnormal(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(of(a[0]).is_subnormal(&context::argument(th, a[1])?.arith())))
}
fn number_class(th: &Thread, a: &[Value]) -> Res {
    Ok(string::new(th, of(a[0]).class(&context::argument(th, a[1])?.arith())))
}

fn to_eng_string(th: &Thread, a: &[Value]) -> Res {
    string::from_latin1(th, &text(context::argument(th, a[1])?, &of(a[0]), true))
}

fn as_tuple(th: &Thread, a: &[Value]) -> Res {
    let n = of(a[0]);
    let exponent = match n.kind {
        Kind::Finite => int::from_i64(th, n.exp),
        Kind::Infinity => string::new(th, "F"),
        Kind::Nan => string::new(th, "n"),
        Kind::SignalingNan => string::new(th, "N"),
    };
    let digits = if n.is_nan() && n.coef.is_zero() {
        th.interp.empty_tuple.get()
    } else {
        let digits = n.digits();
        let t = tuple::allocate(th, digits.len(), krait_object::shape::fixed::TUPLE, 0)?;
        for (i, &d) in digits.iter().enumerate() {
            t.set_item(th, i, Value::small(d.into()));
        }
        t.value()
    };
    match DECIMAL_TUPLE.get(th) {
        Some(class) => call::call(th, class, &[Value::small(n.neg.into()), digits, exponent]),
        None => Err(th.runtime_error("the _decimal module is not there yet")),
    }
}

/// A text of the dict that overrides the locale.
fn override_text(th: &Thread, d: Dict, key: &str) -> Res<Option<String>> {
    match d.get_text(th, key) {
        None => Ok(None),
        Some(v) => match Str::from_value(v) {
            Some(s) => Ok(Some(codec::utf8(th, s)?)),
            None => Err(th.type_error("bad argument type for built-in operation")),
        },
    }
}

fn format(th: &Thread, a: &[Value]) -> Res {
    let ctx = context::current(th)?;
    let Some(s) = Str::from_value(a[1]) else { return Err(th.type_error("format arg must be str")) };
    codec::utf8(th, s)?;
    let Some(spec) = with_units!(s.chars(), u => parse_spec(u, ctx.capitals())) else {
        return Err(th.value_error("invalid format string"));
    };
    let n = of(a[0]);
    let arith = ctx.arith();
    let mut out = TextSink::default();
    let written = match a[2].given() {
        None if s.chars().iter().any(|c| matches!(c, 0x6e | 0x4e)) => {
            number_text::with_locale(|l| arith.format(&n, &spec, l, &mut out))
        }
        None => arith.format(&n, &spec, Locale::C, &mut out),
        Some(d) => {
            let Some(d) = Dict::from_value(d) else {
                return Err(th.type_error("optional argument must be a dict"));
            };
            let point = override_text(th, d, "decimal_point")?;
            let separator = override_text(th, d, "thousands_sep")?;
            let grouping = override_text(th, d, "grouping")?;
            let grouping = grouping.as_deref().map(|g| g.split('\0').next().unwrap_or_default());
            let chars = |t: &Option<String>| t.as_ref().map_or(1, |t| t.chars().count());
            if chars(&point) != 1 || chars(&separator) > 1 || !grouping.is_none_or(str::is_ascii) {
                return Err(th.value_error("invalid override dict"));
            }
            number_text::with_locale(|l| {
                let l = Locale {
                    decimal_point: point.as_deref().unwrap_or(l.decimal_point),
                    thousands_sep: separator.as_deref().unwrap_or(l.thousands_sep),
                    grouping: grouping.map_or(l.grouping, str::as_bytes),
                };
                arith.format(&n, &spec, l, &mut out)
            })
        }
    };
    if written.is_none() {
        return Err(th.memory_error());
    }
    out.finish(th)
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    let d = get(a[0]).map_or(0, |d| d.outside_bytes());
    Ok(int::from_usize(th, 64 + d))
}

/// `Decimal` of an argument that must be one already.
pub fn decimal_arg<'a>(th: &Thread, v: Value) -> Res<Number<'a>> {
    match get(v) {
        Some(d) => Ok(d.view()),
        None => Err(th.type_error("argument must be a Decimal")),
    }
}

natives! {
    pub static METHODS = {
        method "adjusted" "()" adjusted, "Return the adjusted exponent of the number.  Defined as exp + digits - 1.";
        method "as_tuple" "()" as_tuple, "Return a tuple representation of the number.";
        method "canonical" "()" canonical, "Return the canonical encoding of the argument.";
        method "compare" "?(other, context=None)" compare, "Compare self to other.  Return a decimal value.";
        method "compare_signal" "?(other, context=None)" compare_signal, "Identical to compare, except that all NaNs signal.";
        method "compare_total" "?(other, context=None)" compare_total, "Compare two operands using their abstract representation.";
        method "compare_total_mag" "?(other, context=None)" compare_total_mag, "As compare_total(), ignoring the sign of each operand.";
        method "conjugate" "()" canonical, "Return self.";
        method "copy_abs" "()" copy_abs, "Return the absolute value of the argument.";
        method "copy_negate" "()" copy_negate, "Return the negation of the argument.";
        method "copy_sign" "?(other, context=None)" copy_sign, "Return a copy of the first operand with the sign of the second.";
        method "exp" "?(context=None)" exp, "Return the value of the (natural) exponential function e**x.";
        method "fma" "?(other, third, context=None)" fma, "Fused multiply-add.  Return self*other+third with no rounding of the product.";
        method "is_canonical" "()" is_canonical, "Return True if the argument is canonical and False otherwise.";
        method "is_finite" "()" is_finite, "Return True if the argument is a finite number.", Pure;
        method "is_infinite" "()" is_infinite, "Return True if the argument is infinite.", Pure;
        method "is_nan" "()" is_nan, "Return True if the argument is a (quiet or signaling) NaN.", Pure;
        method "is_normal" "?(context=None)" is_normal, "Return True if the argument is a normal finite non-zero number.";
        method "is_qnan" "()" is_qnan, "Return True if the argument is a quiet NaN.", Pure;
        method "is_signed" "()" is_signed, "Return True if the argument has a negative sign.", Pure;
        method "is_snan" "()" is_snan, "Return True if the argument is a signaling NaN.", Pure;
        method "is_subnormal" "?(context=None)" is_subnormal, "Return True if the argument is subnormal.";
        method "is_zero" "()" is_zero, "Return True if the argument is a zero.", Pure;
        method "ln" "?(context=None)" ln, "Return the natural (base e) logarithm of the operand.";
        method "log10" "?(context=None)" log10, "Return the base ten logarithm of the operand.";
        method "logb" "?(context=None)" logb, "Return the adjusted exponent of the operand as a Decimal instance.";
        method "logical_and" "?(other, context=None)" logical_and, "Return the digit-wise 'and' of the two (logical) operands.";
        method "logical_invert" "?(context=None)" logical_invert, "Return the digit-wise inversion of the (logical) operand.";
        method "logical_or" "?(other, context=None)" logical_or, "Return the digit-wise 'or' of the two (logical) operands.";
        method "logical_xor" "?(other, context=None)" logical_xor, "Return the digit-wise 'exclusive or' of the two (logical) operands.";
        method "max" "?(other, context=None)" max, "Maximum of self and other.";
        method "max_mag" "?(other, context=None)" max_mag, "As the max() method, but the comparison is done using the absolute values.";
        method "min" "?(other, context=None)" min, "Minimum of self and other.";
        method "min_mag" "?(other, context=None)" min_mag, "As the min() method, but the comparison is done using the absolute values.";
        method "next_minus" "?(context=None)" next_minus, "Return the largest number representable that is smaller than the operand.";
        method "next_plus" "?(context=None)" next_plus, "Return the smallest number representable that is larger than the operand.";
        method "next_toward" "?(other, context=None)" next_toward, "The number closest to the first operand in the direction of the second.";
        method "normalize" "?(context=None)" normalize, "Strip trailing zeros; zeros become Decimal('0').";
        method "number_class" "?(context=None)" number_class, "Return a string describing the class of the operand.";
        method "quantize" "?(exp, rounding=None, context=None)" quantize, "Return a value equal to the first operand after rounding, with the exponent of the second.";
        method "radix" "()" radix, "Return Decimal(10).";
        method "remainder_near" "?(other, context=None)" remainder_near, "Return the remainder from dividing self by other.";
        method "rotate" "?(other, context=None)" rotate, "Return the digits of the first operand rotated by the second.";
        method "same_quantum" "?(other, context=None)" same_quantum, "Test whether self and other have the same exponent or whether both are NaN.";
        method "scaleb" "?(other, context=None)" scaleb, "Return the first operand with the exponent adjusted by the second.";
        method "shift" "?(other, context=None)" shift, "Return the digits of the first operand shifted by the second.";
        method "sqrt" "?(context=None)" sqrt, "Return the square root of the argument to full precision.";
        method "to_eng_string" "?(context=None)" to_eng_string, "Convert to an engineering-type string.";
        method "to_integral" "?(rounding=None, context=None)" to_integral_value, "Identical to the to_integral_value() method.";
        method "to_integral_exact" "?(rounding=None, context=None)" to_integral_exact, "Round to the nearest integer, signaling Inexact or Rounded as appropriate.";
        method "to_integral_value" "?(rounding=None, context=None)" to_integral_value, "Round to the nearest integer without signaling Inexact or Rounded.";
        method "__sizeof__" "!()" sizeof, "";
        method "__format__" "!(format, override=None, /)" format, "";
    }
}
