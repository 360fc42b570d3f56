//! The library's code, compiled when the library was set up.
//!
//! The file stands beside the library's folder (`lib/krait-312.code`), and its names are paths in
//! that folder. It is only ever replaced whole, by a rename. A module whose
//! code is damaged, or whose source is another by now, is imported as if it were not there.

use crate::import;
use krait_bytecode::image::Image;
use krait_bytecode::library::{Directory, HEADER, Range, Stamp, directory_len};
use krait_object::code_load;
use krait_object::module::Module;
use krait_object::string::{self, Str};
use krait_object::{Name, Res, Thread, Value, attr, call, class, native, natives};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The file's name, in the folder that has the library's folder.
pub const FILE: &str = "krait-312.code";

struct Library {
    path: PathBuf,
    identity: Identity,
    directory: Directory,
}

/// What tells a file from another one of the same name.
#[derive(PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    len: u64,
    changed: (i64, i64),
}

fn identity(file: &File) -> Option<Identity> {
    let m = file.metadata().ok()?;
    Some(Identity { device: m.dev(), inode: m.ino(), len: m.len(), changed: (m.mtime(), m.mtime_nsec()) })
}

static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();

/// The library's code; None when there is no such file for this version.
fn library(th: &Thread) -> Option<&'static Library> {
    LIBRARY.get_or_init(|| open(Path::new(&th.interp.config.borrow().stdlib))).as_ref()
}

fn open(stdlib: &Path) -> Option<Library> {
    let path = stdlib.parent()?.join(FILE);
    let file = File::open(&path).ok()?;
    let identity = identity(&file)?;
    let mut header = [0; HEADER];
    file.read_exact_at(&mut header, 0).ok()?;
    let mut bytes = vec![0; directory_len(&header, identity.len)?];
    file.read_exact_at(&mut bytes, HEADER as u64).ok()?;
    let directory = Directory::read(&header, bytes.into())?;
    Some(Library { path, identity, directory })
}

impl Library {
    /// A blob. The file is not kept open: its descriptor would be one that programs see.
    fn blob(&self, range: Range) -> Option<Box<[u8]>> {
        let file = File::open(&self.path).ok()?;
        if identity(&file)? != self.identity {
            return None;
        }
        let mut blob = vec![0; usize::try_from(range.end - range.start).ok()?];
        file.read_exact_at(&mut blob, range.start).ok()?;
        Some(blob.into())
    }
}

/// The code of a module by its path in the library's folder, under the filename given.
///
/// # Errors
/// MemoryError.
pub fn code(th: &Thread, path: &str, filename: Value) -> Res<Option<Value>> {
    let Some(library) = library(th) else { return Ok(None) };
    match library.directory.find(path.as_bytes()) {
        Some((range, _)) => made(th, library, range, filename),
        None => Ok(None),
    }
}

fn made(th: &Thread, library: &Library, range: Range, filename: Value) -> Res<Option<Value>> {
    match library.blob(range).and_then(|b| Image::checked(b).ok()) {
        Some(image) => Ok(Some(code_load::from_image(th, &Arc::new(image), Some(filename))?.value())),
        None => Ok(None),
    }
}

/// Is the module's code there?
pub fn has(th: &Thread, path: &str) -> bool {
    library(th).is_some_and(|l| l.directory.find(path.as_bytes()).is_some())
}

/// The code for a source file of the library, if it was made from the file as it is now.
fn for_source(th: &Thread, path: Value) -> Res<Option<Value>> {
    let Some(text) = Str::from_value(path).and_then(Str::as_ascii) else { return Ok(None) };
    let found = {
        let config = th.interp.config.borrow();
        let inside =
            text.as_bytes().strip_prefix(config.stdlib.as_bytes()).and_then(|p| p.strip_prefix(b"/"));
        inside.and_then(|name| Some((library(th)?, library(th)?.directory.find(name)?)))
    };
    let Some((library, (range, stamp))) = found else { return Ok(None) };
    let Ok(meta) = std::fs::metadata(text) else { return Ok(None) };
    if stamp != (Stamp { time: meta.mtime(), size: meta.len() }) {
        return Ok(None);
    }
    made(th, library, range, path)
}

/// Gives importlib's loader of source files a `get_code` that looks here first.
pub fn install(th: &Thread, external: Module) -> Res<()> {
    if library(th).is_none() {
        return Ok(());
    }
    let Some(loader) = external.dict().get_text(th, "SourceFileLoader").and_then(class::Class::from_value)
    else {
        return Ok(());
    };
    let f = native::new_class_entry(th, &METHODS[0], loader);
    attr::set(th, loader.value(), string::intern(th, Str::of(string::new(th, "get_code"))), f)
}

fn get_code(th: &Thread, a: &[Value]) -> Res {
    let own = class::Class::of_value(th, a[0]);
    let Some(external) = import::external(th).map(Module::value) else {
        return Err(th.runtime_error("importlib is not there"));
    };
    // Derived classes may have methods of their own for every step.
    if own.value() == attr::get_text(th, external, "SourceFileLoader")?
        && th.interp.optimize.get() == 0
        && attr::get(th, a[0], th.name(Name::name))? == a[1]
        && let Some(code) = for_source(th, attr::get(th, a[0], th.name(Name::path))?)?
    {
        return Ok(code);
    }
    let general = attr::get_text(th, external, "SourceLoader")?;
    let f = attr::get_text(th, general, "get_code")?;
    call::call(th, f, a)
}

natives! {
    static METHODS = {
        method "get_code" "(fullname, /)" get_code, "The code object of the module.";
    }
}
