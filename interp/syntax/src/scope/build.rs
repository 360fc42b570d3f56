//! The first walk: which block mentions which name, and how.

use super::{Comprehension, NameMap, Scope, ScopeKind, error_at, flag, mangle};
use crate::ast::{
    Arg, Arguments, Comprehension as For, Expr, ExprContext, ExprKind, FunctionDef, Keyword, Mod, ModKind,
    Name, Names, NodeId, Pattern, PatternKind, Span, Stmt, StmtKind, TypeParam, TypeParamKind, TypeParams,
};
use crate::error::{ErrorKind, SyntaxError};
use crate::stack;

type Result<T = ()> = std::result::Result<T, Box<SyntaxError>>;

/// CPython gives up at about this depth.
const MAX_DEPTH: u32 = 3000;

pub(super) fn build(module: &Mod, future_annotations: bool) -> Result<Vec<Option<Box<Scope>>>> {
    let mut builder = Builder {
        table: std::iter::repeat_with(|| None).take(module.node_count.max(1) as usize).collect(),
        stack: Vec::new(),
        current: 0,
        class: None,
        names: Names::default(),
        future_annotations,
        depth: 0,
    };
    builder.module(module)?;
    Ok(builder.table)
}

struct Builder {
    table: Vec<Option<Box<Scope>>>,
    /// The scopes around, the current one included.
    stack: Vec<usize>,
    current: usize,
    /// The class whose name mangles.
    class: Option<Name>,
    names: Names,
    future_annotations: bool,
    depth: u32,
}

fn fail<T>(msg: impl Into<String>, span: Span) -> Result<T> {
    let error = error_at(ErrorKind::Syntax, msg.into(), span);
    Err(Box::new(SyntaxError { place_not_in_args: true, ..error }))
}

impl Builder {
    fn module(&mut self, module: &Mod) -> Result {
        let top = self.names.intern("top");
        self.enter(NodeId::MODULE, top, ScopeKind::Module, Span::default())?;
        match &module.kind {
            ModKind::Module { body, .. } | ModKind::Interactive { body } => self.stmts(body)?,
            ModKind::Expression { body } => self.expr(body)?,
            ModKind::FunctionType { .. } => {
                return Err(Box::new(SyntaxError::bare(
                    ErrorKind::Value,
                    "this compiler does not handle FunctionTypes",
                )));
            }
        }
        self.exit();
        Ok(())
    }

    fn scope(&mut self) -> &mut Scope {
        self.scope_at(self.current)
    }

    fn scope_at(&mut self, index: usize) -> &mut Scope {
        self.table[index].as_mut().expect("entered scopes stay in the table")
    }

    fn enter(&mut self, id: NodeId, name: Name, kind: ScopeKind, span: Span) -> Result {
        let outer = (!self.stack.is_empty()).then_some(self.current);
        let mut nested = false;
        let mut comp_iter_expr = 0;
        if let Some(outer) = outer {
            let outer = self.scope_at(outer);
            nested = outer.nested || outer.is_function_like();
            // An assignment expression is forbidden anywhere in the iterable of a comprehension, also in
            // lambdas and comprehensions inside it.
            comp_iter_expr = outer.comp_iter_expr;
        }
        let index = id.index();
        if self.table.get(index).is_none_or(|slot| slot.is_some()) {
            return Err(Box::new(SyntaxError::bare(ErrorKind::Value, "two scopes with the same node id")));
        }
        self.table[index] = Some(Box::new(Scope {
            kind,
            name,
            symbols: NameMap::default(),
            params: Vec::new(),
            children: Vec::new(),
            nested,
            free: false,
            child_free: false,
            generator: false,
            coroutine: false,
            comprehension: Comprehension::None,
            varargs: false,
            varkeywords: false,
            returns_value: false,
            needs_class_closure: false,
            needs_classdict: false,
            comp_inlined: false,
            can_see_class_scope: false,
            span,
            comp_iter_target: false,
            comp_iter_expr,
            directives: Vec::new(),
        }));
        self.stack.push(index);
        self.current = index;
        // Annotations that are never evaluated must not influence the scopes around.
        if kind != ScopeKind::Annotation
            && let Some(outer) = outer
        {
            self.scope_at(outer).children.push(id);
        }
        Ok(())
    }

