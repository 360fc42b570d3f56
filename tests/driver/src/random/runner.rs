//! Runs batches of random programs and compares.

use super::digests::{self, Digests, digest};
use super::modes::{self, Mode};
use super::program::program;
use super::reduce::reduce;
use super::tree::render;
use crate::outcome::Outcome;
use crate::{Options, diff, pool};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What runs the programs of a file.
const HARNESS: &str = include_str!("../../../random/harness.py");
/// Seconds that a batch, and a single program, may take.
const BATCH_LIMIT: u64 = 100;
const SINGLE_LIMIT: u64 = 20;

/// The options of `random`.
pub struct Random {
    /// The programs.
    pub seeds: RangeInclusive<u64>,
    /// Programs in a process.
    pub batch: usize,
    /// Modes that a batch runs in.
    pub modes: usize,
    /// A recording that stands for CPython.
    pub digests: Option<PathBuf>,
    /// The recording is to be written.
    pub record: bool,
    /// Failing programs are made smaller.
    pub reduce: bool,
    /// Where failing programs are written.
    pub keep: Option<PathBuf>,
    /// The programs are only printed.
    pub show: bool,
}

impl Default for Random {
    fn default() -> Random {
        Random {
            seeds: 1..=100,
            batch: 50,
            modes: 2,
            digests: None,
            record: false,
            reduce: true,
            keep: None,
            show: false,
        }
    }
}

/// `A..B` or one number.
///
/// # Errors
/// A message when it is neither.
pub fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(a), Ok(b)) if a <= b => Ok(a..=b),
        _ => Err(format!("{text} is not a range of seeds")),
    }
}

/// The command.
///
/// # Errors
/// A message when something needed is missing.
pub fn run(options: &Options) -> Result<bool, String> {
    let random = &options.random;
    let seeds: Vec<u64> = random.seeds.clone().collect();
    if random.show {
        seeds.iter().for_each(|&seed| print!("{}", render(&program(seed))));
        return Ok(true);
    }
    let work = Work::new(options)?;
    if random.record {
        return record(&work, &seeds);
    }
    if options.interpreter.is_empty() {
        return Err("which interpreter? (--interpreter CMD)".into());
    }
    let recorded = match &random.digests {
        Some(path) => Some(digests::read(path)?),
        None if options.cpython.is_empty() => return Err("neither --cpython nor --digests".into()),
        None => None,
    };
    let batches: Vec<(usize, &[u64])> = seeds.chunks(random.batch).enumerate().collect();
    let (mut good, mut bad) = (0, 0);
    pool::in_order(
        &batches,
        options.jobs,
        |&(number, seeds)| work.compare(number, seeds, recorded.as_ref()),
        |&(_, seeds), result| match result {
            Ok(failures) => {
                good += seeds.len().saturating_sub(failures.len());
                bad += failures.len();
                failures.iter().for_each(|f| print!("{f}"));
            }
            Err(message) => {
                bad += seeds.len();
                println!("{message}");
            }
        },
    );
    println!("{good} passed, {bad} failed");
    Ok(bad == 0)
}

/// Writes what CPython prints for the seeds.
fn record(work: &Work, seeds: &[u64]) -> Result<bool, String> {
    let path = work.options.random.digests.as_ref().ok_or("where to? (--digests FILE)")?;
    let mut all = Digests::new();
    for seeds in seeds.chunks(work.options.random.batch) {
        let texts: Vec<(u64, String)> = seeds.iter().map(|&s| (s, render(&program(s)))).collect();
        let outcome = work.launch(&work.options.cpython, &[], &texts, BATCH_LIMIT)?;
        let parts = split(&outcome);
        for (seed, text) in &texts {
            let output = parts.get(seed).ok_or_else(|| format!("CPython did not come to program {seed}"))?;
            all.insert(*seed, (digest(text), digest(output)));
        }
    }
    digests::write(path, &all)?;
    println!("{} programs recorded", all.len());
    Ok(true)
}

