//! `await`, `yield`, `yield from`: where a frame is suspended.

use super::unit::{Dest, Reg, UnitKind};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::Op;
use krait_bytecode::opcode::intrinsic;

impl<'a> Compiler<'a> {
    /// Runs the iterator in the topmost temporary `iter` to its end, yielding what it yields; what it returns goes
    /// to `dest` in the iterator's place.
    ///
    /// Only the `YIELD` is protected: `throw` and `close` reach the iterator there, and a StopIteration that comes
    /// back means it has returned.
    pub(super) fn delegate(&mut self, iter: Reg, dest: Dest, span: Span) {
        let mark = iter.0 & !Reg::TEMP;
        let value = Reg::temp(mark + 1);
        let again = self.u.label();
        let done = self.u.label();
        self.u.set_top(mark + 1);
        self.u.emit(Op::LOAD_NONE, value.0, 0, 0, span);
        self.u.bind(again);
        self.u.emit_jump(Op::SEND, iter.0, value.0, value.0, done, span);
        let outer = self.u.handler;
        let thrown = self.u.new_handler();
        self.u.handler = Some(thrown);
        self.u.emit(Op::YIELD, value.0, value.0, iter.0, span);
        self.u.handler = outer;
        // What was sent in is alive: JUMP_BACK may run signal handlers and finalizers.
        self.u.set_top(mark + 2);
        self.u.emit_jump(Op::JUMP_BACK, 0, 0, 0, again, span);
        let (exc, cold) = self.u.begin_handler(thrown, outer);
        self.u.set_top(mark + 1);
        self.u.emit(Op::CLEANUP_THROW, exc.0, value.0, 0, span);
        self.u.jump(done);
        self.u.end_cold(cold);
        self.u.bind(done);
        self.u.set_top(mark);
        let to = self.u.target(dest);
        self.u.mov(to, value, span);
        self.u.pushed(dest);
    }

    /// Whether this is the module of a compilation that allows `await` there.
    pub(super) fn top_level_await(&self) -> bool {
        self.allow_await && self.u.kind == UnitKind::Module
    }

    pub(super) fn await_expr(&mut self, e: &'a Expr, value: &'a Expr, dest: Dest) -> R<()> {
        if !self.top_level_await() {
            if !self.u.kind.is_function_like() {
                return self.error("'await' outside function", e.span);
            }
            if !matches!(self.u.kind, UnitKind::AsyncFunction | UnitKind::Comprehension) {
                return self.error("'await' outside async function", e.span);
            }
        }
        let mark = self.u.top;
        let r = self.operand(value, &[])?;
        self.u.set_top(mark);
        self.u.emit_to(Op::GET_AWAITABLE, Dest::Push, r.0, 0, e.span);
        self.delegate(Reg::temp(mark), dest, e.span);
        Ok(())
    }

    /// Yields register `value`; what is sent goes to `dest`.
    pub(super) fn emit_yield(&mut self, value: Reg, dest: Dest, span: Span) {
        let mut value = value;
        if self.u.scope.generator && self.u.scope.coroutine {
            let wrapped = self.u.target(Dest::Push);
            self.u.emit(Op::INTRINSIC, wrapped.0, value.0, intrinsic::ASYNC_GEN_WRAP, span);
            value = wrapped;
        }
        self.u.emit_to(Op::YIELD, dest, value.0, 0, span);
    }

    pub(super) fn yield_expr(&mut self, e: &'a Expr, value: Option<&'a Expr>, dest: Dest) -> R<()> {
        if !self.u.kind.is_function_like() {
            return self.error("'yield' outside function", e.span);
        }
        let mark = self.u.top;
        let r = match value {
            Some(value) => self.operand(value, &[])?,
            None => {
                self.constant(&Constant::None, Dest::Push, e.span);
                Reg::temp(mark)
            }
        };
        self.u.set_top(mark);
        self.emit_yield(r, dest, e.span);
        Ok(())
    }

    pub(super) fn yield_from(&mut self, e: &'a Expr, value: &'a Expr, dest: Dest) -> R<()> {
        if !self.u.kind.is_function_like() {
            return self.error("'yield' outside function", e.span);
        }
        if self.u.kind == UnitKind::AsyncFunction {
            return self.error("'yield from' inside async function", e.span);
        }
        let mark = self.u.top;
        let r = self.operand(value, &[])?;
        self.u.set_top(mark);
        self.u.emit_to(Op::GET_YIELD_FROM_ITER, Dest::Push, r.0, 0, e.span);
        self.delegate(Reg::temp(mark), dest, e.span);
        Ok(())
    }
}
