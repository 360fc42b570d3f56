//! Folding: instructions whose result is known, or is another value, are not made at all.
//!
//! The rules look at one instruction and its operands' instructions. They must be true whatever
//! was executed before, so that a value folded once may be used anywhere later.

use crate::fresh::may_be_same;
use crate::ir::{Cond, Inst, Kind, NOT, Op, Ref, Region, Ty};
use krait_object::Value;

/// What folding makes of an instruction.
pub enum Folded {
    /// Nothing is known: it stays.
    Keep,
    /// This value.
    Value(Ref),
    /// This constant or simpler instruction instead.
    Inst(Inst),
    /// A guard that cannot fail.
    True,
    /// A guard that always fails: what was recorded can not happen again.
    Never,
}

fn k(region: &Region, r: Ref, op: Op) -> Option<i64> {
    if !r.is_some() {
        return None;
    }
    let i = region.inst(r);
    if i.op == op { Some(i.imm) } else { None }
}

fn int(n: i64) -> Folded {
    Folded::Inst(Inst::new(Op::KInt, &[]).imm(n))
}

fn float(x: f64) -> Folded {
    Folded::Inst(Inst::new(Op::KFloat, &[]).imm(x.to_bits() as i64))
}

fn known(b: bool) -> Folded {
    if b { Folded::True } else { Folded::Never }
}

/// What the operands' types alone decide: a value's type is what the trace knows of it, and one that is unboxed
/// already is no word that could be looked at. This is no optimization: the assembler relies on it.
pub fn typed(region: &Region, i: &Inst) -> Folded {
    let ty = |n: usize| if i.args[n].is_some() { region.ty(i.args[n]) } else { Ty::None };
    let unboxed = |t: Ty| matches!(t, Ty::Int | Ty::Float);
    match i.op {
        Op::UnboxI if ty(0) == Ty::Int => Folded::Value(i.args[0]),
        Op::UnboxF if ty(0) == Ty::Float => Folded::Value(i.args[0]),
        Op::UnboxI | Op::UnboxF | Op::GuardCell | Op::GuardShape if unboxed(ty(0)) => Folded::Never,
        Op::BoxI | Op::BoxF if ty(0) == Ty::Val => Folded::Value(i.args[0]),
        _ => Folded::Keep,
    }
}

/// Folds an instruction.
pub fn fold(region: &Region, i: &Inst) -> Folded {
    match i.op {
        Op::UnboxI | Op::UnboxF | Op::BoxI | Op::BoxF => convert(region, i),
        Op::GuardI | Op::GuardF | Op::GuardEq | Op::GuardNe | Op::GuardCell | Op::GuardShape => {
            guard(region, i)
        }
        // An element at a known index is a word like any other.
        Op::LoadEl | Op::StoreEl | Op::BarrierEl => match k(region, i.args[1], Op::KInt) {
            Some(n) => constant_index(i, n),
            None => Folded::Keep,
        },
        _ if matches!(i.op.kind(), Kind::Pure | Kind::Guard) => match i.ty {
            Ty::Int => integer(region, i),
            Ty::Float => floats(region, i),
            _ => Folded::Keep,
        },
        _ => Folded::Keep,
    }
}

fn constant_index(i: &Inst, n: i64) -> Folded {
    let Some(imm) = n.checked_mul(8).and_then(|n| n.checked_add(i.imm)).filter(|&n| i32::try_from(n).is_ok())
    else {
        return Folded::Keep;
    };
    let (op, value) = match i.op {
        Op::LoadEl => (Op::Load, Ref::NONE),
        Op::StoreEl => (Op::Store, i.args[2]),
        _ => (Op::BarrierAt, Ref::NONE),
    };
    Folded::Inst(Inst { op, imm, args: [i.args[0], value, Ref::NONE], ..*i })
}

fn convert(region: &Region, i: &Inst) -> Folded {
    let a = i.args[0];
    let from = region.inst(a);
    match (i.op, from.op) {
        (Op::UnboxI | Op::UnboxF, Op::New) => Folded::Never,
        (Op::UnboxI, Op::BoxI | Op::TagI) | (Op::UnboxF, Op::BoxF) => Folded::Value(from.args[0]),
        (Op::UnboxI, Op::BoxF) | (Op::UnboxF, Op::BoxI | Op::TagI) => Folded::Never,
        (Op::BoxI, Op::UnboxI) | (Op::BoxF, Op::UnboxF) => Folded::Value(from.args[0]),
        (Op::UnboxI, Op::KVal) => match Value(from.imm as u64).small_int() {
            Some(n) => int(n),
            None => Folded::Never,
        },
        (Op::UnboxF, Op::KVal) => {
            let v = Value(from.imm as u64);
            if v.is_float_word() { float(v.as_float_word()) } else { Folded::Never }
        }
        (Op::BoxI, Op::KInt) => match Value::try_small(from.imm) {
            Some(v) => Folded::Inst(Inst::new(Op::KVal, &[]).imm(v.0 as i64)),
            None => Folded::Keep,
        },
        (Op::BoxF, Op::KFloat) => match Value::try_float(f64::from_bits(from.imm as u64)) {
            Some(v) => Folded::Inst(Inst::new(Op::KVal, &[]).imm(v.0 as i64)),
            None => Folded::Keep,
        },
        _ => Folded::Keep,
    }
}

/// Can a value of this instruction only be an immediate number?
fn is_number(i: &Inst) -> bool {
    matches!(i.ty, Ty::Int | Ty::Float) || matches!(i.op, Op::BoxI | Op::BoxF | Op::TagI)
}

