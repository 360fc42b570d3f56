//! Constant folding on the tree, with the limits of CPython's optimizer: it changes what code objects show and
//! what is computed at run time, and it decides what is a constant for warnings and comparisons.
//!
//! The same walk notes which names assignment expressions bind in which function, because the compiler uses plain
//! locals in place only where nothing can rebind them meanwhile.
//!
//! What would raise is left alone: it raises at run time.

mod arith;
mod format;

use super::konst::truth;
use crate::ast::*;
use std::collections::{HashMap, HashSet};

/// Folds the tree in place and answers the names that assignment expressions bind, by scope, and where bools were
/// inverted. With `keep_inverted_bools` none are.
pub(super) fn fold(
    module: &mut Mod,
    optimize: u8,
    future_annotations: bool,
    keep_inverted_bools: bool,
) -> (HashMap<NodeId, HashSet<Name>>, Vec<Span>) {
    let mut folder = Folder {
        optimize,
        future_annotations,
        keep_inverted_bools,
        inverted: Vec::new(),
        scope: NodeId::MODULE,
        walrus: HashMap::new(),
    };
    match &mut module.kind {
        ModKind::Module { body, .. } => folder.body(body),
        ModKind::Interactive { body } => folder.stmts(body),
        ModKind::Expression { body } => folder.expr(body),
        ModKind::FunctionType { .. } => {}
    }
    (folder.walrus, folder.inverted)
}

struct Folder {
    optimize: u8,
    future_annotations: bool,
    keep_inverted_bools: bool,
    inverted: Vec<Span>,
    /// The innermost scope that is no comprehension.
    scope: NodeId,
    walrus: HashMap<NodeId, HashSet<Name>>,
}

impl Folder {
    fn stmts(&mut self, body: &mut [Stmt]) {
        for s in body {
            self.stmt(s);
        }
    }

    /// A body that may start with a docstring: what folding makes a string is none.
    fn body(&mut self, body: &mut [Stmt]) {
        let had = super::function::docstring(body).is_some();
        self.stmts(body);
        if !had
            && super::function::docstring(body).is_some()
            && let Some(Stmt { kind: StmtKind::Expr { value }, .. }) = body.first_mut()
        {
            let span = value.span;
            let inner = std::mem::replace(&mut **value, none(span));
            value.kind = ExprKind::JoinedStr { values: vec![inner] };
        }
    }

