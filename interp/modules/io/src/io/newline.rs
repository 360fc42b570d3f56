//! Universal newlines: the translation, and `IncrementalNewlineDecoder`.

use super::NEWLINE_DECODER;
use crate::support::class::{self, new_target};
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::tuple::{self, Tuple};
use krait_object::{Name, Raised, Res, Str, Thread, TypeId, Value, call, int, natives, protocol, string};
use krait_text::{Chars, CharsBuf};
use std::cell::Cell;

const CR: u32 = '\r' as u32;
const LF: u32 = '\n' as u32;

pub const SEEN_CR: u8 = 1;
pub const SEEN_LF: u8 = 2;
pub const SEEN_CRLF: u8 = 4;
const SEEN_ALL: u8 = 7;

/// The state of newline translation of one stream.
#[derive(Default)]
pub struct Newlines {
    pub translate: Cell<bool>,
    /// A carriage return was held back: it may be the first half of a line end.
    pub pending_cr: Cell<bool>,
    pub seen: Cell<u8>,
}

/// Which line ends occur.
fn survey(text: Chars<'_>, seen: u8) -> u8 {
    let mut seen = seen;
    let mut it = text.iter().peekable();
    while let Some(c) = it.next() {
        if c == LF {
            seen |= SEEN_LF;
        } else if c == CR {
            if it.peek() == Some(&LF) {
                it.next();
                seen |= SEEN_CRLF;
            } else {
                seen |= SEEN_CR;
            }
        }
        if seen == SEEN_ALL {
            break;
        }
    }
    seen
}

/// The text with all line ends as `\n`, and which there were.
fn translated(text: Chars<'_>, seen: u8) -> (CharsBuf, u8) {
    let mut out = CharsBuf::with_capacity(text.len());
    let mut seen = seen;
    let mut start = 0;
    let n = text.len();
    let mut i = 0;
    while i < n {
        let c = text.at(i);
        if c == LF {
            seen |= SEEN_LF;
        } else if c == CR {
            out.extend(text.slice(start..i));
            out.push(LF);
            if i + 1 < n && text.at(i + 1) == LF {
                i += 1;
                seen |= SEEN_CRLF;
            } else {
                seen |= SEEN_CR;
            }
            start = i + 1;
        }
        i += 1;
    }
    out.extend(text.slice(start..n));
    (out, seen)
}

/// Does the text contain the code point? (Below 0x80.)
pub fn find(text: Chars<'_>, c: u8) -> Option<usize> {
    match text {
        Chars::One(s) => {
            // SAFETY: searches inside the slice.
            let p = unsafe { libc::memchr(s.as_ptr().cast(), c as i32, s.len()) };
            if p.is_null() { None } else { Some(p as usize - s.as_ptr() as usize) }
        }
        Chars::Two(s) => s.iter().position(|&u| u == c as u16),
        Chars::Four(s) => s.iter().position(|&u| u == c as u32),
    }
}

impl Newlines {
    /// What a decoder's output becomes. `last`: nothing is held back.
    pub fn apply(&self, th: &Thread, text: Str, last: bool) -> Res<Str> {
        let mut text = text;
        if self.pending_cr.get() && (last || !text.is_empty()) {
            let mut b = CharsBuf::with_capacity(text.len() + 1);
            b.push(CR);
            b.extend(text.chars());
            text = Str::of(string::from_buf(th, &b)?);
            self.pending_cr.set(false);
        }
        let n = text.len();
        if !last && n > 0 && text.at(n - 1) == CR {
            text = Str::of(string::from_chars(th, text.chars().slice(0..n - 1))?);
            self.pending_cr.set(true);
        }
        if text.is_empty() {
            return Ok(text);
        }
        let chars = text.chars();
        if find(chars, b'\r').is_none() {
            if self.seen.get() & SEEN_LF == 0 && find(chars, b'\n').is_some() {
                self.seen.set(self.seen.get() | SEEN_LF);
            }
            return Ok(text);
        }
        if !self.translate.get() {
            self.seen.set(survey(chars, self.seen.get()));
            return Ok(text);
        }
        let (out, seen) = translated(chars, self.seen.get());
        self.seen.set(seen);
        Ok(Str::of(string::from_buf(th, &out)?))
    }

