//! The command line and the environment: from words to a configuration.
//!
//! Options are CPython's; what they ask for is noted in `sys.flags`' terms. Nothing here touches
//! an interpreter.

use krait_object::interp::Config;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What is to be run.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// `-c text`
    Command(OsString),
    /// `-m name`
    Module(OsString),
    /// A file, a folder or an archive.
    File(OsString),
    /// Standard input: the prompt when it is a terminal.
    Stdin,
}

/// Everything the program was told.
pub struct Options {
    pub config: Config,
    pub task: Task,
    /// `-x`
    pub skip_first_line: bool,
    /// `-X gc-stress=N`
    pub gc_stress: u32,
    /// `-X jit=...`, `-X jit-...`, `-X perf`
    pub jit: krait_jit::Options,
    /// PYTHONHASHSEED; None for a random key.
    pub hash_seed: Option<u32>,
    pub import_time: bool,
    pub fault_handler: bool,
    /// The standard streams let bytes through that are no text.
    pub loose_streams: bool,
    /// Allocations are to be traced, which they cannot be.
    pub trace_allocations: bool,
}

/// Why there is nothing to run.
pub enum Stop {
    /// Text for standard output; success.
    Say(String),
    /// Text for standard error, and the exit status.
    Fail(String, i32),
}

struct Reading {
    config: Config,
    program: OsString,
    command_warnings: Vec<String>,
    skip_first_line: bool,
    /// `-R`
    random_hashes: bool,
    version: u32,
    help: Option<&'static str>,
}

/// A text that is no UTF-8 keeps its bytes as well as a Rust string can.
fn text(s: &OsStr) -> String {
    s.to_string_lossy().into_owned()
}

fn usage(program: &OsStr, first: &str) -> Stop {
    let line = crate::help::usage(program);
    Stop::Fail(format!("{first}\n{line}Try `python -h' for more information.\n"), 2)
}

fn fatal(what: &str) -> Stop {
    let state = if what.starts_with("preconfig") { "preinitializing" } else { "preinitialized" };
    Stop::Fail(format!("Fatal Python error: {what}\nPython runtime state: {state}\n\n"), 1)
}

impl Reading {
    fn raise(&mut self, flag: &'static str, by: i64) {
        *self.config.flags.entry(flag).or_insert(0) += by;
    }

    fn set(&mut self, flag: &'static str, n: i64) {
        self.config.flags.insert(flag, n);
    }

    fn get(&self, flag: &str) -> i64 {
        self.config.flags.get(flag).copied().unwrap_or(0)
    }

    /// An option of one letter without an argument; None for one that there is not.
    fn letter(&mut self, c: u8) -> Option<()> {
        match c {
            b'b' => self.raise("bytes_warning", 1),
            b'B' => self.set("dont_write_bytecode", 1),
            b'd' => self.raise("debug", 1),
            b'E' => self.set("ignore_environment", 1),
            b'h' | b'?' => self.help = Some("help"),
            b'i' => {
                self.raise("inspect", 1);
                self.raise("interactive", 1);
            }
            b'I' => self.set("isolated", 1),
            b'O' => self.raise("optimize", 1),
            b'P' => self.set("safe_path", 1),
            b'q' => self.raise("quiet", 1),
            b'R' => self.random_hashes = true,
            b's' => self.set("no_user_site", 1),
            b'S' => self.set("no_site", 1),
            b't' => {}
            b'u' => self.config.unbuffered = true,
            b'v' => self.raise("verbose", 1),
            b'V' => self.version += 1,
            b'x' => self.skip_first_line = true,
            _ => return None,
        }
        Some(())
    }

    fn x_option(&mut self, s: &OsStr) {
        let s = text(s);
        let (name, value) = match s.split_once('=') {
            Some((n, v)) => (n.to_owned(), Some(v.to_owned())),
            None => (s, None),
        };
        self.config.xoptions.push((name, value));
    }
}

