//! Running the task: a command, a module, a file, a folder or an archive, standard input.

use crate::exit;
use crate::options::{Options, Task};
use krait_modules_core::{import, paths, start, sys};
use krait_object::dict::Dict;
use krait_object::list::List;
use krait_object::{Name, Res, Thread, TypeId, Value, call, string};
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

fn flag(th: &Thread, name: &str) -> bool {
    th.interp.config.borrow().flags.get(name).is_some_and(|&n| n > 0)
}

/// Is the prompt to be shown after the program (`-i`, or PYTHONINSPECT set by the program)?
pub fn wants_prompt(th: &Thread) -> bool {
    let by_environment =
        !flag(th, "ignore_environment") && std::env::var_os("PYTHONINSPECT").is_some_and(|v| !v.is_empty());
    (flag(th, "inspect") || by_environment) && is_terminal_or_forced(th)
}

fn is_terminal_or_forced(th: &Thread) -> bool {
    // SAFETY: asks about a descriptor.
    flag(th, "interactive") || unsafe { libc::isatty(0) } == 1
}

/// Runs the task; the exit status.
///
/// In a frame of its own: what it leaves on the machine stack must not keep `__main__` alive at the end.
#[inline(never)]
pub fn task(th: &Thread, o: &Options) -> i32 {
    let ns = match begin(th, o) {
        Ok(ns) => ns,
        Err(e) => return exit::outcome(th, Err(e)),
    };
    let done = match &o.task {
        Task::Command(text) => command(th, text, ns),
        Task::Module(name) => module(th, name),
        Task::File(f) => match file(th, o, f, ns) {
            Ok(status) => return status,
            Err(e) => Err(e),
        },
        Task::Stdin if is_terminal_or_forced(th) => return crate::prompt::run(th, Some(o)),
        Task::Stdin => standard_input(th, o, ns),
    };
    exit::outcome(th, done)
}

/// What comes before every program: `__main__`, `site`, and the first entry of `sys.path`.
fn begin(th: &Thread, o: &Options) -> Res<Dict> {
    let ns = start::main_namespace(th)?;
    if o.fault_handler && import::has_native("faulthandler") {
        let m = import::import_module(th, "faulthandler")?;
        call::call_method_text(th, m, "enable", &[])?;
    }
    if o.trace_allocations {
        krait_object::complain!("krait: memory allocations are not traced");
    }
    if !th.interp.config.borrow().warnoptions.is_empty() {
        import::import_module(th, "warnings")?;
    }
    if !flag(th, "no_site") && import::finds_files(th) {
        import::import_module(th, "site")?;
    }
    if flag(th, "safe_path") {
        return Ok(ns);
    }
    match &o.task {
        Task::Command(_) | Task::Stdin => sys::prepend_path(th, b"")?,
        Task::Module(_) => match std::env::current_dir() {
            Ok(d) => sys::prepend_path(th, d.as_os_str().as_bytes())?,
            Err(_) => sys::prepend_path(th, b"")?,
        },
        Task::File(f) => {
            if importer(th, &absolute(f))?.is_none() {
                let real = Path::new(f).canonicalize();
                let real = real.unwrap_or_else(|_| Path::new(f).to_owned());
                let folder = real.parent().map_or(&b""[..], |d| d.as_os_str().as_bytes());
                sys::prepend_path(th, folder)?;
            }
        }
    }
    Ok(ns)
}

/// The path from the root; `./` and `..` stay, as messages and `__file__` show them.
fn absolute(f: &OsStr) -> OsString {
    if f.as_bytes().starts_with(b"/") {
        return f.to_owned();
    }
    let Ok(folder) = std::env::current_dir() else { return f.to_owned() };
    let mut path = folder.into_os_string();
    if path != "/" {
        path.push("/");
    }
    path.push(f);
    path
}

fn command(th: &Thread, text: &OsStr, ns: Dict) -> Res<()> {
    let mut source = text.as_bytes().to_vec();
    source.push(b'\n');
    if std::str::from_utf8(&source).is_err() {
        krait_object::complain!("Unable to decode the command from the command line:");
        return Err(th.raise_args(TypeId::SystemExit, &[Value::small(1)]));
    }
    start::run_source(th, &source, "<string>", "exec", ns, true)?;
    Ok(())
}

/// `runpy._run_module_as_main`.
fn module(th: &Thread, name: &OsStr) -> Res<()> {
    let name = paths::decode(th, name.as_bytes())?;
    let runpy = import::import_module(th, "runpy")?;
    call::call_method_text(th, runpy, "_run_module_as_main", &[name, Value::true_()])?;
    Ok(())
}

