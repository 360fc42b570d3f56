//! `code` cells: a record of an image made executable.
//!
//! A cell has at first only what calls and functions need to know: numbers and names. The rest is made
//! from the image when the code is run for the first time or looked at (`code_load.rs`); most
//! functions of a program's modules never are. Until then `start` is a `LOAD_CODE` instruction.
//!
//! The instructions are a private writable copy, in which the interpreter writes quick
//! forms and inline caches. A cached pointer is never followed without the check that
//! vouches for it (shape and version; the namespace the code is bound to), so caches need
//! no tracing. What tools read (`co_*`) is in the image.

use crate::cellref::{Owned, Slot};
use crate::code_load;
use crate::dict::Dict;
use crate::handle;
use crate::kind::Kind;
use crate::storage::Slots;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::watch::{Notice, notify};
use krait_bytecode::image::{Image, Record};
use krait_bytecode::{CodeFlags, CodeTemplate, ExceptionEntry, Gap, Instr, Op, Position};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::{Cell, OnceCell};
use std::sync::Arc;

#[repr(C)]
pub struct CodeCell {
    header: Header,
    /// First instruction.
    pub start: Cell<*mut u64>,
    /// Constants; the array of `consts`.
    pub consts: Cell<*const Value>,
    pub register_count: Cell<u32>,
    pub arg_count: Cell<u32>,
    pub posonly_count: Cell<u32>,
    pub kwonly_count: Cell<u32>,
    pub flags: Cell<u32>,
    /// Number of named registers (parameters and locals).
    pub local_count: Cell<u32>,
    /// A call with exactly `arg_count` positional arguments needs no binding: no *args, **kwargs, keyword-only, generator.
    pub simple: Cell<bool>,
    /// Are there `finally`, `with` or `except` blocks of the program's own?
    pub cleans_up: Cell<bool>,
    /// The namespace the global caches belong to; 0 before the first function, `u32::MAX` when there are several.
    pub bound_namespace: Cell<u32>,
    pub first_line: Cell<u32>,
    const_array: Owned,
    pub name: Slot,
    pub qualname: Slot,
    pub filename: Slot,
    varnames: Slot,
    freevars: Slot,
    cellvars: Slot,
    names: Slot,
    /// `co_consts` as a tuple, made on demand; or zero.
    pub consts_tuple: Slot,
    /// What compiled code that begins here refers to: a list, or zero. So it goes when this code object goes.
    pub traced: Slot,
    /// Null before the code is loaded.
    data: Cell<*mut CodeData>,
    /// An `Arc` that the cell owns.
    image: Cell<*const Image>,
    record: Cell<u32>,
    /// Made by `replace`: the image does not say everything.
    pub changed: Cell<bool>,
    /// What monitoring keeps for this code, or null.
    monitor: Cell<*mut crate::monitor::CodeMonitor>,
}

/// The parts of a loaded code object in Rust's memory: no values.
pub struct CodeData {
    pub code: Box<[u64]>,
    /// All source ranges, once something asked for them.
    pub positions: OnceCell<Vec<(u32, Position)>>,
    pub exceptions: Vec<ExceptionEntry>,
    pub liveness: Vec<(u32, u16)>,
    pub gaps: Vec<Gap>,
    pub cell_registers: Vec<u16>,
    pub has_docstring: bool,
}

impl CodeData {
    /// Are there `finally`, `with` or `except` blocks of the program's own? (The compiler puts handlers around a
    /// generator's whole body and around its `yield from` and `await`.)
    fn has_user_handlers(&self) -> bool {
        use krait_bytecode::{Instr, Op, opcode::intrinsic::STOPITERATION_ERROR};
        self.exceptions.iter().any(|e| {
            let first = Instr(self.code[e.handler as usize]);
            match first.op() {
                Op::CLEANUP_THROW => false,
                Op::INTRINSIC => first.c() != STOPITERATION_ERROR as usize,
                _ => true,
            }
        })
    }
}

handle!(
    /// A code object.
    Code, CodeCell, Kind::Code
);

/// # Safety
/// The cell is a live code object.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let c = Code::from_cell(cell);
    c.const_array.trace(tracer);
    for s in [
        &c.name,
        &c.qualname,
        &c.filename,
        &c.varnames,
        &c.freevars,
        &c.cellvars,
        &c.names,
        &c.consts_tuple,
        &c.traced,
    ] {
        s.trace(tracer);
    }
}

/// # Safety
/// The cell is a dead code object.
pub unsafe fn release(cell: CellPtr) {
    let c = Code::from_cell(cell);
    let data = c.data.replace(std::ptr::null_mut());
    if !data.is_null() {
        // SAFETY: made by `Box::into_raw` in `set_data`, owned by this object alone.
        let data = unsafe { Box::from_raw(data) };
        notify(Notice::CodeDied {
            code: c.value().0,
            start: data.code.as_ptr() as usize,
            words: data.code.len(),
        });
    }
    let image = c.image.replace(std::ptr::null());
    if !image.is_null() {
        // SAFETY: made by `Arc::into_raw` in `set_image`, owned by this object alone.
        drop(unsafe { Arc::from_raw(image) });
    }
    let monitor = c.monitor.replace(std::ptr::null_mut());
    if !monitor.is_null() {
        // SAFETY: made by `Box::into_raw` in `monitor_or_new`, owned by this object alone.
        drop(unsafe { Box::from_raw(monitor) });
    }
}

