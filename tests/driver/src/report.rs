//! The three commands: run the corpus, compare with CPython directly, record what CPython does.

use std::path::Path;
use std::process::Command;

use crate::Options;
use crate::cases::{self, Mode, Program};
use crate::outcome::Outcome;
use crate::{diff, pool};

/// Failures that are shown with their differences; of the others, only the names.
const SHOWN: usize = 30;

/// Runs every program in every mode and compares with what is recorded.
///
/// Returns whether all passed; the last line printed is `N passed, N failed`.
///
/// # Errors
/// A message when there is nothing to run or nothing to run it with.
pub fn corpus(options: &Options) -> Result<bool, String> {
    needs(&options.interpreter, "--interpreter")?;
    let programs = cases::programs(&options.tests, options.launcher.benchmarks.is_some(), &options.words)?;
    let modes = cases::modes(&options.tests, &options.modes)?;
    let runs = modes
        .iter()
        .flat_map(|mode| programs.iter().enumerate().map(move |(n, program)| (n, program, mode)))
        .filter(|(n, program, mode)| program.runs_in(mode) && mode.takes(*n))
        .map(|(_, program, mode)| (program, mode))
        .collect::<Vec<_>>();
    if runs.is_empty() {
        return Err("no program to run".to_owned());
    }
    let pending = cases::pending(&options.tests)?;
    let (mut passed, mut failed) = (0, 0);
    let (mut still_pending, mut ready) = (0, Vec::new());
    let mut failures = Vec::new();
    let mut slowest = Vec::new();
    let work = |(program, mode): &(&Program, &Mode)| {
        let want = program.expectation().ok_or("no expectation is recorded; run tests/regenerate")?;
        let flags = program.flags.iter().chain(&mode.flags).cloned().collect::<Vec<_>>();
        let got = options.launcher.run(&options.interpreter, &flags, &program.path, program.time_limit)?;
        Ok::<_, String>((difference(&want, &got, true), got.seconds))
    };
    pool::in_order(&runs, options.jobs, work, |(program, mode), result| match result {
        Ok((None, seconds)) => {
            passed += 1;
            if pending.contains(&key(program, mode)) {
                ready.push(key(program, mode));
            }
            slowest.push((seconds, format!("{} [{}]", program.name, mode.name)));
        }
        Ok((Some(_), _)) | Err(_) if pending.contains(&key(program, mode)) => {
            still_pending += 1;
            failures.push(key(program, mode));
        }
        Ok((Some(text), _)) | Err(text) => {
            failed += 1;
            failures.push(key(program, mode));
            let text = if failed > SHOWN { String::new() } else { format!("\n{}", indented(&text)) };
            println!("FAILED {} [{}]{text}", program.name, mode.name);
        }
    });
    slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (seconds, name) in slowest.iter().take(3).filter(|(seconds, _)| *seconds > 5.0) {
        println!("slow: {seconds:.1} s {name}");
    }
    if options.write_pending {
        cases::write_pending(&options.tests, &failures)?;
    } else if still_pending > 0 || !ready.is_empty() {
        println!("{still_pending} pending programs (tests/pending) fail as expected");
        ready.iter().for_each(|name| println!("passes now, take it off tests/pending: {name}"));
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// A line of `tests/pending`.
fn key(program: &Program, mode: &Mode) -> String {
    format!("{} {}", program.name, mode.name)
}

/// Runs the files given on CPython and on the interpreter, and compares the two.
///
/// Standard output and exit status must agree, and of standard error the last line (an uncaught
/// exception) unless all of it is wanted. A folder stands for the programs below it.
///
/// # Errors
/// A message when a file cannot be read or an interpreter cannot be started.
pub fn differential(options: &Options) -> Result<bool, String> {
    needs(&options.interpreter, "--interpreter")?;
    needs(&options.cpython, "--cpython")?;
    check_version(&options.cpython)?;
    let mut programs = Vec::new();
    for word in &options.words {
        gather(Path::new(word), &mut programs)?;
    }
    let modes = match options.modes.is_empty() {
        true => vec![Mode::new("plain", Vec::new())],
        false => cases::modes(&options.tests, &options.modes)?,
    };
    let runs = programs.iter().flat_map(|p| modes.iter().map(move |m| (p, m))).collect::<Vec<_>>();
    if runs.is_empty() {
        return Err("no program to run".to_owned());
    }
    let (mut passed, mut failed) = (0, 0);
    let work = |(program, mode): &(&Program, &Mode)| {
        let run = |command: &[String], flags: &[String]| {
            let flags = program.flags.iter().chain(flags).cloned().collect::<Vec<_>>();
            options.launcher.run(command, &flags, &program.path, program.time_limit)
        };
        let want = run(&options.cpython, &[])?;
        let got = run(&options.interpreter, &mode.flags)?;
        Ok::<_, String>((difference(&want, &got, options.all_of_stderr), want.seconds, got.seconds))
    };
    pool::in_order(&runs, options.jobs, work, |(program, mode), result| match result {
        Ok((None, want, got)) => {
            passed += 1;
            println!("same {} [{}] {want:.2} s, {got:.2} s", program.name, mode.name);
        }
        Ok((Some(text), ..)) | Err(text) => {
            failed += 1;
            println!("DIFFERENT {} [{}]\n{}", program.name, mode.name, indented(&text));
        }
    });
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// Records what CPython does as the expectation.
///
/// Each program runs twice; one whose runs differ (addresses, times, hash order) is refused.
///
/// # Errors
/// A message when there is no CPython 3.12 or the disk refuses.
pub fn regenerate(options: &Options) -> Result<bool, String> {
    needs(&options.cpython, "--cpython")?;
    check_version(&options.cpython)?;
    let mut programs =
        cases::programs(&options.tests, options.launcher.benchmarks.is_some(), &options.words)?;
    if options.missing {
        programs.retain(|p| p.expectation().is_none());
    }
    let (mut passed, mut failed) = (0, 0);
    let work = |program: &Program| {
        let run =
            || options.launcher.run(&options.cpython, &program.flags, &program.path, program.time_limit);
        let first = run()?;
        if let Some(text) = difference(&first, &run()?, true) {
            return Err(format!("two runs differ:\n{text}"));
        }
        if first.status == "time-out" {
            return Err("takes too long".to_owned());
        }
        let changed = program.expectation().is_none_or(|old| difference(&old, &first, true).is_some());
        if changed {
            program.record(&first)?;
        }
        Ok((changed, first.status))
    };
    pool::in_order(&programs, options.jobs, work, |program, result| match result {
        Ok((changed, status)) => {
            passed += 1;
            if changed {
                let note = if status == "0" { String::new() } else { format!(" (exit status {status})") };
                println!("recorded {}{note}", program.name);
            }
        }
        Err(text) => {
            failed += 1;
            println!("FAILED {}\n{}", program.name, indented(&text));
        }
    });
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// How `got` differs from `want`, or None.
fn difference(want: &Outcome, got: &Outcome, all_of_stderr: bool) -> Option<String> {
    let mut text = String::new();
    if got.status != want.status {
        text.push_str(&format!("exit status {}, expected {}\n", got.status, want.status));
    }
    if got.stdout != want.stdout {
        text.push_str("standard output:\n");
        text.push_str(&diff::lines(&want.stdout, &got.stdout));
    }
    let pick = |o: &Outcome| if all_of_stderr { o.stderr.clone() } else { last_line(&o.stderr) };
    if pick(got) != pick(want) {
        text.push_str("standard error:\n");
        text.push_str(&diff::lines(&pick(want), &pick(got)));
    }
    (!text.is_empty()).then_some(text)
}

fn last_line(bytes: &[u8]) -> Vec<u8> {
    let text = bytes.trim_ascii_end();
    let start = text.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    text[start..].to_vec()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn gather(path: &Path, programs: &mut Vec<Program>) -> Result<(), String> {
    if !path.is_dir() {
        programs.push(Program::load(path, Path::new(""))?);
        return Ok(());
    }
    let mut below = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| format!("{}: {e}", path.display()))? {
        below.push(entry.map_err(|e| format!("{}: {e}", path.display()))?.path());
    }
    below.sort();
    for path in below {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with(['_', '.']) && (path.is_dir() || name.ends_with(".py")) {
            gather(&path, programs)?;
        }
    }
    Ok(())
}

fn needs(command: &[String], option: &str) -> Result<(), String> {
    if command.is_empty() { Err(format!("{option} is needed")) } else { Ok(()) }
}

/// Only a CPython 3.12 may say what is right.
fn check_version(command: &[String]) -> Result<(), String> {
    let ask = "import sys; print(sys.implementation.name, *sys.version_info[:2])";
    let output = Command::new(&command[0])
        .args(&command[1..])
        .args(["-c", ask])
        .output()
        .map_err(|e| format!("{}: {e}", command[0]))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if said == "cpython 3 12" {
        Ok(())
    } else {
        Err(format!("{} is not CPython 3.12 but {said:?}", command.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::{difference, last_line};
    use crate::outcome::Outcome;

    fn outcome(stdout: &str, stderr: &str, status: &str) -> Outcome {
        Outcome { stdout: stdout.into(), stderr: stderr.into(), status: status.to_owned(), seconds: 0.0 }
    }

    #[test]
    fn the_last_line_of_a_traceback() {
        assert_eq!(last_line(b"Traceback\n  File\nValueError: x\n"), b"ValueError: x");
        assert_eq!(last_line(b""), b"");
    }

    #[test]
    fn everything_counts() {
        let want = outcome("a\n", "1\n2\n", "0");
        assert!(difference(&want, &want.clone(), true).is_none());
        assert!(difference(&want, &outcome("a\n", "1\n2\n", "1"), true).is_some());
        assert!(difference(&want, &outcome("b\n", "1\n2\n", "0"), true).is_some());
        assert!(difference(&want, &outcome("a\n", "0\n2\n", "0"), true).is_some());
        assert!(difference(&want, &outcome("a\n", "0\n2\n", "0"), false).is_none());
    }
}
