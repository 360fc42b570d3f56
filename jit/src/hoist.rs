//! Hoisting: checks of indexes that hold in every turn of a loop are made once, before it.
//!
//! An index that is linear in what counts the turns lies between its values in the first and in the last turn. The first
//! turn checked it, so what is left to check, at the end of the block before the loop, is the last one; and only
//! against one end, as the index goes one way. How many turns there can be is known from the check that ends the loop: of
//! a counter that goes down by one to 0 (a `for` loop over a range), or of a number that goes up or down to a limit.
//!
//! Invariants: the arithmetic before the loop leaves on overflow, so where it goes on the last index is the true integer,
//! and it and all before it are inside the bounds. That there is another turn at all is checked first, by a guard on
//! which a trace may grow. The others leave with [`Resume::Ahead`]: they say nothing of the program's way, and when they
//! fail often the loop is recorded anew without this pass (`cache.rs`). Sums in an index do not wrap: `AddW` there is the
//! range analysis's; what recorders add without a check (an iterator's next state) is an item a turn later.

use crate::ir::{Cond, End, Inst, NO_SNAPSHOT, Op, Ref, Region, Resume, Snapshot, Ty};
use rustc_hash::FxHashMap as HashMap;

/// A parameter of the loop that changes by the same amount in every turn.
#[derive(Clone, Copy)]
struct Induction {
    /// Its value in the first turn, before the loop, and in the second.
    start: Ref,
    first: Ref,
    /// What is added (or taken away) in every turn.
    step: Ref,
    down: bool,
    /// Does the addition leave on overflow, each time?
    checked: bool,
}

/// Indexes that differ by constants, and a length.
struct Group {
    base: Ref,
    length: Ref,
    up: bool,
    /// The constant that goes farthest.
    offset: i64,
}

/// What ends the loop.
#[derive(Clone, Copy)]
enum Limit {
    /// A counter that goes down by one, and is not 0 in a turn.
    Counter(Ref),
    /// The parameter compares so with what does not change.
    Compare(Ref, Cond, Ref),
}

struct Loop<'a> {
    region: &'a mut Region,
    /// The block before it, and its first block.
    before: usize,
    head: usize,
    inductions: HashMap<Ref, Induction>,
    /// Is the value computed in the loop?
    inside: Vec<bool>,
    /// The snapshots at the end of the block before: for guards that say where the program goes, and for the others.
    run: u32,
    ahead: u32,
    /// Values that expressions have in the last turn, computed before the loop.
    made: HashMap<Ref, Ref>,
}

/// How deep expressions are followed.
const DEPTH: u32 = 8;

/// Runs the pass.
pub fn run(region: &mut Region) {
    let Some(mut l) = Loop::find(region) else { return };
    let mut limit: Option<Limit> = None;
    let mut gone: Vec<Ref> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for &r in &l.region.blocks[l.head].body {
        let i = l.region.inst(r);
        if i.op != Op::GuardI {
            continue;
        }
        let [a, b, _] = i.args;
        let cond = Cond::from_u32(i.aux);
        if cond != Cond::Below {
            limit = limit.or_else(|| l.limit(a, cond, b));
        } else if let Some(limit) = limit
            && !l.inside[b.index()]
            && let Some(up) = l.goes_up(a, limit, DEPTH).flatten()
            && l.was_checked(a, b)
        {
            l.add(&mut groups, a, b, up);
            gone.push(r);
        }
    }
    let Some(limit) = limit.filter(|_| !gone.is_empty()) else { return };
    let head = l.head;
    l.check_turns(&groups, limit);
    groups.iter().for_each(|g| l.check(g, limit));
    region.blocks[head].body.retain(|r| !gone.contains(r));
}

