//! Handlers of the arithmetic and bit operators.
//!
//! Immediate integers and floats are done in place, without quick forms: the tag test is
//! one instruction and serves both. Everything else goes to one cold handler that knows the
//! operator from its opcode.

use crate::call::{push_special, python_special};
use crate::machine::{Cont, Meta, Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_bytecode::Op;
use krait_object::operators::{self, BinOp};
use krait_object::{Class, Kind, Name, Res, Thread, Value, float, protocol};

/// Two operands in registers.
macro_rules! rr {
    ($pc:ident, $regs:ident) => {
        ($regs.get($pc.b()), $regs.get($pc.c()))
    };
}

/// A register and a constant.
macro_rules! rk {
    ($pc:ident, $regs:ident) => {
        ($regs.get($pc.b()), $regs.constant($pc.c()))
    };
}

/// A handler with a fast path for integers (tagged words in, `Option<Value>` out) and for floats.
macro_rules! arithmetic {
    ($($rr:ident $rk:ident: |$x:ident, $y:ident| $int:expr, |$f:ident, $g:ident| $float:expr;)*) => {
        $(
            pub extern "C" fn $rr(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                arithmetic!(@body rr, pc, regs, th, t, |$x, $y| $int, |$f, $g| $float)
            }

            pub extern "C" fn $rk(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                arithmetic!(@body rk, pc, regs, th, t, |$x, $y| $int, |$f, $g| $float)
            }
        )*
    };
    (@body $operands:ident, $pc:ident, $regs:ident, $th:ident, $t:ident, |$x:ident, $y:ident| $int:expr, |$f:ident, $g:ident| $float:expr) => {{
        let (a, b) = $operands!($pc, $regs);
        if a.both_small_int(b) {
            let ($x, $y) = (a.0 as i64, b.0 as i64);
            if let Some(r) = $int {
                $regs.set($pc.a(), Value(r as u64));
                return next($pc.skip(2), $regs, $th, $t);
            }
        } else if a.both_float_word(b) {
            let ($f, $g) = (a.as_float_word(), b.as_float_word());
            if let Some(r) = $float && let Some(v) = Value::try_float(r) {
                $regs.set($pc.a(), v);
                return next($pc.skip(2), $regs, $th, $t);
            }
        }
        binary_slow($pc, $regs, $th, $t)
    }};
}

/// Tagged integers are `n << 2`.
const ONE: i64 = 4;

/// No float result in place.
const NO_FLOAT: Option<f64> = None;
const NO_INT: Option<i64> = None;

#[inline(always)]
fn floor_div(x: i64, y: i64) -> Option<i64> {
    // The tags cancel in the quotient. The one overflow, MIN / -1, is excluded with zero.
    if y == 0 || y == -ONE {
        return None;
    }
    let q = x / y;
    let q = if (x ^ y) < 0 && q * y != x { q - 1 } else { q };
    Some(q << 2)
}

#[inline(always)]
fn floor_mod(x: i64, y: i64) -> Option<i64> {
    if y == 0 || y == -ONE {
        return None;
    }
    let r = x % y;
    Some(if r != 0 && (r ^ y) < 0 { r + y } else { r })
}

#[inline(always)]
fn shift_left(x: i64, y: i64) -> Option<i64> {
    let n = y >> 2;
    if !(0..62).contains(&n) {
        return None;
    }
    let r = x << n;
    if r >> n == x { Some(r) } else { None }
}

#[inline(always)]
fn shift_right(x: i64, y: i64) -> Option<i64> {
    if y < 0 {
        return None;
    }
    Some((x >> (y >> 2).min(63)) & !3)
}

arithmetic! {
    add add_k: |x, y| x.checked_add(y), |f, g| Some(f + g);
    sub sub_k: |x, y| x.checked_sub(y), |f, g| Some(f - g);
    mul mul_k: |x, y| (x >> 2).checked_mul(y), |f, g| Some(f * g);
    floordiv floordiv_k: |x, y| floor_div(x, y), |_f, _g| NO_FLOAT;
    modulo modulo_k: |x, y| floor_mod(x, y), |_f, _g| NO_FLOAT;
    pow pow_k: |_x, _y| NO_INT, |_f, _g| NO_FLOAT;
    lshift lshift_k: |x, y| shift_left(x, y), |_f, _g| NO_FLOAT;
    rshift rshift_k: |x, y| shift_right(x, y), |_f, _g| NO_FLOAT;
    and and_k: |x, y| Some(x & y), |_f, _g| NO_FLOAT;
    or or_k: |x, y| Some(x | y), |_f, _g| NO_FLOAT;
    xor xor_k: |x, y| Some(x ^ y), |_f, _g| NO_FLOAT;
}

/// Integers that a float holds exactly: their quotient is correctly rounded.
const EXACT: i64 = 1 << 53;

macro_rules! true_division {
    ($($name:ident $operands:ident;)*) => {
        $(
            pub extern "C" fn $name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                let (a, b) = $operands!(pc, regs);
                let quotient = if a.both_float_word(b) {
                    let g = b.as_float_word();
                    if g == 0.0 { None } else { Value::try_float(a.as_float_word() / g) }
                } else if a.both_small_int(b) {
                    let (x, y) = (a.as_small(), b.as_small());
                    if y == 0 || x.unsigned_abs() > EXACT as u64 || y.unsigned_abs() > EXACT as u64 {
                        None
                    } else {
                        Value::try_float(x as f64 / y as f64)
                    }
                } else {
                    None
                };
                match quotient {
                    Some(v) => {
                        regs.set(pc.a(), v);
                        next(pc.skip(2), regs, th, t)
                    }
                    None => binary_slow(pc, regs, th, t),
                }
            }
        )*
    };
}

