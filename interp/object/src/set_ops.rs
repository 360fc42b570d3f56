//! Set algebra on the dicts that hold sets' elements, shared by sets and dict views.
//!
//! Hashes are taken from the operand where it has them (sets, dicts) and never computed twice.

use crate::dict::{self, Dict};
use crate::dict_methods;
use crate::kind::Kind;
use crate::list::List;
use crate::protocol;
use crate::set::{self, Set};
use crate::shape::fixed;
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::value::Value;

type Done = Result<(), Raised>;

/// The operand's keys with their hashes, when it is a set or an exact dict.
fn hashed(v: Value) -> Option<Dict> {
    set::items(v).or_else(|| Some(v).filter(|v| v.has_shape(fixed::DICT)).map(Dict::of))
}

/// Adds a key unless it is there.
pub fn add_hashed(th: &Thread, d: Dict, key: Value, hash: i64) -> Done {
    d.add_hashed(th, key, hash, Value::none()).map(|_| ())
}

/// Adds all items of an iterable to the elements `d`.
pub fn add_all(th: &Thread, d: Dict, v: Value) -> Done {
    let Some(other) = hashed(v) else {
        return protocol::for_each(th, v, &mut |x| {
            let h = protocol::hash(th, x)?;
            add_hashed(th, d, x, h)
        });
    };
    if other == d {
        return Ok(());
    }
    if d.is_empty() {
        if set::items(v).is_some() && d.clone_table(th, other)? {
            return Ok(());
        }
        d.reserve(th, other.len())?;
    }
    let mut at = 0;
    while let Some((k, _, h)) = other.next_hashed(th, &mut at) {
        add_hashed(th, d, k, h)?;
    }
    Ok(())
}

/// The items of an iterable as fresh elements.
pub fn from_iterable(th: &Thread, v: Value) -> Res<Dict> {
    if let Some(d) = set::items(v) {
        return d.copy(th);
    }
    let d = dict::new(th);
    // Short lists and tuples are mostly of different items; long ones may not be.
    if let Some(l) = List::from_value(v) {
        d.reserve(th, l.len().min(32))?;
    } else if let Some(t) = Tuple::from_value(v) {
        d.reserve(th, t.len().min(32))?;
    }
    add_all(th, d, v)?;
    Ok(d)
}

/// The key itself, or for an unhashable set a frozenset of its elements: how `in`, `remove` and `discard` look sets up.
pub fn lookup_key(th: &Thread, key: Value) -> Res<(Value, i64)> {
    let hash = protocol::hash(th, key);
    match hash {
        Ok(h) => Ok((key, h)),
        Err(e) => {
            if !key.is_kind(Kind::Set) || !th.pending_is(crate::types::TypeId::TypeError) {
                return Err(e);
            }
            th.clear_pending();
            let items = Set::of(key).items().copy(th)?;
            let frozen = set::new_frozen(th, items);
            let h = protocol::hash(th, frozen)?;
            Ok((frozen, h))
        }
    }
}

/// `s |= v` for any iterable.
pub fn update(th: &Thread, s: Set, v: Value) -> Done {
    add_all(th, s.items(), v)
}

/// The elements of `a` that are in the iterable `v`.
pub fn intersection(th: &Thread, a: Dict, v: Value) -> Res<Dict> {
    let out = dict::new(th);
    if let Some(b) = set::items(v) {
        if b == a {
            return a.copy(th);
        }
        // The shorter one is walked.
        let (walk, ask) = if b.len() > a.len() { (a, b) } else { (b, a) };
        let mut at = 0;
        while let Some((k, _, h)) = walk.next_hashed(th, &mut at) {
            if ask.get_hashed(th, k, h)?.is_some() {
                add_hashed(th, out, k, h)?;
            }
        }
        return Ok(out);
    }
    protocol::for_each(th, v, &mut |x| {
        let h = protocol::hash(th, x)?;
        if a.get_hashed(th, x, h)?.is_some() {
            add_hashed(th, out, x, h)?;
        }
        Ok(())
    })?;
    Ok(out)
}

/// The elements of `a` that are not in the iterable `v`.
pub fn difference(th: &Thread, a: Dict, v: Value) -> Res<Dict> {
    let Some(b) = hashed(v) else {
        let out = a.copy(th)?;
        remove_all(th, out, v)?;
        return Ok(out);
    };
    let out = dict::new(th);
    let mut at = 0;
    while let Some((k, _, h)) = a.next_hashed(th, &mut at) {
        if b.get_hashed(th, k, h)?.is_none() {
            add_hashed(th, out, k, h)?;
        }
    }
    Ok(out)
}

fn remove_all(th: &Thread, d: Dict, v: Value) -> Done {
    match set::items(v) {
        Some(b) => {
            let mut at = 0;
            while let Some((k, _, h)) = b.next_hashed(th, &mut at) {
                d.remove_hashed(th, k, h)?;
            }
            Ok(())
        }
        None => protocol::for_each(th, v, &mut |x| d.remove(th, x).map(|_| ())),
    }
}

/// `s -= v` for any iterable.
pub fn difference_update(th: &Thread, s: Set, v: Value) -> Done {
    match set::items(v) {
        Some(b) if b == s.items() => s.items().clear(th),
        _ => remove_all(th, s.items(), v),
    }
}

/// `s ^= v` for any iterable.
pub fn symmetric_update(th: &Thread, s: Set, v: Value) -> Done {
    let d = s.items();
    let other = match hashed(v) {
        Some(o) if o == d => return d.clear(th),
        Some(o) => o,
        None => from_iterable(th, v)?,
    };
    let mut at = 0;
    while let Some((k, _, h)) = other.next_hashed(th, &mut at) {
        if d.remove_hashed(th, k, h)?.is_none() {
            add_hashed(th, d, k, h)?;
        }
    }
    Ok(())
}

/// Are all elements of `a` in `b`?
pub fn is_subset(th: &Thread, a: Dict, b: Dict) -> Res<bool> {
    if a.len() > b.len() {
        return Ok(false);
    }
    let mut at = 0;
    while let Some((k, _, h)) = a.next_hashed(th, &mut at) {
        if b.get_hashed(th, k, h)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Has `a` no element of the iterable `v`?
pub fn is_disjoint(th: &Thread, a: Dict, v: Value) -> Res<bool> {
    let Some(b) = set::items(v) else {
        let it = protocol::iter(th, v)?;
        while let Some(x) = protocol::next(th, it)? {
            if a.get(th, x)?.is_some() {
                return Ok(false);
            }
        }
        return Ok(true);
    };
    if a == b {
        return Ok(a.is_empty());
    }
    let (walk, ask) = if b.len() > a.len() { (a, b) } else { (b, a) };
    let mut at = 0;
    while let Some((k, _, h)) = walk.next_hashed(th, &mut at) {
        if ask.get_hashed(th, k, h)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Same elements?
pub fn same(th: &Thread, a: Dict, b: Dict) -> Res<bool> {
    Ok(a.len() == b.len() && is_subset(th, a, b)?)
}

/// The elements as a list.
pub fn to_list(th: &Thread, d: Dict) -> Res {
    dict_methods::key_list(th, d)
}
