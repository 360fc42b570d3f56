//! Tree to bytecode: CPython 3.12's compiler for a register machine.
//!
//! - [`unit`]: one code block under construction; [`assemble`], [`bound`]: what is done to it when it is complete.
//! - [`names`]: where names live; [`konst`]: constants; [`fold`]: constant folding, done on the tree beforehand.
//! - [`expr`], [`cond`], [`call`], [`comprehension`], [`suspend`]: expressions.
//! - [`stmt`], [`block`], [`tries`], [`pattern`]: statements.
//! - [`function`], [`class`], [`typeparams`]: definitions.
//! - [`warn`]: warnings and what a name must not be; [`unparse`]: the text of an annotation.
//!
//! Invariants:
//! - evaluation order, errors, warnings and positions are CPython's;
//! - temporaries are a stack (see [`unit`]); a local is written by the last instruction of what it is assigned, so
//!   an exception never leaves it changed;
//! - the compiler knows no runtime values and never fails on a tree that the parser made, but with a `SyntaxError`.

mod assemble;
mod block;
mod bound;
mod call;
mod class;
mod comprehension;
mod cond;
mod consume;
mod expr;
mod fold;
mod function;
mod konst;
mod names;
mod pattern;
mod source;
mod stmt;
mod suspend;
#[cfg(test)]
mod tests;
mod tries;
mod typeparams;
mod unit;
mod unparse;
mod warn;

use crate::ast::*;
use crate::error::{ErrorKind, SyntaxError, SyntaxWarning};
use crate::future::{self, Features};
use crate::scope::{self, Binding, Scope, ScopeKind, Scopes, flag};
use krait_bytecode::{CodeFlags, CodeTemplate, Op};
use std::collections::{HashMap, HashSet};
use unit::{Dest, Reg, Unit, UnitKind};

pub use source::{compile_bytes, compile_source, compile_text, parse_bytes, parse_text};
pub use unparse::unparse;

type R<T> = Result<T, Box<SyntaxError>>;

/// Bit of [`Options::flags`]: `await` is allowed at the top of a module (`ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`).
pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
/// Bit of [`Options::flags`]: `~True` and `~False` are left to run time, where they warn.
pub const KEEP_INVERTED_BOOLS: u32 = 1 << 29;
/// The `CO_FUTURE_*` bits.
const FUTURE_MASK: u32 = 0x1fe_0000;

/// How to compile.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// 0; 1 drops assertions (`-O`); 2 also drops docstrings (`-OO`).
    pub optimize: u8,
    /// `CO_FUTURE_*` bits inherited from the code that compiles, and [`ALLOW_TOP_LEVEL_AWAIT`].
    pub flags: u32,
}

/// What came out.
#[derive(Debug)]
pub struct Output {
    pub template: CodeTemplate,
    pub warnings: Vec<SyntaxWarning>,
}

/// Compiles a tree, which is folded in place.
///
/// # Errors
/// Whatever CPython's symbol table and compiler refuse. Errors have positions but no source text.
pub fn compile(module: &mut Mod, filename: &[u8], options: Options) -> Result<Output, Box<SyntaxError>> {
    source::deep(|| compile_deep(module, filename, options))
}

fn compile_deep(module: &mut Mod, filename: &[u8], options: Options) -> R<Output> {
    let features = future::features(module, options.flags & FUTURE_MASK)?;
    let keep = options.flags & KEEP_INVERTED_BOOLS != 0;
    let (walrus, inverted) = fold::fold(module, options.optimize, features.annotations, keep);
    let mut inverted: Vec<SyntaxWarning> = inverted.into_iter().map(warn::inverted_bool).collect();
    let done = scope::analyze(module, &features).and_then(|scopes| {
        fold::add_generic_bases(module);
        compile_tree(module, &scopes, walrus, filename, &features, options)
    });
    // Folding comes first.
    match done {
        Ok(mut output) => {
            inverted.append(&mut output.warnings);
            Ok(Output { warnings: inverted, ..output })
        }
        Err(mut e) => {
            inverted.append(&mut e.warnings);
            e.warnings = inverted;
            Err(e)
        }
    }
}

