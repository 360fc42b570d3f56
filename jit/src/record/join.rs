//! Branches whose sides meet again in one region.
//!
//! Where an exit at a branch of a root trace gets hot, the other side of the branch is recorded until the
//! sides meet (`meeting.rs`). That is an [`Arm`]: no code is made of it. It knows nothing of the registers it begins with
//! but which of them are numbers, so it may be copied to any place where the same registers are at hand. Then
//! the root is recorded anew; where it passes a branch of which an arm has the other side, the state there is kept, and when
//! the recording comes to the meeting, the arm is copied behind the kept state. Registers that differ then become
//! parameters of the block where both go on, and of all else only what both know is known.
//!
//! An arm has one block. It may store, call helpers and make cells: that is done anew where it is copied, so what it makes
//! false there is no fact on its side, and what only one side knows is no fact where they meet. New cells are no secret any more
//! there. But neither an arm nor the way that was recorded beside it leaves anything to the interpreter. So both sides
//! have the same view of what is in the frames' memory. (What inlined calls do with frames happens in the recorder's map only.)
//!
//! Invariants: a parameter is a number only if both sides proved it; a place of the region knows only
//! values computed on every way to it. An arm that does not fit is no loss: its guard stays an exit.

use super::frame::{self, FrameInfo};
use super::meeting::{self, Meeting};
use super::slots::{Known, SlotSet, Slots};
use super::{Abort, Rec, Recorder};
use crate::build::{Builder, Facts};
use crate::copy::{self, Host, Map, convert, copied, fits, is_branch_guard};
use crate::exit::{Entry, Exit};
use crate::ir::{DECIDES, End, Inst, Kind, NO_SNAPSHOT, Op as Ir, Ref, Region, Snapshot, Ty};
use crate::options::Options;
use crate::passes::Pass;
use crate::watch::{self, Flag};
use krait_bytecode::FRAME_WORDS;
use krait_object::watch::Watched;
use krait_object::{Thread, Value};
use krait_vm::jit::Pc;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::RefCell;
use std::rc::Rc;

/// Branches that must have two sides for a root to be recorded anew.
const MIN_BRANCHES: usize = 3;
/// Branches with two sides in one region.
const MAX_JOINED: u32 = 60;
/// A region of this many instructions grows no more sides.
const MAX_INSTS: usize = 6000;
/// Instructions of an arm, and of bytecode.
const MAX_ARM: usize = 400;
const MAX_BYTECODES: usize = 100;
/// Arms kept for one root, and for one side of a branch.
const MAX_ARMS: usize = 160;
const MAX_SAME: usize = 2;

/// One side of a branch, from the branch to where the sides meet.
pub struct Arm {
    branch: u64,
    /// Where the branch goes on this side.
    next: u64,
    chain: Chain,
    /// The interpreter had run in the innermost frame: returning from it looks at what came of it.
    exposed: bool,
    meeting: Meeting,
    region: Region,
    /// How many instructions there were after the branch itself.
    first: usize,
    /// The registers that it began with.
    entries: Vec<(i32, Ref)>,
    known: Slots,
    frames: Vec<FrameInfo>,
    extent: i32,
    bytecodes: usize,
    /// What it takes for constant, and the flag that tells when that has changed.
    relied: Vec<Watched>,
    flag: Option<Flag>,
    /// What it refers to; the root's tree keeps it alive.
    words: Vec<u64>,
}

impl Drop for Arm {
    fn drop(&mut self) {
        if let Some(flag) = self.flag {
            // SAFETY: no code is made of an arm; copies of it have the flag of the trace that they are part of.
            unsafe { watch::release(flag) };
        }
    }
}

/// A recording that is to become an arm.
struct Watch {
    exit: &'static Exit,
    root: u64,
    next: u64,
    chain: Chain,
    exposed: bool,
    first: usize,
    meeting: Meeting,
    entries: Vec<(i32, Ref)>,
    /// Instructions that were looked at.
    seen: usize,
    done: bool,
}

/// What is known at a place.
#[derive(Clone)]
struct State {
    facts: Facts,
    known: Slots,
    in_memory: SlotSet,
    all_in_memory: bool,
    frames: Vec<FrameInfo>,
}

