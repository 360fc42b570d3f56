//! Trees to objects.

use super::classes::{self, Classes, number};
use krait_object::storage::ValueVec;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{attr, bytes, dict, float, int, list, set, string, tuple, type_call};
use krait_syntax::ast::*;

/// The objects for a tree.
///
/// # Errors
/// RecursionError for trees that nest too deeply; MemoryError.
pub fn to_object(th: &Thread, tree: &Mod) -> Res {
    Builder { th, classes: classes::get(th)? }.module(tree)
}

struct Builder<'a> {
    th: &'a Thread,
    classes: Classes,
}

impl Builder<'_> {
    /// A node with the fields in order.
    fn node(&self, class: usize, fields: &[Value]) -> Res {
        let node = type_call::new_instance(self.th, self.classes.class(class))?;
        let names = self.classes.fields(class);
        debug_assert_eq!(names.len(), fields.len());
        for (i, &v) in fields.iter().enumerate() {
            attr::generic_set(self.th, node, names.get(i), v)?;
        }
        Ok(node)
    }

    /// A node with a position.
    fn placed(&self, class: usize, fields: &[Value], span: Span) -> Res {
        let node = self.node(class, fields)?;
        let numbers = [span.lineno, span.col_offset, span.end_lineno, span.end_col_offset];
        for (i, n) in numbers.into_iter().enumerate() {
            attr::generic_set(self.th, node, self.classes.position(i), Value::small(n.into()))?;
        }
        Ok(node)
    }

    fn list<T>(&self, items: &[T], f: impl Fn(&T) -> Res) -> Res {
        let out = list::new(self.th);
        for item in items {
            let v = f(item)?;
            out.push(self.th, v)?;
        }
        Ok(out.value())
    }

    fn option<T>(&self, item: Option<&T>, f: impl Fn(&T) -> Res) -> Res {
        item.map_or(Ok(Value::none()), f)
    }

    fn name(&self, n: &Name) -> Value {
        self.th.interp.interned.intern_text(self.th, n)
    }

    fn names(&self, items: &[Name]) -> Res {
        self.list(items, |n| Ok(self.name(n)))
    }

    /// A name that may be missing.
    fn maybe(&self, n: Option<&Name>) -> Value {
        n.map_or(Value::none(), |n| self.name(n))
    }

    fn text(&self, n: Option<&Name>) -> Res {
        self.option(n, |n| string::try_new(self.th, n))
    }

    fn stmts(&self, items: &[Stmt]) -> Res {
        self.list(items, |s| self.stmt(s))
    }

    fn exprs(&self, items: &[Expr]) -> Res {
        self.list(items, |e| self.expr(e))
    }

    fn maybe_exprs(&self, items: &[Option<Expr>]) -> Res {
        self.list(items, |e| self.option(e.as_ref(), |e| self.expr(e)))
    }

    fn maybe_expr(&self, e: Option<&Expr>) -> Res {
        self.option(e, |e| self.expr(e))
    }

    fn module(&self, tree: &Mod) -> Res {
        match &tree.kind {
            ModKind::Module { body, type_ignores } => {
                let body = self.stmts(body)?;
                let ignores = self.list(type_ignores, |t| {
                    let tag = string::try_new(self.th, &t.tag)?;
                    self.node(number!(TypeIgnore), &[Value::small(t.lineno.into()), tag])
                })?;
                self.node(number!(Module), &[body, ignores])
            }
            ModKind::Interactive { body } => {
                let body = self.stmts(body)?;
                self.node(number!(Interactive), &[body])
            }
            ModKind::Expression { body } => {
                let body = self.expr(body)?;
                self.node(number!(Expression), &[body])
            }
            ModKind::FunctionType { argtypes, returns } => {
                let argtypes = self.exprs(argtypes)?;
                let returns = self.expr(returns)?;
                self.node(number!(FunctionType), &[argtypes, returns])
            }
        }
    }

    fn function(&self, class: usize, f: &FunctionDef, span: Span) -> Res {
        let fields = [
            self.name(&f.name),
            self.arguments(&f.args)?,
            self.stmts(&f.body)?,
            self.exprs(&f.decorator_list)?,
            self.maybe_expr(f.returns.as_deref())?,
            self.text(f.type_comment.as_ref())?,
            self.type_params(&f.type_params)?,
        ];
        self.placed(class, &fields, span)
    }

    fn for_loop(&self, class: usize, f: &For, span: Span) -> Res {
        let fields = [
            self.expr(&f.target)?,
            self.expr(&f.iter)?,
            self.stmts(&f.body)?,
            self.stmts(&f.orelse)?,
            self.text(f.type_comment.as_ref())?,
        ];
        self.placed(class, &fields, span)
    }

    fn with(&self, class: usize, w: &With, span: Span) -> Res {
        let items = self.list(&w.items, |i| {
            let fields = [self.expr(&i.context_expr)?, self.maybe_expr(i.optional_vars.as_deref())?];
            self.node(number!(withitem), &fields)
        })?;
        let fields = [items, self.stmts(&w.body)?, self.text(w.type_comment.as_ref())?];
        self.placed(class, &fields, span)
    }

    fn try_(&self, class: usize, t: &Try, span: Span) -> Res {
        let body = self.stmts(&t.body)?;
        let handlers = self.list(&t.handlers, |h| {
            let fields =
                [self.maybe_expr(h.typ.as_deref())?, self.maybe(h.name.as_ref()), self.stmts(&h.body)?];
            self.placed(number!(ExceptHandler), &fields, h.span)
        })?;
        let fields = [body, handlers, self.stmts(&t.orelse)?, self.stmts(&t.finalbody)?];
        self.placed(class, &fields, span)
    }

    fn stmt(&self, s: &Stmt) -> Res {
        self.th.check_native_stack()?;
        use StmtKind as K;
        let (class, fields): (usize, &[Value]) = match &s.kind {
            K::FunctionDef(f) => return self.function(number!(FunctionDef), f, s.span),
            K::AsyncFunctionDef(f) => return self.function(number!(AsyncFunctionDef), f, s.span),
            K::For(f) => return self.for_loop(number!(For), f, s.span),
            K::AsyncFor(f) => return self.for_loop(number!(AsyncFor), f, s.span),
            K::With(w) => return self.with(number!(With), w, s.span),
            K::AsyncWith(w) => return self.with(number!(AsyncWith), w, s.span),
            K::Try(t) => return self.try_(number!(Try), t, s.span),
            K::TryStar(t) => return self.try_(number!(TryStar), t, s.span),
            K::ClassDef(c) => (
                number!(ClassDef),
                &[
                    self.name(&c.name),
                    self.exprs(&c.bases)?,
                    self.keywords(&c.keywords)?,
                    self.stmts(&c.body)?,
                    self.exprs(&c.decorator_list)?,
                    self.type_params(&c.type_params)?,
                ],
            ),
            K::Return { value } => (number!(Return), &[self.maybe_expr(value.as_deref())?]),
            K::Delete { targets } => (number!(Delete), &[self.exprs(targets)?]),
            K::Assign { targets, value, type_comment } => (
                number!(Assign),
                &[self.exprs(targets)?, self.expr(value)?, self.text(type_comment.as_ref())?],
            ),
            K::TypeAlias(t) => (
                number!(TypeAlias),
                &[self.expr(&t.name)?, self.type_params(&t.type_params)?, self.expr(&t.value)?],
            ),
            K::AugAssign { target, op, value } => {
                (number!(AugAssign), &[self.expr(target)?, self.operator(*op), self.expr(value)?])
            }
            K::AnnAssign { target, annotation, value, simple } => (
                number!(AnnAssign),
                &[
                    self.expr(target)?,
                    self.expr(annotation)?,
                    self.maybe_expr(value.as_deref())?,
                    Value::small((*simple).into()),
                ],
            ),
            K::While { test, body, orelse } => {
                (number!(While), &[self.expr(test)?, self.stmts(body)?, self.stmts(orelse)?])
            }
            K::If { test, body, orelse } => {
                (number!(If), &[self.expr(test)?, self.stmts(body)?, self.stmts(orelse)?])
            }
            K::Match { subject, cases } => {
                let subject = self.expr(subject)?;
                let cases = self.list(cases, |c| {
                    let fields = [
                        self.pattern(&c.pattern)?,
                        self.maybe_expr(c.guard.as_deref())?,
                        self.stmts(&c.body)?,
                    ];
                    self.node(number!(match_case), &fields)
                })?;
                (number!(Match), &[subject, cases])
            }
            K::Raise { exc, cause } => {
                (number!(Raise), &[self.maybe_expr(exc.as_deref())?, self.maybe_expr(cause.as_deref())?])
            }
            K::Assert { test, msg } => {
                (number!(Assert), &[self.expr(test)?, self.maybe_expr(msg.as_deref())?])
            }
            K::Import { names } => (number!(Import), &[self.aliases(names)?]),
            K::ImportFrom { module, names, level } => (
                number!(ImportFrom),
                &[self.maybe(module.as_ref()), self.aliases(names)?, Value::small((*level).into())],
            ),
            K::Global { names } => (number!(Global), &[self.names(names)?]),
            K::Nonlocal { names } => (number!(Nonlocal), &[self.names(names)?]),
            K::Expr { value } => (number!(Expr), &[self.expr(value)?]),
            K::Pass => (number!(Pass), &[]),
            K::Break => (number!(Break), &[]),
            K::Continue => (number!(Continue), &[]),
        };
        self.placed(class, fields, s.span)
    }

    fn aliases(&self, items: &[Alias]) -> Res {
        self.list(items, |a| {
            let fields = [self.name(&a.name), self.maybe(a.asname.as_ref())];
            self.placed(number!(alias), &fields, a.span)
        })
    }

    fn keywords(&self, items: &[Keyword]) -> Res {
        self.list(items, |k| {
            let fields = [self.maybe(k.arg.as_ref()), self.expr(&k.value)?];
            self.placed(number!(keyword), &fields, k.span)
        })
    }

    fn type_params(&self, p: &TypeParams) -> Res {
        self.list(&p.params, |p| match &p.kind {
            TypeParamKind::TypeVar { name, bound, .. } => {
                let fields = [self.name(name), self.maybe_expr(bound.as_deref())?];
                self.placed(number!(TypeVar), &fields, p.span)
            }
            TypeParamKind::ParamSpec { name } => self.placed(number!(ParamSpec), &[self.name(name)], p.span),
            TypeParamKind::TypeVarTuple { name } => {
                self.placed(number!(TypeVarTuple), &[self.name(name)], p.span)
            }
        })
    }

    fn arg(&self, a: &Arg) -> Res {
        let fields = [
            self.name(&a.arg),
            self.maybe_expr(a.annotation.as_deref())?,
            self.text(a.type_comment.as_ref())?,
        ];
        self.placed(number!(arg), &fields, a.span)
    }

    fn arguments(&self, a: &Arguments) -> Res {
        let args = |items: &[Arg]| self.list(items, |a| self.arg(a));
        let fields = [
            args(&a.posonlyargs)?,
            args(&a.args)?,
            self.option(a.vararg.as_deref(), |a| self.arg(a))?,
            args(&a.kwonlyargs)?,
            self.maybe_exprs(&a.kw_defaults)?,
            self.option(a.kwarg.as_deref(), |a| self.arg(a))?,
            self.exprs(&a.defaults)?,
        ];
        self.node(number!(arguments), &fields)
    }

    fn pattern(&self, p: &Pattern) -> Res {
        self.th.check_native_stack()?;
        use PatternKind as K;
        let patterns = |items: &[Pattern]| self.list(items, |p| self.pattern(p));
        let (class, fields): (usize, &[Value]) = match &p.kind {
            K::MatchValue { value } => (number!(MatchValue), &[self.expr(value)?]),
            K::MatchSingleton { value } => (number!(MatchSingleton), &[self.constant(value)?]),
            K::MatchSequence { patterns: items } => (number!(MatchSequence), &[patterns(items)?]),
            K::MatchMapping { keys, patterns: items, rest } => {
                (number!(MatchMapping), &[self.exprs(keys)?, patterns(items)?, self.maybe(rest.as_ref())])
            }
            K::MatchClass { cls, patterns: items, kwd_attrs, kwd_patterns } => (
                number!(MatchClass),
                &[self.expr(cls)?, patterns(items)?, self.names(kwd_attrs)?, patterns(kwd_patterns)?],
            ),
            K::MatchStar { name } => (number!(MatchStar), &[self.maybe(name.as_ref())]),
            K::MatchAs { pattern, name } => (
                number!(MatchAs),
                &[self.option(pattern.as_deref(), |p| self.pattern(p))?, self.maybe(name.as_ref())],
            ),
            K::MatchOr { patterns: items } => (number!(MatchOr), &[patterns(items)?]),
        };
        self.placed(class, fields, p.span)
    }

    fn generators(&self, items: &[Comprehension]) -> Res {
        self.list(items, |c| {
            let fields = [
                self.expr(&c.target)?,
                self.expr(&c.iter)?,
                self.exprs(&c.ifs)?,
                Value::small(c.is_async.into()),
            ];
            self.node(number!(comprehension), &fields)
        })
    }

    fn expr(&self, e: &Expr) -> Res {
        self.th.check_native_stack()?;
        use ExprKind as K;
        let (class, fields): (usize, &[Value]) = match &e.kind {
            K::BoolOp { op, values } => {
                let op = self.classes.single(match op {
                    BoolOp::And => number!(And),
                    BoolOp::Or => number!(Or),
                });
                (number!(BoolOp), &[op, self.exprs(values)?])
            }
            K::NamedExpr { target, value } => (number!(NamedExpr), &[self.expr(target)?, self.expr(value)?]),
            K::BinOp { left, op, right } => {
                (number!(BinOp), &[self.expr(left)?, self.operator(*op), self.expr(right)?])
            }
            K::UnaryOp { op, operand } => {
                let op = self.classes.single(match op {
                    UnaryOp::Invert => number!(Invert),
                    UnaryOp::Not => number!(Not),
                    UnaryOp::UAdd => number!(UAdd),
                    UnaryOp::USub => number!(USub),
                });
                (number!(UnaryOp), &[op, self.expr(operand)?])
            }
            K::Lambda { args, body, .. } => (number!(Lambda), &[self.arguments(args)?, self.expr(body)?]),
            K::IfExp { test, body, orelse } => {
                (number!(IfExp), &[self.expr(test)?, self.expr(body)?, self.expr(orelse)?])
            }
            K::Dict { keys, values } => (number!(Dict), &[self.maybe_exprs(keys)?, self.exprs(values)?]),
            K::Set { elts } => (number!(Set), &[self.exprs(elts)?]),
            K::ListComp { elt, generators, .. } => {
                (number!(ListComp), &[self.expr(elt)?, self.generators(generators)?])
            }
            K::SetComp { elt, generators, .. } => {
                (number!(SetComp), &[self.expr(elt)?, self.generators(generators)?])
            }
            K::DictComp { key, value, generators, .. } => {
                (number!(DictComp), &[self.expr(key)?, self.expr(value)?, self.generators(generators)?])
            }
            K::GeneratorExp { elt, generators, .. } => {
                (number!(GeneratorExp), &[self.expr(elt)?, self.generators(generators)?])
            }
            K::Await { value } => (number!(Await), &[self.expr(value)?]),
            K::Yield { value } => (number!(Yield), &[self.maybe_expr(value.as_deref())?]),
            K::YieldFrom { value } => (number!(YieldFrom), &[self.expr(value)?]),
            K::Compare { left, ops, comparators } => (
                number!(Compare),
                &[self.expr(left)?, self.list(ops, |op| Ok(self.compare(*op)))?, self.exprs(comparators)?],
            ),
            K::Call { func, args, keywords } => {
                (number!(Call), &[self.expr(func)?, self.exprs(args)?, self.keywords(keywords)?])
            }
            K::FormattedValue { value, conversion, format_spec } => (
                number!(FormattedValue),
                &[
                    self.expr(value)?,
                    Value::small((*conversion as i32).into()),
                    self.maybe_expr(format_spec.as_deref())?,
                ],
            ),
            K::JoinedStr { values } => (number!(JoinedStr), &[self.exprs(values)?]),
            K::Constant { value, u_kind } => {
                let kind = if *u_kind { self.th.interp.latin1(b'u') } else { Value::none() };
                (number!(Constant), &[self.constant(value)?, kind])
            }
            K::Attribute { value, attr, ctx } => {
                (number!(Attribute), &[self.expr(value)?, self.name(attr), self.context(*ctx)])
            }
            K::Subscript { value, slice, ctx } => {
                (number!(Subscript), &[self.expr(value)?, self.expr(slice)?, self.context(*ctx)])
            }
            K::Starred { value, ctx } => (number!(Starred), &[self.expr(value)?, self.context(*ctx)]),
            K::Name { id, ctx } => (number!(Name), &[self.name(id), self.context(*ctx)]),
            K::List { elts, ctx } => (number!(List), &[self.exprs(elts)?, self.context(*ctx)]),
            K::Tuple { elts, ctx } => (number!(Tuple), &[self.exprs(elts)?, self.context(*ctx)]),
            K::Slice { lower, upper, step } => (
                number!(Slice),
                &[
                    self.maybe_expr(lower.as_deref())?,
                    self.maybe_expr(upper.as_deref())?,
                    self.maybe_expr(step.as_deref())?,
                ],
            ),
        };
        self.placed(class, fields, e.span)
    }

    fn context(&self, c: ExprContext) -> Value {
        self.classes.single(match c {
            ExprContext::Load => number!(Load),
            ExprContext::Store => number!(Store),
            ExprContext::Del => number!(Del),
        })
    }

    fn operator(&self, op: Operator) -> Value {
        self.classes.single(match op {
            Operator::Add => number!(Add),
            Operator::Sub => number!(Sub),
            Operator::Mult => number!(Mult),
            Operator::MatMult => number!(MatMult),
            Operator::Div => number!(Div),
            Operator::Mod => number!(Mod),
            Operator::Pow => number!(Pow),
            Operator::LShift => number!(LShift),
            Operator::RShift => number!(RShift),
            Operator::BitOr => number!(BitOr),
            Operator::BitXor => number!(BitXor),
            Operator::BitAnd => number!(BitAnd),
            Operator::FloorDiv => number!(FloorDiv),
        })
    }

    fn compare(&self, op: CmpOp) -> Value {
        self.classes.single(match op {
            CmpOp::Eq => number!(Eq),
            CmpOp::NotEq => number!(NotEq),
            CmpOp::Lt => number!(Lt),
            CmpOp::LtE => number!(LtE),
            CmpOp::Gt => number!(Gt),
            CmpOp::GtE => number!(GtE),
            CmpOp::Is => number!(Is),
            CmpOp::IsNot => number!(IsNot),
            CmpOp::In => number!(In),
            CmpOp::NotIn => number!(NotIn),
        })
    }

    fn constant(&self, c: &Constant) -> Res {
        let th = self.th;
        let all = |items: &[Constant]| -> Res<ValueVec> {
            let mut v = ValueVec::with_capacity(th, items.len())?;
            for c in items {
                let x = self.constant(c)?;
                v.push(th, x)?;
            }
            Ok(v)
        };
        Ok(match c {
            Constant::None => Value::none(),
            Constant::True => Value::true_(),
            Constant::False => Value::false_(),
            Constant::Ellipsis => Value::ellipsis(),
            Constant::Int(IntLit::Small(n)) => int::from_i64(th, *n),
            Constant::Int(IntLit::Big { negative, limbs }) => {
                int::from_ref(th, krait_number::int::IntRef::new(*negative, limbs))?
            }
            Constant::Float(x) => float::new(th, *x),
            Constant::Complex(re, im) => float::new_complex(th, *re, *im),
            Constant::Str(s) => string::from_wtf8(th, s)?,
            Constant::Bytes(b) => bytes::from_slice(th, b)?,
            Constant::Tuple(items) => tuple::from_vec(th, &all(items)?)?,
            Constant::FrozenSet(items) => {
                let d = dict::new(th);
                for v in all(items)?.iter() {
                    d.set(th, v, Value::none())?;
                }
                set::new_frozen(th, d)
            }
            // Only trees read from objects have such constants, and they are not turned back.
            Constant::Foreign(_) => Value::none(),
        })
    }
}
