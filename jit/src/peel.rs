//! Loop peeling: a recorded turn of a loop becomes a first turn and the loop proper.
//!
//! The recording is one straight block. It stays as the first turn. The loop is made by appending
//! the same instructions again through the builder, with the first turn's final registers in place of the
//! registers at the entry: what does not change from turn to turn is found in the builder's tables and not
//! computed again (Ardö, Bolz and Fijałkowski, "Loop-Aware Optimizations in PyPy's Tracing JIT", 2012; LuaJIT's
//! loop optimization is the same idea). Registers that change are parameters of the loop's block, typed as
//! the first turn left them.
//!
//! Invariant: the second copy may rely only on facts that the body itself does not make false.

use crate::build::{Builder, Contradiction, written};
use crate::carry::{self, Carried, Carry};
use crate::ir::{EVERYTHING, End, Inst, Kind, NO_SNAPSHOT, Op, Ref, Snapshot, Ty};
use crate::passes::Pass;
use rustc_hash::FxHashMap as HashMap;
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
    if !b.off.has(Pass::Sink) && at_end.iter().any(|(_, s)| is_fresh(s)) {
        let before = b.clone();
        if turns(b, at_end, true).is_ok() {
            return Ok(());
        }
        *b = before;
    }
    turns(b, at_end, false)
}

/// A first turn and the loop. With `apart`, new cells go from turn to turn as what they hold (`carry.rs`).
fn turns(b: &mut Builder, at_end: &[(i32, AtEnd)], apart: bool) -> Result<(), Contradiction> {
    let body = b.region.blocks[0].body.clone();
    let killed = written(&b.region, &body);
    let mut carry = Carry::default();
    let carried: Vec<(i32, Option<Carried>)> = at_end
        .iter()
        .map(|&(slot, state)| match state {
            AtEnd::Known(r) => (slot, Some(carry.value(b, r, apart))),
            AtEnd::InMemory => (slot, None),
        })
        .collect();
    let block = b.region.block();
    let mut map: HashMap<Ref, Ref> = HashMap::default();
    let mut entry: Vec<(i32, Ref)> = Vec::new();
    b.enter_block(block, killed);
    let mut params = Vec::new();
    for (n, &r) in carry.first.iter().enumerate() {
        let i = Inst { ty: b.region.ty(r), ..Inst::new(Op::Param, &[]).imm(n as i64) };
        params.push(b.region.push(i));
    }
    b.region.blocks[block].params = params.clone();
    let cells = carry.begin(b, &params);
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
    b.region.blocks[0].end = End::Jump(block, carry.first.clone());
    copy(b, &body, &mut map, &entry)?;
    carry.come_round();
    for (&(_, carried), &(_, state)) in carried.iter().zip(at_end) {
        if let (Some(c), AtEnd::Known(r)) = (carried, state) {
            let next = *map.get(&r).unwrap_or(&r);
            carry.match_value(b, c, next, &params)?;
        }
    }
    let back = carry.finish(b)?;
    b.region.blocks[block].end = End::Jump(block, back);
    drop_constant_params(b, block);
    Ok(())
}

/// Appends the body again, with the values of `map`.
fn copy(
    b: &mut Builder,
    body: &[Ref],
    map: &mut HashMap<Ref, Ref>,
    entry: &[(i32, Ref)],
) -> Result<(), Contradiction> {
    let mut snaps: HashMap<u32, u32> = HashMap::default();
    for &r in body {
        let i = *b.region.inst(r);
        if i.op.kind() == Kind::Frame {
            map.entry(r).or_insert(r);
            continue;
        }
        let mut args = i.args;
        for a in &mut args {
            if a.is_some() {
                *a = *map.get(a).unwrap_or(a);
            }
        }
        let snap = if i.snap == NO_SNAPSHOT {
            NO_SNAPSHOT
        } else if let Some(&s) = snaps.get(&i.snap) {
            s
        } else {
            let s = translate(b, i.snap, map, entry);
            snaps.insert(i.snap, s);
            s
        };
        let new = b.emit(Inst { args, snap, ..i })?;
        map.insert(r, new);
    }
    Ok(())
}

