//! The modules that exist before anything can be imported: parts of the standard library that
//! are compiled into CPython ("frozen"), here read from the library's folder.
//!
//! A cache file beside the source is used when it is of this version and of this source.

use krait_bytecode::{CodeTemplate, Const, serialize};
use krait_object::interp::CompileRequest;
use krait_object::{Res, Thread, TypeId, Value, code, string};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A frozen module: name, file in the library's folder, and the module whose code it is.
pub struct Frozen {
    pub name: &'static str,
    file: &'static str,
    pub original: &'static str,
}

static FROZEN: &[Frozen] = &[
    Frozen { name: "_frozen_importlib", file: "importlib/_bootstrap.py", original: "importlib._bootstrap" },
    Frozen {
        name: "_frozen_importlib_external",
        file: "importlib/_bootstrap_external.py",
        original: "importlib._bootstrap_external",
    },
    Frozen { name: "zipimport", file: "zipimport.py", original: "zipimport" },
];

/// The frozen module of the name.
pub fn find(name: &str) -> Option<&'static Frozen> {
    FROZEN.iter().find(|f| f.name == name)
}

/// All names.
pub fn names() -> impl Iterator<Item = &'static str> {
    FROZEN.iter().map(|f| f.name)
}

/// First four bytes of cache files: changes with the bytecode.
pub const MAGIC: [u8; 4] = {
    let f = serialize::FORMAT;
    let n = (f >> 16 ^ f & 0xffff) as u16;
    [n as u8, (n >> 8) as u8, b'\r', b'\n']
};

/// The tag in cache files' names.
pub const CACHE_TAG: &str = "krait-312";

/// Bytes before the code in a cache file.
pub const PYC_HEADER: usize = 16;

/// The blob in what follows a cache file's header (a marshalled code object).
pub fn blob(data: &[u8]) -> Option<&[u8]> {
    let (head, rest) = data.split_at_checked(5)?;
    let n = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if head[0] & 0x7f != b'c' { None } else { rest.get(..n) }
}

/// The template in the cache file of a source, if it is that of the source as it is now.
fn cached(source: &Path) -> Option<CodeTemplate> {
    let stem = source.file_stem()?.to_str()?;
    let file = source.parent()?.join("__pycache__").join(format!("{stem}.{CACHE_TAG}.pyc"));
    let data = std::fs::read(file).ok()?;
    let head = data.get(..PYC_HEADER)?;
    if head[..4] != MAGIC || head[4..8] != [0; 4] {
        return None;
    }
    let meta = std::fs::metadata(source).ok()?;
    if head[8..12] != (meta.mtime() as u32).to_le_bytes() || head[12..] != (meta.size() as u32).to_le_bytes()
    {
        return None;
    }
    serialize::read(blob(&data[PYC_HEADER..])?).ok()
}

fn rename(t: &mut CodeTemplate, filename: &[u8]) {
    t.filename = filename.into();
    for c in &mut t.consts {
        if let Const::Code(inner) = c {
            rename(inner, filename);
        }
    }
}

fn path(th: &Thread, f: &Frozen) -> PathBuf {
    Path::new(&th.interp.config.borrow().stdlib).join(f.file)
}

/// Does the library's folder have the module?
pub fn is_there(th: &Thread, f: &Frozen) -> bool {
    path(th, f).is_file()
}

/// The code object of a frozen module.
///
/// # Errors
/// ImportError when the library's folder does not have it.
pub fn load(th: &Thread, f: &Frozen) -> Res {
    let path = path(th, f);
    let filename = format!("<frozen {}>", f.original);
    if let Some(mut t) = cached(&path) {
        rename(&mut t, filename.as_bytes());
        return Ok(code::new(th, &t, &|_| Value::none())?.value());
    }
    let source = match std::fs::read(&path) {
        Ok(s) => s,
        Err(e) => {
            return Err(th.raise_new(TypeId::ImportError, format!("{}: {e}", path.display())));
        }
    };
    let request = CompileRequest {
        source: &source,
        filename: string::try_new(th, &filename)?,
        mode: "exec",
        flags: 0,
        optimize: -1,
        is_text: false,
    };
    (th.interp.hooks().compile)(th, &request)
}
