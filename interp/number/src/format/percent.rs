//! printf-style formatting: `template % arguments` of `str` and `bytes`.
//!
//! [`Percent`] walks a template and gives literal stretches and directives. The caller fetches the arguments
//! (mapping keys, `*` amounts) and converts objects; for numbers it hands values to [`Directive::write_int`] and
//! [`Directive::write_float`], for everything else it pads with [`Directive::pad_text`].

use super::apply::write_digits;
use super::{CodePoints, FormatError, Sink};
use crate::float;
use crate::int::IntRef;
use std::ops::Range;

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Not given.
    None,
    /// `*`: the next argument (TypeError "* wants int" if it is no integer).
    Star,
    /// The number itself.
    Value(usize),
}

/// What a directive converts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `%%`, with nothing between: a percent sign; takes no argument.
    Percent,
    /// `d`, `i` or `u`.
    Decimal,
    /// `o`.
    Octal,
    /// `x` or `X` (the flag says which: true is upper case).
    Hex(bool),
    /// `e E f F g G`: the letter.
    Float(u8),
    /// `c`.
    Char,
    /// `s` (`s` or `b` for bytes).
    Str,
    /// `r`.
    Repr,
    /// `a`.
    Ascii,
    /// Anything else: a code point. It is an error only once the argument has been fetched: see
    /// [`Directive::unsupported`].
    Other(u32),
}

/// One directive of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The mapping key in `%(key)s`, as a range of the template.
    pub key: Option<Range<usize>>,
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A space.
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// The minimal width.
    pub width: Amount,
    /// The precision.
    pub precision: Amount,
    /// What to convert to.
    pub conversion: Conversion,
    /// Where the conversion character stands in the template.
    pub at: usize,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text to copy.
    Literal(Range<usize>),
    /// A directive.
    Directive(Directive),
}

/// Walks a template.
pub struct Percent<'a, T: CodePoints + ?Sized> {
    text: &'a T,
    at: usize,
    bytes: bool,
    mapping: bool,
}

