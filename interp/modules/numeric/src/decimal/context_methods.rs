//! The methods of `Context` that compute.

use super::context::Ctx;
use super::number::{self, operand_arg};
use super::number_class::{self, create, divmod_numbers, text};
use super::number_methods::{binary, decimal_arg, fma_numbers, unary};
use krait_number::decimal::{Context as Arith, Kind, Number};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{natives, string};

macro_rules! unary_methods {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let ctx = Ctx::of(a[0]);
            unary(th, ctx, &operand_arg(th, ctx, a[1])?, Arith::$op)
        })*
    };
}

macro_rules! binary_methods {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let ctx = Ctx::of(a[0]);
            let (x, y) = (operand_arg(th, ctx, a[1])?, operand_arg(th, ctx, a[2])?);
            binary(th, ctx, &x, &y, Arith::$op)
        })*
    };
}

macro_rules! predicates {
    ($($name:ident |$n:ident, $arith:ident| $test:expr;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let ctx = Ctx::of(a[0]);
            let $n = operand_arg(th, ctx, a[1])?;
            let $arith = ctx.arith();
            let _ = &$arith;
            Ok(Value::bool($test))
        })*
    };
}

unary_methods! {
    abs abs;
    exp exp;
    ln ln;
    log10 log10;
    logb logb;
    logical_invert invert;
    minus minus;
    next_minus next_minus;
    next_plus next_plus;
    normalize normalize;
    plus plus;
    sqrt sqrt;
    to_integral_exact to_integral_exact;
}

binary_methods! {
    add add;
    compare compare;
    compare_signal compare_signal;
    divide div;
    divide_int div_int;
    logical_and and;
    logical_or or;
    logical_xor xor;
    max max;
    max_mag max_mag;
    min min;
    min_mag min_mag;
    multiply mul;
    next_toward next_toward;
    quantize quantize;
    remainder rem;
    remainder_near rem_near;
    rotate rotate;
    scaleb scaleb;
    shift shift;
    subtract sub;
}

predicates! {
    is_finite |n, c| n.is_finite();
    is_infinite |n, c| n.is_infinite();
    is_nan |n, c| n.is_nan();
    is_qnan |n, c| n.kind == Kind::Nan;
    is_snan |n, c| n.is_signaling();
    is_signed |n, c| n.neg;
    is_zero |n, c| n.is_zero();
    is_normal |n, c| n.is_normal(&c);
    is_subnormal |n, c| n.is_subnormal(&c);
}

fn operands<'a>(th: &Thread, a: &[Value]) -> Res<(Number<'a>, Number<'a>)> {
    let ctx = Ctx::of(a[0]);
    Ok((operand_arg(th, ctx, a[1])?, operand_arg(th, ctx, a[2])?))
}

fn to_integral_value(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    let arith = ctx.arith();
    let mut status = 0;
    let r = arith.to_integral_value(&operand_arg(th, ctx, a[1])?, arith.rounding, &mut status);
    number::result(th, ctx, status, &r)
}

fn compare_total(th: &Thread, a: &[Value]) -> Res {
    let (x, y) = operands(th, a)?;
    number::new(th, &x.compare_total(&y))
}

fn compare_total_mag(th: &Thread, a: &[Value]) -> Res {
    let (x, y) = operands(th, a)?;
    number::new(th, &x.compare_total_mag(&y))
}

fn copy_sign(th: &Thread, a: &[Value]) -> Res {
    let (x, y) = operands(th, a)?;
    number::new(th, &Number { neg: y.neg, ..x })
}

fn same_quantum(th: &Thread, a: &[Value]) -> Res {
    let (x, y) = operands(th, a)?;
    Ok(Value::bool(x.same_quantum(&y)))
}

fn copy_abs(th: &Thread, a: &[Value]) -> Res {
    let n = operand_arg(th, Ctx::of(a[0]), a[1])?;
    number::new(th, &Number { neg: false, ..n })
}

fn copy_negate(th: &Thread, a: &[Value]) -> Res {
    let n = operand_arg(th, Ctx::of(a[0]), a[1])?;
    number::new(th, &Number { neg: !n.neg, ..n })
}

fn copy_decimal(th: &Thread, a: &[Value]) -> Res {
    number::operand_object(th, Ctx::of(a[0]), a[1])
}

