//! `_thread.lock` and `_thread.RLock`.

use krait_gc::Tracer;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::interp::InterpSlot;
use krait_object::object_methods::address;
use krait_object::raw_lock::{RawLock, Waited};
use krait_object::{Res, Thread, TypeId, Value, float, int, natives, protocol, string, tuple};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// A plain lock.
#[derive(Default)]
pub struct Lock {
    pub raw: RawLock,
}

impl Payload for Lock {
    const NAME: &'static str = "_thread.lock";
    fn trace(&self, _: &mut Tracer) {}
}

/// A lock that its owner may take several times.
#[derive(Default)]
pub struct RLock {
    raw: RawLock,
    owner: Cell<u64>,
    count: Cell<u64>,
}

impl Payload for RLock {
    const NAME: &'static str = "_thread.RLock";
    fn trace(&self, _: &mut Tracer) {}
}

static LOCK_SPEC: ClassSpec =
    ClassSpec::new("_thread.lock", "A lock object is a synchronization primitive.", LOCK, &[])
        .flags(flag::WEAKREF | flag::NO_NEW);
static RLOCK_SPEC: ClassSpec = ClassSpec::new("_thread.RLock", "", RLOCK, &[]);
static LOCK_CLASS: InterpSlot = InterpSlot::new();
static RLOCK_CLASS: InterpSlot = InterpSlot::new();

/// The class of plain locks.
pub fn lock_class(th: &Thread) -> Res<Class> {
    Ok(Class::of(LOCK_CLASS.get_or(th, |th| Ok(LOCK_SPEC.make(th)?.value()))?))
}

/// The class of reentrant locks.
pub fn rlock_class(th: &Thread) -> Res<Class> {
    Ok(Class::of(RLOCK_CLASS.get_or(th, |th| Ok(RLOCK_SPEC.make(th)?.value()))?))
}

/// A new plain lock.
pub fn new_lock(th: &Thread) -> Res<Custom<Lock>> {
    custom::alloc(th, lock_class(th)?, Lock::default())
}

/// Largest timeout in seconds (`TIMEOUT_MAX`).
pub const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// How long `acquire(blocking, timeout)` may wait: None means not at all, `Some(None)` for good.
fn timeout(th: &Thread, blocking: Value, seconds: Value) -> Res<Option<Option<Duration>>> {
    let blocking = blocking.given().map_or(Ok(true), |v| protocol::truth(th, v))?;
    let seconds_given_as_int = seconds.given().is_some_and(int::is_int);
    let seconds = match seconds.given() {
        None => -1.0,
        Some(v) => match int::is_int(v).then(|| int::to_i64(v)) {
            Some(Some(n)) => n as f64,
            Some(None) => {
                return Err(th.overflow_error("timestamp too large to convert to C _PyTime_t"));
            }
            None => match float::get(v) {
                Some(x) => x,
                None => protocol::to_f64(th, protocol::index(th, v)?)?,
            },
        },
    };
    if seconds.is_nan() {
        return Err(th.value_error("Invalid value NaN (not a number)"));
    }
    if seconds.abs() >= 9_223_372_036.854_776 {
        let float = !seconds_given_as_int;
        return Err(th.overflow_error(if float {
            "timestamp out of range for platform time_t"
        } else {
            "timestamp too large to convert to C _PyTime_t"
        }));
    }
    if !blocking && seconds != -1.0 {
        return Err(th.value_error("can't specify a timeout for a non-blocking call"));
    }
    if seconds < 0.0 && seconds != -1.0 {
        return Err(th.value_error("timeout value must be positive"));
    }
    if !blocking {
        return Ok(None);
    }
    if seconds == -1.0 {
        return Ok(Some(None));
    }
    if seconds > TIMEOUT_MAX {
        return Err(th.overflow_error("timeout value is too large"));
    }
    Ok(Some(Some(Duration::from_secs_f64(seconds))))
}

