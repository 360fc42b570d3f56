//! `_multiprocessing`: locks and semaphores that processes share, by the system's named semaphores.

use crate::support::{args, oserror, sys};
use krait_gc::Tracer;
use krait_object::class::ClassSpec;
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::{Class, Res, Thread, TypeId, Value, dict, int, natives, protocol};
use std::cell::{Cell, RefCell};
use std::ffi::CString;

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "_multiprocessing", doc: "", functions: FUNCTIONS, exec };

/// A lock that its owner may take again, and a plain semaphore.
const RECURSIVE: i32 = 0;
const SEMAPHORE: i32 = 1;

struct SemLock {
    handle: Cell<*mut libc::sem_t>,
    kind: Cell<i32>,
    maximum: Cell<i32>,
    /// How often this process took it, and which thread did last.
    count: Cell<i32>,
    owner: Cell<u64>,
    name: RefCell<Option<String>>,
}

impl Payload for SemLock {
    const NAME: &'static str = "SemLock";
    fn trace(&self, _: &mut Tracer) {}
}

impl Drop for SemLock {
    fn drop(&mut self) {
        let handle = self.handle.get();
        if handle != libc::SEM_FAILED {
            // SAFETY: opened by `sem_open`, and no longer used.
            unsafe { libc::sem_close(handle) };
        }
    }
}

type This = Custom<SemLock>;

static CLASS: NativeClass = NativeClass::new(
    ClassSpec::new("_multiprocessing.SemLock", "Semaphore/Mutex type", METHODS, GETSET)
        .flags(krait_object::class::flag::BASE),
);

fn exec(th: &Thread, m: Module) -> Res<()> {
    let c = CLASS.get(th)?;
    c.dict().set_text(th, "SEM_VALUE_MAX", Value::small(i32::MAX as i64));
    m.add_class(th, c);
    let flags = dict::new(th);
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        flags.set_text(th, name, Value::small(1));
    }
    m.add(th, "flags", flags.value());
    Ok(())
}

/// A name as the system takes it.
fn c_name(th: &Thread, name: &str) -> Res<CString> {
    CString::new(name).map_err(|_| th.value_error("embedded null character"))
}

fn make(
    th: &Thread,
    class: Class,
    handle: *mut libc::sem_t,
    kind: i32,
    maximum: i32,
    name: Option<String>,
) -> Res {
    let s = SemLock {
        handle: Cell::new(handle),
        kind: Cell::new(kind),
        maximum: Cell::new(maximum),
        count: Cell::new(0),
        owner: Cell::new(0),
        name: RefCell::new(name),
    };
    Ok(custom::alloc(th, class, s)?.value())
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = CLASS.class_arg(th, a[0])?;
    let (kind, value, maximum) = (args::c_int(th, a[1])?, args::c_int(th, a[2])?, args::c_int(th, a[3])?);
    let name = args::text(th, a[4], "SemLock() argument 'name'")?.to_text();
    let unlink = protocol::truth(th, a[5])?;
    if kind != RECURSIVE && kind != SEMAPHORE {
        return Err(th.value_error("unrecognized kind"));
    }
    let path = c_name(th, &name)?;
    let flags = libc::O_CREAT | libc::O_EXCL;
    // SAFETY: the name ends with NUL; mode and value are the variadic arguments that O_CREAT asks for.
    let handle =
        unsafe { libc::sem_open(path.as_ptr(), flags, 0o600 as libc::c_uint, value as libc::c_uint) };
    if handle == libc::SEM_FAILED {
        return Err(oserror::raise_last(th));
    }
    let made = make(th, class, handle, kind, maximum, (!unlink).then_some(name))?;
    // A semaphore whose name is gone already has none.
    // SAFETY: the name ends with NUL.
    if unlink && unsafe { libc::sem_unlink(path.as_ptr()) } < 0 {
        return Err(oserror::raise_last(th));
    }
    Ok(made)
}

fn rebuild(th: &Thread, a: &[Value]) -> Res {
    let class = CLASS.class_arg(th, a[0])?;
    let (handle, kind, maximum) =
        (args::masked_u64(th, a[1])?, args::c_int(th, a[2])?, args::c_int(th, a[3])?);
    if a[4].is_none() {
        return make(th, class, handle as usize as *mut libc::sem_t, kind, maximum, None);
    }
    let name = args::text(th, a[4], "_rebuild() argument 4")?.to_text();
    let path = c_name(th, &name)?;
    // SAFETY: the name ends with NUL.
    let handle = unsafe { libc::sem_open(path.as_ptr(), 0) };
    if handle == libc::SEM_FAILED {
        return Err(oserror::raise_last(th));
    }
    make(th, class, handle, kind, maximum, Some(name))
}

