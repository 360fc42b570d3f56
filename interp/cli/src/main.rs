//! The `krait` program: `python3`'s command line.
//!
//! It is entered as a C program is: Rust's own start opens `/dev/null` for standard files that the
//! parent closed, and Python programs are to find them closed.

#![cfg_attr(not(test), no_main)]
#![cfg_attr(test, allow(dead_code))]

mod big_stack;
mod exit;
mod help;
mod jit;
mod layout;
mod line;
mod locale;
mod modules;
mod options;
mod prompt;
mod run;
mod streams;

use krait_modules_core::start::{self, MachineStack};
use krait_modules_core::{finish, import, sys};
use krait_object::Thread;
use krait_text::hash::Key;
use options::{Options, Stop};
use std::io::Write;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The entry point.
#[cfg(not(test))]
#[unsafe(no_mangle)]
pub extern "C" fn main(_count: libc::c_int, _arguments: *const *const libc::c_char) -> libc::c_int {
    program();
    0
}

fn program() {
    let options = match options::read(std::env::args_os().collect()) {
        Ok(o) => o,
        Err(Stop::Say(text)) => {
            let written = std::io::stdout().write_all(text.as_bytes());
            std::process::exit(i32::from(written.is_err()));
        }
        Err(Stop::Fail(text, status)) => {
            let _ = std::io::stderr().write_all(text.as_bytes());
            std::process::exit(status);
        }
    };
    krait_modules_core::import::register(modules::all());
    modules::connect();
    big_stack::run(move |stack| {
        let status = python(options, stack);
        std::process::exit(status);
    });
}

/// A key that nobody can guess.
fn random_key() -> Key {
    let mut bytes = [0u8; 16];
    // SAFETY: fills the array.
    let n = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    if n != bytes.len() as isize {
        let t = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        return Key::from_seed(t.subsec_nanos() ^ std::process::id() | 1);
    }
    let word = |b: &[u8]| b.iter().fold(0, |w, &x| w << 8 | x as u64);
    Key(word(&bytes[..8]), word(&bytes[8..]))
}

/// Runs Python from start to end; the exit status.
fn python(o: Options, stack: MachineStack) -> i32 {
    let key = o.hash_seed.map_or_else(random_key, Key::from_seed);
    let heap = krait_gc::Config { stress: o.gc_stress, ..krait_gc::Config::default() };
    let th: &Thread = match start::interpreter(key, heap, o.config.clone(), stack) {
        Ok(th) => th,
        Err(_) => {
            krait_object::complain!("Fatal Python error: the interpreter cannot be started");
            sys::hooks::report_uncaught(Thread::current());
            return 1;
        }
    };
    // Without a library only natives can be imported; who says where it is wants to know that it is not there.
    let placed = !o.config.home.is_empty() || o.config.platlibdir != "lib";
    if placed && !import::finds_files(th) {
        let text = "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\n\
            Python runtime state: core initialized\nModuleNotFoundError: No module named 'encodings'\n";
        krait_object::complain!(
            "{text}\nCurrent thread 0x{:016x} (most recent call first):\n  <no Python frame>",
            th.ident.get()
        );
        return 1;
    }
    if streams::set_up(th, &o.config, o.loose_streams).is_err() {
        let given = o.config.stdio_encoding.is_some();
        krait_object::complain!(
            "Fatal Python error: {}\nPython runtime state: core initialized",
            if given {
                "init_stdio_encoding: failed to get the Python codec name of the stdio encoding"
            } else {
                "init_sys_streams: can't initialize sys standard streams"
            }
        );
        sys::hooks::report_uncaught(th);
        krait_object::complain!(
            "\nCurrent thread 0x{:016x} (most recent call first):\n  <no Python frame>",
            th.ident.get()
        );
        return 1;
    }
    th.interp.stack_trampoline.set(o.jit.perf);
    krait_jit::install(th, o.jit.clone());
    import::tell_times(th, o.import_time);
    let mut status = run::task(th, &o);
    if run::wants_prompt(th) && o.task != options::Task::Stdin {
        status = prompt::run(th, None);
    }
    if !finish::finish(th) {
        status = 120;
    }
    if o.jit.stats {
        krait_jit::print_stats();
    }
    exit::status(status)
}