/// What all batches have in common.
struct Work<'a> {
    options: &'a Options,
    folder: PathBuf,
    files: AtomicUsize,
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        // A folder that stays behind in the system's temporary one does no harm.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl<'a> Work<'a> {
    fn new(options: &'a Options) -> Result<Work<'a>, String> {
        let folder = std::env::temp_dir().join(format!("krait-random-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        Ok(Work { options, folder, files: AtomicUsize::new(0) })
    }

    /// Runs programs in one process.
    fn launch(
        &self,
        command: &[String],
        flags: &[String],
        programs: &[(u64, String)],
        limit: u64,
    ) -> Result<Outcome, String> {
        let path = self.folder.join(format!("batch{}.py", self.files.fetch_add(1, Ordering::Relaxed)));
        std::fs::write(&path, file_of(programs)).map_err(|e| format!("{}: {e}", path.display()))?;
        let outcome = self.options.launcher.run(command, flags, &path, Some(limit));
        let _ = std::fs::remove_file(&path);
        outcome
    }

    /// The programs of a batch that differ, as text for people.
    fn compare(
        &self,
        number: usize,
        seeds: &[u64],
        recorded: Option<&Digests>,
    ) -> Result<Vec<String>, String> {
        let programs: Vec<(u64, String)> = seeds.iter().map(|&s| (s, render(&program(s)))).collect();
        let mut want = BTreeMap::new();
        match recorded {
            Some(recorded) => {
                for (seed, text) in &programs {
                    match recorded.get(seed) {
                        Some(&(source, output)) if source == digest(text) => want.insert(*seed, output),
                        _ => {
                            return Err(format!(
                                "program {seed} is not the one recorded: run tests/regenerate"
                            ));
                        }
                    };
                }
            }
            None => {
                let outcome = self.launch(&self.options.cpython, &[], &programs, BATCH_LIMIT)?;
                for (seed, output) in split(&outcome) {
                    want.insert(seed, digest(&output));
                }
                if want.len() < programs.len() {
                    return Err(format!(
                        "CPython did not come to the end of programs {seeds:?}: {}\n{}",
                        outcome.status,
                        String::from_utf8_lossy(&outcome.stderr)
                    ));
                }
            }
        }
        let mut failures = Vec::new();
        for mode in modes::for_batch(number, self.options.random.modes, &self.options.modes) {
            let mut rest = &programs[..];
            while !rest.is_empty() {
                let outcome = self.launch(&self.options.interpreter, &mode.flags, rest, BATCH_LIMIT)?;
                let got = split(&outcome);
                let ended = outcome.status == "0" && outcome.stderr.is_empty();
                let mut next = rest.len();
                for (k, (seed, _)) in rest.iter().enumerate() {
                    let last = !rest.get(k + 1).is_some_and(|(s, _)| got.contains_key(s));
                    let output = got.get(seed).map_or("", String::as_str);
                    if want.get(seed) == Some(&digest(output)) && (ended || !last) {
                        continue;
                    }
                    failures.push(self.failure(&mode, &rest[..=k], &outcome)?);
                    if last && !ended {
                        next = k + 1;
                        break;
                    }
                }
                rest = &rest[next..];
            }
        }
        Ok(failures)
    }

    /// Describes the failure of the last one of these programs.
    fn failure(&self, mode: &Mode, programs: &[(u64, String)], outcome: &Outcome) -> Result<String, String> {
        let Some((seed, text)) = programs.last() else { return Ok(String::new()) };
        let head =
            format!("program {seed} in mode {} ({}): {}\n", mode.name, mode.flags.join(" "), outcome.status);
        let alone = |text: &str| self.difference(mode, *seed, text);
        let Some(first) = alone(text)? else {
            let keep = self.keep(*seed, mode, &file_of(programs));
            return Ok(format!("{head}differs only after the programs before it{keep}\n"));
        };
        let mut shown = text.clone();
        if self.options.random.reduce {
            shown = reduce(program(*seed), |text| alone(text).is_ok_and(|d| d.is_some()));
        }
        let last = alone(&shown)?.unwrap_or(first);
        let keep = self.keep(*seed, mode, &file_of(&[(*seed, shown.clone())]));
        Ok(format!("{head}{shown}{last}{keep}\n"))
    }

    /// How Krait differs from CPython on one program; it differs from Krait's interpreter when there is no CPython.
    fn difference(&self, mode: &Mode, seed: u64, text: &str) -> Result<Option<String>, String> {
        let programs = [(seed, text.to_owned())];
        let off = ["-X".to_owned(), "jit=off".to_owned()];
        let want = if self.options.cpython.is_empty() {
            self.launch(&self.options.interpreter, &off, &programs, SINGLE_LIMIT)?
        } else {
            self.launch(&self.options.cpython, &[], &programs, SINGLE_LIMIT)?
        };
        if want.status != "0" {
            return Ok(None);
        }
        let got = self.launch(&self.options.interpreter, &mode.flags, &programs, SINGLE_LIMIT)?;
        if want.stdout == got.stdout && got.status == "0" && got.stderr.is_empty() {
            return Ok(None);
        }
        let mut text = diff::lines(&want.stdout, &got.stdout);
        text.push_str(&diff::lines(b"", &got.stderr));
        text.push_str(&format!("    status {}\n", got.status));
        Ok(Some(text))
    }

    /// Writes a failing program where it can be looked at, if that is wanted.
    fn keep(&self, seed: u64, mode: &Mode, text: &str) -> String {
        let Some(folder) = &self.options.random.keep else { return String::new() };
        let path: &Path = &folder.join(format!("{seed}-{}.py", mode.name));
        match std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text)) {
            Ok(()) => format!("    written to {}\n", path.display()),
            Err(e) => format!("    {}: {e}\n", path.display()),
        }
    }
}

