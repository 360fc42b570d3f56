//! Recording arithmetic and comparisons of numbers.

use super::{Next, Rec, Recorder};
use crate::helpers::container as helper;
use crate::ir::{Cond, Inst, NOT, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::operators::BinOp;
use krait_object::protocol::Cmp;
use krait_object::{Thread, TypeId, Value, numeric, plain};
use krait_vm::jit::{Pc, Regs};

/// Integers that a float holds exactly.
const EXACT: i64 = 1 << 53;

impl Recorder {
    /// The integer of a value that is one now.
    pub(super) fn int(&mut self, v: Ref) -> Rec<Ref> {
        self.guard(Inst::new(Ir::UnboxI, &[v]))
    }

    /// The float of a value that is one now.
    pub(super) fn float(&mut self, v: Ref) -> Rec<Ref> {
        self.guard(Inst::new(Ir::UnboxF, &[v]))
    }

    /// A number as a float. Every integer of 64 bits is converted as CPython does it: to the nearest.
    pub(super) fn float_of(&mut self, v: Ref, now: Value) -> Rec<Ref> {
        if now.is_float_word() {
            return self.float(v);
        }
        let n = self.int(v)?;
        self.emit(Inst::new(Ir::IntToF, &[n]))
    }

    /// Leaves unless a float holds the integer exactly.
    pub(super) fn check_exact(&mut self, n: Ref) -> Rec {
        let (low, high) = (self.b.int(-EXACT), self.b.int(EXACT));
        self.guard(Inst::new(Ir::GuardI, &[n, low]).aux(Cond::Ge as u32))?;
        self.guard(Inst::new(Ir::GuardI, &[n, high]).aux(Cond::Le as u32))?;
        Ok(())
    }

    pub(super) fn arithmetic(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let Some((operator, _, constant)) = krait_vm::jit::operator_of(op) else { return self.step() };
        let x = regs.get(pc.b());
        let y = if constant { regs.constant(pc.c()) } else { regs.get(pc.c()) };
        let number = |v: Value| v.is_small_int() || v.is_float_word();
        if !number(x) || !number(y) {
            return self.binary_otherwise(op, pc, x, y, th);
        }
        let a = self.get(pc.b())?;
        let b = if constant { self.val(th, y) } else { self.get(pc.c())? };
        let result = if x.is_small_int() && y.is_small_int() {
            self.integers(operator, a, b, x.as_small(), y.as_small())?
        } else {
            self.floats(operator, a, b, x, y)?
        };
        match result {
            Some(v) => {
                self.set(pc.a(), v);
                self.go(op.words())
            }
            None => self.binary_otherwise(op, pc, x, y, th),
        }
    }

    /// Operators of builtin types that are left to a helper.
    fn binary_otherwise(&mut self, op: Op, pc: Pc, x: Value, y: Value, th: &Thread) -> Rec<Next> {
        let Some((operator, in_place, constant)) = krait_vm::jit::operator_of(op) else { return self.step() };
        if !plain::can_binary(th, operator, in_place, x, y) {
            return self.step();
        }
        // What raises is left to the interpreter.
        if numeric::binary(th, operator, x, y).is_some_and(|r| r.is_err()) {
            th.clear_pending();
            return self.step();
        }
        let changes = in_place && x.has_shape(TypeId::List as u32);
        let number = self.b.ptr(op as u64);
        let a = self.get(pc.b())?;
        let b = if constant { self.val(th, y) } else { self.get(pc.c())? };
        if changes {
            self.exact(a, TypeId::List)?;
        }
        let effects = if changes { super::build::LIST } else { 0 };
        let v = self.helper(helper::binary as *const (), &[number, a, b], effects)?;
        self.set(pc.a(), v);
        self.go(op.words())
    }

    fn integers(&mut self, op: BinOp, a: Ref, b: Ref, x: i64, y: i64) -> Rec<Option<Ref>> {
        let checked = match op {
            BinOp::Add => Some((Ir::AddI, x.checked_add(y))),
            BinOp::Sub => Some((Ir::SubI, x.checked_sub(y))),
            BinOp::Mul => Some((Ir::MulI, x.checked_mul(y))),
            _ => None,
        };
        if let Some((ir, result)) = checked {
            // What overflows every time is better left to the interpreter than to an exit.
            if result.is_none_or(|r| Value::try_small(r).is_none()) {
                return Ok(None);
            }
            let (a, b) = (self.int(a)?, self.int(b)?);
            return Ok(Some(self.guard(Inst::new(ir, &[a, b]))?));
        }
        match op {
            BinOp::And | BinOp::Or | BinOp::Xor => {
                let ir = match op {
                    BinOp::And => Ir::AndI,
                    BinOp::Or => Ir::OrI,
                    _ => Ir::XorI,
                };
                let (a, b) = (self.int(a)?, self.int(b)?);
                Ok(Some(self.emit(Inst::new(ir, &[a, b]))?))
            }
            BinOp::LShift => {
                if !(0..62).contains(&y)
                    || x.checked_shl(y as u32).is_none_or(|r| r >> y != x || Value::try_small(r).is_none())
                {
                    return Ok(None);
                }
                let (a, b) = (self.int(a)?, self.int(b)?);
                // The shift count becomes part of the trace.
                let k = self.b.int(y);
                self.guard(Inst::new(Ir::GuardI, &[b, k]).aux(Cond::Eq as u32))?;
                Ok(Some(self.guard(Inst::new(Ir::ShlI, &[a, k]))?))
            }
            BinOp::RShift => {
                if y < 0 {
                    return Ok(None);
                }
                let (a, b) = (self.int(a)?, self.int(b)?);
                let limit = self.b.int(64);
                if y >= 64 {
                    // Nothing but the sign is left.
                    self.guard(Inst::new(Ir::GuardI, &[b, limit]).aux(Cond::Ge as u32))?;
                    let all = self.b.int(63);
                    return Ok(Some(self.emit(Inst::new(Ir::SarI, &[a, all]))?));
                }
                self.guard(Inst::new(Ir::GuardI, &[b, limit]).aux(Cond::Below as u32))?;
                Ok(Some(self.emit(Inst::new(Ir::SarI, &[a, b]))?))
            }
            BinOp::FloorDiv | BinOp::Mod => {
                if y == 0 || y == -1 {
                    return Ok(None);
                }
                let (a, b) = (self.int(a)?, self.int(b)?);
                let (zero, minus) = (self.b.int(0), self.b.int(-1));
                self.guard(Inst::new(Ir::GuardI, &[b, zero]).aux(Cond::Ne as u32))?;
                self.guard(Inst::new(Ir::GuardI, &[b, minus]).aux(Cond::Ne as u32))?;
                let ir = if op == BinOp::FloorDiv { Ir::DivI } else { Ir::ModI };
                Ok(Some(self.emit(Inst::new(ir, &[a, b]))?))
            }
            BinOp::TrueDiv => {
                if y == 0 || x.unsigned_abs() > EXACT as u64 || y.unsigned_abs() > EXACT as u64 {
                    return Ok(None);
                }
                let (a, b) = (self.int(a)?, self.int(b)?);
                self.check_exact(a)?;
                self.check_exact(b)?;
                let zero = self.b.int(0);
                self.guard(Inst::new(Ir::GuardI, &[b, zero]).aux(Cond::Ne as u32))?;
                let (a, b) =
                    (self.emit(Inst::new(Ir::IntToF, &[a]))?, self.emit(Inst::new(Ir::IntToF, &[b]))?);
                Ok(Some(self.emit(Inst::new(Ir::DivF, &[a, b]))?))
            }
            _ => Ok(None),
        }
    }

    fn floats(&mut self, op: BinOp, a: Ref, b: Ref, x: Value, y: Value) -> Rec<Option<Ref>> {
        let as_float = |v: Value| if v.is_float_word() { v.as_float_word() } else { v.as_small() as f64 };
        let (fx, fy) = (as_float(x), as_float(y));
        let ir = match op {
            BinOp::Add => Ir::AddF,
            BinOp::Sub => Ir::SubF,
            BinOp::Mul => Ir::MulF,
            BinOp::TrueDiv if fy != 0.0 => Ir::DivF,
            BinOp::Pow => {
                let (a, b) = (self.float_of(a, x)?, self.float_of(b, y)?);
                return self.power(a, b, fx, fy);
            }
            BinOp::FloorDiv | BinOp::Mod if fy != 0.0 && fx.is_finite() && fy.is_finite() => {
                let (a, b) = (self.float_of(a, x)?, self.float_of(b, y)?);
                let zero = self.b.constant(Ir::KFloat, 0f64.to_bits() as i64);
                self.guard(Inst::new(Ir::GuardF, &[b, zero]).aux(Cond::Ne as u32))?;
                let f =
                    if op == BinOp::Mod { crate::helpers::float_mod } else { crate::helpers::float_floordiv };
                return Ok(Some(self.emit(Inst::new(Ir::CallFF, &[a, b]).imm(f as *const () as i64))?));
            }
            _ => return Ok(None),
        };
        let (a, b) = (self.float_of(a, x)?, self.float_of(b, y)?);
        if ir == Ir::DivF {
            let zero = self.b.constant(Ir::KFloat, 0f64.to_bits() as i64);
            self.guard(Inst::new(Ir::GuardF, &[b, zero]).aux(Cond::Ne as u32))?;
        }
        Ok(Some(self.emit(Inst::new(ir, &[a, b]))?))
    }

    /// `x ** y` where the result is a float and nothing is raised: a square, or a positive base with a finite result.
    fn power(&mut self, a: Ref, b: Ref, x: f64, y: f64) -> Rec<Option<Ref>> {
        let r = x.powf(y);
        if !r.is_finite() || !(x > 0.0 || y == 2.0) {
            return Ok(None);
        }
        if y == 2.0 {
            let two = self.b.constant(Ir::KFloat, 2f64.to_bits() as i64);
            self.guard(Inst::new(Ir::GuardF, &[b, two]).aux(Cond::Eq as u32))?;
        } else {
            let zero = self.b.constant(Ir::KFloat, 0f64.to_bits() as i64);
            self.guard(Inst::new(Ir::GuardF, &[a, zero]).aux(Cond::Gt as u32))?;
        }
        let r = match crate::emit::power::twice(y) {
            Some(twice) => {
                let exponent = self.b.constant(Ir::KFloat, y.to_bits() as i64);
                self.guard(Inst::new(Ir::GuardF, &[b, exponent]).aux(Cond::Eq as u32))?;
                self.emit(Inst::new(Ir::PowF, &[a]).imm(twice))?
            }
            None => {
                let f = crate::helpers::float_pow as *const ();
                self.emit(Inst::new(Ir::CallFF, &[a, b]).imm(f as i64))?
            }
        };
        let limit = self.b.constant(Ir::KFloat, f64::MAX.to_bits() as i64);
        self.guard(Inst::new(Ir::GuardF, &[r, limit]).aux(Cond::Le as u32))?;
        Ok(Some(r))
    }

    pub(super) fn unary(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let v = regs.get(pc.b());
        let a = self.get(pc.b())?;
        let r = match op {
            Op::POS if v.is_small_int() => self.int(a)?,
            Op::POS if v.is_float_word() => self.float(a)?,
            Op::NEG if v.is_float_word() => {
                let f = self.float(a)?;
                self.emit(Inst::new(Ir::NegF, &[f]))?
            }
            Op::NEG if v.is_small_int() && v.as_small() != i64::MIN >> 2 => {
                let n = self.int(a)?;
                self.guard(Inst::new(Ir::NegI, &[n]))?
            }
            Op::INVERT if v.is_small_int() => {
                let n = self.int(a)?;
                let m = self.b.int(-1);
                self.emit(Inst::new(Ir::XorI, &[n, m]))?
            }
            Op::NEG if numeric::neg(th, v).is_some_and(|r| r.is_ok()) => {
                self.helper(helper::negative as *const (), &[a], 0)?
            }
            Op::INVERT if numeric::invert(th, v).is_some_and(|r| r.is_ok()) => {
                self.helper(helper::invert as *const (), &[a], 0)?
            }
            _ => return self.step(),
        };
        self.set(pc.a(), r);
        self.go(op.words())
    }

    /// Comparisons, alone and fused with a jump.
    pub(super) fn compare(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let Some((cond, jump, constant)) = comparison(op) else { return self.step() };
        let (ra, rb) = if jump { (pc.a(), pc.b()) } else { (pc.b(), pc.c()) };
        let x = regs.get(ra);
        let y = if constant { regs.constant(rb) } else { regs.get(rb) };
        let number = |v: Value| v.is_small_int() || v.is_float_word();
        let truth = if number(x) && number(y) {
            let a = self.get(ra)?;
            let b = if constant { self.val(th, y) } else { self.get(rb)? };
            if x.is_small_int() && y.is_small_int() {
                let truth = cond.of(x.as_small(), y.as_small());
                let (a, b) = (self.int(a)?, self.int(b)?);
                let seen = if truth { Some(cond) } else { cond.negate() };
                if let Some(c) = seen {
                    self.guard(Inst::new(Ir::GuardI, &[a, b]).aux(c as u32))?;
                }
                truth
            } else {
                let exact = |v: Value| !v.is_small_int() || v.as_small().unsigned_abs() <= EXACT as u64;
                if !exact(x) || !exact(y) {
                    return self.compare_otherwise(op, pc, cond, x, y, th);
                }
                for (v, r) in [(x, a), (y, b)] {
                    if v.is_small_int() {
                        let n = self.int(r)?;
                        self.check_exact(n)?;
                    }
                }
                let (a, b) = (self.float_of(a, x)?, self.float_of(b, y)?);
                let as_float =
                    |v: Value| if v.is_float_word() { v.as_float_word() } else { v.as_small() as f64 };
                let truth = cond.of_floats(as_float(x), as_float(y));
                let not = if truth { 0 } else { NOT };
                self.guard(Inst::new(Ir::GuardF, &[a, b]).aux(cond as u32 | not))?;
                truth
            }
        } else {
            return self.compare_otherwise(op, pc, cond, x, y, th);
        };
        if jump {
            return self.jump_fused(pc, truth);
        }
        let v = self.b.val(Value::bool(truth).0);
        self.set(pc.a(), v);
        self.go(op.words())
    }

    /// Comparisons of builtin types that are left to a helper, and of objects that compare by identity.
    fn compare_otherwise(
        &mut self,
        op: Op,
        pc: Pc,
        cond: Cond,
        x: Value,
        y: Value,
        th: &Thread,
    ) -> Rec<Next> {
        let Some((_, jump, constant)) = comparison(op) else { return self.step() };
        let (ra, rb) = if jump { (pc.a(), pc.b()) } else { (pc.b(), pc.c()) };
        let cmp = [Cmp::Lt, Cmp::Le, Cmp::Eq, Cmp::Ne, Cmp::Gt, Cmp::Ge][cond as usize];
        let Some(truth) = plain::compare(th, cmp, x, y) else { return self.step() };
        let a = self.get(ra)?;
        let b = if constant { self.val(th, y) } else { self.get(rb)? };
        if x == y && x.has_shape(TypeId::Str as u32) && matches!(cmp, Cmp::Eq | Cmp::Ne) {
            // The same string, as interned ones are when they are equal.
            self.exact(a, TypeId::Str)?;
            self.guard(Inst::new(Ir::GuardEq, &[a, b]))?;
            if jump {
                return self.jump_fused(pc, truth);
            }
            let v = self.b.val(Value::bool(truth).0);
            self.set(pc.a(), v);
            return self.go(op.words());
        }
        let number = self.b.ptr(cmp as u64);
        let v = self.helper(helper::compare as *const (), &[number, a, b], 0)?;
        if jump {
            self.is_word(v, Value::bool(truth))?;
            return self.jump_fused(pc, truth);
        }
        self.set(pc.a(), v);
        self.go(op.words())
    }

    /// Goes where a fused compare and jump goes.
    pub(super) fn jump_fused(&mut self, pc: Pc, truth: bool) -> Rec<Next> {
        self.pc = if truth as usize == pc.c() { pc.jump(2, pc.extra(0) as i32) } else { pc.skip(2) };
        Ok(Next::Go)
    }
}

pub(super) fn comparison(op: Op) -> Option<(Cond, bool, bool)> {
    Some(match op {
        Op::LT => (Cond::Lt, false, false),
        Op::LE => (Cond::Le, false, false),
        Op::EQ => (Cond::Eq, false, false),
        Op::NE => (Cond::Ne, false, false),
        Op::GT => (Cond::Gt, false, false),
        Op::GE => (Cond::Ge, false, false),
        Op::JUMP_LT => (Cond::Lt, true, false),
        Op::JUMP_LE => (Cond::Le, true, false),
        Op::JUMP_EQ => (Cond::Eq, true, false),
        Op::JUMP_NE => (Cond::Ne, true, false),
        Op::JUMP_GT => (Cond::Gt, true, false),
        Op::JUMP_GE => (Cond::Ge, true, false),
        Op::JUMP_LT_K => (Cond::Lt, true, true),
        Op::JUMP_LE_K => (Cond::Le, true, true),
        Op::JUMP_EQ_K => (Cond::Eq, true, true),
        Op::JUMP_NE_K => (Cond::Ne, true, true),
        Op::JUMP_GT_K => (Cond::Gt, true, true),
        Op::JUMP_GE_K => (Cond::Ge, true, true),
        _ => return None,
    })
}
