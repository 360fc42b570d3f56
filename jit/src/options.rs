//! Switches of the JIT, from `-X` options and environment variables.

use crate::passes::Passes;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The switches.
#[derive(Clone, Debug)]
pub struct Options {
    /// `-X jit=on|off`
    pub on: bool,
    /// `-X jit-threshold=N`: turns of a loop, or calls of a function, before it is recorded.
    pub threshold: u64,
    /// `-X jit-code-size=KB`, in bytes: how much code there may be at a time.
    pub code_size: usize,
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
            on: false,
            threshold: 397,
            code_size: 32 << 20,
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
    /// The process's options.
    pub fn get() -> &'static Options {
        OPTIONS.get_or_init(Options::default)
    }

    /// Sets them; the first call counts.
    pub fn set(self) {
        let _ = OPTIONS.set(self);
    }
}
