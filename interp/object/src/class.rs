//! `type` cells: classes. Creation from `class` statements is in `type_new`, the methods in `type_methods`.
//!
//! A class knows the layout of its instances (kind, `__slots__`, tail words), the root of
//! their shapes, its MRO, and a cache of resolved special methods indexed by [`Name`].
//! Whatever changes the meaning of an attribute goes through [`Class::modified`], which
//! invalidates shapes, caches and specials of the class and of all its subclasses.

use crate::attrs::{self, ATTRS};
use crate::cellref::{Owned, Slot};
use crate::dict::{self, Dict};
use crate::handle;
use crate::kind::Kind;
use crate::names::Name;
use crate::shape::DICT_MODE;
use crate::storage::{Slots, ValueVec};
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::{TypeId, flags as type_flags};
use crate::value::Value;
use crate::watch::{self, Watched};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

/// Flags of a class.
pub mod flag {
    /// Made by a `class` statement or `type()`: attributes may be set.
    pub const HEAP: u32 = 1;
    /// A class may derive from it.
    pub const BASE: u32 = 2;
    /// Instances have an attribute dict.
    pub const DICT: u32 = 4;
    /// Instances can be weakly referenced.
    pub const WEAKREF: u32 = 8;
    /// `__abstractmethods__` is not empty.
    pub const ABSTRACT: u32 = 16;
    /// Cannot be called to make instances.
    pub const NO_NEW: u32 = 32;
    /// `collections.abc.Sequence` or `Mapping` for patterns.
    pub const SEQUENCE: u32 = 64;
    pub const MAPPING: u32 = 128;
    /// Attributes cannot be set although it is a heap type.
    pub const IMMUTABLE: u32 = 256;
    /// A class pattern with one positional subpattern matches the subject itself.
    pub const MATCH_SELF: u32 = 512;
    /// Instances of a class with the instance layout have finalizers (`__del__`).
    pub const FINALIZER: u32 = 1024;
    /// `+` and `*` of the type are sequence operations: the right operand's methods go first.
    pub const CONCAT: u32 = 2048;
}

/// Offset of the version for caches (32 bits) in a class's cell.
pub const CACHE_VERSION: usize = std::mem::offset_of!(ClassCell, version);

#[repr(C)]
pub struct ClassCell {
    header: Header,
    pub name: Slot,
    pub qualname: Slot,
    pub bases: Slot,
    pub mro: Slot,
    pub dict: Slot,
    /// The base that gives the layout (`__base__`), or None for object.
    pub base: Slot,
    specials: Owned,
    pub flags: Cell<u32>,
    /// Root shape of the instances that are made now.
    pub shape: Cell<u32>,
    /// All shapes of the class, as a list.
    shapes: Cell<u32>,
    dict_shape: Cell<u32>,
    /// Number for the method cache; 0: not valid.
    version: Cell<u32>,
    pub type_id: Cell<u16>,
    /// `__slots__` of instances with the instance layout, inherited ones included.
    pub fixed_slots: Cell<u16>,
    /// Words at the end of instances with a builtin layout: `__slots__` and the attribute word.
    pub tail_words: Cell<u16>,
    /// How many slots instances have been seen to need.
    pub wanted_slots: Cell<u16>,
    pub kind: Cell<Kind>,
    subclasses: Cell<*mut Vec<CellPtr>>,
    /// Values of the class that only native code sees (per metaclass or module use), or zero.
    pub extra: Slot,
    pub doc: Cell<&'static str>,
    /// Signature text shown for the class, or empty.
    pub text_signature: Cell<&'static str>,
}

handle!(
    /// A class.
    Class, ClassCell, Kind::Type
);

/// # Safety
/// The cell is a live class.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let c = Class::from_cell(cell);
    for s in [&c.name, &c.qualname, &c.bases, &c.mro, &c.dict, &c.base, &c.extra] {
        s.trace(tracer);
    }
    c.specials.trace(tracer);
    let interp = Thread::current().interp;
    interp.shapes.for_each_name(c.shapes.get(), &mut |n| tracer.visit(n.0));
    // The metaclass.
    tracer.visit(interp.shapes.get(c.header.shape()).class.get().0);
}

