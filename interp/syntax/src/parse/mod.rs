//! Source text to tree.
//!
//! The parser crate accepts or refuses a source; [`convert`] turns what it accepted into Krait's tree. What it
//! refuses is looked at a second time for CPython's words: speed matters only for sources that parse.

mod convert;
pub mod feature;
pub mod literal;
pub mod source;
mod type_comments;

use crate::ast;
use crate::diagnose::diagnose;
use crate::error::{ErrorKind, SyntaxError, SyntaxWarning};
use crate::stack;
use crate::token::{TokenKind, Tokenizer};
use convert::{Converter, Fail};
use ruff_python_ast as r;
use ruff_python_ast::PythonVersion;
use ruff_python_parser::{InterpolatedStringErrorType, LexicalErrorType, ParseErrorType, ParseOptions};
use ruff_text_size::TextRange;
use std::borrow::Cow;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicUsize, Ordering};
use type_comments::TypeComments;

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
    /// Keep type comments.
    pub type_comments: bool,
    /// The version of the language, 3.`feature_version`: what came later is an error.
    pub feature_version: u8,
    /// The end of the source does not close open blocks (`codeop`).
    pub dont_imply_dedent: bool,
    /// A source that ends too early is [`ErrorKind::IncompleteInput`] (`codeop`).
    pub allow_incomplete_input: bool,
    /// The bytes come from a file and not from a string given to `compile`: some texts differ.
    pub from_file: bool,
    /// The name of the file for the one message that has it.
    pub filename: String,
    /// `sys.get_int_max_str_digits()`; 0 is no limit.
    pub max_int_digits: usize,
}

/// What `sys.set_int_max_str_digits` said last; literals keep to it as conversions do.
static MAX_INT_DIGITS: AtomicUsize = AtomicUsize::new(4300);

/// Sets the limit of digits in decimal literals; 0 is none.
pub fn set_max_int_digits(n: usize) {
    MAX_INT_DIGITS.store(n, Ordering::Relaxed);
}

impl Default for Flags {
    fn default() -> Self {
        Flags {
            barry_as_flufl: false,
            type_comments: false,
            feature_version: feature::NEWEST,
            dont_imply_dedent: false,
            allow_incomplete_input: false,
            from_file: false,
            filename: String::new(),
            max_int_digits: MAX_INT_DIGITS.load(Ordering::Relaxed),
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
    let source = source::normalize_newlines(source);
    Run { source: &source, mode, flags }.parse()
}

/// Parses bytes: finds the encoding first (PEP 263). `decode` knows the codecs that this crate does not.
pub fn parse_bytes(
    source: &[u8],
    mode: Mode,
    flags: &Flags,
    decode: source::DecodeWith<'_>,
) -> Result<Parsed, Box<SyntaxError>> {
    if let Some(at) = memchr::memchr(0, source) {
        let error = null_bytes(flags);
        if !flags.from_file {
            return Err(Box::new(error));
        }
        // The tokenizer reads a file by lines, and ends each at the NUL.
        let before = &source[..at];
        let line = before.iter().rposition(|&c| c == b'\n').map_or(0, |n| n + 1);
        let lineno = 1 + memchr::memchr_iter(b'\n', before).count() as u32;
        let text = Some(String::from_utf8_lossy(&before[line..]).into_owned());
        return Err(Box::new(SyntaxError { lineno, end_lineno: lineno, text, ..error }));
    }
    let file = flags.from_file.then_some(flags.filename.as_str());
    let text = source::decode_source(source, file, decode)?;
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
        // The parser crate knows neither interactive input nor its end, and not all of CPython's limits.
        let look_first = matches!(self.mode, Mode::Single | Mode::FuncType)
            || self.flags.allow_incomplete_input
            || self.flags.barry_as_flufl
            || self.source.starts_with('\u{feff}')
            || self.mode == Mode::Eval
                && (self.source.starts_with([' ', '\t', '\x0c', '\n', '#', '\\'])
                    || self.source.ends_with([' ', '\t']))
            || is_doubtful(self.source.as_bytes()) && !has_good_tokens(self.source);
        if look_first && let Some(error) = diagnose(self.source, self.mode, self.flags) {
            return Err(error);
        }
        if self.mode == Mode::FuncType {
            return self.function_type();
        }
        let mode = match self.mode {
            Mode::Eval => ruff_python_parser::Mode::Expression,
            _ => ruff_python_parser::Mode::Module,
        };
        let options = ParseOptions::from(mode).with_target_version(PythonVersion::PY312);
        let source = self.without_flufl();
        let mut parsed = Deep::new(ruff_python_parser::parse_unchecked(&source, options.clone()), &source);
        if !parsed.errors().is_empty() {
            if let Some(error) = diagnose(self.source, self.mode, self.flags) {
                return Err(error);
            }
            let hidden = with_bare_raise_hidden(&source);
            parsed = Deep::new(ruff_python_parser::parse_unchecked(&hidden, options), &source);
            if let Some(error) = parsed.errors().first() {
                return Err(self.error_in(error.location, fallback(&error.error)));
            }
        }
        if let Some(error) = parsed.unsupported_syntax_errors().first() {
            return Err(self.refused(error.range));
        }
        let mut converter = Converter::new(self.source, self.flags.max_int_digits);
        let keep = self.flags.type_comments && matches!(self.mode, Mode::Exec | Mode::Single);
        converter.type_comments = keep.then(|| TypeComments::find(self.source));
        let result = match parsed.syntax() {
            r::Mod::Module(module) => converter.module(module, self.mode == Mode::Single),
            r::Mod::Expression(expression) => converter.expression(&expression.body),
        };
        if result.is_ok() {
            parsed.is_shallow();
            if let Some((range, msg)) = converter.type_comments.as_ref().and_then(TypeComments::misplaced) {
                return Err(self.error_in(range, msg));
            }
            let version = self.flags.feature_version;
            if version < feature::NEWEST
                && let Some((range, msg)) = feature::too_new(parsed.syntax(), self.source, version)
            {
                return Err(self.error_in(range, &msg));
            }
        }
        self.finish(result, converter)
    }

    fn finish(
        &self,
        result: Result<ast::Mod, Fail>,
        converter: Converter<'_>,
    ) -> Result<Parsed, Box<SyntaxError>> {
        match result {
            Ok(tree) => Ok(Parsed { tree, warnings: self.warnings(converter) }),
            Err(Fail::TooDeep) => Err(Box::new(SyntaxError::bare(
                ErrorKind::Recursion,
                "maximum recursion depth exceeded during compilation",
            ))),
            Err(Fail::Reject(range) | Fail::Literal(range)) => Err(self.refused(range)),
        }
    }

    /// `<>` as the parser crate knows it, at the same place.
    fn without_flufl(&self) -> Cow<'_, str> {
        if !self.flags.barry_as_flufl || !self.source.contains("<>") {
            return Cow::Borrowed(self.source);
        }
        let mut source = self.source.to_owned();
        let mut scanner = Tokenizer::new(self.source);
        while let Ok(token) = scanner.next_token()
            && token.kind != TokenKind::EndMarker
        {
            if token.kind == TokenKind::NotEqual {
                source.replace_range(token.start as usize..token.end as usize, "!=");
            }
        }
        Cow::Owned(source)
    }

