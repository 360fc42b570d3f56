//! Common subexpressions: what was computed or checked before is not computed or checked again.
//!
//! The table has pure values and passed guards by operation and operands. They are true for good wherever the
//! place that computed them dominates, so whoever appends to a block that is not dominated by an earlier one takes
//! the table back first ([`Table::state`]).
//!
//! Constants and places of frames are in the table, too, and are found when the pass is left out: they are named by
//! what they are, not by where they are computed.

use crate::ir::{Cond, Inst, Kind, NOT, Op, Ref};
use rustc_hash::FxHashMap as HashMap;

/// An instruction without what may differ between two computations of the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    pub op: Op,
    pub aux: u32,
    pub imm: i64,
    pub args: [Ref; 3],
}

impl Key {
    /// Of an instruction. What a load's result is like is no part of what it loads.
    pub fn of(i: &Inst) -> Key {
        let aux = if i.op == Op::LoadW { 0 } else { i.aux };
        Key { op: i.op, aux, imm: i.imm, args: i.args }
    }
}

/// What a new table has room for: growing costs more.
const ROOM: usize = 56;

/// What was computed.
#[derive(Clone, Debug, Default)]
pub struct Table {
    known: HashMap<Key, Ref>,
    /// Only constants and places of frames are found.
    off: bool,
}

impl Table {
    /// A table that finds only constants and places of frames when the pass is `off`.
    pub fn new(off: bool) -> Table {
        Table { off, known: HashMap::with_capacity_and_hasher(ROOM, Default::default()) }
    }

    /// The value of an instruction that was computed before.
    pub fn find(&self, i: &Inst) -> Option<Ref> {
        if self.off && !matches!(i.op.kind(), Kind::Const | Kind::Frame) {
            return None;
        }
        self.known.get(&Key::of(i)).copied()
    }

    /// Notes a value.
    pub fn note(&mut self, i: &Inst, r: Ref) {
        self.known.insert(Key::of(i), r);
    }

    /// Where this place and another one meet, what both computed is known.
    pub fn meet(&mut self, other: &Table) {
        self.known.retain(|k, r| other.known.get(k) == Some(r));
    }

    /// A guard that was noted does not hold: the other side of the branch.
    pub fn refute(&mut self, guard: &Inst) {
        self.known.remove(&Key::of(guard));
        let opposite = match guard.op {
            Op::GuardEq => Inst { op: Op::GuardNe, ..*guard },
            Op::GuardNe => Inst { op: Op::GuardEq, ..*guard },
            Op::GuardF => Inst { aux: guard.aux ^ NOT, ..*guard },
            Op::GuardI => match Cond::from_u32(guard.aux).negate() {
                Some(c) => Inst { aux: c as u32, ..*guard },
                None => return,
            },
            _ => return,
        };
        self.note(&opposite, Ref::NONE);
    }

    /// Forgets all but constants and places of frames.
    pub fn clear(&mut self) {
        self.known.retain(|k, _| matches!(k.op.kind(), Kind::Const | Kind::Frame));
    }
}