/// Takes the lock, waiting as long as allowed; signals are served meanwhile.
fn acquire_raw(th: &Thread, raw: &RawLock, wait: Option<Option<Duration>>) -> Res<bool> {
    if raw.try_acquire() {
        return Ok(true);
    }
    let Some(duration) = wait else { return Ok(false) };
    let until = duration.map(|d| Instant::now() + d);
    loop {
        match th.without_lock(|| raw.wait(until)) {
            Waited::Acquired => return Ok(true),
            Waited::TimedOut => return Ok(false),
            Waited::Interrupted => krait_vm::run_events(th)?,
        }
    }
}

fn lock_acquire(th: &Thread, a: &[Value]) -> Res {
    let l = Custom::<Lock>::of(a[0]);
    let wait = timeout(th, a[1], a[2])?;
    Ok(Value::bool(acquire_raw(th, &l.raw, wait)?))
}

fn lock_enter(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(acquire_raw(th, &Custom::<Lock>::of(a[0]).raw, Some(None))?))
}

fn lock_release(th: &Thread, a: &[Value]) -> Res {
    let l = Custom::<Lock>::of(a[0]);
    if !l.raw.is_held() {
        return Err(th.runtime_error("release unlocked lock"));
    }
    l.raw.release();
    Ok(Value::none())
}

fn lock_locked(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(Custom::<Lock>::of(a[0]).raw.is_held()))
}

fn lock_repr(th: &Thread, a: &[Value]) -> Res {
    let state = if Custom::<Lock>::of(a[0]).raw.is_held() { "locked" } else { "unlocked" };
    let class = Class::of_value(th, a[0]).name_text();
    string::try_new(th, &format!("<{state} _thread.{class} object at {:#x}>", address(a[0])))
}

fn lock_reinit(_: &Thread, a: &[Value]) -> Res {
    Custom::<Lock>::of(a[0]).raw.reset();
    Ok(Value::none())
}

natives! {
    static LOCK = {
        method "acquire" "(blocking=True, timeout=-1)" lock_acquire, "Lock the lock.";
        method "acquire_lock" "(blocking=True, timeout=-1)" lock_acquire, "An obsolete synonym of acquire().";
        method "release" "()" lock_release, "Release the lock.";
        method "release_lock" "()" lock_release, "An obsolete synonym of release().";
        method "locked" "()" lock_locked, "Is the lock held?";
        method "locked_lock" "()" lock_locked, "An obsolete synonym of locked().";
        method "__enter__" "()" lock_enter, "Lock the lock.";
        method "__exit__" "(*exc_info)" lock_release, "Release the lock.";
        method "__repr__" "()" lock_repr, "";
        method "_at_fork_reinit" "()" lock_reinit, "";
    }
}

fn rlock_new(th: &Thread, a: &[Value]) -> Res {
    let class = match Class::from_value(a[0]) {
        Some(c) if c.is_subclass_of(rlock_class(th)?) => c,
        _ => return Err(th.type_error("RLock.__new__(X): X is not a subtype of _thread.RLock")),
    };
    Ok(custom::alloc(th, class, RLock::default())?.value())
}

fn owned(th: &Thread, l: Custom<RLock>) -> bool {
    l.count.get() > 0 && l.owner.get() == th.ident.get()
}

fn rlock_take(th: &Thread, l: Custom<RLock>, wait: Option<Option<Duration>>) -> Res<bool> {
    if owned(th, l) {
        l.count.set(l.count.get() + 1);
        return Ok(true);
    }
    if !acquire_raw(th, &l.raw, wait)? {
        return Ok(false);
    }
    l.owner.set(th.ident.get());
    l.count.set(1);
    Ok(true)
}

fn rlock_acquire(th: &Thread, a: &[Value]) -> Res {
    let wait = timeout(th, a[1], a[2])?;
    Ok(Value::bool(rlock_take(th, Custom::of(a[0]), wait)?))
}

