//! `_io.StringIO`: a text stream in memory.

use super::newline::{self, Ending, Newlines};
use super::textbuf::TextBuf;
use super::{Name, STRING_IO, call0};
use crate::support::args;
use crate::support::class::{self, new_target};
use krait_gc::Tracer;
use krait_object::class::{ClassSpec, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::tuple::{self, Tuple};
use krait_object::{Raised, Res, Str, Thread, TypeId, Value, attr, int, natives, protocol, string};
use krait_text::{Chars, CharsBuf};
use std::cell::{Cell, RefCell};

/// The `newline` argument.
#[derive(Clone, Copy, PartialEq)]
enum Newline {
    /// None: translated to `\n` when written.
    Translate,
    /// "": kept, and any of the three ends a line.
    Universal,
    /// "\n"
    Lf,
    /// "\r": written for `\n`
    Cr,
    /// "\r\n": written for `\n`
    CrLf,
}

impl Newline {
    fn text(self) -> Option<&'static str> {
        match self {
            Newline::Translate => None,
            Newline::Universal => Some(""),
            Newline::Lf => Some("\n"),
            Newline::Cr => Some("\r"),
            Newline::CrLf => Some("\r\n"),
        }
    }

    fn of(s: Option<Str>) -> Newline {
        let all = [Newline::Universal, Newline::Lf, Newline::Cr, Newline::CrLf];
        match s {
            None => Newline::Translate,
            Some(s) => all.into_iter().find(|n| n.text().is_some_and(|t| s.is(t))).unwrap_or(Newline::Lf),
        }
    }

    fn ending(self) -> Ending<'static> {
        match self {
            Newline::Translate | Newline::Lf => Ending::Lf,
            Newline::Universal => Ending::Universal,
            Newline::Cr => Ending::Text(b"\r"),
            Newline::CrLf => Ending::Text(b"\r\n"),
        }
    }
}

pub struct StringIo {
    text: RefCell<TextBuf>,
    pos: Cell<usize>,
    ok: Cell<bool>,
    closed: Cell<bool>,
    newline: Cell<Newline>,
    newlines: Newlines,
}

impl Payload for StringIo {
    const NAME: &'static str = "StringIO";
    fn trace(&self, _: &mut Tracer) {}
}

type This = Custom<StringIo>;

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = new_target(th, a[0], class::get(th, &STRING_IO)?)?;
    let s = StringIo {
        text: RefCell::default(),
        pos: Cell::new(0),
        ok: Cell::new(false),
        closed: Cell::new(false),
        newline: Cell::new(Newline::Lf),
        newlines: Newlines::default(),
    };
    let s = custom::alloc(th, c, s)?;
    super::stream_made(th, s.value(), c, &STRING_IO);
    Ok(s.value())
}

fn check_init(th: &Thread, s: This) -> Result<(), Raised> {
    if s.ok.get() { Ok(()) } else { Err(th.value_error("I/O operation on uninitialized object")) }
}

fn open(th: &Thread, v: Value) -> Res<This> {
    let s = This::of(v);
    check_init(th, s)?;
    if s.closed.get() {
        return Err(th.value_error("I/O operation on closed file"));
    }
    Ok(s)
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let newline = match a[2].given() {
        None => Newline::Lf,
        Some(v) => newline_arg(th, v)?,
    };
    let value = match a[1].given_not_none() {
        None => None,
        Some(v) => match Str::from_value(v) {
            Some(s) => Some(s),
            None => {
                let text = format!("initial_value must be str or None, not {}", type_name(th, v));
                return Err(th.type_error(text));
            }
        },
    };
    let s = This::of(a[0]);
    s.ok.set(false);
    s.newline.set(newline);
    s.newlines.reset();
    s.newlines.translate.set(newline == Newline::Translate);
    *s.text.borrow_mut() = TextBuf::default();
    s.pos.set(0);
    if let Some(v) = value {
        write_text(th, s, v)?;
        s.pos.set(0);
    }
    s.closed.set(false);
    s.ok.set(true);
    Ok(Value::none())
}

fn newline_arg(th: &Thread, v: Value) -> Res<Newline> {
    if v.is_none() {
        return Ok(Newline::Translate);
    }
    let Some(s) = Str::from_value(v) else {
        return Err(th.type_error(format!("newline must be str or None, not {}", type_name(th, v))));
    };
    newline::check_argument(th, Some(s), true)?;
    Ok(Newline::of(Some(s)))
}

