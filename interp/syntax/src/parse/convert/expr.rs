//! Expressions, parameters and comprehensions.

use super::super::literal;
use super::{Converter, Fail, Found, Result};
use crate::ast::{
    Arg, Arguments, BoolOp, CmpOp, Comprehension, Constant, Expr, ExprContext, ExprKind, Keyword, Operator,
    Span, UnaryOp,
};
use crate::error::WarningKind;
use ruff_python_ast as r;
use ruff_text_size::{Ranged, TextRange, TextSize};

pub(super) fn operator(op: r::Operator) -> Operator {
    match op {
        r::Operator::Add => Operator::Add,
        r::Operator::Sub => Operator::Sub,
        r::Operator::Mult => Operator::Mult,
        r::Operator::MatMult => Operator::MatMult,
        r::Operator::Div => Operator::Div,
        r::Operator::Mod => Operator::Mod,
        r::Operator::Pow => Operator::Pow,
        r::Operator::LShift => Operator::LShift,
        r::Operator::RShift => Operator::RShift,
        r::Operator::BitOr => Operator::BitOr,
        r::Operator::BitXor => Operator::BitXor,
        r::Operator::BitAnd => Operator::BitAnd,
        r::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn cmp_op(op: r::CmpOp) -> CmpOp {
    match op {
        r::CmpOp::Eq => CmpOp::Eq,
        r::CmpOp::NotEq => CmpOp::NotEq,
        r::CmpOp::Lt => CmpOp::Lt,
        r::CmpOp::LtE => CmpOp::LtE,
        r::CmpOp::Gt => CmpOp::Gt,
        r::CmpOp::GtE => CmpOp::GtE,
        r::CmpOp::Is => CmpOp::Is,
        r::CmpOp::IsNot => CmpOp::IsNot,
        r::CmpOp::In => CmpOp::In,
        r::CmpOp::NotIn => CmpOp::NotIn,
    }
}

fn context(ctx: r::ExprContext, range: TextRange) -> Result<ExprContext> {
    match ctx {
        r::ExprContext::Load => Ok(ExprContext::Load),
        r::ExprContext::Store => Ok(ExprContext::Store),
        r::ExprContext::Del => Ok(ExprContext::Del),
        r::ExprContext::Invalid => Err(Fail::Reject(range)),
    }
}

impl Converter<'_> {
    /// An expression, one level deeper.
    pub(super) fn expr(&mut self, expr: &r::Expr) -> Result<Expr> {
        let kind = match expr {
            // Leaves need no level and come first: most expressions are these.
            r::Expr::Name(e) => {
                self.check_identifier(&e.id, e.range)?;
                ExprKind::Name { id: self.name(&e.id), ctx: context(e.ctx, e.range)? }
            }
            r::Expr::StringLiteral(e) => return self.string(e),
            r::Expr::BytesLiteral(e) => return self.bytes(e),
            r::Expr::NumberLiteral(e) => {
                let value = literal::number(self.text(e.range), self.max_int_digits)
                    .map_err(|_| Fail::Literal(e.range))?;
                self.warn_number(e.range);
                ExprKind::Constant { value, u_kind: false }
            }
            r::Expr::BooleanLiteral(e) => {
                let value = if e.value { Constant::True } else { Constant::False };
                ExprKind::Constant { value, u_kind: false }
            }
            r::Expr::NoneLiteral(_) => ExprKind::Constant { value: Constant::None, u_kind: false },
            r::Expr::EllipsisLiteral(_) => ExprKind::Constant { value: Constant::Ellipsis, u_kind: false },
            _ => return self.nested(|c| c.compound(expr)),
        };
        Ok(Expr { kind, span: self.span(expr.range()) })
    }

    fn compound(&mut self, expr: &r::Expr) -> Result<Expr> {
        let kind = match expr {
            r::Expr::Attribute(e) => ExprKind::Attribute {
                value: self.boxed(&e.value)?,
                attr: self.identifier(&e.attr)?,
                ctx: context(e.ctx, e.range)?,
            },
            r::Expr::Call(e) => {
                let func = self.boxed(&e.func)?;
                let mut args = self.exprs(&e.arguments.args)?;
                if let [r::Expr::Generator(bare)] = &*e.arguments.args
                    && !bare.parenthesized
                {
                    // The parentheses of the call are the generator's own.
                    args[0].span = self.span(e.arguments.range);
                }
                let keywords = self.keywords(&e.arguments.keywords)?;
                ExprKind::Call { func, args, keywords }
            }
            r::Expr::Subscript(e) => ExprKind::Subscript {
                value: self.boxed(&e.value)?,
                slice: self.boxed(&e.slice)?,
                ctx: context(e.ctx, e.range)?,
            },
            r::Expr::BinOp(e) => ExprKind::BinOp {
                left: self.boxed(&e.left)?,
                op: operator(e.op),
                right: self.boxed(&e.right)?,
            },
            r::Expr::Compare(e) => ExprKind::Compare {
                left: self.boxed(&e.left)?,
                ops: e.ops.iter().map(|&op| cmp_op(op)).collect(),
                comparators: self.exprs(&e.comparators)?,
            },
            r::Expr::BoolOp(e) => ExprKind::BoolOp {
                op: match e.op {
                    r::BoolOp::And => BoolOp::And,
                    r::BoolOp::Or => BoolOp::Or,
                },
                values: self.exprs(&e.values)?,
            },
            r::Expr::UnaryOp(e) => ExprKind::UnaryOp {
                op: match e.op {
                    r::UnaryOp::Invert => UnaryOp::Invert,
                    r::UnaryOp::Not => UnaryOp::Not,
                    r::UnaryOp::UAdd => UnaryOp::UAdd,
                    r::UnaryOp::USub => UnaryOp::USub,
                },
                operand: self.boxed(&e.operand)?,
            },
            r::Expr::Named(e) => {
                ExprKind::NamedExpr { target: self.boxed(&e.target)?, value: self.boxed(&e.value)? }
            }
            r::Expr::Lambda(e) => {
                let id = self.ids.fresh();
                let args = match &e.parameters {
                    Some(parameters) => self.parameters(parameters)?,
                    None => Arguments::default(),
                };
                ExprKind::Lambda { id, args: Box::new(args), body: self.boxed(&e.body)? }
            }
            r::Expr::If(e) => ExprKind::IfExp {
                test: self.boxed(&e.test)?,
                body: self.boxed(&e.body)?,
                orelse: self.boxed(&e.orelse)?,
            },
            r::Expr::Dict(e) => {
                let mut keys = Vec::with_capacity(e.items.len());
                let mut values = Vec::with_capacity(e.items.len());
                for item in &e.items {
                    keys.push(item.key.as_ref().map(|key| self.expr(key)).transpose()?);
                    values.push(self.expr(&item.value)?);
                }
                ExprKind::Dict { keys, values }
            }
            r::Expr::Set(e) => ExprKind::Set { elts: self.exprs(&e.elts)? },
            r::Expr::ListComp(e) => {
                let id = self.ids.fresh();
                let elt = self.element(&e.elt)?;
                ExprKind::ListComp { id, elt, generators: self.generators(&e.generators)? }
            }
            r::Expr::SetComp(e) => {
                let id = self.ids.fresh();
                let elt = self.element(&e.elt)?;
                ExprKind::SetComp { id, elt, generators: self.generators(&e.generators)? }
            }
            r::Expr::Generator(e) => {
                let id = self.ids.fresh();
                let elt = self.element(&e.elt)?;
                ExprKind::GeneratorExp { id, elt, generators: self.generators(&e.generators)? }
            }
            r::Expr::DictComp(e) => {
                let id = self.ids.fresh();
                let key = e.key.as_ref().ok_or(Fail::Reject(e.range))?;
                let key = self.boxed(key)?;
                let value = self.boxed(&e.value)?;
                ExprKind::DictComp { id, key, value, generators: self.generators(&e.generators)? }
            }
            r::Expr::Await(e) => ExprKind::Await { value: self.boxed(&e.value)? },
            r::Expr::Yield(e) => {
                if e.value.is_none() {
                    self.check_bare_yield(e.range)?;
                }
                ExprKind::Yield { value: e.value.as_ref().map(|v| self.boxed(v)).transpose()? }
            }
            r::Expr::YieldFrom(e) => ExprKind::YieldFrom { value: self.boxed(&e.value)? },
            r::Expr::FString(e) => return self.fstring(e),
            r::Expr::Starred(e) => {
                ExprKind::Starred { value: self.boxed(&e.value)?, ctx: context(e.ctx, e.range)? }
            }
            r::Expr::List(e) => ExprKind::List { elts: self.exprs(&e.elts)?, ctx: context(e.ctx, e.range)? },
            r::Expr::Tuple(e) => {
                ExprKind::Tuple { elts: self.exprs(&e.elts)?, ctx: context(e.ctx, e.range)? }
            }
            r::Expr::Slice(e) => ExprKind::Slice {
                lower: self.optional(&e.lower)?,
                upper: self.optional(&e.upper)?,
                step: self.optional(&e.step)?,
            },
            _ => return Err(Fail::Reject(expr.range())),
        };
        Ok(Expr { kind, span: self.span(expr.range()) })
    }

    /// The parser crate lets `yield` without a value be an operand.
    fn check_bare_yield(&self, range: TextRange) -> Result<()> {
        let rest = self.source[range.end().to_usize()..].trim_start_matches([' ', '\t', '\x0c']);
        let debug = rest.starts_with('=') && !rest.starts_with("==");
        let fits = rest.is_empty() || debug || rest.starts_with([')', '\n', ';', '#', '}', ':', '!', '\\']);
        if fits { Ok(()) } else { Err(Fail::Reject(range)) }
    }

    pub(super) fn boxed(&mut self, expr: &r::Expr) -> Result<Box<Expr>> {
        self.expr(expr).map(Box::new)
    }

    pub(super) fn optional(&mut self, expr: &Option<Box<r::Expr>>) -> Result<Option<Box<Expr>>> {
        expr.as_ref().map(|e| self.boxed(e)).transpose()
    }

    pub(super) fn exprs(&mut self, exprs: &[r::Expr]) -> Result<Vec<Expr>> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    /// The element of a comprehension: no unpacking in this version of the language.
    fn element(&mut self, expr: &r::Expr) -> Result<Box<Expr>> {
        if expr.is_starred_expr() {
            return Err(Fail::Reject(expr.range()));
        }
        self.boxed(expr)
    }

    fn generators(&mut self, generators: &[r::Comprehension]) -> Result<Vec<Comprehension>> {
        generators
            .iter()
            .map(|g| {
                Ok(Comprehension {
                    target: self.expr(&g.target)?,
                    iter: self.expr(&g.iter)?,
                    ifs: self.exprs(&g.ifs)?,
                    is_async: g.is_async,
                })
            })
            .collect()
    }

    pub(super) fn keywords(&mut self, keywords: &[r::Keyword]) -> Result<Vec<Keyword>> {
        keywords
            .iter()
            .map(|k| {
                Ok(Keyword {
                    arg: self.optional_identifier(&k.arg)?,
                    value: self.expr(&k.value)?,
                    span: self.span(k.range),
                })
            })
            .collect()
    }

    pub(super) fn parameters(&mut self, parameters: &r::Parameters) -> Result<Arguments> {
        let mut out = Arguments::default();
        for p in &parameters.posonlyargs {
            out.posonlyargs.push(self.parameter(&p.parameter, p.range)?);
            if let Some(default) = &p.default {
                out.defaults.push(self.expr(default)?);
            }
        }
        for p in &parameters.args {
            out.args.push(self.parameter(&p.parameter, p.range)?);
            if let Some(default) = &p.default {
                out.defaults.push(self.expr(default)?);
            }
        }
        if let Some(p) = &parameters.vararg {
            out.vararg = Some(Box::new(self.parameter(p, p.range)?));
        }
        for p in &parameters.kwonlyargs {
            out.kwonlyargs.push(self.parameter(&p.parameter, p.range)?);
            let default = p.default.as_ref().map(|d| self.expr(d)).transpose()?;
            out.kw_defaults.push(default);
        }
        if let Some(p) = &parameters.kwarg {
            out.kwarg = Some(Box::new(self.parameter(p, p.range)?));
        }
        Ok(out)
    }

    /// A parameter; `whole` is its range with the default value.
    fn parameter(&mut self, p: &r::Parameter, whole: TextRange) -> Result<Arg> {
        let arg = self.identifier(&p.name)?;
        let annotation = self.optional(&p.annotation)?;
        // The stars of `*args` are not part of the argument.
        let start = self.span(p.name.range);
        let full = self.span(p.range);
        let span = Span { lineno: start.lineno, col_offset: start.col_offset, ..full };
        let type_comment = self.type_comment(|t| t.of_parameter(whole.end()));
        Ok(Arg { arg, annotation, type_comment, span })
    }

    /// A keyword may follow a number immediately, and should not.
    fn warn_number(&mut self, range: TextRange) {
        let bytes = self.source.as_bytes();
        let end = range.end().to_usize();
        if !bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
            return;
        }
        let text = &bytes[range.start().to_usize()..end];
        let name = match (text.get(1).map(u8::to_ascii_lowercase), text.last()) {
            (Some(b'x'), _) => "hexadecimal",
            (Some(b'o'), _) => "octal",
            (Some(b'b'), _) => "binary",
            (_, Some(b'j' | b'J')) => "imaginary",
            _ => "decimal",
        };
        let last = TextRange::new(range.end() - TextSize::new(1), range.end() - TextSize::new(1));
        self.warnings.push(Found {
            kind: WarningKind::Syntax,
            range: last,
            msg: format!("invalid {name} literal"),
        });
    }

    fn string(&mut self, e: &r::ExprStringLiteral) -> Result<Expr> {
        let mut parts = e.value.iter();
        let mut u_kind = false;
        let mut value: Box<[u8]> = Box::default();
        if let Some(first) = parts.next() {
            u_kind = self.text(first.range).starts_with('u');
            value = self.string_part(first.range)?;
        }
        if e.value.is_implicit_concatenated() {
            let mut all = value.into_vec();
            for part in parts {
                all.extend_from_slice(&self.string_part(part.range)?);
            }
            value = all.into();
        }
        let kind = ExprKind::Constant { value: Constant::Str(value), u_kind };
        Ok(Expr { kind, span: self.span(e.range) })
    }

    pub(super) fn string_part(&mut self, range: TextRange) -> Result<Box<[u8]>> {
        let parts = literal::split_string(self.text(range));
        if parts.raw {
            return Ok(parts.body.as_bytes().into());
        }
        match literal::decode_str(parts.body) {
            Ok((value, escape)) => {
                self.warn_escape(range, escape);
                Ok(value)
            }
            Err(_) => Err(Fail::Literal(range)),
        }
    }

    fn bytes(&mut self, e: &r::ExprBytesLiteral) -> Result<Expr> {
        let mut all = Vec::new();
        for part in &e.value {
            let parts = literal::split_string(self.text(part.range));
            if parts.raw {
                all.extend_from_slice(parts.body.as_bytes());
                continue;
            }
            match literal::decode_bytes(parts.body.as_bytes()) {
                Ok((value, escape)) => {
                    self.warn_escape(part.range, escape);
                    all.extend_from_slice(&value);
                }
                Err(_) => return Err(Fail::Literal(part.range)),
            }
        }
        let kind = ExprKind::Constant { value: Constant::Bytes(all.into()), u_kind: false };
        Ok(Expr { kind, span: self.span(e.range) })
    }
}