true_division! {
    truediv rr;
    truediv_k rk;
}

/// `@` has no numbers to do in place.
pub extern "C" fn matmul(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    binary_slow(pc, regs, th, t)
}

/// The operator of an opcode: which, whether in place, whether the right operand is a constant.
pub fn operator_of(op: Op) -> Option<(BinOp, bool, bool)> {
    use BinOp::*;
    Some(match op {
        Op::ADD => (Add, false, false),
        Op::SUB => (Sub, false, false),
        Op::MUL => (Mul, false, false),
        Op::TRUEDIV => (TrueDiv, false, false),
        Op::FLOORDIV => (FloorDiv, false, false),
        Op::MOD => (Mod, false, false),
        Op::POW => (Pow, false, false),
        Op::MATMUL => (MatMul, false, false),
        Op::LSHIFT => (LShift, false, false),
        Op::RSHIFT => (RShift, false, false),
        Op::AND => (And, false, false),
        Op::OR => (Or, false, false),
        Op::XOR => (Xor, false, false),
        Op::ADD_K => (Add, false, true),
        Op::SUB_K => (Sub, false, true),
        Op::MUL_K => (Mul, false, true),
        Op::TRUEDIV_K => (TrueDiv, false, true),
        Op::FLOORDIV_K => (FloorDiv, false, true),
        Op::MOD_K => (Mod, false, true),
        Op::POW_K => (Pow, false, true),
        Op::LSHIFT_K => (LShift, false, true),
        Op::RSHIFT_K => (RShift, false, true),
        Op::AND_K => (And, false, true),
        Op::OR_K => (Or, false, true),
        Op::XOR_K => (Xor, false, true),
        Op::IADD => (Add, true, false),
        Op::ISUB => (Sub, true, false),
        Op::IMUL => (Mul, true, false),
        Op::ITRUEDIV => (TrueDiv, true, false),
        Op::IFLOORDIV => (FloorDiv, true, false),
        Op::IMOD => (Mod, true, false),
        Op::IPOW => (Pow, true, false),
        Op::IMATMUL => (MatMul, true, false),
        Op::ILSHIFT => (LShift, true, false),
        Op::IRSHIFT => (RShift, true, false),
        Op::IAND => (And, true, false),
        Op::IOR => (Or, true, false),
        Op::IXOR => (Xor, true, false),
        Op::IADD_K => (Add, true, true),
        Op::ISUB_K => (Sub, true, true),
        Op::IMUL_K => (Mul, true, true),
        Op::ITRUEDIV_K => (TrueDiv, true, true),
        Op::IFLOORDIV_K => (FloorDiv, true, true),
        Op::IMOD_K => (Mod, true, true),
        Op::IPOW_K => (Pow, true, true),
        Op::ILSHIFT_K => (LShift, true, true),
        Op::IRSHIFT_K => (RShift, true, true),
        Op::IAND_K => (And, true, true),
        Op::IOR_K => (Or, true, true),
        Op::IXOR_K => (Xor, true, true),
        _ => return None,
    })
}

