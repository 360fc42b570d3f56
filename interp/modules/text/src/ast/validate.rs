//! What no parser would have made: contexts, empty lists, names that are constants, patterns.
//!
//! Errors are ValueErrors (and two TypeErrors) with CPython's texts. What the types of the tree rule out was
//! found while reading. The depth of the tree is bounded by the reader.

use super::read_stmt::NEGATIVE;
use krait_object::thread::{Raised, Res, Thread};
use krait_syntax::ast::*;

/// Is `[lineno, col_offset, end_lineno, end_col_offset]` a range?
pub fn is_position([line, col, end_line, end_col]: [i32; 4]) -> bool {
    line <= end_line
        && (line >= 0 || line == end_line)
        && (col >= 0 || col == end_col)
        && (line != end_line || col <= end_col)
}

/// ValueError of a position that is no range.
#[cold]
pub fn bad_position(th: &Thread, [line, col, end_line, end_col]: [i32; 4]) -> Raised {
    if line > end_line {
        return th.value_error(format!("AST node line range ({line}, {end_line}) is not valid"));
    }
    if line < 0 && end_line != line || col < 0 && col != end_col {
        return th.value_error(format!(
            "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
        ));
    }
    th.value_error(format!("line {line}, column {col}-{end_col} is not a valid range"))
}

/// Checks a tree. `foreign` has the type names of its constants that cannot be any.
pub fn module(th: &Thread, m: &Mod, foreign: &[String]) -> Res<()> {
    let v = Validator { th, foreign };
    match &m.kind {
        ModKind::Module { body, .. } | ModKind::Interactive { body } => v.stmts(body),
        ModKind::Expression { body } => v.load(body),
        ModKind::FunctionType { argtypes, returns } => {
            v.exprs(argtypes, ExprContext::Load)?;
            v.load(returns)
        }
    }
}

fn context_name(c: ExprContext) -> &'static str {
    match c {
        ExprContext::Load => "Load",
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
    }
}

struct Validator<'a> {
    th: &'a Thread,
    foreign: &'a [String],
}

