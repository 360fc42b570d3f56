//! `krait-test-driver`: runs the Python programs under `tests/` and compares what they print.
//!
//! A program is right when its standard output, its standard error and its exit status are what CPython
//! 3.12 gave when the expectation was recorded, in every mode (JIT off, heap under stress, ...). The
//! driver needs no Python of its own: CPython is only wanted for recording (`regenerate`) and for
//! comparing with it directly (`differential`).
//!
//! It must not know anything about Krait beyond the command that starts it and the flags in `modes`.

mod cases;
mod diff;
mod outcome;
mod pool;
mod random;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use outcome::Launcher;

const USAGE: &str = "\
usage: krait-test-driver corpus       --interpreter CMD [options] [FILTER ...]
       krait-test-driver differential --cpython CMD --interpreter CMD [options] FILE ...
       krait-test-driver regenerate   --cpython CMD [options] [FILTER ...]
       krait-test-driver random       --interpreter CMD (--cpython CMD | --digests FILE) [options]
  FILTER             run only programs whose path contains one of these
  --tests DIR        the folder with programs/, values/ and modes (default: tests/ of the repository)
  --mode NAME        only this mode (may be repeated)
  --benchmarks DIR   pyperformance's folder of bm_*; without it values/ is left out
  --pythonpath DIR   put on PYTHONPATH for values/ (may be repeated)
  --jobs N           programs at a time (default: the number of processors)
  --time-limit S     seconds that one run may take (default 60)
  --write-pending    corpus: list what fails in tests/pending
  --missing          regenerate: only programs without an expectation
  --stderr           differential: compare all of standard error, not its last line
  --seeds A..B       random: the programs (default 1..100)
  --batch N          random: programs in one process (default 50)
  --modes N          random: modes that each batch runs in (default 2), in turn
  --digests FILE     random: compare with what was recorded there
  --record           random: record what CPython prints in the file of --digests
  --no-reduce        random: do not make failing programs smaller
  --keep DIR         random: write failing programs there
  --show             random: only print the programs
";

/// The command line, taken apart.
pub struct Options {
    /// The interpreter under test.
    interpreter: Vec<String>,
    /// The CPython that knows the right answers.
    cpython: Vec<String>,
    /// The folder that holds `programs/`, `values/` and `modes`.
    tests: PathBuf,
    /// Names of the modes wanted; empty for all.
    modes: Vec<String>,
    /// Programs at a time.
    jobs: usize,
    /// The failures of this run become `tests/pending`.
    write_pending: bool,
    /// Only programs without an expectation are recorded.
    missing: bool,
    /// All of standard error is compared.
    all_of_stderr: bool,
    /// Filters or files.
    words: Vec<String>,
    /// What only `random` needs.
    random: random::Random,
    /// What every run has in common.
    launcher: Launcher,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let options = match parse(arguments) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("krait-test-driver: {message}");
            return ExitCode::from(2);
        }
    };
    let result = match command.as_str() {
        "corpus" => report::corpus(&options),
        "differential" => report::differential(&options),
        "regenerate" => report::regenerate(&options),
        "random" => random::run(&options),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("krait-test-driver: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        interpreter: Vec::new(),
        cpython: Vec::new(),
        tests: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")),
        modes: Vec::new(),
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        write_pending: false,
        missing: false,
        all_of_stderr: false,
        words: Vec::new(),
        random: random::Random::default(),
        launcher: Launcher::default(),
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
        match argument.as_str() {
            "--interpreter" => options.interpreter = command_line(&value()?)?,
            "--cpython" => options.cpython = command_line(&value()?)?,
            "--tests" => options.tests = PathBuf::from(value()?),
            "--mode" => options.modes.push(value()?),
            "--benchmarks" => options.launcher.benchmarks = Some(absolute(&value()?)?),
            "--pythonpath" => options.launcher.python_path.push(absolute(&value()?)?),
            "--jobs" => options.jobs = number(&value()?)?,
            "--time-limit" => {
                options.launcher.time_limit =
                    Duration::from_secs(u64::try_from(number(&value()?)?).map_err(|e| e.to_string())?);
            }
            "--write-pending" => options.write_pending = true,
            "--missing" => options.missing = true,
            "--seeds" => options.random.seeds = random::seeds(&value()?)?,
            "--batch" => options.random.batch = number(&value()?)?,
            "--modes" => options.random.modes = number(&value()?)?,
            "--digests" => options.random.digests = Some(PathBuf::from(value()?)),
            "--record" => options.random.record = true,
            "--no-reduce" => options.random.reduce = false,
            "--keep" => options.random.keep = Some(PathBuf::from(value()?)),
            "--show" => options.random.show = true,
            "--stderr" => options.all_of_stderr = true,
            _ if argument.starts_with('-') => return Err(format!("unknown option {argument}\n{USAGE}")),
            _ => options.words.push(argument),
        }
    }
    Ok(options)
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| format!("{text} is not a positive number"))
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|e| format!("{path}: {e}"))
}

/// Splits a command at blanks. Programs run in their own folders, so a path must not be relative.
fn command_line(text: &str) -> Result<Vec<String>, String> {
    let mut words = text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let first = words.first_mut().ok_or("an interpreter's command is empty")?;
    if first.contains('/') {
        *first = absolute(first)?.to_string_lossy().into_owned();
    }
    Ok(words)
}
