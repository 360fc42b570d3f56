//! What there is to run: programs, their expectations beside them, and the modes.
//!
//! Beside `NAME.py` stand `NAME.out` (standard output), `NAME.err` (standard error; none means empty)
//! and `NAME.exit` (the exit status; none means 0). Comments in the program's head say what is special:
//! `# modes: NAME ...` (only these), `# skip: NAME ...` (not these), `# flags: FLAG ...` (given to the
//! interpreter), `# time-limit: SECONDS`.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::outcome::Outcome;

/// How far into a program its head may reach, in lines.
const HEAD: usize = 12;

/// One program.
pub struct Program {
    /// Path of the `.py` file.
    pub path: PathBuf,
    /// Path below the tests folder, for reports.
    pub name: String,
    /// Names of the modes it is meant for; empty for all.
    modes: Vec<String>,
    /// Names of the modes it is not meant for.
    skip: Vec<String>,
    /// Flags for the interpreter.
    pub flags: Vec<String>,
    /// Seconds it may take, when it says so.
    pub time_limit: Option<u64>,
}

/// A way of running programs.
#[derive(Clone)]
pub struct Mode {
    /// Its name.
    pub name: String,
    /// Flags for the interpreter.
    pub flags: Vec<String>,
    /// Each of so many such modes runs its share of the programs: (which, of how many).
    pub share: Option<(usize, usize)>,
}

impl Mode {
    /// A mode for all programs.
    pub fn new(name: &str, flags: Vec<String>) -> Mode {
        Mode { name: name.to_owned(), flags, share: None }
    }

    /// Is the `n`th program in the mode's share?
    pub fn takes(&self, n: usize) -> bool {
        self.share.is_none_or(|(which, of)| n % of == which % of)
    }
}

impl Program {
    /// Reads the head of a program.
    ///
    /// # Errors
    /// A message when the file cannot be read.
    pub fn load(path: &Path, root: &Path) -> Result<Program, String> {
        let bytes = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut program = Program {
            path: path.to_owned(),
            name: path.strip_prefix(root).unwrap_or(path).display().to_string(),
            modes: Vec::new(),
            skip: Vec::new(),
            flags: Vec::new(),
            time_limit: None,
        };
        for line in String::from_utf8_lossy(&bytes).lines().take(HEAD) {
            let Some((key, value)) = line.strip_prefix("# ").and_then(|l| l.split_once(": ")) else {
                continue;
            };
            let words = value.split_whitespace().map(str::to_owned);
            match key {
                "modes" => program.modes.extend(words),
                "skip" => program.skip.extend(words),
                "flags" => program.flags.extend(words),
                "time-limit" => program.time_limit = value.trim().parse().ok(),
                _ => {}
            }
        }
        Ok(program)
    }

    /// Whether the program is meant for a mode.
    pub fn runs_in(&self, mode: &Mode) -> bool {
        (self.modes.is_empty() || self.modes.contains(&mode.name)) && !self.skip.contains(&mode.name)
    }

    /// What the program should do, or None when that has not been recorded.
    pub fn expectation(&self) -> Option<Outcome> {
        let read = |extension| fs::read(self.path.with_extension(extension)).ok();
        let stdout = read("out")?;
        let status =
            read("exit").map_or_else(|| "0".to_owned(), |b| String::from_utf8_lossy(&b).trim().to_owned());
        Some(Outcome { stdout, stderr: read("err").unwrap_or_default(), status, seconds: 0.0 })
    }

    /// Writes what the program should do.
    ///
    /// # Errors
    /// A message when the disk refuses.
    pub fn record(&self, outcome: &Outcome) -> Result<(), String> {
        let exit = if outcome.status == "0" { String::new() } else { format!("{}\n", outcome.status) };
        let files: [(&str, &[u8], bool); 3] = [
            ("out", &outcome.stdout, true),
            ("err", &outcome.stderr, !outcome.stderr.is_empty()),
            ("exit", exit.as_bytes(), !exit.is_empty()),
        ];
        for (extension, bytes, wanted) in files {
            let path = self.path.with_extension(extension);
            let result = match wanted {
                true => fs::write(&path, bytes),
                false if path.exists() => fs::remove_file(&path),
                false => Ok(()),
            };
            result.map_err(|e| format!("{}: {e}", path.display()))?;
        }
        Ok(())
    }
}

