//! What programs see of frames and tracebacks.
//!
//! A frame object looks at the registers of the running frame, or at what it kept when the
//! frame ended. What needs the chain of running frames is asked of the VM's hooks.

use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellvar::CellVar;
use crate::class::type_name;
use crate::descriptor::GetSetDef;
use crate::dict::{self, Dict};
use crate::frame_jump;
use crate::frameobj::Frame;
use crate::function::Function;
use crate::generator::{Generator, State};
use crate::kind::Kind;
use crate::list;
use crate::natives;
use crate::object_methods::address;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::traceback::{self, Traceback};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use krait_bytecode::CodeFlags;

type Done = Result<(), Raised>;

/// Bytes that an instruction word counts in `f_lasti` and `tb_lasti`.
const WORD: i64 = 8;

/// The word offset of the instruction that a frame is at.
pub fn offset(th: &Thread, f: Frame) -> usize {
    let registers = f.registers.get();
    if registers.is_null() {
        return (f.lasti.get() / WORD).max(0) as usize;
    }
    if f.suspended.get() {
        // Suspended at the instruction that yielded; before the start, after the one that made the generator.
        return match Generator::from_value(f.generator.get()) {
            Some(g) if !g.pc.get().is_null() => {
                let at = f.code().offset_of(g.pc.get());
                if g.state() == State::Created { at.saturating_sub(1) } else { at }
            }
            _ => 0,
        };
    }
    th.interp.hooks.get().map_or(0, |h| (h.frame_offset)(registers))
}

/// The line that a frame is at.
pub fn line(th: &Thread, f: Frame) -> i64 {
    let moved = f.jump_line.get();
    if moved != 0 {
        return moved;
    }
    let code = f.code();
    code.position(offset(th, f)).map_or(code.first_line.get(), |p| p.line) as i64
}

/// What `locals()` gives: of a function frame the frame object's one dict, brought up to date; of others their
/// namespace, or a copy with the variables of the comprehensions that run inlined in the frame.
pub fn locals(th: &Thread, f: Frame) -> Res {
    let code = f.code();
    if !code.has_flag(CodeFlags::OPTIMIZED) {
        let namespace = match f.locals.get() {
            Value::ZERO => f.globals.get(),
            d => d,
        };
        return with_inlined(th, f, namespace);
    }
    let d = match Dict::from_value(f.locals.get()) {
        Some(d) => d,
        None => {
            let d = dict::new(th);
            f.locals.set(th, f.cell(), d.value());
            d
        }
    };
    let names = Tuple::of(code.varnames()).as_slice();
    let free_names = Tuple::of(code.freevars()).as_slice();
    let closure = Function::from_value(f.function.get()).and_then(|f| Tuple::from_value(f.closure.get()));
    let closure = closure.map_or(&[][..], Tuple::as_slice);
    // A variable of an inlined comprehension has the register after that of the function's own variable of that
    // name: bound, it is the one to show; unbound, it must not take away the other.
    for (i, &name) in names.iter().enumerate() {
        if is_shown(name) && variable(f, i) == Value::UNBOUND {
            d.remove(th, name)?;
        }
    }
    for (i, &name) in names.iter().enumerate() {
        let v = variable(f, i);
        if is_shown(name) && v != Value::UNBOUND {
            d.set(th, name, v)?;
        }
    }
    for (&name, &cell) in free_names.iter().zip(closure) {
        match CellVar::from_value(cell).map_or(Value::UNBOUND, |c| c.value.get()) {
            Value::UNBOUND => {
                d.remove(th, name)?;
            }
            v => d.set(th, name, v)?,
        }
    }
    Ok(d.value())
}

/// The value of named register `i`, looked up in its cell if it is kept in one.
fn variable(f: Frame, i: usize) -> Value {
    let v = f.register(i);
    match CellVar::from_value(v) {
        Some(cell) if f.code().data().cell_registers.contains(&(i as u16)) => cell.value.get(),
        _ => v,
    }
}

/// Variables of the compiler (comprehension arguments) start with a dot.
fn is_shown(name: Value) -> bool {
    !Str::of(name).as_ascii().is_some_and(|n| n.starts_with('.'))
}

