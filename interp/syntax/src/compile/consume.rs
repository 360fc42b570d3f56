//! Calls like `any(x for x in y)`: the loop that the builtin function would run over the generator expression stands in
//! the caller's frame, behind a test that the name means the builtin. The generator expression stays one, with a frame of
//! its own, so that tracebacks and scopes are as they were; only the function's native frame, which nobody sees, is gone.

use super::unit::{Dest, Reg};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::Op;
use krait_bytecode::opcode::consumer;

impl<'a> Compiler<'a> {
    /// Which builtin the call would be one of, going by its looks.
    pub(super) fn consumer(&self, func: &Expr, args: &[Expr], keywords: &[Keyword]) -> Option<u32> {
        let ExprKind::Name { id, .. } = &func.kind else { return None };
        let [Expr { kind: ExprKind::GeneratorExp { id: scope, .. }, .. }] = args else { return None };
        if !keywords.is_empty() || self.scope(*scope).is_ok_and(|s| s.coroutine) {
            return None;
        }
        Some(match id.as_bytes() {
            b"list" => consumer::LIST,
            b"tuple" => consumer::TUPLE,
            b"set" => consumer::SET,
            b"any" => consumer::ANY,
            b"all" => consumer::ALL,
            b"sorted" => consumer::SORTED,
            _ => return None,
        })
    }

    /// The call of a [`Compiler::consumer`].
    pub(super) fn consuming_call(
        &mut self,
        which: u32,
        func: &'a Expr,
        arg: &'a Expr,
        dest: Dest,
        span: Span,
    ) -> R<()> {
        let base = self.u.top;
        let (slot, callable) = self.open_window();
        self.expr(func, callable)?;
        self.no_receiver(slot, func.span);
        let iter = self.push(arg)?;
        let mark = self.u.top;
        let (call, done, end) = (self.u.label(), self.u.label(), self.u.label());
        let name = self.u.target(callable);
        self.u.emit_jump_data(Op::JUMP_IF_NOT_BUILTIN, name.0, call, which, func.span);
        let collects = !matches!(which, consumer::ANY | consumer::ALL);
        let result = Reg::temp(mark);
        if collects {
            let build = if which == consumer::SET { Op::BUILD_SET } else { Op::BUILD_LIST };
            self.u.emit(build, result.0, result.0, 0, span);
            self.u.set_top(mark + 1);
        }
        let height = self.u.top;
        let item = Reg::temp(height);
        let (header, found) = (self.u.label(), self.u.label());
        self.u.bind(header);
        self.u.emit_jump(Op::FOR_ITER, iter.0, item.0, 0, done, span);
        match which {
            consumer::ANY => self.u.emit_jump(Op::JUMP_IF_TRUE, item.0, 0, 0, found, span),
            consumer::ALL => self.u.emit_jump(Op::JUMP_IF_FALSE, item.0, 0, 0, found, span),
            consumer::SET => self.u.emit(Op::SET_ADD, result.0, item.0, 0, span),
            _ => self.u.emit(Op::LIST_APPEND, result.0, item.0, 0, span),
        }
        self.u.emit_jump(Op::JUMP_BACK, 0, 0, 0, header, span);
        self.u.bind(done);
        if which == consumer::SORTED {
            // The function has a list to sort instead of the generator.
            self.u.mov(iter, result, span);
            self.u.bind(call);
            self.u.set_top(base);
            let to = self.u.target(dest);
            self.emit_call(base, slot, 1, to, span);
            self.u.pushed(dest);
            return Ok(());
        }
        self.u.set_top(base);
        self.u.close_gap();
        let to = self.u.target(dest);
        match which {
            consumer::TUPLE => self.u.emit(Op::LIST_TO_TUPLE, to.0, result.0, 0, span),
            consumer::ANY | consumer::ALL => {
                let any = which == consumer::ANY;
                self.u.emit(Op::LOAD_BOOL, to.0, !any as u16, 0, span);
                self.u.jump(end);
                self.u.bind(found);
                self.u.emit(Op::LOAD_BOOL, to.0, any as u16, 0, span);
            }
            _ => self.u.mov(to, result, span),
        }
        self.u.jump(end);
        self.u.bind(call);
        self.u.emit(Op::CALL, slot.0, 1, to.0, span);
        self.u.bind(end);
        self.u.pushed(dest);
        Ok(())
    }
}
