//! Which characters can come next, at every operation; and what the engine gains from knowing.
//!
//! Two passes from the last operation to the first, so that (as control goes forward) what an operation leads to is
//! known before the operation itself. The first sees every body by itself; the second sees what follows it too.
//! Inside bodies that are left for good (assertions, atomic groups, possessive repeats) what follows must not be
//! used to choose among the body's own matches, hence anything may follow there.

use crate::charset::High;
use crate::program::{At, Branch, Filter, NONE, Op, Program, Test};

/// A superset of the characters a match can start with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct First {
    /// A bit for every Latin-1 character.
    low: [u64; 4],
    /// Classes of characters above, as in [`High`].
    high: u8,
    /// It may also be at the end of the text.
    end: bool,
    /// It may also end without one, or nothing is known.
    empty: bool,
}

impl First {
    pub(crate) const NOTHING: First = First { low: [0; 4], high: 0, end: false, empty: false };
    const END: First = First { low: [0; 4], high: 0, end: false, empty: true };
    const ANYTHING: First = First { low: [!0; 4], high: High::ALL, end: true, empty: true };

    const ANY_CHAR: First = First { end: false, empty: false, ..First::ANYTHING };

    fn or(self, other: First) -> First {
        let mut low = self.low;
        for (a, b) in low.iter_mut().zip(other.low) {
            *a |= b;
        }
        First {
            low,
            high: self.high | other.high,
            end: self.end | other.end,
            empty: self.empty | other.empty,
        }
    }

    /// What comes first in `self` followed by `next`.
    fn then(self, next: First) -> First {
        if self.empty { First { empty: false, ..self }.or(next) } else { self }
    }

    pub(crate) fn has(&self, ch: u8) -> bool {
        self.low[usize::from(ch >> 6)] >> (ch & 63) & 1 == 1
    }

    /// Whether any character above Latin-1 may be in it.
    pub(crate) fn has_high(&self) -> bool {
        self.high != 0
    }

    pub(crate) fn add(&mut self, other: First) {
        *self = self.or(other);
    }

    fn one(ch: u32) -> First {
        let mut f = First::NOTHING;
        if ch < 256 {
            f.low[(ch >> 6) as usize] = 1 << (ch & 63);
        } else {
            f.high = High::ALL;
        }
        f
    }

    fn all_but(ch: u32) -> First {
        let mut f = First::ANY_CHAR;
        if ch < 256 {
            f.low[(ch >> 6) as usize] &= !(1 << (ch & 63));
        }
        f
    }

    /// The characters in both.
    pub(crate) fn and(self, other: First) -> First {
        let mut low = self.low;
        for (a, b) in low.iter_mut().zip(other.low) {
            *a &= b;
        }
        First {
            low,
            high: self.high & other.high,
            end: self.end & other.end,
            empty: self.empty & other.empty,
        }
    }

    fn shares_low(&self, other: &First) -> bool {
        self.low.iter().zip(other.low).any(|(a, b)| a & b != 0)
    }
}

/// What a single-character test accepts.
pub(crate) fn of_test(p: &Program, test: Test) -> First {
    match test {
        Test::Any => First::all_but(10),
        Test::AnyAll | Test::LocaleSet(_) => First::ANY_CHAR,
        Test::Literal(c) => First::one(c),
        Test::NotLiteral(c) => First::all_but(c),
        Test::Set(s) => {
            let set = &p.sets[s as usize];
            let mut f = First { high: set.high.mask, ..First::NOTHING };
            for (ch, yes) in set.low.iter().enumerate() {
                f.low[ch >> 6] |= u64::from(*yes) << (ch & 63);
            }
            f
        }
    }
}

/// What an operation that consumes exactly one character (or starts with it) accepts.
pub(crate) fn of_op(p: &Program, op: Op) -> Option<First> {
    Some(match op {
        Op::Any => of_test(p, Test::Any),
        Op::AnyAll => of_test(p, Test::AnyAll),
        Op::Literal(c) => First::one(c),
        Op::NotLiteral(c) => First::all_but(c),
        Op::Set(s) => of_test(p, Test::Set(s)),
        Op::LocaleSet(s) => of_test(p, Test::LocaleSet(s)),
        Op::Str { start, .. } => First::one(u32::from(p.strings[start as usize])),
        _ => return None,
    })
}

