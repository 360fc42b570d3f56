//! `SRE_Scanner`: one match after the other; `finditer` iterates over its `search`.

use super::engine::Matcher;
use super::matching;
use super::pattern::{self, Pattern};
use super::search::bounds;
use crate::support::payload;
use krait_object::attr;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::iterator_methods::new_callable_iter;
use krait_object::native_class::NativeClass;
use krait_object::natives;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_sre::Kind;
use std::cell::Cell;

/// The state of a scan.
struct Scanner {
    pattern: Slot,
    string: Slot,
    pos: usize,
    endpos: usize,
    /// Where the next match may begin; None when there was no further one.
    start: Cell<Option<usize>>,
    /// The last match was empty: the next one must not be, at the same place.
    must_advance: Cell<bool>,
    /// A search is going on (a signal handler may ask for another one).
    executing: Cell<bool>,
}

payload!(Scanner, "SRE_Scanner", [pattern, string]);

pub fn scanner(th: &Thread, a: &[Value]) -> Res {
    let p = pattern::this(a);
    let subject = p.subject(th, a[1])?;
    let (pos, endpos) = bounds(th, &subject, a[2], a[3])?;
    let s = Scanner {
        pattern: Slot::new(a[0]),
        string: Slot::new(a[1]),
        pos,
        endpos,
        start: Cell::new(Some(pos)),
        must_advance: Cell::new(false),
        executing: Cell::new(false),
    };
    Ok(custom::alloc(th, SCANNER.get(th)?, s)?.value())
}

pub fn finditer(th: &Thread, a: &[Value]) -> Res {
    let s = scanner(th, a)?;
    let search = attr::get_text(th, s, "search")?;
    new_callable_iter(th, search, Value::none())
}

fn step(th: &Thread, v: Value, kind: Kind) -> Res {
    let s = Custom::<Scanner>::of(v);
    if s.executing.get() {
        return Err(th.value_error("regular expression scanner already executing"));
    }
    let Some(start) = s.start.get() else { return Ok(Value::none()) };
    let p = Custom::<Pattern>::of(s.pattern.get());
    let subject = p.subject(th, s.string.get())?;
    let mut m = Matcher::new();
    s.executing.set(true);
    let found = m.run(th, &p.program, subject.text(), kind, start, s.endpos, s.must_advance.get());
    s.executing.set(false);
    match found? {
        Some((from, to)) => {
            s.must_advance.set(from == to);
            s.start.set(Some(to));
            matching::new(th, p, &subject, &m, s.pos, s.endpos)
        }
        None => {
            s.start.set(None);
            Ok(Value::none())
        }
    }
}

fn match_(th: &Thread, a: &[Value]) -> Res {
    step(th, a[0], Kind::Match)
}

fn search(th: &Thread, a: &[Value]) -> Res {
    step(th, a[0], Kind::Search)
}

fn get_pattern(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Scanner>::of(v).pattern.get())
}

natives! {
    static METHODS = {
        method "match" "()" match_, "";
        method "search" "()" search, "";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("pattern", get_pattern, "").member()];

static SCANNER: NativeClass =
    NativeClass::new(ClassSpec::new("_sre.SRE_Scanner", "", METHODS, GETSET).flags(flag::NO_NEW));
