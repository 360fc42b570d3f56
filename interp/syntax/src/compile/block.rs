//! Static blocks around a statement, and leaving them by `return`, `break` and `continue`.
//!
//! What a block does when it is left (running a `finally` body, calling `__exit__`, restoring the handled
//! exception) is emitted again at every such statement, under the handler that is outside of the block.

use super::unit::{Dest, HandlerId, Label, Reg, UnitKind};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::{FRAME_WORDS, Op};

/// Where `continue` and `break` go, and the position of jumps back.
#[derive(Clone, Copy)]
pub(super) struct Targets {
    pub header: Label,
    pub exit: Label,
    pub again: Span,
}

/// One static block.
#[derive(Clone)]
pub(super) enum Block<'a> {
    Loop(Targets),
    /// The protected body of `try ... except`.
    Try {
        outer: Option<HandlerId>,
    },
    /// The protected body of `try ... finally`.
    Finally {
        body: &'a [Stmt],
        outer: Option<HandlerId>,
    },
    /// A `finally` body run for an exception; `old` is the exception handled before.
    FinallyEnd {
        old: Reg,
        outer: Option<HandlerId>,
    },
    /// The body of an `except`.
    Handler {
        name: Option<&'a Name>,
        old: Reg,
        outer: Option<HandlerId>,
    },
    /// The body of an `except*`: not to be left.
    GroupHandler,
    /// The body of a `with`; `exit` is the self slot of the bound `__exit__`.
    With {
        exit: Reg,
        span: Span,
        is_async: bool,
        outer: Option<HandlerId>,
    },
}

/// Blocks taken off while leaving, and the handler inside of them.
pub(super) struct Left<'a> {
    blocks: Vec<Block<'a>>,
    handler: Option<HandlerId>,
    /// The loop that was reached: header and exit.
    pub target: Option<Targets>,
    /// Whether code of the program ran: what follows is then artificial.
    pub ran: bool,
}

/// CPython's limit.
const MAX_BLOCKS: usize = 20;

impl Block<'_> {
    /// How many of CPython's blocks it stands for.
    fn weight(&self) -> usize {
        match self {
            Block::Handler { .. } | Block::GroupHandler => 2,
            _ => 1,
        }
    }
}

impl<'a> Compiler<'a> {
    /// Enters a block.
    pub(super) fn push_block(&mut self, block: Block<'a>, span: Span) -> R<()> {
        let depth: usize = self.u.blocks.iter().map(Block::weight).sum();
        if depth + block.weight() > MAX_BLOCKS {
            return self.error("too many statically nested blocks", span);
        }
        self.u.blocks.push(block);
        Ok(())
    }

