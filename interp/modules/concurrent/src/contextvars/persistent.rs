//! The persistent map of a context: from variables to values, sharing structure with its older versions.
//!
//! A radix trie. Every variable has a number that no other one has, so there are no
//! collisions and nothing is hashed or compared by value: five bits of the number choose the
//! place in a node, and an entry lies at the first level where it is alone.
//!
//! A node is a tuple that no program is handed: a bitmap of the places in use, and for each of them
//! a pair, either variable and value, or None and the node below. The empty map is None.
//! Nodes are never changed, so a copy of a map is the root itself.

use super::var::Var;
use krait_object::custom::Custom;
use krait_object::tuple::{self, Tuple};
use krait_object::{Res, Thread, Value};

const BITS: u32 = 5;
const FAN: usize = 1 << BITS;
/// Words of a full node.
const FULL: usize = 1 + 2 * FAN;

/// Where a number's entry is at a depth: bit of the bitmap, and index of the pair among those in use.
#[inline]
fn place(node: Tuple, bits: u64) -> (i64, usize, bool) {
    let bitmap = node.get(0).as_small();
    let bit = 1i64 << (bits as usize % FAN);
    let before = (bitmap & (bit - 1)).count_ones() as usize;
    (bit, 1 + 2 * before, bitmap & bit != 0)
}

/// The value of a variable.
#[inline]
pub fn get(root: Value, var: Custom<Var>) -> Option<Value> {
    let mut node = Tuple::from_value(root)?;
    let mut bits = var.number;
    loop {
        let (_, at, used) = place(node, bits);
        if !used {
            return None;
        }
        let key = node.get(at);
        if key == var.value() {
            return Some(node.get(at + 1));
        }
        if !key.is_none() {
            return None;
        }
        node = Tuple::of(node.get(at + 1));
        bits >>= BITS;
    }
}

fn number(key: Value, depth: u32) -> u64 {
    Custom::<Var>::of(key).number >> (BITS * depth)
}

/// A copy of a node with one word more or less, or changed.
struct Edit {
    words: [Value; FULL],
    len: usize,
}

impl Edit {
    fn of(node: Tuple) -> Edit {
        let mut words = [Value::ZERO; FULL];
        words[..node.len()].copy_from_slice(node.as_slice());
        Edit { words, len: node.len() }
    }

    fn insert(&mut self, at: usize, pair: [Value; 2]) {
        self.words.copy_within(at..self.len, at + 2);
        self.words[at..at + 2].copy_from_slice(&pair);
        self.len += 2;
    }

    fn remove(&mut self, at: usize) {
        self.words.copy_within(at + 2..self.len, at);
        self.len -= 2;
    }

    fn make(&self, th: &Thread) -> Res {
        tuple::from_slice(th, &self.words[..self.len])
    }
}

/// The map with the variable set, and whether it was not in it before.
pub fn set(th: &Thread, root: Value, var: Custom<Var>, value: Value) -> Res<(Value, bool)> {
    match Tuple::from_value(root) {
        Some(node) => set_in(th, node, 0, var.value(), value),
        None => {
            let bit = 1i64 << (var.number as usize % FAN);
            Ok((tuple::from_slice(th, &[Value::small(bit), var.value(), value])?, true))
        }
    }
}

fn set_in(th: &Thread, node: Tuple, depth: u32, key: Value, value: Value) -> Res<(Value, bool)> {
    let (bit, at, used) = place(node, number(key, depth));
    let mut new = Edit::of(node);
    let mut added = true;
    if !used {
        new.words[0] = Value::small(node.get(0).as_small() | bit);
        new.insert(at, [key, value]);
    } else if node.get(at) == key {
        new.words[at + 1] = value;
        added = false;
    } else if node.get(at).is_none() {
        (new.words[at + 1], added) = set_in(th, Tuple::of(node.get(at + 1)), depth + 1, key, value)?;
    } else {
        let below = fork(th, depth + 1, [node.get(at), node.get(at + 1)], [key, value])?;
        new.words[at] = Value::none();
        new.words[at + 1] = below;
    }
    Ok((new.make(th)?, added))
}

/// A node with two entries whose numbers agree above it.
fn fork(th: &Thread, depth: u32, a: [Value; 2], b: [Value; 2]) -> Res {
    let (na, nb) = (number(a[0], depth) as usize % FAN, number(b[0], depth) as usize % FAN);
    if na == nb {
        let below = fork(th, depth + 1, a, b)?;
        return tuple::from_slice(th, &[Value::small(1 << na), Value::none(), below]);
    }
    let (first, second) = if na < nb { (a, b) } else { (b, a) };
    let bitmap = Value::small(1 << na | 1 << nb);
    tuple::from_slice(th, &[bitmap, first[0], first[1], second[0], second[1]])
}

/// The map without the variable; None when it was not in it.
pub fn remove(th: &Thread, root: Value, var: Custom<Var>) -> Res<Option<Value>> {
    match Tuple::from_value(root) {
        Some(node) if get(root, var).is_some() => remove_in(th, node, 0, var.value()).map(Some),
        _ => Ok(None),
    }
}

/// The node without a key that is in it; None (the value) when nothing is left.
fn remove_in(th: &Thread, node: Tuple, depth: u32, key: Value) -> Res {
    let (bit, at, _) = place(node, number(key, depth));
    let mut new = Edit::of(node);
    if node.get(at) == key {
        if node.len() == 3 {
            return Ok(Value::none());
        }
        new.words[0] = Value::small(node.get(0).as_small() & !bit);
        new.remove(at);
        return new.make(th);
    }
    let below = remove_in(th, Tuple::of(node.get(at + 1)), depth + 1, key)?;
    // A node below had two entries at least; one that is left alone moves up here.
    let below_node = Tuple::of(below);
    if below_node.len() == 3 && !below_node.get(1).is_none() {
        new.words[at] = below_node.get(1);
        new.words[at + 1] = below_node.get(2);
    } else {
        new.words[at + 1] = below;
    }
    new.make(th)
}

/// Calls `f` with every variable and its value.
pub fn for_each(root: Value, f: &mut dyn FnMut(Value, Value) -> Res<()>) -> Res<()> {
    let Some(node) = Tuple::from_value(root) else { return Ok(()) };
    for pair in node.as_slice()[1..].chunks_exact(2) {
        if pair[0].is_none() {
            for_each(pair[1], f)?;
        } else {
            f(pair[0], pair[1])?;
        }
    }
    Ok(())
}
