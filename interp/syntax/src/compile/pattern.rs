//! `match`.

use super::{Compiler, R};
use crate::ast::*;

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, _cases: &'a [MatchCase]) -> R<()> {
        self.error("match is not supported", subject.span)
    }
}
