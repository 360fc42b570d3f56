//! Descriptor cells: property, staticmethod, classmethod, `__slots__` members, native attributes.
//! Their attributes and methods are in `descriptor_methods`.

use crate::attrs;
use crate::cellref::Slot;
use crate::class::Class;
use crate::handle;
use crate::kind::Kind;
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct PropertyCell {
    header: Header,
    pub get: Slot,
    pub set: Slot,
    pub del: Slot,
    pub doc: Slot,
    pub name: Slot,
    pub getter_doc: Cell<bool>,
}

handle!(
    /// A property.
    Property, PropertyCell, Kind::Property
);

/// # Safety
/// The cell is a live property.
pub unsafe fn trace_property(cell: CellPtr, tracer: &mut Tracer) {
    let p = Property::from_cell(cell);
    for s in [&p.get, &p.set, &p.del, &p.doc, &p.name] {
        s.trace(tracer);
    }
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// An empty property of a class (itself `property` or a subclass).
pub fn new_property(th: &Thread, class: Class) -> Property {
    let cell = class.allocate_builtin(th, size_of::<PropertyCell>());
    let p = Property::from_cell(cell);
    for s in [&p.get, &p.set, &p.del, &p.doc, &p.name] {
        s.init(Value::none());
    }
    p
}

#[repr(C)]
pub struct WrapperCell {
    header: Header,
    /// The wrapped callable.
    pub function: Slot,
}

handle!(
    /// A staticmethod.
    StaticMethod, WrapperCell, Kind::StaticMethod
);
handle!(
    /// A classmethod.
    ClassMethod, WrapperCell, Kind::ClassMethod
);

/// # Safety
/// The cell is a live staticmethod or classmethod.
pub unsafe fn trace_wrapper(cell: CellPtr, tracer: &mut Tracer) {
    StaticMethod(cell.cast()).function.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// `staticmethod(f)` without copying attributes.
pub fn new_staticmethod(th: &Thread, f: Value) -> Value {
    let s = StaticMethod::from_cell(
        th.interp.class(TypeId::StaticMethod).allocate_builtin(th, size_of::<WrapperCell>()),
    );
    s.function.init(f);
    s.value()
}

/// `classmethod(f)` without copying attributes.
pub fn new_classmethod(th: &Thread, f: Value) -> Value {
    let s = ClassMethod::from_cell(
        th.interp.class(TypeId::ClassMethod).allocate_builtin(th, size_of::<WrapperCell>()),
    );
    s.function.init(f);
    s.value()
}

/// Size of the cells here, for subclasses.
pub const WRAPPER_SIZE: usize = size_of::<WrapperCell>();

#[repr(C)]
pub struct MemberCell {
    header: Header,
    pub name: Slot,
    pub class: Slot,
    /// Where the value is: physical slot of an instance, or tail word index from the end, by the class's layout.
    pub index: Cell<u32>,
}

handle!(
    /// A `__slots__` member.
    Member, MemberCell, Kind::Member
);

/// # Safety
/// The cell is a live member descriptor.
pub unsafe fn trace_member(cell: CellPtr, tracer: &mut Tracer) {
    let m = Member::from_cell(cell);
    m.name.trace(tracer);
    m.class.trace(tracer);
}

pub fn new_member(th: &Thread, name: Value, class: Class, index: u32) -> Value {
    let m = Member::from_cell(th.heap.alloc(
        size_of::<MemberCell>(),
        TypeId::MemberDescriptor as u32,
        Kind::Member as u8,
    ));
    m.name.init(name);
    m.class.init(class.value());
    m.index.set(index);
    m.value()
}

impl Member {
    /// Address of the member's word in an object of its class.
    fn place(self, obj: Value) -> *mut Value {
        let cell = obj.cell();
        let i = self.index.get() as usize;
        if obj.is_kind(Kind::Instance) {
            crate::instance::Instance::from_cell(cell).slot_address(i)
        } else {
            // SAFETY: the class of the object has the member, so its tail has this word.
            unsafe { attrs::tail(cell, i) }
        }
    }

    /// The value, or None when it is unbound. `obj` is an instance of the member's class.
    pub fn get(self, obj: Value) -> Option<Value> {
        // SAFETY: `place` is inside the live object.
        let v = unsafe { *self.place(obj) };
        if v == Value::UNBOUND { None } else { Some(v) }
    }

    /// Sets (or with `UNBOUND` deletes) the value.
    pub fn set(self, th: &Thread, obj: Value, v: Value) {
        let p = self.place(obj);
        // SAFETY: `place` is inside the live object.
        unsafe { p.write(v) };
        th.heap.barrier(obj.cell(), p.cast());
    }
}

/// Sets (or with `MISSING` deletes) a native attribute.
pub type Setter = fn(&Thread, Value, Value) -> Result<(), Raised>;

/// A native attribute: getter and setter.
pub struct GetSetDef {
    pub name: &'static str,
    pub get: fn(&Thread, Value) -> Res,
    /// The value is `MISSING` for a deletion.
    pub set: Option<Setter>,
    pub doc: &'static str,
    /// Shown as `member_descriptor` (C's `PyMemberDef`) instead of `getset_descriptor`.
    pub member: bool,
}

impl GetSetDef {
    pub const fn ro(name: &'static str, get: fn(&Thread, Value) -> Res, doc: &'static str) -> GetSetDef {
        GetSetDef { name, get, set: None, doc, member: false }
    }

    pub const fn rw(
        name: &'static str,
        get: fn(&Thread, Value) -> Res,
        set: fn(&Thread, Value, Value) -> Result<(), Raised>,
        doc: &'static str,
    ) -> GetSetDef {
        GetSetDef { name, get, set: Some(set), doc, member: false }
    }

    /// The definition as a `member_descriptor`.
    pub const fn member(mut self) -> GetSetDef {
        self.member = true;
        self
    }
}

#[repr(C)]
pub struct GetSetCell {
    header: Header,
    pub class: Slot,
    def: Cell<*const GetSetDef>,
}

handle!(
    /// A native attribute.
    GetSet, GetSetCell, Kind::GetSet
);

impl GetSet {
    #[inline]
    pub fn def(self) -> &'static GetSetDef {
        // SAFETY: set from a `&'static` at creation.
        unsafe { &*self.def.get() }
    }
}

/// # Safety
/// The cell is a live native attribute.
pub unsafe fn trace_getset(cell: CellPtr, tracer: &mut Tracer) {
    GetSet::from_cell(cell).class.trace(tracer);
}

/// Adds native attributes to a class's dict.
pub fn add_getset(th: &Thread, class: Class, defs: &'static [GetSetDef]) {
    for def in defs {
        let ty = if def.member { TypeId::MemberDescriptor } else { TypeId::GetSetDescriptor };
        let g = GetSet::from_cell(th.heap.alloc(size_of::<GetSetCell>(), ty as u32, Kind::GetSet as u8));
        g.class.init(class.value());
        g.def.set(def);
        class.dict().set_name(th, th.interp.interned.intern_text(th, def.name), g.value());
    }
}
