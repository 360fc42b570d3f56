//! Running one program once: in its own folder, with a clean environment and a time limit.
//!
//! The program and whatever it starts form a process group, which is killed when the time is up and
//! when the program has ended, so that a stray child neither holds the pipes open nor lives on.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a run printed and how it ended.
#[derive(Clone, PartialEq)]
pub struct Outcome {
    /// Standard output, with the program's folder taken out of paths.
    pub stdout: Vec<u8>,
    /// Standard error, likewise.
    pub stderr: Vec<u8>,
    /// The exit status, `signal N`, or `time-out`.
    pub status: String,
    /// How long it took.
    pub seconds: f64,
}

/// What all runs have in common.
pub struct Launcher {
    /// pyperformance's folder of programs, for `values/`.
    pub benchmarks: Option<PathBuf>,
    /// Folders for PYTHONPATH, for `values/`.
    pub python_path: Vec<PathBuf>,
    /// How long a run may take, unless the program says otherwise.
    pub time_limit: Duration,
}

impl Default for Launcher {
    fn default() -> Launcher {
        Launcher { benchmarks: None, python_path: Vec::new(), time_limit: Duration::from_secs(60) }
    }
}

impl Launcher {
    /// Runs `command flags program` and waits for its end.
    ///
    /// # Errors
    /// A message when the interpreter cannot be started.
    pub fn run(
        &self,
        command: &[String],
        flags: &[String],
        program: &Path,
        limit: Option<u64>,
    ) -> Result<Outcome, String> {
        let program = program.canonicalize().map_err(|e| format!("{}: {e}", program.display()))?;
        let folder = program.parent().unwrap_or(Path::new("/"));
        let mut process = Command::new(&command[0]);
        process
            .args(&command[1..])
            .args(flags)
            .arg(program.file_name().unwrap_or_default())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        // Who runs the tests in the background may have had these ignored, and then nothing can interrupt a program.
        let default_signals = || {
            for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGTERM] {
                // SAFETY: a signal's default action needs no handler; the call is allowed between fork and exec.
                unsafe { libc::signal(signal, libc::SIG_DFL) };
            }
            Ok(())
        };
        // SAFETY: the closure allocates nothing and only makes calls that are allowed between fork and exec.
        unsafe { process.pre_exec(default_signals) };
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("PYTHON") || name_text.starts_with("LC_") || name_text == "LANG" {
                process.env_remove(&name);
            }
        }
        process.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(benchmarks) = &self.benchmarks {
            process.env("KRAIT_BENCHMARKS", benchmarks);
            if folder.ends_with("values") {
                let path = std::env::join_paths(&self.python_path).map_err(|e| e.to_string())?;
                process.env("PYTHONPATH", path);
            }
        }
        let start = Instant::now();
        let child = process.spawn().map_err(|e| format!("{}: {e}", command[0]))?;
        let limit = limit.map_or(self.time_limit, Duration::from_secs);
        let (status, stdout, stderr) = finish(child, start + limit);
        let folder = format!("{}/", folder.display());
        Ok(Outcome {
            stdout: without(stdout, folder.as_bytes()),
            stderr: without(stderr, folder.as_bytes()),
            status,
            seconds: start.elapsed().as_secs_f64(),
        })
    }
}

fn finish(mut child: Child, deadline: Instant) -> (String, Vec<u8>, Vec<u8>) {
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let mut pause = Duration::from_micros(500);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break describe(status),
            Ok(None) if Instant::now() > deadline => break "time-out".to_owned(),
            Ok(None) => std::thread::sleep(pause),
            Err(e) => break e.to_string(),
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    };
    if let Ok(group) = libc::pid_t::try_from(child.id()) {
        // SAFETY: a plain system call. The group is the child's own; when none of it is left, kill fails.
        unsafe { libc::kill(-group, libc::SIGKILL) };
    }
    // After a time-out this reaps the child; otherwise it has been reaped already.
    let _ = child.wait();
    (status, stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default())
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth comparing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => code.to_string(),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

/// `bytes` with every occurrence of `needle` taken out.
fn without(bytes: Vec<u8>, needle: &[u8]) -> Vec<u8> {
    if !bytes.windows(needle.len()).any(|w| w == needle) {
        return bytes;
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while let Some((&first, tail)) = rest.split_first() {
        match rest.strip_prefix(needle) {
            Some(after) => rest = after,
            None => {
                kept.push(first);
                rest = tail;
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{Launcher, without};
    use std::time::Duration;

    #[test]
    fn folders_are_taken_out() {
        assert_eq!(without(b"File \"/a/b/x.py\" /a/b/".to_vec(), b"/a/b/"), b"File \"x.py\" ");
        assert_eq!(without(b"nothing".to_vec(), b"/a/"), b"nothing");
    }

    #[test]
    fn status_output_and_time_limit() {
        let path = std::env::temp_dir().join(format!("krait-driver-{}.sh", std::process::id()));
        let shell = ["sh".to_owned()];
        let launcher = Launcher { time_limit: Duration::from_secs(20), ..Launcher::default() };
        std::fs::write(&path, "echo out; echo err >&2; exit 3").unwrap();
        let outcome = launcher.run(&shell, &[], &path, None).unwrap();
        assert_eq!((outcome.stdout.as_slice(), outcome.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(outcome.status, "3");
        std::fs::write(&path, "sleep 100 & sleep 100").unwrap();
        let outcome = launcher.run(&shell, &[], &path, Some(1)).unwrap();
        assert_eq!(outcome.status, "time-out");
        std::fs::write(&path, "kill -9 $$").unwrap();
        assert_eq!(launcher.run(&shell, &[], &path, None).unwrap().status, "signal 9");
        std::fs::remove_file(&path).unwrap();
    }
}