/// Every binary operator that the fast paths above declined.
#[cold]
#[inline(never)]
pub extern "C" fn binary_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let (a, b) = operands(pc, regs);
    if a.is_kind(Kind::Instance) || (is_number_word(a) && b.is_kind(Kind::Instance)) {
        match push_method(pc, regs, th) {
            Some(r) if r == regs => {}
            Some(callee) => return next(callee.pc(), callee, th, t),
            None => return unwind(regs, th, t),
        }
    }
    match compute(pc, regs, th) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(2), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

/// An immediate number: its methods decline every instance of an ordinary class.
#[inline(always)]
fn is_number_word(v: Value) -> bool {
    v.is_small_int() || v.is_float_word()
}

/// Pushes the frame of the left operand's Python method, when nothing goes before it; of the right one's reflected method
/// when the left one is an immediate number. The frame itself: it is not so. None: it raised.
#[inline(never)]
fn push_method(pc: Pc, regs: Regs, th: &Thread) -> Option<Regs> {
    let Some((op, in_place, _)) = operator_of(Op::ALL[pc.op() as usize]) else { return Some(regs) };
    let (a, b) = operands(pc, regs);
    if is_number_word(a) {
        return match python_special(th, b, op.reflected()) {
            Some(f) => push_special(th, regs, f, b, a, Value::MISSING, Meta::new(Cont::Reflected, pc.a(), 2)),
            None => Some(regs),
        };
    }
    let (ca, cb) = (Class::of_value(th, a), Class::of_value(th, b));
    if in_place && ca.special(th, op.inplace()).is_some() || ca != cb && cb.is_subclass_of(ca) {
        return Some(regs);
    }
    match python_special(th, a, op.forward()) {
        Some(f) => push_special(th, regs, f, a, b, Value::MISSING, Meta::new(Cont::Binary, pc.a(), 2)),
        None => Some(regs),
    }
}

/// The operands of a binary instruction.
fn operands(pc: Pc, regs: Regs) -> (Value, Value) {
    let constant = operator_of(Op::ALL[pc.op() as usize]).is_some_and(|o| o.2);
    (regs.get(pc.b()), if constant { regs.constant(pc.c()) } else { regs.get(pc.c()) })
}

/// Goes on after the reflected method of the right operand declined, the left one being a number: nothing is left.
pub fn refused(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let Some((op, in_place, _)) = operator_of(Op::ALL[pc.op() as usize]) else {
        return Err(th.runtime_error("not a binary operator"));
    };
    let (a, b) = operands(pc, regs);
    Err(operators::refused(th, op, in_place, a, b))
}

/// Goes on after the left operand's method declined.
pub fn declined(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let Some((op, in_place, _)) = operator_of(Op::ALL[pc.op() as usize]) else {
        return Err(th.runtime_error("not a binary operator"));
    };
    let (a, b) = operands(pc, regs);
    operators::reflected(th, op, in_place, a, b)
}

