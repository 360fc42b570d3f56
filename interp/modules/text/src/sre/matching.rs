//! `Match`: what a search found.
//!
//! Most patterns have few groups, and most texts are shorter than 4 GiB: then the spans lie in
//! the match itself, else in a `bytes` cell beside it, so that a match owns nothing outside the
//! heap and costs nothing to sweep.

use super::engine::Matcher;
use super::pattern::{Pattern, compile_template, itself};
use super::subject::Subject;
use super::template;
use crate::support::payload;
use krait_object::bytes::{self, Bytes};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::construct::class_getitem;
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::{self, Dict};
use krait_object::native_class::NativeClass;
use krait_object::storage::ValueVec;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{int, natives, protocol};
use krait_text::CharsBuf;

/// Spans kept in the match: the whole and three groups.
const INLINE: usize = 4;
/// In an inline span: the group took no part.
const ABSENT: u32 = u32::MAX;

/// The outcome of a search.
pub struct Match {
    /// What was searched, or None.
    string: Slot,
    pattern: Slot,
    /// `regs` once it was asked for; else `MISSING`.
    regs: Slot,
    /// The spans as pairs of 64-bit numbers when they are not inline; else `MISSING`.
    far: Slot,
    pos: usize,
    endpos: usize,
    last_index: usize,
    near: [(u32, u32); INLINE],
}

payload!(Match, "Match", [string, pattern, regs, far]);

/// A match of what `m` found in the subject; `pos` and `endpos` are the bounds of the search.
#[inline]
pub fn new(
    th: &Thread,
    pattern: Custom<Pattern>,
    subject: &Subject,
    m: &Matcher,
    pos: usize,
    endpos: usize,
) -> Res {
    let count = pattern.groups + 1;
    let mut near = [(ABSENT, ABSENT); INLINE];
    let mut far = Value::MISSING;
    if count <= INLINE && subject.len() < ABSENT as usize {
        for (i, to) in near.iter_mut().enumerate().take(count) {
            if let Some((from, end)) = m.span(i) {
                *to = (from as u32, end as u32);
            }
        }
    } else {
        far = bytes::fill(th, count * 16, |to| {
            for (i, pair) in to.chunks_exact_mut(16).enumerate() {
                let (from, end) = m.span(i).map_or((-1, -1), |(a, b)| (a as i64, b as i64));
                pair[..8].copy_from_slice(&from.to_ne_bytes());
                pair[8..].copy_from_slice(&end.to_ne_bytes());
            }
        })?;
    }
    let made = Match {
        string: Slot::new(subject.value()),
        pattern: Slot::new(pattern.value()),
        regs: Slot::new(Value::MISSING),
        far: Slot::new(far),
        pos,
        endpos,
        last_index: m.last_index().unwrap_or(0),
        near,
    };
    Ok(custom::alloc(th, MATCH.get(th)?, made)?.value())
}

impl Match {
    fn pattern(&self) -> Custom<Pattern> {
        Custom::of(self.pattern.get())
    }

    /// Number of groups, the whole match included.
    fn count(&self) -> usize {
        self.pattern().groups + 1
    }

    /// The span of a group, if it took part. The number is in range.
    pub fn span(&self, i: usize) -> Option<(usize, usize)> {
        let far = self.far.get();
        if far == Value::MISSING {
            let (from, to) = *self.near.get(i)?;
            return (from != ABSENT).then_some((from as usize, to as usize));
        }
        let pair = Bytes::of(far).as_slice().get(i * 16..i * 16 + 16)?;
        let number = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&pair[at..at + 8]);
            i64::from_ne_bytes(word)
        };
        (number(0) >= 0).then(|| (number(0) as usize, number(8) as usize))
    }

    fn subject(&self, th: &Thread) -> Res<Subject> {
        Subject::new(th, self.string.get())
    }

    /// The slice of a group.
    fn slice(&self, th: &Thread, i: usize, default: Value) -> Res {
        match self.span(i) {
            Some((from, to)) => {
                // Texts are what is mostly asked of matches.
                if let Some(s) = Str::from_value(self.string.get()) {
                    return krait_object::str_build::substring(th, s, from..to);
                }
                self.subject(th)?.slice(th, from, to)
            }
            None => Ok(default),
        }
    }
}

#[inline(always)]
fn this(a: &[Value]) -> Custom<Match> {
    Custom::of(a[0])
}

#[cold]
fn no_such_group(th: &Thread) -> Raised {
    th.index_error("no such group")
}

/// The number of a group given by number or name.
///
/// # Errors
/// IndexError "no such group"; what hashing the name raises.
fn group_number(th: &Thread, m: Custom<Match>, key: Value) -> Res<usize> {
    let count = m.count();
    let n = match key.small_int() {
        Some(n) => Some(n),
        None => match protocol::index_opt(th, key)? {
            Some(n) => int::to_i64(n),
            None => {
                let names = Dict::of(m.pattern().groupindex.get());
                names.get(th, key)?.and_then(int::to_i64)
            }
        },
    };
    match n.and_then(|n| usize::try_from(n).ok()).filter(|&n| n < count) {
        Some(n) => Ok(n),
        None => Err(no_such_group(th)),
    }
}

fn group(th: &Thread, a: &[Value]) -> Res {
    let m = this(a);
    let args = Tuple::of(a[1]).as_slice();
    match args {
        [] => m.slice(th, 0, Value::none()),
        [one] => m.slice(th, group_number(th, m, *one)?, Value::none()),
        many => {
            let mut out = ValueVec::with_capacity(th, many.len())?;
            for &key in many {
                let v = m.slice(th, group_number(th, m, key)?, Value::none())?;
                out.push(th, v)?;
            }
            tuple::from_vec(th, &out)
        }
    }
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let m = this(a);
    m.slice(th, group_number(th, m, a[1])?, Value::none())
}

