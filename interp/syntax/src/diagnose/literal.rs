//! Numbers, strings and formatted strings.

use super::peg::{Kind, N, Peg, Place, R, Rule, Stop, alt, need};
use crate::ast::Constant;
use crate::parse::literal;
use crate::token::{Token, TokenKind as T};

impl Peg<'_> {
    pub fn number(&mut self) -> R {
        let token = need!(self.tok(T::Number));
        self.number_value(token)?;
        Ok(Some(self.note(Kind::Number, token.into())))
    }

    /// The value; what is too long to convert is reported.
    pub fn number_value(&mut self, token: Token) -> Result<Constant, Stop> {
        literal::number(token.text(self.source), self.max_int_digits).map_err(|digits| {
            // No columns: they would underline thousands of digits.
            let place = Place { lineno: token.lineno, col: -1, end_lineno: token.end_lineno, end_col: -1 };
            let limit = self.max_int_digits;
            self.raise_place(
                place,
                format!(
                    "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; \
                     use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge \
                     integer literals to avoid decimal conversion limits."
                ),
            )
        })
    }

    pub fn strings(&mut self) -> R {
        self.memo(Rule::Strings, |p| {
            let start = p.start_place()?;
            let parts = need!(p.some(|p| {
                alt!(p, Self::fstring);
                p.string()
            }));
            let kinds: Vec<Kind> = parts.iter().map(|&n| p.kind(n)).collect();
            if kinds.contains(&Kind::Bytes) && kinds.iter().any(|&k| k != Kind::Bytes) {
                return Err(p.raise_last("cannot mix bytes and nonbytes literals"));
            }
            let kind = if kinds.contains(&Kind::FString) { Kind::FString } else { kinds[0] };
            Ok(Some(p.note_from(kind, start)))
        })
    }

    fn string(&mut self) -> R {
        let token = need!(self.tok(T::String));
        let parts = literal::split_string(token.text(self.source));
        if parts.bytes {
            if !parts.body.is_ascii() {
                return Err(self.raise_tok(token, "bytes can only contain ASCII literal characters"));
            }
            if !parts.raw {
                match literal::decode_bytes(parts.body.as_bytes()) {
                    Ok((_, escape)) => self.warn_escape(token, escape),
                    Err(reason) => return Err(self.raise_last(&format!("(value error) {reason}"))),
                }
            }
            return Ok(Some(self.note(Kind::Bytes, token.into())));
        }
        if !parts.raw {
            self.check_text(token, parts.body)?;
        }
        Ok(Some(self.note(Kind::Str, token.into())))
    }

    fn check_text(&mut self, token: Token, text: &str) -> Result<(), Stop> {
        match literal::decode_str(text) {
            Ok((_, escape)) => {
                self.warn_escape(token, escape);
                Ok(())
            }
            Err(reason) => Err(self.raise_last(&format!("(unicode error) {reason}"))),
        }
    }

    fn fstring(&mut self) -> R {
        let start = need!(self.tok(T::FStringStart));
        let pieces = self.many(Self::fstring_piece)?;
        need!(self.tok(T::FStringEnd));
        let raw = start.text(self.source).bytes().any(|c| matches!(c, b'r' | b'R'));
        for piece in pieces.into_iter().flatten() {
            if !raw {
                self.check_text(piece, piece.text(self.source))?;
            }
        }
        Ok(Some(self.note_from(Kind::FString, start.into())))
    }

    fn fstring_piece(&mut self) -> R<Option<Token>> {
        alt!(self, |p| {
            need!(p.fstring_field());
            Ok(Some(None))
        });
        Ok(self.tok(T::FStringMiddle)?.map(Some))
    }

    fn fstring_field(&mut self) -> R<()> {
        alt!(self, |p| {
            need!(p.field_start());
            p.tok(T::Equal)?;
            let conversion = p.opt(Self::conversion)?;
            p.opt(|p| {
                need!(p.tok(T::Colon));
                p.many(Self::spec_piece)?;
                Ok(Some(()))
            })?;
            need!(p.tok(T::RBrace));
            if let Some(name) = conversion {
                let text = name.text(p.source);
                if !matches!(text, "s" | "r" | "a") {
                    let msg =
                        format!("f-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
                    return Err(p.raise_tok(name, msg));
                }
            }
            Ok(Some(()))
        });
        if self.invalid { self.invalid_field() } else { Ok(None) }
    }

    fn field_start(&mut self) -> R {
        need!(self.tok(T::LBrace));
        self.yield_or(Self::star_expressions)
    }

    fn spec_piece(&mut self) -> R<()> {
        alt!(self, |p| {
            let token = need!(p.tok(T::FStringMiddle));
            p.check_text(token, token.text(p.source))?;
            Ok(Some(()))
        });
        self.fstring_field()
    }

    fn conversion(&mut self) -> R<Token> {
        let mark = need!(self.tok(T::Exclamation));
        let name = need!(self.name_token());
        if mark.lineno != name.lineno || mark.end_col != name.col {
            let place = Place::from(mark).to(name.into());
            return Err(self.raise_place(
                place,
                "f-string: conversion type must come right after the exclamanation mark",
            ));
        }
        Ok(Some(name))
    }

    fn invalid_field(&mut self) -> R<()> {
        for kind in [T::Equal, T::Exclamation, T::Colon, T::RBrace] {
            alt!(self, |p| {
                need!(p.tok(T::LBrace));
                let token = need!(p.tok(kind));
                let msg = format!("f-string: valid expression required before '{}'", kind.text());
                Err(p.raise_tok(token, msg))
            });
        }
        alt!(self, |p| {
            need!(p.tok(T::LBrace));
            if p.ahead(|p| p.yield_or(Self::star_expressions))? {
                return Ok(None);
            }
            Err(p.raise_next("f-string: expecting a valid expression after '{'"))
        });
        alt!(self, |p| {
            need!(p.field_start());
            if p.at(&[T::Equal, T::Exclamation, T::Colon, T::RBrace])? {
                return Ok(None);
            }
            Err(p.raise_next("f-string: expecting '=', or '!', or ':', or '}'"))
        });
        alt!(self, |p| {
            need!(p.field_start());
            need!(p.tok(T::Equal));
            if p.at(&[T::Exclamation, T::Colon, T::RBrace])? {
                return Ok(None);
            }
            Err(p.raise_next("f-string: expecting '!', or ':', or '}'"))
        });
        alt!(self, |p| {
            need!(p.field_start());
            p.tok(T::Equal)?;
            p.invalid_conversion()
        });
        alt!(self, |p| {
            need!(p.field_and_conversion());
            if p.at(&[T::Colon, T::RBrace])? {
                return Ok(None);
            }
            Err(p.raise_next("f-string: expecting ':' or '}'"))
        });
        alt!(self, |p| {
            need!(p.field_and_conversion());
            need!(p.tok(T::Colon));
            p.many(Self::spec_piece)?;
            if p.at(&[T::RBrace])? {
                return Ok(None);
            }
            Err(p.raise_next("f-string: expecting '}', or format specs"))
        });
        self.alt(|p| {
            need!(p.field_and_conversion());
            if p.at(&[T::RBrace])? {
                return Ok(None);
            }
            Err(p.raise_next("f-string: expecting '}'"))
        })
    }

    fn field_and_conversion(&mut self) -> R<N> {
        let value = need!(self.field_start());
        self.tok(T::Equal)?;
        self.opt(|p| {
            need!(p.tok(T::Exclamation));
            p.name_token()
        })?;
        Ok(Some(value))
    }

    fn invalid_conversion(&mut self) -> R<()> {
        need!(self.tok(T::Exclamation));
        if self.at(&[T::Colon, T::RBrace])? {
            return Err(self.raise_next("f-string: missing conversion character"));
        }
        if self.ahead(Self::name_token)? {
            return Ok(None);
        }
        Err(self.raise_next("f-string: invalid conversion character"))
    }
}
