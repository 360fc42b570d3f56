//! Calls of native code and branches that were begun under observation and whose outcome is not told yet.
//!
//! A stack by frame, innermost last, in a heap list of the thread (it keeps the callables alive).
//! Entries of frames that ended without telling are dropped when they are met.

use crate::machine::Regs;
use krait_object::list::{self, List};
use krait_object::{Res, Thread, Value};

/// What is open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Call,
    Branch,
}

/// An open call or branch.
#[derive(Clone, Copy)]
pub struct Open {
    pub kind: Kind,
    /// Word offset of the instruction.
    pub offset: usize,
    pub callable: Value,
    pub argument: Value,
}

/// Words of an entry.
const WORDS: usize = 4;

fn address(regs: Regs) -> i64 {
    regs.0 as i64 >> 3
}

pub fn push(th: &Thread, regs: Regs, o: Open) -> Res<()> {
    let l = match List::from_value(th.monitor_open.get()) {
        Some(l) => l,
        None => {
            let l = list::new(th);
            th.monitor_open.set(l.value());
            l
        }
    };
    drop_above(th, regs);
    let place = (o.offset as i64) << 1 | (o.kind == Kind::Branch) as i64;
    l.push(th, Value::small(address(regs)))?;
    l.push(th, Value::small(place))?;
    l.push(th, o.callable)?;
    l.push(th, o.argument)
}

/// The frame of the innermost entry.
fn top(l: List) -> Option<i64> {
    l.get(l.len().checked_sub(WORDS)?).and_then(Value::small_int)
}

fn drop_while(th: &Thread, stale: impl Fn(i64) -> bool) {
    let Some(l) = List::from_value(th.monitor_open.get()) else { return };
    while top(l).is_some_and(&stale) {
        (0..WORDS).for_each(|_| {
            l.pop();
        });
    }
}

/// Drops what frames further in left behind.
fn drop_above(th: &Thread, regs: Regs) {
    drop_while(th, |a| a > address(regs));
}

/// The frame ends: nothing of it is open any more.
pub fn drop_frame(th: &Thread, regs: Regs) {
    drop_while(th, |a| a >= address(regs));
}

/// Takes what is open in the frame.
pub fn take(th: &Thread, regs: Regs) -> Option<Open> {
    drop_above(th, regs);
    let l = List::from_value(th.monitor_open.get())?;
    if top(l)? != address(regs) {
        return None;
    }
    let argument = l.pop()?;
    let callable = l.pop()?;
    let place = l.pop()?.small_int()?;
    l.pop()?;
    let kind = if place & 1 != 0 { Kind::Branch } else { Kind::Call };
    Some(Open { kind, offset: (place >> 1) as usize, callable, argument })
}