#[inline(never)]
fn compute(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let Some((op, in_place, constant)) = operator_of(Op::ALL[pc.op() as usize]) else {
        return Err(th.runtime_error("not a binary operator"));
    };
    let a = regs.get(pc.b());
    let b = if constant { regs.constant(pc.c()) } else { regs.get(pc.c()) };
    if let Some(v) = mixed(th, op, a, b) {
        return Ok(v);
    }
    if in_place { operators::inplace(th, op, a, b) } else { operators::binary(th, op, a, b) }
}

/// A float with a small integer, or floats whose result needs a cell: the commonest rest of the fast paths.
#[inline]
fn mixed(th: &Thread, op: BinOp, a: Value, b: Value) -> Option<Value> {
    let x = number(a)?;
    let y = number(b)?;
    if a.both_small_int(b) {
        return None;
    }
    Some(match op {
        BinOp::Add => float::new(th, x + y),
        BinOp::Sub => float::new(th, x - y),
        BinOp::Mul => float::new(th, x * y),
        BinOp::TrueDiv if y != 0.0 => float::new(th, x / y),
        // Not `x * x` for a square: the C library's `pow` is a bit off now and then, and is what CPython shows.
        _ => return None,
    })
}

/// The number of an exact float, or of an integer that a float holds exactly.
#[inline]
fn number(v: Value) -> Option<f64> {
    if v.is_float_word() {
        return Some(v.as_float_word());
    }
    if let Some(n) = v.small_int() {
        return if n.unsigned_abs() <= EXACT as u64 { Some(n as f64) } else { None };
    }
    if float::is_exact(v) { float::get(v) } else { None }
}

pub extern "C" fn neg(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = regs.get(pc.b());
    let r = if v.is_small_int() {
        0i64.checked_sub(v.0 as i64).map(|n| Value(n as u64))
    } else if v.is_float_word() {
        Value::try_float(-v.as_float_word())
    } else {
        None
    };
    match r {
        Some(r) => {
            regs.set(pc.a(), r);
            next(pc.skip(1), regs, th, t)
        }
        None => unary_slow(pc, regs, th, t),
    }
}

pub extern "C" fn pos(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = regs.get(pc.b());
    if v.is_small_int() || v.is_float_word() {
        regs.set(pc.a(), v);
        return next(pc.skip(1), regs, th, t);
    }
    unary_slow(pc, regs, th, t)
}

pub extern "C" fn invert(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = regs.get(pc.b());
    if v.is_small_int() {
        regs.set(pc.a(), Value(!v.0 & !3));
        return next(pc.skip(1), regs, th, t);
    }
    unary_slow(pc, regs, th, t)
}

#[cold]
#[inline(never)]
extern "C" fn unary_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let special = match Op::ALL[pc.op() as usize] {
        Op::NEG => Name::__neg__,
        Op::POS => Name::__pos__,
        _ => Name::__invert__,
    };
    match operators::unary(th, special, regs.get(pc.b())) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(1), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

/// `bool(v)` where no Python code is needed.
#[inline(always)]
pub fn quick_truth(v: Value) -> Option<bool> {
    if v.is_true() {
        Some(true)
    } else if v.is_false() || v.is_none() {
        Some(false)
    } else if v.is_small_int() {
        Some(v.0 != 0)
    } else {
        None
    }
}

macro_rules! truth_handlers {
    ($($name:ident $slow:ident $negate:literal;)*) => {
        $(
            pub extern "C" fn $name(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                match quick_truth(regs.get(pc.b())) {
                    Some(b) => {
                        regs.set(pc.a(), Value::bool(b != $negate));
                        next(pc.skip(1), regs, th, t)
                    }
                    None => $slow(pc, regs, th, t),
                }
            }

            #[cold]
            #[inline(never)]
            extern "C" fn $slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
                regs.save(pc);
                match protocol::truth(th, regs.get(pc.b())) {
                    Ok(b) => {
                        regs.set(pc.a(), Value::bool(b != $negate));
                        next(pc.skip(1), regs, th, t)
                    }
                    Err(_) => unwind(regs, th, t),
                }
            }
        )*
    };
}

truth_handlers! {
    not not_slow true;
    to_bool to_bool_slow false;
}