/// # Safety
/// The cell is a dead class.
pub unsafe fn release(cell: CellPtr) {
    let c = Class::from_cell(cell);
    if let Some(bases) = Tuple::from_value(c.bases.get()) {
        for &b in bases.as_slice() {
            // SAFETY: dead cells are readable until the sweep that follows; a released base has a null list.
            if let Some(list) = unsafe { Class::of(b).subclasses.get().as_mut() } {
                list.retain(|&s| s != cell);
            }
        }
    }
    let list = c.subclasses.replace(std::ptr::null_mut());
    if !list.is_null() {
        // SAFETY: made by `Box::into_raw` in `add_subclass`, owned by this class alone.
        drop(unsafe { Box::from_raw(list) });
    }
    if c.type_id.get() == 0 {
        Thread::current().interp.shapes.release(c.shapes.get());
    }
}

/// The name of a value's type as error texts have it: native classes outside `builtins` show their module.
pub fn type_name(th: &Thread, v: Value) -> String {
    let c = Class::of_value(th, v);
    if c.has_flag(flag::HEAP) { c.name_text() } else { set_target_name(th, c) }
}

/// Everything a new class needs; `type_new` and the bootstrap fill it in.
pub struct ClassParts {
    pub name: Value,
    pub qualname: Value,
    /// Tuple of bases; empty for object.
    pub bases: Value,
    /// The base that gives the layout.
    pub base: Option<Class>,
    pub dict: Dict,
    /// Shape of the class object itself (root shape of the metaclass).
    pub meta_shape: u32,
    pub meta_tail_words: usize,
    pub flags: u32,
    pub kind: Kind,
    pub fixed_slots: u16,
    pub tail_words: u16,
    pub type_id: u16,
}

/// Makes a class object. The MRO is not set yet.
pub fn allocate(th: &Thread, p: &ClassParts) -> Res<Class> {
    let size = size_of::<ClassCell>() + 8 * p.meta_tail_words;
    let c = Class::from_cell(th.heap.alloc(size, p.meta_shape, Kind::Type as u8));
    c.name.init(p.name);
    c.qualname.init(p.qualname);
    c.bases.init(p.bases);
    c.dict.init(p.dict.value());
    c.base.init(p.base.map_or(Value::none(), Class::value));
    c.mro.init(Value::none());
    c.doc.set("");
    c.text_signature.set("");
    c.flags.set(p.flags);
    c.kind.set(p.kind);
    c.fixed_slots.set(p.fixed_slots);
    c.tail_words.set(p.tail_words);
    c.type_id.set(p.type_id);
    if p.type_id != 0 {
        c.shape.set(p.type_id as u32);
        th.interp.shapes.get(p.type_id as u32).class.set(c.value());
    } else {
        let wanted = match p.base {
            Some(b) if p.kind == Kind::Instance => {
                p.fixed_slots + (b.wanted_slots.get() - b.fixed_slots.get().min(b.wanted_slots.get()))
            }
            _ => p.fixed_slots,
        };
        c.wanted_slots.set(wanted);
        let inline = if p.kind == Kind::Instance { wanted } else { 0 };
        c.shape.set(th.interp.shapes.new_root(c.value(), inline).ok_or_else(|| th.memory_error())?);
    }
    c.shapes.set(c.shape.get());
    th.heap.add_resource(c.cell());
    Ok(c)
}

impl Class {
    /// The class of any value.
    #[inline(always)]
    pub fn of_value(th: &Thread, v: Value) -> Class {
        if v.is_cell() {
            Class::of(th.interp.shapes.get(v.header().shape()).class.get())
        } else if v.is_small_int() {
            th.interp.class(TypeId::Int)
        } else {
            th.interp.class(TypeId::Float)
        }
    }

