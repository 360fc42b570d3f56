//! From an exception that nobody caught to an exit status.

use krait_modules_core::{output, sys};
use krait_object::exception::Exception;
use krait_object::{Name, Res, Thread, TypeId, Value, attr, int};
use krait_text::CharsBuf;

/// Status that stands for "killed by SIGINT".
pub const INTERRUPTED: i32 = 128 + libc::SIGINT;

/// Turns the outcome of the program into a status; an exception is reported.
pub fn outcome(th: &Thread, r: Res<()>) -> i32 {
    if r.is_ok() {
        return 0;
    }
    if th.pending_is(TypeId::SystemExit) {
        return system_exit(th);
    }
    let interrupted = th.pending_is(TypeId::KeyboardInterrupt);
    sys::hooks::report_uncaught(th);
    if th.is_pending() {
        return if th.pending_is(TypeId::SystemExit) { system_exit(th) } else { 1 };
    }
    if interrupted { INTERRUPTED } else { 1 }
}

/// The status that SystemExit asks for; what is no number is printed.
fn system_exit(th: &Thread) -> i32 {
    let e = th.take_pending();
    debug_assert!(Exception::from_value(e).is_some());
    let code = match attr::get_opt(th, e, th.name(Name::code)) {
        Ok(Some(c)) => c,
        _ => {
            th.clear_pending();
            e
        }
    };
    if code.is_none() {
        return 0;
    }
    if int::is_int(code) {
        if int::to_i64(code).is_none() {
            output::write_error(th, "OverflowError: Python int too large to convert to C long\n");
        }
        // What does not fit is -1, as in C.
        return int::to_i64(code).map_or(-1, |n| n as i32);
    }
    print_code(th, code);
    1
}

fn print_code(th: &Thread, code: Value) {
    let mut text = CharsBuf::new();
    output::push_str(th, &mut text, code, "");
    text.extend_str("\n");
    output::write_error_chars(th, &text);
    output::flush_errors(th);
}

/// The last step: a program that SIGINT ended dies of it, so that its parent sees that.
pub fn status(n: i32) -> i32 {
    if n == INTERRUPTED {
        // SAFETY: restores the default action and sends the signal to this process.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::SIGINT);
        }
    }
    n & 0xff
}