/// The namespace of a module or class frame. While comprehensions run inlined there, a copy with their variables.
fn with_inlined(th: &Thread, f: Frame, namespace: Value) -> Res {
    let names = Tuple::of(f.code().varnames()).as_slice();
    let mut copy: Option<Dict> = None;
    for (i, &name) in names.iter().enumerate() {
        let v = variable(f, i);
        if v == Value::UNBOUND || !is_shown(name) {
            continue;
        }
        let d = match copy {
            Some(d) => d,
            None => {
                let made = dict::new(th);
                call::call_method_text(th, made.value(), "update", &[namespace])?;
                made
            }
        };
        d.set(th, name, v)?;
        copy = Some(d);
    }
    Ok(copy.map_or(namespace, Dict::value))
}

fn get_locals(th: &Thread, v: Value) -> Res {
    locals(th, Frame::of(v))
}

fn get_back(th: &Thread, v: Value) -> Res {
    let f = Frame::of(v);
    let registers = f.registers.get();
    let back = if registers.is_null() {
        Some(f.back.get()).filter(|b| b.is_kind(Kind::Frame))
    } else if f.suspended.get() {
        None
    } else {
        match th.interp.hooks.get() {
            Some(h) => (h.frame_back)(th, registers)?,
            None => None,
        }
    };
    Ok(back.unwrap_or(Value::none()))
}

fn get_code(_: &Thread, v: Value) -> Res {
    Ok(Frame::of(v).code.get())
}
fn get_builtins(_: &Thread, v: Value) -> Res {
    Ok(Frame::of(v).builtins.get())
}
fn get_globals(_: &Thread, v: Value) -> Res {
    Ok(Frame::of(v).globals.get())
}

fn get_lasti(th: &Thread, v: Value) -> Res {
    Ok(Value::small(offset(th, Frame::of(v)) as i64 * WORD))
}

fn get_line(th: &Thread, v: Value) -> Res {
    Ok(Value::small(line(th, Frame::of(v))))
}

/// The event whose callback runs, as far as moving a frame goes. Err: CPython's text for why it cannot be moved now.
fn may_move(th: &Thread, f: Frame) -> Result<(), &'static str> {
    use crate::monitor::Event;
    let now = th.monitor_event.get();
    let is = |e: Event| now == e as i8;
    if now < 0 || f.trace.get().is_none() && !is(Event::PyStart) && !is(Event::PyResume) {
        return Err("f_lineno can only be set in a trace function");
    }
    if is(Event::PyStart) || is(Event::PyResume) {
        return Err("can't jump from the 'call' trace event of a new frame");
    }
    if is(Event::Call) || is(Event::CReturn) {
        return Err("can't jump during a call");
    }
    if is(Event::Line) || is(Event::Jump) || is(Event::PyYield) || is(Event::Branch) {
        return if f.registers.get().is_null() {
            Err("f_lineno can only be set in a trace function")
        } else {
            Ok(())
        };
    }
    Err("can only jump from a 'line' trace event")
}

fn set_line(th: &Thread, v: Value, value: Value) -> Done {
    let f = Frame::of(v);
    if value == Value::MISSING {
        return Err(th.raise_new(TypeId::AttributeError, "cannot delete attribute"));
    }
    if !value.has_shape(TypeId::Int as u32) && value.small_int().is_none() {
        return Err(th.value_error("lineno must be an integer"));
    }
    may_move(th, f).map_err(|text| th.value_error(text))?;
    let Some(n) = crate::int::to_i64(value).filter(|&n| i32::try_from(n).is_ok()) else {
        return Err(th.value_error("lineno out of range"));
    };
    let code = f.code();
    let line = frame_jump::resolve(code, n).map_err(|text| th.value_error(text))?;
    frame_jump::plan(code, offset(th, f), line).map_err(|text| th.value_error(text))?;
    bind_unbound(th, f)?;
    f.jump_line.set(line);
    Ok(())
}