    /// A function type whose grammar has been checked: the pieces between brackets and commas are expressions.
    fn function_type(&self) -> Result<Parsed, Box<SyntaxError>> {
        let mut pieces = Vec::new();
        let mut piece: Option<(u32, u32)> = None;
        let mut in_arguments = true;
        let mut scanner = Tokenizer::new(self.source);
        while let Ok(token) = scanner.next_token() {
            match (token.kind, token.level) {
                (TokenKind::LPar, 1) if in_arguments && piece.is_none() && pieces.is_empty() => {}
                (TokenKind::Comma, 1) if in_arguments => pieces.extend(piece.take()),
                (TokenKind::RPar, 0) if in_arguments => pieces.extend(piece.take()),
                (TokenKind::Star | TokenKind::DoubleStar, 1) if in_arguments && piece.is_none() => {}
                (TokenKind::RArrow, 0) => in_arguments = false,
                (TokenKind::Newline | TokenKind::EndMarker, _) => {
                    pieces.extend(piece.take());
                    break;
                }
                _ => piece = Some((piece.map_or(token.start, |(start, _)| start), token.end)),
            }
        }
        let mut parsed = Vec::with_capacity(pieces.len());
        for (start, end) in pieces {
            let range = TextRange::new(start.into(), end.into());
            match ruff_python_parser::parse_expression_range(self.source, range) {
                Ok(expression) => parsed.push(*expression.into_syntax().body),
                Err(error) => return Err(self.refused(error.location)),
            }
        }
        let Some((returns, arguments)) = parsed.split_last() else {
            return Err(self.refused(TextRange::default()));
        };
        let mut converter = Converter::new(self.source, self.flags.max_int_digits);
        let result = converter.function_type(arguments, returns);
        self.finish(result, converter)
    }

    fn warnings(&self, converter: Converter<'_>) -> Vec<SyntaxWarning> {
        let Converter { warnings, lines, .. } = converter;
        warnings
            .into_iter()
            .map(|found| {
                let span = lines.span(found.range.start().to_u32(), found.range.end().to_u32());
                let mut error = Box::new(error_at(&lines, span, found.msg.clone()));
                // The tokenizer's own errors show the line without its newline, the parser's with one.
                if let Some(text) = &mut error.text {
                    text.truncate(text.trim_end_matches('\n').len());
                    if !found.range.is_empty() {
                        text.push('\n');
                    }
                }
                SyntaxWarning { kind: found.kind, msg: found.msg, lineno: span.lineno, error }
            })
            .collect()
    }

    /// The error for a source that has one, found at `range`.
    fn refused(&self, range: TextRange) -> Box<SyntaxError> {
        diagnose(self.source, self.mode, self.flags).unwrap_or_else(|| self.error_in(range, "invalid syntax"))
    }

