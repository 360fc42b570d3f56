//! The modules `pwd` and `grp`: the databases of users and groups.

use crate::support::{args, oserror, path};
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::structseq::StructSeq;
use krait_object::{Class, Raised, Res, Thread, TypeId, Value, list, natives, protocol, string};
use std::ffi::{CStr, CString};

/// `pwd`
pub static PWD: ModuleDef = ModuleDef { name: "pwd", doc: "", functions: PWD_FUNCTIONS, exec: exec_pwd };
/// `grp`
pub static GRP: ModuleDef = ModuleDef { name: "grp", doc: "", functions: GRP_FUNCTIONS, exec: exec_grp };

static PASSWD_CLASS: InterpSlot = InterpSlot::new();
static GROUP_CLASS: InterpSlot = InterpSlot::new();

static PASSWD: StructSeq = StructSeq::new(
    "pwd.struct_passwd",
    "An entry of the user database.",
    &[
        ("pw_name", "user name"),
        ("pw_passwd", "password"),
        ("pw_uid", "user id"),
        ("pw_gid", "group id"),
        ("pw_gecos", "real name"),
        ("pw_dir", "home directory"),
        ("pw_shell", "shell program"),
    ],
    7,
);

static GROUP: StructSeq = StructSeq::new(
    "grp.struct_group",
    "An entry of the group database.",
    &[
        ("gr_name", "group name"),
        ("gr_passwd", "password"),
        ("gr_gid", "group id"),
        ("gr_mem", "group members"),
    ],
    4,
);

fn exec_pwd(th: &Thread, m: Module) -> Res<()> {
    let c = PASSWD.make(th)?;
    PASSWD_CLASS.set(th, c.value());
    m.add_class(th, c);
    Ok(())
}

fn exec_grp(th: &Thread, m: Module) -> Res<()> {
    let c = GROUP.make(th)?;
    GROUP_CLASS.set(th, c.value());
    m.add_class(th, c);
    Ok(())
}

fn class(th: &Thread, slot: &InterpSlot) -> Res<Class> {
    crate::support::class::get(th, slot)
}

/// A text of an entry; None when there is none.
fn text(th: &Thread, p: *const libc::c_char) -> Res {
    if p.is_null() {
        return Ok(Value::none());
    }
    // SAFETY: entries have NUL-terminated texts.
    path::decode(th, unsafe { CStr::from_ptr(p) }.to_bytes())
}

fn user(th: &Thread, p: &libc::passwd) -> Res {
    let fields = [
        text(th, p.pw_name)?,
        text(th, p.pw_passwd)?,
        args::id_value(p.pw_uid),
        args::id_value(p.pw_gid),
        text(th, p.pw_gecos)?,
        text(th, p.pw_dir)?,
        text(th, p.pw_shell)?,
    ];
    PASSWD.instance(th, class(th, &PASSWD_CLASS)?, &fields)
}

fn group(th: &Thread, g: &libc::group) -> Res {
    let members = list::new(th);
    let mut p = g.gr_mem;
    // SAFETY: the members' array ends with null.
    while !p.is_null() && !unsafe { *p }.is_null() {
        // SAFETY: as above.
        members.push(th, text(th, unsafe { *p })?)?;
        // SAFETY: as above.
        p = unsafe { p.add(1) };
    }
    let fields = [text(th, g.gr_name)?, text(th, g.gr_passwd)?, args::id_value(g.gr_gid), members.value()];
    GROUP.instance(th, class(th, &GROUP_CLASS)?, &fields)
}

/// Calls a reentrant lookup with a buffer that is large enough; Ok(false): no entry.
fn lookup(
    th: &Thread,
    mut f: impl FnMut(&mut [libc::c_char]) -> (i32, bool),
) -> Res<(bool, Vec<libc::c_char>)> {
    let mut size = 1024;
    loop {
        let mut buf = vec![0 as libc::c_char; size];
        let (n, found) = th.without_lock(|| f(&mut buf));
        match n {
            libc::ERANGE if size < 1 << 24 => size *= 2,
            0 | libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok((found, buf)),
            n => return Err(oserror::raise(th, n)),
        }
    }
}

#[cold]
fn not_found(th: &Thread, what: String) -> Raised {
    let text = string::new(th, &what);
    th.key_error(text)
}

fn name_arg(th: &Thread, v: Value, what: &str) -> Res<CString> {
    let s = args::text(th, v, what)?;
    let b = path::encode(th, s)?;
    CString::new(b).map_err(|_| th.value_error("embedded null byte"))
}

/// An id argument; those that are no ids are simply not found.
fn id_arg(th: &Thread, v: Value, name: &str, function: &str) -> Res<u32> {
    match args::id(th, v, name) {
        Ok(id) => Ok(id),
        Err(_) if th.pending_is(TypeId::OverflowError) => {
            th.clear_pending();
            Err(not_found(th, format!("{function}(): {name} not found")))
        }
        Err(e) => Err(e),
    }
}