/// A code object of a template.
///
/// # Errors
/// TypeError for templates with objects that are no constants.
pub fn new(th: &Thread, t: &CodeTemplate) -> Res<Code> {
    let image = krait_bytecode::serialize::write(t).and_then(|blob| Image::written(blob).ok());
    match image {
        Some(image) => code_load::from_image(th, &Arc::new(image), None),
        None => Err(th.type_error("a constant of the tree is no constant of a program")),
    }
}

/// Where code begins that is not loaded: running it loads it.
struct Unloaded(u64);
static UNLOADED: Unloaded = Unloaded(Instr::new(Op::LOAD_CODE, 0, 0, 0).0);

fn unloaded() -> *mut u64 {
    // Nothing writes there: quick forms are written by the instruction itself, and this one writes none.
    (&raw const UNLOADED.0).cast_mut()
}

/// A code object without content, for loading and `replace`.
pub fn allocate(th: &Thread) -> Code {
    let c = Code::from_cell(th.heap.alloc(size_of::<CodeCell>(), TypeId::Code as u32, Kind::Code as u8));
    c.start.set(unloaded());
    th.heap.add_resource(c.cell());
    c
}

static NEXT_NAMESPACE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

/// A number that no other namespace has had.
pub fn new_namespace_id() -> u32 {
    NEXT_NAMESPACE.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

impl Code {
    /// Installs instructions and tables of a code object that has none; it owns them from now on.
    pub fn set_data(self, mut data: CodeData) {
        debug_assert!(!self.is_loaded());
        self.start.set(data.code.as_mut_ptr());
        self.cleans_up.set(data.has_user_handlers());
        self.data.set(Box::into_raw(Box::new(data)));
    }

    /// Installs the image of a code object that has none.
    pub fn set_image(self, image: &Arc<Image>, record: u32) {
        debug_assert!(self.image.get().is_null());
        self.image.set(Arc::into_raw(image.clone()));
        self.record.set(record);
    }

    /// Installs the names: parameters and locals, free variables, cell variables, `co_names`.
    pub fn set_names(self, th: &Thread, names: [Value; 4]) {
        let slots = [&self.varnames, &self.freevars, &self.cellvars, &self.names];
        for (slot, v) in slots.into_iter().zip(names) {
            slot.set(th, self.cell(), v);
        }
    }

    /// The image that the code comes from, to share.
    pub fn image(self) -> Arc<Image> {
        let p = self.image.get();
        // SAFETY: the cell owns a count of the image as long as it lives; this makes another.
        unsafe {
            Arc::increment_strong_count(p);
            Arc::from_raw(p)
        }
    }

    /// Where the code is in its image.
    pub fn record_place(self) -> u32 {
        self.record.get()
    }

    fn record<'a>(self) -> Option<Record<'a>> {
        // SAFETY: the cell keeps the image alive, and the caller keeps the cell.
        unsafe { &*self.image.get() }.record(self.record.get())
    }

    /// Has the code been run or looked at?
    #[inline(always)]
    pub fn is_loaded(self) -> bool {
        !self.data.get().is_null()
    }

    #[inline(always)]
    fn ready(self) {
        if !self.is_loaded() {
            code_load::load_anyhow(self);
        }
    }

    /// The names of the registers from 0: parameters and locals.
    #[inline]
    pub fn varnames(self) -> Value {
        self.ready();
        self.varnames.get()
    }

    #[inline]
    pub fn freevars(self) -> Value {
        self.ready();
        self.freevars.get()
    }

    pub fn cellvars(self) -> Value {
        self.ready();
        self.cellvars.get()
    }

    /// `co_names`.
    pub fn names(self) -> Value {
        self.ready();
        self.names.get()
    }

    /// The instructions as compiled, for `dis`, monitoring and comparison.
    pub fn original(self) -> Vec<u64> {
        self.record().and_then(|r| r.words()).unwrap_or_default()
    }

    /// All source ranges.
    pub fn positions<'a>(self) -> &'a [(u32, Position)] {
        let all = || self.record().into_iter().flat_map(|r| r.positions()).collect();
        self.data().positions.get_or_init(all)
    }

    /// What monitoring keeps for this code, if anything.
    #[inline]
    pub fn monitor<'a>(self) -> Option<&'a crate::monitor::CodeMonitor> {
        // SAFETY: null, or made by `monitor_or_new` and freed when the object dies.
        unsafe { self.monitor.get().as_ref() }
    }

    /// The same, made when there is none yet.
    pub fn monitor_or_new<'a>(self) -> &'a crate::monitor::CodeMonitor {
        if self.monitor.get().is_null() {
            self.monitor.set(Box::into_raw(Box::default()));
        }
        // SAFETY: just checked or made; freed when the object dies.
        unsafe { &*self.monitor.get() }
    }

    pub fn set_consts(self, th: &Thread, consts: Slots) {
        self.const_array.set(th, self.cell(), consts.raw());
        self.consts.set(consts.data());
    }

    /// How many constants there are.
    pub fn const_count(self) -> usize {
        self.ready();
        // SAFETY: null or this object's array.
        unsafe { Slots::from_raw(self.const_array.get()) }.map_or(0, Slots::capacity)
    }

    /// Constant `i`.
    #[inline(always)]
    pub fn constant(self, i: usize) -> Value {
        debug_assert!(i < self.const_count());
        // SAFETY: the compiler and the verifier keep constant indexes in range.
        unsafe { *self.consts.get().add(i) }
    }

    #[inline(always)]
    pub fn data<'a>(self) -> &'a CodeData {
        self.ready();
        // SAFETY: set by loading, freed when the object dies.
        unsafe { &*self.data.get() }
    }

    pub fn update_simple(self) {
        let special = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS;
        self.simple.set(self.flags.get() & special == 0 && self.kwonly_count.get() == 0);
    }

    #[inline(always)]
    pub fn has_flag(self, f: u32) -> bool {
        self.flags.get() & f != 0
    }

    /// Number of parameters, `*args` and `**kwargs` included.
    pub fn param_count(self) -> usize {
        (self.arg_count.get() + self.kwonly_count.get()) as usize
            + self.has_flag(CodeFlags::VARARGS) as usize
            + self.has_flag(CodeFlags::VARKEYWORDS) as usize
    }

    /// The instruction number (word offset) of an address in the code.
    #[inline]
    pub fn offset_of(self, pc: *const u64) -> usize {
        (pc as usize - self.start.get() as usize) / 8
    }

    /// The source range of the instruction that contains word `offset`.
    pub fn position(self, offset: usize) -> Option<Position> {
        // Few blocks are ever asked, and those often are again: the whole table is made.
        let p = self.positions();
        let i = p.partition_point(|e| e.0 as usize <= offset);
        i.checked_sub(1).map(|i| p[i].1).filter(|p| p.line != 0)
    }

    /// Registers alive while the instruction that contains word `offset` calls out.
    pub fn live_at(self, offset: usize) -> usize {
        // The collector asks: nothing may be loaded here. A frame whose code is not has its locals only.
        if !self.is_loaded() {
            return self.local_count.get() as usize;
        }
        let l = &self.data().liveness;
        let i = l.partition_point(|e| e.0 as usize <= offset);
        match i.checked_sub(1) {
            Some(i) => l[i].1 as usize,
            None => self.local_count.get() as usize,
        }
    }

    /// Calls `f` with each run (first, count) of registers alive while the instruction that contains word `offset`
    /// calls out.
    pub fn live_runs(self, offset: usize, f: impl FnMut(usize, usize)) {
        let gaps = if self.is_loaded() { self.data().gaps.as_slice() } else { &[] };
        krait_bytecode::live_runs(self.live_at(offset), gaps, offset as u32, f);
    }

    /// The handler for an exception raised by the instruction that contains word `offset`.
    pub fn handler_for(self, offset: usize) -> Option<ExceptionEntry> {
        self.data().exceptions.iter().find(|e| e.start as usize <= offset && offset < e.end as usize).copied()
    }

    /// The docstring, or None.
    pub fn docstring(self) -> Value {
        if self.data().has_docstring { self.constant(0) } else { Value::none() }
    }

    /// Tells which namespace functions of this code run in: global caches are valid for one only.
    pub fn bind_namespace(self, globals: Dict, standard_builtins: bool) {
        let id = if standard_builtins { globals.namespace_id() } else { u32::MAX };
        let now = self.bound_namespace.get();
        if now == 0 {
            self.bound_namespace.set(id);
        } else if now != id {
            self.unbind_namespace();
        }
    }

    /// Names of this code are no longer always globals of one namespace.
    pub fn unbind_namespace(self) {
        self.bound_namespace.set(u32::MAX);
        self.undo_global_caches();
    }

    /// Turns quick forms of global accesses back into the general ones.
    fn undo_global_caches(self) {
        if !self.is_loaded() {
            return;
        }
        let data = self.data();
        let original = self.original();
        let mut i = 0;
        while i < original.len().min(data.code.len()) {
            // SAFETY: i is inside the instruction array of the live object.
            let now = unsafe { self.start.get().add(i).read() };
            if matches!(
                Instr(now).op(),
                Op::LOAD_GLOBAL_CELL
                    | Op::LOAD_GLOBAL_BUILTIN
                    | Op::LOAD_GLOBAL_CELL_CALLEE
                    | Op::LOAD_GLOBAL_BUILTIN_CALLEE
                    | Op::STORE_GLOBAL_CELL
            ) {
                // SAFETY: as above.
                unsafe { self.start.get().add(i).write(original[i]) };
            }
            i += Instr(original[i]).op().words();
        }
    }
}
