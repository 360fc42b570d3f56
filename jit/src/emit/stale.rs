//! Stale words: references that a trace does not need any more, where the collector would still see them.
//!
//! The machine stack is scanned conservatively, a trace's frame with it. Before the interpreter runs an instruction, which
//! may be a call of `gc.collect()`, what is dead in the frame's words and in the registers that calls preserve is
//! cleared: an object that the program let go of must go. (Whatever is alive then is in the interpreter's
//! frames, too: they are complete at a step.)

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use super::Emitter;
use crate::alloc::{CALLEE_SAVED, Places};
use crate::exit::Loc;
use crate::ir::{End, Op, Ref, Region, Ty};
use dynasmrt::{DynasmApi, dynasm};
use rustc_hash::FxHashMap as HashMap;

/// A set of places: general registers, and words of the machine frame.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Held {
    pub registers: u16,
    pub words: u128,
}

impl Held {
    fn add(&mut self, at: Loc) {
        match at {
            Loc::Gpr(n) => self.registers |= 1 << n,
            Loc::Spill(n) => self.words |= 1 << n,
            Loc::Xmm(_) | Loc::None => {}
        }
    }

    fn remove(&mut self, at: Loc) {
        match at {
            Loc::Gpr(n) => self.registers &= !(1 << n),
            Loc::Spill(n) => self.words &= !(1 << n),
            Loc::Xmm(_) | Loc::None => {}
        }
    }

    fn join(self, other: Held) -> Held {
        Held { registers: self.registers | other.registers, words: self.words | other.words }
    }
}

/// The places that are needed after each step.
pub fn needed_after_steps(region: &Region, places: &Places) -> HashMap<Ref, Held> {
    let mut steps = HashMap::default();
    if region.steps.is_empty() {
        return steps;
    }
    let mut at_start = vec![Held::default(); region.blocks.len()];
    loop {
        let mut changed = false;
        for (n, block) in region.blocks.iter().enumerate().rev() {
            let mut live = Held::default();
            let snapshot = |live: &mut Held, s: u32| {
                if let Some(s) = region.snaps.get(s as usize) {
                    s.values().for_each(|v| live.add(places.of[v.index()]));
                }
            };
            match &block.end {
                End::Jump(to, args) => {
                    live = at_start[*to];
                    region.blocks[*to].params.iter().for_each(|p| live.remove(places.of[p.index()]));
                    args.iter().for_each(|a| live.add(places.of[a.index()]));
                }
                End::Branch { guard, then, other } => {
                    live = at_start[*then].join(at_start[*other]);
                    region.inst(*guard).operands().for_each(|a| live.add(places.of[a.index()]));
                }
                End::Link(_, s) | End::Exit(s) => snapshot(&mut live, *s),
                End::Return(v, s) => {
                    live.add(places.of[v.index()]);
                    snapshot(&mut live, *s);
                }
                End::Open => {}
            }
            for &r in block.body.iter().rev() {
                let i = region.inst(r);
                live.remove(places.of[r.index()]);
                if i.op == Op::Step {
                    steps.insert(r, live);
                }
                i.operands().for_each(|a| live.add(places.of[a.index()]));
                snapshot(&mut live, i.snap);
            }
            changed |= at_start[n] != live.join(at_start[n]);
            at_start[n] = live.join(at_start[n]);
        }
        if !changed {
            return steps;
        }
    }
}

/// The words of the machine frame that hold references at some time.
pub fn words_with_references(region: &Region, places: &Places) -> u128 {
    let mut all = Held::default();
    for (n, at) in places.of.iter().enumerate() {
        if matches!(region.insts[n].ty, Ty::Val | Ty::Ptr) {
            all.add(*at);
        }
    }
    all.words
}

impl Emitter<'_> {
    /// Clears what is stale at a step.
    pub(super) fn clear_stale(&mut self, step: Ref) {
        let needed = self.needed.get(&step).copied().unwrap_or_default();
        for r in CALLEE_SAVED {
            if needed.registers & 1 << r == 0 {
                dynasm!(self.a ; .arch x64 ; xor Rd(r), Rd(r));
            }
        }
        self.clear_words(self.stale & !needed.words);
    }

    /// Clears words of the machine frame.
    pub(super) fn clear_words(&mut self, words: u128) {
        let mut left = words;
        while left != 0 {
            let n = left.trailing_zeros() as i32;
            left &= left - 1;
            dynasm!(self.a ; .arch x64 ; mov QWORD [rsp + 8 * n], 0);
        }
    }
}
