//! Switches of the JIT, from `-X` options and environment variables.

use crate::passes::Passes;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Turns of a loop, or calls of a function, before it is recorded, if nothing else is asked for.
const THRESHOLD: u64 = 397;
/// Times that an exit is taken before a trace grows there. Recording and compiling a trace takes as long as a few
/// hundred exits.
const EXITS: u32 = 200;
/// The same where a threshold is asked for that is lower than usual, and nothing is to be missed.
const EAGER_EXITS: u32 = 16;
/// The share of the time that compiling may take, in percent.
const BUDGET: u32 = 3;

/// The switches.
#[derive(Clone, Debug)]
pub struct Options {
    /// `-X jit=on|off`
    pub on: bool,
    /// `-X jit-threshold=N`: turns of a loop, or calls of a function, before it is recorded.
    pub threshold: u64,
    /// `-X jit-code-size=KB`, in bytes: how much code there may be at a time.
    pub code_size: usize,
    /// `-X jit-exits=N`: times that an exit is taken before a trace grows there.
    pub exits: u32,
    /// `-X jit-budget=N`: the share of the elapsed time, in percent, that compiling may take (`budget.rs`). None: all.
    pub budget: Option<u32>,
    /// `-X jit-log=FILE`: what is compiled, as text.
    pub log: Option<PathBuf>,
    /// `-X jit-stats`: a summary at the end.
    pub stats: bool,
    /// `-X jit-fail-guards=1`: every guard leaves the first time.
    pub fail_guards: bool,
    /// `-X jit-disable=PASS[,PASS...]`
    pub disable: Passes,
    /// `-X perf`: a map of traces for Linux perf.
    pub perf: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            on: true,
            threshold: THRESHOLD,
            code_size: 32 << 20,
            exits: EXITS,
            budget: Some(BUDGET),
            log: None,
            stats: false,
            fail_guards: false,
            disable: Passes::default(),
            perf: false,
        }
    }
}

static OPTIONS: OnceLock<Options> = OnceLock::new();

impl Options {
    /// Sets the threshold. Who asks for a low one wants to see everything compiled.
    pub fn set_threshold(&mut self, n: u64) {
        self.threshold = n.max(1);
        if n < THRESHOLD {
            self.exits = EAGER_EXITS;
            self.budget = None;
        }
    }

    /// The process's options.
    pub fn get() -> &'static Options {
        OPTIONS.get_or_init(Options::default)
    }

    /// Sets them; the first call counts.
    pub fn set(self) {
        let _ = OPTIONS.set(self);
    }
}