/// A branch that was passed, whose meeting is still ahead.
struct Open {
    guard: Ref,
    snap: u32,
    branch: Pc,
    meeting: Meeting,
    arms: Vec<Rc<Arm>>,
    state: State,
    /// Instructions left to the interpreter so far.
    steps: usize,
    /// The calls that the branch itself made to see where it goes.
    made: Vec<Ref>,
}

/// The recorder's part for branches.
#[derive(Default)]
pub struct Joins {
    /// The root whose arms the recording may have.
    root: Option<u64>,
    /// The root that is recorded anew.
    renews: Option<u64>,
    /// What the recording takes for constant.
    pub relied: Vec<Watched>,
    watch: Option<Watch>,
    open: Vec<Open>,
    pub joined: u32,
}

thread_local! {
    /// The arms of roots. What they refer to is kept alive by the roots' trees (`kept.rs`), so they are of no use
    /// after those.
    static ARMS: RefCell<HashMap<u64, Vec<Rc<Arm>>>> = RefCell::new(HashMap::default());
}

/// The root has another number now.
pub fn move_arms(from: u64, to: u64) {
    ARMS.with(|a| {
        let mut a = a.borrow_mut();
        if let Some(arms) = a.remove(&from) {
            a.insert(to, arms);
        }
    });
}

/// What frames must have in common: where they are, their code, how they return, and where they are calling.
type Chain = Vec<(i32, u64, u64, u64, bool)>;

fn chain_of(frames: &[FrameInfo]) -> Chain {
    let last = frames.len() - 1;
    let call = |k: usize, f: &FrameInfo| if k == last { 0 } else { f.call_pc };
    frames
        .iter()
        .enumerate()
        .map(|(k, f)| (f.base, f.code().value().0, f.meta, call(k, f), f.inlined))
        .collect()
}

/// The first slot that does not belong to the frames that both have.
fn end_of_common(a: &[FrameInfo], b: &[FrameInfo]) -> i32 {
    let same = |f: &FrameInfo, g: &FrameInfo| {
        (f.base, f.code().value(), f.meta) == (g.base, g.code().value(), g.meta)
    };
    let common = a.iter().zip(b).take_while(|(f, g)| same(f, g)).count();
    let next = a.get(common).into_iter().chain(b.get(common));
    next.map(|f| f.base - FRAME_WORDS as i32).min().unwrap_or(i32::MAX)
}

/// Has the root so many branches with two sides that one region is better than a tree? Of a few a tree has few traces, each
/// with all that is known on its way.
pub fn is_worth_renewing(root: u64) -> bool {
    // Who has no limit for compiling wants to see everything compiled.
    let least = if Options::get().budget.is_some() { MIN_BRANCHES } else { 1 };
    ARMS.with(|a| {
        let a = a.borrow();
        let arms = a.get(&root).into_iter().flatten();
        arms.map(|a| a.branch).collect::<HashSet<u64>>().len() >= least
    })
}

/// Are there arms for the root?
fn has_arms(root: u64) -> bool {
    ARMS.with(|a| a.borrow().get(&root).is_some_and(|v| !v.is_empty()))
}

/// May the instruction be part of an arm? Frames and the thread's own words it leaves alone.
fn fits_arm(i: &Inst) -> bool {
    i.op.kind() != Kind::Barrier && i.op != Ir::LoadTh || i.op == Ir::GuardEvents
}

impl Recorder {
    /// Records the root anew, with the arms that it has.
    pub(super) fn renew(&mut self, root: u64) {
        self.joins.renews = Some(root);
        self.allow_joins(root);
    }

    /// At the first instruction of a root that is recorded anew: what its arms refer to, the new tree keeps.
    pub(super) fn keep_arms(&mut self, th: &Thread) {
        let Some(root) = self.joins.renews.filter(|_| self.length == 1) else { return };
        let words: Vec<u64> = ARMS
            .with(|a| a.borrow().get(&root).map(|v| v.iter().flat_map(|a| a.words.iter().copied()).collect()))
            .unwrap_or_default();
        words.into_iter().for_each(|w| self.kept.keep(th, Value(w)));
    }

    /// The root that was recorded anew.
    pub fn renewed(&self) -> Option<u64> {
        self.joins.renews
    }

