//! The core native modules (`builtins`, `sys`, ...), and how an interpreter is started with them.

mod ast_bridge;
pub mod build_class;
pub mod builtins;
pub mod code_run;
pub mod compiler;
pub mod import;
mod input;
pub mod paths;
mod source;
pub mod start;
pub mod sys;
pub mod typing;
mod unraisable;
pub mod warn;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
pub static MODULES: &[&ModuleDef] = &[&builtins::MODULE, &sys::MODULE, &typing::MODULE];
