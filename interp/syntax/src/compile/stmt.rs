//! Statements other than definitions, `try`, `with` and `match`.

use super::expr::constant_of;
use super::unit::{Dest, Reg, UnitKind};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::Op;
use krait_bytecode::opcode::intrinsic;

impl<'a> Compiler<'a> {
    /// Compiles statements in order.
    pub(super) fn stmts(&mut self, body: &'a [Stmt]) -> R<()> {
        for s in body {
            self.stmt(s)?;
        }
        Ok(())
    }

    /// Compiles one statement; the stack of temporaries is as high after it as before.
    pub(super) fn stmt(&mut self, s: &'a Stmt) -> R<()> {
        let span = s.span;
        let mark = self.u.top;
        match &s.kind {
            StmtKind::FunctionDef(f) => self.function_def(s, f, false)?,
            StmtKind::AsyncFunctionDef(f) => self.function_def(s, f, true)?,
            StmtKind::ClassDef(c) => self.class_def(s, c)?,
            StmtKind::Return { value } => self.return_stmt(s, value.as_deref())?,
            StmtKind::Delete { targets } => {
                for target in targets {
                    self.delete(target)?;
                }
            }
            StmtKind::Assign { targets, value, .. } => self.assign(targets, value, span)?,
            StmtKind::TypeAlias(t) => self.type_alias(s, t)?,
            StmtKind::AugAssign { target, op, value } => self.aug_assign(s, target, *op, value)?,
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(s, target, annotation, value.as_deref(), *simple)?
            }
            StmtKind::For(f) => self.for_stmt(f, span)?,
            StmtKind::AsyncFor(f) => self.async_for(s, f)?,
            StmtKind::While { test, body, orelse } => self.while_stmt(test, body, orelse, span)?,
            StmtKind::If { test, body, orelse } => {
                let end = self.u.label();
                let next = self.u.label();
                self.cond(test, next, false)?;
                self.stmts(body)?;
                if orelse.is_empty() {
                    self.u.bind(next);
                } else {
                    self.u.jump(end);
                    self.u.bind(next);
                    self.stmts(orelse)?;
                }
                self.u.bind(end);
            }
            StmtKind::With(w) => self.with_stmt(s, w, 0, false)?,
            StmtKind::AsyncWith(w) => self.with_stmt(s, w, 0, true)?,
            StmtKind::Match { subject, cases } => self.match_stmt(subject, cases)?,
            StmtKind::Raise { exc, cause } => {
                let (mut e, mut c, mut n) = (Reg::temp(mark), Reg::temp(mark), 0);
                if let Some(exc) = exc {
                    let later: Vec<&Expr> = cause.iter().map(|c| &**c).collect();
                    e = self.operand(exc, &later)?;
                    n = 1;
                    if let Some(cause) = cause {
                        c = self.operand(cause, &[])?;
                        n = 2;
                    }
                }
                self.u.set_top(mark);
                self.u.emit_last(Op::RAISE, e.0, c.0, n, span);
            }
            StmtKind::Try(t) => self.try_stmt(t, span)?,
            StmtKind::TryStar(t) => self.try_star(t, span)?,
            StmtKind::Assert { test, msg } => self.assert(s, test, msg.as_deref())?,
            StmtKind::Import { names } => self.import(s, names)?,
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(s, module.as_ref(), names, *level)?
            }
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => {}
            StmtKind::Expr { value } => self.expr_stmt(s, value)?,
            StmtKind::Pass => self.u.emit(Op::NOP, 0, 0, 0, span),
            StmtKind::Break => self.break_stmt(span)?,
            StmtKind::Continue => self.continue_stmt(span)?,
        }
        self.u.set_top(mark);
        Ok(())
    }

    fn expr_stmt(&mut self, s: &'a Stmt, value: &'a Expr) -> R<()> {
        if self.interactive && self.outer.is_empty() {
            let r = self.push(value)?;
            self.u.set_top(r.0 & !Reg::TEMP);
            self.u.emit(Op::INTRINSIC, r.0, r.0, intrinsic::PRINT, s.span);
            return Ok(());
        }
        if constant_of(value).is_some() {
            self.u.emit(Op::NOP, 0, 0, 0, s.span);
            return Ok(());
        }
        self.discard(value)
    }

    fn assert(&mut self, s: &'a Stmt, test: &'a Expr, msg: Option<&'a Expr>) -> R<()> {
        let always = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: Constant::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if always {
            self.warn("assertion is always true, perhaps remove parentheses?", s.span);
        }
        if self.optimize > 0 {
            return Ok(());
        }
        let end = self.u.label();
        self.cond(test, end, true)?;
        let mark = self.u.top;
        let raised = Reg::temp(mark);
        match msg {
            None => self.u.emit(Op::LOAD_ASSERTION_ERROR, raised.0, 0, 0, s.span),
            Some(msg) => {
                let (slot, callable) = self.open_window();
                self.u.emit_to(Op::LOAD_ASSERTION_ERROR, callable, 0, 0, s.span);
                self.no_receiver(slot, s.span);
                self.push(msg)?;
                self.emit_call(mark, slot, 1, raised, s.span);
            }
        }
        self.u.emit_last(Op::RAISE, raised.0, raised.0, 1, s.span);
        self.u.bind(end);
        Ok(())
    }

    fn assign(&mut self, targets: &'a [Expr], value: &'a Expr, span: Span) -> R<()> {
        if let [target] = targets
            && self.assign_in_parallel(target, value)?
        {
            return Ok(());
        }
        let mark = self.u.top;
        let later: Vec<&Expr> = targets.iter().collect();
        let mut rest = targets;
        let mut from = None;
        let made = self.u.order.len();
        if let Some((first, others)) = targets.split_first()
            && let Some(reg) = self.local_target(first)
        {
            let safe = match &first.kind {
                ExprKind::Name { id, .. } => others.is_empty() || !self.u.walrus.contains(&self.mangled(id)),
                _ => false,
            };
            // A new local comes after those that its value uses first.
            let fresh = self.u.order.len() > made;
            if fresh {
                self.u.order.pop();
            }
            if safe {
                self.expr(value, Dest::To(reg))?;
            }
            if fresh {
                self.u.order.push(reg);
            }
            if safe {
                from = Some(reg);
                rest = others;
            }
        }
        let from = match from {
            Some(from) => from,
            // A local in place would be overwritten by a target that is the same local only with itself.
            None => self.operand(value, &later)?,
        };
        for target in rest {
            self.store(target, from)?;
        }
        self.u.set_top(mark);
        let _ = span;
        Ok(())
    }

    /// `a, b = b, a` without the tuple; false when it is not of that form.
    fn assign_in_parallel(&mut self, target: &'a Expr, value: &'a Expr) -> R<bool> {
        let (ExprKind::Tuple { elts: targets, .. } | ExprKind::List { elts: targets, .. }) = &target.kind
        else {
            return Ok(false);
        };
        let (ExprKind::Tuple { elts: values, .. } | ExprKind::List { elts: values, .. }) = &value.kind else {
            return Ok(false);
        };
        let starred = |e: &Expr| matches!(e.kind, ExprKind::Starred { .. });
        if targets.len() != values.len()
            || !(2..=16).contains(&values.len())
            || targets.iter().chain(values).any(starred)
        {
            return Ok(false);
        }
        enum From<'a> {
            At(Reg),
            Constant(&'a Constant),
            Stored,
        }
        // Values come first, so that a name is bound (or found unbound) in CPython's order.
        let mut from: Vec<From<'a>> = Vec::new();
        let last = values.len() - 1;
        let mut local_names: Vec<Option<Name>> = Vec::new();
        for t in targets {
            local_names.push(match &t.kind {
                ExprKind::Name { id, .. } => Some(self.mangled(id)),
                _ => None,
            });
        }
        for (i, v) in values.iter().enumerate() {
            if let Some(constant) = constant_of(v) {
                from.push(From::Constant(constant));
                continue;
            }
            if let ExprKind::Name { id, .. } = &v.kind {
                let name = self.mangled(id);
                let overwritten = local_names[..i].iter().flatten().any(|n| *n == name);
                if !overwritten && !self.u.walrus.contains(&name) {
                    from.push(From::At(self.operand(v, &[])?));
                    continue;
                }
            } else if i == last
                && local_names.iter().all(Option::is_some)
                && !local_names[..i].contains(&local_names[i])
                && from.iter().all(|f| !matches!(f, From::At(r) if !r.is_temp()))
                && self.walrus_free(targets)
            {
                let mut all_local = true;
                for t in targets {
                    all_local &= self.local_target(t).is_some();
                }
                if all_local && let Some(reg) = self.local_target(&targets[i]) {
                    self.expr(v, Dest::To(reg))?;
                    from.push(From::Stored);
                    continue;
                }
            }
            from.push(From::At(self.push(v)?));
        }
        for (t, f) in targets.iter().zip(from) {
            match f {
                From::Stored => {}
                From::At(reg) => self.store(t, reg)?,
                From::Constant(constant) => match self.local_target(t) {
                    Some(reg) => self.constant(constant, Dest::To(reg), t.span),
                    None => {
                        let mark = self.u.top;
                        self.constant(constant, Dest::Push, t.span);
                        self.store(t, Reg::temp(mark))?;
                        self.u.set_top(mark);
                    }
                },
            }
        }
        Ok(true)
    }

    fn walrus_free(&self, targets: &[Expr]) -> bool {
        targets.iter().all(|t| match &t.kind {
            ExprKind::Name { id, .. } => !self.u.walrus.contains(&self.mangled(id)),
            _ => false,
        })
    }

    /// Stores register `from` in a target.
    pub(super) fn store(&mut self, target: &'a Expr, from: Reg) -> R<()> {
        let span = target.span;
        let mark = self.u.top;
        match &target.kind {
            ExprKind::Name { id, .. } => self.store_name(id, from, span)?,
            ExprKind::Attribute { value, attr, .. } => {
                let object = self.operand(value, &[])?;
                self.u.set_top(mark);
                self.forbidden_name(attr, true, span)?;
                self.store_attribute(target, object, attr, from);
            }
            ExprKind::Subscript { value, slice, .. } => {
                let object = self.operand(value, &[slice])?;
                if let ExprKind::Slice { lower, upper, step: None } = &slice.kind {
                    let parts = Reg::temp(self.u.top);
                    self.slice_parts(lower.as_deref(), upper.as_deref(), None, slice.span)?;
                    self.u.set_top(mark);
                    self.u.emit(Op::SETSLICE, object.0, parts.0, from.0, span);
                } else {
                    let index = self.operand(slice, &[])?;
                    self.u.set_top(mark);
                    self.u.emit(Op::SETITEM, object.0, index.0, from.0, span);
                }
            }
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } => self.unpack(elts, from, span)?,
            ExprKind::Starred { .. } => {
                return self.error("starred assignment target must be in a list or tuple", span);
            }
            _ => return self.error("cannot assign to expression", span),
        }
        self.u.set_top(mark);
        Ok(())
    }

    fn store_attribute(&mut self, target: &Expr, object: Reg, attr: &Name, from: Reg) {
        let span = super::expr::attribute_span(target, attr, target.span);
        let name = self.mangled(attr);
        let name = self.u.name_operand(&name);
        self.u.emit(Op::STORE_ATTR, object.0, from.0, name, span);
    }

    /// Unpacks register `from` into targets.
    fn unpack(&mut self, elts: &'a [Expr], from: Reg, span: Span) -> R<()> {
        let mut star = None;
        for (i, e) in elts.iter().enumerate() {
            if matches!(e.kind, ExprKind::Starred { .. }) {
                if star.is_some() {
                    return self.error("multiple starred expressions in assignment", span);
                }
                if i >= 1 << 8 || elts.len() - i > 0x7fff_ffff >> 8 {
                    return self.error("too many expressions in star-unpacking assignment", span);
                }
                star = Some(i);
            }
        }
        if elts.len() > 0x7000 {
            return self.error("too many expressions in assignment", span);
        }
        let targets: Vec<&'a Expr> = elts
            .iter()
            .map(|e| match &e.kind {
                ExprKind::Starred { value, .. } => &**value,
                _ => e,
            })
            .collect();
        let mark = self.u.top;
        let first = self.run_of_locals(&targets);
        let to = first.unwrap_or(Reg::temp(mark));
        match star {
            None => self.u.emit(Op::UNPACK, to.0, from.0, elts.len() as u16, span),
            Some(i) => {
                let after = (elts.len() - i - 1) as u32;
                self.u.emit_data(Op::UNPACK_STAR, to.0, from.0, i as u16, after, span);
            }
        }
        if first.is_none() {
            self.u.set_top(mark + elts.len() as u16);
            for (i, target) in targets.into_iter().enumerate() {
                self.store(target, Reg::temp(mark + i as u16))?;
            }
            self.u.set_top(mark);
        }
        Ok(())
    }

    /// The first register when the targets are locals in consecutive registers.
    fn run_of_locals(&mut self, targets: &[&'a Expr]) -> Option<Reg> {
        if !targets.iter().all(|t| matches!(t.kind, ExprKind::Name { .. })) {
            return None;
        }
        let mut registers = Vec::with_capacity(targets.len());
        for target in targets {
            registers.push(self.local_target(target));
        }
        let first = (*registers.first()?)?;
        let at = self.u.order.iter().position(|r| *r == first)?;
        let run = registers.iter().enumerate().all(|(i, r)| {
            // The registers must be neighbours in the final order, which is also the present one from here on.
            r.is_some_and(|r| self.u.order.get(at + i) == Some(&r))
        });
        run.then_some(first)
    }

    fn delete(&mut self, target: &'a Expr) -> R<()> {
        let span = target.span;
        let mark = self.u.top;
        match &target.kind {
            ExprKind::Name { id, .. } => self.delete_name(id, span)?,
            ExprKind::Attribute { value, attr, .. } => {
                let object = self.operand(value, &[])?;
                self.u.set_top(mark);
                let at = super::expr::attribute_span(target, attr, span);
                let name = self.mangled(attr);
                let name = self.u.name_operand(&name);
                self.u.emit(Op::DELETE_ATTR, object.0, name, 0, at);
            }
            ExprKind::Subscript { value, slice, .. } => {
                let object = self.operand(value, &[slice])?;
                let index = self.operand(slice, &[])?;
                self.u.set_top(mark);
                self.u.emit(Op::DELITEM, object.0, index.0, 0, span);
            }
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } => {
                for e in elts {
                    self.delete(e)?;
                }
            }
            _ => return self.error("cannot delete expression", span),
        }
        self.u.set_top(mark);
        Ok(())
    }

    fn aug_assign(&mut self, s: &'a Stmt, target: &'a Expr, op: Operator, value: &'a Expr) -> R<()> {
        let mark = self.u.top;
        match &target.kind {
            ExprKind::Name { id, .. } => {
                let old = self.operand(target, &[value])?;
                if let Some(reg) = self.local_target(target) {
                    self.aug_value(op, Dest::To(reg), old, value, mark, s.span)?;
                } else {
                    self.aug_value(op, Dest::Push, old, value, mark, s.span)?;
                    self.store_name(id, Reg::temp(mark), target.span)?;
                }
            }
            ExprKind::Attribute { value: object, attr, .. } => {
                let object = self.operand(object, &[value])?;
                let height = self.u.top;
                let name = self.mangled(attr);
                let operand = self.u.name_operand(&name);
                let at = super::expr::attribute_span(target, attr, target.span);
                self.u.emit_to(Op::LOAD_ATTR, Dest::Push, object.0, operand, at);
                self.aug_value(op, Dest::Push, Reg::temp(height), value, height, s.span)?;
                self.u.set_top(mark);
                self.store_attribute(target, object, attr, Reg::temp(height));
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                let object = self.operand(object, &[slice, value])?;
                if let ExprKind::Slice { lower, upper, step: None } = &slice.kind {
                    let parts = Reg::temp(self.u.top);
                    self.slice_parts(lower.as_deref(), upper.as_deref(), None, slice.span)?;
                    let height = self.u.top;
                    self.u.emit_to(Op::GETSLICE, Dest::Push, object.0, parts.0, target.span);
                    self.aug_value(op, Dest::Push, Reg::temp(height), value, height, s.span)?;
                    self.u.set_top(mark);
                    self.u.emit(Op::SETSLICE, object.0, parts.0, Reg::temp(height).0, target.span);
                } else {
                    let index = self.operand(slice, &[value])?;
                    let height = self.u.top;
                    self.u.emit_to(Op::GETITEM, Dest::Push, object.0, index.0, target.span);
                    self.aug_value(op, Dest::Push, Reg::temp(height), value, height, s.span)?;
                    self.u.set_top(mark);
                    self.u.emit(Op::SETITEM, object.0, index.0, Reg::temp(height).0, target.span);
                }
            }
            _ => {
                return self.error("invalid node type for augmented assignment", s.span);
            }
        }
        self.u.set_top(mark);
        Ok(())
    }

    /// `old op= value`; operands are popped down to `height` before the result is written.
    fn aug_value(
        &mut self,
        op: Operator,
        dest: Dest,
        old: Reg,
        value: &'a Expr,
        height: u16,
        span: Span,
    ) -> R<()> {
        let (_, _, in_place, with_constant) = super::expr::binary_op(op);
        if let Some(k_op) = with_constant
            && let Some(k) = self.constant_operand(value)
        {
            self.u.set_top(height);
            self.u.emit_to(k_op, dest, old.0, k, span);
            return Ok(());
        }
        let r = self.operand(value, &[])?;
        self.u.set_top(height);
        self.u.emit_to(in_place, dest, old.0, r.0, span);
        Ok(())
    }

    fn ann_assign(
        &mut self,
        s: &'a Stmt,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
    ) -> R<()> {
        let span = s.span;
        if let Some(value) = value {
            self.assign(std::slice::from_ref(target), value, span)?;
        }
        let in_namespace = matches!(self.u.kind, UnitKind::Module | UnitKind::Class);
        match &target.kind {
            ExprKind::Name { id, .. } => {
                self.forbidden_name(id, true, span)?;
                if simple && in_namespace {
                    let mark = self.u.top;
                    self.annotation(annotation)?;
                    let dict = self.u.name_operand(&Name::new("__annotations__"));
                    self.u.emit_to(Op::LOAD_NAME, Dest::Push, dict, 0, span);
                    let name = self.mangled(id);
                    self.string(&name, Dest::Push, span);
                    self.u.set_top(mark);
                    let at = |n: u16| Reg::temp(mark + n).0;
                    self.u.emit(Op::SETITEM, at(1), at(2), at(0), span);
                }
            }
            ExprKind::Attribute { value: object, attr, .. } => {
                self.forbidden_name(attr, true, span)?;
                if value.is_none() {
                    self.discard(object)?;
                }
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                if value.is_none() {
                    self.discard(object)?;
                    self.discard_subscript(slice)?;
                }
            }
            _ => return self.error("invalid node type for annotated assignment", span),
        }
        if !simple && in_namespace && !self.future_annotations {
            self.discard(annotation)?;
        }
        Ok(())
    }

    fn discard_subscript(&mut self, slice: &'a Expr) -> R<()> {
        match &slice.kind {
            ExprKind::Slice { lower, upper, step } => {
                for part in [lower, upper, step].into_iter().flatten() {
                    self.discard(part)?;
                }
                Ok(())
            }
            ExprKind::Tuple { elts, .. } => {
                for e in elts {
                    self.discard_subscript(e)?;
                }
                Ok(())
            }
            _ => self.discard(slice),
        }
    }

    /// Pushes an annotation: its value, or its text under `from __future__ import annotations`.
    pub(super) fn annotation(&mut self, e: &'a Expr) -> R<()> {
        if self.future_annotations {
            let text = super::unparse::unparse(e);
            self.constant(&Constant::Str(text.into_boxed_slice()), Dest::Push, e.span);
            return Ok(());
        }
        if let ExprKind::Starred { value, .. } = &e.kind {
            // `*args: *Ts` is `*args: tuple(Ts)[0]`.
            let mark = self.u.top;
            let r = self.operand(value, &[])?;
            self.u.set_top(mark);
            self.u.emit(Op::UNPACK, Reg::temp(mark).0, r.0, 1, e.span);
            self.u.push();
            return Ok(());
        }
        self.push(e)?;
        Ok(())
    }

    /// Emits the import of `name` (dots and all); the module is pushed.
    fn import_name(&mut self, name: &Name, level: u32, names: &Constant, span: Span) -> Reg {
        let mark = self.u.top;
        self.constant(&Constant::Int(IntLit::Small(level as i64)), Dest::Push, span);
        self.constant(names, Dest::Push, span);
        self.u.set_top(mark);
        let operand = self.u.name_operand(name);
        self.u.emit_to(Op::IMPORT_NAME, Dest::Push, Reg::temp(mark).0, operand, span);
        Reg::temp(mark)
    }

    fn import(&mut self, s: &'a Stmt, names: &'a [Alias]) -> R<()> {
        for alias in names {
            let mark = self.u.top;
            let module = self.import_name(&alias.name, 0, &Constant::None, s.span);
            let mut parts = alias.name.split('.');
            let first = parts.next().unwrap_or("");
            match &alias.asname {
                None => self.store_name(&Name::new(first), module, s.span)?,
                Some(asname) => {
                    for part in parts {
                        self.u.set_top(mark);
                        let operand = self.u.name_operand(&Name::new(part));
                        self.u.set_top(mark + 1);
                        self.u.emit(Op::IMPORT_FROM, module.0, module.0, operand, s.span);
                    }
                    self.store_name(asname, module, s.span)?;
                }
            }
            self.u.set_top(mark);
        }
        Ok(())
    }

    fn import_from(
        &mut self,
        s: &'a Stmt,
        module: Option<&'a Name>,
        names: &'a [Alias],
        level: u32,
    ) -> R<()> {
        let span = s.span;
        let late = (span.lineno, span.col_offset) > self.last_future;
        if module.is_some_and(|m| m == "__future__") && late {
            return self.error("from __future__ imports must occur at the beginning of the file", span);
        }
        let mark = self.u.top;
        let fromlist = names.iter().map(|a| Constant::Str(a.name.as_bytes().into())).collect();
        let empty = Name::new("");
        let module = self.import_name(module.unwrap_or(&empty), level, &Constant::Tuple(fromlist), span);
        for (i, alias) in names.iter().enumerate() {
            if i == 0 && alias.name == "*" {
                self.u.set_top(mark);
                self.u.emit(Op::IMPORT_STAR, module.0, 0, 0, span);
                return Ok(());
            }
            let operand = self.u.name_operand(&alias.name);
            let item = Reg::temp(self.u.top);
            self.u.emit_to(Op::IMPORT_FROM, Dest::Push, module.0, operand, span);
            self.store_name(alias.asname.as_ref().unwrap_or(&alias.name), item, span)?;
            self.u.set_top(mark + 1);
        }
        self.u.set_top(mark);
        Ok(())
    }
}
