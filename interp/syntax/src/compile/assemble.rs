//! From a unit's segments to a code template.
//!
//! The steps: put the segments in a row, drop checks of locals that are certainly bound (`bound`), thread jumps,
//! drop instructions that do nothing, settle positions, give registers and constants their final numbers, and
//! write words and side tables. An instruction is dropped by marking it dead; labels then mean the next live one.
//!
//! Positions follow what tracers of CPython see: an instruction without a position takes its only predecessor's,
//! or has none when there are several.

use super::bound;
use super::unit::{GapNode, Handler, Insn, LabelState, NONE, Reg, Unit};
use crate::ast::{Name, Span};
use krait_bytecode::{CodeTemplate, Const, ExceptionEntry, Gap, Instr, Op, Operand, Position};

/// The instructions of a unit in a row.
pub(super) struct Row {
    pub code: Vec<Insn>,
    pub live: Vec<bool>,
    /// Index in `code` by label; `usize::MAX` for labels never placed.
    pub labels: Vec<usize>,
}

impl Row {
    fn new(segs: Vec<Vec<Insn>>, labels: &[LabelState]) -> Row {
        let mut starts = Vec::with_capacity(segs.len());
        let mut code = Vec::with_capacity(segs.iter().map(Vec::len).sum());
        for seg in segs {
            starts.push(code.len());
            code.extend(seg);
        }
        let labels = labels
            .iter()
            .map(|l| l.place.map_or(usize::MAX, |(seg, index)| starts[seg as usize] + index as usize))
            .collect();
        let live = vec![true; code.len()];
        Row { code, live, labels }
    }

    /// The first live instruction at or after `index`.
    fn next_live(&self, mut index: usize) -> usize {
        while index < self.code.len() && !self.live[index] {
            index += 1;
        }
        index
    }

    /// Where an instruction's label leads.
    fn target(&self, index: usize) -> Option<usize> {
        match self.code[index].label {
            NONE => None,
            label => Some(self.next_live(self.labels[label as usize])),
        }
    }
}

/// Whether control never goes on to the next instruction.
pub(super) fn is_last(op: Op) -> bool {
    matches!(op, Op::JUMP | Op::JUMP_BACK | Op::RETURN | Op::RETURN_NONE | Op::RAISE | Op::RERAISE)
}

/// Numbers the locals in their final order. Answers their names and the registers of cells, in order.
fn reorder_locals(row: &mut Row, names: &[Name], order: &[Reg], cells: &[Reg]) -> (Vec<Name>, Vec<u16>) {
    let mut number = vec![0; names.len()];
    for (new, old) in order.iter().enumerate() {
        number[old.0 as usize] = new as u16;
    }
    if order.iter().enumerate().any(|(new, old)| old.0 as usize != new) {
        let renumber = |field: &mut u16| {
            if *field & Reg::TEMP == 0 {
                *field = number[*field as usize];
            }
        };
        for insn in &mut row.code {
            let [a, b, c] = insn.op.operands();
            for (kind, field) in [(a, &mut insn.a), (b, &mut insn.b), (c, &mut insn.c)] {
                if matches!(kind, Operand::D | Operand::R | Operand::U | Operand::S | Operand::W | Operand::V)
                {
                    renumber(field);
                }
            }
        }
    }
    let mut cells: Vec<u16> = cells.iter().map(|r| number[r.0 as usize]).collect();
    cells.sort_unstable();
    (order.iter().map(|r| names[r.0 as usize].clone()).collect(), cells)
}

