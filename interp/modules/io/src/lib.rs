//! The native modules around the operating system: `_io`, `posix`, `time`, `_signal`, `_socket` and their kin.

mod accounts;
mod errno;
mod fcntl;
mod io;
mod mmap;
mod posix;
mod posixsubprocess;
mod resource;
mod select;
mod semaphores;
mod setup;
mod signal;
mod socket;
mod stat_module;
mod support;
mod termios;
mod time;

pub use io::{OpenArgs, flush_left_files, flush_std, open, standard_stream};
pub use setup::{Streams, setup};
pub use signal::{install_defaults as install_signal_defaults, run_handlers};

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
pub static MODULES: &[&ModuleDef] = &[
    &accounts::GRP,
    &accounts::PWD,
    &errno::MODULE,
    &fcntl::MODULE,
    &io::MODULE,
    &mmap::MODULE,
    &posix::MODULE,
    &posixsubprocess::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &semaphores::MODULE,
    &semaphores::SHARED_MEMORY,
    &signal::MODULE,
    &socket::MODULE,
    &stat_module::MODULE,
    &termios::MODULE,
    &time::MODULE,
];
