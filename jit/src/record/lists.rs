//! Recording what is done with exact lists: slices, `insert` and `pop`.
//!
//! A slice's bounds are words of the trace, which the helper looks at (`helpers/lists.rs`). A step must be known
//! when it is recorded.

use super::build::LIST;
use super::{Next, Rec, Recorder};
use crate::helpers::lists as helper;
use crate::ir::{Alias, Cond, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::list::{LEN_OFFSET, List};
use krait_object::native::Native;
use krait_object::shape::fixed;
use krait_object::storage::DATA;
use krait_object::{Kind, Thread, TypeId, Value};
use krait_vm::jit::{Pc, Regs};

/// Can a helper of lists use this as a slice's bound?
fn is_bound(v: Value) -> bool {
    v.is_none() || v.is_small_int()
}

impl Recorder {
    /// A slice of a list as a new list; None for other objects, bounds and steps.
    pub(super) fn list_part(
        &mut self,
        list: Ref,
        now: Value,
        bounds: [Ref; 2],
        bounds_now: [Value; 2],
        step: Option<Ref>,
    ) -> Rec<Option<Ref>> {
        if !now.has_shape(fixed::LIST) || !bounds_now.into_iter().all(is_bound) {
            return Ok(None);
        }
        let f = match step {
            None => helper::part as *const (),
            Some(s) if self.is_word_of(s, Value::none()) => helper::part as *const (),
            Some(s) if self.is_word_of(s, Value::small(-1)) => helper::part_backwards as *const (),
            _ => return Ok(None),
        };
        self.exact(list, TypeId::List)?;
        let v = self.helper(f, &[list, bounds[0], bounds[1]], 0)?;
        let shape = Inst::new(Ir::GuardShape, &[v]).imm(TypeId::List as i64).alias(Alias::Constant);
        self.b.know(shape, Ref::NONE);
        Ok(Some(v))
    }

    /// `list[start:stop] = items`, by a helper that knows one of the bounds if it can be.
    pub(super) fn setslice(&mut self, pc: Pc, regs: Regs) -> Rec<Next> {
        let (obj, v) = (regs.get(pc.a()), regs.get(pc.c()));
        let sequence = v.has_shape(fixed::LIST) || v.has_shape(fixed::TUPLE);
        let (start, stop) = (regs.get(pc.b()), regs.get(pc.b() + 1));
        if !obj.has_shape(fixed::LIST) || !sequence || obj == v || !is_bound(start) || !is_bound(stop) {
            return self.step();
        }
        let (list, items) = (self.get(pc.a())?, self.get(pc.c())?);
        let (start, stop) = (self.get(pc.b())?, self.get(pc.b() + 1)?);
        if self.is_word_of(start, Value::none()) || self.is_word_of(start, Value::small(0)) {
            self.helper(helper::set_start as *const (), &[list, stop, items], LIST)?;
        } else if self.is_word_of(stop, Value::none()) {
            self.helper(helper::set_end as *const (), &[list, start, items], LIST)?;
        } else {
            let f = crate::helpers::container::set_slice as *const ();
            self.helper_of_many(f, &[list, start, stop, items], LIST)?;
        }
        self.go(Op::SETSLICE.words())
    }

    /// `list.insert(i, v)`.
    pub(super) fn list_insert(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        now: &[Value],
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        if !now[0].has_shape(fixed::LIST) || !now[1].is_small_int() {
            return Ok(None);
        }
        let args = self.native_args(pc, n, bound, th)?;
        self.exact(args[0], TypeId::List)?;
        let v = self.helper(helper::insert as *const (), &args, LIST)?;
        Ok(Some(v))
    }

    /// `list.pop()` and `list.pop(i)` where there is such an item.
    pub(super) fn list_pop(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        now: &[Value],
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        // It does not ask what class of list it is.
        if !now[0].is_kind(Kind::List) {
            return Ok(None);
        }
        let len = List::of(now[0]).len() as i64;
        match now[1..] {
            [] if len > 0 => {
                let args = self.native_args(pc, n, bound, th)?;
                self.check_layout(args[0], now[0])?;
                Ok(Some(self.pop_last(args[0])?))
            }
            [i] if i.small_int().is_some_and(|i| -len <= i && i < len) => {
                let args = self.native_args(pc, n, bound, th)?;
                self.check_layout(args[0], now[0])?;
                Ok(Some(self.helper(helper::pop as *const (), &args, LIST)?))
            }
            _ => Ok(None),
        }
    }

    /// Takes the last item off a list, known to be one, that has one.
    fn pop_last(&mut self, list: Ref) -> Rec<Ref> {
        let len = self.list_len(list)?;
        let zero = self.b.int(0);
        self.guard(Inst::new(Ir::GuardI, &[len, zero]).aux(Cond::Gt as u32))?;
        let one = self.b.int(1);
        let last = self.emit(Inst::new(Ir::SubW, &[len, one]))?;
        let array = self.list_array(list)?;
        let v = self.emit(Inst::new(Ir::LoadEl, &[array, last]).imm(DATA as i64).alias(Alias::Items))?;
        // Behind the last item there is nothing that the collector would see.
        let nothing = self.b.val(Value::ZERO.0);
        self.emit(Inst::new(Ir::StoreEl, &[array, last, nothing]).imm(DATA as i64).alias(Alias::Items))?;
        self.emit(Inst::new(Ir::StoreW, &[list, last]).imm(LEN_OFFSET as i64).alias(Alias::List))?;
        Ok(v)
    }

    /// Is the value this constant?
    fn is_word_of(&self, v: Ref, word: Value) -> bool {
        let i = self.b.region.inst(v);
        match i.op {
            Ir::KVal => i.imm as u64 == word.0,
            Ir::KInt => word.small_int() == Some(i.imm),
            _ => false,
        }
    }
}
