//! The parameters of functions and lambdas.
//!
//! Both have the same grammar. A function's list ends at `)` and its parameters may be annotated, a lambda's ends
//! at `:`; some errors are placed differently.

use super::peg::{Kind, Peg, Place, R, alt, need};
use crate::token::{Token, TokenKind as T};

/// Whose parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Function,
    Lambda,
}

impl Of {
    fn end(self) -> T {
        match self {
            Of::Function => T::RPar,
            Of::Lambda => T::Colon,
        }
    }
}

impl Peg<'_> {
    pub fn lambda(&mut self) -> R {
        let start = self.start_place()?;
        need!(self.kw("lambda"));
        self.opt(Self::lambda_params)?;
        need!(self.tok(T::Colon));
        need!(self.expression());
        Ok(Some(self.note_from(Kind::Lambda, start)))
    }

    pub fn lambda_params(&mut self) -> R<()> {
        self.parameters(Of::Lambda)
    }

    pub fn params(&mut self) -> R<()> {
        self.parameters(Of::Function)
    }

    fn parameters(&mut self, of: Of) -> R<()> {
        if self.invalid {
            self.alt(|p| p.invalid_parameters(of))?;
        }
        alt!(self, |p| {
            need!(p.slash_no_default(of));
            p.many(|p| p.no_default(of))?;
            p.many(|p| p.with_default(of))?;
            p.opt(|p| p.star_etc(of))?;
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.slash_with_default(of));
            p.many(|p| p.with_default(of))?;
            p.opt(|p| p.star_etc(of))?;
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.some(|p| p.no_default(of)));
            p.many(|p| p.with_default(of))?;
            p.opt(|p| p.star_etc(of))?;
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.some(|p| p.with_default(of)));
            p.opt(|p| p.star_etc(of))?;
            Ok(Some(()))
        });
        self.alt(|p| p.star_etc(of))
    }

    fn slash(&mut self, of: Of) -> R<Token> {
        let slash = need!(self.tok(T::Slash));
        if self.tok(T::Comma)?.is_none() && !self.at(&[of.end()])? {
            return Ok(None);
        }
        Ok(Some(slash))
    }

    fn slash_no_default(&mut self, of: Of) -> R<Token> {
        self.alt(|p| {
            need!(p.some(|p| p.no_default(of)));
            p.slash(of)
        })
    }

    fn slash_with_default(&mut self, of: Of) -> R<Token> {
        self.alt(|p| {
            p.many(|p| p.no_default(of))?;
            need!(p.some(|p| p.with_default(of)));
            p.slash(of)
        })
    }

    fn slashed(&mut self, of: Of) -> R<Token> {
        alt!(self, |p| p.slash_no_default(of));
        self.slash_with_default(of)
    }

    fn star_etc(&mut self, of: Of) -> R<()> {
        if self.invalid {
            self.alt(|p| p.invalid_star_etc(of))?;
        }
        alt!(self, |p| {
            need!(p.tok(T::Star));
            need!(p.no_default(of));
            p.many(|p| p.maybe_default(of))?;
            p.opt(|p| p.kwds(of))?;
            Ok(Some(()))
        });
        if of == Of::Function {
            alt!(self, |p| {
                need!(p.tok(T::Star));
                need!(p.name());
                need!(p.tok(T::Colon));
                need!(p.star_expression());
                need!(p.parameter_end(of));
                p.many(|p| p.maybe_default(of))?;
                p.opt(|p| p.kwds(of))?;
                Ok(Some(()))
            });
        }
        alt!(self, |p| {
            need!(p.tok(T::Star));
            need!(p.tok(T::Comma));
            need!(p.some(|p| p.maybe_default(of)));
            p.opt(|p| p.kwds(of))?;
            Ok(Some(()))
        });
        self.alt(|p| p.kwds(of))
    }

    fn kwds(&mut self, of: Of) -> R<()> {
        if self.invalid {
            self.alt(|p| p.invalid_kwds(of))?;
        }
        self.alt(|p| {
            need!(p.tok(T::DoubleStar));
            need!(p.no_default(of));
            Ok(Some(()))
        })
    }

    fn param(&mut self, of: Of) -> R<Place> {
        let start = self.start_place()?;
        need!(self.name());
        if of == Of::Function {
            self.opt(|p| {
                need!(p.tok(T::Colon));
                p.expression()
            })?;
        }
        Ok(Some(start.to(self.end_place())))
    }

    /// The comma after a parameter, or the end of the list.
    fn parameter_end(&mut self, of: Of) -> R<()> {
        if self.tok(T::Comma)?.is_some() {
            if of == Of::Function {
                // A type comment may be here, so the next token is read.
                self.peek()?;
            }
            return Ok(Some(()));
        }
        Ok(self.at(&[of.end()])?.then_some(()))
    }

    fn no_default(&mut self, of: Of) -> R<Place> {
        self.alt(|p| {
            let place = need!(p.param(of));
            need!(p.parameter_end(of));
            Ok(Some(place))
        })
    }

    fn with_default(&mut self, of: Of) -> R<()> {
        self.alt(|p| {
            need!(p.param(of));
            need!(p.default());
            p.parameter_end(of)
        })
    }

    fn maybe_default(&mut self, of: Of) -> R<()> {
        self.alt(|p| {
            need!(p.param(of));
            p.opt(Self::default)?;
            p.parameter_end(of)
        })
    }

    fn default(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.tok(T::Equal));
            need!(p.expression());
            Ok(Some(()))
        });
        if self.invalid {
            self.alt(|p| {
                let equals = need!(p.tok(T::Equal));
                if !p.at(&[T::RPar, T::Comma])? {
                    return Ok(None::<()>);
                }
                Err(p.raise_tok(equals, "expected default value expression"))
            })?;
        }
        Ok(None)
    }

    fn invalid_parameters(&mut self, of: Of) -> R<()> {
        alt!(self, |p| {
            let slash = need!(p.tok(T::Slash));
            need!(p.tok(T::Comma));
            Err(p.raise_tok(slash, "at least one argument must precede /"))
        });
        alt!(self, |p| {
            need!(p.slashed(of));
            p.many(|p| p.maybe_default(of))?;
            let slash = need!(p.tok(T::Slash));
            Err(p.raise_tok(slash, "/ may appear only once"))
        });
        alt!(self, |p| {
            p.slash_no_default(of)?;
            p.many(|p| p.no_default(of))?;
            if p.slash_with_default(of)?.is_none() {
                need!(p.some(|p| p.with_default(of)));
            }
            let place = need!(p.no_default(of));
            Err(p.raise_place(place, "parameter without a default follows parameter with a default"))
        });
        alt!(self, |p| {
            p.many(|p| p.no_default(of))?;
            let open = need!(p.tok(T::LPar));
            if of == Of::Function {
                need!(p.some(|p| p.no_default(of)));
            } else {
                need!(p.comma_list(|p| p.param(of)));
            }
            p.tok(T::Comma)?;
            let close = need!(p.tok(T::RPar));
            let whose = if of == Of::Function { "Function" } else { "Lambda expression" };
            let place = Place::from(open).to(close.into());
            Err(p.raise_place(place, format!("{whose} parameters cannot be parenthesized")))
        });
        alt!(self, |p| {
            p.opt(|p| p.slashed(of))?;
            p.many(|p| p.maybe_default(of))?;
            need!(p.tok(T::Star));
            if p.tok(T::Comma)?.is_none() {
                need!(p.no_default(of));
            }
            p.many(|p| p.maybe_default(of))?;
            let slash = need!(p.tok(T::Slash));
            Err(p.raise_tok(slash, "/ must be ahead of *"))
        });
        self.alt(|p| {
            need!(p.some(|p| p.maybe_default(of)));
            need!(p.tok(T::Slash));
            let star = need!(p.tok(T::Star));
            Err(p.raise_tok(star, "expected comma between / and *"))
        })
    }

    fn invalid_star_etc(&mut self, of: Of) -> R<()> {
        alt!(self, |p| {
            let star = need!(p.tok(T::Star));
            if p.tok(of.end())?.is_none() {
                need!(p.tok(T::Comma));
                if p.tok(of.end())?.is_none() {
                    need!(p.tok(T::DoubleStar));
                }
            }
            let msg = "named arguments must follow bare *";
            Err(if of == Of::Function { p.raise_tok(star, msg) } else { p.raise_last(msg) })
        });
        alt!(self, |p| {
            need!(p.tok(T::Star));
            need!(p.param(of));
            let equals = need!(p.tok(T::Equal));
            Err(p.raise_tok(equals, "var-positional argument cannot have default value"))
        });
        self.alt(|p| {
            need!(p.tok(T::Star));
            if p.no_default(of)?.is_none() {
                need!(p.tok(T::Comma));
            }
            p.many(|p| p.maybe_default(of))?;
            let star = need!(p.tok(T::Star));
            if p.no_default(of)?.is_none() {
                need!(p.tok(T::Comma));
            }
            Err(p.raise_tok(star, "* argument may appear only once"))
        })
    }

    fn invalid_kwds(&mut self, of: Of) -> R<()> {
        alt!(self, |p| {
            need!(p.tok(T::DoubleStar));
            need!(p.param(of));
            let equals = need!(p.tok(T::Equal));
            Err(p.raise_tok(equals, "var-keyword argument cannot have default value"))
        });
        let msg = "arguments cannot follow var-keyword argument";
        alt!(self, |p| {
            need!(p.tok(T::DoubleStar));
            need!(p.param(of));
            need!(p.tok(T::Comma));
            let place = need!(p.param(of));
            Err(p.raise_place(place, msg))
        });
        self.alt(|p| {
            need!(p.tok(T::DoubleStar));
            need!(p.param(of));
            need!(p.tok(T::Comma));
            let token = p.peek()?;
            if !matches!(token.kind, T::Star | T::DoubleStar | T::Slash) {
                return Ok(None);
            }
            Err(p.raise_tok(token, msg))
        })
    }
}
