//! Shapes: class and attribute layout in one 32-bit index.
//!
//! Every cell's header carries a shape index; the table of shapes lies in one reserved
//! region per interpreter, so that comparing the index with an immediate guards class and
//! layout together. The first indexes are the exact builtin types, fixed at compile time.
//! A shape also has a version word, cleared when a class in the MRO changes: an inline
//! cache that relies on the class compares it, too.

use crate::types::TypeId;
use crate::value::Value;
use crate::watch::{self, Watched};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Shape indexes known at compile time: the exact builtin types, by their `TypeId`.
pub mod fixed {
    use super::TypeId;
    pub const NONE: u32 = TypeId::NoneType as u32;
    pub const NOT_IMPLEMENTED: u32 = TypeId::NotImplementedType as u32;
    pub const ELLIPSIS: u32 = TypeId::Ellipsis as u32;
    pub const BOOL: u32 = TypeId::Bool as u32;
    pub const INT: u32 = TypeId::Int as u32;
    pub const FLOAT: u32 = TypeId::Float as u32;
    pub const COMPLEX: u32 = TypeId::Complex as u32;
    pub const STR: u32 = TypeId::Str as u32;
    pub const BYTES: u32 = TypeId::Bytes as u32;
    pub const TUPLE: u32 = TypeId::Tuple as u32;
    pub const LIST: u32 = TypeId::List as u32;
    pub const DICT: u32 = TypeId::Dict as u32;
    pub const SET: u32 = TypeId::Set as u32;
    pub const FUNCTION: u32 = TypeId::Function as u32;
    pub const NATIVE: u32 = TypeId::BuiltinFunction as u32;
    pub const METHOD: u32 = TypeId::Method as u32;
    pub const MODULE: u32 = TypeId::Module as u32;
}

/// Room in the table: 2^22 shapes of 64 bytes, reserved, committed when touched.
const MAX_SHAPES: usize = 1 << 22;

/// Attributes of an instance in dict mode are in its dict, not in slots.
pub const DICT_MODE: u16 = 1;

/// One shape.
#[repr(C, align(64))]
pub struct Shape {
    /// The class of the cells that have this shape.
    pub class: Cell<Value>,
    /// Inline caches hold this number; zero means that none is valid.
    pub version: Cell<u32>,
    pub flags: Cell<u16>,
    /// Slots that lie in the instance itself; later ones are in its overflow array.
    pub inline_capacity: Cell<u16>,
    /// How many attributes the shape has.
    pub slot_count: Cell<u32>,
    /// The shape with one attribute less, 0 for a root.
    pub parent: Cell<u32>,
    /// Names and transitions, made when the shape gets any.
    layout: Cell<*mut Layout>,
    /// Next shape of the same class, 0 at the end.
    pub next_of_class: Cell<u32>,
}

/// Bytes of a shape, and where its version is in it.
pub const SHAPE_BYTES: usize = size_of::<Shape>();
pub const VERSION_OFFSET: usize = std::mem::offset_of!(Shape, version);

/// What only cache misses need.
#[derive(Default)]
struct Layout {
    names: Vec<Value>,
    /// Built when there are more than eight names: address of the interned name to slot.
    index: HashMap<u64, u32, BuildHasherDefault<AddressHasher>>,
    transitions: RefCell<Vec<(Value, u32)>>,
}

/// Hashes the address of an interned name: it is the identity, and its bits above the alignment spread well.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = (self.0 ^ b as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn write_u64(&mut self, n: u64) {
        let h = (n >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = h ^ h >> 32;
    }
}

/// The table of shapes of one interpreter.
pub struct Shapes {
    base: *mut Shape,
    capacity: usize,
    used: Cell<u32>,
    free: RefCell<Vec<u32>>,
    versions: Cell<u32>,
}

impl Shapes {
    /// Reserves the table; the fixed indexes are taken. Ends the process when the address space cannot be reserved.
    pub fn new() -> Shapes {
        let map = |capacity: usize| {
            // SAFETY: an anonymous private mapping at an address the kernel chooses.
            let base = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    capacity * size_of::<Shape>(),
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            (base != libc::MAP_FAILED).then_some((base, capacity))
        };
        // Where address space is limited a smaller table does, which leaves room for everything else.
        const SHARE: usize = 16;
        const LEAST: usize = MAX_SHAPES / 256;
        let most =
            krait_gc::address_space_left().map_or(MAX_SHAPES, |left| left / SHARE / size_of::<Shape>());
        let sizes = [MAX_SHAPES, MAX_SHAPES / 16, LEAST];
        let sizes = sizes.into_iter().filter(|&n| n <= most.max(LEAST));
        let (base, capacity) =
            { sizes }.find_map(map).unwrap_or_else(|| krait_gc::no_address_space("the shape table"));
        Shapes {
            base: base.cast(),
            capacity,
            used: Cell::new(TypeId::COUNT as u32),
            free: RefCell::default(),
            versions: Cell::new(0),
        }
    }