    /// Emits what leaving the blocks around does, up to the innermost loop or all of them.
    pub(super) fn leave(&mut self, to_loop: bool, span: Span) -> R<Left<'a>> {
        let mut left = Left { blocks: Vec::new(), handler: self.u.handler, target: None, ran: false };
        while let Some(block) = self.u.blocks.last() {
            if let Block::Loop(targets) = block
                && to_loop
            {
                left.target = Some(*targets);
                break;
            }
            let block = block.clone();
            if matches!(block, Block::GroupHandler) {
                return self
                    .error("'break', 'continue' and 'return' cannot appear in an except* block", span);
            }
            self.u.blocks.pop();
            left.blocks.push(block.clone());
            match block {
                Block::Loop(_) | Block::GroupHandler => {}
                Block::Try { outer } => self.u.handler = outer,
                Block::Finally { body, outer } => {
                    self.u.handler = outer;
                    self.stmts(body)?;
                    left.ran = true;
                }
                Block::FinallyEnd { old, outer } => {
                    self.u.handler = outer;
                    self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
                }
                Block::Handler { name, old, outer } => {
                    self.u.handler = outer;
                    self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
                    if let Some(name) = name {
                        self.forget_name(name, Span::default())?;
                    }
                }
                Block::With { exit, span, is_async, outer } => {
                    self.u.handler = outer;
                    self.call_exit(exit, None, is_async, span)?;
                    left.ran = true;
                }
            }
        }
        Ok(left)
    }

    /// Puts the blocks back after the jump or return has been emitted.
    pub(super) fn stay(&mut self, left: Left<'a>) {
        self.u.handler = left.handler;
        self.u.blocks.extend(left.blocks.into_iter().rev());
    }

    /// Whether leaving all blocks may change locals.
    pub(super) fn leaving_runs_code(&self) -> bool {
        self.u.blocks.iter().any(|b| match b {
            Block::Loop(_) | Block::Try { .. } => false,
            Block::Handler { name, .. } => name.is_some(),
            _ => true,
        })
    }

    /// Calls the bound `__exit__` whose self slot is `exit`, with None three times or with the exception in a
    /// register. The result is left above the stack's top, not counted.
    pub(super) fn call_exit(&mut self, exit: Reg, exc: Option<Reg>, is_async: bool, span: Span) -> R<()> {
        let base = self.u.top;
        let slot = Reg::temp(base + FRAME_WORDS as u16);
        self.u.emit(Op::MOVE, slot.0 - 1, exit.0 - 1, 0, span);
        self.u.emit(Op::MOVE, slot.0, exit.0, 0, span);
        self.push_window(slot);
        match exc {
            None => {
                for _ in 0..3 {
                    self.u.emit_to(Op::LOAD_NONE, Dest::Push, 0, 0, span);
                }
            }
            Some(exc) => {
                let first = Reg::temp(self.u.top);
                self.u.emit(Op::EXC_INFO, first.0, exc.0, 0, span);
                self.u.set_top(self.u.top + 3);
            }
        }
        let result = Reg::temp(base);
        self.emit_call(base, slot, 3, result, span);
        if is_async {
            self.u.emit(Op::GET_AWAITABLE, result.0, result.0, 2, span);
            self.u.set_top(base + 1);
            self.delegate(result, Dest::Push, span);
            self.u.set_top(base);
        }
        Ok(())
    }

    pub(super) fn return_stmt(&mut self, s: &'a Stmt, value: Option<&'a Expr>) -> R<()> {
        let span = s.span;
        if !self.u.kind.is_function_like() {
            return self.error("'return' outside function", span);
        }
        if value.is_some() && self.u.scope.coroutine && self.u.scope.generator {
            return self.error("'return' with value in async generator", span);
        }
        let mark = self.u.top;
        let constant = value.and_then(super::expr::constant_of);
        // A constant is loaded after everything that leaving runs.
        let span = match value {
            Some(value) if constant.is_some() && value.span.lineno == span.lineno => value.span,
            _ => span,
        };
        let result = match value {
            Some(value) if constant.is_none() => {
                let result =
                    if self.leaving_runs_code() { self.push(value)? } else { self.operand(value, &[])? };
                if span.lineno != value.span.lineno {
                    self.u.emit(Op::NOP, 0, 0, 0, span);
                }
                Some(result)
            }
            value => {
                if let Some(value) = value
                    && value.span.lineno != span.lineno
                {
                    self.u.emit(Op::NOP, 0, 0, 0, value.span);
                }
                self.u.emit(Op::NOP, 0, 0, 0, span);
                None
            }
        };
        let left = self.leave(false, span)?;
        let at = if left.ran { Span::default() } else { span };
        match (result, constant) {
            (Some(result), _) => self.u.emit_last(Op::RETURN, result.0, 0, 0, at),
            (None, None | Some(Constant::None)) => self.u.emit_last(Op::RETURN_NONE, 0, 0, 0, at),
            (None, Some(constant)) => {
                let reg = self.u.target(Dest::Push);
                self.constant(constant, Dest::Push, at);
                self.u.emit_last(Op::RETURN, reg.0, 0, 0, at);
            }
        }
        self.stay(left);
        self.u.set_top(mark);
        Ok(())
    }

    pub(super) fn break_stmt(&mut self, span: Span) -> R<()> {
        self.u.emit(Op::NOP, 0, 0, 0, span);
        let left = self.leave(true, span)?;
        let Some(Targets { exit, .. }) = left.target else {
            return self.error("'break' outside loop", span);
        };
        self.u.jump(exit);
        self.stay(left);
        Ok(())
    }

    pub(super) fn continue_stmt(&mut self, span: Span) -> R<()> {
        self.u.emit(Op::NOP, 0, 0, 0, span);
        let left = self.leave(true, span)?;
        let Some(Targets { header, again, .. }) = left.target else {
            return self.error("'continue' not properly in loop", span);
        };
        self.u.emit_jump(Op::JUMP_BACK, 0, 0, 0, header, again);
        self.stay(left);
        Ok(())
    }

    pub(super) fn while_stmt(
        &mut self,
        test: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        span: Span,
    ) -> R<()> {
        let header = self.u.label();
        let exit = self.u.label();
        let done = self.u.label();
        let forever = super::expr::constant_of(test).and_then(super::konst::truth) == Some(true);
        if forever {
            self.u.emit(Op::NOP, 0, 0, 0, test.span);
        }
        self.u.bind(header);
        // A loop without a test is at its head again by jumping there, as far as tracing goes.
        let again = if forever { test.span } else { Span::default() };
        self.push_block(Block::Loop(Targets { header, exit, again }), span)?;
        if !forever {
            self.cond(test, done, false)?;
        }
        self.stmts(body)?;
        self.u.emit_jump(Op::JUMP_BACK, 0, 0, 0, header, again);
        self.u.blocks.pop();
        self.u.bind(done);
        self.stmts(orelse)?;
        self.u.bind(exit);
        Ok(())
    }

    pub(super) fn for_stmt(&mut self, f: &'a For, span: Span) -> R<()> {
        let mark = self.u.top;
        let header = self.u.label();
        let exit = self.u.label();
        let done = self.u.label();
        let r = self.operand(&f.iter, &[])?;
        self.u.set_top(mark);
        let iter = Reg::temp(mark);
        self.u.emit_to(Op::GET_ITER, Dest::Push, r.0, 0, span);
        self.u.bind(header);
        self.push_block(Block::Loop(Targets { header, exit, again: Span::default() }), span)?;
        self.next_item(iter, &f.target, done, span)?;
        self.stmts(&f.body)?;
        self.u.emit_jump(Op::JUMP_BACK, 0, 0, 0, header, Span::default());
        self.u.blocks.pop();
        self.u.set_top(mark);
        self.u.bind(done);
        self.stmts(&f.orelse)?;
        self.u.bind(exit);
        Ok(())
    }

    /// Takes the next item of `iter` into `target`, or jumps to `done`.
    pub(super) fn next_item(&mut self, iter: Reg, target: &'a Expr, done: Label, span: Span) -> R<()> {
        if let Some(reg) = self.local_target(target) {
            self.u.emit_jump(Op::FOR_ITER, iter.0, reg.0, 0, done, span);
            return Ok(());
        }
        let mark = self.u.top;
        let item = Reg::temp(mark);
        self.u.emit_jump(Op::FOR_ITER, iter.0, item.0, 0, done, span);
        self.u.push();
        self.store(target, item)?;
        self.u.set_top(mark);
        Ok(())
    }

    pub(super) fn async_for(&mut self, s: &'a Stmt, f: &'a For) -> R<()> {
        let span = s.span;
        if self.u.kind == UnitKind::Module && self.top_level_await() {
            // Allowed.
        } else if self.u.kind != UnitKind::AsyncFunction {
            return self.error("'async for' outside async function", span);
        }
        let mark = self.u.top;
        let header = self.u.label();
        let exit = self.u.label();
        let done = self.u.label();
        let r = self.operand(&f.iter, &[])?;
        self.u.set_top(mark);
        let iter = Reg::temp(mark);
        self.u.emit_to(Op::GET_AITER, Dest::Push, r.0, 0, span);
        self.u.bind(header);
        self.push_block(Block::Loop(Targets { header, exit, again: Span::default() }), span)?;
        self.next_async_item(iter, &f.target, done, span)?;
        self.stmts(&f.body)?;
        self.u.emit_jump(Op::JUMP_BACK, 0, 0, 0, header, Span::default());
        self.u.blocks.pop();
        self.u.set_top(mark);
        self.u.bind(done);
        self.stmts(&f.orelse)?;
        self.u.bind(exit);
        Ok(())
    }

    /// Awaits the next item of `iter` into `target`; at the end control goes to `done`.
    pub(super) fn next_async_item(&mut self, iter: Reg, target: &'a Expr, done: Label, span: Span) -> R<()> {
        let mark = self.u.top;
        let outer = self.u.handler;
        let handler = self.u.new_handler();
        self.u.handler = Some(handler);
        let item = Reg::temp(mark);
        self.u.emit_to(Op::GET_ANEXT, Dest::Push, iter.0, 0, span);
        let local = self.local_target(target);
        self.delegate(item, local.map_or(Dest::Push, Dest::To), span);
        self.u.handler = outer;
        if local.is_none() {
            self.store(target, item)?;
        }
        let (exc, cold) = self.u.begin_handler(handler, outer);
        self.u.set_top(mark);
        self.u.emit(Op::END_ASYNC_FOR, exc.0, 0, 0, span);
        self.u.jump(done);
        self.u.end_cold(cold);
        self.u.set_top(mark);
        Ok(())
    }
}
