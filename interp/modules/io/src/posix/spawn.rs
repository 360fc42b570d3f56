//! `posix_spawn` and `posix_spawnp`.

use super::process::{argument_list, environment_list, exactly, pointers};
use crate::support::{args, oserror, path};
use krait_object::tuple::Tuple;
use krait_object::{Kind, Raised, Res, Thread, Value, natives, protocol};
use std::ffi::CString;

/// File actions, freed when dropped.
struct Actions(libc::posix_spawn_file_actions_t, Vec<CString>);

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialized at creation.
        unsafe { libc::posix_spawn_file_actions_destroy(&mut self.0) };
    }
}

/// Attributes, freed when dropped.
struct Attributes(libc::posix_spawnattr_t);

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialized at creation.
        unsafe { libc::posix_spawnattr_destroy(&mut self.0) };
    }
}

fn check(th: &Thread, n: i32) -> Result<(), Raised> {
    if n == 0 { Ok(()) } else { Err(oserror::raise(th, n)) }
}

fn file_actions(th: &Thread, v: Value) -> Res<Option<Actions>> {
    let Some(v) = v.given_not_none() else { return Ok(None) };
    if !v.is_kind(Kind::Tuple) && !v.is_kind(Kind::List) {
        return Err(th.type_error("file_actions must be a sequence or None"));
    }
    let items = protocol::collect(th, v)?;
    if items.is_empty() {
        return Ok(None);
    }
    // SAFETY: initialized right below.
    let mut a = Actions(unsafe { std::mem::zeroed() }, Vec::new());
    // SAFETY: as above.
    check(th, unsafe { libc::posix_spawn_file_actions_init(&mut a.0) })?;
    for &item in items.as_slice() {
        let t = match Tuple::from_value(item) {
            Some(t) if !t.is_empty() => t,
            _ => return Err(th.type_error("Each file_actions element must be a non-empty tuple")),
        };
        let n = match args::c_long(th, t.get(0)) {
            Ok(tag @ 0..=2) => tag,
            Ok(_) => return Err(th.type_error("Unknown file_actions identifier")),
            Err(e) => return Err(e),
        };
        match n {
            0 => {
                let Some(x) = exactly(item, 5) else {
                    return Err(th.type_error("A open file_action tuple must have 5 elements"));
                };
                let fd = args::c_int(th, x[1])?;
                let name = path::fs_bytes(th, x[2])?;
                let flags = args::c_int(th, x[3])?;
                let mode = args::masked_u32(th, x[4])?;
                // SAFETY: the name is NUL-terminated and kept until the spawn.
                let r = unsafe {
                    libc::posix_spawn_file_actions_addopen(&mut a.0, fd, name.as_ptr(), flags, mode)
                };
                a.1.push(name);
                check(th, r)?;
            }
            1 => {
                let Some(x) = exactly(item, 2) else {
                    return Err(th.type_error("A close file_action tuple must have 2 elements"));
                };
                let fd = args::c_int(th, x[1])?;
                // SAFETY: the actions are initialized.
                check(th, unsafe { libc::posix_spawn_file_actions_addclose(&mut a.0, fd) })?;
            }
            _ => {
                let Some(x) = exactly(item, 3) else {
                    return Err(th.type_error("A dup2 file_action tuple must have 3 elements"));
                };
                let (from, to) = (args::c_int(th, x[1])?, args::c_int(th, x[2])?);
                // SAFETY: the actions are initialized.
                check(th, unsafe { libc::posix_spawn_file_actions_adddup2(&mut a.0, from, to) })?;
            }
        }
    }
    Ok(Some(a))
}