/// Without peeling, every turn is like the first: registers that change are parameters as tagged words, and nothing is
/// known at the loop's start.
fn turn(b: &mut Builder, at_end: &[(i32, AtEnd)]) -> Result<(), Contradiction> {
    let known = |a: &(i32, AtEnd)| if let AtEnd::Known(r) = a.1 { Some((a.0, r)) } else { None };
    let first: Vec<Ref> = at_end.iter().filter_map(known).map(|(s, _)| b.slot(s)).collect();
    let body = std::mem::take(&mut b.region.blocks[0].body);
    let frames = body.iter().copied().filter(|&r| b.region.inst(r).op.kind() == Kind::Frame).collect();
    b.region.blocks[0].body = frames;
    let block = b.region.block();
    b.forget();
    b.enter_block(block, EVERYTHING);
    let mut map: HashMap<Ref, Ref> = HashMap::default();
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
    copy(b, &body, &mut map, &entry)?;
    let mut back = Vec::new();
    for (_, r) in at_end.iter().filter_map(known) {
        let next = *map.get(&r).unwrap_or(&r);
        back.push(match b.region.ty(next) {
            Ty::Int => b.emit(Inst::new(Op::BoxI, &[next]))?,
            Ty::Float => b.emit(Inst::new(Op::BoxF, &[next]))?,
            _ => next,
        });
    }
    b.region.blocks[block].end = End::Jump(block, back);
    Ok(())
}

/// The snapshot of the second turn: the first turn's with the values of this one, and what the first turn left changed.
fn translate(b: &mut Builder, snap: u32, map: &HashMap<Ref, Ref>, entry: &[(i32, Ref)]) -> u32 {
    let old = &b.region.snaps[snap as usize];
    // Both lists are in order.
    let mut slots: Vec<(i32, Ref)> = Vec::with_capacity(old.slots.len() + entry.len());
    let mut kept = entry.iter().copied().peekable();
    let stays = |s: i32| s < old.live && !old.all_in_memory && old.in_memory.binary_search(&s).is_err();
    for &(slot, r) in &old.slots {
        while let Some(e) = kept.next_if(|e| e.0 < slot) {
            slots.extend(Some(e).filter(|e| stays(e.0)));
        }
        kept.next_if(|e| e.0 == slot);
        slots.push((slot, *map.get(&r).unwrap_or(&r)));
    }
    slots.extend(kept.filter(|e| stays(e.0)));
    let (in_memory, chain) = (old.in_memory.clone(), old.chain.clone());
    let new = Snapshot { slots, objects: Vec::new(), in_memory, chain, shapes: Rc::default(), ..*old };
    b.snapshot(new)
}

/// A parameter that every jump gives itself or one and the same outer value is that value.
fn drop_constant_params(b: &mut Builder, block: usize) {
    loop {
        let End::Jump(_, first) = b.region.blocks[0].end.clone() else { return };
        let End::Jump(_, back) = b.region.blocks[block].end.clone() else { return };
        let params = b.region.blocks[block].params.clone();
        let Some(n) = (0..params.len()).find(|&n| back[n] == params[n] || back[n] == first[n]) else {
            return;
        };
        let (from, to) = (params[n], first[n]);
        let swap = |r: &mut Ref| {
            if *r == from {
                *r = to;
            }
        };
        for i in &mut b.region.insts {
            i.args.iter_mut().for_each(swap);
        }
        for s in &mut b.region.snaps {
            s.slots.iter_mut().for_each(|x| swap(&mut x.1));
        }
        let mut remove = |k: usize| {
            if let End::Jump(_, args) = &mut b.region.blocks[k].end {
                args.remove(n);
                args.iter_mut().for_each(swap);
            }
        };
        remove(0);
        remove(block);
        b.region.blocks[block].params.remove(n);
    }
}