    fn in_scope(&mut self, id: NodeId, run: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.scope, id);
        run(self);
        self.scope = outer;
    }

    fn arguments(&mut self, args: &mut Arguments) {
        if !self.future_annotations {
            for arg in args
                .posonlyargs
                .iter_mut()
                .chain(&mut args.args)
                .chain(args.vararg.as_deref_mut())
                .chain(&mut args.kwonlyargs)
                .chain(args.kwarg.as_deref_mut())
            {
                self.maybe(&mut arg.annotation);
            }
        }
        self.exprs(&mut args.defaults);
        for default in args.kw_defaults.iter_mut().flatten() {
            self.expr(default);
        }
    }

    fn type_params(&mut self, params: &mut TypeParams) {
        for param in &mut params.params {
            if let TypeParamKind::TypeVar { bound: Some(bound), .. } = &mut param.kind {
                self.expr(bound);
            }
        }
    }

    fn maybe(&mut self, e: &mut Option<Box<Expr>>) {
        if let Some(e) = e {
            self.expr(e);
        }
    }

    fn exprs(&mut self, list: &mut [Expr]) {
        for e in list {
            self.expr(e);
        }
    }

    fn stmt(&mut self, s: &mut Stmt) {
        match &mut s.kind {
            StmtKind::FunctionDef(f) | StmtKind::AsyncFunctionDef(f) => {
                self.type_params(&mut f.type_params);
                self.arguments(&mut f.args);
                let id = f.id;
                let body = &mut f.body;
                self.in_scope(id, |this| this.body(body));
                self.exprs(&mut f.decorator_list);
                if !self.future_annotations
                    && let Some(returns) = &mut f.returns
                {
                    self.expr(returns);
                }
            }
            StmtKind::ClassDef(c) => {
                self.type_params(&mut c.type_params);
                self.exprs(&mut c.bases);
                for k in &mut c.keywords {
                    self.expr(&mut k.value);
                }
                let id = c.id;
                let body = &mut c.body;
                self.in_scope(id, |this| this.body(body));
                self.exprs(&mut c.decorator_list);
            }
            StmtKind::Return { value } => self.maybe(value),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.exprs(targets);
                self.expr(value);
            }
            StmtKind::TypeAlias(t) => {
                self.type_params(&mut t.type_params);
                self.expr(&mut t.value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target);
                self.expr(value);
            }
            StmtKind::AnnAssign { target, annotation, value, .. } => {
                self.expr(target);
                if !self.future_annotations {
                    self.expr(annotation);
                }
                self.maybe(value);
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                self.expr(&mut f.target);
                self.expr(&mut f.iter);
                self.stmts(&mut f.body);
                self.stmts(&mut f.orelse);
                fold_iterable(&mut f.iter);
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test);
                self.stmts(body);
                self.stmts(orelse);
            }
            StmtKind::With(w) | StmtKind::AsyncWith(w) => {
                for item in &mut w.items {
                    self.expr(&mut item.context_expr);
                    self.maybe(&mut item.optional_vars);
                }
                self.stmts(&mut w.body);
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                for case in cases {
                    self.pattern(&mut case.pattern);
                    self.maybe(&mut case.guard);
                    self.stmts(&mut case.body);
                }
            }
            StmtKind::Raise { exc, cause } => {
                self.maybe(exc);
                self.maybe(cause);
            }
            StmtKind::Try(t) | StmtKind::TryStar(t) => {
                self.stmts(&mut t.body);
                for h in &mut t.handlers {
                    self.maybe(&mut h.typ);
                    self.stmts(&mut h.body);
                }
                self.stmts(&mut t.orelse);
                self.stmts(&mut t.finalbody);
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                self.maybe(msg);
            }
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Import { .. }
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue => {}
        }
    }

    fn pattern(&mut self, p: &mut Pattern) {
        match &mut p.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } | PatternKind::MatchStar { .. } => {}
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                for p in patterns {
                    self.pattern(p);
                }
            }
            PatternKind::MatchMapping { keys, patterns, .. } => {
                self.exprs(keys);
                for p in patterns {
                    self.pattern(p);
                }
            }
            PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
                self.expr(cls);
                for p in patterns.iter_mut().chain(kwd_patterns) {
                    self.pattern(p);
                }
            }
            PatternKind::MatchAs { pattern, .. } => {
                if let Some(p) = pattern {
                    self.pattern(p);
                }
            }
        }
    }

    fn generators(&mut self, generators: &mut [Comprehension]) {
        for g in generators {
            self.expr(&mut g.target);
            self.expr(&mut g.iter);
            self.exprs(&mut g.ifs);
            fold_iterable(&mut g.iter);
        }
    }

    fn expr(&mut self, e: &mut Expr) {
        match &mut e.kind {
            ExprKind::BoolOp { values, .. } => self.exprs(values),
            ExprKind::NamedExpr { target, value } => {
                if let ExprKind::Name { id, .. } = &target.kind {
                    self.walrus.entry(self.scope).or_default().insert(id.clone());
                }
                self.expr(value);
            }
            ExprKind::BinOp { left, op, right } => {
                self.expr(left);
                self.expr(right);
                if let ExprKind::Constant { value: l, .. } = &left.kind {
                    let op = *op;
                    let folded = match (&mut right.kind, op, l) {
                        (ExprKind::Tuple { elts, .. }, Operator::Mod, Constant::Str(text)) => {
                            format::fold(text, elts, left.span).map(|values| ExprKind::JoinedStr { values })
                        }
                        (
                            ExprKind::Constant { value: Constant::Tuple(items), .. },
                            Operator::Mod,
                            Constant::Str(text),
                        ) => {
                            let span = right.span;
                            let mut elts: Vec<Expr> =
                                items.iter().map(|c| constant(c.clone(), span)).collect();
                            format::fold(text, &mut elts, left.span)
                                .map(|values| ExprKind::JoinedStr { values })
                        }
                        (ExprKind::Constant { value: r, .. }, _, l) => arith::binary(l, op, r).map(kind),
                        _ => None,
                    };
                    if let Some(folded) = folded {
                        e.kind = folded;
                    }
                }
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand);
                let op = *op;
                let folded = match &mut operand.kind {
                    ExprKind::Constant { value, .. } => match op {
                        UnaryOp::Not => truth(value).map(|t| kind(boolean(!t))),
                        UnaryOp::Invert if matches!(value, Constant::True | Constant::False) => {
                            if self.keep_inverted_bools {
                                None
                            } else {
                                self.inverted.push(e.span);
                                arith::unary(op, value).map(kind)
                            }
                        }
                        _ => arith::unary(op, value).map(kind),
                    },
                    ExprKind::Compare { ops, .. } if op == UnaryOp::Not && ops.len() == 1 => {
                        match opposite(ops[0]) {
                            Some(negated) => {
                                ops[0] = negated;
                                e.span = operand.span;
                                Some(std::mem::replace(&mut operand.kind, kind(Constant::None)))
                            }
                            None => None,
                        }
                    }
                    _ => None,
                };
                if let Some(folded) = folded {
                    e.kind = folded;
                }
            }
            ExprKind::Lambda { id, args, body } => {
                let id = *id;
                self.arguments(args);
                self.in_scope(id, |this| this.expr(body));
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test);
                self.expr(body);
                self.expr(orelse);
            }
            ExprKind::Dict { keys, values } => {
                for key in keys.iter_mut().flatten() {
                    self.expr(key);
                }
                self.exprs(values);
            }
            ExprKind::Set { elts } => self.exprs(elts),
            ExprKind::ListComp { elt, generators, .. }
            | ExprKind::SetComp { elt, generators, .. }
            | ExprKind::GeneratorExp { elt, generators, .. } => {
                self.expr(elt);
                self.generators(generators);
            }
            ExprKind::DictComp { key, value, generators, .. } => {
                self.expr(key);
                self.expr(value);
                self.generators(generators);
            }
            ExprKind::Await { value } | ExprKind::YieldFrom { value } | ExprKind::Starred { value, .. } => {
                self.expr(value)
            }
            ExprKind::Yield { value } => self.maybe(value),
            ExprKind::Compare { left, ops, comparators } => {
                self.expr(left);
                self.exprs(comparators);
                if let (Some(CmpOp::In | CmpOp::NotIn), Some(last)) = (ops.last(), comparators.last_mut()) {
                    fold_iterable(last);
                }
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func);
                self.exprs(args);
                for k in keywords {
                    self.expr(&mut k.value);
                }
            }
            ExprKind::FormattedValue { value, format_spec, .. } => {
                self.expr(value);
                self.maybe(format_spec);
            }
            ExprKind::JoinedStr { values } => self.exprs(values),
            ExprKind::Constant { .. } => {}
            ExprKind::Attribute { value, .. } => self.expr(value),
            ExprKind::Subscript { value, slice, ctx } => {
                self.expr(value);
                self.expr(slice);
                if *ctx == ExprContext::Load
                    && let ExprKind::Constant { value: v, .. } = &value.kind
                    && let ExprKind::Constant { value: i, .. } = &slice.kind
                    && let Some(item) = arith::subscript(v, i)
                {
                    e.kind = kind(item);
                }
            }
            ExprKind::Name { id, ctx } => {
                if *ctx == ExprContext::Load && id == "__debug__" {
                    e.kind = kind(boolean(self.optimize == 0));
                }
            }
            ExprKind::List { elts, .. } => self.exprs(elts),
            ExprKind::Tuple { elts, ctx } => {
                self.exprs(elts);
                if *ctx == ExprContext::Load
                    && let Some(items) = constants(elts)
                {
                    e.kind = kind(Constant::Tuple(items));
                }
            }
            ExprKind::Slice { lower, upper, step } => {
                self.maybe(lower);
                self.maybe(upper);
                self.maybe(step);
            }
        }
    }
}

