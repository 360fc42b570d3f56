//! Steps of iterators that are done in place: over ranges, lists, tuples and bytes, and `enumerate` and `zip` of such.
//!
//! A step is looked at first, checks and loads alone, so that it can be run again; what it writes comes after all
//! checks, those of other iterators that step with it included. The tuple that `enumerate` or `zip` gives is a new cell,
//! which is never made when it is taken apart at once (`sink.rs`).

use super::{Rec, Recorder};
use crate::ir::{Alias, COUNT, Cond, Inst, Item as Machine, LENGTH, Op as Ir, Ref};
use krait_object::bytes::{self, Bytes};
use krait_object::bytes_iter;
use krait_object::iter_tools_methods::{
    ENUMERATE_COUNT, ENUMERATE_ITERATOR, ZIP_ITERATORS, ZIP_STRICT, enumerate_parts, zip_parts,
};
use krait_object::iterators::{
    ListIter, RANGE_LEFT, RANGE_NEXT, RANGE_STEP, RangeIter, SEQ, SEQ_INDEX, TupleIter,
};
use krait_object::list::List;
use krait_object::storage::DATA;
use krait_object::tuple::{self, FIRST_ITEM, Tuple};
use krait_object::value::SMALL_INT_MAX;
use krait_object::{Thread, TypeId, Value};

/// How deep iterators over iterators may be.
const DEPTH: usize = 2;
/// Iterators that `zip` steps at once.
const MOST: usize = 4;

/// What a step gives.
pub(super) enum Item {
    One(Ref),
    /// A tuple of these.
    Tuple(Vec<Item>),
}

/// What a step does.
pub(super) struct Step {
    /// None at the end.
    pub item: Option<Item>,
    /// The stores that make it done.
    pub writes: Vec<Inst>,
}

/// Are the iterator's steps done in place?
pub(super) fn is_known(now: Value) -> bool {
    is_known_to(now, DEPTH)
}

fn is_known_to(now: Value, depth: usize) -> bool {
    let is = |t: TypeId| now.has_shape(t as u32);
    if [TypeId::RangeIter, TypeId::ListIter, TypeId::TupleIter, TypeId::BytesIter].into_iter().any(is) {
        return true;
    }
    if depth == 0 {
        return false;
    }
    if is(TypeId::Enumerate) {
        let (inner, count) = enumerate_parts(now);
        return count.is_small_int() && is_known_to(inner, depth - 1);
    }
    if !is(TypeId::Zip) {
        return false;
    }
    let (all, strict) = zip_parts(now);
    let all = Tuple::of(all).as_slice();
    // What the step of one writes must not be what another one reads.
    let apart = |(n, v): (usize, &Value)| !all[..n].contains(v) && (all.len() == 1 || is_known_to(*v, 0));
    !strict
        && (1..=MOST).contains(&all.len())
        && all.iter().all(|&v| is_known_to(v, depth - 1))
        && all.iter().enumerate().all(apart)
}

impl Recorder {
    /// A field that counts: no negative number.
    fn count(&mut self, it: Ref, offset: usize, alias: Alias) -> Rec<Ref> {
        self.emit(Inst::new(Ir::LoadW, &[it]).imm(offset as i64).aux(COUNT).alias(alias))
    }

    /// The next step of an iterator that [`is_known`], without its effects.
    pub(super) fn look_ahead(&mut self, it: Ref, now: Value) -> Rec<Step> {
        if Self::is_exact(now, TypeId::RangeIter) {
            return self.range_step(it, RangeIter::of(now).left.get() != 0);
        }
        if Self::is_exact(now, TypeId::Enumerate) {
            return self.enumerate_step(it, now);
        }
        if Self::is_exact(now, TypeId::Zip) {
            return self.zip_step(it, now);
        }
        self.sequence_step(it, now)
    }

