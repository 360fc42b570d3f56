//! Processes: identities, fork, exec, signals to others.

use crate::support::{args, oserror, path, sys};
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::tuple::{self, Tuple};
use krait_object::{Kind, Raised, Res, Thread, TypeId, Value, call, int, natives, protocol};
use std::ffi::CString;

static BEFORE: InterpSlot = InterpSlot::new();
static IN_CHILD: InterpSlot = InterpSlot::new();
static IN_PARENT: InterpSlot = InterpSlot::new();

fn hooks(th: &Thread, slot: &InterpSlot) -> Option<List> {
    slot.get(th).map(List::of)
}

fn run_hooks(th: &Thread, slot: &InterpSlot, backwards: bool) {
    let Some(l) = hooks(th, slot) else { return };
    let n = l.len();
    for i in 0..n {
        let Some(f) = l.get(if backwards { n - 1 - i } else { i }) else { continue };
        if call::call(th, f, &[]).is_err() {
            (th.interp.hooks().unraisable)(th, f, "Exception ignored in");
            th.clear_pending();
        }
    }
}

/// What must be done before a fork: the program's hooks, and compiled code, which both will have.
pub fn before_fork(th: &Thread) {
    run_hooks(th, &BEFORE, true);
    krait_object::watch::notify(krait_object::watch::Notice::Forking);
}

/// What the parent does after a fork.
pub fn after_fork_parent(th: &Thread) {
    run_hooks(th, &IN_PARENT, false);
}

/// What the child does after a fork: this is its only thread.
pub fn after_fork_child(th: &Thread) {
    crate::signal::after_fork_child(th);
    run_hooks(th, &IN_CHILD, false);
}

fn register_at_fork(th: &Thread, a: &[Value]) -> Res {
    if a.iter().all(|v| v.given().is_none()) {
        return Err(th.type_error("At least one argument is required."));
    }
    let all = [("before", &BEFORE), ("after_in_child", &IN_CHILD), ("after_in_parent", &IN_PARENT)];
    for (v, (name, _)) in a.iter().zip(all) {
        if let Some(v) = v.given()
            && !call::is_callable(th, v)
        {
            let t = krait_object::class::type_name(th, v);
            return Err(th.type_error(format!("'{name}' must be callable, not {t}")));
        }
    }
    for (v, (_, slot)) in a.iter().zip(all) {
        if let Some(v) = v.given() {
            let l = slot.get_or(th, |th| Ok(list::new(th).value()))?;
            List::of(l).push(th, v)?;
        }
    }
    Ok(Value::none())
}

/// DeprecationWarning of a fork while other threads run.
fn warn_threads(th: &Thread, what: &str) -> Result<(), Raised> {
    if th.interp.threads.borrow().len() > 1 {
        // SAFETY: asks for a number.
        let pid = unsafe { libc::getpid() };
        let text = format!(
            "This process (pid={pid}) is multi-threaded, use of {what}() may lead to deadlocks in the child."
        );
        crate::support::warn::issue(th, TypeId::DeprecationWarning, &text, 1)?;
    }
    Ok(())
}

fn fork_with(th: &Thread, what: &str, f: impl FnOnce() -> i32) -> Res<i32> {
    before_fork(th);
    let pid = th.fork(f);
    let n = oserror::errno();
    if pid == 0 {
        after_fork_child(th);
        return Ok(0);
    }
    let warned = if pid > 0 { warn_threads(th, what) } else { Ok(()) };
    after_fork_parent(th);
    if pid == -1 {
        return Err(oserror::raise(th, n));
    }
    warned?;
    Ok(pid)
}

fn fork(th: &Thread, _: &[Value]) -> Res {
    let pid = fork_with(th, "fork", || {
        // SAFETY: the heap and the interpreter go on in the child.
        unsafe { libc::fork() }
    })?;
    Ok(Value::small(pid as i64))
}

fn forkpty(th: &Thread, _: &[Value]) -> Res {
    let mut master = -1;
    let pid = fork_with(th, "forkpty", || {
        let null = std::ptr::null_mut();
        // SAFETY: as for fork; the optional arguments are null.
        unsafe { libc::forkpty(&mut master, null, null.cast(), null.cast()) }
    })?;
    tuple::from_slice(th, &[Value::small(pid as i64), Value::small(master as i64)])
}

