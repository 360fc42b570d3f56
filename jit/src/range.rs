//! Range analysis: checks of integers that can not fail go.
//!
//! Every integer has an interval, from what computes it and from the checks that were passed on the way; beside them
//! stand differences, `a - b <= c`, from comparisons of two unknowns. A forward walk over the blocks; at a join only
//! what holds on all ways in stays. A loop's parameters start with the interval of the first turn, which is widened to
//! the next landmark (0, the bounds of an immediate integer, all) until another turn stays inside: few rounds, and
//! nothing but landmarks, so it always ends.
//!
//! What comes of it: arithmetic that can not overflow is not checked (`AddI` becomes `AddW`), comparisons
//! and indexes that are decided are not compared, integers that fit are tagged without a look (`TagI`), and a
//! tagged integer that is stored needs no write barrier.
//!
//! Invariants: blocks stand in topological order, back edges aside. `AddW` and `SubW` may wrap where a recorder had
//! its own reasons (an iterator's last step), so their intervals count only where the sum fits.

use crate::ir::{COUNT, Cond, End, Inst, Item, LENGTH, NO_SNAPSHOT, Op, Ref, Region, Ty};
use rustc_hash::FxHashMap as HashMap;

/// All integers from `lo` to `hi`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Range {
    lo: i64,
    hi: i64,
}

const FULL: Range = Range { lo: i64::MIN, hi: i64::MAX };
/// Immediate integers.
const SMALL: Range = Range { lo: -(1 << 61), hi: (1 << 61) - 1 };
/// More items than any memory holds.
const MOST: i64 = 1 << 48;
/// Rounds over a loop before its unsteady parameters are given up.
const ROUNDS: usize = 12;

impl Range {
    fn one(n: i64) -> Range {
        Range { lo: n, hi: n }
    }

    /// The interval, unless it holds more than an integer of 64 bits does.
    fn fitting(lo: i128, hi: i128) -> Option<Range> {
        Some(Range { lo: i64::try_from(lo).ok()?, hi: i64::try_from(hi).ok()? })
    }

    /// The part of the interval that an integer of 64 bits holds.
    fn clipped(lo: i128, hi: i128) -> Range {
        let clip = |n: i128| n.clamp(i64::MIN as i128, i64::MAX as i128) as i64;
        Range { lo: clip(lo), hi: clip(hi) }
    }

    fn hull(self, o: Range) -> Range {
        Range { lo: self.lo.min(o.lo), hi: self.hi.max(o.hi) }
    }

    /// What both allow. Two that exclude each other are in code that is never reached: anything is true there.
    fn meet(self, o: Range) -> Range {
        let r = Range { lo: self.lo.max(o.lo), hi: self.hi.min(o.hi) };
        if r.lo <= r.hi { r } else { self }
    }

    fn within(self, o: Range) -> bool {
        o.lo <= self.lo && self.hi <= o.hi
    }

    /// How many bits hold the interval's numbers beside the sign.
    fn bits(self) -> u32 {
        let one = |n: i64| 64 - (n ^ (n >> 63)).leading_zeros();
        one(self.lo).max(one(self.hi))
    }

    /// Widens to the next landmarks where `next` goes beyond.
    fn widened(self, next: Range) -> Range {
        let down = [0, SMALL.lo, i64::MIN];
        let up = [0, SMALL.hi, i64::MAX];
        let lo = if next.lo < self.lo {
            down.into_iter().find(|&l| l <= next.lo && l < self.lo).unwrap_or(i64::MIN)
        } else {
            self.lo
        };
        let hi = if next.hi > self.hi {
            up.into_iter().find(|&h| h >= next.hi && h > self.hi).unwrap_or(i64::MAX)
        } else {
            self.hi
        };
        Range { lo, hi }
    }
}

/// What is known at a place.
#[derive(Clone, Debug)]
struct State {
    ranges: Vec<Range>,
    /// The first minus the second is at most this.
    differences: HashMap<(Ref, Ref), i64>,
}

