//! Loop peeling: a recorded turn of a loop becomes a first turn and the loop proper.
//!
//! The recording is one straight block, or several with branches that meet again. It stays as the first turn. The loop is made by appending
//! the same instructions again through the builder, with the first turn's final registers in place of the
//! registers at the entry: what does not change from turn to turn is found in the builder's tables and not
//! computed again (Ardö, Bolz and Fijałkowski, "Loop-Aware Optimizations in PyPy's Tracing JIT", 2012; LuaJIT's
//! loop optimization is the same idea). Registers that change are parameters of the loop's block, typed as
//! the first turn left them.
//!
//! Invariant: the second copy may rely only on facts that the body itself does not make false.

use crate::build::{Builder, Contradiction, written};
use crate::carry::{self, Carried, Carry};
use crate::copy::{Host, Map, copied, copy};
use crate::cse::Key;
use crate::ir::{EVERYTHING, End, Inst, Kind, Op, Ref, Region, Snapshot, Ty};
use crate::loop_facts::LoopFacts;
use crate::passes::Pass;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::rc::Rc;

/// What the recorder knows of a register of the root frame at the end of the first turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtEnd {
    /// The value.
    Known(Ref),
    /// It was changed in memory.
    InMemory,
}

/// Peels: `at_end` has the registers that changed and are alive at the loop's header.
pub fn peel(b: &mut Builder, at_end: &[(i32, AtEnd)]) -> Result<(), Contradiction> {
    if b.off.has(Pass::Peel) {
        return turn(b, at_end);
    }
    let is_fresh = |s: &AtEnd| matches!(s, AtEnd::Known(r) if b.fresh(*r).is_some());
    let before = b.clone();
    if !b.off.has(Pass::Sink) && at_end.iter().any(|(_, s)| is_fresh(s)) {
        if assuming(b, &before, at_end, true).is_ok() {
            return Ok(());
        }
        b.clone_from(&before);
    }
    assuming(b, &before, at_end, false)
}

/// How often assumptions about memory are tried before there are none.
const TRIES: usize = 3;

/// A first turn and the loop, with as many assumptions about memory as turn out to be true (`loop_facts.rs`).
fn assuming(
    b: &mut Builder,
    before: &Builder,
    at_end: &[(i32, AtEnd)],
    apart: bool,
) -> Result<(), Contradiction> {
    let mut untrue = HashSet::default();
    for _ in 0..TRIES {
        let known = untrue.len();
        match turns(b, at_end, apart, Some(&mut untrue)) {
            Ok(()) => return Ok(()),
            Err(Contradiction) => b.clone_from(before),
        }
        if untrue.len() == known {
            break;
        }
    }
    turns(b, at_end, apart, None)
}

/// A first turn and the loop. With `apart`, new cells go from turn to turn as what they hold (`carry.rs`). Without
/// `untrue`, nothing is assumed about memory that the loop writes; with it, what is not in it.
fn turns(
    b: &mut Builder,
    at_end: &[(i32, AtEnd)],
    apart: bool,
    untrue: Option<&mut HashSet<Key>>,
) -> Result<(), Contradiction> {
    let source = b.region.clone();
    let last = b.block;
    let killed = source.blocks.iter().fold(0, |set, x| set | written(&source, &x.body));
    let mut carry = Carry::default();
    let carried: Vec<(i32, Option<Carried>)> = at_end
        .iter()
        .map(|&(slot, state)| match state {
            AtEnd::Known(r) => (slot, Some(carry.value(b, r, apart))),
            AtEnd::InMemory => (slot, None),
        })
        .collect();
    let block = b.region.block();
    b.region.insts.reserve(source.insts.len());
    b.region.snaps.reserve(source.snaps.len());
    let mut map = Map::with_capacity_and_hasher(source.insts.len(), Default::default());
    let mut entry: Vec<(i32, Ref)> = Vec::new();
    b.escape_all();
    let facts = match &untrue {
        Some(untrue) => {
            let changed = at_end.iter().map(|x| x.0).collect();
            LoopFacts::find(b, &mut carry, apart, killed, &changed, untrue)
        }
        None => LoopFacts::default(),
    };
    b.enter_block(block, killed);
    let mut params = Vec::new();
    for (n, &r) in carry.first.iter().enumerate() {
        let i = Inst { ty: b.region.ty(r), ..Inst::new(Op::Param, &[]).imm(n as i64) };
        params.push(b.region.push(i));
    }
    b.region.blocks[block].params = params.clone();
    let cells = carry.begin(b, &params);
    facts.assume(b, &params, &cells);
    for &(slot, state) in &carried {
        let start = b.slot_if_any(slot);
        let now = match state {
            Some(c) => carry::of(c, &params, &cells),
            None => b.reload(slot)?,
        };
        if let Some(s) = start {
            map.insert(s, now);
        }
        if state.is_some() {
            entry.push((slot, now));
        }
    }
    b.region.blocks[last].end = End::Jump(block, carry.first.clone());
    copy(&mut Turn { b, entry, snaps: HashMap::default() }, &source, &mut map)?;
    carry.come_round();
    for (&(_, carried), &(_, state)) in carried.iter().zip(at_end) {
        if let (Some(c), AtEnd::Known(r)) = (carried, state) {
            let next = copied(b, &source, &map, r)?;
            carry.match_value(b, c, next, &params)?;
        }
    }
    if let Some(untrue) = untrue {
        facts.come_round(b, &mut carry, &params, untrue)?;
    }
    let back = carry.finish(b)?;
    let end = b.block;
    b.region.blocks[end].end = End::Jump(block, back);
    b.region.sort_blocks();
    b.region.drop_same_params();
    Ok(())
}