impl Validator<'_> {
    fn fail<T>(&self, text: impl AsRef<str>) -> Res<T> {
        Err(self.th.value_error(text))
    }

    fn not_empty<T>(&self, items: &[T], what: &str, owner: &str) -> Res<()> {
        if items.is_empty() { self.fail(format!("empty {what} on {owner}")) } else { Ok(()) }
    }

    fn name(&self, n: &str) -> Res<()> {
        if matches!(n, "None" | "True" | "False") {
            return self.fail(format!("identifier field can't represent '{n}' constant"));
        }
        Ok(())
    }

    fn capture(&self, n: &Option<Name>) -> Res<()> {
        match n.as_deref() {
            None => Ok(()),
            Some("_") => self.fail("can't capture name '_' in patterns"),
            Some(n) => self.name(n),
        }
    }

    fn stmts(&self, items: &[Stmt]) -> Res<()> {
        items.iter().try_for_each(|s| self.stmt(s))
    }

    fn body(&self, items: &[Stmt], owner: &str) -> Res<()> {
        self.not_empty(items, "body", owner)?;
        self.stmts(items)
    }

    fn load(&self, e: &Expr) -> Res<()> {
        self.expr(e, ExprContext::Load)
    }

    fn maybe(&self, e: &Option<Box<Expr>>) -> Res<()> {
        e.as_deref().map_or(Ok(()), |e| self.load(e))
    }

    fn exprs(&self, items: &[Expr], ctx: ExprContext) -> Res<()> {
        items.iter().try_for_each(|e| self.expr(e, ctx))
    }

    fn loads<'e>(&self, items: impl IntoIterator<Item = &'e Expr>) -> Res<()> {
        items.into_iter().try_for_each(|e| self.load(e))
    }

    fn keywords(&self, items: &[Keyword]) -> Res<()> {
        items.iter().try_for_each(|k| self.load(&k.value))
    }

    fn arguments(&self, a: &Arguments) -> Res<()> {
        let args = |items: &[Arg]| items.iter().try_for_each(|a| self.maybe(&a.annotation));
        args(&a.posonlyargs)?;
        args(&a.args)?;
        a.vararg.as_deref().map_or(Ok(()), |a| self.maybe(&a.annotation))?;
        args(&a.kwonlyargs)?;
        a.kwarg.as_deref().map_or(Ok(()), |a| self.maybe(&a.annotation))?;
        if a.defaults.len() > a.posonlyargs.len() + a.args.len() {
            return self.fail("more positional defaults than args on arguments");
        }
        if a.kw_defaults.len() != a.kwonlyargs.len() {
            return self.fail("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.loads(&a.defaults)?;
        self.loads(a.kw_defaults.iter().flatten())
    }

    fn type_params(&self, p: &TypeParams) -> Res<()> {
        p.params.iter().try_for_each(|p| match &p.kind {
            TypeParamKind::TypeVar { name, bound, .. } => {
                self.name(name)?;
                self.maybe(bound)
            }
            TypeParamKind::ParamSpec { name } | TypeParamKind::TypeVarTuple { name } => self.name(name),
        })
    }

    fn function(&self, f: &FunctionDef, owner: &str) -> Res<()> {
        self.body(&f.body, owner)?;
        self.type_params(&f.type_params)?;
        self.arguments(&f.args)?;
        self.loads(&f.decorator_list)?;
        self.maybe(&f.returns)
    }

    fn for_loop(&self, f: &For, owner: &str) -> Res<()> {
        self.expr(&f.target, ExprContext::Store)?;
        self.load(&f.iter)?;
        self.body(&f.body, owner)?;
        self.stmts(&f.orelse)
    }

    fn with(&self, w: &With, owner: &str) -> Res<()> {
        self.not_empty(&w.items, "items", owner)?;
        for i in &w.items {
            self.load(&i.context_expr)?;
            if let Some(e) = &i.optional_vars {
                self.expr(e, ExprContext::Store)?;
            }
        }
        self.body(&w.body, owner)
    }

    fn try_(&self, t: &Try, owner: &str) -> Res<()> {
        self.body(&t.body, owner)?;
        if t.handlers.is_empty() {
            if t.finalbody.is_empty() {
                return self.fail(format!("{owner} has neither except handlers nor finalbody"));
            }
            if !t.orelse.is_empty() {
                return self.fail(format!("{owner} has orelse but no except handlers"));
            }
        }
        for h in &t.handlers {
            self.maybe(&h.typ)?;
            self.body(&h.body, "ExceptHandler")?;
        }
        self.stmts(&t.finalbody)?;
        self.stmts(&t.orelse)
    }

    fn stmt(&self, s: &Stmt) -> Res<()> {
        use StmtKind as K;
        match &s.kind {
            K::FunctionDef(f) => self.function(f, "FunctionDef"),
            K::AsyncFunctionDef(f) => self.function(f, "AsyncFunctionDef"),
            K::ClassDef(c) => {
                self.body(&c.body, "ClassDef")?;
                self.type_params(&c.type_params)?;
                self.loads(&c.bases)?;
                self.keywords(&c.keywords)?;
                self.loads(&c.decorator_list)
            }
            K::Return { value } => self.maybe(value),
            K::Delete { targets } => {
                self.not_empty(targets, "targets", "Delete")?;
                self.exprs(targets, ExprContext::Del)
            }
            K::Assign { targets, value, .. } => {
                self.not_empty(targets, "targets", "Assign")?;
                self.exprs(targets, ExprContext::Store)?;
                self.load(value)
            }
            K::TypeAlias(t) => {
                if !matches!(t.name.kind, ExprKind::Name { .. }) {
                    return Err(self.th.type_error("TypeAlias with non-Name name"));
                }
                self.expr(&t.name, ExprContext::Store)?;
                self.type_params(&t.type_params)?;
                self.load(&t.value)
            }
            K::AugAssign { target, value, .. } => {
                self.expr(target, ExprContext::Store)?;
                self.load(value)
            }
            K::AnnAssign { target, annotation, value, simple } => {
                if *simple && !matches!(target.kind, ExprKind::Name { .. }) {
                    return Err(self.th.type_error("AnnAssign with simple non-Name target"));
                }
                self.expr(target, ExprContext::Store)?;
                self.maybe(value)?;
                self.load(annotation)
            }
            K::For(f) => self.for_loop(f, "For"),
            K::AsyncFor(f) => self.for_loop(f, "AsyncFor"),
            K::While { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "While")?;
                self.stmts(orelse)
            }
            K::If { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "If")?;
                self.stmts(orelse)
            }
            K::With(w) => self.with(w, "With"),
            K::AsyncWith(w) => self.with(w, "AsyncWith"),
            K::Match { subject, cases } => {
                self.load(subject)?;
                self.not_empty(cases, "cases", "Match")?;
                cases.iter().try_for_each(|c| {
                    self.pattern(&c.pattern, false)?;
                    self.maybe(&c.guard)?;
                    self.body(&c.body, "match_case")
                })
            }
            K::Raise { exc, cause } => match (exc, cause) {
                (Some(e), cause) => {
                    self.load(e)?;
                    self.maybe(cause)
                }
                (None, Some(_)) => self.fail("Raise with cause but no exception"),
                (None, None) => Ok(()),
            },
            K::Try(t) => self.try_(t, "Try"),
            K::TryStar(t) => self.try_(t, "TryStar"),
            K::Assert { test, msg } => {
                self.load(test)?;
                self.maybe(msg)
            }
            K::Import { names } => self.not_empty(names, "names", "Import"),
            K::ImportFrom { level: NEGATIVE, .. } => self.fail("Negative ImportFrom level"),
            K::ImportFrom { names, .. } => self.not_empty(names, "names", "ImportFrom"),
            K::Global { names } => self.not_empty(names, "names", "Global"),
            K::Nonlocal { names } => self.not_empty(names, "names", "Nonlocal"),
            K::Expr { value } => self.load(value),
            K::Pass | K::Break | K::Continue => Ok(()),
        }
    }

    fn comprehension(&self, items: &[Comprehension]) -> Res<()> {
        if items.is_empty() {
            return self.fail("comprehension with no generators");
        }
        items.iter().try_for_each(|c| {
            self.expr(&c.target, ExprContext::Store)?;
            self.load(&c.iter)?;
            self.loads(&c.ifs)
        })
    }

    /// Checks that the node has the context, if it is one that can have several.
    fn context(&self, e: &Expr, wanted: ExprContext) -> Res<()> {
        use ExprKind as K;
        let actual = match &e.kind {
            K::Attribute { ctx, .. }
            | K::Subscript { ctx, .. }
            | K::Starred { ctx, .. }
            | K::List { ctx, .. }
            | K::Tuple { ctx, .. } => *ctx,
            K::Name { id, ctx } => {
                self.name(id)?;
                *ctx
            }
            _ if wanted != ExprContext::Load => {
                let name = context_name(wanted);
                return self.fail(format!("expression which can't be assigned to in {name} context"));
            }
            _ => return Ok(()),
        };
        if actual == wanted {
            return Ok(());
        }
        let (wanted, actual) = (context_name(wanted), context_name(actual));
        self.fail(format!("expression must have {wanted} context but has {actual} instead"))
    }

    fn expr(&self, e: &Expr, ctx: ExprContext) -> Res<()> {
        self.context(e, ctx)?;
        use ExprKind as K;
        match &e.kind {
            K::BoolOp { values, .. } => {
                if values.len() < 2 {
                    return self.fail("BoolOp with less than 2 values");
                }
                self.loads(values)
            }
            K::BinOp { left, right, .. } => {
                self.load(left)?;
                self.load(right)
            }
            K::UnaryOp { operand, .. } => self.load(operand),
            K::Lambda { args, body, .. } => {
                self.arguments(args)?;
                self.load(body)
            }
            K::IfExp { test, body, orelse } => {
                self.load(test)?;
                self.load(body)?;
                self.load(orelse)
            }
            K::Dict { keys, values } => {
                if keys.len() != values.len() {
                    return self.fail("Dict doesn't have the same number of keys as values");
                }
                self.loads(keys.iter().flatten())?;
                self.loads(values)
            }
            K::Set { elts } => self.loads(elts),
            K::ListComp { elt, generators, .. }
            | K::SetComp { elt, generators, .. }
            | K::GeneratorExp { elt, generators, .. } => {
                self.comprehension(generators)?;
                self.load(elt)
            }
            K::DictComp { key, value, generators, .. } => {
                self.comprehension(generators)?;
                self.load(key)?;
                self.load(value)
            }
            K::Yield { value } => self.maybe(value),
            K::YieldFrom { value } | K::Await { value } => self.load(value),
            K::Compare { left, ops, comparators } => {
                if comparators.is_empty() {
                    return self.fail("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return self.fail("Compare has a different number of comparators and operands");
                }
                self.loads(comparators)?;
                self.load(left)
            }
            K::Call { func, args, keywords } => {
                self.load(func)?;
                self.loads(args)?;
                self.keywords(keywords)
            }
            K::JoinedStr { values } => self.loads(values),
            K::FormattedValue { value, format_spec, .. } => {
                self.load(value)?;
                self.maybe(format_spec)
            }
            K::Attribute { value, .. } => self.load(value),
            K::Subscript { value, slice, .. } => {
                self.load(slice)?;
                self.load(value)
            }
            K::Starred { value, .. } => self.expr(value, ctx),
            K::Slice { lower, upper, step } => {
                self.maybe(lower)?;
                self.maybe(upper)?;
                self.maybe(step)
            }
            K::List { elts, .. } | K::Tuple { elts, .. } => self.exprs(elts, ctx),
            K::NamedExpr { value, .. } => self.load(value),
            K::Constant { value, .. } => self.constant(value),
            K::Name { .. } => Ok(()),
        }
    }

    fn constant(&self, c: &Constant) -> Res<()> {
        match c {
            Constant::Foreign(i) => {
                let name = self.foreign.get(*i as usize).map_or("", String::as_str);
                Err(self.th.type_error(format!("got an invalid type in Constant: {name}")))
            }
            Constant::Tuple(items) | Constant::FrozenSet(items) => {
                items.iter().try_for_each(|c| self.constant(c))
            }
            _ => Ok(()),
        }
    }

    fn patterns(&self, items: &[Pattern], star_ok: bool) -> Res<()> {
        items.iter().try_for_each(|p| self.pattern(p, star_ok))
    }

    fn pattern_value(&self, e: &Expr) -> Res<()> {
        self.load(e)?;
        let good = match &e.kind {
            ExprKind::Constant { value, .. } => {
                let good = matches!(
                    value,
                    Constant::Int(_)
                        | Constant::Float(_)
                        | Constant::Complex(..)
                        | Constant::Str(_)
                        | Constant::Bytes(_)
                );
                if !good {
                    return self.fail("unexpected constant inside of a literal pattern");
                }
                true
            }
            ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } => true,
            ExprKind::UnaryOp { .. } => is_negative(e, true),
            ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right } => {
                let real = match left.kind {
                    ExprKind::Constant { .. } => is_number(left, true, false),
                    _ => is_negative(left, false),
                };
                real && is_number(right, false, true)
            }
            _ => false,
        };
        if good { Ok(()) } else { self.fail("patterns may only match literals and attribute lookups") }
    }

    fn pattern(&self, p: &Pattern, star_ok: bool) -> Res<()> {
        use PatternKind as K;
        match &p.kind {
            K::MatchValue { value } => self.pattern_value(value),
            K::MatchSingleton { value: Constant::None | Constant::True | Constant::False } => Ok(()),
            K::MatchSingleton { .. } => self.fail("MatchSingleton can only contain True, False and None"),
            K::MatchSequence { patterns } => self.patterns(patterns, true),
            K::MatchMapping { keys, patterns, rest } => {
                if keys.len() != patterns.len() {
                    return self.fail("MatchMapping doesn't have the same number of keys as patterns");
                }
                self.capture(rest)?;
                for k in keys {
                    let singleton = matches!(
                        k.kind,
                        ExprKind::Constant { value: Constant::None | Constant::True | Constant::False, .. }
                    );
                    if !singleton {
                        self.pattern_value(k)?;
                    }
                }
                self.patterns(patterns, false)
            }
            K::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                if kwd_attrs.len() != kwd_patterns.len() {
                    let text = "MatchClass doesn't have the same number of keyword attributes as patterns";
                    return self.fail(text);
                }
                self.load(cls)?;
                let mut at = cls;
                while let ExprKind::Attribute { value, .. } = &at.kind {
                    at = value;
                }
                if !matches!(at.kind, ExprKind::Name { .. }) {
                    return self.fail("MatchClass cls field can only contain Name or Attribute nodes.");
                }
                kwd_attrs.iter().try_for_each(|n| self.name(n))?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            K::MatchStar { .. } if !star_ok => self.fail("can't use MatchStar here"),
            K::MatchStar { name } => self.capture(name),
            K::MatchAs { pattern, name } => {
                self.capture(name)?;
                match (pattern, name) {
                    (None, _) => Ok(()),
                    (Some(_), None) => self.fail("MatchAs must specify a target name if a pattern is given"),
                    (Some(p), Some(_)) => self.pattern(p, false),
                }
            }
            K::MatchOr { patterns } => {
                if patterns.len() < 2 {
                    return self.fail("MatchOr requires at least 2 patterns");
                }
                self.patterns(patterns, false)
            }
        }
    }
}

/// A real or imaginary literal.
fn is_number(e: &Expr, real: bool, imaginary: bool) -> bool {
    match &e.kind {
        ExprKind::Constant { value: Constant::Int(_) | Constant::Float(_), .. } => real,
        ExprKind::Constant { value: Constant::Complex(..), .. } => imaginary,
        _ => false,
    }
}

/// A literal with a minus sign.
fn is_negative(e: &Expr, imaginary: bool) -> bool {
    match &e.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => is_number(operand, true, imaginary),
        _ => false,
    }
}