impl State {
    fn of(&self, r: Ref) -> Range {
        if r.is_some() { self.ranges[r.index()] } else { FULL }
    }

    fn join(&mut self, o: &State) {
        for (a, b) in self.ranges.iter_mut().zip(&o.ranges) {
            *a = a.hull(*b);
        }
        self.differences.retain(|k, c| match o.differences.get(k) {
            Some(d) => {
                *c = (*c).max(*d);
                true
            }
            None => false,
        });
    }

    /// A value as another one plus a constant, as far as nothing wraps.
    fn split(&self, region: &Region, mut r: Ref) -> (Ref, i64) {
        let mut offset = 0i64;
        loop {
            let i = region.inst(r);
            let sign = match i.op {
                Op::AddI | Op::AddW => 1,
                Op::SubI | Op::SubW => -1,
                // The same integer.
                Op::SmallI => {
                    r = i.args[0];
                    continue;
                }
                _ => return (r, offset),
            };
            let k = region.inst(i.args[1]);
            if k.op != Op::KInt {
                return (r, offset);
            }
            let base = self.of(i.args[0]);
            let step = sign * k.imm as i128;
            let checked = matches!(i.op, Op::AddI | Op::SubI);
            if !checked && Range::fitting(base.lo as i128 + step, base.hi as i128 + step).is_none() {
                return (r, offset);
            }
            match i64::try_from(offset as i128 + step) {
                Ok(n) => offset = n,
                Err(_) => return (r, offset),
            }
            r = i.args[0];
        }
    }

    /// The interval, also by what has become known since of the value that it is a constant away from.
    fn sharp(&self, region: &Region, r: Ref) -> Range {
        let (base, k) = self.split(region, r);
        let b = self.of(base);
        match Range::fitting(b.lo as i128 + k as i128, b.hi as i128 + k as i128) {
            Some(shifted) => self.of(r).meet(shifted),
            None => self.of(r),
        }
    }

    /// Is `a - b <= c`?
    fn at_most(&self, region: &Region, a: Ref, b: Ref, c: i64) -> bool {
        let (x, y) = (self.sharp(region, a), self.sharp(region, b));
        if x.hi as i128 - y.lo as i128 <= c as i128 {
            return true;
        }
        let ((a, j), (b, k)) = (self.split(region, a), self.split(region, b));
        let bound = c as i128 - j as i128 + k as i128;
        (a == b && 0 <= bound) || self.differences.get(&(a, b)).is_some_and(|&d| d as i128 <= bound)
    }

    /// From here on `a - b <= c`.
    fn note(&mut self, region: &Region, a: Ref, b: Ref, c: i64) {
        let (x, y) = (self.of(a), self.of(b));
        let c = c as i128;
        self.narrow(region, a, Range::clipped(i64::MIN as i128, y.hi as i128 + c));
        self.narrow(region, b, Range::clipped(x.lo as i128 - c, i64::MAX as i128));
        let ((a, j), (b, k)) = (self.split(region, a), self.split(region, b));
        if a == b || region.is_const(a) || region.is_const(b) {
            return;
        }
        if let Ok(c) = i64::try_from(c - j as i128 + k as i128) {
            let d = self.differences.entry((a, b)).or_insert(c);
            *d = (*d).min(c);
        }
    }

    /// The value lies in the interval; so does, shifted, what it is a constant away from.
    fn narrow(&mut self, region: &Region, r: Ref, to: Range) {
        let (base, offset) = self.split(region, r);
        let k = offset as i128;
        self.ranges[r.index()] = self.of(r).meet(to);
        if base != r {
            let shifted = Range::clipped(to.lo as i128 - k, to.hi as i128 - k);
            // A bound at the edge says nothing of the base.
            let lo = if to.lo == i64::MIN { i64::MIN } else { shifted.lo };
            let hi = if to.hi == i64::MAX { i64::MAX } else { shifted.hi };
            self.ranges[base.index()] = self.of(base).meet(Range { lo, hi });
        }
    }

