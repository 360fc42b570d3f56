//! The core native modules (`builtins`, `sys`, ...), and how an interpreter is started with them.

mod abc;
mod anchors;
pub mod ast_bridge;
pub mod atexit;
pub mod audit;
pub mod build_class;
pub mod builtins;
pub mod code_run;
pub mod compiler;
pub mod events;
pub mod excepthook;
mod faulthandler;
pub mod finish;
pub mod frozen;
pub mod gc;
pub mod imp;
pub mod import;
mod input;
pub mod library;
pub mod marshal;
pub mod output;
pub mod paths;
mod preliminary;
mod pyc;
pub mod source;
mod source_lines;
pub mod start;
mod suggestions;
pub mod sys;
mod thread_local;
mod thread_locks;
pub mod threads;
mod tokenizer;
pub mod traceback_print;
pub mod tracemalloc;
pub mod typing;
pub mod unraisable;
pub mod warnings;
mod weakrefs;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &abc::MODULE,
    &atexit::MODULE,
    &builtins::MODULE,
    &faulthandler::MODULE,
    &gc::MODULE,
    &imp::MODULE,
    &marshal::MODULE,
    &sys::MODULE,
    &threads::MODULE,
    &tokenizer::MODULE,
    &tracemalloc::MODULE,
    &typing::MODULE,
    &warnings::MODULE,
    &weakrefs::MODULE,
];
