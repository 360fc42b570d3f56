//! Checks a template before it is run: what the interpreter relies on without looking.
//!
//! A damaged cache file, or a mistake of the compiler, must not become a wild read. Checked are registers,
//! constants, jumps, the side tables' order and bounds, call windows, and that no path runs off the end.

use crate::disassemble::{instructions, jump_target};
use crate::template::{CodeTemplate, Const};
use crate::{FRAME_WORDS, Instr, Op, Operand};

/// Checks a template and the code blocks inside of it.
///
/// # Errors
/// What is wrong, with the block's name and the word offset.
pub fn verify(template: &CodeTemplate) -> Result<(), String> {
    Check { template }.run().map_err(|e| format!("{}: {e}", template.qualname))?;
    template.consts.iter().try_for_each(|c| match c {
        Const::Code(code) => verify(code),
        _ => Ok(()),
    })
}

struct Check<'a> {
    template: &'a CodeTemplate,
}

impl Check<'_> {
    fn run(&self) -> Result<(), String> {
        let t = self.template;
        let list = instructions(&t.code);
        let mut starts = vec![false; t.code.len() + 1];
        for &(offset, instr, _) in &list {
            starts[offset] = true;
            if offset + instr.op().words() > t.code.len() {
                return Err(format!("{offset}: instruction is cut off"));
            }
        }
        let end = list.last().map_or(0, |(offset, instr, _)| offset + instr.op().words());
        if end != t.code.len() {
            return Err(format!("{end}: no opcode"));
        }
        let last = |op: Op| {
            matches!(op, Op::JUMP | Op::JUMP_BACK | Op::RETURN | Op::RETURN_NONE | Op::RAISE | Op::RERAISE)
        };
        match list.last() {
            Some((_, instr, _)) if last(instr.op()) => {}
            _ => return Err("control falls off the end".into()),
        }
        for &(offset, instr, data) in &list {
            self.instruction(instr, data).map_err(|e| format!("{offset}: {}: {e}", instr.op().name()))?;
            if let Some(jumps) = instr.op().jump() {
                let _ = jumps;
                match jump_target(offset, instr, data) {
                    Some(target) if target < t.code.len() && starts[target] => {}
                    target => return Err(format!("{offset}: jump to {target:?}")),
                }
                let back = jump_target(offset, instr, data).is_some_and(|target| target <= offset);
                // Handlers lie behind the code they return to, so they may jump back without being loops.
                if instr.op() == Op::JUMP_BACK && !back {
                    return Err(format!("{offset}: a loop's jump goes forward"));
                }
            }
        }
        self.tables(&starts)
    }

    fn register(&self, index: usize, count: usize) -> Result<(), String> {
        if index + count > self.template.register_count as usize {
            return Err(format!("register {index} (and {count} in all) of {}", self.template.register_count));
        }
        Ok(())
    }

    fn instruction(&self, instr: Instr, data: u64) -> Result<(), String> {
        let t = self.template;
        let op = instr.op();
        for (kind, value) in op.operands().into_iter().zip([instr.a(), instr.b(), instr.c()]) {
            match kind {
                Operand::D | Operand::R | Operand::U => self.register(value, 1)?,
                Operand::S => {
                    self.register(value, 1)?;
                    // Special methods and the missing word may go to plain temporaries.
                    if value < FRAME_WORDS && matches!(op, Op::CALL | Op::CALL_KW | Op::CALL_EX) {
                        return Err(format!("no room for a frame below register {value}"));
                    }
                }
                Operand::W | Operand::V => self.register(value, self.run_length(op, instr, data))?,
                Operand::K => self.constant(value, false)?,
                Operand::N => self.constant(value, true)?,
                Operand::I | Operand::J | Operand::X => {}
            }
        }
        match op {
            Op::CALL | Op::CALL_KW => self.register(instr.a(), 1 + instr.b())?,
            Op::CALL_EX => self.register(instr.a(), 3)?,
            Op::LOAD_FREE | Op::LOAD_FREE_CELL => self.free(instr.b())?,
            Op::STORE_FREE | Op::DELETE_FREE => self.free(instr.a())?,
            Op::YIELD if instr.c() > 0 => self.register(instr.c() - 1, 1)?,
            _ => {}
        }
        match op {
            Op::LOAD_CONST => self.constant(data as usize, false)?,
            Op::CALL_KW => match t.consts.get(data as usize) {
                Some(Const::Tuple(names)) if names.len() <= instr.b() => {}
                _ => return Err("keyword names are no tuple".into()),
            },
            Op::LOAD_DICT_OR_CELL | Op::LOAD_SUPER_ATTR | Op::LOAD_SUPER_METHOD => {
                self.constant(data as usize, true)?
            }
            Op::MAKE_FUNCTION if !matches!(t.consts.get(instr.b()), Some(Const::Code(_))) => {
                return Err("not a code constant".into());
            }
            _ => {}
        }
        Ok(())
    }

    fn run_length(&self, op: Op, instr: Instr, data: u64) -> usize {
        match op {
            Op::UNPACK => instr.c(),
            Op::UNPACK_STAR => instr.c() + 1 + data as usize,
            Op::BUILD_MAP => 2 * instr.c(),
            Op::BUILD_SLICE | Op::BUILD_TUPLE | Op::BUILD_LIST | Op::BUILD_SET | Op::BUILD_STRING => {
                instr.c()
            }
            Op::GETSLICE | Op::SETSLICE | Op::IMPORT_NAME | Op::MATCH_CLASS | Op::EG_MATCH => 2,
            Op::EXC_INFO => 3,
            Op::MAKE_FUNCTION => data.count_ones() as usize,
            _ => 1,
        }
    }

    fn constant(&self, index: usize, name: bool) -> Result<(), String> {
        match self.template.consts.get(index) {
            None => Err(format!("constant {index} of {}", self.template.consts.len())),
            Some(Const::Name(_)) => Ok(()),
            Some(_) if name => Err(format!("constant {index} is no name")),
            Some(_) => Ok(()),
        }
    }

    fn free(&self, index: usize) -> Result<(), String> {
        if index >= self.template.freevars.len() {
            return Err(format!("free variable {index} of {}", self.template.freevars.len()));
        }
        Ok(())
    }

    fn tables(&self, starts: &[bool]) -> Result<(), String> {
        let t = self.template;
        let size = t.code.len() as u32;
        let sorted = |offsets: &mut dyn Iterator<Item = u32>, what: &str| -> Result<(), String> {
            let mut before = None;
            for offset in offsets {
                if before.is_some_and(|b| offset <= b) || offset >= size || !starts[offset as usize] {
                    return Err(format!("{what} at {offset}"));
                }
                before = Some(offset);
            }
            Ok(())
        };
        sorted(&mut t.positions.iter().map(|p| p.0), "position")?;
        sorted(&mut t.liveness.iter().map(|l| l.0), "liveness")?;
        for (offset, live) in &t.liveness {
            if *live as u32 > t.register_count {
                return Err(format!("{offset}: {live} registers alive"));
            }
        }
        if t.liveness.first().is_none_or(|l| l.0 != 0) || t.positions.first().is_none_or(|p| p.0 != 0) {
            return Err("a side table does not start at 0".into());
        }
        let mut before = 0;
        for g in &t.gaps {
            let inside = g.start < g.end && g.end <= size && starts[g.start as usize] && g.start >= before;
            if !inside || (g.first as u32) < t.varnames.len() as u32 || g.count == 0 {
                return Err(format!("gap {g:?}"));
            }
            before = g.start;
        }
        for e in &t.exceptions {
            let inside = e.start < e.end
                && e.end <= size
                && e.handler < size
                && starts[e.start as usize]
                && starts[e.end as usize] | (e.end == size)
                && starts[e.handler as usize];
            if !inside || e.exc as u32 >= t.register_count {
                return Err(format!("exception entry {e:?}"));
            }
        }
        let parameters = t.arg_count + t.kwonly_count + (t.flags >> 2 & 1) + (t.flags >> 3 & 1);
        if t.posonly_count > t.arg_count
            || parameters as usize > t.varnames.len()
            || t.varnames.len() > t.register_count as usize
        {
            return Err("parameters do not fit the registers".into());
        }
        if t.cell_registers.iter().any(|r| *r as usize >= t.varnames.len()) {
            return Err("a cell in no local".into());
        }
        if t.has_docstring && !matches!(t.consts.first(), Some(Const::Str(_) | Const::Name(_))) {
            return Err("no docstring".into());
        }
        Ok(())
    }
}
