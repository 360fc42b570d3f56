//! Names: where one lives, and loading, storing and deleting it.
//!
//! Which kind of scope a name has comes from the symbol table; here it is turned into a place. Inside an inlined
//! comprehension (PEP 709) the comprehension's own variables come first: they have registers of their own, so that
//! the function's variable of the same name is never touched.

use super::unit::{Dest, InlinedScope, Reg, UnitKind};
use super::{Compiler, R};
use crate::ast::{Expr, ExprKind, Name, Span};
use crate::scope::{Binding, Scope, flag, mangle};
use krait_bytecode::Op;
use std::borrow::Cow;

/// Where a name lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// A register.
    Local(Reg),
    /// A cell in a register.
    Cell(Reg),
    /// A free variable, by number.
    Free(u16),
    /// A free variable that the class namespace may shadow.
    ClassFree(u16),
    Global,
    /// A global that the class namespace around an annotation scope may shadow.
    DictGlobal,
    /// The frame's namespace.
    Namespace,
}

impl<'a> Compiler<'a> {
    /// `name` as the class around mangles it.
    pub(super) fn mangled(&self, name: &Name) -> Name {
        match mangle(self.u.private.as_deref(), name) {
            Cow::Borrowed(_) => name.clone(),
            Cow::Owned(text) => Name::new(&text),
        }
    }

    /// How the (mangled) `name` is bound where the compiler stands, and the register that an inlined comprehension
    /// around keeps it in.
    fn lookup(&mut self, name: &Name) -> (Binding, Option<Reg>) {
        let mut binding = Binding::Unknown;
        for depth in (0..self.u.inlined.len()).rev() {
            let frame = &self.u.inlined[depth];
            let Some(symbol) = frame.scope.get(name) else { continue };
            binding = symbol.binding();
            if matches!(binding, Binding::Local | Binding::Cell) && !symbol.has(flag::PARAM) {
                return (binding, Some(self.inlined_register(depth, name)));
            }
        }
        // What a comprehension in a class body sees is not the class's.
        if self.u.kind == UnitKind::Class && binding != Binding::Unknown {
            return (binding, None);
        }
        match self.u.scope.binding(name) {
            Binding::Unknown => (binding, None),
            own => (own, None),
        }
    }

    /// The register of an inlined comprehension's own variable, made on first use.
    fn inlined_register(&mut self, depth: usize, name: &Name) -> Reg {
        if let Some(&reg) = self.u.inlined[depth].vars.get(name) {
            return reg;
        }
        let pooled = self.u.comp_pool.get_mut(name).and_then(Vec::pop);
        let reg = match pooled {
            Some(reg) => reg,
            None => {
                self.reserve_outer(depth, name);
                self.u.new_local(name)
            }
        };
        self.u.inlined[depth].vars.insert(name.clone(), reg);
        reg
    }

    /// Sees to it that a variable `name` of what is around the inlined comprehension has its register already: of two
    /// variables of a name, `locals()` shows the one with the later register.
    fn reserve_outer(&mut self, depth: usize, name: &Name) {
        for outer in 0..depth {
            let symbol = self.u.inlined[outer].scope.get(name);
            if symbol
                .is_some_and(|s| matches!(s.binding(), Binding::Local | Binding::Cell) && !s.has(flag::PARAM))
            {
                self.inlined_register(outer, name);
            }
        }
        if self.u.kind.is_function_like() && self.u.scope.binding(name) == Binding::Local {
            self.u.local(name);
        }
    }

    /// How the (mangled) `name` is bound.
    pub(super) fn name_binding(&mut self, name: &Name) -> Binding {
        self.lookup(name).0
    }