/// A list or tuple of texts for `exec`, NUL-terminated.
pub fn argument_list(th: &Thread, v: Value, type_text: &str, empty_text: &str) -> Res<Vec<CString>> {
    if !v.is_kind(Kind::List) && !v.is_kind(Kind::Tuple) {
        return Err(th.type_error(type_text));
    }
    let items = protocol::collect(th, v)?;
    if items.is_empty() {
        return Err(th.value_error(empty_text));
    }
    let mut out = Vec::with_capacity(items.len());
    for &i in items.as_slice() {
        out.push(path::fs_bytes(th, i)?);
    }
    Ok(out)
}

/// An environment mapping as `NAME=VALUE` texts.
pub fn environment_list(th: &Thread, v: Value, type_text: &str) -> Res<Vec<CString>> {
    let keys = krait_object::attr::get_opt(th, v, th.name(krait_object::Name::keys))?;
    if keys.is_none()
        || krait_object::Class::of_value(th, v).special(th, krait_object::Name::__getitem__).is_none()
    {
        return Err(th.type_error(type_text));
    }
    let keys = protocol::collect(th, call::call_method(th, v, th.name(krait_object::Name::keys), &[])?)?;
    let values = protocol::collect(th, call::call_method(th, v, th.name(krait_object::Name::values), &[])?)?;
    let mut out = Vec::with_capacity(keys.len());
    for (&k, &x) in keys.as_slice().iter().zip(values.as_slice()) {
        let name = path::fs_bytes(th, k)?;
        let value = path::fs_bytes(th, x)?;
        if name.is_empty() || name.to_bytes()[1..].contains(&b'=') || name.to_bytes().contains(&b'=') {
            return Err(th.value_error("illegal environment variable name"));
        }
        let both = [name.to_bytes(), b"=", value.to_bytes()].concat();
        out.push(CString::new(both).map_err(|_| th.value_error("embedded null byte"))?);
    }
    Ok(out)
}

/// Pointers to the texts, with a null at the end.
pub fn pointers(texts: &[CString]) -> Vec<*const libc::c_char> {
    texts.iter().map(|t| t.as_ptr()).chain(std::iter::once(std::ptr::null())).collect()
}

fn check_first(th: &Thread, argv: &[CString], what: &str) -> Result<(), Raised> {
    if argv.first().is_some_and(|a| a.is_empty()) {
        return Err(th.value_error(format!("{what} first element cannot be empty")));
    }
    Ok(())
}

fn execv(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("execv").convert(th, a[0])?;
    let argv =
        argument_list(th, a[1], "execv() arg 2 must be a tuple or list", "execv() arg 2 must not be empty")?;
    check_first(th, &argv, "execv() arg 2")?;
    let argv = pointers(&argv);
    // SAFETY: all texts are NUL-terminated, the array ends with null.
    unsafe { libc::execv(p.ptr(), argv.as_ptr()) };
    Err(oserror::raise_last(th))
}

fn execve(th: &Thread, a: &[Value]) -> Res {
    let p = path::Spec::new("execve").fd().convert(th, a[0])?;
    let argv =
        argument_list(th, a[1], "execve: argv must be a tuple or list", "execve: argv must not be empty")?;
    check_first(th, &argv, "execve: argv")?;
    let env = environment_list(th, a[2], "execve: environment must be a mapping object")?;
    let (argv, env) = (pointers(&argv), pointers(&env));
    // SAFETY: all texts are NUL-terminated, the arrays end with null.
    unsafe {
        if p.is_fd() {
            libc::fexecve(p.fd, argv.as_ptr(), env.as_ptr());
        } else {
            libc::execve(p.ptr(), argv.as_ptr(), env.as_ptr());
        }
    }
    Err(p.last_error(th))
}

fn exit(th: &Thread, a: &[Value]) -> Res {
    let status = args::c_int(th, a[0])?;
    // SAFETY: ends the process at once, as asked.
    unsafe { libc::_exit(status) }
}

fn abort(_: &Thread, _: &[Value]) -> Res {
    std::process::abort()
}

fn system(th: &Thread, a: &[Value]) -> Res {
    let command = path::fs_bytes(th, a[0])?;
    let status = th.without_lock(|| {
        // SAFETY: the command is NUL-terminated.
        unsafe { libc::system(command.as_ptr()) }
    });
    Ok(Value::small(status as i64))
}

fn kill(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let signal = args::c_int(th, a[1])?;
    // SAFETY: sends a signal.
    sys::quick(th, unsafe { libc::kill(pid, signal) } as i64)?;
    // A signal to oneself is handled before the call returns.
    sys::check_signals(th)?;
    Ok(Value::none())
}

fn killpg(th: &Thread, a: &[Value]) -> Res {
    let group = args::pid(th, a[0])?;
    let signal = args::c_int(th, a[1])?;
    // SAFETY: sends a signal.
    sys::quick(th, unsafe { libc::killpg(group, signal) } as i64)?;
    sys::check_signals(th)?;
    Ok(Value::none())
}

