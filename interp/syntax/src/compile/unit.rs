//! One code block under construction: instructions, labels, registers, constants, names, handlers.
//!
//! Temporaries are used strictly as a stack: `top` is its height, and an instruction's liveness is the height at
//! the moment it is emitted, so operands are popped before and the result is pushed after. A register is a local
//! (its final number) or a temporary (`Reg::TEMP` set), because locals are numbered in order of first use and their
//! count is known only at the end.
//!
//! Instructions go to segments: the first is the code in source order, each exception handler gets a cold one
//! behind it, so that code that does not raise runs straight. No segment is left by falling off its end.
//!
//! What is unreachable is not emitted: `reachable` is cleared by every transfer and set by a label that something
//! reachable refers to.
//!
//! This file knows nothing of the tree beyond names, spans and constants.

use super::konst::ConstPool;
use crate::ast::{Constant, Name, Span};
use crate::scope::Scope;
use krait_bytecode::Op;
use std::collections::{HashMap, HashSet};

/// A register; see the module's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reg(pub u16);

impl Reg {
    pub const TEMP: u16 = 0x8000;

    /// The temporary at height `height`.
    pub fn temp(height: u16) -> Reg {
        Reg(height | Reg::TEMP)
    }

    pub fn is_temp(self) -> bool {
        self.0 & Reg::TEMP != 0
    }
}

/// Where the value of an expression goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dest {
    /// Onto the stack of temporaries.
    Push,
    /// Into a local, by the last instruction only: until then the local keeps its old value.
    To(Reg),
}

/// A jump target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(pub u32);

/// No label, or no handler.
pub(super) const NONE: u32 = u32::MAX;

/// An exception handler under construction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct HandlerId(pub u32);

#[derive(Clone, Debug)]
pub(super) struct Insn {
    pub op: Op,
    pub a: u16,
    pub b: u16,
    pub c: u16,
    /// First data word, when it is not a jump distance.
    pub data: u32,
    /// Jump target, or `NONE`.
    pub label: u32,
    /// Innermost handler, or `NONE`.
    pub handler: u32,
    /// Temporaries alive while it runs.
    pub live: u16,
    /// Innermost gap, or `NONE`.
    pub gap: u32,
    /// Line 0: as the instruction before.
    pub span: Span,
}

/// Temporaries below the stack's top that hold nothing yet.
#[derive(Clone, Copy)]
pub(super) struct GapNode {
    pub first: u16,
    pub count: u16,
    /// The gap around, or `NONE`.
    pub outer: u32,
}

pub(super) struct Handler {
    pub label: Label,
    /// Where the exception goes.
    pub exc: Reg,
    /// Whether any instruction is protected by it.
    pub used: bool,
}

/// Where a label is: segment and index in it.
#[derive(Clone, Copy, Default)]
pub(super) struct LabelState {
    pub refs: u32,
    pub place: Option<(u32, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UnitKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Type parameters, or the bound or constraints of one.
    TypeParams,
    /// The value of a type alias.
    Alias,
}

impl UnitKind {
    /// Whether locals are registers.
    pub fn is_function_like(self) -> bool {
        !matches!(self, UnitKind::Module | UnitKind::Class)
    }
}

/// State to return to when a cold segment is done.
pub(super) struct Cold {
    seg: usize,
    reachable: bool,
    handler: Option<HandlerId>,
}

/// The variables of one inlined comprehension.
pub(super) struct InlinedScope<'a> {
    pub scope: &'a Scope,
    pub vars: HashMap<Name, Reg>,
}

pub(super) struct Unit<'a> {
    pub kind: UnitKind,
    pub scope: &'a Scope,
    pub name: String,
    pub qualname: String,
    pub first_line: u32,
    /// Class name for mangling.
    pub private: Option<Name>,
    pub flags: u32,
    pub arg_count: u32,
    pub posonly_count: u32,
    pub kwonly_count: u32,
    /// Names of the local registers, in the order they were made.
    pub varnames: Vec<Name>,
    /// The local registers in their final order, that of first use: what is assigned counts after its value.
    pub order: Vec<Reg>,
    pub locals: HashMap<Name, Reg>,
    pub cells: HashMap<Name, Reg>,
    /// Registers of `cells` in order of their names, then those of inlined comprehensions.
    pub cell_registers: Vec<Reg>,
    pub freevars: Vec<Name>,
    pub frees: HashMap<Name, u16>,
    pub consts: ConstPool,
    pub names: Vec<Name>,
    name_index: HashMap<Name, u16>,
    pub segs: Vec<Vec<Insn>>,
    seg: usize,
    pub labels: Vec<LabelState>,
    pub handlers: Vec<Handler>,
    pub handler: Option<HandlerId>,
    pub gaps: Vec<GapNode>,
    pub gap: u32,
    pub reachable: bool,
    pub top: u16,
    pub max_top: u16,
    pub blocks: Vec<super::block::Block<'a>>,
    pub inlined: Vec<InlinedScope<'a>>,
    /// Names that an assignment expression binds here: not safe to use in place while one may run.
    pub walrus: HashSet<Name>,
    /// Registers of finished inlined comprehensions, for the next ones.
    pub comp_pool: HashMap<Name, Vec<Reg>>,
    pub docstring: bool,
    /// Set when an index does not fit its operand.
    pub overflow: bool,
}

