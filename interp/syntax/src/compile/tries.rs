//! `try` in all its forms, and `with`.
//!
//! A handler starts with the exception in a temporary right above what is alive at the `try`. `PUSH_EXC` makes it
//! the handled one and keeps the former in the next temporary; a cleanup handler over the rest restores that one
//! when the handler itself raises.

use super::block::Block;
use super::unit::{Dest, HandlerId, Reg, UnitKind};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::opcode::special;
use krait_bytecode::{FRAME_WORDS, Op};

impl<'a> Compiler<'a> {
    /// Restores the handled exception `old` and raises what arrives at `cleanup` again.
    fn cleanup(&mut self, cleanup: HandlerId, old: Reg, outer: Option<HandlerId>) {
        let (exc, cold) = self.u.begin_handler(cleanup, outer);
        self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
        self.u.emit_last(Op::RERAISE, exc.0, 1, 0, Span::default());
        self.u.end_cold(cold);
    }

    /// Enters a handler: the exception becomes the handled one. Returns it, the register of the one handled
    /// before, and the cleanup handler that is now in force.
    fn push_exc(&mut self, exc: Reg) -> (Reg, HandlerId) {
        let old = self.u.push();
        self.u.set_top(self.u.top - 1);
        self.u.emit(Op::PUSH_EXC, old.0, exc.0, 0, Span::default());
        self.u.push();
        let cleanup = self.u.new_handler();
        self.u.handler = Some(cleanup);
        (old, cleanup)
    }

    pub(super) fn try_stmt(&mut self, t: &'a Try, span: Span) -> R<()> {
        self.u.emit(Op::NOP, 0, 0, 0, span);
        if t.finalbody.is_empty() {
            return self.try_except(t, span);
        }
        let mark = self.u.top;
        let outer = self.u.handler;
        let handler = self.u.new_handler();
        self.u.handler = Some(handler);
        self.push_block(Block::Finally { body: &t.finalbody, outer }, span)?;
        if t.handlers.is_empty() {
            self.stmts(&t.body)?;
        } else {
            self.try_except(t, span)?;
        }
        self.u.blocks.pop();
        self.u.handler = outer;
        self.stmts(&t.finalbody)?;
        self.finally_handler(handler, outer, &t.finalbody, span)?;
        self.u.set_top(mark);
        Ok(())
    }

    /// The `finally` body as it runs for an exception.
    fn finally_handler(
        &mut self,
        handler: HandlerId,
        outer: Option<HandlerId>,
        body: &'a [Stmt],
        span: Span,
    ) -> R<()> {
        let (exc, cold) = self.u.begin_handler(handler, outer);
        let (old, cleanup) = self.push_exc(exc);
        self.push_block(Block::FinallyEnd { old, outer }, span)?;
        self.stmts(body)?;
        self.u.blocks.pop();
        self.u.handler = outer;
        self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
        self.u.emit_last(Op::RERAISE, exc.0, 0, 0, Span::default());
        self.cleanup(cleanup, old, outer);
        self.u.end_cold(cold);
        Ok(())
    }

    fn try_except(&mut self, t: &'a Try, span: Span) -> R<()> {
        let mark = self.u.top;
        let outer = self.u.handler;
        let end = self.u.label();
        let handler = self.u.new_handler();
        self.u.handler = Some(handler);
        self.push_block(Block::Try { outer }, span)?;
        self.stmts(&t.body)?;
        self.u.blocks.pop();
        self.u.handler = outer;
        self.stmts(&t.orelse)?;

        let (exc, cold) = self.u.begin_handler(handler, outer);
        let (old, cleanup) = self.push_exc(exc);
        // While a handler is chosen, leaving is impossible; what is raised goes to the cleanup.
        let height = self.u.top;
        for (i, h) in t.handlers.iter().enumerate() {
            self.u.handler = Some(cleanup);
            self.u.set_top(height);
            let next = self.u.label();
            match &h.typ {
                Some(typ) => {
                    let class = self.operand(typ, &[])?;
                    self.u.set_top(height);
                    let matches = Reg::temp(height);
                    self.u.emit(Op::EXC_MATCH, matches.0, exc.0, class.0, h.span);
                    self.u.emit_jump(Op::JUMP_IF_FALSE, matches.0, 0, 0, next, h.span);
                }
                None if i + 1 < t.handlers.len() => {
                    return self.error("default 'except:' must be last", h.span);
                }
                None => {}
            }
            self.handler_body(h, exc, old, cleanup, outer)?;
            self.u.jump(end);
            self.u.bind(next);
        }
        self.u.handler = outer;
        self.u.set_top(height);
        self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
        self.u.emit_last(Op::RERAISE, exc.0, 0, 0, Span::default());
        self.cleanup(cleanup, old, outer);
        self.u.end_cold(cold);
        self.u.set_top(mark);
        self.u.bind(end);
        Ok(())
    }

