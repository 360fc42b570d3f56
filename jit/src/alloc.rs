//! Register allocation: one place for every value's whole life (Poletto and Sarkar, "Linear Scan Register
//! Allocation", 1999).
//!
//! Blocks are taken in order; the last ones may be a loop, all else jumps forward. A value lives from where it is
//! computed to its last use in that order, sides of branches in between included. One that the loop uses and something
//! before it computes lives to the loop's end. Values are placed by how often they are used per instruction of their life; those that only
//! exits need go to the machine frame first. What is alive across a call is in a register that calls preserve or
//! in the frame. Because a value never changes its place, an exit's table of places is true wherever the value is alive.

use crate::exit::Loc;
use crate::ir::{End, Kind, Op, Ref, Region, Ty};
use rustc_hash::FxHashMap as HashMap;

/// Words of the machine frame for values.
pub const SPILL_WORDS: usize = 128;

/// General registers that calls destroy, and that they preserve. rax, rcx and rdx are the assembler's own, r14 holds
/// the root frame, r15 the thread.
const CALLER_SAVED: [u8; 6] = [6, 7, 8, 9, 10, 11];
pub const CALLEE_SAVED: [u8; 4] = [3, 5, 12, 13];
/// Vector registers; xmm0 and xmm1 are the assembler's own.
const VECTOR: [u8; 14] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Does the instruction destroy the registers that calls destroy?
pub fn is_call(op: Op) -> bool {
    matches!(op, Op::CallRaise | Op::CallArgs | Op::NewSlice | Op::CallF | Op::CallFF | Op::PowF | Op::Step)
}

/// Has the value a place of its own? Constants and frame addresses are made where they are used.
pub fn has_place(region: &Region, r: Ref) -> bool {
    let i = region.inst(r);
    i.ty != Ty::None && i.op.kind() != Kind::Const && i.op != Op::FrameAddr
}

#[derive(Clone, Debug)]
struct Interval {
    value: Ref,
    start: usize,
    end: usize,
    weight: f64,
    crosses_call: bool,
    vector: bool,
    hint: Loc,
    /// The parameter that this value becomes, in the next turn or where paths meet: its register is the best one.
    becomes: Option<Ref>,
    /// The operand that the instruction overwrites on this machine, if its place is free then.
    from: Option<Ref>,
    place: Loc,
}

/// The places of all values.
pub struct Places {
    pub of: Vec<Loc>,
}

/// More values than the machine frame has room for.
#[derive(Debug)]
pub struct Full;

/// Allocates. `incoming` are the places that the first block's parameters have at the entry.
pub fn allocate(region: &Region, incoming: &[Loc]) -> Result<Places, Full> {
    let mut intervals = lives(region, incoming);
    intervals.sort_by_key(|i| i.start);
    scan(&mut intervals, region.insts.len());
    let reserved: Vec<u16> =
        incoming.iter().filter_map(|l| if let Loc::Spill(n) = l { Some(*n) } else { None }).collect();
    give_spill_words(&mut intervals, &reserved)?;
    let mut of = vec![Loc::None; region.insts.len()];
    for i in &intervals {
        of[i.value.index()] = i.place;
    }
    Ok(Places { of })
}

