//! Operators on constants.

use crate::ast::*;
use krait_number::float;
use krait_number::float::complex::Complex;
use krait_number::int::{self, IntBuf, IntRef};

/// Results of `*`, `**` and `<<` on integers have at most this many bits.
const MAX_INT_BITS: u64 = 128;
/// Items of a repeated tuple.
const MAX_COLLECTION: usize = 256;
/// Length of a repeated string.
const MAX_STR: usize = 4096;
/// Items in a repeated tuple of tuples, all told.
const MAX_TOTAL_ITEMS: usize = 1024;

/// A number among constants. Booleans are integers.
enum Number {
    Int(IntBuf),
    Float(f64),
    Complex(f64, f64),
}

fn number(value: &Constant) -> Option<Number> {
    Some(match value {
        Constant::True | Constant::False => Number::Int(small(matches!(value, Constant::True) as i64)),
        Constant::Int(IntLit::Small(n)) => Number::Int(small(*n)),
        Constant::Int(IntLit::Big { negative, limbs }) => Number::Int(IntRef::new(*negative, limbs).to_buf()),
        Constant::Float(x) => Number::Float(*x),
        Constant::Complex(re, im) => Number::Complex(*re, *im),
        _ => return None,
    })
}

fn small(n: i64) -> IntBuf {
    let mut buf = IntBuf::new();
    buf.set_i64(n);
    buf
}

fn int_constant(value: &IntBuf) -> Constant {
    Constant::Int(match value.to_i64() {
        Some(n) => IntLit::Small(n),
        None => IntLit::from_limbs(value.as_ref().neg, value.as_ref().limbs.to_vec()),
    })
}

/// `-x`, `+x`, `~x`.
pub(super) fn unary(op: UnaryOp, value: &Constant) -> Option<Constant> {
    let n = number(value)?;
    Some(match (op, n) {
        (UnaryOp::USub, Number::Int(n)) => {
            let mut out = IntBuf::new();
            out.set(n.as_ref().negated());
            int_constant(&out)
        }
        (UnaryOp::USub, Number::Float(x)) => Constant::Float(-x),
        (UnaryOp::USub, Number::Complex(re, im)) => Constant::Complex(-re, -im),
        (UnaryOp::UAdd, Number::Int(n)) => int_constant(&n),
        (UnaryOp::UAdd, _) => value.clone(),
        (UnaryOp::Invert, Number::Int(n)) => {
            let mut out = IntBuf::new();
            int::invert(n.as_ref(), &mut out);
            int_constant(&out)
        }
        _ => return None,
    })
}

/// `left op right`.
pub(super) fn binary(left: &Constant, op: Operator, right: &Constant) -> Option<Constant> {
    match (op, left, right) {
        (Operator::Add, Constant::Str(a), Constant::Str(b)) => {
            return Some(Constant::Str([&**a, &**b].concat().into()));
        }
        (Operator::Add, Constant::Bytes(a), Constant::Bytes(b)) => {
            return Some(Constant::Bytes([&**a, &**b].concat().into()));
        }
        (Operator::Add, Constant::Tuple(a), Constant::Tuple(b)) => {
            return Some(Constant::Tuple(a.iter().chain(b).cloned().collect()));
        }
        (Operator::Mult, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_), n) => {
            return repeat(left, n);
        }
        (Operator::Mult, n, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_)) => {
            return repeat(right, n);
        }
        _ => {}
    }
    if let (Some(a), Some(b)) = (boolean(left), boolean(right)) {
        let value = match op {
            Operator::BitAnd => Some(a & b),
            Operator::BitOr => Some(a | b),
            Operator::BitXor => Some(a ^ b),
            _ => None,
        };
        if let Some(value) = value {
            return Some(super::boolean(value));
        }
    }
    match (number(left)?, number(right)?) {
        (Number::Int(a), Number::Int(b)) => integers(op, a.as_ref(), b.as_ref()),
        (Number::Complex(re, im), b) => complexes(op, Complex::new(re, im), to_complex(&b)?),
        (a, Number::Complex(re, im)) => complexes(op, to_complex(&a)?, Complex::new(re, im)),
        (a, b) => floats(op, to_float(&a)?, to_float(&b)?),
    }
}

fn boolean(value: &Constant) -> Option<bool> {
    match value {
        Constant::True => Some(true),
        Constant::False => Some(false),
        _ => None,
    }
}

fn to_float(n: &Number) -> Option<f64> {
    match n {
        Number::Int(n) => int::to_f64(n.as_ref()).ok(),
        Number::Float(x) => Some(*x),
        Number::Complex(..) => None,
    }
}

fn to_complex(n: &Number) -> Option<Complex> {
    match n {
        Number::Complex(re, im) => Some(Complex::new(*re, *im)),
        n => Some(Complex::new(to_float(n)?, 0.0)),
    }
}

fn index(value: &Constant) -> Option<i64> {
    match value {
        Constant::True => Some(1),
        Constant::False => Some(0),
        Constant::Int(IntLit::Small(n)) => Some(*n),
        _ => None,
    }
}

