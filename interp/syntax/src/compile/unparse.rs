//! The text of an expression, as `from __future__ import annotations` stores it.
//!
//! CPython's own un-parser decides where parentheses go: each kind of expression has a precedence, and one is put
//! in parentheses where its context binds more tightly.

use crate::ast::*;
use krait_number::float;
use krait_number::float::complex::Complex;
use krait_number::int::{self, IntRef};
use krait_text::{repr, wtf8};

/// How tightly an expression binds.
mod level {
    pub const TUPLE: u8 = 0;
    pub const TEST: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const CMP: u8 = 5;
    pub const EXPR: u8 = 6;
    pub const BOR: u8 = EXPR;
    pub const BXOR: u8 = 7;
    pub const BAND: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const ARITH: u8 = 10;
    pub const TERM: u8 = 11;
    pub const FACTOR: u8 = 12;
    pub const POWER: u8 = 13;
    pub const AWAIT: u8 = 14;
    pub const ATOM: u8 = 15;
}

/// The source text of an expression, in generalized UTF-8.
pub fn unparse(e: &Expr) -> Vec<u8> {
    let mut writer = Writer { out: Vec::new() };
    writer.expr(e, level::TEST);
    writer.out
}

/// `repr()` of a constant, with infinity written as a number that overflows.
pub(super) fn constant_repr(value: &Constant) -> Vec<u8> {
    let mut writer = Writer { out: Vec::new() };
    writer.constant(value);
    writer.out
}

fn string_repr(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match wtf8::decode(text) {
        Ok(text) => wtf8::encode(repr::repr_str(text.as_chars()).as_chars(), &mut out),
        Err(_) => out = repr::repr_bytes(text, b""),
    }
    out
}

struct Writer {
    out: Vec<u8>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Writes in parentheses when `wanted` is set.
    fn parens(&mut self, wanted: bool, write: impl FnOnce(&mut Self)) {
        if wanted {
            self.text("(");
        }
        write(self);
        if wanted {
            self.text(")");
        }
    }

