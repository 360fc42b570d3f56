//! Frames of a recording, and what an instruction needs and writes.

use krait_bytecode::{FRAME_WORDS, Op, Operand};
use krait_object::Value;
use krait_object::code::Code;
use krait_vm::jit::{Meta, Pc};

/// A frame on the recording's chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameInfo {
    /// Where register 0 is, as a slot.
    pub base: i32,
    code: u64,
    /// The frame was pushed by the recorder, not by the interpreter: its record is in the map.
    pub inlined: bool,
    /// The interpreter has run since: the frame may have an object.
    pub exposed: bool,
    /// The meta word of an inlined frame.
    pub meta: u64,
    /// The frame's own instruction that is in progress (of a frame that is not the innermost).
    pub call_pc: u64,
    /// Registers alive during it.
    pub live: i32,
}

impl FrameInfo {
    /// The frame that the recording began in.
    pub fn root(code: Code) -> FrameInfo {
        FrameInfo {
            base: 0,
            code: code.value().0,
            inlined: false,
            exposed: true,
            meta: 0,
            call_pc: 0,
            live: 0,
        }
    }

    /// A frame that the interpreter pushed.
    pub fn pushed(base: i32, code: Code) -> FrameInfo {
        FrameInfo { base, ..FrameInfo::root(code) }
    }

    /// A frame that the recorder pushed.
    pub fn inlined(base: i32, code: Code, meta: Meta) -> FrameInfo {
        FrameInfo { base, inlined: true, exposed: false, meta: meta.0, ..FrameInfo::root(code) }
    }

    /// The code that runs in it. It is alive: the frame's function or the trace's constants hold it.
    pub fn code(&self) -> Code {
        Code::of(Value(self.code))
    }
}

fn op_of(pc: Pc) -> Op {
    Op::ALL[pc.op() as usize]
}

/// Registers (from 0) alive while the instruction calls out.
pub fn live(code: Code, pc: Pc) -> usize {
    code.live_at(code.offset_of(pc.0))
}

/// Registers (from 0) that running the instruction may need: those alive, and its operands.
pub fn needed(code: Code, pc: Pc) -> usize {
    let op = op_of(pc);
    let fields = [pc.a(), pc.b(), pc.c()];
    let operands = op.operands().into_iter().zip(fields).map(|(kind, field)| match kind {
        Operand::R | Operand::U => field + 1,
        Operand::W => field + krait_vm::frames::run_length(op, pc),
        Operand::S if krait_vm::frames::is_call(op) => field + krait_vm::frames::window_length(op, pc) - 1,
        _ => 0,
    });
    operands.max().unwrap_or(0).max(live(code, pc))
}

/// May running the instruction, or what follows it, need the register? Not all below [`needed`] are: windows of
/// calls leave gaps.
pub fn alive(code: Code, pc: Pc, register: usize) -> bool {
    let mut alive = false;
    code.live_runs(code.offset_of(pc.0), |first, count| alive |= (first..first + count).contains(&register));
    let op = op_of(pc);
    let fields = [pc.a(), pc.b(), pc.c()];
    alive
        || op.operands().into_iter().zip(fields).any(|(kind, field)| match kind {
            Operand::R | Operand::U => register == field,
            Operand::W => (field..field + krait_vm::frames::run_length(op, pc)).contains(&register),
            // The whole of a window.
            Operand::S if krait_vm::frames::is_call(op) => register + 1 >= field,
            _ => false,
        })
}

/// The slots that the instruction writes when it goes on normally in its own frame.
pub fn written(pc: Pc, base: i32) -> Vec<i32> {
    let op = op_of(pc);
    let fields = [pc.a(), pc.b(), pc.c()];
    let mut out = Vec::new();
    for (kind, field) in op.operands().into_iter().zip(fields) {
        let field = base + field as i32;
        match kind {
            Operand::D | Operand::U => out.push(field),
            Operand::V => {
                let n = match op {
                    Op::UNPACK => pc.c(),
                    Op::UNPACK_STAR => pc.c() + 1 + pc.extra(0) as usize,
                    Op::EXC_INFO => 3,
                    _ => 2,
                };
                out.extend((0..n as i32).map(|i| field + i));
            }
            // A method and its receiver; a call may change its window.
            Operand::S => {
                let n =
                    if krait_vm::frames::is_call(op) { krait_vm::frames::window_length(op, pc) } else { 2 };
                out.extend((0..n as i32).map(|i| field - 1 + i));
            }
            _ => {}
        }
    }
    out
}

/// The instructions that may follow in the same frame when nothing is raised.
pub fn successors(pc: Pc) -> [Pc; 2] {
    let op = op_of(pc);
    let next = pc.skip(op.words());
    match op.jump() {
        Some(false) => [next, pc.jump(op.words(), pc.bc())],
        Some(true) => [next, pc.jump(op.words(), pc.extra(0) as i32)],
        None => [next, next],
    }
}

/// The slots that running the instruction in the innermost frame may need, of every frame: ranges.
pub fn limits(frames: &[FrameInfo], pc: Pc) -> Vec<(i32, i32)> {
    let last = frames.len() - 1;
    let limit_of = |k: usize| -> (i32, i32) {
        let f = &frames[k];
        let limit = f.base + if k == last { needed(f.code(), pc) as i32 } else { f.live };
        let end = if k == last { i32::MAX } else { frames[k + 1].base - FRAME_WORDS as i32 };
        (f.base - FRAME_WORDS as i32, limit.min(end))
    };
    (0..=last).map(limit_of).collect()
}