fn compile_tree(
    module: &Mod,
    scopes: &Scopes,
    walrus: HashMap<NodeId, HashSet<Name>>,
    filename: &[u8],
    features: &Features,
    options: Options,
) -> R<Output> {
    let Some(scope) = scopes.module() else { return Err(Box::new(internal("no scope for the module"))) };
    let mut unit = Unit::new(UnitKind::Module, scope, "<module>", 1);
    if let Some(names) = walrus.get(&NodeId::MODULE) {
        unit.walrus = names.clone();
    }
    let mut compiler = Compiler {
        scopes,
        u: unit,
        outer: Vec::new(),
        filename,
        optimize: options.optimize,
        interactive: matches!(module.kind, ModKind::Interactive { .. }),
        future_annotations: features.annotations,
        last_future: features.last,
        future_bits: features.bits & FUTURE_MASK,
        allow_await: options.flags & ALLOW_TOP_LEVEL_AWAIT != 0,
        walrus,
        warnings: Vec::new(),
    };
    let template = compiler.module(module)?;
    Ok(Output { template, warnings: compiler.warnings })
}

fn internal(msg: &str) -> SyntaxError {
    SyntaxError::bare(ErrorKind::Value, msg)
}

/// A finished code block: its constant's index in the unit around, and the names it closes over.
struct Made {
    index: u32,
    free: Vec<Name>,
}

struct Compiler<'a> {
    scopes: &'a Scopes,
    /// The unit being compiled.
    u: Unit<'a>,
    /// The units around, the innermost last.
    outer: Vec<Unit<'a>>,
    filename: &'a [u8],
    optimize: u8,
    interactive: bool,
    future_annotations: bool,
    /// Line and column of the last place where `from __future__` may stand.
    last_future: (u32, u32),
    future_bits: u32,
    allow_await: bool,
    /// Names that assignment expressions bind, by the function they bind them in.
    walrus: HashMap<NodeId, HashSet<Name>>,
    warnings: Vec<SyntaxWarning>,
}

impl<'a> Compiler<'a> {
    fn error<T>(&self, msg: &str, span: Span) -> R<T> {
        Err(Box::new(scope::error_at(ErrorKind::Syntax, msg.into(), span)))
    }