impl<'a> Unit<'a> {
    pub fn new(kind: UnitKind, scope: &'a Scope, name: &str, first_line: u32) -> Unit<'a> {
        Unit {
            kind,
            scope,
            name: name.to_string(),
            qualname: name.to_string(),
            first_line,
            private: None,
            flags: 0,
            arg_count: 0,
            posonly_count: 0,
            kwonly_count: 0,
            varnames: Vec::new(),
            order: Vec::new(),
            locals: HashMap::new(),
            cells: HashMap::new(),
            cell_registers: Vec::new(),
            freevars: Vec::new(),
            frees: HashMap::new(),
            consts: ConstPool::default(),
            names: Vec::new(),
            name_index: HashMap::new(),
            segs: vec![Vec::new()],
            seg: 0,
            labels: Vec::new(),
            handlers: Vec::new(),
            handler: None,
            gaps: Vec::new(),
            gap: NONE,
            reachable: true,
            top: 0,
            max_top: 0,
            blocks: Vec::new(),
            inlined: Vec::new(),
            walrus: HashSet::new(),
            comp_pool: HashMap::new(),
            docstring: false,
            overflow: false,
        }
    }

    // Registers.

    /// A new local register named `name`.
    pub fn new_local(&mut self, name: &Name) -> Reg {
        if self.varnames.len() >= 0x7fff {
            self.overflow = true;
            return Reg(0);
        }
        let reg = Reg(self.varnames.len() as u16);
        self.varnames.push(name.clone());
        self.order.push(reg);
        reg
    }

    /// The register of the plain local `name`, made on first use.
    pub fn local(&mut self, name: &Name) -> Reg {
        if let Some(&reg) = self.locals.get(name) {
            return reg;
        }
        let reg = self.new_local(name);
        self.locals.insert(name.clone(), reg);
        reg
    }

    /// Sets the height of the stack of temporaries.
    pub fn set_top(&mut self, top: u16) {
        self.top = top;
        self.touch(top);
    }

    fn touch(&mut self, top: u16) {
        if top > self.max_top {
            self.max_top = top;
            if top >= 0x7f00 {
                self.overflow = true;
            }
        }
    }

    /// Pushes a register without writing it.
    pub fn push(&mut self) -> Reg {
        let reg = Reg::temp(self.top);
        self.set_top((self.top + 1).min(0x7fff));
        reg
    }

    /// The register that `dest` names now.
    pub fn target(&self, dest: Dest) -> Reg {
        match dest {
            Dest::Push => Reg::temp(self.top),
            Dest::To(reg) => reg,
        }
    }

    /// Counts the result of an instruction just emitted for `dest`.
    pub fn pushed(&mut self, dest: Dest) {
        if dest == Dest::Push {
            self.push();
        }
    }

    /// From here on `count` temporaries from `first` hold nothing, though the stack is higher.
    pub fn open_gap(&mut self, first: u16, count: u16) {
        self.gaps.push(GapNode { first, count, outer: self.gap });
        self.gap = self.gaps.len() as u32 - 1;
    }

    /// Ends the innermost gap.
    pub fn close_gap(&mut self) {
        if let Some(node) = self.gaps.get(self.gap as usize) {
            self.gap = node.outer;
        }
    }

    // Names and constants.

    /// Index of `name` among the code's names.
    pub fn name_operand(&mut self, name: &Name) -> u16 {
        if let Some(&index) = self.name_index.get(name) {
            return index;
        }
        if !self.reachable {
            return 0;
        }
        if self.names.len() >= 0x7fff {
            self.overflow = true;
            return 0;
        }
        let index = self.names.len() as u16;
        self.names.push(name.clone());
        self.name_index.insert(name.clone(), index);
        index
    }

    /// Index of a constant among the code's constants. Code that is not reached needs none.
    pub fn constant(&mut self, value: &Constant) -> u32 {
        if self.reachable { self.consts.add(value) } else { 0 }
    }

    // Labels.

    pub fn label(&mut self) -> Label {
        self.labels.push(LabelState::default());
        Label(self.labels.len() as u32 - 1)
    }

    /// Places a label that forward jumps refer to.
    pub fn bind(&mut self, label: Label) {
        let place = (self.seg as u32, self.segs[self.seg].len() as u32);
        let state = &mut self.labels[label.0 as usize];
        state.place = Some(place);
        if state.refs > 0 {
            self.reachable = true;
        }
    }

    // Instructions.

    /// Emits an instruction; see the opcode table for the operands.
    pub fn emit(&mut self, op: Op, a: u16, b: u16, c: u16, span: Span) {
        self.put(op, a, b, c, 0, NONE, span);
    }

    /// Emits an instruction with a data word.
    pub fn emit_data(&mut self, op: Op, a: u16, b: u16, c: u16, data: u32, span: Span) {
        self.put(op, a, b, c, data, NONE, span);
    }

    /// Emits an instruction that writes field a, and counts the result.
    pub fn emit_to(&mut self, op: Op, dest: Dest, b: u16, c: u16, span: Span) {
        let a = self.target(dest);
        self.put(op, a.0, b, c, 0, NONE, span);
        self.pushed(dest);
    }

    /// Emits a jumping instruction.
    pub fn emit_jump(&mut self, op: Op, a: u16, b: u16, c: u16, label: Label, span: Span) {
        self.put(op, a, b, c, 0, label.0, span);
        if matches!(op, Op::JUMP | Op::JUMP_BACK) {
            self.reachable = false;
        }
    }

    /// Emits a jump with a data word.
    pub fn emit_jump_data(&mut self, op: Op, a: u16, label: Label, data: u32, span: Span) {
        self.put(op, a, 0, 0, data, label.0, span);
    }

    /// Emits `JUMP`, which has no position of its own.
    pub fn jump(&mut self, label: Label) {
        self.emit_jump(Op::JUMP, 0, 0, 0, label, Span::default());
    }

    /// Emits an instruction that control does not pass.
    pub fn emit_last(&mut self, op: Op, a: u16, b: u16, c: u16, span: Span) {
        self.put(op, a, b, c, 0, NONE, span);
        self.reachable = false;
    }

    /// Emits `MOVE` unless it would do nothing.
    pub fn mov(&mut self, to: Reg, from: Reg, span: Span) {
        if to != from {
            self.emit(Op::MOVE, to.0, from.0, 0, span);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn put(&mut self, op: Op, a: u16, b: u16, c: u16, data: u32, label: u32, span: Span) {
        if !self.reachable {
            return;
        }
        if label != NONE {
            self.labels[label as usize].refs += 1;
        }
        let handler = match self.handler {
            None => NONE,
            Some(h) => {
                self.handlers[h.0 as usize].used = true;
                h.0
            }
        };
        // A result written above the stack's top still needs its register.
        self.touch(self.top + 1);
        let (live, gap) = (self.top, self.gap);
        self.segs[self.seg].push(Insn { op, a, b, c, data, label, handler, live, gap, span });
    }

    // Handlers.

    /// A handler whose exception arrives at the present height of the stack.
    pub fn new_handler(&mut self) -> HandlerId {
        let label = self.label();
        let exc = Reg::temp(self.top);
        self.handlers.push(Handler { label, exc, used: false });
        HandlerId(self.handlers.len() as u32 - 1)
    }

    /// Starts the code of handler `h` in a cold segment, protected by `outer`, with the exception pushed.
    /// Returns its register and what [`Unit::end_cold`] needs.
    pub fn begin_handler(&mut self, h: HandlerId, outer: Option<HandlerId>) -> (Reg, Cold) {
        let (label, exc, used) = {
            let h = &self.handlers[h.0 as usize];
            (h.label, h.exc, h.used)
        };
        let cold = self.begin_cold();
        self.handler = outer;
        self.reachable = used;
        let place = (self.seg as u32, 0);
        self.labels[label.0 as usize].place = Some(place);
        self.set_top((exc.0 & !Reg::TEMP) + 1);
        (exc, cold)
    }

    /// Starts a cold segment, unreachable but for its labels.
    pub fn begin_cold(&mut self) -> Cold {
        let cold = Cold { seg: self.seg, reachable: self.reachable, handler: self.handler };
        self.segs.push(Vec::new());
        self.seg = self.segs.len() - 1;
        self.reachable = false;
        cold
    }

    /// Ends a cold segment.
    pub fn end_cold(&mut self, cold: Cold) {
        debug_assert!(!self.reachable, "a cold segment is left by falling off its end");
        self.seg = cold.seg;
        self.reachable = cold.reachable;
        self.handler = cold.handler;
    }
}
