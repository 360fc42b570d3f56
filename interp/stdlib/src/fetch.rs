//! Getting the package's archive, through the npm client or from a file given.
//!
//! The client decides which registry it talks to; nothing here knows one. The archive is kept in the
//! cache folder once its digest has been checked, so a second layout needs no network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::digest;
use crate::files;
use crate::pin::Pin;

/// Names a file to use instead of asking npm (checked like any other).
const FROM_FILE: &str = "KRAIT_STDLIB_PACKAGE";

/// The bytes of the package's archive, with the pinned digest.
///
/// # Errors
/// A message that says what to do when npm is missing, cannot reach its registry, or hands over
/// something else than what is pinned.
pub fn archive(pin: &Pin, cache: &Path) -> Result<Vec<u8>, String> {
    if let Some(path) = std::env::var_os(FROM_FILE) {
        let path = PathBuf::from(path);
        let bytes = files::read(&path)?;
        digest::check(&path.display().to_string(), &bytes, &pin.package_sha256)?;
        return Ok(bytes);
    }
    let kept = cache.join(pin.archive_name());
    if let Ok(bytes) = fs::read(&kept)
        && digest::of_bytes(&bytes) == pin.package_sha256
    {
        return Ok(bytes);
    }
    let bytes = pack(pin, cache)?;
    digest::check(&format!("npm package {}", pin.package), &bytes, &pin.package_sha256)?;
    files::replace(&kept, &bytes)?;
    Ok(bytes)
}

/// Runs `npm pack` in a folder of its own and reads the archive that it leaves there.
fn pack(pin: &Pin, cache: &Path) -> Result<Vec<u8>, String> {
    let folder = cache.join(format!("npm-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let result = pack_in(pin, &folder);
    // What is left behind costs disk space only, so a failure here must not hide the result.
    let _ = fs::remove_dir_all(&folder);
    result
}

fn pack_in(pin: &Pin, folder: &Path) -> Result<Vec<u8>, String> {
    eprintln!("krait-stdlib: getting npm package {}", pin.package);
    let output = Command::new("npm")
        .args(["pack", "--loglevel=error", &pin.package])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| {
            format!(
                "npm could not be started ({e}); it is needed once, to get the standard library. \
                 Install npm, or let {FROM_FILE} name the archive of package {}",
                pin.package
            )
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().filter(|l| !l.trim().is_empty()).take(6).collect::<Vec<_>>().join("\n  ");
        return Err(format!(
            "`npm pack {}` failed; without network, let {FROM_FILE} name the archive. npm said:\n  {said}",
            pin.package
        ));
    }
    let mut found = None;
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.extension().is_some_and(|e| e == "tgz") {
            found = Some(path);
        }
    }
    let path = found.ok_or_else(|| format!("`npm pack {}` left no archive", pin.package))?;
    files::read(&path)
}