/// Defines functions that ask for a number and cannot fail.
macro_rules! asks {
    ($($f:ident $call:ident $value:expr;)*) => { $(
        fn $f(_: &Thread, _: &[Value]) -> Res {
            // SAFETY: asks for a number of the process.
            let n = unsafe { libc::$call() };
            Ok($value(n))
        }
    )* };
}

fn plain(n: i32) -> Value {
    Value::small(n as i64)
}

asks! {
    getpid getpid plain;
    getppid getppid plain;
    getpgrp getpgrp plain;
    getuid getuid args::id_value;
    geteuid geteuid args::id_value;
    getgid getgid args::id_value;
    getegid getegid args::id_value;
}

/// Defines functions that set user or group ids.
macro_rules! sets {
    ($($f:ident $call:ident ($($arg:literal),*);)*) => { $(
        fn $f(th: &Thread, a: &[Value]) -> Res {
            let mut i = 0;
            let mut next = |name: &str| {
                i += 1;
                args::id(th, a[i - 1], name)
            };
            // SAFETY: sets ids of the process.
            let r = unsafe { libc::$call($(next($arg)?),*) };
            sys::quick(th, r as i64)?;
            Ok(Value::none())
        }
    )* };
}

sets! {
    setuid setuid ("uid");
    seteuid seteuid ("uid");
    setgid setgid ("gid");
    setegid setegid ("gid");
    setreuid setreuid ("uid", "uid");
    setregid setregid ("gid", "gid");
    setresuid setresuid ("uid", "uid", "uid");
    setresgid setresgid ("gid", "gid", "gid");
}

fn getresuid(th: &Thread, _: &[Value]) -> Res {
    let (mut r, mut e, mut s) = (0, 0, 0);
    // SAFETY: fills in three numbers.
    sys::quick(th, unsafe { libc::getresuid(&mut r, &mut e, &mut s) } as i64)?;
    tuple::from_slice(th, &[r, e, s].map(args::id_value))
}

fn getresgid(th: &Thread, _: &[Value]) -> Res {
    let (mut r, mut e, mut s) = (0, 0, 0);
    // SAFETY: fills in three numbers.
    sys::quick(th, unsafe { libc::getresgid(&mut r, &mut e, &mut s) } as i64)?;
    tuple::from_slice(th, &[r, e, s].map(args::id_value))
}

fn getpgid(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    // SAFETY: asks for a number.
    Ok(Value::small(sys::quick(th, unsafe { libc::getpgid(pid) } as i64)?))
}

fn getsid(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    // SAFETY: asks for a number.
    Ok(Value::small(sys::quick(th, unsafe { libc::getsid(pid) } as i64)?))
}

fn setsid(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: makes a session.
    sys::quick(th, unsafe { libc::setsid() } as i64)?;
    Ok(Value::none())
}

fn setpgid(th: &Thread, a: &[Value]) -> Res {
    let (pid, group) = (args::pid(th, a[0])?, args::pid(th, a[1])?);
    // SAFETY: sets a process's group.
    sys::quick(th, unsafe { libc::setpgid(pid, group) } as i64)?;
    Ok(Value::none())
}

fn setpgrp(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: makes a group.
    sys::quick(th, unsafe { libc::setpgid(0, 0) } as i64)?;
    Ok(Value::none())
}

fn id_list(th: &Thread, ids: &[u32]) -> Res {
    let l = list::new(th);
    for &g in ids {
        l.push(th, args::id_value(g))?;
    }
    Ok(l.value())
}

fn getgroups(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: asks for the number of groups.
    let n = sys::quick(th, unsafe { libc::getgroups(0, std::ptr::null_mut()) } as i64)?;
    let mut groups = vec![0u32; n as usize];
    // SAFETY: the array has the length given.
    let n = sys::quick(th, unsafe { libc::getgroups(n as i32, groups.as_mut_ptr()) } as i64)?;
    id_list(th, &groups[..n as usize])
}

fn setgroups(th: &Thread, a: &[Value]) -> Res {
    if !a[0].is_kind(Kind::List) && !a[0].is_kind(Kind::Tuple) {
        return Err(th.type_error("setgroups argument must be a sequence"));
    }
    let items = protocol::collect(th, a[0])?;
    if items.len() > 65536 {
        return Err(th.value_error("too many groups"));
    }
    let mut groups = Vec::new();
    for &g in items.as_slice() {
        if !int::is_int(g) {
            return Err(th.type_error("groups must be integers"));
        }
        groups.push(args::id(th, g, "gid")?);
    }
    // SAFETY: the array has the length given.
    sys::quick(th, unsafe { libc::setgroups(groups.len(), groups.as_ptr()) } as i64)?;
    Ok(Value::none())
}

