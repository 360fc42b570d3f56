//! Recording jumps and tests of truth and identity.

use super::{Abort, Next, Rec, Recorder};
use crate::helpers::container as helper;
use crate::ir::{Cond, Inst, Op as Ir};
use krait_bytecode::Op;
use krait_object::{Thread, TypeId, Value, plain, string};
use krait_vm::jit::{Pc, Regs};

/// Turns of one inner loop that a side trace or a function's trace follows.
const MAX_TURNS: u32 = 4;

impl Recorder {
    pub(super) fn branch(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        match op {
            Op::JUMP => {
                self.pc = pc.jump(1, pc.bc());
                Ok(Next::Go)
            }
            Op::JUMP_BACK | Op::JUMP_BACK_TRACE => self.jump_back(pc),
            Op::JUMP_IF_TRUE | Op::JUMP_IF_FALSE => {
                let Some(truth) = self.truth(pc.a(), regs.get(pc.a()), th)? else { return self.step() };
                let taken = truth == (op == Op::JUMP_IF_TRUE);
                self.pc = if taken { pc.jump(1, pc.bc()) } else { pc.skip(1) };
                Ok(Next::Go)
            }
            Op::NOT | Op::TO_BOOL => {
                let Some(truth) = self.truth(pc.b(), regs.get(pc.b()), th)? else { return self.step() };
                let v = self.b.val(Value::bool(truth != (op == Op::NOT)).0);
                self.set(pc.a(), v);
                self.go(1)
            }
            Op::JUMP_IF_NONE | Op::JUMP_IF_NOT_NONE => {
                let v = self.get(pc.a())?;
                let none = regs.get(pc.a()).is_none();
                if none {
                    self.is_word(v, Value::none())?
                } else {
                    self.not_word(v, Value::none())?
                }
                let taken = none == (op == Op::JUMP_IF_NONE);
                self.pc = if taken { pc.jump(1, pc.bc()) } else { pc.skip(1) };
                Ok(Next::Go)
            }
            Op::JUMP_IF_NOT_SUPER => {
                let v = self.get(pc.a())?;
                let class = th.interp.class_value(TypeId::Super);
                if regs.get(pc.a()) != class {
                    return self.step();
                }
                self.is_word(v, class)?;
                self.go(1)
            }
            Op::JUMP_IF_NOT_BUILTIN => {
                let now = regs.get(pc.a());
                if !krait_vm::jit::is_consumer(th, pc, now) {
                    return self.step();
                }
                let v = self.get(pc.a())?;
                self.is_word(v, now)?;
                self.go(op.words())
            }
            Op::JUMP_IS => {
                let truth = self.identity(pc.a(), pc.b(), regs)?;
                self.jump_fused(pc, truth)
            }
            _ => {
                let truth = self.identity(pc.b(), pc.c(), regs)?;
                let v = self.b.val(Value::bool(truth == (op == Op::IS)).0);
                self.set(pc.a(), v);
                self.go(1)
            }
        }
    }

    /// `is` of two registers.
    fn identity(&mut self, a: usize, b: usize, regs: Regs) -> Rec<bool> {
        let same = regs.get(a) == regs.get(b);
        let (x, y) = (self.get(a)?, self.get(b)?);
        let (x, y) = (self.boxed(x)?, self.boxed(y)?);
        let op = if same { Ir::GuardEq } else { Ir::GuardNe };
        self.guard(Inst::new(op, &[x, y]))?;
        Ok(same)
    }