    pub fn reset(&self) {
        self.seen.set(0);
        self.pending_cr.set(false);
    }

    /// The `newlines` attribute: None, a string, or a tuple of strings.
    pub fn seen_value(&self, th: &Thread) -> Res {
        let seen = self.seen.get();
        let all = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")];
        let mut found = [Value::none(); 3];
        let mut n = 0;
        for (bit, text) in all {
            if seen & bit != 0 {
                found[n] = string::new(th, text);
                n += 1;
            }
        }
        match n {
            0 => Ok(Value::none()),
            1 => Ok(found[0]),
            _ => tuple::from_slice(th, &found[..n]),
        }
    }
}

/// The Python class.
pub struct NewlineDecoder {
    decoder: Slot,
    errors: Slot,
    pub newlines: Newlines,
}

impl Payload for NewlineDecoder {
    const NAME: &'static str = "IncrementalNewlineDecoder";
    fn trace(&self, t: &mut Tracer) {
        self.decoder.trace(t);
        self.errors.trace(t);
    }
}

type This = Custom<NewlineDecoder>;

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = new_target(th, a[0], class::get(th, &NEWLINE_DECODER)?)?;
    let d = NewlineDecoder {
        decoder: Slot::new(Value::UNBOUND),
        errors: Slot::new(Value::UNBOUND),
        newlines: Newlines::default(),
    };
    Ok(custom::alloc(th, c, d)?.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let d = This::of(a[0]);
    let translate = protocol::truth(th, a[2])?;
    d.decoder.set(th, d.cell(), a[1]);
    let errors = a[3].given().unwrap_or_else(|| string::new(th, "strict"));
    d.errors.set(th, d.cell(), errors);
    d.newlines.translate.set(translate);
    d.newlines.reset();
    Ok(Value::none())
}

fn ready(th: &Thread, v: Value) -> Res<This> {
    let d = This::of(v);
    if d.decoder.get() == Value::UNBOUND {
        return Err(th.value_error("IncrementalNewlineDecoder.__init__() not called"));
    }
    Ok(d)
}

/// The result of a decoder's `decode`, which must be text.
pub fn expect_text(th: &Thread, v: Value) -> Res<Str> {
    Str::from_value(v).ok_or_else(|| {
        th.type_error(format!("decoder should return a string result, not '{}'", type_name(th, v)))
    })
}

fn decode(th: &Thread, a: &[Value]) -> Res {
    let d = ready(th, a[0])?;
    let last = crate::support::args::flag(th, a[2], false)?;
    let out = if d.decoder.get().is_none() {
        a[1]
    } else {
        let args = [a[1], Value::bool(last)];
        call::call_method(th, d.decoder.get(), th.name(Name::decode), &args)?
    };
    let text = expect_text(th, out)?;
    Ok(d.newlines.apply(th, text, last)?.value())
}

/// The state `(buffer, flags)` of a decoder.
pub fn parse_state(th: &Thread, v: Value, what: &str) -> Res<(Value, u64)> {
    let Some(t) = Tuple::from_value(v) else { return Err(th.type_error(what)) };
    if t.len() != 2 || !int::is_int(t.get(1)) {
        return Err(th.type_error("illegal decoder state"));
    }
    Ok((t.get(0), crate::support::args::masked_u64(th, t.get(1))?))
}

