//! What programs see of code objects.
//!
//! The instructions are Krait's own; offsets count bytes, eight to a word, as `f_lasti` and
//! `tb_lasti` do. `co_positions` gives an entry for every two bytes, which is what tools
//! written for CPython index by. `replace` takes whatever keeps the instructions valid.

use crate::bootstrap::TypeTable;
use crate::bytes;
use crate::cellref::Slot;
use crate::class::{ClassSpec, flag, type_name};
use crate::code::{self, Code, CodeData};
use crate::custom::{self, Custom, Payload};
use crate::descriptor::GetSetDef;
use crate::hash::{TUPLE_START, fit, tuple_finish, tuple_lane};
use crate::int;
use crate::interp::InterpSlot;
use crate::kind::Kind;
use crate::list;
use crate::natives;
use crate::object_methods::address;
use crate::protocol;
use crate::storage::{Slots, ValueVec};
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use krait_bytecode::CodeFlags;
use krait_gc::Tracer;
use std::cell::Cell;

/// Bytes that an instruction word counts in offsets.
const WORD: usize = 8;

fn this(a: &[Value]) -> Code {
    Code::of(a[0])
}

fn text(v: Value) -> String {
    Str::from_value(v).map(Str::to_text).unwrap_or_default()
}

fn new(th: &Thread, _: &[Value]) -> Res {
    Err(th.type_error("code objects cannot be made from another implementation's bytecode"))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let c = this(a);
    let shown = format!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        text(c.name.get()),
        address(a[0]),
        text(c.filename.get()),
        c.first_line.get()
    );
    string::try_new(th, &shown)
}