/// Reads the command line and the environment.
///
/// # Errors
/// What to say, and the status to exit with, when nothing is to be run.
pub fn read(args: Vec<OsString>) -> Result<Options, Stop> {
    let program = args.first().cloned().unwrap_or_else(|| "krait".into());
    let config = Config { orig_argv: args.clone(), ..Config::default() };
    let mut r = Reading {
        config,
        program: program.clone(),
        command_warnings: Vec::new(),
        skip_first_line: false,
        random_hashes: false,
        version: 0,
        help: None,
    };
    let (task, rest) = command_line(&mut r, &args)?;
    if let Some(h) = r.help {
        return Err(Stop::Say(crate::help::page(h, &program)));
    }
    if r.version > 0 {
        let full = krait_modules_core::sys::info::version();
        let short = full.split_once(' ').map_or(full.as_str(), |v| v.0);
        return Err(Stop::Say(format!("Python {}\n", if r.version > 1 { &full } else { short })));
    }
    r.config.argv = match &task {
        Task::Command(_) => vec!["-c".into()],
        Task::Module(_) => vec!["-m".into()],
        Task::File(f) => vec![f.clone()],
        Task::Stdin => vec![rest.first().cloned().unwrap_or_default()],
    };
    let skip = usize::from(matches!(task, Task::Stdin) && !rest.is_empty());
    r.config.argv.extend_from_slice(&rest[skip..]);
    settle(r, task)
}

/// Goes through the words up to what is to be run; the words after it.
fn command_line(r: &mut Reading, args: &[OsString]) -> Result<(Task, Vec<OsString>), Stop> {
    let mut i = 1;
    while let Some(word) = args.get(i) {
        let bytes = word.as_bytes();
        if bytes == b"-" {
            return Ok((Task::Stdin, args[i..].to_vec()));
        }
        if bytes.first() != Some(&b'-') {
            return Ok((Task::File(word.clone()), args[i + 1..].to_vec()));
        }
        i += 1;
        if bytes == b"--" {
            break;
        }
        if let Some(long) = bytes.strip_prefix(b"--") {
            i += long_option(r, &text(OsStr::from_bytes(long)), args.get(i))?;
            continue;
        }
        let mut at = 1;
        while at < bytes.len() {
            let c = bytes[at];
            at += 1;
            if !matches!(c, b'c' | b'm' | b'W' | b'X') {
                if c == b'J' {
                    return Err(usage(&r.program, "-J is reserved for Jython"));
                }
                if r.letter(c).is_none() {
                    return Err(usage(&r.program, &format!("Unknown option: -{}", c as char)));
                }
                continue;
            }
            let argument = if at < bytes.len() {
                OsString::from_vec(bytes[at..].to_vec())
            } else {
                i += 1;
                match args.get(i - 1) {
                    Some(a) => a.clone(),
                    None => {
                        let what = format!("Argument expected for the -{} option", c as char);
                        return Err(usage(&r.program, &what));
                    }
                }
            };
            match c {
                b'c' => return Ok((Task::Command(argument), args[i..].to_vec())),
                b'm' => return Ok((Task::Module(argument), args[i..].to_vec())),
                b'W' => r.command_warnings.push(text(&argument)),
                _ => r.x_option(&argument),
            }
            break;
        }
    }
    match args.get(i) {
        Some(f) => Ok((Task::File(f.clone()), args[i + 1..].to_vec())),
        None => Ok((Task::Stdin, Vec::new())),
    }
}

/// An option of a word; how many words more it took.
fn long_option(r: &mut Reading, name: &str, next: Option<&OsString>) -> Result<usize, Stop> {
    match name {
        "help" => r.help = Some("help"),
        "help-env" => r.help = Some("env"),
        "help-xoptions" => r.help = Some("xoptions"),
        "help-all" => r.help = Some("all"),
        "version" => r.version += 1,
        "check-hash-based-pycs" => {
            let value = next.map(|v| text(v)).unwrap_or_default();
            if next.is_none() {
                return Err(usage(&r.program, "Argument expected for the --check-hash-based-pycs options"));
            }
            if !["always", "never", "default"].contains(&value.as_str()) {
                let what = "--check-hash-based-pycs must be one of 'default', 'always', or 'never'";
                return Err(usage(&r.program, what));
            }
            r.config.check_hash_pycs = value;
            return Ok(1);
        }
        _ => return Err(usage(&r.program, &format!("unknown option --{name}"))),
    }
    Ok(0)
}

/// A variable of the environment that is not empty, unless the environment is to be ignored.
fn variable(r: &Reading, name: &str) -> Option<OsString> {
    if r.get("ignore_environment") > 0 {
        return None;
    }
    std::env::var_os(name).filter(|v| !v.is_empty())
}

