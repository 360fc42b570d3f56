//! Fresh cells: what the builder knows of cells that nobody but the trace has seen yet.
//!
//! A cell made by `New` is known to the builder field by field until it *escapes*: until its word is stored where
//! others may find it, passed to a helper, written to a frame in memory, or given to another block. So loads from it
//! are values (zero for what was not written), its shape is known, it is no other value, and no store or call
//! changes it. A fresh cell stored into a fresh cell stays fresh; both escape together.
//!
//! When a cell escapes its fields become ordinary facts about memory.

use crate::build::{Builder, Contradiction};
use crate::ir::{Alias, Inst, Op, Ref, Region, Ty};
use krait_object::TypeId;
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;

/// One word of a fresh cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// The instruction that stores it (`Store` or `StoreW`), and its class.
    pub store: Op,
    pub alias: Alias,
    pub value: Ref,
}

/// A fresh cell.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The header word with the shape that the cell has now.
    pub header: i64,
    pub fields: BTreeMap<i64, Field>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct FreshCells(HashMap<Ref, Fresh>);

/// What a look at a fresh cell gives.
pub(crate) enum Look {
    /// It is no fresh cell.
    Unknown,
    /// The value of a load; `Ref::NONE` for a guard that holds.
    Is(Ref),
}

/// The header with another shape.
pub fn with_shape(header: i64, shape: i64) -> i64 {
    header & !0xffff_ffff | shape & 0xffff_ffff
}

/// Can the two values be the same cell? A cell is none that was there before it was made.
pub fn may_be_same(region: &Region, a: Ref, b: Ref) -> bool {
    let new = |r: Ref| region.inst(r).op == Op::New;
    let before = |x: Ref, y: Ref| {
        let i = region.inst(x);
        new(y) && (x < y || new(x) || i.op == Op::Slot || region.is_const(x))
    };
    a == b || !(before(a, b) || before(b, a))
}

impl Builder {
    /// The fresh cell, while it is one.
    pub fn fresh(&self, r: Ref) -> Option<&Fresh> {
        self.facts.cells.0.get(&r)
    }

    pub(crate) fn add_fresh(&mut self, r: Ref, i: &Inst) {
        self.facts.cells.0.insert(r, Fresh { header: i.imm, fields: BTreeMap::new() });
    }

    /// What a load from a fresh cell, or a guard on one, gives.
    pub(crate) fn look(&mut self, i: &Inst) -> Result<Look, Contradiction> {
        let a = i.args[0];
        let holds = |yes: bool| if yes { Ok(Look::Is(Ref::NONE)) } else { Err(Contradiction) };
        match i.op {
            Op::GuardEq | Op::GuardNe if self.fresh(a).is_some() || self.fresh(i.args[1]).is_some() => {
                holds((a == i.args[1]) == (i.op == Op::GuardEq))
            }
            Op::GuardShape => match self.fresh(a) {
                Some(c) => holds(with_shape(c.header, i.imm) == c.header),
                None => Ok(Look::Unknown),
            },
            Op::Load | Op::LoadW | Op::LoadP => {
                let Some(c) = self.fresh(a) else { return Ok(Look::Unknown) };
                let Some(f) = c.fields.get(&i.imm) else {
                    // A new cell is zero.
                    return Ok(Look::Is(match i.op {
                        Op::Load => self.val(0),
                        Op::LoadP => self.ptr(0),
                        _ => self.int(0),
                    }));
                };
                let (word, value) = (f.store == Op::Store, f.value);
                let raw = self.region.ty(value) == Ty::Ptr;
                match i.op {
                    Op::Load if word && !raw => Ok(Look::Is(value)),
                    Op::LoadP if word && raw => Ok(Look::Is(value)),
                    Op::LoadW if !word => Ok(Look::Is(value)),
                    _ => Ok(Look::Unknown),
                }
            }
            _ => Ok(Look::Unknown),
        }
    }

    /// Appends a new cell.
    pub fn fresh_cell(&mut self, i: Inst) -> Ref {
        let r = self.append(i);
        self.add_fresh(r, &i);
        r
    }

    /// Stores into a word of a cell that was just made. (A number may need a cell of its own: the barrier comes after it.)
    pub fn fresh_word(&mut self, cell: Ref, offset: i32, store: Op, alias: Alias, value: Ref) {
        let i = Inst::new(store, &[cell, value]).imm(offset as i64).alias(alias);
        // Stores and barriers contradict nothing.
        let _ = self.emit(i);
    }

    /// Notes a store into a fresh cell; false when the instruction is none.
    pub(crate) fn store_fresh(&mut self, i: &Inst) -> bool {
        let [a, b, _] = i.args;
        let Some(c) = self.facts.cells.0.get_mut(&a) else { return false };
        match i.op {
            Op::Store | Op::StoreW => {
                c.fields.insert(i.imm, Field { store: i.op, alias: i.alias, value: b });
                true
            }
            Op::StoreShape => {
                c.header = with_shape(c.header, i.imm);
                true
            }
            _ => false,
        }
    }

    /// The operands that others get to see when the instruction is done.
    pub(crate) fn let_go(&mut self, i: &Inst) {
        match i.op {
            // What lies in a cell that is known itself is known.
            Op::Store | Op::StoreShape | Op::StoreW if self.fresh(i.args[0]).is_some() => {}
            Op::BarrierAt | Op::GuardEq | Op::GuardNe | Op::GuardShape => {}
            _ => {
                for a in i.args {
                    self.escape(a);
                }
            }
        }
        if i.op == Op::Step {
            let slots = self.region.snaps.get(i.snap as usize).map_or(Vec::new(), |s| s.slots.clone());
            for (_, v) in slots {
                self.escape(v);
            }
        }
    }

    /// Others know the cell from now on, and what it refers to.
    pub fn escape(&mut self, r: Ref) {
        let mut work = vec![r];
        while let Some(r) = work.pop() {
            let Some(c) = self.facts.cells.0.remove(&r) else { continue };
            let shape = c.header & 0xffff_ffff;
            let alias = if shape < TypeId::COUNT as i64 { Alias::Constant } else { Alias::Shape };
            self.know(Inst::new(Op::GuardShape, &[r]).imm(shape).alias(alias), Ref::NONE);
            for (&offset, f) in &c.fields {
                self.remember_store(&Inst::new(f.store, &[r, f.value]).imm(offset).alias(f.alias));
                work.push(f.value);
            }
        }
    }

    /// All cells are known to others: the block is left.
    pub fn escape_all(&mut self) {
        let all: Vec<Ref> = self.facts.cells.0.keys().copied().collect();
        for r in all {
            self.escape(r);
        }
    }
}
