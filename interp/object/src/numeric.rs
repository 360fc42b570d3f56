//! Operators on exact ints, bools and floats in any mixture: what the interpreter's
//! instructions call after their own fast path and before the general protocol.
//!
//! Every function answers None when an operand is no exact builtin number, so that
//! special methods of other classes keep their turn. Nothing here runs Python code.

use crate::operators::BinOp;
use crate::protocol::Cmp;
use crate::shape::fixed;
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;
use crate::{float, float_methods, int_arith};
use krait_number::float as fnum;

/// What two operands are.
enum Pair {
    /// Two ints or bools.
    Ints,
    /// Both as floats; at least one was a float.
    Floats(f64, f64),
    /// A float and an int that is too large for one: OverflowError is pending.
    TooLarge(Raised),
}

/// An exact number.
enum Num {
    Int,
    Float(f64),
}

#[inline(always)]
fn classify(v: Value) -> Option<Num> {
    if v.is_small_int() {
        return Some(Num::Int);
    }
    if v.is_float_word() {
        return Some(Num::Float(v.as_float_word()));
    }
    match v.header().shape() {
        fixed::INT | fixed::BOOL => Some(Num::Int),
        fixed::FLOAT => float::get(v).map(Num::Float),
        _ => None,
    }
}

#[inline(always)]
fn pair(th: &Thread, a: Value, b: Value) -> Option<Pair> {
    Some(match (classify(a)?, classify(b)?) {
        (Num::Int, Num::Int) => Pair::Ints,
        (Num::Float(x), Num::Float(y)) => Pair::Floats(x, y),
        (Num::Int, Num::Float(y)) => match int_arith::to_f64(th, a) {
            Ok(x) => Pair::Floats(x, y),
            Err(e) => Pair::TooLarge(e),
        },
        (Num::Float(x), Num::Int) => match int_arith::to_f64(th, b) {
            Ok(y) => Pair::Floats(x, y),
            Err(e) => Pair::TooLarge(e),
        },
    })
}