fn repeat(value: &Constant, times: &Constant) -> Option<Constant> {
    let times = index(times)?;
    let length = match value {
        Constant::Str(s) => chars(s),
        Constant::Bytes(s) => s.len(),
        Constant::Tuple(items) => items.len(),
        _ => return None,
    };
    let most = if matches!(value, Constant::Tuple(_)) { MAX_COLLECTION } else { MAX_STR };
    if let Some(most) = most.checked_div(length) {
        if times < 0 || times as u64 > most as u64 {
            return None;
        }
        if times > 0 && matches!(value, Constant::Tuple(_)) && total_items(value) > MAX_TOTAL_ITEMS {
            return None;
        }
    }
    let times = if length == 0 { 0 } else { times.max(0) as usize };
    Some(match value {
        Constant::Str(s) => Constant::Str(s.repeat(times).into()),
        Constant::Bytes(s) => Constant::Bytes(s.repeat(times).into()),
        Constant::Tuple(items) => {
            Constant::Tuple(std::iter::repeat_n(items, times).flatten().cloned().collect())
        }
        _ => return None,
    })
}

fn total_items(value: &Constant) -> usize {
    match value {
        Constant::Tuple(items) => items.iter().map(|i| total_items(i).max(1)).sum(),
        _ => 0,
    }
}

/// How many code points: bytes that do not continue one.
fn chars(s: &[u8]) -> usize {
    s.iter().filter(|b| **b & 0xc0 != 0x80).count()
}

fn integers(op: Operator, a: IntRef, b: IntRef) -> Option<Constant> {
    let mut out = IntBuf::new();
    match op {
        Operator::Add => int::add(a, b, &mut out),
        Operator::Sub => int::sub(a, b, &mut out),
        Operator::Mult => {
            if !a.is_zero() && !b.is_zero() && a.bit_length() + b.bit_length() > MAX_INT_BITS {
                return None;
            }
            int::mul(a, b, &mut out);
        }
        Operator::Div => return int::true_divide(a, b).ok().map(Constant::Float),
        Operator::FloorDiv => int::floordiv(a, b, &mut out).ok()?,
        Operator::Mod => int::rem(a, b, &mut out).ok()?,
        Operator::Pow => {
            if b.signum() < 0 {
                let x = float::pow(int::to_f64(a).ok()?, int::to_f64(b).ok()?);
                return x.ok().map(Constant::Float);
            }
            let exponent = b.to_u64()?;
            if !a.is_zero() && exponent > 0 && a.bit_length() > MAX_INT_BITS / exponent {
                return None;
            }
            int::pow(a, b, &mut out).ok()?;
        }
        Operator::LShift => {
            let count = b.to_u64()?;
            if !a.is_zero() && (count > MAX_INT_BITS || a.bit_length() > MAX_INT_BITS - count) {
                return None;
            }
            int::shl(a, count, &mut out).ok()?;
        }
        Operator::RShift if b.signum() < 0 => return None,
        Operator::RShift => int::shr(a, b.to_u64().unwrap_or(u64::MAX), &mut out),
        Operator::BitOr => int::or(a, b, &mut out),
        Operator::BitXor => int::xor(a, b, &mut out),
        Operator::BitAnd => int::and(a, b, &mut out),
        Operator::MatMult => return None,
    }
    Some(int_constant(&out))
}

fn floats(op: Operator, a: f64, b: f64) -> Option<Constant> {
    Some(Constant::Float(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        Operator::FloorDiv => float::floordiv(a, b).ok()?,
        Operator::Mod => float::rem(a, b).ok()?,
        Operator::Pow => match float::pow(a, b) {
            Ok(x) => x,
            // A root of a negative number is complex.
            Err(_) if a < 0.0 => return complexes(op, Complex::new(a, 0.0), Complex::new(b, 0.0)),
            Err(_) => return None,
        },
        _ => return None,
    }))
}

fn complexes(op: Operator, a: Complex, b: Complex) -> Option<Constant> {
    let c = match op {
        Operator::Add => Complex::new(a.re + b.re, a.im + b.im),
        Operator::Sub => Complex::new(a.re - b.re, a.im - b.im),
        Operator::Mult => Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re),
        Operator::Div => a.divide(b).ok()?,
        Operator::Pow => a.pow(b).ok()?,
        _ => return None,
    };
    Some(Constant::Complex(c.re, c.im))
}

/// `value[index]`.
pub(super) fn subscript(value: &Constant, at: &Constant) -> Option<Constant> {
    let at = index(at)?;
    let resolve = |length: usize| {
        let at = if at < 0 { at + length as i64 } else { at };
        usize::try_from(at).ok().filter(|at| *at < length)
    };
    Some(match value {
        Constant::Tuple(items) => items[resolve(items.len())?].clone(),
        Constant::Bytes(s) => Constant::Int(IntLit::Small(s[resolve(s.len())?] as i64)),
        Constant::Str(s) => {
            let n = resolve(chars(s))?;
            let starts: Vec<usize> =
                (0..s.len()).filter(|i| s[*i] & 0xc0 != 0x80).chain([s.len()]).skip(n).take(2).collect();
            Constant::Str(s[*starts.first()?..*starts.get(1)?].into())
        }
        _ => return None,
    })
}