    /// The truth of a register's value, made sure of; None when the interpreter must find it out.
    pub(super) fn truth(&mut self, register: usize, now: Value, th: &Thread) -> Rec<Option<bool>> {
        let v = self.get(register)?;
        if now.is_small_int() {
            let n = self.int(v)?;
            let zero = self.b.int(0);
            let truth = now.as_small() != 0;
            let cond = if truth { Cond::Ne } else { Cond::Eq };
            self.guard(Inst::new(Ir::GuardI, &[n, zero]).aux(cond as u32))?;
            return Ok(Some(truth));
        }
        if now.is_none() || now.as_bool().is_some() {
            self.is_word(v, now)?;
            return Ok(Some(now.is_true()));
        }
        let length = if now.has_shape(TypeId::List as u32) {
            Some((
                TypeId::List,
                krait_object::list::LEN_OFFSET,
                crate::ir::Alias::List,
                krait_object::list::List::of(now).len(),
            ))
        } else if now.has_shape(TypeId::Tuple as u32) {
            let n = krait_object::tuple::Tuple::of(now).len();
            Some((TypeId::Tuple, krait_object::tuple::LEN_OFFSET, crate::ir::Alias::Constant, n))
        } else {
            None
        };
        if let Some((class, offset, alias, len)) = length {
            self.exact(v, class)?;
            let n = self.emit(Inst::new(Ir::LoadW, &[v]).imm(offset as i64).alias(alias))?;
            let zero = self.b.int(0);
            let cond = if len != 0 { Cond::Ne } else { Cond::Eq };
            self.guard(Inst::new(Ir::GuardI, &[n, zero]).aux(cond as u32))?;
            return Ok(Some(len != 0));
        }
        self.truth_otherwise(v, now, th)
    }

    fn truth_otherwise(&mut self, v: crate::ir::Ref, now: Value, th: &Thread) -> Rec<Option<bool>> {
        let zero = |truth: bool| if truth { Cond::Ne } else { Cond::Eq };
        if now.is_float_word() {
            let truth = now.as_float_word() != 0.0;
            let f = self.float(v)?;
            let k = self.b.constant(Ir::KFloat, 0f64.to_bits() as i64);
            self.guard(Inst::new(Ir::GuardF, &[f, k]).aux(zero(truth) as u32))?;
            return Ok(Some(truth));
        }
        let Some(truth) = plain::truth(th, now) else { return Ok(None) };
        if now.has_shape(TypeId::Str as u32) {
            self.exact(v, TypeId::Str)?;
            // Other bits of the word may change.
            let meta = Inst::new(Ir::LoadW, &[v]).imm(string::META_OFFSET as i64);
            let meta = self.emit(meta.alias(crate::ir::Alias::Constant))?;
            let mask = self.b.int(string::LENGTH_MASK as i64);
            let n = self.emit(Inst::new(Ir::AndI, &[meta, mask]))?;
            let k = self.b.int(0);
            self.guard(Inst::new(Ir::GuardI, &[n, k]).aux(zero(truth) as u32))?;
            return Ok(Some(truth));
        }
        if truth && plain::is_always_true(th, now) {
            self.check_shape(v, now, th)?;
            return Ok(Some(true));
        }
        let b = self.helper(helper::truth_of as *const (), &[v], 0)?;
        self.is_word(b, Value::bool(truth))?;
        Ok(Some(truth))
    }

    fn jump_back(&mut self, pc: Pc) -> Rec<Next> {
        let target = pc.jump(2, pc.bc());
        let home = self.frames.len() == 1 && self.start.is_loop() && target == self.start.target();
        if !home && crate::cache::loop_at(target).is_none() {
            // A loop inside that turns often gets hot by itself and its trace comes first; a few turns are unrolled. What
            // is no turn of a loop itself can end at the loop, and be linked to it when it has a trace.
            self.unrolled += 1;
            let turns = self.turns.entry(target.0 as u64).or_default();
            *turns += 1;
            if *turns > MAX_TURNS && !self.start.is_loop() && self.length > 1 {
                return Ok(Next::Stop);
            }
            if self.unrolled > super::MAX_UNROLLED {
                return Err(Abort::InnerLoop);
            }
        }
        self.guard(Inst::new(Ir::GuardEvents, &[]))?;
        if home {
            return Ok(Next::Close);
        }
        self.pc = target;
        Ok(Next::Go)
    }
}
