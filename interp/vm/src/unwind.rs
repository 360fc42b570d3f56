//! Unwinding: from a pending exception to its handler, frame by frame, with tracebacks.

use crate::machine::{Cont, Pc, Regs, Table, next};
use crate::monitor;
use krait_bytecode::Op;
use krait_object::exception::Exception;
use krait_object::frameobj::{self, Frame};
use krait_object::generator::{Generator, State};
use krait_object::traceback::{self, Traceback};
use krait_object::{Res, Thread, TypeId, Value, attr};

/// An instruction raised: the exception is pending and the frame's saved address is that of the instruction.
#[cold]
#[inline(never)]
pub extern "C" fn unwind(regs: Regs, th: &Thread, t: &Table) -> Value {
    crate::chains::fill(regs);
    add_traceback(th, regs);
    if monitor::active() {
        monitor::raised(regs, th);
    }
    go_on(regs, th, t)
}

/// As `unwind` without a new traceback entry for this frame (an exception that is raised again).
#[inline(never)]
pub extern "C" fn unwind_again(regs: Regs, th: &Thread, t: &Table) -> Value {
    if monitor::active() {
        monitor::reraised(regs, th);
    }
    go_on(regs, th, t)
}

fn go_on(regs: Regs, th: &Thread, t: &Table) -> Value {
    match find(regs, th) {
        Some(regs) => next(regs.pc(), regs, th, t),
        None => Value::ERROR,
    }
}

/// Pops frames up to one that goes on; None when the exception leaves this run of the dispatch loop.
#[inline(never)]
fn find(mut regs: Regs, th: &Thread) -> Option<Regs> {
    loop {
        let code = regs.code();
        if let Some(h) = code.handler_for(code.offset_of(regs.pc().0)) {
            let (from, e) = (regs.pc(), th.take_pending());
            regs.set(h.exc as usize, e);
            regs.save(Pc(code.start.get()).skip(h.handler as usize));
            if monitor::active() && monitor::handled(regs, th, from, e).is_err() {
                continue;
            }
            return Some(regs);
        }
        if let Some(first) = first_raised_at(regs, th) {
            regs.save(first);
        }
        if monitor::active() {
            monitor::unwound(regs, th);
        }
        let meta = regs.meta();
        frame_ended(th, regs);
        if meta.is_generator() {
            let g = Generator::of(regs.generator());
            g.set_state(State::Finished);
            crate::generators::unregister(g);
            th.handled.set(regs.caller_exc());
        }
        let caller = regs.previous();
        th.frame.set(caller.0);
        th.depth.set(th.depth.get() - 1);
        match meta.cont() {
            Cont::Entry => return None,
            Cont::Next if th.pending_is(TypeId::StopIteration) => {
                if monitor::active() && monitor::stopped(caller, th).is_err() {
                    regs = caller;
                    add_traceback(th, regs);
                    continue;
                }
                th.clear_pending();
                let pc = caller.pc();
                caller.save(pc.jump(meta.words(), pc.extra(0) as i32));
                return Some(caller);
            }
            _ => {}
        }
        regs = caller;
        crate::chains::fill(regs);
        let pc = regs.pc();
        if pc.op() == Op::LOAD_ATTR_PROPERTY as u16 {
            // The getter of a property raised.
            attr::add_context(th, regs.get(pc.b()), regs.constant(pc.c()));
        }
        add_traceback(th, regs);
        if monitor::active() {
            monitor::raised(regs, th);
        }
    }
}

/// The exception leaves a frame by being raised again: the frame's address is that of the instruction that raised it first,
/// if the `RERAISE` asks for that.
fn first_raised_at(regs: Regs, th: &Thread) -> Option<Pc> {
    let pc = regs.pc();
    if pc.op() != Op::RERAISE as u16 || pc.b() != 1 {
        return None;
    }
    let tb = Traceback::from_value(Exception::of(th.pending()?).traceback.get())?;
    if tb.frame.get() != regs.frame_object() {
        return None;
    }
    let offset = usize::try_from(tb.lasti.get() / 8).ok()?;
    Some(Pc(regs.code().start.get()).skip(offset))
}

/// Adds an entry for the frame to the pending exception's traceback.
#[inline(never)]
pub fn add_traceback(th: &Thread, regs: Regs) {
    let Some(e) = th.pending() else { return };
    let Ok(frame) = frame_object(th, regs) else { return };
    let e = Exception::of(e);
    let lasti = regs.code().offset_of(regs.pc().0) as i64;
    let tb = traceback::new(th, e.traceback.get(), frame.value(), lasti * 8, -1);
    e.traceback.set(th, e.cell(), tb);
}

/// The frame object of a live frame, made if it has none.
pub fn frame_object(th: &Thread, regs: Regs) -> Res<Frame> {
    if let Some(f) = Frame::from_value(regs.frame_object()) {
        return Ok(f);
    }
    crate::chains::fill(regs);
    let function = regs.function();
    let f = frameobj::new(
        th,
        regs.code(),
        function.value(),
        function.globals.get(),
        function.builtins.get(),
        regs.0,
    );
    if !regs.code().has_flag(krait_bytecode::CodeFlags::OPTIMIZED) {
        f.locals.set(th, f.cell(), regs.namespace());
    }
    regs.set_frame_object(f.value());
    Ok(f)
}

/// A frame is about to be left for good: its object, if it has one, takes the variables along.
pub fn frame_ended(th: &Thread, regs: Regs) {
    let Some(f) = Frame::from_value(regs.frame_object()) else { return };
    let lasti = regs.code().offset_of(regs.pc().0) as i64;
    // The caller's object is what `f_back` shows from now on.
    let back = regs.previous();
    if !back.is_null()
        && let Ok(b) = frame_object(th, back)
    {
        f.back.set(th, f.cell(), b.value());
    }
    if f.take_registers(th, lasti * 8).is_err() {
        th.clear_pending();
    }
    regs.set_frame_object(Value::ZERO);
}