/// The keyword arguments: setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler.
fn attributes(th: &Thread, a: &[Value], name: &str) -> Res<Attributes> {
    // SAFETY: initialized right below.
    let mut attr = Attributes(unsafe { std::mem::zeroed() });
    // SAFETY: as above.
    check(th, unsafe { libc::posix_spawnattr_init(&mut attr.0) })?;
    let mut flags = 0;
    if let Some(v) = a[0].given() {
        let group = args::pid(th, v)?;
        // SAFETY: the attributes are initialized.
        check(th, unsafe { libc::posix_spawnattr_setpgroup(&mut attr.0, group) })?;
        flags |= libc::POSIX_SPAWN_SETPGROUP;
    }
    if args::flag(th, a[1], false)? {
        flags |= libc::POSIX_SPAWN_RESETIDS;
    }
    if args::flag(th, a[2], false)? {
        flags |= libc::POSIX_SPAWN_SETSID as i32;
    }
    if let Some(v) = a[3].given() {
        let set = crate::signal::signal_set(th, v)?;
        // SAFETY: the attributes and the set are initialized.
        check(th, unsafe { libc::posix_spawnattr_setsigmask(&mut attr.0, &set) })?;
        flags |= libc::POSIX_SPAWN_SETSIGMASK;
    }
    if let Some(v) = a[4].given() {
        let set = crate::signal::signal_set(th, v)?;
        // SAFETY: the attributes and the set are initialized.
        check(th, unsafe { libc::posix_spawnattr_setsigdefault(&mut attr.0, &set) })?;
        flags |= libc::POSIX_SPAWN_SETSIGDEF;
    }
    if let Some(v) = a[5].given() {
        let Some(x) = exactly(v, 2) else {
            return Err(th.type_error(format!(
                "A scheduler tuple must have two elements ({name}() was given another)"
            )));
        };
        if !x[0].is_none() {
            let policy = args::c_int(th, x[0])?;
            // SAFETY: the attributes are initialized.
            check(th, unsafe { libc::posix_spawnattr_setschedpolicy(&mut attr.0, policy) })?;
            flags |= libc::POSIX_SPAWN_SETSCHEDULER;
        }
        let p = super::scheduling::param_of(th, x[1])?;
        // SAFETY: the attributes and the parameter are initialized.
        check(th, unsafe { libc::posix_spawnattr_setschedparam(&mut attr.0, &p) })?;
        flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
    }
    // SAFETY: the attributes are initialized.
    check(th, unsafe { libc::posix_spawnattr_setflags(&mut attr.0, flags as i16) })?;
    Ok(attr)
}

fn spawn(th: &Thread, a: &[Value], name: &'static str, search: bool) -> Res {
    let p = path::Spec::new(name).convert(th, a[0])?;
    let argv = argument_list(
        th,
        a[1],
        &format!("{name}: argv must be a tuple or list"),
        &format!("{name}: argv must not be empty"),
    )?;
    if argv[0].is_empty() {
        return Err(th.value_error(format!("{name}: argv first element cannot be empty")));
    }
    let env = match a[2].is_none() {
        true => None,
        false => Some(environment_list(th, a[2], &format!("{name}: environment must be a mapping object"))?),
    };
    let actions = file_actions(th, a[3])?;
    let attr = attributes(th, &a[4..], name)?;
    let argv_p = pointers(&argv);
    let env_p = env.as_deref().map(pointers);
    let mut pid = 0;
    let actions_p = actions.as_ref().map_or(std::ptr::null(), |a| &raw const a.0);
    unsafe extern "C" {
        static environ: *const *const libc::c_char;
    }
    // SAFETY: texts are NUL-terminated, arrays end with null, actions and attributes are initialized.
    let r = unsafe {
        let env_p = env_p.as_ref().map_or(environ, |e| e.as_ptr()).cast();
        let f = if search { libc::posix_spawnp } else { libc::posix_spawn };
        f(&mut pid, p.ptr(), actions_p, &attr.0, argv_p.as_ptr().cast(), env_p)
    };
    if r != 0 {
        return Err(p.error(th, r));
    }
    Ok(Value::small(pid as i64))
}

fn posix_spawn(th: &Thread, a: &[Value]) -> Res {
    spawn(th, a, "posix_spawn", false)
}

fn posix_spawnp(th: &Thread, a: &[Value]) -> Res {
    spawn(th, a, "posix_spawnp", true)
}

natives! {
    pub static FUNCTIONS = {
        function "posix_spawn" "(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)" posix_spawn, "";
        function "posix_spawnp" "(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)" posix_spawnp, "";
    }
}
