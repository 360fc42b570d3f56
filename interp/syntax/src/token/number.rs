//! Number tokens and their errors.

use super::scan::Scan;
use super::{Token, TokenKind, Tokenizer};

impl Tokenizer<'_> {
    /// A number that starts with the digit `first`.
    pub(super) fn number(&mut self, first: u8) -> Scan<Token> {
        if first != b'0' {
            let c = self.decimal_tail()?;
            return self.after_integer(c);
        }
        let c = self.next_char();
        match c.map(|c| c.to_ascii_lowercase()) {
            Some(b'x') => self.radix(16, "hexadecimal"),
            Some(b'o') => self.radix(8, "octal"),
            Some(b'b') => self.radix(2, "binary"),
            _ => self.leading_zero(c),
        }
    }

    fn radix(&mut self, radix: u32, name: &str) -> Scan<Token> {
        let is_digit = |c: Option<u8>| c.is_some_and(|c| (c as char).is_digit(radix));
        let mut c = self.next_char();
        loop {
            if c == Some(b'_') {
                c = self.next_char();
            }
            if !is_digit(c) {
                if radix < 16
                    && let Some(digit) = c.filter(u8::is_ascii_digit)
                {
                    return self.error(format!("invalid digit '{}' in {name} literal", digit as char));
                }
                self.back(c);
                return self.error(format!("invalid {name} literal"));
            }
            while is_digit(c) {
                c = self.next_char();
            }
            if c != Some(b'_') {
                break;
            }
        }
        if radix < 16
            && let Some(digit) = c.filter(u8::is_ascii_digit)
        {
            return self.error(format!("invalid digit '{}' in {name} literal", digit as char));
        }
        self.number_end(c, name)
    }

    fn leading_zero(&mut self, mut c: Option<u8>) -> Scan<Token> {
        let mut nonzero = false;
        // `0`, `00` and `0_0` are fine.
        loop {
            if c == Some(b'_') {
                c = self.next_char();
                if !c.is_some_and(|c| c.is_ascii_digit()) {
                    self.back(c);
                    return self.error("invalid decimal literal");
                }
            }
            if c != Some(b'0') {
                break;
            }
            c = self.next_char();
        }
        // One too far, as the range of the error shows.
        let zeros_end = self.cur;
        if c.is_some_and(|c| c.is_ascii_digit()) {
            nonzero = true;
            c = self.decimal_tail()?;
        }
        match c {
            Some(b'.') => self.fraction_after_point(),
            Some(b'e' | b'E') => self.exponent(c),
            Some(b'j' | b'J') => self.imaginary(),
            _ if nonzero => {
                // An old octal number, for which the error covers the zeros.
                self.back(c);
                let start = self.start - self.line_start;
                self.error_range(
                    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal \
                     integers",
                    start as i32 + 1,
                    (zeros_end - self.line_start) as i32,
                )
            }
            _ => self.number_end(c, "decimal"),
        }
    }

    /// More digits; answers what comes after them.
    fn decimal_tail(&mut self) -> Scan<Option<u8>> {
        loop {
            let mut c = self.next_char();
            while c.is_some_and(|c| c.is_ascii_digit()) {
                c = self.next_char();
            }
            if c != Some(b'_') {
                return Ok(c);
            }
            c = self.next_char();
            if !c.is_some_and(|c| c.is_ascii_digit()) {
                self.back(c);
                return self.error("invalid decimal literal");
            }
        }
    }

    fn after_integer(&mut self, c: Option<u8>) -> Scan<Token> {
        match c {
            Some(b'.') => self.fraction_after_point(),
            Some(b'e' | b'E') => self.exponent(c),
            Some(b'j' | b'J') => self.imaginary(),
            _ => self.number_end(c, "decimal"),
        }
    }

    /// After a point that begins a number.
    pub(super) fn fraction(&mut self) -> Scan<Token> {
        self.fraction_after_point()
    }

    fn fraction_after_point(&mut self) -> Scan<Token> {
        let mut c = self.next_char();
        if c.is_some_and(|c| c.is_ascii_digit()) {
            c = self.decimal_tail()?;
        }
        match c {
            Some(b'e' | b'E') => self.exponent(c),
            Some(b'j' | b'J') => self.imaginary(),
            _ => self.number_end(c, "decimal"),
        }
    }

    fn exponent(&mut self, e: Option<u8>) -> Scan<Token> {
        let mut c = self.next_char();
        if matches!(c, Some(b'+' | b'-')) {
            let sign = c;
            c = self.next_char();
            if !c.is_some_and(|c| c.is_ascii_digit()) {
                self.back(c);
                let _ = sign;
                return self.error("invalid decimal literal");
            }
        } else if !c.is_some_and(|c| c.is_ascii_digit()) {
            // The `e` may begin a keyword.
            self.back(c);
            if !self.keyword_follows(e) {
                self.back(e);
                return self.error("invalid decimal literal");
            }
            return self.number_end(e, "decimal");
        }
        let c = self.decimal_tail()?;
        if matches!(c, Some(b'j' | b'J')) { self.imaginary() } else { self.number_end(c, "decimal") }
    }

    fn imaginary(&mut self) -> Scan<Token> {
        let c = self.next_char();
        self.number_end(c, "imaginary")
    }

    /// Whether one of the keywords that may follow a number starts at `c`.
    fn keyword_follows(&self, c: Option<u8>) -> bool {
        let rest = &self.source[self.cur..];
        let word: &[u8] = match c {
            Some(b'a') => b"nd",
            Some(b'e') => b"lse",
            Some(b'f') => b"or",
            Some(b'i') => return matches!(rest.first(), Some(b'f' | b'n' | b's')),
            Some(b'o') => b"r",
            Some(b'n') => b"ot",
            _ => return false,
        };
        let goes_on = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_' || *c >= 0x80;
        rest.starts_with(word) && !rest.get(word.len()).is_some_and(goes_on)
    }

    fn number_end(&mut self, c: Option<u8>, name: &str) -> Scan<Token> {
        let keyword = self.keyword_follows(c);
        self.back(c);
        if keyword {
            self.warn(format!("invalid {name} literal"));
        } else if c.is_some_and(|c| c.is_ascii_alphanumeric() || c == b'_') {
            return self.error(format!("invalid {name} literal"));
        }
        Ok(self.token(TokenKind::Number, self.start, self.cur))
    }
}
