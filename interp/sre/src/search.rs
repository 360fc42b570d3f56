//! Running a program: at one position, or at the first one where it matches.

use crate::prefilter::{self, Prefilter, Scan};
use crate::program::Program;
use crate::tables::CharTables;
use crate::unit::Unit;
use crate::vm::{State, UNSET, Vm};

/// A text: code points of at most the width's size, lone surrogates included.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// Latin-1 characters, or bytes.
    Latin1(&'a [u8]),
    /// Characters of the Basic Multilingual Plane.
    Ucs2(&'a [u16]),
    /// Any characters.
    Ucs4(&'a [u32]),
}

impl Text<'_> {
    /// Number of characters.
    pub fn len(&self) -> usize {
        match self {
            Text::Latin1(t) => t.len(),
            Text::Ucs2(t) => t.len(),
            Text::Ucs4(t) => t.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What counts as a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One that begins at the start.
    Match,
    /// The first one.
    Search,
    /// One from the start to the end.
    FullMatch,
}

/// What the engine asks of its caller.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// Facts about characters.
    pub tables: &'a dyn CharTables,
    /// Called every 65536 steps or so; true ends the run with [`Error::Interrupted`].
    pub interrupt: &'a dyn Fn() -> bool,
}

/// Why a run gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The memory limit was reached, or there was no memory.
    OutOfMemory,
    /// The interrupt check said so.
    Interrupted,
    /// The program is not in order, which is a mistake in this crate ("internal error in regular expression engine").
    Internal,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::OutOfMemory => "out of memory",
            Error::Interrupted => "interrupted",
            Error::Internal => "internal error in regular expression engine",
        })
    }
}

impl std::error::Error for Error {}

impl Program {
    /// Looks for a match in `text[start..end]`; both bounds are cut to the text. `start` is not a beginning: look-behind
    /// and `^` see what is before it, while the text ends at `end`. With `must_advance`, an empty match at `start`
    /// does not count. Returns whether there is a match, which `state` then holds.
    ///
    /// # Errors
    /// See [`Error`]; `state` holds no match then.
    #[allow(clippy::too_many_arguments)]
    pub fn run(
        &self,
        state: &mut State,
        host: &Host<'_>,
        text: Text<'_>,
        kind: Kind,
        start: usize,
        end: usize,
        must_advance: bool,
    ) -> Result<bool, Error> {
        state.prepare(self)?;
        let end = end.min(text.len());
        let result = if start > end {
            Ok(false)
        } else {
            let not_at = if must_advance { start } else { UNSET };
            match text {
                Text::Latin1(t) => self.go(state, host, &t[..end], kind, start, not_at),
                Text::Ucs2(t) => self.go(state, host, &t[..end], kind, start, not_at),
                Text::Ucs4(t) => self.go(state, host, &t[..end], kind, start, not_at),
            }
        };
        state.finish();
        if result != Ok(true) {
            state.forget();
        }
        result
    }

    fn go<C: Unit>(
        &self,
        state: &mut State,
        host: &Host<'_>,
        text: &[C],
        kind: Kind,
        start: usize,
        not_at: usize,
    ) -> Result<bool, Error> {
        let Some(last) = text.len().checked_sub(self.min_width) else { return Ok(false) };
        if start > last {
            return Ok(false);
        }
        let vm = Vm { program: self, text, host, full: kind == Kind::FullMatch, not_at };
        if kind != Kind::Search {
            let end = vm.attempt(state, start)?;
            (state.start, state.end) = (start, end.unwrap_or(0));
            return Ok(end.is_some());
        }
        let filter = self.prefilter.get_or_init(|| Prefilter::of(self));
        let run = prefilter::leading_run(self);
        let head = if C::WIDE { prefilter::wide_head(self) } else { None };
        let (mut pos, mut scan) = (start, Scan::default());
        loop {
            // Beyond Latin-1 the filter knows next to nothing, the set itself everything.
            let next = match head {
                Some(set) => vm.find_set(set, pos).filter(|at| *at <= last),
                None => filter.next(&mut scan, text, pos, last),
            };
            let Some(at) = next else { return Ok(false) };
            pos = at + 1;
            if head.is_some() && !filter.may_match(&text[at..]) {
                continue;
            }
            if let Some(end) = vm.attempt(state, at)? {
                (state.start, state.end) = (at, end);
                return Ok(true);
            }
            if state.touched {
                state.forget();
            }
            if let Some(run) = &run
                && run.at.is_none_or(|condition| vm.at(condition, at))
            {
                pos = vm.run_end(run.test, at, u32::MAX) + 1;
            }
        }
    }
}

impl State {
    /// The span of the whole match (group 0) or of a group, if it took part. Meaningful after a run that matched.
    pub fn span(&self, group: usize) -> Option<(usize, usize)> {
        match group.checked_sub(1) {
            None => Some((self.start, self.end)),
            Some(g) => self.group(u32::try_from(g).ok()?),
        }
    }

    /// The number of the last group that was closed (`Match.lastindex`).
    pub fn last_index(&self) -> Option<usize> {
        (self.last_group != 0).then_some(self.last_group as usize)
    }

    /// The span of a group counted from 0.
    pub(crate) fn group(&self, group: u32) -> Option<(usize, usize)> {
        let at = group as usize * 2;
        let (start, end) = (*self.marks.get(at)?, *self.marks.get(at + 1)?);
        (end != UNSET && start <= end).then_some((start, end))
    }

    /// Unsets all marks.
    fn forget(&mut self) {
        self.marks.fill(UNSET);
        self.last_group = 0;
        self.touched = false;
    }
}