/// The operator that is true when `op` is false, if the language says that there is one.
fn opposite(op: CmpOp) -> Option<CmpOp> {
    match op {
        CmpOp::Is => Some(CmpOp::IsNot),
        CmpOp::IsNot => Some(CmpOp::Is),
        CmpOp::In => Some(CmpOp::NotIn),
        CmpOp::NotIn => Some(CmpOp::In),
        _ => None,
    }
}

fn kind(value: Constant) -> ExprKind {
    ExprKind::Constant { value, u_kind: false }
}

fn constant(value: Constant, span: Span) -> Expr {
    Expr { kind: kind(value), span }
}

fn none(span: Span) -> Expr {
    constant(Constant::None, span)
}

fn boolean(value: bool) -> Constant {
    if value { Constant::True } else { Constant::False }
}

/// The constants when all elements are.
fn constants(elts: &[Expr]) -> Option<Vec<Constant>> {
    elts.iter()
        .map(|e| match &e.kind {
            ExprKind::Constant { value, .. } => Some(value.clone()),
            _ => None,
        })
        .collect()
}

/// What is only iterated over or searched need not be a new list or set.
fn fold_iterable(e: &mut Expr) {
    match &mut e.kind {
        ExprKind::List { elts, ctx } => {
            if elts.iter().any(|e| matches!(e.kind, ExprKind::Starred { .. })) {
                return;
            }
            e.kind = match constants(elts) {
                Some(items) => kind(Constant::Tuple(items)),
                None => ExprKind::Tuple { elts: std::mem::take(elts), ctx: *ctx },
            };
        }
        ExprKind::Set { elts } => {
            if let Some(items) = constants(elts) {
                e.kind = kind(Constant::FrozenSet(items));
            }
        }
        _ => {}
    }
}

