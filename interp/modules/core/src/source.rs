//! From source to a code template, with errors and warnings made Python's.
//!
//! Deeply nested source would overflow the machine stack of the parser, so compilation runs
//! on a stack of its own when the thread's is short.

use crate::compiler::filename_text;
use krait_bytecode::CodeTemplate;
use krait_object::interp::CompileRequest;
use krait_object::string::Str;
use krait_object::{
    Raised, Res, Thread, TypeId, Value, attr, codec, exception, int, protocol, string, tuple,
};
use krait_syntax::ast::Mod;
use krait_syntax::compile::{KEEP_INVERTED_BOOLS, Options, Output};
use krait_syntax::error::{ErrorKind, SyntaxError, SyntaxWarning, WarningKind};
use krait_syntax::future;
use krait_syntax::parse::source::encoding_cookie;
use krait_syntax::parse::{Mode, feature};
use krait_syntax::scope::{self, Scopes};

/// What `PyCF_SOURCE_IS_UTF8` and its kin leave of the flags argument: these bits are not the compiler's.
const KNOWN_FLAGS: u32 = 0x1fe_0010 | 0x200 | 0x400 | 0x1000 | 0x2000 | 0x4000 | 0x40_0000;

/// Bit of a request's flags: the source is that of a file that is run. `compile()`, which imports use, can not set it.
pub const FROM_FILE: u32 = 1 << 30;

/// The kind of source that a mode's name means.
pub fn mode(name: &str) -> Mode {
    match name {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" => Mode::FuncType,
        _ => Mode::Exec,
    }
}

/// Compiles to a template.
pub fn compile(th: &Thread, r: &CompileRequest<'_>) -> Res<CodeTemplate> {
    let (flags, from_file) = (r.flags & !FROM_FILE, r.flags & FROM_FILE != 0);
    check_flags(th, flags)?;
    let mode = mode(r.mode);
    let optimize = level(th, r.optimize);
    let filename = filename_text(r.filename);
    let (source, kind) = (r.source, if r.is_text { Kind::Text } else { Kind::Bytes { from_file } });
    let attempt = |flags: u32| {
        let registered = if r.is_text { None } else { decoded_by_registry(th, source) };
        on_big_stack(|| run(source, &filename, mode, optimize, flags, kind, registered))
    };
    match finish(th, attempt(flags), r.filename)? {
        Some(template) => Ok(template),
        // What was to be warned of has been.
        None => {
            attempt(flags | KEEP_INVERTED_BOOLS).map(|o| o.template).map_err(|e| raise(th, &e, r.filename))
        }
    }
}

/// Compiles a tree to a template. The tree is folded on the way.
pub fn compile_tree(
    th: &Thread,
    tree: &mut Mod,
    filename: Value,
    flags: u32,
    optimize: i32,
) -> Res<CodeTemplate> {
    check_flags(th, flags)?;
    // What is folded can not be unfolded when the filter makes an error of the warning.
    let options = Options { optimize: level(th, optimize), flags: flags | KEEP_INVERTED_BOOLS };
    let out = krait_syntax::compile::compile(tree, filename_text(filename).as_bytes(), options);
    let done = finish(th, out, filename)?;
    done.ok_or_else(|| th.value_error("the compiler gave no code"))
}

/// Parses to a tree, in the language of Python 3.`version`.
pub fn parse(th: &Thread, r: &CompileRequest<'_>, version: u8) -> Res<Mod> {
    check_flags(th, r.flags)?;
    let filename = filename_text(r.filename);
    let mut registered = if r.is_text { None } else { decoded_by_registry(th, r.source) };
    let mut decode =
        |encoding: &str, bytes: &[u8]| registered.take().unwrap_or_else(|| decode_with(encoding, bytes));
    let out = if r.is_text {
        let text = String::from_utf8_lossy(r.source);
        krait_syntax::compile::parse_text(&text, mode(r.mode), r.flags, version)
    } else {
        let name = filename.as_bytes();
        krait_syntax::compile::parse_bytes(r.source, name, mode(r.mode), r.flags, version, false, &mut decode)
    };
    match out {
        Ok(parsed) => {
            for w in &parsed.warnings {
                warn(th, w, r.filename)?;
            }
            Ok(parsed.tree)
        }
        Err(e) => Err(refuse(th, &e, r.filename)?),
    }
}

/// The scopes of a source given to `_symtable.symtable`.
pub fn scopes(th: &Thread, source: Value, filename: Value, mode: &str) -> Res<Scopes> {
    let (source, is_text) = crate::code_run::source_of(th, source, "symtable", "string or bytes object")?;
    let filename = crate::paths::decoded_path(th, filename)?;
    let r = CompileRequest { source: &source, filename, mode, flags: 0, optimize: -1, is_text };
    let tree = parse(th, &r, feature::NEWEST)?;
    future::features(&tree, 0)
        .and_then(|features| scope::analyze(&tree, &features))
        .map_err(|e| raise(th, &e, filename))
}

