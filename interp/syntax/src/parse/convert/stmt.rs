//! Statements.

use super::expr::operator;
use super::{Converter, Fail, Result};
use crate::ast::{
    Alias, ClassDef, ExceptHandler, Expr, For, FunctionDef, MatchCase, Span, Stmt, StmtKind, Try, TypeAlias,
    TypeParam, TypeParamKind, TypeParams, With, WithItem,
};
use ruff_python_ast as r;
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Where the colon of a header is: between its last part and its block.
fn header_end(last: TextSize, body: &[r::Stmt]) -> TextRange {
    TextRange::new(last, body.first().map_or(last, |s| s.range().start().max(last)))
}

impl Converter<'_> {
    /// A block of statements, one level deeper.
    pub(super) fn body(&mut self, body: &[r::Stmt]) -> Result<Vec<Stmt>> {
        self.nested(|c| body.iter().map(|s| c.stmt(s)).collect())
    }

    fn stmt(&mut self, stmt: &r::Stmt) -> Result<Stmt> {
        let kind = match stmt {
            r::Stmt::Expr(s) => StmtKind::Expr { value: self.boxed(&s.value)? },
            r::Stmt::Assign(s) => StmtKind::Assign {
                targets: self.exprs(&s.targets)?,
                value: self.boxed(&s.value)?,
                type_comment: self.type_comment(|t| t.after(s.range.end())),
            },
            r::Stmt::AugAssign(s) => StmtKind::AugAssign {
                target: self.boxed(&s.target)?,
                op: operator(s.op),
                value: self.boxed(&s.value)?,
            },
            r::Stmt::AnnAssign(s) => StmtKind::AnnAssign {
                target: self.boxed(&s.target)?,
                annotation: self.boxed(&s.annotation)?,
                value: self.optional(&s.value)?,
                simple: s.simple,
            },
            r::Stmt::Return(s) => StmtKind::Return { value: self.optional(&s.value)? },
            r::Stmt::If(s) => return self.if_stmt(s),
            r::Stmt::FunctionDef(s) => return self.function(s),
            r::Stmt::ClassDef(s) => return self.class(s),
            r::Stmt::For(s) => {
                let body = For {
                    target: self.expr(&s.target)?,
                    iter: self.expr(&s.iter)?,
                    body: self.body(&s.body)?,
                    orelse: self.body(&s.orelse)?,
                    type_comment: self
                        .type_comment(|t| t.of_header(header_end(s.iter.range().end(), &s.body))),
                };
                if s.is_async { StmtKind::AsyncFor(Box::new(body)) } else { StmtKind::For(Box::new(body)) }
            }
            r::Stmt::While(s) => StmtKind::While {
                test: self.boxed(&s.test)?,
                body: self.body(&s.body)?,
                orelse: self.body(&s.orelse)?,
            },
            r::Stmt::With(s) => {
                let mut items = Vec::with_capacity(s.items.len());
                for item in &s.items {
                    items.push(WithItem {
                        context_expr: self.expr(&item.context_expr)?,
                        optional_vars: self.optional(&item.optional_vars)?,
                    });
                }
                let last = s.items.last().map_or(s.range.start(), |i| i.range().end());
                let type_comment = self.type_comment(|t| t.of_header(header_end(last, &s.body)));
                let with = Box::new(With { items, body: self.body(&s.body)?, type_comment });
                if s.is_async { StmtKind::AsyncWith(with) } else { StmtKind::With(with) }
            }
            r::Stmt::Try(s) => {
                let mut handlers = Vec::with_capacity(s.handlers.len());
                let body = self.body(&s.body)?;
                for r::ExceptHandler::ExceptHandler(h) in &s.handlers {
                    let typ = self.optional(&h.type_)?;
                    let name = self.optional_identifier(&h.name)?;
                    let body = self.body(&h.body)?;
                    handlers.push(ExceptHandler { typ, name, body, span: self.block_span(h.range) });
                }
                let body = Try {
                    body,
                    handlers,
                    orelse: self.body(&s.orelse)?,
                    finalbody: self.body(&s.finalbody)?,
                };
                if s.is_star { StmtKind::TryStar(Box::new(body)) } else { StmtKind::Try(Box::new(body)) }
            }
            r::Stmt::Match(s) => {
                let subject = self.boxed(&s.subject)?;
                let mut cases = Vec::with_capacity(s.cases.len());
                for case in &s.cases {
                    cases.push(MatchCase {
                        pattern: self.pattern(&case.pattern)?,
                        guard: self.optional(&case.guard)?,
                        body: self.body(&case.body)?,
                    });
                }
                StmtKind::Match { subject, cases }
            }
            r::Stmt::Raise(s) => {
                StmtKind::Raise { exc: self.optional(&s.exc)?, cause: self.optional(&s.cause)? }
            }
            r::Stmt::Assert(s) => {
                StmtKind::Assert { test: self.boxed(&s.test)?, msg: self.optional(&s.msg)? }
            }
            r::Stmt::Delete(s) => StmtKind::Delete { targets: self.exprs(&s.targets)? },
            r::Stmt::Import(s) => {
                if s.is_lazy {
                    return Err(Fail::Reject(s.range));
                }
                StmtKind::Import { names: self.aliases(&s.names)? }
            }
            r::Stmt::ImportFrom(s) => {
                if s.is_lazy {
                    return Err(Fail::Reject(s.range));
                }
                StmtKind::ImportFrom {
                    module: self.optional_identifier(&s.module)?,
                    names: self.aliases(&s.names)?,
                    level: s.level,
                }
            }
            r::Stmt::Global(s) => {
                StmtKind::Global { names: s.names.iter().map(|n| self.identifier(n)).collect::<Result<_>>()? }
            }
            r::Stmt::Nonlocal(s) => StmtKind::Nonlocal {
                names: s.names.iter().map(|n| self.identifier(n)).collect::<Result<_>>()?,
            },
            r::Stmt::TypeAlias(s) => {
                let id = self.ids.fresh();
                StmtKind::TypeAlias(Box::new(TypeAlias {
                    id,
                    name: self.expr(&s.name)?,
                    type_params: self.type_params(&s.type_params)?,
                    value: self.expr(&s.value)?,
                }))
            }
            r::Stmt::Pass(_) => StmtKind::Pass,
            r::Stmt::Break(s) if self.is_bare_raise(s.range) => StmtKind::Raise { exc: None, cause: None },
            r::Stmt::Break(_) => StmtKind::Break,
            r::Stmt::Continue(_) => StmtKind::Continue,
            r::Stmt::IpyEscapeCommand(s) => return Err(Fail::Reject(s.range)),
        };
        let span = match kind {
            StmtKind::For(_)
            | StmtKind::AsyncFor(_)
            | StmtKind::While { .. }
            | StmtKind::With(_)
            | StmtKind::AsyncWith(_)
            | StmtKind::Try(_)
            | StmtKind::TryStar(_)
            | StmtKind::Match { .. } => self.block_span(stmt.range()),
            _ => self.span(stmt.range()),
        };
        Ok(Stmt { kind, span })
    }

    /// The range of a compound statement: a semicolon after its last simple statement belongs to it.
    fn block_span(&self, range: TextRange) -> Span {
        self.span(TextRange::new(range.start(), self.block_end(range.end())))
    }

    fn block_end(&self, end: TextSize) -> TextSize {
        let bytes = self.source.as_bytes();
        let mut at = end.to_usize();
        loop {
            match bytes.get(at) {
                Some(b' ' | b'\t' | b'\x0c') => at += 1,
                Some(b'\\') if bytes.get(at + 1) == Some(&b'\n') => at += 2,
                Some(b';') => return TextSize::new(at as u32 + 1),
                _ => return end,
            }
        }
    }

    /// Whether a `break` stands for the `raise` that the source has there.
    fn is_bare_raise(&self, range: TextRange) -> bool {
        self.text(range) == "raise"
    }

    fn aliases(&mut self, aliases: &[r::Alias]) -> Result<Vec<Alias>> {
        aliases
            .iter()
            .map(|a| {
                Ok(Alias {
                    name: self.identifier(&a.name)?,
                    asname: self.optional_identifier(&a.asname)?,
                    span: self.span(a.range),
                })
            })
            .collect()
    }

    /// `elif` is an `if` in the `else` of the one before, and all of them end where the last one does.
    fn if_stmt(&mut self, s: &r::StmtIf) -> Result<Stmt> {
        let end = self.block_end(s.range.end());
        // Each `elif` nests, so that a chain of them counts against the depth.
        let clauses = s.elif_else_clauses.len() as u32;
        if self.depth + clauses > super::MAX_DEPTH {
            return Err(Fail::TooDeep);
        }
        let test = self.boxed(&s.test)?;
        let body = self.body(&s.body)?;
        let mut converted = Vec::with_capacity(s.elif_else_clauses.len());
        for clause in &s.elif_else_clauses {
            let test = clause.test.as_ref().map(|t| self.boxed(t)).transpose()?;
            converted.push((clause.range.start(), test, self.body(&clause.body)?));
        }
        let mut orelse = Vec::new();
        for (start, test, body) in converted.into_iter().rev() {
            orelse = match test {
                None => body,
                Some(test) => {
                    let span = self.span(TextRange::new(start, end));
                    vec![Stmt { kind: StmtKind::If { test, body, orelse }, span }]
                }
            };
        }
        let span = self.span(TextRange::new(s.range.start(), end));
        Ok(Stmt { kind: StmtKind::If { test, body, orelse }, span })
    }

    fn decorators(&mut self, list: &[r::Decorator]) -> Result<Vec<Expr>> {
        list.iter().map(|d| self.expr(&d.expression)).collect()
    }

    /// The range of a definition, which starts after its decorators.
    fn definition_span(&self, range: TextRange, decorators: &[r::Decorator]) -> Span {
        let mut start = range.start();
        if let Some(last) = decorators.last() {
            let bytes = self.source.as_bytes();
            let mut at = last.range().end().to_usize();
            while let Some(&b) = bytes.get(at) {
                match b {
                    b'#' => at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at),
                    b if b.is_ascii_alphabetic() => break,
                    _ => at += 1,
                }
            }
            start = TextSize::new(at as u32);
        }
        self.span(TextRange::new(start, self.block_end(range.end())))
    }

    fn function(&mut self, s: &r::StmtFunctionDef) -> Result<Stmt> {
        let id = self.ids.fresh();
        let decorator_list = self.decorators(&s.decorator_list)?;
        let last = s.returns.as_ref().map_or(s.parameters.range.end(), |e| e.range().end());
        let header = header_end(last, &s.body);
        let type_comment = self.type_comment(|t| {
            // Of two the second one is left over, which is an error.
            t.of_header(header).or_else(|| t.below_header(header))
        });
        let def = Box::new(FunctionDef {
            id,
            name: self.identifier(&s.name)?,
            type_params: self.type_params(&s.type_params)?,
            args: Box::new(self.parameters(&s.parameters)?),
            returns: self.optional(&s.returns)?,
            body: self.body(&s.body)?,
            decorator_list,
            type_comment,
        });
        let span = self.definition_span(s.range, &s.decorator_list);
        let kind = if s.is_async { StmtKind::AsyncFunctionDef(def) } else { StmtKind::FunctionDef(def) };
        Ok(Stmt { kind, span })
    }

    fn class(&mut self, s: &r::StmtClassDef) -> Result<Stmt> {
        let id = self.ids.fresh();
        let decorator_list = self.decorators(&s.decorator_list)?;
        let name = self.identifier(&s.name)?;
        let type_params = self.type_params(&s.type_params)?;
        let (bases, keywords) = match &s.arguments {
            Some(arguments) => (self.exprs(&arguments.args)?, self.keywords(&arguments.keywords)?),
            None => (Vec::new(), Vec::new()),
        };
        let body = self.body(&s.body)?;
        let span = self.definition_span(s.range, &s.decorator_list);
        let def = ClassDef { id, name, bases, keywords, body, decorator_list, type_params };
        Ok(Stmt { kind: StmtKind::ClassDef(Box::new(def)), span })
    }

    fn type_params(&mut self, params: &Option<Box<r::TypeParams>>) -> Result<TypeParams> {
        let Some(params) = params else { return Ok(TypeParams::none()) };
        let id = self.ids.fresh();
        let params = params
            .type_params
            .iter()
            .map(|param| {
                let kind = match param {
                    r::TypeParam::TypeVar(p) if p.default.is_none() => TypeParamKind::TypeVar {
                        id: self.ids.fresh(),
                        name: self.identifier(&p.name)?,
                        bound: self.optional(&p.bound)?,
                    },
                    r::TypeParam::ParamSpec(p) if p.default.is_none() => {
                        TypeParamKind::ParamSpec { name: self.identifier(&p.name)? }
                    }
                    r::TypeParam::TypeVarTuple(p) if p.default.is_none() => {
                        TypeParamKind::TypeVarTuple { name: self.identifier(&p.name)? }
                    }
                    // Defaults came with Python 3.13.
                    _ => return Err(Fail::Reject(param.range())),
                };
                Ok(TypeParam { kind, span: self.span(param.range()) })
            })
            .collect::<Result<_>>()?;
        Ok(TypeParams { id, params })
    }
}
