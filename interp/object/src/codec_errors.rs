//! Error handlers of codecs as programs see them: the builtin ones as functions that take a
//! UnicodeError, and calls of registered ones with such an exception.

use crate::call;
use crate::class::{Class, type_name};
use crate::codec_registry as registry;
use crate::exception::{self, Exception};
use crate::kind::Kind;
use crate::native::{self, NativeDef};
use crate::str_build;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, int, natives};
use krait_text::CharsBuf;
use krait_text::codecs::{
    DecodeFault, DecodeResume, EncodeFault, ErrorMode, Fault, Replacement, handle_decode, handle_encode,
    settle_text,
};

/// Numbers of UnicodeError's fields, see `exception::fields::UNICODE`.
const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;

/// A UnicodeDecodeError or UnicodeEncodeError of a fault; `object` is the `bytes` or `str`.
pub fn make_fault(th: &Thread, class: TypeId, encoding: &str, object: Value, fault: Fault) -> Res {
    let encoding = string::new(th, encoding);
    let reason = string::new(th, fault.reason);
    let (start, end) = (Value::small(fault.start as i64), Value::small(fault.end as i64));
    exception::make(th, class, &[encoding, object, start, end, reason])
}

/// Raises what [`make_fault`] makes.
#[cold]
pub fn raise_fault(th: &Thread, class: TypeId, encoding: &str, object: Value, fault: Fault) -> Raised {
    match make_fault(th, class, encoding, object, fault) {
        Ok(e) => exception::raise(th, e),
        Err(r) => r,
    }
}

/// A field of a UnicodeError; before `__init__` stored the fields, its place in `args`.
fn field(e: Exception, i: usize) -> Value {
    let v = e.field(i);
    if v != Value::UNBOUND {
        return v;
    }
    e.args().as_slice().get(i).copied().unwrap_or(Value::none())
}

/// Calls a registered handler with a run of faults of one conversion.
pub struct Caller<'a> {
    name: &'a str,
    /// The handler once it was needed.
    handler: Value,
    /// The text that is being encoded.
    object: Value,
}

