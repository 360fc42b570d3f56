//! The machinery of the grammar: tokens on demand, backtracking, memory, notes about expressions, reports.

use crate::error::{ErrorKind, SyntaxError, SyntaxWarning, WarningKind};
use crate::parse::literal::InvalidEscape;
use crate::parse::source::Lines;
use crate::parse::{Flags, Mode};
use crate::stack;
use crate::token::{Token, TokenError, TokenKind, Tokenizer};
use rustc_hash::FxHashMap;

/// How deeply rules may nest; CPython's limit counts its own rules and comes to about the same.
const MAX_DEPTH: u32 = 6000;

/// The end of parsing: something was reported.
pub(super) struct Stop {
    pub error: Box<SyntaxError>,
    pub from_tokenizer: bool,
    pub unexpected_indent: bool,
}

impl Stop {
    pub fn raised(error: SyntaxError) -> Stop {
        let unexpected_indent = error.msg == "unexpected indent" || error.msg == "unexpected unindent";
        Stop { error: Box::new(error), from_tokenizer: false, unexpected_indent }
    }
}

/// A rule's outcome: it fits, it does not fit, or something was reported.
pub(super) type R<T = N> = Result<Option<T>, Stop>;

/// Stops an alternative that does not fit.
macro_rules! need {
    ($outcome:expr) => {
        match $outcome? {
            Some(value) => value,
            None => return Ok(None),
        }
    };
}

/// Tries an alternative and ends the rule when it fits.
macro_rules! alt {
    ($peg:expr, $body:expr) => {
        if let Some(value) = $peg.alt($body)? {
            return Ok(Some(value));
        }
    };
}

pub(super) use {alt, need};

/// A note about an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct N(u32);

/// What an expression is, as far as errors care.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Name,
    None,
    True,
    False,
    Ellipsis,
    Number,
    Str,
    Bytes,
    FString,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    /// Boolean, binary and unary operations.
    Operation,
    Generator,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    /// The first operator is `in`.
    In,
    Compare,
    IfExp,
    Named,
    Slice,
    /// No expression: a keyword argument, a pattern.
    Other,
}

/// A range of tokens' positions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub lineno: u32,
    pub col: i32,
    pub end_lineno: u32,
    pub end_col: i32,
}

impl Place {
    pub fn to(self, end: Place) -> Place {
        Place { end_lineno: end.end_lineno, end_col: end.end_col, ..self }
    }
}

impl From<Token> for Place {
    fn from(t: Token) -> Place {
        Place { lineno: t.lineno, col: t.col, end_lineno: t.end_lineno, end_col: t.end_col }
    }
}

pub(super) struct Note {
    pub kind: Kind,
    pub place: Place,
    /// The elements of a sequence, the value of a starred expression, the left side of a comparison.
    pub parts: Box<[N]>,
}

/// Where the end of a range is "as far as the tokenizer has come".
pub(super) const CURRENT: i32 = -5;

/// The rules whose outcome is remembered for each place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Rule {
    SimpleStmt,
    Block,
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    Strings,
    InvalidNamed,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    TPrimary,
    DelTarget,
    ClosedPattern,
    StarPattern,
    TypeParam,
    NameOrAttr,
}

pub(super) struct Peg<'a> {
    pub scanner: Tokenizer<'a>,
    pub source: &'a str,
    pub lines: Lines<'a>,
    pub tokens: Vec<Token>,
    keyword: Vec<bool>,
    pub mark: usize,
    /// The rules for mistakes are in force.
    pub invalid: bool,
    /// Escapes that mean nothing, in the literals that fit.
    pub warnings: Vec<SyntaxWarning>,
    notes: Vec<Note>,
    memo: FxHashMap<(usize, Rule), (Option<N>, usize)>,
    depth: u32,
    mode: Mode,
    from_file: bool,
    dont_imply_dedent: bool,
    pub barry_as_flufl: bool,
    pub max_int_digits: usize,
    parsing_started: bool,
    /// The tokenizer stopped at an error: whether that is because the source ends.
    stopped_at_end: Option<bool>,
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