/// Code at the place moved to may rely on variables that were never set: they become None.
fn bind_unbound(th: &Thread, f: Frame) -> Done {
    let code = f.code();
    let hidden = |name: Value| Str::of(name).as_ascii().is_some_and(|n| n.starts_with('.'));
    let names = Tuple::of(code.varnames());
    let mut missing = 0;
    for (i, &name) in names.as_slice().iter().enumerate() {
        missing += (!hidden(name) && f.register(i) == Value::UNBOUND) as usize;
    }
    if missing == 0 {
        return Ok(());
    }
    let text = format!("assigning None to {missing} unbound local{}", if missing == 1 { "" } else { "s" });
    (th.interp.hooks().warn)(th, TypeId::RuntimeWarning, &text, 1)?;
    for i in 0..names.len() {
        if f.register(i) == Value::UNBOUND {
            f.set_register(th, i, Value::none());
        }
    }
    Ok(())
}

/// Brings a function frame's dict of locals, if the program has asked for it, up to date.
pub fn refresh_locals(th: &Thread, f: Frame) -> Done {
    if f.code().has_flag(CodeFlags::OPTIMIZED) && f.locals.get().is_cell() {
        locals(th, f)?;
    }
    Ok(())
}

/// Takes over what a trace function has changed in a function frame's dict of locals.
pub fn store_locals(th: &Thread, f: Frame) {
    let code = f.code();
    let Some(d) = Dict::from_value(f.locals.get()).filter(|_| code.has_flag(CodeFlags::OPTIMIZED)) else {
        return;
    };
    let find = |name: Value| {
        let hidden = Str::of(name).as_ascii().is_some_and(|n| n.starts_with('.'));
        if hidden { None } else { Some(d.get_name(th, name).unwrap_or(Value::UNBOUND)) }
    };
    let cells = &code.data().cell_registers;
    for (i, &name) in Tuple::of(code.varnames()).as_slice().iter().enumerate() {
        let Some(v) = find(name) else { continue };
        let now = f.register(i);
        match CellVar::from_value(now).filter(|_| cells.contains(&(i as u16))) {
            Some(c) => c.store(th, v),
            None if now != v => f.set_register(th, i, v),
            None => {}
        }
    }
    let closure = Function::from_value(f.function.get()).and_then(|f| Tuple::from_value(f.closure.get()));
    let closure = closure.map_or(&[][..], Tuple::as_slice);
    for (&name, &cell) in Tuple::of(code.freevars()).as_slice().iter().zip(closure) {
        if let (Some(v), Some(c)) = (find(name), CellVar::from_value(cell)) {
            c.store(th, v);
        }
    }
}

fn get_trace(_: &Thread, v: Value) -> Res {
    Ok(Frame::of(v).trace.get())
}

fn set_trace(th: &Thread, v: Value, value: Value) -> Done {
    let f = Frame::of(v);
    f.trace.set(th, f.cell(), value.given().unwrap_or(Value::none()));
    Ok(())
}

fn get_trace_lines(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Frame::of(v).trace_lines.get()))
}

fn get_trace_opcodes(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Frame::of(v).trace_opcodes.get()))
}

fn flag_value(th: &Thread, value: Value) -> Res<bool> {
    if value == Value::MISSING {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    value.as_bool().ok_or_else(|| th.type_error("attribute value type must be bool"))
}

fn set_trace_lines(th: &Thread, v: Value, value: Value) -> Done {
    Frame::of(v).trace_lines.set(flag_value(th, value)?);
    Ok(())
}

fn set_trace_opcodes(th: &Thread, v: Value, value: Value) -> Done {
    Frame::of(v).trace_opcodes.set(flag_value(th, value)?);
    Ok(())
}

fn clear(th: &Thread, a: &[Value]) -> Res {
    let f = Frame::of(a[0]);
    if !f.registers.get().is_null() {
        if !f.suspended.get() {
            return Err(th.runtime_error("cannot clear an executing frame"));
        }
        if f.generator.get().is_kind(Kind::Generator) {
            call::call_method_text(th, f.generator.get(), "close", &[])?;
        }
    }
    if f.registers.get().is_null() {
        f.drop_registers(th);
    }
    Ok(Value::none())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let f = Frame::of(a[0]);
    let code = f.code();
    let file = protocol::repr_text(th, code.filename.get())?;
    let name = Str::from_value(code.name.get()).map(Str::to_text).unwrap_or_default();
    string::try_new(
        th,
        &format!("<frame at {:#x}, file {file}, line {}, code {name}>", address(a[0]), line(th, f)),
    )
}

fn sizeof(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(88 + 8 * Frame::of(a[0]).code().register_count.get() as i64))
}