    fn list(&mut self, elts: &[Expr], level: u8) {
        for (i, e) in elts.iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            self.expr(e, level);
        }
    }

    fn expr(&mut self, e: &Expr, outer: u8) {
        match &e.kind {
            ExprKind::BoolOp { op, values } => {
                let (text, own) = match op {
                    BoolOp::And => (" and ", level::AND),
                    BoolOp::Or => (" or ", level::OR),
                };
                self.parens(outer > own, |w| {
                    for (i, value) in values.iter().enumerate() {
                        if i > 0 {
                            w.text(text);
                        }
                        w.expr(value, own + 1);
                    }
                });
            }
            ExprKind::NamedExpr { target, value } => self.parens(outer > level::TUPLE, |w| {
                w.expr(target, level::ATOM);
                w.text(" := ");
                w.expr(value, level::ATOM);
            }),
            ExprKind::BinOp { left, op, right } => {
                let (text, own) = match op {
                    Operator::Add => (" + ", level::ARITH),
                    Operator::Sub => (" - ", level::ARITH),
                    Operator::Mult => (" * ", level::TERM),
                    Operator::MatMult => (" @ ", level::TERM),
                    Operator::Div => (" / ", level::TERM),
                    Operator::Mod => (" % ", level::TERM),
                    Operator::LShift => (" << ", level::SHIFT),
                    Operator::RShift => (" >> ", level::SHIFT),
                    Operator::BitOr => (" | ", level::BOR),
                    Operator::BitXor => (" ^ ", level::BXOR),
                    Operator::BitAnd => (" & ", level::BAND),
                    Operator::FloorDiv => (" // ", level::TERM),
                    Operator::Pow => (" ** ", level::POWER),
                };
                let from_right = (*op == Operator::Pow) as u8;
                self.parens(outer > own, |w| {
                    w.expr(left, own + from_right);
                    w.text(text);
                    w.expr(right, own + 1 - from_right);
                });
            }
            ExprKind::UnaryOp { op, operand } => {
                let (text, own) = match op {
                    UnaryOp::Invert => ("~", level::FACTOR),
                    UnaryOp::Not => ("not ", level::NOT),
                    UnaryOp::UAdd => ("+", level::FACTOR),
                    UnaryOp::USub => ("-", level::FACTOR),
                };
                self.parens(outer > own, |w| {
                    w.text(text);
                    w.expr(operand, own);
                });
            }
            ExprKind::Lambda { args, body, .. } => self.parens(outer > level::TEST, |w| {
                // CPython looks at positional parameters only.
                let any = !args.posonlyargs.is_empty() || !args.args.is_empty();
                w.text(if any { "lambda " } else { "lambda" });
                w.arguments(args);
                w.text(": ");
                w.expr(body, level::TEST);
            }),
            ExprKind::IfExp { test, body, orelse } => self.parens(outer > level::TEST, |w| {
                w.expr(body, level::TEST + 1);
                w.text(" if ");
                w.expr(test, level::TEST + 1);
                w.text(" else ");
                w.expr(orelse, level::TEST);
            }),
            ExprKind::Dict { keys, values } => {
                self.text("{");
                for (i, (key, value)) in keys.iter().zip(values).enumerate() {
                    if i > 0 {
                        self.text(", ");
                    }
                    match key {
                        Some(key) => {
                            self.expr(key, level::TEST);
                            self.text(": ");
                            self.expr(value, level::TEST);
                        }
                        None => {
                            self.text("**");
                            self.expr(value, level::EXPR);
                        }
                    }
                }
                self.text("}");
            }
            ExprKind::Set { elts } => {
                self.text("{");
                self.list(elts, level::TEST);
                self.text("}");
            }
            ExprKind::GeneratorExp { elt, generators, .. } => {
                self.comprehension("(", elt, None, generators, ")")
            }
            ExprKind::ListComp { elt, generators, .. } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators, .. } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::DictComp { key, value, generators, .. } => {
                self.comprehension("{", key, Some(value), generators, "}")
            }
            ExprKind::Yield { value } => match value {
                None => self.text("(yield)"),
                Some(value) => {
                    self.text("(yield ");
                    self.expr(value, level::TEST);
                    self.text(")");
                }
            },
            ExprKind::YieldFrom { value } => {
                self.text("(yield from ");
                self.expr(value, level::TEST);
                self.text(")");
            }
            ExprKind::Await { value } => self.parens(outer > level::AWAIT, |w| {
                w.text("await ");
                w.expr(value, level::ATOM);
            }),
            ExprKind::Compare { left, ops, comparators } => self.parens(outer > level::CMP, |w| {
                w.expr(left, level::CMP + 1);
                for (op, right) in ops.iter().zip(comparators) {
                    w.text(match op {
                        CmpOp::Eq => " == ",
                        CmpOp::NotEq => " != ",
                        CmpOp::Lt => " < ",
                        CmpOp::LtE => " <= ",
                        CmpOp::Gt => " > ",
                        CmpOp::GtE => " >= ",
                        CmpOp::Is => " is ",
                        CmpOp::IsNot => " is not ",
                        CmpOp::In => " in ",
                        CmpOp::NotIn => " not in ",
                    });
                    w.expr(right, level::CMP + 1);
                }
            }),
            ExprKind::Call { func, args, keywords } => {
                self.expr(func, level::ATOM);
                if let ([only], []) = (args.as_slice(), keywords.as_slice())
                    && matches!(only.kind, ExprKind::GeneratorExp { .. })
                {
                    // It brings its own parentheses.
                    self.expr(only, level::TEST);
                    return;
                }
                self.text("(");
                self.list(args, level::TEST);
                for (i, keyword) in keywords.iter().enumerate() {
                    if i > 0 || !args.is_empty() {
                        self.text(", ");
                    }
                    match &keyword.arg {
                        Some(name) => {
                            self.text(name);
                            self.text("=");
                        }
                        None => self.text("**"),
                    }
                    self.expr(&keyword.value, level::TEST);
                }
                self.text(")");
            }
            ExprKind::FormattedValue { .. } | ExprKind::JoinedStr { .. } => {
                let mut body = Writer { out: Vec::new() };
                body.formatted(e);
                self.text("f");
                self.out.extend(string_repr(&body.out));
            }
            ExprKind::Constant { value, u_kind } => {
                if *u_kind {
                    self.text("u");
                }
                self.constant(value);
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, level::ATOM);
                let number = matches!(&value.kind, ExprKind::Constant { value: Constant::Int(_), .. });
                self.text(if number { " ." } else { "." });
                self.text(attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, level::ATOM);
                self.text("[");
                self.expr(slice, level::TUPLE);
                self.text("]");
            }
            ExprKind::Starred { value, .. } => {
                self.text("*");
                self.expr(value, level::EXPR);
            }
            ExprKind::Name { id, .. } => self.text(id),
            ExprKind::List { elts, .. } => {
                self.text("[");
                self.list(elts, level::TEST);
                self.text("]");
            }
            ExprKind::Tuple { elts, .. } => {
                if elts.is_empty() {
                    self.text("()");
                    return;
                }
                self.parens(outer > level::TUPLE, |w| {
                    w.list(elts, level::TEST);
                    if elts.len() == 1 {
                        w.text(",");
                    }
                });
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expr(lower, level::TEST);
                }
                self.text(":");
                if let Some(upper) = upper {
                    self.expr(upper, level::TEST);
                }
                if let Some(step) = step {
                    self.text(":");
                    self.expr(step, level::TEST);
                }
            }
        }
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr,
        value: Option<&Expr>,
        generators: &[Comprehension],
        close: &str,
    ) {
        self.text(open);
        self.expr(elt, level::TEST);
        if let Some(value) = value {
            self.text(": ");
            self.expr(value, level::TEST);
        }
        for g in generators {
            self.text(if g.is_async { " async for " } else { " for " });
            self.expr(&g.target, level::TUPLE);
            self.text(" in ");
            self.expr(&g.iter, level::TEST + 1);
            for test in &g.ifs {
                self.text(" if ");
                self.expr(test, level::TEST + 1);
            }
        }
        self.text(close);
    }

    fn arguments(&mut self, args: &Arguments) {
        let mut first = true;
        let mut separate = |w: &mut Self| {
            if !std::mem::take(&mut first) {
                w.text(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        for (i, arg) in args.posonlyargs.iter().chain(&args.args).enumerate() {
            separate(self);
            self.argument(arg);
            let without = positional - args.defaults.len();
            if i >= without {
                self.text("=");
                self.expr(&args.defaults[i - without], level::TEST);
            }
            if i + 1 == args.posonlyargs.len() {
                self.text(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            separate(self);
            self.text("*");
            if let Some(arg) = &args.vararg {
                self.argument(arg);
            }
        }
        for (i, arg) in args.kwonlyargs.iter().enumerate() {
            separate(self);
            self.argument(arg);
            if let Some(Some(default)) = args.kw_defaults.get(i) {
                self.text("=");
                self.expr(default, level::TEST);
            }
        }
        if let Some(arg) = &args.kwarg {
            separate(self);
            self.text("**");
            self.argument(arg);
        }
    }

    fn argument(&mut self, arg: &Arg) {
        self.text(&arg.arg);
        if let Some(annotation) = &arg.annotation {
            self.text(": ");
            self.expr(annotation, level::TEST);
        }
    }

    fn constant(&mut self, value: &Constant) {
        let number = |w: &mut Self, text: String| w.text(&text.replace("inf", "1e309"));
        match value {
            Constant::None => self.text("None"),
            Constant::True => self.text("True"),
            Constant::False => self.text("False"),
            Constant::Ellipsis => self.text("..."),
            Constant::Int(IntLit::Small(n)) => self.text(&n.to_string()),
            Constant::Int(IntLit::Big { negative, limbs }) => {
                self.text(&int::to_string(IntRef::new(*negative, limbs), 10, false))
            }
            Constant::Float(x) => number(self, float::repr(*x)),
            Constant::Complex(re, im) => number(self, Complex::new(*re, *im).repr()),
            Constant::Str(s) => self.out.extend(string_repr(s)),
            Constant::Bytes(s) => self.out.extend(repr::repr_bytes(s, b"b")),
            Constant::Tuple(items) => {
                self.text("(");
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.text(", ");
                    }
                    self.constant(item);
                }
                self.text(if items.len() == 1 { ",)" } else { ")" });
            }
            Constant::FrozenSet(items) => {
                self.text(if items.is_empty() { "frozenset(" } else { "frozenset({" });
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.text(", ");
                    }
                    self.constant(item);
                }
                self.text(if items.is_empty() { ")" } else { "})" });
            }
            Constant::Foreign(_) => self.text("..."),
        }
    }

    /// The inside of a formatted string.
    fn formatted(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::JoinedStr { values } => {
                for value in values {
                    self.formatted(value);
                }
            }
            ExprKind::Constant { value: Constant::Str(s), .. } => {
                for &b in s.iter() {
                    self.out.push(b);
                    if matches!(b, b'{' | b'}') {
                        self.out.push(b);
                    }
                }
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let mut inner = Writer { out: Vec::new() };
                inner.expr(value, level::TEST + 1);
                self.text(if inner.out.first() == Some(&b'{') { "{ " } else { "{" });
                self.out.extend(inner.out);
                match conversion {
                    Conversion::None => {}
                    Conversion::Str => self.text("!s"),
                    Conversion::Repr => self.text("!r"),
                    Conversion::Ascii => self.text("!a"),
                }
                if let Some(spec) = format_spec {
                    self.text(":");
                    self.formatted(spec);
                }
                self.text("}");
            }
            _ => self.expr(e, level::TEST),
        }
    }
}
