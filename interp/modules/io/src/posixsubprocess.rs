//! The module `_posixsubprocess`: fork and exec in one, for `subprocess`.
//!
//! Everything that the child needs is made before the fork. In the child only system calls
//! follow, unless there is a `preexec_fn`; what fails there is reported through the error pipe
//! as `ExceptionName:errno:what`, which `subprocess` reads.

use crate::support::{args, oserror, path};
use krait_object::call;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::tuple::Tuple;
use krait_object::{Kind, Raised, Res, Thread, TypeId, Value, bytes, int, natives, protocol};
use std::ffi::CString;

/// The module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_posixsubprocess", doc: "", functions: FUNCTIONS, exec: no_exec };

/// What the child does.
struct Plan {
    argv: Option<Vec<*const libc::c_char>>,
    envp: Option<Vec<*const libc::c_char>>,
    executables: Vec<CString>,
    cwd: Option<CString>,
    /// p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write
    pipes: [i32; 8],
    close_fds: bool,
    keep: Vec<i32>,
    restore_signals: bool,
    setsid: bool,
    pgid: i32,
    groups: Option<Vec<u32>>,
    gid: Option<u32>,
    uid: Option<u32>,
    umask: i32,
    preexec: Option<Value>,
}

/// Why the child did not get to run the program.
enum Failure {
    /// A system call; where the error belongs to.
    Os(i32, &'static str),
    /// The program's own function.
    Preexec,
}

fn os(what: &'static str) -> Failure {
    Failure::Os(oserror::errno(), what)
}

fn check(r: i32) -> Result<i32, Failure> {
    if r == -1 { Err(os("noexec")) } else { Ok(r) }
}

fn set_inheritable(fd: i32) -> Result<(), Failure> {
    // SAFETY: sets a descriptor's flag.
    check(unsafe { libc::fcntl(fd, libc::F_SETFD, 0) }).map(|_| ())
}

/// Makes `fd` the standard descriptor `to`; it survives the exec.
fn move_to(fd: i32, to: i32) -> Result<(), Failure> {
    if fd == to {
        return set_inheritable(fd);
    }
    if fd == -1 {
        return Ok(());
    }
    // SAFETY: duplicates a descriptor.
    check(unsafe { libc::dup2(fd, to) }).map(|_| ())
}

impl Plan {
    /// Runs in the child; returns only when something failed.
    fn run(&self, th: &Thread) -> Failure {
        match self.prepare(th) {
            Ok(()) => self.exec(),
            Err(f) => f,
        }
    }

    fn prepare(&self, th: &Thread) -> Result<(), Failure> {
        let [p2cread, p2cwrite, c2pread, mut c2pwrite, errread, mut errwrite, errpipe_read, errpipe_write] =
            self.pipes;
        for &fd in &self.keep {
            if fd != errpipe_write {
                // A descriptor that is not open is no error here; the program finds out.
                let _ = set_inheritable(fd);
            }
        }
        // SAFETY: closes the parent's ends of the pipes.
        unsafe {
            for fd in [p2cwrite, c2pread, errread] {
                if fd != -1 {
                    check(libc::close(fd))?;
                }
            }
            check(libc::close(errpipe_read))?;
            // The pipe ends may be among 0, 1 and 2 themselves: they are moved out of the way.
            if c2pwrite == 0 {
                c2pwrite = check(libc::dup(c2pwrite))?;
                set_cloexec(c2pwrite);
            }
            while errwrite == 0 || errwrite == 1 {
                errwrite = check(libc::dup(errwrite))?;
                set_cloexec(errwrite);
            }
        }
        move_to(p2cread, 0)?;
        move_to(c2pwrite, 1)?;
        move_to(errwrite, 2)?;
        if let Some(cwd) = &self.cwd {
            // SAFETY: the path is NUL-terminated.
            if unsafe { libc::chdir(cwd.as_ptr()) } == -1 {
                return Err(os("noexec:chdir"));
            }
        }
        // SAFETY: changes properties of the child process.
        unsafe {
            if self.umask >= 0 {
                libc::umask(self.umask as u32);
            }
            if self.restore_signals {
                for n in [libc::SIGPIPE, libc::SIGXFSZ] {
                    libc::signal(n, libc::SIG_DFL);
                }
            }
            if self.setsid {
                check(libc::setsid())?;
            }
            if self.pgid >= 0 {
                check(libc::setpgid(0, self.pgid))?;
            }
            if let Some(g) = &self.groups {
                check(libc::setgroups(g.len(), g.as_ptr()))?;
            }
            if let Some(g) = self.gid {
                check(libc::setregid(g, g))?;
            }
            if let Some(u) = self.uid {
                check(libc::setreuid(u, u))?;
            }
        }
        if let Some(f) = self.preexec
            && call::call(th, f, &[]).is_err()
        {
            th.clear_pending();
            return Err(Failure::Preexec);
        }
        if self.close_fds {
            self.close_others();
        }
        Ok(())
    }