    /// The body of one `except`, with the exception in `exc`.
    fn handler_body(
        &mut self,
        h: &'a ExceptHandler,
        exc: Reg,
        old: Reg,
        cleanup: HandlerId,
        outer: Option<HandlerId>,
    ) -> R<()> {
        let span = h.span;
        let Some(name) = &h.name else {
            self.push_block(Block::Handler { name: None, old, outer }, span)?;
            if h.typ.is_none() {
                self.u.emit(Op::NOP, 0, 0, 0, h.span);
            }
            self.stmts(&h.body)?;
            self.u.blocks.pop();
            self.u.handler = outer;
            self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
            return Ok(());
        };
        self.store_name(name, exc, h.span)?;
        let forget = self.u.new_handler();
        self.u.handler = Some(forget);
        self.push_block(Block::Handler { name: Some(name), old, outer }, span)?;
        self.stmts(&h.body)?;
        self.u.blocks.pop();
        self.u.handler = outer;
        self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
        self.forget_name(name, Span::default())?;

        let (raised, cold) = self.u.begin_handler(forget, Some(cleanup));
        self.forget_name(name, Span::default())?;
        self.u.emit_last(Op::RERAISE, raised.0, 1, 0, Span::default());
        self.u.end_cold(cold);
        Ok(())
    }

    pub(super) fn try_star(&mut self, t: &'a Try, span: Span) -> R<()> {
        self.u.emit(Op::NOP, 0, 0, 0, span);
        if t.finalbody.is_empty() {
            return self.try_star_except(t, span);
        }
        let mark = self.u.top;
        let outer = self.u.handler;
        let handler = self.u.new_handler();
        self.u.handler = Some(handler);
        self.push_block(Block::Finally { body: &t.finalbody, outer }, span)?;
        if t.handlers.is_empty() {
            self.stmts(&t.body)?;
        } else {
            self.try_star_except(t, span)?;
        }
        self.u.blocks.pop();
        self.u.handler = outer;
        self.stmts(&t.finalbody)?;
        self.finally_handler(handler, outer, &t.finalbody, span)?;
        self.u.set_top(mark);
        Ok(())
    }

    /// Every `except*` takes its part out of the group; what is raised and what is left is collected in a list.
    fn try_star_except(&mut self, t: &'a Try, span: Span) -> R<()> {
        let mark = self.u.top;
        let outer = self.u.handler;
        let end = self.u.label();
        let handler = self.u.new_handler();
        self.u.handler = Some(handler);
        self.push_block(Block::Try { outer }, span)?;
        self.stmts(&t.body)?;
        self.u.blocks.pop();
        self.u.handler = outer;
        self.stmts(&t.orelse)?;

        let (exc, cold) = self.u.begin_handler(handler, outer);
        let (old, cleanup) = self.push_exc(exc);
        self.push_block(Block::GroupHandler, span)?;
        let list = Reg::temp(self.u.top);
        let at = t.handlers.first().map_or(Span::default(), |h| h.span);
        self.u.emit_to(Op::BUILD_LIST, Dest::Push, list.0, 0, at);
        let rest = Reg::temp(self.u.top);
        self.u.emit_to(Op::MOVE, Dest::Push, exc.0, 0, at);
        let height = self.u.top;
        let part = Reg::temp(height);
        for h in &t.handlers {
            self.u.handler = Some(cleanup);
            self.u.set_top(height);
            let next = self.u.label();
            if let Some(typ) = &h.typ {
                let class = self.operand(typ, &[])?;
                self.u.set_top(height);
                self.u.emit(Op::EG_MATCH, part.0, rest.0, class.0, typ.span);
                self.u.set_top(height + 2);
                self.u.emit(Op::MOVE, rest.0, part.0 + 1, 0, typ.span);
                self.u.set_top(height + 1);
                self.u.emit_jump(Op::JUMP_IF_NONE, part.0, 0, 0, next, typ.span);
            }
            if let Some(name) = &h.name {
                self.store_name(name, part, h.span)?;
            }
            let collect = self.u.new_handler();
            self.u.handler = Some(collect);
            self.stmts(&h.body)?;
            self.u.handler = Some(cleanup);
            if let Some(name) = &h.name {
                self.forget_name(name, Span::default())?;
            }
            let (raised, collecting) = self.u.begin_handler(collect, Some(cleanup));
            if let Some(name) = &h.name {
                self.forget_name(name, Span::default())?;
            }
            self.u.set_top(height);
            self.u.emit(Op::LIST_APPEND, list.0, raised.0, 0, Span::default());
            self.u.jump(next);
            self.u.end_cold(collecting);
            self.u.bind(next);
        }
        self.u.blocks.pop();
        self.u.set_top(height - 1);
        self.u.emit(Op::LIST_APPEND, list.0, rest.0, 0, Span::default());
        self.u.emit(Op::PREP_RERAISE_STAR, rest.0, exc.0, list.0, Span::default());
        self.u.set_top(height);
        let reraise = self.u.label();
        self.u.emit_jump(Op::JUMP_IF_NOT_NONE, rest.0, 0, 0, reraise, Span::default());
        self.u.handler = outer;
        self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
        self.u.jump(end);
        self.u.bind(reraise);
        self.u.set_top(height);
        self.u.emit(Op::POP_EXC, old.0, 0, 0, Span::default());
        self.u.emit_last(Op::RERAISE, rest.0, 0, 0, Span::default());
        self.cleanup(cleanup, old, outer);
        self.u.end_cold(cold);
        self.u.set_top(mark);
        self.u.bind(end);
        Ok(())
    }

