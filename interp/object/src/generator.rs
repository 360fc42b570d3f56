//! Generator, coroutine and async generator cells: a frame in the heap.
//!
//! The cell ends in the frame's registers. Resuming copies them to the value stack, where the
//! frame runs like any other (its calls lay their windows out in place); suspending
//! copies them back and runs the write barrier once. A running generator's own copy is stale
//! and not traced.

use crate::cellref::Slot;
use crate::code::Code;
use crate::handle;
use crate::kind::Kind;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_bytecode::CodeFlags;
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

/// Where a generator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    /// Not started.
    Created = 0,
    Suspended = 1,
    Running = 2,
    /// Returned or raised; the frame is gone.
    Finished = 3,
}

/// What a resumed generator did.
pub enum Resumed {
    Yielded(Value),
    Returned(Value),
}

#[repr(C)]
pub struct GeneratorCell {
    header: Header,
    pub code: Slot,
    pub function: Slot,
    /// The namespace of a module or class frame (top-level await), or zero.
    pub namespace: Slot,
    pub name: Slot,
    pub qualname: Slot,
    /// The exception the generator was handling when it was suspended, or None.
    pub handled: Slot,
    /// The frame object, if one was made; else zero.
    pub frame_object: Slot,
    /// Coroutine origin (`cr_origin`), or None; async generator: finalizer hook, or zero.
    pub origin: Slot,
    state: Cell<u8>,
    /// Async generators: hooks were called; running under anext/asend/athrow; closed.
    pub hooks_inited: Cell<bool>,
    pub running_async: Cell<bool>,
    pub closed: Cell<bool>,
    /// With it the state and the flags make up one initialized word, which compiled code reads and writes whole.
    _rest: Cell<u32>,
    /// Address of the `YIELD` or `SEND` it is suspended at, or of the first instruction after `RETURN_GENERATOR`.
    pub pc: Cell<*const u64>,
}

handle!(
    /// A generator, coroutine or async generator, by its type.
    Generator, GeneratorCell, Kind::Generator
);

/// Offset of register 0 in the cell.
pub const REGISTERS: usize = size_of::<GeneratorCell>();
/// Offsets of fields that compiled code uses. The word at `STATE` is the state's number in cells that are no
/// asynchronous generators.
pub const STATE: usize = std::mem::offset_of!(GeneratorCell, state);
pub const CODE: usize = std::mem::offset_of!(GeneratorCell, code);
pub const NAME: usize = std::mem::offset_of!(GeneratorCell, name);
pub const QUALNAME: usize = std::mem::offset_of!(GeneratorCell, qualname);
pub const ORIGIN: usize = std::mem::offset_of!(GeneratorCell, origin);
pub const PC: usize = std::mem::offset_of!(GeneratorCell, pc);
pub const FUNCTION: usize = std::mem::offset_of!(GeneratorCell, function);
pub const NAMESPACE: usize = std::mem::offset_of!(GeneratorCell, namespace);
pub const HANDLED: usize = std::mem::offset_of!(GeneratorCell, handled);
pub const FRAME_OBJECT: usize = std::mem::offset_of!(GeneratorCell, frame_object);
const _: () = assert!(STATE.is_multiple_of(8) && PC == STATE + 8);

/// # Safety
/// The cell is a live generator.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let g = Generator::from_cell(cell);
    for s in
        [&g.code, &g.function, &g.namespace, &g.name, &g.qualname, &g.handled, &g.frame_object, &g.origin]
    {
        s.trace(tracer);
    }
    // Compiled code makes the cell before it writes its words.
    let made = g.code.get() != Value::ZERO && !g.pc.get().is_null();
    if made && matches!(g.state(), State::Created | State::Suspended) {
        let code = g.code();
        code.live_runs(code.offset_of(g.pc.get()), |first, count| {
            // SAFETY: the registers lie inside the cell; runs end at most at their number.
            unsafe { tracer.visit_registers(g.registers().add(first) as *const u64, count) };
        });
    }
}

impl Generator {
    /// Address of register 0.
    #[inline(always)]
    pub fn registers(self) -> *mut Value {
        // SAFETY: the registers end the cell, at a fixed offset.
        unsafe { self.cell().as_ptr().cast::<u8>().add(REGISTERS).cast() }
    }

    #[inline(always)]
    pub fn state(self) -> State {
        match self.state.get() {
            0 => State::Created,
            1 => State::Suspended,
            2 => State::Running,
            _ => State::Finished,
        }
    }

    #[inline(always)]
    pub fn set_state(self, s: State) {
        self.state.set(s as u8);
    }

    #[inline(always)]
    pub fn code(self) -> Code {
        Code::of(self.code.get())
    }
}

/// A generator object for a code object's flags; the caller fills the frame.
pub fn allocate(th: &Thread, code: Code) -> Res<Generator> {
    let ty = if code.has_flag(CodeFlags::COROUTINE) {
        TypeId::Coroutine
    } else if code.has_flag(CodeFlags::ASYNC_GENERATOR) {
        TypeId::AsyncGenerator
    } else {
        TypeId::Generator
    };
    let bytes = REGISTERS + code.register_count.get() as usize * 8;
    let cell = th.heap.try_alloc(bytes, ty as u32, Kind::Generator as u8).ok_or_else(|| th.memory_error())?;
    let g = Generator::from_cell(cell);
    g.code.init(code.value());
    g.handled.init(Value::none());
    g.origin.init(Value::none());
    g.set_state(State::Finished);
    Ok(g)
}