/// Jumps to jumps go to the end of the chain; a jump to the next instruction goes; returns are copied.
fn thread_jumps(row: &mut Row) {
    for index in 0..row.code.len() {
        if !row.live[index] || row.code[index].op == Op::JUMP_BACK {
            continue;
        }
        for _ in 0..16 {
            let Some(target) = row.target(index) else { break };
            match row.code.get(target) {
                Some(t) if t.op == Op::JUMP && t.label != row.code[index].label => {
                    row.code[index].label = t.label
                }
                _ => break,
            }
        }
    }
    for index in (0..row.code.len()).rev() {
        if row.live[index] && row.code[index].op == Op::JUMP {
            let target = row.target(index);
            if target == Some(row.next_live(index + 1)) {
                row.live[index] = false;
            } else if let Some(t) = target
                && let Some(insn) = row.code.get(t)
                && insn.op == Op::RETURN_NONE
                && insn.span.lineno == 0
            {
                row.code[index].op = Op::RETURN_NONE;
                row.code[index].label = NONE;
            }
        }
    }
    // Conditional jumps to a return without position get a copy of it with theirs.
    let mut copies: Vec<(usize, Span)> = Vec::new();
    for index in 0..row.code.len() {
        if row.live[index]
            && row.code[index].op != Op::JUMP
            && let Some(t) = row.target(index)
            && let Some(insn) = row.code.get(t)
            && insn.op == Op::RETURN_NONE
            && insn.span.lineno == 0
        {
            copies.push((index, row.code[index].span));
        }
    }
    let end = row.code.len();
    for (n, (index, span)) in copies.into_iter().enumerate() {
        let mut copy = row.code[row.next_live(row.labels[row.code[index].label as usize])].clone();
        copy.span = span;
        row.code.push(copy);
        row.live.push(true);
        row.labels.push(end + n);
        row.code[index].label = row.labels.len() as u32 - 1;
    }
}

/// Drops what nothing leads to any more.
fn drop_unreachable(row: &mut Row, handlers: &[Handler]) {
    let n = row.code.len();
    let mut reached = vec![false; n + 1];
    let mut work = vec![0];
    while let Some(start) = work.pop() {
        let mut index = row.next_live(start);
        let mut handler = NONE;
        while index < n && !reached[index] {
            reached[index] = true;
            let insn = &row.code[index];
            work.extend(row.target(index));
            if insn.handler != handler && insn.handler != NONE {
                work.push(row.labels[handlers[insn.handler as usize].label.0 as usize]);
            }
            handler = insn.handler;
            if is_last(insn.op) {
                break;
            }
            index = row.next_live(index + 1);
        }
    }
    for (live, reached) in row.live.iter_mut().zip(reached) {
        *live &= reached;
    }
}

/// Drops `NOP`s whose line shows up anyway.
fn drop_nops(row: &mut Row) {
    let mut previous = 0;
    for index in 0..row.code.len() {
        if !row.live[index] {
            continue;
        }
        let span = row.code[index].span;
        let line = span.lineno;
        if row.code[index].op == Op::NOP {
            let next = row.next_live(index + 1);
            let redundant = line == 0 || line == previous || {
                match row.code.get_mut(next) {
                    Some(n) if n.span.lineno == line => true,
                    Some(n) if n.span.lineno == 0 && matches!(n.op, Op::JUMP | Op::JUMP_BACK) => {
                        n.span = span;
                        true
                    }
                    Some(n) if n.span.lineno == 0 && n.op == Op::RETURN_NONE => {
                        n.span = span;
                        true
                    }
                    _ => false,
                }
            };
            if redundant {
                row.live[index] = false;
                continue;
            }
        }
        if line != 0 {
            previous = line;
        }
        if is_last(row.code[index].op) {
            previous = 0;
        }
    }
}

/// Gives instructions without a position their only predecessor's.
fn settle_positions(row: &mut Row) {
    let n = row.code.len();
    let mut jumps = vec![0u32; n + 1];
    let mut from = vec![Span::default(); n + 1];
    for index in 0..n {
        if row.live[index]
            && let Some(target) = row.target(index)
        {
            jumps[target] += 1;
            from[target] = row.code[index].span;
        }
    }
    let mut before = Span::default();
    let mut falls = true;
    for index in 0..n {
        if !row.live[index] {
            continue;
        }
        if row.code[index].span.lineno == 0 {
            row.code[index].span = match (jumps[index], falls) {
                (0, true) => before,
                (1, false) => from[index],
                _ => Span::default(),
            };
        }
        before = row.code[index].span;
        falls = !is_last(row.code[index].op);
    }
}

/// Final numbers of constants and names.
struct Numbers {
    temps: usize,
    names_first: bool,
    names: usize,
    consts: usize,
}

