//! Which events an instruction means, and the events of exceptions.

use super::legacy;
use super::open::{self, Kind, Open};
use crate::machine::{Pc, Regs};
use krait_bytecode::{Op, Operand};
use krait_object::exception;
use krait_object::monitor::{self, Event};
use krait_object::native::Native;
use krait_object::tuple::Tuple;
use krait_object::{Kind as CellKind, Res, Thread, TypeId, Value};

fn op_at(pc: Pc) -> Op {
    Op::ALL[pc.op() as usize]
}

fn offset(regs: Regs, pc: Pc) -> usize {
    regs.code().offset_of(pc.0)
}

fn line_at(regs: Regs, pc: Pc) -> Option<u32> {
    regs.code().position(offset(regs, pc)).map(|p| p.line)
}

/// Tells everybody of an event at an instruction.
fn tell(th: &Thread, regs: Regs, pc: Pc, e: Event, rest: &[Value]) -> Res<()> {
    legacy::tell(th, regs, e, rest)?;
    if th.interp.monitor.wants(e) {
        monitor::fire(th, regs.code(), offset(regs, pc), e, rest)?;
    }
    Ok(())
}

/// Tells what comes before the instruction at `pc`, and what the one before it left open. The frame's saved address is that
/// of the instruction to run. False: an exception is pending.
#[inline(never)]
pub fn before(pc: Pc, regs: Regs, th: &Thread) -> bool {
    try_before(pc, regs, th).is_ok()
}

fn try_before(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    let op = op_at(pc);
    if op == Op::LOAD_CODE {
        // The frame's own instructions come next.
        return Ok(());
    }
    close(pc, regs, th)?;
    let (previous, resumed) = arrival(pc, op, regs, th);
    regs.save(pc);
    match op {
        Op::ENTER | Op::ENTER_TRACE => return tell(th, regs, pc, Event::PyStart, &[]),
        _ if is_prologue(pc, regs) => return Ok(()),
        _ => {}
    }
    if resumed {
        // The frame is where it yielded. What was sent in lies above the registers alive there: it is held here.
        let sent = regs.get(previous.a());
        regs.save(previous);
        tell(th, regs, pc, Event::PyResume, &[])?;
        std::hint::black_box(&sent);
        regs.save(pc);
    }
    delegate_ended(previous, pc, regs, th)?;
    if let Some(line) = line_at(regs, pc)
        && (is_prologue(previous, regs) || line_at(regs, previous) != Some(line))
    {
        legacy::line(th, regs, Event::Line)?;
        if th.interp.monitor.wants(Event::Line) {
            monitor::fire_line(th, regs.code(), offset(regs, pc), line)?;
        }
        legacy::apply_jump(th, regs)?;
    }
    loop {
        // Where a debugger moved the frame to has no `line` event of its own.
        let pc = regs.pc();
        legacy::opcode(th, regs)?;
        if th.interp.monitor.wants(Event::Instruction) {
            monitor::fire(th, regs.code(), offset(regs, pc), Event::Instruction, &[])?;
        }
        own_event(pc, previous, regs, th)?;
        legacy::apply_jump(th, regs)?;
        if regs.pc() == pc {
            return Ok(());
        }
    }
}

/// Does the instruction only set up the frame: entry, and the cells of parameters?
fn is_prologue(pc: Pc, regs: Regs) -> bool {
    let mut at = Pc(regs.code().start.get());
    while at.0 <= pc.0 {
        let words = match op_at(at) {
            Op::RETURN_GENERATOR | Op::MAKE_CELL => 1,
            Op::ENTER | Op::ENTER_TRACE => 2,
            _ => return false,
        };
        at = at.skip(words);
    }
    true
}

/// The instruction that ran before this one, and whether a generator was resumed here.
fn arrival(pc: Pc, op: Op, regs: Regs, th: &Thread) -> (Pc, bool) {
    let previous = regs.pc();
    if previous != pc {
        return (previous, false);
    }
    let (frame, raised) = th.monitor_raised.replace((std::ptr::null_mut(), std::ptr::null()));
    if frame == regs.0 && !raised.is_null() {
        return (Pc(raised), false);
    }
    let turns = matches!(op, Op::JUMP_BACK | Op::JUMP_BACK_TRACE) && pc.jump(2, pc.bc()) == pc;
    if !regs.meta().is_generator() || turns || is_prologue(pc, regs) {
        return (previous, false);
    }
    // A resumed frame's address is that after the `YIELD`, which is one word.
    // SAFETY: the word before belongs to the same code.
    (Pc(unsafe { pc.0.sub(1) }), true)
}

/// What the frame's last instruction left open is known now.
fn close(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    let Some(o) = open::take(th, regs) else { return Ok(()) };
    let at = Pc(regs.code().start.get()).skip(o.offset);
    // The frame is still where that instruction was, whose result is not alive there: it is held here.
    let results = results_of(at, regs);
    let told = tell_closed(pc, at, o, regs, th);
    std::hint::black_box(&results);
    told
}

