//! The cache of attribute lookups for places that see many shapes.
//!
//! An inline cache in the code serves a place that sees one shape; this table serves the
//! rest: one entry per (receiver's key, name) with what the lookup found. The key holds
//! the shape and its version, for classes the class's own version and that of the
//! metaclass's shape; all of them are numbers that are never given out twice, so an entry
//! whose key is equal is right. Nothing in the table is kept alive by it: the
//! collector clears it before each collection.

use crate::attr;
use crate::class::{Class, flag};
use crate::descriptor::{ClassMethod, GetSet, Member, Property, StaticMethod};
use crate::function::Function;
use crate::kind::Kind;
use crate::names::Name;
use crate::native::{DefKind, Native};
use crate::shape::DICT_MODE;
use crate::thread::Thread;
use crate::types::TypeId;
use crate::value::Value;
use std::cell::Cell;

/// What `receiver.name` is, for all receivers with the same key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// An instance's inline slot.
    Slot(u32),
    /// An instance's attribute beyond the inline slots: its number there.
    Extension(u32),
    /// A `__slots__` member in an inline slot, which may be unbound.
    Member(u32),
    /// A property whose getter is a Python function of one parameter; an AttributeError of it is final.
    Property(Value),
    /// A value that does not bind.
    Value(Value),
    /// A function that binds to the receiver.
    Method(Value),
    /// An attribute that native code computes: the descriptor.
    GetSet(Value),
}

/// Where an assignment `receiver.name = value` goes, for all receivers with the same key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// An inline slot that is there.
    Slot(u32),
    /// An attribute beyond the inline slots.
    Extension(u32),
    /// A new attribute in an inline slot: the shape with it, the slot.
    Add(u32, u32),
}

/// What an entry says; the numbers are compared in the interpreter's handlers.
pub mod tag {
    /// There is no quick way.
    pub const GENERAL: u32 = 0;
    pub const SLOT: u32 = 1;
    pub const EXTENSION: u32 = 2;
    pub const MEMBER: u32 = 3;
    pub const PROPERTY: u32 = 4;
    pub const VALUE: u32 = 5;
    pub const METHOD: u32 = 6;
    pub const GETSET: u32 = 7;
    pub const ADD: u32 = 8;
}

/// One entry.
#[repr(C)]
pub struct Entry {
    pub key: Cell<u64>,
    pub name: Cell<Value>,
    /// Slot number or value, by the tag.
    pub word: Cell<u64>,
    pub tag: Cell<u32>,
}

const SIZE: usize = 1024;

/// The table.
pub struct AttrCache {
    entries: Box<[Entry]>,
}

impl Default for AttrCache {
    fn default() -> Self {
        let empty = || Entry {
            key: Cell::new(0),
            name: Cell::new(Value::ZERO),
            word: Cell::new(0),
            tag: Cell::new(tag::GENERAL),
        };
        AttrCache { entries: (0..SIZE).map(|_| empty()).collect() }
    }
}

impl AttrCache {
    /// The place of a key and a name; the caller compares both.
    #[inline(always)]
    pub fn at(&self, key: u64, name: Value) -> &Entry {
        // Names differ above their low four bits; the shift to the left lets `store_name` have a say, so that `x.n += 1`
        // has two places.
        let i = (key ^ key >> 32).wrapping_mul(31) ^ name.0 >> 4 ^ name.0 << 4;
        // SAFETY: the table has `SIZE` entries.
        unsafe { self.entries.get_unchecked(i as usize % SIZE) }
    }

    /// Notes what a lookup found; None: it needs the general way.
    pub fn put(&self, key: u64, name: Value, found: Option<Found>) {
        let (tag, word) = match found {
            None => (tag::GENERAL, 0),
            Some(Found::Slot(i)) => (tag::SLOT, i as u64),
            Some(Found::Extension(i)) => (tag::EXTENSION, i as u64),
            Some(Found::Member(i)) => (tag::MEMBER, i as u64),
            Some(Found::Property(v)) => (tag::PROPERTY, v.0),
            Some(Found::Value(v)) => (tag::VALUE, v.0),
            Some(Found::Method(v)) => (tag::METHOD, v.0),
            Some(Found::GetSet(v)) => (tag::GETSET, v.0),
        };
        let e = self.at(key, name);
        e.key.set(key);
        e.name.set(name);
        e.word.set(word);
        e.tag.set(tag);
    }

