//! Formatted strings, with CPython's pieces.
//!
//! CPython's parser glues neighbouring constants together, from the start of the first to the end of the last, and
//! drops empty ones. In a format spec it does neither, so that the empty pieces that its tokenizer makes show.

use super::super::literal;
use super::{Converter, Fail, Found, Result};
use crate::ast::{Constant, Conversion, Expr, ExprKind, Span};
use crate::error::WarningKind;
use ruff_python_ast::{self as r, StringFlags as _};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Converter<'_> {
    pub(super) fn fstring(&mut self, e: &r::ExprFString) -> Result<Expr> {
        // A formatted string in a format spec counts its own specs.
        let specs = std::mem::take(&mut self.specs);
        let end = self.fstring_end;
        let result = self.fstring_parts(e);
        (self.specs, self.fstring_end) = (specs, end);
        result
    }

    fn fstring_parts(&mut self, e: &r::ExprFString) -> Result<Expr> {
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
                    // CPython places what is wrong with the text at the closing quotes.
                    let quotes = TextSize::new(if part.flags.is_triple_quoted() { 3 } else { 1 });
                    self.fstring_end = TextRange::new(part.range.end() - quotes, part.range.end());
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
            r::InterpolatedStringElement::Literal(text) => {
                pieces.push(self.text_piece(text.range, raw, false)?);
                Ok(())
            }
            r::InterpolatedStringElement::Interpolation(field) => {
                self.nested(|c| c.field(field, raw, pieces))
            }
        }
    }

    /// The constant for a stretch of text. In a format spec a brace is never doubled.
    fn text_piece(&mut self, range: TextRange, raw: bool, spec: bool) -> Result<Expr> {
        let text = self.text(range);
        let bytes = text.as_bytes();
        let mut value = Vec::with_capacity(bytes.len());
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
                    self.decode_piece(range, &text[start..at + 1], raw, &mut value)?;
                    // The second brace is no text.
                    at += 2;
                    start = at;
                }
                _ => at += 1,
            }
        }
        if start < bytes.len() {
            self.decode_piece(range, &text[start..], raw, &mut value)?;
        }
        let kind = ExprKind::Constant { value: Constant::Str(value.into()), u_kind: false };
        Ok(Expr { kind, span: self.span(range) })
    }

    /// Decodes text that ends at a brace or at the end of a piece.
    fn decode_piece(&mut self, range: TextRange, text: &str, raw: bool, out: &mut Vec<u8>) -> Result<()> {
        if raw {
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        // A backslash before a brace stands for itself; the tokenizer warns of it, not the decoder.
        let brace = text.ends_with(['{', '}']) && !is_named_escape(text);
        let body = if brace { &text[..text.len() - 1] } else { text };
        if body.bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1 {
            // The brace is the character after the body, in this piece or not.
            let at = body.as_ptr() as usize - self.source.as_ptr() as usize + body.len();
            if let Some(&next @ (b'{' | b'}')) = self.source.as_bytes().get(at) {
                let msg = literal::invalid_escape(next).msg;
                let range = TextRange::empty(TextSize::new(at as u32));
                self.warnings.push(Found { kind: WarningKind::Syntax, range, msg });
            }
        }
        match literal::decode_str(body) {
            Ok((value, escape)) => {
                self.warn_escape(if self.specs > 0 { range } else { self.fstring_end }, escape);
                out.extend_from_slice(&value);
                out.extend_from_slice(&text.as_bytes()[body.len()..]);
                Ok(())
            }
            Err(_) => Err(Fail::Literal(range)),
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
        const MOST: u32 = 2;
        if self.specs >= MOST && spec.elements.interpolations().next().is_some() {
            return Err(Fail::Reject(spec.range));
        }
        self.specs += 1;
        let mut pieces = Vec::new();
        let mut after_text = false;
        let bytes = self.source.as_bytes();
        for element in &spec.elements {
            match element {
                r::InterpolatedStringElement::Literal(text) => {
                    pieces.push(self.text_piece(text.range, raw, true)?);
                    // CPython's tokenizer ends a piece after a name in braces, even when nothing follows.
                    after_text = raw || !is_named_escape(self.text(text.range));
                }
                r::InterpolatedStringElement::Interpolation(field) => {
                    let start = field.range.start();
                    if !after_text && bytes.get(start.to_usize() + 1) == Some(&b'{') {
                        pieces.push(self.empty_piece(start));
                    }
                    self.nested(|c| c.field(field, raw, &mut pieces))?;
                    after_text = false;
                }
            }
        }
        if !pieces.is_empty() && !after_text {
            pieces.push(self.empty_piece(spec.range.end()));
        }
        self.specs -= 1;
        let range = TextRange::new(spec.range.start() - TextSize::new(1), spec.range.end());
        Ok(Expr { kind: ExprKind::JoinedStr { values: pieces }, span: self.span(range) })
    }

    fn empty_piece(&self, at: TextSize) -> Expr {
        let kind = ExprKind::Constant { value: Constant::Str(Box::default()), u_kind: false };
        Expr { kind, span: self.span(TextRange::new(at, at)) }
    }
}

/// Whether the brace at the end of `text` closes a `\N{...}`.
fn is_named_escape(text: &str) -> bool {
    text.ends_with('}') && text.rfind('{').is_some_and(|at| text[..at].ends_with("\\N"))
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
