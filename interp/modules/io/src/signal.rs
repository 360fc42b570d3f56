//! The module `_signal`.
//!
//! A signal's C handler only notes the number, writes a byte to the wakeup descriptor and
//! sets the event bit of the main thread; the Python handler runs at that thread's next
//! safe point ([`run_handlers`]). What C handlers touch is process-wide and atomic; the table of
//! Python handlers is the interpreter's.

use crate::support::{args, oserror, sys, timearg};
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::structseq::StructSeq;
use krait_object::thread::event;
use krait_object::{
    Raised, Res, Thread, TypeId, Value, attr, call, float, int, natives, protocol, set, string, tuple,
};
use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

/// The module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_signal", doc: "Handling of signals.", functions: FUNCTIONS, exec };

/// One more than the largest signal number.
const NSIG: usize = 65;
const SIG_DFL: Value = Value::small(0);
const SIG_IGN: Value = Value::small(1);

static TRIPPED: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
/// Number of the last signal that could not be written to the wakeup descriptor, with the error: (errno), 0: none.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
static WARN_ON_FULL: AtomicBool = AtomicBool::new(true);
/// The thread that runs Python handlers.
static MAIN: AtomicPtr<Thread> = AtomicPtr::new(std::ptr::null_mut());

static HANDLERS: InterpSlot = InterpSlot::new();
static SIGINFO_CLASS: InterpSlot = InterpSlot::new();
static ITIMER_ERROR: NativeException =
    NativeException::new("signal.itimer_error", &[ExceptionBase::Builtin(TypeId::OSError)], "");

static SIGINFO: StructSeq = StructSeq::new(
    "signal.struct_siginfo",
    "What sigwaitinfo() and sigtimedwait() tell.",
    &[
        ("si_signo", "signal number"),
        ("si_code", "signal code"),
        ("si_errno", "errno associated with this signal"),
        ("si_pid", "sending process ID"),
        ("si_uid", "real user ID of sending process"),
        ("si_status", "exit value or signal"),
        ("si_band", "band event for SIGPOLL"),
    ],
    7,
);

