//! `frame` cells: made on demand, linked from the frame record while the frame runs.
//!
//! A live frame object points to the registers; when the frame ends it takes them along
//! (named registers only), so that tracebacks and debuggers keep seeing the variables.

use crate::cellref::{Owned, Slot};
use crate::code::Code;
use crate::handle;
use crate::kind::Kind;
use crate::storage::Slots;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct FrameCell {
    header: Header,
    pub code: Slot,
    pub function: Slot,
    pub globals: Slot,
    pub builtins: Slot,
    /// The namespace of module and class frames, or zero; for functions the dict last made for `f_locals`, or zero.
    pub locals: Slot,
    /// The calling frame's object, set when the frame ends; or zero.
    pub back: Slot,
    pub trace: Slot,
    /// The generator whose registers these are, or zero: it must live as long as the object looks at them.
    pub generator: Slot,
    /// Registers of the live frame, or null after it ended.
    pub registers: Cell<*mut Value>,
    /// Named registers after the frame ended.
    kept: Owned,
    /// Word offset of the instruction last started, after the frame ended.
    pub lasti: Cell<i64>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// The registers are those of a suspended generator: there is no caller.
    pub suspended: Cell<bool>,
    /// A line set by a debugger through `f_lineno`, or 0.
    pub jump_line: Cell<i64>,
}

handle!(
    /// A frame object.
    Frame, FrameCell, Kind::Frame
);

/// # Safety
/// The cell is a live frame object.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let f = Frame::from_cell(cell);
    for s in [&f.code, &f.function, &f.globals, &f.builtins, &f.locals, &f.back, &f.trace, &f.generator] {
        s.trace(tracer);
    }
    f.kept.trace(tracer);
}

/// A frame object for live registers.
pub fn new(
    th: &Thread,
    code: Code,
    function: Value,
    globals: Value,
    builtins: Value,
    registers: *mut Value,
) -> Frame {
    let f = Frame::from_cell(th.heap.alloc(size_of::<FrameCell>(), TypeId::Frame as u32, Kind::Frame as u8));
    f.code.init(code.value());
    f.function.init(function);
    f.globals.init(globals);
    f.builtins.init(builtins);
    f.registers.set(registers);
    f.trace.init(Value::none());
    f.trace_lines.set(true);
    f
}

impl Frame {
    #[inline]
    pub fn code(self) -> Code {
        Code::of(self.code.get())
    }

    /// The frame ends: its named registers are copied into the object.
    pub fn take_registers(self, th: &Thread, lasti: i64) -> Res<()> {
        let regs = self.registers.get();
        if regs.is_null() {
            return Ok(());
        }
        let n = self.code().local_count.get() as usize;
        if n > 0 {
            let s = Slots::new(th, n)?;
            s.copy_from(th, 0, regs, n);
            self.kept.set(th, self.cell(), s.raw());
        }
        self.lasti.set(lasti);
        self.registers.set(std::ptr::null_mut());
        Ok(())
    }

    /// Named register `i` (possibly `UNBOUND`, or a cell variable's cell).
    pub fn register(self, i: usize) -> Value {
        let regs = self.registers.get();
        if regs.is_null() {
            // SAFETY: null or this object's array.
            return unsafe { Slots::from_raw(self.kept.get()) }
                .map_or(Value::UNBOUND, |s| if i < s.capacity() { s.get(i) } else { Value::UNBOUND });
        }
        // SAFETY: the frame is live and has this named register.
        unsafe { *regs.add(i) }
    }

    /// Stores into named register `i`.
    pub fn set_register(self, th: &Thread, i: usize, v: Value) {
        let regs = self.registers.get();
        if regs.is_null() {
            // SAFETY: null or this object's array.
            if let Some(s) = unsafe { Slots::from_raw(self.kept.get()) }
                && i < s.capacity()
            {
                s.set(th, i, v);
            }
            return;
        }
        // SAFETY: the frame is live and has this named register; live frames are roots.
        unsafe { regs.add(i).write(v) };
    }

    /// Drops what the ended frame kept (`frame.clear()`).
    pub fn drop_registers(self, th: &Thread) {
        self.kept.set(th, self.cell(), std::ptr::null_mut());
        self.locals.set(th, self.cell(), Value::ZERO);
        // Free variables are reached through the function.
        self.function.set(th, self.cell(), Value::none());
    }
}