fn rlock_enter(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(rlock_take(th, Custom::of(a[0]), Some(None))?))
}

fn rlock_release(th: &Thread, a: &[Value]) -> Res {
    let l = Custom::<RLock>::of(a[0]);
    if !owned(th, l) {
        return Err(th.runtime_error("cannot release un-acquired lock"));
    }
    l.count.set(l.count.get() - 1);
    if l.count.get() == 0 {
        l.owner.set(0);
        l.raw.release();
    }
    Ok(Value::none())
}

fn rlock_save(th: &Thread, a: &[Value]) -> Res {
    let l = Custom::<RLock>::of(a[0]);
    if l.count.get() == 0 {
        return Err(th.runtime_error("cannot release un-acquired lock"));
    }
    let state = [int::from_u64(th, l.count.replace(0)), int::from_u64(th, l.owner.replace(0))];
    l.raw.release();
    tuple::from_slice(th, &state)
}

fn rlock_restore(th: &Thread, a: &[Value]) -> Res {
    let l = Custom::<RLock>::of(a[0]);
    let Some(t) = tuple::Tuple::from_value(a[1]).filter(|t| t.len() == 2) else {
        return Err(th.type_error("_acquire_restore() argument 1 must be 2-item tuple"));
    };
    let (count, owner) = (protocol::index_i64(th, t.get(0))?, protocol::index_i64(th, t.get(1))?);
    acquire_raw(th, &l.raw, Some(None))?;
    l.owner.set(owner as u64);
    l.count.set(count as u64);
    Ok(Value::none())
}

fn rlock_is_owned(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(owned(th, Custom::of(a[0]))))
}

fn rlock_recursion_count(th: &Thread, a: &[Value]) -> Res {
    let l = Custom::<RLock>::of(a[0]);
    Ok(int::from_u64(th, if owned(th, l) { l.count.get() } else { 0 }))
}

fn rlock_reinit(_: &Thread, a: &[Value]) -> Res {
    let l = Custom::<RLock>::of(a[0]);
    l.raw.reset();
    l.owner.set(0);
    l.count.set(0);
    Ok(Value::none())
}

fn rlock_repr(th: &Thread, a: &[Value]) -> Res {
    let l = Custom::<RLock>::of(a[0]);
    let state = if l.count.get() > 0 { "locked" } else { "unlocked" };
    let name = krait_object::type_new::tp_name(th, Class::of_value(th, a[0]));
    let (owner, count) = (l.owner.get(), l.count.get());
    string::try_new(
        th,
        &format!("<{state} {name} object owner={owner} count={count} at {:#x}>", address(a[0])),
    )
}

natives! {
    static RLOCK = {
        staticmethod "__new__" "(cls, *args, **kwargs)" rlock_new, "";
        method "acquire" "(blocking=True, timeout=-1)" rlock_acquire, "Lock the lock.";
        method "release" "()" rlock_release, "Release the lock.";
        method "__enter__" "()" rlock_enter, "Lock the lock.";
        method "__exit__" "(*exc_info)" rlock_release, "Release the lock.";
        method "_is_owned" "()" rlock_is_owned, "For internal use by threading.Condition.";
        method "_recursion_count" "()" rlock_recursion_count, "For internal use by reentrancy checks.";
        method "_release_save" "()" rlock_save, "For internal use by threading.Condition.";
        method "_acquire_restore" "(state, /)" rlock_restore, "For internal use by threading.Condition.";
        method "_at_fork_reinit" "()" rlock_reinit, "";
        method "__repr__" "()" rlock_repr, "";
    }
}

/// What native code calls when a thread ends: frees its sentinel lock.
pub fn release_sentinel(v: Value) {
    if let Some(l) = Custom::<Lock>::from_value(v)
        && l.raw.is_held()
    {
        l.raw.release();
    }
}

/// RuntimeError, as `_thread.error`.
pub fn error_class(th: &Thread) -> Value {
    th.interp.class_value(TypeId::RuntimeError)
}
