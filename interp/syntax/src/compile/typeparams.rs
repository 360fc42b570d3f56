//! Type parameters and type aliases (PEP 695): scopes that evaluate lazily.

use super::expr::constant_of;
use super::unit::{Dest, Reg, UnitKind};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::Op;
use krait_bytecode::opcode::intrinsic;

impl<'a> Compiler<'a> {
    /// Enters the scope of the type parameters of `name`.
    pub(super) fn generic_scope(&mut self, id: NodeId, name: &Name, line: u32) -> R<()> {
        self.enter(UnitKind::TypeParams, id, &format!("<generic parameters of {name}>"), line)
    }

    /// Makes the type parameters, binds their names, and pushes the tuple of them.
    pub(super) fn type_params(&mut self, params: &'a TypeParams) -> R<Reg> {
        let mark = self.u.top;
        for param in &params.params {
            let span = param.span;
            let made = Reg::temp(self.u.top);
            let (name, kind) = match &param.kind {
                TypeParamKind::TypeVar { id, name, bound } => {
                    self.string(name, Dest::Push, span);
                    match bound {
                        None => (name, intrinsic::TYPEVAR),
                        Some(bound) => {
                            let line = bound.span.lineno;
                            self.lazy_value(UnitKind::TypeParams, *id, name, bound, line, span)?;
                            let constraints = matches!(bound.kind, ExprKind::Tuple { .. })
                                || matches!(constant_of(bound), Some(Constant::Tuple(_)));
                            let kind = if constraints {
                                intrinsic::TYPEVAR_WITH_CONSTRAINTS
                            } else {
                                intrinsic::TYPEVAR_WITH_BOUND
                            };
                            (name, kind)
                        }
                    }
                }
                TypeParamKind::ParamSpec { name } => {
                    self.string(name, Dest::Push, span);
                    (name, intrinsic::PARAMSPEC)
                }
                TypeParamKind::TypeVarTuple { name } => {
                    self.string(name, Dest::Push, span);
                    (name, intrinsic::TYPEVARTUPLE)
                }
            };
            self.u.set_top(made.0 & !Reg::TEMP);
            self.u.emit_to(Op::INTRINSIC, Dest::Push, made.0, kind, span);
            self.store_name(name, made, span)?;
        }
        let n = self.u.top - mark;
        self.u.set_top(mark);
        let span = params.params.first().map_or(Span::default(), |p| p.span);
        self.u.emit_to(Op::BUILD_TUPLE, Dest::Push, Reg::temp(mark).0, n, span);
        Ok(Reg::temp(mark))
    }

    #[allow(clippy::too_many_arguments)]
    /// Pushes a function that evaluates `value` when asked.
    fn lazy_value(
        &mut self,
        kind: UnitKind,
        id: NodeId,
        name: &Name,
        value: &'a Expr,
        line: u32,
        span: Span,
    ) -> R<()> {
        self.enter(kind, id, name, line)?;
        self.start_unit(&[]);
        let r = self.operand(value, &[])?;
        self.u.set_top(0);
        self.u.emit_last(Op::RETURN, r.0, 0, 0, value.span);
        let code = self.leave_unit()?;
        self.make_function(code, 0, Reg::temp(0), Dest::Push, span)
    }

    pub(super) fn type_alias(&mut self, s: &'a Stmt, t: &'a TypeAlias) -> R<()> {
        let span = s.span;
        let ExprKind::Name { id: name, .. } = &t.name.kind else {
            return self.error("type alias name must be a name", t.name.span);
        };
        let mark = self.u.top;
        let value = Reg::temp(mark);
        if t.type_params.is_empty() {
            self.string(name, Dest::Push, span);
            self.constant(&Constant::None, Dest::Push, span);
            self.alias_object(t, name, mark, span)?;
        } else {
            let (slot, callable) = self.open_window();
            self.generic_scope(t.type_params.id, name, span.lineno)?;
            self.start_unit(&[]);
            self.string(name, Dest::Push, span);
            self.type_params(&t.type_params)?;
            self.alias_object(t, name, 0, span)?;
            self.u.set_top(0);
            self.u.emit_last(Op::RETURN, Reg::temp(0).0, 0, 0, span);
            let code = self.leave_unit()?;
            self.make_function(code, 0, slot, callable, span)?;
            self.no_receiver(slot, span);
            self.emit_call(mark, slot, 0, value, span);
        }
        self.u.set_top(mark + 1);
        self.store_name(name, value, span)?;
        self.u.set_top(mark);
        Ok(())
    }

    /// Makes the alias from the name and the type parameters at `mark` and the value's function.
    fn alias_object(&mut self, t: &'a TypeAlias, name: &Name, mark: u16, span: Span) -> R<()> {
        self.lazy_value(UnitKind::Alias, t.id, name, &t.value, span.lineno, span)?;
        self.u.set_top(mark);
        let r = Reg::temp(mark).0;
        self.u.emit(Op::BUILD_TUPLE, r, r, 3, span);
        self.u.emit_to(Op::INTRINSIC, Dest::Push, r, intrinsic::TYPEALIAS, span);
        Ok(())
    }
}
