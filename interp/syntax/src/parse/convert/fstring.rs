//! Formatted strings, with CPython's pieces.
//!
//! CPython's tokenizer ends a piece of text after each doubled brace and its parser glues neighbouring constants
//! together again, from the start of the first to the end of the last. The gluing decides the positions, and
//! also that empty pieces vanish.

use super::super::literal;
use super::{Converter, Fail, Found, Result};
use crate::ast::{Constant, Conversion, Expr, ExprKind, Span};
use crate::error::WarningKind;
use ruff_python_ast as r;
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Converter<'_> {
    pub(super) fn fstring(&mut self, e: &r::ExprFString) -> Result<Expr> {
        let mut pieces = Vec::new();
        for part in e.value.as_slice() {
            match part {
                r::FStringPart::Literal(part) => {
                    let u_kind = self.text(part.range).starts_with('u');
                    let value = Constant::Str(self.string_part(part.range)?);
                    let kind = ExprKind::Constant { value, u_kind };
                    pieces.push(Expr { kind, span: self.span(part.range) });
                }
                r::FStringPart::FString(part) => {
                    let raw = part.flags.prefix().is_raw();
                    for element in &part.elements {
                        self.element_of_fstring(element, raw, &mut pieces)?;
                    }
                }
            }
        }
        let kind = ExprKind::JoinedStr { values: glue(pieces) };
        Ok(Expr { kind, span: self.span(e.range) })
    }

    fn element_of_fstring(
        &mut self,
        element: &r::InterpolatedStringElement,
        raw: bool,
        pieces: &mut Vec<Expr>,
    ) -> Result<()> {
        match element {
            r::InterpolatedStringElement::Literal(text) => self.text_pieces(text.range, raw, false, pieces),
            r::InterpolatedStringElement::Interpolation(field) => {
                self.nested(|c| c.field(field, raw, pieces))
            }
        }
    }

    /// The constants of a stretch of text. In a format spec a brace is never doubled.
    fn text_pieces(&mut self, range: TextRange, raw: bool, spec: bool, pieces: &mut Vec<Expr>) -> Result<()> {
        let text = self.text(range);
        let bytes = text.as_bytes();
        let mut start = 0;
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if !raw => {
                    if bytes.get(at + 1) == Some(&b'N') && bytes.get(at + 2) == Some(&b'{') {
                        at += memchr::memchr(b'}', &bytes[at..]).unwrap_or(0).max(2);
                    } else if !matches!(bytes.get(at + 1), Some(b'{' | b'}') | None) {
                        at += 1;
                    }
                    at += 1;
                }
                b'{' | b'}' if !spec => {
                    self.text_piece(range, start, at + 1, raw, pieces)?;
                    // The second brace belongs to no piece.
                    at += 2;
                    start = at;
                }
                _ => at += 1,
            }
        }
        if start < bytes.len() {
            self.text_piece(range, start, bytes.len(), raw, pieces)?;
        }
        Ok(())
    }

    fn text_piece(
        &mut self,
        whole: TextRange,
        start: usize,
        end: usize,
        raw: bool,
        pieces: &mut Vec<Expr>,
    ) -> Result<()> {
        let range = TextRange::new(
            whole.start() + TextSize::new(start as u32),
            whole.start() + TextSize::new(end as u32),
        );
        let text = self.text(range);
        let value: Box<[u8]> = if raw { text.as_bytes().into() } else { self.decode_piece(range, text)? };
        if !value.is_empty() {
            let kind = ExprKind::Constant { value: Constant::Str(value), u_kind: false };
            pieces.push(Expr { kind, span: self.span(range) });
        }
        Ok(())
    }

    fn decode_piece(&mut self, range: TextRange, text: &str) -> Result<Box<[u8]>> {
        // A backslash before a brace stands for itself; the tokenizer warns of it, not the decoder.
        let before_brace = text.len() > 1 && matches!(text.as_bytes()[text.len() - 1], b'{' | b'}') && {
            let head = &text.as_bytes()[..text.len() - 1];
            head.iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 1
        };
        let ends_with_backslash = text.bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1;
        let next = self.source.as_bytes().get(range.end().to_usize()).copied();
        let (body, tail): (&str, &[u8]) = if before_brace {
            let at = text.len() - 1;
            self.warnings.push(Found {
                kind: WarningKind::Syntax,
                range,
                msg: literal::invalid_escape(text.as_bytes()[at]).msg,
            });
            (&text[..at - 1], &text.as_bytes()[at - 1..])
        } else if ends_with_backslash {
            if let Some(brace @ (b'{' | b'}')) = next {
                let msg = literal::invalid_escape(brace).msg;
                self.warnings.push(Found { kind: WarningKind::Syntax, range, msg });
            }
            (&text[..text.len() - 1], b"\\")
        } else {
            (text, b"")
        };
        match literal::decode_str(body) {
            Ok((value, escape)) => {
                self.warn_escape(range, escape);
                if tail.is_empty() {
                    return Ok(value);
                }
                let mut value = value.into_vec();
                value.extend_from_slice(tail);
                Ok(value.into())
            }
            Err(reason) => Err(Fail::Literal(range, format!("(unicode error) {reason}"))),
        }
    }

    fn field(&mut self, field: &r::InterpolatedElement, raw: bool, pieces: &mut Vec<Expr>) -> Result<()> {
        let span = self.span(field.range);
        let value = self.boxed(&field.expression)?;
        let format_spec = match &field.format_spec {
            Some(spec) => Some(Box::new(self.format_spec(spec, raw)?)),
            None => None,
        };
        let conversion = match field.conversion {
            r::ConversionFlag::Str => Conversion::Str,
            r::ConversionFlag::Repr => Conversion::Repr,
            r::ConversionFlag::Ascii => Conversion::Ascii,
            r::ConversionFlag::None if field.debug_text.is_some() && format_spec.is_none() => {
                Conversion::Repr
            }
            r::ConversionFlag::None => Conversion::None,
        };
        if field.debug_text.is_some() {
            pieces.push(self.debug_text(field, span));
        }
        let kind = ExprKind::FormattedValue { value, conversion, format_spec };
        pieces.push(Expr { kind, span });
        Ok(())
    }

    /// The text of `{expr = }` up to the conversion, the format spec or the closing brace.
    fn debug_text(&mut self, field: &r::InterpolatedElement, span: Span) -> Expr {
        let start = field.range.start() + TextSize::new(1);
        let end = self.debug_end(field);
        let range = TextRange::new(start, end);
        let text = self.text(range);
        // Everything from a `#` to the end of its line goes, even when the `#` is inside a string: that is how
        // CPython removes comments.
        let text = if text.contains('#') {
            let mut out = String::with_capacity(text.len());
            for line in text.split_inclusive('\n') {
                match line.find('#') {
                    Some(at) => {
                        out.push_str(&line[..at]);
                        if line.ends_with('\n') {
                            out.push('\n');
                        }
                    }
                    None => out.push_str(line),
                }
            }
            out
        } else {
            text.into()
        };
        let span = Span { col_offset: span.col_offset + 1, ..span }.to(self.span(range));
        let kind = ExprKind::Constant { value: Constant::Str(text.into_bytes().into()), u_kind: false };
        Expr { kind, span }
    }

    fn debug_end(&self, field: &r::InterpolatedElement) -> TextSize {
        let bytes = self.source.as_bytes();
        // After the expression come only closing parentheses, space, comments and the `=`.
        let mut at = field.expression.range().end().to_usize();
        let limit = field.range.end().to_usize();
        let mut equals = false;
        while at < limit {
            match bytes[at] {
                b'#' => {
                    while at < limit && bytes[at] != b'\n' {
                        at += 1;
                    }
                    continue;
                }
                b'=' => equals = true,
                b'!' | b':' | b'}' if equals => break,
                _ => {}
            }
            at += 1;
        }
        TextSize::new(at as u32)
    }

    fn format_spec(&mut self, spec: &r::InterpolatedStringFormatSpec, raw: bool) -> Result<Expr> {
        let mut pieces = Vec::new();
        for element in &spec.elements {
            match element {
                r::InterpolatedStringElement::Literal(text) => {
                    self.text_pieces(text.range, raw, true, &mut pieces)?
                }
                r::InterpolatedStringElement::Interpolation(field) => {
                    self.nested(|c| c.field(field, raw, &mut pieces))?
                }
            }
        }
        let range = TextRange::new(spec.range.start() - TextSize::new(1), spec.range.end());
        Ok(Expr { kind: ExprKind::JoinedStr { values: glue(pieces) }, span: self.span(range) })
    }
}

/// Joins neighbouring constants and drops empty ones.
fn glue(pieces: Vec<Expr>) -> Vec<Expr> {
    let mut out: Vec<Expr> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if let ExprKind::Constant { value: Constant::Str(text), .. } = &piece.kind {
            if text.is_empty() {
                continue;
            }
            if let Some(Expr { kind: ExprKind::Constant { value: Constant::Str(before), .. }, span }) =
                out.last_mut()
            {
                let mut joined = std::mem::take(before).into_vec();
                joined.extend_from_slice(text);
                *before = joined.into();
                *span = span.to(piece.span);
                continue;
            }
        }
        out.push(piece);
    }
    out
}
