//! The interactive prompt.

use crate::exit;
use crate::line::{Line, Lines};
use crate::options::Options;
use krait_modules_core::{compiler, import, output, source, start, sys};
use krait_object::code::Code;
use krait_object::dict::Dict;
use krait_object::interp::CompileRequest;
use krait_object::module::Module;
use krait_object::string::{self, Str};
use krait_object::{Name, Res, Thread, TypeId, Value, call, protocol};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Flags of the compiler (`codeop`): incomplete input is told apart, open blocks stay open.
const INCOMPLETE: u32 = 0x4000;
const NO_DEDENT: u32 = 0x200;
/// The features of `from __future__` among the flags of a code object.
const FUTURE_BITS: u32 = 0x1fe_0000;

/// What became of the lines typed so far.
enum Typed {
    More,
    Code(Value),
}

/// Runs the prompt until the end of input; the exit status. With options, it is the program itself: it says hello.
pub fn run(th: &Thread, o: Option<&Options>) -> i32 {
    let modules = Dict::of(th.interp.modules.get());
    let ns = match modules.get_text(th, "__main__").and_then(Module::from_value) {
        Some(m) => m.dict(),
        None => match start::main_namespace(th) {
            Ok(ns) => ns,
            Err(e) => return exit::outcome(th, Err(e)),
        },
    };
    let mut lines = Lines::new();
    if o.is_some() {
        greet(th);
        if let Err(e) = startup(th, ns) {
            let status = exit::outcome(th, Err(e));
            if status != 1 {
                return status;
            }
        }
    }
    for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
        if sys::get(th, name).is_none() {
            sys::set(th, name, string::new(th, text));
        }
    }
    loop {
        match statement(th, ns, &mut lines) {
            Ok(true) => {}
            Ok(false) => {
                lines.save();
                return 0;
            }
            Err(_) if th.pending_is(TypeId::SystemExit) => {
                lines.save();
                return exit::outcome(th, Err(th.raised()));
            }
            Err(_) => {
                output::flush_errors(th);
                sys::hooks::report_uncaught(th);
                if th.is_pending() {
                    return exit::outcome(th, Err(th.raised()));
                }
            }
        }
    }
}

fn greet(th: &Thread) {
    if th.interp.config.borrow().flags.get("quiet").is_some_and(|&n| n > 0) {
        return;
    }
    krait_object::complain!("Python {} on linux", sys::info::version());
    krait_object::complain!("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.");
}

/// PYTHONSTARTUP, and `sys.__interactivehook__`.
fn startup(th: &Thread, ns: Dict) -> Res<()> {
    if let Some(hook) = sys::get(th, "__interactivehook__")
        && import::has_native("readline")
        && call::call(th, hook, &[]).is_err()
    {
        sys::hooks::report_uncaught(th);
        th.clear_pending();
    }
    let ignore = th.interp.config.borrow().flags.get("ignore_environment").is_some_and(|&n| n > 0);
    let Some(path) = std::env::var_os("PYTHONSTARTUP").filter(|p| !p.is_empty() && !ignore) else {
        return Ok(());
    };
    let shown = path.to_string_lossy().into_owned();
    match std::fs::read(&path) {
        Ok(text) => {
            let filename = string::try_new(th, &shown)?;
            start::run_source_named(th, &text, filename, ns)
        }
        Err(e) => {
            let n = e.raw_os_error().unwrap_or(0);
            let text = start::error_text(n);
            output::write_error(
                th,
                &format!("Could not open PYTHONSTARTUP\nFileNotFoundError: [Errno {n}] {text}: '{shown}'\n"),
            );
            Ok(())
        }
    }
}

/// The text of `sys.ps1` or `sys.ps2`.
fn prompt_text(th: &Thread, name: &str) -> String {
    let text = sys::get(th, name).map(|v| protocol::str_of(th, v));
    match text {
        Some(Ok(s)) => Str::of(s).to_text(),
        Some(Err(_)) => {
            th.clear_pending();
            String::new()
        }
        None => String::new(),
    }
}

/// Reads one statement and runs it; false at the end of input.
fn statement(th: &Thread, ns: Dict, lines: &mut Lines) -> Res<bool> {
    flush(th);
    let mut text = String::new();
    loop {
        let prompt = prompt_text(th, if text.is_empty() { "ps1" } else { "ps2" });
        match lines.read(th, &prompt) {
            Line::Text(l) => text.push_str(&l),
            Line::Interrupted => {
                serve_events(th);
                output::write_error(
                    th,
                    if lines.is_terminal() { "KeyboardInterrupt\n" } else { "\nKeyboardInterrupt\n" },
                );
                return Ok(true);
            }
            Line::End if text.is_empty() => {
                output::write_error(th, "\n");
                return Ok(false);
            }
            Line::End => {
                output::write_error(th, "\n");
                let code = compile(th, &text, 0)?;
                return execute(th, code, ns);
            }
        }
        match typed(th, &text)? {
            Typed::More => text.push('\n'),
            Typed::Code(code) => return execute(th, code, ns),
        }
    }
}

/// A signal's handler that ran out of turn: what it raised is the interruption itself.
fn serve_events(th: &Thread) {
    if krait_modules_core::events::check(th).is_err() {
        th.clear_pending();
    }
}

fn execute(th: &Thread, code: Value, ns: Dict) -> Res<bool> {
    let done = start::run_code(th, code, ns);
    flush(th);
    done.map(|()| true)
}

fn flush(th: &Thread) {
    if let Some(f) = output::stream(th, Name::stdout).filter(|f| !f.is_none())
        && call::call_method(th, f, th.name(Name::flush), &[]).is_err()
    {
        th.clear_pending();
    }
}

/// The features that `from __future__` asked for in statements before, as bits of code flags.
static FEATURES: AtomicU32 = AtomicU32::new(0);

fn compile(th: &Thread, text: &str, flags: u32) -> Res {
    let filename = th.interp.interned.intern_text(th, "<stdin>");
    let request = CompileRequest {
        source: text.as_bytes(),
        filename,
        mode: "single",
        flags: flags | FEATURES.load(Relaxed),
        optimize: -1,
        is_text: true,
    };
    let code = compiler::compile(th, &request)?;
    if let Some(c) = Code::from_value(code) {
        FEATURES.fetch_or(c.flags.get() & FUTURE_BITS, Relaxed);
    }
    Ok(code)
}

/// Are the lines a whole statement, part of one, or wrong?
fn typed(th: &Thread, text: &str) -> Res<Typed> {
    let blank = |l: &str| l.trim().is_empty() || l.trim_start().starts_with('#');
    if text.lines().all(blank) {
        return compile(th, "pass", 0).map(Typed::Code);
    }
    let flags = INCOMPLETE | NO_DEDENT | FEATURES.load(Relaxed);
    match source::state(text, flags) {
        source::State::Complete => compile(th, text, 0).map(Typed::Code),
        source::State::Incomplete => Ok(Typed::More),
        source::State::Wrong => compile(th, text, 0).map(Typed::Code),
    }
}