    fn error_in(&self, range: TextRange, msg: &str) -> Box<SyntaxError> {
        let lines = source::Lines::new(self.source);
        let span = lines.span(range.start().to_u32(), range.end().to_u32());
        Box::new(error_at(&lines, span, msg.into()))
    }
}

/// What to say of an error that only the parser crate sees. CPython 3.12 finds some of these later, and accepts
/// some that it should not.
fn fallback(error: &ParseErrorType) -> &'static str {
    match error {
        ParseErrorType::Lexical(LexicalErrorType::FStringError(kind))
        | ParseErrorType::FStringError(kind)
            if *kind == InterpolatedStringErrorType::NewlineInFormatSpec =>
        {
            "f-string: newlines are not allowed in format specifiers for single quoted f-strings"
        }
        ParseErrorType::OtherError(msg) if msg.contains("pattern") => {
            "patterns may only match literals and attribute lookups"
        }
        _ => "invalid syntax",
    }
}

/// The parser crate refuses `raise;`. A `break` has the same length, and the converter sees what it stands for.
fn with_bare_raise_hidden(source: &str) -> String {
    let mut hidden = source.to_owned();
    let mut scanner = Tokenizer::new(source);
    let mut raise = None;
    while let Ok(token) = scanner.next_token()
        && token.kind != TokenKind::EndMarker
    {
        if let (Some(range), TokenKind::Semi) = (raise.take(), token.kind) {
            hidden.replace_range(range, "break");
        }
        if token.kind == TokenKind::Name && token.text(source) == "raise" {
            raise = Some(token.start as usize..token.end as usize);
        }
    }
    hidden
}

fn error_at(lines: &source::Lines<'_>, span: ast::Span, msg: String) -> SyntaxError {
    SyntaxError {
        lineno: span.lineno,
        offset: lines.char_offset(span.lineno, span.col_offset),
        end_lineno: span.end_lineno,
        end_offset: lines.char_offset(span.end_lineno, span.end_col_offset),
        text: Some(lines.line(span.lineno).into()),
        ..SyntaxError::bare(ErrorKind::Syntax, msg)
    }
}

/// Whether the source may break a rule of the tokenizer that the parser crate does not know: how deeply brackets,
/// formatted strings (each in a brace of another) and blocks nest, and how tabs and spaces mix. Brackets in strings count, too: it is only a reason to look.
fn is_doubtful(source: &[u8]) -> bool {
    const BRACKETS: i32 = 145;
    const COLUMNS: usize = 99;
    const CHANGE: [i8; 256] = {
        let mut change = [0; 256];
        change[b'(' as usize] = 1;
        change[b'[' as usize] = 1;
        change[b'{' as usize] = 1;
        change[b')' as usize] = -1;
        change[b']' as usize] = -1;
        change[b'}' as usize] = -1;
        change
    };
    let (mut depth, mut most) = (0i32, 0i32);
    for &byte in source {
        depth = (depth + CHANGE[byte as usize] as i32).max(0);
        most = most.max(depth);
    }
    if most > BRACKETS {
        return true;
    }
    let any_tabs = memchr::memchr(b'\t', source).is_some();
    let (mut tabs, mut spaces) = (false, false);
    memchr::memchr_iter(b'\n', source).any(|at| {
        let line = &source[at + 1..];
        let mut indent = line.iter().take_while(|c| matches!(c, b' ' | b'\t'));
        if any_tabs && let Some(first) = indent.next() {
            tabs |= *first == b'\t';
            spaces |= *first == b' ' || indent.any(|c| *c == b' ');
            if tabs && spaces {
                return true;
            }
        }
        line.len() > COLUMNS && line[..COLUMNS].iter().all(|c| matches!(c, b' ' | b'\t'))
    })
}

fn has_good_tokens(source: &str) -> bool {
    let mut scanner = Tokenizer::new(source);
    loop {
        match scanner.next_token() {
            Ok(token) if token.kind == TokenKind::EndMarker => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// A tree of the parser crate, which may nest as deeply as its source is long, until somebody knows better.
struct Deep<T> {
    tree: ManuallyDrop<T>,
    levels: usize,
}

impl<T> Deep<T> {
    fn new(tree: T, source: &str) -> Deep<T> {
        Deep { tree: ManuallyDrop::new(tree), levels: source.len() }
    }

    /// The tree has been walked.
    fn is_shallow(&mut self) {
        self.levels = 0;
    }
}

impl<T> std::ops::Deref for Deep<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.tree
    }
}

impl<T> Drop for Deep<T> {
    fn drop(&mut self) {
        const HARMLESS: usize = 2048;
        const PER_LEVEL: usize = 256;
        const MOST: usize = 1 << 30;
        let need = self.levels.saturating_mul(PER_LEVEL);
        // No stack is that large; a leak is better than an overflow.
        if need >= MOST {
            return;
        }
        let mut free = || {
            // SAFETY: this is the only place that drops the tree, once, and nobody uses it afterwards.
            unsafe { ManuallyDrop::drop(&mut self.tree) }
        };
        if self.levels <= HARMLESS {
            free();
        } else {
            stack::on_new(need + (1 << 20), free);
        }
    }
}
