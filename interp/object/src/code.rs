//! `code` cells: a template made executable.
//!
//! The instructions are a private writable copy, in which the interpreter writes quick
//! forms and inline caches. A cached pointer is never followed without the check that
//! vouches for it (shape and version; the namespace the code is bound to), so caches need
//! no tracing. What tools read (`co_*`) is kept from the template.

use crate::cellref::{Owned, Slot};
use crate::dict::Dict;
use crate::handle;
use crate::kind::Kind;
use crate::storage::Slots;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, float, int, set, string, tuple};
use krait_bytecode::{CodeFlags, CodeTemplate, Const, ExceptionEntry, Gap, Position};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

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
    /// The namespace the global caches belong to; 0 before the first function, `u32::MAX` when there are several.
    pub bound_namespace: Cell<u32>,
    pub first_line: Cell<u32>,
    const_array: Owned,
    pub name: Slot,
    pub qualname: Slot,
    pub filename: Slot,
    pub varnames: Slot,
    pub freevars: Slot,
    pub cellvars: Slot,
    pub names: Slot,
    /// `co_consts` as a tuple, made on demand; or zero.
    pub consts_tuple: Slot,
    data: Cell<*mut CodeData>,
}

/// The parts of a code object in Rust's memory: no values.
pub struct CodeData {
    pub code: Box<[u64]>,
    /// The instructions as compiled, for `dis`, monitoring and comparison; also where a quick form is undone.
    pub original: Box<[u64]>,
    pub positions: Vec<(u32, Position)>,
    pub exceptions: Vec<ExceptionEntry>,
    pub liveness: Vec<(u32, u16)>,
    pub gaps: Vec<Gap>,
    pub cell_registers: Vec<u16>,
    pub has_docstring: bool,
}