    /// Where the (mangled) `name` lives, for loading when `load` is set.
    pub(super) fn place(&mut self, name: &Name, load: bool) -> Place {
        let (binding, register) = self.lookup(name);
        if let Some(reg) = register {
            return if binding == Binding::Cell { Place::Cell(reg) } else { Place::Local(reg) };
        }
        let in_comp = !self.u.inlined.is_empty();
        let scope = self.u.scope;
        let function_like = self.u.kind.is_function_like();
        match binding {
            Binding::Free => {
                let Some(&index) = self.u.frees.get(name) else { return self.closed_over(name) };
                if load && ((self.u.kind == UnitKind::Class && !in_comp) || scope.can_see_class_scope) {
                    Place::ClassFree(index)
                } else {
                    Place::Free(index)
                }
            }
            Binding::Cell => self.closed_over(name),
            Binding::Local if function_like => Place::Local(self.u.local(name)),
            Binding::GlobalImplicit if function_like => {
                if load && scope.can_see_class_scope {
                    Place::DictGlobal
                } else {
                    Place::Global
                }
            }
            Binding::GlobalExplicit => Place::Global,
            _ if load && in_comp && self.u.kind == UnitKind::Class => Place::Global,
            _ => Place::Namespace,
        }
    }

    /// A name kept in a cell of this unit, or its free variable.
    fn closed_over(&mut self, name: &Name) -> Place {
        if let Some(&reg) = self.u.cells.get(name) {
            return Place::Cell(reg);
        }
        if let Some(&index) = self.u.frees.get(name) {
            return Place::Free(index);
        }
        Place::Local(self.u.local(name))
    }

    /// Emits the check that local `reg` is bound; what can not fail is dropped later.
    pub(super) fn check_bound(&mut self, reg: Reg, span: Span) {
        self.u.emit(Op::CHECK_BOUND, reg.0, 0, 0, span);
    }

    /// The namespace that shadows free variables and globals, pushed.
    fn push_class_namespace(&mut self, span: Span) -> Reg {
        let classdict = Name::new("__classdict__");
        if self.u.scope.can_see_class_scope
            && let Some(&index) = self.u.frees.get(&classdict)
        {
            self.u.emit_to(Op::LOAD_FREE, Dest::Push, index, 0, span);
        } else {
            self.u.emit_to(Op::LOAD_LOCALS, Dest::Push, 0, 0, span);
        }
        Reg::temp(self.u.top - 1)
    }

    /// Loads `name`.
    pub(super) fn load_name(&mut self, name: &Name, dest: Dest, span: Span) {
        let name = self.mangled(name);
        self.load_mangled(&name, dest, span);
    }

    /// Loads `name`, which is mangled already.
    pub(super) fn load_mangled(&mut self, name: &Name, dest: Dest, span: Span) {
        let mark = self.u.top;
        match self.place(name, true) {
            Place::Local(reg) => {
                self.check_bound(reg, span);
                let to = self.u.target(dest);
                self.u.mov(to, reg, span);
                self.u.pushed(dest);
            }
            Place::Cell(reg) => self.u.emit_to(Op::LOAD_CELL, dest, reg.0, 0, span),
            Place::Free(index) => self.u.emit_to(Op::LOAD_FREE, dest, index, 0, span),
            Place::ClassFree(index) => {
                let mapping = self.push_class_namespace(span);
                self.u.emit_to(Op::LOAD_FREE_CELL, Dest::Push, index, 0, span);
                let cell = Reg::temp(self.u.top - 1);
                self.u.set_top(mark);
                let operand = self.u.name_operand(name);
                let to = self.u.target(dest);
                self.u.emit_data(Op::LOAD_DICT_OR_CELL, to.0, mapping.0, cell.0, operand as u32, span);
                self.u.pushed(dest);
            }
            Place::DictGlobal => {
                let mapping = self.push_class_namespace(span);
                self.u.set_top(mark);
                let operand = self.u.name_operand(name);
                self.u.emit_to(Op::LOAD_DICT_OR_GLOBAL, dest, mapping.0, operand, span);
            }
            Place::Global => {
                let operand = self.u.name_operand(name);
                self.u.emit_to(Op::LOAD_GLOBAL, dest, operand, 0, span);
            }
            Place::Namespace => {
                let operand = self.u.name_operand(name);
                self.u.emit_to(Op::LOAD_NAME, dest, operand, 0, span);
            }
        }
    }

