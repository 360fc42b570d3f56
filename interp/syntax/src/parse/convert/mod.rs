//! From the parser crate's tree to Krait's.
//!
//! The parser crate knows byte ranges and repaired strings; Krait wants CPython's positions and exact constants,
//! so literals are decoded again from their source text. The conversion also bounds the depth of the tree: what
//! nests deeper than [`MAX_DEPTH`] is refused, and the tree can be walked and dropped on any ordinary stack.
//!
//! It must not judge grammar: a source that CPython refuses and the parser crate accepts is reported as
//! [`Fail::Reject`], and the diagnosis finds the words.

mod expr;
mod fstring;
mod pattern;
mod stmt;

use super::literal;
use super::source::Lines;
use super::type_comments::{self, TypeComments};
use crate::ast::{Mod, ModKind, Name, Names, NodeIds, Span};
use crate::error::WarningKind;
use crate::stack;
use ruff_python_ast as r;
use ruff_text_size::TextRange;

/// CPython gives up within a few levels of this depth, too.
pub const MAX_DEPTH: u32 = 2990;

/// Why a conversion stopped.
#[derive(Debug)]
pub enum Fail {
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
    /// CPython refuses this at the byte range given.
    Reject(TextRange),
    /// A literal without a value, at the byte range given.
    Literal(TextRange),
}

/// A warning found on the way: the range of the token, and the message.
pub struct Found {
    pub kind: WarningKind,
    pub range: TextRange,
    pub msg: String,
}

/// The state of one conversion.
pub struct Converter<'a> {
    pub lines: Lines<'a>,
    pub source: &'a str,
    pub warnings: Vec<Found>,
    pub max_int_digits: usize,
    /// The type comments, when they are to be kept.
    pub type_comments: Option<TypeComments>,
    names: Names,
    ids: NodeIds,
    depth: u32,
    /// How many format specs are around.
    specs: u32,
    /// The closing quotes of the formatted string around.
    fstring_end: TextRange,
}

type Result<T> = std::result::Result<T, Fail>;

impl<'a> Converter<'a> {
    /// A converter for trees of `source`.
    pub fn new(source: &'a str, max_int_digits: usize) -> Converter<'a> {
        Converter {
            lines: Lines::new(source),
            source,
            warnings: Vec::new(),
            max_int_digits,
            type_comments: None,
            names: Names::default(),
            ids: NodeIds::default(),
            depth: 0,
            specs: 0,
            fstring_end: TextRange::default(),
        }
    }

    /// A module or, with `interactive`, one interactive statement.
    pub fn module(&mut self, module: &r::ModModule, interactive: bool) -> Result<Mod> {
        let body = self.body(&module.body)?;
        let kind = if interactive {
            ModKind::Interactive { body }
        } else {
            let type_ignores = self.type_comments.as_mut().map(|t| std::mem::take(&mut t.ignores));
            ModKind::Module { body, type_ignores: type_ignores.unwrap_or_default() }
        };
        Ok(Mod { kind, node_count: self.ids.count() })
    }

    /// An expression on its own.
    pub fn expression(&mut self, body: &r::Expr) -> Result<Mod> {
        let body = Box::new(self.expr(body)?);
        Ok(Mod { kind: ModKind::Expression { body }, node_count: self.ids.count() })
    }

    /// A function type.
    pub fn function_type(&mut self, argtypes: &[r::Expr], returns: &r::Expr) -> Result<Mod> {
        let argtypes = argtypes.iter().map(|e| self.expr(e)).collect::<Result<_>>()?;
        let returns = Box::new(self.expr(returns)?);
        Ok(Mod { kind: ModKind::FunctionType { argtypes, returns }, node_count: self.ids.count() })
    }

    fn span(&self, range: TextRange) -> Span {
        self.lines.span(range.start().to_u32(), range.end().to_u32())
    }

    fn text(&self, range: TextRange) -> &'a str {
        &self.source[range]
    }

    fn name(&mut self, name: &str) -> Name {
        self.names.intern(name)
    }

    fn identifier(&mut self, identifier: &r::Identifier) -> Result<Name> {
        if identifier.id.is_empty() {
            return Err(Fail::Reject(identifier.range));
        }
        self.check_identifier(identifier.as_str(), identifier.range)?;
        Ok(self.names.intern(identifier.as_str()))
    }

    /// The parser crate knows characters of a later Unicode.
    fn check_identifier(&self, name: &str, range: TextRange) -> Result<()> {
        let known = |c: char| c.is_ascii() || krait_text::chars::is_xid_continue(c as u32);
        if name.is_ascii() || name.chars().all(known) { Ok(()) } else { Err(Fail::Reject(range)) }
    }

    fn optional_identifier(&mut self, identifier: &Option<r::Identifier>) -> Result<Option<Name>> {
        identifier.as_ref().map(|i| self.identifier(i)).transpose()
    }

    /// Runs `f` one level deeper.
    fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Fail::TooDeep);
        }
        self.depth += 1;
        let result = if self.depth.is_multiple_of(64) {
            stack::with(128 * 1024, 2 * 1024 * 1024, || Fail::TooDeep, || f(self))
        } else {
            f(self)
        };
        self.depth -= 1;
        result
    }

    /// A type comment that `find` knows, when they are kept.
    fn type_comment(&mut self, find: impl FnOnce(&mut TypeComments) -> Option<TextRange>) -> Option<Name> {
        type_comments::text(self.source, find(self.type_comments.as_mut()?))
    }

    fn warn_escape(&mut self, range: TextRange, escape: Option<literal::InvalidEscape>) {
        if let Some(escape) = escape {
            self.warnings.push(Found { kind: WarningKind::Syntax, range, msg: escape.msg });
        }
    }
}