    /// Address of the table, for the interpreter's and compiled code's checks.
    #[inline(always)]
    pub fn base(&self) -> *const Shape {
        self.base
    }

    /// The shape with the index.
    #[inline(always)]
    pub fn get(&self, index: u32) -> &Shape {
        debug_assert!(index < self.used.get());
        // SAFETY: indexes come from headers and caches, which hold allocated indexes only; the memory is zeroed by the kernel.
        unsafe { &*self.base.add(index as usize) }
    }

    /// A new root shape of a class. Returns its index; None when the table is full.
    pub fn new_root(&self, class: Value, inline_capacity: u16) -> Option<u32> {
        let index = self.allocate()?;
        let s = self.get(index);
        s.class.set(class);
        s.inline_capacity.set(inline_capacity);
        Some(index)
    }

    fn allocate(&self) -> Option<u32> {
        if let Some(i) = self.free.borrow_mut().pop() {
            return Some(i);
        }
        let i = self.used.get();
        if i as usize >= self.capacity {
            return None;
        }
        self.used.set(i + 1);
        Some(i)
    }

    /// Gives a dead class's shapes back, from the head of its list.
    pub fn release(&self, mut index: u32) {
        while index != 0 {
            let s = self.get(index);
            let next = s.next_of_class.get();
            if s.version.get() != 0 {
                watch::changed(Watched::Shape(index));
            }
            let layout = s.layout.get();
            if !layout.is_null() {
                // SAFETY: made by `Box::into_raw` in `layout_of`, owned by this shape alone.
                drop(unsafe { Box::from_raw(layout) });
            }
            // SAFETY: no live cell has the shape of a dead class; zero is the fresh state.
            unsafe { std::ptr::write_bytes(self.base.add(index as usize), 0, 1) };
            self.free.borrow_mut().push(index);
            index = next;
        }
    }

    /// The version number of the shape, given a new one if it has none: for filling an inline cache.
    pub fn validate(&self, index: u32) -> u32 {
        let s = self.get(index);
        if s.version.get() == 0 {
            let v = self.versions.get().wrapping_add(1).max(1);
            self.versions.set(v);
            s.version.set(v);
        }
        s.version.get()
    }

    #[allow(clippy::mut_from_ref)] // Owned through a raw pointer; see below.
    fn layout_of(&self, index: u32) -> &mut Layout {
        let s = self.get(index);
        if s.layout.get().is_null() {
            s.layout.set(Box::into_raw(Box::default()));
        }
        // SAFETY: owned by the shape; callers in this file use one at a time and hold none across calls.
        unsafe { &mut *s.layout.get() }
    }

    /// The slot of an attribute (name interned).
    pub fn slot_of(&self, index: u32, name: Value) -> Option<u32> {
        let s = self.get(index);
        if s.slot_count.get() == 0 {
            return None;
        }
        let layout = self.layout_of(index);
        if layout.names.len() <= 8 {
            return layout.names.iter().position(|&n| n == name).map(|i| i as u32);
        }
        if layout.index.is_empty() {
            layout.index = layout.names.iter().enumerate().map(|(i, n)| (n.0, i as u32)).collect();
        }
        layout.index.get(&name.0).copied()
    }

    /// The name of a slot.
    pub fn name_of(&self, index: u32, slot: u32) -> Value {
        self.layout_of(index).names[slot as usize]
    }

    /// The shape that has one more attribute; None when the table is full.
    pub fn with_name(&self, index: u32, name: Value) -> Option<u32> {
        if let Some(&(_, to)) = self.layout_of(index).transitions.borrow().iter().find(|t| t.0 == name) {
            return Some(to);
        }
        let to = self.allocate()?;
        let (from, new) = (self.get(index), self.get(to));
        new.class.set(from.class.get());
        new.inline_capacity.set(from.inline_capacity.get());
        new.slot_count.set(from.slot_count.get() + 1);
        new.parent.set(index);
        new.next_of_class.set(from.next_of_class.get());
        from.next_of_class.set(to);
        let mut names = self.layout_of(index).names.clone();
        names.push(name);
        self.layout_of(to).names = names;
        self.layout_of(index).transitions.borrow_mut().push((name, to));
        Some(to)
    }

    /// Calls `f` with every name that the shapes of a class hold, from the head of its list.
    pub fn for_each_name(&self, mut index: u32, f: &mut dyn FnMut(Value)) {
        while index != 0 {
            let s = self.get(index);
            if !s.layout.get().is_null() {
                let layout = self.layout_of(index);
                layout.names.iter().for_each(|&n| f(n));
                layout.transitions.borrow().iter().for_each(|t| f(t.0));
            }
            index = s.next_of_class.get();
        }
    }

    /// Clears the version of every shape of a class: its inline caches miss from now on.
    pub fn invalidate(&self, mut index: u32) {
        while index != 0 {
            let s = self.get(index);
            if s.version.replace(0) != 0 {
                watch::changed(Watched::Shape(index));
            }
            index = s.next_of_class.get();
        }
    }
}

impl Default for Shapes {
    fn default() -> Self {
        Self::new()
    }
}
