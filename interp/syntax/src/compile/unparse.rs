//! The text of an expression, as `from __future__ import annotations` stores it.

use crate::ast::*;

/// The source text of an expression, in generalized UTF-8.
pub fn unparse(e: &Expr) -> Vec<u8> {
    match &e.kind {
        ExprKind::Name { id, .. } => id.as_bytes().to_vec(),
        _ => b"...".to_vec(),
    }
}