    /// The class of a cell, for tracers: None before its shape has one.
    pub fn of_cell(cell: CellPtr) -> Option<Class> {
        // SAFETY: the cell is live.
        let shape = unsafe { cell.as_ref() }.shape();
        Class::from_value(Thread::current().interp.shapes.get(shape).class.get())
    }

    /// The shape index of any value (immediates have their type's).
    #[inline(always)]
    pub fn shape_of(v: Value) -> u32 {
        if v.is_cell() {
            v.header().shape()
        } else if v.is_small_int() {
            crate::shape::fixed::INT
        } else {
            crate::shape::fixed::FLOAT
        }
    }

    #[inline(always)]
    pub fn has_flag(self, f: u32) -> bool {
        self.flags.get() & f != 0
    }

    pub fn set_flag(self, f: u32, on: bool) {
        self.flags.set(if on { self.flags.get() | f } else { self.flags.get() & !f });
    }

    #[inline(always)]
    pub fn dict(self) -> Dict {
        Dict::of(self.dict.get())
    }

    /// The name without the module.
    pub fn name_text(self) -> String {
        Str::from_value(self.name.get()).map(Str::to_text).unwrap_or_default()
    }

    /// The MRO, this class first.
    #[inline(always)]
    pub fn mro<'a>(self) -> &'a [Value] {
        Tuple::from_value(self.mro.get()).map_or(&[], Tuple::as_slice)
    }

    /// Is this class `other` or derived from it (by MRO)?
    #[inline]
    pub fn is_subclass_of(self, other: Class) -> bool {
        self == other || self.mro().contains(&other.value())
    }

    /// Is this the exact builtin type?
    #[inline(always)]
    pub fn is(self, t: TypeId) -> bool {
        self.type_id.get() == t as u16
    }

    /// An attribute of the class or its bases (name interned), not bound.
    #[inline]
    pub fn lookup(self, th: &Thread, name: Value) -> Option<Value> {
        let version = self.version.get();
        if version != 0
            && let Some(found) = th.interp.method_cache.get(version, name)
        {
            return if found == Value::UNBOUND { None } else { Some(found) };
        }
        self.lookup_slow(th, name)
    }

    #[inline(never)]
    fn lookup_slow(self, th: &Thread, name: Value) -> Option<Value> {
        let found = self.mro().iter().find_map(|&c| Class::of(c).dict().get_name(th, name));
        // While the MRO is being made there is nothing to cache.
        if !self.mro().is_empty() {
            th.interp.method_cache.put(self.validate(th), name, found.unwrap_or(Value::UNBOUND));
        }
        found
    }

    /// The class's version for caches of lookups on it, 0 when none is valid.
    #[inline(always)]
    pub fn cache_version(self) -> u32 {
        self.version.get()
    }

    /// The class's version for the method cache, given a new one if it has none.
    pub fn validate(self, th: &Thread) -> u32 {
        if self.version.get() == 0 {
            let v = th.interp.type_epoch.get() + 1;
            th.interp.type_epoch.set(v);
            self.version.set(v);
        }
        self.version.get()
    }

    /// A resolved special method, not bound; None when the class has none or set it to None... (None is returned as a value).
    #[inline(always)]
    pub fn special(self, th: &Thread, n: Name) -> Option<Value> {
        debug_assert!((n as usize) < Name::SPECIALS);
        // SAFETY: null or this class's array.
        if let Some(s) = unsafe { Slots::from_raw(self.specials.get()) } {
            let v = s.get(n as usize);
            if v == Value::MISSING {
                return None;
            }
            if v != Value::UNBOUND {
                return Some(v);
            }
        }
        self.resolve_special(th, n)
    }

    #[cold]
    #[inline(never)]
    fn resolve_special(self, th: &Thread, n: Name) -> Option<Value> {
        // SAFETY: null or this class's array.
        let s = match unsafe { Slots::from_raw(self.specials.get()) } {
            Some(s) => s,
            None => {
                let Ok(s) = Slots::new(th, Name::SPECIALS) else {
                    th.clear_pending();
                    return self.lookup(th, th.name(n));
                };
                for i in 0..Name::SPECIALS {
                    s.init(i, Value::UNBOUND);
                }
                self.specials.set(th, self.cell(), s.raw());
                s
            }
        };
        let found = self.lookup(th, th.name(n));
        s.set(th, n as usize, found.unwrap_or(Value::MISSING));
        found
    }