/// Writes at the position, with line ends as the mode says.
fn write_text(th: &Thread, s: This, text: Str) -> Result<(), Raised> {
    let text = match s.newline.get() {
        Newline::Lf => text,
        Newline::Translate | Newline::Universal => s.newlines.apply(th, text, true)?,
        mode => {
            if newline::find(text.chars(), b'\n').is_none() {
                text
            } else {
                let end = mode.text().unwrap_or("\n");
                let mut out = CharsBuf::with_capacity(text.len() + 8);
                replace_newlines(text.chars(), end, &mut out);
                Str::of(string::from_buf(th, &out)?)
            }
        }
    };
    let n = text.len();
    if n == 0 {
        return Ok(());
    }
    let pos = s.pos.get();
    if pos.checked_add(n).is_none_or(|e| e > isize::MAX as usize / 8) {
        return Err(th.overflow_error("new position too large"));
    }
    s.text.borrow_mut().write(pos, text.chars());
    s.pos.set(pos + n);
    Ok(())
}

/// The text with another line end for `\n`.
pub fn replace_newlines(text: Chars<'_>, end: &str, out: &mut CharsBuf) {
    let mut from = 0;
    while let Some(i) = newline::find(text.slice(from..text.len()), b'\n') {
        out.extend(text.slice(from..from + i));
        out.extend_str(end);
        from += i + 1;
    }
    out.extend(text.slice(from..text.len()));
}

fn write(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    check_init(th, s)?;
    let Some(text) = Str::from_value(a[1]) else {
        return Err(th.type_error(format!("string argument expected, got '{}'", type_name(th, a[1]))));
    };
    let s = open(th, a[0])?;
    write_text(th, s, text)?;
    Ok(int::from_usize(th, text.len()))
}

/// The text from `from` to `to` as a string; the position moves to `to`.
fn take(th: &Thread, s: This, from: usize, to: usize) -> Res {
    let r = string::from_chars(th, s.text.borrow().as_chars().slice(from..to))?;
    s.pos.set(to);
    Ok(r)
}

fn read(th: &Thread, a: &[Value]) -> Res {
    let s = open(th, a[0])?;
    let n = args::opt_size(th, a[1])?;
    let len = s.text.borrow().len();
    let from = s.pos.get();
    if from >= len {
        return Ok(th.interp.empty_str.get());
    }
    let to = if n < 0 { len } else { len.min(from.saturating_add(n as usize)) };
    take(th, s, from, to)
}

fn line(th: &Thread, s: This, limit: isize) -> Res {
    let from = s.pos.get();
    let to = {
        let text = s.text.borrow();
        let len = text.len();
        if from >= len {
            return Ok(th.interp.empty_str.get());
        }
        let most = if limit < 0 { len } else { len.min(from.saturating_add(limit as usize)) };
        newline::line_end(text.as_chars().slice(0..most), from, s.newline.get().ending()).unwrap_or(most)
    };
    take(th, s, from, to)
}

fn readline(th: &Thread, a: &[Value]) -> Res {
    let s = open(th, a[0])?;
    let limit = args::opt_size(th, a[1])?;
    line(th, s, limit)
}

fn next(th: &Thread, a: &[Value]) -> Res {
    let s = open(th, a[0])?;
    let l = if super::is_exactly(th, a[0], &STRING_IO) {
        line(th, s, -1)?
    } else {
        let l = call0(th, a[0], Name::readline)?;
        if Str::from_value(l).is_none() {
            return Err(th.raise_new(
                TypeId::OSError,
                format!("readline() should have returned a str object, not '{}'", type_name(th, l)),
            ));
        }
        l
    };
    if Str::of(l).is_empty() {
        return Err(th.stop_iteration());
    }
    Ok(l)
}

fn getvalue(th: &Thread, a: &[Value]) -> Res {
    let s = open(th, a[0])?;
    let text = s.text.borrow();
    string::from_chars(th, text.as_chars())
}

fn tell(th: &Thread, a: &[Value]) -> Res {
    let s = open(th, a[0])?;
    Ok(int::from_usize(th, s.pos.get()))
}

fn seek(th: &Thread, a: &[Value]) -> Res {
    let pos = match protocol::index_opt(th, a[1])? {
        Some(i) => {
            int::to_i64(i).ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))?
        }
        None => protocol::index_i64(th, a[1])?,
    };
    let whence = args::c_int_or(th, a[2], 0)?;
    let s = open(th, a[0])?;
    if !(0..=2).contains(&whence) {
        return Err(th.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
    }
    if pos < 0 && whence == 0 {
        return Err(th.value_error(format!("Negative seek position {pos}")));
    }
    if whence != 0 && pos != 0 {
        return Err(th.raise_new(TypeId::OSError, "Can't do nonzero cur-relative seeks"));
    }
    let to = match whence {
        0 => pos as usize,
        1 => s.pos.get(),
        _ => s.text.borrow().len(),
    };
    s.pos.set(to);
    Ok(int::from_usize(th, to))
}

