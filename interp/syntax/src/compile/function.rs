//! Functions and lambdas: units, parameters, defaults, annotations, closures, decorators.

use super::unit::{Dest, HandlerId, Reg, UnitKind};
use super::{Compiler, Made, R};
use crate::ast::*;
use krait_bytecode::opcode::intrinsic;
use krait_bytecode::{FRAME_WORDS, Op};

/// Bits of `MAKE_FUNCTION`.
pub(super) const DEFAULTS: u32 = 1;
pub(super) const KWDEFAULTS: u32 = 2;
pub(super) const ANNOTATIONS: u32 = 4;
pub(super) const CLOSURE: u32 = 8;

/// The docstring of a body.
pub(super) fn docstring(body: &[Stmt]) -> Option<&Constant> {
    match &body.first()?.kind {
        StmtKind::Expr { value } => match &value.kind {
            ExprKind::Constant { value: value @ Constant::Str(_), .. } => Some(value),
            _ => None,
        },
        _ => None,
    }
}

impl<'a> Compiler<'a> {
    /// Emits the beginning of the code of the current unit, whose first registers are `params`.
    pub(super) fn start_unit(&mut self, params: &[Name]) {
        for name in params {
            let reg = self.u.new_local(name);
            self.u.locals.insert(name.clone(), reg);
        }
        let line = self.u.first_line;
        let span = match self.u.kind {
            UnitKind::Module => Span::default(),
            _ => Span { lineno: line, end_lineno: line, ..Span::default() },
        };
        let scope = self.u.scope;
        let suspends = scope.generator || scope.coroutine;
        if suspends && (self.u.kind.is_function_like() || self.top_level_await()) {
            self.u.emit(Op::RETURN_GENERATOR, 0, 0, 0, span);
        }
        self.u.emit(Op::ENTER, 0, 0, 0, span);
        self.make_cells(span);
    }

    /// Turns the captured parameters and locals into cells.
    fn make_cells(&mut self, span: Span) {
        for name in self.cell_names() {
            let reg = self.u.local(&name);
            self.u.locals.remove(&name);
            self.u.cells.insert(name, reg);
            self.u.cell_registers.push(reg);
            self.u.emit(Op::MAKE_CELL, reg.0, 0, 0, span);
        }
    }

    /// From here on a StopIteration that leaves the generator's code becomes a RuntimeError.
    pub(super) fn start_stop_iteration(&mut self) -> HandlerId {
        let handler = self.u.new_handler();
        self.u.handler = Some(handler);
        handler
    }

    pub(super) fn end_stop_iteration(&mut self, handler: HandlerId) {
        self.u.handler = None;
        let (exc, cold) = self.u.begin_handler(handler, None);
        self.u.set_top(exc.0 & !Reg::TEMP);
        let kind = intrinsic::STOPITERATION_ERROR;
        self.u.emit(Op::INTRINSIC, exc.0, exc.0, kind, Span::default());
        self.u.emit_last(Op::RERAISE, exc.0, 1, 0, Span::default());
        self.u.end_cold(cold);
    }

    /// Emits decorators in order; the windows of the calls to come.
    pub(super) fn decorators(&mut self, decorators: &'a [Expr]) -> R<Vec<(Reg, Span)>> {
        let mut windows = Vec::new();
        for d in decorators {
            let (slot, callable) = self.open_window();
            self.expr(d, callable)?;
            self.no_receiver(slot, d.span);
            windows.push((slot, d.span));
        }
        Ok(windows)
    }

    /// Calls the decorators, the last one first; the decorated value is where the first window began.
    pub(super) fn apply_decorators(&mut self, windows: &[(Reg, Span)], mark: u16) {
        for i in (0..windows.len()).rev() {
            let (slot, span) = windows[i];
            let base = if i == 0 { mark } else { (windows[i - 1].0.0 & !Reg::TEMP) + 1 };
            self.emit_call(base, slot, 1, Reg::temp(base), span);
            self.u.push();
        }
    }

    /// The line a definition starts at: its first decorator's.
    pub(super) fn definition_line(s: &Stmt, decorators: &[Expr]) -> u32 {
        decorators.first().map_or(s.span.lineno, |d| d.span.lineno)
    }

