//! Lines of source files, for tracebacks.

use krait_object::Thread;
use krait_object::list::List;
use krait_object::string::{self, Str};
use krait_syntax::parse::source::decode_source;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The files read so far.
#[derive(Default)]
pub struct Sources(HashMap<Vec<u8>, Option<Vec<String>>>);

impl Sources {
    /// Line `n` (from 1) of a file without its newline; None when there is none.
    pub fn line(&mut self, th: &Thread, filename: Str, n: i64) -> Option<String> {
        let path = crate::paths::encode(filename)?;
        if path.first() == Some(&b'<') && path.last() == Some(&b'>') {
            return None;
        }
        let lines = self.0.entry(path).or_insert_with_key(|p| read(th, p));
        lines.as_ref()?.get(usize::try_from(n).ok()?.checked_sub(1)?).cloned()
    }
}

fn read(th: &Thread, path: &[u8]) -> Option<Vec<String>> {
    let bytes = match std::fs::read(OsStr::from_bytes(path)) {
        Ok(b) => b,
        Err(_) => std::fs::read(search(th, path)?).ok()?,
    };
    let text =
        decode_source(&bytes, None, &mut |encoding, bytes| crate::source::decode_with(encoding, bytes))
            .ok()?;
    Some(text.split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l).to_owned()).collect())
}

/// A file of the same name in a folder of `sys.path`: code that was compiled elsewhere.
fn search(th: &Thread, path: &[u8]) -> Option<PathBuf> {
    let tail = Path::new(OsStr::from_bytes(path)).file_name()?;
    let folders = crate::sys::get(th, "path").and_then(List::from_value)?;
    let mut i = 0;
    while let Some(v) = folders.get(i) {
        i += 1;
        let Some(folder) = string::get(v).and_then(crate::paths::encode) else { continue };
        let candidate = Path::new(OsStr::from_bytes(&folder)).join(tail);
        if candidate.is_file() {
            return Some(candidate);
        }
    }
    None
}
