//! Class definitions.

use super::unit::{Dest, Reg, UnitKind};
use super::{Compiler, Made, R};
use crate::ast::*;
use krait_bytecode::Op;
use krait_bytecode::opcode::intrinsic;

impl<'a> Compiler<'a> {
    pub(super) fn class_def(&mut self, s: &'a Stmt, c: &'a ClassDef) -> R<()> {
        let span = s.span;
        let mark = self.u.top;
        let line = Self::definition_line(s, &c.decorator_list);
        let windows = self.decorators(&c.decorator_list)?;
        let base = self.u.top;
        if c.type_params.is_empty() {
            self.class_call(c, line, span)?;
        } else {
            let (slot, callable) = self.open_window();
            self.generic_scope(c.type_params.id, &c.name, line)?;
            self.u.private = Some(c.name.clone());
            self.start_unit(&[]);
            let params = self.type_params(&c.type_params)?;
            self.store_name(&Name::new(".type_params"), params, span)?;
            self.u.set_top(0);
            self.class_call(c, line, span)?;
            self.u.emit_last(Op::RETURN, Reg::temp(0).0, 0, 0, span);
            let code = self.leave_unit()?;
            self.make_function(code, 0, slot, callable, span)?;
            self.no_receiver(slot, span);
            self.emit_call(base, slot, 0, Reg::temp(base), span);
            self.u.push();
        }
        self.apply_decorators(&windows, mark);
        self.u.set_top(mark + 1);
        self.store_name(&c.name, Reg::temp(mark), span)?;
        self.u.set_top(mark);
        Ok(())
    }

    /// Pushes the class: calls `__build_class__`. The base that stands for the type parameters has been appended
    /// to the bases when the tree was prepared.
    fn class_call(&mut self, c: &'a ClassDef, line: u32, span: Span) -> R<()> {
        let base = self.u.top;
        let code = self.class_body(c, line)?;
        let (slot, callable) = self.open_window();
        self.u.emit_to(Op::LOAD_BUILD_CLASS, callable, 0, 0, span);
        self.no_receiver(slot, span);
        self.make_function(code, 0, slot, Dest::Push, span)?;
        self.string(&c.name, Dest::Push, span);
        if !c.type_params.is_empty() {
            let height = self.u.top;
            self.load_mangled(&Name::new(".type_params"), Dest::Push, span);
            self.u.set_top(height);
            let generic = Reg::temp(height);
            self.u.emit(Op::INTRINSIC, generic.0, generic.0, intrinsic::SUBSCRIPT_GENERIC, span);
            self.store_name(&Name::new(".generic_base"), generic, span)?;
        }
        self.call_arguments(base, slot, 2, &c.bases, &c.keywords, Dest::Push, span)
    }

    fn class_body(&mut self, c: &'a ClassDef, line: u32) -> R<Made> {
        self.enter(UnitKind::Class, c.id, &c.name, line)?;
        self.u.private = Some(c.name.clone());
        let span = Span { lineno: line, end_lineno: line, ..Span::default() };
        self.start_unit(&[]);
        let value = Reg::temp(0);
        self.load_mangled(&Name::new("__name__"), Dest::Push, span);
        self.u.set_top(0);
        self.store_name(&Name::new("__module__"), value, span)?;
        let qualname = self.u.qualname.clone();
        self.string(&qualname, Dest::Push, span);
        self.u.set_top(0);
        self.store_name(&Name::new("__qualname__"), value, span)?;
        if !c.type_params.is_empty() {
            self.load_mangled(&Name::new(".type_params"), Dest::Push, span);
            self.u.set_top(0);
            self.store_name(&Name::new("__type_params__"), value, span)?;
        }
        let classdict = self.u.cells.get("__classdict__").copied();
        if let Some(cell) = classdict {
            self.u.emit(Op::LOAD_LOCALS, value.0, 0, 0, span);
            self.u.emit(Op::STORE_CELL, cell.0, value.0, 0, span);
        }
        self.body(&c.body, span)?;
        let none = Span::default();
        if let Some(cell) = classdict {
            self.store_name(&Name::new("__classdictcell__"), cell, none)?;
        }
        match self.u.cells.get("__class__").copied() {
            Some(cell) => {
                self.store_name(&Name::new("__classcell__"), cell, none)?;
                self.u.emit_last(Op::RETURN, cell.0, 0, 0, none);
            }
            None => self.u.emit_last(Op::RETURN_NONE, 0, 0, 0, none),
        }
        self.leave_unit()
    }
}
