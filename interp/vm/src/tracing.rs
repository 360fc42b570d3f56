//! `sys.settrace` and `sys.setprofile`: the interpreter under an instrumented table.
//!
//! While a thread has a trace or profile function its frames run under [`TRACED`], whose every
//! slot looks whether the instruction starts a line, enters or leaves a frame, and then hands on
//! to the interpreter's own handler. Without such a function nothing is checked anywhere: frames
//! change tables at safe points (function entry, loop headers) and when a nested loop starts.

use crate::dispatch::TABLE;
use crate::machine::{Handler, Pc, Regs, Table, next};
use crate::unwind::{frame_object, unwind};
use krait_bytecode::Op;
use krait_object::exception::Exception;
use krait_object::frameobj::Frame;
use krait_object::{Class, Res, Thread, Value, call, tuple};
use std::cell::Cell;

/// The instrumented table.
pub static TRACED: Table = Table([traced as Handler; Op::COUNT]);

thread_local! {
    /// Set while a trace or profile function runs: it is not traced itself.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// The table that frames of the thread run under now.
#[inline]
pub fn table(th: &Thread) -> &'static Table {
    if is_on(th) { &TRACED } else { &TABLE }
}

/// The table to go on with after a safe point: tracing may have been switched on or off there.
pub fn after_events<'a>(th: &Thread, t: &'a Table) -> &'a Table {
    if is_on(th) { &TRACED } else { t }
}

fn is_on(th: &Thread) -> bool {
    (th.trace_function.get() != Value::UNBOUND || th.profile_function.get() != Value::UNBOUND)
        && !INSIDE.get()
}

/// One instruction under observation.
extern "C" fn traced(pc: Pc, regs: Regs, th: &Thread, _t: &Table) -> Value {
    if !is_on(th) {
        return next(pc, regs, th, &TABLE);
    }
    regs.save(pc);
    if before(pc, regs, th).is_err() {
        return unwind(regs, th, &TRACED);
    }
    // A debugger may have moved the frame (`f_lineno = ...`).
    let pc = regs.pc();
    (TABLE.handler(pc.op()))(pc, regs, th, table(th))
}

/// Events that come before an instruction.
#[inline(never)]
fn before(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    let op = Op::ALL[pc.op() as usize];
    match op {
        // The frame's own instructions come next.
        Op::LOAD_CODE => return Ok(()),
        Op::ENTER | Op::ENTER_TRACE => return entered(regs, th),
        Op::RETURN => {
            line_event(pc, regs, th)?;
            return left(regs, th, regs.get(pc.a()));
        }
        Op::RETURN_NONE => {
            line_event(pc, regs, th)?;
            return left(regs, th, Value::none());
        }
        Op::YIELD => {
            line_event(pc, regs, th)?;
            return left(regs, th, regs.get(pc.b()));
        }
        _ => {}
    }
    line_event(pc, regs, th)
}

/// Calls a trace or profile function with the observation switched off. The new local trace function, or None.
fn notify(th: &Thread, f: Value, frame: Frame, event: &str, arg: Value) -> Res {
    INSIDE.set(true);
    let event = th.interp.interned.intern_text(th, event);
    let r = call::call(th, f, &[frame.value(), event, arg]);
    INSIDE.set(false);
    if r.is_err() {
        // A function that raises is removed.
        th.trace_function.set(Value::UNBOUND);
        th.profile_function.set(Value::UNBOUND);
    }
    r
}

fn entered(regs: Regs, th: &Thread) -> Res<()> {
    let frame = frame_object(th, regs)?;
    frame.last_line.set(-1);
    if th.trace_function.get() != Value::UNBOUND {
        let local = notify(th, th.trace_function.get(), frame, "call", Value::none())?;
        frame.trace.set(th, frame.cell(), local);
    }
    if th.profile_function.get() != Value::UNBOUND {
        notify(th, th.profile_function.get(), frame, "call", Value::none())?;
    }
    Ok(())
}

fn left(regs: Regs, th: &Thread, v: Value) -> Res<()> {
    let frame = frame_object(th, regs)?;
    if th.trace_function.get() != Value::UNBOUND && !frame.trace.get().is_none() {
        notify(th, frame.trace.get(), frame, "return", v)?;
    }
    if th.profile_function.get() != Value::UNBOUND {
        notify(th, th.profile_function.get(), frame, "return", v)?;
    }
    Ok(())
}

/// A `line` event when the instruction begins a line: another line than the last, or the same after a backward jump.
fn line_event(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    if th.trace_function.get() == Value::UNBOUND {
        return Ok(());
    }
    let frame = frame_object(th, regs)?;
    if frame.trace.get().is_none() {
        return Ok(());
    }
    let code = regs.code();
    let offset = code.offset_of(pc.0);
    if frame.trace_opcodes.get() {
        notify(th, frame.trace.get(), frame, "opcode", Value::none())?;
    }
    let Some(p) = code.position(offset) else { return Ok(()) };
    let (line, last) = (p.line as i64, frame.last_line.get());
    let back = (offset as i64) < frame.last_offset.get();
    frame.last_offset.set(offset as i64);
    if line == last && !back {
        return Ok(());
    }
    frame.last_line.set(line);
    if !frame.trace_lines.get() {
        return Ok(());
    }
    let local = notify(th, frame.trace.get(), frame, "line", Value::none())?;
    frame.trace.set(th, frame.cell(), local);
    let jump = frame.jump_line.replace(0);
    if jump != 0 {
        move_to_line(regs, th, jump)?;
    }
    Ok(())
}

/// Sets the frame to go on at the first instruction of a line (`frame.f_lineno = n` in a trace function).
fn move_to_line(regs: Regs, th: &Thread, line: i64) -> Res<()> {
    let code = regs.code();
    let first = code.positions().iter().find(|(_, p)| p.line as i64 >= line);
    match first {
        Some(&(offset, _)) => {
            regs.save(Pc(code.start.get()).skip(offset as usize));
            Ok(())
        }
        None => Err(th.value_error(format!("line {line} comes after the current code block"))),
    }
}

/// An exception passes through a traced frame. `leaves`: the frame has no handler and is left.
#[cold]
pub fn exception_event(regs: Regs, th: &Thread, leaves: bool) {
    if !is_on(th) {
        return;
    }
    let Ok(frame) = frame_object(th, regs) else { return };
    let e = th.take_pending();
    let result = (|| {
        if !leaves && th.trace_function.get() != Value::UNBOUND && !frame.trace.get().is_none() {
            let info = [Class::of_value(th, e).value(), e, Exception::of(e).traceback.get()];
            let arg = tuple::from_slice(th, &info)?;
            let local = notify(th, frame.trace.get(), frame, "exception", arg)?;
            frame.trace.set(th, frame.cell(), local);
        }
        if leaves {
            left(regs, th, Value::none())?;
        }
        Ok::<(), krait_object::Raised>(())
    })();
    // What the trace function raised replaces the exception.
    if result.is_ok() {
        th.raise(e);
    }
}
