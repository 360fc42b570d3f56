//! `match` statements and their patterns.

use super::peg::{Kind, N, Peg, Place, R, Rule, alt, need};
use crate::ast::Constant;
use crate::token::TokenKind as T;

impl Peg<'_> {
    pub fn match_stmt(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.kw("match"));
            need!(p.subject_expr());
            need!(p.tok(T::Colon));
            need!(p.tok(T::Newline));
            need!(p.tok(T::Indent));
            need!(p.some(Self::case_block));
            need!(p.tok(T::Dedent));
            Ok(Some(()))
        });
        if !self.invalid {
            return Ok(None);
        }
        alt!(self, |p| {
            need!(p.kw("match"));
            need!(p.subject_expr());
            need!(p.tok(T::Newline));
            Err(p.raise_last("expected ':'"))
        });
        self.alt(|p| {
            let keyword = need!(p.kw("match"));
            need!(p.subject_expr());
            p.no_block("'match' statement", keyword)
        })
    }

    fn subject_expr(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.star_named_expression());
            need!(p.tok(T::Comma));
            p.opt(Self::star_named_expressions)?;
            Ok(Some(()))
        });
        self.alt(|p| {
            need!(p.named_expression());
            Ok(Some(()))
        })
    }

    fn case_block(&mut self) -> R<()> {
        if self.invalid {
            alt!(self, |p| {
                need!(p.case_head());
                need!(p.tok(T::Newline));
                Err(p.raise_last("expected ':'"))
            });
            alt!(self, |p| {
                let keyword = p.peek()?;
                need!(p.case_head());
                p.no_block("'case' statement", keyword)
            });
        }
        self.alt(|p| {
            need!(p.case_head());
            need!(p.tok(T::Colon));
            p.block()
        })
    }

    fn case_head(&mut self) -> R<()> {
        need!(self.kw("case"));
        need!(self.patterns());
        self.opt(|p| {
            need!(p.kw("if"));
            p.named_expression()
        })?;
        Ok(Some(()))
    }

    fn patterns(&mut self) -> R<()> {
        alt!(self, Self::open_sequence_pattern);
        self.alt(|p| {
            need!(p.pattern());
            Ok(Some(()))
        })
    }

    fn pattern(&mut self) -> R {
        self.deeper(|p| {
            alt!(p, Self::as_pattern);
            p.alt(Self::or_pattern)
        })
    }

    fn as_pattern(&mut self) -> R {
        alt!(self, |p| {
            let pattern = need!(p.or_pattern());
            need!(p.kw("as"));
            need!(p.capture_target());
            let place = p.place(pattern).to(p.end_place());
            Ok(Some(p.note(Kind::Other, place)))
        });
        if !self.invalid {
            return Ok(None);
        }
        alt!(self, |p| {
            need!(p.or_pattern());
            need!(p.kw("as"));
            let wildcard = need!(p.kw("_"));
            Err(p.raise_tok(wildcard, "cannot use '_' as a target"))
        });
        self.alt(|p| {
            need!(p.or_pattern());
            need!(p.kw("as"));
            if p.ahead(Self::name)? {
                return Ok(None);
            }
            let target = need!(p.expression());
            Err(p.raise(target, "invalid pattern target"))
        })
    }

    fn or_pattern(&mut self) -> R {
        let start = self.start_place()?;
        let choices = need!(self.list(T::VBar, Self::closed_pattern));
        Ok(Some(if choices.len() == 1 { choices[0] } else { self.note_from(Kind::Other, start) }))
    }

    fn closed_pattern(&mut self) -> R {
        self.memo(Rule::ClosedPattern, |p| {
            let start = p.start_place()?;
            for rule in [Self::literal_pattern, Self::capture_target, Self::wildcard, Self::value_pattern] {
                if p.alt(rule)?.is_some() {
                    return Ok(Some(p.note_from(Kind::Other, start)));
                }
            }
            alt!(p, Self::group_pattern);
            for rule in [Self::sequence_pattern, Self::mapping_pattern, Self::class_pattern] {
                if p.alt(rule)?.is_some() {
                    return Ok(Some(p.note_from(Kind::Other, start)));
                }
            }
            Ok(None)
        })
    }

    fn wildcard(&mut self) -> R<()> {
        need!(self.kw("_"));
        Ok(Some(()))
    }

    fn literal_pattern(&mut self) -> R<()> {
        alt!(self, |p| {
            p.tok(T::Minus)?;
            need!(p.number());
            if p.at(&[T::Plus, T::Minus])? {
                return Ok(None);
            }
            Ok(Some(()))
        });
        alt!(self, Self::complex_number);
        alt!(self, |p| {
            need!(p.strings());
            Ok(Some(()))
        });
        for word in ["None", "True", "False"] {
            if self.kw(word)?.is_some() {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    fn complex_number(&mut self) -> R<()> {
        self.tok(T::Minus)?;
        let real = need!(self.tok(T::Number));
        if matches!(self.number_value(real)?, Constant::Complex(..)) {
            return Err(self.raise_tok(real, "real number required in complex literal"));
        }
        if !self.at(&[T::Plus, T::Minus])? {
            return Ok(None);
        }
        self.mark += 1;
        let imaginary = need!(self.tok(T::Number));
        if !matches!(self.number_value(imaginary)?, Constant::Complex(..)) {
            return Err(self.raise_tok(imaginary, "imaginary number required in complex literal"));
        }
        Ok(Some(()))
    }

    fn capture_target(&mut self) -> R<()> {
        if self.at_kw("_")? {
            return Ok(None);
        }
        need!(self.name());
        if self.at(&[T::Dot, T::LPar, T::Equal])? {
            return Ok(None);
        }
        Ok(Some(()))
    }

    fn value_pattern(&mut self) -> R<()> {
        need!(self.attr());
        if self.at(&[T::Dot, T::LPar, T::Equal])? {
            return Ok(None);
        }
        Ok(Some(()))
    }

    /// A dotted name with at least one dot.
    fn attr(&mut self) -> R<()> {
        need!(self.name());
        need!(self.some(|p| {
            need!(p.tok(T::Dot));
            p.name()
        }));
        Ok(Some(()))
    }

    fn name_or_attr(&mut self) -> R {
        self.memo(Rule::NameOrAttr, |p| {
            let first = need!(p.name());
            p.many(|p| {
                need!(p.tok(T::Dot));
                p.name()
            })?;
            Ok(Some(first))
        })
    }

    fn group_pattern(&mut self) -> R {
        need!(self.tok(T::LPar));
        let pattern = need!(self.pattern());
        need!(self.tok(T::RPar));
        Ok(Some(pattern))
    }

    fn sequence_pattern(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.tok(T::LSqb));
            p.opt(Self::maybe_sequence_pattern)?;
            need!(p.tok(T::RSqb));
            Ok(Some(()))
        });
        self.alt(|p| {
            need!(p.tok(T::LPar));
            p.opt(Self::open_sequence_pattern)?;
            need!(p.tok(T::RPar));
            Ok(Some(()))
        })
    }

    fn open_sequence_pattern(&mut self) -> R<()> {
        need!(self.maybe_star_pattern());
        need!(self.tok(T::Comma));
        self.opt(Self::maybe_sequence_pattern)?;
        Ok(Some(()))
    }

    fn maybe_sequence_pattern(&mut self) -> R<()> {
        need!(self.comma_list(Self::maybe_star_pattern));
        self.tok(T::Comma)?;
        Ok(Some(()))
    }

    fn maybe_star_pattern(&mut self) -> R {
        alt!(self, |p| {
            p.memo(Rule::StarPattern, |p| {
                let star = need!(p.tok(T::Star));
                if p.alt(Self::capture_target)?.is_none() {
                    need!(p.wildcard());
                }
                Ok(Some(p.note_from(Kind::Other, star.into())))
            })
        });
        self.pattern()
    }

    fn mapping_pattern(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.tok(T::LBrace));
            need!(p.tok(T::RBrace));
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.tok(T::LBrace));
            need!(p.double_star_pattern());
            p.tok(T::Comma)?;
            need!(p.tok(T::RBrace));
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.tok(T::LBrace));
            need!(p.comma_list(Self::key_value_pattern));
            need!(p.tok(T::Comma));
            need!(p.double_star_pattern());
            p.tok(T::Comma)?;
            need!(p.tok(T::RBrace));
            Ok(Some(()))
        });
        self.alt(|p| {
            need!(p.tok(T::LBrace));
            need!(p.comma_list(Self::key_value_pattern));
            p.tok(T::Comma)?;
            need!(p.tok(T::RBrace));
            Ok(Some(()))
        })
    }

    fn double_star_pattern(&mut self) -> R<()> {
        need!(self.tok(T::DoubleStar));
        self.capture_target()
    }

    fn key_value_pattern(&mut self) -> R<()> {
        if self.alt(Self::literal_pattern)?.is_none() {
            need!(self.attr());
        }
        need!(self.tok(T::Colon));
        need!(self.pattern());
        Ok(Some(()))
    }

    fn class_pattern(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.name_or_attr());
            need!(p.tok(T::LPar));
            need!(p.tok(T::RPar));
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.name_or_attr());
            need!(p.tok(T::LPar));
            need!(p.positional_patterns());
            p.tok(T::Comma)?;
            need!(p.tok(T::RPar));
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.name_or_attr());
            need!(p.tok(T::LPar));
            need!(p.keyword_patterns());
            p.tok(T::Comma)?;
            need!(p.tok(T::RPar));
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.name_or_attr());
            need!(p.tok(T::LPar));
            need!(p.positional_patterns());
            need!(p.tok(T::Comma));
            need!(p.keyword_patterns());
            p.tok(T::Comma)?;
            need!(p.tok(T::RPar));
            Ok(Some(()))
        });
        if !self.invalid {
            return Ok(None);
        }
        self.alt(|p| {
            need!(p.name_or_attr());
            need!(p.tok(T::LPar));
            p.opt(|p| {
                need!(p.positional_patterns());
                p.tok(T::Comma)
            })?;
            need!(p.keyword_patterns());
            need!(p.tok(T::Comma));
            let late = need!(p.positional_patterns());
            let place: Place = p.place(late[0]).to(p.place(late[late.len() - 1]));
            Err(p.raise_place(place, "positional patterns follow keyword patterns"))
        })
    }

    fn positional_patterns(&mut self) -> R<Vec<N>> {
        self.comma_list(Self::pattern)
    }

    fn keyword_patterns(&mut self) -> R<Vec<()>> {
        self.comma_list(|p| {
            need!(p.name());
            need!(p.tok(T::Equal));
            need!(p.pattern());
            Ok(Some(()))
        })
    }
}
