//! Recording allocations: cells of every layout that traces make themselves.
//!
//! Field values are boxed before the cell is made: making a number's cell may collect, and a cell that was there
//! at a collection needs the write barrier. So the stores that follow `New` directly need none.

use super::{Next, Rec, Recorder};
use crate::ir::{Alias, Cond, Inst, Op as Ir, Ref, Ty};
use krait_bytecode::Op;
use krait_gc::Header;
use krait_object::cellvar::{CellVarCell, VALUE};
use krait_object::class::Class;
use krait_object::instance::FIRST_SLOT;
use krait_object::iterators::{
    RANGE_LEFT, RANGE_NEXT, RANGE_STEP, RangeIterCell, SEQ, SEQ_INDEX, SeqIterCell,
};
use krait_object::list::{LEN_OFFSET, ListCell, STORAGE_OFFSET};
use krait_object::method::{self, MethodCell};
use krait_object::native::{self, Native, NativeCell};
use krait_object::range::{self, Range, RangeCell};
use krait_object::storage::{CAPACITY, DATA};
use krait_object::tuple::{self, FIRST_ITEM};
use krait_object::{Kind, Name, Thread, TypeId, Value};
use krait_vm::jit::{Pc, Regs};

/// Most items of a tuple or list that is made here.
pub(super) const MAX_ITEMS: usize = 256;

/// Ranges between bounds of this size with steps of that size have immediate integers only, lengths and ends included.
const RANGE_BOUND: i64 = 1 << 50;
/// For a range that was made elsewhere, of which the bounds of start and length are known alone.
const RANGE_STEPS: i64 = 1 << 9;

impl Recorder {
    /// A new cell of a layout; the fields are zero.
    pub(super) fn new_cell(&mut self, shape: u32, kind: Kind, bytes: usize, ty: Ty) -> Rec<Ref> {
        let header = Header::pack(shape, kind as u8, bytes.div_ceil(16)) as i64;
        self.emit(Inst { ty, ..Inst::new(Ir::New, &[]).imm(header) })
    }

    /// The first store into a word of a new cell.
    pub(super) fn init(&mut self, cell: Ref, offset: usize, alias: Alias, v: Ref) -> Rec {
        self.emit(Inst::new(Ir::Store, &[cell, v]).imm(offset as i64).alias(alias))?;
        Ok(())
    }

    pub(super) fn init_word(&mut self, cell: Ref, offset: usize, alias: Alias, v: Ref) -> Rec {
        self.emit(Inst::new(Ir::StoreW, &[cell, v]).imm(offset as i64).alias(alias))?;
        Ok(())
    }

    fn all_boxed(&mut self, items: &[Ref]) -> Rec<Vec<Ref>> {
        items.iter().map(|&v| self.boxed(v)).collect()
    }

    /// A tuple of at most `MAX_ITEMS` values.
    pub(super) fn new_tuple(&mut self, th: &Thread, items: &[Ref]) -> Rec<Ref> {
        if items.is_empty() {
            return Ok(self.val(th, th.interp.empty_tuple.get()));
        }
        let items = self.all_boxed(items)?;
        let t = self.new_cell(TypeId::Tuple as u32, Kind::Tuple, FIRST_ITEM + 8 * items.len(), Ty::Val)?;
        let len = self.b.int(items.len() as i64);
        self.init_word(t, tuple::LEN_OFFSET, Alias::Constant, len)?;
        for (i, v) in items.into_iter().enumerate() {
            self.init(t, FIRST_ITEM + 8 * i, Alias::Constant, v)?;
        }
        Ok(t)
    }

    /// A list of at most `MAX_ITEMS` values.
    pub(super) fn new_list(&mut self, items: &[Ref]) -> Rec<Ref> {
        let items = self.all_boxed(items)?;
        let list_bytes = size_of::<ListCell>();
        if items.is_empty() {
            return self.new_cell(TypeId::List as u32, Kind::List, list_bytes, Ty::Val);
        }
        let array = self.new_cell(0, Kind::Slots, DATA + 8 * items.len(), Ty::Ptr)?;
        let len = self.b.int(items.len() as i64);
        self.init_word(array, CAPACITY, Alias::Constant, len)?;
        for (i, v) in items.into_iter().enumerate() {
            self.init(array, DATA + 8 * i, Alias::Items, v)?;
        }
        let l = self.new_cell(TypeId::List as u32, Kind::List, list_bytes, Ty::Val)?;
        self.init(l, STORAGE_OFFSET, Alias::List, array)?;
        self.init_word(l, LEN_OFFSET, Alias::List, len)?;
        Ok(l)
    }