/// What the instruction wrote: its destination, or a function and its receiver in a call window.
fn results_of(at: Pc, regs: Regs) -> [Value; 2] {
    let op = op_at(at);
    for (kind, register) in op.operands().into_iter().zip([at.a(), at.b(), at.c()]) {
        match kind {
            Operand::D => return [regs.get(register), Value::UNBOUND],
            Operand::S if op == Op::LOAD_SUPER_METHOD => return [regs.get(register - 1), regs.get(register)],
            _ => {}
        }
    }
    [Value::UNBOUND; 2]
}

fn tell_closed(pc: Pc, at: Pc, o: Open, regs: Regs, th: &Thread) -> Res<()> {
    match o.kind {
        Kind::Call => tell(th, regs, at, Event::CReturn, &[o.callable, o.argument]),
        Kind::Branch => {
            let to = Value::small(offset(regs, pc) as i64 * 8);
            tell(th, regs, at, Event::Branch, &[to])
        }
    }
}

/// A `yield from` or `await` came to its end: of a generator or coroutine that is a StopIteration.
fn delegate_ended(previous: Pc, pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    if op_at(previous) != Op::SEND || previous.jump(2, previous.extra(0) as i32) != pc {
        return Ok(());
    }
    let (target, v) = (regs.get(previous.a()), regs.get(previous.c()));
    let is = |t: TypeId| target.is_cell() && target.has_shape(t as u32);
    if is(TypeId::Generator) || is(TypeId::Coroutine) {
        return stop_iteration(th, regs, previous, v);
    }
    // Other iterators really raise it.
    if is(TypeId::AsyncGenASend) || is(TypeId::AsyncGenAThrow) || target.is_kind(CellKind::Instance) {
        let args = [v];
        let e = exception::make(th, TypeId::StopIteration, if v.is_none() { &[] } else { &args })?;
        return tell(th, regs, previous, Event::Raise, &[e]);
    }
    Ok(())
}

fn stop_iteration(th: &Thread, regs: Regs, pc: Pc, v: Value) -> Res<()> {
    let args = [v];
    let e = exception::make(th, TypeId::StopIteration, if v.is_none() { &[] } else { &args })?;
    tell(th, regs, pc, Event::StopIteration, &[e])
}

/// A generator that a loop runs over has ended. Where branches are observed CPython steps it like any iterator, whose end
/// is a StopIteration raised in the loop's frame, if it returned something.
#[cold]
pub fn exhausted(regs: Regs, th: &Thread, v: Value) -> Res<()> {
    let pc = regs.pc();
    if th.trace_function.get() == Value::UNBOUND && !th.interp.monitor.wants(Event::Branch) {
        return stop_iteration(th, regs, pc, v);
    }
    if v.is_none() {
        return Ok(());
    }
    let e = exception::make(th, TypeId::StopIteration, &[v])?;
    tell(th, regs, pc, Event::Raise, &[e])
}