impl Loop<'_> {
    /// The region's loop, if the block before it ends where the interpreter could go on.
    fn find(region: &mut Region) -> Option<Loop<'_>> {
        let jumps = |n: usize| region.jumps_to(n);
        let head = (1..region.blocks.len()).find(|&n| jumps(n).iter().any(|&from| from >= n))?;
        let (before, back) = match jumps(head)[..] {
            [before, back] if before < head && back >= head => (before, back),
            _ => return None,
        };
        let last = region.inst(*region.blocks[before].body.last()?);
        if last.op != Op::GuardEvents || region.snaps[last.snap as usize].resume != Resume::Run {
            return None;
        }
        let run = last.snap;
        let mut inside = vec![false; region.insts.len()];
        for b in &region.blocks[head..] {
            b.body.iter().chain(&b.params).for_each(|r| inside[r.index()] = true);
        }
        let (End::Jump(_, first), End::Jump(_, next)) =
            (&region.blocks[before].end, &region.blocks[back].end)
        else {
            return None;
        };
        let mut inductions = HashMap::default();
        for ((&p, &first), &next) in region.blocks[head].params.iter().zip(first).zip(next) {
            let i = region.inst(next);
            let down = matches!(i.op, Op::SubI | Op::SubW);
            let start = region.inst(first);
            if region.ty(p) == Ty::Int
                && (down || matches!(i.op, Op::AddI | Op::AddW))
                && checked(i.op) == checked(start.op)
                && i.args[0] == p
                && i.args[1] == start.args[1]
                && !inside[i.args[1].index()]
            {
                let checked = [i.op, start.op].iter().all(|op| matches!(op, Op::AddI | Op::SubI));
                inductions
                    .insert(p, Induction { start: start.args[0], first, step: i.args[1], down, checked });
            }
        }
        if inductions.is_empty() {
            return None;
        }
        let ahead = region.snaps.len() as u32;
        let snap = Snapshot { resume: Resume::Ahead, ..region.snaps[run as usize].clone() };
        region.snaps.push(snap);
        Some(Loop { region, before, head, inductions, inside, run, ahead, made: HashMap::default() })
    }

    fn known(&self, r: Ref) -> Option<i64> {
        let i = self.region.inst(r);
        (i.op == Op::KInt).then_some(i.imm)
    }

    /// What a guard says about the number of turns.
    fn limit(&self, a: Ref, cond: Cond, b: Ref) -> Option<Limit> {
        if self.inductions.contains_key(&b) && !self.inside[a.index()] {
            let turned = match cond {
                Cond::Lt => Cond::Gt,
                Cond::Le => Cond::Ge,
                Cond::Gt => Cond::Lt,
                Cond::Ge => Cond::Le,
                _ => return None,
            };
            return self.limit(b, turned, a);
        }
        let x = self.inductions.get(&a)?;
        if self.inside[b.index()] {
            return None;
        }
        let step = self.known(x.step).map(|k| if x.down { -k } else { k });
        match cond {
            Cond::Ne if step == Some(-1) && self.known(b) == Some(0) => Some(Limit::Counter(a)),
            Cond::Lt | Cond::Le if step.is_some_and(|k| (1..1 << 31).contains(&k)) => {
                Some(Limit::Compare(a, cond, b))
            }
            Cond::Gt | Cond::Ge if step.is_some_and(|k| (-(1 << 31)..0).contains(&k)) => {
                Some(Limit::Compare(a, cond, b))
            }
            _ => None,
        }
    }

    /// Does the value go up from turn to turn, by the same amount each time? Some(None): it is the same in all turns; None: it
    /// is neither. Of a step that is not known it is supposed that it is positive.
    fn goes_up(&self, r: Ref, limit: Limit, depth: u32) -> Option<Option<bool>> {
        if !self.inside[r.index()] {
            return Some(None);
        }
        if let Some(i) = self.inductions.get(&r) {
            let fits = matches!(limit, Limit::Counter(_)) || matches!(limit, Limit::Compare(p, ..) if p == r);
            let up = self.known(i.step).is_none_or(|k| k > 0) != i.down;
            return fits.then_some(Some(up));
        }
        let depth = depth.checked_sub(1)?;
        let i = self.region.inst(r);
        let of = |n: usize| self.goes_up(i.args[n], limit, depth);
        let sum = |a: Option<bool>, b: Option<bool>| match (a, b) {
            (Some(a), Some(b)) => (a == b).then_some(Some(a)),
            (a, b) => Some(a.or(b)),
        };
        let not = |a: Option<bool>| a.map(|a| !a);
        match i.op {
            Op::AddI | Op::AddW => sum(of(0)?, of(1)?),
            Op::SubI | Op::SubW => sum(of(0)?, not(of(1)?)),
            Op::MulI | Op::MulW => match self.known(i.args[1])? {
                0 => None,
                k => Some(of(0)?.map(|up| up == (k > 0))),
            },
            Op::ShlI | Op::ShlW if self.known(i.args[1]).is_some() => of(0),
            Op::NegI | Op::NegW => Some(not(of(0)?)),
            _ => None,
        }
    }

    /// Did the first turn check the same index?
    fn was_checked(&self, index: Ref, length: Ref) -> bool {
        [0, self.before].iter().flat_map(|&n| &self.region.blocks[n].body).any(|&r| {
            let i = self.region.inst(r);
            i.op == Op::GuardI
                && i.aux == Cond::Below as u32
                && i.args[1] == length
                && self.is_start(index, i.args[0], DEPTH)
        })
    }

    /// Is the second value what the first one was in the turn before the loop?
    fn is_start(&self, r: Ref, start: Ref, depth: u32) -> bool {
        if !self.inside[r.index()] {
            return r == start;
        }
        if let Some(i) = self.inductions.get(&r) {
            return i.start == start;
        }
        let (a, b) = (self.region.inst(r), self.region.inst(start));
        depth > 0
            && checked(a.op) == checked(b.op)
            && a.operands().count() == b.operands().count()
            && a.operands().zip(b.operands()).all(|(a, b)| self.is_start(a, b, depth - 1))
    }

    /// Adds an index to those to be checked.
    fn add(&self, groups: &mut Vec<Group>, index: Ref, length: Ref, up: bool) {
        let (mut base, mut offset) = (index, 0i64);
        loop {
            let i = self.region.inst(base);
            let sign = match i.op {
                Op::AddI | Op::AddW => 1,
                Op::SubI | Op::SubW => -1,
                _ => break,
            };
            let next =
                self.known(i.args[1]).filter(|k| k.unsigned_abs() < 1 << 32).map(|k| offset + sign * k);
            let Some(next) = next.filter(|n| self.inside[base.index()] && n.unsigned_abs() < 1 << 40) else {
                break;
            };
            (base, offset) = (i.args[0], next);
        }
        match groups.iter_mut().find(|g| g.base == base && g.length == length) {
            Some(g) => g.offset = if up { g.offset.max(offset) } else { g.offset.min(offset) },
            None => groups.push(Group { base, length, up, offset }),
        }
    }

    /// Appends to the block before the loop.
    fn emit(&mut self, op: Op, args: &[Ref], cond: Option<Cond>, snap: u32) -> Ref {
        let known: Vec<Option<i64>> = args.iter().map(|&a| self.known(a)).collect();
        let folded = match (op, &known[..]) {
            (Op::AddI, &[Some(a), Some(b)]) => a.checked_add(b),
            (Op::SubI, &[Some(a), Some(b)]) => a.checked_sub(b),
            (Op::MulI, &[Some(a), Some(b)]) => a.checked_mul(b),
            (Op::GuardI, &[Some(a), Some(b)]) if cond.is_some_and(|c| c.of(a, b)) => return Ref::NONE,
            _ => None,
        };
        let (same, constant) = match (op, &known[..]) {
            (Op::AddI | Op::SubI, &[_, Some(0)]) | (Op::MulI, &[_, Some(1)]) => (Some(args[0]), None),
            (Op::AddI, &[Some(0), _]) | (Op::MulI, &[Some(1), _]) => (Some(args[1]), None),
            _ => (None, folded),
        };
        if let Some(r) = same {
            return r;
        }
        let r = match constant {
            Some(n) => self.constant(n),
            None => {
                let aux = cond.map_or(0, |c| c as u32);
                let r = self.region.push(Inst { snap, ..Inst::new(op, args).aux(aux) });
                self.region.blocks[self.before].body.push(r);
                r
            }
        };
        self.inside.resize(self.region.insts.len(), false);
        r
    }

    fn constant(&mut self, n: i64) -> Ref {
        let r = self.region.push(Inst { snap: NO_SNAPSHOT, ..Inst::new(Op::KInt, &[]).imm(n) });
        self.inside.resize(self.region.insts.len(), false);
        r
    }

    /// The value of a parameter in the last turn, or where it could be at most.
    fn last(&mut self, p: Ref, limit: Limit) -> Ref {
        let (i, ahead) = (self.inductions[&p], self.ahead);
        match limit {
            Limit::Counter(q) => {
                let far = self.emit(Op::MulI, &[i.step, self.inductions[&q].first], None, ahead);
                self.emit(if i.down { Op::SubI } else { Op::AddI }, &[i.start, far], None, ahead)
            }
            Limit::Compare(_, cond, bound) => {
                let one = self.constant(1);
                match cond {
                    Cond::Lt => self.emit(Op::SubI, &[bound, one], None, ahead),
                    Cond::Gt => self.emit(Op::AddI, &[bound, one], None, ahead),
                    _ => bound,
                }
            }
        }
    }

    /// The value of an expression in the last turn.
    fn value(&mut self, r: Ref, limit: Limit) -> Ref {
        if !self.inside[r.index()] {
            return r;
        }
        if let Some(&v) = self.made.get(&r) {
            return v;
        }
        let v = if self.inductions.contains_key(&r) {
            self.last(r, limit)
        } else {
            let i = *self.region.inst(r);
            let args: Vec<Ref> = i.operands().map(|a| self.value(a, limit)).collect();
            self.emit(checked(i.op), &args, None, self.ahead)
        };
        self.made.insert(r, v);
        v
    }

    /// Checks before the loop that the farthest index of the last turn is inside.
    fn check(&mut self, g: &Group, limit: Limit) {
        let v = self.value(g.base, limit);
        let offset = self.constant(g.offset);
        let v = self.emit(Op::AddI, &[v, offset], None, self.ahead);
        let (end, cond) = if g.up { (g.length, Cond::Lt) } else { (self.constant(0), Cond::Ge) };
        self.emit(Op::GuardI, &[v, end], Some(cond), self.ahead);
    }

    /// The steps of the parameters in an expression.
    fn steps(&self, r: Ref, out: &mut Vec<Ref>) {
        if let Some(i) = self.inductions.get(&r) {
            if !out.contains(&i.step) {
                out.push(i.step);
            }
        } else if self.inside[r.index()] {
            self.region.inst(r).operands().for_each(|a| self.steps(a, out));
        }
    }

    /// Checks that there is another turn, that steps go the way that was supposed, and that what is compared does not
    /// overflow on its way to the limit.
    fn check_turns(&mut self, groups: &[Group], limit: Limit) {
        let zero = self.constant(0);
        match limit {
            Limit::Counter(q) => {
                self.emit(Op::GuardI, &[self.inductions[&q].first, zero], Some(Cond::Gt), self.run);
                let mut steps: Vec<Ref> = Vec::new();
                groups.iter().for_each(|g| self.steps(g.base, &mut steps));
                for step in steps {
                    if self.known(step).is_none() {
                        self.emit(Op::GuardI, &[step, zero], Some(Cond::Gt), self.ahead);
                    }
                }
            }
            Limit::Compare(p, cond, bound) => {
                let i = self.inductions[&p];
                self.emit(Op::GuardI, &[i.first, bound], Some(cond), self.run);
                if !i.checked {
                    let op = if i.down { Op::SubI } else { Op::AddI };
                    self.emit(op, &[i.start, i.step], None, self.ahead);
                    self.emit(op, &[bound, i.step], None, self.ahead);
                }
            }
        }
    }
}

/// The operation that leaves on overflow.
fn checked(op: Op) -> Op {
    match op {
        Op::AddW => Op::AddI,
        Op::SubW => Op::SubI,
        Op::MulW => Op::MulI,
        Op::ShlW => Op::ShlI,
        Op::NegW => Op::NegI,
        op => op,
    }
}
