//! The modules that start-up needs: parts of the standard library that are compiled into
//! CPython ("frozen"). Here their code is in the library's code file.
//!
//! Without such a file the few that importing needs are compiled from the library's folder, or
//! read from a cache file beside the source when it is of this version and of this source; the others
//! are imported as ordinary files then.

use crate::library;
use krait_bytecode::image::Image;
use krait_bytecode::serialize;
use krait_object::code_load;
use krait_object::interp::{CompileRequest, InterpSlot};
use krait_object::{Res, Thread, TypeId, Value, string};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A frozen module: name, file in the library's folder, and the module whose code it is.
pub struct Frozen {
    pub name: &'static str,
    file: &'static str,
    pub original: &'static str,
    /// Importing needs it: it is there without the code file, and with `-X frozen_modules=off`.
    essential: bool,
}

const fn essential(name: &'static str, file: &'static str, original: &'static str) -> Frozen {
    Frozen { name, file, original, essential: true }
}

const fn plain(name: &'static str, file: &'static str) -> Frozen {
    Frozen { name, file, original: name, essential: false }
}

static FROZEN: &[Frozen] = &[
    essential("_frozen_importlib", "importlib/_bootstrap.py", "importlib._bootstrap"),
    essential(
        "_frozen_importlib_external",
        "importlib/_bootstrap_external.py",
        "importlib._bootstrap_external",
    ),
    essential("zipimport", "zipimport.py", "zipimport"),
    plain("abc", "abc.py"),
    plain("codecs", "codecs.py"),
    plain("io", "io.py"),
    plain("_collections_abc", "_collections_abc.py"),
    plain("_sitebuiltins", "_sitebuiltins.py"),
    plain("genericpath", "genericpath.py"),
    plain("ntpath", "ntpath.py"),
    Frozen { name: "os.path", file: "posixpath.py", original: "posixpath", essential: false },
    plain("posixpath", "posixpath.py"),
    plain("os", "os.py"),
    plain("site", "site.py"),
    plain("stat", "stat.py"),
    plain("importlib.util", "importlib/util.py"),
    plain("importlib.machinery", "importlib/machinery.py"),
    plain("runpy", "runpy.py"),
];

/// What `_imp._override_frozen_modules_for_tests` set: 1 and -1 switch the frozen modules on and off.
pub static OVERRIDE: InterpSlot = InterpSlot::new();

fn are_used(th: &Thread) -> bool {
    match OVERRIDE.get(th).and_then(Value::small_int) {
        Some(n) if n != 0 => n > 0,
        _ => {
            let config = th.interp.config.borrow();
            let given = config.xoptions.iter().rev().find(|(n, _)| n == "frozen_modules");
            given.is_none_or(|(_, v)| v.as_deref() != Some("off"))
        }
    }
}

/// The frozen module of the name, if it can be had.
pub fn find(th: &Thread, name: &str) -> Option<&'static Frozen> {
    let f = FROZEN.iter().find(|f| f.name == name)?;
    (f.essential || are_used(th) && library::has(th, f.file)).then_some(f)
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

/// The image in the cache file of a source, if it is that of the source as it is now.
fn cached(source: &Path) -> Option<Image> {
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
    let blob = blob(&data[PYC_HEADER..])?;
    serialize::read(blob).and_then(|_| Image::copy_of(blob)).ok()
}

fn path(th: &Thread, f: &Frozen) -> PathBuf {
    Path::new(&th.interp.config.borrow().stdlib).join(f.file)
}

/// Does the library's folder have the module?
pub fn is_there(th: &Thread, f: &Frozen) -> bool {
    library::has(th, f.file) || path(th, f).is_file()
}

/// The code object of a frozen module.
///
/// # Errors
/// ImportError when the library's folder does not have it.
pub fn load(th: &Thread, f: &Frozen) -> Res {
    let path = path(th, f);
    let filename = string::try_new(th, &format!("<frozen {}>", f.original))?;
    if let Some(code) = library::code(th, f.file, filename)? {
        return Ok(code);
    }
    if let Some(image) = cached(&path) {
        return Ok(code_load::from_image(th, &Arc::new(image), Some(filename))?.value());
    }
    let source = match std::fs::read(&path) {
        Ok(s) => s,
        Err(e) => {
            return Err(th.raise_new(TypeId::ImportError, format!("{}: {e}", path.display())));
        }
    };
    let request =
        CompileRequest { source: &source, filename, mode: "exec", flags: 0, optimize: -1, is_text: false };
    (th.interp.hooks().compile)(th, &request)
}