/// Are two constants the same for code: of the same type, and equal even where `==` is not enough (`0.0` and `-0.0`)?
fn same_constant(th: &Thread, a: Value, b: Value) -> Res<bool> {
    th.check_native_stack()?;
    if a == b {
        return Ok(true);
    }
    if crate::class::Class::shape_of(a) != crate::class::Class::shape_of(b) {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (crate::float::get(a), crate::float::get(b)) {
        return Ok(x.to_bits() == y.to_bits());
    }
    if let (Some(x), Some(y)) = (Tuple::from_value(a), Tuple::from_value(b)) {
        if x.len() != y.len() {
            return Ok(false);
        }
        for (&p, &q) in x.as_slice().iter().zip(y.as_slice()) {
            if !same_constant(th, p, q)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if a.is_kind(Kind::Complex) {
        return Ok(protocol::repr_text(th, a)? == protocol::repr_text(th, b)?);
    }
    protocol::equal(th, a, b)
}

fn same(th: &Thread, a: Code, b: Code) -> Res<bool> {
    let numbers = |c: Code| {
        [
            c.arg_count.get(),
            c.posonly_count.get(),
            c.kwonly_count.get(),
            c.flags.get(),
            c.first_line.get(),
            c.const_count() as u32,
        ]
    };
    if numbers(a) != numbers(b) || a.data().code.len() != b.data().code.len() || a.original() != b.original()
    {
        return Ok(false);
    }
    let slots =
        |c: Code| [c.name.get(), c.qualname.get(), c.names(), c.varnames(), c.freevars(), c.cellvars()];
    for (x, y) in slots(a).into_iter().zip(slots(b)) {
        if !protocol::equal(th, x, y)? {
            return Ok(false);
        }
    }
    for i in 0..a.const_count() {
        if !same_constant(th, a.constant(i), b.constant(i))? {
            return Ok(false);
        }
    }
    Ok(a.positions() == b.positions())
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    match Code::from_value(a[1]) {
        Some(b) => Ok(Value::bool(same(th, this(a), b)?)),
        None => Ok(Value::not_implemented()),
    }
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    match Code::from_value(a[1]) {
        Some(b) => Ok(Value::bool(!same(th, this(a), b)?)),
        None => Ok(Value::not_implemented()),
    }
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let c = this(a);
    let mut acc = tuple_lane(TUPLE_START, protocol::hash(th, c.name.get())?);
    for v in [c.names(), c.varnames(), c.freevars(), c.cellvars()] {
        acc = tuple_lane(acc, protocol::hash(th, v)?);
    }
    for n in [c.arg_count.get(), c.kwonly_count.get(), c.flags.get(), c.first_line.get()] {
        acc = tuple_lane(acc, n as i64);
    }
    for w in c.original() {
        acc = tuple_lane(acc, w as i64);
    }
    Ok(Value::small(fit(tuple_finish(acc, 9))))
}

// ---- Lines and positions

/// `co_lines()`: (start, end, line) of the runs of instructions with the same line.
fn lines(th: &Thread, a: &[Value]) -> Res {
    let positions = this(a).positions();
    let total = this(a).data().code.len();
    let mut runs: Vec<(usize, usize, u32)> = Vec::new();
    for (i, &(start, p)) in positions.iter().enumerate() {
        let end = positions.get(i + 1).map_or(total, |n| n.0 as usize);
        match runs.last_mut() {
            Some(last) if last.2 == p.line => last.1 = end,
            _ => runs.push((start as usize, end, p.line)),
        }
    }
    let mut out = ValueVec::with_capacity(th, runs.len())?;
    for (start, end, line) in runs {
        let line = if line == 0 { Value::none() } else { Value::small(line as i64) };
        let ends = [Value::small((start * WORD) as i64), Value::small((end * WORD) as i64), line];
        let t = tuple::from_slice(th, &ends)?;
        out.push(th, t)?;
    }
    let l = list::from_vec(th, out);
    protocol::iter(th, l)
}

/// The iterator of `co_positions()`.
struct Positions {
    code: Slot,
    /// Half-words given so far, and which entry of the table the next one is in.
    at: Cell<usize>,
    entry: Cell<usize>,
    /// The tuple given last: it is the same for a whole entry.
    last: Slot,
}

impl Payload for Positions {
    const NAME: &'static str = "positions_iterator";
    fn trace(&self, tracer: &mut Tracer) {
        self.code.trace(tracer);
        self.last.trace(tracer);
    }
}

static POSITIONS_CLASS: InterpSlot = InterpSlot::new();
static POSITIONS_SPEC: ClassSpec =
    ClassSpec::new("builtins.positions_iterator", "", POSITIONS_METHODS, &[]).flags(flag::NO_NEW);

natives! {
    static POSITIONS_METHODS = {
        method "__iter__" "()" custom::iter_method, "Implement iter(self).", Pure;
        method "__next__" "()" positions_next, "Implement next(self).", Writes;
    }
}

fn positions(th: &Thread, a: &[Value]) -> Res {
    let class = POSITIONS_CLASS.get_or(th, |th| Ok(POSITIONS_SPEC.make(th)?.value()))?;
    let p = Positions {
        code: Slot::new(a[0]),
        at: Cell::new(0),
        entry: Cell::new(usize::MAX),
        last: Slot::new(Value::none()),
    };
    Ok(custom::alloc(th, crate::Class::of(class), p)?.value())
}

fn positions_next(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Positions>::of(a[0]);
    let code = Code::of(it.code.get());
    let (size, table) = (code.data().code.len(), code.positions());
    let word = it.at.get() * 2 / WORD;
    if word >= size {
        return Err(th.stop_iteration());
    }
    it.at.set(it.at.get() + 1);
    let entry = table.partition_point(|e| e.0 as usize <= word).wrapping_sub(1);
    if entry != it.entry.get() || it.last.get().is_none() {
        let number = |n: u32| Value::small(n as i64);
        let parts = match table.get(entry).map(|e| e.1) {
            Some(p) if p.line != 0 && th.interp.hide_columns.get() => {
                [number(p.line), number(p.line), Value::none(), Value::none()]
            }
            Some(p) if p.line != 0 => [number(p.line), number(p.end_line), number(p.col), number(p.end_col)],
            _ => [Value::none(); 4],
        };
        let t = tuple::from_slice(th, &parts)?;
        it.last.set(th, it.cell(), t);
        it.entry.set(entry);
    }
    Ok(it.last.get())
}

// ---- replace

/// A keyword argument of `replace` with its type checked; None when it was not given.
fn typed(th: &Thread, v: Value, kind: Kind, name: &str, what: &str) -> Res<Option<Value>> {
    match v.given() {
        None => Ok(None),
        Some(v) if v.is_kind(kind) => Ok(Some(v)),
        Some(v) => {
            Err(th
                .type_error(format!("replace() argument '{name}' must be {what}, not {}", type_name(th, v))))
        }
    }
}

/// A count argument of `replace`.
fn count(th: &Thread, v: Value, name: &str, now: u32) -> Res<u32> {
    let Some(v) = v.given() else { return Ok(now) };
    let n = protocol::index_i64(th, v)?;
    u32::try_from(n).map_err(|_| th.value_error(format!("{name} must be a positive integer")))
}

#[cold]
fn unsupported(th: &Thread, name: &str) -> Raised {
    th.value_error(format!("code.replace: the instructions do not fit another {name}"))
}

/// May a constant take another's place? What instructions rely on is the type of names, code and tuples of names.
fn fits(old: Value, new: Value) -> bool {
    let strict = |k: Kind| old.is_kind(k) || new.is_kind(k);
    if strict(Kind::Str) {
        return old.is_kind(Kind::Str) == new.is_kind(Kind::Str)
            && (!Str::from_value(old).is_some_and(Str::is_interned)
                || Str::from_value(new).is_some_and(Str::is_interned));
    }
    match (Tuple::from_value(old), Tuple::from_value(new)) {
        (Some(x), Some(y)) => {
            x.len() == y.len() && x.as_slice().iter().zip(y.as_slice()).all(|(&p, &q)| fits(p, q))
        }
        (None, None) => !strict(Kind::Code) || old.is_kind(Kind::Code) == new.is_kind(Kind::Code),
        _ => false,
    }
}

/// Parameters of `replace`, in the order of its signature.
mod arg {
    pub const ARGCOUNT: usize = 1;
    pub const POSONLY: usize = 2;
    pub const KWONLY: usize = 3;
    pub const NLOCALS: usize = 4;
    pub const STACKSIZE: usize = 5;
    pub const FLAGS: usize = 6;
    pub const FIRST_LINE: usize = 7;
    pub const CODE: usize = 8;
    pub const CONSTS: usize = 9;
    pub const NAMES: usize = 10;
    pub const VARNAMES: usize = 11;
    pub const FREEVARS: usize = 12;
    pub const CELLVARS: usize = 13;
    pub const FILENAME: usize = 14;
    pub const NAME: usize = 15;
    pub const QUALNAME: usize = 16;
    pub const LINETABLE: usize = 17;
    pub const EXCEPTIONS: usize = 18;
}

fn replace(th: &Thread, a: &[Value]) -> Res {
    let c = this(a);
    let argcount = count(th, a[arg::ARGCOUNT], "co_argcount", c.arg_count.get())?;
    let posonly = count(th, a[arg::POSONLY], "co_posonlyargcount", c.posonly_count.get())?;
    let kwonly = count(th, a[arg::KWONLY], "co_kwonlyargcount", c.kwonly_count.get())?;
    let nlocals = count(th, a[arg::NLOCALS], "co_nlocals", names_of(c.varnames()).len() as u32)?;
    count(th, a[arg::STACKSIZE], "co_stacksize", 0)?;
    let flags = count(th, a[arg::FLAGS], "co_flags", c.flags.get())?;
    let first_line = count(th, a[arg::FIRST_LINE], "co_firstlineno", c.first_line.get())?;
    let strings = [(arg::FILENAME, "co_filename"), (arg::NAME, "co_name"), (arg::QUALNAME, "co_qualname")];
    let mut given = [None; 3];
    for (out, (i, name)) in given.iter_mut().zip(strings) {
        *out = typed(th, a[i], Kind::Str, name, "str")?;
    }
    let tables =
        [(arg::CODE, "co_code"), (arg::LINETABLE, "co_linetable"), (arg::EXCEPTIONS, "co_exceptiontable")];
    for (i, name) in tables {
        if let Some(v) = typed(th, a[i], Kind::Bytes, name, "bytes")?
            && !protocol::equal(th, v, table(th, c, i)?)?
        {
            return Err(unsupported(th, name));
        }
    }
    let names = [
        (arg::NAMES, "co_names", c.names()),
        (arg::VARNAMES, "co_varnames", shown_varnames(th, c)?),
        (arg::FREEVARS, "co_freevars", c.freevars()),
        (arg::CELLVARS, "co_cellvars", c.cellvars()),
    ];
    for (i, name, now) in names {
        if let Some(v) = typed(th, a[i], Kind::Tuple, name, "tuple")?
            && !protocol::equal(th, v, now)?
        {
            return Err(unsupported(th, name));
        }
    }
    let structure = CodeFlags::OPTIMIZED
        | CodeFlags::NEWLOCALS
        | CodeFlags::VARARGS
        | CodeFlags::VARKEYWORDS
        | CodeFlags::GENERATOR
        | CodeFlags::COROUTINE
        | CodeFlags::ASYNC_GENERATOR;
    if (flags ^ c.flags.get()) & structure != 0 {
        return Err(unsupported(th, "co_flags"));
    }
    if argcount != c.arg_count.get() || kwonly != c.kwonly_count.get() || posonly > argcount {
        return Err(unsupported(th, "co_argcount"));
    }
    if nlocals as usize != names_of(c.varnames()).len()
        && a[arg::NLOCALS] != Value::small(Tuple::of(shown_varnames(th, c)?).len() as i64)
    {
        return Err(th.value_error("code: co_nlocals != len(co_varnames)"));
    }
    let new_consts = match typed(th, a[arg::CONSTS], Kind::Tuple, "co_consts", "tuple")? {
        Some(t) => {
            let t = Tuple::of(t);
            let fit = t.len() == c.const_count()
                && t.as_slice().iter().enumerate().all(|(i, &v)| fits(c.constant(i), v));
            if !fit {
                return Err(unsupported(th, "co_consts"));
            }
            Some(t)
        }
        None => None,
    };
    let consts = Slots::new(th, c.const_count().max(1))?;
    for i in 0..c.const_count() {
        consts.set(th, i, new_consts.map_or(c.constant(i), |t| t.get(i)));
    }
    let n = code::allocate(th);
    n.set_consts(th, consts);
    for (to, from) in [(&n.name, &c.name), (&n.qualname, &c.qualname), (&n.filename, &c.filename)] {
        to.set(th, n.cell(), from.get());
    }
    for (slot, v) in [&n.filename, &n.name, &n.qualname].into_iter().zip(given) {
        if let Some(v) = v {
            slot.set(th, n.cell(), v);
        }
    }
    n.register_count.set(c.register_count.get());
    n.arg_count.set(argcount);
    n.posonly_count.set(posonly);
    n.kwonly_count.set(kwonly);
    n.flags.set(flags);
    n.local_count.set(c.local_count.get());
    n.first_line.set(first_line);
    n.update_simple();
    n.set_names(th, [c.varnames(), c.freevars(), c.cellvars(), c.names()]);
    n.set_image(&c.image(), c.record_place());
    n.changed.set(true);
    let d = c.data();
    n.set_data(CodeData {
        code: c.original().into(),
        positions: d.positions.clone(),
        exceptions: d.exceptions.clone(),
        liveness: d.liveness.clone(),
        gaps: d.gaps.clone(),
        cell_registers: d.cell_registers.clone(),
        has_docstring: d.has_docstring,
    });
    Ok(n.value())
}

// ---- Attributes

fn names_of<'a>(v: Value) -> &'a [Value] {
    Tuple::from_value(v).map_or(&[], Tuple::as_slice)
}

/// `co_varnames`: parameters and locals, without locals that are kept in cells. A variable of an inlined
/// comprehension that has the name of another does not count.
fn shown_varnames(th: &Thread, c: Code) -> Res {
    let data = c.data();
    let mut out = ValueVec::new();
    let names = names_of(c.varnames());
    for (i, &name) in names.iter().enumerate() {
        if i < c.param_count() || !data.cell_registers.contains(&(i as u16)) && !names[..i].contains(&name) {
            out.push(th, name)?;
        }
    }
    tuple::from_vec(th, &out)
}

/// The tables as bytes, by their place among `replace`'s parameters.
fn table(th: &Thread, c: Code, which: usize) -> Res {
    let data = c.data();
    let mut out: Vec<u8> = Vec::new();
    match which {
        arg::CODE => c.original().iter().for_each(|w| out.extend(w.to_le_bytes())),
        arg::LINETABLE => {
            for (at, p) in c.positions() {
                [*at, p.line, p.end_line, p.col, p.end_col].iter().for_each(|n| out.extend(n.to_le_bytes()));
            }
        }
        _ => {
            for e in &data.exceptions {
                [e.start, e.end, e.handler, e.exc as u32].iter().for_each(|n| out.extend(n.to_le_bytes()));
            }
        }
    }
    bytes::from_slice(th, &out)
}

fn get_code(th: &Thread, v: Value) -> Res {
    table(th, Code::of(v), arg::CODE)
}
fn get_linetable(th: &Thread, v: Value) -> Res {
    table(th, Code::of(v), arg::LINETABLE)
}
fn get_exceptiontable(th: &Thread, v: Value) -> Res {
    table(th, Code::of(v), arg::EXCEPTIONS)
}
fn get_lnotab(th: &Thread, v: Value) -> Res {
    if let Some(h) = th.interp.hooks.get() {
        (h.warn)(th, TypeId::DeprecationWarning, "co_lnotab is deprecated, use co_lines instead.", 1)?;
    }
    let c = Code::of(v);
    let mut out: Vec<u8> = Vec::new();
    let (mut at, mut line) = (0usize, c.first_line.get() as i64);
    for (start, p) in c.positions() {
        if p.line == 0 || p.line as i64 == line {
            continue;
        }
        let (mut bytes, mut lines) = (*start as usize * WORD - at, p.line as i64 - line);
        while bytes > 255 {
            out.extend([255, 0]);
            bytes -= 255;
        }
        while !(-128..=127).contains(&lines) {
            let step = lines.clamp(-128, 127);
            out.extend([bytes as u8, step as i8 as u8]);
            bytes = 0;
            lines -= step;
        }
        out.extend([bytes as u8, lines as i8 as u8]);
        (at, line) = (*start as usize * WORD, p.line as i64);
    }
    bytes::from_slice(th, &out)
}
fn get_consts(th: &Thread, v: Value) -> Res {
    let c = Code::of(v);
    if c.consts_tuple.get().is_kind(Kind::Tuple) {
        return Ok(c.consts_tuple.get());
    }
    let mut out = ValueVec::with_capacity(th, c.const_count())?;
    for i in 0..c.const_count() {
        out.push(th, c.constant(i))?;
    }
    let t = tuple::from_vec(th, &out)?;
    c.consts_tuple.set(th, c.cell(), t);
    Ok(t)
}
fn get_varnames(th: &Thread, v: Value) -> Res {
    shown_varnames(th, Code::of(v))
}
fn get_nlocals(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, Tuple::of(shown_varnames(th, Code::of(v))?).len()))
}
fn get_freevars(_: &Thread, v: Value) -> Res {
    Ok(Code::of(v).freevars())
}
fn get_cellvars(_: &Thread, v: Value) -> Res {
    Ok(Code::of(v).cellvars())
}
fn get_names(_: &Thread, v: Value) -> Res {
    Ok(Code::of(v).names())
}
fn get_name(_: &Thread, v: Value) -> Res {
    Ok(Code::of(v).name.get())
}
fn get_qualname(_: &Thread, v: Value) -> Res {
    Ok(Code::of(v).qualname.get())
}
fn get_filename(_: &Thread, v: Value) -> Res {
    Ok(Code::of(v).filename.get())
}
fn get_argcount(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Code::of(v).arg_count.get() as i64))
}
fn get_posonly(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Code::of(v).posonly_count.get() as i64))
}
fn get_kwonly(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Code::of(v).kwonly_count.get() as i64))
}
fn get_stacksize(_: &Thread, v: Value) -> Res {
    let c = Code::of(v);
    Ok(Value::small(c.register_count.get() as i64 - c.local_count.get() as i64))
}
fn get_flags(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Code::of(v).flags.get() as i64))
}
fn get_first_line(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Code::of(v).first_line.get() as i64))
}