/// One pass. `bodies` holds, for loops and atomic groups, what the first pass found for their bodies alone.
fn pass(p: &Program, bodies: Option<&[First]>) -> Vec<First> {
    let mut f = vec![First::END; p.ops.len()];
    for pc in (0..p.ops.len()).rev() {
        let op = p.ops[pc];
        let body = |target: u32| match bodies {
            Some(known) => known[target as usize],
            None => f[target as usize],
        };
        let next = |f: &[First]| f.get(pc + 1).copied().unwrap_or(First::END);
        f[pc] = match op {
            Op::Str { .. } | Op::Any | Op::AnyAll => of_op(p, op).unwrap_or(First::ANYTHING),
            Op::Literal(_) | Op::NotLiteral(_) | Op::Set(_) | Op::LocaleSet(_) => {
                of_op(p, op).unwrap_or(First::ANYTHING)
            }
            Op::At(At::EndString) => First { end: true, ..First::NOTHING },
            Op::At(At::End | At::EndLine) => First { end: true, ..First::one(10) },
            Op::At(_) | Op::Mark(_) => next(&f),
            Op::Jump(to) => f[to as usize],
            Op::Branch(chunk) => {
                let mut all = First::NOTHING;
                for b in chunks(p, chunk) {
                    for alt in &b.alts {
                        all.add(f[*alt as usize]);
                    }
                }
                all
            }
            Op::Greedy(o) | Op::Lazy(o) | Op::Possessive(o) => {
                let one = &p.ones[o as usize];
                let test = of_test(p, one.test);
                match (one.min, one.max) {
                    (_, 0) => next(&f),
                    (0, _) => test.or(next(&f)),
                    _ => test,
                }
            }
            Op::Optional(l) | Op::OptionalLazy(l) => f[pc + 1].or(f[p.loops[l as usize].tail as usize]),
            Op::Repeat(l) | Op::PossRepeat(l) => {
                let l = &p.loops[l as usize];
                let once = body(l.body).then(f[l.tail as usize]);
                if l.min == 0 { once.or(f[l.tail as usize]) } else { once }
            }
            Op::MaxUntil(_) | Op::MinUntil(_) | Op::PossUntil(_) | Op::AtomicEnd(_) if bodies.is_none() => {
                First::END
            }
            Op::MaxUntil(l) | Op::MinUntil(l) => {
                let l = &p.loops[l as usize];
                First { empty: false, ..body(l.body) }.or(f[l.tail as usize])
            }
            Op::PossUntil(_) | Op::AtomicEnd(_) => First::ANYTHING,
            Op::AssertEnd(_) | Op::AssertNotEnd(_) => First::ANYTHING,
            Op::Assert(b) | Op::AssertNot(b) => f[p.blocks[b as usize].after as usize],
            Op::Atomic(b) => {
                let after = f[p.blocks[b as usize].after as usize];
                match bodies {
                    Some(known) => known[pc + 1].then(after),
                    None => f[pc + 1].then(after),
                }
            }
            Op::GroupRef(..) => First::ANYTHING,
            Op::GroupExists { no, .. } => f[pc + 1].or(f[no as usize]),
            Op::Success => First::END,
            Op::Fail => First::NOTHING,
        };
    }
    f
}

/// The chunks of a branch.
pub(crate) fn chunks(p: &Program, first: u32) -> impl Iterator<Item = &Branch> {
    let mut at = first;
    std::iter::from_fn(move || {
        let b = p.branches.get(at as usize)?;
        at = b.next;
        Some(b)
    })
}

impl Branch {
    /// A branch without alternatives.
    pub(crate) fn new() -> Branch {
        Branch { alts: Vec::new(), class: Box::new([0; 256]), masks: Vec::new(), high: 0, end: 0, next: NONE }
    }

    fn fill(&mut self, f: &[First]) {
        let firsts: Vec<First> = self.alts.iter().map(|pc| f[*pc as usize]).collect();
        let mask_of = |can: &dyn Fn(&First) -> bool| {
            firsts
                .iter()
                .enumerate()
                .fold(0u64, |m, (i, first)| m | u64::from(first.empty || can(first)) << i)
        };
        self.high = mask_of(&First::has_high);
        self.end = mask_of(&|first| first.end);
        let mut masks: Vec<u64> = Vec::new();
        for ch in 0..=255u8 {
            let mask = mask_of(&|first| first.has(ch));
            let known = masks.iter().position(|m| *m == mask);
            self.class[usize::from(ch)] = known.unwrap_or(masks.len()) as u8;
            if known.is_none() {
                masks.push(mask);
            }
        }
        self.masks = masks;
    }
}

/// Index of a filter for `first`, if it filters at all.
fn filter(p: &mut Program, first: First) -> u32 {
    if first.empty || first == First::ANYTHING {
        return NONE;
    }
    let mut low = [false; 256];
    for ch in 0..=255u8 {
        low[usize::from(ch)] = first.has(ch);
    }
    let count: u32 = first.low.iter().map(|w| w.count_ones()).sum();
    let only = (count == 1 && !first.has_high() && !first.end)
        .then(|| low.iter().position(|yes| *yes))
        .flatten()
        .map(|ch| ch as u32);
    let same = |f: &Filter| f.low == low && f.high == first.has_high() && f.end == first.end;
    if let Some(i) = p.filters.iter().rev().take(8).position(same) {
        return (p.filters.len() - 1 - i) as u32;
    }
    p.filters.push(Filter { low, high: first.has_high(), end: first.end, only });
    p.filters.len() as u32 - 1
}

/// Fills in what the program's tables say about next characters.
pub(crate) fn analyse(p: &mut Program) {
    let wanted = |op: &Op| {
        matches!(
            op,
            Op::Branch(_)
                | Op::Greedy(_)
                | Op::Lazy(_)
                | Op::Repeat(_)
                | Op::Optional(_)
                | Op::OptionalLazy(_)
        )
    };
    if !p.ops.iter().any(wanted) {
        return;
    }
    let alone = pass(p, None);
    let f = pass(p, Some(&alone));
    for pc in 0..p.ops.len() {
        match p.ops[pc] {
            Op::Greedy(o) | Op::Lazy(o) => {
                let test = of_test(p, p.ones[o as usize].test);
                let follow = f[pc + 1];
                let filter = filter(p, follow);
                let one = &mut p.ones[o as usize];
                one.follow = filter;
                one.sealed_low = !follow.empty && !test.shares_low(&follow);
                one.sealed = one.sealed_low && test.high & follow.high == 0;
            }
            Op::Branch(chunk) => {
                let mut at = chunk;
                while at != NONE {
                    let branch = &mut p.branches[at as usize];
                    branch.fill(&f);
                    at = branch.next;
                }
            }
            Op::Repeat(l) | Op::Optional(l) | Op::OptionalLazy(l) => {
                let (body, tail) = (p.loops[l as usize].body, p.loops[l as usize].tail);
                let (enter, leave) = (filter(p, f[body as usize]), filter(p, f[tail as usize]));
                let l = &mut p.loops[l as usize];
                (l.enter, l.leave) = (enter, leave);
            }
            _ => {}
        }
    }
}