    /// The item as a value.
    pub(super) fn item_of(&mut self, th: &Thread, item: Item) -> Rec<Ref> {
        match item {
            Item::One(v) => Ok(v),
            Item::Tuple(items) => {
                let items: Vec<Ref> =
                    items.into_iter().map(|i| self.item_of(th, i)).collect::<Rec<Vec<Ref>>>()?;
                self.new_tuple(th, &items)
            }
        }
    }

    fn enumerate_step(&mut self, it: Ref, now: Value) -> Rec<Step> {
        self.exact(it, TypeId::Enumerate)?;
        let inner = self.field(Ir::Load, it, ENUMERATE_ITERATOR, Alias::Constant)?;
        let mut step = self.look_ahead(inner, enumerate_parts(now).0)?;
        let Some(item) = step.item else { return Ok(step) };
        let n = self.field(Ir::Load, it, ENUMERATE_COUNT, Alias::Iterator)?;
        let n = self.int(n)?;
        let (one, most) = (self.b.int(1), self.b.int(SMALL_INT_MAX));
        self.guard(Inst::new(Ir::GuardI, &[n, most]).aux(Cond::Lt as u32))?;
        let next = self.emit(Inst::new(Ir::AddW, &[n, one]))?;
        // An immediate integer: no write barrier.
        let next = self.emit(Inst::new(Ir::TagI, &[next]))?;
        let write = Inst::new(Ir::Store, &[it, next]).imm(ENUMERATE_COUNT as i64).alias(Alias::Iterator);
        step.writes.push(write);
        step.item = Some(Item::Tuple(vec![Item::One(n), item]));
        Ok(step)
    }

    fn zip_step(&mut self, it: Ref, now: Value) -> Rec<Step> {
        let all = Tuple::of(zip_parts(now).0);
        self.exact(it, TypeId::Zip)?;
        let strict = self.field(Ir::LoadW, it, ZIP_STRICT, Alias::Iterator)?;
        let zero = self.b.int(0);
        self.guard(Inst::new(Ir::GuardI, &[strict, zero]).aux(Cond::Eq as u32))?;
        let iterators = self.field(Ir::Load, it, ZIP_ITERATORS, Alias::Constant)?;
        let len = self.field(Ir::LoadW, iterators, tuple::LEN_OFFSET, Alias::Constant)?;
        let want = self.b.int(all.len() as i64);
        self.guard(Inst::new(Ir::GuardI, &[len, want]).aux(Cond::Eq as u32))?;
        let (mut seen, mut items, mut writes) = (Vec::new(), Vec::new(), Vec::new());
        for (i, &v) in all.as_slice().iter().enumerate() {
            let inner = self.field(Ir::Load, iterators, FIRST_ITEM + 8 * i, Alias::Constant)?;
            for &other in &seen {
                self.guard(Inst::new(Ir::GuardNe, &[inner, other]))?;
            }
            seen.push(inner);
            let step = self.look_ahead(inner, v)?;
            writes.extend(step.writes);
            match step.item {
                Some(item) => items.push(item),
                // Those before it have stepped.
                None => return Ok(Step { item: None, writes }),
            }
        }
        Ok(Step { item: Some(Item::Tuple(items)), writes })
    }

