//! `os.DirEntry`: a directory's entry with what reading the directory told of it.

use super::stat;
use crate::support::{args, path};
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::structseq;
use krait_object::{Class, Res, Str, Thread, TypeId, Value, int, natives, protocol, string};

struct Entry {
    name: Slot,
    path: Slot,
    /// Results of `stat`, once asked for: following links, and not.
    stat: Slot,
    lstat: Slot,
    kind: u8,
    inode: u64,
    dir_fd: i32,
}

impl Payload for Entry {
    const NAME: &'static str = "DirEntry";
    fn trace(&self, t: &mut Tracer) {
        for s in [&self.name, &self.path, &self.stat, &self.lstat] {
            s.trace(t);
        }
    }
}

type This = Custom<Entry>;

static CLASS: NativeClass =
    NativeClass::new(ClassSpec::new("posix.DirEntry", "", METHODS, GETSET).flags(flag::NO_NEW));

pub fn class(th: &Thread) -> Res<Class> {
    CLASS.get(th)
}

pub fn new(th: &Thread, name: Value, path: Value, kind: u8, inode: u64, fd: i32) -> Res {
    let e = Entry {
        name: Slot::new(name),
        path: Slot::new(path),
        stat: Slot::new(Value::UNBOUND),
        lstat: Slot::new(Value::UNBOUND),
        kind,
        inode,
        dir_fd: if fd == -1 { libc::AT_FDCWD } else { fd },
    };
    Ok(custom::alloc(th, CLASS.get(th)?, e)?.value())
}

fn fetch(th: &Thread, e: This, follow: bool) -> Res {
    let p = path::Spec::new("DirEntry").convert(th, e.path.get())?;
    stat::result(th, &stat::stat_path(th, &p, e.dir_fd, follow)?)
}

fn lstat_of(th: &Thread, e: This) -> Res {
    if e.lstat.get() == Value::UNBOUND {
        let v = fetch(th, e, false)?;
        e.lstat.set(th, e.cell(), v);
    }
    Ok(e.lstat.get())
}

fn stat_of(th: &Thread, e: This, follow: bool) -> Res {
    if !follow {
        return lstat_of(th, e);
    }
    if e.stat.get() == Value::UNBOUND {
        let v = if is_link(th, e)? { fetch(th, e, true)? } else { lstat_of(th, e)? };
        e.stat.set(th, e.cell(), v);
    }
    Ok(e.stat.get())
}

fn is_link(th: &Thread, e: This) -> Res<bool> {
    if e.kind == libc::DT_UNKNOWN { is_mode(th, e, false, libc::S_IFLNK) } else { Ok(e.kind == libc::DT_LNK) }
}

/// Is the file of the type? By what the directory said, as far as that tells; a vanished file is of none.
fn is_mode(th: &Thread, e: This, follow: bool, mode: u32) -> Res<bool> {
    let need_stat = e.kind == libc::DT_UNKNOWN || follow && e.kind == libc::DT_LNK;
    if !need_stat {
        let kind = match mode {
            libc::S_IFDIR => libc::DT_DIR,
            libc::S_IFREG => libc::DT_REG,
            _ => libc::DT_LNK,
        };
        return Ok(e.kind == kind);
    }
    let st = stat_of(th, e, follow);
    let Some(st) = th.catch(st, TypeId::FileNotFoundError)? else { return Ok(false) };
    let m = int::to_i64(structseq::field(th, st, 0)).unwrap_or(0) as u32;
    Ok(m & libc::S_IFMT == mode)
}

fn stat_method(th: &Thread, a: &[Value]) -> Res {
    stat_of(th, This::of(a[0]), args::flag(th, a[1], true)?)
}

fn is_dir(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(is_mode(th, This::of(a[0]), args::flag(th, a[1], true)?, libc::S_IFDIR)?))
}

fn is_file(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(is_mode(th, This::of(a[0]), args::flag(th, a[1], true)?, libc::S_IFREG)?))
}

fn is_symlink(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(is_link(th, This::of(a[0]))?))
}

fn is_junction(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::false_())
}

fn inode(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_u64(th, This::of(a[0]).inode))
}

fn fspath(_: &Thread, a: &[Value]) -> Res {
    Ok(This::of(a[0]).path.get())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let r = protocol::repr(th, This::of(a[0]).name.get())?;
    string::try_new(th, &format!("<DirEntry {}>", Str::of(r).to_text()))
}

fn class_getitem(th: &Thread, a: &[Value]) -> Res {
    krait_object::generic_alias::new(th, a[0], a[1])
}

fn name_get(_: &Thread, v: Value) -> Res {
    Ok(This::of(v).name.get())
}

fn path_get(_: &Thread, v: Value) -> Res {
    Ok(This::of(v).path.get())
}

natives! {
    static METHODS = {
        method "is_dir" "(*, follow_symlinks=True)" is_dir, "";
        method "is_file" "(*, follow_symlinks=True)" is_file, "";
        method "is_symlink" "()" is_symlink, "";
        method "is_junction" "()" is_junction, "";
        method "stat" "(*, follow_symlinks=True)" stat_method, "";
        method "inode" "()" inode, "";
        method "__fspath__" "()" fspath, "";
        method "__repr__" "()" repr, "";
        classmethod "__class_getitem__" "(item, /)" class_getitem, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("name", name_get, "the entry's base filename").member(),
    GetSetDef::ro("path", path_get, "the entry's full path name").member(),
];