    /// Is the special method the one that `owner` defines itself?
    pub fn inherits_special(self, th: &Thread, n: Name, owner: TypeId) -> bool {
        self.special(th, n) == th.interp.class(owner).special(th, n)
    }

    /// Attributes of the class changed (a name, or the MRO when None): every cache that relies on it is invalid.
    pub fn modified(self, th: &Thread, name: Option<Value>) {
        if self.version.replace(0) != 0 {
            watch::changed(Watched::Class(self.value().0));
        }
        th.interp.shapes.invalidate(self.shapes.get());
        let special = match name {
            Some(n) => Str::from_value(n).and_then(Str::as_ascii).is_some_and(|t| t.starts_with("__")),
            None => true,
        };
        if special {
            self.specials.set(th, self.cell(), std::ptr::null_mut());
        }
        self.update_finalizer_flag(th);
        for c in self.subclass_cells() {
            Class::from_cell(c).modified(th, name);
        }
    }

    /// Instances of the class may have become descriptors, or have ceased to be: what is known of any class that has
    /// one among its attributes is no longer true. Which those are is not known, and it hardly ever happens.
    pub fn descriptors_changed(th: &Thread) {
        th.interp.class(TypeId::Object).forget_versions(th);
    }

    /// What makes instances of the class descriptors.
    pub fn binding(self, th: &Thread) -> [Option<Value>; 3] {
        [Name::__get__, Name::__set__, Name::__delete__].map(|n| self.special(th, n))
    }

    fn forget_versions(self, th: &Thread) {
        if self.version.replace(0) != 0 {
            watch::changed(Watched::Class(self.value().0));
        }
        th.interp.shapes.invalidate(self.shapes.get());
        for c in self.subclass_cells() {
            Class::from_cell(c).forget_versions(th);
        }
    }

    fn update_finalizer_flag(self, th: &Thread) {
        if !self.mro().is_empty() && self.has_flag(flag::HEAP) {
            self.set_flag(flag::FINALIZER, self.lookup(th, th.name(Name::__del__)).is_some());
        }
    }

    fn subclass_cells(self) -> Vec<CellPtr> {
        // SAFETY: null or the class's own list; cloned so that nothing borrows it while caches are cleared.
        unsafe { self.subclasses.get().as_ref() }.cloned().unwrap_or_default()
    }

    /// The direct subclasses that are alive, oldest first.
    pub fn subclasses(self, th: &Thread) -> Res<ValueVec> {
        // The list is weak: there is room for all before the first is taken from it, so that none dies meanwhile.
        let mut all = ValueVec::with_capacity(th, self.subclass_cells().len())?;
        for cell in self.subclass_cells() {
            all.push(th, Value::from_cell(cell))?;
        }
        Ok(all)
    }

    pub fn add_subclass(self, c: Class) {
        if self.subclasses.get().is_null() {
            self.subclasses.set(Box::into_raw(Box::default()));
        }
        // SAFETY: just made if it was null; no other reference exists here.
        unsafe { (*self.subclasses.get()).push(c.cell()) };
    }

    pub fn remove_subclass(self, c: Class) {
        // SAFETY: null or the class's own list.
        if let Some(list) = unsafe { self.subclasses.get().as_mut() } {
            list.retain(|&s| s != c.cell());
        }
    }

    /// Sets bases' subclass lists, MRO and caches after `allocate`; the class is ready afterwards.
    pub fn finish(self, th: &Thread, mro: Value) {
        self.mro.set(th, self.cell(), mro);
        if let Some(bases) = Tuple::from_value(self.bases.get()) {
            bases.as_slice().iter().for_each(|&b| Class::of(b).add_subclass(self));
        }
        self.update_finalizer_flag(th);
        // Inherited: pattern flags and the sequence nature of operators.
        let pattern = flag::SEQUENCE | flag::MAPPING;
        for &b in self.mro().iter().skip(1) {
            let mut inherit = flag::MATCH_SELF | flag::CONCAT;
            // The first class that is a sequence or a mapping decides which of the two this one is.
            if self.flags.get() & pattern == 0 {
                inherit |= pattern;
            }
            self.flags.set(self.flags.get() | Class::of(b).flags.get() & inherit);
        }
    }