impl SemLock {
    fn is_mine(&self, th: &Thread) -> bool {
        self.count.get() > 0 && self.owner.get() == th.ident.get()
    }

    fn level(&self, th: &Thread) -> Res<i32> {
        let mut n = 0;
        // SAFETY: the semaphore is open; the value is written to `n`.
        sys::quick(th, unsafe { libc::sem_getvalue(self.handle.get(), &mut n) } as i64)?;
        Ok(n.max(0))
    }
}

/// When a wait of so many seconds ends, by the clock that the system's waits use.
fn deadline(th: &Thread, seconds: f64) -> Res<libc::timespec> {
    let now = sys::clock(libc::CLOCK_REALTIME).map_err(|n| oserror::raise(th, n))?;
    let span = (seconds.max(0.0) * 1e9).min(4e18) as i64;
    let end = now.saturating_add(span);
    Ok(libc::timespec { tv_sec: end / 1_000_000_000, tv_nsec: end % 1_000_000_000 })
}

fn acquire(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let block = args::flag(th, a[1], true)?;
    let end = match a[2].given_not_none() {
        Some(v) if block => Some(deadline(th, protocol::to_f64(th, v)?)?),
        _ => None,
    };
    if s.kind.get() == RECURSIVE && s.is_mine(th) {
        s.count.set(s.count.get() + 1);
        return Ok(Value::true_());
    }
    let handle = s.handle.get() as usize;
    // SAFETY: the semaphore stays open as long as the object, which the arguments keep.
    let mut r = match unsafe { libc::sem_trywait(s.handle.get()) } {
        0 => Ok(0),
        _ => Err(oserror::errno()),
    };
    if r == Err(libc::EAGAIN) && block {
        r = sys::retry(th, || {
            let handle = handle as *mut libc::sem_t;
            // SAFETY: as above.
            let r = match &end {
                // SAFETY: the handle is an open semaphore's; `end` points to a time on this stack.
                Some(end) => unsafe { libc::sem_timedwait(handle, end) },
                // SAFETY: as above.
                None => unsafe { libc::sem_wait(handle) },
            };
            r as i64
        })?;
    }
    match r {
        Ok(_) => {
            s.count.set(s.count.get() + 1);
            s.owner.set(th.ident.get());
            Ok(Value::true_())
        }
        Err(libc::EAGAIN | libc::ETIMEDOUT) => Ok(Value::false_()),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

fn release(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    if s.kind.get() == RECURSIVE {
        if !s.is_mine(th) {
            let text = "attempt to release recursive lock not owned by thread";
            return Err(th.raise_new(TypeId::AssertionError, text));
        }
        if s.count.get() > 1 {
            s.count.set(s.count.get() - 1);
            return Ok(Value::none());
        }
    } else if s.level(th)? >= s.maximum.get() {
        return Err(th.value_error("semaphore or lock released too many times"));
    }
    // SAFETY: the semaphore is open.
    sys::quick(th, unsafe { libc::sem_post(s.handle.get()) } as i64)?;
    s.count.set(s.count.get() - 1);
    Ok(Value::none())
}

fn enter(th: &Thread, a: &[Value]) -> Res {
    acquire(th, &[a[0], Value::MISSING, Value::MISSING])
}

fn count(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(This::of(a[0]).count.get() as i64))
}

fn is_mine(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(This::of(a[0]).is_mine(th)))
}

fn is_zero(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(This::of(a[0]).level(th)? == 0))
}

fn get_value(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(This::of(a[0]).level(th)? as i64))
}

fn after_fork(_: &Thread, a: &[Value]) -> Res {
    This::of(a[0]).count.set(0);
    Ok(Value::none())
}

fn handle(th: &Thread, v: Value) -> Res {
    Ok(int::from_u64(th, This::of(v).handle.get() as u64))
}

fn kind(_: &Thread, v: Value) -> Res {
    Ok(Value::small(This::of(v).kind.get() as i64))
}

