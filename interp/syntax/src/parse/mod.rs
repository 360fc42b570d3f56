//! Source text to tree.
//!
//! The parser crate accepts or refuses a source; [`convert`] turns what it accepted into Krait's tree. What it
//! refuses is looked at a second time for CPython's words: speed matters only for sources that parse.

mod convert;
pub mod literal;
pub mod source;

use crate::ast;
use crate::error::{ErrorKind, SyntaxError, SyntaxWarning};
use convert::{Converter, Fail};
use ruff_python_ast as r;
use ruff_python_ast::PythonVersion;
use ruff_python_parser::ParseOptions;
use ruff_text_size::TextRange;

/// What kind of source it is: the third argument of `compile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A module.
    Exec,
    /// One expression.
    Eval,
    /// One interactive statement.
    Single,
    /// A function type as in type comments: `(int, str) -> bool`.
    FuncType,
}

/// What changes how a source is parsed.
#[derive(Debug, Clone)]
pub struct Flags {
    /// `from __future__ import barry_as_FLUFL` is in force: `<>` is the only inequality.
    pub barry_as_flufl: bool,
    /// Keep type comments. They are accepted, and not kept yet.
    pub type_comments: bool,
    /// The end of the source does not close open blocks (`codeop`).
    pub dont_imply_dedent: bool,
    /// A source that ends too early is [`ErrorKind::IncompleteInput`] (`codeop`).
    pub allow_incomplete_input: bool,
    /// The bytes come from a file and not from a string given to `compile`: some texts differ.
    pub from_file: bool,
    /// `sys.get_int_max_str_digits()`; 0 is no limit.
    pub max_int_digits: usize,
}

impl Default for Flags {
    fn default() -> Self {
        Flags {
            barry_as_flufl: false,
            type_comments: false,
            dont_imply_dedent: false,
            allow_incomplete_input: false,
            from_file: false,
            max_int_digits: 4300,
        }
    }
}

/// A tree and what was noticed on the way.
#[derive(Debug)]
pub struct Parsed {
    pub tree: ast::Mod,
    pub warnings: Vec<SyntaxWarning>,
}

/// Parses text.
pub fn parse(source: &str, mode: Mode, flags: &Flags) -> Result<Parsed, Box<SyntaxError>> {
    if memchr::memchr(0, source.as_bytes()).is_some() {
        return Err(Box::new(null_bytes(flags)));
    }
    let source = source::normalize_newlines(source.strip_prefix('\u{feff}').unwrap_or(source));
    Run { source: &source, mode, flags }.parse()
}

/// Parses bytes: finds the encoding first (PEP 263). `decode` knows the codecs that this crate does not.
pub fn parse_bytes(
    source: &[u8],
    mode: Mode,
    flags: &Flags,
    decode: source::DecodeWith<'_>,
) -> Result<Parsed, Box<SyntaxError>> {
    if memchr::memchr(0, source).is_some() {
        return Err(Box::new(null_bytes(flags)));
    }
    let text = source::decode_source(source, flags.from_file, decode)?;
    parse(&text, mode, flags)
}

fn null_bytes(flags: &Flags) -> SyntaxError {
    let what = if flags.from_file { "source code cannot" } else { "source code string cannot" };
    SyntaxError::bare(ErrorKind::Syntax, format!("{what} contain null bytes"))
}

struct Run<'a> {
    source: &'a str,
    mode: Mode,
    flags: &'a Flags,
}

impl Run<'_> {
    fn parse(&self) -> Result<Parsed, Box<SyntaxError>> {
        let mode = match self.mode {
            Mode::Eval => ruff_python_parser::Mode::Expression,
            _ => ruff_python_parser::Mode::Module,
        };
        let options = ParseOptions::from(mode).with_target_version(PythonVersion::PY312);
        let parsed = ruff_python_parser::parse_unchecked(self.source, options);
        if let Some(error) = parsed.errors().first() {
            return Err(self.refused(error.location, &error.error.to_string()));
        }
        if let Some(error) = parsed.unsupported_syntax_errors().first() {
            return Err(self.refused(error.range, &error.to_string()));
        }
        let mut converter = Converter::new(self.source, self.flags.max_int_digits);
        let result = match parsed.syntax() {
            r::Mod::Module(module) => converter.module(module, self.mode == Mode::Single),
            r::Mod::Expression(expression) => converter.expression(&expression.body),
        };
        match result {
            Ok(tree) => Ok(Parsed { tree, warnings: Vec::new() }),
            Err(Fail::TooDeep) => {
                drop_deep(parsed, self.source.len());
                Err(Box::new(SyntaxError::bare(
                    ErrorKind::Recursion,
                    "maximum recursion depth exceeded during compilation",
                )))
            }
            Err(Fail::Reject(range)) => Err(self.refused(range, "invalid syntax")),
            Err(Fail::Literal(range, msg)) => Err(self.refused(range, &msg)),
        }
    }

    fn refused(&self, range: TextRange, msg: &str) -> Box<SyntaxError> {
        let lines = source::Lines::new(self.source);
        let span = lines.span(range.start().to_u32(), range.end().to_u32());
        Box::new(SyntaxError {
            kind: ErrorKind::Syntax,
            msg: msg.into(),
            lineno: span.lineno,
            offset: lines.char_offset(span.lineno, span.col_offset),
            end_lineno: span.end_lineno,
            end_offset: lines.char_offset(span.end_lineno, span.end_col_offset),
            text: Some(lines.line(span.lineno).into()),
        })
    }
}

/// Drops a tree that may nest as deeply as its source is long.
fn drop_deep<T>(tree: T, source_len: usize) {
    const PER_LEVEL: usize = 256;
    const MOST: usize = 1 << 30;
    let need = source_len.saturating_mul(PER_LEVEL);
    if need < MOST {
        stacker::grow(need + (1 << 20), || drop(tree));
    } else {
        // No stack is that large; a leak is better than an overflow.
        std::mem::forget(tree);
    }
}