    /// Closes all descriptors above 2 but those to keep (which are sorted).
    fn close_others(&self) {
        let mut from = 3;
        for &fd in &self.keep {
            if fd >= from {
                crate::posix::close_range(from, fd - 1);
                from = fd + 1;
            }
        }
        crate::posix::close_range(from, i32::MAX);
    }

    fn exec(&self) -> Failure {
        let mut saved = 0;
        let empty = [std::ptr::null()];
        let argv = self.argv.as_ref().map_or(empty.as_ptr(), |a| a.as_ptr());
        for e in &self.executables {
            // SAFETY: texts are NUL-terminated, arrays end with null.
            unsafe {
                match &self.envp {
                    Some(env) => libc::execve(e.as_ptr(), argv, env.as_ptr()),
                    None => libc::execv(e.as_ptr(), argv),
                }
            };
            let n = oserror::errno();
            // An error other than "there is no such file" counts, if all fail.
            if n != libc::ENOENT && n != libc::ENOTDIR && saved == 0 {
                saved = n;
            }
        }
        Failure::Os(if saved != 0 { saved } else { oserror::errno() }, "")
    }

    fn report(&self, f: &Failure) {
        let text = match f {
            Failure::Os(n, what) => format!("OSError:{n:X}:{what}"),
            Failure::Preexec => "SubprocessError:0:Exception occurred in preexec_fn.".to_owned(),
        };
        // SAFETY: writes to the error pipe; nobody is left to hear of a failure.
        unsafe { libc::write(self.pipes[7], text.as_ptr().cast(), text.len()) };
    }
}

fn set_cloexec(fd: i32) {
    // SAFETY: sets a descriptor's flag.
    unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
}

/// The descriptors to keep: a sorted tuple of ints.
fn fd_sequence(th: &Thread, v: Value) -> Res<Vec<i32>> {
    let Some(t) = Tuple::from_value(v) else {
        return Err(
            th.type_error(format!("fork_exec() argument 4 must be tuple, not {}", args::shown_type(th, v)))
        );
    };
    let mut out: Vec<i32> = Vec::new();
    for &x in t.as_slice() {
        let n = if int::is_int(x) { int::to_i64(x) } else { None };
        match n.and_then(|n| i32::try_from(n).ok()) {
            Some(n) if n >= 0 && out.last().is_none_or(|&l| l < n) => out.push(n),
            _ => return Err(th.value_error("bad value(s) in fds_to_keep")),
        }
    }
    Ok(out)
}

/// A sequence of bytes as C texts.
fn texts(th: &Thread, v: Value) -> Res<Vec<CString>> {
    let items = protocol::collect(th, v)?;
    let mut out = Vec::with_capacity(items.len());
    for &x in items.as_slice() {
        let Some(b) = bytes::get(x) else {
            return Err(
                th.type_error(format!("expected bytes, {} found", krait_object::class::type_name(th, x)))
            );
        };
        out.push(CString::new(b).map_err(|_| th.value_error("embedded null byte"))?);
    }
    Ok(out)
}

fn pointers(texts: &[CString]) -> Vec<*const libc::c_char> {
    texts.iter().map(|t| t.as_ptr()).chain(std::iter::once(std::ptr::null())).collect()
}

fn fork_exec(th: &Thread, a: &[Value]) -> Res {
    let a = Tuple::of(a[0]).as_slice();
    if a.len() != 23 {
        return Err(th.type_error(format!("fork_exec expected 23 arguments, got {}", a.len())));
    }
    let close_fds = protocol::truth(th, a[2])?;
    let keep = fd_sequence(th, a[3])?;
    let mut pipes = [0; 8];
    for (p, &v) in pipes.iter_mut().zip(&a[6..14]) {
        *p = args::c_int(th, v)?;
    }
    let restore_signals = protocol::truth(th, a[14])?;
    let setsid = protocol::truth(th, a[15])?;
    let pgid = args::pid(th, a[16])?;
    let (gid, groups, uid) = (a[17], a[18], a[19]);
    let umask = args::c_int(th, a[20])?;
    let preexec = if a[21].is_none() { None } else { Some(a[21]) };
    // `vfork` shares memory with the child, which compiled Rust code makes no promises for: `fork` it is.
    protocol::truth(th, a[22])?;
    if close_fds && pipes[7] < 3 {
        return Err(th.value_error("errpipe_write must be >= 3"));
    }
    let arguments = if a[0].is_none() {
        None
    } else {
        let items = protocol::collect(th, a[0])?;
        let mut out = Vec::with_capacity(items.len());
        for &x in items.as_slice() {
            out.push(path::fs_bytes(th, x)?);
        }
        Some(out)
    };
    let environment = if a[5].is_none() { None } else { Some(texts(th, a[5])?) };
    let groups = if groups.is_none() {
        None
    } else {
        if !groups.is_kind(Kind::List) {
            return Err(th.type_error("setgroups argument must be a sequence"));
        }
        let items = protocol::collect(th, groups)?;
        if items.len() > 65536 {
            return Err(th.value_error("too many extra_groups"));
        }
        let mut out = Vec::new();
        for &g in items.as_slice() {
            if !int::is_int(g) {
                return Err(th.type_error("extra_groups must be integers"));
            }
            let id = args::id(th, g, "gid").map_err(|e| {
                args::replace_error(th, TypeId::OverflowError, TypeId::ValueError, "invalid group id", e)
            })?;
            out.push(id);
        }
        Some(out)
    };
    let opt_id = |v: Value, what: &str| -> Res<Option<u32>> {
        if v.is_none() { Ok(None) } else { args::id(th, v, what).map(Some) }
    };
    let plan = Plan {
        argv: arguments.as_deref().map(pointers),
        envp: environment.as_deref().map(pointers),
        executables: texts(th, a[1])?,
        cwd: if a[4].is_none() { None } else { Some(path::fs_bytes(th, a[4])?) },
        pipes,
        close_fds,
        keep,
        restore_signals,
        setsid,
        pgid,
        groups,
        gid: opt_id(gid, "gid")?,
        uid: opt_id(uid, "uid")?,
        umask,
        preexec,
    };
    let pid = start(th, &plan)?;
    Ok(Value::small(pid as i64))
}

fn start(th: &Thread, plan: &Plan) -> Result<i32, Raised> {
    let hooks = plan.preexec.is_some();
    if hooks {
        crate::posix::before_fork(th);
    }
    // Handlers of the parent must not run in the child.
    // SAFETY: blocks all signals of this thread, and unblocks them below.
    let old = unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut old: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &all, &mut old);
        old
    };
    let child = || -> ! {
        // SAFETY: in the child, which either becomes another program or ends here. Handlers are set back first, as the
        // program starts without them.
        unsafe {
            if !hooks {
                for n in 1..65 {
                    let mut act: libc::sigaction = std::mem::zeroed();
                    if libc::sigaction(n, std::ptr::null(), &mut act) == 0
                        && act.sa_sigaction != libc::SIG_IGN
                        && act.sa_sigaction != libc::SIG_DFL
                    {
                        libc::signal(n, libc::SIG_DFL);
                    }
                }
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &old, std::ptr::null_mut());
            let failure = plan.run(th);
            plan.report(&failure);
            libc::_exit(255)
        }
    };
    let pid = th.fork(|| {
        // SAFETY: the heap and the interpreter go on in the child.
        unsafe { libc::fork() }
    });
    let n = oserror::errno();
    if pid == 0 {
        if hooks {
            crate::posix::after_fork_child(th);
        }
        child();
    }
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &old, std::ptr::null_mut()) };
    if hooks {
        crate::posix::after_fork_parent(th);
    }
    if pid == -1 { Err(oserror::raise(th, n)) } else { Ok(pid) }
}

natives! {
    static FUNCTIONS = {
        function "fork_exec" "(*args)" fork_exec, "Start a program in a child process.";
    }
}