    /// The recording of an arm is over.
    pub(super) fn drop_arm(&self, done: bool) {
        if !done && let Some(flag) = self.flag {
            // SAFETY: no code was made of it.
            unsafe { watch::release(flag) };
        }
    }

    /// Lets the recording have branches with two sides.
    pub(super) fn allow_joins(&mut self, root: u64) {
        let off = |p| self.b.off.has(p);
        if !off(Pass::Merge) && !off(Pass::Peel) && has_arms(root) {
            self.joins.root = Some(root);
        }
    }

    /// Makes the recording one of the other side of the branch that the exit left at. False: it can not become an arm.
    pub(super) fn begin_arm(&mut self, exit: &'static Exit, root: u64) -> bool {
        let branch = Pc(exit.pc as *const u64);
        if self.popped != 0 || !meeting::is_branch(branch) {
            return false;
        }
        let Some(meeting) = meeting::meeting(&self.frames, branch) else { return false };
        let mut entries = Vec::new();
        for &(slot, entry, ty) in &exit.entries {
            let ty = match entry {
                Entry::Const(Ir::FrameAddr | Ir::KPtr, _) => Ty::Ptr,
                Entry::Const(Ir::KInt, _) => Ty::Int,
                Entry::Const(Ir::KFloat, _) => Ty::Float,
                Entry::Const(_, word) if Value(word as u64).is_small_int() => Ty::Int,
                Entry::Const(_, word) if Value(word as u64).is_float_word() => Ty::Float,
                Entry::Const(..) => Ty::Val,
                Entry::Object(k) => exit.objects[k].ty,
                Entry::At(_) => ty,
            };
            let value = match entry {
                Entry::Const(Ir::FrameAddr, at) => self.b.frame_addr(at as i32),
                // A word of a frame's record.
                Entry::Const(Ir::KPtr, word) => self.b.ptr(word as u64),
                _ => {
                    let n = self.b.region.blocks[0].params.len() as i64;
                    let p = self.b.region.push(Inst { ty, ..Inst::new(Ir::Param, &[]).imm(n) });
                    self.b.region.blocks[0].params.push(p);
                    p
                }
            };
            entries.push((slot, value));
            self.known.insert(slot, Known { value, clean: false });
        }
        let chain = chain_of(&self.frames);
        let exposed = self.frame().exposed;
        self.joins.watch = Some(Watch {
            exit,
            root,
            next: 0,
            chain,
            exposed,
            first: 0,
            meeting,
            entries,
            seen: 0,
            done: false,
        });
        true
    }

    /// Is the recording one of an arm? Then its exit, and whether the arm is there.
    pub(super) fn arm(&self) -> Option<(&'static Exit, bool)> {
        self.joins.watch.as_ref().map(|w| (w.exit, w.done))
    }

    /// Looks whether what was recorded can be part of an arm.
    pub(super) fn check_arm(&mut self) -> Rec {
        let Some(w) = &mut self.joins.watch else { return Ok(()) };
        if self.length == 1 {
            w.next = self.pc.0 as u64;
            w.first = self.b.region.insts.len();
        }
        let insts = &self.b.region.insts;
        let fits = insts[w.seen..].iter().all(fits_arm);
        w.seen = insts.len();
        let small = insts.len() <= MAX_ARM && self.bytecodes <= MAX_BYTECODES;
        if fits && small && self.pending.is_none() && self.stepping.is_none() && self.over.is_none() {
            Ok(())
        } else {
            Err(Abort::NoArm)
        }
    }

    /// Is it a call that changes nothing?
    fn looks(&self, r: Ref) -> bool {
        let i = self.b.region.inst(r);
        i.op == Ir::CallRaise && i.aux == 0
    }

    fn state(&self) -> State {
        State {
            facts: self.b.facts.clone(),
            known: self.known.clone(),
            in_memory: self.in_memory.clone(),
            all_in_memory: self.all_in_memory,
            frames: self.frames.clone(),
        }
    }

    fn restore(&mut self, s: State) {
        self.b.facts = s.facts;
        self.known = s.known;
        self.in_memory = s.in_memory;
        self.all_in_memory = s.all_in_memory;
        self.frames = s.frames;
        self.snap = None;
        self.slice = None;
    }