    /// A bare instance of a class with the instance layout and no finalizer, as `instance::new` makes it.
    pub(super) fn new_instance(&mut self, th: &Thread, class: Class) -> Rec<Ref> {
        let shape = class.shape.get();
        let slots = th.interp.shapes.get(shape).inline_capacity.get() as usize;
        let obj = self.new_cell(shape, Kind::Instance, FIRST_SLOT + 8 * slots, Ty::Val)?;
        let unbound = self.b.val(Value::UNBOUND.0);
        for i in 0..class.fixed_slots.get() as usize {
            self.init(obj, FIRST_SLOT + 8 * i, Alias::Attr, unbound)?;
        }
        Ok(obj)
    }

    /// A bound method, or a builtin function bound to its receiver. The function is not a special method of a builtin type.
    pub(super) fn new_method(&mut self, th: &Thread, f: Value, receiver: Ref) -> Rec<Ref> {
        let receiver = self.boxed(receiver)?;
        let Some(n) = Native::from_value(f) else {
            let m = self.new_cell(TypeId::Method as u32, Kind::Method, size_of::<MethodCell>(), Ty::Val)?;
            let f = self.val(th, f);
            self.init(m, method::FUNCTION, Alias::Constant, f)?;
            self.init(m, method::RECEIVER, Alias::Constant, receiver)?;
            return Ok(m);
        };
        let shape = TypeId::BuiltinFunction as u32;
        let m = self.new_cell(shape, Kind::Native, size_of::<NativeCell>(), Ty::Val)?;
        let def = self.b.ptr(std::ptr::from_ref(n.def()) as u64);
        let owner = self.val(th, n.owner.get());
        self.init(m, native::DEF, Alias::Constant, def)?;
        self.init(m, native::RECEIVER, Alias::Constant, receiver)?;
        self.init(m, native::OWNER, Alias::Constant, owner)?;
        Ok(m)
    }

    /// A tuple or list display.
    pub(super) fn build_sequence(&mut self, op: Op, pc: Pc, th: &Thread) -> Rec<Next> {
        if pc.c() > MAX_ITEMS {
            return self.step();
        }
        let items: Vec<Ref> = (0..pc.c()).map(|i| self.get(pc.b() + i)).collect::<Rec<_>>()?;
        let v = if op == Op::BUILD_TUPLE { self.new_tuple(th, &items)? } else { self.new_list(&items)? };
        self.set(pc.a(), v);
        self.go(op.words())
    }

    /// The cell of a captured variable.
    pub(super) fn make_cell(&mut self, pc: Pc) -> Rec<Next> {
        let v = self.get(pc.a())?;
        let v = self.boxed(v)?;
        let c = self.new_cell(TypeId::Cell as u32, Kind::CellVar, size_of::<CellVarCell>(), Ty::Val)?;
        self.init(c, VALUE, Alias::Captured, v)?;
        self.set(pc.a(), c);
        self.go(1)
    }

    /// `iter(...)` of a list, a tuple or a small range.
    pub(super) fn get_iter(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let now = regs.get(pc.b());
        // Instances of derived classes, too, that do not say themselves how to go through them.
        let usual = |of: TypeId| Class::of_value(th, now).inherits_special(th, Name::__iter__, of);
        let it = if now.is_kind(Kind::List) && usual(TypeId::List) {
            self.sequence_iter(pc, now, TypeId::ListIter, Kind::ListIter, th)?
        } else if now.is_kind(Kind::Tuple) && usual(TypeId::Tuple) {
            self.sequence_iter(pc, now, TypeId::TupleIter, Kind::TupleIter, th)?
        } else if let Some(r) = Range::from_value(now)
            && let [Some(start), Some(step), Some(length)] =
                [&r.start, &r.step, &r.length].map(|s| s.get().small_int())
            && start.abs() <= RANGE_BOUND
            && length <= RANGE_BOUND
            && (step.abs() <= RANGE_STEPS || self.is_fresh(pc.b())?)
        {
            let v = self.get(pc.b())?;
            self.exact(v, TypeId::Range)?;
            let [start, by, length] = self.range_fields(v, step)?;
            self.new_range_iter(start, by, length)?
        } else {
            match self.other_iter(pc, now)? {
                Some(it) => it,
                None => return self.step(),
            }
        };
        self.set(pc.a(), it);
        self.go(1)
    }

