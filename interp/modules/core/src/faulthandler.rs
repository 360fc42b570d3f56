//! `faulthandler`: Python's stack when the process crashes, hangs, or gets a signal.
//!
//! What the C handlers use is process-wide and atomic, and set before a handler is installed.
//! A fatal signal's handler writes the stacks, gives the signal its default meaning again and
//! repeats it. The watchdog of `dump_traceback_later` is a machine thread without Python.

use krait_object::interp::InterpSlot;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::{Res, Thread, Value, call, float, int, list, natives, protocol};
use krait_vm::crash::{self, Output};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// The module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "faulthandler", doc: "faulthandler module.", functions: FUNCTIONS, exec: no_exec };

const FATAL: [(i32, &str); 5] = [
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];
/// One more than the largest signal number.
const NSIG: usize = 65;
/// Bytes of the stack that handlers run on.
const SIGNAL_STACK: usize = 64 * 1024;

/// Where and how a handler writes.
struct Target {
    on: AtomicBool,
    fd: AtomicI32,
    all_threads: AtomicBool,
    chain: AtomicBool,
    /// What the signal did before.
    before: Before,
}

struct Before(UnsafeCell<MaybeUninit<libc::sigaction>>);

// SAFETY: written with the interpreter lock held before `on` is set; handlers read it only while `on` is set.
unsafe impl Sync for Before {}

impl Target {
    const fn new() -> Target {
        Target {
            on: AtomicBool::new(false),
            fd: AtomicI32::new(2),
            all_threads: AtomicBool::new(true),
            chain: AtomicBool::new(false),
            before: Before(UnsafeCell::new(MaybeUninit::uninit())),
        }
    }

    fn aim(&self, fd: i32, all_threads: bool, chain: bool) {
        self.fd.store(fd, Ordering::Release);
        self.all_threads.store(all_threads, Ordering::Release);
        self.chain.store(chain, Ordering::Release);
    }

    /// Installs a handler, keeping what was there. False: the system refused.
    fn install(&self, signal: i32, handler: extern "C" fn(i32), flags: i32) -> bool {
        // SAFETY: all-zero is a valid `sigaction`.
        let mut act: libc::sigaction = unsafe { std::mem::zeroed() };
        act.sa_sigaction = handler as *const () as usize;
        act.sa_flags = flags;
        let mut old = MaybeUninit::uninit();
        // SAFETY: both point to `sigaction`s, the old one to be written.
        if unsafe { libc::sigaction(signal, &act, old.as_mut_ptr()) } != 0 {
            return false;
        }
        if !self.on.load(Ordering::Acquire) {
            // SAFETY: nobody reads it before `on` is set.
            unsafe { *self.before.0.get() = old };
            self.on.store(true, Ordering::Release);
        }
        true
    }

    /// Puts back what the signal did before. False: nothing was installed.
    fn remove(&self, signal: i32) -> bool {
        if !self.on.swap(false, Ordering::AcqRel) {
            return false;
        }
        // SAFETY: `on` was set, so the value was written.
        unsafe { libc::sigaction(signal, (*self.before.0.get()).as_ptr(), std::ptr::null_mut()) };
        true
    }

    fn write(&self) {
        let out = Output(self.fd.load(Ordering::Acquire));
        let th = Thread::current_or_none();
        let interp = INTERP.load(Ordering::Acquire);
        if self.all_threads.load(Ordering::Acquire) && !interp.is_null() {
            // SAFETY: interpreters live as long as the process.
            crash::dump_all(out, unsafe { &*interp }, th);
        } else {
            crash::dump_one(out, th);
        }
    }
}

static FATAL_TARGET: [Target; FATAL.len()] = [const { Target::new() }; FATAL.len()];
static ENABLED: AtomicBool = AtomicBool::new(false);
static USER_TARGET: [Target; NSIG] = [const { Target::new() }; NSIG];
static INTERP: AtomicPtr<krait_object::Interp> = AtomicPtr::new(std::ptr::null_mut());
/// The files that are written to stay open: a list.
static FILES: InterpSlot = InterpSlot::new();

fn errno() -> *mut i32 {
    // SAFETY: the address of this thread's `errno`.
    unsafe { libc::__errno_location() }
}

