//! Sets in operations that run no Python code (`plain`): comparing them, and their algebra when all elements are plain.
//!
//! Elements are looked up by the hashes that they were put in with, so only comparing two of the same hash could run
//! Python code. Exact sets and frozensets only: a subclass may have methods of its own.

use crate::dict::Dict;
use crate::plain::is_plain;
use crate::protocol::Cmp;
use crate::set;
use crate::shape::fixed;
use crate::thread::Thread;
use crate::types::TypeId;
use crate::value::Value;

/// The elements of an exact set or frozenset.
fn elements(v: Value) -> Option<Dict> {
    let exact = v.has_shape(fixed::SET) || v.has_shape(TypeId::FrozenSet as u32);
    set::items(v).filter(|_| exact)
}

/// The elements of two exact sets or frozensets.
#[inline]
pub(crate) fn both(a: Value, b: Value) -> Option<(Dict, Dict)> {
    if !a.is_cell() || !b.is_cell() {
        return None;
    }
    Some((elements(a)?, elements(b)?))
}

/// Are both exact sets or frozensets, and all of their elements plain?
pub(crate) fn are_plain(th: &Thread, a: Value, b: Value) -> bool {
    both(a, b).is_some_and(|(a, b)| all_plain(th, a) && all_plain(th, b))
}

fn all_plain(th: &Thread, d: Dict) -> bool {
    let mut at = 0;
    while let Some((k, _, _)) = d.next_hashed(th, &mut at) {
        if !is_plain(k) {
            return false;
        }
    }
    true
}

/// `a OP b`; None: comparing elements would run Python code.
pub(crate) fn compare(th: &Thread, op: Cmp, a: Dict, b: Dict) -> Option<bool> {
    match op {
        Cmp::Le => is_subset(th, a, b),
        Cmp::Lt => Some(a.len() < b.len() && is_subset(th, a, b)?),
        Cmp::Ge => is_subset(th, b, a),
        Cmp::Gt => Some(b.len() < a.len() && is_subset(th, b, a)?),
        Cmp::Eq => same(th, a, b),
        Cmp::Ne => same(th, a, b).map(|same| !same),
    }
}

fn same(th: &Thread, a: Dict, b: Dict) -> Option<bool> {
    Some(a.len() == b.len() && is_subset(th, a, b)?)
}

fn is_subset(th: &Thread, a: Dict, b: Dict) -> Option<bool> {
    if a.len() > b.len() {
        return Some(false);
    }
    let mut at = 0;
    // Comparing plain values changes no set.
    while let Some((k, _, h)) = a.next_hashed(th, &mut at) {
        if !b.has_plain(th, k, h)? {
            return Some(false);
        }
    }
    Some(true)
}
