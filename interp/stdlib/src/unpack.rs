//! From the package's archive to files: the zip of modules inside it, minus what is dropped.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use crate::digest;
use crate::pin::Pin;

/// Writes the modules that the pin keeps into `folder`, which must be empty or absent.
///
/// # Errors
/// A message when the archive is damaged, lacks the zip file, or the disk refuses.
pub fn modules(pin: &Pin, archive: &[u8], folder: &Path) -> Result<usize, String> {
    let bytes = zip_in(pin, archive)?;
    digest::check(&pin.zip, &bytes, &pin.zip_sha256)?;
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("{}: {e}", pin.zip))?;
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut written = 0;
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(|e| format!("{}: {e}", pin.zip))?;
        let name = entry.name().map_err(|e| format!("{}: {e}", pin.zip))?.into_owned();
        if entry.is_dir() || !pin.keeps(&name) {
            continue;
        }
        // The digest already vouches for the names; this keeps a bad pin from writing elsewhere.
        let inside = entry.enclosed_name().ok_or_else(|| format!("{}: bad name {name:?}", pin.zip))?;
        let path = folder.join(inside);
        let fail = |e: std::io::Error| format!("{}: {e}", path.display());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        let mut text = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0));
        entry.read_to_end(&mut text).map_err(fail)?;
        fs::write(&path, text).map_err(fail)?;
        written += 1;
    }
    Ok(written)
}

/// The zip file's bytes, taken out of the compressed archive.
fn zip_in(pin: &Pin, archive: &[u8]) -> Result<Vec<u8>, String> {
    let fail = |e: std::io::Error| format!("npm package {}: {e}", pin.package);
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    for entry in tar.entries().map_err(fail)? {
        let mut entry = entry.map_err(fail)?;
        if entry.path().map_err(fail)? == Path::new(&pin.zip) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(fail)?;
            return Ok(bytes);
        }
    }
    Err(format!("npm package {} has no {}", pin.package, pin.zip))
}
