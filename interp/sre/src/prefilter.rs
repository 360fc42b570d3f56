//! Where to look for a match at all: derived from the program at its first search.
//!
//! Everything here is a superset of the truth. Positions passed over cannot start a match; those offered still have to
//! be tried. A program whose match must begin with a known string is searched with memmem; otherwise the sets of
//! characters possible at the first few positions make a filter that looks at every character once (shift-and).

use std::sync::atomic::{AtomicBool, Ordering};

use memchr::memmem;

use crate::first::{self, First, chunks};
use crate::program::{At, NONE, Op, Program, Test};
use crate::unit::Unit;

/// Positions looked at together: bits of a shift-and word.
const DEPTH: usize = 12;
/// Operations that may be reached at one depth before a pattern counts as too wide.
const WIDTH: usize = 96;

/// A way to find candidates.
#[derive(Debug)]
pub(crate) enum Prefilter {
    /// Only the beginning of the text.
    Beginning,
    /// Only beginnings of lines.
    Lines,
    /// Only where this string of two characters or more is.
    String(Box<memmem::Finder<'static>>),
    /// Only where this string is, which has characters above Latin-1.
    Wide(Vec<u32>),
    /// Only where one of one to three characters is; any other count is a scan of the table.
    Chars(Chars),
    /// Only where each of the next `depth` characters is in its set.
    Shift(Shift),
    /// Everywhere.
    Any,
}

#[derive(Debug)]
pub(crate) struct Chars {
    low: Box<[bool; 256]>,
    high: bool,
    few: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Shift {
    /// For every Latin-1 character, a bit for each position it can be at.
    masks: Box<[u16; 256]>,
    high: u16,
    depth: u32,
    /// The characters at the first position, unless there are any above Latin-1.
    few: Vec<u8>,
    /// Whether some text had too many of these to look for them alone. A hint: nothing depends on who sees it when.
    common: AtomicBool,
}

/// How far a scan got, for the next one to go on from there.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    seen: u16,
    next: usize,
}

/// What begins a search: a filter, and what one failed attempt tells of later ones.
impl Prefilter {
    /// Finds the best filter for `p`.
    pub(crate) fn of(p: &Program) -> Prefilter {
        let mut pc = 0;
        while matches!(p.ops[pc], Op::Mark(_)) {
            pc += 1;
        }
        match p.ops[pc] {
            Op::At(At::Beginning) => return Prefilter::Beginning,
            Op::At(At::BeginningLine) => return Prefilter::Lines,
            _ => {}
        }
        let prefix = prefix(p, pc);
        let narrow: Option<Vec<u8>> = prefix.iter().map(|c| u8::try_from(*c).ok()).collect();
        match narrow {
            None => return Prefilter::Wide(prefix),
            Some(s) if s.len() > 1 => {
                return Prefilter::String(Box::new(memmem::Finder::new(&s).into_owned()));
            }
            _ => {}
        }
        let mut sets = positions(p, 0);
        if let Op::Assert(b) = p.ops[pc]
            && p.blocks[b as usize].back == 0
        {
            // What a look-ahead at the start demands holds as well.
            let mut ahead = positions(p, pc + 1);
            if ahead.len() > sets.len() {
                std::mem::swap(&mut ahead, &mut sets);
            }
            for (set, other) in sets.iter_mut().zip(ahead) {
                *set = set.and(other);
            }
        }
        let Some(head) = sets.first() else { return Prefilter::Any };
        let few: Vec<u8> = (0..=255).filter(|c| head.has(*c)).collect();
        let all = few.len() == 256 && head.has_high();
        // In a filter of all characters no position is worth a look.
        let useful = sets.iter().rposition(|s| !(0..=255).all(|c| s.has(c))).map_or(0, |i| i + 1);
        if useful > 1 {
            return Prefilter::Shift(Shift::new(&sets[..useful], few));
        }
        if all {
            return Prefilter::Any;
        }
        let mut low = Box::new([false; 256]);
        for c in &few {
            low[usize::from(*c)] = true;
        }
        Prefilter::Chars(Chars { low, high: head.has_high(), few })
    }

    /// Whether a match may start with this, for a caller that found the first character by itself.
    #[inline]
    pub(crate) fn may_match<C: Unit>(&self, text: &[C]) -> bool {
        match self {
            Prefilter::Shift(shift) => shift.fits(text) == Some(true),
            _ => true,
        }
    }

