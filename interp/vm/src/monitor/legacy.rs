//! Trace and profile functions, called for monitoring's events under their older names.
//!
//! Around a call the frame's `f_locals` dict, if the program has it, takes the variables' values
//! and gives changed ones back. A trace function may move the frame by setting `f_lineno`; the move
//! is done here when it has returned.

use crate::machine::{Pc, Regs};
use crate::unwind::frame_object;
use krait_object::exception::Exception;
use krait_object::frameobj::Frame;
use krait_object::monitor::{self, Event};
use krait_object::native::Native;
use krait_object::{Class, Res, Thread, TypeId, Value, attr, call, frame_jump, frame_methods, tuple};

/// Tells the trace and the profile function of an event of the frame.
pub fn tell(th: &Thread, regs: Regs, e: Event, rest: &[Value]) -> Res<()> {
    if th.monitor_depth.get() != 0 {
        return Ok(());
    }
    if th.trace_function.get() != Value::UNBOUND {
        match e {
            Event::PyStart | Event::PyResume | Event::PyThrow => trace(th, regs, e, "call", Value::none())?,
            Event::PyReturn | Event::PyYield => trace(th, regs, e, "return", rest[0])?,
            Event::PyUnwind => trace(th, regs, e, "return", Value::none())?,
            Event::Raise | Event::StopIteration => {
                let x = rest[0];
                let parts = [Class::of_value(th, x).value(), x, Exception::of(x).traceback.get()];
                trace(th, regs, e, "exception", tuple::from_slice(th, &parts)?)?;
            }
            _ => {}
        }
    }
    if th.profile_function.get() != Value::UNBOUND {
        match e {
            Event::PyStart | Event::PyResume | Event::PyThrow => profile(th, regs, e, "call", Value::none())?,
            Event::PyReturn | Event::PyYield => profile(th, regs, e, "return", rest[0])?,
            Event::PyUnwind => profile(th, regs, e, "return", Value::none())?,
            Event::Call => native(th, regs, e, "c_call", rest)?,
            Event::CReturn => native(th, regs, e, "c_return", rest)?,
            Event::CRaise => native(th, regs, e, "c_exception", rest)?,
            _ => {}
        }
    }
    Ok(())
}

/// The events of native calls: only builtin functions and methods count, the latter shown bound.
fn native(th: &Thread, regs: Regs, e: Event, what: &str, rest: &[Value]) -> Res<()> {
    let (f, argument) = (rest[0], rest[1]);
    if Native::from_value(f).is_none() {
        return Ok(());
    }
    let f = match Class::of_value(th, f) {
        c if c.is(TypeId::BuiltinFunction) => f,
        c if c.is(TypeId::MethodDescriptor) && argument != th.interp.monitor.missing.get() => {
            attr::bind(th, f, argument)?
        }
        _ => return Ok(()),
    };
    profile(th, regs, e, what, f)
}

fn profile(th: &Thread, regs: Regs, e: Event, what: &str, arg: Value) -> Res<()> {
    let frame = frame_object(th, regs)?;
    if notify(th, th.profile_function.get(), frame, e, what, arg).is_err() {
        th.profile_function.set(Value::UNBOUND);
        super::refresh(th);
        return Err(th.raised());
    }
    Ok(())
}

/// Calls the trace function: the thread's for a new frame, else the frame's own.
fn trace(th: &Thread, regs: Regs, e: Event, what: &str, arg: Value) -> Res<()> {
    let frame = frame_object(th, regs)?;
    let f = if what == "call" { th.trace_function.get() } else { frame.trace.get() };
    if f.is_none() {
        return Ok(());
    }
    match notify(th, f, frame, e, what, arg) {
        Ok(local) => {
            if !local.is_none() {
                frame.trace.set(th, frame.cell(), local);
            }
            Ok(())
        }
        Err(r) => {
            // A function that raises is removed.
            th.trace_function.set(Value::UNBOUND);
            frame.trace.set(th, frame.cell(), Value::none());
            super::refresh(th);
            Err(r)
        }
    }
}

fn notify(th: &Thread, f: Value, frame: Frame, e: Event, what: &str, arg: Value) -> Res {
    frame_methods::refresh_locals(th, frame)?;
    let what = th.interp.interned.intern_text(th, what);
    let r = monitor::quietly(th, e, || call::call(th, f, &[frame.value(), what, arg]));
    frame_methods::store_locals(th, frame);
    r
}

/// A `line` event of the trace function.
pub fn line(th: &Thread, regs: Regs, e: Event) -> Res<()> {
    if th.trace_function.get() == Value::UNBOUND || th.monitor_depth.get() != 0 {
        return Ok(());
    }
    let frame = frame_object(th, regs)?;
    if frame.trace_lines.get() { trace(th, regs, e, "line", Value::none()) } else { Ok(()) }
}

/// An `opcode` event of the trace function.
pub fn opcode(th: &Thread, regs: Regs) -> Res<()> {
    if th.trace_function.get() == Value::UNBOUND || th.monitor_depth.get() != 0 {
        return Ok(());
    }
    match Frame::from_value(regs.frame_object()) {
        Some(f) if f.trace_opcodes.get() => trace(th, regs, Event::Instruction, "opcode", Value::none()),
        _ => Ok(()),
    }
}

/// Moves the frame when the callback that just ran has set `f_lineno`.
pub fn apply_jump(th: &Thread, regs: Regs) -> Res<()> {
    let Some(frame) = Frame::from_value(regs.frame_object()) else { return Ok(()) };
    let line = frame.jump_line.replace(0);
    if line == 0 {
        return Ok(());
    }
    let code = regs.code();
    let from = code.offset_of(regs.pc().0);
    let jump = match frame_jump::plan(code, from, line) {
        Ok(j) => j,
        Err(text) => return Err(th.value_error(text)),
    };
    for r in jump.leave {
        let v = regs.get(r as usize);
        th.handled.set(if v == Value::INHERIT { regs.caller_exc() } else { v });
    }
    // Sources lie above or at their targets, in ascending order.
    for (to, from) in jump.moves {
        regs.set(to as usize, regs.get(from as usize));
    }
    regs.save(Pc(code.start.get()).skip(jump.to));
    Ok(())
}
