//! Text that native code writes for users: through `sys.stderr` as it is now, else to the file descriptor.

use krait_object::dict::Dict;
use krait_object::string::{self, Str};
use krait_object::{Name, Res, Thread, Value, call};
use krait_text::CharsBuf;
use std::io::Write;

/// `sys.stdin`, `sys.stdout` or `sys.stderr`, if `sys` has it.
pub fn stream(th: &Thread, n: Name) -> Option<Value> {
    Dict::from_value(th.interp.sys.get()).and_then(|d| d.get_name(th, th.name(n)))
}

/// Writes to a Python file.
///
/// # Errors
/// What its `write` raises.
pub fn write_to(th: &Thread, file: Value, text: &CharsBuf) -> Res<()> {
    let s = string::from_buf(th, text)?;
    call::call_method(th, file, th.name(Name::write), &[s])?;
    Ok(())
}

/// Writes to `sys.stderr`; failures leave no trace, as there is nowhere to tell of them.
pub fn write_error_chars(th: &Thread, text: &CharsBuf) {
    match stream(th, Name::stderr) {
        Some(f) if f.is_none() => {}
        Some(f) => {
            let before = th.pending();
            th.clear_pending();
            if write_to(th, f, text).is_err() {
                th.clear_pending();
            }
            if let Some(e) = before {
                th.raise(e);
            }
        }
        None => write_descriptor(text),
    }
}

/// As [`write_error_chars`], for Rust text.
pub fn write_error(th: &Thread, text: &str) {
    let mut b = CharsBuf::new();
    b.extend_str(text);
    write_error_chars(th, &b);
}

/// Writes to file descriptor 2.
pub fn write_descriptor(text: &CharsBuf) {
    let text = text.as_chars().to_string_lossy();
    // Nobody is left to be told of an error.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Flushes `sys.stderr`.
pub fn flush_errors(th: &Thread) {
    if let Some(f) = stream(th, Name::stderr).filter(|f| !f.is_none()) {
        let before = th.pending();
        th.clear_pending();
        if call::call_method(th, f, th.name(Name::flush), &[]).is_err() {
            th.clear_pending();
        }
        if let Some(e) = before {
            th.raise(e);
        }
    }
}

/// `str(v)` appended; the replacement when that fails.
pub fn push_str(th: &Thread, out: &mut CharsBuf, v: Value, failed: &str) -> bool {
    match krait_object::protocol::str_of(th, v) {
        Ok(s) => {
            out.extend(Str::of(s).chars());
            true
        }
        Err(_) => {
            th.clear_pending();
            out.extend_str(failed);
            false
        }
    }
}
