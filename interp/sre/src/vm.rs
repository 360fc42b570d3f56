//! The engine: tries to match a program at one position, backtracking over an explicit stack.
//!
//! Everything that failing must undo is a [`Frame`]: choices not yet tried, and old values of marks and loop counters.
//! Failing pops frames until one has something left to try, so that the state is exactly what it was when the frame
//! was pushed. While the stack is empty nothing can be returned to, and no old values are kept.
//!
//! A loop has one counter however often it is entered: an inner loop is started again only after its earlier run was
//! left, and going back into that run restores the counter. The same holds for the blocks.
//!
//! The machine stack is never used for nesting; the frame stack is bounded by [`State::set_memory_limit`].

use crate::charset::Fold;
use crate::program::{At, Filter, NONE, One, Op, Program, Test, Words};
use crate::search::{Error, Host};
use crate::tables;
use crate::unit::Unit;

/// A mark that is not set.
pub(crate) const UNSET: usize = usize::MAX;
/// Steps between two calls of the interrupt check.
const FUEL: u32 = 1 << 16;

/// What to do on failing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Frame {
    /// Restore a mark and the last closed group.
    Mark { index: u32, last_group: u32, old: usize },
    /// Restore a loop's counter.
    Counter { index: u32, count: u32, last: usize },
    /// Go on at `pc`.
    Goto { pc: u32, pos: usize },
    /// Try the alternatives of `mask`, then those of the next chunks.
    Branch { chunk: u32, pos: usize, mask: u64 },
    /// Give back characters of the repeat at `pc`, down to `low`; `at` failed.
    Greedy { pc: u32, low: usize, at: usize },
    /// Take one more character; `at` failed.
    Lazy { pc: u32, at: usize, limit: usize },
    /// The iteration begun here failed: leave the loop instead. Its counter still says where it began.
    Leave { index: u32, last: usize },
    /// The tail failed: do one more iteration.
    Again { index: u32, pos: usize },
    /// An iteration of a possessive repeat failed.
    Possessive { index: u32, count: u32, pos: usize },
    /// The body of a negative assertion failed, which is what it takes.
    Not { index: u32, pos: usize },
}

/// A loop's counter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter {
    /// Iterations begun.
    count: u32,
    /// Where the last one beyond the minimum began; `UNSET` before it.
    last: usize,
}

/// What one attempt works with, reused by the next one.
///
/// After a successful run it holds the match.
#[derive(Debug)]
pub struct State {
    pub(crate) marks: Vec<usize>,
    /// The last group closed, counted from 1; 0 if none was.
    pub(crate) last_group: u32,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) touched: bool,
    stack: Vec<Frame>,
    counters: Vec<Counter>,
    /// For blocks and possessive repeats: height of the stack and position where they began.
    blocks: Vec<(usize, usize)>,
    possessives: Vec<usize>,
    fuel: u32,
    max_frames: usize,
}

/// Frames kept allocated from one run to the next.
const KEEP: usize = 1 << 14;
/// Memory for frames unless the caller sets another limit.
const DEFAULT_LIMIT: usize = 2 << 30;

impl Default for State {
    fn default() -> Self {
        State::new()
    }
}

impl State {
    /// A state ready for any program.
    pub fn new() -> State {
        State {
            marks: Vec::new(),
            last_group: 0,
            start: 0,
            end: 0,
            touched: false,
            stack: Vec::new(),
            counters: Vec::new(),
            blocks: Vec::new(),
            possessives: Vec::new(),
            fuel: FUEL,
            max_frames: DEFAULT_LIMIT / size_of::<Frame>(),
        }
    }

    /// Bounds the memory one run may use for going back; beyond it the run ends in [`Error::OutOfMemory`].
    pub fn set_memory_limit(&mut self, bytes: usize) {
        self.max_frames = bytes / size_of::<Frame>();
    }

