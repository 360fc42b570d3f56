//! The library's code, compiled ahead: one file beside the library's folder, which krait reads from.
//!
//! The file is made anew when it is of another compiler, or when the library's sources are others
//! than those it was made from. Modules that do not compile are left out; importing them says why.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use krait_bytecode::library::{Directory, HEADER, Stamp, directory_len, write};
use krait_bytecode::serialize;
use krait_syntax::compile::compile_bytes;
use krait_syntax::error::SyntaxError;
use krait_syntax::parse::Mode;

use crate::files;

/// The file's name, as krait looks for it.
const FILE: &str = "krait-312.code";

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = fs::metadata(path).ok()?;
    Some(Stamp { time: meta.mtime(), size: meta.len() })
}

fn is_module(relative: &Path) -> bool {
    relative.extension().is_some_and(|e| e == "py") && !relative.starts_with("site-packages")
}

/// Brings the file up to date; was there something to do?
///
/// # Errors
/// A message; the file is as it was then.
pub fn bring(folder: &Path) -> Result<bool, String> {
    let file = folder.parent().ok_or("the library needs a parent folder")?.join(FILE);
    let mut modules: Vec<PathBuf> = files::list(folder)?;
    modules.retain(|m| is_module(m));
    if fs::read(&file).is_ok_and(|bytes| is_current(&bytes, folder, &modules)) {
        return Ok(false);
    }
    files::replace(&file, &write(&mut compile_all(folder, &modules)))?;
    Ok(true)
}

/// Is the file made from these sources? Those that did not compile are not in it.
fn is_current(file: &[u8], folder: &Path, modules: &[PathBuf]) -> bool {
    let directory = || {
        let header = file.first_chunk::<HEADER>()?;
        let len = directory_len(header, file.len() as u64)?;
        Directory::read(header, file[HEADER..].get(..len)?.into())
    };
    let Some(library) = directory() else { return false };
    let same = |(name, made_from): (&[u8], Stamp)| {
        std::str::from_utf8(name).is_ok_and(|n| stamp(&folder.join(n)) == Some(made_from))
    };
    let mut missing = modules.iter().filter(|m| library.find(m.as_os_str().as_encoded_bytes()).is_none());
    library.stamps().all(same) && missing.all(|m| compile(&folder.join(m)).is_none())
}

fn compile_all(folder: &Path, modules: &[PathBuf]) -> Vec<(String, Stamp, Vec<u8>)> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|s| {
        for _ in 0..threads {
            s.spawn(|| {
                while let Some(m) = modules.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let (Some(name), Some((stamp, blob))) = (m.to_str(), compile(&folder.join(m)))
                        && let Ok(mut done) = done.lock()
                    {
                        done.push((name.to_owned(), stamp, blob));
                    }
                }
            });
        }
    });
    done.into_inner().unwrap_or_default()
}

/// The blob of a source file. The filename in it is not used: krait knows where it found the module.
fn compile(path: &Path) -> Option<(Stamp, Vec<u8>)> {
    let stamp = stamp(path)?;
    let source = fs::read(path).ok()?;
    let mut decode = |_: &str, _: &[u8]| Err(SyntaxError::undecodable("encoding problem".to_owned()));
    let out = compile_bytes(&source, b"<library>", Mode::Exec, 0, 0, true, &mut decode).ok()?;
    Some((stamp, serialize::write(&out.template)?))
}