impl<'a, T: CodePoints + ?Sized> Percent<'a, T> {
    /// Begins at the start of `text`; `bytes` says whether it is a template of `bytes` (which knows `%b` and has
    /// its own error texts), and `mapping` whether the right operand is a mapping that serves keys.
    pub fn new(text: &'a T, bytes: bool, mapping: bool) -> Percent<'a, T> {
        Percent { text, at: 0, bytes, mapping }
    }

    /// The next part, or `None` at the end.
    ///
    /// Errors (ValueError): "incomplete format key", "incomplete format", "width too big", "precision too big"
    /// ("prec too big" for bytes); TypeError "format requires a mapping".
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Piece>, FormatError> {
        let end = self.text.len();
        if self.at >= end {
            return Ok(None);
        }
        let start = self.at;
        while self.at < end && self.text.at(self.at) != u32::from(b'%') {
            self.at += 1;
        }
        if self.at > start {
            return Ok(Some(Piece::Literal(start..self.at)));
        }
        self.at += 1;
        self.directive().map(|d| Some(Piece::Directive(d)))
    }

    fn peek(&self) -> Option<u32> {
        (self.at < self.text.len()).then(|| self.text.at(self.at))
    }

    fn directive(&mut self) -> Result<Directive, FormatError> {
        let mut d = Directive {
            key: None,
            left: false,
            plus: false,
            blank: false,
            alternate: false,
            zero: false,
            width: Amount::None,
            precision: Amount::None,
            conversion: Conversion::Percent,
            at: 0,
        };
        if self.peek() == Some(u32::from(b'%')) {
            d.at = self.at;
            self.at += 1;
            return Ok(d);
        }
        if self.peek() == Some(u32::from(b'(')) {
            if !self.mapping {
                return Err(FormatError::Type("format requires a mapping".into()));
            }
            d.key = Some(self.key()?);
        }
        while let Some(code) = self.peek() {
            match u8::try_from(code) {
                Ok(b'-') => d.left = true,
                Ok(b'+') => d.plus = true,
                Ok(b' ') => d.blank = true,
                Ok(b'#') => d.alternate = true,
                Ok(b'0') => d.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        d.width = self.amount(isize::MAX as usize, "width too big")?;
        if self.peek() == Some(u32::from(b'.')) {
            self.at += 1;
            let text = if self.bytes { "prec too big" } else { "precision too big" };
            d.precision = match self.amount(i32::MAX as usize, text)? {
                Amount::None => Amount::Value(0),
                given => given,
            };
        }
        if let Some(Ok(b'h' | b'l' | b'L')) = self.peek().map(u8::try_from) {
            self.at += 1;
        }
        let code = self.peek().ok_or_else(|| FormatError::value("incomplete format"))?;
        d.at = self.at;
        self.at += 1;
        d.conversion = match u8::try_from(code) {
            Ok(b'd' | b'i' | b'u') => Conversion::Decimal,
            Ok(b'o') => Conversion::Octal,
            Ok(b'x') => Conversion::Hex(false),
            Ok(b'X') => Conversion::Hex(true),
            Ok(c @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G')) => Conversion::Float(c),
            Ok(b'c') => Conversion::Char,
            Ok(b's') => Conversion::Str,
            Ok(b'b') if self.bytes => Conversion::Str,
            Ok(b'r') => Conversion::Repr,
            Ok(b'a') => Conversion::Ascii,
            _ => Conversion::Other(code),
        };
        Ok(d)
    }

    /// The range between the parenthesis here and the one that closes it.
    fn key(&mut self) -> Result<Range<usize>, FormatError> {
        self.at += 1;
        let start = self.at;
        let mut depth = 1;
        while let Some(code) = self.peek() {
            self.at += 1;
            if code == u32::from(b')') {
                depth -= 1;
                if depth == 0 {
                    return Ok(start..self.at - 1);
                }
            } else if code == u32::from(b'(') {
                depth += 1;
            }
        }
        Err(FormatError::value("incomplete format key"))
    }

    fn amount(&mut self, limit: usize, text: &str) -> Result<Amount, FormatError> {
        if self.peek() == Some(u32::from(b'*')) {
            self.at += 1;
            return Ok(Amount::Star);
        }
        let start = self.at;
        let mut value = 0usize;
        while let Some(digit) = self.peek().and_then(char::from_u32).and_then(|c| c.to_digit(10)) {
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_add(digit as usize))
                .filter(|&v| v <= limit)
                .ok_or_else(|| FormatError::value(text))?;
            self.at += 1;
        }
        Ok(if self.at > start { Amount::Value(value) } else { Amount::None })
    }
}

impl Directive {
    /// Puts the value of a `*` in place of the width: a negative one means left adjustment.
    pub fn set_width(&mut self, value: i64) {
        self.left |= value < 0;
        self.width = Amount::Value(usize::try_from(value.unsigned_abs()).unwrap_or(usize::MAX));
    }

    /// Puts the value of a `*` in place of the precision: a negative one counts as zero. (CPython refuses what
    /// does not fit C's `int`: that is the caller's to check.)
    pub fn set_precision(&mut self, value: i64) {
        self.precision = Amount::Value(usize::try_from(value).unwrap_or(0));
    }

    /// The error for a conversion character that does not exist, in a template of `bytes` or `str`.
    pub fn unsupported(&self, code: u32, bytes: bool) -> FormatError {
        if bytes && code >= 128 {
            // CPython stumbles over its own message here: a sign-extended character.
            return FormatError::Overflow("character argument not in range(0x110000)".into());
        }
        let shown = match code {
            _ if bytes => char::from(code as u8),
            32..=127 => char::from(code as u8),
            _ => '?',
        };
        FormatError::value(format!(
            "unsupported format character '{shown}' (0x{code:x}) at index {}",
            self.at
        ))
    }

    fn width(&self) -> usize {
        match self.width {
            Amount::Value(n) => n,
            _ => 0,
        }
    }

    /// The precision, if one was given (and, for `*`, set).
    pub fn precision(&self) -> Option<usize> {
        match self.precision {
            Amount::Value(n) => Some(n),
            _ => None,
        }
    }

    /// Padding before and behind text of `length` code points (already cut to the precision where it applies).
    pub fn pad_text(&self, length: usize) -> (usize, usize) {
        let padding = self.width().saturating_sub(length);
        if self.left { (0, padding) } else { (padding, 0) }
    }

    /// Writes an integer under `d`, `o`, `x` or `X`. `max_digits` is `sys.get_int_max_str_digits()`.
    ///
    /// Errors: [`FormatError::TooManyDigits`]; [`FormatError::Overflow`] for a hopeless precision.
    pub fn write_int<S: Sink + ?Sized>(
        &self,
        value: IntRef,
        max_digits: usize,
        out: &mut S,
    ) -> Result<(), FormatError> {
        let (radix, prefix): (u32, &[u8]) = match self.conversion {
            Conversion::Octal => (8, b"0o"),
            Conversion::Hex(false) => (16, b"0x"),
            Conversion::Hex(true) => (16, b"0X"),
            _ => (10, b""),
        };
        let mut digits = Vec::with_capacity(24);
        write_digits(value, radix, max_digits, &mut digits)?;
        if self.conversion == Conversion::Hex(true) {
            digits.make_ascii_uppercase();
        }
        let precision = self.precision().unwrap_or(0);
        if precision > i32::MAX as usize - 3 {
            return Err(FormatError::Overflow("precision too large".into()));
        }
        let zeros = precision.saturating_sub(digits.len());
        self.write_number(value.neg, if self.alternate { prefix } else { b"" }, zeros, &digits, out);
        Ok(())
    }

    /// Writes a float under `e`, `f` or `g` of either case.
    pub fn write_float<S: Sink + ?Sized>(&self, value: f64, out: &mut S) {
        let code = match self.conversion {
            Conversion::Float(code) => code,
            _ => b'g',
        };
        let flags = if self.alternate { float::ALTERNATE } else { 0 };
        let mut text = Vec::with_capacity(32);
        float::format(value, code, self.precision().unwrap_or(6), flags, &mut text);
        let negative = text.first() == Some(&b'-');
        self.write_number(negative, b"", 0, &text[usize::from(negative)..], out);
    }

    fn write_number<S: Sink + ?Sized>(
        &self,
        negative: bool,
        prefix: &[u8],
        zeros: usize,
        digits: &[u8],
        out: &mut S,
    ) {
        let sign = match () {
            () if negative => Some(b'-'),
            () if self.plus => Some(b'+'),
            () if self.blank => Some(b' '),
            () => None,
        };
        let length = usize::from(sign.is_some()) + prefix.len() + zeros + digits.len();
        let padding = self.width().saturating_sub(length);
        let (left, inner, right) = match (self.left, self.zero) {
            (true, _) => (0, 0, padding),
            (false, true) => (0, padding, 0),
            (false, false) => (padding, 0, 0),
        };
        out.fill(u32::from(b' '), left);
        if let Some(sign) = sign {
            out.ascii(&[sign]);
        }
        out.ascii(prefix);
        out.fill(u32::from(b'0'), inner + zeros);
        out.ascii(digits);
        out.fill(u32::from(b' '), right);
    }
}