    fn scope(&self, id: NodeId) -> R<&'a Scope> {
        self.scopes.get(id).ok_or_else(|| Box::new(internal("a node without its scope")))
    }

    fn module(&mut self, module: &'a Mod) -> R<CodeTemplate> {
        self.u.first_line = 1;
        let none = Span::default();
        self.start_unit(&[]);
        let handler = (self.u.scope.coroutine && self.allow_await).then(|| self.start_stop_iteration());
        match &module.kind {
            ModKind::Module { body, .. } => {
                let span = body.first().map_or(none, |s| s.span);
                self.body(body, span)?;
            }
            ModKind::Interactive { body } => {
                let span = body.first().map_or(none, |s| s.span);
                if annotates(body) {
                    self.u.emit(Op::SETUP_ANNOTATIONS, 0, 0, 0, span);
                }
                self.stmts(body)?;
            }
            ModKind::Expression { body } => {
                let r = self.operand(body, &[])?;
                self.u.set_top(0);
                self.u.emit_last(Op::RETURN, r.0, 0, 0, body.span);
            }
            ModKind::FunctionType { .. } => {
                return Err(Box::new(internal("this compiler does not handle FunctionTypes")));
            }
        }
        self.u.emit_last(Op::RETURN_NONE, 0, 0, 0, none);
        if let Some(handler) = handler {
            self.end_stop_iteration(handler);
        }
        self.u.flags = self.code_flags();
        let dummy = Unit::new(UnitKind::Module, self.u.scope, "", 0);
        let unit = std::mem::replace(&mut self.u, dummy);
        self.assemble(unit)
    }

    fn assemble(&self, unit: Unit<'a>) -> R<CodeTemplate> {
        let line = unit.first_line;
        assemble::assemble(unit, self.filename)
            .or_else(|msg| self.error(msg, Span { lineno: line, end_lineno: line, ..Span::default() }))
    }

    /// The body of a module or class: annotations' dict, docstring, statements.
    fn body(&mut self, body: &'a [Stmt], span: Span) -> R<()> {
        if annotates(body) {
            self.u.emit(Op::SETUP_ANNOTATIONS, 0, 0, 0, span);
        }
        let mut body = body;
        if self.optimize < 2
            && let Some(text) = function::docstring(body)
        {
            let at = body[0].span;
            let value = Reg::temp(self.u.top);
            self.constant(text, Dest::Push, at);
            self.u.set_top(value.0 & !Reg::TEMP);
            self.store_name(&Name::new("__doc__"), value, Span::default())?;
            body = &body[1..];
        }
        self.stmts(body)
    }

    /// Starts the unit of a scope inside of the current one.
    fn enter(&mut self, kind: UnitKind, id: NodeId, name: &str, line: u32) -> R<()> {
        let scope = self.scope(id)?;
        let mut unit = Unit::new(kind, scope, name, line);
        unit.private = self.u.private.clone();
        if let Some(names) = self.walrus.get(&id) {
            unit.walrus = names.clone();
        }
        let mut free: Vec<Name> = scope
            .symbols
            .iter()
            .filter(|(_, s)| s.binding() == Binding::Free || s.has(flag::FREE_CLASS))
            .map(|(name, _)| name.clone())
            .collect();
        free.sort();
        unit.frees = free.iter().enumerate().map(|(i, name)| (name.clone(), i as u16)).collect();
        unit.freevars = free;
        let outer = std::mem::replace(&mut self.u, unit);
        self.outer.push(outer);
        self.set_qualname();
        Ok(())
    }

    fn set_qualname(&mut self) {
        let mut depth = self.outer.len() - 1;
        if self.outer[depth].kind == UnitKind::TypeParams {
            if depth == 0 {
                return;
            }
            depth -= 1;
        }
        if depth == 0 {
            return;
        }
        let parent = &self.outer[depth];
        if matches!(self.u.kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Class) {
            let mangled = scope::mangle(parent.private.as_deref(), &self.u.name);
            if parent.scope.binding(&mangled) == Binding::GlobalExplicit {
                return;
            }
        }
        let function = matches!(
            parent.kind,
            UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Lambda | UnitKind::Alias
        );
        let locals = if function { ".<locals>" } else { "" };
        self.u.qualname = format!("{}{locals}.{}", parent.qualname, self.u.name);
    }

    /// The names of the current unit that are kept in cells, in order.
    fn cell_names(&self) -> Vec<Name> {
        let scope = self.u.scope;
        if self.u.kind == UnitKind::Class {
            let mut names = Vec::new();
            if scope.needs_class_closure {
                names.push(Name::new("__class__"));
            }
            if scope.needs_classdict {
                names.push(Name::new("__classdict__"));
            }
            return names;
        }
        if !self.u.kind.is_function_like() {
            return Vec::new();
        }
        // What has joined the scope from an inlined comprehension has cells of its own.
        let plain = scope.comprehension == scope::Comprehension::None;
        let mut names: Vec<Name> = scope
            .symbols
            .iter()
            .filter(|(_, s)| s.binding() == Binding::Cell && !(plain && s.has(flag::COMP_ITER)))
            .map(|(name, _)| name.clone())
            .collect();
        names.sort();
        names
    }

    fn code_flags(&self) -> u32 {
        let scope = self.u.scope;
        let mut flags = self.future_bits;
        if scope.kind != ScopeKind::Module && scope.is_function_like() {
            flags |= CodeFlags::NEWLOCALS | CodeFlags::OPTIMIZED;
            if scope.nested {
                flags |= CodeFlags::NESTED;
            }
            flags |= match (scope.generator, scope.coroutine) {
                (true, false) => CodeFlags::GENERATOR,
                (false, true) => CodeFlags::COROUTINE,
                (true, true) => CodeFlags::ASYNC_GENERATOR,
                (false, false) => 0,
            };
            if scope.varargs {
                flags |= CodeFlags::VARARGS;
            }
            if scope.varkeywords {
                flags |= CodeFlags::VARKEYWORDS;
            }
        }
        if self.u.kind == UnitKind::Module && self.allow_await && scope.coroutine {
            flags |= CodeFlags::COROUTINE;
        }
        flags
    }

    /// Ends the current unit.
    fn leave_unit(&mut self) -> R<Made> {
        self.u.flags = self.code_flags();
        let Some(outer) = self.outer.pop() else { return Err(Box::new(internal("no unit around"))) };
        let unit = std::mem::replace(&mut self.u, outer);
        let free = unit.freevars.clone();
        let template = self.assemble(unit)?;
        let index = if self.u.reachable { self.u.consts.add_code(template) } else { 0 };
        Ok(Made { index, free })
    }
}

/// Whether a body annotates names, not counting definitions inside.
fn annotates(body: &[Stmt]) -> bool {
    body.iter().any(|s| match &s.kind {
        StmtKind::AnnAssign { .. } => true,
        StmtKind::For(f) | StmtKind::AsyncFor(f) => annotates(&f.body) || annotates(&f.orelse),
        StmtKind::While { body, orelse, .. } | StmtKind::If { body, orelse, .. } => {
            annotates(body) || annotates(orelse)
        }
        StmtKind::Match { cases, .. } => cases.iter().any(|c| annotates(&c.body)),
        StmtKind::With(w) | StmtKind::AsyncWith(w) => annotates(&w.body),
        StmtKind::Try(t) | StmtKind::TryStar(t) => {
            annotates(&t.body)
                || t.handlers.iter().any(|h| annotates(&h.body))
                || annotates(&t.orelse)
                || annotates(&t.finalbody)
        }
        _ => false,
    })
}
