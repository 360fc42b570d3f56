//! Comprehensions.

use super::peg::{Kind, N, Peg, R, alt, need};
use crate::token::TokenKind as T;

/// A `for` of a comprehension.
#[derive(Clone, Copy)]
pub(super) struct ForIf {
    pub target: N,
    /// The last condition, or the iterable.
    pub last: N,
}

impl Peg<'_> {
    pub fn for_if_clauses(&mut self) -> R<Vec<ForIf>> {
        self.some(Self::for_if_clause)
    }

    fn for_if_clause(&mut self) -> R<ForIf> {
        for is_async in [true, false] {
            let mark = self.mark;
            let head = self.alt(|p| {
                if is_async {
                    need!(p.kw("async"));
                }
                need!(p.kw("for"));
                let target = need!(p.star_targets());
                need!(p.kw("in"));
                Ok(Some(target))
            })?;
            if let Some(target) = head {
                // After `in` there is no way back.
                let outcome = self.alt(|p| {
                    let mut last = need!(p.disjunction());
                    for condition in p.many(|p| {
                        need!(p.kw("if"));
                        p.disjunction()
                    })? {
                        last = condition;
                    }
                    Ok(Some(ForIf { target, last }))
                })?;
                if outcome.is_none() {
                    self.mark = mark;
                }
                return Ok(outcome);
            }
        }
        if self.invalid {
            self.invalid_for_target()?;
        }
        Ok(None)
    }

    /// Reports a target that can not be assigned to, in a statement or a comprehension.
    pub fn invalid_for_target(&mut self) -> R<()> {
        self.alt(|p| {
            p.kw("async")?;
            need!(p.kw("for"));
            let target = need!(p.star_expressions());
            match p.invalid_target(target, super::target::Use::For) {
                Some(bad) => Err(p.raise(bad, format!("cannot assign to {}", p.describe(bad)))),
                None => Ok(None),
            }
        })
    }

    fn comprehension(&mut self, open: T, close: T, kind: Kind, element: fn(&mut Self) -> R) -> R {
        let start = self.start_place()?;
        alt!(self, |p| {
            need!(p.tok(open));
            need!(element(p));
            need!(p.for_if_clauses());
            need!(p.tok(close));
            Ok(Some(p.note_from(kind, start)))
        });
        if self.invalid {
            self.invalid_comprehension()?;
        }
        Ok(None)
    }

    pub fn listcomp(&mut self) -> R {
        self.comprehension(T::LSqb, T::RSqb, Kind::ListComp, Self::named_expression)
    }

    pub fn setcomp(&mut self) -> R {
        self.comprehension(T::LBrace, T::RBrace, Kind::SetComp, Self::named_expression)
    }

    pub fn genexp(&mut self) -> R {
        self.comprehension(T::LPar, T::RPar, Kind::Generator, |p| {
            alt!(p, Self::assignment_expression);
            p.expression_not_named()
        })
    }

    pub fn dictcomp(&mut self) -> R {
        let start = self.start_place()?;
        alt!(self, |p| {
            need!(p.tok(T::LBrace));
            need!(p.key_value());
            need!(p.for_if_clauses());
            need!(p.tok(T::RBrace));
            Ok(Some(p.note_from(Kind::DictComp, start)))
        });
        if !self.invalid {
            return Ok(None);
        }
        self.alt(|p| {
            need!(p.tok(T::LBrace));
            let stars = need!(p.tok(T::DoubleStar));
            need!(p.bitwise_or());
            need!(p.for_if_clauses());
            need!(p.tok(T::RBrace));
            Err(p.raise_tok(stars, "dict unpacking cannot be used in dict comprehension"))
        })
    }

    fn invalid_comprehension(&mut self) -> R<()> {
        alt!(self, |p| {
            if !p.at(&[T::LSqb, T::LPar, T::LBrace])? {
                return Ok(None);
            }
            p.mark += 1;
            let value = need!(p.starred_expression());
            need!(p.for_if_clauses());
            Err(p.raise(value, "iterable unpacking cannot be used in comprehension"))
        });
        let msg = "did you forget parentheses around the comprehension target?";
        alt!(self, |p| {
            if !p.at(&[T::LSqb, T::LBrace])? {
                return Ok(None);
            }
            p.mark += 1;
            let first = need!(p.star_named_expression());
            need!(p.tok(T::Comma));
            let rest = need!(p.star_named_expressions());
            need!(p.for_if_clauses());
            let last = rest.last().copied().unwrap_or(first);
            Err(p.raise_range(first, last, msg))
        });
        self.alt(|p| {
            if !p.at(&[T::LSqb, T::LBrace])? {
                return Ok(None);
            }
            p.mark += 1;
            let first = need!(p.star_named_expression());
            let comma = need!(p.tok(T::Comma));
            need!(p.for_if_clauses());
            let place = p.place(first).to(comma.into());
            Err(p.raise_place(place, msg))
        })
    }
}
