//! The scanner: from text to tokens, one at a time.
//!
//! It reads line by line, as CPython's does, because errors and the tokens without a position (indentation, the
//! end) are placed by how far it has read: `lineno` is the line read last, and at the end of the source that is
//! still the last line.
//!
//! Invariant: the source has `\n` as its only line ending. The scanner keeps no tokens.

use super::{Token, TokenKind, one_char, three_chars, two_chars};
use crate::error::{ErrorKind, SyntaxError, SyntaxWarning, WarningKind};
use krait_text::chars;

/// How many brackets may be open.
const MAX_LEVEL: usize = 200;
/// How deeply blocks may be indented, the outermost level included.
const MAX_INDENT: usize = 100;
const TAB_SIZE: u32 = 8;
/// Formatted strings in formatted strings.
const MAX_FSTRINGS: usize = 150;

/// Why there is no next token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenError {
    /// An error with its place.
    Syntax(Box<SyntaxError>),
    /// One that CPython notes and its parser reports when it comes to it.
    Noted(Box<SyntaxError>),
    /// The source ends inside brackets or after a backslash; how to say that depends on the parser's state.
    Eof,
    /// A block ends at an indentation that no block around has; placed at the parser's last token.
    Dedent,
}

/// An open bracket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bracket {
    pub char: u8,
    pub lineno: u32,
    pub col: u32,
}

/// Where the scanner is in a formatted string.
#[derive(Debug, Clone)]
pub(super) struct FString {
    /// Scanning text and not an expression.
    pub in_text: bool,
    pub depth: i32,
    /// The depths at which expressions started, as a count below `depth`; -1 outside of expressions.
    pub expr_start: i32,
    pub quote: u8,
    pub quote_size: u8,
    pub raw: bool,
    pub start: usize,
    pub line_start: usize,
    pub lineno: u32,
    /// The expression is over: what follows is a format spec.
    pub expr_ended: bool,
}

/// Turns text into tokens.
pub struct Tokenizer<'a> {
    pub(super) source: &'a [u8],
    text: &'a str,
    pub(super) cur: usize,
    /// The end of what has been read: a line's end or the source's.
    inp: usize,
    /// The start of the lines that are kept while a token is scanned.
    buffer: usize,
    between_tokens: bool,
    pub(super) line_start: usize,
    pub(super) lineno: u32,
    pub(super) start: usize,
    /// Where a string that may span lines began.
    pub(super) first_lineno: u32,
    pub(super) first_line_start: usize,
    at_bol: bool,
    pending: i32,
    indents: Vec<(u32, u32)>,
    pub(super) brackets: Vec<Bracket>,
    pub(super) fstrings: Vec<FString>,
    /// Comments and newlines inside statements are tokens.
    extra_tokens: bool,
    /// The last token was a comment that has its line for itself.
    comment_line: bool,
    /// The end of the source has been read.
    at_eof: bool,
    /// An error says that a string has no end.
    pub(super) unterminated_at_eof: bool,
    pub(super) warnings: Vec<SyntaxWarning>,
}

pub(super) type Scan<T> = Result<T, TokenError>;

impl<'a> Tokenizer<'a> {
    /// A scanner at the start of `source`.
    pub fn new(source: &'a str) -> Tokenizer<'a> {
        Tokenizer {
            source: source.as_bytes(),
            text: source,
            cur: 0,
            inp: 0,
            buffer: 0,
            between_tokens: true,
            line_start: 0,
            lineno: 0,
            start: 0,
            first_lineno: 0,
            first_line_start: 0,
            at_bol: true,
            pending: 0,
            indents: vec![(0, 0)],
            brackets: Vec::new(),
            fstrings: Vec::new(),
            extra_tokens: false,
            comment_line: false,
            at_eof: false,
            unterminated_at_eof: false,
            warnings: Vec::new(),
        }
    }

    /// Makes comments and newlines inside statements tokens, for the `tokenize` module. Brackets are not checked
    /// then.
    pub fn with_extra_tokens(mut self) -> Self {
        self.extra_tokens = true;
        self
    }

    /// The whole source.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The warnings so far.
    pub fn take_warnings(&mut self) -> Vec<SyntaxWarning> {
        std::mem::take(&mut self.warnings)
    }

    /// Whether an error says that the source ends inside a string.
    pub fn is_unterminated_at_end(&self) -> bool {
        self.unterminated_at_eof
    }

    /// Where the token scanned last, or the one that failed, begins.
    pub fn token_start(&self) -> usize {
        self.start
    }

    /// What has not been scanned yet.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.cur..).unwrap_or("")
    }