extern "C" fn on_fatal(signal: i32) {
    let Some(i) = FATAL.iter().position(|f| f.0 == signal) else { return };
    let target = &FATAL_TARGET[i];
    if !target.on.load(Ordering::Acquire) {
        return;
    }
    // SAFETY: sets the default disposition, so that the signal ends the process when it comes again.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
    let out = Output(target.fd.load(Ordering::Acquire));
    out.put("Fatal Python error: ");
    out.put(FATAL[i].1);
    out.put("\n\n");
    target.write();
    // SAFETY: repeats the signal.
    unsafe { libc::raise(signal) };
}

extern "C" fn on_user(signal: i32) {
    let Some(target) = USER_TARGET.get(signal as usize) else { return };
    if !target.on.load(Ordering::Acquire) {
        return;
    }
    // SAFETY: reads this thread's `errno`.
    let saved = unsafe { *errno() };
    target.write();
    if target.chain.load(Ordering::Acquire) {
        // The signal comes again with its earlier meaning.
        target.remove(signal);
        // SAFETY: the mask is made here; the signal is let through while its earlier handler is in place.
        unsafe {
            let mut set = MaybeUninit::<libc::sigset_t>::uninit();
            libc::sigemptyset(set.as_mut_ptr());
            libc::sigaddset(set.as_mut_ptr(), signal);
            libc::pthread_sigmask(libc::SIG_UNBLOCK, set.as_ptr(), std::ptr::null_mut());
            libc::raise(signal);
        }
        target.install(signal, on_user, libc::SA_ONSTACK | libc::SA_NODEFER);
    }
    // SAFETY: as above.
    unsafe { *errno() = saved };
}

/// The descriptor of a `file` argument (the object first is kept open).
fn descriptor(th: &Thread, v: Value) -> Res<i32> {
    let file = match v.given_not_none() {
        Some(f) => f,
        None => match crate::sys::get(th, "stderr") {
            None => return Err(th.runtime_error("unable to get sys.stderr")),
            Some(f) if f.is_none() => return Err(th.runtime_error("sys.stderr is None")),
            Some(f) => f,
        },
    };
    if int::is_int(file) {
        let fd = crate::sys::settings::c_int(th, file)?;
        if fd < 0 {
            return Err(th.value_error("file is not a valid file descriptor"));
        }
        return Ok(fd);
    }
    let fd = call::call_method_text(th, file, "fileno", &[])?;
    let fd = if int::is_int(fd) { int::to_i64(fd) } else { None };
    let Some(fd) = fd.and_then(|n| i32::try_from(n).ok()).filter(|&n| n >= 0) else {
        return Err(th.runtime_error("file.fileno() is not a valid file descriptor"));
    };
    if call::call_method_text(th, file, "flush", &[]).is_err() {
        th.clear_pending();
    }
    Ok(fd)
}

/// Keeps the file of a handler alive.
fn keep(th: &Thread, file: Value) -> Res<()> {
    let file = match file.given_not_none() {
        Some(f) => f,
        None => crate::sys::get(th, "stderr").unwrap_or(Value::none()),
    };
    let files = list::List::of(FILES.get_or(th, |th| Ok(list::new(th).value()))?);
    if !files.as_slice().contains(&file) {
        files.push(th, file)?;
    }
    INTERP.store(std::ptr::from_ref(th.interp).cast_mut(), Ordering::Release);
    Ok(())
}

fn truth_or(th: &Thread, v: Value, default: bool) -> Res<bool> {
    v.given().map_or(Ok(default), |v| protocol::truth(th, v))
}

fn dump_traceback(th: &Thread, a: &[Value]) -> Res {
    let fd = descriptor(th, a[0])?;
    if truth_or(th, a[1], true)? {
        crash::dump_all(Output(fd), th.interp, Some(th));
    } else {
        crash::dump_one(Output(fd), Some(th));
    }
    Ok(Value::none())
}

/// Gives this machine thread a stack for handlers: a stack overflow leaves none.
fn signal_stack() {
    // SAFETY: asks for, then sets, this thread's signal stack; the memory is never freed.
    unsafe {
        let mut now = MaybeUninit::<libc::stack_t>::zeroed();
        libc::sigaltstack(std::ptr::null(), now.as_mut_ptr());
        if now.assume_init_ref().ss_size >= SIGNAL_STACK {
            return;
        }
        let memory = Box::leak(vec![0u8; SIGNAL_STACK].into_boxed_slice());
        let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIGNAL_STACK };
        libc::sigaltstack(&stack, std::ptr::null_mut());
    }
}

