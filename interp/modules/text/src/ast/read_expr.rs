//! Objects to trees: expressions, and what occurs in them.

use super::classes::number;
use super::read::{Node, Reader};
use krait_object::TypeId;
use krait_object::thread::Res;
use krait_object::value::Value;
use krait_syntax::ast::*;

impl Reader<'_> {
    pub(super) fn boxed(&mut self, v: Value) -> Res<Box<Expr>> {
        self.expr(v).map(Box::new)
    }

    /// An item of a list of expressions that may be None.
    pub(super) fn maybe_expr(&mut self, v: Value) -> Res<Option<Expr>> {
        if v.is_none() { Ok(None) } else { self.expr(v).map(Some) }
    }

    pub(super) fn expr(&mut self, v: Value) -> Res<Expr> {
        if v.is_none() {
            return Err(self.th.value_error("None disallowed in expression list"));
        }
        self.deeper("expr", |r| r.expr_here(v))
    }

    fn expr_here(&mut self, v: Value) -> Res<Expr> {
        // Positions come first, whatever the object is.
        let span = self.span(v, "expr", false)?;
        let n = self.case(v, number!(expr))?;
        let kind = match n.class_name() {
            "BoolOp" => {
                let op = self.any(n, 0, Self::bool_op)?;
                ExprKind::BoolOp { op, values: self.many(n, 1, Self::expr)? }
            }
            "NamedExpr" => {
                let (target, value) = self.two(n)?;
                ExprKind::NamedExpr { target, value }
            }
            "BinOp" => {
                let left = self.one(n, 0, Self::boxed)?;
                let op = self.any(n, 1, Self::operator)?;
                let right = self.one(n, 2, Self::boxed)?;
                let left = self.required(left, "left", n)?;
                ExprKind::BinOp { left, op, right: self.required(right, "right", n)? }
            }
            "UnaryOp" => {
                let op = self.any(n, 0, Self::unary_op)?;
                let operand = self.one(n, 1, Self::boxed)?;
                ExprKind::UnaryOp { op, operand: self.required(operand, "operand", n)? }
            }
            "Lambda" => {
                let args = self.one(n, 0, |r, v| r.arguments(v).map(Box::new))?;
                let body = self.one(n, 1, Self::boxed)?;
                let args = self.required(args, "args", n)?;
                ExprKind::Lambda { id: self.ids.fresh(), args, body: self.required(body, "body", n)? }
            }
            "IfExp" => {
                let test = self.one(n, 0, Self::boxed)?;
                let body = self.one(n, 1, Self::boxed)?;
                let orelse = self.one(n, 2, Self::boxed)?;
                ExprKind::IfExp {
                    test: self.required(test, "test", n)?,
                    body: self.required(body, "body", n)?,
                    orelse: self.required(orelse, "orelse", n)?,
                }
            }
            "Dict" => ExprKind::Dict {
                keys: self.many(n, 0, Self::maybe_expr)?,
                values: self.many(n, 1, Self::expr)?,
            },
            "Set" => ExprKind::Set { elts: self.many(n, 0, Self::expr)? },
            "ListComp" => {
                let (elt, generators) = self.comprehension_parts(n)?;
                ExprKind::ListComp { id: self.ids.fresh(), elt, generators }
            }
            "SetComp" => {
                let (elt, generators) = self.comprehension_parts(n)?;
                ExprKind::SetComp { id: self.ids.fresh(), elt, generators }
            }
            "GeneratorExp" => {
                let (elt, generators) = self.comprehension_parts(n)?;
                ExprKind::GeneratorExp { id: self.ids.fresh(), elt, generators }
            }
            "DictComp" => {
                let key = self.one(n, 0, Self::boxed)?;
                let value = self.one(n, 1, Self::boxed)?;
                let generators = self.many(n, 2, Self::comprehension)?;
                let key = self.required(key, "key", n)?;
                let value = self.required(value, "value", n)?;
                ExprKind::DictComp { id: self.ids.fresh(), key, value, generators }
            }
            "Await" => {
                let value = self.one(n, 0, Self::boxed)?;
                ExprKind::Await { value: self.required(value, "value", n)? }
            }
            "Yield" => ExprKind::Yield { value: self.optional(n, 0, Self::boxed)? },
            "YieldFrom" => {
                let value = self.one(n, 0, Self::boxed)?;
                ExprKind::YieldFrom { value: self.required(value, "value", n)? }
            }
            "Compare" => {
                let left = self.one(n, 0, Self::boxed)?;
                let ops = self.many(n, 1, Self::cmp_op)?;
                let comparators = self.many(n, 2, Self::expr)?;
                ExprKind::Compare { left: self.required(left, "left", n)?, ops, comparators }
            }
            "Call" => {
                let func = self.one(n, 0, Self::boxed)?;
                let args = self.many(n, 1, Self::expr)?;
                let keywords = self.many(n, 2, Self::keyword)?;
                ExprKind::Call { func: self.required(func, "func", n)?, args, keywords }
            }
            "FormattedValue" => {
                let value = self.one(n, 0, Self::boxed)?;
                let conversion = self.any(n, 1, Self::conversion)?;
                let format_spec = self.optional(n, 2, Self::boxed)?;
                ExprKind::FormattedValue { value: self.required(value, "value", n)?, conversion, format_spec }
            }
            "JoinedStr" => ExprKind::JoinedStr { values: self.many(n, 0, Self::expr)? },
            "Constant" => {
                let value = self.any(n, 0, Self::constant)?;
                let kind = self.optional(n, 1, Self::text)?;
                ExprKind::Constant { value, u_kind: kind.is_some() }
            }
            "Attribute" => {
                let value = self.one(n, 0, Self::boxed)?;
                let attr = self.one(n, 1, Self::identifier)?;
                let ctx = self.any(n, 2, Self::context)?;
                let value = self.required(value, "value", n)?;
                ExprKind::Attribute { value, attr: self.required(attr, "attr", n)?, ctx }
            }
            "Subscript" => {
                let value = self.one(n, 0, Self::boxed)?;
                let slice = self.one(n, 1, Self::boxed)?;
                let ctx = self.any(n, 2, Self::context)?;
                let value = self.required(value, "value", n)?;
                ExprKind::Subscript { value, slice: self.required(slice, "slice", n)?, ctx }
            }
            "Starred" => {
                let value = self.one(n, 0, Self::boxed)?;
                let ctx = self.any(n, 1, Self::context)?;
                ExprKind::Starred { value: self.required(value, "value", n)?, ctx }
            }
            "Name" => {
                let id = self.one(n, 0, Self::identifier)?;
                let ctx = self.any(n, 1, Self::context)?;
                ExprKind::Name { id: self.required(id, "id", n)?, ctx }
            }
            "List" => {
                let elts = self.many(n, 0, Self::expr)?;
                ExprKind::List { elts, ctx: self.any(n, 1, Self::context)? }
            }
            "Tuple" => {
                let elts = self.many(n, 0, Self::expr)?;
                ExprKind::Tuple { elts, ctx: self.any(n, 1, Self::context)? }
            }
            _ => ExprKind::Slice {
                lower: self.optional(n, 0, Self::boxed)?,
                upper: self.optional(n, 1, Self::boxed)?,
                step: self.optional(n, 2, Self::boxed)?,
            },
        };
        Ok(Expr { kind, span })
    }

    /// `target` and `value`.
    fn two(&mut self, n: Node) -> Res<(Box<Expr>, Box<Expr>)> {
        let target = self.one(n, 0, Self::boxed)?;
        let value = self.one(n, 1, Self::boxed)?;
        Ok((self.required(target, "target", n)?, self.required(value, "value", n)?))
    }

    fn comprehension_parts(&mut self, n: Node) -> Res<(Box<Expr>, Vec<Comprehension>)> {
        let elt = self.one(n, 0, Self::boxed)?;
        let generators = self.many(n, 1, Self::comprehension)?;
        Ok((self.required(elt, "elt", n)?, generators))
    }

    fn comprehension(&mut self, v: Value) -> Res<Comprehension> {
        let n = Node { v, class: number!(comprehension) };
        let target = self.one(n, 0, Self::expr)?;
        let iter = self.one(n, 1, Self::expr)?;
        let ifs = self.many(n, 2, Self::expr)?;
        let is_async = self.any(n, 3, Self::int)? != 0;
        let target = self.required(target, "target", n)?;
        Ok(Comprehension { target, iter: self.required(iter, "iter", n)?, ifs, is_async })
    }

    pub(super) fn keyword(&mut self, v: Value) -> Res<Keyword> {
        let n = Node { v, class: number!(keyword) };
        let arg = self.optional(n, 0, Self::identifier)?;
        let value = self.one(n, 1, Self::expr)?;
        let span = self.loose_span(v, "keyword")?;
        Ok(Keyword { arg, value: self.required(value, "value", n)?, span })
    }

    fn arg(&mut self, v: Value) -> Res<Arg> {
        let mut arg = self.loose_arg(v)?;
        arg.span = self.span(v, "arg", false)?;
        Ok(arg)
    }

    /// `*args` or `**kwargs`, whose position nobody checks.
    fn loose_arg(&mut self, v: Value) -> Res<Arg> {
        let n = Node { v, class: number!(arg) };
        let arg = self.one(n, 0, Self::identifier)?;
        let annotation = self.optional(n, 1, Self::boxed)?;
        let type_comment = self.optional(n, 2, Self::text)?;
        let span = self.loose_span(v, "arg")?;
        Ok(Arg { arg: self.required(arg, "arg", n)?, annotation, type_comment, span })
    }

    pub(super) fn arguments(&mut self, v: Value) -> Res<Arguments> {
        let n = Node { v, class: number!(arguments) };
        Ok(Arguments {
            posonlyargs: self.many(n, 0, Self::arg)?,
            args: self.many(n, 1, Self::arg)?,
            vararg: self.optional(n, 2, |r, v| r.loose_arg(v).map(Box::new))?,
            kwonlyargs: self.many(n, 3, Self::arg)?,
            kw_defaults: self.many(n, 4, Self::maybe_expr)?,
            kwarg: self.optional(n, 5, |r, v| r.loose_arg(v).map(Box::new))?,
            defaults: self.many(n, 6, Self::expr)?,
        })
    }

    fn conversion(&mut self, v: Value) -> Res<Conversion> {
        Ok(match self.int(v)? {
            -1 => Conversion::None,
            0x73 => Conversion::Str,
            0x72 => Conversion::Repr,
            0x61 => Conversion::Ascii,
            other => {
                let text = format!("Unrecognized conversion character {other}");
                return Err(self.th.raise_new(TypeId::SystemError, text));
            }
        })
    }

    fn context(&mut self, v: Value) -> Res<ExprContext> {
        Ok(match self.case(v, number!(expr_context))?.class_name() {
            "Load" => ExprContext::Load,
            "Store" => ExprContext::Store,
            _ => ExprContext::Del,
        })
    }

    fn bool_op(&mut self, v: Value) -> Res<BoolOp> {
        Ok(match self.case(v, number!(boolop))?.class_name() {
            "And" => BoolOp::And,
            _ => BoolOp::Or,
        })
    }

    fn unary_op(&mut self, v: Value) -> Res<UnaryOp> {
        Ok(match self.case(v, number!(unaryop))?.class_name() {
            "Invert" => UnaryOp::Invert,
            "Not" => UnaryOp::Not,
            "UAdd" => UnaryOp::UAdd,
            _ => UnaryOp::USub,
        })
    }

    pub(super) fn operator(&mut self, v: Value) -> Res<Operator> {
        Ok(match self.case(v, number!(operator))?.class_name() {
            "Add" => Operator::Add,
            "Sub" => Operator::Sub,
            "Mult" => Operator::Mult,
            "MatMult" => Operator::MatMult,
            "Div" => Operator::Div,
            "Mod" => Operator::Mod,
            "Pow" => Operator::Pow,
            "LShift" => Operator::LShift,
            "RShift" => Operator::RShift,
            "BitOr" => Operator::BitOr,
            "BitXor" => Operator::BitXor,
            "BitAnd" => Operator::BitAnd,
            _ => Operator::FloorDiv,
        })
    }

    fn cmp_op(&mut self, v: Value) -> Res<CmpOp> {
        Ok(match self.case(v, number!(cmpop))?.class_name() {
            "Eq" => CmpOp::Eq,
            "NotEq" => CmpOp::NotEq,
            "Lt" => CmpOp::Lt,
            "LtE" => CmpOp::LtE,
            "Gt" => CmpOp::Gt,
            "GtE" => CmpOp::GtE,
            "Is" => CmpOp::Is,
            "IsNot" => CmpOp::IsNot,
            "In" => CmpOp::In,
            _ => CmpOp::NotIn,
        })
    }
}