fn getgrouplist(th: &Thread, a: &[Value]) -> Res {
    let user = args::text(th, a[0], "getgrouplist() argument 1")?.to_text();
    let user = CString::new(user).map_err(|_| th.value_error("embedded null character"))?;
    let group = args::id(th, a[1], "gid")?;
    let mut groups = vec![0u32; 64];
    loop {
        let mut n = groups.len() as i32;
        // SAFETY: the array has the length given.
        let r = unsafe { libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &mut n) };
        if r >= 0 {
            return id_list(th, &groups[..n as usize]);
        }
        if groups.len() > 1 << 20 {
            return Err(oserror::raise_last(th));
        }
        groups.resize(groups.len() * 2, 0);
    }
}

fn initgroups(th: &Thread, a: &[Value]) -> Res {
    let user = path::fs_bytes(th, a[0])?;
    let group = args::id(th, a[1], "gid")?;
    // SAFETY: the name is NUL-terminated.
    sys::quick(th, unsafe { libc::initgroups(user.as_ptr(), group) } as i64)?;
    Ok(Value::none())
}

fn pidfd_open(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let flags = a[1].given().map_or(Ok(0), |v| args::masked_u32(th, v))?;
    // SAFETY: makes a descriptor.
    let r = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) };
    Ok(Value::small(sys::quick(th, r)?))
}

fn setns(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let kind = args::c_int_or(th, a[1], 0)?;
    sys::attempt(th, || {
        // SAFETY: joins a namespace.
        unsafe { libc::setns(fd, kind) as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(Value::none())
}

fn unshare(th: &Thread, a: &[Value]) -> Res {
    let flags = args::c_int(th, a[0])?;
    sys::attempt(th, || {
        // SAFETY: leaves namespaces.
        unsafe { libc::unshare(flags) as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(Value::none())
}

/// The items of a tuple of exactly `n`.
pub fn exactly(v: Value, n: usize) -> Option<&'static [Value]> {
    Tuple::from_value(v).filter(|t| t.len() == n).map(Tuple::as_slice)
}

natives! {
    pub static FUNCTIONS = {
        function "register_at_fork" "(*, before=None, after_in_child=None, after_in_parent=None)" register_at_fork, "";
        function "fork" "()" fork, "";
        function "forkpty" "()" forkpty, "";
        function "execv" "(path, argv, /)" execv, "";
        function "execve" "(path, argv, env)" execve, "";
        function "_exit" "(status)" exit, "";
        function "abort" "()" abort, "";
        function "system" "(command)" system, "";
        function "kill" "(pid, signal, /)" kill, "";
        function "killpg" "(pgid, signal, /)" killpg, "";
        function "getpid" "()" getpid, "";
        function "getppid" "()" getppid, "";
        function "getpgrp" "()" getpgrp, "";
        function "getuid" "()" getuid, "";
        function "geteuid" "()" geteuid, "";
        function "getgid" "()" getgid, "";
        function "getegid" "()" getegid, "";
        function "setuid" "(uid, /)" setuid, "";
        function "seteuid" "(euid, /)" seteuid, "";
        function "setgid" "(gid, /)" setgid, "";
        function "setegid" "(egid, /)" setegid, "";
        function "setreuid" "(ruid, euid, /)" setreuid, "";
        function "setregid" "(rgid, egid, /)" setregid, "";
        function "setresuid" "(ruid, euid, suid, /)" setresuid, "";
        function "setresgid" "(rgid, egid, sgid, /)" setresgid, "";
        function "getresuid" "()" getresuid, "";
        function "getresgid" "()" getresgid, "";
        function "getpgid" "(pid)" getpgid, "";
        function "getsid" "(pid, /)" getsid, "";
        function "setsid" "()" setsid, "";
        function "setpgid" "(pid, pgrp, /)" setpgid, "";
        function "setpgrp" "()" setpgrp, "";
        function "getgroups" "()" getgroups, "";
        function "setgroups" "(groups, /)" setgroups, "";
        function "getgrouplist" "(user, group, /)" getgrouplist, "";
        function "initgroups" "(username, gid, /)" initgroups, "";
        function "pidfd_open" "(pid, flags=0)" pidfd_open, "";
        function "setns" "(fd, nstype=0)" setns, "";
        function "unshare" "(flags)" unshare, "";
    }
}
