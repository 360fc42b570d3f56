//! The library's folder: the pinned modules, with `Lib/` laid over them.
//!
//! A stamp file in the folder says which pin it was made from and which files came from `Lib/`. It is
//! written last, so a folder with a stamp is complete; a folder without one, or with another pin's, is
//! made anew beside the old one and renamed into place. Files from `Lib/` are brought up to date one by
//! one. When one disappears from `Lib/` the folder is made anew, because a pinned module may have to
//! come back. Every change happens under a lock, so that concurrent runs wait for each other.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::fetch;
use crate::files;
use crate::pin::Pin;
use crate::unpack;

const STAMP: &str = ".krait-stdlib";

/// Where things are.
pub struct Places {
    /// The folder to fill, usually `.../lib/python3.12`.
    pub destination: PathBuf,
    /// Krait's own modules.
    pub own: PathBuf,
    /// Where the package's archive is kept.
    pub cache: PathBuf,
}

/// What a run did.
pub enum Outcome {
    /// Everything was there already.
    Unchanged,
    /// This many files were written.
    Written(usize),
}

/// Makes the folder complete and up to date.
///
/// # Errors
/// A message; the folder is then as it was, or has only whole files of the new state.
pub fn bring(pin: &Pin, places: &Places) -> Result<Outcome, String> {
    let parent = places.destination.parent().ok_or("the destination needs a parent folder")?;
    let own = files::list(&places.own)?;
    for name in &pin.own {
        if !own.contains(&PathBuf::from(name)) {
            return Err(format!("{} has no {name}, which stdlib.pin promises", places.own.display()));
        }
    }
    fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))?;
    let name = places.destination.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let _lock = lock(&parent.join(format!(".{name}.lock")))?;

    let wanted = own.iter().map(|p| p.to_string_lossy().into_owned()).collect::<BTreeSet<_>>();
    let stamp_path = places.destination.join(STAMP);
    let stamp = fs::read_to_string(&stamp_path).unwrap_or_default();
    let mut lines = stamp.lines();
    let same_pin = lines.next() == Some(pin.digest.as_str());
    let laid = lines.map(str::to_owned).collect::<BTreeSet<_>>();
    let mut written = 0;
    if !same_pin || !laid.is_subset(&wanted) {
        written += make_anew(pin, places, parent, &name)?;
    }
    for relative in &own {
        let text = files::read(&places.own.join(relative))?;
        let path = places.destination.join(relative);
        if fs::read(&path).ok().as_deref() != Some(&text) {
            files::replace(&path, &text)?;
            written += 1;
        }
    }
    let new_stamp =
        std::iter::once(&pin.digest).chain(&wanted).map(|line| format!("{line}\n")).collect::<String>();
    if new_stamp != stamp || written > 0 {
        files::replace(&stamp_path, new_stamp.as_bytes())?;
    }
    Ok(if written == 0 { Outcome::Unchanged } else { Outcome::Written(written) })
}

fn lock(path: &Path) -> Result<File, String> {
    let fail = |e: std::io::Error| format!("{}: {e}", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(fail)?;
    file.lock().map_err(fail)?;
    Ok(file)
}

/// Unpacks the pinned modules beside the destination and puts them in its place.
fn make_anew(pin: &Pin, places: &Places, parent: &Path, name: &str) -> Result<usize, String> {
    let archive = fetch::archive(pin, &places.cache)?;
    let fresh = parent.join(format!(".{name}.new"));
    let stale = parent.join(format!(".{name}.old"));
    for left in [&fresh, &stale] {
        if left.exists() {
            fs::remove_dir_all(left).map_err(|e| format!("{}: {e}", left.display()))?;
        }
    }
    let written = unpack::modules(pin, &archive, &fresh)?;
    let fail = |e: std::io::Error| format!("{}: {e}", places.destination.display());
    if places.destination.exists() {
        fs::rename(&places.destination, &stale).map_err(fail)?;
    }
    fs::rename(&fresh, &places.destination).map_err(fail)?;
    if stale.exists() {
        fs::remove_dir_all(&stale).map_err(fail)?;
    }
    Ok(written)
}
