//! The tokens of formatted strings (PEP 701): start, pieces of text, end.
//!
//! A replacement field is scanned as ordinary code; its brace, colon and closing brace switch between the two ways
//! of scanning.

use super::scan::{FString, Scan};
use super::{Token, TokenKind, Tokenizer};

/// Replacement fields in format specs.
const MAX_FIELD_DEPTH: i32 = 3;

impl Tokenizer<'_> {
    /// At the opening quote, which has been read.
    pub(super) fn fstring_start(&mut self, quote: u8) -> Scan<Token> {
        let mut size = 1;
        let c = self.next_char();
        if c == Some(quote) {
            let c2 = self.next_char();
            if c2 == Some(quote) {
                size = 3;
            } else {
                self.back(c2);
                self.back(c);
            }
        } else {
            self.back(c);
        }
        if !self.may_nest_fstring() {
            return self.error("too many nested f-strings");
        }
        let prefix = &self.source[self.start..self.cur];
        let raw = prefix.iter().any(|c| matches!(c, b'r' | b'R'));
        self.fstrings.push(FString {
            in_text: true,
            depth: 0,
            expr_start: -1,
            quote,
            quote_size: size,
            raw,
            start: self.start,
            line_start: self.line_start,
            lineno: self.lineno,
            expr_ended: false,
        });
        Ok(self.token(TokenKind::FStringStart, self.start, self.cur))
    }

    fn fstring(&mut self) -> &mut FString {
        self.fstrings.last_mut().expect("only called inside a formatted string")
    }

    /// A replacement field begins at the brace ahead.
    fn enter_field(&mut self) -> Scan<()> {
        let f = self.fstring();
        f.expr_start += 1;
        if f.expr_start >= MAX_FIELD_DEPTH {
            return self.error("f-string: expressions nested too deeply");
        }
        self.fstring().in_text = false;
        Ok(())
    }

    pub(super) fn fstring_text(&mut self) -> Scan<Token> {
        self.start = self.cur;
        self.set_inside_token();
        let (quote, size, raw) = {
            let f = self.fstring();
            (f.quote, f.quote_size, f.raw)
        };
        let c = self.next_char();
        if c == Some(b'{') {
            let c2 = self.next_char();
            self.back(c2);
            self.back(c);
            if c2 != Some(b'{') {
                self.enter_field()?;
                return self.normal();
            }
        } else {
            self.back(c);
        }
        let rest = &self.source[self.cur..];
        if rest.len() >= size as usize && rest[..size as usize].iter().all(|&c| c == quote) {
            for _ in 0..size {
                self.next_char();
            }
            self.fstrings.pop();
            return Ok(self.token(TokenKind::FStringEnd, self.start, self.cur));
        }
        // Reading may go on to the next line first.
        let peeked = self.next_char();
        self.back(peeked);
        self.first_line_start = self.line_start;
        self.first_lineno = self.lineno;
        let mut ended = 0;
        let mut named = false;
        while ended != size {
            let c = self.next_char();
            let f = self.fstring();
            let in_spec = f.expr_ended && f.expr_start >= 0;
            let Some(byte) = c.filter(|&c| size == 3 || c != b'\n') else {
                if in_spec && c.is_some() {
                    // The newline ends the format spec, and the parser finds that wrong.
                    self.back(c);
                    self.fstring().in_text = false;
                    return Ok(self.token(TokenKind::FStringMiddle, self.start, self.cur));
                }
                return self.unterminated_fstring(c);
            };
            if byte == quote {
                ended += 1;
                continue;
            }
            ended = 0;
            match byte {
                b'{' => {
                    let c2 = self.next_char();
                    if c2 == Some(b'{') && !in_spec {
                        return Ok(self.token(TokenKind::FStringMiddle, self.start, self.cur - 1));
                    }
                    self.back(c2);
                    self.back(c);
                    self.enter_field()?;
                    return Ok(self.token(TokenKind::FStringMiddle, self.start, self.cur));
                }
                b'}' => {
                    if named {
                        return Ok(self.token(TokenKind::FStringMiddle, self.start, self.cur));
                    }
                    let depth = f.depth;
                    let c2 = self.next_char();
                    if c2 == Some(b'}') && !in_spec && depth == 0 {
                        return Ok(self.token(TokenKind::FStringMiddle, self.start, self.cur - 1));
                    }
                    self.back(c2);
                    self.back(c);
                    self.fstring().in_text = false;
                    return Ok(self.token(TokenKind::FStringMiddle, self.start, self.cur));
                }
                b'\\' => {
                    let c2 = self.next_char();
                    if let Some(brace @ (b'{' | b'}')) = c2 {
                        if !raw {
                            self.warn(format!("invalid escape sequence '\\{}'", brace as char));
                        }
                        self.back(c2);
                    } else if !raw && c2 == Some(b'N') {
                        let c3 = self.next_char();
                        if c3 == Some(b'{') {
                            named = true;
                        } else {
                            self.back(c3);
                        }
                    }
                }
                _ => {}
            }
        }
        // The quotes belong to the next token.
        self.cur -= size as usize;
        Ok(self.token(TokenKind::FStringMiddle, self.start, self.cur))
    }

    fn unterminated_fstring<T>(&mut self, c: Option<u8>) -> Scan<T> {
        let detected = self.lineno;
        let (start, line_start, lineno, size) = {
            let f = self.fstring();
            (f.start, f.line_start, f.lineno, f.quote_size)
        };
        self.cur = start + 1;
        self.line_start = line_start;
        self.lineno = lineno;
        if size == 3 {
            if c != Some(b'\n') {
                self.unterminated_at_eof = true;
            }
            return self
                .error(format!("unterminated triple-quoted f-string literal (detected at line {detected})"));
        }
        self.error(format!("unterminated f-string literal (detected at line {detected})"))
    }
}