    /// An instruction was recorded that goes one of two ways; `before` is the block and where it ended then, and
    /// how many instructions there were.
    pub(super) fn branched(&mut self, pc: Pc, before: (usize, usize, usize)) {
        let Some(root) = self.joins.root else { return };
        if !meeting::is_branch(pc)
            || self.popped != 0
            || self.pending.is_some()
            || self.stepping.is_some()
            || self.joins.joined + self.joins.open.len() as u32 >= MAX_JOINED
            || self.b.region.insts.len() > MAX_INSTS
        {
            return;
        }
        let body = &self.b.region.blocks[self.b.block].body;
        let Some(&guard) = body.last() else { return };
        let i = *self.b.region.inst(guard);
        if before.0 != self.b.block
            || body.len() <= before.1
            || !is_branch_guard(i.op)
            || matches!(i.op, Ir::GuardEq | Ir::GuardNe) && i.aux & DECIDES != 0
            || Some(i.snap) != self.snap
        {
            return;
        }
        let made = body.iter().copied().filter(|&r| r.index() >= before.2 && self.looks(r)).collect();
        let chain = chain_of(&self.frames);
        let exposed = self.frame().exposed;
        let arms: Vec<Rc<Arm>> = ARMS.with(|a| {
            let a = a.borrow();
            let fits = |x: &&Rc<Arm>| {
                x.branch == pc.0 as u64
                    && x.next != self.pc.0 as u64
                    && x.chain == chain
                    && (x.exposed || !exposed)
                    && !x.flag.is_some_and(watch::is_stale)
            };
            a.get(&root).into_iter().flatten().rev().filter(fits).cloned().collect()
        });
        let Some(meeting) = arms.first().map(|a| a.meeting) else { return };
        let mut state = self.state();
        state.facts.refute(&i);
        self.b.divisible = true;
        let steps = self.b.region.steps.len();
        self.joins.open.push(Open { guard, snap: i.snap, branch: pc, meeting, arms, state, steps, made });
    }

    /// The recording came to an instruction: sides that meet here are joined. For an arm that is the end.
    pub(super) fn meet(&mut self) -> Rec {
        if self.popped != 0 {
            // Below the root frame nothing meets.
            self.joins.open.clear();
            return if self.joins.watch.is_some() { Err(Abort::NoArm) } else { Ok(()) };
        }
        let here = Meeting { pc: self.pc.0 as u64, frames: self.frames.len() };
        if self.length > 1 && self.joins.watch.as_ref().is_some_and(|w| w.meeting == here) {
            return Err(self.capture());
        }
        self.joins.open.retain(|o| o.meeting.frames <= here.frames);
        while let Some(n) = self.joins.open.iter().rposition(|o| o.meeting == here) {
            let o = self.joins.open.remove(n);
            if o.steps == self.b.region.steps.len() && self.unpacked.is_none() {
                self.join(o);
            }
        }
        Ok(())
    }

    /// The recording of an arm came to the meeting.
    fn capture(&mut self) -> Abort {
        let region = self.b.region.clone();
        let Some(w) = self.joins.watch.as_mut() else { return Abort::NoArm };
        if region.blocks.len() > 1 || self.unpacked.is_some() {
            return Abort::NoArm;
        }
        let mut arm = Arm {
            branch: w.exit.pc,
            next: w.next,
            chain: w.chain.clone(),
            exposed: w.exposed,
            meeting: w.meeting,
            region,
            first: w.first,
            entries: std::mem::take(&mut w.entries),
            known: self.known.clone(),
            frames: self.frames.clone(),
            extent: self.extent,
            bytecodes: self.bytecodes,
            relied: self.joins.relied.clone(),
            flag: None,
            words: self.kept.words.iter().copied().collect(),
        };
        let flag = self.flag;
        w.done = ARMS.with(|a| {
            let mut a = a.borrow_mut();
            a.retain(|&root, _| root == w.root || crate::cache::is_root(root));
            let all = a.entry(w.root).or_default();
            let same = |x: &Rc<Arm>| x.branch == arm.branch && x.next == arm.next && x.chain == arm.chain;
            if all.len() >= MAX_ARMS || all.iter().filter(|x| same(x)).count() >= MAX_SAME {
                return false;
            }
            arm.flag = flag;
            all.push(Rc::new(arm));
            true
        });
        Abort::NoArm
    }