/// The event that the instruction itself is.
fn own_event(pc: Pc, previous: Pc, regs: Regs, th: &Thread) -> Res<()> {
    match op_at(pc) {
        Op::RETURN => left(pc, regs, th, regs.get(pc.a())),
        Op::RETURN_NONE => left(pc, regs, th, Value::none()),
        Op::YIELD => {
            open::drop_frame(th, regs);
            tell(th, regs, pc, Event::PyYield, &[regs.get(pc.b())])
        }
        Op::CALL | Op::CALL_KW | Op::CALL_EX | Op::CALL_PY | Op::CALL_NATIVE | Op::CALL_CLASS => {
            // `with` calls its methods without further ado.
            let hidden = matches!(op_at(previous), Op::LOAD_SPECIAL | Op::EXC_INFO);
            if hidden { Ok(()) } else { called(pc, regs, th) }
        }
        Op::LOAD_SUPER_ATTR | Op::LOAD_SUPER_METHOD if observes_calls(th) => {
            let missing = th.interp.monitor.missing.get();
            begin_call(pc, regs, th, th.interp.class_value(TypeId::Super), missing)
        }
        Op::JUMP => jumped(pc, pc.jump(1, pc.bc()), regs, th),
        Op::JUMP_BACK | Op::JUMP_BACK_TRACE => {
            let to = pc.jump(2, pc.bc());
            if op_at(to) == Op::SEND { Ok(()) } else { jumped(pc, to, regs, th) }
        }
        op if op.jump().is_some()
            && !matches!(op, Op::SEND | Op::JUMP_IF_NOT_SUPER | Op::JUMP_IF_NOT_BUILTIN) =>
        {
            if th.interp.monitor.wants(Event::Branch) {
                let none = Value::none();
                let o = Open { kind: Kind::Branch, offset: offset(regs, pc), callable: none, argument: none };
                open::push(th, regs, o)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn left(pc: Pc, regs: Regs, th: &Thread, v: Value) -> Res<()> {
    open::drop_frame(th, regs);
    tell(th, regs, pc, Event::PyReturn, &[v])
}

/// A jump. Trace functions see a backward jump within a line as the line once more.
fn jumped(pc: Pc, to: Pc, regs: Regs, th: &Thread) -> Res<()> {
    // The event comes after the jump.
    regs.save(to);
    if to.0 <= pc.0 && line_at(regs, to).is_some() && line_at(regs, to) == line_at(regs, pc) {
        legacy::line(th, regs, Event::Jump)?;
    }
    if th.interp.monitor.wants(Event::Jump) {
        let target = Value::small(offset(regs, to) as i64 * 8);
        monitor::fire(th, regs.code(), offset(regs, pc), Event::Jump, &[target])?;
    }
    legacy::apply_jump(th, regs)?;
    if regs.pc() == to {
        regs.save(pc);
    }
    Ok(())
}

fn observes_calls(th: &Thread) -> bool {
    th.profile_function.get() != Value::UNBOUND || th.interp.monitor.wants(Event::Call)
}

fn called(pc: Pc, regs: Regs, th: &Thread) -> Res<()> {
    if !observes_calls(th) {
        return Ok(());
    }
    let s = pc.a();
    let (f, receiver) = (regs.get(s - 1), regs.get(s));
    let missing = th.interp.monitor.missing.get();
    let unpacks = op_at(pc) == Op::CALL_EX;
    let argument = if receiver != Value::MISSING {
        receiver
    } else if unpacks {
        Tuple::from_value(regs.get(s + 1)).filter(|t| !t.is_empty()).map_or(missing, |t| t.get(0))
    } else if pc.b() > 0 {
        regs.get(s + 1)
    } else {
        missing
    };
    if f.is_kind(CellKind::Function) {
        // Python functions called with unpacked arguments are entered without further ado.
        return if unpacks { Ok(()) } else { tell(th, regs, pc, Event::Call, &[f, argument]) };
    }
    let method = krait_object::method::Method::from_value(f).filter(|_| receiver == Value::MISSING);
    if method.is_some_and(|m| m.function.get().is_kind(CellKind::Function)) {
        return if unpacks { Ok(()) } else { tell(th, regs, pc, Event::Call, &[f, argument]) };
    }
    begin_call(pc, regs, th, f, argument)
}

fn begin_call(pc: Pc, regs: Regs, th: &Thread, f: Value, argument: Value) -> Res<()> {
    tell(th, regs, pc, Event::Call, &[f, argument])?;
    // A builtin method without a receiver in the window is bound.
    let argument = match Native::from_value(f) {
        Some(n) if n.is_bound() && argument == n.receiver.get() => th.interp.monitor.missing.get(),
        _ => argument,
    };
    open::push(th, regs, Open { kind: Kind::Call, offset: offset(regs, pc), callable: f, argument })
}

/// Runs `f` with the pending exception put aside; what it raises takes its place.
fn aside(th: &Thread, f: impl FnOnce(Value) -> Res<()>) -> Res<()> {
    let e = th.take_pending();
    f(e)?;
    th.raise(e);
    Ok(())
}

/// An exception came up in the frame: in the call that is open, or in the instruction itself.
#[cold]
pub fn raised(regs: Regs, th: &Thread) {
    let pc = regs.pc();
    // Whatever a callback raises is pending then, and goes on.
    let _ = aside(th, |_| match open::take(th, regs) {
        Some(o) if o.kind == Kind::Call && o.offset == offset(regs, pc) => {
            tell(th, regs, pc, Event::CRaise, &[o.callable, o.argument])
        }
        _ => Ok(()),
    });
    let _ = aside(th, |e| tell(th, regs, pc, Event::Raise, &[e]));
}

/// The exception is raised again at the end of a handler.
#[cold]
pub fn reraised(regs: Regs, th: &Thread) {
    let _ = aside(th, |e| tell(th, regs, regs.pc(), Event::Reraise, &[e]));
}

/// A loop took the end of its iterator.
#[cold]
pub fn stopped(regs: Regs, th: &Thread) -> Res<()> {
    aside(th, |e| tell(th, regs, regs.pc(), Event::Raise, &[e]))
}

/// An exception is thrown into a suspended frame.
#[cold]
pub fn thrown(regs: Regs, th: &Thread) {
    let _ = aside(th, |e| tell(th, regs, regs.pc(), Event::PyThrow, &[e]));
}

/// The exception leaves the frame.
#[cold]
pub fn unwound(regs: Regs, th: &Thread) {
    open::drop_frame(th, regs);
    let _ = aside(th, |e| tell(th, regs, regs.pc(), Event::PyUnwind, &[e]));
}

/// The frame goes on at a handler (the address saved), with the exception; the instruction at `from` raised it.
#[cold]
pub fn handled(regs: Regs, th: &Thread, from: Pc, e: Value) -> Res<()> {
    tell(th, regs, regs.pc(), Event::ExceptionHandled, &[e])?;
    th.monitor_raised.set((regs.0, from.0));
    Ok(())
}
