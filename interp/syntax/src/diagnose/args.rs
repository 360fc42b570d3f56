//! The arguments of calls and class definitions.

use super::peg::{Kind, N, Peg, Place, R, Rule, alt, need};
use crate::token::TokenKind as T;

const MAYBE_EQUALS: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
const BARE_GENERATOR: &str = "Generator expression must be parenthesized";

/// Arguments without what may follow them.
struct Args {
    positional: Vec<N>,
    /// There is a `**`.
    unpacks: bool,
    place: Place,
}

/// One of the later arguments.
enum Later {
    Starred(N),
    Keyword,
    Unpack,
}

impl Peg<'_> {
    pub fn arguments(&mut self) -> R {
        self.memo(Rule::Arguments, |p| {
            alt!(p, |p| {
                let args = need!(p.args());
                p.tok(T::Comma)?;
                if !p.at(&[T::RPar])? {
                    return Ok(None);
                }
                Ok(Some(p.note(Kind::Other, args.place)))
            });
            if p.invalid {
                p.invalid_arguments()?;
            }
            Ok(None)
        })
    }

    fn args(&mut self) -> R<Args> {
        let start = self.start_place()?;
        alt!(self, |p| {
            let mut positional = need!(p.comma_list(Self::positional_argument));
            let later = p.opt(|p| {
                need!(p.tok(T::Comma));
                p.kwargs()
            })?;
            let unpacks = sort_later(later.unwrap_or_default(), &mut positional);
            Ok(Some(Args { positional, unpacks, place: start.to(p.end_place()) }))
        });
        let later = need!(self.alt(Self::kwargs));
        let mut positional = Vec::new();
        let unpacks = sort_later(later, &mut positional);
        Ok(Some(Args { positional, unpacks, place: start.to(self.end_place()) }))
    }

    fn positional_argument(&mut self) -> R {
        alt!(self, Self::starred_expression);
        self.alt(|p| {
            let value = match p.alt(Self::assignment_expression)? {
                Some(value) => value,
                None => need!(p.expression_not_named()),
            };
            if p.at(&[T::Equal])? {
                return Ok(None);
            }
            Ok(Some(value))
        })
    }

    fn kwargs(&mut self) -> R<Vec<Later>> {
        alt!(self, |p| {
            let mut later = need!(p.comma_list(Self::keyword_or_starred));
            need!(p.tok(T::Comma));
            later.extend(need!(p.comma_list(Self::keyword_or_unpack)));
            Ok(Some(later))
        });
        alt!(self, |p| p.comma_list(Self::keyword_or_starred));
        self.alt(|p| p.comma_list(Self::keyword_or_unpack))
    }

    fn keyword_argument(&mut self) -> R<Later> {
        need!(self.name());
        need!(self.tok(T::Equal));
        need!(self.expression());
        Ok(Some(Later::Keyword))
    }

    fn keyword_or_starred(&mut self) -> R<Later> {
        if self.invalid {
            self.alt(Self::invalid_kwarg)?;
        }
        alt!(self, Self::keyword_argument);
        self.alt(|p| Ok(p.starred_expression()?.map(Later::Starred)))
    }

    fn keyword_or_unpack(&mut self) -> R<Later> {
        if self.invalid {
            self.alt(Self::invalid_kwarg)?;
        }
        alt!(self, Self::keyword_argument);
        self.alt(|p| {
            need!(p.tok(T::DoubleStar));
            need!(p.expression());
            Ok(Some(Later::Unpack))
        })
    }

    fn invalid_kwarg(&mut self) -> R<()> {
        for word in ["True", "False", "None"] {
            alt!(self, |p| {
                let token = need!(p.kw(word));
                let equals = need!(p.tok(T::Equal));
                let place = Place::from(token).to(equals.into());
                Err(p.raise_place(place, format!("cannot assign to {word}")))
            });
        }
        alt!(self, Self::generator_as_keyword);
        alt!(self, |p| {
            let keyword = p.ahead(|p| {
                need!(p.name());
                p.tok(T::Equal)
            })?;
            if keyword {
                return Ok(None);
            }
            let target = need!(p.expression());
            let equals = need!(p.tok(T::Equal));
            let place = p.place(target).to(equals.into());
            let msg = "expression cannot contain assignment, perhaps you meant \"==\"?";
            Err(p.raise_place(place, msg))
        });
        self.alt(|p| {
            let stars = need!(p.tok(T::DoubleStar));
            need!(p.expression());
            need!(p.tok(T::Equal));
            let value = need!(p.expression());
            let place = Place::from(stars).to(p.place(value));
            Err(p.raise_place(place, "cannot assign to keyword argument unpacking"))
        })
    }

    /// `a=b for c in d`
    fn generator_as_keyword(&mut self) -> R<()> {
        let name = need!(self.name());
        let equals = need!(self.tok(T::Equal));
        need!(self.expression());
        need!(self.for_if_clauses());
        let place = self.place(name).to(equals.into());
        Err(self.raise_place(place, MAYBE_EQUALS))
    }

    fn invalid_arguments(&mut self) -> R<()> {
        alt!(self, |p| {
            let with_positional = p.alt(|p| {
                need!(p.comma_list(Self::positional_argument));
                need!(p.tok(T::Comma));
                p.kwargs()
            })?;
            if with_positional.is_none() {
                need!(p.kwargs());
            }
            need!(p.tok(T::Comma));
            let star = need!(p.tok(T::Star));
            Err(p.raise_tok(star, "iterable argument unpacking follows keyword argument unpacking"))
        });
        alt!(self, |p| {
            let element = need!(p.expression());
            let clauses = need!(p.for_if_clauses());
            need!(p.tok(T::Comma));
            p.opt(|p| {
                alt!(p, |p| {
                    need!(p.args());
                    Ok(Some(()))
                });
                need!(p.expression());
                need!(p.for_if_clauses());
                Ok(Some(()))
            })?;
            let last = clauses[clauses.len() - 1].last;
            Err(p.raise_range(element, last, BARE_GENERATOR))
        });
        alt!(self, Self::generator_as_keyword);
        alt!(self, |p| {
            p.opt(|p| {
                need!(p.args());
                p.tok(T::Comma)
            })?;
            let name = need!(p.name());
            let equals = need!(p.tok(T::Equal));
            if !p.at(&[T::Comma, T::RPar])? {
                return Ok(None);
            }
            let place = p.place(name).to(equals.into());
            Err(p.raise_place(place, "expected argument value expression"))
        });
        let mark = self.mark;
        if let Some(args) = self.alt(Self::args)?
            && let Some(clauses) = self.alt(Self::for_if_clauses)?
        {
            // `f(a for b in c)` is fine, `f(a, b for b in c)` is not. Either way the search ends here.
            if let [.., last_arg] = args.positional[..]
                && args.positional.len() > 1
            {
                return Err(self.raise_range(last_arg, clauses[clauses.len() - 1].last, BARE_GENERATOR));
            }
            return Ok(None);
        }
        self.mark = mark;
        alt!(self, |p| {
            need!(p.args());
            need!(p.tok(T::Comma));
            let element = need!(p.expression());
            let clauses = need!(p.for_if_clauses());
            Err(p.raise_range(element, clauses[clauses.len() - 1].target, BARE_GENERATOR))
        });
        self.alt(|p| {
            let args = need!(p.args());
            need!(p.tok(T::Comma));
            need!(p.args());
            Err(p.raise_last(if args.unpacks {
                "positional argument follows keyword argument unpacking"
            } else {
                "positional argument follows keyword argument"
            }))
        })
    }
}

/// Adds the starred ones to the positional arguments; answers whether there is a `**`.
fn sort_later(later: Vec<Later>, positional: &mut Vec<N>) -> bool {
    let mut unpacks = false;
    for argument in later {
        match argument {
            Later::Starred(value) => positional.push(value),
            Later::Unpack => unpacks = true,
            Later::Keyword => {}
        }
    }
    unpacks
}
