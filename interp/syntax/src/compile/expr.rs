//! Expressions as values.
//!
//! [`Compiler::expr`] puts a value where it is wanted; [`Compiler::operand`] says where a value is, which for a plain
//! local is its own register. A local named on the left of something that may rebind it (an assignment expression)
//! is copied first; nothing else inside an expression can rebind one.

use super::names::Place;
use super::unit::{Dest, Reg};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::Op;

/// Displays longer than this are built piecewise.
pub(super) const PIECE: usize = 60;

/// Instructions of a binary operator: plain, with a constant, in place, in place with a constant.
pub(super) fn binary_op(op: Operator) -> (Op, Option<Op>, Op, Option<Op>) {
    match op {
        Operator::Add => (Op::ADD, Some(Op::ADD_K), Op::IADD, Some(Op::IADD_K)),
        Operator::Sub => (Op::SUB, Some(Op::SUB_K), Op::ISUB, Some(Op::ISUB_K)),
        Operator::Mult => (Op::MUL, Some(Op::MUL_K), Op::IMUL, Some(Op::IMUL_K)),
        Operator::MatMult => (Op::MATMUL, None, Op::IMATMUL, None),
        Operator::Div => (Op::TRUEDIV, Some(Op::TRUEDIV_K), Op::ITRUEDIV, Some(Op::ITRUEDIV_K)),
        Operator::Mod => (Op::MOD, Some(Op::MOD_K), Op::IMOD, Some(Op::IMOD_K)),
        Operator::Pow => (Op::POW, Some(Op::POW_K), Op::IPOW, Some(Op::IPOW_K)),
        Operator::LShift => (Op::LSHIFT, Some(Op::LSHIFT_K), Op::ILSHIFT, Some(Op::ILSHIFT_K)),
        Operator::RShift => (Op::RSHIFT, Some(Op::RSHIFT_K), Op::IRSHIFT, Some(Op::IRSHIFT_K)),
        Operator::BitOr => (Op::OR, Some(Op::OR_K), Op::IOR, Some(Op::IOR_K)),
        Operator::BitXor => (Op::XOR, Some(Op::XOR_K), Op::IXOR, Some(Op::IXOR_K)),
        Operator::BitAnd => (Op::AND, Some(Op::AND_K), Op::IAND, Some(Op::IAND_K)),
        Operator::FloorDiv => (Op::FLOORDIV, Some(Op::FLOORDIV_K), Op::IFLOORDIV, Some(Op::IFLOORDIV_K)),
    }
}

/// The value of a constant expression.
pub(super) fn constant_of(e: &Expr) -> Option<&Constant> {
    match &e.kind {
        ExprKind::Constant { value, .. } => Some(value),
        _ => None,
    }
}

fn is_starred(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Starred { .. })
}

/// Which display: its building, adding and extending instructions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Display {
    Tuple,
    List,
    Set,
}