fn enable(th: &Thread, a: &[Value]) -> Res {
    let fd = descriptor(th, a[0])?;
    let all = truth_or(th, a[1], true)?;
    keep(th, a[0])?;
    signal_stack();
    for (target, (signal, _)) in FATAL_TARGET.iter().zip(FATAL) {
        target.aim(fd, all, false);
        if !target.on.load(Ordering::Acquire)
            && !target.install(signal, on_fatal, libc::SA_NODEFER | libc::SA_ONSTACK)
        {
            return Err(th.runtime_error("unable to set a signal handler"));
        }
    }
    ENABLED.store(true, Ordering::Release);
    Ok(Value::none())
}

fn disable(_: &Thread, _a: &[Value]) -> Res {
    for (target, (signal, _)) in FATAL_TARGET.iter().zip(FATAL) {
        target.remove(signal);
    }
    Ok(Value::bool(ENABLED.swap(false, Ordering::AcqRel)))
}

fn is_enabled(_: &Thread, _a: &[Value]) -> Res {
    Ok(Value::bool(ENABLED.load(Ordering::Acquire)))
}

fn user_signal(th: &Thread, v: Value) -> Res<i32> {
    let n = crate::sys::settings::c_int(th, v)?;
    if FATAL.iter().any(|f| f.0 == n) {
        return Err(th.runtime_error(format!("signal {n} cannot be registered, use enable() instead")));
    }
    if n < 1 || n as usize >= NSIG {
        return Err(th.value_error("signal number out of range"));
    }
    Ok(n)
}

fn register(th: &Thread, a: &[Value]) -> Res {
    let signal = user_signal(th, a[0])?;
    let fd = descriptor(th, a[1])?;
    let (all, chain) = (truth_or(th, a[2], true)?, truth_or(th, a[3], false)?);
    keep(th, a[1])?;
    signal_stack();
    let target = &USER_TARGET[signal as usize];
    target.aim(fd, all, chain);
    let flags = libc::SA_ONSTACK | if chain { libc::SA_NODEFER } else { libc::SA_RESTART };
    if !target.install(signal, on_user, flags) {
        let e = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        return Err(th.raise_args(
            krait_object::TypeId::OSError,
            &[Value::small(e as i64), krait_object::string::new(th, "cannot register the signal")],
        ));
    }
    Ok(Value::none())
}

fn unregister(th: &Thread, a: &[Value]) -> Res {
    let signal = user_signal(th, a[0])?;
    Ok(Value::bool(USER_TARGET[signal as usize].remove(signal)))
}

/// A running watchdog: told to stop through the flag.
type Watch = Arc<(Mutex<bool>, Condvar)>;
static WATCH: Mutex<Option<(Watch, std::thread::JoinHandle<()>)>> = Mutex::new(None);

fn stop_watch(th: &Thread) {
    let running = WATCH.lock().ok().and_then(|mut w| w.take());
    if let Some((watch, handle)) = running {
        if let Ok(mut stop) = watch.0.lock() {
            *stop = true;
        }
        watch.1.notify_all();
        // It may be writing to a pipe that a Python thread reads.
        let _ = th.without_lock(|| handle.join());
    }
}

fn heading(time: Duration) -> String {
    let (s, us) = (time.as_secs(), time.subsec_micros());
    let whole = format!("Timeout ({}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    if us == 0 { format!("{whole})!\n") } else { format!("{whole}.{us:06})!\n") }
}

fn watch(watch: &Watch, time: Duration, repeat: bool, fd: i32, interp: &krait_object::Interp, exit: bool) {
    let out = Output(fd);
    let text = heading(time);
    loop {
        let deadline = Instant::now() + time;
        let Ok(mut stop) = watch.0.lock() else { return };
        while !*stop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            match watch.1.wait_timeout(stop, left) {
                Ok((s, _)) => stop = s,
                Err(_) => return,
            }
        }
        if *stop {
            return;
        }
        drop(stop);
        out.put(&text);
        crash::dump_all(out, interp, None);
        if exit {
            // SAFETY: ends the process without further ado, which is what was asked for.
            unsafe { libc::_exit(1) };
        }
        if !repeat {
            return;
        }
    }
}

