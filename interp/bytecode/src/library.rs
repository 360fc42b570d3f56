//! The code of many modules in one file: a directory, then blobs.
//!
//! ```text
//! header     magic, format number, count, checksum of the directory, its length, the file's length
//! directory  an entry for each module, sorted by name; then the names
//! blobs      as `serialize` writes them, each with a checksum of its own
//! ```
//!
//! The directory is checked when the file is opened, a blob when its module is imported: start-up
//! reads only what it uses. (Mapping the file was tried: systems that cache files in large pieces map
//! the pieces whole, and the process is seven megabytes larger.) An entry tells time and size of the source that it was made from.
//!
//! This module must not know where files are, nor what the names mean.

use crate::serialize::{FORMAT, checksum};

const MAGIC: [u8; 8] = *b"KRAITLIB";
const ENTRY: usize = 40;

/// What is known of a module's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds since 1970.
    pub time: i64,
    pub size: u64,
}

/// Bytes at the start of a file that tell how long the directory is.
pub const HEADER: usize = 40;

/// Where a module's blob is in the file.
pub type Range = std::ops::Range<u64>;

/// The directory of a library file.
pub struct Directory {
    /// Entries, then names.
    bytes: Box<[u8]>,
    count: usize,
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// The directory's length by the header of a file of the given length; None when it is damaged or of another version.
pub fn directory_len(header: &[u8; HEADER], file_len: u64) -> Option<usize> {
    let whole = header[..8] == MAGIC && word(header, 32)? == file_len;
    let len = word(header, 24).filter(|&n| n <= file_len)?;
    if whole && word(header, 8)? as u32 == FORMAT { usize::try_from(len).ok() } else { None }
}

impl Directory {
    /// The directory of a file; None when it is damaged.
    pub fn read(header: &[u8; HEADER], bytes: Box<[u8]>) -> Option<Directory> {
        let count = (word(header, 8)? >> 32) as usize;
        let fits = count.checked_mul(ENTRY).is_some_and(|n| n <= bytes.len());
        (fits && checksum(&bytes) == word(header, 16)?).then_some(Directory { bytes, count })
    }

    fn entries(&self) -> &[[u8; ENTRY]] {
        self.bytes[..self.count * ENTRY].as_chunks().0
    }

    fn name(&self, entry: &[u8; ENTRY]) -> &[u8] {
        let range = || {
            let n = word(entry, 0)?;
            let (at, len) = (n as u32 as usize, (n >> 32) as usize);
            self.bytes[self.count * ENTRY..].get(at..at.checked_add(len)?)
        };
        range().unwrap_or_default()
    }

    /// Where the blob of a module is, and what it was made from.
    pub fn find(&self, name: &[u8]) -> Option<(Range, Stamp)> {
        let i = self.entries().binary_search_by(|e| self.name(e).cmp(name)).ok()?;
        let e = &self.entries()[i];
        let at = word(e, 8)?;
        let range = at..at.checked_add(word(e, 16)?)?;
        Some((range, Stamp { time: word(e, 24)? as i64, size: word(e, 32)? }))
    }

    /// How many modules there are.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All names, and what they were made from.
    pub fn stamps(&self) -> impl Iterator<Item = (&[u8], Stamp)> {
        self.entries().iter().map(|e| {
            let n = |at| word(e, at).unwrap_or(0);
            (self.name(e), Stamp { time: n(24) as i64, size: n(32) })
        })
    }
}

/// A file of modules: name, what it was made from, blob.
pub fn write(modules: &mut [(String, Stamp, Vec<u8>)]) -> Vec<u8> {
    modules.sort_by(|a, b| a.0.cmp(&b.0));
    let names: usize = modules.iter().map(|m| m.0.len()).sum();
    let directory = ENTRY * modules.len() + names;
    let mut at = (HEADER + directory).next_multiple_of(8);
    let mut entries = Vec::with_capacity(directory);
    let mut name = 0u64;
    for (n, stamp, blob) in modules.iter() {
        let words =
            [name | (n.len() as u64) << 32, at as u64, blob.len() as u64, stamp.time as u64, stamp.size];
        words.iter().for_each(|w| entries.extend_from_slice(&w.to_le_bytes()));
        name += n.len() as u64;
        at = (at + blob.len()).next_multiple_of(8);
    }
    modules.iter().for_each(|m| entries.extend_from_slice(m.0.as_bytes()));
    let mut out = Vec::with_capacity(at);
    out.extend_from_slice(&MAGIC);
    let numbers = u64::from(FORMAT) | (modules.len() as u64) << 32;
    for w in [numbers, checksum(&entries), entries.len() as u64, at as u64] {
        out.extend_from_slice(&w.to_le_bytes());
    }
    out.extend_from_slice(&entries);
    for (_, _, blob) in modules.iter() {
        out.resize(out.len().next_multiple_of(8), 0);
        out.extend_from_slice(blob);
    }
    out.resize(at, 0);
    out
}