impl Numbers {
    fn konst(&self, index: u32) -> u32 {
        if self.names_first && index > 0 { index + self.names as u32 } else { index }
    }

    fn name(&self, index: u32) -> u32 {
        if self.names_first { index + 1 } else { index + self.consts as u32 }
    }

    fn field(&self, kind: Operand, value: u16) -> u16 {
        match kind {
            Operand::D | Operand::R | Operand::U | Operand::S | Operand::W | Operand::V => {
                if value & Reg::TEMP != 0 {
                    (self.temps + (value & !Reg::TEMP) as usize) as u16
                } else {
                    value
                }
            }
            Operand::K => self.konst(value as u32) as u16,
            Operand::N => self.name(value as u32) as u16,
            Operand::I | Operand::J | Operand::X => value,
        }
    }
}

/// Whether an instruction neither raises nor allocates nor runs anything else.
fn is_quiet(op: Op) -> bool {
    matches!(
        op,
        Op::NOP
            | Op::MOVE
            | Op::LOAD_INT
            | Op::LOAD_NONE
            | Op::LOAD_BOOL
            | Op::CLEAR
            | Op::PUSH_MISSING
            | Op::JUMP
    )
}

/// Collects the ranges of code in which gaps matter.
#[derive(Default)]
struct GapTable {
    table: Vec<Gap>,
    /// Gap, start, end of the last instruction that calls out.
    open: Vec<(u32, u32, u32)>,
}

impl GapTable {
    fn close(&mut self, from: usize, nodes: &[GapNode], temps: usize) {
        for (gap, start, end) in self.open.drain(from..) {
            let node = &nodes[gap as usize];
            self.table.push(Gap { start, end, first: temps as u16 + node.first, count: node.count });
        }
    }

    fn instruction(&mut self, insn: &Insn, start: u32, end: u32, nodes: &[GapNode], temps: usize) {
        let mut chain = Vec::new();
        let mut gap = insn.gap;
        while let Some(node) = nodes.get(gap as usize) {
            // A gap above what is alive is none.
            if node.first < insn.live && node.count > 0 {
                chain.push(gap);
            }
            gap = node.outer;
        }
        chain.reverse();
        let same = self.open.iter().zip(&chain).take_while(|(o, c)| o.0 == **c).count();
        self.close(same, nodes, temps);
        if is_quiet(insn.op) {
            return;
        }
        for gap in &chain[same..] {
            self.open.push((*gap, start, end));
        }
        for open in &mut self.open {
            open.2 = end;
        }
    }
}

