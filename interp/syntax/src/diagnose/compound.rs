//! Compound statements.

use super::peg::{Kind, Peg, Place, R, Rule, alt, need};
use super::target::Use;
use crate::token::{Token, TokenKind as T};

impl Peg<'_> {
    pub fn compound_stmt(&mut self) -> R<()> {
        let token = self.peek()?;
        let decorated = token.kind == T::At;
        let text = if decorated { "@" } else { token.text(self.source) };
        if decorated || matches!(text, "def" | "async") {
            alt!(self, |p| p.decorated(Self::function_def));
        }
        if text == "if" {
            alt!(self, |p| p.conditional("if"));
        }
        if decorated || text == "class" {
            alt!(self, |p| p.decorated(Self::class_def));
        }
        if matches!(text, "with" | "async") {
            alt!(self, Self::with_stmt);
        }
        if matches!(text, "for" | "async") {
            alt!(self, Self::for_stmt);
        }
        if text == "try" {
            alt!(self, Self::try_stmt);
        }
        if text == "while" {
            alt!(self, |p| p.conditional("while"));
        }
        self.alt(Self::match_stmt)
    }

    pub fn block(&mut self) -> R<()> {
        need!(self.memo(Rule::Block, |p| {
            let start = p.start_place()?;
            let fits = p.alt(|p| {
                need!(p.tok(T::Newline));
                need!(p.tok(T::Indent));
                need!(p.statements());
                need!(p.tok(T::Dedent));
                Ok(Some(()))
            })?;
            if fits.is_some() || p.alt(Self::simple_stmts)?.is_some() {
                return Ok(Some(p.note_from(Kind::Other, start)));
            }
            if p.invalid {
                p.alt(|p| {
                    need!(p.tok(T::Newline));
                    if p.at(&[T::Indent])? {
                        return Ok(None::<()>);
                    }
                    Err(p.raise_indent("expected an indented block"))
                })?;
            }
            Ok(None)
        }));
        Ok(Some(()))
    }

    /// `: NEWLINE` with no block after it is reported.
    pub fn no_block<V>(&mut self, what: &str, keyword: Token) -> R<V> {
        need!(self.tok(T::Colon));
        need!(self.tok(T::Newline));
        if self.at(&[T::Indent])? {
            return Ok(None);
        }
        Err(self.raise_no_block(what, keyword))
    }

    /// A line that ends where its colon should be is reported.
    fn no_colon<V>(&mut self) -> R<V> {
        need!(self.tok(T::Newline));
        Err(self.raise_last("expected ':'"))
    }

    fn decorated(&mut self, definition: fn(&mut Self) -> R<()>) -> R<()> {
        self.many(|p| {
            need!(p.tok(T::At));
            need!(p.named_expression());
            p.tok(T::Newline)
        })?;
        definition(self)
    }

    fn class_def(&mut self) -> R<()> {
        let keyword = self.peek()?;
        if self.invalid {
            alt!(self, |p| {
                need!(p.class_head());
                p.no_colon()
            });
            alt!(self, |p| {
                need!(p.class_head());
                p.no_block("class definition", keyword)
            });
        }
        need!(self.class_head());
        need!(self.tok(T::Colon));
        self.block()
    }

    fn class_head(&mut self) -> R<()> {
        need!(self.kw("class"));
        need!(self.name());
        self.opt(Self::type_params)?;
        self.opt(|p| {
            need!(p.tok(T::LPar));
            p.opt(Self::arguments)?;
            p.tok(T::RPar)
        })?;
        Ok(Some(()))
    }

    fn function_def(&mut self) -> R<()> {
        if self.invalid {
            alt!(self, |p| {
                p.kw("async")?;
                let keyword = need!(p.kw("def"));
                need!(p.name());
                p.opt(Self::type_params)?;
                need!(p.tok(T::LPar));
                p.opt(Self::params)?;
                need!(p.tok(T::RPar));
                p.opt(Self::returns)?;
                p.no_block("function definition", keyword)
            });
        }
        self.kw("async")?;
        need!(self.kw("def"));
        need!(self.name());
        self.opt(Self::type_params)?;
        self.force(T::LPar)?;
        self.opt(Self::params)?;
        need!(self.tok(T::RPar));
        self.opt(Self::returns)?;
        self.force(T::Colon)?;
        self.block()
    }

    fn returns(&mut self) -> R {
        need!(self.tok(T::RArrow));
        self.expression()
    }

    /// `if`, `elif` and `while`, with what follows them.
    fn conditional(&mut self, word: &str) -> R<()> {
        if self.invalid {
            alt!(self, |p| {
                need!(p.kw(word));
                need!(p.named_expression());
                p.no_colon()
            });
            alt!(self, |p| {
                let keyword = need!(p.kw(word));
                need!(p.named_expression());
                p.no_block(&format!("'{word}' statement"), keyword)
            });
        }
        need!(self.kw(word));
        need!(self.named_expression());
        need!(self.tok(T::Colon));
        need!(self.block());
        if word != "while" && self.deeper(|p| p.alt(|p| p.conditional("elif")))?.is_some() {
            return Ok(Some(()));
        }
        self.opt(Self::else_block)?;
        Ok(Some(()))
    }

    fn else_block(&mut self) -> R<()> {
        self.colon_block("else")
    }

    fn finally_block(&mut self) -> R<()> {
        self.colon_block("finally")
    }

    fn colon_block(&mut self, word: &str) -> R<()> {
        if self.invalid {
            alt!(self, |p| {
                let keyword = need!(p.kw(word));
                p.no_block(&format!("'{word}' statement"), keyword)
            });
        }
        need!(self.kw(word));
        self.force(T::Colon)?;
        self.block()
    }

    fn for_stmt(&mut self) -> R<()> {
        if self.invalid {
            alt!(self, |p| {
                need!(p.for_head());
                p.no_colon()
            });
            alt!(self, |p| {
                let keyword = need!(p.for_head());
                p.no_block("'for' statement", keyword)
            });
        }
        let mark = self.mark;
        let head = self.alt(|p| {
            p.kw("async")?;
            need!(p.kw("for"));
            need!(p.star_targets());
            p.kw("in")
        })?;
        if head.is_some() {
            // After `in` there is no way back.
            let rest = self.alt(|p| {
                need!(p.star_expressions());
                need!(p.tok(T::Colon));
                need!(p.block());
                p.opt(Self::else_block)?;
                Ok(Some(()))
            })?;
            if rest.is_none() {
                self.mark = mark;
            }
            return Ok(rest);
        }
        if self.invalid {
            self.invalid_for_target()?;
        }
        Ok(None)
    }

    fn for_head(&mut self) -> R<Token> {
        self.kw("async")?;
        let keyword = need!(self.kw("for"));
        need!(self.star_targets());
        need!(self.kw("in"));
        need!(self.star_expressions());
        Ok(Some(keyword))
    }

    fn with_stmt(&mut self) -> R<()> {
        if self.invalid {
            for parenthesized in [false, true] {
                alt!(self, |p| {
                    p.kw("async")?;
                    let keyword = need!(p.kw("with"));
                    need!(p.loose_with_items(parenthesized));
                    p.no_block("'with' statement", keyword)
                });
            }
        }
        alt!(self, |p| {
            p.kw("async")?;
            need!(p.kw("with"));
            need!(p.tok(T::LPar));
            need!(p.comma_list(Self::with_item));
            p.tok(T::Comma)?;
            need!(p.tok(T::RPar));
            need!(p.tok(T::Colon));
            p.block()
        });
        alt!(self, |p| {
            p.kw("async")?;
            need!(p.kw("with"));
            need!(p.comma_list(Self::with_item));
            need!(p.tok(T::Colon));
            p.block()
        });
        if !self.invalid {
            return Ok(None);
        }
        for parenthesized in [false, true] {
            alt!(self, |p| {
                p.kw("async")?;
                need!(p.kw("with"));
                need!(p.loose_with_items(parenthesized));
                p.no_colon()
            });
        }
        Ok(None)
    }

    /// The items of a `with` as far as errors about its colon look at them.
    fn loose_with_items(&mut self, parenthesized: bool) -> R<()> {
        if parenthesized {
            need!(self.tok(T::LPar));
        }
        need!(self.comma_list(|p| {
            let value = if parenthesized { p.expressions()? } else { p.expression()? };
            if value.is_none() {
                return Ok(None);
            }
            p.opt(|p| {
                need!(p.kw("as"));
                p.star_target()
            })?;
            Ok(Some(()))
        }));
        if parenthesized {
            self.tok(T::Comma)?;
            need!(self.tok(T::RPar));
        }
        Ok(Some(()))
    }

    fn with_item(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.expression());
            need!(p.kw("as"));
            need!(p.star_target());
            if !p.at(&[T::Comma, T::RPar, T::Colon])? {
                return Ok(None);
            }
            Ok(Some(()))
        });
        if self.invalid {
            self.alt(|p| {
                need!(p.expression());
                need!(p.kw("as"));
                let target = need!(p.expression());
                if !p.at(&[T::Comma, T::RPar, T::Colon])? {
                    return Ok(None);
                }
                p.report_target::<()>(target, Use::Assign)
            })?;
        }
        self.alt(|p| {
            need!(p.expression());
            Ok(Some(()))
        })
    }

    fn try_stmt(&mut self) -> R<()> {
        if self.invalid {
            self.invalid_try_stmt()?;
        }
        alt!(self, |p| {
            need!(p.try_block());
            p.finally_block()
        });
        for star in [false, true] {
            alt!(self, |p| {
                need!(p.try_block());
                need!(p.some(|p| if star { p.except_star_block() } else { p.except_block() }));
                p.opt(Self::else_block)?;
                p.opt(Self::finally_block)?;
                Ok(Some(()))
            });
        }
        Ok(None)
    }

    fn try_block(&mut self) -> R<()> {
        need!(self.kw("try"));
        self.force(T::Colon)?;
        self.block()
    }

    fn invalid_try_stmt(&mut self) -> R<()> {
        alt!(self, |p| {
            let keyword = need!(p.kw("try"));
            p.no_block("'try' statement", keyword)
        });
        alt!(self, |p| {
            need!(p.kw("try"));
            need!(p.tok(T::Colon));
            need!(p.block());
            if p.at_kw("except")? || p.at_kw("finally")? {
                return Ok(None);
            }
            Err(p.raise_last("expected 'except' or 'finally' block"))
        });
        let msg = "cannot have both 'except' and 'except*' on the same 'try'";
        alt!(self, |p| {
            need!(p.kw("try"));
            need!(p.tok(T::Colon));
            p.many(Self::block)?;
            need!(p.some(Self::except_block));
            let keyword = need!(p.kw("except"));
            let star = need!(p.tok(T::Star));
            need!(p.expression());
            p.opt(Self::as_name)?;
            need!(p.tok(T::Colon));
            let place = Place::from(keyword).to(star.into());
            Err(p.raise_place(place, msg))
        });
        self.alt(|p| {
            need!(p.kw("try"));
            need!(p.tok(T::Colon));
            p.many(Self::block)?;
            need!(p.some(Self::except_star_block));
            let keyword = need!(p.kw("except"));
            p.opt(|p| {
                need!(p.expression());
                p.opt(Self::as_name)?;
                Ok(Some(()))
            })?;
            need!(p.tok(T::Colon));
            Err(p.raise_tok(keyword, msg))
        })
    }

    fn as_name(&mut self) -> R {
        need!(self.kw("as"));
        self.name()
    }

    fn except_head(&mut self, star: bool) -> R<Token> {
        let keyword = need!(self.kw("except"));
        if star {
            need!(self.tok(T::Star));
        }
        need!(self.expression());
        self.opt(Self::as_name)?;
        Ok(Some(keyword))
    }

    fn except_block(&mut self) -> R<()> {
        if self.invalid {
            alt!(self, |p| {
                let keyword = need!(p.except_head(false));
                p.no_block("'except' statement", keyword)
            });
            alt!(self, |p| {
                let keyword = need!(p.kw("except"));
                p.no_block("'except' statement", keyword)
            });
        }
        alt!(self, |p| {
            need!(p.except_head(false));
            need!(p.tok(T::Colon));
            p.block()
        });
        alt!(self, |p| {
            need!(p.kw("except"));
            need!(p.tok(T::Colon));
            p.block()
        });
        if self.invalid { self.invalid_except_stmt() } else { Ok(None) }
    }

    fn except_star_block(&mut self) -> R<()> {
        if self.invalid {
            alt!(self, |p| {
                let keyword = need!(p.except_head(true));
                p.no_block("'except*' statement", keyword)
            });
        }
        alt!(self, |p| {
            need!(p.except_head(true));
            need!(p.tok(T::Colon));
            p.block()
        });
        if self.invalid { self.invalid_except_stmt() } else { Ok(None) }
    }

    fn invalid_except_stmt(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.kw("except"));
            p.tok(T::Star)?;
            let first = need!(p.expression());
            need!(p.tok(T::Comma));
            need!(p.expressions());
            p.opt(Self::as_name)?;
            need!(p.tok(T::Colon));
            let place = p.place(first);
            Err(p.raise_from(place, "multiple exception types must be parenthesized"))
        });
        alt!(self, |p| {
            need!(p.kw("except"));
            p.tok(T::Star)?;
            need!(p.expression());
            p.opt(Self::as_name)?;
            p.no_colon()
        });
        alt!(self, |p| {
            need!(p.kw("except"));
            p.no_colon()
        });
        self.alt(|p| {
            need!(p.kw("except"));
            need!(p.tok(T::Star));
            if !p.at(&[T::Newline, T::Colon])? {
                return Ok(None);
            }
            p.mark += 1;
            Err(p.raise_last("expected one or more exception types"))
        })
    }
}