    fn exit(&mut self) {
        self.stack.pop();
        if let Some(&outer) = self.stack.last() {
            self.current = outer;
        }
    }

    fn mangled(&mut self, name: &Name) -> Name {
        match mangle(self.class.as_deref(), name) {
            std::borrow::Cow::Borrowed(_) => name.clone(),
            std::borrow::Cow::Owned(text) => self.names.intern(&text),
        }
    }

    fn lookup_in(&mut self, index: usize, name: &Name) -> u32 {
        let name = self.mangled(name);
        self.scope_at(index).get(&name).map_or(0, |s| s.flags)
    }

    fn lookup(&mut self, name: &Name) -> u32 {
        self.lookup_in(self.current, name)
    }

    fn add(&mut self, name: &Name, bits: u32, span: Span) -> Result {
        self.add_in(self.current, name, bits, span)
    }

    fn add_text(&mut self, name: &str, bits: u32, span: Span) -> Result {
        let name = self.names.intern(name);
        self.add(&name, bits, span)
    }

    fn add_in(&mut self, index: usize, name: &Name, bits: u32, span: Span) -> Result {
        let mangled = self.mangled(name);
        let scope = self.scope_at(index);
        let before = scope.get(&mangled).map_or(0, |s| s.flags);
        if bits & flag::PARAM != 0 && before & flag::PARAM != 0 {
            return fail(format!("duplicate argument '{name}' in function definition"), span);
        }
        if bits & flag::TYPE_PARAM != 0 && before & flag::TYPE_PARAM != 0 {
            return fail(format!("duplicate type parameter '{name}'"), span);
        }
        let mut flags = before | bits;
        if scope.comp_iter_target {
            if flags & (flag::GLOBAL | flag::NONLOCAL) != 0 {
                return fail(
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'"),
                    span,
                );
            }
            flags |= flag::COMP_ITER;
        }
        scope.symbols.entry(mangled.clone()).or_default().flags = flags;
        if bits & flag::PARAM != 0 {
            scope.params.push(mangled);
        } else if bits & flag::GLOBAL != 0 {
            // The module must know what its functions declare as its own.
            let top = self.scope_at(NodeId::MODULE.index());
            top.symbols.entry(mangled).or_default().flags |= bits;
        }
        Ok(())
    }

    fn record_directive(&mut self, name: &Name, span: Span) {
        let name = self.mangled(name);
        self.scope().directives.push((name, span));
    }

    /// An asynchronous statement makes a module a coroutine, where that is allowed.
    fn may_await_in_module(&mut self, is_async: bool) {
        if is_async && self.scope().kind == ScopeKind::Module {
            self.scope().coroutine = true;
        }
    }