/// The programs below `root/programs` and, if wanted, `root/values`, sorted by path.
///
/// A file whose name starts with an underscore is a module that programs import.
///
/// # Errors
/// A message when a folder or file cannot be read.
pub fn programs(root: &Path, values: bool, filters: &[String]) -> Result<Vec<Program>, String> {
    let mut folders = vec![root.join("programs")];
    if values {
        folders.push(root.join("values"));
    }
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))? {
            let path = entry.map_err(|e| format!("{}: {e}", folder.display()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if !name.starts_with(['_', '.']) {
                    folders.push(path);
                }
            } else if name.ends_with(".py") && !name.starts_with('_') {
                let program = Program::load(&path, root)?;
                if filters.is_empty() || filters.iter().any(|f| program.name.contains(f.as_str())) {
                    found.push(program);
                }
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The modes listed in `root/modes`, those wanted only. One that is wanted by name runs all programs.
///
/// # Errors
/// A message when the file cannot be read or a mode wanted is not in it.
pub fn modes(root: &Path, wanted: &[String]) -> Result<Vec<Mode>, String> {
    let path = root.join("modes");
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let modes = parse_modes(&text);
    if let Some(name) = wanted.iter().find(|w| modes.iter().all(|m| m.name != **w)) {
        return Err(format!("{} has no mode {name}", path.display()));
    }
    if wanted.is_empty() {
        return Ok(modes);
    }
    let wanted = modes.into_iter().filter(|m| wanted.contains(&m.name));
    Ok(wanted.map(|m| Mode { share: None, ..m }).collect())
}

/// The programs (with their mode) that need what the interpreter does not have yet: lines `PATH MODE` of `root/pending`.
///
/// # Errors
/// A message when the file is there and cannot be read.
pub fn pending(root: &Path) -> Result<HashSet<String>, String> {
    let path = root.join("pending");
    if !path.exists() {
        return Ok(HashSet::new());
    }
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(text
        .lines()
        .filter(|l| !l.starts_with('#') && !l.trim().is_empty())
        .map(|l| l.trim().to_owned())
        .collect())
}

/// Writes `root/pending` anew: the runs that failed.
///
/// # Errors
/// A message when the disk refuses.
pub fn write_pending(root: &Path, failures: &[String]) -> Result<(), String> {
    let path = root.join("pending");
    let mut text = String::from(
        "# Programs that need what Krait does not have yet: path and mode. They are run, and may fail.\n\
         # Written by `tests/run --write-pending`; the list may only get shorter.\n",
    );
    for line in failures {
        text.push_str(line);
        text.push('\n');
    }
    fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The modes of a list. `1/N` before the flags: the mode runs every Nth program, another part than its neighbours.
fn parse_modes(text: &str) -> Vec<Mode> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .enumerate()
        .filter_map(|(n, line)| {
            let mut words = line.split_whitespace().peekable();
            let name = words.next()?;
            let of = words.peek().and_then(|w| w.strip_prefix("1/")?.parse().ok()).filter(|&of| of > 0);
            if of.is_some() {
                words.next();
            }
            let share = of.map(|of| (n, of));
            Some(Mode { share, ..Mode::new(name, words.map(str::to_owned).collect()) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn modes_are_a_name_and_flags() {
        let modes = super::parse_modes("# comment\nplain\n\nstress  -X gc-stress=7\n");
        assert_eq!(modes.len(), 2);
        assert_eq!(modes[0].name, "plain");
        assert!(modes[0].flags.is_empty());
        assert_eq!(modes[1].flags, ["-X", "gc-stress=7"]);
    }

    #[test]
    fn modes_with_a_share_take_every_program_once_between_them() {
        let modes = super::parse_modes("a 1/3 -X x=1\nb 1/3 -X x=2\nc 1/3\n");
        assert_eq!(modes[0].flags, ["-X", "x=1"]);
        for n in 0..7 {
            assert_eq!(modes.iter().filter(|m| m.takes(n)).count(), 1);
        }
    }
}