impl<'a> Compiler<'a> {
    /// Evaluates `e` into `dest`.
    pub(super) fn expr(&mut self, e: &'a Expr, dest: Dest) -> R<()> {
        let span = e.span;
        let mark = self.u.top;
        match &e.kind {
            ExprKind::Constant { value, .. } => self.constant(value, dest, span),
            ExprKind::Name { id, .. } => self.load_name(id, dest, span),
            ExprKind::BinOp { left, op, right } => {
                let (plain, with_constant, _, _) = binary_op(*op);
                let l = self.operand(left, &[right])?;
                if let Some(k_op) = with_constant
                    && let Some(k) = self.constant_operand(right)
                {
                    self.u.set_top(mark);
                    self.u.emit_to(k_op, dest, l.0, k, span);
                } else {
                    let r = self.operand(right, &[])?;
                    self.u.set_top(mark);
                    self.u.emit_to(plain, dest, l.0, r.0, span);
                }
            }
            ExprKind::UnaryOp { op, operand } => {
                let r = self.operand(operand, &[])?;
                self.u.set_top(mark);
                let op = match op {
                    UnaryOp::Invert => Op::INVERT,
                    UnaryOp::Not => Op::NOT,
                    UnaryOp::UAdd => Op::POS,
                    UnaryOp::USub => Op::NEG,
                };
                self.u.emit_to(op, dest, r.0, 0, span);
            }
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, dest, span)?,
            ExprKind::IfExp { test, body, orelse } => {
                let other = self.u.label();
                let end = self.u.label();
                self.cond(test, other, false)?;
                self.expr(body, dest)?;
                self.u.jump(end);
                self.u.set_top(mark);
                self.u.bind(other);
                self.expr(orelse, dest)?;
                self.u.bind(end);
            }
            ExprKind::Compare { left, ops, comparators } => {
                self.compare(left, ops, comparators, dest, span)?
            }
            ExprKind::Call { func, args, keywords } => self.call(e, func, args, keywords, dest)?,
            ExprKind::Attribute { value, attr, .. } => {
                if self.super_attribute(e, value, attr, dest)? {
                    return Ok(());
                }
                let object = self.operand(value, &[])?;
                self.u.set_top(mark);
                let name = self.mangled(attr);
                let name = self.u.name_operand(&name);
                let span = attribute_span(e, attr, span);
                self.u.emit_to(Op::LOAD_ATTR, dest, object.0, name, span);
            }
            ExprKind::Subscript { value, slice, .. } => self.subscript(value, slice, dest, span)?,
            ExprKind::List { elts, .. } => self.display(elts, Display::List, 0, false, dest, span)?,
            ExprKind::Tuple { elts, .. } => self.display(elts, Display::Tuple, 0, false, dest, span)?,
            ExprKind::Set { elts } => self.display(elts, Display::Set, 0, false, dest, span)?,
            ExprKind::Dict { keys, values } => self.dict(keys, values, dest, span)?,
            ExprKind::NamedExpr { target, value } => match self.local_target(target) {
                Some(reg) => {
                    self.expr(value, Dest::To(reg))?;
                    let to = self.u.target(dest);
                    self.u.mov(to, reg, span);
                    self.u.pushed(dest);
                }
                None => {
                    self.expr(value, Dest::Push)?;
                    let from = Reg::temp(mark);
                    self.store(target, from)?;
                    self.finish(mark, dest, span);
                }
            },
            ExprKind::Lambda { id, args, body } => self.lambda(e, *id, args, body, dest)?,
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension(e, dest)?,
            ExprKind::JoinedStr { values } => self.joined(values, dest, span)?,
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let v = match format_spec {
                    Some(spec) => self.operand(value, &[spec])?,
                    None => self.operand(value, &[])?,
                };
                self.u.set_top(mark);
                if *conversion == Conversion::None && format_spec.is_none() {
                    self.u.emit_to(Op::FORMAT, dest, v.0, 0, span);
                    return Ok(());
                }
                let mut v = v;
                if *conversion != Conversion::None {
                    let kind = match conversion {
                        Conversion::Str => 1,
                        Conversion::Repr => 2,
                        _ => 3,
                    };
                    self.u.emit_to(Op::CONVERT, Dest::Push, v.0, kind, span);
                    v = Reg::temp(mark);
                } else if v.is_temp() {
                    self.u.push();
                }
                match format_spec {
                    Some(spec) => {
                        let spec = self.operand(spec, &[])?;
                        self.u.set_top(mark);
                        self.u.emit_to(Op::FORMAT_SPEC, dest, v.0, spec.0, span);
                    }
                    None => {
                        self.u.set_top(mark);
                        self.u.emit_to(Op::FORMAT, dest, v.0, 0, span);
                    }
                }
            }
            ExprKind::Await { value } => self.await_expr(e, value, dest)?,
            ExprKind::Yield { value } => self.yield_expr(e, value.as_deref(), dest)?,
            ExprKind::YieldFrom { value } => self.yield_from(e, value, dest)?,
            ExprKind::Starred { .. } => {
                return self.error("can't use starred expression here", span);
            }
            ExprKind::Slice { lower, upper, step } => {
                let n = self.slice_parts(lower.as_deref(), upper.as_deref(), step.as_deref(), span)?;
                self.u.set_top(mark);
                self.u.emit_to(Op::BUILD_SLICE, dest, Reg::temp(mark).0, n, span);
            }
        }
        Ok(())
    }

    /// Evaluates `e` and says where its value is: a local in place, else a pushed temporary. `later` is what is
    /// evaluated before the value is used.
    pub(super) fn operand(&mut self, e: &'a Expr, later: &[&'a Expr]) -> R<Reg> {
        match &e.kind {
            ExprKind::Name { id, .. } => {
                let name = self.mangled(id);
                if let Place::Local(reg) = self.place(&name, true)
                    && (!self.u.walrus.contains(&name) || later.iter().all(|l| is_leaf(l)))
                {
                    self.check_bound(reg, e.span);
                    return Ok(reg);
                }
            }
            ExprKind::NamedExpr { target, value } if later.iter().all(|l| is_leaf(l)) => {
                if let Some(reg) = self.local_target(target) {
                    self.expr(value, Dest::To(reg))?;
                    return Ok(reg);
                }
            }
            _ => {}
        }
        let reg = Reg::temp(self.u.top);
        self.expr(e, Dest::Push)?;
        Ok(reg)
    }

    /// As [`Compiler::operand`], with the value always pushed.
    pub(super) fn push(&mut self, e: &'a Expr) -> R<Reg> {
        let reg = Reg::temp(self.u.top);
        self.expr(e, Dest::Push)?;
        Ok(reg)
    }

    /// Evaluates `e` for its effects.
    pub(super) fn discard(&mut self, e: &'a Expr) -> R<()> {
        let mark = self.u.top;
        self.operand(e, &[])?;
        self.u.set_top(mark);
        Ok(())
    }

    /// Brings the value in the temporary at `mark`, alone above it, to `dest`.
    pub(super) fn finish(&mut self, mark: u16, dest: Dest, span: Span) {
        match dest {
            Dest::Push => self.u.set_top(mark + 1),
            Dest::To(reg) => {
                self.u.set_top(mark);
                self.u.mov(reg, Reg::temp(mark), span);
            }
        }
    }

    /// Loads a constant.
    pub(super) fn constant(&mut self, value: &Constant, dest: Dest, span: Span) {
        let to = self.u.target(dest).0;
        match value {
            Constant::None => self.u.emit(Op::LOAD_NONE, to, 0, 0, span),
            Constant::True => self.u.emit(Op::LOAD_BOOL, to, 1, 0, span),
            Constant::False => self.u.emit(Op::LOAD_BOOL, to, 0, 0, span),
            Constant::Int(IntLit::Small(n)) if i32::try_from(*n).is_ok() => {
                let n = *n as i32 as u32;
                self.u.emit(Op::LOAD_INT, to, n as u16, (n >> 16) as u16, span);
            }
            _ => {
                let index = self.u.constant(value);
                if index < 0x8000 {
                    self.u.emit(Op::LOAD_K, to, index as u16, 0, span);
                } else {
                    self.u.emit_data(Op::LOAD_CONST, to, 0, 0, index, span);
                }
            }
        }
        self.u.pushed(dest);
    }

    /// Loads a string constant.
    pub(super) fn string(&mut self, text: &str, dest: Dest, span: Span) {
        self.constant(&Constant::Str(text.as_bytes().into()), dest, span);
    }

    /// The index of a constant expression when it fits an operand.
    pub(super) fn constant_operand(&mut self, e: &Expr) -> Option<u16> {
        let value = constant_of(e)?;
        let index = self.u.constant(value);
        (index < 0x8000).then_some(index as u16)
    }

    fn bool_op(&mut self, op: BoolOp, values: &'a [Expr], dest: Dest, span: Span) -> R<()> {
        let mark = self.u.top;
        let end = self.u.label();
        let jump = if op == BoolOp::And { Op::JUMP_IF_FALSE } else { Op::JUMP_IF_TRUE };
        let reg = Reg::temp(mark);
        for (i, value) in values.iter().enumerate() {
            self.u.set_top(mark);
            self.expr(value, Dest::Push)?;
            if i + 1 < values.len() {
                self.u.emit_jump(jump, reg.0, 0, 0, end, span);
            }
        }
        self.u.bind(end);
        self.finish(mark, dest, span);
        Ok(())
    }

    /// Evaluates elements, with starred ones unpacked; the `pushed` topmost temporaries are the first elements.
    /// `in_call` chooses the error text for what can not be unpacked.
    pub(super) fn display(
        &mut self,
        elts: &'a [Expr],
        kind: Display,
        pushed: u16,
        in_call: bool,
        dest: Dest,
        span: Span,
    ) -> R<()> {
        let mark = self.u.top - pushed;
        let first = Reg::temp(mark);
        let (build, add, extend) = match kind {
            Display::Tuple | Display::List => (Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND),
            Display::Set => (Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE),
        };
        if elts.len() > 2 && elts.iter().all(|e| constant_of(e).is_some()) {
            let items: Vec<Constant> = elts.iter().filter_map(|e| constant_of(e).cloned()).collect();
            if kind == Display::Tuple && pushed == 0 {
                self.constant(&Constant::Tuple(items), dest, span);
                return Ok(());
            }
            self.u.set_top(mark);
            self.u.emit_to(build, Dest::Push, first.0, pushed, span);
            let items =
                if kind == Display::Set { Constant::FrozenSet(items) } else { Constant::Tuple(items) };
            self.constant(&items, Dest::Push, span);
            self.u.set_top(mark + 1);
            self.u.emit(extend, first.0, Reg::temp(mark + 1).0, 0, span);
            if kind == Display::Tuple {
                self.u.set_top(mark);
                self.u.emit_to(Op::LIST_TO_TUPLE, dest, first.0, 0, span);
            } else {
                self.finish(mark, dest, span);
            }
            return Ok(());
        }
        let big = elts.len() + pushed as usize > PIECE;
        if !big && !elts.iter().any(is_starred) {
            for e in elts {
                self.push(e)?;
            }
            let n = elts.len() as u16 + pushed;
            self.u.set_top(mark);
            let build = if kind == Display::Tuple { Op::BUILD_TUPLE } else { build };
            self.u.emit_to(build, dest, first.0, n, span);
            return Ok(());
        }
        let mut built = false;
        if big {
            self.u.set_top(mark);
            self.u.emit_to(build, Dest::Push, first.0, pushed, span);
            built = true;
        }
        for (i, e) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = &e.kind {
                if !built {
                    self.u.set_top(mark);
                    self.u.emit_to(build, Dest::Push, first.0, i as u16 + pushed, span);
                    built = true;
                }
                let r = self.operand(value, &[])?;
                self.u.set_top(mark + 1);
                self.u.emit(extend, first.0, r.0, in_call as u16, span);
            } else if built {
                let r = self.operand(e, &[])?;
                self.u.set_top(mark + 1);
                self.u.emit(add, first.0, r.0, 0, span);
            } else {
                self.push(e)?;
            }
        }
        if kind == Display::Tuple {
            self.u.set_top(mark);
            self.u.emit_to(Op::LIST_TO_TUPLE, dest, first.0, 0, span);
        } else {
            self.finish(mark, dest, span);
        }
        Ok(())
    }

    fn dict(&mut self, keys: &'a [Option<Expr>], values: &'a [Expr], dest: Dest, span: Span) -> R<()> {
        let mark = self.u.top;
        let dict = Reg::temp(mark);
        let mut have_dict = false;
        let mut i = 0;
        while i < values.len() || !have_dict {
            // A run of pairs, or one `**mapping`.
            let start = i;
            while i < values.len() && keys[i].is_some() && i - start < PIECE / 2 {
                i += 1;
            }
            if i > start || (!have_dict && values.is_empty()) {
                let base = self.u.top;
                for j in start..i {
                    if let Some(key) = &keys[j] {
                        self.push(key)?;
                    }
                    self.push(&values[j])?;
                }
                self.u.set_top(base);
                let n = (i - start) as u16;
                if !have_dict && i == values.len() {
                    self.u.emit_to(Op::BUILD_MAP, dest, Reg::temp(base).0, n, span);
                    return Ok(());
                }
                self.u.emit_to(Op::BUILD_MAP, Dest::Push, Reg::temp(base).0, n, span);
                if have_dict {
                    self.u.set_top(base);
                    self.u.emit(Op::DICT_UPDATE, dict.0, Reg::temp(base).0, 0, span);
                }
                have_dict = true;
            } else {
                if !have_dict {
                    self.u.emit_to(Op::BUILD_MAP, Dest::Push, dict.0, 0, span);
                    have_dict = true;
                }
                let r = self.operand(&values[i], &[])?;
                self.u.set_top(mark + 1);
                self.u.emit(Op::DICT_UPDATE, dict.0, r.0, 0, span);
                i += 1;
            }
        }
        self.finish(mark, dest, span);
        Ok(())
    }

    /// Pushes the parts of a slice; how many.
    pub(super) fn slice_parts(
        &mut self,
        lower: Option<&'a Expr>,
        upper: Option<&'a Expr>,
        step: Option<&'a Expr>,
        span: Span,
    ) -> R<u16> {
        for part in [lower, upper] {
            match part {
                Some(part) => {
                    self.push(part)?;
                }
                None => self.constant(&Constant::None, Dest::Push, span),
            }
        }
        let Some(step) = step else { return Ok(2) };
        self.push(step)?;
        Ok(3)
    }

    fn subscript(&mut self, value: &'a Expr, slice: &'a Expr, dest: Dest, span: Span) -> R<()> {
        self.check_subscripter(value);
        self.check_index(value, slice);
        let mark = self.u.top;
        let object = self.operand(value, &[slice])?;
        if let ExprKind::Slice { lower, upper, step: None } = &slice.kind {
            let parts = Reg::temp(self.u.top);
            self.slice_parts(lower.as_deref(), upper.as_deref(), None, slice.span)?;
            self.u.set_top(mark);
            self.u.emit_to(Op::GETSLICE, dest, object.0, parts.0, span);
        } else if let Some(k) = self.constant_operand(slice) {
            self.u.set_top(mark);
            self.u.emit_to(Op::GETITEM_K, dest, object.0, k, span);
        } else {
            let index = self.operand(slice, &[])?;
            self.u.set_top(mark);
            self.u.emit_to(Op::GETITEM, dest, object.0, index.0, span);
        }
        Ok(())
    }

    fn joined(&mut self, values: &'a [Expr], dest: Dest, span: Span) -> R<()> {
        let mark = self.u.top;
        match values {
            [] => self.string("", dest, span),
            [one] => self.expr(one, dest)?,
            _ => {
                for value in values {
                    if (self.u.top - mark) as usize >= PIECE {
                        self.u.set_top(mark);
                        let first = Reg::temp(mark).0;
                        self.u.emit_to(Op::BUILD_STRING, Dest::Push, first, PIECE as u16, span);
                    }
                    self.push(value)?;
                }
                let n = self.u.top - mark;
                self.u.set_top(mark);
                self.u.emit_to(Op::BUILD_STRING, dest, Reg::temp(mark).0, n, span);
            }
        }
        Ok(())
    }
}

/// Whether evaluating `e` can bind no name: a name, a constant, or an attribute of one.
pub(super) fn is_leaf(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Name { .. } | ExprKind::Constant { .. } => true,
        ExprKind::Attribute { value, .. } => is_leaf(value),
        _ => false,
    }
}

/// Where a traceback points for an attribute: at the name's line when the expression began on an earlier one.
pub(super) fn attribute_span(e: &Expr, attr: &Name, span: Span) -> Span {
    let end = e.span;
    if span.lineno == end.end_lineno {
        return span;
    }
    let length = attr.chars().count() as u32;
    let col_offset = end.end_col_offset.saturating_sub(length);
    Span { lineno: end.end_lineno, col_offset, ..span }
}
