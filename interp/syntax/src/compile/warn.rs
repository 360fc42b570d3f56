//! Warnings about code that is surely wrong, and names that can not be assigned.

use super::expr::constant_of;
use super::{Compiler, R};
use crate::ast::*;
use crate::error::{ErrorKind, SyntaxWarning, WarningKind};
use crate::scope::error_at;

/// The type of an expression's value, when its form tells.
fn inferred_type(e: &Expr) -> Option<&'static str> {
    Some(match &e.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => constant_type(value)?,
        _ => return None,
    })
}

fn constant_type(value: &Constant) -> Option<&'static str> {
    Some(match value {
        Constant::None => "NoneType",
        Constant::True | Constant::False => "bool",
        Constant::Ellipsis => "ellipsis",
        Constant::Int(_) => "int",
        Constant::Float(_) => "float",
        Constant::Complex(..) => "complex",
        Constant::Str(_) => "str",
        Constant::Bytes(_) => "bytes",
        Constant::Tuple(_) => "tuple",
        Constant::FrozenSet(_) => "frozenset",
        Constant::Foreign(_) => return None,
    })
}

/// The name of the type when comparing with the value by `is` is a mistake.
fn bad_is_operand(e: &Expr) -> Option<&'static str> {
    match constant_of(e)? {
        Constant::None | Constant::True | Constant::False | Constant::Ellipsis | Constant::Foreign(_) => None,
        value => constant_type(value),
    }
}

/// The warning that folding `~True` or `~False` gives.
pub(super) fn inverted_bool(span: Span) -> SyntaxWarning {
    SyntaxWarning {
        kind: WarningKind::InvertedBool,
        msg: "Bitwise inversion '~' on bool".into(),
        lineno: span.lineno,
        error: Box::new(error_at(ErrorKind::Syntax, String::new(), span)),
    }
}

impl<'a> Compiler<'a> {
    /// Notes a `SyntaxWarning`.
    pub(super) fn warn(&mut self, msg: &str, span: Span) {
        self.warnings.push(SyntaxWarning {
            kind: WarningKind::Syntax,
            msg: msg.into(),
            lineno: span.lineno,
            error: Box::new(error_at(ErrorKind::Syntax, msg.into(), span)),
        });
    }

    /// An error when `name` can not be assigned or deleted.
    pub(super) fn forbidden_name(&self, name: &Name, store: bool, span: Span) -> R<()> {
        if name == "__debug__" {
            let msg = if store { "cannot assign to __debug__" } else { "cannot delete __debug__" };
            return self.error(msg, span);
        }
        Ok(())
    }

    /// `x is 1`.
    pub(super) fn check_compare(&mut self, left: &Expr, ops: &[CmpOp], comparators: &[Expr], span: Span) {
        let mut before = left;
        for (op, right) in ops.iter().zip(comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot)
                && let Some(kind) = bad_is_operand(before).or_else(|| bad_is_operand(right))
            {
                let msg = if *op == CmpOp::Is {
                    format!("\"is\" with '{kind}' literal. Did you mean \"==\"?")
                } else {
                    format!("\"is not\" with '{kind}' literal. Did you mean \"!=\"?")
                };
                self.warn(&msg, span);
                return;
            }
            before = right;
        }
    }

    /// `[...](...)`.
    pub(super) fn check_caller(&mut self, func: &Expr) {
        if matches!(func.kind, ExprKind::Lambda { .. }) {
            return;
        }
        if let Some(kind) = inferred_type(func) {
            let msg = format!("'{kind}' object is not callable; perhaps you missed a comma?");
            self.warn(&msg, func.span);
        }
    }

    /// `1[...]`.
    pub(super) fn check_subscripter(&mut self, value: &Expr) {
        let wrong = match &value.kind {
            ExprKind::Constant { value, .. } => matches!(
                value,
                Constant::None
                    | Constant::Ellipsis
                    | Constant::True
                    | Constant::False
                    | Constant::Int(_)
                    | Constant::Float(_)
                    | Constant::Complex(..)
                    | Constant::FrozenSet(_)
            ),
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        if wrong && let Some(kind) = inferred_type(value) {
            let msg = format!("'{kind}' object is not subscriptable; perhaps you missed a comma?");
            self.warn(&msg, value.span);
        }
    }

    /// `[1, 2]["x"]`.
    pub(super) fn check_index(&mut self, value: &Expr, index: &Expr) {
        let Some(index_type) = inferred_type(index) else { return };
        if matches!(index_type, "int" | "bool" | "slice") {
            return;
        }
        let indexed = match &value.kind {
            ExprKind::Constant { value, .. } => {
                matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if indexed && let Some(kind) = inferred_type(value) {
            let msg = format!(
                "{kind} indices must be integers or slices, not {index_type}; perhaps you missed a comma?"
            );
            self.warn(&msg, value.span);
        }
    }
}
