//! Looking at running frames: `sys._getframe`, tracebacks, the collector's roots.

use crate::machine::{Regs, stack_top};
use crate::unwind::frame_object;
use krait_bytecode::{FRAME_WORDS, Op, Operand};
use krait_gc::Tracer;
use krait_object::generator::Generator;
use krait_object::{Res, Thread, Value, int, tuple};

/// The Python frame `depth` levels up, as an object.
pub fn frame_at(th: &Thread, depth: usize) -> Res<Option<Value>> {
    let mut r = Regs(th.frame.get());
    for _ in 0..depth {
        if r.is_null() {
            return Ok(None);
        }
        r = r.previous();
    }
    if r.is_null() { Ok(None) } else { Ok(Some(frame_object(th, r)?.value())) }
}

/// The globals of the running Python frame.
pub fn globals(th: &Thread) -> Option<Value> {
    let r = Regs(th.frame.get());
    if r.is_null() { None } else { Some(r.function().globals.get()) }
}

/// The caller's frame object of a live frame, or None.
pub fn back(th: &Thread, registers: *mut Value) -> Res<Option<Value>> {
    let r = Regs(registers).previous();
    if r.is_null() { Ok(None) } else { Ok(Some(frame_object(th, r)?.value())) }
}

/// The word offset of the instruction a live frame is at.
pub fn offset(registers: *mut Value) -> usize {
    let r = Regs(registers);
    r.code().offset_of(r.pc().0)
}

/// `cr_origin`: (filename, line, name) of the innermost frames.
pub fn origin(th: &Thread, depth: usize) -> Res {
    let mut items = krait_object::ValueVec::new();
    let mut r = Regs(th.frame.get());
    // The coroutine's own frame is the innermost one; its origin is who called it.
    if !r.is_null() {
        r = r.previous();
    }
    while !r.is_null() && items.len() < depth {
        let code = r.code();
        let line = code.position(code.offset_of(r.pc().0)).map_or(code.first_line.get(), |p| p.line);
        let entry =
            tuple::from_slice(th, &[code.filename.get(), int::from_i64(th, line as i64), code.name.get()])?;
        items.push(th, entry)?;
        r = r.previous();
    }
    tuple::from_vec(th, &items)
}

/// Visits the roots on a thread's value stack: records, live registers, and what the instruction in progress reads.
pub fn trace_thread(th: &Thread, tracer: &mut Tracer) {
    let mut inner: Option<Regs> = None;
    let mut r = Regs(th.frame.get());
    let compiled = Regs(th.compiled.frame.get());
    if !compiled.is_null() {
        // The frames of a running trace are in memory as of its last call of the interpreter, with other words since: not
        // even their records can be followed, but that of the lowest.
        // SAFETY: the words lie in the value stack: the trace checked that there is room when it was entered.
        unsafe {
            tracer.conservative(
                compiled.0.sub(FRAME_WORDS) as usize,
                compiled.at(th.compiled.extent.get()) as usize,
            )
        };
        inner = Some(compiled);
        r = compiled.previous();
    }
    while !r.is_null() {
        trace_frame(r, inner, tracer);
        inner = Some(r);
        r = r.previous();
    }
    debug_assert!(stack_top(th) >= th.stack_base);
}

fn trace_frame(r: Regs, inner: Option<Regs>, tracer: &mut Tracer) {
    tracer.visit(r.function_value().0);
    let code = r.code();
    tracer.visit(code.value().0);
    tracer.visit(r.frame_object().0);
    tracer.visit(r.namespace().0);
    if r.meta().is_generator() {
        tracer.visit(r.generator().0);
        tracer.visit(r.caller_exc().0);
    }
    if r.meta().is_thin() {
        let g = Generator::of(r.generator());
        code.live_runs(code.offset_of(g.pc.get()), |first, count| {
            // SAFETY: the live registers of a suspended generator are initialized and inside its cell.
            unsafe { tracer.visit_registers(g.registers().add(first) as *const u64, count) };
        });
        return;
    }
    let offset = code.offset_of(r.pc().0);
    code.live_runs(offset, |first, count| {
        // SAFETY: the live registers are initialized and inside the frame.
        unsafe { tracer.visit_registers(r.at(first) as *const u64, count) };
    });
    trace_operands(r, inner, tracer);
}

/// Registers that the instruction in progress reads are alive until it is done.
fn trace_operands(r: Regs, inner: Option<Regs>, tracer: &mut Tracer) {
    let pc = r.pc();
    let op = Op::ALL[pc.op() as usize];
    let fields = [pc.a(), pc.b(), pc.c()];
    if op == Op::YIELD {
        // Either it is about to yield: recording it may collect. Or the generator is thrown into: it is at its `YIELD`
        // again, whose operand died when it was suspended, and is a stale word.
        // SAFETY: the register lies in the frame.
        unsafe { tracer.conservative(r.at(pc.b()) as usize, r.at(pc.b() + 1) as usize) };
        return;
    }
    if op == Op::RAISE {
        // Its last field says how many of the others it reads.
        fields[..pc.c().min(2)].iter().for_each(|&field| visit_run(r, field, 1, tracer));
        return;
    }
    for (kind, field) in op.operands().into_iter().zip(fields) {
        match kind {
            Operand::R | Operand::U => visit_run(r, field, 1, tracer),
            Operand::W => visit_run(r, field, run_length(op, pc), tracer),
            Operand::S if is_call(op) => {
                // A Python callee's registers are the window itself and are traced as its own.
                let window = r.at(field.saturating_sub(1));
                let callee_inside = inner.is_some_and(|i| i.0 >= window && i.0 <= r.at(field + 1));
                if !callee_inside {
                    // One that has ended, by an exception, may have left stale words: nobody reads them any more, but
                    // nothing says so.
                    let end = r.at(field - 1 + window_length(op, pc));
                    // SAFETY: the window lies in the frame.
                    unsafe { tracer.conservative(window as usize, end as usize) };
                }
            }
            _ => {}
        }
    }
}

fn visit_run(r: Regs, first: usize, count: usize, tracer: &mut Tracer) {
    // SAFETY: what an instruction reads is initialized and inside the frame.
    unsafe { tracer.visit_registers(r.at(first) as *const u64, count) };
}

pub fn is_call(op: Op) -> bool {
    matches!(op, Op::CALL | Op::CALL_KW | Op::CALL_EX | Op::CALL_PY | Op::CALL_NATIVE | Op::CALL_CLASS)
}

/// Words of a call window from the callable on.
pub fn window_length(op: Op, pc: crate::machine::Pc) -> usize {
    if op == Op::CALL_EX { 4 } else { pc.b() + 2 }
}

/// How many registers a `W` operand stands for.
pub fn run_length(op: Op, pc: crate::machine::Pc) -> usize {
    match op {
        Op::BUILD_TUPLE | Op::BUILD_LIST | Op::BUILD_SET | Op::BUILD_STRING | Op::BUILD_SLICE => pc.c(),
        Op::BUILD_MAP => 2 * pc.c(),
        Op::GETSLICE | Op::SETSLICE | Op::IMPORT_NAME | Op::MATCH_CLASS => 2,
        Op::MAKE_FUNCTION => pc.extra(0).count_ones() as usize,
        Op::INTRINSIC => {
            use krait_bytecode::opcode::intrinsic::*;
            let two = [TYPEVAR_WITH_BOUND, TYPEVAR_WITH_CONSTRAINTS, SET_FUNCTION_TYPE_PARAMS];
            if two.contains(&(pc.c() as u16)) { 2 } else { 1 }
        }
        _ => 0,
    }
}
