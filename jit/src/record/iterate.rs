//! Recording steps of the iterators over ranges, lists and tuples.

use super::generator::Resumption;
use super::{Next, Rec, Recorder};
use crate::ir::{Alias, COUNT, Cond, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::generator::{self, Generator, State};
use krait_object::iterators::{
    ListIter, RANGE_LEFT, RANGE_NEXT, RANGE_STEP, RangeIter, SEQ, SEQ_INDEX, TupleIter,
};
use krait_object::list::List;
use krait_object::storage::DATA;
use krait_object::tuple::{self, FIRST_ITEM, Tuple};
use krait_object::{Thread, TypeId, Value};
use krait_vm::jit::{Cont, Pc, Regs};

impl Recorder {
    fn field(&mut self, op: Ir, it: Ref, offset: usize, alias: Alias) -> Rec<Ref> {
        self.emit(Inst::new(op, &[it]).imm(offset as i64).alias(alias))
    }

    /// A field that counts: no negative number.
    fn count(&mut self, it: Ref, offset: usize, alias: Alias) -> Rec<Ref> {
        self.emit(Inst::new(Ir::LoadW, &[it]).imm(offset as i64).aux(COUNT).alias(alias))
    }

    pub(super) fn for_iter(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let now = regs.get(pc.a());
        if let Some(g) = Generator::from_value(now) {
            return self.for_generator(pc, now, g, th);
        }
        if Self::is_exact(now, TypeId::RangeIter) {
            return self.range_step(pc, RangeIter::of(now).left.get() != 0);
        }
        let (list, tuple) = (Self::is_exact(now, TypeId::ListIter), Self::is_exact(now, TypeId::TupleIter));
        let (seq, i) = if list {
            (ListIter::of(now).seq.get(), ListIter::of(now).index.get())
        } else if tuple {
            (TupleIter::of(now).seq.get(), TupleIter::of(now).index.get())
        } else {
            return self.step();
        };
        let it = self.get(pc.a())?;
        self.exact(it, if list { TypeId::ListIter } else { TypeId::TupleIter })?;
        let len = match seq {
            Value::ZERO => {
                let seq = self.field(Ir::Load, it, SEQ, Alias::Iterator)?;
                let zero = self.b.ptr(0);
                self.guard(Inst::new(Ir::GuardEq, &[seq, zero]))?;
                return self.end_of_loop(pc);
            }
            _ if list => List::of(seq).len(),
            _ => Tuple::of(seq).len(),
        };
        let over = i >= len;
        let seq = self.field(Ir::Load, it, SEQ, Alias::Iterator)?;
        self.guard(Inst::new(Ir::GuardCell, &[seq]))?;
        let i = self.count(it, SEQ_INDEX, Alias::Iterator)?;
        if over {
            let len = if list {
                self.list_len(seq)?
            } else {
                self.count(seq, tuple::LEN_OFFSET, Alias::Constant)?
            };
            self.guard(Inst::new(Ir::GuardI, &[i, len]).aux(Cond::Ge as u32))?;
            // The iterator lets go of the sequence.
            let zero = self.b.val(Value::ZERO.0);
            self.emit(Inst::new(Ir::Store, &[it, zero]).imm(SEQ as i64).alias(Alias::Iterator))?;
            return self.end_of_loop(pc);
        }
        let v = if list {
            let len = self.list_len(seq)?;
            self.guard(Inst::new(Ir::GuardI, &[i, len]).aux(Cond::Below as u32))?;
            let array = self.list_array(seq)?;
            self.emit(Inst::new(Ir::LoadEl, &[array, i]).imm(DATA as i64).alias(Alias::Items))?
        } else {
            let len = self.count(seq, tuple::LEN_OFFSET, Alias::Constant)?;
            self.guard(Inst::new(Ir::GuardI, &[i, len]).aux(Cond::Below as u32))?;
            self.emit(Inst::new(Ir::LoadEl, &[seq, i]).imm(FIRST_ITEM as i64).alias(Alias::Constant))?
        };
        let one = self.b.int(1);
        let next = self.emit(Inst::new(Ir::AddW, &[i, one]))?;
        self.emit(Inst::new(Ir::StoreW, &[it, next]).imm(SEQ_INDEX as i64).alias(Alias::Iterator))?;
        self.set(pc.b(), v);
        self.go(Op::FOR_ITER.words())
    }

    /// A step of a generator. One that is finished ends the loop.
    fn for_generator(&mut self, pc: Pc, now: Value, g: Generator, th: &Thread) -> Rec<Next> {
        if !Self::is_exact(now, TypeId::Generator) {
            return self.step();
        }
        let it = self.get(pc.a())?;
        if g.state() == State::Finished {
            self.exact(it, TypeId::Generator)?;
            let state = self.field(Ir::LoadW, it, generator::STATE, Alias::Generator)?;
            let expected = self.b.int(State::Finished as i64);
            self.guard(Inst::new(Ir::GuardI, &[state, expected]).aux(Cond::Eq as u32))?;
            return self.end_of_loop(pc);
        }
        let how = Resumption { sent: None, cont: Cont::ForIter, dst: pc.b(), words: Op::FOR_ITER.words() };
        match self.resume(it, g, how, th)? {
            Some(next) => Ok(next),
            None => self.step(),
        }
    }

    /// The loop is left.
    fn end_of_loop(&mut self, pc: Pc) -> Rec<Next> {
        self.pc = pc.jump(Op::FOR_ITER.words(), pc.extra(0) as i32);
        Ok(Next::Go)
    }

    fn range_step(&mut self, pc: Pc, more: bool) -> Rec<Next> {
        let it = self.get(pc.a())?;
        self.exact(it, TypeId::RangeIter)?;
        let left = self.count(it, RANGE_LEFT, Alias::Iterator)?;
        let zero = self.b.int(0);
        let cond = if more { Cond::Ne } else { Cond::Eq };
        self.guard(Inst::new(Ir::GuardI, &[left, zero]).aux(cond as u32))?;
        if !more {
            return self.end_of_loop(pc);
        }
        let n = self.field(Ir::LoadW, it, RANGE_NEXT, Alias::Iterator)?;
        // Such iterators have only immediate integers to give.
        let n = self.emit(Inst::new(Ir::SmallI, &[n]))?;
        let step = self.field(Ir::LoadW, it, RANGE_STEP, Alias::Constant)?;
        let one = self.b.int(1);
        let less = self.emit(Inst::new(Ir::SubW, &[left, one]))?;
        self.emit(Inst::new(Ir::StoreW, &[it, less]).imm(RANGE_LEFT as i64).alias(Alias::Iterator))?;
        let next = self.emit(Inst::new(Ir::AddW, &[n, step]))?;
        self.emit(Inst::new(Ir::StoreW, &[it, next]).imm(RANGE_NEXT as i64).alias(Alias::Iterator))?;
        self.set(pc.b(), n);
        self.go(Op::FOR_ITER.words())
    }
}
