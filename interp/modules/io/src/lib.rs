//! The native modules around the operating system: `_io`, `posix`, `time`, `_signal`, `_socket` and their kin.

mod io;
mod setup;
mod signal;
mod support;
mod time;

pub use io::{OpenArgs, flush_std, open, standard_stream};
pub use setup::{Streams, setup};
pub use signal::run_handlers;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
pub static MODULES: &[&ModuleDef] = &[&io::MODULE, &time::MODULE];