/// The second turn.
struct Turn<'a> {
    b: &'a mut Builder,
    /// Registers that the first turn changed.
    entry: Vec<(i32, Ref)>,
    snaps: HashMap<u32, u32>,
}

impl Host for Turn<'_> {
    type Error = Contradiction;

    fn builder(&mut self) -> &mut Builder {
        self.b
    }

    fn frame(&mut self, r: Ref, i: &Inst) -> Result<Option<Ref>, Contradiction> {
        // A register that the first turn did not change is what it was.
        Ok(if i.op == Op::Slot { Some(r) } else { None })
    }

    fn flag(&mut self) -> Option<i64> {
        None
    }

    /// The first turn's snapshot with the values of this one, and what the first turn left changed.
    fn snapshot(&mut self, source: &Region, snap: u32, map: &Map) -> Result<u32, Contradiction> {
        if let Some(&s) = self.snaps.get(&snap) {
            return Ok(s);
        }
        let old = &source.snaps[snap as usize];
        // Both lists are in order.
        let mut slots: Vec<(i32, Ref)> = Vec::with_capacity(old.slots.len() + self.entry.len());
        let mut kept = self.entry.iter().copied().peekable();
        let stays = |s: i32| s < old.live && !old.all_in_memory && old.in_memory.binary_search(&s).is_err();
        for &(slot, r) in &old.slots {
            while let Some(e) = kept.next_if(|e| e.0 < slot) {
                slots.extend(Some(e).filter(|e| stays(e.0)));
            }
            kept.next_if(|e| e.0 == slot);
            slots.push((slot, copied(self.b, source, map, r)?));
        }
        slots.extend(kept.filter(|e| stays(e.0)));
        let (in_memory, chain) = (old.in_memory.clone(), old.chain.clone());
        let new = Snapshot { slots, objects: Vec::new(), in_memory, chain, shapes: Rc::default(), ..*old };
        let s = self.b.snapshot(new);
        self.snaps.insert(snap, s);
        Ok(s)
    }
}

/// Without peeling, every turn is like the first: registers that change are parameters as tagged words, and nothing is
/// known at the loop's start.
fn turn(b: &mut Builder, at_end: &[(i32, AtEnd)]) -> Result<(), Contradiction> {
    let known = |a: &(i32, AtEnd)| if let AtEnd::Known(r) = a.1 { Some((a.0, r)) } else { None };
    let first: Vec<Ref> = at_end.iter().filter_map(known).map(|(s, _)| b.slot(s)).collect();
    let source = b.region.clone();
    let body = std::mem::take(&mut b.region.blocks[0].body);
    let frames = body.iter().copied().filter(|&r| b.region.inst(r).op.kind() == Kind::Frame).collect();
    b.region.blocks[0].body = frames;
    let block = b.region.block();
    b.forget();
    b.enter_block(block, EVERYTHING);
    let mut map = Map::default();
    let mut entry: Vec<(i32, Ref)> = Vec::new();
    for (n, (slot, _)) in at_end.iter().filter_map(known).enumerate() {
        let p = b.region.push(Inst { ty: Ty::Val, ..Inst::new(Op::Param, &[]).imm(n as i64) });
        b.region.blocks[block].params.push(p);
        map.insert(first[n], p);
        entry.push((slot, p));
    }
    for &(slot, state) in at_end {
        if state == AtEnd::InMemory
            && let Some(s) = b.slot_if_any(slot)
        {
            let now = b.reload(slot)?;
            map.insert(s, now);
        }
    }
    b.region.blocks[0].end = End::Jump(block, first);
    copy(&mut Turn { b, entry, snaps: HashMap::default() }, &source, &mut map)?;
    let mut back = Vec::new();
    for (_, r) in at_end.iter().filter_map(known) {
        let next = copied(b, &source, &map, r)?;
        back.push(match b.region.ty(next) {
            Ty::Int => b.emit(Inst::new(Op::BoxI, &[next]))?,
            Ty::Float => b.emit(Inst::new(Op::BoxF, &[next]))?,
            _ => next,
        });
    }
    let end = b.block;
    b.region.blocks[end].end = End::Jump(block, back);
    b.region.sort_blocks();
    Ok(())
}