    /// The condition holds from here on.
    fn assume(&mut self, region: &Region, cond: Cond, a: Ref, b: Ref) {
        match cond {
            Cond::Lt => self.note(region, a, b, -1),
            Cond::Le => self.note(region, a, b, 0),
            Cond::Gt => self.note(region, b, a, -1),
            Cond::Ge => self.note(region, b, a, 0),
            Cond::Eq => {
                self.note(region, a, b, 0);
                self.note(region, b, a, 0);
            }
            Cond::Ne => {
                for (v, other) in [(a, self.of(b)), (b, self.of(a))] {
                    if other.lo != other.hi {
                        continue;
                    }
                    let own = self.of(v);
                    if own.lo == other.lo && own.lo < own.hi {
                        self.narrow(region, v, Range { lo: own.lo + 1, hi: own.hi });
                    } else if own.hi == other.lo && own.lo < own.hi {
                        self.narrow(region, v, Range { lo: own.lo, hi: own.hi - 1 });
                    }
                }
            }
            Cond::Below => {
                // Below a limit that is no negative number: not negative itself.
                if self.of(b).lo >= 0 {
                    self.narrow(region, a, Range { lo: 0, hi: i64::MAX });
                    self.note(region, a, b, -1);
                }
            }
        }
    }

    /// Must the condition hold?
    fn implies(&self, region: &Region, cond: Cond, a: Ref, b: Ref) -> bool {
        let less = |a, b| self.at_most(region, a, b, -1);
        match cond {
            Cond::Lt => less(a, b),
            Cond::Le => self.at_most(region, a, b, 0),
            Cond::Gt => less(b, a),
            Cond::Ge => self.at_most(region, b, a, 0),
            Cond::Eq => self.at_most(region, a, b, 0) && self.at_most(region, b, a, 0),
            Cond::Ne => less(a, b) || less(b, a),
            Cond::Below => self.sharp(region, a).lo >= 0 && less(a, b),
        }
    }
}

/// What becomes of an instruction.
enum Edit {
    /// This operation, which does not leave.
    Op(Op),
    Remove,
}

/// Runs the pass.
pub fn run(region: &mut Region) {
    let mut edits = Vec::new();
    solve(region, &mut edits);
    let mut gone = vec![false; region.insts.len()];
    for (r, edit) in edits {
        match edit {
            Edit::Op(op) => {
                let i = &mut region.insts[r.index()];
                i.op = op;
                i.snap = NO_SNAPSHOT;
            }
            Edit::Remove => gone[r.index()] = true,
        }
    }
    for b in &mut region.blocks {
        b.body.retain(|r| !gone[r.index()]);
    }
    drop_barriers(region);
    drop_names(region);
}

/// Finds the intervals of loop parameters, then what they make needless.
fn solve(region: &Region, edits: &mut Vec<(Ref, Edit)>) {
    let start = State {
        ranges: region
            .insts
            .iter()
            .map(|i| if i.op == Op::KInt { Range::one(i.imm) } else { FULL })
            .collect(),
        differences: HashMap::default(),
    };
    // Intervals of the parameters of blocks that are jumped back to.
    let mut assumed: HashMap<Ref, Range> = HashMap::default();
    for round in 0..=ROUNDS {
        let mut outs: Vec<Option<State>> = vec![None; region.blocks.len()];
        let mut steady = true;
        edits.clear();
        for n in 0..region.blocks.len() {
            let Some(mut state) = entry(region, n, &outs, &start) else { continue };
            enter_params(region, n, &outs, &mut state, &mut assumed);
            walk(region, n, &mut state, edits);
            for (to, args) in jumps(&region.blocks[n].end) {
                if to > n {
                    continue;
                }
                for (&p, &a) in region.blocks[to].params.iter().zip(args) {
                    if let Some(r) = assumed.get_mut(&p)
                        && region.ty(p) == Ty::Int
                        && !state.of(a).within(*r)
                    {
                        *r = if round + 1 < ROUNDS { r.widened(state.of(a)) } else { FULL };
                        steady = false;
                    }
                }
            }
            outs[n] = Some(state);
        }
        if steady {
            return;
        }
    }
    // Not reached: after the last widening everything is inside.
    edits.clear();
}

