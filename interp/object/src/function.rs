//! `function` cells. The attributes and `__get__` are in `function_methods`.

use crate::cellref::Slot;
use crate::code::Code;
use crate::dict::Dict;
use crate::handle;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::thread::Thread;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};

#[repr(C)]
pub struct FunctionCell {
    header: Header,
    pub code: Slot,
    pub globals: Slot,
    pub builtins: Slot,
    /// Tuple of cells; the empty tuple without free variables.
    pub closure: Slot,
    /// Tuple of default values, or None.
    pub defaults: Slot,
    /// Dict of keyword-only defaults, or None.
    pub kwdefaults: Slot,
    pub name: Slot,
    pub qualname: Slot,
    /// Docstring, or `UNBOUND` before it is asked of the code.
    pub doc: Slot,
    /// Dict, a tuple of alternating names and values, or None.
    pub annotations: Slot,
    pub type_params: Slot,
    /// `__module__`, or `UNBOUND`: then it is the globals' `__name__` at creation.
    pub module: Slot,
    /// The attribute dict, or zero before one is needed.
    pub dict: Slot,
}

/// Offsets of fields in the cell.
pub const CODE: usize = std::mem::offset_of!(FunctionCell, code);
pub const NAME: usize = std::mem::offset_of!(FunctionCell, name);
pub const QUALNAME: usize = std::mem::offset_of!(FunctionCell, qualname);
pub const GLOBALS: usize = std::mem::offset_of!(FunctionCell, globals);
pub const CLOSURE: usize = std::mem::offset_of!(FunctionCell, closure);
pub const DEFAULTS: usize = std::mem::offset_of!(FunctionCell, defaults);
pub const KWDEFAULTS: usize = std::mem::offset_of!(FunctionCell, kwdefaults);

handle!(
    /// A Python function.
    Function, FunctionCell, Kind::Function
);

/// # Safety
/// The cell is a live function.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let f = Function::from_cell(cell);
    for s in [
        &f.code,
        &f.globals,
        &f.builtins,
        &f.closure,
        &f.defaults,
        &f.kwdefaults,
        &f.name,
        &f.qualname,
        &f.doc,
        &f.annotations,
        &f.type_params,
        &f.module,
        &f.dict,
    ] {
        s.trace(tracer);
    }
}

/// A function of a code object. `builtins` is the dict in which names not in the globals are looked up.
pub fn new(th: &Thread, code: Code, globals: Dict, builtins: Value) -> Function {
    let f =
        Function::from_cell(th.heap.alloc(size_of::<FunctionCell>(), fixed::FUNCTION, Kind::Function as u8));
    f.code.init(code.value());
    f.globals.init(globals.value());
    f.builtins.init(builtins);
    f.closure.init(th.interp.empty_tuple.get());
    f.defaults.init(Value::none());
    f.kwdefaults.init(Value::none());
    f.name.init(code.name.get());
    f.qualname.init(code.qualname.get());
    f.doc.init(Value::UNBOUND);
    f.annotations.init(Value::none());
    f.type_params.init(th.interp.empty_tuple.get());
    f.module.init(Value::UNBOUND);
    if globals.mode() == crate::dict::TABLE {
        globals.make_namespace(th);
    }
    code.bind_namespace(globals, builtins == th.interp.builtins.get());
    let module = globals.get_name(th, th.name(crate::names::Name::__name__)).unwrap_or(Value::none());
    f.module.set(th, f.cell(), module);
    f
}

impl Function {
    #[inline(always)]
    pub fn code(self) -> Code {
        Code::of(self.code.get())
    }

    #[inline(always)]
    pub fn globals(self) -> Dict {
        Dict::of(self.globals.get())
    }
}
