//! Recording steps of the iterators over ranges, lists and tuples.

use super::{Next, Rec, Recorder};
use crate::ir::{Alias, COUNT, Cond, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::iterators::{
    ListIter, RANGE_LEFT, RANGE_NEXT, RANGE_STEP, RangeIter, SEQ, SEQ_INDEX, TupleIter,
};
use krait_object::list::List;
use krait_object::storage::DATA;
use krait_object::tuple::{self, FIRST_ITEM, Tuple};
use krait_object::{TypeId, Value};
use krait_vm::jit::{Pc, Regs};

impl Recorder {
    fn field(&mut self, op: Ir, it: Ref, offset: usize, alias: Alias) -> Rec<Ref> {
        self.emit(Inst::new(op, &[it]).imm(offset as i64).alias(alias))
    }

    /// A field that counts: no negative number.
    fn count(&mut self, it: Ref, offset: usize, alias: Alias) -> Rec<Ref> {
        self.emit(Inst::new(Ir::LoadW, &[it]).imm(offset as i64).aux(COUNT).alias(alias))
    }

    pub(super) fn for_iter(&mut self, pc: Pc, regs: Regs) -> Rec<Next> {
        let now = regs.get(pc.a());
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
        // The end is left to the interpreter: the iterator lets go of the sequence.
        let len = match seq {
            Value::ZERO => return self.step(),
            _ if list => List::of(seq).len(),
            _ => Tuple::of(seq).len(),
        };
        if i >= len {
            return self.step();
        }
        let it = self.get(pc.a())?;
        self.exact(it, if list { TypeId::ListIter } else { TypeId::TupleIter })?;
        let seq = self.field(Ir::Load, it, SEQ, Alias::Iterator)?;
        self.guard(Inst::new(Ir::GuardCell, &[seq]))?;
        let i = self.count(it, SEQ_INDEX, Alias::Iterator)?;
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

    fn range_step(&mut self, pc: Pc, more: bool) -> Rec<Next> {
        let it = self.get(pc.a())?;
        self.exact(it, TypeId::RangeIter)?;
        let left = self.count(it, RANGE_LEFT, Alias::Iterator)?;
        let zero = self.b.int(0);
        let cond = if more { Cond::Ne } else { Cond::Eq };
        self.guard(Inst::new(Ir::GuardI, &[left, zero]).aux(cond as u32))?;
        if !more {
            self.pc = pc.jump(Op::FOR_ITER.words(), pc.extra(0) as i32);
            return Ok(Next::Go);
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