fn groups(th: &Thread, a: &[Value]) -> Res {
    let m = this(a);
    let default = a[1].given().unwrap_or(Value::none());
    let mut out = ValueVec::with_capacity(th, m.count())?;
    for i in 1..m.count() {
        let v = m.slice(th, i, default)?;
        out.push(th, v)?;
    }
    tuple::from_vec(th, &out)
}

fn groupdict(th: &Thread, a: &[Value]) -> Res {
    let m = this(a);
    let default = a[1].given().unwrap_or(Value::none());
    let names = Dict::of(m.pattern().groupindex.get());
    let out = dict::new(th);
    let mut at = 0;
    while let Some((name, number)) = names.next(th, &mut at) {
        let number = int::to_i64(number).and_then(|n| usize::try_from(n).ok()).filter(|&n| n < m.count());
        let Some(number) = number else { return Err(no_such_group(th)) };
        let v = m.slice(th, number, default)?;
        out.set(th, name, v)?;
    }
    Ok(out.value())
}

/// The span of the group in the argument, -1 twice when it took no part.
fn span_arg(th: &Thread, a: &[Value]) -> Res<(i64, i64)> {
    let m = this(a);
    let i = match a[1].given() {
        Some(key) => group_number(th, m, key)?,
        None => 0,
    };
    Ok(m.span(i).map_or((-1, -1), |(from, to)| (from as i64, to as i64)))
}

fn start(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(span_arg(th, a)?.0))
}

fn end(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(span_arg(th, a)?.1))
}

fn pair(th: &Thread, (from, to): (i64, i64)) -> Res {
    tuple::from_slice(th, &[Value::small(from), Value::small(to)])
}

fn span(th: &Thread, a: &[Value]) -> Res {
    pair(th, span_arg(th, a)?)
}

fn expand(th: &Thread, a: &[Value]) -> Res {
    let m = this(a);
    let filter = compile_template(th, m.pattern.get(), a[1])?;
    let subject = m.subject(th)?;
    template::expand(th, Custom::of(filter), &subject, m.count(), &|i| m.span(i))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let m = this(a);
    let (from, to) = m.span(0).unwrap_or_default();
    let whole = m.slice(th, 0, Value::none())?;
    let shown = protocol::repr(th, whole)?;
    let mut out = CharsBuf::new();
    out.extend_str(&format!("<re.Match object; span=({from}, {to}), match="));
    out.extend(Str::of(shown).chars());
    out.push('>'.into());
    string::from_buf(th, &out)
}

fn get_string(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Match>::of(v).string.get())
}

fn get_re(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Match>::of(v).pattern.get())
}

fn get_pos(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, Custom::<Match>::of(v).pos))
}

fn get_endpos(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, Custom::<Match>::of(v).endpos))
}

fn get_lastindex(th: &Thread, v: Value) -> Res {
    match Custom::<Match>::of(v).last_index {
        0 => Ok(Value::none()),
        n => Ok(int::from_usize(th, n)),
    }
}

fn get_lastgroup(_: &Thread, v: Value) -> Res {
    let m = Custom::<Match>::of(v);
    let names = Tuple::of(m.pattern().indexgroup.get());
    match m.last_index {
        0 => Ok(Value::none()),
        n => Ok(names.as_slice().get(n).copied().unwrap_or(Value::none())),
    }
}

fn get_regs(th: &Thread, v: Value) -> Res {
    let m = Custom::<Match>::of(v);
    if m.regs.get() != Value::MISSING {
        return Ok(m.regs.get());
    }
    let mut out = ValueVec::with_capacity(th, m.count())?;
    for i in 0..m.count() {
        let span = m.span(i).map_or((-1, -1), |(from, to)| (from as i64, to as i64));
        let v = pair(th, span)?;
        out.push(th, v)?;
    }
    let regs = tuple::from_vec(th, &out)?;
    m.regs.set(th, m.cell(), regs);
    Ok(regs)
}

natives! {
    static METHODS = {
        method "group" "!(*args)" group, "group([group1, ...]) -> str or tuple.\n\nThe subgroups of the match by number or name; 0 is the whole match.";
        method "start" "(group=0, /)" start, "";
        method "end" "(group=0, /)" end, "";
        method "span" "(group=0, /)" span, "";
        method "groups" "(default=None)" groups, "";
        method "groupdict" "(default=None)" groupdict, "";
        method "expand" "(template)" expand, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__copy__" "()" itself, "";
        method "__deepcopy__" "(memo, /)" itself, "";
        method "__repr__" "()" repr, "";
        classmethod "__class_getitem__" "!(object, /)" class_getitem, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("lastindex", get_lastindex, "The integer index of the last matched capturing group."),
    GetSetDef::ro("lastgroup", get_lastgroup, "The name of the last matched capturing group."),
    GetSetDef::ro("regs", get_regs, ""),
    GetSetDef::ro("string", get_string, "The string passed to match() or search().").member(),
    GetSetDef::ro("re", get_re, "The regular expression object.").member(),
    GetSetDef::ro("pos", get_pos, "Where the search began.").member(),
    GetSetDef::ro("endpos", get_endpos, "Where the search was to end.").member(),
];

pub static MATCH: NativeClass = NativeClass::new(
    ClassSpec::new("re.Match", "The result of re.match() and re.search().", METHODS, GETSET)
        .flags(flag::NO_NEW),
);
