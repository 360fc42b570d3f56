//! Recording subscripts of lists and tuples, and unpacking.

use super::{Next, Rec, Recorder};
use crate::ir::{Alias, Cond, Inst, LENGTH, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::class::Class;
use krait_object::list::{LEN_OFFSET, List, STORAGE_OFFSET};
use krait_object::shape::fixed;
use krait_object::storage::DATA;
use krait_object::tuple::{self, FIRST_ITEM, Tuple};
use krait_object::{Name, Thread, TypeId, Value};
use krait_vm::jit::{Pc, Regs};

impl Recorder {
    pub(super) fn list_len(&mut self, list: Ref) -> Rec<Ref> {
        self.emit(Inst::new(Ir::LoadW, &[list]).imm(LEN_OFFSET as i64).aux(LENGTH).alias(Alias::List))
    }

    fn tuple_len(&mut self, t: Ref) -> Rec<Ref> {
        self.emit(Inst::new(Ir::LoadW, &[t]).imm(tuple::LEN_OFFSET as i64).aux(LENGTH).alias(Alias::Constant))
    }

    /// The array of a list that is not empty.
    pub(super) fn list_array(&mut self, list: Ref) -> Rec<Ref> {
        self.emit(Inst::new(Ir::LoadP, &[list]).imm(STORAGE_OFFSET as i64).alias(Alias::List))
    }

    /// An index as it counts from the front, made sure to be inside.
    pub(super) fn index(&mut self, i: Ref, now: i64, len: Ref) -> Rec<Ref> {
        let mut i = i;
        if now < 0 {
            let zero = self.b.int(0);
            self.guard(Inst::new(Ir::GuardI, &[i, zero]).aux(Cond::Lt as u32))?;
            i = self.emit(Inst::new(Ir::AddW, &[i, len]))?;
        }
        self.guard(Inst::new(Ir::GuardI, &[i, len]).aux(Cond::Below as u32))?;
        Ok(i)
    }

    pub(super) fn getitem(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let constant = op == Op::GETITEM_K;
        let obj = regs.get(pc.b());
        let key = if constant { regs.constant(pc.c()) } else { regs.get(pc.c()) };
        let is_list = is_sequence(obj, TypeId::List, Name::__getitem__, th);
        let len = if is_list {
            List::of(obj).len()
        } else if is_sequence(obj, TypeId::Tuple, Name::__getitem__, th) {
            Tuple::of(obj).len()
        } else {
            return self.getitem_otherwise(op, pc, obj, key, th);
        };
        let Some(n) = key.small_int() else {
            return self.getitem_otherwise(op, pc, obj, key, th);
        };
        if n >= len as i64 || n < -(len as i64) {
            return self.step();
        }
        let a = self.get(pc.b())?;
        let k = if constant { self.val(th, key) } else { self.get(pc.c())? };
        self.check_shape_alone(a, obj, th)?;
        let v = if is_list {
            let i = self.int(k)?;
            let len = self.list_len(a)?;
            let i = self.index(i, n, len)?;
            let array = self.list_array(a)?;
            self.emit(Inst::new(Ir::LoadEl, &[array, i]).imm(DATA as i64).alias(Alias::Items))?
        } else {
            let i = self.int(k)?;
            let len = self.tuple_len(a)?;
            let i = self.index(i, n, len)?;
            self.emit(Inst::new(Ir::LoadEl, &[a, i]).imm(FIRST_ITEM as i64).alias(Alias::Constant))?
        };
        self.set(pc.a(), v);
        self.go(op.words())
    }

    pub(super) fn setitem(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (obj, key) = (regs.get(pc.a()), regs.get(pc.b()));
        if !is_sequence(obj, TypeId::List, Name::__setitem__, th) {
            return self.setitem_otherwise(pc, regs, th);
        }
        let Some(n) = key.small_int() else { return self.setitem_otherwise(pc, regs, th) };
        let len = List::of(obj).len() as i64;
        if n >= len || n < -len {
            return self.step();
        }
        let (a, k, v) = (self.get(pc.a())?, self.get(pc.b())?, self.get(pc.c())?);
        self.check_shape_alone(a, obj, th)?;
        let i = self.int(k)?;
        let len = self.list_len(a)?;
        let i = self.index(i, n, len)?;
        let v = self.boxed(v)?;
        let array = self.list_array(a)?;
        self.emit(Inst::new(Ir::StoreEl, &[array, i, v]).imm(DATA as i64).alias(Alias::Items))?;
        if self.may_be_reference(v) {
            self.emit(Inst::new(Ir::BarrierEl, &[array, i]).imm(DATA as i64))?;
        }
        self.go(Op::SETITEM.words())
    }

    pub(super) fn unpack(&mut self, pc: Pc, regs: Regs, _th: &Thread) -> Rec<Next> {
        let (v, count) = (regs.get(pc.b()), pc.c());
        let is_list = v.has_shape(fixed::LIST);
        let len = match (is_list, v.has_shape(fixed::TUPLE)) {
            (true, _) => List::of(v).len(),
            (_, true) => Tuple::of(v).len(),
            _ => return self.step(),
        };
        if len != count {
            return self.step();
        }
        let a = self.get(pc.b())?;
        let n = if is_list {
            self.exact(a, TypeId::List)?;
            self.list_len(a)?
        } else {
            self.exact(a, TypeId::Tuple)?;
            self.tuple_len(a)?
        };
        let want = self.b.int(count as i64);
        self.guard(Inst::new(Ir::GuardI, &[n, want]).aux(Cond::Eq as u32))?;
        let array = if is_list && count > 0 { self.list_array(a)? } else { a };
        let mut items = Vec::new();
        for i in 0..count {
            let i = self.b.int(i as i64);
            let (offset, alias) = if is_list { (DATA, Alias::Items) } else { (FIRST_ITEM, Alias::Constant) };
            items.push(self.emit(Inst::new(Ir::LoadEl, &[array, i]).imm(offset as i64).alias(alias))?);
        }
        for (i, v) in items.into_iter().enumerate() {
            self.set(pc.a() + i, v);
        }
        self.go(Op::UNPACK.words())
    }

    /// Makes sure of the shape, and of its class's methods unless it is a builtin type.
    fn check_shape_alone(&mut self, v: Ref, now: Value, th: &Thread) -> Rec {
        if now.has_shape(fixed::LIST) {
            self.exact(v, TypeId::List)
        } else if now.has_shape(fixed::TUPLE) {
            self.exact(v, TypeId::Tuple)
        } else {
            self.check_shape(v, now, th)
        }
    }

    /// Is the value an exact builtin of this type now?
    pub(super) fn is_exact(v: Value, t: TypeId) -> bool {
        v.has_shape(t as u32)
    }
}

/// Is the value of this sequence type, or of a subclass that leaves the method alone?
fn is_sequence(v: Value, t: TypeId, method: Name, th: &Thread) -> bool {
    if v.has_shape(t as u32) {
        return true;
    }
    v.is_kind(t.kind())
        && Class::of_value(th, v).special(th, method) == th.interp.class(t).special(th, method)
}
