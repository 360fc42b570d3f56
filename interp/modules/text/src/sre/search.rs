//! `Pattern`: searching and splitting.

use super::engine::Matcher;
use super::matching;
use super::pattern;
use super::subject::Subject;
use crate::support::ssize_or;
use krait_object::list;
use krait_object::storage::ValueVec;
use krait_object::thread::{Res, Thread};
use krait_object::tuple;
use krait_object::value::Value;
use krait_sre::Kind;

/// The arguments `pos` and `endpos`, cut to the subject.
pub fn bounds(th: &Thread, subject: &Subject, pos: Value, endpos: Value) -> Res<(usize, usize)> {
    let len = subject.len();
    if pos == Value::MISSING && endpos == Value::MISSING {
        return Ok((0, len));
    }
    let cut = |n: isize| (n.max(0) as usize).min(len);
    Ok((cut(ssize_or(th, pos, 0)?), cut(ssize_or(th, endpos, isize::MAX)?)))
}

/// `match`, `fullmatch`, `search`.
#[inline]
fn find(th: &Thread, a: &[Value], kind: Kind) -> Res {
    let p = pattern::this(a);
    let subject = p.subject(th, a[1])?;
    let (pos, endpos) = bounds(th, &subject, a[2], a[3])?;
    let mut m = Matcher::new();
    match m.run(th, &p.program, subject.text(), kind, pos, endpos, false)? {
        Some(_) => matching::new(th, p, &subject, &m, pos, endpos),
        None => Ok(Value::none()),
    }
}

pub fn match_(th: &Thread, a: &[Value]) -> Res {
    find(th, a, Kind::Match)
}

pub fn fullmatch(th: &Thread, a: &[Value]) -> Res {
    find(th, a, Kind::FullMatch)
}

pub fn search(th: &Thread, a: &[Value]) -> Res {
    find(th, a, Kind::Search)
}

pub fn findall(th: &Thread, a: &[Value]) -> Res {
    let p = pattern::this(a);
    let subject = p.subject(th, a[1])?;
    let (mut start, endpos) = bounds(th, &subject, a[2], a[3])?;
    let out = list::new(th);
    let (mut m, mut advance) = (Matcher::new(), false);
    while start <= endpos {
        let found = m.run(th, &p.program, subject.text(), Kind::Search, start, endpos, advance)?;
        let Some((from, to)) = found else { break };
        let item = match p.groups {
            0 => subject.slice(th, from, to)?,
            1 => subject.group(th, m.span(1), true)?,
            n => {
                // A few groups need no array in the heap.
                let mut few = [Value::ZERO; 8];
                if n <= few.len() {
                    for (i, v) in few[..n].iter_mut().enumerate() {
                        *v = subject.group(th, m.span(i + 1), true)?;
                    }
                    tuple::from_slice(th, &few[..n])?
                } else {
                    let mut all = ValueVec::with_capacity(th, n)?;
                    for i in 1..=n {
                        let v = subject.group(th, m.span(i), true)?;
                        all.push(th, v)?;
                    }
                    tuple::from_vec(th, &all)?
                }
            }
        };
        out.push(th, item)?;
        advance = from == to;
        start = to;
    }
    Ok(out.value())
}

pub fn split(th: &Thread, a: &[Value]) -> Res {
    let p = pattern::this(a);
    let limit = ssize_or(th, a[2], 0)?;
    let subject = p.subject(th, a[1])?;
    let end = subject.len();
    let out = list::new(th);
    let (mut m, mut advance, mut start, mut done) = (Matcher::new(), false, 0, 0);
    while limit == 0 || done < limit {
        let found = m.run(th, &p.program, subject.text(), Kind::Search, start, end, advance)?;
        let Some((from, to)) = found else { break };
        let piece = subject.slice(th, start, from)?;
        out.push(th, piece)?;
        for i in 1..=p.groups {
            let v = subject.group(th, m.span(i), false)?;
            out.push(th, v)?;
        }
        done += 1;
        advance = from == to;
        start = to;
    }
    let rest = subject.slice(th, start, end)?;
    out.push(th, rest)?;
    Ok(out.value())
}
