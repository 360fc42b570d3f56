//! Recording subscripts, slices and membership: what is not done in place (`item.rs`) is done by a helper that runs no
//! Python code.

use super::build::{DICT, LIST};
use super::{Next, Rec, Recorder};
use crate::helpers::container as helper;
use crate::ir::{Alias, Cond, Inst, Item, LENGTH, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::class::Class;
use krait_object::custom::{self, PAYLOAD_OFFSET};
use krait_object::dict::Dict;
use krait_object::native::Native;
use krait_object::shape::fixed;
use krait_object::slice::Slice;
use krait_object::{Kind, Name, Thread, TypeId, Value, bytearray, bytes, plain};
use krait_vm::jit::{Pc, Regs};

/// Bytes before the data of a raw cell.
const RAW: i64 = 8;

/// An array of machine values: where they are (a place and an offset), which, and the index.
struct Place {
    base: Ref,
    offset: i64,
    item: Item,
    index: Ref,
    alias: Alias,
}

impl Recorder {
    /// `obj[key]` where it is not done in place.
    pub(super) fn getitem_otherwise(
        &mut self,
        op: Op,
        pc: Pc,
        obj: Value,
        key: Value,
        th: &Thread,
    ) -> Rec<Next> {
        let constant = op == Op::GETITEM_K;
        if let Some(n) = key.small_int() {
            let a = self.get(pc.b())?;
            let k = if constant { self.val(th, key) } else { self.get(pc.c())? };
            if let Some(p) = self.machine_item(a, obj, k, n, Name::__getitem__, th)? {
                let i = Inst::new(Ir::LoadT, &[p.base, p.index]).imm(p.offset).alias(p.alias);
                let v = self.emit(Inst { ty: p.item.ty(), ..i.aux(p.item as u32) })?;
                self.set(pc.a(), v);
                return self.go(op.words());
            }
        }
        if plain::getitem(th, obj, key).is_none() {
            return self.step();
        }
        let k = if constant { self.val(th, key) } else { self.get(pc.c())? };
        if let Some((slice, before)) = self.slice.take()
            && slice == k
        {
            self.snap = Some(before);
            let [start, stop, step] = self.b.region.inst(k).args;
            let a = self.get(pc.b())?;
            let bounds = Slice::from_value(key).map(|s| [s.start.get(), s.stop.get()]);
            let bounds = bounds.unwrap_or([Value::MISSING; 2]);
            let v = match self.list_part(a, obj, [start, stop], bounds, Some(step))? {
                Some(v) => v,
                None => {
                    let f = helper::get_stepped as *const ();
                    self.helper_of_many(f, &[a, start, stop, step], 0)?
                }
            };
            self.set(pc.a(), v);
            return self.go(op.words());
        }
        let a = self.get(pc.b())?;
        let f = if obj.has_shape(fixed::DICT) {
            self.exact(a, TypeId::Dict)?;
            helper::dict_item as *const ()
        } else {
            helper::getitem as *const ()
        };
        let v = self.helper(f, &[a, k], 0)?;
        self.set(pc.a(), v);
        self.go(op.words())
    }

    /// `obj[key] = v` where it is not done in place.
    pub(super) fn setitem_otherwise(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (obj, key, value) = (regs.get(pc.a()), regs.get(pc.b()), regs.get(pc.c()));
        if let Some(n) = key.small_int() {
            let (a, k) = (self.get(pc.a())?, self.get(pc.b())?);
            if self.holds(obj, value)
                && let Some(p) = self.machine_item(a, obj, k, n, Name::__setitem__, th)?
            {
                let v = self.get(pc.c())?;
                let v = self.machine_value(p.item, v, value)?;
                let i = Inst::new(Ir::StoreT, &[p.base, p.index, v]).imm(p.offset);
                self.emit(i.alias(p.alias).aux(p.item as u32))?;
                return self.go(Op::SETITEM.words());
            }
        }
        let dict = obj.is_kind(Kind::Dict);
        if !plain::can_setitem(th, obj, key) || dict && Dict::of(obj).get_plain(th, key).is_none() {
            return self.step();
        }
        let (a, k, v) = (self.get(pc.a())?, self.get(pc.b())?, self.get(pc.c())?);
        let f = if obj.has_shape(fixed::DICT) {
            self.exact(a, TypeId::Dict)?;
            helper::set_dict_item as *const ()
        } else {
            helper::setitem as *const ()
        };
        self.helper(f, &[a, k, v], if dict { DICT } else { LIST | DICT })?;
        self.go(Op::SETITEM.words())
    }

    pub(super) fn delitem(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (obj, key) = (regs.get(pc.a()), regs.get(pc.b()));
        let there = match obj.kind() {
            Kind::Dict => {
                let d = Dict::of(obj);
                plain::can_setitem(th, obj, key) && d.get_plain(th, key).flatten().is_some()
            }
            Kind::List if obj.has_shape(fixed::LIST) => plain::getitem(th, obj, key).is_some(),
            _ => false,
        };
        if !there {
            return self.step();
        }
        let (a, k) = (self.get(pc.a())?, self.get(pc.b())?);
        self.helper(helper::delitem as *const (), &[a, k], LIST | DICT)?;
        self.go(Op::DELITEM.words())
    }

    pub(super) fn getslice(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let now = [regs.get(pc.c()), regs.get(pc.c() + 1)];
        let obj = regs.get(pc.b());
        if plain::sliced(th, obj, now[0], now[1], Value::none()).is_none() {
            return self.step();
        }
        let (a, start, stop) = (self.get(pc.b())?, self.get(pc.c())?, self.get(pc.c() + 1)?);
        let v = match self.list_part(a, obj, [start, stop], now, None)? {
            Some(v) => v,
            None => self.helper(helper::get_slice as *const (), &[a, start, stop], 0)?,
        };
        self.set(pc.a(), v);
        self.go(Op::GETSLICE.words())
    }

    /// `in`, `not in`, and the jump by `in`.
    pub(super) fn membership(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let jump = op == Op::JUMP_IN;
        let (item, container) = if jump { (pc.a(), pc.b()) } else { (pc.b(), pc.c()) };
        let Some(truth) = plain::contains(th, regs.get(container), regs.get(item)) else {
            return self.step();
        };
        let negate = self.b.ptr((op == Op::NOT_IN) as u64);
        let (x, c) = (self.get(item)?, self.get(container)?);
        let v = self.helper(helper::contains as *const (), &[negate, x, c], 0)?;
        if jump {
            self.is_word(v, Value::bool(truth))?;
            return self.jump_fused(pc, truth);
        }
        self.set(pc.a(), v);
        self.go(op.words())
    }

    /// Is it an array of machine values that this value can be stored in?
    fn holds(&self, obj: Value, v: Value) -> bool {
        let Some(item) = item_of(obj) else { return false };
        match item.ty() {
            crate::ir::Ty::Float => v.is_float_word() || v.is_small_int(),
            _ => match (v.small_int(), item.bounds()) {
                (Some(n), Some((low, high))) => (low..=high).contains(&n),
                (n, _) => n.is_some(),
            },
        }
    }

    /// The value as the array holds it, made sure to fit.
    fn machine_value(&mut self, item: Item, v: Ref, now: Value) -> Rec<Ref> {
        if item.ty() == crate::ir::Ty::Float {
            return self.float_of(v, now);
        }
        let v = self.int(v)?;
        if let Some((low, high)) = item.bounds() {
            let (low, high) = (self.b.int(low), self.b.int(high));
            self.guard(Inst::new(Ir::GuardI, &[v, low]).aux(Cond::Ge as u32))?;
            self.guard(Inst::new(Ir::GuardI, &[v, high]).aux(Cond::Le as u32))?;
        }
        Ok(v)
    }

    /// The place of item `n` of an array of machine values, made sure of; None when it is none, or has a method of its own.
    fn machine_item(
        &mut self,
        a: Ref,
        obj: Value,
        k: Ref,
        n: i64,
        method: Name,
        th: &Thread,
    ) -> Rec<Option<Place>> {
        let Some(item) = item_of(obj) else { return Ok(None) };
        let load = |op, offset: usize, alias| Inst::new(op, &[a]).imm(offset as i64).alias(alias);
        if obj.has_shape(fixed::BYTES) {
            let len = bytes::Bytes::of(obj).len() as i64;
            if n >= len || n < -len || method != Name::__getitem__ {
                return Ok(None);
            }
            self.exact(a, TypeId::Bytes)?;
            let i = self.int(k)?;
            let len = self.emit(load(Ir::LoadW, bytes::LEN_OFFSET, Alias::Constant).aux(LENGTH))?;
            let index = self.index(i, n, len)?;
            return Ok(Some(Place {
                base: a,
                offset: bytes::DATA as i64,
                item,
                index,
                alias: Alias::Constant,
            }));
        }
        if let Some(b) = bytearray::get(obj) {
            let len = b.len() as i64;
            if n >= len || n < -len {
                return Ok(None);
            }
            self.exact(a, TypeId::ByteArray)?;
            let i = self.int(k)?;
            let len = self.emit(load(Ir::LoadW, bytearray::LEN_OFFSET, Alias::Buffer).aux(LENGTH))?;
            let i = self.index(i, n, len)?;
            let start = self.emit(load(Ir::LoadW, bytearray::START_OFFSET, Alias::Buffer).aux(LENGTH))?;
            let index = self.emit(Inst::new(Ir::AddW, &[i, start]))?;
            let base = self.emit(load(Ir::LoadP, bytearray::STORAGE_OFFSET, Alias::Buffer))?;
            return Ok(Some(Place { base, offset: RAW, item, index, alias: Alias::Raw }));
        }
        let Some((items, code)) = custom::typed_items(obj) else { return Ok(None) };
        let own = Class::of_value(th, obj).special(th, method);
        if own.and_then(Native::from_value).is_none()
            || plain_length(obj, items).is_none_or(|l| n >= l || n < -l)
        {
            return Ok(None);
        }
        self.check_shape(a, obj, th)?;
        let zero = self.b.int(0);
        let at = PAYLOAD_OFFSET + items.code;
        let byte = Inst::new(Ir::LoadT, &[a, zero]).imm(at as i64).alias(Alias::Buffer).aux(Item::U8 as u32);
        let byte = self.emit(Inst { ty: Item::U8.ty(), ..byte })?;
        let code = self.b.int(code as i64);
        self.guard(Inst::new(Ir::GuardI, &[byte, code]).aux(Cond::Eq as u32))?;
        let i = self.int(k)?;
        let len = self.emit(load(Ir::LoadW, PAYLOAD_OFFSET + items.len, Alias::Buffer).aux(LENGTH))?;
        let index = self.index(i, n, len)?;
        let base = self.emit(load(Ir::LoadP, PAYLOAD_OFFSET + items.storage, Alias::Buffer))?;
        Ok(Some(Place { base, offset: RAW, item, index, alias: Alias::Raw }))
    }
}

/// What an array of machine values holds.
fn item_of(obj: Value) -> Option<Item> {
    if obj.has_shape(fixed::BYTES) || obj.has_shape(TypeId::ByteArray as u32) {
        return Some(Item::U8);
    }
    let (items, code) = custom::typed_items(obj)?;
    Item::from_letter((items.letter)(code))
}

/// The number of items of a custom cell's array.
fn plain_length(obj: Value, items: &custom::TypedItems) -> Option<i64> {
    if !obj.is_kind(Kind::Custom) {
        return None;
    }
    // SAFETY: the payload has the number at this offset.
    let n = unsafe { *obj.cell().as_ptr().cast::<u8>().add(PAYLOAD_OFFSET + items.len).cast::<usize>() };
    Some(n as i64)
}
