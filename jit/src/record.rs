//! The recorder: the interpreter run under another table.
//!
//! Every slot of the recording table is [`observe`]: it notes the instruction and the kinds of
//! its operands, then jumps to the interpreter's own handler, which dispatches the next
//! instruction through the recording table again. So the recorder sees exactly what
//! the interpreter does, calls included, and nothing is interpreted twice.
//!
//! A recording ends where it began (a closed loop), where the frame it began in is left, at
//! the length limit, or when something raises. It must not keep values: what it notes is text
//! and numbers.

use krait_bytecode::{Op, Operand};
use krait_object::class::Class;
use krait_object::{Thread, Value};
use krait_vm::jit::{Handler, Heat, Pc, Regs, TABLE, Table};
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;

/// Longest recording, in instructions.
const MAX_LENGTH: usize = 4000;

/// The recording table.
static RECORDING: Table = Table::new([observe as Handler; Op::COUNT]);

/// One instruction as it was seen.
struct Step {
    depth: usize,
    line: u32,
    op: Op,
    text: String,
}

/// Why a recording ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Loop,
    LeftFrame,
    TooLong,
}

struct Recording {
    start: Pc,
    frame: Regs,
    function: String,
    steps: Vec<Step>,
}

#[derive(Default)]
struct State {
    current: Option<Recording>,
    log: Option<PathBuf>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Sets the file that recordings are written to.
pub fn configure(log: Option<PathBuf>) {
    STATE.with(|s| s.borrow_mut().log = log);
}

/// Starts recording at a hot place; None when it would have no use.
pub fn start(_th: &Thread, heat: Heat) -> Option<&'static Table> {
    STATE.with(|s| {
        let mut s = s.borrow_mut();
        if s.log.is_none() || s.current.is_some() {
            return None;
        }
        let code = heat.regs.code();
        let function =
            krait_object::string::get(code.qualname.get()).map(|q| q.to_text()).unwrap_or_default();
        s.current = Some(Recording { start: heat.pc, frame: heat.regs, function, steps: Vec::new() });
        Some(&RECORDING)
    })
}

/// Notes one instruction, then runs it.
extern "C" fn observe(pc: Pc, regs: Regs, th: &Thread, _t: &Table) -> Value {
    let next = if note(pc, regs, th) { &RECORDING } else { &TABLE };
    (TABLE.handler(pc.op()))(pc, regs, th, next)
}

/// Adds a step; false when the recording is over.
#[inline(never)]
fn note(pc: Pc, regs: Regs, th: &Thread) -> bool {
    STATE.with(|s| {
        let mut s = s.borrow_mut();
        let s = &mut *s;
        let Some(r) = &mut s.current else { return false };
        let depth = depth_below(regs, r.frame);
        let end = match depth {
            None => Some(End::LeftFrame),
            Some(0) if pc == r.start && !r.steps.is_empty() => Some(End::Loop),
            _ if r.steps.len() >= MAX_LENGTH => Some(End::TooLong),
            _ => None,
        };
        if let Some(end) = end {
            let text = print(r, end);
            if let Some(path) = &s.log
                && let Ok(mut f) = std::fs::OpenOptions::new().create(true).append(true).open(path)
            {
                // A log that cannot be written is no reason to disturb the program.
                let _ = f.write_all(text.as_bytes());
            }
            s.current = None;
            return false;
        }
        let op = Op::ALL[pc.op() as usize];
        let code = regs.code();
        let line = code.position(code.offset_of(pc.0)).map_or(0, |p| p.line);
        r.steps.push(Step { depth: depth.unwrap_or(0), line, op, text: operands(pc, regs, th, op) });
        true
    })
}

/// How many frames `regs` is above the recording's frame; None when it is not above it.
fn depth_below(mut regs: Regs, frame: Regs) -> Option<usize> {
    let mut n = 0;
    while !regs.is_null() {
        if regs == frame {
            return Some(n);
        }
        n += 1;
        regs = regs.previous();
    }
    None
}

/// The operands of an instruction with the types of the values it reads.
fn operands(pc: Pc, regs: Regs, th: &Thread, op: Op) -> String {
    let mut out = String::new();
    for (kind, field) in op.operands().into_iter().zip([pc.a(), pc.b(), pc.c()]) {
        let piece = match kind {
            Operand::D | Operand::V => format!(" ->r{field}"),
            Operand::R | Operand::U => format!(" r{field}:{}", type_of(th, regs.get(field))),
            Operand::K | Operand::N => format!(" k{field}:{}", type_of(th, regs.constant(field))),
            Operand::S => format!(" window r{field} callee:{}", type_of(th, regs.get(field - 1))),
            Operand::W => format!(" r{field}.."),
            Operand::I => format!(" {field}"),
            Operand::J => format!(" {:+}", pc.bc()),
            Operand::X => continue,
        };
        out.push_str(&piece);
    }
    out
}

fn type_of(th: &Thread, v: Value) -> String {
    if v.is_internal() { "-".to_owned() } else { Class::of_value(th, v).name_text() }
}

/// The recording as text.
fn print(r: &Recording, end: End) -> String {
    let mut out = format!("recording of {} ({} instructions, {end:?})\n", r.function, r.steps.len());
    for s in &r.steps {
        out.push_str(&format!("{:5}  {:width$}{}{}\n", s.line, "", s.op.name(), s.text, width = 2 * s.depth));
    }
    out.push('\n');
    out
}
