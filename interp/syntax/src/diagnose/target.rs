//! What can be assigned to and deleted.

use super::peg::{Kind, N, Peg, R, Rule, alt, need};
use crate::token::TokenKind as T;

/// What a target is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Assign,
    Delete,
    For,
}

impl Peg<'_> {
    /// The part of an expression that is no target.
    pub fn invalid_target(&self, n: N, what_for: Use) -> Option<N> {
        let note = self.get(n);
        match note.kind {
            Kind::List | Kind::Tuple => {
                note.parts.iter().find_map(|&part| self.invalid_target(part, what_for))
            }
            Kind::Starred if what_for == Use::Delete => Some(n),
            Kind::Starred => self.invalid_target(note.parts[0], what_for),
            // `for a in b` without the `for` is a comparison.
            Kind::In if what_for == Use::For => self.invalid_target(note.parts[0], what_for),
            Kind::Compare if what_for == Use::For => None,
            Kind::Name | Kind::Subscript | Kind::Attribute => None,
            _ => Some(n),
        }
    }

    pub fn star_targets(&mut self) -> R {
        let start = self.start_place()?;
        let first = need!(self.star_target());
        if !self.at(&[T::Comma])? {
            return Ok(Some(first));
        }
        let mut items = vec![first];
        while let Some(item) = self.alt(|p| {
            need!(p.tok(T::Comma));
            p.star_target()
        })? {
            items.push(item);
        }
        self.tok(T::Comma)?;
        let place = start.to(self.end_place());
        Ok(Some(self.note_parts(Kind::Tuple, place, items.into())))
    }

    pub fn star_target(&mut self) -> R {
        self.memo(Rule::StarTarget, |p| {
            alt!(p, |p| {
                let star = need!(p.tok(T::Star));
                if p.at(&[T::Star])? {
                    return Ok(None);
                }
                let value = need!(p.star_target());
                let place = super::peg::Place::from(star).to(p.place(value));
                Ok(Some(p.note_parts(Kind::Starred, place, [value].into())))
            });
            p.target_with_star_atom()
        })
    }

    fn target_with_star_atom(&mut self) -> R {
        self.memo(Rule::TargetWithStarAtom, |p| {
            alt!(p, Self::attribute_or_subscript_target);
            p.star_atom()
        })
    }

    /// `a.b` or `a[b]` with nothing after it that would make it part of a longer primary.
    pub fn attribute_or_subscript_target(&mut self) -> R {
        let start = self.start_place()?;
        need!(self.t_primary());
        let kind = need!(self.attribute_or_subscript());
        if self.at_t_lookahead()? {
            return Ok(None);
        }
        Ok(Some(self.note_from(kind, start)))
    }

    fn attribute_or_subscript(&mut self) -> R<Kind> {
        alt!(self, |p| {
            need!(p.tok(T::Dot));
            need!(p.name());
            Ok(Some(Kind::Attribute))
        });
        self.alt(|p| {
            need!(p.tok(T::LSqb));
            need!(p.slices());
            need!(p.tok(T::RSqb));
            Ok(Some(Kind::Subscript))
        })
    }

    fn at_t_lookahead(&mut self) -> Result<bool, super::peg::Stop> {
        self.at(&[T::LPar, T::LSqb, T::Dot])
    }

    /// A primary expression that something follows.
    fn t_primary(&mut self) -> R {
        self.memo(Rule::TPrimary, |p| {
            let start = p.start_place()?;
            let mut value = need!(p.alt(|p| {
                let atom = need!(p.atom());
                Ok(p.at_t_lookahead()?.then_some(atom))
            }));
            while let Some(kind) = p.alt(|p| {
                alt!(p, |p| {
                    let kind = need!(p.attribute_or_subscript());
                    Ok(p.at_t_lookahead()?.then_some(kind))
                });
                alt!(p, |p| {
                    need!(p.genexp());
                    Ok(p.at_t_lookahead()?.then_some(Kind::Call))
                });
                p.alt(|p| {
                    need!(p.tok(T::LPar));
                    p.opt(Self::arguments)?;
                    need!(p.tok(T::RPar));
                    Ok(p.at_t_lookahead()?.then_some(Kind::Call))
                })
            })? {
                value = p.note_from(kind, start);
            }
            Ok(Some(value))
        })
    }

    fn star_atom(&mut self) -> R {
        let start = self.start_place()?;
        alt!(self, Self::name);
        alt!(self, |p| {
            need!(p.tok(T::LPar));
            let target = need!(p.target_with_star_atom());
            need!(p.tok(T::RPar));
            Ok(Some(target))
        });
        alt!(self, |p| {
            need!(p.tok(T::LPar));
            let items = p.opt(Self::star_targets_in_parentheses)?.unwrap_or_default();
            need!(p.tok(T::RPar));
            let place = start.to(p.end_place());
            Ok(Some(p.note_parts(Kind::Tuple, place, items.into())))
        });
        self.alt(|p| {
            need!(p.tok(T::LSqb));
            let items = p.opt(|p| {
                let items = need!(p.comma_list(Self::star_target));
                p.tok(T::Comma)?;
                Ok(Some(items))
            })?;
            need!(p.tok(T::RSqb));
            let place = start.to(p.end_place());
            Ok(Some(p.note_parts(Kind::List, place, items.unwrap_or_default().into())))
        })
    }

    fn star_targets_in_parentheses(&mut self) -> R<Vec<N>> {
        alt!(self, |p| {
            let first = need!(p.star_target());
            let rest = need!(p.some(|p| {
                need!(p.tok(T::Comma));
                p.star_target()
            }));
            p.tok(T::Comma)?;
            let mut items = vec![first];
            items.extend(rest);
            Ok(Some(items))
        });
        self.alt(|p| {
            let only = need!(p.star_target());
            need!(p.tok(T::Comma));
            Ok(Some(vec![only]))
        })
    }

    /// The target of an augmented assignment.
    pub fn single_target(&mut self) -> R {
        alt!(self, Self::attribute_or_subscript_target);
        alt!(self, Self::name);
        self.alt(|p| {
            need!(p.tok(T::LPar));
            let target = need!(p.deeper(Self::single_target));
            need!(p.tok(T::RPar));
            Ok(Some(target))
        })
    }

    pub fn del_targets(&mut self) -> R<()> {
        need!(self.comma_list(Self::del_target));
        self.tok(T::Comma)?;
        Ok(Some(()))
    }

    fn del_target(&mut self) -> R {
        self.memo(Rule::DelTarget, |p| {
            alt!(p, Self::attribute_or_subscript_target);
            let start = p.start_place()?;
            alt!(p, Self::name);
            alt!(p, |p| {
                need!(p.tok(T::LPar));
                let target = need!(p.del_target());
                need!(p.tok(T::RPar));
                Ok(Some(target))
            });
            for (open, close) in [(T::LPar, T::RPar), (T::LSqb, T::RSqb)] {
                alt!(p, |p| {
                    need!(p.tok(open));
                    p.opt(Self::del_targets)?;
                    need!(p.tok(close));
                    Ok(Some(p.note_from(Kind::Tuple, start)))
                });
            }
            Ok(None)
        })
    }
}