    /// Stores register `from` in `name`.
    pub(super) fn store_name(&mut self, name: &Name, from: Reg, span: Span) -> R<()> {
        self.forbidden_name(name, true, span)?;
        let name = self.mangled(name);
        match self.place(&name, false) {
            Place::Local(reg) => self.u.mov(reg, from, span),
            Place::Cell(reg) => self.u.emit(Op::STORE_CELL, reg.0, from.0, 0, span),
            Place::Free(index) | Place::ClassFree(index) => {
                self.u.emit(Op::STORE_FREE, index, from.0, 0, span)
            }
            Place::Global | Place::DictGlobal => {
                let operand = self.u.name_operand(&name);
                self.u.emit(Op::STORE_GLOBAL, operand, from.0, 0, span);
            }
            Place::Namespace => {
                let operand = self.u.name_operand(&name);
                self.u.emit(Op::STORE_NAME, operand, from.0, 0, span);
            }
        }
        Ok(())
    }

    /// Deletes `name`.
    pub(super) fn delete_name(&mut self, name: &Name, span: Span) -> R<()> {
        self.forbidden_name(name, false, span)?;
        let name = self.mangled(name);
        match self.place(&name, false) {
            Place::Local(reg) => {
                self.check_bound(reg, span);
                self.u.emit(Op::CLEAR, reg.0, 0, 0, span);
            }
            Place::Cell(reg) => self.u.emit(Op::DELETE_CELL, reg.0, 0, 0, span),
            Place::Free(index) | Place::ClassFree(index) => self.u.emit(Op::DELETE_FREE, index, 0, 0, span),
            Place::Global | Place::DictGlobal => {
                let operand = self.u.name_operand(&name);
                self.u.emit(Op::DELETE_GLOBAL, operand, 0, 0, span);
            }
            Place::Namespace => {
                let operand = self.u.name_operand(&name);
                self.u.emit(Op::DELETE_NAME, operand, 0, 0, span);
            }
        }
        Ok(())
    }

    /// Ends `except ... as name`: the name becomes None and is deleted, whatever the body did to it.
    pub(super) fn forget_name(&mut self, name: &Name, span: Span) -> R<()> {
        let mangled = self.mangled(name);
        if let Place::Local(reg) = self.place(&mangled, false) {
            self.u.emit(Op::CLEAR, reg.0, 0, 0, span);
            return Ok(());
        }
        let none = self.u.target(Dest::Push);
        self.u.emit_to(Op::LOAD_NONE, Dest::Push, 0, 0, span);
        self.u.set_top(self.u.top - 1);
        self.store_name(name, none, span)?;
        self.delete_name(name, span)
    }

    /// The register of a target that is a plain local, when storing there is all there is to do.
    pub(super) fn local_target(&mut self, target: &'a Expr) -> Option<Reg> {
        let ExprKind::Name { id, .. } = &target.kind else { return None };
        if id == "__debug__" {
            return None;
        }
        let name = self.mangled(id);
        match self.place(&name, false) {
            Place::Local(reg) => Some(reg),
            _ => None,
        }
    }

    /// Starts the scope of an inlined comprehension. Its cells are made anew each time.
    pub(super) fn push_inlined(&mut self, scope: &'a Scope, span: Span) {
        self.u.inlined.push(InlinedScope { scope, vars: Default::default() });
        let depth = self.u.inlined.len() - 1;
        for (name, symbol) in &scope.symbols {
            if symbol.binding() == Binding::Cell && !symbol.has(flag::PARAM) {
                let reg = self.inlined_register(depth, name);
                if !self.u.cell_registers.contains(&reg) {
                    self.u.cell_registers.push(reg);
                }
                self.u.emit(Op::MAKE_CELL, reg.0, 0, 0, span);
            }
        }
    }

    /// Ends the innermost inlined comprehension's scope and says which registers it used. They may be used again.
    pub(super) fn pop_inlined(&mut self) -> Vec<Reg> {
        let Some(frame) = self.u.inlined.pop() else { return Vec::new() };
        let mut registers: Vec<Reg> = frame.vars.values().copied().collect();
        registers.sort_by_key(|r| r.0);
        for (name, reg) in frame.vars {
            self.u.comp_pool.entry(name).or_default().push(reg);
        }
        registers
    }
}