    /// The root shape of instances in dict mode.
    pub fn dict_mode_shape(self, th: &Thread) -> Res<u32> {
        let inline = th.interp.shapes.get(self.shape.get()).inline_capacity.get();
        self.dict_mode_shape_with(th, inline)
    }

    /// As `dict_mode_shape` for instances with the inline capacity.
    pub fn dict_mode_shape_with(self, th: &Thread, inline: u16) -> Res<u32> {
        let shapes = &th.interp.shapes;
        let now = self.dict_shape.get();
        if now != 0 && shapes.get(now).inline_capacity.get() == inline {
            return Ok(now);
        }
        let s = self.root_with_capacity_new(th, inline)?;
        shapes.get(s).flags.set(DICT_MODE);
        self.dict_shape.set(s);
        Ok(s)
    }

    /// A root shape for instances that have the inline capacity already.
    pub fn root_with_capacity(self, th: &Thread, inline: u16) -> Res<u32> {
        if th.interp.shapes.get(self.shape.get()).inline_capacity.get() == inline {
            return Ok(self.shape.get());
        }
        self.root_with_capacity_new(th, inline)
    }

    fn root_with_capacity_new(self, th: &Thread, inline: u16) -> Res<u32> {
        let shapes = &th.interp.shapes;
        let s = shapes.new_root(self.value(), inline).ok_or_else(|| th.memory_error())?;
        shapes.get(s).next_of_class.set(self.shapes.get());
        self.shapes.set(s);
        Ok(s)
    }

    /// The root shape for a new instance; makes a roomier one when instances have been seen to need more slots.
    #[inline]
    pub fn instance_shape(self, th: &Thread) -> Res<u32> {
        let s = self.shape.get();
        if self.kind.get() == Kind::Instance
            && th.interp.shapes.get(s).inline_capacity.get() < self.wanted_slots.get()
        {
            let s = self.root_with_capacity_new(th, self.wanted_slots.get())?;
            self.shape.set(s);
            return Ok(s);
        }
        Ok(s)
    }

    /// Bytes that the class adds to cells of a builtin layout.
    #[inline]
    pub fn tail_bytes(self) -> usize {
        self.tail_words.get() as usize * 8
    }

    /// Marks a fresh cell of a Python subclass of a builtin layout: flag, unbound `__slots__`, empty attribute word.
    #[inline]
    pub fn init_tail(self, cell: CellPtr) {
        if self.has_flag(flag::HEAP) || self.tail_words.get() > 0 {
            // SAFETY: the cell was just allocated with room for the tail.
            unsafe { cell.as_ref() }.set_flag(ATTRS);
            if self.has_flag(flag::FINALIZER) {
                Thread::current().heap.add_finalizer(cell);
            }
            let first = usize::from(self.has_flag(flag::DICT));
            for i in first..self.tail_words.get() as usize {
                // SAFETY: as above.
                unsafe { attrs::tail(cell, i).write(Value::UNBOUND) };
            }
        }
    }

    /// A fresh cell of a fixed-size builtin layout for this class (the builtin or a subclass).
    pub fn allocate_builtin(self, th: &Thread, size: usize) -> CellPtr {
        let cell = th.heap.alloc(size + self.tail_bytes(), self.shape.get(), self.kind.get() as u8);
        self.init_tail(cell);
        cell
    }
}

/// The global cache of attribute lookups on classes.
pub struct MethodCache {
    entries: Box<[Cell<(u32, Value, Value)>]>,
}

const CACHE_SIZE: usize = 2048;