/// Makes the template. `Err` is the reason why the code block has no representation.
pub(super) fn assemble(unit: Unit<'_>, filename: &[u8]) -> Result<CodeTemplate, &'static str> {
    let locals = unit.varnames.len();
    if unit.overflow || locals + unit.max_top as usize > 0xfff0 {
        return Err("code block needs too many registers or names");
    }
    let mut row = Row::new(unit.segs, &unit.labels);
    let (varnames, cell_registers) =
        reorder_locals(&mut row, &unit.varnames, &unit.order, &unit.cell_registers);
    let parameters = unit.arg_count + unit.kwonly_count + (unit.flags >> 2 & 1) + (unit.flags >> 3 & 1);
    bound::drop_checks(&mut row, &unit.handlers, parameters as usize, locals);
    thread_jumps(&mut row);
    drop_unreachable(&mut row, &unit.handlers);
    drop_nops(&mut row);
    settle_positions(&mut row);

    let names_first = unit.consts.list.len() + unit.names.len() > 0x1_0000;
    let numbers =
        Numbers { temps: locals, names_first, names: unit.names.len(), consts: unit.consts.list.len() };
    let mut offsets = vec![0u32; row.code.len() + 1];
    let mut size = 0u32;
    for (index, offset) in offsets[..row.code.len()].iter_mut().enumerate() {
        *offset = size;
        if row.live[index] {
            size += row.code[index].op.words() as u32;
        }
    }
    offsets[row.code.len()] = size;

    let mut code = Vec::with_capacity(size as usize);
    let mut positions: Vec<(u32, Position)> = Vec::new();
    let mut exceptions: Vec<ExceptionEntry> = Vec::new();
    let mut liveness: Vec<(u32, u16)> = Vec::new();
    let mut handler = NONE;
    let mut gaps = GapTable::default();
    for index in 0..row.code.len() {
        if !row.live[index] {
            continue;
        }
        let insn = &row.code[index];
        let offset = offsets[index];
        let words = insn.op.words() as u32;
        let position = Position {
            line: insn.span.lineno,
            end_line: insn.span.end_lineno,
            col: insn.span.col_offset,
            end_col: insn.span.end_col_offset,
        };
        if positions.last().is_none_or(|p| p.1 != position) {
            positions.push((offset, position));
        }
        let live = (locals + insn.live as usize) as u16;
        if liveness.last().is_none_or(|l| l.1 != live) {
            liveness.push((offset, live));
        }
        gaps.instruction(insn, offset, offset + words, &unit.gaps, locals);
        if insn.handler != handler {
            if handler != NONE
                && let Some(last) = exceptions.last_mut()
            {
                last.end = offset;
            }
            handler = insn.handler;
            if handler != NONE {
                let h = &unit.handlers[handler as usize];
                exceptions.push(ExceptionEntry {
                    start: offset,
                    end: size,
                    handler: offsets[row.labels[h.label.0 as usize]],
                    exc: numbers.field(Operand::R, h.exc.0),
                });
            }
        }
        let [ka, kb, kc] = insn.op.operands();
        let (a, b, mut c) = (numbers.field(ka, insn.a), numbers.field(kb, insn.b), numbers.field(kc, insn.c));
        if insn.op == Op::YIELD && insn.c != 0 {
            // The register of the iterator delegated to, counted from 1.
            c = numbers.field(Operand::R, insn.c) + 1;
        }
        let mut data = match insn.op {
            Op::LOAD_CONST | Op::CALL_KW => numbers.konst(insn.data) as u64,
            Op::LOAD_DICT_OR_CELL | Op::LOAD_SUPER_ATTR | Op::LOAD_SUPER_METHOD => {
                numbers.name(insn.data) as u64
            }
            _ => insn.data as u64,
        };
        let mut word = Instr::new(insn.op, a, b, c);
        if insn.label != NONE {
            let target = row.labels[insn.label as usize];
            debug_assert!(target != usize::MAX, "a jump to a label that was never placed");
            let distance = offsets[target] as i64 - (offset + words) as i64;
            match insn.op.jump() {
                Some(false) => word = Instr::wide(insn.op, a, distance as i32),
                _ => data = distance as i32 as u32 as u64,
            }
        }
        code.push(word.0);
        if insn.op.data_words() > 0 {
            code.push(data);
        }
        code.resize((offset + words) as usize, 0);
    }
    if handler != NONE
        && let Some(last) = exceptions.last_mut()
    {
        last.end = size;
    }

    gaps.close(0, &unit.gaps, locals);
    gaps.table.sort_by_key(|g| (g.start, g.first));

    let name_consts = unit.names.iter().map(|n| Const::Name(n.as_bytes().into()));
    let mut consts = unit.consts.list;
    if names_first {
        consts.splice(1..1, name_consts);
    } else {
        consts.extend(name_consts);
    }
    Ok(CodeTemplate {
        name: unit.name.into(),
        qualname: unit.qualname.into(),
        filename: filename.into(),
        first_line: unit.first_line,
        flags: unit.flags,
        arg_count: unit.arg_count,
        posonly_count: unit.posonly_count,
        kwonly_count: unit.kwonly_count,
        varnames: varnames.iter().map(|n| n.as_str().into()).collect(),
        cell_registers,
        freevars: unit.freevars.iter().map(|n| n.as_str().into()).collect(),
        register_count: (locals + unit.max_top as usize) as u32,
        consts,
        has_docstring: unit.docstring,
        code,
        positions,
        exceptions,
        liveness,
        gaps: gaps.table,
        names: unit.names.iter().map(|n| n.as_str().into()).collect(),
    })
}
