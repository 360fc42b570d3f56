//! Iterators over strings: `str_ascii_iterator` for ASCII text, `str_iterator` for the rest.

use crate::bootstrap::TypeTable;
use crate::cellref::Slot;
use crate::construct;
use crate::custom::{self, Custom, NextFn, Payload};
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{natives, tuple};
use krait_gc::Tracer;
use krait_text::Chars;
use std::cell::Cell;

/// An iterator over a string's code points.
pub struct StrIter {
    /// The string, or the integer zero when the iterator is exhausted.
    text: Slot,
    index: Cell<usize>,
}

impl Payload for StrIter {
    const NAME: &'static str = "str_iterator";
    const NEXT: Option<NextFn> = Some(|th, v| Custom::<StrIter>::of(v).step(th));
    fn trace(&self, tracer: &mut Tracer) {
        self.text.trace(tracer);
    }
}

/// `iter(s)`.
pub fn new(th: &Thread, s: Str) -> Res {
    let ty = if s.is_ascii() { TypeId::StrAsciiIter } else { TypeId::StrIter };
    custom::alloc_exact(th, ty, StrIter { text: Slot::new(s.value()), index: Cell::new(0) })
}

impl StrIter {
    /// The next character as a string, or None at the end (for good).
    #[inline]
    pub fn step(&self, th: &Thread) -> Res<Option<Value>> {
        let text = self.text.get();
        if text == Value::ZERO {
            return Ok(None);
        }
        let (s, i) = (Str::of(text), self.index.get());
        if i < s.len() {
            self.index.set(i + 1);
            return match s.chars() {
                Chars::One(units) => Ok(Some(th.interp.latin1(units[i]))),
                wide => string::from_code_point(th, wide.at(i)).map(Some),
            };
        }
        self.text.init(Value::ZERO);
        Ok(None)
    }
}

fn length_hint(_: &Thread, a: &[Value]) -> Res {
    let it = Custom::<StrIter>::of(a[0]);
    let left = Str::from_value(it.text.get()).map_or(0, |s| s.len().saturating_sub(it.index.get()));
    Ok(Value::small(left as i64))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<StrIter>::of(a[0]);
    let make = construct::builtin(th, "iter")?;
    if it.text.get() == Value::ZERO {
        let empty = tuple::new(th, &[th.interp.empty_str.get()]);
        return tuple::from_slice(th, &[make, empty]);
    }
    let args = tuple::new(th, &[it.text.get()]);
    tuple::from_slice(th, &[make, args, Value::small(it.index.get() as i64)])
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<StrIter>::of(a[0]);
    let i = protocol::index_isize(th, a[1])?.max(0) as usize;
    if let Some(s) = Str::from_value(it.text.get()) {
        it.index.set(i.min(s.len()));
    }
    Ok(Value::none())
}

natives! {
    static METHODS = {
        method "__iter__" "()" custom::iter_method, "";
        method "__next__" "()" custom::next_method, "", Writes;
        method "__length_hint__" "!()" length_hint, "";
        method "__reduce__" "!()" reduce, "";
        method "__setstate__" "!(state, /)" setstate, "";
    }
}

pub static TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::StrIter, "", METHODS, &[]),
    TypeTable::new(TypeId::StrAsciiIter, "", METHODS, &[]),
];
