//! `Pattern.sub` and `subn`: the result grows in one buffer; no piece between matches becomes an object.

use super::engine::Matcher;
use super::matching;
use super::pattern::{self, compile_template};
use super::subject::Subject;
use super::template::{self, Part, Template};
use crate::support::ssize_or;
use krait_object::class::type_name;
use krait_object::custom::Custom;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, buffer, bytes, call, tuple};
use krait_sre::Kind;
use krait_text::CharsBuf;

/// What is put in place of matches.
enum Filter {
    Literal(Value),
    Template(Custom<Template>),
    Callable(Value),
}

impl Filter {
    fn new(th: &Thread, pattern: Value, repl: Value) -> Res<Filter> {
        if !repl.has_shape(TypeId::Str as u32) && call::is_callable(th, repl) {
            return Ok(Filter::Callable(repl));
        }
        let literal = match Str::from_value(repl) {
            Some(s) => krait_text::search::find_char(s.chars(), '\\'.into(), 0).is_none(),
            None => match buffer::bytes_like(th, repl) {
                Ok(b) => !b.contains(&b'\\'),
                Err(_) => {
                    th.clear_pending();
                    false
                }
            },
        };
        if literal {
            return Ok(Filter::Literal(repl));
        }
        let t = Custom::<Template>::of(compile_template(th, pattern, repl)?);
        Ok(t.literal().map_or(Filter::Template(t), Filter::Literal))
    }
}

/// The result so far. A piece of a wrong type is an error only in the end, after all calls of the replacement function.
struct Output {
    text: CharsBuf,
    data: Vec<u8>,
    is_bytes: bool,
    /// Pieces added, for the error text.
    pieces: usize,
    /// Number and type of the first wrong piece.
    wrong: Option<(usize, String)>,
}

impl Output {
    fn new(subject: &Subject) -> Output {
        let (is_bytes, n) = (subject.is_bytes(), subject.len());
        Output {
            text: if is_bytes { CharsBuf::new() } else { CharsBuf::with_capacity(n) },
            data: if is_bytes { Vec::with_capacity(n) } else { Vec::new() },
            is_bytes,
            pieces: 0,
            wrong: None,
        }
    }

    /// Adds a part of the subject, as no piece of its own.
    fn span(&mut self, subject: &Subject, from: usize, to: usize) {
        match subject {
            Subject::Str(s) => self.text.extend(s.chars().slice(from..to)),
            Subject::Bytes(_, b) => self.data.extend_from_slice(&b.as_slice()[from..to]),
        }
    }

    /// Adds a replacement.
    fn piece(&mut self, th: &Thread, v: Value) {
        let fits = if self.is_bytes {
            match buffer::bytes_like(th, v) {
                Ok(b) => {
                    self.data.extend_from_slice(&b);
                    true
                }
                Err(_) => {
                    th.clear_pending();
                    false
                }
            }
        } else {
            match Str::from_value(v) {
                Some(s) => {
                    self.text.extend(s.chars());
                    true
                }
                None => false,
            }
        };
        if !fits && self.wrong.is_none() {
            self.wrong = Some((self.pieces, type_name(th, v)));
        }
        self.pieces += 1;
    }

    fn finish(self, th: &Thread) -> Res {
        if let Some((i, name)) = self.wrong {
            let wanted = if self.is_bytes { "a bytes-like object," } else { "str instance," };
            return Err(th.type_error(format!("sequence item {i}: expected {wanted} {name} found")));
        }
        if self.is_bytes { bytes::from_slice(th, &self.data) } else { string::from_buf(th, &self.text) }
    }
}

/// Adds a template with the groups of the match in place.
fn add_template(
    th: &Thread,
    out: &mut Output,
    t: Custom<Template>,
    subject: &Subject,
    m: &Matcher,
    groups: usize,
) -> Res<()> {
    if t.is_text() == out.is_bytes {
        let v = template::expand(th, t, subject, groups, &|i| m.span(i))?;
        out.piece(th, v);
        return Ok(());
    }
    for part in t.parts() {
        match part {
            Part::Group(n) if n >= groups => return Err(th.index_error("no such group")),
            Part::Group(n) => {
                if let Some((from, to)) = m.span(n) {
                    out.span(subject, from, to);
                }
            }
            Part::Literal(v) => {
                let before = out.pieces;
                out.piece(th, v);
                out.pieces = before;
            }
        }
    }
    out.pieces += 1;
    Ok(())
}

/// The new text and the number of replacements.
fn substitute(th: &Thread, a: &[Value]) -> Res<(Value, usize)> {
    let p = pattern::this(a);
    let limit = ssize_or(th, a[3], 0)?;
    let filter = Filter::new(th, a[0], a[1])?;
    let subject = p.subject(th, a[2])?;
    let end = subject.len();
    let mut out = None;
    let (mut m, mut advance, mut start, mut done) = (Matcher::new(), false, 0, 0);
    while limit == 0 || (done as isize) < limit {
        let found = m.run(th, &p.program, subject.text(), Kind::Search, start, end, advance)?;
        let Some((from, to)) = found else { break };
        let out = out.get_or_insert_with(|| Output::new(&subject));
        if start < from {
            out.span(&subject, start, from);
            out.pieces += 1;
        }
        match filter {
            Filter::Literal(v) => out.piece(th, v),
            Filter::Template(t) => add_template(th, out, t, &subject, &m, p.groups + 1)?,
            Filter::Callable(f) => {
                let found = matching::new(th, p, &subject, &m, 0, end)?;
                let v = call::call(th, f, &[found])?;
                if !v.is_none() {
                    out.piece(th, v);
                }
            }
        }
        done += 1;
        advance = from == to;
        start = to;
    }
    let made = match out {
        None => subject.slice(th, 0, end)?,
        Some(mut out) => {
            if start < end {
                out.span(&subject, start, end);
            }
            out.finish(th)?
        }
    };
    Ok((made, done))
}

pub fn sub(th: &Thread, a: &[Value]) -> Res {
    Ok(substitute(th, a)?.0)
}

pub fn subn(th: &Thread, a: &[Value]) -> Res {
    let (text, n) = substitute(th, a)?;
    tuple::from_slice(th, &[text, Value::small(n as i64)])
}