/// The jumps that end a block.
fn jumps(end: &End) -> Vec<(usize, &[Ref])> {
    match end {
        End::Jump(to, args) => vec![(*to, args)],
        // The guard is in no body: neither side learns from it.
        End::Branch { then, other, .. } => vec![(*then, &[]), (*other, &[])],
        _ => Vec::new(),
    }
}

/// What is known where a block begins, from the blocks before it.
fn entry(region: &Region, n: usize, outs: &[Option<State>], start: &State) -> Option<State> {
    if n == 0 {
        return Some(start.clone());
    }
    let mut state: Option<State> = None;
    for (k, b) in region.blocks[..n].iter().enumerate() {
        if jumps(&b.end).iter().any(|j| j.0 == n)
            && let Some(out) = &outs[k]
        {
            match &mut state {
                Some(s) => s.join(out),
                None => state = Some(out.clone()),
            }
        }
    }
    state
}

/// The intervals of a block's parameters: those of the arguments, and of a loop's what is assumed of later turns.
fn enter_params(
    region: &Region,
    n: usize,
    outs: &[Option<State>],
    state: &mut State,
    assumed: &mut HashMap<Ref, Range>,
) {
    let is_loop = region.blocks[n..].iter().any(|b| jumps(&b.end).iter().any(|j| j.0 == n));
    for (k, &p) in region.blocks[n].params.iter().enumerate() {
        if region.ty(p) != Ty::Int {
            continue;
        }
        let mut range: Option<Range> = None;
        for (m, b) in region.blocks[..n].iter().enumerate() {
            for (to, args) in jumps(&b.end) {
                if to == n
                    && let Some(out) = &outs[m]
                {
                    let r = out.of(args[k]);
                    range = Some(range.map_or(r, |x| x.hull(r)));
                }
            }
        }
        let range = range.unwrap_or(FULL);
        state.ranges[p.index()] = if is_loop {
            let a = assumed.entry(p).or_insert(range);
            *a = a.hull(range);
            *a
        } else {
            range
        };
    }
}

/// Walks a block.
fn walk(region: &Region, n: usize, state: &mut State, edits: &mut Vec<(Ref, Edit)>) {
    for &r in &region.blocks[n].body {
        let i = region.inst(r);
        let [a, b, _] = i.args;
        match i.op {
            Op::GuardI => {
                let cond = Cond::from_u32(i.aux);
                if state.implies(region, cond, a, b) {
                    edits.push((r, Edit::Remove));
                } else {
                    state.assume(region, cond, a, b);
                }
            }
            Op::BoxI if state.of(a).within(SMALL) => edits.push((r, Edit::Op(Op::TagI))),
            _ if i.ty == Ty::Int => {
                let (lo, hi) = exact(i, state);
                let unchecked = match i.op {
                    Op::AddI => Some(Op::AddW),
                    Op::SubI => Some(Op::SubW),
                    Op::MulI => Some(Op::MulW),
                    Op::ShlI => Some(Op::ShlW),
                    Op::NegI => Some(Op::NegW),
                    _ => None,
                };
                let fitting = Range::fitting(lo, hi);
                if let Some(op) = unchecked
                    && fitting.is_some()
                {
                    edits.push((r, Edit::Op(op)));
                }
                state.ranges[r.index()] = match fitting {
                    Some(x) => x,
                    // It has left where it does not fit.
                    None if unchecked.is_some() => Range::clipped(lo, hi),
                    None => FULL,
                };
            }
            _ => {}
        }
    }
}

