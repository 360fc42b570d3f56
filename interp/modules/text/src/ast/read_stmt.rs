//! Objects to trees: statements and patterns.

use super::classes::number;
use super::read::{Node, Reader};
use krait_object::thread::Res;
use krait_object::value::Value;
use krait_syntax::ast::*;

/// A level below zero, until the tree is checked.
pub(super) const NEGATIVE: u32 = u32::MAX;

impl Reader<'_> {
    pub(super) fn stmt(&mut self, v: Value) -> Res<Stmt> {
        if v.is_none() {
            return Err(self.th.value_error("None disallowed in statement list"));
        }
        self.deeper("stmt", |r| r.stmt_here(v))
    }

    fn body(&mut self, n: Node, i: usize) -> Res<Vec<Stmt>> {
        self.many(n, i, Self::stmt)
    }

    fn stmt_here(&mut self, v: Value) -> Res<Stmt> {
        let span = self.span(v, "stmt", false)?;
        let n = self.case(v, number!(stmt))?;
        use StmtKind as K;
        let kind = match n.class_name() {
            "FunctionDef" => K::FunctionDef(self.function(n)?),
            "AsyncFunctionDef" => K::AsyncFunctionDef(self.function(n)?),
            "ClassDef" => K::ClassDef(self.class_def(n)?),
            "Return" => K::Return { value: self.optional(n, 0, Self::boxed)? },
            "Delete" => K::Delete { targets: self.many(n, 0, Self::expr)? },
            "Assign" => {
                let targets = self.many(n, 0, Self::expr)?;
                let value = self.one(n, 1, Self::boxed)?;
                let type_comment = self.optional(n, 2, Self::text)?;
                K::Assign { targets, value: self.required(value, "value", n)?, type_comment }
            }
            "TypeAlias" => {
                let name = self.one(n, 0, Self::expr)?;
                let type_params = self.type_params(n, 1)?;
                let value = self.one(n, 2, Self::expr)?;
                let name = self.required(name, "name", n)?;
                let value = self.required(value, "value", n)?;
                K::TypeAlias(Box::new(TypeAlias { id: self.ids.fresh(), name, type_params, value }))
            }
            "AugAssign" => {
                let target = self.one(n, 0, Self::boxed)?;
                let op = self.any(n, 1, Self::operator)?;
                let value = self.one(n, 2, Self::boxed)?;
                let target = self.required(target, "target", n)?;
                K::AugAssign { target, op, value: self.required(value, "value", n)? }
            }
            "AnnAssign" => {
                let target = self.one(n, 0, Self::boxed)?;
                let annotation = self.one(n, 1, Self::boxed)?;
                let value = self.optional(n, 2, Self::boxed)?;
                let simple = self.any(n, 3, Self::int)? != 0;
                let target = self.required(target, "target", n)?;
                let annotation = self.required(annotation, "annotation", n)?;
                K::AnnAssign { target, annotation, value, simple }
            }
            "For" => K::For(self.for_loop(n)?),
            "AsyncFor" => K::AsyncFor(self.for_loop(n)?),
            "While" => {
                let test = self.one(n, 0, Self::boxed)?;
                let (body, orelse) = (self.body(n, 1)?, self.body(n, 2)?);
                K::While { test: self.required(test, "test", n)?, body, orelse }
            }
            "If" => {
                let test = self.one(n, 0, Self::boxed)?;
                let (body, orelse) = (self.body(n, 1)?, self.body(n, 2)?);
                K::If { test: self.required(test, "test", n)?, body, orelse }
            }
            "With" => K::With(self.with(n)?),
            "AsyncWith" => K::AsyncWith(self.with(n)?),
            "Match" => {
                let subject = self.one(n, 0, Self::boxed)?;
                let cases = self.many(n, 1, Self::match_case)?;
                K::Match { subject: self.required(subject, "subject", n)?, cases }
            }
            "Raise" => {
                K::Raise { exc: self.optional(n, 0, Self::boxed)?, cause: self.optional(n, 1, Self::boxed)? }
            }
            "Try" => K::Try(self.try_(n)?),
            "TryStar" => K::TryStar(self.try_(n)?),
            "Assert" => {
                let test = self.one(n, 0, Self::boxed)?;
                let msg = self.optional(n, 1, Self::boxed)?;
                K::Assert { test: self.required(test, "test", n)?, msg }
            }
            "Import" => K::Import { names: self.many(n, 0, Self::alias)? },
            "ImportFrom" => {
                let module = self.optional(n, 0, Self::identifier)?;
                let names = self.many(n, 1, Self::alias)?;
                let level = self.optional(n, 2, Self::int)?.unwrap_or(0);
                let level = u32::try_from(level).unwrap_or(NEGATIVE);
                K::ImportFrom { module, names, level }
            }
            "Global" => K::Global { names: self.many(n, 0, Self::identifier)? },
            "Nonlocal" => K::Nonlocal { names: self.many(n, 0, Self::identifier)? },
            "Expr" => {
                let value = self.one(n, 0, Self::boxed)?;
                K::Expr { value: self.required(value, "value", n)? }
            }
            "Pass" => K::Pass,
            "Break" => K::Break,
            _ => K::Continue,
        };
        Ok(Stmt { kind, span })
    }

    fn function(&mut self, n: Node) -> Res<Box<FunctionDef>> {
        let name = self.one(n, 0, Self::identifier)?;
        let args = self.one(n, 1, |r, v| r.arguments(v).map(Box::new))?;
        let body = self.body(n, 2)?;
        let decorator_list = self.many(n, 3, Self::expr)?;
        let returns = self.optional(n, 4, Self::boxed)?;
        let type_comment = self.optional(n, 5, Self::text)?;
        let type_params = self.type_params(n, 6)?;
        let name = self.required(name, "name", n)?;
        let args = self.required(args, "args", n)?;
        let id = self.ids.fresh();
        Ok(Box::new(FunctionDef { id, name, args, body, decorator_list, returns, type_comment, type_params }))
    }

    fn class_def(&mut self, n: Node) -> Res<Box<ClassDef>> {
        let name = self.one(n, 0, Self::identifier)?;
        let bases = self.many(n, 1, Self::expr)?;
        let keywords = self.many(n, 2, Self::keyword)?;
        let body = self.body(n, 3)?;
        let decorator_list = self.many(n, 4, Self::expr)?;
        let type_params = self.type_params(n, 5)?;
        let name = self.required(name, "name", n)?;
        let id = self.ids.fresh();
        Ok(Box::new(ClassDef { id, name, bases, keywords, body, decorator_list, type_params }))
    }

    fn type_params(&mut self, n: Node, i: usize) -> Res<TypeParams> {
        let params = self.many(n, i, Self::type_param)?;
        Ok(TypeParams { id: self.ids.fresh(), params })
    }

    fn type_param(&mut self, v: Value) -> Res<TypeParam> {
        let span = self.span(v, "type_param", true)?;
        let n = self.case(v, number!(type_param))?;
        let name = self.one(n, 0, Self::identifier)?;
        let bound = match n.class_name() {
            "TypeVar" => self.optional(n, 1, Self::boxed)?,
            _ => None,
        };
        let name = self.required(name, "name", n)?;
        let kind = match n.class_name() {
            "TypeVar" => TypeParamKind::TypeVar { id: self.ids.fresh(), name, bound },
            "ParamSpec" => TypeParamKind::ParamSpec { name },
            _ => TypeParamKind::TypeVarTuple { name },
        };
        Ok(TypeParam { kind, span })
    }

    fn for_loop(&mut self, n: Node) -> Res<Box<For>> {
        let target = self.one(n, 0, Self::expr)?;
        let iter = self.one(n, 1, Self::expr)?;
        let (body, orelse) = (self.body(n, 2)?, self.body(n, 3)?);
        let type_comment = self.optional(n, 4, Self::text)?;
        let target = self.required(target, "target", n)?;
        let iter = self.required(iter, "iter", n)?;
        Ok(Box::new(For { target, iter, body, orelse, type_comment }))
    }

    fn with(&mut self, n: Node) -> Res<Box<With>> {
        let items = self.many(n, 0, Self::with_item)?;
        let body = self.body(n, 1)?;
        let type_comment = self.optional(n, 2, Self::text)?;
        Ok(Box::new(With { items, body, type_comment }))
    }

    fn with_item(&mut self, v: Value) -> Res<WithItem> {
        let n = Node { v, class: number!(withitem) };
        let context_expr = self.one(n, 0, Self::expr)?;
        let optional_vars = self.optional(n, 1, Self::boxed)?;
        Ok(WithItem { context_expr: self.required(context_expr, "context_expr", n)?, optional_vars })
    }

    fn try_(&mut self, n: Node) -> Res<Box<Try>> {
        let body = self.body(n, 0)?;
        let handlers = self.many(n, 1, Self::handler)?;
        let (orelse, finalbody) = (self.body(n, 2)?, self.body(n, 3)?);
        Ok(Box::new(Try { body, handlers, orelse, finalbody }))
    }

    fn handler(&mut self, v: Value) -> Res<ExceptHandler> {
        let span = self.span(v, "excepthandler", false)?;
        let n = self.case(v, number!(excepthandler))?;
        let typ = self.optional(n, 0, Self::boxed)?;
        let name = self.optional(n, 1, Self::identifier)?;
        Ok(ExceptHandler { typ, name, body: self.body(n, 2)?, span })
    }

    fn alias(&mut self, v: Value) -> Res<Alias> {
        let n = Node { v, class: number!(alias) };
        let name = self.one(n, 0, Self::identifier)?;
        let asname = self.optional(n, 1, Self::identifier)?;
        let span = self.loose_span(v, "alias")?;
        Ok(Alias { name: self.required(name, "name", n)?, asname, span })
    }

    fn match_case(&mut self, v: Value) -> Res<MatchCase> {
        let n = Node { v, class: number!(match_case) };
        let pattern = self.one(n, 0, Self::pattern)?;
        let guard = self.optional(n, 1, Self::boxed)?;
        let body = self.body(n, 2)?;
        Ok(MatchCase { pattern: self.required(pattern, "pattern", n)?, guard, body })
    }

    fn pattern(&mut self, v: Value) -> Res<Pattern> {
        self.deeper("pattern", |r| r.pattern_here(v))
    }

    fn pattern_here(&mut self, v: Value) -> Res<Pattern> {
        let span = self.span(v, "pattern", true)?;
        let n = self.case(v, number!(pattern))?;
        use PatternKind as K;
        let kind = match n.class_name() {
            "MatchValue" => {
                let value = self.one(n, 0, Self::boxed)?;
                K::MatchValue { value: self.required(value, "value", n)? }
            }
            "MatchSingleton" => K::MatchSingleton { value: self.any(n, 0, Self::constant)? },
            "MatchSequence" => K::MatchSequence { patterns: self.many(n, 0, Self::pattern)? },
            "MatchMapping" => K::MatchMapping {
                keys: self.many(n, 0, Self::expr)?,
                patterns: self.many(n, 1, Self::pattern)?,
                rest: self.optional(n, 2, Self::identifier)?,
            },
            "MatchClass" => {
                let cls = self.one(n, 0, Self::boxed)?;
                let patterns = self.many(n, 1, Self::pattern)?;
                let kwd_attrs = self.many(n, 2, Self::identifier)?;
                let kwd_patterns = self.many(n, 3, Self::pattern)?;
                K::MatchClass { cls: self.required(cls, "cls", n)?, patterns, kwd_attrs, kwd_patterns }
            }
            "MatchStar" => K::MatchStar { name: self.optional(n, 0, Self::identifier)? },
            "MatchAs" => K::MatchAs {
                pattern: self.optional(n, 0, |r, v| r.pattern(v).map(Box::new))?,
                name: self.optional(n, 1, Self::identifier)?,
            },
            _ => K::MatchOr { patterns: self.many(n, 0, Self::pattern)? },
        };
        Ok(Pattern { kind, span })
    }
}