fn getstate(th: &Thread, a: &[Value]) -> Res {
    let d = ready(th, a[0])?;
    let (buffer, flags) = if d.decoder.get().is_none() {
        (th.interp.empty_bytes.get(), 0)
    } else {
        let s = call::call_method(th, d.decoder.get(), th.name(Name::getstate), &[])?;
        parse_state(th, s, "illegal decoder state")?
    };
    let flags = flags << 1 | u64::from(d.newlines.pending_cr.get());
    tuple::from_slice(th, &[buffer, int::from_u64(th, flags)])
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let d = ready(th, a[0])?;
    let (buffer, flags) = parse_state(th, a[1], "state argument must be a tuple")?;
    d.newlines.pending_cr.set(flags & 1 != 0);
    if d.decoder.get().is_none() {
        return Ok(Value::none());
    }
    let inner = tuple::from_slice(th, &[buffer, int::from_u64(th, flags >> 1)])?;
    call::call_method(th, d.decoder.get(), th.name(Name::setstate), &[inner])
}

fn reset(th: &Thread, a: &[Value]) -> Res {
    let d = ready(th, a[0])?;
    d.newlines.reset();
    if d.decoder.get().is_none() {
        return Ok(Value::none());
    }
    call::call_method(th, d.decoder.get(), th.name(Name::reset), &[])
}

fn newlines_get(th: &Thread, v: Value) -> Res {
    ready(th, v)?.newlines.seen_value(th)
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(decoder, translate, errors='strict')" init, "";
        method "decode" "(input, final=False)" decode, "";
        method "getstate" "()" getstate, "";
        method "setstate" "(state, /)" setstate, "";
        method "reset" "()" reset, "";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("newlines", newlines_get, "")];

pub static SPEC: ClassSpec = ClassSpec::new(
    "_io.IncrementalNewlineDecoder",
    "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\nA decoder that translates line ends to \\n.",
    METHODS,
    GETSET,
)
.flags(flag::BASE);

/// The end of the first line of `text` from `from` on, and how many code points of it can be no part of a line.
/// `terminator` is what ends a line: None for any of the three line ends (not translated), else the text.
pub fn line_end(text: Chars<'_>, from: usize, mode: Ending<'_>) -> Result<usize, usize> {
    let n = text.len();
    let rest = text.slice(from..n);
    match mode {
        Ending::Lf => find(rest, b'\n').map(|i| from + i + 1).ok_or(n),
        Ending::Universal => {
            let lf = find(rest, b'\n');
            let most = lf.map_or(n - from, |i| i);
            // A carriage return before the first newline ends the line, with the newline if that follows at once.
            match find(rest.slice(0..most), b'\r') {
                Some(cr) if Some(cr + 1) == lf => Ok(from + cr + 2),
                Some(cr) => Ok(from + cr + 1),
                None => lf.map(|i| from + i + 1).ok_or(n),
            }
        }
        Ending::Text(t) => {
            if t.len() == 1 {
                return find(rest, t[0]).map(|i| from + i + 1).ok_or(n);
            }
            let mut at = 0;
            while let Some(i) = find(rest.slice(at..rest.len()), t[0]) {
                let start = at + i;
                if start + t.len() > rest.len() {
                    // The terminator may be cut in half here.
                    return Err(from + start);
                }
                if t.iter().enumerate().all(|(k, &c)| rest.at(start + k) == c as u32) {
                    return Ok(from + start + t.len());
                }
                at = start + 1;
            }
            Err(n)
        }
    }
}

/// How lines end.
#[derive(Clone, Copy)]
pub enum Ending<'a> {
    /// With `\n` (translated text).
    Lf,
    /// With any of the three.
    Universal,
    /// With this text.
    Text(&'a [u8]),
}

/// A newline argument: ValueError for others than None, '', '\n', '\r', '\r\n'. `quote` shows the value as repr.
pub fn check_argument(th: &Thread, s: Option<Str>, quote: bool) -> Result<(), Raised> {
    let Some(s) = s else { return Ok(()) };
    if ["", "\n", "\r", "\r\n"].iter().any(|t| s.is(t)) {
        return Ok(());
    }
    let shown = if quote { protocol::repr_text(th, s.value())? } else { s.to_text() };
    Err(th.raise_new(TypeId::ValueError, format!("illegal newline value: {shown}")))
}