    /// Joins the first arm that fits.
    fn join(&mut self, o: Open) {
        let main = self.state();
        let block = self.b.block;
        for arm in &o.arms {
            let blocks = self.b.region.blocks.len();
            self.restore(o.state.clone());
            let other = self.b.region.block();
            self.b.block = other;
            let done = self.replay(arm, &o).and_then(|()| self.unite(&main, block));
            if done.is_ok() {
                self.divide(o.guard, other);
                self.extent = self.extent.max(arm.extent);
                self.bytecodes += arm.bytecodes;
                self.joins.joined += 1;
                return;
            }
            // What was made on the way is in no block any more.
            self.b.region.blocks.truncate(blocks);
            self.b.region.blocks[block].end = End::Open;
        }
        self.restore(main);
        self.b.block = block;
    }

    /// The block that has the guard ends with it; what came after it goes to a block of its own.
    fn divide(&mut self, guard: Ref, other: usize) {
        let region = &mut self.b.region;
        let find = |b: &crate::ir::Block| b.body.iter().position(|&r| r == guard);
        let Some((n, k)) = region.blocks.iter().enumerate().find_map(|(n, b)| find(b).map(|k| (n, k))) else {
            return;
        };
        let then = region.block();
        let rest = region.blocks[n].body.split_off(k + 1);
        region.blocks[n].body.pop();
        region.blocks[then].body = rest;
        let end = std::mem::replace(&mut region.blocks[n].end, End::Branch { guard, then, other });
        region.blocks[then].end = end;
        region.insts[guard.index()].snap = NO_SNAPSHOT;
        if self.b.block == n {
            self.b.block = then;
        }
    }

    /// Copies an arm behind the current state, which becomes that of the meeting.
    fn replay(&mut self, arm: &Arm, o: &Open) -> Rec {
        // What the arm takes for constant, the region does: by its own flag.
        for &on in &arm.relied {
            let flag = *self.flag.get_or_insert_with(watch::flag);
            if !watch::rely(on, flag) {
                return Err(Abort::Contradiction);
            }
            self.joins.relied.push(on);
        }
        if arm.flag.is_some_and(watch::is_stale) {
            return Err(Abort::Contradiction);
        }
        let at_meeting = self.pc;
        self.pc = o.branch;
        self.snap = Some(o.snap);
        let done = self.copy_arm(arm, o);
        self.pc = at_meeting;
        self.snap = None;
        done?;
        self.frames.truncate(arm.meeting.frames);
        Ok(())
    }

    fn copy_arm(&mut self, arm: &Arm, o: &Open) -> Rec {
        let mut map = Map::default();
        let mut began: HashMap<i32, (Ref, Ref)> = HashMap::default();
        for &(slot, r) in &arm.entries {
            let i = *arm.region.inst(r);
            let here = self.slot(slot)?;
            began.insert(slot, (r, here));
            let to = match i.op {
                Ir::Param => match i.ty {
                    Ty::Int => self.int(here)?,
                    Ty::Float => self.float(here)?,
                    Ty::Ptr if self.b.region.ty(here) != Ty::Ptr => return Err(Abort::Contradiction),
                    Ty::Ptr => here,
                    _ if self.b.region.ty(here) == Ty::Ptr => return Err(Abort::Contradiction),
                    _ => self.boxed(here)?,
                },
                _ => {
                    let j = self.b.region.inst(here);
                    if (j.op, j.imm) != (i.op, i.imm) {
                        return Err(Abort::Contradiction);
                    }
                    here
                }
            };
            map.insert(r, to);
        }
        let dirty: Vec<(i32, Ref)> =
            self.known.iter().filter(|(_, k)| !k.clean).map(|(s, k)| (s, k.value)).collect();
        let mut host = Replay { snaps: HashMap::default(), dirty, first: arm.first, at: o, r: self };
        copy::copy(&mut host, &arm.region, &mut map)?;
        // The frames that it returned from are gone.
        let end = end_of_common(&arm.frames, &self.frames);
        self.known.retain(|&s, _| s < end);
        for (s, k) in arm.known.iter() {
            // What the arm did not touch is what it was, also what it found in memory.
            if k.clean || began.get(&s).is_some_and(|(r, _)| *r == k.value) {
                continue;
            }
            let value = match began.values().find(|(r, _)| *r == k.value) {
                Some((_, here)) => *here,
                None => copied(&mut self.b, &arm.region, &map, k.value)?,
            };
            self.set_slot(s, value);
        }
        Ok(())
    }

