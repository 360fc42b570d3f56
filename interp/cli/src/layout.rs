//! Where things are: the program, the standard library, virtual environments, `sys.path`.
//!
//! The library lies in `<prefix>/lib/python3.12` (or what `PYTHONPLATLIBDIR` says in place of `lib`), and `<prefix>` is found by going up from the
//! program. A `pyvenv.cfg` beside the program or above it makes a virtual environment: the
//! library is then that of the installation it names.

use krait_object::interp::Config;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const LIBRARY: &str = "python3.12";
const ARCHIVE: &str = "python312.zip";
/// A file that every library folder has.
const LANDMARK: &str = "os.py";

fn is_executable(p: &Path) -> bool {
    p.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// The program's own path: as it was called, or found on PATH.
fn program_path(program: &OsStr) -> PathBuf {
    let p = Path::new(program);
    if program.as_bytes().contains(&b'/') {
        return std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|d| d.join(p)).find(|c| is_executable(c));
    match found {
        Some(f) => std::path::absolute(&f).unwrap_or(f),
        None => std::env::current_exe().unwrap_or_default(),
    }
}

/// The value of `home` in a `pyvenv.cfg`.
fn venv_home(cfg: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(cfg).ok()?;
    text.lines().find_map(|l| {
        let (key, value) = l.split_once('=')?;
        (key.trim().eq_ignore_ascii_case("home")).then(|| PathBuf::from(value.trim()))
    })
}

/// Goes up from a folder to one that has the library below it; `lib` is the name of the folder for libraries.
fn search_up(from: &Path, lib: &OsStr) -> Option<PathBuf> {
    from.ancestors().find(|d| d.join(lib).join(LIBRARY).join(LANDMARK).is_file()).map(Path::to_owned)
}

/// Fills in everything about paths; `c.platlibdir` and `c.home` are settled.
pub fn find(c: &mut Config, program: &OsStr, python_path: Option<OsString>) {
    let executable = program_path(program);
    let real = executable.canonicalize().unwrap_or_else(|_| executable.clone());
    let bin = executable.parent().unwrap_or(Path::new("/")).to_owned();
    let cfg = [bin.join("pyvenv.cfg"), bin.join("../pyvenv.cfg")].into_iter().find(|p| p.is_file());
    let venv = cfg.as_ref().and_then(|p| venv_home(p)).filter(|_| c.home.is_empty());
    let base_executable = match &venv {
        Some(home) => {
            let name = real.file_name().unwrap_or_default();
            let same = home.join(executable.file_name().unwrap_or_default());
            if same.is_file() { same } else { home.join(name) }
        }
        None => executable.clone(),
    };
    let given =
        ["KRAIT_STDLIB_DIR", "KRAIT_STDLIB"].iter().find_map(std::env::var_os).filter(|v| !v.is_empty());
    let (prefix, exec_prefix) = if !c.home.is_empty() {
        let home = c.home.as_bytes();
        match home.iter().position(|b| *b == b':') {
            Some(i) => (OsStr::from_bytes(&home[..i]).into(), OsStr::from_bytes(&home[i + 1..]).into()),
            None => (PathBuf::from(&c.home), PathBuf::from(&c.home)),
        }
    } else {
        let lib = &c.platlibdir;
        let from_venv = venv.as_deref().and_then(|home| search_up(home, lib));
        let found = from_venv
            .or_else(|| search_up(real.parent().unwrap_or(Path::new("/")), lib))
            .or_else(|| search_up(&bin, lib));
        // Where there is no library the folder above the program's stands in.
        let found = found.unwrap_or_else(|| {
            real.parent().and_then(Path::parent).unwrap_or(Path::new("/usr/local")).to_owned()
        });
        (found.clone(), found)
    };
    let stdlib = match &given {
        Some(d) => std::path::absolute(d).unwrap_or_else(|_| d.into()),
        None => prefix.join(&c.platlibdir).join(LIBRARY),
    };
    let mut path = Vec::new();
    if let Some(p) = python_path {
        for entry in p.as_bytes().split(|b| *b == b':') {
            let entry = OsString::from_vec(entry.to_vec());
            let full = if entry.is_empty() {
                std::env::current_dir().ok()
            } else {
                std::path::absolute(&entry).ok()
            };
            path.push(full.map_or(entry, PathBuf::into_os_string));
        }
    }
    path.push(prefix.join(&c.platlibdir).join(ARCHIVE).into_os_string());
    path.push(stdlib.clone().into_os_string());
    c.search_path = path;
    c.executable = executable.into_os_string();
    c.base_executable = base_executable.into_os_string();
    c.stdlib = stdlib.into_os_string();
    c.base_prefix = prefix.clone().into_os_string();
    c.base_exec_prefix = exec_prefix.clone().into_os_string();
    // In 3.12 it is `site` that makes `sys.prefix` the virtual environment's.
    c.prefix = prefix.into_os_string();
    c.exec_prefix = exec_prefix.into_os_string();
}
