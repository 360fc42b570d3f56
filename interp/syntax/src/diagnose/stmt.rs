//! Whole sources and simple statements.

use super::peg::{Kind, N, Peg, R, Rule, alt, need};
use super::target::Use;
use crate::parse::Mode;
use crate::token::TokenKind as T;

const AUGMENTED: [T; 13] = [
    T::PlusEqual,
    T::MinEqual,
    T::StarEqual,
    T::AtEqual,
    T::SlashEqual,
    T::PercentEqual,
    T::AmperEqual,
    T::VBarEqual,
    T::CircumflexEqual,
    T::LeftShiftEqual,
    T::RightShiftEqual,
    T::DoubleStarEqual,
    T::DoubleSlashEqual,
];

impl Peg<'_> {
    /// The whole source.
    pub fn start(&mut self, mode: Mode) -> R<()> {
        match mode {
            Mode::Exec => {
                self.opt(Self::statements)?;
                need!(self.tok(T::EndMarker));
            }
            Mode::Single => need!(self.interactive()),
            Mode::Eval => {
                need!(self.expressions());
                self.many(|p| p.tok(T::Newline))?;
                need!(self.tok(T::EndMarker));
            }
            Mode::FuncType => {
                need!(self.tok(T::LPar));
                self.opt(Self::type_expressions)?;
                need!(self.tok(T::RPar));
                need!(self.tok(T::RArrow));
                need!(self.expression());
                self.many(|p| p.tok(T::Newline))?;
                need!(self.tok(T::EndMarker));
            }
        }
        Ok(Some(()))
    }

    fn interactive(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.compound_stmt());
            need!(p.tok(T::Newline));
            Ok(Some(()))
        });
        alt!(self, Self::simple_stmts);
        need!(self.tok(T::Newline));
        Ok(Some(()))
    }

    fn type_expressions(&mut self) -> R<()> {
        let starred = |p: &mut Self| {
            alt!(p, |p| {
                need!(p.tok(T::Star));
                need!(p.expression());
                Ok(Some(false))
            });
            p.alt(|p| {
                need!(p.tok(T::DoubleStar));
                need!(p.expression());
                Ok(Some(true))
            })
        };
        let plain = self.opt(|p| p.comma_list(Self::expression))?;
        if plain.is_some() && self.tok(T::Comma)?.is_none() {
            return Ok(Some(()));
        }
        let double = need!(starred(self));
        if !double {
            self.opt(|p| {
                need!(p.tok(T::Comma));
                need!(p.tok(T::DoubleStar));
                p.expression()
            })?;
        }
        Ok(Some(()))
    }

    pub fn statements(&mut self) -> R<()> {
        need!(self.some(|p| p.deeper(Self::statement)));
        Ok(Some(()))
    }

    fn statement(&mut self) -> R<()> {
        alt!(self, Self::compound_stmt);
        self.simple_stmts()
    }

    pub fn simple_stmts(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.simple_stmt());
            if p.at(&[T::Semi])? {
                return Ok(None);
            }
            need!(p.tok(T::Newline));
            Ok(Some(()))
        });
        self.alt(|p| {
            need!(p.list(T::Semi, Self::simple_stmt));
            p.tok(T::Semi)?;
            need!(p.tok(T::Newline));
            Ok(Some(()))
        })
    }

    fn simple_stmt(&mut self) -> R {
        self.memo(Rule::SimpleStmt, |p| {
            let start = p.start_place()?;
            if p.alt(Self::assignment)?.is_some()
                || p.alt(Self::type_alias)?.is_some()
                || p.alt(Self::star_expressions)?.is_some()
                || p.alt(Self::keyword_stmt)?.is_some()
            {
                return Ok(Some(p.note_from(Kind::Other, start)));
            }
            Ok(None)
        })
    }

    fn keyword_stmt(&mut self) -> R<()> {
        let token = self.peek()?;
        match token.text(self.source) {
            "return" => {
                self.mark += 1;
                self.opt(Self::star_expressions)?;
                Ok(Some(()))
            }
            "import" => {
                if self.invalid {
                    self.alt(Self::import_from_reversed)?;
                }
                self.mark += 1;
                need!(self.comma_list(|p| {
                    need!(p.dotted_name());
                    p.optional_as()
                }));
                Ok(Some(()))
            }
            "from" => self.import_from(),
            "raise" => {
                self.mark += 1;
                self.opt(|p| {
                    need!(p.expression());
                    p.opt(|p| {
                        need!(p.kw("from"));
                        p.expression()
                    })?;
                    Ok(Some(()))
                })?;
                Ok(Some(()))
            }
            "pass" | "break" | "continue" => {
                self.mark += 1;
                Ok(Some(()))
            }
            "del" => self.del_stmt(),
            "yield" => {
                need!(self.yield_expr());
                Ok(Some(()))
            }
            "assert" => {
                self.mark += 1;
                need!(self.expression());
                self.opt(|p| {
                    need!(p.tok(T::Comma));
                    p.expression()
                })?;
                Ok(Some(()))
            }
            "global" | "nonlocal" => {
                self.mark += 1;
                need!(self.comma_list(Self::name));
                Ok(Some(()))
            }
            _ => Ok(None),
        }
    }

    /// `import a from b`
    fn import_from_reversed(&mut self) -> R<()> {
        let keyword = need!(self.kw("import"));
        need!(self.comma_list(Self::dotted_name));
        need!(self.kw("from"));
        need!(self.dotted_name());
        Err(self.raise_from(keyword.into(), "Did you mean to use 'from ... import ...' instead?"))
    }

    fn optional_as(&mut self) -> R<()> {
        self.opt(|p| {
            need!(p.kw("as"));
            p.name()
        })?;
        Ok(Some(()))
    }

    fn dotted_name(&mut self) -> R<()> {
        need!(self.list(T::Dot, Self::name));
        Ok(Some(()))
    }

    fn import_from(&mut self) -> R<()> {
        need!(self.kw("from"));
        let mut dots = false;
        while self.at(&[T::Dot, T::Ellipsis])? {
            self.mark += 1;
            dots = true;
        }
        let named = self.opt(Self::dotted_name)?;
        if named.is_none() && !dots {
            return Ok(None);
        }
        need!(self.kw("import"));
        alt!(self, |p| {
            need!(p.tok(T::LPar));
            need!(p.import_from_names());
            p.tok(T::Comma)?;
            need!(p.tok(T::RPar));
            Ok(Some(()))
        });
        alt!(self, |p| {
            need!(p.import_from_names());
            if p.at(&[T::Comma])? {
                return Ok(None);
            }
            Ok(Some(()))
        });
        if self.tok(T::Star)?.is_some() {
            return Ok(Some(()));
        }
        if !self.invalid {
            return Ok(None);
        }
        self.alt(|p| {
            need!(p.import_from_names());
            need!(p.tok(T::Comma));
            need!(p.tok(T::Newline));
            Err(p.raise_last("trailing comma not allowed without surrounding parentheses"))
        })
    }

    fn import_from_names(&mut self) -> R<()> {
        need!(self.comma_list(|p| {
            need!(p.name());
            p.optional_as()
        }));
        Ok(Some(()))
    }

    fn del_stmt(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.kw("del"));
            need!(p.del_targets());
            if !p.at(&[T::Semi, T::Newline])? {
                return Ok(None);
            }
            Ok(Some(()))
        });
        if !self.invalid {
            return Ok(None);
        }
        self.alt(|p| {
            need!(p.kw("del"));
            let targets = need!(p.star_expressions());
            p.report_target(targets, Use::Delete)
        })
    }

    /// Reports what in `target` is no target; otherwise there is no error here.
    pub fn report_target<V>(&mut self, target: N, what_for: Use) -> R<V> {
        let Some(bad) = self.invalid_target(target, what_for) else { return Ok(None) };
        let verb = if what_for == Use::Delete { "delete" } else { "assign to" };
        Err(self.raise(bad, format!("cannot {verb} {}", self.describe(bad))))
    }

    fn type_alias(&mut self) -> R<()> {
        need!(self.kw("type"));
        need!(self.name());
        self.opt(Self::type_params)?;
        need!(self.tok(T::Equal));
        need!(self.expression());
        Ok(Some(()))
    }

    pub fn type_params(&mut self) -> R<()> {
        need!(self.tok(T::LSqb));
        need!(self.comma_list(Self::type_param));
        self.tok(T::Comma)?;
        need!(self.tok(T::RSqb));
        Ok(Some(()))
    }

    fn type_param(&mut self) -> R {
        self.memo(Rule::TypeParam, |p| {
            let start = p.start_place()?;
            alt!(p, |p| {
                let name = need!(p.name());
                p.opt(|p| {
                    need!(p.tok(T::Colon));
                    p.expression()
                })?;
                Ok(Some(name))
            });
            for (star, what) in [(T::Star, "TypeVarTuple"), (T::DoubleStar, "ParamSpec")] {
                alt!(p, |p| {
                    need!(p.tok(star));
                    need!(p.name());
                    let colon = need!(p.tok(T::Colon));
                    let bound = need!(p.expression());
                    let plural = if p.kind(bound) == Kind::Tuple { "constraints" } else { "bound" };
                    Err(p.raise_from(colon.into(), format!("cannot use {plural} with {what}")))
                });
                alt!(p, |p| {
                    need!(p.tok(star));
                    need!(p.name());
                    Ok(Some(p.note_from(Kind::Other, start)))
                });
            }
            Ok(None)
        })
    }

    fn assigned_value(&mut self) -> R {
        self.yield_or(Self::star_expressions)
    }

    fn optional_value(&mut self) -> R<()> {
        self.opt(|p| {
            need!(p.tok(T::Equal));
            p.assigned_value()
        })?;
        Ok(Some(()))
    }

    fn assignment(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.name());
            need!(p.tok(T::Colon));
            need!(p.expression());
            p.optional_value()
        });
        alt!(self, |p| {
            let parenthesized = p.alt(|p| {
                need!(p.tok(T::LPar));
                let target = need!(p.single_target());
                need!(p.tok(T::RPar));
                Ok(Some(target))
            })?;
            if parenthesized.is_none() {
                need!(p.attribute_or_subscript_target());
            }
            need!(p.tok(T::Colon));
            need!(p.expression());
            p.optional_value()
        });
        alt!(self, |p| {
            need!(p.some(Self::assigned_target));
            need!(p.assigned_value());
            if p.at(&[T::Equal])? {
                return Ok(None);
            }
            Ok(Some(()))
        });
        let mark = self.mark;
        let augmented = self.alt(|p| {
            need!(p.single_target());
            p.augmented_operator()
        })?;
        if augmented.is_some() {
            // After the operator there is no way back.
            if self.assigned_value()?.is_some() {
                return Ok(Some(()));
            }
            self.mark = mark;
            return Ok(None);
        }
        if self.invalid { self.invalid_assignment() } else { Ok(None) }
    }

    fn assigned_target(&mut self) -> R<()> {
        need!(self.star_targets());
        need!(self.tok(T::Equal));
        Ok(Some(()))
    }

    fn augmented_operator(&mut self) -> R<()> {
        if !self.at(&AUGMENTED)? {
            return Ok(None);
        }
        self.mark += 1;
        Ok(Some(()))
    }

    fn invalid_assignment(&mut self) -> R<()> {
        alt!(self, |p| {
            let target = need!(p.sequence_as_annotation_target());
            need!(p.tok(T::Colon));
            need!(p.expression());
            let msg = format!("only single target (not {}) can be annotated", p.describe(target));
            Err(p.raise(target, msg))
        });
        alt!(self, |p| {
            let first = need!(p.star_named_expression());
            need!(p.tok(T::Comma));
            p.many(Self::star_named_expressions)?;
            need!(p.tok(T::Colon));
            need!(p.expression());
            Err(p.raise(first, "only single target (not tuple) can be annotated"))
        });
        alt!(self, |p| {
            let target = need!(p.expression());
            need!(p.tok(T::Colon));
            need!(p.expression());
            Err(p.raise(target, "illegal target for annotation"))
        });
        let mark = self.mark;
        let wrong = self.alt(|p| {
            p.many(Self::assigned_target)?;
            let target = need!(p.star_expressions());
            need!(p.tok(T::Equal));
            Ok(Some(target))
        })?;
        if let Some(target) = wrong {
            self.report_target::<()>(target, Use::Assign)?;
            self.mark = mark;
            return Ok(None);
        }
        alt!(self, |p| {
            p.many(Self::assigned_target)?;
            let target = need!(p.yield_expr());
            need!(p.tok(T::Equal));
            Err(p.raise(target, "assignment to yield expression not possible"))
        });
        self.alt(|p| {
            let target = need!(p.star_expressions());
            need!(p.augmented_operator());
            need!(p.assigned_value());
            let what = p.describe(target);
            let msg = format!("'{what}' is an illegal expression for augmented assignment");
            Err(p.raise(target, msg))
        })
    }

    fn sequence_as_annotation_target(&mut self) -> R {
        alt!(self, Self::list_display);
        alt!(self, Self::tuple);
        self.alt(|p| {
            need!(p.tok(T::LPar));
            let target = need!(p.deeper(Self::sequence_as_annotation_target));
            need!(p.tok(T::RPar));
            Ok(Some(target))
        })
    }
}
