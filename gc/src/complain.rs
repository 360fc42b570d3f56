//! Text for standard error that does not come from Python.

/// Prints a line to standard error. Unlike `eprintln!` it does not end the process when nobody takes the text (a full
/// disk, a closed pipe): it goes on, as CPython does.
#[macro_export]
macro_rules! complain {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}