    /// Did the trace make what the register has?
    fn is_fresh(&mut self, register: usize) -> Rec<bool> {
        let v = self.get(register)?;
        Ok(self.b.fresh(v).is_some())
    }

    fn sequence_iter(&mut self, pc: Pc, now: Value, shape: TypeId, kind: Kind, th: &Thread) -> Rec<Ref> {
        let seq = self.get(pc.b())?;
        self.check_shape(seq, now, th)?;
        let it = self.new_cell(shape as u32, kind, size_of::<SeqIterCell>(), Ty::Val)?;
        self.init(it, SEQ, Alias::Iterator, seq)?;
        let zero = self.b.int(0);
        self.init_word(it, SEQ_INDEX, Alias::Iterator, zero)?;
        Ok(it)
    }

    /// Start, step and length of a range whose step is now this; inside the bounds.
    fn range_fields(&mut self, v: Ref, step_now: i64) -> Rec<[Ref; 3]> {
        let mut fields = [v; 3];
        for (f, offset) in fields.iter_mut().zip([range::START, range::STEP, range::LENGTH]) {
            let word = self.emit(Inst::new(Ir::Load, &[v]).imm(offset as i64).alias(Alias::Constant))?;
            *f = self.int(word)?;
        }
        let [start, mut step, length] = fields;
        // A range that the trace made is inside the bounds.
        if self.b.fresh(v).is_none() {
            self.check_bounds(start)?;
            self.check_bounds(length)?;
            let by = self.b.int(step_now);
            self.guard(Inst::new(Ir::GuardI, &[step, by]).aux(Cond::Eq as u32))?;
            step = by;
        }
        Ok([start, step, length])
    }

    fn new_range_iter(&mut self, start: Ref, step: Ref, length: Ref) -> Rec<Ref> {
        let it =
            self.new_cell(TypeId::RangeIter as u32, Kind::RangeIter, size_of::<RangeIterCell>(), Ty::Val)?;
        self.init_word(it, RANGE_NEXT, Alias::Iterator, start)?;
        self.init_word(it, RANGE_STEP, Alias::Constant, step)?;
        self.init_word(it, RANGE_LEFT, Alias::Iterator, length)?;
        Ok(it)
    }

    /// `reversed(v)` of a small range, known to be one, whose step is 1 or -1.
    pub(super) fn reversed_range(&mut self, v: Ref, now: Value) -> Rec<Option<Ref>> {
        let Some(r) = Range::from_value(now) else { return Ok(None) };
        let fields = [&r.start, &r.step, &r.length].map(|s| s.get().small_int());
        let [Some(start), Some(by @ (1 | -1)), Some(length)] = fields else { return Ok(None) };
        if start.abs() > RANGE_BOUND || length > RANGE_BOUND {
            return Ok(None);
        }
        let [start, step, length] = self.range_fields(v, by)?;
        let (by_now, back) = (self.b.int(by), self.b.int(-by));
        if step != by_now {
            self.guard(Inst::new(Ir::GuardI, &[step, by_now]).aux(Cond::Eq as u32))?;
        }
        // The last number: `start - step` if there is none, which is never given.
        let end = if by == 1 { Ir::AddW } else { Ir::SubW };
        let end = self.emit(Inst::new(end, &[start, length]))?;
        let last = self.emit(Inst::new(Ir::SubW, &[end, by_now]))?;
        self.new_range_iter(last, back, length).map(Some)
    }

