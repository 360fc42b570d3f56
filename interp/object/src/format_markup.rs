//! The grammar of `str.format` templates: literals, replacement fields, field names.
//!
//! Pure text work on code points; the errors are CPython's ValueError texts. Used by
//! `str_format` and by the `_string` module (`formatter_parser`, `formatter_field_name_split`).

use krait_text::{Chars, chars};
use std::ops::Range;

/// A ValueError with this text.
pub type MarkupError = &'static str;

/// A replacement field as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Range<usize>,
    pub spec: Range<usize>,
    /// The code point after `!`, if any.
    pub conversion: Option<u32>,
    /// The spec contains fields itself.
    pub nested: bool,
}

/// Literal text (braces unescaped), and the field that follows it, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub literal: Range<usize>,
    pub field: Option<Field>,
}

/// Walks a range of a template.
#[derive(Clone, Copy, Debug)]
pub struct Markup<'a> {
    text: Chars<'a>,
    at: usize,
    end: usize,
}

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;

impl<'a> Markup<'a> {
    pub fn new(text: Chars<'a>, range: Range<usize>) -> Markup<'a> {
        Markup { text, at: range.start, end: range.end }
    }

    /// Where the walk is, to be resumed by `new` with `position()..end`.
    pub fn position(&self) -> usize {
        self.at
    }

    fn take(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        self.at += 1;
        Some(self.text.at(self.at - 1))
    }

    fn peek(&self) -> Option<u32> {
        if self.at < self.end { Some(self.text.at(self.at)) } else { None }
    }

    /// The next part, or None at the end.
    ///
    /// # Errors
    /// Unbalanced braces and malformed fields.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Part>, MarkupError> {
        if self.at >= self.end {
            return Ok(None);
        }
        let start = self.at;
        let brace = loop {
            match self.take() {
                Some(c @ (OPEN | CLOSE)) => break c,
                Some(_) => {}
                None => return Ok(Some(Part { literal: start..self.end, field: None })),
            }
        };
        if self.peek() == Some(brace) {
            // A doubled brace stands for itself.
            let literal = start..self.at;
            self.at += 1;
            return Ok(Some(Part { literal, field: None }));
        }
        if brace == CLOSE {
            return Err("Single '}' encountered in format string");
        }
        if self.at >= self.end {
            return Err("Single '{' encountered in format string");
        }
        let literal = start..self.at - 1;
        let field = self.field()?;
        Ok(Some(Part { literal, field: Some(field) }))
    }

    fn field(&mut self) -> Result<Field, MarkupError> {
        let start = self.at;
        let mut last = 0;
        while let Some(c) = self.take() {
            last = c;
            match char::from_u32(c) {
                Some('{') => return Err("unexpected '{' in field name"),
                // Anything but a bracket may stand in brackets.
                Some('[') => {
                    while self.peek().is_some_and(|c| c != ']' as u32) {
                        self.at += 1;
                    }
                }
                Some('}' | ':' | '!') => break,
                _ => {}
            }
        }
        let name = start..self.at.saturating_sub(1).max(start);
        let mut field = Field { name, spec: self.at..self.at, conversion: None, nested: false };
        if last == CLOSE {
            return Ok(field);
        }
        if last != ':' as u32 && last != '!' as u32 {
            return Err("expected '}' before end of string");
        }
        if last == '!' as u32 {
            let Some(c) = self.take() else {
                return Err("end of string while looking for conversion specifier");
            };
            field.conversion = Some(c);
            match self.take() {
                Some(CLOSE) => {
                    field.spec = self.at..self.at;
                    return Ok(field);
                }
                Some(c) if c != ':' as u32 => return Err("expected ':' after conversion specifier"),
                _ => {}
            }
        }
        let start = self.at;
        let mut depth = 1;
        while let Some(c) = self.take() {
            if c == OPEN {
                field.nested = true;
                depth += 1;
            } else if c == CLOSE {
                depth -= 1;
                if depth == 0 {
                    field.spec = start..self.at - 1;
                    return Ok(field);
                }
            }
        }
        Err("unmatched '{' in format spec")
    }
}