    /// The item number `pos` of a `with` and everything inside of it.
    pub(super) fn with_stmt(&mut self, s: &'a Stmt, w: &'a With, pos: usize, is_async: bool) -> R<()> {
        if is_async
            && !(self.u.kind == UnitKind::Module && self.top_level_await())
            && self.u.kind != UnitKind::AsyncFunction
        {
            return self.error("'async with' outside async function", s.span);
        }
        let Some(item) = w.items.get(pos) else { return self.stmts(&w.body) };
        let mark = self.u.top;
        let outer = self.u.handler;
        let manager = self.operand(&item.context_expr, &[])?;
        let base = self.u.top;
        let exit = Reg::temp(base + 1);
        let enter = Reg::temp(base + 2 + FRAME_WORDS as u16);
        let (enter_kind, exit_kind) =
            if is_async { (special::AENTER, special::AEXIT) } else { (special::ENTER, special::EXIT) };
        self.u.emit(Op::LOAD_SPECIAL, enter.0, manager.0, enter_kind, s.span);
        // Everything below the method for entering is free, also what this instruction writes.
        self.u.open_gap(base, 1 + FRAME_WORDS as u16);
        self.u.set_top((enter.0 & !Reg::TEMP) + 1);
        self.u.emit(Op::LOAD_SPECIAL, exit.0, manager.0, exit_kind, s.span);
        self.u.close_gap();
        self.u.set_top(base + 2);
        let entered = Reg::temp(base + 2);
        let local = item.optional_vars.as_deref().and_then(|v| self.local_target(v));
        if is_async {
            self.u.emit(Op::CALL, enter.0, 0, entered.0, s.span);
            self.u.emit(Op::GET_AWAITABLE, entered.0, entered.0, 1, s.span);
            self.u.push();
            self.delegate(entered, local.map_or(Dest::Push, Dest::To), s.span);
        } else {
            self.u.emit(Op::CALL, enter.0, 0, local.unwrap_or(entered).0, s.span);
        }
        self.u.set_top(base + 2);
        let handler = self.u.new_handler();
        self.u.handler = Some(handler);
        self.push_block(Block::With { exit, span: s.span, is_async, outer }, s.span)?;
        if let Some(vars) = &item.optional_vars
            && local.is_none()
        {
            self.u.set_top(base + 3);
            self.store(vars, entered)?;
            self.u.set_top(base + 2);
        }
        self.with_stmt_inner(s, w, pos + 1, is_async)?;
        self.u.blocks.pop();
        self.u.handler = outer;
        self.u.set_top(base + 2);
        self.call_exit(exit, None, is_async, s.span)?;

        let end = self.u.label();
        let (exc, cold) = self.u.begin_handler(handler, outer);
        let (old, cleanup) = self.push_exc(exc);
        self.call_exit(exit, Some(exc), is_async, s.span)?;
        let result = Reg::temp(self.u.top);
        let suppress = self.u.label();
        self.u.emit_jump(Op::JUMP_IF_TRUE, result.0, 0, 0, suppress, s.span);
        self.u.handler = outer;
        self.u.emit(Op::POP_EXC, old.0, 0, 0, s.span);
        self.u.emit_last(Op::RERAISE, exc.0, 1, 0, s.span);
        self.u.bind(suppress);
        self.u.emit(Op::POP_EXC, old.0, 0, 0, s.span);
        self.u.jump(end);
        self.cleanup(cleanup, old, outer);
        self.u.end_cold(cold);
        self.u.set_top(mark);
        self.u.bind(end);
        Ok(())
    }

    fn with_stmt_inner(&mut self, s: &'a Stmt, w: &'a With, pos: usize, is_async: bool) -> R<()> {
        if pos == w.items.len() { self.stmts(&w.body) } else { self.with_stmt(s, w, pos, is_async) }
    }
}