    /// The first slot that is not the root frame's.
    fn root_end(&self) -> i32 {
        self.frames.get(1).map_or(i32::MAX, |f| f.base - FRAME_WORDS as i32)
    }

    /// Where the current state and another one, at the end of `block`, meet: a new block.
    fn unite(&mut self, main: &State, block: usize) -> Rec {
        let side = self.state();
        let side_block = self.b.block;
        if chain_of(&main.frames) != chain_of(&side.frames) || main.all_in_memory != side.all_in_memory {
            return Err(Abort::Contradiction);
        }
        let mut slots: Vec<i32> = Vec::new();
        for (from, to) in self.limits() {
            slots.extend(from..to);
        }
        let innermost = self.base();
        let root_end = self.root_end();
        let mut known = Slots::default();
        let mut in_memory = SlotSet::default();
        let changed = |st: &State, s: i32| st.all_in_memory || st.in_memory.contains(&s);
        let pc = self.pc;
        let code = self.frame().code();
        let dead = |s: i32| s >= innermost && !frame::alive(code, pc, (s - innermost) as usize);
        // Registers with two values.
        let mut two: Vec<i32> = Vec::new();
        for s in slots {
            // The innermost frame's instruction.
            if s == innermost - 4 {
                continue;
            }
            let same = |a: &Known, b: &Known| a.value == b.value || self.same_constant(a.value, b.value);
            match (main.known.get(&s), side.known.get(&s)) {
                (Some(a), Some(b)) if same(a, b) => {
                    known.insert(s, Known { value: a.value, clean: a.clean && b.clean });
                    if changed(main, s) && changed(&side, s) {
                        in_memory.insert(s);
                    }
                }
                (None, None) if s >= root_end || changed(main, s) == changed(&side, s) => {
                    if s < root_end && changed(main, s) && !main.all_in_memory {
                        in_memory.insert(s);
                    }
                }
                // One side has seen a register of an inlined frame that is in memory on both: after an instruction that was
                // left to the interpreter, or because the frame is older than the trace.
                (Some(k), None) | (None, Some(k)) if s >= root_end && (k.clean || dead(s)) => {}
                _ => two.push(s),
            }
        }
        // The values, each found at the end of its side.
        let (main_values, main) = self.values(main.clone(), block, &two)?;
        let (side_values, side) = self.values(side, side_block, &two)?;
        let mut sides = [main_values, side_values];
        let mut types = Vec::new();
        let [main_values, side_values] = &mut sides;
        for (a, b) in main_values.iter_mut().zip(side_values) {
            let pair = [*a, *b];
            if pair.iter().any(|&r| self.b.region.ty(r) == Ty::Ptr) {
                return Err(Abort::Contradiction);
            }
            let has = |t: Ty| {
                let proved = |(r, st): (Ref, &State)| {
                    if fits(&self.b.region, r, t) { Some(r) } else { st.facts.number(r, t) }
                };
                Some([proved((pair[0], &main))?, proved((pair[1], &side))?])
            };
            let number = [Ty::Int, Ty::Float].into_iter().find_map(|t| Some((t, has(t)?)));
            let (ty, values) = number.unwrap_or((Ty::Val, pair));
            [*a, *b] = values;
            types.push(ty);
        }
        for (end, values) in [(block, 0), (side_block, 1)] {
            for (r, &ty) in sides[values].iter_mut().zip(&types) {
                *r = convert(&mut self.b, end, *r, ty);
            }
        }
        let meeting = self.b.region.block();
        let mut facts = main.facts;
        facts.meet(&side.facts);
        for (k, (&s, &ty)) in two.iter().zip(&types).enumerate() {
            let p = self.b.region.push(Inst { ty, ..Inst::new(Ir::Param, &[]).imm(k as i64) });
            self.b.region.blocks[meeting].params.push(p);
            known.insert(s, Known { value: p, clean: false });
        }
        let [main_args, side_args] = sides;
        self.b.region.blocks[block].end = End::Jump(meeting, main_args);
        self.b.region.blocks[side_block].end = End::Jump(meeting, side_args);
        let mut frames = main.frames;
        for (f, g) in frames.iter_mut().zip(&side.frames) {
            f.exposed |= g.exposed;
        }
        self.restore(State { facts, known, in_memory, all_in_memory: main.all_in_memory, frames });
        self.b.block = meeting;
        Ok(())
    }

