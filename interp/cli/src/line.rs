//! Where the prompt's lines come from: an editor on a terminal, else standard input as it is.
//!
//! The editor is rustyline. Of the two candidates, reedline is the richer one: menus, hints and
//! highlighting of its own, an engine of events, and with them crossterm and some sixty crates.
//! rustyline is what users of readline know (keys of emacs and vi, history search, bracketed
//! paste), starts in under a millisecond, and depends on little more than libc; the prompt needs
//! no more. Completion is `rlcompleter`'s.

use krait_modules_core::import;
use krait_object::dict::Dict;
use krait_object::module::Module;
use krait_object::string::{self, Str};
use krait_object::{Res, Thread, Value, call};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::io::Write;
use std::path::PathBuf;

/// One line of input.
pub enum Line {
    Text(String),
    Interrupted,
    End,
}

/// The source of lines.
pub struct Lines {
    editor: Option<Editor<Names, DefaultHistory>>,
}

fn history_file() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("HOME")?).join(".krait_history"))
}

impl Lines {
    pub fn new() -> Lines {
        // SAFETY: asks about descriptors.
        let terminal = unsafe { libc::isatty(0) == 1 && libc::isatty(1) == 1 };
        let mut lines = Lines { editor: None };
        if terminal {
            let config = Config::builder()
                .completion_type(CompletionType::List)
                .history_ignore_dups(true)
                .map(rustyline::config::Builder::build)
                .unwrap_or_default();
            if let Ok(mut e) = Editor::with_config(config) {
                e.set_helper(Some(Names));
                if let Some(f) = history_file() {
                    // The first start finds none.
                    let _ = e.load_history(&f);
                }
                lines.editor = Some(e);
            }
        }
        lines
    }

    pub fn is_terminal(&self) -> bool {
        self.editor.is_some()
    }

    /// Keeps the history for the next time.
    pub fn save(&mut self) {
        if let (Some(e), Some(f)) = (&mut self.editor, history_file()) {
            // A home that cannot be written to keeps none.
            let _ = e.save_history(&f);
        }
    }

    /// The next line, without its newline.
    pub fn read(&mut self, th: &Thread, prompt: &str) -> Line {
        let Some(e) = &mut self.editor else { return plain_line(th, prompt) };
        match th.without_lock(|| e.readline(prompt)) {
            Ok(l) => {
                if !l.trim().is_empty() {
                    // A history that refuses a line is no reason to stop.
                    let _ = e.add_history_entry(l.as_str());
                }
                Line::Text(l)
            }
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            Err(_) => Line::End,
        }
    }
}

/// A line of a standard input that is no terminal; the prompt goes to standard error.
fn plain_line(th: &Thread, prompt: &str) -> Line {
    let mut err = std::io::stderr();
    // A prompt that cannot be written is not missed.
    let _ = err.write_all(prompt.as_bytes()).and_then(|()| err.flush());
    let mut bytes = Vec::new();
    let end = th.without_lock(|| {
        loop {
            let mut b = 0u8;
            // SAFETY: reads one byte into the variable.
            match unsafe { libc::read(0, (&raw mut b).cast(), 1) } {
                1 if b == b'\n' => return false,
                1 => bytes.push(b),
                0 => return bytes.is_empty(),
                _ => {
                    if std::io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
                        return bytes.is_empty();
                    }
                }
            }
        }
    });
    if end { Line::End } else { Line::Text(String::from_utf8_lossy(&bytes).into_owned()) }
}

/// Completion of names and attributes.
struct Names;

impl Helper for Names {}
impl Highlighter for Names {}
impl Validator for Names {}
impl Hinter for Names {
    type Hint = String;
}

impl Completer for Names {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = &line[..pos];
        let word = |c: char| c == '.' || c == '_' || c.is_alphanumeric();
        let start = before
            .rfind(|c| !word(c))
            .map_or(0, |i| i + before[i..].chars().next().map_or(1, char::len_utf8));
        let text = &before[start..];
        if text.is_empty() {
            return Ok((pos, vec!["    ".to_owned()]));
        }
        let th = Thread::current();
        // The editor waits without the lock.
        th.acquire_lock();
        let found = candidates(th, text).unwrap_or_else(|_| {
            th.clear_pending();
            Vec::new()
        });
        th.release_lock();
        Ok((start, found))
    }
}

/// What `rlcompleter` knows of names that begin so.
fn candidates(th: &Thread, text: &str) -> Res<Vec<String>> {
    let m = import::import_module(th, "rlcompleter")?;
    let main = Dict::of(th.interp.modules.get()).get_text(th, "__main__").and_then(Module::from_value);
    let Some(main) = main else { return Ok(Vec::new()) };
    let completer = call::call_method_text(th, m, "Completer", &[main.dict.get()])?;
    let text = string::try_new(th, text)?;
    let mut all = Vec::new();
    for state in 0.. {
        let c = call::call_method_text(th, completer, "complete", &[text, Value::small(state)])?;
        match Str::from_value(c) {
            Some(s) => all.push(s.to_text()),
            None => break,
        }
    }
    Ok(all)
}