impl Default for MethodCache {
    fn default() -> Self {
        MethodCache {
            entries: (0..CACHE_SIZE).map(|_| Cell::new((0, Value::UNBOUND, Value::UNBOUND))).collect(),
        }
    }
}

impl MethodCache {
    #[inline(always)]
    fn place(version: u32, name: Value) -> usize {
        (version as usize ^ (name.0 >> 4) as usize) % CACHE_SIZE
    }

    #[inline(always)]
    fn get(&self, version: u32, name: Value) -> Option<Value> {
        let (v, n, found) = self.entries[Self::place(version, name)].get();
        if v == version && n == name { Some(found) } else { None }
    }

    fn put(&self, version: u32, name: Value, found: Value) {
        self.entries[Self::place(version, name)].set((version, name, found));
    }

    /// Forgets everything (before each collection: the cache holds values that it does not keep alive).
    pub fn clear(&self) {
        self.entries.iter().for_each(|e| e.set((0, Value::UNBOUND, Value::UNBOUND)));
    }
}

/// The C3 linearization of a class with the bases; TypeError when there is none.
pub fn c3(th: &Thread, class: Class, bases: &[Value]) -> Res {
    let mut lists: Vec<&[Value]> = bases.iter().map(|&b| Class::of(b).mro()).collect();
    lists.push(bases);
    let mut out = crate::storage::ValueVec::new();
    out.push(th, class.value())?;
    loop {
        lists.retain(|l| !l.is_empty());
        if lists.is_empty() {
            return tuple::from_vec(th, &out);
        }
        let good = lists.iter().map(|l| l[0]).find(|&c| !lists.iter().any(|l| l[1..].contains(&c)));
        let Some(good) = good else {
            let mut names: Vec<String> = Vec::new();
            for l in &lists {
                let n = Class::of(l[0]).name_text();
                if !names.contains(&n) {
                    names.push(n);
                }
            }
            return Err(th.type_error(format!(
                "Cannot create a consistent method resolution\norder (MRO) for bases {}",
                names.join(", ")
            )));
        };
        out.push(th, good)?;
        for l in &mut lists {
            if l[0] == good {
                *l = &l[1..];
            }
        }
    }
}

/// A native class of a module.
pub struct ClassSpec {
    /// `module.name`; for builtins just the name.
    pub name: &'static str,
    pub base: TypeId,
    /// `flag::*`; `DICT` gives instances an attribute dict.
    pub flags: u32,
    pub doc: &'static str,
    pub methods: &'static [crate::native::NativeDef],
    pub getset: &'static [crate::descriptor::GetSetDef],
    /// Words that instances end in (`attrs.rs`), the one kept for the attribute dict included; 0: as the base.
    pub tail_words: u16,
    /// Instances have the layout of ordinary instances, no payload.
    pub plain: bool,
}

