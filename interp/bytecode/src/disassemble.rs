//! The text form of a template, for tests and logs: one line an instruction, operands resolved.
//!
//! Temporaries are written `t0`, `t1`, ... and locals by their names. Jump targets are labels.

use crate::template::{CodeTemplate, Const};
use crate::{Instr, Op, Operand};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Instructions of a template: word offset, instruction, its data word (0 when it has none).
pub fn instructions(code: &[u64]) -> Vec<(usize, Instr, u64)> {
    let mut list = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let instr = Instr(code[at]);
        let Some(op) = Op::ALL.get(instr.number() as usize).copied() else { break };
        let data = if op.data_words() > 0 { code.get(at + 1).copied().unwrap_or(0) } else { 0 };
        list.push((at, instr, data));
        at += op.words();
    }
    list
}

/// Where a jumping instruction at `offset` goes.
pub fn jump_target(offset: usize, instr: Instr, data: u64) -> Option<usize> {
    let op = instr.op();
    let distance = if op.jump()? { data as u32 as i32 } else { instr.bc() };
    usize::try_from((offset + op.words()) as i64 + distance as i64).ok()
}

/// A constant as text.
pub fn constant(value: &Const) -> String {
    match value {
        Const::None => "None".into(),
        Const::True => "True".into(),
        Const::False => "False".into(),
        Const::Ellipsis => "...".into(),
        Const::Int(n) => n.to_string(),
        Const::BigInt(negative, limbs) => {
            let mut text = if *negative { "-0x" } else { "0x" }.to_string();
            for (i, limb) in limbs.iter().rev().enumerate() {
                let _ = if i == 0 { write!(text, "{limb:x}") } else { write!(text, "{limb:016x}") };
            }
            text
        }
        Const::Float(x) => format!("{x:?}"),
        Const::Complex(re, im) => format!("({re:?}, {im:?}j)"),
        Const::Str(s) => format!("{:?}", String::from_utf8_lossy(s)),
        Const::Name(s) => String::from_utf8_lossy(s).into_owned(),
        Const::Bytes(s) => format!("b{:?}", String::from_utf8_lossy(s)),
        Const::Tuple(items) => {
            let items: Vec<String> = items.iter().map(constant).collect();
            format!("({})", items.join(", "))
        }
        Const::FrozenSet(items) => {
            let items: Vec<String> = items.iter().map(constant).collect();
            format!("frozenset({})", items.join(", "))
        }
        Const::Code(code) => format!("<code {}>", code.qualname),
        Const::Foreign(n) => format!("<object {n}>"),
    }
}

fn register(template: &CodeTemplate, index: usize) -> String {
    match template.varnames.get(index) {
        Some(name) => name.to_string(),
        None => format!("t{}", index - template.varnames.len()),
    }
}

/// The instructions of one code block, and of those inside of it after it when `nested` is set.
pub fn disassemble(template: &CodeTemplate, nested: bool) -> String {
    let mut out = String::new();
    one(template, &mut out);
    if nested {
        for value in &template.consts {
            if let Const::Code(code) = value {
                let _ = write!(out, "\n{}:\n{}", code.qualname, disassemble(code, true));
            }
        }
    }
    out
}

fn one(template: &CodeTemplate, out: &mut String) {
    let list = instructions(&template.code);
    let mut labels: BTreeMap<usize, usize> = BTreeMap::new();
    for &(offset, instr, data) in &list {
        labels.extend(jump_target(offset, instr, data).map(|t| (t, 0)));
    }
    for entry in &template.exceptions {
        labels.extend([entry.start, entry.end, entry.handler].map(|at| (at as usize, 0)));
    }
    for (n, label) in labels.values_mut().enumerate() {
        *label = n + 1;
    }
    let konst = |index: usize| template.consts.get(index).map_or("?".into(), constant);
    let mut lines = template.positions.iter().peekable();
    let mut line = 0;
    let mut shown = None;
    for &(offset, instr, data) in &list {
        if let Some(label) = labels.get(&offset) {
            let _ = writeln!(out, "L{label}:");
        }
        while let Some((_, position)) = lines.next_if(|(at, _)| *at as usize <= offset) {
            line = position.line;
        }
        let margin = if shown == Some(line) { String::new() } else { line.to_string() };
        shown = Some(line);
        let op = instr.op();
        let mut operands = Vec::new();
        for (kind, value) in op.operands().into_iter().zip([instr.a(), instr.b(), instr.c()]) {
            match kind {
                Operand::D | Operand::R | Operand::U | Operand::S | Operand::W | Operand::V => {
                    operands.push(register(template, value))
                }
                Operand::K | Operand::N => operands.push(konst(value)),
                Operand::I => operands.push(format!("#{value}")),
                Operand::J if op == Op::LOAD_INT => operands.push(instr.bc().to_string()),
                Operand::J | Operand::X => {}
            }
        }
        if let Some(target) = jump_target(offset, instr, data) {
            operands.push(labels.get(&target).map_or("L?".into(), |l| format!("L{l}")));
        } else if op.data_words() > 0 {
            operands.push(match op {
                Op::LOAD_CONST
                | Op::CALL_KW
                | Op::LOAD_DICT_OR_CELL
                | Op::LOAD_SUPER_ATTR
                | Op::LOAD_SUPER_METHOD => konst(data as usize),
                _ => format!("#{data}"),
            });
        }
        let text = format!("{margin:>4}  {:<20} {}", op.name(), operands.join(", "));
        let _ = writeln!(out, "{}", text.trim_end());
    }
    for entry in &template.exceptions {
        let label = |at: u32| labels.get(&(at as usize)).copied().unwrap_or(0);
        let _ = writeln!(
            out,
            "      L{} to L{} -> L{} [{}]",
            label(entry.start),
            label(entry.end),
            label(entry.handler),
            register(template, entry.exc as usize)
        );
    }
}