impl<'a> Peg<'a> {
    pub fn new(source: &'a str, mode: Mode, flags: &Flags) -> Peg<'a> {
        Peg {
            scanner: Tokenizer::new(source),
            source,
            lines: Lines::new(source),
            tokens: Vec::new(),
            keyword: Vec::new(),
            mark: 0,
            invalid: false,
            warnings: Vec::new(),
            notes: Vec::new(),
            memo: FxHashMap::default(),
            depth: 0,
            mode,
            from_file: flags.from_file,
            dont_imply_dedent: flags.dont_imply_dedent,
            barry_as_flufl: flags.barry_as_flufl,
            max_int_digits: flags.max_int_digits,
            parsing_started: false,
            stopped_at_end: None,
        }
    }

    /// Starts over with the rules for mistakes.
    pub fn second_pass(&mut self) {
        self.mark = 0;
        self.invalid = true;
        self.depth = 0;
        self.memo.clear();
    }

    // ---- tokens ----

    fn fill(&mut self) -> Result<(), Stop> {
        let mut token = match self.scanner.next_token() {
            Ok(token) => token,
            Err(error) => return Err(self.token_error(error)),
        };
        if self.mode == Mode::Single && token.kind == TokenKind::EndMarker && self.parsing_started {
            // The end of interactive input ends its line, too, and closes its blocks.
            token.kind = TokenKind::Newline;
            self.parsing_started = false;
            if self.scanner.indent_level() > 0 && !self.dont_imply_dedent {
                self.scanner.close_blocks();
            }
        } else {
            self.parsing_started = true;
        }
        if token.kind == TokenKind::Newline && token.end_col >= 0 {
            // For the parser the newline is a character of its own.
            token.end_col += 1;
        }
        let keyword = matches!(token.kind, TokenKind::Async | TokenKind::Await)
            || token.kind == TokenKind::Name && KEYWORDS.binary_search(&token.text(self.source)).is_ok();
        self.tokens.push(token);
        self.keyword.push(keyword);
        Ok(())
    }

    fn token_error(&mut self, error: TokenError) -> Stop {
        self.stopped_at_end = Some(error == TokenError::Eof || self.scanner.is_unterminated_at_end());
        // For the errors that are placed at the last token this is one, at the end of what has been read.
        let (lineno, _) = self.scanner.place();
        self.tokens.push(Token {
            kind: TokenKind::Op,
            start: 0,
            end: 0,
            lineno,
            col: -1,
            end_lineno: lineno,
            end_col: -1,
            level: 0,
        });
        self.keyword.push(false);
        let error = match error {
            TokenError::Syntax(error) | TokenError::Noted(error) => error,
            TokenError::Eof if self.scanner.open_bracket().is_some() => Box::new(self.unclosed_bracket()),
            TokenError::Eof => {
                Box::new(self.error_at_last_token(ErrorKind::Syntax, "unexpected EOF while parsing"))
            }
            TokenError::Dedent => {
                let text = self.lines.line(lineno);
                Box::new(SyntaxError {
                    lineno,
                    offset: text.chars().count() as i32,
                    end_lineno: lineno,
                    end_offset: -1,
                    text: Some(text.into()),
                    ..SyntaxError::bare(
                        ErrorKind::Indentation,
                        "unindent does not match any outer indentation level",
                    )
                })
            }
        };
        Stop { error, from_tokenizer: true, unexpected_indent: false }
    }

    /// Whether the tokenizer has come to the end of the source, and no error stopped it before.
    pub fn source_ended(&self) -> bool {
        self.stopped_at_end.unwrap_or(self.scanner.is_at_eof())
    }

    /// Whether nothing but space and comments follows what has been scanned.
    pub fn rest_is_blank(&self) -> bool {
        let rest = self.scanner.rest();
        rest.lines().all(|line| {
            let line = line.trim_start_matches([' ', '\t', '\x0c']);
            line.is_empty() || line.starts_with('#')
        })
    }

    /// The next token, which stays where it is.
    pub fn peek(&mut self) -> Result<Token, Stop> {
        if self.mark == self.tokens.len() {
            self.fill()?;
        }
        Ok(self.tokens[self.mark])
    }

    /// The next token's place in the list, for the range of what follows.
    pub fn start_place(&mut self) -> Result<Place, Stop> {
        Ok(self.peek()?.into())
    }

    /// A token of this kind.
    pub fn tok(&mut self, kind: TokenKind) -> R<Token> {
        let token = self.peek()?;
        if token.kind != kind {
            return Ok(None);
        }
        if kind == TokenKind::NotEqual && (token.text(self.source) == "<>") != self.barry_as_flufl {
            if self.barry_as_flufl {
                return Err(self.raise_last("with Barry as BDFL, use '<>' instead of '!='"));
            }
            return Ok(None);
        }
        self.mark += 1;
        Ok(Some(token))
    }

    /// A keyword, or a soft keyword.
    pub fn kw(&mut self, text: &str) -> R<Token> {
        let token = self.peek()?;
        let word = matches!(token.kind, TokenKind::Name | TokenKind::Async | TokenKind::Await);
        if !word || token.text(self.source) != text {
            return Ok(None);
        }
        self.mark += 1;
        Ok(Some(token))
    }

    /// A name that is no keyword.
    pub fn name_token(&mut self) -> R<Token> {
        let token = self.peek()?;
        if token.kind != TokenKind::Name || self.keyword[self.mark] {
            return Ok(None);
        }
        self.mark += 1;
        Ok(Some(token))
    }

    pub fn name(&mut self) -> R {
        let token = need!(self.name_token());
        Ok(Some(self.note(Kind::Name, token.into())))
    }

    /// A token that must be here: what comes before it leaves no choice.
    pub fn force(&mut self, kind: TokenKind) -> Result<Token, Stop> {
        let token = self.peek()?;
        if token.kind != kind {
            return Err(self.raise_place(token.into(), format!("expected '{}'", kind.text())));
        }
        self.mark += 1;
        Ok(token)
    }

    /// Whether the next token has one of these kinds.
    pub fn at(&mut self, kinds: &[TokenKind]) -> Result<bool, Stop> {
        Ok(kinds.contains(&self.peek()?.kind))
    }

    /// Whether the next token is this (soft) keyword.
    pub fn at_kw(&mut self, text: &str) -> Result<bool, Stop> {
        let mark = self.mark;
        let found = self.kw(text)?.is_some();
        self.mark = mark;
        Ok(found)
    }

    /// The end of the token before.
    pub fn end_place(&self) -> Place {
        let token = self.tokens[..self.mark]
            .iter()
            .rev()
            .find(|t| !matches!(t.kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent));
        token.map_or(Place { lineno: 0, col: 0, end_lineno: 0, end_col: 0 }, |&t| t.into())
    }

    // ---- choice ----

    /// An alternative: when it does not fit, nothing has happened.
    pub fn alt<T>(&mut self, f: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        let mark = self.mark;
        let outcome = f(self)?;
        if outcome.is_none() {
            self.mark = mark;
        }
        Ok(outcome)
    }

    /// Whether something fits here; nothing is consumed.
    pub fn ahead<T>(&mut self, f: impl FnOnce(&mut Self) -> R<T>) -> Result<bool, Stop> {
        let mark = self.mark;
        let outcome = f(self)?;
        self.mark = mark;
        Ok(outcome.is_some())
    }

    /// Something that may be missing.
    pub fn opt<T>(&mut self, f: impl FnOnce(&mut Self) -> R<T>) -> Result<Option<T>, Stop> {
        self.alt(f)
    }

    /// Zero or more.
    pub fn many<T>(&mut self, mut f: impl FnMut(&mut Self) -> R<T>) -> Result<Vec<T>, Stop> {
        let mut found = Vec::new();
        while let Some(item) = self.alt(&mut f)? {
            found.push(item);
        }
        Ok(found)
    }

    /// One or more.
    pub fn some<T>(&mut self, f: impl FnMut(&mut Self) -> R<T>) -> R<Vec<T>> {
        let found = self.many(f)?;
        Ok((!found.is_empty()).then_some(found))
    }

    /// One or more with commas (or another token) between.
    pub fn list<T>(&mut self, separator: TokenKind, mut f: impl FnMut(&mut Self) -> R<T>) -> R<Vec<T>> {
        let first = need!(self.alt(&mut f));
        let mut found = vec![first];
        while let Some(item) = self.alt(|p| {
            need!(p.tok(separator));
            f(p)
        })? {
            found.push(item);
        }
        Ok(Some(found))
    }

    pub fn comma_list<T>(&mut self, f: impl FnMut(&mut Self) -> R<T>) -> R<Vec<T>> {
        self.list(TokenKind::Comma, f)
    }

    /// A rule whose outcome is remembered.
    pub fn memo(&mut self, rule: Rule, f: fn(&mut Self) -> R) -> R {
        let key = (self.mark, rule);
        if let Some(&(outcome, end)) = self.memo.get(&key) {
            self.mark = end;
            return Ok(outcome);
        }
        let outcome = self.deeper(f)?;
        self.memo.insert(key, (outcome, self.mark));
        Ok(outcome)
    }

    /// A rule that may nest without end.
    pub fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::raised(SyntaxError::bare(
                ErrorKind::Memory,
                "Parser stack overflowed - Python source too complex to parse",
            )));
        }
        let outcome = stack::with(256 * 1024, 8 << 20, || Stop::raised(*stack::no_memory()), || f(self))?;
        self.depth -= 1;
        Ok(outcome)
    }

    // ---- notes ----

    pub fn note(&mut self, kind: Kind, place: Place) -> N {
        self.note_parts(kind, place, Box::default())
    }

    pub fn note_parts(&mut self, kind: Kind, place: Place, parts: Box<[N]>) -> N {
        self.notes.push(Note { kind, place, parts });
        N(self.notes.len() as u32 - 1)
    }

    /// A note about everything from `start` to the token before.
    pub fn note_from(&mut self, kind: Kind, start: Place) -> N {
        let place = start.to(self.end_place());
        self.note(kind, place)
    }

    pub fn get(&self, n: N) -> &Note {
        &self.notes[n.0 as usize]
    }

    pub fn kind(&self, n: N) -> Kind {
        self.get(n).kind
    }

    pub fn place(&self, n: N) -> Place {
        self.get(n).place
    }

    /// The text of a name.
    pub fn name_text(&self, n: N) -> &'a str {
        let place = self.place(n);
        let start = self.lines.offset(place.lineno, place.col.max(0) as u32) as usize;
        let end = self.lines.offset(place.end_lineno, place.end_col.max(0) as u32) as usize;
        self.source.get(start..end).unwrap_or("")
    }

    /// What CPython calls such an expression.
    pub fn describe(&self, n: N) -> &'static str {
        match self.kind(n) {
            Kind::Name => "name",
            Kind::None => "None",
            Kind::True => "True",
            Kind::False => "False",
            Kind::Ellipsis => "ellipsis",
            Kind::Number | Kind::Str | Kind::Bytes => "literal",
            Kind::FString => "f-string expression",
            Kind::Attribute => "attribute",
            Kind::Subscript => "subscript",
            Kind::Starred => "starred",
            Kind::List => "list",
            Kind::Tuple => "tuple",
            Kind::Lambda => "lambda",
            Kind::Call => "function call",
            Kind::Operation => "expression",
            Kind::Generator => "generator expression",
            Kind::Yield => "yield expression",
            Kind::Await => "await expression",
            Kind::ListComp => "list comprehension",
            Kind::SetComp => "set comprehension",
            Kind::DictComp => "dict comprehension",
            Kind::Dict => "dict literal",
            Kind::Set => "set display",
            Kind::In | Kind::Compare => "comparison",
            Kind::IfExp => "conditional expression",
            Kind::Named => "named expression",
            Kind::Slice | Kind::Other => "expression",
        }
    }

    // ---- reports ----

    fn text_for(&self, lineno: u32) -> String {
        let line = self.lines.line(lineno);
        if self.from_file {
            return line.into();
        }
        // A line that the tokenizer has left behind comes without its newline.
        if self.scanner.place().0 <= lineno {
            self.scanner.lines_read().into()
        } else {
            line.trim_end_matches('\n').into()
        }
    }

    /// The characters in the first `bytes` bytes of `text`, in CPython's way of counting beyond its end.
    fn char_offset(text: &str, bytes: i32) -> i32 {
        let bytes = (bytes.max(0) as usize).min(text.len() + 1);
        let inside = &text.as_bytes()[..bytes.min(text.len())];
        inside.iter().filter(|&&b| b & 0xc0 != 0x80).count() as i32 + (bytes - inside.len()) as i32
    }

    /// An error at byte columns that count from 1.
    fn error_raw(&self, kind: ErrorKind, msg: String, place: Place) -> SyntaxError {
        let text = self.text_for(place.lineno);
        let (scan_line, scan_col) = self.scanner.place();
        let (mut end_lineno, mut end_col) = (place.end_lineno, place.end_col);
        if end_col == CURRENT {
            (end_lineno, end_col) = (scan_line, scan_col as i32);
        }
        let offset = Self::char_offset(&text, place.col);
        if end_col > 0 {
            end_col = Self::char_offset(&text, end_col);
        }
        SyntaxError {
            lineno: place.lineno,
            offset,
            end_lineno,
            end_offset: end_col,
            text: Some(text),
            ..SyntaxError::bare(kind, msg)
        }
    }

    fn error_place(&self, place: Place, msg: String) -> SyntaxError {
        let end_col = if place.end_col == CURRENT { CURRENT } else { place.end_col + 1 };
        self.error_raw(ErrorKind::Syntax, msg, Place { col: place.col + 1, end_col, ..place })
    }

    pub fn error_at_token(&self, token: &Token, msg: &str) -> SyntaxError {
        self.error_place((*token).into(), msg.into())
    }

    /// An error at a token that may have no column.
    fn error_near(&self, kind: ErrorKind, msg: String, token: Token) -> SyntaxError {
        let (_, scan_col) = self.scanner.place();
        let col = if token.col == -1 { scan_col as i32 } else { token.col + 1 };
        let end_col = if token.end_col == -1 { -1 } else { token.end_col + 1 };
        let place = Place { lineno: token.lineno, col, end_lineno: token.end_lineno, end_col };
        self.error_raw(kind, msg, place)
    }

    /// An error at the token read last, whatever has been parsed.
    pub fn error_at_last_token(&self, kind: ErrorKind, msg: &str) -> SyntaxError {
        match self.tokens.last() {
            Some(&token) => self.error_near(kind, msg.into(), token),
            None => SyntaxError { kind, end_offset: -1, ..SyntaxError::undecodable(msg) },
        }
    }

    pub fn unclosed_bracket(&self) -> SyntaxError {
        let (char, lineno, col) = self.scanner.open_bracket().unwrap_or(('(', 1, 0));
        let place = Place { lineno, col: col as i32, end_lineno: lineno, end_col: -1 };
        self.error_place(place, format!("'{char}' was never closed"))
    }

    pub fn raise_place(&self, place: Place, msg: impl Into<String>) -> Stop {
        Stop::raised(self.error_place(place, msg.into()))
    }

    pub fn raise_tok(&self, token: Token, msg: impl Into<String>) -> Stop {
        self.raise_place(token.into(), msg)
    }

    pub fn raise(&self, n: N, msg: impl Into<String>) -> Stop {
        self.raise_place(self.place(n), msg)
    }

    pub fn raise_range(&self, from: N, to: N, msg: impl Into<String>) -> Stop {
        self.raise_place(self.place(from).to(self.place(to)), msg)
    }

    /// From an expression to where the tokenizer is.
    pub fn raise_from(&self, place: Place, msg: impl Into<String>) -> Stop {
        self.raise_place(Place { end_col: CURRENT, ..place }, msg)
    }

    /// Warns of an escape that means nothing in the literal; the second pass says nothing that the first has said.
    pub fn warn_escape(&mut self, token: Token, escape: Option<InvalidEscape>) {
        let Some(escape) = escape.filter(|_| !self.invalid) else { return };
        let error = Box::new(self.error_place(token.into(), escape.msg.clone()));
        let kind = WarningKind::Syntax;
        self.warnings.push(SyntaxWarning { kind, msg: escape.msg, lineno: token.lineno, error });
    }

    /// At the token read last.
    pub fn raise_last(&self, msg: &str) -> Stop {
        Stop::raised(self.error_at_last_token(ErrorKind::Syntax, msg))
    }

    /// At the token after what has been parsed.
    pub fn raise_next(&mut self, msg: &str) -> Stop {
        match self.peek() {
            Ok(token) => Stop::raised(self.error_near(ErrorKind::Syntax, msg.into(), token)),
            Err(stop) => stop,
        }
    }

    pub fn raise_indent(&self, msg: impl Into<String>) -> Stop {
        Stop::raised(self.error_at_last_token(ErrorKind::Indentation, &msg.into()))
    }

    /// "expected an indented block" after a statement's own line.
    pub fn raise_no_block(&self, what: &str, keyword: Token) -> Stop {
        self.raise_indent(format!("expected an indented block after {what} on line {}", keyword.lineno))
    }
}