    /// Pushes the values of defaults; which kinds there are.
    fn defaults(&mut self, args: &'a Arguments, span: Span) -> R<u32> {
        let mut present = 0;
        if !args.defaults.is_empty() {
            self.display(&args.defaults, super::expr::Display::Tuple, 0, false, Dest::Push, span)?;
            present |= DEFAULTS;
        }
        let base = self.u.top;
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            let Some(default) = default else { continue };
            let name = self.mangled(&arg.arg);
            self.string(&name, Dest::Push, span);
            self.push(default)?;
            count += 1;
        }
        if count > 0 {
            self.u.set_top(base);
            self.u.emit_to(Op::BUILD_MAP, Dest::Push, Reg::temp(base).0, count, span);
            present |= KWDEFAULTS;
        }
        Ok(present)
    }

    /// Pushes the tuple of annotations when there are any.
    fn annotations(&mut self, args: &'a Arguments, returns: Option<&'a Expr>, span: Span) -> R<bool> {
        let base = self.u.top;
        let return_name = Name::new("return");
        let all = args
            .args
            .iter()
            .chain(&args.posonlyargs)
            .chain(args.vararg.as_deref())
            .chain(&args.kwonlyargs)
            .chain(args.kwarg.as_deref())
            .map(|a| (&a.arg, a.annotation.as_deref()))
            .chain(std::iter::once((&return_name, returns)));
        let mut count = 0;
        for (name, annotation) in all {
            let Some(annotation) = annotation else { continue };
            let name = self.mangled(name);
            self.string(&name, Dest::Push, span);
            self.annotation(annotation)?;
            count += 2;
        }
        if count > 0 {
            self.u.set_top(base);
            self.u.emit_to(Op::BUILD_TUPLE, Dest::Push, Reg::temp(base).0, count, span);
        }
        Ok(count > 0)
    }

    /// Makes a function of `code`. The attributes named by `present` are in the registers from
    /// `first` on, which are the topmost ones.
    pub(super) fn make_function(
        &mut self,
        code: Made,
        present: u32,
        first: Reg,
        dest: Dest,
        span: Span,
    ) -> R<()> {
        let attributes = present.count_ones() as u16;
        let mark = self.u.top - attributes;
        let first = if attributes == 0 { Reg::temp(mark) } else { first };
        let mut present = present;
        let free = code.free;
        if !free.is_empty() {
            let base = self.u.top;
            for name in &free {
                self.closure_cell(name, span)?;
            }
            self.u.set_top(base);
            self.u.emit_to(Op::BUILD_TUPLE, Dest::Push, Reg::temp(base).0, free.len() as u16, span);
            present |= CLOSURE;
        }
        self.u.set_top(mark);
        let to = self.u.target(dest);
        if code.index >= 0x8000 {
            self.u.overflow = true;
        }
        self.u.emit_data(Op::MAKE_FUNCTION, to.0, code.index as u16, first.0, present, span);
        self.u.pushed(dest);
        Ok(())
    }

    /// Pushes the cell of `name`.
    fn closure_cell(&mut self, name: &Name, span: Span) -> R<()> {
        for frame in self.u.inlined.iter().rev() {
            if frame.scope.binding(name) == crate::scope::Binding::Cell
                && let Some(&reg) = frame.vars.get(name)
            {
                self.u.emit_to(Op::MOVE, Dest::Push, reg.0, 0, span);
                return Ok(());
            }
        }
        if let Some(&reg) = self.u.cells.get(name) {
            self.u.emit_to(Op::MOVE, Dest::Push, reg.0, 0, span);
        } else if let Some(&index) = self.u.frees.get(name) {
            self.u.emit_to(Op::LOAD_FREE_CELL, Dest::Push, index, 0, span);
        } else {
            return self.error(&format!("no cell for '{name}' in {}", self.u.qualname), span);
        }
        Ok(())
    }

    pub(super) fn function_def(&mut self, s: &'a Stmt, f: &'a FunctionDef, is_async: bool) -> R<()> {
        let mark = self.u.top;
        let line = Self::definition_line(s, &f.decorator_list);
        let windows = self.decorators(&f.decorator_list)?;
        let start = self.u.top;
        let span = s.span;
        // The defaults are evaluated outside of the type parameters' scope.
        if f.type_params.is_empty() {
            let present = self.defaults(&f.args, span)?;
            self.function_object(s, f, is_async, present, start, line)?;
        } else {
            let (slot, callable) = self.open_window();
            // The function itself is made after the defaults, so the whole window is a gap meanwhile.
            self.u.open_gap(start, FRAME_WORDS as u16 + 1);
            self.u.set_top((slot.0 & !Reg::TEMP) + 1);
            let first = Reg::temp(self.u.top);
            let present = self.defaults(&f.args, span)?;
            let given = present.count_ones() as u16;
            self.generic_scope(f.type_params.id, &f.name, line)?;
            let names: Vec<Name> = [(DEFAULTS, ".defaults"), (KWDEFAULTS, ".kwdefaults")]
                .iter()
                .filter(|(bit, _)| present & bit != 0)
                .map(|(_, name)| Name::new(name))
                .collect();
            self.u.arg_count = given as u32;
            self.start_unit(&names);
            let params = self.type_params(&f.type_params)?;
            let base = self.u.top;
            for i in 0..given {
                self.u.emit_to(Op::MOVE, Dest::Push, i, 0, span);
            }
            self.function_object(s, f, is_async, present, base, line)?;
            let function = Reg::temp(base);
            self.u.emit_to(Op::MOVE, Dest::Push, params.0, 0, span);
            self.u.set_top(0);
            let kind = intrinsic::SET_FUNCTION_TYPE_PARAMS;
            self.u.emit(Op::INTRINSIC, Reg::temp(0).0, function.0, kind, span);
            self.u.emit_last(Op::RETURN, Reg::temp(0).0, 0, 0, span);
            let code = self.leave_unit()?;
            // The function goes below the arguments that are evaluated already.
            self.make_function(code, 0, first, callable, span)?;
            self.u.emit(Op::PUSH_MISSING, slot.0, 0, 0, span);
            self.emit_call(start, slot, given, Reg::temp(start), span);
            self.u.push();
        }
        self.apply_decorators(&windows, mark);
        self.u.set_top(mark + 1);
        self.store_name(&f.name, Reg::temp(mark), span)?;
        self.u.set_top(mark);
        Ok(())
    }

    /// Compiles the function itself and pushes it at `first`, in place of its defaults.
    fn function_object(
        &mut self,
        s: &'a Stmt,
        f: &'a FunctionDef,
        is_async: bool,
        mut present: u32,
        first: u16,
        line: u32,
    ) -> R<()> {
        let span = s.span;
        if self.annotations(&f.args, f.returns.as_deref(), span)? {
            present |= ANNOTATIONS;
        }
        let kind = if is_async { UnitKind::AsyncFunction } else { UnitKind::Function };
        self.enter(kind, f.id, &f.name, line)?;
        let mut body: &'a [Stmt] = &f.body;
        if let Some(text) = docstring(body) {
            if self.optimize < 2 {
                self.u.consts.add(text);
                self.u.docstring = true;
            }
            body = &body[1..];
        }
        self.parameters(&f.args)?;
        let scope = self.u.scope;
        let handler = (scope.generator || scope.coroutine).then(|| self.start_stop_iteration());
        self.stmts(body)?;
        self.u.emit_last(Op::RETURN_NONE, 0, 0, 0, Span::default());
        if let Some(handler) = handler {
            self.end_stop_iteration(handler);
        }
        let code = self.leave_unit()?;
        self.make_function(code, present, Reg::temp(first), Dest::Push, span)
    }

    /// Sets the counts of the current unit's parameters and emits its beginning.
    fn parameters(&mut self, args: &'a Arguments) -> R<()> {
        self.u.posonly_count = args.posonlyargs.len() as u32;
        self.u.arg_count = (args.posonlyargs.len() + args.args.len()) as u32;
        self.u.kwonly_count = args.kwonlyargs.len() as u32;
        let mut names = Vec::new();
        for arg in args
            .posonlyargs
            .iter()
            .chain(&args.args)
            .chain(&args.kwonlyargs)
            .chain(args.vararg.as_deref())
            .chain(args.kwarg.as_deref())
        {
            self.forbidden_name(&arg.arg, true, arg.span)?;
            names.push(self.mangled(&arg.arg));
        }
        self.start_unit(&names);
        Ok(())
    }

    pub(super) fn lambda(
        &mut self,
        e: &'a Expr,
        id: NodeId,
        args: &'a Arguments,
        body: &'a Expr,
        dest: Dest,
    ) -> R<()> {
        let span = e.span;
        let first = Reg::temp(self.u.top);
        let present = self.defaults(args, span)?;
        self.enter(UnitKind::Lambda, id, "<lambda>", span.lineno)?;
        self.parameters(args)?;
        let handler = self.u.scope.generator.then(|| self.start_stop_iteration());
        let r = self.operand(body, &[])?;
        self.u.set_top(0);
        let line = span.lineno;
        let at = Span { lineno: line, end_lineno: line, ..Span::default() };
        self.u.emit_last(Op::RETURN, r.0, 0, 0, at);
        if let Some(handler) = handler {
            self.end_stop_iteration(handler);
        }
        let code = self.leave_unit()?;
        self.make_function(code, present, first, dest, span)
    }
}
