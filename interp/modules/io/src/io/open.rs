//! `open()` and the other functions of `_io`; flushing at the program's end.

use super::buffered_classes;
use super::codec;
use super::fileio;
use super::text_methods;
use super::{DEFAULT_BUFFER_SIZE, Name, ask, call0};
use crate::support::{args, imports, warn};
use krait_object::{Raised, Res, Str, Thread, TypeId, Value, attr, int, natives, protocol, string};

/// The arguments of [`open`] as they come: `MISSING` for those that were not given.
pub struct OpenArgs {
    pub file: Value,
    pub mode: Value,
    pub buffering: Value,
    pub encoding: Value,
    pub errors: Value,
    pub newline: Value,
    pub closefd: Value,
    pub opener: Value,
}

/// What the mode string says.
#[derive(Default)]
struct Mode {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

impl Mode {
    fn parse(th: &Thread, mode: Str) -> Res<Mode> {
        let mut m = Mode::default();
        for c in mode.chars().iter() {
            let flag = match char::from_u32(c) {
                Some('x') => &mut m.creating,
                Some('r') => &mut m.reading,
                Some('w') => &mut m.writing,
                Some('a') => &mut m.appending,
                Some('+') => &mut m.updating,
                Some('t') => &mut m.text,
                Some('b') => &mut m.binary,
                _ => return Err(invalid_mode(th, mode)),
            };
            // No character may come twice.
            if std::mem::replace(flag, true) {
                return Err(invalid_mode(th, mode));
            }
        }
        if m.text && m.binary {
            return Err(th.value_error("can't have text and binary mode at once"));
        }
        // None at all is for the raw file to refuse.
        if m.creating as u8 + m.reading as u8 + m.writing as u8 + m.appending as u8 > 1 {
            return Err(th.value_error("must have exactly one of create/read/write/append mode"));
        }
        Ok(m)
    }