impl CodeData {
    /// Are there `finally`, `with` or `except` blocks of the program's own? (Generators have one compiled-in handler that
    /// covers everything.)
    pub fn has_user_handlers(&self) -> bool {
        self.exceptions.len() > 1
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
    for s in
        [&c.name, &c.qualname, &c.filename, &c.varnames, &c.freevars, &c.cellvars, &c.names, &c.consts_tuple]
    {
        s.trace(tracer);
    }
}

/// # Safety
/// The cell is a dead code object.
pub unsafe fn release(cell: CellPtr) {
    let c = Code::from_cell(cell);
    let data = c.data.replace(std::ptr::null_mut());
    if !data.is_null() {
        // SAFETY: made by `Box::into_raw` in `new`, owned by this object alone.
        drop(unsafe { Box::from_raw(data) });
    }
}

/// A value of a constant. `foreign` gives the objects of an `ast` tree.
pub fn constant(th: &Thread, c: &Const, foreign: &dyn Fn(u32) -> Value) -> Res {
    let all = |items: &[Const]| -> Res<crate::storage::ValueVec> {
        let mut v = crate::storage::ValueVec::with_capacity(th, items.len())?;
        for i in items {
            let x = constant(th, i, foreign)?;
            v.push(th, x)?;
        }
        Ok(v)
    };
    Ok(match c {
        Const::None => Value::none(),
        Const::True => Value::true_(),
        Const::False => Value::false_(),
        Const::Ellipsis => Value::ellipsis(),
        Const::Int(n) => int::from_i64(th, *n),
        Const::BigInt(neg, limbs) => int::from_ref(th, krait_number::int::IntRef::new(*neg, limbs))?,
        Const::Float(x) => float::new(th, *x),
        Const::Complex(re, im) => float::new_complex(th, *re, *im),
        Const::Str(s) => string::from_wtf8(th, s)?,
        Const::Name(s) => string::intern(th, string::Str::of(string::from_wtf8(th, s)?)),
        Const::Bytes(b) => bytes::from_slice(th, b)?,
        Const::Tuple(items) => tuple::from_vec(th, &all(items)?)?,
        Const::FrozenSet(items) => {
            let d = crate::dict::new(th);
            for v in all(items)?.iter() {
                d.set(th, v, Value::none())?;
            }
            set::new_frozen(th, d)
        }
        Const::Code(t) => new(th, t, foreign)?.value(),
        Const::Foreign(i) => foreign(*i),
    })
}

/// A tuple of interned names.
pub fn name_tuple(th: &Thread, names: &[Box<str>]) -> Res {
    let mut v = crate::storage::ValueVec::with_capacity(th, names.len())?;
    for n in names {
        v.push(th, th.interp.interned.intern_text(th, n))?;
    }
    tuple::from_vec(th, &v)
}

/// A code object of a template.
pub fn new(th: &Thread, t: &CodeTemplate, foreign: &dyn Fn(u32) -> Value) -> Res<Code> {
    th.check_native_stack()?;
    let consts = Slots::new(th, t.consts.len().max(1))?;
    for (i, c) in t.consts.iter().enumerate() {
        let v = constant(th, c, foreign)?;
        consts.set(th, i, v);
    }
    let filename = string::from_wtf8(th, &t.filename)?;
    let cellvars: Vec<Box<str>> = t.cell_registers.iter().map(|&r| t.varnames[r as usize].clone()).collect();
    let parts = [
        th.interp.interned.intern_text(th, &t.name),
        th.interp.interned.intern_text(th, &t.qualname),
        string::intern(th, string::Str::of(filename)),
        name_tuple(th, &t.varnames)?,
        name_tuple(th, &t.freevars)?,
        name_tuple(th, &cellvars)?,
        name_tuple(th, &t.names)?,
    ];
    let c = allocate(th);
    for (slot, v) in [&c.name, &c.qualname, &c.filename, &c.varnames, &c.freevars, &c.cellvars, &c.names]
        .into_iter()
        .zip(parts)
    {
        slot.set(th, c.cell(), v);
    }
    c.set_consts(th, consts);
    c.register_count.set(t.register_count);
    c.arg_count.set(t.arg_count);
    c.posonly_count.set(t.posonly_count);
    c.kwonly_count.set(t.kwonly_count);
    c.flags.set(t.flags);
    c.local_count.set(t.varnames.len() as u32);
    c.first_line.set(t.first_line);
    c.update_simple();
    c.set_data(
        th,
        CodeData {
            code: t.code.clone().into(),
            original: t.code.clone().into(),
            positions: t.positions.clone(),
            exceptions: t.exceptions.clone(),
            liveness: t.liveness.clone(),
            gaps: t.gaps.clone(),
            cell_registers: t.cell_registers.clone(),
            has_docstring: t.has_docstring,
        },
    );
    Ok(c)
}

/// A code object with empty fields, for `replace` and unmarshalling.
pub fn allocate(th: &Thread) -> Code {
    Code::from_cell(th.heap.alloc(size_of::<CodeCell>(), TypeId::Code as u32, Kind::Code as u8))
}

static NEXT_NAMESPACE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

/// A number that no other namespace has had.
pub fn new_namespace_id() -> u32 {
    NEXT_NAMESPACE.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

impl Code {
    /// Installs instructions and tables; the object owns them from now on.
    pub fn set_data(self, th: &Thread, mut data: CodeData) {
        self.start.set(data.code.as_mut_ptr());
        let old = self.data.replace(Box::into_raw(Box::new(data)));
        if old.is_null() {
            th.heap.add_resource(self.cell());
        } else {
            // SAFETY: made by `Box::into_raw` here, owned by this object alone.
            drop(unsafe { Box::from_raw(old) });
        }
    }

    pub fn set_consts(self, th: &Thread, consts: Slots) {
        self.const_array.set(th, self.cell(), consts.raw());
        self.consts.set(consts.data());
    }

    /// How many constants there are.
    pub fn const_count(self) -> usize {
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
        // SAFETY: set at creation, freed when the object dies.
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
        let p = &self.data().positions;
        let i = p.partition_point(|e| e.0 as usize <= offset);
        i.checked_sub(1).map(|i| p[i].1).filter(|p| p.line != 0)
    }

    /// Registers alive while the instruction that contains word `offset` calls out.
    pub fn live_at(self, offset: usize) -> usize {
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
        krait_bytecode::live_runs(self.live_at(offset), &self.data().gaps, offset as u32, f);
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
        use krait_bytecode::{Instr, Op};
        let data = self.data();
        let mut i = 0;
        while i < data.original.len() {
            // SAFETY: i is inside the instruction array of the live object.
            let now = unsafe { self.start.get().add(i).read() };
            let op = Instr(data.original[i]).op();
            if matches!(
                Instr(now).op(),
                Op::LOAD_GLOBAL_CELL | Op::LOAD_GLOBAL_BUILTIN | Op::STORE_GLOBAL_CELL
            ) {
                // SAFETY: as above.
                unsafe { self.start.get().add(i).write(data.original[i]) };
            }
            i += op.words();
        }
    }
}