/// The last value of an `-X` option: `Some(None)` when it has none.
fn x_value<'a>(r: &'a Reading, name: &str) -> Option<Option<&'a str>> {
    r.config.xoptions.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_deref())
}

/// The environment, and what depends on several options.
fn settle(mut r: Reading, task: Task) -> Result<Options, Stop> {
    if r.get("isolated") > 0 {
        r.set("ignore_environment", 1);
        r.set("no_user_site", 1);
        r.set("safe_path", 1);
    }
    let counted = [
        ("PYTHONDEBUG", "debug"),
        ("PYTHONVERBOSE", "verbose"),
        ("PYTHONOPTIMIZE", "optimize"),
        ("PYTHONDONTWRITEBYTECODE", "dont_write_bytecode"),
        ("PYTHONINSPECT", "inspect"),
        ("PYTHONNOUSERSITE", "no_user_site"),
        ("PYTHONSAFEPATH", "safe_path"),
    ];
    for (name, flag) in counted {
        if let Some(v) = variable(&r, name) {
            // A text that is no number counts as 1.
            let n = text(&v).trim().parse::<i64>().ok().filter(|n| *n >= 0).unwrap_or(1);
            let n = if matches!(flag, "dont_write_bytecode" | "no_user_site" | "safe_path") { 1 } else { n };
            r.set(flag, n.max(r.get(flag)));
        }
    }
    if variable(&r, "PYTHONUNBUFFERED").is_some() {
        r.config.unbuffered = true;
    }
    let dev = x_value(&r, "dev").is_some() || variable(&r, "PYTHONDEVMODE").is_some();
    if dev {
        r.set("dev_mode", 1);
    }
    if x_value(&r, "warn_default_encoding").is_some() || variable(&r, "PYTHONWARNDEFAULTENCODING").is_some() {
        r.set("warn_default_encoding", 1);
    }
    let locale = crate::locale::take(variable(&r, "PYTHONCOERCECLOCALE"));
    utf8_mode(&mut r, locale.plain)?;
    allocator(&r)?;
    r.config.hide_columns =
        x_value(&r, "no_debug_ranges").is_some() || variable(&r, "PYTHONNODEBUGRANGES").is_some();
    digits_limit(&mut r)?;
    let hash_seed = hash_seed(&r)?;
    r.set("hash_randomization", i64::from(hash_seed != Some(0)));
    warnings(&mut r, dev);
    r.config.pycache_prefix = match x_value(&r, "pycache_prefix") {
        Some(Some(p)) if !p.is_empty() => Some(p.into()),
        Some(_) => None,
        None => variable(&r, "PYTHONPYCACHEPREFIX"),
    };
    r.config.stdio_encoding = variable(&r, "PYTHONIOENCODING").map(|v| text(&v));
    r.config.home = variable(&r, "PYTHONHOME").unwrap_or_default();
    r.config.platlibdir = variable(&r, "PYTHONPLATLIBDIR").unwrap_or("lib".into());
    let python_path = variable(&r, "PYTHONPATH");
    let program = r.program.clone();
    crate::layout::find(&mut r.config, &program, python_path);
    if let Some(v) = variable(&r, "PYTHONEXECUTABLE") {
        r.config.executable = v;
    }
    let trace_allocations = traced_frames(&r)? > 0;
    let gc_stress = match x_value(&r, "gc-stress") {
        Some(v) => v.and_then(|v| v.parse().ok()).unwrap_or(1),
        None => std::env::var("KRAIT_GC_STRESS").ok().and_then(|v| v.parse().ok()).unwrap_or(0),
    };
    let environment = r.get("ignore_environment") == 0;
    let jit = crate::jit::options(&|name| x_value(&r, name).map(|v| v.map(str::to_owned)), environment)
        .map_err(|message| fatal(&message))?;
    let import_time =
        x_value(&r, "importtime").is_some() || variable(&r, "PYTHONPROFILEIMPORTTIME").is_some();
    let fault_handler =
        dev || x_value(&r, "faulthandler").is_some() || variable(&r, "PYTHONFAULTHANDLER").is_some();
    Ok(Options {
        config: r.config,
        task,
        skip_first_line: r.skip_first_line,
        gc_stress,
        jit,
        hash_seed,
        import_time,
        fault_handler,
        loose_streams: locale.loose,
        trace_allocations,
    })
}

