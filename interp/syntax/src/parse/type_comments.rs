//! Type comments: `# type: T` after assignments, block headers and parameters, and `# type: ignore`.
//!
//! The parser crate knows nothing of them. The tokenizer finds them before the conversion, which takes each where the
//! grammar allows one; what is left over stands where none may be, and is an error. A comment is found again by the
//! token before it, so that only positions are compared.

use crate::ast::{Name, TypeIgnore};
use crate::token::{Token, TokenKind, Tokenizer};
use ruff_text_size::{TextRange, TextSize};

/// A comment that is a type.
#[derive(Debug)]
struct Comment {
    /// The type's text.
    range: TextRange,
    place: Place,
    used: bool,
}

/// What is before a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A token that ends there.
    After(u32),
    /// A comma after a token that ends there.
    AfterComma(u32),
    /// A comma after the star that starts keyword-only parameters.
    AfterBareStar,
    /// The colon that ends there, outside of brackets.
    Header(u32),
    /// The line of the colon that ends there; a block follows.
    BelowHeader(u32),
    Elsewhere,
}

/// The type comments of a source.
#[derive(Debug, Default)]
pub struct TypeComments {
    comments: Vec<Comment>,
    pub ignores: Vec<TypeIgnore>,
}

impl TypeComments {
    /// Finds them. The source is one that parses.
    pub fn find(source: &str) -> TypeComments {
        let mut found = TypeComments::default();
        let mut scanner = Tokenizer::new(source).with_extra_tokens();
        // The tokens before, the nearest last, without comments and empty lines.
        let mut before: Vec<Token> = Vec::new();
        while let Ok(token) = scanner.next_token()
            && token.kind != TokenKind::EndMarker
        {
            match token.kind {
                TokenKind::Comment => {
                    let Some(at) = type_start(token.text(source)) else { continue };
                    let start = token.start + at as u32;
                    let text = source[start as usize..token.end as usize].trim_end_matches(['\r', '\n']);
                    match ignore_tag(text) {
                        Some(tag) => {
                            // On a line of its own the comment takes the newline along.
                            let line = &source[..token.start as usize];
                            let line = &line[line.rfind('\n').map_or(0, |at| at + 1)..];
                            let own = line.bytes().all(|c| matches!(c, b' ' | b'\t' | b'\x0c'));
                            let tag = if own { format!("{tag}\n") } else { tag.to_owned() };
                            found.ignores.push(TypeIgnore { lineno: token.lineno, tag });
                        }
                        None => found.comments.push(Comment {
                            range: TextRange::at(TextSize::new(start), TextSize::new(text.len() as u32)),
                            place: place_after(&before),
                            used: false,
                        }),
                    }
                }
                TokenKind::Nl | TokenKind::Indent | TokenKind::Dedent => {}
                _ => {
                    if before.len() == 4 {
                        before.remove(0);
                    }
                    before.push(token);
                }
            }
        }
        found
    }

    /// The comment after what ends at `end`.
    pub fn after(&mut self, end: TextSize) -> Option<TextRange> {
        self.take(|place| place == Place::After(end.to_u32()))
    }

    /// The comment of the parameter that ends at `end`: before or after its comma.
    pub fn of_parameter(&mut self, end: TextSize) -> Option<TextRange> {
        let end = end.to_u32();
        self.take(|place| place == Place::After(end) || place == Place::AfterComma(end))
    }

    /// The comment after the colon between a header's last part and its block.
    pub fn of_header(&mut self, between: TextRange) -> Option<TextRange> {
        self.take(|place| matches!(place, Place::Header(at) if between.contains_inclusive(TextSize::new(at))))
    }

    /// The comment on the first line of the block after a header.
    pub fn below_header(&mut self, between: TextRange) -> Option<TextRange> {
        self.take(
            |place| matches!(place, Place::BelowHeader(at) if between.contains_inclusive(TextSize::new(at))),
        )
    }

    fn take(&mut self, fits: impl Fn(Place) -> bool) -> Option<TextRange> {
        let comment = self.comments.iter_mut().find(|c| !c.used && fits(c.place))?;
        comment.used = true;
        Some(comment.range)
    }

    /// Is the comment below a header that has one after its colon?
    fn is_second(&self, comment: &Comment) -> bool {
        let Place::BelowHeader(at) = comment.place else { return false };
        self.comments.iter().any(|c| c.used && c.place == Place::Header(at))
    }

    /// The first comment that nothing took, and what is wrong with it.
    pub fn misplaced(&self) -> Option<(TextRange, &'static str)> {
        let comment = self.comments.iter().find(|c| !c.used)?;
        let msg = match comment.place {
            Place::BelowHeader(_) if self.is_second(comment) => "Cannot have two type comments on def",
            Place::AfterBareStar => "bare * has associated type comment",
            _ => "invalid syntax",
        };
        Some((comment.range, msg))
    }
}

fn place_after(before: &[Token]) -> Place {
    let back = |n: usize| before.len().checked_sub(n).map(|i| before[i]);
    let Some(last) = back(1) else { return Place::Elsewhere };
    match last.kind {
        TokenKind::Colon if last.level == 0 => Place::Header(last.end),
        TokenKind::Newline => match back(2) {
            Some(colon) if colon.kind == TokenKind::Colon && colon.level == 0 => {
                Place::BelowHeader(colon.end)
            }
            _ => Place::Elsewhere,
        },
        TokenKind::Comma => match back(2) {
            Some(star)
                if star.kind == TokenKind::Star
                    && back(3).is_some_and(|t| matches!(t.kind, TokenKind::LPar | TokenKind::Comma)) =>
            {
                Place::AfterBareStar
            }
            Some(t) => Place::AfterComma(t.end),
            None => Place::Elsewhere,
        },
        _ => Place::After(last.end),
    }
}

/// Where the type starts in a comment that has one.
fn type_start(comment: &str) -> Option<usize> {
    let spaces: &[char] = &[' ', '\t'];
    let rest = comment.strip_prefix('#')?.trim_start_matches(spaces);
    let rest = rest.strip_prefix("type:")?.trim_start_matches(spaces);
    Some(comment.len() - rest.len())
}

/// What follows `ignore` in a comment that says so.
fn ignore_tag(text: &str) -> Option<&str> {
    let tag = text.strip_prefix("ignore")?;
    match tag.as_bytes().first() {
        Some(c) if !c.is_ascii() || c.is_ascii_alphanumeric() => None,
        _ => Some(tag),
    }
}

/// The text of a comment as the tree has it.
pub fn text(source: &str, range: Option<TextRange>) -> Option<Name> {
    range.map(|r| Name::new(&source[r]))
}