fn divmod(th: &Thread, a: &[Value]) -> Res {
    let (x, y) = operands(th, a)?;
    divmod_numbers(th, Ctx::of(a[0]), &x, &y)
}

fn fma(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    let (x, y) = operands(th, a)?;
    let z = operand_arg(th, ctx, a[3])?;
    fma_numbers(th, ctx, &x, &y, &z)
}

fn power(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    let (x, y) = operands(th, a)?;
    let mut status = 0;
    let r = match a[3].given_not_none() {
        None => ctx.arith().pow(&x, &y, &mut status),
        Some(m) => ctx.arith().powmod(&x, &y, &operand_arg(th, ctx, m)?, &mut status),
    };
    number::result(th, ctx, status, &r)
}

fn radix(th: &Thread, _: &[Value]) -> Res {
    number::new(th, &Number::from_i64(10))
}

fn canonical(th: &Thread, a: &[Value]) -> Res {
    decimal_arg(th, a[1])?;
    Ok(a[1])
}

fn is_canonical(th: &Thread, a: &[Value]) -> Res {
    decimal_arg(th, a[1])?;
    Ok(Value::true_())
}

fn class_of(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    Ok(string::new(th, operand_arg(th, ctx, a[1])?.class(&ctx.arith())))
}

fn to_sci_string(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    string::from_latin1(th, &text(ctx, &operand_arg(th, ctx, a[1])?, false))
}

fn to_eng_string(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    string::from_latin1(th, &text(ctx, &operand_arg(th, ctx, a[1])?, true))
}

fn create_decimal(th: &Thread, a: &[Value]) -> Res {
    match a[1].given() {
        Some(v) => create(th, v, Ctx::of(a[0])),
        None => number::new(th, &Number::from_i64(0)),
    }
}

fn create_decimal_from_float(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    let n = number_class::float_or_int(th, a[1])?;
    let mut status = 0;
    let r = ctx.arith().finish_number(&n, &mut status);
    number::result(th, ctx, status, &r)
}

/// The number rounded to the context, its sign kept even for zeros.
fn apply(th: &Thread, a: &[Value]) -> Res {
    let ctx = Ctx::of(a[0]);
    let mut status = 0;
    let r = ctx.arith().finish_number(&operand_arg(th, ctx, a[1])?, &mut status);
    number::result(th, ctx, status, &r)
}

