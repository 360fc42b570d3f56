//! Comprehensions and generator expressions.
//!
//! A comprehension that is no generator runs in the frame around it (PEP 709). Its variables have registers of
//! their own, which are cleared at its end, also when an exception leaves it.

use super::unit::{Dest, Reg, UnitKind};
use super::{Compiler, Made, R};
use crate::ast::*;
use krait_bytecode::Op;

/// What a comprehension makes of an element.
#[derive(Clone, Copy)]
enum Element<'a> {
    List(&'a Expr),
    Set(&'a Expr),
    Dict(&'a Expr, &'a Expr),
    Yield(&'a Expr),
}

struct Parts<'a> {
    id: NodeId,
    name: &'static str,
    element: Element<'a>,
    generators: &'a [Comprehension],
    span: Span,
    /// The display under construction.
    result: Reg,
}

impl<'a> Compiler<'a> {
    pub(super) fn comprehension(&mut self, e: &'a Expr, dest: Dest) -> R<()> {
        let (id, name, element, generators) = match &e.kind {
            ExprKind::ListComp { id, elt, generators } => (*id, "<listcomp>", Element::List(elt), generators),
            ExprKind::SetComp { id, elt, generators } => (*id, "<setcomp>", Element::Set(elt), generators),
            ExprKind::DictComp { id, key, value, generators } => {
                (*id, "<dictcomp>", Element::Dict(key, value), generators)
            }
            ExprKind::GeneratorExp { id, elt, generators } => {
                (*id, "<genexpr>", Element::Yield(elt), generators)
            }
            _ => return self.error("not a comprehension", e.span),
        };
        let Some(outermost) = generators.first() else {
            return self.error("comprehension with no generators", e.span);
        };
        let scope = self.scope(id)?;
        let span = e.span;
        let is_async = scope.coroutine;
        let generator = matches!(element, Element::Yield(_));
        if is_async
            && !generator
            && !matches!(self.u.kind, UnitKind::AsyncFunction | UnitKind::Comprehension)
            && !self.top_level_await()
        {
            return self.error("asynchronous comprehension outside of an asynchronous function", span);
        }
        let mark = self.u.top;
        let get = if outermost.is_async { Op::GET_AITER } else { Op::GET_ITER };
        let build = match element {
            Element::List(_) => Some(Op::BUILD_LIST),
            Element::Set(_) => Some(Op::BUILD_SET),
            Element::Dict(..) => Some(Op::BUILD_MAP),
            Element::Yield(_) => None,
        };
        if scope.comp_inlined
            && let Some(build) = build
        {
            let r = self.operand(&outermost.iter, &[])?;
            let iter = Reg::temp(mark + 1);
            self.u.emit(get, iter.0, r.0, 0, span);
            self.u.set_top(mark + 2);
            let result = Reg::temp(mark);
            let outer = self.u.handler;
            let handler = self.u.new_handler();
            self.u.open_gap(mark, 1);
            self.u.emit(build, result.0, result.0, 0, span);
            self.u.close_gap();
            self.push_inlined(scope, span);
            self.u.handler = Some(handler);
            let parts = Parts { id, name, element, generators, span, result };
            self.generators(&parts, 0, Some(iter))?;
            self.u.handler = outer;
            let registers = self.pop_inlined();
            self.u.set_top(mark + 1);
            for reg in &registers {
                self.u.emit(Op::CLEAR, reg.0, 0, 0, span);
            }
            let (exc, cold) = self.u.begin_handler(handler, outer);
            for reg in &registers {
                self.u.emit(Op::CLEAR, reg.0, 0, 0, span);
            }
            self.u.emit_last(Op::RERAISE, exc.0, 0, 0, span);
            self.u.end_cold(cold);
            self.finish(mark, dest, span);
            return Ok(());
        }

        let parts = Parts { id, name, element, generators, span, result: Reg::temp(0) };
        let code = self.comprehension_unit(&parts, build)?;
        let (slot, callable) = self.open_window();
        self.make_function(code, 0, Reg::temp(0), callable, span)?;
        self.no_receiver(slot, span);
        let height = self.u.top;
        let r = self.operand(&outermost.iter, &[])?;
        self.u.set_top(height);
        self.u.emit_to(get, Dest::Push, r.0, 0, span);
        self.u.set_top(mark);
        if is_async && !generator {
            self.emit_call(mark, slot, 1, Reg::temp(mark), span);
            self.u.emit_to(Op::GET_AWAITABLE, Dest::Push, Reg::temp(mark).0, 0, span);
            self.delegate(Reg::temp(mark), dest, span);
            return Ok(());
        }
        let result = self.u.target(dest);
        self.emit_call(mark, slot, 1, result, span);
        self.u.pushed(dest);
        Ok(())
    }

    /// The code of a comprehension with a frame of its own; its parameter is the outermost iterator.
    fn comprehension_unit(&mut self, parts: &Parts<'a>, build: Option<Op>) -> R<Made> {
        let generator = build.is_none();
        self.enter(UnitKind::Comprehension, parts.id, parts.name, parts.span.lineno)?;
        self.u.arg_count = 1;
        self.start_unit(&[Name::new(".0")]);
        let handler = if generator { Some(self.start_stop_iteration()) } else { None };
        if let Some(build) = build {
            self.u.emit_to(build, Dest::Push, Reg::temp(0).0, 0, parts.span);
        }
        self.generators(parts, 0, Some(Reg(0)))?;
        if generator {
            self.u.emit_last(Op::RETURN_NONE, 0, 0, 0, parts.span);
        } else {
            self.u.emit_last(Op::RETURN, Reg::temp(0).0, 0, 0, parts.span);
        }
        self.u.set_top(0);
        if let Some(handler) = handler {
            self.end_stop_iteration(handler);
        }
        self.leave_unit()
    }

    /// The loop of generator `index` and what is inside of it. `iter` is its iterator when it is there already.
    fn generators(&mut self, parts: &Parts<'a>, index: usize, iter: Option<Reg>) -> R<()> {
        let generator = &parts.generators[index];
        let mark = self.u.top;
        let header = self.u.label();
        let skip = self.u.label();
        let done = self.u.label();
        let mut looping = true;
        let iter = match iter {
            Some(iter) => iter,
            None => {
                let only = match &generator.iter.kind {
                    ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => match elts.as_slice() {
                        [one] if !matches!(one.kind, ExprKind::Starred { .. }) => Some(one),
                        _ => None,
                    },
                    _ => None,
                };
                if let Some(one) = only
                    && !generator.is_async
                {
                    // `for y in [f(x)]` is an assignment.
                    looping = false;
                    match self.local_target(&generator.target) {
                        Some(reg) => self.expr(one, Dest::To(reg))?,
                        None => {
                            let r = self.push(one)?;
                            self.store(&generator.target, r)?;
                            self.u.set_top(mark);
                        }
                    }
                    Reg::temp(mark)
                } else {
                    let r = self.operand(&generator.iter, &[])?;
                    self.u.set_top(mark);
                    let op = if generator.is_async { Op::GET_AITER } else { Op::GET_ITER };
                    self.u.emit_to(op, Dest::Push, r.0, 0, parts.span);
                    Reg::temp(mark)
                }
            }
        };
        if looping {
            self.u.bind(header);
            if generator.is_async {
                self.next_async_item(iter, &generator.target, done, parts.span)?;
            } else {
                self.next_item(iter, &generator.target, done, parts.span)?;
            }
        }
        for test in &generator.ifs {
            self.cond(test, skip, false)?;
        }
        if index + 1 < parts.generators.len() {
            self.generators(parts, index + 1, None)?;
        } else {
            self.element(parts)?;
        }
        self.u.bind(skip);
        if looping {
            self.u.emit_jump(Op::JUMP_BACK, 0, 0, 0, header, Span::default());
        }
        self.u.bind(done);
        self.u.set_top(mark);
        Ok(())
    }

    fn element(&mut self, parts: &Parts<'a>) -> R<()> {
        let mark = self.u.top;
        match parts.element {
            Element::List(elt) => {
                let r = self.operand(elt, &[])?;
                self.u.set_top(mark);
                self.u.emit(Op::LIST_APPEND, parts.result.0, r.0, 0, elt.span);
            }
            Element::Set(elt) => {
                let r = self.operand(elt, &[])?;
                self.u.set_top(mark);
                self.u.emit(Op::SET_ADD, parts.result.0, r.0, 0, elt.span);
            }
            Element::Dict(key, value) => {
                let k = self.operand(key, &[value])?;
                let v = self.operand(value, &[])?;
                self.u.set_top(mark);
                let span = key.span.to(value.span);
                self.u.emit(Op::MAP_ADD, parts.result.0, k.0, v.0, span);
            }
            Element::Yield(elt) => {
                let r = self.operand(elt, &[])?;
                self.u.set_top(mark);
                self.emit_yield(r, Dest::Push, elt.span);
                self.u.set_top(mark);
            }
        }
        Ok(())
    }
}