    /// The registers' values at the end of one side, where new cells are no secret any more, and what is known there.
    fn values(&mut self, st: State, end: usize, slots: &[i32]) -> Rec<(Vec<Ref>, State)> {
        self.restore(st);
        self.b.block = end;
        let values = slots.iter().map(|&s| self.slot(s)).collect::<Rec<Vec<Ref>>>()?;
        self.b.escape_all();
        Ok((values, self.state()))
    }

    fn same_constant(&self, a: Ref, b: Ref) -> bool {
        let (x, y) = (self.b.region.inst(a), self.b.region.inst(b));
        self.b.region.is_const(a) && x.op == y.op && x.imm == y.imm
    }
}

/// The copying of an arm.
struct Replay<'a> {
    r: &'a mut Recorder,
    at: &'a Open,
    first: usize,
    /// Registers that memory does not have yet when the arm begins.
    dirty: Vec<(i32, Ref)>,
    snaps: HashMap<u32, u32>,
}

impl Host for Replay<'_> {
    type Error = Abort;

    fn builder(&mut self) -> &mut Builder {
        &mut self.r.b
    }

    fn frame(&mut self, _r: Ref, i: &Inst) -> Result<Option<Ref>, Abort> {
        let v = self.r.slot(i.imm as i32)?;
        Ok(Some(self.r.boxed(v)?))
    }

    /// What the branch looked at to see where it goes, it need not look at again on the other side.
    fn made(&mut self, r: Ref, i: &Inst) -> Option<Ref> {
        let same = |m: &Inst| (m.op, m.args, m.imm, m.aux) == (i.op, i.args, i.imm, i.aux);
        let made = self.at.made.iter().copied();
        made.filter(|_| r.index() < self.first).find(|&m| same(self.r.b.region.inst(m)))
    }

    fn flag(&mut self) -> Option<i64> {
        self.r.flag.map(|f| std::ptr::from_ref(f) as i64)
    }

    /// The arm's snapshot with the values of this place, and the registers that the arm did not touch.
    fn snapshot(&mut self, source: &Region, snap: u32, map: &Map) -> Result<u32, Abort> {
        if let Some(&s) = self.snaps.get(&snap) {
            return Ok(s);
        }
        let old = &source.snaps[snap as usize];
        let mut slots = Vec::new();
        for &(s, r) in &old.slots {
            slots.push((s, copied(&mut self.r.b, source, map, r)?));
        }
        let limits = frame::limits(&old.chain, Pc(old.pc as *const u64));
        let frames = &self.at.state.frames;
        let end = end_of_common(&old.chain, frames);
        for &(s, r) in &self.dirty {
            let needed = s < end && limits.iter().any(|(from, to)| (*from..*to).contains(&s));
            if needed && !slots.iter().any(|x| x.0 == s) {
                slots.push((s, r));
            }
        }
        let state = &self.at.state;
        let mut in_memory = state.in_memory.clone();
        for (s, _) in &slots {
            in_memory.remove(s);
        }
        slots.sort_by_key(|s| s.0);
        let mut chain = old.chain.as_ref().clone();
        for (f, g) in chain.iter_mut().zip(&state.frames) {
            f.exposed |= g.exposed;
        }
        let s = self.r.b.snapshot(Snapshot {
            slots,
            in_memory: in_memory.share(),
            all_in_memory: state.all_in_memory,
            chain: Rc::new(chain),
            shapes: Rc::default(),
            ..old.clone()
        });
        self.snaps.insert(snap, s);
        Ok(s)
    }
}