/// The importer that a path hook gives for a folder or an archive; None when there is none.
fn importer(th: &Thread, f: &OsStr) -> Res<Option<Value>> {
    let Some(hooks) = sys::get(th, "path_hooks").and_then(List::from_value) else { return Ok(None) };
    if !is_container(Path::new(f)) {
        return Ok(None);
    }
    let path = paths::decode(th, f.as_bytes())?;
    let mut i = 0;
    while let Some(h) = hooks.get(i) {
        i += 1;
        let r = call::call(th, h, &[path]);
        if let Some(found) = th.catch(r, TypeId::ImportError)?
            && !found.is_none()
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Can the path be a folder or a zip archive? Spares asking `zipimport` about every script.
fn is_container(f: &Path) -> bool {
    if f.is_dir() {
        return true;
    }
    let Ok(mut file) = std::fs::File::open(f) else {
        // A folder in an archive.
        return f.ancestors().skip(1).any(Path::is_file);
    };
    let Ok(meta) = file.metadata() else { return false };
    // The end record of an archive is at most 64 KiB and 22 bytes from the end.
    let tail = 65_557.min(meta.len());
    use std::io::{Seek, SeekFrom};
    let mut bytes = Vec::new();
    meta.is_file()
        && file.seek(SeekFrom::End(-(tail as i64))).is_ok()
        && file.read_to_end(&mut bytes).is_ok()
        && bytes.windows(4).any(|w| w == b"PK\x05\x06")
}

fn file(th: &Thread, o: &Options, f: &OsString, ns: Dict) -> Result<i32, krait_object::Raised> {
    let full = absolute(f);
    if importer(th, &full)?.is_some() {
        sys::prepend_path(th, full.as_bytes())?;
        let runpy = import::import_module(th, "runpy")?;
        let name = string::new(th, "__main__");
        let done = call::call_method_text(th, runpy, "_run_module_as_main", &[name, Value::false_()]);
        return Ok(exit::outcome(th, done.map(|_| ())));
    }
    let program = th.interp.config.borrow().orig_argv.first().cloned().unwrap_or_default();
    let program = program.to_string_lossy();
    let full = PathBuf::from(full);
    let shown = full.display();
    let source = match std::fs::read(&full) {
        Ok(s) => s,
        Err(_) if full.is_dir() => {
            krait_object::complain!("{program}: '{shown}' is a directory, cannot continue");
            return Ok(1);
        }
        Err(e) => {
            let n = e.raw_os_error().unwrap_or(0);
            let text = start::error_text(n);
            krait_object::complain!("{program}: can't open file '{shown}': [Errno {n}] {text}");
            return Ok(2);
        }
    };
    let filename = paths::decode(th, full.as_os_str().as_bytes())?;
    ns.set_text(th, "__file__", filename);
    ns.set_text(th, "__cached__", Value::none());
    let is_cache = full.extension().is_some_and(|e| e == "pyc");
    set_loader(th, ns, filename, is_cache)?;
    let done = if is_cache {
        run_cache(th, &source, ns)
    } else {
        let source = if o.skip_first_line { skip_line(&source) } else { source };
        start::run_source_named(th, &source, filename, ns)
    };
    Ok(exit::outcome(th, done))
}

/// `-x`: the newline stays, so that line numbers do.
fn skip_line(source: &[u8]) -> Vec<u8> {
    let at = source.iter().position(|b| *b == b'\n').unwrap_or(source.len());
    source[at..].to_vec()
}

fn set_loader(th: &Thread, ns: Dict, filename: Value, is_cache: bool) -> Res<()> {
    let modules = Dict::of(th.interp.modules.get());
    let Some(external) = modules.get_text(th, "_frozen_importlib_external") else { return Ok(()) };
    let class = if is_cache { "SourcelessFileLoader" } else { "SourceFileLoader" };
    let name = th.name(Name::__main__);
    let loader = call::call_method_text(th, external, class, &[name, filename])?;
    ns.set_name(th, th.name(Name::__loader__), loader);
    Ok(())
}

/// Runs a cache file.
fn run_cache(th: &Thread, data: &[u8], ns: Dict) -> Res<()> {
    use krait_modules_core::frozen::{MAGIC, PYC_HEADER};
    if data.get(..4) != Some(&MAGIC[..]) || data.len() < PYC_HEADER {
        return Err(th.runtime_error("Bad magic number in .pyc file"));
    }
    let code = krait_modules_core::marshal::loads(th, &data[PYC_HEADER..])?;
    if krait_object::code::Code::from_value(code).is_none() {
        return Err(th.runtime_error("Bad code object in .pyc file"));
    }
    start::run_code(th, code, ns)
}

fn standard_input(th: &Thread, o: &Options, ns: Dict) -> Res<()> {
    let mut source = Vec::new();
    let read = th.without_lock(|| std::io::stdin().lock().read_to_end(&mut source));
    if let Err(e) = read {
        let n = e.raw_os_error().unwrap_or(0);
        let text = string::new(th, &start::error_text(n));
        return Err(th.raise_args(TypeId::OSError, &[Value::small(n as i64), text]));
    }
    let source = if o.skip_first_line { skip_line(&source) } else { source };
    let filename = string::new(th, "<stdin>");
    ns.set_text(th, "__file__", filename);
    ns.set_text(th, "__cached__", Value::none());
    start::run_source_named(th, &source, filename, ns)
}
