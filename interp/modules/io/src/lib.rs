//! The native modules around the operating system: `_io`, `posix`, `time`, `_signal`, `_socket` and their kin.

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
pub static MODULES: &[&ModuleDef] = &[];
