//! `_tokenize`: the tokenizer behind the `tokenize` module.
//!
//! The lines are read when the first token is asked for; tokens are made one at a time. Positions
//! count characters, and operators are all `OP`, as `tokenize` shows them.

use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::Str;
use krait_object::{Res, Thread, TypeId, Value, call, int, natives, protocol, string, tuple};
use krait_syntax::error::{ErrorKind, SyntaxError};
use krait_syntax::token::{Token, TokenError, TokenKind, Tokenizer};
use std::cell::{Cell, RefCell};

/// A token as it is handed out.
struct Piece {
    kind: u8,
    text: String,
    start: (u32, i32),
    end: (u32, i32),
    line: String,
}

struct TokenizerIter {
    readline: Slot,
    /// Encoding of the lines when they are bytes, or None.
    encoding: Slot,
    extra: Cell<bool>,
    /// The tokens left, last first; None before the lines were read.
    pieces: RefCell<Option<Vec<Piece>>>,
    /// The error after the last token.
    error: RefCell<Option<SyntaxError>>,
}

impl Payload for TokenizerIter {
    const NAME: &'static str = "TokenizerIter";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.readline.trace(tracer);
        self.encoding.trace(tracer);
    }
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let t = TokenizerIter {
        readline: Slot::new(a[1]),
        encoding: Slot::new(a[2].given().unwrap_or(Value::none())),
        extra: Cell::new(match a[3].given() {
            Some(v) => protocol::truth(th, v)?,
            None => false,
        }),
        pieces: RefCell::new(None),
        error: RefCell::new(None),
    };
    Ok(custom::alloc(th, Class::of(a[0]), t)?.value())
}

/// All lines that `readline` gives.
fn read_all(th: &Thread, t: Custom<TokenizerIter>) -> Res<String> {
    let mut source = String::new();
    loop {
        let line = call::call(th, t.readline.get(), &[]);
        let Some(line) = th.catch(line, TypeId::StopIteration)? else { return Ok(source) };
        let before = source.len();
        if t.encoding.get().is_none() {
            let Some(s) = Str::from_value(line) else {
                return Err(th.type_error(format!(
                    "readline() returned a non-string object ({})",
                    type_name(th, line)
                )));
            };
            source.push_str(&s.to_text());
        } else {
            let text = call::call_method_text(th, line, "decode", &[t.encoding.get()])?;
            match Str::from_value(text) {
                Some(s) => source.push_str(&s.to_text()),
                None => return Err(th.type_error("readline() returned a non-bytes object")),
            }
        }
        if source.len() == before {
            return Ok(source);
        }
    }
}

/// Characters in the first `bytes` bytes of a line.
fn column(line: &str, bytes: i32) -> i32 {
    if bytes <= 0 { bytes } else { line.get(..bytes as usize).map_or(bytes, |s| s.chars().count() as i32) }
}

fn tokenize(source: &str, extra: bool) -> (Vec<Piece>, Option<SyntaxError>) {
    // The scanner wants a newline at the end; one that was not there is not shown.
    let implicit = !source.is_empty() && !source.ends_with('\n');
    let text = if implicit { format!("{source}\n") } else { source.to_owned() };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line_at = |n: u32| (n as usize).checked_sub(1).and_then(|i| lines.get(i)).copied().unwrap_or("");
    let mut scanner = Tokenizer::new(&text);
    if extra {
        scanner = scanner.with_extra_tokens();
    }
    let mut out = Vec::new();
    loop {
        let t = match scanner.next_token() {
            Ok(t) => t,
            Err(TokenError::Syntax(e) | TokenError::Noted(e)) => return (out, Some(*e)),
            Err(TokenError::Eof) => {
                let mut e = SyntaxError::bare(ErrorKind::Syntax, "unexpected EOF in multi-line statement");
                e.lineno = lines.len() as u32;
                let in_brackets = scanner.level() > 0 && !scanner.is_in_fstring();
                e.offset = if in_brackets { 0 } else { line_at(e.lineno).chars().count() as i32 };
                e.end_lineno = e.lineno;
                return (out, Some(e));
            }
            Err(TokenError::Dedent) => {
                let mut e = SyntaxError::bare(
                    ErrorKind::Indentation,
                    "unindent does not match any outer indentation level",
                );
                e.lineno = out.last().map_or(1, |p: &Piece| p.end.0 + 1);
                e.offset = line_at(e.lineno).chars().count() as i32;
                e.end_lineno = e.lineno;
                e.text = Some(line_at(e.lineno).to_owned());
                return (out, Some(e));
            }
        };
        let last = t.kind == TokenKind::EndMarker;
        out.push(piece(&t, &text, &lines, extra, implicit));
        if last {
            return (out, None);
        }
    }
}