    /// The first candidate from `pos` to `last`, which is at most the length of the text.
    #[inline]
    pub(crate) fn next<C: Unit>(
        &self,
        scan: &mut Scan,
        text: &[C],
        pos: usize,
        last: usize,
    ) -> Option<usize> {
        if pos > last {
            return None;
        }
        let found = match self {
            Prefilter::Any => Some(pos),
            Prefilter::Beginning => (pos == 0).then_some(0),
            Prefilter::Lines if pos == 0 => Some(0),
            Prefilter::Lines => C::narrow(10).and_then(|nl| C::find(&text[pos - 1..], nl)).map(|i| pos + i),
            Prefilter::String(finder) => C::find_string(&text[pos..], finder).map(|i| pos + i),
            Prefilter::Wide(needle) => find_wide(&text[pos..], needle).map(|i| pos + i),
            Prefilter::Chars(chars) => chars.next(&text[pos..]).map(|i| pos + i),
            Prefilter::Shift(shift) => shift.next(scan, text, pos),
        };
        found.filter(|at| *at <= last)
    }
}

impl Chars {
    fn next<C: Unit>(&self, text: &[C]) -> Option<usize> {
        if !self.high && C::has_quick(&self.few) {
            return C::find_few(text, &self.few);
        }
        text.iter().position(|c| c.look(&self.low, |_| self.high))
    }
}

/// Candidates to be found by their first character alone before this proves to be too common.
const TRIALS: usize = 8;
/// Characters that must lie between two of them on average.
const DISTANCE: usize = 16;

impl Shift {
    fn new(sets: &[First], few: Vec<u8>) -> Shift {
        let mut s = Shift {
            masks: Box::new([0; 256]),
            high: 0,
            depth: sets.len() as u32,
            few,
            common: AtomicBool::new(false),
        };
        for (i, set) in sets.iter().enumerate() {
            for c in 0..=255u8 {
                s.masks[usize::from(c)] |= u16::from(set.has(c)) << i;
            }
            s.high |= u16::from(set.has_high()) << i;
        }
        if s.high & 1 != 0 {
            s.few.clear();
        }
        s
    }

    fn next<C: Unit>(&self, scan: &mut Scan, text: &[C], mut pos: usize) -> Option<usize> {
        if !C::has_quick(&self.few) || self.common.load(Ordering::Relaxed) {
            return self.scan(scan, text, pos);
        }
        // Rare first characters are found fastest by themselves; how rare they are, the text tells.
        let (start, mut tries) = (pos, 0);
        loop {
            pos += C::find_few(&text[pos..], &self.few)?;
            if self.fits(&text[pos..])? {
                return Some(pos);
            }
            pos += 1;
            tries += 1;
            if tries % TRIALS == 0 && pos - start < tries * DISTANCE {
                self.common.store(true, Ordering::Relaxed);
                return self.scan(scan, text, pos);
            }
        }
    }

    /// Whether each of the first characters is in its set. Nothing if there are too few of them.
    #[inline]
    fn fits<C: Unit>(&self, text: &[C]) -> Option<bool> {
        let window = text.get(..self.depth as usize)?;
        Some(window.iter().enumerate().all(|(i, c)| c.pick(&self.masks, self.high) >> i & 1 == 1))
    }

