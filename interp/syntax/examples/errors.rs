//! Parses each source on standard input (they end in NUL bytes) and prints the error or `ok`, in the form of
//! `compare_errors.py`. The first argument is the mode: `exec`, `eval`, `single` or `func_type`. The second may be
//! `incomplete` (the flags of `codeop`) or `strict` (warnings are errors).

use krait_syntax::error::{ErrorKind, SyntaxError};
use krait_syntax::parse::{Flags, Mode, parse};
use std::io::Read;

fn main() {
    let mode = match std::env::args().nth(1).as_deref() {
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        Some("func_type") => Mode::FuncType,
        _ => Mode::Exec,
    };
    let extra = std::env::args().nth(2);
    let incomplete = extra.as_deref() == Some("incomplete");
    let strict = extra.as_deref() == Some("strict");
    let flags =
        Flags { allow_incomplete_input: incomplete, dont_imply_dedent: incomplete, ..Flags::default() };
    let mut all = Vec::new();
    if std::io::stdin().read_to_end(&mut all).is_err() {
        return;
    }
    for source in all.split(|&b| b == 0) {
        let Ok(source) = std::str::from_utf8(source) else { continue };
        let result = match parse(source, mode, &flags) {
            Ok(parsed) if strict && !parsed.warnings.is_empty() => Err(parsed.warnings[0].error.clone()),
            result => result,
        };
        match result {
            Ok(parsed) => {
                let warnings: Vec<String> =
                    parsed.warnings.iter().map(|w| format!("{}:{}", w.lineno, w.msg)).collect();
                println!("ok {}", warnings.join(" "));
            }
            Err(e) => {
                let kind = match e.kind {
                    ErrorKind::Syntax | ErrorKind::IncompleteInput => "SyntaxError",
                    ErrorKind::Indentation => "IndentationError",
                    ErrorKind::Tab => "TabError",
                    ErrorKind::Recursion => "RecursionError",
                    ErrorKind::Memory => "MemoryError",
                    ErrorKind::Value => "ValueError",
                };
                let end = if e.end_offset == SyntaxError::NO_OFFSET {
                    "None".into()
                } else {
                    e.end_offset.to_string()
                };
                println!(
                    "{kind} {}:{}-{}:{end} {:?} {:?}",
                    e.lineno,
                    e.offset,
                    e.end_lineno,
                    e.msg,
                    e.text.unwrap_or_default()
                );
            }
        }
    }
}