natives! {
    static FRAME = {
        method "__repr__" "()" repr, "Return repr(self).";
        method "clear" "()" clear, "clears all references held by the frame";
        method "__sizeof__" "()" sizeof, "size of the frame in memory, in bytes";
    }
}

static FRAME_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::rw("f_trace_lines", get_trace_lines, set_trace_lines, "").member(),
    GetSetDef::ro("f_back", get_back, ""),
    GetSetDef::ro("f_locals", get_locals, ""),
    GetSetDef::rw("f_lineno", get_line, set_line, ""),
    GetSetDef::rw("f_trace", get_trace, set_trace, ""),
    GetSetDef::ro("f_lasti", get_lasti, ""),
    GetSetDef::ro("f_globals", get_globals, ""),
    GetSetDef::ro("f_builtins", get_builtins, ""),
    GetSetDef::ro("f_code", get_code, ""),
    GetSetDef::rw("f_trace_opcodes", get_trace_opcodes, set_trace_opcodes, ""),
];

// ---- Tracebacks

fn traceback_new(th: &Thread, a: &[Value]) -> Res {
    let (next, frame) = (a[1], a[2]);
    if !next.is_none() && !next.is_kind(Kind::Traceback) {
        return Err(
            th.type_error(format!("expected traceback object or None, got '{}'", type_name(th, next)))
        );
    }
    if !frame.is_kind(Kind::Frame) {
        return Err(th.type_error(format!(
            "TracebackType() argument 'tb_frame' must be frame, not {}",
            type_name(th, frame)
        )));
    }
    let (lasti, line) = (protocol::index_i64(th, a[3])?, protocol::index_i64(th, a[4])?);
    Ok(traceback::new(th, next, frame, lasti, line))
}

/// The line of a traceback entry; None when its code has none for the instruction.
pub fn traceback_line(t: Traceback) -> Option<i64> {
    let known = t.line.get();
    if known != -1 {
        return Some(known);
    }
    let code = Frame::of(t.frame.get()).code();
    code.position((t.lasti.get() / WORD).max(0) as usize).map(|p| p.line as i64)
}

fn get_next(_: &Thread, v: Value) -> Res {
    Ok(Traceback::of(v).next.get())
}

fn set_next(th: &Thread, v: Value, value: Value) -> Done {
    if value == Value::MISSING {
        return Err(th.type_error("can't delete tb_next attribute"));
    }
    if !value.is_none() && !value.is_kind(Kind::Traceback) {
        return Err(th.type_error(format!("expected traceback object, got '{}'", type_name(th, value))));
    }
    let mut at = value;
    while let Some(t) = Traceback::from_value(at) {
        if at == v {
            return Err(th.value_error("traceback loop detected"));
        }
        at = t.next.get();
    }
    let t = Traceback::of(v);
    t.next.set(th, t.cell(), value);
    Ok(())
}

fn get_frame(_: &Thread, v: Value) -> Res {
    Ok(Traceback::of(v).frame.get())
}

fn get_tb_lasti(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Traceback::of(v).lasti.get()))
}

fn get_tb_line(_: &Thread, v: Value) -> Res {
    Ok(traceback_line(Traceback::of(v)).map_or(Value::none(), Value::small))
}

fn traceback_dir(th: &Thread, _: &[Value]) -> Res {
    let l = list::new(th);
    for name in ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"] {
        l.push(th, th.interp.interned.intern_text(th, name))?;
    }
    Ok(l.value())
}

natives! {
    static TRACEBACK = {
        staticmethod "__new__" "(cls, tb_next, tb_frame, tb_lasti, tb_lineno)" traceback_new, "Create and return a new object.";
        method "__dir__" "()" traceback_dir, "";
    }
}

static TRACEBACK_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("tb_frame", get_frame, "").member(),
    GetSetDef::ro("tb_lasti", get_tb_lasti, "").member(),
    GetSetDef::rw("tb_next", get_next, set_next, ""),
    GetSetDef::ro("tb_lineno", get_tb_line, ""),
];

/// The tables of frames and tracebacks.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::Frame, "", FRAME, FRAME_ATTRIBUTES),
    TypeTable::new(TypeId::Traceback, "Create a new traceback object.", TRACEBACK, TRACEBACK_ATTRIBUTES),
];
