//! Conditions: boolean operators and comparisons that only decide where control goes become jumps.

use super::expr::constant_of;
use super::konst::truth;
use super::unit::{Dest, Label, Reg};
use super::{Compiler, R};
use crate::ast::*;
use krait_bytecode::Op;

fn compare_op(op: CmpOp) -> Op {
    match op {
        CmpOp::Eq => Op::EQ,
        CmpOp::NotEq => Op::NE,
        CmpOp::Lt => Op::LT,
        CmpOp::LtE => Op::LE,
        CmpOp::Gt => Op::GT,
        CmpOp::GtE => Op::GE,
        CmpOp::Is => Op::IS,
        CmpOp::IsNot => Op::IS_NOT,
        CmpOp::In => Op::IN,
        CmpOp::NotIn => Op::NOT_IN,
    }
}

/// The jump that compares, the one with a constant, and whether the operator is its negation.
fn jump_op(op: CmpOp) -> (Op, Option<Op>, bool) {
    match op {
        CmpOp::Eq => (Op::JUMP_EQ, Some(Op::JUMP_EQ_K), false),
        CmpOp::NotEq => (Op::JUMP_NE, Some(Op::JUMP_NE_K), false),
        CmpOp::Lt => (Op::JUMP_LT, Some(Op::JUMP_LT_K), false),
        CmpOp::LtE => (Op::JUMP_LE, Some(Op::JUMP_LE_K), false),
        CmpOp::Gt => (Op::JUMP_GT, Some(Op::JUMP_GT_K), false),
        CmpOp::GtE => (Op::JUMP_GE, Some(Op::JUMP_GE_K), false),
        CmpOp::Is => (Op::JUMP_IS, None, false),
        CmpOp::IsNot => (Op::JUMP_IS, None, true),
        CmpOp::In => (Op::JUMP_IN, None, false),
        CmpOp::NotIn => (Op::JUMP_IN, None, true),
    }
}

impl<'a> Compiler<'a> {
    /// Jumps to `target` when the truth of `e` is `when`, and goes on otherwise.
    pub(super) fn cond(&mut self, e: &'a Expr, target: Label, when: bool) -> R<()> {
        let span = e.span;
        let mark = self.u.top;
        match &e.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => self.cond(operand, target, !when)?,
            ExprKind::BoolOp { op, values } => {
                let shortcut = *op == BoolOp::Or;
                let skip = if shortcut == when { target } else { self.u.label() };
                if let Some((last, first)) = values.split_last() {
                    for value in first {
                        self.cond(value, skip, shortcut)?;
                    }
                    self.cond(last, target, when)?;
                }
                if skip != target {
                    self.u.bind(skip);
                }
            }
            ExprKind::IfExp { test, body, orelse } => {
                let other = self.u.label();
                let end = self.u.label();
                self.cond(test, other, false)?;
                self.cond(body, target, when)?;
                self.u.jump(end);
                self.u.bind(other);
                self.cond(orelse, target, when)?;
                self.u.bind(end);
            }
            ExprKind::Compare { left, ops, comparators } => {
                self.check_compare(left, ops, comparators, span);
                if let ([op], [right]) = (ops.as_slice(), comparators.as_slice()) {
                    let l = self.operand(left, &[right])?;
                    self.compare_jump(l, *op, right, target, when, span)?;
                } else {
                    self.chain_jump(left, ops, comparators, target, when, span)?;
                }
            }
            ExprKind::Constant { value, .. } if truth(value).is_some() => {
                self.u.emit(Op::NOP, 0, 0, 0, span);
                if truth(value) == Some(when) {
                    self.u.jump(target);
                }
            }
            _ => {
                let r = self.operand(e, &[])?;
                self.u.set_top(mark);
                let op = if when { Op::JUMP_IF_TRUE } else { Op::JUMP_IF_FALSE };
                self.u.emit_jump(op, r.0, 0, 0, target, span);
            }
        }
        self.u.set_top(mark);
        Ok(())
    }

    /// One comparison of `l`, alone on the stack if it is there, with `right`.
    fn compare_jump(
        &mut self,
        l: Reg,
        op: CmpOp,
        right: &'a Expr,
        target: Label,
        when: bool,
        span: Span,
    ) -> R<()> {
        let mark = if l.is_temp() { l.0 & !Reg::TEMP } else { self.u.top };
        let (jump, with_constant, negated) = jump_op(op);
        let when = when != negated;
        if jump == Op::JUMP_IS && matches!(constant_of(right), Some(Constant::None)) {
            self.u.set_top(mark);
            let op = if when { Op::JUMP_IF_NONE } else { Op::JUMP_IF_NOT_NONE };
            self.u.emit_jump(op, l.0, 0, 0, target, span);
        } else if let Some(k_jump) = with_constant
            && let Some(k) = self.constant_operand(right)
        {
            self.u.set_top(mark);
            self.u.emit_jump(k_jump, l.0, k, when as u16, target, span);
        } else {
            let r = self.operand(right, &[])?;
            self.u.set_top(mark);
            self.u.emit_jump(jump, l.0, r.0, when as u16, target, span);
        }
        Ok(())
    }

    /// `a < b < c` as jumps.
    fn chain_jump(
        &mut self,
        left: &'a Expr,
        ops: &[CmpOp],
        comparators: &'a [Expr],
        target: Label,
        when: bool,
        span: Span,
    ) -> R<()> {
        let mark = self.u.top;
        let no = if when { self.u.label() } else { target };
        let mut l = self.operand(left, &comparators.iter().collect::<Vec<_>>())?;
        let last = ops.len() - 1;
        for (i, (op, right)) in ops.iter().zip(comparators).enumerate() {
            if i == last {
                self.compare_jump(l, *op, right, target, when, span)?;
            } else {
                let r = self.operand(right, &comparators[i + 1..].iter().collect::<Vec<_>>())?;
                let (jump, _, negated) = jump_op(*op);
                self.u.emit_jump(jump, l.0, r.0, negated as u16, no, span);
                l = r;
            }
        }
        self.u.set_top(mark);
        if no != target {
            self.u.bind(no);
        }
        Ok(())
    }

    /// A comparison as a value.
    pub(super) fn compare(
        &mut self,
        left: &'a Expr,
        ops: &[CmpOp],
        comparators: &'a [Expr],
        dest: Dest,
        span: Span,
    ) -> R<()> {
        self.check_compare(left, ops, comparators, span);
        let mark = self.u.top;
        if let ([op], [right]) = (ops, comparators) {
            let l = self.operand(left, &[right])?;
            let r = self.operand(right, &[])?;
            self.u.set_top(mark);
            self.u.emit_to(compare_op(*op), dest, l.0, r.0, span);
            return Ok(());
        }
        // The result's register lies below the operands: the first false one is the value of the whole.
        let result = self.u.push();
        self.u.open_gap(mark, 1);
        let end = self.u.label();
        let mut l = self.operand(left, &comparators.iter().collect::<Vec<_>>())?;
        let last = ops.len() - 1;
        for (i, (op, right)) in ops.iter().zip(comparators).enumerate() {
            let r = self.operand(right, &comparators[i + 1..].iter().collect::<Vec<_>>())?;
            if i == last {
                self.u.set_top(mark);
            }
            self.u.emit(compare_op(*op), result.0, l.0, r.0, span);
            if i == 0 {
                self.u.close_gap();
            }
            if i < last {
                self.u.emit_jump(Op::JUMP_IF_FALSE, result.0, 0, 0, end, span);
            }
            l = r;
        }
        self.u.bind(end);
        self.finish(mark, dest, span);
        Ok(())
    }
}
