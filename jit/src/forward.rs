//! Memory facts: what a load would give, from an earlier load or store.
//!
//! Memory is cut into alias classes ([`Alias`]). A store makes false what it may overwrite; a call makes false all of
//! the classes that it writes. Shapes and versions that were checked are facts, too.
//!
//! Invariant: a fact says what memory has at the place where the builder appends.

use crate::cse::Key;
use crate::fresh::may_be_same;
use crate::ir::{Alias, Inst, Item, KnownShape, Op, Ref, Region, Ty};
use krait_object::class::Class;
use krait_object::{TypeId, Value};
use rustc_hash::FxHashMap as HashMap;

/// What is known of a place in memory.
#[derive(Clone, Copy, Debug)]
struct Fact {
    alias: Alias,
    value: Ref,
}

/// What a new table has room for: growing costs more.
const ROOM: usize = 56;

/// What is known of memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    facts: HashMap<Key, Fact>,
    /// The shapes that cells were found to have, and the class of that fact.
    shapes: HashMap<Ref, (i64, Alias)>,
    /// Nothing is known, ever.
    off: bool,
}

impl Memory {
    /// Without facts; when the pass is `off`, there never are any.
    pub fn new(off: bool) -> Memory {
        Memory {
            off,
            facts: HashMap::with_capacity_and_hasher(ROOM, Default::default()),
            ..Memory::default()
        }
    }

    /// What the load gives, or `Ref::NONE` for a check that is known to hold.
    pub fn find(&self, i: &Inst) -> Option<Ref> {
        if self.off {
            return None;
        }
        if i.op == Op::GuardShape {
            return self.shape(i.args[0]).filter(|s| *s == i.imm).map(|_| Ref::NONE);
        }
        self.facts.get(&Key::of(i)).map(|f| f.value)
    }

    /// Notes what a load gave.
    pub fn note(&mut self, i: &Inst, value: Ref) {
        if i.op == Op::GuardShape {
            self.shapes.insert(i.args[0], (i.imm, i.alias));
        } else {
            self.facts.insert(Key::of(i), Fact { alias: i.alias, value });
        }
    }

    /// Where this place and another one meet, what memory has on both ways is known.
    pub fn meet(&mut self, other: &Memory) {
        self.facts.retain(|k, f| other.facts.get(k).is_some_and(|o| o.value == f.value));
        self.shapes.retain(|r, s| other.shapes.get(r) == Some(s));
    }

    /// Forgets the alias classes.
    pub fn kill(&mut self, classes: u32) {
        if classes != 0 {
            self.facts.retain(|_, f| classes & f.alias.bit() == 0);
            self.shapes.retain(|_, s| classes & s.1.bit() == 0);
        }
    }

    /// A store happens: what it makes false goes, what it makes true comes.
    pub fn store(&mut self, region: &Region, s: &Inst) {
        self.overwrite(region, s);
        self.remember(region, s);
    }

    /// Must a guard hold because of the shape that a value is known to have?
    pub fn implies(&self, region: &Region, i: &Inst) -> bool {
        if self.off || !matches!(i.op, Op::GuardNe | Op::GuardCell) {
            return false;
        }
        let shape = |r: Ref| self.shape(r);
        if i.op == Op::GuardCell {
            return shape(i.args[0]).is_some();
        }
        // A cell is no internal word and no number, and no constant of another type than its own.
        [(i.args[0], i.args[1]), (i.args[1], i.args[0])].into_iter().any(|(v, k)| {
            let word = Value(region.inst(k).imm as u64);
            region.inst(k).op == Op::KVal
                && shape(v).is_some_and(|s| {
                    let constant = if word.is_cell() { Class::shape_of(word) as i64 } else { -1 };
                    constant < TypeId::COUNT as i64 && constant != s
                })
        })
    }

    /// The shape that a cell is known to have now.
    fn shape(&self, r: Ref) -> Option<i64> {
        self.shapes.get(&r).map(|s| s.0)
    }

    /// The shapes that are known of registers' values: of those that changed, and of those still as they were at the
    /// entry.
    pub fn known_shapes(
        &self,
        region: &Region,
        changed: &[(i32, Ref)],
        unchanged: impl Fn(i32) -> bool,
    ) -> Vec<KnownShape> {
        let mut known = Vec::new();
        for (&v, &(shape, alias)) in &self.shapes {
            let i = region.inst(v);
            let slot = i.imm as i32;
            if i.op == Op::Slot && unchanged(slot) && changed.binary_search_by_key(&slot, |c| c.0).is_err() {
                known.push(KnownShape { slot, shape, alias });
            }
        }
        for &(slot, v) in changed {
            known.extend(self.shapes.get(&v).map(|&(shape, alias)| KnownShape { slot, shape, alias }));
        }
        known.sort_by_key(|k| k.slot);
        known
    }

    /// Removes what a store makes false.
    fn overwrite(&mut self, region: &Region, s: &Inst) {
        if s.op == Op::StoreShape {
            self.shapes.retain(|&r, shape| shape.1 != s.alias || !may_be_same(region, r, s.args[0]));
        }
        let shapes = &self.shapes;
        let own = if s.alias == Alias::Attr { shapes.get(&s.args[0]).map(|o| o.0) } else { None };
        self.facts.retain(|key, f| {
            let based = key.args[0].is_some();
            if f.alias != s.alias || based && !may_be_same(region, key.args[0], s.args[0]) {
                return true;
            }
            // Cells of different shapes are different cells.
            if own.is_some() && shapes.get(&key.args[0]).is_some_and(|o| Some(o.0) != own) {
                return true;
            }
            // An element at an index that is not known.
            let element = matches!(key.op, Op::LoadEl);
            match s.op {
                // Places at different constant offsets of the same class of objects are different places.
                Op::Store | Op::StoreW => !element && key.imm != s.imm,
                Op::StoreEl => {
                    let same_base = key.args[0] == s.args[0];
                    let index = |r: Ref| region.inst(r).op == Op::KInt;
                    same_base
                        && key.args[1].is_some()
                        && key.args[1] != s.args[1]
                        && index(key.args[1])
                        && index(s.args[1])
                }
                _ => false,
            }
        });
    }

    /// What was stored is what a load would give.
    pub fn remember(&mut self, region: &Region, s: &Inst) {
        let (load, value) = match s.op {
            Op::Store if region.ty(s.args[1]) == Ty::Ptr => (Op::LoadP, s.args[1]),
            Op::Store => (Op::Load, s.args[1]),
            Op::StoreW => (Op::LoadW, s.args[1]),
            Op::StoreEl => (Op::LoadEl, s.args[2]),
            // What was rounded is another number.
            Op::StoreT if s.aux != Item::F32 as u32 => (Op::LoadT, s.args[2]),
            Op::StoreShape => {
                let shape = Inst::new(Op::GuardShape, &[s.args[0]]).imm(s.imm).alias(Alias::Shape);
                self.note(&shape, Ref::NONE);
                return;
            }
            _ => return,
        };
        let mut args = s.args;
        args[if matches!(load, Op::LoadEl | Op::LoadT) { 2 } else { 1 }] = Ref::NONE;
        let key = Key { op: load, aux: if load == Op::LoadT { s.aux } else { 0 }, imm: s.imm, args };
        self.facts.insert(key, Fact { alias: s.alias, value });
    }
}