/// Appends the base that stands for a generic class's type parameters.
pub(super) fn add_generic_bases(module: &mut Mod) {
    if let ModKind::Module { body, .. } | ModKind::Interactive { body } = &mut module.kind {
        generic_bases(body);
    }
}

fn generic_bases(body: &mut [Stmt]) {
    for s in body {
        let span = s.span;
        match &mut s.kind {
            StmtKind::FunctionDef(f) | StmtKind::AsyncFunctionDef(f) => generic_bases(&mut f.body),
            StmtKind::ClassDef(c) => {
                let present = c.bases.last().is_some_and(|b| b.is_name(".generic_base"));
                if !c.type_params.is_empty() && !present {
                    let id = Name::new(".generic_base");
                    c.bases.push(Expr { kind: ExprKind::Name { id, ctx: ExprContext::Load }, span });
                }
                generic_bases(&mut c.body);
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                generic_bases(&mut f.body);
                generic_bases(&mut f.orelse);
            }
            StmtKind::While { body, orelse, .. } | StmtKind::If { body, orelse, .. } => {
                generic_bases(body);
                generic_bases(orelse);
            }
            StmtKind::With(w) | StmtKind::AsyncWith(w) => generic_bases(&mut w.body),
            StmtKind::Match { cases, .. } => {
                for case in cases {
                    generic_bases(&mut case.body);
                }
            }
            StmtKind::Try(t) | StmtKind::TryStar(t) => {
                generic_bases(&mut t.body);
                for h in &mut t.handlers {
                    generic_bases(&mut h.body);
                }
                generic_bases(&mut t.orelse);
                generic_bases(&mut t.finalbody);
            }
            _ => {}
        }
    }
}