    /// Sizes the tables for `p`; the marks come out unset.
    pub(crate) fn prepare(&mut self, p: &Program) -> Result<(), Error> {
        let counter = Counter { count: 0, last: UNSET };
        fit(&mut self.marks, p.marks, UNSET)?;
        fit(&mut self.counters, p.loops.len(), counter)?;
        fit(&mut self.blocks, p.blocks.len(), (0, 0))?;
        fit(&mut self.possessives, p.loops.len(), 0)?;
        self.last_group = 0;
        self.touched = false;
        Ok(())
    }

    /// Gives back what an unusually hungry run allocated.
    pub(crate) fn finish(&mut self) {
        self.stack.clear();
        if self.stack.capacity() > KEEP {
            self.stack.shrink_to(KEEP);
        }
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Error> {
        let len = self.stack.len();
        let more = len.max(32).min(self.max_frames.saturating_sub(len));
        if more == 0 {
            return Err(Error::OutOfMemory);
        }
        self.stack.try_reserve_exact(more).map_err(|_| Error::OutOfMemory)
    }

    #[inline(always)]
    fn push(&mut self, frame: Frame) -> Result<(), Error> {
        if self.stack.len() == self.stack.capacity() {
            self.grow()?;
        }
        self.stack.push(frame);
        Ok(())
    }

    /// Makes final what happened since the stack had this height: no choice is left, only old marks.
    fn commit(&mut self, height: usize) {
        if height == 0 {
            self.stack.clear();
            return;
        }
        let mut to = height;
        for from in height..self.stack.len() {
            let frame = self.stack[from];
            if matches!(frame, Frame::Mark { .. }) {
                self.stack[to] = frame;
                to += 1;
            }
        }
        self.stack.truncate(to);
    }

    /// Undoes what happened since the stack had this height.
    fn undo(&mut self, height: usize) {
        while self.stack.len() > height {
            match self.stack.pop() {
                Some(Frame::Mark { index, last_group, old }) => {
                    self.marks[index as usize] = old;
                    self.last_group = last_group;
                }
                Some(Frame::Counter { index, count, last }) => {
                    self.counters[index as usize] = Counter { count, last };
                }
                _ => {}
            }
        }
    }
}

fn fit<T: Clone>(v: &mut Vec<T>, len: usize, value: T) -> Result<(), Error> {
    v.clear();
    v.try_reserve(len).map_err(|_| Error::OutOfMemory)?;
    v.resize(len, value);
    Ok(())
}

/// One text and how to match it.
pub(crate) struct Vm<'a, C> {
    pub(crate) program: &'a Program,
    /// The text up to where matching ends.
    pub(crate) text: &'a [C],
    pub(crate) host: &'a Host<'a>,
    /// Whether a match must reach the end.
    pub(crate) full: bool,
    /// Where no match may end: the start, if an empty match there is not wanted.
    pub(crate) not_at: usize,
}

impl Filter {
    #[inline(always)]
    fn passes<C: Unit>(&self, c: C) -> bool {
        c.look(&self.low, |_| self.high)
    }
}