fn truncate(th: &Thread, a: &[Value]) -> Res {
    let s = open(th, a[0])?;
    let size = match a[1].given_not_none() {
        None => s.pos.get() as isize,
        Some(v) => {
            let n = args::opt_size(th, v)?;
            if n < 0 {
                return Err(th.value_error(format!("Negative size value {n}")));
            }
            n
        }
    };
    s.text.borrow_mut().truncate(size as usize);
    Ok(Value::small(size as i64))
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let _ = th;
    s.closed.set(true);
    *s.text.borrow_mut() = TextBuf::default();
    Ok(Value::none())
}

fn yes(th: &Thread, a: &[Value]) -> Res {
    open(th, a[0])?;
    Ok(Value::true_())
}

fn getstate(th: &Thread, a: &[Value]) -> Res {
    let s = open(th, a[0])?;
    let text = getvalue(th, a)?;
    let mode = s.newline.get().text().map_or(Value::none(), |t| string::new(th, t));
    let d = match attr::dict_of(th, a[0])? {
        Some(d) if !d.is_empty() => d.copy(th)?.value(),
        _ => Value::none(),
    };
    tuple::from_slice(th, &[text, mode, int::from_usize(th, s.pos.get()), d])
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let s = open_or_new(th, a[0])?;
    let state = match Tuple::from_value(a[1]) {
        Some(t) if t.len() >= 4 => t,
        _ => {
            let own = krait_object::type_new::tp_name(th, class::get(th, &STRING_IO)?);
            return Err(th.type_error(format!(
                "{own}.__setstate__ argument should be 4-tuple, got {}",
                type_name(th, a[1])
            )));
        }
    };
    init(th, &[a[0], state.get(0), state.get(1)])?;
    // The value was written through the line-end translation; what was pickled had gone through it already.
    if let Some(v) = Str::from_value(state.get(0)) {
        let mut b = TextBuf::default();
        b.write(0, v.chars());
        *s.text.borrow_mut() = b;
    }
    let pos = state.get(2);
    if !int::is_int(pos) {
        return Err(
            th.type_error(format!("third item of state must be an integer, got {}", type_name(th, pos)))
        );
    }
    let pos = protocol::index_isize(th, pos)?;
    if pos < 0 {
        return Err(th.value_error("position value cannot be negative"));
    }
    s.pos.set(pos as usize);
    super::update_dict(th, a[0], state.get(3), "fourth")?;
    Ok(Value::none())
}

fn open_or_new(th: &Thread, v: Value) -> Res<This> {
    let s = This::of(v);
    if s.closed.get() {
        return Err(th.value_error("I/O operation on closed file"));
    }
    Ok(s)
}

fn closed_get(th: &Thread, v: Value) -> Res {
    let s = This::of(v);
    check_init(th, s)?;
    Ok(Value::bool(s.closed.get()))
}

fn newlines_get(th: &Thread, v: Value) -> Res {
    let s = This::of(v);
    check_init(th, s)?;
    if s.closed.get() {
        return Err(th.value_error("I/O operation on closed file"));
    }
    match s.newline.get() {
        Newline::Translate | Newline::Universal => s.newlines.seen_value(th),
        _ => Ok(Value::none()),
    }
}

fn line_buffering_get(th: &Thread, v: Value) -> Res {
    open(th, v)?;
    Ok(Value::false_())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(initial_value='', newline='\\n')" init, "";
        method "__next__" "()" next, "";
        method "__getstate__" "()" getstate, "";
        method "__setstate__" "(state, /)" setstate, "";
        method "getvalue" "()" getvalue, "Return the whole text.";
        method "read" "(size=-1, /)" read, "";
        method "readline" "(size=-1, /)" readline, "";
        method "write" "(s, /)" write, "";
        method "tell" "()" tell, "";
        method "seek" "(pos, whence=0, /)" seek, "";
        method "truncate" "(pos=None, /)" truncate, "";
        method "close" "()" close, "";
        method "seekable" "()" yes, "";
        method "readable" "()" yes, "";
        method "writable" "()" yes, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("closed", closed_get, ""),
    GetSetDef::ro("newlines", newlines_get, ""),
    GetSetDef::ro("line_buffering", line_buffering_get, ""),
];

pub static SPEC: ClassSpec = ClassSpec::new(
    "_io.StringIO",
    "StringIO(initial_value='', newline='\\n')\n--\n\nA text stream in memory.",
    METHODS,
    GETSET,
);