fn maxvalue(_: &Thread, v: Value) -> Res {
    Ok(Value::small(This::of(v).maximum.get() as i64))
}

fn name(th: &Thread, v: Value) -> Res {
    let s = This::of(v);
    let name = s.name.borrow();
    Ok(name.as_ref().map_or(Value::none(), |n| string::new(th, n)))
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("handle", handle, "").member(),
    GetSetDef::ro("kind", kind, "").member(),
    GetSetDef::ro("maxvalue", maxvalue, "").member(),
    GetSetDef::ro("name", name, "").member(),
];

fn sem_unlink(th: &Thread, a: &[Value]) -> Res {
    let Some(name) = Str::from_value(a[0]) else {
        let shown = krait_object::class::type_name(th, a[0]);
        return Err(th.type_error(format!("sem_unlink() argument must be str, not {shown}")));
    };
    let path = c_name(th, &name.to_text())?;
    // SAFETY: the name ends with NUL.
    sys::quick(th, unsafe { libc::sem_unlink(path.as_ptr()) } as i64)?;
    Ok(Value::none())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, kind, value, maxvalue, name, unlink)" new, "";
        method "acquire" "(block=True, timeout=None)" acquire, "Acquire the semaphore/lock.";
        method "release" "()" release, "Release the semaphore/lock.";
        method "__enter__" "()" enter, "Enter the semaphore/lock.";
        method "__exit__" "(exc_type=None, exc_value=None, exc_tb=None, /)" release, "Exit the semaphore/lock.";
        method "_count" "()" count, "Num of `acquire()`s minus num of `release()`s for this process.";
        method "_is_mine" "()" is_mine, "Whether the lock is owned by this thread.";
        method "_get_value" "()" get_value, "Get the value of the semaphore.";
        method "_is_zero" "()" is_zero, "Return whether semaphore has value zero.";
        method "_after_fork" "()" after_fork, "Rezero the net acquisition count after fork().";
        classmethod "_rebuild" "(handle, kind, maxvalue, name, /)" rebuild, "";
    }
}

natives! {
    static FUNCTIONS = {
        function "sem_unlink" "(name, /)" sem_unlink, "";
    }
}

/// `_posixshmem`: shared memory by name.
pub static SHARED_MEMORY: ModuleDef = ModuleDef {
    name: "_posixshmem",
    doc: "POSIX shared memory module",
    functions: SHARED_MEMORY_FUNCTIONS,
    exec: krait_object::native_module::no_exec,
};

/// The path as the system takes it; a path with NUL exists nowhere.
fn shared_path(th: &Thread, v: Value, what: &str) -> Res<Result<CString, i32>> {
    let path = args::text(th, v, what)?;
    Ok(CString::new(path.to_text()).map_err(|_| libc::ENOENT))
}

fn shm_open(th: &Thread, a: &[Value]) -> Res {
    let path = shared_path(th, a[0], "shm_open() argument 'path'")?;
    let flags = args::c_int(th, a[1])?;
    let mode = args::c_int_or(th, a[2], 0o777)?;
    let r = match path {
        // SAFETY: the path ends with NUL.
        Ok(p) => {
            // SAFETY: the name is a C string that lives through the call.
            sys::retry(th, || unsafe { libc::shm_open(p.as_ptr(), flags, mode as libc::mode_t) } as i64)?
        }
        Err(n) => Err(n),
    };
    match r {
        Ok(fd) => Ok(Value::small(fd)),
        Err(n) => Err(oserror::raise_with_name(th, n, a[0])),
    }
}

fn shm_unlink(th: &Thread, a: &[Value]) -> Res {
    let r = match shared_path(th, a[0], "shm_unlink() argument 'path'")? {
        // SAFETY: the path ends with NUL.
        Ok(p) => sys::retry(th, || unsafe { libc::shm_unlink(p.as_ptr()) } as i64)?,
        Err(n) => Err(n),
    };
    match r {
        Ok(_) => Ok(Value::none()),
        Err(n) => Err(oserror::raise_with_name(th, n, a[0])),
    }
}

natives! {
    static SHARED_MEMORY_FUNCTIONS = {
        function "shm_open" "(path, flags, mode=511)" shm_open, "Open a shared memory object.  Returns a file descriptor (integer).";
        function "shm_unlink" "(path)" shm_unlink, "Remove a shared memory object (similar to unlink()).";
    }
}
