//! The tracing JIT.
//!
//! A hot loop or function is *recorded* (`record/`): the interpreter runs it once under another table, and what
//! it does becomes typed SSA (`ir.rs`), folded and freed of repetition while it is appended (`build.rs`, `fold.rs`,
//! `cse.rs`, `forward.rs`); `passes.rs` lists what can be left out.
//! A loop is *peeled* (`peel.rs`), dead code removed (`dce.rs`), values get registers (`alloc.rs`), and
//! dynasm assembles machine code (`emit/`) into memory that is never writable and executable at once (`memory.rs`).
//! Guards leave through exits (`exit.rs`) that rebuild the interpreter's frames; a hot exit grows a side trace.
//! `cache.rs` knows what was compiled and tried; `reclaim.rs` throws code out again.
//!
//! The interpreter knows nothing of this crate but the hook in `krait_vm::jit`.

mod alloc;
mod budget;
mod build;
mod cache;
mod carry;
mod code;
mod copy;
mod cse;
mod dce;
mod emit;
mod exit;
mod fold;
mod forward;
mod fresh;
mod helpers;
mod hoist;
mod ir;
mod kept;
mod log;
mod loop_facts;
mod memory;
mod options;
mod parse;
mod passes;
mod peel;
mod perf;
mod range;
mod reclaim;
mod record;
mod reduce;
mod sink;
mod stats;
#[cfg(test)]
mod tests;
mod text;
mod verify;
mod watch;

pub use cache::print_stats;
pub use memory::MOST as MOST_CODE;
pub use options::Options;
pub use passes::{Pass, Passes};

use krait_object::Thread;
use krait_vm::jit::JitHooks;

/// Installs the JIT for the thread's interpreter. To be called once per process, before any code runs.
pub fn install(th: &Thread, options: Options) {
    if !options.on {
        return;
    }
    th.hot_threshold.set(options.threshold);
    // Threads to come count as well. A recording belongs to its thread, a trace to all of them.
    th.interp.hot_threshold.set(options.threshold);
    memory::set_up(options.code_size, options.perf);
    options.set();
    krait_object::watch::listen(watch::changed);
    krait_object::watch::hear(cache::noticed);
    krait_vm::jit::set_hooks(JitHooks { hot: cache::hot, left: record::left });
}