    fn scan<C: Unit>(&self, scan: &mut Scan, text: &[C], pos: usize) -> Option<usize> {
        let depth = self.depth as usize;
        let hit = 1u16 << (depth - 1);
        // One past the last candidate most of what is to be seen has been seen.
        let (mut seen, from) = if scan.next == pos + depth - 1 { (scan.seen, scan.next) } else { (0, pos) };
        for (i, c) in text.get(from..)?.iter().enumerate() {
            seen = (seen << 1 | 1) & c.pick(&self.masks, self.high);
            if seen & hit != 0 {
                *scan = Scan { seen, next: from + i + 1 };
                return Some(from + i + 1 - depth);
            }
        }
        None
    }
}

/// Index of the first occurrence of a string that is not empty.
fn find_wide<C: Unit>(text: &[C], needle: &[u32]) -> Option<usize> {
    let first = C::narrow(*needle.first()?)?;
    let mut at = 0;
    loop {
        at += C::find(&text[at..], first)?;
        let window = text.get(at..at + needle.len())?;
        if window.iter().zip(needle).all(|(a, b)| a.code() == *b) {
            return Some(at);
        }
        at += 1;
    }
}

/// The string every match starts with, from `pc` on.
fn prefix(p: &Program, mut pc: usize) -> Vec<u32> {
    let mut out = Vec::new();
    loop {
        match p.ops[pc] {
            Op::Mark(_) => {}
            Op::Literal(c) => out.push(c),
            Op::Str { start, len } => {
                out.extend(p.strings[start as usize..][..len as usize].iter().map(|c| u32::from(*c)));
            }
            _ => return out,
        }
        pc += 1;
    }
}

/// A place in the program, and how much of it was consumed already (for strings and single-character repeats).
type Place = (usize, u32);

/// For each of the first positions of a match that goes on at `pc`, the characters that can be there.
fn positions(p: &Program, pc: usize) -> Vec<First> {
    let mut sets = Vec::new();
    let mut now: Vec<Place> = Vec::new();
    if !reach(p, (pc, 0), &mut now) {
        return sets;
    }
    while sets.len() < DEPTH {
        let mut set = First::NOTHING;
        let (mut next, mut more) = (Vec::new(), true);
        for &(pc, done) in &now {
            let after = match p.ops[pc] {
                Op::Str { start, len } => {
                    let at = (start + done) as usize;
                    set.add(first::of_test(p, Test::Literal(u32::from(p.strings[at]))));
                    if done + 1 < len { (pc, done + 1) } else { (pc + 1, 0) }
                }
                Op::Greedy(o) | Op::Lazy(o) | Op::Possessive(o) => {
                    let one = &p.ones[o as usize];
                    set.add(first::of_test(p, one.test));
                    // Counting beyond what is looked at is of no use.
                    (pc, (done + 1).min(DEPTH as u32 + 1))
                }
                op => {
                    let Some(chars) = first::of_op(p, op) else { return sets };
                    set.add(chars);
                    (pc + 1, 0)
                }
            };
            more &= reach(p, after, &mut next);
        }
        sets.push(set);
        now = next;
        // Otherwise a match may end here, or anything may come.
        if !more || now.is_empty() {
            return sets;
        }
    }
    sets
}

/// Adds the consuming operations reachable from a place without consuming. False if the match can end there, or if
/// that is not known, or if they are too many.
fn reach(p: &Program, from: Place, out: &mut Vec<Place>) -> bool {
    let mut todo = vec![from];
    let mut seen: Vec<Place> = Vec::new();
    while let Some(place) = todo.pop() {
        if seen.contains(&place) {
            continue;
        }
        if seen.len() > WIDTH || out.len() > WIDTH {
            return false;
        }
        seen.push(place);
        let (pc, done) = place;
        let mut go = |to: u32| todo.push((to as usize, 0));
        let next = pc as u32 + 1;
        match p.ops[pc] {
            Op::Success | Op::GroupRef(..) => return false,
            Op::Fail => {}
            Op::At(_) | Op::Mark(_) | Op::Atomic(_) | Op::AtomicEnd(_) => go(next),
            Op::Jump(to) => go(to),
            Op::Branch(chunk) => chunks(p, chunk).flat_map(|b| &b.alts).for_each(|alt| go(*alt)),
            Op::Greedy(o) | Op::Lazy(o) | Op::Possessive(o) => {
                let one = &p.ones[o as usize];
                let more = done < one.max && !out.contains(&place);
                if done >= one.min {
                    go(next);
                }
                if more {
                    out.push(place);
                }
            }
            Op::Optional(l) | Op::OptionalLazy(l) | Op::Repeat(l) | Op::PossRepeat(l) => {
                let l = &p.loops[l as usize];
                if l.min == 0 {
                    go(l.tail);
                }
                if l.max > 0 {
                    go(l.body);
                }
            }
            Op::MaxUntil(l) | Op::MinUntil(l) | Op::PossUntil(l) => {
                let l = &p.loops[l as usize];
                go(l.body);
                go(l.tail);
            }
            Op::Assert(b) | Op::AssertNot(b) => go(p.blocks[b as usize].after),
            Op::AssertEnd(_) | Op::AssertNotEnd(_) => return false,
            Op::GroupExists { no, .. } => {
                go(next);
                go(no);
            }
            _ if out.contains(&place) => {}
            _ => out.push(place),
        }
    }
    true
}

/// The set a match starts with, if it may hold characters that the filter can not tell apart.
pub(crate) fn wide_head(p: &Program) -> Option<u32> {
    match p.ops.iter().find(|op| !matches!(op, Op::Mark(_)))? {
        Op::Set(s) if p.sets[*s as usize].high.mask != 0 => Some(*s),
        Op::Greedy(o) | Op::Possessive(o) | Op::Lazy(o) if p.ones[*o as usize].min > 0 => {
            match p.ones[*o as usize].test {
                Test::Set(s) if p.sets[s as usize].high.mask != 0 => Some(s),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A repeat that makes later attempts useless.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) test: Test,
    /// A condition on the position that comes before it.
    pub(crate) at: Option<At>,
}

/// The single-character repeat without bound that a match starts with, if failing at one position (where `at` holds)
/// says that the match fails at all positions the repeat reached from there.
///
/// It does when what was captured cannot matter: a later start within the run tries the rest of the pattern at
/// some of the same positions, in vain.
pub(crate) fn leading_run(p: &Program) -> Option<Run> {
    if p.back_references {
        return None;
    }
    let mut at = None;
    for op in &p.ops {
        match op {
            Op::Mark(_) => {}
            Op::At(a) if at.is_none() => at = Some(*a),
            Op::Greedy(o) | Op::Lazy(o) => {
                let one = &p.ones[*o as usize];
                return (one.max == NONE).then_some(Run { test: one.test, at });
            }
            _ => return None,
        }
    }
    None
}