/// The interval of an instruction's result as if integers had no end.
fn exact(i: &Inst, state: &State) -> (i128, i128) {
    let (x, y) = (state.of(i.args[0]), state.of(i.args[1]));
    let (xl, xh, yl, yh) = (x.lo as i128, x.hi as i128, y.lo as i128, y.hi as i128);
    let outer =
        |all: [i128; 4]| all.into_iter().fold((i128::MAX, i128::MIN), |s, n| (s.0.min(n), s.1.max(n)));
    let all = (FULL.lo as i128, FULL.hi as i128);
    match i.op {
        Op::KInt => (i.imm as i128, i.imm as i128),
        Op::UnboxI => (SMALL.lo as i128, SMALL.hi as i128),
        Op::SmallI => {
            let r = x.meet(SMALL);
            (r.lo as i128, r.hi as i128)
        }
        Op::LoadU => (0, u32::MAX as i128),
        Op::LoadT => Item::from_u32(i.aux).bounds().map_or(all, |(lo, hi)| (lo as i128, hi as i128)),
        Op::LoadW if i.aux == LENGTH => (0, MOST as i128),
        Op::LoadW if i.aux == COUNT => (0, i64::MAX as i128),
        Op::AddI | Op::AddW => (xl + yl, xh + yh),
        Op::SubI | Op::SubW => (xl - yh, xh - yl),
        Op::MulI | Op::MulW => outer([xl * yl, xl * yh, xh * yl, xh * yh]),
        Op::NegI | Op::NegW => (-xh, -xl),
        Op::ShlI | Op::ShlW if yl == yh && (0..63).contains(&yl) => (xl << yl, xh << yl),
        Op::SarI if yl == yh && (0..64).contains(&yl) => (xl >> yl, xh >> yl),
        Op::SarI => (xl.min(0), xh.max(if xl < 0 { -1 } else { 0 })),
        Op::AndI => match (xl >= 0, yl >= 0) {
            (true, true) => (0, xh.min(yh)),
            (true, false) => (0, xh),
            (false, true) => (0, yh),
            (false, false) => signed(x.bits().max(y.bits())),
        },
        Op::OrI | Op::XorI => {
            let (lo, hi) = signed(x.bits().max(y.bits()));
            if xl >= 0 && yl >= 0 { (0, hi) } else { (lo, hi) }
        }
        Op::DivI if yl > 0 => {
            outer([xl.div_euclid(yl), xl.div_euclid(yh), xh.div_euclid(yl), xh.div_euclid(yh)])
        }
        Op::DivI => {
            // The divisor is neither 0 nor -1: no quotient is larger than the dividend.
            let m = xl.abs().max(xh.abs());
            (-m, m)
        }
        Op::ModI => {
            let (lo, hi) = ((yl + 1).min(0), (yh - 1).max(0));
            if xl >= 0 && yl > 0 { (lo, hi.min(xh)) } else { (lo, hi) }
        }
        _ => all,
    }
}

/// Integers of this many bits beside the sign.
fn signed(bits: u32) -> (i128, i128) {
    (-(1i128 << bits), (1i128 << bits) - 1)
}

/// A stored immediate refers to nothing: the store needs no barrier.
fn drop_barriers(region: &mut Region) {
    for n in 0..region.blocks.len() {
        let body = std::mem::take(&mut region.blocks[n].body);
        let kept = body.iter().enumerate().filter(|&(k, &r)| {
            let i = region.inst(r);
            let stored = match (i.op, k.checked_sub(1).map(|k| region.inst(body[k]))) {
                (Op::BarrierAt, Some(s)) if s.op == Op::Store => Some((s, s.args[1], 1)),
                (Op::BarrierEl, Some(s)) if s.op == Op::StoreEl => Some((s, s.args[2], 2)),
                _ => None,
            };
            !stored.is_some_and(|(s, v, places)| {
                s.args[..places] == i.args[..places] && s.imm == i.imm && region.inst(v).op == Op::TagI
            })
        });
        region.blocks[n].body = kept.map(|(_, &r)| r).collect();
    }
}

/// What is said of integers by `SmallI` has been heard: they go by one name again.
fn drop_names(region: &mut Region) {
    let mut named: Vec<Ref> = (0..region.insts.len() as u32).map(Ref).collect();
    for b in &mut region.blocks {
        b.body.retain(|&r| {
            let i = &region.insts[r.index()];
            if i.op == Op::SmallI {
                named[r.index()] = named[i.args[0].index()];
            }
            i.op != Op::SmallI
        });
    }
    region.rename(&named);
}