fn lives(region: &Region, incoming: &[Loc]) -> Vec<Interval> {
    let mut index = vec![usize::MAX; region.insts.len()];
    let mut all: Vec<Interval> = Vec::with_capacity(region.insts.len());
    let mut calls = Vec::new();
    let mut position = 0;
    let define = |r: Ref, at: usize, index: &mut Vec<usize>, all: &mut Vec<Interval>| {
        if has_place(region, r) {
            index[r.index()] = all.len();
            all.push(Interval {
                value: r,
                start: at,
                end: at,
                weight: 0.0,
                crosses_call: false,
                vector: region.ty(r) == Ty::Float,
                hint: Loc::None,
                becomes: None,
                from: overwritten(region, r),
                place: Loc::None,
            });
        }
    };
    let mut loops: Vec<(usize, usize)> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    let header = (0..region.blocks.len()).find(|&n| region.jumps_to(n).iter().any(|&j| j >= n));
    for (n, b) in region.blocks.iter().enumerate() {
        starts.push(position);
        let scale = if header.is_some_and(|h| n >= h) { 10.0 } else { 1.0 };
        let touch = |r: Ref, at: usize, weight: f64, index: &[usize], all: &mut Vec<Interval>| {
            let k = index[r.index()];
            if r.is_some() && k != usize::MAX {
                all[k].end = all[k].end.max(at);
                all[k].weight += weight;
            }
        };
        for &p in &b.params {
            define(p, position, &mut index, &mut all);
        }
        position += 2;
        for &r in &b.body {
            let i = region.inst(r);
            for a in i.operands() {
                touch(a, position, scale, &index, &mut all);
            }
            if let Some(s) = region.snaps.get(i.snap as usize) {
                let weight = if i.op == Op::Step { scale * 0.5 } else { 0.0 };
                // A call leaves when it is over: what the exit needs lives through it.
                let late = matches!(i.op, Op::CallRaise | Op::CallArgs);
                for v in s.values() {
                    touch(v, position + late as usize, weight, &index, &mut all);
                }
            }
            if is_call(i.op) {
                calls.push(position);
            }
            define(r, position + 1, &mut index, &mut all);
            position += 2;
        }
        match &b.end {
            End::Jump(to, args) => {
                for (k, &a) in args.iter().enumerate() {
                    touch(a, position, scale, &index, &mut all);
                    // The loop's next turn finds its parameter where this value is, if both can share a place.
                    let p = region.blocks[*to].params[k];
                    if index[a.index()] != usize::MAX {
                        all[index[a.index()]].becomes = Some(p);
                    }
                }
                if *to <= n {
                    loops.push((starts[*to], position));
                }
            }
            End::Branch { guard, .. } => {
                for a in region.inst(*guard).operands() {
                    touch(a, position, scale, &index, &mut all);
                }
            }
            End::Link(_, s) | End::Exit(s) | End::Return(_, s) => {
                if let End::Return(v, _) = b.end {
                    touch(v, position, 1.0, &index, &mut all);
                }
                for v in region.snaps[*s as usize].values() {
                    touch(v, position, 0.0, &index, &mut all);
                }
            }
            End::Open => {}
        }
        position += 2;
    }
    for i in &mut all {
        for &(first, last) in &loops {
            // Alive at the loop's start: alive in every turn.
            if i.start < first && i.end > first {
                i.end = i.end.max(last);
            }
        }
        // The first call after its start.
        let next = calls.partition_point(|&c| c <= i.start);
        i.crosses_call = calls.get(next).is_some_and(|&c| c < i.end);
    }
    for (k, &l) in incoming.iter().enumerate() {
        if let Some(&p) = region.blocks[0].params.get(k)
            && index[p.index()] != usize::MAX
        {
            all[index[p.index()]].hint = l;
        }
    }
    all
}

/// The operand whose register the machine's instruction puts its result in.
fn overwritten(region: &Region, r: Ref) -> Option<Ref> {
    let i = region.inst(r);
    let two = matches!(i.op.kind(), Kind::Pure | Kind::Guard) && matches!(i.ty, Ty::Int | Ty::Float);
    (two && i.args[0].is_some() && region.ty(i.args[0]) == i.ty).then_some(i.args[0])
}

/// The bit of a register in a set of registers.
fn bit(at: Loc) -> u32 {
    match at {
        Loc::Gpr(n) => 1 << n,
        Loc::Xmm(n) => 1 << (16 + n),
        Loc::Spill(_) | Loc::None => 0,
    }
}