impl<C: Unit> Vm<'_, C> {
    #[inline(always)]
    fn next_passes(&self, filter: u32, pos: usize) -> bool {
        if filter == NONE {
            return true;
        }
        let filter = &self.program.filters[filter as usize];
        self.text.get(pos).map_or(filter.end, |c| filter.passes(*c))
    }

    #[inline(always)]
    fn set_has(&self, set: u32, c: C) -> bool {
        let set = &self.program.sets[set as usize];
        c.look(&set.low, |ch| set.slow(ch, self.host.tables))
    }

    #[cold]
    fn locale_set_has(&self, set: u32, c: C) -> bool {
        self.program.sets[set as usize].slow(c.code(), self.host.tables)
    }

    #[inline(always)]
    fn test(&self, test: Test, c: C) -> bool {
        match test {
            Test::Any => c.code() != 10,
            Test::AnyAll => true,
            Test::Literal(l) => c.code() == l,
            Test::NotLiteral(l) => c.code() != l,
            Test::Set(s) => self.set_has(s, c),
            Test::LocaleSet(s) => self.locale_set_has(s, c),
        }
    }

    /// The first position from `pos` on with a character of the set.
    pub(crate) fn find_set(&self, set: u32, pos: usize) -> Option<usize> {
        let set = &self.program.sets[set as usize];
        let (rest, t) = (self.text.get(pos..)?, self.host.tables);
        let found = match set.only_letter() {
            Some(letter) => rest.iter().position(|c| c.look(&set.low, |ch| t.lower(ch) == letter)),
            None => rest.iter().position(|c| c.look(&set.low, |ch| set.slow(ch, t))),
        };
        found.map(|i| pos + i)
    }

    /// Where the run of characters passing the test ends: at most `max` of them from `pos` on.
    #[inline]
    pub(crate) fn run_end(&self, test: Test, pos: usize, max: u32) -> usize {
        let mut rest = &self.text[pos..];
        if max != u32::MAX && (max as usize) < rest.len() {
            rest = &rest[..max as usize];
        }
        let stop = match test {
            Test::Any => C::narrow(10).and_then(|nl| C::find(rest, nl)),
            Test::AnyAll => None,
            Test::Literal(l) => match C::narrow(l) {
                Some(l) => rest.iter().position(|c| *c != l),
                None => Some(0),
            },
            Test::NotLiteral(l) => C::narrow(l).and_then(|l| C::find(rest, l)),
            Test::Set(s) => {
                let set = &self.program.sets[s as usize];
                rest.iter().position(|c| !c.look(&set.low, |ch| set.slow(ch, self.host.tables)))
            }
            Test::LocaleSet(s) => rest.iter().position(|c| !self.locale_set_has(s, *c)),
        };
        pos + stop.unwrap_or(rest.len())
    }

    /// The last position in `low..=high` where what follows the repeat may start.
    #[inline]
    fn last_candidate(&self, one: &One, low: usize, high: usize) -> Option<usize> {
        if one.follow == NONE {
            return (low <= high).then_some(high);
        }
        let filter = &self.program.filters[one.follow as usize];
        if filter.end && high == self.text.len() {
            return (low <= high).then_some(high);
        }
        let end = self.text.len().min(high.wrapping_add(1));
        if low >= end {
            return None;
        }
        let range = &self.text[low..end];
        let found = match filter.only {
            Some(only) if range.len() > 16 => C::rfind(range, C::narrow(only)?),
            _ => range.iter().rposition(|c| filter.passes(*c)),
        };
        found.map(|i| low + i)
    }

    /// The first position from `pos` to `limit` where what follows the repeat may start and up to which it matches.
    #[inline]
    fn first_candidate(&self, one: &One, mut pos: usize, limit: usize) -> Option<usize> {
        if one.follow == NONE {
            return Some(pos);
        }
        let filter = &self.program.filters[one.follow as usize];
        if let (Test::AnyAll, Some(only)) = (one.test, filter.only) {
            let end = self.text.len().min(limit.saturating_add(1));
            return C::find(self.text.get(pos..end)?, C::narrow(only)?).map(|i| pos + i);
        }
        loop {
            let Some(&c) = self.text.get(pos) else { return filter.end.then_some(pos) };
            if filter.passes(c) {
                return Some(pos);
            }
            if pos >= limit || !self.test(one.test, c) {
                return None;
            }
            pos += 1;
        }
    }

    fn is_word(&self, words: Words, c: C) -> bool {
        let ch = c.code();
        match words {
            Words::Ascii => tables::ascii_is_word(ch),
            Words::Locale => tables::locale_is_word(self.host.tables, ch),
            Words::Unicode => tables::unicode_is_word(self.host.tables, ch),
        }
    }

    pub(crate) fn at(&self, at: At, pos: usize) -> bool {
        let text = self.text;
        match at {
            At::Beginning => pos == 0,
            At::BeginningLine => pos == 0 || text[pos - 1].code() == 10,
            At::End => pos == text.len() || (pos + 1 == text.len() && text[pos].code() == 10),
            At::EndLine => text.get(pos).is_none_or(|c| c.code() == 10),
            At::EndString => pos == text.len(),
            // Neither a boundary nor its opposite is found in an empty text.
            At::Boundary(..) if text.is_empty() => false,
            At::Boundary(wanted, words) => {
                let before = pos > 0 && self.is_word(words, text[pos - 1]);
                let after = text.get(pos).is_some_and(|c| self.is_word(words, *c));
                (before != after) == wanted
            }
        }
    }

    fn folded(&self, fold: Fold, c: C) -> u32 {
        let (ch, t) = (c.code(), self.host.tables);
        match fold {
            Fold::None | Fold::LocaleLiteral => ch,
            Fold::Ascii => tables::ascii_lower(ch),
            Fold::Unicode => tables::unicode_lower(t, ch),
            Fold::Locale => tables::locale_lower(t, ch),
        }
    }

    /// Where the text of the group ends if it is repeated at `pos`.
    fn group_again(&self, st: &State, group: u32, fold: Fold, pos: usize) -> Option<usize> {
        let (start, end) = st.group(group)?;
        let to = pos.checked_add(end - start)?;
        let (old, new) = (&self.text[start..end], self.text.get(pos..to)?);
        let same = match fold {
            Fold::None => old.iter().zip(new).all(|(a, b)| a == b),
            _ => old.iter().zip(new).all(|(a, b)| self.folded(fold, *a) == self.folded(fold, *b)),
        };
        same.then_some(to)
    }

    #[cold]
    fn refuel(&self, st: &mut State) -> Result<(), Error> {
        st.fuel = FUEL;
        if (self.host.interrupt)() { Err(Error::Interrupted) } else { Ok(()) }
    }

    #[inline(always)]
    fn step(&self, st: &mut State) -> Result<(), Error> {
        st.fuel -= 1;
        if st.fuel == 0 { self.refuel(st) } else { Ok(()) }
    }

    /// Tries the alternatives of `mask`, then those of the chunks after; leaves a frame for what is left over.
    #[inline(always)]
    fn choose(
        &self,
        st: &mut State,
        mut chunk: u32,
        mut mask: u64,
        pos: usize,
    ) -> Result<Option<usize>, Error> {
        loop {
            let branch = &self.program.branches[chunk as usize];
            if mask != 0 {
                let rest = mask & (mask - 1);
                if rest != 0 || branch.next != NONE {
                    st.push(Frame::Branch { chunk, pos, mask: rest })?;
                }
                return Ok(Some(branch.alts[mask.trailing_zeros() as usize] as usize));
            }
            if branch.next == NONE {
                return Ok(None);
            }
            chunk = branch.next;
            mask = self.viable(chunk, pos);
        }
    }

    /// The alternatives of a chunk that can start at `pos`.
    #[inline(always)]
    fn viable(&self, chunk: u32, pos: usize) -> u64 {
        let branch = &self.program.branches[chunk as usize];
        match self.text.get(pos).map(|c| c.code()) {
            Some(ch @ 0..=255) => branch.masks[branch.class[ch as usize] as usize],
            Some(_) => branch.high,
            None => branch.end,
        }
    }

    /// Sets a loop's counter so that failing restores it.
    #[inline(always)]
    fn count(&self, st: &mut State, index: u32, new: Counter) -> Result<(), Error> {
        let old = st.counters[index as usize];
        if !st.stack.is_empty() {
            st.push(Frame::Counter { index, count: old.count, last: old.last })?;
        }
        st.counters[index as usize] = new;
        Ok(())
    }

    /// Decides what happens when `count` iterations of a loop are done. Gives where to go on, if anywhere.
    #[inline(always)]
    fn until(&self, st: &mut State, index: u32, pos: usize) -> Result<usize, Error> {
        self.step(st)?;
        let l = &self.program.loops[index as usize];
        let Counter { count, last } = st.counters[index as usize];
        if count < l.min {
            self.count(st, index, Counter { count: count + 1, last })?;
            return Ok(l.body as usize);
        }
        if !l.greedy {
            if self.next_passes(l.leave, pos) {
                st.push(Frame::Again { index, pos })?;
                return Ok(l.tail as usize);
            }
            return if self.again(st, index, pos)? { Ok(l.body as usize) } else { Ok(FAILED) };
        }
        if (count >= l.max && l.max != u32::MAX) || pos == last || !self.next_passes(l.enter, pos) {
            return Ok(l.tail as usize);
        }
        let new = Counter { count: count.saturating_add(1), last: pos };
        if self.next_passes(l.leave, pos) {
            st.push(Frame::Leave { index, last })?;
            st.counters[index as usize] = new;
        } else {
            self.count(st, index, new)?;
        }
        Ok(l.body as usize)
    }

    /// Begins one more iteration of a lazy loop, if it may.
    fn again(&self, st: &mut State, index: u32, pos: usize) -> Result<bool, Error> {
        let l = &self.program.loops[index as usize];
        let Counter { count, last } = st.counters[index as usize];
        if (count >= l.max && l.max != u32::MAX) || pos == last || !self.next_passes(l.enter, pos) {
            return Ok(false);
        }
        self.count(st, index, Counter { count: count.saturating_add(1), last: pos })?;
        Ok(true)
    }

    /// Matches at `start`. Gives the end of the match; the marks are then in the state.
    pub(crate) fn attempt(&self, st: &mut State, start: usize) -> Result<Option<usize>, Error> {
        let (p, text) = (self.program, self.text);
        let ops = &p.ops[..];
        let mut pc = 0usize;
        let mut pos = start;
        st.stack.clear();
        loop {
            // An arm that matched goes on with `continue`; what falls out of the `match` has failed.
            match ops[pc] {
                Op::Literal(l) => {
                    if text.get(pos).is_some_and(|c| c.code() == l) {
                        pos += 1;
                        pc += 1;
                        continue;
                    }
                }
                Op::Str { start, len } => {
                    let s = &p.strings[start as usize..][..len as usize];
                    if C::starts_with(&text[pos..], s) {
                        pos += s.len();
                        pc += 1;
                        continue;
                    }
                }
                Op::Set(s) => {
                    if text.get(pos).is_some_and(|c| self.set_has(s, *c)) {
                        pos += 1;
                        pc += 1;
                        continue;
                    }
                }
                Op::LocaleSet(s) => {
                    if text.get(pos).is_some_and(|c| self.locale_set_has(s, *c)) {
                        pos += 1;
                        pc += 1;
                        continue;
                    }
                }
                Op::NotLiteral(l) => {
                    if text.get(pos).is_some_and(|c| c.code() != l) {
                        pos += 1;
                        pc += 1;
                        continue;
                    }
                }
                Op::Any => {
                    if text.get(pos).is_some_and(|c| c.code() != 10) {
                        pos += 1;
                        pc += 1;
                        continue;
                    }
                }
                Op::AnyAll => {
                    if pos < text.len() {
                        pos += 1;
                        pc += 1;
                        continue;
                    }
                }
                Op::Mark(index) => {
                    let old = st.marks[index as usize];
                    if !st.stack.is_empty() {
                        let last_group = st.last_group;
                        st.push(Frame::Mark { index, last_group, old })?;
                    }
                    st.touched = true;
                    st.marks[index as usize] = pos;
                    if index & 1 == 1 {
                        st.last_group = index / 2 + 1;
                    }
                    pc += 1;
                    continue;
                }
                Op::Greedy(o) => {
                    let one = &p.ones[o as usize];
                    let end = self.run_end(one.test, pos, one.max);
                    if end - pos >= one.min as usize {
                        let low = pos + one.min as usize;
                        if one.sealed || (!C::WIDE && one.sealed_low) {
                            pos = end;
                            pc += 1;
                            continue;
                        }
                        if let Some(at) = self.last_candidate(one, low, end) {
                            if at > low {
                                st.push(Frame::Greedy { pc: pc as u32, low, at })?;
                            }
                            pos = at;
                            pc += 1;
                            continue;
                        }
                    }
                }
                Op::Lazy(o) => {
                    let one = &p.ones[o as usize];
                    let min = one.min as usize;
                    if min == 0
                        || (text.len() - pos >= min && self.run_end(one.test, pos, one.min) - pos == min)
                    {
                        let limit = if one.max == u32::MAX {
                            usize::MAX
                        } else {
                            pos.saturating_add(one.max as usize)
                        };
                        if let Some(at) = self.first_candidate(one, pos + min, limit) {
                            st.push(Frame::Lazy { pc: pc as u32, at, limit })?;
                            pos = at;
                            pc += 1;
                            continue;
                        }
                    }
                }
                Op::Possessive(o) => {
                    let one = &p.ones[o as usize];
                    let end = self.run_end(one.test, pos, one.max);
                    if end - pos >= one.min as usize {
                        pos = end;
                        pc += 1;
                        continue;
                    }
                }
                Op::Branch(chunk) => {
                    let mask = self.viable(chunk, pos);
                    if let Some(to) = self.choose(st, chunk, mask, pos)? {
                        pc = to;
                        continue;
                    }
                }
                Op::Jump(to) => {
                    pc = to as usize;
                    continue;
                }
                Op::Optional(l) => {
                    let l = &p.loops[l as usize];
                    if self.next_passes(l.enter, pos) {
                        if self.next_passes(l.leave, pos) {
                            st.push(Frame::Goto { pc: l.tail, pos })?;
                        }
                        pc += 1;
                    } else {
                        pc = l.tail as usize;
                    }
                    continue;
                }
                Op::OptionalLazy(l) => {
                    let l = &p.loops[l as usize];
                    if self.next_passes(l.leave, pos) {
                        if self.next_passes(l.enter, pos) {
                            st.push(Frame::Goto { pc: l.body, pos })?;
                        }
                        pc = l.tail as usize;
                    } else {
                        pc += 1;
                    }
                    continue;
                }
                Op::Repeat(index) => {
                    self.count(st, index, Counter { count: 0, last: UNSET })?;
                    pc = self.until(st, index, pos)?;
                    if pc != FAILED {
                        continue;
                    }
                }
                Op::MaxUntil(index) | Op::MinUntil(index) => {
                    pc = self.until(st, index, pos)?;
                    if pc != FAILED {
                        continue;
                    }
                }
                Op::PossRepeat(index) => {
                    let l = &p.loops[index as usize];
                    if l.max == 0 {
                        pc = l.tail as usize;
                        continue;
                    }
                    st.possessives[index as usize] = st.stack.len();
                    st.push(Frame::Possessive { index, count: 0, pos })?;
                    pc += 1;
                    continue;
                }
                Op::PossUntil(index) => {
                    self.step(st)?;
                    let l = &p.loops[index as usize];
                    let height = st.possessives[index as usize];
                    let Frame::Possessive { count, pos: began, .. } = st.stack[height] else {
                        return Err(Error::Internal);
                    };
                    let count = count.saturating_add(1);
                    // What the iteration did is final, and its own frame goes too.
                    st.stack[height] = Frame::Goto { pc: 0, pos: 0 };
                    st.commit(height);
                    // Empty iterations end the loop, unless they are needed for the minimum.
                    let enough = count >= l.min;
                    if enough && ((count >= l.max && l.max != u32::MAX) || pos == began) {
                        pc = l.tail as usize;
                        continue;
                    }
                    st.possessives[index as usize] = st.stack.len();
                    st.push(Frame::Possessive { index, count, pos })?;
                    pc = l.body as usize;
                    continue;
                }
                Op::At(at) => {
                    if self.at(at, pos) {
                        pc += 1;
                        continue;
                    }
                }
                Op::GroupRef(group, fold) => {
                    if let Some(to) = self.group_again(st, group, fold, pos) {
                        pos = to;
                        pc += 1;
                        continue;
                    }
                }
                Op::GroupExists { group, no } => {
                    pc = if st.group(group).is_some() { pc + 1 } else { no as usize };
                    continue;
                }
                Op::Assert(b) => {
                    let back = p.blocks[b as usize].back;
                    if back <= pos {
                        st.blocks[b as usize] = (st.stack.len(), pos);
                        pos -= back;
                        pc += 1;
                        continue;
                    }
                }
                Op::AssertEnd(b) => {
                    let (height, began) = st.blocks[b as usize];
                    st.commit(height);
                    pos = began;
                    pc += 1;
                    continue;
                }
                Op::AssertNot(b) => {
                    let block = &p.blocks[b as usize];
                    if block.back <= pos {
                        st.blocks[b as usize] = (st.stack.len(), pos);
                        st.push(Frame::Not { index: b, pos })?;
                        pos -= block.back;
                        pc += 1;
                    } else {
                        pc = block.after as usize;
                    }
                    continue;
                }
                Op::AssertNotEnd(b) => {
                    let (height, _) = st.blocks[b as usize];
                    st.undo(height);
                }
                Op::Atomic(b) => {
                    st.blocks[b as usize] = (st.stack.len(), pos);
                    pc += 1;
                    continue;
                }
                Op::AtomicEnd(b) => {
                    let (height, _) = st.blocks[b as usize];
                    st.commit(height);
                    pc += 1;
                    continue;
                }
                Op::Success => {
                    if pos != self.not_at && !(self.full && pos != text.len()) {
                        return Ok(Some(pos));
                    }
                }
                Op::Fail => {}
            }

            self.step(st)?;
            loop {
                let Some(frame) = st.stack.pop() else { return Ok(None) };
                match frame {
                    Frame::Mark { index, last_group, old } => {
                        st.marks[index as usize] = old;
                        st.last_group = last_group;
                    }
                    Frame::Counter { index, count, last } => {
                        st.counters[index as usize] = Counter { count, last };
                    }
                    Frame::Goto { pc: to, pos: at } => {
                        (pc, pos) = (to as usize, at);
                        break;
                    }
                    Frame::Branch { chunk, pos: at, mask } => {
                        if let Some(to) = self.choose(st, chunk, mask, at)? {
                            (pc, pos) = (to, at);
                            break;
                        }
                    }
                    Frame::Greedy { pc: from, low, at } => {
                        let Op::Greedy(o) = ops[from as usize] else { return Err(Error::Internal) };
                        if let Some(at) = self.last_candidate(&p.ones[o as usize], low, at - 1) {
                            if at > low {
                                st.push(Frame::Greedy { pc: from, low, at })?;
                            }
                            (pc, pos) = (from as usize + 1, at);
                            break;
                        }
                    }
                    Frame::Lazy { pc: from, at, limit } => {
                        let Op::Lazy(o) = ops[from as usize] else { return Err(Error::Internal) };
                        let one = &p.ones[o as usize];
                        if at < limit
                            && text.get(at).is_some_and(|c| self.test(one.test, *c))
                            && let Some(at) = self.first_candidate(one, at + 1, limit)
                        {
                            st.push(Frame::Lazy { pc: from, at, limit })?;
                            (pc, pos) = (from as usize + 1, at);
                            break;
                        }
                    }
                    Frame::Leave { index, last } => {
                        let counter = &mut st.counters[index as usize];
                        pos = counter.last;
                        *counter = Counter { count: counter.count - 1, last };
                        pc = p.loops[index as usize].tail as usize;
                        break;
                    }
                    Frame::Again { index, pos: at } => {
                        if self.again(st, index, at)? {
                            (pc, pos) = (p.loops[index as usize].body as usize, at);
                            break;
                        }
                    }
                    Frame::Possessive { index, count, pos: at } => {
                        let l = &p.loops[index as usize];
                        if count >= l.min {
                            (pc, pos) = (l.tail as usize, at);
                            break;
                        }
                    }
                    Frame::Not { index, pos: at } => {
                        (pc, pos) = (p.blocks[index as usize].after as usize, at);
                        break;
                    }
                }
            }
        }
    }
}

/// Says that there is nowhere to go on.
const FAILED: usize = usize::MAX;
