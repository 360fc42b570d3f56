//! What older versions of the language lack: `ast.parse(..., feature_version=...)`.
//!
//! The parser takes all of today's language; this walks its tree and finds the first thing that came later. The names
//! `async` and `await`, which older versions had, remain keywords.

use crate::token::{TokenKind, Tokenizer};
use ruff_python_ast as r;
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_text_size::{Ranged, TextRange};

/// The version of the language that the rest of the parser knows: 3.12.
pub const NEWEST: u8 = 12;

/// The first part that Python 3.`version` does not have, and the message about it.
pub fn too_new(tree: &r::Mod, source: &str, version: u8) -> Option<(TextRange, String)> {
    let mut walk = Walk { source, version, found: None };
    walk.visit_mod(tree);
    walk.found
}

struct Walk<'a> {
    source: &'a str,
    version: u8,
    found: Option<(TextRange, String)>,
}

impl Walk<'_> {
    fn since(&mut self, version: u8, what: &str, range: TextRange) {
        if self.version < version && self.found.is_none() {
            self.found = Some((range, format!("{what} only supported in Python 3.{version} and greater")));
        }
    }

    /// Do brackets enclose all of what a `with` statement enters?
    fn has_parenthesized_items(&self, s: &r::StmtWith) -> bool {
        if let [only] = s.items.as_slice()
            && let r::Expr::Yield(_) | r::Expr::YieldFrom(_) | r::Expr::Named(_) | r::Expr::Generator(_) =
                only.context_expr
        {
            return false;
        }
        let mut scanner = Tokenizer::new(&self.source[s.range]);
        let mut closed = false;
        while let Ok(token) = scanner.next_token() {
            match (token.kind, token.level) {
                (TokenKind::Name | TokenKind::Async, 0) if !closed => match token.text(&self.source[s.range])
                {
                    "async" | "with" => {}
                    _ => return false,
                },
                (TokenKind::RPar, 0) if !closed => closed = true,
                (kind, 0) => return closed && kind == TokenKind::Colon,
                _ => {}
            }
        }
        false
    }

    fn operator(&mut self, op: r::Operator, range: TextRange) {
        if op == r::Operator::MatMult {
            self.since(5, "The '@' operator is", range);
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, stmt: &'a r::Stmt) {
        if self.found.is_some() {
            return;
        }
        // The parser looks at the version when a part is complete: what is inside comes first.
        source_order::walk_stmt(self, stmt);
        let range = stmt.range();
        match stmt {
            r::Stmt::FunctionDef(s) if s.is_async => self.since(5, "Async functions are", range),
            r::Stmt::For(s) if s.is_async => self.since(5, "Async for loops are", range),
            r::Stmt::With(s) => {
                if s.is_async {
                    self.since(5, "Async with statements are", range);
                }
                if self.has_parenthesized_items(s) {
                    self.since(9, "Parenthesized context managers are", range);
                }
            }
            r::Stmt::AnnAssign(_) => self.since(6, "Variable annotation syntax is", range),
            r::Stmt::AugAssign(s) => self.operator(s.op, range),
            r::Stmt::Match(_) => self.since(10, "Pattern matching is", range),
            r::Stmt::Try(s) if s.is_star => self.since(11, "Exception groups are", range),
            r::Stmt::TypeAlias(_) => self.since(12, "Type statement is", range),
            _ => {}
        }
    }

    fn visit_expr(&mut self, expr: &'a r::Expr) {
        if self.found.is_some() {
            return;
        }
        source_order::walk_expr(self, expr);
        let range = expr.range();
        match expr {
            r::Expr::Await(_) => self.since(5, "Await expressions are", range),
            r::Expr::BinOp(e) => self.operator(e.op, range),
            r::Expr::Named(_) => self.since(8, "Assignment expressions are", range),
            r::Expr::NumberLiteral(_) if self.source[range].contains('_') => {
                self.since(6, "Underscores in numeric literals are", range);
            }
            _ => {}
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a r::Comprehension) {
        source_order::walk_comprehension(self, comprehension);
        if comprehension.is_async {
            self.since(6, "Async comprehensions are", comprehension.range);
        }
    }

    fn visit_parameters(&mut self, parameters: &'a r::Parameters) {
        if !parameters.posonlyargs.is_empty() {
            self.since(8, "Positional-only parameters are", parameters.range);
        }
        source_order::walk_parameters(self, parameters);
    }

    fn visit_type_params(&mut self, type_params: &'a r::TypeParams) {
        self.since(12, "Type parameter lists are", type_params.range);
        source_order::walk_type_params(self, type_params);
    }
}
