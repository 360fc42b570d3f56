//! Instances of ordinary classes: attributes in slots found by shape.
//!
//! Layout: header, extension word, then `inline_capacity` slots: first the class's
//! `__slots__` (fixed places), then the attributes in the order of the shape. Attributes
//! beyond the inline capacity lie in the extension, an array whose element 0 is the
//! `__dict__` view once one was asked for. An instance in dict mode (too many or odd
//! attributes) keeps them in that dict, which is then a plain table.

use crate::cellref::Owned;
use crate::class::Class;
use crate::dict::{self, Dict};
use crate::handle;
use crate::kind::Kind;
use crate::shape::{DICT_MODE, Shape};
use crate::storage::Slots;
use crate::string::Str;
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};

#[repr(C)]
pub struct InstanceCell {
    header: Header,
    extension: Owned,
}

handle!(
    /// An instance of an ordinary class.
    Instance, InstanceCell, Kind::Instance
);

/// Offset of the extension's address.
pub const EXTENSION: usize = std::mem::offset_of!(InstanceCell, extension);
/// Offset of the first inline slot.
pub const FIRST_SLOT: usize = size_of::<InstanceCell>();
/// More attributes than this and the instance goes to dict mode.
const MAX_SLOTS: u32 = 256;

/// # Safety
/// The cell is a live instance.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let i = Instance::from_cell(cell);
    if !i.extension.get().is_null() {
        i.extension.trace(tracer);
    }
    let shape = Thread::current().interp.shapes.get(i.header_shape());
    tracer.visit_shared(shape.class.get().0);
    for k in 0..shape.inline_capacity.get() as usize {
        // SAFETY: the instance has as many inline slots.
        tracer.visit(unsafe { *i.slot_address(k) }.0);
    }
}

/// A fresh instance of a class with the instance layout; `__slots__` are unbound.
#[inline]
pub fn new(th: &Thread, class: Class) -> Value {
    let index = class.shape.get();
    let shape = th.interp.shapes.get(index);
    let size = FIRST_SLOT + shape.inline_capacity.get() as usize * 8;
    let i = Instance::from_cell(th.heap.alloc(size, index, Kind::Instance as u8));
    for s in 0..class.fixed_slots.get() as usize {
        // SAFETY: the fixed slots are inside the inline capacity.
        unsafe { i.slot_address(s).write(Value::UNBOUND) };
    }
    i.value()
}

impl Instance {
    #[inline(always)]
    pub fn header_shape(self) -> u32 {
        self.header.shape()
    }

