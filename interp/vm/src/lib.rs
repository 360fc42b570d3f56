//! The virtual machine: frames, the dispatch loop, calls, exceptions, generators, safe points.
//!
//! Knows objects below it. Modules and the program above it meet it through the hooks that
//! [`setup`] puts into the interpreter; it knows no parser and no native module.

mod arith;
mod async_generators;
mod attributes;
mod basic;
mod bind;
mod build;
mod call;
mod chains;
mod compare;
mod consume;
pub mod crash;
mod deliver;
mod dispatch;
mod events;
pub mod frames;
mod functions;
mod generator_methods;
pub mod generators;
mod items;
mod iterate;
pub mod jit;
mod machine;
pub mod monitor;
mod names;
mod raise;
mod unwind;

pub use async_generators::anext_with_default;
pub use call::run_class_body;
pub use call::{builtins_of, new_instance, run_code};
pub use events::finalizers;
pub use events::run as run_events;
pub use machine::Regs;
pub use names::frame_locals;

use krait_object::bootstrap::install;
use krait_object::interp::Hooks;
use krait_object::{Thread, Value};

/// The VM's own hooks; whoever starts the interpreter completes them (warnings, compiler, events).
pub fn hooks() -> Hooks {
    Hooks {
        call: call::call_any,
        trace_thread: frames::trace_thread,
        resume: generators::resume,
        run_code: call::run_code,
        on_events: None,
        frame_at: frames::frame_at,
        frame_back: frames::back,
        frame_offset: frames::offset,
        globals: frames::globals,
        warn: |_, _, _, _| Ok(()),
        unraisable: |th: &Thread, _: Value, _: &str| th.clear_pending(),
        compile: |th, _| Err(th.runtime_error("no compiler is installed")),
    }
}

/// Adds the methods of the types that the VM implements. To be called once, after `bootstrap::start`.
pub fn setup(th: &Thread) {
    install(th, generator_methods::TABLES);
    install(th, async_generators::TABLES);
}
