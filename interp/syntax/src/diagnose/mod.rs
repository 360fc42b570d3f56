//! What is wrong with a source that does not parse, in CPython's words.
//!
//! The idea is CPython's: try the grammar as it is; when it does not fit, try it once more with rules for the usual
//! mistakes, each of which reports itself; when none of them fits either, the token furthest reached is "invalid
//! syntax". Which mistake is found first depends on the order in which a parsing expression grammar tries its
//! alternatives, so the grammar is written here a second time in that form: ordered choice, backtracking, memoized.
//! It makes no tree but small notes about expressions, for the errors that depend on what an expression is.
//!
//! - [`peg`]: tokens, notes, memory, ways to report.
//! - `expr`, `target`, `args`, `comp`, `literal`, `lambda`: expressions.
//! - `stmt`, `compound`, `params`, `pattern`: statements.
//!
//! Speed does not matter here, except that it must stay linear: rules that are tried at a place again and again
//! are memoized.

mod args;
mod comp;
mod compound;
mod expr;
mod literal;
mod params;
mod pattern;
mod peg;
mod stmt;
mod target;

use crate::error::{ErrorKind, SyntaxError};
use crate::parse::{Flags, Mode};
use crate::stack;
use crate::token::{TokenError, TokenKind};
use peg::{Peg, Stop};

/// The error that CPython reports for `source`; `None` when its grammar has nothing against it.
///
/// The source has its newlines normalized.
pub fn diagnose(source: &str, mode: Mode, flags: &Flags) -> Option<Box<SyntaxError>> {
    let mut text = source;
    let owned;
    if mode == Mode::Exec && !source.is_empty() && !source.ends_with('\n') {
        owned = format!("{source}\n");
        text = &owned;
    }
    // The rules call each other down to the bottom of the expression grammar for each bracket.
    const STACK: usize = 64 << 20;
    stack::on_new(STACK, || run(text, mode, flags)).unwrap_or_else(|| Some(stack::no_memory()))
}

fn run(text: &str, mode: Mode, flags: &Flags) -> Option<Box<SyntaxError>> {
    let mut peg = Peg::new(text, mode, flags);
    let mut error = find(&mut peg, mode, flags)?;
    error.warnings = peg.scanner.take_warnings();
    error.warnings.append(&mut peg.warnings);
    Some(error)
}

fn find(peg: &mut Peg<'_>, mode: Mode, flags: &Flags) -> Option<Box<SyntaxError>> {
    let stop = match peg.start(mode) {
        Ok(Some(())) if mode == Mode::Single && !peg.rest_is_blank() => {
            let msg = "multiple statements found while compiling a single statement";
            return Some(Box::new(peg.error_at_last_token(ErrorKind::Syntax, msg)));
        }
        Ok(Some(())) => return None,
        Ok(None) => None,
        Err(stop) => Some(stop),
    };
    if flags.allow_incomplete_input && peg.source_ended() {
        let mut error = peg.error_at_last_token(ErrorKind::Syntax, "incomplete input");
        error.kind = ErrorKind::IncompleteInput;
        return Some(Box::new(error));
    }
    let stop = match stop {
        Some(stop) => stop,
        None => {
            let last = peg.tokens.last().copied();
            peg.second_pass();
            match peg.start(mode) {
                Err(stop) => stop,
                // The grammar does not fit, so this is about the token at which it stopped fitting.
                Ok(_) => match last {
                    None => Stop::raised(SyntaxError::undecodable("error at start before reading any input")),
                    Some(token) => match token.kind {
                        TokenKind::Indent => {
                            Stop::raised(peg.error_at_last_token(ErrorKind::Indentation, "unexpected indent"))
                        }
                        TokenKind::Dedent => Stop::raised(
                            peg.error_at_last_token(ErrorKind::Indentation, "unexpected unindent"),
                        ),
                        _ => {
                            let error = peg.error_at_token(&token, "invalid syntax");
                            return Some(check_rest(peg, error));
                        }
                    },
                },
            }
        }
    };
    if stop.from_tokenizer || stop.error.kind == ErrorKind::Memory || peg.scanner.is_at_eof() {
        return Some(stop.error);
    }
    if stop.error.kind == ErrorKind::Indentation && stop.unexpected_indent {
        return Some(stop.error);
    }
    Some(check_rest(peg, *stop.error))
}

/// An error of the tokenizer further on, or a bracket that stays open, explains more than an error of grammar.
fn check_rest(peg: &mut Peg<'_>, error: SyntaxError) -> Box<SyntaxError> {
    let line = peg.tokens.last().map_or(0, |t| t.lineno);
    loop {
        match peg.scanner.next_token() {
            Ok(token) if token.kind == TokenKind::EndMarker => return Box::new(error),
            Ok(_) => {}
            // What goes wrong inside the formatted string of the error itself explains nothing.
            Err(_) if peg.scanner.is_in_fstring() => return Box::new(error),
            Err(TokenError::Syntax(better)) => return better,
            Err(_) => {
                return match peg.scanner.open_bracket() {
                    Some((_, open_line, _)) if line > open_line => Box::new(peg.unclosed_bracket()),
                    _ => Box::new(error),
                };
            }
        }
    }
}