    #[inline(always)]
    fn shape(self, th: &Thread) -> &'static Shape {
        th.interp.shapes.get(self.header_shape())
    }

    /// Address of inline slot `i`.
    #[inline(always)]
    pub fn slot_address(self, i: usize) -> *mut Value {
        // SAFETY: callers keep i inside the inline capacity, so the address is inside the cell.
        unsafe { self.cell().as_ptr().cast::<u8>().add(FIRST_SLOT).cast::<Value>().add(i) }
    }

    #[inline]
    fn ext(self) -> Option<Slots> {
        // SAFETY: the extension is null or this instance's array.
        unsafe { Slots::from_raw(self.extension.get()) }
    }

    /// The value at a physical slot (fixed slots included).
    #[inline(always)]
    pub fn slot(self, th: &Thread, i: usize) -> Value {
        let inline = self.shape(th).inline_capacity.get() as usize;
        if i < inline {
            // SAFETY: i is inside the inline capacity.
            unsafe { *self.slot_address(i) }
        } else {
            self.ext().map_or(Value::UNBOUND, |e| e.get(1 + i - inline))
        }
    }

    /// The attribute with the number beyond the inline slots.
    #[inline]
    pub fn extension_slot(self, i: usize) -> Value {
        self.ext().map_or(Value::UNBOUND, |e| e.get(1 + i))
    }

    /// Stores into an existing attribute beyond the inline slots.
    #[inline]
    pub fn set_extension_slot(self, th: &Thread, i: usize, v: Value) {
        if let Some(e) = self.ext() {
            e.set(th, 1 + i, v);
        }
    }

    /// Stores into an existing physical slot.
    #[inline(always)]
    pub fn set_slot(self, th: &Thread, i: usize, v: Value) {
        let inline = self.shape(th).inline_capacity.get() as usize;
        if i < inline {
            let p = self.slot_address(i);
            // SAFETY: i is inside the inline capacity.
            unsafe { p.write(v) };
            th.heap.barrier(self.cell(), p.cast());
        } else if let Some(e) = self.ext() {
            e.set(th, 1 + i - inline, v);
        }
    }

    fn in_dict_mode(self, th: &Thread) -> bool {
        self.shape(th).flags.get() & DICT_MODE != 0
    }

    /// The attribute dict of an instance in dict mode, or the view if there is one.
    fn dict_now(self) -> Option<Dict> {
        self.ext().and_then(|e| Dict::from_value(e.get(0)))
    }

    /// How many attributes the instance has (not counting `__slots__`).
    pub fn slot_count(self) -> usize {
        let th = Thread::current();
        if self.in_dict_mode(th) {
            return self.dict_now().map_or(0, Dict::len);
        }
        self.shape(th).slot_count.get() as usize
    }

    fn fixed(self, th: &Thread) -> usize {
        Class::of(self.shape(th).class.get()).fixed_slots.get() as usize
    }

    /// The instance's own attribute (name interned).
    pub fn get_own(self, th: &Thread, name: Value) -> Option<Value> {
        if self.in_dict_mode(th) {
            return self.dict_now().and_then(|d| d.get_str(th, Str::of(name)));
        }
        let i = th.interp.shapes.slot_of(self.header_shape(), name)?;
        Some(self.slot(th, self.fixed(th) + i as usize))
    }

    /// Sets the instance's own attribute (name interned).
    pub fn set_own(self, th: &Thread, name: Value, value: Value) -> Result<(), Raised> {
        if self.in_dict_mode(th) {
            let Some(d) = self.dict_now() else { return Ok(()) };
            return d.set(th, name, value);
        }
        let shapes = &th.interp.shapes;
        if let Some(i) = shapes.slot_of(self.header_shape(), name) {
            self.set_slot(th, self.fixed(th) + i as usize, value);
            return Ok(());
        }
        let count = self.shape(th).slot_count.get();
        if count < MAX_SLOTS
            && let Some(to) = shapes.with_name(self.header_shape(), name)
        {
            self.make_room(th, self.fixed(th) + count as usize + 1)?;
            self.header.set_shape(to);
            self.set_slot(th, self.fixed(th) + count as usize, value);
            self.learn(th, count + 1);
            return Ok(());
        }
        self.demote(th)?;
        self.set_own(th, name, value)
    }

    /// Makes the class give later instances room for as many attributes inline as this one needs.
    fn learn(self, th: &Thread, attributes: u32) {
        let class = Class::of(self.shape(th).class.get());
        let wanted = class.fixed_slots.get() as u32 + attributes;
        if wanted > class.wanted_slots.get() as u32 && wanted <= 64 {
            class.wanted_slots.set(wanted as u16);
        }
    }

    /// Makes sure that the extension has room for physical slots below `n`.
    pub fn make_room(self, th: &Thread, n: usize) -> Result<(), Raised> {
        let inline = self.shape(th).inline_capacity.get() as usize;
        if n <= inline {
            return Ok(());
        }
        let need = 1 + n - inline;
        let have = self.ext().map_or(0, Slots::capacity);
        if need <= have {
            return Ok(());
        }
        let new = Slots::new(th, (need + need / 2).max(4))?;
        if let Some(old) = self.ext() {
            new.copy_from(th, 0, old.data(), have);
        }
        self.extension.set(th, self.cell(), new.raw());
        Ok(())
    }

    /// Removes the instance's own attribute; None when there is none.
    pub fn remove_own(self, th: &Thread, name: Value) -> Res<Option<Value>> {
        if self.in_dict_mode(th) {
            return match self.dict_now() {
                Some(d) => d.remove(th, name),
                None => Ok(None),
            };
        }
        let shapes = &th.interp.shapes;
        let from = self.header_shape();
        let Some(at) = shapes.slot_of(from, name) else { return Ok(None) };
        let fixed = self.fixed(th);
        let old = self.slot(th, fixed + at as usize);
        // The shape without the name: the class's root, with the other names in order.
        let count = shapes.get(from).slot_count.get();
        let mut root = from;
        while shapes.get(root).parent.get() != 0 {
            root = shapes.get(root).parent.get();
        }
        let mut to = root;
        for i in (0..count).filter(|&i| i != at) {
            match shapes.with_name(to, shapes.name_of(from, i)) {
                Some(next) => to = next,
                None => {
                    self.demote(th)?;
                    return self.remove_own(th, name);
                }
            }
        }
        for i in at + 1..count {
            let v = self.slot(th, fixed + i as usize);
            self.set_slot(th, fixed + i as usize - 1, v);
        }
        self.set_slot(th, fixed + count as usize - 1, Value::ZERO);
        self.header.set_shape(to);
        Ok(Some(old))
    }

    /// Removes all own attributes.
    pub fn clear_own(self, th: &Thread) -> Result<(), Raised> {
        if self.in_dict_mode(th) {
            return match self.dict_now() {
                Some(d) => d.clear(th),
                None => Ok(()),
            };
        }
        let (fixed, count) = (self.fixed(th), self.slot_count());
        for i in 0..count {
            self.set_slot(th, fixed + i, Value::ZERO);
        }
        let mut root = self.header_shape();
        while th.interp.shapes.get(root).parent.get() != 0 {
            root = th.interp.shapes.get(root).parent.get();
        }
        self.header.set_shape(root);
        Ok(())
    }

    /// The own attribute at position `*at`, in order; advances the position.
    pub fn own_at(self, th: &Thread, at: &mut usize) -> Option<(Value, Value)> {
        if self.in_dict_mode(th) {
            return self.dict_now().and_then(|d| d.next(th, at));
        }
        if *at >= self.slot_count() {
            return None;
        }
        let i = *at;
        *at += 1;
        Some((th.interp.shapes.name_of(self.header_shape(), i as u32), self.slot(th, self.fixed(th) + i)))
    }

    /// The instance's `__dict__`: a live view, the same object each time.
    pub fn dict(self, th: &Thread) -> Res<Dict> {
        if let Some(d) = self.dict_now() {
            return Ok(d);
        }
        let d = dict::new_view(th, self);
        self.keep_dict(th, d)?;
        Ok(d)
    }

    fn keep_dict(self, th: &Thread, d: Dict) -> Result<(), Raised> {
        if self.ext().is_none() {
            let e = Slots::new(th, 1)?;
            self.extension.set(th, self.cell(), e.raw());
        }
        if let Some(e) = self.ext() {
            e.set(th, 0, d.value());
        }
        Ok(())
    }

    /// Goes to dict mode: the attributes move into the dict, which becomes a plain table.
    pub fn demote(self, th: &Thread) -> Result<(), Raised> {
        if self.in_dict_mode(th) {
            return Ok(());
        }
        let plain = dict::with_capacity(th, self.slot_count())?;
        let mut at = 0;
        while let Some((k, v)) = self.own_at(th, &mut at) {
            plain.set(th, k, v)?;
        }
        self.enter_dict_mode(th, plain)
    }

    /// Replaces the instance's `__dict__` (assignment to it): the new dict is its attributes from now on.
    pub fn replace_dict(self, th: &Thread, d: Dict) -> Result<(), Raised> {
        // An old view keeps showing the attributes as they were.
        if let Some(old) = self.dict_now()
            && old.mode() == dict::VIEW
        {
            let plain = old.copy(th)?;
            old.become_table(th, plain);
        }
        let class = Class::of(self.shape(th).class.get());
        let shape = class.dict_mode_shape(th)?;
        self.keep_dict(th, d)?;
        self.header.set_shape(shape);
        Ok(())
    }

    fn enter_dict_mode(self, th: &Thread, plain: Dict) -> Result<(), Raised> {
        let class = Class::of(self.shape(th).class.get());
        let inline = self.shape(th).inline_capacity.get();
        let shape = class.dict_mode_shape_with(th, inline)?;
        let fixed = self.fixed(th);
        match self.dict_now() {
            Some(view) => view.become_table(th, plain),
            None => self.keep_dict(th, plain)?,
        }
        for i in fixed..inline as usize {
            // SAFETY: i is inside the inline capacity; a non-reference needs no barrier.
            unsafe { self.slot_address(i).write(Value::ZERO) };
        }
        self.header.set_shape(shape);
        Ok(())
    }

    /// Gives the instance the layout of another class (`__class__` assignment): both have the instance layout and the same `__slots__`.
    pub fn set_class(self, th: &Thread, class: Class) -> Result<(), Raised> {
        let names: Vec<u32> = (0..self.slot_count() as u32).collect();
        if self.in_dict_mode(th) {
            let shape = class.dict_mode_shape_with(th, self.shape(th).inline_capacity.get())?;
            self.header.set_shape(shape);
            return Ok(());
        }
        let shapes = &th.interp.shapes;
        let from = self.header_shape();
        let inline = shapes.get(from).inline_capacity.get();
        let mut to = class.root_with_capacity(th, inline)?;
        for i in names {
            to = shapes.with_name(to, shapes.name_of(from, i)).ok_or_else(|| th.memory_error())?;
        }
        self.header.set_shape(to);
        th.heap.barrier(self.cell(), self.cell().as_ptr().cast());
        Ok(())
    }
}
