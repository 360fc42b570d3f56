//! Memory from turn to turn: what a loop's first turn knows of memory at its end, later turns know at their start.
//!
//! A class of memory that the loop writes is not unknown altogether. A place that no turn changes keeps its value, and a
//! place that every turn writes (the state of an iterator, a counter that is an attribute) holds at the start of a turn
//! what the turn before stored: a parameter of the loop instead of a load.
//!
//! Both are assumed for the places that the first turn reads before anything else could have changed them. Where the
//! loop comes round the second copy must know the same again, which makes it true of all turns; what it does not know
//! there is not assumed when the loop is made once more.
//!
//! The stores stay: memory is always what the program says, at every exit.

use crate::build::{Builder, Contradiction};
use crate::carry::{self, Carried, Carry};
use crate::cse::Key;
use crate::ir::{Alias, EVERYTHING, Inst, Kind, Op, Ref, Region};
use rustc_hash::FxHashSet as HashSet;

/// How a place goes from turn to turn.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// It has this value.
    Same(Ref),
    /// It is as a check wants it.
    Checked(Ref),
    /// It has what the turn before left there.
    Left(Carried),
}

/// What is assumed at the start of a turn.
#[derive(Default)]
pub struct LoopFacts {
    places: Vec<(Inst, Place)>,
}

impl LoopFacts {
    /// What to assume of the memory that the loop writes (`killed`): to be asked where the builder is at the end of the
    /// first turn. `changed` are the registers that the turn changed. Nothing is assumed of what is in `untrue`.
    pub fn find(
        b: &Builder,
        carry: &mut Carry,
        apart: bool,
        killed: u32,
        changed: &HashSet<i32>,
        untrue: &HashSet<Key>,
    ) -> LoopFacts {
        let source = &b.region;
        let by_calls = called(source);
        let mut facts = LoopFacts::default();
        let mut seen = HashSet::default();
        // Values that are the same in every turn, if what is assumed is true.
        let mut steady = vec![false; source.insts.len()];
        let mut called = 0;
        for n in source.order() {
            for &r in &source.blocks[n].body {
                let i = source.inst(r);
                called |= calls(i);
                let fixed = i.operands().all(|a| source.is_const(a) || steady[a.index()]);
                steady[r.index()] = match i.op.kind() {
                    Kind::Const => true,
                    Kind::Frame => {
                        i.op == Op::FrameAddr || i.op == Op::Slot && !changed.contains(&(i.imm as i32))
                    }
                    Kind::Pure | Kind::Guard => fixed,
                    Kind::Load | Kind::LoadGuard if killed & i.alias.bit() == 0 => fixed,
                    Kind::Load | Kind::LoadGuard => {
                        let key = Key::of(i);
                        if !fixed || called & i.alias.bit() != 0 || !is_place(i) || untrue.contains(&key) {
                            continue;
                        }
                        let Some(now) = b.facts.at(i) else { continue };
                        let (check, same) = (i.op.kind() == Kind::LoadGuard, now == r);
                        if same && !check && by_calls & i.alias.bit() != 0 {
                            continue;
                        }
                        if seen.insert(key) {
                            let place = match (check, same) {
                                (true, _) => Place::Checked(now),
                                (_, true) => Place::Same(now),
                                _ => Place::Left(carry.word(b, now, apart)),
                            };
                            facts.places.push((*i, place));
                        }
                        same && !check
                    }
                    Kind::Store | Kind::New | Kind::Call | Kind::Barrier => false,
                };
            }
        }
        facts
    }

    /// At the start of the loop's block.
    pub fn assume(&self, b: &mut Builder, params: &[Ref], cells: &[Ref]) {
        for (load, place) in &self.places {
            let value = match *place {
                Place::Same(v) | Place::Checked(v) => v,
                Place::Left(c) => carry::of(c, params, cells),
            };
            b.know(*load, value);
        }
    }

    /// Where the loop comes round: what was assumed must be known. What is not is added to `untrue`.
    pub fn come_round(
        &self,
        b: &mut Builder,
        carry: &mut Carry,
        params: &[Ref],
        untrue: &mut HashSet<Key>,
    ) -> Result<(), Contradiction> {
        let before = untrue.len();
        for (load, place) in &self.places {
            let now = b.facts.at(load);
            let holds = match (*place, now) {
                (Place::Same(v), Some(now)) => now == v,
                (Place::Checked(_), Some(_)) => true,
                (Place::Left(c), Some(now)) => carry.match_value(b, c, now, params).is_ok(),
                (_, None) => false,
            };
            if !holds {
                untrue.insert(Key::of(load));
            }
        }
        if untrue.len() == before { Ok(()) } else { Err(Contradiction) }
    }
}

/// Is it a place of a cell, or a check of what memory has? Registers in memory and the thread's words are not followed.
fn is_place(i: &Inst) -> bool {
    !matches!(i.op, Op::Reload | Op::LoadTh) && !matches!(i.alias, Alias::Frame | Alias::Constant)
}

/// The classes that an instruction writes at places nobody knows.
fn calls(i: &Inst) -> u32 {
    match i.op.kind() {
        Kind::Call => i.aux,
        Kind::Barrier if i.op == Op::Step => EVERYTHING,
        _ => 0,
    }
}

fn called(region: &Region) -> u32 {
    region.blocks.iter().flat_map(|x| &x.body).fold(0, |set, &r| set | calls(region.inst(r)))
}