fn guard(region: &Region, i: &Inst) -> Folded {
    let (a, b) = (i.args[0], i.args[1]);
    match i.op {
        Op::GuardI => {
            let cond = Cond::from_u32(i.aux);
            if let (Some(x), Some(y)) = (k(region, a, Op::KInt), k(region, b, Op::KInt)) {
                return known(cond.of(x, y));
            }
            if a == b {
                return known(cond.of(0, 0));
            }
            Folded::Keep
        }
        Op::GuardF => match (k(region, a, Op::KFloat), k(region, b, Op::KFloat)) {
            (Some(x), Some(y)) => {
                let holds = Cond::from_u32(i.aux & !NOT)
                    .of_floats(f64::from_bits(x as u64), f64::from_bits(y as u64));
                known(holds != (i.aux & NOT != 0))
            }
            _ => Folded::Keep,
        },
        Op::GuardEq | Op::GuardNe => {
            let equal = i.op == Op::GuardEq;
            if a == b {
                return known(equal);
            }
            let word = |r| k(region, r, Op::KVal).or_else(|| k(region, r, Op::KPtr));
            if let (Some(x), Some(y)) = (word(a), word(b)) {
                return known((x == y) == equal);
            }
            if !may_be_same(region, a, b) {
                return known(!equal);
            }
            // A number is no cell and no internal word.
            let cell = |r: Ref| word(r).is_some_and(|w| w & 3 == 1);
            if is_number(region.inst(a)) && cell(b) || is_number(region.inst(b)) && cell(a) {
                return known(!equal);
            }
            Folded::Keep
        }
        Op::GuardCell => match k(region, a, Op::KVal) {
            Some(w) => known(Value(w as u64).is_cell()),
            None if is_number(region.inst(a)) => Folded::Never,
            None if region.inst(a).op == Op::New => Folded::True,
            None => Folded::Keep,
        },
        // The shape of a builtin's exact type never changes; those have the first indexes.
        Op::GuardShape => match k(region, a, Op::KVal) {
            Some(w) if i.imm < krait_object::TypeId::COUNT as i64 => {
                known(Value(w as u64).has_shape(i.imm as u32))
            }
            None if is_number(region.inst(a)) => Folded::Never,
            _ => Folded::Keep,
        },
        _ => Folded::Keep,
    }
}

fn integer(region: &Region, i: &Inst) -> Folded {
    let (a, b) = (i.args[0], i.args[1]);
    let (x, y) = (k(region, a, Op::KInt), k(region, b, Op::KInt));
    if let (Some(x), Some(y)) = (x, y) {
        let r = match i.op {
            Op::AddI | Op::AddW => x.checked_add(y),
            Op::SubI | Op::SubW => x.checked_sub(y),
            Op::MulI => x.checked_mul(y),
            Op::ShlI => {
                let n = y as u32;
                if n < 63 && (x << n) >> n == x { Some(x << n) } else { None }
            }
            Op::SarI => Some(x >> y.clamp(0, 63)),
            Op::AndI => Some(x & y),
            Op::OrI => Some(x | y),
            Op::XorI => Some(x ^ y),
            Op::DivI if y != 0 && y != -1 => Some(x.div_euclid(y) - ((y < 0 && x.rem_euclid(y) != 0) as i64)),
            Op::ModI if y != 0 && y != -1 => {
                Some(x - y * (x.div_euclid(y) - ((y < 0 && x.rem_euclid(y) != 0) as i64)))
            }
            _ => None,
        };
        return r.map_or(Folded::Keep, int);
    }
    match (i.op, x, y) {
        (
            Op::AddI | Op::AddW | Op::SubI | Op::SubW | Op::OrI | Op::XorI | Op::ShlI | Op::SarI,
            _,
            Some(0),
        ) => Folded::Value(a),
        (Op::AddI | Op::AddW | Op::OrI | Op::XorI, Some(0), _) => Folded::Value(b),
        (Op::MulI, _, Some(1)) => Folded::Value(a),
        (Op::MulI, Some(1), _) => Folded::Value(b),
        (Op::AndI, _, Some(0)) | (Op::AndI, Some(0), _) => int(0),
        (Op::AndI, _, Some(-1)) => Folded::Value(a),
        (Op::SmallI, Some(_), _) => Folded::Value(a),
        (Op::SmallI, ..) if matches!(region.inst(a).op, Op::UnboxI | Op::SmallI) => Folded::Value(a),
        (Op::NegI, Some(x), _) => x.checked_neg().map_or(Folded::Keep, int),
        _ => Folded::Keep,
    }
}

fn floats(region: &Region, i: &Inst) -> Folded {
    let (a, b) = (i.args[0], i.args[1]);
    if i.op == Op::IntToF {
        return k(region, a, Op::KInt).map_or(Folded::Keep, |n| float(n as f64));
    }
    let of = |r| k(region, r, Op::KFloat).map(|w| f64::from_bits(w as u64));
    let Some(x) = of(a) else { return Folded::Keep };
    match i.op {
        Op::NegF => return float(-x),
        Op::AbsF => return float(x.abs()),
        Op::SqrtF => return float(x.sqrt()),
        _ => {}
    }
    let Some(y) = of(b) else { return Folded::Keep };
    match i.op {
        Op::AddF => float(x + y),
        Op::SubF => float(x - y),
        Op::MulF => float(x * y),
        Op::DivF => float(x / y),
        _ => Folded::Keep,
    }
}