fn check_flags(th: &Thread, flags: u32) -> Res<()> {
    if flags & !KNOWN_FLAGS & !0x100 & !0x800 & !0x8000 != 0 {
        return Err(th.value_error("compile(): unrecognised flags"));
    }
    Ok(())
}

/// The optimization level; -1 is the interpreter's own.
fn level(th: &Thread, optimize: i32) -> u8 {
    if optimize < 0 { th.interp.optimize.get() } else { optimize as u8 }
}

/// Issues the warnings, or raises the error. None: bools are not to be inverted while compiling.
fn finish(th: &Thread, out: Result<Output, Box<SyntaxError>>, filename: Value) -> Res<Option<CodeTemplate>> {
    match out {
        Ok(o) => {
            let mut as_wished = true;
            for w in &o.warnings {
                as_wished &= warn(th, w, filename)?;
            }
            Ok(as_wished.then_some(o.template))
        }
        Err(e) => Err(refuse(th, &e, filename)?),
    }
}

/// Issues what was noticed before the error, and raises the error.
fn refuse(th: &Thread, e: &SyntaxError, filename: Value) -> Res<Raised> {
    for w in &e.warnings {
        warn(th, w, filename)?;
    }
    Ok(raise(th, e, filename))
}

/// What a prompt's lines are so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Complete,
    /// More lines may make it whole.
    Incomplete,
    Wrong,
}

/// As `codeop` finds it out: what compiles is whole; what does not, but is only incomplete with a newline more, needs more.
pub fn state(text: &str, flags: u32) -> State {
    let attempt = |text: &str| {
        on_big_stack(|| {
            krait_syntax::compile::compile_text(text, b"<stdin>", Mode::Single, 0, flags)
                .map(|_| ())
                .map_err(|e| e.kind == ErrorKind::IncompleteInput)
        })
    };
    if attempt(text).is_ok() {
        return State::Complete;
    }
    match attempt(&format!("{text}\n")) {
        Ok(()) | Err(true) => State::Incomplete,
        Err(false) => State::Wrong,
    }
}

/// What a source is.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Bytes { from_file: bool },
}

fn run(
    source: &[u8],
    filename: &str,
    mode: Mode,
    optimize: u8,
    flags: u32,
    kind: Kind,
    mut registered: Option<Decoded>,
) -> Result<Output, Box<SyntaxError>> {
    let mut decode =
        |encoding: &str, bytes: &[u8]| registered.take().unwrap_or_else(|| decode_with(encoding, bytes));
    let Kind::Bytes { from_file } = kind else {
        // Text was encoded by the caller, so it is valid.
        let text = String::from_utf8_lossy(source);
        return krait_syntax::compile::compile_text(&text, filename.as_bytes(), mode, optimize, flags);
    };
    krait_syntax::compile::compile_bytes(
        source,
        filename.as_bytes(),
        mode,
        optimize,
        flags,
        from_file,
        &mut decode,
    )
}

type Decoded = Result<String, SyntaxError>;

/// Source in an encoding that only Python's registry of codecs knows, decoded by it: that runs Python code, which the
/// parser's stack must not. None when the parser needs nobody for the encoding, or `decode_with`.
fn decoded_by_registry(th: &Thread, source: &[u8]) -> Option<Decoded> {
    let body = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let (_, encoding) = encoding_cookie(body)?;
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    if matches!(name.as_str(), "utf-8" | "utf8" | "iso-8859-1" | "latin1" | "ascii" | "us-ascii")
        || krait_text::cjk::Codec::from_name(&name.replace('-', "_")).is_some()
    {
        return None;
    }
    let decoded = codec::decode(th, body, Some(&encoding), None);
    if let Ok(v) = decoded {
        let text = Str::from_value(v).and_then(Str::to_utf8);
        return text.map(Ok);
    }
    let e = th.take_pending();
    let text = protocol::str_of(th, e).map(|s| Str::of(s).to_text()).unwrap_or_else(|_| {
        th.clear_pending();
        format!("encoding problem: {encoding}")
    });
    Some(Err(SyntaxError::undecodable(text)))
}

/// Decodes source in an encoding other than UTF-8, Latin-1 and ASCII; this crate knows the multibyte ones.
pub fn decode_with(encoding: &str, bytes: &[u8]) -> Result<String, SyntaxError> {
    let unknown = || SyntaxError::bare(ErrorKind::Syntax, format!("unknown encoding: {encoding}"));
    let name = encoding.to_ascii_lowercase().replace('-', "_");
    let Some(codec) = krait_text::cjk::Codec::from_name(&name) else { return Err(unknown()) };
    let mut out = krait_text::CharsBuf::new();
    let mut decoder = codec.decoder();
    let mut errors = krait_text::codecs::DecodeErrors::<()>::Mode(krait_text::codecs::ErrorMode::Strict);
    match krait_text::codecs::decode(&mut decoder, bytes, true, &mut errors, &mut out) {
        Ok(_) => Ok(out.as_chars().to_string_lossy()),
        Err(_) => Err(SyntaxError::undecodable(format!("encoding problem: {encoding}"))),
    }
}

