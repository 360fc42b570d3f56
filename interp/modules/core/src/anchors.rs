//! The line of `^` and `~` below a source line of a traceback (PEP 657).

use krait_bytecode::Position;
use krait_syntax::ast::{ExprKind, ModKind, StmtKind};
use krait_syntax::parse::{self, Mode};

/// The part of an expression that failed: the operator, or what is between the brackets. In bytes of the segment.
struct Anchor {
    start: usize,
    end: usize,
}

/// The marks for a position in the line, with an indentation of 4 in place of the line's own; None when they would
/// say nothing. `lead` is the number of blank characters that the line begins with.
pub fn carets(line: &str, lead: usize, p: Position) -> Option<String> {
    let chars_before = |byte: u32| -> Option<usize> {
        line.get(..byte as usize).map(|s| s.chars().count()).or_else(|| {
            // A column inside of a character, or behind the end: the file is not the one that was compiled.
            (byte as usize > line.len()).then(|| line.chars().count())
        })
    };
    let start = chars_before(p.col)?;
    let mut anchor = None;
    let end = if p.line == p.end_line {
        let end = chars_before(p.end_col)?;
        if let Some(segment) = line.get(p.col as usize..p.end_col as usize) {
            anchor = find_anchor(segment).map(|a| {
                let at = |byte: usize| start + segment.get(..byte).map_or(byte, |s| s.chars().count());
                (at(a.start), at(a.end))
            });
        }
        end
    } else {
        line.trim_end_matches([' ', '\t', '\u{c}', '\r']).chars().count()
    };
    let whole = line.chars().count() - lead;
    if end.wrapping_sub(start) == whole && anchor.is_none() {
        return None;
    }
    let mut out = String::new();
    // Columns of the line as shown: the indentation is 4 wherever the text began.
    for _ in 0..4usize.saturating_sub(lead) {
        out.push(' ');
    }
    for offset in lead.saturating_sub(4)..end {
        out.push(match anchor {
            _ if offset < start => ' ',
            Some((a, b)) if a <= offset && offset < b => '^',
            Some(_) => '~',
            None => '^',
        });
    }
    Some(out)
}

fn find_anchor(segment: &str) -> Option<Anchor> {
    let parsed = parse::parse(segment, Mode::Exec, &parse::Flags::default()).ok()?;
    let ModKind::Module { body, .. } = &parsed.tree.kind else { return None };
    let [statement] = body.as_slice() else { return None };
    let StmtKind::Expr { value, .. } = &statement.kind else { return None };
    let bytes = segment.as_bytes();
    let blank = |i: usize| matches!(bytes.get(i), Some(b' ' | b'\t' | b'\x0c'));
    match &value.kind {
        ExprKind::BinOp { left, right, .. } => {
            let (from, to) = (left.span.end_col_offset as usize, right.span.col_offset as usize);
            let mut found = None;
            for i in from..to {
                if blank(i) {
                    continue;
                }
                let mut end = i + 1;
                if i + 1 < to && !blank(i + 1) {
                    end += 1;
                }
                found = Some(Anchor { start: i, end });
                // A closing parenthesis belongs to the left operand.
                if i + 1 < to && bytes.get(i) == Some(&b')') {
                    continue;
                }
                break;
            }
            found
        }
        ExprKind::Subscript { value, slice, .. } => {
            let mut start = value.span.end_col_offset as usize;
            let mut end = slice.span.end_col_offset as usize + 1;
            while start < bytes.len() && bytes[start] != b'[' {
                start += 1;
            }
            while end < bytes.len() && bytes[end] != b']' {
                end += 1;
            }
            if end < bytes.len() {
                end += 1;
            }
            Some(Anchor { start, end })
        }
        _ => None,
    }
}