    fn sequence_step(&mut self, it: Ref, now: Value) -> Rec<Step> {
        let of = TypeId::ALL[now.header().shape() as usize];
        let (seq, i, seq_at, index_at) = match of {
            TypeId::ListIter => (ListIter::of(now).seq.get(), ListIter::of(now).index.get(), SEQ, SEQ_INDEX),
            TypeId::TupleIter => {
                (TupleIter::of(now).seq.get(), TupleIter::of(now).index.get(), SEQ, SEQ_INDEX)
            }
            _ => {
                let (seq, i) = bytes_iter::parts(now);
                (seq, i, bytes_iter::SEQ, bytes_iter::INDEX)
            }
        };
        self.exact(it, of)?;
        let len = match (seq, of) {
            (Value::ZERO, _) => {
                let seq = self.field(Ir::Load, it, seq_at, Alias::Iterator)?;
                let zero = self.b.ptr(0);
                self.guard(Inst::new(Ir::GuardEq, &[seq, zero]))?;
                return Ok(Step { item: None, writes: Vec::new() });
            }
            (_, TypeId::ListIter) => List::of(seq).len(),
            (_, TypeId::TupleIter) => Tuple::of(seq).len(),
            _ => Bytes::of(seq).len(),
        };
        let over = i >= len;
        let seq = self.field(Ir::Load, it, seq_at, Alias::Iterator)?;
        self.guard(Inst::new(Ir::GuardCell, &[seq]))?;
        let i = self.count(it, index_at, Alias::Iterator)?;
        let length = |at: usize| Inst::new(Ir::LoadW, &[seq]).imm(at as i64).alias(Alias::Constant);
        let len = match of {
            TypeId::ListIter => self.list_len(seq)?,
            TypeId::TupleIter => self.emit(length(tuple::LEN_OFFSET).aux(COUNT))?,
            _ => self.emit(length(bytes::LEN_OFFSET).aux(LENGTH))?,
        };
        if over {
            self.guard(Inst::new(Ir::GuardI, &[i, len]).aux(Cond::Ge as u32))?;
            // The iterator lets go of the sequence.
            let zero = self.b.val(Value::ZERO.0);
            let write = Inst::new(Ir::Store, &[it, zero]).imm(seq_at as i64).alias(Alias::Iterator);
            return Ok(Step { item: None, writes: vec![write] });
        }
        self.guard(Inst::new(Ir::GuardI, &[i, len]).aux(Cond::Below as u32))?;
        let v = match of {
            TypeId::ListIter => {
                let array = self.list_array(seq)?;
                self.emit(Inst::new(Ir::LoadEl, &[array, i]).imm(DATA as i64).alias(Alias::Items))?
            }
            TypeId::TupleIter => {
                let item = Inst::new(Ir::LoadEl, &[seq, i]).imm(FIRST_ITEM as i64);
                self.emit(item.alias(Alias::Constant))?
            }
            _ => {
                let byte = Inst::new(Ir::LoadT, &[seq, i]).imm(bytes::DATA as i64).alias(Alias::Constant);
                self.emit(Inst { ty: Machine::U8.ty(), ..byte.aux(Machine::U8 as u32) })?
            }
        };
        let one = self.b.int(1);
        let next = self.emit(Inst::new(Ir::AddW, &[i, one]))?;
        let write = Inst::new(Ir::StoreW, &[it, next]).imm(index_at as i64).alias(Alias::Iterator);
        Ok(Step { item: Some(Item::One(v)), writes: vec![write] })
    }

    fn range_step(&mut self, it: Ref, more: bool) -> Rec<Step> {
        self.exact(it, TypeId::RangeIter)?;
        let left = self.count(it, RANGE_LEFT, Alias::Iterator)?;
        let zero = self.b.int(0);
        let cond = if more { Cond::Ne } else { Cond::Eq };
        self.guard(Inst::new(Ir::GuardI, &[left, zero]).aux(cond as u32))?;
        if !more {
            return Ok(Step { item: None, writes: Vec::new() });
        }
        let n = self.field(Ir::LoadW, it, RANGE_NEXT, Alias::Iterator)?;
        // Such iterators have only immediate integers to give.
        let n = self.emit(Inst::new(Ir::SmallI, &[n]))?;
        let step = self.field(Ir::LoadW, it, RANGE_STEP, Alias::Constant)?;
        let one = self.b.int(1);
        let less = self.emit(Inst::new(Ir::SubW, &[left, one]))?;
        let less = Inst::new(Ir::StoreW, &[it, less]).imm(RANGE_LEFT as i64).alias(Alias::Iterator);
        let next = self.emit(Inst::new(Ir::AddW, &[n, step]))?;
        let next = Inst::new(Ir::StoreW, &[it, next]).imm(RANGE_NEXT as i64).alias(Alias::Iterator);
        Ok(Step { item: Some(Item::One(n)), writes: vec![less, next] })
    }
}
