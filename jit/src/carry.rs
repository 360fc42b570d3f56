//! Carrying new cells from turn to turn: a loop's parameters are what the cells hold, not the cells.
//!
//! A cell that the first turn made and that nobody else has seen at its end is taken apart there: each of its
//! words is a parameter of the loop's block, and the block begins with a new cell made of the parameters. Where the
//! loop comes round, the cell of this turn must look the same: same header, same words, same references
//! among such cells. So a turn's cell need never be made unless the turn needs it (`sink.rs`).
//!
//! Invariant: no two cells become one and none becomes two. So no other parameter may lead to a carried cell.

use crate::build::{Builder, Contradiction};
use crate::ir::{Alias, Inst, Op, Ref, Ty};
use krait_object::Value;
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;

/// How a value goes from one turn to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carried {
    /// It is always this constant.
    Const(Ref),
    /// As the parameter with the number.
    Param(usize),
    /// As the cell with the number.
    Cell(usize),
}

struct Word {
    store: Op,
    alias: Alias,
    value: Carried,
}

struct Cell {
    header: i64,
    ty: Ty,
    words: BTreeMap<i64, Word>,
}

/// The parameters and cells of a loop's block.
#[derive(Default)]
pub struct Carry {
    cells: Vec<Cell>,
    numbers: HashMap<Ref, usize>,
    /// The first turn's values of the parameters.
    pub first: Vec<Ref>,
    /// Where the loop comes round: the parameters' values, and this turn's cells.
    back: Vec<Ref>,
    turn: Vec<Option<Ref>>,
}

impl Carry {
    /// A value at the first turn's end. With `apart`, new cells are taken apart.
    pub fn value(&mut self, b: &Builder, r: Ref, apart: bool) -> Carried {
        if b.region.is_const(r) {
            return Carried::Const(r);
        }
        if let Some(&k) = self.numbers.get(&r) {
            return Carried::Cell(k);
        }
        let Some(fresh) = b.fresh(r).filter(|_| apart) else {
            self.first.push(r);
            return Carried::Param(self.first.len() - 1);
        };
        let k = self.cells.len();
        self.numbers.insert(r, k);
        self.cells.push(Cell { header: fresh.header, ty: b.region.ty(r), words: BTreeMap::new() });
        let mut words = BTreeMap::new();
        for (&offset, f) in &fresh.fields {
            let value = self.word(b, f.value, apart);
            words.insert(offset, Word { store: f.store, alias: f.alias, value });
        }
        self.cells[k].words = words;
        Carried::Cell(k)
    }

    /// What a word of memory holds at the first turn's end. A number is carried as it is.
    pub fn word(&mut self, b: &Builder, r: Ref, apart: bool) -> Carried {
        let i = b.region.inst(r);
        let v = if matches!(i.op, Op::BoxI | Op::BoxF | Op::TagI) { i.args[0] } else { r };
        self.value(b, v, apart)
    }

    /// Makes the cells at the beginning of the loop's block; they are returned by number.
    pub fn begin(&self, b: &mut Builder, params: &[Ref]) -> Vec<Ref> {
        let new: Vec<Ref> = self
            .cells
            .iter()
            .map(|c| b.fresh_cell(Inst { ty: c.ty, ..Inst::new(Op::New, &[]).imm(c.header) }))
            .collect();
        for (c, &cell) in self.cells.iter().zip(&new) {
            for (&offset, w) in &c.words {
                b.fresh_word(cell, offset as i32, w.store, w.alias, of(w.value, params, &new));
            }
        }
        new
    }

    /// Begins to match the values where the loop comes round.
    pub fn come_round(&mut self) {
        self.back = vec![Ref::NONE; self.first.len()];
        self.turn = vec![None; self.cells.len()];
    }

    /// The value where the loop comes round of what was carried so.
    pub fn match_value(
        &mut self,
        b: &mut Builder,
        carried: Carried,
        v: Ref,
        params: &[Ref],
    ) -> Result<(), Contradiction> {
        match carried {
            Carried::Const(c) => same(v == c),
            Carried::Param(n) => {
                self.back[n] = convert(b, v, b.region.ty(params[n]))?;
                Ok(())
            }
            Carried::Cell(k) => {
                if let Some(known) = self.turn[k] {
                    return same(known == v);
                }
                same(!self.turn.contains(&Some(v)))?;
                self.turn[k] = Some(v);
                let fresh = b.fresh(v).ok_or(Contradiction)?.clone();
                same(fresh.header == self.cells[k].header && b.region.ty(v) == self.cells[k].ty)?;
                same(fresh.fields.keys().all(|o| self.cells[k].words.contains_key(o)))?;
                let words: Vec<(i64, Op, Carried)> =
                    self.cells[k].words.iter().map(|(&o, w)| (o, w.store, w.value)).collect();
                for (offset, store, carried) in words {
                    let f = fresh.fields.get(&offset).ok_or(Contradiction)?;
                    same(f.store == store)?;
                    self.match_value(b, carried, f.value, params)?;
                }
                Ok(())
            }
        }
    }

    /// The parameters' values where the loop comes round.
    pub fn finish(self, b: &Builder) -> Result<Vec<Ref>, Contradiction> {
        let mut seen: Vec<Ref> = Vec::new();
        let mut work = self.back.clone();
        while let Some(r) = work.pop() {
            if seen.contains(&r) {
                continue;
            }
            if let Some(c) = b.fresh(r) {
                same(!self.turn.contains(&Some(r)))?;
                seen.push(r);
                work.extend(c.fields.values().map(|f| f.value));
            }
        }
        Ok(self.back)
    }
}

/// The value at the beginning of the loop's block.
pub fn of(carried: Carried, params: &[Ref], cells: &[Ref]) -> Ref {
    match carried {
        Carried::Const(r) => r,
        Carried::Param(n) => params[n],
        Carried::Cell(k) => cells[k],
    }
}

fn same(yes: bool) -> Result<(), Contradiction> {
    if yes { Ok(()) } else { Err(Contradiction) }
}

/// The value in the form that its parameter has. A number that must be tagged can be; a word that must be a number is
/// one only if it was made of one.
fn convert(b: &mut Builder, v: Ref, ty: Ty) -> Result<Ref, Contradiction> {
    let (from, i) = (b.region.ty(v), *b.region.inst(v));
    match (from, ty) {
        _ if from == ty => Ok(v),
        (Ty::Int, Ty::Val) => b.emit(Inst::new(Op::BoxI, &[v])),
        (Ty::Float, Ty::Val) => b.emit(Inst::new(Op::BoxF, &[v])),
        (Ty::Val, Ty::Int) if matches!(i.op, Op::BoxI | Op::TagI) => Ok(i.args[0]),
        (Ty::Val, Ty::Float) if i.op == Op::BoxF => Ok(i.args[0]),
        (Ty::Val, Ty::Int) if i.op == Op::KVal => {
            Value(i.imm as u64).small_int().map(|n| b.int(n)).ok_or(Contradiction)
        }
        (Ty::Val, Ty::Float) if i.op == Op::KVal && Value(i.imm as u64).is_float_word() => {
            let bits = Value(i.imm as u64).as_float_word().to_bits();
            Ok(b.constant(Op::KFloat, bits as i64))
        }
        _ => Err(Contradiction),
    }
}