impl ClassSpec {
    /// A class derived from object whose instances are custom cells; it may be subclassed and weakly referenced.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        methods: &'static [crate::native::NativeDef],
        getset: &'static [crate::descriptor::GetSetDef],
    ) -> ClassSpec {
        let flags = flag::BASE | flag::WEAKREF;
        ClassSpec { name, base: TypeId::Object, flags, doc, methods, getset, tail_words: 0, plain: false }
    }

    /// A class without a payload: an abstract base for Python classes, whose instances stay ordinary ones.
    pub const fn plain(mut self) -> ClassSpec {
        self.plain = true;
        self
    }

    /// With other flags.
    pub const fn flags(mut self, flags: u32) -> ClassSpec {
        self.flags = flags;
        self
    }

    /// With another base.
    pub const fn base(mut self, base: TypeId) -> ClassSpec {
        self.base = base;
        self
    }

    /// With words at the end of instances of a builtin layout, for fields that only native code sees.
    pub const fn tail_words(mut self, n: u16) -> ClassSpec {
        self.tail_words = n;
        self
    }

    /// Makes the class. It lives as long as the interpreter: instances of native classes do not hold their class.
    pub fn make(&'static self, th: &Thread) -> Res<Class> {
        let base = th.interp.class(self.base);
        self.make_with_base(th, base)
    }

    /// As `make` with a base that is no builtin.
    pub fn make_with_base(&'static self, th: &Thread, base: Class) -> Res<Class> {
        let (module, name) = self.name.rsplit_once('.').unwrap_or(("builtins", self.name));
        let name_value = th.interp.interned.intern_text(th, name);
        let kind =
            if base.kind.get() == Kind::Instance && !self.plain { Kind::Custom } else { base.kind.get() };
        let bases = tuple::from_slice(th, &[base.value()])?;
        let dict = dict::new(th);
        let flags = self.flags | base.flags.get() & (flag::DICT | flag::WEAKREF) | flag::IMMUTABLE;
        let word = u16::from(kind != Kind::Instance && flags & flag::DICT != 0);
        let c = allocate(
            th,
            &ClassParts {
                name: name_value,
                qualname: name_value,
                bases,
                base: Some(base),
                dict,
                meta_shape: TypeId::Type as u32,
                meta_tail_words: 0,
                flags,
                kind,
                fixed_slots: 0,
                tail_words: base.tail_words.get().max(word).max(self.tail_words),
                type_id: 0,
            },
        )?;
        let mro = c3(th, c, &[base.value()])?;
        c.finish(th, mro);
        c.doc.set(self.doc);
        let module = th.interp.interned.intern_text(th, module);
        dict.set_name(th, th.name(Name::__module__), module);
        th.interp.keep(c.value());
        set_doc(th, c, self.doc);
        crate::native::add_methods(th, c, self.methods);
        let defines = |name| self.methods.iter().any(|m| m.name == name);
        if defines("__eq__") && !defines("__hash__") {
            dict.set_name(th, th.name(Name::__hash__), Value::none());
        }
        crate::descriptor::add_getset(th, c, self.getset);
        if self.flags & flag::DICT != 0 {
            crate::descriptor::add_getset(th, c, crate::attr::DICT_GETSET);
        }
        Ok(c)
    }
}

/// Puts a class's docstring into its dict; a first line `name(args)\n--\n\n` is its signature.
pub fn set_doc(th: &Thread, c: Class, doc: &'static str) {
    let text = match doc.split_once("\n--\n\n") {
        Some((sig, rest)) => {
            c.text_signature.set(sig.find('(').map_or("", |i| &sig[i..]));
            rest
        }
        None => doc,
    };
    let v = if doc.is_empty() { Value::none() } else { string::new(th, text) };
    // A type whose instances have a `__doc__` keeps that attribute; its own text is found through `doc`.
    if c.dict().get_name(th, th.name(Name::__doc__)).is_none() {
        c.dict().set_name(th, th.name(Name::__doc__), v);
    }
}

/// Flags of a builtin type from the table of types.
pub fn builtin_flags(t: TypeId) -> u32 {
    let f = t.flags();
    let mut out = flag::IMMUTABLE;
    if f & type_flags::BASE != 0 {
        out |= flag::BASE;
    }
    if f & type_flags::DICT != 0 {
        out |= flag::DICT;
    }
    if f & type_flags::NO_NEW != 0 {
        out |= flag::NO_NEW;
    }
    use TypeId::*;
    let weakly_referable = matches!(
        t,
        Type | Set
            | FrozenSet
            | Function
            | BuiltinFunction
            | Method
            | Module
            | Generator
            | Coroutine
            | AsyncGenerator
            | Code
            | MemoryView
            | GenericAlias
            | TypeVar
            | ParamSpec
            | ParamSpecArgs
            | ParamSpecKwargs
            | TypeVarTuple
            | ExceptionGroup
    );
    if weakly_referable {
        out |= flag::WEAKREF;
    }
    out
}

/// The name of a class as "immutable type" errors show it: with the module unless it is `builtins`.
pub fn set_target_name(th: &Thread, c: Class) -> String {
    let name = c.name_text();
    match crate::type_attrs::module_of(th, c).and_then(Str::from_value).map(Str::to_text) {
        Some(m) if m != "builtins" => format!("{m}.{name}"),
        _ => name,
    }
}