/// A Python file that runs the programs.
fn file_of(programs: &[(u64, String)]) -> String {
    let mut text = HARNESS.to_owned();
    for (seed, program) in programs {
        let quoted = program.replace('\\', "\\\\").replace("'''", "\\'\\'\\'");
        text.push_str(&format!(
            "\nspace = begin({seed})\ntry:\n    exec(compile('''\\\n{quoted}''', 'program', 'exec'), space)\n\
             except Exception as e:\n    report(e)\n"
        ));
    }
    text
}

/// What each program printed.
fn split(outcome: &Outcome) -> BTreeMap<u64, String> {
    let text = String::from_utf8_lossy(&outcome.stdout);
    let mut parts = BTreeMap::new();
    let mut current = None;
    for line in text.split_inclusive('\n') {
        if let Some(seed) = line.strip_prefix("=== ").and_then(|s| s.trim_end().parse::<u64>().ok()) {
            parts.insert(seed, String::new());
            current = Some(seed);
        } else if let Some(part) = current.and_then(|seed| parts.get_mut(&seed)) {
            part.push_str(line);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_or_one() {
        assert_eq!(seeds("3..7"), Ok(3..=7));
        assert_eq!(seeds("5"), Ok(5..=5));
        assert!(seeds("7..3").is_err() && seeds("x").is_err());
    }

    #[test]
    fn a_seed_names_a_program() {
        assert_eq!(render(&program(17)), render(&program(17)));
        assert_ne!(render(&program(17)), render(&program(18)));
    }

    #[test]
    fn output_is_split_by_program() {
        let outcome = Outcome {
            stdout: b"=== 3\na\nb\n=== 4\n=== 5\nc".to_vec(),
            stderr: Vec::new(),
            status: "0".into(),
            seconds: 0.0,
        };
        let parts = split(&outcome);
        assert_eq!(parts.len(), 3);
        assert_eq!((parts[&3].as_str(), parts[&4].as_str(), parts[&5].as_str()), ("a\nb\n", "", "c"));
    }
}
