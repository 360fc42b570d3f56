//! Expressions, from the comma down to the atom.

use super::peg::{Kind, N, Peg, Place, R, Rule, alt, need};
use crate::token::TokenKind as T;

impl Peg<'_> {
    /// `a, b`
    pub fn expressions(&mut self) -> R {
        self.tuple_of(Self::expression)
    }

    /// `a, *b`
    pub fn star_expressions(&mut self) -> R {
        self.tuple_of(Self::star_expression)
    }

    fn tuple_of(&mut self, item: fn(&mut Self) -> R) -> R {
        let start = self.start_place()?;
        let first = need!(item(self));
        let mut items = vec![first];
        while let Some(next) = self.alt(|p| {
            need!(p.tok(T::Comma));
            item(p)
        })? {
            items.push(next);
        }
        let comma = self.tok(T::Comma)?.is_some();
        if items.len() == 1 && !comma {
            return Ok(Some(first));
        }
        let place = start.to(self.end_place());
        Ok(Some(self.note_parts(Kind::Tuple, place, items.into())))
    }

    pub fn star_expression(&mut self) -> R {
        self.memo(Rule::StarExpression, |p| {
            alt!(p, Self::starred_bitwise_or);
            p.expression()
        })
    }

    fn starred_bitwise_or(&mut self) -> R {
        let star = need!(self.tok(T::Star));
        let value = need!(self.bitwise_or());
        Ok(Some(self.starred(star.into(), value)))
    }

    fn starred(&mut self, star: Place, value: N) -> N {
        let place = star.to(self.end_place());
        self.note_parts(Kind::Starred, place, [value].into())
    }

    /// `*a` as an argument
    pub fn starred_expression(&mut self) -> R {
        if self.invalid {
            self.alt(|p| {
                let star = need!(p.tok(T::Star));
                need!(p.expression());
                need!(p.tok(T::Equal));
                let value = need!(p.expression());
                let place = Place::from(star).to(p.place(value));
                Err::<Option<()>, _>(p.raise_place(place, "cannot assign to iterable argument unpacking"))
            })?;
        }
        let star = need!(self.tok(T::Star));
        let value = need!(self.expression());
        Ok(Some(self.starred(star.into(), value)))
    }

    pub fn star_named_expressions(&mut self) -> R<Vec<N>> {
        let items = need!(self.comma_list(Self::star_named_expression));
        self.tok(T::Comma)?;
        Ok(Some(items))
    }

    pub fn star_named_expression(&mut self) -> R {
        alt!(self, Self::starred_bitwise_or);
        self.named_expression()
    }

    pub fn assignment_expression(&mut self) -> R {
        let start = self.start_place()?;
        need!(self.name());
        need!(self.tok(T::ColonEqual));
        need!(self.expression());
        Ok(Some(self.note_from(Kind::Named, start)))
    }

    pub fn named_expression(&mut self) -> R {
        alt!(self, Self::assignment_expression);
        if self.invalid {
            alt!(self, Self::invalid_named_expression);
        }
        self.expression_not_named()
    }

    /// An expression that no `:=` follows.
    pub fn expression_not_named(&mut self) -> R {
        self.alt(|p| {
            let value = need!(p.expression());
            if p.at(&[T::ColonEqual])? {
                return Ok(None);
            }
            Ok(Some(value))
        })
    }

    fn invalid_named_expression(&mut self) -> R {
        self.memo(Rule::InvalidNamed, |p| {
            alt!(p, |p| {
                let target = need!(p.expression());
                need!(p.tok(T::ColonEqual));
                need!(p.expression());
                let msg = format!("cannot use assignment expressions with {}", p.describe(target));
                Err(p.raise(target, msg))
            });
            alt!(p, |p| {
                let name = need!(p.name());
                need!(p.tok(T::Equal));
                let value = need!(p.bitwise_or());
                if p.at(&[T::Equal, T::ColonEqual])? {
                    return Ok(None);
                }
                Err(p.raise_range(
                    name,
                    value,
                    "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
                ))
            });
            p.alt(|p| {
                if p.ahead(Self::not_a_condition)? {
                    return Ok(None);
                }
                let target = need!(p.bitwise_or());
                need!(p.tok(T::Equal));
                need!(p.bitwise_or());
                if p.at(&[T::Equal, T::ColonEqual])? {
                    return Ok(None);
                }
                let what = p.describe(target);
                let msg = format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
                Err(p.raise(target, msg))
            })
        })
    }

    fn not_a_condition(&mut self) -> R<()> {
        for rule in [Self::list_display, Self::tuple, Self::genexp] {
            if self.alt(rule)?.is_some() {
                return Ok(Some(()));
            }
        }
        for word in ["True", "None", "False"] {
            if self.kw(word)?.is_some() {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    pub fn expression(&mut self) -> R {
        self.memo(Rule::Expression, |p| {
            if p.invalid {
                alt!(p, Self::invalid_expression);
                alt!(p, Self::invalid_legacy_expression);
            }
            p.expression_body()
        })
    }

    fn expression_body(&mut self) -> R {
        let start = self.start_place()?;
        alt!(self, |p| {
            need!(p.disjunction());
            need!(p.kw("if"));
            need!(p.disjunction());
            need!(p.kw("else"));
            need!(p.expression());
            Ok(Some(p.note_from(Kind::IfExp, start)))
        });
        alt!(self, Self::disjunction);
        self.alt(Self::lambda)
    }

    /// Mistakes inside are not looked for; those found at the same place before are still known.
    fn expression_without_invalid(&mut self) -> R {
        let invalid = std::mem::replace(&mut self.invalid, false);
        let outcome = self.expression_body();
        self.invalid = invalid;
        outcome
    }

    fn is_legacy_statement(&self, n: N) -> bool {
        self.kind(n) == Kind::Name && matches!(self.name_text(n), "print" | "exec")
    }

    fn invalid_expression(&mut self) -> R {
        let mark = self.mark;
        // A name before a string and a soft keyword may be the beginning of something else.
        let excluded = self.ahead(|p| {
            let name = need!(p.name_token());
            // CPython compares only as many letters as the name has.
            let soft = ["_", "case", "match", "type"].iter().any(|w| w.starts_with(name.text(p.source)));
            if soft || p.tok(T::String)?.is_some() { Ok(Some(())) } else { Ok(None) }
        })?;
        if !excluded
            && let Some(first) = self.alt(Self::disjunction)?
            && let Some(second) = self.alt(Self::expression_without_invalid)?
        {
            if self.is_legacy_statement(first) || self.tokens[self.mark - 1].level == 0 {
                return Ok(None);
            }
            return Err(self.raise_range(first, second, "invalid syntax. Perhaps you forgot a comma?"));
        }
        self.mark = mark;
        alt!(self, |p| {
            let body = need!(p.disjunction());
            need!(p.kw("if"));
            let test = need!(p.disjunction());
            if p.at_kw("else")? || p.at(&[T::Colon])? {
                return Ok(None);
            }
            Err(p.raise_range(body, test, "expected 'else' after 'if' expression"))
        });
        self.alt(|p| {
            let lambda = need!(p.kw("lambda"));
            p.opt(Self::lambda_params)?;
            let colon = need!(p.tok(T::Colon));
            if !p.at(&[T::FStringMiddle])? {
                return Ok(None);
            }
            let place = Place::from(lambda).to(colon.into());
            Err(p.raise_place(place, "f-string: lambda expressions are not allowed without parentheses"))
        })
    }

    fn invalid_legacy_expression(&mut self) -> R {
        let name = need!(self.name());
        if self.at(&[T::LPar])? {
            return Ok(None);
        }
        let rest = need!(self.star_expressions());
        if !self.is_legacy_statement(name) {
            return Ok(None);
        }
        let text = self.name_text(name);
        let msg = format!("Missing parentheses in call to '{text}'. Did you mean {text}(...)?");
        Err(self.raise_range(name, rest, msg))
    }

    pub fn yield_expr(&mut self) -> R {
        let start = self.start_place()?;
        need!(self.kw("yield"));
        alt!(self, |p| {
            need!(p.kw("from"));
            need!(p.expression());
            Ok(Some(p.note_from(Kind::Yield, start)))
        });
        self.opt(Self::star_expressions)?;
        Ok(Some(self.note_from(Kind::Yield, start)))
    }

    pub fn disjunction(&mut self) -> R {
        self.memo(Rule::Disjunction, |p| p.operands("or", Self::conjunction))
    }

    fn conjunction(&mut self) -> R {
        self.memo(Rule::Conjunction, |p| p.operands("and", Self::inversion))
    }

    fn operands(&mut self, word: &str, operand: fn(&mut Self) -> R) -> R {
        let start = self.start_place()?;
        let first = need!(operand(self));
        let mut more = false;
        while self
            .alt(|p| {
                need!(p.kw(word));
                operand(p)
            })?
            .is_some()
        {
            more = true;
        }
        Ok(Some(if more { self.note_from(Kind::Operation, start) } else { first }))
    }

    fn inversion(&mut self) -> R {
        self.memo(Rule::Inversion, |p| {
            let start = p.start_place()?;
            alt!(p, |p| {
                need!(p.kw("not"));
                need!(p.inversion());
                Ok(Some(p.note_from(Kind::Operation, start)))
            });
            p.comparison()
        })
    }

    fn comparison(&mut self) -> R {
        let start = self.start_place()?;
        let left = need!(self.bitwise_or());
        let mut kind = None;
        while let Some(op) = self.alt(|p| {
            let op = need!(p.comparison_operator());
            need!(p.bitwise_or());
            Ok(Some(op))
        })? {
            kind = kind.or(Some(op));
        }
        let Some(kind) = kind else { return Ok(Some(left)) };
        let place = start.to(self.end_place());
        Ok(Some(self.note_parts(kind, place, [left].into())))
    }

    fn comparison_operator(&mut self) -> R<Kind> {
        for kind in [T::EqEqual, T::NotEqual, T::LessEqual, T::Less, T::GreaterEqual, T::Greater] {
            if self.tok(kind)?.is_some() {
                return Ok(Some(Kind::Compare));
            }
        }
        alt!(self, |p| {
            need!(p.kw("not"));
            need!(p.kw("in"));
            Ok(Some(Kind::Compare))
        });
        if self.kw("in")?.is_some() {
            return Ok(Some(Kind::In));
        }
        need!(self.kw("is"));
        self.kw("not")?;
        Ok(Some(Kind::Compare))
    }

    pub fn bitwise_or(&mut self) -> R {
        self.memo(Rule::BitOr, |p| p.binary(&[T::VBar], Self::bitwise_xor))
    }

    fn bitwise_xor(&mut self) -> R {
        self.memo(Rule::BitXor, |p| p.binary(&[T::Circumflex], Self::bitwise_and))
    }

    fn bitwise_and(&mut self) -> R {
        self.memo(Rule::BitAnd, |p| p.binary(&[T::Amper], Self::shift))
    }

    fn shift(&mut self) -> R {
        self.memo(Rule::Shift, |p| p.binary(&[T::LeftShift, T::RightShift], Self::sum))
    }

    fn sum(&mut self) -> R {
        self.memo(Rule::Sum, |p| p.binary(&[T::Plus, T::Minus], Self::term))
    }

    fn term(&mut self) -> R {
        self.memo(Rule::Term, |p| {
            p.binary(&[T::Star, T::Slash, T::DoubleSlash, T::Percent, T::At], Self::factor)
        })
    }

    fn binary(&mut self, operators: &[T], operand: fn(&mut Self) -> R) -> R {
        let start = self.start_place()?;
        let mut left = need!(operand(self));
        while self
            .alt(|p| {
                if !p.at(operators)? {
                    return Ok(None);
                }
                p.mark += 1;
                operand(p)
            })?
            .is_some()
        {
            left = self.note_from(Kind::Operation, start);
        }
        Ok(Some(left))
    }

    fn factor(&mut self) -> R {
        self.memo(Rule::Factor, |p| {
            let start = p.start_place()?;
            alt!(p, |p| {
                if !p.at(&[T::Plus, T::Minus, T::Tilde])? {
                    return Ok(None);
                }
                p.mark += 1;
                need!(p.factor());
                Ok(Some(p.note_from(Kind::Operation, start)))
            });
            let base = need!(p.await_primary());
            let powered = p.alt(|p| {
                need!(p.tok(T::DoubleStar));
                p.factor()
            })?;
            Ok(Some(if powered.is_some() { p.note_from(Kind::Operation, start) } else { base }))
        })
    }

    fn await_primary(&mut self) -> R {
        self.memo(Rule::AwaitPrimary, |p| {
            let start = p.start_place()?;
            alt!(p, |p| {
                need!(p.kw("await"));
                need!(p.primary());
                Ok(Some(p.note_from(Kind::Await, start)))
            });
            p.primary()
        })
    }

    fn primary(&mut self) -> R {
        self.memo(Rule::Primary, |p| {
            let start = p.start_place()?;
            let mut value = need!(p.atom());
            while let Some(kind) = p.alt(Self::trailer)? {
                value = p.note_from(kind, start);
            }
            Ok(Some(value))
        })
    }

    /// What may follow a primary expression; answers what the whole is then.
    pub fn trailer(&mut self) -> R<Kind> {
        alt!(self, |p| {
            need!(p.tok(T::Dot));
            need!(p.name());
            Ok(Some(Kind::Attribute))
        });
        alt!(self, |p| {
            need!(p.genexp());
            Ok(Some(Kind::Call))
        });
        alt!(self, |p| {
            need!(p.tok(T::LPar));
            p.opt(Self::arguments)?;
            need!(p.tok(T::RPar));
            Ok(Some(Kind::Call))
        });
        self.alt(|p| {
            need!(p.tok(T::LSqb));
            need!(p.slices());
            need!(p.tok(T::RSqb));
            Ok(Some(Kind::Subscript))
        })
    }

    pub fn slices(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.slice());
            if p.at(&[T::Comma])? {
                return Ok(None);
            }
            Ok(Some(()))
        });
        need!(self.comma_list(|p| {
            alt!(p, Self::slice);
            p.starred_expression()
        }));
        self.tok(T::Comma)?;
        Ok(Some(()))
    }

    fn slice(&mut self) -> R {
        let start = self.start_place()?;
        alt!(self, |p| {
            p.opt(Self::expression)?;
            need!(p.tok(T::Colon));
            p.opt(Self::expression)?;
            p.opt(|p| {
                need!(p.tok(T::Colon));
                p.opt(Self::expression)?;
                Ok(Some(()))
            })?;
            Ok(Some(p.note_from(Kind::Slice, start)))
        });
        self.named_expression()
    }

    pub fn atom(&mut self) -> R {
        alt!(self, Self::name);
        for (word, kind) in [("True", Kind::True), ("False", Kind::False), ("None", Kind::None)] {
            if let Some(token) = self.kw(word)? {
                return Ok(Some(self.note(kind, token.into())));
            }
        }
        let token = self.peek()?;
        match token.kind {
            T::String | T::FStringStart => self.strings(),
            T::Number => self.number(),
            T::LPar => {
                alt!(self, Self::tuple);
                alt!(self, Self::group);
                self.alt(Self::genexp)
            }
            T::LSqb => {
                alt!(self, Self::list_display);
                self.alt(Self::listcomp)
            }
            T::LBrace => {
                alt!(self, Self::dict_display);
                alt!(self, Self::set_display);
                alt!(self, Self::dictcomp);
                self.alt(Self::setcomp)
            }
            T::Ellipsis => {
                self.mark += 1;
                Ok(Some(self.note(Kind::Ellipsis, token.into())))
            }
            _ => Ok(None),
        }
    }

    fn group(&mut self) -> R {
        let found = self.alt(|p| {
            need!(p.tok(T::LPar));
            let value = need!(p.yield_or(Self::named_expression));
            need!(p.tok(T::RPar));
            Ok(Some(value))
        })?;
        if found.is_some() || !self.invalid {
            return Ok(found);
        }
        alt!(self, |p| {
            need!(p.tok(T::LPar));
            let value = need!(p.starred_expression());
            need!(p.tok(T::RPar));
            Err(p.raise(value, "cannot use starred expression here"))
        });
        self.alt(|p| {
            need!(p.tok(T::LPar));
            let stars = need!(p.tok(T::DoubleStar));
            need!(p.expression());
            need!(p.tok(T::RPar));
            Err(p.raise_tok(stars, "cannot use double starred expression here"))
        })
    }

    /// A `yield` or something else.
    pub fn yield_or(&mut self, other: fn(&mut Self) -> R) -> R {
        alt!(self, Self::yield_expr);
        other(self)
    }

    pub fn tuple(&mut self) -> R {
        let start = self.start_place()?;
        need!(self.tok(T::LPar));
        let items = self.opt(|p| {
            let first = need!(p.star_named_expression());
            need!(p.tok(T::Comma));
            let mut items = vec![first];
            items.extend(p.opt(Self::star_named_expressions)?.into_iter().flatten());
            Ok(Some(items))
        })?;
        need!(self.tok(T::RPar));
        let place = start.to(self.end_place());
        Ok(Some(self.note_parts(Kind::Tuple, place, items.unwrap_or_default().into())))
    }

    pub fn list_display(&mut self) -> R {
        let start = self.start_place()?;
        need!(self.tok(T::LSqb));
        let items = self.opt(Self::star_named_expressions)?.unwrap_or_default();
        need!(self.tok(T::RSqb));
        let place = start.to(self.end_place());
        Ok(Some(self.note_parts(Kind::List, place, items.into())))
    }

    fn set_display(&mut self) -> R {
        let start = self.start_place()?;
        need!(self.tok(T::LBrace));
        need!(self.star_named_expressions());
        need!(self.tok(T::RBrace));
        Ok(Some(self.note_from(Kind::Set, start)))
    }

    fn dict_display(&mut self) -> R {
        let start = self.start_place()?;
        alt!(self, |p| {
            need!(p.tok(T::LBrace));
            p.opt(|p| {
                need!(p.comma_list(Self::dict_item));
                p.tok(T::Comma)?;
                Ok(Some(()))
            })?;
            need!(p.tok(T::RBrace));
            Ok(Some(p.note_from(Kind::Dict, start)))
        });
        // These mistakes are looked for in the first pass, too.
        self.alt(|p| {
            need!(p.tok(T::LBrace));
            need!(p.invalid_dict_items());
            need!(p.tok(T::RBrace));
            Ok(None)
        })
    }

    fn dict_item(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.tok(T::DoubleStar));
            need!(p.bitwise_or());
            Ok(Some(()))
        });
        self.key_value()
    }

    pub fn key_value(&mut self) -> R<()> {
        need!(self.expression());
        need!(self.tok(T::Colon));
        need!(self.expression());
        Ok(Some(()))
    }

    fn invalid_dict_items(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.comma_list(Self::dict_item));
            need!(p.tok(T::Comma));
            p.invalid_dict_item()
        });
        alt!(self, Self::starred_dict_value);
        self.alt(Self::missing_dict_value)
    }

    fn invalid_dict_item(&mut self) -> R<()> {
        alt!(self, |p| {
            let key = need!(p.expression());
            if p.at(&[T::Colon])? {
                return Ok(None);
            }
            let place = p.place(key);
            let place = Place { col: place.end_col - 1, end_col: -1, ..place };
            Err(p.raise_place(place, "':' expected after dictionary key"))
        });
        alt!(self, Self::starred_dict_value);
        self.alt(Self::missing_dict_value)
    }

    fn starred_dict_value(&mut self) -> R<()> {
        need!(self.expression());
        need!(self.tok(T::Colon));
        let star = need!(self.tok(T::Star));
        need!(self.bitwise_or());
        Err(self.raise_from(star.into(), "cannot use a starred expression in a dictionary value"))
    }

    fn missing_dict_value(&mut self) -> R<()> {
        need!(self.expression());
        let colon = need!(self.tok(T::Colon));
        if !self.at(&[T::RBrace, T::Comma])? {
            return Ok(None);
        }
        Err(self.raise_tok(colon, "expression expected after dictionary key and ':'"))
    }
}