#[rustfmt::skip]
const INTS: &[(&str, i64)] = &[
    ("NSIG", 65), ("SIG_DFL", 0), ("SIG_IGN", 1), ("SIG_BLOCK", 0), ("SIG_UNBLOCK", 1), ("SIG_SETMASK", 2),
    ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGILL", 4), ("SIGTRAP", 5), ("SIGABRT", 6),
    ("SIGIOT", 6), ("SIGBUS", 7), ("SIGFPE", 8), ("SIGKILL", 9), ("SIGUSR1", 10), ("SIGSEGV", 11),
    ("SIGUSR2", 12), ("SIGPIPE", 13), ("SIGALRM", 14), ("SIGTERM", 15), ("SIGSTKFLT", 16), ("SIGCHLD", 17),
    ("SIGCLD", 17), ("SIGCONT", 18), ("SIGSTOP", 19), ("SIGTSTP", 20), ("SIGTTIN", 21), ("SIGTTOU", 22),
    ("SIGURG", 23), ("SIGXCPU", 24), ("SIGXFSZ", 25), ("SIGVTALRM", 26), ("SIGPROF", 27), ("SIGWINCH", 28),
    ("SIGIO", 29), ("SIGPOLL", 29), ("SIGPWR", 30), ("SIGSYS", 31), ("SIGRTMIN", 34), ("SIGRTMAX", 64),
    ("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1), ("ITIMER_PROF", 2),
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    for &(name, n) in INTS {
        m.add_int(th, name, n);
    }
    m.add(th, "ItimerError", ITIMER_ERROR.get(th)?.value());
    m.add(th, "struct_siginfo", siginfo_class(th)?);
    let main = th as *const Thread as *mut Thread;
    let _ = MAIN.compare_exchange(std::ptr::null_mut(), main, Ordering::AcqRel, Ordering::Acquire);
    handlers(th)?;
    Ok(())
}

fn siginfo_class(th: &Thread) -> Res {
    SIGINFO_CLASS.get_or(th, |th| Ok(SIGINFO.make(th)?.value()))
}

/// The table of handlers; at first what the process inherited.
fn handlers(th: &Thread) -> Res<List> {
    let v = HANDLERS.get_or(th, |th| {
        let l = list::new(th);
        l.push(th, Value::none())?;
        for n in 1..NSIG as i32 {
            // SAFETY: all-zero is a valid `sigaction`.
            let mut act: libc::sigaction = unsafe { std::mem::zeroed() };
            // SAFETY: asks for a disposition.
            let r = unsafe { libc::sigaction(n, std::ptr::null(), &mut act) };
            l.push(
                th,
                match act.sa_sigaction {
                    _ if r != 0 => Value::none(),
                    libc::SIG_DFL => SIG_DFL,
                    libc::SIG_IGN => SIG_IGN,
                    _ => Value::none(),
                },
            )?;
        }
        Ok(l.value())
    })?;
    Ok(List::of(v))
}

/// Is this the thread that handles signals?
fn is_main(th: &Thread) -> bool {
    std::ptr::eq(MAIN.load(Ordering::Acquire), th)
}

/// The C handler.
extern "C" fn trip(n: i32) {
    let saved = oserror::errno();
    if let Some(t) = TRIPPED.get(n as usize) {
        t.store(true, Ordering::Release);
    }
    let main = MAIN.load(Ordering::Acquire);
    if !main.is_null() {
        // SAFETY: the main thread lives as long as the process handles signals; only an atomic is touched.
        unsafe { &*main }.signal_event(event::SIGNAL);
    }
    let fd = WAKEUP_FD.load(Ordering::Acquire);
    if fd != -1 {
        let byte = n as u8;
        // SAFETY: writes one byte.
        let r = unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
        if r < 0 {
            let e = oserror::errno();
            let full = e == libc::EAGAIN || e == libc::EWOULDBLOCK;
            if !full || WARN_ON_FULL.load(Ordering::Relaxed) {
                WAKEUP_ERROR.store(e, Ordering::Release);
            }
        }
    }
    oserror::set_errno(saved);
}

fn install(n: i32, action: libc::sighandler_t) -> i32 {
    // SAFETY: all-zero is a valid `sigaction`.
    let mut act: libc::sigaction = unsafe { std::mem::zeroed() };
    act.sa_sigaction = action;
    act.sa_flags = libc::SA_ONSTACK;
    // SAFETY: the handler only does what is safe in a signal handler.
    unsafe { libc::sigaction(n, &act, std::ptr::null_mut()) }
}

/// What a Python program starts with: SIGINT raises KeyboardInterrupt; broken pipes and too large files are errors of
/// the calls. Dispositions that the parent process chose for SIGINT stay.
pub fn install_defaults(th: &Thread) -> Res<()> {
    for n in [libc::SIGPIPE, libc::SIGXFSZ] {
        install(n, libc::SIG_IGN);
    }
    let m = crate::support::imports::module(th, "_signal")?;
    let table = handlers(th)?;
    for n in [libc::SIGPIPE, libc::SIGXFSZ] {
        table.set(th, n as usize, SIG_IGN);
    }
    if table.get(libc::SIGINT as usize) == Some(SIG_DFL) {
        table.set(th, libc::SIGINT as usize, attr::get_text(th, m, "default_int_handler")?);
        install(libc::SIGINT, trip as *const () as libc::sighandler_t);
    }
    Ok(())
}

/// In a forked child the signals of the parent are not its own, and the forking thread is the main one.
pub fn after_fork_child(th: &Thread) {
    for t in &TRIPPED {
        t.store(false, Ordering::Relaxed);
    }
    th.events.fetch_and(!event::SIGNAL, Ordering::AcqRel);
    MAIN.store(th as *const Thread as *mut Thread, Ordering::Release);
}

/// Runs the handlers of the signals that arrived. In other threads than the main one nothing happens: that one was told.
///
/// # Errors
/// A handler's exception; signals that arrived later stay noted.
pub fn run_handlers(th: &Thread) -> Result<(), Raised> {
    if !is_main(th) {
        return Ok(());
    }
    let e = WAKEUP_ERROR.swap(0, Ordering::AcqRel);
    if e != 0 {
        oserror::raise(th, e);
        let text = "Exception ignored when trying to write to the signal wakeup fd";
        (th.interp.hooks().unraisable)(th, Value::none(), text);
        th.clear_pending();
    }
    for (n, tripped) in TRIPPED.iter().enumerate().skip(1) {
        if !tripped.load(Ordering::Acquire) || !tripped.swap(false, Ordering::AcqRel) {
            continue;
        }
        let f = handlers(th)?.get(n).unwrap_or(Value::none());
        if f.is_none() || f == SIG_DFL || f == SIG_IGN {
            // The handler was taken away between the signal and now.
            th.raise_new(TypeId::OSError, format!("Signal {n} ignored due to race condition"));
            (th.interp.hooks().unraisable)(th, Value::none(), "Exception ignored in");
            th.clear_pending();
            continue;
        }
        let frame = (th.interp.hooks().frame_at)(th, 0)?.unwrap_or(Value::none());
        if let Err(r) = call::call(th, f, &[Value::small(n as i64), frame]) {
            if TRIPPED.iter().any(|t| t.load(Ordering::Acquire)) {
                th.signal_event(event::SIGNAL);
            }
            return Err(r);
        }
    }
    Ok(())
}

fn number(th: &Thread, v: Value) -> Res<i32> {
    let n = args::c_int(th, v)?;
    if (1..NSIG as i32).contains(&n) { Ok(n) } else { Err(th.value_error("signal number out of range")) }
}

fn default_int_handler(th: &Thread, a: &[Value]) -> Res {
    args::c_int(th, a[0])?;
    Err(th.raise_args(TypeId::KeyboardInterrupt, &[]))
}

fn signal(th: &Thread, a: &[Value]) -> Res {
    let n = args::c_int(th, a[0])?;
    if !is_main(th) {
        return Err(th.value_error("signal only works in main thread of the main interpreter"));
    }
    let n = number(th, Value::small(n as i64))?;
    let action = match handler_arg(th, a[1])? {
        Some(action) => action,
        None => {
            return Err(
                th.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
            );
        }
    };
    // Handlers of signals that arrived so far run before they are replaced.
    sys::check_signals(th)?;
    if install(n, action) != 0 {
        return Err(oserror::raise_last(th));
    }
    let table = handlers(th)?;
    let old = table.get(n as usize).unwrap_or(Value::none());
    let new = match action {
        libc::SIG_DFL => SIG_DFL,
        libc::SIG_IGN => SIG_IGN,
        _ => a[1],
    };
    table.set(th, n as usize, new);
    Ok(old)
}

/// The C action for a handler; None when it is neither callable nor one of the two constants.
fn handler_arg(th: &Thread, v: Value) -> Res<Option<libc::sighandler_t>> {
    if call::is_callable(th, v) {
        return Ok(Some(trip as *const () as libc::sighandler_t));
    }
    // `signal.Handlers.SIG_DFL` is an int subclass.
    if protocol::compare_bool(th, protocol::Cmp::Eq, v, SIG_IGN)? {
        return Ok(Some(libc::SIG_IGN));
    }
    if protocol::compare_bool(th, protocol::Cmp::Eq, v, SIG_DFL)? {
        return Ok(Some(libc::SIG_DFL));
    }
    Ok(None)
}

fn getsignal(th: &Thread, a: &[Value]) -> Res {
    let n = number(th, a[0])?;
    Ok(handlers(th)?.get(n as usize).unwrap_or(Value::none()))
}

fn strsignal(th: &Thread, a: &[Value]) -> Res {
    let n = number(th, a[0])?;
    // SAFETY: the text is static until the next call; it is copied at once.
    let p = unsafe { libc::strsignal(n) };
    if p.is_null() {
        return Ok(Value::none());
    }
    // SAFETY: NUL-terminated.
    let text = unsafe { CStr::from_ptr(p) }.to_string_lossy();
    if text.starts_with("Unknown signal") { Ok(Value::none()) } else { Ok(string::new(th, &text)) }
}

fn siginterrupt(th: &Thread, a: &[Value]) -> Res {
    let n = args::c_int(th, a[0])?;
    let flag = args::c_int(th, a[1])?;
    let n = number(th, Value::small(n as i64))?;
    // SAFETY: all-zero is a valid `sigaction`.
    let mut act: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: changes flags of the present action.
    let r = unsafe {
        if libc::sigaction(n, std::ptr::null(), &mut act) == 0 {
            if flag != 0 {
                act.sa_flags &= !libc::SA_RESTART;
            } else {
                act.sa_flags |= libc::SA_RESTART;
            }
            libc::sigaction(n, &act, std::ptr::null_mut())
        } else {
            -1
        }
    };
    sys::quick(th, r as i64)?;
    Ok(Value::none())
}

fn set_wakeup_fd(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let warn = args::flag(th, a[1], true)?;
    if !is_main(th) {
        return Err(th.value_error("set_wakeup_fd only works in main thread of the main interpreter"));
    }
    if fd != -1 {
        // SAFETY: all-zero is a valid `stat`.
        let mut st: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: asks about a descriptor.
        sys::quick(th, unsafe { libc::fstat(fd, &mut st) } as i64)?;
        // SAFETY: as above.
        let flags = sys::quick(th, unsafe { libc::fcntl(fd, libc::F_GETFL) } as i64)?;
        if flags as i32 & libc::O_NONBLOCK == 0 {
            return Err(th.value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    let old = WAKEUP_FD.swap(fd, Ordering::AcqRel);
    WARN_ON_FULL.store(warn, Ordering::Release);
    Ok(Value::small(old as i64))
}

fn alarm(th: &Thread, a: &[Value]) -> Res {
    let n = args::c_int(th, a[0])?;
    // SAFETY: sets a timer.
    Ok(Value::small(unsafe { libc::alarm(n as u32) } as i64))
}

fn pause(th: &Thread, _: &[Value]) -> Res {
    th.without_lock(|| {
        // SAFETY: waits for a signal.
        unsafe { libc::pause() }
    });
    sys::check_signals(th)?;
    Ok(Value::none())
}

#[cold]
fn itimer_error(th: &Thread) -> Raised {
    let n = oserror::errno();
    let args = [Value::small(n as i64), string::new(th, &oserror::strerror(n))];
    ITIMER_ERROR.raise_args(th, &args)
}

fn itimer_value(th: &Thread, t: &libc::itimerval) -> Res {
    let x = |t: libc::timeval| float::new(th, t.tv_sec as f64 + t.tv_usec as f64 / 1e6);
    tuple::from_slice(th, &[x(t.it_value), x(t.it_interval)])
}

fn timeval(th: &Thread, v: Option<Value>) -> Res<libc::timeval> {
    let Some(v) = v else { return Ok(libc::timeval { tv_sec: 0, tv_usec: 0 }) };
    let ns = timearg::nanoseconds(th, v, timearg::Round::Ceiling)?;
    let us = ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) != 0);
    Ok(libc::timeval { tv_sec: us.div_euclid(1_000_000), tv_usec: us.rem_euclid(1_000_000) })
}

fn setitimer(th: &Thread, a: &[Value]) -> Res {
    let which = args::c_int(th, a[0])?;
    let new = libc::itimerval { it_value: timeval(th, Some(a[1]))?, it_interval: timeval(th, a[2].given())? };
    let mut old = libc::itimerval { ..new };
    // SAFETY: reads and fills in structs.
    if unsafe { libc::setitimer(which as _, &new, &mut old) } != 0 {
        return Err(itimer_error(th));
    }
    itimer_value(th, &old)
}

fn getitimer(th: &Thread, a: &[Value]) -> Res {
    let which = args::c_int(th, a[0])?;
    let zero = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let mut t = libc::itimerval { it_value: zero, it_interval: zero };
    // SAFETY: fills in the struct.
    if unsafe { libc::getitimer(which as _, &mut t) } != 0 {
        return Err(itimer_error(th));
    }
    itimer_value(th, &t)
}

/// A set of signals from an iterable of numbers.
pub fn signal_set(th: &Thread, v: Value) -> Res<libc::sigset_t> {
    // SAFETY: initialized right below.
    let mut s: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: initializes the set.
    unsafe { libc::sigemptyset(&mut s) };
    protocol::for_each(th, v, &mut |x| {
        let n = args::c_long(th, x)?;
        if !(1..NSIG as i64).contains(&n) {
            return Err(th.value_error(format!("signal number {n} out of range [1; {}]", NSIG - 1)));
        }
        // SAFETY: the set is initialized. Numbers that the C library keeps to itself are refused and do not matter.
        unsafe { libc::sigaddset(&mut s, n as i32) };
        Ok(())
    })?;
    Ok(s)
}

fn set_value(th: &Thread, s: &libc::sigset_t) -> Res {
    let v = set::new(th);
    for n in 1..NSIG as i32 {
        // SAFETY: the set is initialized.
        if unsafe { libc::sigismember(s, n) } == 1 {
            v.add(th, Value::small(n as i64))?;
        }
    }
    Ok(v.value())
}

fn pthread_sigmask(th: &Thread, a: &[Value]) -> Res {
    let how = args::c_int(th, a[0])?;
    let s = signal_set(th, a[1])?;
    let mut old = s;
    // SAFETY: reads and fills in sets.
    let r = unsafe { libc::pthread_sigmask(how, &s, &mut old) };
    if r != 0 {
        return Err(oserror::raise(th, r));
    }
    // Signals that were blocked may have come in.
    sys::check_signals(th)?;
    set_value(th, &old)
}

fn sigpending(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: filled in right below.
    let mut s: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the set.
    sys::quick(th, unsafe { libc::sigpending(&mut s) } as i64)?;
    set_value(th, &s)
}

fn valid_signals(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: filled in right below.
    let mut s: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the set.
    unsafe { libc::sigfillset(&mut s) };
    set_value(th, &s)
}

fn sigwait(th: &Thread, a: &[Value]) -> Res {
    let s = signal_set(th, a[0])?;
    let mut n = 0;
    let r = th.without_lock(|| {
        // SAFETY: reads the set, fills in the number.
        unsafe { libc::sigwait(&s, &mut n) }
    });
    if r != 0 { Err(oserror::raise(th, r)) } else { Ok(Value::small(n as i64)) }
}

fn siginfo_value(th: &Thread, i: &libc::siginfo_t) -> Res {
    // SAFETY: for signals these fields overlay plain memory that the kernel filled in.
    let (pid, uid, status) = unsafe { (i.si_pid(), i.si_uid(), i.si_status()) };
    // SAFETY: the band overlays the same memory, at its start.
    let band = unsafe { *(i as *const libc::siginfo_t).cast::<u8>().add(16).cast::<i64>() };
    let fields = [
        Value::small(i.si_signo as i64),
        Value::small(i.si_code as i64),
        Value::small(i.si_errno as i64),
        Value::small(pid as i64),
        args::id_value(uid),
        Value::small(status as i64),
        int::from_i64(th, band),
    ];
    let c = krait_object::Class::of(siginfo_class(th)?);
    SIGINFO.instance(th, c, &fields)
}

fn sigwaitinfo(th: &Thread, a: &[Value]) -> Res {
    let s = signal_set(th, a[0])?;
    // SAFETY: all-zero is a valid `siginfo_t`.
    let mut i: libc::siginfo_t = unsafe { std::mem::zeroed() };
    sys::call(th, || {
        // SAFETY: reads the set, fills in the struct.
        unsafe { libc::sigwaitinfo(&s, &mut i) as i64 }
    })?;
    siginfo_value(th, &i)
}

fn sigtimedwait(th: &Thread, a: &[Value]) -> Res {
    let s = signal_set(th, a[0])?;
    let ns = timearg::nanoseconds(th, a[1], timearg::Round::Ceiling)?;
    if ns < 0 {
        return Err(th.value_error("timeout must be non-negative"));
    }
    // SAFETY: all-zero is a valid `siginfo_t`.
    let mut i: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let end = sys::monotonic().saturating_add(ns);
    loop {
        let left = (end - sys::monotonic()).max(0);
        let t = libc::timespec { tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000 };
        let r = sys::attempt(th, || {
            // SAFETY: reads set and time, fills in the struct.
            unsafe { libc::sigtimedwait(&s, &mut i, &t) as i64 }
        });
        match r {
            Ok(_) => return siginfo_value(th, &i),
            Err(libc::EAGAIN) => return Ok(Value::none()),
            Err(libc::EINTR) => sys::check_signals(th)?,
            Err(n) => return Err(oserror::raise(th, n)),
        }
    }
}

fn pthread_kill(th: &Thread, a: &[Value]) -> Res {
    let id = args::masked_u64(th, a[0])?;
    let n = args::c_int(th, a[1])?;
    // SAFETY: as in C, the caller passes the identity of a living thread.
    let r = unsafe { libc::pthread_kill(id as libc::pthread_t, n) };
    if r != 0 {
        return Err(oserror::raise(th, r));
    }
    sys::check_signals(th)?;
    Ok(Value::none())
}

fn raise_signal(th: &Thread, a: &[Value]) -> Res {
    let n = args::c_int(th, a[0])?;
    let r = sys::attempt(th, || {
        // SAFETY: sends a signal to this thread.
        if unsafe { libc::raise(n) } == 0 { 0 } else { -1 }
    });
    r.map_err(|n| oserror::raise(th, n))?;
    sys::check_signals(th)?;
    Ok(Value::none())
}

fn pidfd_send_signal(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    let n = args::c_int(th, a[1])?;
    let flags = args::c_int_or(th, a[3], 0)?;
    if a[2].given_not_none().is_some() {
        return Err(th.type_error("siginfo must be None"));
    }
    // SAFETY: sends a signal.
    let r = unsafe {
        libc::syscall(libc::SYS_pidfd_send_signal, fd, n, std::ptr::null::<libc::siginfo_t>(), flags)
    };
    sys::quick(th, r)?;
    Ok(Value::none())
}

natives! {
    static FUNCTIONS = {
        function "signal" "(signalnum, handler, /)" signal, "Set a signal's handler; returns the old one.";
        function "getsignal" "(signalnum, /)" getsignal, "";
        function "default_int_handler" "(signalnum, frame, /)" default_int_handler, "Raise KeyboardInterrupt.";
        function "strsignal" "(signalnum, /)" strsignal, "";
        function "siginterrupt" "(signalnum, flag, /)" siginterrupt, "";
        function "set_wakeup_fd" "(fd, /, *, warn_on_full_buffer=True)" set_wakeup_fd, "";
        function "alarm" "(seconds, /)" alarm, "";
        function "pause" "()" pause, "";
        function "setitimer" "(which, seconds, interval=0.0, /)" setitimer, "";
        function "getitimer" "(which, /)" getitimer, "";
        function "pthread_sigmask" "(how, mask, /)" pthread_sigmask, "";
        function "pthread_kill" "(thread_id, signalnum, /)" pthread_kill, "";
        function "sigpending" "()" sigpending, "";
        function "sigwait" "(sigset, /)" sigwait, "";
        function "sigwaitinfo" "(sigset, /)" sigwaitinfo, "";
        function "sigtimedwait" "(sigset, timeout, /)" sigtimedwait, "";
        function "valid_signals" "()" valid_signals, "";
        function "raise_signal" "(signalnum, /)" raise_signal, "";
        function "pidfd_send_signal" "(pidfd, signalnum, siginfo=None, flags=0, /)" pidfd_send_signal, "";
    }
}