    /// Runs `f` one level deeper.
    fn nested(&mut self, f: impl FnOnce(&mut Self) -> Result) -> Result {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let msg = "maximum recursion depth exceeded during compilation";
            return Err(Box::new(SyntaxError::bare(ErrorKind::Recursion, msg)));
        }
        let result = if self.depth.is_multiple_of(64) {
            stack::with(128 * 1024, 2 * 1024 * 1024, stack::no_memory, || f(self))
        } else {
            f(self)
        };
        self.depth -= 1;
        result
    }

    fn stmts(&mut self, body: &[Stmt]) -> Result {
        self.nested(|b| body.iter().try_for_each(|s| b.stmt(s)))
    }

    fn exprs(&mut self, exprs: &[Expr]) -> Result {
        exprs.iter().try_for_each(|e| self.expr(e))
    }

    fn optional(&mut self, expr: &Option<Box<Expr>>) -> Result {
        expr.as_ref().map_or(Ok(()), |e| self.expr(e))
    }

    fn keywords(&mut self, keywords: &[Keyword]) -> Result {
        keywords.iter().try_for_each(|k| self.expr(&k.value))
    }

    fn stmt(&mut self, s: &Stmt) -> Result {
        match &s.kind {
            StmtKind::FunctionDef(def) => self.function(def, s.span, false),
            StmtKind::AsyncFunctionDef(def) => self.function(def, s.span, true),
            StmtKind::ClassDef(def) => {
                self.add(&def.name, flag::LOCAL, s.span)?;
                self.exprs(&def.decorator_list)?;
                let generic = !def.type_params.is_empty();
                let outer_class = self.class.clone();
                if generic {
                    self.enter_type_params(&def.name, &def.type_params, s.span)?;
                    // The class finds its type parameters only when they are mangled as its own names are. The
                    // bases come under this, too.
                    self.class = Some(def.name.clone());
                    // Set when the parameters are made and used when the bases are.
                    for name in [".type_params", ".generic_base"] {
                        self.add_text(name, flag::LOCAL, s.span)?;
                        self.add_text(name, flag::USE, s.span)?;
                    }
                    self.type_params(&def.type_params)?;
                }
                self.exprs(&def.bases)?;
                self.keywords(&def.keywords)?;
                self.enter(def.id, def.name.clone(), ScopeKind::Class, s.span)?;
                self.class = Some(def.name.clone());
                if generic {
                    self.add_text("__type_params__", flag::LOCAL, s.span)?;
                    self.add_text(".type_params", flag::USE, s.span)?;
                }
                self.stmts(&def.body)?;
                self.class = outer_class;
                self.exit();
                if generic {
                    self.exit();
                }
                Ok(())
            }
            StmtKind::TypeAlias(alias) => {
                self.expr(&alias.name)?;
                let name = match &alias.name.kind {
                    ExprKind::Name { id, .. } => id.clone(),
                    _ => self.names.intern(""),
                };
                let in_class = self.scope().kind == ScopeKind::Class;
                let generic = !alias.type_params.is_empty();
                if generic {
                    self.enter_type_params(&name, &alias.type_params, s.span)?;
                    self.type_params(&alias.type_params)?;
                }
                self.enter(alias.id, name, ScopeKind::TypeAlias, s.span)?;
                self.scope().can_see_class_scope = in_class;
                if in_class {
                    self.add_text("__classdict__", flag::USE, alias.value.span)?;
                }
                self.expr(&alias.value)?;
                self.exit();
                if generic {
                    self.exit();
                }
                Ok(())
            }
            StmtKind::Return { value } => {
                if let Some(value) = value {
                    self.expr(value)?;
                    self.scope().returns_value = true;
                }
                Ok(())
            }
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if let ExprKind::Name { id, .. } = &target.kind {
                    let before = self.lookup(id);
                    let at_top = self.current == NodeId::MODULE.index();
                    if before & (flag::GLOBAL | flag::NONLOCAL) != 0 && !at_top && *simple {
                        let what = if before & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
                        return fail(format!("annotated name '{id}' can't be {what}"), s.span);
                    }
                    if *simple {
                        self.add(id, flag::ANNOT | flag::LOCAL, target.span)?;
                    } else if value.is_some() {
                        self.add(id, flag::LOCAL, target.span)?;
                    }
                } else {
                    self.expr(target)?;
                }
                self.annotation(annotation)?;
                self.optional(value)
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                self.may_await_in_module(matches!(s.kind, StmtKind::AsyncFor(_)));
                self.expr(&f.target)?;
                self.expr(&f.iter)?;
                self.stmts(&f.body)?;
                self.stmts(&f.orelse)
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.stmts(body)?;
                self.stmts(orelse)
            }
            StmtKind::With(with) | StmtKind::AsyncWith(with) => {
                self.may_await_in_module(matches!(s.kind, StmtKind::AsyncWith(_)));
                for item in &with.items {
                    self.expr(&item.context_expr)?;
                    self.optional(&item.optional_vars)?;
                }
                self.stmts(&with.body)
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                for case in cases {
                    self.pattern(&case.pattern)?;
                    self.optional(&case.guard)?;
                    self.stmts(&case.body)?;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc)?;
                self.optional(cause)
            }
            StmtKind::Try(t) | StmtKind::TryStar(t) => {
                self.stmts(&t.body)?;
                self.stmts(&t.orelse)?;
                for handler in &t.handlers {
                    self.optional(&handler.typ)?;
                    if let Some(name) = &handler.name {
                        self.add(name, flag::LOCAL, handler.span)?;
                    }
                    self.stmts(&handler.body)?;
                }
                self.stmts(&t.finalbody)
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.optional(msg)
            }
            StmtKind::Import { names } | StmtKind::ImportFrom { names, .. } => {
                for alias in names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    if name == "*" {
                        if self.scope().kind != ScopeKind::Module {
                            return fail("import * only allowed at module level", alias.span);
                        }
                    } else if let Some((head, _)) = name.split_once('.') {
                        self.add_text(head, flag::IMPORT, alias.span)?;
                    } else {
                        self.add(name, flag::IMPORT, alias.span)?;
                    }
                }
                Ok(())
            }
            StmtKind::Global { names } => self.declaration(names, "global", flag::GLOBAL, s.span),
            StmtKind::Nonlocal { names } => self.declaration(names, "nonlocal", flag::NONLOCAL, s.span),
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn declaration(&mut self, names: &[Name], what: &str, bit: u32, span: Span) -> Result {
        for name in names {
            let before = self.lookup(name);
            if before & (flag::PARAM | flag::LOCAL | flag::USE | flag::ANNOT) != 0 {
                let msg = if before & flag::PARAM != 0 {
                    format!("name '{name}' is parameter and {what}")
                } else if before & flag::USE != 0 {
                    format!("name '{name}' is used prior to {what} declaration")
                } else if before & flag::ANNOT != 0 {
                    format!("annotated name '{name}' can't be {what}")
                } else {
                    format!("name '{name}' is assigned to before {what} declaration")
                };
                return fail(msg, span);
            }
            self.add(name, bit, span)?;
            self.record_directive(name, span);
        }
        Ok(())
    }

    fn function(&mut self, def: &FunctionDef, span: Span, is_async: bool) -> Result {
        self.add(&def.name, flag::LOCAL, span)?;
        self.defaults(&def.args)?;
        self.exprs(&def.decorator_list)?;
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_params(&def.name, &def.type_params, span)?;
            // Defaults are evaluated outside and passed in.
            if !def.args.defaults.is_empty() {
                self.add_text(".defaults", flag::PARAM, span)?;
            }
            if def.args.kw_defaults.iter().any(Option::is_some) {
                self.add_text(".kwdefaults", flag::PARAM, span)?;
            }
            self.type_params(&def.type_params)?;
        }
        self.annotations(def, span)?;
        self.enter(def.id, def.name.clone(), ScopeKind::Function, span)?;
        self.scope().coroutine = is_async;
        self.arguments(&def.args)?;
        self.stmts(&def.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn defaults(&mut self, args: &Arguments) -> Result {
        self.exprs(&args.defaults)?;
        args.kw_defaults.iter().flatten().try_for_each(|e| self.expr(e))
    }

    fn annotations(&mut self, def: &FunctionDef, span: Span) -> Result {
        let args = &def.args;
        let all = args.posonlyargs.iter().chain(&args.args).chain(args.vararg.as_deref());
        let all = all.chain(args.kwarg.as_deref()).chain(&args.kwonlyargs);
        let expressions: Vec<&Expr> = all.filter_map(|a| a.annotation.as_deref()).collect();
        self.annotation_block(&expressions, span)?;
        def.returns.as_ref().map_or(Ok(()), |returns| self.annotation(returns))
    }

    fn annotation(&mut self, annotation: &Expr) -> Result {
        self.annotation_block(&[annotation], annotation.span)
    }

    fn annotation_block(&mut self, expressions: &[&Expr], span: Span) -> Result {
        if !self.future_annotations {
            return expressions.iter().try_for_each(|e| self.expr(e));
        }
        // Nobody asks for this scope by its id. It exists for the errors that it finds.
        let id = NodeId(self.table.len() as u32);
        self.table.push(None);
        let name = self.names.intern("_annotation");
        self.enter(id, name, ScopeKind::Annotation, span)?;
        expressions.iter().try_for_each(|e| self.expr(e))?;
        self.exit();
        Ok(())
    }

    fn enter_type_params(&mut self, name: &Name, params: &TypeParams, span: Span) -> Result {
        let in_class = self.scope().kind == ScopeKind::Class;
        self.enter(params.id, name.clone(), ScopeKind::TypeParams, span)?;
        if in_class {
            self.scope().can_see_class_scope = true;
            self.add_text("__classdict__", flag::USE, span)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &TypeParams) -> Result {
        params.params.iter().try_for_each(|p| self.type_param(p))
    }

    fn type_param(&mut self, param: &TypeParam) -> Result {
        match &param.kind {
            TypeParamKind::TypeVar { id, name, bound } => {
                self.add(name, flag::TYPE_PARAM | flag::LOCAL, param.span)?;
                if let Some(bound) = bound {
                    let sees_class = self.scope().can_see_class_scope;
                    self.enter(*id, name.clone(), ScopeKind::TypeVarBound, param.span)?;
                    self.scope().can_see_class_scope = sees_class;
                    if sees_class {
                        self.add_text("__classdict__", flag::USE, bound.span)?;
                    }
                    self.expr(bound)?;
                    self.exit();
                }
                Ok(())
            }
            TypeParamKind::ParamSpec { name } | TypeParamKind::TypeVarTuple { name } => {
                self.add(name, flag::TYPE_PARAM | flag::LOCAL, param.span)
            }
        }
    }

    fn arguments(&mut self, args: &Arguments) -> Result {
        let add = |b: &mut Self, a: &Arg| b.add(&a.arg, flag::PARAM, a.span);
        for arg in args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs) {
            add(self, arg)?;
        }
        if let Some(arg) = &args.vararg {
            add(self, arg)?;
            self.scope().varargs = true;
        }
        if let Some(arg) = &args.kwarg {
            add(self, arg)?;
            self.scope().varkeywords = true;
        }
        Ok(())
    }

    fn expr(&mut self, e: &Expr) -> Result {
        match &e.kind {
            ExprKind::Name { id, ctx } => {
                let bit = if *ctx == ExprContext::Load { flag::USE } else { flag::LOCAL };
                self.add(id, bit, e.span)?;
                // `super()` finds the class in the cell `__class__`.
                if bit == flag::USE && id == "super" && self.scope().is_function_like() {
                    self.add_text("__class__", flag::USE, e.span)?;
                }
                Ok(())
            }
            ExprKind::Constant { .. } => Ok(()),
            _ => self.nested(|b| b.compound(e)),
        }
    }

    fn compound(&mut self, e: &Expr) -> Result {
        match &e.kind {
            ExprKind::Name { .. } | ExprKind::Constant { .. } => Ok(()),
            ExprKind::NamedExpr { target, value } => {
                self.refuse_in_annotation("named expression", e.span)?;
                if self.scope().comp_iter_expr > 0 {
                    let msg = "assignment expression cannot be used in a comprehension iterable expression";
                    return fail(msg, e.span);
                }
                if self.scope().comprehension != Comprehension::None {
                    self.extend_named_expr(target)?;
                }
                self.expr(value)?;
                self.expr(target)
            }
            ExprKind::BoolOp { values, .. } | ExprKind::JoinedStr { values } => self.exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda { id, args, body } => {
                self.refuse_in_class_scope("lambda", e.span)?;
                self.defaults(args)?;
                let name = self.names.intern("lambda");
                self.enter(*id, name, ScopeKind::Function, e.span)?;
                self.arguments(args)?;
                self.expr(body)?;
                self.exit();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter().flatten().try_for_each(|k| self.expr(k))?;
                self.exprs(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.exprs(elts)
            }
            ExprKind::ListComp { id, elt, generators } => {
                self.comprehension(*id, Comprehension::List, generators, &[elt], e.span)
            }
            ExprKind::SetComp { id, elt, generators } => {
                self.comprehension(*id, Comprehension::Set, generators, &[elt], e.span)
            }
            ExprKind::GeneratorExp { id, elt, generators } => {
                self.comprehension(*id, Comprehension::Generator, generators, &[elt], e.span)
            }
            ExprKind::DictComp { id, key, value, generators } => {
                self.comprehension(*id, Comprehension::Dict, generators, &[value, key], e.span)
            }
            ExprKind::Yield { value } => {
                self.refuse_in_annotation("yield expression", e.span)?;
                self.optional(value)?;
                self.note_yield(e.span)
            }
            ExprKind::YieldFrom { value } => {
                self.refuse_in_annotation("yield expression", e.span)?;
                self.expr(value)?;
                self.note_yield(e.span)
            }
            ExprKind::Await { value } => {
                self.refuse_in_annotation("await expression", e.span)?;
                self.expr(value)?;
                self.scope().coroutine = true;
                Ok(())
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. } => {
                self.expr(value)?;
                self.optional(format_spec)
            }
            ExprKind::Attribute { value, .. } | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)
            }
        }
    }

    fn note_yield(&mut self, span: Span) -> Result {
        let scope = self.scope();
        scope.generator = true;
        let place = match scope.comprehension {
            Comprehension::None => return Ok(()),
            Comprehension::List => "list comprehension",
            Comprehension::Set => "set comprehension",
            Comprehension::Dict => "dict comprehension",
            Comprehension::Generator => "generator expression",
        };
        fail(format!("'yield' inside {place}"), span)
    }

    fn refuse_in_annotation(&mut self, what: &str, span: Span) -> Result {
        let place = match self.scope().kind {
            ScopeKind::Annotation => "an annotation",
            ScopeKind::TypeVarBound => "a TypeVar bound",
            ScopeKind::TypeAlias => "a type alias",
            ScopeKind::TypeParams => "the definition of a generic",
            _ => return Ok(()),
        };
        fail(format!("{what} cannot be used within {place}"), span)
    }

    /// Inner functions of a scope that sees the names of a class would have to see them, too.
    fn refuse_in_class_scope(&mut self, what: &str, span: Span) -> Result {
        if self.scope().can_see_class_scope {
            return fail(format!("Cannot use {what} in annotation scope within class scope"), span);
        }
        Ok(())
    }

    /// The target of `:=` in a comprehension belongs to the scope around the comprehension (PEP 572).
    fn extend_named_expr(&mut self, target: &Expr) -> Result {
        let ExprKind::Name { id, .. } = &target.kind else { return Ok(()) };
        for &index in self.stack.clone().iter().rev() {
            let scope = self.scope_at(index);
            let (kind, comprehension) = (scope.kind, scope.comprehension);
            if comprehension != Comprehension::None {
                let flags = self.lookup_in(index, id);
                if flags & flag::COMP_ITER != 0 && flags & (flag::LOCAL | flag::GLOBAL) != 0 {
                    return fail(
                        format!(
                            "assignment expression cannot rebind comprehension iteration variable '{id}'"
                        ),
                        target.span,
                    );
                }
                continue;
            }
            let place = match kind {
                ScopeKind::Function => {
                    let declared = self.lookup_in(index, id) & flag::GLOBAL != 0;
                    let bit = if declared { flag::GLOBAL } else { flag::NONLOCAL };
                    self.add(id, bit, target.span)?;
                    self.record_directive(id, target.span);
                    return self.add_in(index, id, flag::LOCAL, target.span);
                }
                ScopeKind::Module => {
                    self.add(id, flag::GLOBAL, target.span)?;
                    self.record_directive(id, target.span);
                    return self.add_in(index, id, flag::GLOBAL, target.span);
                }
                ScopeKind::Class => "in a class body",
                ScopeKind::TypeParams => "within the definition of a generic",
                ScopeKind::TypeAlias => "in a type alias",
                ScopeKind::TypeVarBound => "in a TypeVar bound",
                ScopeKind::Annotation => continue,
            };
            let msg = format!("assignment expression within a comprehension cannot be used {place}");
            return fail(msg, target.span);
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        id: NodeId,
        kind: Comprehension,
        generators: &[For],
        elements: &[&Expr],
        span: Span,
    ) -> Result {
        let Some((outermost, rest)) = generators.split_first() else {
            return Err(Box::new(SyntaxError::bare(ErrorKind::Value, "comprehension with no generators")));
        };
        self.refuse_in_class_scope("comprehension", span)?;
        let is_generator = kind == Comprehension::Generator;
        // The outermost iterable is evaluated outside and passed in.
        self.comp_iterable(&outermost.iter)?;
        let name = self.names.intern(match kind {
            Comprehension::List => "listcomp",
            Comprehension::Set => "setcomp",
            Comprehension::Dict => "dictcomp",
            Comprehension::Generator | Comprehension::None => "genexpr",
        });
        self.enter(id, name, ScopeKind::Function, span)?;
        let scope = self.scope();
        scope.comprehension = kind;
        scope.coroutine = outermost.is_async;
        self.add_text(".0", flag::PARAM, span)?;
        self.comp_target(&outermost.target)?;
        self.exprs(&outermost.ifs)?;
        for inner in rest {
            self.comp_target(&inner.target)?;
            self.comp_iterable(&inner.iter)?;
            self.exprs(&inner.ifs)?;
            if inner.is_async {
                self.scope().coroutine = true;
            }
        }
        elements.iter().try_for_each(|e| self.expr(e))?;
        let scope = self.scope();
        scope.generator = is_generator;
        let is_async = scope.coroutine && !is_generator;
        self.exit();
        if is_async {
            self.scope().coroutine = true;
        }
        Ok(())
    }

    fn comp_iterable(&mut self, iter: &Expr) -> Result {
        self.scope().comp_iter_expr += 1;
        self.expr(iter)?;
        self.scope().comp_iter_expr -= 1;
        Ok(())
    }

    fn comp_target(&mut self, target: &Expr) -> Result {
        self.scope().comp_iter_target = true;
        self.expr(target)?;
        self.scope().comp_iter_target = false;
        Ok(())
    }

    fn pattern(&mut self, p: &Pattern) -> Result {
        self.nested(|b| b.pattern_inner(p))
    }

    fn patterns(&mut self, patterns: &[Pattern]) -> Result {
        patterns.iter().try_for_each(|p| self.pattern(p))
    }

    fn capture(&mut self, name: &Option<Name>, span: Span) -> Result {
        name.as_ref().map_or(Ok(()), |name| self.add(name, flag::LOCAL, span))
    }

    fn pattern_inner(&mut self, p: &Pattern) -> Result {
        match &p.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.patterns(patterns)
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                self.patterns(patterns)?;
                self.capture(rest, p.span)
            }
            PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
                self.expr(cls)?;
                self.patterns(patterns)?;
                self.patterns(kwd_patterns)
            }
            PatternKind::MatchStar { name } => self.capture(name, p.span),
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                self.capture(name, p.span)
            }
        }
    }
}