/// `PYTHONMALLOC` chooses among CPython's allocators. There is one here; a name that CPython does not know is an error.
fn allocator(r: &Reading) -> Result<(), Stop> {
    const KNOWN: [&str; 6] = ["default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug"];
    match variable(r, "PYTHONMALLOC") {
        Some(name) if !KNOWN.iter().any(|k| name == *k) => {
            Err(fatal("preconfig_init_allocator: PYTHONMALLOC: unknown allocator"))
        }
        _ => Ok(()),
    }
}

/// UTF-8 mode (PEP 540): asked for, or by the locale.
fn utf8_mode(r: &mut Reading, by_locale: bool) -> Result<(), Stop> {
    let asked = match x_value(r, "utf8") {
        Some(None) | Some(Some("1")) => Some(1),
        Some(Some("0")) => Some(0),
        Some(Some(_)) => return Err(fatal("preconfig_init_utf8_mode: invalid -X utf8 option value")),
        None => match variable(r, "PYTHONUTF8").map(|v| text(&v)).as_deref() {
            Some("1") => Some(1),
            Some("0") => Some(0),
            Some(_) => {
                return Err(fatal("preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value"));
            }
            None => None,
        },
    };
    r.set("utf8_mode", asked.unwrap_or(i64::from(by_locale)));
    Ok(())
}

fn digits_limit(r: &mut Reading) -> Result<(), Stop> {
    let what = "config_init_int_max_str_digits: ";
    let limits = "invalid limit; must be >= 640 or 0 for unlimited.";
    let valid = |s: &str| s.parse::<i64>().ok().filter(|n| *n == 0 || (640..=i32::MAX as i64).contains(n));
    if let Some(v) = variable(r, "PYTHONINTMAXSTRDIGITS") {
        match valid(&text(&v)) {
            Some(n) => r.set("int_max_str_digits", n),
            None => return Err(fatal(&format!("{what}PYTHONINTMAXSTRDIGITS: {limits}"))),
        }
    }
    if let Some(v) = x_value(r, "int_max_str_digits") {
        match v.and_then(valid) {
            Some(n) => r.set("int_max_str_digits", n),
            None => return Err(fatal(&format!("{what}-X int_max_str_digits: {limits}"))),
        }
    }
    Ok(())
}

/// How many frames `-X tracemalloc` is to keep of each allocation.
fn traced_frames(r: &Reading) -> Result<i64, Stop> {
    use krait_modules_core::tracemalloc::MAX_FRAMES;
    let valid = |s: &str| s.parse::<i64>().ok().filter(|n| (0..=MAX_FRAMES).contains(n));
    let (from, value) = match x_value(r, "tracemalloc") {
        Some(v) => ("-X tracemalloc=NFRAME", v.map(str::to_owned).unwrap_or("1".to_owned())),
        None => match variable(r, "PYTHONTRACEMALLOC") {
            Some(v) => ("PYTHONTRACEMALLOC", text(&v)),
            None => return Ok(0),
        },
    };
    valid(&value).ok_or_else(|| fatal(&format!("config_init_tracemalloc: {from}: invalid number of frames")))
}

fn hash_seed(r: &Reading) -> Result<Option<u32>, Stop> {
    match variable(r, "PYTHONHASHSEED").map(|v| text(&v)) {
        None => Ok(None),
        Some(s) if s == "random" || r.random_hashes => Ok(None),
        Some(s) => s.parse().map(Some).map_err(|_| {
            fatal(
                "config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
            )
        }),
    }
}

/// `sys.warnoptions`: later entries go before earlier ones.
fn warnings(r: &mut Reading, dev: bool) {
    let mut all = Vec::new();
    if dev {
        all.push("default".to_owned());
    }
    if let Some(v) = variable(r, "PYTHONWARNINGS") {
        all.extend(text(&v).split(',').map(str::to_owned));
    }
    all.append(&mut r.command_warnings);
    match r.get("bytes_warning") {
        0 => {}
        1 => all.push("default::BytesWarning".to_owned()),
        _ => all.push("error::BytesWarning".to_owned()),
    }
    r.config.warnoptions = all;
}
