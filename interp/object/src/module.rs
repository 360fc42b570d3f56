//! `module` cells: a namespace dict. The attributes are in `module_methods`.

use crate::attrs;
use crate::cellref::Slot;
use crate::dict::{self, Dict};
use crate::handle;
use crate::kind::Kind;
use crate::names::Name;
use crate::shape::fixed;
use crate::thread::Thread;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};

#[repr(C)]
pub struct ModuleCell {
    header: Header,
    /// The namespace; `UNBOUND` only between `__new__` and `__init__`.
    pub dict: Slot,
}

handle!(
    /// A module.
    Module, ModuleCell, Kind::Module
);

/// # Safety
/// The cell is a live module.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    Module::from_cell(cell).dict.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

impl Module {
    #[inline(always)]
    pub fn dict(self) -> Dict {
        Dict::of(self.dict.get())
    }
}

/// A module with an empty namespace; also of a subclass.
pub fn with_shape(th: &Thread, shape: u32, tail_bytes: usize) -> Module {
    let d = dict::new_namespace(th);
    let m = Module::from_cell(th.heap.alloc(size_of::<ModuleCell>() + tail_bytes, shape, Kind::Module as u8));
    m.dict.init(d.value());
    m
}

/// A module with the standard attributes.
pub fn new(th: &Thread, name: &str, doc: Option<&str>) -> Module {
    let m = with_shape(th, fixed::MODULE, 0);
    let d = m.dict();
    d.set_name(th, th.name(Name::__name__), th.interp.interned.intern_text(th, name));
    let doc = doc.map_or(Value::none(), |t| crate::string::new(th, t));
    d.set_name(th, th.name(Name::__doc__), doc);
    for n in [Name::__package__, Name::__loader__, Name::__spec__] {
        d.set_name(th, th.name(n), Value::none());
    }
    m
}