natives! {
    pub static METHODS = {
        method "abs" "(x, /)" abs, "Return the absolute value of x.";
        method "add" "?(x, y, /)" add, "Return the sum of x and y.";
        method "canonical" "(x, /)" canonical, "Return a new instance of x.";
        method "compare" "?(x, y, /)" compare, "Compare x and y numerically.";
        method "compare_signal" "?(x, y, /)" compare_signal, "Compare x and y numerically.  All NaNs signal.";
        method "compare_total" "?(x, y, /)" compare_total, "Compare x and y using their abstract representation.";
        method "compare_total_mag" "?(x, y, /)" compare_total_mag, "Compare x and y using their abstract representation, ignoring sign.";
        method "copy_abs" "(x, /)" copy_abs, "Return a copy of x with the sign set to 0.";
        method "copy_decimal" "(x, /)" copy_decimal, "Return a copy of Decimal x.";
        method "copy_negate" "(x, /)" copy_negate, "Return a copy of x with the sign inverted.";
        method "copy_sign" "?(x, y, /)" copy_sign, "Copy the sign from y to x.";
        method "create_decimal" "?(num='0', /)" create_decimal, "Create a new Decimal instance from num, using self as the context.";
        method "create_decimal_from_float" "(f, /)" create_decimal_from_float, "Create a new Decimal instance from float f, rounded to this context.";
        method "divide" "?(x, y, /)" divide, "Return x divided by y.";
        method "divide_int" "?(x, y, /)" divide_int, "Return x divided by y, truncated to an integer.";
        method "divmod" "?(x, y, /)" divmod, "Return quotient and remainder of the division x / y.";
        method "exp" "(x, /)" exp, "Return e ** x.";
        method "fma" "?(x, y, z, /)" fma, "Return x multiplied by y, plus z.";
        method "is_canonical" "(x, /)" is_canonical, "Return True if x is canonical, False otherwise.";
        method "is_finite" "(x, /)" is_finite, "Return True if x is finite, False otherwise.";
        method "is_infinite" "(x, /)" is_infinite, "Return True if x is infinite, False otherwise.";
        method "is_nan" "(x, /)" is_nan, "Return True if x is a qNaN or sNaN, False otherwise.";
        method "is_normal" "(x, /)" is_normal, "Return True if x is a normal number, False otherwise.";
        method "is_qnan" "(x, /)" is_qnan, "Return True if x is a quiet NaN, False otherwise.";
        method "is_signed" "(x, /)" is_signed, "Return True if x is negative, False otherwise.";
        method "is_snan" "(x, /)" is_snan, "Return True if x is a signaling NaN, False otherwise.";
        method "is_subnormal" "(x, /)" is_subnormal, "Return True if x is subnormal, False otherwise.";
        method "is_zero" "(x, /)" is_zero, "Return True if x is a zero, False otherwise.";
        method "ln" "(x, /)" ln, "Return the natural (base e) logarithm of x.";
        method "log10" "(x, /)" log10, "Return the base 10 logarithm of x.";
        method "logb" "(x, /)" logb, "Return the exponent of the magnitude of the operand's MSD.";
        method "logical_and" "?(x, y, /)" logical_and, "Digit-wise and of x and y.";
        method "logical_invert" "(x, /)" logical_invert, "Invert all digits of x.";
        method "logical_or" "?(x, y, /)" logical_or, "Digit-wise or of x and y.";
        method "logical_xor" "?(x, y, /)" logical_xor, "Digit-wise xor of x and y.";
        method "max" "?(x, y, /)" max, "Compare the values numerically and return the maximum.";
        method "max_mag" "?(x, y, /)" max_mag, "Compare the values numerically with their sign ignored.";
        method "min" "?(x, y, /)" min, "Compare the values numerically and return the minimum.";
        method "min_mag" "?(x, y, /)" min_mag, "Compare the values numerically with their sign ignored.";
        method "minus" "(x, /)" minus, "Minus corresponds to the unary prefix minus operator in Python, but applies the context to the result.";
        method "multiply" "?(x, y, /)" multiply, "Return the product of x and y.";
        method "next_minus" "(x, /)" next_minus, "Return the largest representable number smaller than x.";
        method "next_plus" "(x, /)" next_plus, "Return the smallest representable number larger than x.";
        method "next_toward" "?(x, y, /)" next_toward, "Return the number closest to x, in the direction towards y.";
        method "normalize" "(x, /)" normalize, "Reduce x to its simplest form.";
        method "number_class" "(x, /)" class_of, "Return an indication of the class of x.";
        method "plus" "(x, /)" plus, "Plus corresponds to the unary prefix plus operator in Python, but applies the context to the result.";
        method "power" "?(a, b, modulo=None)" power, "Compute a**b. If modulo is given, compute (a**b) % modulo.";
        method "quantize" "?(x, y, /)" quantize, "Return a value equal to x (rounded), having the exponent of y.";
        method "radix" "()" radix, "Return 10.";
        method "remainder" "?(x, y, /)" remainder, "Return the remainder from integer division.";
        method "remainder_near" "?(x, y, /)" remainder_near, "Return x - y * n, where n is the integer nearest the exact value of x / y.";
        method "rotate" "?(x, y, /)" rotate, "Return a copy of x, rotated by y places.";
        method "same_quantum" "?(x, y, /)" same_quantum, "Return True if the two operands have the same exponent.";
        method "scaleb" "?(x, y, /)" scaleb, "Return the first operand after adding the second value to its exp.";
        method "shift" "?(x, y, /)" shift, "Return a copy of x, shifted by y places.";
        method "sqrt" "(x, /)" sqrt, "Square root of a non-negative number to context precision.";
        method "subtract" "?(x, y, /)" subtract, "Return the difference between x and y.";
        method "to_eng_string" "(x, /)" to_eng_string, "Convert a number to a string, using engineering notation.";
        method "to_integral" "(x, /)" to_integral_value, "Identical to to_integral_value(x).";
        method "to_integral_exact" "(x, /)" to_integral_exact, "Round to an integer. Signal if the result is rounded or inexact.";
        method "to_integral_value" "(x, /)" to_integral_value, "Round to an integer.";
        method "to_sci_string" "(x, /)" to_sci_string, "Convert a number to a string using scientific notation.";
        method "_apply" "!(x, /)" apply, "";
    }
}
