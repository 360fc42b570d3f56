//! Compiled replacement texts: literal pieces with group numbers between them.

use super::subject::Subject;
use crate::support::payload;
use krait_object::arguments::bad_argument;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::list::List;
use krait_object::native_class::NativeClass;
use krait_object::storage::ValueVec;
use krait_object::string::Str;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{bytes, call, int, list, str_build};

/// `[literal, group, literal, ..., literal]` as a tuple; checked when it is made.
pub struct Template {
    parts: Slot,
}

payload!(Template, "SRE_Template", [parts]);

/// `_sre.template(pattern, template)`.
pub fn template(th: &Thread, a: &[Value]) -> Res {
    let Some(parts) = List::from_value(a[1]) else {
        return Err(bad_argument(th, a[1], "template() argument 2", "list"));
    };
    if parts.len() % 2 == 0 {
        return Err(invalid(th));
    }
    let parts = parts.to_vec(th)?;
    for i in (1..parts.len()).step_by(2) {
        match int::to_i64(parts.get(i)) {
            Some(n) if n >= 0 => {}
            None if !int::is_int(parts.get(i)) => return Err(th.type_error("an integer is required")),
            None => return Err(th.overflow_error("Python int too large to convert to C ssize_t")),
            Some(_) => return Err(invalid(th)),
        }
    }
    let parts = tuple::from_vec(th, &parts)?;
    Ok(custom::alloc(th, TEMPLATE.get(th)?, Template { parts: Slot::new(parts) })?.value())
}

#[cold]
fn invalid(th: &Thread) -> Raised {
    th.type_error("invalid template")
}

/// A piece of a template.
pub enum Part {
    Literal(Value),
    Group(usize),
}

impl Template {
    /// The whole template, when there is no group in it.
    pub fn literal(&self) -> Option<Value> {
        match Tuple::of(self.parts.get()).as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The pieces in order.
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        let items = Tuple::of(self.parts.get()).as_slice();
        items.iter().enumerate().map(|(i, &v)| match i % 2 {
            0 => Part::Literal(v),
            _ => Part::Group(int::to_i64(v).unwrap_or(0) as usize),
        })
    }

    /// Are the literals strings (not bytes)?
    pub fn is_text(&self) -> bool {
        Tuple::of(self.parts.get()).as_slice().first().is_some_and(|&v| Str::from_value(v).is_some())
    }
}

/// The template with the groups of a match in place. `groups` counts the whole match.
///
/// # Errors
/// IndexError "no such group"; TypeError when texts and bytes are mixed.
pub fn expand(
    th: &Thread,
    t: Custom<Template>,
    subject: &Subject,
    groups: usize,
    span: &dyn Fn(usize) -> Option<(usize, usize)>,
) -> Res {
    if let Some(v) = t.literal() {
        return Ok(v);
    }
    let mut out = ValueVec::new();
    for (i, part) in t.parts().enumerate() {
        match part {
            Part::Group(n) if n >= groups => return Err(th.index_error("no such group")),
            Part::Group(n) => {
                if let Some((from, to)) = span(n) {
                    let v = subject.slice(th, from, to)?;
                    out.push(th, v)?;
                }
            }
            // Empty pieces do not count, except at the beginning.
            Part::Literal(v) if i > 0 && is_empty(v) => {}
            Part::Literal(v) => out.push(th, v)?,
        }
    }
    if t.is_text() {
        return str_build::concat_all(th, out.as_slice());
    }
    let items = list::from_vec(th, out);
    call::call_method_text(th, th.interp.empty_bytes.get(), "join", &[items])
}

fn is_empty(v: Value) -> bool {
    match Str::from_value(v) {
        Some(s) => s.is_empty(),
        None => bytes::get(v).is_some_and(<[u8]>::is_empty),
    }
}

pub static TEMPLATE: NativeClass =
    NativeClass::new(ClassSpec::new("_sre.SRE_Template", "", &[], &[]).flags(flag::NO_NEW));