macro_rules! arithmetic {
    ($(#[doc = $doc:literal] $name:ident, $ints:path, |$th:ident, $x:ident, $y:ident| $floats:expr;)*) => {
        $(
            #[doc = $doc]
            #[inline]
            pub fn $name($th: &Thread, a: Value, b: Value) -> Option<Res> {
                Some(match pair($th, a, b)? {
                    Pair::Ints => $ints($th, a, b),
                    Pair::Floats($x, $y) => $floats,
                    Pair::TooLarge(e) => Err(e),
                })
            }
        )*
    };
}

arithmetic! {
    /// `a + b`.
    add, int_arith::add, |th, x, y| Ok(float::new(th, x + y));
    /// `a - b`.
    sub, int_arith::sub, |th, x, y| Ok(float::new(th, x - y));
    /// `a * b`.
    mul, int_arith::mul, |th, x, y| Ok(float::new(th, x * y));
    /// `a / b`.
    truediv, int_arith::truediv, |th, x, y| float_methods::div(th, x, y);
    /// `a // b`.
    floordiv, int_arith::floordiv, |th, x, y| float_methods::floordiv(th, x, y);
    /// `a % b`.
    modulo, int_arith::modulo, |th, x, y| float_methods::modulo(th, x, y);
    /// `a ** b`.
    pow, int_arith::pow, |th, x, y| float_methods::pow(th, x, y);
    /// `divmod(a, b)`.
    divmod, int_arith::divmod, |th, x, y| float_methods::divmod(th, x, y);
}

/// Are both ints or bools?
#[inline(always)]
fn ints(a: Value, b: Value) -> bool {
    let int = |v: Value| v.is_small_int() || v.has_shape(fixed::INT) || v.has_shape(fixed::BOOL);
    int(a) && int(b)
}

macro_rules! bitwise {
    ($(#[doc = $doc:literal] $name:ident, $bools:expr;)*) => {
        $(
            #[doc = $doc]
            #[inline]
            pub fn $name(th: &Thread, a: Value, b: Value) -> Option<Res> {
                if !ints(a, b) {
                    return None;
                }
                if let (Some(x), Some(y)) = (a.as_bool(), b.as_bool()) {
                    let f: fn(bool, bool) -> bool = $bools;
                    return Some(Ok(Value::bool(f(x, y))));
                }
                Some(int_arith::$name(th, a, b))
            }
        )*
    };
}

bitwise! {
    /// `a & b`: a bool for two bools.
    and, |x, y| x & y;
    /// `a | b`: a bool for two bools.
    or, |x, y| x | y;
    /// `a ^ b`: a bool for two bools.
    xor, |x, y| x ^ y;
}

/// `a << b`.
#[inline]
pub fn lshift(th: &Thread, a: Value, b: Value) -> Option<Res> {
    if ints(a, b) { Some(int_arith::lshift(th, a, b)) } else { None }
}

/// `a >> b`.
#[inline]
pub fn rshift(th: &Thread, a: Value, b: Value) -> Option<Res> {
    if ints(a, b) { Some(int_arith::rshift(th, a, b)) } else { None }
}

/// Any binary operator.
#[inline]
pub fn binary(th: &Thread, op: BinOp, a: Value, b: Value) -> Option<Res> {
    match op {
        BinOp::Add => add(th, a, b),
        BinOp::Sub => sub(th, a, b),
        BinOp::Mul => mul(th, a, b),
        BinOp::TrueDiv => truediv(th, a, b),
        BinOp::FloorDiv => floordiv(th, a, b),
        BinOp::Mod => modulo(th, a, b),
        BinOp::Pow => pow(th, a, b),
        BinOp::MatMul => None,
        BinOp::LShift => lshift(th, a, b),
        BinOp::RShift => rshift(th, a, b),
        BinOp::And => and(th, a, b),
        BinOp::Or => or(th, a, b),
        BinOp::Xor => xor(th, a, b),
        BinOp::DivMod => divmod(th, a, b),
    }
}

/// `a OP b`.
#[inline]
pub fn compare(op: Cmp, a: Value, b: Value) -> Option<bool> {
    Some(match (classify(a)?, classify(b)?) {
        (Num::Int, Num::Int) => op.of(int_arith::compare(a, b)),
        (Num::Float(x), Num::Float(y)) => op.of_floats(x, y),
        (Num::Float(x), Num::Int) => float_methods::compare_with_int(op, x, b),
        (Num::Int, Num::Float(y)) => float_methods::compare_with_int(op.swapped(), y, a),
    })
}

/// `-a`.
#[inline]
pub fn neg(th: &Thread, a: Value) -> Option<Res> {
    Some(match classify(a)? {
        Num::Int => int_arith::neg(th, a),
        Num::Float(x) => Ok(float::new(th, -x)),
    })
}

/// `+a`.
#[inline]
pub fn pos(a: Value) -> Option<Res> {
    Some(match classify(a)? {
        Num::Int => Ok(a.as_bool().map_or(a, |b| Value::small(b as i64))),
        Num::Float(_) => Ok(a),
    })
}

/// `~a` of an int; bools are left to their deprecated special method.
#[inline]
pub fn invert(th: &Thread, a: Value) -> Option<Res> {
    if a.is_small_int() || a.has_shape(fixed::INT) { Some(int_arith::invert(th, a)) } else { None }
}

/// `abs(a)`.
#[inline]
pub fn abs(th: &Thread, a: Value) -> Option<Res> {
    Some(match classify(a)? {
        Num::Int => int_arith::abs(th, a),
        Num::Float(x) => Ok(float::new(th, x.abs())),
    })
}

/// `hash(a)` of a number that is no NaN.
#[inline]
pub fn hash(a: Value) -> Option<i64> {
    match classify(a)? {
        Num::Int => Some(crate::int::with_ref(a, krait_number::int::hash)),
        Num::Float(x) => fnum::hash(x),
    }
}