fn piece(t: &Token, text: &str, lines: &[&str], extra: bool, implicit: bool) -> Piece {
    let line_at = |n: u32| (n as usize).checked_sub(1).and_then(|i| lines.get(i)).copied().unwrap_or("");
    let mut kind = t.kind as u8;
    let mut shown = t.text(text).to_owned();
    let (mut start, mut end) = (
        (t.lineno, column(line_at(t.lineno), t.col)),
        (t.end_lineno, column(line_at(t.end_lineno), t.end_col)),
    );
    let mut line: String = (t.lineno..=t.end_lineno).map(line_at).collect();
    if extra {
        if kind > TokenKind::Dedent as u8 && kind <= TokenKind::Op as u8 {
            // Operators are one kind there.
            kind = TokenKind::Op as u8;
        } else if matches!(t.kind, TokenKind::Async | TokenKind::Await) {
            kind = TokenKind::Name as u8;
        }
        let total = lines.len() as u32;
        match t.kind {
            TokenKind::EndMarker => {
                (start, end, line) = ((total + 1, 0), (total + 1, 0), String::new());
            }
            TokenKind::Dedent if t.lineno == 0 || t.lineno > total => {
                (start, end, line) = ((total + 1, 0), (total + 1, 0), String::new());
            }
            TokenKind::Dedent => {
                let width = column(line_at(t.lineno), indentation(line_at(t.lineno)));
                start.1 = width;
                end = start;
            }
            TokenKind::Indent => {
                let width = indentation(line_at(t.lineno));
                shown = line_at(t.lineno)[..width as usize].to_owned();
                start.1 = 0;
                end = (start.0, column(line_at(t.lineno), width));
            }
            TokenKind::Newline | TokenKind::Nl => {
                if implicit && t.lineno == total {
                    shown = String::new();
                    line.pop();
                } else {
                    shown = if line.ends_with("\r\n") { "\r\n".to_owned() } else { "\n".to_owned() };
                }
                end = (start.0, start.1 + 1);
            }
            _ if implicit && t.end_lineno == total && line.ends_with('\n') => {
                line.pop();
            }
            _ => {}
        }
    }
    Piece { kind, text: shown, start, end, line }
}

/// Bytes of white space at the start of a line.
fn indentation(line: &str) -> i32 {
    (line.len() - line.trim_start_matches([' ', '\t', '\x0c']).len()) as i32
}

fn next(th: &Thread, a: &[Value]) -> Res {
    let t = Custom::<TokenizerIter>::of(a[0]);
    if t.pieces.borrow().is_none() {
        let source = read_all(th, t)?;
        let (mut pieces, error) = tokenize(&source, t.extra.get());
        pieces.reverse();
        *t.pieces.borrow_mut() = Some(pieces);
        *t.error.borrow_mut() = error;
    }
    let p = t.pieces.borrow_mut().as_mut().and_then(Vec::pop);
    let Some(p) = p else {
        let error = t.error.borrow_mut().take();
        return Err(match error {
            Some(e) => crate::source::raise(th, &e, th.interp.interned.intern_text(th, "<string>")),
            None => th.stop_iteration(),
        });
    };
    let place = |(line, col): (u32, i32)| {
        tuple::new(th, &[int::from_i64(th, line as i64), int::from_i64(th, col as i64)])
    };
    let (start, end) = (place(p.start), place(p.end));
    let text = string::try_new(th, &p.text)?;
    let line = string::try_new(th, &p.line)?;
    tuple::from_slice(th, &[Value::small(p.kind as i64), text, start, end, line])
}

fn iter(_th: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, readline, /, *, encoding=None, extra_tokens=False)" new, "";
        method "__iter__" "()" iter, "Implement iter(self).";
        method "__next__" "()" next, "Implement next(self).";
    }
}

static SPEC: ClassSpec = ClassSpec::new("_tokenize.TokenizerIter", "", METHODS, &[]).flags(0);
static CLASS: InterpSlot = InterpSlot::new();

fn exec(th: &Thread, m: Module) -> Res<()> {
    let c = SPEC.make(th)?;
    CLASS.set(th, c.value());
    m.add_class(th, c);
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef { name: "_tokenize", doc: "", functions: &[], exec };