    /// Whether the end of the source has been read.
    pub fn is_at_eof(&self) -> bool {
        self.at_eof
    }

    /// What has been read of the source since the last token began: whole lines.
    pub fn lines_read(&self) -> &'a str {
        self.text.get(self.buffer..self.inp).unwrap_or("")
    }

    /// The line read last, and how many bytes of it are scanned.
    pub fn place(&self) -> (u32, u32) {
        (self.lineno, (self.cur - self.line_start) as u32)
    }

    /// The innermost open bracket: character, line, byte column.
    pub fn open_bracket(&self) -> Option<(char, u32, u32)> {
        self.brackets.last().map(|b| (b.char as char, b.lineno, b.col))
    }

    /// How many brackets are open.
    pub fn level(&self) -> usize {
        self.brackets.len()
    }

    /// Whether a formatted string is open.
    pub fn is_in_fstring(&self) -> bool {
        !self.fstrings.is_empty()
    }

    /// How many blocks are open.
    pub fn indent_level(&self) -> usize {
        self.indents.len() - 1
    }

    /// Makes the scanner close all open blocks now, as the end of an interactive statement does.
    pub fn close_blocks(&mut self) {
        self.pending = -(self.indent_level() as i32);
        self.indents.truncate(1);
    }

    /// The next byte; `None` at the end of the source.
    pub(super) fn next_char(&mut self) -> Option<u8> {
        if self.cur == self.inp {
            if self.cur == self.source.len() {
                self.at_eof = true;
                return None;
            }
            self.lineno += 1;
            self.line_start = self.cur;
            if self.between_tokens {
                self.buffer = self.cur;
            }
            self.inp = memchr::memchr(b'\n', &self.source[self.cur..])
                .map_or(self.source.len(), |n| self.cur + n + 1);
        }
        let c = self.source[self.cur];
        self.cur += 1;
        Some(c)
    }

    /// Takes back a byte that [`Self::next_char`] gave.
    pub(super) fn back(&mut self, c: Option<u8>) {
        if c.is_some() {
            self.cur -= 1;
        }
    }

    pub(super) fn set_inside_token(&mut self) {
        self.between_tokens = false;
    }

    fn chars_upto(&self, end: usize) -> i32 {
        self.source[self.line_start..end].iter().filter(|&&b| b & 0xc0 != 0x80).count() as i32
    }

    /// The line that the scanner is in, without its newline.
    fn line_text(&self) -> String {
        let rest = &self.source[self.line_start..];
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        String::from_utf8_lossy(&rest[..len]).into_owned()
    }

    /// An error at the byte scanned last.
    pub(super) fn error<T>(&self, msg: impl Into<String>) -> Scan<T> {
        let offset = self.chars_upto(self.cur);
        self.error_range(msg, offset, offset)
    }

    /// An error in the current line, with 1-based character offsets.
    pub(super) fn error_range<T>(&self, msg: impl Into<String>, offset: i32, end_offset: i32) -> Scan<T> {
        Err(TokenError::Syntax(Box::new(SyntaxError {
            lineno: self.lineno,
            offset,
            end_lineno: self.lineno,
            end_offset,
            text: Some(self.line_text()),
            ..SyntaxError::bare(ErrorKind::Syntax, msg)
        })))
    }

    /// An error that CPython's parser places: it knows the line, a column, and no end.
    fn parser_error<T>(&self, kind: ErrorKind, msg: &str, offset: i32) -> Scan<T> {
        Err(TokenError::Noted(Box::new(SyntaxError {
            lineno: self.lineno,
            offset,
            end_lineno: self.lineno,
            end_offset: 0,
            text: Some(self.lines_read().into()),
            ..SyntaxError::bare(kind, msg)
        })))
    }

    /// A warning; as an error it stands at the byte scanned last.
    pub(super) fn warn(&mut self, msg: String) {
        if let Err(TokenError::Syntax(error)) = self.error::<()>(msg.clone()) {
            self.warnings.push(SyntaxWarning { kind: WarningKind::Syntax, msg, lineno: self.lineno, error });
        }
    }

    /// A token from `start` to `end`. Strings begin where the scanner noted it.
    pub(super) fn token(&self, kind: TokenKind, start: usize, end: usize) -> Token {
        let string = matches!(kind, TokenKind::String | TokenKind::FStringMiddle);
        let (lineno, line_start) =
            if string { (self.first_lineno, self.first_line_start) } else { (self.lineno, self.line_start) };
        Token {
            kind,
            start: start as u32,
            end: end as u32,
            lineno,
            col: start.checked_sub(line_start).map_or(-1, |c| c as i32),
            end_lineno: self.lineno,
            end_col: end.checked_sub(self.line_start).map_or(-1, |c| c as i32),
            level: self.brackets.len() as u16,
        }
    }

    /// A token that CPython gives no position in the line.
    fn placeless(&self, kind: TokenKind) -> Token {
        Token {
            kind,
            start: self.cur as u32,
            end: self.cur as u32,
            lineno: self.lineno,
            col: -1,
            end_lineno: self.lineno,
            end_col: -1,
            level: self.brackets.len() as u16,
        }
    }

    /// The next token. After the end marker there are more of them.
    ///
    /// # Errors
    /// The first thing that is no token. The scanner must not be used afterwards.
    pub fn next_token(&mut self) -> Result<Token, TokenError> {
        if self.fstrings.last().is_some_and(|f| f.in_text) { self.fstring_text() } else { self.normal() }
    }

    pub(super) fn normal(&mut self) -> Scan<Token> {
        let mut blank_line = false;
        loop {
            self.between_tokens = true;
            if self.at_bol {
                self.at_bol = false;
                blank_line = self.indentation()?;
            }
            self.start = self.cur;
            if self.pending < 0 {
                self.pending += 1;
                return Ok(self.placeless(TokenKind::Dedent));
            }
            if self.pending > 0 {
                self.pending -= 1;
                return Ok(self.placeless(TokenKind::Indent));
            }
            // A continued line starts over without looking at its indentation.
            let mut c;
            loop {
                c = self.next_char();
                while matches!(c, Some(b' ' | b'\t' | b'\x0c')) {
                    c = self.next_char();
                }
                self.start = self.cur - c.is_some() as usize;
                self.between_tokens = false;
                if c == Some(b'#') {
                    while !matches!(c, None | Some(b'\n')) {
                        c = self.next_char();
                    }
                    if self.extra_tokens {
                        self.back(c);
                        self.comment_line = blank_line;
                        return Ok(self.token(TokenKind::Comment, self.start, self.cur));
                    }
                    // The newline token begins where the comment does.
                }
                if c != Some(b'\\') {
                    break;
                }
                self.continuation_line()?;
                self.between_tokens = true;
            }
            let Some(c) = c else {
                if !self.brackets.is_empty() {
                    return Err(TokenError::Eof);
                }
                return Ok(self.placeless(TokenKind::EndMarker));
            };
            if c.is_ascii_alphabetic() || c == b'_' || c >= 0x80 {
                return self.name(c);
            }
            if c == b'\n' {
                self.at_bol = true;
                let blank_line = std::mem::take(&mut self.comment_line) || blank_line;
                if blank_line || !self.brackets.is_empty() {
                    if self.extra_tokens {
                        return Ok(self.token(TokenKind::Nl, self.start, self.cur));
                    }
                    continue;
                }
                return Ok(self.token(TokenKind::Newline, self.start, self.cur - 1));
            }
            if c == b'.' {
                let c2 = self.next_char();
                if c2.is_some_and(|c| c.is_ascii_digit()) {
                    self.back(c2);
                    return self.fraction();
                }
                if c2 == Some(b'.') {
                    let c3 = self.next_char();
                    if c3 == Some(b'.') {
                        return Ok(self.token(TokenKind::Ellipsis, self.start, self.cur));
                    }
                    self.back(c3);
                }
                self.back(c2);
                return Ok(self.token(TokenKind::Dot, self.start, self.cur));
            }
            if c.is_ascii_digit() {
                return self.number(c);
            }
            if c == b'"' || c == b'\'' {
                return self.string(c);
            }
            return self.operator(c);
        }
    }

    /// Measures the indentation of a line and notes the blocks that start or end. Answers whether the line is
    /// blank.
    fn indentation(&mut self) -> Scan<bool> {
        let (mut col, mut alt_col) = (0u32, 0u32);
        let mut continued = None;
        let c = loop {
            let c = self.next_char();
            match c {
                Some(b' ') => {
                    col += 1;
                    alt_col += 1;
                }
                Some(b'\t') => {
                    col = (col / TAB_SIZE + 1) * TAB_SIZE;
                    // For the other measure a tab is as wide as a space.
                    alt_col += 1;
                }
                Some(b'\x0c') => (col, alt_col) = (0, 0),
                Some(b'\\') => {
                    // The indentation is that of the first of the continued lines.
                    continued = continued.or(Some(col));
                    self.continuation_line()?;
                }
                _ => break c,
            }
        };
        self.back(c);
        if matches!(c, Some(b'#' | b'\n')) {
            return Ok(true);
        }
        if self.brackets.is_empty() {
            let col = continued.filter(|&c| c > 0).unwrap_or(col);
            let alt_col = continued.filter(|&c| c > 0).unwrap_or(alt_col);
            let (top, alt_top) = *self.indents.last().unwrap_or(&(0, 0));
            if col == top {
                if alt_col != alt_top {
                    return self.tab_error();
                }
            } else if col > top {
                if self.indents.len() >= MAX_INDENT {
                    return self.parser_error(ErrorKind::Indentation, "too many levels of indentation", 1);
                }
                if alt_col <= alt_top {
                    return self.tab_error();
                }
                self.pending += 1;
                self.indents.push((col, alt_col));
            } else {
                while self.indents.len() > 1 && col < self.indents[self.indents.len() - 1].0 {
                    self.pending -= 1;
                    self.indents.pop();
                }
                let (top, alt_top) = *self.indents.last().unwrap_or(&(0, 0));
                if col != top {
                    return Err(TokenError::Dedent);
                }
                if alt_col != alt_top {
                    return self.tab_error();
                }
            }
        }
        Ok(false)
    }

    fn tab_error<T>(&self) -> Scan<T> {
        self.parser_error(ErrorKind::Tab, "inconsistent use of tabs and spaces in indentation", 1)
    }

    /// After a backslash: to the start of the next line.
    fn continuation_line(&mut self) -> Scan<()> {
        let c = self.next_char();
        if c != Some(b'\n') {
            // The column counts from the start of what has been read since the last token.
            let before = &self.source[self.buffer..self.cur.saturating_sub(1).max(self.buffer)];
            let offset = before.iter().filter(|&&b| b & 0xc0 != 0x80).count() as i32 + 1;
            let msg = "unexpected character after line continuation character";
            return self.parser_error(ErrorKind::Syntax, msg, offset);
        }
        let c = self.next_char();
        if c.is_none() {
            return Err(TokenError::Eof);
        }
        self.back(c);
        Ok(())
    }

    fn name(&mut self, first: u8) -> Scan<Token> {
        let mut c = Some(first);
        // A string prefix: each letter at most once, `u` alone.
        let (mut saw_b, mut saw_r, mut saw_u, mut saw_f) = (false, false, false, false);
        loop {
            match c.map(|c| c.to_ascii_lowercase()) {
                Some(b'b') if !(saw_b || saw_u || saw_f) => saw_b = true,
                Some(b'u') if !(saw_b || saw_u || saw_r || saw_f) => saw_u = true,
                Some(b'r') if !(saw_r || saw_u) => saw_r = true,
                Some(b'f') if !(saw_f || saw_b || saw_u) => saw_f = true,
                _ => break,
            }
            c = self.next_char();
            if let Some(quote @ (b'"' | b'\'')) = c {
                return if saw_f { self.fstring_start(quote) } else { self.string(quote) };
            }
        }
        let mut ascii = true;
        while let Some(b) = c.filter(|&b| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80) {
            ascii &= b < 0x80;
            c = self.next_char();
        }
        self.back(c);
        if !ascii {
            self.check_identifier()?;
        }
        let kind = match &self.source[self.start..self.cur] {
            b"async" if !self.extra_tokens => TokenKind::Async,
            b"await" if !self.extra_tokens => TokenKind::Await,
            _ => TokenKind::Name,
        };
        Ok(self.token(kind, self.start, self.cur))
    }

    fn check_identifier(&mut self) -> Scan<()> {
        let name = &self.text[self.start..self.cur];
        let bad = name.char_indices().find(|&(i, c)| {
            !if i == 0 { chars::is_identifier_start(c as u32) } else { chars::is_xid_continue(c as u32) }
        });
        let Some((at, c)) = bad else { return Ok(()) };
        self.cur = self.start + at + c.len_utf8();
        let code = c as u32;
        if chars::is_printable(code) {
            self.error(format!("invalid character '{c}' (U+{code:04X})"))
        } else {
            self.error(format!("invalid non-printable character U+{code:04X}"))
        }
    }

    pub(super) fn string(&mut self, quote: u8) -> Scan<Token> {
        let mut size = 1;
        self.first_lineno = self.lineno;
        self.first_line_start = self.line_start;
        let mut ended = 0;
        let mut c = self.next_char();
        if c == Some(quote) {
            c = self.next_char();
            if c == Some(quote) {
                size = 3;
            } else {
                // The empty string.
                ended = 1;
            }
        }
        if c != Some(quote) {
            self.back(c);
        }
        while ended != size {
            let c = self.next_char();
            match c {
                None => return self.unterminated(quote, size, c),
                Some(b'\n') if size == 1 => return self.unterminated(quote, size, c),
                Some(c) if c == quote => ended += 1,
                Some(c) => {
                    ended = 0;
                    if c == b'\\' {
                        self.next_char();
                    }
                }
            }
        }
        Ok(self.token(TokenKind::String, self.start, self.cur))
    }

    fn unterminated<T>(&mut self, quote: u8, size: u8, c: Option<u8>) -> Scan<T> {
        // The error is placed at the start of the string.
        let detected = self.lineno;
        self.cur = self.start + 1;
        self.line_start = self.first_line_start;
        self.lineno = self.first_lineno;
        if self.fstrings.last().is_some_and(|f| f.quote == quote && f.quote_size == size) {
            // This quote was meant to end the formatted string.
            return self.error("f-string: expecting '}'");
        }
        if c != Some(b'\n') {
            self.unterminated_at_eof = true;
        }
        let what = if size == 3 { "triple-quoted string" } else { "string" };
        self.error(format!("unterminated {what} literal (detected at line {detected})"))
    }

    fn operator(&mut self, c: u8) -> Scan<Token> {
        let inside = !self.fstrings.is_empty();
        if let Some(f) = self.fstrings.last_mut()
            && matches!(c, b':' | b'}' | b'!' | b'{')
            && f.expr_start >= 0
        {
            // At the outermost level of a replacement field these end or begin its expression.
            let cursor = f.depth - (c != b'{') as i32;
            if cursor == 0 {
                f.expr_ended = c != b'{';
            }
            if c == b':' && cursor == f.expr_start {
                f.in_text = true;
                return Ok(self.token(TokenKind::Colon, self.start, self.cur));
            }
        }
        let c2 = self.next_char();
        if let Some(kind) = c2.and_then(|c2| two_chars(c, c2)) {
            let c3 = self.next_char();
            let longer = c3.and_then(|c3| three_chars(c, c2.unwrap_or(0), c3));
            if longer.is_none() {
                self.back(c3);
            }
            return Ok(self.token(longer.unwrap_or(kind), self.start, self.cur));
        }
        self.back(c2);
        match c {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_LEVEL {
                    return self.error("too many nested parentheses");
                }
                let col = (self.start - self.line_start) as u32;
                self.brackets.push(Bracket { char: c, lineno: self.lineno, col });
                if let Some(f) = self.fstrings.last_mut() {
                    f.depth += 1;
                }
            }
            b')' | b']' | b'}' => self.close_bracket(c, inside)?,
            0..=0x1f | 0x7f => return self.error(format!("invalid non-printable character U+{c:04X}")),
            _ => {}
        }
        Ok(self.token(one_char(c), self.start, self.cur))
    }

    fn close_bracket(&mut self, c: u8, inside: bool) -> Scan<()> {
        if c == b'}' && self.fstrings.last().is_some_and(|f| f.depth == 0) {
            return self.error("f-string: single '}' is not allowed");
        }
        if self.brackets.is_empty() && !self.extra_tokens {
            return self.error(format!("unmatched '{}'", c as char));
        }
        if let Some(open) = self.brackets.pop() {
            let fits = matches!((open.char, c), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
            if !fits && !self.extra_tokens {
                // A bracket that would close the replacement field itself has no partner.
                let closes_field =
                    self.fstrings.last().is_some_and(|f| open.char == b'{' && f.depth - 1 == f.expr_start);
                if inside && closes_field {
                    return self.error(format!("f-string: unmatched '{}'", c as char));
                }
                let msg = format!(
                    "closing parenthesis '{}' does not match opening parenthesis '{}'",
                    c as char, open.char as char
                );
                if open.lineno != self.lineno {
                    return self.error(format!("{msg} on line {}", open.lineno));
                }
                return self.error(msg);
            }
        }
        if let Some(f) = self.fstrings.last_mut() {
            f.depth -= 1;
            if c == b'}' && f.depth == f.expr_start {
                f.expr_start -= 1;
                f.in_text = true;
            }
        }
        Ok(())
    }

    /// The number of formatted strings that may still be nested.
    pub(super) fn may_nest_fstring(&self) -> bool {
        self.fstrings.len() + 2 < MAX_FSTRINGS
    }
}