    /// Leaves unless the number is one of those that ranges are made of here.
    fn check_bounds(&mut self, n: Ref) -> Rec {
        let (bound, twice) = (self.b.int(RANGE_BOUND), self.b.int(2 * RANGE_BOUND));
        let above = self.emit(Inst::new(Ir::AddW, &[n, bound]))?;
        self.guard(Inst::new(Ir::GuardI, &[above, twice]).aux(Cond::Below as u32))?;
        Ok(())
    }

    /// `range(...)` of small integers, with a step that always has the same sign.
    pub(super) fn call_range(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (s, count) = (pc.a(), pc.b());
        let now: Vec<Option<i64>> = (0..count).map(|i| regs.get(s + 1 + i).small_int()).collect();
        let inside = |n: &Option<i64>| n.is_some_and(|n| (-RANGE_BOUND..RANGE_BOUND).contains(&n));
        let by = if count == 3 { now[2].unwrap_or(0) } else { 1 };
        if !(1..=3).contains(&count) || !now.iter().all(inside) || by == 0 {
            return self.step();
        }
        let class = self.get(s - 1)?;
        let k = self.val(th, th.interp.class_value(TypeId::Range));
        self.guard(Inst::new(Ir::GuardEq, &[class, k]))?;
        self.check_receiver(s, false)?;
        let mut args = Vec::new();
        for i in 0..count {
            let v = self.get(s + 1 + i)?;
            args.push(self.int(v)?);
        }
        let zero = self.b.int(0);
        let (step, size) = match args.get(2) {
            Some(&step) => (step, self.step_size(step, by)?),
            None => (self.b.int(1), self.b.int(1)),
        };
        let (start, stop) = if count == 1 { (zero, args[0]) } else { (args[0], args[1]) };
        let first = if count == 1 { 0 } else { now[0].unwrap_or(0) };
        let last = now[(count - 1).min(1)].unwrap_or(0);
        for n in [start, stop] {
            if !self.b.region.is_const(n) {
                self.check_bounds(n)?;
            }
        }
        let (low, high, empty) =
            if by > 0 { (start, stop, first >= last) } else { (stop, start, last >= first) };
        let cond = if empty { Cond::Ge } else { Cond::Lt };
        self.guard(Inst::new(Ir::GuardI, &[low, high]).aux(cond as u32))?;
        let length = if empty { zero } else { self.range_length(low, high, size)? };
        let fields = self.all_boxed(&[start, stop, step, length])?;
        let r = self.new_cell(TypeId::Range as u32, Kind::Range, size_of::<RangeCell>(), Ty::Val)?;
        for (v, offset) in fields.into_iter().zip([range::START, range::STOP, range::STEP, range::LENGTH]) {
            self.init(r, offset, Alias::Constant, v)?;
        }
        self.set(pc.c(), r);
        self.go(Op::CALL.words())
    }

    /// The step without its sign, which is made sure of together with the bounds of steps.
    fn step_size(&mut self, step: Ref, now: i64) -> Rec<Ref> {
        if self.b.region.is_const(step) {
            return Ok(self.b.int(now.abs()));
        }
        let zero = self.b.int(0);
        let size = if now > 0 { step } else { self.emit(Inst::new(Ir::SubW, &[zero, step]))? };
        let most = self.b.int(RANGE_BOUND);
        self.guard(Inst::new(Ir::GuardI, &[size, zero]).aux(Cond::Gt as u32))?;
        self.guard(Inst::new(Ir::GuardI, &[size, most]).aux(Cond::Le as u32))?;
        Ok(size)
    }

    /// The number of items from `low` to below `high`, which is above it.
    fn range_length(&mut self, low: Ref, high: Ref, by: Ref) -> Rec<Ref> {
        let distance = self.emit(Inst::new(Ir::SubW, &[high, low]))?;
        let one = self.b.int(1);
        if by == one {
            return Ok(distance);
        }
        let before_last = self.emit(Inst::new(Ir::SubW, &[distance, one]))?;
        let quotient = self.emit(Inst::new(Ir::DivI, &[before_last, by]))?;
        self.emit(Inst::new(Ir::AddW, &[quotient, one]))
    }
}