impl<'a> Caller<'a> {
    pub fn new(name: &'a str, object: Value) -> Caller<'a> {
        Caller { name, handler: Value::MISSING, object }
    }

    fn call(&mut self, th: &Thread, e: Value) -> Res {
        if self.handler == Value::MISSING {
            self.handler = registry::lookup_error(th, self.name)?;
        }
        call::call(th, self.handler, &[e])
    }

    /// Settles a decoding fault.
    pub fn decode_fault(&mut self, th: &Thread, f: &DecodeFault<'_>) -> Res<DecodeResume> {
        let object = bytes::from_slice(th, f.input)?;
        let e = make_fault(th, TypeId::UnicodeDecodeError, f.encoding, object, f.fault)?;
        let r = self.call(th, e)?;
        let wrong = "decoding error handler must return (str, int) tuple";
        let (text, position) = answer(th, r, wrong, f.encoding)?;
        let Some(text) = Str::from_value(text) else { return Err(th.type_error(wrong)) };
        // The handler may have put other bytes in place.
        let now = field(Exception::of(e), OBJECT);
        let input = match bytes::get(now) {
            Some(b) if now != object => Some(b.to_vec()),
            Some(_) => None,
            None => return Err(th.type_error("object attribute must be bytes")),
        };
        Ok(DecodeResume { text: CharsBuf::from(text.chars()), position, input })
    }

    /// Settles an encoding fault.
    pub fn encode_fault(&mut self, th: &Thread, f: &EncodeFault<'_>) -> Res<(Replacement, isize)> {
        let object = str_build::exact(th, Str::of(self.object))?;
        let e = make_fault(th, TypeId::UnicodeEncodeError, f.encoding, object, f.fault)?;
        let r = self.call(th, e)?;
        let wrong = "encoding error handler must return (str/bytes, int) tuple";
        let (text, position) = answer(th, r, wrong, f.encoding)?;
        if let Some(s) = Str::from_value(text) {
            return Ok((Replacement::Text(CharsBuf::from(s.chars())), position));
        }
        match bytes::get(text) {
            Some(b) => Ok((Replacement::Bytes(b.to_vec()), position)),
            None => Err(th.type_error(wrong)),
        }
    }
}

/// Takes a handler's answer apart.
fn answer(th: &Thread, r: Value, wrong: &str, encoding: &str) -> Res<(Value, isize)> {
    let Some(t) = Tuple::from_value(r).filter(|t| t.len() == 2) else { return Err(th.type_error(wrong)) };
    let position = crate::protocol::index(th, t.get(1))?;
    match crate::int::to_i64(position) {
        Some(n) => Ok((t.get(0), n as isize)),
        // To the multibyte codecs any position that is not in the input is the same.
        None if krait_text::cjk::Codec::from_name(encoding).is_some() => {
            Err(th.index_error("position -1 from error handler out of bounds"))
        }
        None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// A UnicodeError taken apart: which one, the object, and the fault cut to the object's size.
struct Told {
    class: TypeId,
    encoding: String,
    object: Value,
    start: usize,
    end: usize,
}

impl Told {
    /// # Errors
    /// TypeError "don't know how to handle T in error callback".
    fn new(th: &Thread, v: Value) -> Res<Told> {
        let own = Class::of_value(th, v);
        let classes = [TypeId::UnicodeEncodeError, TypeId::UnicodeDecodeError, TypeId::UnicodeTranslateError];
        let Some(class) = classes.into_iter().find(|&c| own.is_subclass_of(th.interp.class(c))) else {
            return Err(unknown(th, v));
        };
        let e = Exception::of(v);
        // A translation has no encoding: its fields start with the object when they are still in `args`.
        let shift = usize::from(class == TypeId::UnicodeTranslateError && e.field(OBJECT) == Value::UNBOUND);
        let object = field(e, OBJECT - shift);
        let len = match class {
            TypeId::UnicodeDecodeError => bytes::get(object).map(<[u8]>::len),
            _ => Str::from_value(object).map(Str::len),
        };
        let Some(len) = len else {
            let kind = if class == TypeId::UnicodeDecodeError { "bytes" } else { "unicode" };
            return Err(th.type_error(format!("object attribute must be {kind}")));
        };
        let number = |i: usize| int::to_i64(field(e, i - shift)).unwrap_or(0);
        let len_i = len as i64;
        let start = number(START).min(len_i - 1).max(0);
        let end = number(END).max(1).min(len_i);
        let encoding = Str::from_value(field(e, ENCODING)).map(Str::to_text).unwrap_or_default();
        Ok(Told { class, encoding, object, start: start as usize, end: (end as usize).max(start as usize) })
    }

    fn fault(&self) -> Fault {
        Fault { start: self.start, end: self.end, reason: "" }
    }
}

#[cold]
fn unknown(th: &Thread, v: Value) -> Raised {
    th.type_error(format!("don't know how to handle {} in error callback", type_name(th, v)))
}

/// A handler's answer: replacement and position.
fn reply(th: &Thread, text: Value, position: usize) -> Res {
    tuple::from_slice(th, &[text, Value::small(position as i64)])
}

/// What a builtin handler says to a UnicodeError.
fn settle(th: &Thread, v: Value, mode: ErrorMode) -> Res {
    if !v.is_kind(Kind::Exception) {
        return Err(unknown(th, v));
    }
    let told = Told::new(th, v)?;
    match told.class {
        TypeId::UnicodeDecodeError => {
            if mode.encodes_only() {
                return Err(unknown(th, v));
            }
            let input = bytes::get(told.object).unwrap_or_default();
            let mut out = CharsBuf::new();
            let f = DecodeFault { encoding: &told.encoding, input, fault: told.fault() };
            match handle_decode(mode, &f, &mut out) {
                Some(next) => {
                    let text = string::from_buf(th, &out)?;
                    reply(th, text, next)
                }
                None => Err(exception::raise(th, v)),
            }
        }
        TypeId::UnicodeEncodeError => {
            let input = Str::of(told.object).chars();
            let f = EncodeFault { encoding: &told.encoding, input, fault: told.fault() };
            match handle_encode(mode, &f) {
                Some((Replacement::Text(t), next)) => {
                    let text = string::from_buf(th, &t)?;
                    reply(th, text, next)
                }
                Some((Replacement::Bytes(b), next)) => {
                    let data = bytes::from_slice(th, &b)?;
                    reply(th, data, next)
                }
                None => Err(exception::raise(th, v)),
            }
        }
        _ => {
            let bad = Str::of(told.object).chars().slice(told.start..told.end);
            let text = match mode {
                ErrorMode::Replace => {
                    let mut out = CharsBuf::new();
                    out.extend_repeat(0xFFFD, bad.len());
                    out
                }
                ErrorMode::Ignore | ErrorMode::BackslashReplace => settle_text(mode, bad).unwrap_or_default(),
                _ => return Err(unknown(th, v)),
            };
            let text = string::from_buf(th, &text)?;
            reply(th, text, told.end)
        }
    }
}

fn strict(th: &Thread, a: &[Value]) -> Res {
    if a[0].is_kind(Kind::Exception) {
        return Err(exception::raise(th, a[0]));
    }
    Err(th.type_error("codec must pass exception instance"))
}

fn ignore(th: &Thread, a: &[Value]) -> Res {
    settle(th, a[0], ErrorMode::Ignore)
}

fn replace(th: &Thread, a: &[Value]) -> Res {
    settle(th, a[0], ErrorMode::Replace)
}

fn xmlcharrefreplace(th: &Thread, a: &[Value]) -> Res {
    settle(th, a[0], ErrorMode::XmlCharRefReplace)
}

fn backslashreplace(th: &Thread, a: &[Value]) -> Res {
    settle(th, a[0], ErrorMode::BackslashReplace)
}

fn namereplace(th: &Thread, a: &[Value]) -> Res {
    settle(th, a[0], ErrorMode::NameReplace)
}

fn surrogatepass(th: &Thread, a: &[Value]) -> Res {
    settle(th, a[0], ErrorMode::SurrogatePass)
}

fn surrogateescape(th: &Thread, a: &[Value]) -> Res {
    settle(th, a[0], ErrorMode::SurrogateEscape)
}

natives! {
    static HANDLERS = {
        function "strict_errors" "!(exception, /)" strict, "Raises the exception.";
        function "ignore_errors" "!(exception, /)" ignore, "Leaves the malformed data out.";
        function "replace_errors" "!(exception, /)" replace, "Puts a replacement marker in place.";
        function "xmlcharrefreplace_errors" "!(exception, /)" xmlcharrefreplace, "Puts XML character references in place.";
        function "backslashreplace_errors" "!(exception, /)" backslashreplace, "Puts backslash escapes in place.";
        function "namereplace_errors" "!(exception, /)" namereplace, "Puts \\N{...} escapes in place.";
        function "surrogatepass" "!(exception, /)" surrogatepass, "";
        function "surrogateescape" "!(exception, /)" surrogateescape, "";
    }
}

/// The builtin handlers by name.
pub fn each_builtin(th: &Thread, f: &mut dyn FnMut(&str, Value) -> Res<()>) -> Res<()> {
    for def in HANDLERS {
        let def: &'static NativeDef = def;
        let name = def.name.strip_suffix("_errors").unwrap_or(def.name);
        let handler = native::new_function(th, def, Value::MISSING);
        f(name, handler)?;
    }
    Ok(())
}
