//! Files written whole: a reader sees the old content or the new, never half of it.

use std::fs;
use std::path::{Path, PathBuf};

/// Reads a file; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Writes `bytes` to `path` through a file beside it and a rename; makes the folders on the way.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let fail = |e: std::io::Error| format!("{}: {e}", path.display());
    let folder = path.parent().ok_or_else(|| format!("{}: no folder", path.display()))?;
    fs::create_dir_all(folder).map_err(fail)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = folder.join(format!(".{name}.{}", std::process::id()));
    fs::write(&part, bytes).map_err(fail)?;
    fs::rename(&part, path).map_err(|e| {
        let _ = fs::remove_file(&part);
        fail(e)
    })
}

/// The regular files under `root` as paths relative to it, sorted, without bytecode caches.
pub fn list(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let at = root.join(&folder);
        for entry in fs::read_dir(&at).map_err(|e| format!("{}: {e}", at.display()))? {
            let entry = entry.map_err(|e| format!("{}: {e}", at.display()))?;
            let name = entry.file_name();
            let kind = entry.file_type().map_err(|e| format!("{}: {e}", at.display()))?;
            let relative = folder.join(&name);
            if kind.is_dir() {
                if name != "__pycache__" {
                    folders.push(relative);
                }
            } else if kind.is_file() && relative.extension().is_none_or(|e| e != "pyc") {
                found.push(relative);
            }
        }
    }
    found.sort();
    Ok(found)
}