/// Runs `f` where the parser and compiler have room for their recursion.
fn on_big_stack<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    const WANTED: usize = 3 << 20;
    let here = 0u8;
    let th = Thread::current();
    let left = (&raw const here as usize).saturating_sub(th.native_limit.get());
    if left >= WANTED {
        return f();
    }
    std::thread::scope(|s| match std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(s, f) {
        Ok(handle) => match handle.join() {
            Ok(v) => v,
            Err(p) => std::panic::resume_unwind(p),
        },
        Err(_) => {
            krait_object::complain!("krait: no memory for the compiler's stack");
            std::process::abort();
        }
    })
}

fn optional(th: &Thread, n: i64, present: bool) -> Value {
    if present { int::from_i64(th, n) } else { Value::none() }
}

/// Makes the SyntaxError (or whatever the kind stands for) pending.
pub fn raise(th: &Thread, e: &SyntaxError, filename: Value) -> Raised {
    let class = match e.kind {
        ErrorKind::Syntax => TypeId::SyntaxError,
        ErrorKind::Indentation => TypeId::IndentationError,
        ErrorKind::Tab => TypeId::TabError,
        ErrorKind::IncompleteInput => TypeId::SyntaxError,
        ErrorKind::Recursion => return th.raise_new(TypeId::RecursionError, &e.msg),
        ErrorKind::Memory => return th.raise_new(TypeId::MemoryError, &e.msg),
        ErrorKind::Value => return th.value_error(&e.msg),
    };
    let message = string::new(th, &e.msg);
    let text = match &e.text {
        Some(t) => string::new(th, t),
        None if e.lineno == 0 => Value::none(),
        None => source_line(th, filename, e.lineno),
    };
    let has_end = e.end_offset != SyntaxError::NO_OFFSET;
    let made = if e.lineno == 0 && e.offset == 0 {
        exception::make(th, class, &[message])
    } else if e.place_not_in_args {
        exception::make(th, class, &[message]).and_then(|v| {
            for (name, value) in [
                ("filename", filename),
                ("lineno", int::from_i64(th, e.lineno as i64)),
                ("offset", int::from_i64(th, e.offset as i64)),
                ("text", text),
                ("end_lineno", int::from_i64(th, e.end_lineno as i64)),
                ("end_offset", optional(th, e.end_offset as i64, has_end)),
            ] {
                attr::set_text(th, v, name, value)?;
            }
            Ok(v)
        })
    } else {
        let details = [
            filename,
            int::from_i64(th, e.lineno as i64),
            optional(th, e.offset as i64, true),
            text,
            optional(th, e.end_lineno as i64, has_end),
            optional(th, e.end_offset as i64, has_end),
        ];
        let details = tuple::new(th, if has_end { &details[..] } else { &details[..4] });
        exception::make(th, class, &[message, details])
    };
    match made {
        Ok(v) => exception::raise(th, v),
        Err(r) => r,
    }
}

/// A line of the source file, when there is such a file; else None.
fn source_line(th: &Thread, filename: Value, line: u32) -> Value {
    let Some(path) = string::get(filename).and_then(crate::paths::encode) else { return Value::none() };
    use std::os::unix::ffi::OsStrExt;
    let Ok(bytes) = std::fs::read(std::ffi::OsStr::from_bytes(&path)) else { return Value::none() };
    match bytes.split_inclusive(|&b| b == b'\n').nth((line as usize).saturating_sub(1)) {
        Some(l) => string::new(th, &String::from_utf8_lossy(l)),
        None => Value::none(),
    }
}

/// Issues a warning about the source; with an "error" filter the SyntaxError is raised instead. False: what it is about is to be
/// left to run time.
fn warn(th: &Thread, w: &SyntaxWarning, filename: Value) -> Res<bool> {
    let category = match w.kind {
        WarningKind::InvertedBool => return warn_of_inversion(th),
        WarningKind::Syntax => TypeId::SyntaxWarning,
        WarningKind::Deprecation => TypeId::DeprecationWarning,
    };
    match crate::warnings::explicit(th, category, &w.msg, filename, w.lineno) {
        Ok(()) => Ok(true),
        Err(_) if th.pending_is(category) => {
            th.clear_pending();
            Err(raise(th, &w.error, filename))
        }
        Err(e) => Err(e),
    }
}

/// The inversion's own warning; false when it raises: then it is to do so at run time.
fn warn_of_inversion(th: &Thread) -> Res<bool> {
    match krait_object::bool_methods::warn_of_inversion(th) {
        Err(e) if th.pending_is(TypeId::KeyboardInterrupt) => Err(e),
        Err(_) => {
            th.clear_pending();
            Ok(false)
        }
        Ok(()) => Ok(true),
    }
}
