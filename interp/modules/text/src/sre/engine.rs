//! Running a program: character tables from `krait-text`, signals served meanwhile, and states kept for reuse.

use krait_object::thread::{Raised, Res, Thread, event};
use krait_sre::{CharTables, Error, Host, Kind, Program, State, Text};
use krait_text::chars;
use std::cell::Cell;
use std::sync::atomic::Ordering;

/// CPython's view of characters.
pub struct Tables;

impl CharTables for Tables {
    fn lower(&self, ch: u32) -> u32 {
        chars::to_lower(ch).as_slice().first().copied().unwrap_or(ch)
    }

    fn upper(&self, ch: u32) -> u32 {
        chars::to_upper(ch).as_slice().first().copied().unwrap_or(ch)
    }

    fn is_decimal(&self, ch: u32) -> bool {
        chars::is_decimal(ch)
    }

    fn is_space(&self, ch: u32) -> bool {
        chars::is_space(ch)
    }

    fn is_alnum(&self, ch: u32) -> bool {
        chars::is_alnum(ch)
    }

    fn is_linebreak(&self, ch: u32) -> bool {
        chars::is_linebreak(ch)
    }

    fn locale_lower(&self, ch: u8) -> u8 {
        // SAFETY: any value of an unsigned char is allowed.
        unsafe { libc::tolower(ch.into()) as u8 }
    }

    fn locale_upper(&self, ch: u8) -> u8 {
        // SAFETY: as above.
        unsafe { libc::toupper(ch.into()) as u8 }
    }

    fn locale_is_alnum(&self, ch: u8) -> bool {
        // SAFETY: as above.
        unsafe { libc::isalnum(ch.into()) != 0 }
    }
}

thread_local! {
    /// A state that nobody uses just now. Its tables keep their memory from one match to the next.
    static SPARE: Cell<Option<Box<State>>> = const { Cell::new(None) };
}

/// A state from the spare one, which goes back when this is dropped. It holds no values.
pub struct Matcher(Option<Box<State>>);

impl Matcher {
    pub fn new() -> Matcher {
        // While a thread ends there is no spare one any more.
        Matcher(Some(SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()))
    }

    /// The match after a run that found one.
    #[inline]
    pub fn span(&self, group: usize) -> Option<(usize, usize)> {
        self.0.as_ref().and_then(|s| s.span(group))
    }

    /// Number of the group closed last.
    #[inline]
    pub fn last_index(&self) -> Option<usize> {
        self.0.as_ref().and_then(|s| s.last_index())
    }

    /// Looks for a match in `text[start..end]`, see [`Program::run`]. The span of the whole match, if there is one.
    ///
    /// # Errors
    /// MemoryError, RuntimeError; what a signal handler raises.
    #[inline]
    #[allow(clippy::too_many_arguments)]
    pub fn run(
        &mut self,
        th: &Thread,
        program: &Program,
        text: Text<'_>,
        kind: Kind,
        start: usize,
        end: usize,
        must_advance: bool,
    ) -> Res<Option<(usize, usize)>> {
        let host = Host { tables: &Tables, interrupt: &|| signals(th).is_err() };
        let Some(state) = self.0.as_deref_mut() else { return Ok(None) };
        match program.run(state, &host, text, kind, start, end, must_advance) {
            Ok(true) => Ok(state.span(0)),
            Ok(false) => Ok(None),
            Err(e) => Err(failure(th, e)),
        }
    }
}

impl Drop for Matcher {
    fn drop(&mut self) {
        let state = self.0.take();
        // A failure means that the thread ends; the state is freed then.
        let _ = SPARE.try_with(|s| s.set(state));
    }
}

#[cold]
fn failure(th: &Thread, e: Error) -> Raised {
    match e {
        Error::OutOfMemory => th.memory_error(),
        Error::Interrupted => th.raised(),
        Error::Internal => th.runtime_error("internal error in regular expression engine"),
    }
}

/// Runs the handlers of signals that arrived during a long search.
#[cold]
fn signals(th: &Thread) -> Res<()> {
    if th.events.load(Ordering::Relaxed) & event::SIGNAL == 0 {
        return Ok(());
    }
    match th.interp.hooks.get().and_then(|h| h.on_events) {
        Some(f) => {
            th.events.fetch_and(!event::SIGNAL, Ordering::AcqRel);
            f(th, event::SIGNAL)
        }
        None => Ok(()),
    }
}