/// The number that a field name or an index is, if it is one.
///
/// # Errors
/// "Too many decimal digits in format string".
pub fn integer(text: Chars<'_>) -> Result<Option<usize>, MarkupError> {
    if text.is_empty() {
        return Ok(None);
    }
    let mut n = 0usize;
    for c in text.iter() {
        let Some(d) = chars::to_decimal(c) else { return Ok(None) };
        n = n
            .checked_mul(10)
            .and_then(|n| n.checked_add(d.into()))
            .filter(|&n| n <= isize::MAX as usize)
            .ok_or("Too many decimal digits in format string")?;
    }
    Ok(Some(n))
}

/// The first part of a field name (up to the first `.` or `[`); the rest is a [`Path`].
pub fn split_name<'a>(text: Chars<'a>, name: Range<usize>) -> (Range<usize>, Path<'a>) {
    let dot = (name.clone()).find(|&i| matches!(char::from_u32(text.at(i)), Some('.' | '[')));
    let at = dot.unwrap_or(name.end);
    (name.start..at, Path { text, at, end: name.end })
}

/// One step of a field name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`
    Attribute(Range<usize>),
    /// `[number]`
    Index(usize),
    /// `[text]`
    Key(Range<usize>),
}

/// The steps after the first part of a field name.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    text: Chars<'a>,
    at: usize,
    end: usize,
}

impl<'a> Path<'a> {
    /// The steps in a range of a template that holds nothing else.
    pub fn new(text: Chars<'a>, range: Range<usize>) -> Path<'a> {
        Path { text, at: range.start, end: range.end }
    }

    /// What is left.
    pub fn rest(&self) -> Range<usize> {
        self.at..self.end
    }

    /// The next step, or None at the end.
    ///
    /// # Errors
    /// Malformed steps.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Step>, MarkupError> {
        if self.at >= self.end {
            return Ok(None);
        }
        let c = char::from_u32(self.text.at(self.at));
        self.at += 1;
        let start = self.at;
        let step = match c {
            Some('.') => {
                while self.at < self.end && !matches!(char::from_u32(self.text.at(self.at)), Some('.' | '['))
                {
                    self.at += 1;
                }
                Step::Attribute(start..self.at)
            }
            Some('[') => {
                while self.at < self.end && self.text.at(self.at) != ']' as u32 {
                    self.at += 1;
                }
                if self.at >= self.end {
                    return Err("Missing ']' in format string");
                }
                let key = start..self.at;
                self.at += 1;
                match integer(self.text.slice(key.clone()))? {
                    Some(n) => Step::Index(n),
                    None => Step::Key(key),
                }
            }
            _ => return Err("Only '.' or '[' may follow ']' in format field specifier"),
        };
        match &step {
            Step::Attribute(r) | Step::Key(r) if r.is_empty() => Err("Empty attribute in format string"),
            _ => Ok(Some(step)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Result<Vec<Part>, MarkupError> {
        let mut m = Markup::new(Chars::One(text.as_bytes()), 0..text.len());
        let mut out = Vec::new();
        while let Some(p) = m.next()? {
            out.push(p);
        }
        Ok(out)
    }

    #[test]
    fn grammar() {
        let all = parts("a{{b{x.y[1]!r:>{w}}").expect("good");
        assert_eq!(all[0], Part { literal: 0..2, field: None });
        let f = all[1].field.clone().expect("a field");
        assert_eq!((f.name, f.spec, f.conversion, f.nested), (5..11, 14..18, Some('r' as u32), true));
        assert_eq!(parts("}"), Err("Single '}' encountered in format string"));
        assert_eq!(parts("a{"), Err("Single '{' encountered in format string"));
        assert_eq!(parts("{a"), Err("expected '}' before end of string"));
        assert_eq!(parts("{a!"), Err("end of string while looking for conversion specifier"));
        assert_eq!(parts("{a!rx}"), Err("expected ':' after conversion specifier"));
        assert_eq!(parts("{a:"), Err("unmatched '{' in format spec"));
        assert_eq!(parts("{a{"), Err("unexpected '{' in field name"));
        assert_eq!(parts("{0[a}"), Err("expected '}' before end of string"));
    }

    #[test]
    fn names() {
        let text = Chars::One(b"a.b[0][k]");
        let (first, mut path) = split_name(text, 0..9);
        assert_eq!(first, 0..1);
        assert_eq!(path.next(), Ok(Some(Step::Attribute(2..3))));
        assert_eq!(path.next(), Ok(Some(Step::Index(0))));
        assert_eq!(path.next(), Ok(Some(Step::Key(7..8))));
        assert_eq!(path.next(), Ok(None));
    }
}
