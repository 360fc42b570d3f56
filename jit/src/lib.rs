//! The tracing JIT.
//!
//! Today it counts and records: a hot loop is run once under the recording table and what
//! was seen is kept as text (`-X jit-log=FILE`). Optimizing and assembling come next; the seams
//! that they need are in `krait_vm::jit` and do not change: a compiled trace is a handler like
//! any other, entered and left by a jump.

pub mod record;

use krait_object::Thread;
use krait_vm::jit::{Heat, JitHooks};

/// Switches of the JIT, from `-X` options and environment variables.
#[derive(Clone, Debug)]
pub struct Options {
    /// Iterations of a loop, or calls of a function, before it is recorded.
    pub threshold: u64,
    /// Where recordings are written as text.
    pub log: Option<std::path::PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Options { threshold: 1000, log: None }
    }
}

/// Installs the JIT for the thread's interpreter. To be called once per process, before any code runs.
pub fn install(th: &Thread, options: Options) {
    th.hot_threshold.set(options.threshold);
    record::configure(options.log);
    krait_vm::jit::set_hooks(JitHooks { hot });
}

/// A loop header or function entry became hot.
fn hot(th: &Thread, heat: Heat) -> Option<&'static krait_vm::jit::Table> {
    record::start(th, heat)
}