fn shown_id(id: u32) -> i64 {
    if id == u32::MAX { -1 } else { id as i64 }
}

fn getpwnam(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "getpwnam() argument")?;
    // SAFETY: all-zero is a valid `passwd`.
    let mut p: libc::passwd = unsafe { std::mem::zeroed() };
    let (found, _buf) = lookup(th, |buf| {
        let mut r = std::ptr::null_mut();
        // SAFETY: the buffer has the length given.
        let n = unsafe { libc::getpwnam_r(name.as_ptr(), &mut p, buf.as_mut_ptr(), buf.len(), &mut r) };
        (n, !r.is_null())
    })?;
    if !found {
        let shown = protocol::repr_text(th, a[0])?;
        return Err(not_found(th, format!("getpwnam(): name not found: {shown}")));
    }
    user(th, &p)
}

fn getpwuid(th: &Thread, a: &[Value]) -> Res {
    let id = id_arg(th, a[0], "uid", "getpwuid")?;
    // SAFETY: all-zero is a valid `passwd`.
    let mut p: libc::passwd = unsafe { std::mem::zeroed() };
    let (found, _buf) = lookup(th, |buf| {
        let mut r = std::ptr::null_mut();
        // SAFETY: the buffer has the length given.
        let n = unsafe { libc::getpwuid_r(id, &mut p, buf.as_mut_ptr(), buf.len(), &mut r) };
        (n, !r.is_null())
    })?;
    if !found {
        return Err(not_found(th, format!("getpwuid(): uid not found: {}", shown_id(id))));
    }
    user(th, &p)
}

fn getpwall(th: &Thread, _: &[Value]) -> Res {
    let l = list::new(th);
    // SAFETY: the walk through the database is global state of the C library, used under the interpreter lock.
    unsafe { libc::setpwent() };
    loop {
        // SAFETY: as above; the entry is valid until the next call.
        let p = unsafe { libc::getpwent().as_ref() };
        let Some(p) = p else { break };
        let entry = user(th, p);
        if let Ok(v) = entry {
            l.push(th, v)?;
        } else {
            // SAFETY: as above.
            unsafe { libc::endpwent() };
            return entry;
        }
    }
    // SAFETY: as above.
    unsafe { libc::endpwent() };
    Ok(l.value())
}

fn getgrnam(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "getgrnam() argument 'name'")?;
    // SAFETY: all-zero is a valid `group`.
    let mut g: libc::group = unsafe { std::mem::zeroed() };
    let (found, _buf) = lookup(th, |buf| {
        let mut r = std::ptr::null_mut();
        // SAFETY: the buffer has the length given.
        let n = unsafe { libc::getgrnam_r(name.as_ptr(), &mut g, buf.as_mut_ptr(), buf.len(), &mut r) };
        (n, !r.is_null())
    })?;
    if !found {
        let shown = protocol::repr_text(th, a[0])?;
        return Err(not_found(th, format!("getgrnam(): name not found: {shown}")));
    }
    group(th, &g)
}

fn getgrgid(th: &Thread, a: &[Value]) -> Res {
    let id = id_arg(th, a[0], "gid", "getgrgid")?;
    // SAFETY: all-zero is a valid `group`.
    let mut g: libc::group = unsafe { std::mem::zeroed() };
    let (found, _buf) = lookup(th, |buf| {
        let mut r = std::ptr::null_mut();
        // SAFETY: the buffer has the length given.
        let n = unsafe { libc::getgrgid_r(id, &mut g, buf.as_mut_ptr(), buf.len(), &mut r) };
        (n, !r.is_null())
    })?;
    if !found {
        return Err(not_found(th, format!("getgrgid(): gid not found: {}", shown_id(id))));
    }
    group(th, &g)
}

fn getgrall(th: &Thread, _: &[Value]) -> Res {
    let l = list::new(th);
    // SAFETY: as in `getpwall`.
    unsafe { libc::setgrent() };
    loop {
        // SAFETY: as above; the entry is valid until the next call.
        let g = unsafe { libc::getgrent().as_ref() };
        let Some(g) = g else { break };
        let entry = group(th, g);
        if let Ok(v) = entry {
            l.push(th, v)?;
        } else {
            // SAFETY: as above.
            unsafe { libc::endgrent() };
            return entry;
        }
    }
    // SAFETY: as above.
    unsafe { libc::endgrent() };
    Ok(l.value())
}

natives! {
    static PWD_FUNCTIONS = {
        function "getpwnam" "(name, /)" getpwnam, "The entry of a user by name.";
        function "getpwuid" "(uidobj, /)" getpwuid, "The entry of a user by number.";
        function "getpwall" "()" getpwall, "All entries of users.";
    }
}

natives! {
    static GRP_FUNCTIONS = {
        function "getgrnam" "(name)" getgrnam, "The entry of a group by name.";
        function "getgrgid" "(id)" getgrgid, "The entry of a group by number.";
        function "getgrall" "()" getgrall, "All entries of groups.";
    }
}
