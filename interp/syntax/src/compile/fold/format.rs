//! `'%s: %r' % (a, b)` becomes a formatted string, for the conversions s, r and a.

use crate::ast::*;

/// The pieces of the formatted string. `elts` are taken only when it succeeds.
pub(super) fn fold(text: &[u8], elts: &mut Vec<Expr>, span: Span) -> Option<Vec<Expr>> {
    if elts.iter().any(|e| matches!(e.kind, ExprKind::Starred { .. })) {
        return None;
    }
    enum Piece {
        Literal(Vec<u8>),
        Value(Conversion, String),
    }
    let mut pieces = Vec::new();
    let mut values = 0;
    let mut pos = 0;
    loop {
        let mut literal = Vec::new();
        while pos < text.len() {
            if text[pos] != b'%' {
                literal.push(text[pos]);
                pos += 1;
            } else if text.get(pos + 1) == Some(&b'%') {
                literal.push(b'%');
                pos += 2;
            } else {
                break;
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        if pos >= text.len() {
            break;
        }
        if values >= elts.len() {
            return None;
        }
        pos += 1;
        let (conversion, spec) = value(text, &mut pos)?;
        pieces.push(Piece::Value(conversion, spec));
        values += 1;
    }
    if values < elts.len() {
        return None;
    }
    let mut elts = std::mem::take(elts).into_iter();
    let string = |text: Vec<u8>, span: Span| Expr {
        kind: ExprKind::Constant { value: Constant::Str(text.into()), u_kind: false },
        span,
    };
    pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Literal(text) => Some(string(text, span)),
            Piece::Value(conversion, spec) => {
                let value = elts.next()?;
                let span = value.span;
                let format_spec = (!spec.is_empty()).then(|| Box::new(string(spec.into_bytes(), span)));
                let kind = ExprKind::FormattedValue { value: Box::new(value), conversion, format_spec };
                Some(Expr { kind, span })
            }
        })
        .collect()
}

/// One format unit after its `%`.
fn value(text: &[u8], pos: &mut usize) -> Option<(Conversion, String)> {
    let mut left = false;
    loop {
        match text.get(*pos)? {
            b'-' => left = true,
            b'+' | b' ' | b'#' | b'0' => {}
            _ => break,
        }
        *pos += 1;
    }
    // Two digits at most, as in CPython.
    let number = |pos: &mut usize| -> Option<Option<u32>> {
        let start = *pos;
        let mut n = 0;
        while let Some(d) = text.get(*pos).filter(|c| c.is_ascii_digit()) {
            n = n * 10 + u32::from(d - b'0');
            *pos += 1;
            if *pos - start >= 3 {
                return None;
            }
        }
        Some((*pos > start).then_some(n))
    };
    let width = number(pos)?;
    let mut precision = None;
    if text.get(*pos) == Some(&b'.') {
        *pos += 1;
        precision = Some(number(pos)?.unwrap_or(0));
    }
    let conversion = match text.get(*pos)? {
        b's' => Conversion::Str,
        b'r' => Conversion::Repr,
        b'a' => Conversion::Ascii,
        _ => return None,
    };
    *pos += 1;
    let mut spec = String::new();
    if let Some(width) = width {
        if !left && width > 0 {
            spec.push('>');
        }
        spec.push_str(&width.to_string());
    }
    if let Some(precision) = precision {
        spec.push_str(&format!(".{precision}"));
    }
    Some((conversion, spec))
}
