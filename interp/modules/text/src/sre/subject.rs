//! What patterns work on: a string, or an object with a buffer.

use krait_object::buffer::{self, Buffer};
use krait_object::class::type_name;
use krait_object::string::Str;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, str_build};
use krait_sre::Text;
use krait_text::Chars;

/// A string or bytes under search. It holds values: it lives on the machine stack only.
pub enum Subject {
    Str(Str),
    Bytes(Value, Buffer),
}

impl Subject {
    /// The subject of a value.
    ///
    /// # Errors
    /// TypeError "expected string or bytes-like object, got 'T'".
    #[inline]
    pub fn new(th: &Thread, v: Value) -> Res<Subject> {
        match Str::from_value(v) {
            Some(s) => Ok(Subject::Str(s)),
            None => Subject::other(th, v),
        }
    }

    #[inline(never)]
    fn other(th: &Thread, v: Value) -> Res<Subject> {
        match buffer::bytes_like(th, v) {
            Ok(b) => Ok(Subject::Bytes(v, b)),
            Err(_) => {
                th.clear_pending();
                Err(bad_subject(th, v))
            }
        }
    }

    pub fn is_bytes(&self) -> bool {
        matches!(self, Subject::Bytes(..))
    }

    pub fn value(&self) -> Value {
        match self {
            Subject::Str(s) => s.value(),
            Subject::Bytes(v, _) => *v,
        }
    }

    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Subject::Str(s) => s.len(),
            Subject::Bytes(_, b) => b.len,
        }
    }

    /// The text as the engine takes it.
    #[inline]
    pub fn text(&self) -> Text<'_> {
        match self {
            Subject::Str(s) => match s.chars() {
                Chars::One(t) => Text::Latin1(t),
                Chars::Two(t) => Text::Ucs2(t),
                Chars::Four(t) => Text::Ucs4(t),
            },
            Subject::Bytes(_, b) => Text::Latin1(b.as_slice()),
        }
    }

    /// `subject[from..to]`, as `str` or `bytes`; bounds beyond the end are cut (memory may have shrunk since a match).
    #[inline]
    pub fn slice(&self, th: &Thread, from: usize, to: usize) -> Res {
        match self {
            Subject::Str(s) => str_build::substring(th, *s, from..to),
            Subject::Bytes(v, b) => {
                let (from, to) = (from.min(b.len), to.min(b.len));
                if from == 0 && to == b.len && v.has_shape(TypeId::Bytes as u32) {
                    return Ok(*v);
                }
                bytes::from_slice(th, b.as_slice().get(from..to).unwrap_or_default())
            }
        }
    }

    /// The slice of a group, or None / an empty one when it took no part.
    #[inline]
    pub fn group(&self, th: &Thread, span: Option<(usize, usize)>, empty: bool) -> Res {
        match span {
            Some((from, to)) => self.slice(th, from, to),
            None if empty => self.slice(th, 0, 0),
            None => Ok(Value::none()),
        }
    }
}

#[cold]
fn bad_subject(th: &Thread, v: Value) -> Raised {
    let name = type_name(th, v);
    th.type_error(format!("expected string or bytes-like object, got '{name}'"))
}