fn sizeof(_: &Thread, a: &[Value]) -> Res {
    let c = this(a);
    Ok(Value::small((192 + c.data().code.len() * 2 + c.positions().len() * 4) as i64))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__hash__" "()" hash, "Return hash(self).";
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__sizeof__" "()" sizeof, "";
        method "co_lines" "()" lines, "";
        method "co_positions" "()" positions, "";
        method "replace" "(*, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)" replace, "Return a copy of the code object with new values for the specified fields.";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("co_argcount", get_argcount, "").member(),
    GetSetDef::ro("co_posonlyargcount", get_posonly, "").member(),
    GetSetDef::ro("co_kwonlyargcount", get_kwonly, "").member(),
    GetSetDef::ro("co_stacksize", get_stacksize, "").member(),
    GetSetDef::ro("co_flags", get_flags, "").member(),
    GetSetDef::ro("co_names", get_names, "").member(),
    GetSetDef::ro("co_filename", get_filename, "").member(),
    GetSetDef::ro("co_name", get_name, "").member(),
    GetSetDef::ro("co_qualname", get_qualname, "").member(),
    GetSetDef::ro("co_firstlineno", get_first_line, "").member(),
    GetSetDef::ro("co_linetable", get_linetable, "").member(),
    GetSetDef::ro("co_exceptiontable", get_exceptiontable, "").member(),
    GetSetDef::ro("co_nlocals", get_nlocals, "").member(),
    GetSetDef::ro("co_consts", get_consts, "").member(),
    GetSetDef::ro("co_lnotab", get_lnotab, ""),
    GetSetDef::ro("co_code", get_code, ""),
    GetSetDef::ro("co_varnames", get_varnames, ""),
    GetSetDef::ro("co_cellvars", get_cellvars, ""),
    GetSetDef::ro("co_freevars", get_freevars, ""),
];

/// The table of `code`.
pub const TABLES: &[TypeTable] = &[TypeTable::new(TypeId::Code, "Create a code object.", METHODS, GETSET)];