    fn raw(&self) -> String {
        let all = [
            (self.creating, 'x'),
            (self.reading, 'r'),
            (self.writing, 'w'),
            (self.appending, 'a'),
            (self.updating, '+'),
        ];
        all.into_iter().filter(|p| p.0).map(|p| p.1).collect()
    }
}

#[cold]
fn invalid_mode(th: &Thread, mode: Str) -> Raised {
    match protocol::repr_text(th, mode.value()) {
        Ok(r) => th.value_error(format!("invalid mode: {r}")),
        Err(e) => e,
    }
}

/// `open(...)`.
pub fn open(th: &Thread, a: &OpenArgs) -> Res {
    let what = |n| format!("open() argument '{n}'");
    let mode_text = match a.mode.given() {
        None => Str::of(string::new(th, "r")),
        Some(v) => args::text(th, v, &what("mode"))?,
    };
    let buffering = a.buffering.given().map_or(Ok(-1), |v| args::c_int(th, v))?;
    let encoding = args::opt_text(th, a.encoding, &what("encoding"))?;
    let errors = args::opt_text(th, a.errors, &what("errors"))?;
    let newline = args::opt_text(th, a.newline, &what("newline"))?;
    let closefd = args::flag(th, a.closefd, true)?;
    let file = if int::is_int(a.file) { a.file } else { path_or_index(th, a.file)? };
    let m = Mode::parse(th, mode_text)?;
    if m.binary {
        for (given, name) in [(encoding, "an encoding"), (errors, "an errors"), (newline, "a newline")] {
            if given.is_some() {
                return Err(th.value_error(format!("binary mode doesn't take {name} argument")));
            }
        }
        if buffering == 1 {
            let text = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
            warn::issue(th, TypeId::RuntimeWarning, text, 1)?;
        }
    }
    let raw = fileio::open_exact(th, file, &m.raw(), closefd, a.opener.given_not_none())?;
    let mut result = raw;
    let done = wrap(th, &mut result, &m, buffering, [encoding, errors, newline], mode_text);
    if done.is_err() {
        // What was opened is closed; the first error counts.
        let e = th.take_pending();
        if call0(th, result, Name::close).is_err() {
            let later = th.take_pending();
            if let Some(x) = krait_object::exception::Exception::from_value(e)
                && later != e
            {
                x.context.set(th, x.cell(), later);
            }
        }
        return Err(th.raise(e));
    }
    Ok(result)
}

fn path_or_index(th: &Thread, v: Value) -> Res {
    if crate::support::path::has_index(th, v) && !v.is_kind(krait_object::Kind::Str) {
        return Ok(v);
    }
    crate::support::path::fspath(th, v)
}

/// Puts a buffer and a text layer over the raw file in `result`.
fn wrap(
    th: &Thread,
    result: &mut Value,
    m: &Mode,
    buffering: i32,
    [encoding, errors, newline]: [Option<Str>; 3],
    mode: Str,
) -> Result<(), Raised> {
    let raw = *result;
    let mut buffering = buffering as i64;
    let mut line_buffering = false;
    if buffering < 0 {
        // A terminal is line-buffered.
        if ask(th, raw, Name::isatty)? {
            line_buffering = true;
        }
        let size = fileio::exact(th, raw).map_or(0, |f| f.blksize.get());
        buffering = if size > 1 { size as i64 } else { DEFAULT_BUFFER_SIZE as i64 };
    } else if buffering == 1 && !m.binary {
        buffering = DEFAULT_BUFFER_SIZE as i64;
        line_buffering = true;
    } else if buffering == 1 {
        buffering = DEFAULT_BUFFER_SIZE as i64;
    }
    if buffering == 0 {
        if !m.binary {
            return Err(th.value_error("can't have unbuffered text I/O"));
        }
        return Ok(());
    }
    let readable = m.reading || m.updating;
    let writable = !m.reading || m.updating;
    *result = buffered_classes::create(th, raw, buffering as isize, readable, writable)?;
    if m.binary {
        return Ok(());
    }
    let opt = |s: Option<Str>| s.map_or(Value::none(), Str::value);
    *result = text_methods::create(
        th,
        [*result, opt(encoding), opt(errors), opt(newline), Value::bool(line_buffering), Value::false_()],
    )?;
    attr::set(th, *result, th.name(Name::mode), mode.value())
}

fn open_function(th: &Thread, a: &[Value]) -> Res {
    open(
        th,
        &OpenArgs {
            file: a[0],
            mode: a[1],
            buffering: a[2],
            encoding: a[3],
            errors: a[4],
            newline: a[5],
            closefd: a[6],
            opener: a[7],
        },
    )
}

fn open_code(th: &Thread, a: &[Value]) -> Res {
    if !a[0].is_kind(krait_object::Kind::Str) {
        return Err(th.type_error(format!(
            "open_code() argument 'path' must be str, not {}",
            args::shown_type(th, a[0])
        )));
    }
    let m = Value::MISSING;
    open(
        th,
        &OpenArgs {
            file: a[0],
            mode: string::new(th, "rb"),
            buffering: m,
            encoding: m,
            errors: m,
            newline: m,
            closefd: m,
            opener: m,
        },
    )
}

fn text_encoding(th: &Thread, a: &[Value]) -> Res {
    let level = args::c_int_or(th, a[1], 2)?;
    if !a[0].is_none() {
        return Ok(a[0]);
    }
    warn::default_encoding(th, level.max(0) as usize)?;
    let utf8 = th.interp.config.borrow().flags.get("utf8_mode").copied().unwrap_or(0) != 0;
    Ok(string::new(th, if utf8 { "utf-8" } else { "locale" }))
}

natives! {
    pub static FUNCTIONS = {
        function "open" "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)" open_function, "Open a file and return a stream.";
        function "open_code" "(path)" open_code, "Open a file with code in it, for the import system.";
        function "text_encoding" "(encoding, stacklevel=2, /)" text_encoding, "The encoding to use for text files when None was given.";
    }
}

/// A standard stream over a descriptor as the interpreter starts with, or None when the descriptor is closed.
/// `encoding` and `errors` are None for the defaults; `line_buffering` and `write_through` as the program's options say.
pub fn standard_stream(
    th: &Thread,
    fd: i32,
    unbuffered: bool,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> Res {
    if fileio::fstat(th, fd).is_err() {
        return Ok(Value::none());
    }
    let (mode, name) = match fd {
        0 => ("r", "<stdin>"),
        1 => ("w", "<stdout>"),
        _ => ("w", "<stderr>"),
    };
    let raw = fileio::open_exact(th, Value::small(fd as i64), mode, false, None)?;
    let tty = ask(th, raw, Name::isatty)?;
    let writing = fd != 0;
    let unbuffered = unbuffered && writing;
    let below = if unbuffered {
        raw
    } else {
        buffered_classes::create(th, raw, DEFAULT_BUFFER_SIZE as isize, !writing, writing)?
    };
    let text_name = string::new(th, name);
    attr::set(th, raw, th.name(Name::name), text_name)?;
    let opt = |t: Option<&str>| t.map_or(Value::none(), |t| string::new(th, t));
    let line_buffering = !unbuffered && (tty || fd == 2);
    // With universal newlines for input; output is written as it is.
    let newline = if writing { string::new(th, "\n") } else { Value::none() };
    let encoding = match encoding {
        Some(e) => string::new(th, e),
        None => string::new(th, &codec::locale_encoding(th)),
    };
    let s = text_methods::create(
        th,
        [below, encoding, opt(errors), newline, Value::bool(line_buffering), Value::bool(unbuffered)],
    )?;
    attr::set(th, s, th.name(Name::mode), string::new(th, mode))?;
    Ok(s)
}

/// Flushes `sys.stdout` and `sys.stderr` at the program's end. False when something could not be written: the
/// program's exit status is then 120, as CPython's is.
pub fn flush_std(th: &Thread) -> bool {
    let mut ok = true;
    for (name, report) in [("stdout", true), ("stderr", false)] {
        let Some(s) = imports::sys_attribute(th, name) else { continue };
        if s.is_none() {
            continue;
        }
        match super::is_closed(th, s) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(_) => th.clear_pending(),
        }
        if call0(th, s, Name::flush).is_err() {
            if report {
                (th.interp.hooks().unraisable)(th, s, "Exception ignored in");
                ok = false;
            }
            th.clear_pending();
        }
    }
    ok
}

/// At the very end: writes what native files that nobody closed still hold. Runs no Python code.
pub fn flush_left_files(th: &Thread) {
    let mut texts = krait_object::ValueVec::new();
    let mut buffers = krait_object::ValueVec::new();
    let mut found: Vec<Value> = Vec::new();
    th.heap.for_each_object(&mut |cell| {
        let v = Value::from_cell(cell);
        if v.is_kind(krait_object::Kind::Custom) {
            found.push(v);
        }
    });
    // Dead objects may be among them, and flushing those is fine, as long as nothing is collected between the walk and the
    // copies.
    let collects = th.heap.is_enabled();
    th.heap.disable();
    for &v in &found {
        if super::text_methods::is_exact(th, v) {
            let _ = texts.push(th, v);
        } else if buffered_classes::is_native(th, v) {
            let _ = buffers.push(th, v);
        }
    }
    if collects {
        th.heap.enable();
    }
    for &v in texts.as_slice() {
        let t = super::text::This::of(v);
        if t.native_buffer().is_some_and(|b| b.file().is_some())
            && text_is_open(th, t)
            && super::text_write::write_pending(th, t).is_err()
        {
            th.clear_pending();
        }
    }
    for &v in buffers.as_slice() {
        let b = super::buffered::Buf::of(v);
        if b.file().is_some() && b.writable.get() && super::buffered_write::flush_direct(th, b).is_err() {
            th.clear_pending();
        }
    }
}

fn text_is_open(th: &Thread, t: super::text::This) -> bool {
    match super::text::closed(th, t) {
        Ok(c) => !c,
        Err(_) => {
            th.clear_pending();
            false
        }
    }
}