    /// The name that the places of assignments are kept under: no value, so no lookup has it.
    #[inline(always)]
    pub fn store_name(name: Value) -> Value {
        Value(name.0 ^ 2)
    }

    /// Notes where an assignment goes; None: it needs the general way.
    pub fn put_place(&self, key: u64, name: Value, place: Option<Place>) {
        let (tag, word) = match place {
            None => (tag::GENERAL, 0),
            Some(Place::Slot(i)) => (tag::SLOT, i as u64),
            Some(Place::Extension(i)) => (tag::EXTENSION, i as u64),
            Some(Place::Add(shape, i)) => (tag::ADD, shape as u64 | (i as u64) << 32),
        };
        let e = self.at(key, Self::store_name(name));
        e.key.set(key);
        e.name.set(Self::store_name(name));
        e.word.set(word);
        e.tag.set(tag);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.entries.iter().for_each(|e| e.key.set(0));
    }
}

/// The key of a cell, 0 or one that no entry has when its versions are not valid.
#[inline(always)]
pub fn key(th: &Thread, v: Value) -> u64 {
    let h = v.header();
    let shape = h.shape();
    // SAFETY: the index is that of a live cell's header, so it is inside the table.
    let version = unsafe { &*th.shapes.add(shape as usize) }.version.get();
    let low = if h.kind() == Kind::Type as u8 { Class::of(v).cache_version() } else { shape };
    low as u64 | (version as u64) << 32
}

/// The key of a cell for filling a cache: its versions are made valid.
pub fn valid_key(th: &Thread, v: Value) -> u64 {
    if let Some(c) = Class::from_value(v) {
        c.validate(th);
    }
    th.interp.shapes.validate(v.header().shape());
    key(th, v)
}

/// Looks the attribute of a cell up for a cache. None: it depends on more than the key says, or is not there.
pub fn classify(th: &Thread, obj: Value, name: Value) -> Option<Found> {
    let class = Class::of_value(th, obj);
    let own = uses_getattribute_of(th, class)?;
    match own {
        TypeId::Object if !obj.is_kind(Kind::Type) => of_object(th, obj, class, name),
        TypeId::Type if obj.is_kind(Kind::Type) => of_class(th, Class::of(obj), class, name),
        _ => None,
    }
}

/// Which builtin's `__getattribute__` the class has. (`__getattr__` matters only where nothing is found.)
fn uses_getattribute_of(th: &Thread, class: Class) -> Option<TypeId> {
    let n = Native::from_value(class.special(th, Name::__getattribute__)?)?;
    let owner = Class::from_value(n.owner.get())?;
    [TypeId::Object, TypeId::Type].into_iter().find(|&t| owner.is(t))
}

fn of_object(th: &Thread, obj: Value, class: Class, name: Value) -> Option<Found> {
    let on_class = class.lookup(th, name);
    if let Some(v) = on_class {
        match v.kind() {
            Kind::Member if obj.is_kind(Kind::Instance) => {
                let m = Member::of(v);
                m.get(obj)?;
                if !class.is_subclass_of(Class::of(m.class.get())) {
                    return None;
                }
                return Some(Found::Member(m.index.get()));
            }
            // An AttributeError of the getter is `__getattr__`'s turn: not for a cache.
            Kind::Property
                if v.has_shape(TypeId::Property as u32) && class.special(th, Name::__getattr__).is_none() =>
            {
                let f = Function::from_value(Property::of(v).get.get())?;
                let plain = f.code().simple.get() && f.code().arg_count.get() == 1;
                return plain.then_some(Found::Property(f.value()));
            }
            Kind::GetSet if class.special(th, Name::__getattr__).is_none() => return getset(class, v),
            _ if attr::is_data_descriptor(th, v) => return None,
            _ => {}
        }
    }
    if obj.is_kind(Kind::Instance) {
        let index = obj.header().shape();
        let shape = th.interp.shapes.get(index);
        if shape.flags.get() & DICT_MODE != 0 {
            return None;
        }
        if let Some(i) = th.interp.shapes.slot_of(index, name) {
            let physical = class.fixed_slots.get() as u32 + i;
            let inline = shape.inline_capacity.get() as u32;
            return Some(if physical < inline {
                Found::Slot(physical)
            } else {
                Found::Extension(physical - inline)
            });
        }
    } else if class.has_flag(flag::DICT) || attr::own(th, obj, name).is_some() {
        // The shape does not show the attributes of its own.
        return None;
    }
    let v = on_class?;
    if v.is_kind(Kind::Function) || Native::from_value(v).is_some_and(Native::is_method_descriptor) {
        return Some(Found::Method(v));
    }
    if v.has_shape(TypeId::StaticMethod as u32) {
        return Some(Found::Value(StaticMethod::of(v).function.get()));
    }
    plain_value(th, v)
}