fn scan(intervals: &mut [Interval], values: usize) {
    let mut active: Vec<usize> = Vec::new();
    let mut webs: HashMap<Ref, Loc> = HashMap::default();
    let mut index = vec![u32::MAX; values];
    for (n, i) in intervals.iter().enumerate() {
        index[i.value.index()] = n as u32;
    }
    let place_of = |intervals: &[Interval], r: Ref| {
        index.get(r.index()).and_then(|&k| intervals.get(k as usize)).map_or(Loc::None, |i| i.place)
    };
    for n in 0..intervals.len() {
        let start = intervals[n].start;
        active.retain(|&a| intervals[a].end >= start);
        if let Loc::Spill(_) = intervals[n].hint {
            intervals[n].place = intervals[n].hint;
            continue;
        }
        let pool = candidates(&intervals[n]);
        let taken = active.iter().fold(0, |set, &a| set | bit(intervals[a].place));
        let i = &intervals[n];
        // The place of the parameter that it becomes, of another value that becomes the same one, or (of a parameter)
        // of one that becomes it.
        let web = i.becomes.unwrap_or(i.value);
        let next = webs.get(&web).copied().unwrap_or(Loc::None);
        let from = i.from.map_or(Loc::None, |a| place_of(intervals, a));
        let mut hints = [next, i.hint, from].into_iter();
        let is_free = |p: &Loc| pool.contains(p) && taken & bit(*p) == 0;
        let free = hints.find(is_free).or_else(|| pool.iter().copied().find(|p| taken & bit(*p) == 0));
        if let Some(place) = free {
            intervals[n].place = place;
            webs.entry(web).or_insert(place);
            active.push(n);
            continue;
        }
        let density = |i: &Interval| i.weight / (i.end - i.start + 1) as f64;
        let victim = active
            .iter()
            .copied()
            .filter(|&a| pool.contains(&intervals[a].place))
            .min_by(|&a, &b| density(&intervals[a]).total_cmp(&density(&intervals[b])));
        intervals[n].place = Loc::Spill(u16::MAX);
        if let Some(v) = victim
            && density(&intervals[v]) < density(&intervals[n])
        {
            intervals[n].place = std::mem::replace(&mut intervals[v].place, Loc::Spill(u16::MAX));
            active.retain(|&a| a != v);
            active.push(n);
        }
    }
}

fn candidates(i: &Interval) -> &'static [Loc] {
    const fn general<const N: usize>(registers: [u8; N]) -> [Loc; N] {
        let mut out = [Loc::None; N];
        let mut n = 0;
        while n < N {
            out[n] = Loc::Gpr(registers[n]);
            n += 1;
        }
        out
    }
    const fn vector<const N: usize>(registers: [u8; N]) -> [Loc; N] {
        let mut out = [Loc::None; N];
        let mut n = 0;
        while n < N {
            out[n] = Loc::Xmm(registers[n]);
            n += 1;
        }
        out
    }
    static ACROSS_CALLS: [Loc; 4] = general(CALLEE_SAVED);
    static GENERAL: [Loc; 10] = {
        let (first, last) = (general(CALLER_SAVED), general(CALLEE_SAVED));
        let mut out = [Loc::None; 10];
        let mut n = 0;
        while n < 10 {
            out[n] = if n < 6 { first[n] } else { last[n - 6] };
            n += 1;
        }
        out
    };
    static VECTORS: [Loc; 14] = vector(VECTOR);
    match (i.vector, i.crosses_call) {
        // No vector register survives a call.
        (true, true) => &[],
        (true, false) => &VECTORS,
        (false, true) => &ACROSS_CALLS,
        (false, false) => &GENERAL,
    }
}

fn give_spill_words(intervals: &mut [Interval], reserved: &[u16]) -> Result<(), Full> {
    let mut free_at: Vec<usize> = vec![0; SPILL_WORDS];
    for &r in reserved {
        free_at[r as usize] = usize::MAX;
    }
    for i in intervals.iter_mut() {
        if i.place == Loc::Spill(u16::MAX) {
            let Some(k) = (0..SPILL_WORDS).find(|&k| free_at[k] <= i.start) else { return Err(Full) };
            free_at[k] = i.end + 1;
            i.place = Loc::Spill(k as u16);
        }
    }
    Ok(())
}