/// A number of seconds, rounded up to microseconds.
fn seconds(th: &Thread, v: Value) -> Res<Duration> {
    let s = match float::get(v) {
        Some(x) if x.is_nan() => return Err(th.value_error("Invalid value NaN (not a number)")),
        Some(x) => x,
        None => match int::to_i64(protocol::index(th, v)?) {
            Some(n) => n as f64,
            None => return Err(th.overflow_error("timestamp out of range for platform time_t")),
        },
    };
    if !(-9.2e12..=9.2e12).contains(&s) {
        return Err(th.overflow_error("timestamp out of range for platform time_t"));
    }
    if s <= 0.0 {
        return Err(th.value_error("timeout must be greater than 0"));
    }
    Ok(Duration::from_micros((s * 1e6).ceil() as u64))
}

fn dump_traceback_later(th: &Thread, a: &[Value]) -> Res {
    let time = seconds(th, a[0])?;
    let (repeat, exit) = (truth_or(th, a[1], false)?, truth_or(th, a[3], false)?);
    let fd = descriptor(th, a[2])?;
    keep(th, a[2])?;
    stop_watch(th);
    let shared: Watch = Arc::default();
    let (own, interp) = (shared.clone(), AtomicPtr::new(std::ptr::from_ref(th.interp).cast_mut()));
    let started = std::thread::Builder::new().name("watchdog".into()).spawn(move || {
        // Signals are for Python's threads.
        // SAFETY: the set is made here; it changes this thread's mask only.
        unsafe {
            let mut all = MaybeUninit::<libc::sigset_t>::uninit();
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), std::ptr::null_mut());
        }
        // SAFETY: interpreters live as long as the process.
        watch(&own, time, repeat, fd, unsafe { &*interp.load(Ordering::Acquire) }, exit);
    });
    match (started, WATCH.lock()) {
        (Ok(handle), Ok(mut w)) => {
            *w = Some((shared, handle));
            Ok(Value::none())
        }
        _ => Err(th.runtime_error("unable to start watchdog thread")),
    }
}

fn cancel_dump_traceback_later(th: &Thread, _a: &[Value]) -> Res {
    stop_watch(th);
    Ok(Value::none())
}

fn raise(th: &Thread, signal: i32) -> Res {
    // Core dumps of wanted crashes are of no use.
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: sets a limit, and raises a signal.
    unsafe {
        libc::setrlimit(libc::RLIMIT_CORE, &none);
        libc::raise(signal);
    }
    let _ = th;
    Ok(Value::none())
}

fn sigsegv(th: &Thread, _a: &[Value]) -> Res {
    raise(th, libc::SIGSEGV)
}

fn sigfpe(th: &Thread, _a: &[Value]) -> Res {
    raise(th, libc::SIGFPE)
}

fn sigabrt(th: &Thread, _a: &[Value]) -> Res {
    raise(th, libc::SIGABRT)
}

natives! {
    static FUNCTIONS = {
        function "_read_null" "()" sigsegv, "Crash by a segmentation fault.";
        function "_sigabrt" "()" sigabrt, "Raise a SIGABRT signal.";
        function "_sigfpe" "()" sigfpe, "Raise a SIGFPE signal.";
        function "_sigsegv" "(release_gil=False, /)" sigsegv, "Raise a SIGSEGV signal.";
        function "cancel_dump_traceback_later" "()" cancel_dump_traceback_later, "";
        function "disable" "()" disable, "";
        function "dump_traceback" "(file=sys.stderr, all_threads=True)" dump_traceback, "";
        function "dump_traceback_later" "(timeout, repeat=False, file=sys.stderr, exit=False)" dump_traceback_later, "";
        function "enable" "(file=sys.stderr, all_threads=True)" enable, "";
        function "is_enabled" "()" is_enabled, "";
        function "register" "(signum, file=sys.stderr, all_threads=True, chain=False)" register, "";
        function "unregister" "(signum, /)" unregister, "";
    }
}