/// A value whose type has no `__get__`.
fn plain_value(th: &Thread, v: Value) -> Option<Found> {
    let binds = v.is_kind(Kind::Function)
        || v.is_kind(Kind::Native)
        || Class::of_value(th, v).special(th, Name::__get__).is_some();
    if binds { None } else { Some(Found::Value(v)) }
}

/// A descriptor that is in the dict of a class that it was not made for checks its receivers.
fn getset(class: Class, v: Value) -> Option<Found> {
    class.is_subclass_of(Class::of(GetSet::of(v).class.get())).then_some(Found::GetSet(v))
}

fn of_class(th: &Thread, c: Class, meta: Class, name: Value) -> Option<Found> {
    if let Some(v) = meta.lookup(th, name) {
        if v.is_kind(Kind::GetSet) && meta.special(th, Name::__getattr__).is_none() {
            return getset(meta, v);
        }
        if attr::is_data_descriptor(th, v) {
            return None;
        }
    }
    let v = c.lookup(th, name)?;
    match v.kind() {
        Kind::Function => Some(Found::Value(v)),
        Kind::Native => match Native::of(v).def().kind {
            DefKind::ClassMethod => None,
            _ => Some(Found::Value(v)),
        },
        Kind::StaticMethod if v.has_shape(TypeId::StaticMethod as u32) => {
            Some(Found::Value(StaticMethod::of(v).function.get()))
        }
        Kind::ClassMethod if v.has_shape(TypeId::ClassMethod as u32) => {
            let f = ClassMethod::of(v).function.get();
            f.is_kind(Kind::Function).then_some(Found::Method(f))
        }
        Kind::Member | Kind::GetSet => Some(Found::Value(v)),
        _ => plain_value(th, v),
    }
}

/// Looks for a cache up where an assignment to an attribute of a cell goes. None: it depends on more than the key says.
pub fn classify_store(th: &Thread, obj: Value, name: Value) -> Option<Place> {
    if !obj.is_kind(Kind::Instance) {
        return None;
    }
    let class = Class::of_value(th, obj);
    if !attr::is_generic_set(th, class) {
        return None;
    }
    if let Some(v) = class.lookup(th, name) {
        if v.is_kind(Kind::Member) {
            let m = Member::of(v);
            return class.is_subclass_of(Class::of(m.class.get())).then_some(Place::Slot(m.index.get()));
        }
        if attr::is_data_descriptor(th, v) {
            return None;
        }
    }
    let index = obj.header().shape();
    let shape = th.interp.shapes.get(index);
    if shape.flags.get() & DICT_MODE != 0 || !class.has_flag(flag::DICT) {
        return None;
    }
    let fixed = class.fixed_slots.get() as u32;
    let inline = shape.inline_capacity.get() as u32;
    if let Some(i) = th.interp.shapes.slot_of(index, name) {
        let physical = fixed + i;
        return Some(if physical < inline {
            Place::Slot(physical)
        } else {
            Place::Extension(physical - inline)
        });
    }
    let physical = fixed + shape.slot_count.get();
    if physical >= inline {
        return None;
    }
    Some(Place::Add(th.interp.shapes.with_name(index, name)?, physical))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place that loads and stores the same attribute in turn finds both in the table.
    #[test]
    fn loads_and_stores_have_places_of_their_own() {
        let cache = AttrCache::default();
        for n in 1..5000u64 {
            let (key, name) = ((n << 32) | (7 * n), Value(n * 16 + 1));
            assert!(!std::ptr::eq(cache.at(key, name), cache.at(key, AttrCache::store_name(name))));
        }
    }
}
